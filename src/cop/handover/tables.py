"""The tables that a country's stages handed on, as a Data Package with a codebook."""

import json
from pathlib import Path

from markupsafe import Markup

import cop.data
from cop.handover.notebooks import TO_VERIFY
from cop.report import downloads, sheet, words


def collect(folder: Path, data: Path, about: dict) -> dict[str, bytes]:
    """Return {file name: content}: each table, datapackage.json and codebook.html.

    `about` is what the report's cover states. The table of unverified rows is left out.
    """
    handed_on = cop.data.contents(data)["cop:handedOn"]
    names = sorted(t["name"] for t in handed_on if t["name"] != TO_VERIFY)
    described = {table["name"]: table for table in handed_on}
    files, shown = {}, []
    for name in (name for name in names if (folder / f"{name}.csv").is_file()):
        fields = cop.data.fields(name, data)
        columns = [field["name"] for field in fields]
        rows = cop.data.text_frame(folder / f"{name}.csv", columns).to_dict("records")
        files[f"{name}.csv"] = downloads.table(columns, rows).encode()
        shown.append({**described[name], "fields": fields, "rows": len(rows)})
    codebook = words.show("hand-over", "codebook", about, shown, Markup(sheet.text()))
    package = json.dumps(_package(shown, data, about), ensure_ascii=False, indent=1)
    return files | {"codebook.html": f"{codebook}\n".encode(), "datapackage.json": package.encode()}


def unverified_ids(folder: Path, data: Path) -> list[str]:
    """Return the ids of rows that nobody has verified; treaties, which have no id, are left out."""
    path = folder / f"{TO_VERIFY}.csv"
    if not path.is_file():
        return []
    frame = cop.data.text_frame(path, cop.data.columns(TO_VERIFY, data))
    own = [row.id.startswith(f"{row.iso3}-") for row in frame.itertuples()]
    return sorted(set(frame.id[own]))


def _package(tables, data, about):
    schema = cop.data.contents(data)
    return {
        "$schema": schema["$schema"],
        "name": f"cop-assessment-{about['iso3'].lower()}-{about['edition']}",
        "title": about["title"],
        "created": f"{about['day']}T00:00:00Z",
        **{key: schema[key] for key in ("licenses", "sources", "contributors") if key in schema},
        "resources": list(map(_resource, tables)),
    }


def _resource(table):
    fields = [
        {key: value for key, value in field.items() if not key.startswith("cop:")}
        for field in table["fields"]
    ]
    return {
        "name": table["name"],
        "path": f"{table['name']}.csv",
        "type": "table",
        "description": table["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }
