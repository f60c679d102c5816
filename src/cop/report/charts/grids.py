"""Figures made of signs and words: a table or a list whose names wrap and that no width cuts."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain as chained
from string import ascii_uppercase

import pandas as pd
from markupsafe import escape

from cop.report import figure, page
from cop.report.charts.signs import WORDS, signed, unseen
from cop.report.figure import Caption
from cop.report.languages import N_, gettext, said
from cop.report.page import Shown

ORGANISATION = N_("Organisation")
LINKED = {"a": ORGANISATION, "b": N_("Linked with")}
MISSING = ' class="missing"'
NARROW = 8  # columns of marks beside a name at 320 px


def matrix(
    frame: pd.DataFrame, caption: Caption, across: Iterable[str] = (), heads: Iterable[str] = ()
) -> Shown:
    """Draw, as a kind of grid, which name stands with which word: names down, words across.

    The words are letters with a key.

    Columns: name, word; `heads` are their headings in the data. `across` gives all words in order,
    so that one that nobody has is seen to be empty; without it the words of the frame.
    """
    if frame.empty:
        return figure.nothing(caption)
    words = list(across) or list(dict.fromkeys(frame.word))
    data = frame[["name", "word"]].set_axis(list(heads) or [N_("name"), N_("word")], axis=1)
    return figure.shown(_marks(frame, words, caption), caption, data, "grid")


def links(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw, as a kind of grid, the links between organisations.

    Columns: a, b. Across stand few organisations that together have a part in every link, those
    with most first, so that each link is a mark and no name is written over another.
    """
    if frame.empty:
        return figure.nothing(caption)
    hubs = _hubs(list(zip(frame.a, frame.b, strict=True)))
    both = pd.concat([frame[["a", "b"]], frame[["b", "a"]].set_axis(["a", "b"], axis=1)])
    pairs = both[both.b.isin(hubs)].set_axis(["name", "word"], axis=1)
    return figure.shown(_marks(pairs, hubs, caption), caption, frame.rename(columns=LINKED), "grid")


def triangulation(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw, as a kind of grid, what each source says of each area, and whether they agree.

    Columns: the area, then one a source and one for the verdict, words; "" where one is silent.
    """
    return _words(frame, caption)


def reach(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw, as a kind of grid, whether each measure exists, operates and reaches children.

    Columns: the measure, then three of words (yes, partly, no, not known), and how sure they are.
    """
    return _words(frame, caption)


def chain(frame: pd.DataFrame, caption: Caption, refs: Iterable[str] = ()) -> Shown:
    """Show, as a kind of grid, links in their order, each with sign, word and what is known.

    Columns: link, status (a word with a sign), known (a sentence; "" says that nothing is known);
    others stand in its data alone. `refs` are the links of each into the page, as HTML.
    """
    if frame.empty:
        return figure.nothing(caption)
    links = page.join(
        Shown("<li><b>{}</b> {} <span>{} {}</span></li>").format(
            said(row.link), signed(row.status), said(row.known) or page.missing(), ref
        )
        for row, ref in zip(frame.itertuples(), refs or [""] * len(frame), strict=True)
    )
    picture = Shown('{}<ol class="chain">{}</ol>').format(unseen(caption.alt), links)
    return figure.shown(picture, caption, frame, "grid wide")


def _marks(frame, words, caption):
    """Return a matrix of names down and words across, a mark where they stand together."""
    pairs = set(zip(frame.name, frame.word, strict=True))
    counts = Counter(word for _, word in pairs)
    lettered = list(zip(_letters(len(words)), words, strict=True))
    key = page.join(_entry(letter, word, counts[word]) for letter, word in lettered)
    head = page.join(_heading(letter, word) for letter, word in lettered)
    marks = _mark(False), _mark(True)
    rows = page.join(
        _row(name, (marks[(name, word) in pairs] for word in words))
        for name in dict.fromkeys(frame.name)
    )
    grid = Shown('<ul class="letters">{}</ul>{}').format(key, _table("marks", caption, head, rows))
    if len(words) > NARROW:  # more than a phone has room for
        grid = Shown('<div class="broad">{}</div>{}').format(grid, _by_word(frame, words))
    return Shown("{}{}").format(unseen(caption.alt), grid)


def _by_word(frame, words):
    """Return the same for a phone: each word with the names that it stands with."""
    names = frame.groupby("word").name.agg(page.listed)
    lines = (
        f"<div{'' if word in names else MISSING}><dt>{escape(word)}</dt>"
        f"<dd>{escape(names.get(word, gettext('none found')))}</dd></div>"
        for word in words
    )
    return Shown(f'<dl class="narrow">{" ".join(lines)}</dl>')


def _words(frame, caption):
    """Return a grid of words, each with its sign; the first column names the row."""
    if frame.empty:
        return figure.nothing(caption)
    told = frame.replace("", N_("silent"))
    first, *others = map(str, told.columns)
    head = page.join(Shown('<th scope="col" role="columnheader">{}</th>').format(o) for o in others)
    rows = page.join(
        _row(name, map(_word, others, words)) for name, *words in told.itertuples(index=False)
    )
    grid = Shown("{}{}").format(unseen(caption.alt), _table("signs", caption, head, rows, first))
    return figure.shown(grid, caption, told, "grid wide")


def _hubs(pairs):
    """Return organisations, most links first, until every link has one of them."""
    hubs = []
    while pairs:
        counts = Counter(chained.from_iterable(pairs))
        hubs.append(max(counts, key=counts.get))
        pairs = [pair for pair in pairs if hubs[-1] not in pair]
    return hubs


def _letters(n):
    """Return n short names of columns: A to Z, then A1 to Z1 and so on."""
    return [ascii_uppercase[i % 26] + (str(i // 26) if i > 25 else "") for i in range(n)]


def _entry(letter, word, count):
    """Return an entry of the key, with how many names have the word: none is said in a word."""
    told = f"{escape(word)} ({escape(count or gettext('none found'))})"
    return Shown(f"<li{'' if count else MISSING}><b>{letter}</b> {told}</li>")


def _heading(letter, word):
    sign = f'<span aria-hidden="true">{letter}</span>'
    return Shown(f'<th scope="col" role="columnheader">{sign}{unseen(word)}</th>')


def _row(name, cells):
    head = f'<th scope="row" role="rowheader">{escape(name)}</th>'
    return Shown(f'<tr role="row">{head}{page.join(cells, "")}</tr>')


def _mark(there):
    kind, sign, word = (' class="there"', "●", N_("yes")) if there else ("", "·", N_("none"))
    sign = f'<span aria-hidden="true">{sign}</span>'
    return Shown(f'<td role="cell"{kind}>{sign}{unseen(gettext(word))}</td>')


def _word(heading, word):
    shown = signed(word) if word in WORDS else escape(said(word))  # a sentence has no sign
    return Shown(f'<td role="cell" data-label="{escape(heading)}">{shown}</td>')


def _table(kind, caption, head, rows, first=ORGANISATION):
    return Shown(
        f'<table role="table" class="{kind}"><caption class="unseen">{escape(caption.subtitle)}'
        '</caption><thead><tr role="row"><th scope="col" role="columnheader">'
        f"{escape(gettext(first))}</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
