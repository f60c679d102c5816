"""Begin research on a country, or its next edition."""

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, writing

BASIS = "desk research only, not validated by national authorities"
NOT_KEPT = ("README.md", "editions", "restricted")  # all else in the data folder is kept
NARRATIVE = {
    "observations": "Observations, {name}: 200 to 500 words, still to be written.\n"
    "What strikes a reader first: how children use the internet, what is known of harm, which\n"
    "bodies act, what changed recently.",
    "analysis": "Country analysis, {name}: 200 to 500 words, still to be written.\n"
    "What the evidence means when read together: law and policy, reporting and support,\n"
    "education and awareness, industry, the voice of children; where pieces do not connect.",
}
NOTE = """<!-- {about}
One idea a paragraph, each ending with a citation of the register, such as [@{iso3}-S01].
No new fact without a row in evidence.csv; figures stand in the chapter on statistics.
Institutions and functions, never people. This note is never shown; delete it afterwards. -->
"""


def begin(iso3: str, data: Path, edition: str = "", today: date | None = None) -> list[str]:
    """Begin a country, or its next edition, and return what was done and what is next.

    Raises Refused for an unknown code or an edition that cannot be; then nothing was written.
    """
    today = today or date.today()
    edition = edition or str(today.year)
    if not re.fullmatch("[0-9]{4}", edition):
        raise Refused(f"{edition!r} is not an edition: write a year in four digits")
    path = f"research/{iso3}/editions.csv"
    with writing.alone(data):
        names = cop.data.read("countries", data).set_index("iso3").name_en
        if iso3 not in names:
            raise Refused(cop.data.no_country(iso3, data))
        rows = _editions(iso3, data)
        last = max(rows.edition, default="")
        if last and edition <= last:
            raise Refused(
                f"research/{iso3} exists, its latest edition is {last}; to begin the next one, name"
                f" its year: `cop new {iso3} --edition {int(last) + 1}` (the present one is then"
                f" kept in editions/{last}/)"
            )
        new = {"edition": edition, "cut_off": today.isoformat(), "status": "draft", "basis": BASIS}
        table = {path: cop.data.csv_of(pd.concat([rows, pd.DataFrame([new])])).encode()}
        tables = ("sign_offs", "comments", "responses")  # what a validated edition refers to
        beside = {p: Path(data) / p for name in tables for p in cop.data.paths(name, data, iso3)}
        beside = {path: file.read_bytes() for path, file in beside.items() if file.is_file()}
        writing.refuse_writing(table | beside, data, f"edition {edition} cannot be begun")
        files = _kept(iso3, data, last) if last else _first(iso3, data, names[iso3])
        writing.write(data, files | table)
    if last:
        compare, again = f"cop diff {iso3} {last} {edition}", f"cop run {iso3} --edition {last}"
        return [
            f"Began edition {edition} of {iso3}; edition {last} is kept in editions/{last}/.",
            f"Next: bring research/{iso3}/ up to date; `{compare}` lists what changed, `{again}`"
            " makes the earlier report again.",
        ]
    return [
        f"Began {iso3}, edition {edition}: research/{iso3}/, tables without rows.",
        f"Next: `cop run {iso3}` makes the desk baseline with a checklist of what to collect; in"
        " which order the tables are filled: docs/new-country.md.",
    ]


def _editions(iso3, data):
    """Return the rows of a country's editions, none where it is not begun."""
    rows = cop.data.present("editions", data, iso3)
    if rows.empty and (Path(data) / "research" / iso3).exists():
        fix = "add a row to its editions.csv, or remove the folder"
        raise Refused(f"research/{iso3} exists and has no edition: {fix}")
    return rows


def _first(iso3, data, country):
    """Return the files of a new country: tables without rows, and two texts to write."""
    files = {}
    for resource in cop.data.contents(data)["resources"]:
        is_own = isinstance(resource["path"], list) and resource.get("type") == "table"
        if is_own and not resource.get("cop:optional"):
            name, columns = resource["name"], cop.data.columns(resource["name"], data)
            files[cop.data.paths(name, data, iso3)[0]] = cop.data.csv_text([columns]).encode()
    for part, text in NARRATIVE.items():
        note = NOTE.format(about=text.format(name=country), iso3=iso3)
        files[f"research/{iso3}/narrative/{part}.md"] = note.encode()
    return files


def _kept(iso3, data, edition):
    """Return the files of an edition as they are.

    All countries are kept, since they cite one another, and all figures, since publishers revise
    them; once an edition is kept, only this country's files are renewed.
    """
    root, folder = Path(data), f"editions/{edition}"
    own = json.loads((root / "datapackage.json").read_bytes())
    if (root / folder / "datapackage.json").exists():
        parts = [root / "research" / iso3]
    else:
        parts = [path for path in root.iterdir() if path.name not in NOT_KEPT]
    inside = (file for part in parts for file in ([part] if part.is_file() else part.rglob("*")))
    paths = {file.relative_to(root): file for file in inside if file.is_file()}
    shown = {path: file for path, file in paths.items() if not any(p[0] == "." for p in path.parts)}
    files = {f"{folder}/{path.as_posix()}": file.read_bytes() for path, file in shown.items()}
    if (package := f"{folder}/datapackage.json") in files and "cop:base" in own:
        own["cop:base"] = (Path("../..") / own["cop:base"]).as_posix()  # two folders deeper
        files[package] = json.dumps(own, ensure_ascii=False, indent=1).encode()
    return files
