"""Import of responses: every documented export is imported without loss, what is wrong is reported
with its place and rule, and the store changes as a whole or not at all.
"""

import copy
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from functools import partial

import killing
import maker
import pandas as pd
import place
import pytest
import yaml
from cases import by_rule, cases
from conftest import call, one_in
from hypothesis import given
from hypothesis import strategies as st
from place import assert_complete, take

from cop.fieldwork import intake, restricted

pytestmark = pytest.mark.xdist_group("returns")
# Any text but NUL and halves of letters; signs that spreadsheets act on are likelier than others.
text_of_cells = st.one_of(
    st.text(st.sampled_from("=+-@'\t\r\n\";, a1")),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@pytest.fixture
def data(tmp_path):
    return place.create(tmp_path)


@pytest.fixture
def form(data):
    return place.form(data)


@pytest.fixture
def flat(data):
    """Return the small form without repeated blocks, which a CSV file can hold."""
    return place.form(data, "call")


@pytest.fixture
def people(form):
    return maker.people(form, 8)


def kobo_csv(form, people):
    return maker.text(maker.kobo(form, people)["main"], ";")


def plain_csv(form, people):
    return maker.text(maker.plain(form, people)[0])


def kobo_book(form, people, **how):
    return maker.workbook(maker.kobo(form, people, **how))


def without_entries(people):
    return [person | {"entries": {}} for person in people]


# Every documented export is imported without loss.


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, pytest.param(1000, marks=pytest.mark.simulation)])
@pytest.mark.parametrize("name", [*maker.EXPORTS, "form.xlsx"])
def test_answers_to_the_mapping_form_are_imported_without_loss(tmp_path, name, count):
    data = place.create(tmp_path, small=False)
    form = place.form(data, "mapping_form")
    if name == "form.xlsx":
        people = maker.people(form, 4, seed=5, entries=(3, 3))
        files = [maker.filled(data, form, person, "ka", person["id"]) for person in people]
    else:
        people = maker.people(form, count, seed=5, entries=(3, 3))
        files = [maker.EXPORTS[name](form, people)]
    for file in files:
        assert take(data, name, file) == 0
    assert_complete(data, form, people)


@pytest.mark.parametrize("language", one_in(2, ["uk", "en"]))
def test_our_excel_form_is_imported_without_loss(data, form, people, language):
    people = people[:4]
    for person in people:
        content = maker.filled(data, form, person, language, f"F-{person['id']}")
        assert take(data, "form.xlsx", content) == 0
    assert_complete(data, form, people)
    came = {(row["form_id"], row["language"]) for row in place.counted(data)}
    assert came == {(f"F-{person['id']}", language) for person in people}


@pytest.mark.parametrize("name", maker.EXPORTS)
def test_an_export_is_imported_once_and_without_loss(data, form, people, name, capsys):
    assert take(data, name, maker.EXPORTS[name](form, people)) == 0
    stored = restricted.read("answers", data)
    repeated = {block.id for block in form.blocks if block.repeat}
    numbers = stored.entry[stored.block.isin(repeated)]
    assert numbers.min() == "1", "entries of a repeated block are numbered from 1"
    assert_complete(data, form, people)
    before = place.state(data)
    assert take(data, f"renamed-{name}", maker.EXPORTS[name](form, people)) == 0
    assert place.state(data).keys() >= before.keys()
    assert place.state(data)["returns.csv"] == before["returns.csv"]
    more = maker.people(form, 12)  # a later export holds the old responses and new ones
    assert take(data, f"later-{name}", maker.EXPORTS[name](form, more)) == 0
    printed = capsys.readouterr().out
    assert "12 responses: 4 accepted, 8 already present and unchanged" in printed
    assert "remark: " not in printed, "a response without a remark is not listed"
    assert_complete(data, form, more)


@by_rule(
    "write",
    ("a workbook", lambda rows: maker.workbook({"Answers": rows})),
    ("CSV with semicolons", lambda rows: maker.text(rows, ";")),
    ("CSV with tabs", lambda rows: maker.text(rows, "\t")),
)
def test_a_plain_table_is_imported_by_its_mapping(data, form, people, write, capsys):
    rows, mapping = maker.plain(form, people)
    path = mapping_file(data, mapping)
    assert take(data, "a.csv", write(rows[:1]), mapping=path) == 2
    assert "a.csv has no rows below its header row" in capsys.readouterr().out
    assert take(data, "plain.csv", write(rows), mapping=path) == 0
    assert_complete(data, form, people)


