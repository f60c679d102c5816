"""What a page shows in another language, and what stays as it is: ids, classes, tables, names."""

import json
from datetime import date
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from conftest import DATA
from lxml import html

import cop.data
from cop.data.places import Country
from cop.report import citations, covers, figure, filenames, languages, page, render, words
from cop.report.charts import signs
from cop.report.site import resources, studies
from cop.report.tongue import formats, upkeep
from cop.report.tongue.messages import Message
from helpers import countries, editions, fieldwork

UKRAINIAN = {
    ("", "in place"): "запроваджено",
    ("", "Status"): "Статус",
    ("", "Hotline"): "Гаряча лінія",
    ("", "no data"): "немає даних",
    ("", "none found"): "не знайдено",
    ("", "items: %(parts)s"): "пункти: %(parts)s",
    ("", "Contents"): "Зміст",
    ("", "Table %(n)s."): "Таблиця %(n)s.",
    ("", "Machine draft, not reviewed."): "Машинний переклад, не перевірено.",
    ("", "%(n)s %(word)s"): "%(word)s – %(n)s",
    ("", "Report"): "Звіт",
    ("reference", "Report"): "Повідомлення",
    ("", "Law"): "Закон",
    ("", "Challenge"): "Виклик",
    ("", "Internet users"): "Користувачі інтернету",
    ("reference", "% of population"): "% населення",
    ("", covers.USUAL): "лише кабінетне дослідження",
    ("", "The COP assessment project"): "Проєкт оцінювання",
    ("reference", "1 Legal framework"): "1 Правова база",
    ("1-desktop-research/abc", "## Bottom line\n\nIn `short`:"): "## Головне\n\nКоротко `short`:",
}


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A Ukrainian catalogue of few messages, spoken for the length of a test; gives its path."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    upkeep.renew([Message((words,), context, "here") for context, words in UKRAINIAN], "uk")
    made = upkeep._read("uk")
    for (context, english), told in UKRAINIAN.items():
        made.get(english, context or None).string = told
    upkeep._write({"uk": made})
    languages.look_again()
    languages.use("uk")
    yield tmp_path / "uk.po"
    languages.use("en")


def ukraine(tmp_path):
    return countries.economy("UKR", str(DATA), str(tmp_path / "tables"))


class TestWords:
    def test_a_status_is_said_and_its_class_stays(self, catalogue):
        shown = page.status("in place")
        assert 'class="status in-place"' in shown and shown.endswith(" запроваджено</span>")
        assert 'class="status in-place"' in (sign := signs.signed("in place"))
        assert "запроваджено" in sign

    def test_headings_cells_and_what_is_missing_are_said(self, catalogue, tmp_path):
        rows = {
            "status": ["in place", "", "a sentence that somebody wrote"],
            "n": [1234.0, None, 5],
        }
        headings = words.columns(ukraine(tmp_path), "alignment", "status") | {"n": "n"}
        told = page.table(pd.DataFrame(rows), "x", headings)
        assert '<th scope="col" role="columnheader">Статус</th>' in told
        assert ">запроваджено</th>" in told and ">1\u00a0234</td>" in told
        assert '<span class="missing">немає даних</span>' in told
        assert '<span lang="en">a sentence that somebody wrote</span>' in told

    def test_a_word_of_a_table_is_said_by_its_label_and_by_tables_of_reference(self, catalogue):
        assert languages.said("hotline") == "гаряча лінія"
        assert languages.said("1 Legal framework") == "1 Правова база"
        assert languages.said("La Strada-Ukraine") == "La Strada-Ukraine"

    def test_an_item_comes_before_a_heading_of_the_same_words(self, catalogue):
        assert languages.said("Report") == "Повідомлення"
        assert languages.titled("Report") == "Звіт" and languages.titled("Law") == "Закон"
        assert languages.titled("1 Legal framework") == "1 Правова база"
        assert languages.said("law") == "закон"

    def test_a_number_and_its_word_stand_as_the_language_has_them(self, catalogue):
        assert page.of(4, "рядки") == "рядки – 4"
        languages.use("en")
        assert page.of(4, "in place") == "4 in place"

    def test_what_a_row_of_changes_is_of_is_recorded_in_english_and_said(self, catalogue):
        made = editions.text("figure", "Internet users", "% of population")
        assert made == "Internet users (% of population)"
        assert languages.said(made) == "Користувачі інтернету (% населення)"
        assert editions.text("numbered", "PE-REP-01", "Report") == "PE-REP-01 Report"
        assert languages.said("PE-REP-01 Report") == "PE-REP-01 Повідомлення"

    def test_labels_and_titles_are_said(self, catalogue):
        assert words.labels("alignment", "status", str(DATA))["in place"] == "запроваджено"
        assert words.titles("alignment", str(DATA))["status"] == "Статус"

    def test_a_text_for_a_table_is_english_and_shown_in_the_language(self, catalogue):
        made = fieldwork.render_english("desk_on", {"in place": 1}, ["in place"])
        assert made == "items: 1 in place"
        assert languages.said(made) == "пункти: запроваджено – 1"
        assert "пункти: запроваджено – 1" in page.table(
            pd.DataFrame({"a": [made]}), "x", {"a": "a"}
        )

    def test_a_figure_without_rows_says_so_and_a_matrix_says_what_is_not_found(self, catalogue):
        caption = figure.Caption("a", "b", "c", "d, 2026", "e", "f")
        assert "b: nothing is recorded." in figure.nothing(caption)
        assert page.table(pd.DataFrame({"a": [page.Shown("")]}), "x", {"a": "a"}).count(
            "не знайдено"
        )

    def test_nothing_is_kept_of_one_language_for_the_next(self, catalogue):
        languages.remember({"a": "б"})
        languages.use("en")
        assert languages.said("a") == "a" and page.status("in place").endswith(" in place</span>")


