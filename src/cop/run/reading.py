"""Checks the data of a run, on the core that the template's imports leave free.

`python -m cop.run.reading DATA [ISO3 ...]` writes to its output whether the shared tables are
sound, and {country: {file: states}} of what was read for the countries that it found sound until its input
ended.
"""

import contextlib
import gc
import os
import pickle
import sys
from pathlib import Path
from threading import Lock, Thread

import cop.data
from cop.data import checks, package, writing

AHEAD: dict[str, dict[str, set[str]]] = {}  # what was read for sound countries before their turn
ONCE = Lock()


def country(data: str, iso3: str) -> tuple[list[str], dict]:
    """Return the errors of a country of a run, and what was read to find them: {file: states}."""
    writing.settle(data)
    with cop.data.noted() as read:
        return [*map(str, checks.of_country(data, iso3))], read


def ahead(data: str, iso3: str) -> bool:
    """Return whether a country was found sound before its turn, and its files are as they were."""
    from cop.run.keys import of_file

    read = AHEAD.get(iso3)
    return bool(read) and all(seen == {of_file(Path(file))} for file, seen in read.items())


def preload(data: str) -> None:
    """Read the shared tables, which forked processes then need not read again."""
    with contextlib.suppress(cop.data.Broken, OSError):
        for name in package.tables(data, shared=True):
            cop.data.read(name, data)


def _main(data, *countries):
    writing.settle(data)
    all_sound, reads = not checks.of_shared(data), {}
    Thread(target=lambda: (sys.stdin.read(), _tell(all_sound, reads))).start()
    for iso3 in countries if all_sound else ():
        with contextlib.suppress(Exception):  # in its turn it is said what is wrong
            faults, read = country(data, iso3)
            reads |= {} if faults else {iso3: read}
        os.nice(9)  # of a single core the template has most
    _tell(all_sound, reads)


def _tell(*found):
    """Write at one go what there is, and end: nothing is tidied up while the template waits."""
    with ONCE, contextlib.suppress(OSError):
        sys.stdout.buffer.write(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    gc.disable()
    _main(*sys.argv[1:])
