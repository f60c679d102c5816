"""Rules of the import of responses, each at its boundary: which answers, senders and times count."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule
from conftest import DATA

from cop.data import UserError
from cop.fieldwork import exports, incoming, intake
from cop.fieldwork.questionnaires import answer_code

TODAY = date(2026, 11, 24)


@by_rule(
    "kind, limits, value, answer",
    ("a number at its minimum is valid", "integer", {"minimum": 5}, "5", "5"),
    ("one below it is not", "integer", {"minimum": 5}, "4", None),
    ("a number at its maximum is valid", "number", {"maximum": 9}, "9", "9"),
    ("one above it is not", "number", {"maximum": 9}, "9.5", None),
    ("without a minimum a number may be below zero", "number", {}, "-5", "-5"),
    ("blanks within a number are left out", "integer", {}, "1 200", "1200"),
    ("a whole number has no decimals", "integer", {}, "2.5", None),
    ("but zeros after a comma", "integer", {}, "12,0", "12"),
    ("a comma is a decimal point", "number", {}, "12,5", "12.5"),
    ("three digits after a point may be thousands", "number", {}, "1.200", None),
    ("a day may be written with the day first", "date", {}, "24.11.2026", "2026-11-24"),
    ("a time after a day is left out", "date", {}, "2026-11-23T10:00", "2026-11-23"),
    ("a day may be today", "date", {}, "2026-11-24", "2026-11-24"),
    ("but not later", "date", {}, "2026-11-25", None),
    ("unless until the end of a year", "date", {"maximum": 2027}, "2027-12-31", "2027-12-31"),
    ("no day is before 1900", "date", {}, "1899-12-31", None),
    ("a year may be this year", "year", {}, "2026", "2026"),
    ("but not later than that", "year", {}, "2027", None),
    ("unless the form says so", "year", {"maximum": 2030}, "2030", "2030"),
    ("a text as long as a cell is kept", "text", {}, "a" * 32_767, "a" * 32_767),
    ("a longer text is refused", "text", {}, "a" * 32_768, None),
)
def test_which_values_are_answers(kind, limits, value, answer):
    question = SimpleNamespace(**{"type": kind, "minimum": None, "maximum": None} | limits)
    answers, problem = intake.read_value(question, TODAY, value)
    assert answers == ([] if answer is None else [answer])
    assert bool(problem) == (answer is None)


@by_rule(
    "limits, said",
    ("a range is named", {"minimum": 1, "maximum": 9}, "from 1 to 9"),
    ("only a minimum is named if there is no maximum", {"minimum": 1}, ", at least 1."),
    ("without limits none is named", {}, "12.3450). Correct it"),
)
def test_which_limits_are_named(limits, said):
    question = SimpleNamespace(**{"type": "number", "minimum": None, "maximum": None} | limits)
    assert said in intake.read_value(question, TODAY, "x")[1]


@by_rule(
    "kind, value, codes",
    ("choices are separated by blanks", "many", "a b", ["a", "b"]),
    ("or by semicolons", "many", "a; two words", ["a", "b"]),
    ("or by lines", "many", "a\ntwo words", ["a", "b"]),
    ("a label of two words is one choice", "many", "two words", ["b"]),
    ("nothing between two separators is no choice", "many", "a;;two words", ["a", "b"]),
    ("a single choice is not separated", "one", "a b", []),
    ("one unknown choice refuses all", "many", "a x", []),
    ("no in the column of a choice is no choice", "many", "no", []),
)
def test_which_choices_an_answer_has(kind, value, codes):
    known = {"a": "a", "b": "b", "two words": "b", "no": ""}
    question = SimpleNamespace(type=kind)
    found, problem = intake.read_choices(question, [SimpleNamespace(code="a")], known, value)
    assert found == codes and bool(problem) == (not codes and value != "no")


def test_a_choice_is_known_by_its_code_its_labels_and_words():
    choices = [SimpleNamespace(code="yes_i_do", label={"en": "Yes, I do", "uk": "Так"})]
    question = SimpleNamespace(choices="kinds")
    known = intake.answers_by_text(question, "", choices, {"Y  E S": "yes_i_do", "так": "b"})
    texts = {
        "by its code": "yes_i_do", "by its label in English": "yes, i do",
        "by its code in LimeSurvey": intake.plain(answer_code(question, "yes_i_do")),
        "by a word of the mapping": "y e s",
    }  # fmt: skip
    assert [rule for rule, text in texts.items() if known.get(text) != "yes_i_do"] == []
    assert known["так"] == "b", "a word of the mapping comes before a label"
    column = intake.answers_by_text(question, "aid", choices[:0], {})
    yes, no = {"1", "x", "y", "yes"}, {"0", "n", "no"}
    assert {text for text, code in column.items() if code == "aid"} == yes, "yes selects it"
    assert {text for text, code in column.items() if code == ""} == no, "no does not"


@by_rule(
    "cells, country, problems",
    ("a country may be in small letters", {"iso3": "zzz"}, "", []),
    ("a missing country is that of the call", {"iso3": ""}, "ZZZ", []),
    ("without one it is refused", {"iso3": ""}, "", ["iso3"]),
    ("an unknown country is refused", {"iso3": "XXX"}, "", ["iso3"]),
    ("another country than that of the call is", {"iso3": "UKR"}, "ZZZ", ["iso3"]),
    ("without a call each country is accepted", {"iso3": "UKR"}, "", []),
    ("a missing version is the present one", {"version": ""}, "", []),
    ("an earlier version is accepted if the form names it", {"version": "1"}, "", []),
    ("another version is refused", {"version": "0"}, "", ["version"]),
    ("what was not approved is refused", {"verdict": "Not  Approved"}, "", ["verdict"]),
    ("what is on hold is not", {"verdict": "On Hold"}, "", []),
)
def test_the_country_version_and_verdict_of_a_response(cells, country, problems):
    facts = pd.DataFrame([{"iso3": "ZZZ", "version": "2", "verdict": ""} | cells])
    form = SimpleNamespace(version="2", earlier=("1",))
    found = intake.check_facts(facts, form, country, {"ZZZ", "UKR"})
    assert found.column.tolist() == problems


@by_rule(
    "first, second, statuses",
    ("of two responses the later counts", {"submitted": "2"}, {}, ["accepted", "superseded"]),
    ("not the one imported last", {}, {"submitted": "2"}, ["superseded", "accepted"]),
    ("of one time the one changed last", {"changed": "2"}, {}, ["accepted", "superseded"]),
    ("a change does not outweigh the time", {"changed": "2"}, {"submitted": "2"},
     ["superseded", "accepted"]),
    ("of equal ones the last counts", {}, {}, ["superseded", "accepted"]),
    ("those of two senders both count", {}, {"sender": "b"}, ["accepted", "accepted"]),
    ("one with a remark is accepted with it", {"sender": "b", "remark": "x"}, {},
     ["accepted with a remark", "accepted"]),
)  # fmt: skip
def test_which_of_two_responses_counts(first, second, statuses, monkeypatch):
    monkeypatch.setattr(intake.counted, "senders", lambda store, data: store.sender)
    usual = {"submitted": "1", "changed": "1", "sender": "a", "remark": ""}
    store = pd.DataFrame([usual | first, usual | second])
    assert intake.with_status(store, None).status.tolist() == statuses


@by_rule(
    "cells, kind, is_remarked",
    ("two responses that name one organisation are remarked", {}, "form", True),
    ("in whatever letters", {"name": "ZED  circle"}, "form", True),
    ("not if one is superseded", {"status": "superseded"}, "form", False),
    ("not of two countries", {"iso3": "UKR"}, "form", False),
    ("not in a survey", {}, "survey", False),
)
def test_responses_of_one_organisation_are_remarked(cells, kind, is_remarked, monkeypatch):
    none = pd.Series(False, [0, 1])
    monkeypatch.setattr(intake.contacts, "issued", lambda data: {"F-issued"})
    monkeypatch.setattr(intake.counted, "withdrawn", lambda *_: none)
    usual = {"iso3": "ZZZ", "status": "accepted", "form_id": "", "name": "Zed Circle"}
    store = pd.DataFrame([usual | {"form_id": "F-issued"}, usual | cells | {"form_id": "guess"}])
    store["return_id"] = ["r1", "r2"]
    answers = store.rename(columns={"name": "answer"}).assign(question="organisation")
    same, guessed, _ = intake.remarks(store, answers, SimpleNamespace(kind=kind), None).values()
    assert same.tolist() == [is_remarked] * 2
    assert guessed.tolist() == [False, True], "a form id that was not issued is remarked"


NOW = "2026-11-24T10:00:00"


def stored(cells, tool="kobo", answers=("a",)):
    """Return responses as rows of the store; each of `cells` differs from the usual response."""
    usual = {"iso3": "ZZZ", "identity": "i", "form_id": "", "submitted": "", "changed": ""}
    facts = pd.DataFrame([usual | row for row in cells])
    given = pd.DataFrame({"block": "b", "entry": "0", "question": "q", "answer": answers})
    given = given.merge(pd.DataFrame({"response": facts.index}), "cross")
    export = SimpleNamespace(form=SimpleNamespace(id="s"), tool=tool)
    return intake.store_rows(facts, given, export, NOW)


@by_rule(
    "cells, tool, column, text",
    ("a time with a zone is stored in UTC", {"submitted": "2026-05-01T12:00:00+02:00"}, "kobo",
     "submitted", "2026-05-01T10:00:00"),
    ("a time after the import is that of the import", {"submitted": "2027-01-01"}, "kobo",
     "submitted", NOW),
    ("a time before 2000 is", {"submitted": "1999-12-31"}, "kobo", "submitted", NOW),
    ("one of 2000 is kept", {"submitted": "2000-01-01"}, "kobo", "submitted",
     "2000-01-01T00:00:00"),
    ("what is no time is that of the import", {"submitted": "soon"}, "kobo", "submitted", NOW),
    ("a response came in on the day on which it was sent", {"submitted": "2026-05-01"}, "kobo",
     "received", "2026-05-01"),
    ("of ODK the number of edits counts", {"changed": "9"}, "odk", "changed", "000009"),
)  # fmt: skip
def test_the_times_of_a_response(cells, tool, column, text):
    assert stored([cells], tool)[column].item() == text


@by_rule(
    "cells, number",
    ("equal responses of one sender are one", [{}, {}], 1),
    ("without a sender equal ones are several", [{"identity": ""}] * 2, 2),
    ("unless a form id joins them", [{"identity": "", "form_id": "F"}] * 2, 1),
    ("those of two countries are two", [{}, {"iso3": "UKR"}], 2),
    ("a change makes another one", [{}, {"changed": "2026-05-01"}], 2),
)
def test_which_responses_are_the_same(cells, number):
    assert stored(cells).return_id.nunique() == number
    orders = [stored(cells, answers=order).return_id.tolist() for order in (("a", "b"), ("b", "a"))]
    assert orders[0] == orders[1], "in whatever order the answers stand"


@pytest.mark.parametrize("number", [40, 41])
def test_forty_problems_are_listed_and_others_counted(number, monkeypatch):
    problem = {"sheet": "s", "row": 2, "column": "q", "value": "x", "rule": "is wrong"}
    export = SimpleNamespace(tool="kobo", form=SimpleNamespace(id="s"), facts=[1], note="")
    numbers = {"accepted": 0, intake.REJECTED: number}
    new, book = pd.DataFrame({"remark": []}), SimpleNamespace(name="k.xlsx")
    lines = intake._report(book, export, numbers, pd.DataFrame([problem] * number), new)
    assert lines.count("rejected: ") == 40, "forty are listed"
    assert ("… and 1 more rejections" in lines) == (number > 40), "the others are counted"
    assert "0 accepted" not in lines, "a number of zero is left out"


def test_of_the_sheets_of_an_export_the_first_has_the_responses():
    first = pd.DataFrame([["_submission_time", "_uuid", "questionnaire"]])
    sheets = {"first": first, "second": pd.DataFrame([["key"]])}
    with pytest.raises(UserError, match="k.xlsx contains no responses"):
        exports.read(incoming.Book("k.xlsx", b"", sheets), DATA)
