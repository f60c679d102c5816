"""Cells that still hold: what each cell of a watched notebook gave, and what it rests on.

A cell is run again where its source, a row or a table that it read, or the words that it showed by
changed; and so is every cell that shares a name with one that is run again and makes it. All others
keep what they gave, in a process that keeps their names.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import contract
from batch.engine import Client
from batch.keys import of_file
from report import words

Cell = tuple[str, int]  # a source, and how many of the same stand before it
States = Mapping[tuple, str]


@dataclass(frozen=True)
class Given:
    """What a cell gave when it was run, and what it rests on."""

    outputs: list
    count: int
    reads: States = field(default_factory=dict)
    spoken: Mapping[str, str] = field(default_factory=dict)  # {stage: state of its words}


class Cells:
    """The cells of one notebook in the process that keeps their names."""

    def __init__(self, data: str, now: Callable[[Iterable], States]) -> None:
        """Take the data folder, and what gives the states of what was read as they are by now."""
        self.given: dict[Cell, Given] = {}
        self._data, self._now, self._spoken, self._held = data, now, {}, None

    def hold(self) -> dict[Cell, bool]:
        """Give of each cell whether what it read and was said by is as it was."""
        self._spoken.clear()
        stages = {one for given in self.given.values() for one in given.spoken}
        spoken = {one: self._words(one) for one in stages}
        read = self._now({read for given in self.given.values() for read in given.reads})
        self._held = {
            cell: all(read[one] == state for one, state in given.reads.items())
            and all(spoken[one] == state for one, state in given.spoken.items())
            for cell, given in self.given.items()
        }
        return self._held

    def look(self, sources: Iterable[str]) -> None:
        """Forget what does not hold any more, where these are the sources of the cells.

        What holds was seen by `hold`, if that was asked since the last look.
        """
        cells, holds = list(counted(sources)), self.hold() if self._held is None else self._held
        self._held = None
        gone = [source for source, _ in self.given.keys() - set(cells)]
        sound = [holds.get(cell, False) for cell in cells]
        again = run_again([source for source, _ in cells], sound, gone)
        kept = {cell for at, cell in enumerate(cells) if at not in again}
        self.given = {cell: given for cell, given in self.given.items() if cell in kept}

    def client(self, *manager: object, **settings: object) -> Client:
        """Give the client that runs what does not hold."""
        return _Watched(self, *manager, **settings)

    def note(self, cell: Cell, outputs: list, count: int) -> None:
        """Note what a cell gave that was just run, with all that was read and shown by since."""
        spoken = {stage: self._words(stage) for stage in words.USED}
        self.given[cell] = Given(outputs, count, contract.states(self._data), spoken)

    def _words(self, stage):
        """Give the state of a stage's words as it was when they were last looked at.

        What was saved since makes the cell run again at the next look, never the other way round.
        """
        if stage not in self._spoken:
            self._spoken[stage] = words_of(stage)
        return self._spoken[stage]


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
        contract.clear(), words.USED.clear()
        done = super().execute_cell(cell, cell_index, execution_count, store_history)
        self._cells.note(name, done.outputs, done["execution_count"])
        return done


def run_again(sources: list[str], holds: list[bool], gone: Iterable[str] = ()) -> set[int]:
    """Give the places of the cells that are run again, where `holds` says which hold by themselves.

    With them go the cells that make or use a name that one of them makes, and, where one uses a
    name that several cells make, all of these: it holds what the last one made. `gone` are cells
    that are no more.
    """
    makes, uses = map(list, zip(*map(names, sources), strict=True)) if sources else ([], [])
    several = {one for at, some in enumerate(makes) for one in some & set().union(*makes[:at])}
    again = {at for at, one in enumerate(holds) if not one}
    tainted = set().union(*(names(source)[0] for source in gone))
    while True:
        tainted |= set().union(*(makes[at] | uses[at] & several for at in again))
        more = {at for at in range(len(sources)) if (makes[at] | uses[at]) & tainted}
        if more <= again:
            return again
        again |= more


def names(source: str) -> tuple[set[str], set[str]]:
    """Give the names that a cell makes or changes, and those it uses; of a magic, none."""
    nodes = list(ast.walk(ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))))
    made = {node.id for node in nodes if isinstance(node, ast.Name) and not _loads(node)}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {one.asname or one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.Attribute | ast.Subscript) and not _loads(node):
            made |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return made, {node.id for node in nodes if isinstance(node, ast.Name) and _loads(node)}


def counted(sources: Iterable[str]) -> Iterable[Cell]:
    """Yield the source of each watched cell with how many of the same stood before it."""
    seen = {}
    for source in sources:
        seen[source] = seen.get(source, -1) + 1
        yield source, seen[source]


def words_of(stage: str) -> str:
    """Give the state of a stage's words and of those that they import."""
    found, todo = {}, [f"{stage}.j2"]
    while todo:
        path = words.FOLDER / (name := todo.pop())
        if name not in found:
            found[name] = of_file(path)
            todo += re.findall(r"[\w-]+\.j2", path.read_text(encoding="utf-8"))
    return " ".join(f"{name} {state}" for name, state in sorted(found.items()))


def _loads(node):
    return isinstance(node.ctx, ast.Load)


def _is_code(cell):
    return cell.cell_type == "code" and bool(cell.source.strip())
