"""Tables read, checked, by the contract; and the tables that stages hand on to each other."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from cop.data import places, sound, writing
from cop.data.cells import by_key, cells
from cop.data.faults import Broken, Refused
from cop.data.package import columns, contents, fields, files, locate, paths, state
from cop.data.reads import READS, kept, note, of_row
from cop.data.rows import with_rows
from cop.data.sheets import csv_of, text_frame, typed


class Place(Protocol):
    """What a notebook speaks of, a country or a region, and the folders it reads and writes."""

    data: str
    tables: str
    key: str  # what marks its rows in the tables handed on
    edition: str


def read(
    name: str, data: str | Path, iso3: str | None = None, only: Sequence[str] = ()
) -> pd.DataFrame:
    """Read one table, checked; raises Broken with all its faults.

    Text columns hold "" where the cell is empty, number columns NA. With `iso3`, only that
    country's file; with `only`, these columns of it. What was read is kept until a file changes,
    its own or one that it refers to (for a country: of that country). Raises FileNotFoundError
    where there is no file, unless the table is optional: then it has no row.
    """
    writing.settle(data)
    files(data, "datapackage.json", *paths(name, data, iso3))
    frame = _read(*state(name, data, iso3))
    return frame[[*only]] if only else frame.copy(deep=False)  # copied when it is written to


def row(name: str, data: str | Path, column: str, value: str) -> dict[str, str] | None:
    """Read one row of another country's table as text, by its key, which begins with the code.

    It is not checked: faults there must not fail this country. None where the row is not there
    or the table cannot be read.
    """
    path, names = paths(name, data, value[:3])[0], columns(name, data)
    try:
        file = locate(data, path)
        found = _by_key(file, tuple(names), column, file.stat().st_mtime_ns).get(value)
    except (Broken, FileNotFoundError):
        found = None
    note({("row", path, column, value, str(data)): of_row(found)})
    return None if found is None else {one: found[one] for one in names}


def present(name: str, data: str | Path, iso3: str | None = None) -> pd.DataFrame:
    """Read a table of the contract as it stands in data/, as text; no row without its file.

    It is of all countries, or of one. It is for who adds rows or changes them: they are not
    checked. Raises Refused where it is broken.
    """
    file, names = Path(data) / paths(name, data, iso3)[0], columns(name, data)
    if not file.exists():
        return pd.DataFrame(columns=names, dtype="str")
    try:
        return text_frame(file, names).copy(deep=False)  # copied when it is written to
    except Broken as broken:
        raise Refused(f"mend this first, nothing was written:\n{broken}") from broken


def longer(name: str, rows: list[dict[str, str]], data: str | Path, iso3: str) -> bytes:
    """Give a country's table, as the contract writes it, with further rows at its end, as bytes.

    Its name is the contract's; it is begun where there is no file.
    """
    if (file := Path(data) / paths(name, data, iso3)[0]).exists():
        return with_rows(file.read_bytes(), rows)
    return csv_of(pd.DataFrame(rows, columns=columns(name, data))).encode()


def no_country(given: str, data: str | Path) -> str:
    """Say that the contract's countries.csv has no such code as was given, and which may be meant.

    That is looked for by its name, else by its first letters. Raises Broken with the faults of
    the table of countries.
    """
    frame = text_frame(locate(data, paths("countries", data)[0]), columns("countries", data))
    near = frame.iso3[frame.name_en.str.casefold() == given.casefold()]
    near = near if len(near) else frame.iso3[frame.iso3.str[:2] == given[:2].upper()]
    meant = f"; did you mean {' or '.join(near[:3])}?" if len(near) else ""
    return f"{given} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv{meant}"


def hand_on(frame: pd.DataFrame, name: str, place: Place) -> pd.DataFrame:
    """Write a stage's table to the run's `tables` folder as the contract describes it; give it.

    Adds `iso3` (or `group_id`) in front. Raises Broken when the columns are not those of
    `cop:handedOn`.
    """
    wanted = columns(name, place.data)
    out = frame.copy(deep=False)
    if wanted[0] not in out:
        out.insert(0, wanted[0], place.key)
    if sorted(out.columns) != sorted(wanted):
        stated = f"cop:handedOn in datapackage.json states {sorted(wanted)}"
        raise Broken(f"{name}: has {sorted(out.columns)}; {stated}")
    out = out if list(out.columns) == wanted else out[wanted]
    Path(place.tables).mkdir(parents=True, exist_ok=True)
    (Path(place.tables) / f"{name}.csv").write_bytes(csv_of(out).encode())
    return out


def handed_on(name: str, place: Place, tables: str | list[str] | None = None) -> pd.DataFrame:
    """Read a table that an earlier stage handed on, of this run or of a folder of `tables`; of
    several folders one after the other.

    At a desk, what the run made counts where nothing newer was made by hand.
    Raises FileNotFoundError saying which stage makes it.
    """
    folders, names = tables if isinstance(tables, list) else [tables], columns(name, place.data)
    parts = [cells(_handed_on(name, place, folder), names) for folder in folders]
    text = {n: [cell for part in parts for cell in part[n]] for n in names}
    return typed(text, fields(name, place.data))


def _handed_on(name, place, tables):
    """Give the file of a table that was handed on, and note it."""
    path = places.newest(name, str(tables or place.tables))
    named = f"{Path(tables).parent.name}/{name}" if tables else name
    READS[("table", named)] = (os.path.abspath(path),)
    if not path.exists():
        stage = {t["name"]: t["stage"] for t in contents(place.data)["cop:handedOn"]}[name]
        raise FileNotFoundError(
            f"{path.name} is not there yet: notebook {stage} hands it on; run that one first"
        )
    return path


@kept(64)
def _by_key(path, names, column, changed):
    """Give the rows of a table by their key, which is faster than a frame for one of them."""
    return by_key(path, names, column)


@kept(512)
def _read(name, data, stamps, others):
    return typed(*sound.table(name, data, stamps))
