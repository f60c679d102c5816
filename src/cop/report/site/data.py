"""Collect the data for the site: reports, saved tables, items, examples and sources."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

import cop.data
from cop.data import csvfiles, places
from cop.report import formats, languages, outputs, render, sheet, words
from cop.report.filenames import SYNTHESIS
from cop.report.languages import gettext, translate

Row = Mapping[str, str]  # row of a table as text; empty cells are ""
POLICY, RESPONSE = "policy-makers", "Model National Response"
CHECKS, FACTS = "cross-check", "document fact"  # kinds of rows of the guidelines
HELP, REPORTS = ("helpline",), ("hotline", "portal")  # kinds of services
SEVERAL = re.compile(r"(?<=[.!?]); ")  # separates the positive actions of a recommendation
ANCHOR_LINK = re.compile(r'<a class="anchor-link".*?</a>')  # in headings of Markdown
IDS = {  # {table whose rows reports cite: column of their ids}
    "statements": "evidence_id", "legal_instruments": "instrument_id",
    "services_on_record": "service_id", "organisations": "stakeholder_id",
}  # fmt: skip
# Columns of the capabilities, with the names of these columns in the guidelines.
RESPONSE_NAMES = {"capability_id": "item_id", "capability": "item", "definition": "guidance"}
SIGNER = ".signer"  # suffix of the file beside a zip with its key's fingerprint
WORK = "to_verify"  # table of unverified rows, which is not published
REFERENCE = (
    "guidelines", "capabilities", "frameworks", "mappings", "challenge_library", "checklist",
    "chain", "glossary", "corrections", "table_25_2020", "statistics_sources",
    "indicator_catalogue", "emergency_numbers",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A report on the site, with the tables that its stages saved."""

    key: str  # ISO3, or a group
    cover: Mapping[str, str]  # see report.render.read_cover
    file: str  # name of the page
    failure: str = ""  # stage or cause if the latest run failed
    annexes: Sequence[str] = ()  # names of their pages
    translations: dict[str, str] = field(default_factory=dict)  # {language: address}
    editions: Sequence[Mapping] = ()  # cover, file and failure, the newest first
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)  # {id: page of the site}
    headings: Sequence[tuple[str, str]] = ()  # (address, text)
    downloads: Sequence[str] = ()  # addresses of Word file, PDF and package
    signer: str = ""  # fingerprint of the key that signed the package, if there is one

    @property
    def name(self) -> str:
        """Return the name of the country or group."""
        return self.cover["country"]

    @property
    def regional(self) -> bool:
        """Return whether the report is a regional synthesis."""
        return self.file.startswith(SYNTHESIS[:-5])

    def order(self) -> tuple:
        """Return a sort key: regional syntheses by file name, then countries by name."""
        if self.regional:
            return 0, self.file
        return 1, formats.sort_key(self.name)

    def rows(self, table: str) -> Sequence[Row]:
        """Return the rows of a saved table, or no rows if it does not exist."""
        return self.tables.get(table, ())

    def at(self, anchor: str) -> str:
        """Return the URL of an id on the report's pages, or of the report if the id is unknown."""
        return f"{self.anchors[anchor]}#{anchor}" if anchor in self.anchors else self.file

    def annex_names(self) -> dict[str, str]:
        """Return {file: number and translated name} of the annexes."""
        names = {}
        for file in self.annexes:
            number, name = Path(file).stem[14:].split("-", 1)
            names[file] = f"{number} {gettext(name.replace('-', ' ').replace('ict', 'ICT'))}"
        return names

    def services(self, kinds: Iterable[str], *served: str) -> list[Row]:
        """Return the services of the given kinds that have not ended.

        If `served` is given, only services for these users are returned; it contains parts of the
        recorded users, such as "child" for "children; parents". Services without recorded users
        serve none of them. Services that are known to operate come first.
        """
        rows = [r for r in self.rows("services_on_record") if r["kind"] in kinds]
        rows = [r for r in rows if r.get("operates") != "no"]
        rows = [r for r in rows if not served or any(w in r.get("serves", "") for w in served)]
        return sorted(rows, key=lambda row: row.get("operates") != "yes")


