"""Stage 4, ICT statistics: the latest figures, their trend, and the region beside them.

A region's figure is a median with range and number of countries, all of one year: the latest that
at least half of them have, and at least three. It is of rates and shares, never of counts.
Countries are not ranked.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from statistics import median

import pandas as pd

import contract
from contract import sheets, vintages
from contract.places import Country
from helpers import countries
from report import citations, page, words
from report.languages import N_
from report.page import COUNTS, Shown

say = partial(words.show, "4-ict-statistics")

REPORTS, CHILDREN, RATE = "NCMEC.REPORTS", "WPP.POP.0014", "NCMEC.RATE"
LEADING = ["IT.NET.USER.ZS", CHILDREN, RATE]  # what a reader asks for first
SHARES = ["IT.NET.USER.ZS", "ITU.xHH6", "ITU.i271GA", "ITU.i271G5", "SE_ACS_INTNT.PRI"]
PRICES = ["ITU.i154_FBB5_GNI", "ITU.i154_FBB5_USD", "ITU.i271mb_5GB_GNI", "ITU.i271mb_5GB_USD"]
BROADBAND = ["ITU.i992b", "IT.NET.BBND.P2"]  # the same thing by two publishers
REGION = ["median", "lowest", "highest", "n", "region_year"]
MEDIAN = N_("Regional median")
SERIES = {"year": "Int64", "series": "str", "value": float}  # columns of lines over years
FIRST = 2005  # the year in which they begin
LEAST = 3  # countries from which on a median says more than its values
AGE = 3  # years before the cut-off after which a figure is dimmed, dated and in no median or chart


def names(data: str) -> dict[str, str]:
    """Give the chapter's indicators in the order of the page, each with its short name."""
    return contract.labels("key_figures", "indicator_code", data)


def read(place: Country, codes: tuple | None = None) -> pd.DataFrame:
    """Give the values of the region's countries, with name and unit of each indicator.

    Columns: iso3, indicator_code, year, value, source_id, and those of the catalogue. `codes` are
    those of the chapter unless given.
    """
    codes = names(place.data) if codes is None else codes
    alike = Country(place.iso3, "", place.data, "", place.edition)  # values are of the edition
    frame = _of_region(alike, _changed(place, "groups", "countries", "indicator_catalogue"))
    return frame[frame.indicator_code.isin(codes)].reset_index(drop=True)


def every(place: Country, code: str) -> pd.DataFrame:
    """Give a notebook all values of one indicator, of all economies, as the cut-off had them.

    Columns: iso3, indicator_code, year, value, source_id. A price of nothing is a gap.
    """
    frame = _priced(place, _changed(place))
    rows = frame[frame.indicator_code == code]
    return rows.astype({"year": int, "indicator_code": "str"}).reset_index(drop=True)


def latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each country's latest value of each indicator."""
    last = frame.sort_values("year").drop_duplicates(["indicator_code", "iso3"], keep="last")
    return last.sort_values(["indicator_code", "iso3"], ignore_index=True)


def key_figures(place: Country) -> pd.DataFrame:
    """Give a notebook the chapter's indicators at the country's latest year beside the region.

    Columns: indicator_code, name, unit, year, value, source_id; old ("yes" where older than AGE
    years before the cut-off); mark ("projection", "estimate" or ""); of the region median, lowest,
    highest, n (countries with a value), region_year. NA where there is no value.
    """
    values = read(place)
    own = latest(values[values.iso3 == place.iso3]).set_index("indicator_code")
    order = pd.Index(list(names(place.data)), name="indicator_code")
    known = _catalogue(place.data)[["name", "unit"]].reindex(order)
    out = known.join([own[["year", "value", "source_id"]], of_region(values, place)])
    whole = {"year": "Int64", "region_year": "Int64", "n": int}
    out = out.reset_index().fillna({"source_id": "", "n": 0}).astype(whole)
    old = (out.year < oldest(place)).fillna(False).map({True: "yes", False: ""})
    return out.assign(old=old, mark=_marks(out, place))


