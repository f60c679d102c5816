"""The form of explore.ipynb has every table that a person fills: rows added, changed, verified."""

import pytest
from conftest import copy_of_zedland, one_in
from newrows import FULL, NEW

import cop.data
from cop.explore import form
from cop.explore.choice import Choice
from cop.explore.questions import put, text_of
from cop.research import KINDS, rows, verification


@pytest.fixture
def made(tmp_path):
    """Return the form on a copy of Zedland."""
    return form.Form(Choice(str(copy_of_zedland(tmp_path)), str(tmp_path / "outputs"), "ZZZ"))


def fill(made, row):
    for name, text in row.items():
        put(made._fields[name], text)


def test_the_form_has_every_kind_that_the_command_has():
    assert set(form.KINDS) == set(KINDS)


@pytest.mark.parametrize("kind", one_in(3, NEW))
def test_a_row_of_each_kind_is_added_by_the_form_alone(made, kind):
    data = made._place.data
    made._kind.value = kind
    before = len(rows.present(kind, "ZZZ", data))
    said = rows.normalise(kind, NEW[kind], data)
    fill(made, said)
    assert {name: made.row()[name] for name in said} == said  # nothing is lost on its way
    made.add()
    assert "Added in" in made._answer.value, made._answer.value
    assert len(rows.present(kind, "ZZZ", data)) == before + 1
    assert made._row.value == ""


LONG = ("survey-group", "survey-answer", "alignment", "survey-question")  # tables of many rows
EACH = one_in(2, [(kind, 1) for kind in [*NEW, *FULL] if kind not in LONG])
EACH += [pytest.param(kind, 8, marks=pytest.mark.slow) for kind in LONG]
WHOLE = [pytest.mark.slow, pytest.mark.simulation]
EACH += [pytest.param(kind, 1, marks=WHOLE) for kind in LONG]


@pytest.mark.parametrize(("kind", "one_in"), EACH)
def test_what_is_in_the_table_is_shown_as_it_is_and_nothing_is_written_unless_it_differs(
    made, kind, one_in
):
    data = made._place.data
    made._kind.value = kind
    there = rows.present(kind, "ZZZ", data)
    own = there[there.iso3 == "ZZZ"] if "iso3" in there else there
    if kind in rows.BEGUN:
        assert made._row.options[0][1] == ("2026",)
    names = [name for _, name in made._row.options if name]
    assert len(names) == len(own)
    both = list(zip(names, own.to_dict("records"), strict=True))
    for name, held in both[::one_in]:
        made._row.value = name
        assert made.row() == held
        assert all(made._fields[key].disabled for key in rows.keys(kind, data))
    if names:
        made.add()
        assert "nothing differs" in made._answer.value


def test_a_row_is_changed_and_a_fault_is_told_by_its_question(made):
    made._kind.value = "alignment"
    made._row.value = ("PM-LEG-02", "A")
    assert made._write.description == "Check and change"
    made._fields["confidence_reason"].value = ""
    made.check()
    assert "must not be empty" in made._answer.value
    made._fields["confidence_reason"].value = "one good source"
    made.add()
    assert "Changed in research/ZZZ/alignment.csv" in made._answer.value
    row = rows.row_of("alignment", "ZZZ", ["PM-LEG-02", "A"], made._place.data)
    assert row["confidence_reason"] == "one good source"


@pytest.mark.slow
def test_the_cut_off_is_moved_by_the_form_and_no_edition_is_begun_there(made):
    made._kind.value = "edition"
    assert form.NEW not in [title for title, _ in made._row.options]
    made._fields["cut_off"].value = "1.7.2026"
    made.add()
    row = rows.row_of("edition", "ZZZ", ["2026"], made._place.data)
    assert row["cut_off"] == "2026-07-01"


def test_a_row_is_verified_by_the_form_with_what_was_seen(made):
    assert made._look.layout.display == "none"  # a new row has nothing that could be seen
    table = rows.present("evidence", "ZZZ", made._place.data)
    made._row.value = (table.evidence_id[table.verified == "no"].iloc[0],)
    assert made._look.layout.display == ""
    row_id = made._row.value[0]
    fill(made, {"source_id": "ZZZ-S01", "year": "", "year_basis": ""})
    made.add()
    assert "Changed in" in made._answer.value, made._answer.value
    made.verify()
    assert "refused" in made._answer.value  # no passage
    made._seen.value, made._page.value = "The passage, word for word.", "4"
    made.verify()
    assert f"{row_id}: verified on" in made._answer.value, made._answer.value
    looks = cop.data.present(verification.TABLE, made._place.data, "ZZZ")
    assert looks.iloc[-1][["row_id", "page"]].tolist() == [row_id, "4"]
    assert text_of(made._fields["verified"]) == "yes"
    made._kind.value = "alignment"
    assert made._look.layout.display == "none"


def test_words_are_shown_with_what_a_page_calls_them_and_rows_with_what_they_say(made):
    titles = dict(made._fields["section"].options)
    assert "Legal framework" in titles and "legal_framework" in titles.values()
    sources = [title for title, _ in made._fields["source_id"].options]
    assert any(title.startswith("ZZZ-S01  ") for title in sources)


def test_several_rows_keep_their_order(made):
    made._kind.value = "challenge"
    put(made._fields["evidence_ids"], "ZZZ-E11; ZZZ-E02")
    assert text_of(made._fields["evidence_ids"]) == "ZZZ-E11; ZZZ-E02"
