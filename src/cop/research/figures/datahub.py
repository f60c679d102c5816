"""The ITU DataHub, version 2: a download holds the series of an indicator as CSV, zipped or not.

The addresses are those that https://datahub.itu.int itself uses:
/data/download/byid/<id>/iscollection/<true|false>.
"""

import io
import os
import re
import zipfile

import cop.data
from cop.data import Refused
from cop.data.http import Fetcher
from cop.research.figures.answers import Answer, Cell, Places, collected, single, year_of

BASE = "https://api.datahub.itu.int/v2"  # COP_ITU_DATAHUB sets another
COLUMNS = ("seriesCode", "seriesName", "seriesUnits", "entityIso", "dataValue", "dataYear")
LARGEST = 200_000_000  # bytes once unpacked
SOURCE = {
    "source_id": "ITU_DATAHUB_V2",
    "short": "ITU DataHub",
    "title": "ITU DataHub series, read from its downloads",
    "publisher": "ITU",
    "address": BASE,
    "terms": "licence",
    "licence": "CC BY-NC-SA 3.0 IGO (terms of use of the ITU DataHub); not for commercial use",
    "note": "read with `cop refresh`; units follow the series code,"
    " the labels of some downloads were found to be wrong",
}


def read(series: dict, fetch: Fetcher, places: Places) -> Answer:
    """Give ITU DataHub's Answer for one row of indicator_series; Refused when it is not whole."""
    base, code = os.environ.get("COP_ITU_DATAHUB", BASE), series["series"]
    rows = fetch.body(f"{base}/data/download/byid/{series['request']}", _rows)
    own = [row for row in rows if row["seriesCode"] == code]
    if not own:
        others = ", ".join(sorted({row["seriesCode"] for row in rows})[:8]) or "nothing"
        raise Refused(
            f"{code}: the download {series['request']} does not hold it; it holds {others}"
        )
    values, notes = collected(code, (_cell(row, code) for row in own), places)
    name, unit = (
        single((row[column] for row in own), column, code)
        for column in ("seriesName", "seriesUnits")
    )
    return Answer(values, name, unit, "", notes)


def _cell(row, code):
    """Give one value; commas part its thousands."""
    iso3, number = row["entityIso"], row["dataValue"]
    if re.fullmatch(r"[\d,]+(\.\d+)?", number):
        number = number.replace(",", "")
    return Cell(iso3 or row.get("entityName"), iso3, year_of(row["dataYear"], code), number)


def _rows(body):
    """Give the rows of a download; raises ValueError when it is not one."""
    rows = cop.data.separated(_unpacked(body).decode("utf-8-sig"))
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