def mapping_file(data, mapping):
    path = data.parent / "mapping.yml"
    path.write_text(yaml.safe_dump(mapping), encoding="utf-8")
    return path


def test_a_column_of_a_choice_may_say_yes_in_any_language(data, flat, capsys):
    columns = {"A": "consent", "B": "size", "C": "organisation"}
    columns |= {code: {"question": "areas", "code": code} for code in ("police", "aid")}
    path = mapping_file(data, {"questionnaire": "call", "columns": columns})
    rows = [[*columns], ["Так", "Big", "X", "Так", "no"], ["yes", "big", "Y", "?", ""]]
    assert take(data, "t.csv", maker.text(rows), mapping=path, iso3="ZZZ") == 1
    wrong = "row 3, column police: '?' is not one of the choices (yes, no)"
    assert wrong in capsys.readouterr().out
    assert [a[2:] for a in place.answers(data, flat)[0] if a[2] == "areas"] == [("areas", "police")]


def test_a_mapping_finds_headings_without_regard_to_capitals_and_spaces(data, flat):
    columns = {"TAKES part ": "consent", "how  big": "size", "COUNTRY": "iso3"}
    path = mapping_file(data, {"questionnaire": "call", "columns": columns})
    rows = [["Takes Part", "How big", "Country "], ["yes", "big", "ZZZ"]]
    assert take(data, "t.csv", maker.text(rows), mapping=path) == 0, "one response is imported"
    assert ("size", "big") in [answer[2:] for answer in place.answers(data, flat)[0]]


@pytest.mark.parametrize(("typed", "reason"), cases("fieldwork/wrong_mappings.csv"))
def test_a_faulty_mapping_is_refused_in_a_sentence(data, form, people, typed, reason, capsys):
    path, file = data.parent / "mapping.yml", data.parent / "plain.csv"
    path.write_text(typed, encoding="utf-8")
    file.write_bytes(plain_csv(form, people))
    status, out, error = call(capsys, "intake", file, "--mapping", path, "--data", data)
    assert status == 2 and reason in out + error and "Traceback" not in out + error
    assert not place.state(data)


# Any other setting is refused in one sentence that names the setting to change.

KOBO, LIME = "'XML values and headers'", "headings as 'Question code'"


def kobo(**how):
    return lambda form, people: kobo_book(form, people, **how)


def lime(old, new):
    """Write an export of LimeSurvey with another heading or word in each cell."""
    return lambda form, people: maker.limesurvey(form, people).replace(old, new)


def odk_file(name):
    """Write one of the files of an export of ODK Central."""
    return lambda form, people: maker.odk(form, people)[name]


def odk_split(form, people):
    """Write an export of ODK Central that has a column for each choice besides."""
    return maker.packed(maker.odk(form, people, many="both"))


def kobo_without(heading):
    """Write an export of KoboToolbox without a column."""

    def write(form, people):
        tables = maker.kobo(form, people)
        for rows in tables.values():
            at = rows[0].index(heading) if heading in rows[0] else len(rows[0])
            rows[:] = [row[:at] + row[at + 1 :] for row in rows]
        return maker.workbook(tables)

    return write


def orphaned(form, people):
    """Write an export of KoboToolbox with an entry whose response is not in it."""
    tables = maker.kobo(form, people)
    tables["acts"].append(["Orphan", "", "", 99, "unknown"])
    return maker.workbook(tables)


