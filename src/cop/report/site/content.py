"""What the pages of the site show: items, audiences, examples, frameworks and search entries."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import cop.data
from cop.data.tables import grouped, listed
from cop.report.languages import N_, gettext, said
from cop.report.page import headed
from cop.report.site.data import Report, Row, SiteData

POLICY, RESPONSE = "policy-makers", "Model National Response"
CHECKS, FACTS = "cross-check", "document fact"  # kinds of rows of the guidelines
HELP, REPORTS = "helpline", ("hotline", "portal")  # kinds of services
SEVERAL = re.compile(r"(?<=[.!?]); ")  # between the actions of a recommendation with several
PARTS = (  # what a source of the library is a source of
    N_("Challenge"), N_("Improvement"), N_("Example"), N_("All"),
    N_("Challenge and improvement"), N_("Challenge and example"), N_("Improvement and example"),
)  # fmt: skip
AUDIENCES = {  # {audience: (address, categories of stakeholders, sections of the evidence)}
    POLICY: ("policy-makers.html", {"government"},
             ("legal_framework", "regulatory_framework", "child_protection")),
    "industry": ("industry.html", {"industry"},
                 ("tools_services_settings", "reporting_illegal_content")),
    "parents and educators": ("parents-and-educators.html", {"parents", "education"},
                              ("education", "educational_resources", "awareness")),
    "children": ("children.html", {"children"}, ("reporting_user_concerns",)),
}  # fmt: skip
SEARCHED = {  # by saved table: columns of id and title, the kind, column of what it is about
    "sources_on_record": ("source_id", "title", "source", "publisher"),
    "organisations": ("stakeholder_id", "name", "organisation", "name_local"),
    "services_on_record": ("service_id", "name", "service", "name_local"),
    "action_plan": ("recommendation_id", "what", "recommendation", "lead"),
}


@dataclass
class Item:
    """An item of the guidelines or a capability, with the rating of each country."""

    id: str
    framework: str
    area: str
    item: str
    asks: str
    document: str
    paraphrase: bool
    row: Row
    judged: list[tuple[Report, Row]] = field(default_factory=list)
    examples: list[dict] = field(default_factory=list)
    serves: list[tuple[Row, str]] = field(default_factory=list)  # elements of frameworks, and why

    @property
    def address(self) -> str:
        """Return the permanent address of its page."""
        return f"items/{self.id}.html"

    @property
    def standing(self) -> Counter:
        """Return how many countries have each status."""
        return Counter(row["status"] for _, row in self.judged)


def items(site: SiteData, examples: list[dict]) -> list[Item]:
    """Return every item and capability in the order of its table, with ratings and examples."""
    by_id = {}
    for row in site.shared("guidelines"):
        if row["kind"] != FACTS:
            framework = CHECKS if row["kind"] == CHECKS else row["audience"]
            by_id[row["item_id"]] = Item(
                row["item_id"], framework, row["area"], row["item"], row["guidance"],
                row["document"], row["wording"] == "paraphrase", row,
            )  # fmt: skip
    for row in site.shared("capabilities"):
        by_id[row["capability_id"]] = Item(
            row["capability_id"], RESPONSE, row["area"], row["capability"], row["definition"],
            RESPONSE, row["wording_checked"] == "no", row,
        )  # fmt: skip
    for report, row in site.each("alignment_by_item"):
        if row["item_id"] in by_id:
            by_id[row["item_id"]].judged.append((report, row))
    for example in examples:
        for item_id in by_id.keys() & example["item_ids"]:
            by_id[item_id].examples.append(example)
    elements = {row["element_id"]: row for row in site.shared("frameworks")}
    for row in site.shared("mappings"):
        by_id[row["served_by"]].serves.append((elements[row["element_id"]], row["why"]))
    return list(by_id.values())


def by_area(items: list[Item], framework: str) -> dict[str, list[Item]]:
    """Return {area: items} of a framework."""
    return grouped((item for item in items if item.framework == framework), "area")


def tiles(site: SiteData) -> pd.DataFrame:
    """Return the state of the national strategy of each country today, for the map.

    Columns: iso3, country, word, address, confidence and confidence_reason.
    """
    today = {r.key: row for r, row in site.each("table_25_today")
             if row["row"] == "national_strategy"}  # fmt: skip
    rows = []
    for report in site.countries:
        row = today.get(report.key, {"value": "not known"})
        sure = {name: row.get(name, "") for name in ("confidence", "confidence_reason")}
        place = {"iso3": report.key, "country": report.name, "word": row["value"]}
        rows.append(place | {"address": report.file} | sure)
    columns = ["iso3", "country", "word", "address", "confidence", "confidence_reason"]
    return pd.DataFrame(rows, columns=columns)


def reports(site: SiteData) -> list[dict]:
    """Return the rows of the table of reports."""
    return [_report(report, site.today) for report in site.reports]


def _report(report, today):
    cover = report.cover
    cut_off = cover["cut-off"]
    return {
        **{name: cover[name] for name in ("country", "edition", "status")},
        "file": report.file,
        "regional": report.regional,
        "cut_off": cut_off,
        "days": (today - date.fromisoformat(cut_off)).days,
        "failure": report.failure,
        "disputes": cover.get("disputes", "").splitlines(),
        "annexes": {name: _annex(name) for name in report.annexes},
        "editions": [{**e["cover"], "file": e["file"], "failure": e["failure"]}
                     for e in report.editions],
    }  # fmt: skip


def _annex(file):
    number, name = Path(file).stem[14:].replace("-", " ").replace("ict", "ICT").split(" ", 1)
    return f"{number} {gettext(name)}"


def steps(site: SiteData, categories: set[str]) -> list[tuple[Report, Row, bool]]:
    """Return the recommendations that organisations of these categories lead or support, and
    whether they lead.
    """
    result = []
    for report in site.countries:
        kinds = {row["name"]: row["category"] for row in report.rows("organisations")}
        for row in report.rows("action_plan"):
            leads, supports = ({kinds.get(name) for name in cop.data.split(row[column])}
                               for column in ("lead", "supporting"))  # fmt: skip
            if categories & (leads | supports):
                result.append((report, row, bool(categories & leads)))
    return result


def documents(site: SiteData, audience: str) -> dict[str, str]:
    """Return {address: title} of the documents that an audience's items come from."""
    rows = [row for row in site.shared("guidelines") if row["audience"] == audience]
    times = Counter((row["source_url"], row["source_title"]) for row in rows)
    return dict(pair for pair, _ in times.most_common())


