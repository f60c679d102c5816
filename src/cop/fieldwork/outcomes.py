"""Count the outcomes of the mapping forms as defined by AAPOR, with small counts suppressed.

For categories, only the numbers of answered and unanswered forms and their sum are published, and
small categories are pooled, because the answers are counted by category too.
"""

from random import Random

import pandas as pd

from cop.fieldwork.disclosure import MIN_STANDALONE, one_way, pooled

ALL = "all"
SENT, ELIGIBLE, ANSWERED, NOT = "sent", "eligible", "answered", "not answered"
STEPS = ("answered", "partial", "refused", "not reached", "not eligible")  # in contacts.csv
BLOCKS = {ANSWERED: ["complete", "partial"], NOT: ["refused", "not reached"]}
PARTS = BLOCKS[ANSWERED] + BLOCKS[NOT]


def final(contacts: pd.DataFrame, forms: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the outcome of each contact that was sent a form or has an outcome.

    The columns are contact_id, form_id, category and outcome (NA if there is none yet). `contacts`
    has one row per step; `forms` are the returned mapping forms with form_id and `partial`. A
    returned form takes precedence over steps; otherwise the latest step that is an outcome counts.
    """
    sent = contacts[contacts.step.isin(["invited", *STEPS])].drop_duplicates("contact_id")
    steps = contacts[contacts.step.isin(STEPS)].sort_values("date", kind="stable")
    outcome = sent.contact_id.map(steps.groupby("contact_id").step.last())
    outcome = outcome.replace({"answered": "complete"})
    if forms is not None:
        forms = forms[forms.form_id != ""].drop_duplicates("form_id", keep="last")
        partial = forms.set_index("form_id").partial
        returned = sent.form_id.map(partial).map({True: "partial", False: "complete"})
        outcome = returned.fillna(outcome)
    return sent[["contact_id", "form_id", "category"]].assign(outcome=outcome)


def table(final: pd.DataFrame, threshold: int, rng: Random) -> pd.DataFrame:
    """Return the table `forms` with category, outcome and count; NA means suppressed.

    The table is empty if no form was sent. All counts are suppressed unless the answered and the
    unanswered forms both reach twice the threshold: a reader who knows the number of eligible
    organisations could otherwise compute the smaller number. The number of forms sent is suppressed
    unless twice the threshold are not eligible. Categories have rows if two remain after pooling.
    """
    out = final[final.outcome != "not eligible"]
    counts = out.outcome.value_counts().reindex(PARTS, fill_value=0)
    sums = {side: counts[block].sum() for side, block in BLOCKS.items()}
    least = MIN_STANDALONE * threshold
    if min(sums.values()) < least:
        rows = [[ALL, name, None] for name in [SENT, ELIGIBLE, *sums, *PARTS] if len(final)]
    else:
        hidden = pd.concat([one_way(counts[block], threshold, rng) for block in BLOCKS.values()])
        sent = len(final) if len(final) - len(out) >= least else None
        shown = {SENT: sent, ELIGIBLE: len(out), **sums, **counts.mask(hidden)}
        rows = [[ALL, name, n] for name, n in shown.items()]
        side = out.outcome.isin(BLOCKS[ANSWERED]).map({True: ANSWERED, False: NOT})
        sides = pooled(pd.crosstab(out.category, side), threshold, rng, cells=True)
        sides.insert(0, ELIGIBLE, sides.sum(axis=1))
        if len(sides) > 1:
            rows += sides.stack().reset_index().to_numpy().tolist()
    return pd.DataFrame(rows, columns=["category", "outcome", "count"]).astype({"count": "Int64"})
