"""Reads and checks the tables of a run, on the core that the template's imports leave free.

`python -m batch.reading DATA [ISO3 ...]` writes to its output whether the shared tables are sound,
and all tables by their state, each with the bytes it is of.
"""

import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Iterable

import contract
from contract import package, sound, writing
from contract.checks import losses


def shared(data: str) -> tuple[dict, bool]:
    """Give, read ahead for a run's notebooks, the shared tables by key, and if all are sound."""
    tables = {}
    try:
        for name in package.tables(data, shared=True):
            tables |= _one(name, data)
        return tables, not losses.of_shared(data)
    except Exception:  # the caller finds out all that is wrong, and says it
        return tables, False


def own(data: str, countries: Iterable[str]) -> dict:
    """Give, read ahead for a run's notebooks, tables of countries by key; none that is at fault."""
    from contract.sheets import typed

    return {key: (typed(*table), states) for key, (table, states) in _own(data, countries).items()}


def _own(data, countries):
    tables = {}
    for iso3 in countries:
        for name in package.tables(data, shared=False):
            with contextlib.suppress(Exception):
                tables |= _one(name, data, iso3)
    return tables


def _one(name, data, iso3=None):
    writing.settle(data)
    before = contract.state(name, data, iso3)
    with contract.noted() as states:
        table = sound.table(name, data, before[2])
    return {before: (table, states)}


def _main(data, *countries):
    tables, all_sound = shared(data)
    tables |= _own(data, countries) if all_sound else {}
    words = {}  # equal ones are one object: less to hand over, and less to hold
    for table, _ in tables.values():
        for name, cells in table.text.items():
            table.text[name] = [*map(words.setdefault, cells, cells)]
    # whole at once: who takes it need not wait while the rest is packed
    sys.stdout.buffer.write(pickle.dumps((all_sound, tables), pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    gc.disable()
    _main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # nothing is tidied up while the template waits
