"""Stage 2: who is active since when, in which role and with whom, on a few invented rows."""

import pandas as pd
import pytest

import cop.data
from helpers import show, stakeholders

MAPPING = show.Templates("2-stakeholder-mapping")
CUT_OFF = "2026-06-30"


def frame_of(columns, *rows, **more):
    """Return rows as a frame; `columns` are separated by blanks."""
    return pd.DataFrame(rows, columns=columns.split()).assign(**more)


@pytest.fixture
def tables(monkeypatch):
    """Return the tables that the helpers read in place of a country's, to be changed by a test."""
    years = pd.array([2019, pd.NA], dtype="Int64")
    unknown = pd.array([pd.NA], dtype="Int64")
    tables = {
        "stakeholders": frame_of(
            "stakeholder_id name category role active source_id verified",
            ("ZZZ-O01", "Police", "government", "law enforcement", "yes", "S1", "yes"),
            ("ZZZ-O02", "Hotline", "ngo", "hotline", "yes", "S2", "yes"),
            ("ZZZ-O03", "Ministry", "government", "policy", "unknown", "S1", "yes"),
            ("ZZZ-O04", "Rumour", "industry", "technical", "yes", "S1", "no"),
            name_local="", description="Works.",
        ),
        "returned": frame_of(
            "returned_id name stakeholder_id category roles",
            ("ZZZ-M01", "Hotline of Zedland", "ZZZ-O02", "ngo", "helpline; hotline"),
            ("ZZZ-M02", "Parents' Council", "", "parents", "awareness"),
            latest="",
        ),
        "sources": frame_of(
            "source_id url kind hand",
            ("S1", "https://www.zed.example/a", "news", "second"),
            ("S2", "", "report of a body", "first"),
            year=years, copy_host="", accessed="2026-06-01", verified="yes",
        ),
        "statistics_sources": frame_of("source_id hand"),
        "evidence": frame_of(
            "evidence_id source_id confidence verified", ("ZZZ-E01", "S2", "moderate", "yes"),
            year=unknown,
        ),
        "instruments": frame_of(
            "instrument_id source_id verified", ("ZZZ-L01", "S1", "yes"), year=unknown
        ),
        "exercises": frame_of("exercise_id source_id verified"),
        "services": frame_of(
            "service_id name kind operator_ids source_id active",
            ("ZZZ-V01", "Line", "helpline", "ZZZ-O02; ZZZ-O03", "S2", "yes"),
            figure="", figure_year=unknown, figure_evidence_id="", shown_by_ids="", verified="yes",
        ),
        "partnerships": frame_of(
            "stakeholder_id partner_id link evidence_id",
            ("ZZZ-O01", "ZZZ-O02", "passes reports", "ZZZ-E01"),
        ),
        "returned_links": frame_of(
            "organisation partner link",
            ("ZZZ-O02", "ZZZ-O01", "reports"), ("ZZZ-M02", "ZZZ-O02", "lessons"),
        ),
        "editions": frame_of("edition cut_off", ("2026", CUT_OFF)),
    }  # fmt: skip
    monkeypatch.setattr(cop.data, "read", lambda name, *_: tables[name].copy())
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
    tables["returned"]["latest"] = [day, ""]
    assert organisation(place, "ZZZ-O02").state == state


@pytest.mark.parametrize(("year", "state"), [(2024, "active"), (2023, "earlier")])
def test_a_year_counts_to_its_end(tables, place, year, state):
    tables["sources"]["year"] = pd.array([year, pd.NA], dtype="Int64")
    assert organisation(place).state == state


def test_a_page_without_a_date_shows_no_activity_however_lately_it_was_read(tables, place):
    tables["sources"]["accessed"] = CUT_OFF
    for key in ("ZZZ-O02", "ZZZ-O03", "ZZZ-M02"):
        assert organisation(place, key).state == "not shown"


def test_a_verified_and_dated_statement_on_a_link_shows_both_ends_at_work(tables, place):
    tables["evidence"]["year"] = pd.array([2025], dtype="Int64")
    assert organisation(place).state == organisation(place, "ZZZ-O02").state == "active"
    tables["evidence"]["verified"] = "no"
    assert organisation(place).state == "earlier"
    assert organisation(place, "ZZZ-O02").state == "not shown"


def test_who_runs_a_service_with_a_dated_figure_is_at_work_unless_it_ended(tables, place):
    tables["services"]["figure_year"] = pd.array([2025], dtype="Int64")
    assert organisation(place, "ZZZ-O02").state == organisation(place, "ZZZ-O03").state == "active"
    tables["stakeholders"].loc[1, "active"] = "no"
    assert organisation(place, "ZZZ-O02").state == "not shown"
    tables["services"]["active"] = "unknown"
    assert organisation(place, "ZZZ-O03").state == "not shown"


def test_register_and_form_of_an_organisation_are_one_under_the_name_of_the_register(tables, place):
    frame = stakeholders.organisations(place).set_index("stakeholder_id")
    assert list(frame.index) == ["ZZZ-O03", "ZZZ-O01", "ZZZ-O02", "ZZZ-M02"]  # by category, name
    assert frame.name["ZZZ-O02"] == "Hotline" and frame.roles["ZZZ-O02"] == "hotline; helpline"
    assert frame.loc["ZZZ-M02", ["role", "roles", "source_id"]].tolist() == ["", "awareness", ""]


def test_who_runs_a_helpline_has_its_role_while_it_has_not_ended(tables, place):
    assert organisation(place, "ZZZ-O03").roles == "policy; helpline"
    tables["services"]["active"] = "no"
    assert organisation(place, "ZZZ-O03").roles == "policy"


