"""The check that holds faulty data back, in a process that is kept: a table is checked again where
it, or one that was looked into for it, is another by now.
"""

from pathlib import Path

from cop.data.machine.day import today
from cop.data.package import standing_on
from cop.run import execute
from cop.run.keys import of_file
from cop.run.plan import Job
from cop.run.watch.saves import files, states

_HERE: dict = {}  # of this process: {(table, path): (its faults, {file: states})}, and of what


def faults(job: Job, order: str) -> list[str]:
    """Give the watch the faults of the country that a job is about: those that a run is told of.

    Whatever is not a row of the country (a table that all share, a file begun or deleted, the
    day) lets all be checked again.
    """
    if _HERE.get("basis") != (basis := _basis(job)):
        _HERE.update(basis=basis, known={})
    return execute.faults_of(job, order, of_file=_of_file)


def _of_file(name, path, data):
    """Give the faults of one file, found out anew where bytes that this rests on are others."""
    from cop.data import noted
    from cop.data.checks import of_file as check

    known = _HERE["known"].get((name, path))
    if known is None or any({of_file(Path(file))} != used for file, used in known[1].items()):
        with noted() as used:
            found = check(name, path, data)
        known = _HERE["known"][name, path] = found, used
    return known[0]


def _basis(job):
    """Give the day, and all files of the data by name: with their state, but for the country's."""
    folders = standing_on(job.notebooks / job.parameters["data"])
    there = states(files(folders))
    return today(), {path: job.key in path.parts or about for path, about in there}
