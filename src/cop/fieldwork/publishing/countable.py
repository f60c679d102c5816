"""What was returned, as it may be counted: accepted, not superseded, with consent."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from cop.fieldwork import questionnaires, restricted

ACCEPTED = ("accepted", "accepted with a remark")
FORM = "mapping_form"


@dataclass(frozen=True)
class Survey:
    """The answers of those who agreed to take part in one questionnaire."""

    questionnaire: questionnaires.Questionnaire
    returns: pd.DataFrame  # one row a return, indexed by return_id, with `partial`
    answers: pd.DataFrame  # return_id, block, entry, question, answer
    declined: int  # returns that opened the form and did not agree
    screened: int  # returns that agreed and are not of the population that is asked

    def of(self, question: str) -> pd.Series:
        """Give the answers to a question asked once, by return; a row for each choice."""
        by_question, none = self._once
        return by_question.get(question, none)

    @cached_property
    def _once(self):
        """The answers to each question asked once, and what stands for those to any other."""
        once = self.answers[self.answers.entry.isin(["", "0"])].set_index("return_id")
        return {q: rows.answer for q, rows in once.groupby("question")}, once.answer[:0]

    def agreed(self, question: str) -> set[str]:
        """Give the return_ids that said yes to a question."""
        given = self.of(question)
        return set(given.index[given == "yes"])


def current(data: Path, iso3: str) -> pd.DataFrame:
    """Give the returns that count in what is published of a country: accepted, not superseded."""
    frame = restricted.read("returns", data)
    return frame[(frame.iso3 == iso3) & frame.status.isin(ACCEPTED)]


def of_country(data: Path, iso3: str) -> list[Survey]:
    """Give the Survey of each questionnaire, of the restricted store's returns that count."""
    returns, answers = current(data, iso3), restricted.read("answers", data)
    answers = answers[answers.return_id.isin(returns.return_id)]
    return [
        _survey(name, part, answers, data)
        for name, part in returns.groupby("questionnaire", sort=True)
    ]


def voices(returns: pd.DataFrame) -> dict[str, str]:
    """Give who stands behind each return to be published: {return: its form's id, else itself}.

    `returns` are those of a Survey.
    """
    return {i: form or i for i, form in returns.form_id.items()}


def screens(questionnaire: questionnaires.Questionnaire) -> list[str]:
    """Give the yes-or-no questions, asked first, by which people count in what is published.

    They ask whether somebody is of the population.
    """
    return [
        question.id
        for block, question in questionnaire.questions()
        if block.id == "screening" and question.type == "yes_no" and question.required
    ]


def _survey(name, returns, answers, data):
    definition = questionnaires.load(name, data)
    rows = answers[answers.return_id.isin(returns.return_id)]
    yes = rows[rows.answer == "yes"].groupby("question").return_id.agg(set)
    agreed = yes.get(questionnaires.CONSENT, set())
    passed = [yes.get(question, set()) for question in screens(definition)]
    counted = agreed.intersection(*passed)
    mine = returns[returns.return_id.isin(counted)].set_index("return_id")
    mine = mine.assign(partial=mine.remark.str.startswith("partial"))
    numbers = len(returns) - len(agreed), len(agreed) - len(mine)
    return Survey(definition, mine, rows[rows.return_id.isin(counted)], *numbers)
