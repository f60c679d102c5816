"""The place that a notebook speaks of: a country in an edition, or a region, and its folders."""

import re
from dataclasses import dataclass

# Names of countries.csv that take "the" in a sentence: those whose short name in ISO 3166-1, which
# is that of the United Nations, is written with "(the)", and those of countries.csv alone that are
# made in the same way (BES, IMN, PCN, VGB, VIR).
WITH_ARTICLE = re.compile(
    "ARE|ATF|BES|BHS|CAF|CCK|COD|COG|COK|COM|CYM|DOM|FLK|FRO|GBR|GMB|IMN|IOT|MHL|MNP|NER|NLD|PCN"
    "|PHL|SDN|TCA|UMI|USA|VGB|VIR"
)


@dataclass(frozen=True)
class Country:
    """One country in one edition, with the folders that its notebooks read and write."""

    iso3: str
    name: str
    data: str
    tables: str
    edition: str

    @property
    def called(self) -> str:
        """Give its name as it stands within a sentence: 'Norway', 'the Netherlands'."""
        return f"the {self.name}" if WITH_ARTICLE.fullmatch(self.iso3) else self.name

    @property
    def key(self) -> str:
        """Give what marks this country's rows in the tables handed on."""
        return self.iso3


@dataclass(frozen=True)
class Region:
    """A group of countries, those left out of this run, and the folders of the run."""

    key: str
    name: str
    members: tuple[str, ...]  # ISO3 codes in the order of groups.csv
    left_out: tuple[str, ...]  # members whose assessment failed or does not exist
    data: str
    outputs: str  # holds each country's tables
    tables: str  # the region's own
    edition: str

    @property
    def assessed(self) -> list[str]:
        """Give the members that take part."""
        return [m for m in self.members if m not in self.left_out]
