"""Stage 2: who is active since when, in which role and with whom, on a few invented rows."""

import pandas as pd
import pytest
from lxml import html
from pagetext import said

import cop.data
from cop.report import words
from helpers import stakeholders

CUT_OFF = "2026-06-30"


@pytest.fixture
def tables(monkeypatch):
    """Return the tables that the helpers read in place of a country's, to be changed by a test."""
    register = {
        "stakeholder_id": ["ZZZ-O01", "ZZZ-O02", "ZZZ-O03", "ZZZ-O04"],
        "name": ["Police", "Hotline", "Ministry", "Rumour"],
        "name_local": "",
        "category": ["government", "ngo", "government", "industry"],
        "role": ["law enforcement", "hotline", "policy", "technical"],
        "description": "Works.",
        "active": ["yes", "yes", "unknown", "yes"],
        "source_id": ["S1", "S2", "S1", "S1"],
        "verified": ["yes", "yes", "yes", "no"],
    }
    forms = {
        "returned_id": ["ZZZ-M01", "ZZZ-M02"],
        "name": ["Hotline of Zedland", "Parents' Council"],
        "stakeholder_id": ["ZZZ-O02", ""],
        "category": ["ngo", "parents"],
        "roles": ["helpline; hotline", "awareness"],
        "latest": ["", ""],
    }
    partnerships = [["ZZZ-O01", "ZZZ-O02", "passes reports", "ZZZ-E01"]]
    named = [["ZZZ-O02", "ZZZ-O01", "reports"], ["ZZZ-M02", "ZZZ-O02", "lessons"]]
    held = {
        "stakeholders": pd.DataFrame(register),
        "returned": pd.DataFrame(forms),
        "sources": pd.DataFrame(
            {
                "source_id": ["S1", "S2"],
                "copy_host": "",
                "url": ["https://www.zed.example/a", ""],
                "year": pd.array([2019, pd.NA], dtype="Int64"),
                "accessed": ["2026-06-01", "2026-06-01"],
                "kind": ["news", "report of a body"],
                "hand": ["second", "first"],
                "verified": "yes",
            }
        ),
        "statistics_sources": pd.DataFrame(columns=["source_id", "hand"]),
        "evidence": pd.DataFrame(
            {
                "evidence_id": ["ZZZ-E01"],
                "year": pd.array([pd.NA], dtype="Int64"),
                "source_id": "S2",
                "confidence": "moderate",
                "verified": "yes",
            }
        ),
        "instruments": pd.DataFrame(
            {"instrument_id": ["ZZZ-L01"], "source_id": "S1", "verified": "yes"}
        ),
        "exercises": pd.DataFrame(columns=["exercise_id", "source_id", "verified"]),
        "services": pd.DataFrame(
            {
                "service_id": ["ZZZ-V01"],
                "kind": "helpline",
                "operator_ids": "ZZZ-O02; ZZZ-O03",
                "figure_year": pd.array([pd.NA], dtype="Int64"),
                "figure_evidence_id": "",
                "source_id": "S2",
                "shown_by_ids": "",
                "active": "yes",
                "verified": "yes",
            }
        ),
        "partnerships": pd.DataFrame(
            partnerships, columns=["stakeholder_id", "partner_id", "link", "evidence_id"]
        ),
        "returned_links": pd.DataFrame(named, columns=["organisation", "partner", "link"]),
        "editions": pd.DataFrame({"edition": ["2026"], "cut_off": [CUT_OFF]}),
        "table_25_2020": pd.DataFrame(
            {"iso3": ["ZZZ"], "row": ["active_organisations"], "value": ["5"]}
        ),
    }
    monkeypatch.setattr(cop.data, "read", lambda name, *_: held[name])
    for kept in ("state", "stamp"):  # nothing kept is of these
        monkeypatch.setattr(cop.data, kept, lambda *_: object())
    return held


