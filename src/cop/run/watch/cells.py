"""Cells that still hold: what each cell of a watched notebook gave, and what it rests on.

A cell is run again where its source, a row or a table that it read, or a macro that it showed by
changed; and so is every cell that uses a name of which it made another value. All others keep what
they gave, in a process that keeps their names.
"""

import ast
import hashlib
import io
import pickle
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import cop.data
from cop.report import words
from cop.run.engine import Client
from cop.run.watch.spoken import Words

Cell = tuple[str, int]  # a source, and how many of the same stand before it
States = Mapping[tuple, str]


@dataclass(frozen=True)
class Given:
    """What a cell gave when it was run, and what it rests on."""

    outputs: list
    count: int
    reads: States = field(default_factory=dict)
    spoken: States = field(default_factory=dict)  # {(stage, macro): state of its words}


class Cells:
    """The cells of one notebook in the process that keeps their names."""

    def __init__(self, data: str, now: Callable[[Iterable], States]) -> None:
        """Take the data folder, and what gives the states of what was read as they are by now."""
        self.given: dict[Cell, Given] = {}
        self.made: dict[Cell, dict[str, bytes]] = {}  # the states of the names as a cell made them
        self._data, self._now, self._words, self._held = data, now, None, None
        self._several: set[str] = set()

    def hold(self) -> dict[Cell, bool]:
        """Give of each cell whether what it read and was said by is as it was.

        Words that are saved after this let a cell be run again at the next look.
        """
        self._words = Words()
        read = self._now({read for given in self.given.values() for read in given.reads})
        self._held = {
            cell: all(read[one] == state for one, state in given.reads.items())
            and all(self._words.state(*one) == state for one, state in given.spoken.items())
            for cell, given in self.given.items()
        }
        return self._held

    def look(self, sources: Iterable[str]) -> None:
        """Forget what does not hold any more, where these are the sources of the cells.

        What holds was seen by `hold`, if that was asked since the last look.
        """
        cells, holds = list(counted(sources)), self.hold() if self._held is None else self._held
        self._held = None
        sources = [source for source, _ in cells]
        gone = [source for source, _ in (self.given | self.made).keys() - set(cells)]
        sound = [holds.get(cell, False) for cell in cells]
        self._several = several(sources)
        again = {at for at, one in enumerate(sound) if not one}
        again |= {  # together, in their order: each takes a name as the one before left it
            at
            for at in run_again(sources, sound, gone)
            if self._several & set().union(*names(sources[at]))
        }
        self.given = {cell: self.given[cell] for at, cell in enumerate(cells) if at not in again}
        self.made = {cell: self.made[cell] for cell in cells if cell in self.made}
        self._forget(set().union(*(names(source)[0] for source in gone)))

    def client(self, *manager: object, **settings: object) -> Client:
        """Give the client that runs what does not hold."""
        return _Watched(self, *manager, **settings)

    def note(self, cell: Cell, outputs: list, count: int) -> None:
        """Note what a cell gave that was just run, with all that was read and shown by since."""
        spoken = {one: self._words.state(*one) for one in words.USED}
        self.given[cell] = Given(outputs, count, cop.data.states(self._data), spoken)

    def run(self, cell: Cell, held: dict[str, object], run: Callable[[], object]) -> object:
        """Run a cell and forget what uses a name of which it made another value than before.

        A name of the same value stays what it was, with whatever rests on it. `held` are the names
        and their values.
        """
        makes, before = names(cell[0])[0] - self._several, self.made.get(cell, {})
        old, self.made[cell] = {name: held[name] for name in makes & held.keys()}, {}
        done = run()
        now = {name: state_of(held.get(name)) for name in makes}
        same = {name for name in makes & old.keys() if now[name] and before.get(name) == now[name]}
        held.update({name: old[name] for name in same})
        self._forget(makes - same)
        self.made[cell] = now
        return done

    def _forget(self, changed):
        """Let every cell be run again that makes or uses one of these names, now of other values.

        What a cell made that is no more may still stand under its name.
        """
        touched = {cell for cell in self.given if changed & set().union(*names(cell[0]))}
        self.given = {cell: one for cell, one in self.given.items() if cell not in touched}
        for made in self.made.values():
            for name in changed & made.keys():
                del made[name]


class _Watched(Client):
    """Papermill's client that takes over what still holds."""

    def __init__(self, cells: Cells, *manager: object, **settings: object) -> None:
        super().__init__(*manager, **settings)
        self._cells = cells
        sources = [cell.source for cell in self.nb.cells if _is_code(cell)]
        cells.look(sources)
        self._names = iter(list(counted(sources)))

    def execute_cell(self, cell, cell_index, execution_count=None, store_history=True):
        """Give a cell with its outputs, run where they do not hold."""
        if not _is_code(cell):
            return cell
        name = next(self._names)
        self.kernel.shell.execution_count = self.code_cells_executed + 1
        if given := self._cells.given.get(name):
            self.code_cells_executed += 1
            cell.outputs, cell["execution_count"] = given.outputs, given.count
            return cell
        cop.data.clear(), words.USED.clear()
        run = lambda: super(_Watched, self).execute_cell(cell, cell_index)  # noqa: E731
        done = self._cells.run(name, self.kernel.shell.user_ns, run)
        self._cells.note(name, done.outputs, done["execution_count"])
        return done


def run_again(sources: list[str], holds: list[bool], gone: Iterable[str] = ()) -> set[int]:
    """Give the watch the places of the cells to run again; `holds` says which hold by themselves.

    With them go the cells that make or use a name that one of them makes, and, where one uses a
    name that several cells make, all of these: it holds what the last one made. `gone` are cells
    that are no more.
    """
    makes, uses = map(list, zip(*map(names, sources), strict=True)) if sources else ([], [])
    shared = several(sources)
    again = {at for at, one in enumerate(holds) if not one}
    tainted = set().union(*(names(source)[0] for source in gone))
    while True:
        tainted |= set().union(*(makes[at] | uses[at] & shared for at in again))
        more = {at for at in range(len(sources)) if (makes[at] | uses[at]) & tainted}
        if more <= again:
            return again
        again |= more


def several(sources: list[str]) -> set[str]:
    """Give the names that more than one watched cell makes: each holds what the last one made."""
    makes = [names(source)[0] for source in sources]
    return {one for at, some in enumerate(makes) for one in some & set().union(*makes[:at])}


@lru_cache(maxsize=1024)
def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give the names that a watched cell makes or changes, and those it uses; of a magic, none."""
    nodes = list(ast.walk(ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))))
    made = {node.id for node in nodes if isinstance(node, ast.Name) and not _loads(node)}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {one.asname or one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.Attribute | ast.Subscript) and not _loads(node):
            made |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and _loads(node)}
    return frozenset(made), frozenset(used)


def state_of(value: object) -> bytes:
    """Give the watch the state of a value: equal for equal ones, b"" where that cannot be said."""
    raw = io.BytesIO()
    pickler = pickle.Pickler(raw, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # by what stands in it: not by which of it is one object
    try:
        pickler.dump(value)
    except Exception:  # a module, a function, what holds itself
        return b""
    return hashlib.sha256(raw.getbuffer()).digest()


def counted(sources: Iterable[str]) -> Iterable[Cell]:
    """Yield the source of each watched cell with how many of the same stood before it."""
    seen = {}
    for source in sources:
        seen[source] = seen.get(source, -1) + 1
        yield source, seen[source]


def _loads(node):
    return isinstance(node.ctx, ast.Load)


def _is_code(cell):
    return cell.cell_type == "code" and bool(cell.source.strip())