@by_rule(
    "name, write, sentence",
    ("labels instead of values", "k.xlsx", kobo(language="en"), KOBO),
    ("labels in another language", "k.xlsx", kobo(language="uk"), KOBO),
    ("labels without groups", "k.xlsx", kobo(language="en", separator=""), KOBO),
    ("a column for each choice", "k.xlsx", kobo(many="split"),
     "select-many questions in a single column"),
    ("another separator of groups", "k.xlsx", kobo(separator="."), "'/' as the group separator"),
    ("a column is missing", "k.xlsx", kobo_without("who/began"),
     "no column for began. Export again"),
    ("one of a repeated block is", "k.xlsx", kobo_without("friends/friend_size"),
     "no column for friend_size"),
    ("an entry without its response", "k.xlsx", orphaned,
     "sheet acts, row 10, column _submission__uuid: 'unknown' is not the id of a response"),
    ("CSV of KoboToolbox", "k.csv", kobo_csv, "Export again as XLSX"),
    ("one CSV of ODK", "visit.csv", odk_file("visit.csv"), "Export 'All data and attach"),
    ("CSV of a repeated block of ODK", "visit-acts.csv", odk_file("visit-acts.csv"),
     "is not in a supported"),
    ("headings in words", "l.csv", lime(b'"submitdate"', b'"Date submitted"'), LIME),
    ("one in two words", "l.csv", lime(b'"startlanguage"', b'"Start language"'), LIME),
    ("codes and words", "l.csv", lime(b'"submitdate"', b'"submitdate. Date submitted"'), LIME),
    ("no responses", "k.xlsx", lambda form, people: kobo_book(form, []), "contains no responses"),
    ("a table of another tool", "p.csv", plain_csv, "--mapping FILE.yml"),
)  # fmt: skip
def test_another_setting_is_refused_by_its_name(data, form, name, write, sentence, capsys):
    people = maker.people(form, 6, seed=5, entries=(1, 3))
    assert take(data, name, write(form, people)) == 2
    text = capsys.readouterr().out
    assert sentence in text and text.count("\n") == 1 and not place.state(data)


@by_rule(
    "name, write",
    ("a column for each choice besides", "k.xlsx", kobo(many="both")),
    ("no groups", "k.xlsx", kobo(separator="")),
    ("a column for each choice of ODK besides", "o.zip", odk_split),
    ("Yes instead of Y", "l.csv", lime(b'"Y"', b'"Yes"')),
)
def test_settings_that_change_no_answer_are_imported(data, form, people, name, write):
    assert take(data, name, write(form, people)) == 0
    assert_complete(data, form, people)


def test_columns_that_lose_no_answer_are_remarked(data, form, people, capsys):
    tables = maker.kobo(form, people)
    for row in tables["main"]:
        row.append("who/fax" if row is tables["main"][0] else "+999 5")
    tables["main"][1][tables["main"][0].index("questionnaire")] = ""  # the other rows name it
    assert take(data, "fax.xlsx", maker.workbook(tables)) == 0
    assert "+999" not in capsys.readouterr().out
    unfilled = maker.kobo(form, without_entries(people))["main"]  # Kobo makes no sheet of them
    assert take(data, "k.xlsx", maker.workbook({"main": unfilled})) == 0


@by_rule(
    "present, status",
    ("a column may be missing if all responses are of earlier versions", 0, 0),
    ("it may not if one is of the present version", 1, 2),
)
def test_a_question_that_earlier_versions_lacked(data, form, people, present, status, capsys):
    earlier = [person | {"version": "2026-1"} for person in people[present:]]
    exported = kobo_without("who/began")(form, [*people[:present], *earlier])
    assert take(data, "old.xlsx", exported) == status
    assert "no column for began" in capsys.readouterr().out


@by_rule(
    "heading, first, second",
    ("two columns of a choice must agree", "who/size", "big", "small"),
    ("those of a rating too", "who/rating", "1", "2"),
)
def test_two_columns_for_one_question_must_agree(
    data, flat, people, heading, first, second, capsys
):
    table = maker.kobo(flat, people)["main"]
    at = table[0].index(heading)
    rows = [[*row, row[at]] for row in table]
    assert take(data, "same.csv", maker.text(rows, ";")) == 0
    rows[1][at], rows[1][-1] = first, second
    assert take(data, "other.csv", maker.text(rows, ";")) == 1
    assert "is a second, different answer" in capsys.readouterr().out


# The latest response with an id counts.


def answered(people, staff, **facts):
    """Return the people, the third with another number of staff and what its tool states."""
    people = copy.deepcopy(people)
    people[2] |= facts
    people[2]["answers"]["staff"] = staff
    return people


@pytest.mark.parametrize("key", ["sent", "changed"])
@pytest.mark.parametrize(
    ("name", "order"),
    [
        *((name, "21") for name in maker.EXPORTS),
        *(pytest.param("odk.zip", o, marks=pytest.mark.slow) for o in ("123", "231", "312", "132")),
    ],
)
def test_the_later_of_two_counts_in_whatever_order_they_come(data, form, people, name, order, key):
    states = {}
    for number, staff in ("1", "11"), ("2", "22"), ("3", "11"):
        stamp = f"2026-05-0{number}T12:00:00"
        if (name, key) == ("odk.zip", "changed"):  # the number of edits: 9, 10 or 11
            stamp = str(8 + int(number))
        states[number] = answered(people[:4], staff, **{key: stamp})
    for number in order:
        assert take(data, name, maker.EXPORTS[name](form, states[number])) == 0
    assert_complete(data, form, states[max(order)])
    rows = restricted.read("returns", data)
    older = len(order) - 1
    assert len(rows) == 4 + older and (rows["status"] == "superseded").sum() == older


