"""What a page shows: figures, tables, text from outside, what is missing, and how it ends."""

import json
import tomllib
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml
from cases import by_rule
from conftest import DATA, ROOT, call
from lxml import html
from matplotlib import pyplot as plt
from nbformat import v4
from pagetext import said

import cop.data
from cop.data import checks
from cop.data.places import Region
from cop.report import citations, formats, languages, page, words
from cop.report.exporter import exporter
from cop.report.render import InvalidFile
from helpers import countries, show

TEXTS = {
    "title": "Use <b>grew</b>", "subtitle": "% of people, Zedland", "source": "ITU, 2024",
    "alt": "A line that rises from year to year",
}  # fmt: skip
STAGE = "4-ict-statistics"


def axes():
    return plt.subplots()[1]


@pytest.mark.parametrize("missing", TEXTS)
def test_a_figure_without_a_text_is_refused_and_the_text_is_named(missing):
    with pytest.raises(ValueError, match=f"figure .* lacks {missing}; add"):
        show.figure(axes(), **TEXTS | {missing: " "})
    short = r"lacks an alt text of 20 or more characters \(A line that rises!!\)"
    with pytest.raises(ValueError, match=short):
        show.figure(axes(), **TEXTS | {"alt": "A line that rises!!"})


def test_a_figure_has_its_texts_escaped_and_is_not_shown_again_by_pyplot():
    plt.close("all")  # those of other tests
    shown = show.figure(axes(), **TEXTS, data=pd.DataFrame({"year": [2020], "value": [1234]}))
    tree = html.fragment_fromstring(shown)
    assert "Use <b>grew</b>" in tree.find("figcaption").text_content() and tree.find(".//b") is None
    assert tree.xpath("string(.//svg/desc)") == TEXTS["alt"]
    assert not tree.find_class("basis") and tree.xpath(".//a[@download]")
    cells = tree.xpath(".//details//tbody//*[@scope or @role='cell']")
    assert [cell.text_content() for cell in cells] == ["2020", "1,234"]
    assert not plt.get_fignums()
    assert show.figure(axes(), nothing="no row") == "no row"
    assert not plt.get_fignums(), "a figure that a note replaces is not shown by pyplot"
    replaced, other = axes(), axes()
    show.figure(replaced, nothing="no row")
    assert plt.get_fignums() == [other.figure.number], "and only this figure is closed"
    plt.close(other.figure)


def test_a_figure_of_no_rows_is_replaced_by_a_note():
    shown = str(show.figure(axes(), **TEXTS, data=pd.DataFrame(columns=["year", "value"])))
    assert "<svg" not in shown and said(shown) != ""
    one_row = pd.DataFrame({"year": [2020], "value": [1]})
    assert "<svg" in str(show.figure(axes(), **TEXTS, data=one_row)), "a figure of one row is drawn"


def test_an_unknown_data_set_is_named_with_the_file_of_ids(place):
    with pytest.raises(LookupError, match="unknown source_id 'UN_SDG'; see statistics/sources.csv"):
        show.Templates("cells").at(["UN_SDG"], place)


def test_a_private_name_is_no_macro_of_a_template():
    with pytest.raises(AttributeError, match="_repr_html_"):
        show.Templates(STAGE)._repr_html_  # noqa: B018


@pytest.mark.parametrize(("name", "head"), [(None, "value"), ("reports", "reports")])
def test_a_series_is_shown_as_a_table_under_its_name_or_else_value(name, head):
    tree = html.fragment_fromstring(show._series(pd.Series([1], name=name)))
    assert tree.xpath("string(.//thead/tr/th[2])") == head


def test_a_table_has_a_caption_its_named_index_and_years_without_a_mark():
    counts = pd.Series([105117, 2020], pd.Index([2019, 2020], name="year"), name="reports")
    tree = html.fragment_fromstring(show.table(counts, "Reports", "A note.", "NCMEC, 2024"),
                                    create_parent="div")  # fmt: skip
    assert [cell.text_content() for cell in tree.xpath(".//tbody//*[@scope or @role='cell']")] == [
        "2019", "105,117", "2020", "2,020",
    ]  # fmt: skip
    assert tree.xpath("string(.//p[@class='note'])") == "A note. Source: NCMEC, 2024."
    ended = said(show.table(counts, "Reports", source="NCMEC, 2024."))
    assert "NCMEC, 2024." in ended and "2024.." not in ended, "one full stop"
    with pytest.raises(ValueError, match="a table requires a caption"):
        show.table(counts, " ")


