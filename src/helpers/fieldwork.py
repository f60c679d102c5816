"""Summarise forms, surveys, interviews and comments on drafts (stage 3).

Outcome rates follow AAPOR's Standard Definitions: organisations that were not reached count as
eligible. Shares are of the people who answered a question (of all who were asked, if it allows
several answers), with a Wilson interval. Surveys are not random samples unless stated, so that
intervals show spread only. Suppressed counts are NA, never zero. People are named by function or
category only.
"""

from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data.checks import evidence
from cop.data.places import Country
from cop.report import words
from cop.report.page import Html
from helpers import alignment, countries, cybersecurity
from helpers.countries import read_table

STAGE = "3-surveys-and-interviews"
render, render_english = partial(words.render, STAGE), partial(words.render_english, STAGE)

SMALLEST = 30  # minimum number of answers for a percentage
FLAGGED = 60  # minimum number of answers for a percentage without a mark
FLOOR, TENTATIVE = 0.8, 0.667  # minimum alpha (Krippendorff 2018): reliable; tentative
QUESTION = ["survey", "item"]
FORM = "mapping_form"  # short name of the mapping form in the survey tables
REACHED = ["complete", "partial", "refused"]
RATES = {  # outcomes in the numerator; outcomes in the denominator
    "RR1": (["complete"], [*REACHED, "not reached"]),
    "RR2": (["answered"], ["eligible"]),
    "COOP1": (["complete"], REACHED),
    "REF1": (["refused"], ["eligible"]),
    "CON1": (["answered", "refused"], ["eligible"]),
}
SAFEGUARDS = ["population", "ethics approval", "consent"]

PILLARS = {  # nearest pillar of the cybersecurity index, by area
    "legal_framework": "legal",
    "regulatory_framework": "organizational",
    "stakeholders": "cooperation",
    "education": "capacity",
}
RATED = ["in place", "partly in place", "not in place"]  # statuses that desk research can show
LOW, HIGH = 10, 15  # pillar scores (0 to 20): gap up to 10, strength from 15
SOURCES = ["desk", "survey", "interviews", "statistics"]
COUNTED = SOURCES[:3]  # the index covers all of cybersecurity, so it is not counted
DECISIONS = {"accepted": "accepted", "partly": "partly", "not": "not_accepted", "": "open"}


def sorted_table(name: str, place: Country, by: str) -> pd.DataFrame:
    """Read a table in the order of a column's codes; rows without a code come last."""
    frame = read_table(name, place)
    order = pd.Categorical(frame[by], list(cop.data.labels(name, by, place.data)))
    return frame.iloc[order.argsort(kind="stable")]


def wilson(count: pd.Series, n: pd.Series, z: float = 1.96) -> tuple[pd.Series, pd.Series]:
    """Return the 95% score interval of count out of n (Wilson 1927): low, high; NaN if n is 0."""
    n = np.where(n > 0, n, np.nan)
    middle = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def interval(count: pd.Series, n: pd.Series, prefix: str = "") -> pd.DataFrame:
    """Return share, low and high (0 to 1, Wilson interval) of counts.

    NA if the count is suppressed or `n` is below SMALLEST.
    """
    counts, total = (column.to_numpy(float, na_value=np.nan) for column in (count, n))
    total = np.where((total >= SMALLEST) & ~np.isnan(counts), total, np.nan)
    low, high = wilson(counts, total)
    parts = {"share": counts / total, "low": low, "high": high}
    return pd.DataFrame(parts, count.index).astype("Float64").add_prefix(prefix)


def rates(forms: pd.DataFrame) -> pd.DataFrame:
    """Return AAPOR's outcome rates of the forms: rate, numerator, denominator, value (0 to 1).

    No rows if no form was sent. Suppressed counts are NA; value is NA below SMALLEST forms.
    """
    total = forms[forms.category == "all"].set_index("outcome")["count"]
    sums = [[total.reindex(part).sum(skipna=False) for part in parts] for parts in RATES.values()]
    frame = pd.DataFrame(sums, columns=["numerator", "denominator"]).astype("Int64")
    frame.insert(0, "rate", list(RATES))
    frame["value"] = interval(frame.numerator, frame.denominator).share
    return frame if len(total) else frame.head(0)


