"""Invitations and reminders as drafts, each with the right form attached; nothing is sent."""

from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import restricted
from cop.fieldwork.contacts import register
from cop.fieldwork.forms import excelform, formids, questionnaires
from cop.fieldwork.forms.questionnaires import Questionnaire

SHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def drafts(
    data: Path, iso3: str, questionnaire: str, today: date
) -> tuple[dict[str, bytes], list[str]]:
    """Give (messages as {file name: bytes}, who gets none and why) for contacts that are due."""
    form = register.sendable(questionnaire, data)
    frame = register.of_form(register.steps(data), questionnaire)
    with restricted.alone(data):
        secret = formids.made_key(data)
    mine = frame[frame.iso3 == iso3]
    if mine.empty:
        raise Refused(f"there is no contact of {iso3} in {register.PATH}")
    messages, skipped, words = {}, [], {}
    for contact_id, row in register.due(register.with_returns(mine, data), today).iterrows():
        reason = _reason(row)
        if reason:
            skipped.append(f"{contact_id} ({row.organisation}): {reason}")
            continue
        language = row.language if row.language in form.languages else "en"
        words.setdefault(language, questionnaires.phrases(language, data))
        # A reminder carries the same.
        form_id = row.form_id or register.form_id(contact_id, questionnaire, secret)
        messages[f"{form_id}.eml"] = message(form, row, language, words[language], form_id)
    return messages, skipped


def message(
    form: Questionnaire, row: pd.Series, language: str, words: dict[str, str], form_id: str
) -> bytes:
    """Give one message: a draft that mail programs open for sending, in the contact's language."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"] = words["mail_subject"], row.email
    mail["X-Unsent"] = "1"  # mail programs then show it as a draft
    mail["Content-Language"] = language
    title = form.titled(language)
    opening = words["mail_body" if row.todo == "invite" else "mail_reminder"].format(title=title)
    body = [words["mail_greeting"] + ",", opening, words["mail_privacy"], words["mail_closing"]]
    mail.set_content("\n\n".join(body) + "\n", charset="utf-8", cte="base64")
    book = excelform.workbook(form, language, words, form_id, row.iso3)
    mail.add_attachment(book, *SHEET, filename=f"{form_id}-{language}.xlsx")
    return mail.as_bytes()


def write(
    data: Path, iso3: str, questionnaire: str = "mapping_form", out: Path | None = None
) -> list[str]:
    """Write the drafts of a country; give the lines that say what is to be done with them.

    Raises Refused for a folder outside data/restricted/, a guide, or a country without contacts.
    """
    root = restricted.folder(data).resolve()
    folder = _inside(out or root / "invitations", root)
    messages, skipped = drafts(data, iso3, questionnaire, date.today())
    inside = folder.relative_to(root)
    with restricted.alone(data):
        restricted.write(data, {str(inside / name): content for name, content in messages.items()})
    made = cop.data.count(len(messages), "draft")
    lines = [f"{made} in {folder}. Nothing was sent, and no step was recorded."]
    lines += [register.one_line(f"  no draft for {line}") for line in skipped]
    if messages:
        which = "" if questionnaire == "mapping_form" else f" --questionnaire {questionnaire}"
        lines.append(
            f"Send them yourself, then record each: cop contacts --record CONTACT invited{which}"
        )
    return lines


def _reason(row):
    """Say why a contact that is due gets no message; "" where it does."""
    if row.consent == "no":
        return "does not wish to be written to"
    if row.todo not in ("invite", "remind"):
        return f"is due otherwise: {row.todo}"
    if row.channel not in ("", "e-mail"):
        return f"is reached by {row.channel}"
    return "" if row.email else "has no e-mail address"


def _inside(folder, root):
    """Give a folder in data/restricted/; raises Refused for any other, also behind a link."""
    wanted = Path(folder).resolve()
    if wanted != root and root not in wanted.parents:
        raise Refused(
            f"messages hold addresses, so they are written in {root} only, not in {wanted}"
        )
    return wanted
