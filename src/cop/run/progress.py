"""What a run shows while it works: a line on a terminal, and a log file for each country."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

LOG = logging.getLogger("cop")
LOG.setLevel(logging.DEBUG)  # each handler has a level of its own
LOG.propagate = False
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "error": logging.ERROR, "none": 100}
FORMAT = "%(asctime)s %(levelname)s %(country)s %(message)s"
LINE = "{bar:20} {n_fmt} of {total_fmt} countries, {remaining} left{postfix}"


class Progress:
    """The countries that are done: a bar on a terminal, elsewhere a line for each."""

    def __init__(self, total: int) -> None:
        """Take the number of countries."""
        from tqdm import tqdm

        is_terminal = sys.stderr is not None and sys.stderr.isatty()
        stream = getattr(sys.stderr, "beneath", None)  # the bar moves the cursor
        options = {"bar_format": LINE, "disable": not is_terminal, "leave": False, "file": stream}
        self._bar = tqdm(total=total, **options)

    def __enter__(self) -> "Progress":
        """Return the progress itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Remove the bar."""
        self._bar.close()

    def done(self, country: str, status: str) -> None:
        """Count a country that is done."""
        self._bar.set_postfix_str(f"{country} {status}", refresh=False)
        self._bar.update()
        if self._bar.disable:
            print(f"{country}: {status}", file=sys.stderr)


class Printer(logging.Handler):
    """Prints log records above the bar."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


class LogFile(logging.FileHandler):
    """Writes log records to a file, as long as the disk has room."""

    def handleError(self, record):  # noqa: N802 (the name that logging calls)
        """Ignore it: the run itself reports a full disk."""


def print_log(level: str) -> None:
    """Print log records from a level on; countries' files have them all."""
    LOG.handlers = [handler := Printer(LEVELS[level])]
    handler.setFormatter(logging.Formatter("%(country)s %(message)s"))


@contextlib.contextmanager
def log_file(country: str, path: Path) -> Iterator[logging.LoggerAdapter]:
    """Write what is logged about a country to a new file; yields its logger."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(path, mode="w", encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(lambda record: record.country == country)
    LOG.addHandler(handler)
    try:
        yield logging.LoggerAdapter(LOG, {"country": country})
    finally:
        LOG.removeHandler(handler)
        with contextlib.suppress(OSError):
            handler.close()