def services(report: Report, kinds: Iterable[str], *served: str) -> list[Row]:
    """Return a country's services of some kinds that have not ended, those at work first; with
    `served`, only those for such people.
    """
    rows = [row for row in report.rows("services_on_record") if row["kind"] in kinds]
    rows = [row for row in rows if row.get("operates") != "no"]
    rows = [row for row in rows if not served or any(w in row.get("serves", "") for w in served)]
    return sorted(rows, key=lambda row: row.get("operates") != "yes")


def help_lines(site: SiteData) -> list[tuple[Report, Row, list[Row], list[Row]]]:
    """Return by country: emergency number, helplines for children, hotlines and portals."""
    numbers = {row["iso3"]: row for row in site.shared("emergency_numbers")}
    result = []
    for report in site.countries:
        children = services(report, [HELP], "child", "young")
        lines = [row for row in services(report, [HELP])
                 if row in children or not row.get("serves")]  # fmt: skip
        hotlines = services(report, REPORTS)
        if lines or hotlines:
            result.append((report, numbers.get(report.key, {}), lines, hotlines))
    return result


def examples(site: SiteData) -> list[dict]:
    """Return the positive actions of all countries, in the order of their plans.

    What several countries name from the same evidence is one example, in the words of the first.
    """
    by_evidence: dict = {}
    for report, row in site.each("action_plan"):
        ids = [i for i in cop.data.split(row["action_evidence_id"]) if i in site.evidence]
        item_ids = cop.data.split(row["item_ids"]) + cop.data.split(row["capability_ids"])
        for text in filter(None, SEVERAL.split(row["action"])):
            new = {"theme": row["theme"], "text": text, "reports": {}, "item_ids": set()}
            example = by_evidence.setdefault(tuple(sorted(set(ids))) or text, new)
            example["reports"][report.key] = report
            example["item_ids"].update(item_ids)
            example.setdefault("sources", [_evidence(site, i) for i in dict.fromkeys(ids)])
    return list(by_evidence.values())