def test_a_table_without_a_source_names_none():
    assert "Source" not in said(show.table(pd.DataFrame({"year": [2024]}), "Years"))


def test_a_cell_that_an_earlier_stage_does_not_show_is_named():
    slot = show.stage_cells(STAGE, "gone")
    data = {"text/html": str(slot), "text/plain": repr(page.Html(slot))}
    output = v4.new_output("execute_result", data=data, execution_count=1)
    book = v4.new_notebook(cells=[v4.new_code_cell("x", outputs=[output])])
    with pytest.raises(InvalidFile, match=f"{STAGE}.ipynb has no visible output of cell 'gone'"):
        exporter().content(book, "6", {STAGE: v4.new_notebook()})


# Text from outside, and what is missing


def test_outside_text_is_text():
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    frame = pd.DataFrame({"a": [hostile], "b": ["x"]})
    shown = str(words.table(frame, hostile, {"a": hostile, "b": "B"}, note=hostile))
    assert "<script" not in shown and "<img" not in shown


@pytest.mark.parametrize(
    "hostile",
    ["<script>x</script>", "a <img src=x onerror=x>", "[a](javascript:x)",
     "<a href='javascript:x'>a</a>"],
)  # fmt: skip
def test_a_narrative_cannot_carry_html(place, hostile):
    text = citations.with_citations(f"{hostile} and **bold**\n\nText [@ZZZ-S01].", place)
    shown = html.fromstring(str(text))
    assert not shown.xpath("//script | //img | //a[starts-with(@href, 'javascript')]")
    assert shown.xpath("//a[@href='#ZZZ-S01']")


def test_a_source_is_escaped(place, replace_table):
    row = {"title": 'On <b> & "it".', "publisher": "Press, Inc.", "url": "https://x.org/?a=1&b=2"}
    replace_table("sources", lambda rows: rows.head(1).assign(**row))
    shown = str(citations.bibliography(place))
    for text in ("On &lt;b&gt; &amp; &#34;it&#34;.", 'href="https://x.org/?a=1&amp;b=2"'):
        assert text in shown


def test_missing_is_said_in_words():
    frame = pd.DataFrame({"a": ["x", "y"], "n": pd.array([None, 0], dtype="Int64"),
                          "f": [np.nan, 0.0], "t": ["", "z"]})  # fmt: skip
    shown = str(words.table(frame, "C", {"a": "A", "n": "N", "f": "F", "t": "T"}))
    assert [shown.count(word) for word in (page.MISSING, "not stated", ">0<")] == [2, 1, 2]
    assert not [word for word in ("nan", "NaN", "None", "&lt;NA&gt;") if word in shown]


@by_rule(
    "shown, text",
    ("a large number has no decimals", page.number(105117.0), "105,117"),
    ("no decimals from a thousand on", page.number(1000.0), "1,000"),
    ("one decimal below a thousand", page.number(999.96), "1,000.0"),
    ("one decimal", page.number(82.44), "82.4"),
    ("one decimal from one on", page.number(1.0), "1.0"),
    ("two decimals below one", page.number(0.9951), "1.00"),
    ("two decimals", page.number(0.5304), "0.53"),
    ("zero has none", page.number(0.0), "0"),
    ("a whole number has none", page.number(7), "7"),
    ("a percentage has none", page.percent(12.6), "13%"),
    ("a per cent unit has its sign", page.measured(62.54, "% of people"), "62.5%"),
    ("persons have no decimals", page.measured(2.6, "persons"), "3"),
    ("a missing share has no sign", page.measured(np.nan, "% of people"), "no data"),
    ("reports have no decimals", page.counted(2.6, "reports per year"), "3"),
    ("no trailing zeros", page.plain(62.0), "62"),
    ("a period of years", page.period(2021, 2023), "2021 to 2023"),
    ("a period of one year is that year", page.period(2023, 2023), "2023"),
    ("one word", formats.join_words(["a"]), "a"),
    ("two words", formats.join_words(["a", "b"]), "a and b"),
    ("three words", formats.join_words(["a", "b", "c"]), "a, b and c"),
    ("words without HTML are not escaped", formats.join_words(["A & B", "c"]), "A & B and c"),
    ("a small first letter", languages.lower_first("Legal framework"), "legal framework"),
    ("letters that are short for words stay", languages.lower_first("NGOs"), "NGOs"),
    ("names stay", languages.lower_first("CyberTipline reports"), "CyberTipline reports"),
    ("a fixed number has one decimal and no separator", page.fixed(1234.56), "1234.6"),
    ("a large negative number has no decimals", page.number(-1234.5), "-1,234"),
    ("a small negative one has one", page.number(-82.44), "-82.4"),
    ("a unit follows", page.number(7, "schools"), "7 schools"),
    ("what begins with a letter is no telephone number", page.phone("A 12"), "A 12"),
    ("what begins with a digit is", page.phone("7a"), '<a class="phone" href="tel:7">7a</a>'),
    ("numbers may be separated by semicolons", page.phone("A 1; then 3"), "A 1, then press 3"),
    ("a day is marked as such", page.cell("2026-05-03"), '<span class="date">2026-05-03</span>'),
    ("an id of an item, too", page.cell("PM-LEG-01"), '<span class="code">PM-LEG-01</span>'),
    ("and of a capability", page.cell("MNR-11"), '<span class="code">MNR-11</span>'),
    ("another word looks like not assessed, without a sign", page.status("odd"),
     '<span class="status not-assessed"><span aria-hidden="true"></span> odd</span>'),
    ("one in force looks like in place", page.status("in force"),
     '<span class="status in-place"><span aria-hidden="true">●</span> in force</span>'),
)  # fmt: skip
def test_numbers_periods_and_lists_as_they_are_read(shown, text):
    assert shown == text


