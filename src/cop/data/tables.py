"""Tables read and checked, and the tables that stages save for each other."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pandas as pd

from cop.data import places, writing
from cop.data.csvfiles import by_key, decoded, with_rows
from cop.data.faults import Broken, Refused
from cop.data.package import columns, contents, fields, files, locate, optional, paths, state
from cop.data.reads import note, note_files, of_row
from cop.data.sheets import csv_of, text_frame, text_of, typed

# States of tables (see `package.state`) that were found right: they are not checked again.
CHECKED: set[tuple] = set()


class Place(Protocol):
    """A country or region that a notebook is about, and the folders it reads and writes."""

    data: str
    tables: str
    key: str  # of its rows in saved tables
    edition: str


def read(
    name: str, data: str | Path, iso3: str | None = None, only: Sequence[str] = ()
) -> pd.DataFrame:
    """Read one table, checked; raises Broken with all its errors.

    Text columns hold "" where the cell is empty, number columns NA. With `iso3`, only that
    country's file; with `only`, these columns. Cached until its files, or those of a table that it
    refers to, change. An optional table without a file has no rows; any other raises
    FileNotFoundError.
    """
    writing.settle(data)
    files(data, "datapackage.json", *paths(name, data, iso3))
    frame = _read(*state(name, data, iso3))
    return frame[[*only]] if only else frame.copy(deep=False)


@lru_cache(maxsize=512)
def _read(name, data, stamps, others):
    from cop.data import checks  # which reads tables too

    present, names = [path for path, changed in stamps if changed], columns(name, data)
    if not present and not optional(name, data):
        folder = Path(data).name
        raise FileNotFoundError(f"{stamps[0][0]} is not in {folder}/; the contract asks for it")
    parts = {path: text_frame(locate(data, path), names) for path in present}
    if (name, data, stamps, others) not in CHECKED:
        errors = [e for path in present for e in checks.of_table(name, parts[path], path, data)]
        if errors:
            raise Broken(errors)
        CHECKED.add((name, data, stamps, others))
    frame = pd.concat(parts.values()) if parts else pd.DataFrame(columns=names, dtype="str")
    return typed(frame, fields(name, data))


def row(name: str, data: str | Path, column: str, value: str) -> dict[str, str] | None:
    """Read one row of any country's table as text, by its key, which begins with the code.

    It is not checked: errors of another country must not fail this one. None if there is no such
    row or the table cannot be read.
    """
    path, names = paths(name, data, value[:3])[0], columns(name, data)
    try:
        cells = by_key(locate(data, path), names, column).get(value)
    except (Broken, FileNotFoundError):
        cells = None
    note({("row", path, column, value, str(data)): of_row(cells)})
    return None if cells is None else {name: cells[name] for name in names}


def present(name: str, data: str | Path, iso3: str | None = None) -> pd.DataFrame:
    """Read a table as text without checking it, to add or change rows; empty without a file.

    Of all countries, or of one. Raises Refused if the file cannot be read as a table.
    """
    try:
        return text_frame(Path(data) / paths(name, data, iso3)[0], columns(name, data))
    except FileNotFoundError:
        return pd.DataFrame(columns=columns(name, data), dtype="str")
    except Broken as broken:
        raise Refused(f"fix this first, nothing was written:\n{broken}") from broken


def longer(name: str, rows: list[dict[str, str]], data: str | Path, iso3: str) -> bytes:
    """Return the bytes of a country's table with further rows at its end."""
    if (file := Path(data) / paths(name, data, iso3)[0]).exists():
        return with_rows(file.read_bytes(), rows)
    return csv_of(pd.DataFrame(rows, columns=columns(name, data))).encode()


def text(data: str | Path, path: str) -> str:
    """Return a narrative or other text of the data folder; raises FileNotFoundError naming it."""
    files(data, path)
    file = locate(data, path)
    if not file.exists():
        raise FileNotFoundError(f"{path} is not in {Path(data).name}/; the contract asks for it")
    return decoded(file)


def without_notes(text: str) -> str:
    """Return a narrative without its comments (<!-- -->), which are notes to the writer.

    Lines keep their numbers.
    """
    return re.sub(r"<!--.*?(-->|\Z)", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)


def no_country(code: str, data: str | Path) -> str:
    """Phrase that a code is not in countries.csv, and suggest codes by name or first letters."""
    frame = text_of("countries", data)
    named = frame.name_en.str.casefold() == code.casefold()
    near = frame.iso3[named if named.any() else frame.iso3.str[:2] == code[:2].upper()]
    meant = f"; did you mean {' or '.join(near[:3])}?" if len(near) else ""
    return f"{code} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv{meant}"


def hand_on(frame: pd.DataFrame, name: str, place: Place) -> pd.DataFrame:
    """Save a stage's table to the run's `tables` folder, with `iso3` (or `group_id`) in front.

    Raises Broken if its columns are not those of `cop:handedOn`.
    """
    wanted = columns(name, place.data)
    out = frame.copy(deep=False)
    if wanted[0] not in out:
        out.insert(0, wanted[0], place.key)
    if sorted(out.columns) != sorted(wanted):
        stated = f"cop:handedOn in datapackage.json states {sorted(wanted)}"
        raise Broken(f"{name}: has {sorted(out.columns)}; {stated}")
    Path(place.tables).mkdir(parents=True, exist_ok=True)
    (Path(place.tables) / f"{name}.csv").write_bytes(csv_of(out[wanted]).encode())
    return out[wanted]


def handed_on(name: str, place: Place, tables: str | list[str] | None = None) -> pd.DataFrame:
    """Load a table that an earlier stage saved, of this run or of one or more `tables` folders.

    Raises FileNotFoundError naming the stage that saves it.
    """
    parts, names = [], columns(name, place.data)
    for folder in tables if isinstance(tables, list) else [tables]:
        path = places.newest(name, str(folder or place.tables))
        key = f"{Path(folder).parent.name}/{name}" if folder else name
        note_files(("table", key), [path])
        if not path.exists():
            stage = {t["name"]: t["stage"] for t in contents(place.data)["cop:handedOn"]}[name]
            raise FileNotFoundError(
                f"{path.name} is not there yet: notebook {stage} hands it on; run that one first"
            )
        parts.append(text_frame(path, names))
    return typed(pd.concat(parts), fields(name, place.data))
