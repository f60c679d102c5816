"""Executed notebooks as they are handed on: no machine, no clock, no unverified rows."""

import re
from collections.abc import Collection
from pathlib import Path

import nbformat

GIVEN = "injected-parameters"  # the cell in which papermill writes the parameters of a run
# Where the folders of a run are, seen from notebooks/ of the sealed file.
FOLDERS = {"data": "../data", "tables": "../tables"}
WORK = "to_verify"  # the table of what waits, and the function that gives it
TIMED = ("execution", "papermill")  # what papermill and the kernel note of each cell


def clean(path: Path, waiting: Collection[str] = ()) -> bytes:
    """Give an executed notebook to hand on, without what shows rows that nobody has verified yet.

    That is work, and not content: outputs of the cells that ask for it, and those that name an id
    of `waiting`.
    """
    notebook = nbformat.read(path, 4)
    about = notebook.metadata.pop("papermill", {})
    given = {n: v for n, v in about.get("parameters", {}).items() if n not in FOLDERS}
    notebook.metadata["papermill"] = {"parameters": {**given, **FOLDERS}}
    unseen = re.compile(rf"\b({'|'.join(map(re.escape, sorted(waiting)))})\b") if waiting else None
    for cell in notebook.cells:
        for name in TIMED:
            cell.metadata.pop(name, None)
        if cell.cell_type == "code":
            _clean(cell, unseen)
    return nbformat.writes(notebook, 4).encode()


def _clean(cell, unseen):
    """Take the machine's folders out of the cell of parameters, and what waits from the outputs."""
    if GIVEN in cell.metadata.get("tags", ()):
        cell.id = GIVEN  # otherwise another one in each run
        for name, folder in FOLDERS.items():
            cell.source = re.sub(rf'(?m)^{name} = ".*"$', f'{name} = "{folder}"', cell.source)
    if WORK in cell.source:
        cell.outputs = []
    elif unseen:
        cell.outputs = [one for one in cell.outputs if not unseen.search(str(one))]