# The end of a page


def test_corrections_are_those_of_this_country_and_none_is_said(place, replace_table):
    assert "Corrections of this report: none so far." in said(countries.imprint(place))
    rows = pd.DataFrame({"iso3": ["ZZZ", "YYY"], "wrong": ["41%", "12%"], "day": "2026-12-01"})
    rows = rows.assign(page="Observations", now="14%", edition="2026", version="0.2.0")
    replace_table("corrections", rows)
    shown = said(countries.imprint(place))
    assert "2026-12-01 | Observations | 41% | 14% | 2026 | 0.2.0" in shown and "12%" not in shown


def test_an_identifier_and_an_address_are_shown_where_the_contract_has_them(place, monkeypatch):
    package = deepcopy(cop.data.contents(place.data)) | {"id": "https://doi.org/10.5281/zenodo.0"}
    package["contributors"][0] |= {"email": "cop@example.org"}
    monkeypatch.setattr(cop.data, "contents", lambda data: package)
    shown = countries.imprint(place)
    assert "10.5281/zenodo.0" in said(shown) and "none yet" not in said(shown)
    assert 'href="mailto:cop@example.org"' in str(shown)


def test_before_publishing_the_check_demands_an_address_for_comments(zed, capsys, monkeypatch):
    package = json.loads((zed / "datapackage.json").read_text())
    package["contributors"] = [{"title": "The COP assessment project"}]
    (zed / "datapackage.json").write_text(json.dumps(package))
    monkeypatch.setattr(checks, "of_folder", lambda data: [])
    words = "check", "--data", zed, "--outputs", zed / "outputs"
    assert call(capsys, *words)[0] == 0
    status, out, _ = call(capsys, *words, "--strict")
    error = "datapackage.json: `contributors` contains no contact address for corrections"
    assert status == 2 and error in out


def test_the_citation_file_the_contract_and_the_package_agree():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = cop.data.contents(DATA)
    assert cited["version"] == project["version"] == package["version"]
    assert cited["authors"][0]["name"] == package["contributors"][0]["title"]
    assert cited["license"] == project["license"]


def test_the_cut_off_of_a_baseline_is_the_day_of_its_latest_data_set(place, replace_table):
    days = ["2025-12-31", "2020-01-01"]
    replace_table("statistics_sources", lambda rows: rows.head(2).assign(accessed=days))
    cover = str(countries.cover(replace(place, edition="")))
    assert 'data-cut-off="2025-12-31"' in cover and "2020-01-01" not in cover


def test_a_data_set_has_its_licence_or_else_what_its_terms_are(place):
    frame = pd.DataFrame({"licence": ["CC BY 4.0", ""], "terms": ["licence", "none seen"]})
    licence, terms = citations.licences(frame, place.data)
    assert licence == "CC BY 4.0" and terms.startswith("no licence of the publisher was seen")


def test_an_id_in_a_text_is_a_link_if_its_row_is_verified(place):
    shown = str(citations.linked("see ZZZ-E01 and ZZZ-E18", place))
    assert 'href="#ZZZ-E01"' in shown, "a verified row is linked"
    assert 'href="#ZZZ-E18"' not in shown, "one that is not verified is not"
    with languages.using_language("uk"):
        untranslated = str(citations.linked("A text of nobody.", place))
        assert 'lang="en"' in untranslated, "a text without a translation is marked as English"
        assert 'lang="en"' not in str(citations.linked("in place", place)), "others are not"


