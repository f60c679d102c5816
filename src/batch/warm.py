"""The warm template that each notebook's process is forked from: imported once, with no thread running.

Importing this module is what warms: papermill, nbconvert's exporter, ipykernel's shell, and whatever the notebooks
import, found in their own import lines. Tables that all countries share are read before the fork.
"""

import contextlib
import gc
import os
import re
import sys

gc.disable()  # what is imported stays
# A grammar of web addresses that jsonschema imports if it can: half a second of every start, and used by nothing here.
sys.modules["rfc3987_syntax"] = None

import nbformat  # noqa: E402

from batch import engine, render  # noqa: E402
from batch.plan import NOTEBOOKS  # noqa: E402

del sys.modules["rfc3987_syntax"]

DATA = "COP_WARM_DATA"  # the data folder as the notebooks are told it
COUNTRIES = "COP_WARM_COUNTRIES"  # whose tables are read before the fork too, as each of their stages would read them


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
    """Read the tables that all countries share, so that forked processes find them in memory; says whether all are sound.

    pandas must first be imported in the shell, as the warm cell does: elsewhere it takes itself to be in a terminal
    and shows tables otherwise.
    """
    from helpers import contract

    try:
        for table in contract.package(data)["resources"]:
            if table.get("type") == "table" and isinstance(table["path"], str):
                contract.read(table["name"], data)
    except Exception:  # the caller finds out all that is wrong, and says it
        return False
    return True


def read_own(data, countries):
    """Read the tables of some countries; one that is at fault is left for the notebook that needs it to say so."""
    from helpers import contract

    tables = [t["name"] for t in contract.package(data)["resources"] if isinstance(t["path"], list)]
    for iso3 in countries:
        for name in tables:
            with contextlib.suppress(Exception):
                contract.read(name, data, iso3)
    contract.READS.clear()


def rehearse():
    """Render a small notebook, so that template and highlighter are compiled before the fork."""
    output = nbformat.v4.new_output("display_data", data={"text/html": "<p>x</p>", "text/plain": "x"})
    cells = [nbformat.v4.new_markdown_cell("# x"), nbformat.v4.new_code_cell("x", outputs=[output])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    render.exporter().from_notebook_node(notebook, {"stylesheet": "", "made": ""})


os.chdir(NOTEBOOKS)
engine.Client.kernel = engine.Kernel()
engine.Client.kernel.warm("\n".join([*imports(), "from helpers import charts", "charts.rehearse()"]))
rehearse()
READ = os.environ.get(DATA)
SOUND = read_shared(READ) if READ else None
if SOUND:
    read_own(READ, os.environ.get(COUNTRIES, "").split())
gc.set_threshold(50_000, 20, 100)  # a forked process lives for seconds
gc.freeze()  # what is never collected is not copied either, when a forked process collects its own
gc.enable()
