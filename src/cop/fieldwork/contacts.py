"""List the contacts for the mapping form, record their steps, and write invitations.

`contacts.csv` in the restricted store has one row for each step of a contact; rows are never
removed. The row with the latest date is the present state of a contact.
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
PATIENCE, REMINDERS = timedelta(days=14), 2  # time without an answer; reminders by e-mail
DEADLINE = timedelta(days=21)
SECRET = r"-[a-z0-9]{8}"  # random end of a form id, so that it cannot be guessed
PERSONAL = ("person", "email", "phone")  # never printed, since error messages are logged
SHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
NO_CONTACTS = "{} has no contacts for {}: add one with `cop contacts {} --add …`"
AFTER = "After sending, run `cop contacts --record CONTACT invited`, or `reminded`."


def steps(data: Path) -> pd.DataFrame:
    """Read contacts.csv by spreadsheet row; raises UserError if it is missing or has errors."""
    path = restricted.folder(data) / "contacts.csv"  # never the one of a base folder
    if not path.exists():
        fix = "Add a contact with `cop contacts UKR --add …`, or begin the file with this row"
        raise UserError(f"{PATH} does not exist in {data}. {fix}: {','.join(COLUMNS)}")
    try:
        frame = cop.data.text_frame(path, COLUMNS).map(restricted.unguarded)
        wrong = errors(frame, data)
    except InvalidTable as invalid:
        wrong = invalid.errors
    if wrong:
        lines = [f"{cop.data.count(len(wrong), 'error')} in {PATH}:", *map(str, wrong)]
        raise UserError("\n".join(lines))
    return frame


def errors(frame: pd.DataFrame, data: Path) -> list[DataError]:
    """Return the errors in rows of contacts.csv, sorted by row.

    `cop:contacts` in datapackage.json describes the format of each column.
    """
    lists = {"language": questionnaires.languages(data)}
    lists["category"] = cop.data.labels("stakeholders", "category", data)
    days = pd.to_datetime(frame.date, format="%Y-%m-%d", errors="coerce")
    dated = (frame.date != "") | (frame.step != "listed")
    wrong = [
        ("date", dated & ~(days <= _today()), "is not a date up to today",
         "Write the date as YYYY-MM-DD, such as 2026-11-24"),
        ("iso3", frame.contact_id.str[:3] != frame.iso3, "does not match contact_id",
         "Write the country code with which contact_id begins"),
        ("consent", (frame.person != "") & (frame.consent != "yes"),
         "does not permit storing the name in `person`",
         "Clear `person`, or write yes once the person has agreed"),
    ]  # fmt: skip
    for column in cop.data.contents(data)["cop:contacts"]:
        name, words = column["name"], column.get("enum", lists.get(column["name"], ()))
        pattern = f"({column.get('pattern') or '|'.join(map(re.escape, words))})"
        right = frame[name].str.fullmatch(pattern if column.get("required") else f"{pattern}?")
        rule = "is not one of the allowed words" if words else "is empty or has the wrong form"
        wrong.append((name, ~right, rule, column.get("fix", f"Use one of: {', '.join(words)}")))
    found = [
        DataError(PATH, row, column, "" if column in PERSONAL else str(value)[:60], rule, fix)
        for column, rows, rule, fix in wrong
        for row, value in frame[column][rows.astype(bool)].items()
    ]
    return sorted(found, key=lambda error: error.row)


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the present state of each contact: its row with the latest date.

    `form_id` and `consent` are the latest values that are not empty. Further columns are `row`, the
    row in the spreadsheet, and `reminders`, the number of reminders.
    """
    steps = frame.assign(row=frame.index, reminders=(frame.step == "reminded").astype(int))
    by_contact = steps.sort_values(["date", "row"]).replace("", None).groupby("contact_id")
    stated = by_contact[["form_id", "consent"]].last().fillna("")
    newest = by_contact.tail(1).set_index("contact_id").sort_index().fillna("")
    return newest.assign(**stated, reminders=by_contact.reminders.sum())


