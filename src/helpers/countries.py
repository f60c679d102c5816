"""Which country a notebook speaks of, its region, and where its tables lie."""

import contextlib
import re
from dataclasses import dataclass

import pandas as pd

import contract
from report import words
from report.page import Shown

# Names of countries.csv that take "the" in a sentence: those whose short name in ISO 3166-1, which
# is that of the United
# Nations, is written with "(the)", and those of countries.csv alone that are made in the same way
# (BES, IMN, PCN, VGB, VIR).
WITH_ARTICLE = re.compile(
    "ARE|ATF|BES|BHS|CAF|CCK|COD|COG|COK|COM|CYM|DOM|FLK|FRO|GBR|GMB|IMN|IOT|MHL|MNP|NER|NLD|PCN|PHL|SDN|TCA|UMI|USA"
    "|VGB|VIR"
)


@dataclass(frozen=True)
class Country:
    """One country in one edition of the assessment, with the folders that its notebooks read and
    write.
    """

    iso3: str
    name: str
    data: str
    tables: str
    edition: str

    @property
    def called(self):
        """Give its name as it stands within a sentence: 'Norway', 'the Netherlands'."""
        return f"the {self.name}" if WITH_ARTICLE.fullmatch(self.iso3) else self.name

    @property
    def key(self):
        """Give what marks this country's rows in the tables handed on."""
        return self.iso3


@dataclass(frozen=True)
class Region:
    """A group of countries, those left out of this run, and the folders of the run."""

    key: str
    name: str
    members: tuple  # ISO3 codes in the order of groups.csv
    left_out: tuple  # members whose assessment failed or does not exist
    data: str
    outputs: str  # holds each country's tables
    tables: str  # the region's own
    edition: str

    @property
    def assessed(self):
        """Give the members that take part."""
        return [m for m in self.members if m not in self.left_out]


def find(iso3, data, tables, edition):
    """Give the Country of an ISO 3166-1 alpha-3 code; raises LookupError for an unknown code or
    edition.
    """
    known = contract.read("countries", data).set_index("iso3").name_en
    if iso3 not in known:
        raise LookupError(contract.no_country(iso3, data))
    editions = list(contract.read("editions", data, iso3).edition)
    if str(edition) not in editions:
        raise LookupError(
            f"{iso3} has no edition {edition!r} in editions.csv; it has: {', '.join(editions)}"
        )
    return Country(iso3, known[iso3], data, tables, str(edition))


def economy(iso3, data):
    """Give the Country of any row of countries.csv, with no edition: for what statistics say;
    LookupError if unknown.
    """
    known = names(data)
    if iso3 not in known:
        raise LookupError(contract.no_country(iso3, data))
    return Country(iso3, known[iso3], data, "", "")


def region(group, data, outputs, tables, edition, left_out=""):
    """Give the Region of a group in reference/groups.csv; raises LookupError naming the known
    groups.
    """
    groups = contract.read("groups", data)
    rows = groups[groups.group_id == group]
    if rows.empty:
        raise LookupError(
            f"no group {group!r} in reference/groups.csv; known: {', '.join(groups.group_id.unique())}"
        )
    out = tuple(m for m in rows.iso3 if m in left_out.split())
    return Region(
        group, rows.title.iloc[0], tuple(rows.iso3), out, data, outputs, tables, str(edition)
    )


def neighbours(place):
    """Give the ISO3 codes of the countries that a country is shown beside, itself included (see
    `beside`).
    """
    return beside(place)[1]


def beside(place):
    """Give name and ISO3 codes of the region whose median stands beside a country.

    It is the first study of groups.csv that holds it, else its ITU region, else its subregion in
    countries.csv; else it is alone.
    """
    groups = contract.read("groups", place.data).query("role != 'grouping'")
    mine = groups[groups.iso3 == place.iso3].sort_values(
        "role", key=lambda r: r != "study", kind="stable"
    )
    if len(mine):
        return mine.title.iloc[0], list(groups[groups.group_id == mine.group_id.iloc[0]].iso3)
    known = contract.read("countries", place.data).set_index("iso3").un_subregion
    if place.iso3 not in known or not known[place.iso3]:
        return place.name, [place.iso3]
    return f"{known[place.iso3]} (subregion)", list(known.index[known == known[place.iso3]])


def begun(data):
    """Give the editions of every country whose assessment has begun: {iso3: [edition, ...]}, in the
    order of the codes.

    A country whose editions.csv has faults is left out, so that it does not stand in the way of the
    others.
    """
    known, out = set(names(data)), {}
    for iso3 in filter(known.__contains__, contract.begun(data)):
        with contextlib.suppress(contract.Broken):
            out[iso3] = list(contract.read("editions", data, iso3).edition)
    return out


def names(data):
    """Give the English names of all countries, by ISO3."""
    return contract.read("countries", data).set_index("iso3").name_en.to_dict()


def edition(place: Country) -> pd.Series:
    """Give the row of this edition: cut_off, status, basis."""
    return contract.read("editions", place.data, place.iso3).set_index("edition").loc[place.edition]


def cover(place: Country | Region, title: str = "") -> Shown:
    """Show what a page is, how old, and how far it has come: of a country's edition, a baseline
    or a region.
    """
    synthetic = contract.synthetic(place.data)
    if isinstance(place, Region):
        return _cover_of_region(place, synthetic)
    if not place.edition:  # a desk baseline is as old as the youngest data set of the statistics
        cut_off = contract.read("statistics_sources", place.data).accessed.max()
        return words.show("cover", "baseline", place, cut_off, synthetic)
    about = edition(place)
    status = contract.labels("editions", "status", place.data)[about.status]
    return words.show("cover", "country", place, about, status, title, synthetic)


def _cover_of_region(region, synthetic):
    known, data = names(region.data), region.data
    rows = [
        contract.read("editions", data, m).query("edition == @region.edition")
        for m in region.assessed
    ]
    assessed, left_out = ([known[m] for m in group] for group in (region.assessed, region.left_out))
    return words.show("cover", "region", region, assessed, left_out, pd.concat(rows), synthetic)
