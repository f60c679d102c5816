"""Back-tests: tables and texts are as agreed; `make expected` renews them, on purpose only."""

import pagetext
import pandas as pd
import pytest
from conftest import DATA, EIGHT, ROOT

import cop.data

EXPECTED = ROOT / "tests" / "expected"
pytestmark = pytest.mark.slow  # all compare complete runs
TABLES = [t["name"] for t in cop.data.contents(DATA)["cop:handedOn"]]


@pytest.mark.xdist_group("zedland")
@pytest.mark.parametrize("key", ["ZZZ", "ZED"])
def test_zedland_and_its_region_hand_on_what_was_agreed(zedland, request, key):
    paths = (zedland / key / "tables").glob("*.csv")
    made = {path.stem: path.read_text(encoding="utf-8") for path in paths}
    pagetext.compare(request, EXPECTED / key, made, kind="csv")


@pytest.mark.xdist_group("zedland")
def test_all_tables_of_the_contract_are_handed_on_and_no_other(zedland):
    made = {p.stem for key in ("ZZZ", "ZED") for p in (zedland / key / "tables").glob("*.csv")}
    assert made == set(TABLES)


@pytest.mark.xdist_group("region")
@pytest.mark.parametrize("iso3", EIGHT)
def test_real_countries_hand_on_tables_of_the_contract(region, iso3):
    tables = cop.data.contents(DATA)["cop:handedOn"]
    names = [table["name"] for table in tables if table["stage"] < 7]
    columns = {name: cop.data.columns(name, DATA) for name in names}
    paths = (region / iso3 / "tables").glob("*.csv")
    made = {p.stem: pd.read_csv(p, dtype="str", keep_default_na=False) for p in paths}
    assert {name: list(table.columns) for name, table in made.items()} == columns
    assert not [name for name, table in made.items() if set(table.iso3) - {iso3}]


@pytest.mark.xdist_group("zedland")
def test_the_pages_of_zedland_say_what_was_agreed(zedland, request):
    made = pagetext.of_site(zedland / "site", "ZZZ", "ZED")
    pagetext.compare(request, EXPECTED / "pages", made, "ZZZ", "ZED")


@pytest.mark.xdist_group("region")
def test_the_pages_of_ukraine_and_the_region_say_what_was_agreed(region, request):
    made = pagetext.of_site(region / "site", "UKR", "SEE-2020")
    pagetext.compare(request, EXPECTED / "pages", made, "UKR", "SEE-2020")
