"""Other tables of the same country, as text, for rules that look from one table into another."""

from pathlib import Path

from cop.data.cells import Cells, cells
from cop.data.faults import Broken
from cop.data.package import columns, locate, paths
from cop.data.reads import content


def table(name: str, path: str, data: str | Path) -> Cells:
    """Give the check a table of the country that a path is of; no row where it cannot be read.

    It tells its own faults; a rule that looks into it blames nobody for them.
    """
    file = locate(data, paths(name, data, path.split("/")[1])[0])
    names = columns(name, data)
    try:
        return cells(file, names)
    except (Broken, FileNotFoundError):
        return Cells(dict.fromkeys(names, ()))


def by_key(name: str, key: str, column: str, path: str, data: str | Path) -> dict[str, str]:
    """Give the check a column of such a table by its key, of two rows with one key the first."""
    there = table(name, path, data)
    return dict(zip(reversed(there[key]), reversed(there[column]), strict=True))


def names_any(ids: set[str], name: str, path: str, data: str | Path) -> bool:
    """Say, for the check, whether a table of the country that a path is of holds one of some ids.

    Its bytes tell: of two hundred countries few tables need be read.
    """
    file = locate(data, paths(name, data, path.split("/")[1])[0])
    return file.exists() and any(map(content(file).decode("latin-1").__contains__, ids))
