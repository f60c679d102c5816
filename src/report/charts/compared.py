"""Countries compared: two measures of each, the value of each on a map, the parts of a score.

Nobody is ranked. Each mark says what it is where it is pointed at, in a page and in a saved file.
"""

import pandas as pd
from matplotlib.patches import Rectangle

from report import figure, page
from report.charts import drawing
from report.charts.drawing import LINE, SIZE, WIDTH, chart, in_lines
from report.charts.lines import LOOKS
from report.charts.rows import EDGES, MARK, SIDE, Entry, ends, framed, rows, steps
from report.charts.tilemap import closed_up
from report.figure import Caption
from report.languages import gettext
from report.page import Shown
from report.palette import BLUE, DOT, EDGE, GROUND, INK, MIDDLE, ON_BLUE, ORANGE, RIGHTS, SOFT

MARKS = ("o", "s", "^", "D", "v", "P", "X", "d")  # of the parts of a score, a country each
LARGEST = 40  # points of a tile
SHADES = [RIGHTS[2], RIGHTS[1], RIGHTS[0]]  # the lowest third of the values, the middle, the top
INKS = [INK, INK, ON_BLUE]


@chart
def scatter(frame: pd.DataFrame, caption: Caption, across: str, up: str) -> Shown:
    """Draw two measures of each country, one across and one up.

    Columns: iso3, country, year, across, up, role ("own", "beside" or "other").
    """
    axes = framed(230, 40, 18 + LINE * len(_lines(across)), _key_of_roles(frame))
    _named_axes(axes, _lines(across), _lines(up))
    looks = {"other": (DOT, 14), "beside": (ORANGE, 40), "own": (BLUE, 60)}
    for order, (role, (colour, size)) in enumerate(looks.items()):
        one = frame[frame.role == role]
        axes.scatter(one.across, one.up, s=size, color=colour, edgecolor=GROUND, zorder=order + 2)
    axes.margins(0.07)
    _label(axes, frame[frame.role != "other"].sort_values("up", ascending=False))
    said = [page.headed(f"{r.country}, {r.year}", f"{page.number(r.across)}; {page.number(r.up)}")
            for r in frame.itertuples()]  # fmt: skip
    drawing.telling(axes, frame.across, frame.up, said, 8)
    data = frame[["country", "year", "across", "up"]].astype({"year": "str"})
    data = data.rename(columns={"across": across, "up": up})
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


