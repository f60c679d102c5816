"""The review of open answers: a person reads each text before it may be quoted; and the quotes.

`cop review` writes the texts that wait into a sheet and takes its decisions back. The sheet shows
function or category, never the person; every decision is kept with its day and reviewer.
"""

import getpass
from collections.abc import Sequence, Set
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import eligible, organisations, pii, pseudonyms, restricted, tables
from cop.fieldwork.disclosure import OTHER
from cop.fieldwork.eligible import FORM, Survey

DECISIONS = {"publish": "publish", "edit": "edited", "edited": "edited", "withhold": "withhold"}
KEY = ["return_id", "question", "entry"]
QUOTES = [
    "quote_id", "survey", "voice", "category", "function", "section", "question", "quote", "edited",
]  # fmt: skip
AUTHOR = (organisations.NAME, "name_national", "abbreviation")  # questions on the organisation
SHEET = [*KEY, "asked", "who", "looks_like", "text", "decision", "edited_text"]


def review(data: Path, iso3: str, decisions: Path | None = None, reviewer: str = "") -> str:
    """Write the sheet of a country, or keep the decisions of one; return a line that reports it."""
    refuse_without(data, iso3)
    if decisions:
        kept = decide_by_sheet(data, iso3, decisions, reviewer)
        return f"{cop.data.count(kept, 'decision')} kept."
    path, waiting = write_sheet(data, iso3), len(pending(data, iso3))
    return (
        f"{iso3}: {cop.data.count(waiting, 'text waits', 'texts wait')} for a decision. Fill in "
        f"`decision` (publish, edit or withhold) in {path}, and hand it to --decisions."
    )


def refuse_without(data: Path, iso3: str) -> None:
    """Raise Refused where there is nothing to review: no store, or no such country in the data."""
    if not (cop.data.locate(data, f"research/{iso3}")).is_dir():
        raise Refused(f"there is no folder research/{iso3} in {data}; codes look like UKR or GEO")
    if not (store := restricted.folder(data)).is_dir():
        why = "nothing was returned on this machine"
        raise Refused(f"there is no restricted store at {store}: {why}")


def texts(data: Path, iso3: str, surveys: Sequence[Survey] = ()) -> pd.DataFrame:
    """Return every text that may be quoted: KEY, survey, asked, who (no name), section, text."""
    surveys = surveys or eligible.of_country(data, iso3)
    rows = [row for survey in surveys for row in _open_answers(survey)]
    rows += [
        [return_id, organisations.NAME, "0", FORM, "Name of the organisation", category, "", name]
        for return_id, category, name in organisations.to_read(surveys, data, iso3)
    ]
    interviews = restricted.read("interviews", data)
    rows += [
        [row.interview_id, f"quote {row.theme}", "0", "interviews", "Interview",
         row.function or row.category, row.theme, row.quote.strip()]
        for row in interviews.query("iso3 == @iso3 and consent_to_quote == 'yes'").itertuples()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[*KEY, "survey", "asked", "who", "section", "text"])
    return frame[frame.text != ""].reset_index(drop=True)


def pending(data: Path, iso3: str) -> pd.DataFrame:
    """Return the undecided texts, with the signs of personal data in them in `looks_like`.

    A text decided on waits again where a name has become known since.
    """
    frame, decided, names = texts(data, iso3), decisions(data), pii.known(data)
    published = decided.text[decided.decision != "withhold"]
    again = published.index[[bool(pii.hard_flags(text, names)) for text in published]]
    waits = ~pd.MultiIndex.from_frame(frame[KEY]).isin(decided.index.difference(again))
    frame = frame[waits]
    return frame.assign(looks_like=[", ".join(pii.flags(text, names)) for text in frame.text])


def write_sheet(data: Path, iso3: str) -> Path:
    """Write the texts that wait for review into the store, to fill in as a sheet."""
    with restricted.alone(data):
        sheet = pending(data, iso3).assign(decision="", edited_text="")[SHEET]
        restricted.write(data, {f"to_review-{iso3}.csv": restricted.packed(sheet)})
    return restricted.folder(data) / f"to_review-{iso3}.csv"


