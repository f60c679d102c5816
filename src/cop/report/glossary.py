"""The glossary of a page: only what it uses, and abbreviations written out at first use."""

import re

from lxml import etree, html

from cop.report.languages import SOURCE, lower_first, translate, translated

# Where nothing is written out: links and headings are short, registers and data are for look-up.
SHORT = {"a", "h1", "h2", "h3", "nav", "svg", "summary", "thead", "figcaption", "caption"}
LEFT_OUT = {"glossary", "sources", "unseen", "letters", "id", "cover"}
OPEN = re.compile(r"\([^)]*$")
TEXTS = etree.XPath("descendant::text()")


def explain(tree: html.HtmlElement) -> None:
    """Keep glossary entries that the page uses; write out abbreviations it does not explain."""
    if not (lists := tree.find_class("glossary")):
        return
    parts = tree.find("body/main")
    texts = [text for part in parts if part is not lists[0] for text in TEXTS(part)]
    page = " ".join(texts)
    lowered = page.casefold()  # in which a term is looked for first, as an expression is slow
    for entry in [*lists[0]]:
        short, term = entry.get("data-abbreviation"), entry.get("data-term")
        if short:
            is_used = short in page and re.search(
                rf"(?<![\w-]){re.escape(short)}(?:s|'s|’s)?(?![\w+-])", page
            )
        else:
            terms = [name for name in (term, translate(term)) if name.casefold() in lowered]
            choice = "|".join(map(re.escape, terms))
            is_used = terms and re.search(rf"(?<!\w)(?:{choice})", page, re.IGNORECASE)
        if not is_used:
            entry.drop_tree()
        elif short != term and sum(map(str.isupper, short)) > 1 and f"({short})" not in page:
            _write_out(short, term, texts)


def _write_out(short, term, texts):
    """Write a term behind its abbreviation where that first stands outside brackets."""
    use = re.compile(rf"(?<![\w-]){re.escape(short)}(?![\w+'’-])")
    long = lower_first(translate(term)) if term[1:].islower() else translate(term)
    for text in (text for text in texts if short in text and not _is_short(text)):
        place = "tail" if text.is_tail else "text"
        words = getattr(text.getparent(), place)  # another term may be written out in it already
        for match in use.finditer(words):
            if not OPEN.search(words[: match.start()]):
                words = f"{words[: match.end()]} ({long}){words[match.end() :]}"
                setattr(text.getparent(), place, words)
                return


def _is_short(text):
    """Return whether nothing is written out in a text: also not in English on another page."""
    parent, apart = text.getparent(), translated()
    return any(
        part.tag in SHORT
        or not LEFT_OUT.isdisjoint(part.get("class", "").split())
        or (apart and part.get("lang") == SOURCE)
        for part in (*[parent] * text.is_text, *parent.iterancestors())
    )
