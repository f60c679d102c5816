"""What is wrong with the data: every fault at once, in words that say how to mend it."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

from helpers import contract
from helpers.contract import Broken, Fault

WORDS = (200, 500)  # length of a narrative text
SHAPES = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?([eE][+-]?\d+)?", "date": r"\d{4}-\d{2}-\d{2}"}
SAID = {
    "integer": ("is not a whole number", "Write digits only, such as 2024, or leave it empty"),
    "number": ("is not a number", "Write it with a point and no spaces, such as 12.5, or leave it empty"),
    "date": ("is not a date", "Write it as year-month-day, such as 2026-11-24"),
}
CITATION = re.compile(r"@([A-Za-z0-9_-]+)")


def of_folder(data):
    """Give all faults of a data folder: every table, key and reference, and every narrative text."""
    found = of_shared(data)
    for name in _tables(data, own=True):
        for path in _existing(name, data, found):
            found += of_file(name, path, data)
    for iso3 in countries_in(data):
        found += of_narrative(data, iso3)
    return found + list(_unlisted(data))


def of_shared(data):
    """Give the faults of the tables that all countries share: any of them stops a run before it starts."""
    found = []
    for name in _tables(data, own=False):
        for path in _existing(name, data, found):
            found += of_file(name, path, data)
    return found


def of_file(name, path, data):
    """Give the faults of one file of a table, those of its shape included."""
    try:
        frame = contract.cells(contract.locate(data, path), [f["name"] for f in contract.fields(name, data)])
    except Broken as broken:
        return broken.faults
    return of_table(name, frame, path, data)


def of_table(name, frame, path, data):
    """Give the faults of a frame of text whose index is the spreadsheet row."""
    schema = contract.resource(name, data)["schema"]
    found = []
    for field in schema["fields"]:
        found += [*_of_column(frame[field["name"]], field, path), *_of_references(frame, field, path, data)]
    found += _of_key(frame, schema["primaryKey"], path)
    for key in schema.get("foreignKeys", []):
        found += _of_foreign_key(frame, key, path, data)
    for need in schema.get("cop:needs", []):
        found += _of_need(frame, need, path)
    return sorted(found, key=lambda f: (int(f.row or 0), f.column))


def of_narrative(data, iso3):
    """Give the faults of a country's narrative: length, paragraphs without a source, unknown citations."""
    found = []
    for part in ("observations", "analysis"):
        path = contract.locate(data, f"research/{iso3}/narrative/{part}.md")
        name = f"research/{iso3}/narrative/{part}.md"
        if not path.exists():
            found.append(Fault(name, "", "", "", "is not there", f"Write it: {WORDS[0]} to {WORDS[1]} words"))
            continue
        try:
            text = contract._decoded(path)
        except Broken as broken:
            found += broken.faults
            continue
        found += [*_of_length(name, text), *_of_citations(name, text, _known(["sources.source_id"], name, data)[0])]
    return found


def countries_in(data):
    """Give the ISO3 codes of the countries that have an edition to run, that is research/<ISO3>/editions.csv."""
    return sorted(p.parent.name for p in (Path(data) / "research").glob("*/editions.csv"))


