"""What people and spreadsheets write, as the tables hold it: days, yes and no, the label of a word.

Only what can mean one thing is taken; the rest stays as it is, for the check to refuse.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import cop.data

DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")  # 25.11.2026, 11/25/2026, 25-11-2026
YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")
SAID = {"yes": "yes y true", "no": "no n false"}


def row(table: str, said: Mapping[str, str], data: Path) -> dict[str, str]:
    """Give a row to be added, as a person wrote it, as the table holds it.

    That is days, yes and no, and labels.
    """
    fields = {field["name"]: field for field in cop.data.fields(table, data)}
    return {
        name: cell(fields[name], str(text).strip()) if name in fields else text
        for name, text in said.items()
    }


def cell(field: dict, text: str) -> str:
    """Give a cell of a row to be added as its column holds it.

    It stays the text itself where it may mean two things.
    """
    if field["type"] == "date":
        days = days_of(text)
        return days[0].isoformat() if len(days) == 1 else text
    words = cop.data.words(field)
    if not text or not words or text in words:
        return text
    named = {word["label"].casefold(): word["value"] for word in field.get("categories", [])}
    named |= {word.casefold(): word for word in words}
    for word, ways in SAID.items():
        named |= dict.fromkeys(ways.split(), word) if word in words else {}
    return named.get(text.casefold(), text)


def days_of(text: str) -> list[date]:
    """Give the days that a text in a row to be added may mean, day-first before month-first.

    With dots the day stands first, as wherever it is written so; with other signs either may.
    """
    if found := YEAR_FIRST.fullmatch(text):
        return _days([tuple(map(int, found.groups()))])
    if not (found := DAY.fullmatch(text)):
        return []
    one, sign, other, year = int(found[1]), found[2], int(found[3]), int(found[4])
    ways = [(year, other, one)] + ([(year, one, other)] if sign != "." else [])
    return _days(ways)


def told(text: str) -> str:
    """Say which days a text in a row to be added may mean, if more than one; else nothing."""
    days = [day.isoformat() for day in days_of(text)]
    return f"It may be either day: write {' or '.join(days)}" if len(days) > 1 else ""


def _days(ways):
    """Give the days that there are, each once."""
    days = []
    for way in ways:
        with suppress(ValueError):
            days.append(date(*way))
    return list(dict.fromkeys(days))
