"""Stage 2: who is active since when, in which role and with whom, on a few invented rows."""

import pandas as pd
import pytest
from cases import frame_of

import cop.data
from helpers import stakeholders

CUT_OFF = "2026-06-30"
NO_PLANS = frame_of("instrument_id title kind status")


@pytest.fixture
def tables(monkeypatch):
    """Return tables that replace those of Zedland, to be changed by a test."""
    years = pd.array([2019, pd.NA], dtype="Int64")
    unknown = pd.array([pd.NA], dtype="Int64")
    tables = {
        "stakeholders": frame_of(
            "stakeholder_id name category role active source_id verified",
            ("ZZZ-O01", "Police", "government", "law enforcement", "yes", "S1", "yes"),
            ("ZZZ-O02", "Hotline", "ngo", "hotline", "yes", "S2", "yes"),
            ("ZZZ-O03", "Ministry", "government", "policy", "unknown", "S1", "yes"),
            name_local="", description="Works.",
        ),
        "returned": frame_of(
            "returned_id name stakeholder_id category roles",
            ("ZZZ-M01", "Hotline of Zedland", "ZZZ-O02", "ngo", "helpline; hotline"),
            latest="",
        ),
        "sources": frame_of(
            "source_id url kind hand",
            ("S1", "https://www.zed.example/a", "news", "second"),
            ("S2", "", "report of a body", "first"),
            year=years, copy_host="", accessed="2026-06-01", verified="yes",
        ),
        "evidence": frame_of(
            "evidence_id source_id confidence verified", ("ZZZ-E01", "S2", "moderate", "yes"),
            year=unknown,
        ),
        "services": frame_of(
            "service_id name kind operator_ids source_id active",
            ("ZZZ-V01", "Line", "helpline", "ZZZ-O02; ZZZ-O03", "S2", "yes"),
            figure="", figure_year=unknown, figure_evidence_id="", shown_by_ids="", verified="yes",
        ),
        "partnerships": frame_of(
            "stakeholder_id partner_id link evidence_id",
            ("ZZZ-O01", "ZZZ-O02", "passes reports", "ZZZ-E01"),
        ),
    }  # fmt: skip
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


def test_organisations_of_forms_that_no_register_has_are_each_listed(tables, place):
    more = frame_of("returned_id name category", ("ZZZ-M02", "A", "ngo"), ("ZZZ-M03", "B", "ngo"),
                    stakeholder_id="", roles="", latest="")  # fmt: skip
    tables["returned"] = pd.concat([tables["returned"], more], ignore_index=True)
    assert {"ZZZ-O02", "ZZZ-M02", "ZZZ-M03"} <= {*stakeholders.organisations(place).stakeholder_id}


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
    ("rule", "service", "register", "states", "roles"),
    [
        ("at work, it shows both", "yes", "yes", "active, active", "policy; helpline"),
        ("but none that has ended", "yes", "no", "not shown, active", "policy; helpline"),
        ("unknown, it shows none", "unknown", "yes", "not shown, not shown", "policy; helpline"),
        ("ended, it is no role either", "no", "yes", "not shown, not shown", "policy"),
    ],
)
def test_a_service_of_a_dated_figure_shows_its_operators_at_work_and_in_its_role(
    rule, service, register, states, roles, tables, place
):
    tables["services"] = tables["services"].assign(figure_year=2025, active=service)
    tables["stakeholders"].loc[1, "active"] = register
    found = [organisation(place, key).state for key in ("ZZZ-O02", "ZZZ-O03")]
    assert ", ".join(found) == states, rule
    assert organisation(place, "ZZZ-O03").roles == roles, "its role, then those of its services"


@pytest.mark.parametrize("kind", ["victim support", "awareness"])
def test_a_centre_or_activity_gives_its_operator_a_role_but_is_no_line_to_call(tables, place, kind):
    other = tables["services"].assign(service_id="ZZZ-V02", kind=kind, operator_ids="ZZZ-O01")
    tables["services"] = pd.concat([tables["services"], other], ignore_index=True)
    assert organisation(place).roles == f"law enforcement; {kind}"
    measures = stakeholders.measures(NO_PLANS, place)
    assert measures.measure_id.tolist() == ["ZZZ-V01", "ZZZ-V02"], "it is a measure"
    services = tables["services"].assign(operates="yes", serves="children")
    assert lines_of(services).kind.tolist() == ["helpline"], "but no line"


def lines_of(services):
    """Return the lines among services that are all of high confidence."""
    empty = dict.fromkeys(["name", "name_local", "website", "phone", "hours"], "")
    sure = pd.DataFrame({"measure_id": services.service_id, "confidence": "high"})
    return stakeholders.helplines(services.assign(**empty), sure.assign(confidence_reason=""))


