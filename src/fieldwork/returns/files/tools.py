"""What each tool's export says beside the answers: what names a return, when it came, whether it was approved.

Repeated blocks stand on sheets or in files of their own and say to which return each entry belongs.
"""

import re
from dataclasses import replace

import pandas as pd

from contract import Fault, Refused
from fieldwork.returns.files.longform import ANSWER
from fieldwork.returns.files.sheets import melted, ragged, unknown
from fieldwork.returns.files.workbooks import plain

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
}
SEALED = {"not decrypted", "missing encrypted form data"}


def recognised(book, tables):
    """Give (tool, main table, tables of repeated blocks); raises Refused naming what is known."""
    for source, mark, parent in (
        ("refused", _is_refused, ()),
        ("kobo", _is_kobo, ("_parent_index", "_submission__id", "_submission__uuid")),
        ("odk", _is_odk, ("parent_key",)),
        ("limesurvey", _is_limesurvey, ()),
    ):
        ours = [t for t in tables if mark(t)]
        mains = [t for t in ours if not any(p in t.places for p in parent)]
        if mains:
            return source, mains[0], [t for t in tables if t is not mains[0]]
        if ours:
            raise Refused(
                f"{book.name} holds entries of a repeated block only: give it together with its main file"
            )
    raise Refused(
        f"{book.name} is no form of ours and no export of KoboToolbox, ODK Central or LimeSurvey that is known: "
        "their own columns (_uuid, KEY, submitdate) are missing. For a plain table, say with --mapping FILE.yml which "
        "column answers which question"
    )


def _is_refused(table):
    return {"refused_because", "refused_from"} <= set(table.header)


def _is_kobo(table):
    return (
        len(
            {"_id", "_uuid", "_submission_time", "_index", "_parent_index", "meta/rootuuid"}
            & set(table.places)
        )
        >= 2
    )


def _is_odk(table):
    return "key" in table.places and bool(
        {"submissiondate", "parent_key", "meta-instanceid"} & set(table.places)
    )


def _is_limesurvey(table):
    bare = {re.sub(r"\..*", "", name) for name in table.places}
    return len({"submitdate", "lastpage", "startlanguage"} & bare) >= 2 or (
        len({"date submitted", "last page", "start language", "response id"} & bare) >= 3
    )


def said_by_tool(main, source):
    """Give {field: column} of what the tool itself says: identity, time, validation."""
    told = {"refused": _of_refused, "kobo": _of_kobo, "odk": _of_odk, "limesurvey": _of_limesurvey}[
        source
    ](main)
    told = {field: column for field, column in told.items() if column is not None}
    if source in ("kobo", "odk") and "identity" in told:
        told["identity"] = told["identity"].str.removeprefix("uuid:")
    return told


def _of_refused(main):
    """Give what our own file of refused rows says of where each came from; an origin becomes part of a path, so no other."""
    origin, tool, partial = (main.column(k) for k in ("refused_from", "source", "partial"))
    told = {k: main.column(k) for k in ("identity", "submitted")}
    told["origin"] = origin.where(origin.str.fullmatch(r"[0-9a-f]{64}:.*"), "")
    told["tool"] = (
        None
        if tool is None
        else tool.where(tool.isin(["kobo", "odk", "limesurvey", "excel", "plain"]), "plain")
    )
    return told | {"partial": None if partial is None else partial == "yes"}


def _of_kobo(main):
    """Give what KoboToolbox says; the first id stays when a submission is edited."""
    verdict = main.column("_validation_status")
    return {
        "identity": _first(main, "meta/rootuuid", "_uuid", "_id"),
        "submitted": main.column("_submission_time"),
        "verdict": None if verdict is None else verdict.map(_verdict),
    }


def _of_odk(main):
    """Give what ODK Central says."""
    verdict = _first(main, "status", "reviewstate")
    verdict = None if verdict is None else verdict.map(_verdict)
    return {
        "identity": main.column("key"),
        "submitted": main.column("submissiondate"),
        "verdict": verdict,
    }


