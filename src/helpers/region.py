"""Stage 7, regional synthesis: all countries side by side, never ranked.

It reads only what the countries' stages handed on, so one whose run failed is left out by name.
"""

from collections import Counter
from collections.abc import Iterable
from functools import partial

import pandas as pd

import cop.data
from cop.data.places import Region
from cop.report import citations, formats, words
from cop.report.languages import said
from cop.report.page import Shown, join
from helpers import alignment, charts, countries

say = partial(words.show, "7-regional-synthesis")

STANDS = {  # the words with which a row of Table 25 stands in a country
    "lanzarote": ["party"],
    "weprotect": ["member"],
    "national_strategy": ["in force", "adopted"],
    "national_agency": ["dedicated", "shared mandate"],
}
# Rates that have one scale, in the order of their strips; `most` is its end where it has one.
STRIPS = [
    ("%", ["IT.NET.USER.ZS", "ITU.xHH6", "ITU.i271GA", "WPP.POP.0014.ZS"], 100),
    ("per 100 people", ["ITU.i992b", "ITU.i911mw"], 0),
    ("% of income per head", ["ITU.i154_FBB5_GNI"], 0),
]
BASE = ["base_year", "base_mark"]  # of a rate whose denominator is of another year
COMPARED = [*(code for _, codes, _ in STRIPS for code in codes), "NCMEC.RATE"]
ABSENT = ["not in place", "no action", "signatory"]  # a source says that it does not stand
UNJUDGED = ["not assessed", "withheld", "not looked up"]
LEFT_OUT, NOT_RUN, UNPUBLISHED = "left out of this run", "not run", "not in the table"


def gather(place: Region, name: str) -> pd.DataFrame:
    """Give, for the region's synthesis, one handed-on table of all its countries, by name."""
    folders = [f"{place.outputs}/{iso3}/tables" for iso3 in by_name(place.assessed, place)]
    return cop.data.handed_on(name, place, folders)


def by_name(members: Iterable[str], place: Region) -> list[str]:
    """Return the region's countries, by ISO3, in the order of the alphabet spoken: no rank."""
    known = countries.names(place.data)
    return sorted(members, key=lambda iso3: formats.placed(said(known[iso3])))


def table_25(place: Region) -> pd.DataFrame:
    """Return Table 25 cell by cell, as published and rebuilt today, of all members.

    Columns: row, iso3, label, published_2020, source_id (of 2020), value, as_of, comparison,
    difference, refs, confidence and confidence_reason. What a country left out of the run, or of
    the table of 2020, does not have is said in words.
    """
    keys, labels = ["row", "iso3"], cop.data.labels("table_25", "row", place.data)
    today = gather(place, "table_25_today").astype(str).set_index(keys)
    cells = pd.MultiIndex.from_product([list(labels), by_name(place.members, place)], names=keys)
    then = cop.data.read("table_25_2020", place.data).set_index(keys).reindex(cells)
    frame = today.drop(columns=["detail"]).reindex(cells).assign(label=cells.get_level_values(0))
    frame = frame.assign(published_2020=then.value, source_id=then.source_id)
    absent = {"value": LEFT_OUT, "as_of": NOT_RUN, "published_2020": UNPUBLISHED}
    return frame.fillna(absent).fillna("").replace({"label": labels}).reset_index()


def standing(table: pd.DataFrame) -> pd.DataFrame:
    """Count the countries that take part by their words in a row of Table 25, all ratings included.

    Columns: row, then (yes in 2020), today (the row stands), low (of these with low confidence),
    shared (of these a mandate of several bodies); then countries by other words: planned (a draft),
    expired, absent (a source says no), silent (nothing public was found), silent_low (of these with
    low confidence), unjudged. The words of a row add up to the countries.
    """
    frame = table[(table.value != LEFT_OUT) & table.row.isin(STANDS)]
    low, silent = frame.confidence == "low", frame.value == alignment.SILENT
    today = pd.Series([r.value in STANDS[r.row] for r in frame.itertuples()], frame.index)
    counts = {
        "then": frame.published_2020 == "yes",
        "today": today,
        "low": today & low,
        "shared": frame.value == "shared mandate",
        "planned": frame.value == "draft",
        "expired": frame.value == "expired",
        "absent": frame.value.isin(ABSENT),
        "silent": silent,
        "silent_low": silent & low,
        "unjudged": frame.value.isin(UNJUDGED),
    }
    return frame.assign(**counts).groupby("row", sort=False)[[*counts]].sum().reset_index()


