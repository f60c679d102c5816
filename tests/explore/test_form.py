"""The form of explore.ipynb has every table that a person fills: rows added, changed, verified."""

import ipywidgets as widgets
import pytest
from cases import FULL, NEW
from conftest import DATA, one_in

import cop.data
from cop.explore.desk import CountryPicker
from cop.explore.form import NEW_ROW, Form
from cop.research import rows, verification


@pytest.fixture
def entry(zed, tmp_path):
    return Form(CountryPicker(str(zed), str(tmp_path / "outputs"), "ZZZ"))


def fill(entry, row):
    for name, text in row.items():
        entry._fields[name].value = text


@pytest.mark.parametrize("kind", one_in(3, NEW))
def test_a_row_of_each_kind_is_added_by_the_form_alone(entry, zed, kind):
    entry.kind.value = kind
    before = len(rows.present(kind, "ZZZ", zed))
    row = rows.normalise(NEW[kind])
    fill(entry, row)
    assert {name: entry.values()[name] for name in row} == row  # nothing is lost on its way
    entry.save()
    assert "Written to" in entry.answer.value, entry.answer.value
    assert "refused" not in entry.answer.value, "a row that was written is not marked as refused"
    assert len(rows.present(kind, "ZZZ", zed)) == before + 1
    assert entry.row.value == ""  # ready for the next row


LONG = ("survey-group", "survey-answer", "alignment", "survey-question")  # tables of many rows


@pytest.mark.parametrize("kind", one_in(4, [*NEW, *FULL]))
def test_a_row_is_shown_as_the_table_holds_it_and_written_only_if_it_differs(entry, zed, kind):
    entry.kind.value = kind
    table = rows.present(kind, "ZZZ", zed)
    table = table[table.iso3 == "ZZZ"] if "iso3" in table else table
    names = [name for _, name in entry.row.options if name]
    step = 8 if kind in LONG else 1
    for name, row in list(zip(names, table.to_dict("records"), strict=True))[::step]:
        entry.row.value = name
        assert entry.values() == row
        assert all(entry._fields[key].disabled for key in rows.keys(kind, zed)), "keys stay"
    if names:
        entry.save()
        assert "no cell was changed" in entry.answer.value


def test_the_form_has_every_kind_that_the_command_has_and_begins_no_edition(entry):
    assert {kind for _, kind in entry.kind.options} == set(rows.tables(DATA))
    assert ("Legal framework", "legal_framework") in entry._fields["section"].options
    entry.kind.value = "edition"
    assert [name for _, name in entry.row.options] == [("2026",)]
    assert NEW_ROW not in [title for title, _ in entry.row.options]


def test_a_row_is_changed_and_stays_chosen_and_an_error_names_its_column(entry, zed):
    entry.kind.value = "alignment"
    entry.row.value = ("PM-LEG-02", "A")
    written = "Written to research/ZZZ/alignment.csv"
    for reason, answer in (("", "must not be empty"), ("one good source", written)):
        entry._fields["confidence_reason"].value = reason
        entry.save()
        assert answer in entry.answer.value
    row = rows.row_of("alignment", "ZZZ", ["PM-LEG-02", "A"], zed)
    assert row["confidence_reason"] == "one good source"
    assert entry.row.value == ("PM-LEG-02", "A"), "the chosen row stays chosen"


def test_form_loses_nothing_when_it_is_refused_or_left(entry, zed):
    path = zed / "research" / "ZZZ" / "evidence.csv"
    before = path.read_bytes()
    entry._fields["statement"].value = "Half a row."
    entry.save()
    assert "refused" in entry.answer.value and path.read_bytes() == before
    entry.kind.value = "source"
    entry.kind.value = "evidence"
    assert entry._fields["statement"].value == "Half a row."


def test_a_row_is_verified_by_the_form_with_what_was_seen(entry, zed):
    assert entry.verification.layout.display == "none"  # a new row has nothing that could be seen
    table = rows.present("evidence", "ZZZ", zed)
    row_id = table.evidence_id[table.verified == "no"].iloc[0]
    entry.row.value = (row_id,)
    assert entry.verification.layout.display == "", "a row that is saved can be verified"
    fill(entry, {"source_id": "ZZZ-S01", "year": "", "year_basis": ""})
    entry.verify()
    assert "the row has unsaved changes" in entry.answer.value
    entry.save()
    entry.verify()
    assert "refused" in entry.answer.value  # no passage
    entry.passage.value, entry.page.value = "The passage, word for word.", "4"
    entry.verify()
    assert f"{row_id}: verified on" in entry.answer.value, entry.answer.value
    looks = cop.data.present(verification.TABLE, zed, "ZZZ")
    assert looks.iloc[-1][["row_id", "page"]].tolist() == [row_id, "4"]
    assert entry.values()["verified"] == "yes", "the form shows the row as it is now"


def test_a_country_not_begun_is_told_what_begins_it(tmp_path):
    picker = CountryPicker(str(DATA), str(tmp_path), "FRA")
    entry = Form(picker)
    assert "cop new FRA" in entry.answer.value and entry._body.layout.display == "none"
    picker.list.value = ("UKR", "2026")
    assert entry._body.layout.display == ""


def test_the_field_of_a_column_fits_its_kind(entry):
    kinds = {name: type(field) for name, field in entry._fields.items()}
    assert kinds["statement"] is widgets.Textarea, "a text has several lines"
    assert {kinds["evidence_id"], kinds["year"]} == {widgets.Text}, "an id or number has one line"
    assert kinds["section"] is widgets.Dropdown, "a choice has a list"
