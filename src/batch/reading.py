"""Reads and checks the tables of a run, on the core that the template's imports leave free.

`python -m batch.reading DATA [ISO3 ...]` writes to its output all tables by their state, each with
the bytes it is of, then whether the shared ones are sound. Those of a country that is not named are
read by its check, for all its stages.
"""

import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Iterable

import pandas as pd

import contract
from contract import checks


def shared(data: str) -> tuple[dict, bool]:
    """Give, read ahead for a run's notebooks, the shared tables by key, and if all are sound."""
    tables = {}
    try:
        for table in contract.contents(data)["resources"]:
            if table.get("type") == "table" and isinstance(table["path"], str):
                tables |= _one(table["name"], data)
        return tables, not checks.losses.of_shared(data)
    except Exception:  # the caller finds out all that is wrong, and says it
        return tables, False


def own(data: str, countries: Iterable[str]) -> dict:
    """Give, read ahead for a run's notebooks, tables of countries by key; none that is at fault."""
    tables = {}
    names = [t["name"] for t in contract.contents(data)["resources"] if isinstance(t["path"], list)]
    for iso3 in countries:
        for name in names:
            with contextlib.suppress(Exception):
                tables |= _one(name, data, iso3)
    return tables


def _one(name, data, iso3=None):
    before = contract.state(name, data, iso3)
    with contract.noted() as states:
        table = contract.read(name, data, iso3)
    return {before: (table, states)}


def packed(tables: dict) -> bytes:
    """Give tables by their key, as they were read, packed for another process."""
    words = {}
    tables = {key: (_packed(frame, words), of) for key, (frame, of) in tables.items()}
    return pickle.dumps(tables, pickle.HIGHEST_PROTOCOL)


def _packed(frame, words):
    """Give a frame in which equal words are one object: less to hand over, and less to hold."""
    text = {
        name: [words.setdefault(w, w) for w in frame[name].tolist()]
        for name in frame.columns[frame.dtypes == "str"]
    }
    return frame.assign(**{name: pd.array(column, dtype="str") for name, column in text.items()})


def _main(data, *countries):
    tables, sound = shared(data)
    tables |= own(data, countries) if sound else {}
    sys.stdout.buffer.write(packed(tables) + pickle.dumps(sound))


if __name__ == "__main__":
    gc.disable()
    _main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # nothing is tidied up while the template waits