@chart
def valuemap(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw a tile a country, roughly where it lies, with its value, shaded by thirds of the values.

    Columns: iso3, country, year and value (missing where there is none), own, old (True where the
    value is too old to be shaded beside the others).
    """
    frame = frame.drop_duplicates("iso3")
    places, wide = closed_up(list(frame.iso3))
    side = min(LARGEST, (WIDTH - EDGES - SIDE) / max(wide, 1))
    frame = frame.assign(third=_thirds(frame), x=[places[i][0] for i in frame.iso3])
    frame = frame.assign(y=[places[i][1] for i in frame.iso3])
    axes = framed(side * frame.y.max(), EDGES, 2, _key_of_thirds(frame))
    axes.set_axis_off()
    axes.set_xlim(0, axes.get_position().width * WIDTH)
    for row in frame.itertuples():
        _tile(axes, row, side)
    middles = ((frame.x - 0.5) * side, (frame.y - 0.5) * side)
    drawing.telling(axes, *middles, [_told(row, unit) for row in frame.itertuples()], side)
    data = frame[["country", "year", "value"]].astype({"year": "string"})
    return figure.shown(
        drawing.svg(axes.figure, caption), caption, data.rename(columns={"value": unit})
    )


@chart
def parts(frame: pd.DataFrame, caption: Caption, unit: str, most: float) -> Shown:
    """Draw the parts of a score as rows, with a mark for each country, the first one strong.

    Columns: label (the part), country, value. Marks stand one below the other, so that equal ones
    are seen.
    """
    known = list(dict.fromkeys(frame.country))
    colours = [look[0] for look in [LOOKS[0], *LOOKS[2:]]][: len(known)]
    looks = {one: (c, MARKS[i]) for i, (one, c) in enumerate(zip(known, colours, strict=True))}
    key = [Entry(country, *look, None) for country, look in looks.items()]
    axes, at = rows(frame.label.unique(), key, unit, max(MARK, 6 * len(known)))
    heights = dict(zip(frame.label.unique(), at, strict=True))
    for order, (country, (colour, mark)) in enumerate(looks.items()):
        one = frame[frame.country == country]
        y = one.label.map(heights) + (order - (len(known) - 1) / 2) * 6
        axes.scatter(one.value, y, s=34 if order else 50, color=colour, marker=mark,
                     edgecolor=GROUND, zorder=20 - order, clip_on=False)  # fmt: skip
        said = [page.headed(f"{country}, {r.label}", page.number(r.value, unit))
                for r in one.itertuples()]  # fmt: skip
        drawing.telling(axes, one.value, y, said, 8)
    axes.hlines(at, 0, most, color=EDGE, linewidth=0.4, zorder=1)
    ends(axes, 0, most)
    data = frame[["label", "country", "value"]].rename(columns={"value": unit})
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


def short(value: float) -> str:
    """Give a chart's number as short as a tile holds it: 105117 => '105k', 5338124 => '5.3m'."""
    for least, step, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            digits = 0 if letter == "k" or abs(value) >= 100 * step else 1
            return page.written(f"{value / step:,.{digits}f}") + letter
    return page.number(value)


def _lines(text):
    return in_lines(text, WIDTH - 2 * SIDE)


def _named_axes(axes, across, up):
    """Say below what is across, and above the scale what is up."""
    box = axes.get_position()
    high = axes.figure.get_figheight() * 72
    room = LINE * len(up) + 2
    axes.set_position((box.x0, box.y0, box.width, box.height - room / high))
    axes.set_xlabel("\n".join(across))
    axes.invert_yaxis()
    axes.set_ylim(auto=True)
    top = box.y1 - LINE * 0.6 / high
    for i, line in enumerate(up):
        axes.figure.text(EDGES / WIDTH, top - i * LINE / high, line, color=SOFT, va="center")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(steps(5))
        axis.set_major_formatter(lambda value, _: short(value) if value else "0")


def _label(axes, frame):
    """Write the codes of countries right of their marks, none over another: some lie close."""
    axes.autoscale_view()
    free = float("inf")
    for row in frame.itertuples():
        height = axes.transData.transform((row.across, row.up))[1]
        free = min(height, free - SIZE - 2)
        line = {"arrowstyle": "-", "color": SOFT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 2}
        at = {"xytext": (16, free - height), "textcoords": "offset points", "va": "center"}
        axes.annotate(row.iso3, (row.across, row.up), arrowprops=line, zorder=6, **at)


def _key_of_roles(frame):
    looks = {"own": BLUE, "beside": ORANGE, "other": DOT}
    names = {
        "own": gettext("this country"),
        "beside": gettext("chosen beside it"),
        "other": gettext("other economies"),
    }
    return [
        Entry(names[role], colour, "o", None)
        for role, colour in looks.items()
        if (frame.role == role).any()
    ]


def _thirds(frame):
    """Give 0, 1 or 2 of each value by thirds of those that are shaded; -1 where none is."""
    shaded = frame.value.where(~frame.old)
    ranks = shaded.rank(method="min", pct=True)
    thirds = (ranks > 1 / 3).astype(int) + (ranks > 2 / 3)
    return thirds.where(shaded.notna(), -1)


def _key_of_thirds(frame):
    """Give the key: the range of each third, then old values and missing ones where there are."""
    made = []
    for third, colour in enumerate(SHADES):
        values = frame.value[frame.third == third]
        if len(values):
            low, high = page.number(values.min()), page.number(values.max())
            both = gettext("%(low)s to %(high)s") % {"low": low, "high": high}
            made.append(Entry(low if low == high else both, colour))
    if frame.old.any():
        made.append(Entry(gettext("older, not shaded"), GROUND))
    if frame.value.isna().any():
        made.append(Entry(page.missing(), MIDDLE))
    return made


def _tile(axes, row, side):
    """Draw one tile: the country strong where it is the report's, code above, value below."""
    none = pd.isna(row.value)
    fill = SHADES[row.third] if row.third >= 0 else MIDDLE if none else GROUND
    ink = INKS[row.third] if row.third >= 0 else SOFT
    x, y = (row.x - 1) * side, (row.y - 1) * side
    look = {"edgecolor": ORANGE if row.own else EDGE, "linewidth": 2.2 if row.own else 0.5}
    axes.add_patch(Rectangle((x + 1, y + 1), side - 2, side - 2, facecolor=fill, zorder=2, **look))
    middle = {"ha": "center", "va": "center", "color": ink, "zorder": 4}
    axes.text(x + side / 2, y + side * 0.31, row.iso3, **middle)
    axes.text(x + side / 2, y + side * 0.70, "–" if none else short(row.value), **middle)


def _told(row, unit):
    if pd.isna(row.value):
        return page.headed(row.country, page.missing())
    return page.headed(f"{row.country}, {row.year}", page.number(row.value, unit))
