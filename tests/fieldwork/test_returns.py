"""Returns in: every export comes in whole, counted row by row; what is wrong is told and kept;
nothing is ever half done.
"""

import copy
import io
import itertools
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from conftest import one_in
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import maker
import mutants
import place

from cop.cli import main
from cop.fieldwork import excel_form, intake, questionnaires, restricted
from cop.fieldwork.questionnaires import wording

pytestmark = pytest.mark.xdist_group("returns")
TODAY = date(2026, 11, 24)
# Any text but NUL and halves of letters; signs that spreadsheets act on are likelier than others.
text_of_cells = st.one_of(
    st.text(st.sampled_from("=+-@'\t\r\n\";, a1")),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@pytest.fixture
def data(tmp_path):
    return place.made(tmp_path)


@pytest.fixture
def form(data):
    return place.form(data)


@pytest.fixture
def people(form):
    return maker.people(form, 8)


def brought(data, name, content, **asked):
    """Write a file and take it in; give the exit status."""
    path = data.parent / name
    path.write_bytes(content)
    return intake.take_in([path], data, today=TODAY, **asked)


def assert_whole(data, form, people):
    """Every answer of every person is in the store, and nothing else."""
    came = sorted(map(sorted, place.answers(data, form).values()))
    assert came == sorted(map(sorted, map(maker.expected, people)))


def without_entries(people):
    return [person | {"entries": {}} for person in people]


# Every tool, every way to ask it for an export.


def test_kobo_with_two_versions_of_the_form(data, form, people):
    versions = {p["uuid"]: "2026-1" if i % 2 else "2026-2" for i, p in enumerate(people)}
    asked = maker.Kobo(form, version=lambda p: versions[p["uuid"]])
    assert brought(data, "two.xlsx", asked.xlsx(people)) == 0
    assert_whole(data, form, people)
    assert sorted(r["version"] for r in place.live(data).values()) == sorted(versions.values())


def test_a_column_of_an_older_version_is_named_and_kept_in_the_raw_file(data, form, people, capsys):
    rows = maker.Kobo(form).table(people)
    rows = [["who/fax", *rows[0]]] + [["+999 5", *r] for r in rows[1:]]
    assert brought(data, "old.csv", maker.text(rows, ";")) == 0
    assert "who/fax (8)" in capsys.readouterr().out


def test_entries_of_no_return_are_told(data, form, people, capsys):
    book = openpyxl.load_workbook(io.BytesIO(maker.Kobo(form).xlsx(people)))
    sheet = book["acts"]
    row = sheet.max_row + 1
    sheet.cell(row, 1, "Orphan")
    out = io.BytesIO()
    book.save(out)
    assert brought(data, "orphan.xlsx", out.getvalue()) == 1
    assert f"row {row}: belongs to no response" in capsys.readouterr().out


def test_odk_entries_alone_are_told_to_bring_their_main_file(data, form, people, capsys):
    entries = maker.odk(form, people)["visit-acts.csv"]
    assert brought(data, "visit-acts.csv", entries) == 2
    assert "together with its main file" in capsys.readouterr().out and not place.state(data)


def test_a_response_that_was_not_completed_is_partial(data, form, people):
    people[0]["partial"] = True
    people[0]["answers"].pop("size")
    people[1]["answers"].pop("size")
    assert (
        brought(data, "lime.csv", maker.lime(form, people)) == 1
    )  # only the completed one is refused
    partial = [r for r in place.live(data).values() if r["remark"]]
    assert len(partial) == 1 and partial[0]["remark"].startswith("partial")
    assert (
        partial[0]["status"] == "accepted with a remark"
        and len(place.live(data)) == len(people) - 1
    )


@pytest.mark.slow
def test_a_plain_table_comes_in_by_its_mapping(data, form, people):
    rows, mapping = maker.plain(form, people)
    told = data.parent / "mapping.yml"
    told.write_text(yaml.safe_dump(mapping), encoding="utf-8")
    assert (
        brought(
            data,
            "plain.xlsx",
            maker.workbook({"Notes": [["x"]], "Answers": rows[:1] + rows[1:]}),
            mapping=_sheet(told, mapping),
        )
        == 0
    )
    assert_whole(data, form, people)
    for separator, mark in ((",", b""), (";", b"\xef\xbb\xbf"), ("\t", b"")):
        assert (
            brought(
                data, f"plain{ord(separator)}.csv", mark + maker.text(rows, separator), mapping=told
            )
            == 0
        )
    assert (
        brought(data, "utf16.csv", maker.text(rows, "\t").decode().encode("utf-16"), mapping=told)
        == 0
    )
    assert_whole(data, form, people)


def _sheet(told, mapping):
    path = told.with_name("sheet.yml")
    path.write_text(yaml.safe_dump(mapping | {"sheet": "Answers"}), encoding="utf-8")
    return path


@pytest.mark.parametrize("fault", ["questionnaire: visit", "columns: {A: b}", "a: [", "questionnaire: nothing\ncolumns: {A: b}", "questionnaire: visit\ncolumns: {Nowhere: size}", "questionnaire: visit\ncolumns: {Country: sizes}"])  # fmt: skip
def test_a_faulty_mapping_is_refused_in_a_sentence(data, form, people, fault, capsys):
    told = data.parent / "mapping.yml"
    told.write_text(fault, encoding="utf-8")
    path = data.parent / "plain.csv"
    path.write_bytes(maker.text(maker.plain(form, people)[0]))
    assert main.main(["intake", str(path), "--mapping", str(told), "--data", str(data)]) == 2
    said_of = "".join(capsys.readouterr())
    assert "mapping" in said_of or "questionnaire" in said_of
    assert "Traceback" not in said_of and not place.state(data)


@pytest.mark.parametrize("language", one_in(2, ["uk", "en"]))
def test_our_excel_form_comes_in_whole(data, form, people, language):
    for i, person in enumerate(people[:3]):
        assert brought(data, f"{i}.xlsx", filled(data, form, person, language, f"F-{i}")) == 0
    assert_whole(data, form, people[:3])
    assert {r["form_id"] for r in place.live(data).values()} == {"F-0", "F-1", "F-2"}
    assert {r["language"] for r in place.live(data).values()} == {language}


def filled(data, form, person, language="en", form_id="", iso3="ZZZ", change=None):
    """Return our Excel form as somebody fills it in: labels from the drop-downs, numbers and days
    as such.
    """
    words = questionnaires.phrases(language, data)
    book = openpyxl.load_workbook(
        io.BytesIO(excel_form.workbook(form, language, words, form_id, iso3))
    )
    (_, *rows), kinds = (
        book["_map"].iter_rows(values_only=True),
        {q.id: q for _, q in form.questions()},
    )
    for sheet, cell, block, entry, question, choice in rows:
        entry = int(entry or 0)
        given = (
            (person["entries"].get(block, [])[entry - 1 : entry] or [{}])[0]
            if entry
            else person["answers"]
        )
        if question in given and (not choice or choice in given[question]):
            book[sheet][cell] = (
                _typed(form, kinds[question], given[question], language) if not choice else "x"
            )
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(form, question, answer, language):
    if question.choices:
        return next(
            wording(c.label, language) for c in form.choices[question.choices] if c.code == answer
        )
    kinds = {"integer": int, "year": int, "number": float, "date": date.fromisoformat}
    return kinds.get(question.type, str)(answer)


@given(st.lists(st.tuples(text_of_cells, text_of_cells), min_size=1, max_size=5))
def test_the_store_gives_back_what_was_put_in_letter_by_letter(rows):
    frame = pd.DataFrame(rows, columns=["return_id", "answer"], dtype=object)
    assert (
        restricted.table(restricted.packed(frame)).to_numpy().tolist() == frame.to_numpy().tolist()
    )


# Every tool's documented export.


def test_kobo_comes_in_whole(data, form, people):
    assert brought(data, "book.xlsx", maker.Kobo(form).xlsx(people)) == 0
    assert_whole(data, form, people)
    # The same as CSV, which has no entries, would take them away.
    assert brought(data, "main.csv", maker.text(maker.Kobo(form)._main(people), ";")) == 2
    assert_whole(data, form, people)
    assert brought(data, "flat.csv", maker.Kobo(form).csv(people)) == 0


def test_odk_comes_in_whole_zipped_or_file_by_file(data, form, people):
    files = maker.odk(form, people)
    assert brought(data, "form.zip", maker.packed(files)) == 0
    assert_whole(data, form, people)
    paths = [data.parent / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    assert intake.take_in(paths, data) == 0
    assert_whole(data, form, people)
    assert not set(restricted.read("imports", data)["unchanged"]) - {"0", str(len(people))}


def test_limesurvey_comes_in_whole(data, form, people):
    assert brought(data, "lime.csv", maker.lime(form, people)) == 0
    assert_whole(data, form, people)


WRITERS = {
    "kobo.xlsx": lambda form, people: maker.Kobo(form).xlsx(people),
    "odk.zip": lambda form, people: maker.packed(maker.odk(form, people)),
    "lime.csv": lambda form, people: maker.lime(form, people),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_a_thousand_answers_to_the_whole_mapping_form_round_trip(tmp_path, name):
    data = place.made(tmp_path, small=False)
    form = place.form(data, "mapping_form")
    people = maker.people(form, 1000, seed=4)
    assert brought(data, name, WRITERS[name](form, people)) == 0
    assert_whole(data, form, people)


# Again, corrected, rejected.


def test_the_same_file_and_the_same_returns_change_nothing(data, form, people, capsys):
    content = maker.Kobo(form).xlsx(people)
    brought(data, "once.xlsx", content)
    before = place.state(data)
    assert brought(data, "renamed.xlsx", content) == 0
    assert place.state(data) == before and "was imported already" in capsys.readouterr().out
    more = maker.people(form, 12)  # a later export holds the old returns and new ones
    assert brought(data, "later.xlsx", maker.Kobo(form).xlsx(more)) == 0
    assert_whole(data, form, more)
    counts = restricted.read("imports", data).iloc[-1]
    assert (counts["accepted"], counts["unchanged"]) == ("4", "8")


@pytest.mark.parametrize("mark", ["uuid", "form_id"])
def test_a_corrected_answer_supersedes_the_older_and_both_stay(data, form, people, mark):
    people[2]["form_id"] = place.issued(data)
    brought(data, "first.xlsx", maker.Kobo(form).xlsx(people))
    later = copy.deepcopy(people)
    later[2]["answers"]["staff"] = "77"
    if mark != "uuid":
        later[2] |= {"uuid": "00000000-0000-0000-0000-000000000001", "id": 99}
    if mark == "form_id":
        later[2]["answers"]["organisation"] = "Under another name"
    assert brought(data, "second.xlsx", maker.Kobo(form).xlsx(later)) == 0
    assert_whole(data, form, later)
    rows = restricted.read("returns", data)
    old = rows[rows["status"] == "superseded"]
    assert len(rows) == len(people) + 1 and list(old["return_id"]) == list(
        rows["supersedes"].iloc[-1:]
    )
    kept = restricted.read("answers", data)
    assert (kept[kept["return_id"] == old["return_id"].iloc[0]]["question"] == "organisation").any()
    assert brought(data, "older-again.xlsx", maker.Kobo(form).xlsx(people)) == 0
    assert_whole(
        data, form, later
    )  # an older export that is taken in late does not bring the old answer back


# Which of two counts: the later one, by the tool's own time.


def answered(people, staff, **stated):
    """Return the people, the third with another number of staff and what its tool states."""
    out = copy.deepcopy(people)
    out[2] |= stated
    out[2]["answers"]["staff"] = staff
    return out


TOOLS = {
    "kobo": ("sent", lambda form, people: ("k.csv", maker.Kobo(form).csv(people))),
    "kobo, edited": ("end", lambda form, people: ("k.csv", maker.Kobo(form).csv(people))),
    "odk": ("sent", lambda form, people: ("o.zip", maker.packed(maker.odk(form, people)))),
    "odk, edited": ("edits", lambda form, people: ("o.zip", maker.packed(maker.odk(form, people)))),
    "limesurvey": ("sent", lambda form, people: ("l.csv", maker.lime(form, people))),
    "limesurvey, edited": ("changed", lambda form, people: ("l.csv", maker.lime(form, people))),
}


@pytest.mark.parametrize(
    ("tool", "order"), one_in(16, itertools.product(TOOLS, ["21", "123", "132", "231", "312"]), 3)
)
def test_the_later_of_two_counts_in_whatever_order_they_come(data, form, people, tool, order):
    people = without_entries(people[:4])
    key, write = TOOLS[tool]
    states = {}
    for number, staff in ("1", "11"), ("2", "22"), ("3", "11"):  # X, Y, X again
        time = number if key == "edits" else f"2026-05-0{number}T12:00:00"
        states[number] = answered(people, staff, **{key: time})
    for number in order:
        assert brought(data, *write(form, states[number])) == 0
    assert_whole(data, form, states[max(order)])
    rows = restricted.read("returns", data)
    assert len(rows) == 5 and (rows["status"] == "superseded").sum() == 1


@pytest.mark.slow
def test_an_older_return_that_comes_late_is_said_and_kept(data, form, people, capsys):
    newer = answered(people, "22", sent="2026-05-02T12:00:00")
    brought(data, "newer.xlsx", maker.Kobo(form).xlsx(newer))
    assert brought(data, "older.xlsx", maker.Kobo(form).xlsx(people)) == 0
    assert "row 4: is older than the response of 2026-05-02" in capsys.readouterr().out
    assert_whole(data, form, newer)
    assert len(restricted.read("returns", data)) == len(people) + 1


@pytest.mark.slow
def test_a_filled_in_form_is_as_old_as_it_was_saved(data, form, people):
    sent = place.issued(data)
    older, newer = (filled(data, form, answered(people, n)[2], "en", sent) for n in ("11", "22"))
    assert brought(data, "newer.xlsx", resaved(newer, 2)) == 0
    assert brought(data, "older.xlsx", resaved(older, 1)) == 0
    assert_whole(data, form, [answered(people, "22")[2]])


def resaved(content, day):
    """Return a workbook that says that it was saved on a day of May: openpyxl writes the present."""
    parts = mutants._parts(content)
    core, saved = "docProps/core.xml", rb"\g<1>2026-05-0%dT10:00:00Z" % day
    said = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", saved, parts[core])
    return mutants._zip(parts | {core: said})


def test_without_any_time_a_file_is_as_old_as_its_first_coming(data, form, people, capsys):
    people = [people[0]]
    told = data.parent / "mapping.yml"
    rows, mapping = maker.plain(form, people)
    told.write_text(yaml.safe_dump(mapping), encoding="utf-8")
    first = maker.text(rows)
    changed = copy.deepcopy(people)
    changed[0]["answers"]["staff"] = "4711"
    second = maker.text(maker.plain(form, changed)[0])
    assert brought(data, "a.csv", first, mapping=told) == 0
    assert brought(data, "b.csv", second, mapping=told) == 0
    assert brought(data, "a-again.csv", first, mapping=told) == 0
    assert_whole(data, form, changed)


@pytest.mark.parametrize("time", ["soon", "2999-01-01T00:00:00"])
def test_a_time_that_is_none_or_still_to_come_counts_as_now(data, form, people, time):
    brought(data, "odd.csv", maker.Kobo(form).csv(answered(people, "11", sent=time)))
    assert max(r["submitted"] for r in place.live(data).values()) <= intake._now()


# Known by content and by how it was read.


@pytest.mark.slow
def test_a_file_that_lacked_its_country_comes_in_once_it_is_said(data, form, people, capsys):
    for person in people:
        person["iso3"] = ""
    content = maker.Kobo(form).xlsx(people)
    assert brought(data, "f.xlsx", content) == 1 and not place.live(data)
    assert brought(data, "f.xlsx", content) == 1  # refused returns can always come again
    assert "says no country" in capsys.readouterr().out
    assert brought(data, "f.xlsx", content, iso3="ZZZ") == 0
    assert_whole(data, form, people)
    before = place.state(data)
    assert brought(data, "f.xlsx", content, iso3="ZZZ") == 0 and place.state(data) == before
    assert "was imported already" in capsys.readouterr().out


def test_a_corrected_mapping_reads_the_same_file_anew(data, form, people):
    rows, mapping = maker.plain(form, people)
    told, right = data.parent / "mapping.yml", mapping["columns"]
    swapped = right | {"Column 6": right["Column 7"], "Column 7": right["Column 6"]}
    told.write_text(yaml.safe_dump(mapping | {"columns": swapped}), encoding="utf-8")
    brought(data, "plain.csv", maker.text(rows), mapping=told)
    told.write_text(yaml.safe_dump(mapping), encoding="utf-8")
    assert brought(data, "plain.csv", maker.text(rows), mapping=told) == 0
    assert_whole(data, form, people)


@pytest.mark.slow
def test_a_corrected_definition_reads_the_same_file_anew(data, form, people):
    content = maker.Kobo(form, version=lambda p: "2025-9").csv(people)
    assert brought(data, "old.csv", content) == 1 and not place.live(data)
    definition = data / "reference/questionnaires/call.yml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace('["2026-1"]', '["2026-1", "2025-9"]'), encoding="utf-8")
    assert brought(data, "old.csv", content) == 0
    assert_whole(data, form, without_entries(people))


@pytest.mark.parametrize("guess", one_in(3, ["F-2", "F-2-aaaaaaaa", ""]))
def test_who_guesses_a_form_id_or_names_the_organisation_replaces_nobody(
    data, form, people, guess, capsys
):
    people[2]["form_id"] = place.issued(data)
    brought(data, "first.xlsx", maker.Kobo(form).xlsx(people))
    forged = copy.deepcopy(people[2]) | {"uuid": "00000000-0000-0000-0000-000000000001", "id": 99}
    forged |= {"form_id": guess, "sent": "2026-06-01T10:00:00"}
    forged["answers"]["staff"] = "4711"
    assert brought(data, "forged.xlsx", maker.Kobo(form).xlsx([forged])) == 0
    assert_whole(data, form, [*people, forged])
    said = capsys.readouterr().out
    assert "names an organisation whose own form came back" in said
    assert ("has a form id that was not sent from here" in said) == bool(guess)
    right = forged | {"form_id": people[2]["form_id"]}  # who has the id may correct
    right |= {"uuid": "00000000-0000-0000-0000-000000000002", "id": 100}
    assert brought(data, "right.xlsx", maker.Kobo(form).xlsx([right])) == 0
    assert_whole(data, form, [*people[:2], *people[3:], forged, right])


def test_a_submission_edited_in_kobo_is_known_by_its_first_id(data, form, people):
    root = people[2]["uuid"]
    brought(
        data, "first.csv", maker.Kobo(form).csv(people)
    )  # an export from before there was meta/rootUuid
    people[2]["uuid"] = "00000000-0000-0000-0000-000000000009"
    people[2]["answers"] |= {"staff": "4711", "organisation": "Another name"}
    rows = maker.Kobo(form).table(people)
    rows = [[*row, f"uuid:{root}" if i == 3 else ""] for i, row in enumerate(rows)]
    rows[0][-1] = "meta/rootUuid"
    assert brought(data, "edited.csv", maker.text(rows, ";")) == 0
    assert_whole(data, form, without_entries(people))


def test_excel_may_say_the_separator_in_the_first_line(data, form, people, capsys):
    people[0]["answers"]["began"] = "x"
    assert brought(data, "sep.csv", b"\xef\xbb\xbfsep=;\r\n" + maker.Kobo(form).csv(people)) == 1
    assert "row 3, column who/began" in capsys.readouterr().out and len(place.live(data)) == 7


@pytest.mark.slow
def test_two_organisations_are_not_one_and_neither_are_two_countries(data, form, people):
    brought(data, "one.xlsx", maker.Kobo(form).xlsx(people[:1]))
    other = copy.deepcopy(people[0]) | {
        "uuid": "00000000-0000-0000-0000-000000000002",
        "iso3": "YYY",
    }
    assert brought(data, "other.xlsx", maker.Kobo(form).xlsx([other])) == 0
    assert len(place.live(data)) == 2


def test_people_without_a_mark_who_answer_the_same_are_two(data, form, capsys):
    told = data.parent / "mapping.yml"
    columns = {"A": "consent", "B": "size", "C": "rating", "Name": "organisation"}
    told.write_text(
        yaml.safe_dump({"questionnaire": "visit", "columns": columns}), encoding="utf-8"
    )
    definition = data / "reference/questionnaires/visit.yml"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace("kind: form", "kind: survey"),
        encoding="utf-8",
    )
    rows = (
        [["A", "B", "C", "Name"]]
        + [["yes", "big", "3", "same"]] * 3
        + [["yes", "small", "1", "same"]]
    )
    assert brought(data, "survey.csv", maker.text(rows), mapping=told, iso3="ZZZ") == 0
    assert len(place.live(data)) == 4
    assert (
        brought(
            data,
            "grown.csv",
            maker.text([*rows, ["yes", "big", "3", "same"]]),
            mapping=told,
            iso3="ZZZ",
        )
        == 0
    )
    assert len(place.live(data)) == 5


WRONG = {
    "began": ("20255", "is not a year"),
    "size": ("galactic", "is not one of the choices"),
    "staff": ("many", "is not a number"),
    "posts": ("1001", "is above 1000"),
    "opened": ("2030-01-01", "lies in the future"),
    "rating": ("9", "is not one of the choices"),
    "has_line": ("perhaps", "is not one of the choices"),
    "consent": ("no", "does not take part"),
    "organisation": ("", "must not be empty"),
}
UNTIDY = {
    "site": ("www", "full address"),
    "mail": ("jane", "e-mail"),
    "phone": ("call me", "a number"),
}


@pytest.mark.parametrize("question", one_in(3, WRONG))
def test_a_wrong_answer_is_refused_with_its_place_and_the_others_come_in(
    data, form, people, question, capsys
):
    value, rule = WRONG[question]
    people[3]["answers"][question] = value
    people[3]["answers"].pop("line_free", None) if question == "has_line" else None
    assert brought(data, "wrong.xlsx", maker.Kobo(form).xlsx(people)) == 1
    said_of = capsys.readouterr().out
    assert rule in said_of and "row 5" in said_of and ": 7 accepted, 1 rejected" in said_of
    assert_whole(data, form, people[:3] + people[4:])


@pytest.mark.parametrize("question", UNTIDY)
def test_an_untidy_answer_is_kept_with_a_remark_and_not_shown(data, form, people, question, capsys):
    value, rule = UNTIDY[question]
    people[3]["answers"][question] = value
    assert brought(data, "untidy.xlsx", maker.Kobo(form).xlsx(people)) == 0
    said_of = capsys.readouterr().out
    assert (
        rule in said_of and f"({len(value)} characters)" in said_of and repr(value) not in said_of
    )
    assert_whole(data, form, people)


def test_the_answers_of_a_person_who_declines_are_not_copied(data, form, people):
    people[3]["answers"] |= {"consent": "no", "story": "canary 8841"}
    brought(data, "declined.csv", maker.Kobo(form).csv(people))
    files = {n: c for n, c in place.state(data).items() if not n.startswith("raw/")}
    assert files and not [n for n, c in files.items() if b"8841" in c]


@pytest.mark.slow
def test_what_a_tool_rejected_is_refused_and_what_it_holds_is_remarked(data, form, people, capsys):
    people[0]["verdict"], people[1]["verdict"] = "validation_status_not_approved", "On Hold"
    assert brought(data, "kobo.csv", maker.Kobo(form).csv(people)) == 1
    said_of = capsys.readouterr().out
    assert "not approved" in said_of and "on hold" in said_of and len(place.live(data)) == 7
    people[0]["verdict"] = "rejected"
    assert brought(data, "odk.zip", maker.packed(maker.odk(form, people))) == 1


def test_the_country_is_stated_known_and_the_same(data, form, people, capsys):
    for person, iso3 in zip(people, ["", "ZZZ", "yyy", "Zedland"], strict=False):
        person["iso3"] = iso3
    assert brought(data, "kobo.csv", maker.Kobo(form).csv(people)) == 1
    said_of = capsys.readouterr().out
    assert (
        "row 2, column iso3: says no country" in said_of
        and "'ZEDLAND' is not a country code" in said_of
    )
    assert brought(data, "again.csv", maker.Kobo(form).csv(people), iso3="ZZZ") == 1
    assert "'YYY' is not the country of this call" in capsys.readouterr().out
    assert main.main(["intake", "x.csv", "--country", "ZED", "--data", str(data)]) == 2


def test_an_unknown_version_is_refused(data, form, people, capsys):
    assert brought(data, "kobo.csv", maker.Kobo(form, version=lambda p: "2019-9").csv(people)) == 1
    assert "'2019-9' is a version that is not known" in capsys.readouterr().out and not place.live(
        data
    )


def test_none_of_these_beside_another_choice_is_refused(data, form, people, capsys):
    people[0]["answers"]["areas"] = ["none", "police"]
    assert brought(data, "kobo.csv", maker.Kobo(form, many="joined").csv(people)) == 1
    assert "excludes all other choices" in capsys.readouterr().out


def test_what_was_not_asked_is_kept_with_a_remark(data, form, people, capsys):
    people[0]["answers"] |= {"has_line": "no", "line_free": "yes"}
    assert brought(data, "kobo.csv", maker.Kobo(form).csv(people)) == 0
    assert "does not apply" in capsys.readouterr().out
    assert_whole(data, form, without_entries(people))


def test_a_missing_answer_of_our_form_is_reported_by_its_cell(data, form, people, capsys):
    people[0]["answers"].pop("size")
    assert brought(data, "form.xlsx", filled(data, form, people[0])) == 1
    book = openpyxl.load_workbook(io.BytesIO(filled(data, form, people[0])))
    (cell,) = [row[1] for row in book["_map"].iter_rows(values_only=True) if row[4] == "size"]
    column, row = openpyxl.utils.cell.coordinate_from_string(cell)
    assert f"row {row}, column {column}: must not be empty" in capsys.readouterr().out


def test_text_is_kept_letter_by_letter(data, form, people):
    texts = [
        "=1+1",
        "+999",
        "-5%",
        "@here",
        "'quoted'",
        "a;b,c\td",
        'say "so"',
        "שלום 🙂 سلام",
        "two\nlines",
        "'=x",
    ]
    for person, text in zip(people, texts, strict=False):
        person["answers"]["story"] = text
    assert brought(data, "kobo.csv", maker.Kobo(form).csv(people)) == 0
    assert_whole(data, form, without_entries(people))
    cells = restricted.folder(data).joinpath("answers.csv").read_text(encoding="utf-8-sig")
    assert (
        ",'=1+1," in cells and ",=1+1," not in cells
    )  # no spreadsheet that opens the store runs it


def test_a_formula_in_a_workbook_is_text_and_never_run(data, form, people, capsys):
    people[0]["answers"] |= {"story": '=HYPERLINK("http://example.org")', "staff": "=2+2"}
    assert brought(data, "kobo.xlsx", maker.Kobo(form).xlsx(people)) == 1
    said_of = capsys.readouterr().out
    assert (
        "formulas are not run" in said_of
        and "kept as text and not run" in said_of
        and "example.org" not in said_of
    )


def test_raw_files_stay_as_they_came_and_read_only(data, form, people):
    content = maker.Kobo(form).xlsx(people)
    brought(data, "kobo.xlsx", content)
    (raw,) = (restricted.folder(data) / "raw").iterdir()
    assert raw.read_bytes() == content and not raw.stat().st_mode & (
        stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    )
    imports = restricted.read("imports", data)
    assert (
        raw.stem == imports["file"][0]
        and imports["name"][0] == "kobo.xlsx"
        and imports["rows"][0] == "8"
    )


def test_nothing_restricted_is_printed(data, form, people, capsys):
    for person in people:
        person["answers"] |= {
            "organisation": "Canary Office",
            "mail": "canary",
            "phone": "canary",
            "site": "canary",
        }
        person["answers"]["began"] = "soon"
    brought(data, "kobo.xlsx", maker.Kobo(form).xlsx(people))
    assert "canary" not in "".join(capsys.readouterr()).lower()


# Killed at any moment.

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def _child(work):
    """Run `work` in a forked process; give its signal (or 0)."""
    pid = os.fork()
    if not pid:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def _assert_whole_or_untouched(data, before, after, path):
    with restricted.alone(data):  # what whoever comes next does first
        pass
    now = place.state(data)
    assert set(now) in (set(before), set(after)), (
        "some files of the change are there and some are not"
    )
    tables = ("returns.csv", "answers.csv")
    assert [now.get(t) for t in tables] in (
        [before.get(t) for t in tables],
        [after.get(t) for t in tables],
    )
    assert len(restricted.read("imports", data)) == (1 if set(now) == set(before) else 2)
    intake.take_in([path], data, today=TODAY)
    now = place.state(data)
    assert {n: c for n, c in now.items() if n != "imports.csv"} == {
        n: c for n, c in after.items() if n != "imports.csv"
    }
    raw = list((restricted.folder(data) / "raw").iterdir())
    assert raw and not [p for p in raw if p.stat().st_mode & 0o222]


@pytest.fixture
def change(tmp_path, people, form):
    """Return (a maker of folders whose store holds one file, a second file that changes
    everything, states before, after).
    """
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(maker.Kobo(form).csv(people))
    later = copy.deepcopy(people)
    later[0]["answers"]["staff"], later[1]["answers"]["began"] = "4711", "20255"
    second.write_bytes(maker.Kobo(form).csv(later))

    data = place.made(tmp_path / "whole")
    intake.take_in([first], data, today=TODAY)
    shutil.copytree(data, tmp_path / "begun", symlinks=True)
    before = place.state(data)
    intake.take_in([second], data, today=TODAY)
    copies = (shutil.copytree(tmp_path / "begun", tmp_path / f"copy{i}") for i in range(1000))
    return copies.__next__, second, before, place.state(data)


# Each step of taking a file in, in their order; before the last two the store is as it was.


@pytest.mark.slow
@pytest.mark.parametrize("step", ["restricted.write", "restricted.change", "_report"])
def test_an_error_that_nobody_expected_leaves_the_store_whole(change, monkeypatch, capsys, step):
    fresh, second, before, after = change
    data, call = fresh(), ["intake", str(second), "--data"]
    before = before if step != "_report" else after

    def fails(*arguments, **named):
        raise KeyError("planted")

    with monkeypatch.context() as planted:
        planted.setattr(f"{intake.__name__}.{step}", fails)
        assert main.main([*call, str(data)]) == 1
    said = capsys.readouterr()
    assert "KeyError" in said.err and "Traceback" not in said.out + said.err
    with restricted.alone(data):  # whoever comes next
        now = place.state(data)
    assert {n: raw for n, raw in now.items() if n != "imports.csv"} == {
        n: raw for n, raw in before.items() if n != "imports.csv"
    }
    main.main([*call, str(data)])
    whole = {n: raw for n, raw in after.items() if n != "imports.csv"}
    assert {n: raw for n, raw in place.state(data).items() if n != "imports.csv"} == whole


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.simulation)])
def test_killed_at_every_step_of_writing_the_store_is_whole(change, monkeypatch, each):
    fresh, second, before, after = change
    names = ("replace", "fsync", "open", "mkdir", "unlink", "chmod", "rmdir")
    for step in range(1, 200, each):
        data = fresh()
        left = [step]

        def counted(function, left=left):
            def call(*args, **kwargs):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **kwargs)

            return call

        def work(data=data):
            for name in names:
                setattr(os, name, counted(getattr(os, name)))
            intake.take_in([second], data, today=TODAY)

        died = _child(work)
        _assert_whole_or_untouched(data, before, after, second)
        if not died:
            break
    assert 12 < step < 199, "the steps were not counted"


