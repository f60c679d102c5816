"""Read the CSV files of test cases, each with inputs and the expected result."""

import csv
from pathlib import Path


def cases(path):
    """Return the rows of a CSV file in tests/ as tuples of text, without its header."""
    with (Path(__file__).parent / path).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row) for row in rows]
