"""What a report says of its validation round, on a few invented rows."""

import re

import pandas as pd
import pytest
from conftest import ZEDLAND, copy_of_zedland
from pagetext import said

import cop.data
from cop.data.csvfiles import csv_text
from cop.data.places import Country, Region
from cop.report import covers, words
from helpers import alignment, region, validation

COMMENTS = [
    ("ZZZ-M001", "2026", "2026-09-01", "ministry", "ZZZ-O01", "PM-LEG-01", "rating", "in place"),
    ("ZZZ-M002", "2026", "2026-09-03", "ngo", "", "PM-LEG-02", "rating", ""),
    ("ZZZ-M003", "2026", "2026-09-04", "ngo", "Help", "PM-LEG-03", "rating", "in place"),
    ("ZZZ-M004", "2026", "2026-09-04", "ministry", "", "P-0", "wording", ""),
    ("ZZZ-M005", "2024", "2024-09-04", "ministry", "", "PM-LEG-01", "rating", "in place"),
]
COLUMNS = ["comment_id", "edition", "received", "role", "organisation", "about", "kind", "proposed"]
ANSWERS = [
    ("ZZZ-M001", "not", "No text was shown", "", "2026-09-10"),
    ("ZZZ-M003", "accepted", "", "done", "2026-09-10"),
    ("ZZZ-M004", "partly", "half", "half", "2026-09-10"),
]


@pytest.fixture
def zed(tmp_path):
    copy = copy_of_zedland(tmp_path)
    path = copy / "research/ZZZ/editions.csv"
    rows = path.read_text("utf-8").splitlines()
    rows.insert(1, "2024,2024-06-30,draft,SYNTHETIC data for testing; not about a real country")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    rest = {"iso3": "ZZZ", "text": "x", "around": "Review", "origin": "0" * 16}
    made = [
        dict(zip(COLUMNS, row, strict=True)) | rest | {"origin_id": f"{i:016x}"}
        for i, row in enumerate(COMMENTS)
    ]
    write(copy, "comments", made)
    names = cop.data.columns("responses", copy)
    write(copy, "responses", [dict(zip(names, row, strict=True)) for row in ANSWERS])
    return copy


def write(data, name, rows):
    columns = cop.data.columns(name, data)
    lines = [[row[column] for column in columns] for row in rows]
    path = data / cop.data.paths(name, data, "ZZZ")[0]
    path.write_text(csv_text([columns, *lines]), encoding="utf-8")


@pytest.fixture
def here(zed, tmp_path):
    return Country("ZZZ", "Zedland", str(zed), str(tmp_path / "tables"), "2026")


def test_a_rating_is_disputed_while_it_is_open_or_not_accepted_in_its_edition_alone(here):
    items = alignment.adjudicated(here)
    disputed = validation.disputed(items, here)
    assert list(disputed.item_id) == ["PM-LEG-01", "PM-LEG-02"]
    first = disputed.iloc[0]
    ours = items.set_index("item_id").status["PM-LEG-01"]
    assert (first.status, first.proposed, first.decision) == (ours, "in place", "not")
    names = cop.data.read("stakeholders", here.data, "ZZZ").set_index("stakeholder_id").name
    assert first.organisation == names["ZZZ-O01"]


def test_the_row_of_an_item_shows_both_ratings(here):
    items = alignment.adjudicated(here)
    table = said(
        alignment.item_table(items, here, "policy-makers", validation.disputed(items, here))
    )
    assert "(ministry) proposes in place. [M001]" in table
    assert "Disputed: NGO proposes another rating. [M002]" in table
    assert "M003" not in table and "Disputed" not in said(
        alignment.item_table(items, here, "policy-makers")
    )


def test_the_list_of_disputes_says_whose_each_is_and_what_became_of_it(here):
    items = alignment.adjudicated(here)
    shown = validation.dispute_list(validation.disputed(items, here), here)
    lines = covers.facts(str(shown))["disputes"].splitlines()
    assert len(lines) == 2 and "by this assessment; in place by" in lines[0]
    assert re.search(r" Comment M\d+: not accepted: No text was shown", lines[0])
    assert "another rating by" in lines[1] and lines[1].endswith(": not answered yet")


