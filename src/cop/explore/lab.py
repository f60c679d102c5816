"""Open JupyterLab in the prepared workspace: `python -m cop.explore.lab`, which is `make lab`.

Settings come from src/explore/workspace/ and from the environment's own extensions; what a person
changes lies in outputs/.lab/, so that their own Jupyter elsewhere is neither read nor changed.
Notebooks are opened as copies in desk/, which git ignores: those of notebooks/ make the reports.
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
# Completes from what is there at once, instead of reading the source of pandas.
KERNEL = {"IPCompleter": {"use_jedi": False}}
KEPT_OF_A_CELL = ("tags", "jupyter")
COMMITTED, DESK = "notebooks", "desk"  # side by side: paths in a copy lead where they led
LAID_OUT = ".laid-out.json"  # in the desk: the notebooks as they were copied, {name: state}


def open_lab(argv: Sequence[str] | None = None) -> None:
    """Open JupyterLab on the folder in which it is called, else on this repository.

    `argv` goes to JupyterLab.
    """
    root = here()
    os.environ.update(surroundings(root))
    lay_out(root)
    _tell_kernels(Path(os.environ["IPYTHONDIR"]))
    _say_little()
    from jupyterlab.labapp import LabApp  # reads the surroundings when it is imported

    settings = [
        f"--ServerApp.root_dir={root}",
        f"--FileContentsManager.preferred_dir={root / DESK}",
        "--Application.log_level=WARN",
    ]
    LabApp.launch_instance([*settings, *(sys.argv[1:] if argv is None else argv)])


def here() -> Path:
    """Return where JupyterLab opens: the current folder if it has notebooks, else this
    repository.
    """
    current = Path.cwd()
    return current if (current / COMMITTED / "explore.ipynb").exists() else ROOT


def lay_out(root: Path) -> list[str]:
    """Copy notebooks to JupyterLab's desk, over none worked in; give those copied anew."""
    desk = root / DESK
    desk.mkdir(exist_ok=True)
    kept = desk / LAID_OUT
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    anew = []
    for path in sorted((root / COMMITTED).glob("*.ipynb")):
        copy, raw = desk / path.name, path.read_bytes()
        as_laid = known.get(path.name), of_bytes(raw)  # the latter where a stop came before `kept`
        if not copy.exists() or of_bytes(copy.read_bytes()) in as_laid:
            writing.whole(copy, raw)
            known[path.name] = of_bytes(raw)
            anew.append(path.name)
    writing.whole(kept, json.dumps(known, indent=1).encode())
    return anew


def surroundings(root: Path) -> dict[str, str]:
    """Return the environment in which Jupyter finds our settings and keeps a person's apart."""
    own = root / "outputs" / ".lab"
    return {
        "JUPYTER_CONFIG_PATH": str(WORKSPACE / "config"),
        "JUPYTER_PATH": str(WORKSPACE / "share"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "IPYTHONDIR": str(own / "ipython"),
    }


def _say_little():
    """Hide what Jupyter's parts warn each other's authors of; Voilà shows it once imported."""
    import voila  # noqa: F401

    warnings.filterwarnings("ignore", category=DeprecationWarning, module="traitlets")


def _tell_kernels(folder):
    """Write what kernels are told at their start."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.json").write_text(json.dumps(KERNEL), encoding="utf-8")


def save_without_outputs(model: dict, path: str = "", **_: object) -> None:
    """Take from one of notebooks/ that JupyterLab saves what running it left: git holds no result.

    What is shown stays on the screen; only the file is without it. A notebook elsewhere, a copy at
    the desk or a person's own, is saved as it is.
    """
    if model["type"] != "notebook" or model["content"]["nbformat"] != 4:
        return
    if path.strip("/").split("/")[0] != COMMITTED:
        return
    content = model["content"]
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        cell["metadata"] = {
            name: value for name, value in cell["metadata"].items() if name in KEPT_OF_A_CELL
        }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python"}}


if __name__ == "__main__":
    open_lab()