def _of_column(column, field, path):
    """Yield what breaks type, required, enum, pattern, range or uniqueness in one column."""
    limits, name, filled = field.get("constraints", {}), field["name"], column[column != ""]
    if limits.get("required"):
        yield from _each(column[column == ""], name, path, "must not be empty", f"Fill in: {field['description']}")
    kind = field["type"]
    if kind in SHAPES:
        wrong = ~filled.str.fullmatch(SHAPES[kind])
        wrong |= ~filled.map(_is_day) if kind == "date" and len(filled) else False
        yield from _each(filled[wrong], name, path, *SAID[kind])
        filled = filled[~wrong]
    if "enum" in limits:
        allowed = [str(v) for v in limits["enum"]]
        yield from _each(
            filled[~filled.isin(allowed)],
            name,
            path,
            "is not one of the allowed words",
            f"Use one of: {', '.join(allowed)}",
        )
    if "cop:each" in field:
        wrong = filled.map(lambda v: bool(set(contract.split(v)) - set(field["cop:each"]))).astype(bool)
        yield from _each(
            filled[wrong],
            name,
            path,
            "holds a word that is not allowed",
            f"Separate with '; ' and use: {', '.join(field['cop:each'])}",
        )
    if "pattern" in limits:
        yield from _each(
            filled[~filled.str.fullmatch(limits["pattern"])],
            name,
            path,
            "does not have the right form",
            f"{field['description']} (form: {limits['pattern']})",
        )
    if kind in contract.NUMBERS:
        yield from _of_range(filled, field, path)
    if limits.get("unique"):
        yield from _each(
            filled[filled.duplicated()],
            name,
            path,
            "stands twice in the column",
            "Give each row its own key, or remove the repeated row",
        )


def _of_range(filled, field, path):
    limits, values, unit = field.get("constraints", {}), pd.to_numeric(filled), field.get("unit", "")
    for bound, beyond, word in (("minimum", values.lt, "below"), ("maximum", values.gt, "above")):
        if bound in limits:
            yield from _each(
                filled[beyond(limits[bound])],
                field["name"],
                path,
                f"is {word} the {bound} of {limits[bound]}",
                f"Check the value {unit}".rstrip(),
            )


def _of_key(frame, key, path):
    """Yield rows that repeat a key of several columns (a single one is covered by `unique`)."""
    repeated = frame[frame.duplicated(key)]
    if len(key) > 1 and len(repeated):
        shown = repeated[key].agg(" / ".join, axis=1)
        yield from _each(
            shown,
            " + ".join(key),
            path,
            "is already taken by a row above",
            "Two rows must not have the same key: remove or change one",
        )


def _of_foreign_key(frame, key, path, data):
    column, target = key["fields"][0], key["reference"]
    known, _ = _known([f"{target['resource']}.{target['fields'][0]}"], path, data)
    if known is not None:
        filled = frame[column][frame[column] != ""]
        yield from _each(
            filled[~filled.isin(known)],
            column,
            path,
            f"is not in the table {target['resource']}",
            f"Add it to {target['resource']} or correct it here",
        )


def _of_references(frame, field, path, data):
    """Yield ids in a cell (one, or a list) that no verified row of the tables referred to has."""
    if not field.get("cop:refersTo"):
        return
    known, unverified = _known(field["cop:refersTo"], path, data)
    unread = _unread(field["cop:refersTo"], path, data)
    tables = ", ".join(t.split(".")[0] for t in field["cop:refersTo"])
    for row, cell in frame[field["name"]].items():
        for one in contract.split(cell):
            if one in unverified:
                yield Fault(
                    path,
                    row,
                    field["name"],
                    one,
                    "is not verified and supports nothing",
                    "Verify that row first, or leave it out here",
                )
            elif one not in known and one[:3] not in unread:
                yield Fault(
                    path,
                    row,
                    field["name"],
                    one,
                    f"is not an id of {tables}",
                    "Correct the id; separate several with '; '",
                )


def _of_need(frame, need, path):
    """Yield rows where one column asks for another: {'when': {'verified': ['yes']}, 'needs': 'source_id'}."""
    (column, words), target = next(iter(need["when"].items())), need.get("needs") or need["forbids"]
    asked = frame[frame[column].isin(words)]
    if "needs" in need:
        yield from _each(
            asked[target][asked[target] == ""],
            target,
            path,
            f"must not be empty where {column} is {' or '.join(words)}",
            f"Fill in {target}",
        )
    else:
        yield from _each(
            asked[target][asked[target] != ""],
            target,
            path,
            f"must be empty where {column} is {' or '.join(words)}",
            f"Empty it or change {column}",
        )


