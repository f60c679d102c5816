"""explore.ipynb without a browser: the picker, what its cells return, tables and exports."""

import base64
import csv
import io
import re
from dataclasses import replace
from datetime import date

import matplotlib
import nbformat
import pandas as pd
import planting
import pytest
from cases import by_rule, frame_of
from conftest import DATA, ROOT
from lxml import html

import cop.data
from cop.explore import desk, exports, figures, form, lab, research, tables
from cop.research import editions
from helpers import alignment, charts, countries, evidence, indicators

NOTEBOOK = nbformat.read(ROOT / "notebooks" / "explore.ipynb", 4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
NET, GDP, PRICE = "IT.NET.USER.ZS", "NY.GDP.PCAP.PP.KD", "ITU.i271mb_5GB_GNI"


def picker_of(iso3, outputs, data=DATA):
    return desk.CountryPicker(str(data), str(outputs), iso3)


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    names = {}
    parameters = {"iso3": "UKR", "data": str(DATA), "outputs": str(tmp_path_factory.mktemp("out"))}
    with matplotlib.rc_context(charts.STYLE):
        for cell in CODE:
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters)
        yield names


@pytest.fixture
def ukraine():
    return countries.find("UKR", str(DATA), "", "2026")


def test_notebook_is_kept_without_outputs():
    content = nbformat.from_dict(NOTEBOOK)
    lab.save_without_outputs({"type": "notebook", "content": content}, "notebooks/explore.ipynb")
    assert content == NOTEBOOK


@by_rule(
    "folder, version, outputs",
    ("a notebook in notebooks/ is saved without outputs", "notebooks", 4, []),
    ("one in desk/ keeps them", "desk", 4, ["chart"]),
    ("so does one of an older format", "notebooks", 3, ["chart"]),
)
def test_which_notebooks_are_saved_without_outputs(folder, version, outputs):
    cell = {"cell_type": "code", "outputs": ["chart"], "metadata": {"tags": [], "mine": 1}}
    content = {"nbformat": version, "cells": [cell], "metadata": {}}
    lab.save_without_outputs({"type": "notebook", "content": content}, f"{folder}/a.ipynb")
    assert cell["outputs"] == outputs
    assert ("mine" in cell["metadata"]) == bool(outputs), "so is it without metadata but tags"


def test_the_picker_remembers_a_country_but_not_on_the_site(tmp_path, monkeypatch):
    first = picker_of("", tmp_path)
    titles = [title for title, _ in first.list.options]
    begun = len(desk.begun(str(DATA)))
    assert len(titles) == len(countries.names(str(DATA))) >= 248, "each country is listed once"
    assert all(", edition 20" in title for title in titles[:begun]) and "ed" not in titles[begun]
    others = desk.choose_countries(str(DATA)).options
    assert [*others] == sorted(others), "countries to compare with are in alphabetical order"
    first.list.value = ("GEO", "2026")
    assert (first.value.name, first.value.edition) == ("Georgia", "2026"), "as selected"
    assert picker_of("", tmp_path).value.iso3 == "GEO"
    assert picker_of("MDA", tmp_path).value.iso3 == "MDA"
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    picker_of("SRB", tmp_path / "site").list.value = ("GEO", "2026")
    assert not (tmp_path / "site").exists()


def test_a_change_of_country_draws_a_view_once_and_an_error_is_a_sentence(zed, tmp_path, capsys):
    picker, drawn = picker_of("ZZZ", tmp_path, zed), []

    def view(place):
        drawn.append(place.iso3)
        return desk.Answer(place, "Statements", countries.verified("evidence", place))

    desk.interact(view, picker)
    picker.list.value = ("YYY", "")  # no assessment: no table of evidence
    assert drawn == ["ZZZ", "YYY"] and "Traceback" not in capsys.readouterr().err
    planting.edit(zed / "research" / "ZZZ" / "evidence.csv", ",high,", ",hihg,")
    picker.list.value = ("ZZZ", "2026")
    assert drawn[2:] == ["ZZZ"] and "Traceback" not in capsys.readouterr().err


