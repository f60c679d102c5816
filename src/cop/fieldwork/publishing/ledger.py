"""The ledger of what was published, number by number, kept in the restricted store.

Whoever kept the last publication compares. Therefore a table is published again only in the shape
it had, and only when each of its numbers, and what is hidden together, has changed by the threshold
of people or more; else it stays as it was. The ledger says what that was, whatever became of the
files; it only grows.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cop.data import Refused
from cop.fieldwork import restricted

TOTAL, ALL = "", "all"
Lines = dict[str, dict[str, int | None]]  # group or ALL: TOTAL and each answer, None where hidden
Unit = tuple[str, str, str]  # table, survey, question
ADMITTED = "returns"
COLUMNS = ["when", "table", "survey", "question", "numbers", "sha256"]


def path(data: Path, iso3: str) -> Path:
    """Give where the ledger of what was published of a country is kept."""
    return restricted.folder(data) / _name(iso3)


def standing(data: Path, iso3: str) -> dict[Unit, Lines]:
    """Give what was last published of each unit; raises Refused where the ledger was changed."""
    rows = _rows(data, iso3)
    whole = [not row.numbers or _hash(row.numbers) == row.sha256 for row in rows.itertuples()]
    if not all(whole):
        at = whole.index(False) + 2
        raise Refused(
            f"{path(data, iso3)}, row {at}: was changed after it was written. Put back the file "
            "as it was: without it nobody knows what readers can compare with"
        )
    units = rows[(rows.numbers != "") & (rows.table != ADMITTED)]
    return {(r.table, r.survey, r.question): json.loads(r.numbers) for r in units.itertuples()}


def admitted(data: Path, iso3: str) -> set[tuple[str, str]]:
    """Give (survey, return) of all whose words may be quoted: they came in company."""
    rows = _rows(data, iso3).query("table == @ADMITTED")
    return set(zip(rows.survey, rows.question, strict=True))


def keep(
    units: dict[Unit, Lines],
    returns: Iterable[tuple[str, str]],
    files: dict[str, str],
    data: Path,
    iso3: str,
) -> None:
    """Add to the ledger what was published anew.

    That is numbers of units, returns admitted, and the hash of each {file: text}. A file that was
    noted and, after a stop, is made again is not noted twice.
    """
    before, came = standing(data, iso3), admitted(data, iso3)
    rows = [
        (*unit, json.dumps(lines)) for unit, lines in units.items() if before.get(unit) != lines
    ]
    rows += [(ADMITTED, *pair, "") for pair in sorted(set(returns) - came)]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    new = [[now, *row, _hash(row[-1])] for row in rows]
    noted = _rows(data, iso3).set_index("table").sha256.to_dict()  # the last of each
    hashes = {f"{name}.csv": _hash(text) for name, text in files.items()}
    new += [[now, name, "", "", "", h] for name, h in hashes.items() if noted.get(name) != h]
    if new:
        whole = pd.concat([_rows(data, iso3), pd.DataFrame(new, columns=COLUMNS)])
        restricted.write(data, {_name(iso3): restricted.packed(whole)})


def settled(before: Lines | None, now: Lines | None, threshold: int, several: bool) -> Lines | None:
    """Give what is published of a unit: what stands, or what is new where enough of it is.

    `several`: each answer is counted by itself, of all.
    """
    if before is None or now is None:
        return now if before is None else before
    if _shape(before) != _shape(now):
        return before
    then, today = _numbers(before, several), _numbers(now, several)
    return now if min(abs(today.get(k, 0) - n) for k, n in then.items()) >= threshold else before


def _shape(lines):
    """Give what is shown and what is hidden, without the numbers."""
    return {g: {a: n is None for a, n in line.items()} for g, line in _counted(lines).items()}


def _counted(lines):
    """Give the lines that hold counts, without figures reckoned from them."""
    return {group: line for group, line in lines.items() if TOTAL in line}


def _numbers(lines, several):
    """Give each number that a unit shows or gives back: totals, answers, and what is left."""
    out, lines = {}, _counted(lines)
    for group, line in lines.items():
        shown = {answer: n for answer, n in line.items() if n is not None and answer != TOTAL}
        out |= {(group, answer): n for answer, n in shown.items()} | {(group, TOTAL): line[TOTAL]}
        left = {a: line[TOTAL] - n for a, n in shown.items()} if several else {}
        rest = line[TOTAL] - sum(shown.values())
        if not several and (rest or None in line.values()):
            left = {"": rest}
        out |= {(group, "not", answer): n for answer, n in left.items()}
    return out | _hidden_by_answer(lines)


def _hidden_by_answer(lines):
    """Give what is hidden of each answer in all groups together."""
    groups = [line for group, line in lines.items() if group != ALL]
    answers = lines.get(ALL, {}) if groups else {}
    return {
        ("hidden", answer): total - sum(line.get(answer) or 0 for line in groups)
        for answer, total in answers.items()
        if answer != TOTAL and any(line.get(answer, 0) is None for line in groups)
    }


def _rows(data, iso3):
    there = path(data, iso3)
    if not there.exists():
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    return restricted.table(there.read_bytes())


def _name(iso3):
    return f"publications-{iso3}.csv"


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()
