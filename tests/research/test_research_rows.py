"""Rows of research are added and changed: by command, from a file, and by the form's functions."""

import csv
import io
import json
import os
from datetime import date

import pandas as pd
import pytest
from cases import FULL, NEW, by_rule, cases
from conftest import DATA, call
from planting import edit, plant, rows_of, save

import cop.data
from cop.data import UserError, checks, package, writing
from cop.research import actions, editions, rows, verification

EVIDENCE = "research/ZZZ/evidence.csv"
GOOD = {"section": "research", "statement": "The helpline opened.", "source_id": "ZZZ-S01"}
GOOD |= {"confidence": "low", "verified": "yes"}
# Tables that a command of their own writes: no person fills them.
OF_A_COMMAND = {
    "responses", "sign_offs", "verifications", "forms", "interviews", "coding", "quotes",
    "returned", "returned_links",
}  # fmt: skip


def table(folder, path=EVIDENCE):
    text = (folder / path).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_table_of_a_country_is_filled_by_a_person_or_by_a_command():
    names = {*package.tables(DATA, shared=False)}
    assert names - {*rows.tables(DATA).values()} == OF_A_COMMAND
    assert {*rows.tables(DATA)} == {*NEW, *FULL}


def test_a_row_is_added_after_those_there_and_passes_the_check(zed):
    for kind, new in NEW.items():
        path = rows.path_of(kind, "ZZZ", zed)
        before = (zed / path).read_bytes() if (zed / path).exists() else b""
        written = rows.add(kind, "ZZZ", [new], zed)
        assert table(zed, path)[-1].items() <= written[0].items(), kind  # but optional columns
        assert (zed / path).read_bytes().startswith(before), kind
        faults = [f.rule for f in checks.of_file(rows.table_of(kind, zed), path, zed)]
        assert faults == ([rows.LATER[0]] if kind == "challenge" else []), kind


def test_a_shared_table_of_the_base_is_copied_to_the_folder_with_its_changes(tmp_path):
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "x", "cop:base": str(DATA)}))
    changed = rows.edit("territory-note", "GEO", ["GEO"], {"names": "As stated."}, tmp_path)
    new = changed | {"iso3": "DEU", "names": ""}
    rows.add("territory-note", "DEU", [new], tmp_path)
    before, after = (table(data, "reference/territory_notes.csv") for data in (DATA, tmp_path))
    assert len(after) == len(before) + 1 and changed in after and new in after


def test_a_row_whose_register_of_sources_is_lost_cannot_be_verified(zed):
    (zed / "research/ZZZ/sources.csv").unlink()
    with pytest.raises(UserError, match="'ZZZ-S01' is not an id in sources"):
        verification.verify_row("ZZZ-E01", zed, "A passage.")


def test_a_row_without_a_source_cannot_be_verified(zed):
    plant(zed, "evidence", "ZZZ-E18", source_id="", year="", year_basis="")
    with pytest.raises(UserError, match="ZZZ-E18 has no source; fill in its `source_id`"):
        verification.verify_row("ZZZ-E18", zed, "A passage.")


def test_a_passage_is_recorded_without_blanks_around_it_and_listed_once(zed, monkeypatch):
    look = verification.verify_row("ZZZ-E01", zed, " A  passage. ")
    assert look["quotation"] == "A  passage.", "without blanks around it"
    assert look["seen_on"] == date.today().isoformat(), "seen today"
    again = pd.DataFrame({"source_id": "S", "quotation": ["a", "a", "b"]})
    monkeypatch.setattr(cop.data, "present", lambda *_: again)
    assert verification.quotations("ZZZ", zed) == {"S": ["a", "b"]}, "each passage once"


def test_the_source_of_a_row_is_verified_with_the_row(zed):
    plant(zed, "evidence", "ZZZ-E18", source_id="ZZZ-S14", year="", year_basis="")
    verification.verify_row("ZZZ-E18", zed, "A passage.")
    for row_id in ("ZZZ-E18", "ZZZ-S14"):
        assert verification.find_row(row_id, zed)[1]["verified"] == "yes", f"{row_id} is verified"