def test_a_disputed_rating_is_printed_once_and_the_report_says_that_ours_counts(here):
    items = alignment.adjudicated(here)
    shown = str(validation.dispute_list(validation.disputed(items, here), here))
    assert shown.count("PM-LEG-01") == 1 and "<table" not in shown
    assert "no agreement on 2 ratings; all counts and charts of this report use our" in said(shown)


def test_the_round_counts_this_edition_by_kind_of_body(here):
    rounds = validation.validation_round(validation.answers(here), here)
    assert rounds.set_index("role").to_dict("index") == {
        "ministry": {
            "comments": 2, "accepted": 0, "partly": 1, "not_accepted": 1, "open": 0,
            "first": "2026-09-01", "last": "2026-09-04",
        },
        "ngo": {
            "comments": 2, "accepted": 1, "partly": 0, "not_accepted": 0, "open": 1,
            "first": "2026-09-03", "last": "2026-09-04",
        },
    }  # fmt: skip
    note = said(validation.about_validation(rounds, here))
    assert note == (
        "This edition is a draft: it is not validated by national authorities. It is called "
        "validated when a national body has signed it off and no comment is left without an "
        "answer. Comments are asked for in a Word document of this report, by the office that "
        "published it. 4 comments came in "
        "from 2026-09-01 to 2026-09-04: 1 accepted, 1 accepted in part, 1 not accepted, 1 not "
        "answered yet."
    )
    assert "Ministry 2 0 1 1 0" in said(validation.round_table(rounds, here)).replace(" | ", " ")


def test_each_comment_has_what_became_of_it_and_not_its_text(here):
    frame = validation.answers(here)
    assert list(frame.comment_id) == ["ZZZ-M001", "ZZZ-M002", "ZZZ-M003", "ZZZ-M004"]
    assert not {"text", "around"} & set(frame.columns)
    told = said(validation.answer_table(frame, here))
    assert "| PM-LEG-01 | A rating | not accepted: No text was shown" in told
    assert "| NGO | PM-LEG-02 | A rating | not answered yet" in told.replace("ngo", "NGO")
    assert "| a paragraph | The wording | accepted in part: half. Changed: half" in told
    assert "Review" not in told


def test_who_signed_is_said(here, zed):
    signed = {"body": "ZZZ-O01", "day": "2026-10-01", "scope": "chapter 9", "edition": "2026"}
    write(zed, "sign_offs", [signed])
    note = said(
        validation.about_validation(
            validation.validation_round(validation.answers(here), here), here
        )
    )
    assert note.endswith(" on 2026-10-01 (chapter 9).") and "Signed off so far by " in note


def test_no_round_is_said_in_words(place):
    rounds = validation.validation_round(validation.answers(place), place)
    assert len(rounds) == 0
    assert "No comment on this edition is on record." in said(
        validation.about_validation(rounds, place)
    )
    assert "silent" in validation.round_table(rounds, place)
    assert "silent" in validation.dispute_list(
        validation.disputed(alignment.adjudicated(place), place), place
    )


def test_the_region_shows_both_ratings_of_each_country(here):
    disputed = validation.disputed(alignment.adjudicated(here), here).assign(iso3="ZZZ")
    zed = Region("ZED", "Zed", ("ZZZ",), (), str(ZEDLAND), "", "", "2026")
    shown = said(region.dispute_table(disputed, zed))
    assert "Zedland" in shown and "PM-LEG-01" in shown and "in place" in shown
    none = said(region.dispute_table(pd.DataFrame(columns=disputed.columns), zed))
    assert none == ""  # that nothing is disputed needs no sentence


def test_the_list_of_reports_folds_up_what_is_disputed():
    lines = ["PM-LEG-01 Review: not in place <b>", "PM-LEG-02"]
    shown = words.show("site/home", "disputes", lines)
    assert "2 ratings disputed" in said(shown) and "not in place &lt;b&gt;" in shown
    assert words.show("site/home", "disputes", []) == ""
