"""Tables read and checked without pandas, which come to another process as frames."""

from itertools import chain
from pathlib import Path
from typing import NamedTuple

from cop.data.cells import cells, numbers
from cop.data.checks import of_table
from cop.data.faults import Broken
from cop.data.package import columns, fields, locate, optional
from cop.data.reads import noted


class Table(NamedTuple):
    """The text of a table without faults, by column, and its fields."""

    text: dict[str, list[str]]
    fields: list[dict]

    def __reduce__(self) -> tuple:
        """Give how its frame is made where it is unpickled: this process reads the numbers, and
        need not know pandas.
        """
        read = {f["name"]: numbers(self.text[f["name"]], f["type"]) for f in self.fields}
        return _frame, (read, self.fields)


def table(name: str, data: str | Path, stamps: tuple, check: bool = True) -> Table:
    """Give the text of a table of the contract, of all files that its state names, checked unless
    that was done.

    Raises Broken with all its faults, FileNotFoundError where there is no file, unless the table
    is optional.
    """
    there, names = [path for path, changed in stamps if changed], columns(name, data)
    if not there and not optional(name, data):
        folder = Path(data).name
        raise FileNotFoundError(f"{stamps[0][0]} is not in {folder}/; the contract asks for it")
    found = {path: cells(locate(data, path), names) for path in there}
    with noted():  # what its check looks into besides is no part of what is read
        faults = [f for path in there if check for f in of_table(name, found[path], path, data)]
    if faults:
        raise Broken(faults)
    text = {c: [*chain.from_iterable(one[c] for one in found.values())] for c in names}
    return Table(text, fields(name, data))


def _frame(columns, fields):
    from cop.data.sheets import told

    return told(columns, fields)
