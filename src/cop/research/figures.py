"""Read series of figures from the World Bank, the ITU DataHub and the UN SDG database.

A reading is complete or refused: all pages, as many rows as the service counts, one series.
"""

import io
import os
import zipfile
from datetime import date
from typing import NamedTuple

import pandas as pd

from cop.data import Refused
from cop.data.http import Fetcher

FIRST_YEAR = 2000
MAX_PAGES, MAX_BYTES = 200, 200_000_000  # of one series; of a download once it is unpacked
NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
COLUMNS = ["seriesCode", "seriesName", "seriesUnits", "entityIso", "dataValue", "dataYear"]  # ITU
TOTALS = {"BOTHSEX", "ALLAGE", "ALLAREA", "TOTAL", "_T", "G"}  # a UN dimension as a whole
SOURCES = {  # rows of statistics/sources.csv; COP_WORLD_BANK and so on set another address
    "world_bank": {
        "source_id": "WB_WDI", "short": "World Bank WDI", "terms": "licence",
        "title": "World Development Indicators, read from the Indicators API",
        "publisher": "World Bank (ICT series originate with ITU; literacy with UNESCO UIS)",
        "address": "https://api.worldbank.org/v2",
        "licence": "CC BY 4.0 unless the series states otherwise",
        "note": "read with `cop refresh`; aggregates and years before 2000 are left out",
    },
    "itu_datahub": {
        "source_id": "ITU_DATAHUB_V2", "short": "ITU DataHub", "terms": "licence",
        "title": "ITU DataHub series, read from its downloads", "publisher": "ITU",
        "address": "https://api.datahub.itu.int/v2",
        "licence": "CC BY-NC-SA 3.0 IGO (terms of use of the ITU DataHub); not for commercial use",
        "note": "read with `cop refresh`; labels of some downloads were found to be wrong",
    },
    "un_sdg": {
        "source_id": "UN_SDG_API", "short": "UN SDG database", "terms": "none seen",
        "title": "UN SDG Global Database series, read from the SDG API",
        "publisher": "UN Statistics Division (ITU for IT_*, UNESCO UIS for SE_*)",
        "address": "https://unstats.un.org/sdgapi/v1/sdg",
        "note": "read with `cop refresh`; the nature of a value (country, estimated) is left out",
    },
}  # fmt: skip


class Reading(NamedTuple):
    """What a service states of one series."""

    values: pd.DataFrame  # iso3, year and value, all text as it is written there
    name: str
    unit: str
    definition: str
    left_out: int  # values of other areas, of years before 2000, and those that are no number


