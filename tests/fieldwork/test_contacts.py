"""Contacts on invented rows: who is due, who answered, drafts that are never sent, nobody shown."""

import io
import json
import re
import subprocess
from datetime import date, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, cases
from conftest import DATA, ZEDLAND, call
from openpyxl import load_workbook

from cop import data as cop_data
from cop.data import UserError
from cop.fieldwork import contacts, outcomes, questionnaires, restricted

FIELDS = cop_data.contents(DATA)["cop:contacts"]
TODAY = date(2026, 6, 1)
PERSON, MAIL, PHONE = "Canary Zedperson", "canary.zedperson@example.org", "+999 555 0142"


def row(number, step="listed", date="2026-01-01", category="government", **more):
    """Return one line of contacts.csv for Zedland."""
    cells = {
        "contact_id": f"ZZZ-C{number:02}", "iso3": "ZZZ", "organisation": f"Office {number}",
        "category": category, "function": "head of unit", "step": step, "date": date,
        "email": f"office{number}@example.org", "channel": "e-mail", "language": "en",
        "form_id": "" if step == "listed" else f"ZZZ-F{number:02}",
    } | more  # fmt: skip
    return [cells.get(column, "") for column in contacts.COLUMNS]


def form_of(data, contact_id):
    """Return the form id that a contact was given: ZZZ-F01-1f9c02ab, with 32 random bits."""
    start = contact_id.replace("-C", "-F") + "-"
    ids = set(restricted.read("contacts", data).form_id)
    (form_id,) = [each for each in ids if re.fullmatch(start + "[0-9a-f]{8}", each)]
    return form_id


def kept(tmp_path, *rows, raw=None):
    """Return a data folder that stands on Zedland's and holds these contacts."""
    data = tmp_path / "data"
    (data / "restricted").mkdir(parents=True)
    package = {"cop:base": str(ZEDLAND), "resources": []}
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    frame = pd.DataFrame(list(rows), columns=contacts.COLUMNS, dtype="str")
    table(data).write_bytes(raw.encode() if raw else restricted.packed(frame))
    return data


def table(data):
    return data / "restricted" / "contacts.csv"


def cop(capsys, data, *words):
    """Return (exit status, all that a command prints)."""
    status, out, err = call(capsys, *words, "--data", data)
    return status, out + err


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


STORY = [
    row(1), row(2, "invited", ago(14)), row(3, "invited", ago(15)),
    row(4, "invited", ago(40)), row(4, "reminded", ago(15)),
    row(5, "invited", ago(60)), row(5, "reminded", ago(20)), row(5, "reminded", ago(40)),
    row(6, "invited", ago(90)), row(6, "phoned", ago(30)),
    row(7, "invited", ago(90), "industry"), row(7, "answered", ago(80), "industry"),
    row(7, "interviewed", ago(20), "industry"),
    row(8, "invited", ago(90), "industry"), row(8, "refused", ago(80), "industry"),
    row(9, "invited", ago(90), "ngo"), row(9, "not eligible", ago(80), "ngo"),
    row(10, "invited", ago(5)), row(10, "reminded", ago(4)), row(10, "reminded", ago(1)),
]  # fmt: skip
TODO = {  # of contact 5 the newest row by date, whatever its place
    "ZZZ-C01": "invite", "ZZZ-C03": "remind", "ZZZ-C04": "remind", "ZZZ-C05": "telephone",
    "ZZZ-C06": "record as not reached",
}  # fmt: skip


def test_who_is_due_and_what_became_of_the_forms(tmp_path, capsys):
    data = kept(tmp_path, *STORY)
    assert contacts.due(contacts.steps(data), TODAY).todo.to_dict() == TODO
    final = outcomes.final(contacts.steps(data)).set_index("contact_id").outcome.dropna()
    ended = {"ZZZ-C07": "complete", "ZZZ-C08": "refused", "ZZZ-C09": "not eligible"}
    assert final.to_dict() == ended
    status, out = cop(capsys, data, "contacts", "--date", ago(0))
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert status == 0 and "ZZZ-C01 invite Office 1 head of unit listed 2026-01-01" in lines
    heading = "outcome complete not eligible refused waiting"
    assert lines[-3:] == [heading, "forms sent", "ZZZ 1 1 1 6"]


