"""A papermill engine without a cold kernel: cells run in this process, forked for one notebook.

ipykernel's own kernel object runs the cells, with its shell, display hook and publisher; only its
session is ours and hands every message to nbclient's output handling instead of a socket. Outputs
are therefore those of a kernel.
"""

import asyncio
import json
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from ipykernel import compiler, ipkernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core import interactiveshell
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.session import Session
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode, validator
from nbformat.v4 import nbbase
from papermill import engines, execute
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from traitlets.config import Config

from cop.run import journal, streams

NAME = "forked"
CELLS = 1024  # so many are remembered: those of all notebooks, and some of one's own


def save(notebook: NotebookNode, path: str | None) -> None:
    """Save a notebook, a line a cell, if it has a path: nbformat takes ten times as long, to indent
    it and to log where it is none.
    """
    told = partial(json.dumps, ensure_ascii=False, sort_keys=True)
    cells = ",\n".join(map(told, notebook.cells))
    rest = told({name: part for name, part in notebook.items() if name != "cells"})
    if path:
        Path(path).write_bytes(f'{{"cells": [\n{cells}\n],\n {rest[1:]}\n'.encode())


class Post(Session):
    """A session that delivers messages to a function, packed and unpacked as a socket would."""

    deliver = None

    def send(self, stream, msg_or_type, content=None, parent=None, *args, **kwargs):
        """Deliver a message; gives it back."""
        made = isinstance(msg_or_type, dict)
        message = msg_or_type if made else self.msg(msg_or_type, content=content, parent=parent)
        if self.deliver:
            told = message["content"]
            told = told if _is_plain(told) else self.unpack(self.pack(told))
            self.deliver(message | {"content": told})
        return message


def _is_plain(one):
    """Say whether a thing comes out of a socket as it was put in: text that UTF-8 has, and such."""
    if type(one) is dict:
        return {*map(type, one)} <= {str} and all(map(_is_plain, (*one, *one.values())))
    if type(one) is str:
        return one.isascii() or one == one.encode("utf-8", "replace").decode()
    return one is None or type(one) is int


class Kernel:
    """ipykernel's kernel in this process, made in the template, used for one notebook."""

    def __init__(self) -> None:
        """Make kernel and shell; nothing is listened to and no thread is started."""
        self.session = Post()
        # Some magics ask the running application for its kernel; it is never initialised, so it
        # opens nothing.
        none_kept = Config({"HistoryManager": {"enabled": False}})
        app = IPKernelApp.instance(log_level=50, config=none_kept)
        app.log.setLevel(app.log_level)  # its handler alone would drop what each message is told by
        here = SimpleNamespace(parent_thread=threading.current_thread())
        parts = {"parent": app, "session": self.session, "shell_channel_thread": here}
        self.kernel = app.kernel = ipkernel.IPythonKernel(**parts)
        self.kernel.log = logging.getLogger("cop.kernel")
        self.kernel.log.addHandler(logging.NullHandler())
        self.shell = self.kernel.shell
        _ask_once(self.shell)
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

    def warm(self, code: str) -> None:
        """Run code whose imports and caches every notebook inherits; its names go nowhere."""
        self.shell.run_cell(f"exec({code!r}, {{}})", store_history=False, silent=True).raise_error()

    def prepare(self, cells: Iterable[str]) -> None:
        """Find out of cells, for every notebook that inherits it, what their text alone tells."""
        for cell in cells:
            python = self.shell.transform_cell(cell)
            interactiveshell._should_be_async(python)
            self.shell.displayhook.semicolon_at_end_of_expression(python.rstrip("\n"))

    def fresh(self) -> None:
        """Make this forked process a notebook's own: random state, event loop, streams."""
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        parent = lambda: self.shell.parent_header  # noqa: E731
        self.streams = [streams.Stream(name, self.session, parent) for name in ("stdout", "stderr")]
        sys.stdout, sys.stderr = self.streams
        self.kernel.shell_channel_thread.parent_thread = threading.current_thread()

    def run(self, code: str, deliver: Callable, cell_id: str | None = None) -> dict:
        """Run a cell, each message delivered as it comes; gives the reply."""
        self.session.deliver = deliver
        self.shell.transform_cell.cache_clear()
        request = self.session.msg("execute_request", {"code": code})
        self.shell.set_parent(request)
        asked = {"code": code, "execution_count": self.shell.execution_count}
        self.session.send(None, "execute_input", asked, request)
        running = self.kernel.do_execute(code, False, True, {}, False, cell_id=cell_id)
        try:
            reply = self.loop.run_until_complete(running)
        finally:
            for stream in self.streams:
                stream.flush()
        return {"content": self.session.unpack(self.session.pack(reply))}


