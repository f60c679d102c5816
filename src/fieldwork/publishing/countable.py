"""What was returned, as it may be counted: accepted, not superseded, with consent, and who is behind each return."""

from dataclasses import dataclass

import pandas as pd

from fieldwork import restricted
from fieldwork.forms import questionnaires

ACCEPTED = ("accepted", "accepted with a remark")
FORM = "mapping_form"
OPEN = "note_text"  # the type of the questions that may be quoted


@dataclass(frozen=True)
class Answers:
    """The answers of those who agreed to take part in one questionnaire."""

    questionnaire: questionnaires.Questionnaire
    returns: pd.DataFrame  # one row a return, indexed by return_id, with `partial`
    answers: pd.DataFrame  # return_id, block, entry, question, answer
    declined: int  # returns that opened the form and did not agree
    screened: int  # returns that agreed and are not of the population that is asked

    def of(self, question):
        """Give the answers to one question, outside of repeats, by return; one row each where several were chosen."""
        rows = self.answers[
            (self.answers.question == question) & self.answers.entry.isin(["", "0"])
        ]
        return rows.set_index("return_id").answer

    def said_yes(self, question):
        """Give the return_ids that said yes to a question."""
        given = self.of(question)
        return set(given.index[given == "yes"])


def current(data, iso3):
    """Give the returns of a country that count: accepted and not superseded."""
    frame = restricted.read("returns", data)
    return frame[(frame.iso3 == iso3) & frame.status.isin(ACCEPTED)]


def of_country(data, iso3):
    """Give the Answers of each questionnaire that anything came back for, in the order of their ids."""
    returns, answers = current(data, iso3), restricted.read("answers", data)
    answers = answers[answers.return_id.isin(returns.return_id)]
    return [
        _answers(name, part, answers, data)
        for name, part in returns.groupby("questionnaire", sort=True)
    ]


def voice(row):
    """Give what stands for the person behind a return: the form it was sent, else the return itself."""
    return row["form_id"] or row.name


def screens(definition):
    """Give the questions that tell whether somebody is of the population at all: required yes or no, asked first."""
    found = [
        (b, q)
        for b, q in definition.questions()
        if b.id == "screening" and q.type == "yes_no" and q.required
    ]
    return [question.id for _, question in found]


def _answers(name, returns, answers, data):
    definition = questionnaires.load(name, data)
    rows = answers[answers.return_id.isin(returns.return_id)]
    yes = rows[rows.answer == "yes"].groupby("question").return_id.agg(set)
    agreed = yes.get(questionnaires.CONSENT, set())
    asked = set.intersection(
        agreed, *(yes.get(question, set()) for question in screens(definition))
    )
    mine = returns[returns.return_id.isin(asked)].set_index("return_id")
    mine = mine.assign(partial=mine.remark.str.startswith("partial"))
    numbers = len(returns) - len(agreed), len(agreed) - len(mine)
    return Answers(definition, mine, rows[rows.return_id.isin(asked)], *numbers)
