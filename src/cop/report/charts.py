"""Figures of signs and words, whose text wraps at any width: tables, lists and tiles as HTML.

What has a scale is drawn by `helpers.charts`.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain as chained
from string import ascii_uppercase

import pandas as pd
from markupsafe import escape

from cop.report import figure, page
from cop.report.figure import Caption
from cop.report.languages import N_, gettext, said
from cop.report.page import Shown

KINDS = ("matrix", "links", "triangulation", "reach", "chain", "tiles")
ORGANISATION = N_("Organisation")
LINKED = {"a": ORGANISATION, "b": N_("Linked with")}
MISSING = ' class="missing"'
NARROW = 8  # columns of marks beside a name at 320 px
FEW = 6  # columns up to which a tile has room for its word on a telephone
# The sign of each word, and the ground that it stands on, named as the statuses' in report.css.
WORDS = {word: (sign, word.replace(" ", "-")) for word, sign in page.SIGNS.items()} | {
    N_("in force"): ("●", "in-place"),
    N_("adopted"): ("●", "in-place"),
    N_("draft"): ("◐", "partly-in-place"),
    N_("under validation"): ("◆", "partly-in-place"),
    N_("validated"): ("●", "in-place"),
    N_("expired"): ("×", "not-in-place"),
    N_("yes"): ("●", "in-place"),
    N_("partly"): ("◐", "partly-in-place"),
    N_("no"): ("○", "not-in-place"),
    N_("not known"): ("?", "no-public-evidence"),
    N_("agree"): ("●", "in-place"),
    N_("agree in part"): ("◐", "partly-in-place"),
    N_("differ"): ("≠", "not-in-place"),
    N_("only one source"): ("○", "no-public-evidence"),
    N_("no source"): ("–", "not-assessed"),
    N_("silent"): ("–", "not-assessed"),
    N_("not sure enough"): ("?", "no-public-evidence"),
    N_("strength"): ("▲", "in-place"),
    N_("both"): ("◆", "partly-in-place"),
    N_("gap"): ("▼", "not-in-place"),
}
# Column and row of each country of Europe by ISO 3166-1 alpha-3, from north-west to south-east.
PLACES = {
    "ISL": (0, 0), "NOR": (4, 0), "SWE": (5, 0), "FIN": (6, 0),
    "EST": (6, 1), "RUS": (8, 1), "DNK": (4, 1),
    "IRL": (0, 2), "GBR": (1, 2), "NLD": (3, 2), "LVA": (6, 2),
    "BEL": (2, 3), "DEU": (4, 3), "POL": (5, 3), "LTU": (6, 3), "BLR": (7, 3),
    "FRA": (2, 4), "LUX": (3, 4), "CZE": (4, 4), "SVK": (5, 4), "UKR": (7, 4),
    "CHE": (2, 5), "LIE": (3, 5), "AUT": (4, 5), "HUN": (5, 5), "ROU": (6, 5), "MDA": (7, 5),
    "AND": (1, 6), "MCO": (2, 6), "SVN": (3, 6), "HRV": (4, 6), "SRB": (5, 6), "BGR": (6, 6),
    "GEO": (8, 6), "KAZ": (9, 5),
    "PRT": (0, 7), "ESP": (1, 7), "SMR": (2, 7), "BIH": (4, 7), "MKD": (6, 7), "XKX": (5, 8),
    "MNE": (5, 7), "ARM": (8, 7), "AZE": (9, 7),
    "ITA": (2, 8), "VAT": (3, 8), "ALB": (6, 8), "TUR": (8, 8),
    "MLT": (3, 9), "GRC": (6, 9), "CYP": (8, 9), "ISR": (9, 9),
}  # fmt: skip
TILES = {
    "iso3": N_("Code"), "country": N_("Country"), "word": N_("State"),
    "confidence": N_("Confidence"), "confidence_reason": N_("Why this confidence"),
}  # fmt: skip


def signed(word: str) -> Shown:
    """Return a word of a chart with its sign; one without a sign of its own has none."""
    sign, ground = WORDS.get(word, ("", "not-assessed"))
    sign = f'<span aria-hidden="true">{sign}</span> {escape(said(word))}'
    return Shown(f'<span class="status {ground}">{sign}</span>')


def unseen(text: str) -> Shown:
    """Return a text for screen readers only: what the chart shows to others."""
    return Shown(f'<span class="unseen">{escape(text)}</span>')


def matrix(
    frame: pd.DataFrame, caption: Caption, across: Iterable[str] = (), heads: Iterable[str] = ()
) -> Shown:
    """Return a grid of names down and words across, lettered with a key, a mark where both meet.

    Columns: name, word; `heads` are their headings in the data. `across` are all words in order, so
    that one that no name has is shown; without it the words of the frame.
    """
    if frame.empty:
        return figure.nothing(caption)
    words = list(across) or list(dict.fromkeys(frame.word))
    data = frame[["name", "word"]].set_axis(list(heads) or [N_("name"), N_("word")], axis=1)
    return figure.shown(_marks(frame, words, caption), caption, data, "grid")


def links(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Return a grid of the links between organisations.

    Columns: a, b. Across are few organisations that together have a part in every link, those with
    most first.
    """
    if frame.empty:
        return figure.nothing(caption)
    hubs = _hubs(list(zip(frame.a, frame.b, strict=True)))
    both = pd.concat([frame[["a", "b"]], frame[["b", "a"]].set_axis(["a", "b"], axis=1)])
    pairs = both[both.b.isin(hubs)].set_axis(["name", "word"], axis=1)
    return figure.shown(_marks(pairs, hubs, caption), caption, frame.rename(columns=LINKED), "grid")


