"""The rules of the method: `cop check` refuses a planted example of each, with row and fix."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import DATA
from planting import error_of, plant, rows_of, save

import cop.data
from cop.data import checks
from cop.data.places import Country
from cop.research import editions as next_edition

METHOD = json.loads(Path(__file__).with_name("method.json").read_text(encoding="utf-8"))
WHOLE, ROUND = METHOD["a recommendation that can be followed up"], METHOD["a round of validation"]
# A line is: table, row, its cells ("like": WHOLE is added), column that is named, words of the rule
# or the fix, and what else is planted.
REFUSED = [*map(json.loads, Path(__file__).with_name("refused.jsonl").open(encoding="utf-8"))]
ACCEPTED = json.loads(Path(__file__).with_name("accepted.json").read_text(encoding="utf-8"))


def found(zed):
    return [(e.column, e.value) for e in checks.of_country(zed, "ZZZ")]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}, {case[3]}: {case[4]}")
def test_a_rule_of_the_method_is_enforced(zed, case):
    table, key, cells, column, words, *others = case
    for other in others:
        plant(zed, *other[:2], **other[2])
    row = plant(zed, table, key, **(WHOLE if cells.pop("like", "") else {}) | cells)
    error = error_of(zed, table, column, words)
    assert error.row == row or not error.file.endswith(f"{table}.csv")


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_keeps_to_the_rules_passes(zed, name):
    for table, key, cells in ACCEPTED[name]:
        plant(zed, table, key, **cells)
    changed = {table for table, *_ in ACCEPTED[name]}
    files = [(table, f"research/ZZZ/{table}.csv") for table in changed]
    assert [str(e) for table, path in files for e in checks.of_file(table, path, zed)] == []


def test_a_missing_column_or_broken_cell_is_reported_once_and_not_its_consequences(zed):
    plant(zed, "evidence", "ZZZ-E05", year="20233")  # nor is it in the statement
    assert found(zed) == [("year", "20233")]
    plant(zed, "evidence", "ZZZ-E05", year="", year_basis="")
    path, rows = rows_of(zed, "recommendations")
    save(path, [column for column in rows[0] if column != "due"], rows)
    [error] = checks.of_country(zed, "ZZZ")
    assert (error.file[-19:], error.row, error.column) == ("recommendations.csv", 1, "due")
    path.write_bytes(b"")
    [error] = checks.of_country(zed, "ZZZ")
    assert (error.file[-19:], error.row, error.rule) == ("recommendations.csv", 1, "is empty")


def test_a_country_whose_recommendations_are_not_begun_is_work_and_no_error(zed):
    path, rows = rows_of(zed, "recommendations")
    kept = ("recommendation_id", "challenge_ids", "what", "item_ids", "is_proposal")
    save(path, [*rows[0]], [{column: row[column] for column in kept} for row in rows])
    plant(zed, "recommendations", "ZZZ-R01", what="One could write a plan.")
    assert found(zed) == []
    for table in ("actions", "milestones", "readings"):
        (path.parent / f"{table}.csv").unlink()
    assert found(zed) == []


def test_figures_are_whole_numbers_of_their_statement(zed):
    path = zed / "research" / "ZZZ" / "other_figures.csv"
    columns = cop.data.columns("other_figures", zed)
    for value, wrong in (("1930", True), ("3", True), ("38", False)):
        save(path, columns, [["IT.NET.USER.ZS", value, "2024", "pupils", "ZZZ-E01"]])
        assert found(zed) == [("value", value)] * wrong


def test_one_positive_action_is_in_two_challenges_of_the_region_at_most(zed):
    for key in ("ZZZ-C02", "ZZZ-C03"):
        plant(zed, "challenges", key, action_evidence_id="ZZZ-E17")
    assert [column for column, _ in found(zed)] == ["action_evidence_id"] * 3


@pytest.mark.parametrize(
    ("lines", "without", "errors"),
    [
        ([], [], []),
        ([], ["PM-LEG-01", "MNR-21"], [("served_by", "PM-LEG-01"), ("served_by", "MNR-21")]),
        (["PM-NOWHERE-01,WSIS-C5,part of it,because"], [], [("served_by", "PM-NOWHERE-01")]),
        (["MNR-21,GCA-NONE,part of it,because"], [], [("element_id", "GCA-NONE")]),
        (["MNR-01,WSIS-C5,perhaps,because"], [], [("basis", "perhaps")]),
    ],
    ids=["each has a row", "one without a row is named", "an item that is not in the guidelines",
         "an element that is in no framework", "a basis that is not allowed"],
)  # fmt: skip
def test_item_mapped_asks_for_each_item_and_capability(zed, lines, without, errors):
    text = (DATA / "reference" / "mappings.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if line.split(",")[0] not in without]
    shared = zed / "reference" / "mappings.csv"
    shared.write_text("\n".join([*kept, *lines]) + "\n", encoding="utf-8")
    found = checks.of_file("mappings", "reference/mappings.csv", zed)
    assert [(e.column, e.value) for e in found] == errors


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({}, []),
        ({"document": "Model National Response"}, ["document"]),
        ({"kind": "cross-check"}, ["document"]),
        ({"wording": "printed", "page": "12"}, ["page"]),
        ({"verified_on": "2026-06-01"}, ["wording"]),
    ],
    ids=["an item of the guidelines passes", "an item is of a document of ITU",
         "a cross-check is of another document", "a page needs the day of reading",
         "a paraphrase has no day of reading"],
)  # fmt: skip
def test_item_document_is_its_audiences_and_its_wording_was_read(zed, cells, columns):
    row = {"item_id": "PM-LEG-01", "audience": "policy-makers", "kind": "item", "area": "1 Law"}
    row |= {"document": "policy-makers 2020", "item": "Item", "guidance": "Do it."}
    row |= {"wording": "paraphrase", "source_title": "from memory"} | cells
    path = zed / "reference" / "guidelines.csv"
    save(path, cop.data.columns("guidelines", zed), [row])
    errors = checks.of_file("guidelines", "reference/guidelines.csv", zed)
    assert [e.column for e in errors] == columns


# Editions and rounds of validation


CUT_OFFS = [
    "a cut-off in the year of its edition passes", "an edition may be of two years later",
    "an edition is not of a year before", "an edition is not of three years later",
    "two cut-offs may be equal", "a cut-off is not before that of the edition before",
    "a source may be read on the day of the cut-off", "no source is read after the cut-off",
    "sources that are not verified do not count", "of several cut-offs the last one counts",
]  # fmt: skip


@pytest.mark.parametrize(("rows", "verified", "says"), METHOD["cut-offs"], ids=CUT_OFFS)
def test_edition_cut_off_fits_its_edition_and_what_was_seen(zed, rows, verified, says):
    path, [edition] = rows_of(zed, "editions")
    save(path, [*edition], [edition | {"edition": e, "cut_off": day} for e, day in rows.items()])
    path, sources = rows_of(zed, "sources")
    changed = [r | {"verified": verified} if r["verified"] == "yes" else r for r in sources]
    save(path, [*sources[0]], changed)
    errors = [str(e) for e in checks.of_file("editions", "research/ZZZ/editions.csv", zed)]
    assert len(errors) == bool(says) and all(says in error for error in errors)


def write_round(data, status="draft", only="", **tables):
    """Write the tables of a round, and return the errors of the country or of one table."""
    for name, row in tables.items():
        save(data / f"research/ZZZ/{name}.csv", cop.data.columns(name, data), [row])
    path, [edition] = rows_of(data, "editions")
    save(path, [*edition], [edition | {"status": status}])
    if only:
        return [str(e) for e in checks.of_file(only, f"research/ZZZ/{only}.csv", data)]
    return [str(error) for error in checks.of_country(data, "ZZZ")]


def test_validated_needs_a_sign_off_of_this_edition_and_an_answer_to_each_comment(zed):
    assert write_round(zed) == []  # no round is no error
    unsigned, unanswered = write_round(zed, "validated", comments=ROUND["comments"])
    assert "editions.csv, row 2, column status: 'validated' requires a sign-off" in unsigned
    assert "the sign-off with `cop sign-off ZZZ --body ID --scope TEXT --edition" in unsigned
    assert "requires an answer to 1 comment: ZZZ-M001." in unanswered
    assert write_round(zed, "validated", **ROUND) == []
    path, rows = rows_of(zed, "editions")
    later = rows[0] | {"edition": "2027", "cut_off": "2026-09-30", "status": "validated"}
    save(path, [*rows[0]], [*rows, later])
    [error] = checks.of_country(zed, "ZZZ")
    assert error.row == 3 and "requires a sign-off of this edition" in error.rule


@pytest.mark.parametrize(("name", "change", "rule"), METHOD["refused in a round"])
def test_a_rule_of_the_round_is_enforced(zed, name, change, rule):
    errors = write_round(zed, only=name, **ROUND | {name: ROUND[name] | change})
    assert any(rule in error for error in errors), errors


@pytest.mark.parametrize(
    ("file", "is_signed"),
    [("narrative/analysis.md", True), ("evidence.csv", True), ("actions.csv", False)],
)
def test_a_sign_off_is_of_the_tables_and_the_texts_but_not_of_the_follow_up(zed, file, is_signed):
    path, before = zed / "research/ZZZ" / file, checks.editions.signed_text(zed, "ZZZ")
    path.write_bytes(path.read_bytes() + b"More.\n")
    assert (checks.editions.signed_text(zed, "ZZZ") != before) == is_signed


@pytest.mark.parametrize(
    ("texts", "is_changed"),
    [(["other"], True), (["other", "NOW"], False), (["", "other"], False)],
    ids=["all are of other texts", "one is of the present text", "one without a hash is enough"],
)
def test_an_edition_is_unchanged_if_one_sign_off_is_of_its_present_text(zed, texts, is_changed):
    now, signed = checks.editions.signed_text(zed, "ZZZ"), ROUND["sign_offs"]
    rows = [signed | {"text": text.replace("NOW", now)} for text in texts]
    save(zed / "research/ZZZ/sign_offs.csv", [*signed], rows)
    place = Country("ZZZ", "Zedland", str(zed), "", "2026")
    assert checks.editions.changed_after_sign_off("2026", place) == is_changed


def conditions():
    """Yield each declared condition that names codes in its message."""
    for table in cop.data.contents(DATA)["resources"]:
        for rule in table.get("schema", {}).get("cop:rules", []):
            named = set(re.findall("'([^']+)'", rule.get("rule", "")))
            if named and "when" in rule and "includes" not in rule["rule"]:
                yield pytest.param(rule, named, id=f"{table['name']}: {rule['rule'][:60]}")


@pytest.mark.parametrize(("rule", "named"), conditions())
def test_a_declared_rule_applies_to_the_codes_that_its_message_names(rule, named):
    codes, others = (
        {code for column, codes in rule.get(key, {}).items() for code in codes} - {"", "yes"}
        for key in ("when", "unless")
    )
    assert codes <= named - {"yes"} <= codes | others


@pytest.fixture
def later(zed):
    """Return Zedland with a next edition whose tables are unchanged."""
    next_edition.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    return zed


def test_challenge_number_means_the_same_finding_in_every_edition(later):
    plant(later, "challenges", "ZZZ-C02", challenge="No procedure for abuse online is written.")
    assert found(later) == []  # reworded
    cells = {"challenge": "Schools have no rules.", "theme": "awareness and education"}
    row = plant(later, "challenges", "ZZZ-C02", **cells)
    [error] = checks.of_country(later, "ZZZ")
    assert (error.row, error.value) == (row, "ZZZ-C02")
    assert "is the id of a challenge on 'reporting and victim support' in the edition" in error.rule
    first, second, *others = rows_of(later / "editions" / "2026", "challenges")[1]
    swapped = second | {"challenge_id": "ZZZ-C01"}, first | {"challenge_id": "ZZZ-C02"}
    save(rows_of(later, "challenges")[0], [*first], [*swapped, *others])
    rules = [e.rule for e in checks.of_country(later, "ZZZ") if "same text" in e.rule]
    assert rules == [f"has the same text as ZZZ-C0{n} in the edition of 2026" for n in (2, 1)]


def without(folder, table, column, *values):
    path, rows = rows_of(folder, table)
    save(path, [*rows[0]], [row for row in rows if row[column] not in values])
    return [row["action_id"] for row in rows if row[column] in values and "action_id" in row]


def test_recommendation_carried_or_answered_by_an_action_or_dropped_with_a_reason(later):
    own = [e for e in checks.of_folder(later / "editions" / "2026")]
    assert own == []  # the kept edition is not asked about the next
    without(later, "recommendations", "recommendation_id", "ZZZ-R03")
    for other in ("ZZZ-R01", "ZZZ-R02"):  # the challenge is answered by another now
        plant(later, "recommendations", other, challenge_ids="ZZZ-C01; ZZZ-C02; ZZZ-C03")
    assert found(later) == []  # actions answer it
    plant(later, "actions", "ZZZ-A05", dropped="2026-10-01", dropped_reason="")
    assert found(later) == [("dropped", "2026-10-01")]
    theirs = without(later, "actions", "recommendation_id", "ZZZ-R03")
    for table in ("milestones", "readings"):
        without(later, table, "action_id", *theirs)
    [error] = checks.of_country(later, "ZZZ")
    assert error.value == "ZZZ-R03" and "is a recommendation of the edition of 2026" in error.rule
    assert "Repeat the recommendation with its id, or add an action" in error.fix


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("evidence", "recorded", (date.today() + timedelta(days=1)).isoformat(), ""),
        ("evidence", "recorded", (date.today() + timedelta(days=2)).isoformat(), "today"),
        ("instruments", "year", str(date.today().year + 1), ""),
        ("instruments", "year", str(date.today().year + 2), "next year"),
    ],
    ids=["tomorrow is allowed", "the day after is not", "next year is allowed",
         "the year after is not"],
)  # fmt: skip
def test_a_day_or_year_to_come_is_refused(zed, table, column, value, rule):
    key = {"evidence": "ZZZ-E05", "instruments": "ZZZ-L08"}[table]
    plant(zed, table, key, **{column: value})
    errors = [e.rule for e in checks.of_country(zed, "ZZZ") if e.column == column]
    assert [e.startswith(f"is later than {rule}") for e in errors] == [True] * bool(rule)


@pytest.mark.parametrize("word", ["could", "might", "may wish to"])
def test_a_recommendation_is_a_decision_and_no_wish(zed, word):
    plant(zed, "recommendations", "ZZZ-R01", **WHOLE | {"what": f"The ministry {word} plan."})
    assert error_of(zed, "recommendations", "what", "must be worded as a decision")