@by_rule("steps, todo", *cases("fieldwork/due.csv"))
def test_a_contact_is_due_by_its_last_step(steps, todo):
    rows = []
    for each in steps.split(", "):
        step, days, *consent = each.split()
        rows.append(row(1, step, ago(int(days)), consent="".join(consent)))
    frame = pd.DataFrame(rows, columns=contacts.COLUMNS, dtype="str")
    assert contacts.due(frame, TODAY).todo.tolist() == [todo] * bool(todo)


def test_of_two_rows_of_a_step_on_a_day_the_last_counts(tmp_path):
    rows = [row(1, "invited", ago(40), organisation=name) for name in ("Old", "New")]
    assert contacts.standing(contacts.steps(kept(tmp_path, *rows))).organisation.item() == "New"


def test_a_step_without_form_id_or_consent_leaves_the_earlier_ones(tmp_path):
    rows = [row(1, "invited", ago(40), consent="yes"), row(1, "phoned", ago(20), form_id="")]
    standing = contacts.standing(contacts.steps(kept(tmp_path, *rows)))
    assert standing[["form_id", "consent"]].to_numpy().tolist() == [["ZZZ-F01", "yes"]]


def test_contacts_are_listed_of_the_countries_asked_for(tmp_path):
    data = kept(tmp_path, row(1), row(2, contact_id="UKR-C02", iso3="UKR"))
    listed = contacts.follow_up(data, ["ZZZ"], TODAY.isoformat())
    assert "ZZZ-C01" in listed and "UKR-C02" not in listed
    assert "UKR-C02" in contacts.follow_up(data, [], TODAY.isoformat()), "else of all"


@by_rule(
    "steps, outcome",
    ("answered after refused", [("refused", 40), ("answered", 20)], "complete"),
    ("refused after answered", [("answered", 40), ("refused", 20)], "refused"),
    ("in no order of the rows", [("answered", 20), ("refused", 40)], "complete"),
    ("a reminder is no outcome", [("reminded", 20)], "none"),
)
def test_the_newest_step_is_the_outcome_of_a_contact(tmp_path, steps, outcome):
    rows = [row(1, "invited", ago(50)), *(row(1, step, ago(days)) for step, days in steps)]
    final = outcomes.final(contacts.steps(kept(tmp_path, *rows)))
    assert final.outcome.fillna("none").tolist() == [outcome]


def test_the_allowed_categories_and_languages_are_those_of_the_tables_and_forms():
    words = {field["name"]: field["constraints"].get("enum") for field in FIELDS}
    assert words["category"] == list(cop_data.labels("stakeholders", "category", DATA))
    assert words["language"] == list(questionnaires.load("mapping_form", DATA).spoken)


def come_back(data, rows):
    """Put responses into the store: (form id, received, status, remark); mark their contacts."""
    frame = pd.DataFrame(rows, columns=["form_id", "received", "status", "remark"])
    returns = frame.reindex(columns=restricted.COLUMNS["returns"], fill_value="")
    with restricted.locked(data):
        marked = contacts.mark_returned(data, returns)
        restricted.write(data, restricted.change(marked))
    return contacts.steps(data)


def test_a_form_that_came_back_after_midnight_in_utc_is_marked_today(tmp_path):
    data = kept(tmp_path, row(1, "invited", ago(9), form_id="ZZZ-F01"))
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    frame = come_back(data, [("ZZZ-F01", tomorrow, "accepted", "")])
    days = [ago(9), date.today().isoformat()]
    assert frame.date.tolist() == days, "a form is never marked on a day to come"


