"""Read and write the restricted store: contacts, responses and interviews, never kept in git.

Tables are CSV files. An apostrophe is put before a cell that a spreadsheet would run as a formula.
"""

import contextlib
import subprocess
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, writing

TABLES = {
    "contacts": "contact_id iso3 organisation category function person email phone channel "
    "language consent step date form_id note",
    "returns": "return_id iso3 questionnaire version language form_id received source file sheet "
    "row status remark identity submitted changed",
    "answers": "return_id block entry question answer language",
    "imports": "file name when questionnaire source rows accepted remarked refused unchanged",
    "codes": "return_id question coder theme",
    "interviews": "interview_id iso3 category function person held theme finding quote "
    "consent_to_quote coder leaning",
}
COLUMNS = {name: columns.split() for name, columns in TABLES.items()}
MARK = "'"  # put before a formula, and before text that begins with the mark itself
MARKED = ("=", "+", "-", "@", "\t", "\r", MARK)  # earlier versions marked all texts that begin so
RAW = "raw"


def folder(data: Path) -> Path:
    """Return the folder of the restricted store, whether it exists or not."""
    return Path(data) / "restricted"


def read(name: str, data: Path) -> pd.DataFrame:
    """Return a table of the store as a DataFrame of text; a missing file has no rows.

    Missing columns are empty, and unknown columns are left out. Raises UserError if the file is
    unreadable or repeats a column.
    """
    names, path = COLUMNS[name], folder(data) / f"{name}.csv"
    frame = load(path, names)
    if frame.columns.has_duplicates:
        name = frame.columns[frame.columns.duplicated()][0]
        raise UserError(f"{path} has several columns named {name!r}. Rename or delete all but one")
    return frame.reindex(columns=names, fill_value="")


def load(path: Path, names: Iterable[str] = ()) -> pd.DataFrame:
    """Read a CSV file as text (only columns `names` if missing). Raises UserError if invalid."""
    if not path.exists():
        return pd.DataFrame(columns=[*names], dtype=object)
    try:
        return table(cop.data.decoded(path)).copy()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}. Check permissions") from error
    except ValueError as error:
        raise UserError(f"{path} cannot be read: {error}") from error


@lru_cache(maxsize=16)  # a command reads the same tables several times
def table(text: str) -> pd.DataFrame:
    """Parse CSV text with commas, semicolons or tabs. The result is cached; do not modify it.

    Cells are unguarded, and cells missing at the end of a row are "". Raises ValueError if the
    header row is missing, or shorter than another row.
    """
    lines = [*cop.data.separated(text, cop.data.separator_of(text))]
    if not any(lines[:1]):
        raise ValueError("it has no header row. Restore this row")
    names, *rows = lines
    for number, row in enumerate(rows, 2):
        if len(row) > len(names):
            wrong = f"row {number} has {len(row)} cells instead of {len(names)}"
            raise ValueError(f"{wrong}. Put cells with separators in double quotes")
    rows = [row + [""] * (len(names) - len(row)) for row in rows if row]
    return pd.DataFrame(rows, columns=names, dtype=object).map(unguarded)


def packed(frame: pd.DataFrame) -> bytes:
    """Convert a DataFrame to a CSV file with guarded cells and a byte order mark for Excel."""
    rows = frame.map(guarded).to_numpy().tolist()
    return cop.data.csv_text([frame.columns, *rows], end="\r\n").encode("utf-8-sig")


def guarded(value: object) -> str:
    """Return a value as cell text that a spreadsheet does not run as a formula."""
    text = str(value)
    return MARK + text if text.startswith(MARK) else cop.data.neutralise(text)


def unguarded(text: str) -> str:
    """Return the original text of a guarded cell, even if a spreadsheet removed the mark."""
    rest = text[1:]
    is_guarded = text.startswith(MARK) and (rest.startswith(MARKED) or cop.data.is_formula(rest))
    return rest if is_guarded else text


def change(tables: dict[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return {path: bytes} for `write` from {name: DataFrame with all rows of the table}."""
    return {f"{name}.csv": packed(frame[COLUMNS[name]]) for name, frame in tables.items()}


def write(data: Path, files: dict[str, bytes | None]) -> None:
    """Write or delete files of the restricted store, either all of them or none.

    `files` is {path in the store: bytes, or None to delete the file}. Call this function within
    `locked(data)`. Then only the owner can read the store. Raises errors like `writing.write`.
    """
    writing.write(folder(data), files)
    _restrict(folder(data))


def _restrict(root):
    for path in [root, *root.rglob("*")]:
        raw = path.parent == root / RAW
        mode = 0o700 if path.is_dir() else 0o400 if raw else 0o600
        if not path.is_symlink():
            path.chmod(mode)


@contextlib.contextmanager
def locked(data: Path) -> Iterator[None]:
    """Create and lock the restricted store for a `with` block; complete an interrupted write.

    Raises UserError if the store is in a git repository that does not ignore it.
    """
    root = folder(data).resolve()
    call = ["git", "-C", str(root.parent), "check-ignore", "-q", str(root / "x")]
    with contextlib.suppress(OSError):  # without git nothing is committed
        if subprocess.run(call, capture_output=True).returncode == 1:
            fix = f"add `{root.name}/` to the .gitignore in its parent folder first"
            raise UserError(f"{root} could be committed to git: {fix}")
    root.mkdir(0o700, parents=True, exist_ok=True)
    with writing.alone(root):
        _restrict(root)
        yield