@pytest.fixture
def categories(place):
    """Return 28 organisations of six categories, 16 of them active."""
    counts = {
        "organisations": [9, 8, 5, 3, 0, 2, 1],
        "active": [8, 4, 2, 1, 0, 1, 0],
        "earlier": [1, 2, 0, 0, 0, 0, 0],
        "returned": 0,
        "unverified": 0,
    }
    words = list(cop.data.labels("stakeholders", "category", place.data))
    return pd.DataFrame({"category": words, **counts})


def state(place, organisation="ZZZ-O01"):
    return stakeholders.organisations(place).set_index("stakeholder_id").state[organisation]


@pytest.mark.parametrize(
    ("day", "word"), [("2024-06-30", "active"), ("2024-06-29", "earlier"), (CUT_OFF, "active")]
)
def test_an_organisation_is_active_to_the_day_24_months_before_the_cut_off(
    tables, place, day, word
):
    tables["returned"]["latest"] = [day, ""]
    assert state(place, "ZZZ-O02") == word


SILENT = "On record in Zedland, but no source of the last 24 months shows that"


def test_a_child_meets_lines_at_work_first_and_of_the_others_is_told_what_is_not_shown(place):
    rows = [("Portal", "portal", "yes"), ("Hotline", "hotline", "yes"), ("Old", "helpline", "no"),
            ("Silent", "helpline", "not known"), ("Line 116", "helpline", "yes")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["name", "kind", "operates"])
    frame = frame.assign(name_local="", website="https://x.zz", service_id=frame.name)
    frame = frame.assign(phone="", hours="", serves="")
    sure = pd.DataFrame({"measure_id": frame.name, "confidence": "high", "confidence_reason": ""})
    lines = stakeholders.lines(frame, sure)
    assert lines.name.tolist() == ["Line 116", "Silent", "Hotline"]
    shown = said(stakeholders.help_box(lines, place))
    assert "Line 116: listens and advises, https://x.zz" in shown
    assert "In danger, call 555." in shown  # the number of Zedland
    police = words.show("cells", "in_danger", {"number": "192", "reaches": "police"})
    assert said(police) == "In danger, call the police: 192."
    assert said(words.show("cells", "in_danger", {})) == "In danger, call the emergency services."
    assert shown.index("Hotline") < shown.index(f"{SILENT} it answers: Silent")
    silent = said(stakeholders.help_box(lines.assign(operates="not known"), place))
    assert f"{SILENT} they answer: Line 116" in silent and "these help" not in silent
    none = said(stakeholders.help_box(lines.head(0), place))
    assert "No helpline or hotline is on record in Zedland." in none


OTHERS = ("name_local", "kind", "operator_ids", "since", "description", "website",
          "figure_evidence_id", "shown_by_ids")  # fmt: skip


def test_existence_operation_and_reach_are_three_marks_that_are_never_merged(tables, place):
    tables["sources"]["year"] = pd.array([2019, 2026], dtype="Int64")
    services = [("ZZZ-V01", "Line", "yes", "S2", "900 calls", 2025),
                ("ZZZ-V02", "Old", "yes", "S1", "10 calls", 2010),
                ("ZZZ-V03", "Ended", "no", "S2", "", pd.NA)]  # fmt: skip
    columns = ["service_id", "name", "active", "source_id", "figure", "figure_year"]
    tables["services"] = pd.DataFrame(services, columns=columns).assign(
        verified="yes", **dict.fromkeys(OTHERS, "")
    )
    tables["services"] = tables["services"].astype({"figure_year": "Int64"})
    rows = ["Plan, action plan, draft", "Way, strategy, adopted", "Act, national law, in force"]
    rows = [row.split(", ") for row in [*rows, "No, strategy, absent"]]
    plans = pd.DataFrame(rows, columns=["title", "kind", "status"]).assign(instrument_id="ZZZ-L01")
    frame = stakeholders.measures(plans, place).set_index("measure")
    marks = frame[["exists", "operates", "reaches"]].T.to_dict("list")
    assert marks == {
        "Line": ["yes", "yes", "yes"],
        "Old": ["yes", "not known", "not known"],
        "Ended": ["yes", "no", "not known"],
        "Plan": ["draft", "not assessed", "not assessed"],
        "Way": ["yes", "not assessed", "not assessed"],
    }
    sure = {"Line": "moderate", "Old": "low", "Ended": "moderate", "Plan": "low", "Way": "low"}
    assert frame.confidence.to_dict() == sure  # by the sources behind, apart from the marks
    assert (frame.confidence_reason != "").all()