def _of_limesurvey(main):
    """Give what LimeSurvey says; a response without `submitdate` was not completed."""
    named = {re.sub(r"\..*", "", name): main.cells[j] for name, j in main.places.items()}
    column = {
        field: next((named[n] for n in names if n in named), None)
        for field, names in LIMESURVEY.items()
    }
    told, submitted = {"language": column["language"]}, column["submitted"]
    if submitted is not None:
        told["submitted"] = submitted.mask(
            submitted.str.startswith("1980-01-01"), ""
        )  # its own word for "then"
        told["partial"] = submitted == ""
    keys = [column[k] for k in ("id", "seed", "started") if column[k] is not None]
    if column["id"] is not None:
        told["identity"] = "limesurvey " + keys[0].str.cat(keys[1:], sep=" ")
    return told


def _verdict(text):
    text = plain(text)
    if text in REJECTED:
        return "was marked as not approved in the tool that it comes from"
    if text in SEALED:
        return "is encrypted: export it again with the passphrase"
    return "?was put on hold in the tool that it comes from" if text in DOUBTED else ""


def _first(table, *wanted):
    """Give, row by row, the first of these columns that is filled; None when there is none of them."""
    columns = [c for c in (table.column(w) for w in wanted) if c is not None]
    out = columns[0].copy() if columns else None
    for column in columns[1:]:
        out = out.where(out != "", column)
    return out


def entries(book, names, main, table, source):
    """Give (answers of a repeated block, faults of rows without a return, remarks, {return: what spoils it})."""
    block = _block(table, names)
    if block is None:
        told = f"sheet {table.name} holds no repeated block of the questionnaire; {len(table.cells)} rows were left alone"
        return pd.DataFrame(columns=ANSWER), [], [told] if len(table.cells) else [], {}
    parent = _parents(main, table, source)
    lost = [Fault(book.name, row, "", "", *LOST) for row in parent.index[parent.isna()]]
    parent = parent.dropna().astype(int)
    kept = replace(table, cells=table.cells.loc[parent.index])
    targets, entry = names.targets(table.header, block), parent.groupby(parent).cumcount() + 1
    spoilt = {
        parent[row]: f"{told} in row {row} of {table.name}" for row, told in ragged(kept).items()
    }
    return melted(kept, targets, parent, entry, names), lost, list(unknown(kept, targets)), spoilt


def _block(table, names):
    """Give the repeated block that a sheet holds: by its name, else by its headings."""
    scores = {
        b.id: (
            plain(table.name) == b.id or plain(table.name).endswith("-" + b.id),
            sum(t is not None for t in names.targets(table.header, b.id)),
        )
        for b in names.questionnaire.blocks
        if b.repeat
    }
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best][1] else None


def _parents(main, table, source):
    """Give, by spreadsheet row of a repeated block's sheet, the position of the return it belongs to (NA: none)."""
    pairs = [("parent_key", "key")] if source == "odk" else [
        ("_submission__uuid", "_uuid"), ("_submission__id", "_id"), ("_parent_index", "_index"),
    ]  # fmt: skip
    out = pd.Series(pd.NA, index=table.cells.index, dtype=object)
    for child, own in pairs:
        if table.column(child) is None or main.column(own) is None:
            continue
        keys = main.column(own)
        position = {key: i for i, key in enumerate(keys) if key}
        if len(position) == len(keys):  # a key that stands twice leads nowhere
            out = out.where(out.notna(), table.column(child).map(position))
    return out


def missing_repeats(names, parts, source, book):
    """Give a remark where the questionnaire has repeated blocks and the export brought none of their entries."""
    blocks = [b.id for b in names.questionnaire.blocks if b.repeat]
    if (
        blocks
        and source in ("kobo", "odk")
        and len(parts) == 1
        and not parts[0]["block"].isin(blocks).any()
    ):
        how = (
            "export as XLSX"
            if source == "kobo"
            else "export 'All data and attachments', or give the other CSV files too"
        )
        yield f"no entries of {', '.join(blocks)} are in this file: {how} to have them"
