"""Resources: verified sources of all countries by topic; corrections; tables as files."""

import json
from collections.abc import Iterator, Mapping, Sequence

import cop.data
from cop.report import downloads
from cop.report.languages import gettext
from cop.report.site.told import Report, Row, Told

DESCRIBED = "data/datapackage.json"
SAID = "name", "title", "description", "type"  # of a column, as the contract has it
WORK = "to_verify"  # what nobody has seen yet is work, and leaves the house in no table
REFERENCE = (
    "guidelines", "capabilities", "frameworks", "mappings", "challenge_library", "checklist",
    "chain", "glossary", "corrections", "table_25_2020", "statistics_sources",
    "emergency_numbers",
)  # fmt: skip


def by_topic(told: Told) -> dict[str, list[tuple[Report, Row]]]:
    """Give, for the site, {section: verified sources that speak on it}, a source once in each of
    its sections.

    Those that no statement cites stand last, under "".
    """
    topics = {section: {} for section in told.labels("evidence", "section")}
    for _, row in told.each("statements"):
        if row["section"] in topics and row["source_id"] in told.sources:
            topics[row["section"]][row["source_id"]] = told.sources[row["source_id"]]
    cited = set().union(*topics.values()) if topics else set()
    topics[""] = {one: source for one, source in told.sources.items() if one not in cited}
    return {topic: list(found.values()) for topic, found in topics.items() if found}


def corrections(told: Told) -> list[Row]:
    """Give, for the site, what was corrected in its pages, the latest first."""
    here = {"", *(report.key for report in told.countries)}
    rows = [row for row in told.shared("corrections") if row["iso3"] in here]
    return sorted(rows, key=lambda row: row["day"], reverse=True)


def files(told: Told) -> dict[str, Sequence[Row]]:
    """Give, for the site's page on data, the rows of its files: {table: rows}.

    They are the shared tables, and what all countries handed on, joined.
    """
    made = {name: _seen(told.shared(name)) for name in REFERENCE}
    for table in cop.data.contents(told.data)["cop:handedOn"]:
        if table["name"] != WORK:
            regional = table["fields"][0]["name"] == "group_id"
            reports = told.syntheses if regional else told.countries
            made[table["name"]] = [row for one in reports for row in one.rows(table["name"])]
    return {name: rows for name, rows in made.items() if rows}


def texts(told: Told, files: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str]]:
    """Yield, for the site's page on data, address and text of its files: CSV for a spreadsheet."""
    for name, rows in files.items():
        columns = [field["name"] for field in cop.data.fields(name, told.data)]
        yield f"data/{name}.csv", downloads.table(columns, rows)


def _seen(rows):
    return [row for row in rows if row.get("verified") != "no"]


def tables(told: Told, files: Mapping[str, Sequence[Row]]) -> list[dict]:
    """Give, for the site's page on data, what it says of each table that stands here as a file."""
    described = {t["name"]: t for t in cop.data.contents(told.data)["cop:handedOn"]}
    known = {t["name"]: t for t in cop.data.contents(told.data)["resources"]} | described
    return [_table(told, known[name], len(rows)) for name, rows in files.items()]


def package(told: Told, tables: list[dict]) -> dict[str, str]:
    """Give, for the site's folder of data, the file that describes its tables: {address: JSON}.

    It is a data package, whose titles, types and licences are those of the contract.
    """
    contents = cop.data.contents(told.data)
    about = {
        "$schema": contents["$schema"],
        "name": contents["name"],
        "title": gettext("The tables behind these pages"),
        "licenses": contents["licenses"],
        "resources": [_described(one) for one in tables],
    }
    return {DESCRIBED: json.dumps(about, ensure_ascii=False, indent=1)} if tables else {}


def _described(table):
    fields = [{key: field[key] for key in SAID if key in field} for field in table["fields"]]
    about = {"name": table["name"], "type": "table", "path": table["address"].rpartition("/")[2]}
    about |= {"description": table["description"], "format": "csv", "encoding": "utf-8-sig"}
    licences = {"licenses": table["licenses"]} if table["licenses"] else {}
    return about | licences | {"schema": {"fields": fields, "missingValues": [""]}}


def _table(told, table, rows):
    return {
        "name": table["name"],
        "address": f"data/{table['name']}.csv",
        "handed_on": "stage" in table,
        "description": table["description"],
        "rows": rows,
        "licenses": table.get("licenses", []),
        "fields": cop.data.fields(table["name"], told.data),
    }
