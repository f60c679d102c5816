"""The text of notebooks in another language: a cell by its stage and its id."""

import re

from nbformat import NotebookNode

from cop.report import languages
from cop.report.outputs import BEGIN, END

HEADING = re.compile(r"^(#{2,3}) +(.+?) *$", re.MULTILINE)
MARKS = re.compile(r"[`*_]")


def spoken(notebook: NotebookNode, stage: str) -> NotebookNode:
    """Return with its Markdown in the language spoken, where its catalogue has it.

    Each heading keeps in `data-source` what it says in English. The notebook given stays as it is.
    """
    cells = [_spoken(cell, stage) if cell.cell_type == "markdown" else cell
             for cell in notebook.cells]  # fmt: skip
    return NotebookNode({**notebook, "cells": cells})


def context(stage: str, cell: str) -> str:
    """Return by which context a catalogue knows the text of a cell."""
    return f"{stage}/{cell}"


def _spoken(cell, stage):
    said = languages.pgettext(context(stage, cell.get("id", "")), cell.source)
    english = iter(HEADING.findall(cell.source))
    marked = HEADING.sub(lambda m: _marked(m, next(english, ("", ""))[1]), said)
    return NotebookNode({**cell, "source": marked})


def _marked(heading, english):
    if not english:
        return heading[0]
    return f"{heading[1]} {BEGIN}{MARKS.sub('', english)}{END}{heading[2]}"
