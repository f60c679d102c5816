"""What is wrong with the data: every fault at once, in words that say how to mend it."""

import dataclasses
import re
from datetime import date
from pathlib import Path

import pandas as pd

from contract.cells import split
from contract.faults import Broken, Fault
from contract.narrative import of_narrative
from contract.package import contents, countries, fields, locate, own, paths, resource, words
from contract.references import known_ids
from contract.sheets import NUMBERS, text_frame

SHAPES = {
    "integer": r"-?[0-9]{1,18}",
    "number": r"-?[0-9]{1,18}(\.[0-9]+)?([eE]-?[0-9]{1,2})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
SAID = {
    "integer": ("is not a whole number", "Write digits only, such as 2024, or leave it empty"),
    "number": (
        "is not a number",
        "Write it with a point and no spaces, such as 12.5, or leave it empty",
    ),
    "date": ("is not a date", "Write it as year-month-day, such as 2026-11-24"),
}
WORD = ("is not one of the allowed words", "Use one of: {}")
PART = ("holds a word that is not allowed", "Separate with '; ' and use: {}")
FORM = ("does not have the right form", "{} (form: {})")
TWICE = ("stands twice in the column", "Give each row its own key, or remove the repeated row")
TAKEN = (
    "is already taken by a row above",
    "Two rows must not have the same key: remove or change one",
)
UNVERIFIED = ("is not verified and supports nothing", "Verify that row first, or leave it out here")
UNKNOWN_ID = ("is not an id of {}", "Correct the id; separate several with '; '")
UNKNOWN = ("is not in the table {}", "Add it to {} or correct it here")
ABSENT = ("is not there", "Restore the file, or start it with its heading row")
NO_COUNTRY = (
    "is not named as a country is",
    "Name the folder by the code of the country in capitals, such as UKR",
)
STRAY = (
    "is not a table of the contract",
    "Describe it in datapackage.json or move it out of the folder",
)
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
RETYPE = "Write again what it was, with the column formatted as text before it is typed"
DAMAGE = [
    (
        re.compile(r"[=@].*|[+-](?=[A-Za-z(]).*", re.DOTALL),
        "begins like a formula, which a spreadsheet reckons",
        "Put a word or an apostrophe in front, so that it stays text",
    ),
    (
        re.compile(r"#(NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!|#+)|Err:[0-9]{3}"),
        "is an error of a spreadsheet",
        RETYPE,
    ),
    (
        re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2,3}"),
        "is a number that a spreadsheet has shortened",
        RETYPE,
    ),
    (
        re.compile(
            rf"[0-9]{{1,2}}[/.][0-9]{{1,2}}[/.]([0-9]{{2}}){{1,2}}|[0-9]{{1,2}}[-. ]+{MONTH}|{MONTH}[- ][0-9]{{2}}"
            r"|[0-9]{1,2}:[0-9]{2}:[0-9]{2}( [AP]M)?|[0-9]+\.00%"
        ),
        "looks like what a spreadsheet makes of a text such as 1-2, 3/4, 12:30 or 50%",
        RETYPE,
    ),
    (
        re.compile(r".*(\?{3}|\?\?\W\?\?|\ufffd).*", re.DOTALL),
        "holds question marks where letters were lost",
        "Take the text from an earlier copy and save as CSV UTF-8",
    ),
    (
        re.compile(
            r".*([ÃÂÐÑ][\u0080-\u00bf\u2013-\u203a\u20ac\u0152-\u0192\u02c6\u02dc\u2122]|â€).*",
            re.DOTALL,
        ),
        "was read in the wrong encoding",
        "Open the earlier copy with character set UTF-8 and save as CSV UTF-8",
    ),
]


def of_folder(data):
    """Give all faults of a data folder: every table, key and reference, every narrative text, every edition kept in it."""
    found = of_shared(data) + _of_tables(data, own=True)
    for iso3 in countries(data):
        found += of_narrative(data, iso3)
    strange = [p for p in _folders(data) if p.name not in countries(data)]
    found += [Fault(f"research/{p.name}", "", "", "", *NO_COUNTRY) for p in strange]
    found += _unlisted(data, strange)
    for kept in sorted(Path(data).glob("editions/*/datapackage.json")):
        found += [
            dataclasses.replace(fault, file=f"editions/{kept.parent.name}/{fault.file}")
            for fault in of_folder(kept.parent)
        ]
    return found


