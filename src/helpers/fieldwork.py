"""Summarise forms, surveys, interviews and comments, and compare the sources of findings (stage 3).

Outcome rates follow AAPOR's Standard Definitions: organisations that were not reached count as
eligible. The base of a share is the number of people who answered the question; if it allows
several answers, the base is the number of people who were asked. Intervals are Wilson intervals.
Surveys are not random samples unless stated, so intervals describe only the spread. Suppressed
counts are NA, never zero. People are identified only by function or category.
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
    """Read a table, sorted in the order of the codes of column `by`, with other values last."""
    frame = read_table(name, place)
    order = pd.Categorical(frame[by], list(cop.data.labels(name, by, place.data)))
    return frame.iloc[order.argsort(kind="stable")]


def wilson(count: pd.Series, n: pd.Series, z: float = 1.96) -> tuple[pd.Series, pd.Series]:
    """Return the lower and upper limits of Wilson's interval (1927) for the share count / n.

    `z` is the normal quantile (default: a 95% interval). The limits are NaN if n is NaN.
    """
    middle = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (count * (n - count) / n + z**2 / 4) ** 0.5
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def interval(count: pd.Series, n: pd.Series, prefix: str = "") -> pd.DataFrame:
    """Compute the share of each count with its Wilson interval.

    The columns are share, low and high (0 to 1), with `prefix` before each name. They are NA if the
    count is suppressed or if `n` is NA or less than SMALLEST.
    """
    counts, total = (column.to_numpy(float, na_value=np.nan) for column in (count, n))
    total = np.where(total >= SMALLEST, total, np.nan)
    low, high = wilson(counts, total)
    parts = {"share": counts / total, "low": low, "high": high}
    return pd.DataFrame(parts, count.index).astype("Float64").add_prefix(prefix)


def rates(forms: pd.DataFrame) -> pd.DataFrame:
    """Compute AAPOR's outcome rates of the mapping form (see RATES) from the table `forms`.

    The columns are rate, numerator, denominator and value (0 to 1). Sums of suppressed counts are
    NA. The value is also NA if the denominator is less than SMALLEST. The result is empty if no
    form was sent.
    """
    total = forms.query("category == 'all'").set_index("outcome")["count"]
    sums = [[total.reindex(part).sum(skipna=False) for part in parts] for parts in RATES.values()]
    frame = pd.DataFrame(sums, columns=["numerator", "denominator"]).astype("Int64")
    frame.insert(0, "rate", list(RATES))
    frame["value"] = interval(frame.numerator, frame.denominator).share
    return frame if len(total) else frame.head(0)


def field_work(rates: pd.DataFrame, answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Summarise the field work in one row, or return no row if there was no field work.

    `rates` and `answers` are the results of `rates` and `survey_answers`. The columns are:

    - organisations, answered: number of organisations that were eligible for the mapping form, and
      that answered it (0 if no form was sent, NA if suppressed)
    - surveys, small: number of other surveys with published answers, and with too few answers
    - people: number of interviews
    - forms: status of the mapping form, which is `counted` (the number of answers is published),
      `back` (only answers or organisations are published), `few` (too few answers), `sent` or ""
    """
    sent = rates.query("rate == 'RR2'")
    organisations, answered = sent.denominator.sum(skipna=False), sent.numerator.sum(skipna=False)
    published, about = set(answers.survey), read_table("survey_about", place)
    small = set(about.query("by == 'data'").survey) - published
    states = {
        "counted": pd.notna(answered) and answered > 0,
        "back": FORM in published or len(read_table("returned", place)) > 0,
        "few": FORM in small,
        "sent": len(sent) > 0,
    }
    row = {
        "organisations": organisations,
        "answered": answered,
        "surveys": len(published - {FORM}),
        "small": len(small - {FORM}),
        "people": read_table("interviews", place).interview_id.nunique(),
        "forms": next((state for state, holds in states.items() if holds), ""),
    }
    frame = pd.DataFrame([row]).astype(dict.fromkeys(list(row)[:-1], "Int64"))
    return frame[frame.drop(columns=["organisations", "answered"]).any(axis=1)]


def survey_answers(place: Country) -> pd.DataFrame:
    """Return the count and share of every published answer to every survey question.

    The columns are those of the tables `survey` and `survey_items`, name (the displayed name of the
    survey), share, low and high (see `interval`). Suppressed counts are NA. n is the number of
    people who were asked or answered, or the sum of the counts if this is not stated. Questions
    without a row in `survey_items`, as in surveys published by others, have the kind `one`.
    """
    frame = read_table("survey", place)
    items = read_table("survey_items", place).drop(columns="iso3")
    frame = frame.merge(items, "left", QUESTION)
    frame = frame.fillna({"kind": "one", "section": "", "question": ""})
    total = frame.groupby(QUESTION)["count"].transform("sum", skipna=False)
    population = frame.groupby("survey").population.first()
    names = {survey: render_english("survey_name", survey, who)
             for survey, who in population.items()}  # fmt: skip
    frame = frame.assign(n=frame.n.fillna(total), name=frame.survey.map(names).astype("str"))
    return frame.join(interval(frame["count"], frame.n))


