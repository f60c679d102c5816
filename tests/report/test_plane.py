"""A field and its scale: what is put on it stands where matplotlib's own axes would have it."""

import io
import re

import matplotlib
import pandas as pd
import pytest
from lxml import etree
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from report_rows import CAPTION, frames

from cop.report import charts
from cop.report.charts import drawing
from cop.report.charts.plane import Field, Pen, Scale, Sheet
from cop.report.charts.rows import in_years, numbered, steps, whole
from cop.report.palette import BLUE, EDGE, GROUND

HIGH, LEFT, TOP, WIDE, DEEP = 120, 40, 20, 200, 60
DRAWN = [k for k in charts.KINDS
         if k not in {"matrix", "links", "triangulation", "reach", "chain", "tiles"}]  # fmt: skip


@pytest.fixture
def field():
    made = Field(Sheet(HIGH), LEFT, TOP, WIDE, DEEP)
    made.across = 0, 50
    return made


def read(svg):
    return etree.fromstring(svg[svg.index("<svg") :].encode())


def found(svg, name):
    return read(svg).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def shown(field):
    return field.svg()


def numbers(path):
    return [round(float(n), 3) for n in re.findall(r"-?[\d.]+", path.get("d"))]


def by_axes():
    """Give the same bar, line and scale as matplotlib's axes draw them."""
    with matplotlib.rc_context({"svg.fonttype": "none", "figure.dpi": 72}):
        figure = Figure(figsize=(drawing.WIDTH / 72, HIGH / 72))
        below = (HIGH - TOP - DEEP) / HIGH
        place = (LEFT / drawing.WIDTH, below, WIDE / drawing.WIDTH, DEEP / HIGH)
        axes = figure.add_axes(place, xlim=(0, 50), ylim=(DEEP, 0))
        axes.xaxis.set_major_locator(steps(5))
        axes.barh([30], [12.5], height=11, color=BLUE)
        axes.plot([0, 20, 45], [10, 50, 20], color=EDGE)
        axes.grid(axis="x")
        written = io.StringIO()
        figure.savefig(written, format="svg")
    return written.getvalue()


def test_bars_lines_and_the_lines_of_the_scale_stand_where_axes_have_them(field):
    field.below = numbered(steps(5))
    field.bars([30], [12.5], 0, 11, BLUE, Pen(GROUND))
    field.line((0, 20, 45), (10, 50, 20), Pen(EDGE))
    ours = [numbers(path) for path in found(shown(field), "path")]
    theirs = [numbers(path) for path in found(by_axes(), "path")]
    assert len(ours) == 10  # ground, six lines of the scale, bar, line, lower edge
    assert [one for one in ours if one not in theirs] == []


def test_the_numbers_of_a_scale_are_those_within_it(field):
    field.below, field.unit = numbered(steps(5)), ["items"]
    assert [t.text for t in found(shown(field), "text")] == [
        "0", "10", "20", "30", "40", "50", "items"]  # fmt: skip
    field.below, field.across = numbered(whole(5)), (0.5, 2.4)
    assert field.below.within(*field.across) == [1, 2]


def test_where_all_is_of_one_year_it_is_named_once_and_no_half_year(field):
    field.across, field.below = (2024.4, 2025.6), in_years(whole(5), lines=False)
    assert [t.text for t in found(shown(field), "text")] == ["2025"]
    one = pd.DataFrame({"label": [2025], "value": [3]})
    words = re.findall(r"<text[^>]*>([^<]*)</text>", charts.columns(one, CAPTION, "laws"))
    assert words[0] == "2025" and not [w for w in words if w.startswith("202") and w != "2025"]


def test_what_is_higher_is_drawn_later_and_equals_in_their_order(field):
    for z, fill in ((3, "#000003"), (1, "#000001"), (3, "#000004"), (2, "#000002")):
        field.box(1, 1, 2, 2, fill, z=z)
    fills = re.findall("fill: #00000([0-9])", shown(field))
    assert fills == ["1", "2", "3", "4"]


def test_what_reaches_beyond_the_field_is_cut_but_for_a_whole_mark(field):
    field.marks([0], [10], "o", 6, BLUE, Pen(BLUE))
    field.marks([0], [20], "s", 6, BLUE, Pen(BLUE), whole=True)
    cut, whole_one = (mark.getparent().get("clip-path") for mark in found(shown(field), "use"))
    assert cut and not whole_one


def test_marks_of_no_row_are_none(field):
    field.marks([], [], "o", 6, BLUE, Pen(BLUE))
    assert not found(shown(field), "use")


@pytest.mark.parametrize(("align", "start"), [("start", 0), ("middle", 0.5), ("end", 1)])
def test_the_ground_of_a_text_is_behind_it_and_as_wide(field, align, start):
    text = "no data (12)"
    field.write(25, 30, text, GROUND, align=align)
    svg = shown(field)
    x = numbers(found(svg, "path")[1])[::2]
    wide = drawing.width_of(text)
    left = LEFT + 25 / 50 * WIDE - start * wide
    assert min(x) < left < min(x) + 0.5 and max(x) - 0.5 < left + wide < max(x)
    assert svg.index(text) > svg.index("M ", svg.index("M ") + 1)


def test_texts_of_a_row_stand_on_one_line_but_for_a_letter_with_a_sign_above(field):
    for text in ("place", "Tax", "xx", "Š"):
        field.write(1, 30, text)
    low = {t.text: float(t.get("y")) for t in found(shown(field), "text")}
    assert low["place"] == pytest.approx(low["xx"], abs=0.01)
    assert low["Tax"] == pytest.approx(low["xx"], abs=0.01) and low["Š"] > low["xx"] + 0.5


def test_a_scale_that_fits_has_room_at_both_ends_also_where_all_is_one_value(field):
    field.fit([0, 100], [5, 5], 0.1)
    assert field.across == (-10, 110)
    assert field.up[0] < 5 < field.up[1]


def test_a_mark_says_its_text_over_so_many_points(field):
    field.telling([25], [30], ["a & b"], 8)
    (box,) = (p for p in found(shown(field), "path") if p.getparent().tag.endswith("}a"))
    x, y = numbers(box)[::2], numbers(box)[1::2]
    assert (min(x), max(x), min(y), max(y)) == (136, 144, 46, 54)


@pytest.mark.parametrize("kind", DRAWN)
def test_no_chart_makes_axes_which_would_be_most_of_what_it_costs(kind, monkeypatch):
    def refused(*_, **__):
        raise AssertionError("a chart made axes")

    monkeypatch.setattr(Axes, "__init__", refused)
    frame, *others = frames()[kind]
    assert "<svg" in getattr(charts, kind)(frame, CAPTION, *others)


def test_a_scale_says_its_values_as_it_is_told():
    scale = Scale(steps(4), lambda value: f"{abs(value):.0f}")
    assert [scale.said(value) for value in scale.within(-10, 10)] == ["10", "5", "0", "5", "10"]
