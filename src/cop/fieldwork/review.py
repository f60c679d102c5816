"""Review open answers and names of organisations before publication.

The sheet `review-<ISO3>.csv` in the restricted store has a row for each text. `cop review` only
adds rows; people type their decisions into the sheet, which `cop publish` reads. A decision applies
only to the exact text in its row: a changed text gets a new row. The sheet shows the functions or
categories of authors, never their names.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError
from cop.fieldwork import pii, restricted, tables
from cop.fieldwork.counted import FORM, Survey, of_country
from cop.fieldwork.disclosure import OTHER, pseudonym
from cop.fieldwork.pii import plain

KEY = ["return_id", "question", "entry"]
SHEET = [*KEY, "asked", "who", "looks_like", "text", "decision", "edited_text"]
TEXT = [*KEY, "survey", "asked", "who", "section", "text"]
DECISIONS = ("", "publish", "edit", "withhold")
CHOOSE = "Enter 'publish', 'edit' or 'withhold', or clear the cell"
NO_TEXT = "must not be empty if `decision` is 'edit'. Enter a text or set `decision` to 'withhold'"
ANY_TEXT = "must be empty unless `decision` is 'edit'. Clear the text, or set `decision` to 'edit'"
EDIT = "set `decision` to 'edit' (with the corrected text in `edited_text`) or 'withhold'"
QUOTES = [
    "quote_id", "survey", "voice", "category", "function", "section", "question", "quote", "edited",
]  # fmt: skip
NAME = "organisation"  # the question on the organisation's name
ROLES = {  # code in the form: role in the register
    "policy": "policy", "regulation": "regulation", "police": "law enforcement",
    "justice": "law enforcement", "social_care": "victim support", "education": "education",
    "hotline": "hotline", "helpline": "helpline", "awareness": "awareness", "research": "research",
    "industry": "technical", "donor": "funding",
}  # fmt: skip
NOT_COUNTED = (
    "the published numbers do not include its author's response, since there were too few "
    "responses, or this one came later or was withdrawn"
)
OWN_NAME = "the text contains the name of its author's organisation; in this row, " + EDIT
RETURNED = ["name", "stakeholder_id", "category", "roles", "latest"]


def review(data: Path, iso3: str) -> str:
    """Add new texts to the review sheet of a country, and return a message.

    Raises UserError like `refuse_without` and `decided` before the sheet is written, and after it
    is written if an approved text may contain personal data.
    """
    refuse_without(data, iso3)
    path, names = sheet_path(data, iso3), pii.stored_names(data)
    with restricted.locked(data):
        frame = decided(data, iso3)
        new = frame[frame.row.isna()]
        if len(new):
            kinds = [pii.find(row.text, names_for(row.question, names)) for row in new.itertuples()]
            new = new.assign(looks_like=[*map(", ".join, kinds)])
            sheet = pd.concat([_read_sheet(data, iso3), new[SHEET]]).fillna("")
            restricted.write(data, {path.name: restricted.packed(sheet)})
    wrong = []
    for row in frame.itertuples():
        if hard := pii.find_hard(row.final, names_for(row.question, names)):
            reason = f"the text to publish may contain personal data: {', '.join(hard)}"
            wrong.append(f"{path.name}, row {row.row}: {reason}. In this row, {EDIT}")
    if wrong:
        raise UserError("\n".join(wrong))
    waiting = (frame.decision == "").sum()
    if not waiting:
        return f"{iso3}: no text waits for a decision. `cop publish {iso3}` reads {path}."
    number = cop.data.count(waiting, "text waits", "texts wait")
    return (
        f"{iso3}: {number} for a decision. Enter 'publish', 'edit' (with `edited_text`) or "
        f"'withhold' in `decision` of {path}; `cop publish {iso3}` reads it."
    )


def refuse_without(data: Path, iso3: str) -> None:
    """Raise UserError if the folder of the country or the restricted store does not exist."""
    if not cop.data.locate(data, f"research/{iso3}").is_dir():
        raise UserError(f"{data} has no research/{iso3}: correct the code or run `cop new {iso3}`")
    if not (store := restricted.folder(data)).is_dir():
        fix = "import responses with `cop intake`, or use the computer that has them"
        raise UserError(f"the restricted store {store} does not exist: {fix}")


def sheet_path(data: Path, iso3: str) -> Path:
    """Return the path of the review sheet of a country."""
    return restricted.folder(data) / f"review-{iso3}.csv"


def _read_sheet(data, iso3):
    sheet = restricted.load(sheet_path(data, iso3), SHEET)
    return sheet.reindex(columns=list(dict.fromkeys([*SHEET, *sheet])), fill_value="")


def texts(data: Path, iso3: str, surveys: Sequence[Survey] = ()) -> pd.DataFrame:
    """Return the texts that people agreed to publish: open answers, names of organisations, quotes.

    The columns are KEY, survey, asked (the question), who (function or category), section and text.
    `surveys` are by default read from the store. Empty texts, and names in the register of verified
    organisations, are left out. Each text is on a single line.
    """
    surveys, rows, register = surveys or of_country(data, iso3), [], _register(data, iso3)
    for survey in surveys:
        form, willing = survey.questionnaire, survey.agreed("publish_quote")
        categories = survey.answers_to(tables.grouping(form)).to_dict()
        for question in tables.open_questions(form):
            about = [question.id, "0", form.id, question.label["en"]]
            for return_id, text in survey.answers_to(question.id).items():
                if return_id in willing:
                    who = categories.get(return_id, form.category)
                    rows.append([return_id, *about, who, question.section, text])
    about = [NAME, "0", FORM, "Name of the organisation"]
    for _, return_id, name, category, _ in _agreed(surveys):
        if plain(name) not in register:
            rows.append([return_id, *about, category, "", name])
    interviews = restricted.read("interviews", data)
    for row in interviews.query("iso3 == @iso3 and consent_to_quote == 'yes'").itertuples():
        about = [f"quote {row.theme}", "0", "interviews", "Interview"]
        rows.append([row.interview_id, *about, row.function or row.category, row.theme, row.quote])
    frame = pd.DataFrame(rows, columns=TEXT, dtype=object)
    frame["text"] = frame["text"].str.split().str.join(" ")
    return frame[frame["text"] != ""].reset_index(drop=True)


def decided(data: Path, iso3: str, surveys: Sequence[Survey] = ()) -> pd.DataFrame:
    """Return the result of `texts` with the added columns row, decision, edited_text and final.

    `row` is the row in the review sheet, or NA for a new text; `decision` is then "". `final` is
    the text to publish, or "". If a text has several rows, the last counts; rows for texts that
    have changed are ignored. Raises UserError if the sheet or the store is unreadable, if a
    decision is unknown, or if `edited_text` is empty for `edit` or filled in for another decision.
    """
    frame, sheet = texts(data, iso3, surveys), _read_sheet(data, iso3)
    stated = sheet[[*KEY, "text", "decision", "edited_text"]]
    stated = stated.map(lambda cell: " ".join(cell.split()))
    stated = stated.assign(decision=stated.decision.str.lower(), row=stated.index + 2)
    stated = stated.drop_duplicates([*KEY, "text"], keep="last")
    frame = frame.merge(stated, "left", [*KEY, "text"])
    frame = frame.fillna({"decision": "", "edited_text": ""}).astype({"row": "Int64"})
    lines = []
    for row in frame.itertuples():
        place = f"{sheet_path(data, iso3).name}, row {row.row}, column"
        if row.decision not in DECISIONS:
            lines.append(f"{place} decision: {row.decision!r} is unknown. {CHOOSE}")
        elif row.decision == "edit" and not row.edited_text:
            lines.append(f"{place} edited_text: {NO_TEXT}")
        elif row.decision != "edit" and row.edited_text:
            lines.append(f"{place} edited_text: {ANY_TEXT}")
    if lines:
        raise UserError("\n".join(lines))
    final = frame["text"].where(frame.decision == "publish", frame.edited_text)
    return frame.assign(final=final)


def names_for(question: str, names: pii.Names) -> pii.Names:
    """Return the names to search for in the answer to a question.

    For the question NAME, `refused` names are left out, since one name may contain another.
    """
    return replace(names, refused=frozenset()) if question == NAME else names


def quotes(
    decided: pd.DataFrame,
    surveys: Sequence[Survey],
    counted: Set[str],
    groups: pd.DataFrame,
    secret: bytes,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the table `quotes` (QUOTES), and a note on each approved text that is not published.

    `decided` is the result of the function of that name, `counted` the return_ids that published
    numbers include, `groups` the rows of `survey_groups` whose groups are large enough to be named,
    and `secret` the key of the pseudonyms. Survey responses not in `counted` are not quoted, since
    quotations would reveal who answered later, and neither are texts that contain the name of the
    author's organisation. In a survey published by category, a quotation states the category only
    if it is in `groups` and is not OTHER. Quotations from interviews state the function instead.
    """
    rows, notes, forms, authors = [], [], {}, {}
    groups = groups[groups.group != OTHER]
    shown = set(zip(groups.survey, groups.group, strict=True))
    for survey in surveys:
        form, answers = survey.questionnaire, survey.answers
        forms |= survey.returns.form_id.to_dict()
        names = answers[answers.question.isin(pii.ORGANISATION)].groupby("return_id").answer
        authors |= names.agg(list).to_dict()
        if not tables.grouping(form):
            shown.add((form.id, form.category))
    for row in decided[(decided.final != "") & (decided.question != NAME)].itertuples():
        is_spoken = row.survey == "interviews"
        note = f"Quotation not published (row {row.row} of the review sheet, {row.question}): "
        if not (is_spoken or row.return_id in counted):
            notes.append(f"{note}{NOT_COUNTED}.")
        elif pii.names(row.final, authors.get(row.return_id, [])):
            notes.append(f"{note}{OWN_NAME}.")
        else:
            key = " ".join([row.return_id, row.question, row.entry])
            quote = pseudonym(secret, "quotes", key).replace("P-", "Q-")
            voice = pseudonym(secret, row.survey, forms.get(row.return_id) or row.return_id)
            category = row.who if (row.survey, row.who) in shown else ""
            who = [category, row.who if is_spoken else ""]
            edited = "yes" if row.decision == "edit" else "no"
            rows.append([quote, row.survey, voice, *who, row.section, row.asked, row.final, edited])
    return pd.DataFrame(rows, columns=QUOTES).sort_values(["survey", "section", "quote_id"]), notes


