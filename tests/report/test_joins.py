"""What stands between words is the language's own: its colon, sign of per cent and alphabet."""

import re

import pandas as pd
import pytest
from conftest import DATA, ROOT
from markupsafe import Markup

from cop.report import languages, page, words
from cop.report.tongue import alphabet

TEMPLATES = sorted(
    path for path in words.FOLDER.rglob("*.j2") if path.stem != "hand-over"
)  # it speaks English alone
SENTENCE = re.compile(r"\{%-? *trans\b.*?endtrans *-?%\}|_\(.*?\)|\{#.*?#\}", re.DOTALL)
JOINED = re.compile(r"\}\}(</\w+>)?: |%s: |~ \": \"|[%}]\}: |\}\}%|(?<!startswith\()\"%\"|%\.0f%%")
FRENCH = {"%(heading)s: %(text)s": "%(heading)s\u00a0: %(text)s"}


@pytest.fixture
def french(monkeypatch):
    """French, whose catalogue knows how a heading is parted from what it says."""
    monkeypatch.setattr(languages, "_now", "fr")
    monkeypatch.setattr(page, "gettext", lambda one: FRENCH.get(one, one))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_joins_with_a_colon_or_a_sign_of_per_cent_of_its_own(path):
    text = SENTENCE.sub("", path.read_text(encoding="utf-8"))
    spoken = [line for line in text.splitlines() if "english()" not in line]
    assert not [found[0] for line in spoken for found in JOINED.finditer(line)]


def test_no_module_joins_a_heading_with_a_colon_of_its_own():
    joined = re.compile(r'\+ ": "|\}: \{')  # two strings, or two values of an f-string
    found = {
        path.name: line.strip()
        for room in ("report", "helpers")
        for path in (ROOT / "src" / room).rglob("*.py")
        if path.parent.name != "tongue"  # the head of a catalogue, which no page shows
        for line in path.read_text(encoding="utf-8").splitlines()
        if joined.search(line)
    }
    assert not found


class TestHeaded:
    def test_in_english_a_colon_follows_at_once(self):
        assert page.headed("Status", "draft") == "Status: draft"

    def test_in_another_language_as_its_catalogue_says(self, french):
        assert page.headed("Statut", "projet") == "Statut\u00a0: projet"

    def test_html_stays_html_and_what_is_none_is_escaped(self, french):
        made = page.headed(Markup("<b>a</b>"), "b < c")
        assert made == Markup("<b>a</b>\u00a0: b &lt; c") and isinstance(made, Markup)
        assert not isinstance(page.headed("a", "b < c"), Markup)


class TestPercent:
    @pytest.mark.parametrize(
        ("language", "said"), [("en", "62.5%"), ("uk", "62,5%"), ("fr", "62,5\u00a0%")]
    )
    def test_a_share_bears_its_sign_as_the_language_writes_it(self, language, said):
        with languages.speaking(language):
            assert page.measured(62.5, "% of population") == said
            assert page.measured(62.5, "index points") == said.rstrip("%\u00a0")

    def test_a_card_and_a_table_do_too(self):
        figures = pd.DataFrame([["Internet users", 62.5, 2024, "of all", "", "% of population"]])
        figures.columns = ["name", "value", "year", "counts", "refs", "unit"]
        place = type("Place", (), {"data": str(DATA), "titled": "Ukraine", "key": "UKR"})()
        with languages.speaking("fr"):
            shown = words.show("4-ict-statistics", "beside_table", figures, place)
        assert ">62,5\u00a0%<" in shown


class TestAlphabet:
    @pytest.mark.parametrize(
        ("language", "names"),
        [
            ("uk", ["Ґанок", "Дім", "Єдність", "Загроза", "Ім'я", "Їжак", "Який", "CERT"]),
            ("ro", ["Azi", "Ămăgire", "Bine", "Insulă", "Început", "Sat", "Șapte", "Tu", "Țară"]),
            ("sq", ["Cak", "Çelës", "Dritë", "Dhomë", "Emër", "Ëndërr", "Lis", "Llambë"]),
            ("sr-Latn", ["Cena", "Čas", "Ćutanje", "Dom", "Džep", "Đak", "Luk", "Ljudi", "Žena"]),
            ("fr", ["école", "Économie", "Etat", "États-Unis", "évaluation"]),
            ("en", ["2020 study", "Child", "Child abuse", "Children", "São Tomé", "Senegal"]),
        ],
    )
    def test_names_stand_as_somebody_who_reads_the_language_looks_them_up(self, language, names):
        with languages.speaking(language):
            assert sorted(reversed(names), key=alphabet.placed) == names

    def test_words_that_differ_in_a_mark_alone_have_an_order(self):
        pair = ["Resume", "Résumé"]
        assert sorted(reversed(pair), key=alphabet.placed) == pair