def of_region(values: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the region's figure of each indicator, by the one rule for it.

    It is that of the latest year which at least half of the countries and LEAST of them have and
    which is not older than AGE years before the cut-off; without such a year, and of counts, there
    is none. Index: indicator_code; columns: median, lowest, highest, n, region_year.
    """
    rates = values[~values.unit.isin(COUNTS) & (values.year >= oldest(place))]
    known = _of_half(rates, place).items()
    newest = {code: (year, median(of), min(of), max(of), len(of)) for (code, year), of in known}
    frame = pd.DataFrame.from_dict(newest, "index", float, [REGION[-1], *REGION[:-1]])
    return frame.rename_axis("indicator_code")


def oldest(place: Country) -> int:
    """Give the first year that is not older than AGE years before the data cut-off."""
    if place.edition:
        return int(countries.edition(place).cut_off[:4]) - AGE
    return int(contract.read("statistics_sources", place.data).accessed.max()[:4]) - AGE


def in_region(figures: pd.DataFrame, place: Country, codes: Sequence[str] = SHARES) -> pd.DataFrame:
    """Give the values behind the medians of figures that are not old: of the shares of a whole,
    unless `codes` name others.

    Columns: indicator_code, label, country, year, value, own (this country, at its latest year; the
    others at the region's), median, lowest, highest, n, region_year, source_id.
    """
    codes = list(codes)
    shown = figures[figures.indicator_code.isin(codes) & (figures.old == "")]
    shown = shown.dropna(subset=["value", "median"]).assign(iso3=place.iso3)
    region = dict(zip(shown.indicator_code, page.rows(shown[REGION]), strict=True))
    columns = ["indicator_code", "iso3", "year", "value", "source_id"]
    others = [
        row
        for row in page.rows(read(place, tuple(region))[columns])
        if row.iso3 != place.iso3 and row.year == region[row.indicator_code].region_year
    ]
    labels, known = names(place.data), countries.names(place.data)
    order = ["indicator_code", "label", "country", "year", "value", "own", *REGION, "source_id"]
    rows = [
        (one, labels.get(one), known[iso3], year, value, iso3 == place.iso3, *region[one], source)
        for one, iso3, year, value, source in [*page.rows(shown[columns]), *others]
    ]
    rows.sort(key=lambda row: (codes.index(row[0]), row[2]))
    kinds = {name: figures.dtypes.get(name, "str") for name in order} | {"own": bool}
    return pd.DataFrame(rows, columns=order).astype(kinds)


def over_years(
    place: Country, code: str, since: int = FIRST, beside: Iterable[str] = ()
) -> pd.DataFrame:
    """Give a notebook one indicator by year: columns year, series, value.

    The country's series, then the median where at least half the region, and LEAST
    countries, have a value. `beside` names
    other countries by ISO3, in any region, whose series follow. A country alone has no median.
    """
    return pd.DataFrame(_lines(place, code, since, beside), columns=list(SERIES)).astype(SERIES)


def trends(place: Country, codes: list[str]) -> pd.DataFrame:
    """Give a notebook several indicators by year: indicator_code and columns of `over_years`."""
    rows = [(code, *row) for code in codes for row in _lines(place, code)]
    return pd.DataFrame(rows, columns=["indicator_code", *SERIES]).astype(SERIES)


def of_all(place: Country, code: str) -> pd.DataFrame:
    """Give a notebook the latest value of one indicator of every economy that has one.

    Columns: iso3, country, year, value, unit.
    """
    newest = latest(every(place, code))
    unit = _catalogue(place.data).unit[code]
    out = newest.assign(country=newest.iso3.map(countries.names(place.data)), unit=unit)
    columns = ["iso3", "country", "year", "value", "unit"]
    return out[columns].sort_values("country", ignore_index=True)


def disagreement(place: Country) -> pd.DataFrame:
    """Give a notebook fixed broadband of both publishers, of all economies and years with both.

    Index: iso3 and year; columns: the two indicator codes, and `apart`, the difference in points.
    """
    frame = contract.read("indicators", place.data)
    frame = frame[frame.indicator_code.isin(BROADBAND)]
    pairs = frame.pivot(index=["iso3", "year"], columns="indicator_code", values="value")
    pairs = pairs.reindex(columns=BROADBAND).dropna()
    return pairs.assign(apart=(pairs[BROADBAND[0]] - pairs[BROADBAND[1]]).abs())


def beside(place: Country, figures: pd.DataFrame) -> pd.DataFrame:
    """Give a notebook the indicators on which sources disagree, each figure with what it counts.

    The figure of the table of statistics comes first, then those of the country's evidence.
    Columns: indicator_code, name, value, unit, year, counts, refs.
    """
    others = contract.read("other_figures", place.data, place.iso3)
    others = others.rename(columns={"evidence_id": "refs"})
    own = figures[figures.indicator_code.isin(others.indicator_code)].dropna(subset=["value"])
    own = own.rename(columns={"source_id": "refs"})[["indicator_code", "value", "year", "refs"]]
    known = _catalogue(place.data)[["name", "unit", "definition"]]
    both = pd.concat([own, others]).join(known, "indicator_code")
    order = both.indicator_code.map(list(names(place.data)).index)
    both = both.assign(order=order, counts=both.counts.fillna(both.definition))
    both = both.sort_values(["order", "year"], kind="stable", ignore_index=True)
    return both[list(contract.titles("figures_beside", place.data))[1:]]


def titles(data: str) -> dict[str, str]:
    """Give a notebook the name of every indicator of the catalogue by its code, those of the
    chapter first.
    """
    known, short = _catalogue(data).name.to_dict(), names(data)
    return {code: short.get(code, known[code]) for code in (*short, *known) if code in known}


def bottom_line(figures: pd.DataFrame, place: Country) -> Shown:
    """Say the figures a reader asks for first, each with its year."""
    by_code = figures.set_index("indicator_code")
    return say("bottom_line", *(by_code.loc[code] for code in LEADING), place)


def figure_table(figures: pd.DataFrame, place: Country) -> Shown:
    """Show the figures with year, source and the region's median, range and number of countries."""
    return say("figure_table", figures, place, countries.beside(place)[0], AGE)


def definition_list(figures: pd.DataFrame, place: Country) -> Shown:
    """Show what each of these figures counts, who publishes it and which way is better."""
    known = _catalogue(place.data).loc[list(figures.indicator_code)].reset_index()
    # where each was read, "" where it was not
    return say("definition_list", known.assign(source_id=figures.source_id.tolist()), place)


def about_territory(place: Country, folded: bool = False) -> Shown:
    """Say what figures of the country cover and how names are used; nothing without a note.

    Where space is short it is `folded`: its first words stand, the rest opens.
    """
    notes = {row.iso3: row for row in page.rows(contract.read("territory_notes", place.data))}
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
    return say("dot_chart", shares, place)


def trend_chart(series: pd.DataFrame, place: Country, code: str) -> Shown:
    """Show a notebook one indicator over the years, as `over_years` or `trends` gives it."""
    if "indicator_code" in series:
        series = series[series.indicator_code == code].drop(columns="indicator_code")
    others = [s for s in dict.fromkeys(series.series) if s not in (place.name, MEDIAN)]
    return say("trend_chart", series, _about(place, code), place, others)


def about_disagreement(pairs: pd.DataFrame) -> Shown:
    """Say how often two publishers of fixed broadband differ by more than half a point."""
    return say("about_disagreement", len(pairs), int((pairs.apart > 0.5).sum()))


def source_list(place: Country, *frames: pd.DataFrame, full: bool = False) -> Shown:
    """Show the data sets that frames with a source_id rest on; with `full`, the file read and
    its licence.
    """
    used = {one for frame in frames for one in frame.source_id if one}
    return citations.of_statistics(place, used, full)


def cards(figures: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give for each indicator shown what is needed to use it elsewhere.

    Columns: indicator_code, name, definition, unit, publisher; economies, first and last year with
    a value; made ("rate", "price" where we did something to it, else ""); short, hand, accessed,
    licence and note of the data set of the country's value, or of the newest value of all.
    """
    codes = list(figures.indicator_code)
    values = vintages.indicators_as_of(place)
    values = _with_rates(values[values.indicator_code.isin([*codes, REPORTS, CHILDREN])])
    known = _covered(values).reindex(codes)
    used = figures.set_index("indicator_code").source_id.replace("", pd.NA)
    sources = contract.read("statistics_sources", place.data).set_index("source_id")
    told = sources.reindex(used.fillna(known.source_id)).set_axis(pd.Index(codes))
    about = _catalogue(place.data).loc[codes, ["name", "definition", "unit", "publisher"]]
    made = pd.Series({RATE: "rate", **dict.fromkeys(PRICES, "price")}).reindex(codes).fillna("")
    told = told.assign(licence=citations.licences(told, place.data))
    columns = ["short", "hand", "accessed", "licence", "note"]
    return about.join(known).join(told[columns]).assign(made=made).reset_index()


def card_list(cards: pd.DataFrame) -> Shown:
    """Show each indicator with definition, unit, coverage, data set, licence and what we did."""
    return say("card_list", cards)


def _covered(values):
    """Give of each indicator the economies, first and last year, and the newest's source_id."""
    columns = (values[name].tolist() for name in ("indicator_code", "iso3", "year", "source_id"))
    codes, places, years, ids = columns
    n = Counter(code for code, _ in {*zip(codes, places, strict=True)})
    told = sorted({*zip(codes, years, ids, strict=True)})
    first = {code: year for code, year, _ in reversed(told)}
    last = {code: newest for code, *newest in told}
    rows = {code: (n[code], first[code], *newest) for code, newest in last.items()}
    kinds = {"economies": int, "first": "Int64", "last": "Int64", "source_id": "str"}
    return pd.DataFrame.from_dict(rows, "index", columns=list(kinds)).astype(kinds)


def _of_half(values, place):
    """Give {(indicator_code, year): values}, the latest last, where at least half of the region's
    countries, and LEAST of them, have one.
    """
    enough = max(LEAST, len(countries.neighbours(place)) / 2)
    by = sheets.listed(((r.indicator_code, r.year), r.value) for r in page.rows(values))
    return {key: by[key] for key in sorted(by) if len(by[key]) >= enough}


def _with_rates(frame):
    """Give values with the rate of reports reckoned from them.

    The rate is of the reports of a year for 1,000 children under 15 in the nearest year of which
    they are known.
    """
    both = frame[frame.indicator_code.isin([REPORTS, CHILDREN])]
    kinds = (both[both.indicator_code == code] for code in (REPORTS, CHILDREN))
    reports, children = (one.sort_values("year") for one in kinds)
    known = sheets.listed((row.iso3, (row.year, row.value)) for row in page.rows(children))
    reports = reports[reports.iso3.isin(known)]
    near = [min(known[r.iso3], key=lambda one: abs(one[0] - r.year)) for r in page.rows(reports)]
    of = 1000 * reports.value / [children for _, children in near]
    rates = reports.assign(indicator_code=RATE, value=of)
    return pd.concat([frame, rates.astype(frame.dtypes)], ignore_index=True)


def _marks(figures, place):
    """Give `projection` or `estimate` where the source of a figure says so of its year, else ""."""
    known = contract.read("statistics_sources", place.data).set_index("source_id")
    projected = figures.source_id.map(known.projected_from)
    marks = figures.source_id.map(known.nature).where(lambda n: n == "estimate").fillna("")
    return marks.mask((figures.year >= projected).fillna(False), "projection")


def _changed(place, *tables):
    """Give the states of what values are made of, and of further tables."""
    stamps = (contract.stamp(name, place.data) for name in ("indicators", "vintages", *tables))
    return (*stamps, contract.stamp("editions", place.data, place.iso3))


@lru_cache(maxsize=2)
def _priced(place, changed):
    """Give all values without prices of nothing, kept until a table changes: each view asks."""
    frame = _with_rates(vintages.indicators_as_of(place))
    return _without_gaps(frame).astype({"indicator_code": "category"})


@lru_cache(maxsize=8)
def _of_region(place, changed):
    """Give all values of the region's countries, kept until a table changes: each chart asks for
    some of them.
    """
    frame = vintages.indicators_as_of(place)
    frame = _with_rates(frame[frame.iso3.isin(countries.neighbours(place))])
    known = contract.read("indicator_catalogue", place.data).drop(columns="source_id")
    return _without_gaps(frame).merge(known, on="indicator_code")


def _without_gaps(frame):
    """Leave out prices of nothing: such a value is a gap in the source."""
    return frame[~(frame.indicator_code.isin(PRICES) & (frame.value == 0))]


def _lines(place, code, since=FIRST, beside=()):
    """Give (year, series, value) of one indicator, as `over_years` says, in its order."""
    frame = read(place, (code,))
    frame = frame[frame.year >= since]
    rates = frame[~frame.unit.isin(COUNTS)]  # of counts a region has no median
    half = [(year, MEDIAN, median(known)) for (_, year), known in _of_half(rates, place).items()]
    rows = [*_series(frame, place.iso3, place.name), *(half if len(half) > 1 else [])]
    if others := dict.fromkeys(one for one in beside if one != place.iso3):
        known, everywhere = countries.names(place.data), every(place, code)
        everywhere = everywhere[everywhere.year >= since]
        rows += [row for one in others for row in _series(everywhere, one, known[one])]
    return rows


def _series(frame, iso3, name):
    """Give a country's years and values under its name; one without a value gives no row."""
    rows = page.rows(frame[frame.iso3 == iso3].sort_values("year"))
    return [(row.year, name, row.value) for row in rows]


def _about(place, code):
    """Give title, unit and sources of one indicator for the country; no source where it has no
    value.
    """
    known = _catalogue(place.data).loc[code]
    own = [row for row in page.rows(read(place, (code,))) if row.iso3 == place.iso3]
    used = [row.source_id for row in sorted(own, key=lambda row: row.year)[-1:]]
    title = names(place.data).get(code, known["name"])
    return {"title": title, "unit": known.unit, "source_ids": used}


def _catalogue(data):
    return contract.read("indicator_catalogue", data).set_index("indicator_code")