def of_shared(data):
    """Give the faults of the tables that all countries share: any of them stops a run before it starts."""
    return _of_tables(data, own=False)


def of_file(name, path, data):
    """Give the faults of one file of a table, those of its shape included."""
    try:
        frame = text_frame(locate(data, path), [f["name"] for f in fields(name, data)])
    except Broken as broken:
        return broken.faults
    return of_table(name, frame, path, data)


def of_table(name, frame, path, data):
    """Give the faults of a frame of text whose index is the spreadsheet row."""
    schema = resource(name, data)["schema"]
    found = []
    for field in schema["fields"]:
        found += [
            *_of_column(frame[field["name"]], field, path),
            *_of_references(frame, field, path, data),
        ]
    found += _of_key(frame, schema, path)
    for key in schema.get("foreignKeys", []):
        found += _of_foreign_key(frame, key, path, data)
    for need in schema.get("cop:needs", []):
        found += _of_need(frame, need, path)
    for limit in schema.get("cop:limits", []):
        found += _of_limit(frame, limit, path)
    return sorted(found, key=lambda f: (int(f.row or 0), f.column))


def _of_column(column, field, path):
    """Yield what breaks a rule of the field in one column; each different value is looked at once, until it breaks one."""
    values, limits = column.tolist(), field.get("constraints", {})
    left = set(values)
    if limits.get("required") and "" in left:
        must = ("must not be empty", f"Fill in: {field['description']}")
        yield from _each(column[column == ""], field["name"], path, must)
    left.discard("")
    for wrong, said, *told in _rules(field):
        if broken := {value for value in left if wrong(value)}:
            left -= broken
            yield from _each(column[column.isin(broken)], field["name"], path, said, *told)
    if limits.get("unique") and len(set(values)) < len(values):
        filled = column[column != ""]
        yield from _each(filled[filled.duplicated()], field["name"], path, TWICE)


def _rules(field):
    """Yield the rules of a field: what a value must not be, what is said then, and the words that this is filled with."""
    limits, kind = field.get("constraints", {}), field["type"]
    if kind in SHAPES:
        yield _unlike(SHAPES[kind]), SAID[kind]
    if kind == "date":
        yield lambda v: not _is_day(v), SAID[kind]
    if allowed := words(field):
        several, shown = "cop:list" in field, ", ".join(allowed)
        parts = split if several else lambda v: [v]
        yield lambda v: not set(parts(v)) <= set(allowed), PART if several else WORD, shown
    if "pattern" in limits:
        yield _unlike(limits["pattern"]), FORM, field["description"], limits["pattern"]
    if kind in NUMBERS:
        mend = f"Check the value {field.get('unit', '')}".rstrip()
        least, most = limits.get("minimum", float("-inf")), limits.get("maximum", float("inf"))
        yield lambda v: float(v) < least, (f"is below the minimum of {least}", mend)
        yield lambda v: float(v) > most, (f"is above the maximum of {most}", mend)
    if kind == "string":  # what a spreadsheet or an encoding has changed, or would change
        yield from ((form.fullmatch, said) for form, *said in DAMAGE)


def _unlike(pattern):
    right = re.compile(pattern).fullmatch
    return lambda value: not right(value)


def _of_key(frame, schema, path):
    """Yield rows that repeat the key, unless the field itself says that it is unique."""
    key, fields = schema["primaryKey"], {f["name"]: f for f in schema["fields"]}
    if len(key) == 1 and fields[key[0]].get("constraints", {}).get("unique"):
        return
    repeated = frame[frame.duplicated(key)]
    if len(repeated):
        yield from _each(repeated[key].agg(" / ".join, axis=1), " + ".join(key), path, TAKEN)


def _of_foreign_key(frame, key, path, data):
    """Yield values that the other table does not have, or has in a row that is not verified."""
    column, target = key["fields"][0], key["reference"]
    filled = frame[column][frame[column] != ""]
    known, unverified, unread = known_ids(
        [f"{target['resource']}.{target['fields'][0]}"], path, data, filled.unique()
    )
    claims = (
        frame["verified"][filled.index] == "yes"
        if "verified" in frame
        else pd.Series(True, index=filled.index)
    )
    yield from _each(filled[filled.isin(unverified) & claims], column, path, UNVERIFIED)
    if path.split("/")[1] not in unread:
        unknown = ~filled.isin(known | unverified)
        yield from _each(filled[unknown], column, path, UNKNOWN, target["resource"])