@by_rule(
    "answer, number",
    ("a cell may show several results", ("One.", "Two."), 2),
    ("a part without a result is left out", ("One.", None), 1),
    ("a single sentence is one result", "One.", 1),
    ("without a result nothing is shown", None, 0),
)
def test_how_many_results_a_cell_shows(answer, number, tmp_path):
    shown = desk.interact(lambda place: answer, picker_of("UKR", tmp_path)).children[1]
    assert len(shown.children) == number


def test_the_button_of_a_figure_exports_table_and_figure_under_headings_in_words(ukraine):
    frame = pd.DataFrame({"data_source": ["ITU"]})
    answer = desk.Answer(
        ukraine, "An invented figure", frame, ax=matplotlib.figure.Figure().subplots()
    )
    assert answer.headings == {"data_source": "Data source"}, "a heading is in words"
    button, links = answer.widget().children[1].children
    button.click()
    kinds = re.findall(">([A-Z]+)</a>", links.value)
    assert kinds == ["CSV", "SVG", "PNG"], "a figure is exported with its table, kinds in capitals"


@by_rule(
    "edition, cut_off, source",
    ("with an edition the cut-off is that of the edition", "2026", "2026-06-30",
     "Research on Zedland, edition 2026"),
    ("without one it is the last day on which a data set was read", "", "2026-06-15",
     "Research on Zedland"),
)  # fmt: skip
def test_the_cut_off_of_an_exported_table(edition, cut_off, source, place):
    found = exports.about(replace(place, edition=edition), "One", pd.DataFrame())
    assert (found["cut_off"], found["data_source"]) == (cut_off, source)


@by_rule(
    "code, label",
    ("a unit that is in the title is not repeated", "NY.GDP.PCAP.PP.CD",
     "GDP per capita, PPP, current international $"),
    ("another unit follows in brackets", NET, "People using the internet (% of population)"),
)  # fmt: skip
def test_the_label_of_an_indicator_has_its_unit_once(code, label, ukraine):
    assert figures.label(ukraine, code).replace("\n", " ") == label


def test_jupyterlab_opens_the_working_directory_if_it_has_the_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lab.root_folder() == lab.ROOT, "without notebooks the project is opened"
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "explore.ipynb").touch()
    assert lab.root_folder() == tmp_path


def test_a_gap_without_a_reason_says_what_to_do(place, replace_table):
    replace_table("open_gaps", lambda rows: rows[1:])
    gaps = research.gaps(place).query("kind == 'Gap that no recommendation addresses'")
    todo = dict(zip(gaps.id, gaps.so, strict=True))
    assert todo["PM-LEG-04"] == "write a recommendation, or add the item to one"
    assert todo["PM-RUC-01"] == "The code with operators comes first (invented)."


def test_a_country_without_a_valid_edition_says_what_to_do(zed, tmp_path):
    def answer_of(view, iso3="ZZZ"):
        return desk.interact(view, picker_of(iso3, tmp_path, zed)).children[1].children[0].value

    def edition(place):
        return str(countries.edition(place))

    def without_groups(place):
        raise FileNotFoundError("required file reference/groups.csv not found in data/; restore it")

    path = zed / "research" / "ZZZ" / "editions.csv"
    heading, row = path.read_text("utf-8").splitlines()
    for text in (f"{heading}\n{row.replace(',draft,', ',drafty,')}\n", heading, None):
        path.unlink() if text is None else path.write_text(text, "utf-8")
        said = form.Form(picker_of("ZZZ", tmp_path, zed)).answer.value
        assert "research/ZZZ/editions.csv has no valid edition" in said and "cop new" not in said
        if text == heading:
            with pytest.raises(LookupError, match="unknown edition '2026' of ZZZ; available: none"):
                countries.find("ZZZ", str(zed), "", "2026")
    assert "no valid edition" in answer_of(edition)
    assert "create one with `cop new YYY`" in answer_of(edition, "YYY")
    said = answer_of(without_groups, "YYY")
    assert "groups.csv" in said and "cop new" not in said


