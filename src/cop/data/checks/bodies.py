"""What organisations, services, instruments and treaties must be: each in its place and order."""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.checks.values import alone, each
from cop.data.faults import Fault

MINISTRY = re.compile(r"\bMinistry\b")
NOT_GOVERNMENT = ("is the category of a ministry", "A ministry is government, whatever it works on")
A_SERVICE = (
    "is a service and not an organisation",
    "Keep it in services.csv, and here the organisation that runs it",
)
NO_SOURCE = ("is a figure without its row of evidence", "Name the row in figure_evidence_id")
NO_FIGURE = ("speaks of a figure that does not stand here", "Fill in figure, or empty it")
ORDER = ("is earlier than the step before it", "Check the days: signed, ratified, in force")
SIGNED_ONLY = (
    "does not agree with a day of ratification or entry into force",
    "Correct the status to party, or empty the day",
)
NOT_LOOKED_UP = (
    "stands where nobody looked it up",
    "Correct the status, or empty it: what was not looked up has no day",
)
STEPS = ("signed", "ratified", "in_force")
NOT_ITS_YEAR = (
    "is not the year of its status by title and detail",
    "Write the year in which it came into force, was ratified, adopted or signed, or ended",
)
OTHER_DAY = (
    "does not agree with status and year",
    "What is in force has here the day or year of its entry into force, and that year in year",
)
ENDED_WHEN = (
    "is a year in which nothing says that it ended",
    "Write the year of its end, and say it in detail; empty it where no source gives one",
)
_WHEN = (  # on 1 March 2019, 01-03-2019, from March 2019, in 2019
    r" (?:on |from |since |in )?(?:[0-9]{1,2}[-. ](?:[0-9]{1,2}|[A-Z][a-z]+)[-. ]|[A-Z][a-z]+ )?"
    r"((?:19|20)[0-9]{2})\b"
)
TOLD = {  # how title and detail say the year of a status
    "in force": "(?i:in force)(?: in stages)?" + _WHEN,
    "ratified": "(?i:ratified|ratification|acceded)" + _WHEN,
    "adopted": "(?i:adopted|approved)" + _WHEN,
    "signed": "(?i:signed)" + _WHEN,
    "expired": r"(?i:ended|lapsed|repealed|replaced|lifted)\b[^.;,]{0,40}?\b((?:19|20)[0-9]{2})\b",
}
PERIOD = re.compile(r"\b(?:19|20)[0-9]{2}-((?:19|20)[0-9]{2})\b")


def ministry_elsewhere(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield ministries in another category than government."""
    for row, name, category in lines(table, "name", "category"):
        if category != "government" and MINISTRY.search(name):
            yield Fault(path, row, "category", category[:80], *NOT_GOVERNMENT)


def service_as_organisation(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield organisations that are on record as a service."""
    services = set(map(str.casefold, beside.table("services", path, data)["name"]))
    wrong = [cell for cell in lines(table, "name") if cell[1].casefold() in services]
    yield from each(wrong, "name", path, *A_SERVICE)


def figure_without_source(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield last figures of services that no row of evidence gives, and sources of no figure."""
    yield from each(alone("figure", "figure_evidence_id", table), "figure", path, *NO_SOURCE)
    for column in ("figure_year", "figure_evidence_id"):
        yield from each(alone(column, "figure", table), column, path, *NO_FIGURE)


def year_of_another_state(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years of instruments that are not the year of the status, where the row says that one.

    One that has expired has the year in which it ended, by its period or its detail, or none.
    """
    there = lines(table, "year", "verified", "status", "title", "detail")
    for row, year, verified, status, title, detail in there:
        if verified == "yes" and year and status in TOLD:
            told = _years_told(status, title, detail)
            if year not in told and (told or status == "expired"):
                words = NOT_ITS_YEAR if told else ENDED_WHEN
                yield Fault(path, row, "year", year, *words)


def day_of_another_year(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield days of entry into force of what is not in force, or in another year than that one."""
    for row, day, status, year in lines(table, "in_force_since", "status", "year"):
        if day and (status != "in force" or day[:4] != year):
            yield Fault(path, row, "in_force_since", day[:80], *OTHER_DAY)


def _years_told(status, title, detail):
    """Give the years that title and detail of an instrument give for its status."""
    told = re.findall(TOLD[status], f"{title}. {detail}")
    return told + (PERIOD.findall(title) if status == "expired" else [])


def steps_out_of_order(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield days of a treaty that are earlier than the step before; a year stands for its end."""
    for before, after in (STEPS[:2], STEPS[1:], STEPS[::2]):
        for row, first, then in lines(table, before, after):
            n = min(len(first), len(then))
            if then[:n] < first[:n]:
                yield Fault(path, row, after, then[:80], *ORDER)


def signatory_that_ratified(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield a signatory, or a country without action, that has ratified by another column."""
    for row, status, ratified, in_force in lines(table, "status", "ratified", "in_force"):
        if status in ("signatory", "no action", "not a member") and (ratified or in_force):
            yield Fault(path, row, "status", status, *SIGNED_ONLY)


def days_not_looked_up(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield days of a treaty that nobody looked up."""
    for column in (*STEPS, "as_of"):
        there = lines(table, column, "status")
        days = [(row, day) for row, day, status in there if day and status == "not looked up"]
        yield from each(days, column, path, *NOT_LOOKED_UP)


OF_STAKEHOLDERS = [ministry_elsewhere, service_as_organisation]
OF_SERVICES = [figure_without_source]
OF_INSTRUMENTS = [year_of_another_state, day_of_another_year]
OF_TREATIES = [steps_out_of_order, signatory_that_ratified, days_not_looked_up]