@by_rule(
    "back, days",
    ("a superseded response marks no contact", [(1, "superseded")], []),
    ("of two responses the later one marks it", [(5, "accepted"), (2, "accepted")], [2]),
    ("a response before the invitation marks it, too", [(20, "accepted")], [20]),
)
def test_on_which_day_a_form_came_back(back, days, tmp_path):
    data = kept(tmp_path, row(1, "invited", ago(9), form_id="ZZZ-F01"))
    back = [("ZZZ-F01", f"{ago(day)}T10:00:00", status, "") for day, status in back]
    frame = come_back(data, back)
    assert frame.date[frame.step == "answered"].tolist() == [ago(day) for day in days]


def test_nobody_whose_form_came_back_is_reminded(tmp_path):
    data = kept(tmp_path, *STORY[:4], row(4, "reminded", ago(15), function="mayor"), *STORY[5:])
    back = [
        ("ZZZ-F03", ago(5), "accepted with a remark", "partial: not completed"),
        ("ZZZ-F03", ago(2) + "T10:00:00", "accepted", ""),  # the later response counts
        ("ZZZ-F04", ago(1), "accepted with a remark", "partial: not completed"),
        ("ZZZ-F05", ago(1), "superseded", ""),
        ("ZZZ-F08", ago(1), "accepted", ""),
    ]
    frame = come_back(data, back)
    left = {key: todo for key, todo in TODO.items() if key not in ("ZZZ-C03", "ZZZ-C04")}
    assert contacts.due(frame, TODAY).todo.to_dict() == left
    assert contacts.standing(frame).function["ZZZ-C04"] == "mayor", "the latest step is repeated"
    number = frame.contact_id.value_counts()
    assert (number["ZZZ-C03"], number["ZZZ-C04"]) == (2, 3), "a form that came back is one step"
    final = outcomes.final(frame).set_index("contact_id").outcome
    assert final[["ZZZ-C03", "ZZZ-C04", "ZZZ-C08"]].tolist() == ["complete", "partial", "complete"]
    mails, skipped = drafts(data)
    assert [*mails] == [form_of(data, "ZZZ-C01") + ".eml"]
    assert skipped == 2


def test_an_import_marks_the_contact_once_and_a_later_step_of_a_person_counts(tmp_path):
    form_ids = ["ZZZ-F01-0a1b2c3d", "ZZZ-F02-1f9c02ab", "ZZZ-F09-aaaaaaaa"]
    refused = row(2, "refused", ago(3), form_id=form_ids[1])
    data = kept(tmp_path, row(1, form_id=form_ids[0]), refused, row(3))
    back = [(form_ids[at], ago(days), "accepted", "") for at, days in enumerate((2, 9, 2))]
    frame = come_back(data, back)
    assert len(frame) == len(come_back(data, back)) == 5
    assert contacts.standing(frame).step.tolist() == ["answered", "refused", "listed"]
    outcome = outcomes.final(frame).outcome.value_counts().to_dict()
    assert outcome == {"complete": 1, "refused": 1}
    assert contacts.issued(data) == set(form_ids[:2])
    table(data).write_bytes(restricted.packed(frame.assign(category="?")))
    with pytest.raises(UserError, match="column category"):
        come_back(data, back)


def test_a_form_without_an_id_is_of_no_contact(tmp_path):
    data = kept(tmp_path, row(1, "invited", ago(9), form_id=""))
    returned = pd.DataFrame({"form_id": [""], "partial": [False]})
    assert outcomes.final(contacts.steps(data), returned).outcome.isna().all()
    assert len(come_back(data, [("", ago(1), "accepted", "")])) == 1, "and marks none"


def test_an_answer_to_an_earlier_form_or_without_one_leaves_a_contact_due():
    for form_id in ("ZZZ-F09", ""):
        rows = [row(1, "answered", ago(300), form_id=form_id),
                row(1, "invited", ago(20), form_id=form_id and "ZZZ-F01")]  # fmt: skip
        frame = pd.DataFrame(rows, columns=contacts.COLUMNS, dtype="str")
        assert contacts.due(frame, TODAY).todo.tolist() == ["remind"]


