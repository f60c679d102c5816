"""What serves what, both ways: from the frameworks down to items, capabilities and recommendations
of each country, and from an item up.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cop.data.sheets import grouped
from cop.report.site import home
from cop.report.site.told import Report, Row, Told


@dataclass
class Element:
    """An element of a framework with what serves it."""

    row: Row  # of frameworks.csv
    framework: str
    measured_by: list[Row] = field(default_factory=list)
    items: list = field(default_factory=list)  # those for policy-makers and capabilities
    others: Counter = field(default_factory=Counter)  # items by audience
    wanted: list[tuple[Report, list[str]]] = field(default_factory=list)  # recommendations


def elements(told: Told, items: list) -> dict[str, list[Element]]:
    """Return the site's page of frameworks, {framework: its elements that were seen}; what measures
    another stands with that one.
    """
    seen = [row for row in told.shared("frameworks") if row["verified"] == "yes"]
    made = {r["element_id"]: Element(r, r["framework"]) for r in seen if not r["measures"]}
    for row in seen:
        if row["measures"] in made:
            made[row["measures"]].measured_by.append(row)
    for item in items:
        for row, _ in item.serves:
            _serve(made[row["element_id"]], item)
    for one in made.values():
        one.wanted = list(_wanted(told, one.row["element_id"]))
    return grouped(made.values(), "framework")


def unseen(told: Told) -> list[str]:
    """Give, for the site, the cycles of which the text is still to be found."""
    return [row["cycle"] for row in told.shared("frameworks") if row["verified"] == "no"]


def of_items(told: Told) -> dict[str, list[tuple[Row, str]]]:
    """Give, for the site, {id of an item or a capability: (element that it serves, why)}."""
    known = {row["element_id"]: row for row in told.shared("frameworks")}
    serves = {}
    for row in told.shared("mappings"):
        serves.setdefault(row["served_by"], []).append((known[row["element_id"]], row["why"]))
    return serves


def _serve(element, item):
    if item.framework in (home.POLICY, home.RESPONSE) or item.id.startswith("PM-"):
        element.items.append(item)
    else:
        element.others[item.framework] += 1


def _wanted(told, element_id) -> Iterator[tuple[Report, list[str]]]:
    """Yield report and recommendations of each country that serve an element."""
    for report in told.countries:
        rows = report.rows("frameworks_served")
        if ids := [r["recommendation_id"] for r in rows if r["element_id"] == element_id]:
            yield report, ids
