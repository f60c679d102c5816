"""The returns that count: accepted, not superseded, with consent, from the population asked."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cop.fieldwork import questionnaires, restricted

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