@pytest.mark.parametrize("start, separator, end", [("\ufeff", ",", "\r\n"), ("", ";", "\n")])
def test_the_file_keeps_its_bytes_and_its_format(zed, start, separator, end):
    file, columns = zed / EVIDENCE, cop.data.columns("evidence", zed)[::-1]
    lines = [columns, *([row[column] for column in columns] for row in table(zed))]
    text = start + cop.data.csv_text(lines, separator, end)
    file.write_bytes((text.removesuffix(end) if separator == ";" else text).encode())
    before, number = file.read_bytes(), len(lines) - 1
    rows.add("evidence", "ZZZ", [GOOD | {"statement": 'A "quoted"; part, and more'}], zed)
    assert file.read_bytes().startswith(before) and not checks.of_file("evidence", EVIDENCE, zed)
    frame = cop.data.text_frame(file, columns)
    assert len(frame) == number + 1 and frame.statement.iloc[-1] == 'A "quoted"; part, and more'
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(end.encode())


def test_nothing_is_added_to_a_table_in_another_encoding(zed, capsys):
    path = zed / "research/ZZZ/milestones.csv"
    path.write_bytes(path.read_bytes() + "ZZZ-A01,Кінець,2027-01-01,,\n".encode("cp1251"))
    (zed / "research/ZZZ/actions.csv").unlink()
    status, _, told = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 2 and "milestones.csv" in told and "UTF-8" in told
    assert not (zed / "research/ZZZ/actions.csv").exists()


def test_an_edition_follows_a_validated_one(zed):
    folder = zed / "research" / "ZZZ"
    edit(folder / "editions.csv", ",draft,", ",validated,")
    signed = "body,day,scope,edition,text\nMinistry,2026-07-01,the whole report,2026,\n"
    (folder / "sign_offs.csv").write_text(signed, "utf-8")
    editions.begin("ZZZ", zed, "2028", date(2026, 11, 20))
    statuses = cop.data.present("editions", zed, "ZZZ").status.tolist()
    assert statuses == ["validated", "draft"], "a new edition is a draft"


def test_the_archive_of_an_edition_is_renewed_for_one_country_only(zed):
    kept = zed / "editions" / "2026" / "research"
    editions.begin("YYY", zed, "2026", date(2026, 6, 30))
    for iso3, year in (("ZZZ", "2028"), ("YYY", "2029")):
        for table in (zed / "research").glob("*/sources.csv"):
            table.write_text(table.read_text("utf-8") + "\n" * (iso3 == "YYY"), "utf-8")
        editions.begin(iso3, zed, year, date(2027, 11, 20))
    assert not (kept / "ZZZ" / "sources.csv").read_text("utf-8").endswith("\n\n")
    assert (kept / "YYY" / "sources.csv").read_text("utf-8").endswith("\n\n"), "renewed"


def stopped(*anything):
    """Raise KeyboardInterrupt, in place of Ctrl+C or a power cut."""
    raise KeyboardInterrupt


def test_a_stop_before_the_decision_leaves_nothing_and_one_after_it_everything(zed, monkeypatch):
    pending, tables = zed / writing.PENDING, package.tables(zed, shared=False)
    required = [name for name in tables if not package.resource(name, zed).get("cop:optional")]
    after = lambda root: stopped() if pending.exists() else None  # noqa: E731
    for where, name, stop, files in (
        (writing.os, "replace", stopped, 0),
        (writing, "carry_through", after, len(required) + 2),  # narratives
    ):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(where, name, stop)
            editions.begin("YYY", zed)
        with writing.alone(zed):
            assert len([*(zed / "research" / "YYY").rglob("*.*")]) == files
            assert not pending.exists()


