"""What evidence must rest on: a year on something, *high* on an official text or two sources."""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.checks.references import known_ids
from cop.data.checks.values import alone, each, holding
from cop.data.faults import Fault

OFFICIAL = ("law", "official register", "statistics")  # kinds of source that are official texts
YEAR = re.compile("(?:19|20)[0-9]{2}")  # what is no year has a fault of its own
NO_BASIS = (
    "is a year that rests on nothing",
    "Say in year_basis what it rests on (statement or source), or empty the year",
)
NO_YEAR = ("says what a year rests on where there is none", "Fill in the year, or empty it")
NOT_SAID = (
    "is not the year that the statement says",
    "Put the year into the statement, or correct year or year_basis",
)
OTHER_YEAR = (
    "is not the year of the source",
    "Correct the year or year_basis; a source without a date gives no year",
)
NOT_HIGH = (
    "needs an official text or two sources of different publishers",
    "Lower it to moderate, cite the official text, or link a second source in same_as",
)
NO_LINK = (
    "is an id that a page cannot link, so that it would stand bare",
    "Say in words what is meant; only verified rows of this country become links",
)
ID = re.compile(r"\b[A-Z]{3}-[SELOV][0-9]{2,3}\b")
LINKED = ("statement", "detail", "rationale", "difference", "remark", "note")  # ids become links
PLAIN = ("description",)
ROWS = ["sources.source_id", "evidence.evidence_id", "instruments.instrument_id"]
ROWS += ["stakeholders.stakeholder_id", "services.service_id"]
NO_SUCH_FIGURE = (
    "is not in the statement that is said to give it",
    "Correct the value, or name the statement that gives it",
)
UNEXPLAINED = (
    "is an area on which the sources say the opposite, and nothing says why",
    "Add a row with the area and why they differ",
)
NEEDLESS = (
    "is an area on which the sources do not say the opposite",
    "Delete the row, or look at what changed in the readings",
)
ITSELF = ("is the row itself", "Name the row that tells the same, or leave it empty")
CHAIN = (
    "tells the same as a third row",
    "Name in all of them the one row that the others are compared with",
)


def year_without_basis(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years of verified statements that rest on nothing."""
    for row, year, basis, verified in lines(table, "year", "year_basis", "verified"):
        if verified == "yes" and basis in ("", "none") and YEAR.fullmatch(year):
            yield Fault(path, row, "year", year, *NO_BASIS)


def basis_without_year(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield what a year is said to rest on where no year stands."""
    yield from each(alone("year_basis", "year", table), "year_basis", path, *NO_YEAR)


def year_not_said(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years that are said to stand in the statement and do not."""
    for row, year, basis, statement in lines(table, "year", "year_basis", "statement"):
        if basis == "statement" and YEAR.fullmatch(year) and not _says(statement, year):
            yield Fault(path, row, "year", year, *NOT_SAID)


def _says(text, number):
    """Say whether a number stands in a text whole: 2023 does not stand in 20233."""
    return number in text and bool(re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text))


def year_of_another(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years that are said to be those of the source and are not."""
    years = beside.by_key("sources", "source_id", "year", path, data)
    for row, year, basis, source in lines(table, "year", "year_basis", "source_id"):
        if basis == "source" and years.get(source, year) != year and YEAR.fullmatch(year):
            yield Fault(path, row, "year", year, *OTHER_YEAR)


def high_on_one_page(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield *high* where it stands on neither an official text nor two independent sources.

    Two sources are independent where their publishers differ; rows that `same_as` joins tell one
    event.
    """
    kinds = beside.by_key("sources", "source_id", "kind", path, data)
    publishers = beside.by_key("sources", "source_id", "publisher", path, data)
    there = lines(table, "confidence", "same_as", "evidence_id", "source_id", "verified")
    high, told = [], {}
    for row, how, same_as, one, source, verified in there:
        if verified == "yes" and source in kinds:
            by = told.setdefault(same_as or one, set())
            by |= {publishers[source]} | ({OFFICIAL} if kinds[source] in OFFICIAL else set())
            high += [((row, how), by)] if how == "high" else []
    bare = [cell for cell, by in high if len(by) == 1]  # an official text stands for two
    yield from each(bare, "confidence", path, *NOT_HIGH)


def same_as_itself(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that name themselves as the other that tells the same."""
    there = lines(table, "same_as", "evidence_id")
    itself = [(row, other) for row, other, one in there if other == one]
    yield from each(itself, "same_as", path, *ITSELF)


def same_as_in_a_chain(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that name one that itself names another: one event has one row that counts."""
    there = lines(table, "same_as", "evidence_id")
    following = {one for _, other, one in there if other not in ("", one)}
    yield from each(holding(following, "same_as", table), "same_as", path, *CHAIN)


def raw_id(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield ids in prose that no page can link, so that a reader would meet them bare.

    A row that is not verified is in no page.
    """
    said = lines(table, "verified") if "verified" in table else ()
    hidden = {row for row, verified in said if verified != "yes"}
    linked, _, unread = known_ids(ROWS, path, data, [])
    for column in [one for one in (*LINKED, *PLAIN) if one in table and not unread]:
        shown = (cell for cell in lines(table, column) if cell[0] not in hidden)
        ids = ((row, one) for row, cell in shown for one in ID.findall(cell))
        bare = {row: one for row, one in ids if column in PLAIN or one not in linked}
        yield from each(bare.items(), column, path, *NO_LINK)


def figure_not_said(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield figures set beside an indicator that their statement does not hold."""
    said = beside.by_key("evidence", "evidence_id", "statement", path, data)
    there = lines(table, "value", "evidence_id")
    absent = [(row, value) for row, value, one in there if not _says(said.get(one, ""), value)]
    yield from each(absent, "value", path, *NO_SUCH_FIGURE)


def of_differences(differing: list[str], explained: list[str], path: str) -> list[Fault]:
    """Give the faults of the table that says why sources differ: areas without a row, and rows
    without a difference. `differing` are the areas as stage 3 reads them, `explained` the rows.
    """
    bare = [one for one in differing if one not in explained]
    faults = [Fault(path, "", "section", one, *UNEXPLAINED) for one in bare]
    needless = [(n, one) for n, one in enumerate(explained, 2) if one not in differing]
    return faults + [Fault(path, n, "section", one, *NEEDLESS) for n, one in needless]


OF_FIGURES = [figure_not_said]
OF_STATEMENTS = [
    year_without_basis,
    basis_without_year,
    year_not_said,
    year_of_another,
    high_on_one_page,
    same_as_itself,
    same_as_in_a_chain,
    raw_id,
]
OF_PROSE = [raw_id]