def field_work(
    rates: pd.DataFrame, answers: pd.DataFrame, findings: pd.DataFrame, about: pd.DataFrame
) -> pd.DataFrame:
    """Return a summary of the field work as one row; no row if there was none.

    Columns: organisations (that were sent a form) and answered (of these): 0 if no form was sent,
    NA if suppressed; surveys (with published answers); small (surveys with too few answers to
    publish); people (interviewed); forms, the state of the mapping form: counted, back, few, sent
    or "".
    """
    sent = rates[rates.rate == "RR2"]
    organisations, answered = sent.denominator.sum(skipna=False), sent.numerator.sum(skipna=False)
    published = set(answers.survey)
    small = set(about.survey[about.by == "data"]) - published
    states = {
        "counted": pd.notna(answered) and answered > 0,
        "back": FORM in published,
        "few": FORM in small,
        "sent": len(sent) > 0,
    }
    row = {
        "organisations": organisations,
        "answered": answered,
        "surveys": len(published - {FORM}),
        "small": len(small - {FORM}),
        "people": findings.interview_id.nunique(),
        "forms": next((state for state, holds in states.items() if holds), ""),
    }
    frame = pd.DataFrame([row]).astype(dict.fromkeys(list(row)[:-1], "Int64"))
    return frame[frame.drop(columns=["organisations", "answered"]).any(axis=1)]


def survey_answers(place: Country) -> pd.DataFrame:
    """Return every answer to every question, with n (of the question), share, low and high.

    Columns: survey and its displayed name, population, mode, item, answer, order, count, kind,
    section, question. `count` is NA if suppressed; share, low and high are also NA if n is below
    SMALLEST.
    """
    frame = read_table("survey", place)
    items = read_table("survey_items", place).drop(columns="iso3")
    # surveys published by others may lack a row in survey_items
    frame = frame.merge(items, "left", QUESTION)
    frame = frame.fillna({"kind": "one", "section": "", "question": ""})
    total = frame.groupby(QUESTION)["count"].transform("sum", skipna=False)
    population = frame.groupby("survey").population.first()
    names = {survey: render_english("survey_name", survey, who)
             for survey, who in population.items()}  # fmt: skip
    frame = frame.assign(n=frame.n.fillna(total), name=frame.survey.map(names).astype("str"))
    return frame.join(interval(frame["count"], frame.n))


def scales(answers: pd.DataFrame) -> pd.DataFrame:
    """Return each question with a scale: survey, item, name, section, n, hidden, least, most.

    `upper` and `lower` count the answers in the upper and lower two steps, with upper_share,
    upper_low and so on. Counts suppressed only within those two steps are replaced by n minus all
    other answers; the result is NA if that is not possible.
    """
    steps = answers[answers.kind == "scale"]
    questions = steps.groupby(QUESTION, sort=False)
    frame = questions[["name", "section", "n"]].first()
    frame["hidden"] = questions["count"].agg(lambda counts: counts.isna().any()).astype(bool)
    frame["least"], frame["most"] = questions.answer.first(), questions.answer.last()
    top, bottom = (questions.order.transform(end) for end in ("max", "min"))
    for end, rows in {"upper": steps.order >= top - 1, "lower": steps.order <= bottom + 1}.items():
        keys = [steps[column] for column in QUESTION]
        chose, others = (
            steps["count"].where(mask, 0).groupby(keys).sum(skipna=False) for mask in (rows, ~rows)
        )
        frame[end] = chose.fillna(frame.n - others)
        frame = frame.join(interval(frame[end], frame.n, f"{end}_"))
    return frame.reset_index()


def studies_of_children(about: pd.DataFrame) -> pd.DataFrame:
    """Return the studies of children published by others, with their safeguards.

    Columns: population, ethics approval, consent, "" if not recorded; index: survey. An analyst
    records the population of a published study; the forms of this project ask no children.
    """
    ours = about.survey[(about.item == "population") & (about.by == "analyst")]
    frame = about[about.survey.isin(ours)].pivot(index="survey", columns="item", values="stated")
    return frame.reindex(columns=SAFEGUARDS).fillna("")


