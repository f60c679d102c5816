"""The ITU DataHub, version 2: one download holds the series of an indicator as CSV, in a ZIP or alone.

The addresses are those that https://datahub.itu.int itself uses: /data/download/byid/<id>/iscollection/<true|false>.
"""

import io
import os
import re
import zipfile

import contract
from contract import Refused
from research.figures.answers import FIRST_YEAR, NUMBER, Answer

BASE = "https://api.datahub.itu.int/v2"  # COP_ITU_DATAHUB sets another
COLUMNS = ("seriesCode", "seriesName", "seriesUnits", "entityIso", "dataValue", "dataYear")
LARGEST = 200_000_000  # bytes once unpacked
SOURCE = {
    "source_id": "ITU_DATAHUB_V2",
    "short": "ITU DataHub",
    "title": "ITU DataHub series, read from its downloads",
    "publisher": "ITU",
    "address": BASE,
    "licence": "ITU terms for the data; see datahub.itu.int",
    "note": "read with `cop refresh`; units follow the series code, the labels of some downloads were found to be wrong",
}


def read(series, fetch, places):
    """Give the Answer for one row of indicator_series; raises Refused when the answer is not whole."""
    base, code = os.environ.get("COP_ITU_DATAHUB", BASE), series["series"]
    rows = fetch.body(f"{base}/data/download/byid/{series['request']}", _rows)
    own = [row for row in rows if row["seriesCode"] == code]
    if not own:
        others = ", ".join(sorted({row["seriesCode"] for row in rows})[:8]) or "nothing"
        raise Refused(
            f"{code}: the download {series['request']} does not hold it; it holds {others}"
        )
    values, left_out, odd = {}, set(), 0
    for row in own:
        iso3, year = row["entityIso"], _year(row, code)
        number = (
            row["dataValue"].replace(",", "")
            if re.fullmatch(r"[\d,]+(\.\d+)?", row["dataValue"])
            else row["dataValue"]
        )
        if iso3 not in places.iso3:
            left_out.add(iso3 or row.get("entityName"))
        elif not NUMBER.fullmatch(number):
            odd += 1
        elif year >= FIRST_YEAR and values.setdefault((iso3, year), number) != number:
            raise Refused(f"{code}: {iso3} has two values for {year}; nothing was changed")
    notes = (
        [f"left out what is no country of countries.csv: {len(left_out)} aggregates and the like"]
        if left_out
        else []
    )
    notes += [f"left out: {contract.count(odd, 'cell')} without a number"] if odd else []
    return Answer(
        values,
        _single(own, "seriesName", code),
        _single(own, "seriesUnits", code),
        "",
        tuple(notes),
    )


def _rows(body):
    """Give the rows of a download; raises ValueError when it is not one."""
    rows = contract.separated(_unpacked(body).decode("utf-8-sig"))
    heading, *lines = [row for row in rows if row] or [[]]
    missing = [name for name in COLUMNS if name not in heading]
    if missing:
        raise ValueError(f"the columns {', '.join(missing)} are not there")
    if any(len(line) != len(heading) for line in lines):
        raise ValueError("a row has another number of cells than the heading")
    return [dict(zip(heading, line, strict=True)) for line in lines]


def _unpacked(body):
    """Give the CSV file: alone, or the only one in a ZIP."""
    if not body.startswith(b"PK"):
        return body
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            inside = [i for i in archive.infolist() if i.filename.lower().endswith(".csv")]
            if len(inside) != 1 or inside[0].file_size > LARGEST:
                raise ValueError(f"the ZIP holds {len(inside)} CSV files, or one that is too large")
            return archive.read(inside[0])
    except zipfile.BadZipFile as error:
        raise ValueError(f"the ZIP is broken: {error}") from error


def _year(row, code):
    if not re.fullmatch(r"[0-9]{4}", row["dataYear"]):
        raise Refused(f"{code}: {row['dataYear']!r} is not a year; nothing was changed")
    return int(row["dataYear"])


def _single(rows, column, code):
    """Give the one word that all rows carry; two of them mean that the series is not one series."""
    words = {row[column].strip() for row in rows}
    if len(words) > 1:
        raise Refused(
            f"{code}: has several {column}: {', '.join(sorted(words)[:4])}; nothing was changed"
        )
    return words.pop()
