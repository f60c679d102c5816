"""Contacts and invitations on invented rows: who is due, who answered, drafts that are never
sent, and nobody shown.
"""

import io
import json
import re
import shutil
import subprocess
from datetime import date, timedelta
from email import message_from_bytes, policy

import pandas as pd
import pytest
from conftest import ZEDLAND
from openpyxl import load_workbook

from cop.cli import main
from cop.data import Refused
from cop.fieldwork import contacts, restricted

TODAY = date(2026, 6, 1)
HEAD = ",".join(contacts.COLUMNS)
PERSON, MAIL, PHONE = "Canary Zedperson", "canary.zedperson@example.org", "+999 555 0142"


def row(number, step="listed", day="", category="government", **more):
    """Return one line of contacts.csv for Zedland."""
    cells = {
        "contact_id": f"ZZZ-C{number:02}", "iso3": "ZZZ", "organisation": f"Office {number}",
        "category": category, "function": "head of unit", "step": step, "date": day,
        "email": f"office{number}@example.org", "channel": "e-mail", "language": "en",
        "form_id": "" if step == "listed" else f"ZZZ-F{number:02}",
    } | more  # fmt: skip
    return [cells.get(column, "") for column in contacts.COLUMNS]


def given(data, contact_id, mark=""):
    """Return the form id that a contact was given: ZZZ-F01-1f9c02ab, with 32 random bits."""
    start = contact_id.replace("-C", "-F") + mark + "-"
    ids = set(restricted.read("contacts", data).form_id)
    (form_id,) = [one for one in ids if re.fullmatch(start + "[0-9a-f]{8}", one)]
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


def cop(data, *words):
    return main.main([*words, "--data", str(data)])


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


STORY = [
    row(1), row(2, "invited", ago(14)), row(3, "invited", ago(15)),
    row(4, "invited", ago(40)), row(4, "reminded", ago(15)),
    row(5, "invited", ago(60)), row(5, "reminded", ago(40)), row(5, "reminded", ago(20)),
    row(6, "invited", ago(90)), row(6, "phoned", ago(30)),
    row(7, "invited", ago(90), "industry"), row(7, "answered", ago(80), "industry"),
    row(7, "interviewed", ago(20), "industry"),
    row(8, "invited", ago(90), "industry"), row(8, "refused", ago(80), "industry"),
    row(9, "invited", ago(90), "ngo"), row(9, "not eligible", ago(80), "ngo"),
    row(10, "invited", ago(5)), row(10, "reminded", ago(4)), row(10, "reminded", ago(1)),
]  # fmt: skip


def test_who_is_due(tmp_path):
    due = contacts.due(contacts.steps(kept(tmp_path, *STORY)), TODAY)
    assert due.todo.to_dict() == {
        "ZZZ-C01": "invite",
        "ZZZ-C03": "remind",
        "ZZZ-C04": "remind",
        "ZZZ-C05": "telephone",
        "ZZZ-C06": "close as not reached",
    }


def test_the_newest_row_counts_whatever_its_place(tmp_path):
    shuffled = [STORY[i] for i in (7, 5, 6)]
    stands = contacts.standing(contacts.steps(kept(tmp_path, *shuffled))).loc["ZZZ-C05"]
    assert (stands.date, stands.reminders) == (ago(20), 2)


def test_response_is_rr1_of_those_eligible(tmp_path):
    counts = contacts.response_rates(contacts.steps(kept(tmp_path, *STORY)))
    table = counts.set_index("category")
    assert table.sent.to_dict() == {"government": 6, "industry": 2, "ngo": 1}
    assert table.loc["industry", ["complete", "refused", "rr1"]].tolist() == [1, 1, 0.5]
    assert table.rr1["government"] == 0 and table.waiting["government"] == 6
    assert pd.isna(table.rr1["ngo"]), "nobody eligible is not a rate of nothing"


def test_a_withdrawn_answer_counts_as_the_newest_step_says(tmp_path):
    rows = [row(1, "invited", ago(9)), row(1, "answered", ago(8)), row(1, "refused", ago(7))]
    table = contacts.response_rates(contacts.steps(kept(tmp_path, *rows)))
    assert (table.complete[0], table.refused[0]) == (0, 1)


def came_back(data, **forms):
    """Put returns into the store: {form id: (received, status, remark)}."""
    names = ["form_id", "received", "status", "remark"]
    rows = [[form.replace("_", "-"), *more] for form, more in forms.items()]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.reindex(columns=restricted.columns("returns"), fill_value="")
    (data / "restricted" / "returns.csv").write_bytes(restricted.packed(frame))


