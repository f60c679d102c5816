"""Figures: every kind has its seven parts whatever its rows, and no picture of a page has none."""

import base64
import csv
import io
import re
from dataclasses import replace

import pagetext
import pandas as pd
import pytest
from cases import by_rule
from conftest import ROOT
from lxml import html
from matplotlib.figure import Figure
from report_rows import CAPTION, GRIDS, frames, show

import cop.data
from cop.report import figure, page, palette, sheet, words
from helpers import charts

DRAWN = [kind for kind in frames() if kind not in GRIDS]
every_kind = pytest.mark.parametrize("kind", frames())
# The seven parts, as a person finds them: message, measure, base, source, text description, table
# and file. What a picture says to those who hear the page is a title in its SVG or unseen text.
PARTS = {
    "message": ".//figcaption/*[@class='message']",
    "subtitle": ".//figcaption/*[@class='measure']",
    "base n": ".//p[@class='basis']",
    "source": ".//p[@class='source']",
    "text description": ".//svg/desc | .//*[@class='picture']//*[@class='unseen']",
    "data table": ".//details//table",
    "file of its data": ".//a[@download and starts-with(@href, 'data:text/csv')]",
}
# What shows by place, sign or colour. A pictogram, whose role says that it shows nothing of its
# own, is none; nor is a sign that stands in a line with its word.
PICTURES = (
    "//svg[not(@role='presentation' or @aria-hidden='true')] | //img | //canvas | //object"
    " | //dl[@class='strip'] | //ol[@class='chain'] | //ul[starts-with(@class, 'tiles')]"
    " | //table[@class='marks' or @class='signs'] | //div[contains(@class, 'heat')]"
)


def draw(kind, caption=CAPTION):
    return str(show(kind, *frames()[kind], caption=caption))


def tree_of(shown):
    return html.fragment_fromstring(str(shown), create_parent=True)


def faults(tree):
    """Return what is wrong with the pictures of a page: those outside a figure, and missing
    parts.
    """
    outside = [p for p in tree.xpath(PICTURES) if not p.xpath("ancestor::figure")]
    found = [f"{p.tag} {p.get('class')} stands outside a figure" for p in outside]
    for block in tree.xpath("//figure"):
        name = " ".join(block.xpath("string(figcaption)").split())[:60]
        parts = {part: " ".join(e.text_content() for e in block.xpath(at))
                 for part, at in PARTS.items()}  # fmt: skip
        found += [f"{name}: no {part}" for part, text in parts.items() if not text.strip()]
        if not figure.YEAR.search(parts["source"]):
            found.append(f"{name}: no year in its source")
        if not re.search(r"[0-9]|\b(two|three)\b", parts["base n"]):
            found.append(f"{name}: nothing counted in its base")
    return found


# All parts


@every_kind
def test_every_kind_has_its_parts_and_its_data_as_csv_with_measure_and_source(kind):
    block = tree_of(draw(kind))
    assert faults(block) == []
    notes = block.find_class("notes")[0].text_content()
    for text in (f"Based on {CAPTION.n}.", CAPTION.definition, f"Source: {CAPTION.source}."):
        assert text in notes
    assert CAPTION.alt in block.text_content() and not block.xpath("//script")
    link = block.xpath(".//a")[-1]
    assert link.get("download") == "measure-of-something-zedland-2020-to-2026.csv"
    content = link.get("href").removeprefix("data:text/csv;base64,")
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(content).decode("utf-8-sig"))))
    assert rows and {row["measure"] for row in rows} == {CAPTION.subtitle}
    assert {row["source"] for row in rows} == {CAPTION.source}


@pytest.mark.slow
@pytest.mark.xdist_group("region")
def test_no_picture_of_any_page_stands_alone_or_lacks_a_part(site):
    pages = sorted(path for path in site.rglob("*.html") if path.name != "search.html")
    trees = {path: html.parse(str(path)).getroot() for path in pages}
    found = [f"{path.relative_to(site)}: {fault}" for path, tree in trees.items()
             for fault in faults(tree)]  # fmt: skip
    assert found == []
    assert sum(len(tree.xpath("//figure")) for tree in trees.values()) > len(pages)


@pytest.mark.parametrize("missing", ["title", "subtitle", "n", "source", "definition", "alt"])
def test_a_figure_without_one_of_its_texts_or_a_year_in_its_source_is_refused(missing):
    with pytest.raises(ValueError, match=f"figure .* lacks {missing}; add each"):
        draw("bars", replace(CAPTION, **{missing: " "}))
    with pytest.raises(ValueError, match=r"a year in source \(the office\)"):
        draw("chain", replace(CAPTION, source="the office"))


