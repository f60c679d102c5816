"""What evidence must rest on: a year on something, *high* on an official text or two sources."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks import beside
from contract.checks.references import known_ids
from contract.checks.values import each
from contract.faults import Fault

OFFICIAL = ("law", "official register", "statistics")  # kinds of source that are official texts
YEAR = "(?:19|20)[0-9]{2}"  # what is no year has a fault of its own
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


def year_without_basis(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years of verified statements that rest on nothing."""
    dated = (frame.verified == "yes") & frame.year.str.fullmatch(YEAR)
    bare = dated & frame.year_basis.isin(["", "none"])
    yield from each(frame.year[bare], "year", path, *NO_BASIS)


def basis_without_year(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield what a year is said to rest on where no year stands."""
    bare = (frame.year == "") & (frame.year_basis != "")
    yield from each(frame.year_basis[bare], "year_basis", path, *NO_YEAR)


def year_not_said(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years that are said to stand in the statement and do not."""
    rows = frame[(frame.year_basis == "statement") & frame.year.str.fullmatch(YEAR)]
    absent = [not _says(row.statement, row.year) for row in rows.itertuples()]
    yield from each(rows.year[absent], "year", path, *NOT_SAID)


def _says(text, number):
    """Say whether a number stands in a text whole: 2023 does not stand in 20233."""
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None


def year_of_another(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years that are said to be those of the source and are not."""
    rows = frame[(frame.year_basis == "source") & frame.year.str.fullmatch(YEAR)]
    known = beside.table("sources", path, data).drop_duplicates("source_id").set_index("source_id")
    years = rows.source_id.map(known.year)
    wrong = years.notna() & (years != rows.year)
    yield from each(rows.year[wrong], "year", path, *OTHER_YEAR)


def high_on_one_page(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield *high* where it stands on neither an official text nor two independent sources.

    Two sources are independent where their publishers differ; rows that `same_as` joins tell one
    event.
    """
    known = beside.table("sources", path, data).drop_duplicates("source_id").set_index("source_id")
    rows = frame.assign(
        event=frame.same_as.mask(frame.same_as == "", frame.evidence_id),
        kind=frame.source_id.map(known.kind),
        publisher=frame.source_id.map(known.publisher),
    )
    seen = rows[rows.kind.notna() & (rows.verified == "yes")]
    good = set(seen.event[seen.kind.isin(OFFICIAL)])
    publishers = seen.groupby("event").publisher.nunique()
    good |= set(publishers.index[publishers > 1])
    high = seen[(seen.confidence == "high") & ~seen.event.isin(good)]
    yield from each(high.confidence, "confidence", path, *NOT_HIGH)


def same_as_itself(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that name themselves as the other that tells the same."""
    itself = frame.same_as == frame.evidence_id
    yield from each(frame.same_as[itself], "same_as", path, *ITSELF)


def same_as_in_a_chain(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that name one that itself names another: one event has one row that counts."""
    following = set(frame.evidence_id[(frame.same_as != "") & (frame.same_as != frame.evidence_id)])
    yield from each(frame.same_as[frame.same_as.isin(following)], "same_as", path, *CHAIN)


def raw_id(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield ids in prose that no page can link, so that a reader would meet them bare.

    A row that is not verified is in no page.
    """
    shown = frame[frame.verified == "yes"] if "verified" in frame else frame
    linked, _, unread = known_ids(ROWS, path, data, [])
    for column in [one for one in (*LINKED, *PLAIN) if one in frame and not unread]:
        cells = [(row, one) for row, cell in shown[column].items() for one in ID.findall(cell)]
        bare = {row: one for row, one in cells if column in PLAIN or one not in linked}
        yield from each(pd.Series(bare, dtype="str"), column, path, *NO_LINK)


def figure_not_said(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield figures set beside an indicator that their statement does not hold."""
    known = beside.table("evidence", path, data).drop_duplicates("evidence_id")
    said = frame.evidence_id.map(known.set_index("evidence_id").statement).fillna("")
    absent = [not _says(text, value) for value, text in zip(frame.value, said, strict=True)]
    yield from each(frame.value[absent], "value", path, *NO_SUCH_FIGURE)


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
