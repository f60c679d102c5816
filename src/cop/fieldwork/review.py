"""Review open answers and names of organisations before publication.

`cop review` writes texts into a sheet, and stores the decisions typed into it with date and
reviewer. The sheet shows the functions or categories of authors, never their names.
"""

import getpass
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError
from cop.fieldwork import pii, restricted, tables
from cop.fieldwork.counted import FORM, Survey, of_country
from cop.fieldwork.disclosure import OTHER, pseudonym
from cop.fieldwork.pii import plain
from cop.fieldwork.questionnaires import wording

DECISIONS = {"publish": "publish", "edit": "edited", "edited": "edited", "withhold": "withhold"}
KEY = ["return_id", "question", "entry"]
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
RETURNED = ["name", "stakeholder_id", "category", "roles", "latest"]
SHEET = [*KEY, "asked", "who", "looks_like", "text", "decision", "edited_text"]


def review(
    data: Path, iso3: str, sheet: Path | None = None, reviewer: str = "", every: bool = False
) -> str:
    """Write the review sheet for a country, or store the decisions in a completed `sheet`.

    With `every`, the new sheet also contains the decided texts, so that decisions can be
    changed. Returns a message for the user. Raises UserError for a sheet with errors.
    """
    refuse_without(data, iso3)
    if sheet:
        stored = decide_by_sheet(data, iso3, sheet, reviewer)
        return f"{cop.data.count(stored, 'new decision')} stored."
    path, waiting = write_sheet(data, iso3, every), len(pending(data, iso3))
    number = cop.data.count(waiting, "text waits", "texts wait") if waiting else "no text waits"
    if not (waiting or every):
        return f"{iso3}: {number} for a decision. `cop review {iso3} --all` lists decided texts."
    return (
        f"{iso3}: {number} for a decision. Fill in or change `decision` (publish, edit or "
        f"withhold) in {path}, then run `cop review {iso3} --decisions {path}`."
    )


def refuse_without(data: Path, iso3: str) -> None:
    """Raise UserError if the country or the restricted store does not exist."""
    if not (cop.data.locate(data, f"research/{iso3}")).is_dir():
        raise UserError(f"{data} has no folder research/{iso3}: correct the code, or run `cop new`")
    if not (store := restricted.folder(data)).is_dir():
        fix = "import responses with `cop intake`, or use the computer that has them"
        raise UserError(f"the restricted store {store} does not exist: {fix}")


def texts(data: Path, iso3: str, surveys: Sequence[Survey] = ()) -> pd.DataFrame:
    """Return the texts of open answers, names and quotations that people agreed to have published.

    The columns are KEY, survey, asked (the question), who (function or category), section, text.
    Names of organisations in the register are left out.
    """
    surveys, register = surveys or of_country(data, iso3), _register(data, iso3)
    rows = [row for survey in surveys for row in _open_answers(survey)]
    rows += [
        [return_id, NAME, "0", FORM, "Name of the organisation", category, "", name]
        for _, return_id, name, category in _agreed(surveys)
        if name and plain(name) not in register
    ]
    interviews = restricted.read("interviews", data)
    rows += [
        [row.interview_id, f"quote {row.theme}", "0", "interviews", "Interview",
         row.function or row.category, row.theme, row.quote.strip()]
        for row in interviews.query("iso3 == @iso3 and consent_to_quote == 'yes'").itertuples()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[*KEY, "survey", "asked", "who", "section", "text"])
    return frame[frame.text != ""].reset_index(drop=True)


def pending(data: Path, iso3: str, every: bool = False) -> pd.DataFrame:
    """Return the texts that wait for a decision, or all texts, with the columns of SHEET and more.

    A text to publish unedited waits again if it was changed later. Approved texts wait again if
    they contain personal data in pii.HARD. `looks_like` lists the kinds detected in the text.
    """
    frame, names = texts(data, iso3), pii.stored_names(data)
    frame = frame.join(decisions(data).rename(columns={"text": "stored"}), KEY).fillna("")
    frame["edited_text"] = frame.stored.where(frame.decision == "edited", "")
    looks, waits = [], []
    for row in frame.itertuples():
        mine = names_for(row.question, names)
        is_changed = row.decision == "publish" and row.stored != row.text
        looks.append(", ".join(pii.flags(row.text, mine)))
        waits.append(not row.decision or is_changed or bool(pii.hard_flags(row.stored, mine)))
    frame = frame.assign(looks_like=looks)
    frame.loc[waits, ["decision", "edited_text"]] = ""
    return frame if every else frame[waits]


