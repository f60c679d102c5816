"""Which place of a page in another language is which of the English page, so that both have one id.

A place without an id of its own is named after its words, and these are others in each language.
Pages of one state of the data are built alike, so a place is found again by what it is (heading,
paragraph, row …), where it stands between places that have ids, and by its numbers. Where that does
not tell, it is named after its own words: no id is better than another place's.
"""

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from lxml.etree import _Element

from cop.data import anchors
from cop.report.word import markup
from cop.report.word.blocks import Writer

ROW = "W"
Place = tuple[str, str, str, str]  # kind, own id, style, numbers in order of size
Named = tuple[Place, str]  # and its id


def ids(ours: _Element, english: _Element, write: Callable[[Writer, _Element], None]) -> list[str]:
    """Return the Word document the ids of a page's places as the English page has them; "" is none.

    `write` is what writes a page: it is done here without paper, to see its places.
    """
    here, there = (_places(page, write) for page in (ours, english))
    found = dict(_paired(here, there))
    return [there[found[n]][1] if n in found else "" for n in range(len(here))]


def _places(page, write) -> list[Named]:
    """Return the places of a page in order, as they are written."""
    found = []

    def noted(one, text, kind, style):
        numbers = "".join(sorted(filter(str.isdecimal, text)))
        found.append(((kind, one, style, numbers), one or anchors.of_words(text, kind)))
        return found[-1][1]

    unseen = Writer(lambda block: None, lambda drawn: markup.run(""), lambda href: "", noted)
    write(unseen, page)
    return found


def _paired(here: Sequence[Named], there: Sequence[Named]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of places that are one: first those with ids, then what is between two."""
    marks = [[n for n, (place, _) in enumerate(one) if place[1]] for one in (here, there)]
    owned = [[one[n][0][1] for n in own] for one, own in zip((here, there), marks, strict=True)]
    same = SequenceMatcher(None, *owned, autojunk=False).get_matching_blocks()
    ends = [(marks[0][b.a + n], marks[1][b.b + n]) for b in same for n in range(b.size)]
    yield from ends
    for (i, k), (j, m) in pairwise([(-1, -1), *ends, (len(here), len(there))]):
        parts = [p for p, _ in here[i + 1 : j]], [p for p, _ in there[k + 1 : m]]
        for a, b in _between(*parts):
            yield i + 1 + a, k + 1 + b


def _between(here: list[Place], there: list[Place]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of places that are one, between two that have ids."""
    if _built_alike(here, there):
        yield from ((n, n) for n in range(len(here)) if _may_be(here[n], there[n]))
        return
    for tag, i, j, k, m in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if tag == "equal":
            first, last = _sure(here[i:j], i == k == 0, (j, m) == (len(here), len(there)))
            yield from ((i + n, k + n) for n in range(first, last))
        elif _built_alike(here[i:j], there[k:m]):
            pairs = _between(here[i:j], there[k:m])
            yield from ((i + a, k + b) for a, b in pairs)


def _sure(places: list[Place], from_the_first: bool, to_the_last: bool) -> tuple[int, int]:
    """Return the part of places that are alike which begins and ends with numbers, or at an end:
    one without numbers is like any other beside which something was put in.
    """
    told = [n for n, place in enumerate(places) if place[3]]
    first = 0 if from_the_first else min(told, default=len(places))
    return first, len(places) if to_the_last else max(told, default=first - 1) + 1


def _built_alike(here, there):
    return [place[:3] for place in here] == [place[:3] for place in there]


def _may_be(one: Place, other: Place) -> bool:
    """Say whether two places may be one: a row is so only where all its numbers are the same."""
    return one == other if one[0] == ROW else one[:3] == other[:3]
