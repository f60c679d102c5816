"""Other tables of the same country, as text, for rules that look from one table into another."""

from pathlib import Path

import pandas as pd

from contract.faults import Broken
from contract.package import columns, locate, paths
from contract.reads import content, kept
from contract.sheets import text_frame


def table(name: str, path: str, data: str | Path) -> pd.DataFrame:
    """Give the check a table of the country that a path is of; no row where it cannot be read.

    It tells its own faults; a rule that looks into it blames nobody for them.
    """
    file = locate(data, paths(name, data, path.split("/")[1])[0])
    if not file.exists():
        return pd.DataFrame(columns=columns(name, data))
    return _read(file, name, data, file.stat().st_mtime_ns)


def names_any(ids: set[str], name: str, path: str, data: str | Path) -> bool:
    """Say, for the check, whether a table of the country that a path is of holds one of some ids.

    Its bytes tell: of two hundred countries few tables need be read.
    """
    file = locate(data, paths(name, data, path.split("/")[1])[0])
    return file.exists() and any(map(content(file).decode("latin-1").__contains__, ids))


@kept(64)
def _read(file, name, data, changed):
    try:
        return text_frame(file, columns(name, data))
    except Broken:
        return pd.DataFrame(columns=columns(name, data))
