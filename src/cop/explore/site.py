"""Serve explore.ipynb as a read-only site on this computer: `make explore-site`.

Voilà displays the texts and outputs of cells without their code. Readers can use the controls but
cannot run code. `python -m cop.explore.site` passes its arguments to Voilà.
"""

import os
import sys
from collections.abc import Sequence

from cop.explore.lab import environment, root_folder

SETTINGS = {
    "Voila.ip": "127.0.0.1",
    "VoilaConfiguration.template": "cop",
    "VoilaConfiguration.strip_sources": "True",
    "VoilaConfiguration.show_tracebacks": "False",
    "VoilaConfiguration.file_allowlist": "nothing^",  # matches no file name
    "MappingKernelManager.cull_idle_timeout": "900",  # seconds; frees the memory of idle pages
    "MappingKernelManager.cull_interval": "60",
}
# JupyterLab extensions that the site does not load.
DENIED = (
    "cop-desk", "jupyterlab_pygments", "jupyterlab_code_formatter",
    "@voila-dashboards/jupyterlab-preview",
)  # fmt: skip


def serve(argv: Sequence[str] | None = None) -> None:
    """Set the variables of `environment`, and serve explore.ipynb until interrupted.

    `argv` (default: the command-line arguments) is passed to Voilà.
    """
    root = root_folder()
    os.environ.update(environment(root))
    from voila.app import Voila  # reads the environment when it is imported

    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    settings += [f"--VoilaConfiguration.extension_denylist={name}" for name in DENIED]
    notebook = str(root / "notebooks" / "explore.ipynb")
    Voila.launch_instance([notebook, *settings, *(sys.argv[1:] if argv is None else argv)])


if __name__ == "__main__":
    serve()
