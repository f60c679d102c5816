"""The contacts of a country: whom a form went to, who is due, who answered. They never leave
data/restricted/.

`contacts.csv` has a row for each step, so that nothing is overwritten; the newest row of a contact
is where it stands.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Broken, Fault, Refused
from cop.fieldwork import restricted
from cop.fieldwork.forms import formids, questionnaires

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
PERSONAL = ("person", "email", "phone")
WORDS = {"channel": CHANNELS, "consent": ("", "yes", "no"), "step": STEPS}


def steps(data: Path) -> pd.DataFrame:
    """Give all steps of contacts as text, by spreadsheet row.

    Raises Refused with every fault at once.
    """
    frame = _rows(data)
    _refuse(faults(frame, data))
    return frame


def _refuse(lines):
    """Raise Refused with all faults where there are any."""
    if lines:
        how_many = cop.data.count(len(lines), "error")
        raise Refused(f"{how_many} in {PATH}:\n" + "\n".join(map(str, lines)))


def faults(frame: pd.DataFrame, data: Path, today: date | None = None) -> list[Fault]:
    """Give the faults of the contacts, in the order of their rows."""
    rules = [
        *_of_forms(frame),
        *_of_words(frame, data),
        *_of_dates(frame, (today or date.today()).isoformat()),
        *_of_persons(frame),
    ]
    # Persons and addresses are not repeated, since faults are logged.
    listed = [
        Fault(PATH, row, column, "" if column in PERSONAL else str(value)[:60], rule, mend)
        for wrong, column, rule, mend in rules
        for row, value in frame[column][wrong].items()
    ]
    return sorted(listed, key=lambda fault: (fault.row, COLUMNS.index(fault.column)))


def with_returns(frame: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Give the steps of contacts with those of forms that came back, so that none is reminded.

    Nothing is written. A step that a person recorded counts more than what came back.
    """
    returned = restricted.read("returns", data).query("status != 'superseded'")
    returned = returned.drop_duplicates("form_id", keep="last")
    settled = set(frame.contact_id[frame.step.isin(OUTCOMES)])
    sent = frame[(frame.form_id != "") & ~frame.contact_id.isin(settled)]
    sent = sent.drop_duplicates("contact_id", keep="last")
    back = sent.merge(returned[["form_id", "received", "remark"]], on="form_id")
    partial = back.remark.str.startswith("partial").map({True: "partial", False: "answered"})
    new = back.assign(step=partial, date=back.received.str[:10])[COLUMNS]
    return pd.concat([frame, new.set_index(new.index + frame.index.max() + 1)])


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the newest row of each contact, with `since` as a date and the number of `reminders`."""
    newest = _in_time(frame).groupby("contact_id").tail(1).set_index("contact_id").sort_index()
    reminders = frame[frame.step == "reminded"].groupby("contact_id").size()
    invited = frame[frame.step == "invited"].groupby("contact_id").date.min()
    since = newest.date.map(lambda text: date.fromisoformat(text) if text else None)
    return newest.assign(
        since=since,
        reminders=reminders.reindex(newest.index, fill_value=0),
        invited=invited.reindex(newest.index, fill_value=""),
    )


def _in_time(frame):
    """Give steps in the order of their dates, those of a day as they stand in the file."""
    return frame.assign(row=frame.index).sort_values(["date", "row"], kind="stable")


def due(frame: pd.DataFrame, today: date) -> pd.DataFrame:
    """Give the contacts that are due, with `todo`: invite, remind, telephone or close."""
    stands = standing(frame)
    todo = [_todo(row, today) for row in stands.itertuples()]
    return stands.assign(todo=todo)[lambda f: f.todo != ""]


def contacts_by_category(frame: pd.DataFrame) -> pd.DataFrame:
    """Count, in the register of contacts, who was sent a form and what became of it, by country and
    category.

    AAPOR's RR1 stands beside them, NA where none is eligible. RR1 is complete answers over all that
    are eligible or may be; who has not answered yet counts as not answered.
    """
    sent = standing(frame)[lambda f: f.invited != ""]
    settled = _in_time(frame[frame.step.isin(OUTCOMES)]).groupby("contact_id").step.last()
    outcome = settled.reindex(sent.index).fillna("waiting")
    counts = pd.crosstab([sent.iso3, sent.category], outcome)
    counts = counts.reindex(columns=[*OUTCOMES, "waiting"], fill_value=0)
    eligible = counts.drop(columns="not eligible").sum(axis=1)
    rate = counts.answered / eligible.where(eligible > 0)
    return counts.assign(sent=counts.sum(axis=1), rr1=rate).reset_index()


def form_id(contact_id: str, questionnaire: str, secret: bytes) -> str:
    """Give, in the register of contacts, the id of a contact's form, which never changes.

    It names no one. `secret` is the key of the store, without which nobody can guess it.
    """
    return formids.sealed(contact_id.replace("-C", "-F", 1) + _initials(questionnaire), secret)


def of_form(frame: pd.DataFrame, questionnaire: str) -> pd.DataFrame:
    """Give the steps of contacts that belong to one questionnaire, each at least as listed.

    Whoever refused one form is not asked for another: a refusal belongs to all.
    """
    own = frame.form_id.map(_mark) == _initials(questionnaire)
    kept = frame[own | (frame.form_id == "") | (frame.step == "refused")]
    others = frame[~frame.contact_id.isin(kept.contact_id)].drop_duplicates("contact_id")
    return pd.concat([others.assign(step="listed", date="", form_id=""), kept]).sort_index()


def record(
    data: Path, contact_id: str, step: str, day: str = "", questionnaire: str = "mapping_form"
) -> dict[str, str]:
    """Add a step of a contact, dated today without a `day`; raises Refused with nothing written."""
    sendable(questionnaire, data)
    with restricted.alone(data):
        frame = steps(data)
        mine = frame[frame.contact_id == contact_id]
        if mine.empty:
            raise Refused(f"there is no contact {contact_id!r} in {PATH}")
        if step not in STEPS:
            raise Refused(f"{step!r} is not a step; the steps are: {', '.join(STEPS)}")
        last = standing(of_form(mine, questionnaire)).reset_index().iloc[0]
        new = last[COLUMNS].to_dict() | {"step": step, "note": ""}
        new["date"] = day or date.today().isoformat()
        if not new["form_id"] and step != "listed":
            new["form_id"] = form_id(contact_id, questionnaire, formids.made_key(data))
        if new["date"] < last.date:
            before = f"{last.date}, the day of its step {last.step!r}"
            raise Refused(f"{new['date']} is before {before}: correct the date")
        grown = pd.concat([frame, pd.DataFrame([new], index=[frame.index.max() + 1])])
        if wrong := faults(grown, data):
            raise Refused("\n".join(map(str, wrong)))
        restricted.write(data, restricted.change({"contacts": grown}))
    return new


def enlist(data: Path, iso3: str, said: dict[str, str]) -> dict[str, str]:
    """List a contact of a country, with the next free id, and begin the table where there is none.

    Gives the row as written. Raises Refused for a column that there is not, and with every fault;
    then nothing was written.
    """
    if unknown := sorted(set(said) - set(COLUMNS)):
        raise Refused(
            f"{', '.join(unknown)}: no such column in {PATH}; the columns are {', '.join(COLUMNS)}"
        )
    with restricted.alone(data):
        there = (restricted.folder(data) / "contacts.csv").exists()
        frame = steps(data) if there else pd.DataFrame(columns=COLUMNS, index=range(2, 2))
        taken = frame.contact_id[frame.iso3 == iso3].str.extract(r"-C([0-9]+)$")[0].dropna()
        number = max(map(int, taken), default=0) + 1
        new = dict.fromkeys(COLUMNS, "") | {"contact_id": f"{iso3}-C{number:02d}"} | said
        new |= {
            "iso3": iso3,
            "step": "listed",
            "date": said.get("date") or date.today().isoformat(),
        }
        grown = pd.concat([frame, pd.DataFrame([new], index=[max(frame.index, default=1) + 1])])
        if wrong := faults(grown, data):
            raise Refused("nothing was written:\n" + "\n".join(map(str, wrong)))
        restricted.write(data, restricted.change({"contacts": grown}))
    return new


def follow_up(
    data: Path,
    countries: Sequence[str] = (),
    day: str = "",
    questionnaire: str = "mapping_form",
    show_contacts: bool = False,
) -> list[str]:
    """Give lines on contacts: who is due as of a day (today without one), and who answered.

    Raises Refused for a country without contacts, a faulty day, or what is no questionnaire to
    send.
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
    return [*lines, "", *response_lines(contacts_by_category(chosen))]


