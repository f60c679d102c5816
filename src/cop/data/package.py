"""What the data is: `data/datapackage.json` (Frictionless Data Package v2), where tables lie.

It is the one place that says what a country is. Without pandas, so that batch starts by it.
"""

import json
import os
import re
from functools import lru_cache
from pathlib import Path

from cop.data.cells import records
from cop.data.faults import Broken, Fault, NoTable
from cop.data.reads import READS, content, kept

COUNTRY = re.compile("[A-Z]{3}")
OF_COUNTRY = "[A-Z]{3}"  # so the form of an id begins that names its country, or is its code
NO_CONTRACT = "is not a contract: each resource needs a name, a path, and fields with names"
BASELESS = "leads back to itself: a data folder stands on another, and one at last on none"
DEEPEST = 9  # folders that stand on each other; there are two
RESTORE = "Restore it, from git with `git checkout datapackage.json` in its folder"
OURS = Path(__file__).resolve().parents[3] / "data" / "datapackage.json"
OLDER = (
    "is not described here, and this version of the workspace reads it",
    "Take datapackage.json of the workspace's data folder with what is yours added to it; "
    "`cop check` then names the files and columns to be added",
)


def contents(data: str | Path) -> dict:
    """Give the contract of a data folder: its own, or that of the folder its `cop:base` names."""
    return _contracts(data)[-1][1]


def resource(name: str, data: str | Path) -> dict:
    """Give one table's description; raises NoTable naming the tables that are known."""
    tables = contents(data)["resources"]
    for table in tables:
        if table["name"] == name:
            return table
    known = ", ".join(sorted(table["name"] for table in tables))
    raise NoTable(f"no table {name!r} in the contract; known: {known}")


def fields(name: str, data: str | Path) -> list[dict]:
    """Give the fields of a table, in order: one of data/, or one that a notebook hands on.

    `categories` of each field are complete, those of another field that it names included.
    """
    for table in contents(data)["cop:handedOn"]:
        if table["name"] == name:
            return table["fields"]
    return resource(name, data)["schema"]["fields"]


def tables(data: str | Path, shared: bool) -> list[str]:
    """Give the names of the tables that are shared, or of those that each country has."""
    every = [t for t in contents(data)["resources"] if t.get("type") == "table"]
    return [t["name"] for t in every if isinstance(t["path"], str) == shared]


def columns(name: str, data: str | Path) -> list[str]:
    """Give the names of a table's columns, in order."""
    return [field["name"] for field in fields(name, data)]


def titles(table: str, data: str | Path) -> dict[str, str]:
    """Give {column: heading} of a table of data/, or of one that is handed on, in its order."""
    files(data, "datapackage.json")
    return {f["name"]: f["title"] for f in fields(table, data)}


def labels(table: str, column: str, data: str | Path) -> dict[str, str]:
    """Give {word: how it is shown} of a column with categories, in their order.

    An empty cell is among them, last, where the contract says in words what it means. Raises
    KeyError for a column that the table does not have.
    """
    files(data, "datapackage.json")
    field = {f["name"]: f for f in fields(table, data)}[column]
    shown = field.get("categories", []) + field.get("missingValues", [])
    return {word["value"]: word["label"] for word in shown}


def optional(name: str, data: str | Path) -> bool:
    """Say whether a country may be without this table: no file is then as one without a row."""
    return bool(resource(name, data).get("cop:optional"))


def words(field: dict) -> list[str]:
    """Give the only words that a field may hold, in their order; none where any text may stand."""
    return [*labelled(field)]


def labelled(field: dict) -> dict[str, str]:
    """Give {word: how it is shown} of the only words that a field may hold, in their order."""
    stated = {one["value"]: one.get("label", one["value"]) for one in field.get("categories", ())}
    return stated or {word: word for word in field.get("constraints", {}).get("enum", [])}


def with_label(word: str, label: str) -> str:
    """Give a word with its label in brackets, where that says more: `law (Law or strategy)`."""
    same = word.replace("_", " ").casefold() == label.casefold()
    return word if same else f"{word} ({label})"


def own_ids(name: str, data: str | Path) -> list[str]:
    """Give the columns that, as datapackage.json describes them, hold ids of one country alone.

    They are those whose form, or that of the column they refer to, begins with a country's code,
    unless the contract lets them name any country (`cop:anyCountry`). A table whose rows have no
    such id has the code itself, in a column `iso3`.
    """
    return resource(name, data)["own"]


def synthetic(data: str | Path) -> bool:
    """Say whether what a folder holds is invented: its datapackage.json, or its base's, says so."""
    files(data, "datapackage.json")
    return any(one.get("cop:synthetic", False) for _, one in _contracts(data))


