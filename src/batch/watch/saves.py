"""What was saved: files whose time or size changed, looked at many times a second."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

PAUSE = 0.05  # seconds between two looks
States = dict[Path, tuple[int, int]]


class Saves:
    """The files that a country's pages are made of, and how they were last seen."""

    def __init__(self, data: Iterable[Path], iso3: str, notebooks: Path, source: Path) -> None:
        """Take the folders of data, the country, the notebooks and the code."""
        self._folders = [
            *[folder / part for folder in data for part in ("reference", "statistics")],
            *[folder / "research" / iso3 for folder in data],
            notebooks,
            source,
        ]
        self._single = [folder / name for folder in data for name in ("datapackage.json",)]
        self._seen = self._look()

    def wait(self) -> list[Path]:
        """Wait for a moment and give what was saved, in the order of the names."""
        time.sleep(PAUSE)
        return self.changed()

    def changed(self) -> list[Path]:
        """Give what was saved, begun or deleted since this was last asked."""
        now, before = self._look(), self._seen
        self._seen = now
        return sorted(p for p in now.keys() | before.keys() if now.get(p) != before.get(p))

    def _look(self) -> States:
        return dict(states([*self._single, *files(self._folders)]))


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files below folders; none that is hidden, compiled, or another program's draft."""
    for folder in folders:
        for top, inside, names in os.walk(folder):
            inside[:] = [d for d in inside if not d.startswith((".", "__"))]
            files = [n for n in names if not n.startswith((".", "~")) and "~" not in n]
            yield from (Path(top) / name for name in files)


def states(paths: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Yield each file that is there with its time and size."""
    for path in paths:
        try:
            about = path.stat()
        except OSError:  # it is being replaced
            continue
        yield path, (about.st_mtime_ns, about.st_size)
