"""The tables that a country's stages handed on, as a Data Package with a codebook."""

import json
from pathlib import Path

from markupsafe import Markup

import cop.data
from cop.report import downloads, sheet, words

WORK = "to_verify"  # what nobody has seen yet is work, and leaves the house in no table
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def packaged(folder: Path, data: Path, about: dict, day: str) -> dict[str, bytes]:
    """Give {file name: contents} to hand over: each table, datapackage.json and codebook.html.

    `about` is what the cover says: iso3, country, edition. The table of what waits is left out.
    """
    described = [one for one in _described(data) if (folder / f"{one['name']}.csv").is_file()]
    tables = {one["name"]: _csv(folder / f"{one['name']}.csv", one) for one in described}
    made = {f"{name}.csv": content for name, content in tables.items()}
    rows = {name: content.count(b"\r\n") - 1 for name, content in tables.items()}
    shown = [{**one, "rows": rows[one["name"]]} for one in described]
    codebook = words.show("hand-over", "codebook", about, shown, Markup(sheet.text()))
    made["codebook.html"] = f"{codebook}\n".encode()
    made["datapackage.json"] = _json(_package(described, data, about, day))
    return made


def waiting(folder: Path, data: Path) -> list[str]:
    """Give the ids of rows not verified yet, which tables that are handed over leave out.

    A treaty has no id of the country's own: its code stands in every table of treaties.
    """
    path = folder / f"{WORK}.csv"
    if not path.is_file():
        return []
    frame = cop.data.text_frame(path, cop.data.columns(WORK, data))
    own = frame.id[[row.id.startswith(f"{row.iso3}-") for row in frame.itertuples()]]
    return sorted(set(own))


def _described(data):
    """Give name, description and fields of each table that may be handed over, by name."""
    handed = cop.data.contents(data)["cop:handedOn"]
    one = lambda t: {**t, "fields": cop.data.fields(t["name"], data)}  # noqa: E731
    return sorted((one(t) for t in handed if t["name"] != WORK), key=lambda t: t["name"])


def _csv(path, described):
    """Give a table for a spreadsheet, with the columns of the contract."""
    columns = [field["name"] for field in described["fields"]]
    rows = cop.data.text_frame(path, columns).to_dict("records")
    return downloads.table(columns, rows).encode()


def _package(described, data, about, day):
    whole = cop.data.contents(data)
    return {
        "$schema": PROFILE,
        "name": f"cop-assessment-{about['iso3'].lower()}-{about['edition']}",
        "title": about["title"],
        "created": f"{day}T00:00:00Z",
        **{name: whole[name] for name in ("licenses", "sources", "contributors") if name in whole},
        "resources": list(map(_resource, described)),
    }


def _resource(described):
    return {
        "name": described["name"],
        "path": f"{described['name']}.csv",
        "type": "table",
        "description": described["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": list(map(_field, described["fields"])), "missingValues": [""]},
    }


def _field(field):
    """Give a column as the standard knows it: what is ours alone is left out."""
    return {name: value for name, value in field.items() if not name.startswith("cop:")}


def _json(value):
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
