"""What differs between the figures there are and those that come in: each change, whether it can be trusted, how it is told."""

from dataclasses import dataclass
from datetime import date
from statistics import median

import contract
from contract import Refused
from research.figures.answers import NUMBER

PINNED = (
    "name_there",
    "unit_there",
    "definition_there",
)  # what a service said of a series when it was last accepted
SAME = 5e-5  # two figures closer than this share of their size differ by rounding only
LOST, TURNED = (
    0.2,
    2.0,
)  # more values gone, or the middle value turned by more, looks like another series
WORDS = {
    "added": "added",
    "revised": "revised",
    "removed": "removed",
    "cited": "the same from a new source",
}


@dataclass(frozen=True)
class Change:
    """One figure that would change: its place in the table, what it was and what it becomes; "" where there is none."""

    table: str
    iso3: str
    code: str  # of the indicator, or the column of gci.csv
    year: int
    old: str
    old_source: str
    new: str
    new_source: str

    @property
    def kind(self):
        """Give added, revised, removed, or cited (the same figure, now from another source)."""
        if not self.old:
            return "added"
        return "removed" if not self.new else "cited" if _alike(self.old, self.new) else "revised"


def of_series(code, old, answer, source_id):
    """Give the changes of one series: what the service says takes the place of all that there was."""
    before = {(i, y): was for (i, c, y), was in old.items() if c == code}
    new = {
        key: (_kept_or_new(before.get(key, ("",))[0], value), source_id)
        for key, value in answer.items()
    }
    return [
        Change(
            "indicators",
            iso3,
            code,
            year,
            *before.get((iso3, year), ("", "")),
            *new.get((iso3, year), ("", "")),
        )
        for iso3, year in sorted(before.keys() | new.keys())
        if before.get((iso3, year)) != new.get((iso3, year))
    ]


def refuse_another_series(one, answer, old, found, accept):
    """Raise Refused when the service speaks of something else than before, unless the person has looked and accepts.

    That is: another name, unit or definition, most figures gone, or all of them turned by a factor.
    """
    sentences = (
        []
        if accept
        else [*_said_otherwise(one, answer), *_counted_otherwise(one["indicator_code"], old, found)]
    )
    if sentences:
        raise Refused(
            f"{one['indicator_code']} looks like another series now: {'; '.join(sentences)}. Nothing was changed;"
            f" compare the definitions, then take it with `cop refresh {one['indicator_code']} --accept`"
        )


def _said_otherwise(one, answer):
    """Yield which of name, unit and definition is not what was accepted last."""
    said = said_of(answer)
    for column in PINNED:
        if one[column] and " ".join(one[column].split()) != " ".join(said[column].split()):
            yield f"its {column.split('_')[0]} was {_cut(one[column])!r} and is {_cut(said[column])!r}"


def _counted_otherwise(code, old, found):
    """Yield what the figures themselves show: many gone, or the middle one turned by a factor."""
    before, removed = sum(key[1] == code for key in old), sum(c.kind == "removed" for c in found)
    if before and removed > LOST * before:
        yield f"{removed} of {before} figures are gone"
    turned = [float(c.new) / float(c.old) for c in found if c.old and c.new and float(c.old) > 0]
    middle = median(turned + [1.0] * max(before - removed - len(turned), 0)) if turned else 1.0
    if not 1 / TURNED < middle < TURNED:
        yield f"the middle figure is {middle:.3g} times what it was"


def said_of(answer):
    """Give what is kept of an answer so that the next one can be compared with it."""
    said = {
        "name_there": answer.name,
        "unit_there": answer.unit,
        "definition_there": answer.definition,
    }
    return said | {"read_on": date.today().isoformat()}


def told_at_first(one, answer, here):
    """Yield what the service says of a series that was never read before: somebody should compare it with the catalogue."""
    if not one["read_on"]:
        unit = f", unit {answer.unit}" if answer.unit else ""
        yield f"    read for the first time: there it is {answer.name}{unit}; here it is {here['name']}, {here['unit']}"
        yield from (f"    {note}" for note in answer.notes)


def told(code, found):
    """Yield the lines of one series: how many figures change in how many countries, and the largest changes."""
    by_kind = {kind: [c for c in found if c.kind == kind] for kind in WORDS}
    parts = [
        f"{len(those)} {WORDS[kind]} ({_countries(those)})"
        for kind, those in by_kind.items()
        if those
    ]
    newest = (
        f"; the latest year is {max(c.year for c in found if c.new)}" if by_kind["added"] else ""
    )
    yield f"{code}: {', '.join(parts) or 'nothing changed'}{newest}"
    for c in sorted(by_kind["revised"], key=lambda c: -_turn(c))[:3]:
        yield f"    {c.iso3} {c.year}: {c.old} becomes {c.new}"
    for c in by_kind["removed"][:3]:
        yield f"    {c.iso3} {c.year}: {c.old} is no longer there"


def summary(update):
    """Give one sentence on the whole: how many figures are added, revised and removed."""
    count = {
        kind: sum(c.kind == kind for c in update.changes)
        for kind in ("added", "revised", "removed", "cited")
    }
    return (
        f"{contract.count(count['added'], 'figure')} added, {count['revised']} revised, {count['removed']} removed,"
        f" {count['cited']} the same from a new source"
    )


def _kept_or_new(old, new):
    """Give the figure as it stands where the new one differs by rounding only."""
    return old if old and _alike(old, new) else new


def _alike(old, new):
    """Say whether two figures differ by rounding only; words, such as a tier, are alike when they are the same."""
    if not (NUMBER.fullmatch(old) and NUMBER.fullmatch(new)):
        return old == new
    return abs(float(old) - float(new)) <= max(5e-6, SAME * abs(float(old)))


def _turn(change):
    """Give by what share of its size a figure turned."""
    if not (NUMBER.fullmatch(change.new) and NUMBER.fullmatch(change.old)):
        return 0.0
    return abs(float(change.new) - float(change.old)) / max(abs(float(change.old)), 1e-9)


def _countries(changes):
    number = len({c.iso3 for c in changes})
    return contract.count(number, "country", "countries")


def _cut(text):
    return text if len(text) <= 120 else text[:117] + "…"