def test_an_earlier_edition_is_read_from_where_it_is_kept_and_takes_no_rows(zed, tmp_path):
    editions.begin("ZZZ", zed, "2028", date(2027, 3, 1))
    picker = picker_of("ZZZ", tmp_path, zed)
    entry = form.Form(picker)
    assert picker.value.edition == "2028" and picker.is_latest
    picker.list.value = ("ZZZ", "2026")
    assert picker.value.data == str(zed / "editions" / "2026")
    assert len(countries.verified("evidence", picker.value))
    assert "cannot be changed" in entry.answer.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("over_time", (NET, 2000, 2026, ("MDA", "GEO"))), ("all_economies", (NET, "latest year")),
        ("all_economies", (NET, "country by year")), ("in_region", (NET, 2026)),
        ("two_figures", (GDP, NET, 2026)), ("statements", ()), ("organisations", ()),
        ("items", (alignment.POLICY,)), ("item", ("PM-LEG-01",)), ("coders", ("",)),
        ("pillars", (2024, ("MDA",))), ("gaps", ()),
    ],
)  # fmt: skip
def test_what_a_cell_shows_can_be_saved(cells, ukraine, name, values):
    shown = cells[name](ukraine, *values)
    shown = shown if isinstance(shown, tuple) else (shown,)
    assert (answers := [answer for answer in shown if isinstance(answer, desk.Answer)])
    for answer in answers:
        kinds = {"csv"} if answer.ax is None else {"csv", "svg", "png"}
        assert {file.rpartition(".")[2] for file in files(answer)} == kinds
        assert ("<svg" in answer.html()) == (answer.ax is not None)


def test_years_and_countries_are_those_chosen(ukraine):
    frame = figures.over_years(ukraine, NET, 2015, 2020, ("MDA", "GEO"))
    assert (frame.year.min(), frame.year.max()) == (2015, 2020)
    assert list(frame.series.unique()) == ["Ukraine", indicators.MEDIAN, "Moldova", "Georgia"]
    others = list(countries.names(str(DATA)))[:8]
    assert len(figures.over_years(ukraine, NET, 2015, 2020, others[:7]))  # with it eight
    with pytest.raises(LookupError, match="at most 7 countries besides Ukraine"):
        figures.over_years(ukraine, NET, 2015, 2020, others)


def test_a_pair_is_of_the_latest_year_that_has_both(ukraine, monkeypatch):
    few = frame_of(
        "iso3 indicator_code year value",
        ("UKR", NET, 2014, 40.0), ("UKR", NET, 2016, 50.0), ("UKR", NET, 2024, 80.0),
        ("MDA", NET, 2016, 60.0), ("GEO", NET, 2018, 70.0), ("KEN", NET, 2016, 20.0),
        ("UKR", GDP, 2016, 9000.0), ("MDA", GDP, 2016, 8000.0), ("MDA", GDP, 2020, 8500.0),
        ("KEN", GDP, 2012, 3000.0), source_id="SG_WDI",
    )  # fmt: skip
    by_code = dict([*few.groupby("indicator_code")])
    monkeypatch.setattr(indicators, "all_values", lambda _, code: by_code[code].reset_index())
    frame = figures.pairs(ukraine, NET, GDP, 2018).set_index("iso3")
    assert frame.year.to_dict() == {"UKR": 2016, "MDA": 2016}  # Kenya has both in no year
    assert frame.loc["MDA", ["across", "up"]].tolist() == [60.0, 8000.0]
    for until, found in ((2015, 0), (2016, 2), (2019, 2), (2020, 0)):
        rows = figures.pairs(ukraine, NET, GDP, until)
        assert len(rows) == found, "a pair is of the year chosen at latest, and of three years"
    frame = figures.in_region(ukraine, NET, 2026).set_index("iso3")
    assert set(frame.index) == set(countries.neighbours(ukraine)) and "KEN" not in frame.index
    assert frame.value["UKR"] == 80.0 and frame.value.isna().sum() == len(frame) - 3
    assert figures.in_region(ukraine, NET, 2018).set_index("iso3").value["UKR"] == 50.0
    shown = figures.in_region(ukraine, NET, 2026).country.tolist()
    assert shown == sorted(shown), "countries of a region are in alphabetical order"
    rows = figures.values(ukraine, NET)[["country", "year"]].to_numpy().tolist()
    assert rows == sorted(rows), "values are sorted by country and year"