def test_a_link_of_evidence_and_form_is_one_that_rests_on_the_evidence(tables, place):
    links = stakeholders.partnerships(place)
    assert links[["a", "b", "link", "evidence_id"]].values.tolist() == [
        ["Police", "Hotline", "passes reports", "ZZZ-E01"],
        ["Parents' Council", "Hotline", "lessons", ""],
    ]


def test_a_country_with_nothing_on_record_has_no_rows(tables, place):
    for name in set(tables) - {"editions", "sources"}:
        tables[name] = tables[name].head(0)
    assert stakeholders.organisations(place).empty and stakeholders.partnerships(place).empty


@pytest.mark.parametrize(
    ("pairs", "groups"), [(["ab", "bc", "ca"], 1), (["ab", "cd", "bc"], 1), (["ab", "cd"], 2)]
)
def test_links_join_organisations_into_groups(pairs, groups, place):
    links = pd.DataFrame(list(map(list, pairs)), columns=["a", "b"]).assign(evidence_id="")
    assert stakeholders.count_groups(links) == groups


LINE = {"name_local": "Línea", "website": "", "phone": "", "hours": "", "serves": ""}


def test_helplines_for_children_come_first_and_those_at_work_before_the_others(place):
    services = frame_of(
        "name kind operates serves",
        ("Portal", "portal", "yes", ""), ("Hotline", "hotline", "yes", ""),
        ("Ended", "helpline", "no", ""), ("Silent", "helpline", "not known", ""),
        ("Parents", "helpline", "yes", "parents"), ("Line", "helpline", "yes", "children, parents"),
        ("Youth", "helpline", "yes", "young people"),
    )  # fmt: skip
    services = services.assign(**LINE | {"serves": services.serves}, service_id=services.name)
    measures = services[["name"]].set_axis(["measure_id"], axis=1)
    measures = measures.assign(confidence="high", confidence_reason="", operates="")
    lines = stakeholders.helplines(services, measures)
    assert lines.set_index("name").kind.to_dict() == {
        "Line": "helpline", "Youth": "helpline", "Silent": "helpline", "Hotline": "hotline",
        "Parents": "adults",
    }  # fmt: skip
    assert lines.name.tolist() == ["Line", "Youth", "Silent", "Hotline", "Parents"]
    assert lines.operates.tolist() == ["yes", "yes", "not known", "yes", "yes"]


def test_existence_operation_and_reach_are_three_marks_that_are_never_merged(tables, place):
    tables["sources"]["year"] = pd.array([2019, 2026], dtype="Int64")
    services = frame_of(
        "service_id name active source_id figure figure_year",
        ("ZZZ-V01", "Line", "yes", "S2", "900 calls", 2025),
        ("ZZZ-V02", "Old", "yes", "S1", "10 calls", 2010),
        ("ZZZ-V03", "Ended", "no", "S2", "", pd.NA),
        kind="helpline", operator_ids="", figure_evidence_id="", shown_by_ids="", verified="yes",
    )  # fmt: skip
    tables["services"] = services.astype({"figure_year": "Int64"})
    plans = frame_of(
        "title kind status instrument_id",
        ("Plan", "action plan", "draft", "ZZZ-L01"), ("Way", "strategy", "adopted", "ZZZ-L01"),
        ("Act", "national law", "in force", "ZZZ-L02"), ("No", "strategy", "absent", "ZZZ-L01"),
        ("Bill", "national law", "draft", "ZZZ-L03"), ("Gone", "national law", "absent", "ZZZ-L04"),
        ("Other", "national law", "in force", "ZZZ-L05"),
    )  # fmt: skip
    laws = ["ZZZ-L02", "ZZZ-L03", "ZZZ-L04"]
    frame = stakeholders.measures(plans, place, laws).set_index("measure")
    assert frame[["exists", "operates", "reaches"]].T.to_dict("list") == {
        "Line": ["yes", "yes", "yes"],
        "Old": ["yes", "not known", "not known"],
        "Ended": ["yes", "no", "not known"],
        "Plan": ["draft", "not assessed", "not assessed"],
        "Way": ["yes", "not assessed", "not assessed"],
        "Act": ["yes", "not assessed", "not assessed"],
        "Bill": ["draft", "not assessed", "not assessed"],
    }
    levels = {"Line": "moderate", "Old": "low", "Ended": "moderate", "Plan": "low", "Way": "low"}
    levels |= {"Act": "low", "Bill": "low"}
    assert frame.confidence.to_dict() == levels  # by the sources behind, apart from the marks
    assert (frame.confidence_reason != "").all()


def test_a_verified_dated_statement_shows_a_service_at_work_where_its_source_is_old(tables, place):
    tables["evidence"]["year"] = pd.array([2025], dtype="Int64")
    assert operates(place) == "not known"
    tables["services"]["shown_by_ids"] = "ZZZ-E01"
    assert operates(place) == "yes"
    tables["evidence"]["verified"] = "no"
    assert operates(place) == "not known"


@pytest.mark.parametrize(("year", "word"), [(2024, "yes"), (2023, "not known")])
def test_a_service_is_at_work_from_the_first_of_the_two_years_on(tables, place, year, word):
    tables["sources"]["year"] = pd.array([2019, year], dtype="Int64")  # the cut-off is 2026-06-30
    assert operates(place) == word


@pytest.mark.parametrize(("year", "reaches"), [(2023, "yes"), (2022, "not known")])
def test_a_count_of_use_shows_reach_for_three_years(tables, place, year, reaches):
    tables["services"] = tables["services"].assign(figure="900 calls", figure_year=year)
    plans = frame_of("instrument_id title kind status")
    assert stakeholders.measures(plans, place).reaches.item() == reaches


def operates(place):
    plans = frame_of("instrument_id title kind status")
    return stakeholders.measures(plans, place).operates.item()
