"""Stage 4, ICT statistics: the latest figures, their trend, and the region beside them.

A region's figure is a median with range and number of countries, all of one year: that which most
of them have, at least half and at least three. It is of rates and shares, never of counts.
Countries are not ranked.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from statistics import median

import numpy as np
import pandas as pd

import cop.data
from cop.data import sheets, vintages
from cop.data.places import Country
from cop.report import citations, page, words
from cop.report.languages import N_
from cop.report.page import COUNTS, Shown
from helpers import charts, countries

say = partial(words.show, "4-ict-statistics")

REPORTS, CHILDREN, RATE = "NCMEC.REPORTS", "WPP.POP.0014", "NCMEC.RATE"
LEADING = ["IT.NET.USER.ZS", CHILDREN, RATE]  # what a reader asks for first
SHARES = ["IT.NET.USER.ZS", "ITU.xHH6", "ITU.i271GA", "ITU.i271G5", "SE_ACS_INTNT.PRI"]
PRICES = ["ITU.i154_FBB5_GNI", "ITU.i154_FBB5_USD", "ITU.i271mb_5GB_GNI", "ITU.i271mb_5GB_USD"]
BROADBAND = ["ITU.i992b", "IT.NET.BBND.P2"]  # the same thing by two publishers
CITED = ["source_id", "step_source_id"]
REGION = ["median", "lowest", "highest", "n", "region_year"]
MEDIAN = N_("Regional median")
VALUES = {"iso3 indicator_code": "str", "year": "Int64", "value": float, "source_id": "str"}
FIGURE = {"indicator_code name unit": "str", "year": "Int64", "value": float, "source_id": "str"}
FIGURE |= {"region_year": "Int64", "median lowest highest": float, "n": int, "old mark": "str"}
FIGURE |= {"base_year": "Int64", "base_mark": "str", "own_then": float}
NONE, NO_MEDIAN = (pd.NA, np.nan, ""), (pd.NA, *[np.nan] * 3, 0)  # of what has no value
CARD = "short", "copy_host", "accessed", "licence", "note"  # what a card says of its data set
SERIES = {"year": "Int64", "series": "str", "value": float}  # columns of lines over years
FIRST = 2005  # the year in which they begin
LEAST = 3  # countries from which on a median says more than its values
AGE = 3  # years before the cut-off after which a figure is dimmed, dated and in no median or chart


def names(data: str) -> dict[str, str]:
    """Return the chapter's indicators in the order of the page, each with its short name."""
    return cop.data.labels("key_figures", "indicator_code", data)


def catalogue(data: str) -> dict[str, tuple]:
    """Return the row of each indicator in the catalogue, by its code."""
    return {r.indicator_code: r for r in page.rows(cop.data.read("indicator_catalogue", data))}


def read(place: Country, codes: Sequence[str] = ()) -> pd.DataFrame:
    """Return the values of the region's countries, of the chapter's indicators unless others are
    named.

    Columns: iso3, indicator_code, year, value, source_id.
    """
    return sheets.of_rows(rows(place, codes or names(place.data)), VALUES)


def rows(place: Country, codes: Container[str]) -> list[tuple]:
    """Return the values of the region's countries, those of some indicators, as rows."""
    alike = Country(place.iso3, "", place.data, "", place.edition)  # values are of the edition
    known = _of_region(alike, _changed(place, "groups", "countries"))
    return [row for row in known if row.indicator_code in codes]


def every(place: Country, code: str) -> pd.DataFrame:
    """Return all values of one indicator, of all economies, as the cut-off had them.

    Columns: iso3, indicator_code, year, value, source_id. A price of nothing is a gap.
    """
    frame = _priced(place, _changed(place))
    rows = frame[frame.indicator_code == code]
    return rows.astype({"year": int, "indicator_code": "str"}).reset_index(drop=True)


def latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each country's latest value of each indicator."""
    last = frame.sort_values("year").drop_duplicates(["indicator_code", "iso3"], keep="last")
    return last.sort_values(["indicator_code", "iso3"], ignore_index=True)


