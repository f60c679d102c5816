"""The World Bank Indicators API, version 2: JSON, a head with the number of pages, then the values.

https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structures
"""

import os
import re
from datetime import date
from functools import partial

from cop.data import Refused
from cop.data.http import Fetcher
from cop.research.figures.answers import (
    FIRST_YEAR,
    NUMBER,
    Answer,
    Cell,
    Places,
    collected,
    rows_of_every_answer,
)

BASE = "https://api.worldbank.org/v2"  # COP_WORLD_BANK sets another
SOURCE = {
    "source_id": "WB_WDI",
    "short": "World Bank WDI",
    "title": "World Development Indicators, read from the Indicators API",
    "publisher": "World Bank (ICT series originate with ITU; literacy with UNESCO UIS)",
    "address": BASE,
    "terms": "licence",
    "licence": "CC BY 4.0 unless the series states otherwise",
    "note": "read with `cop refresh`; aggregates of countries are left out;"
    " values before 2000 are not read",
}


def read(series: dict, fetch: Fetcher, places: Places) -> Answer:
    """Give the World Bank's Answer for one row of indicator_series; Refused if it is not whole."""
    base, code = os.environ.get("COP_WORLD_BANK", BASE), series["series"]
    about = _one(_rows(fetch, f"{base}/indicator/{code}", {}), code)
    years = {"date": f"{FIRST_YEAR}:{date.today().year}", "per_page": 20000}
    rows = _rows(fetch, f"{base}/country/all/indicator/{code}", years)
    values, notes = collected(code, _cells(rows, code), places)
    definition = re.sub(r"\s+", " ", str(about.get("sourceNote") or "")).strip()
    return Answer(values, about["name"].strip(), str(about.get("unit") or ""), definition, notes)


def _rows(fetch, url, params):
    """Give the rows of all pages; raises Refused when there are none, or not all that it counts."""
    page_of = partial(_page, url=url)
    rows, (_, total, _) = rows_of_every_answer(
        fetch, url, url, {"format": "json", **params}, page_of
    )
    if not rows:
        raise Refused(f"{url} answers without any value; nothing was changed")
    if str(total).isdigit() and int(total) != len(rows):
        raise Refused(f"{url} counts {total} values and sends {len(rows)}; nothing was changed")
    return rows


def _page(answer, url):
    """Give (head, pages, rows); raises Refused with what the service says, or in a new form."""
    head = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    if "message" in head:
        wrong = "; ".join(str(m.get("value", m)) for m in head["message"] if isinstance(m, dict))
        raise Refused(f"{url}: the World Bank says: {wrong}")
    rows = (answer[1] if len(answer) > 1 else None) or []
    if not str(head.get("pages", "")).isdigit() or not isinstance(rows, list):
        form = "in another form than version 2 of the API does"
        raise Refused(f"{url} answers {form}; nothing was changed")
    return (head["pages"], head.get("total"), head.get("lastupdated")), int(head["pages"]), rows


def _cells(rows, code):
    """Yield the values there are; raises Refused when the form of a row is new."""
    for row in rows:
        try:
            of, iso3, year = row["indicator"]["id"], row["countryiso3code"], row["date"]
            place, number = iso3 or row["country"].get("id"), row["value"]
        except (KeyError, TypeError, AttributeError) as error:
            form = "a value has another form than version 2 of the API states"
            raise Refused(f"{code}: {form}; nothing was changed") from error
        if of != code or not re.fullmatch(r"[0-9]{4}", str(year)):
            wrong = f"a value is of {of} in {year!r}, not of {code} in a year"
            raise Refused(f"{code}: {wrong}; nothing was changed")
        if number is not None:
            if not NUMBER.fullmatch(str(number)):
                wrong = f"{number!r} of {iso3} {year} is not a number"
                raise Refused(f"{code}: {wrong}; nothing was changed")
            yield Cell(place, iso3, int(year), str(number))


def _one(rows, code):
    """Give what the service says of the series itself."""
    if len(rows) != 1 or rows[0].get("id") != code or not rows[0].get("name"):
        wrong = "the World Bank does not describe this series as before"
        raise Refused(f"{code}: {wrong}; nothing was changed")
    return rows[0]
