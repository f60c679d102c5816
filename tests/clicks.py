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


def lost(path, most=2):
    """Return the numbers of a page without a source in `most` clicks, each with its context.

    Numbers in OURS and NAMES are left out.
    """
    found = []
    for element, text in _texts(page(path)[0].find(".//main")):
        names = [name.span() for name in NAME.finditer(text)]
        for number in NUMBER.finditer(text):
            named = any(a <= number.start() and number.end() <= b for a, b in names)
            if not (named or _ours(element) or _has_source(path, element, text, number, most)):
                context = text[max(0, number.start() - 50) : number.end() + 30]
                found.append(f"{context!r} ({number[0]}, <{element.tag}>)")
    return found


def _has_source(path, element, text, number, most):
    links = _near(element, text, number)
    if any(_leads(path, link.get("href") or "", most) for link in links):
        return True
    return any(_reaches(path, parts, most, element) for parts in _holders(element))


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


def _near(element, text, number):
    """Return the links in the sentence of a number and at the end of its paragraph."""
    paragraph = next((one for one in _way(element) if one.tag == "p"), None)
    if paragraph is None:
        return []
    words, at, places = "", 0, []
    for one, part in _texts(paragraph):
        at = len(words) + number.start() if one is element and part == text else at
        places += [(len(words), one)] if one.tag == "a" and part == one.text else []
        words += part
    ends = [0, *(found.end() for found in ENDED.finditer(words)), len(words) + 1]
    first, last = next(pair for pair in zip(ends, ends[1:], strict=False) if at < pair[1])
    closing = _closing(words, places)
    return [link for place, link in places if first <= place < last or place >= closing]


def _closing(words, places):
    """Return the position of the links after the last sentence of a paragraph, or its length."""
    end = len(words)
    for place, link in reversed(places):
        if words[place:end].removeprefix(link.text_content()).strip(" \n[]†"):
            break
        end = place
    return end if words[:end].rstrip(" \n[").endswith((".", "!", "?")) else len(words)


def _reaches(path, parts, most, number=None):
    """Return whether a link in a list of elements leads to a web address within `most` clicks."""
    inside = {*_way(number)} if number is not None else set()
    for part in parts:
        for link in part.iter("a"):
            left = most - _closed(link, part, inside)
            if left >= 0 and _leads(path, link.get("href") or "", left):
                return True
    return False


def _closed(link, part, inside):
    """Return the number of `details` elements to open before a link is visible."""
    around = [one for one in link.iterancestors("details") if part in one.iterancestors()]
    opened = {one.getparent() for one in inside if one.tag not in ("summary", "details")}
    return sum(one not in opened for one in around)


@cache
def _leads(path, href, most):
    """Return whether a link is a web address, or leads to one within `most` clicks."""
    if href.startswith("http"):
        return True
    if most < 1 or href.startswith(("data:", "mailto:")):
        return False
    name, _, anchor = href.partition("#")
    there = path.parent / name if name else path
    if FIELD_WORK in href:  # what people told has its source there, and no address
        return True
    if not there.is_file():
        return False
    root, ids = page(there)
    part = ids.get(anchor) if anchor else root.find(".//main")
    if part is None:
        return False
    return _reaches(there, _chapter(part) if part.tag in HEADINGS else [part], most - 1)
