"""The numbers, word lists and rules of the method: a change of one is a change of the method."""

import importlib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from cases import value

METHOD, RULES = (
    yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for name in ("method.yml", "rules.yml")
)


def plain(result):
    """Return what the code has as YAML writes it: lists for tuples, columns and rows of a frame."""
    if isinstance(result, pd.DataFrame):
        frame = result.to_dict("split")
        return {"columns": frame["columns"], "rows": frame["data"]}
    if isinstance(result, dict):
        return {key: plain(part) for key, part in result.items()}
    return [plain(part) for part in result] if isinstance(result, list | tuple) else result


def named(where):
    """Return an object by "module:name", of whose parts each is an attribute or a key."""
    module, _, names = where.partition(":")
    found = importlib.import_module(module)
    for name in names.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


@pytest.mark.parametrize("rule", METHOD)
def test_the_code_has_what_the_method_states(rule):
    for where, stated in METHOD[rule].items():
        found = named(where)
        listed = isinstance(stated, list) and isinstance(found, dict)
        assert (list(found) if listed else plain(found)) == stated, rule


@pytest.mark.parametrize("where", RULES)
def test_the_code_does_what_the_rules_state(where):
    for values, result in RULES[where]:
        assert plain(named(where)(*map(value, values))) == result, values
