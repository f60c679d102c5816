"""What a view saves says what it is: title, unit, source, data cut-off, licence, in every kind."""

import base64
import csv
import io
import json
import re

import openpyxl
import pandas as pd
import pytest
from conftest import DATA, one_in
from lxml import html

import cop.data
from cop.explore import exports, views
from cop.explore.choice import Choice
from helpers import countries

TOLD = exports.About("Price of data", "% of income", "An office", "2026-06-30", "CC BY 4.0")
PRICE = "ITU.i271mb_5GB_GNI"


@pytest.fixture(scope="module")
def ukraine(tmp_path_factory):
    return Choice(str(DATA), str(tmp_path_factory.mktemp("outputs")), "UKR")


def files(links):
    """Return {name: bytes} of the links that save a file."""
    found = re.findall(r'download="([^"]*)" href="data:[^;]*;base64,([^"]*)"', str(links))
    return {name: base64.b64decode(content) for name, content in found}


def exported(panel):
    panel.export()
    return files(panel._files.value)


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_row_of_a_csv_says_what_it_is_and_begins_no_formula():
    frame = pd.DataFrame({"text": ["=1+1", "@x", "-5 years", "fine"], "n": [1.5, None, -3, 0]})
    rows = rows_of(files(exports.of_table(frame, "one", TOLD))["one.csv"])
    assert [r["text"] for r in rows] == ["'=1+1", "'@x", "-5 years", "fine"]
    assert [r["n"] for r in rows] == ["1.5", "", "-3.0", "0.0"]
    said = {(r["measure"], r["unit"], r["data_source"], r["cut_off"], r["licence"]) for r in rows}
    assert said == {("Price of data", "% of income", "An office", "2026-06-30", "CC BY 4.0")}


def test_a_column_of_the_frame_is_never_replaced_by_what_is_said_of_it():
    frame = pd.DataFrame({"unit": ["persons"]})
    made = files(exports.of_table(frame, "one", TOLD))["one.csv"]
    assert [r["unit"] for r in rows_of(made)] == ["persons"]


def test_the_description_is_a_data_package_of_exactly_the_columns_saved():
    frame = pd.DataFrame({"iso3": ["UKR"], "year": [2025], "value": [1.4]})
    made = files(exports.of_table(frame, "UKR_price_2025", TOLD, {"iso3": "Country"}))
    told = json.loads(made["UKR_price_2025.datapackage.json"])
    own = cop.data.contents(DATA)
    assert told["$schema"] == own["$schema"] and set(told["resources"][0]) <= set(
        own["resources"][0]
    )
    assert told["title"] == "Price of data" and told["cop:cutOff"] == "2026-06-30"
    assert told["sources"] == [{"title": "An office"}]
    assert told["licenses"][0]["title"] == "CC BY 4.0"
    resource = told["resources"][0]
    assert resource["path"] == "UKR_price_2025.csv" and resource["path"] in made
    fields = {f["name"]: (f["title"], f["type"]) for f in resource["schema"]["fields"]}
    assert list(fields) == list(rows_of(made[resource["path"]])[0])
    assert fields["iso3"] == ("Country", "string")
    assert (fields["year"][1], fields["value"][1]) == ("integer", "number")


@pytest.mark.slow
def test_the_description_is_one_that_frictionless_takes(tmp_path):
    frictionless = pytest.importorskip("frictionless")
    frame = pd.DataFrame({"country": ["Ukraine"], "year": [2025], "value": [1.4]})
    for name, content in files(exports.of_table(frame, "one", TOLD)).items():
        (tmp_path / name).write_bytes(content)
    report = frictionless.Package(str(tmp_path / "one.datapackage.json")).validate()
    assert report.valid, report.flatten()


def test_a_workbook_has_a_sheet_that_says_what_it_is_and_text_stays_text():
    frame = pd.DataFrame({"text": ["=1+1", "@x"], "n": [1.5, None]})
    book = openpyxl.load_workbook(io.BytesIO(exports.xlsx(frame, TOLD)))
    sheet = book["view"]
    assert [(c.value, c.data_type) for c in sheet["A"]][1:] == [("=1+1", "s"), ("@x", "s")]
    assert [c.value for c in sheet["B"]][1:] == [1.5, None]
    about = dict(row for row in book["about"].iter_rows(values_only=True))
    assert about["licence"] == "CC BY 4.0" and about["unit"] == "% of income"


