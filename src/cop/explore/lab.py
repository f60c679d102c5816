"""Start JupyterLab in the prepared workspace: `python -m cop.explore.lab`, or `make lab`.

Settings come from workspace/ next to this file. Changed settings are stored in outputs/.lab/, so
that ~/.jupyter and ~/.ipython are neither read nor changed. Notebooks are opened as copies in
desk/, which git ignores; reports use the originals.
"""

import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from cop.data import writing
from cop.data.reads import of_bytes

ROOT = Path(__file__).resolve().parents[3]
WORKSPACE = Path(__file__).resolve().parent / "workspace"
KEPT_METADATA = ("tags", "jupyter")
COMMITTED, DESK = "notebooks", "desk"  # next to each other, so that copies can use relative paths
COPIED = ".laid-out.json"  # file in desk/: {name: hash of the notebook when copied}


def open_lab(argv: Sequence[str] | None = None) -> None:
    """Set the variables of `environment`, copy the notebooks to desk/, and start JupyterLab.

    JupyterLab runs in `root_folder()` and receives `argv` (default: command-line arguments).
    """
    root = root_folder()
    os.environ.update(environment(root))
    copy_notebooks(root)
    import voila  # noqa: F401  # its import enables warnings for developers

    warnings.filterwarnings("ignore", category=DeprecationWarning, module="traitlets")
    from jupyterlab.labapp import LabApp  # reads the environment when it is imported

    settings = [
        f"--ServerApp.root_dir={root}",
        f"--FileContentsManager.preferred_dir={root / DESK}",
        "--Application.log_level=WARN",
    ]
    LabApp.launch_instance([*settings, *(sys.argv[1:] if argv is None else argv)])


def root_folder() -> Path:
    """Return the working directory if it has notebooks/explore.ipynb, otherwise ROOT."""
    current = Path.cwd()
    return current if (current / COMMITTED / "explore.ipynb").exists() else ROOT


def copy_notebooks(root: Path) -> list[str]:
    """Copy notebooks to desk/, except where the copy was changed, and return the names copied."""
    desk, copied = root / DESK, []
    desk.mkdir(exist_ok=True)
    record = desk / COPIED
    hashes = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    for path in sorted((root / COMMITTED).glob("*.ipynb")):
        copy, content = desk / path.name, path.read_bytes()
        new = of_bytes(content)
        # A copy equal to `new` is unchanged, too: a call may stop before it writes the record.
        unchanged = hashes.get(path.name), new
        if not copy.exists() or of_bytes(copy.read_bytes()) in unchanged:
            writing.whole(copy, content)
            hashes[path.name] = new
            copied.append(path.name)
    writing.whole(record, json.dumps(hashes, indent=1).encode())
    return copied


def environment(root: Path) -> dict[str, str]:
    """Return the environment variables that make Jupyter use workspace/ and outputs/.lab/."""
    folder = root / "outputs" / ".lab"
    return {
        "JUPYTER_CONFIG_PATH": str(WORKSPACE / "config"),
        "JUPYTER_PATH": str(WORKSPACE / "share"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def save_without_outputs(model: dict, path: str = "", **_: object) -> None:
    """Remove outputs and most metadata of a notebook in notebooks/ when JupyterLab saves it.

    Changes `model` in place, so that results are not stored in git; they are still displayed.
    Notebooks elsewhere, such as the copies in desk/, keep their outputs.
    """
    content = model["content"]
    in_git = path.strip("/").split("/")[0] == COMMITTED
    if not in_git or model["type"] != "notebook" or content["nbformat"] != 4:
        return
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        metadata = cell["metadata"].items()
        cell["metadata"] = {name: value for name, value in metadata if name in KEPT_METADATA}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python"}}


if __name__ == "__main__":
    open_lab()
