"""Reads and checks the tables of a run, on the core that the template's imports leave free.

`python -m cop.run.reading DATA [ISO3 ...]` writes to its output whether the shared tables are
sound, and these by their state, each with the bytes it is of; then those of the countries that it
could read and check until its input ended, and {country: {file: states}} of what was read for that.
"""

import contextlib
import gc
import os
import pickle
import sys
from pathlib import Path
from threading import Lock, Thread

import cop.data
from cop.data import checks, package, sound, writing
from cop.data.checks import losses
from cop.data.checks.belonging import country_of

AHEAD: dict[str, dict[str, set[str]]] = {}  # what was read for sound countries before their turn
ONCE = Lock()


def shared(data: str) -> tuple[dict, bool]:
    """Give, read ahead for a run's notebooks, the shared tables by key, and if all are sound."""
    tables = {}
    try:
        for name in package.tables(data, shared=True):
            writing.settle(data)
            before = cop.data.state(name, data)
            tables[before] = _one(before)
        return tables, not losses.of_shared(data)
    except Exception:  # the caller finds out all that is wrong, and says it
        return tables, False


def country(data: str, iso3: str) -> tuple[list[str], dict, dict]:
    """Give the faults of a country of a run, or, without any, its tables by key, and what was read
    for both: {file: states}.
    """
    writing.settle(data)
    before = _states(data, iso3)
    with cop.data.noted() as read:
        faults = [*map(str, checks.of_country(data, iso3))]
    # A frame is made of them in the process that asks for it.
    tables = {} if faults else {state: _one(state, check=False) for state in before}
    return faults, {state: (tuple(table), of) for state, (table, of) in tables.items()}, read


def ahead(data: str, iso3: str) -> bool:
    """Say whether a country of a run was read and found sound before its turn, and whatever was
    read for it still holds the same bytes.
    """
    from cop.run.keys import of_file

    read, given = AHEAD.get(iso3), cop.data.GIVEN
    there = read and all(state in given for state in _states(data, iso3))
    return bool(there) and all(seen == {of_file(Path(file))} for file, seen in read.items())


def _states(data, iso3):
    """Give the state of each table that lies in a country's own folder."""
    names = package.tables(data, shared=False)
    states = (cop.data.state(name, data, iso3) for name in names)
    return [state for state in states if all(country_of(path) for path, _ in state[2])]


def _one(state, check=True):
    with cop.data.noted() as states:
        return sound.table(*state[:3], check), states


def _main(data, *countries):
    tables, all_sound = shared(data)
    words, own, reads = {}, {}, {}  # equal words are one object: less to hand over, and to hold
    for table, _ in tables.values():
        for name, cells in table.text.items():
            table.text[name] = [*map(words.setdefault, cells, cells)]
    told = pickle.dumps((all_sound, tables), pickle.HIGHEST_PROTOCOL)
    Thread(target=lambda: (sys.stdin.read(), _tell(told, own, reads))).start()
    for iso3 in countries if all_sound else ():
        with contextlib.suppress(Exception):  # in its turn it is said what is wrong
            faults, found, read = country(data, iso3)
            own |= found
            reads |= {} if faults else {iso3: read}
        os.nice(9)  # of a single core the template has most
    _tell(told, own, reads)


def _tell(told, own, reads):
    """Write at one go what there is, and end: nothing is tidied up while the template waits."""
    with ONCE, contextlib.suppress(OSError):
        more = pickle.dumps((dict(own), dict(reads)), pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.write(told + more)
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    gc.disable()
    _main(*sys.argv[1:])