def _evidence(site, row_id):
    """Return id, address, country and source of a row on record."""
    report, source_id = site.evidence[row_id]
    return row_id, report.at(row_id), report, site.sources.get(source_id, (report, {}))[1]


def sources(row: Row) -> Iterator[tuple[str, str]]:
    """Yield title and address of each source of a row of the library, from two cells."""
    titles, addresses = (
        [part.strip() for part in row[column].split(" | ")]
        for column in ("source_title", "source_url")
    )
    for i, title in enumerate(titles):
        part, colon, name = title.partition(": ")
        shown = headed(gettext(part), name) if colon and part in PARTS else title
        yield shown, addresses[i] if i < len(addresses) else ""


def elements(site: SiteData, items: list[Item]) -> dict[str, list[dict]]:
    """Return {framework: its verified elements}, each with what measures and serves it."""
    verified = [row for row in site.shared("frameworks") if row["verified"] == "yes"]
    rows = [row for row in verified if not row["measures"]]
    return listed((row["framework"], _element(site, row, items, verified)) for row in rows)


def _element(site, row, items, verified):
    element_id, wanted = row["element_id"], {}
    serving = [i for i in items if any(e["element_id"] == element_id for e, _ in i.serves)]
    named = [i for i in serving if i.framework in (POLICY, RESPONSE) or i.id.startswith("PM-")]
    for report, served in site.each("frameworks_served"):
        if served["element_id"] == element_id:
            wanted.setdefault(report.key, (report, []))[1].append(served["recommendation_id"])
    return {
        "row": row,
        "measured_by": [other for other in verified if other["measures"] == element_id],
        "serving": named,
        "others": Counter(item.framework for item in serving if item not in named),
        "wanted": list(wanted.values()),
    }


class Entry(NamedTuple):
    """What the search finds: its address, title, kind, country and what it is about."""

    address: str
    title: str
    kind: str
    place: str = ""
    about: str = ""


def entries(site: SiteData, items: list[Item], pages: Iterable[tuple[str, str]]) -> list[Entry]:
    """Return all that the search finds, the site's own pages (address, title) first."""
    result = [Entry(at, title, "page") for at, title in pages]
    result += [Entry(i.address, said(i.item), "item", "", f"{i.id} {i.asks}") for i in items]
    for row in site.shared("glossary"):
        at = f"glossary.html#{anchor(row['term'])}"
        result.append(Entry(at, said(row["term"]), "term", "", row["abbreviation"]))
    for report in site.reports:
        kind = "synthesis" if report.regional else "report"
        result.append(Entry(report.file, report.name, kind, report.name))
        result += [Entry(at, words, "chapter", report.name) for at, words in report.headings]
        for table, (key, title, kind, about) in SEARCHED.items():
            for row in report.rows(table):
                name, more = row[title], row[about]
                if about == "name_local" and (local := site.called(report, name)) != name:
                    name, more = local, f"{name} {more}"  # result by both names
                result.append(Entry(report.at(row[key]), name, kind, report.name, more))
    return result


def anchor(term: str) -> str:
    """Return the id of a term on the page with the glossary."""
    return "-".join(re.findall(r"[^\W_]+", term.lower()))