def sendable(name: str, data: Path) -> questionnaires.Questionnaire:
    """Give the questionnaire that contacts of the register are sent.

    Raises Refused for what is none, or is a guide.
    """
    questionnaire = questionnaires.load(name, data)
    if questionnaire.kind == "guide":
        raise Refused(f"{name} is a guide for interviews: it is printed, not sent")
    return questionnaire


def due_lines(frame: pd.DataFrame, show_contacts: bool = False) -> list[str]:
    """Give the lines that say which contacts are due; persons and addresses only when asked for."""
    lines = [f"{len(frame)} due" if len(frame) else "Nobody is due."]
    for contact_id, row in frame.iterrows():
        stands = f"{row.step} {row.date}".rstrip()
        parts = [f"{contact_id}  {row.todo}: {row.organisation}, {row.function} ({stands})"]
        if show_contacts:
            reached = row.email or "no e-mail", row.phone or "no telephone"
            parts += [row.person or "no name", *reached]
        lines.append(one_line(" | ".join(parts)))
    return lines


def response_lines(frame: pd.DataFrame) -> list[str]:
    """Give as lines how many of the contacts answered, by country and category."""
    if frame.empty:
        return ["No form was sent yet."]
    rate = frame.rr1.map(lambda share: "none eligible" if pd.isna(share) else f"{share:.0%}")
    shown = frame.assign(rr1=rate)[["iso3", "category", "sent", *OUTCOMES, "waiting", "rr1"]]
    return [
        "Response (RR1: AAPOR, complete answers of all eligible)",
        *shown.to_string(index=False).splitlines(),
    ]


