"""The tables of data/statistics/ as the refresh reads and writes them: values by place, and bytes by path."""

from datetime import date

import contract
from contract import Refused

VALUES, SERIES = "statistics/indicators.csv", "statistics/indicator_series.csv"
VINTAGES, SOURCES = "statistics/vintages.csv", "statistics/sources.csv"
CATALOGUE, GCI = "statistics/indicator_catalogue.csv", "statistics/gci.csv"


def with_changes(data, changes, sources):
    """Give {path: bytes} of the tables that the changes touch, their older figures and their sources."""
    files = {}
    indicators = [c for c in changes if c.table == "indicators"]
    if indicators:
        rows = values(data) | {(c.iso3, c.code, c.year): (c.new, c.new_source) for c in indicators}
        lines = [(*key, *value) for key, value in sorted(rows.items()) if value[0]]
        files[VALUES] = _csv([f["name"] for f in contract.fields("indicators", data)], lines)
    if gci := [c for c in changes if c.table == "gci"]:
        files[GCI] = _gci_file(data, gci)
    if changes:
        files[VINTAGES] = contract.with_rows(bytes_of(data, VINTAGES), _vintages(data, changes))
    if sources:
        files[SOURCES] = with_sources(data, sources)
    return files


def _vintages(data, changes):
    """Give the rows that say what each figure was until today, under the next number."""
    order = 1 + max((int(row["order"]) for row in records(data, VINTAGES, "vintages")), default=0)
    stamp = {"replaced_on": date.today().isoformat(), "order": str(order)}
    return [
        stamp
        | {"table": c.table, "iso3": c.iso3, "code": c.code, "year": str(c.year)}
        | {"value": c.old, "source_id": c.old_source}
        for c in changes
    ]


def with_sources(data, sources):
    """Give the register with today as the day on which these sources were seen; new ones stand at its end."""
    raw, today = bytes_of(data, SOURCES), {"accessed": date.today().isoformat()}
    there = {row["source_id"] for row in records(data, SOURCES, "statistics_sources")}
    raw = contract.replaced(raw, {key: today for key in sources if key in there}, "source_id")
    return contract.with_rows(
        raw, [today | row for key, row in sources.items() if key not in there]
    )


def pinned(data, pins):
    """Give the table of series with what the services said of them now."""
    return {SERIES: contract.replaced(bytes_of(data, SERIES), pins, "indicator_code")}


def catalogued(data, cited):
    """Give the catalogue citing what the series are read from now."""
    change = {code: {"source_id": source_id} for code, source_id in cited.items()}
    return {CATALOGUE: contract.replaced(bytes_of(data, CATALOGUE), change, "indicator_code")}


def _gci_file(data, changes):
    """Give gci.csv with the changes in it: a row for each country and edition, a column for each score."""
    names = [f["name"] for f in contract.fields("gci", data)]
    rows = {(r["iso3"], int(r["edition"])): r for r in records(data, GCI, "gci")}
    for c in changes:
        row = rows.setdefault(
            (c.iso3, c.year), dict.fromkeys(names, "") | {"iso3": c.iso3, "edition": str(c.year)}
        )
        row |= {c.code: c.new, "source_id": c.new_source or row["source_id"]}
    return _csv(names, [[row[n] for n in names] for _, row in sorted(rows.items())])


def gci_values(data):
    """Give {(iso3, column, edition): (text, source)} of gci.csv."""
    return gci_values_of(records(data, GCI, "gci"))


def gci_values_of(rows):
    """Give {(iso3, column, edition): (text, source)} of rows as gci.csv has them; empty cells too, they may be revised."""
    return {
        (r["iso3"], column, int(r["edition"])): (text, r["source_id"])
        for r in rows
        for column, text in r.items()
        if column not in ("iso3", "edition", "source_id") and text
    }


def values(data):
    """Give {(iso3, code, year): (text, source)} of indicators.csv."""
    return values_of(records(data, VALUES, "indicators"))


def values_of(rows):
    """Give {(iso3, code, year): (text, source)} of rows as indicators.csv has them."""
    return {
        (r["iso3"], r["indicator_code"], int(r["year"])): (r["value"], r["source_id"]) for r in rows
    }


def records(data, path, table):
    """Give the rows of a table as dicts of text; raises Refused with its faults."""
    try:
        frame = contract.text_frame(
            contract.locate(data, path), [f["name"] for f in contract.fields(table, data)]
        )
    except contract.Broken as broken:
        raise Refused(f"mend this first, nothing was changed:\n{broken}") from broken
    return frame.to_dict("records")


def bytes_of(data, path):
    """Give the bytes of a table, of this folder or of the one it stands on."""
    return contract.locate(data, path).read_bytes()


def _csv(heading, rows):
    return contract.csv_text([heading, *rows]).encode()