@every_kind
def test_a_frame_without_rows_says_that_nothing_is_recorded(kind):
    frame, *others = frames()[kind]
    shown = show(kind, frame.iloc[:0], *others)
    assert pagetext.said(shown) == f"{CAPTION.subtitle}: nothing is recorded."
    with pytest.raises(ValueError, match="figure .* lacks definition"):
        show(kind, frame.iloc[:0], *others, caption=replace(CAPTION, definition=""))


@by_rule(
    "subtitle, name",
    ("48 letters stay", "long " * 9 + "abc", "long-" * 9 + "abc"),
    ("of more the last word is left out", "long " * 9 + "abcd", "long-" * 8 + "long"),
)
def test_a_file_of_data_is_named_by_the_measure(subtitle, name):
    link = tree_of(draw("bars", replace(CAPTION, subtitle=subtitle))).xpath(".//a")[-1]
    assert link.get("download") == f"{name}.csv"


def test_what_is_missing_is_an_empty_cell_in_the_csv_of_whatever_type():
    frame = pd.DataFrame({"a": [1.5, None], "b": pd.array([3, pd.NA], dtype="Int64")})
    frame = frame.assign(c=["x", None], d=pd.array(["=1", pd.NA], dtype="string"))
    text = page.csv(frame.assign(source="us")).decode("utf-8-sig")
    assert text == "a,b,c,d,source\r\n1.5,3,x,'=1,us\r\n,,,,us\r\n"


# Drawings


def test_drawings_are_named_and_no_id_or_colour_is_foreign():
    """Each is named, described and made of text; ids are its own; colours follow the scheme."""
    shown = [draw(kind) for kind in DRAWN]
    assert shown == [draw(kind) for kind in DRAWN]
    ids = [re.findall(r' id="([^"]+)"', drawing) for drawing in shown]
    assert len({i for own in ids for i in own}) == sum(map(len, ids))
    for drawing, own in zip(shown, ids, strict=True):
        assert set(re.findall(r'(?:url\(#| href="#)([\w-]+)', drawing)) <= set(own)
        svg = html.fragment_fromstring(drawing).find(".//svg")
        names = {e.get("id"): e.text for e in svg if e.tag in ("title", "desc")}
        assert svg.get("role") == "img" and svg.get("aria-labelledby").split() == list(names)
        assert list(names.values()) == [CAPTION.title, CAPTION.alt]
        assert svg.findall(".//text") and not svg.xpath(".//style | .//metadata")
        without_variables = re.sub(r"var\(--fig-[a-z0-9-]+, #[0-9a-f]{6}\)", "", drawing)
        assert not re.findall(r"#[0-9a-fA-F]{6}\b", without_variables)


@by_rule(
    "attribute, stays",
    ("a link within the drawing stays", 'href="#a"', True),
    ("an embedded image stays", 'href="data:image/png;base64,AA"', True),
    ("a link to another page is removed", 'href="https://example.org/x"', False),
    ("a handler is removed", 'onclick="x()"', False),
)
def test_a_drawing_loads_and_runs_nothing(attribute, stays):
    source = f'<svg xmlns="http://www.w3.org/2000/svg"><a {attribute}/></svg>'
    assert (f"<a {attribute[:4]}" in figure.from_svg(source, "Title", "Text")) == stays


def test_a_drawing_expands_no_entity():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>'
    shown = figure.from_svg(f'<!DOCTYPE svg [<!ENTITY e "expanded">]>{svg}', "Title", "Text")
    assert "expanded" not in shown


@pytest.mark.parametrize("at", [(-0.2, 0.5), (0.5, 1.4), (1.4, 0.5), (0.5, -0.4)])
def test_a_legend_outside_of_a_figure_keeps_its_lines(at):
    ax = Figure().add_subplot()
    ax.plot([0, 1], label="Ukraine")
    ax.legend(loc="center", bbox_to_anchor=at)
    shown = html.fromstring(figure.svg(ax, "Title", "A line from zero to one"))
    assert not shown.xpath(".//path[not(@d)]")


def test_what_looks_like_mathematics_or_html_in_a_name_is_text():
    names = ["$x^{", "<b>bold</b> & more", 'say "so"']
    shown = show("bars", pd.DataFrame({"label": names, "value": [1.0, 2, 3]}))
    assert set(names) <= set(tree_of(shown).xpath(".//text/text()"))


