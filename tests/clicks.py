"""How many clicks a number of a finished page is from a source with an address.

A number stands in a sentence, an item, a row, a figure or a card. A click is a link in there, or
what is opened in place there; it arrives at what the link names: a row, an entry, a chapter. A
number has arrived where an address (http) is shown.
"""

import re
from functools import cache
from pathlib import Path

from lxml import html

NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
# What is no such number, and nothing else is left out (docs/method.md says so in a sentence):
OURS = {  # numbers of headings, tables and figures; ids; edition and version; telephones
    "number-of-heading", "numbered", "id", "cover", "contents", "signed", "made",
    "phone",
}  # fmt: skip
NAMES = [
    r"\b[A-Z][A-Z-]*-?\d+[A-Za-z]?\b",  # ids and names: PM-LEG-01, R01, AC1
    r"\b[45]G\b|\b[A-Z]{2,}(, [^)]*,)? \d+(-\d+|(\.\w+)*)\b",  # 4G, ISO 639-1, SDG 4.a.1
    r"\bConvention against Cybercrime \(2024\)",
    r"\b[Aa]nnex(es)? \d( to \d)?\b|\bTable 25\b",
    r"\b(study|text|webinar|published|Against)( published)?( in| of)? 2020\b|\b2020 study\b",
    r"\b24 months\b|\b3 years\b|\b2022 or later\b",  # rules that the method page states
]
NAME = re.compile("|".join(NAMES))
FIELD_WORK = "-3-surveys-and-interviews.html"
ENDED = re.compile(r"(?<=[.!?])\s+(?=[^\s\[])")
HEADINGS = ("h1", "h2", "h3")
CARDS = {"card", "challenge"}


@cache
def page(path: Path):
    """Return the tree of a page and its elements by their ids."""
    root = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    return root, {part.get("id"): part for part in root.xpath("//*[@id]")}


def numbers(path):
    """Yield (element that holds it, text, match) of each number of a page that is one."""
    for element, text in _texts(page(path)[0].find(".//main")):
        names = [found.span() for found in NAME.finditer(text)]
        for number in NUMBER.finditer(text):
            named = any(a <= number.start() and number.end() <= b for a, b in names)
            if not named and not _ours(element):
                yield element, text, number


def lost(path, most=2):
    """Return the numbers of a page from which no address is reached, each with the words round
    it.
    """
    return [
        f"{text[max(0, n.start() - 50) : n.end() + 30]!r} ({n[0]}, <{element.tag}>)"
        for element, text, n in numbers(path)
        if clicks(path, element, text, n, most) is None
    ]


def clicks(path, element, text, number, most=2):
    """Return how many clicks a number is from an address; None where it is more than `most`."""
    ways = [_in_sentence(path, element, text, number, most)]
    ways += [_from(path, held, most, element) for held in _holders(element)]
    return min((way for way in ways if way is not None), default=None)


def _texts(element):
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    if element.text:
        yield element, element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield element, child.tail


def _way(element):
    return [element, *element.iterancestors()]


def _ours(element):
    """Say whether a page says it of itself; also how it is cited, which bears its version."""
    cited = any("signed" in _classes(one) for one in element)
    return cited or any(_classes(one) & OURS for one in _way(element))


def _classes(element):
    return {*(element.get("class") or "").split()}


def _holders(element):
    """Yield what holds a number, beyond its sentence: item, row, table of a heading or a note,
    figure, card, what a lead-in leads to, chapter of a heading.
    """
    for one in _way(element):
        parent, after, before = one.getparent(), one.getnext(), one.getprevious()
        if one.tag in HEADINGS:
            yield _chapter(one)
        elif one.tag == "caption" or one.tag == "thead":
            yield [parent]
        elif one.tag in ("li", "tr", "figure") or _classes(one) & CARDS:
            yield [one]
        elif one.tag == "summary" or (one.tag == "div" and parent.tag == "dl"):
            yield [parent if one.tag == "summary" else one]
        elif one.tag == "p" and one.text_content().strip().endswith(":") and after is not None:
            yield [after]
        elif one.tag == "p" and before is not None and "table" in _classes(before):
            yield [before]
        elif one.tag == "main":
            return


def _chapter(heading):
    parts = [heading]
    for one in heading.itersiblings():
        if one.tag in HEADINGS and one.tag <= heading.tag:
            break
        parts.append(one)
    return parts


def _in_sentence(path, element, text, number, most):
    """Return the clicks from a number by the links of its sentence, or those that end its paragraph
    and stand for the whole of it.
    """
    paragraph = next((one for one in _way(element) if one.tag == "p"), None)
    if paragraph is None:
        return None
    words, at, places = "", 0, []
    for one, part in _texts(paragraph):
        at = len(words) + number.start() if one is element and part == text else at
        places += [(len(words), one)] if one.tag == "a" and part == one.text else []
        words += part
    ends = [0, *(found.end() for found in ENDED.finditer(words)), len(words) + 1]
    first, last = next(pair for pair in zip(ends, ends[1:], strict=False) if at < pair[1])
    closing = _closing(words, places)
    near = [link for place, link in places if first <= place < last or place >= closing]
    ways = [_followed(path, link.get("href") or "", most) for link in near]
    return min((way for way in ways if way is not None), default=None)


def _closing(words, places):
    """Return where the links begin that end a paragraph, after its last sentence."""
    end = len(words)
    for place, link in reversed(places):
        if words[place:end].removeprefix(link.text_content()).strip(" \n[]†"):
            break
        end = place
    return end if words[:end].rstrip(" \n[").endswith((".", "!", "?")) else len(words)


def _from(path, parts, most, number=None):
    """Return the clicks from where one stands to an address that is shown."""
    inside = {*_way(number)} if number is not None else set()
    ways = {(_closed(link, part, inside), link.get("href") or "") for part in parts
            for link in part.iter("a")}  # fmt: skip
    told = [cost for cost, href in ways if href.startswith("http") and cost <= most]
    if 0 not in told:
        for cost, href in ways:
            more = _followed(path, href, most - cost) if cost < most else None
            told += [] if more is None else [cost + more]
    return min(told, default=None)


def _closed(link, part, inside):
    """Return how many things are to be opened before a link is seen."""
    around = [one for one in link.iterancestors("details") if part in one.iterancestors()]
    opened = {one.getparent() for one in inside if one.tag not in ("summary", "details")}
    return sum(one not in opened for one in around)


@cache
def _followed(path, href, most):
    """Return the clicks to an address by a link, which is one itself unless it is the address."""
    if href.startswith("http"):
        return 0
    if FIELD_WORK in href:  # what people told has its source there, and no address
        return 1
    name, _, anchor = href.partition("#")
    there = path.parent / name if name else path
    if href.startswith(("data:", "mailto:")) or most < 1 or not there.is_file():
        return None
    root, ids = page(there)
    part = ids.get(anchor) if anchor else root.find(".//main")
    if part is None:
        return None
    parts = _chapter(part) if part.tag in HEADINGS else [part]
    more = _from(there, parts, most - 1)
    return None if more is None else more + 1
