"""Stage 3, triangulation: what the desk, surveys, interviews and statistics say of each area.

Each speaks of a strength, a gap or both, by the rules that `about_rules` says.
"""

from collections import Counter
from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.checks import evidence
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Shown
from helpers import alignment, cybersecurity, responses, surveys

say = partial(words.show, "3-surveys-and-interviews")
text = partial(words.recorded, "3-surveys-and-interviews")

PILLARS = {  # the pillar of the index that is nearest to an area
    "legal_framework": "legal",
    "regulatory_framework": "organizational",
    "stakeholders": "cooperation",
    "education": "capacity",
}
WEIGHTS = {"in place": 1, "partly in place": 0.5, "not in place": 0}
LOW, HIGH = 10, 15  # points of a pillar, of 20
SOURCES = ["desk", "survey", "interviews", "statistics"]
COUNTED = SOURCES[:3]  # the index is about cybersecurity as a whole: it confirms nothing


def read(
    items: pd.DataFrame, scales: pd.DataFrame, findings: pd.DataFrame, gci: pd.DataFrame, data: str
) -> pd.DataFrame:
    """Return one row per area: section, each source's reading and what it rests on, the verdict.

    A reading (`desk` ...; on what: `desk_on` ...) is strength, gap or both, "" where the source is
    silent. The verdict is agree, agree in part, differ, only one source or no source; the index
    stands beside it and is not counted, as it is not about children.
    """
    areas = cop.data.labels("triangulation", "section", data)
    noted = _together(findings[findings.leaning != ""], "theme", "interviews_on")
    parts = [_desk(items, areas), _survey(scales), noted, _statistics(gci)]
    columns = [name for source in SOURCES for name in (source, f"{source}_on")]
    rows = [(one, *(cell for part in parts for cell in part.get(one, ("", "")))) for one in areas]
    told = [(*row, _verdict(row[1 : 2 * len(COUNTED) : 2])) for row in rows]
    return pd.DataFrame(told, columns=["section", *columns, "verdict"])


def of_country(place: Country) -> pd.DataFrame:
    """Return the areas of a country as `read` does, from its tables: what `cop check` looks at."""
    interviews = responses.read("interviews", place, "theme")
    scales, items = surveys.scales(surveys.read(place)), alignment.adjudicated(place)
    return read(items, scales, interviews, cybersecurity.gci(place), place.data)


def faults(areas: pd.DataFrame, place: Country) -> list[cop.data.Fault]:
    """Return a notebook, of what triangulation says of each area, the faults of differences.csv.

    They are areas on which the sources differ and nothing says why, and the other way round.
    """
    told = cop.data.read("differences", place.data, place.iso3).section.tolist()
    differing = areas.section[areas.verdict == "differ"].tolist()
    return evidence.of_differences(differing, told, f"research/{place.iso3}/differences.csv")


def explained(areas: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return areas with `explanation`: why the sources differ, "" where they do not.

    Raises cop.data.Broken, with row and mend, where they differ and nothing says why.
    """
    if wrong := faults(areas, place):
        raise cop.data.Broken(wrong)
    told = cop.data.read("differences", place.data, place.iso3).set_index("section").explanation
    return areas.assign(explanation=areas.section.map(told).fillna("").astype(str))


def bottom_line(areas: pd.DataFrame, field_work: pd.DataFrame, place: Country) -> Shown:
    """Say on how many areas the sources agree, and on which they differ."""
    return say("areas_line", len(field_work), areas, place)


def table(areas: pd.DataFrame, field_work: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the four sources side by side for each area, and whether they agree."""
    return say("areas_table", len(field_work), areas, place)


def chart(areas: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook what each source says of each area and whether they agree, drawn."""
    return say("areas_chart", areas, areas[COUNTED].ne("").sum(axis=1).gt(1).sum(), place)


def about_rules(field_work: pd.DataFrame) -> Shown:
    """Say in a notebook how each source is read as a strength or a gap, and whom it leaves out."""
    return say("about_rules", len(field_work), LOW, HIGH)


def _verdict(readings):
    """Return how the readings of one area go together, of those that are not silent."""
    spoken = [reading for reading in readings if reading]
    if len(spoken) < 2:
        return "only one source" if spoken else "no source"
    if len(set(spoken)) == 1:
        return "agree"
    return "differ" if {"strength", "gap"} <= set(spoken) else "agree in part"


def _desk(items, areas):
    """Return {section: (reading, what it rests on)} of the adjudicated items for policy-makers."""
    ours = (row for row in page.rows(items) if row.framework == "policy-makers")
    judged = ((r.area.lstrip("0123456789 "), r.status) for r in ours if r.status in WEIGHTS)
    by, told = sheets.listed(judged), {}
    for one, counts in ((one, Counter(by[name])) for one, name in areas.items() if name in by):
        mean = sum(WEIGHTS[word] * n for word, n in counts.items()) / counts.total()
        told[one] = _grade(mean, 1 / 3, 2 / 3), text("desk_on", counts, WEIGHTS)
    return told


def _survey(scales):
    """Return the same of the questions with a scale; what is suppressed or rests on few is
    silent.
    """
    shown = scales.dropna(subset=["upper_share", "lower_share"])
    upper, lower = shown.upper_share >= 0.5, shown.lower_share >= 0.5
    leaning = lower.map({True: "gap", False: "both"}).mask(upper, "strength")
    return _together(shown.assign(leaning=leaning), "section", "survey_on")


def _together(frame, by, on):
    """Return the same of rows that each speak of a strength, a gap or both; both, if not as one."""
    return {
        one: (part.leaning.iloc[0] if part.leaning.nunique() == 1 else "both", text(on, part))
        for one, part in frame.groupby(by)
    }


def _statistics(gci):
    """Return the same of the index, from the latest edition that has all pillars."""
    whole = page.rows(gci.dropna(subset=cybersecurity.PILLARS))
    return {
        one: (_grade(getattr(last, pillar), LOW, HIGH), text("statistics_on", last, pillar))
        for last in sorted(whole, key=lambda row: row.edition)[-1:]
        for one, pillar in PILLARS.items()
    }


def _grade(value, low, high):
    return "strength" if value >= high else "gap" if value <= low else "both"
