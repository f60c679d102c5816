"""The latest figures: what the services say now, laid beside data/statistics/, shown, and written whole or not at all.

What a figure was before is kept in statistics/vintages.csv, so that an earlier edition can be made again.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import contract
from contract import Refused, writing
from research.figures import changes, datahub, sdg, tables, worldbank

SERVICES = {"world_bank": worldbank, "itu_datahub": datahub, "un_sdg": sdg}


@dataclass(frozen=True)
class Places:
    """The countries as the services write them."""

    iso3: frozenset
    of_m49: dict


@dataclass(frozen=True)
class Update:
    """All that a refresh would change: {path: bytes} to write, the changes, and the lines that tell them."""

    files: dict
    changes: list
    lines: list
    before: dict  # {path: bytes} as they were when it was reckoned


def series(data):
    """Give {indicator code: row of indicator_series} of all that can be read from a service."""
    return {
        row["indicator_code"]: row
        for row in tables.records(data, tables.SERIES, "indicator_series")
    }


def listed(data):
    """Yield a line for each series that a service has: code, service, when it was last read."""
    for code, row in series(data).items():
        yield f"{code:<26} {row['service']:<12} {'read on ' + row['read_on'] if row['read_on'] else 'not read yet'}"


def from_services(data, codes, fetch, accept=False, say=lambda sentence: None):
    """Ask the services for some series, or for all, and give the Update; nothing is written.

    Raises Refused in one sentence when any answer is not whole, or speaks of another definition or unit than before.
    `say` hears which series is asked for.
    """
    known = series(data)
    if unknown := [code for code in codes if code not in known]:
        raise Refused(
            f"{', '.join(unknown)} cannot be read from a service; those that can: {', '.join(known)}."
            " Bring in others with `cop refresh --from FILE`"
        )
    chosen = [known[code] for code in dict.fromkeys(codes or known)]
    about, places, old = _catalogue(data), _places(data), tables.values(data)
    found, lines, pins = [], [], {}
    for number, one in enumerate(chosen, 1):
        code = one["indicator_code"]
        say(f"{number} of {len(chosen)}: {code} from {one['service']}")
        answer, differs = _of_one(one, fetch, places, old, accept)
        pins[code], found = changes.said_of(answer), found + differs
        lines += [*changes.told(code, differs), *changes.told_at_first(one, answer, about[code])]
    sources = {one["service"]: SERVICES[one["service"]].SOURCE for one in chosen}
    cited = {one["indicator_code"]: sources[one["service"]]["source_id"] for one in chosen}
    files = tables.with_changes(data, found, {s["source_id"]: s for s in sources.values()})
    return _update(
        files | tables.pinned(data, pins) | tables.catalogued(data, cited), data, found, lines
    )


def _of_one(one, fetch, places, old, accept):
    """Give (answer, changes) of one series; what goes wrong is told with its code and what may be done."""
    service = SERVICES[one["service"]]
    try:
        answer = service.read(one, fetch, places)
    except Refused as refused:
        raise Refused(
            f"{one['indicator_code']}: {refused}. Other series can be named and read without it"
        ) from refused
    differs = changes.of_series(
        one["indicator_code"], old, answer.values, service.SOURCE["source_id"]
    )
    changes.refuse_another_series(one, answer, old, differs, accept)
    return answer, differs


def from_file(path, data, source=None):
    """Give the Update that a file brings; its heading is that of indicators.csv or of gci.csv; nothing is written.

    Figures that the file does not name stay. `source` is a new row of statistics/sources.csv, as {column: text}.
    """
    if source and not source.get("source_id"):
        raise Refused("--source needs at least source_id, short, title and publisher")
    sources = {source["source_id"]: source} if source else {}
    table, rows = _brought(Path(path), data, sources)
    old = tables.values(data) if table == "indicators" else tables.gci_values(data)
    new = tables.values_of(rows) if table == "indicators" else tables.gci_values_of(rows)
    found = [
        changes.Change(table, *key, *old.get(key, ("", "")), *value)
        for key, value in new.items()
        if old.get(key) != value
    ]
    codes = dict.fromkeys(c.code for c in found)
    lines = [
        line for code in codes for line in changes.told(code, [c for c in found if c.code == code])
    ]
    return _update(tables.with_changes(data, found, sources if found else {}), data, found, lines)


def write(update, data):
    """Write an Update whole; raises Refused when somebody changed the figures meanwhile, and then nothing was written."""
    with writing.alone(data):
        if any(tables.bytes_of(data, path) != raw for path, raw in update.before.items()):
            raise Refused(
                "the figures were changed by somebody else meanwhile; nothing was written, begin again"
            )
        writing.write(data, update.files)


def held_back(data):
    """Give a sentence on the editions whose data cut-off is past: their reports keep the earlier figures."""
    past, today = [], date.today().isoformat()
    for iso3 in contract.countries(data):
        for path in contract.paths("editions", data, iso3):
            there = contract.locate(data, path).exists()
            rows = tables.records(data, path, "editions") if there else []
            past += [f"{iso3} {row['edition']}" for row in rows if row["cut_off"] < today]
    more = f" and {len(past) - 12} more" if len(past) > 12 else ""
    said = "Editions whose cut-off is past keep the earlier figures until cut_off in editions.csv is moved"
    return f"{said}: {', '.join(past[:12])}{more}." if past else ""


def _update(files, data, found, lines):
    """Give the Update of those files whose bytes change; raises Refused with every fault that they would bring."""
    before = {path: tables.bytes_of(data, path) for path in files}
    files = {path: raw for path, raw in files.items() if raw != before[path]}
    writing.refuse_faults(files, data, "the new figures do not keep the contract")
    return Update(files, found, lines, before)


def _catalogue(data):
    return {
        row["indicator_code"]: row
        for row in tables.records(data, tables.CATALOGUE, "indicator_catalogue")
    }


def _brought(path, data, sources):
    """Give (table, rows) of a file whose heading is that of indicators.csv or gci.csv; raises Refused with its faults."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    try:
        table = (
            "indicators" if "indicator_code" in contract.decoded(path).partition("\n")[0] else "gci"
        )
        names = [f["name"] for f in contract.fields(table, data)]
        frame = contract.text_frame(path, names)
    except contract.Broken as broken:
        raise Refused(
            f"{path.name} cannot be taken; its heading must be that of indicators.csv or gci.csv:\n{broken}"
        ) from broken
    stated = tables.VALUES if table == "indicators" else tables.GCI
    register = {tables.SOURCES: tables.with_sources(data, sources)} if sources else {}
    writing.refuse_faults(
        {**register, stated: path.read_bytes()}, data, f"{path.name}, read as {stated}, has faults"
    )
    return table, frame.to_dict("records")


def _places(data):
    frame = contract.read("countries", data)
    return Places(
        frozenset(frame.iso3), {m: i for m, i in zip(frame.m49, frame.iso3, strict=True) if m}
    )
