"""Executed notebooks without folders and times of this computer and without unverified rows."""

import re
from collections.abc import Collection
from pathlib import Path

import nbformat

INJECTED = "injected-parameters"  # the tag of the cell in which papermill writes the parameters
FOLDERS = {"data": "../data", "tables": "../tables"}  # of a run, relative to notebooks/
TO_VERIFY = "to_verify"  # the table of unverified rows, and the function that returns it


def clean(path: Path, unverified: Collection[str] = ()) -> bytes:
    """Return an executed notebook without outputs that show unverified rows.

    Removed are outputs of cells that ask for unverified rows or name an id of `unverified`.
    """
    notebook = nbformat.read(path, 4)
    parameters = notebook.metadata.pop("papermill", {}).get("parameters", {})
    notebook.metadata["papermill"] = {"parameters": {**parameters, **FOLDERS}}
    ids = "|".join(map(re.escape, sorted(unverified)))
    for cell in notebook.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
        if INJECTED in cell.metadata.get("tags", ()):
            for name, folder in FOLDERS.items():
                cell.source = re.sub(rf'(?m)^{name} = ".*"$', f'{name} = "{folder}"', cell.source)
        if cell.cell_type == "code":
            hidden = TO_VERIFY in cell.source
            cell.outputs = [
                output
                for output in cell.outputs
                if not hidden and not (ids and re.search(rf"\b({ids})\b", str(output)))
            ]
    return nbformat.writes(notebook, 4).encode()