def test_a_region_is_cited_with_the_latest_cut_off_of_its_countries_and_its_status(replace_table):
    editions = ["2026", "2026", "2026", "2025"]
    days = ["2026-03-31", "2026-06-30", "2026-05-31", "2026-12-31"]
    rows = pd.DataFrame({"edition": editions, "cut_off": days, "status": "draft"})
    replace_table("editions", rows)
    place = Region("TRY", "Three", ("UKR", "MDA"), (), str(DATA), "", "", "2026")
    cited = said(countries.imprint(place))
    assert "data cut-off 2026-06-30" in cited, "other editions do not count"
    assert "edition 2026, draft" in cited, "within a sentence a status begins with a small letter"


def test_the_edition_of_a_place_is_its_own_and_not_the_first_or_the_last(place, replace_table):
    days = {"2025": "2025-06-30", "2026": "2026-05-31", "2027": "2027-06-30"}
    rows = pd.DataFrame({"edition": days.keys(), "cut_off": days.values()})
    replace_table("editions", rows)
    assert countries.edition(place).cut_off == "2026-05-31"


def test_the_cover_of_a_region_names_its_countries_by_the_alphabet_apart_from_those_left_out(
    monkeypatch,
):
    monkeypatch.setattr(countries.words, "render", lambda stage, macro, *about: about)
    monkeypatch.setattr(
        countries, "read_table", lambda *_: pd.DataFrame(columns=["listed", "iso3"])
    )
    members = ("ZMB", "ALA", "UKR")
    place = Region("TRY", "Three", members, ("UKR",), str(DATA), "", "", "2026")
    monkeypatch.setattr(countries, "_editions", lambda region: None)
    _, assessed, left_out, *_ = countries.cover(place)
    assert (assessed, left_out) == (["Åland Islands", "Zambia"], ["Ukraine"])


def test_a_note_on_the_cover_lists_a_name_and_is_on_this_country(place, replace_table, monkeypatch):
    rows = {"iso3": ["ZZZ", "ZZZ", "YYY"], "listed": ["", "The isles", "Other isles"]}
    replace_table("territory_notes", pd.DataFrame(rows))
    monkeypatch.setattr(countries.words, "render", lambda stage, macro, *about: (
        ", ".join(note.listed for note in about[0]) if macro == "names" else ""))  # fmt: skip
    assert countries.cover(place) == "The isles"


def test_a_note_on_the_cover_of_a_region_is_on_the_countries_assessed(replace_table, monkeypatch):
    rows = {"iso3": ["UKR", "MDA"], "listed": ["Of one left out", "Of one assessed"]}
    replace_table("territory_notes", pd.DataFrame(rows))
    monkeypatch.setattr(countries, "_editions", lambda region: None)
    monkeypatch.setattr(countries.words, "render", lambda stage, macro, *about: (
        ", ".join(note.listed for note in about[0]) if macro == "names" else ""))  # fmt: skip
    place = Region("TRY", "Three", ("UKR", "MDA"), ("UKR",), str(DATA), "", "", "2026")
    assert countries.cover(place) == "Of one assessed"


def test_members_that_are_left_out_are_not_assessed(tmp_path):
    left_out = "UKR ALB NOR"
    place = countries.region("SEE-2020", str(DATA), "", str(tmp_path / "desk"), "2026", left_out)
    assert place.left_out == ("ALB", "UKR"), "NOR is no member"
    with pytest.raises(LookupError, match="unknown group 'SEE'; available in groups.csv: .*SEE-"):
        countries.region("SEE", str(DATA), "", str(tmp_path / "desk"), "2026")


@by_rule(
    "folder, refused",
    ("the folder of the group is its own", "SEE-2020/tables", 0),
    ("a desk may be that of another place", "UKR/desk", 0),
    ("a folder of another place is refused", "UKR/tables", 1),
)
def test_a_region_is_shown_in_its_language_and_saves_in_its_folder_or_a_desk(
    folder, refused, tmp_path, monkeypatch
):
    asked = []
    monkeypatch.setattr(countries.languages, "use", asked.append)
    with pytest.raises(LookupError, match="belongs to UKR") if refused else nullcontext():
        countries.region("SEE-2020", str(DATA), "", str(tmp_path / folder), "2026", language="uk")
    countries.economy("UKR", str(DATA), language="uk")
    assert asked == ["uk"] * 2, "the language asked for comes before that of the page"


