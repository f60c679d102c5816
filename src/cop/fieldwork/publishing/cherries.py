"""How a survey was made, by the items of CHERRIES (Eysenbach 2004), as far as the data and the
questionnaire tell it.

What only a person can know (ethics approval, testing, recruitment, incentives) is written into
survey_about.csv by the analyst and kept as it is; what is nowhere stated is shown as not stated.
"""

from random import Random

import pandas as pd

from cop.fieldwork.publishing import suppression, tabulation
from cop.fieldwork.publishing.countable import Survey
from cop.fieldwork.publishing.ledger import ALL, TOTAL, Lines, Unit
from cop.fieldwork.publishing.suppression import ALONE
from cop.fieldwork.questionnaires import wording

COLUMNS = ["survey", "item", "stated", "by"]
ABOUT = "survey_about"
TOO_FEW = "Answers came back; they are too few to publish their number or any count"


def about(
    survey: Survey, invited: set[str], units: dict[Unit, Lines], threshold: int
) -> pd.DataFrame:
    """Give the table `survey_about` of one questionnaire, from what is published of it.

    Of one that too few answered for any number it says so, and no more.
    """
    name, title = survey.questionnaire.id, wording(survey.questionnaire.title, "en")
    told = [lines[ALL][TOTAL] for unit, lines in units.items() if unit[:2] == ("survey", name)]
    stated = {
        "population": f"Those who answered “{title}”; nobody was drawn at random",
        "open or closed": _openness(survey, invited),
        "participation": TOO_FEW,
        **(_of_answers(survey, units, told, threshold) if told else {}),
        **_of_definition(survey.questionnaire),
    }
    rows = [[name, item, text, "data"] for item, text in stated.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def completion(survey: Survey, threshold: int, chance: Random) -> Lines | None:
    """Count, to be published, how many returns of a survey are complete; None where hidden."""
    parts = survey.returns.partial.value_counts().reindex([False, True], fill_value=0)
    if suppression.one_way(parts, threshold, chance).any():
        return None
    return {ALL: {TOTAL: len(survey.returns), "complete": int(parts[False])}}


def _of_answers(survey, units, told, threshold):
    languages = _common(survey.returns.language, threshold)
    versions = _common(survey.returns.version, threshold)
    days = sorted(survey.returns.received.str[:7])
    end = units.get((ABOUT, survey.questionnaire.id, "completion"), {}).get(ALL)
    stated = {
        "participation": f"At least {max(told):,} took part" + _others(survey, threshold),
        "dates": f"Most answers from {days[threshold - 1]} to {days[-threshold]}",
        "languages": languages and f"Answered in: {languages}",
        "version": versions and f"Version {versions} of the questionnaire",
        "completion": end
        and f"{end['complete'] / end[TOTAL]:.0%} of those who took part reached the end",
        "multiple entries": "A corrected answer replaces the older one; of an open link it cannot "
        "be told whether one person answered twice",
    }
    return {item: text for item, text in stated.items() if text}


def _common(values, threshold):
    """Give what enough answers have, each such value standing alone."""
    counts = values[values != ""].value_counts()
    return ", ".join(sorted(counts.index[counts >= ALONE * threshold]))


def _of_definition(questionnaire):
    questions = [(b, q) for b, q in questionnaire.questions() if b.id != "taking_part"]
    blocks = {block.id for block, _ in questions}
    needed = sum(q.required for _, q in questions)
    after = sum(bool(q.when) for _, q in questions)
    return {
        "consent": "Asked first, with purpose, length and what becomes of the answers; without it "
        "nothing is asked",
        "data protection": "Contacts and single answers are kept apart and are not published; "
        "counts under the threshold are suppressed; "
        "open answers are quoted only with consent and after review",
        "items": f"{_count(len(questions), 'question')} in {_count(len(blocks), 'part')}",
        "required items": f"{_count(needed, 'required question')}",
        "adaptive questions": f"{_count(after, 'question')} asked only after a certain answer",
        "view rate": "Not known: how often a form was opened is not recorded",
        "incomplete answers": "Answers of those who stopped early are counted "
        "for the questions they answered",
        "weighting": "None; no claim is made for people who did not answer",
    }


def _others(survey, threshold):
    """Give the words for those who opened the form and are not counted, in round numbers."""
    words = {
        "opened the form and did not agree": survey.declined,
        "were not of the population asked": survey.screened,
    }
    step = ALONE * threshold
    return "".join(
        f"; at least {n // step * step:,} {text}" for text, n in words.items() if n >= step
    )


def _count(number, one):
    return f"{number or 'No'} {one if number == 1 else one + 's'}"


def _openness(survey, invited):
    if tabulation.mode(survey, invited) == "invited list":
        return "Closed: only organisations on the list of contacts were invited"
    return "Open: whoever had the link could answer; there is no response rate"