@pytest.mark.parametrize(
    ("value", "text"), [(1_000_000, "1,000,000"), (0.1 + 0.2, "0.3"), (2.5, "2.5"), (0, "0")]
)
def test_a_tick_is_written_in_full_and_without_the_error_of_a_float(value, text):
    assert charts.number(value) == text


def test_a_text_is_broken_between_words_and_a_long_word_within():
    assert charts.wrap("one two", charts.text_width("one two")) == ["one two"]
    assert charts.wrap("one two", charts.text_width("one two") - 0.1) == ["one", "two"]
    lines = charts.wrap("W" * 60, 100)
    assert "".join(lines) == "W" * 60 and max(map(charts.text_width, lines)) <= 100
    assert charts.wrap("", 100) == [""]


# What each shows


def shown_to_compare(place):
    """Yield {name: figure} of each kind, and of rows at which a kind shows something else."""
    yield from ((kind, draw(kind)) for kind in frames())
    room = pd.DataFrame({"label": ["a"]} | {w: [0] for w in palette.STATUSES})
    room["in place"], room["not in place"] = 500, 1  # a number stands where there is room
    yield "stacked-room", show("stacked", room, "items")
    roles = pd.DataFrame({"name": ["Police", "Court"], "word": "Justice"})
    names, heads = ["Justice", *(f"Role {i}" for i in range(8))], ["Organisation", "Role"]
    yield "matrix-wide", show("matrix", roles, names, heads)  # has a list for a phone
    yield "matrix-narrow", show("matrix", roles, names[:-1], heads)
    pairs = pd.DataFrame([("a", "b"), ("a", "c"), ("d", "a"), ("e", "f")], columns=["a", "b"])
    yield "links-few-names", show("links", pairs)
    tile = pd.DataFrame({"iso3": ["UKR"], "country": "Ukraine", "word": "draft"})
    for sure in ("low", "high"):  # the key has the double edge where a tile has it
        yield f"tiles-{sure}", show("tiles", tile.assign(confidence=sure))
    values = {"country": ["North", "South"], "year": [2023, 2020], "value": [19.7, None]}
    sources = cop.data.read("statistics_sources", place.data).source_id
    rates = pd.DataFrame(values | {"median": 47.4, "own": [True, False]})
    rates = rates.assign(source_id=sources.iloc[0], base_year=2025, base_mark="projection")
    for name, change in {"some": {}, "none": {"value": None}, "others": {"own": False}}.items():
        frame = rates.assign(**change)
        yield f"rate-{name}", words.render("4-ict-statistics", "rate_chart", "", frame, place)


def test_figures_show_what_was_agreed(request, place):
    made = {}
    for name, shown in shown_to_compare(place):
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", str(shown))
        made[name] = "\n".join([*drawn, *pagetext.lines(tree_of(shown))]) + "\n"
    pagetext.compare(request, ROOT / "tests/expected/figures", made)


def test_each_country_of_the_map_stands_there_once_and_on_a_tile_of_its_own():
    every = [*words.TILES.index, "AAA", "BBB"]
    frame = pd.DataFrame({"iso3": [*every, "UKR"], "country": "x", "word": "in place"})
    at, wide = words.tile_places(every)
    assert len(set(at.values())) == len(every) and max(x for x, _ in at.values()) <= wide
    shown = str(show("tiles", frame)).split("<details>")[0]
    assert [shown.count(f">{iso3}<") for iso3 in every] == [1] * len(every)
    # rows and columns without a country are left out
    assert words.tile_places(["ALB", "UKR"])[0] == {"ALB": (1, 2), "UKR": (2, 1)}


# Colours


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours_of(scheme, prefix="--"):
    """Return the colours that report.css sets in a scheme: {name: #rrggbb, or a system colour}."""
    rule = sheet.text().split(SCHEMES[scheme], 1)[1].split("}", 1)[0]
    found = re.findall(rf"(?<![\w-]){prefix}([a-z0-9-]+): (#[0-9a-f]{{3,6}}|[A-Z][A-Za-z]+)", rule)
    return {k: "#" + "".join(c * 2 for c in v[1:]) if len(v) == 4 else v for k, v in found}


SCHEMES = {
    "light": ":root {",
    "dark": "(prefers-color-scheme: dark) { :root {",
    "forced": "(forced-colors: active) { :root {",
}


