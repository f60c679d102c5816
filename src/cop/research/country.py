"""A country begun, or its next edition.

The research folder with every heading, and the texts that are to be written.
"""

import json
import re
from datetime import date
from pathlib import Path

import cop.data
from cop.data import Refused, writing

STATUS = "draft"
BASIS = "desk research only, not validated by national authorities"
# All else in the data folder is part of an edition.
NOT_KEPT = ("README.md", "editions", "restricted")
TO_WRITE = {
    "observations": """<!-- Observations, {name}: 200 to 500 words, still to be written.
What strikes a reader first: how children use the internet, what is known of harm, which bodies \
act, what changed of late.
One thought a paragraph, each ending with a citation of the register, such as [@{iso3}-S01].
Figures stand in the chapter on statistics and need not be repeated. Institutions and functions, \
never people.
Notes like this one are never shown; delete them when the text is written. -->
""",
    "analysis": """<!-- Country analysis, {name}: 200 to 500 words, still to be written.
What the evidence means when read together: law and policy, reporting and support, education and \
awareness, industry, the
voice of children; where pieces exist but do not connect; what is not known.
Each paragraph ends with a citation of the register, such as [@{iso3}-S01]. No new fact without a \
row in evidence.csv.
Notes like this one are never shown; delete them when the text is written. -->
""",
}


def begin(iso3: str, data: Path, edition: str = "", today: date | None = None) -> list[str]:
    """Begin research on a country, or its next edition; give what was done and what is next.

    Raises Refused for an unknown code, a wrong edition, or an edition that exists; nothing is
    written then.
    """
    today = today or date.today()
    edition = edition or str(today.year)
    if not re.fullmatch("[0-9]{4}", edition):
        raise Refused(
            f"{edition!r} is not an edition: write its year in four digits, such as {today.year}"
        )
    with writing.alone(data):
        name, rows = _name(iso3, data), _editions(iso3, data)
        last = max((row["edition"] for row in rows), default="")
        rows.append(_row(iso3, edition, today, last))
        files = _kept(iso3, data, last) if last else _first(iso3, data, name)
        files[f"research/{iso3}/editions.csv"] = _csv([*cop.data.titles("editions", data)], rows)
        writing.write(data, files)
    return _next_lines(iso3, edition, files, last) if last else _first_lines(iso3, edition, files)


def _row(iso3, edition, today, last):
    """Give the row of an edition; raises Refused where it is no later than the last one."""
    if last and edition <= last:
        raise Refused(
            f"research/{iso3} exists, its latest edition is {last}; to begin the next one, name"
            f" its year: `cop new {iso3} --edition {int(last) + 1}` (the present one is then kept"
            f" in editions/{last}/)"
        )
    cut_off = today.isoformat()
    return {"edition": edition, "cut_off": cut_off, "status": STATUS, "basis": BASIS}


def _first(iso3, data, name):
    """Give the files of a country that has none: headings, and two texts to be written."""
    own = [
        resource["name"]
        for resource in cop.data.contents(data)["resources"]
        if isinstance(resource["path"], list)
        and resource.get("type") == "table"
        and not resource.get("cop:optional")
    ]
    files = {
        cop.data.paths(table, data, iso3)[0]: _csv([*cop.data.titles(table, data)]) for table in own
    }
    for part, text in TO_WRITE.items():
        path = f"research/{iso3}/narrative/{part}.md"
        files[path] = text.format(name=name, iso3=iso3).encode()
    return files


def _kept(iso3, data, edition):
    """Give the files of an edition as they stand; once it is kept, only this country's, anew.

    All countries are kept, since they cite one another, and all figures, since publishers revise
    them.
    """
    place, root = f"editions/{edition}", Path(data)
    if (root / place / "datapackage.json").exists():
        parts, package = [root / "research" / iso3], {}
    else:
        parts = sorted(path for path in root.iterdir() if path.name not in NOT_KEPT)
        package = _deeper(root, place)
    paths = (path for part in parts for path in _files(part))
    kept = {f"{place}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in paths}
    return kept | package


def _deeper(root, place):
    """Give the datapackage.json that stands on another folder, for one two folders deeper."""
    own = json.loads((root / "datapackage.json").read_bytes())
    if "cop:base" not in own:
        return {}
    own["cop:base"] = (Path("../..") / own["cop:base"]).as_posix()
    return {f"{place}/datapackage.json": json.dumps(own, ensure_ascii=False, indent=1).encode()}


def _files(path):
    """Yield a file, or the files of a folder, but none hidden, such as a notebook's checkpoint."""
    for one in [path] if path.is_file() else sorted(path.rglob("*")):
        hidden = any(part[0] == "." for part in one.relative_to(path.parent).parts)
        if one.is_file() and not hidden:
            yield one


def _name(iso3, data):
    """Give a country's name; raises Refused for an unknown code."""
    known = cop.data.read("countries", data).set_index("iso3").name_en
    if iso3 not in known:
        raise Refused(cop.data.no_country(iso3, data))
    return known[iso3]


def _editions(iso3, data):
    """Give the rows of a country's editions, none where it is not begun.

    Raises Refused where the table cannot be read, or is empty.
    """
    folder = Path(data) / "research" / iso3
    if not folder.exists():
        return []
    rows, path = [], folder / "editions.csv"
    try:
        if path.exists():
            rows = cop.data.text_frame(path, [*cop.data.titles("editions", data)]).to_dict(
                "records"
            )
    except cop.data.Broken as broken:
        raise Refused(str(broken)) from broken
    if not rows:
        mend = "add a row to its editions.csv, or remove the folder"
        raise Refused(f"research/{iso3} exists and has no edition: {mend}")
    return rows


def _csv(columns, rows=()):
    lines = [[row.get(column, "") for column in columns] for row in rows]
    return cop.data.csv_text([columns, *lines]).encode()


def _first_lines(iso3, edition, files):
    """Give what was done for a country that is begun, and what is next."""
    return [
        f"Began {iso3}, edition {edition}: research/{iso3}/ with {len(files)} files,"
        " no statement in them yet.",
        f"Next: `cop run {iso3}` gives the desk baseline with a checklist of what to collect and"
        f" where it usually is; then add what is found with `cop add source {iso3}` and"
        f" `cop add evidence {iso3}`, write the two texts in research/{iso3}/narrative/,"
        " and run `cop check`. In which order all the tables come: docs/new-country.md.",
    ]


def _next_lines(iso3, edition, files, last):
    """Give what was done for a next edition, and what is next."""
    return [
        f"Began edition {edition} of {iso3}; edition {last} is kept as it stood in"
        f" editions/{last}/ ({len(files) - 1} files).",
        f"Next: bring research/{iso3}/ up to date; `cop diff {iso3} {last} {edition}` says what"
        f" changed, `cop run {iso3} --edition {last}` makes the earlier report again.",
    ]
