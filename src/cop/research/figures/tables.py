"""The tables of data/statistics/ as the refresh reads and writes them.

Values by place, and bytes by path.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import cop.data
from cop.data import Refused
from cop.research.figures.changes import Change

VALUES, SERIES = "statistics/indicators.csv", "statistics/indicator_series.csv"
VINTAGES, SOURCES = "statistics/vintages.csv", "statistics/sources.csv"
CATALOGUE, GCI = "statistics/indicator_catalogue.csv", "statistics/gci.csv"


def with_changes(data: Path, changes: list[Change], sources: dict[str, dict]) -> dict[str, bytes]:
    """Give {path: bytes} of the tables that the changes touch, older figures and sources too."""
    indicators, gci = ([c for c in changes if c.table == t] for t in ("indicators", "gci"))
    files = {}
    if indicators:
        files[VALUES] = _values_file(data, indicators)
    if gci:
        files[GCI] = _gci_file(data, gci)
    if changes:
        files[VINTAGES] = cop.data.with_rows(bytes_of(data, VINTAGES), _vintages(data, changes))
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


def with_sources(data: Path, sources: dict[str, dict]) -> bytes:
    """Give the register of the figures' data sets with today as the day these were seen.

    New ones stand at its end; one that names no terms has a licence, or none that was seen.
    """
    raw, today = bytes_of(data, SOURCES), {"accessed": date.today().isoformat()}
    there = {row["source_id"] for row in records(data, SOURCES, "statistics_sources")}
    raw = cop.data.replaced(raw, {key: today for key in sources if key in there}, "source_id")
    terms = {True: {"terms": "licence"}, False: {"terms": "none seen"}}
    known = {key: terms[bool(row.get("licence"))] | row for key, row in sources.items()}
    new = [today | row for key, row in known.items() if key not in there]
    return cop.data.with_rows(raw, new)


def pinned(data: Path, pins: dict[str, dict]) -> dict[str, bytes]:
    """Give the table of series with what the services said of them now, by indicator code."""
    return {SERIES: cop.data.replaced(bytes_of(data, SERIES), pins, "indicator_code")}


def catalogued(data: Path, cited: dict[str, dict]) -> dict[str, bytes]:
    """Give refreshed figures their catalogue, which cites by indicator code where series are read
    from.
    """
    change = {code: {"source_id": source["source_id"]} for code, source in cited.items()}
    return {CATALOGUE: cop.data.replaced(bytes_of(data, CATALOGUE), change, "indicator_code")}


def _values_file(data, changes):
    rows = values_by_key(data) | {(c.iso3, c.code, c.year): (c.new, c.new_source) for c in changes}
    lines = [(*key, *value) for key, value in sorted(rows.items()) if value[0]]
    return cop.data.csv_text([[*cop.data.titles("indicators", data)], *lines]).encode()


def _gci_file(data, changes):
    """Give gci.csv with the changes: a row for a country and edition, a column for a score."""
    names = [*cop.data.titles("gci", data)]
    rows = {(r["iso3"], int(r["edition"])): r for r in records(data, GCI, "gci")}
    for c in changes:
        new = dict.fromkeys(names, "") | {"iso3": c.iso3, "edition": str(c.year)}
        row = rows.setdefault((c.iso3, c.year), new)
        row |= {c.code: c.new, "source_id": c.new_source or row["source_id"]}
    lines = [[row[name] for name in names] for _, row in sorted(rows.items())]
    return cop.data.csv_text([names, *lines]).encode()


def gci_values(data: Path, rows: Iterable[dict] | None = None) -> dict:
    """Give figures to refresh: {(iso3, column, edition): (text, source)} of gci.csv or its like."""
    return {
        (r["iso3"], column, int(r["edition"])): (text, r["source_id"])
        for r in (records(data, GCI, "gci") if rows is None else rows)
        for column, text in r.items()
        if column not in ("iso3", "edition", "source_id") and text
    }


def values_by_key(data: Path, rows: Iterable[dict] | None = None) -> dict:
    """Give figures to refresh: {(iso3, code, year): (text, source)} of indicators or its like."""
    return {
        (r["iso3"], r["indicator_code"], int(r["year"])): (r["value"], r["source_id"])
        for r in (records(data, VALUES, "indicators") if rows is None else rows)
    }


def by_code(data: Path, path: str, table: str) -> dict[str, dict]:
    """Give {indicator code: row} of a table with figures to refresh; raises Refused for faults."""
    return {row["indicator_code"]: row for row in records(data, path, table)}


def records(data: Path, path: str, table: str) -> list[dict]:
    """Give the rows of a table that a refresh of figures reads, as dicts of text; raises Refused
    with its faults.
    """
    try:
        frame = cop.data.text_frame(cop.data.locate(data, path), [*cop.data.titles(table, data)])
    except cop.data.Broken as broken:
        raise Refused(f"fix this first, nothing was changed:\n{broken}") from broken
    return frame.to_dict("records")


def bytes_of(data: Path, path: str) -> bytes:
    """Give the bytes of a table that a refresh of figures changes, of this folder or of the one it
    stands on.
    """
    return cop.data.locate(data, path).read_bytes()