def test_who_declines_or_does_not_consent_is_not_due(tmp_path):
    rows = [
        row(1, "invited", ago(50)),
        row(1, "refused", ago(40)),
        row(2, "refused", ago(50)),  # and answered it after all
        row(2, "answered", ago(45)),
        row(3, "invited", ago(60), consent="no"),
        row(3, "invited", ago(40)),
        row(4, consent="no"),
        row(5, consent="no", date=ago(9)),
        row(5, consent="yes", date=ago(8)),
    ]
    waiting = contacts.due(contacts.steps(kept(tmp_path, *rows)), TODAY)
    assert waiting.todo.to_dict() == {"ZZZ-C05": "invite"}
    named = row(3, "phoned", ago(70), consent="yes", person=PERSON)  # before the contact declined
    with pytest.raises(UserError, match="does not permit storing the name"):
        contacts.steps(kept(tmp_path / "named", *rows, named))


def test_contacts_are_not_borrowed_from_the_folder_that_a_folder_stands_on(tmp_path, capsys):
    base = kept(tmp_path / "base", row(1, person=PERSON, consent="yes"))
    other = tmp_path / "other"
    other.mkdir()
    package = json.dumps({"cop:base": str(base), "resources": []})
    (other / "datapackage.json").write_text(package, encoding="utf-8")
    status, said = cop(capsys, other, "contacts")
    assert PERSON not in said and "No contact is due." in said
    assert cop(capsys, other, "contacts", "ZZZ")[0] == 2


def test_all_errors_are_listed_at_once_and_no_address_is_repeated(tmp_path, capsys):
    wrong = cases("fieldwork/wrong_contacts.csv")
    rows = [row(number, **{name: text}) for number, (name, text, _) in enumerate(wrong, 1)]
    status, said = cop(capsys, kept(tmp_path, *rows), "contacts")
    assert status == 2
    for number, (name, text, error) in enumerate(wrong, 2):
        assert f"row {number}, column {error}" in said, f"{name} {text!r} is an error: {error}"
    only = f"cop: {len(wrong)} errors in restricted/contacts.csv"
    assert said.startswith(only), "these are all errors"
    assert PERSON not in said and "a@b.org" not in said and "call me" not in said


def test_a_file_of_the_wrong_shape_an_empty_one_and_no_data_folder(tmp_path, capsys):
    data = kept(tmp_path, raw="contact_id,name\nZZZ-C01,x\n")
    status, said = cop(capsys, data, "contacts")
    assert status == 2 and "contacts.csv has no column iso3, organisation, " in said
    columns = ",".join(contacts.COLUMNS)
    for more in "name", "person":
        table(data).write_text(f"{columns},{more}\n", encoding="utf-8")
        status, said = cop(capsys, data, "contacts")
        assert status == 2 and "contacts.csv has unknown or repeated columns; the col" in said
    table(data).write_bytes(restricted.packed(pd.DataFrame(columns=contacts.COLUMNS)))
    status, said = cop(capsys, data, "contacts")
    assert status == 0 and "No contact is due." in said and "No form has been sent yet." in said
    status, said = cop(capsys, data, "contacts", "--date", "tomorrow")
    assert status == 2 and "'tomorrow' is not a date" in said


