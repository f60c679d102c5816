"""Compute the latest ICT statistics, their trends, and regional medians (stage 4).

Regional figures are the median, range and number of countries of one year; counts have none.
"""

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import citations, words
from cop.report.languages import N_
from cop.report.page import COUNTS, Html
from helpers import countries
from helpers.countries import read_table

REPORTS, CHILDREN, RATE = "NCMEC.REPORTS", "WPP.POP.0014", "NCMEC.RATE"
LEADING = ["IT.NET.USER.ZS", CHILDREN, RATE]  # indicators shown first
PRICES = ["ITU.i154_FBB5_GNI", "ITU.i154_FBB5_USD", "ITU.i271mb_5GB_GNI", "ITU.i271mb_5GB_USD"]
TREATMENTS = {RATE: "rate", CHILDREN: "sum", "WPP.POP.0014.ZS": "sum", "ITU.GCI": "index"}
TREATMENTS |= dict.fromkeys(PRICES, "price")
COLUMNS = ["iso3", "indicator_code", "year", "value", "source_id"]
CITED = ["source_id", "step_source_id"]
REGION = ["median", "lowest", "highest", "n", "region_year"]
MEDIAN = N_("Regional median")
FIRST_YEAR = 2005  # first year of line charts
NO_LIMIT = 9999
MIN_COUNTRIES = 3  # minimum number of countries for a median
MIN_SHARE_OF_COUNTRIES = 0.5  # minimum share of the region's countries for a median
MAX_AGE = 3  # years before the cut-off; older figures are left out of medians and charts


def names(data: str) -> dict[str, str]:
    """Return {indicator_code: short name} of the key figures, in the order of datapackage.json."""
    return cop.data.labels("key_figures", "indicator_code", data)


def catalogue(data: str) -> pd.DataFrame:
    """Return the catalogue of indicators, indexed by indicator_code."""
    return cop.data.read("indicator_catalogue", data).set_index("indicator_code")


def shares(data: str) -> list[str]:
    """Return the codes of key figures with a unit "% of …", maximum 100 and `better` "higher"."""
    figures = catalogue(data).loc[list(names(data))].query("maximum == 100 and better == 'higher'")
    return figures.index[figures.unit.str.startswith("% of")].tolist()


def read(place: Country, codes: Sequence[str] = (), beside: Sequence[str] = ()) -> pd.DataFrame:
    """Return the values of indicators for the comparison region and the countries in `beside`.

    `codes` selects indicators (default: those in `names`). Prices of zero are excluded. The columns
    are iso3, indicator_code, year, value, source_id, base_year and base_source. The last two are
    the year and the source of the denominator of RATE, and NA for other indicators.
    """
    return _values(place, codes or names(place.data), [*countries.neighbours(place), *beside])


def all_values(place: Country, *codes: str) -> pd.DataFrame:
    """Return all values of the indicators `codes`, for all countries and economies.

    The columns are iso3, indicator_code, year, value and source_id. Prices of zero (missing data)
    are excluded. Projections and estimates are not marked: see `data_sets`.
    """
    return _values(place, codes)[COLUMNS].astype({"year": int})


def latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each country's latest row of each indicator, sorted by indicator_code and iso3."""
    last = frame.sort_values("year").drop_duplicates(["indicator_code", "iso3"], keep="last")
    return last.sort_values(["indicator_code", "iso3"], ignore_index=True)


def key_figures(place: Country, last_year: int = NO_LIMIT) -> pd.DataFrame:
    """Return the latest value of each indicator in `names`, in order, with the regional median.

    Values after `last_year` are excluded. The columns are:

    - indicator_code, name, unit, year, value, source_id
    - old: "yes" if the year of the value is before `oldest_year`
    - mark: `projection`, `estimate` or an empty string
    - base_year, base_mark: year and mark of the denominator, if not of the same year as the rate
    - median, lowest, highest, n (number of countries), region_year: see `region_figures`
    - own_then: the country's value in region_year, if its latest value is from another year

    Missing numbers are NA, except that n is 0; missing texts are empty strings.
    """
    oldest = oldest_year(place, last_year)
    values = read(place).query("year <= @last_year")
    national = values.query("iso3 == @place.iso3")
    newest = latest(national).set_index("indicator_code").drop(columns="iso3")
    frame = catalogue(place.data).loc[list(names(place.data)), ["name", "unit"]]
    frame = frame.join([newest, region_figures(values, place, oldest)]).reset_index()
    frame = frame.fillna({"source_id": "", "base_source": "", "n": 0})
    frame = frame.astype({"year": "Int64", "base_year": "Int64", "region_year": "Int64", "n": int})
    renamed = {"year": "region_year", "value": "own_then"}
    then = national[["indicator_code", *renamed]].rename(columns=renamed)
    frame = frame.merge(then, "left", ["indicator_code", "region_year"])
    other_base = (frame.base_year != frame.year).fillna(False)
    return frame.assign(
        own_then=frame.own_then.where((frame.year != frame.region_year).fillna(False)),
        old=(frame.year < oldest).fillna(False).map({True: "yes", False: ""}),
        mark=marks(frame.source_id, frame.year, place),
        base_year=frame.base_year.where(other_base),
        base_mark=marks(frame.base_source, frame.base_year, place).where(other_base, ""),
    ).drop(columns="base_source")


