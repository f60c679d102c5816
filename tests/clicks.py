"""Count the clicks from a number on a finished page to a source with a web address.

A reader starts at the sentence, item, row, figure or card with the number. Following a link or
opening `details` there is a click. A link leads to a row, an entry, a chapter or a page. The search
ends at a link to a web address (http), which itself costs no click.
"""

import re
from functools import cache
from pathlib import Path

from lxml import html

NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
# Numbers that need no source, as described in docs/method.md:
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
    """Return the root element of a page, and {id: element}."""
    root = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    return root, {part.get("id"): part for part in root.xpath("//*[@id]")}


def numbers(path):
    """Yield (element, text, match) for each number of a page except those in OURS and NAMES."""
    for element, text in _texts(page(path)[0].find(".//main")):
        names = [found.span() for found in NAME.finditer(text)]
        for number in NUMBER.finditer(text):
            named = any(a <= number.start() and number.end() <= b for a, b in names)
            if not named and not _ours(element):
                yield element, text, number


def lost(path, most=2):
    """Return the numbers of a page without a source in `most` clicks, each with its context."""
    return [
        f"{text[max(0, n.start() - 50) : n.end() + 30]!r} ({n[0]}, <{element.tag}>)"
        for element, text, n in numbers(path)
        if clicks(path, element, text, n, most) is None
    ]


def clicks(path, element, text, number, most=2):
    """Return the number of clicks from a number to an address, or None if it exceeds `most`."""
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
    """Return whether an element is in OURS or contains the citation of the page."""
    cited = any("signed" in _classes(one) for one in element)
    return cited or any(_classes(one) & OURS for one in _way(element))


def _classes(element):
    return {*(element.get("class") or "").split()}


def _holders(element):
    """Yield lists of elements to which a number belongs, from the inside out.

    These are the item, row, figure or card, the table of a caption, header or note, the element
    after a paragraph that ends with a colon, and the chapter of a heading.
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
    """Return the clicks by a link in the sentence of a number, or at the end of its paragraph.

    Returns None without such a link, or if an address is more than `most` clicks away.
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
    """Return the position of the links after the last sentence of a paragraph, or its length."""
    end = len(words)
    for place, link in reversed(places):
        if words[place:end].removeprefix(link.text_content()).strip(" \n[]†"):
            break
        end = place
    return end if words[:end].rstrip(" \n[").endswith((".", "!", "?")) else len(words)


def _from(path, parts, most, number=None):
    """Return the fewest clicks from a list of elements to an address, or None above `most`."""
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
    """Return the number of `details` elements to open before a link is visible."""
    around = [one for one in link.iterancestors("details") if part in one.iterancestors()]
    opened = {one.getparent() for one in inside if one.tag not in ("summary", "details")}
    return sum(one not in opened for one in around)


@cache
def _followed(path, href, most):
    """Return the clicks to an address by a link: 0 for a web address, None above `most`."""
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