def test_a_region_is_in_the_language_of_the_page(tmp_path):
    with countries.languages.using_language("uk"):
        countries.region("SEE-2020", str(DATA), "", str(tmp_path / "desk"), "2026")
        assert countries.languages.current() == "uk"


@by_rule(
    "iso3, some, none",
    ("the subregion holds its countries and no others", "ISL", ["ISL", "NOR"], ["DEU", "ZZZ"]),
    ("without a subregion the country is alone", "ATA", ["ATA"], ["ISL"]),
)
def test_a_country_of_no_group_is_compared_with_its_subregion(
    iso3, some, none, place, replace_table
):
    replace_table("groups", lambda rows: rows.head(0))
    codes = countries.neighbours(replace(place, iso3=iso3, data=str(DATA)))
    assert {*some} <= {*codes} and not {*none} & {*codes}


def test_annexes_are_linked_on_the_page_of_a_country_and_not_of_a_region(place, monkeypatch):
    monkeypatch.setattr(countries.words, "render", lambda stage, macro, annexes: annexes)
    assert len(countries.further(place)) == 5, "stages 1 to 5"
    region = Region("TRY", "Three", ("UKR", "MDA"), (), str(DATA), "", "", "2026")
    assert countries.further(region) == {}, "a region has no annexes"


@by_rule(
    "rows, changed, asked",
    ("without a sign-off no change is told", 0, True, False),
    ("with one that no longer holds it is", 1, True, True),
    ("with one that holds there is none", 1, False, False),
)
def test_a_page_says_that_it_changed_after_a_sign_off_only_if_there_is_one(
    rows, changed, asked, place, replace_table, monkeypatch
):
    signed = pd.DataFrame({"edition": ["2026"] * rows})
    replace_table("sign_offs", signed)
    monkeypatch.setattr(countries.sign_offs, "changed_after_sign_off", lambda *_: changed)
    monkeypatch.setattr(countries.words, "render", lambda stage, macro, *about: (
        str(bool(about[-1])) if macro == "country" else ""))  # fmt: skip
    assert countries.cover(place) == str(asked)


def test_a_bibliography_has_each_source_once_and_the_copies_that_are_archived(
    place, replace_table, monkeypatch
):
    replace_table("links", pd.DataFrame({"url": ["a", "b"], "archived": ["copy", ""]}))
    replace_table("sources", lambda rows: rows.head(2).assign(verified=["yes", "no"]))
    replace_table("evidence", lambda rows: rows.head(2).assign(
        source_id="ZZZ-S01", verified=["yes", "no"]))  # fmt: skip
    monkeypatch.setattr(citations.words, "render", lambda stage, macro, *about: about)
    frame, copies, _, resting = citations.bibliography(place, ["ZZZ-S01"])
    assert frame.source_id.tolist() == ["ZZZ-S01"], "each once, and none that is not verified"
    assert [*copies] == ["a"]
    cited = [row_id for row_id in resting["ZZZ-S01"] if "-E" in row_id]
    assert len(cited) == 1, "only verified rows rest on it"


def test_publishers_are_named_once_without_brackets_and_with_the_host_of_a_copy(
    place, zed, replace_table
):
    cells = [("A", "ITU (DataHub)", "GitHub"), ("B", "ITU (Stats)", "GitHub"), ("C", "UN", "")]
    rows = pd.DataFrame(cells, columns=["source_id", "publisher", "copy_host"])
    replace_table("statistics_sources", rows)
    place = replace(place, data=str(zed))  # not read before, so not in the cache
    assert citations.publishers(["A", "B", "", "C"], place) == "ITU (copy at GitHub); UN"


@by_rule(
    "text, is_marked",
    ("four words are a sentence", "one two three four", True),
    ("three are a name", "one two three", False),
    ("another alphabet is not English", "один два три чотири", False),
)
def test_a_sentence_without_a_translation_is_marked_as_english(text, is_marked):
    with languages.using_language("uk"):
        assert ('lang="en"' in str(page.text(text))) == is_marked
        assert 'lang="en"' in str(page.quoted("Zword")), "a quoted word is marked even if alone"


def test_a_rare_status_is_shown_only_if_it_occurs():
    shown = page.occurring({"planned": 1, "withheld": 0})
    assert "planned" in shown, "one that occurs"
    assert "withheld" not in shown, "one that does not"
    assert "not in place" in shown, "a usual one without a count"
