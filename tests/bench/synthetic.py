"""Countries to measure with: the real tables under codes that ISO 3166-1 leaves to users, so
that no fiction is about anyone.
"""

import re
import shutil
from pathlib import Path

import pandas as pd

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
    lines = (DATA / "statistics" / "gci.csv").read_text(encoding="utf-8").splitlines()
    others = sorted({line.split(",")[0] for line in lines[1:]} - set(EIGHT))
    renamed = dict(zip([*EIGHT, *others], CODES, strict=False))
    codes = list(renamed.values())[:n]
    shared = (*DATA.glob("reference/**/*.*"), *DATA.glob("statistics/*.*"))
    for path in (DATA / "datapackage.json", *shared):
        _write(folder / path.relative_to(DATA), path, renamed if path.suffix == ".csv" else {})
    for at, code in enumerate(codes):
        begin = at - at % len(EIGHT)  # a copy names those that are copied in the same round
        words = renamed | dict(zip(EIGHT, codes[begin : begin + len(EIGHT)], strict=False))
        original = DATA / "research" / EIGHT[at % len(EIGHT)]
        for path in (path for path in sorted(original.rglob("*")) if path.is_file()):
            _write(folder / "research" / code / path.relative_to(original), path, words)
    path = folder / "reference" / "countries.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    for column in ("name_en", "official_name_en"):
        is_renamed = table.iso3.isin(renamed.values())
        table[column] = table[column].mask(is_renamed, "Country " + table.iso3)
    table.to_csv(path, index=False)
    path = folder / "reference" / "groups.csv"  # one group, as many countries whatever n is
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    table[table.iso3.isin(codes[:8])].to_csv(path, index=False)
    return folder


def _write(target, source, renamed):
    text = WORD.sub(lambda m: renamed.get(m[0], m[0]), source.read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