def report_of(result: Any, assessments: Iterable, failures: Mapping) -> Report:
    """Return the report of a `cop.run.results.Result`, with the editions in `assessments`.

    `assessments` contains Results of all countries and groups and their editions, and `failures` is
    {name of a Result: (key, edition, cause)} of failed runs. Editions are sorted, the latest first.
    """
    others = [r for r in assessments if r.key == result.key]
    others.sort(key=lambda r: r.cover["edition"], reverse=True)
    names = sorted(result.pages, key=lambda name: name == result.report)  # annexes first
    texts = {name: result.text(name) for name in names}
    anchors = [(anchor, name) for name in names for anchor in render.ID.findall(texts[name])]
    headings = ((name, heading) for name in names for heading in render.headings(texts[name]))
    editions = []
    for other in others:
        file = f"editions/{other.cover['edition']}/{other.report}"
        editions.append(about(other, failures) | {"file": file})
    return Report(
        **about(result, failures),
        annexes=sorted(result.pages.keys() - {result.report}),
        editions=editions,
        tables={p.stem: csvfiles.records(p) for p in (result.folder / "tables").glob("*.csv")},
        anchors=dict(reversed(anchors)),  # an id on two pages links to the first
        headings=[(f"{name}#{anchor}", words) for name, (anchor, words) in headings],
        downloads=list(result.downloads),
        signer=next((p.read_text() for p in result.downloads.values() if p.suffix == SIGNER), ""),
    )


def about(result: Any, failures: Mapping) -> dict:
    """Return the key, cover, file and failure ("" if it succeeded) of a Result as a dictionary."""
    failure = failures.get(result.name, ["", "", ""])[2]
    return {"key": result.key, "cover": result.cover, "file": result.report, "failure": failure}


@dataclass
class Item:
    """A guideline item or capability, with the rating of each country."""

    framework: str  # a key of SiteData.frameworks
    paraphrase: bool  # whether the text of the item is not a quotation
    row: Row  # with the names of columns of the guidelines
    judged: list[tuple[Report, Row]] = field(default_factory=list)  # ratings of countries
    examples: list[dict] = field(default_factory=list)  # see SiteData.examples
    serves: list[tuple[Row, str]] = field(default_factory=list)  # (framework element, reason)

    @property
    def area(self) -> str:
        """Return the area of the item."""
        return self.row["area"]

    @property
    def address(self) -> str:
        """Return the permanent URL of the item's page, relative to the language's folder."""
        return f"items/{self.row['item_id']}.html"

    @property
    def is_of_policy(self) -> bool:
        """Return whether the item is addressed to the state."""
        return self.framework in (POLICY, RESPONSE) or self.row["item_id"].startswith("PM-")

    @property
    def statuses(self) -> Counter:
        """Count the countries with each status."""
        return Counter(row["status"] for _, row in self.judged)


