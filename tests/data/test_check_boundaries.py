"""Rules of the check at their boundaries: each case names a rule and fails when it is bent."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import cases
from conftest import DATA, ZEDLAND

import cop.data
from cop.data import checks
from cop.data.checks import schema
from cop.data.checks.rules import RULES, Check


def series(*texts):
    return pd.Series(texts, dtype="str")


BOUNDARIES = cases("data/boundaries.csv")
LATEST = schema.latest_times()


@pytest.mark.parametrize(
    ("must", "cell", "other", "passes"), BOUNDARIES,
    ids=[f"{cell or 'empty'} must {must} {other}: {yes}" for must, cell, other, yes in BOUNDARIES],
)  # fmt: skip
def test_a_declared_test_at_its_boundary(must, cell, other, passes):
    beside = float(other) if must == "be at most" else series(other)
    assert schema.TESTS[must](series(cell), beside).tolist() == [passes == "yes"], must


BOUNDS = cases("data/bounds.csv")


@pytest.mark.parametrize(
    ("table", "column", "allowed", "refused"), BOUNDS,
    ids=[f"{table}: {column} may be {at} and not {beyond}" for table, column, at, beyond in BOUNDS],
)  # fmt: skip
def test_the_least_and_the_most_that_a_column_states_are_allowed(table, column, allowed, refused):
    field = next(f for f in cop.data.fields(table, DATA) if f["name"] == column)
    check = Check(table, f"research/ZZZ/{table}.csv", DATA)
    for value, wrong in ((allowed, 0), (refused, 1)):
        errors = schema.column_errors(series(value).rename(column), field, LATEST, check)
        assert len([error for error in errors if "imum of" in error.rule]) == wrong, value


FORMATS = cases("data/formats.csv")


@pytest.mark.parametrize(
    ("table", "column", "allowed", "refused"), [case[1:] for case in FORMATS],
    ids=[f"{table}: {rule}" for rule, table, *_ in FORMATS],
)  # fmt: skip
def test_a_cell_keeps_to_the_format_of_its_column(table, column, allowed, refused):
    field = next(f for f in cop.data.fields(table, DATA) if f["name"] == column)
    check = Check(table, f"research/ZZZ/{table}.csv", DATA)
    for value, wrong in ((allowed, False), (refused, True)):
        errors = schema.column_errors(series(value).rename(column), field, LATEST, check)
        assert any("format" in error.rule for error in errors) == wrong, value


LIMITS = cases("data/latest.csv")


@pytest.mark.parametrize(
    ("table", "column", "limit"), LIMITS,
    ids=[f"{table}: {column} is not after {limit}" for table, column, limit in LIMITS],
)  # fmt: skip
def test_nothing_is_of_a_time_that_is_still_to_come(table, column, limit):
    field = next(f for f in cop.data.fields(table, DATA) if f["name"] == column)
    check = Check(table, f"research/ZZZ/{table}.csv", DATA)
    last = LATEST[limit]
    after = str(date.fromisoformat(last) + timedelta(days=1)) if "-" in last else str(int(last) + 1)
    for value, wrong in ((last, False), (after, True)):
        errors = schema.column_errors(series(value).rename(column), field, LATEST, check)
        assert any("is later than" in error.rule for error in errors) == wrong, value


ROWS = pd.DataFrame({"a": ["x", "y", ""], "b": ["", "1", ""], "c": ["1", "1", ""]})


@pytest.mark.parametrize(
    ("rule", "about", "rows"),
    [
        ("when: rows with one of the values", {"when": {"a": ["X", "z"]}}, [0]),
        ("unless: rows without them", {"unless": {"a": ["X"]}}, [1, 2]),
        ("like: rows that match", {"like": {"a": "^[xy]$"}}, [0, 1]),
        ("when and unless together", {"when": {"c": ["1"]}, "unless": {"a": ["y"]}}, [0]),
        ("filled: one of the columns is enough", {"filled": ["b", "c"]}, [0, 1]),
        ("inTable: one of the rows is enough", {"filled": ["b"], "inTable": True}, [0, 1, 2]),
    ],
)
def test_a_declared_rule_applies_to_its_rows(rule, about, rows):
    where = schema.rows_of(ROWS, about)
    assert where[where].index.tolist() == rows, rule


EXCEPTIONS = cases("data/exceptions.csv")


@pytest.mark.parametrize(
    ("table", "refused", "allowed", "message"), [case[1:] for case in EXCEPTIONS],
    ids=[f"{table}: {rule}" for rule, table, *_ in EXCEPTIONS],
)  # fmt: skip
def test_a_declared_rule_refuses_one_row_and_allows_its_neighbour(table, refused, allowed, message):
    check = Check(table, f"research/ZZZ/{table}.csv", ZEDLAND)
    for text, wrong in ((refused, True), (allowed, False)):
        cells = dict(pair.split("=", 1) for pair in text.split("|"))
        row = dict.fromkeys(cop.data.columns(table, ZEDLAND), "") | cells
        errors = schema.rule_errors(pd.DataFrame([row], index=[2]), check)
        assert any(message in error.rule for error in errors) == wrong, text


def test_an_edition_is_compared_with_earlier_ones_only(monkeypatch):
    kept = {"2024": ZEDLAND, "2026": ZEDLAND, "2028": ZEDLAND}
    monkeypatch.setattr(checks.editions, "editions_kept", lambda data, iso3: kept)
    check = Check("recommendations", "research/ZZZ/recommendations.csv", ZEDLAND)
    earlier = checks.editions.earlier_editions("recommendations", check)
    assert [edition for edition, _ in earlier] == ["2024"]  # the latest is 2026


SOURCES = pd.DataFrame(
    [("S1", "law", "Parliament"), ("S2", "news", "Parliament"), ("S3", "news", "Herald"),
     ("S4", "news", "Times"), ("S5", "news", "Times"), ("S6", "official register", "Court"),
     ("S7", "statistics", "Office"), ("S8", "report of a body", "Office")],
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
        ("one official register is enough", [("S6", "yes")], False),
        ("one table of statistics is enough", [("S7", "yes")], False),
        ("one report of a body is not", [("S8", "yes")], True),
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
        ("of two who differ none, until somebody decides",
         [("A", "in place"), ("B", "planned")], None),
        ("the decision between them",
         [("A", "in place"), ("B", "in place"), ("adjudicated", "planned")], "planned"),
    ],
)  # fmt: skip
def test_one_rating_of_an_item_is_reported(rule, codings, reported):
    table = pd.DataFrame(codings, columns=["coder", "status"]).assign(item_id="PM-LEG-01")
    rows = checks.evidence.reported(SimpleNamespace(table=lambda name: table))
    assert rows.status.tolist() == [reported] * bool(reported), rule


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
        ("ratified", "Treaty", "Ratification on 5 May 2012.", "2011", True),
        ("signed", "Treaty", "Signed in 2010, ratified in 2012.", "2012", True),
        *[("expired", "Plan", f"It was {word} in 2023.", "2023", False)
          for word in ("ended", "lapsed", "replaced", "lifted")],
        ("expired", "Plan", "It was read in 2023.", "2023", True),
        ("in force", "Plan 2018-2022", "", "2018", False),
        ("in force", "Act", "In force in stages from March 2019.", "2018", True),
    ],
    ids=["a day in words", "a day in numbers", "the year of a title that states no entry is free",
         "an adopted act is of its adoption", "and not of its entry into force",
         "accession is ratification", "a signed treaty is of its signature",
         "an expired plan is of the end of its period", "and not of the beginning",
         "repeal is an end", "an end must be stated", "a draft is of any year", "no year is free",
         "ratification is of its day", "a signed treaty is not of its ratification",
         "ended is an end", "lapsed is an end", "replaced is an end", "lifted is an end",
         "read is no end", "a plan in force is of no end", "in stages is in force"],
)  # fmt: skip
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
     ("PM-9", "document fact"), ("IN-1", "item")], columns=["item_id", "kind"],
).assign(audience=["policy-makers"] * 5 + ["children"])  # fmt: skip


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


@pytest.mark.parametrize("column", ["due", "target_due"])
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
def test_a_recommendation_is_due_after_the_cut_off(
    rule, day, carried, is_wrong, column, monkeypatch
):
    columns = ["recommendation_id", "due", "target_due"]
    then = pd.DataFrame([{"recommendation_id": key, column: day} for key in carried])
    then = then.reindex(columns=columns).fillna("")
    monkeypatch.setattr(checks.editions, "earlier_editions", lambda *_: iter([("2024", then)]))
    cut_offs = pd.DataFrame({"cut_off": ["2024-06-30", "2026-06-30"]})
    check = SimpleNamespace(table=lambda _: cut_offs, errors=lambda cells, *_: [*cells])
    now = pd.DataFrame([{"recommendation_id": "ZZZ-R01", column: day}])
    now = now.reindex(columns=columns).fillna("")
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


@pytest.mark.parametrize(("number", "is_too_often"), [(2, False), (3, True)])
def test_one_positive_action_may_be_in_two_challenges_and_not_in_three(
    number, is_too_often, monkeypatch
):
    table = pd.DataFrame({"action_evidence_id": ["ZZZ-E01"] * number})
    check = SimpleNamespace(iso3="ZZZ", data=ZEDLAND, table=lambda name: table)
    monkeypatch.setattr(checks.evidence, "countries", lambda data: [])
    monkeypatch.setattr(checks.evidence, "check_of", lambda *_: check)
    assert RULES["action-reused"](table, check).tolist() == [is_too_often] * number


@pytest.mark.parametrize(
    ("rule", "kind", "status", "year", "source_year", "is_old"),
    [
        ("a strategy of three years before is old", "strategy", "draft", "2023", "2023", True),
        ("one of two years before is not", "strategy", "draft", "2024", "", False),
        ("nor is one whose source is newer", "strategy", "draft", "2023", "2024", False),
        ("an undated plan of an undated source is old", "action plan", "draft", "", "", True),
        ("a draft law is no plan", "national law", "draft", "2020", "", False),
        ("a plan in force is no draft", "strategy", "in force", "2020", "", False),
    ],
)
def test_a_draft_plan_is_old_after_two_years(
    rule, kind, status, year, source_year, is_old, monkeypatch
):
    cells = {"instrument_id": "L1", "source_id": "S1", "kind": kind, "status": status, "year": year}
    row = {"rests_on": "rows", "item_ids": "PM-1", "evidence_ids": "L1"}
    columns = {"source_id": {"S1": source_year}}
    found = rests_on_error("challenges", row, ["PM-1"], [], [cells], monkeypatch, columns)
    assert found == is_old, rule


def draft(name):
    """Return an undated draft of a strategy, from an undated source."""
    return {"instrument_id": name, "source_id": "S1", "kind": "strategy", "status": "draft",
            "year": ""}  # fmt: skip


def rests_on_error(name, row, stated, silent, instruments, monkeypatch, columns):
    """Return whether a row is refused: items with these ratings, instruments and {key: column}."""
    ratings = [(item, "in place") for item in stated] + [(item, "not assessed") for item in silent]
    ratings = pd.DataFrame(ratings, columns=["item_id", "status"])
    monkeypatch.setattr(checks.evidence, "reported", lambda check: ratings)
    tables = {"editions": pd.DataFrame({"cut_off": ["2020-06-30", "2026-06-30"]}),
              "instruments": pd.DataFrame(instruments, columns=[*draft("")])}  # fmt: skip
    check = SimpleNamespace(name=name, error=lambda *cells: cells, table=tables.__getitem__)
    check.column = lambda table, key, column: columns.get(key, {})
    return bool([*RULES["rests-on"](pd.DataFrame([row]), check)])


@pytest.mark.parametrize(
    ("rule", "rests_on", "items", "cited", "is_refused"),
    [
        ("rows: one rated item is enough", "rows", "PM-1; PM-2", "E1", False),
        ("rows: all items are silent", "rows", "PM-2", "E1", True),
        ("rows: no item is named", "rows", "", "E1", False),
        ("rows: one of two is an outdated draft", "rows", "PM-1", "E1; L1", False),
        ("rows: all are outdated drafts", "rows", "PM-1", "L1", True),
        ("silence: one silent item is enough", "silence", "PM-1; PM-2", "E1", False),
        ("silence: no item is silent", "silence", "PM-1", "E1", True),
        ("silence: an outdated draft is silent", "silence", "PM-1", "L1", False),
        ("rows and silence: no item is silent", "rows and silence", "PM-1", "E1", True),
    ],
)
def test_a_challenge_rests_on_what_its_items_and_rows_say(
    rule, rests_on, items, cited, is_refused, monkeypatch
):
    row = {"rests_on": rests_on, "item_ids": items, "evidence_ids": cited}
    old = [draft("L1")]
    found = rests_on_error("challenges", row, ["PM-1"], ["PM-2"], old, monkeypatch, {})
    assert found == is_refused, rule


@pytest.mark.parametrize(
    ("rule", "rests_on", "challenge", "is_refused"),
    [
        ("silence of a challenge is silence", "silence", "rows and silence", False),
        ("without silence it is refused", "silence", "rows", True),
        ("rows and silence is always allowed", "rows and silence", "rows", False),
    ],
)
def test_a_recommendation_rests_on_its_challenges_too(
    rule, rests_on, challenge, is_refused, monkeypatch
):
    row = {"rests_on": rests_on, "item_ids": "PM-1", "capability_ids": "", "challenge_ids": "C1",
           "baseline_evidence_id": "E1"}  # fmt: skip
    columns = {"challenge_id": {"C1": challenge}}
    found = rests_on_error("recommendations", row, ["PM-1"], [], [], monkeypatch, columns)
    assert found == is_refused, rule


@pytest.mark.parametrize(
    ("edition", "is_changed"), [("2026", True), ("2024", False)],
    ids=["the latest edition", "an earlier one stays as it was signed"],
)  # fmt: skip
def test_only_the_latest_edition_is_changed_after_its_sign_off(edition, is_changed, monkeypatch):
    years = pd.DataFrame({"edition": ["2024", "2026"]})
    tables = {"sign_offs": years.assign(text="other"), "editions": years}
    check = SimpleNamespace(table=tables.__getitem__, data=ZEDLAND, iso3="ZZZ")
    monkeypatch.setattr(checks.editions, "check_of", lambda *_: check)
    assert checks.editions.changed_after_sign_off(edition, check) == is_changed


def test_a_change_that_was_not_made_is_an_error_unless_the_comment_was_not_accepted():
    rows = pd.DataFrame({"evidence_id": ["E1", "E2"], "statement": ["old", "new"]})
    check = SimpleNamespace(table=lambda name: rows, data=DATA)
    changed = ["evidence.statement E1: old -> new"] * 3 + ["evidence.statement E2: old -> new", "x"]
    decisions = ["accepted", "partly", "not", "accepted", "accepted"]
    table = pd.DataFrame({"decision": decisions, "changed": changed})
    assert RULES["answer-change"](table, check).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("rule", "now", "says"),
    [
        ("a challenge may be reworded", [("C1", "New words.", "law")], ""),
        ("an id keeps its theme", [("C1", "Old words.", "help")], "id of a challenge on 'law'"),
        ("the same text keeps its id", [("C2", "Old words.", "law")], "the same text as C1"),
        ("in any case and with any blanks", [("C2", "old  Words.", "law")], "the same text as C1"),
        ("but it may be said twice", [("C1", "Old words.", "law"), ("C2", "Old words.", "law")],
         ""),
    ],
)  # fmt: skip
def test_a_challenge_keeps_its_number_over_editions(rule, now, says, monkeypatch):
    columns = ["challenge_id", "challenge", "theme"]
    then = pd.DataFrame([("C1", "Old words.", "law")], columns=columns)
    monkeypatch.setattr(checks.editions, "earlier_editions", lambda *_: iter([("2024", then)]))
    check = SimpleNamespace(error=lambda *cells: cells[3])
    found = [*RULES["challenge-number"](pd.DataFrame(now, columns=columns), check)]
    assert len(found) == bool(says) and all(says in text for text in found), rule


@pytest.mark.parametrize(
    ("rule", "confidence", "number", "wrong"),
    [("three are allowed", "moderate", 3, 0), ("a fourth is not", "moderate", 4, 1),
     ("one of low confidence is not", "low", 1, 1)],
)  # fmt: skip
def test_three_figures_on_children_that_are_not_of_low_confidence_are_key_figures(
    rule, confidence, number, wrong
):
    table = pd.DataFrame({"headline": ["yes"] * number, "evidence_id": "E1"})
    check = SimpleNamespace(column=lambda *_: {"E1": confidence})
    assert RULES["headline"](table, check).sum() == wrong, rule


def test_an_area_that_differs_is_explained_and_no_other_is():
    explained = pd.Series(["help", "industry"], [2, 4])  # after an empty row
    errors = checks.evidence.of_differences(["law", "help"], explained, "x.csv")
    assert [(error.row, error.value, error.rule) for error in errors] == [
        ("", "law", checks.evidence.UNEXPLAINED[0]), (4, "industry", checks.evidence.NEEDLESS[0])
    ]  # fmt: skip


def pattern_of(table, rule_id):
    """Return the pattern of a declared rule."""
    rules = cop.data.resource(table, DATA)["schema"]["cop:rules"]
    return next(rule["value"] for rule in rules if rule.get("id") == rule_id)


CLAIMS = ["no", "none", "nobody", "nothing", "never", "only", "last", "lack", "lacks", "lacked",
          "lacking", "not one"]  # fmt: skip


@pytest.mark.parametrize(("word", "is_claim"), [*[(word, True) for word in CLAIMS],
    ("none found", False), ("not known", False), ("nose", False)])  # fmt: skip
def test_silence_is_not_worded_as_absence(word, is_claim):
    for table in ("challenges", "recommendations"):
        found = re.search(pattern_of(table, "strong-words"), f"There is {word}.")
        assert bool(found) == is_claim, table


@pytest.mark.parametrize(
    ("text", "is_of_search"),
    [(text, True) for text in ("A plan was found", "none were not found", "a body not found",
                               "no source says", "a search", "could not be confirmed")]
    + [("It could not be established", False), ("They founded a centre", False)],
)  # fmt: skip
def test_a_challenge_is_of_the_country_and_not_of_the_search(text, is_of_search):
    assert bool(re.search(pattern_of("challenges", "challenge-of-country"), text)) == is_of_search


@pytest.mark.parametrize(
    ("table", "text", "is_stated"),
    [("challenges", "It could not be established.", True), ("challenges", "None found.", False),
     ("recommendations", "could not be established", True),
     ("recommendations", "none found", True), ("recommendations", "unknown", False)],
)  # fmt: skip
def test_silence_is_stated_as_what_could_not_be_established(table, text, is_stated):
    assert bool(re.search(pattern_of(table, "silence-stated"), text)) == is_stated


@pytest.mark.parametrize(
    ("rule", "better", "baseline", "target", "wrong"),
    [
        ("higher is better: a target above", "higher", "10", "11", 0),
        ("and not at the baseline", "higher", "10", "10", 1),
        ("lower is better: a target below", "lower", "10", "9", 0),
        ("and not at it", "lower", "10", "10", 1),
        ("nor above", "lower", "10", "11", 1),
    ],
)
def test_a_target_is_better_than_the_baseline(rule, better, baseline, target, wrong):
    columns = dict.fromkeys(cop.data.columns("actions", ZEDLAND), "")
    row = columns | {"better": better, "baseline": baseline, "target": target}
    table = pd.DataFrame([row], index=[2])
    check = Check("actions", "research/ZZZ/actions.csv", ZEDLAND)
    found = [error.rule for error in schema.rule_errors(table, check)]
    side = "above" if better == "higher" else "below"
    assert found.count(f"must be {side} `baseline` if `better` is '{better}'") == wrong, rule


@pytest.mark.parametrize(
    ("baseline", "needs_source"),
    [("41% of schools", True), ("none found", False), ("could not be established", False)],
)
def test_a_baseline_needs_a_source_unless_none_was_found(baseline, needs_source):
    columns = dict.fromkeys(cop.data.columns("recommendations", ZEDLAND), "")
    table = pd.DataFrame([columns | {"baseline": baseline, "rests_on": "rows"}], index=[2])
    check = Check("recommendations", "research/ZZZ/recommendations.csv", ZEDLAND)
    found = [error.rule for error in schema.rule_errors(table, check)]
    needed = {
        "requires a year in `baseline_year`",
        "requires a row of evidence in `baseline_evidence_id`",
    }
    assert needed & {*found} == (needed if needs_source else set())


@pytest.mark.parametrize(
    ("rule", "column", "verified", "wrong"),
    [
        ("a draft may rest on a source that is a draft", "source_id", "no", 0),
        ("a verified row may not", "source_id", "yes", 1),
        ("a list of ids names verified rows, in a draft too", "operator_ids", "no", 1),
    ],
)
def test_a_draft_may_refer_to_one_draft_by_its_key_only(rule, column, verified, wrong):
    table = pd.DataFrame({column: ["ZZZ-O99"], "verified": verified})
    check = SimpleNamespace(name="services", data=DATA, iso3="ZZZ", error=lambda *cells: cells)
    check.ids = lambda targets, ids: (set(), {"ZZZ-O99"}, set())
    assert len([*schema.reference_errors(table, column, ["x.y"], check)]) == wrong, rule


@pytest.mark.parametrize(("letters", "wrong"), [(60, 0), (61, 1)])
def test_the_label_of_a_figure_on_children_has_sixty_characters_at_most(letters, wrong):
    field = next(f for f in cop.data.fields("child_figures", DATA) if f["name"] == "label")
    cells = series("A" * letters).rename("label")
    check = Check("child_figures", "research/ZZZ/child_figures.csv", DATA)
    assert len([*schema.column_errors(cells, field, LATEST, check)]) == wrong
