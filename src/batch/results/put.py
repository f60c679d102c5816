"""The pages of the site put in their places: of each part those of its results, and its own."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from batch.results.index import own_pages
from batch.results.parts import Part
from batch.results.switch import link
from contract.machine.day import today
from report import languages
from report.site import speaking

LINK = re.compile(r'href="([^"#?:]+\.html)')


def put(
    making: Path, shown: Sequence[Part], data: Path, failures: Mapping[str, list], address: str
) -> list[str]:
    """Put all pages of the results' parts into a folder; give the addresses of the site's own.

    `failures` are those of all parts, `address` is where the site will stand, if that is known.
    """
    own = {}
    try:
        for part in shown:
            languages.use(part.language)
            told = part.home, data, part.sound, part.own(failures), today()
            own[part.language] = own_pages(*told, address and address + part.way)
        for part in shown:
            languages.use(part.language)
            _put_part(making, part, shown, own, address)
    finally:
        languages.use(languages.SOURCE)
    return [part.way + at for part in shown for at in own[part.language]]


def _put_part(making, part, shown, own, address):
    """Put the pages of one part, each with the way to the same page in the others."""

    def spoken(text, at):
        others = _others(part, at, shown, own)
        whole = {p.language: p.way + there for p, there in others}
        behind = any(part.differs(at, p, there) for p, there in others if not p.way)
        return speaking.spoken(text, part.way + at, part.language, whole, address, behind)

    for at, (source, _, _) in part.places.items():
        target = making / part.way / at
        if len(shown) == 1 and not at.startswith("editions/"):
            link(source, target)
            continue
        text = source.read_bytes().decode()
        changed = spoken(_led_on(text, at, part, own[part.language]), at)
        link(source, target) if changed == text else _write(target, changed)
    for at, text in own[part.language].items():
        _write(making / part.way / at, spoken(text, at) if at.endswith(".html") else text)


def _others(part, at, shown, own):
    """Give (part, address in it) of the same page, of the same edition, in the other parts."""
    others = [other for other in shown if other is not part]
    found = ((other, _same(part, at, other, own[other.language])) for other in others)
    return [(other, there) for other, there in found if there]


def _same(part, at, other, own_of_other):
    """Give where a page of a part stands in another part; "" where it does not."""
    if at not in part.places:
        return at if at in own_of_other else ""
    edition, name = part.places[at][2], at.rpartition("/")[2]
    if at in other.places and other.places[at][2] == edition:
        return at
    kept = f"editions/{edition}/{name}"
    return kept if kept in other.places else ""


def _led_on(text, at, part, own):
    """Give a page of an edition with its links to pages that the edition does not have leading on
    to those of the site.
    """
    folder = at.rpartition("/")[0]
    if not folder.startswith("editions/"):
        return text

    def _led(link):
        there = link[1] in part.places or link[1] in own
        elsewhere = there and f"{folder}/{link[1]}" not in part.places
        return f'href="../../{link[1]}' if elsewhere else link[0]

    return LINK.sub(_led, text)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