def test_each_coder_has_the_own_reason_for_a_rating():
    serbia = countries.find("SRB", str(DATA), "", "2026")
    rows = cop.data.read("alignment", serbia.data, "SRB").set_index(["coder", "item_id"])
    frame = research.compare_coders(serbia, alignment.POLICY).set_index("item_id")
    assert len(frame) and set(frame.framework) == {alignment.POLICY}, "items of the framework"
    for coder in "AB":
        own = rows.loc[coder].loc[frame.index]
        assert (frame[f"rationale_{coder.lower()}"] == own.rationale).all()


def test_a_country_with_one_coder_has_no_rows_but_all_columns(zed):
    place = countries.find("ZZZ", str(zed), "", "2026")
    both = research.compare_coders(place)
    path, rows = planting.rows_of(zed, "alignment")
    planting.save(path, [*rows[0]], [row for row in rows if row["coder"] != "B"])
    alone = research.compare_coders(place)
    assert len(both), "without a framework the items of all are compared"
    assert alone.empty and list(alone) == list(both), "only items that both coders rated"


def test_gaps_count_what_the_stages_count(ukraine):
    frame = research.gaps(ukraine)
    items = alignment.adjudicated(ukraine).query("framework == @alignment.POLICY")
    silent = items.item_id[items.status.isin(["no public evidence", "not assessed"])]
    kinds = {kind: set(rows.id) for kind, rows in frame.groupby("kind")}
    assert kinds["Undetermined policy-makers' item"] == set(silent), "not those of others"
    assert kinds.get("Row to verify", set()) == set(evidence.to_verify(ukraine).id)
    values = indicators.key_figures(ukraine).set_index("indicator_code").value
    missing = kinds.get("Figure without a value", set())
    assert missing == {*values.index[values.isna()]}, "only figures without a value are gaps"
    assert "Gap that no recommendation addresses" not in kinds
    macedonia = research.gaps(countries.find("MKD", str(DATA), "", "2026"))
    assert macedonia.kind.str.startswith("Gap that").any()
    france = research.gaps(countries.economy("FRA", str(DATA)))  # without an edition
    assert set(france.kind) <= {"Figure without a value"}


def test_a_table_escapes_what_is_not_ours_says_what_is_missing_and_asks_no_network():
    urls = ["https://x.org/?a=1&b=2", "javascript:x"]
    frame = pd.DataFrame({"a": ["<script>x</script>", ""], "url": urls, "n": [1.5, None]})
    frame["title"] = ["first", "second"]
    page = tables.to_html(frame, "Of <b>", {"a": "A", "title": "T", "n": "N"})
    assert "<script>x" not in page and "&lt;script&gt;x" in page and "Of &lt;b&gt;" in page
    assert "javascript:x" not in page and "https://x.org/?a=1&amp;b=2" in page
    assert "not stated" in page and "no data" in page
    years = tables.to_html(pd.DataFrame({"year": [2024]}), "Years", {"year": "Year"})
    assert "toLocaleString" in page and "toLocaleString" not in years, "a year has no separators"
    many = pd.DataFrame({"title": [f"row {number}." for number in range(300)]})
    page = tables.to_html(many, "All", {"title": "T"})
    assert all(row in page for row in many.title)
    assert "http" not in re.sub(r"https://(itables.org|datatables.net)[^\s\"']*", "", page)


