"""Stage 3, surveys and interviews: what returned forms, surveys and interviews say, or that there are none.

Outcome rates follow AAPOR's Standard Definitions: RR1 is complete answers over all eligible organisations.
Shares carry a Wilson interval and follow the rules for small numbers: no percentage under 30 answers.
"""

import numpy as np
import pandas as pd

from helpers import charts, contract, page
from helpers.evidence import SECTIONS
from helpers.stakeholders import CATEGORIES

SMALLEST = 30  # answers to a question below which no percentage is given
FLAGGED = 60  # below which the percentage is marked as resting on few answers
OUTCOMES = ["complete", "partial", "refused", "not reached", "not eligible"]


def forms(place):
    """Give the stakeholder mapping forms sent, with their outcome."""
    return contract.read("forms", place.data, place.iso3)


def response(place):
    """Give outcomes and AAPOR RR1 by category; no rows where nothing was sent, NA where nobody was eligible."""
    frame = forms(place)
    counts = pd.crosstab(frame.category, frame.outcome).reindex(columns=OUTCOMES, fill_value=0)
    counts = counts.reindex([c for c in CATEGORIES if c in counts.index])
    eligible = counts.drop(columns="not eligible").sum(axis=1)
    out = counts.assign(sent=counts.sum(axis=1), response_rate=(counts.complete / eligible.where(eligible > 0)))
    return out.rename(columns=lambda c: c.replace(" ", "_")).rename_axis("category").reset_index()


def survey(place):
    """Give the survey's answers with n, share and Wilson interval; shares are NA under 30 answers."""
    frame = contract.read("survey", place.data, place.iso3)
    n = frame.groupby(["survey", "item"])["count"].transform("sum")
    low, high = wilson(frame["count"].astype(float), n.astype(float))
    enough = n >= SMALLEST
    return frame.assign(n=n, share=(frame["count"] / n).where(enough), low=low.where(enough), high=high.where(enough))


def interviews(place):
    """Give the interview findings, by function and never by name."""
    return contract.read("interviews", place.data, place.iso3)


def wilson(count, n, z=1.96):
    """Give the 95% Wilson score interval of count out of n (Wilson 1927): (low, high), NA where n is 0."""
    n = n.where(n > 0)
    middle, half = ((count + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4))
    return (middle - half).clip(lower=0), (middle + half).clip(upper=1)


def bottom_line(place):
    """Say what came back, or in one sentence that nothing did."""
    sent, asked, held = forms(place), survey(place), interviews(place)
    if sent.empty and asked.empty and held.empty:
        return page.say(
            "No mapping form was sent, no survey was made and no interview was held for this edition: "
            "the assessment of {} rests on desk research alone.",
            place.name,
            kind="bottom-line",
        )
    complete = int((sent.outcome == "complete").sum())
    return page.say(
        "{} of {} mapping forms came back complete, {} answered, and {} were interviewed.",
        complete,
        len(sent),
        page.count(asked.survey.nunique(), "survey was", "surveys were"),
        page.count(held.interview_id.nunique(), "person", "people"),
        kind="bottom-line",
    )


def response_table(place):
    """Show who answered and who did not."""
    frame = response(place)
    return page.table(
        frame.assign(category=frame.category.map(CATEGORIES), rate=frame.response_rate.map(_percent)),
        "Mapping forms by category and outcome",
        {
            "category": "Category",
            "sent": "Sent",
            "complete": "Complete",
            "partial": "Partial",
            "refused": "Refused",
            "not_reached": "Not reached",
            "not_eligible": "Not eligible",
            "rate": "Response rate (AAPOR RR1)",
        },
    )


def survey_table(place):
    """Show every answer with its number, and share and interval where enough answered."""
    frame = survey(place)
    return page.table(
        frame.assign(percent=frame.share.map(_percent), between=[_between(r) for r in frame.itertuples()]),
        "Survey answers",
        {
            "item": "Question",
            "answer": "Answer",
            "count": "Answers",
            "n": "Of",
            "percent": "Share",
            "between": "95% interval",
        },
        f"No share under {SMALLEST} answers; under {FLAGGED} it is marked. An open link has no response rate: "
        "the interval speaks of spread only, not of all parents or children.",
    )


def likert_chart(place):
    """Draw the survey's scales; says so where there is no survey."""
    frame = survey(place)
    if frame.empty:
        return page.say("There are no survey answers to draw.", kind="none")
    top = frame[frame.order == frame.order.max()].sort_values("share", ascending=False).iloc[0]
    return charts.likert(
        frame[["item", "answer", "order", "count", "n"]],
        f"“{top['item']}” finds the strongest agreement ({top.share:.0%} {top.answer.lower()})",
        f"Diverging bars of answers in {place.name}: "
        + "; ".join(f"{r['item']}, {r.answer}: {r['count']} of {r.n}" for _, r in frame.iterrows()),
        f"{frame.population.iloc[0]}, {frame['mode'].iloc[0]}, n as given in the data",
    )


def interview_table(place):
    """Show the findings of the interviews by theme."""
    frame = interviews(place)
    return page.table(
        frame.assign(category=frame.category.map(CATEGORIES), theme=frame.theme.map(SECTIONS)),
        "Interview findings by theme",
        {"theme": "Theme", "finding": "What was said, in our words", "function": "Function", "category": "Category"},
    )


def about_absence(place):
    """Say what the silence means for the reader."""
    if len(forms(place)) or len(survey(place)) or len(interviews(place)):
        return page.say("What stakeholders said is reported by category and function, never by name.")
    return page.say(
        "The tables of this stage are therefore empty. They keep their shape, so that returned forms can be "
        "added without changing anything else."
    )


def _percent(share):
    return "too few answers" if pd.isna(share) else f"{share:.0%}"


def _between(row):
    return (
        "too few answers"
        if pd.isna(row.low)
        else f"{row.low:.0%} to {row.high:.0%}{' (few)' if row.n < FLAGGED else ''}"
    )