def test_a_contact_is_listed_by_command_and_the_first_begins_the_file(tmp_path, capsys):
    data = kept(tmp_path)
    table(data).unlink()
    cells = ["organisation=Zed Office", "category=government", "function=secretariat"]
    cells += ["email=office@example.org", "language=en"]
    ids = ("01", ""), ("02", ""), ("97", "contact_id=ZZZ-C97"), ("98", "")
    for number, stated in (*ids, ("107", "contact_id=ZZZ-C107"), ("108", "")):
        more = [stated] if stated else []
        status, said = cop(capsys, data, "contacts", "ZZZ", "--add", *cells, *more)
        assert status == 0
        assert f"ZZZ-C{number} added" in said, "it follows the last, even after a gap"
    frame = contacts.steps(data)
    assert list(frame.contact_id.str[5:]) == ["01", "02", "97", "98", "107", "108"]
    cop(capsys, data, "contacts", "ZZZ", "--add", *cells, "date=2025-01-01")
    assert contacts.steps(data).date.min() == "2025-01-01", "the date stated counts, not today"
    values = dict(cell.split("=") for cell in [*cells, "date=2026-01-01"])
    other = contacts.add(data, "YYY", values)
    assert other == "YYY-C01", "each country has its own numbers"
    assert set(frame.step) == {"listed"}
    before = table(data).read_bytes()
    for wrong in ("language=xx", "colour=red", "category=club"):
        others = [cell for cell in cells if cell.split("=")[0] != wrong.split("=")[0]]
        status, said = cop(capsys, data, "contacts", "ZZZ", "--add", *others, wrong)
        assert status == 2
    assert "1 error in the new row for restricted/contacts.csv, so nothing was written" in said
    for wrong, why in [
        (["contact_id=ZZZ-C01"], "already has the contact ZZZ-C01; omit `contact_id` for a new id"),
        (["--record", "ZZZ-C01", "invited"], "--add and --record cannot be combined"),
    ]:
        status, said = cop(capsys, data, "contacts", "ZZZ", "--add", *cells, *wrong)
        assert status == 2 and why in said and len(said.splitlines()) == 1
    assert table(data).read_bytes() == before


def test_the_terminal_shows_no_person(tmp_path, capsys):
    person = {"person": PERSON, "email": MAIL, "phone": PHONE, "consent": "yes"}
    data = kept(tmp_path, row(1, organisation="Office\x1b[2Jof \u202eZed", **person))
    _, shown = cop(capsys, data, "contacts", "ZZZ")
    hidden = (PERSON, MAIL, PHONE, "\x1b", "\u202e")
    assert "invite" in shown and "Office" in shown and not [c for c in hidden if c in shown]
    assert cop(capsys, data, "contacts", "YYY")[0] == 2


def test_a_step_is_added_and_nothing_is_overwritten(tmp_path, capsys):
    first = row(1, phone=PHONE, organisation='=Office, "1"')
    form_id = "ZZZ-F02-0a1b2c3d"
    noted = row(2, "invited", ago(20), form_id=form_id, note="Call in the morning")
    data = kept(tmp_path, first, noted)
    before = table(data).read_bytes()
    words = ["contacts", "--record", "ZZZ-C01", "invited", "--date", ago(2)]
    status, said = cop(capsys, data, *words)
    frame = restricted.read("contacts", data)
    new = {"step": "invited", "date": ago(2), "form_id": form_of(data, "ZZZ-C01")}
    assert len(frame) == 3 and frame.iloc[2].to_dict() == frame.iloc[0].to_dict() | new
    assert frame.phone[0] == PHONE
    assert b"\n=" not in before and b",=" not in table(data).read_bytes()
    assert status == 0 and MAIL not in said
    contacts.record(data, "ZZZ-C02", "reminded", ago(1))
    last = contacts.steps(data)[["form_id", "note"]].iloc[-1].tolist()
    assert last == [form_id, ""], "a new step keeps the form id and not the note"


def test_a_wrong_step_changes_nothing(tmp_path):
    data = kept(tmp_path, row(2, "invited", ago(20)))
    before = table(data).read_bytes()
    for step, why in [
        (("ZZZ-C99", "invited", ago(1)), "unknown contact 'ZZZ-C99'"),
        (("ZZZ-C02", "called", ago(1)), "step: is not an allowed value. Use one of: lis"),
        (("ZZZ-C02", "reminded", "2999-01-01"), "is later than today"),
    ]:
        with pytest.raises(UserError, match=why):
            contacts.record(data, *step)
        assert table(data).read_bytes() == before


def test_no_step_is_recorded_and_no_draft_written_where_git_could_commit_it(tmp_path, capsys):
    data = kept(tmp_path, row(2, "invited", ago(20)))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    before = sorted(data.rglob("*")), table(data).read_bytes()
    record = ["contacts", "--record", "ZZZ-C02", "reminded"]
    for words in (record, ["invite", "ZZZ", "--sender", "A"]):
        status, said = cop(capsys, data, *words)
        assert status == 2 and "could be committed" in said
    assert (sorted(data.rglob("*")), table(data).read_bytes()) == before
    (data / ".gitignore").write_text("restricted/\n", encoding="utf-8")
    assert cop(capsys, data, *record)[0] == 0


