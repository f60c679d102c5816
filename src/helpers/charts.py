"""Draw charts in the style of the report with matplotlib and seaborn.

Each chart function takes a DataFrame and returns Axes for `show.figure`, or None if the DataFrame
is empty. In the SVG, text remains text, and colours come from `cop.report.palette`, so that a page
can display the chart in dark mode. Charts are 4.2 inches wide and readable at 320 pixels.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from itertools import chain, cycle
from pathlib import Path

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from cop.report import page
from cop.report.languages import gettext
from cop.report.palette import BLUE, DOT, EDGE, GROUND, INK, ORANGE, PLUM, STATUSES, TEAL

WIDTH = 302.4  # points
SIZE, LINE = 9.6, 12.5  # points: font size; line height
ROW, GAP = 15, 5  # points: height of a row; space between rows
SIDE, EDGES = 13, 3  # points: margin beside a scale for its end labels; outer margin
BESIDE = 104  # points for row labels beside the marks; longer labels go above the marks
SCALE = 20  # points below the axes for the labels of the scale
STYLE = matplotlib.rc_params_from_file(
    Path(__file__).with_name("house.mplstyle"), use_default_template=False
)
FONT = FontProperties(family="DejaVu Sans", size=SIZE)
CLEAR = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.5}  # background of text over grid lines

styled = matplotlib.rc_context(STYLE)


def chart(draw: Callable[..., Axes]) -> Callable[..., Axes | None]:
    """Apply the style to a drawing function, and make it return None for an empty DataFrame."""

    @wraps(draw)
    @styled
    def draw_styled(frame: pd.DataFrame, *arguments, **options):
        return None if frame.empty else draw(frame, *arguments, **options)

    return draw_styled


def axes(height: float, left: float, bottom: float, handles: Sequence = ()) -> Axes:
    """Return axes in a new figure, with a legend above them if there are `handles`.

    The figure is WIDTH wide. The `height` of the axes and the margins `left` and `bottom` are in
    points. `handles` are handles of a matplotlib legend (see `marker`).
    """
    texts = [wrap(handle.get_label(), WIDTH - 2 * EDGES - 2 * SIDE) for handle in handles]
    half = (len(texts) + 1) // 2
    columns = 2 if widest(texts[:half]) + widest(texts[half:]) + 4 * SIDE < WIDTH else 1
    first = texts[:half] if columns == 2 else texts
    top = sum(map(len, first)) * (LINE + 1.5) + (GAP if handles else 0)
    total = height + bottom + top + 2 * EDGES
    figure = Figure(figsize=(WIDTH / 72, total / 72))
    corner = EDGES / WIDTH, 1 - EDGES / total
    figure.legend(
        handles, map("\n".join, texts), loc="upper left", bbox_to_anchor=corner, ncols=columns
    )
    box = left / WIDTH, (bottom + EDGES) / total, (WIDTH - left - SIDE) / WIDTH, height / total
    return figure.add_axes(box)


def rows(labels: Iterable[str], handles: Sequence = (), unit: str = "") -> tuple[Axes, list[float]]:
    """Return axes with a labelled row for each label, and the y positions of the rows.

    Positions are in points from the top. The legend shows `handles`; `unit` labels the scale.
    Labels are placed to the left of the rows, or all above them if one is wider than BESIDE.
    """
    texts = [wrap(label, WIDTH - 2 * EDGES) for label in labels]
    beside = widest(texts) <= BESIDE
    left = widest(texts) + 2 * EDGES + 2 if beside else SIDE
    places, depth = [], 0.0
    for lines in texts:
        above = 0 if beside else LINE * len(lines)
        places.append(depth + above + ROW / 2)
        depth += above + ROW + GAP
    units = wrap(unit, WIDTH - left - SIDE) if unit else []
    ax = axes(depth, left, SCALE + LINE * len(units), handles)
    ax.set(ylim=(max(depth, 1), 0), yticks=[], xlabel="\n".join(units))
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    for lines, y in zip(texts, places, strict=True):
        offset = -left + EDGES, 0 if beside else ROW / 2 + 1
        align = "center" if beside else "bottom"
        ax.annotate(
            "\n".join(lines), (0, y), offset, ("axes fraction", "data"), "offset points",
            va=align, zorder=5, annotation_clip=False, bbox=CLEAR,
        )  # fmt: skip
    number_scale(ax.xaxis)
    return ax, places


def number(value: float) -> str:
    """Format a number in the language of the page, with at most 12 significant digits."""
    return page.localise(f"{value:,.12g}")


def number_scale(axis, most: int = 5, integer: bool = False) -> None:
    """Place labelled ticks at round numbers (whole if `integer`), with at most `most` intervals."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=integer))
    axis.set_major_formatter(lambda value, _: number(value))


