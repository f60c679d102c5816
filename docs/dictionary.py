"""Write docs/data.md, the data dictionary, from data/datapackage.json. `make docs` runs it."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Data

Written by `make docs` from `data/datapackage.json`; do not edit it.
[data/README.md](../data/README.md) states origins and licences.

In every table an empty cell is unknown or does not apply: **never zero and never “no”**.
Files are UTF-8 CSV and may be saved from Excel (*CSV UTF-8*) or LibreOffice. Read one in a
notebook with `read("<table>", data)`. Columns in **bold** are required; *→* names the column
that a value refers to.
"""
EMPTY = (  # said once, above
    ' An empty cell is unknown or does not apply; it is never zero and never "no".',
    " An empty cell is unknown or does not apply; it is never zero.",
)
MOST = 10  # allowed values that are listed
GROUPS = {
    "research": "research/<ISO3>/: one folder for each country",
    "statistics": "statistics/",
    "reference": "reference/: the same for all countries",
}


def dictionary(package: dict) -> str:
    """Return the data dictionary as Markdown: tables grouped by folder, with their columns."""
    parts = [HEAD]
    for folder, title in GROUPS.items():
        tables = [r for r in package["resources"] if path_of(r).startswith(folder)]
        parts += [f"## {title}\n", *(describe(table) for table in tables if "schema" in table)]
    return "\n".join(parts)


def path_of(resource: dict) -> str:
    """Return the path of a table; of a table with one file for each country, the first."""
    path = resource["path"]
    return path if isinstance(path, str) else path[0]


def describe(resource: dict) -> str:
    """Return one table: name, file, what one row is, and its columns."""
    optional = "; a country may lack the file" if resource.get("cop:optional") else ""
    name, file = resource["name"], Path(path_of(resource)).name
    rows = [column(field) for field in resource["schema"]["fields"]]
    description = resource["description"]
    for sentence in EMPTY:
        description = description.replace(sentence, "")
    first = f"### `{name}`\n\n`{file}`{optional}. {description}\n"
    return "\n".join([first, *rows, ""])


def column(field: dict) -> str:
    """Return the line of one column: name, description, type and allowed values."""
    name = f"`{field['name']}`"
    if field.get("constraints", {}).get("required"):
        name = f"**{name}**"
    description = field.get("description", "").rstrip(".")
    notes = [description or field.get("title", "")]
    if field["type"] != "string":
        notes.append(field["type"])
    if allowed := field.get("constraints", {}).get("enum") or field.get("categories"):
        values = [a["value"] if isinstance(a, dict) else a for a in allowed]
        notes.append("one of " + ", ".join(f"`{value}`" for value in values[:MOST]))
        notes[-1] += ", …" if len(values) > MOST else ""
    if refers := field.get("cop:refersTo"):
        notes.append("→ " + ", ".join(f"`{target}`" for target in refers))
    return f"- {name}: {'; '.join(filter(None, notes))}".replace("\n", " ")


if __name__ == "__main__":
    text = (ROOT / "data" / "datapackage.json").read_text(encoding="utf-8")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "data.md"
    target.write_text(dictionary(json.loads(text)), encoding="utf-8")
