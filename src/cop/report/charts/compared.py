"""Countries compared: two measures of each, the value of each on a map, the parts of a score.

Nobody is ranked. Each mark says what it is where it is pointed at, in a page and in a saved file.
"""

from math import hypot, inf

import pandas as pd

from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import DROP, LINE, RISE, SIZE, WIDTH, chart, in_lines, width_of
from cop.report.charts.lines import LOOKS
from cop.report.charts.plane import Pen, Scale
from cop.report.charts.rows import EDGES, MARK, OVER, SIDE, Entry, ends, framed, rows, steps
from cop.report.charts.tilemap import closed_up
from cop.report.figure import Caption
from cop.report.languages import gettext
from cop.report.page import Shown
from cop.report.palette import BLUE, DOT, EDGE, GROUND, INK, MIDDLE, ON_BLUE, ORANGE, RIGHTS, SOFT

MARKS = ("o", "s", "^", "D", "v", "P", "X", "d")  # of the parts of a score, a country each
LARGEST = 40  # points of a tile
BESIDE = 16  # points from a mark to its code
SHADES = [RIGHTS[2], RIGHTS[1], RIGHTS[0]]  # the lowest third of the values, the middle, the top
INKS = [INK, INK, ON_BLUE]


@chart
def scatter(frame: pd.DataFrame, caption: Caption, across: str, up: str) -> Shown:
    """Draw two measures of each country, one across and one up.

    Columns: iso3, country, year, across, up, role ("own", "beside" or "other").
    """
    below, above = (in_lines(text, WIDTH - 2 * SIDE) for text in (across, up))
    room = LINE * len(above) + 2
    field = framed(230 - room, 40, 18 + LINE * len(below), _key_of_roles(frame), room)
    _named_scales(field, below, above)
    field.fit(frame.across, frame.up, 0.07)
    looks = {"other": (DOT, 14), "beside": (ORANGE, 40), "own": (BLUE, 60)}
    for order, (role, (colour, size)) in enumerate(looks.items()):
        one = frame[frame.role == role]
        field.marks(one.across, one.up, "o", size**0.5, colour, Pen(GROUND), order + 2)
    _label(field, frame[frame.role != "other"].sort_values("up", ascending=False, kind="stable"))
    said = [page.headed(f"{r.country}, {r.year}", f"{page.number(r.across)}; {page.number(r.up)}")
            for r in frame.itertuples()]  # fmt: skip
    field.telling(frame.across, frame.up, said, 8)
    data = frame[["country", "year", "across", "up"]].astype({"year": "str"})
    data = data.rename(columns={"across": across, "up": up})
    return figure.shown(drawing.svg(field, caption), caption, data)


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
    field = framed(side * frame.y.max(), EDGES, 2, _key_of_thirds(frame))
    field.across = 0, field.wide
    for row in frame.itertuples():
        _tile(field, row, side)
    middles = ((frame.x - 0.5) * side, (frame.y - 0.5) * side)
    field.telling(*middles, [_told(row, unit) for row in frame.itertuples()], side)
    data = frame[["country", "year", "value"]].astype({"year": "string"})
    return figure.shown(drawing.svg(field, caption), caption, data.rename(columns={"value": unit}))


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
    field, at = rows(frame.label.unique(), key, unit, max(MARK, 6 * len(known)))
    ends(field, 0, most)
    heights = dict(zip(frame.label.unique(), at, strict=True))
    for y in at:
        field.line((0, most), (y, y), Pen(EDGE, 0.4), 1)
    for order, (country, (colour, mark)) in enumerate(looks.items()):
        one = frame[frame.country == country]
        y = one.label.map(heights) + (order - (len(known) - 1) / 2) * 6
        size = (34 if order else 50) ** 0.5
        field.marks(one.value, y, mark, size, colour, Pen(GROUND), 20 - order, whole=True)
        said = [page.headed(f"{country}, {r.label}", page.number(r.value, unit))
                for r in one.itertuples()]  # fmt: skip
        field.telling(one.value, y, said, 8)
    data = frame[["label", "country", "value"]].rename(columns={"value": unit})
    return figure.shown(drawing.svg(field, caption), caption, data)


def short(value: float) -> str:
    """Give a number as short as a tile of a chart holds it: 105117 => '105k', 5338124 => '5.3m'."""
    for least, step, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            digits = 0 if letter == "k" or abs(value) >= 100 * step else 1
            return page.written(f"{value / step:,.{digits}f}") + letter
    return page.number(value)


def _named_scales(field, across, up):
    """Say below what is across, and above the scale what is up."""
    field.below = field.beside = Scale(steps(5), lambda value: short(value) if value else "0")
    field.unit = across
    top = field.top - 2 - LINE * (len(up) - 0.6) - DROP / 2
    for i, line in enumerate(up):
        field.sheet.write(EDGES, top + LINE * i, line, colour=SOFT, z=OVER + 1)


def _label(field, frame):
    """Write the codes of countries right of their marks, none over another: some lie close."""
    free = -inf
    for row in frame.itertuples():
        x, y = float(field.x(row.across)), float(field.y(row.up))
        free = max(y, free + SIZE + 2)
        middle = x + BESIDE + width_of(row.iso3) / 2
        field.sheet.line(*_between(middle, free, x, y), Pen(SOFT, 0.6, cap="round"), 6)
        field.sheet.write(x + BESIDE, free - DROP / 2, row.iso3, z=6)


def _between(middle, height, x, y):
    """Give the line from the edge of a code to two points before its mark: {x}, {y}."""
    across, down = x - middle, y - height
    edge = (x + BESIDE - 2.5 - middle) / across
    if down:
        edge = min(edge, ((RISE + DROP) / 2 + 2.5) / abs(down))
    end = 1 - 2 / hypot(across, down)
    return [(start + edge * way, start + end * way)
            for start, way in ((middle, across), (height, down))]  # fmt: skip


def _key_of_roles(frame):
    roles = [
        ("own", BLUE, gettext("this country")),
        ("beside", ORANGE, gettext("chosen beside it")),
        ("other", DOT, gettext("other economies")),
    ]
    there = {*frame.role}
    return [Entry(name, colour, "o", None) for role, colour, name in roles if role in there]


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


def _tile(field, row, side):
    """Draw one tile: the country strong where it is the report's, code above, value below."""
    none = pd.isna(row.value)
    fill = SHADES[row.third] if row.third >= 0 else MIDDLE if none else GROUND
    ink = INKS[row.third] if row.third >= 0 else SOFT
    x, y = (row.x - 1) * side, (row.y - 1) * side
    edge = Pen(ORANGE, 2.2) if row.own else Pen(EDGE, 0.5)
    field.box(x + 1, y + 1, x + side - 1, y + side - 1, fill, edge, 2)
    middle = {"align": "middle", "colour": ink, "z": 4}
    field.write(x + side / 2, y + side * 0.31 - DROP / 2, row.iso3, **middle)
    value = "–" if none else short(row.value)
    field.write(x + side / 2, y + side * 0.70 - DROP / 2, value, **middle)


def _told(row, unit):
    if pd.isna(row.value):
        return page.headed(row.country, page.missing())
    return page.headed(f"{row.country}, {row.year}", page.number(row.value, unit))