def year_scale(axis) -> None:
    """Place up to six ticks, at whole years if the axis covers at least two years."""
    number_scale(axis, integer=True)
    axis.set_major_formatter("{x:.0f}")


def text_width(text: str) -> float:
    """Return the width in points of a line of text in FONT, without kerning."""
    return sum(map(_letter_width, text))


def widest(texts: list[list[str]]) -> float:
    """Return the width in points of the widest line of wrapped texts, or 0 without texts."""
    return max(map(text_width, chain.from_iterable(texts)), default=0)


@lru_cache(maxsize=4096)
def _letter_width(letter):
    return TextToPath().get_text_width_height_descent(letter, FONT, False)[0]


def wrap(text: str, room: float) -> list[str]:
    """Split a text into lines of at most `room` points, and break words that are wider."""
    lines = [""]
    for word in str(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= room:
            lines[-1] = longer
            continue
        while text_width(word) > room and len(word) > 1:
            fitting = max(n for n in range(1, len(word)) if n == 1 or text_width(word[:n]) <= room)
            lines, word = [*lines, word[:fitting]], word[fitting:]
        lines.append(word)
    return [line for line in lines if line] or [""]


def marker(label: str, colour: str, marker: str = "o") -> Line2D:
    """Return a legend handle for points with a label, a colour and a marker of matplotlib."""
    return Line2D([], [], color=colour, label=label, marker=marker, markersize=6, linestyle="")


def _area(look):
    return {"facecolor": look.fill, "hatch": look.hatch, "edgecolor": EDGE}


def _limit(ax, high, room=0.0):
    """Scale the x axis from 0 to `room` points beyond `high`, and return its width in points."""
    width = ax.get_position().width * WIDTH
    ax.set_xlim(0, high * width / max(width - room, width / 3))
    return width


@chart
def bars(frame: pd.DataFrame, unit: str = "", most: float = 0) -> Axes:
    """Draw a horizontal bar with its value for each row.

    The columns of `frame` are label and value. The scale, labelled with `unit`, extends from 0 to
    `most` or, if greater, the largest value. A missing value has no bar and is labelled as missing.
    """
    ax, places = rows(frame.label, unit=unit)
    texts = frame.value.map(page.number)
    lengths = frame.value.fillna(0).astype(float)
    _limit(ax, max(most, lengths.max()) or 1, texts.map(text_width).max() + 6)
    ax.bar_label(ax.barh(places, lengths, 11, color=BLUE, edgecolor=GROUND), texts, padding=4)
    return ax


@chart
def dots(frame: pd.DataFrame, unit: str = "%", most: float = 100, named: Sequence = ()) -> Axes:
    """Draw a strip for each label, with one dot per country and a line at the median.

    The columns of `frame` are label, value, own (True for the highlighted country), median, lowest,
    highest and n (number of countries). The last four are the same in all rows with a label. Strips
    are in the order of the labels' first rows. The scale, in `unit`, covers 0 to `most` and a small
    margin; other and missing values are not drawn. Countries in `named` have their own markers.
    """
    strips = frame.drop_duplicates("label")
    looks = list(zip(named, cycle([TEAL, PLUM, ORANGE]), cycle("D^vP")))  # as in line charts
    handles = [
        marker(gettext("this country"), BLUE),
        marker(gettext("other countries of the region"), DOT),
        marker(gettext("median"), INK, "|"),
        *(marker(*look) for look in looks),
    ]
    ax, places = rows([_strip_name(row) for row in strips.itertuples()], handles, unit)
    ax.set_xlim(-most * 0.02, most * 1.03)
    frame = frame.assign(y=frame.label.map(pd.Series(places, strips.label)))
    ax.hlines(places, 0, most, color=EDGE, linewidth=0.6, zorder=1)
    others = frame[~frame.own]
    sns.scatterplot(others, x="value", y="y", color=DOT, s=34, linewidth=0, zorder=2, ax=ax)
    ax.scatter(strips["median"], places, 150, INK, marker="|", linewidths=2, zorder=3)
    ax.scatter("value", "y", 52, BLUE, data=frame[frame.own], linewidths=0, zorder=4)
    for name, colour, shape in looks:
        ax.scatter("value", "y", 30, colour, shape, data=frame[frame.country == name], zorder=5)
    ax.set_ylabel("")
    return ax


@chart
def strip(frame: pd.DataFrame, most: float) -> Axes:
    """Draw a single strip of dots for use at small size, without scale, label or legend.

    The columns of `frame` are value, own (True for the highlighted country) and median (the same in
    all rows). The strip covers 0 to `most` and a margin; values outside it are not drawn.
    """
    ax = axes(44, EDGES, 0)
    ax.set(xlim=(-most * 0.03, most * 1.05), ylim=(-1, 1))
    ax.axis("off")
    ax.hlines(0, 0, most, color=EDGE, linewidth=1.6, zorder=1)
    others, own = frame.value[~frame.own], frame.value[frame.own]
    ax.scatter(others, 0 * others, 240, DOT, edgecolors=GROUND, zorder=2)
    ax.scatter(frame["median"][:1], [0], 1500, INK, marker="|", linewidths=4, zorder=3)
    ax.scatter(own, 0 * own, 560, BLUE, edgecolors=GROUND, zorder=4)
    return ax


@chart
def stacked(frame: pd.DataFrame, unit: str) -> Axes:
    """Draw a stacked bar for each row, with the number of items of each status.

    The columns of `frame` are label and one column of counts for each status in STATUSES. A
    segment contains the symbol of its status and the count, if they fit. Segments are in the order
    of STATUSES. `unit` labels the scale.
    """
    counts = frame[page.occurring(frame[list(STATUSES)].sum())]
    handles = []
    for word in counts:
        look = STATUSES[word]
        handles.append(Patch(label=f"{look.sign} {gettext(word)}", **_area(look)))
    ax, places = rows(frame.label, handles, unit)
    most = counts.sum(axis=1).max() or 1
    point = _limit(ax, most) / most
    starts = counts.cumsum(axis=1) - counts
    for word in counts:
        look = STATUSES[word]
        bars = frame.assign(y=places, start=starts[word], length=counts[word])
        bars = bars[bars.length > 0]
        ax.barh("y", "length", 13, "start", data=bars, **_area(look))
        ground = CLEAR | {"facecolor": look.fill} if look.hatch else None
        for bar in bars.itertuples():
            text = f"{look.sign} {bar.length:.0f}"
            if text_width(text) + 3 < bar.length * point:
                middle = bar.start + bar.length / 2
                ax.text(middle, bar.y, text, color=look.ink, ha="center", va="center", bbox=ground)
    number_scale(ax.xaxis, 6, integer=True)
    return ax


def _strip_name(row):
    low, middle, high = map(page.number, (row.lowest, row.median, row.highest))
    named = {"label": row.label, "middle": middle, "low": low, "high": high, "n": row.n}
    text = gettext("%(label)s: median %(middle)s, %(low)s to %(high)s, n = %(n)s")
    return text.replace(" = ", "\xa0=\xa0") % named
