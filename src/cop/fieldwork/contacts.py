"""Contacts of the mapping form: invitations, reminders and outcomes.

`contacts.csv` in the restricted store has one row for each step of a contact and is only appended
to. The latest row by date is the current state of a contact.
"""

import re
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
from cop.data import DataError, InvalidTable, UserError
from cop.fieldwork import outcomes, questionnaires, restricted

COLUMNS = restricted.columns("contacts")
PATH, FORM = "restricted/contacts.csv", "mapping_form"
PATIENCE, REMINDERS = timedelta(days=14), 2  # without an answer; then telephone
DEADLINE = timedelta(days=21)
SECRET = r"-[a-z0-9]{8}"  # at the end of a form id that nobody can guess
PERSONAL = ("person", "email", "phone")  # never repeated, since errors are logged
SHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def steps(data: Path) -> pd.DataFrame:
    """Read contacts.csv, indexed by spreadsheet row; raises UserError that lists all errors."""
    path = restricted.folder(data) / "contacts.csv"  # never that of the folder this one stands on
    if not path.exists():
        start = (
            f"Create it with `cop contacts --add`, or with this heading row: {','.join(COLUMNS)}"
        )
        raise UserError(f"there is no {PATH} in {data}. {start}")
    try:
        frame = cop.data.text_frame(path, COLUMNS).map(restricted.unguarded)
    except InvalidTable as broken:
        return _refuse(broken.errors)
    _refuse(errors(frame, data))
    return frame


def errors(frame: pd.DataFrame, data: Path) -> list[DataError]:
    """Return the errors in rows of contacts.csv, sorted by row.

    The format of each column is declared in datapackage.json (`cop:contacts`).
    """
    lists = {"language": questionnaires.languages(data)}
    lists["category"] = cop.data.labels("stakeholders", "category", data)
    days = pd.to_datetime(frame.date, format="%Y-%m-%d", errors="coerce")
    dated = (frame.date != "") | (frame.step != "listed")
    wrong = [
        ("date", dated & ~(days <= _today()), "is not a date up to today", "Write 2026-11-24"),
        ("iso3", frame.contact_id.str[:3] != frame.iso3, "does not match contact_id", "Correct it"),
        ("consent", (frame.person != "") & (frame.consent != "yes"),
         "does not permit storing the name in `person`", "Clear `person`, or ask for consent"),
    ]  # fmt: skip
    for column in cop.data.contents(data)["cop:contacts"]:
        name, words = column["name"], column.get("enum", lists.get(column["name"], ()))
        pattern = f"({column.get('pattern') or '|'.join(map(re.escape, words))})"
        right = frame[name].str.fullmatch(pattern if column.get("required") else f"{pattern}?")
        rule = "is not one of the allowed words" if words else "is empty or has the wrong form"
        wrong.append((name, ~right, rule, column.get("fix", f"Use one of: {', '.join(words)}")))
    faults = [
        DataError(PATH, row, column, "" if column in PERSONAL else str(value)[:60], rule, fix)
        for column, rows, rule, fix in wrong
        for row, value in frame[column][rows.astype(bool)].items()
    ]
    return sorted(faults, key=lambda fault: fault.row)


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the current state of each contact: its latest row by date.

    Adds `row`, the spreadsheet row, and `reminders`, the number of reminders. `form_id` and
    `consent` are the latest non-empty values.
    """
    steps = frame.assign(row=frame.index, reminders=(frame.step == "reminded").astype(int))
    by_contact = steps.sort_values(["date", "row"]).replace("", None).groupby("contact_id")
    stated = by_contact[["form_id", "consent"]].last().fillna("")
    newest = by_contact.tail(1).set_index("contact_id").sort_index().fillna("")
    return newest.assign(**stated, reminders=by_contact.reminders.sum())


def due(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return the contacts that need an action, with `todo`: invite, remind, telephone or close.

    Contacts without consent and contacts that declined the form are left out.
    """
    current = standing(frame)
    current["todo"] = [_todo(row, today) for row in current.itertuples()]
    return current[(current.todo != "") & (current.consent != "no")]


def _todo(row, today):
    if row.step == "listed":
        return "invite"
    waiting = row.step in ("invited", "reminded", "phoned")
    if not waiting or today - date.fromisoformat(row.date) <= PATIENCE:
        return ""
    if row.step == "phoned":
        return "close as not reached"
    return "telephone" if row.reminders >= REMINDERS else "remind"


