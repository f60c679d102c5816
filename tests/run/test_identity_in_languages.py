"""A page names countries in its language and, where it quotes, in English: both are looked at."""

import pytest

from cop.report import languages
from cop.run import identity, plan

ROWS = (
    {"iso3": "MDA", "iso2": "MD", "name_en": "Moldova"},
    {"iso3": "ZZZ", "iso2": "ZZ", "name_en": "Zedland"},
)


@pytest.fixture
def ukrainian(tmp_path, monkeypatch):
    (tmp_path / "uk.po").write_text('msgid ""\nmsgstr "Language: uk\\n"\n')
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.use("uk")
    yield
    languages.use("en")


def test_english_names_stand_in_the_table():
    assert identity._spoken(ROWS) == {}


def test_others_are_those_of_unicode_and_an_invented_country_keeps_its_own(ukrainian):
    assert identity._spoken(ROWS) == {"Молдова": "MDA", "Zedland": "ZZZ"}


def test_a_country_named_in_the_language_of_the_page_counts(tmp_path, ukrainian):
    countries = "iso3,iso2,name_en\nUKR,UA,Ukraine\nMDA,MD,Moldova\n"
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "countries.csv").write_text(countries)
    (tmp_path / "datapackage.json").write_text('{"resources": []}')
    job = plan.of_country(
        "UKR", plan.Choice(data=tmp_path, outputs=tmp_path, edition="2026", language="uk")
    )
    names = lambda text: list(identity._foreign_names(job, text))  # noqa: E731
    assert names(f"{'Молдова. ' * 20}{'Україна. ' * 20}") == [
        "the pages name MDA 20 times and UKR 20 times"
    ]
    assert not names(f"{'Молдова. ' * 20}{'Ukraine. Україна. ' * 21}")
