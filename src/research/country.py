"""A country begun, or its next edition: the research folder with every heading, and what is to be written."""

import json
import re
from datetime import date
from pathlib import Path

import contract
from contract import Refused, writing

STATUS = "draft"
BASIS = "desk research only, not validated by national authorities"
NOT_KEPT = (
    "README.md",
    "editions",
    "restricted",
)  # all else in the data folder is part of an edition
TO_WRITE = {
    "observations": """<!-- Observations, {name}: 200 to 500 words, still to be written.
What strikes a reader first: how children use the internet, what is known of harm, which bodies act, what changed of late.
One thought a paragraph, each ending with a citation of the register, such as [@{iso3}-S01].
Figures stand in the chapter on statistics and need not be repeated. Institutions and functions, never people.
Notes like this one are never shown; delete them when the text is written. -->
""",
    "analysis": """<!-- Country analysis, {name}: 200 to 500 words, still to be written.
What the evidence means when read together: law and policy, reporting and support, education and awareness, industry, the
voice of children; where pieces exist but do not connect; what is not known.
Each paragraph ends with a citation of the register, such as [@{iso3}-S01]. No new fact without a row in evidence.csv.
Notes like this one are never shown; delete them when the text is written. -->
""",
}


def begin(iso3, data, edition="", today=None):
    """Begin a country, or the next edition of one that exists; give the sentences that say what was done and what is next.

    Raises Refused for an unknown code, a wrong edition, or an edition that exists; nothing is written then.
    """
    today = today or date.today()
    edition = edition or str(today.year)
    if not re.fullmatch("[0-9]{4}", edition):
        raise Refused(
            f"{edition!r} is not an edition: write its year in four digits, such as {today.year}"
        )
    with writing.alone(data):
        known = _editions(iso3, data)
        files = (
            _first(iso3, data, edition, today)
            if known is None
            else _next(iso3, data, edition, known, today)
        )
        writing.write(data, files)
    return _told(iso3, edition, files, known)


def _first(iso3, data, edition, today):
    """Give the files of a country that has none: headings, one edition, two texts to be written."""
    name = _name(iso3, data)
    own = [
        r
        for r in contract.contents(data)["resources"]
        if isinstance(r["path"], list) and r.get("type") == "table"
    ]
    files = {contract.paths(r["name"], data, iso3)[0]: _csv(_columns(r), []) for r in own}
    files[f"research/{iso3}/editions.csv"] = _csv(*_edition_row(data, edition, today))
    texts = {
        f"research/{iso3}/narrative/{p}.md": t.format(name=name, iso3=iso3)
        for p, t in TO_WRITE.items()
    }
    return files | {path: text.encode() for path, text in texts.items()}


def _next(iso3, data, edition, known, today):
    """Give the files of a next edition: the present one kept as it stands, and one more row of editions.csv."""
    last = max(known)
    if edition <= last:
        raise Refused(
            f"research/{iso3} exists, its latest edition is {last}; to begin the next one, name its year: "
            f"`cop new {iso3} --edition {int(last) + 1}` (the present one is then kept in editions/{last}/)"
        )
    path = f"research/{iso3}/editions.csv"
    columns, rows = _edition_row(data, edition, today)
    return _kept(iso3, data, last) | {
        path: _csv(columns, [*_rows(Path(data) / path, columns), *rows])
    }


def _kept(iso3, data, edition):
    """Give the files of an edition as they stand; once it is kept, only this country's are kept anew.

    All countries are kept, since they cite one another, and all figures, since publishers revise them.
    """
    place, root = f"editions/{edition}", Path(data)
    there = (root / place / "datapackage.json").exists()
    parts = (
        [root / "research" / iso3]
        if there
        else [p for p in root.iterdir() if p.name not in NOT_KEPT]
    )
    found = [p for part in sorted(parts) for p in _files(part)]
    kept = {f"{place}/{p.relative_to(root).as_posix()}": p.read_bytes() for p in found}
    own = json.loads((root / "datapackage.json").read_bytes())
    if not there and "cop:base" in own:  # it stands two folders deeper
        deeper = own | {"cop:base": (Path("../..") / own["cop:base"]).as_posix()}
        kept[f"{place}/datapackage.json"] = json.dumps(
            deeper, ensure_ascii=False, indent=1
        ).encode()
    return kept


def _files(path):
    """Give a file, or the files of a folder; what is hidden, such as a checkpoint of a notebook, is left."""
    found = [path] if path.is_file() else sorted(path.rglob("*"))
    return [
        p
        for p in found
        if p.is_file() and not any(part[0] == "." for part in p.relative_to(path.parent).parts)
    ]


def _editions(iso3, data):
    """Give the editions of a country, or None where it is not begun; raises Refused for an unknown code."""
    _name(iso3, data)
    folder = Path(data) / "research" / iso3
    if not folder.exists():
        return None
    path = folder / "editions.csv"
    found = [row[0] for row in _rows(path, ["edition"])] if path.exists() else []
    if not found:
        raise Refused(
            f"research/{iso3} exists and has no edition: add a row to its editions.csv, or remove the folder"
        )
    return found


def _name(iso3, data):
    known = contract.read("countries", data).set_index("iso3").name_en
    if iso3 not in known:
        raise Refused(contract.no_country(iso3, data))
    return known[iso3]


def _rows(path, columns):
    """Give the rows of a table as text; raises Refused where it cannot be read."""
    try:
        frame = contract.text_frame(path, _header(path))
    except contract.Broken as broken:
        raise Refused(str(broken)) from broken
    return [list(row) for row in frame[columns].itertuples(index=False)]


def _header(path):
    return [f["name"] for f in contract.fields("editions", path.parents[2])]


def _edition_row(data, edition, today):
    columns = [f["name"] for f in contract.fields("editions", data)]
    row = {"edition": edition, "cut_off": today.isoformat(), "status": STATUS, "basis": BASIS}
    return columns, [[row.get(c, "") for c in columns]]


def _columns(resource):
    return [f["name"] for f in resource["schema"]["fields"]]


def _csv(columns, rows):
    return contract.csv_text([columns, *rows]).encode()


def _told(iso3, edition, files, known):
    """Say what was done and what is next."""
    if known is None:
        return [
            f"Began {iso3}, edition {edition}: research/{iso3}/ with {len(files)} files, no statement in them yet.",
            f"Next: `cop run {iso3}` gives the desk baseline with a checklist of what to collect and where it usually is; "
            f"then add what is found with `cop add source {iso3}` and `cop add evidence {iso3}`, write the two texts in "
            f"research/{iso3}/narrative/, and run `cop check`.",
        ]
    return [
        f"Began edition {edition} of {iso3}; edition {max(known)} is kept as it stood in editions/{max(known)}/ "
        f"({len(files) - 1} files).",
        f"Next: bring research/{iso3}/ up to date; `cop diff {iso3} {max(known)} {edition}` says what changed, "
        f"`cop run {iso3} --edition {max(known)}` makes the earlier report again.",
    ]