def region_figures(values: pd.DataFrame, place: Country, oldest: int) -> pd.DataFrame:
    """Compute median, range and number of countries for each indicator, in one year.

    `values` is the result of `read`. The year is that with the most countries, or the last of
    several such years, but not before `oldest`. It must have at least MIN_COUNTRIES countries, and
    MIN_SHARE_OF_COUNTRIES of the region. Counts, and indicators without such a year, are omitted.
    The columns are median, lowest, highest, n and region_year, and the index is indicator_code.
    """
    rates = values[~values.indicator_code.map(catalogue(place.data).unit).isin(COUNTS)]
    years = _enough(rates[rates.year >= oldest], place)
    years = years.rename(columns={"year": "region_year"}).sort_values(["n", "region_year"])
    return years.drop_duplicates("indicator_code", keep="last").set_index("indicator_code")


def oldest_year(place: Country, last_year: int = NO_LIMIT) -> int:
    """Return the year MAX_AGE years before `last_year` or the data cut-off, whichever is earlier.

    Values from earlier years count as old. For a country without an edition, the cut-off is the
    latest access date of a data set.
    """
    accessed = read_table("statistics_sources", place).accessed
    cut_off = countries.edition(place).cut_off if place.edition else accessed.max()
    return min(int(cut_off[:4]), last_year) - MAX_AGE