def _rows(data):
    # Never borrowed from the folder that this one stands on.
    path = restricted.folder(data) / "contacts.csv"
    if not path.exists():
        mend = (
            f"Start it with this heading row: {','.join(COLUMNS)}, or list the first contact by "
            "`cop contacts ISO3 --add organisation=… category=… function=… email=…`"
        )
        raise Refused(f"there is no {PATH} in {data}. {mend}")
    try:
        return cop.data.text_frame(path, COLUMNS).map(restricted.unguarded)
    except Broken as broken:
        _refuse(broken.faults)
        raise


def _of_forms(frame):
    """Yield (which rows are wrong, column, rule, mend) of cells of a wrong form, or empty."""
    for column, (form, mend) in FORMS.items():
        wrong = ~frame[column].str.fullmatch(form)
        yield wrong, column, "does not have the right form", mend
    for column in ("organisation", "function"):
        yield frame[column] == "", column, "must not be empty", f"Fill in the {column}"


def _of_words(frame, data):
    """Yield the same of cells that hold another word than those that are allowed."""
    categories = cop.data.labels("stakeholders", "category", data)
    for column, words in {"category": categories, **WORDS}.items():
        mend = f"Use one of: {', '.join(word or '(empty)' for word in words)}"
        yield ~frame[column].isin(words), column, "is not one of the allowed words", mend
    known = questionnaires.languages(data)
    mend = f"Use one of: {', '.join(known)}; en where there is no form in that language"
    wrong = ~frame.language.isin([*known, ""])
    yield wrong, "language", "is not a language of the forms", mend


def _of_dates(frame, today):
    """Yield the same of dates that are none, lie ahead, or are missing where something happened."""
    is_day = frame.date.map(_is_day).astype(bool)
    mend = "Write it as year-month-day, such as 2026-11-24"
    yield (frame.date != "") & ~is_day, "date", "is not a date", mend
    ahead = is_day & (frame.date > today)
    yield ahead, "date", "lies in the future", "Record a step when it has happened"
    missing = (frame.date == "") & (frame.step != "listed")
    yield missing, "date", "must not be empty where something was done", mend


def _of_persons(frame):
    """Yield the same of persons kept without consent, of wrong countries and lacking addresses."""
    kept = (frame.person != "") & (frame.consent != "yes")
    rule = "does not allow to keep the name in `person`"
    yield kept, "consent", rule, "Empty person, or ask for consent"
    moved = frame.contact_id.str[:3] != frame.iso3
    yield moved, "iso3", "is not the country of the contact_id", "Correct one of the two"
    nowhere = (frame.channel == "e-mail") & (frame.email == "")
    rule = "must not be empty where the channel is e-mail"
    yield nowhere, "email", rule, "Write it, or change the channel"


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
    if questionnaire == "mapping_form":
        return ""
    return "-" + "".join(word[0] for word in questionnaire.split("_")).upper()


def _mark(text):
    """Give what tells the questionnaire in a form id: -SS of ZZZ-F07-SS, "" of the mapping form."""
    mark = re.fullmatch(r"[A-Z]{3}-F[0-9]{2,4}(-[A-Z]{2,4})", formids.without_secret(text))
    return mark[1] if mark else ""


def one_line(line: str) -> str:
    """Give what is said of a contact as one line: a sign that cannot be printed becomes �."""
    return "".join(c if c.isprintable() else "�" for c in line)


def _is_day(text):
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