def compared(table: pd.DataFrame) -> Counter:
    """Count the cells of Table 25 of the countries that take part by their comparison with 2020."""
    return Counter(table.comparison[table.comparison != ""])


def indicators(place: Region) -> pd.DataFrame:
    """Return the compared indicators by country, each at its own latest year.

    Columns: iso3, indicator_code, name, unit, year, value, old, source_id, base_year and base_mark
    (of a rate whose denominator is of another year); NA without a value.
    """
    frame = gather(place, "key_figures")
    frame = frame[frame.indicator_code.isin(COMPARED)]
    columns = ["iso3", "indicator_code", "name", "unit", "year", "value", "old", "source_id"]
    return frame[[*columns, *BASE]]


def spread(place: Region) -> pd.DataFrame:
    """Return the region's figure of each compared indicator, as stage 4 reckoned it.

    Columns: indicator_code, unit, median, lowest, highest, n, region_year, source_id.
    """
    frame = gather(place, "key_figures")
    frame = frame[frame.indicator_code.isin(COMPARED)]
    frame = frame.sort_values("source_id", ascending=False).drop_duplicates("indicator_code")
    figure = ["median", "lowest", "highest", "n", "region_year"]
    return frame[["indicator_code", "unit", *figure, "source_id"]].reset_index(drop=True)


def areas(place: Region) -> pd.DataFrame:
    """Return how many of ITU's items of each policy-makers' area have each status, by country.

    Columns: area, iso3, and one a status. Counts, never the most frequent word: that would hide a
    minority, and rank silence.
    """
    frame = _of_framework(place, "alignment_by_area", alignment.POLICY)
    return frame[["area", "iso3", *_statuses(place)]]


def shares(judgements: pd.DataFrame, place: Region) -> pd.DataFrame:
    """Return how ITU's items of each country are shared among the statuses, by name of country.

    Columns: country, status, items (how many), low (how many of these are of low confidence).
    Counts, as a country has fewer items than a percentage rests on.
    """
    names, unsure = countries.names(place.data), judgements[judgements.confidence == "low"]
    counts, low = (Counter(zip(f.iso3, f.status, strict=True)) for f in (judgements, unsure))
    members = sorted({*judgements.iso3}, key=names.get)
    cells = [(iso3, status) for iso3 in members for status in _statuses(place)]
    rows = [(names[one[0]], one[1], counts[one], low[one]) for one in cells]
    return pd.DataFrame(rows, columns=["country", "status", "items", "low"])


def rates(figures: pd.DataFrame, spread: pd.DataFrame, place: Region) -> pd.DataFrame:
    """Return each country's rate of CyberTipline reports, by name; an old one is left out.

    Columns: country, year, value (per 1,000 children under 15, NA: not known), own (none is),
    median (of the region), source_id, base_year and base_mark.
    """
    frame = figures[(figures.indicator_code == "NCMEC.RATE") & (figures.old != "yes")]
    frame = frame.merge(spread[["indicator_code", "median"]])
    frame = frame.assign(country=frame.iso3.map(countries.names(place.data)), own=False)
    columns = ["country", "year", "value", "own", "median", "source_id", *BASE]
    return frame.sort_values("country", ignore_index=True)[columns]


def strips(figures: pd.DataFrame, spread: pd.DataFrame, place: Region) -> dict[str, pd.DataFrame]:
    """Return what the strips of the rates show, by unit of their scale: each country a dot.

    Columns: label (the indicator), country, year, value (each country's latest; an old one is left
    out), own (none is), median, lowest, highest, n, region_year, source_id, most (end of the
    scale). Only indicators that have a median.
    """
    labels, known = cop.data.labels("key_figures", "indicator_code", place.data), _names
    frame = figures[figures.old != "yes"].dropna(subset=["value"]).drop(columns="source_id")
    frame = frame.merge(spread.dropna(subset=["median"]).drop(columns="unit"), on="indicator_code")
    frame = frame.assign(label=frame.indicator_code.map(labels), own=False)
    frame = frame.assign(country=frame.iso3.map(known(place.assessed, place)))
    parts = {u: _in_order(frame, codes).assign(most=most) for u, codes, most in STRIPS}
    return {unit: part for unit, part in parts.items() if len(part)}


def dispute_table(disputed: pd.DataFrame, place: Region) -> Shown:
    """Show the ratings on which a country and its assessment do not agree, both ways."""
    names = countries.names(place.data)
    return words.show("validation", "disputes_compared", disputed, names, place)


