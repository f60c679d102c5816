"""Rules of organisations, services, instruments and treaties."""

import re

from cop.data.checks.rules import rule

STEPS = ("signed", "ratified", "in_force")
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


@rule("ministry-is-government", "stakeholders", "category", "is the category of a ministry",
      "A ministry is government, whatever it works on")  # fmt: skip
def _ministry_elsewhere(table, check):
    return (table.category != "government") & table.name.str.contains(r"\bMinistry\b")


@rule("service-is-no-body", "stakeholders", "name", "is a service and not an organisation",
      "Keep it in services.csv, and here the organisation that runs it")  # fmt: skip
def _service_as_organisation(table, check):
    return table.name.str.casefold().isin(check.table("services").name.str.casefold())


@rule("instrument-year", "instruments")
def _year_of_another_status(table, check):
    for row in table[(table.verified == "yes") & table.status.isin(YEAR_OF)].itertuples():
        years = re.findall(YEAR_OF[row.status], f"{row.title}. {row.detail}")
        years += PERIOD.findall(row.title) if row.status == "expired" else []
        if row.year and row.year not in years and (years or row.status == "expired"):
            yield check.error(row.Index, "year", row.year, *(NOT_ITS_YEAR if years else NO_END))


@rule("in-force-since", "instruments", "in_force_since", "does not agree with status and year",
      "If it is in force, write when that began, and the same year in year")  # fmt: skip
def _day_of_another_year(table, check):
    other = (table.status != "in force") | (table.in_force_since.str[:4] != table.year)
    return (table.in_force_since != "") & other


@rule("treaty-steps", "treaties")
def _steps_out_of_order(table, check):
    for before, after in (STEPS[:2], STEPS[1:], STEPS[::2]):
        pairs = zip(table[before], table[after], strict=True)
        early = [then[: min(len(first), len(then))] < first[: len(then)] for first, then in pairs]
        yield from check.errors(
            table[after][early],
            "is earlier than the step before it",
            "Check the days: signed, ratified, in force",
        )
