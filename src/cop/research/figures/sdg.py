"""The UN SDG API, version 1: JSON in pages, each value with its dimensions (sex, age, education).

https://unstats.un.org/SDGAPI/swagger/
"""

import os
from functools import partial

from cop.data import Refused
from cop.data.http import Fetcher
from cop.research.figures.answers import (
    Answer,
    Cell,
    Places,
    collected,
    rows_of_every_answer,
    single,
    year_of,
)

BASE = "https://unstats.un.org/sdgapi/v1/sdg"  # COP_UN_SDG sets another
# The codes of a dimension that is not broken down.
TOTALS = {"BOTHSEX", "ALLAGE", "ALLAREA", "TOTAL", "_T", "G"}
NEEDED = {
    "series", "seriesDescription", "geoAreaCode", "timePeriodStart", "value", "attributes",
    "dimensions",
}  # fmt: skip
SOURCE = {
    "source_id": "UN_SDG_API",
    "short": "UN SDG database",
    "title": "UN SDG Global Database series, read from the SDG API",
    "publisher": "UN Statistics Division (ITU for IT_*, UNESCO UIS for SE_*)",
    "address": BASE,
    "terms": "none seen",
    "licence": "",
    "note": "read with `cop refresh`; country (C), estimated (E) and other values,"
    " the nature flag is not carried over",
}


def read(series: dict, fetch: Fetcher, places: Places) -> Answer:
    """Give the UN's Answer on an SDG for one row of indicator_series; Refused if it is not whole.

    `series["dimensions"]` says which part is wanted, such as 'Sex=MALE'; several codes of one
    meaning stand with '|'.
    """
    code = series["series"]
    rows = _rows(fetch, f"{os.environ.get('COP_UN_SDG', BASE)}/Series/Data", code)
    wanted = _wanted(series["dimensions"], rows, code)
    own = [
        row for row in rows if all(row["dimensions"].get(d) in codes for d, codes in wanted.items())
    ]
    own = _totals(own, set(wanted))
    cells = (_cell(row, code, places) for row in own)
    values, notes = collected(code, cells, places, others="areas")
    names = (str(row["seriesDescription"]) for row in own)
    units = (str(row["attributes"].get("Units", "")) for row in own)
    name, unit = (single(words, "names or units", code) for words in (names, units))
    return Answer(values, name, unit, "", notes)


def _cell(row, code, places):
    area, year = str(row["geoAreaCode"]), year_of(row["timePeriodStart"], code)
    iso3 = places.of_m49.get(area.zfill(3), "")
    return Cell(area, iso3, year, str(row["value"]), f", of {row['dimensions']}")


def _rows(fetch, url, code):
    """Give the values of all pages; raises Refused when they are not all, or of another form."""
    params = {"seriesCode": code, "pageSize": 5000}
    rows, (_, count) = rows_of_every_answer(fetch, code, url, params, partial(_page, code=code))
    if count != len(rows) or not rows:
        wrong = f"the service counts {count} values and sends {len(rows)}"
        raise Refused(f"{code}: {wrong}; nothing was changed")
    for row in rows:
        if not isinstance(row, dict) or NEEDED - row.keys() or row["series"] != code:
            wrong = "a value has another form than version 1 of the API states"
            raise Refused(f"{code}: {wrong}; nothing was changed")
    return rows


def _page(answer, code):
    """Give ((pages, values that the service counts), pages, rows); raises Refused in a new form."""
    try:
        pages, count = int(answer["totalPages"]), int(answer["totalElements"])
        return (pages, count), pages, list(answer["data"])
    except (KeyError, TypeError, ValueError) as error:
        wrong = "the answer has another form than version 1 of the API states"
        raise Refused(f"{code}: {wrong}; nothing was changed") from error


def _wanted(stated, rows, code):
    """Give {dimension: codes}; raises Refused where none of the codes is there, and names them."""
    pairs = (part.split("=", 1) for part in stated.split(";") if part.strip())
    wanted = {dimension.strip(): set(codes.strip().split("|")) for dimension, codes in pairs}
    for dimension, codes in wanted.items():
        there = {str(row["dimensions"].get(dimension)) for row in rows}
        if not there & codes:
            wrong = f"no value is of {dimension} {' or '.join(sorted(codes))}"
            raise Refused(f"{code}: {wrong}; there are: {', '.join(sorted(there)[:12])}")
    return wanted


def _totals(rows, chosen):
    """Give the rows that are not broken down further than asked.

    Of a dimension not chosen, that is its total, where it has one.
    """
    for dimension in sorted({d for row in rows for d in row["dimensions"]} - chosen):
        if {row["dimensions"].get(dimension) for row in rows} & TOTALS:
            rows = [row for row in rows if row["dimensions"].get(dimension) in TOTALS]
    return rows