def tiles(table: pd.DataFrame, place: Region, row: str = "national_strategy") -> pd.DataFrame:
    """Give, for the region's synthesis, one row of Table 25 today, a country a row, by name.

    Columns: iso3, country, word, confidence, confidence_reason, address ("" where it has no
    report).
    """
    frame = table[table.row == row]
    known, page = countries.names(place.data), "cop-assessment-{}.html".format
    address = [page(one) if one in place.assessed else "" for one in frame.iso3]
    frame = frame.assign(country=frame.iso3.map(known), word=frame.value, address=address)
    columns = ["iso3", "country", "word", "confidence", "confidence_reason", "address"]
    return frame.sort_values("country")[columns]


def items(place: Region, framework: str = alignment.POLICY) -> pd.DataFrame:
    """Count in how many countries an item of one framework has each status, all ratings included.

    Columns: item, one a status, low (ratings of low confidence), and for `in place` and `no public
    evidence` low_in and low_silent: how many of them are of low confidence.
    """
    frame = _of_framework(place, "alignment_by_item", framework)
    low = frame.confidence == "low"
    columns = {word: frame.status == word for word in _statuses(place)}
    columns |= {"low": low, "low_in": low & columns["in place"]}
    columns |= {"low_silent": low & columns[alignment.SILENT]}
    rows = frame[["item"]].assign(**columns).groupby("item")[[*columns]].sum()
    return rows.reset_index().rename_axis(columns="status")


def themes(recommendations: pd.DataFrame) -> pd.DataFrame:
    """Return the themes of the primary challenges: theme, countries (how many), named (which)."""
    frame = recommendations.drop_duplicates(["iso3", "theme"])
    frame = frame.groupby("theme").agg(countries=("iso3", "size"), named=("iso3", "; ".join))
    return frame.sort_values(["countries", "theme"], ascending=[False, True]).reset_index()


def judgements(place: Region) -> pd.DataFrame:
    """Return the region's notebook each country's judgement on each of ITU's items for
    policy-makers.

    Columns: area, item_id, item, iso3, status, confidence, confidence_reason; chapters and items in
    the order of the guidelines, countries by name.
    """
    frame = _of_framework(place, "alignment_by_item", alignment.POLICY)
    return frame[["area", "item_id", "item", "iso3", "status", "confidence", "confidence_reason"]]


def coverage(judgements: pd.DataFrame) -> pd.DataFrame:
    """Return how many of its items each country has judged, in the order given.

    Columns: iso3, judged (not `not assessed`), items (all of them), low (judged with low
    confidence).
    """
    judged, low = judgements.status != "not assessed", judgements.confidence == "low"
    known = judgements.assign(judged=judged, items=True, low=low)
    return known.groupby("iso3", sort=False)[["judged", "items", "low"]].sum().reset_index()


def bottom_line(standing: pd.DataFrame, judgements: pd.DataFrame, place: Region) -> Shown:
    """Say how ITU's items stand over all countries, and the rows of the table beside 2020.

    All ratings are counted, and how many of them are of low confidence is stated.
    """
    low = int((judgements.confidence == "low").sum())
    counts = judgements.status.value_counts().reindex(_statuses(place), fill_value=0)
    rows = standing.set_index("row").T
    return say("bottom_line", rows, counts, low, len(place.assessed), place)


def about_strategies(standing: pd.DataFrame, results: pd.DataFrame, place: Region) -> Shown:
    """Say, for the region, why more have the result on strategies than a strategy of its own."""
    own = standing.set_index("row").loc["national_strategy"]
    wider = results[(results.result == "national strategies") & stands(results)]
    low = wider.iso3[wider.confidence == "low"].nunique()
    return say("about_strategies", own, wider.iso3.nunique(), low, len(place.assessed))


def stands(results: pd.DataFrame) -> pd.Series:
    """Return, for the region, of each expected result whether it stands at least in part."""
    return results.status.isin(alignment.AT_LEAST)


def about_territories(place: Region) -> Shown:
    """Say what figures of the region's countries cover and how names are used, where there is a
    note on it.
    """
    notes = cop.data.read("territory_notes", place.data).set_index("iso3")
    names = _names([one for one in place.assessed if one in notes.index], place)
    return say("about_territories", notes.loc[list(names)].reset_index(), names)


def published_table(table: pd.DataFrame, place: Region) -> Shown:
    """Show a notebook Table 25 as published in 2020."""
    return say("published_table", *_with_column(table, place), place)


def today_table(table: pd.DataFrame, place: Region) -> Shown:
    """Show a notebook Table 25 rebuilt from today's data, each cell with its date and source."""
    return say("today_table", *_with_column(table, place), place)