def drafts(data):
    """Write the drafts anew; return {file name: message} and the number of contacts without one."""
    folder = data / "restricted" / "invitations"
    for path in folder.glob("*"):
        path.unlink()
    report = contacts.invite(data, "ZZZ", "Ana\nZed, Zed Office", "2026-06-20", TODAY)
    mails = {p.name: message_from_bytes(p.read_bytes(), policy=policy.default)
             for p in folder.glob("*.eml")}  # fmt: skip
    left = re.search(r"without a new draft: (\d+)", report)
    return mails, int(left[1]) if left else 0


@pytest.mark.slow
def test_drafts_are_in_the_language_with_the_right_form_and_are_not_sent(tmp_path):
    reminded = row(3, "invited", ago(15), language="ka")
    data = kept(tmp_path, row(1, language="uk"), reminded, row(4, "invited", ago(3)))
    mails, skipped = drafts(data)
    new, old = form_of(data, "ZZZ-C01"), "ZZZ-F03"  # a reminder carries the id that was sent
    assert sorted(mails) == [f"{new}.eml", f"{old}-reminder-1.eml"] and not skipped
    first, reminder = mails[f"{new}.eml"], mails[f"{old}-reminder-1.eml"]
    assert (first["X-Unsent"], first["To"]) == ("1", "office1@example.org")
    assert first["Content-Language"] == "uk"
    assert first["Subject"] == "Захист дітей в інтернеті: запрошення"
    assert "From" not in first and "Date" not in first
    text = first.get_body().get_content().replace("\r\n", "\n")
    assert "\nТермін відповіді: 20 червня 2026" in text
    assert text.endswith("З повагою\nAna�Zed, Zed Office\n")
    assert "კიდევ ერთხელ" in reminder.get_body().get_content()
    for name, mail, language in ((new, first, "uk"), (old, reminder, "ka")):
        (attached,) = list(mail.iter_attachments())
        assert attached.get_filename() == f"{name}-{language}.xlsx"
        form = load_workbook(io.BytesIO(attached.get_content()))["_form"]
        facts = {r[0].value: r[1].value for r in form.iter_rows()}
        assert (facts["form_id"], facts["language"], facts["iso3"]) == (name, language, "ZZZ")
    assert set(drafts(data)[0]) == set(mails), "the same ids again"


def test_cop_invite_writes_drafts_and_records_nothing_but_their_form_ids(tmp_path, capsys):
    mine, other = row(1), row(1, contact_id="YYY-C01", iso3="YYY")
    data = kept(tmp_path, row(2, "invited", date.today().isoformat()), mine, other)
    before = restricted.read("contacts", data)
    status, said = cop(capsys, data, "invite", "ZZZ", "--sender", "Ana Zed")
    after, form_id = restricted.read("contacts", data), form_of(data, "ZZZ-C01")
    assert [p.name for p in (data / "restricted" / "invitations").iterdir()] == [f"{form_id}.eml"]
    assert status == 0 and "Nothing was sent" in said
    assert after.form_id[1] == form_id and after.drop(1).compare(before.drop(1)).empty
    assert after.assign(form_id="").compare(before.assign(form_id="")).empty
    status, said = cop(capsys, data, "invite", "XXX", "--sender", "A")
    assert status == 2, "a country without contacts is refused"
    assert "has no contacts for XXX" in said


def test_who_is_due_and_gets_no_draft_is_listed(tmp_path):
    rows = [row(1, consent="no"), row(2, channel="telephone"), row(3, email="", channel="")]
    rows += [*STORY[5:8], row(8, "refused", ago(30)), row(9, "answered", ago(30))]
    mails, skipped = drafts(kept(tmp_path, *rows))
    assert not mails and skipped == 3


