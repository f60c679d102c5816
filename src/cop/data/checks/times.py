"""Years and days that cannot be: later than now, or an edition apart from its data cut-off."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from cop.data.cells import Cells, lines, records
from cop.data.checks.values import each, holding
from cop.data.faults import Broken, Fault, count
from cop.data.package import contents, locate, paths

YEAR = re.compile("(?:1[0-9]|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")  # up to the bound of a year
AHEAD = 2  # years that an edition may be named ahead of its data cut-off
ZONES = timedelta(days=1)  # it may be tomorrow elsewhere
MEND = "Check the year and the day; another digit may be meant"


def of_table(table: Cells, schema: dict, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield days and years later than the contract lets a column be (`cop:notAfter`).

    That is today, this year or next year, or the end of next year for a day that is planned.
    """
    now = this_day(data)
    latest = {
        "today": (now + ZONES).isoformat(),
        "this year": str((now + ZONES).year),
        "next year": str(now.year + 1),
    }
    for field in schema["fields"]:
        if limit := field.get("cop:notAfter"):
            name, most = field["name"], latest[limit]
            beyond = {v for v in set(table[name]) if v[: len(most)] > most and _is_time(v)}
            rule = f"is later than {limit} ({most})"
            yield from each(holding(beyond, name, table), name, path, rule, MEND)


def of_editions(table: Cells, path: str) -> Iterator[Fault]:
    """Yield editions named before, or long after, the year of their data cut-off.

    A later edition has a later cut-off.
    """
    there = lines(table, "edition", "cut_off")
    whole = [one for one in there if re.fullmatch("[0-9]{4}", one[1]) and len(one[2]) == 10]
    for row, edition, cut_off in whole:
        if not 0 <= int(edition) - int(cut_off[:4]) <= AHEAD:
            rule = f"does not go with the data cut-off {cut_off}"
            mend = f"An edition is named by the year of its cut-off, or up to {AHEAD} years later"
            yield Fault(path, row, "edition", edition, rule, mend)
    latest = ""
    for row, _, cut_off in sorted(whole, key=lambda one: one[1]):
        if cut_off < latest:
            rule = "is before the cut-off of an earlier edition"
            yield Fault(path, row, "cut_off", cut_off, rule, MEND)
        latest = max(latest, cut_off)


def of_cut_off(data: str | Path, iso3: str) -> Iterator[Fault]:
    """Yield the latest data cut-off where a verified source was seen after it.

    Nothing later than the cut-off is in an edition; a source that is seen later moves it.
    """
    editions, sources = (paths(name, data, iso3)[0] for name in ("editions", "sources"))
    try:
        cut_offs = records(locate(data, editions), "cut_off")
        seen = records(locate(data, sources), "accessed", "verified")
        days = [one["accessed"] for one in seen if one["verified"] == "yes"]
        row, cut_off = max(enumerate((one["cut_off"] for one in cut_offs), 2), key=lambda c: c[1])
        late = sorted(day for day in days if date.fromisoformat(day) > date.fromisoformat(cut_off))
    except (Broken, FileNotFoundError, KeyError, ValueError):
        return  # none yet, or a fault of its own
    if late:
        rule = f"is before {count(len(late), 'source')} {'was' if len(late) == 1 else 'were'} seen"
        mend = f"Move it to {late[-1]}, or leave what was seen later to the next edition"
        yield Fault(editions, row, "cut_off", cut_off, rule, mend)


def _is_time(text):
    """Say whether a text is a year or a day that there is; all else has a fault of its own."""
    try:
        return bool(YEAR.fullmatch(text) or date.fromisoformat(text) and text[4] == "-")
    except ValueError:
        return False


def this_day(data: str | Path) -> date:
    """Give today for the check of days; the contract's own day if the clock is set before it."""
    made = contents(data).get("created", "")[:10]
    return max(date.today(), date.fromisoformat(made) if made else date.min)
