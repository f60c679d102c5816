"""Check text tables against `datapackage.json`, and for damage and ids of other countries."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from cop.data.checks import damage
from cop.data.checks.rules import RULES, Check, Unreadable, foreign
from cop.data.csvfiles import split
from cop.data.errors import DataError
from cop.data.package import labelled, references, resource

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
TAKEN = ("is a duplicate key", "Delete or change one of the rows")
FEW = 5  # maximum number of ids of another country that are reported one by one
PUT_BACK = "Correct the id, or check whether a file or folder was copied or renamed by mistake"
UNVERIFIED = ("is the id of an unverified row", "Verify the row, or enter the id of a verified row")
UNKNOWN = "Correct the id, or first add a row with this id"
ZONES = timedelta(days=1)  # in other time zones it may already be tomorrow
CHECK_DAY = "Check the date or year for a wrong digit"


def schema_errors(table: pd.DataFrame, check: Check) -> Iterator[DataError]:
    """Yield errors in cells, keys and references of a table indexed by spreadsheet row numbers."""
    schema, latest = resource(check.name, check.data)["schema"], latest_times()
    keys = [schema["primaryKey"]]
    for field in schema["fields"]:
        yield from column_errors(table[field["name"]], field, latest, check)
        if field.get("constraints", {}).get("unique") and [field["name"]] not in keys:
            keys.append([field["name"]])
    for key in keys:
        for row, *values in table.loc[table.duplicated(key), key].itertuples(name=None):
            if any(values):
                yield check.error(row, " + ".join(key), " / ".join(values), *TAKEN)
    for column, targets in references(schema).items():
        yield from reference_errors(table, column, targets, check)


def column_errors(cells: pd.Series, field: dict, latest: dict, check: Check) -> Iterator[DataError]:
    """Yield an error for each cell that violates `field`. For `latest`, see `latest_times`."""
    left = {*cells.unique()}
    for is_wrong, rule, fix in _column_rules(field, left, latest):
        if broken := {value for value in left if is_wrong(value)}:
            left -= broken
            yield from check.errors(cells[cells.isin(broken)], rule, fix)


def _column_rules(field, values, latest):
    kind, constraints = field["type"], field.get("constraints", {})
    fill_in = f"Fill in: {field['description']}"
    if words := labelled(field):
        same = [word for word in words if word.replace("_", " ") == words[word].casefold()]
        shown = ", ".join(word if word in same else f"{word} ({words[word]})" for word in words)
        rule, fix, items = "is not an allowed value", "Use one of", lambda value: [value]
        if "cop:list" in field:
            rule, fix = "contains an invalid value", "Use one or more values separated by '; '"
            items = split
        fill_in = f"{fix}: {shown}"
        yield (lambda value: value and not words.keys() >= {*items(value)}), rule, fill_in
    if constraints.get("required"):
        yield (lambda value: not value), "must not be empty", fill_in
    values.discard("")  # an empty cell breaks no other rule
    if kind in TYPES:
        yield TYPES[kind]
    if pattern := constraints.get("pattern"):
        fix = f"Enter: {field['description']} (pattern: {pattern})"
        yield _unlike(pattern), "has an invalid format", fix
    if kind in ("integer", "number"):
        fix = "Check the value for a wrong digit or decimal point"
        if (least := constraints.get("minimum")) is not None:
            yield (lambda value: float(value) < least), f"is below the minimum of {least}", fix
        if (most := constraints.get("maximum")) is not None:
            yield (lambda value: float(value) > most), f"is above the maximum of {most}", fix
    if limit := field.get("cop:notAfter"):
        end = latest[limit]
        rule = f"is later than {limit} (latest allowed: {end})"
        yield (lambda value: value[: len(end)] > end), rule, CHECK_DAY
    if kind == "string":
        yield from damage.rules_of("\n".join(values))


def _unlike(pattern):
    matches = re.compile(pattern).fullmatch
    return lambda value: not matches(value)


def _is_no_day(text):
    try:
        return not (DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return True


WHOLE = "Enter digits only, such as 2024, or clear the cell if the column is optional"
DECIMAL = "Enter a number such as 12.5 (no spaces), or clear the cell if the column is optional"
TYPES = {  # {type: (test for invalid cells, message, fix)}
    "integer": (_unlike("-?[0-9]{1,18}"), "is not a whole number", WHOLE),
    "number": (_unlike(r"-?[0-9]{1,18}(\.[0-9]+)?([eE]-?[0-9]{1,2})?"), "is not a number", DECIMAL),
    "date": (_is_no_day, "is not a date", "Enter the date as year-month-day, such as 2026-11-24"),
}


def latest_times() -> dict[str, str]:
    """Return the latest date or year for each value of `cop:notAfter`, allowing for time zones."""
    latest, next_year = date.today() + ZONES, str(date.today().year + 1)
    return {"this year": str(latest.year), "next year": next_year, "today": latest.isoformat()}


def id_errors(table: pd.DataFrame, check: Check) -> Iterator[DataError]:
    """Yield an error for each id of another country in the columns `own` (see `descriptor`).

    If a column contains more than FEW ids of one country, only the first is reported.
    """
    for column in resource(check.name, check.data)["own"] if check.iso3 else ():
        ids = table[column].map(split).explode().dropna().rename(column)
        others = ids.map(lambda name: foreign(name, check.iso3))
        for other in filter(None, others.unique()):
            theirs = ids[others == other]
            more = f" (and {len(theirs) - 1} more in this column)" if len(theirs) > FEW else ""
            rule = f"is an id of {other} in the folder of {check.iso3}{more}"
            yield from check.errors(theirs[:1] if more else theirs, rule, PUT_BACK)


def reference_errors(table, column, targets, check):
    """Yield an error for each id in a column without a verified row in `targets` ("table.column").

    Unverified rows may refer to each other by foreign keys. Skips ids that `id_errors` reports or
    that an unreadable table may contain, and `cop:checkedInBase` tables that belong to a base.
    """
    about = resource(check.name, check.data)
    if about.get("cop:checkedInBase") and not Path(check.data, check.path).exists():
        return
    is_key = [column] in [key["fields"] for key in about["schema"].get("foreignKeys", [])]
    has_drafts = is_key and "verified" in table
    drafts = {*table.index[table["verified"] == "no"]} if has_drafts else set()
    cells = table[column][table[column] != ""]
    ids = cells if is_key else cells.map(split).explode()
    verified, unverified, unread = check.ids(targets, ids.unique())
    rule = f"is not an id in {', '.join(target.split('.')[0] for target in targets)}"
    for row, name in ids[~ids.isin(verified)].items():
        if column in about["own"] and foreign(name, check.iso3):
            continue  # `id_errors` reports it
        if name in unverified:
            if row not in drafts:
                yield check.error(row, column, name, *UNVERIFIED)
        elif not unread & {"", check.iso3, name[:3]}:
            fix = UNKNOWN if is_key else f"{UNKNOWN}; separate several ids with '; '"
            yield check.error(row, column, name, rule, fix)


def rule_errors(table: pd.DataFrame, check: Check) -> Iterator[DataError]:
    """Yield errors for rows that violate the `cop:rules` of a table.

    A rule has "columns", "rule" (the message) and "fix". It is either the function in RULES with
    the "id" of the rule, which may yield errors itself, or the test in TESTS that "must" names. A
    test compares cells with "value" or the column "other", which may be the "table.column" of
    another table (joined on "by", if stated). It applies to rows that match "when" {column: values}
    and "like" {column: pattern}, but not "unless" {column: values}, and in which a column in
    "filled" is not empty (with "inTable": to all rows, if there is such a row). The error is shown
    in the column "at" (default: the tested one). Rules that need an unreadable table are skipped.
    """
    schema = resource(check.name, check.data)["schema"]
    described = {field["name"]: field["description"] for field in schema["fields"]}
    for rule in schema.get("cop:rules", []):
        with suppress(Unreadable):
            broken = _masks(table, rule, check)
            if not isinstance(broken, dict):
                yield from broken
                continue
            for name, wrong in broken.items():
                fix = rule["fix"].format(column=name, description=described[name])
                cells = table[rule.get("at", name)][wrong]
                yield from check.errors(cells, rule["rule"], fix)


def _masks(table, rule, check):
    if "must" in rule:
        test, where, other = TESTS[rule["must"]], rows_of(table, rule), _other(table, rule, check)
        return {name: where & ~test(table[name], other) for name in rule["columns"]}
    broken = RULES[rule["id"]](table, check)
    return {rule["columns"][0]: broken} if isinstance(broken, pd.Series) else broken


def rows_of(table, rule):
    """Return a mask of the rows to which a rule with a test applies (see `rule_errors`)."""
    where = pd.Series(True, table.index)
    for column, words in rule.get("when", {}).items():
        where &= _is_word(table[column], words)
    for column, words in rule.get("unless", {}).items():
        where &= ~_is_word(table[column], words)
    for column, pattern in rule.get("like", {}).items():
        where &= table[column].str.contains(pattern)
    if "filled" in rule:
        filled = (table[rule["filled"]] != "").any(axis=1)
        where &= filled.any() if rule.get("inTable") else filled
    return where


def _is_word(cells, words):
    return cells.str.casefold().isin({word.casefold() for word in words})


def _other(table, rule, check):
    target, _, column = rule.get("other", "").rpartition(".")
    if not target:
        return table[column] if column else rule.get("value")
    if "by" in rule:
        [key] = resource(target, check.data)["schema"]["primaryKey"]
        return table[rule["by"]].map(check.column(target, key, column))
    return check.table(target)[column]


def _pairs(test):
    def mask(cells, others):
        pairs = zip(cells, others, strict=True)
        return pd.Series([not a or pd.isna(b) or test(a, b) for a, b in pairs], cells.index, bool)

    return mask


def _numbers(cells):
    return pd.to_numeric(cells, errors="coerce")


def _items(cells):
    return {item for cell in cells for item in split(cell)}


def _occurs_in(number, text):  # "7,223" contains 7223, but "33.3" does not contain 3
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.search(rf"(?<![\d.]){re.escape(number)}(?!\.?\d)", plain) is not None


# To compare a year with a date, both texts are cut to the length of the shorter.
TESTS = {
    "be filled": lambda cells, other: cells != "",
    "be empty": lambda cells, other: cells == "",
    "match": lambda cells, pattern: cells.str.contains(pattern),
    "not match": lambda cells, pattern: ~cells.str.contains(pattern),
    "be at most": lambda cells, most: ~(_numbers(cells) > _numbers(most)),
    "be above": lambda cells, other: ~(_numbers(cells) <= _numbers(other)),
    "be listed in": lambda cells, other: _is_word(cells, _items(other)),
    "not be listed in": lambda cells, other: ~_is_word(cells, _items(other)),
    "lead to": lambda cells, other: other != "",
    "lead nowhere": lambda cells, other: (other == "") | other.isna(),
    "equal": _pairs(lambda a, b: b != "" and a[: len(b)] == b[: len(a)]),
    "differ from each of": _pairs(lambda a, b: a not in split(b)),
    "occur in": _pairs(_occurs_in),
    "not be before": _pairs(lambda a, b: a[: len(b)] >= b[: len(a)]),
    "not be after": _pairs(lambda a, b: a[: len(b)] <= b[: len(a)]),
}
