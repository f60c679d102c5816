"""What two publications give away: whoever compares them sees who came in between.

Therefore the tables of a survey stay as they were published until the threshold of people is new, corrected or gone. Who
stood behind the tables is kept in the store.
"""

import pandas as pd

from fieldwork import restricted
from fieldwork.publishing import tabulation
from fieldwork.publishing.countable import FORM

SENT = "forms sent"


def record(told, contacts, forms):
    """Give who stands behind the tables: (survey, return), and (forms sent, organisation and outcome)."""
    rows = [(one.questionnaire.id, return_id) for one in told for return_id in one.returns.index]
    return rows + [
        (SENT, f"{r.contact_id} {r.outcome}")
        for r in tabulation.final(contacts, forms).itertuples()
    ]


def held(rows, data, iso3, threshold):
    """Give {survey: people that differ} of the surveys whose tables must stay as they are: some differ, and too few.

    A survey that had too few to be published has no tables to compare with.

    The mapping form and the outcomes of the forms sent speak of the same organisations, so they stay together.
    """
    before, differ = _read(data, iso3), {}
    for survey in {survey for survey, _ in before}:
        then, now = ({who for name, who in side if name == survey} for side in (before, rows))
        changed = max(
            len(then - now), len(now - then)
        )  # a corrected return goes and comes, and is one person
        differ |= {survey: changed} if 0 < changed < threshold <= len(then) else {}
    together = [name for name in (FORM, SENT) if name in differ]
    return {
        **differ,
        **({FORM: differ[together[0]], SENT: differ[together[0]]} if together else {}),
    }


def keep(rows, staying, data, iso3):
    """Remember who stands behind what is published now; of what stays, who stood behind it before."""
    kept = [pair for pair in rows if pair[0] not in staying] + [
        p for p in _read(data, iso3) if p[0] in staying
    ]
    frame = pd.DataFrame(sorted(kept), columns=["survey", "who"])
    if sorted(kept) != sorted(_read(data, iso3)):
        restricted.write(data, {_name(iso3): restricted.packed(frame)})


def _name(iso3):
    return f"published-{iso3}.csv"


def _read(data, iso3):
    path = restricted.folder(data) / _name(iso3)
    return (
        [tuple(row) for row in restricted.table(path.read_bytes()).to_numpy()]
        if path.exists()
        else []
    )