@by_rule("text, day", *cases("research/days.csv"))
def test_a_day_is_converted_unless_it_is_ambiguous(text, day):
    assert rows.normalise({"recorded": text}) == {"recorded": day}


def test_spaces_around_a_cell_are_removed():
    assert rows.normalise({"title": " Two  words ", "recorded": " soon "}) == {
        "title": "Two  words", "recorded": "soon"}  # fmt: skip


def test_a_new_row_has_the_next_id_and_is_not_verified(zed, monkeypatch):
    ids = cop.data.present("evidence", zed, "ZZZ").evidence_id
    last = max(int(number[5:]) for number in ids)
    assert rows.next_ids("evidence", "ZZZ", zed, 2) == [f"ZZZ-E{last + n}" for n in (1, 2)]
    row = rows.blank("evidence", "ZZZ", zed)
    assert (row["evidence_id"], row["verified"]) == (f"ZZZ-E{last + 1}", "no")
    assert rows.blank("alignment", "ZZZ", zed)["coder"] == "A", "the first coder"
    path, plan = rows_of(zed, "actions")
    save(path, [*plan[0]], [])
    assert rows.next_ids("action", "ZZZ", zed) == ["ZZZ-A01"], "the first number is 1"
    monkeypatch.setattr(cop.data, "editions", lambda *_: ["2024", "2026", "2025"])
    assert rows.blank("comment", "ZZZ", zed)["edition"] == "2026", "the latest edition"
    assert rows.blank("recommendation", "ZZZ", zed)["is_proposal"] == "yes", "a target is ours"
    assert len(rows.blank("comment", "ZZZ", zed)["origin"]) == 16, "an origin has 16 signs"
    today = date.today().isoformat()
    assert rows.blank("source", "ZZZ", zed)["accessed"] == today, "a source is read today"
    assert rows.blank("comment", "ZZZ", zed)["received"] == today, "a comment came in today"
    row = rows.row_of("alignment", "ZZZ", ["PM-LEG-02", "B"], zed)
    assert (row["item_id"], row["coder"]) == ("PM-LEG-02", "B"), "a row is found by its whole key"


def test_a_new_row_keeps_its_id_and_is_not_refused_for_another_row(zed):
    plant(zed, "evidence", "ZZZ-E05", source_id="ZZZ-S999")
    [row] = rows.add("evidence", "ZZZ", [GOOD | {"evidence_id": "ZZZ-E90"}], zed)
    assert row["evidence_id"] == "ZZZ-E90", "an id that is stated is kept"
    number = len(rows.present("evidence", "ZZZ", zed)) + 2  # the row after the last
    wrong = f"evidence.csv, row {number}, column source_id: 'ZZZ-S998' is not an id"
    with pytest.raises(UserError, match=wrong):
        rows.add("evidence", "ZZZ", [GOOD | {"source_id": "ZZZ-S998"}], zed)
    changed = rows.edit("recommendation", "ZZZ", ["ZZZ-R01"], {"due": "30.9.2027"}, zed)
    assert changed["due"] == "2027-09-30", "a day is changed into year, month and day"


def test_a_row_is_named_by_what_describes_it_or_else_by_its_second_column():
    frame = pd.DataFrame([["a", "b", "c"]], columns=["x_id", "y", "title"])
    assert rows.row_labels(frame).tolist() == ["c"], "by its title"
    assert rows.row_labels(frame[["x_id", "y"]]).tolist() == ["b"], "or its second column"


