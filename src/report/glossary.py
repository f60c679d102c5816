"""The glossary of a page: only what it uses, and each abbreviation written out where it comes
first.
"""

import re

from lxml import html

from report.covers import of_class
from report.languages import SOURCE, said, translated

# Where nothing is written out: links and headings stay short, registers and data are looked up in.
SHORT = {"a", "h1", "h2", "h3", "nav", "svg", "summary", "thead", "figcaption", "caption"}
LEFT_OUT = {"glossary", "sources", "unseen", "letters", "id", "cover"}
OPEN = re.compile(r"\([^)]*$")


def explain(tree: html.HtmlElement) -> None:
    """Keep of a page's glossary what the page uses, and write abbreviations out at first use."""
    lists = of_class(tree.find("body/main"), "glossary")
    if not lists:
        return
    entries = {entry: (entry.get("data-abbreviation"), _term(entry)) for entry in lists[0]}
    texts = _texts(tree)
    text = " ".join(part for part, _, _ in texts)
    small = text.lower()
    places = [(part, place) for part, place, short in texts if not short]
    for entry, (short, term) in entries.items():
        word = _found(short, text) if short else _any_found((term, said(term)), small)
        if not word:
            entry.drop_tree()
        elif short and short != term and sum(map(str.isupper, short)) > 1:
            _write_out(places, short, word, _inside(term))


def _term(entry):
    return entry.get("data-term")


def _found(short, text):
    """Give what finds an abbreviation in a text, None where it does not stand there: whole, also in
    the plural and the possessive. Most do not, which its letters alone tell at once.

    Its letters stand first and what may not be before them after: a text is searched by letters.
    """
    if short in text:
        letters = re.escape(short)
        word = re.compile(rf"{letters}(?<![\w-]{letters})(s|'s|’s)?(?![\w+-])")
        return word if word.search(text) else None
    return None


def _any_found(terms, small):
    """Say whether a term begins a word of a text in small letters, in English or in the language of
    the page.
    """
    there = {re.escape(term.lower()) for term in terms if term.lower() in small}
    return any(re.search(rf"{letters}(?<!\w{letters})", small) for letters in there)


def _texts(tree) -> list[tuple[str, tuple, bool]]:
    """Give the texts below <main> in their order, with (element, whether its tail) and whether
    nothing is written out there; not those of a glossary.

    That is also so for what stands in English on a page in another language: words of two languages
    are not mixed in a sentence.
    """
    found = []
    _below(tree.find("body/main"), False, translated(), found)
    return found


def _below(element, short, apart, found):
    """Note the texts below an element; those in English are `short` where they stand `apart`."""
    tag = element.tag
    classes = (element.get("class") or "").split() if isinstance(tag, str) else ()
    if not isinstance(tag, str) or "glossary" in classes:
        return
    short = short or tag in SHORT or not LEFT_OUT.isdisjoint(classes)
    short = short or apart and element.get("lang") == SOURCE
    if element.text:
        found.append((element.text, (element, False), short))
    for child in element:
        _below(child, short, apart, found)
        if child.tail:
            found.append((child.tail, (child, True), short))


def _write_out(places, short, word, term):
    """Write what an abbreviation stands for behind the first place where it stands in a text.

    Not where the text before it has just said so: "Model National Response (MNR)". `places` are the
    texts as `_texts` gives them; the one that grows is put back, as others may stand in it.
    """
    for number, (text, (element, tail)) in enumerate(places):
        if short in text and (found := word.search(text)):
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
