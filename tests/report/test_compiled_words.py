"""Words are compiled once, until they change; what is damaged is compiled again."""

import sys

import pytest
from jinja2 import Environment

from cop.report import words


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of words in place of the project's, compiled words kept."""
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    put(tmp_path, "old")
    yield tmp_path
    forget()


def put(folder, text):
    (folder / "one.j2").write_text(f"{{% macro m() %}}{text}{{% endmacro %}}", encoding="utf-8")


def forget():
    words._module.cache_clear(), words._environment.cache_clear()


def said():
    forget()
    return words.show("one", "m")


def kept(folder):
    return list((folder / "__pycache__").glob("*.compiled"))


def test_what_did_not_change_is_not_compiled_again(folder, monkeypatch):
    assert said() == "old" and len(kept(folder)) == 1
    monkeypatch.setattr(Environment, "compile", None)
    assert said() == "old"


def test_a_changed_sentence_is_said(folder):
    said()
    put(folder, "new")
    assert said() == "new"


@pytest.mark.parametrize("damage", [b"", b"j2", b"no pickle at all"])
def test_what_was_damaged_is_compiled_again(folder, damage):
    said()
    for path in kept(folder):
        path.write_bytes(path.read_bytes()[: 3 * len(damage)] + damage)
    assert said() == "old"


def test_where_nothing_may_be_kept_words_are_said_all_the_same(folder):
    (folder / "__pycache__").write_text("no folder")
    assert said() == "old"


def test_nothing_is_kept_where_python_keeps_nothing(folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said() == "old" and not (folder / "__pycache__").exists()
