"""Open JupyterLab in the prepared workspace: `python -m explore.lab`, which is `make lab`.

Settings come from src/explore/workspace/ and from the environment's own extensions; what a person
changes lies in outputs/.lab/, so that their own Jupyter elsewhere is neither read nor changed.
"""

import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = Path(__file__).resolve().parent / "workspace"
# Completes from what is there at once, instead of reading the source of pandas.
KERNEL = {"IPCompleter": {"use_jedi": False}}
KEPT_OF_A_CELL = ("tags", "jupyter")


def open_lab(argv: Sequence[str] | None = None) -> None:
    """Open JupyterLab on the folder in which it is called, else on this repository.

    `argv` goes to JupyterLab.
    """
    root = here()
    os.environ.update(surroundings(root))
    _tell_kernels(Path(os.environ["IPYTHONDIR"]))
    _say_little()
    from jupyterlab.labapp import LabApp  # reads the surroundings when it is imported

    settings = [
        f"--ServerApp.root_dir={root}",
        f"--FileContentsManager.preferred_dir={root / 'notebooks'}",
        "--Application.log_level=WARN",
    ]
    LabApp.launch_instance([*settings, *(sys.argv[1:] if argv is None else argv)])


def here() -> Path:
    """Give the current folder when it holds the notebooks, else this repository."""
    current = Path.cwd()
    return current if (current / "notebooks" / "explore.ipynb").exists() else ROOT


def surroundings(root: Path) -> dict[str, str]:
    """Give the environment in which Jupyter finds our settings and keeps a person's apart."""
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


def save_without_outputs(model: dict, **_: object) -> None:
    """Take from a notebook that JupyterLab saves what running it left there: git holds no result.

    What is shown stays on the screen; only the file is without it.
    """
    if model["type"] != "notebook" or model["content"]["nbformat"] != 4:
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