def _known(targets, path, data):
    """Give (ids that may be referred to, ids that are not verified), over all countries and that of `path`."""
    own = path.split("/")[1] if path.startswith("research/") else None
    good, unverified = set(), set()
    for target in targets:
        name, column = target.split(".")
        wanted = dict.fromkeys(contract.paths(name, data) + (contract.paths(name, data, own) if own else []))
        for one in [p for p in wanted if contract.locate(data, p).exists()]:
            try:
                frame = contract.cells(contract.locate(data, one), [f["name"] for f in contract.fields(name, data)])
            except Broken:
                continue  # that file reports its own faults
            verified = frame["verified"] == "yes" if "verified" in frame else pd.Series(True, index=frame.index)
            good |= set(frame[column][verified])
            unverified |= set(frame[column][~verified])
    return good, unverified


def _unread(targets, path, data):
    """Give the other countries whose tables cannot be read now: they report it, and must not fail this one."""
    unread = set()
    for name in {target.split(".")[0] for target in targets}:
        for one in [
            p for p in contract.paths(name, data) if p.startswith("research/") and p.split("/")[1] != path.split("/")[1]
        ]:
            if contract.locate(data, one).exists():
                try:
                    contract.cells(contract.locate(data, one), [f["name"] for f in contract.fields(name, data)])
                except Broken:
                    unread.add(one.split("/")[1])
    return unread


def _of_length(name, text):
    words = len(re.sub(r"\[@[^\]]*\]", "", text).split())
    if not WORDS[0] <= words <= WORDS[1]:
        yield Fault(name, "", "", "", f"has {words} words", f"Keep it between {WORDS[0]} and {WORDS[1]} words")


def _of_citations(name, text, known):
    for number, line in enumerate(text.splitlines(), 1):
        for inside in re.findall(r"\[(@[^\]]*)\]", line):
            for one in sorted(set(CITATION.findall(inside)) - known):
                yield Fault(
                    name,
                    number,
                    "",
                    one,
                    "is not a verified source of the register",
                    "Correct the citation or add the source to sources.csv",
                )
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if not paragraph.startswith("#") and "[@" not in paragraph:
            yield Fault(
                name,
                "",
                "",
                paragraph[:40] + "…",
                "is a paragraph without a source",
                "End the statement with a citation such as [@UKR-S01]",
            )


def _tables(data, own):
    """Give the names of the tables that each country has of its own, or of those that are shared."""
    tables = [t for t in contract.package(data)["resources"] if t.get("type") == "table"]
    return [t["name"] for t in tables if isinstance(t["path"], list) == own]


def _existing(name, data, found):
    """Yield the paths of a table that exist in this folder's own right; add a fault for each that is missing."""
    stated = contract.paths(name, data)
    stated += [p for iso3 in countries_in(data) for p in contract.paths(name, data, iso3) if "research/" in p]
    for path in dict.fromkeys(stated):
        if contract.locate(data, path).exists():
            yield path
        elif "cop:base" not in contract._own(data):
            found.append(Fault(path, "", "", "", "is not there", "Restore the file, or start it with its heading row"))


def _unlisted(data):
    """Yield CSV files that no table of the contract speaks of."""
    stated = {p for t in contract.package(data)["resources"] for p in [t["path"]] if isinstance(p, str)}
    stated |= {p for t in contract.package(data)["resources"] for p in t["path"] if not isinstance(t["path"], str)}
    for file in sorted(Path(data).rglob("*.csv")):
        path = file.relative_to(data).as_posix()
        general = re.sub(r"(?<=^research/)[A-Z]{3}", "ALB", path)
        if path not in stated and general not in stated and not path.startswith("restricted/"):
            yield Fault(
                path,
                "",
                "",
                "",
                "is not a table of the contract",
                "Describe it in datapackage.json or move it out of the folder",
            )


def _each(cells, column, path, rule, mend):
    return [Fault(path, row, column, str(value)[:80], rule, mend) for row, value in cells.items()]


def _is_day(text):
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
