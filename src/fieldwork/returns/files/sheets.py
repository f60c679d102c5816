"""A sheet as a table under its heading, and its filled cells as answers in long form."""

import re
from dataclasses import dataclass, field

import pandas as pd

import contract
from contract import Refused
from fieldwork.returns.files.headings import note
from fieldwork.returns.files.longform import ANSWER, yes_and_no
from fieldwork.returns.files.workbooks import plain

OURS = ["refused_because", "refused_from", "source", "identity", "submitted", "partial", "language"]
# What the tools add of their own; nothing of it is an answer.
SYSTEM = re.compile(
    r"_\w*|(.*[/-])?(start|end|today|username|deviceid|audit|subscriberid|simserial|phonenumber)|(_submission_)?meta[/-].*"
    r"|formhub/uuid|key|parent_key|submissiondate|instance(id|name)|submitter(id|name)|attachments(present|expected)|status"
    r"|reviewstate|deviceid|edits|formversion|isvalidated|set-of-.*|(generated_)?table_list.*"
    r"|id|response id|submitdate|date submitted|lastpage|last page|seed|startdate|date started|datestamp|date last action"
    r"|token|access code|ipaddr|ip address|refurl|referrer url|interviewtime|total time|\w*time(\d+)?",
    re.IGNORECASE,
)


@dataclass
class Table:
    """A sheet under its heading: `header` as shown, `cells` with one column a position and the spreadsheet row as index."""

    name: str
    header: list
    cells: pd.DataFrame
    at: int
    sheet: object
    places: dict = field(default_factory=dict)

    def column(self, *wanted):
        """Give the first column of these names (groups in front do not matter) as a Series of text, or None."""
        for name in wanted:
            if name in self.places:
                return self.cells[self.places[name]]
        return None


def laid(sheet, heading=None):
    """Give a Table of a Sheet; its heading is the first row with text, or the row that a mapping names."""
    at = next(
        (i for i, (number, _) in enumerate(sheet.rows) if heading is None or number == heading),
        None,
    )
    if at is None:
        raise Refused(
            f"sheet {sheet.name} has no text in row {heading}, where the mapping says that the heading is"
        )
    number, header = sheet.rows[at]
    width = max(len(r) for _, r in sheet.rows[at:])
    rows = [r if len(r) == width else r + [""] * (width - len(r)) for _, r in sheet.rows[at + 1 :]]
    cells = pd.DataFrame(
        rows, index=[i for i, _ in sheet.rows[at + 1 :]], columns=range(width), dtype=object
    )
    header = header + [""] * (width - len(header))
    places = {}
    for j, cell in enumerate(header):
        places.setdefault(plain(cell), j)
    return Table(sheet.name, header, cells, number, sheet, places)


def ragged(table):
    """Give, by spreadsheet row, what is said of rows that do not have as many cells as the heading."""
    lengths = dict(table.sheet.rows)
    width = len(lengths[table.at])
    return {
        row: f"has {contract.count(len(lengths[row]), 'cell')} instead of {width}"
        for row in table.cells.index
        if len(lengths[row]) != width
    }


def noted(table):
    """Give {what: column} of what a form carries beside its questions."""
    found = {}
    for j, cell in enumerate(table.header):
        if note(cell):
            found.setdefault(note(cell), table.cells[j])
    return found


def melted(table, targets, n, entry, names):
    """Give the answers of a table in long form, one row a filled cell; `n` and `entry` are by spreadsheet row."""
    parts = []
    for j, target in enumerate(targets):
        if target is None:
            continue
        cells = table.cells[j]
        cells = cells[cells != ""]
        chosen = ""
        if target.code:
            cells, chosen = _chosen(cells, target, names)
        if not len(cells):
            continue
        rows = cells.index
        part = {
            "n": n.reindex(rows).to_numpy(),
            "block": names.blocks[target.question].id,
            "question": target.question,
        }
        part["entry"] = target.entry if entry is None else entry.reindex(rows).to_numpy()
        part |= {"value": cells.to_numpy(), "chosen": chosen}
        part |= {
            "sheet": table.name,
            "row": rows.to_numpy(),
            "column": table.header[j],
            "at": j + 1,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)[ANSWER] if parts else pd.DataFrame(columns=ANSWER)


def _chosen(cells, target, names):
    """Give the cells of a choice's own column that say yes, and its code; what is neither yes nor no stays as it is."""
    yes, no = yes_and_no(names)
    low = cells.map({v: plain(v) for v in cells.unique()})
    cells, low = cells[~low.isin(no)], low[~low.isin(no)]
    return cells, low.isin(yes).map({True: target.code, False: ""}).to_numpy()


def unknown(table, targets):
    """Yield a remark for columns that are filled and answer no question: their text stays in the raw file only."""
    stray = []
    for j, target in enumerate(targets):
        name = table.header[j]
        if (
            target is None
            and not note(name)
            and not SYSTEM.fullmatch(name or "-")
            and name not in OURS
        ):
            filled = int((table.cells[j] != "").sum())
            if filled:
                stray.append(f"{_named(name)} ({filled})")
    if stray:
        shown = ", ".join(stray[:8]) + (f" and {len(stray) - 8} more" if len(stray) > 8 else "")
        yield f"columns of {table.name} that answer no question, kept in the raw file only (filled cells): {shown}"


def _named(heading):
    """Give a heading as it may be shown: one that could be somebody's answer is not."""
    fit = (
        re.fullmatch(r"[^@]{1,40}", heading)
        and not re.search(r"\d[\d ()./-]{4,}", heading)
        and heading.isprintable()
    )
    return (
        heading
        if fit
        else f"a heading of {len(heading)} characters"
        if heading
        else "without a heading"
    )
