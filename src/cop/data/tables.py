"""Read and check tables, and save tables for later stages."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cop.data import package, places, writing
from cop.data.csvfiles import by_key, csv_text, decoded, rows, with_rows
from cop.data.errors import InvalidTable, UserError
from cop.data.package import columns, fields, files, locate, optional_columns, paths
from cop.data.places import Country, Region
from cop.data.reads import StrPath, changed_at, note, note_files, of_row

CHECKED: set[tuple] = set()  # states of valid tables (see `package.state`), not checked again
Place = Country | Region  # subject of a notebook, with the folders that it reads and writes


def read(name: str, data: StrPath, iso3: str | None = None) -> pd.DataFrame:
    """Read and check a shared table, the table of the country `iso3`, or those of all countries.

    Unverified rows are included. Empty cells are NA in number columns and otherwise empty strings;
    dates are text. The result is cached until the files of the table, or of tables that it refers
    to, change. An optional table without a file is empty. Interrupted writes are completed first.
    Raises InvalidTable for errors, and FileNotFoundError if a required table has no file.
    """
    writing.settle(data)
    return _read(*package.state(name, data, iso3)).copy(deep=False)


@lru_cache(maxsize=512)
def _read(name, data, stamps, others):
    from cop.data import checks  # imports this module

    present = [path for path, changed in stamps if changed] or [stamps[0][0]]
    parts = {path: text_of(name, data, path=path) for path in present}
    if (name, data, stamps, others) not in CHECKED:
        errors = [e for path in present for e in checks.of_table(name, parts[path], path, data)]
        if errors:
            raise InvalidTable(errors)
        CHECKED.add((name, data, stamps, others))
    return typed(pd.concat(parts.values()), fields(name, data))


def text_frame(path: StrPath, names: Iterable[str], optional: Iterable[str] = ()) -> pd.DataFrame:
    """Read the columns `names` of a CSV file as text, indexed by spreadsheet row numbers.

    If a column in `optional` is missing, its cells are empty. Raises errors like `csvfiles.rows`.
    """
    key = (Path(path), tuple(names), tuple(optional), changed_at(path))
    return _text_frame(*key).copy(deep=False)


def text_of(
    name: str, data: StrPath, iso3: str | None = None, path: str | None = None
) -> pd.DataFrame:
    """Read a shared table or the table of the country `iso3` as text (see `text_frame`).

    `path` (relative to the data folder) selects one of its files. An optional table without a file
    is empty. Raises FileNotFoundError for a missing required file, and errors like `csvfiles.rows`.
    """
    path = path or paths(name, data, iso3)[0]
    if (file := locate(data, path)).exists():
        return text_frame(file, columns(name, data), optional_columns(name, data))
    if not package.resource(name, data).get("cop:optional"):
        raise _absent(path, data)
    return pd.DataFrame(columns=columns(name, data), dtype="str")


@lru_cache(maxsize=512)
def _text_frame(path, names, optional, changed):
    header, filled = rows(path, list(names), list(optional))
    frame = pd.DataFrame([*filled.values()], [*filled], header, dtype="str")
    return frame.reindex(columns=[*names], fill_value="")


def csv_of(frame: pd.DataFrame) -> str:
    """Return a DataFrame as CSV text (see `csv_text`) without index; NA becomes an empty cell."""
    return csv_text([frame.columns, *frame.astype(object).fillna("").to_numpy().tolist()])


def typed(text: pd.DataFrame, fields: list[dict]) -> pd.DataFrame:
    """Convert the columns of a text table to the types in `fields`, and reset the index.

    Columns are Int64, float64 or text. Empty numbers become NA; dates remain text.
    """
    return pd.DataFrame({f["name"]: _column(text[f["name"]], f["type"]) for f in fields})


def _column(text, kind):
    if kind == "integer":
        return pd.array([int(cell) if cell else None for cell in text.tolist()], "Int64")
    if kind == "number":
        return pd.array([float(cell or "nan") for cell in text.tolist()], "float64")
    return text.array


def row(name: str, data: StrPath, column: str, value: str) -> dict[str, str] | None:
    """Return the first row with `value` in `column` as {column: text}, without checking the table.

    `value` begins with the country code. Returns None if the row does not exist, or the table is
    missing or unreadable: errors in another country's data must not stop a run. Records the read.
    """
    path = paths(name, data, value[:3])[0]
    try:
        cells = by_key(locate(data, path), column).get(value)
    except (InvalidTable, FileNotFoundError):
        cells = None
    note({("row", path, column, value, str(data)): of_row(cells)})
    return None if cells is None else {key: cells.get(key, "") for key in columns(name, data)}


def present(name: str, data: StrPath, iso3: str | None = None) -> pd.DataFrame:
    """Read a table as text without checking its cells, in order to add or change rows.

    Returns an empty DataFrame if the file is missing. Raises UserError if it is unreadable.
    """
    try:
        return text_of(name, data, iso3)
    except FileNotFoundError:
        return pd.DataFrame(columns=columns(name, data), dtype="str")
    except InvalidTable as broken:
        raise UserError(f"the table has errors, so nothing was written:\n{broken}") from broken


def longer(name: str, rows: list[dict[str, str]], data: StrPath, iso3: str) -> bytes:
    """Return a table's file with `rows` added, or a new one. Raises UserError if unreadable."""
    present(name, data, iso3)  # raises UserError if the file is unreadable
    path = paths(name, data, iso3)[0]
    file = locate(data, path)
    before = file.read_bytes() if file.exists() else csv_text([columns(name, data)]).encode()
    optional = optional_columns(name, data)
    return with_rows(path, before, rows, optional=optional) if rows else before


