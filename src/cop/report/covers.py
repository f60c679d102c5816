"""What a finished page says of itself: cover, headings, and the ids that a link may lead to."""

import re
from html import unescape

from lxml import html

import cop.data

COVER = re.compile(r'<\w+ [^>]*class="cover[ "][^>]*>')
DISPUTE = re.compile(r'<li class="dispute">.*?</li>', re.DOTALL)
ID = re.compile(r' id="([^"<>]+)"')  # what a link may lead to
HEADING = re.compile(r'<(h[23])[^>]* id="([^"]+)"[^>]*>(.*?)</\1>', re.DOTALL)
NUMBER = re.compile(r'<span class="number-of-heading">[^<]*</span>')
TAG = re.compile(r"<[^>]+>")


def read_cover(text: str) -> dict[str, str]:
    """Return iso3, country, edition, status and cut-off of a page's cover; {} without one.

    `disputes` are the ratings that it shows both ways, a line each, if any.
    """
    cover = COVER.search(text)
    attributes = html.fragment_fromstring(cover[0]).attrib if cover else {}
    facts = {name[5:]: value for name, value in attributes.items() if name.startswith("data-")}
    lines = [html.fragment_fromstring(li).text_content() for li in DISPUTE.findall(text)]
    return facts | ({"disputes": "\n".join(lines)} if lines else {})


def headings(text: str) -> list[tuple[str, str]]:
    """Return id and words of the headings of a finished page, unnumbered."""
    return [
        (anchor, " ".join(unescape(TAG.sub("", NUMBER.sub("", words))).split()))
        for _, anchor, words in HEADING.findall(text)
    ]


def mentions(text: str, names: str) -> bool:
    """Return whether a text has one of these names, separated by ;, as a whole."""
    names = [re.escape(name) for name in cop.data.split(names) if name in text]
    return any(re.search(rf"(?<!\w){name}\b", text) for name in names)
