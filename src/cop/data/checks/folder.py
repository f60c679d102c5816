"""What is wrong with the data: every fault at once, in words that say how to mend it."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cop.data import package
from cop.data.cells import Cells, cells, lines, split
from cop.data.checks import figures, losses, method, times
from cop.data.checks.belonging import country_of, foreign, of_ids, of_names
from cop.data.checks.narrative import of_narrative
from cop.data.checks.references import known_ids
from cop.data.checks.values import SHAPES, each, holding, of_column, repeated
from cop.data.faults import Broken, Fault
from cop.data.package import columns, countries, locate, paths, tables

TAKEN = (
    "is already taken by a row above",
    "Two rows must not have the same key: remove or change one",
)
UNVERIFIED = ("is not verified and supports nothing", "Verify that row first, or leave it out here")
ABSENT = ("is not there", "Restore the file, or start it with its heading row")
BY_CODE = "Name the folder by the code of the country in capitals, such as UKR"
UNLISTED = ("is not a country of reference/countries.csv", BY_CODE)
NO_COUNTRY = ("is not named as a country is", BY_CODE)
STRAY = (
    "is not a table of the contract",
    "Describe it in datapackage.json or move it out of the folder",
)


def of_folder(data: str | Path) -> list[Fault]:
    """Give all faults of a data folder: tables, keys, references, texts, editions kept in it."""
    faults = _of_shared(data)
    for iso3 in countries(data):
        faults += _of_country(data, iso3)
    faults += _missing(data) + [*_unlisted(data)] + losses.of_folder(data)
    faults += figures.of_shared(data)
    for kept in sorted(Path(data).glob("editions/*/datapackage.json")):
        faults += [
            dataclasses.replace(fault, file=f"editions/{kept.parent.name}/{fault.file}")
            for fault in of_folder(kept.parent)
        ]
    return faults


def of_shared(data: str | Path) -> list[Fault]:
    """Give what the checks find in the tables that all countries share: any fault stops a run."""
    return _of_shared(data) + losses.of_shared(data) + figures.of_shared(data)


def of_country(data: str | Path, iso3: str, of_file: Callable | None = None) -> list[Fault]:
    """Give what the checks find in one country's folder: with any fault none of it is in a page.

    Who checked before, or checks often, says by `of_file` how those of one file are known.
    """
    return _of_country(data, iso3, of_file) + losses.of_country(data, iso3)


def _of_shared(data):
    names = tables(data, shared=True)
    return [f for name in names for f in _of_files(name, paths(name, data), data, of_file)]


def _of_country(data, iso3, faults_of=None):
    faults = []
    if (known := package.codes(data)) and iso3 not in known:
        faults.append(Fault(f"research/{iso3}", "", "", "", *UNLISTED))
    for name in tables(data, shared=False):
        theirs = filter(country_of, paths(name, data, iso3))  # in its own folder
        faults += _of_files(name, theirs, data, faults_of or of_file)
    faults += [*of_narrative(data, iso3), *times.of_cut_off(data, iso3)]
    # Whose texts they are is asked where the ids do not say it already.
    return faults or [*of_names(data, iso3)]


def of_file(name: str, path: str, data: str | Path) -> list[Fault]:
    """Give what the checks find in one file of a table, faults of its shape included."""
    try:
        table = cells(locate(data, path), columns(name, data))
    except Broken as broken:
        return broken.faults
    return of_table(name, table, path, data)


def of_table(name: str, table: Cells, path: str, data: str | Path) -> list[Fault]:
    """Give what the checks find in a table, cells or a frame of text, in the order of its rows.

    The index of a frame is the spreadsheet rows.
    """
    schema, linked = package.resource(name, data)["schema"], []
    faults = [*of_ids(table, name, path, data), *_of_key(table, schema, path)]
    for field in schema["fields"]:
        faults += of_column(table, field, path)
        linked += _of_references(table, field, schema["fields"], path, data)
    for key in schema.get("foreignKeys", []):
        linked += _of_foreign_key(table, key, path, data)
    faults += _of_own_ids(linked, name, path, data)
    faults += times.of_table(table, schema, path, data)
    faults += times.of_editions(table, path) if name == "editions" else []
    for need in schema.get("cop:needs", []):
        faults += _of_need(table, need, path)
    for limit in schema.get("cop:limits", []):
        faults += _of_limit(table, limit, path)
    faults += method.of_rows(name, table, path, data)
    return sorted(faults, key=lambda f: (int(f.row or 0), f.column))


def _of_own_ids(linked, name, path, data):
    """Give the faults of references but for those to another country's ids, told already."""
    own, iso3 = package.own_ids(name, data), country_of(path)
    return [f for f in linked if f.column not in own or not foreign(f.value, iso3)]


def _of_key(table, schema, path):
    """Yield rows that repeat the key, unless the field itself says that it is unique."""
    key, fields = schema["primaryKey"], {f["name"]: f for f in schema["fields"]}
    if len(key) == 1 and fields[key[0]].get("constraints", {}).get("unique"):
        return
    again = repeated((row, tuple(cells)) for row, *cells in lines(table, *key))
    taken = [(row, " / ".join(cells)) for row, cells in again]
    yield from each(taken, " + ".join(key), path, *TAKEN)