def test_a_dated_statement_shows_a_service_at_work_where_its_source_is_old(tables, place):
    plans = pd.DataFrame(columns=["instrument_id", "title", "kind", "status"])
    rest = [column for column in OTHERS if column not in tables["services"]]
    rest = dict.fromkeys(rest, "")
    tables["services"] = tables["services"].assign(name="Line", figure="", **rest)
    tables["evidence"]["year"] = pd.array([2025], dtype="Int64")
    assert stakeholders.measures(plans, place).operates.tolist() == ["not known"]
    tables["services"]["shown_by_ids"] = "ZZZ-E01"
    assert stakeholders.measures(plans, place).operates.tolist() == ["yes"]
    tables["evidence"]["verified"] = "no"
    assert stakeholders.measures(plans, place).operates.tolist() == ["not known"]


def test_a_chart_of_reach_says_how_many_exist_work_and_are_counted(place):
    marks = {"measure_id": ["ZZZ-V01", "ZZZ-L04"], "measure": ["Line", "Plan"], "exists": "yes"}
    marks["operates"] = ["yes", "not assessed"]
    marks |= {"confidence": ["moderate", ""], "confidence_reason": ["a good source", ""]}
    frame = pd.DataFrame(marks | {"reaches": ["not known", "not assessed"]})
    shown = said(stakeholders.reach_chart(frame, place))
    assert shown.startswith("Services, strategies and plans: 2 of 2 on record or in force, 1 shown")
    assert "Reaches children" in shown and "? not known" in shown
    assert "moderate: a good source" in shown and "not judged" in shown
    assert "edition 2026. [V01] [L04]" in shown
    assert "No service, strategy or plan is on record" in said(
        stakeholders.reach_chart(frame.head(0), place)
    )


def test_roles_that_nobody_has_are_named_and_stand_as_empty_columns(place):
    frame = pd.DataFrame({"name": ["Police", "Council"], "roles": ["law enforcement", ""]})
    frame["stakeholder_id"] = ["ZZZ-O01", "ZZZ-O02"]
    none = on_record(None).head(0)
    shown = said(stakeholders.role_grid(frame, none, place))
    assert shown.startswith("10 of 11 roles have no organisation or service on record: policy, reg")
    assert "C Law enforcement (1)" in shown and "H Victim support (none found)" in shown
    assert "Council" not in shown and "1 organisation or service with a role" in shown
    assert 'href="#ZZZ-O01"' in stakeholders.role_grid(frame, none, place)


def on_record(*operators):
    """Return a helpline for each name of who runs it; none is "", as in what stage 2 hands on."""
    rows = [(f"ZZZ-V0{i}", f"Line {i}", who or "") for i, who in enumerate(operators, 1)]
    frame = pd.DataFrame(rows, columns=["service_id", "name", "operators"])
    frame = frame.assign(kind="helpline", operates="yes", name_local="", website="")
    return frame.assign(phone="", hours="", serves="")


def test_who_runs_a_helpline_has_its_role_and_a_line_of_nobody_stands_by_itself(tables, place):
    roles = stakeholders.organisations(place).set_index("stakeholder_id").roles
    assert roles["ZZZ-O03"] == "policy; helpline"
    tables["services"]["active"] = "no"
    roles = stakeholders.organisations(place).set_index("stakeholder_id").roles
    assert roles["ZZZ-O03"] == "policy"
    frame = pd.DataFrame({"name": ["Police"], "roles": "law enforcement"})
    frame["stakeholder_id"] = "ZZZ-O01"
    shown = said(stakeholders.role_grid(frame, on_record("Police", ""), place))
    assert "Line 2" in shown and "Line 1" not in shown and "Helpline (1)" in shown
    assert shown.startswith("9 of 11 roles have no")