class TestNames:
    def test_a_country_is_called_by_its_name_in_the_language(self, catalogue, tmp_path):
        place = ukraine(tmp_path)
        assert (place.name, place.titled, place.called) == ("Ukraine", "Україна", "Україна")
        assert languages.said("North Macedonia") == "Північна Македонія"
        assert languages.said("Southern Europe") == "Південна Європа"

    def test_the_catalogue_may_name_it_otherwise_than_unicode_does(self):
        with languages.speaking("fr"):
            assert formats.territory("MD", "Moldova") == "République de Moldova"  # not "Moldavie"
            assert formats.territory("CZ", "Czechia") == "Tchéquie"  # no assessment: Unicode's
            assert languages.held("reference", "Moldova") and not languages.held("", "Moldova")
        with languages.speaking("ro"):
            assert languages.held("reference", "Georgia") == "Georgia"  # the same, and decided
        assert languages.held("reference", "Moldova") == ""

    def test_in_english_it_has_its_article_and_no_other_name(self, tmp_path):
        place = countries.economy("NLD", str(DATA), str(tmp_path / "tables"))
        assert (place.titled, place.called) == ("Netherlands", "the Netherlands")
        assert Country("NLD", "Netherlands", "", "", "", "Нідерланди").called == "Нідерланди"

    def test_bodies_and_services_have_their_own_names_where_the_language_is_the_country_s(
        self, catalogue
    ):
        assert formats.is_own(["Ukrainian"]) and not formats.is_own(["Serbian", "Albanian"])
        rows = [("Police", "Поліція"), ("Report", "Звіти"), ("A", ""), ("Line", "Line 116")]
        assert formats.own_names(rows) == {"Police": "Поліція"}
        assert not formats.is_own([])

    def test_a_name_in_another_script_is_left(self):
        with languages.speaking("ro"):
            assert formats.is_own(["Moldavian"])
            rows = [("Some line", "Telefonul"), ("Another", "Телефон")]
            assert formats.own_names(rows) == {"Some line": "Telefonul"}

    def test_a_country_s_page_says_them_first(self, catalogue, tmp_path):
        place = countries.find("UKR", str(DATA), str(tmp_path / "t"), max(_editions()), "uk")
        row = cop.data.read("stakeholders", DATA, "UKR").query("name_local != ''").iloc[0]
        assert languages.said(row["name"]) == row.name_local != row["name"]
        lines = pd.DataFrame([row])[["name", "name_local"]]
        lines = lines.assign(kind="hotline", website="", operates="yes", service_id="UKR-V01")
        lines = lines.assign(phone="", hours="")
        shown = words.show("2-stakeholder-mapping", "help_box", lines, {}, place)
        assert f'<b><a href="#UKR-V01">{row.name_local}</a></b> ({row["name"]}):' in shown
        languages.use("en")
        shown = words.show("2-stakeholder-mapping", "help_box", lines, {}, place)
        assert f'<b><a href="#UKR-V01">{row["name"]}</a></b> ({row.name_local}):' in shown

    def test_an_invented_country_keeps_its_name(self, catalogue):
        assert formats.territory("ZZ", "Zedland") == "Zedland"


