"""Begin research on a country, or its next edition."""

import json
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, checks, package, writing

BASIS = "desk research only, not validated by national authorities"
NOT_KEPT = ("README.md", "editions", "restricted")  # all else in the data folder is kept
NARRATIVE = ("observations", "analysis")
NOTE = """<!-- {part}, {name}: 200 to 500 words, still to be written.
Observations: how children use the internet, what is known of harm, which bodies act, what changed.
Analysis: what the evidence means when read together, and where pieces do not connect.
One idea a paragraph, each ending with a citation of the register, such as [@{iso3}-S01].
No new fact without a row in evidence.csv; figures stand in the chapter on statistics.
Institutions and functions, never people. This note is never shown; delete it afterwards. -->
"""


def begin(iso3: str, data: Path, edition: str = "", today: date | None = None) -> list[str]:
    """Begin a country, or its next edition, and return what was done and what is next.

    Raises UserError for an unknown code or an edition that cannot be; then nothing was written.
    """
    today, folder = (today or date.today()).isoformat(), f"research/{iso3}"
    edition = edition or today[:4]
    with writing.alone(data):
        names = cop.data.read("countries", data).set_index("iso3").name_en
        if iso3 not in names:
            raise UserError(cop.data.no_country(iso3, data))
        table = cop.data.present("editions", data, iso3)
        if table.empty and (Path(data) / folder).exists():
            raise UserError(
                f"{folder} exists and has no edition: add a row to its editions.csv, or remove "
                "the folder"
            )
        last = max(table.edition, default="")
        if last and edition <= last:
            raise UserError(
                f"{folder} exists, its latest edition is {last}; "
                f"`cop new {iso3} --edition {int(last) + 1}` begins the next one"
            )
        new = {"edition": edition, "cut_off": today, "status": "draft", "basis": BASIS}
        table = pd.concat([table, pd.DataFrame([new])], ignore_index=True).fillna("")
        table.index += 2  # as a spreadsheet numbers rows
        path = f"{folder}/editions.csv"
        if faults := checks.of_table("editions", table, path, data):
            message = f"edition {edition} cannot be begun, nothing was written:"
            raise UserError("\n".join([message, *map(str, faults)]))
        files = _kept(iso3, data, last) if last else _first(iso3, data, names[iso3])
        writing.write(data, files | {path: cop.data.csv_of(table).encode()})
    if not last:
        return [
            f"Began {iso3}, edition {edition}: {folder}/, tables without rows.",
            f"Next: `cop run {iso3}` makes the desk baseline with a checklist of what to collect;"
            " docs/new-country.md shows in which order to fill the tables.",
        ]
    return [
        f"Began edition {edition} of {iso3}; edition {last} is kept in editions/{last}/.",
        f"Next: bring {folder}/ up to date. `cop diff {iso3} {last} {edition}` lists the changes,",
        f"`cop run {iso3}` makes the report of {last} too, where it is not in outputs/ yet.",
    ]


def _first(iso3, data, country):
    """Return the files of a new country: tables without rows, and two texts to write."""
    files = {}
    for name in package.tables(data, shared=False):
        if not package.resource(name, data).get("cop:optional"):
            heading = cop.data.csv_text([cop.data.columns(name, data)])
            files[cop.data.paths(name, data, iso3)[0]] = heading.encode()
    for part in NARRATIVE:
        note = NOTE.format(part=part.capitalize(), name=country, iso3=iso3)
        files[f"research/{iso3}/narrative/{part}.md"] = note.encode()
    return files


def _kept(iso3, data, edition):
    """Return the files of an edition as they are.

    All countries are kept, since they cite one another, and all figures, since publishers revise
    them; once an edition is kept, only this country's files are renewed.
    """
    root, target = Path(data), f"editions/{edition}"
    descriptor, files = f"{target}/datapackage.json", {}
    for file in root.rglob("*"):
        path = file.relative_to(root)
        is_renewed = not (root / descriptor).exists() or path.parts[:2] == ("research", iso3)
        is_hidden = any(part.startswith(".") for part in path.parts)
        if file.is_file() and is_renewed and not is_hidden and path.parts[0] not in NOT_KEPT:
            files[f"{target}/{path.as_posix()}"] = file.read_bytes()
    contents = json.loads(files.get(descriptor, b"{}"))
    if "cop:base" in contents:
        contents["cop:base"] = str(Path("../..") / contents["cop:base"])  # two folders deeper
        files[descriptor] = json.dumps(contents, ensure_ascii=False, indent=1).encode()
    return files
