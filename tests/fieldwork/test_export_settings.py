"""The documented export of each tool comes in whole; another setting is refused by its name."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import maker
import place

from cop.fieldwork import intake

pytestmark = pytest.mark.xdist_group("returns")
KOBO, LABELS = "XML values and headers", {"language": "en"}


def kobo(**how):
    return lambda form, people: maker.Kobo(form, **how).xlsx(people)


def lime(headings, answers):
    return lambda form, people: maker.lime(form, people, headings, answers)


def without(*headings, **how):
    """Write an export of KoboToolbox without some columns."""

    def write(form, people):
        asked = maker.Kobo(form, **how)
        tables = {b.id: asked._entries(b, people, "main") for b in form.blocks if b.repeat}
        tables = {"main": asked._main(people), **tables}
        for name, rows in tables.items():
            kept = [j for j, heading in enumerate(rows[0]) if heading not in headings]
            tables[name] = [[row[j] for j in kept] for row in rows]
        return maker.workbook(tables)

    return write


OTHER = {  # setting: (file, its content, the sentence)
    "labels": ("k.xlsx", kobo(language="en"), KOBO),
    "labels in Ukrainian": ("k.xlsx", kobo(language="uk"), KOBO),
    "labels without groups": ("k.xlsx", kobo(language="en", groups=False), KOBO),
    "choices in columns": ("k.xlsx", kobo(many="split"), "select-many questions as a single"),
    "separator .": ("k.xlsx", kobo(separator="."), "'/' as the group separator"),
    "separator -": ("k.xlsx", kobo(separator="-"), "'/' as the group separator"),
    "separator _": ("k.xlsx", kobo(separator="_"), "'/' as the group separator"),
    "separator ::": ("k.xlsx", kobo(separator="::"), "'/' as the group separator"),
    "a question left out": ("k.xlsx", without("who/began"), "no column for began. Export again as"),
    "a question of an entry left out": (
        "k.xlsx",
        without("friends/friend_size"),
        "for friend_size",
    ),
    "CSV": (
        "k.csv",
        lambda form, people: maker.text(maker.Kobo(form)._main(people), ";"),
        "Export again as XLSX (CSV holds no repeated entries)",
    ),
    "the main file of ODK only": (
        "visit.csv",
        lambda form, people: maker.odk(form, people)["visit.csv"],
        "Export 'All data and attachments'",
    ),
    "full headings": ("l.csv", lime("full", "code"), "headings as 'Question code'"),
    "codes and texts": ("l.csv", lime("both", "code"), "headings as 'Question code'"),
    "abbreviated headings": ("l.csv", lime("abbreviated", "code"), "headings as 'Question code'"),
    "full answers": ("l.csv", lime("code", "label"), "responses as 'Answer codes'"),
}


@pytest.fixture
def data(tmp_path):
    return place.made(tmp_path)


def brought(data, name, content):
    path = data.parent / name
    path.write_bytes(content)
    return intake.take_in([path], data)


@pytest.mark.parametrize("setting", OTHER)
def test_another_setting_is_refused_in_a_sentence_that_names_it(data, setting, capsys):
    name, write, sentence = OTHER[setting]
    form = place.form(data)
    people = maker.people(form, 6, seed=5, entries=(1, 3))
    assert brought(data, name, write(form, people)) == 2
    said = capsys.readouterr().out
    assert sentence in said and said.count("\n") == 1 and not place.state(data)


HARMLESS = {
    "kobo, one column": ("k.xlsx", kobo(many="joined")),
    "kobo, groups left out": ("k.xlsx", kobo(groups=False)),
    "odk, choices in columns too": (
        "o.zip",
        lambda f, p: maker.packed(maker.odk(f, p, split=True)),
    ),
    "odk, groups left out": ("o.zip", lambda f, p: maker.packed(maker.odk(f, p, groups=False))),
}


@pytest.mark.parametrize("setting", HARMLESS)
def test_settings_that_change_no_answer_come_in_whole(data, setting, capsys):
    name, write = HARMLESS[setting]
    form = place.form(data)
    people = maker.people(form, 6, seed=5)
    assert brought(data, name, write(form, people)) == 0
    came = sorted(map(sorted, place.answers(data, form).values()))
    assert came == sorted(map(sorted, map(maker.expected, people)))
    assert "answer no question" not in capsys.readouterr().out


def test_a_question_that_an_earlier_version_did_not_ask_is_remarked(data, capsys):
    form = place.form(data)
    content = without("who/began", version=lambda person: "2026-1")(form, maker.people(form, 3))
    assert brought(data, "old.xlsx", content) == 0
    assert "no column for began" in capsys.readouterr().out


def test_a_block_that_nobody_filled_in_is_no_missing_column(data):
    form = place.form(data)
    nobody = [person | {"entries": {}} for person in maker.people(form, 3)]
    content = maker.workbook({"main": maker.Kobo(form)._main(nobody)})
    assert brought(data, "k.xlsx", content) == 0 and len(place.live(data)) == 3


@pytest.mark.parametrize("kind", ["same", "empty", "odd"])
def test_two_columns_for_one_question_end_in_a_sentence(data, kind, capsys):
    change = {"same": lambda value: value, "empty": lambda value: "", "odd": lambda value: "odd"}
    form = place.form(data)
    people, asked = maker.people(form, 4, seed=5), maker.Kobo(form)
    entries = {b.id: asked._entries(b, people, "main") for b in form.blocks if b.repeat}
    for question in ["size", "areas", "began", "organisation", "opened"]:
        rows = asked._main(people)
        at = next(j for j, name in enumerate(rows[0]) if name.endswith(question))
        rows = [[*row, change[kind](row[at]) if i else question] for i, row in enumerate(rows)]
        content = maker.workbook({"main": rows, **entries})
        status = brought(data, f"{question}.xlsx", content)
        said = capsys.readouterr().out
        assert status == 0 or (kind == "odd" and status == 1), said
        assert not status or f"column {question}" in said or "answered twice" in said