@pytest.mark.parametrize(
    ("language", "number", "share", "series"),
    [
        ("en", "1,234.5", "12%", "a, b and c"),
        ("uk", "1\u00a0234,5", "12%", "a, b і c"),
        ("sr-Latn", "1.234,5", "12%", "a, b i c"),
        ("sq", "1\u00a0234,5", "12%", "a, b dhe c"),
        ("ro", "1.234,5", "12\u00a0%", "a, b și c"),
        ("fr", "1\u00a0234,5", "12\u00a0%", "a, b et c"),
    ],
)
def test_numbers_and_series_are_written_as_the_language_does(language, number, share, series):
    with languages.speaking(language):
        assert page.plain(1234.5) == number and page.percent(12) == share
        assert page.listed(["a", "b", "c"]) == series


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "3 May 2026"),
        ("uk", "3 травня 2026\u00a0р."),
        ("sr-Latn", "3. maj 2026."),
        ("fr", "3 mai 2026"),
    ],
)
def test_days_are_written_as_the_language_does(language, day):
    with languages.speaking(language):
        assert page.day(date(2026, 5, 3)) == day


def test_a_narrative_stays_as_it_was_written_and_is_marked_as_english(catalogue, tmp_path):
    place = countries.find("UKR", str(DATA), str(tmp_path / "t"), max(_editions()), "uk")
    assert (
        citations.with_citations("A *fact*.", place)
        == '<div lang="en"><p>A <em>fact</em>.</p>\n</div>'
    )


def test_a_text_that_names_rows_is_marked_as_english_unless_it_is_known(catalogue, tmp_path):
    place = ukraine(tmp_path)
    assert citations.linked("A law & more.", place) == '<span lang="en">A law &amp; more.</span>'
    assert citations.linked("1 Legal framework", place) == "1 Правова база"
    assert citations.linked("", place) == ""
    languages.use("en")
    assert citations.linked("A law & more.", place) == "A law &amp; more."


def test_what_somebody_wrote_is_marked_as_english_and_a_known_name_is_said(catalogue):
    languages.remember({"Police": "Поліція"})
    first_actions = words.show("6-country-assessment", "first_actions", ACTIONS, 0, None)
    assert (
        '<li><span lang="en">Adopt a plan for schools</span> <span class="local">' in first_actions
    )
    assert 'Поліція, by <span class="date">2027</span>' in first_actions
    told = words.show("6-country-assessment", "or_work", None)
    assert 'class="missing"' in told and "nan" not in told
    languages.use("en")
    first_actions = words.show("6-country-assessment", "first_actions", ACTIONS, 0, None)
    assert (
        '<li>Adopt a plan for schools <span class="local">Police, by <span class="date">2027'
        in first_actions
    )


ACTIONS = pd.DataFrame(
    [
        {
            "what": "Adopt a plan for schools: now",
            "lead": "Police",
            "due": "2027",
            "recommendation_id": "UKR-R01",
        }
    ]
)


def test_a_cover_says_what_an_edition_rests_on(catalogue, tmp_path):
    about = SimpleNamespace(status="draft", cut_off="2026-01-01", basis=covers.USUAL)
    shown = words.show("cover", "country", ukraine(tmp_path), about, "Проєкт", "", False)
    assert "<dd>Проєкт: лише кабінетне дослідження</dd>" in shown


def test_the_words_that_editions_rest_on_are_those_of_a_message():
    found = [cop.data.read("editions", DATA, iso3).basis for iso3 in countries.begun(str(DATA))]
    assert covers.USUAL in set(pd.concat(found))


def test_a_page_is_cited_by_a_maker_named_in_its_language(catalogue, tmp_path):
    package = SimpleNamespace(
        licenses=[], contributors=[{"title": "The COP assessment project"}], get={}.get
    )
    place = ukraine(tmp_path)
    shown = words.show("cover", "imprint", place, "x", "2026", "y", pd.DataFrame(), package)
    assert "<dd>Проєкт оцінювання (2026)" in shown


def test_a_source_of_the_library_says_in_the_language_what_it_is_of(catalogue):
    row = {"source_title": "Challenge: BIK map | A: b", "source_url": "https://a"}
    assert list(studies._sources(row)) == [("Виклик: BIK map", "https://a"), ("A: b", "")]


def test_the_parts_of_the_library_are_all_known():
    titles = cop.data.read("challenge_library", DATA).source_title.str.split(" | ", regex=False)
    before = {one.partition(": ")[0] for one in titles.explode() if ": " in one}
    assert before <= set(studies.PARTS)


def test_what_an_item_asks_is_said_in_the_language(catalogue, tmp_path, monkeypatch):
    monkeypatch.setitem(languages._remembered, "Ask police.", "Спитати поліцію.")
    place = ukraine(tmp_path)
    frame = pd.DataFrame([ITEM])
    shown = words.show(
        "5-guideline-alignment", "item_table", frame, "policy-makers", place, {}, {}, {}
    )
    assert '<span class="local">Asks: Спитати поліцію.</span>' in shown


