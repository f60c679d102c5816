"""Rules of the check at their boundaries: each case names a rule and fails when it is bent."""

from types import SimpleNamespace

import pandas as pd
import pytest
from cases import cases
from conftest import DATA, ZEDLAND
from planting import plant

from cop.data import checks
from cop.data.checks import schema
from cop.data.checks.rules import RULES, Check


def series(*texts):
    return pd.Series(texts, dtype="str")


BOUNDARIES = cases("data/boundaries.csv")


@pytest.mark.parametrize(
    ("must", "cell", "other", "passes"), BOUNDARIES,
    ids=[f"{cell or 'empty'} must {must} {other}: {yes}" for must, cell, other, yes in BOUNDARIES],
)  # fmt: skip
def test_a_declared_test_at_its_boundary(must, cell, other, passes):
    beside = float(other) if must == "be at most" else series(other)
    assert schema.TESTS[must](series(cell), beside).tolist() == [passes == "yes"], must


@pytest.mark.parametrize(
    ("value", "rule"),
    [("1", ""), ("0", "is below the minimum of 1"), ("21", ""), ("22", "above the maximum of 21")],
    ids=["the least is allowed", "less is not", "the most is allowed", "more is not"],
)
def test_the_least_and_the_most_that_a_column_states_are_allowed(value, rule):
    columns = [field["name"] for field in checks.package.fields("capabilities", DATA)]
    row = pd.DataFrame([dict.fromkeys(columns, "")], index=[2]).assign(capability_no=value)
    errors = checks.of_table("capabilities", row, "reference/capabilities.csv", DATA)
    rules = [error.rule for error in errors if error.column == "capability_no"]
    assert len(rules) == bool(rule) and all(rule in text for text in rules)


def test_an_edition_is_compared_with_earlier_ones_only(monkeypatch):
    kept = {"2024": ZEDLAND, "2026": ZEDLAND, "2028": ZEDLAND}
    monkeypatch.setattr(checks.editions, "editions_kept", lambda data, iso3: kept)
    check = Check("recommendations", "research/ZZZ/recommendations.csv", ZEDLAND)
    earlier = checks.editions.earlier_editions("recommendations", check)
    assert [edition for edition, _ in earlier] == ["2024"]  # the latest is 2026


SOURCES = pd.DataFrame(
    [("S1", "law", "Parliament"), ("S2", "news", "Parliament"), ("S3", "news", "Herald"),
     ("S4", "news", "Times"), ("S5", "news", "Times")],
    columns=["source_id", "kind", "publisher"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "rows", "is_weak"),
    [
        ("one official text is enough", [("S1", "yes")], False),
        ("of two sources one official text is enough", [("S1", "yes"), ("S2", "yes")], False),
        ("two publishers are enough", [("S3", "yes"), ("S4", "yes")], False),
        ("two pages of one publisher are not", [("S4", "yes"), ("S5", "yes")], True),
        ("one newspaper is not", [("S3", "yes")], True),
        ("a row that is not verified does not count", [("S3", "yes"), ("S4", "no")], True),
    ],
)
def test_high_needs_an_official_text_or_two_publishers(rule, rows, is_weak):
    table = pd.DataFrame(rows, columns=["source_id", "verified"]).assign(confidence="high")
    table["evidence_id"] = [f"E{n}" for n in table.index]
    table["same_as"] = ["", *["E0"] * (len(table) - 1)]
    wrong = RULES["evidence-high"](table, SimpleNamespace(table=lambda name: SOURCES))
    assert wrong[0] == is_weak, rule


@pytest.mark.parametrize(
    ("rule", "codings", "reported"),
    [
        ("the only coder", [("A", "in place")], "in place"),
        ("two who agree", [("A", "planned"), ("B", "planned")], "planned"),
        ("two who differ", [("A", "in place"), ("B", "planned")], None),
        ("the decision between them",
         [("A", "in place"), ("B", "in place"), ("adjudicated", "planned")], "planned"),
    ],
)  # fmt: skip
def test_one_rating_of_an_item_is_reported(rule, codings, reported):
    table = pd.DataFrame(codings, columns=["coder", "status"]).assign(item_id="PM-LEG-01")
    rows = checks.evidence.reported(SimpleNamespace(table=lambda name: table))
    assert rows.status.tolist() == [reported] * bool(reported), rule


@pytest.mark.parametrize(
    ("year", "rests_on"), [("2024", "rows"), ("2023", "silence")],
    ids=["a draft of two years counts", "one of three years does not"],
)  # fmt: skip
def test_a_draft_is_silent_after_two_years_and_not_at_two(zed, year, rests_on):
    plant(zed, "instruments", "ZZZ-L04", status="draft", year=year, title="A strategy",
          detail="", in_force_since="", source_id="ZZZ-S01")  # fmt: skip
    plant(zed, "sources", "ZZZ-S01", year=year)  # the cut-off is 2026-06-30
    plant(zed, "challenges", "ZZZ-C03", rests_on=rests_on, item_ids="", evidence_ids="ZZZ-L04",
          challenge="Whether industry has a code could not be established.")  # fmt: skip
    path, other = "research/ZZZ/challenges.csv", {"rows": "silence", "silence": "rows"}
    claims = [e for e in checks.of_file("challenges", path, zed) if e.column == "rests_on"]
    assert claims == []
    plant(zed, "challenges", "ZZZ-C03", rests_on=other[rests_on])
    assert [e for e in checks.of_file("challenges", path, zed) if e.column == "rests_on"]