def test_an_answer_corrected_under_the_form_id_replaces_the_older_and_both_stay(data, form, people):
    people[2]["form_id"] = place.issue(data)
    take(data, "first.xlsx", kobo_book(form, people))
    later = answered(people, "77", uuid="another", id="99")
    later[2]["answers"]["organisation"] = "Under another name"
    assert take(data, "second.xlsx", kobo_book(form, later)) == 0
    assert_complete(data, form, later)
    rows, answers = restricted.read("returns", data), restricted.read("answers", data)
    (old,) = rows["return_id"][rows["status"] == "superseded"]
    assert (answers[answers["return_id"] == old]["question"] == "organisation").any()


def test_a_response_that_stands_twice_in_a_file_is_stored_once(data, flat, people):
    table = maker.kobo(flat, people)["main"]
    assert take(data, "twice.csv", maker.text([*table, table[1]], ";")) == 0
    assert len(restricted.read("returns", data)) == len(people)


def test_a_submission_edited_in_kobo_keeps_its_first_id(data, flat, people):
    first = people[2]["uuid"]
    take(data, "first.csv", kobo_csv(flat, people))  # from before there was meta/rootUuid
    edited = answered(people, "4711", uuid="another")
    table = maker.kobo(flat, edited)["main"]
    table = [[f"uuid:{first}" if number == 3 else "", *row] for number, row in enumerate(table)]
    table[0][0] = "meta/rootUuid"
    assert take(data, "edited.csv", maker.text(table, ";")) == 0
    ids = restricted.read("returns", data).identity
    assert (ids != "").all(), "an empty cell does not replace an id in another column"
    assert_complete(data, flat, without_entries(edited))


@pytest.mark.parametrize("guess", ["F-2", "F-2-aaaaaaaa", ""])
def test_who_guesses_a_form_id_replaces_nobody(data, form, people, guess, capsys):
    people[2]["form_id"] = place.issue(data)
    take(data, "first.xlsx", kobo_book(form, people))
    forged = copy.deepcopy(people[2]) | {"uuid": "a", "form_id": guess, "sent": "2026-06-01"}
    forged["answers"]["staff"] = "4711"
    assert take(data, "forged.xlsx", kobo_book(form, [forged])) == 0
    assert_complete(data, form, [*people, forged])
    text = capsys.readouterr().out
    forged_id = place.counted(data)[-1]["return_id"]
    assert f"remark: sheet main, row 2, response '{forged_id}' " in text
    assert "names the same organisation as another response" in text
    assert ("has a form id that `cop invite` did not issue" in text) == bool(guess)
    right = forged | {"form_id": people[2]["form_id"], "uuid": "b"}  # who has the id may correct
    assert take(data, "right.xlsx", kobo_book(form, [right])) == 0
    assert_complete(data, form, [*people[:2], *people[3:], forged, right])


def test_who_corrects_an_own_form_is_not_told_that_the_organisation_is_named_twice(
    data, form, people, capsys
):
    people[2]["form_id"] = place.issue(data)
    take(data, "first.xlsx", kobo_book(form, people[2:3]))
    later = copy.deepcopy(people[2]) | {"uuid": "b", "sent": "2026-06-01"}
    assert take(data, "later.xlsx", kobo_book(form, [later])) == 0
    assert "names the same organisation" not in capsys.readouterr().out


