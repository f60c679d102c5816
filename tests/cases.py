"""Tables of cases beside the tests: what is tried, and what must come of it."""

import csv
from pathlib import Path


def cases(path):
    """Return the rows of a CSV file below tests/, without its heading, for a parametrised test."""
    with (Path(__file__).parent / path).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row) for row in rows]
