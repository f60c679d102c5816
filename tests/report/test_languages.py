"""A page speaks the language that it was asked in, and English where its catalogue is silent."""

import pytest

from cop.data import Refused
from cop.data.places import Country
from cop.report import languages, words

CATALOGUE = r"""
msgid ""
msgstr ""
"Language: uk\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "%(n)s row of the register is still to be checked against a source and used nowhere in this assessment."
msgid_plural "%(n)s rows of the register are still to be checked against a source and used nowhere in this assessment."
msgstr[0] "%(n)s рядок"
msgstr[1] "%(n)s рядки"
msgstr[2] "%(n)s рядків"
"""  # noqa: E501


@pytest.fixture
def ukrainian(tmp_path, monkeypatch):
    """A folder of catalogues with one short one, spoken for the length of a test."""
    (tmp_path / "uk.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.use("uk")
    yield
    languages.use("en")


def waiting(n):
    shown = words.show("1-desktop-research", "about_verifying", n, Country("ZZZ", "", "", "", ""))
    return shown.striptags()


@pytest.mark.parametrize(
    ("n", "said"), [(1, "рядок"), (2, "рядки"), (5, "рядків"), (21, "рядок"), (111, "рядків")]
)
def test_a_plural_follows_the_rule_of_the_language(n, said, ukrainian):
    assert waiting(n) == f"{n} {said}"


def test_what_a_catalogue_does_not_have_is_said_in_english(ukrainian):
    assert languages.gettext("Statement") == "Statement"


def test_english_is_spoken_unless_another_was_asked_for():
    assert languages.current() == "en"
    assert waiting(1).startswith("1 row of the register")


def test_an_unknown_language_is_refused_with_those_that_are_known(ukrainian):
    with pytest.raises(Refused, match="no language 'xx'; there are: en, uk"):
        languages.use("xx")


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        ("good sources: 1 of 2, not all official", "добрих 1 із 2"),
        ("good sources: 7 of 21, not all official", "добре 7 із 21"),
        ("good sources: 1 of 1, not official", "добре 1 із 1"),
        ("a good source", "a good source"),
    ],
)
def test_a_sentence_of_a_table_is_said_with_its_numbers(tmp_path, ukrainian, english, shown):
    forms = ("добре %(good)s із %(n)s", "добрих %(good)s із %(n)s", "добрих %(good)s із %(n)s")
    catalogue = (tmp_path / "uk.po").read_text(encoding="utf-8") + (
        '\n#: confidence.j2\nmsgid "good sources: %(good)s of %(n)s, not official"\n'
        'msgid_plural "good sources: %(good)s of %(n)s, not all official"\n'
    )
    catalogue += "".join(f'msgstr[{i}] "{form}"\n' for i, form in enumerate(forms))
    (tmp_path / "uk.po").write_text(catalogue, encoding="utf-8")
    assert languages.said(english) == shown
