"""Select the responses that published numbers count, and keep the record of publications.

A response counts if it was accepted, is not superseded, and comes from a person who consented and
belongs to the target population. The numbers of a survey are published once per edition; later
responses count in the next edition, which excludes those already counted. No response is counted
in two publications, so subtracting one from the other reveals nothing. The record of publications
is a file in the restricted store; rows are only added.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cop.data import UserError
from cop.fieldwork import contacts, questionnaires, restricted
from cop.fieldwork.questionnaires import CONSENT

COLUMNS = ["when", "edition", "survey", "state", "returns"]
ACCEPTED = ("accepted", "accepted with a remark")
FORM = "mapping_form"


@dataclass(frozen=True)
class Survey:
    """The counted responses from a country to a questionnaire."""

    questionnaire: questionnaires.Questionnaire
    returns: pd.DataFrame  # by return_id, with `partial` and `invited` (a form sent to a contact)
    answers: pd.DataFrame  # return_id, block, entry, question, answer

    def answers_to(self, question: str) -> pd.Series:
        """Return the answers to a question by return_id, without those in repeated blocks.

        If a person can select several choices, each selected choice has a row.
        """
        rows = self.answers[self.answers.question == question]
        return rows[rows.entry.isin(["", "0"])].set_index("return_id").answer

    def agreed(self, question: str) -> set[str]:
        """Return the return_ids of the responses with "yes" as the answer to a question."""
        answers = self.answers_to(question)
        return set(answers.index[answers == "yes"])


def of_country(data: Path, iso3: str, without: Collection[str] = ()) -> list[Survey]:
    """Return a Survey for each questionnaire with accepted responses from a country, sorted by id.

    Responses with withdrawn consent, or with a return_id in `without`, are left out. A Survey
    contains only responses with consent and a yes to each screening question, possibly none. Raises
    UserError if a table or questionnaire is invalid.
    """
    returns, answers = restricted.read("returns", data), restricted.read("answers", data)
    counts = returns.status.isin(ACCEPTED) & ~withdrawn(returns, answers, data)
    sent = set(restricted.read("contacts", data).form_id) - {""}
    returns = returns[(returns.iso3 == iso3) & counts & ~returns.return_id.isin(without)]
    partial = returns.remark.str.startswith("partial")
    returns = returns.assign(partial=partial, invited=returns.form_id.isin(sent))
    surveys = []
    for name, mine in returns.groupby("questionnaire", sort=True):
        form = questionnaires.load(name, data)
        needed = [CONSENT, *screens(form)]
        yes = answers[answers.question.isin(needed) & (answers.answer == "yes")]
        agreed = mine.return_id.map(yes.groupby("return_id").question.nunique())
        mine = mine[agreed == len(needed)].set_index("return_id")
        surveys.append(Survey(form, mine, answers[answers.return_id.isin(mine.index)]))
    return surveys


def senders(returns: pd.DataFrame, data: Path) -> pd.Series:
    """Return a key that identifies the sender of each response to a questionnaire in a country.

    Responses with the same form id have the same sender if that id is in `contacts.issued`. Others
    have the same sender if they have the same, non-empty `identity`.
    """
    key = returns.identity.where(returns.identity != "", returns.return_id)
    key = key.where(~returns.form_id.isin(contacts.issued(data)), "form " + returns.form_id)
    return returns.iso3 + " " + returns.questionnaire + " " + key


def withdrawn(returns: pd.DataFrame, answers: pd.DataFrame, data: Path) -> pd.Series:
    """Return a mask of all responses whose sender has at least one response without consent."""
    agreed = answers.return_id[(answers.question == CONSENT) & (answers.answer == "yes")]
    sender = senders(returns, data)
    return sender.isin(sender[~returns.return_id.isin(agreed)])


def screens(questionnaire: questionnaires.Questionnaire) -> list[str]:
    """Return the ids of the screening questions. Only people who answer yes to all are counted."""
    return [
        question.id
        for block, question in questionnaire.questions()
        if block.id == "screening" and question.type == "yes_no" and question.required
    ]


def record_path(data: Path, iso3: str) -> Path:
    """Return the path of a country's record of publications in the restricted store."""
    return restricted.folder(data) / f"publications-{iso3}.csv"


def read_record(data: Path, iso3: str) -> pd.DataFrame:
    """Return a country's record of publications (columns COLUMNS), with the oldest row first.

    The column `returns` contains sets of return_ids. A missing file has no rows. Raises UserError
    if the file is unreadable or has other columns.
    """
    path = record_path(data, iso3)
    rows = restricted.load(path, COLUMNS)
    if list(rows) != COLUMNS:
        raise UserError(
            f"{path} must have the columns {', '.join(COLUMNS)}. Restore it from a backup: it "
            "records which responses were published"
        )
    return rows.assign(returns=[frozenset(ids.split()) for ids in rows.returns])


def add_record(
    states: dict[str, frozenset[str] | None], data: Path, iso3: str, edition: str
) -> None:
    """Add a row to a country's record of publications for each survey in `states`.

    `states` is {survey: return_ids, or None if withdrawn}. Call this function within
    `restricted.locked(data)`. Raises UserError if the record is unreadable.
    """
    path, now = record_path(data, iso3), datetime.now(UTC).isoformat(timespec="seconds")
    record = restricted.load(path, COLUMNS)
    for survey, ids in states.items():
        state = "withdrawn" if ids is None else "published"
        record.loc[len(record)] = [now, edition, survey, state, " ".join(sorted(ids or ()))]
    if states:
        restricted.write(data, {path.name: restricted.packed(record)})