def test_every_colour_has_a_value_in_each_scheme_and_the_light_ones_are_drawn():
    for scheme in SCHEMES:
        assert set(colours_of(scheme, "--fig-")) == set(palette.NAMES.values())
    assert colours_of("light", "--fig-") == {name: c for c, name in palette.NAMES.items()}
    assert set(colours_of("forced", "--fig-").values()) == {"Canvas", "CanvasText"}
    cycle = charts.STYLE["axes.prop_cycle"].by_key()["color"]
    assert set(cycle) <= set(palette.NAMES)  # of seaborn and matplotlib
    for file in ("page/desk.css", "workspace/share/voila/templates/cop/cop.css"):
        assert palette.BLUE in (ROOT / "src/cop/explore" / file).read_text("utf-8"), file
    assert {colours_of("light")[name] for name in ("blue", "in-place")} == {palette.BLUE}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_edges_and_grounds_of_statuses_keep_three_to_one(scheme):
    """Axe checks the contrast of texts (test_figures, test_browser)."""
    drawn, shown = colours_of(scheme, "--fig-"), colours_of(scheme)
    marks = ("blue", "teal", "plum", "orange", "grey", "dot", "edge")
    pairs = [(drawn[mark], drawn["ground"]) for mark in marks]
    pairs += [(shown["focus"], shown["not"]), (shown["edge"], shown["ground"])]
    grounds = sorted((shown[name] for name in ("in-place", "partly", "not")), key=luminance)
    pairs += zip(grounds, grounds[1:], strict=False)
    assert [pair for pair in pairs if contrast(*pair) < 3] == []
    assert len({look.sign for look in palette.STATUSES.values()}) == len(palette.STATUSES)
    for word in ("no-public-evidence", "not-assessed"):
        assert re.search(rf"\.{word} \{{ background: repeating-linear-gradient\(", sheet.text())


def test_an_alternative_text_has_twenty_letters_and_a_source_a_year_of_this_or_the_last_century():
    replace(CAPTION, alt="x" * 20).check()
    with pytest.raises(ValueError, match="alt text of 20 or more characters"):
        replace(CAPTION, alt="x" * 19).check()
    replace(CAPTION, source="ITU, 1999").check()
    with pytest.raises(ValueError, match="a year in source"):
        replace(CAPTION, source="ITU, 2199").check()


@pytest.mark.parametrize(
    ("years", "is_text"), [([1900, 2100], True), ([1899, 2000], False), ([2101], False)]
)
def test_whole_numbers_from_1900_to_2100_are_years(years, is_text):
    assert (figure.years_as_text(pd.Series(years)).dtype == "string") == is_text


@pytest.mark.parametrize(("less", "align"), [(0, "center"), (1, "bottom")])
def test_labels_stand_beside_their_rows_up_to_a_width_and_else_above(less, align, monkeypatch):
    monkeypatch.setattr(charts, "BESIDE", charts.text_width("Label") - less)
    ax, _ = charts.rows(["Label"])
    assert ax.texts[0].get_va() == align


def test_a_scale_has_five_intervals_at_most():
    ax = Figure().add_subplot()
    ax.set_xlim(0, 90)
    charts.number_scale(ax.xaxis)
    assert 3 < len(ax.get_xticks()) <= 6


def test_a_part_of_a_bar_is_labelled_if_its_label_fits():
    counts = dict.fromkeys(palette.STATUSES, 0) | {"in place": 100, "not in place": 1}
    ax = charts.stacked(pd.DataFrame([{"label": "Law"} | counts]), "items")
    assert [bar.get_width() for bar in ax.patches] == [100, 1], "a status without items has no bar"
    texts = [text.get_text() for text in ax.texts]
    assert "● 100" in texts and "○ 1" not in texts


def test_a_colour_of_a_drawing_is_a_css_variable_with_the_colour_as_its_fallback():
    drawn = f'<path fill="{palette.BLUE}"/>'
    name = palette.NAMES[palette.BLUE]
    assert palette.as_variables(drawn) == f'<path fill="var(--fig-{name}, {palette.BLUE})"/>'
    assert palette.as_colours(palette.as_variables(drawn)) == drawn, "and back"


@pytest.mark.parametrize(("letters", "columns"), [(3, 2), (60, 1)])
def test_a_legend_has_two_columns_if_they_fit(letters, columns):
    handles = [charts.marker("n" * letters, "red") for _ in range(2)]
    ax = charts.axes(10, 10, 0, handles)
    assert ax.figure.legends[0]._ncols == columns