ITEM = {
    **dict.fromkeys(("framework", "rationale", "evidence_ids", "confidence", "judged_by"), ""),
    **{"item_id": "PM-01", "item": "Report", "guidance": "Ask police.", "status": "in place"},
    **{"wording": "", "document": "policy-makers", "confidence_reason": ""},
}


@pytest.mark.slow
def test_every_table_of_the_site_is_described_in_the_language():
    from cop.report.tongue import messages

    found = {one.ids[0] for one in messages.every()}
    tables = {one["name"]: one for one in cop.data.contents(DATA)["resources"]}
    assert {tables[name]["description"] for name in resources.REFERENCE} <= found


def _editions():
    return countries.begun(str(DATA))["UKR"]


COVER = (
    '<section class="cover" data-iso3="UKR" data-country="Україна" data-edition="2026" '
    'data-status="draft"><p class="kicker">Звіт</p><p class="country">Україна</p></section>'
    '<h3 data-source="What stands">Що є</h3>'
)


def notebook():
    """Return of a cover and one cell of text that the catalogue knows."""
    output = nbformat.v4.new_output(
        "display_data",
        data={"text/html": COVER, "text/plain": f"<{len(COVER)} characters of HTML>"},
    )
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[output]),
        nbformat.v4.new_markdown_cell("## Bottom line\n\nIn `short`:", id="abc"),
        nbformat.v4.new_markdown_cell("Stays.", id="def"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def made():
    text = render.page(notebook(), "cop-annex-UKR-1-desktop-research.html", "2026-11-25")
    return text, html.document_fromstring(text)


class TestPages:
    def test_the_text_of_a_notebook_is_said_and_its_ids_are_the_english_ones(self, catalogue):
        text, tree = made()
        assert tree.get("lang") == "uk" and "Коротко <code>short</code>:" in text
        heading = tree.find(".//h2")
        assert (heading.get("id"), heading.text_content()) == ("bottom-line", "1 Головне")
        assert tree.find(".//h3").get("id") == "what-stands"
        assert tree.find_class("contents")[0].text_content() == "Зміст1 Головне"
        assert "data-source" not in text and "<p>Stays.</p>" in text

    def test_the_same_ids_stand_in_english(self, catalogue):
        ours = [one.get("id") for one in made()[1].iter("h2", "h3")]
        languages.use("en")
        text, tree = made()
        assert [one.get("id") for one in tree.iter("h2", "h3")] == ours
        assert tree.get("lang") == "en" and "data-source" not in text

    def test_a_draft_says_so_in_its_language_and_in_english(self, catalogue):
        notice = made()[1].find_class("language")[0].text_content()
        assert "Машинний переклад, не перевірено. Machine draft, not reviewed." in notice
        assert "The English edition is the authentic one." in notice

    def test_a_signed_catalogue_is_no_draft_until_a_translation_is_changed(self, catalogue):
        upkeep.sign_off("uk", "language editor, Ministry of Justice", _messages())
        languages.look_again()
        notice = made()[1].find_class("language")[0].text_content()
        assert "reviewed: language editor, Ministry of Justice" in notice
        assert "draft" not in notice
        text = catalogue.read_text(encoding="utf-8").replace("Зміст", "Перелік")
        catalogue.write_text(text, encoding="utf-8")
        languages.look_again()
        assert "Machine draft" in made()[1].find_class("language")[0].text_content()

    def test_an_english_page_says_nothing_of_languages(self):
        text, tree = made()
        assert not tree.find_class("language") and "translated.css" not in text
        assert words.notice() == ""


def _messages():
    return [Message((words,), context, "here") for context, words in UKRAINIAN]


def test_the_stage_of_a_page_is_known_by_its_name():
    for stage in (
        "0-desk-baseline",
        "1-desktop-research",
        "6-country-assessment",
        filenames.REGION,
    ):
        assert filenames.stage_of(filenames.of_stage(stage, "UKR")) == stage
    assert filenames.stage_of("index.html") == ""


@pytest.mark.slow
def test_every_text_of_a_notebook_is_known_by_stage_and_cell():
    from cop.report.tongue import messages

    found = {one.context: one.ids[0] for one in messages.every()}
    path = messages.ROOT / "notebooks" / "1-desktop-research.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [c for c in cells if c["cell_type"] == "markdown" and not c["metadata"].get("tags")]
    assert len(texts) > 10
    for cell in texts:
        assert found[f"1-desktop-research/{cell['id']}"] == "".join(cell["source"])