def key_figures(place: Country) -> pd.DataFrame:
    """Return the chapter's indicators at the country's latest year beside the region.

    Columns: indicator_code, name, unit, year, value, source_id; old ("yes" where older than AGE
    years before the cut-off); mark ("projection", "estimate" or ""); base_year and base_mark (of a
    rate whose denominator is of another year, that year and its mark); of the region median,
    lowest, highest, n (countries with a value), region_year, and own_then, the country's own value
    of that year where its latest is of another. NA where there is no value.
    """
    short, known = names(place.data), catalogue(place.data)
    values, since = rows(place, short), oldest(place)
    own = {row.indicator_code: row[2:] for row in _by_year(values) if row.iso3 == place.iso3}
    sources = cop.data.read("statistics_sources", place.data)
    sources, told = {row.source_id: row for row in page.rows(sources)}, []
    region = of_region(values, known, place)
    for code in short:
        year, value, source = own.get(code, NONE)
        about = code, known[code].name, known[code].unit, year, value, source
        old, mark = "yes" if code in own and year < since else "", _mark(year, sources.get(source))
        figure = region.get(code, NO_MEDIAN)
        then = {r.year: r.value for r in values if (r.iso3, r.indicator_code) == (place.iso3, code)}
        other = pd.notna(figure[0]) and pd.notna(year) and figure[0] != year
        own_then = then.get(figure[0], np.nan) if other else np.nan
        base = _base_year(values, place.iso3, year) if code == RATE else pd.NA
        of_base = "" if pd.isna(base) else _mark(base, sources.get(own[CHILDREN][2]))
        told.append((*about, *figure, old, mark, base, of_base, own_then))
    return sheets.of_rows(told, FIGURE)


def of_region(values: Iterable[tuple], known: Mapping[str, tuple], place: Country) -> dict:
    """Return the region's figure of each indicator, by the one rule for it, from rows of
    values and of the catalogue: {indicator_code: (year, median, lowest, highest, n)}.

    It is of the year that most countries have, the latest of such years, not older than AGE years
    before the cut-off; where it has fewer than half of them or than LEAST, and of counts, there is
    none.
    """
    since, rates = oldest(place), (r for r in values if known[r.indicator_code].unit not in COUNTS)
    half = _of_half((row for row in rates if row.year >= since), place)
    told = sorted(half.items(), key=lambda item: (len(item[1]), item[0][1]))  # the last one counts
    return {code: (year, median(of), min(of), max(of), len(of)) for (code, year), of in told}


def oldest(place: Country) -> int:
    """Return the first year that is not older than AGE years before the data cut-off."""
    if place.edition:
        return int(countries.edition(place).cut_off[:4]) - AGE
    return int(cop.data.read("statistics_sources", place.data).accessed.max()[:4]) - AGE


def in_region(figures: pd.DataFrame, place: Country, codes: Sequence[str] = SHARES) -> pd.DataFrame:
    """Return the values behind the medians of figures that are not old: of the shares of a whole,
    unless `codes` name others.

    Columns: indicator_code, label, country, year, value, own (this country, at its latest year; the
    others at the region's), median, lowest, highest, n, region_year, source_id.
    """
    codes = list(codes)
    shown = {row.indicator_code: row for row in page.rows(figures)
             if row.indicator_code in codes and row.old == ""
             and pd.notna(row.value) and pd.notna(row.median)}  # fmt: skip
    others = (row for row in rows(place, shown) if row.iso3 != place.iso3)
    others = (row for row in others if row.year == shown[row.indicator_code].region_year)
    labels, known, told = names(place.data), countries.names(place.data), []
    for row in (*shown.values(), *others):
        one, iso3 = row.indicator_code, getattr(row, "iso3", place.iso3)
        about = one, labels.get(one), known[iso3], row.year, row.value, iso3 == place.iso3
        told.append((*about, *(getattr(shown[one], name) for name in REGION), row.source_id))
    told.sort(key=lambda row: (codes.index(row[0]), row[2]))
    order = ["indicator_code", "label", "country", "year", "value", "own", *REGION, "source_id"]
    kinds = {name: figures.dtypes.get(name, "str") for name in order} | {"own": bool}
    return sheets.of_rows(told, kinds)


def over_years(
    place: Country, code: str, since: int = FIRST, beside: Iterable[str] = ()
) -> pd.DataFrame:
    """Return one indicator by year: columns year, series, value.

    The country's series, then the median where at least half the region, and LEAST
    countries, have a value. `beside` names
    other countries by ISO3, in any region, whose series follow. A country alone has no median.
    """
    return sheets.of_rows(_lines(place, code, since, beside), SERIES)


def trends(place: Country, codes: list[str]) -> pd.DataFrame:
    """Return several indicators by year: indicator_code and columns of `over_years`."""
    rows = ((code, *row) for code in codes for row in _lines(place, code))
    return sheets.of_rows(rows, {"indicator_code": "str", **SERIES})


