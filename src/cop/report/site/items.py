"""The items: what each asks, how the countries stand on it, and what works already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import cop.data
from cop.data.sheets import grouped
from cop.report.site import home, serves
from cop.report.site.studies import Study
from cop.report.site.told import Report, Row, Told

CHECKS = "cross-check"
FACTS = "document fact"


@dataclass
class Item:
    """An item of the guidelines or a capability, with the judgement on it of each country."""

    id: str
    framework: str
    area: str
    item: str
    asks: str
    document: str
    paraphrase: bool
    source: tuple[str, str]  # title and address
    page: str = ""  # of the document
    judged: list[tuple[Report, Row]] = field(default_factory=list)
    examples: list[Study] = field(default_factory=list)
    serves: list[tuple[Row, str]] = field(default_factory=list)  # elements of frameworks, and why

    @property
    def address(self) -> str:
        """Return the address of its page, which stays."""
        return f"items/{self.id}.html"

    @property
    def standing(self) -> Counter:
        """Return how many countries have each status."""
        return Counter(row["status"] for _, row in self.judged)


def items(told: Told, studies: list[Study]) -> list[Item]:
    """Give, for the site, every item and capability in the order of its table, with judgements and
    examples.
    """
    made = {one.id: one for one in [*_of_guidelines(told), *_of_response(told)]}
    for report, row in told.each("alignment_by_item"):
        if row["item_id"] in made:
            made[row["item_id"]].judged.append((report, row))
    for study in studies:
        for one in study.items:
            if one in made:
                made[one].examples.append(study)
    for one, elements in serves.of_items(told).items():
        made[one].serves = elements
    return list(made.values())


def by_area(items: list[Item], framework: str) -> Mapping[str, list[Item]]:
    """Give, for the site, {area: items} of one framework."""
    return grouped((one for one in items if one.framework == framework), "area")


def _of_guidelines(told):
    for row in told.shared("guidelines"):
        if row["kind"] != FACTS:
            yield Item(
                row["item_id"],
                CHECKS if row["kind"] == CHECKS else row["audience"],
                row["area"],
                row["item"],
                row["guidance"],
                row["document"],
                row["wording"] == "paraphrase",
                (row["source_title"], row["source_url"]),
                row["page"],
            )


def _of_response(told):
    for row in told.shared("capabilities"):
        yield Item(
            row["capability_id"],
            home.RESPONSE,
            row["area"],
            row["capability"],
            row["definition"],
            home.RESPONSE,
            row["wording_checked"] == "no",
            (row["source_title"], row["source_url"]),
        )


def of_ids(cell: str, known: Mapping[str, Item]) -> list[Item]:
    """Give, for the site, the items that a cell names."""
    return [known[one] for one in cop.data.split(cell) if one in known]