def text(data: StrPath, path: str) -> str:
    """Return the text of a required data file. Raises FileNotFoundError or InvalidTable."""
    files(data, path)
    file = locate(data, path)
    if not file.exists():
        raise _absent(path, data)
    return decoded(file)


def _absent(path, data):
    return FileNotFoundError(f"required file {path} not found in {Path(data).name}/; restore it")


def without_notes(text: str) -> str:
    """Remove the HTML comments from a text, but keep the line breaks inside them.

    Line numbers thus stay the same. A comment that is not closed extends to the end of the text.
    """
    return re.sub(r"<!--.*?(-->|\Z)", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)


def no_country(code: str, data: StrPath) -> str:
    """Return an error message for an unknown country code, with up to three suggested codes."""
    frame = text_of("countries", data)
    named = frame.name_en.str.casefold() == code.casefold()
    near = frame.iso3[named if named.any() else frame.iso3.str[:2] == code[:2].upper()]
    meant = f"; did you mean {' or '.join(near[:3])}?" if len(near) else ""
    return f"unknown country code {code!r}; use an ISO3 code in reference/countries.csv{meant}"


def hand_on(frame: pd.DataFrame, name: str, place: Place) -> pd.DataFrame:
    """Save the table `name` of a stage as CSV in `place.tables`, and return it.

    Columns are put in the order of `cop:handedOn`; a missing `iso3` or `group_id` is added.
    Raises UserError if another column is missing, or an unexpected one is present.
    """
    wanted = columns(name, place.data)
    out = frame if wanted[0] in frame else frame.assign(**{wanted[0]: place.key})
    if sorted(out) != sorted(wanted):
        raise UserError(
            f"the frame for the table {name} and `cop:handedOn` in datapackage.json differ in the "
            f"columns {', '.join(sorted({*out} ^ {*wanted})) or 'repeated'}; correct one of them"
        )
    Path(place.tables).mkdir(parents=True, exist_ok=True)
    (Path(place.tables) / f"{name}.csv").write_bytes(csv_of(out[wanted]).encode())
    return out[wanted]


def handed_on(name: str, place: Place, folders: Iterable[str] = ()) -> pd.DataFrame:
    """Load a table that an earlier stage saved to `place.tables` or to each of `folders`.

    Tables from several folders are concatenated. In a folder for interactive work, the table of the
    last run is loaded if it is newer. Raises FileNotFoundError, which names the stage to run first,
    if the table is missing from a folder, and InvalidTable if it has other columns.
    """
    parts, names = [], columns(name, place.data)
    for folder in folders or [place.tables]:
        path = places.newest(name, folder)
        key = f"{Path(folder).parent.name}/{name}" if folders else name
        note_files(("table", key), [path])
        if not path.exists():
            saved = package.contents(place.data)["cop:handedOn"]
            stages = {table["name"]: table["stage"] for table in saved}
            raise FileNotFoundError(f"{path} not found; first run notebook {stages[name]}")
        parts.append(text_frame(path, names))
    return typed(pd.concat(parts), fields(name, place.data))
