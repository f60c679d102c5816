"""Rules of evidence: years that rest on something, *high* on an official text or two sources."""

import re

import pandas as pd

from cop.data.checks.rules import rule
from cop.data.checks.tables import Unreadable
from cop.data.faults import Fault

OFFICIAL = ("law", "official register", "statistics")  # kinds of source that are official texts
YEAR = "(?:19|20)[0-9]{2}"  # anything else is an error of its own
ID = re.compile(r"\b[A-Z]{3}-[SELOV][0-9]{2,3}\b")
LINKED = ("statement", "detail", "rationale", "difference", "remark", "note")  # ids become links
PLAIN = ("description",)
LINKABLE = ["sources.source_id", "evidence.evidence_id", "instruments.instrument_id"]
LINKABLE += ["stakeholders.stakeholder_id", "services.service_id"]
UNEXPLAINED = (
    "is an area on which the sources contradict each other without an explanation",
    "Add a row with the area and why they differ",
)
NEEDLESS = (
    "is an area on which the sources do not contradict each other",
    "Delete the row, or check what changed in the readings",
)


def _lacking(texts, numbers):
    """Mark texts that do not contain the number beside them: 20233 does not contain 2023."""
    pairs = zip(numbers, texts, strict=True)
    found = [re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) for number, text in pairs]
    return pd.Series(found, texts.index, dtype=object).isna()


def _years(table, basis):
    return table.year_basis.isin(basis) & table.year.str.fullmatch(YEAR)


@rule("year-basis", "evidence", "year", "is a year that rests on nothing",
      "Name in year_basis what it rests on (statement or source), or empty the year")  # fmt: skip
def _year_without_basis(table, check):
    return (table.verified == "yes") & _years(table, ["", "none"])


@rule("year-in-statement", "evidence", "year", "is not the year that the statement says",
      "Put the year into the statement, or correct year or year_basis")  # fmt: skip
def _year_not_in_statement(table, check):
    return _years(table, ["statement"]) & _lacking(table.statement, table.year)


@rule("year-of-source", "evidence", "year", "is not the year of the source",
      "Correct the year or year_basis; a source without a date gives no year")  # fmt: skip
def _year_of_another_source(table, check):
    year = table.source_id.map(check.column("sources", "source_id", "year"))
    return _years(table, ["source"]) & year.notna() & (year != table.year)


@rule("evidence-high", "evidence", "confidence",
      "needs an official text or two sources of different publishers",
      "Lower it to moderate, cite the official text, or link a source in same_as")  # fmt: skip
def _high_on_one_page(table, check):
    kind = table.source_id.map(check.column("sources", "source_id", "kind"))
    publisher = table.source_id.map(check.column("sources", "source_id", "publisher"))
    counts = (table.verified == "yes") & kind.notna()
    event = table.same_as.where(table.same_as != "", table.evidence_id)
    publishers = publisher.where(counts).groupby(event).transform("nunique")
    official = (counts & kind.isin(OFFICIAL)).groupby(event).transform("any")
    return counts & (table.confidence == "high") & (publishers == 1) & ~official


@rule("same-as-itself", "evidence", "same_as", "is the row itself",
      "Name the row that reports the same, or leave it empty")  # fmt: skip
def _same_as_itself(table, check):
    return table.same_as == table.evidence_id


@rule("same-as-chain", "evidence", "same_as", "names a row that itself names a third row",
      "Name in all of them the one row that the others are compared with")  # fmt: skip
def _same_as_in_a_chain(table, check):
    follows = (table.same_as != "") & (table.same_as != table.evidence_id)
    return table.same_as.isin(table.evidence_id[follows])


@rule("linked-ids", "evidence stakeholders services instruments alignment open_gaps table_25")
def _id_without_link(table, check):
    linked, _, unread = check.ids(LINKABLE)
    if unread:
        raise Unreadable(check.path)
    shown = table[table.verified == "yes"] if "verified" in table else table
    for column in [name for name in (*LINKED, *PLAIN) if name in shown]:
        ids = shown[column].map(ID.findall).explode().dropna()
        bare = ids if column in PLAIN else ids[~ids.isin(linked)]
        yield from check.errors(
            bare[~bare.index.duplicated(keep="last")],
            "is an id that a page cannot link",
            "Say in words what is meant; only verified rows of this country become links",
        )


@rule("figure-in-statement", "other_figures", "value", "is not in the statement of its evidence",
      "Correct the value, or name the statement that gives it")  # fmt: skip
def _figure_not_in_statement(table, check):
    said = table.evidence_id.map(check.column("evidence", "evidence_id", "statement")).fillna("")
    return _lacking(said, table.value)


def of_differences(differing: list[str], explained: list[str], path: str) -> list[Fault]:
    """Return the errors of differences.csv: areas without a row, and rows without a difference.

    `differing` are the areas as stage 3 finds them, `explained` those of the rows.
    """
    bare = [area for area in differing if area not in explained]
    errors = [Fault(path, "", "section", area, *UNEXPLAINED) for area in bare]
    needless = [(n, area) for n, area in enumerate(explained, 2) if area not in differing]
    return errors + [Fault(path, n, "section", area, *NEEDLESS) for n, area in needless]