@pytest.mark.parametrize(
    ("iso3s", "what", "years", "name"),
    [
        (
            ["UKR", "MDA"],
            "Price of mobile data",
            "2023-2025",
            "UKR-MDA_price-of-mobile-data_2023-2025",
        ),
        ([], "GDP, US$", "2024", "all-economies_gdp-us_2024"),
        (["SRB"], "Coders", "", "SRB_coders"),
    ],
)
def test_a_file_is_named_by_countries_what_it_shows_and_years(iso3s, what, years, name):
    assert exports.named(iso3s, what, years) == name


def test_the_name_of_a_file_stays_short_and_whole_words():
    name = exports.named(["UKR"], "Word " * 40, "2024")
    assert len(name) < 70 and name.startswith("UKR_word-word") and name.endswith("-word_2024")


@pytest.mark.slow
def test_a_drawing_says_title_unit_source_cut_off_and_licence(ukraine):
    view = views.over_time(ukraine)
    view._controls["code"].value = PRICE
    view._controls["beside"].choose("MDA", "GEO")
    made = exported(view._answer.children[0])
    (name,) = (n for n in made if n.endswith(".svg"))
    assert re.fullmatch(r"UKR-MDA-GEO_price-of-mobile-data_20\d\d-20\d\d\.svg", name)
    svg = html.fromstring(made[name])
    texts = " ".join(svg.xpath("//text[@font-weight]/text()"))
    known = cop.data.read("statistics_sources", DATA).set_index("source_id").loc["ITU_DATAHUB"]
    assert texts.startswith("Price of mobile data (% of GNI per capita): Ukraine ")
    assert f"Source: {known.publisher}" in texts and known.accessed in texts
    assert f"Data cut-off: {countries.edition(ukraine).cut_off}." in texts
    assert f"Licence of the data: {known.licence}." in texts
    row = rows_of(made[name.replace(".svg", ".csv")])[0]
    assert (row["measure"], row["unit"]) == ("Price of mobile data", "% of GNI per capita")


def test_research_names_the_country_and_the_licence_of_its_tables(ukraine):
    view = views.statements(ukraine)
    made = exported(view._answer.children[0])
    (name,) = (n for n in made if n.endswith(".csv"))
    row = rows_of(made[name])[0]
    assert name.startswith("UKR_verified-statements_")
    assert row["data_source"] == (
        f"Research on Ukraine, edition {ukraine.edition}; each row names its own source"
    )
    assert row["licence"] == cop.data.contents(DATA)["licenses"][0]["title"]


def test_an_economy_without_an_edition_is_cut_off_when_its_figures_were_read(tmp_path):
    france = Choice(str(DATA), str(tmp_path), "FRA")
    days = cop.data.read("statistics_sources", DATA).accessed
    assert exports.cut_off(france) == days.max()


@pytest.mark.slow
def test_the_whole_series_is_saved_and_not_what_fits_on_a_page(ukraine):
    view = views.over_time(ukraine)
    view._controls["table"].value = "whole"
    made = exported(view._answer.children[1])
    (name,) = (n for n in made if n.endswith(".csv"))
    rows = rows_of(made[name])
    assert name.startswith("all-economies_") and len(rows) > 4000
    assert {"iso3", "year", "value", "unit", "data_source", "licence"} <= set(rows[0])


VIEWS = (
    views.over_time, views.on_map, views.two_figures, views.statements, views.organisations,
    views.items, views.coder_differences, views.pillars, views.missing,
)  # fmt: skip


@pytest.mark.parametrize("make", one_in(2, VIEWS), ids=lambda v: v.__name__)
def test_every_part_that_can_be_exported_is(ukraine, make):
    for panel in make(ukraine)._answer.children:
        if panel._export.layout.display != "none":
            kinds = {name.partition(".")[2] for name in exported(panel)}
            drawn = {"svg"} if "<svg" in str(panel._answer) else set()
            assert kinds == {"csv", "datapackage.json", "xlsx"} | drawn
            assert all(len(name) > len("UKR_2026.csv") for name in exported(panel))
