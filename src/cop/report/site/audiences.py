"""The four audiences of the guidelines: their items, the steps that name them, and help lines."""

from collections import Counter
from dataclasses import dataclass

import cop.data
from cop.report.site.told import Report, Row, Told

HELP, REPORTS = "helpline", ("hotline", "portal")  # kinds of services


@dataclass(frozen=True)
class Audience:
    """Readers that the guidelines speak to, and what of the countries' tables is about them."""

    name: str  # as the table of the guidelines calls them
    address: str
    categories: frozenset[str]  # of stakeholders
    sections: tuple[str, ...]  # of the evidence


AUDIENCES = (
    Audience("policy-makers", "policy-makers.html", frozenset({"government"}),
             ("legal_framework", "regulatory_framework", "child_protection")),
    Audience("industry", "industry.html", frozenset({"industry"}),
             ("tools_services_settings", "reporting_illegal_content")),
    Audience("parents and educators", "parents-and-educators.html",
             frozenset({"parents", "education"}),
             ("education", "educational_resources", "awareness")),
    Audience("children", "children.html", frozenset({"children"}), ("reporting_user_concerns",)),
)  # fmt: skip


def steps(told: Told, audience: Audience) -> list[tuple[Report, Row, bool]]:
    """Give, for the site, the recommendations that such an organisation leads or supports, and
    whether it leads.

    Who it is stands in the table of organisations that the country handed on.
    """
    found = []
    for report in told.countries:
        kinds = {row["name"]: row["category"] for row in report.rows("organisations")}
        of = lambda cell: {kinds.get(one) for one in cop.data.split(cell)}  # noqa: B023, E731
        for row in report.rows("action_plan"):
            leads, supports = of(row["lead"]), of(row["supporting"])
            if audience.categories & (leads | supports):
                found.append((report, row, bool(audience.categories & leads)))
    return found


def documents(told: Told, audience: Audience) -> dict[str, str]:
    """Give, for the site, {address: title} of the documents that an audience's items come from."""
    rows = [r for r in told.shared("guidelines") if r["audience"] == audience.name]
    times = Counter((row["source_url"], row["source_title"]) for row in rows)
    return dict(pair for pair, _ in times.most_common())


def help_lines(told: Told) -> list[tuple[Report, Row, list[Row], list[Row]]]:
    """Return, by country, its emergency number ({} where none is on record), the helplines for
    children, and the hotlines and portals that take reports, that have not ended: those that are
    shown at work first, as the country's own pages have them.
    """
    numbers = {row["iso3"]: row for row in told.shared("emergency_numbers")}
    found = []
    for report in told.countries:
        rows = [r for r in report.rows("services_on_record") if r.get("operates") != "no"]
        rows.sort(key=lambda row: row.get("operates") != "yes")
        lines = [r for r in rows if r["kind"] == HELP and _for_children(r.get("serves", ""))]
        takes = [r for r in rows if r["kind"] in REPORTS]
        if lines or takes:
            found.append((report, numbers.get(report.key, {}), lines, takes))
    return found


def for_adults(told: Told) -> list[tuple[Report, list[Row]]]:
    """Return, by country, the helplines for parents that have not ended."""
    of = lambda rows: [r for r in rows if "parent" in r.get("serves", "")]  # noqa: E731
    lines = ((one, of(one.rows("services_on_record"))) for one in told.countries)
    found = ((one, [r for r in rows if r["kind"] == HELP and r.get("operates") != "no"])
             for one, rows in lines)  # fmt: skip
    return [(one, rows) for one, rows in found if rows]


def _for_children(serves):
    return not serves or "child" in serves or "young" in serves
