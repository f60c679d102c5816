"""The glossary of a page: only what it uses, and each abbreviation written out at first use."""

import re

from lxml import etree, html

from cop.data import tables
from cop.report.covers import of_class
from cop.report.languages import SOURCE, said, translated
from cop.report.page import inside

# Where nothing is written out: links and headings are short, registers and data are for look-up.
SHORT = {"a", "h1", "h2", "h3", "nav", "svg", "summary", "thead", "figcaption", "caption"}
LEFT_OUT = {"glossary", "sources", "unseen", "letters", "id", "cover"}
OPEN = re.compile(r"\([^)]*$")
NAMED = re.compile(  # words with capitals, small ones between them, and capitals in brackets
    r"\b([A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]*|and|for|of|on|the|to)){1,9}) \(([A-Z]{2,8})\)"
)
TEXTS = etree.XPath("descendant::text()")


def explain(tree: html.HtmlElement) -> None:
    """Keep of a page's glossary what the page uses, and write abbreviations out at first use."""
    main = tree.find("body/main")
    if not (lists := of_class(main, "glossary")):
        return
    texts = _texts(main, lists[0])
    page = " ".join(texts)
    names = tables.listed((match[2], match[1].lower()) for match in NAMED.finditer(page))
    shorts = {entry.get("data-abbreviation") for entry in lists[0]} - {""}
    uses = _uses(shorts, texts)
    small, insertions = page.lower(), {}
    for entry in [*lists[0]]:
        short, term = entry.get("data-abbreviation"), entry.get("data-term")
        used = uses[short] if short else _begins_word({term, said(term)}, small)
        if not used:
            entry.drop_tree()
        elif short and _names_another(short, term, names):
            if f"({short})" in page and all(_in_brackets(texts[i], m) for i, m in used):
                entry.drop_tree()  # the page uses these letters only for another name
        elif short and short != term and sum(map(str.isupper, short)) > 1:
            first = next(((i, m) for i, m in used if not _is_short(texts[i])), None)
            if first:
                insertions.setdefault(first[0], []).append((first[1], term))
    for number, pairs in insertions.items():
        _write_out(texts[number], sorted(pairs, key=lambda pair: pair[0].start(), reverse=True))


def _texts(main, glossary):
    """Return the texts of a page in their order, but those of its glossary."""
    parts = [part for part in main.xpath("node()") if part is not glossary]
    return [text for part in parts for text in ([part] if isinstance(part, str) else TEXTS(part))]


def _uses(shorts, texts):
    """Return {abbreviation: (number of a text, match) of each use}, also in the plural."""
    letters = "|".join(sorted(map(re.escape, shorts), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({letters})(s|'s|’s)?(?![\w+-])")
    uses: dict = {short: [] for short in shorts}
    for number, text in enumerate(texts if shorts else ()):
        for match in pattern.finditer(text):
            uses[match[1]].append((number, match))
    return uses


def _begins_word(terms, text):
    return any(re.search(rf"(?<!\w){re.escape(term.lower())}", text) for term in terms)


def _in_brackets(text, match):
    return text[match.start() - 1 : match.end() + 1] == f"({match[1]})"


def _names_another(short, term, names):
    """Return whether a page puts the abbreviation in brackets behind another name that it may stand
    for: "Information and Data Protection Commissioner (IDP)".
    """
    terms = term.lower(), said(term).lower()
    others = [name for name in names.get(short, ()) if not name.endswith(terms)]
    return any(_stands_for(short.lower(), name) for name in others)


def _stands_for(short, name):
    letters = iter(word[0] for word in name.split())  # all() below reads on where it left off
    return all(letter in letters for letter in short)


def _is_short(text):
    """Return whether nothing is written out in a text: also not in English on another page."""
    parent, apart = text.getparent(), translated()
    return any(
        part.tag in SHORT
        or not LEFT_OUT.isdisjoint(part.get("class", "").split())
        or (apart and part.get("lang") == SOURCE)
        for part in (*[parent] * text.is_text, *parent.iterancestors())
    )


def _write_out(text, pairs):
    """Write terms behind their abbreviations in a text, the last first, unless it says them just
    before: "Model National Response (MNR)".
    """
    words = str(text)
    for match, term in pairs:
        translation = said(term)
        term = inside(translation) if term[1:].islower() else translation
        before, after = words[: match.end()], words[match.end() :]
        if not words[: match.start()].lower().rstrip(" (").endswith(term.lower()):
            before += _long(term, match[2], before, after)
        words = before + after
    setattr(text.getparent(), "tail" if text.is_tail else "text", words)


def _long(term, ending, before, after):
    """Return the words as they follow: in brackets, or between commas where a bracket is open."""
    if ending == "s" and not translated():
        term = re.sub(r"(?<=[^aeiou])y$", "ie", term) + "s"
    if OPEN.search(before):
        return f", {term}" + ("" if after.startswith((")", ",", ";")) else ",")
    return f" ({term})"