def files(answer):
    """Return {name: bytes} of the links that save an answer."""
    figure = None if answer.ax is None else answer.ax.figure
    links = exports.links(answer.place, answer.title, answer.frame, answer.codes, figure)
    found = re.findall(r'download="([^"]*)" href="data:[^;]*;base64,([^"]*)"', links)
    return {name: base64.b64decode(content) for name, content in found}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_row_of_a_csv_says_what_it_is_and_begins_no_formula(ukraine):
    texts = ["=1+1", "@x", "-5 years", "fine"]
    frame = pd.DataFrame({"text": texts, "n": [1.5, None, -3, 0], "unit": "persons"})
    (content,) = files(desk.Answer(ukraine, "One", frame)).values()
    rows = rows_of(content)
    assert [row["text"] for row in rows] == ["'=1+1", "'@x", "-5 years", "fine"]
    assert [row["n"] for row in rows] == ["1.5", "", "-3.0", "0.0"]
    assert {row["unit"] for row in rows} == {"persons"}, "a column of the table stays as it is"
    about = {"measure": "One", "data_source": "Research on Ukraine, edition 2026"}
    about["licence"] = cop.data.contents(DATA)["licenses"][0]["title"]
    assert all(about.items() <= row.items() for row in rows)


def test_a_drawing_says_title_unit_source_cut_off_and_licence(cells, ukraine):
    saved = files(cells["over_time"](ukraine, PRICE, 2015, 2026, ("MDA", "GEO")))
    texts = html.fromstring(saved["UKR_price-of-mobile-data.svg"]).xpath("//text//text()")
    text, notes = " ".join(" ".join(texts).split()), rows_of(saved["UKR_price-of-mobile-data.csv"])
    assert "Price of mobile data (% of GNI per capita): Ukraine " in text
    assert f"Data cut-off: {countries.edition(ukraine).cut_off}." in text
    assert f"Licence of the data: {notes[0]['licence'].split()[0]}" in text
    assert "Source: ITU" in text and notes[0]["unit"] == "% of GNI per capita"


@by_rule(
    "values, text",
    ("a title has the latest value of the country",
     [("Moldova", 2022, 9.0), ("Ukraine", 2021, 1.0), ("Ukraine", 2022, 2.0)],
     ": Ukraine 2.0 (2022)"),
    ("a year without a value does not count",
     [("Ukraine", 2022, 2.0), ("Ukraine", 2023, None)], ": Ukraine 2.0 (2022)"),
    ("without a value of the country it says so", [("Moldova", 2022, 9.0)],
     ": no value for Ukraine"),
)  # fmt: skip
def test_what_the_title_of_a_figure_says(values, text, ukraine):
    title = figures.title(ukraine, NET, frame_of("country year value", *values))
    assert title == f"People using the internet (% of population){text}"


def test_an_indicator_has_each_of_its_data_sets_and_licences_once(place, ukraine, monkeypatch):
    both = pd.DataFrame({"source_id": ["ITU_DATAHUB", "ITU_DATAHUB_EST"]})
    licence = exports.about(ukraine, "Both", both)["licence"]
    assert licence.count("CC BY-NC-SA") == 1, "two data sets have the same licence"
    unit = exports.about(ukraine, "Both", both, [NET, NET])["unit"]
    assert unit == "% of population", "a unit of two indicators is named once"
    source = exports.about(ukraine, "Two", both, [NET, PRICE])["data_source"]
    assert "World Bank" in source and "ITU" in source, "two indicators have both their sources"
    rows = pd.DataFrame({"source_id": ["ZED_STAT", "ZED_POP", "ZED_STAT"]})
    monkeypatch.setattr(figures.indicators, "all_values", lambda *_: rows)
    assert figures.about(place, "IT.NET.USER.ZS").source_ids == ["ZED_STAT", "ZED_POP"]


def test_what_has_no_value_or_edition_is_saved_too_and_names_of_files_are_short(cells, ukraine):
    title = cells["over_time"](ukraine, PRICE, 2000, 2001, ())
    assert title.startswith("None of the countries")  # no value, no drawing
    accessed = cop.data.read("statistics_sources", DATA).accessed.max()
    france = countries.economy("FRA", str(DATA))  # no edition: its figures' day is the cut-off
    assert exports.about(france, "One", pd.DataFrame(), [NET])["cut_off"] == accessed
    name = exports.file_name("UKR", "Word " * 40)
    assert len(name) < 70 and name.startswith("UKR_word-word") and not name.endswith("-")
