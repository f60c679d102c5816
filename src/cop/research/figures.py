"""Read figures from the World Bank, the ITU DataHub, the UN SDG database and Data360.

The URLs of the services are in services.csv; environment variables such as COP_WORLD_BANK replace
them. UserError is raised for an incomplete response, and if not exactly one series is selected.
"""

import contextlib
import io
import os
import zlib
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import pandas as pd

from cop.data import UserError, first_of, split
from cop.data.http import Fetcher

FIRST_YEAR = 2000
MAX_PAGES = 200  # no series has more pages
NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
NAMES = {  # {column of the ITU DataHub, the UN, the World Bank or Data360: column of `clean`}
    "entityIso": "iso3", "dataYear": "year", "dataValue": "value", "dataSource": "nature",
    "geoAreaCode": "iso3", "timePeriodStart": "year", "attributes.Nature": "nature",
    "date": "year", "REF_AREA": "iso3", "TIME_PERIOD": "year", "OBS_VALUE": "value",
}  # fmt: skip
ESTIMATE = r"(?i)estimate|^[EM]$"  # in ITU's dataSource; the UN's codes E (estimated), M (modelled)
TOTALS = ["BOTHSEX", "ALLAGE", "ALLAREA", "TOTAL", "_T", "G"]  # codes for totals in UN dimensions
FILE = Path(__file__).with_name("services.csv")  # rows of statistics/sources.csv by service
SERVICES = pd.read_csv(FILE, dtype=str, keep_default_na=False, index_col="service")
GCI = {  # {column of gci.csv: indicator in the data set ITU_GCI of Data360}
    "score": "ITU_GCI_GCI_OVRL_SCRE", "legal": "ITU_GCI_LEGL_SCRE",
    "technical": "ITU_GCI_TECH_SCORE", "organizational": "ITU_GCI_ORG_SCORE",
    "capacity": "ITU_GCI_CDS_SCORE", "cooperation": "ITU_GCI_COOP_SCORE",
}  # fmt: skip
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, BadZipFile, zlib.error, EOFError)
SELECT = "Select one series with `series`, `request` or `dimensions` in indicator_series.csv"
FIRST_EDITION = 2020  # first edition of the GCI with scores of 0 to 100


class Reading(NamedTuple):
    """URL, name, unit, definition and values of a series, as published by a service."""

    read_from: str
    name_there: str
    unit_there: str  # may be empty
    definition_there: str  # of the World Bank; empty for other services
    values: pd.DataFrame  # iso3, year, value and source_id, as text


@contextlib.contextmanager
def _explain(code, service):
    try:
        yield
    except UserError as refused:
        raise UserError(f"{code}: {refused}") from refused
    except UNREADABLE as error:
        raise UserError(
            f"{code}: the response of {service} could not be read ({error!r}); nothing was changed."
            " Try again later. If the error remains, check the indicator's row in"
            " indicator_series.csv (GCI has none); the service may also have changed its format"
        ) from error


def read(code: str, series: pd.Series, fetch: Fetcher, countries: pd.DataFrame) -> Reading:
    """Read the series of an indicator from its service.

    `code` is the code of the indicator, `series` its row in indicator_series.csv, and `countries`
    the table of countries with the columns iso3 and m49. Values that are not numbers, from before
    2000 or of other areas are dropped; the source_id of estimates ends in "_EST". Raises UserError
    for a failed request, an incomplete response, an unexpected format, and contradictory values.
    """
    with _explain(code, series.service):
        reading = READERS[series.service](series, fetch, _address(series.service))
        values = clean(reading.values, series.service, countries, FIRST_YEAR, SELECT)
        return reading._replace(values=values)


@_explain("GCI", "data360")
def read_gci(fetch: Fetcher, countries: pd.DataFrame) -> pd.DataFrame:
    """Read the Global Cybersecurity Index from Data360.

    Columns: iso3, year (the edition, from 2020), value, code (the column of gci.csv), source_id.
    All are text, and rows are in the order of GCI. Values that are not numbers, from earlier
    editions or of areas not in the table `countries` are dropped. Raises UserError like `read`.
    """
    frames, url = [], f"{_address('data360')}/data"
    for column, indicator in GCI.items():
        answer = fetch.json(url, {"DATABASE_ID": "ITU_GCI", "INDICATOR": indicator, "top": 1000})
        rows = complete(url, answer["count"], answer["value"])
        values = clean(rows, "data360", countries, FIRST_EDITION)
        frames.append(values.assign(code=column))
    return pd.concat(frames)


def _address(service):
    return os.environ.get(f"COP_{service.upper()}", SERVICES.address[service])


