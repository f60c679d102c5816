"""What is seen of a run: one line on a terminal, plain lines elsewhere, a log for each country."""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOG = logging.getLogger("cop")
LOG.setLevel(logging.DEBUG)  # each who listens says from which level on
LOG.propagate = False
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "error": logging.ERROR,
    "none": logging.CRITICAL,
}
LINE = "{bar:20} {n_fmt} of {total_fmt} countries{postfix}, {remaining} left"


class Progress:
    """The line: bar, count, which countries run, time left.

    Without a terminal, a line for each country that is done.
    """

    def __init__(self, total: int) -> None:
        """Take how many countries there are."""
        from tqdm import tqdm  # slow to come, and seldom needed: there is something to run

        shown = sys.stderr is not None and sys.stderr.isatty()
        stream = getattr(sys.stderr, "beneath", None)  # the line moves the cursor
        self._bar = tqdm(total=total, bar_format=LINE, disable=not shown, leave=False, file=stream)
        self._running, self._lock = {}, threading.Lock()

    def __enter__(self) -> "Progress":
        """Give the line itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Take the line away."""
        self._bar.close()

    @contextlib.contextmanager
    def running(self, country: str) -> Iterator[None]:
        """Show a country as running while the body lasts."""
        with self._lock:
            self._running[country] = True
            self._show()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(country, None)
                self._show()

    def done(self, outcome: Any) -> None:
        """Count a country that is done."""
        with self._lock:
            self._bar.update()
        if self._bar.disable:
            print(f"{outcome.country}: {outcome.status}", file=sys.stderr)

    def _show(self):
        words = " ".join(self._running)
        self._bar.set_postfix_str(f"running {words}" if words else "")


class OverTheLine(logging.Handler):
    """Prints what is logged above the line, so that the line stays whole."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


class IntoFile(logging.FileHandler):
    """Writes what is logged into a file, as long as the disk takes it."""

    def handleError(self, record):  # noqa: N802 (logging's own name)
        """Let it be."""

    def close(self):
        """Close the file, full or not."""
        with contextlib.suppress(OSError):
            super().close()


def listen(level: str) -> None:
    """Let a batch show what is logged from this level on; all else is in countries' files only."""
    LOG.handlers = [handler := OverTheLine(LEVELS[level])]
    handler.setFormatter(logging.Formatter("%(country)s %(message)s"))


@contextlib.contextmanager
def into_file(country: str, path: Path) -> Iterator[None]:
    """Write all that a batch logs of a country into a file of its own, begun anew."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = IntoFile(path, mode="w", encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(lambda record: record.country == country)
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()
