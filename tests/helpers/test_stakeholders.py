"""Stage 2: who is active since when, in which role and with whom, on a few invented rows."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from cases import value
from pagetext import said

import cop.data
from helpers import show, stakeholders

MAPPING = show.Templates("2-stakeholder-mapping")
CUT_OFF = "2026-06-30"
TABLES = yaml.safe_load(Path(__file__).with_name("stakeholders.yml").read_text(encoding="utf-8"))


def frame_of(columns, *rows, **more):
    """Return rows as a frame; `columns` are separated by blanks."""
    return pd.DataFrame(rows, columns=columns.split()).assign(**more)


@pytest.fixture
def tables(monkeypatch):
    """Return tables that replace those of Zedland, to be changed by a test."""
    tables = {name: value(stated) for name, stated in TABLES.items()}
    for name, year in (("sources", "year"), ("evidence", "year"), ("services", "figure_year")):
        tables[name] = tables[name].astype({year: "Int64"})
    read = cop.data.read
    monkeypatch.setattr(
        cop.data,
        "read",
        lambda name, *at: tables[name].copy() if name in tables else read(name, *at),
    )
    monkeypatch.setattr(cop.data, "stamp", lambda *_: object())  # nothing kept is of these
    return tables


def organisation(place, key="ZZZ-O01"):
    return stakeholders.organisations(place).set_index("stakeholder_id").loc[key]


@pytest.mark.parametrize(
    ("day", "state"), [("2024-06-30", "active"), ("2024-06-29", "earlier"), (CUT_OFF, "active")]
)
def test_an_organisation_is_active_to_the_day_24_months_before_the_cut_off(
    tables, place, day, state
):
    tables["returned"]["latest"] = day
    assert organisation(place, "ZZZ-O02").state == state


@pytest.mark.parametrize(("year", "state"), [(2024, "active"), (2023, "earlier")])
def test_a_year_counts_to_its_end_and_the_day_of_reading_shows_nothing(tables, place, year, state):
    tables["sources"] = tables["sources"].assign(accessed=CUT_OFF, year=[year, pd.NA])
    assert organisation(place).state == state
    assert organisation(place, "ZZZ-O02").state == "not shown"


@pytest.mark.parametrize(
    ("verified", "states"), [("yes", ["active", "active"]), ("no", ["earlier", "not shown"])]
)
def test_a_verified_and_dated_statement_on_a_link_shows_both_ends_at_work(
    tables, place, verified, states
):
    tables["evidence"] = tables["evidence"].assign(year=2025, verified=verified)
    assert [organisation(place, key).state for key in ("ZZZ-O01", "ZZZ-O02")] == states


@pytest.mark.parametrize(
    ("service", "register", "states", "roles"),
    [
        ("yes", "yes", ["active", "active"], "policy; helpline"),
        ("yes", "no", ["not shown", "active"], "policy; helpline"),
        ("unknown", "yes", ["not shown", "not shown"], "policy; helpline"),
        ("no", "yes", ["not shown", "not shown"], "policy"),
    ],
)
def test_who_runs_a_service_has_its_role_and_is_at_work_by_a_dated_figure_unless_it_ended(
    service, register, states, roles, tables, place
):
    tables["services"] = tables["services"].assign(figure_year=2025, active=service)
    tables["stakeholders"].loc[1, "active"] = register
    assert [organisation(place, key).state for key in ("ZZZ-O02", "ZZZ-O03")] == states
    assert organisation(place, "ZZZ-O03").roles == roles


def links(*pairs):
    """Return links between organisations of one letter."""
    return pd.DataFrame(list(map(list, pairs)), columns=["a", "b"]).assign(evidence_id="")


NO_PLANS = frame_of("instrument_id title kind status")


def test_plans_and_some_laws_exist_by_their_status_and_their_work_is_not_assessed(tables, place):
    tables["services"] = tables["services"].head(0)
    plans = frame_of(
        "title kind status instrument_id",
        *[(word, "strategy", word, "ZZZ-L01") for word in (*stakeholders.ADOPTED, "draft")],
        ("none", "action plan", "absent", "ZZZ-L01"),
        ("Act", "national law", "in force", "ZZZ-L02"),
        ("Other act", "national law", "in force", "ZZZ-L03"),
    )
    frame = stakeholders.measures(plans, place, ["ZZZ-L02"]).set_index("measure")
    assert frame.exists.to_dict() == {
        **dict.fromkeys([*stakeholders.ADOPTED, "Act"], "yes"), "draft": "draft"
    }  # fmt: skip
    assert {*frame.operates, *frame.reaches} == {"not assessed"}


@pytest.mark.parametrize(
    ("rule", "year", "statement", "verified", "operates"),
    [
        ("from the first of the two years on", 2024, pd.NA, "yes", "yes"),
        ("not before the two years", 2023, pd.NA, "yes", "not known"),
        ("by a dated statement where its source is old", 2019, 2025, "yes", "yes"),
        ("by no statement that is not verified", 2019, 2025, "no", "not known"),
    ],
)
def test_a_service_is_shown_at_work(rule, year, statement, verified, operates, tables, place):
    tables["sources"]["year"] = pd.array([2019, year], dtype="Int64")  # the cut-off is 2026-06-30
    tables["evidence"]["year"] = pd.array([statement], dtype="Int64")
    tables["evidence"]["verified"] = verified
    tables["services"]["shown_by_ids"] = "ZZZ-E01" if statement is not pd.NA else ""
    assert stakeholders.measures(NO_PLANS, place).operates.item() == operates, rule


@pytest.mark.parametrize(("year", "reaches"), [(2023, "yes"), (2022, "not known")])
def test_a_count_of_use_shows_reach_for_three_years(tables, place, year, reaches):
    tables["services"] = tables["services"].assign(figure="900 calls", figure_year=year)
    assert stakeholders.measures(NO_PLANS, place).reaches.item() == reaches


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (["ab", "ac"], "a has the most recorded partners in Zedland (2)"),
        (["ab"], "a and b have the most recorded partners in Zedland (1 each)"),
    ],
)
def test_who_has_the_most_partners_is_named(pairs, text, place):
    assert text in said(stakeholders.network(links(*pairs), place))


def test_an_organisation_outside_the_register_has_no_link(place):
    pairs = pd.DataFrame({"stakeholder_id": ["ZZZ-O02", "ZZZ-M15"], "name": ["Office", "Council"]})
    grid = str(MAPPING.role_grid(pairs.assign(word="Policy"), ["Policy"], place))
    assert 'href="#ZZZ-O02"' in grid and "ZZZ-M15" not in grid


@pytest.mark.parametrize(("year", "is_recent"), [(2024, True), (2023, False)])
def test_a_year_is_recent_if_it_overlaps_the_24_months_before_the_cut_off(
    year, is_recent, place, monkeypatch
):
    monkeypatch.setattr(stakeholders, "_years", lambda place: pd.Series({"ZZZ-S01": year}))
    assert stakeholders.recent("ZZZ-S01", place) == is_recent
