"""What two publications give away: whoever compares them sees who came in between.

Therefore the tables of a survey stay as they were published until the threshold of people is new,
corrected or gone. Who stood behind the tables is kept in the store.
"""

from collections.abc import Container, Sequence
from pathlib import Path

import pandas as pd

from fieldwork import restricted
from fieldwork.publishing import tabulation
from fieldwork.publishing.countable import FORM, Survey

SENT = "forms sent"


def record(
    surveys: Sequence[Survey], contacts: pd.DataFrame, forms: pd.DataFrame
) -> list[tuple[str, str]]:
    """Give who stands behind the tables: (survey, return), (forms sent, contact and outcome)."""
    rows = [(survey.questionnaire.id, i) for survey in surveys for i in survey.returns.index]
    sent = tabulation.final(contacts, forms)
    return rows + [(SENT, f"{row.contact_id} {row.outcome}") for row in sent.itertuples()]


def held(rows: list[tuple[str, str]], data: Path, iso3: str, threshold: int) -> dict[str, int]:
    """Give {survey: people that differ} of the surveys whose tables must stay as they are: some
    differ, and too few.

    A survey that had too few to be published has no tables to compare with.

    The mapping form and the outcomes of the forms sent speak of the same organisations, so they
    stay together.
    """
    before, differ = _read(data, iso3), {}
    for survey in {survey for survey, _ in before}:
        then, now = ({who for name, who in side if name == survey} for side in (before, rows))
        # A corrected return goes and comes, and is one person.
        changed = max(len(then - now), len(now - then))
        differ |= {survey: changed} if 0 < changed < threshold <= len(then) else {}
    together = [differ[name] for name in (FORM, SENT) if name in differ]
    return differ | (dict.fromkeys((FORM, SENT), together[0]) if together else {})


def keep(rows: list[tuple[str, str]], staying: Container[str], data: Path, iso3: str) -> None:
    """Remember who stands behind what is published; of what stays, who stood behind it before."""
    before = _read(data, iso3)
    kept = [pair for pair in rows if pair[0] not in staying]
    kept = sorted(kept + [pair for pair in before if pair[0] in staying])
    if kept != sorted(before):
        frame = pd.DataFrame(kept, columns=["survey", "who"])
        restricted.write(data, {_name(iso3): restricted.packed(frame)})


def _name(iso3):
    return f"published-{iso3}.csv"


def _read(data, iso3):
    path = restricted.folder(data) / _name(iso3)
    if not path.exists():
        return []
    return [tuple(row) for row in restricted.table(path.read_bytes()).to_numpy()]
