"""Which return is new, which was here already, and which takes the place of an older one."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from fieldwork.returns.answers import PROBLEM, REMARK
from fieldwork.returns.files.longform import LongForm
from fieldwork.returns.files.workbooks import plain
from fieldwork.returns.judging import organisation

ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"


def settled(
    longform: LongForm,
    coded: pd.DataFrame,
    kept: Sequence[int],
    old: pd.DataFrame,
    old_answers: pd.DataFrame,
) -> tuple[pd.DataFrame, set[str], set[int]]:
    """Give (new returns by position, ids that are superseded, positions that were here already).

    `kept` are the positions that are not refused. A return has up to three marks, the first that is
    known decides: what its tool calls it, its form id, and, for forms, the name of the
    organisation. `new` has columns return_id, identity and supersedes.
    """
    marks, digests = _marks(longform, coded, kept), _digests(longform, coded, kept)
    present, current = set(old["return_id"]), _current(longform, old, old_answers)
    rows, same, superseded, times = {}, set(), set(), Counter()
    for n in kept:
        content, identity = digests[n], next(iter(marks[n]), "")
        if not identity:
            # Nothing names it: the same answers a second time in one file are another person's.
            times[content] += 1
            content = f"{content} {times[content]}"
        return_id = _hash(f"{identity} {content}")[:16]
        if return_id in present:
            same.add(n)
            continue
        older = next((current[mark] for mark in marks[n] if mark in current), "")
        superseded |= {older} - {""}
        present.add(return_id)
        current |= dict.fromkeys(marks[n], return_id)
        rows[n] = (return_id, identity, older)
    columns = ["return_id", "identity", "supersedes"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns), superseded, same


def remarks(new: pd.DataFrame, old: pd.DataFrame, longform: LongForm) -> pd.DataFrame:
    """Give problems (answers.PROBLEM) for returns that take the place of an older one."""
    when = dict(zip(old["return_id"], old["received"], strict=True))
    rows = []
    for n, older in new["supersedes"][new["supersedes"] != ""].items():
        which = f"of {when[older]}" if older in when else "of another row in this file"
        place = longform.returns.loc[n, ["sheet", "row"]]
        rule = f"takes the place of the return {which}"
        rows.append((n, *place, "", "", "", REMARK, rule, "Both are kept"))
    return pd.DataFrame(rows, columns=PROBLEM)


def _marks(longform, coded, kept):
    """Give {position: marks}, strongest first, each told apart by country and questionnaire."""
    form = longform.names.questionnaire
    names = organisation(coded) if form.kind == "form" else {}
    marks = {}
    for row in longform.returns.loc[kept].itertuples():
        own = [row.identity, *_lesser_marks(row.form_id, names.get(row.Index))]
        marks[row.Index] = [f"{row.iso3} {form.id} {mark}" for mark in own if mark]
    return marks


def _lesser_marks(form_id, organisation_name):
    """Give what marks a return where its tool gives it no name."""
    return [
        form_id and f"form {form_id}",
        organisation_name and f"organisation {organisation_name}",
    ]


def _current(longform, old, old_answers):
    """Give {mark: return id} of the returns in the store that still count."""
    form = longform.names.questionnaire
    here = old[(old["questionnaire"] == form.id) & (old["status"] != SUPERSEDED)]
    rows = old_answers[old_answers["question"] == "organisation"]
    named = zip(rows["return_id"], rows["answer"], strict=True)
    names = {i: plain(name) for i, name in named} if form.kind == "form" else {}
    current = {}
    for row in here.itertuples():
        form_mark, name_mark = _lesser_marks(row.form_id, names.get(row.return_id))
        where = f"{row.iso3} {row.questionnaire}"
        own = [f"{where} {mark}" for mark in (name_mark, form_mark) if mark]
        current |= dict.fromkeys(filter(None, [*own, row.identity]), row.return_id)
    return current


def _digests(longform, coded, kept):
    """Give {position: hash of what was answered}, the same whatever order or file it came in."""
    by = ["n", "block", "entry", "question", "answer"]
    rows = coded[coded["n"].isin(kept)].sort_values(by)
    records = zip(*(rows[c].tolist() for c in by), strict=True)
    hashes = {
        n: _hash("\x1e".join(f"{b}\x1f{e}\x1f{q}\x1f{a}" for _, b, e, q, a in part))
        for n, part in groupby(records, lambda record: record[0])
    }
    form = longform.names.questionnaire.id
    return {n: f"{form} {longform.returns.at[n, 'iso3']} {hashes.get(n, '')}" for n in kept}


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()