def test_an_excel_form_is_as_old_as_it_was_saved(data, form, people):
    form_id = place.issue(data)
    for number, day in ("22", 2), ("11", 1):
        content = maker.filled(data, form, answered(people, number)[2], "en", form_id)
        parts, core = maker.parts(content), "docProps/core.xml"
        stamp = rb"\g<1>2026-05-0%dT10:00:00Z" % day
        parts[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", stamp, parts[core])
        assert take(data, f"{day}.xlsx", maker.packed(parts)) == 0
    assert_complete(data, form, [answered(people, "22")[2]])


def test_without_a_time_that_can_be_a_response_is_as_old_as_its_first_import(data, form, people):
    rows, mapping = maker.plain(form, people)
    path, changed = mapping_file(data, mapping), answered(people, "4711")
    for name, content in {"a": rows, "b": maker.plain(form, changed)[0], "c": rows}.items():
        assert take(data, f"{name}.csv", maker.text(content), mapping=path) == 0
    assert_complete(data, form, changed)
    stamps = ["soon", "2999-01-01T00:00:00", "1980-01-01 00:00:00"]
    odd = [p | {"uuid": s, "sent": s} for p, s in zip(people, stamps, strict=False)]
    assert take(data, "odd.xlsx", kobo_book(form, odd)) == 0
    times = [row["submitted"] for row in place.counted(data)]
    assert min(times) > "2026" and max(times) < "2999"


def test_the_language_of_a_response_is_stored_without_its_script(data, form, people):
    take(data, "lime.csv", lime(b'"en"', b'"sr-Latn"')(form, people))
    assert {row["language"] for row in place.counted(data)} == {"sr"}


def test_people_without_an_id_who_answer_the_same_are_several(data):
    columns = {"A": "consent", "B": "size", "C": "rating", "Name": "organisation"}
    path = mapping_file(data, {"questionnaire": "visit", "columns": columns})
    rows = [["A", "B", "C", "Name"], *[["yes", "big", "3", "same"]] * 3]
    for name, count in ("survey", 3), ("grown", 4):
        assert take(data, f"{name}.csv", maker.text(rows), mapping=path, iso3="ZZZ") == 0
        assert len(place.counted(data)) == count
        rows.append(rows[1])


def test_a_file_is_read_again_once_its_country_or_definition_is_right(data, flat, people, capsys):
    people = [person | {"iso3": "", "version": "2025-9"} for person in people]
    content = kobo_csv(flat, people)
    assert take(data, "f.csv", content) == 1 and not place.counted(data)
    text = capsys.readouterr().out
    assert "iso3: is missing. Add --country" in text and "'2025-9' is an unknown version" in text
    definition = data / "reference/questionnaires/call.yml"
    typed = definition.read_text(encoding="utf-8").replace('["2026-1"]', '["2025-9"]')
    definition.write_text(typed, encoding="utf-8")
    assert take(data, "f.csv", content, iso3="ZZZ") == 0
    assert_complete(data, flat, without_entries(people))


# What is wrong is reported with its place, value and rule; the others are imported.


def test_a_wrong_answer_is_rejected_with_its_place_and_the_others_are_imported(data, form, capsys):
    wrong = cases("fieldwork/wrong_answers.csv")
    people = maker.people(form, len(wrong) + 2)
    for person, (question, value, _) in zip(people, wrong, strict=False):
        person["answers"][question] = [value] if question == "areas" else value
    assert take(data, "wrong.xlsx", kobo_book(form, people)) == 1
    summary, *lines = capsys.readouterr().out.splitlines()
    places = [int(number) for line in lines for number in re.findall(r", row (\d+)", line)]
    assert places == sorted(places), "rejected answers are listed by their rows"
    for row, (question, value, rule) in enumerate(wrong, 2):
        found = [line for line in lines if re.search(rf"sheet main, row {row}\b", line)]
        assert len(found) == 1 and rule in found[0], (
            f"{question} {value!r} is rejected as a whole: {rule}"
        )
        assert question in found[0] or question == "consent"
    assert f": 2 accepted, {len(wrong)} rejected" in summary
    assert_complete(data, form, people[-2:])


def test_numbers_days_and_choices_are_stored_in_one_form(data, flat, capsys):
    spellings = cases("fieldwork/spellings.csv")
    people = maker.people(flat, len(spellings))
    for person, (question, value, _) in zip(people, spellings, strict=True):
        person["answers"][question] = value
    status = take(data, "k.csv", kobo_csv(flat, people))
    assert status == 0, f"a spelling is rejected: {capsys.readouterr().out}"
    for person, (question, _, stored) in zip(people, spellings, strict=True):
        person["answers"][question] = stored.split() if question == "areas" else stored
    assert_complete(data, flat, people)


def test_the_answers_of_a_person_who_declines_are_not_copied(data, flat, people, capsys):
    people[3]["answers"] |= {"consent": "no", "story": "canary 8841", "size": "galactic"}
    people[4]["answers"]["story"] = "canary 8842 " * 3000
    take(data, "declined.csv", kobo_csv(flat, people))
    said = capsys.readouterr().out
    assert "galactic" not in said, "nothing else is reported about a person who declines"
    assert "Shorten it" in said and "8842" not in said, "a text is rejected and not printed"
    files = {n: c for n, c in place.state(data).items() if not n.startswith("raw/")}
    assert files and not [n for n, c in files.items() if b"8841" in c]


def test_a_report_lists_forty_problems_and_counts_the_others(data, flat, capsys):
    people = maker.people(flat, 41)
    for person in people:
        person["answers"]["size"] = "galactic"
    take(data, "k.csv", kobo_csv(flat, people))
    printed = capsys.readouterr().out
    assert printed.count("rejected: sheet") == 40 and "… and 1 more rejections" in printed


def test_a_report_shows_the_first_forty_letters_of_a_rejected_value(data, flat, capsys):
    [person] = maker.people(flat, 1)
    person["answers"]["size"] = "g" * 41
    take(data, "k.csv", kobo_csv(flat, [person]))
    assert f"'{'g' * 40}'" in capsys.readouterr().out


MISSING = {"status": "missingAttachment"}


@by_rule(
    "name, rejected, doubtful",
    ("in KoboToolbox", "kobo.xlsx", {"verdict": "validation_status_not_approved"},
     {"verdict": "On Hold"}),
    ("in ODK", "odk.zip", {"verdict": "rejected"}, {"verdict": "hasIssues"}),
    ("a missing attachment does not hide it", "odk.zip", {"verdict": "rejected"} | MISSING, MISSING),
)  # fmt: skip
def test_what_was_rejected_in_the_tool_is_not_imported(
    data, form, people, name, rejected, doubtful, capsys
):
    people[0] |= rejected
    people[1] |= doubtful
    assert take(data, name, maker.EXPORTS[name](form, people)) == 1
    assert capsys.readouterr().out.count("means not approved") == 1
    assert_complete(data, form, people[1:])


def test_a_response_that_was_not_completed_is_partial(data, form, people, capsys):
    people[0]["answers"].pop("size")
    people[0]["partial"] = people[2]["partial"] = True
    people[2]["changed"] = "2026-05-03 10:00:00"
    for question in ("organisation", "size"):
        people[1]["answers"].pop(question)
    nothing = {"partial": True, "answers": {}, "entries": {}}  # somebody opened the form
    people[3]["answers"].pop("consent")  # nobody takes part without consent
    assert take(data, "lime.csv", maker.limesurvey(form, [*people, people[0] | nothing])) == 1
    assert ": 4 accepted, 3 accepted with a remark, 1 rejected" in capsys.readouterr().out
    remarks = [row["remark"] for row in place.counted(data)]
    partial = ["no answer to size", "no answer to organisation, size"]
    partial.append("not submitted, so answers may be missing")
    expected = [f"partial: {remark}" for remark in partial]
    assert remarks[:3] == expected, "a required answer is missing, or the response was not sent"
    assert not all("line_free" in person["answers"] for person in people[4:])
    assert len(remarks) == 7, "a response without answers is left out"
    times = {
        row["submitted"][:10] for row in place.counted(data) if "not submitted" in row["remark"]
    }
    assert times == {"2026-05-03"}, "what was not submitted has the time of its last change"
    assert not any(remarks[3:]), "no answer is missing whose condition does not hold"
    statuses = {row["status"] for row in place.counted(data)[:3]}
    assert statuses == {"accepted with a remark"}, "a partial response is accepted with a remark"


def test_the_country_is_stated_known_and_that_of_the_call(data, flat, people, capsys):
    for person, iso3 in zip(people, ["", "ZZZ", "yyy", "Zedland"], strict=False):
        person["iso3"] = iso3
    assert take(data, "kobo.csv", kobo_csv(flat, people)) == 1
    text = capsys.readouterr().out
    assert "row 2, column iso3: is missing" in text
    assert "row 5, column iso3: 'ZEDLAND' is not a country code" in text
    assert take(data, "again.csv", kobo_csv(flat, people), iso3="ZZZ") == 1
    assert "'YYY' differs from ZZZ in --country. Import the response" in capsys.readouterr().out


def test_an_excel_form_that_was_rebuilt_is_refused(data, form, people, capsys):
    def change_cell(book):
        book["_map"]["B5"] = "nowhere"

    def rename_sheet(book):
        book.worksheets[1].title = "Mine"

    def change_question(book):
        book["_map"]["E5"] = "other"

    changed = "a sheet was renamed, or the hidden sheet `_map` was changed. Copy the answers"
    reasons = {change_cell: changed, rename_sheet: changed}
    reasons[change_question] = "the questionnaire visit has no question 'other'. Copy the answers"
    for change, reason in reasons.items():
        content = maker.filled(data, form, people[0], change=change)
        assert take(data, "form.xlsx", content) == 2
        assert reason in capsys.readouterr().out
    people[0] |= {"answers": {}, "entries": {}}
    assert take(data, "form.xlsx", maker.filled(data, form, people[0])) == 2
    assert "has no answers. Request a completed form or table" in capsys.readouterr().out


# Nothing a person typed is lost, run or shown.


@given(st.lists(st.tuples(text_of_cells, text_of_cells), min_size=1, max_size=5))
def test_the_store_returns_what_was_put_in_letter_by_letter(rows):
    frame = pd.DataFrame(rows, columns=["return_id", "answer"], dtype=object)
    stored = restricted.table(restricted.packed(frame).decode("utf-8-sig"))
    assert stored.to_numpy().tolist() == frame.to_numpy().tolist()


def test_text_is_kept_letter_by_letter(data, flat):
    people = maker.people(flat, 10)
    texts = ["=1+1", "+999", "-5%", "@here", "'quoted'", "a;b,c\td", 'say "so"', "שלום 🙂 سلام"]
    for person, text in zip(people, [*texts, "two\nlines", "'=x"], strict=True):
        person["answers"]["story"] = text
    assert take(data, "kobo.csv", kobo_csv(flat, people)) == 0
    assert_complete(data, flat, people)
    cells = restricted.folder(data).joinpath("answers.csv").read_text(encoding="utf-8-sig")
    assert ",'=1+1," in cells and ",=1+1," not in cells  # which no spreadsheet runs


def test_a_formula_is_never_run_and_its_text_is_kept_in_an_open_answer(data, form, people, capsys):
    people[0]["answers"] |= {"story": '=HYPERLINK("http://example.org")', "staff": "=2+2"}
    content = kobo_book(form, people)
    assert take(data, "kobo.xlsx", content) == 1
    text = capsys.readouterr().out
    assert "'=2+2' must be a whole number" in text and "example.org" not in text
    assert_complete(data, form, people[1:])
    people[0]["answers"]["staff"] = "4"
    assert take(data, "computed.xlsx", kobo_book(form, people)) == 0
    assert_complete(data, form, people)


def test_raw_files_stay_as_they_came_and_read_only(data, form, people):
    content = kobo_book(form, people)
    take(data, "kobo.xlsx", content)
    (raw,) = (restricted.folder(data) / "raw").iterdir()
    writable = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    assert raw.read_bytes() == content and not raw.stat().st_mode & writable
    line = restricted.read("imports", data).iloc[0]
    assert (raw.stem, "kobo.xlsx", "8") == (line["file"], line["name"], line["rows"])


def test_nothing_restricted_is_printed(data, form, people, capsys):
    for person in people:
        canaries = dict.fromkeys(["mail", "phone", "site", "story"], "canary")
        person["answers"] |= canaries | {"organisation": "Canary Office", "began": "soon"}
    take(data, "kobo.xlsx", kobo_book(form, people))
    assert "canary" not in "".join(capsys.readouterr()).lower()


# The store changes as a whole or not at all, at whatever moment the machine stops.

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def without_log(state):
    return {name: content for name, content in state.items() if name != "imports.csv"}


def assert_complete_or_untouched(data, before, after, path):
    with restricted.locked(data):  # what whoever comes next does first
        pass
    now = place.state(data)
    assert without_log(now) in (without_log(before), without_log(after))
    expected = 1 if set(now) == set(before) else 2
    assert len(restricted.read("imports", data)) == expected
    intake.import_responses([path], data, today=place.TODAY)
    assert without_log(place.state(data)) == without_log(after)
    raw = list((restricted.folder(data) / "raw").iterdir())
    assert raw and not [path for path in raw if path.stat().st_mode & 0o222]


@pytest.fixture(scope="module")
def change(tmp_path_factory):
    """Return (a maker of folders whose store holds one file, a second file that changes
    everything, states before, after).
    """
    folder = tmp_path_factory.mktemp("change")
    data, first, second = folder / "complete/data", folder / "first.csv", folder / "second.csv"
    place.create(folder / "complete")
    flat, people = place.form(data, "call"), maker.people(place.form(data), 8)
    first.write_bytes(kobo_csv(flat, people))
    later = copy.deepcopy(people)
    later[0]["answers"]["staff"], later[1]["answers"]["began"] = "4711", "20255"
    second.write_bytes(kobo_csv(flat, later))
    intake.import_responses([first], data, today=place.TODAY)
    shutil.copytree(data, folder / "begun", symlinks=True)
    before = place.state(data)
    intake.import_responses([second], data, today=place.TODAY)
    copies = (shutil.copytree(folder / "begun", folder / f"copy{i}") for i in range(1000))
    return copies.__next__, second, before, place.state(data)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["restricted.write", "restricted.change", "_report"])