@dataclass(frozen=True)
class SiteData:
    """The data of all pages of the site."""

    reports: Sequence[Report]  # syntheses first, then countries by name
    lost: Mapping[str, str]  # {report without a page: cause of the failure}
    baselines: int | None  # number of desk baselines; None if they have no start page
    today: date
    data: Path

    @cached_property
    def style(self) -> Markup:
        """Return the style sheet of the pages."""
        return Markup(sheet.of_site())

    @cached_property
    def countries(self) -> list[Report]:
        """Return the reports on countries."""
        return [report for report in self.reports if not report.regional]

    @cached_property
    def syntheses(self) -> list[Report]:
        """Return the reports on groups of countries."""
        return [report for report in self.reports if report.regional]

    @property
    def contract(self) -> dict:
        """Return the descriptor datapackage.json, with the index `by_name`."""
        return cop.data.contents(self.data)

    @property
    def coding_guide(self) -> Markup:
        """Return the coding guide, the last section of docs/method.md, as HTML in English.

        The result is empty if the file or the section is missing.
        """
        path = places.ROOT / "docs" / "method.md"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        guide = outputs.markdown(text.partition("## Coding guide\n")[2])
        return Markup(ANCHOR_LINK.sub("", guide))

    def age(self, report: Report) -> int:
        """Return the number of days since the data cut-off of a report."""
        return (self.today - date.fromisoformat(report.cover["cut-off"])).days

    def shared(self, table: str) -> Sequence[Row]:
        """Return all rows of a shared table, also unverified ones; a missing file has no rows."""
        path = cop.data.locate(self.data, cop.data.resource(table, self.data)["path"])
        return cop.data.records(path) if path.exists() else ()

    def each(self, table: str) -> Iterable[tuple[Report, Row]]:
        """Return an iterator over (report, row) for the rows of all countries in a saved table."""
        return ((report, row) for report in self.countries for row in report.rows(table))

    def ratings(self, column: str, framework: str = POLICY, **where: str) -> Counter:
        """Count the ratings of all countries in a framework by the value of a column.

        Only rows with the values in `where` ({column: value}) count; `key` is the country.
        """
        return Counter(
            row[column]
            for report, row in self.each("alignment_by_item")
            if {"framework": framework, **where}.items() <= {**row, "key": report.key}.items()
        )

    def called(self, report: Report, name: str) -> str:
        """Return the name of an organisation or service in the language of the page.

        On a page in a national language of the country, a name without a translation is replaced
        by the local name, if `formats.local_names` returns one. Any other name without a
        translation is unchanged.
        """
        return self._local_names.get(report.key, {}).get(name) or translate(name)

    @cached_property
    def _local_names(self):
        names = {}
        for report in self.countries if languages.translated() else ():
            if languages.current() in self._national[report.key]:
                rows = [*report.rows("organisations"), *report.rows("services_on_record")]
                pairs = [(row["name"], row.get("name_local", "")) for row in rows]
                names[report.key] = formats.local_names(pairs)
        return names

    @cached_property
    def _national(self):
        return {r.key: formats.catalogues_of(self._spoken.get(r.key, ())) for r in self.countries}

    @cached_property
    def _spoken(self):
        return {row["iso3"]: cop.data.split(row["languages"]) for row in self.shared("countries")}

    def language(self, report: Report) -> str:
        """Return the tag of the first language of a country in countries.csv, or "" if unknown."""
        return formats.language_tag(next(iter(self._spoken.get(report.key, ())), ""))

    def in_national_language(self, report: Report, macro: Callable, *values: object) -> Markup:
        """Render a macro in bold, in the first national language (by tag) that has a catalogue.

        Returns "" if the page is in a national language of the country or no catalogue exists.
        """
        if not (tags := self._national[report.key]) or languages.current() in tags:
            return Markup()
        with languages.using_language(tags[0]):
            return Markup('<b lang="{}">{}</b>').format(tags[0], macro(*values))

    @cached_property
    def evidence(self) -> dict[str, tuple[Report, str]]:
        """Return {row id: (report, source id)} for all countries' rows of the tables in IDS."""
        return {
            row[key]: (report, row["source_id"])
            for table, key in IDS.items()
            for report, row in self.each(table)
        }

    @cached_property
    def sources(self) -> dict[str, tuple[Report, Row]]:
        """Return {source id: (report, row)} of the verified sources of all countries."""
        return {row["source_id"]: (report, row) for report, row in self.each("sources_on_record")}

    @cached_property
    def items(self) -> list[Item]:
        """Return an Item for each guideline item, except document facts, then for each capability.

        Each contains its ratings, positive actions and framework elements, also unverified ones.
        """
        by_id = {}
        for row in self.shared("guidelines"):
            framework = CHECKS if row["kind"] == CHECKS else row["audience"]
            if row["kind"] != FACTS:
                by_id[row["item_id"]] = Item(framework, row["wording"] == "paraphrase", row)
        for row in self.shared("capabilities"):
            row = {RESPONSE_NAMES.get(name, name): cell for name, cell in row.items()}
            row["document"] = RESPONSE
            by_id[row["item_id"]] = Item(RESPONSE, row["wording_checked"] == "no", row)
        for report, row in self.each("alignment_by_item"):
            if row["item_id"] in by_id:
                by_id[row["item_id"]].judged.append((report, row))
        for example in self.examples:
            for item_id in by_id.keys() & example["item_ids"]:
                by_id[item_id].examples.append(example)
        elements = {row["element_id"]: row for row in self.shared("frameworks")}
        for row in self.shared("mappings"):
            by_id[row["served_by"]].serves.append((elements[row["element_id"]], row["why"]))
        return list(by_id.values())

    def by_area(self, framework: str) -> dict[str, list[Item]]:
        """Return {area: items} of a framework."""
        return _grouped((item.area, item) for item in self.items if item.framework == framework)

    def elements(self) -> dict[str, list[dict]]:
        """Return {framework: list of dictionaries, one for each verified element}.

        The keys are row, measured_by (verified indicators of the element), serving (items for the
        state), others (Counter of other items by framework) and wanted ({country: (report, ids of
        recommendations)}). Elements that are indicators are only in measured_by.
        """
        rows = [row for row in self.shared("frameworks") if row["verified"] == "yes"]
        wanted = _grouped(
            (row["element_id"], (r, row)) for r, row in self.each("frameworks_served")
        )
        serving = _grouped((e["element_id"], item) for item in self.items for e, _ in item.serves)
        result = {}
        for row in (row for row in rows if not row["measures"]):
            items, reports = serving.get(row["element_id"], ()), {}
            named = [item for item in items if item.is_of_policy]
            for report, served in wanted.get(row["element_id"], ()):
                reports.setdefault(report.key, (report, []))[1].append(served["recommendation_id"])
            measured_by = [other for other in rows if other["measures"] == row["element_id"]]
            others = Counter(item.framework for item in items if item not in named)
            element = {"row": row, "measured_by": measured_by, "serving": named, "others": others}
            result.setdefault(row["framework"], []).append(element | {"wanted": reports})
        return result

    def frameworks(self) -> dict[str, str]:
        """Return {code: translated name} of all frameworks that may contain items."""
        names = {RESPONSE: gettext("Model National Response"), CHECKS: gettext("Cross-checks")}
        return words.labels("guidelines", "audience", self.data) | names

    def tiles(self) -> pd.DataFrame:
        """Return the status of each country's national strategy, or `not known`, for the map.

        The columns are iso3, country, word (the status), address, confidence and confidence_reason.
        The last two are "" for a country without a saved status.
        """
        today = {r.key: row for r, row in self.each("table_25_today")
                 if row["row"] == "national_strategy"}  # fmt: skip
        rows = []
        for report in self.countries:
            row = {"value": "not known", "confidence": "", "confidence_reason": ""}
            row |= today.get(report.key, {})
            rows.append(row | {"iso3": report.key, "country": report.name, "address": report.file})
        columns = ["iso3", "country", "value", "address", "confidence", "confidence_reason"]
        return pd.DataFrame(rows, columns=columns).rename(columns={"value": "word"})

    def steps(self, categories: Sequence[str]) -> list[tuple[Report, Row, list[str]]]:
        """Return (report, recommendation, names) for the recommendations of all countries.

        `names` are the leading and supporting organisations whose category is in `categories`.
        Recommendations without such organisations are omitted.
        """
        result = []
        for report in self.countries:
            kinds = {row["name"]: row["category"] for row in report.rows("organisations")}
            for row in report.rows("action_plan"):
                names = cop.data.split(f"{row['lead']}; {row['supporting']}")
                if named := [name for name in names if kinds.get(name) in categories]:
                    result.append((report, row, named))
        return result

    def documents(self, audience: str) -> dict[str, str]:
        """Return {URL: title} of the documents with items for an audience, most items first."""
        rows = [row for row in self.shared("guidelines") if row["audience"] == audience]
        times = Counter((row["source_url"], row["source_title"]) for row in rows)
        return dict(pair for pair, _ in times.most_common())

    def help_lines(self, *served: str) -> list[tuple[Report, Row, list[Row], list[Row]]]:
        """Return (report, emergency number, helplines, list of hotlines and portals) per country.

        Helplines serve one of the groups in `served`, such as "child" (default: all helplines), or
        have no recorded users. Ended services, and countries without any of these services, are
        omitted. The emergency number is a row, {} if the country has none.
        """
        numbers = {row["iso3"]: row for row in self.shared("emergency_numbers")}
        result = []
        for report in self.countries:
            wanted = report.services(HELP, *served)
            lines = [r for r in report.services(HELP) if r in wanted or not r.get("serves")]
            hotlines = report.services(REPORTS)
            if lines or hotlines:
                result.append((report, numbers.get(report.key, {}), lines, hotlines))
        return result

    @cached_property
    def examples(self) -> list[dict]:
        """Return a dictionary for each positive action of all countries.

        Actions that cite the same rows of `evidence` are merged; actions that cite none are merged
        if their texts are equal. The keys are theme and text (of the first action), reports
        ({country: report}), item_ids (a set of items and capabilities) and sources ((id, URL,
        source) for each cited row; rows that are not in `evidence` are ignored).
        """
        by_evidence: dict = {}
        for report, row in self.each("action_plan"):
            ids = [i for i in cop.data.split(row["action_evidence_id"]) if i in self.evidence]
            item_ids = cop.data.split(row["item_ids"]) + cop.data.split(row["capability_ids"])
            for text in filter(None, SEVERAL.split(row["action"])):
                new = {"theme": row["theme"], "text": text, "reports": {}, "item_ids": set()}
                new["sources"] = [self._evidence(row_id) for row_id in dict.fromkeys(ids)]
                example = by_evidence.setdefault(tuple(sorted(set(ids))) or text, new)
                example["reports"][report.key] = report
                example["item_ids"].update(item_ids)
        return list(by_evidence.values())

    def _evidence(self, row_id):
        report, source_id = self.evidence[row_id]
        return row_id, report.at(row_id), self.sources.get(source_id, (report, {}))[1]

    def topics(self) -> dict[str, list[tuple[Report, Row]]]:
        """Return {section: [(report, source)]} of the sources that statements of a section cite.

        Sections are in the order of datapackage.json. Sources that are not cited have the key "".
        """
        pairs = ((row["section"], row["source_id"]) for _, row in self.each("statements"))
        cited = _grouped((section, i) for section, i in pairs if i in self.sources)
        sections = (s for s in words.labels("evidence", "section", self.data) if s in cited)
        cited = {section: [*dict.fromkeys(cited[section])] for section in sections}
        rest = [i for i in self.sources if not any(i in ids for ids in cited.values())]
        cited |= {"": rest} if rest else {}
        return {section: [self.sources[i] for i in ids] for section, ids in cited.items()}

    def glossary(self) -> list[tuple[str, Row]]:
        """Return (id on the page, row) for each term, sorted by its translation."""
        rows = sorted(
            self.shared("glossary"), key=lambda row: formats.sort_key(translate(row["term"]))
        )
        return [("-".join(re.findall(r"[^\W_]+", row["term"].lower())), row) for row in rows]

    def corrections(self) -> list[Row]:
        """Return the corrections without a country or for a country of the site, latest first."""
        keys = {"", *(report.key for report in self.countries)}
        rows = [row for row in self.shared("corrections") if row["iso3"] in keys]
        return sorted(rows, key=lambda row: row["day"], reverse=True)

    @cached_property
    def tables(self) -> list[dict]:
        """Return the shared and saved tables to publish, without unverified rows and empty tables.

        Shared tables come first. Each table is its descriptor with licenses, address, handed_on
        (True if saved by the notebooks), fields and rows.
        """
        saved = [table for table in self.contract["cop:handedOn"] if table["name"] != WORK]
        named = {table["name"]: table for table in self.contract["resources"]}
        tables = []
        for table in [*(named[name] for name in REFERENCE), *saved]:
            name, is_regional = table["name"], table.get("fields", [{}])[0].get("name")
            reports = self.syntheses if is_regional == "group_id" else self.countries
            rows = [row for report in reports for row in report.rows(name)]
            if table not in saved:
                rows = [row for row in self.shared(name) if row.get("verified") != "no"]
            if rows:
                about = {"address": f"data/{name}.csv", "handed_on": table in saved, "rows": rows}
                about |= {"fields": cop.data.fields(name, self.data)}
                tables.append({"licenses": [], **table, **about})
        return tables


def _grouped(pairs):
    groups = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups
