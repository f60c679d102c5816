"""The practice round of the guide, repeated and corrected: nothing typed or withdrawn is lost."""

import json
import re
import shutil

import openpyxl
import pandas as pd
import place
import pytest
from conftest import ROOT, ZEDLAND, call, one_in

from cop.data.checks import editions
from cop.fieldwork import contacts, publish, restricted, review

PRACTICE = ROOT / "tests" / "practice"
MAPPING = (PRACTICE / "mapping.yml").read_text(encoding="utf-8")
MAPPING = MAPPING.replace("columns:\n", 'columns:\n  "No": identity\n', 1)
CONTACT = ["organisation=Office", "category=government", "function=secretariat"]
CONTACT += ["email=office@example.org", "language=en"]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a data folder that stands on Zedland's, with an empty store."""
    monkeypatch.setenv("COP_KEY_FILE", str(tmp_path / "keys" / "key"))
    folder = tmp_path / "data"
    (folder / "restricted").mkdir(parents=True)
    package = {"cop:base": str(ZEDLAND), "resources": []}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    shutil.copytree(ZEDLAND / "research" / "ZZZ", folder / "research" / "ZZZ")
    for name in ["forms", *publish.SURVEYS, "quotes", "returned", "returned_links", "interviews"]:
        path = folder / "research" / "ZZZ" / f"{name}.csv"
        if path.exists():
            path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n")
    return folder


@pytest.fixture
def cop(capsys, data):
    """Return a function that runs a command and returns its exit status and all that it prints."""

    def run(*words):
        status, out, err = call(capsys, *words, "--data", data)
        return status, out + err

    return run


def intake(cop, tmp_path, rows=slice(None), **cells):
    """Import rows of the practice table with an identity, some cells changed; return the output."""
    table = pd.read_csv(PRACTICE / "returns.csv", dtype=str)
    table.insert(0, "No", [f"n{number}" for number in range(1, len(table) + 1)])
    table = table.assign(**{name.replace("_", " "): text for name, text in cells.items()})[rows]
    (tmp_path / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    table.to_csv(tmp_path / "returns.csv", index=False)
    words = "--mapping", tmp_path / "mapping.yml", "--country", "ZZZ"
    return cop("intake", tmp_path / "returns.csv", *words)[1]


def sheet_of(data):
    return restricted.load(review.sheet_path(data, "ZZZ"))


def decide(cop, data):
    """List all texts, decide to publish each, and return what `cop review` then prints."""
    cop("review", "ZZZ")
    place.save(data, sheet_of(data).assign(decision="publish", edited_text=""))
    return cop("review", "ZZZ")[1]


@pytest.mark.slow
def test_what_was_typed_into_the_sheet_is_never_overwritten(cop, data, tmp_path):
    intake(cop, tmp_path, slice(0, 12))
    cop("review", "ZZZ")
    sheet = sheet_of(data).assign(note="of a reader")
    sheet.loc[0, "decision"] = "withhold"
    sheet.loc[1, "edited_text"] = "half a sent"
    place.save(data, sheet)
    before = review.sheet_path(data, "ZZZ").read_bytes()
    intake(cop, tmp_path, slice(0, 14))
    status, shown = cop("review", "ZZZ")
    assert status == 2 and "row 3, column edited_text: must be empty unless" in shown
    assert review.sheet_path(data, "ZZZ").read_bytes() == before
    sheet.loc[1, "decision"] = "edit"
    place.save(data, sheet)
    status, shown = cop("review", "ZZZ")
    assert status == 0 and "texts wait for a decision" in shown
    after = sheet_of(data)
    assert len(after) > len(sheet)
    assert after.iloc[: len(sheet)].to_numpy().tolist() == sheet.to_numpy().tolist()
    assert "no text waits" in decide(cop, data)


@pytest.mark.slow
def test_a_text_that_contains_a_name_stored_later_is_not_published(cop, data, tmp_path):
    intake(cop, tmp_path, slice(0, 12), What_should_be_improved_first="Ask Ann Zedova first.")
    assert "no text waits" in decide(cop, data)
    cells = ["organisation=Office", "category=government", "function=head", "person=Ann Zedova"]
    cells += ["consent=yes", "email=office@example.org", "language=en"]
    cop("contacts", "ZZZ", "--add", *cells)
    status, shown = cop("review", "ZZZ")
    assert status == 2 and "may contain personal data: person" in shown


@pytest.mark.slow
def test_an_edited_draft_is_never_overwritten(cop, data):
    for number in (1, 2):
        cells = [f"organisation=Office {number}", "category=government", "function=secretariat"]
        cop("contacts", "ZZZ", "--add", *cells, f"email=o{number}@example.org", "language=en")
    cop("invite", "ZZZ", "--sender", "A")
    first, second = sorted((data / "restricted" / "invitations").iterdir())
    first.write_text("edited")
    second.unlink()
    shown = cop("invite", "ZZZ", "--sender", "A")[1]
    assert first.read_text() == "edited" and second.exists()
    assert "1 new draft in" in shown and "without a new draft: 1 contact." in shown


def withdraw(data, number=-1, delete=False):
    """Set the consent of a response of Zed Office 2, by default its last, to no, or delete it."""
    answers = restricted.read("answers", data)
    mine = answers[(answers.question == "organisation") & (answers.answer == "Zed Office 2")]
    return_id = mine.return_id.iloc[number]
    consent = (answers.return_id == return_id) & (answers.question == "consent")
    refused = answers.assign(answer=answers.answer.mask(consent, "no"))
    answers = answers[~consent] if delete else refused
    with restricted.locked(data):
        restricted.write(data, restricted.change({"answers": answers}))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "delete"), one_in(2, [(0, False), (1, False), (1, True)]))
