"""Write docs/data.md, the data dictionary, from data/datapackage.json. `make docs` runs it."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Data

Written by `make docs` from `data/datapackage.json`; do not edit it.
[data/README.md](../data/README.md) states origins and licences.

In every table an empty cell is unknown or does not apply: **never zero and never “no”**.
`verified` is *yes* if the row was checked against its source, and *no* if it is from memory;
reports omit such rows. `iso3` is the country's code (ISO 3166-1 alpha-3), with which keys of its
rows begin. `edition` is the year of the edition, `source_id` an id in the country's `sources.csv`,
which an unverified row may lack, and `recorded` the day on which the row was entered. Columns with
nothing to add to this are left out below. *One of 12 words* stands for a longer list, which
`cop add` prints without `--set`.

Each table begins with what one row is. Its file is `<table>.csv`, unless another is named; a
country may lack an optional file. Read a table in a notebook with `read("<table>", data)`.
Columns in **bold** are required. After *→* follows the column that a value refers to.
"""
SHORT = {  # shorter texts for this page; HEAD explains what is missing
    ' An empty cell is unknown or does not apply; it is never zero and never "no".': "",
    " An empty cell is unknown or does not apply; it is never zero.": "",
    "yes: checked against the source; no: from memory, to be checked, reports omit the row": "",
    "ISO 3166-1 alpha-3 code of the country whose table it is": "",
    "ISO 3166-1 alpha-3 code of the country": "",
    "Code of the country or economy, such as UKR": "",
    "Date on which the row was entered": "",
    "Year of the edition": "",
    "Id in sources.csv; an unverified row may have none": "",
    " The file does not exist before the first validation round.": "",
    " The file does not exist before the first sign-off.": "",
    " The table contains no names of persons.": "",
    ", ISO 3166-1 alpha-3": "",
    "Short name of the survey": "Short name",
    "; empty if there is none": "",
    "; empty if none is published": "",
    "; empty if there are none": "",
    "; empty if not known": "",
    "; empty if it could not be determined": "",
    "; empty if neither is known": "",
    "; empty if unknown": "",
    "; empty if not found": "",
    "; empty if hidden on the slide": "",
    "; empty if the source gives none": "",
    "; empty if the publisher's own page was read": "",
    "; empty if there is no year": "",
    "; empty if the source has none": "",
    "; empty if there is only one analyst": "",
    "; empty if no source identifies them": "",
    "; empty if only milestones show progress": "",
    "; empty if it was not read": "",
    "; empty if it was not": "",
    "; empty if no source shows it": "",
    "; empty: none": "",
    "; empty: no limit": "",
    "; empty if none is needed": "",
    "; empty if undated": "",
    "; empty if not looked up": "",
    "; empty if it requires none": "",
    " An empty abbreviation means that there is none in use; it is never zero.": "",
    " A row that is not verified names what was not seen, and is in no page.": "",
    (
        ": WSIS action line C5, a target of the Sustainable Development Goals, a pillar of the "
        "Global Cybersecurity Agenda or of the Global Cybersecurity Index, an expected result of "
        "the Regional Initiative for Europe with its cycle"
    ): "",
    "Each row is ": "",
    "One row is ": "",
}
ID = re.compile(r"Id, such as \S+")  # HEAD explains the keys of rows
MOST = 6  # allowed values that are listed; more are in the descriptor
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
    """Return one table: name, file if it has another name, what one row is, and its columns."""
    optional = " (optional)" if resource.get("cop:optional") else ""
    name, file = resource["name"], Path(path_of(resource))
    fields = resource["schema"]["fields"]
    rows = [column(f) for f in fields if shorten(f.get("description", f["title"]))]
    description = shorten(resource["description"])
    other = "" if file.stem == name else f"`{file.name}`: "
    first = f"### `{name}`{optional}\n\n{other}{description[0].upper()}{description[1:]}\n"
    return "\n".join([first, *rows, ""])


def shorten(description: str) -> str:
    """Return a description in which ids are called keys and the texts of SHORT are replaced."""
    for text, short in SHORT.items():
        description = description.replace(text, short)
    return ID.sub("Key", description)


def column(field: dict) -> str:
    """Return the line of one column: name, description, type and allowed values."""
    name = f"`{field['name']}`"
    if field.get("constraints", {}).get("required"):
        name = f"**{name}**"
    description = shorten(field.get("description", field.get("title", ""))).rstrip(".")
    notes = [description]
    if field["type"] != "string":
        notes.append(field["type"])
    if allowed := field.get("constraints", {}).get("enum") or field.get("categories"):
        values = [a["value"] if isinstance(a, dict) else a for a in allowed]
        if len(values) > MOST:
            notes.append(f"one of {len(values)} words")
        elif not all(re.search(rf"\b{re.escape(value)}\b", description) for value in values):
            *most, last = [f"`{value}`" for value in values]
            notes.append(f"{', '.join(most)} or {last}" if most else last)
    if refers := field.get("cop:refersTo"):
        notes.append("→ " + ", ".join(f"`{target}`" for target in refers))
    return f"- {name}: {'; '.join(filter(None, notes))}".replace("\n", " ")


if __name__ == "__main__":
    text = (ROOT / "data" / "datapackage.json").read_text(encoding="utf-8")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "data.md"
    target.write_text(dictionary(json.loads(text)), encoding="utf-8")