def test_nobody_whose_form_came_back_is_reminded(tmp_path):
    data = kept(tmp_path, *STORY)
    came_back(
        data,
        ZZZ_F03=(ago(2) + "T10:00:00", "accepted", ""),
        ZZZ_F04=(ago(1), "accepted with a remark", "partial: not completed"),
        ZZZ_F05=(ago(1), "superseded", ""),
        ZZZ_F08=(ago(1), "accepted", ""),
    )
    frame = contacts.with_returns(contacts.steps(data), restricted.read("returns", data))
    assert contacts.due(frame, TODAY).todo.to_dict() == {
        "ZZZ-C01": "invite",
        "ZZZ-C05": "telephone",
        "ZZZ-C06": "close as not reached",
    }
    table = contacts.response_rates(frame).set_index("category")
    assert table.loc["government", ["complete", "partial", "waiting"]].tolist() == [1, 1, 4]
    assert table.loc["industry", ["complete", "refused"]].tolist() == [2, 0], "the newest counts"
    mails, skipped = drafts(data)
    assert sorted(mails) == [given(data, "ZZZ-C01") + ".eml"] and len(skipped) == 2


def test_an_import_marks_the_contact_once_and_a_later_step_of_a_person_counts(tmp_path):
    refused = row(2, "refused", ago(3), form_id="ZZZ-F02-1f9c02ab")
    data = kept(tmp_path, row(1, form_id="ZZZ-F01-0a1b2c3d"), refused, row(3))
    came_back(
        data,
        ZZZ_F01_0a1b2c3d=(ago(2), "accepted", ""),
        ZZZ_F02_1f9c02ab=(ago(9), "accepted", ""),
        ZZZ_F09_aaaaaaaa=(ago(2), "accepted", ""),
    )
    returns = restricted.read("returns", data)
    with restricted.alone(data):
        restricted.write(data, restricted.change(contacts.mark_returned(data, returns)))
    assert contacts.mark_returned(data, returns) == {}
    state = contacts.standing(contacts.steps(data))
    assert state.step.tolist() == ["answered", "refused", "listed"]
    counts = contacts.response_rates(contacts.steps(data)).set_index("category")
    assert counts.loc["government", ["sent", "complete", "refused"]].tolist() == [2, 1, 1]
    assert contacts.issued(data) == {"ZZZ-F01-0a1b2c3d", "ZZZ-F02-1f9c02ab"}
    frame = restricted.read("contacts", data).assign(category="?")
    table(data).write_bytes(restricted.packed(frame))
    assert contacts.mark_returned(data, returns.assign(received=ago(1))) == {}, "to be fixed first"


def test_who_declines_one_form_or_does_not_consent_is_sent_no_other(tmp_path):
    survey = {"form_id": "ZZZ-F01-SS-1f9c02ab"}
    rows = [
        row(1, "invited", ago(40), **survey),  # declined the mapping form since
        row(1, "refused", ago(50)),
        row(2, "refused", ago(50)),  # and answered it after all
        row(2, "answered", ago(45)),
        row(3, "invited", ago(60), consent="no"),
        row(3, "invited", ago(40), form_id="ZZZ-F03-SS-1f9c02ab"),
        row(4, consent="no"),
        row(5, consent="no", day=ago(9)),
        row(5, consent="yes", day=ago(8)),
    ]
    frame = contacts.steps(kept(tmp_path, *rows))
    waiting = contacts.due(frame, TODAY, "stakeholder_survey")
    assert waiting.todo.to_dict() == {"ZZZ-C02": "invite", "ZZZ-C05": "invite"}


def test_contacts_are_not_borrowed_from_the_folder_that_a_folder_stands_on(tmp_path, capsys):
    base = kept(tmp_path / "base", row(1, person=PERSON, consent="yes"))
    other = tmp_path / "other"
    other.mkdir()
    package = json.dumps({"cop:base": str(base), "resources": []})
    (other / "datapackage.json").write_text(package, encoding="utf-8")
    assert cop(other, "contacts", "--show-contacts") == 2
    assert PERSON not in "".join(capsys.readouterr())


