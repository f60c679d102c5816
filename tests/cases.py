"""Read test cases, each with inputs and the expected result, from CSV and YAML files in tests/."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pandas as pd


def cases(path):
    """Return the rows of a CSV file in tests/ as tuples of text, without its header."""
    with (Path(__file__).parent / path).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row) for row in rows]


def value(stated, places=None):
    """Return what a value in YAML stands for: a place, a frame, a series, a row, or itself."""
    if not isinstance(stated, dict):
        return (places or {}).get(stated, stated) if isinstance(stated, str) else stated
    if "columns" in stated:
        return pd.DataFrame(stated["rows"], columns=stated["columns"])
    if "series" in stated:
        return pd.Series(stated["series"], dtype=None if stated["series"] else "str")
    if "row" in stated:
        return SimpleNamespace(**stated["row"])
    return {name: value(part, places) for name, part in stated.items()}
