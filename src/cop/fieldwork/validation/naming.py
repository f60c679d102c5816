"""Names left out: who wrote a comment is never kept, nor what in its words names a person."""

import re
from collections.abc import Iterable
from dataclasses import replace

from cop.fieldwork import pii as personal
from cop.fieldwork.validation.remarks import Found, Remark, words_of

NAME, LEFT_OUT = "[name]", "[left out]"
KINDS = ("e-mail", "phone", "handle", "person")  # what is left out of what was written
SHORT, AGAIN = 3, 50  # letters of a part of a name that may be any word; signs in one text


def without_names(found: Found, known: personal.Known) -> tuple[list[Remark], int]:
    """Return the remarks without the names of who wrote them or is `known`, and from how many
    something was cut.

    Parts of a name are left out too, unless the report as it was sent holds the same word. The
    words around a remark may be new as well: they are looked through like those of the remark.
    """
    names, cut, remarks = _names({one.author for one in found.remarks}, found.words), 0, []
    for one in found.remarks:
        said = one.text, one.new, one.around
        text, new, around = (_clean(words, names, known, found.words) for words in said)
        cut += (text, around) != (one.text, one.around)
        remarks.append(replace(one, author="", text=text, new=new, around=around))
    return remarks, cut


def _names(authors: Iterable[str], words: frozenset[str]) -> list[str]:
    """Return the names to look for, the longest first: whole, and their parts that are no word."""
    whole = {name.strip() for name in authors if len(name.strip()) > SHORT}
    parts = {part.strip(".,()") for name in whole for part in name.split()}
    parts = {part for part in parts if len(part) > SHORT and part.casefold() not in words}
    whole = {name for name in whole if " " in name or name.casefold() not in words}
    return sorted(whole | parts, key=len, reverse=True)


def _clean(text, names, known, words):
    """Return a text without names and addresses; what the report itself says is no secret."""
    text = _unnamed(text, names)
    for _ in range(AGAIN):
        signs = [sign for kind, sign in personal.found(text, known) if kind in KINDS]
        signs = [sign for sign in signs if not set(words_of(sign)) <= words]
        shorter = text
        for sign in signs:
            shorter = re.sub(re.escape(sign.strip()), LEFT_OUT, shorter, flags=re.IGNORECASE)
        if shorter == text:
            return text
        text = shorter
    return LEFT_OUT


def _unnamed(text, names):
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}\w{{0,4}}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return text