def test_whichever_response_of_a_person_is_withdrawn_none_counts(
    cop, data, tmp_path, number, delete
):
    intake(cop, tmp_path)
    decide(cop, data)
    cop("publish", "ZZZ")
    intake(cop, tmp_path, slice(1, 2), What_should_be_improved_first="Something else.")
    withdraw(data, number, delete)
    assert "no text waits" in cop("review", "ZZZ")[1]
    shown = cop("publish", "ZZZ")[1]
    assert "mapping_form: 1 response withdrawn or removed since publication." in shown
    assert "Zed Office 2" not in (data / "research/ZZZ/returned.csv").read_text()
    cop("publish", "ZZZ", "--withdraw")
    assert pd.read_csv(data / "research/ZZZ/survey.csv").empty


@pytest.mark.slow
def test_an_import_undone_and_repeated_does_not_undo_a_withdrawal(cop, data, tmp_path):
    intake(cop, tmp_path)
    withdraw(data)
    shown = cop("intake", tmp_path / "returns.csv", "--undo")[1]
    assert "28 responses removed" in shown, "those without a withdrawal are removed"
    assert "consent was withdrawn: 1 response." in shown, "of this file, the withdrawn are kept"
    intake(cop, tmp_path)
    cop("review", "ZZZ")
    assert "Zed Office 2" not in set(sheet_of(data).text)


@pytest.mark.slow
def test_a_later_response_does_not_undo_a_withdrawal(cop, data, tmp_path):
    intake(cop, tmp_path)
    decide(cop, data)
    cop("publish", "ZZZ")
    withdraw(data, 0)
    shown = intake(cop, tmp_path, slice(1, 2), What_should_be_improved_first="Something else.")
    assert "comes from a person who withdrew consent, so it does not count" in shown
    assert "no text waits" in cop("review", "ZZZ")[1]
    shown = cop("publish", "ZZZ")[1]
    assert "mapping_form: 1 response withdrawn or removed since publication." in shown
    assert "Zed Office 2" not in (data / "research/ZZZ/returned.csv").read_text()


@pytest.mark.slow
def test_an_organisation_that_refused_to_be_named_is_named_in_no_quotation(cop, data, tmp_path):
    text = "Zed Circle 1 should be asked first."
    table = pd.read_csv(PRACTICE / "returns.csv", dtype=str)
    quoting = table.index[table["May be quoted"] == "Yes"][0]
    improved = table["What should be improved first"].where(table.index != quoting, text)
    may = table["May be named"].where(table.Organisation != "Zed Circle 1", "No")
    cells = {"What_should_be_improved_first": improved, "May_be_named": may}
    intake(cop, tmp_path, **cells)
    cop("review", "ZZZ")
    sheet = sheet_of(data)
    marks = sheet.looks_like[sheet.text == text].iloc[0]
    assert "organisation that refused to be named" in marks
    shown = decide(cop, data)
    assert "may contain personal data: organisation that refused to be named" in shown
    # A name that was refused only after the decision stops the publication.
    with restricted.locked(data):
        restricted.write(data, {"answers.csv": None, "returns.csv": None, "imports.csv": None})
        restricted.write(data, {review.sheet_path(data, "ZZZ").name: None})
    intake(cop, tmp_path, What_should_be_improved_first=improved)
    decide(cop, data)
    answers = restricted.read("answers", data)
    circle = answers.return_id[answers.answer == "Zed Circle 1"].iloc[0]
    about = (answers.return_id == circle) & (answers.question == "publish_organisation")
    answers.loc[about, "answer"] = "no"
    with restricted.locked(data):
        restricted.write(data, restricted.change({"answers": answers}))
    status, shown = cop("publish", "ZZZ")
    assert status == 2 and "quotes.csv, column quote" in shown and "'zed circle 1'" in shown