def in_region(
    figures: pd.DataFrame, place: Country, codes: Sequence[str], beside: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the country's latest values, and its region's values in the year of the median.

    `figures` is the result of `key_figures`. Indicators in `codes` are excluded if they have no
    median or no recent value of the country. Countries in `beside` (ISO3 codes) are added; they do
    not change the median. The columns are indicator_code, label, country, year, value, own (True
    for this country), median, lowest, highest, n, region_year (the year of the median, and of the
    other countries' values), source_id and mark (see `key_figures`). Rows are sorted in the order
    of `codes`, then by name of the country.
    """
    codes = list(codes)
    national = figures[figures.indicator_code.isin(codes) & (figures.old == "")]
    national = national.dropna(subset=["value", "median"]).assign(iso3=place.iso3, own=True)
    others = read(place, codes, beside)[COLUMNS].query("iso3 != @place.iso3").assign(own=False)
    others = others.merge(national[["indicator_code", *REGION]]).query("year == region_year")
    frame = pd.concat([national, others])
    frame = frame.assign(
        label=frame.indicator_code.map(names(place.data)),
        country=frame.iso3.map(countries.names(place.data)),
        order=frame.indicator_code.map(codes.index),
        mark=marks(frame.source_id, frame.year, place),
    ).sort_values(["order", "country"], ignore_index=True)
    columns = ["indicator_code", "label", "country", "year", "value", "own", *REGION]
    return frame[[*columns, "source_id", "mark"]]


def over_years(
    place: Country, code: str, since: int = FIRST_YEAR, beside: Sequence[str] = ()
) -> pd.DataFrame:
    """Return an indicator's values from the year `since`, in columns year, series and value.

    The series, sorted by year, are this country, the regional median, and the countries in `beside`
    (a sequence of ISO3 codes). The median covers years with enough countries (see
    `region_figures`). It is omitted for counts, and if it covers fewer than two years. Raises
    LookupError if `code` or a code in `beside` is unknown.
    """
    units = catalogue(place.data).unit
    if code not in units:
        raise LookupError(f"unknown indicator {code!r}; see statistics/indicator_catalogue.csv")
    frame = read(place, (code,)).query("year >= @since")
    median = _enough(frame, place).rename(columns={"median": "value"}).assign(series=MEDIAN)
    no_median = len(median) < 2 or units[code] in COUNTS
    national = frame[frame.iso3 == place.iso3].sort_values("year").assign(series=place.name)
    parts = [national] if no_median else [national, median]
    for iso3 in beside:
        if iso3 != place.iso3:
            other = all_values(place, code).query("year >= @since and iso3 == @iso3")
            name = countries.economy(iso3, place.data).name
            parts.append(other.sort_values("year").assign(series=name))
    return pd.concat(parts, ignore_index=True)[["year", "series", "value"]]


def trend_texts(series: pd.DataFrame, place: Country, code: str) -> dict:
    """Return the arguments of `show.figure` for a line chart of `series` (see `over_years`).

    With fewer than two values for this country, the only argument is `nothing`, a note.
    """
    indicator = catalogue(place.data).loc[code]
    about = {
        "rate": code == RATE,
        "title": names(place.data).get(code, indicator["name"]),
        "unit": indicator.unit,
        "source_ids": read(place, (code,)).query("iso3 == @place.iso3").source_id,
    }
    return words.texts("4-ict-statistics", "trend_chart", series, about, place)


def source_list(place: Country, *frames: pd.DataFrame, full: bool = False) -> Html:
    """Render a list of the data sets that `frames` cite.

    Columns in CITED contain ids, and at least one of `frames` must have such a column. If `full` is
    True, the list also contains the URL of the file, the licence and the notes of each data set.
    """
    cited = pd.concat(f[column] for f in frames for column in f.columns.intersection(CITED))
    return citations.of_statistics(place, cited, full)


def data_sets(place: Country) -> pd.DataFrame:
    """Return `statistics_sources`, indexed by source_id, with licence from `citations.licences`."""
    sources = read_table("statistics_sources", place)
    return sources.assign(licence=citations.licences(sources, place.data)).set_index("source_id")


def _enough(values, place):
    years = values.groupby(["indicator_code", "year"]).value
    years = years.agg(median="median", lowest="min", highest="max", n="size").reset_index()
    region = len(countries.neighbours(place))
    return years[years.n >= max(MIN_COUNTRIES, MIN_SHARE_OF_COUNTRIES * region)]


def _rates(frame):
    """Compute reports per 1,000 children under 15 (children in the nearest year, base_year)."""
    reports, children = (
        frame[frame.indicator_code == code].astype({"year": int}).sort_values("year")
        for code in (REPORTS, CHILDREN)
    )
    base = children[["iso3", "year"]].assign(
        children=children.value, base_year=children.year, base_source=children.source_id
    )
    pairs = pd.merge_asof(reports, base, on="year", by="iso3", direction="nearest")
    pairs = pairs.dropna(subset=["children"])
    rates = pairs.assign(indicator_code=RATE, value=1000 * pairs.value / pairs.children)
    return rates[[*frame.columns, "base_year", "base_source"]].astype(frame.dtypes)


def marks(source_ids: pd.Series, years: pd.Series, place: Country) -> pd.Series:
    """Return `projection`, `estimate` or "" for each pair of a data set and the year of a value."""
    sources = read_table("statistics_sources", place).set_index("source_id")
    projected = (years >= source_ids.map(sources.projected_from)).fillna(False)
    nature = source_ids.map(sources.nature.replace("reported", "")).fillna("")
    return nature.mask(projected, "projection")


def _values(place, codes, members=()):
    frame = by_category(place.data, cop.data.stamp("indicators", place.data))
    selected = frame.indicator_code.isin(codes)
    if members:
        selected &= frame.iso3.isin(members)
    frame = frame[selected].astype({"iso3": "str", "indicator_code": "str"})
    return frame.reset_index(drop=True)


@lru_cache(maxsize=1)
def by_category(data: str, stamp: tuple) -> pd.DataFrame:
    """Return all values and rates, except prices of zero, with categorical iso3 and indicator_code.

    Rows are selected much faster by category than by text. `stamp`, the state of the table, is
    part of the cache key. Callers must not modify the result.
    """
    frame = cop.data.read("indicators", data)
    frame = pd.concat([frame, _rates(frame)], ignore_index=True)
    frame = frame[~(frame.indicator_code.isin(PRICES) & (frame.value == 0))]
    return frame.astype({"iso3": "category", "indicator_code": "category"})
