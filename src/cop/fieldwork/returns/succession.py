"""Which return is new, which was here already, and which takes the place of an older one."""

import hashlib
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from cop.fieldwork.returns.answers import PROBLEM, REMARK
from cop.fieldwork.returns.files.longform import LongForm
from cop.fieldwork.returns.files.workbooks import plain
from cop.fieldwork.returns.judging import organisation
from cop.fieldwork.returns.times import later

NEW = ["return_id", "identity", "supersedes"]
ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"
TAKES = "takes the place of the return {}"
AGAIN = "is what was here before, sent again since: it counts instead of the return {}"
BESIDE = "names an organisation whose own form came back, the return {}, and does not replace it"
UNSEALED = (
    REMARK,
    "has a form id that was not sent from here, and replaces no return by it",
    "Look whether it is from whom it says",
)
LATE = "is older than the return {}, which came before and counts"


class Marks(NamedTuple):
    """What may tell that two returns are of one sender, strongest first; "" or None without."""

    tool: str
    form: str
    name: str

    def first(self) -> str:
        """Give the strongest mark there is, "" without any."""
        return next(filter(None, self), "")

    def sought(self, proven: bool) -> list[str]:
        """Give the marks under which an older return is looked for."""
        return list(filter(None, [self.tool, self.form if proven else "", self.name]))

    def left(self, proven: bool) -> list[str]:
        """Give the marks under which a later return may find this one."""
        return list(
            filter(None, [self.tool, self.form if proven else "", "" if proven else self.name])
        )


@dataclass
class Settlement:
    """What follows of the returns of a file for the store.

    `new` are returns by position with return_id, identity and supersedes; `same` the positions that
    were here already; `counts` {return id: whether it counts from now on}; `times` {return id:
    (submitted, changed)} of what came again later; `instead` {position: (what is said, id)}.
    """

    new: pd.DataFrame
    same: set[int]
    counts: dict[str, bool]
    times: dict[str, tuple[str, str]]
    instead: dict[int, tuple[str, str]]


def settled(
    longform: LongForm,
    coded: pd.DataFrame,
    kept: Sequence[int],
    old: pd.DataFrame,
    old_answers: pd.DataFrame,
    issued: Set[str] = frozenset(),
) -> Settlement:
    """Give the Settlement of the returns at the positions `kept`, which are not refused.

    A return has up to three marks, the first that is known decides which other it may take the
    place of: what its tool calls it, its form id, and, for forms, the name of the organisation.
    The later of two by time counts; where nothing tells, the one that a person corrected, else the
    one that came last. A form id is a mark only if it is one of those `issued`, and a return
    that has one is replaced by nobody who only names the same organisation.
    """
    marks, ids = _marks(longform, coded, kept), _ids(longform, coded, kept)
    here = _Here(old, *_current(longform, old, old_answers, issued))
    rows = longform.returns.loc[kept].sort_values(["submitted", "changed"], kind="stable")
    for row in rows.itertuples():
        proven = row.form_id in issued
        here.take(row.Index, ids[row.Index], marks[row.Index], row, proven)
    new = pd.DataFrame.from_dict(here.new, orient="index", columns=NEW).loc[
        [n for n in kept if n in here.new]
    ]
    return replace(here.outcome, new=new)


class _Here:
    """The returns that count while those of a file are added, in the order of their times."""

    def __init__(self, old, current, guarded):
        """Take the returns of the store, {mark: id} of those that count, and {name: id} of those
        that came with a form id of ours.
        """
        self.current, self.guarded = current, guarded
        self.by_hand = set(old["return_id"][old["origin"] != ""])
        days = old["submitted"].where(old["submitted"] != "", old["received"] + "T00:00:00")
        stamps = zip(days, old["changed"], strict=True)
        self.times = dict(zip(old["return_id"], stamps, strict=True))
        self.new, self.outcome = {}, Settlement(pd.DataFrame(), set(), {}, {}, {})

    def take(self, n, return_id, marks, row, proven):
        """Add one return: as new, as one that was here, as older or newer than the one there."""
        time, out = (row.submitted, row.changed), self.outcome
        known, older = self.times.get(return_id), self._other(return_id, marks.sought(proven))
        order = 1 if not older else later(time, self.times[older])
        if known:
            out.same.add(n)
            if later(time, known) <= 0:
                return
            out.times[return_id] = time
        else:
            order = order or self._of_equal(older, row)
            self.new[n] = (return_id, marks.first(), older if order > 0 else "")
            if not older and not proven and marks.name in self.guarded:
                out.instead[n] = (BESIDE, self.guarded[marks.name])
        self.times[return_id] = time
        if order > 0:
            out.counts |= {older: False, return_id: True} if older else {}
            self.current |= dict.fromkeys(marks.left(proven), return_id)
            self.guarded |= {marks.name: return_id} if proven and marks.name else {}
        elif not known:
            out.counts[return_id] = False
        if older and (order > 0 or not known):
            out.instead[n] = (TAKES if order > 0 and not known else AGAIN if known else LATE, older)
        if row.origin:
            self.by_hand.add(return_id)

    def _other(self, return_id, marks):
        """Give the id of the return that counts under one of the marks, "" if it is the same."""
        older = next((self.current[mark] for mark in marks if mark in self.current), "")
        return "" if older == return_id else older

    def _of_equal(self, older, row):
        """Say which counts of two of one time: -1 the older where only it was corrected by hand."""
        return -1 if older in self.by_hand and not row.origin else 1


