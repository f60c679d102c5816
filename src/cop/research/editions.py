"""Create the research folder of a country, or its next edition."""

import json
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, checks, package, writing

BASIS = "desk research only, not validated by national authorities"
NOT_KEPT = ("README.md", "editions", "restricted")  # parts of the data folder that are not copied
NARRATIVE = ("observations", "analysis")
NOTE = """<!-- {part}, {name}: 200 to 500 words, still to be written.
Observations: how children use the internet, documented harm, which bodies act, what changed.
Analysis: what the evidence means as a whole, and where the response has gaps.
Write one idea per paragraph and end it with a citation of a source, such as [@{iso3}-S01].
State no fact without a row in evidence.csv; the chapter on statistics shows the figures.
Name institutions and functions, never people. Reports omit this note; delete it when done. -->
"""


def begin(iso3: str, data: Path, edition: str = "", today: date | None = None) -> list[str]:
    """Create a country's folder or next edition, and return messages on the result and next steps.

    `today` is the data cut-off (default: the current date), and `edition` a year (default: the year
    of `today`). A new country gets editions.csv, the other required tables without rows, and files
    for the narratives. A later edition gets a row in editions.csv, and the data folder is copied to
    editions/ as the previous edition; if this copy exists, only the country's files are replaced.
    Raises UserError, without writing, for an unknown code, a folder without editions, an unreadable
    table, and an edition that is invalid or not later than the latest.
    """
    today, folder = (today or date.today()).isoformat(), f"research/{iso3}"
    edition = edition or today[:4]
    with writing.alone(data):
        names = cop.data.read("countries", data).set_index("iso3").name_en
        if iso3 not in names:
            raise UserError(cop.data.no_country(iso3, data))
        table = cop.data.present("editions", data, iso3)
        if table.empty and (data / folder).exists():
            raise UserError(
                f"{folder} exists, but {folder}/editions.csv contains no edition; add a row there "
                "(and the header if it is missing), or move the folder away and repeat the command"
            )
        last = max(table.edition, default="")
        if last and edition <= last:
            raise UserError(
                f"{folder} already exists (its latest edition is {last}); use "
                f"`cop new {iso3} --edition YEAR` with a later year"
            )
        new = {"edition": edition, "cut_off": today, "status": "draft", "basis": BASIS}
        table = pd.concat([table, pd.DataFrame([new])], ignore_index=True).fillna("")
        table.index += 2  # row numbers of a spreadsheet
        path = f"{folder}/editions.csv"
        if errors := checks.of_table("editions", table, path, data):
            message = f"nothing was written; editions.csv with edition {edition} would have errors:"
            raise UserError("\n".join([message, *map(str, errors)]))
        files = _kept(iso3, data, last) if last else _first(iso3, data, names[iso3])
        writing.write(data, files | {path: cop.data.csv_of(table).encode()})
    if not last:
        return [
            f"Created {iso3}, edition {edition}: {folder}/ with empty tables.",
            f"Next: run `cop run {iso3}`. It writes a desk baseline, which lists data to collect."
            " As soon as a table other than editions.csv contains a row, it writes an assessment."
            " docs/new-country.md explains in which order to fill the tables.",
        ]
    return [
        f"Created edition {edition} of {iso3}; edition {last} was copied to editions/{last}/.",
        f"Next: update {folder}/. `cop diff {iso3} {last} {edition}` lists the changes, and",
        f"`cop run {iso3}` also writes the report of {last} if outputs/ does not contain it.",
    ]


def _first(iso3, data, country):
    files = {}
    for name in package.tables(data, shared=False):
        if not package.resource(name, data).get("cop:optional"):
            files[cop.data.paths(name, data, iso3)[0]] = cop.data.longer(name, [], data, iso3)
    for part in NARRATIVE:
        note = NOTE.format(part=part.capitalize(), name=country, iso3=iso3)
        files[f"research/{iso3}/narrative/{part}.md"] = note.encode()
    return files


def _kept(iso3, data, edition):
    # All countries are copied, since they cite each other, and all figures, since publishers revise
    # them. If the copy already exists, only the files of this country are replaced.
    target = f"editions/{edition}"
    descriptor, files = f"{target}/datapackage.json", {}
    for file in data.rglob("*"):
        path = file.relative_to(data)
        is_renewed = not (data / descriptor).exists() or path.parts[:2] == ("research", iso3)
        is_hidden = any(part.startswith(".") for part in path.parts)
        if file.is_file() and is_renewed and not is_hidden and path.parts[0] not in NOT_KEPT:
            files[f"{target}/{path.as_posix()}"] = file.read_bytes()
    contents = json.loads(files.get(descriptor, b"{}"))
    if "cop:base" in contents:
        contents["cop:base"] = str(Path("../..") / contents["cop:base"])  # two levels deeper
        files[descriptor] = json.dumps(contents, ensure_ascii=False, indent=1).encode()
    return files
