"""What each tool's export says beside the answers: what names a return, when it came, whether it
was approved.

Repeated blocks stand on sheets or in files of their own and say to which return each entry belongs.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from cop.data import Fault, Refused
from cop.fieldwork.returns.files.headings import ColumnNames, Target
from cop.fieldwork.returns.files.longform import ANSWER
from cop.fieldwork.returns.files.sheets import Table, melted, ragged, unknown
from cop.fieldwork.returns.files.workbooks import Book, plain

TOOLS = ("kobo", "odk", "limesurvey", "excel", "plain")
PARENTS = {  # column of a repeated block's sheet => column of the main one
    "kobo": {"_submission__uuid": "_uuid", "_submission__id": "_id", "_parent_index": "_index"},
    "odk": {"parent_key": "key"},
}
# How to ask each tool for an export with every question.
WHOLE = {
    "kobo": (
        "Export again as XLSX (CSV holds no repeated entries), with all questions, 'Include data "
        "from all versions', and '/' as the group separator"
    ),
    "odk": (
        "Export 'All data and attachments', or give all CSV files of the form together, the "
        "names of groups left or removed in all of them"
    ),
    "limesurvey": (
        "Export again with all columns, and headings as 'Question code' or 'Full question text', "
        "not abbreviated, without spaces turned to underscores"
    ),
}
REJECTED = {"validation_status_not_approved", "not approved", "rejected"}
DOUBTED = {"validation_status_on_hold", "on hold", "hasissues", "has issues"}
LOST = (
    "belongs to no return of this file",
    "Export again with all sheets, or correct the id of its parent",
)
LIMESURVEY = {
    "id": ("id", "response id"),
    "submitted": ("submitdate", "date submitted"),
    "language": ("startlanguage", "start language"),
    "seed": ("seed",),
    "started": ("startdate", "date started"),
    "changed": ("datestamp", "date last action"),
}
SEALED = {"not decrypted", "missing encrypted form data"}


def recognised(book: Book, tables: list[Table]) -> tuple[str, Table, list[Table]]:
    """Give a file's (tool, main table, tables of repeated blocks); Refused names what is known."""
    for source, mark, parent in (
        ("refused", _is_refused, ()),
        ("kobo", _is_kobo, PARENTS["kobo"]),
        ("odk", _is_odk, PARENTS["odk"]),
        ("limesurvey", _is_limesurvey, ()),
    ):
        ours = [t for t in tables if mark(t)]
        mains = [t for t in ours if not any(p in t.places for p in parent)]
        if mains:
            return source, mains[0], [t for t in tables if t is not mains[0]]
        if ours:
            mend = "give it together with its main file"
            raise Refused(f"{book.name} holds entries of a repeated block only: {mend}")
    raise Refused(
        f"{book.name} is no form of ours and no export of KoboToolbox, ODK Central or LimeSurvey "
        "that is known: their own columns (_uuid, KEY, submitdate) are missing. For a plain table, "
        "say with --mapping FILE.yml which column answers which question"
    )


def _is_refused(table):
    return {"refused_because", "refused_from"} <= set(table.header)


def _is_kobo(table):
    own = {"_id", "_uuid", "_submission_time", "_index", "_parent_index", "meta/rootuuid"}
    return len(own & set(table.places)) >= 2


def _is_odk(table):
    own = {"submissiondate", "parent_key", "meta-instanceid"}
    return "key" in table.places and not own.isdisjoint(table.places)


def _is_limesurvey(table):
    coded = {"submitdate", "lastpage", "startlanguage"}
    labelled = {"date submitted", "last page", "start language", "response id"}
    bare = set(_without_text(table))
    return len(coded & bare) >= 2 or len(labelled & bare) >= 3


def _without_text(table):
    """Give {name: position}; LimeSurvey may write `code. Text of the question`."""
    return {re.sub(r"\..*", "", name): j for name, j in table.places.items()}


def stated_by_tool(main: Table, source: str) -> dict[str, pd.Series]:
    """Give {field: column} of what a file's tool itself says: identity, time, validation."""
    readers = {
        "refused": _of_refused,
        "kobo": _of_kobo,
        "odk": _of_odk,
        "limesurvey": _of_limesurvey,
    }
    fields = readers[source](main)
    return {field: column for field, column in fields.items() if column is not None}


def _of_refused(main):
    """Give where each refused row came from; an origin becomes part of a path, so no other."""
    fields = {field: main.column(field) for field in ("identity", "submitted", "changed")}
    origin, tool, partial = (main.column(k) for k in ("refused_from", "source", "partial"))
    fields["origin"] = origin.where(origin.str.fullmatch(r"[0-9a-f]{64}:.*"), "")
    if tool is not None:
        fields["tool"] = tool.where(tool.isin(TOOLS), "plain")
    if partial is not None:
        fields["partial"] = partial == "yes"
    return fields


def _of_kobo(main):
    """Give what KoboToolbox says; the first id stays when a submission is edited."""
    return {
        "identity": _without_uuid(_first(main, "meta/rootuuid", "_uuid", "_id")),
        "submitted": main.column("_submission_time"),
        "changed": main.column("end"),
        "verdict": _verdicts(main.column("_validation_status")),
    }


def _of_odk(main):
    """Give what ODK Central says."""
    return {
        "identity": _without_uuid(main.column("key")),
        "submitted": main.column("submissiondate"),
        "changed": main.column("edits"),
        "verdict": _verdicts(_first(main, "status", "reviewstate")),
    }


