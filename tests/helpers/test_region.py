"""Stage 7: countries side by side and what is concluded of them, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

from cop.data.places import Region
from cop.report import words
from helpers import region, show

SYNTHESIS = show.Templates("7-regional-synthesis")
STATUSES = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
OTHERS = ["shared", "low", "planned", "expired", "absent", "silent", "silent_low", "unjudged"]


@pytest.fixture
def place():
    """Return a region of three countries."""
    return Region("TRY", "Three", ("UKR", "MDA", "GEO"), (), str(DATA), "", "", "2026")


def counts(low=0, **statuses):
    """Return items with their number of countries by status: {item: [in place, partly, ...]}, and
    how many ratings of each are of low confidence, those in place and the silent ones too.
    """
    frame = pd.DataFrame.from_dict(statuses, orient="index", columns=STATUSES)
    seldom = dict.fromkeys(["planned", "not applicable", "withheld"], 0)
    frame = frame.assign(**seldom, low=low, low_in=low, low_silent=low)
    return frame.rename_axis("item").reset_index()


def test_each_word_of_table_25_is_counted_in_one_column():
    frame = pd.DataFrame([
        ("lanzarote", "party", "high"), ("lanzarote", "signatory", "high"),
        ("lanzarote", "no action", "low"), ("weprotect", "member", "low"),
        ("weprotect", "no public evidence", "low"), ("weprotect", "no public evidence", "moderate"),
        ("national_strategy", "in force", "high"), ("national_strategy", "adopted", "low"),
        ("national_strategy", "draft", "high"), ("national_strategy", "draft", "low"),
        ("national_strategy", "expired", "high"),
        ("national_strategy", "withheld", ""), ("national_strategy", region.LEFT_OUT, ""),
        ("national_agency", "dedicated", "high"), ("national_agency", "shared mandate", "high"),
        ("national_agency", "shared mandate", "high"),
        ("national_agency", "not in place", "high"), ("national_agency", "not looked up", ""),
    ], columns=["row", "value", "confidence"]).assign(published_2020="yes")  # fmt: skip
    frame.loc[0, "published_2020"] = "no"
    rows = region.count_rows(frame).set_index("row")
    expected = {  # then, today, low, shared, planned, expired, absent, silent, silent_low, unjudged
        "lanzarote": [2, 1, 0, 0, 0, 0, 2, 0, 0, 0],
        "weprotect": [3, 1, 1, 0, 0, 0, 0, 2, 1, 0],
        "national_strategy": [6, 2, 1, 0, 2, 1, 0, 0, 0, 1],
        "national_agency": [5, 3, 0, 2, 0, 0, 1, 0, 0, 1],
    }
    assert rows.index.tolist() == [*expected]
    counted = pd.DataFrame.from_dict(expected, orient="index", columns=["then", "today", "low",
        "shared", "planned", "expired", "absent", "silent", "silent_low", "unjudged"])  # fmt: skip
    for column in counted:
        assert rows[column].tolist() == counted[column].tolist(), f"counted as {column!r}"


@pytest.mark.parametrize(
    ("macro", "row", "sentence"),
    [
        ("known", {"today": 1, "low": 1, "expired": 2}, "in none of the 3 countries; in 1, only "
         "sources of low confidence report one and in 2 the last known one has expired and no"),
        ("known", {"absent": 1, "silent": 2, "silent_low": 1}, "in none of the 3 countries; in 1 a "
         "source says that there is none and for 2, no source shows one in force (1 of them with"),
        ("known", {"planned": 1, "unjudged": 2}, "none of the 3 countries; in 1 it is a draft and"),
        ("on_agencies", {"today": 2}, "or a shared mandate for child online protection was iden"),
        ("on_agencies", {"today": 2, "shared": 1}, "in 2 of the 3 countries, 1 of them shared"),
        ("on_agencies", {"today": 2, "shared": 2}, "2 of the 3 countries, a dedicated agency in n"),
    ],
)  # fmt: skip
def test_strategies_and_agencies_are_worded_no_stronger_than_their_rows(macro, row, sentence):
    template = "strategies" if macro == "known" else "7-regional-synthesis"
    counts = dict.fromkeys(["today", *OTHERS], 0) | row
    assert sentence in said(words.render(template, macro, counts, 3))


def rows_of_table_25(*pairs, **others):
    """Return a column for each row of Table 25: yes in 2020, in place today and other words."""
    then, today = zip(*pairs, strict=True)
    rows = pd.DataFrame({"row": list(region.STANDS), "then": then, "today": today})
    return rows.assign(**dict.fromkeys(OTHERS, 0) | others).set_index("row").T


def test_the_bottom_line_states_each_row_with_its_own_number_and_low_confidence(place):
    ratings = pd.Series({"in place": 5, "partly in place": 4}).reindex(STATUSES, fill_value=0)
    rows = rows_of_table_25((5, 8), (6, 7), (3, 2), (2, 1), low=[2, 0, 0, 0])
    line = said(SYNTHESIS.bottom_line(rows, ratings, 2, 9, place))
    for sentence in (
        "8 are party to the Lanzarote Convention (5 in 2020) (2 of them with low confidence)",
        "7 were identified as members of the WeProtect Global Alliance (the 2020 study named 6 as",
        "was identified in 1 of the 9 countries.",
        "9 (5 in place, 4 partly in place, 0 not in place,",
        "2 of them with low confidence.",
    ):
        assert sentence in line


def test_items_without_public_evidence_are_named_from_most_to_fewest_countries(place):
    items = counts(A=[0, 0, 0, 2, 0], B=[0, 0, 0, 3, 0])
    names = {iso3: iso3 for iso3 in ["AAA", "BBB", "CCC"]}
    rows = pd.DataFrame(0, ["then", "today", *OTHERS], list(region.STANDS))
    links = pd.DataFrame(columns=["link", "iso3", "status", "silent"])
    shown = said(SYNTHESIS.conclusions(rows, items, items, links, 0, names, place))
    assert "B (3 of 3); A (2 of 3)" in shown, "most countries first"


def test_a_member_that_is_not_in_the_run_is_left_out_but_has_its_cell(monkeypatch):
    three = Region("TRY", "Three", ("UKR", "MDA", "GEO"), ("GEO", "MDA"), str(DATA), "", "", "2026")
    cells = dict.fromkeys(["detail", "comparison", "difference", "refs", "confidence"], "")
    today = pd.DataFrame([cells | {"row": "lanzarote", "iso3": "UKR", "value": "party"}])
    monkeypatch.setattr(region, "gather", lambda place, name: today.assign(as_of="2026"))
    rows = region.table_25(three).query("label == 'Lanzarote Convention'").set_index("iso3")
    assert rows["value"].to_dict() == {
        "GEO": region.LEFT_OUT, "MDA": region.LEFT_OUT, "UKR": "party"}  # fmt: skip
    assert rows.as_of.tolist() == [region.NOT_RUN, region.NOT_RUN, "2026"]
    studied = replace(three, members=("UKR", "NOR"), left_out=("NOR",))
    rows = region.table_25(studied).query("label == 'Lanzarote Convention'").set_index("iso3")
    assert rows.published_2020["NOR"] == region.UNPUBLISHED, "no value of 2020 is none, not “no”"


def test_tables_of_countries_are_gathered_in_the_order_of_their_names(place, monkeypatch):
    monkeypatch.setattr(region.cop.data, "handed_on", lambda name, place, folders: folders)
    countries = [folder.split("/")[1] for folder in region.gather(place, "table_25_today")]
    assert countries == ["GEO", "MDA", "UKR"], "Georgia, Moldova, Ukraine"
