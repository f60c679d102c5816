"""From one edition to the next: no recommendation is left without a word, no number of a finding
means another.
"""

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
ANOTHER = (
    "is another finding in the edition of {}, on {}",
    "A number keeps its finding from edition to edition: restore it, and give the new finding a "
    "number that no edition has",
)
RENUMBERED = ("is {} in the edition of {}, word for word", "Give it the number that it had")


def left_without_a_word(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations of the last edition of which this one says nothing, each by its id."""
    answered = {*frame.recommendation_id, *beside.table("actions", path, data).recommendation_id}
    for edition, rows in [*of_earlier_editions(path, data)][-1:]:
        for one in rows.recommendation_id[~rows.recommendation_id.isin({*answered, ""})]:
            rule, mend = LEFT
            yield Fault(path, "", "recommendation_id", one, rule.format(edition), mend)


def another_finding(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that were not carried on under their number: it was another's before.

    In an edition kept it was that of another theme, or the very words had another number there. A
    challenge may be reworded under its number.
    """
    for edition, rows in of_earlier_editions(path, data, "challenges"):
        themes = dict(zip(rows.challenge_id, rows.theme, strict=True))
        numbers = dict(zip(rows.challenge.map(_plain), rows.challenge_id, strict=True))
        cells = frame[["challenge_id", "theme", "challenge"]]
        now = dict(zip(frame.challenge_id, frame.challenge.map(_plain), strict=True))
        for row, one, theme, words in cells.itertuples():
            had = numbers.get(_plain(words), one)
            if had != one and now.get(had) != _plain(words):
                rule, mend = RENUMBERED
                yield Fault(path, row, "challenge_id", one, rule.format(had, edition), mend)
            elif (then := themes.get(one, theme)) != theme:
                rule, mend = ANOTHER
                yield Fault(path, row, "challenge_id", one, rule.format(edition, then), mend)


def _plain(words):
    return " ".join(words.lower().split())


def of_earlier_editions(
    path: str, data: str | Path, name: str = "recommendations"
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each edition kept that rows are carried on from to that of a path, with one table.

    They are the earlier ones.
    """
    iso3 = path.split("/")[1]
    own = max(editions(data, iso3), default="")
    for edition, folder in editions_kept(data, iso3).items():
        if edition < own:
            yield edition, beside.table(name, path, folder)
