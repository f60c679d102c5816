"""How a survey was made, by the items of CHERRIES (Eysenbach 2004), and how far coders agree.

What only a person can know (ethics approval, testing, recruitment, incentives) is written into
survey_about.csv by the analyst and kept.
"""

import pandas as pd

from cop.data import agreement, count
from cop.fieldwork import tables
from cop.fieldwork.disclosure import MIN_STANDALONE, one_way
from cop.fieldwork.eligible import Survey
from cop.fieldwork.questionnaires import wording

TOO_FEW = "Answers came back; they are too few to publish their number or any count"
FIGURES = ["judgements", "alpha", "low", "high"]
ENOUGH = 30  # coded answers below which no agreement is published
FIXED = {
    "consent": "Asked first, with purpose, length and what becomes of the answers; without it "
    "nothing is asked",
    "data protection": "Contacts and single answers are kept apart and are not published; "
    "counts under the threshold are suppressed; "
    "open answers are quoted only with consent and after review",
    "items": "{questions} in {parts}",
    "required items": "{required}",
    "adaptive questions": "{conditional} asked only after a certain answer",
    "view rate": "Not known: how often a form was opened is not recorded",
    "incomplete answers": "Answers of those who stopped early are counted "
    "for the questions they answered",
    "weighting": "None; no claim is made for people who did not answer",
}


def about(
    survey: Survey, invited: set[str], items: pd.DataFrame, people: tables.People, threshold: int
) -> pd.DataFrame:
    """Return the table `survey_about` of a survey; `items` is its table `survey_items`."""
    form = survey.questionnaire
    title, is_closed = wording(form.title, "en"), tables.mode(survey, invited) == "invited list"
    stated = {
        "population": f"Those who answered “{title}”; nobody was drawn at random"
        if people.threshold
        else f"Organisations that answered “{title}” and agreed to be named with their answers",
        "open or closed": "Closed: only organisations on the list of contacts were invited"
        if is_closed
        else "Open: whoever had the link could answer; there is no response rate",
        "participation": TOO_FEW,
        **(_answers(survey, items.n.max(), people, threshold) if len(items) else {}),
        **{item: text.format(**_questions(form)) for item, text in FIXED.items()},
    }
    rows = [[form.id, item, text, "data"] for item, text in stated.items() if text]
    return pd.DataFrame(rows, columns=["survey", "item", "stated", "by"])


def coding(survey: Survey, codes: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return the table `coding`: how far two coders agree on open questions with enough answers.

    No figure rests on fewer than ENOUGH answers.
    """
    rows, codes = [], codes[codes.return_id.isin(survey.returns.index)]
    for question, label in tables.open_questions(survey.questionnaire):
        wide = _judgements(codes[codes.question == question.id])
        answers = wide.index.get_level_values(0).nunique()
        if answers >= MIN_STANDALONE * threshold:
            words, figures = ["no", "yes"], [None] * 3
            if answers >= ENOUGH:
                figures = agreement.ordinal_alpha(wide, words), *agreement.bootstrap(wide, words)
            figures = [None if pd.isna(v) else round(float(v), 2) for v in figures]
            rows.append([survey.questionnaire.id, label, answers, len(wide), *figures])
    frame = pd.DataFrame(rows, columns=["survey", "item", "answers", *FIGURES])
    return frame.astype(dict.fromkeys(FIGURES[1:], "float64"))


def _judgements(codes):
    """Return yes or no of two coders for each answer that both sorted, and each theme."""
    coders = sorted(set(codes.coder) - {"adjudicated"})[:2]
    codes = codes[codes.coder.isin(coders)]
    both = codes.groupby("return_id").coder.nunique() == 2
    units = pd.MultiIndex.from_product([sorted(both.index[both]), sorted(set(codes.theme))])
    gave = pd.crosstab([codes.return_id, codes.theme], codes.coder).reindex(units, fill_value=0)
    return gave.gt(0).replace({True: "yes", False: "no"}).reindex(columns=coders)


def _answers(survey, most, people, threshold):
    """Return what the answers show of how a survey went; each number stands alone."""
    least, returns = MIN_STANDALONE * threshold, survey.returns
    opened = {
        "opened the form and did not agree": survey.declined,
        "were not of the population asked": survey.screened,
    }
    rounded = [f"; at least {n // least * least:,} {t}" for t, n in opened.items() if n >= least]
    ends, days = returns.partial.value_counts(), sorted(returns.received.str[:7])
    ends = ends.reindex([False, True], fill_value=0)
    rng = people.rng("survey_about", survey.questionnaire.id)
    hidden = people.counted or one_way(ends, threshold, rng).any()
    languages, versions = (
        ", ".join(sorted(counts.index[(counts >= least) & (counts.index != "")]))
        for counts in (returns.language.value_counts(), returns.version.value_counts())
    )
    share = "" if hidden else f"{ends[False] / ends.sum():.0%}"
    return {
        "participation": f"At least {most:,} took part" + "".join(rounded),
        "dates": f"Most answers from {days[threshold - 1]} to {days[-threshold]}",
        "languages": languages and f"Answered in: {languages}",
        "version": versions and f"Version {versions} of the questionnaire",
        "completion": share and f"{share} of those who took part reached the end",
        "multiple entries": "A corrected answer replaces the older one; of an open link it cannot "
        "be told whether one person answered twice",
    }


def _questions(form):
    """Return how many questions and parts a questionnaire has, in words."""
    pairs = [(b.id, q) for b, q in form.questions() if b.id != "taking_part"]
    required = sum(q.required for _, q in pairs)
    conditional = sum(bool(q.when) for _, q in pairs)
    return {
        "questions": count(len(pairs), "question"),
        "parts": count(len({block for block, _ in pairs}), "part"),
        "required": count(required, "required question") if required else "No required questions",
        "conditional": count(conditional, "question") if conditional else "No questions",
    }
