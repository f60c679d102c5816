"""Define a papermill engine that runs cells in the current process, without a Jupyter kernel."""

import base64
import contextlib
import io
import sys
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, papermill_engines
from traitlets import Type
from traitlets.config import Config

NAME = "in-process"
INJECTED = "injected-parameters"  # the tag of the cell that papermill adds
CONFIG = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})


class CellDisplayHook(DisplayHook):
    """Display hook that adds the value of a cell's last expression to its outputs."""

    def write_output_prompt(self):
        """Write nothing, since notebooks display the prompt themselves."""

    def write_format_data(self, format_dict, md_dict=None):
        """Add the value to the outputs of the cell, in all formats that IPython computed."""
        more = {"execution_count": self.prompt_count}
        self.shell.add_output("execute_result", format_dict, md_dict, **more)


class CellPublisher(DisplayPublisher):
    """Display publisher that adds displayed objects to the outputs of the cell."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **kwargs):
        """Update outputs that have the same display_id. Add an output unless `update` is set."""
        display_id = (transient or {}).get("display_id")
        earlier = self.shell.displays.setdefault(display_id, []) if display_id else []
        for output in earlier:
            output.update(data=encode_images(data), metadata=from_dict(metadata or {}))
        if not update:
            earlier.append(self.shell.add_output("display_data", data, metadata))

    def clear_output(self, wait=False):
        """Clear the outputs of the cell, immediately or, with `wait`, before the next output."""
        self.shell.clear_before_next = wait
        if not wait:
            self.shell.outputs.clear()


class CellStream(io.TextIOBase):
    """Text stream that adds standard output to the outputs of the cell."""

    def write(self, text: str) -> int:
        """Add `text` to the cell's outputs and return its length. Consecutive texts are merged."""
        shell = NotebookShell.instance()
        last = shell.outputs[-1] if shell.outputs else {}
        if last.get("output_type") == "stream" and not shell.clear_before_next:
            last["text"] += text
        elif text:
            shell.add_output("stream", name="stdout", text=text)
        return len(text)


class NotebookShell(InteractiveShell):
    """InteractiveShell that collects the outputs of each cell in the format of nbformat."""

    displayhook_class = Type(CellDisplayHook)
    display_pub_class = Type(CellPublisher)

    def __init__(self, **options: Any) -> None:
        """Initialise the shell, and make pandas and Matplotlib display objects as in Jupyter."""
        pd.set_option("display.max_columns", 20)
        self.outputs, self.displays, self.clear_before_next = [], {}, False
        super().__init__(**options)
        self.enable_matplotlib("inline")  # `helpers`, imported later, set formats of figures

    def add_output(self, output_type: str, data=None, metadata=None, **more: Any) -> NotebookNode:
        """Add an output to the cell and return it. `data`, if any, is {MIME type: content}."""
        if self.clear_before_next:
            self.outputs.clear()
            self.clear_before_next = False
        if data is not None:
            more |= {"data": encode_images(data), "metadata": metadata or {}}
        self.outputs.append(from_dict({"output_type": output_type} | more))
        return self.outputs[-1]

    def run(self, cell: NotebookNode) -> bool:
        """Run a code cell, set its outputs and execution count, and return whether it succeeded."""
        cell.outputs = self.outputs = []
        cell.execution_count = self.execution_count
        with contextlib.redirect_stdout(CellStream()):
            return self.run_cell(cell.source, store_history=True, cell_id=cell.get("id")).success

    def showtraceback(self, exc_tuple=None, filename=None, tb_offset=None, *_, **__):
        """Add an exception (`exc_tuple`, by default the current one) to the outputs of the cell."""
        kind, value, traceback = exc_tuple or sys.exc_info()
        if issubclass(kind, SyntaxError):
            lines = self.SyntaxTB.structured_traceback(kind, value, [])
        else:
            lines = self.InteractiveTB.structured_traceback(kind, value, traceback, tb_offset)
        # With str, papermill would accept `SystemExit`, although later cells were not run.
        text = repr if kind is SystemExit else str
        self.add_output("error", ename=kind.__name__, evalue=text(value), traceback=lines)

    def showsyntaxerror(self, *_, **__):
        """Add the current syntax error to the outputs of the cell."""
        self.showtraceback()

    def enable_gui(self, gui=None):
        """Do nothing, since notebooks have no GUI event loop."""


class InProcessEngine(Engine):
    """Engine that runs the cells of a notebook in order, up to the first error."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, report_cell=lambda n: None, **kwargs):
        """Run the code cells up to the first error, which is recorded in the notebook, not raised.

        `report_cell` is called before each cell that runs, with its number: cells are counted from
        1, including Markdown cells but not the cell that papermill adds. Empty cells do not run.
        """
        shell, added = NotebookShell.instance(config=CONFIG), 0
        np.random.seed()  # forked processes would share the state of the generator
        for machine_path in ("input_path", "output_path"):
            nb_man.nb.metadata.papermill.pop(machine_path, None)
        for index, cell in enumerate(nb_man.nb.cells):
            added += INJECTED in cell.metadata.get("tags", [])
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            report_cell(index + 1 - added)
            nb_man.cell_start(cell, cell_index=index)
            if failed := not shell.run(cell):
                nb_man.cell_exception(cell, cell_index=index)
            nb_man.cell_complete(cell, cell_index=index)
            if failed:
                break


def encode_images(data: dict) -> dict:
    """Return a copy of display data in which bytes, such as a PNG, are encoded in base64."""
    images = {t: base64.b64encode(v).decode() for t, v in data.items() if isinstance(v, bytes)}
    return from_dict(data | images)


def preload() -> None:
    """Render a DataFrame and a figure to load the libraries that most cells use."""
    pd.DataFrame({"x": [1]}).to_html()
    # Without text: forked processes would share the position in an open font file.
    matplotlib.figure.Figure().savefig(io.BytesIO(), format="svg")


papermill_engines.register(NAME, InProcessEngine)
