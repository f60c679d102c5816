"""What a notebook's process had done, by the line, so that nothing is lost when it dies.

Papermill writes the whole notebook twice for every cell, which costs a third of a run with figures. Here each finished
cell is added as one line; who finds the process dead puts the lines into the notebook that was saved at the start.
"""

import contextlib
import json
from pathlib import Path


@contextlib.contextmanager
def kept(manager):
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
        manager.save = lambda **_: (
            None
        )  # papermill writes the notebook once more when all cells are run


def put_back(notebook, path):
    """Put the cells of the diary into a notebook read from `path`, and end the diary; gives the notebook."""
    import nbformat

    if _file(path).exists():
        for at, line in enumerate(_file(path).read_text(encoding="utf-8").splitlines()):
            with contextlib.suppress(
                json.JSONDecodeError
            ):  # the process may have died in the middle of a line
                notebook.cells[at] = nbformat.from_dict(json.loads(line))
    _end(path)
    return notebook


def _end(path):
    _file(path).unlink(missing_ok=True)


def _file(path):
    return Path(path).with_suffix(".cells")
