"""Rows of an invented site: Zedland and Yonderland with a few rows each, and a synthesis."""

from datetime import date

from conftest import ZEDLAND

from cop.report.site.data import Report, SiteData

REGION = "cop-regional-synthesis.html"
ANNEX, RECORD = "5-guideline-alignment", "1-desktop-research"


def judged(item_id, status, framework="policy-makers", area="1 Legal framework", **more):
    row = {"item_id": item_id, "framework": framework, "area": area, "status": status}
    return row | {"confidence": "moderate", "rationale": "A law says so."} | more


def source(source_id, **more):
    row = {"source_id": source_id, "title": f"Act {source_id}", "publisher": "Gazette"}
    row |= {"year": "2023", "language": "en", "type": "law", "kind": "law", "hand": "first"}
    return row | {"url": f"https://example.org/{source_id}", "accessed": "2026-06-01"} | more


def service(service_id, name, **more):
    row = {"service_id": service_id, "name": name, "name_local": "", "kind": "helpline"}
    row |= {"operators": "", "since": "", "description": "Free talks.", "source_id": "ZZZ-S01"}
    return row | {"operates": "yes", "website": ""} | more


def organisation(number, name, category, key="ZZZ"):
    row = {"stakeholder_id": f"{key}-O{number}", "name": name, "name_local": ""}
    return row | {"category": category, "source_id": f"{key}-S01", "role": "policy"}


def step(number, lead, supporting="", key="ZZZ", **more):
    row = {"recommendation_id": f"{key}-R0{number}", "what": f"Step {number} of {key}"}
    row |= {"lead": lead, "supporting": supporting, "due": "2027-06-30", "priority": "first"}
    row |= {"theme": "industry", "item_ids": "PM-LEG-01", "capability_ids": "MNR-01"}
    return row | {"action": "A code works.", "action_evidence_id": "ZZZ-E01"} | more


def statement(number, section, source_id="ZZZ-S01", key="ZZZ"):
    return {"evidence_id": f"{key}-E0{number}", "section": section, "source_id": source_id}


TABLES = {
    "alignment_by_item": [
        judged("PM-LEG-01", "in place"),
        judged("PM-LEG-02", "no public evidence"),
        judged("CH-R-01", "not assessed", "children", "1 Rules", rationale="", confidence=""),
    ],
    "sources_on_record": [
        source("ZZZ-S01"),
        source("ZZZ-S02", language="fr; en"),
        source("ZZZ-S03"),
    ],
    "statements": [
        statement(1, "legal_framework"),
        statement(2, "education", "ZZZ-S02"),
        statement(3, "legal_framework"),
    ],
    "services_on_record": [
        service("ZZZ-V01", "Child line 116 111", website="https://example.org/line"),
        service("ZZZ-V02", "Report line", kind="hotline"),
        service("ZZZ-V03", "Silent line", operates="not known"),
    ],
    "table_25_today": [
        {"row": "national_strategy", "iso3": "ZZZ", "value": "draft"},
        {"row": "lanzarote", "iso3": "ZZZ", "value": "party"},
    ],
    "organisations": [
        organisation("01", "Ministry", "government"),
        organisation("02", "Zednet", "industry"),
        organisation("03", "Youth Council", "children"),
    ],
    "action_plan": [
        step(1, "Ministry", "Zednet; Youth Council"),
        step(2, "Zednet", action="A code works.; Schools do, too.", action_evidence_id="ZZZ-E01"),
    ],
}


def country(key="ZZZ", name="Zedland", tables=TABLES, **more):
    """Return a country whose pages hold the ids of its tables."""
    annex, record = f"cop-annex-{key}-{ANNEX}.html", f"cop-annex-{key}-{RECORD}.html"
    ids = {row["item_id"]: annex for row in tables.get("alignment_by_item", ())}
    ids |= {row["source_id"]: record for row in tables.get("sources_on_record", ())}
    cover = {"iso3": key, "country": name, "edition": "2026", "status": "draft"}
    return Report(
        **{
            "key": key,
            "cover": cover | {"cut-off": "2026-06-30"},
            "file": f"cop-assessment-{key}.html",
            "annexes": [record, annex],
            "tables": tables,
            "anchors": ids,
            "headings": [(f"cop-assessment-{key}.html#laws", "Laws in force")],
        }
        | more
    )


def region():
    cover = {"iso3": "REG", "country": "Both lands", "edition": "2026", "status": "draft"}
    rows = [{"theme": "industry", "countries": "1", "named": "ZZZ"}]
    tables = {"common_challenges": rows}
    return Report("REG", cover | {"cut-off": "2026-06-30"}, REGION, tables=tables)


def two(**more):
    """Return the data of a site of two countries and their region."""
    few = {"alignment_by_item": [judged("PM-LEG-01", "not in place")]}
    return site_data([region(), country("YYY", "Yonderland", few), country()], **more)


def site_data(reports=(), lost=None, baselines=None, data=ZEDLAND, few=True):
    """Return the data of a site with pages for the first items: the other 150 are made as they."""
    made = SiteData(list(reports), lost or {}, baselines, date(2026, 7, 15), data)
    if few:
        vars(made)["items"] = made.items[:9]
    return made


def written(folder, pages, reports):
    """Write pages, and a page for each that a report has, with the ids it is known by."""
    files = {report.file: "<p>x</p>" for report in reports}
    for report in reports:
        files |= {name: "<p>x</p>" for name in report.annexes}
        for anchor, name in [*report.anchors.items(), ("laws", report.file)]:
            files[name] = files.get(name, "") + f'<p id="{anchor}">x</p>'
    for at, text in (pages | files).items():
        (folder / at).parent.mkdir(parents=True, exist_ok=True)
        (folder / at).write_text(text, encoding="utf-8", newline="")
    return folder