def _of_references(frame, field, path, data):
    """Yield ids in a cell (one, or a list) that no verified row of the tables referred to has."""
    if not field.get("cop:refersTo"):
        return
    ids = [one for cell in frame[field["name"]] for one in split(cell)]
    known, unverified, unread = known_ids(field["cop:refersTo"], path, data, ids)
    tables = ", ".join(t.split(".")[0] for t in field["cop:refersTo"])
    for row, cell in frame[field["name"]].items():
        for one in split(cell):
            if one in unverified:
                yield Fault(path, row, field["name"], one, *UNVERIFIED)
            elif one not in known and one[:3] not in unread:
                yield Fault(
                    path, row, field["name"], one, UNKNOWN_ID[0].format(tables), UNKNOWN_ID[1]
                )


def _of_need(frame, need, path):
    """Yield rows where one column asks for another: {'when': {'verified': ['yes']}, 'needs': 'source_id'}."""
    (column, words), target = next(iter(need["when"].items())), need.get("needs") or need["forbids"]
    where, needed = f"where {column} is {' or '.join(words)}", "needs" in need
    said = (
        f"must {'not ' if needed else ''}be empty {where}",
        f"Fill in {target}" if needed else f"Empty it or change {column}",
    )
    for row, word, value in zip(
        frame.index, frame[column].tolist(), frame[target].tolist(), strict=True
    ):
        if word in words and needed == (value == ""):
            yield Fault(path, row, target, value[:80], *said)


def _of_limit(frame, limit, path):
    """Yield numbers beyond a bound that holds where another column has certain words."""
    (column, words), target, most = (
        next(iter(limit["when"].items())),
        limit["limits"],
        limit["maximum"],
    )
    words, number = {str(word) for word in words}, re.compile(SHAPES["number"]).fullmatch
    for row, word, value in zip(
        frame.index, frame[column].tolist(), frame[target].tolist(), strict=True
    ):
        if word in words and number(value) and float(value) > most:
            rule = f"is above {most}, the most that {word} can have"
            yield Fault(
                path, row, target, value, rule, "Check the value; a point may have been lost"
            )


def _of_tables(data, own):
    """Give the faults of the tables that each country has of its own, or of those that are shared."""
    found = []
    for name in _tables(data, own):
        for path in _existing(name, data, found):
            found += of_file(name, path, data)
    return found


def _tables(data, own):
    """Give the names of the tables that each country has of its own, or of those that are shared."""
    tables = [t for t in contents(data)["resources"] if t.get("type") == "table"]
    return [t["name"] for t in tables if isinstance(t["path"], list) == own]


def _existing(name, data, found):
    """Yield the paths of a table that exist in this folder's own right; add a fault for each that is missing."""
    of_countries = [
        p for iso3 in countries(data) for p in paths(name, data, iso3) if p.startswith("research/")
    ]
    stated = [] if of_countries and "cop:base" in own(data) else paths(name, data)
    for path in dict.fromkeys(stated + of_countries):
        if locate(data, path).exists():
            yield path
        else:
            found.append(Fault(path, "", "", "", *ABSENT))


def _folders(data):
    """Give the folders under research/ that are not hidden, such as what a notebook leaves."""
    return [p for p in sorted((Path(data) / "research").glob("[!.]*")) if p.is_dir()]


def _unlisted(data, strange):
    """Yield CSV files that no table of the contract speaks of; not those of strange folders."""
    paths = (t["path"] for t in contents(data)["resources"])
    stated = {
        _general(p) for listed in paths for p in ([listed] if isinstance(listed, str) else listed)
    }
    known = (p for p in Path(data).rglob("*.csv") if not set(p.parents) & set(strange))
    for file in sorted(known):
        path = file.relative_to(data).as_posix()
        if _general(path) not in stated and not path.startswith(("restricted/", "editions/")):
            yield Fault(path, "", "", "", *STRAY)


def _general(path):
    return re.sub(r"(?<=^research/)[A-Z]{3}", "ISO", path)


def _each(cells, column, path, said, *words):
    """Give one fault a cell; `said` is what is wrong and how to mend it, filled with `words`."""
    rule, mend = (said[0].format(*words), said[1].format(*words)) if words else said
    return [Fault(path, row, column, str(value)[:80], rule, mend) for row, value in cells.items()]


def _is_day(text):
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