@pytest.mark.parametrize(
    ("number", "errors"), [(5, 5), (6, 1)], ids=["five one by one", "six in one"]
)
def test_up_to_five_ids_of_another_country_are_named_one_by_one(number, errors):
    rows = [{"evidence_id": f"UKR-E{n:02}"} for n in range(1, number + 1)]
    columns = [field["name"] for field in checks.package.fields("evidence", ZEDLAND)]
    table = pd.DataFrame(rows).reindex(columns=columns).fillna("")
    check = Check("evidence", "research/ZZZ/evidence.csv", ZEDLAND)
    assert len([*schema.id_errors(table, check)]) == errors


@pytest.mark.parametrize(
    ("due", "asked"), [(["", ""], False), (["2027-06-30", ""], True)],
    ids=["none has a date", "one of two has a date"],
)  # fmt: skip
def test_a_gap_needs_an_answer_once_any_recommendation_has_a_date(due, asked):
    tables = {
        "recommendations": pd.DataFrame({"due": due, "item_ids": "", "capability_ids": ""}),
        "open_gaps": pd.DataFrame(columns=["item_id"]),
        "guidelines": pd.DataFrame({"audience": ["policy-makers"], "kind": "item",
                                    "item_id": "PM-1"}),
        "capabilities": pd.DataFrame(columns=["capability_id"]),
        "alignment": pd.DataFrame({"item_id": ["PM-1"], "coder": "adjudicated",
                                   "status": "not in place", "confidence": "high"}),
    }  # fmt: skip
    check = SimpleNamespace(table=tables.__getitem__)
    assert RULES["gap-answered"](tables["alignment"], check).tolist() == [asked]


def test_only_recommendations_of_the_last_edition_must_be_carried_on(monkeypatch):
    kept = [(year, pd.DataFrame({"recommendation_id": [f"ZZZ-R{year}"]}))
            for year in ("2022", "2024")]  # fmt: skip
    monkeypatch.setattr(checks.editions, "earlier_editions", lambda name, check: iter(kept))
    now = pd.DataFrame({"recommendation_id": ["ZZZ-R01"]})
    check = SimpleNamespace(table=lambda name: now.head(0), error=lambda *cells: cells[2])
    assert [*RULES["recommendation-carried"](now, check)] == ["ZZZ-R2024"]


@pytest.mark.parametrize(
    ("about", "kind", "is_wrong"),
    [("UKR-S01", "rating", True), ("UKR-S01", "fact", False), ("UKR-S01", "wording", False),
     ("UKR-E01", "fact", True), ("ZZZ-S01", "rating", False)],
)  # fmt: skip
def test_a_comment_is_on_a_source_of_another_country_only_if_it_proposes_no_rating(
    about, kind, is_wrong
):
    table = pd.DataFrame({"about": [about], "kind": [kind]})
    check = SimpleNamespace(iso3="ZZZ")
    assert RULES["comment-of-country"](table, check).tolist() == [is_wrong]


@pytest.mark.parametrize(
    ("status", "title", "detail", "year", "is_wrong"),
    [
        ("in force", "Act", "In force since 1 March 2019.", "2019", False),
        ("in force", "Act", "In force from 01-03-2019.", "2018", True),
        ("in force", "Act of 2018", "", "2018", False),
        ("adopted", "Act", "Approved in 2020, in force in 2021.", "2021", True),
        ("adopted", "Act", "Approved in 2020, in force in 2021.", "2020", False),
        ("ratified", "Treaty", "Signed in 2010, acceded on 5 May 2012.", "2010", True),
        ("signed", "Treaty", "Signed in 2010, ratified in 2012.", "2010", False),
        ("expired", "Plan 2018-2022", "", "2022", False),
        ("expired", "Plan 2018-2022", "", "2018", True),
        ("expired", "Plan", "It was repealed by the act of 2023.", "2023", False),
        ("expired", "Plan", "", "2023", True),
        ("draft", "Plan", "Adopted in 2020.", "2023", False),
        ("in force", "Act", "In force since 2019.", "", False),
    ],
)
def test_the_year_of_an_instrument_is_that_of_its_status(status, title, detail, year, is_wrong):
    row = {"status": status, "title": title, "detail": detail, "year": year, "verified": "yes"}
    check = SimpleNamespace(error=lambda *cells: cells)
    table = pd.DataFrame([row])
    assert bool([*RULES["instrument-year"](table, check)]) == is_wrong
    table["verified"] = "no"
    assert not [*RULES["instrument-year"](table, check)], "a row that is not verified"


