"""Where the parts of a figure of signs and words stand; `words/figures.j2` lays them out."""

from collections import Counter

import pandas as pd

MAP = """
ISL .   .   .   NOR SWE FIN .   .   .
.   .   .   .   DNK .   EST .   RUS .
IRL GBR .   NLD .   .   LVA .   .   .
.   .   BEL .   DEU POL LTU BLR .   .
.   .   FRA LUX CZE SVK .   UKR .   .
.   .   CHE LIE AUT HUN ROU MDA .   KAZ
.   AND MCO SVN HRV SRB BGR .   GEO .
PRT ESP SMR .   BIH MNE MKD .   ARM AZE
.   .   ITA VAT .   XKX ALB .   TUR .
.   .   .   MLT .   .   GRC .   CYP ISR
"""  # tiles of Europe by ISO 3166-1 alpha-3, from north-west to south-east
PLACES = {
    iso3: (x, y)
    for y, line in enumerate(MAP.strip().splitlines())
    for x, iso3 in enumerate(line.split())
    if iso3 != "."
}
LEAST = 4  # columns of a map


def tile_places(codes: list[str]) -> tuple[dict[str, tuple[int, int]], int]:
    """Return column and row of each country's tile, counted from 1, and the number of columns.

    Columns and rows in which none of them lies are left out; those without a place come last.
    """
    places = {iso3: PLACES[iso3] for iso3 in codes if iso3 in PLACES}
    columns = sorted({x for x, _ in places.values()})
    rows = sorted({y for _, y in places.values()})
    wide = max(len(columns), LEAST)
    at = {iso3: (columns.index(x) + 1, rows.index(y) + 1) for iso3, (x, y) in places.items()}
    for i, iso3 in enumerate(iso3 for iso3 in codes if iso3 not in PLACES):
        at[iso3] = (i % wide + 1, len(rows) + i // wide + 1)
    return at, wide


def linked_pairs(links: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return links (a, b) as pairs (name, word) of which the word is a hub, and the hubs.

    Hubs are organisations, most links first, until every link has one of them.
    """
    hubs, pairs = [], list(zip(links.a, links.b, strict=True))
    while pairs:
        counts = Counter(name for pair in pairs for name in pair)
        hubs.append(max(counts, key=counts.get))
        pairs = [pair for pair in pairs if hubs[-1] not in pair]
    frame = links[["a", "b"]].set_axis(["name", "word"], axis=1)
    both = pd.concat([frame, frame.set_axis(["word", "name"], axis=1)])
    return both[both.word.isin(hubs)], hubs
