"""Figures: every kind shows what it must, whatever its rows, and none stands without its texts."""

import base64
import csv
import io
import re
from dataclasses import asdict, replace

import pandas as pd
import pytest
from lxml import html
from pagetext import said
from report_rows import CAPTION, GRIDS, LONG, frames, show

import cop.data
from cop.report import figure, page, palette, sheet, words
from helpers import charts

DRAWN = [kind for kind in frames() if kind not in GRIDS]
every_kind = pytest.mark.parametrize("kind", frames())


def made(kind, letters=0, caption=CAPTION):
    return show(kind, *frames(letters)[kind], caption=caption)


def texts(shown):
    """Return the text elements of a drawing."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", shown)


# One block


@every_kind
def test_every_kind_says_message_measure_basis_definition_source_and_data(kind):
    one = html.fragment_fromstring(str(made(kind)))
    assert one.find_class("message")[0].text == CAPTION.title
    assert one.find_class("measure")[0].text == CAPTION.subtitle
    notes = one.find_class("notes")[0].text_content()
    for text in (f"Based on {CAPTION.n}.", CAPTION.definition, f"Source: {CAPTION.source}."):
        assert text in notes
    assert CAPTION.alt in one.text_content()
    assert one.find("details").find_class("table") and not one.xpath("//script")


@pytest.mark.parametrize("missing", ["title", "subtitle", "n", "source", "definition", "alt"])
def test_a_figure_without_one_of_its_texts_or_a_year_in_its_source_is_refused(missing):
    with pytest.raises(ValueError, match=f"a figure needs a {missing}: say what it shows"):
        made("bars", caption=replace(CAPTION, **{missing: " "}))
    with pytest.raises(ValueError, match=r"a year in its source \(the office\)"):
        made("chain", caption=replace(CAPTION, source="the office"))


@every_kind
def test_a_frame_without_rows_says_that_nothing_is_recorded(kind):
    frame, *others = frames()[kind]
    shown = show(kind, frame.iloc[:0], *others)
    assert said(shown) == f"{CAPTION.subtitle}: nothing is recorded."
    with pytest.raises(ValueError, match="a figure needs a definition"):
        show(kind, frame.iloc[:0], *others, caption=replace(CAPTION, definition=""))


@every_kind
def test_the_data_travels_as_csv_with_measure_and_source(kind):
    frame, *others = frames()[kind]
    link = html.fragment_fromstring(str(show(kind, frame.iloc[:1], *others))).xpath(".//a")[-1]
    assert link.get("download") == "measure-of-something-zedland-2020-to-2026.csv"
    head, content = link.get("href").split(",", 1)
    assert head == "data:text/csv;base64"
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(content).decode("utf-8-sig"))))
    assert rows and {row["measure"] for row in rows} == {CAPTION.subtitle}
    assert {row["source"] for row in rows} == {CAPTION.source}


def test_what_is_missing_is_an_empty_cell_in_the_csv_of_whatever_type():
    frame = pd.DataFrame({"a": [1.5, None], "b": pd.array([3, pd.NA], dtype="Int64")})
    frame = frame.assign(c=["x", None], d=pd.array(["=1", pd.NA], dtype="string"))
    text = page.csv(frame.assign(source="us")).decode("utf-8-sig")
    assert text == "a,b,c,d,source\r\n1.5,3,x,'=1,us\r\n,,,,us\r\n"


def test_a_negative_number_stays_one_in_the_csv_and_what_only_begins_like_one_does_not():
    numbers, others = ["-3", "-0.25", "-1e-05", "+3"], ["-3+A1", "--3", "-3\n", "-A1", "-.5"]
    assert [cop.data.neutralise(one) for one in numbers] == numbers
    assert [cop.data.neutralise(one) for one in others] == [f"'{one}" for one in others]


# Drawn


@pytest.mark.parametrize("kind", DRAWN)
def test_a_drawing_is_named_described_and_its_text_is_text(kind):
    svg = html.fragment_fromstring(str(made(kind))).find(".//svg")
    own = {e.get("id"): e.text for e in svg if e.tag in ("title", "desc")}
    assert svg.get("role") == "img" and svg.get("aria-labelledby").split() == list(own)
    assert list(own.values()) == [CAPTION.title, CAPTION.alt]
    assert svg.findall(".//text") and not svg.xpath(".//style | .//metadata")


def test_the_ids_of_two_figures_differ_and_each_is_used_within_its_own():
    shown = [made(kind) for kind in DRAWN]
    assert shown == [made(kind) for kind in DRAWN]
    ids = [re.findall(r' id="([^"]+)"', one) for one in shown]
    assert len({i for one in ids for i in one}) == sum(map(len, ids))
    for one, own in zip(shown, ids, strict=True):
        assert set(re.findall(r'(?:url\(#| href="#)([\w-]+)', one)) <= set(own)


@pytest.mark.parametrize("kind", DRAWN)
def test_every_colour_is_a_variable_of_the_page_and_no_other(kind):
    shown = re.sub(r"var\(--fig-[a-z0-9-]+, #[0-9a-f]{6}\)", "", made(kind))
    assert not re.findall(r"#[0-9a-fA-F]{6}\b", shown)


def test_what_looks_like_mathematics_or_html_in_a_name_is_text():
    names = ["$x^{", "<b>bold</b> & more", 'say "so"']
    shown = show("bars", pd.DataFrame({"label": names, "value": [1.0, 2, 3]}))
    read = html.fragment_fromstring(str(shown)).xpath(".//text/text()")
    assert set(names) <= set(read)


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("letters", [0, LONG])
def test_no_line_of_text_is_wider_than_its_figure(kind, letters):
    shown = made(kind, letters)
    assert max(map(charts.text_width, texts(shown))) <= charts.WIDTH


def test_a_text_is_broken_between_words_and_a_long_word_within():
    assert charts.wrap("one two", charts.text_width("one two")) == ["one two"]
    assert charts.wrap("one two", charts.text_width("one tw")) == ["one", "two"]
    lines = charts.wrap("W" * 60, 100)
    assert "".join(lines) == "W" * 60 and max(map(charts.text_width, lines)) <= 100
    assert charts.wrap("", 100) == [""]


# Each kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [("bars", {"no data", "1.5", "105,117"}), ("dots", {"North: median 55.0, 0 to 100.0, n = 3"})],
)
def test_a_drawing_says_its_values_years_and_what_is_missing(kind, words):
    assert words <= set(texts(made(kind)))


def test_the_data_of_strips_and_of_the_map_has_headings_for_people():
    strips = words.strip_data(frames()["dots"][0])
    for shown, first in (
        (figure.draw(charts.dots(frames()["dots"][0]), strips, **asdict(CAPTION)),
         ["Indicator", "Country"]),
        (made("tiles"), ["Code", "Country"]),
    ):  # fmt: skip
        heads = html.fragment_fromstring(str(shown)).xpath(".//details//thead//th")
        titles = [head.text_content() for head in heads]
        assert titles[:2] == first and not [one for one in titles if one != one.capitalize()]


def test_a_number_stands_on_a_bar_only_where_there_is_room():
    frame = pd.DataFrame({"label": ["a"]} | {w: [0] for w in palette.STATUSES})
    frame["in place"], frame["not in place"] = 500, 1
    words = texts(show("stacked", frame, "items"))
    assert "● 500" in words and not {"1", "○ 1"} & set(words)


def test_a_matrix_shows_the_word_that_nobody_has():
    frame = pd.DataFrame({"name": ["a", "b"], "word": ["Policy", "Policy"]})
    shown = said(show("matrix", frame, ["Policy", "Research"], ["Name", "Role"]))
    assert "A Policy (2)" in shown and "B Research (none found)" in shown
    assert "a | ●yes | ·none" in shown


def test_a_wide_matrix_has_a_list_for_a_phone_and_a_narrow_one_has_none():
    frame = pd.DataFrame({"name": ["Police", "Court"], "word": "Justice"})
    words = ["Justice", *(f"Role {i}" for i in range(8))]
    heads = ["Organisation", "Role"]
    wide = str(show("matrix", frame, words, heads))
    assert "<dt>Justice</dt><dd>Police and Court</dd>" in wide and 'class="broad"' in wide
    assert "<dt>Role 0</dt><dd>none found</dd>" in wide
    assert 'class="narrow"' not in str(show("matrix", frame, words[:-1], heads))


def test_every_link_is_in_the_matrix_under_few_names():
    pairs = [("a", "b"), ("a", "c"), ("d", "a"), ("e", "f")]
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    assert words.linked_pairs(frame)[1] == ["a", "e"]
    shown = said(show("links", frame))
    assert "b | ●yes | ·none" in shown and "f | ·none | ●yes" in shown


def test_a_silent_source_and_a_link_of_which_nothing_is_known_say_so():
    assert "South | – silent | ◆ both | – silent" in said(made("triangulation"))
    assert "Middle ? not known no data" in said(made("chain"))


def test_each_country_of_the_map_stands_there_once_and_on_a_tile_of_its_own():
    every = [*words.TILES.index, "AAA", "BBB"]
    frame = pd.DataFrame({"iso3": [*every, "UKR"], "country": "x", "word": "in place"})
    at, wide = words.tile_places(every)
    assert len(set(at.values())) == len(every) and max(x for x, _ in at.values()) <= wide
    shown = str(show("tiles", frame)).split("<details>")[0]
    assert [shown.count(f">{iso3}<") for iso3 in every] == [1] * len(every)
    # rows and columns without a country are left out
    assert words.tile_places(["ALB", "UKR"])[0] == {"ALB": (1, 2), "UKR": (2, 1)}


@pytest.mark.parametrize(("sure", "said_so"), [("low", 2), ("high", 0)])
def test_the_key_of_the_map_has_the_double_edge_where_a_tile_has_it(sure, said_so):
    """On a telephone a tile shows its sign alone, and the key has the words."""
    rows = {"iso3": ["UKR"], "country": "Ukraine", "word": "draft", "confidence": sure}
    shown = str(show("tiles", pd.DataFrame(rows))).split("<details>")[0]
    assert shown.count("confidence low") == said_so and shown.count("square low") == said_so / 2


# Colours


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def scheme(start):
    """Return the figures' colours in the rule of report.css that begins with `start`."""
    rule = sheet.text().split(start, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--fig-([a-z0-9-]+): (#[0-9a-f]{6}|[A-Za-z]+)", rule))


SCHEMES = {
    "light": ":root {",
    "dark": "(prefers-color-scheme: dark) { :root {",
    "forced": "(forced-colors: active) { :root {",
}


def test_every_colour_has_a_value_in_each_scheme_and_the_light_ones_are_drawn():
    for start in SCHEMES.values():
        assert set(scheme(start)) == set(palette.NAMES.values())
    assert scheme(SCHEMES["light"]) == {name: colour for colour, name in palette.NAMES.items()}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_marks_keep_three_to_one_and_texts_four_and_a_half(name):
    colours = scheme(SCHEMES[name])
    marks = ("blue", "teal", "plum", "orange", "grey", "dot", "edge")
    weak = {m for m in marks if contrast(colours[m], colours["ground"]) < 3}
    assert not weak
    names = palette.NAMES
    on = [(names[look.fill], names[look.ink]) for look in palette.STATUSES.values()]
    on += [("ground", "ink"), ("ground", "soft")]
    faint = {(fill, ink) for fill, ink in on if contrast(colours[fill], colours[ink]) < 4.5}
    assert not faint


@pytest.mark.parametrize("name", ["light", "dark"])
def test_statuses_are_told_apart_in_grey_by_their_ground_a_hatch_and_always_a_sign(name):
    rule = sheet.text().split(SCHEMES[name], 1)[1].split("}", 1)[0]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", rule))
    plain = [luminance(colours[one]) for one in ("in-place", "partly", "not")]
    assert len({look.sign for look in palette.STATUSES.values()}) == len(palette.STATUSES)
    for word in ("no-public-evidence", "not-assessed"):
        assert f".{word} {{ background: repeating-linear-gradient(" in sheet.text()
    grounds = sorted(plain)
    assert all((b + 0.05) / (a + 0.05) >= 3 for a, b in zip(grounds, grounds[1:], strict=False))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_cell_of_the_heat_map_reads_in_black_and_white(name):
    """Its text keeps 4.5:1 on its ground in grey, its edge or hatched band 3:1."""
    rule = sheet.text().split(SCHEMES[name], 1)[1].split("}", 1)[0]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", rule))
    full = {k: "#" + v[1:] * 2 if len(v) == 4 else v for k, v in colours.items()}
    texts = [("on-in-place", "in-place"), ("ink", "partly"), ("ink", "not"), ("ink", "ground")]
    assert min(contrast(full[text], full[ground]) for text, ground in texts) >= 4.5
    assert contrast(full["focus"], full["not"]) >= 3  # the edge of what is not in place
    assert contrast(full["edge"], full["ground"]) >= 3  # the band of what nobody knows
    band = re.search(
        r"\.heat :is\(([^)]*)\) { background: repeating-linear-gradient\(", sheet.text()
    )
    assert band[1] == ".no-public-evidence, .not-assessed"


def test_a_day_or_the_number_of_an_item_in_a_cell_is_one_word():
    frame = pd.DataFrame({"id": ["PM-LEG-05", "MNR-12", "2026-11-25", "a-b"]})
    shown = str(words.table(frame, "Rows", {"id": "Id"}))
    assert re.findall(r'class="(code|date)">([^<]+)<', shown) == [
        ("code", "PM-LEG-05"), ("code", "MNR-12"), ("date", "2026-11-25")]  # fmt: skip


# What words make of them


def test_a_rate_of_reports_says_what_it_does_not_mean_and_that_one_is_not_known(place):
    values = {"country": ["North", "Middle", "South"], "year": [2023, 2021, 2020]}
    frame = pd.DataFrame(values | {"value": [19.7, 75.0, None], "median": 47.4})
    frame["own"] = [True, False, False]
    sources = cop.data.read("statistics_sources", place.data).source_id
    rates = frame.assign(source_id=sources.iloc[0], base_year=2025, base_mark="projection")
    shown = said(words.render("4-ict-statistics", "rate_chart", charts, rates, place))
    assert shown.startswith("Zedland: 19.7 CyberTipline reports per 1,000 children under 15")
    assert "A report is neither an offence nor a victim." in shown and "South no data" in shown
    assert "per 1,000 children of 2025, projected." in shown
    assert "Zedland and its region, 2021 to 2023" in shown and "Based on 2 countries" in shown
    none = words.render("4-ict-statistics", "rate_chart", charts, rates.assign(value=None), place)
    assert said(none) == "No rate of reports is known of any country of the region."
    others = said(
        words.render("4-ict-statistics", "rate_chart", charts, rates.assign(own=False), place)
    )
    assert others.startswith("Zedland: no rate of CyberTipline reports is known")
