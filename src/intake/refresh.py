"""The latest figures: what the services say now, laid beside data/statistics/, shown, and written whole or not at all.

What a figure was before is kept in statistics/vintages.csv, so that an earlier edition can be made again.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from helpers import contract
from intake import Refused, adding, datahub, sdg, trial, whole, worldbank
from intake.fetching import NUMBER

SERVICES = {"world_bank": worldbank, "itu_datahub": datahub, "un_sdg": sdg}
PINNED = ("name_there", "unit_there", "definition_there")  # what a service said of a series when it was last accepted
VALUES, SERIES = "statistics/indicators.csv", "statistics/indicator_series.csv"
VINTAGES, SOURCES = "statistics/vintages.csv", "statistics/sources.csv"
CATALOGUE, GCI = "statistics/indicator_catalogue.csv", "statistics/gci.csv"
SAME = 5e-5  # two figures closer than this share of their size differ by rounding only
LOST, TURNED = 0.2, 2.0  # more values gone, or the middle value turned by more, looks like another series


@dataclass(frozen=True)
class Places:
    """The countries as the services write them."""

    iso3: frozenset
    of_m49: dict


@dataclass(frozen=True)
class Change:
    """One figure that would change: its place in the table, what it was and what it becomes; "" where there is none."""

    table: str
    iso3: str
    code: str  # of the indicator, or the column of gci.csv
    year: int
    old: str
    old_source: str
    new: str
    new_source: str

    @property
    def kind(self):
        """Give added, revised, removed, or cited (the same figure, now from another source)."""
        if not self.old:
            return "added"
        return "removed" if not self.new else "cited" if _alike(self.old, self.new) else "revised"


@dataclass(frozen=True)
class Update:
    """All that a refresh would change: {path: bytes} to write, the changes, and the lines that tell them."""

    files: dict
    changes: list
    lines: list
    before: dict  # {path: bytes} as they were when it was reckoned


def series(data):
    """Give {indicator code: row of indicator_series} of all that can be read from a service."""
    return {row["indicator_code"]: row for row in _records(data, SERIES, "indicator_series")}


def listed(data):
    """Yield a line for each series that a service has: code, service, when it was last read."""
    for code, row in series(data).items():
        yield f"{code:<26} {row['service']:<12} {'read on ' + row['read_on'] if row['read_on'] else 'not read yet'}"


def from_services(data, codes, fetch, accept=False):
    """Ask the services for some series, or for all, and give the Update; nothing is written.

    Raises Refused in one sentence when any answer is not whole, or speaks of another definition or unit than before.
    """
    known = series(data)
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Refused(
            f"{', '.join(unknown)} cannot be read from a service; those that can: {', '.join(known)}."
            " Bring in others with `cop refresh --from FILE`"
        )
    places, old = _places(data), _values(data)
    catalogue = {row["indicator_code"]: row for row in _records(data, CATALOGUE, "indicator_catalogue")}
    chosen = [known[code] for code in codes or known]
    changes, lines, pins, seen = [], [], {}, set()
    for one in chosen:
        service = SERVICES[one["service"]]
        answer = service.read(one, fetch, places)
        found = _series_changes(one["indicator_code"], old, answer.values, service.SOURCE["source_id"])
        _refuse_other(one, answer, old, found, accept)
        pins[one["indicator_code"]] = _pins(one, answer)
        lines += [*_told(one["indicator_code"], found), *_firsts(one, answer, catalogue[one["indicator_code"]])]
        changes += found
        seen.add(one["service"])
    sources = {SERVICES[s].SOURCE["source_id"]: SERVICES[s].SOURCE for s in seen}
    cited = {c["indicator_code"]: SERVICES[c["service"]].SOURCE["source_id"] for c in chosen}
    files = _files(data, changes, sources) | _pinned(data, pins) | _catalogued(data, cited)
    return _update(files, data, changes, lines)


def from_file(path, data, source=None):
    """Give the Update that a file brings; its heading is that of indicators.csv or of gci.csv; nothing is written.

    Figures that the file does not name stay. `source` is a new row of statistics/sources.csv, as {column: text}.
    """
    if source and not source.get("source_id"):
        raise Refused("--source needs at least source_id, short, title and publisher")
    sources = {source["source_id"]: source} if source else {}
    table, rows = _brought(Path(path), data, sources)
    old = _values(data) if table == "indicators" else _gci_values(data)
    new = _values_of(rows) if table == "indicators" else _gci_values_of(rows)
    changes = [
        Change(table, *key, *old.get(key, ("", "")), *value) for key, value in new.items() if old.get(key) != value
    ]
    codes = dict.fromkeys(c.code for c in changes)
    lines = [line for code in codes for line in _told(code, [c for c in changes if c.code == code])]
    return _update(_files(data, changes, sources if changes else {}), data, changes, lines)


def write(update, data):
    """Write an Update whole; raises Refused when somebody changed the figures meanwhile, and then nothing was written."""
    with whole.alone(data):
        if any(_raw(data, path) != raw for path, raw in update.before.items()):
            raise Refused("the figures were changed by somebody else meanwhile; nothing was written, begin again")
        whole.write(data, update.files)


def _update(files, data, changes, lines):
    """Give the Update of those files whose bytes change; raises Refused with every fault that they would bring."""
    before = {path: _raw(data, path) for path in files}
    files = {path: raw for path, raw in files.items() if raw != before[path]}
    trial.refuse_faults(files, data, "the new figures do not keep the contract")
    return Update(files, changes, lines, before)


def held_back(data):
    """Give a sentence on the editions whose data cut-off is past: their reports keep the earlier figures."""
    past, today = [], date.today().isoformat()
    for folder in sorted(Path(data).glob("research/[A-Z][A-Z][A-Z]")):
        rows = (
            _records(data, f"research/{folder.name}/editions.csv", "editions")
            if (folder / "editions.csv").exists()
            else []
        )
        past += [f"{folder.name} {row['edition']}" for row in rows if row["cut_off"] < today]
    shown = ", ".join(past[:12]) + (f" and {len(past) - 12} more" if len(past) > 12 else "")
    return (
        f"Editions whose cut-off is past keep the earlier figures until cut_off in editions.csv is moved: {shown}."
        if past
        else ""
    )


def summary(update):
    """Give one sentence on the whole: how many figures are added, revised and removed."""
    count = {kind: sum(c.kind == kind for c in update.changes) for kind in ("added", "revised", "removed", "cited")}
    return (
        f"{count['added']} figures added, {count['revised']} revised, {count['removed']} removed,"
        f" {count['cited']} the same from a new source"
    )


def _series_changes(code, old, answer, source_id):
    """Give the changes of one series: what the service says takes the place of all that there was."""
    before = {(i, y): was for (i, c, y), was in old.items() if c == code}
    new = {key: (_kept_or_new(before.get(key, ("",))[0], value), source_id) for key, value in answer.items()}
    return [
        Change("indicators", iso3, code, year, *before.get((iso3, year), ("", "")), *new.get((iso3, year), ("", "")))
        for iso3, year in sorted(before.keys() | new.keys())
        if before.get((iso3, year)) != new.get((iso3, year))
    ]


def _kept_or_new(old, new):
    """Give the figure as it stands where the new one differs by rounding only."""
    return old if old and _alike(old, new) else new


def _alike(old, new):
    """Say whether two figures differ by rounding only; words, such as a tier, are alike when they are the same."""
    if not (NUMBER.fullmatch(old) and NUMBER.fullmatch(new)):
        return old == new
    return abs(float(old) - float(new)) <= max(5e-6, SAME * abs(float(old)))


def _refuse_other(one, answer, old, found, accept):
    """Raise Refused when the service speaks of something else than before, unless the person has looked and accepts."""
    said = {"name_there": answer.name, "unit_there": answer.unit, "definition_there": answer.definition}
    differs = [c for c in PINNED if one[c] and " ".join(one[c].split()) != " ".join(said[c].split())]
    sentences = [f"its {c.split('_')[0]} was {_cut(one[c])!r} and is {_cut(said[c])!r}" for c in differs]
    before = sum(key[1] == one["indicator_code"] for key in old)
    removed = sum(c.kind == "removed" for c in found)
    if before and removed > LOST * before:
        sentences.append(f"{removed} of {before} figures are gone")
    ratios = [float(c.new) / float(c.old) for c in found if c.old and c.new and float(c.old) > 0]
    same = before - removed - len(ratios)
    middle = median(ratios + [1.0] * max(same, 0)) if ratios else 1.0
    if not 1 / TURNED < middle < TURNED:
        sentences.append(f"the middle figure is {middle:.3g} times what it was")
    if sentences and not accept:
        raise Refused(
            f"{one['indicator_code']} looks like another series now: {'; '.join(sentences)}. Nothing was changed;"
            " compare the definitions, then say --accept to take it"
        )


def _pins(one, answer):
    """Give what is kept of this answer so that the next one can be compared with it."""
    said = {"name_there": answer.name, "unit_there": answer.unit, "definition_there": answer.definition}
    return said | {"read_on": date.today().isoformat()}


def _firsts(one, answer, here):
    """Yield what the service says of a series that was never read before: somebody should compare it with the catalogue."""
    if not one["read_on"]:
        unit = f", unit {answer.unit}" if answer.unit else ""
        yield f"    read for the first time: there it is {answer.name}{unit}; here it is {here['name']}, {here['unit']}"
        yield from (f"    {note}" for note in answer.notes)


def _told(code, changes):
    """Yield the lines of one series: counts, and the largest revisions."""
    parts = []
    for kind, word in (
        ("added", "added"),
        ("revised", "revised"),
        ("removed", "removed"),
        ("cited", "the same from a new source"),
    ):
        those = [c for c in changes if c.kind == kind]
        if those:
            parts.append(f"{len(those)} {word} ({_countries(those)})")
    latest = max((c.year for c in changes if c.new), default=None)
    newest = f"; the latest year is {latest}" if any(c.kind == "added" for c in changes) else ""
    yield f"{code}: {', '.join(parts) or 'nothing changed'}{newest}"
    revised = sorted((c for c in changes if c.kind == "revised"), key=lambda c: -_turn(c))
    yield from (f"    {c.iso3} {c.year}: {c.old} becomes {c.new}" for c in revised[:3])
    gone = [c for c in changes if c.kind == "removed"]
    yield from (f"    {c.iso3} {c.year}: {c.old} is no longer there" for c in gone[:3])


def _turn(change):
    """Give by what share of its size a figure turned."""
    if not (NUMBER.fullmatch(change.new) and NUMBER.fullmatch(change.old)):
        return 0.0
    return abs(float(change.new) - float(change.old)) / max(abs(float(change.old)), 1e-9)


def _countries(changes):
    number = len({c.iso3 for c in changes})
    return f"{number} countries" if number != 1 else "1 country"


def _files(data, changes, sources):
    """Give {path: bytes} of the tables that the changes touch, their older figures and their sources."""
    files = {}
    indicators = [c for c in changes if c.table == "indicators"]
    if indicators:
        rows = _values(data) | {(c.iso3, c.code, c.year): (c.new, c.new_source) for c in indicators}
        lines = [(*key, *value) for key, value in sorted(rows.items()) if value[0]]
        files[VALUES] = _csv([f["name"] for f in contract.fields("indicators", data)], lines)
    if gci := [c for c in changes if c.table == "gci"]:
        files[GCI] = _gci_file(data, gci)
    if changes:
        files[VINTAGES] = adding.with_rows(_raw(data, VINTAGES), _vintages(data, changes))
    if sources:
        files[SOURCES] = _source_file(data, sources)
    return files


def _vintages(data, changes):
    """Give the rows that say what each figure was until today, under the next number."""
    order = 1 + max((int(row["order"]) for row in _records(data, VINTAGES, "vintages")), default=0)
    stamp = {"replaced_on": date.today().isoformat(), "order": str(order)}
    return [
        {
            "table": c.table,
            "iso3": c.iso3,
            "code": c.code,
            "year": str(c.year),
            "value": c.old,
            "source_id": c.old_source,
        }
        | stamp
        for c in changes
    ]


def _source_file(data, sources):
    """Give the register with today as the day on which these sources were seen; new ones stand at its end."""
    raw, today = _raw(data, SOURCES), {"accessed": date.today().isoformat()}
    there = {row["source_id"] for row in _records(data, SOURCES, "statistics_sources")}
    raw = adding.replaced(raw, {key: today for key in sources if key in there}, "source_id")
    return adding.with_rows(raw, [today | row for key, row in sources.items() if key not in there])


def _pinned(data, pins):
    return {SERIES: adding.replaced(_raw(data, SERIES), pins, "indicator_code")}


def _catalogued(data, cited):
    """Give the catalogue citing what the series are read from now."""
    change = {code: {"source_id": source_id} for code, source_id in cited.items()}
    return {CATALOGUE: adding.replaced(_raw(data, CATALOGUE), change, "indicator_code")}


def _gci_file(data, changes):
    """Give gci.csv with the changes in it: a row for each country and edition, a column for each score."""
    names = [f["name"] for f in contract.fields("gci", data)]
    rows = {(r["iso3"], int(r["edition"])): r for r in _records(data, GCI, "gci")}
    for c in changes:
        row = rows.setdefault((c.iso3, c.year), dict.fromkeys(names, "") | {"iso3": c.iso3, "edition": str(c.year)})
        row |= {c.code: c.new, "source_id": c.new_source or row["source_id"]}
    return _csv(names, [[row[n] for n in names] for _, row in sorted(rows.items())])


def _gci_values(data):
    return _gci_values_of(_records(data, GCI, "gci"))


def _gci_values_of(rows):
    """Give {(iso3, column, edition): (text, source)} of rows as gci.csv has them; empty cells too, they may be revised."""
    return {
        (r["iso3"], column, int(r["edition"])): (text, r["source_id"])
        for r in rows
        for column, text in r.items()
        if column not in ("iso3", "edition", "source_id") and text
    }


def _values(data):
    return _values_of(_records(data, VALUES, "indicators"))


def _values_of(rows):
    """Give {(iso3, code, year): (text, source)} of rows as indicators.csv has them."""
    return {(r["iso3"], r["indicator_code"], int(r["year"])): (r["value"], r["source_id"]) for r in rows}


def _brought(path, data, sources):
    """Give (table, rows) of a file whose heading is that of indicators.csv or gci.csv; raises Refused with its faults."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    try:
        table = "indicators" if "indicator_code" in contract._decoded(path).partition("\n")[0] else "gci"
        names = [f["name"] for f in contract.fields(table, data)]
        frame = contract.cells(path, names)
    except contract.Broken as broken:
        raise Refused(
            f"{path.name} cannot be taken; its heading must be that of indicators.csv or gci.csv:\n{broken}"
        ) from broken
    stated = VALUES if table == "indicators" else GCI
    register = {SOURCES: _source_file(data, sources)} if sources else {}
    trial.refuse_faults({**register, stated: path.read_bytes()}, data, f"{path.name}, read as {stated}, has faults")
    return table, frame.to_dict("records")


def _places(data):
    frame = contract.read("countries", data)
    return Places(frozenset(frame.iso3), {m: i for m, i in zip(frame.m49, frame.iso3, strict=True) if m})


def _records(data, path, table):
    """Give the rows of a table as dicts of text; raises Refused with its faults."""
    try:
        frame = contract.cells(contract.locate(data, path), [f["name"] for f in contract.fields(table, data)])
    except contract.Broken as broken:
        raise Refused(f"mend this first, nothing was changed:\n{broken}") from broken
    return frame.to_dict("records")


def _raw(data, path):
    return contract.locate(data, path).read_bytes()


def _csv(heading, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode()


def _cut(text):
    return text if len(text) <= 120 else text[:117] + "…"