def remarks(
    instead: dict[int, tuple[str, str]], old: pd.DataFrame, longform: LongForm
) -> pd.DataFrame:
    """Give problems (answers.PROBLEM) for returns of which another was here: which one counts."""
    when, rows = dict(zip(old["return_id"], old["received"], strict=True)), []
    for n, (rule, other) in instead.items():
        which = f"of {when[other]}" if other in when else "of another row in this file"
        place = longform.returns.loc[n, ["sheet", "row"]]
        rows.append((n, *place, "", "", "", REMARK, rule.format(which), "Both are kept"))
    return pd.DataFrame(rows, columns=PROBLEM)


def unknown_form_ids(new: pd.DataFrame, longform: LongForm, issued: Set[str]) -> pd.DataFrame:
    """Give problems (answers.PROBLEM) for new returns with a form id that was not issued."""
    stated = longform.returns.loc[new.index]
    flawed = [bool(one) and one not in issued for one in stated["form_id"]]
    rows = stated[flawed].itertuples()
    flaws = [(r.Index, r.sheet, r.row, "form_id", "", r.form_id, *UNSEALED) for r in rows]
    return pd.DataFrame(flaws, columns=PROBLEM)


def _ids(longform, coded, kept):
    """Give {position: return id}, a hash of what names a return and of what it answers."""
    marks, digests = _marks(longform, coded, kept), _digests(longform, coded, kept)
    ids, times = {}, Counter()
    for n in kept:
        content, identity = digests[n], marks[n].first()
        if not identity:
            # Nothing names it: the same answers a second time in one file are another person's.
            times[content] += 1
            content = f"{content} {times[content]}"
        ids[n] = _hash(f"{identity} {content}")[:16]
    return ids


def _marks(longform, coded, kept):
    """Give {position: Marks}, each told apart by country and questionnaire."""
    form = longform.names.questionnaire
    names = organisation(coded) if form.kind == "form" else {}
    marks = {}
    for row in longform.returns.loc[kept].itertuples():
        where = f"{row.iso3} {form.id}"
        marks[row.Index] = _marked(where, row.identity, row.form_id, names.get(row.Index))
    return marks


def _marked(where, tool, form_id, name):
    """Give the Marks of one return; `tool` is what its tool calls it."""
    return Marks(
        tool and f"{where} {tool}",
        form_id and f"{where} form {form_id}",
        name and f"{where} organisation {name}",
    )


def _current(longform, old, old_answers, issued):
    """Give ({mark: return id} of the returns in the store that still count, {name: return id} of
    those that have a form id of ours).
    """
    form = longform.names.questionnaire
    here = old[(old["questionnaire"] == form.id) & (old["status"] != SUPERSEDED)]
    rows = old_answers[old_answers["question"] == "organisation"]
    named = zip(rows["return_id"], rows["answer"], strict=True)
    names = {i: plain(name) for i, name in named} if form.kind == "form" else {}
    current, guarded = {}, {}
    for row in here.itertuples():
        where, name = f"{row.iso3} {row.questionnaire}", names.get(row.return_id)
        marks = _marked(where, "", row.form_id, name)
        proven = row.form_id in issued
        own = [
            *marks.left(proven),
            row.identity if row.identity != marks.name or not proven else "",
        ]
        current |= dict.fromkeys(filter(None, own), row.return_id)
        guarded |= {marks.name: row.return_id} if proven and name else {}
    return current, guarded


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