def test_plans_and_some_laws_exist_by_their_status_and_their_work_is_not_assessed(tables, place):
    tables["services"] = tables["services"].head(0)
    plans = frame_of(
        "title kind status instrument_id",
        *[(word, "strategy", word, "ZZZ-L01") for word in (*stakeholders.ADOPTED, "draft")],
        ("none", "action plan", "absent", "ZZZ-L01"),
        ("unstated", "action plan", "", "ZZZ-L01"),
        ("Act", "national law", "in force", "ZZZ-L02"),
        ("Other act", "national law", "in force", "ZZZ-L03"),
    )
    frame = stakeholders.measures(plans, place, ["ZZZ-L02"]).set_index("measure")
    assert "none" not in frame.index, "what is absent is no measure"
    assert "Other act" not in frame.index, "nor is a law that is not named"
    assert frame.exists.to_dict() == {
        **dict.fromkeys([*stakeholders.ADOPTED, "Act"], "yes"), "draft": "draft",
        "unstated": "not known",
    }  # fmt: skip
    assert {*frame.operates, *frame.reaches} == {"not assessed"}
    unnamed = stakeholders.measures(plans, place).measure
    assert not unnamed.isin(["Act", "Other act"]).any(), "no law unless it is named"


@pytest.mark.parametrize(
    ("rule", "source", "statement", "figure", "active", "operates"),
    [
        ("from the first of the two years on", 2024, pd.NA, 2019, "yes", "yes"),
        ("not before the two years", 2023, pd.NA, 2019, "yes", "not known"),
        ("by a dated statement where its source is old", 2019, 2025, 2019, "yes", "yes"),
        ("by a dated figure where its source is old", 2019, pd.NA, 2025, "yes", "yes"),
        ("not if its activity is unknown", 2025, pd.NA, 2019, "unknown", "not known"),
        ("not if it has ended", 2025, pd.NA, 2019, "no", "no"),
    ],
)
def test_a_service_is_shown_at_work(
    rule, source, statement, figure, active, operates, tables, place
):
    tables["sources"]["year"] = pd.array([2019, source], dtype="Int64")
    tables["evidence"]["year"] = pd.array([statement], dtype="Int64")
    cells = {"figure": "9 calls", "figure_year": figure, "active": active}
    tables["services"] = tables["services"].assign(shown_by_ids="ZZZ-E01", **cells)
    assert stakeholders.measures(NO_PLANS, place).operates.item() == operates, rule


def test_a_statement_that_is_not_verified_shows_no_service_at_work(tables, place):
    tables["evidence"] = tables["evidence"].assign(year=2025, verified="no")
    tables["services"]["shown_by_ids"] = "ZZZ-E01"
    assert stakeholders.measures(NO_PLANS, place).operates.item() == "not known"


@pytest.mark.parametrize(
    ("rule", "year", "figure", "reaches"),
    [
        ("for three years", 2023, "900 calls", "yes"),
        ("no longer", 2022, "900 calls", "not known"),
        ("a year without a count is none", 2025, "", "not known"),
        ("a count without a year shows none", pd.NA, "900 calls", "not known"),
    ],
)
def test_a_count_of_use_shows_reach(rule, year, figure, reaches, tables, place):
    years = pd.array([year], dtype="Int64")
    tables["services"] = tables["services"].assign(figure=figure, figure_year=years)
    assert stakeholders.measures(NO_PLANS, place).reaches.item() == reaches, rule


@pytest.mark.parametrize(
    ("rule", "shown_by", "figure_by", "sure"),
    [
        ("as its source, weak news", "", "", "low"),
        ("as a better statement that shows it at work", "ZZZ-E01", "", "moderate"),
        ("as a better statement on its use", "", "ZZZ-E01", "moderate"),
    ],
)
def test_a_service_is_as_sure_as_all_that_it_cites(rule, shown_by, figure_by, sure, tables, place):
    cells = {"source_id": "S1", "shown_by_ids": shown_by, "figure_evidence_id": figure_by}
    tables["services"] = tables["services"].assign(**cells)
    assert stakeholders.measures(NO_PLANS, place).confidence.item() == sure, rule


@pytest.mark.parametrize(("year", "is_recent"), [(2024, True), (2023, False)])
def test_a_year_is_recent_if_it_overlaps_the_24_months_before_the_cut_off(
    year, is_recent, place, monkeypatch
):
    years = pd.Series({"ZZZ-S01": year, "ZZZ-S02": 2019})
    monkeypatch.setattr(stakeholders, "_years", lambda place: years)
    assert stakeholders.recent("ZZZ-S01; ZZZ-S02", place) == is_recent, "any of them is enough"


