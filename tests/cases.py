"""Read or write down test cases, each with inputs and the expected result."""

import csv
from pathlib import Path

import pandas as pd
import pytest


def cases(path):
    """Return the rows of a CSV file in tests/ as tuples of text, without its header."""
    with (Path(__file__).parent / path).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row) for row in rows]


def by_rule(names, *cases):
    """Parametrise a test by cases that begin with their rule, which is the id of the case.

    `names` are the parameters of the test, separated by commas, without the rule.
    """
    values = [pytest.param(*values, id=rule) for rule, *values in cases]
    return pytest.mark.parametrize(names, values)


def frame_of(columns, *rows, **more):
    """Return rows as a frame; `columns` are separated by blanks."""
    return pd.DataFrame(rows, columns=columns.split()).assign(**more)