def locate(data: str | Path, path: str) -> Path:
    """Give the file for a path of the contract: in this folder, else in the folder it stands on."""
    # What belongs to one country is never borrowed from another folder.
    if path.startswith("research/") or os.path.exists(os.path.join(data, path)):
        return Path(data, path)
    bases = standing_on(data)
    return next((base / path for base in bases if (base / path).exists()), bases[-1] / path)


def standing_on(data: str | Path) -> list[Path]:
    """Give a data folder and those that it stands on, by `cop:base` of each.

    Raises Broken where there is no end to them.
    """
    return [folder for folder, _ in _contracts(data)]


def _contracts(data):
    """Give [(folder, its own contract)] of a data folder and those that it stands on."""
    found = [(Path(data), own(data))]
    while base := found[-1][1].get("cop:base"):
        if len(found) == DEEPEST:
            fault = Fault("datapackage.json", "", "cop:base", base, BASELESS, RESTORE)
            raise Broken([fault])
        folder = found[-1][0] / base
        found.append((folder, own(folder)))
    return found


def standing(data: str | Path, path: str) -> list[Path]:
    """Give the files that a path of the contract stands for.

    That is one, but of contracts each that completes another.
    """
    every = path == "datapackage.json"
    return [each / path for each in standing_on(data)] if every else [locate(data, path)]


def files(data: str | Path, *paths: str) -> None:
    """Note files of a data folder that a result depends on, by their paths in the contract."""
    for path in paths:
        if ("file", path, str(data)) not in READS:
            READS[("file", path, str(data))] = tuple(map(os.path.abspath, standing(data, path)))


def paths(name: str, data: str | Path, iso3: str | None = None) -> list[str]:
    """Give the paths of a table: those the contract writes and those of any other country.

    With `iso3`, only that country's.
    """
    return _paths(resource(name, data)["path"], data, iso3)


def _paths(stated, data, iso3):
    if isinstance(stated, str):
        return [stated]
    theirs = [_of_country(p, c) for c in ([iso3] if iso3 else countries(data)) for p in stated]
    return list(dict.fromkeys(theirs if iso3 else [*stated, *theirs]))


def by_path(data: str | Path) -> dict[str, str]:
    """Give {path: table} of all files that the contract speaks of, as `general` gives paths."""
    tables = contents(data)["resources"]
    listed = ((t["name"], [t["path"]] if isinstance(t["path"], str) else t["path"]) for t in tables)
    return {general(path): name for name, paths in listed for path in paths}


def general(path: str) -> str:
    """Give a path with ISO in place of a country's code: the same for each country's file."""
    return _of_country(path, "ISO")


def countries(data: str | Path) -> list[str]:
    """Give the countries of a data folder: folders under research/ named by three capitals."""
    research = Path(data) / "research"
    folders = research.iterdir() if research.is_dir() else []
    return sorted(p.name for p in folders if p.is_dir() and COUNTRY.fullmatch(p.name))


def begun(data: str | Path) -> list[str]:
    """Read in the contract's data which folders of research/ have editions, that is something to
    run.

    As they are called, so that whoever runs them can refuse one that is no country.
    """
    return sorted(p.parent.name for p in (Path(data) / "research").glob("*/editions.csv"))


def editions(data: str | Path, iso3: str) -> list[str]:
    """Give the editions that data/ holds of a country, in the order of its editions.csv.

    None where it has no such table, or one that cannot be read: the check tells why.
    """
    return _column(Path(data) / "research" / iso3 / "editions.csv", "edition")


def editions_kept(data: str | Path, iso3: str) -> dict[str, str]:
    """Give the editions of a country that are kept, oldest first: {edition: data folder}.

    Seen from a folder that is itself kept they are those beside it; never that folder itself.
    """
    here = Path(data)
    root = here.parent if here.parent.name == "editions" else here / "editions"
    kept = (path.parents[2] for path in root.glob(f"*/research/{iso3}/editions.csv"))
    return {folder.name: str(folder) for folder in sorted(kept) if folder != here}


def assessed(data: str | Path, iso3: str) -> bool:
    """Say whether the tables of a data folder hold research on a country, not headings alone."""
    tables = (Path(data) / "research" / iso3).glob("*.csv")
    rest = (p for p in tables if p.name != "editions.csv")
    return any(len(p.read_bytes().splitlines()) > 1 for p in rest)


def codes(data: str | Path) -> list[str]:
    """Give the country codes of reference/countries.csv; none where it cannot be read."""
    return _column(locate(data, "reference/countries.csv"), "iso3")