def mark_returned(data: Path, returns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return {"contacts": steps} with a new step for each form that came back.

    The step is `answered` or `partial`. `returns` is the restricted table; superseded returns
    are ignored. Returns {} if there are no contacts.
    """
    if restricted.read("contacts", data).empty:
        return {}
    frame = steps(data)
    back = returns[returns.status != "superseded"].drop_duplicates("form_id", keep="last")
    sent = frame[frame.form_id != ""].drop_duplicates("form_id", keep="last")
    new = sent.drop(columns=["date", "step"]).merge(back[["form_id", "received", "remark"]])
    new["date"] = new.received.str[:10].clip(upper=_today())
    new["step"] = new.remark.str.startswith("partial").map({True: "partial", False: "answered"})
    key = ["form_id", "step", "date"]
    present = pd.MultiIndex.from_frame(new[key]).isin(pd.MultiIndex.from_frame(frame[key]))
    return {"contacts": pd.concat([frame, new[~present].assign(note="")])}


def issued(data: Path) -> set[str]:
    """Return the form ids that `cop invite` issued: a response with such an id is authentic."""
    ids = restricted.read("contacts", data).form_id
    return set(ids[ids.str.contains(f"{SECRET}$")])


def answered(data: Path, form_ids: Collection[str]) -> list[str]:
    """Return the ids of the contacts that are recorded to have answered one of the forms."""
    frame = restricted.read("contacts", data)
    rows = frame.form_id.isin(form_ids) & frame.step.isin(["answered", "partial"])
    return sorted(set(frame.contact_id[rows]))


def record(data: Path, contact_id: str, step: str, day: str = "") -> dict[str, str]:
    """Add a step of a contact, dated `day` or today, and return it; raises UserError if invalid."""
    with restricted.locked(data):
        frame = steps(data)
        mine = frame[frame.contact_id == contact_id]
        if mine.empty:
            raise UserError(f"there is no contact {contact_id!r} in {PATH}")
        listed = max(mine.date[mine.step == "listed"], default="")
        if day and parse_day(day).isoformat() < listed:
            fix = f"Correct the date of its step `listed` in {PATH} first"
            raise UserError(f"{contact_id} was listed on {listed}: {day} is earlier. {fix}")
        last = standing(mine).reset_index().iloc[0]
        new = last[COLUMNS].to_dict() | {"step": step, "note": "", "date": day or _today()}
        new["form_id"] = new["form_id"] or _new_form_id(contact_id)
        return _add(data, frame, new)


def add(data: Path, iso3: str, values: dict[str, str]) -> dict[str, str]:
    """Add a contact under the next free id, and return its row.

    Creates contacts.csv if it does not exist. Raises UserError, and writes nothing, if a value
    is invalid or the country is unknown.
    """
    if unknown := sorted(set(values) - set(COLUMNS)):
        columns = f"the columns are {', '.join(COLUMNS)}"
        raise UserError(f"{', '.join(unknown)}: no such column in {PATH}; {columns}")
    if iso3 not in set(cop.data.read("countries", data).iso3):
        raise UserError(cop.data.no_country(iso3, data))
    with restricted.locked(data):
        is_begun = (restricted.folder(data) / "contacts.csv").exists()
        frame = steps(data) if is_begun else pd.DataFrame(columns=COLUMNS, dtype="str")
        numbers = frame.contact_id[frame.iso3 == iso3].str.extract(r"-C([0-9]+)$")[0].dropna()
        contact_id = f"{iso3}-C{max(map(int, numbers), default=0) + 1:02d}"
        new = {"contact_id": contact_id, "date": _today()} | values
        return _add(data, frame, new | {"iso3": iso3, "step": "listed"})


def duplicates(data: Path, row: dict[str, str]) -> list[str]:
    """Return the ids of other contacts with the same country, organisation and e-mail address."""
    frame, same = restricted.read("contacts", data), ["iso3", "organisation", "email"]
    rows = frame[(frame[same] == pd.Series(row)[same]).all(axis=1)]
    return sorted(set(rows.contact_id) - {row["contact_id"]})


def _add(data, frame, row):
    """Append a row to the steps and return it; raises UserError if the row has errors."""
    row = dict.fromkeys(COLUMNS, "") | row
    new = pd.DataFrame([row], [max(frame.index, default=1) + 1])
    if faults := errors(new, data):
        lines = [str(replace(fault, file="the new row", row="")) for fault in faults]
        raise UserError("nothing was written to {}:\n{}".format(PATH, "\n".join(lines)))
    longer = pd.concat([frame, new])
    restricted.write(data, restricted.change({"contacts": longer}))
    return row


def follow_up(data: Path, countries: Sequence[str], day: str) -> str:
    """Return a text with the contacts due on a day (default: today) and counts of outcomes.

    Persons and addresses are not included. Raises UserError for an invalid date or a country
    without contacts.
    """
    frame, today = steps(data), parse_day(day)
    if absent := sorted(set(countries) - set(frame.iso3)):
        raise UserError(f"there is no contact of {', '.join(absent)} in {PATH}")
    frame = frame[frame.iso3.isin(countries or frame.iso3)]
    waiting = due(frame, today)[["todo", "organisation", "function", "step", "date"]]
    final = outcomes.final(frame).fillna({"outcome": "waiting"})
    lines = [waiting.map(_printable).to_string() if len(waiting) else "Nobody is due."]
    for iso3, outcome in final.outcome.groupby(final.contact_id.str[:3]):
        numbers = [f"{n} {word}" for word, n in outcome.value_counts().sort_index().items()]
        lines.append(f"{iso3}: {cop.data.count(len(outcome), 'form')} sent: {', '.join(numbers)}")
    return "\n".join(lines if len(final) else [*lines, "No form was sent yet."])


def invite(
    data: Path, iso3: str, sender: str, deadline: str = "", today: date | None = None
) -> list[str]:
    """Write drafts of the invitations and reminders that are due, and return lines on them.

    Drafts are written to data/restricted/invitations/ with the form attached; existing drafts
    are kept. New form ids are stored in contacts.csv. Nothing is sent and no step is recorded.
    Raises UserError for a deadline in the past or a country without contacts.
    """
    today = today or date.today()
    until = parse_day(deadline) if deadline else today + DEADLINE
    if until <= today:
        raise UserError(f"the deadline {until} has passed: name a later day")
    files, present = {}, []
    with restricted.locked(data):
        frame = steps(data)
        if iso3 not in set(frame.iso3):
            raise UserError(f"there is no contact of {iso3} in {PATH}")
        waiting = due(frame, today).query("iso3 == @iso3")
        is_mailed = waiting.channel.isin(["", "e-mail"]) & (waiting.email != "")
        mailed = waiting[is_mailed & waiting.todo.isin(["invite", "remind"])]
        for contact_id, row in mailed.iterrows():
            row.form_id = row.form_id or _new_form_id(contact_id)
            frame.loc[row.row, "form_id"] = row.form_id
            suffix = f"-reminder-{row.reminders + 1}" if row.todo == "remind" else ""
            path = f"invitations/{row.form_id}{suffix}.eml"
            if (restricted.folder(data) / path).exists():
                present.append(Path(path).name)
            else:
                files[path] = _draft(row, sender, until, data)
        restricted.write(data, files | restricted.change({"contacts": frame}))
    drafts = cop.data.count(len(files), "new draft")
    lines = [
        f"{drafts} in {restricted.folder(data) / 'invitations'}. Nothing was sent; after sending: "
        "`cop contacts --record CONTACT invited`, or `reminded`."
    ]
    others = sorted(set(waiting.index) - set(mailed.index))
    if present:
        fix = "to write a draft again, remove its file first"
        lines.append(f"Left as they are: {', '.join(present)}; {fix}.")
    if others:
        lines.append(f"Due, but not by e-mail (see `cop contacts {iso3}`): {', '.join(others)}")
    return lines


def _draft(row, sender, deadline, data):
    """Return the message to a contact, in its language, as a draft for mail programs."""
    from cop.fieldwork import excel_form  # slow to import, and seldom needed

    form = questionnaires.load(FORM, data)
    code = row.language if row.language in form.languages else "en"
    words, locale = questionnaires.phrases(code, data), Locale.parse(form.spoken[code].tag, "-")
    country = cop.data.read("countries", data).set_index("iso3").loc[row.iso3]
    names = {**locale.territories, "ZZ": country.name_en}  # ZZ is Zedland
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"] = words["mail_subject"], row.email
    mail["X-Unsent"], mail["Content-Language"] = "1", code  # mail programs show it as a draft
    opening = words["mail_body" if row.todo == "invite" else "mail_reminder"]
    body = [
        f"{words['mail_greeting']},\n",
        f"{opening.format(title=questionnaires.wording(form.title, code))}\n",
        f"{words['mail_country']}: {names.get(country.iso2, country.name_en)}",
        f"{words['mail_deadline']}: {format_date(deadline, 'long', locale)}\n",
        f"{words['mail_privacy']}\n",
        f"{words['mail_closing']}\n{_printable(sender)}\n",
    ]
    mail.set_content("\n".join(body), charset="utf-8", cte="base64")
    book = excel_form.workbook(form, code, words, row.form_id, row.iso3)
    mail.add_attachment(book, *SHEET, filename=f"{row.form_id}-{code}.xlsx")
    return mail.as_bytes()


def _new_form_id(contact_id):
    """Return a form id that cannot be guessed, such as UKR-F07-1f9c02ab."""
    return f"{contact_id.replace('-C', '-F', 1)}-{secrets.token_hex(4)}"


def _printable(line):
    """Return text with � in place of each non-printable character, line breaks included."""
    return "".join(c if c.isprintable() else "�" for c in line)


def parse_day(text: str) -> date:
    """Return an ISO date, today for ""; raises UserError for any other text."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise UserError(f"{text!r} is not a date: write it like 2026-11-24") from error


def _today():
    return date.today().isoformat()


def _refuse(faults):
    if faults:
        count = cop.data.count(len(faults), "error")
        raise UserError(f"{count} in {PATH}:\n" + "\n".join(map(str, faults)))