def test_lines_are_those_that_have_not_ended_with_what_is_known_of_their_work():
    measures = {"measure_id": ["ZZZ-V01", "ZZZ-V02", "ZZZ-V03"]}
    measures |= {"confidence": ["high", "low", "low"], "confidence_reason": "said so"}
    found = on_record("A", "B", "C").assign(operates=["yes", "no", "not known"])
    found = stakeholders.lines(found, pd.DataFrame(measures))
    assert found.operates.tolist() == ["yes", "not known"]
    assert found.confidence.tolist() == ["high", "low"]


def test_a_line_for_parents_alone_is_no_helpline_for_children(place):
    found = on_record("A", "B", "C").assign(serves=["parents", "children, parents", ""])
    found = found.assign(phone=["080 888 888", "116 111", ""], name_local="Línea")
    sure = found.service_id.to_frame("measure_id").assign(confidence="high", confidence_reason="")
    lines = stakeholders.lines(found, sure)
    assert lines.kind.tolist() == ["helpline", "helpline", "adults"]
    shown = said(stakeholders.help_box(lines, place))
    assert "116 111 (Línea): listens and advises" in shown
    assert "080 888 888 (Línea): advises parents and other adults" in shown


def test_a_page_without_a_date_shows_no_day_however_lately_it_was_read(tables, place):
    tables["sources"]["accessed"] = CUT_OFF
    assert state(place, "ZZZ-O02") == "not shown"


def test_a_dated_statement_on_a_link_shows_both_ends_at_work(tables, place):
    tables["evidence"]["year"] = pd.array([2025], dtype="Int64")
    assert state(place, "ZZZ-O01") == state(place, "ZZZ-O02") == "active"
    tables["evidence"]["verified"] = "no"
    assert state(place, "ZZZ-O02") == "not shown" and state(place, "ZZZ-O01") == "earlier"


def test_who_runs_a_service_with_a_dated_figure_is_at_work(tables, place):
    tables["services"]["figure_year"] = pd.array([2025], dtype="Int64")
    assert state(place, "ZZZ-O02") == state(place, "ZZZ-O03") == "active"
    tables["services"]["active"] = "unknown"
    assert state(place, "ZZZ-O03") == "not shown"


def test_what_a_source_calls_ended_is_not_active_by_anything(tables, place):
    tables["services"]["figure_year"] = pd.array([2025], dtype="Int64")
    tables["stakeholders"].loc[1, "active"] = "no"
    assert state(place, "ZZZ-O02") == "not shown"


def test_the_rule_is_said_in_one_sentence():
    assert "A year counts to its end; a page without a date shows no day." in said(
        stakeholders.about_rule()
    )


def test_services_stand_apart_with_who_runs_them_and_their_last_figure(place):
    services = stakeholders.services(place)
    assert services.operators.tolist() == ["Zedland Hotline", "Zedland Helpline Association"]
    table = said(stakeholders.service_table(services, place))
    row = "Hotline | not stated | not stated | Zedland Hotline | not stated | Takes reports of"
    assert "555 0116 / 8 to 20 hours | children | Zedland Helpline" in table
    assert row in table and "1,930 reports (2025) [E09]" in table
    assert "Zedland Helpline Association | 2019" in table and "none found" in table
    nobody = stakeholders.service_table(services.assign(operators=""), place)
    assert "Hotline | not stated | not stated | not stated" in said(nobody)
    assert said(stakeholders.service_table(services.head(0), place)).startswith("No helpline")