def scales(answers: pd.DataFrame) -> pd.DataFrame:
    """Count the answers at both ends of each question with a scale (see `survey_answers`).

    The columns are:

    - survey, item, name, section, n
    - hidden: whether a count is suppressed
    - least, most: labels of the first and the last point of the scale
    - upper, lower: number of answers at the upper two and at the lower two points
    - upper_share, upper_low, upper_high and the same for lower: see `interval`

    If a count at one of these two points is suppressed, upper or lower is computed as n minus all
    other answers. It is NA if one of the other counts is suppressed too.
    """
    steps = answers.query("kind == 'scale'").sort_values("order", kind="stable")
    questions = steps.groupby(QUESTION, sort=False)
    frame = questions[["name", "section", "n"]].first()
    frame["hidden"] = questions["count"].count() < questions.size()
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


def triangulate(
    items: pd.DataFrame, scales: pd.DataFrame, findings: pd.DataFrame, gci: pd.DataFrame, data: str
) -> pd.DataFrame:
    """Compare what the sources show (strength or gap) for each area, one row per area.

    The arguments are the results of `alignment.adjudicated` and `scales`, the table `interviews`,
    the result of `cybersecurity.gci`, and the data folder. The columns are section, the reading of
    each source in SOURCES (`strength`, `gap`, `both`, or "" without data), the basis of each
    reading (desk_on and so on), and verdict, which does not depend on the statistics.
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
    """Return whether the readings of an area agree.

    The result is `agree`, `agree in part`, `differ` (a strength and a gap), `only one source` or
    `no source`. Empty readings are ignored.
    """
    heard = [reading for reading in readings if reading]
    if len(heard) < 2:
        return "only one source" if heard else "no source"
    if len(set(heard)) == 1:
        return "agree"
    return "differ" if {"strength", "gap"} <= set(heard) else "agree in part"


def areas_of_country(place: Country) -> pd.DataFrame:
    """Compare the sources on each area (topic) of a country; return the result of `triangulate`."""
    interviews = sorted_table("interviews", place, "theme")
    items, gci = alignment.adjudicated(place), cybersecurity.gci(place)
    return triangulate(items, scales(survey_answers(place)), interviews, gci, place.data)


def unexplained(areas: pd.DataFrame, place: Country) -> list[cop.data.DataError]:
    """Return errors in differences.csv: differing areas without a row, and rows for other areas."""
    explained = cop.data.present("differences", place.data, place.iso3).section
    differing = areas.query("verdict == 'differ'").section.tolist()
    return evidence.of_differences(differing, explained, f"research/{place.iso3}/differences.csv")


def comments(place: Country) -> pd.DataFrame:
    """Return the comments on this edition with their answers.

    The columns are those of the tables `comments` and `responses`, with names of organisations
    instead of ids. Columns of the answer are empty strings if there is none.
    """
    rows = read_table("comments", place)
    answers = read_table("responses", place)
    rows = rows[rows.edition == place.edition].merge(answers, "left", "comment_id").fillna("")
    return rows.assign(organisation=rows.organisation.replace(countries.bodies(place)))


def about_absence(field_work: pd.DataFrame, place: Country) -> Html:
    """Render the rules for reporting answers, or a note if `field_work` has no row."""
    threshold = cop.data.contents(place.data)["cop:threshold"]
    return render("about_absence", len(field_work), threshold, SMALLEST, FLAGGED)


def _read_desk(items, areas):
    rated = items[(items.framework == alignment.POLICY) & items.status.isin(RATED)]
    section = rated.area.str.lstrip("0123456789 ").map({v: k for k, v in areas.items()})
    readings = {}
    for code, statuses in rated.status.groupby(section):
        there, missing = (statuses == "in place").mean(), (statuses == "not in place").mean()
        reading = "strength" if there > 0.5 else "gap" if missing > 0.5 else "both"
        readings[code] = reading, render_english("desk_on", statuses.value_counts(), RATED)
    return readings


def _read_survey(scales):
    """Return {section: (reading, basis)}. At least half the answers at one end decide a scale."""
    shown = scales.dropna(subset=["upper_share", "lower_share"])
    leaning = (shown.lower_share >= 0.5).map({True: "gap", False: "both"})
    leaning = leaning.mask(shown.upper_share >= 0.5, "strength")
    return _read_leaning(shown.assign(leaning=leaning), "section", "survey_on")


def _read_leaning(frame, by, macro):
    return {
        section: (
            rows.leaning.iloc[0] if rows.leaning.nunique() == 1 else "both",
            render_english(macro, rows),
        )
        for section, rows in frame.groupby(by)
    }


def _read_statistics(gci):
    complete = gci.dropna(subset=cybersecurity.PILLARS).sort_values("edition").tail(1)
    return {
        section: (_grade(last[pillar]), render_english("statistics_on", last, pillar))
        for last in complete.to_dict("records")
        for section, pillar in PILLARS.items()
    }


def _grade(score):
    return "strength" if score >= HIGH else "gap" if score <= LOW else "both"
