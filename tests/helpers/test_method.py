"""The numbers and word lists of the method: a change of one is a change of the method."""

import importlib
from pathlib import Path

import pytest
import yaml

METHOD = yaml.safe_load(Path(__file__).with_name("method.yml").read_text(encoding="utf-8"))


def plain(value):
    """Return what the code has as YAML writes it: lists for tuples and for the keys in order."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("rule", METHOD)
def test_the_code_has_what_the_method_states(rule):
    for where, stated in METHOD[rule].items():
        module, _, names = where.partition(":")
        value = importlib.import_module(module)
        for name in names.split("."):
            value = value[name] if isinstance(value, dict) else getattr(value, name)
        listed = isinstance(stated, list) and isinstance(value, dict)
        assert plain(list(value) if listed else value) == stated, rule