def of_all(place: Country, code: str) -> pd.DataFrame:
    """Return the latest value of one indicator of every economy that has one.

    Columns: iso3, country, year, value, unit.
    """
    newest = latest(every(place, code))
    unit = catalogue(place.data)[code].unit
    out = newest.assign(country=newest.iso3.map(countries.names(place.data)), unit=unit)
    columns = ["iso3", "country", "year", "value", "unit"]
    return out[columns].sort_values("country", ignore_index=True)


def disagreement(place: Country) -> pd.DataFrame:
    """Return fixed broadband of both publishers, of all economies and years with both.

    Index: iso3 and year; columns: the two indicator codes, and `apart`, the difference in points.
    """
    frame = cop.data.read("indicators", place.data)
    frame = frame[frame.indicator_code.isin(BROADBAND)]
    pairs = frame.pivot(index=["iso3", "year"], columns="indicator_code", values="value")
    pairs = pairs.reindex(columns=BROADBAND).dropna()
    return pairs.assign(apart=(pairs[BROADBAND[0]] - pairs[BROADBAND[1]]).abs())


def beside(place: Country, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators on which sources disagree, each figure with what it counts.

    The figure of the table of statistics comes first, then those of the country's evidence.
    Columns: indicator_code, name, value, unit, year, counts, refs.
    """
    others = page.rows(cop.data.read("other_figures", place.data, place.iso3))
    told = [(r.indicator_code, r.value, r.year, r.counts, r.evidence_id) for r in others]
    known, order, given = catalogue(place.data), [*names(place.data)], {code for code, *_ in told}
    own = (row for row in page.rows(figures) if row.indicator_code in given)
    own = ((r.indicator_code, r.value, r.year, None, r.source_id) for r in own if pd.notna(r.value))
    told, rows = [*own, *told], []
    told.sort(key=lambda row: (order.index(row[0]), np.inf if pd.isna(row[2]) else row[2]))
    for code, value, year, counts, refs in told:
        said = known[code].definition if counts is None else counts
        rows.append((code, known[code].name, value, known[code].unit, year, said, refs))
    types = {"indicator_code name": "str", "value": float, "unit": "str", "year": "Int64"}
    return sheets.of_rows(rows, types | {"counts refs": "str"})


def titles(data: str) -> dict[str, str]:
    """Return the name of every indicator of the catalogue by its code, those of the
    chapter first.
    """
    known, short = catalogue(data), names(data)
    return {code: short.get(code, known[code].name) for code in (*short, *known) if code in known}


def bottom_line(figures: pd.DataFrame, place: Country) -> Shown:
    """Say the figures a reader asks for first, each with its year."""
    by_code = {row.indicator_code: row for row in page.rows(figures)}
    return say("bottom_line", *(by_code[code] for code in LEADING), place)


def figure_table(figures: pd.DataFrame, place: Country) -> Shown:
    """Show the figures with year, source and the region's median, range and number of countries."""
    return say("figure_table", figures, place, countries.beside(place)[0], AGE)


def definition_list(figures: pd.DataFrame, place: Country) -> Shown:
    """Show what each of these figures counts, who publishes it and which way is better."""
    known, told = catalogue(place.data), page.rows(figures)
    # where each was read, "" where it was not
    rows = (known[row.indicator_code]._asdict() | {"source_id": row.source_id} for row in told)
    return say("definition_list", pd.DataFrame(rows), place)


def about_territory(place: Country, folded: bool = False) -> Shown:
    """Say what figures of the country cover and how names are used; nothing without a note.

    Where space is short it is `folded`: its first words stand, the rest opens.
    """
    notes = {row.iso3: row for row in page.rows(cop.data.read("territory_notes", place.data))}
    return say("about_territory", notes.get(place.iso3), folded)


def beside_table(beside: pd.DataFrame, place: Country) -> Shown:
    """Show figures that disagree side by side with their definitions; says so where none does."""
    return say("beside_table", beside, place)


def about_age(figures: pd.DataFrame, place: Country) -> Shown:
    """Say which figures are older than AGE years before the cut-off; nothing where none is."""
    old = figures[figures.old == "yes"]
    return say("about_age", old.assign(label=old.indicator_code.map(names(place.data))), AGE)


def about_missing(figures: pd.DataFrame, place: Country) -> Shown:
    """Say which of the chapter's figures have no value for the country: missing, not zero."""
    short = names(place.data)
    return say("about_missing", [short[c] for c in figures.indicator_code[figures.value.isna()]])


def dot_chart(shares: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook where the country lies among its region, a strip a share of a whole."""
    return say("dot_chart", charts, shares, place)


def trend_chart(series: pd.DataFrame, place: Country, code: str) -> Shown:
    """Show a notebook one indicator over the years, as `over_years` or `trends` gives it."""
    return say("trend_chart", charts, *_trend(series, place, code))


def trend_texts(series: pd.DataFrame, place: Country, code: str) -> dict:
    """Return the texts of a figure of one indicator over the years."""
    return words.texts("4-ict-statistics", "trend_chart", *_trend(series, place, code))


def _trend(series, place, code):
    if "indicator_code" in series:
        series = series[series.indicator_code == code].drop(columns="indicator_code")
    others = [s for s in dict.fromkeys(series.series) if s not in (place.name, MEDIAN)]
    return series, _about(place, code), place, others


def about_disagreement(pairs: pd.DataFrame) -> Shown:
    """Say how often two publishers of fixed broadband differ by more than half a point."""
    return say("about_disagreement", len(pairs), int((pairs.apart > 0.5).sum()))


def source_list(place: Country, *frames: pd.DataFrame, full: bool = False) -> Shown:
    """Show the data sets that frames with a source_id rest on (and, of treaties, step_source_id);
    with `full`, the file read and its licence.
    """
    cited = [f[column] for f in frames for column in f.columns.intersection(CITED)]
    return citations.of_statistics(place, {one for ids in cited for one in ids if one}, full)


def cards(figures: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return for each indicator shown what is needed to use it elsewhere.

    Columns: indicator_code, name, definition, unit, publisher; economies, first and last year with
    a value; made ("rate", "price" where we did something to it, else ""); short, copy_host,
    accessed, licence and note of the data set of the country's value, or of the newest value of
    all.
    """
    codes, values = figures.indicator_code.tolist(), vintages.indicators_as_of(place)
    values = values[values.indicator_code.isin([*codes, REPORTS, CHILDREN])]
    covered, known, rows = _covered(values), catalogue(place.data), []
    sources = cop.data.read("statistics_sources", place.data)
    hosts = [citations.copy_host(row) for row in page.rows(sources)]
    sources = sources.assign(licence=citations.licences(sources, place.data), copy_host=hosts)
    told = {row.source_id: [getattr(row, one) for one in CARD] for row in page.rows(sources)}
    made = {RATE: "rate", **dict.fromkeys(PRICES, "price")}
    for code, used in zip(codes, figures.source_id.tolist(), strict=True):
        one, cover = known[code], covered.get(code, (np.nan, pd.NA, pd.NA, None))
        about = code, one.name, one.definition, one.unit, one.publisher, *cover
        rows.append((*about, *told.get(used or cover[-1], [None] * len(CARD)), made.get(code, "")))
    types = {"indicator_code name": "str", "definition unit publisher": "str"}
    types["economies"] = int if {*codes} <= covered.keys() else float
    types |= {"first last": "Int64", "source_id": "str", " ".join((*CARD, "made")): "str"}
    return sheets.of_rows(rows, types)


def card_list(cards: pd.DataFrame) -> Shown:
    """Show each indicator with definition, unit, coverage, data set, licence and what we did."""
    return say("card_list", cards)


def _covered(values):
    """Return of each indicator the economies, first and last year, and the newest's source_id."""
    codes, places, ids = (values[name].tolist() for name in ("indicator_code", "iso3", "source_id"))
    rows = codes, places, values.year.to_numpy(int).tolist(), ids
    held, dated = {*zip(codes, places, strict=True)}, {*zip(*rows[::2], rows[3], strict=True)}
    rated = {(RATE, one) for code, one in held if code == REPORTS and (CHILDREN, one) in held}
    dated |= {(RATE, year, source) for code, one, year, source in zip(*rows, strict=True)
              if code == REPORTS and (RATE, one) in rated}  # fmt: skip
    n, told = Counter(code for code, _ in held | rated), sorted(dated)
    first = {code: year for code, year, _ in reversed(told)}
    last = {code: newest for code, *newest in told}
    return {code: (n[code], first[code], *newest) for code, newest in last.items()}


def _of_half(rows, place):
    """Return {(indicator_code, year): values}, the latest last, where at least half of the region's
    countries, and LEAST of them, have one.
    """
    enough = max(LEAST, len(countries.neighbours(place)) / 2)
    by = sheets.listed(((r.indicator_code, r.year), r.value) for r in rows)
    return {key: by[key] for key in sorted(by) if len(by[key]) >= enough}


def _rates(frame):
    """Return the rate of reports reckoned from values, in their columns.

    It is of the reports of a year for 1,000 children under 15 in the nearest year of which they
    are known.
    """
    both = _by_year(page.rows(frame[frame.indicator_code.isin([REPORTS, CHILDREN])]))
    known = sheets.listed((row.iso3, row) for row in both if row.indicator_code == CHILDREN)
    told = [row for row in both if row.indicator_code == REPORTS and row.iso3 in known]
    near = [min(known[row.iso3], key=lambda one: abs(one.year - row.year)) for row in told]
    of = 1000 * pd.Series([row.value for row in told], dtype=float) / [row.value for row in near]
    pairs = zip(told, of, strict=True)
    rates = ((row.iso3, RATE, row.year, one, row.source_id) for row, one in pairs)
    return sheets.of_rows(rates, VALUES)


def _base_year(values, iso3, year):
    """Return the year of the children in the rate of a year, where it is another; else NA."""
    rows = [r.year for r in values if (r.iso3, r.indicator_code) == (iso3, CHILDREN)]
    near = min(sorted(rows), key=lambda one: abs(one - year)) if rows and pd.notna(year) else year
    return pd.NA if pd.isna(year) or near == year else near


def _by_year(rows):
    return sorted(rows, key=lambda row: row.year)


def _mark(year, source):
    """Return `projection` or `estimate` where the source of a figure says so of its year, else
    "".
    """
    if source and pd.notna(source.projected_from) and year >= source.projected_from:
        return "projection"
    return "estimate" if source and source.nature == "estimate" else ""


def _changed(place, *tables):
    """Return the states of what values are made of, and of further tables."""
    stamps = (cop.data.stamp(name, place.data) for name in ("indicators", "vintages", *tables))
    return (*stamps, cop.data.stamp("editions", place.data, place.iso3))


@lru_cache(maxsize=2)
def _priced(place, changed):
    """Return all values without prices of nothing, kept until a table changes: each view asks."""
    frame = vintages.indicators_as_of(place)
    frame = pd.concat([frame, _rates(frame)], ignore_index=True)
    gaps = frame.indicator_code.isin(PRICES) & (frame.value == 0)
    return frame[~gaps].astype({"indicator_code": "category"})


@lru_cache(maxsize=8)
def _of_region(place, changed):
    """Return all values of the region's countries as rows, kept until a table changes: each chart
    asks for some of them.
    """
    frame = vintages.indicators_as_of(place)
    frame = frame[frame.iso3.isin(countries.neighbours(place))]
    found = (row for part in (frame, _rates(frame)) for row in page.rows(part))
    return [row for row in found if row.value or row.indicator_code not in PRICES]


def _lines(place, code, since=FIRST, beside=()):
    """Return (year, series, value) of one indicator, as `over_years` says, in its order."""
    found = [row for row in rows(place, (code,)) if row.year >= since]
    rates = found if catalogue(place.data)[code].unit not in COUNTS else []  # else no median
    half = [(year, MEDIAN, median(known)) for (_, year), known in _of_half(rates, place).items()]
    told = [*_series(found, place.iso3, place.name), *(half if len(half) > 1 else [])]
    if others := dict.fromkeys(one for one in beside if one != place.iso3):
        known, everywhere = countries.names(place.data), every(place, code)
        everywhere = [*page.rows(everywhere[everywhere.year >= since])]
        told += [row for one in others for row in _series(everywhere, one, known[one])]
    return told


def _series(rows, iso3, name):
    """Return a country's years and values under its name; one without a value gives no row."""
    return [(row.year, name, row.value) for row in _by_year(rows) if row.iso3 == iso3]


def _about(place, code):
    """Return title, unit and sources of one indicator for the country; no source where it has no
    value.
    """
    known = catalogue(place.data)[code]
    own = [row for row in rows(place, (code,)) if row.iso3 == place.iso3]
    used = [row.source_id for row in _by_year(own)[-1:]]
    return {
        "rate": code == RATE,
        "title": names(place.data).get(code, known.name),
        "unit": known.unit,
        "source_ids": used,
    }