def triangulate(
    items: pd.DataFrame, scales: pd.DataFrame, findings: pd.DataFrame, gci: pd.DataFrame, data: str
) -> pd.DataFrame:
    """Return one row per area with the reading of each source and the verdict.

    Columns: section; a reading for each of SOURCES (strength, gap, both, or "" without data) and
    its basis (`desk_on` ...); verdict. The cybersecurity index is shown but not counted.
    """
    areas = cop.data.labels("triangulation", "section", data)
    leaning = findings[findings.leaning != ""]
    readings = {
        "desk": _read_desk(items, areas),
        "survey": _read_survey(scales),
        "interviews": _read_leaning(leaning, "theme", "interviews_on"),
        "statistics": _read_statistics(gci),
    }
    frame = pd.DataFrame({"section": list(areas)})
    for source, cells in readings.items():
        pairs = [cells.get(section, ("", "")) for section in areas]
        frame[source], frame[f"{source}_on"] = zip(*pairs, strict=True)
    return frame.assign(verdict=[verdict(row) for row in frame[COUNTED].to_numpy()])


def verdict(readings: list[str]) -> str:
    """Return how the readings of one area relate; "" means that a source has no data.

    agree, agree in part, differ (a strength and a gap), only one source, or no source.
    """
    heard = [reading for reading in readings if reading]
    if len(heard) < 2:
        return "only one source" if heard else "no source"
    if len(set(heard)) == 1:
        return "agree"
    return "differ" if {"strength", "gap"} <= set(heard) else "agree in part"


def areas_of_country(place: Country) -> pd.DataFrame:
    """Return the areas of a country as `triangulate` does, from its tables."""
    interviews = sorted_table("interviews", place, "theme")
    items, gci = alignment.adjudicated(place), cybersecurity.gci(place)
    return triangulate(items, scales(survey_answers(place)), interviews, gci, place.data)


def unexplained(areas: pd.DataFrame, place: Country) -> list[cop.data.DataError]:
    """Return errors for areas that differ without a row in differences.csv, and the reverse."""
    explained = read_table("differences", place).section.tolist()
    differing = areas.section[areas.verdict == "differ"].tolist()
    return evidence.of_differences(differing, explained, f"research/{place.iso3}/differences.csv")


def comments(place: Country) -> pd.DataFrame:
    """Return the comments on this edition with their answers, "" while a comment is open.

    Columns: those of comments, with the organisation by name, and those of responses.
    """
    rows = read_table("comments", place)
    answers = read_table("responses", place)
    rows = rows[rows.edition == place.edition].merge(answers, "left", "comment_id").fillna("")
    return rows.assign(organisation=rows.organisation.replace(countries.bodies(place)))


def about_absence(field_work: pd.DataFrame, place: Country) -> Html:
    """Render how answers are reported, or what the absence of answers means."""
    threshold = cop.data.contents(place.data)["cop:threshold"]
    return render("about_absence", len(field_work), threshold, SMALLEST, FLAGGED)


def _read_desk(items, areas):
    """Return {section: (reading, basis)} from the adjudicated items for policy-makers."""
    rated = items[(items.framework == alignment.POLICY) & items.status.isin(RATED)]
    section = rated.area.str.lstrip("0123456789 ").map({v: k for k, v in areas.items()})
    readings = {}
    for code, statuses in rated.status.groupby(section):
        there, missing = ((statuses == word).mean() for word in (RATED[0], RATED[2]))
        reading = "strength" if there > 0.5 else "gap" if missing > 0.5 else "both"
        readings[code] = reading, render_english("desk_on", statuses.value_counts(), RATED)
    return readings


def _read_survey(scales):
    """Return {section: (reading, basis)} from the end of scales with half of the answers."""
    shown = scales.dropna(subset=["upper_share", "lower_share"])
    leaning = (shown.lower_share >= 0.5).map({True: "gap", False: "both"})
    leaning = leaning.mask(shown.upper_share >= 0.5, "strength")
    return _read_leaning(shown.assign(leaning=leaning), "section", "survey_on")


def _read_leaning(frame, by, macro):
    """Return {section: (reading, basis)} from rows with a leaning; `both` if they differ."""
    return {
        section: (
            rows.leaning.iloc[0] if rows.leaning.nunique() == 1 else "both",
            render_english(macro, rows),
        )
        for section, rows in frame.groupby(by)
    }


def _read_statistics(gci):
    """Return {section: (reading, basis)} from the latest index with all pillars."""
    complete = gci.dropna(subset=cybersecurity.PILLARS).sort_values("edition").tail(1)
    return {
        section: (_grade(last[pillar], LOW, HIGH), render_english("statistics_on", last, pillar))
        for last in complete.to_dict("records")
        for section, pillar in PILLARS.items()
    }


def _grade(value, low, high):
    return "strength" if value >= high else "gap" if value <= low else "both"
