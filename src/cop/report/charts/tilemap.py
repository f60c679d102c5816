"""A map of tiles: each country once and of one size, roughly where it lies; no border is drawn."""

import pandas as pd
from markupsafe import escape

from cop.report import figure, page
from cop.report.charts.signs import WORDS, signed, unseen
from cop.report.figure import Caption
from cop.report.languages import N_, gettext, said
from cop.report.page import Shown

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
FEW = 6  # columns up to which a tile has room for its word on a telephone


def tiles(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Show, as a chart, a tile a country with code, sign and word.

    Columns: iso3, country, word; optionally address (of a page of the site), confidence and
    confidence_reason: a tile says where it is low, and the data of the figure why. Countries
    without a place of their own stand in rows below, so that each is there exactly once. Rows and
    columns in which no country of the frame lies are left out.
    """
    if frame.empty:
        return figure.nothing(caption)
    frame = frame.drop_duplicates("iso3")
    places, wide = closed_up(list(frame.iso3))
    made = page.join(_tile(row, places[row.iso3]) for row in frame.itertuples())
    picture = Shown('{}<ul class="tiles{}" style="--across: {}">{}</ul>{}').format(
        unseen(caption.alt), "" if wide <= FEW else " many", wide, made, _key(frame)
    )
    titles = {
        "iso3": N_("Code"), "country": N_("Country"), "word": N_("State"),
        "confidence": N_("Confidence"), "confidence_reason": N_("Why this confidence"),
    }  # fmt: skip
    data = frame[[name for name in titles if name in frame]].rename(columns=titles)
    return figure.shown(picture, caption, data, "grid wide")


def closed_up(iso3s: list[str]) -> tuple[dict[str, tuple[int, int]], int]:
    """Return column and row of each country's tile, counted from 1, and the number of columns.

    Columns and rows in which none of them lies are left out; those without a place come last.
    """
    known = {iso3: PLACES[iso3] for iso3 in iso3s if iso3 in PLACES}
    columns = sorted({x for x, _ in known.values()})
    rows = sorted({y for _, y in known.values()})
    wide = max(len(columns), 4)
    at = {iso3: (columns.index(x) + 1, rows.index(y) + 1) for iso3, (x, y) in known.items()}
    others = [iso3 for iso3 in iso3s if iso3 not in PLACES]
    for i, iso3 in enumerate(others):
        at[iso3] = (i % wide + 1, len(rows) + i // wide + 1)
    return at, wide


def _tile(row, at):
    sign, ground = WORDS.get(row.word, ("", "not-assessed"))
    address, country = getattr(row, "address", ""), escape(said(row.country))
    name = Shown('<a href="{}">{}</a>').format(address, row.iso3) if address else escape(row.iso3)
    words = [said(row.word)]
    if getattr(row, "confidence", "") == "low":
        ground, words = f"{ground} low", [*words, gettext("confidence low")]
    told = page.join(Shown('<span class="word">{}</span>').format(word) for word in words)
    return Shown(
        f'<li class="{ground}" style="grid-area: {at[1]} / {at[0]}"><b title="{country}">{name}'
        f'</b> {unseen(country)} <span aria-hidden="true">{sign}</span> {told}</li>'
    )


def _key(frame):
    """Return what the signs say, and the double edge where a tile has one."""
    entries = [Shown("<li>{}</li>").format(signed(word)) for word in dict.fromkeys(frame.word)]
    if "confidence" in frame and (frame.confidence == "low").any():
        edge = '<li><span class="square low" aria-hidden="true"></span> {}</li>'
        entries.append(Shown(edge).format(gettext("confidence low")))
    return Shown('<ul class="key">{}</ul>').format(page.join(entries))