WRONG = [
    (row(1, category="goverment"), "row 2, column category: 'goverment'"),
    (row(2, "sent", ago(3)), "row 3, column step: 'sent'"),
    (row(3, "invited", "2999-01-01"), "row 4, column date: '2999-01-01' is later than today"),
    (row(4, "invited", ""), "row 5, column date: must not be empty"),
    (row(5, "invited", "1.3.2026"), "row 6, column date: '1.3.2026' is not a date"),
    (row(6, email="a@b.org, c@d.org"), "row 7, column email: does not have the right form"),
    (row(7, phone="call me"), "row 8, column phone: does not have the right form"),
    (row(8, person=PERSON), "row 9, column consent: does not allow to keep the name"),
    (row(9, language="xx"), "row 10, column language: 'xx' is not one of the allowed words"),
    (row(10, iso3="YYY"), "row 11, column iso3: 'YYY' is not that of contact_id"),
    (row(11, organisation=""), "row 12, column organisation: must not be empty"),
    (row(12, email=""), "row 13, column email: must not be empty for channel e-mail"),
]


def test_all_faults_are_told_at_once_and_no_address_is_repeated(tmp_path, capsys):
    data = kept(tmp_path, *(cells for cells, _ in WRONG))
    assert cop(data, "contacts") == 2
    told = capsys.readouterr().err
    assert told.startswith(f"cop: {len(WRONG)} errors in restricted/contacts.csv")
    for _, expected in WRONG:
        assert expected in told
    assert PERSON not in told and "a@b.org" not in told and "call me" not in told


def test_a_file_of_the_wrong_shape_and_none_at_all(tmp_path, capsys):
    data = kept(tmp_path, raw="contact_id,name\nZZZ-C01,x\n")
    assert cop(data, "contacts") == 2
    assert "is missing from the heading row" in capsys.readouterr().err
    table(data).unlink()
    assert cop(data, "contacts") == 2
    assert f"Start it with this heading row: {HEAD}" in capsys.readouterr().err


def test_a_contact_is_listed_by_command_and_the_first_begins_the_file(tmp_path, capsys):
    data = kept(tmp_path)
    table(data).unlink()
    says = ["organisation=Zed Office", "category=government", "function=secretariat"]
    says += ["email=office@example.org", "language=en"]
    call = ["contacts", "ZZZ", "--data", str(data), "--add"]
    assert main.main([*call, *says]) == 0 and "ZZZ-C01 listed" in capsys.readouterr().out
    assert main.main([*call, *says]) == 0 and "ZZZ-C02 listed" in capsys.readouterr().out
    frame = contacts.steps(data)
    assert list(frame.contact_id) == ["ZZZ-C01", "ZZZ-C02"] and set(frame.step) == {"listed"}
    assert cop(data, "contacts", "ZZZ") == 0
    assert "ZZZ-C01  invite: Zed Office" in capsys.readouterr().out
    before = table(data).read_bytes()
    for wrong, told in (
        ("language=xx", "allowed words"),
        ("colour=red", "no such column"),
        ("category=club", "allowed words"),
    ):
        assert main.main([*call, *says, wrong]) == 2 and told in capsys.readouterr().err
    assert main.main(["contacts", "--data", str(data), "--add", *says]) == 2
    assert "say of which country" in capsys.readouterr().err
    assert table(data).read_bytes() == before


def test_the_terminal_shows_no_person_unless_asked(tmp_path, capsys):
    person = {"person": PERSON, "email": MAIL, "phone": PHONE, "consent": "yes"}
    data = kept(tmp_path, row(1, organisation="Office\x1b[2Jof \u202eZed", **person))
    assert cop(data, "contacts", "ZZZ") == 0
    shown = capsys.readouterr().out
    hidden = (PERSON, MAIL, PHONE, "\x1b", "\u202e")
    assert "invite: Office" in shown and not [c for c in hidden if c in shown]
    assert cop(data, "contacts", "--show-contacts") == 0
    shown = capsys.readouterr().out
    assert all(c in shown for c in (PERSON, MAIL, PHONE))
    assert cop(data, "contacts", "YYY") == 2


