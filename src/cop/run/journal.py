"""What a notebook's process had done, by the line, so that nothing is lost when it dies.

Papermill writes the whole notebook twice for every cell, which costs a third of a run with figures.
Here each finished cell is added as one line; who finds the process dead puts the lines into the
notebook that was saved at the start, and marks in it what failed.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cop.run.process import Failed

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager


@contextlib.contextmanager
def kept(manager: "NotebookExecutionManager") -> Iterator[None]:
    """Stand in for the saving of papermill's manager while its cells run."""
    if not manager.output_path:
        yield
        return
    cells, done = manager.nb.cells, 0
    with _file(manager.output_path).open("w", encoding="utf-8") as lines:

        def _note(**_):
            nonlocal done
            if cells[done].metadata.papermill["end_time"]:
                lines.write(json.dumps(cells[done]) + "\n")
                lines.flush()
                done += 1

        manager.save = _note
        try:
            yield
        except BaseException:  # a living process saves the whole before it tells
            del manager.save
            raise
        finally:
            _end(manager.output_path)
        # papermill writes the notebook once more when all cells are run
        manager.save = lambda **_: None


def mark(path: Path, failed: Failed) -> None:
    """Let a saved notebook say what happened: the cell that failed, and those never run.

    Papermill would say that they are completed. Nothing is done where no notebook was saved.
    """
    import nbformat

    if not path.exists():
        return
    notebook = put_back(nbformat.read(path, 4), path)
    at = _failing(notebook.cells, failed.cell)
    for i, cell in enumerate(notebook.cells):
        about = cell.metadata.setdefault("papermill", {})
        if i == at:
            about.update(status="failed", exception=True)
            _say_error(cell, failed)
        elif at is None or i > at:
            about.update(status="not run", start_time=None, end_time=None, duration=None)
    notebook.metadata.setdefault("papermill", {})["exception"] = True
    nbformat.write(notebook, path)
    forget_paths(path)


def put_back(notebook: "NotebookNode", path: Path) -> "NotebookNode":
    """Put the cells that a run's journal holds into a notebook read from `path`, and end it.

    Gives the notebook.
    """
    import nbformat

    if _file(path).exists():
        for at, line in enumerate(_file(path).read_text(encoding="utf-8").splitlines()):
            # the process may have died in the middle of a line
            with contextlib.suppress(json.JSONDecodeError):
                notebook.cells[at] = nbformat.from_dict(json.loads(line))
    _end(path)
    return notebook


def forget_paths(path: Path) -> None:
    """Take the folders of the machine that ran a notebook out of its metadata."""
    import nbformat

    notebook = nbformat.read(path, 4)
    for key in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(key, None)
    nbformat.write(notebook, path)


def _failing(cells, number):
    """Give the place of the cell that failed: papermill's (it adds cells), else by number."""
    said = (cell.metadata.get("papermill", {}).get("status") for cell in cells)
    named = [i for i, status in enumerate(said) if status == "failed"]
    return named[0] if named else number - 1 if number else None


def _say_error(cell, failed):
    import nbformat

    if cell.cell_type != "code" or any(o.output_type == "error" for o in cell.outputs):
        return
    words = {"ename": failed.cause, "evalue": failed.message, "traceback": [failed.message]}
    cell.outputs.append(nbformat.v4.new_output("error", **words))


def _end(path):
    _file(path).unlink(missing_ok=True)


def _file(path):
    return Path(path).with_suffix(".cells")