def names_for(question: str, names: pii.Names) -> pii.Names:
    """Return the names to search for in the answer to a question.

    The name of an organisation may contain that of another one that refused to be named.
    """
    return replace(names, refused=frozenset()) if question == NAME else names


def write_sheet(data: Path, iso3: str, every: bool = False) -> Path:
    """Write the texts that wait, or `every` text, into a sheet in the store; return its path.

    Raises UserError if the present sheet contains decisions that are not yet stored.
    """
    path = restricted.folder(data) / f"to_review-{iso3}.csv"
    with restricted.locked(data):
        if path.exists():
            _refuse_unstored(path, data, iso3)
        sheet = pending(data, iso3, every)[SHEET]
        restricted.write(data, {path.name: restricted.packed(sheet)})
    return path


def _refuse_unstored(path, data, iso3):
    """Raise UserError if a sheet contains decisions or edited texts that are not yet stored."""
    stored = decisions(data).T.to_dict("list")
    rows = [row for row in _decisions_in(path, iso3).values() if not _is_stored(row, stored)]
    if rows:
        fix = f"Run `cop review {iso3} --decisions {path}` first, or remove the file"
        raise UserError(f"{path} contains {cop.data.count(len(rows), 'unstored decision')}. {fix}")


def _decisions_in(path, iso3):
    """Return {row number: row} for the rows in a sheet with a decision or an edited text."""
    sheet = restricted.load(path)
    if missing := [c for c in (*KEY, "decision") if c not in sheet]:
        fix = f"`cop review {iso3}` writes a sheet with all columns"
        raise UserError(f"{path.name} has no column {', '.join(missing)}; {fix}")
    sheet = sheet.assign(decision=sheet.decision.str.strip().str.lower())
    sheet["edited_text"] = sheet.edited_text.str.strip() if "edited_text" in sheet else ""
    rows = dict(enumerate(sheet.to_dict("records"), 2))
    return {number: row for number, row in rows.items() if row["decision"] or row["edited_text"]}


def _is_stored(row, stored):
    """Return whether the decision in a row of a sheet is the latest one in the store."""
    word, edited = row["decision"], row["edited_text"]
    if word == "publish" and edited:  # an error
        return False
    text = {"withhold": "", "publish": row.get("text", "")}.get(word, edited)
    before, stored_text = stored.get(_key(row), ["", ""])
    return DECISIONS.get(word) == before and text.split() == stored_text.split()


def _key(row):
    return tuple(row[column] for column in KEY)


def decide_by_sheet(data: Path, iso3: str, path: Path, reviewer: str = "") -> int:
    """Store the new decisions in a review sheet, and return their number.

    A decision replaces the earlier one on the same text. Raises UserError that lists the first
    error of every invalid row; nothing is stored in that case.
    """
    by_key, names = texts(data, iso3).set_index(KEY).text, pii.stored_names(data)
    stored = decisions(data).T.to_dict("list")
    waiting = set(pending(data, iso3).set_index(KEY).index)
    errors, rows = [], []
    for number, row in _decisions_in(path, iso3).items():
        key, word = _key(row), row["decision"]
        if _is_stored(row, stored) and key not in waiting:
            continue
        answer = by_key.get(key)
        text = {"withhold": "", "publish": answer}.get(word, row["edited_text"])
        error = _error(row, word, answer, text, names_for(row["question"], names))
        errors += [f"{path.name}, row {number}, {error}"] if error else []
        rows.append([*key, DECISIONS.get(word), text])
    if errors:
        count = cop.data.count(len(errors), "row is", "rows are")
        raise UserError("\n".join([f"{count} wrong; nothing was stored:", *errors]))
    keep(data, rows, reviewer)
    return len(rows)


def keep(data: Path, rows: list[list[str]], reviewer: str = "") -> None:
    """Store decisions [*KEY, decision, text]; the latest on a text counts."""
    about = [reviewer or getpass.getuser(), date.today().isoformat()]
    new = pd.DataFrame([[*row, *about] for row in rows], columns=restricted.columns("reviews"))
    with restricted.locked(data):
        reviews = pd.concat([restricted.read("reviews", data), new])
        restricted.write(data, restricted.change({"reviews": reviews}))