def test_a_step_is_added_and_nothing_is_overwritten(tmp_path, capsys):
    first = row(1, phone=PHONE, organisation='=Office, "1"')
    data = kept(tmp_path, first, row(2, "invited", ago(20)))
    before = table(data).read_bytes()
    assert cop(data, "contacts", "--record", "ZZZ-C01", "invited", "--date", ago(2)) == 0
    frame = restricted.read("contacts", data)
    new = {"step": "invited", "date": ago(2), "form_id": given(data, "ZZZ-C01")}
    assert len(frame) == 3 and frame.iloc[2].to_dict() == frame.iloc[0].to_dict() | new
    assert frame.phone[0] == PHONE
    assert b"\n=" not in before and b",=" not in table(data).read_bytes()
    assert MAIL not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (("ZZZ-C99", "invited", ""), "there is no contact 'ZZZ-C99'"),
        (("ZZZ-C02", "called", ""), "'called' is not one of the allowed words. Use one of: lis"),
        (("ZZZ-C02", "reminded", ago(30)), "is before"),
        (("ZZZ-C02", "reminded", "2999-01-01"), "is later than today"),
        (("ZZZ-C02", "reminded", "tomorrow"), "is not a date"),
    ],
)
def test_a_wrong_step_changes_nothing(tmp_path, call, why):
    data = kept(tmp_path, row(2, "invited", ago(20)))
    before = table(data).read_bytes()
    with pytest.raises(Refused, match=why):
        contacts.record(data, *call)
    assert table(data).read_bytes() == before


def test_no_step_is_recorded_and_no_draft_written_where_git_could_commit_it(tmp_path, capsys):
    data = kept(tmp_path, row(2, "invited", ago(20)))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    before = sorted(data.rglob("*")), table(data).read_bytes()
    for words in (
        ["contacts", "--record", "ZZZ-C02", "reminded"],
        ["invite", "ZZZ", "--sender", "A"],
    ):
        assert main.main([*words, "--data", str(data)]) == 2
        assert "could be committed" in capsys.readouterr().err
    assert (sorted(data.rglob("*")), table(data).read_bytes()) == before
    (data / ".gitignore").write_text("restricted/\n", encoding="utf-8")
    assert cop(data, "contacts", "--record", "ZZZ-C02", "reminded") == 0


def drafts(data, questionnaire="mapping_form", deadline="2026-06-20"):
    shutil.rmtree(data / "restricted" / "invitations", ignore_errors=True)
    lines = contacts.invite(
        data, "ZZZ", "Ana\nZed, Zed Office", deadline, questionnaire, today=TODAY
    )
    mails = {
        path.name: message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (data / "restricted").glob("invitations/*.eml")
    }
    return mails, [line for line in lines if "no draft" in line]


@pytest.mark.slow
def test_drafts_are_in_the_language_with_the_right_form_and_are_not_sent(tmp_path):
    reminded = row(3, "invited", ago(15), language="ka")
    data = kept(tmp_path, row(1, language="uk"), reminded, row(4, "invited", ago(3)))
    mails, skipped = drafts(data)
    new, old = given(data, "ZZZ-C01"), "ZZZ-F03"  # a reminder carries the id that was sent
    assert sorted(mails) == [f"{new}.eml", f"{old}.eml"] and not skipped
    first, reminder = mails[f"{new}.eml"], mails[f"{old}.eml"]
    assert (first["X-Unsent"], first["To"]) == ("1", "office1@example.org")
    assert first["Subject"] == "Захист дітей в інтернеті: запрошення"
    assert "From" not in first and "Date" not in first
    text = first.get_body().get_content().replace("\r\n", "\n")
    assert "Країна: Zedland\nТермін відповіді: 20 червня 2026" in text
    assert text.endswith("З повагою\nAna�Zed, Zed Office\n")
    assert "კიდევ ერთხელ" in reminder.get_body().get_content()
    for name, mail, language in ((new, first, "uk"), (old, reminder, "ka")):
        (attached,) = list(mail.iter_attachments())
        assert attached.get_filename() == f"{name}-{language}.xlsx"
        form = load_workbook(io.BytesIO(attached.get_content()))["_form"]
        facts = {r[0].value: r[1].value for r in form.iter_rows()}
        assert (facts["form_id"], facts["language"], facts["iso3"]) == (name, language, "ZZZ")
    assert set(drafts(data)[0]) == set(mails), "the same ids again"
    with pytest.raises(Refused, match="has passed"):
        drafts(data, deadline=ago(0))


def test_a_form_id_is_kept_in_the_row_of_its_contact_only(tmp_path):
    own, other = row(1, form_id="ZZZ-F01-0a1b2c3d"), row(1, contact_id="YYY-C01", iso3="YYY")
    data = kept(tmp_path, row(2, "invited", ago(5)), own, other)
    before = restricted.read("contacts", data)
    mails, _ = drafts(data, "stakeholder_survey")
    after = restricted.read("contacts", data)
    assert len(mails) == 2 and after.iloc[:3].compare(before).empty
    new = after.iloc[3:][["contact_id", "step", "date"]].to_numpy().tolist()
    assert new == [["ZZZ-C01", "listed", ""], ["ZZZ-C02", "listed", ""]]