def test_an_action_is_begun_for_each_whole_recommendation_without_one(zed):
    (zed / "research/ZZZ/milestones.csv").unlink()
    path, plan = rows_of(zed, "recommendations")
    due = {"target_due": "2027-12-31"}
    changes = {"target_due": ""}, due | {"cost": ""}, due | {"cost": "EUR 900"}
    plan[:3] = [row | change for row, change in zip(plan, changes, strict=False)]
    save(path, [*plan[0]], plan)
    path, answers = rows_of(zed, "actions")
    save(path, [*answers[0]], [row for row in answers if row["recommendation_id"] > "ZZZ-R03"])
    told = actions.begin("ZZZ", zed)
    begun = [row for row in table(zed, path) if row["recommendation_id"] <= "ZZZ-R03"]
    ids = [row["recommendation_id"] for row in begun]
    assert ids == ["ZZZ-R02", "ZZZ-R03"], "the whole ones without an action"
    budgets = [row["budget"] for row in begun]
    assert budgets == ["to be estimated", "EUR 900"], (
        "without a cost, the budget is to be estimated"
    )
    days = {row["day"] for row in table(zed, "research/ZZZ/milestones.csv")}
    assert days == {"2027-12-31"}, "the day of the target"
    steps = [row["what"] for row in table(zed, "research/ZZZ/milestones.csv")]
    assert steps == [row["target"] for row in plan[1:3]], "the first milestone is the target"
    bodies = [row["body_id"] for row in begun]
    assert bodies == [row["lead_id"] for row in plan[1:3]], "who leads, acts"
    why = "Skipped, since `lead_id`, `target` or `target_due` is empty in recommendations.csv"
    assert f"{why}: ZZZ-R01. Fill in these cells, then repeat the command." in told, "not whole"


def test_what_a_new_edition_begins_with_and_what_is_kept_of_the_one_before(zed):
    editions.begin("YYY", zed, today=date(2026, 6, 30))
    [first] = table(zed, "research/YYY/editions.csv")
    assert first["edition"] == "2026", "an edition is named by the year of its cut-off"
    note = (zed / "research" / "YYY" / "narrative" / "analysis.md").read_text("utf-8")
    assert note.startswith("<!-- Analysis, Yonderland: "), "a chapter begins with what it is"
    assert first["cut_off"] == "2026-06-30", "the cut-off is the day on which it is begun"
    (zed / ".hidden").mkdir()
    (zed / ".hidden" / "file").touch()
    contents = json.loads((zed / "datapackage.json").read_text("utf-8"))
    contents["cop:base"] = os.path.relpath(contents["cop:base"], zed)
    (zed / "datapackage.json").write_text(json.dumps(contents), "utf-8")
    told = editions.begin("ZZZ", zed, "2028", date(2026, 11, 20))
    assert "edition 2026 was copied to editions/2026/" in told[0], "the edition before is kept"
    kept = zed / "editions" / "2026"
    assert not (kept / ".hidden").exists(), "hidden files are not kept"
    base = json.loads((kept / "datapackage.json").read_text("utf-8"))["cop:base"]
    assert base == f"../../{contents['cop:base']}", "a base is two folders further away"
    path, years = rows_of(zed, "editions")
    save(path, [*years[0]], years[::-1])
    with pytest.raises(UserError, match="its latest edition is 2028"):
        editions.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    (zed / "research" / "YYY" / "editions.csv").unlink()
    with pytest.raises(UserError, match="research/YYY exists, but .* contains no edition"):
        editions.begin("YYY", zed)


@pytest.mark.parametrize("edition", ["2026", "2025"])
def test_the_next_edition_is_later_than_the_latest(zed, edition):
    with pytest.raises(UserError, match="its latest edition is 2026"):
        editions.begin("ZZZ", zed, edition, date(2026, 11, 20))


def test_a_second_record_of_a_passage_on_one_day_replaces_the_first(zed, monkeypatch):
    look = dict.fromkeys(cop.data.columns("verifications", zed), "")
    look |= {"row_id": "ZZZ-E01", "source_id": "ZZZ-S01", "seen_on": "2026-06-30"}
    first, other = look | {"page": "1"}, look | {"page": "3", "seen_on": "2026-06-29"}
    monkeypatch.setattr(cop.data, "present", lambda *_: pd.DataFrame([first, other]))
    text = verification.table_with(look | {"page": "2"}, "ZZZ", zed).decode()
    assert [row["page"] for row in csv.DictReader(io.StringIO(text))] == ["3", "2"]