def decisions(data: Path) -> pd.DataFrame:
    """Return the latest decision on each text and the text decided on, indexed by KEY."""
    reviews = restricted.read("reviews", data).drop_duplicates(KEY, keep="last")
    return reviews.set_index(KEY)[["decision", "text"]]


def quotes(
    data: Path,
    iso3: str,
    surveys: Sequence[Survey],
    counted: Set[str],
    groups: pd.DataFrame,
    secret: bytes,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the table `quotes`, and a note on each approved text that is not published.

    Answers to surveys are quoted only if their author is in `counted`, since quotations would
    otherwise reveal who answered later; interviews are always quoted. In a survey that is published
    by category, a quotation has a category only if it is in `groups`, the table `survey_groups`. An
    unedited text that changed after the decision, or a text that contains the name of its author's
    organisation, is not published.
    """
    decided, rows, notes = decisions(data), [], []
    waiting = texts(data, iso3, surveys)
    forms = {i: form for s in surveys for i, form in s.returns.form_id.items()}
    grouped = {s.questionnaire.id for s in surveys if tables.grouping(s.questionnaire)}
    shown = set(zip(groups.survey, groups.group, strict=True))
    answers = pd.concat(
        [s.answers for s in surveys] or [pd.DataFrame(columns=["return_id", "question", "answer"])]
    )
    authors = answers[answers.question.isin(pii.ORGANISATION)]
    waiting = waiting[waiting.question != NAME].join(decided.add_prefix("final_"), KEY)
    for row in waiting[waiting.final_decision.isin(["publish", "edited"])].itertuples():
        key, spoken = (row.return_id, row.question, row.entry), row.survey == "interviews"
        decision, text = row.final_decision, row.final_text
        reason = ""
        if decision == "publish" and text != row.text:
            reason = f"it was changed after the decision: `cop review {iso3}` lists it again"
        elif not (spoken or row.return_id in counted):
            reason = "its author is not counted in published numbers (too few or later responses)"
        elif pii.names(text, authors.answer[authors.return_id == row.return_id]):
            reason = f"it names its author's organisation: edit it (`cop review {iso3} --all`)"
        if reason:
            notes.append(f"Not published: {row.return_id}, {row.question}: {reason}.")
            continue
        apart = row.survey not in grouped or row.who != OTHER and (row.survey, row.who) in shown
        voice = pseudonym(secret, row.survey, forms.get(row.return_id) or row.return_id)
        quote = pseudonym(secret, "quotes", " ".join(key)).replace("P-", "Q-")
        who = ["", row.who] if spoken else [row.who if apart else "", ""]
        edited = "yes" if decision == "edited" else "no"
        rows.append([quote, row.survey, voice, *who, row.section, row.asked, text, edited])
    return pd.DataFrame(rows, columns=QUOTES).sort_values(["survey", "section", "quote_id"]), notes


def _open_answers(survey):
    """Yield the open answers that respondents agreed to have quoted."""
    form, willing = survey.questionnaire, survey.agreed("publish_quote")
    asking = tables.grouping(form)
    categories = survey.answers_to(asking).to_dict() if asking else {}
    for question, label in tables.open_questions(form):
        for return_id, text in survey.answers_to(question.id).items():
            if return_id in willing:
                who = categories.get(return_id, form.category)
                row = [return_id, question.id, "0", form.id, label, who]
                yield [*row, question.section, text.strip()]


def _error(row, word, answer, text, names):
    """Return the first error in a row of a review sheet, or an empty string."""
    if answer is None:
        why = "has no text to decide on for this question in this country"
        return f"column return_id: {row['return_id']!r} {why}"
    if word not in DECISIONS:
        return f"column decision: {word!r} is not publish, edit or withhold"
    if word == "publish" and row["edited_text"]:
        return "column edited_text: must be empty for `publish`; write `edit`, or clear it"
    if word != "withhold" and not text:
        return "column edited_text: is empty; write the text to publish"
    if word == "publish" and row.get("text", text).split() != text.split():
        return "column text: differs from the store; clear the decision and run `cop review` again"
    if hard := pii.hard_flags(text, names):
        return f"column decision: the text seems to contain {', '.join(hard)}; edit or withhold it"
    return ""


def named(surveys: Sequence[Survey], decided: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Return the table `returned`: organisations that agreed to be named, with stable keys.

    A name that is not in the register is left out unless it is approved in `decided`.
    """
    register, rows = _register(data, iso3), []
    for form, return_id, name, category in _agreed(surveys):
        key = (return_id, NAME, "0")
        if plain(name) not in register:
            word, text = decided.loc[key] if key in decided.index else ("", "")
            name = text if word == "edited" or word == "publish" and text == name else ""
        if name:
            stakeholder = register.get(plain(name), "")
            rows.append([name, stakeholder, category, *_roles_and_latest(form, return_id)])
    frame = pd.DataFrame(rows, columns=RETURNED).sort_values("name").drop_duplicates("name")
    path = cop.data.locate(data, cop.data.paths("returned", data, iso3)[0])
    earlier = cop.data.read("returned", data, iso3) if path.exists() else frame[:0]
    keys = dict(zip(earlier.name, earlier.get("returned_id", earlier.name), strict=True))
    last = max((int(key[5:]) for key in keys.values()), default=0)
    for number, name in enumerate([name for name in frame.name if name not in keys], last + 1):
        keys[name] = f"{iso3}-M{number:02d}"
    frame.insert(0, "returned_id", frame.name.map(keys).astype(object))
    return frame.sort_values("returned_id")


def partnerships(
    surveys: Sequence[Survey], named: pd.DataFrame, data: Path, iso3: str
) -> pd.DataFrame:
    """Return the table `returned_links`: links between organisations in the register or `named`."""
    ids = dict(zip(map(plain, named.name), named.returned_id, strict=True))
    ids, rows = ids | _register(data, iso3), []
    for form, return_id, name, _ in _agreed(surveys, "publish_answers"):
        labels = {c.code: wording(c.label, "en") for c in form.questionnaire.choices["partnership"]}
        for entry in _entries(form, return_id, "partners"):
            kinds = entry.answer[entry.question == "partner_kinds"]
            partner = "".join(entry.answer[entry.question == "partner"][:1])
            pair = ids.get(plain(name)), ids.get(plain(partner))
            if all(pair) and pair[0] != pair[1]:
                rows.append([*pair, ", ".join(labels.get(code, code) for code in kinds)])
    columns = ["organisation", "partner", "link"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _agreed(surveys, *also):
    """Yield (survey, return_id, name, category) for organisations that agreed to be named.

    They also answered yes to the questions in `also`.
    """
    for form in surveys:
        if form.questionnaire.id == FORM:
            names, categories = (form.answers_to(q).to_dict() for q in (NAME, "category"))
            agreed = [form.agreed(question) for question in ("publish_organisation", *also)]
            for i in sorted(set.intersection(*agreed)):
                yield form, i, names.get(i, ""), categories.get(i, "")


def _roles_and_latest(form, return_id):
    """Return the roles of an organisation and the date of its latest activity.

    Both are "" without consent. An ongoing activity has the date of the response.
    """
    if return_id not in form.agreed("publish_answers"):
        return ["", ""]
    roles, days = form.answers_to("roles"), []
    today = form.returns.received[return_id][:10]
    for entry in _entries(form, return_id, "activities"):
        dates = entry.set_index("question").answer
        begun, ended = dates.get("activity_from", ""), dates.get("activity_to", "")
        if (begun or ended) and (begun or ended) <= today:
            days.append(min(ended or today, today))
    codes = roles[roles.index == return_id]
    names = dict.fromkeys(ROLES[code] for code in codes if code in ROLES)
    return ["; ".join(names), max(days, default="")]


def _entries(form, return_id, block):
    rows = form.answers[(form.answers.return_id == return_id) & (form.answers.block == block)]
    return [entry for _, entry in rows.groupby("entry", sort=True)]


def _register(data, iso3):
    """Return {plain name: stakeholder_id} for the verified organisations in the register."""
    frame = cop.data.read("stakeholders", data, iso3).query("verified == 'yes'")
    names = frame[["stakeholder_id", "name", "name_local"]].to_numpy()
    return {plain(name): i for i, *both in names for name in both if name}