def decide_by_sheet(data: Path, iso3: str, path: Path, reviewer: str = "") -> int:
    """Keep the decisions of a sheet of review, or none: raises Refused with all wrong rows."""
    try:
        sheet = restricted.table(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error
    if missing := [c for c in (*KEY, "decision") if c not in sheet]:
        fix = f"`cop review {iso3}` writes one that has"
        raise Refused(f"{path.name} has no column {', '.join(missing)}; {fix}")
    by_key, names, errors, rows = texts(data, iso3).set_index(KEY).text, pii.known(data), [], []
    for number, row in enumerate(sheet.to_dict("records"), 2):
        if word := row["decision"].strip().lower():
            key = tuple(row[column] for column in KEY)
            answer, edited = by_key.get(key), row.get("edited_text", "").strip()
            text = {"withhold": "", "publish": answer}.get(word, edited)
            error = _error(row, word, answer, text, names)
            errors += [f"{path.name}, row {number}, {error}"] if error else []
            rows.append([*key, DECISIONS.get(word), text])
    if errors:
        count = cop.data.count(len(errors), "row is", "rows are")
        raise Refused(f"{count} wrong, so none was kept:\n" + "\n".join(errors))
    keep(data, rows, reviewer)
    return len(rows)


def keep(data: Path, rows: list[list[str]], reviewer: str = "") -> None:
    """Add decisions of review [*KEY, decision, text]; of those on one text the latest counts."""
    about = [reviewer or getpass.getuser(), date.today().isoformat()]
    new = pd.DataFrame([[*row, *about] for row in rows], columns=restricted.columns("reviews"))
    with restricted.alone(data):
        reviews = pd.concat([restricted.read("reviews", data), new])
        restricted.write(data, restricted.change({"reviews": reviews}))


def decisions(data: Path) -> pd.DataFrame:
    """Return the last decision on each text: indexed by KEY, decision, text as read or edited."""
    reviews = restricted.read("reviews", data).drop_duplicates(KEY, keep="last")
    return reviews.set_index(KEY)[["decision", "text"]]


def quotes(
    data: Path,
    iso3: str,
    surveys: Sequence[Survey],
    counted: Set[str],
    groups: pd.DataFrame,
    secret: bytes,
) -> pd.DataFrame:
    """Return the table `quotes`: texts that were agreed to and read, and have not changed since.

    Only the people `counted` in published numbers are quoted, so that nobody learns who came later.
    A category is given only where `groups`, the table `survey_groups`, shows it apart, and no
    quotation names its author's own organisation.
    """
    decided, rows = decisions(data), []
    waiting = texts(data, iso3, surveys)
    forms = {i: form for s in surveys for i, form in s.returns.form_id.items()}
    grouped = {s.questionnaire.id for s in surveys if tables.grouping(s.questionnaire)}
    shown = set(zip(groups.survey, groups.group, strict=True))
    answers = pd.concat([s.answers for s in surveys] or [pd.DataFrame(columns=["question"])])
    authors = answers[answers.question.isin(AUTHOR)]
    for row in waiting[waiting.question != organisations.NAME].itertuples():
        key, spoken = (row.return_id, row.question, row.entry), row.survey == "interviews"
        decision, text = decided.loc[key] if key in decided.index else ("", "")
        read = decision == "edited" or decision == "publish" and text == row.text
        if not read or not (spoken or row.return_id in counted):
            continue
        if len(authors) and pii.names(text, authors.answer[authors.return_id == row.return_id]):
            continue
        apart = row.survey not in grouped or row.who != OTHER and (row.survey, row.who) in shown
        voice = pseudonyms.of(secret, row.survey, forms.get(row.return_id) or row.return_id)
        quote = pseudonyms.of(secret, "quotes", " ".join(key)).replace("P-", "Q-")
        who = ["", row.who] if spoken else [row.who if apart else "", ""]
        edited = "yes" if decision == "edited" else "no"
        rows.append([quote, row.survey, voice, *who, row.section, row.asked, text, edited])
    return pd.DataFrame(rows, columns=QUOTES).sort_values(["survey", "section", "quote_id"])


def _open_answers(survey):
    """Yield the open answers of those who agreed to be quoted."""
    form, willing = survey.questionnaire, survey.agreed("publish_quote")
    asking = tables.grouping(form)
    categories = survey.answers_to(asking).to_dict() if asking else {}
    for question, label in tables.open_questions(form):
        for return_id, text in survey.answers_to(question.id).items():
            if return_id in willing:
                who = categories.get(return_id, form.category)
                yield [
                    return_id,
                    question.id,
                    "0",
                    form.id,
                    label,
                    who,
                    question.section,
                    text.strip(),
                ]


def _error(row, word, answer, text, names):
    """Return what is wrong with the decision on an answer in a row of a sheet, "" for nothing."""
    if answer is None:
        why = "with this question is not a text of this country to decide on"
        return f"column return_id: {row['return_id']!r} {why}"
    if word not in DECISIONS:
        return f"column decision: {row['decision']!r} is not publish, edited or withhold"
    if word != "withhold" and not text:
        return "column edited_text: is empty; write the text as it may be published"
    if word == "publish" and row.get("text", text).split() != text.split():
        return "column text: is no longer what was answered; write a new sheet"
    if hard := pii.hard_flags(text, names):
        return f"column decision: the text looks like it holds {', '.join(hard)}; edit or withhold"
    return ""
