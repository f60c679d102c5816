"""What may be quoted: agreed to, read by a person, and by nobody who can be identified.

Only people counted in the published numbers are quoted, so nobody learns who came later; of a
survey too small for numbers nobody is.
"""

from collections.abc import Sequence, Set
from pathlib import Path

import pandas as pd

from cop.fieldwork import pii, pseudonyms, review, tables
from cop.fieldwork.disclosure import OTHER
from cop.fieldwork.eligible import Survey
from cop.fieldwork.organisations import NAME

COLUMNS = [
    "quote_id", "survey", "voice", "category", "function", "section", "question", "quote", "edited",
]  # fmt: skip
AUTHOR = (NAME, "name_national", "abbreviation")  # questions on the author's organisation


def quotes(
    data: Path,
    iso3: str,
    surveys: Sequence[Survey],
    counted: Set[str],
    groups: pd.DataFrame,
    secret: bytes,
) -> pd.DataFrame:
    """Return the table `quotes`; a text that changed after its review is left out.

    `counted` are the returns in published numbers. A category is given only where `groups`, the
    table `survey_groups`, shows it apart. No quotation names its author's own organisation.
    """
    decided, rows = review.decisions(data), []
    texts = review.texts(data, iso3, surveys)
    forms = {i: form for s in surveys for i, form in s.returns.form_id.items()}
    grouped = {s.questionnaire.id for s in surveys if tables.grouping(s.questionnaire)}
    shown = set(zip(groups.survey, groups.group, strict=True))
    answers = pd.concat([s.answers for s in surveys] or [pd.DataFrame(columns=["question"])])
    authors = answers[answers.question.isin(AUTHOR)]
    for row in texts[texts.question != NAME].itertuples():
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
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["survey", "section", "quote_id"])
