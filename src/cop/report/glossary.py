"""Remove unused entries from the glossary of a page, and explain abbreviations at first use."""

import re

from lxml import etree, html

from cop.report.languages import SOURCE, lower_first, translate, translated

OPEN = re.compile(r"\([^)]*$")
TEXTS = etree.XPath("body/main/*[not(@class='glossary')]//text()")
# Parts without expansions: links and headings are short, registers and data are for look-up.
TAGS = "a h1 h2 h3 nav svg summary thead figcaption caption"
CLASSES = "sources source data-source unseen letters id cover"
SHORT = etree.XPath(  # these parts, and English text (`apart`) on a translated page
    "ancestor-or-self::*[@lang = $apart or {} or {}]".format(
        " or ".join(f"self::{tag}" for tag in TAGS.split()),
        " or ".join(f"contains(concat(' ', @class, ' '), ' {name} ')" for name in CLASSES.split()),
    )
)


def explain(tree: html.HtmlElement) -> None:
    """Remove unused glossary entries of a page, and explain abbreviations, in place.

    The term is added in brackets after the first use of its abbreviation as a separate word. Uses
    in brackets, in parts such as links, headings and lists of sources (see TAGS and CLASSES) and,
    on translated pages, in English text are skipped. An abbreviation is not explained if it has
    fewer than two capitals, or if it is alone in brackets anywhere on the page, as in "(ITU)". A
    page without a glossary is unchanged.
    """
    if not (lists := tree.xpath("body/main/dl[@class='glossary']")):
        return
    texts = TEXTS(tree)
    page = " ".join(texts)
    lowered = page.casefold()
    for entry in [*lists[0]]:
        short, term = entry.get("data-abbreviation"), entry.get("data-term")
        # Patterns begin with the word, and then look at what precedes it: this is much faster.
        if short:
            word = re.escape(short)
            is_used = re.search(rf"{word}(?<![\w-]{word})(?:s|'s|’s)?(?![\w+-])", page)
        else:
            words = map(re.escape, (term.casefold(), translate(term).casefold()))
            is_used = any(re.search(rf"{word}(?<!\w{word})", lowered) for word in words)
        if not is_used:
            entry.drop_tree()
        elif short != term and sum(map(str.isupper, short)) > 1 and f"({short})" not in page:
            _write_out(short, term, texts)


def _write_out(short, term, texts):
    use = re.compile(rf"(?<![\w.-]){re.escape(short)}(?![\w+'’-]|\.\w)")
    long = lower_first(translate(term)) if term[1:].islower() else translate(term)
    apart = SOURCE if translated() else ""
    for text in (text for text in texts if short in text):
        parent, place = text.getparent(), "tail" if text.is_tail else "text"
        around = parent.getparent() if text.is_tail else parent
        if SHORT(around, apart=apart):
            continue
        words = getattr(parent, place)  # not `text`, which lacks expansions added to it
        for match in use.finditer(words):
            if not OPEN.search(words[: match.start()]):
                words = f"{words[: match.end()]} ({long}){words[match.end() :]}"
                setattr(parent, place, words)
                return
