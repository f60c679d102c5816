"""The warm template that each notebook's process is forked from: imported once, with no thread running.

Importing this module is what warms: papermill, nbconvert's exporter, ipykernel's shell, and whatever the notebooks
import, found in their own import lines. Tables that all countries share are read before the fork.
"""

import os
import re

import nbformat

from batch import engine, render
from batch.plan import NOTEBOOKS

DATA = "COP_WARM_DATA"  # the data folder as the notebooks are told it


def imports():
    """Give the import lines of all stages, each once."""
    sources = [
        c.source
        for p in sorted(NOTEBOOKS.glob("[0-7]-*.ipynb"))
        for c in nbformat.read(p, 4).cells
        if c.cell_type == "code"
    ]
    found = re.findall(r"^(?:from helpers import (?:\([^)]*\)|.*)|import .*)$", "\n".join(sources), re.MULTILINE)
    return list(dict.fromkeys(found))


def read_shared(data):
    """Read the tables that all countries share, so that the forked processes find them in memory.

    pandas must first be imported in the shell, as the warm cell does: elsewhere it takes itself to be in a terminal
    and shows tables otherwise.
    """
    from helpers import contract

    for table in contract.package(data)["resources"]:
        if table.get("type") == "table" and isinstance(table["path"], str):
            contract.read(table["name"], data)


os.chdir(NOTEBOOKS)
engine.Client.kernel = engine.Kernel()
engine.Client.kernel.warm("\n".join(imports()))
render.exporter()
if os.environ.get(DATA):
    read_shared(os.environ[DATA])