def difference_table(table: pd.DataFrame, place: Region) -> Shown:
    """Show the cells of the region's table that differ: the published value, today's, and why."""
    frame, names = _with_column(table, place)
    others = frame[frame.comparison != "same"]
    return say("difference_table", others, compared(frame), names, place)


def indicator_table(figures: pd.DataFrame, spread: pd.DataFrame, place: Region) -> Shown:
    """Show the indicators side by side, each with its year, beside median and range; no ranks."""
    return say("indicator_table", figures, spread, _names(place.assessed, place), place)


def heat_map(judgements: pd.DataFrame, place: Region) -> Shown:
    """Show the policy-makers' items by country, chapter by chapter: sign and word in each cell.

    Below it, why a judgement is of low confidence, where one is.
    """
    first = judgements.drop_duplicates("area")
    chapters = dict(zip(first.item_id, first.area, strict=True))
    at = "low-" + judgements.iso3 + "-" + judgements.item_id
    frame = judgements.assign(anchor=at.where(judgements.confidence == "low", ""))
    names = _names(place.assessed, place)
    return say("heat_map", frame, chapters, coverage(judgements), names, place)


def share_chart(shares: pd.DataFrame, place: Region) -> Shown:
    """Show, for the region, how many of ITU's items have each status, a row for each country."""
    return say("share_chart", charts, shares, place)


def rate_chart(rates: pd.DataFrame, place: Region) -> Shown:
    """Show, for the region, the rate of reports of each country; says so where half have none."""
    return words.show("4-ict-statistics", "rate_chart", charts, rates, place, place.titled)


def strip_chart(strips: dict[str, pd.DataFrame], place: Region) -> Shown:
    """Show, for the region, rates with a median: a strip an indicator, a dot a country."""
    return join(
        [say("strip_chart", charts, frame, unit, place) for unit, frame in strips.items()], ""
    )


def tile_map(tiles: pd.DataFrame, place: Region) -> Shown:
    """Show, in the region's synthesis, how the national strategy stands, a tile a country.

    Each leads to the country's report.
    """
    return say("tile_map", tiles, place, STANDS["national_strategy"])


def challenge_table(recommendations: pd.DataFrame, themes: pd.DataFrame, place: Region) -> Shown:
    """Show the challenges, those common to most first, in the words of each country."""
    frame = themes[["theme"]].merge(recommendations)
    return say("challenge_table", frame, _names(place.assessed, place), place)


def about_themes(themes: pd.DataFrame, place: Region) -> Shown:
    """Say which challenges are common to all and which to some."""
    return say("about_themes", themes, len(place.assessed))


def conclusions(
    standing: pd.DataFrame,
    items: pd.DataFrame,
    capabilities: pd.DataFrame,
    rates: pd.DataFrame,
    place: Region,
) -> Shown:
    """Return the main conclusions, each counted from the tables above, each framework by itself."""
    counts, n = standing.set_index("row").T, rates.iso3.nunique()
    return say("conclusions", counts, items, capabilities, n, len(place.assessed), place)


def source_list(table: pd.DataFrame, figures: pd.DataFrame, place: Region) -> Shown:
    """Show a notebook the data sets behind the region's figures and the treaty rows."""
    cited = {one for cell in table.refs for one in cop.data.split(cell) if "-" not in one}
    return citations.of_statistics(place, (cited | {*figures.source_id, *table.source_id}) - {""})


def report_list(place: Region) -> Shown:
    """Show a notebook the country reports that the region's cells come from."""
    return say("report_list", _names(place.assessed, place))


def _names(members, place):
    known = countries.names(place.data)
    return {iso3: said(known[iso3]) for iso3 in by_name(members, place)}


def _in_order(frame, codes):
    """Return the rows of some indicators in their order, countries by name."""
    frame = frame[frame.indicator_code.isin(codes)]
    order = frame.indicator_code.map(codes.index)
    return frame.assign(order=order).sort_values(["order", "country"], ignore_index=True)


def _with_column(table, place):
    """Return the rows of countries that take part or stand in the table of 2020, and their
    names.
    """
    frame = table[table.iso3.isin(place.assessed) | (table.published_2020 != UNPUBLISHED)]
    return frame, _names(frame.iso3.unique(), place)


def _statuses(place):
    return list(cop.data.labels("alignment", "status", place.data))


def _of_framework(place, name, framework):
    frame = gather(place, name)
    return frame[frame.framework == framework]
