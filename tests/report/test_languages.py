"""What a page shows in another language, and what stays: ids, classes, tables, quoted texts."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pagetext
import pandas as pd
import pytest
import yaml
from babel.messages.catalog import Catalog
from cases import by_rule, cases
from conftest import DATA, ROOT
from lxml import html
from markupsafe import Markup

import cop.data
from cop.data.places import Country
from cop.report import catalogues, citations, filenames, formats, languages, page, words
from cop.report.exporter import exporter
from helpers import countries, editions, fieldwork

TEXTS = yaml.safe_load(Path(__file__).with_name("uk.yml").read_text(encoding="utf-8"))
UKRAINIAN = {(context, e): text for context, texts in TEXTS.items() for e, text in texts.items()}
MESSAGES = Catalog()
for context, text in UKRAINIAN:
    MESSAGES.add(text, context=context or None)
COVER = (
    '<section class="cover" data-iso3="UKR" data-country="Україна" data-edition="2026" '
    'data-status="draft"><h1>Звіт: Україна</h1></section>'
    '<h3 data-source="What stands">Що є</h3>'
)

STAGE = "1-desktop-research"


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A Ukrainian catalogue of few messages, used for the length of a test; returns its path."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    catalogues.update(MESSAGES, "uk")
    made = catalogues.read(tmp_path, "uk")
    for (context, english), translation in UKRAINIAN.items():
        made.get(english, context or None).string = translation
    catalogues.write_catalogue("uk", made)
    languages.reload()
    languages.use("uk")
    yield tmp_path / "uk.po"
    languages.use("en")
    languages.reload()


def ukraine(tmp_path):
    return countries.economy("UKR", str(DATA), str(tmp_path / "tables"))


WORDS = (
    "hotline",  # by the label that begins with a capital
    "1 Legal framework",
    "Report",  # the item before the heading
    "La Strada-Ukraine",
    "Southern Europe",
)


def test_what_is_shown_in_another_language_is_as_agreed(catalogue, tmp_path, request):
    place = ukraine(tmp_path)
    rows = {"status": ["in place", "", "a sentence that somebody wrote"], "n": [1234.0, None, 5]}
    headings = words.columns(place, "alignment", "status") | {"n": "n", "html": "h"}
    frame = pd.DataFrame(rows | {"html": [page.Html("")] * 3})
    desk = fieldwork.render_english("desk_on", {"in place": 1}, ["in place"])
    figure = editions.text("figure", "Internet users", "% of population")
    names = [("Police", "Поліція"), ("Report", "Звіти"), ("A", ""), ("Line", "Line 116")]
    shown = [
        *(f"{english}: {languages.translate(english)}" for english in (*WORDS, desk, figure)),
        languages.translate_heading("Report"),
        words.table(frame, "x", headings),
        page.status("in place"),  # its class stays
        *(page.quoted(text) for text in ("hearsay", "дві заяви", "2026")),
        citations.with_citations("A *fact*.", place),
        *(citations.linked(text, place) for text in ("A law & more.", "1 Legal framework")),
        formats.local_names([*names, ("Team", "Дія CERT")]),
        formats.catalogues_of(["Ukrainian", "Serbian"]),  # the only one here
    ]
    text = "".join(f"{part}\n" for part in shown)
    pagetext.compare(request, ROOT / "tests/expected/languages", {"uk": text})
    languages.use("en")  # nothing is kept of one language for the next
    assert languages.translate("hotline") == "hotline"
    assert page.status("in place").endswith(" in place</span>")
    assert citations.linked("A law & more.", place) == "A law &amp; more."


def test_a_country_is_called_by_its_name_in_the_language(catalogue, tmp_path):
    place = ukraine(tmp_path)
    assert (place.name, place.titled, place.called) == ("Ukraine", "Україна", "Україна")
    assert formats.territory("ZZ", "Zedland") == "Zedland"
    languages.use("en")
    place = countries.economy("NLD", str(DATA), str(tmp_path / "tables"))
    assert (place.titled, place.called) == ("Netherlands", "the Netherlands")
    assert Country("NLD", "Netherlands", "", "", "", "Нідерланди").called == "Нідерланди"


@pytest.mark.parametrize(
    ("language", "code", "english", "name"),
    [("fr", "MD", "Moldova", "République de Moldova"),  # by the catalogue; Unicode: "Moldavie"
     ("fr", "CZ", "Czechia", "Tchéquie"), ("ro", "GE", "Georgia", "Georgia")],
)  # fmt: skip
def test_the_catalogue_may_name_a_country_otherwise_than_unicode_does(
    language, code, english, name
):
    with languages.using_language(language):
        assert formats.territory(code, english) == name


@by_rule("code", ("without a code", ""), ("unknown to CLDR", "ZZ"), ("private use", "QO"))
def test_an_invented_country_keeps_its_name(code):
    with languages.using_language("uk"):
        assert formats.territory(code, "Zedland") == "Zedland"


@by_rule(
    "text, tag, is_marked",
    ("a text with a letter that is not in ASCII", "Line 116 për fëmijë", "sq", True),
    ("not one in ASCII", "Line 116 – a line", "sq", False),
    ("nor one in the language of the page", "Señor", "en", False),
    ("nor one of unknown language", "Señor", "", False),
)
def test_a_text_is_marked_with_its_language(text, tag, is_marked):
    assert bool(formats.lang_attribute(text, tag)) == is_marked


def test_local_names_in_another_script_are_left():
    with languages.using_language("ro"):
        assert formats.catalogues_of(iter(["Moldavian"])) == ["ro"]
        rows = [("Some line", "Telefonul"), ("Another", "Телефон"), ("A third", "")]
        assert formats.local_names(rows) == {"Some line": "Telefonul"}, (
            "neither a name in another script nor a missing one is a local name"
        )


def test_a_country_s_page_names_a_line_by_its_local_name_first(catalogue, tmp_path):
    edition = max(cop.data.editions(str(DATA), "UKR"))
    place = countries.find("UKR", str(DATA), str(tmp_path / "t"), edition, "uk")
    row = cop.data.read("stakeholders", DATA, "UKR").query("name_local != ''").iloc[0]
    line = dict.fromkeys(("phone", "website", "hours"), "") | {
        "name": row["name"], "name_local": row.name_local, "kind": "hotline", "operates": "yes",
        "service_id": "UKR-V01",
    }  # fmt: skip
    marked = f'<span lang="uk">{row.name_local}</span>'
    for language, first, second in (
        ("uk", row.name_local, row["name"]), ("en", row["name"], marked)
    ):  # fmt: skip
        languages.use(language)
        shown = words.render("2-stakeholder-mapping", "help_box", pd.DataFrame([line]), {}, place)
        assert f'<b><a href="#UKR-V01">{first}</a></b> ({second}):' in shown


def test_an_english_page_marks_no_text_as_english():
    assert page.text("a sentence that somebody wrote") == "a sentence that somebody wrote"


def test_a_table_without_rows_is_a_sentence_that_only_a_silent_one_leaves_out():
    assert 'class="none"' in words.table(pd.DataFrame(), "Laws", {})
    assert 'class="none"' in words.table(pd.DataFrame(), "Laws", {}, silent=False)
    assert 'class="silent"' in words.table(pd.DataFrame(), "Laws", {}, silent=True)


def test_files_in_english_have_no_suffix_and_others_their_language():
    suffixes = [filenames.ending(language) for language in ("", "en", "uk")]
    assert suffixes == ["", "", "-uk"]


@pytest.mark.parametrize(
    ("language", "number", "share", "measured", "series", "day"), cases("report/formats.csv")
)
def test_numbers_series_and_days(language, number, share, measured, series, day):
    with languages.using_language(language):
        assert page.plain(1234.5) == number and page.percent(12) == share
        assert page.measured(62.5, "% of population") == measured
        assert page.measured(62.5, "index points") == measured.rstrip("%\u00a0")
        assert formats.join_words(["a", "b", "c"]) == series
        assert formats.day("2026-05-03") == day


@pytest.mark.parametrize(("language", "names"), cases("report/alphabets.csv"))
def test_names_are_in_the_order_of_the_alphabet(language, names):
    names = names.split("; ")
    with languages.using_language(language):
        assert sorted(reversed(names), key=formats.sort_key) == names


def test_a_heading_and_its_text_are_joined_as_the_language_does(monkeypatch):
    assert page.label_value("Status", "draft") == "Status: draft"
    assert page.format_count(4, "rows") == "4 rows"
    french = {"%(heading)s: %(text)s": "%(heading)s\u00a0: %(text)s"}
    monkeypatch.setattr(page, "gettext", lambda text: french.get(text, text))
    assert page.label_value("Statut", "projet") == "Statut\u00a0: projet"
    joined = page.label_value(Markup("<b>a</b>"), "b < c")
    assert joined == Markup("<b>a</b>\u00a0: b &lt; c") and isinstance(joined, Markup)
    assert not isinstance(page.label_value("a", "b < c"), Markup)


def made():
    """Return the page of a notebook with a cover and a cell that the catalogue holds."""
    data = {"text/html": COVER, "text/plain": f"<{len(COVER)} characters of HTML>"}
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data)]),
        nbformat.v4.new_markdown_cell("## Bottom line\n\nIn `short`:", id="abc"),
        nbformat.v4.new_markdown_cell("Stays.", id="def"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    parameters = {"iso3": "UKR", "language": languages.current()}
    notebook.metadata["papermill"] = {"parameters": parameters}
    about = {"metadata": {"name": STAGE}, "date": "2026-11-25"}
    text, _ = exporter().from_notebook_node(notebook, about)
    return text, html.document_fromstring(text)


def test_the_text_of_a_notebook_is_translated_and_its_ids_are_the_english_ones(catalogue):
    text, tree = made()
    assert tree.get("lang") == "uk" and "Коротко <code>short</code>:" in text
    assert tree.find(".//h2").text_content() == "1 Головне" and "<p>Stays.</p>" in text
    assert tree.find_class("contents")[0].text_content().split() == ["Зміст", "1", "Головне"]
    ids = [heading.get("id") for heading in tree.iter("h2", "h3")]
    assert ids == ["what-stands", "bottom-line"] and "data-source" not in text
    languages.use("en")
    text, tree = made()
    assert [heading.get("id") for heading in tree.iter("h2", "h3")] == ids
    assert tree.get("lang") == "en" and "data-source" not in text
    assert not tree.find_class("language") and words.notice() == ""


def test_a_draft_says_so_in_both_languages_until_it_is_reviewed(catalogue, monkeypatch):
    assert made()[1].find_class("cover")[0].getnext().get("class") == "language", "below the cover"
    notice = made()[1].find_class("language")[0].text_content()
    assert "Машинний переклад, не перевірено. Machine draft, not reviewed." in notice
    assert "The English edition is the authentic one." in notice
    monkeypatch.setattr(languages, "reviewed", lambda: "language editor, Ministry of Justice")
    notice = made()[1].find_class("language")[0].text_content()
    assert "reviewed: language editor, Ministry of Justice" in notice and "draft" not in notice


@pytest.mark.slow
def test_a_template_that_was_compiled_in_one_language_is_not_bound_to_it(tmp_path):
    program = (
        "from pathlib import Path; from types import SimpleNamespace\n"
        "from cop.report import languages, words\n"
        f"words.COMPILED = Path({str(tmp_path)!r})\n"
        "cell = SimpleNamespace(confidence='low', value='adopted')\n"
        "for language in ('uk', 'en'):\n"
        "    with languages.using_language(language):\n"
        "        print(words.render('cells', 'stated', cell))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    printed = subprocess.check_output([sys.executable, "-c", program], text=True, env=environment)
    first, second = printed.splitlines()
    assert "insufficient evidence" not in first and "insufficient evidence" in second
