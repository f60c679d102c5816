"""What a run shows while it works: a bar on a terminal, and a log file for each country."""

import logging
import sys
from pathlib import Path

from tqdm import tqdm

LINE = "{bar:20} {n_fmt} of {total_fmt} countries, {remaining} left{postfix}"
FORMAT = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
logging.raiseExceptions = False  # where the disk is full, the run itself says so


class Progress(tqdm):
    """The countries that are done: a bar on a terminal, elsewhere a line for each."""

    def __init__(self, total: int) -> None:
        """Take the number of countries."""
        is_terminal = sys.stderr is not None and sys.stderr.isatty()
        stream = getattr(sys.stderr, "beneath", None)  # the bar moves the cursor
        super().__init__(
            total=total, bar_format=LINE, disable=not is_terminal, leave=False, file=stream
        )

    def done(self, country: str, status: str) -> None:
        """Count a country that is done."""
        if self.disable:
            print(f"{country}: {status}", file=sys.stderr)
        else:
            self.set_postfix_str(f"{country} {status}", refresh=False)
            self.update()


def open_log(path: Path) -> logging.Logger:
    """Return a logger that writes to a new file, where the disk allows one."""
    log = logging.Logger(path.stem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(FORMAT)
    log.addHandler(handler)
    return log
