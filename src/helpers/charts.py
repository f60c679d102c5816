"""The house style on matplotlib and seaborn, and the kinds of charts that several notebooks share.

Each function takes a frame and returns matplotlib Axes, which `show.figure` puts on a page. Texts
stay text in the SVG, and colours are those of `cop.report.palette`, so that a page can show them
dark. A chart is drawn once, 4.2 inches wide, and is readable at 320 pixels.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cop.report import page, palette
from cop.report.languages import gettext
from cop.report.palette import BLUE, DOT, EDGE, GROUND, INK, ORANGE, STATUSES, Look

Kind = namedtuple("Kind", ["sign", "marker", "fill"])
WIDTH = 302.4  # points
SIZE, LINE = 9.6, 12.5  # points: of letters, and from one line of text to the next
ROW, GAP = 15, 5  # points: of a row's marks, and between two rows
SIDE, EDGES = 13, 3  # points: beside a scale, so that its end numbers fit; round the figure
BESIDE = 104  # points that names may take beside the marks; longer ones stand above them
SCALE = 20  # points below the axes for the numbers of the scale
STYLE = matplotlib.rc_params_from_file(
    Path(__file__).with_name("house.mplstyle"), use_default_template=False
)
# Colour, dash and marker of each line: the country, the median, then up to seven others.
LINES = [
    (BLUE, "", 2.2, "o"), (palette.GREY, (4, 2), 1.6, ""), (ORANGE, "", 1.6, ""),
    (palette.TEAL, (6, 1.5), 1.6, ""), (palette.PLUM, (1.5, 1.2), 1.6, ""), (INK, "", 1.0, "s"),
    (palette.TEAL, "", 1.2, "^"), (ORANGE, (6, 1.5), 1.2, "D"), (palette.PLUM, "", 1.2, "v"),
]  # fmt: skip
LAW_STATES = {
    "draft": Look("○", palette.PALE, hatch="////"), "adopted": Look("◐", palette.PARTLY),
    "in force": Look("●", BLUE), "lapsed": Look("×", palette.OPEN),
}  # fmt: skip
KINDS = {  # of figures on children
    "risk": Kind("●", "o", ORANGE), "silence": Kind("◆", "D", palette.PLUM),
}  # fmt: skip
FIRST_YEAR = 2010  # in which the chart of laws begins

FONT = FontProperties(family="DejaVu Sans", size=SIZE)
CLEAR = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.5}  # behind a text over grid lines

styled = matplotlib.rc_context(STYLE)


def chart(draw: Callable[..., Axes]) -> Callable[..., Axes | None]:
    """Let a function draw in the house style, and return None for a frame without rows."""

    @wraps(draw)
    def draw_styled(frame: pd.DataFrame, *arguments, **options):
        with matplotlib.rc_context(STYLE):
            return None if frame.empty else draw(frame, *arguments, **options)

    return draw_styled


# Layout


@styled
def axes(
    height: float,
    left: float = EDGES,
    bottom: float = SCALE,
    handles: Sequence = (),
    title: str = "",
) -> Axes:
    """Return axes of a height in points with room at the left and below.

    Above stand a legend of the handles and a title, such as the name of the vertical scale.
    """
    columns, top = _legend_size(handles)
    texts = wrap(title, WIDTH - 2 * EDGES) if title else []
    top += LINE * len(texts) + GAP * bool(texts)
    total = height + bottom + top + 2 * EDGES
    figure = Figure(figsize=(WIDTH / 72, total / 72))
    box = left / WIDTH, (bottom + EDGES) / total, (WIDTH - left - SIDE) / WIDTH, height / total
    ax = figure.add_axes(box)
    if handles:
        corner = EDGES / WIDTH, 1 - EDGES / total
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=columns)
    offset = EDGES - left, GAP
    ax.annotate(
        "\n".join(texts), (0, 1), offset, "axes fraction", "offset points", color=palette.SOFT
    )
    return ax


def rows(
    labels: Iterable[str], handles: Sequence = (), unit: str = "", height: float = ROW
) -> tuple[Axes, list[float]]:
    """Return axes with a row for each label, and the y of each row, in points from the top.

    Labels stand beside the rows where all are short, else above them in several lines.
    """
    texts = [wrap(label, WIDTH - 2 * EDGES) for label in labels]
    widest = max(text_width(line) for lines in texts for line in lines)
    beside = widest <= BESIDE and all(len(lines) == 1 for lines in texts)
    left = widest + 2 * EDGES + 2 if beside else SIDE
    places, depth = [], 0.0
    for lines in texts:
        above = 0 if beside else LINE * len(lines)
        places.append(depth + above + height / 2)
        depth += above + height + GAP
    units = wrap(unit, WIDTH - left - SIDE) if unit else []
    ax = axes(depth, left, SCALE + LINE * len(units), handles)
    ax.set(ylim=(depth, 0), yticks=[], xlabel="\n".join(units))
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    for lines, y in zip(texts, places, strict=True):
        offset = -left + EDGES, 0 if beside else height / 2 + 1
        align = "center" if beside else "bottom"
        ax.annotate(
            "\n".join(lines), (0, y), offset, ("axes fraction", "data"), "offset points",
            va=align, zorder=5, annotation_clip=False, bbox=None if beside else CLEAR,
        )  # fmt: skip
    number_scale(ax.xaxis)
    return ax, places


def number_scale(axis, most: int = 5, integer: bool = False) -> None:
    """Mark few round numbers on an axis, written as on the page."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=integer))
    axis.set_major_formatter(FuncFormatter(lambda value, _: page.localise(f"{value:,.6g}")))


