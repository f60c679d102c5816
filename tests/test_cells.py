"""Rules in the cells of the notebooks, each tested on the few rows at which it decides.

tests/cells/ has a file for each notebook. An example with all that a rule may state:

    is_policy =:                                 # a text that occurs in the cell
      the chart has laws in force by year:       # a rule of the cell
        laws: {id: [L1, L2], year: [2024, 2020]} # a variable; with a list, it is a table by column
        read(sources): {index: id, id: [S1]}     # what a call with this argument returns; a table
        show.translate(): argument 1             # what any call returns: its first argument
        confidence: real                         # the module helpers.confidence
        then: {chart.id: [L2, L1]}               # expressions and their values after the cell ran

Instead of `then`, `refused` has variables with which an assertion of the cell fails, as it does not
without them. `given` has variables for all rules of a cell or file, and `notebooks` the stages that
share a cell. Whatever is not given is a mock, `arguments(show.figure)` are those with which a mock
was called last, and `output` is what the last line of the cell returns.
"""

import ast
import builtins
import importlib
from copy import deepcopy
from functools import cache
from types import CodeType, SimpleNamespace
from unittest.mock import MagicMock

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from cases import UniqueKeys
from conftest import ROOT
from pandas.api.extensions import ExtensionArray

# What every cell is given.
ALWAYS = {
    "iso3": "ZZZ",
    "edition": "2026",
    "place.data": "",
    "place.edition": "2026",
    "place.iso3": "ZZZ",
    "show.translate()": "argument 1",
    "_()": "argument 1",
}


def series(loader, node):
    """Return the Series of a list or mapping with the tag `!series`."""
    if isinstance(node, yaml.SequenceNode):
        return pd.Series(loader.construct_sequence(node))
    return pd.Series(loader.construct_mapping(node, deep=True))


UniqueKeys.add_constructor("!series", series)


def rules():
    """Yield (rule, stage, part of a cell, what it is given, what follows) of all files."""
    for path in sorted((ROOT / "tests" / "cells").glob("*.yml")):
        cells = yaml.load(path.read_text(encoding="utf-8"), UniqueKeys)
        of_file = cells.pop("given", {})
        for part, by_rule in cells.items():
            stages = by_rule.pop("notebooks", [path.stem])
            of_cell = of_file | by_rule.pop("given", {})
            for rule, stated in by_rule.items():
                follows = {key: stated.pop(key) for key in ("then", "refused") if key in stated}
                for stage in stages:
                    yield rule, stage, part, of_cell | stated, follows


def names_in(code):
    """Return the names that code and the functions within it use."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return {*code.co_names}.union(*inner)


@cache
def compiled(stage, part):
    """Return the code of the one cell of a stage that contains `part`."""
    [path] = (ROOT / "notebooks").glob(f"{stage}*.ipynb")
    [source] = [c.source for c in nbformat.read(path, 4).cells if part in c.source]
    tree = ast.parse(source)
    if isinstance(tree.body[-1], ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name("output", ast.Store())], tree.body[-1].value)
    return compile(ast.fix_missing_locations(tree), part, "exec")


def value(stated):
    """Return what a cell is given: a table if it is a mapping with a list."""
    if not isinstance(stated, dict) or not any(isinstance(c, list) for c in stated.values()):
        return deepcopy(stated)
    index = stated.get("index")
    columns = {name: cells for name, cells in stated.items() if name != "index"}
    frame = pd.DataFrame({name: column(cells) for name, cells in columns.items()})
    return frame.set_index(index) if index else frame


def column(cells):
    """Return the cells of a column, whole numbers as such even if some are unknown."""
    if cells == []:
        return pd.Series(dtype=object)
    if isinstance(cells, list) and {*map(type, cells)} == {int, type(None)}:
        return pd.array(cells, dtype="Int64")
    return cells


def function(results):
    """Return a function with the result of the word that it is called with, or that of ""."""

    def call(*arguments, **_):
        words = [word for word in arguments if isinstance(word, str) and word in results]
        result = results[words[0] if words else ""]
        if isinstance(result, str) and result.startswith("argument "):
            return arguments[int(result.split()[1]) - 1]
        return value(result)

    return MagicMock(side_effect=call)


def variables(given):
    """Return the variables that a cell is given."""
    names = {"pd": pd, "charts": MagicMock()}
    names["charts"].rows.side_effect = lambda labels, *_, **__: (MagicMock(), range(len(labels)))
    results = {}
    for key, stated in (ALWAYS | given).items():
        name, is_function, word = key.removesuffix(")").partition("(")
        if is_function:
            results.setdefault(name, {})[word] = stated
        elif isinstance(stated, str) and stated == "real":
            names[name] = SimpleNamespace(**vars(importlib.import_module(f"helpers.{name}")))
        else:
            put(names, name, value(stated))
    for name, of_words in results.items():
        put(names, name, function(of_words))
    return names


def put(names, name, value):
    """Set a variable or, if its name has full stops, an attribute of one."""
    first, *attributes = name.split(".")
    if not attributes:
        names[name] = value
        return
    parent = names.setdefault(first, MagicMock())
    for attribute in attributes[:-1]:
        parent = getattr(parent, attribute)
    setattr(parent, attributes[-1], value)


def run(stage, part, given):
    """Run a cell and return its variables."""
    code = compiled(stage, part)
    mocks = {name: MagicMock() for name in names_in(code) if not hasattr(builtins, name)}
    names = mocks | variables(given)
    exec(code, names)
    return names


def arguments(mock):
    """Return the arguments by position with which a function was called last."""
    return mock.call_args.args


def plain(value):
    """Return a value as YAML states it: rows and other sequences as lists, unknown as null."""
    match value:
        case pd.DataFrame():
            return plain(value.astype(object).to_numpy().tolist())
        case dict():
            return {key: plain(part) for key, part in value.items()}
        case (
            list() | tuple() | range() | np.ndarray() | ExtensionArray() | pd.Index() | pd.Series()
        ):
            return [plain(part) for part in value]
    return None if pd.isna(value) else value


RULES = [*rules()]


@pytest.mark.parametrize(
    ("rule", "stage", "part", "given", "follows"),
    RULES,
    ids=[f"{stage}: {rule}" for rule, stage, *_ in RULES],
)
def test_a_cell_keeps_to_its_rule(rule, stage, part, given, follows):
    names = run(stage, part, given) | {"arguments": arguments}
    if "refused" in follows:
        run(stage, part, given)
        with pytest.raises(AssertionError):
            run(stage, part, given | follows["refused"])
        return
    found = {shown: plain(eval(shown, names)) for shown in follows["then"]}
    assert found == follows["then"], rule