def triangulation(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Return a grid of words, each with its sign; the first column names the row, "" is silent."""
    if frame.empty:
        return figure.nothing(caption)
    frame = frame.replace("", N_("silent"))
    first, *others = map(str, frame.columns)
    head = " ".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in others)
    rows = [_row(name, map(_word, others, words))
            for name, *words in frame.itertuples(index=False)]  # fmt: skip
    grid = unseen(caption.alt) + _table("signs", caption, head, " ".join(rows), first)
    return figure.shown(grid, caption, frame, "grid wide")


reach = triangulation  # whether each measure exists, operates and reaches children


def chain(frame: pd.DataFrame, caption: Caption, refs: Iterable[str] = ()) -> Shown:
    """Return links in their order, each with sign, word and what is known.

    Columns: link, status, known ("" where nothing is); others are in its data only. `refs` are the
    references of each, as HTML.
    """
    if frame.empty:
        return figure.nothing(caption)
    item = Shown("<li><b>{}</b> {} <span>{} {}</span></li>")
    items = page.join(
        item.format(said(row.link), signed(row.status), said(row.known) or page.missing(), ref)
        for row, ref in zip(frame.itertuples(), refs or [""] * len(frame), strict=True)
    )
    picture = Shown('{}<ol class="chain">{}</ol>').format(unseen(caption.alt), items)
    return figure.shown(picture, caption, frame, "grid wide")


def tiles(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Return a map of tiles: each country once and of one size, with code, sign and word.

    Columns: iso3, country, word; optionally address (of a page of the site), confidence and
    confidence_reason. Countries without a place of their own are in rows below.
    """
    if frame.empty:
        return figure.nothing(caption)
    frame = frame.drop_duplicates("iso3")
    places, wide = closed_up(list(frame.iso3))
    items = page.join(_tile(row, places[row.iso3]) for row in frame.itertuples())
    picture = Shown('{}<ul class="tiles{}" style="--across: {}">{}</ul>{}').format(
        unseen(caption.alt), "" if wide <= FEW else " many", wide, items, _key(frame)
    )
    data = frame[[name for name in TILES if name in frame]].rename(columns=TILES)
    return figure.shown(picture, caption, data, "grid wide")


def closed_up(codes: list[str]) -> tuple[dict[str, tuple[int, int]], int]:
    """Return column and row of each country's tile, counted from 1, and the number of columns.

    Columns and rows in which none of them lies are left out; those without a place come last.
    """
    places = {iso3: PLACES[iso3] for iso3 in codes if iso3 in PLACES}
    columns = sorted({x for x, _ in places.values()})
    rows = sorted({y for _, y in places.values()})
    wide = max(len(columns), 4)
    at = {iso3: (columns.index(x) + 1, rows.index(y) + 1) for iso3, (x, y) in places.items()}
    for i, iso3 in enumerate(iso3 for iso3 in codes if iso3 not in PLACES):
        at[iso3] = (i % wide + 1, len(rows) + i // wide + 1)
    return at, wide


def _tile(row, at):
    sign, ground = WORDS.get(row.word, ("", "not-assessed"))
    address, country = getattr(row, "address", ""), escape(said(row.country))
    name = Shown('<a href="{}">{}</a>').format(address, row.iso3) if address else escape(row.iso3)
    words = [said(row.word)]
    if getattr(row, "confidence", "") == "low":
        ground, words = f"{ground} low", [*words, gettext("confidence low")]
    spans = page.join(Shown('<span class="word">{}</span>').format(word) for word in words)
    return Shown(
        f'<li class="{ground}" style="grid-area: {at[1]} / {at[0]}"><b title="{country}">{name}'
        f'</b> {unseen(country)} <span aria-hidden="true">{sign}</span> {spans}</li>'
    )


def _key(frame):
    """Return what the signs say, and the double edge where a tile has one."""
    entries = [Shown("<li>{}</li>").format(signed(word)) for word in dict.fromkeys(frame.word)]
    if "confidence" in frame and (frame.confidence == "low").any():
        edge = '<li><span class="square low" aria-hidden="true"></span> {}</li>'
        entries.append(Shown(edge).format(gettext("confidence low")))
    return Shown('<ul class="key">{}</ul>').format(page.join(entries))


def _marks(frame, words, caption):
    """Return a matrix of names down and words across; a wide one also as a list for a phone."""
    pairs = set(zip(frame.name, frame.word, strict=True))
    counts = Counter(word for _, word in pairs)
    key, head = [], []
    for letter, word in zip(_letters(len(words)), words, strict=True):
        label = f"{escape(word)} ({escape(counts[word] or gettext('none found'))})"
        absent = "" if counts[word] else MISSING
        key.append(Shown(f"<li{absent}><b>{letter}</b> {label}</li>"))
        sign = f'<span aria-hidden="true">{letter}</span>{unseen(word)}'
        head.append(Shown(f'<th scope="col" role="columnheader">{sign}</th>'))
    rows = page.join(
        _row(name, (_mark((name, word) in pairs) for word in words))
        for name in dict.fromkeys(frame.name)
    )
    table = _table("marks", caption, page.join(head), rows)
    grid = Shown('<ul class="letters">{}</ul>{}').format(page.join(key), table)
    if len(words) > NARROW:
        grid = Shown('<div class="broad">{}</div>{}').format(grid, _by_word(frame, words))
    return unseen(caption.alt) + grid


def _by_word(frame, words):
    """Return the same for a phone: each word with its names."""
    names = frame.groupby("word").name.agg(page.listed)
    lines = (
        f"<div{'' if word in names else MISSING}><dt>{escape(word)}</dt>"
        f"<dd>{escape(names.get(word, gettext('none found')))}</dd></div>"
        for word in words
    )
    return Shown(f'<dl class="narrow">{" ".join(lines)}</dl>')


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


def _row(name, cells):
    head = f'<th scope="row" role="rowheader">{escape(name)}</th>'
    return Shown(f'<tr role="row">{head}{"".join(cells)}</tr>')


def _mark(there):
    kind, sign, word = (' class="there"', "●", N_("yes")) if there else ("", "·", N_("none"))
    sign = f'<span aria-hidden="true">{sign}</span>{unseen(gettext(word))}'
    return Shown(f'<td role="cell"{kind}>{sign}</td>')


def _word(heading, word):
    shown = signed(word) if word in WORDS else escape(said(word))  # a sentence has no sign
    return Shown(f'<td role="cell" data-label="{escape(heading)}">{shown}</td>')


def _table(kind, caption, head, rows, first=ORGANISATION):
    return Shown(
        f'<table role="table" class="{kind}"><caption class="unseen">{escape(caption.subtitle)}'
        '</caption><thead><tr role="row"><th scope="col" role="columnheader">'
        f"{escape(gettext(first))}</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
