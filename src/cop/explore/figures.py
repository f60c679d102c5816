"""Prepare the indicators of any economy for tables and charts."""

import textwrap
from collections.abc import Sequence

import pandas as pd

from cop.data.places import Country
from cop.report import page
from helpers import countries, indicators

MOST = 8  # maximum number of countries in a chart


def titles(data: str) -> dict[str, str]:
    """Return {indicator_code: name} for all indicators: first the key figures, with short names."""
    full, short = indicators.catalogue(data).name.to_dict(), indicators.names(data)
    return short | full | short  # the order of `short`, and its names where there are any


def about(place: Country, code: str) -> pd.Series:
    """Return the code, title, unit, definition and source_ids (data sets) of an indicator."""
    row = indicators.catalogue(place.data).loc[code, ["unit", "definition"]]
    ids = list(indicators.all_values(place, code).source_id.unique())
    return pd.Series({"code": code, "title": titles(place.data)[code], "source_ids": ids, **row})


def values(place: Country, code: str) -> pd.DataFrame:
    """Return the values of an indicator for all economies, sorted by country and year.

    Columns: iso3, country, indicator_code, year, value, unit, source_id.
    """
    frame = indicators.all_values(place, code)
    names, unit = frame.iso3.map(countries.names(place.data)), about(place, code).unit
    frame = frame.assign(country=names, unit=unit).sort_values(["country", "year"])
    columns = ["iso3", "country", "indicator_code", "year", "value", "unit", "source_id"]
    return frame[columns].reset_index(drop=True)


def over_years(
    place: Country, code: str, since: int, until: int, beside: Sequence[str] = ()
) -> pd.DataFrame:
    """Return an indicator's values in the years `since` to `until`, for a chart.

    Columns: year, series and value. The series are the country `place`, the regional median (which
    may be missing, see `indicators.over_years`) and the countries `beside` (ISO3 codes). Raises
    LookupError for more than MOST countries, or an unknown country.
    """
    if len({place.iso3, *beside}) > MOST:
        raise LookupError(f"select at most {MOST - 1} countries besides {place.name} for a chart")
    frame = indicators.over_years(place, code, since, beside)
    return frame[frame.year <= until].reset_index(drop=True)


def pairs(place: Country, across: str, up: str, until: int) -> pd.DataFrame:
    """Return two indicators of each economy, in the latest year with values of both.

    Columns: iso3 (sorted), country, year, across and up (the values of the two indicators).
    Excludes years after `until` or before `indicators.oldest_year(place, until)`.
    """
    first, second = (values(place, code) for code in (across, up))
    key = ["iso3", "country", "year"]
    both = first[[*key, "value"]].merge(second[[*key, "value"]], on=key)
    both = both.rename(columns={"value_x": "across", "value_y": "up"})
    both = both[both.year <= until].sort_values("year").groupby("iso3", as_index=False).last()
    return both[both.year >= indicators.oldest_year(place, until)].reset_index(drop=True)


def in_region(place: Country, code: str, until: int) -> pd.DataFrame:
    """Return the latest value, up to and including `until`, for `place` and its region's countries.

    Columns: iso3, country, year and value (both NA if missing). Rows are sorted by country.
    """
    frame = values(place, code)
    newest = frame[frame.year <= until].drop_duplicates("iso3", keep="last").set_index("iso3")
    region = newest[["year", "value"]].reindex(countries.neighbours(place)).reset_index()
    names = region.iso3.map(countries.names(place.data))
    region = region.assign(country=names, year=region.year.astype("Int64"))
    return region[["iso3", "country", "year", "value"]].sort_values("country", ignore_index=True)


def title(place: Country, code: str, frame: pd.DataFrame) -> str:
    """Return a figure's title: the indicator and the country's latest value, or a note if missing.

    `frame` has the columns value, year and either series or country (the country's name).
    """
    column = "series" if "series" in frame else "country"
    rows = frame[frame[column] == place.name].dropna(subset="value")
    measure = label(place, code).replace("\n", " ")
    if rows.empty:
        return f"{measure}: no value for {place.called}"
    last = rows.loc[rows.year.idxmax()]
    return f"{measure}: {place.name} {page.number(last.value)} ({last.year})"


def label(place: Country, code: str) -> str:
    """Return an indicator's title and, unless included, its unit, wrapped at 40 characters."""
    row = about(place, code)
    text = row.title if row.unit in row.title else f"{row.title} ({row.unit})"
    return textwrap.fill(text, 40)