def due(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return the present state of the contacts that need an action, which is in `todo`.

    These are listed contacts and, after PATIENCE, invited, reminded or phoned ones, unless
    `consent` is no.
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
    """Return {"contacts": all steps}, with a new one for each form that came back.

    The step is `answered` or `partial`. `returns` is the table of the store; superseded responses
    are ignored. Without contacts the result is empty. Raises UserError like `steps`.
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
    """Return the form ids with a random end, as `cop invite` and `record` create them."""
    ids = restricted.read("contacts", data).form_id
    return set(ids[ids.str.contains(f"{SECRET}$")])


def answered(data: Path, form_ids: Collection[str]) -> list[str]:
    """Return the ids of the contacts with the step `answered` or `partial` for one of the forms."""
    frame = restricted.read("contacts", data)
    rows = frame.form_id.isin(form_ids) & frame.step.isin(["answered", "partial"])
    return sorted(set(frame.contact_id[rows]))


def record(data: Path, contact_id: str, step: str, day: str = "") -> dict[str, str]:
    """Add a step to a contact, with the date `day` or today's, and return its row.

    Raises UserError if the contact is unknown or the step or date is invalid.
    """
    with restricted.locked(data):
        frame = steps(data)
        mine = frame[frame.contact_id == contact_id]
        if mine.empty:
            raise UserError(f"unknown contact {contact_id!r}: use a contact_id in {PATH}")
        listed = max(mine.date[mine.step == "listed"], default="")
        if day and parse_day(day).isoformat() < listed:
            fix = f"Correct the date of its step `listed` in {PATH} first"
            raise UserError(f"{contact_id} was listed on {listed}; {day} is earlier. {fix}")
        last = standing(mine).reset_index().iloc[0]
        new = last[COLUMNS].to_dict() | {"step": step, "note": "", "date": day or _today()}
        new["form_id"] = new["form_id"] or _new_form_id(contact_id)
        return _add(data, frame, new)


def add(data: Path, iso3: str, values: dict[str, str]) -> dict[str, str]:
    """Add a contact under the next free id, and return its row.

    Creates contacts.csv if it does not exist. Raises UserError, and writes nothing, if a value
    is invalid or the country is unknown.
    """
    if unknown := ", ".join(sorted(set(values) - set(COLUMNS))):
        raise UserError(f"{PATH} has no column {unknown}; use one of: {', '.join(COLUMNS)}")
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
    if wrong := errors(new, data):
        lines = [str(replace(error, file="the new row", row="")) for error in wrong]
        raise UserError("\n".join([f"nothing was written to {PATH}:", *lines]))
    restricted.write(data, restricted.change({"contacts": pd.concat([frame, new])}))
    return row


def follow_up(data: Path, countries: Sequence[str], day: str) -> str:
    """Return a text with the contacts due on a day (default: today) and the number by outcome.

    It contains no names of persons and no addresses. Raises UserError for an invalid date or a
    country without contacts.
    """
    frame, today = steps(data), parse_day(day)
    if absent := sorted(set(countries) - set(frame.iso3)):
        raise UserError(NO_CONTACTS.format(PATH, ", ".join(absent), absent[0]))
    frame = frame[frame.iso3.isin(countries or frame.iso3)]
    waiting = due(frame, today)[["todo", "organisation", "function", "step", "date"]]
    final = outcomes.final(frame).fillna({"outcome": "waiting"})
    lines = [waiting.map(_printable).to_string() if len(waiting) else "No contact is due."]
    for iso3, outcome in final.outcome.groupby(final.contact_id.str[:3]):
        numbers = [f"{n} {word}" for word, n in outcome.value_counts().sort_index().items()]
        lines.append(f"{iso3}: {cop.data.count(len(outcome), 'form')} sent: {', '.join(numbers)}")
    return "\n".join(lines if len(final) else [*lines, "No form has been sent yet."])


def invite(
    data: Path, iso3: str, sender: str, deadline: str = "", today: date | None = None
) -> list[str]:
    """Write drafts of the invitations and reminders due by e-mail, and return lines to print.

    Drafts are written to `invitations` in the restricted store with the form attached; existing
    drafts are kept. New form ids are stored in contacts.csv. Nothing is sent and no step is
    recorded. Raises UserError if the deadline is not in the future or there are no contacts.
    """
    today = today or date.today()
    until = parse_day(deadline) if deadline else today + DEADLINE
    if until <= today:
        raise UserError(f"the deadline {until} is not in the future: choose a later day")
    files, present = {}, []
    with restricted.locked(data):
        frame = steps(data)
        if iso3 not in set(frame.iso3):
            raise UserError(NO_CONTACTS.format(PATH, iso3, iso3))
        waiting = due(frame, today).query("iso3 == @iso3")
        is_mailed = waiting.channel.isin(["", "e-mail"]) & (waiting.email != "")
        mailed = waiting[is_mailed & waiting.todo.isin(["invite", "remind"])]
        for contact_id, row in mailed.iterrows():
            row.form_id = row.form_id or _new_form_id(contact_id)
            frame.loc[row.row, "form_id"] = row.form_id
            suffix = f"-reminder-{row.reminders + 1}" if row.todo == "remind" else ""
            path = f"invitations/{row.form_id}{suffix}.eml"
            if (restricted.folder(data) / path).exists():
                present.append(path.removeprefix("invitations/"))
            else:
                files[path] = _draft(row, sender, until, data)
        restricted.write(data, files | restricted.change({"contacts": frame}))
    drafts = cop.data.count(len(files), "new draft")
    lines = [f"{drafts} in {restricted.folder(data) / 'invitations'}. Nothing was sent. {AFTER}"]
    others = sorted(set(waiting.index) - set(mailed.index))
    if present:
        fix = "to write a draft again, remove its file first"
        lines.append(f"Left as they are: {', '.join(present)}; {fix}.")
    if others:
        lines.append(f"Due, but not by e-mail (see `cop contacts {iso3}`): {', '.join(others)}")
    return lines


def _draft(row, sender, deadline, data):
    """Return a draft of the message to a contact as bytes, in its language or else in English."""
    from cop.fieldwork import excel_form  # slow to import and rarely needed

    form = questionnaires.load(FORM, data)
    code = row.language if row.language in form.languages else "en"
    words, locale = questionnaires.phrases(code, data), Locale.parse(form.spoken[code].tag, "-")
    country = cop.data.read("countries", data).set_index("iso3").loc[row.iso3]
    names = {**locale.territories, "ZZ": country.name_en}  # Zedland is not in the locales
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"] = words["mail_subject"], row.email
    mail["X-Unsent"], mail["Content-Language"] = "1", code  # X-Unsent marks a draft
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
    """Replace each character that is not printable, including line breaks, with �."""
    return "".join(c if c.isprintable() else "�" for c in line)


def parse_day(text: str) -> date:
    """Return the date in ISO 8601, such as 2026-11-24; an empty text is today.

    Raises UserError for any other text.
    """
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise UserError(f"{text!r} is not a date: write YYYY-MM-DD, such as 2026-11-24") from error


def _today():
    return date.today().isoformat()
