"""Recommendations from one edition to the next: none is left without a word."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks import beside
from contract.faults import Fault
from contract.package import editions, editions_kept

LEFT = (
    "was recommended in the edition of {} and is neither here, nor answered by an action, nor "
    "dropped with a reason",
    "Carry it on under its number, or add a row to actions.csv: what was done, or dropped and why",
)


def left_without_a_word(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations of the last edition of which this one says nothing, each by its id."""
    answered = {*frame.recommendation_id, *beside.table("actions", path, data).recommendation_id}
    for edition, rows in [*of_earlier_editions(path, data)][-1:]:
        for one in rows.recommendation_id[~rows.recommendation_id.isin({*answered, ""})]:
            rule, mend = LEFT
            yield Fault(path, "", "recommendation_id", one, rule.format(edition), mend)


def of_earlier_editions(path: str, data: str | Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each edition kept that is earlier than the one of a path, with its recommendations."""
    iso3 = path.split("/")[1]
    own = max(editions(data, iso3), default="")
    for edition, folder in editions_kept(data, iso3).items():
        if edition < own:
            yield edition, beside.table("recommendations", path, folder)