def read(series: dict[str, str], fetch: Fetcher, countries: pd.DataFrame) -> Reading:
    """Read one row of indicator_series; raises Refused where the answer is not complete."""
    service, code = series["service"], series["indicator_code"]
    base = os.environ.get(f"COP_{service.upper()}", SOURCES[service]["address"])
    iso3 = dict(zip(countries.m49, countries.iso3, strict=True)) | {c: c for c in countries.iso3}
    try:
        name, unit, definition, cells = READERS[service](series, fetch, base)
        frame = pd.DataFrame(cells, columns=["iso3", "year", "value"], dtype=str)
        frame["iso3"] = frame.iso3.str.zfill(3).map(iso3)
        frame["year"] = frame.year.str.removesuffix(".0").map(int)
        is_ours = frame.iso3.notna() & (frame.year >= FIRST_YEAR)
        values = frame[is_ours & frame.value.str.fullmatch(NUMBER)].astype(str).drop_duplicates()
        if twice := [*values.iso3[values.duplicated(["iso3", "year"])]]:
            raise Refused(f"it has two values for one year of {', '.join(twice[:4])}")
    except Refused as refused:
        raise Refused(f"{code}: {refused}; nothing was changed") from refused
    except (LookupError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        form = f"{base} answers in another form than documented ({str(error)[:120]})"
        raise Refused(f"{code}: {form}; nothing was changed") from error
    return Reading(values, name.strip(), unit.strip(), definition, len(frame) - len(values))


def _world_bank(series, fetch, base):
    """Read the Indicators API, version 2 (datahelpdesk.worldbank.org, article 898581)."""
    code = series["series"]

    def page(answer):
        if "message" in answer[0]:
            raise Refused(str(answer[0]["message"])[:200])
        head = answer[0]
        return (head["pages"], head["total"], head.get("lastupdated")), answer[1] or []

    years = {"format": "json", "date": f"{FIRST_YEAR}:{date.today().year}", "per_page": 20000}
    [about] = _pages(fetch, f"{base}/indicator/{code}", {"format": "json"}, page)
    rows = _pages(fetch, f"{base}/country/all/indicator/{code}", years, page)
    _single([about["id"], *(row["indicator"]["id"] for row in rows)], "codes")
    rows = [row for row in rows if row["value"] is not None and float(row["value"]) is not None]
    places = (row["countryiso3code"] or row["country"]["id"] for row in rows)
    cells = [(place, row["date"], row["value"]) for place, row in zip(places, rows, strict=True)]
    definition = " ".join(str(about.get("sourceNote") or "").split())
    return about["name"], str(about.get("unit") or ""), definition, cells


def _itu_datahub(series, fetch, base):
    """Read the downloads that datahub.itu.int itself offers: CSV, zipped or not."""
    frame = fetch.body(f"{base}/data/download/byid/{series['request']}", _itu_table)
    own = frame[frame.seriesCode == series["series"]]
    if own.empty:
        others = ", ".join(sorted(set(frame.seriesCode)))
        raise Refused(f"the download does not hold {series['series']}; it holds {others}")
    numbers = own.dataValue.str.replace(r",(?=\d{3}(?:\D|$))", "", regex=True)  # thousands
    cells = zip(own.entityIso, own.dataYear, numbers, strict=True)
    return _single(own.seriesName, "names"), _single(own.seriesUnits, "units"), "", cells


def _itu_table(body):
    """Return a download as a frame of text; raises ValueError where it is cut or damaged."""
    packed = body.startswith(b"PK")
    if packed:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(inside.file_size for inside in archive.infolist()) > MAX_BYTES:
                raise ValueError(f"the ZIP unpacks to more than {MAX_BYTES:,} bytes")
    form = {"dtype": str, "keep_default_na": False, "index_col": False, "usecols": COLUMNS}
    frame = pd.read_csv(io.BytesIO(body), compression="zip" if packed else None, **form)
    if frame.isna().any(axis=None):
        raise ValueError("a row has fewer cells than the heading")
    return frame


def _un_sdg(series, fetch, base):
    """Read the SDG API, version 1; `dimensions` selects a part, such as 'Sex=MALE'."""

    def page(answer):
        return (answer["totalPages"], answer["totalElements"]), answer["data"]

    params = {"seriesCode": series["series"], "pageSize": 5000}
    rows = _pages(fetch, f"{base}/Series/Data", params, page)
    _single([series["series"], *(row["series"] for row in rows)], "codes")
    pairs = [part.split("=") for part in series["dimensions"].split(";") if part.strip()]
    wanted = {dimension.strip(): {*codes.strip().split("|")} for dimension, codes in pairs}
    for dimension in sorted({name for row in rows for name in row["dimensions"]} | {*wanted}):
        present = {str(row["dimensions"].get(dimension)) for row in rows}
        codes = wanted.get(dimension, present & TOTALS or present)
        rows = [row for row in rows if str(row["dimensions"].get(dimension)) in codes]
        if not rows:
            some = ", ".join(sorted(present)[:12])
            raise Refused(f"no value is of {dimension} {'|'.join(codes)}; there are: {some}")
    cells = [(row["geoAreaCode"], row["timePeriodStart"], row["value"]) for row in rows]
    name = _single((str(row["seriesDescription"]) for row in rows), "names")
    return name, _single((row["attributes"].get("Units", "") for row in rows), "units"), "", cells


def _pages(fetch, url, params, parse):
    """Return the rows of all pages; read again once where they change between two pages.

    `parse` an answer returns ((pages, total, …), rows).
    """
    for _ in range(2):
        first, rows = parse(fetch.json(url, params | {"page": 1}))
        heads = {first}
        if int(first[0]) > MAX_PAGES:
            raise Refused(f"{url} has {first[0]} pages, more than {MAX_PAGES}")
        for page in range(2, int(first[0]) + 1):
            head, more = parse(fetch.json(url, params | {"page": page}))
            heads.add(head)
            rows = rows + more
        if len(heads) == 1:
            if not rows or int(first[1]) != len(rows):
                raise Refused(f"{url} counts {first[1]} values and sends {len(rows)}")
            return rows
        fetch.forget()
    raise Refused(f"{url} changes while it is read; try again later")


def _single(words, what):
    """Return the one word of all rows; more than one is more than one series."""
    if len(words := {str(word).strip() for word in words}) != 1:
        raise Refused(f"the answer has several {what}: {', '.join(sorted(words)[:4])}")
    return words.pop()


READERS = {"world_bank": _world_bank, "itu_datahub": _itu_datahub, "un_sdg": _un_sdg}
