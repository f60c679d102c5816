"""From one edition to the next: no recommendation is left without a word, no number of a finding
means another.
"""

from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.faults import Fault
from cop.data.package import editions, editions_kept

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


def left_without_a_word(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations of the last edition of which this one says nothing, each by its id."""
    column = "recommendation_id"
    answered = {"", *table[column], *beside.table("actions", path, data)[column]}
    for edition, rows in [*of_earlier_editions(path, data)][-1:]:
        for one in [one for one in rows[column] if one not in answered]:
            rule, mend = LEFT
            yield Fault(path, "", column, one, rule.format(edition), mend)


def another_finding(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that were not carried on under their number: it was another's before.

    In an edition kept it was that of another theme, or the very words had another number there. A
    challenge may be reworded under its number.
    """
    for edition, rows in of_earlier_editions(path, data, "challenges"):
        themes = dict(zip(rows["challenge_id"], rows["theme"], strict=True))
        numbers = dict(zip(map(_plain, rows["challenge"]), rows["challenge_id"], strict=True))
        now = dict(zip(table["challenge_id"], map(_plain, table["challenge"]), strict=True))
        for row, one, theme, words in lines(table, "challenge_id", "theme", "challenge"):
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
) -> Iterator[tuple[str, Cells]]:
    """Yield each edition kept that rows are carried on from to that of a path, with one table.

    They are the earlier ones.
    """
    iso3 = path.split("/")[1]
    own = max(editions(data, iso3), default="")
    for edition, folder in editions_kept(data, iso3).items():
        if edition < own:
            yield edition, beside.table(name, path, folder)
