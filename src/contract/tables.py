"""Tables read, checked, by the contract; and the tables that stages hand on to each other."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from contract import checks
from contract.faults import Broken
from contract.package import contents, fields, locate, paths, resource, stamp
from contract.reads import READS, files
from contract.sheets import convert, csv_of, text_frame

GIVEN = {}  # tables that another process has read and checked, by their state


def read(name, data, iso3=None):
    """Read one table, checked; raises Broken with all its faults.

    Text columns hold "" where the cell is empty, number columns NA. With `iso3`, only that country's file.
    What was read is kept until a file changes, its own or one that it refers to (for a country: of that country).
    """
    files("datapackage.json", *paths(name, data, iso3))
    now = state(name, data, iso3)
    found = GIVEN[now] if now in GIVEN else _read(*now)
    return found.copy(deep=False)  # copied when it is written to


def row(name, data, column, value):
    """Give one row of another country's table as text, by its key, unchecked: faults there must not fail this country.

    Gives None where the row is not there or the table cannot be read. The key begins with the country's code.
    """
    path = paths(name, data, value[:3])[0]
    READS.add(("row", path, column, value))
    try:
        frame = text_frame(locate(data, path), [f["name"] for f in fields(name, data)])
    except (Broken, FileNotFoundError):
        return None
    found = frame[frame[column] == value]
    return found.iloc[0] if len(found) else None


def no_country(given, data):
    """Say that what was given is no code of countries.csv, and which may be meant: by its name, else by its first letters."""
    names = [f["name"] for f in fields("countries", data)]
    frame = text_frame(locate(data, resource("countries", data)["path"]), names)
    near = frame.iso3[frame.name_en.str.casefold() == given.casefold()]
    near = near if len(near) else frame.iso3[frame.iso3.str[:2] == given[:2].upper()]
    meant = f"; did you mean {' or '.join(near[:3])}?" if len(near) else ""
    return f"{given} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv{meant}"


def state(name, data, iso3=None):
    """Give what a table that was read may be kept by: name, folder, its files' times and those of the tables it refers to."""
    others = tuple(stamp(other, data, iso3) for other in _referred_to(name, data))
    return name, str(data), stamp(name, data, iso3), others


def hand_on(frame, name, place):
    """Write a stage's table to the run's `tables` folder as the contract describes it, and give it back.

    Adds `iso3` (or `group_id`) in front. Raises Broken when the columns are not those of `cop:handedOn`.
    """
    wanted = [f["name"] for f in _stated(name, place)["fields"]]
    out = frame if wanted[0] in frame else frame.assign(**{wanted[0]: place.key})
    if sorted(out.columns) != sorted(wanted):
        raise Broken(
            f"{name}: has {sorted(out.columns)}; cop:handedOn in datapackage.json states {sorted(wanted)}"
        )
    out = out[wanted]
    Path(place.tables).mkdir(parents=True, exist_ok=True)
    (Path(place.tables) / f"{name}.csv").write_bytes(csv_of(out).encode())
    return out


def handed_on(name, place, tables=None):
    """Read a table that an earlier stage handed on; raises FileNotFoundError saying which stage makes it."""
    path, stated = Path(tables or place.tables) / f"{name}.csv", _stated(name, place)
    READS.add(("table", f"{Path(tables).parent.name}/{name}" if tables else name))
    if not path.exists():
        raise FileNotFoundError(
            f"{path.name} is not there yet: notebook {stated['stage']} hands it on; run that one first"
        )
    return convert(
        text_frame(path, [f["name"] for f in stated["fields"]]), stated["fields"]
    ).reset_index(drop=True)


@lru_cache(maxsize=512)
def _read(name, data, stamps, others):
    table_fields = fields(name, data)
    frames = [
        text_frame(locate(data, path), [f["name"] for f in table_fields])
        for path, mtime in stamps
        if mtime
    ]
    if not frames:
        raise FileNotFoundError(
            f"{stamps[0][0]} is not in {Path(data).name}/; the contract asks for it"
        )
    found = [
        f
        for frame, (path, _) in zip(frames, [s for s in stamps if s[1]], strict=True)
        for f in checks.of_table(name, frame, path, data)
    ]
    if found:
        raise Broken(found)
    return convert(pd.concat(frames, ignore_index=True), table_fields)


def _stated(name, place):
    """Give what `cop:handedOn` says of a table."""
    return {t["name"]: t for t in contents(place.data)["cop:handedOn"]}[name]


def _referred_to(name, data):
    """Give the other tables that a table refers to."""
    schema = resource(name, data)["schema"]
    named = [key["reference"]["resource"] for key in schema.get("foreignKeys", [])]
    return sorted(
        {*named, *(t.split(".")[0] for f in schema["fields"] for t in f.get("cop:refersTo", []))}
        - {name}
    )