@pytest.mark.slow
def test_publish_names_what_changes_and_what_is_held_back(cop, data, tmp_path):
    table = pd.read_csv(PRACTICE / "returns.csv", dtype=str)
    quoting = table["May be quoted"] == "Yes"
    text = table["What should be improved first"].mask(quoting, table.Organisation + " waits.")
    text[table.index[quoting][0]] = "A plan is missing."
    intake(cop, tmp_path, slice(0, 28), What_should_be_improved_first=text)
    decide(cop, data)
    status, shown = cop("publish", "ZZZ", "--dry-run")
    assert status == 0 and "quotes.csv: 1 line added, 0 removed\n" in shown
    note = r"not published \(row \d+ of the review sheet, improvement\): the text contains the name"
    assert re.search(note, shown)
    assert not (data / "restricted" / "publications-ZZZ.csv").exists()
    cop("publish", "ZZZ")
    late = table["What should be improved first"]
    intake(cop, tmp_path, slice(28, None), What_should_be_improved_first=late, May_be_quoted="Yes")
    decide(cop, data)
    note = "improvement): the published numbers do not include its author"
    assert note in cop("publish", "ZZZ")[1]


def test_a_step_before_the_listing_counts_and_an_unknown_country_is_refused(cop, data):
    status, shown = cop("contacts", "QQQ", "--add", *CONTACT)
    assert status == 2 and "QQQ" in shown and not (data / "restricted" / "contacts.csv").exists()
    cop("contacts", "ZZZ", "--add", *CONTACT)
    cop("contacts", "ZZZ", "--add", *CONTACT, "--date", "2026-11-01")
    assert contacts.steps(data).date.iloc[-1] == "2026-11-01"
    status, shown = cop("contacts", "--record", "ZZZ-C01", "invit")
    assert status == 2 and "contacts.csv, column step" in shown
    cop("contacts", "--record", "ZZZ-C01", "invited", "--date", "2020-01-01")
    shown = cop("contacts", "ZZZ")[1]
    assert re.search("ZZZ-C01 +remind ", shown) and re.search("ZZZ +1$", shown.strip())
    assert len(contacts.steps(data)) == 3


def test_an_import_can_be_undone(cop, data, tmp_path):
    intake(cop, tmp_path, slice(0, 2))
    before = [restricted.read(name, data) for name in ("returns", "answers")]
    intake(cop, tmp_path, slice(0, 4), What_should_be_improved_first="Something else.")
    assert len(restricted.read("returns", data)) == 6
    status, shown = cop("intake", tmp_path / "returns.csv", "--undo")
    kept = "4 responses removed from the store. Kept, as consent was withdrawn: 0 responses."
    assert status == 0 and kept in shown
    after = [restricted.read(name, data) for name in ("returns", "answers")]
    assert all(old.equals(new) for old, new in zip(before, after, strict=True))
    assert len(list((data / "restricted" / "raw").iterdir())) == 1
    place.issue(data)
    contacts.record(data, "ZZZ-C02", "answered", "2026-03-09")
    shown = cop("intake", tmp_path / "returns.csv", "--undo")[1]
    assert "0 responses removed" in shown
    assert "whose response is not in the store: ZZZ-C02. Import the response again" in shown
    assert "such as `cop contacts --record ZZZ-C02 invited`." in shown
    assert cop("intake", "--undo")[0] == 2


@pytest.mark.slow
def test_a_plain_table_states_no_link_and_the_days_that_it_holds(cop, data, tmp_path):
    intake(cop, tmp_path)
    cop("publish", "ZZZ")
    about = pd.read_csv(data / "research/ZZZ/survey_about.csv").set_index("item").stated
    assert about["dates"] == "Most answers from 2026-06 to 2026-06"
    assert "open or closed" not in about.index
    items = pd.read_csv(data / "research/ZZZ/survey_items.csv")
    assert (items.n > 0).all()
    assert set(pd.read_csv(data / "research/ZZZ/survey.csv")["mode"]) == {"not recorded"}


def test_an_answer_after_the_sign_off_changes_the_signed_text(data):
    before = editions.signed_text(data, "ZZZ")
    path = data / "research/ZZZ/responses.csv"
    path.write_text("comment_id,decision,why,changed,day\nZZZ-M001,not,x,,2026-11-01\n")
    assert editions.signed_text(data, "ZZZ") != before


def test_forms_are_summed_up_by_folder(cop, tmp_path):
    shown = cop("forms", "guide_ngo", "--out", tmp_path / "forms")[1]
    folder = tmp_path / "forms" / "guide_ngo"
    assert shown.splitlines() == [f"{folder}: {len(list(folder.iterdir()))} files"]


@pytest.mark.slow
def test_a_form_says_once_that_several_answers_may_be_chosen_and_has_no_letters(cop, tmp_path):
    cop("forms", "mapping_form", "--out", tmp_path / "forms")
    (path,) = (tmp_path / "forms" / "mapping_form").glob("*-en.xlsx")
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row]
    texts = [cell for cell in cells if isinstance(cell, str)]
    assert max(text.count("Choose all that apply") for text in texts) == 1
    assert not [text for text in texts if re.match(r"[A-M]\. ", text)]
