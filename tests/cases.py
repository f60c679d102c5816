"""Read or write down test cases, each with inputs and the expected result."""

import csv
from pathlib import Path

import pandas as pd
import pytest
import yaml


class UniqueKeys(yaml.CSafeLoader):
    """Read YAML in which no key occurs twice, so that no case replaces another."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len({*keys}), f"a key occurs twice: {keys}"
        return super().construct_mapping(node, deep)


# A new row of Zedland for each kind that `cop add` accepts, and the kinds of which it can have no
# further row, since each key is in use or `cop new` adds it.
NEW = yaml.safe_load(Path(__file__).with_name("newrows.yml").read_text(encoding="utf-8"))
FULL = ("alignment", "open-gap", "result", "table-25", "territory-note", "edition")


def cases(path):
    """Return the rows of a CSV file in tests/ as tuples of text, without its header."""
    with (Path(__file__).parent / path).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row) for row in rows]


def frame_of(columns, *rows, **more):
    """Return rows as a frame; `columns` are separated by blanks."""
    return pd.DataFrame(rows, columns=columns.split()).assign(**more)


def by_rule(names, *cases):
    """Parametrise a test by cases that begin with their rule, which is the id of the case.

    `names` are the parameters of the test, separated by commas, without the rule.
    """
    values = [pytest.param(*values, id=rule) for rule, *values in cases]
    return pytest.mark.parametrize(names, values)