def clean(frame, service, countries, first, fix="Try again later"):
    """Return iso3, year, value and source_id (text) of countries' numbers from the year `first` on.

    `frame` identifies countries by M49 or ISO3 code. Raises UserError, with the instruction `fix`,
    if a country has different values for one year, and ValueError for a year that is not a number.
    """
    columns = ["iso3", "year", "value"]
    frame = frame.rename(columns=NAMES)
    nature = frame.get("nature", frame.year).astype(str)  # the year matches no ESTIMATE
    suffix = nature.str.contains(ESTIMATE).map({True: "_EST", False: ""})
    frame = frame[columns].astype(str)
    frame["source_id"] = SERVICES.source_id[service] + suffix
    codes = dict(zip([*countries.m49, *countries.iso3], [*countries.iso3] * 2, strict=True))
    frame["iso3"] = frame.iso3.str.zfill(3).map(codes)
    frame["year"] = frame.year.str.removesuffix(".0").astype(int)
    is_value = frame.iso3.notna() & (frame.year >= first) & frame.value.str.fullmatch(NUMBER)
    values = frame[is_value].astype(str).drop_duplicates(columns)
    twice = values[values.duplicated(["iso3", "year"], keep=False)]
    if len(twice):
        several = first_of([*map(" ".join, twice[columns].to_numpy())])
        raise UserError(f"the service returned several values for one year ({several}). {fix}")
    return values


def _world_bank(series, fetch, base):
    # Indicators API: datahelpdesk.worldbank.org, article 898581
    code, years = series["series"], f"{FIRST_YEAR}:{date.today().year}"
    address = f"{base}/country/all/indicator/{code}"
    about = _world_bank_rows(fetch, f"{base}/indicator/{code}").iloc[0].to_dict()
    rows = _world_bank_rows(fetch, address, date=years, per_page=20000)
    single([about["id"], *rows["indicator.id"]], "codes")
    definition = " ".join((about.get("sourceNote") or "").split())
    rows["iso3"] = rows.countryiso3code.where(rows.countryiso3code != "", rows["country.id"])
    return Reading(address, about["name"].strip(), about.get("unit") or "", definition, rows)


def _world_bank_rows(fetch, url, **params):
    head, *rows = fetch.json(url, {"format": "json", **params})
    if "message" in head:
        raise UserError(
            f"the service reports {str(head['message'])[:200]}; correct `series` in "
            "indicator_series.csv, or try again later"
        )
    return complete(url, head["total"], *rows)


def _itu_datahub(series, fetch, base):  # from a CSV download, zipped or not
    address = f"{base}/data/download/byid/{series['request']}"
    frame = fetch.body(address, _itu_table)
    rows = frame[frame.seriesCode == series["series"]]
    if rows.empty:
        others = first_of(frame.seriesCode.unique())
        raise UserError(
            f"the download contains {others or 'no series'}, but not {series['series']}; correct "
            "`series` or `request` in indicator_series.csv"
        )
    numbers = rows.dataValue.str.replace(r",(?=\d{3}(?:\D|$))", "", regex=True)  # thousands
    values = rows.assign(dataValue=numbers)
    name = single(rows.seriesName, "names")
    return Reading(address, name, single(rows.seriesUnits, "units"), "", values)


def _itu_table(body):  # raises an error in UNREADABLE if the download is incomplete
    frame = pd.read_csv(
        io.BytesIO(body),
        engine="python",  # other engines do not fill missing cells with NaN
        compression="zip" if body.startswith(b"PK") else None,
        dtype=str,
        keep_default_na=False,
        index_col=False,
    )
    if frame.isna().any(axis=None):
        raise ValueError("a row has fewer cells than the header")
    return frame


def _un_sdg(series, fetch, base):  # only totals, or the values that match `dimensions`
    address, code, rows = f"{base}/Series/Data", series["series"], []
    for page in range(1, MAX_PAGES):
        answer = fetch.json(address, {"seriesCode": code, "pageSize": 5000, "page": page})
        rows += answer["data"]
        if page >= answer["totalPages"] or not answer["data"]:
            break
    rows = complete(address, answer["totalElements"], rows)
    single([code, *rows.series], "codes")
    parts = [part.partition("=") for part in split(series.dimensions)]
    wanted = {f"dimensions.{name.strip()}": codes.strip().split("|") for name, _, codes in parts}
    for column in {*rows.filter(like="dimensions."), *wanted}:
        selected = rows[rows[column].isin(wanted.get(column, TOTALS))]
        if selected.empty and column in wanted:
            raise UserError(
                f"no values for {first_of(wanted[column])} in {column}; available: "
                f"{first_of(rows[column].unique())}; correct `dimensions` in indicator_series.csv"
            )
        rows = rows if selected.empty else selected
    unit = single(rows["attributes.Units"], "units")
    name = single(rows.seriesDescription, "names")
    return Reading(f"{address}?seriesCode={code}", name, unit, "", rows)


def complete(url, count, rows):
    """Convert JSON rows to a DataFrame. Raises UserError if there are none, or not `count` rows."""
    if not rows or int(count) != len(rows):
        raise UserError(
            f"{url} returned {len(rows or [])} of {count} values; check whether the service still "
            "publishes the series, or try again later"
        )
    return pd.json_normalize(rows)


def single(words, kind):
    """Return the only distinct text in `words`, stripped. Raises UserError for none or several."""
    if len(words := {str(word).strip() for word in words}) != 1:
        raise UserError(
            f"the response contains several {kind}: {first_of(sorted(words))}; correct the row of "
            "the series in indicator_series.csv"
        )
    return words.pop()


READERS = {"world_bank": _world_bank, "itu_datahub": _itu_datahub, "un_sdg": _un_sdg}