@pytest.mark.parametrize(("year", "word"), [(2024, "active"), (2023, "earlier")])
def test_a_year_counts_with_its_last_day_whenever_it_was_read(tables, place, year, word):
    tables["sources"]["year"] = pd.array([year, pd.NA], dtype="Int64")
    assert state(place) == word


def test_what_no_source_shows_is_neither_active_nor_earlier(tables, place):
    assert state(place, "ZZZ-O03") == "not shown"
    assert state(place, "ZZZ-M02") == "not shown"


def test_a_form_shows_activity_that_no_source_does(tables, place):
    tables["returned"]["latest"] = ["2026-01-31", "2024-06-29"]
    assert state(place, "ZZZ-O02") == "active" and state(place, "ZZZ-M02") == "earlier"


def test_register_and_form_of_an_organisation_are_one_under_the_name_of_the_register(tables, place):
    frame = stakeholders.organisations(place).set_index("stakeholder_id")
    assert list(frame.index) == ["ZZZ-O03", "ZZZ-O01", "ZZZ-O02", "ZZZ-M02"]  # by category, name
    assert frame.name["ZZZ-O02"] == "Hotline" and frame.roles["ZZZ-O02"] == "hotline; helpline"
    assert frame.loc["ZZZ-M02", ["role", "roles", "source_id"]].tolist() == ["", "awareness", ""]


def test_unverified_rows_are_counted_apart(tables, place):
    frame = stakeholders.by_category(stakeholders.organisations(place), place)
    frame = frame.set_index("category")
    assert frame.loc["government"].tolist() == [2, 0, 1, 0, 0]
    assert frame.loc["ngo"].tolist() == [1, 0, 0, 1, 0]
    assert frame.loc["industry"].tolist() == [0, 0, 0, 0, 1]
    assert len(frame) == 7 and frame.loc["children"].sum() == 0


def test_an_organisation_counts_once_in_each_of_its_roles(tables, place):
    roles = stakeholders.by_role(stakeholders.organisations(place), place)
    some = roles[roles.organisations > 0].set_index(["category", "role"]).organisations
    assert some.to_dict() == {
        ("government", "policy"): 1,
        ("government", "law enforcement"): 1,
        ("government", "helpline"): 1,
        ("ngo", "hotline"): 1,
        ("ngo", "helpline"): 1,
        ("parents", "awareness"): 1,
    }
    assert len(roles) == 7 * 11
    assert stakeholders.empty_roles(roles, on_record(None).head(0))[:2] == [
        "regulation",
        "education",
    ]


def test_a_link_of_evidence_and_form_is_one_that_stands_on_the_evidence(tables, place):
    frame = stakeholders.links(place)
    assert frame[["a", "b", "link", "evidence_id"]].values.tolist() == [
        ["Police", "Hotline", "passes reports", "ZZZ-E01"],
        ["Parents' Council", "Hotline", "lessons", ""],
    ]
    assert len(stakeholders.links(place, role="law enforcement")) == 1
    assert len(stakeholders.links(place, category="ngo")) == 2
    assert stakeholders.links(place, category="industry").empty


def test_a_country_with_nothing_on_record_has_zeros(tables, place):
    emptied = {name: tables[name].head(0) for name in tables if name not in ("editions", "sources")}
    tables.update(emptied)
    organisations, links = stakeholders.organisations(place), stakeholders.links(place)
    assert stakeholders.by_category(organisations, place).organisations.tolist() == [0] * 7
    assert stakeholders.by_role(organisations, place).organisations.sum() == 0
    assert stakeholders.between(links, organisations, place).links.sum() == 0
    assert "so nothing is drawn" in said(stakeholders.network(links, place))


