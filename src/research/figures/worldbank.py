"""The World Bank Indicators API, version 2: JSON, a head with the number of pages and then the values.

https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structures
"""

import os
import re
from datetime import date

from contract import Refused
from research.figures.answers import FIRST_YEAR, NUMBER, Answer

BASE = "https://api.worldbank.org/v2"  # COP_WORLD_BANK sets another
SOURCE = {
    "source_id": "WB_WDI",
    "short": "World Bank WDI",
    "title": "World Development Indicators, read from the Indicators API",
    "publisher": "World Bank (ICT series originate with ITU; literacy with UNESCO UIS)",
    "address": BASE,
    "licence": "CC BY 4.0 unless the series states otherwise",
    "note": "read with `cop refresh`; aggregates of countries are left out; values before 2000 are not read",
}


def read(series, fetch, places):
    """Give the Answer for one row of indicator_series; raises Refused when the answer is not whole.

    `places` knows the countries: places.iso3 is a set of codes.
    """
    base, code = os.environ.get("COP_WORLD_BANK", BASE), series["series"]
    about = _one(_pages(fetch, f"{base}/indicator/{code}", {}), code)
    years = {"date": f"{FIRST_YEAR}:{date.today().year}", "per_page": 20000}
    values, left_out = {}, set()
    for row in _pages(fetch, f"{base}/country/all/indicator/{code}", years):
        iso3, year, value = _value(row, code)
        if iso3 not in places.iso3:
            left_out.add(iso3 or row["country"].get("id"))
        elif value is not None:
            _only_once(values, iso3, year, value, code)
    notes = (
        (f"left out what is no country of countries.csv: {len(left_out)} aggregates and the like",)
        if left_out
        else ()
    )
    return Answer(
        values,
        about["name"].strip(),
        str(about.get("unit") or ""),
        _text(about.get("sourceNote")),
        notes,
    )


def _pages(fetch, url, params):
    """Give the rows of all pages; where the service changes between two pages, once more from the beginning."""
    for _ in range(2):
        rows, pages, page, first = [], 1, 1, None
        while page <= pages:
            head, found = _page(fetch.json(url, {"format": "json", **params, "page": page}), url)
            now = (head.get("pages"), head.get("total"), head.get("lastupdated"))
            first = first or now
            if now != first:
                fetch.forget()
                break
            rows, pages, page = rows + found, int(head["pages"]), page + 1
        else:
            _complete(rows, first, url)
            return rows
    raise Refused(f"{url} changes while it is read; nothing was changed, try again later")


def _page(answer, url):
    """Give (head, rows) of one page; raises Refused with what the service says is wrong, or when the form is new."""
    head = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    if "message" in head:
        said = "; ".join(str(m.get("value", m)) for m in head["message"] if isinstance(m, dict))
        raise Refused(f"{url}: the World Bank says: {said}")
    rows = (answer[1] if len(answer) > 1 else None) or []
    if not str(head.get("pages", "")).isdigit() or not isinstance(rows, list):
        raise Refused(
            f"{url} answers in another form than version 2 of the API does; nothing was changed"
        )
    return head, rows


def _complete(rows, head, url):
    """Raise Refused when there are no rows or not as many as the service counts."""
    if not rows:
        raise Refused(f"{url} answers without any value; nothing was changed")
    if str(head[1]).isdigit() and int(head[1]) != len(rows):
        raise Refused(f"{url} counts {head[1]} values and sends {len(rows)}; nothing was changed")


def _value(row, code):
    """Give (iso3, year, value or None); raises Refused when the form of a row is new."""
    try:
        same, iso3, year, value = (
            row["indicator"]["id"],
            row["countryiso3code"],
            row["date"],
            row["value"],
        )
    except (KeyError, TypeError) as error:
        raise Refused(
            f"{code}: a value has another form than version 2 of the API states; nothing was changed"
        ) from error
    if same != code or not re.fullmatch(r"[0-9]{4}", str(year)):
        raise Refused(
            f"{code}: a value is of {same} in {year!r}, not of {code} in a year; nothing was changed"
        )
    if value is not None and not NUMBER.fullmatch(str(value)):
        raise Refused(f"{code}: {value!r} of {iso3} {year} is not a number; nothing was changed")
    return iso3, int(year), None if value is None else str(value)


def _one(rows, code):
    """Give what the service says of the series itself."""
    if len(rows) != 1 or rows[0].get("id") != code or not rows[0].get("name"):
        raise Refused(
            f"{code}: the World Bank does not describe this series as before; nothing was changed"
        )
    return rows[0]


def _only_once(values, iso3, year, value, code):
    if (iso3, year) in values:
        raise Refused(f"{code}: {iso3} has two values for {year}; nothing was changed")
    values[iso3, year] = value


def _text(said):
    return re.sub(r"\s+", " ", str(said or "")).strip()
