"""Stage 4: the Global Cybersecurity Index, treaties and the Regional Initiative, on a few
invented rows.
"""

import pandas as pd
import pytest
from pagetext import said

from helpers import cybersecurity


@pytest.fixture
def editions():
    scores = {"legal": 19.4, "technical": 15.0, "organizational": 17.0, "capacity": 14.6}
    scores["cooperation"] = 18.0
    return pd.DataFrame(
        [
            {"edition": 2018, "score": 66.1, "tier": "", "global_rank": 54, "source_id": ""},
            {"edition": 2024, "score": 83.9, "tier": "T3", "source_id": "", **scores},
        ]
    )  # fmt: skip


def test_the_score_is_told_with_tier_and_the_strong_and_the_low_pillar(editions, place):
    assert said(cybersecurity.gci_line(editions, place)) == (
        "In the edition of 2024 the index gives Zedland a score of 83.9 of 100, which falls in "
        "tier "
        "3 of 5 by the published bounds. The highest pillar is legal (19.4 of 20) and the lowest "
        "capacity (14.6). It measures the existence of structures, not how well they work or "
        "whether they serve children."
    )


def test_an_edition_without_pillars_or_tier_is_told_without_them(editions, place):
    line = said(cybersecurity.gci_line(editions.head(1), place))
    assert line.startswith(
        "In the edition of 2018 the index gives Zedland a score of 66.1 of 100. It"
    )


def test_a_country_without_a_row_has_no_score(editions, place):
    line = said(cybersecurity.gci_line(editions.head(0), place))
    assert line == "The Global Cybersecurity Index has no row for Zedland."
    assert said(cybersecurity.gci_chart(editions.head(0), place)) == "No pillar scores were found."


def test_the_chart_names_the_lowest_pillar_of_the_latest_edition(editions, place):
    told = said(cybersecurity.gci_chart(editions, place))
    assert told.startswith("Lowest pillar of Zedland in the GCI 2024: capacity (14.6 of 20)")


def test_the_table_says_for_which_editions_pillars_were_found(editions, place):
    told = said(cybersecurity.gci_table(editions, place))
    assert "they were found for 2024. Editions differ in method" in told
    assert "none in this edition" in told and "none published" in told


@pytest.mark.parametrize(
    ("date", "kind", "cell"),
    [
        ("2011-05-03", "ratified", "2011-05-03 (ratified)"),
        ("2011-05-03", "", "2011-05-03"),
        ("", "", "not in this data set"),
    ],
)
def test_a_treaty_shows_its_day_and_of_what(place, date, kind, cell):
    row = {"instrument": "X", "title": "Convention", "status": "party", "source_id": ""}
    told = said(
        cybersecurity.treaty_table(pd.DataFrame([row | {"date": date, "date_type": kind}]), place)
    )
    assert f"Convention | party | {cell} | not stated" in told


def test_the_evidence_speaks_on_those_results_that_are_not_silent(place):
    results = cybersecurity.initiative(place).assign(status="in place")
    assert said(cybersecurity.initiative_line(results, place)) == (
        "The evidence speaks on 5 of the five expected results."
    )
    results.loc[4, "status"] = "not assessed"
    line = said(cybersecurity.initiative_line(results, place))
    assert line.startswith(
        "The evidence speaks on 4 of the five expected results; it is silent on "
    )
