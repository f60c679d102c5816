"""Read `datapackage.json` (Frictionless Data Package v2), and locate tables and editions."""

import json
import os
import re
from functools import lru_cache
from pathlib import Path

from cop.data.csvfiles import records
from cop.data.errors import DataError, InvalidTable, UserError
from cop.data.reads import StrPath, changed_at, note_files

COUNTRY = re.compile("[A-Z]{3}")
OF_COUNTRY = "[A-Z]{3}"  # beginning of the pattern of ids with a country code
INVALID = "has a resource without name, path or fields, or refers to an unknown column"
RESTORE = "Restore the file, for example with `git checkout datapackage.json` in its folder"
MOST_BASES = 9  # maximum number of bases in a chain
TOO_MANY = f"in `cop:base` leads back to this folder, or there are over {MOST_BASES} bases"


def contents(data: StrPath) -> dict:
    """Return the descriptor of a data folder or, if it has bases (`cop:base`), of the last base.

    If the data folder states contributors, they replace those of the last base. The result is
    cached and must not be modified. Raises errors like `standing_on`.
    """
    chain = _chain(data)
    contents = chain[-1][1]
    if contributors := chain[0][1].get("contributors"):
        contents = contents | {"contributors": contributors}
    return contents


def resource(name: str, data: StrPath) -> dict:
    """Return the descriptor of a table, or of "narrative". Raises UserError for an unknown name."""
    tables = contents(data)["by_name"]
    if name not in tables:
        raise UserError(f"unknown table {name!r}; available: {', '.join(sorted(tables))}")
    return tables[name]


def fields(name: str, data: StrPath) -> list[dict]:
    """Return the fields of a data table or saved table. Raises UserError for an unknown table."""
    for table in contents(data)["cop:handedOn"]:
        if table["name"] == name:
            return table["fields"]
    return resource(name, data)["schema"]["fields"]


def tables(data: StrPath, shared: bool) -> list[str]:
    """Return the names of the shared tables, or of the country tables if `shared` is False."""
    resources = [t for t in contents(data)["resources"] if t.get("type") == "table"]
    return [t["name"] for t in resources if isinstance(t["path"], str) == shared]


def columns(name: str, data: StrPath) -> list[str]:
    """Return the column names of a table in order. Raises UserError for an unknown table."""
    return [field["name"] for field in fields(name, data)]


def optional_columns(name: str, data: StrPath) -> list[str]:
    """Return the columns of a table that may be missing from a file and are then read as empty."""
    return [field["name"] for field in fields(name, data) if field.get("cop:optional")]


def titles(table: str, data: StrPath) -> dict[str, str]:
    """Return {column: title} for a table, and record that the descriptors were read."""
    files(data, "datapackage.json")
    return {f["name"]: f["title"] for f in fields(table, data)}


def labels(table: str, column: str, data: StrPath) -> dict[str, str]:
    """Return {code: label} for the categories of a column, then for its missing values, if any."""
    files(data, "datapackage.json")
    field = {f["name"]: f for f in fields(table, data)}[column]
    stated = field.get("categories", []) + field.get("missingValues", [])
    return {word["value"]: word["label"] for word in stated}


def labelled(field: dict) -> dict[str, str]:
    """Return {code: label} for the allowed values of a field, or {} if it does not list any."""
    stated = {c["value"]: c.get("label", c["value"]) for c in field.get("categories", ())}
    return stated or {word: word for word in field.get("constraints", {}).get("enum", [])}


def synthetic(data: StrPath) -> bool:
    """Return whether a data folder or one of its bases is marked `cop:synthetic` (invented)."""
    files(data, "datapackage.json")
    return any(stated.get("cop:synthetic") for _, stated in _chain(data))


def locate(data: StrPath, path: str) -> Path:
    """Return the path of a file in the data folder, or in the first base that contains it.

    `path` is relative to the data folder. Bases are not searched for paths in research/. For other
    files that do not exist, the path is in the last base or, without bases, in the data folder.
    """
    if path.startswith("research/") or os.path.exists(os.path.join(data, path)):
        return Path(data, path)
    for base in standing_on(data):
        if (base / path).exists():
            break
    return base / path


def standing_on(data: StrPath) -> list[Path]:
    """Return the paths of a data folder, of its base (`cop:base`), of the base's base, and so on.

    Raises errors like `descriptor`, and InvalidTable for a circular chain or more than nine bases.
    """
    return [folder for folder, _ in _chain(data)]


def _chain(data, above=0):
    package, folder = descriptor(data), Path(data)
    if not (base := package.get("cop:base")):
        return [(folder, package)]
    if above == MOST_BASES:
        path, fix = f"{folder.resolve()}/datapackage.json", "Enter another path, or remove it"
        raise InvalidTable([DataError(path, "", "", base, TOO_MANY, fix)])
    return [(folder, package), *_chain(folder / base, above + 1)]


def standing(data: StrPath, path: str) -> list[Path]:
    """Return a list with the path of a file or, for datapackage.json, also its paths in bases."""
    every = path == "datapackage.json"
    return [folder / path for folder in standing_on(data)] if every else [locate(data, path)]


def files(data: StrPath, *paths: str) -> None:
    """Record that files, with paths relative to a data folder, were read (see `reads`)."""
    for path in paths:
        note_files(("file", path, str(data)), standing(data, path))


def paths(name: str, data: StrPath, iso3: str | None = None) -> list[str]:
    """Return the paths of a table relative to a data folder; the files need not exist.

    A shared table has one path. A country table has paths for the country `iso3` or, by default,
    for the countries in the descriptor and in research/. Raises UserError for an unknown table.
    """
    stated = resource(name, data)["path"]
    if isinstance(stated, str):
        return [stated]
    codes = [iso3] if iso3 else countries(data)
    # The first 12 characters of a path are research/ and a country code.
    theirs = [f"research/{code}{path[12:]}" for code in codes for path in stated]
    return list(dict.fromkeys(theirs if iso3 else [*stated, *theirs]))


