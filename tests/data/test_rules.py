"""The rules of the method: `cop check` refuses a planted example of each, with row and fix."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from cases import by_rule
from conftest import DATA
from planting import error_of, plant, rows_of, save

import cop.data
from cop.data import checks
from cop.data.places import Country
from cop.research import editions

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


@by_rule(
    "line, without, errors",
    ("each item and capability has a row", "", "", []),
    ("one without a row is named", "", "PM-LEG-01 MNR-21", ["PM-LEG-01", "MNR-21"]),
    ("an item is in the guidelines", "PM-NONE-01,WSIS-C5,part of it,because", "", ["PM-NONE-01"]),
    ("an element is in a framework", "MNR-21,GCA-NONE,part of it,because", "", ["GCA-NONE"]),
    ("a basis is an allowed one", "MNR-01,WSIS-C5,perhaps,because", "", ["perhaps"]),
)
def test_item_mapped_asks_for_each_item_and_capability(zed, line, without, errors):
    text = (DATA / "reference" / "mappings.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in text if row.split(",")[0] not in without.split()]
    shared = zed / "reference" / "mappings.csv"
    shared.write_text("\n".join([*kept, line]) + "\n", encoding="utf-8")
    found = checks.of_file("mappings", "reference/mappings.csv", zed)
    assert [error.value for error in found] == errors


def write_round(data, **changes):
    """Write the tables of a round of validation, with changes to the row of one of them."""
    for table, row in (ROUND | changes).items():
        save(data / f"research/ZZZ/{table}.csv", cop.data.columns(table, data), [row])


def test_an_edition_is_validated_by_a_sign_off_and_answers_to_comments(zed):
    path, [edition] = rows_of(zed, "editions")
    save(path, [*edition], [edition | {"status": "validated"}])
    [error] = checks.of_country(zed, "ZZZ")
    assert (error.row, error.column) == (2, "status") and "requires a sign-off" in error.rule
    write_round(zed)
    assert checks.of_country(zed, "ZZZ") == []


@pytest.mark.parametrize(("name", "change", "rule"), METHOD["refused in a round"])
def test_a_rule_of_the_round_is_enforced(zed, name, change, rule):
    write_round(zed, **{name: ROUND[name] | change})
    errors = [str(error) for error in checks.of_file(name, f"research/ZZZ/{name}.csv", zed)]
    assert any(rule in error for error in errors), errors


@pytest.mark.parametrize(
    ("file", "is_signed"),
    [
        ("narrative/analysis.md", True), ("evidence.csv", True), ("comments.csv", True),
        ("editions.csv", False), ("sign_offs.csv", False), ("actions.csv", False),
        ("milestones.csv", False), ("readings.csv", False),
    ],
)  # fmt: skip
def test_a_sign_off_is_of_the_tables_and_the_texts_but_not_of_the_follow_up(zed, file, is_signed):
    path, before = zed / "research/ZZZ" / file, checks.editions.signed_text(zed, "ZZZ")
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"More.\n")
    after = checks.editions.signed_text(zed, "ZZZ")
    assert (after != before) == is_signed
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert checks.editions.signed_text(zed, "ZZZ") == after, "other line ends are no other text"


@by_rule(
    "texts, is_changed",
    ("all are of other texts", ["other"], True),
    ("one is of the present text", ["other", "NOW"], False),
    ("one without a hash is enough", ["", "other"], False),
    ("without a sign-off nothing is changed after it", [], False),
)
def test_an_edition_is_unchanged_if_one_sign_off_is_of_its_present_text(zed, texts, is_changed):
    now, signed = checks.editions.signed_text(zed, "ZZZ"), ROUND["sign_offs"]
    rows = [signed | {"text": text.replace("NOW", now)} for text in texts]
    save(zed / "research/ZZZ/sign_offs.csv", [*signed], rows)
    place = Country("ZZZ", "Zedland", str(zed), "", "2026")
    assert checks.editions.changed_after_sign_off("2026", place) == is_changed
    rows += [signed | {"text": now, "edition": "2024"}]
    save(zed / "research/ZZZ/sign_offs.csv", [*signed], rows)
    found = checks.editions.changed_after_sign_off("2026", place)
    assert found == is_changed, "a sign-off of another edition does not count"


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


def test_a_recommendation_of_an_earlier_edition_is_repeated_or_answered_by_an_action(zed):
    def leave_out(table):
        path, rows = rows_of(zed, table)
        rows = [row for row in rows if row["recommendation_id"] != "ZZZ-R03"]
        save(path, [*rows[0]], rows)
        tables = ("recommendations", "actions")
        return [e for t in tables for e in checks.of_file(t, f"research/ZZZ/{t}.csv", zed)]

    editions.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    assert leave_out("recommendations") == []  # actions answer it
    [error] = leave_out("actions")
    assert error.value == "ZZZ-R03" and "is a recommendation of the edition of 2026" in error.rule
    assert "Repeat it with this id, or add an action" in error.fix
    assert checks.of_folder(zed / "editions" / "2026") == []  # it is not asked about the next
