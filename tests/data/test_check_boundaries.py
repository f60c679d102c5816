"""Rules of the check at their boundaries: each case names a rule and fails when it is bent."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from cases import by_rule, cases
from conftest import DATA, ZEDLAND

import cop.data
from cop.data import checks
from cop.data.checks import narrative, schema
from cop.data.checks.rules import Check, Unreadable

LATEST = schema.latest_times()


def series(*texts):
    return pd.Series(texts, dtype="str")


def column_rules(table, column, value):
    """Return the rules of its column that a cell breaks, one after the other."""
    field = next(field for field in cop.data.fields(table, DATA) if field["name"] == column)
    check = Check(table, f"research/ZZZ/{table}.csv", DATA)
    cells = series(value).rename(column)
    return " ".join(error.rule for error in schema.column_errors(cells, field, LATEST, check))


def rows_of(table, rows, cells=None):
    """Return rows of a table of Zedland as the check reads them, with `cells` unless stated."""
    frame = pd.DataFrame([(cells or {}) | row for row in rows], index=range(2, len(rows) + 2))
    return frame.reindex(columns=cop.data.columns(table, ZEDLAND)).fillna("").astype("str")


@pytest.mark.parametrize(("must", "cell", "other", "passes"), cases("data/boundaries.csv"))
def test_a_declared_test_at_its_boundary(must, cell, other, passes):
    beside = float(other) if must == "be at most" else series(other)
    assert schema.TESTS[must](series(cell), beside).tolist() == [passes == "yes"], must


BOUNDS = [
    (f"{table}: {column} may be {at} and not {beyond}", table, column, at, beyond, "imum of")
    for table, column, at, beyond in cases("data/bounds.csv")
]
FORMATS = [(*case, "invalid format") for case in cases("data/formats.csv")]
DAYS = [
    (rule, "evidence", "recorded", "2026-01-01", day, "is not a date")
    for rule, day in [
        ("a day has hyphens", "20260101"),
        ("a day is not stated by its week", "2026-W01-1"),
    ]
]


@by_rule("table, column, allowed, refused, rule", *BOUNDS, *FORMATS, *DAYS)
def test_a_cell_fits_its_column(table, column, allowed, refused, rule):
    assert rule not in column_rules(table, column, allowed)
    assert column_rules(table, column, refused).count(rule) == 1


REQUIRED = [(table, name) for table, names in cases("data/required.csv") for name in names.split()]


@by_rule(
    "table, column", *((f"{table}: {name} is required", table, name) for table, name in REQUIRED)
)
def test_a_required_cell_is_not_empty(table, column):
    assert "must not be empty" in column_rules(table, column, "")


def test_the_columns_whose_texts_are_translated():
    translated = []
    for table in cop.data.contents(DATA)["resources"]:
        fields = table.get("schema", {"fields": []})["fields"]
        names = [field["name"] for field in fields if field.get("cop:translated")]
        if names:
            translated.append((table["name"], " ".join(names)))
    assert translated == cases("data/translated.csv"), "change tests/data/translated.csv, too"


@by_rule(
    "table, column, values",
    *((f"{table}: {name} is one of {words}", table, name, words)
      for table, name, words in cases("data/allowed.csv")),
)  # fmt: skip
def test_a_cell_is_one_of_the_allowed_values(table, column, values):
    field = next(field for field in cop.data.fields(table, DATA) if field["name"] == column)
    allowed = field.get("constraints", {}).get("enum")
    allowed = allowed or [category["value"] for category in field["categories"]]
    assert allowed == values.split("; "), "no other value is allowed"
    refused = ("is not an allowed value", "contains an invalid value")
    found = [rule for word in values.split("; ") for rule in [column_rules(table, column, word)]]
    assert not any(rule.startswith(refused) for rule in found)
    assert column_rules(table, column, "another value").startswith(refused)
    every = "; ".join(allowed if "cop:list" in field else allowed[:1])
    assert not column_rules(table, column, every), "a list may have all of them"


@by_rule(
    "table, key",
    *((f"{table}: {key} is unique", table, key) for table, key in cases("data/keys.csv")),
)
def test_a_key_is_not_repeated(table, key):
    rows = [{name: f"{name} {row}" for name in cop.data.columns(table, ZEDLAND)} for row in "ab"]
    frame = rows_of(table, [row | dict.fromkeys(key.split(" + "), "same") for row in rows])
    errors = checks.of_table(table, frame, f"research/ZZZ/{table}.csv", ZEDLAND)
    found = [(int(e.row), e.column) for e in errors if e.rule == "is a duplicate key"]
    assert found == [(3, key)]


@by_rule(
    "table, column, targets",
    *((f"{table}: {column} refers to {targets}", table, column, targets)
      for table, column, targets in cases("data/references.csv")),
)  # fmt: skip
def test_an_id_refers_to_a_row(table, column, targets):
    frame = rows_of(table, [{column: "ZZZ-X99"}])
    rules = [e.rule for e in checks.of_table(table, frame, "", ZEDLAND) if e.column == column]
    tables = ", ".join(target.partition(".")[0] for target in targets.split())
    assert f"is not an id in {tables}" in rules


@pytest.mark.parametrize(("table", "column", "limit"), cases("data/latest.csv"))
def test_nothing_is_of_a_time_that_is_still_to_come(table, column, limit):
    last = LATEST[limit]
    after = str(date.fromisoformat(last) + timedelta(days=1)) if "-" in last else str(int(last) + 1)
    assert "is later than" not in column_rules(table, column, last)
    assert "is later than" in column_rules(table, column, after)
    in_last_year = column_rules(table, column, f"{last}-12-31"[:10])
    assert "is later than" not in in_last_year, "where a day may be entered, any day of the year"


def test_today_may_be_tomorrow_elsewhere_and_next_year_is_the_one_after_this():
    today = date.today()
    tomorrow = today + timedelta(days=1)
    assert schema.latest_times() == {
        "today": tomorrow.isoformat(),
        "this year": str(tomorrow.year),
        "next year": str(today.year + 1),
    }


ROWS = pd.DataFrame({"a": ["x", "y", ""], "b": ["", "1", ""], "c": ["1", "1", ""]})


@by_rule(
    "about, rows",
    ("when: rows with one of the values", {"when": {"a": ["X", "z"]}}, [0]),
    ("unless: rows without them", {"unless": {"a": ["X"]}}, [1, 2]),
    ("like: rows that match", {"like": {"a": "^[xy]$"}}, [0, 1]),
    ("when and unless together", {"when": {"c": ["1"]}, "unless": {"a": ["y"]}}, [0]),
    ("filled: one of the columns is enough", {"filled": ["b", "c"]}, [0, 1]),
    ("inTable: one of the rows is enough", {"filled": ["b"], "inTable": True}, [0, 1, 2]),
)
def test_a_declared_rule_applies_to_its_rows(about, rows):
    where = schema.rows_of(ROWS, about)
    assert where[where].index.tolist() == rows


@by_rule("table, refused, allowed, message", *cases("data/exceptions.csv"))
def test_a_rule_refuses_one_row_and_allows_its_neighbour(table, refused, allowed, message):
    check = Check(table, f"research/ZZZ/{table}.csv", ZEDLAND)
    for text, wrong in ((refused, True), (allowed, False)):
        row = dict(cell.split("=", 1) for cell in text.split("|"))
        errors = schema.rule_errors(rows_of(table, [row]), check)
        assert any(message in f"{error.rule}. {error.fix}" for error in errors) == wrong, text


def coded_cases():
    """Yield each case of coded.yml; its id is the rule and what it allows or refuses."""
    text = Path(__file__).with_name("coded.yml").read_text(encoding="utf-8")
    for rule, about in yaml.load(text, yaml.CBaseLoader).items():  # all scalars are text
        for kind in ("allowed", "refused"):
            for case, tables in about[kind].items():
                tables = tables if isinstance(tables, dict) else {about["table"]: tables}
                tables = about.get("tables", {}) | tables
                yield pytest.param(about, tables, kind == "refused", id=f"{rule}: {kind}: {case}")


@pytest.mark.parametrize(("about", "tables", "is_refused"), coded_cases())
def test_a_rule_that_reads_other_tables_at_its_boundary(about, tables, is_refused, monkeypatch):
    def read(check, name):
        if name not in tables:
            raise Unreadable(name)
        return rows_of(name, tables[name], about["cells"].get(name))

    def earlier_editions(name, check):
        for year, rows in tables.get("earlier", {}).items():
            yield year, rows_of(name, rows, about["cells"].get(name))

    monkeypatch.setattr(Check, "table", read)
    monkeypatch.setattr(checks.editions, "earlier_editions", earlier_editions)
    check = Check(about["table"], f"research/ZZZ/{about['table']}.csv", ZEDLAND)
    errors = [f"{e.rule}. {e.fix}" for e in schema.rule_errors(check.table(check.name), check)]
    assert any(about["error"] in error for error in errors) == is_refused, errors


def test_an_edition_is_compared_with_earlier_ones_only(monkeypatch):
    kept = {"2024": ZEDLAND, "2026": ZEDLAND, "2028": ZEDLAND}
    monkeypatch.setattr(checks.editions, "editions_kept", lambda data, iso3: kept)
    check = Check("recommendations", "research/ZZZ/recommendations.csv", ZEDLAND)
    earlier = checks.editions.earlier_editions("recommendations", check)
    assert [edition for edition, _ in earlier] == ["2024"]  # the latest is 2026


@by_rule(
    "numbers, errors",
    ("five one by one", {"UKR": 5}, 5),
    ("six in one", {"UKR": 6}, 1),
    ("those of each country for themselves", {"UKR": 5, "MDA": 6}, 6),
)
def test_up_to_five_ids_of_another_country_are_named_one_by_one(numbers, errors):
    ids = [f"{iso3}-E{n:02}" for iso3, most in numbers.items() for n in range(1, most + 1)]
    rows = rows_of("evidence", [{"evidence_id": number} for number in ids])
    check = Check("evidence", "research/ZZZ/evidence.csv", ZEDLAND)
    assert len([*schema.id_errors(rows, check)]) == errors


@by_rule(
    "column, verified, wrong",
    ("a draft may rest on a source that is a draft", "source_id", "no", 0),
    ("a verified row may not", "source_id", "yes", 1),
    ("a list of ids names verified rows, in a draft too", "operator_ids", "no", 1),
)
def test_a_draft_may_refer_to_one_draft_by_its_key_only(column, verified, wrong):
    table = pd.DataFrame({column: ["ZZZ-O99"], "verified": verified})
    check = SimpleNamespace(name="services", data=DATA, iso3="ZZZ", error=lambda *cells: cells)
    check.ids = lambda targets, ids: (set(), {"ZZZ-O99"}, set())
    assert len([*schema.reference_errors(table, column, ["x.y"], check)]) == wrong


def test_an_area_that_differs_is_explained_and_no_other_is():
    explained = pd.Series(["help", "industry"], [2, 4])  # after an empty row
    errors = checks.evidence.of_differences(["law", "help"], explained, "x.csv")
    assert [(error.row, error.value, error.rule) for error in errors] == [
        ("", "law", checks.evidence.UNEXPLAINED[0]), (4, "industry", checks.evidence.NEEDLESS[0])
    ]  # fmt: skip


def written(number, more="", cited="[@ZZZ-S01]"):
    """Return a narrative of so many words with a citation, and `more` after it."""
    return "word " * (number - 1) + f"end {cited}.{more}"


UNCITED, UNSOURCED = narrative.UNCITED[0], narrative.NO_SOURCE[0]


@by_rule(
    "text, rules",
    ("a narrative of 200 words is long enough", written(200), []),
    ("one of 199 is not", written(199), ["has 199 words"]),
    ("one of 500 is not too long", written(500), []),
    ("one of 501 is", written(501), ["has 501 words"]),
    ("a word with a hyphen is one word", written(199, " well-known"), []),
    ("a note alone is no text yet", "<!-- To be written. -->", []),
    ("a note is no part of the text", written(200, "\n\n<!-- Uncited, still. -->"), []),
    ("a heading is no paragraph", f"### Heading\n\n{written(200)}", []),
    ("each paragraph has a citation", written(200, "\n\nSaid."), [UNCITED]),
    ("what is cited is a verified source", written(200, cited="[@ZZZ-S99]"), [UNSOURCED]),
    ("each source of a citation is", written(200, cited="[@ZZZ-S01; @ZZZ-S99]"), [UNSOURCED]),
    ("damaged text is found in a narrative too", written(200, " What??? [@ZZZ-S01]"),
     ["contains question marks that may replace lost letters"]),
)  # fmt: skip
def test_what_a_narrative_must_have(text, rules, monkeypatch):
    monkeypatch.setattr(narrative, "decoded", lambda path: text)
    check = Check("narrative", "research/ZZZ/narrative/analysis.md", ZEDLAND)
    assert [error.rule for error in narrative._of_file(check)] == rules
