"""What a service says of one series, in the one form in which all of them are compared."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import cop.data
from cop.data import Refused
from cop.data.http import Fetcher

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Places:
    """The countries as the services write them."""

    iso3: frozenset[str]
    of_m49: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a service says of one series."""

    values: dict  # (iso3, year) -> the value as it was written there
    name: str
    unit: str
    definition: str
    notes: tuple = ()  # sentences on what was passed over


class Cell(NamedTuple):
    """One value as a service gives it."""

    place: str  # what the service calls the place
    iso3: str
    year: int
    number: str
    part: str = ""  # what part of the place it is of, such as its women


def collected(
    code: str, cells: Iterable[Cell], places: Places, others: str = "aggregates and the like"
) -> tuple[dict, tuple]:
    """Give a service's figures, {(iso3, year): number}, and sentences on what was left out.

    Left out are `others`, and what is no number. Raises Refused where a country has two values for
    a year.
    """
    values, left_out, odd = {}, set(), 0
    for cell in cells:
        key = (cell.iso3, cell.year)
        if cell.iso3 not in places.iso3:
            left_out.add(cell.place)
        elif not NUMBER.fullmatch(cell.number):
            odd += 1
        elif cell.year >= FIRST_YEAR and values.setdefault(key, cell.number) != cell.number:
            what = f"{cell.iso3} has two values for {cell.year}{cell.part}"
            raise Refused(f"{code}: {what}; nothing was changed")
    return values, tuple(_left_out(left_out, others, odd))


def _left_out(left_out, others, odd):
    if left_out:
        yield f"left out what is no country of countries.csv: {len(left_out)} {others}"
    if odd:
        yield f"left out: {cop.data.count(odd, 'cell')} without a number"


def rows_of_every_answer(
    fetch: Fetcher, name: str, url: str, params: dict, page_of: Callable[[Any], tuple]
) -> tuple[list, tuple]:
    """Give (rows, head) of all pages of a service that gives figures.

    `page_of` an answer gives (head, how many pages, rows). Where the head changes between two
    pages, once more from the beginning; then raises Refused.
    """
    for _ in range(2):
        rows, first, page, pages = [], None, 1, 1
        while page <= pages:
            head, pages, more = page_of(fetch.json(url, params | {"page": page}))
            first = first or head
            if head != first:
                fetch.forget()
                break
            rows, page = rows + more, page + 1
        else:
            return rows, first
    raise Refused(f"{name} changes while it is read; nothing was changed, try again later")


def year_of(text: object, code: str) -> int:
    """Give the year of a figure, which may be written as 2022.0; raises Refused for none."""
    year = re.fullmatch(r"([0-9]{4})(\.0)?", str(text))
    if not year:
        raise Refused(f"{code}: {text!r} is not a year; nothing was changed")
    return int(year[1])


def single(words: Iterable[str], what: str, code: str) -> str:
    """Give the one word that all rows of a service carry; Refused where it is not one series."""
    words = {word.strip() for word in words}
    if len(words) != 1:
        several = ", ".join(sorted(words)[:4]) or "none"
        raise Refused(f"{code}: has several {what}: {several}; nothing was changed")
    return words.pop()