def stamp(name: str, data: str | Path, iso3: str | None = None) -> tuple:
    """Give each file of a table with the time it last changed: what a cache may be kept by.

    The time is 0 where there is no file.
    """
    return _stamp(resource(name, data)["path"], data, iso3)


def state(name: str, data: str | Path, iso3: str | None = None) -> tuple:
    """Give what a table that was read may be kept by.

    That is name, folder, its files' times and those of the tables it refers to.
    """
    table = resource(name, data)
    others = tuple(_stamp(stated, data, iso3) for stated in table["others"])
    return name, str(data), _stamp(table["path"], data, iso3), others


def _stamp(stated, data, iso3):
    """Give the files of a table as `stamp` does, by what the contract states of where they are."""
    here = ((path, _changed(os.path.join(data, path))) for path in _paths(stated, data, iso3))
    return tuple((path, changed or _changed(locate(data, path))) for path, changed in here)


def own(data: str | Path) -> dict:
    """Give the datapackage.json of this very folder, read again only when it changed."""
    path = os.path.join(data, "datapackage.json")  # asked a thousand times: a Path takes longer
    if not (changed := _changed(path)):
        raise FileNotFoundError(f"no data folder at {data}: it has no datapackage.json")
    return _parsed(path, changed)


@lru_cache(maxsize=4096)
def _of_country(path, iso3):
    return re.sub(r"(?<=^research/)[A-Z]{3}", iso3, path)


def _column(path, name):
    """Give one column of a small table; nothing where it cannot be read (the check tells why)."""
    try:
        return [row[name] for row in records(path, name) if row[name]]
    except (Broken, FileNotFoundError):
        return []


def _changed(path):
    """Give when a file last changed, 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return 0


@kept(8)
def _parsed(path, changed):
    """Give the file with complete categories; raises Broken where it was cut or is no contract."""
    name = os.path.basename(path)
    try:
        package = json.loads(content(path))
        missing = [] if os.path.realpath(path) == str(OURS) else _missing(package)
        if not missing:
            _complete_all(package)
    except json.JSONDecodeError as error:
        rule = f"cannot be read ({error})"
        raise Broken([Fault(name, error.lineno, "", "", rule, RESTORE)]) from error
    except (UnicodeDecodeError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Broken([Fault(name, "", "", "", NO_CONTRACT, RESTORE)]) from error
    if missing:
        raise Broken([Fault(name, "", "", one, *OLDER) for one in missing])
    return package


def _missing(package):
    """Give the columns that this version reads and a contract with tables does not describe."""
    described = _columns(_tables(package))
    ours = _of_this_version() if package.get("resources") else []
    return [one for one in ours if one not in described]


@lru_cache(maxsize=1)
def _of_this_version():
    return list(_columns(_tables(json.loads(OURS.read_bytes())))) if OURS.exists() else []


def _tables(package):
    return package.get("resources", []) + package.get("cop:handedOn", [])


def _columns(tables):
    return {
        f"{table['name']}.{field['name']}": field
        for table in tables
        for field in table.get("schema", table).get("fields", [])
    }


def _complete_all(package):
    """Complete categories; raises LookupError, TypeError, AttributeError for no contract."""
    Path(package.get("cop:base", ""))
    if "cop:base" not in package:
        package["resources"], package["cop:handedOn"]
    known = _columns(_tables(package))
    for name in known:
        _complete(name, known)
    stated = {table["name"]: table["path"] for table in package.get("resources", [])}
    for table in package.get("resources", []):
        fields = table.get("schema", {}).get("fields", [])
        to = {f["name"]: _referred_to(f, table["schema"]) for f in fields}
        table["own"] = [f["name"] for f in fields if _is_own(f, to[f["name"]], known)]
        others = {column.split(".")[0] for columns in to.values() for column in columns}
        table["others"] = [stated[one] for one in sorted(others - {table["name"]})]


def _referred_to(field, schema):
    """Give the columns of tables that a field refers to."""
    stated = schema.get("foreignKeys", [])
    keys = (key["reference"] for key in stated if key["fields"][0] == field["name"])
    return [f"{to['resource']}.{to['fields'][0]}" for to in keys] + field.get("cop:refersTo", [])


def _is_own(field, others, known):
    """Say whether a field, which refers to others, holds the ids of one country."""
    forms = [f.get("constraints", {}).get("pattern", "") for f in (field, *map(known.get, others))]
    return not field.get("cop:anyCountry") and any(f.startswith(OF_COUNTRY) for f in forms)


def _complete(name, known):
    """Put the categories that another field states before those of the field; give them all."""
    field = known[name]
    if other := field.pop("cop:categoriesOf", None):
        field["categories"] = _complete(other, known) + field.get("categories", [])
    return field.get("categories", [])