class Client(PapermillNotebookClient):
    """Papermill's client, whose cells run here."""

    def __init__(
        self, manager: NotebookExecutionManager, kernel: Kernel, began: Callable, **settings: Any
    ) -> None:
        """Take a warm kernel, and whom to tell the number of each cell that begins."""
        super().__init__(manager, **settings)
        self.kernel, self.began = kernel, began

    def execute(self, **kwargs: Any) -> NotebookNode:
        """Run all cells; gives the notebook."""
        self.reset_execution_trackers()
        self.kernel.fresh()
        for folder_of_this_machine in ("input_path", "output_path"):
            self.nb.metadata["papermill"].pop(folder_of_this_machine, None)
        with journal.kept(self.nb_man), sys.stdout.descriptor(1), sys.stderr.descriptor(2):
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = self.kernel.kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell, cell_index, execution_count=None, store_history=True):
        """Run one cell; raises CellExecutionError as a kernel does, or CellTimeoutError."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self.began(cell_index)
        self.code_cells_executed += 1
        cell.metadata["execution"], cell.outputs, self.clear_before_next_output = {}, [], False
        deliver = partial(self.process_message, cell=cell, cell_index=cell_index)
        with _alarm(self._get_timeout(cell), cell):
            reply = self.kernel.run(cell.source, deliver, cell.get("id"))
        cell["execution_count"] = reply["content"]["execution_count"]
        if reply["content"]["status"] == "error":
            check = self._check_raise_for_error(cell, cell_index, reply)
            self.kernel.loop.run_until_complete(check)
        return cell


class Engine(engines.NBClientEngine):
    """The engine that papermill finds under the name `forked`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        execution_timeout: int | None = None,
        *,
        kernel: Kernel,
        began: Callable[[int], None] = lambda index: None,
        client: Callable = Client,
        **kwargs: Any,
    ) -> NotebookNode:
        """Run the notebook of the manager in this process by a warm kernel; gives the notebook."""
        settings = {"timeout": execution_timeout, "kernel_name": kernel_name}
        return client(nb_man, kernel, began, **settings).execute()


engines.papermill_engines.register(NAME, Engine)
# What ipykernel makes is an output. What is amiss in a notebook that is read, nbformat would tell a
# log that is not kept here, and to look for it by a schema would take a twentieth of a start.
nbbase.validate = lambda *output, **about: None
validator.iter_validate = lambda *notebook, **about: ()
engines.write_ipynb = execute.write_ipynb = save
# When a cell began is read back as papermill wrote it; dateutil looks for any form of a date.
engines.dateutil = SimpleNamespace(parser=SimpleNamespace(parse=datetime.fromisoformat))
# Told by the text alone, and the same in every country: whether a cell waits for something.
interactiveshell._should_be_async = lru_cache(CELLS)(interactiveshell._should_be_async)
# The number that tracebacks call a cell by, which ipykernel reckons letter by letter.
compiler.murmur2_x86 = lambda cell, seed: crc32(cell.encode(), seed)


def _once(transform):
    """Let a cell be looked through once for what is no Python, whose kinds a cell may change."""
    python = lru_cache(CELLS)(lambda manager, cell, *kinds: transform(manager, cell))
    kinds = attrgetter("cleanup_transforms", "line_transforms", "token_transformers")
    return lambda manager, cell: python(manager, cell, *map(tuple, kinds(manager)))


TransformerManager.transform_cell = _once(TransformerManager.transform_cell)


def _ask_once(shell):
    """Let what kernel and shell both ask of a cell be found once: a tenth of what a cell takes.

    Whether it shows what it ends with is told by its text alone.
    """
    hook = shell.displayhook
    hook.semicolon_at_end_of_expression = lru_cache(CELLS)(hook.semicolon_at_end_of_expression)
    shell.transform_cell = lru_cache(maxsize=1)(shell.transform_cell)
    takes = ipkernel._accepts_parameters(shell.run_cell_async, ["cell_id", "cell_meta"])
    ipkernel._accepts_parameters = lambda *_: takes


@contextmanager
def _alarm(seconds, cell):
    """Raise CellTimeoutError in the cell after so many seconds (C code is killed from outside)."""

    def _ring(number, frame):
        why = "Cell execution timed out"
        raise CellTimeoutError.error_from_timeout_and_cell(why, seconds, cell)

    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds or 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
