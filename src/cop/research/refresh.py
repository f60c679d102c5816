"""Bring in the latest figures: compare them with statistics/, show the differences, write all.

What a figure was before is kept in vintages.csv, so that an earlier edition can be made again.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import cop.data
from cop.data import Refused, writing
from cop.data.checks import losses
from cop.data.http import Fetcher
from cop.research import figures

KEY = ["iso3", "code", "year"]
ROUNDING = 5e-5  # two figures closer than this share of their size are the same
LOST = 0.2  # more values gone than this share look like another series
FACTOR = 2.0  # and so does a median that changed by more
PINNED = ("name", "unit", "definition")  # what must stay as it was when it was last accepted
KINDS = ("added", "revised", "removed", "the same from a new source")


class Update(NamedTuple):
    """All that a refresh would change."""

    files: dict[str, bytes]
    lines: list[str]
    before: dict[str, bytes]  # the same files when they were compared


def list_series(data: Path) -> Iterator[str]:
    """Yield a line for each series that a service has: code, service, when it was last read."""
    for row in _table("indicator_series", data).itertuples():
        yield f"{row.indicator_code:<26} {row.service:<12} {row.read_on or 'not read yet'}"


def from_services(
    data: Path,
    codes: list[str],
    fetch: Fetcher,
    accept: bool = False,
    progress: Callable[[str], None] = lambda sentence: None,
) -> Update:
    """Read some series, or all, and return the Update; nothing is written.

    Raises Refused when any answer is not complete or, unless `accept`, looks like another series
    than before.
    """
    every = _table("indicator_series", data).set_index("indicator_code", drop=False)
    if unknown := [code for code in codes if code not in every.index]:
        others = f"those that can: {', '.join(every.index)}; others come by --from FILE"
        raise Refused(f"{', '.join(unknown)} cannot be read from a service; {others}")
    here = _table("indicator_catalogue", data).set_index("indicator_code")
    old, countries = _long("indicators", data), cop.data.read("countries", data)
    changes, lines, pins, sources = [], [], {}, {}
    for code in codes or every.index:
        series = every.loc[code].to_dict()
        progress(f"{code} from {series['service']}")
        reading = figures.read(series, fetch, countries)
        source = sources[code] = figures.SOURCES[series["service"]]
        before = old[old.code == code]
        new = reading.values.assign(code=code, source_id=source["source_id"])
        changes.append(_compare(before, new[old.columns]))
        pins[code] = {f"{name}_there": getattr(reading, name) for name in PINNED}
        if not accept:
            _refuse_another_series(series, pins[code], len(before), changes[-1])
        pins[code]["read_on"] = date.today().isoformat()
        lines += _lines(code, changes[-1])
        if not series["read_on"]:
            there = f"    read for the first time: there it is {reading.name}, {reading.unit}"
            lines.append(f"{there}; here it is {', '.join(here.loc[code, ['name', 'unit']])}")
            lines.append(f"    {reading.left_out} values are left out, such as those of regions")
    files = _files("indicators", old, pd.concat(changes), data)
    cited = {code: {"source_id": source["source_id"]} for code, source in sources.items()}
    for table, cells in (("indicator_series", pins), ("indicator_catalogue", cited)):
        path = cop.data.paths(table, data)[0]
        files[path] = cop.data.replaced(_bytes(path, data), cells, "indicator_code")
    return _update(files | _sources(sources.values(), data), data, lines)


def from_file(path: Path, data: Path) -> Update:
    """Return the Update of a file with the columns of indicators.csv or of gci.csv.

    Nothing is written; figures that the file does not name stay.
    """
    if not (path := Path(path)).is_file():
        raise Refused(f"there is no file {path}")
    name = "indicators" if "indicator_code" in cop.data.decoded(path).partition("\n")[0] else "gci"
    table = cop.data.text_frame(path, cop.data.columns(name, data))
    files = {cop.data.paths(name, data)[0]: path.read_bytes()}
    writing.refuse_writing(files, data, f"{path.name} has errors")
    old, new = _long(name, data), _long(name, data, table)
    changes = _compare(old.merge(new[KEY]), new)
    lines = [line for code, some in changes.groupby("code") for line in _lines(code, some)]
    return _update(_files(name, old, changes, data), data, lines)


def write(update: Update, data: Path) -> None:
    """Write an Update; raises Refused, and writes nothing, where the figures changed meanwhile."""
    with writing.alone(data):
        if any(_bytes(path, data) != raw for path, raw in update.before.items()):
            raise Refused("somebody else changed the figures meanwhile; nothing was written")
        writing.write(data, update.files)


def _long(name, data, table=None):
    """Return indicators.csv, or gci.csv with a row a score, as KEY, value and source_id."""
    table = _table(name, data) if table is None else table
    if name == "indicators":
        return table.rename(columns={"indicator_code": "code"})
    table = table.rename(columns={"edition": "year"})
    long = table.melt(["iso3", "year", "source_id"], var_name="code", value_name="value")
    return long.loc[long.value != "", [*KEY, "value", "source_id"]]


def _compare(old, new):
    """Return the figures that would change: KEY, value and source_id, the same as old_…, kind.

    A figure that differs by rounding only keeps its value and is cited from the new source.
    """
    both = new.merge(old, on=KEY, how="outer", suffixes=("", "_old")).fillna("")
    now, was = (pd.to_numeric(both[name], errors="coerce") for name in ("value", "value_old"))
    limit = was.abs().mul(ROUNDING).clip(lower=5e-6)
    same = (both.value == both.value_old) | ((now - was).abs() <= limit)
    both["ratio"], both["value"] = now / was.where(was > 0), both.value.mask(same, both.value_old)
    cases = [both.value_old == "", same, both.value != ""]
    both["kind"] = np.select(cases, ["added", KINDS[3], "revised"], "removed")
    return both[(both.value != both.value_old) | (both.source_id != both.source_id_old)]


def _refuse_another_series(series, pins, before, changes):
    """Raise Refused where name, unit, definition or the figures are of something else."""
    code, reasons = series["indicator_code"], []
    for column, now in pins.items():
        if series[column] and series[column].split() != now.split():
            what = column.removesuffix("_there")
            reasons.append(f"its {what} was {series[column][:120]!r} and is {now[:120]!r}")
    removed, ratios = (changes.kind == "removed").sum(), changes.ratio.dropna()
    if removed > LOST * before:
        reasons.append(f"{removed} of {before} figures are gone")
    unchanged = pd.Series(1.0, range(max(before - removed - len(ratios), 0)))
    middle = pd.concat([ratios, unchanged]).median() if len(ratios) else 1.0
    if not 1 / FACTOR < middle < FACTOR:
        reasons.append(f"the middle figure is {middle:.3g} times what it was")
    if reasons:
        fix = f"compare the definitions, then take it with `cop refresh {code} --accept`"
        raise Refused(f"{code} looks like another series now: {'; '.join(reasons)}; {fix}")


def _lines(code, changes):
    """Yield how many figures of a series change, and the largest changes."""
    counts = changes.kind.value_counts().reindex(KINDS).dropna().astype(int)
    yield f"{code}: {', '.join(f'{n} {kind}' for kind, n in counts.items()) or 'nothing changed'}"
    changed = changes[changes.kind.isin(("revised", "removed"))]
    largest = (changed.ratio - 1).abs().sort_values(ascending=False).index[:6]
    for row in changed.loc[largest].itertuples():
        yield f"    {row.iso3} {row.year}: {row.value_old} becomes {row.value or 'empty'}"


def _update(files, data, lines):
    """Return the Update of the files whose bytes change; raises Refused with all errors in them."""
    before = {path: _bytes(path, data) for path in files}
    files = {path: raw for path, raw in files.items() if raw != before[path]}
    writing.refuse_writing(files, data, "the new figures break the rules of the tables")
    return Update(files | (losses.refreshed(data, files) if files else {}), lines, before)


def _files(name, old, changes, data):
    """Return {path: bytes} of indicators.csv or gci.csv with changes, and of vintages.csv."""
    if changes.empty:
        return {}
    rows = pd.concat([old, changes[old.columns]]).drop_duplicates(KEY, keep="last")
    rows = rows[rows.value != ""]
    if name == "gci":
        wide = rows.pivot(index=["iso3", "year"], columns="code", values="value")
        wide["source_id"] = rows.groupby(["iso3", "year"]).source_id.last()
        rows = wide.reset_index()
    names = {"year": "edition"} if name == "gci" else {"code": "indicator_code"}
    table = rows.sort_values([column for column in KEY if column in rows]).rename(columns=names)
    numbers = map(int, _table("vintages", data).order)
    earlier = changes[KEY].assign(
        table=name,
        value=changes.value_old,
        source_id=changes.source_id_old,
        replaced_on=date.today().isoformat(),
        order=str(1 + max(numbers, default=0)),
    )
    target, vintages = (cop.data.paths(table, data)[0] for table in (name, "vintages"))
    return {
        target: cop.data.csv_of(table.reindex(columns=cop.data.columns(name, data))).encode(),
        vintages: cop.data.with_rows(_bytes(vintages, data), earlier.to_dict("records")),
    }


def _sources(sources, data):
    """Return {path: bytes} of sources.csv with these sources, seen today."""
    path, today = (
        cop.data.paths("statistics_sources", data)[0],
        {"accessed": date.today().isoformat()},
    )
    present = {*_table("statistics_sources", data).source_id}
    by_id = {source["source_id"]: source for source in sources}
    seen = {key: today for key in by_id if key in present}
    raw = cop.data.replaced(_bytes(path, data), seen, "source_id")
    new = [today | source for key, source in by_id.items() if key not in present]
    return {path: cop.data.with_rows(raw, new)}


def _table(name, data):
    """Return a shared table as text; raises Refused with its errors."""
    path = cop.data.locate(data, cop.data.paths(name, data)[0])
    return cop.data.text_frame(path, cop.data.columns(name, data))


def _bytes(path, data):
    return cop.data.locate(data, path).read_bytes()
