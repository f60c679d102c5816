"""The returns that count, and the record of those that were published.

Those count that were accepted and not superseded, with consent, from the population asked. A survey
is published once in an edition and then frozen; later answers count in the next edition, which does
not count earlier returns again. Two publications therefore never share a person, and nobody can
subtract one from the other. The record is in the restricted store and only grows.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cop.data import UserError
from cop.fieldwork import questionnaires, restricted

COLUMNS = ["when", "edition", "survey", "state", "returns"]
ACCEPTED = ("accepted", "accepted with a remark")
FORM = "mapping_form"


@dataclass(frozen=True)
class Survey:
    """The answers of those who agreed to take part in one questionnaire."""

    questionnaire: questionnaires.Questionnaire
    returns: pd.DataFrame  # one row per return, indexed by return_id, with `partial`
    answers: pd.DataFrame  # return_id, block, entry, question, answer
    declined: int  # returns that opened the form and did not agree
    screened: int  # returns that agreed but are not of the population

    def answers_to(self, question: str) -> pd.Series:
        """Return the answers to a question that is not repeated, by return; one row per choice."""
        rows = self.answers[self.answers.question == question]
        return rows[rows.entry.isin(["", "0"])].set_index("return_id").answer

    def agreed(self, question: str) -> set[str]:
        """Return the return_ids that answered yes to a question."""
        answers = self.answers_to(question)
        return set(answers.index[answers == "yes"])

    def without(self, return_ids: Collection[str]) -> "Survey":
        """Return the survey without some returns, such as those an earlier edition counted."""
        return replace(
            self,
            returns=self.returns[~self.returns.index.isin(return_ids)],
            answers=self.answers[~self.answers.return_id.isin(return_ids)],
        )


def of_country(data: Path, iso3: str) -> list[Survey]:
    """Read the Survey of each questionnaire that was returned from a country."""
    returns, answers = restricted.read("returns", data), restricted.read("answers", data)
    returns = returns[(returns.iso3 == iso3) & returns.status.isin(ACCEPTED)]
    return [
        _survey(questionnaires.load(name, data), mine, answers)
        for name, mine in returns.groupby("questionnaire", sort=True)
    ]


def screens(questionnaire: questionnaires.Questionnaire) -> list[str]:
    """Return the ids of the yes-or-no questions that ask whether somebody is of the population."""
    return [
        question.id
        for block, question in questionnaire.questions()
        if block.id == "screening" and question.type == "yes_no" and question.required
    ]


def _survey(form, returns, answers):
    rows = answers[answers.return_id.isin(returns.return_id)]
    yes = rows[rows.answer == "yes"].groupby("question").return_id.agg(set)
    agreed = yes.get(questionnaires.CONSENT, set())
    counted = agreed.intersection(*(yes.get(question, set()) for question in screens(form)))
    mine = returns[returns.return_id.isin(counted)].set_index("return_id")
    mine = mine.assign(partial=mine.remark.str.startswith("partial"))
    numbers = len(returns) - len(agreed), len(agreed) - len(mine)
    return Survey(form, mine, rows[rows.return_id.isin(counted)], *numbers)


def record_path(data: Path, iso3: str) -> Path:
    """Return where the record of a country is kept."""
    return restricted.folder(data) / f"publications-{iso3}.csv"


def read_record(data: Path, iso3: str) -> pd.DataFrame:
    """Read the record, oldest first, `returns` as sets of return_ids.

    Raises UserError where it has other columns, as one that was changed or is of an older program.
    """
    there = record_path(data, iso3)
    if not there.exists():
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    rows = restricted.table(there.read_bytes())
    if list(rows) != COLUMNS:
        fix = "Put back the file as it was: it says what readers can compare with"
        raise UserError(f"{there} is not the record of what was published. {fix}")
    return rows.assign(returns=rows.returns.map(lambda ids: frozenset(ids.split())))


def add_record(
    states: dict[str, frozenset[str] | None], data: Path, iso3: str, edition: str
) -> None:
    """Add {survey: returns counted} of what was published, None of what was withdrawn."""
    if states:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [
            [now, edition, survey, "withdrawn" if ids is None else "published", ids or frozenset()]
            for survey, ids in states.items()
        ]
        record = pd.concat([read_record(data, iso3), pd.DataFrame(rows, columns=COLUMNS)])
        record = record.assign(returns=[" ".join(sorted(ids)) for ids in record.returns])
        restricted.write(data, {record_path(data, iso3).name: restricted.packed(record)})
