"""What was saved: files whose time or size changed, looked at many times a second."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

PAUSE = 0.03  # seconds between two looks
WRITTEN = 0.01  # seconds in which what is being written is written to its end
LOOKS = 20  # that one save may take
OLD = 10**9  # nanoseconds after which no file can come at the time that a folder shows
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
        self._known: dict[str, tuple[int, list[Path], list[str]]] = {}
        self._seen = self._look()

    def wait(self) -> list[Path]:
        """Wait for a moment and give what was saved, in the order of the names.

        A file is emptied first and then written: it is waited until nothing more comes.
        """
        time.sleep(PAUSE)
        saved = more = self.changed()
        for _ in range(LOOKS if saved else 0):
            time.sleep(WRITTEN)
            if not (more := self.changed()):
                break
            saved = sorted({*saved, *more})
        return saved

    def changed(self) -> list[Path]:
        """Give what was saved, begun or deleted since this was last asked."""
        now, before = self._look(), self._seen
        self._seen = now
        return sorted(p for p in now.keys() | before.keys() if now.get(p) != before.get(p))

    def _look(self) -> States:
        """Give all files as they stand; a folder is read again where its time is another."""
        there, todo = [*self._single], list(map(str, self._folders))
        while todo:
            folder = todo.pop()
            try:
                changed = os.stat(folder).st_mtime_ns
            except OSError:
                continue
            known = self._known.get(folder)
            if known is None or known[0] != changed:
                known = changed, *_inside(folder)
                if time.time_ns() - changed > OLD:
                    self._known[folder] = known
            there += known[1]
            todo += known[2]
        return dict(states(there))


def _inside(folder):
    """Give the files right below a folder, and the folders."""
    top, inside, names = next(_walked(folder), (folder, [], []))
    return [Path(top, name) for name in names], [os.path.join(top, one) for one in inside]


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the watched files below folders; none hidden, compiled, or another program's draft."""
    for folder in folders:
        for top, _, names in _walked(folder):
            yield from (Path(top) / name for name in names)


def _walked(folder):
    for top, inside, names in os.walk(folder):
        inside[:] = [d for d in inside if not d.startswith((".", "__"))]
        yield top, inside, [n for n in names if not n.startswith((".", "~")) and "~" not in n]


def states(paths: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Yield each watched file that is there with its time and size."""
    for path in paths:
        try:
            about = path.stat()
        except OSError:  # it is being replaced
            continue
        yield path, (about.st_mtime_ns, about.st_size)