def _of_limesurvey(main):
    """Give what LimeSurvey says; a response without `submitdate` was not completed."""
    places = _without_text(main)
    column = {
        field: next((main.cells[places[name]] for name in names if name in places), None)
        for field, names in LIMESURVEY.items()
    }
    fields, submitted = {k: column[k] for k in ("language", "changed")}, column["submitted"]
    if submitted is not None:
        fields["partial"] = submitted == ""
        last = column["changed"] if column["changed"] is not None else submitted
        # 1980 is its own word for "then", where no time is kept.
        unknown = (submitted == "") | submitted.str.startswith("1980-01-01")
        fields["submitted"] = submitted.mask(unknown, last.mask(last.str.startswith("1980"), ""))
    keys = [column[k] for k in ("id", "seed", "started") if column[k] is not None]
    if column["id"] is not None:
        fields["identity"] = "limesurvey " + keys[0].str.cat(keys[1:], sep=" ")
    return fields


def _without_uuid(column):
    return None if column is None else column.str.removeprefix("uuid:")


def _verdicts(column):
    return None if column is None else column.map(_verdict)


def _verdict(text):
    text = plain(text)
    if text in REJECTED:
        return "was marked as not approved in the tool that it comes from"
    if text in SEALED:
        return "is encrypted: export it again with the passphrase"
    return "?was put on hold in the tool that it comes from" if text in DOUBTED else ""


def _first(table, *wanted):
    """Give, row by row, the first of these columns that is filled; None without any."""
    first = None
    for column in filter(lambda c: c is not None, map(table.column, wanted)):
        first = column if first is None else first.where(first != "", column)
    return first


def entries(
    book: Book, names: ColumnNames, main: Table, table: Table, source: str
) -> tuple[pd.DataFrame, list[Fault], list[str], dict[int, str]]:
    """Give what the sheet of a repeated block in a returned file holds.

    That is (answers, faults of rows without a return, remarks, {return: its flaw}).
    """
    block = _block(table, names)
    if block is None:
        left = f"{len(table.cells)} rows were left alone"
        remark = f"sheet {table.name} holds no repeated block of the questionnaire; {left}"
        return pd.DataFrame(columns=ANSWER), [], [remark] if len(table.cells) else [], {}
    parent = _parents(main, table, source)
    lost = [Fault(book.name, row, "", "", *LOST) for row in parent.index[parent.isna()]]
    parent = parent.dropna().astype(int)
    kept = replace(table, cells=table.cells.loc[parent.index])
    targets, entry = names.targets(table.header, block), parent.groupby(parent).cumcount() + 1
    where = f"of {table.name}"
    spoilt = {parent[row]: f"{flaw} in row {row} {where}" for row, flaw in ragged(kept).items()}
    return melted(kept, targets, parent, entry, names), lost, list(unknown(kept, targets)), spoilt


def _block(table, names):
    """Give the repeated block that a sheet holds: by its name, else by its headings."""
    name = plain(table.name)
    scores = {
        b.id: (name == b.id or name.endswith(f"-{b.id}"), names.score(table.header, b.id))
        for b in names.questionnaire.blocks
        if b.repeat
    }
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best][1] else None


def _parents(main, table, source):
    """Give, by row of a repeated block's sheet, the position of its return (NA: none)."""
    parents = pd.Series(pd.NA, index=table.cells.index, dtype=object)
    for child, own in PARENTS["odk" if source == "odk" else "kobo"].items():
        if table.column(child) is None or main.column(own) is None:
            continue
        keys = main.column(own)
        position = {key: i for i, key in enumerate(keys) if key}
        if len(position) == len(keys):  # a key that stands twice leads nowhere
            parents = parents.where(parents.notna(), table.column(child).map(position))
    return parents


def entry_targets(names: ColumnNames, table: Table) -> list[list[Target | None]]:
    """Give the targets of a returned file's sheet of a block, none where no block is known."""
    block = _block(table, names)
    return [names.targets(table.header, block)] if block else []


def lacking(
    book: Book, names: ColumnNames, source: str, targets: list[Target | None], returns: pd.DataFrame
) -> Iterator[str]:
    """Yield a remark on columns that a file lacks by its version; raises Refused for others.

    A question whose column is not there, or is not understood, is not a question without answers.
    """
    absent = list(_without_column(names, targets, book, source))
    if not absent or source not in WHOLE:
        return
    shown = ", ".join(absent[:6]) + (f" and {len(absent) - 6} more" if len(absent) > 6 else "")
    if set(returns["version"]) <= set(names.questionnaire.earlier):
        yield f"no column for {shown}, which an earlier version of the form may not have asked"
        return
    raise Refused(f"{book.name} has no column for {shown}. {WHOLE[source]}")


def _without_column(names, targets, book, source):
    """Yield what no column answers: a question, or a choice where choices have columns."""
    numbered = source == "limesurvey"  # each entry has columns of its own
    there = {(t.question, t.code, t.entry if numbered else 0) for t in targets if t}
    unfilled = _unfilled(names, {names.blocks[t.question].id for t in targets if t}, book, source)
    for block, question in names.questionnaire.questions():
        for entry in block.entries if numbered else [0]:
            if (question.id, "", entry) in there or block.id in unfilled:
                continue
            codes = [c.code for c in names.choices_in_columns(question)]
            absent = [code for code in codes if (question.id, code, entry) not in there]
            part = codes and len(absent) < len(codes)
            yield from (f"{question.id} ({code})" for code in absent) if part else [question.id]


def _unfilled(names, asked, book, source):
    """Give the repeated blocks that nobody filled in: KoboToolbox gives them no sheet.

    Where a sheet is of no block, it may be one of them, and none is taken for that.
    """
    repeated = {block.id for block in names.questionnaire.blocks if block.repeat}
    whole = source == "kobo" and book.is_workbook and len(book.sheets) <= 1 + len(repeated & asked)
    return repeated - asked if whole else set()