def _of_foreign_key(table, key, path, data):
    """Yield values that the other table does not have, or has in a row that is not verified."""
    column, other = key["fields"][0], key["reference"]["resource"]
    target = f"{other}.{key['reference']['fields'][0]}"
    filled = set(table[column]) - {""}
    known, unverified, unread = known_ids([target], path, data, filled)
    # A row that is itself still to be verified may stand on another such row.
    said = dict(lines(table, "verified")) if "verified" in table else {}
    claims = holding(filled & unverified, column, table)
    claims = [claim for claim in claims if said.get(claim[0], "yes") == "yes"]
    yield from each(claims, column, path, *UNVERIFIED)
    if path.split("/")[1] not in unread:
        unknown = holding(filled - known - unverified, column, table)
        rule, mend = f"is not in the table {other}", f"Add it to {other} or correct it here"
        yield from each(unknown, column, path, rule, mend)


def _of_references(table, field, beside, path, data):
    """Yield ids in a cell (one, or a list) that no verified row of the tables referred to has."""
    if not (targets := field.get("cop:refersTo")):
        return
    ids = [(row, one) for row, cell in lines(table, field["name"]) if cell for one in split(cell)]
    known, unverified, unread = known_ids(targets, path, data, [one for _, one in ids])
    rule = f"is not an id of {', '.join(t.split('.')[0] for t in targets)}"
    for row, one in ids:
        if one in unverified:
            yield Fault(path, row, field["name"], one, *UNVERIFIED)
        elif one not in known and one[:3] not in unread:
            yield Fault(path, row, field["name"], one, rule, _home(one, beside, path, data))


def _home(one, fields, path, data):
    """Give how an id is mended that a column may not hold: by another column that may, if any."""
    targets = {field["name"]: field.get("cop:refersTo", []) for field in fields}
    homes = [name for name, to in targets.items() if one in known_ids(to, path, data, [one])[0]]
    wrong = "Correct the id; separate several with '; '"
    return f"It belongs in the column {' or '.join(homes)}" if homes else wrong


def _of_need(table, need, path):
    """Yield rows where one column asks for another, or forbids it.

    {'when': {'verified': ['yes']}, 'needs': 'source_id'}, or 'forbids'.
    """
    [(column, words)] = need["when"].items()
    target, needed = need.get("needs") or need["forbids"], "needs" in need
    where = f"where {column} is {' or '.join(words)}"
    rule = f"must {'not ' if needed else ''}be empty {where}"
    mend = f"Fill in {target}" if needed else f"Empty it or change {column}"
    there = lines(table, target, column)
    wrong = [(row, one) for row, one, word in there if (not one) == needed and word in words]
    yield from each(wrong, target, path, rule, mend)


def _of_limit(table, limit, path):
    """Yield numbers beyond a bound that holds where another column has certain words."""
    [(column, words)] = limit["when"].items()
    target, most = limit["limits"], limit["maximum"]
    number = re.compile(SHAPES["number"]).fullmatch
    words, mend = set(map(str, words)), "Check the value; a point may have been lost"
    for row, value, word in lines(table, target, column):
        if word in words and number(value) and float(value) > most:
            rule = f"is above {most}, the most that {word} can have"
            yield Fault(path, row, target, value, rule, mend)


def _of_files(name, wanted, data, faults_of):
    """Yield the faults of a table's files, and of each that is missing, unless it is one that a
    country may be without.
    """
    for path in wanted:
        if locate(data, path).exists():
            yield from faults_of(name, path, data)
        elif not (country_of(path) and package.optional(name, data)):
            yield Fault(path, "", "", "", *ABSENT)


def _missing(data):
    """Give the tables of countries that the contract names and that have no folder.

    A folder that stands on another need not have them.
    """
    here = countries(data)
    if here and "cop:base" in package.own(data):
        return []
    needed = [name for name in tables(data, shared=False) if not package.optional(name, data)]
    stated = [path for name in needed for path in paths(name, data)]
    gone = [path for path in stated if country_of(path) not in here]
    return [Fault(path, "", "", "", *ABSENT) for path in gone]


def _unlisted(data) -> Iterator[Fault]:
    """Yield folders that are named after no country, and files that no table speaks of."""
    research = Path(data) / "research"
    strange = [p for p in sorted(research.glob("[!.]*")) if p.is_dir()]
    strange = [p for p in strange if p.name not in countries(data)]
    yield from (Fault(f"research/{p.name}", "", "", "", *NO_COUNTRY) for p in strange)
    stated = package.by_path(data)
    for file in sorted(Path(data).rglob("*.csv")):
        path = file.relative_to(data).as_posix()
        elsewhere = path.startswith(("restricted/", "editions/")) or {*file.parents} & {*strange}
        if not elsewhere and package.general(path) not in stated:
            yield Fault(path, "", "", "", *STRAY)
