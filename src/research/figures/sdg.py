"""The UN SDG API, version 1: JSON in pages, each value with the dimensions that it is of (sex, age, education level).

https://unstats.un.org/SDGAPI/swagger/
"""

import os
import re

import contract
from contract import Refused
from research.figures.answers import FIRST_YEAR, NUMBER, Answer

BASE = "https://unstats.un.org/sdgapi/v1/sdg"  # COP_UN_SDG sets another
TOTALS = {
    "BOTHSEX",
    "ALLAGE",
    "ALLAREA",
    "TOTAL",
    "_T",
    "G",
}  # the code of a dimension that is not broken down
SOURCE = {
    "source_id": "UN_SDG_API",
    "short": "UN SDG database",
    "title": "UN SDG Global Database series, read from the SDG API",
    "publisher": "UN Statistics Division (ITU for IT_*, UNESCO UIS for SE_*)",
    "address": BASE,
    "licence": "UNSD terms; see unstats.un.org/sdgs",
    "note": "read with `cop refresh`; country (C), estimated (E) and other values, the nature flag is not carried over",
}


def read(series, fetch, places):
    """Give the Answer for one row of indicator_series; raises Refused when the answer is not whole.

    `series["dimensions"]` says which part is wanted, such as 'Sex=MALE'; several codes of one meaning stand with '|'.
    """
    code = series["series"]
    rows = _pages(fetch, f"{os.environ.get('COP_UN_SDG', BASE)}/Series/Data", code)
    wanted = _wanted(series["dimensions"], rows, code)
    own = [
        row for row in rows if all(row["dimensions"].get(d) in codes for d, codes in wanted.items())
    ]
    own = _totals(own, set(wanted))
    values, left_out, odd = {}, set(), 0
    for row in own:
        iso3, year, number = (
            places.of_m49.get(str(row["geoAreaCode"]).zfill(3)),
            _year(row, code),
            str(row["value"]),
        )
        if iso3 is None:
            left_out.add(str(row["geoAreaCode"]))
        elif not NUMBER.fullmatch(number):
            odd += 1
        elif year >= FIRST_YEAR and values.setdefault((iso3, year), number) != number:
            raise Refused(
                f"{code}: {iso3} has two values for {year}, of {row['dimensions']}; nothing was changed"
            )
    notes = (
        [f"left out what is no country of countries.csv: {len(left_out)} areas"] if left_out else []
    )
    notes += [f"left out: {contract.count(odd, 'cell')} without a number"] if odd else []
    return Answer(
        values,
        _single(own, lambda r: r["seriesDescription"], code),
        _unit(own, code),
        "",
        tuple(notes),
    )


def _pages(fetch, url, code):
    """Give the rows of all pages; where the service changes between two pages, once more from the beginning."""
    for _ in range(2):
        rows, pages, page, first = [], 1, 1, None
        while page <= pages:
            answer = fetch.json(url, {"seriesCode": code, "pageSize": 5000, "page": page})
            now = _head(answer, code)
            first = first or now
            if now != first:
                fetch.forget()
                break
            rows, pages, page = rows + answer["data"], now[0], page + 1
        else:
            if first[1] != len(rows) or not rows:
                raise Refused(
                    f"{code}: the service counts {first[1]} values and sends {len(rows)}; nothing was changed"
                )
            return [_row(row, code) for row in rows]
    raise Refused(f"{code} changes while it is read; nothing was changed, try again later")


def _head(answer, code):
    """Give (pages, values) that the service counts; raises Refused when the form is new."""
    try:
        return int(answer["totalPages"]), int(answer["totalElements"]) + 0 * len(answer["data"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(
            f"{code}: the answer has another form than version 1 of the API states; nothing was changed"
        ) from error


def _row(row, code):
    """Give one value when it has the form that is stated."""
    needed = (
        "series",
        "seriesDescription",
        "geoAreaCode",
        "timePeriodStart",
        "value",
        "attributes",
        "dimensions",
    )
    if not isinstance(row, dict) or [n for n in needed if n not in row] or row["series"] != code:
        raise Refused(
            f"{code}: a value has another form than version 1 of the API states; nothing was changed"
        )
    return row


def _wanted(stated, rows, code):
    """Give {dimension: codes} and refuse where none of the codes is there, naming those that are."""
    wanted = {
        d.strip(): set(c.strip().split("|"))
        for d, c in (p.split("=", 1) for p in stated.split(";") if p.strip())
    }
    for dimension, codes in wanted.items():
        there = {str(row["dimensions"].get(dimension)) for row in rows}
        if not there & codes:
            shown = ", ".join(sorted(there)[:12])
            raise Refused(
                f"{code}: no value is of {dimension} {' or '.join(sorted(codes))}; there are: {shown}"
            )
    return wanted


def _totals(rows, chosen):
    """Give the rows that are not broken down further than asked: of a dimension not chosen, its total where it has one."""
    for dimension in sorted({d for row in rows for d in row["dimensions"]} - chosen):
        if {row["dimensions"].get(dimension) for row in rows} & TOTALS:
            rows = [row for row in rows if row["dimensions"].get(dimension) in TOTALS]
    return rows


def _year(row, code):
    """Give the year, which the service writes as 2022.0."""
    year = re.fullmatch(r"([0-9]{4})(\.0)?", str(row["timePeriodStart"]))
    if not year:
        raise Refused(f"{code}: {row['timePeriodStart']!r} is not a year; nothing was changed")
    return int(year[1])


def _unit(rows, code):
    return _single(rows, lambda r: str(r["attributes"].get("Units", "")), code)


def _single(rows, word, code):
    """Give the one word that all rows carry; two of them mean that the series is not one series."""
    words = {str(word(row)).strip() for row in rows}
    if len(words) != 1:
        raise Refused(
            f"{code}: has several names or units: {', '.join(sorted(words)[:4]) or 'none'}; nothing was changed"
        )
    return words.pop()
