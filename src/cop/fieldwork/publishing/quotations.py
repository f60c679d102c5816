"""What may be quoted: agreed to, read by a person, and by nobody who can be told.

Of a survey too small for its numbers nothing is quoted. The words of who came in after the last
publication are quoted when the threshold of people have come in: whoever kept that publication
knows who is new.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cop.fieldwork.publishing import countable, personal, pseudonyms, review, tabulation
from cop.fieldwork.publishing.countable import FORM, Survey
from cop.fieldwork.publishing.ledger import ALL, Unit
from cop.fieldwork.publishing.organisations import NAME

COLUMNS = [
    "quote_id",
    "survey",
    "voice",
    "category",
    "function",
    "section",
    "question",
    "quote",
    "edited",
]


def admitted(
    surveys: Sequence[Survey], before: set[tuple[str, str]], counted: set[str], threshold: int
) -> set[tuple[str, str]]:
    """Give (survey, return) of those who may be quoted: `before`, and who came in company since.

    `counted` are the surveys of which numbers are published; of others nobody is quoted.
    """
    out = {(survey, one) for survey, one in before if survey in counted}
    for survey in surveys:
        name = survey.questionnaire.id
        new = {(name, one) for one in survey.returns.index} - before
        out |= new if name in counted and len(new) >= threshold else set()
    return out


def table(
    data: Path,
    iso3: str,
    surveys: Sequence[Survey],
    admitted: set[tuple[str, str]],
    units: dict[Unit, dict],
    secret: bytes,
) -> pd.DataFrame:
    """Give the quotations agreed to, still the text reviewed; category where it has company."""
    decided, frame = review.decisions(data), review.texts(data, iso3, surveys)
    decisions, texts = decided.decision.to_dict(), decided.text.to_dict()
    voices = {i: key for s in surveys for i, key in countable.voices(s.returns).items()}
    company, rows, own = _company(surveys, units), [], _own_names(surveys)
    for row in frame[frame.question != NAME].itertuples():
        key = (row.return_id, row.question, row.entry)
        decision = decisions.get(key, "")
        told = row.survey == "interviews" or (row.survey, row.return_id) in admitted
        same = decision == "edited" or decision == "publish" and texts[key] == row.text
        if told and same and not personal.names(texts[key], own.get(row.return_id, ())):
            about = [*_voice(row, voices, secret), *_who(row, company), row.section, row.asked]
            rows.append([*about, texts[key], "yes" if decision == "edited" else "no"])
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["survey", "section", "quote_id"])


def _own_names(surveys):
    """Give {return: names of the organisation that it speaks for}: it is not quoted by name."""
    asked = (NAME, "name_national", "abbreviation")
    rows = pd.concat(
        [s.answers[s.answers.question.isin(asked)] for s in surveys] or [pd.DataFrame()]
    )
    return rows.groupby("return_id").answer.agg(list).to_dict() if len(rows) else {}


def _company(surveys, units):
    """Give {survey: categories that are told apart in each of its tables by category}.

    Of one that asks no category there is no entry: all are of the same.
    """
    out = {}
    for form in [survey.questionnaire for survey in surveys]:
        if tabulation.grouping(form):
            told = [
                set(lines) - {ALL}
                for (table, name, _), lines in units.items()
                if name == form.id and table == "survey_groups"
            ]
            sent = [
                set(lines) - {ALL}
                for (table, *_), lines in units.items()
                if table == "forms" and form.id == FORM
            ]
            out[form.id] = set.intersection(*told, *sent) if told + sent else set()
    return out


def _voice(row, voices, secret):
    """Give quote_id, survey and voice: the same person is another voice in every survey."""
    voice = pseudonyms.of(secret, row.survey, voices.get(row.return_id, row.return_id))
    quote = pseudonyms.of(secret, "quotes", f"{row.return_id} {row.question} {row.entry}")
    return [quote.replace("P-", "Q-"), row.survey, voice]


def _who(row, company):
    """Give category and function: this of who was interviewed, that of who is not alone in it."""
    if row.survey == "interviews":
        return ["", row.who]
    alone = row.survey in company and row.who not in company[row.survey]
    return ["" if alone else row.who, ""]
