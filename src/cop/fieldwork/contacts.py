"""List the contacts for the mapping form, record their steps, and write drafts of e-mails.

`contacts.csv` in the restricted store has one row for each step of a contact, such as `invited`;
rows are never removed. `standing` computes the current state of a contact from all its rows.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pandas as pd
from babel import Locale
from babel.dates import format_date

import cop.data
from cop.data import UserError
from cop.data.checks.rules import Check
from cop.data.checks.schema import column_errors, latest_times
from cop.fieldwork import outcomes, questionnaires, restricted

COLUMNS = restricted.COLUMNS["contacts"]
PATH, FORM = "restricted/contacts.csv", "mapping_form"
PATIENCE, REMINDERS = timedelta(days=14), 2  # wait before the next step; reminders before a call
DEADLINE = timedelta(days=21)
TODO = {  # {latest step: next action}
    "listed": "invite", "invited": "remind", "reminded": "remind",
    "phoned": "record as not reached",
}  # fmt: skip
SHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def steps(data: Path, countries: Collection[str] = ()) -> pd.DataFrame:
    """Return contacts.csv as a DataFrame of text, indexed by row number in a spreadsheet.

    A missing file has no rows. Raises UserError if the file has errors or lacks one of `countries`.
    """
    frame = restricted.load(restricted.folder(data) / "contacts.csv", COLUMNS)
    fix = f"the columns must be {', '.join(COLUMNS)}"
    if missing := ", ".join(name for name in COLUMNS if name not in frame):
        raise UserError(f"{PATH} has no column {missing}; {fix}")
    if len(frame.columns) > len(COLUMNS):
        # The columns are not named: without a header row, the names would be personal data.
        raise UserError(f"{PATH} has unknown or repeated columns; {fix}")
    frame.index += 2
    _check(frame, data)
    if absent := sorted(set(countries) - set(frame.iso3)):
        fix = f"add one with `cop contacts {absent[0]} --add …`"
        raise UserError(f"{PATH} has no contacts for {', '.join(absent)}: {fix}")
    return frame


def _check(frame, data, where=PATH):
    check, errors = Check("contacts", PATH, data), []
    for field in cop.data.contents(data)["cop:contacts"]:
        errors += column_errors(frame[field["name"]], field, latest_times(), check)
    foreign = frame.iso3[frame.contact_id.str[:3] != frame.iso3]
    rule, fix = "must be the country code in `contact_id`", "Correct `iso3` or `contact_id`"
    errors += check.errors(foreign, rule, fix)
    declined = frame.contact_id.map(standing(frame).consent) == "no"
    named = frame.consent[(frame.person != "") & ((frame.consent != "yes") | declined)]
    fix = "Clear `person` in all the contact's rows, or set `consent` to 'yes' if the person agreed"
    errors += check.errors(named, "does not permit storing the name in `person`", fix)
    if errors:  # without the values, since messages are logged and cells may be personal
        errors.sort(key=lambda error: error.row)
        lines = [str(replace(error, value="")) for error in errors]
        title = f"{cop.data.count(len(errors), 'error')} in {where}, so nothing was written:"
        raise UserError("\n".join([title, *lines]))


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the latest step of each contact, indexed by contact_id.

    `listed` precedes all other steps; of steps on one date, the last row counts. `form_id` and
    `consent` are the latest non-empty values, and `reminders` counts days with a reminder.
    """
    frame = frame.drop_duplicates(["contact_id", "step", "date"], keep="last")
    dates = frame.date.where(frame.step != "listed", "")
    steps = frame.loc[dates.sort_values(kind="stable").index]
    filled = steps[["form_id", "consent"]].replace("", None).groupby(steps.contact_id).ffill()
    reminders = (steps.step == "reminded").groupby(steps.contact_id).cumsum()
    steps = steps.assign(reminders=reminders, **filled.fillna(""))
    return steps.drop_duplicates("contact_id", keep="last").set_index("contact_id").sort_index()