def named(surveys: Sequence[Survey], decided: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Return the table `returned`: organisations that agreed to be named.

    The columns are RETURNED and returned_id, which stays the same in later tables. A name that is
    not in the register is left out unless `decided` approves it, perhaps edited. If several forms
    state the same name, the first is used. `roles` and `latest` are "" without consent to publish.
    """
    register, rows = _register(data, iso3), []
    approved = decided[decided.question == NAME].set_index("return_id").final
    for form, return_id, name, category, answers in _agreed(surveys):
        if plain(name) not in register:
            name = approved.get(return_id, "")
        if name:
            roles = answers.answer[answers.question == "roles"].map(ROLES).dropna().unique()
            latest = _latest(answers, form.returns.received[return_id])
            rows.append([name, register.get(plain(name), ""), category, "; ".join(roles), latest])
    frame = pd.DataFrame(rows, columns=RETURNED).drop_duplicates("name").sort_values("name")
    earlier = cop.data.present("returned", data, iso3)
    keys = dict(zip(earlier.name, earlier.returned_id, strict=True))
    last = max((int(key[5:]) for key in keys.values()), default=0)
    for number, name in enumerate(frame.name[~frame.name.isin([*keys])], last + 1):
        keys[name] = f"{iso3}-M{number:02d}"
    return frame.assign(returned_id=frame.name.map(keys)).sort_values("returned_id")


def partnerships(
    surveys: Sequence[Survey], named: pd.DataFrame, data: Path, iso3: str
) -> pd.DataFrame:
    """Return the table `returned_links`: links between organisations in the register or `named`.

    The columns are organisation and partner (ids), and link (kinds of partnership, in English).
    Only forms of organisations that agreed to be named and to publish their answers are used. Of
    several links from an organisation to a partner, the first is kept.
    """
    ids = dict(zip(map(plain, named.name), named.returned_id, strict=True))
    ids, rows = ids | _register(data, iso3), []
    for form, _, name, _, answers in _agreed(surveys):
        labels = {c.code: c.label["en"] for c in form.questionnaire.choices["partnership"]}
        for _, entry in answers[answers.block == "partners"].groupby("entry"):
            kinds = entry.answer[entry.question == "partner_kinds"]
            partner = "".join(entry.answer[entry.question == "partner"][:1])
            pair = ids.get(plain(name)), ids.get(plain(partner))
            if all(pair) and pair[0] != pair[1]:
                rows.append([*pair, ", ".join(kinds.replace(labels))])
    columns = ["organisation", "partner", "link"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _agreed(surveys):
    """Yield (survey, return_id, name, category, answers) for each organisation to be named.

    Name and category are "" if missing; answers are empty without consent to publish them.
    """
    for form in surveys:
        if form.questionnaire.id == FORM:
            names, categories = (form.answers_to(q).to_dict() for q in (NAME, "category"))
            public = form.answers[form.answers.return_id.isin(form.agreed("publish_answers"))]
            for i in sorted(form.agreed("publish_organisation")):
                answers = public[public.return_id == i]
                yield form, i, names.get(i, ""), categories.get(i, ""), answers


def _latest(answers, received):
    """Return the end of the latest activity (the day of the response if it is ongoing), or ""."""
    today, dated = received[:10], ["activity_from", "activity_to"]
    mine = answers[answers.question.isin(dated)].drop_duplicates(["entry", "question"], keep="last")
    days = mine.pivot(index="entry", columns="question", values="answer").reindex(columns=dated)
    days = days.fillna("").to_numpy()
    latest = [min(end or today, today) for begin, end in days if "" < (begin or end) <= today]
    return max(latest, default="")


def _register(data, iso3):
    frame = cop.data.read("stakeholders", data, iso3).query("verified == 'yes'")
    names = frame[["stakeholder_id", "name", "name_local"]].to_numpy()
    return {plain(name): i for i, *both in names for name in both if name}
