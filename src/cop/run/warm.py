"""The warm template that each notebook's process is forked from: imported once, with no thread
running.

Importing this module is what warms: papermill, nbconvert's exporter, ipykernel's shell, and
whatever the notebooks import, found in their own import lines. Tables are read before the fork too.
"""

import contextlib
import gc
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType, SimpleNamespace

gc.disable()  # what is imported stays
# What jsonschema and ipykernel import if they can, what papermill asks the network and its plugins
# by, and nbconvert which styles are safe: no report uses it, and it would take half of a start.
IF_THERE = ("rfc3987_syntax", "rfc3986_validator", "webcolors", "fqdn", "uri_template")
IF_THERE += ("isoduration", "ipywidgets", "debugpy")
UNUSED = dict.fromkeys(IF_THERE) | {
    "requests": ModuleType("requests"),
    "entrypoints": SimpleNamespace(get_group_all=lambda group: ()),
    "nbconvert.preprocessors.sanitize": SimpleNamespace(_get_default_css_sanitizer=lambda: None),
}
sys.modules.update(UNUSED)
# What each process would import where it first uses it.
LATE = ("cop.run.reading", "multiprocessing.popen_forkserver", "IPython.core.logger")
LATE += ("pandas.core.methods.to_dict", "pandas.core.reshape.reshape")
# What few cells ask for: CSS selectors and guesses at encodings for bs4, what cleans HTML and a web
# server for nbconvert, and data of photographs.
SELDOM = ("soupsieve", "chardet", "bleach", "nbconvert.postprocessors", "PIL.ExifTags")


class Seldom(PathFinder):
    """Finds these modules, as Python does, but loaded only once something in them is asked for."""

    @classmethod
    def find_spec(cls, name: str, *where: object) -> ModuleSpec | None:
        """Give where a module is; None leaves it to the others."""
        if spec := name in SELDOM and super().find_spec(name, *where):
            spec.loader = LazyLoader(spec.loader)
        return spec or None


sys.meta_path.insert(0, Seldom)

from cop.run.plan import NOTEBOOKS  # noqa: E402
from cop.run.process import WARM  # noqa: E402

# A module that is preloaded gets no arguments: the data folder as the notebooks are told it, and
# the countries whose tables are read before the fork too, come by the environment and go no
# further.
DATA, *COUNTRIES = json.loads(os.environ.pop(WARM, "[null]"))
# Another process reads them, on the core that the imports below leave free; where it fails,
# notebooks read for themselves.
READING = DATA and subprocess.Popen(
    [sys.executable, "-m", "cop.run.reading", DATA, *COUNTRIES],
    cwd=NOTEBOOKS,
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
)


from cop.run import engine  # noqa: E402


@dataclass(frozen=True)
class Template:
    """What a forked process takes over."""

    kernel: engine.Kernel
    data: str | None  # the folder whose tables were read
    sound: bool | None  # whether the shared ones are; None where they were not read to the end


def sources() -> list[str]:
    """Give the warm template the cells of code of all stages."""
    notebooks = (json.loads(path.read_bytes()) for path in sorted(NOTEBOOKS.glob("[0-7]-*.ipynb")))
    cells = [cell for one in notebooks for cell in one["cells"]]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def imports(cells: Iterable[str]) -> list[str]:
    """Give the warm template the import lines of all stages, each once."""
    found = re.findall(
        r"^(?:from helpers import (?:\([^)]*\)|.*)|import .*)$", "\n".join(cells), re.MULTILINE
    )
    return list(dict.fromkeys(found))


def take_tables(process: subprocess.Popen) -> bool | None:
    """Take tables read into the warm template; say if the shared are sound, None if not known."""
    import cop.data  # once the shell has imported pandas: elsewhere it shows tables otherwise
    from cop.run import reading

    sound = None
    with process, contextlib.suppress(EOFError, pickle.UnpicklingError):
        sound, reads = pickle.load(process.stdout)
        reading.AHEAD.update(reads)
    with contextlib.suppress(cop.data.Broken, OSError):  # who reads it says what is wrong
        for folder in (DATA, NOTEBOOKS / DATA):  # as notebooks call it, and as we do
            cop.data.contents(folder)
    reading.preload(DATA)
    return sound


def warm_kernel(cells: Iterable[str]) -> engine.Kernel:
    """Give a kernel whose shell has imported whatever the notebooks import, and drawn once."""
    kernel = engine.Kernel()
    kernel.warm(
        "\n".join(
            [
                *imports(cells),
                "from cop.report import charts, words",
                "charts.rehearse(); words.rehearse()",
                "get_ipython().display_formatter.formatters",  # made when they are asked for
            ]
        )
    )
    return kernel


os.chdir(NOTEBOOKS)
CELLS = sources()
KERNEL = warm_kernel(CELLS)
# Once the shell has imported pandas, as for the tables: what the processes themselves ask for.
from cop.report import render  # noqa: E402
from cop.run import identity, keys  # noqa: E402, F401

for late in LATE:
    __import__(late)
render.rehearse()
for name in UNUSED:
    del sys.modules[name]
READING and READING.stdin.close()  # so it is asked what there is, and packs it
KERNEL.prepare(CELLS)  # meanwhile
# What is preloaded is reached by its name in the forked process, and in no other way.
TEMPLATE = Template(KERNEL, DATA, take_tables(READING) if READING else None)
gc.set_threshold(50_000, 20, 100)  # a forked process lives for seconds
gc.freeze()  # what is never collected is not copied when a forked process collects its own
gc.enable()
