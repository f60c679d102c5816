"""Verified sources of all countries by topic; corrections; tables as files."""

import json
from collections.abc import Iterator, Mapping

import cop.data
from cop.report import downloads
from cop.report.languages import gettext
from cop.report.site.data import Report, Row, SiteData

SAID = "name", "title", "description", "type"  # of a column, as the contract has it
WORK = "to_verify"  # unverified rows are in no published table
REFERENCE = (
    "guidelines", "capabilities", "frameworks", "mappings", "challenge_library", "checklist",
    "chain", "glossary", "corrections", "table_25_2020", "statistics_sources",
    "emergency_numbers",
)  # fmt: skip


def by_topic(site: SiteData) -> dict[str, list[tuple[Report, Row]]]:
    """Return {section: verified sources cited in it}; uncited ones are under ""."""
    topics = {section: {} for section in [*site.labels("evidence", "section"), ""]}
    for _, row in site.each("statements"):
        if row["section"] in topics and row["source_id"] in site.sources:
            topics[row["section"]][row["source_id"]] = site.sources[row["source_id"]]
    cited = set().union(*topics.values())
    topics[""] = {i: source for i, source in site.sources.items() if i not in cited}
    return {topic: list(sources.values()) for topic, sources in topics.items() if sources}


def corrections(site: SiteData) -> list[Row]:
    """Return what was corrected in the site's pages, the latest first."""
    keys = {"", *(report.key for report in site.countries)}
    rows = [row for row in site.shared("corrections") if row["iso3"] in keys]
    return sorted(rows, key=lambda row: row["day"], reverse=True)


def tables(site: SiteData) -> list[dict]:
    """Return each table that the site publishes: what the contract says of it, and its rows.

    They are shared tables, and the saved tables of all countries, joined.
    """
    contents, rows = cop.data.contents(site.data), {}
    for name in REFERENCE:
        rows[name] = [row for row in site.shared(name) if row.get("verified") != "no"]
    for table in contents["cop:handedOn"]:
        regional = table["fields"][0]["name"] == "group_id"
        reports = site.syntheses if regional else site.countries
        rows[table["name"]] = [row for report in reports for row in report.rows(table["name"])]
    described = {t["name"]: t for t in [*contents["resources"], *contents["cop:handedOn"]]}
    return [
        {
            "name": name,
            "address": f"data/{name}.csv",
            "handed_on": "stage" in described[name],
            "description": described[name]["description"],
            "rows": rows[name],
            "licenses": described[name].get("licenses", []),
            "fields": cop.data.fields(name, site.data),
        }
        for name in rows
        if rows[name] and name != WORK
    ]


def files(tables: list[dict]) -> Iterator[tuple[str, str]]:
    """Yield address and text of each published table: CSV for a spreadsheet."""
    for table in tables:
        columns = [field["name"] for field in table["fields"]]
        yield table["address"], downloads.table(columns, table["rows"])


def package(site: SiteData, tables: list[dict]) -> dict[str, str]:
    """Return the Data Package that describes the published tables: {address: JSON}."""
    contents = cop.data.contents(site.data)
    about = {
        "$schema": contents["$schema"],
        "name": contents["name"],
        "title": gettext("The tables behind these pages"),
        "licenses": contents["licenses"],
        "resources": list(map(_described, tables)),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1)
    return {"data/datapackage.json": text} if tables else {}


def _described(table: Mapping) -> dict:
    fields = [{key: field[key] for key in SAID if key in field} for field in table["fields"]]
    about = {"name": table["name"], "type": "table", "path": table["address"].rpartition("/")[2]}
    about |= {"description": table["description"], "format": "csv", "encoding": "utf-8-sig"}
    about |= {"licenses": table["licenses"]} if table["licenses"] else {}
    return about | {"schema": {"fields": fields, "missingValues": [""]}}
