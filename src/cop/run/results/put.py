"""The pages of the site put in their places: of each part those of its results, and its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from cop.report import languages
from cop.report.site import speaking
from cop.report.site.before import Before
from cop.run.results.index import MOST, own_pages
from cop.run.results.parts import Part
from cop.run.results.switch import link

LINK = re.compile(r'href="([^"#?:]+\.html)')


def put(
    making: Path | None, shown: Sequence[Part], data: Path, failures: Mapping, before: Before
) -> dict[str, str]:
    """Put all pages of the results' parts into a folder; give {address: state of what it is made
    of} of the site's own, and of others that are led on.

    `failures` are those of all parts. What would be as in the site before is taken from there.
    Without a folder they are drawn, and put nowhere.
    """
    own = {}
    try:
        for part in shown:
            languages.use(part.language)
            own[part.language] = own_pages(part, data, failures, replace(before, way=part.way))
        for part in shown:
            languages.use(part.language)
            _put_part(making, part, shown, own, replace(before, way=part.way))
    finally:
        languages.use(languages.SOURCE)
    return {part.way + at: "" for part in shown for at in own[part.language]} | before.now


def _put_part(making, part, shown, own, before):
    """Put the pages of one part, each with the way to the same page in the others."""
    there = {*part.places, *own[part.language]}

    def spoken(text, at, others, behind):
        return speaking.spoken(text, part.way + at, part.language, others, before.address, behind)

    def drawn(at, source, led, ways):
        text = source.read_bytes().decode()
        to = lambda link: f'href="../../{link[1]}' if link[1] in led else link[0]  # noqa: E731
        changed = spoken(LINK.sub(to, text), at, *ways)
        return source if changed == text else changed

    for at, (source, made, _) in part.places.items():
        page = source
        if len(shown) > 1 or at.startswith("editions/"):
            ways, led = _ways(part, at, shown, own), _led_on(at, source, made, part.places, there)
            page = before.page(at, [made[0], led, ways], partial(drawn, at, source, led, ways))
        making and _place(page, making / part.way / at)
    for at, page in own[part.language].items():
        if isinstance(page, str) and at.endswith(".html"):
            page = spoken(page, at, *_ways(part, at, shown, own))
        making and _place(page, making / part.way / at)


def _ways(part, at, shown, own):
    """Give {language: address} of the same page in others, and whether the English one rests on
    other data.
    """
    found = [(p, _same(part, at, p, own[p.language])) for p in shown if p is not part]
    others = [(p, there) for p, there in found if there]  # of the same edition
    behind = any(part.differs(at, p, there) for p, there in others if not p.way)
    return {p.language: p.way + there for p, there in others}, behind


def _same(part, at, other, own_of_other):
    """Give where a page of a part stands in another part; "" where it does not."""
    if at not in part.places:
        return at if at in own_of_other else ""
    edition, name = part.places[at][2], at.rpartition("/")[2]
    if at in other.places and other.places[at][2] == edition:
        return at
    kept = f"editions/{edition}/{name}"
    return kept if kept in other.places else ""


def _led_on(at, source, made, places, there):
    """Give the pages of the site that a page of an edition leads to, and the edition has not."""
    folder = at.rpartition("/")[0]
    links = _links(source, *made) if folder.startswith("editions/") else ()
    return sorted(one for one in links if one in there and f"{folder}/{one}" not in places)


@lru_cache(maxsize=MOST)
def _links(source, *made):
    """Give the pages that a page leads to, read again when it was made anew."""
    return {*LINK.findall(source.read_bytes().decode())}


def _place(page, path):
    """Put a page in its place: its text, or a link to the file where it stands already."""
    if isinstance(page, Path):
        return link(page, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page.encode())