GAPS = pd.DataFrame(
    [("PM-1", "not in place", "high"), ("PM-2", "no public evidence", "moderate"),
     ("PM-3", "not in place", "low"), ("PM-4", "planned", "high"), ("IN-1", "not in place", "high"),
     ("MNR-1", "not in place", "high"), ("PM-9", "not in place", "high")],
    columns=["item_id", "status", "confidence"],
).assign(coder="adjudicated")  # fmt: skip
GUIDE = pd.DataFrame(
    [("PM-1", "item"), ("PM-2", "item"), ("PM-3", "item"), ("PM-4", "item"),
     ("PM-9", "document fact")], columns=["item_id", "kind"],
).assign(audience="policy-makers")  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "item", "is_gap"),
    [
        ("an item that is not in place is a gap", "PM-1", True),
        ("one without public evidence is one", "PM-2", True),
        ("one of low confidence is none", "PM-3", False),
        ("one that is planned is none", "PM-4", False),
        ("one of another audience is none", "IN-1", False),
        ("a capability is one", "MNR-1", True),
        ("a fact on the document is none", "PM-9", False),
    ],
)
def test_a_gap_must_be_answered(rule, item, is_gap):
    tables = {
        "alignment": GAPS, "guidelines": GUIDE, "open_gaps": pd.DataFrame({"item_id": [item]}),
        "capabilities": pd.DataFrame({"capability_id": ["MNR-1"]}),
        "recommendations": pd.DataFrame({"due": ["2027"], "item_ids": "", "capability_ids": ""}),
    }  # fmt: skip
    check = SimpleNamespace(table=tables.__getitem__)
    assert RULES["open-gap"](tables["open_gaps"], check).tolist() == [not is_gap], rule
    tables["open_gaps"] = tables["open_gaps"].head(0)
    asked = GAPS.item_id[RULES["gap-answered"](GAPS, check)].tolist()
    assert (item in asked) == is_gap, rule
    tables["recommendations"]["item_ids"] = item
    assert item not in GAPS.item_id[RULES["gap-answered"](GAPS, check)].tolist(), "it is served"


@pytest.mark.parametrize(
    ("comments", "answers", "left"),
    [([("K1", "2026")], [], ["K1"]), ([("K1", "2026")], ["K1"], []), ([("K1", "2024")], [], [])],
    ids=["without an answer it is open", "with one it is not", "one on another edition is not"],
)
def test_a_comment_on_this_edition_without_an_answer_is_open(comments, answers, left, monkeypatch):
    tables = {"comments": pd.DataFrame(comments, columns=["comment_id", "edition"]),
              "responses": pd.DataFrame({"comment_id": answers})}  # fmt: skip
    made = SimpleNamespace(table=tables.__getitem__)
    monkeypatch.setattr(checks.editions, "Check", lambda *_: made)
    assert checks.editions.open_comments("2026", "", ZEDLAND) == left


@pytest.mark.parametrize(
    ("rule", "day", "carried", "is_wrong"),
    [
        ("a day after the cut-off", "2026-07-01", [], False),
        ("the day of the cut-off", "2026-06-30", [], True),
        ("a day of an earlier edition of this recommendation", "2026-06-30", ["ZZZ-R01"], False),
        ("a day of another recommendation", "2026-06-30", ["ZZZ-R02"], True),
        ("no day", "", [], False),
    ],
)
def test_a_recommendation_is_due_after_the_cut_off(rule, day, carried, is_wrong, monkeypatch):
    columns = ["recommendation_id", "due", "target_due"]
    then = pd.DataFrame([(key, day, "") for key in carried], columns=columns)
    monkeypatch.setattr(checks.editions, "earlier_editions", lambda *_: iter([("2024", then)]))
    cut_offs = pd.DataFrame({"cut_off": ["2024-06-30", "2026-06-30"]})
    check = SimpleNamespace(table=lambda _: cut_offs, errors=lambda cells, *_: [*cells])
    now = pd.DataFrame([("ZZZ-R01", day, "")], columns=columns)
    assert [*RULES["due-day"](now, check)] == [day] * is_wrong, rule


@pytest.mark.parametrize(
    ("rule", "table", "cells", "message"),
    [
        ("no licence where no terms were seen", "statistics_sources",
         {"terms": "none seen", "licence": "CC BY 4.0"}, "must be empty if `terms` is 'none seen'"),
        ("none is asked for where no terms were seen", "statistics_sources",
         {"terms": "none seen", "licence": ""}, ""),
        *[(f"an index of {year} is at most 1", "gci", {"edition": year, "score": "1.1"},
           "is above 1, the maximum of its edition") for year in ("2014", "2017", "2018")],
        ("an index of 2018 may be 1", "gci", {"edition": "2018", "score": "1"}, ""),
        ("an index of 2020 is of 100", "gci", {"edition": "2020", "score": "1.1"}, ""),
    ],
)  # fmt: skip
def test_a_shared_table_keeps_to_the_rule_of_its_cells(rule, table, cells, message):
    columns = dict.fromkeys((field["name"] for field in checks.package.fields(table, DATA)), "")
    row = pd.DataFrame([columns | cells], index=[2])
    errors = checks.of_table(table, row, f"statistics/{table}.csv", DATA)
    found = [error.rule for error in errors if error.column == list(cells)[1]]
    assert found == [message] * bool(message), rule