@pytest.mark.parametrize(
    "bad",
    ["a@b.org\nBcc: all@example.org", "a@b.org\r\nX: y", "<a@b.org>", "a@b.org;c@d.org", "=cmd"],
)
def test_no_address_can_add_a_header(tmp_path, bad):
    with pytest.raises(UserError, match="column email"):
        drafts(kept(tmp_path, row(1, email=bad)))


def test_a_hostile_organisation_stays_out_of_the_headers(tmp_path):
    evil = row(1, organisation="Evil\nBcc: all@example.org", function="🧒\u202e=1+1")
    (mail,) = drafts(kept(tmp_path, evil))[0].values()
    assert "Bcc" not in mail and mail["To"] == "office1@example.org"
    assert "Evil" not in mail.as_string()


def test_a_deadline_lies_in_the_future(tmp_path):
    with pytest.raises(UserError, match="is not in the future"):
        contacts.invite(kept(tmp_path, row(1)), "ZZZ", "Ana", ago(0), TODAY)


def test_who_answered_in_full_or_in_part_without_a_response_in_the_store_is_found(tmp_path):
    steps = ["answered", "partial", "refused", "invited", "answered"]
    data = kept(tmp_path, *[row(n, step, ago(9)) for n, step in enumerate(steps, 1)])
    stored = pd.DataFrame({"form_id": ["ZZZ-F05"]}).reindex(columns=restricted.COLUMNS["returns"])
    with restricted.locked(data):
        restricted.write(data, restricted.change({"returns": stored.fillna("")}))
    assert contacts.without_response(data) == ["ZZZ-C01", "ZZZ-C02"]


def test_an_issued_form_id_ends_in_a_code_of_eight_signs(tmp_path):
    ids = ["ZZZ-F01", "ZZZ-F02-0a1b2c3d", "ZZZ-F03-0a1b2c3", "ZZZ-F04-0a1b2c3d4"]
    rows = [row(n, "invited", ago(9), form_id=form_id) for n, form_id in enumerate(ids, 1)]
    assert contacts.issued(kept(tmp_path, *rows)) == {"ZZZ-F02-0a1b2c3d"}


def test_a_contact_without_a_channel_or_language_is_written_to_in_english_and_reminded(tmp_path):
    invited = row(3, "invited", ago(15))
    mails, skipped = drafts(kept(tmp_path, row(1, channel="", language=""), invited))
    first, reminder = sorted(mails)
    [form] = mails[first].iter_attachments()
    assert form.get_filename().endswith("-en.xlsx") and not skipped
    assert reminder == "ZZZ-F03-reminder-1.eml", "a due reminder gets a draft of its own"


@pytest.mark.parametrize("todo", ["invite", "remind"])
def test_what_the_draft_of_an_e_mail_says(todo):
    cells = {"email": "a@example.org", "language": "", "todo": todo, "form_id": "F1", "iso3": "ZZZ"}
    raw = contacts._draft(SimpleNamespace(**cells), "Ana\x07", date(2026, 6, 20), DATA)
    mail = message_from_bytes(raw, policy=policy.default)
    text, [attached] = mail.get_body().get_content(), mail.iter_attachments()
    form = load_workbook(io.BytesIO(attached.get_content()))["_form"]
    facts = {row[0].value: row[1].value for row in form.iter_rows()}
    phrases = questionnaires.load(contacts.FORM, DATA).phrases
    words = {name: texts["en"] for name, texts in phrases.items()}
    opening = words["mail_body" if todo == "invite" else "mail_reminder"].partition("{")[0]
    rules = {
        "it is a draft": mail["X-Unsent"] == "1",
        "without a language it is in English": mail["Content-Language"] == "en",
        "a reminder has words of its own": opening in text,
        "the deadline is a day in words": f"{words['mail_deadline']}: June 20, 2026" in text,
        "it says how answers are kept": words["mail_privacy"] in text,
        "a sign that cannot be printed is replaced": "Ana�" in text,
        "the form has the id of the contact": facts["form_id"] == "F1",
        "the form has the country": facts["iso3"] == "ZZZ",
    }
    assert [rule for rule, holds in rules.items() if not holds] == []
