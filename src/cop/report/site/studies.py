"""Case studies: what works already, in the countries and elsewhere, each with its source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cop.data
from cop.data.sheets import grouped
from cop.report.languages import N_, gettext
from cop.report.page import headed
from cop.report.site.told import Report, Row, Told

SEVERAL = re.compile(r"(?<=[.!?]); ")  # between the actions of a recommendation with several

PARTS = (  # what a source of the library is one of
    N_("Challenge"), N_("Improvement"), N_("Example"), N_("All"),
    N_("Challenge and improvement"), N_("Challenge and example"), N_("Improvement and example"),
)  # fmt: skip


@dataclass(frozen=True)
class Study:
    """A positive action that countries' challenges name, with the rows that speak of it."""

    theme: str
    text: str
    reports: tuple[Report, ...]  # of the countries whose challenges it answers
    items: tuple[str, ...]
    sources: tuple[tuple[str, str, Report, Row], ...]  # id, address of the row, country, source


@dataclass(frozen=True)
class Lesson:
    """A row of the library: a challenge, what would improve it, an example, and who says so."""

    row: Row
    sources: tuple[tuple[str, str], ...]  # title and address


def of_countries(told: Told) -> list[Study]:
    """Give, for the site, the positive actions of all countries, in the order of their plans.

    What several name from the same rows of the evidence is told once, in the words of the first.
    """
    made = {}
    for report, row in told.each("action_plan"):
        for text in filter(None, SEVERAL.split(row["action"])):
            one = _study(told, report, row, text)
            same = tuple(sorted(source[0] for source in one.sources)) or text
            made[same] = _joined(made[same], one) if same in made else one
    return list(made.values())


def of_library(told: Told) -> list[Lesson]:
    """Give, for the site, the rows of the library with their sources apart."""
    return [Lesson(row, tuple(sources(row))) for row in told.shared("challenge_library")]


def by_theme(studies: list[Study]) -> dict[str, list[Study]]:
    """Give, for the site, {theme: studies}."""
    return grouped(studies, "theme")


def _joined(first, other):
    """Return a study with the countries and items of another that tells the same."""
    reports = tuple({r.key: r for r in (*first.reports, *other.reports)}.values())
    items = tuple(dict.fromkeys((*first.items, *other.items)))
    return replace(first, reports=reports, items=items)


def _study(told, report, row, text):
    ids = (one for one in cop.data.split(row["action_evidence_id"]) if one in told.known)
    sources = tuple(_source(told, one) for one in dict.fromkeys(ids))
    items = cop.data.split(row["item_ids"]) + cop.data.split(row["capability_ids"])
    return Study(row["theme"], text, (report,), tuple(items), sources)


def _source(told, one):
    report, source_id = told.known[one]
    return one, report.at(one), report, told.sources.get(source_id, (report, {}))[1]


def sources(row) -> Iterator[tuple[str, str]]:
    """Yield title and address of each source of a row, which stand in two cells, one to one."""
    titles, addresses = (
        [part.strip() for part in row[column].split(" | ")]
        for column in ("source_title", "source_url")
    )
    addresses += [""] * (len(titles) - len(addresses))
    yield from zip(map(_of_which, titles), addresses, strict=False)


def _of_which(title):
    """Return a title as the library has it, with what it is a source of in the language spoken:
    'Example: BIK map'.
    """
    part, colon, name = title.partition(": ")
    return headed(gettext(part), name) if colon and part in PARTS else title
