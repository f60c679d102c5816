"""What the site is made of: its reports, what their stages saved, and what has no page."""

from collections import Counter
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

Row = Mapping[str, str]  # of a table, as text: "" in an empty cell
IDS = {  # tables whose rows reports cite
    "statements": "evidence_id", "legal_instruments": "instrument_id",
    "services_on_record": "service_id", "organisations": "stakeholder_id",
}  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A report of the site, and what its stages saved."""

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
        """Return whether it is a synthesis of several countries."""
        return self.file.startswith(SYNTHESIS[:-5])

    def rows(self, table: str) -> Sequence[Row]:
        """Return the rows of a saved table; none where there is none."""
        return self.tables.get(table, ())

    def standing(self, framework: str) -> Counter:
        """Return how many of a framework's items have each status."""
        rows = self.rows("alignment_by_item")
        return Counter(row["status"] for row in rows if row["framework"] == framework)

    def at(self, anchor: str) -> str:
        """Return the address of an id in the page that holds it, else of the report."""
        return f"{self.anchors[anchor]}#{anchor}" if anchor in self.anchors else self.file


@dataclass(frozen=True)
class SiteData:
    """All that the site is made of."""

    reports: Sequence[Report]  # syntheses first, then countries by name
    lost: Mapping[str, str]  # {what has no page: why}
    baselines: int | None  # number of desk baselines, None without a page of them
    today: date
    data: Path
    address: str = ""  # where the site will be, with a slash at its end; "" where that is unknown

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
        """Return each row of a saved table, with the report of its country."""
        return ((report, row) for report in self.countries for row in report.rows(table))

    def ratings(self, framework: str) -> list[Row]:
        """Return the ratings of all countries on a framework's items."""
        rows = (row for _, row in self.each("alignment_by_item"))
        return [row for row in rows if row["framework"] == framework]

    def labels(self, table: str, column: str) -> dict[str, str]:
        """Return {word: label} of a column of the contract, in the page's language."""
        labels = cop.data.labels(table, column, self.data)
        return {word: gettext(label) for word, label in labels.items()}

    def called(self, report: Report, name: str) -> str:
        """Return the name of a country's body or service: its local name where the page's language
        is one of the country's.
        """
        return self._local_names.get(report.key, {}).get(name) or said(name)

    @cached_property
    def _local_names(self):
        """Return {country: {name: local name}}: two countries have ministries of one name."""
        if not languages.translated():
            return {}
        spoken = {row["iso3"]: cop.data.split(row["languages"]) for row in self.shared("countries")}
        names = {}
        for report in self.countries:
            if formats.is_own(spoken.get(report.key, ())):
                rows = [*report.rows("organisations"), *report.rows("services_on_record")]
                pairs = [(row["name"], row.get("name_local", "")) for row in rows]
                names[report.key] = formats.own_names(pairs)
        return names

    @cached_property
    def evidence(self) -> dict[str, tuple[Report, str]]:
        """Return {id of a row on record: (report, id of its source)}, of all countries."""
        return {
            row[key]: (report, row["source_id"])
            for table, key in IDS.items()
            for report, row in self.each(table)
        }

    @cached_property
    def sources(self) -> dict[str, tuple[Report, Row]]:
        """Return {id of a verified source: (report of its country, row of the register)}."""
        return {row["source_id"]: (report, row) for report, row in self.each("sources_on_record")}