def test_an_unexpected_error_leaves_the_store_complete(change, monkeypatch, capsys, step):
    fresh, second, before, after = change
    data = fresh()

    def fails(*arguments, **named):
        raise KeyError("planted")

    with monkeypatch.context() as planted:
        planted.setattr(f"{intake.__name__}.{step}", fails)
        status, out, error = call(capsys, "intake", second, "--data", data)
    assert status == 1 and "KeyError" in error and "Traceback" not in out + error
    assert_complete_or_untouched(data, before, after, second)


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.simulation)])
def test_killed_at_every_step_of_writing_the_store_is_complete(change, each):
    fresh, second, before, after = change
    for step in range(1, 200, each):
        data = fresh()
        work = partial(intake.import_responses, [second], data, today=place.TODAY)
        was_killed = killing.killed_at(step, data, work)
        assert_complete_or_untouched(data, before, after, second)
        if not was_killed:
            break
    assert 12 < step < 199, "the steps were not counted"


@pytest.mark.slow
@needs_fork
def test_two_at_the_same_time_wait_for_each_other(data, flat, tmp_path):
    halves, pids = [maker.people(flat, 4, seed=seed) for seed in (1, 2)], []
    for half, name in zip(halves, "ab", strict=True):
        for person in half:
            person["answers"]["organisation"] += f" {name}"
        (tmp_path / f"{name}.csv").write_bytes(kobo_csv(flat, half))
        pids.append(os.fork())
        if not pids[-1]:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(intake.import_responses([tmp_path / f"{name}.csv"], data, today=place.TODAY))
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
    assert_complete(data, flat, halves[0] + halves[1])


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_ten_thousand_responses_are_imported_within_a_minute_and_a_gigabyte(tmp_path, suffix):
    data = place.create(tmp_path, small=False)
    form = place.form(data, "stakeholder_survey")
    people, path = maker.people(form, 10_000), tmp_path / f"many.{suffix}"
    tables = maker.kobo(form, people)
    path.write_bytes(maker.workbook(tables) if suffix == "xlsx" else maker.text(tables["main"]))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "cop", "intake", str(path), "--data", str(data)]
    subprocess.run(words, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds < 60 and after.ru_maxrss < 2**20, (seconds, after.ru_maxrss)
    assert len(place.counted(data)) == 10_000
    assert len(restricted.read("answers", data)) == sum(map(len, map(maker.expected, people)))


def test_no_answer_is_missing_to_a_question_whose_condition_does_not_hold(data, form, people):
    assert not all("line_free" in person["answers"] for person in people)
    assert take(data, "lime.csv", maker.limesurvey(form, people)) == 0
    assert {row["remark"] for row in place.counted(data)} == {""}


def test_the_status_is_2_if_no_file_was_imported_and_1_if_something_was_rejected(
    data, form, people, capsys
):
    good, bad = data.parent / "k.xlsx", data.parent / "bad.csv"
    good.write_bytes(maker.EXPORTS["kobo.xlsx"](form, people))
    bad.write_bytes(b"a,b")
    assert call(capsys, "intake", bad, good, "--data", data)[0] == 1, "one of two was imported"
    assert call(capsys, "intake", bad, bad, "--data", data)[0] == 2, "none was imported"
    assert call(capsys, "intake", good, "--data", data)[0] == 0, "nothing was rejected"
    people[0]["answers"]["size"] = "galactic"
    good.write_bytes(maker.EXPORTS["kobo.xlsx"](form, people))
    assert call(capsys, "intake", good, "--data", data)[0] == 1, "a response was rejected"
