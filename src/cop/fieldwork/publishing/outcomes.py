"""What became of the forms sent: AAPOR outcomes, protected as all else that is published.

How many answered and how many did not stand alone: both are shown from twice the threshold on, or
neither, nor how many forms were sent. By category it is said only whether forms were answered, and
categories with few of either are added up, because the answers themselves are counted by category.
"""

from random import Random

import pandas as pd

from cop.fieldwork.publishing import suppression
from cop.fieldwork.publishing.ledger import ALL, Lines
from cop.fieldwork.publishing.suppression import ALONE, OTHER_GROUPS

SENT, ELIGIBLE, ANSWERED, NOT = "sent", "eligible", "answered", "not answered"
BLOCKS = {ANSWERED: ["complete", "partial"], NOT: ["refused", "not reached"]}
HIDDEN = {ALL: dict.fromkeys([SENT, ELIGIBLE, *BLOCKS, *BLOCKS[ANSWERED], *BLOCKS[NOT]])}
COLUMNS = ["category", "outcome", "count"]


def final(contacts: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Give, for publication, the final outcome of each organisation that was sent a form.

    Columns: contact_id, form_id, category, outcome. `contacts` has one row per step; `forms` are
    the returned mapping forms with form_id and `partial`.
    """
    sent = contacts[contacts.step == "invited"].drop_duplicates("contact_id")
    steps = contacts.groupby("contact_id").step.agg(set)
    returned = forms.set_index("form_id").partial.to_dict()  # of two with one id the last
    outcome = [_outcome(row.form_id, steps[row.contact_id], returned) for row in sent.itertuples()]
    return sent[["contact_id", "form_id", "category"]].assign(outcome=outcome)


def answered(final: pd.DataFrame) -> pd.DataFrame:
    """Give, for the outcomes to be published, those of `final` that answered, wholly or in part."""
    return final[final.outcome.isin(BLOCKS[ANSWERED])]


def lines(
    final: pd.DataFrame, threshold: int, chance: Random, before: Lines | None, answers: bool
) -> Lines:
    """Give what is published of the outcomes: {category or all: outcome: count, None where hidden}.

    Nothing where no form was sent. What stands stays unless each number of people that answered
    or did not has changed by the threshold, in all and in each category. `answers`: tables of what
    the forms say stand already; then how many answered is not told later, since it would tell how
    many left out a question.
    """
    if final.empty:
        return before or {}
    out = final[final.outcome != "not eligible"]
    if apart(before or {}) is not None:
        now = _as_before(final, out, before, threshold)
        return now if now and _changed(before, now) >= threshold else before
    return HIDDEN if answers else _first(final, out, threshold, chance)


def frame(lines: Lines) -> pd.DataFrame:
    """Give the published table `forms`: category, outcome, count."""
    rows = [[c, outcome, n] for c, line in lines.items() for outcome, n in line.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"count": "Int64"})


def apart(lines: Lines) -> frozenset[str] | None:
    """Give the categories of which it is published how many answered; None where it is of none,
    not even of all.
    """
    if lines.get(ALL, {}).get(ANSWERED) is None:
        return None
    return frozenset(lines) - {ALL, OTHER_GROUPS}


def _first(final, out, threshold, chance):
    """Give the lines of outcomes that were not published yet."""
    sums, counts = _sums(out)
    # Who knew how many are eligible would know from who answered how many did not.
    if min(sums.values()) < ALONE * threshold:
        return HIDDEN
    masks = [suppression.one_way(counts[b], threshold, chance) for b in BLOCKS.values()]
    every = {p: None if hidden else int(counts[p]) for p, hidden in pd.concat(masks).items()}
    sent = len(final) if len(final) - len(out) >= ALONE * threshold else None
    by_category = suppression.pooled(_sides(out, out.category), threshold, chance, cells=True)
    return {ALL: {SENT: sent, ELIGIBLE: len(out), **sums, **every}, **_categories(by_category)}


def _as_before(final, out, before, threshold):
    """Give the lines in the shape of those that stand; None where that would show too few."""
    told = set(before) - {ALL}
    names = out.category.where(out.category.isin(told), OTHER_GROUPS)
    sides = _sides(out, names)
    if told and (set(sides.index) != told or sides.min(axis=None) < threshold):
        return None
    sums, counts = _sums(out)
    if min(sums.values()) < ALONE * threshold:
        return None
    now = {SENT: len(final), ELIGIBLE: len(out), **sums, **counts.astype(int).to_dict()}
    every = {name: None if n is None else now[name] for name, n in before[ALL].items()}
    few = [n for name, n in every.items() if n is not None and n < threshold]
    return None if few else {ALL: every, **(_categories(sides) if told else {})}


def _sums(out):
    """Give how many answered and did not, and how many of each outcome."""
    sums = {side: int(out.outcome.isin(block).sum()) for side, block in BLOCKS.items()}
    parts = [part for block in BLOCKS.values() for part in block]
    return sums, out.outcome.value_counts().reindex(parts, fill_value=0)


def _sides(out, names):
    """Give how many of each category answered and did not."""
    side = out.outcome.isin(BLOCKS[ANSWERED]).map({True: ANSWERED, False: NOT})
    return pd.crosstab(names, side).reindex(columns=[ANSWERED, NOT], fill_value=0)


def _categories(sides):
    if len(sides) < 2:
        return {}
    return {
        category: {ELIGIBLE: int(line.sum()), ANSWERED: int(line[ANSWERED]), NOT: int(line[NOT])}
        for category, line in sides.iterrows()
    }


def _changed(before, now):
    """Give the least change of any number; how many are eligible may also be as it was."""
    changes = [
        (outcome, abs(now[category][outcome] - n))
        for category, line in before.items()
        for outcome, n in line.items()
        if n is not None
    ]
    return min(n for outcome, n in changes if n or outcome not in (SENT, ELIGIBLE))


def _outcome(form_id, steps, returned):
    if form_id in returned:
        return "partial" if returned[form_id] else "complete"
    kept = [step for step in ("not eligible", "refused", "answered", "partial") if step in steps]
    return {"answered": "complete"}.get(kept[0], kept[0]) if kept else "not reached"
