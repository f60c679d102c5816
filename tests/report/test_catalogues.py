"""Catalogues: extracted, updated without a guess, and checked for harm."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from babel.messages.catalog import Catalog
from conftest import call

import cop.data
from cop.data import UserError
from cop.report import catalogues, languages

CELL, LINK, SHARE = "A <b>cell</b> on %(place)s", "Read [the guide](guide.html).", "%% of people"
ROW = ("%(n)s row", "%(n)s rows")
UKRAINIAN = {
    "Source": "Джерело",
    ROW: ("%(n)s рядок", "%(n)s рядки", "%(n)s рядків"),
    CELL: "<b>Комірка</b> %(place)s: %(place)s",  # a place may stand twice
    LINK: "Читайте [довідник](guide.html).",
    SHARE: "%% людей",
    "## Sources\n\nText": "## Джерела\n\nТекст із # посередині",
}


def messages_of(texts, where="a.j2"):
    catalogue = Catalog()
    for ids in texts:
        catalogue.add(ids, locations=[(where, 0)])
    return catalogue


MESSAGES = messages_of(UKRAINIAN)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a complete Ukrainian catalogue."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    catalogues.update(MESSAGES, "uk")
    put(UKRAINIAN)
    yield tmp_path
    languages.reload()


def put(translations, fuzzy=False):
    """Change translations of the Ukrainian catalogue."""
    catalogue = catalogues.read(languages.FOLDER, "uk")
    for ids, string in translations.items():
        found = catalogue.get(ids if isinstance(ids, str) else ids[0])
        found.string = string
        found.flags |= {"fuzzy"} if fuzzy else set()
    catalogues.write_catalogue("uk", catalogue)
    languages.reload()


def test_a_damaged_compiled_catalogue_is_compiled_again(folder):
    with languages.using_language("uk"):
        before = languages.gettext("Source")
        [compiled] = folder.glob("__pycache__/*.json")
        for damage in (b"", b"{", b"{}", compiled.read_bytes()[:-9]):
            compiled.write_bytes(damage)
            languages.reload()
            assert languages.gettext("Source") == before == "Джерело"
        put({"Source": "Витік"})
        assert languages.gettext("Source") == "Витік", "a catalogue that was changed is compiled"


def progress(messages=MESSAGES):
    return next(state for state in catalogues.progress(messages) if state.language == "uk")


def counts(messages=MESSAGES):
    state = progress(messages)
    return state.translated, state.missing


@pytest.mark.slow
def test_no_translation_of_a_message_is_harmful(messages):
    states = catalogues.progress(messages)
    assert len(states) > 1 and not [state for state in states if state.errors]


def cell(kind, name, text, *tags):
    return {"cell_type": kind, "id": name, "source": [text], "metadata": {"tags": [*tags]}}


NOTEBOOK = [
    cell("markdown", "abc", "A remark"), cell("markdown", "def", "Hidden", "method"),
    cell("markdown", "ghi", "Hidden, too", "hand-on"), cell("code", "jkl", 'N_("A chart")'),
]  # fmt: skip
FILES = {
    "src/cop/report/words/a.j2": "{% trans %}A\n template{% endtrans %}",
    "src/cop/report/b.py": 'N_("A module of pages"); ngettext("A row", "Rows", 2)',
    "src/helpers/c.py": 'N_("A helper"); N_("A module of pages")',
    "1-first.ipynb": json.dumps({"cells": NOTEBOOK}),
    "explore.ipynb": json.dumps({"cells": [cell("markdown", "abc", "Of no page")]}),
}
COLUMN = {"name": "title", "title": "A column", "type": "string", "cop:translated": True,
          "categories": [{"value": "a", "label": "A label"}, {"value": "b"}]}  # fmt: skip
TABLE = {"type": "table", "title": "A table", "sources": [{"title": "No message"}]}
PUBLISHED = TABLE | {"name": "frameworks", "description": "About frameworks", "stage": 1,
                     "schema": {"fields": [COLUMN]}}  # fmt: skip
OTHER = TABLE | {"name": "countries", "description": "In no page",
                 "schema": {"fields": [COLUMN | {"name": "name_en"}]}}  # fmt: skip
CONTENTS = {"licenses": [{"title": "A licence"}], "contributors": [{"title": "A project"}],
            "resources": [PUBLISHED, OTHER], "cop:handedOn": []}  # fmt: skip


def test_the_messages_are_the_texts_that_pages_can_show(tmp_path, monkeypatch, replace_table):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalogues, "SRC", tmp_path / "src")
    monkeypatch.setattr(cop.data, "contents", lambda data: CONTENTS)
    titles = pd.DataFrame({"title": ["A title", "Not verified", ""], "verified": ["yes", "no", ""]})
    replace_table("frameworks", titles)
    names = pd.DataFrame({"iso3": ["UKR", "FRA"], "name_en": ["Ukraine", "France"]})
    replace_table("countries", names)
    messages = [one for one in catalogues.template(tmp_path) if one.id]
    found = {(one.id, one.context): one.locations[0][0] for one in messages}
    assert found == {
        ("A template", None): "a.j2",
        ("A licence", None): "datapackage.json,titles",
        ("A project", None): "datapackage.json,titles",
        ("A table", None): "datapackage.json,titles",
        ("A column", None): "datapackage.json,titles",
        ("A label", None): "datapackage.json,labels",
        ("A remark", "1-first/abc"): "1-first.ipynb",
        ("A chart", None): "1-first.ipynb",
        ("A module of pages", None): "b.py",
        (("A row", "Rows"), None): "b.py",
        ("A helper", None): "c.py",
        ("A title", "reference"): "frameworks.csv,title",
        ("Ukraine", "reference"): "countries.csv,name_en",
        ("About frameworks", "reference"): "datapackage.json,tables",
    }


def test_a_language_is_begun_with_every_message_and_its_plural_forms(folder):
    assert catalogues.update(MESSAGES, "sr-Latn") == ["uk", "sr-Latn"]
    assert languages.available() == ["en", "sr-Latn", "uk"]
    text = (folder / "sr-Latn.po").read_text(encoding="utf-8")
    assert "nplurals=3" in text and "#: a.j2\n" in text
    catalogues.update(MESSAGES)
    assert (folder / "sr-Latn.po").read_text(encoding="utf-8") == text
    with pytest.raises(UserError, match="not a language tag: use one such as pl or sr-Latn"):
        catalogues.update(MESSAGES, "qq-qq")
    for tag, fix in (("SR-latn", "use sr-Latn"), ("en", "English needs no catalogue")):
        with pytest.raises(UserError, match=f"cannot have the tag '{tag}'; {fix}"):
            catalogues.update(MESSAGES, tag)
    assert languages.available() == ["en", "sr-Latn", "uk"]


@pytest.mark.parametrize(("old", "new"), [(CELL, "A cell"), (ROW, ("%(n)s line", "%(n)s rows"))])
def test_a_changed_text_makes_its_translation_stale_until_it_comes_back(folder, old, new):
    changed = messages_of([new if ids == old else ids for ids in UKRAINIAN])
    assert counts(changed) == (5, 1)  # before the catalogue is updated, too
    catalogues.update(changed)
    text = (folder / "uk.po").read_text(encoding="utf-8")
    assert counts(changed) == (5, 1) and "#~ msgid" in text and "fuzzy" not in text
    catalogues.update(MESSAGES)
    assert counts() == (6, 0)


def test_what_needs_work_is_missing_and_english_on_pages(folder):
    changed = messages_of([("%(n)s row", "%(n)s lines") if i == ROW else i for i in UKRAINIAN])
    catalogues.update(changed)  # only the plural changed
    assert counts(changed) == (5, 1)
    put({"Source": "Джерело"}, fuzzy=True)
    assert counts(changed) == (4, 2)
    with languages.using_language("uk"):
        assert languages.gettext("Source") == "Source"


def test_a_translation_without_one_of_its_plural_forms_is_missing(folder):
    put({ROW: ("%(n)s рядок", "%(n)s рядки", "")})
    assert counts() == (5, 1)


def test_an_error_names_what_a_translation_lacks_and_nothing_that_it_has(folder):
    put({CELL: "<b>Текст</b>"})
    [error] = progress().errors
    assert "the translation lacks '%(place)s'; keep" in error


HARMFUL = yaml.safe_load(Path(__file__).with_name("harmful.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_translation_is_named_and_used_by_no_page(folder, kind):
    english, translation = HARMFUL[kind]
    put({english: translation})
    assert progress().errors and all(repr(english)[:10] in error for error in progress().errors)
    with languages.using_language("uk"):
        assert languages.ngettext(english, "", 1) == english == languages.gettext(english)
        others = {k: v for k, v in UKRAINIAN.items() if isinstance(k, str) and k != english}
        assert {text: languages.gettext(text) for text in others} == others


@pytest.mark.parametrize(
    ("language", "forms", "wrong"),
    [
        ("fr", ("La ligne", "Les %(n)s lignes"), False),
        ("uk", ("Рядок", "Усі %(n)s рядки", "Усі %(n)s рядків"), True),  # also of 21 and 31
    ],
)
def test_a_form_of_a_plural_may_omit_the_number_where_it_is_of_one_only(
    folder, language, forms, wrong
):
    messages = messages_of([("The row", "All %(n)s rows")])
    catalogues.update(messages, language)
    catalogue = catalogues.read(folder, language)
    catalogue["The row"].string = forms
    catalogues.write_catalogue(language, catalogue)
    assert any(state.errors for state in catalogues.progress(messages)) == wrong


def test_a_reviewer_is_named_while_the_catalogue_is_complete(folder, capsys, monkeypatch):
    monkeypatch.setattr(catalogues, "template", lambda: MESSAGES)
    path = folder / "uk.po"
    path.write_text("# Reviewed by: language editor\n" + path.read_text("utf-8"), "utf-8")
    catalogues.update(MESSAGES)  # keeps the comment
    assert progress().reviewed == "language editor"
    status, text, _ = call(capsys, "words", "status")
    assert status == 0 and "; reviewed by language editor" in text, "without errors the status is 0"
    put({"Source": ""})
    assert progress().reviewed == ""


def test_the_commands_count_and_name_errors(folder, capsys, monkeypatch):
    monkeypatch.setattr(catalogues, "template", lambda: MESSAGES)
    _, text, _ = call(capsys, "words", "extract", "pl")
    assert "6 messages to translate." in text and "pl: 0 translated, 6 missing" in text
    put({CELL: "Текст"})
    status, text, _ = call(capsys, "words", "status")
    assert status == 1 and "; machine draft" in text
    wrong = "the translation lacks '<b>', lacks '</b>', lacks '%(place)s'; keep all placeholders"
    assert f"  '{CELL}': {wrong}" in text


@pytest.mark.parametrize(
    "tag", ["../uk", "uk/../uk", "/etc/passwd", "uk.po", "", "UK", "uk\n", "*"]
)
def test_an_unknown_language_reaches_no_file(folder, tag):
    with pytest.raises(UserError, match="unknown language .*; available: en, uk"):
        languages.use(tag)


def test_a_plural_follows_the_rule_of_the_language(folder):
    forms = {1: "рядок", 2: "рядки", 5: "рядків", 21: "рядок", 111: "рядків"}
    with languages.using_language("uk"):
        assert {n: languages.ngettext(*ROW, n).split()[1] for n in forms} == forms
        assert languages.gettext("Statement") == "Statement"


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        ("good sources: 1 of 2, not all official", "добрих 1 із 2"),
        ("good sources: 7 of 21, not all official", "добре 7 із 21"),
        ("good sources: 1 of 1, not official", "добре 1 із 1"),
        ("a good source", "a good source"),
    ],
)
def test_a_sentence_of_a_saved_table_is_translated_with_its_numbers(folder, english, shown):
    ids = ("good sources: %(good)s of %(n)s, not official",)
    ids += ("good sources: %(good)s of %(n)s, not all official",)
    catalogues.update(messages_of([ids], "confidence.j2"))
    forms = ("добре %(good)s із %(n)s", "добрих %(good)s із %(n)s", "добрих %(good)s із %(n)s")
    put({ids: forms})
    with languages.using_language("uk"):
        assert languages.translate(english) == shown
