"""How a survey was made, by the items of CHERRIES (Eysenbach 2004), as far as the data and the
questionnaire tell it.

What only a person can know (ethics approval, testing, recruitment, incentives) is written into
survey_about.csv by the analyst and kept as it is; what is nowhere stated is shown as not stated.
"""

import pandas as pd

from fieldwork.forms.questionnaires import wording
from fieldwork.publishing import suppression, tabulation
from fieldwork.publishing.countable import Survey

COLUMNS = ["survey", "item", "stated", "by"]


def about(survey: Survey, invited: set[str], threshold: int) -> pd.DataFrame:
    """Give the table `survey_about` of one questionnaire; counts under the threshold in words."""
    n, title = len(survey.returns), wording(survey.questionnaire.title, "en")
    stated = {
        "population": f"Those who answered “{title}”; nobody was drawn at random",
        "open or closed": _openness(survey, invited),
        "participation": f"{_about(n, threshold)} took part" + _others(survey, threshold),
        **(_of_answers(survey, threshold) if n >= threshold else {}),
        **_of_definition(survey.questionnaire),
    }
    rows = [[survey.questionnaire.id, item, text, "data"] for item, text in stated.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_answers(survey, threshold):
    days = survey.returns.received.str[:10]
    parts = survey.returns.partial.value_counts().reindex([False, True], fill_value=0)
    hidden = suppression.one_way(parts, threshold).any()
    complete = f"{parts[False] / len(survey.returns):.0%} of those who took part reached the end"
    suppressed = "Nearly all or nearly none reached the end; the share is suppressed"
    languages = sorted(set(survey.returns.language) - {""})
    corrected = int((survey.returns.supersedes != "").sum())
    return {
        "dates": f"Answers from {days.min()[:7]} to {days.max()[:7]}",
        "languages": f"Answered in: {', '.join(languages) or 'not stated'}",
        "version": f"Version {', '.join(sorted(set(survey.returns.version)))} of the questionnaire",
        "completion": suppressed if hidden else complete,
        "multiple entries": "A corrected answer replaces the older one "
        f"({_about(corrected, threshold)} replaced); "
        "of an open link it cannot be told whether one person answered twice",
    }


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
    """Give the words for those who opened the form and are not counted."""
    declined, screened = survey.declined, survey.screened
    words = {
        "opened the form and did not agree": declined,
        "were not of the population asked": screened,
    }
    return "".join(f"; {_about(n, threshold)} {text}" for text, n in words.items() if n)


def _count(number, one):
    return f"{number or 'No'} {one if number == 1 else one + 's'}"


def _openness(survey, invited):
    if tabulation.mode(survey, invited) == "invited list":
        return "Closed: only organisations on the list of contacts were invited"
    return "Open: whoever had the link could answer; there is no response rate"


def _about(count, threshold):
    if not count:
        return "none"
    return f"fewer than {threshold}" if count < threshold else f"{count:,}"
