"""Which return is new, which was here already, and which takes the place of an older one."""

import hashlib
from itertools import groupby

import pandas as pd

from fieldwork.returns.answers import REMARK
from fieldwork.returns.files.workbooks import plain
from fieldwork.returns.judging import organisation

ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"


def settled(longform, made, kept, old, old_answers):
    """Give (new returns by position, ids that are superseded, positions that were here already).

    `kept` are the positions that are not refused. A return has up to three marks, the first that is known decides: what
    its tool calls it, its form id, and, for forms, the name of the organisation. `new` has columns return_id, identity and
    supersedes.
    """
    marks = _marks(longform, made, kept)
    digests = _digests(longform, made, kept)
    present, current = set(old["return_id"]), _current(longform, old, old_answers)
    rows, same, superseded, times = {}, set(), set(), {}
    for n in kept:
        content = digests[n]
        if not marks[
            n
        ]:  # nothing names it: the same answers a second time in one file are another person's
            times[content] = times.get(content, 0) + 1
            content = f"{content} {times[content]}"
        return_id = _hash(f"{next(iter(marks[n]), '')} {content}")[:16]
        if return_id in present:
            same.add(n)
            continue
        older = next((current[mark] for mark in marks[n] if mark in current), "")
        superseded |= {older} - {""}
        present.add(return_id)
        current |= dict.fromkeys(marks[n], return_id)
        rows[n] = (return_id, next(iter(marks[n]), ""), older)
    new = pd.DataFrame.from_dict(
        rows, orient="index", columns=["return_id", "identity", "supersedes"]
    )
    return new, superseded, same


def remarks(new, old, longform):
    """Give (position, sheet, row, ...) problems of weight remark for returns that take the place of an older one."""
    when = dict(zip(old["return_id"], old["received"], strict=True))
    out = []
    for n, older in new["supersedes"][new["supersedes"] != ""].items():
        which = f"of {when[older]}" if older in when else "of another row in this file"
        sheet, row = longform.returns.loc[n, ["sheet", "row"]]
        out.append(
            (
                n,
                sheet,
                row,
                "",
                "",
                "",
                REMARK,
                f"takes the place of the return {which}",
                "Both are kept",
            )
        )
    return out


def _marks(longform, made, kept):
    """Give {position: marks}, strongest first, each told apart by country and questionnaire."""
    form = longform.names.questionnaire
    names = organisation(made) if form.kind == "form" else {}
    out = {}
    for row in longform.returns.loc[kept, ["iso3", "identity", "form_id"]].itertuples():
        where = f"{row.iso3} {form.id}"
        marks = [
            row.identity,
            row.form_id and f"form {row.form_id}",
            names.get(row.Index, "") and f"organisation {names[row.Index]}",
        ]
        out[row.Index] = [f"{where} {m}" for m in marks if m]
    return out


def _current(longform, old, old_answers):
    """Give {mark: return id} of the returns in the store that still count."""
    form = longform.names.questionnaire
    here = old[(old["questionnaire"] == form.id) & (old["status"] != SUPERSEDED)]
    names = old_answers[
        (old_answers["question"] == "organisation")
        & old_answers["return_id"].isin(here["return_id"])
    ]
    names = (
        dict(zip(names["return_id"], names["answer"], strict=True)) if form.kind == "form" else {}
    )
    out = {}
    for row in here.itertuples():
        where = f"{row.iso3} {row.questionnaire}"
        for mark in (
            row.return_id in names and f"{where} organisation {plain(names[row.return_id])}",
            row.form_id and f"{where} form {row.form_id}",
            row.identity,
        ):
            if mark:
                out[mark] = row.return_id
    return out


def _digests(longform, made, kept):
    """Give {position: hash of what was answered}, the same whatever order or file it came in."""
    by = ["n", "block", "entry", "question", "answer"]
    rows = made[made["n"].isin(kept)].sort_values(by)
    records = zip(*(rows[c].tolist() for c in by), strict=True)
    told = {
        n: _hash("\x1e".join(f"{b}\x1f{e}\x1f{q}\x1f{a}" for _, b, e, q, a in part))
        for n, part in groupby(records, lambda r: r[0])
    }
    form = longform.names.questionnaire.id
    return {n: f"{form} {longform.returns.at[n, 'iso3']} {told.get(n, '')}" for n in kept}


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()