def year_scale(axis, most: int = 5) -> None:
    """Mark few whole years on an axis."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def text_width(text: str) -> float:
    """Return the width of a line of text in points, as the sum of its letters."""
    return sum(map(_letter_width, text))


@lru_cache(maxsize=4096)
def _letter_width(letter):
    return TextToPath().get_text_width_height_descent(letter, FONT, False)[0]


def wrap(text: str, room: float) -> list[str]:
    """Return a text in lines of at most so many points; a word that is too wide is broken."""
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


def _legend_size(handles):
    """Return the number of columns in which a legend fits, and its height in points."""
    if not handles:
        return 1, 0
    texts = [wrap(handle.get_label(), WIDTH - 2 * EDGES - 2 * SIDE) for handle in handles]
    for handle, lines in zip(handles, texts, strict=True):
        handle.set_label("\n".join(lines))
    width = max(text_width(line) for lines in texts for line in lines) + 2 * SIDE + 6
    columns = min(len(handles), max(1, int((WIDTH - 2 * EDGES) // width)))
    length = -(-len(handles) // columns)
    return columns, sum(sorted(map(len, texts))[-length:]) * (LINE + 1.5) + GAP


def _swatch(label, look):
    return Patch(facecolor=look.fill, hatch=look.hatch, edgecolor=EDGE, label=label)


def _marker(label, colour, marker="o", fill=None, line=""):
    return Line2D(
        [], [], color=colour, marker=marker, markersize=6, linestyle=line, label=label,
        markerfacecolor=fill or colour, markeredgecolor=colour,
    )  # fmt: skip


def _write(ax, x, y, text, offset=4, **style):
    """Write a text so many points right of a place (left, where negative)."""
    align = {"ha": "left" if offset > 0 else "right" if offset < 0 else "center", "va": "center"}
    ax.annotate(text, (x, y), (offset, 0), textcoords="offset points", **align | style)


def _limit(ax, low, high, room=0.0):
    """Set the scale from low to high and leave so many points at the right for texts."""
    width = ax.get_position().width * WIDTH
    ax.set_xlim(low, low + (high - low) * width / max(width - room, width / 3))


# Kinds


@chart
def lines(frame: pd.DataFrame, national: bool = True, median: bool = True) -> Axes:
    """Draw values over years with `seaborn.lineplot`. Columns: year, series, value.

    The first series is the country's and the second the median, unless `national` or `median` are
    False.
    """
    looks = [*LINES[:1] * national, *LINES[1:2] * median, *LINES[2:]]
    names = list(dict.fromkeys(frame.series))
    single = frame.series.value_counts() < 2
    styles = {}
    for number, name in enumerate(names):
        colour, dashes, width, marker = looks[min(number, len(looks) - 1)]
        styles[name] = {
            "color": colour, "dashes": dashes or (None, None), "linewidth": width, "markersize": 4,
            "marker": marker or ("o" if single[name] else ""), "markeredgecolor": colour,
        }  # fmt: skip
    handles = [Line2D([], [], label=name, **style) for name, style in styles.items()]
    ax = axes(150, _number_room(frame.value), handles=handles if len(names) > 1 else ())
    for name, style in styles.items():
        sns.lineplot(
            frame[frame.series == name].astype({"value": float}), x="year", y="value", ax=ax,
            estimator=None, legend=False, **style,
        )  # fmt: skip
    ax.set(xlim=(frame.year.min() - 0.6, frame.year.max() + 0.6), xlabel="", ylabel="")
    ax.set_ylim(0, float(frame.value.max() or 1) * 1.08)
    ax.grid(axis="x", visible=False)
    year_scale(ax.xaxis)
    number_scale(ax.yaxis)
    return ax


@chart
def bars(frame: pd.DataFrame, unit: str = "", most: float = 0) -> Axes:
    """Draw horizontal bars from zero, each with its number, in the order given.

    Columns: label, value; optionally year (behind the number), own (this country's bar is strong)
    and median (a line, where it is not missing). `most` is the end of the scale where the measure
    has one. A missing value has no bar and is named as missing.
    """
    median = frame["median"].iloc[0] if "median" in frame else None
    text = gettext("median %(value)s") % {"value": page.number(median)}
    dashed = {"color": INK, "dashes": (4, 2)}
    handles = [Line2D([], [], label=text, **dashed)] if pd.notna(median) else []
    ax, places = rows(frame.label, handles, unit)
    texts = [page.number(value) for value in frame.value]
    if "year" in frame:
        years = frame.year.map(" ({})".format).where(frame.value.notna(), "")
        texts = [text + year for text, year in zip(texts, years, strict=True)]
    most = max(most, frame.value.fillna(0).max()) or 1
    _limit(ax, 0, most, max(map(text_width, texts)) + 6)
    lengths = frame.value.fillna(0).astype(float)
    colours = frame.own.map({True: BLUE, False: DOT}) if "own" in frame else BLUE
    ax.barh(places, lengths, 11, color=colours, edgecolor=GROUND)
    ax.axvline(0, color=EDGE, linewidth=0.8)
    for length, y, text in zip(lengths, places, texts, strict=True):
        _write(ax, most if handles else length, y, text)
    if handles:
        ax.axvline(median, linewidth=1.4, **dashed)
    return ax


@chart
def dots(frame: pd.DataFrame, unit: str = "%", most: float = 100) -> Axes:
    """Draw a strip for each label: a light dot per country, this one strong, the median a line.

    Columns: label, country, value, own, median, lowest, highest, n (the last four equal within a
    label); optionally year and region_year: a country of another year than the range is hollow.
    """
    strips = frame.drop_duplicates("label")
    late = ~frame.own & (frame.year.astype(str) != frame.region_year.astype(str)) if (
        "region_year" in frame) else pd.Series(False, frame.index)  # fmt: skip
    dated = set(frame.label[late])
    ax, places = rows([_strip_name(row, dated) for row in strips.itertuples()],
                      _strip_legend(frame.own.any(), late.any()), unit)  # fmt: skip
    _limit(ax, -most * 0.02, most * 1.03)
    y = frame.label.map(dict(zip(strips.label, places, strict=True)))
    ax.hlines(places, 0, most, color=EDGE, linewidth=0.6, zorder=1)
    others = ~frame.own & ~late
    ax.scatter(frame.value[others], y[others], 34, DOT, edgecolors=GROUND, zorder=2)
    ax.scatter(frame.value[late], y[late], 30, GROUND, edgecolors=DOT, linewidths=1.4, zorder=2)
    ax.scatter(strips["median"], places, 150, INK, marker="|", linewidths=2, zorder=3)
    ax.scatter(frame.value[frame.own], y[frame.own], 52, BLUE, zorder=4)
    return ax


@chart
def shares(frame: pd.DataFrame, headings: dict[str, str]) -> Axes:
    """Draw shares in per cent that cannot be compared: a dot for each, under the heading of a kind.

    Columns: kind (a key of `headings`), title, value, asked (hollow where missing), old (grey).
    """
    titles, heads = [], {}
    for kind, part in frame.groupby("kind", sort=False):
        heads[len(titles)] = f"{KINDS[kind].sign} {headings[kind]}"
        titles += ["", *part.title]
    unknown = frame.asked.isna()
    handles = [
        *([_marker(gettext("number asked not stated"), INK, fill=GROUND)] if unknown.any() else []),
        *(
            [_marker(gettext("older than three years, or undated"), palette.GREY)]
            if frame.old.any()
            else []
        ),
    ]
    ax, places = rows(titles, handles, gettext("% of those asked"))
    _limit(ax, 0, 100, 30)
    for number, heading in heads.items():
        ax.annotate(
            heading, (0, places[number]), (EDGES - SIDE, 0), ("axes fraction", "data"),
            "offset points", va="center", weight="bold", zorder=5, bbox=CLEAR,
        )  # fmt: skip
    colours = frame.kind.map(lambda kind: KINDS[kind].fill).mask(frame.old, palette.GREY)
    y = [place for number, place in enumerate(places) if number not in heads]
    dots = frame.assign(y=y, colour=colours)
    ax.hlines(y, 0, 100, color=EDGE, linewidth=0.6, zorder=1)
    markers = {kind: look.marker for kind, look in KINDS.items()}
    style = {"x": "value", "y": "y", "style": "kind", "markers": markers, "legend": False, "ax": ax}
    same = {colour: colour for colour in colours}
    sns.scatterplot(dots, hue="colour", palette=same, s=64, linewidth=0, zorder=2, **style)
    sns.scatterplot(dots[unknown], color=GROUND, s=22, linewidth=0, zorder=3, **style)
    ax.set(xlabel=gettext("% of those asked"), ylabel="")
    for row in dots.itertuples():
        _write(ax, row.value, row.y, page.plain(row.value) + "%", 7, bbox=CLEAR, zorder=4)
    return ax


@chart
def strip(frame: pd.DataFrame, most: float) -> Axes:
    """Draw one strip of `dots` as small as a card: no scale, no name, no legend.

    Columns: value, own, median (equal in all rows). 0 is at the left end, `most` at the right.
    """
    ax = axes(44, EDGES, 0)
    ax.set(xlim=(-most * 0.03, most * 1.05), ylim=(-1, 1))
    ax.axis("off")
    ax.hlines(0, 0, most, color=EDGE, linewidth=1.6, zorder=1)
    zeros = np.zeros(len(frame))
    ax.scatter(frame.value[~frame.own], zeros[~frame.own], 240, DOT, edgecolors=GROUND, zorder=2)
    ax.scatter(frame["median"][:1], [0], 1500, INK, marker="|", linewidths=4, zorder=3)
    ax.scatter(frame.value[frame.own], zeros[frame.own], 560, BLUE, edgecolors=GROUND, zorder=4)
    return ax


@chart
def stacked(frame: pd.DataFrame, unit: str) -> Axes:
    """Draw the mix of statuses in each row. Columns: label, then one for each status, counts."""
    words = page.occurring(frame[list(STATUSES)].sum())
    handles = [_swatch(f"{STATUSES[word].sign} {gettext(word)}", STATUSES[word]) for word in words]
    ax, places = rows(frame.label, handles, unit)
    _limit(ax, 0, float(frame[words].sum(axis=1).max() or 1))
    start = np.zeros(len(frame))
    for word in words:
        look, counts = STATUSES[word], frame[word].to_numpy(float)
        ax.barh(places, counts, 13, start, color=look.fill, hatch=look.hatch, edgecolor=EDGE)
        texts = [(f"{look.sign} {count:.0f}", f"{count:.0f}") for count in counts]
        _write_inside(ax, start, places, counts, texts, look)
        start = start + counts
    number_scale(ax.xaxis, 6, integer=True)
    return ax


@chart
def diverging(frame: pd.DataFrame) -> Axes:
    """Draw answers on a scale as bars that part in the middle, in per cent of each item's answers.

    Columns: item, answer, order, count, n.
    """
    shares = frame.assign(share=100.0 * frame["count"] / frame.n)
    shares = shares.pivot(index="item", columns="order", values="share")
    numbers = frame.groupby("item", sort=False).n.first()
    shares = shares.loc[numbers.index]
    names = frame.drop_duplicates("order").set_index("order").answer
    shades = dict(zip(shares.columns, diverging_shades(len(shares.columns)), strict=True))
    handles = [_swatch(names[order], Look("", shade)) for order, shade in shades.items()]
    labels = [f"{item} (n\u00a0=\u00a0{page.number(n)})" for item, n in numbers.items()]
    ax, places = rows(labels, handles, gettext("% of answers to each side of the middle"))
    half, odd = divmod(len(shares.columns), 2)
    start = -shares.iloc[:, :half].sum(axis=1) - odd * shares.iloc[:, half * odd] / 2
    reach = 1.04 * max(-start.min(), (start + shares.sum(axis=1)).max())
    ax.set_xlim(-reach, reach)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    for order, part in shares.items():
        look = Look("", shades[order], palette.ink_on(shades[order]))
        ax.barh(places, part, 13, start, color=look.fill, edgecolor=EDGE)
        _write_inside(ax, start, places, part, [(f"{value:.0f}",) for value in part], look)
        start = start + part
    ax.axvline(0, color=INK, linewidth=1, zorder=0.5)
    return ax


@chart
def laws(frame: pd.DataFrame, last: int) -> Axes:
    """Draw laws and policies from 2010 to a last year: draft, adopted, in force, lapsed.

    Columns: label, state, since, until; a row for each state of a law. `until` is missing where the
    state lasts. What began before 2010 begins at the edge.
    """
    handles = [_swatch(f"{look.sign} {gettext(word)}", look) for word, look in LAW_STATES.items()]
    names = [f"{LAW_STATES[row.state].sign} {gettext(row.state)} {int(row.since)}"
             for row in frame.itertuples()]  # fmt: skip
    states = pd.Series(names, frame.label).groupby(level=0, sort=False).agg(", ".join)
    ax, places = rows([page.label_value(*pair) for pair in states.items()], handles)
    ax.set_xlim(FIRST_YEAR, last + 1)
    year_scale(ax.xaxis)
    y = dict(zip(states.index, places, strict=True))
    for row in frame.itertuples():
        look, start = LAW_STATES[row.state], max(row.since, FIRST_YEAR)
        until = last + 1 if pd.isna(row.until) else row.until
        style = {"color": look.fill, "hatch": look.hatch, "edgecolor": EDGE}
        ax.barh(y[row.label], max(until - start, 0.35), 10, start, **style)
    return ax


def _number_room(values):
    """Return the points that the numbers of a vertical scale need."""
    most = float(values.max() or 1)
    return 12 + text_width(page.localise(f"{most:,.0f}")) + (8 if most < 10 else 0)


def _write_inside(ax, starts, places, lengths, texts, look):
    """Write on each part of a bar the first of its texts for which there is room."""
    low, high = ax.get_xlim()
    point = ax.get_position().width * WIDTH / (high - low)
    ground = {"bbox": CLEAR | {"facecolor": look.fill}}
    for start, y, length, choices in zip(starts, places, lengths, texts, strict=True):
        text = next((t for t in choices if text_width(t) + 3 < length * point), "")
        if length and text:
            style = ground if look.hatch else {}
            _write(ax, start + length / 2, y, text, 0, color=look.ink, **style)


def diverging_shades(n):
    """Return n fills that part from light in the middle to dark at both ends."""
    ends = {0: [], 1: [0], 2: [0, 1]}.get(n // 2, [0, 1, *[2] * (n // 2 - 2)])
    left, right = [palette.LEFTS[i] for i in ends], [palette.RIGHTS[i] for i in reversed(ends)]
    return [*left, *[palette.MIDDLE] * (n % 2), *right]


def _strip_name(row, dated):
    """Return the name of a strip with median, range, number of countries and, if needed, year."""
    low, middle, high = (page.number(v) for v in (row.lowest, row.median, row.highest))
    named = {"label": row.label, "middle": middle, "low": low, "high": high, "n": row.n}
    text = gettext("%(label)s: median %(middle)s, %(low)s to %(high)s, n = %(n)s") % named
    return f"{text} ({row.region_year})" if row.label in dated else text


def _strip_legend(national, late):
    others = gettext("other countries of the region") if national else gettext("a country")
    return [
        *([_marker(gettext("this country"), BLUE)] if national else []),
        _marker(others, DOT),
        *([_marker(gettext("of another year"), DOT, fill=GROUND)] if late else []),
        _marker(gettext("median"), INK, "|"),
    ]
