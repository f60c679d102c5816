"""Rows of an invented site: Zedland and Yonderland with a few rows each, and a synthesis."""

from datetime import date
from pathlib import Path

import yaml
from conftest import ZEDLAND

from cop.report.site.data import Report, SiteData

REGION = "cop-regional-synthesis.html"
COVER = {"edition": "2026", "status": "draft", "cut-off": "2026-06-30"}
ANNEX, RECORD = "5-guideline-alignment", "1-desktop-research"


ROWS = yaml.safe_load(Path(__file__).with_name("site.yml").read_text(encoding="utf-8"))
USUAL, TABLES = ROWS["usual"], ROWS["tables"]


def judged(item_id, status, **more):
    return USUAL["judged"] | {"item_id": item_id, "status": status} | more


def service(service_id, name, **more):
    return USUAL["service"] | {"service_id": service_id, "name": name} | more


def organisation(number, name, category, key):
    ids = {"stakeholder_id": f"{key}-O{number}", "source_id": f"{key}-S01"}
    return USUAL["organisation"] | ids | {"name": name, "category": category}


def step(number, lead, key):
    about = {"recommendation_id": f"{key}-R0{number}", "what": f"Step {number} of {key}"}
    return USUAL["step"] | about | {"lead": lead, "supporting": ""}


def country(key="ZZZ", name="Zedland", tables=TABLES):
    """Return a country whose pages hold the ids of its tables."""
    annex, record = f"cop-annex-{key}-{ANNEX}.html", f"cop-annex-{key}-{RECORD}.html"
    ids = {row["item_id"]: annex for row in tables.get("alignment_by_item", ())}
    ids |= {row["source_id"]: record for row in tables.get("sources_on_record", ())}
    file, cover = f"cop-assessment-{key}.html", COVER | {"iso3": key, "country": name}
    headings, more = [(f"{file}#laws", "Laws in force")], {"tables": tables, "anchors": ids}
    return Report(key, cover, file, annexes=[record, annex], headings=headings, **more)


def region():
    """Return a synthesis of three countries, one of which has no report."""
    rows = [{"theme": "industry", "countries": "1", "named": "ZZZ"}]
    cover = COVER | {"iso3": "REG", "country": "Both lands"}
    compared = [{"iso3": "ZZZ"}, {"iso3": "YYY"}, {"iso3": "XXX"}]
    tables = {"common_challenges": rows, "followed_up": compared}
    return Report("REG", cover, REGION, tables=tables)


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
