"""Figures that another stage of the same run has drawn: what an annex shows, the report shows too.

The folder is of one run, in which no code changes; a figure is known by all that it is drawn of.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from report import languages
from report.figure import Caption
from report.page import Shown

_FOLDER: list[Path] = []  # at most one: where the figures of this run are kept


def keep_in(folder: Path | None) -> None:
    """Keep figures in a folder from now on, and take them from there; in none with None."""
    _FOLDER[:] = [folder] if folder else []
    if folder:
        folder.mkdir(parents=True, exist_ok=True)


def drawn(draw: Callable, frame: pd.DataFrame, caption: Caption, **others: object) -> Shown:
    """Give the figure of a frame, drawn where this run has not drawn the very same."""
    if not _FOLDER:
        return draw(frame, caption, **others)
    of = [draw.__module__, draw.__name__, languages.current(), caption, _all_of(frame)]
    of += [(name, _all_of(value)) for name, value in others.items()]
    file = _FOLDER[0] / hashlib.sha256(repr(of).encode()).hexdigest()
    if file.exists():
        return Shown(file.read_text(encoding="utf-8"))
    made = draw(frame, caption, **others)
    aside = file.with_name(f"{file.name}-{os.getpid()}")
    aside.write_text(made, encoding="utf-8")
    aside.replace(file)
    return made


def _all_of(value):
    """Give what tells one value from every other: of a frame, its cells with their types.

    A number is drawn the same whether its column could hold a missing one (Int64) or not.
    """
    if isinstance(value, pd.Series):
        value = value.to_frame()
    if not isinstance(value, pd.DataFrame):
        return value
    cells = [value.iloc[:, at].tolist() for at in range(value.shape[1])]
    return (
        [*map(str, value.columns)],
        [str(kind).lower() for kind in value.dtypes],
        value.index.tolist(),
        cells,
    )
