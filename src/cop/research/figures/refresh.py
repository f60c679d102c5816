"""The latest figures: what the services say now, laid beside data/statistics/, and shown.

They are written whole or not at all. What a figure was before is kept in statistics/vintages.csv,
so that an earlier edition can be made again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cop.data
from cop.data import Refused, writing
from cop.data.http import Fetcher
from cop.research.figures import changes, datahub, sdg, tables, worldbank
from cop.research.figures.answers import Places

SERVICES = {"world_bank": worldbank, "itu_datahub": datahub, "un_sdg": sdg}


@dataclass(frozen=True)
class Update:
    """All that a refresh would change."""

    files: dict[str, bytes]  # by path, to write
    changes: list[changes.Change]
    lines: list[str]  # that show them
    before: dict[str, bytes]  # the same files as they were when it was reckoned


def series(data: Path) -> dict[str, dict]:
    """Give {indicator code: row of indicator_series} of all that can be read from a service."""
    return tables.by_code(data, tables.SERIES, "indicator_series")


def listed(data: Path) -> Iterator[str]:
    """Yield a line for each series that a service has: code, service, when it was last read."""
    for code, row in series(data).items():
        day = f"read on {row['read_on']}" if row["read_on"] else "not read yet"
        yield f"{code:<26} {row['service']:<12} {day}"


def from_services(
    data: Path,
    codes: list[str],
    fetch: Fetcher,
    accept: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
) -> Update:
    """Ask the services for some series, or for all, and give the Update; nothing is written.

    Raises Refused when any answer is not whole, or, unless `accept`, of another definition or unit
    than before. `say` hears which series is asked for.
    """
    chosen, places, old = _chosen(series(data), codes), _places(data), tables.values_by_key(data)
    catalogue = tables.by_code(data, tables.CATALOGUE, "indicator_catalogue")
    every, lines, pins, cited = [], [], {}, {}
    for number, (code, one) in enumerate(chosen.items(), 1):
        say(f"{number} of {len(chosen)}: {code} from {one['service']}")
        answer, differing = _of_one(one, fetch, places, old, accept)
        every += differing
        lines += changes.lines(code, differing)
        lines += changes.first_lines(one, answer, catalogue[code])
        pins[code], cited[code] = changes.pins_of(answer), SERVICES[one["service"]].SOURCE
    sources = {source["source_id"]: source for source in cited.values()}
    files = tables.with_changes(data, every, sources) | tables.pinned(data, pins)
    return _update(files | tables.catalogued(data, cited), data, every, lines)


def _chosen(known, codes):
    """Give the rows of the series named, or of all; raises Refused for one that no service has."""
    if unknown := [code for code in codes if code not in known]:
        raise Refused(
            f"{', '.join(unknown)} cannot be read from a service; those that can:"
            f" {', '.join(known)}. Bring in others with `cop refresh --from FILE`"
        )
    return {code: known[code] for code in codes or known}


def _of_one(one, fetch, places, old, accept):
    """Give (answer, changes) of one series; what is wrong has its code and what may be done."""
    service, code = SERVICES[one["service"]], one["indicator_code"]
    try:
        answer = service.read(one, fetch, places)
    except Refused as refused:
        raise Refused(
            f"{code}: {refused}. Other series can be named and read without it"
        ) from refused
    differing = changes.of_series(code, old, answer.values, service.SOURCE["source_id"])
    if not accept:
        changes.refuse_another_series(one, answer, old, differing)
    return answer, differing


def from_file(path: Path, data: Path, source: dict[str, str] | None = None) -> Update:
    """Give the Update that a file brings, whose heading is that of indicators.csv or of gci.csv.

    Nothing is written. Figures that the file does not name stay. `source` is a new row of
    statistics/sources.csv, as {column: text}.
    """
    if source and not source.get("source_id"):
        raise Refused("--source needs at least source_id, short, title and publisher")
    sources = {source["source_id"]: source} if source else {}
    table, rows = _brought(Path(path), data, sources)
    values = tables.values_by_key if table == "indicators" else tables.gci_values
    old = values(data)
    every = [
        changes.Change(table, *key, *old.get(key, ("", "")), *value)
        for key, value in values(data, rows).items()
        if old.get(key) != value
    ]
    codes = dict.fromkeys(c.code for c in every)
    lines = [
        line for code in codes for line in changes.lines(code, [c for c in every if c.code == code])
    ]
    return _update(tables.with_changes(data, every, sources if every else {}), data, every, lines)


def write(update: Update, data: Path) -> None:
    """Write an Update of figures whole.

    Raises Refused when somebody changed the figures meanwhile, and then nothing was written.
    """
    with writing.alone(data):
        if any(tables.bytes_of(data, path) != raw for path, raw in update.before.items()):
            what = "the figures were changed by somebody else meanwhile"
            raise Refused(f"{what}; nothing was written, begin again")
        writing.write(data, update.files)


def held_back(data: Path) -> str:
    """Give a sentence on the editions that keep the earlier figures after figures are refreshed.

    They are those whose data cut-off is past.
    """
    past, today = [], date.today().isoformat()
    for iso3 in cop.data.countries(data):
        for path in cop.data.paths("editions", data, iso3):
            there = cop.data.locate(data, path).exists()
            rows = tables.records(data, path, "editions") if there else []
            past += [f"{iso3} {row['edition']}" for row in rows if row["cut_off"] < today]
    more = f" and {len(past) - 12} more" if len(past) > 12 else ""
    sentence = (
        "Editions whose cut-off is past keep the earlier figures until cut_off in editions.csv"
        f" is moved: {', '.join(past[:12])}{more}."
    )
    return sentence if past else ""


def _update(files, data, every, lines):
    """Give the Update of those files whose bytes change; raises Refused with all their faults."""
    before = {path: tables.bytes_of(data, path) for path in files}
    files = {path: raw for path, raw in files.items() if raw != before[path]}
    writing.refuse_writing(files, data, "the new figures do not keep the contract")
    return Update(files, every, lines, before)


def _brought(path, data, sources):
    """Give (table, rows) of a file that is laid out as indicators.csv or gci.csv.

    Raises Refused with its faults.
    """
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    try:
        heading = cop.data.decoded(path).partition("\n")[0]
        table = "indicators" if "indicator_code" in heading else "gci"
        frame = cop.data.text_frame(path, [*cop.data.titles(table, data)])
    except cop.data.Broken as broken:
        raise Refused(
            f"{path.name} cannot be taken; its heading must be that of indicators.csv or gci.csv:"
            f"\n{broken}"
        ) from broken
    stated = tables.VALUES if table == "indicators" else tables.GCI
    files = {tables.SOURCES: tables.with_sources(data, sources)} if sources else {}
    files[stated] = path.read_bytes()
    writing.refuse_writing(files, data, f"{path.name}, read as {stated}, has errors")
    return table, frame.to_dict("records")


def _places(data):
    frame = cop.data.read("countries", data)
    of_m49 = {m49: iso3 for m49, iso3 in zip(frame.m49, frame.iso3, strict=True) if m49}
    return Places(frozenset(frame.iso3), of_m49)
