"""Catalogues: gathered from what pages can say, renewed without a guess, counted, and signed."""

import shutil

import pytest
from conftest import DATA, call

import cop.data
from cop.data import Refused
from cop.report import languages
from cop.report.tongue import messages, signing, upkeep
from cop.report.tongue.messages import Message

OLD = [
    Message(("Source",), "", "a.j2"),
    Message(("%(n)s row", "%(n)s rows"), "", "a.j2"),
    Message(("Text of a <b>cell</b> on %(place)s",), "1-desktop-research/abc", "1.ipynb"),
]
CHANGED = [*OLD[:2], Message(("Text of a cell",), "1-desktop-research/abc", "1.ipynb")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a Ukrainian catalogue that is whole."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    upkeep.renew(OLD, "uk")
    told = {"Source": "Джерело", "%(n)s row": ("%(n)s рядок", "%(n)s рядки", "%(n)s рядків")}
    told["Text of a <b>cell</b> on %(place)s"] = "Текст <b>комірки</b>: %(place)s"
    put(told)
    return tmp_path


def put(told):
    """Write translations into the Ukrainian catalogue, by the message's first form."""
    catalogue = upkeep._read("uk")
    for message in catalogue:
        if message.id and (first := upkeep._key(message)[1][0]) in told:
            message.string = told[first]
    upkeep._write({"uk": catalogue})


def standing(found=OLD):
    return upkeep.standings(found)[0]


def counts(found=OLD):
    one = standing(found)
    return one.translated, one.missing, one.stale


@pytest.fixture(scope="module")
def every():
    return messages.every()


class TestGathering:
    def test_what_stands_in_a_template_is_a_message_with_its_plural(self, every):
        found = {one.ids: one for one in every}
        assert found[("%(n)s source", "%(n)s sources")].where == "1-desktop-research.j2"
        assert found[("Figure %(n)s.",)].where == "render.py"
        assert ("Save as CSV",) in found and ("Regional median",) in found

    def test_titles_labels_and_the_vocabulary_of_the_tables_are(self, every):
        found = {(one.ids[0], one.context): one.where for one in every}
        assert found["UN M49", ""] == "datapackage.json, titles"
        assert ("Law enforcement", "") in found  # a label of roles
        assert found["1 Legal framework", "reference"] == "guidelines.csv, area"

    def test_a_word_that_english_uses_in_two_senses_is_not_one_message(self, every):
        said = {one.ids[0] for one in every if not one.context}
        assert not said & {"From", "Not"}  # a day, a sender or a document; not what?
        of = lambda table, column: cop.data.titles(table, DATA)[column]  # noqa: E731
        assert of("chain", "link") != of("returned_links", "link")
        assert of("actions", "recommendation_id") != of("survey", "count") == "Answers"
        assert {"First day", "From whom", "Not accepted", "Not addressed"} <= said

    def test_each_stands_there_once(self, every):
        found = [(one.ids[0], one.context) for one in every]
        assert len(found) == len(set(found)) > 2000

    @pytest.mark.slow
    def test_a_cell_that_no_page_shows_is_none(self, tmp_path):
        cells = [("abc", "Shown.", []), ("def", "Of the method.", ["method"])]
        cell = '{"cell_type": "markdown", "id": "%s", "source": ["%s"], "metadata": {"tags": %s}}'
        made = ", ".join(cell % (i, text, str(tags).replace("'", '"')) for i, text, tags in cells)
        (tmp_path / "1-desktop-research.ipynb").write_text(f'{{"cells": [{made}]}}', "utf-8")
        found = {one.ids[0]: one.context for one in messages.every(tmp_path)}
        assert found["Shown."] == "1-desktop-research/abc" and "Of the method." not in found


class TestRenewing:
    def test_a_language_is_begun_with_every_message_and_its_plural_forms(self, folder):
        assert upkeep.renew(OLD, "sr-Latn") == ["uk", "sr-Latn"]
        assert languages.known() == ["en", "sr-Latn", "uk"]
        text = (folder / "sr-Latn.po").read_text(encoding="utf-8")
        assert "nplurals=3" in text and "#: a.j2\n" in text and 'msgctxt "1-desktop' in text
        assert counts() == (0, 3, 0)

    def test_nothing_changes_where_nothing_changed(self, folder):
        before = (folder / "uk.po").read_bytes()
        upkeep.renew(OLD)
        assert (folder / "uk.po").read_bytes() == before and counts() == (3, 0, 0)

    def test_a_changed_sentence_makes_exactly_its_translations_stale(self, folder):
        assert counts(CHANGED) == (2, 1, 1)  # before the catalogue was renewed, too
        upkeep.renew(CHANGED)
        assert counts(CHANGED) == (2, 1, 1)
        text = (folder / "uk.po").read_text(encoding="utf-8")
        assert '#~ msgstr "Текст <b>комірки</b>: %(place)s"' in text
        assert 'msgid "Text of a cell"\nmsgstr ""' in text and "fuzzy" not in text

    def test_an_english_sentence_that_comes_back_finds_its_translation(self, folder):
        upkeep.renew(CHANGED), upkeep.renew(OLD)
        assert counts() == (3, 0, 0)

    @pytest.mark.parametrize("ids", [("%(n)s row", "%(n)s lines"), ("%(n)s line", "%(n)s rows")])
    def test_one_of_two_forms_that_changed_makes_the_translation_stale(self, ids, folder):
        changed = [one for one in OLD if len(one.ids) == 1] + [Message(ids, "", "a.j2")]
        upkeep.renew(changed)
        assert counts(changed) == (2, 1, 1)
        assert "#~ msgid" in (folder / "uk.po").read_text(encoding="utf-8")
        upkeep.renew(OLD)
        assert counts() == (3, 0, 0)
        assert "#~ msgid" not in (folder / "uk.po").read_text(encoding="utf-8")

    def test_a_message_that_gets_forms_keeps_what_was_said_of_every_number(self, folder):
        one, two = "%(n)s of all", ("%(n)s of all", "%(n)s of all")
        upkeep.renew([Message((one,), "", "a.j2")], "uk")
        put({one: "%(n)s з усіх"})
        upkeep.renew([Message(two, "", "a.j2")])
        assert counts([Message(two, "", "a.j2")])[:2] == (1, 0)
        languages.look_again()
        with languages.speaking("uk"):
            assert languages.ngettext(*two, 3) == "%(n)s з усіх"
        languages.look_again()

    def test_it_does_so_before_its_catalogue_is_renewed(self, folder):
        languages.look_again()
        with languages.speaking("uk"):
            assert languages.ngettext("Source", "Source", 3) == "Джерело"
            assert languages.ngettext("%(n)s row", "%(n)s rows", 3) == "%(n)s рядки"
        languages.look_again()

    def test_a_tag_that_names_no_language_is_refused(self, folder):
        with pytest.raises(Refused, match="'qq-qq' names no language"):
            upkeep.renew(OLD, "qq-qq")
        assert languages.known() == ["en", "uk"]


def doubt(words):
    """Mark the translation of a text as an editor does: "needs work"."""
    catalogue = upkeep._read("uk")
    catalogue[words].flags.add("fuzzy")
    upkeep._write({"uk": catalogue})


def test_a_translation_that_needs_work_is_stale_and_not_translated(folder):
    doubt("Source")
    assert counts() == (2, 0, 1)
    languages.look_again()
    with languages.speaking("uk"):
        assert languages.gettext("Source") == "Source"  # as pages have it
    languages.look_again()


class TestFaults:
    @pytest.mark.parametrize(
        ("told", "fault"),
        [
            ("Текст <b>комірки</b>", "a translation lacks %(place)"),
            ("<b>%(where)s</b> %(place)s", "a translation has %(where), which its message has not"),
            ("Текст комірки: %(place)s", "the tags of HTML are not the same"),
        ],
    )
    def test_a_lost_place_or_tag_is_named(self, folder, told, fault):
        put({"Text of a <b>cell</b> on %(place)s": told})
        assert standing().faults == (f"'Text of a <b>cell</b> on %(place)s': {fault}",)

    @pytest.mark.parametrize("told", ["Джерела\n\nТекст", "### Джерела\n\nТекст", "##Джерела"])
    def test_a_lost_mark_of_a_heading_is_named(self, folder, told):
        one = [Message(("## Sources\n\nText",), "1-desktop-research/abc", "1.ipynb")]
        upkeep.renew(one)
        put({one[0].ids[0]: told})
        fault = "the marks of headings, such as ##, are not the same"
        assert upkeep.standings(one)[0].faults == (f"'## Sources\\n\\nText': {fault}",)
        put({one[0].ids[0]: "## Джерела\n\nТекст із # посередині"})
        assert upkeep.standings(one)[0].faults == ()

    def test_a_form_of_a_plural_may_do_without_the_number_where_it_is_of_one_alone(self, folder):
        one = [Message(("The row", "All %(n)s rows"), "", "a.j2")]
        upkeep.renew(one, "fr")
        catalogue = upkeep._read("fr")
        catalogue["The row"].string = ("La ligne", "Les %(n)s lignes")
        upkeep._write({"fr": catalogue})
        assert upkeep.standings(one)[0].faults == ()

    def test_one_of_21_too_needs_it(self, folder):
        one = [Message(("The row", "All %(n)s rows"), "", "a.j2")]
        upkeep.renew(one)
        put({"The row": ("Рядок", "Усі %(n)s рядки", "Усі %(n)s рядків")})
        assert upkeep.standings(one)[0].faults == ("'The row': a translation lacks %(n)",)
        put({"The row": ("Рядки: %(n)s", "Рядки: %(n)s", "Рядки: %(n)s")})
        assert upkeep.standings(one)[0].faults == ()

    def test_no_catalogue_of_the_project_has_one(self, every):
        found = upkeep.standings(every)
        assert not {one.language: one.faults for one in found if one.faults}


class TestSigning:
    def test_who_signed_and_when_stands_at_the_head(self, folder, monkeypatch):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
        upkeep.sign_off("uk", "language editor", OLD)
        text = (folder / "uk.po").read_text(encoding="utf-8")
        assert "\n# X-Reviewed-By: language editor, 2026-1" in text
        assert standing().signed.startswith("language editor, 2026-1")

    def test_a_changed_translation_makes_a_draft_of_it(self, folder):
        upkeep.sign_off("uk", "language editor", OLD)
        put({"Source": "Першоджерело"})
        assert standing().signed == "" and standing().changed

    def test_a_translation_that_fell_away_does_not(self, folder):
        upkeep.sign_off("uk", "language editor", OLD)
        upkeep.renew(CHANGED)
        assert standing(CHANGED).signed.startswith("language editor")

    def test_a_catalogue_with_faults_is_not_signed(self, folder):
        put({"Text of a <b>cell</b> on %(place)s": "Текст"})
        with pytest.raises(Refused, match="uk.po has 2 faults: `cop words status` names them"):
            upkeep.sign_off("uk", "language editor", OLD)

    def test_one_that_is_not_whole_is_not_signed(self, folder):
        with pytest.raises(Refused, match="uk.po is not whole, .*: 1 missing, 1 stale; translate"):
            upkeep.sign_off("uk", "language editor", CHANGED)
        doubt("Source")
        with pytest.raises(Refused, match="0 missing, 1 stale"):
            upkeep.sign_off("uk", "language editor", OLD)
        assert "X-Reviewed" not in (folder / "uk.po").read_text(encoding="utf-8")

    def test_a_translation_that_needs_work_again_makes_a_draft_of_it(self, folder):
        upkeep.sign_off("uk", "language editor", OLD)
        doubt("Source")
        assert standing().signed == "" and standing().changed

    def test_one_that_is_not_there_cannot_be_signed(self, folder):
        with pytest.raises(Refused, match="no catalogue of 'pl'; `cop words extract pl` begins"):
            upkeep.sign_off("pl", "language editor", OLD)
        with pytest.raises(Refused, match="no catalogue of 'en'"):
            upkeep.sign_off("en", "language editor", OLD)

    def test_two_catalogues_of_other_words_have_other_digests(self, folder):
        before = signing.digest(upkeep._read("uk"))
        put({"Source": "Першоджерело"})
        assert signing.digest(upkeep._read("uk")) != before


class TestCommands:
    @pytest.mark.slow
    def test_a_language_is_begun_and_counted(self, folder, capsys):
        status, text, _ = call(capsys, "words", "extract", "pl")
        assert status == 0 and "messages on the pages." in text
        assert "pl: 0 translated, " in text and "; machine draft" in text
        assert "uk: 1 translated, " in text and "2 stale" in text
        status, _, text = call(capsys, "words", "review", "pl", "--by", "language editor")
        assert status == 2 and "pl.po is not whole" in text and " missing, 0 stale" in text

    def test_a_whole_one_is_signed(self, folder, capsys, monkeypatch):
        monkeypatch.setattr(messages, "every", lambda: OLD)
        status, text, _ = call(capsys, "words", "review", "uk", "--by", "language editor")
        assert status == 0 and "Signed: uk, by language editor." in text
        status, text, _ = call(capsys, "words", "status")
        assert status == 0 and "; reviewed by language editor, 20" in text

    def test_faults_are_named_and_end_with_one(self, folder, capsys, monkeypatch):
        monkeypatch.setattr(messages, "every", lambda: OLD)
        put({"Text of a <b>cell</b> on %(place)s": "Текст"})
        status, text, _ = call(capsys, "words", "status")
        assert status == 1 and "  'Text of a <b>cell</b> on %(place)s': " in text

    def test_a_changed_sentence_is_told(self, folder, capsys, monkeypatch):
        monkeypatch.setattr(messages, "every", lambda: CHANGED)
        assert "uk: 2 translated, 1 missing, 1 stale" in call(capsys, "words", "status")[1]


def test_a_column_that_is_gathered_is_in_its_table():
    for name, columns in messages.VOCABULARY.items():
        assert set(columns.split()) <= set(cop.data.columns(name, str(DATA))), name


@pytest.mark.slow
def test_templates_are_read_from_a_copy_as_from_the_project(tmp_path, monkeypatch):
    shutil.copytree(
        messages.SRC / "cop" / "report" / "words", tmp_path / "cop" / "report" / "words"
    )
    (tmp_path / "helpers").mkdir()
    path = tmp_path / "cop" / "report" / "words" / "language.j2"
    text = path.read_text(encoding="utf-8")
    assert "Machine draft, not reviewed." in text
    path.write_text(text.replace('_("Machine draft', '_("A machine draft'), encoding="utf-8")
    monkeypatch.setattr(messages, "SRC", tmp_path)
    found = {one.ids[0] for one in messages.every()}
    assert "A machine draft, not reviewed." in found and "Machine draft, not reviewed." not in found