def by_path(data: StrPath) -> dict[str, str]:
    """Return {path: table} for all tables, with the paths of every country (see `paths`)."""
    names = [table["name"] for table in contents(data)["resources"]]
    return {path: name for name in names for path in paths(name, data)}


def countries(data: StrPath) -> list[str]:
    """Return the names of the country folders in research/ (three capital letters), sorted."""
    folders = (Path(data) / "research").glob("[A-Z][A-Z][A-Z]")
    return sorted(p.name for p in folders if p.is_dir())


def begun(data: StrPath) -> list[str]:
    """Return the names of all folders in research/ that contain an editions.csv, sorted."""
    return sorted(p.parent.name for p in (Path(data) / "research").glob("*/editions.csv"))


def editions(data: StrPath, iso3: str) -> list[str]:
    """Return the editions in a country's editions.csv, or [] if it is missing or unreadable."""
    return _column(Path(data) / "research" / iso3 / "editions.csv", "edition")


def editions_kept(data: StrPath, iso3: str) -> dict[str, str]:
    """Return {edition: folder} for a country's archived editions except `data`, oldest first."""
    data = Path(data)
    root = data.parent if data.parent.name == "editions" else data / "editions"
    folders = sorted(path.parents[2] for path in root.glob(f"*/research/{iso3}/editions.csv"))
    return {folder.name: str(folder) for folder in folders if folder != data}


def assessed(data: StrPath, iso3: str) -> bool:
    """Return whether any CSV file of a country except editions.csv has more than one line."""
    tables = (Path(data) / "research" / iso3).glob("*.csv")
    return any(len(p.read_bytes().splitlines()) > 1 for p in tables if p.name != "editions.csv")


def codes(data: StrPath) -> list[str]:
    """Return the ISO3 codes in countries.csv, or [] if the file is missing or invalid."""
    return _column(locate(data, "reference/countries.csv"), "iso3")


def _column(path, name):
    try:
        return [row[name] for row in records(path, name) if row[name]]
    except (InvalidTable, FileNotFoundError):
        return []


def stamp(name: str, data: StrPath, iso3: str | None = None) -> tuple:
    """Return the paths and change times of a table's files as a cache key, and record the read."""
    files(data, "datapackage.json", *paths(name, data, iso3))
    return _stamp(name, data, iso3)


def state(name: str, data: StrPath, iso3: str | None = None) -> tuple:
    """Return a cache key for a table and the tables it refers to, and record the table as read."""
    others = tuple(_stamp(other, data, iso3) for other in resource(name, data)["others"])
    return name, str(data), stamp(name, data, iso3), others


def _stamp(name, data, iso3):
    return tuple((path, changed_at(locate(data, path))) for path in paths(name, data, iso3))


def descriptor(data: StrPath) -> dict:
    """Return datapackage.json of a data folder, which is cached and must not be modified.

    Categories are resolved, and `by_name` is {name: table}. For each table, `others` lists the
    tables that it refers to, and `own` the columns whose ids must belong to the same country: their
    pattern, or that of a column they refer to, begins with a country code, and `cop:anyCountry` is
    not set. Raises FileNotFoundError if the file is missing, and InvalidTable if it has errors.
    """
    path = os.path.join(data, "datapackage.json")
    if not (changed := changed_at(path)):
        raise FileNotFoundError(
            f"data folder not found: no datapackage.json in {data}; correct the path or `cop:base`"
        )
    return _parsed(path, changed)


@lru_cache(maxsize=8)
def _parsed(path, changed):
    try:
        package = json.loads(Path(path).read_bytes())
        _complete(package, _columns(package))
        return package
    except ValueError as error:  # not JSON, or not in UTF-8
        line, rule = getattr(error, "lineno", ""), f"is not valid JSON ({error})"
    except (LookupError, TypeError, AttributeError) as error:
        line, rule = "", f"{INVALID} ({error!r})"
    raise InvalidTable([DataError(path, line, "", "", rule, RESTORE)])


def _columns(package):
    return {
        f"{table['name']}.{field['name']}": field
        for table in package.get("resources", []) + package.get("cop:handedOn", [])
        for field in table.get("schema", table).get("fields", [])
    }


def references(schema: dict) -> dict[str, list[str]]:
    """Return {column: ["table.column", …]} for the columns that refer to other columns."""
    targets = {f["name"]: f["cop:refersTo"] for f in schema["fields"] if "cop:refersTo" in f}
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        targets[key["fields"][0]] = [f"{reference['resource']}.{reference['fields'][0]}"]
    return targets


def _complete(package, described):
    package["by_name"] = {table["name"]: table for table in package.get("resources", [])}
    for field in described.values():
        _complete_categories(field, described)
    for table in package.get("resources", []):
        schema, _ = table.get("schema", {"fields": []}), table["path"]
        targets, table["own"] = references(schema), []
        for field in schema["fields"]:
            forms = [field, *(described[target] for target in targets.get(field["name"], []))]
            patterns = [form.get("constraints", {}).get("pattern", "") for form in forms]
            if not field.get("cop:anyCountry") and any(p.startswith(OF_COUNTRY) for p in patterns):
                table["own"].append(field["name"])
        names = {target.split(".")[0] for column in targets.values() for target in column}
        table["others"] = sorted(names - {table["name"]})


def _complete_categories(field, described):
    if other := field.pop("cop:categoriesOf", None):
        extra = field.get("categories", [])
        field["categories"] = _complete_categories(described[other], described) + extra
    return field.get("categories", [])
