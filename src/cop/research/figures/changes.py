"""What differs between the figures there are and those that come in.

Each change, whether it can be trusted, and the lines that show it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median

import cop.data
from cop.data import Refused
from cop.research.figures.answers import NUMBER, Answer

# What a service said of a series when it was last accepted.
PINNED = ("name_there", "unit_there", "definition_there")
SAME = 5e-5  # two figures closer than this share of their size differ by rounding only
LOST = 0.2  # more values gone than this share look like another series
TURNED = 2.0  # and so does a middle value turned by more
WORDS = {
    "added": "added",
    "revised": "revised",
    "removed": "removed",
    "cited": "the same from a new source",
}


@dataclass(frozen=True)
class Change:
    """One figure that would change: what it was and what it becomes; "" where there is none."""

    table: str
    iso3: str
    code: str  # of the indicator, or the column of gci.csv
    year: int
    old: str
    old_source: str
    new: str
    new_source: str

    @property
    def kind(self) -> str:
        """Give added, revised, removed, or cited (the same figure, now from another source)."""
        if not self.old:
            return "added"
        return "removed" if not self.new else "cited" if _alike(self.old, self.new) else "revised"


def of_series(code: str, old: dict, values: dict, source_id: str) -> list[Change]:
    """Give the changes of one series: what the service says takes the place of all that there was.

    `old` is {(iso3, code, year): (value, source)}, `values` {(iso3, year): value}.
    """
    before = {(i, y): was for (i, c, y), was in old.items() if c == code}
    new = {
        key: (_kept_or_new(before.get(key, ("",))[0], value), source_id)
        for key, value in values.items()
    }
    none = ("", "")
    return [
        Change("indicators", key[0], code, key[1], *before.get(key, none), *new.get(key, none))
        for key in sorted(before.keys() | new.keys())
        if before.get(key) != new.get(key)
    ]


def refuse_another_series(one: dict, answer: Answer, old: dict, changes: list[Change]) -> None:
    """Raise Refused when the service speaks of something else than before.

    That is: another name, unit or definition, most figures gone, or all of them turned by a factor.
    """
    code = one["indicator_code"]
    before = sum(key[1] == code for key in old)
    if sentences := [*_other_words(one, answer), *_other_figures(before, changes)]:
        raise Refused(
            f"{code} looks like another series now: {'; '.join(sentences)}. Nothing was changed;"
            f" compare the definitions, then take it with `cop refresh {code} --accept`"
        )


def _other_words(one, answer):
    """Yield which of name, unit and definition is not what was accepted last."""
    pins = pins_of(answer)
    for column in PINNED:
        if one[column] and one[column].split() != pins[column].split():
            was, now = _cut(one[column]), _cut(pins[column])
            yield f"its {column.split('_')[0]} was {was!r} and is {now!r}"


def _other_figures(before, changes):
    """Yield what the figures themselves show: many gone, or the middle one turned by a factor."""
    removed = sum(c.kind == "removed" for c in changes)
    if before and removed > LOST * before:
        yield f"{removed} of {before} figures are gone"
    turned = [float(c.new) / float(c.old) for c in changes if c.old and c.new and float(c.old) > 0]
    middle = median(turned + [1.0] * max(before - removed - len(turned), 0)) if turned else 1.0
    if not 1 / TURNED < middle < TURNED:
        yield f"the middle figure is {middle:.3g} times what it was"


def pins_of(answer: Answer) -> dict[str, str]:
    """Give what is kept of a service's answer so that the next one can be compared with it."""
    words = (answer.name, answer.unit, answer.definition)
    return dict(zip(PINNED, words, strict=True)) | {"read_on": date.today().isoformat()}


def first_lines(one: dict, answer: Answer, here: dict) -> Iterator[str]:
    """Yield what the service says of a series that was never read before.

    Somebody should compare it with `here`, its row of the catalogue.
    """
    if not one["read_on"]:
        unit = f", unit {answer.unit}" if answer.unit else ""
        yield (
            f"    read for the first time: there it is {answer.name}{unit};"
            f" here it is {here['name']}, {here['unit']}"
        )
        yield from (f"    {note}" for note in answer.notes)


def lines(code: str, changes: list[Change]) -> Iterator[str]:
    """Yield lines on one series of figures: how many change, where, and the largest changes."""
    by_kind = {kind: [c for c in changes if c.kind == kind] for kind in WORDS}
    parts = [f"{len(c)} {WORDS[kind]} ({_countries(c)})" for kind, c in by_kind.items() if c]
    latest = max((c.year for c in changes if c.new), default="")
    newest = f"; the latest year is {latest}" if by_kind["added"] else ""
    yield f"{code}: {', '.join(parts) or 'nothing changed'}{newest}"
    for c in sorted(by_kind["revised"], key=lambda c: -_turn(c))[:3]:
        yield f"    {c.iso3} {c.year}: {c.old} becomes {c.new}"
    for c in by_kind["removed"][:3]:
        yield f"    {c.iso3} {c.year}: {c.old} is no longer there"


def summary(changes: Iterable[Change]) -> str:
    """Give one sentence on the whole: how many figures are added, revised and removed."""
    kinds = [change.kind for change in changes]
    added, *others = ((kinds.count(kind), words) for kind, words in WORDS.items())
    parts = [f"{cop.data.count(added[0], 'figure')} added", *(f"{n} {w}" for n, w in others)]
    return ", ".join(parts)


def _kept_or_new(old, new):
    """Give the figure as it stands where the new one differs by rounding only."""
    return old if old and _alike(old, new) else new


def _alike(old, new):
    """Say whether two figures differ by rounding only; words, such as a tier, must be the same."""
    if not (NUMBER.fullmatch(old) and NUMBER.fullmatch(new)):
        return old == new
    return abs(float(old) - float(new)) <= max(5e-6, SAME * abs(float(old)))


def _turn(change):
    """Give by what share of its size a figure turned."""
    if not (NUMBER.fullmatch(change.new) and NUMBER.fullmatch(change.old)):
        return 0.0
    return abs(float(change.new) - float(change.old)) / max(abs(float(change.old)), 1e-9)


def _countries(changes):
    return cop.data.count(len({c.iso3 for c in changes}), "country", "countries")


def _cut(text):
    return text if len(text) <= 120 else text[:117] + "…"