def test_links_between_categories_are_counted_from_either_side_and_within_one_once(tables, place):
    links = pd.DataFrame(
        {"one": ["ZZZ-O01", "ZZZ-O01"], "other": ["ZZZ-O02", "ZZZ-O03"], "link": "meets"}
    )
    frame = stakeholders.between(links, stakeholders.organisations(place), place)
    some = frame[frame.links > 0].set_index(["category", "partner"]).links
    assert some.to_dict() == {
        ("government", "government"): 1,
        ("government", "ngo"): 1,
        ("ngo", "government"): 1,
    }
    table = said(stakeholders.link_matrix(frame, place))
    assert "Government bodies | 1 | none | 1 | none" in table and "NGOs | 1 | none" in table


def test_the_bottom_line_says_16_of_28_and_who_is_missing(categories, place):
    assert said(stakeholders.bottom_line(categories, place)) == (
        "28 organisations are on record in Zedland, 16 of them active in the 24 months before "
        "2026-06-30. None was found among children."
    )


def test_one_organisation_is_and_no_category_is_missing_where_all_are_there(categories, place):
    one = categories.head(1).assign(organisations=1, active=1)
    assert said(stakeholders.bottom_line(one, place)) == (
        "1 organisation is on record in Zedland, 1 of them active in the 24 months before "
        "2026-06-30. All seven categories are represented."
    )


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (0, "So far no organisation is named that returned a mapping form."),
        (1, "1 organisation returned a mapping form and agreed to be named."),
        (2, "2 organisations returned a mapping form and agreed to be named."),
    ],
)
def test_older_activity_and_none_shown_are_told_apart(categories, returned, sentence):
    frame = categories.assign(returned=[returned, *[0] * 6])
    assert said(stakeholders.about_activity(frame)) == (
        "Of 3 the latest activity that a source shows is older, and of 9 none is shown, "
        f"which is not the same as inactive. {sentence}"
    )


def test_the_number_of_2020_stands_first_and_is_no_measure_of_change(tables, categories, place):
    line = said(stakeholders.about_2020(categories, place))
    assert line.startswith(
        "The study of 2020 counted 5 active organisations; this register holds 16 that were active "
        "in the last 24 months."
    )
    tables["table_25_2020"]["value"] = "1"
    line = said(stakeholders.about_2020(categories.assign(active=[1, *[0] * 6]), place))
    assert "counted 1 active organisation; this register holds 1 that was active" in line
    tables["table_25_2020"]["iso3"] = "YYY"
    line = said(stakeholders.about_2020(categories, place))
    assert line == "The published study of 2020 has no number for Zedland."


def test_roles_without_anybody_are_named_and_forms_only_where_there_are_any(categories):
    roles = pd.DataFrame({"role": ["policy", "hotline", "funding"], "organisations": [2, 0, 0]})
    none = on_record(None).head(0)
    line = said(stakeholders.about_gaps(roles, none, categories))
    assert line.startswith(
        "No organisation and no service on record has the role of hotline and funding. "
    )
    assert "public sources show;" in line
    line = said(stakeholders.about_gaps(roles, none, categories.assign(returned=1)))
    assert "public sources and returned forms show;" in line
    line = said(stakeholders.about_gaps(roles.head(1), none, categories))
    assert line == "Every role has at least one organisation or service on record."


def test_a_role_is_not_empty_where_a_service_on_record_offers_it(categories):
    roles = pd.DataFrame({"role": ["policy", "helpline"], "organisations": [2, 0]})
    assert stakeholders.empty_roles(roles, on_record(None)) == []
    assert stakeholders.empty_roles(roles, on_record(None).assign(operates="no")) == ["helpline"]
    line = said(stakeholders.about_gaps(roles, on_record(None, "A"), categories))
    assert line.endswith("service on record. No source read says who runs Line 1.")


def test_the_matrix_has_categories_down_and_roles_across(tables, place):
    roles = stakeholders.by_role(stakeholders.organisations(place), place)
    table = said(stakeholders.matrix(roles, place))
    assert "Category | Policy | Regulation | Law enforcement" in table
    assert "Government bodies | 1 | none | 1 | none" in table
    assert table.index("Government bodies") < table.index("NGOs") < table.index("Children")


