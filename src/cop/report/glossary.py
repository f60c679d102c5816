"""The glossary of a page: only what it uses, and each abbreviation written out where it comes
first.
"""

import re
from bisect import bisect
from itertools import accumulate

from lxml import etree, html

from cop.data import sheets
from cop.report.covers import of_class
from cop.report.languages import SOURCE, said, translated
from cop.report.page import inside

# Where nothing is written out: links and headings stay short, registers and data are looked up in.
SHORT = {"a", "h1", "h2", "h3", "nav", "svg", "summary", "thead", "figcaption", "caption"}
LEFT_OUT = {"glossary", "sources", "unseen", "letters", "id", "cover"}
OPEN = re.compile(r"\([^)]*$")
WORD, WHOLE = re.compile(r"(?<!\w)"), re.compile(r"(?<![\w-])")  # what may begin there
ENDING = re.compile(r"(s|'s|’s)?(?![\w+-])")
# Words with capitals, small ones between them, and capitals in brackets behind.
NAMED = re.compile(
    r"\b([A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]*|and|for|of|on|the|to)){1,9}) \(([A-Z]{2,8})\)"
)
TEXTS = etree.XPath("descendant::text()")


def explain(tree: html.HtmlElement) -> None:
    """Keep of a page's glossary what the page uses, and write abbreviations out at first use."""
    main = tree.find("body/main")
    if not (lists := of_class(main, "glossary")):
        return
    places = _texts(main, lists[0])
    text, ends = " ".join(places), [*accumulate(len(one) + 1 for one in places)]
    names = sheets.listed((found[2], found[1].lower()) for found in NAMED.finditer(text))
    small, grown = text.lower(), set()
    for entry in [*lists[0]]:
        short, term = entry.get("data-abbreviation"), entry.get("data-term")
        if not (any(_whole(short, text)) if short else _begins({term, said(term)}, small)):
            entry.drop_tree()
        elif short and _names_another(short, term, names):
            if not any(_whole(short, text.replace(f"({short})", ""))):
                entry.drop_tree()  # the page uses these letters for a name of its own alone
        elif short and short != term and sum(map(str.isupper, short)) > 1:
            numbers = grown | {bisect(ends, at) for at in _each(short, text)}
            grown |= _write_out(places, numbers, short, _inside(term))


def _names_another(short, term, names):
    """Say whether a page puts the abbreviation in brackets behind a name that it stands for and
    that is not the term: "Information and Data Protection Commissioner (IDP)".
    """
    terms = term.lower(), said(term).lower()
    others = [name for name in names.get(short, ()) if not name.endswith(terms)]
    return any(_stands_for(short.lower(), name) for name in others)


def _stands_for(short, name):
    letters = iter(word[0] for word in name.split())  # all() below reads on where it left off
    return all(letter in letters for letter in short)


def _texts(main, but):
    """Return the texts of a page in their order, each knows its place; not those of its
    glossary.
    """
    parts = [part for part in main.xpath("node()") if part is not but]
    return [one for part in parts for one in ([part] if isinstance(part, str) else TEXTS(part))]


def _whole(short, text):
    """Yield where an abbreviation stands in a text, its start and what ends it: whole, also in the
    plural and the possessive.
    """
    for at in _each(short, text):
        if WHOLE.match(text, at) and (ending := ENDING.match(text, at + len(short))):
            yield at, ending


def _begins(terms, small):
    """Say whether a term begins a word of a text in small letters, in English or in the language of
    the page.
    """
    return any(WORD.match(small, at) for term in terms for at in _each(term.lower(), small))


def _each(letters, text):
    """Yield where letters stand in a text: a pattern for each term would have to be compiled."""
    at = text.find(letters)
    while at >= 0:
        yield at
        at = text.find(letters, at + 1)


def _is_short(place):
    """Say whether nothing is written out where a text stands.

    That is also so for what stands in English on a page in another language: words of two languages
    are not mixed in a sentence.
    """
    first, apart = place.getparent(), translated()
    return any(
        one.tag in SHORT
        or not LEFT_OUT.isdisjoint(one.get("class", "").split())
        or (apart and one.get("lang") == SOURCE)
        for one in (*[first] * place.is_text, *first.iterancestors())
    )


def _write_out(places, numbers, short, term):
    """Write what an abbreviation stands for behind the first of some places where it stands.

    Not where the text before it has just said so: "Model National Response (MNR)". Gives the number
    of the place whose text grew, as others may stand in it.
    """
    for number in sorted(numbers):
        element, at = places[number].getparent(), "tail" if places[number].is_tail else "text"
        text = getattr(element, at)
        found = next(_whole(short, text), None)
        if found and not _is_short(places[number]):
            before, after = text[: found[1].end()], text[found[1].end() :]
            if not text[: found[0]].lower().rstrip(" (").endswith(term.lower()):
                before += _long(term, found[1][1], before, after)
            setattr(element, at, before + after)
            return {number}
    return set()


def _inside(term):
    """Return a term in the language of the page, small in a sentence unless it is a name; in
    English it is one where more than its first letter is a capital.
    """
    words = said(term)
    return inside(words) if term[1:].islower() else words


def _long(term, ending, before, after):
    """Return the words as they follow: in brackets, or between commas where a bracket is open."""
    words = _plural(term) if ending == "s" and not translated() else term
    if OPEN.search(before):
        return f", {words}" + ("" if after.startswith((")", ",", ";")) else ",")
    return f" ({words})"


def _plural(words):
    """Return English words in the plural: 'technology' => 'technologies'."""
    return re.sub(r"(?<=[^aeiou])y$", "ie", words) + "s"
