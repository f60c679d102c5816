"""What a page of the web says: its text, and whether a passage still stands in it."""

import codecs
import re

from lxml import etree, html

from cop.research.matching import text_key

SILENT = ("script", "style", "noscript", "template")
MARKED_UP = re.compile(rb"<(!doctype html|html|head|body|p|div|article)\b", re.IGNORECASE)
CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


def text_of(body: bytes, stated: str) -> str | None:
    """Give the text of a page, without scripts; None where it is no text, such as a PDF.

    `stated` is the content type of the answer. What encoding it does not name is the page's own.
    """
    kind, encoding = stated.split(";")[0].strip().lower(), CHARSET.search(stated)
    if "html" in kind or (not kind and MARKED_UP.search(body[:4096])):
        return _of_html(body, encoding[1] if encoding else None)
    if kind.startswith("text/") or kind.endswith(("json", "xml")):
        return _decoded(body, encoding[1] if encoding else "utf-8")
    return None


def says(text: str, passage: str) -> bool:
    """Say whether a passage stands in a kept page's text: the same letters and digits, in order.

    Case, marks, spaces, line ends and soft hyphens do not count; another figure does.
    """
    return text_key(passage) in text_key(text)


def _of_html(body, encoding):
    """Give what a reader of the page may see; nothing of a page without an element."""
    parser = html.HTMLParser(encoding=_known(encoding) or _guessed(body))
    try:
        page = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, ValueError):
        return ""
    etree.strip_elements(page, etree.Comment, *SILENT, with_tail=False)
    return page.text_content()


def _decoded(body, encoding):
    return body.decode(_known(encoding) or "utf-8", errors="replace")


def _known(encoding):
    """Give the name of an encoding, None where there is none of that name."""
    try:
        return codecs.lookup(encoding).name if encoding else None
    except LookupError:
        return None


def _guessed(body):
    """Give UTF-8 for a page that is in it and states nothing; None leaves it to the page."""
    if CHARSET.search(body[:2048].decode("latin-1")):
        return None
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