@pytest.mark.slow
@needs_fork
def test_killed_at_any_time_the_store_is_whole(change):
    fresh, second, before, after = change
    chance, data = random.Random(7), fresh()
    began = time.monotonic()
    _child(lambda: intake.take_in([second], data, today=TODAY))
    lasts = time.monotonic() - began
    for _ in range(12):
        data = fresh()
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            intake.take_in([second], data, today=TODAY)
            os._exit(0)
        time.sleep(chance.random() * lasts)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        _assert_whole_or_untouched(data, before, after, second)


@pytest.mark.slow
def test_two_at_the_same_time_wait_for_each_other(data, form, people, tmp_path):
    halves = [maker.people(form, 4, seed=s) for s in (1, 2)]
    for half, name in zip(halves, "ab", strict=True):
        for person in half:
            person["answers"]["organisation"] += f" {name}"
        (tmp_path / f"{name}.csv").write_bytes(maker.Kobo(form).csv(half))
    pids = []
    for name in "ab":
        pids.append(os.fork())
        if not pids[-1]:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(intake.take_in([tmp_path / f"{name}.csv"], data, today=TODAY))
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
    assert_whole(data, form, without_entries(halves[0] + halves[1]))


MEASURED = """
import resource, sys
from datetime import date
from cop.fieldwork import intake
status = intake.take_in([sys.argv[1]], sys.argv[2], today=date(2026, 11, 24))
used = resource.getrusage(resource.RUSAGE_SELF)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_ten_thousand_responses_come_in_within_a_minute_and_a_gigabyte(tmp_path, suffix):
    data = place.made(tmp_path, small=False)
    form = place.form(data, "stakeholder_survey")
    people = maker.people(form, 10_000)
    path = tmp_path / f"many.{suffix}"
    path.write_bytes(getattr(maker.Kobo(form), suffix)(people))
    call = [sys.executable, "-c", MEASURED, str(path), str(data)]
    ended = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    status, seconds, kilobytes = map(float, ended.splitlines()[-1].split())
    assert status == 0 and seconds < 60 and kilobytes < 2**20, (seconds, kilobytes)
    assert len(place.live(data)) == 10_000
    assert len(restricted.read("answers", data)) == sum(len(maker.expected(p)) for p in people)
