"""Rules of evidence and instruments: *high* on an official text or two sources, links, years."""

import re

from cop.data.checks.rules import Unreadable, rule
from cop.data.errors import DataError

OFFICIAL = ("law", "official register", "statistics")  # kinds of source that are official texts
ID = re.compile(r"\b[A-Z]{3}-[SELOV][0-9]{2,3}\b")
LINKED = ("statement", "detail", "rationale", "difference", "remark", "note")  # ids become links
PLAIN = ("description",)
HEADLINES = 3  # figures on children that may be key figures of a report
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
_WHEN = (  # on 1 March 2019, 01-03-2019, from March 2019, in 2019
    r" (?:on |from |since |in )?(?:[0-9]{1,2}[-. ](?:[0-9]{1,2}|[A-Z][a-z]+)[-. ]|[A-Z][a-z]+ )?"
    r"((?:19|20)[0-9]{2})\b"
)
YEAR_OF = {  # how title and detail give the year of a status
    "in force": "(?i:in force)(?: in stages)?" + _WHEN,
    "ratified": "(?i:ratified|ratification|acceded)" + _WHEN,
    "adopted": "(?i:adopted|approved)" + _WHEN,
    "signed": "(?i:signed)" + _WHEN,
    "expired": r"(?i:ended|lapsed|repealed|replaced|lifted)\b[^.;,]{0,40}?\b((?:19|20)[0-9]{2})\b",
}
PERIOD = re.compile(r"\b(?:19|20)[0-9]{2}-((?:19|20)[0-9]{2})\b")
NOT_ITS_YEAR = (
    "is not the year of its status by title and detail",
    "Write the year in which it came into force, was ratified, adopted or signed, or ended",
)
NO_END = (
    "is a year in which nothing says that it ended",
    "Write the year of its end, and say it in detail; empty it if no source gives one",
)


@rule("evidence-high")
def _high_on_one_page(table, check):
    sources = check.table("sources").drop_duplicates("source_id").set_index("source_id")
    rows = table[(table.verified == "yes") & table.source_id.isin(sources.index)]
    event = rows.same_as.where(rows.same_as != "", rows.evidence_id)
    publishers = rows.source_id.map(sources.publisher).groupby(event).transform("nunique")
    official = rows.source_id.map(sources.kind).isin(OFFICIAL).groupby(event).transform("any")
    weak = rows.index[(publishers == 1) & ~official]
    return (table.confidence == "high") & table.index.isin(weak)


@rule("headline")
def _headline_of_low_confidence(table, check):
    confidence = table.evidence_id.map(check.column("evidence", "evidence_id", "confidence"))
    headlines = table.headline == "yes"
    return headlines & ((confidence == "low") | (headlines.cumsum() > HEADLINES))


@rule("linked-ids")
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


@rule("instrument-year")
def _year_of_another_status(table, check):
    for row in table[(table.verified == "yes") & table.status.isin(YEAR_OF)].itertuples():
        years = re.findall(YEAR_OF[row.status], f"{row.title}. {row.detail}")
        years += PERIOD.findall(row.title) if row.status == "expired" else []
        if row.year and row.year not in years and (years or row.status == "expired"):
            yield check.error(row.Index, "year", row.year, *(NOT_ITS_YEAR if years else NO_END))


def of_differences(differing: list[str], explained: list[str], path: str) -> list[DataError]:
    """Return the errors of differences.csv: areas without a row, and rows without a difference.

    `differing` are the areas as stage 3 finds them, `explained` those of the rows.
    """
    bare = [("", area, *UNEXPLAINED) for area in differing if area not in explained]
    needless = [(n, a, *NEEDLESS) for n, a in enumerate(explained, 2) if a not in differing]
    return [DataError(path, row, "section", *error) for row, *error in bare + needless]
