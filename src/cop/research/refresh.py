"""Compare new figures with those in statistics/, list the changes, and write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import cop.data
from cop.data import UserError, writing
from cop.data.checks import losses
from cop.data.http import Fetcher
from cop.data.tables import text_of
from cop.research import figures

KEY = ["iso3", "code", "year"]
ROUNDING = 5e-5  # relative difference up to which two figures are the same
LOST = 0.2  # larger shares of missing values suggest another series
FACTOR = 2.0  # larger changes of the median suggest another series
PINNED = ("name_there", "unit_there", "definition_there")  # may only change with --accept
GCI = "GCI"  # name of the series for all columns of gci.csv


class Update(NamedTuple):
    """Result of a comparison, to be written by `write`.

    `files` also includes registers in which only the date of access has changed.
    """

    files: dict[str, bytes]  # {path in the data folder: new content}
    lines: list[str]  # messages on the changes of each series
    before: dict[str, bytes]  # {path: content when compared}, of unchanged files too


def from_services(
    data: Path, codes: list[str], fetch: Fetcher, accept: bool = False, track: Callable = iter
) -> Update:
    """Download series, compare them with the data and return the Update, without writing it.

    `codes` are codes of indicators; an empty list means all, and [GCI] the Global Cybersecurity
    Index. Indicator figures missing from a response are removed in the Update, GCI figures are
    kept. Differences up to ROUNDING are ignored. The registers of sources, series and indicators
    are updated too (for GCI, only that of sources). `track` wraps the codes, for example to show
    progress. Raises UserError for an unknown code, a failed or incomplete response or invalid
    figures and, unless `accept` is True, for signs of another series: a new name, unit or
    definition, many missing figures, or figures of another size (see FACTOR).
    """
    countries = cop.data.read("countries", data)
    if codes == [GCI]:
        old, new = to_long(text_of("gci", data)), figures.read_gci(fetch, countries)
        return _update("gci", compare(old, new, "left"), data, is_read=True)
    series = text_of("indicator_series", data).set_index("indicator_code")
    if unknown := [code for code in codes if code not in series.index]:
        raise UserError(
            f"{', '.join(unknown)}: unknown codes; use codes from {', '.join(series.index)} "
            f"(for the index, use `cop refresh {GCI}` without other codes)"
        )
    old, compared, cells = to_long(text_of("indicators", data)), [], {}
    for code in track(codes or series.index):
        reading = figures.read(code, series.loc[code], fetch, countries)
        compared.append(compare(old[old.code == code], reading.values.assign(code=code)))
        cells[code] = {
            **reading._asdict(),
            "source_id": figures.SERVICES.source_id[series.service[code]],
            "read_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        }
        if not accept:
            refuse_another_series(code, series.loc[code], cells[code], compared[-1])
    return _update("indicators", pd.concat(compared), data, cells, is_read=True)


def from_file(path: Path, data: Path) -> Update:
    """Compare a file in the format of indicators.csv or gci.csv with the data.

    Returns the Update, without writing it. Figures that are not in the file are kept. Raises
    FileNotFoundError if the file is missing, and UserError for errors in the file or new table.
    """
    name = "indicators" if "indicator_code" in cop.data.decoded(path).partition("\n")[0] else "gci"
    table = cop.data.text_frame(path, cop.data.columns(name, data))
    files = {cop.data.paths(name, data)[0]: path.read_bytes()}
    writing.refuse_writing(files, data, f"{path.name} has errors")
    return _update(name, compare(to_long(text_of(name, data)), to_long(table), "left"), data)


def write(update: Update, data: Path) -> None:
    """Write the files of an update to the data folder.

    Raises UserError, without writing, if the files have changed since the comparison.
    """
    with writing.alone(data):
        before = update.before.items()
        if changed := [p for p, old in before if cop.data.locate(data, p).read_bytes() != old]:
            raise UserError(
                f"files changed since the comparison: {', '.join(changed)}; nothing was written. "
                "Repeat the command"
            )
        writing.write(data, update.files)


def to_long(table):
    """Convert the table `indicators` or `gci` to long form, leaving out empty cells of `gci`.

    The columns are those in KEY, value and source_id; all are text.
    """
    if "indicator_code" in table:
        return table.rename(columns={"indicator_code": "code"})
    table = table.rename(columns={"edition": "year"})
    long = table.melt(["iso3", "year", "source_id"], var_name="code", value_name="value")
    return long[long.value != ""]


def compare(old, new, how="outer"):
    """Merge old and new figures in long form (see `to_long`), and classify the changes.

    Adds value_old, source_id_old, ratio (new to old value; NaN if a value is missing or the old one
    is not positive) and kind: added, removed, revised, unchanged with a new source, or "". Figures
    that differ only by rounding keep their old value. With how="left", old figures without a new
    one are left out of the result, so that they are kept in the data.
    """
    both = new.merge(old, on=KEY, how=how, suffixes=("", "_old")).fillna("")
    now, was = (pd.to_numeric(both[name], errors="coerce") for name in ("value", "value_old"))
    same = (both.value == both.value_old) | np.isclose(now, was, rtol=ROUNDING, atol=5e-6)
    both["ratio"], both["value"] = now / was.where(was > 0), both.value.mask(same, both.value_old)
    cases = [both.value_old == "", both.value == "", ~same, both.source_id != both.source_id_old]
    kinds = ["added", "removed", "revised", "unchanged with a new source"]
    return both.assign(kind=np.select(cases, kinds, ""))


def refuse_another_series(code, series, reading, compared):
    """Raise UserError if the name, unit, definition or figures suggest a different series.

    `series` is the row of `code` in indicator_series.csv, `reading` the same columns as downloaded,
    and `compared` the result of `compare`.
    """
    reasons = [
        f"{name.removesuffix('_there')} was {series[name]!r} and is now {reading[name]!r}"
        for name in PINNED
        if series[name] and series[name].split() != reading[name].split()
    ]
    removed, before = (compared.kind == "removed").sum(), (compared.value_old != "").sum()
    if removed > LOST * before:
        reasons.append(f"{removed} of {before} figures are missing")
    middle = compared.ratio.median()
    if middle > FACTOR or middle < 1 / FACTOR:
        reasons.append(f"figures changed by a factor of {middle:.3g} (median)")
    if reasons:
        raise UserError(
            f"{code} may be a different series: {'; '.join(reasons)}; compare the definitions, "
            f"then accept the series with `cop refresh {code} --accept`"
        )


def change_lines(changes):
    """Yield messages on each series: the numbers of changes, and up to six changed figures.

    Revised figures come first, by relative change in descending order. Removed figures and figures
    revised from zero follow.
    """
    for code, rows in changes.groupby("code", sort=False):
        counts = rows.kind.value_counts()
        yield f"{code}: {', '.join(f'{n} {kind}' for kind, n in counts.items())}"
        rows = rows[rows.kind.isin(("revised", "removed"))]
        rows = rows.sort_values("ratio", key=lambda ratio: (ratio - 1).abs(), ascending=False)
        for row in rows[:6].itertuples():
            yield f"    {row.iso3} {row.year}: {row.value_old} becomes {row.value or 'empty'}"


def _update(name, compared, data, cells=None, is_read=False):
    # Also updates the registers of series and indicators with `cells`, {code: {column: text}}, and
    # that of sources if `is_read` (from a service).
    changes, files = compared[compared.kind != ""], {}
    if len(changes):
        files[name] = changed_table(name, changes, data)
    for table in ("indicator_series", "indicator_catalogue") if cells else ():
        rows = [{"indicator_code": code} | row for code, row in cells.items()]
        files[table] = cop.data.with_rows(
            f"{table}.csv", _bytes(table, data), rows, ["indicator_code"]
        )
    if is_read:
        files["statistics_sources"] = _sources(compared.source_id, data)
    before = {cop.data.paths(table, data)[0]: _bytes(table, data) for table in files}
    files = {
        path: raw for path, raw in zip(before, files.values(), strict=True) if raw != before[path]
    }
    writing.refuse_writing(files, data, "the new figures are invalid")
    refreshed = losses.refreshed(data, files) if files else {}
    return Update(files | refreshed, [*change_lines(changes)], before)


def changed_table(name, changes, data):
    """Return the bytes of a table after changes in long form; empty values remove figures."""
    old = to_long(text_of(name, data))
    rows = pd.concat([old, changes[old.columns]]).drop_duplicates(KEY, keep="last")
    rows = rows[rows.value != ""]
    if name == "indicators":
        rows = rows.sort_values(KEY).rename(columns={"code": "indicator_code"})
    else:
        wide = rows.pivot(index=["iso3", "year"], columns="code", values="value")
        wide["source_id"] = rows.groupby(["iso3", "year"]).source_id.last()
        rows = wide.reset_index().rename(columns={"year": "edition"})
    return cop.data.csv_of(rows.reindex(columns=cop.data.columns(name, data))).encode()


def _sources(source_ids, data):
    source_ids = [*source_ids, *source_ids.str.removesuffix("_EST")]
    table = text_of("statistics_sources", data)
    new = figures.SERVICES.query("source_id in @source_ids")
    rows = pd.concat([table, new]).groupby("source_id", sort=False).first().fillna("")
    rows.loc[new.source_id, "accessed"] = date.today().isoformat()
    return cop.data.csv_of(rows.reset_index()[[*table]]).encode()


def _bytes(name, data):
    return cop.data.locate(data, cop.data.paths(name, data)[0]).read_bytes()