def test_an_instrument_of_a_recent_year_makes_a_draft_recent(tables, place):
    tables["instruments"] = frame_of("instrument_id verified", ("ZZZ-L01", "yes"), year=2025)
    assert stakeholders.recent("ZZZ-L01", place)


def test_helplines_come_before_hotlines_and_lines_for_adults_last():
    rows = frame_of(
        "service_id kind serves",
        ("V1", "helpline", "parents"),
        ("V2", "hotline", ""),
        ("V3", "helpline", "children"),
        ("V4", "helpline", "young people"),
        ("V5", "helpline", ""),
        ("V6", "helpline", "Children; parents"),
        ("V7", "hotline", "companies"),
    )
    lines = lines_of(rows.assign(operates="yes")).set_index("service_id")
    assert lines.kind.V4 == "helpline", "a line for young people is not for adults only"
    assert lines.kind.V5 == "helpline", "nor is one whose users are not stated"
    assert lines.kind.V6 == "helpline", "a capital letter changes nothing"
    assert lines.kind.V7 == "hotline", "a hotline is one whoever it serves"
    assert lines.kind.tolist() == [*["helpline"] * 4, *["hotline"] * 2, "adults"]


@pytest.mark.parametrize(
    ("mark", "state"), [("yes", "active"), ("unknown", "not shown"), ("no", "not shown")]
)
def test_an_own_source_shows_an_organisation_at_work_only_if_it_is_marked_active(
    mark, state, tables, place
):
    tables["sources"] = tables["sources"].assign(year=[2025, pd.NA])
    tables["stakeholders"].loc[0, "active"] = mark
    assert organisation(place).state == state


def test_a_pair_of_organisations_is_one_link_and_that_of_the_evidence(place, tables):
    tables["partnerships"] = frame_of(
        "a b link evidence_id", ("ZZZ-O01", "ZZZ-O02", "passes", "E1")
    )
    tables["returned_links"] = frame_of(
        "organisation partner link",
        ("ZZZ-O02", "ZZZ-O01", "meets"),
        ("ZZZ-O01", "ZZZ-O03", "meets"),
        ("ZZZ-O01", "ZZZ-M01", "meets"),
    )
    links = stakeholders.partnerships(place)
    assert links.b.iloc[-1] == "Hotline of Zedland", "a partner of a form has the name in it"
    links = links.head(2)
    assert links[["a", "b", "link", "evidence_id"]].values.tolist() == [
        ["Police", "Hotline", "passes", "E1"], ["Police", "Ministry", "meets", ""]]  # fmt: skip


def test_groups_are_joined_by_a_link_between_them():
    links = frame_of("a b", ("A", "B"), ("C", "D"), ("E", "F"), ("B", "C"))
    assert sorted(map(sorted, stakeholders.connected(links))) == [[*"ABCD"], ["E", "F"]]


def test_a_line_that_has_ended_is_no_line_and_one_of_unknown_activity_comes_last():
    rows = frame_of("service_id operates", ("V1", "not known"), ("V2", "yes"), ("V3", "no"))
    hotline = frame_of("service_id operates", ("V4", "yes")).assign(kind="hotline")
    rows = pd.concat([rows.assign(kind="helpline"), hotline], ignore_index=True)
    lines = lines_of(rows.assign(serves="")).service_id.tolist()
    assert lines == ["V2", "V1", "V4"], "the last of its kind"


def test_a_portal_gives_its_operator_no_role(tables, place):
    tables["services"] = tables["services"].assign(kind="portal")
    assert organisation(place, "ZZZ-O03").roles == "policy"


def test_the_register_counts_before_a_form_and_of_two_forms_the_first(tables, place):
    form = tables["returned"]
    tables["returned"] = pd.concat([form.assign(latest=CUT_OFF), form.assign(latest="2019-01-01")])
    row = organisation(place, "ZZZ-O02")
    assert row["name"] == "Hotline", "the name in the register"
    assert row.state == "active", "the first form"


def test_organisations_stand_by_category_and_then_by_name(tables, place):
    names = stakeholders.organisations(place)["name"].tolist()
    assert names == ["Ministry", "Police", "Hotline"]


def test_services_have_the_columns_of_the_saved_table_without_the_country(place):
    columns = stakeholders.services(place).columns.tolist()
    assert ["iso3", *columns] == cop.data.columns("services_on_record", place.data)
