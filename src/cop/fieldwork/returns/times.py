"""When a return was sent, by the tool that it comes from: what decides which of two counts.

A time is text, `2026-05-01T10:00:00` in UTC, so that it sorts. `changed` is what the tool says of
a change after that: another time, or how often a return was edited.
"""

import re
from datetime import UTC, datetime

import pandas as pd

import cop.data

DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}:\d{2}(?::\d{2})?))?", re.ASCII)


def now() -> str:
    """Give this moment as the times of returns are written."""
    return _written(datetime.now(UTC))


def time_of(text: str) -> str:
    """Give a return's time from a tool or a spreadsheet, "" where it is none; naive is UTC."""
    german = DAY_FIRST.fullmatch(text.strip())
    if german:
        day, month, year, clock = german.groups()
        text = f"{year}-{month:0>2}-{day:0>2}T{clock or '00:00':0>5}"
    try:
        return _written(datetime.fromisoformat(text.strip()))
    except ValueError:
        return ""


def _written(moment):
    at = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return at.replace(tzinfo=None).isoformat(timespec="seconds")


def stamped(returns: pd.DataFrame, own: str) -> tuple[pd.DataFrame, list[str]]:
    """Give the returns with `submitted` and `changed` as they sort, and remarks on what is no time.

    Where the tool says no time, or one that is still to come, `own` counts: when the file first
    came.
    """
    stated = returns["submitted"].astype(str)
    known = {text: time_of(text) for text in set(stated)}
    times = stated.map(known)
    odd = int(((times == "") & (stated != "")).sum())
    remark = (
        f"{cop.data.count(odd, 'time')} of submission cannot be read: the time of intake counts"
    )
    times = times.where((times != "") & (times <= now()), own)
    changed = returns["changed"].map(lambda text: time_of(text) or _edits(text))
    return returns.assign(submitted=times, changed=changed), [remark] if odd else []


def _edits(text):
    """Give a number of edits so that it sorts, "" for anything else."""
    return f"{int(text):06}" if re.fullmatch(r"\d{1,6}", text, re.ASCII) else ""


def later(one: tuple[str, str], other: tuple[str, str]) -> int:
    """Say which (submitted, changed) of two returns is later: 1 the first, -1 the other, else 0."""
    if one[0] != other[0]:
        return 1 if one[0] > other[0] else -1
    if not (one[1] and other[1]) or one[1] == other[1]:
        return 0
    return 1 if one[1] > other[1] else -1