def due(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return the current state of the contacts that are due, with the next action as `todo`.

    Contacts whose latest step is `listed` are due at once; those `invited`, `reminded` or `phoned`
    are due after PATIENCE. TODO maps steps to actions; "telephone" follows after REMINDERS
    reminders. Contacts with another step, with `consent` "no", or with an answer to their latest
    form are left out. An answer may be dated before the latest step, if it was imported later.
    """
    state = standing(frame)
    answered = frame.form_id[frame.step.isin(["answered", "partial"]) & (frame.form_id != "")]
    todo = state.step.map(TODO)
    todo = todo.mask((todo == "remind") & (state.reminders >= REMINDERS), "telephone")
    is_time = (state.step == "listed") | (state.date < (today - PATIENCE).isoformat())
    is_open = ~state.form_id.isin(answered) & (state.consent != "no")
    return state.assign(todo=todo)[todo.notna() & is_time & is_open]


def mark_returned(data: Path, returns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return {"contacts": all steps}, with a new step for each returned form not yet recorded.

    The new step is `answered` or `partial`, dated `received` or today, whichever is earlier.
    `returns` is the table of that name; superseded rows are ignored. If there are no contacts, the
    result is {}. Nothing is written. Raises UserError like `steps`.
    """
    frame = steps(data)
    back = returns.query("status != 'superseded'").drop_duplicates("form_id", keep="last")
    sent = frame.query("form_id != ''").drop_duplicates("form_id", keep="last")
    new = sent.drop(columns=["date", "step"]).merge(back[["form_id", "received", "remark"]])
    # `received` is in UTC, so its date may be tomorrow; steps must not be in the future.
    new["date"] = new.received.str[:10].clip(upper=str(date.today()))
    new["step"] = new.remark.str.startswith("partial").map({True: "partial", False: "answered"})
    new = new.merge(frame[["form_id", "step", "date"]], how="left_anti").assign(note="")
    return {"contacts": pd.concat([frame, new])} if len(frame) else {}


def without_response(data: Path) -> list[str]:
    """Return ids of contacts recorded as `answered` or `partial` without a form in the store."""
    forms = restricted.read("returns", data).form_id
    back = standing(steps(data)).query("step in ['answered', 'partial']")
    return list(back.index[~back.form_id.isin(forms)])


def issued(data: Path) -> set[str]:
    """Return the form ids in contacts.csv that end in a random code and so cannot be guessed."""
    ids = restricted.read("contacts", data).form_id
    return set(ids[ids.str.contains("-[a-z0-9]{8}$")])


def record(data: Path, contact_id: str, step: str, day: str) -> None:
    """Add a step of a contact on a day (ISO date) to contacts.csv.

    The new row copies the contact's details except `note`; a missing form id is created. Raises
    UserError like `steps` and `restricted.locked`, or if the contact is unknown or the row invalid.
    """
    with restricted.locked(data):
        frame = steps(data)
        if contact_id not in set(frame.contact_id):
            raise UserError(f"unknown contact {contact_id!r}: use a contact_id from {PATH}")
        last = standing(frame).loc[contact_id]
        new = {"contact_id": contact_id, "form_id": last.form_id or _new_form_id(contact_id)}
        _add(data, frame, {**last, **new, "step": step, "note": "", "date": day})


def add(data: Path, iso3: str, values: dict[str, str]) -> str:
    """Add a contact with `values` {column: text} and the step `listed`, and return its id.

    If `values` has no `contact_id`, the contact gets the next free id. A missing file is created.
    Raises UserError, without writing, if a column or the country is unknown or a value is invalid.
    """
    if unknown := ", ".join(sorted(set(values) - set(COLUMNS))):
        raise UserError(f"{PATH} has no column {unknown}; use one of: {', '.join(COLUMNS)}")
    if iso3 not in set(cop.data.read("countries", data).iso3):
        raise UserError(cop.data.no_country(iso3, data))
    with restricted.locked(data):
        frame = steps(data)
        numbers = frame.query("iso3 == @iso3").contact_id.str[5:].astype(int)
        new = {"contact_id": f"{iso3}-C{max(numbers, default=0) + 1:02d}"} | values
        if new["contact_id"] in frame.contact_id.array:
            fix = "omit `contact_id` for a new id, or add a step with --record"
            raise UserError(f"{PATH} already has the contact {new['contact_id']}; {fix}")
        _add(data, frame, new | {"iso3": iso3, "step": "listed"})
        return new["contact_id"]


def _add(data, frame, row):
    new = pd.DataFrame([row], index=[""], columns=COLUMNS).fillna("")
    _check(new, data, f"the new row for {PATH}")
    restricted.write(data, restricted.change({"contacts": pd.concat([frame, new])}))


def follow_up(data: Path, countries: Sequence[str], day: str) -> str:
    """Return a text that lists the contacts due on a day, and counts forms by country and outcome.

    `day` is an ISO date; an empty `countries` means all countries. Names of persons and e-mail
    addresses are left out. Raises UserError like `steps`.
    """
    frame = steps(data, countries)
    frame = frame[frame.iso3.isin(countries or frame.iso3)]
    shown = ["todo", "organisation", "function", "step", "date"]
    waiting = due(frame, date.fromisoformat(day))[shown]
    final = outcomes.final(frame).fillna({"outcome": "waiting"})
    sent = pd.crosstab(final.contact_id.str[:3].rename("forms sent"), final.outcome)
    due_text = waiting.to_string() if len(waiting) else "No contact is due."
    sent_text = sent.to_string() if len(sent) else "No form has been sent yet."
    return f"{due_text}\n{sent_text}"


def invite(
    data: Path, iso3: str, sender: str, deadline: str = "", today: date | None = None
) -> str:
    """Write e-mail drafts of the invitations and reminders that are due, and return a report.

    Drafts, with the form attached, are written to `invitations` in the restricted store; existing
    drafts are kept. Contacts with a channel other than e-mail, or without an address, get no draft.
    `deadline` is an ISO date (default: in three weeks). New form ids are added to contacts.csv, but
    no steps. Nothing is sent. Raises UserError like `steps`, or if `deadline` is not after `today`.
    """
    today = today or date.today()
    until = date.fromisoformat(deadline) if deadline else today + DEADLINE
    if until <= today:
        raise UserError(f"--deadline {until} is not in the future: choose a later day")
    files, folder = {}, restricted.folder(data)
    with restricted.locked(data):
        frame = steps(data, [iso3])
        waiting = due(frame.query("iso3 == @iso3"), today)
        is_mailed = "todo in ['invite', 'remind'] and channel in ['', 'e-mail'] and email != ''"
        for contact_id, row in waiting.query(is_mailed).iterrows():
            if not row.form_id:
                row.form_id = _new_form_id(contact_id)
                frame.loc[frame.contact_id == contact_id, "form_id"] = row.form_id
            suffix = f"-reminder-{row.reminders + 1}" if row.todo == "remind" else ""
            path = f"invitations/{row.form_id}{suffix}.eml"
            if not (folder / path).exists():
                files[path] = _draft(row, sender, until, data)
        restricted.write(data, files | restricted.change({"contacts": frame}))
    report = (
        f"{cop.data.count(len(files), 'new draft')} in {folder / 'invitations'}. Nothing was sent. "
        "After sending, run `cop contacts --record CONTACT invited`, or `reminded`."
    )
    if others := len(waiting) - len(files):
        report += (
            f"\nDue, but without a new draft: {cop.data.count(others, 'contact')}. Reasons: the "
            "channel or the next step is not e-mail, there is no address, or a draft exists "
            f"(delete it for a new one). `cop contacts {iso3}` lists the next steps."
        )
    return report


def _draft(row, sender, deadline, data):
    from cop.fieldwork import excel_form  # slow to import and rarely needed

    form, code = questionnaires.load(FORM, data), row.language or "en"
    words = {name: questionnaires.wording(text, code) for name, text in form.phrases.items()}
    locale = Locale.parse(form.spoken[code].tag, "-")
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"] = words["mail_subject"], row.email
    mail["X-Unsent"] = "1"  # marks a draft
    sender = "".join(letter if letter.isprintable() else "�" for letter in sender)
    opening = words["mail_body" if row.todo == "invite" else "mail_reminder"]
    body = [
        f"{words['mail_greeting']},",
        opening.format(title=questionnaires.wording(form.title, code)),
        f"{words['mail_deadline']}: {format_date(deadline, 'long', locale)}",
        words["mail_privacy"],
        f"{words['mail_closing']}\n{sender}\n",
    ]
    mail.set_content("\n\n".join(body), charset="utf-8", cte="base64")
    book = excel_form.workbook(form, code, row.form_id, row.iso3)
    mail.add_attachment(book, *SHEET, filename=f"{row.form_id}-{code}.xlsx")
    mail["Content-Language"] = form.spoken[code].tag  # set last, as the methods above remove it
    return mail.as_bytes()


def _new_form_id(contact_id):
    return f"{contact_id.replace('-C', '-F', 1)}-{secrets.token_hex(4)}"  # as UKR-F07-1f9c02ab