def test_who_gets_no_draft_is_told_why(tmp_path):
    rows = [
        row(1, consent="no"),
        row(2, channel="telephone"),
        row(3, email="", channel=""),
        *STORY[5:8],
        row(8, "refused", ago(30)),
        row(9, "answered", ago(30)),
    ]
    mails, skipped = drafts(kept(tmp_path, *rows))
    reasons = ["is reached by telephone", "has no e-mail address", "is due otherwise"]
    assert not mails and [s.split(": ")[1] for s in skipped] == reasons


@pytest.mark.parametrize(
    "bad",
    ["a@b.org\nBcc: all@example.org", "a@b.org\r\nX: y", "<a@b.org>", "a@b.org;c@d.org", "=cmd"],
)
def test_no_address_can_add_a_header(tmp_path, bad):
    data = kept(tmp_path, row(1, email=bad))
    with pytest.raises(Refused, match="column email"):
        drafts(data)


def test_a_hostile_organisation_stays_out_of_the_headers(tmp_path):
    evil = row(1, organisation="Evil\nBcc: all@example.org", function="🧒\u202e=1+1")
    (mail,) = drafts(kept(tmp_path, evil))[0].values()
    assert "Bcc" not in mail and mail["To"] == "office1@example.org"
    assert "Evil" not in mail.as_string()


def test_cop_invite_writes_into_restricted_only_and_records_nothing(tmp_path, capsys):
    data = kept(tmp_path, row(1), row(2))
    before = restricted.read("contacts", data)
    call = ["invite", "--sender", "Ana Zed", "--data", str(data)]
    assert main.main([*call, "ZZZ", "--questionnaire", "stakeholder_survey"]) == 0
    made = sorted(p.name for p in (data / "restricted" / "invitations").iterdir())
    assert made == [given(data, one, "-SS") + ".eml" for one in ("ZZZ-C01", "ZZZ-C02")]
    assert "Nothing was sent" in capsys.readouterr().out
    assert set(restricted.read("contacts", data).step) == {"listed"}
    assert restricted.read("contacts", data).assign(form_id="").compare(before).empty
    assert main.main([*call, "YYY"]) == 2
    assert main.main([*call, "ZZZ", "--questionnaire", "guide_ngo"]) == 2
    assert "is printed, not sent" in capsys.readouterr().err


@pytest.mark.parametrize("call", [["forms"], ["contacts"], ["invite", "ZZZ", "--sender", "A"]])
def test_a_folder_that_is_no_data_folder_is_refused_in_a_sentence(tmp_path, call, capsys):
    assert main.main([*call, "--data", str(tmp_path)]) == 2
    assert "a folder with datapackage.json is expected" in capsys.readouterr().err


def test_an_empty_list_and_a_wrong_day_are_told_in_a_sentence(tmp_path, capsys):
    data = kept(tmp_path)
    assert cop(data, "contacts") == 0
    assert "Nobody is due." in capsys.readouterr().out
    assert cop(data, "contacts", "--date", "tomorrow") == 2
    assert "'tomorrow' is not a date" in capsys.readouterr().err


def test_each_questionnaire_has_steps_of_its_own_and_a_refusal_holds_for_all(tmp_path, capsys):
    data = kept(tmp_path, *STORY[10:15])  # one that answered the mapping form, one that refused it
    survey = ["--questionnaire", "stakeholder_survey", "--data", str(data)]
    mails, _ = drafts(data, "stakeholder_survey")
    assert sorted(mails) == [given(data, "ZZZ-C07", "-SS") + ".eml"] and not drafts(data)[0]
    record = ["contacts", "--record", "ZZZ-C07", "invited", "--date", ago(19)]
    assert main.main([*record, *survey]) == 0
    last = restricted.read("contacts", data).iloc[-1]
    form_id = given(data, "ZZZ-C07", "-SS")
    assert (last.step, last.date, last.form_id) == ("invited", ago(19), form_id)
    capsys.readouterr()
    assert main.main(["contacts", "--date", ago(0), *survey]) == 0
    assert "1 due\nZZZ-C07  remind: Office 7" in capsys.readouterr().out
    assert cop(data, "contacts", "--date", ago(0)) == 0
    assert "Nobody is due." in capsys.readouterr().out
    assert cop(data, "contacts", "--questionnaire", "guide_ngo") == 2
    assert "is printed, not sent" in capsys.readouterr().err
