"""Countries to measure with: the real tables under codes that ISO 3166-1 leaves to users, so
that no fiction is about anyone.
"""

import csv
import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
EIGHT = ["ALB", "BIH", "MNE", "MKD", "SRB", "MDA", "UKR", "GEO"]
CODES = [f"Q{a}{b}" for a in "MNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]  # QMA to QZZ
WORD = re.compile(r"\b[A-Z]{3}\b")


def build(n, folder):
    """Write a data folder with n countries, each a copy of one of the eight; return the folder.

    The shared tables keep their size whatever n is: real economies are renamed, none is added.
    """
    shutil.rmtree(folder, ignore_errors=True)
    renamed = dict(zip(_economies(), CODES, strict=False))
    codes = list(renamed.values())[:n]
    for path in (p for part in ("reference", "statistics") for p in (DATA / part).rglob("*")):
        if path.is_file():
            words = renamed if path.suffix == ".csv" else {}
            _write(folder / path.relative_to(DATA), path, words)
    for at, code in enumerate(codes):
        begin = at - at % len(EIGHT)  # a copy names those that are copied in the same round
        words = renamed | dict(zip(EIGHT, codes[begin : begin + len(EIGHT)], strict=False))
        original = DATA / "research" / EIGHT[at % len(EIGHT)]
        for path in (path for path in sorted(original.rglob("*")) if path.is_file()):
            _write(folder / "research" / code / path.relative_to(original), path, words)
    _name(folder / "reference" / "countries.csv", set(renamed.values()))
    _contract(folder, codes)
    _group(folder, codes[:8])
    return folder


def _economies():
    """Return the codes to rename: the eight first, then every other member of the GCI."""
    lines = (DATA / "statistics" / "gci.csv").read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("iso3")
    return [*EIGHT, *sorted({line.split(",")[at] for line in lines[1:]} - set(EIGHT))]


def _write(target, source, renamed):
    text = WORD.sub(lambda m: renamed.get(m[0], m[0]), source.read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _name(path, codes):
    """Call every renamed economy by its code."""
    with path.open(encoding="utf-8", newline="") as handle:
        head, *rows = csv.reader(handle)
    at = [head.index(column) for column in ("name_en", "official_name_en")]
    named = [
        [f"Country {row[0]}" if i in at and row[0] in codes else c for i, c in enumerate(row)]
        for row in rows
    ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([head, *named])


def _contract(folder, codes):
    """Write the contract with the paths of these countries."""
    contract = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    for table in contract["resources"]:
        if isinstance(table["path"], list):
            kinds = dict.fromkeys(path.split("/", 2)[2] for path in table["path"])
            table["path"] = [f"research/{code}/{kind}" for code in codes for kind in kinds]
    (folder / "datapackage.json").write_text(json.dumps(contract), encoding="utf-8")


def _group(folder, codes):
    """Write one group, so that as many countries are synthesised whatever n is."""
    path = folder / "reference" / "groups.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if any(code in row.split(",") for code in codes)]
    path.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
