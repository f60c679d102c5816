"""A sheet as a table under its heading, and its filled cells as answers in long form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork.returns.files.headings import ColumnNames, Target, note
from cop.fieldwork.returns.files.longform import ANSWER, yes_and_no
from cop.fieldwork.returns.files.workbooks import Sheet, plain

OURS = [
    "refused_because", "refused_from", "as_written", "source", "identity", "submitted", "changed",
    "partial", "language",
]  # fmt: skip
# What the tools add of their own; nothing of it is an answer.
SYSTEM = re.compile(
    r"_\w*|(.*[/-])?(start|end|today|username|deviceid|audit|subscriberid|simserial|phonenumber)"
    r"|(_submission_)?meta[/-].*|formhub/uuid|key|parent_key|submissiondate|instance(id|name)"
    r"|submitter(id|name)|attachments(present|expected)|status"
    r"|reviewstate|deviceid|edits|formversion|isvalidated|set-of-.*|(generated_)?table_list.*"
    r"|id|response id|submitdate|date submitted|lastpage|last page|seed|startdate|date started"
    r"|datestamp|date last action|token|access code|ipaddr|ip address|refurl|referrer url"
    r"|interviewtime|total time|\w*time(\d+)?",
    re.IGNORECASE,
)


@dataclass
class Table:
    """A sheet under its heading; `cells` by position of the column and spreadsheet row."""

    name: str
    header: list[str]
    cells: pd.DataFrame
    at: int
    sheet: Sheet
    places: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> pd.Series | None:
        """Give the column of a name as text, by spreadsheet row, or None."""
        return self.cells[self.places[name]] if name in self.places else None


def laid(sheet: Sheet, heading: int | None = None) -> Table:
    """Give a Table of a Sheet; its heading is the first row with text, or the one named."""
    numbers = [number for number, _ in sheet.rows]
    if heading is not None and heading not in numbers:
        why = "where the mapping says that the heading is"
        raise Refused(f"sheet {sheet.name} has no text in row {heading}, {why}")
    at = 0 if heading is None else numbers.index(heading)
    width = max(len(row) for _, row in sheet.rows[at:])
    header, *rows = (row + [""] * (width - len(row)) for _, row in sheet.rows[at:])
    cells = pd.DataFrame(rows, index=numbers[at + 1 :], columns=range(width), dtype=object)
    # Of columns with the same name the first is found.
    places = {plain(header[j]): j for j in reversed(range(width))}
    return Table(sheet.name, header, cells, numbers[at], sheet, places)


def ragged(table: Table) -> dict[int, str]:
    """Give, by spreadsheet row of a file of returns, what is wrong with rows of more or fewer cells
    than the heading.
    """
    lengths = dict(table.sheet.rows)
    width = len(lengths[table.at])
    return {
        row: f"has {cop.data.count(len(lengths[row]), 'cell')} instead of {width}"
        for row in table.cells.index
        if len(lengths[row]) != width
    }


def noted(table: Table) -> dict[str, pd.Series]:
    """Give {what: column} of what a sheet in a returned file carries beside its questions."""
    columns = {}
    for j, cell in enumerate(table.header):
        if note(cell):
            columns.setdefault(note(cell), table.cells[j])
    return columns


def melted(
    table: Table,
    targets: Sequence[Target | None],
    n: pd.Series,
    entry: pd.Series | None,
    names: ColumnNames,
) -> pd.DataFrame:
    """Give the answers of a file's table in long form; `n` and `entry` are by spreadsheet row."""
    parts = []
    for j, target in enumerate(targets):
        if target is None:
            continue
        cells, chosen = table.cells[j][table.cells[j] != ""], ""
        if target.code:
            cells, chosen = _chosen(cells, target, names)
        if not len(cells):
            continue
        rows = cells.index
        part = {
            "n": n.reindex(rows).to_numpy(),
            "block": names.blocks[target.question].id,
            "entry": target.entry if entry is None else entry.reindex(rows).to_numpy(),
            "question": target.question,
            "value": cells.to_numpy(),
            "sheet": table.name,
            "row": rows.to_numpy(),
            "column": table.header[j],
            "at": j + 1,
            "chosen": chosen,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)[ANSWER] if parts else pd.DataFrame(columns=ANSWER)


def _chosen(cells, target, names):
    """Give the cells of a choice's own column other than no, and the code of those with yes."""
    yes, no = yes_and_no(names)
    low = cells.map({v: plain(v) for v in cells.unique()})
    cells, low = cells[~low.isin(no)], low[~low.isin(no)]
    return cells, low.isin(yes).map({True: target.code, False: ""}).to_numpy()


def unknown(table: Table, targets: Sequence[Target | None]) -> Iterator[str]:
    """Yield a remark on filled columns of a returned file that answer no question."""
    stray = []
    for name, target, j in zip(table.header, targets, table.cells, strict=True):
        ours = note(name) or SYSTEM.fullmatch(name or "-") or name in OURS
        filled = int((table.cells[j] != "").sum())
        if target is None and not ours and filled:
            stray.append(f"{_named(name)} ({filled})")
    if stray:
        shown = ", ".join(stray[:8]) + (f" and {len(stray) - 8} more" if len(stray) > 8 else "")
        yield (
            f"columns of {table.name} that answer no question, kept in the raw file only "
            f"(filled cells): {shown}"
        )


def _named(heading):
    """Give a heading as it may be shown: one that could be somebody's answer is not."""
    if not heading:
        return "without a heading"
    short = re.fullmatch(r"[^@]{1,40}", heading) and heading.isprintable()
    if short and not re.search(r"\d[\d ()./-]{4,}", heading):
        return heading
    return f"a heading of {len(heading)} characters"