def test_the_register_is_shown_with_state_and_source_and_forms_apart(tables, place):
    organisations = stakeholders.organisations(place)
    table = said(stakeholders.organisation_table(organisations, place))
    assert (
        "O01 | Police | Government bodies | law enforcement | Works. | earlier | [S1] zed.example"
        in table
    )
    assert "O02 | Hotline | NGOs | hotline | Works. | not shown | [S2]" in table
    assert "Parents' Council" not in table
    table = said(stakeholders.returned_table(tables["returned"], place))
    assert "Hotline of Zedland | NGOs | helpline and hotline | not stated | [O02]" in table
    assert "Parents' Council | Parents | awareness | not stated | not in the register" in table


def test_a_name_in_the_national_language_stands_only_where_it_is_another(tables, place):
    tables["stakeholders"]["name_local"] = ["Police", "Ligne", "", ""]
    table = said(stakeholders.organisation_table(stakeholders.organisations(place), place))
    assert "Hotline / Ligne |" in table and "O01 | Police | Government" in table


def test_the_chart_names_the_largest_group(categories, place):
    texts = stakeholders.category_texts(categories, place)
    assert texts["title"] == (
        "Government bodies are the largest group of active organisations in Zedland (8 of 16)"
    )
    assert "government bodies 8, industry 4, NGOs 2, parents 1, children 0" in texts["alt"]
    nothing = stakeholders.category_texts(categories.assign(active=0), place)["nothing"]
    assert said(nothing).endswith("is recorded yet, so nothing is drawn.")


def test_the_network_names_who_has_most_partners_and_an_apostrophe_stays_one(tables, place):
    links = stakeholders.links(place).replace("Hotline", "Children's Hotline")
    chart = said(stakeholders.network(links, place))
    assert "Children's Hotline has the most recorded partners in Zedland (2)" in chart
    assert "Matrix of 3 organisations and 2 recorded links in Zedland" in chart
    assert "Source: register of partnerships and returned forms, edition 2026." in chart
    assert "&#39;" not in chart
    chart = said(stakeholders.network(links.head(1), place, category="ngo"))
    assert "2 organisations and 1 recorded link in Zedland" in chart
    tie = "Children's Hotline and Police have the most recorded partners of this choice in Zedland"
    assert f"{tie} (1 each)" in chart
    assert "Source: register of partnerships, edition 2026." in chart


@pytest.mark.parametrize(
    ("pairs", "groups", "sentence"),
    [
        (["ab", "bc", "ca"], 1, "All 3 organisations with a recorded link are joined, directly"),
        (["ab", "cd", "bc"], 1, "All 4 organisations with a recorded link are joined, directly"),
        (["ab", "cd"], 2, "The 4 organisations with a recorded link form 2 groups that no"),
    ],
)
def test_the_matrix_has_every_link_and_says_how_many_groups_they_make(
    pairs, groups, sentence, place
):
    links = pd.DataFrame(list(map(list, pairs)), columns=["a", "b"]).assign(evidence_id="")
    assert stakeholders.groups(links) == groups
    assert sentence in said(stakeholders.network(links, place))
    made = html.fragment_fromstring(str(stakeholders.network(links, place)))
    rows = [[cell.text_content() for cell in row] for row in made.findall(".//details//tbody/tr")]
    assert rows == [list(pair) for pair in pairs]


def test_a_choice_without_links_says_that_it_is_one_of_this_choice(tables, place):
    none = stakeholders.links(place).head(0)
    line = said(stakeholders.network(none, place, role="funding"))
    assert line == (
        "No link between two organisations of this choice is recorded in the evidence, "
        "so nothing is drawn."
    )
    assert "of this choice" not in said(stakeholders.network(none, place))


def test_a_link_says_what_it_stands_on(tables, place):
    table = said(stakeholders.link_table(stakeholders.links(place), place))
    assert "Police | Hotline | passes reports | [E01]" in table
    assert "Parents' Council | Hotline | lessons | a returned form" in table
