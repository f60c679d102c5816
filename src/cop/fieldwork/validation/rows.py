"""Rows of the round's tables: tried beside what is there, then written whole or not at all."""

from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, checks, writing

SHOWN = 10  # faults that are told one by one


def add(table: str, iso3: str, rows: list[dict[str, str]], data: Path) -> str:
    """Write comments or answers after those there are and give the path; call it inside
    `writing.alone(data)`.

    Raises Refused with the faults that they would bring; then nothing is written.
    """
    path = cop.data.paths(table, data, iso3)[0]
    _refuse_faults(table, rows, path, cop.data.present(table, data, iso3), data)
    writing.write(data, {path: cop.data.longer(table, rows, data, iso3)})
    return path


def _refuse_faults(table, rows, path, there, data):
    first = max(there.index, default=1) + 1
    new = pd.DataFrame(rows, index=range(first, first + len(rows)), dtype="str")
    both = pd.concat([there, new]).reindex(columns=there.columns).fillna("")
    faults = checks.of_table(table, both, path, data)
    faults = [fault for fault in faults if fault.row and int(fault.row) >= first]
    if faults:
        more = f"\n… and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        named = "\n".join(map(str, faults[:SHOWN]))
        raise Refused(
            f"nothing was written; {cop.data.count(len(faults), 'error')}:\n{named}{more}"
        )
