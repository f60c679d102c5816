"""What the site is told: the reports that stand, what they rest on, and what has no page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from markupsafe import Markup

import cop.data
from cop.report import formats, languages, sheet
from cop.report.filenames import SYNTHESIS
from cop.report.languages import gettext, said

Row = Mapping[str, str]  # of a table, as text: "" where a cell holds nothing


@dataclass(frozen=True)
class Report:
    """A report that stands in the site, and what its stages handed on."""

    key: str  # ISO3, or a group
    cover: Mapping[str, str]  # see report.covers.facts
    file: str
    failure: str = ""  # why the last run could not renew it
    made: str = ""  # the time of the run that made it, ISO 8601
    annexes: Sequence[str] = ()
    editions: Sequence[Mapping] = ()  # cover, file and failure, the newest first
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)  # {id: page of the site}
    headings: Sequence[tuple[str, str]] = ()  # (address, words)

    @property
    def name(self) -> str:
        """Return the name of the country or group."""
        return self.cover["country"]

    @property
    def regional(self) -> bool:
        """Say whether it is a synthesis of several countries."""
        return self.file.startswith(SYNTHESIS[:-5])

    def rows(self, table: str) -> Sequence[Row]:
        """Return the rows of a table that its stages handed on; none where there is none."""
        return self.tables.get(table, ())

    def at(self, one: str) -> str:
        """Return the address of an id in the page that holds it, else of the report."""
        return f"{self.anchors[one]}#{one}" if one in self.anchors else self.file


def _named(report):
    """Return name and own name of each body and service of a country."""
    rows = [*report.rows("organisations"), *report.rows("services_on_record")]
    return [(row["name"], row.get("name_local", "")) for row in rows]


@dataclass(frozen=True)
class Told:
    """All that the site is made of."""

    reports: Sequence[Report]  # syntheses first, then countries by name
    lost: Mapping[str, str]  # {what has no page: why}
    baselines: int | None  # how many desk baselines there are, None without a page of them
    today: date
    data: Path
    address: str = ""  # where the site will stand, with a slash at its end; "" where nobody said so

    @cached_property
    def style(self) -> Markup:
        """Return the style sheet of its pages."""
        return Markup(sheet.of_site())

    @cached_property
    def countries(self) -> list[Report]:
        """Return the reports of countries."""
        return [report for report in self.reports if not report.regional]

    @cached_property
    def syntheses(self) -> list[Report]:
        """Return the reports of groups."""
        return [report for report in self.reports if report.regional]

    def shared(self, table: str) -> Sequence[Row]:
        """Return the rows of a table that all countries share; none where it is not there."""
        path = cop.data.locate(self.data, cop.data.resource(table, self.data)["path"])
        return cop.data.records(path) if path.exists() else ()

    def each(self, table: str) -> Iterable[tuple[Report, Row]]:
        """Return each row of a table handed on, with the report of its country."""
        return ((report, row) for report in self.countries for row in report.rows(table))

    def labels(self, table: str, column: str) -> dict[str, str]:
        """Return {word: how it is shown} of a column of the contract, in the language spoken."""
        known = cop.data.labels(table, column, self.data)
        return {word: gettext(label) for word, label in known.items()}

    def called(self, report: Report, name: str) -> str:
        """Return the name of a body or a service of a country as its report has it: its own where
        the language spoken is one of the country's, else that of the table.
        """
        return self._own_names.get(report.key, {}).get(name) or said(name)

    @cached_property
    def _own_names(self):
        """Return {country: {name: own name}}: of each country alone, as another has a ministry of
        the same name in English.
        """
        if not languages.translated():
            return {}
        spoken = {row["iso3"]: cop.data.split(row["languages"]) for row in self.shared("countries")}
        ours = [one for one in self.countries if formats.is_own(spoken.get(one.key, ()))]
        return {one.key: formats.own_names(_named(one)) for one in ours}

    @cached_property
    def known(self) -> dict[str, tuple[Report, str]]:
        """Return {id of a row on record: (report, id of its source)}, of all countries."""
        keys = {"statements": "evidence_id", "legal_instruments": "instrument_id"}
        keys |= {"services_on_record": "service_id", "organisations": "stakeholder_id"}
        return {
            row[key]: (report, row["source_id"])
            for table, key in keys.items()
            for report, row in self.each(table)
        }

    @cached_property
    def sources(self) -> dict[str, tuple[Report, Row]]:
        """Return {id of a verified source: (report of its country, row of the register)}."""
        return {row["source_id"]: (report, row) for report, row in self.each("sources_on_record")}
