"""The tables that a country's stages handed on, as a Data Package with a codebook."""

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

import cop.data
from cop.handover.notebooks import TO_VERIFY
from cop.report import downloads, sheet, words


def collect(folder: Path, data: Path, about: dict) -> dict[str, bytes]:
    """Return {file name: content}: each table, datapackage.json and codebook.html.

    `about` is what the report's cover states. The table of unverified rows is left out.
    """
    schema, files, shown = cop.data.contents(data), {}, []
    for table in sorted(schema["cop:handedOn"], key=lambda table: table["name"]):
        name, fields = table["name"], cop.data.fields(table["name"], data)
        columns = [field["name"] for field in fields]
        if name != TO_VERIFY and (folder / f"{name}.csv").is_file():
            frame = cop.data.text_frame(folder / f"{name}.csv", columns)
            files[f"{name}.csv"] = downloads.csv(frame)
            shown.append({**table, "fields": fields, "rows": len(frame)})
    codebook = words.render("hand-over", "codebook", about, shown, Markup(sheet.text()))
    shared = ("$schema", "licenses", "sources", "contributors")
    package = {key: schema[key] for key in shared if key in schema} | {
        "name": f"cop-assessment-{about['iso3'].lower()}-{about['edition']}",
        "title": about["title"],
        "created": f"{about['day']}T00:00:00Z",
        "resources": [_resource(table) for table in shown],
    }
    files["datapackage.json"] = json_text(package).encode()
    return files | {"codebook.html": f"{codebook}\n".encode()}


def json_text(value: Any) -> str:
    """Return a value as JSON for people to read."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def unverified_ids(folder: Path, data: Path) -> list[str]:
    """Return the ids of unverified rows; treaties, which have no id, are left out."""
    path = folder / f"{TO_VERIFY}.csv"
    if not path.is_file():
        return []
    frame = cop.data.text_frame(path, cop.data.columns(TO_VERIFY, data))
    return sorted({row.id for row in frame.itertuples() if row.id.startswith(f"{row.iso3}-")})


def _resource(table):
    fields = [{k: v for k, v in f.items() if not k.startswith("cop:")} for f in table["fields"]]
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
