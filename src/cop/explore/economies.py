"""Figures at the desk, of any economy and any years: lines, country by year, two at once, a map.

Frames first; what shows one takes it. A year without a value has none, and nobody is ranked.
"""

import re
from collections.abc import Iterable
from functools import partial

import pandas as pd

import cop.data
from cop.explore.choice import Choice
from cop.report import citations, words
from cop.report.charts import tilemap
from cop.report.page import Shown
from helpers import charts, countries, cybersecurity, indicators

say = partial(words.show, "explore")

MOST = 8  # countries in one picture, the one that is looked at among them
FIRST = 2000  # the first year of the table


def over_years(
    place: Choice,
    code: str,
    since: int | None = None,
    until: int | None = None,
    beside: Iterable[str] = (),
) -> pd.DataFrame:
    """Return one indicator by year: year, series, value.

    It is of `since` to `until`: the country, the median of its region where it has one, then the
    countries of `beside` by ISO3.
    """
    frame = indicators.over_years(place, code, since or FIRST, beside)
    return _until(frame, until)


def by_year(
    place: Choice, code: str, since: int | None = None, until: int | None = None,
    beside: Iterable[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Return a view of explore.ipynb an indicator of all economies: iso3, country, a column a year.

    The country and those of `beside` come first. NA where there is no value.
    """
    frame = _between(indicators.all_values(place, code), since, until)
    wide = frame.pivot(index="iso3", columns="year", values="value").rename(columns=str)
    own = [one for one in dict.fromkeys([place.iso3, *beside]) if one in wide.index]
    known = countries.names(place.data)
    others = sorted(wide.index.difference(own), key=known.get)
    wide = wide.loc[[*own, *others]].rename_axis(None, axis=1).reset_index()
    wide.insert(1, "country", wide.iso3.map(known))
    return wide


def whole(place: Choice, code: str) -> pd.DataFrame:
    """Return a view of explore.ipynb all values of an indicator, a row an economy and year.

    Columns: iso3, country, indicator_code, year, value, unit, source_id.
    """
    frame = indicators.all_values(place, code).sort_values(["iso3", "year"], ignore_index=True)
    unit = _catalogue(place).unit[code]
    frame = frame.assign(country=frame.iso3.map(countries.names(place.data)), unit=unit)
    columns = ["iso3", "country", "indicator_code", "year", "value", "unit", "source_id"]
    return frame[columns]


def pairs(
    place: Choice, across: str, up: str, until: int | None = None, beside: Iterable[str] = ()
) -> pd.DataFrame:
    """Return a view of explore.ipynb two indicators of each economy in the latest year with both.

    Columns: iso3, country, year, across, up, role ("own", "beside" for `beside`, else "other").
    An economy that has both in no year, or only more than three years before the cut-off or
    `until`, is left out.
    """
    one, other = (_until(indicators.all_values(place, code), until) for code in (across, up))
    columns = ["iso3", "year", "value"]
    both = one[columns].merge(other[columns], on=["iso3", "year"], suffixes=("_across", "_up"))
    both = both.sort_values("year").groupby("iso3", as_index=False).last()
    both = both[both.year >= _oldest(place, until)].reset_index(drop=True)
    both = both.rename(columns={"value_across": "across", "value_up": "up"})
    role = both.iso3.map({**dict.fromkeys(beside, "beside"), place.iso3: "own"}).fillna("other")
    both = both.assign(country=both.iso3.map(countries.names(place.data)), role=role)
    return both[["iso3", "country", "year", "across", "up", "role"]]


def on_map(place: Choice, code: str, until: int | None = None) -> pd.DataFrame:
    """Return a view of explore.ipynb each latest value up to `until`: of the map and of the region.

    The map is that of Europe; a country elsewhere is shown with its region alone. Columns: iso3,
    country, year and value (NA where there is none), own, old (True where the value is older than
    three years before the cut-off, or before `until`).
    """
    region = countries.neighbours(place)
    shown = list(
        dict.fromkeys([*region, *(tilemap.PLACES if place.iso3 in tilemap.PLACES else ())])
    )
    newest = indicators.latest(_until(indicators.all_values(place, code), until)).set_index("iso3")
    frame = newest[["year", "value"]].reindex(shown).rename_axis("iso3").reset_index()
    known = countries.names(place.data)
    frame = frame[frame.iso3.isin(known)].assign(country=frame.iso3.map(known))
    old = (frame.year < _oldest(place, until)).fillna(False)
    frame = frame.assign(own=frame.iso3 == place.iso3, old=old, year=frame.year.astype("Int64"))
    return frame[["iso3", "country", "year", "value", "own", "old"]].reset_index(drop=True)


def line_chart(series: pd.DataFrame, place: Choice, code: str) -> Shown:
    """Draw, for explore, one indicator of several countries over the years.

    Each point says its value.
    """
    ends = series.sort_values("year").groupby("series", sort=False)
    ends = ends.agg(first=("year", "first"), was=("value", "first"), last=("year", "last"),
                    now=("value", "last"), n=("year", "size"))  # fmt: skip
    order = list(dict.fromkeys(series.series))
    return say(
        "line_chart", charts, series, ends.loc[order].reset_index(), about(place, code), place
    )


def whole_line(series: pd.DataFrame, place: Choice, code: str) -> Shown:
    """Say, in a view of explore.ipynb, how many values of how many economies the series has."""
    return say("whole_line", series, about(place, code))


def pair_chart(pairs: pd.DataFrame, place: Choice, across: str, up: str) -> Shown:
    """Draw, for explore, two indicators of each economy against each other."""
    return say("pair_chart", charts, pairs, about(place, across), about(place, up), place)


def value_map(values: pd.DataFrame, place: Choice, code: str) -> Shown:
    """Draw, for a view of explore.ipynb, each latest value as a tile, roughly where it lies."""
    return say("value_map", charts, values, about(place, code), place)


def pillar_chart(scores: pd.DataFrame, place: Choice) -> Shown:
    """Draw, for explore, the pillars of the newest edition, a mark a country."""
    known = words.titles("gci_editions", place.data)
    frame = scores.dropna(subset=cybersecurity.PILLARS)
    frame = frame[frame.edition == frame.edition.max()]
    silent = [one for one in scores.country.unique() if one not in set(frame.country)]
    frame = frame.melt(["country", "edition"], cybersecurity.PILLARS, "label", "value")
    return say("pillar_chart", charts, frame.replace({"label": known}), silent, place)


def about(place: Choice, code: str) -> pd.Series:
    """Return a view of explore.ipynb its indicator: code, title, unit, definition, source_ids."""
    known = _catalogue(place).loc[code]
    used = list(indicators.all_values(place, code).source_id.unique())
    told = {"code": code, "title": indicators.titles(place.data)[code], "source_ids": used}
    return pd.Series({**told, "unit": known.unit, "definition": known.definition})


def sources(place: Choice, ids: Iterable[str]) -> pd.DataFrame:
    """Return the data sets of these source_ids, of any economy.

    Columns: publisher, short, copy_host, accessed, licence.
    """
    known = cop.data.read("statistics_sources", place.data)
    hosts = [citations.copy_host(row) for row in known.itertuples()]
    licence = citations.licences(known, place.data)
    known = known.assign(licence=licence, copy_host=hosts).set_index("source_id")
    used = [one for one in dict.fromkeys(ids) if one in known.index]
    columns = ["publisher", "short", "copy_host", "accessed", "licence"]
    return known.loc[used, columns].reset_index(drop=True)


def years(data: str) -> dict[int, str]:
    """Return a view of explore.ipynb the years to choose, the latest first: {2025: '2025', ...}."""
    last = int(cop.data.read("indicators", data).year.max())
    return {year: str(year) for year in range(last, FIRST - 1, -1)}


def period(frame: pd.DataFrame) -> str:
    """Return the years of a frame as the name of an exported file has them: '2015-2025'; ""
    without.

    They are in a column `year` or `edition`, or the columns are years.
    """
    across = [int(c) for c in frame if re.fullmatch("[0-9]{4}", str(c))]
    column = next((c for c in ("year", "edition") if c in frame), None)
    known = pd.to_numeric(frame[column], errors="coerce").dropna().astype(int) if column else across
    return (
        "-".join(dict.fromkeys(f"{end}" for end in (min(known), max(known)))) if len(known) else ""
    )


def _oldest(place, until):
    """Return the first year that is not old: by the cut-off, or by an earlier year that is
    chosen.
    """
    oldest = indicators.oldest_year(place)
    return min(until - indicators.MAX_AGE, oldest) if until else oldest


def _between(frame, since, until):
    return _until(frame[frame.year >= (since or FIRST)], until)


def _until(frame, until):
    return frame[frame.year <= until].reset_index(drop=True) if until else frame


def _catalogue(place):
    return cop.data.read("indicator_catalogue", place.data).set_index("indicator_code")
