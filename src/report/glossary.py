"""The glossary of a page: only what it uses, and each abbreviation written out where it comes
first.
"""

import re

from lxml import html

from report.languages import SOURCE, said, translated

# Where nothing is written out: links and headings stay short, registers and data are looked up in.
SHORT = {"a", "h1", "h2", "h3", "nav", "svg", "summary", "thead", "figcaption", "caption"}
LEFT_OUT = {"glossary", "sources", "unseen", "letters", "id", "cover"}
OPEN = re.compile(r"\([^)]*$")


def explain(tree: html.HtmlElement) -> None:
    """Keep of a page's glossary what the page uses, and write abbreviations out at first use."""
    lists = tree.find_class("glossary")
    if not lists:
        return
    entries = {entry: (entry.get("data-abbreviation"), _term(entry)) for entry in lists[0]}
    text = " ".join(part for part, _ in _texts(tree))
    places = list(_texts(tree, SHORT))
    for entry, (short, term) in entries.items():
        word = _word(short) if short else _words(term, said(term))
        if not word.search(text):
            entry.drop_tree()
        elif short and short != term and sum(map(str.isupper, short)) > 1:
            _write_out(places, word, _inside(term))


def _term(entry):
    return entry.get("data-term")


def _word(short):
    """Give what finds an abbreviation: whole, also in the plural and the possessive.

    Its letters stand first and what may not be before them after: a text is searched by letters.
    """
    word = re.escape(short)
    return re.compile(rf"{word}(?<![\w-]{word})(s|'s|’s)?(?![\w+-])")


def _words(*terms):
    """Give what finds a term in whatever case, in English or in the language of the page."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, dict.fromkeys(terms)))})", re.IGNORECASE)


def _texts(tree, passing=frozenset()) -> list[tuple[str, tuple]]:
    """Give the texts below <main> in their order, with (element, whether its tail).

    `passing` are tags whose text is passed over; that of a glossary always is. With them what
    stands in English on a page in another language is passed over too: words of two languages are
    not mixed in a sentence.
    """
    found = []
    left_out = LEFT_OUT if passing else {"glossary"}
    _below(tree.find(".//main"), passing, left_out, bool(passing) and translated(), found)
    return found


def _below(element, passing, left_out, apart, found):
    """Note the texts below an element; not those in English where these stand `apart`."""
    tag = element.tag
    if not isinstance(tag, str) or tag in passing or apart and element.get("lang") == SOURCE:
        return
    if (classes := element.get("class")) and not left_out.isdisjoint(classes.split()):
        return
    if element.text:
        found.append((element.text, (element, False)))
    for child in element:
        _below(child, passing, left_out, apart, found)
        if child.tail:
            found.append((child.tail, (child, True)))


def _write_out(places, word, term):
    """Write what an abbreviation stands for behind the first place where it stands in a text.

    Not where the text before it has just said so: "Model National Response (MNR)". `places` are the
    texts as `_texts` gives them; the one that grows is put back, as others may stand in it.
    """
    for number, (text, (element, tail)) in enumerate(places):
        if found := word.search(text):
            before, after = text[: found.end()], text[found.end() :]
            if not text[: found.start()].lower().rstrip(" (").endswith(term.lower()):
                before += _long(term, found[1], before, after)
            setattr(element, "tail" if tail else "text", before + after)
            places[number] = before + after, (element, tail)
            return


def _inside(term):
    """Give a term in the language of the page, small in a sentence unless it is a name; in English
    it is one where more than its first letter is a capital.
    """
    words = said(term)
    return (
        words if not term[1:].islower() or words[1:2].isupper() else words[:1].lower() + words[1:]
    )


def _long(term, ending, before, after):
    """Give the words as they follow: in brackets, or between commas where a bracket is open."""
    words = _plural(term) if ending == "s" and not translated() else term
    if OPEN.search(before):
        return f", {words}" + ("" if after.startswith((")", ",", ";")) else ",")
    return f" ({words})"


def _plural(words):
    """Give English words in the plural: 'technology' => 'technologies'."""
    return re.sub(r"(?<=[^aeiou])y$", "ie", words) + "s"
