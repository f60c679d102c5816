"""The contacts of a country: whom a form went to, who is due, who answered. They never leave data/restricted/.

`contacts.csv` has a row for each step, so that nothing is overwritten; the newest row of a contact is where it stands.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import contract
from contract import Broken, Fault, Refused, writing
from fieldwork import restricted
from fieldwork.forms import questionnaires

COLUMNS = restricted.columns("contacts")
PATH = "restricted/contacts.csv"
# `listed` is before anything was sent; the others in the order in which they may come.
STEPS = (
    "listed", "invited", "reminded", "phoned", "answered", "partial", "refused", "not reached",
    "not eligible", "interviewed",
)  # fmt: skip
OUTCOMES = ("answered", "partial", "refused", "not reached", "not eligible")
CHANNELS = ("", "e-mail", "telephone", "post", "in person")
PATIENCE, REMINDERS = timedelta(days=14), 2  # without an answer; then one telephones
E_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
FORMS = {
    "contact_id": (r"[A-Z]{3}-C[0-9]{2,4}", "Write the country, -C and a number, such as UKR-C07"),
    "iso3": (r"[A-Z]{3}", "Write three capital letters, such as UKR"),
    "email": (rf"({E_MAIL})?", "Write one address and nothing else, such as name@example.org"),
    "phone": (
        r"(\+?[0-9 ()/.-]{5,25})?",
        "Write digits and spaces, with the country code, such as +380 44 1234567",
    ),
    "form_id": (r"([A-Z]{3}-[A-Za-z0-9_-]{1,40})?", "Leave it as `cop invite` gave it"),
}
WORDS = {"channel": CHANNELS, "consent": ("", "yes", "no"), "step": STEPS}


def steps(data: Path) -> pd.DataFrame:
    """Give all steps as text, indexed by spreadsheet row; raises Refused with every fault of the file at once."""
    frame = _rows(data)
    found = faults(frame, data)
    if found:
        raise Refused(
            f"{contract.count(len(found), 'fault')} in {PATH}:\n" + "\n".join(map(str, found))
        )
    return frame


def faults(frame: pd.DataFrame, data: Path, today: date | None = None) -> list[Fault]:
    """Give the faults of the contacts, in the order of their rows."""
    found = []
    for column, (form, mend) in FORMS.items():
        found += _each(
            frame[~frame[column].str.fullmatch(form)], column, "does not have the right form", mend
        )
    categories = contract.labels("stakeholders", "category", data)
    for column, words in {"category": categories, **WORDS}.items():
        mend = f"Use one of: {', '.join(w or '(empty)' for w in words)}"
        found += _each(
            frame[~frame[column].isin(words)], column, "is not one of the allowed words", mend
        )
    known = [*questionnaires.languages(data), ""]
    mend = f"Use one of: {', '.join(known[:-1])}"
    found += _each(
        frame[~frame.language.isin(known)], "language", "is not a language of the forms", mend
    )
    for column in ("organisation", "function"):
        found += _each(
            frame[frame[column] == ""], column, "must not be empty", f"Fill in the {column}"
        )
    found += [*_of_dates(frame, today or date.today()), *_of_persons(frame)]
    return sorted(found, key=lambda fault: (fault.row, COLUMNS.index(fault.column)))


def with_returns(frame: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Give the steps with those added that the forms tell which came back, so that nobody who answered is reminded.

    Nothing is written. A step that a person recorded counts more than what came back.
    """
    returned = (
        restricted.read("returns", data)
        .query("status != 'superseded'")
        .drop_duplicates("form_id", keep="last")
    )
    settled = set(frame.contact_id[frame.step.isin(OUTCOMES)])
    sent = frame[(frame.form_id != "") & ~frame.contact_id.isin(settled)].drop_duplicates(
        "contact_id", keep="last"
    )
    back = sent.merge(returned[["form_id", "received", "remark"]], on="form_id")
    partial = back.remark.str.startswith("partial").map({True: "partial", False: "answered"})
    new = back.assign(step=partial, date=back.received.str[:10])[COLUMNS]
    return pd.concat([frame, new.set_index(new.index + frame.index.max() + 1)])


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Give where each contact stands: its newest row, with `since` as a date and the number of `reminders`."""
    ordered = frame.assign(row=frame.index).sort_values(["date", "row"], kind="stable")
    newest = ordered.groupby("contact_id", sort=True).tail(1).set_index("contact_id").sort_index()
    reminders = frame[frame.step == "reminded"].groupby("contact_id").size()
    invited = frame[frame.step == "invited"].groupby("contact_id").date.min()
    since = newest.date.map(lambda text: date.fromisoformat(text) if text else None)
    counted = reminders.reindex(newest.index, fill_value=0)
    return newest.assign(
        since=since, reminders=counted, invited=invited.reindex(newest.index, fill_value="")
    )


def due(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    """Give the contacts for which something is to be done, with `todo`: invite, remind, telephone or close."""
    stands = standing(frame)
    todo = [_todo(row, today) for row in stands.itertuples()]
    return stands.assign(todo=todo)[lambda f: f.todo != ""]


def response(frame: pd.DataFrame) -> pd.DataFrame:
    """Give, by country and category, how many were sent a form, the outcomes, and AAPOR RR1 (NA where none is eligible).

    RR1 is complete answers over all that are eligible or may be; who has not answered yet counts as not answered.
    """
    sent = standing(frame)[lambda f: f.invited != ""]
    outcome = _outcomes(frame).reindex(sent.index).fillna("waiting")
    counts = pd.crosstab([sent.iso3, sent.category], outcome).reindex(
        columns=[*OUTCOMES, "waiting"], fill_value=0
    )
    eligible = counts.drop(columns="not eligible").sum(axis=1)
    rate = counts.answered / eligible.where(eligible > 0)
    return counts.assign(sent=counts.sum(axis=1), rr1=rate).reset_index()


def form_id(contact_id: str, questionnaire: str) -> str:
    """Give the id of the form that one contact gets: it names no one, and is the same whenever it is made."""
    return contact_id.replace("-C", "-F", 1) + _initials(questionnaire)


def of_form(frame: pd.DataFrame, questionnaire: str) -> pd.DataFrame:
    """Give the steps that belong to one questionnaire, each contact at least as listed.

    Whoever refused one form is not asked for another: a refusal belongs to all.
    """
    own = [_mark(text) == _initials(questionnaire) for text in frame.form_id]
    kept = frame[
        pd.Series(own, index=frame.index) | (frame.form_id == "") | (frame.step == "refused")
    ]
    others = frame[~frame.contact_id.isin(kept.contact_id)].drop_duplicates("contact_id")
    return pd.concat([others.assign(step="listed", date="", form_id=""), kept]).sort_index()


def record(
    data: Path, contact_id: str, step: str, day: str = "", questionnaire: str = "mapping_form"
) -> dict[str, str]:
    """Add a step of a contact, dated today unless `day` says otherwise; raises Refused and then nothing is written."""
    sendable(questionnaire, data)
    with writing.alone(restricted.folder(data)):
        frame = steps(data)
        mine = frame[frame.contact_id == contact_id]
        if mine.empty:
            raise Refused(f"there is no contact {contact_id!r} in {PATH}")
        if step not in STEPS:
            raise Refused(f"{step!r} is not a step; the steps are: {', '.join(STEPS)}")
        last = standing(of_form(mine, questionnaire)).reset_index().iloc[0]
        new = last[COLUMNS].to_dict() | {
            "step": step,
            "date": day or date.today().isoformat(),
            "note": "",
        }
        new["form_id"] = new["form_id"] or (
            form_id(contact_id, questionnaire) if step != "listed" else ""
        )
        if new["date"] < last.date:
            raise Refused(
                f"{new['date']} is before {last.date}, the day of its step {last.step!r}: correct the date"
            )
        grown = pd.concat([frame, pd.DataFrame([new], index=[frame.index.max() + 1])])
        found = faults(grown, data)
        if found:
            raise Refused("\n".join(map(str, found)))
        writing.write(restricted.folder(data), restricted.change({"contacts": grown}))
    return new


def follow_up(
    data: Path,
    countries: Sequence[str] = (),
    day: str = "",
    questionnaire: str = "mapping_form",
    show_contacts: bool = False,
) -> list[str]:
    """Give the lines that say who is due as of a day (today without one), and who answered.

    Raises Refused for a country without contacts, a faulty day, or what is no questionnaire to send.
    """
    sendable(questionnaire, data)
    frame = of_form(steps(data), questionnaire)
    absent = sorted(set(countries) - set(frame.iso3))
    if absent:
        raise Refused(f"there is no contact of {', '.join(absent)} in {PATH}")
    if day and not _is_day(day):
        raise Refused(f"{day!r} is not a date: write it as year-month-day, such as 2026-11-24")
    chosen = with_returns(frame[frame.iso3.isin(countries or frame.iso3)], data)
    today = date.fromisoformat(day) if day else date.today()
    lines = due_lines(due(chosen, today), show_contacts)
    return [*lines, "", *response_lines(response(chosen))]


def sendable(name: str, data: Path) -> questionnaires.Questionnaire:
    """Give a questionnaire that can be sent; raises Refused for what is none, or a guide."""
    questionnaire = questionnaires.load(name, data)
    if questionnaire.kind == "guide":
        raise Refused(f"{name} is a guide for interviews: it is printed, not sent")
    return questionnaire


def due_lines(frame: pd.DataFrame, show_contacts: bool = False) -> list[str]:
    """Give the lines that say who is due: organisation and function; persons and addresses only when asked for."""
    lines = [f"{len(frame)} due" if len(frame) else "Nobody is due."]
    for contact_id, row in frame.iterrows():
        line = f"{contact_id}  {row.todo}: {row.organisation}, {row.function} ({row.step}{' ' if row.date else ''}{row.date})"
        if show_contacts:
            line += f" | {row.person or 'no name'} | {row.email or 'no e-mail'} | {row.phone or 'no telephone'}"
        lines.append(printable(line))
    return lines


def response_lines(frame: pd.DataFrame) -> list[str]:
    """Give the lines of a table: response by country and category."""
    if frame.empty:
        return ["No form was sent yet."]
    rate = frame.rr1.map(lambda share: "none eligible" if pd.isna(share) else f"{share:.0%}")
    shown = frame.assign(rr1=rate)[["iso3", "category", "sent", *OUTCOMES, "waiting", "rr1"]]
    return [
        "Response (RR1: AAPOR, complete answers of all eligible)",
        *shown.to_string(index=False).splitlines(),
    ]


def _rows(data):
    path = (
        restricted.folder(data) / "contacts.csv"
    )  # never borrowed from the folder that this one stands on
    if not path.exists():
        mend = f"Start it with this heading row: {','.join(COLUMNS)}"
        raise Refused(f"there is no {PATH} in {data}. {mend}")
    try:
        return contract.text_frame(path, COLUMNS).map(restricted.unguarded)
    except Broken as broken:
        raise Refused(
            f"{contract.count(len(broken.faults), 'fault')} in {PATH}:\n{broken}"
        ) from broken


def _of_dates(frame, today):
    """Yield dates that are none, lie ahead, or are missing where something happened."""
    written = frame[frame.date != ""]
    good = written.date.map(_is_day).astype(bool)
    mend = "Write it as year-month-day, such as 2026-11-24"
    yield from _each(written[~good], "date", "is not a date", mend)
    ahead = written[good][written[good].date > today.isoformat()]
    yield from _each(ahead, "date", "lies in the future", "Record a step when it has happened")
    empty = frame[(frame.date == "") & (frame.step != "listed")]
    yield from _each(empty, "date", "must not be empty where something was done", mend)


def _of_persons(frame):
    """Yield persons kept without consent, and contacts of another country than their id says."""
    kept = frame[(frame.person != "") & (frame.consent != "yes")]
    yield from _each(
        kept,
        "consent",
        "does not allow to keep the name in `person`",
        "Empty person, or ask for consent",
    )
    moved = frame[frame.contact_id.str[:3] != frame.iso3]
    yield from _each(
        moved, "iso3", "is not the country of the contact_id", "Correct one of the two"
    )
    nowhere = frame[(frame.channel == "e-mail") & (frame.email == "")]
    yield from _each(
        nowhere,
        "email",
        "must not be empty where the channel is e-mail",
        "Write it, or change the channel",
    )


def _each(rows, column, rule, mend):
    """Give a fault for each row; persons and addresses are not repeated, since faults are logged."""
    hidden = column in ("person", "email", "phone")
    return [
        Fault(PATH, i, column, "" if hidden else str(v)[:60], rule, mend)
        for i, v in rows[column].items()
    ]


def _todo(row, today):
    if row.step == "listed":
        return "invite"
    if row.step not in ("invited", "reminded", "phoned") or today - row.since <= PATIENCE:
        return ""
    if row.step == "phoned":
        return "close as not reached"
    return "telephone" if row.reminders >= REMINDERS else "remind"


def _initials(questionnaire):
    """Give what a form id adds for a questionnaire, such as -SS; nothing for the mapping form."""
    return (
        ""
        if questionnaire == "mapping_form"
        else "-" + "".join(w[0] for w in questionnaire.split("_")).upper()
    )


def _mark(text):
    """Give what tells the questionnaire in a form id: nothing for the mapping form, SS in ZZZ-F07-SS."""
    found = re.fullmatch(r"[A-Z]{3}-F[0-9]{2,4}-([A-Z]{2,4})", text)
    return f"-{found[1]}" if found else ""


def _outcomes(frame):
    """Give the newest outcome of each contact that has one."""
    told = (
        frame[frame.step.isin(OUTCOMES)]
        .assign(row=lambda f: f.index)
        .sort_values(["date", "row"], kind="stable")
    )
    return told.groupby("contact_id").step.last()


def printable(line: str) -> str:
    """Give a line that cannot steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in line)


def _is_day(text):
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
