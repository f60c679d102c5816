"""Stage 3, triangulation: what the desk, the surveys, the interviews and the statistics say of each area, side by side.

Each speaks of a strength, a gap or both. Desk: items in place count one, partly one half; from two thirds on it is a
strength, up to one third a gap. Surveys: the upper two steps against the lower two, where one of them holds half of the
answers. Statistics: a pillar of the Global Cybersecurity Index, from 15 of 20 points a strength, up to 10 a gap.
"""

from functools import partial

import pandas as pd

import contract
from helpers import cybersecurity
from helpers.countries import Country
from report import words
from report.page import Shown

say = partial(words.show, "3-surveys-and-interviews")
text = partial(words.text, "3-surveys-and-interviews")

POLICY = "policy-makers"
PILLARS = {  # the pillar of the index that is nearest to an area
    "legal_framework": "legal",
    "regulatory_framework": "organizational",
    "stakeholders": "cooperation",
    "education": "capacity",
}
WEIGHTS = {"in place": 1, "partly in place": 0.5, "not in place": 0}
LOW, HIGH = 10, 15  # points of a pillar, of 20
SOURCES = ["desk", "survey", "interviews", "statistics"]


def read(
    items: pd.DataFrame,
    scales: pd.DataFrame,
    interviews: pd.DataFrame,
    gci: pd.DataFrame,
    place: Country,
) -> pd.DataFrame:
    """Give one row per area: section, and for each of the four sources its reading and what it rests on; the verdict.

    A reading (`desk` ...; on what: `desk_on` ...) is strength, gap or both, "" where the source is silent. The verdict
    is agree, agree in part, differ, only one source or no source.
    """
    areas = contract.labels("triangulation", "section", place.data)
    parts = [_desk(items, areas), _survey(scales), _interviews(interviews), _statistics(gci)]
    frame = pd.DataFrame(index=pd.Index(list(areas), name="section"))
    for source, part in zip(SOURCES, parts, strict=True):
        rows = [part.get(section, ("", "")) for section in areas]
        frame[[source, f"{source}_on"]] = rows
    return frame.assign(verdict=frame[SOURCES].apply(_verdict, axis=1)).reset_index()


def bottom_line(areas: pd.DataFrame, field_work: pd.DataFrame, place: Country) -> Shown:
    """Say on how many areas the sources agree, and on which they differ."""
    labels = contract.labels("triangulation", "section", place.data)
    differ = [labels[section] for section in areas.section[areas.verdict == "differ"]]
    return say("areas_line", len(field_work), areas.verdict.tolist(), differ)


def table(areas: pd.DataFrame, field_work: pd.DataFrame, place: Country) -> Shown:
    """Show the four sources side by side for each area, and whether they agree."""
    names = contract.labels("triangulation", "section", place.data)
    readings = contract.labels("triangulation", "desk", place.data)
    return say("areas_table", len(field_work), areas, names, readings, place)


def about_rules(field_work: pd.DataFrame) -> Shown:
    """Say how each source is read as a strength or a gap, and whom it leaves out."""
    return say("about_rules", len(field_work), LOW, HIGH)


def _verdict(readings):
    """Give how the readings of one area go together, of those that are not silent."""
    spoken = [reading for reading in readings if reading]
    if len(spoken) < 2:
        return "only one source" if spoken else "no source"
    if len(set(spoken)) == 1:
        return "agree"
    return "differ" if {"strength", "gap"} <= set(spoken) else "agree in part"


def _desk(items, areas):
    """Give {section: (reading, what it rests on)} of the adjudicated items."""
    judged = items[(items.framework == POLICY) & items.status.isin(WEIGHTS)]
    section = {name: section for section, name in areas.items()}
    named = judged.area.str.replace(r"^\d+ ", "", regex=True).map(section)
    return {
        one: (
            _grade(statuses.map(WEIGHTS).mean(), 1 / 3, 2 / 3),
            text("desk_on", _counts(statuses)),
        )
        for one, statuses in judged.status.groupby(named)
    }


def _counts(statuses):
    counts = statuses.value_counts()
    return {word: counts[word] for word in WEIGHTS if word in counts}


def _survey(scales):
    """Give the reading of the questions with a scale; suppressed ones and those with few answers are silent."""
    shown = scales.dropna(subset=["upper_share", "lower_share"])
    return {
        section: (
            _together([_leaning(r.upper_share, r.lower_share) for r in part.itertuples()]),
            text("survey_on", part),
        )
        for section, part in shown.groupby("section")
    }


def _interviews(findings):
    """Give the reading of the findings, as noted by the person who held the interview."""
    return {
        theme: (_together(list(part.leaning)), text("interviews_on", part))
        for theme, part in findings[findings.leaning != ""].groupby("theme")
    }


def _statistics(gci):
    """Give the reading of the pillar of the index that is nearest to an area, from the latest edition that has it."""
    known = gci.dropna(subset=cybersecurity.PILLARS).sort_values("edition")
    return {
        section: (_grade(last[pillar], LOW, HIGH), text("statistics_on", last, pillar))
        for _, last in known.tail(1).iterrows()
        for section, pillar in PILLARS.items()
    }


def _grade(value, low, high):
    return "strength" if value >= high else "gap" if value <= low else "both"


def _leaning(upper, lower):
    return "strength" if upper >= 0.5 else "gap" if lower >= 0.5 else "both"


def _together(readings):
    return readings[0] if len(set(readings)) == 1 else "both"
