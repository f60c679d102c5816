"""Stage 3, field work: who answered, what was said, whether sources agree, and comments on drafts.

Outcome rates follow AAPOR's Standard Definitions: an organisation that was not reached counts as
eligible. Shares are of those who answered a question (of all who were asked, where several answers
are possible), with a Wilson interval. Unless a survey says otherwise it is no random sample: the
interval shows spread only. A count that was suppressed before publication is NA, never zero.
People appear by function or category, never by name.
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

SMALLEST = 30  # answers below which no percentage is given
FLAGGED = 60  # answers below which a percentage is marked
FLOOR, TENTATIVE = 0.8, 0.667  # of alpha (Krippendorff 2018): reliable; tentative conclusions only
QUESTION = ["survey", "item"]
FORM = "mapping_form"  # counted like a survey, and not a survey
REACHED = ["complete", "partial", "refused"]
RATES = {  # the outcomes that are counted, and those among which
    "RR1": (["complete"], [*REACHED, "not reached"]),
    "RR2": (["answered"], ["eligible"]),
    "COOP1": (["complete"], REACHED),
    "REF1": (["refused"], ["eligible"]),
    "CON1": (["answered", "refused"], ["eligible"]),
}
SAFEGUARDS = ["population", "ethics approval", "consent"]

PILLARS = {  # the pillar of the cybersecurity index that is nearest to an area
    "legal_framework": "legal",
    "regulatory_framework": "organizational",
    "stakeholders": "cooperation",
    "education": "capacity",
}
WEIGHTS = {"in place": 1, "partly in place": 0.5, "not in place": 0}
LOW, HIGH = 10, 15  # points of a pillar, of 20
SOURCES = ["desk", "survey", "interviews", "statistics"]
COUNTED = SOURCES[:3]  # the index is about cybersecurity as a whole: it confirms nothing
DECISIONS = {"accepted": "accepted", "partly": "partly", "not": "not_accepted", "": "open"}


def sorted_table(name: str, place: Country, by: str) -> pd.DataFrame:
    """Read a table in the order of the codes of a column; rows without a code come last."""
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
    """Return share, low and high (0 to 1, by Wilson) of counts.

    NA where the count is suppressed and under 30 answers.
    """
    counts, total = (column.to_numpy(float, na_value=np.nan) for column in (count, n))
    total = np.where((total >= SMALLEST) & ~np.isnan(counts), total, np.nan)
    low, high = wilson(counts, total)
    parts = {"share": counts / total, "low": low, "high": high}
    return pd.DataFrame(parts, count.index).astype("Float64").add_prefix(prefix)


def rates(forms: pd.DataFrame) -> pd.DataFrame:
    """Return AAPOR's outcome rates of the forms: rate, numerator, denominator, value (0 to 1).

    No rows where no form was sent. Counts are NA where one is suppressed; value also under 30.
    """
    total = forms[forms.category == "all"].set_index("outcome")["count"]
    sums = [[total.reindex(part).sum(skipna=False) for part in parts] for parts in RATES.values()]
    frame = pd.DataFrame(sums, columns=["numerator", "denominator"]).astype("Int64")
    frame.insert(0, "rate", list(RATES))
    frame["value"] = interval(frame.numerator, frame.denominator).share
    return frame if len(total) else frame.head(0)


def response(forms: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return who answered by category: category, eligible, answered, not_answered, share (0 to 1).

    Small categories are one row. Counts are NA where they are suppressed; share also under 30.
    """
    counts = forms.pivot(index="category", columns="outcome", values="count")
    counts = counts.reindex(columns=["eligible", "answered", "not answered"]).astype("Int64")
    order = cop.data.labels("response", "category", place.data)
    counts = counts.loc[[code for code in order if code in counts.index and code != "all"]]
    counts = counts.rename(columns={"not answered": "not_answered"}).rename_axis(columns=None)
    return counts.assign(share=interval(counts.answered, counts.eligible).share).reset_index()


def field_work(
    rates: pd.DataFrame, answers: pd.DataFrame, findings: pd.DataFrame, about: pd.DataFrame
) -> pd.DataFrame:
    """Return what came back in one row: organisations, answered, surveys, small, people, forms.

    `answered` is of the `organisations` that were sent a form: 0 where none was, NA: suppressed.
    `forms` says what came of them: counted, back, few, sent or ""; `small` counts surveys with too
    few answers for a result: they are in `about` and not in `answers`. No row: nothing came back
    and nothing was sent.
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

    Columns: survey and its short name, population, mode, item, answer, order, count, kind, section,
    question. `count` is NA where it is suppressed; share, low and high there and under 30.
    """
    frame = read_table("survey", place)
    items = read_table("survey_items", place).drop(columns="iso3")
    # a survey that others published may have no row about a question
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

    `upper` and `lower` count who chose the upper and the lower two steps, with upper_share,
    upper_low ...; where only those two are suppressed they are what the others leave, else NA.
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
    """Return the studies of children that others published, with their safeguards.

    Columns: population, ethics approval, consent, "" where none is recorded; the index is the
    survey. Our own forms ask no child; an analyst records the population of a published study.
    """
    ours = about.survey[(about.item == "population") & (about.by == "analyst")]
    frame = about[about.survey.isin(ours)].pivot(index="survey", columns="item", values="stated")
    return frame.reindex(columns=SAFEGUARDS).fillna("")


def stated_by_item(about: pd.DataFrame, place: Country) -> dict[str, dict[str, list[str]]]:
    """Return how surveys were made: {item: {statement: surveys}}, for each item of the checklist.

    The items are those of CHERRIES, and those of AAPOR that it lacks.
    """
    stated = {item: {} for item in cop.data.labels("survey_about", "item", place.data)}
    for row in about.itertuples():
        stated[row.item].setdefault(row.stated, []).append(row.survey)
    return stated


def triangulate(
    items: pd.DataFrame, scales: pd.DataFrame, findings: pd.DataFrame, gci: pd.DataFrame, data: str
) -> pd.DataFrame:
    """Return one row per area: section, each source's reading and what it rests on, the verdict.

    A reading (`desk` ...; its basis: `desk_on` ...) is strength, gap or both, "" where the source
    is silent. The cybersecurity index stands beside the verdict and is not counted.
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
    """Return how the readings of one area go together; "" is silence.

    agree, agree in part, differ (a strength beside a gap), only one source or no source.
    """
    heard = [reading for reading in readings if reading]
    if len(heard) < 2:
        return "only one source" if heard else "no source"
    if len(set(heard)) == 1:
        return "agree"
    return "differ" if {"strength", "gap"} <= set(heard) else "agree in part"


def areas_of_country(place: Country) -> pd.DataFrame:
    """Return the areas of a country as `triangulate` does, from its tables, for `cop check`."""
    interviews = sorted_table("interviews", place, "theme")
    items, gci = alignment.adjudicated(place), cybersecurity.gci(place)
    return triangulate(items, scales(survey_answers(place)), interviews, gci, place.data)


def unexplained(areas: pd.DataFrame, place: Country) -> list[cop.data.DataError]:
    """Return the errors of differences.csv: areas that differ without a row, and the reverse."""
    explained = read_table("differences", place).section.tolist()
    differing = areas.section[areas.verdict == "differ"].tolist()
    return evidence.of_differences(differing, explained, f"research/{place.iso3}/differences.csv")


def explained(areas: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return areas with `explanation`: why the sources differ, "" where they do not.

    Raises cop.data.InvalidTable, with row and fix, where a difference has no explanation.
    """
    if errors := unexplained(areas, place):
        raise cop.data.InvalidTable(errors)
    reasons = read_table("differences", place).set_index("section").explanation
    return areas.assign(explanation=areas.section.map(reasons).fillna("").astype(str))


def comments(place: Country) -> pd.DataFrame:
    """Return each comment on this edition with its answer, "" while it is open.

    Columns: those of comments, the organisation by name, and of responses.
    """
    rows = read_table("comments", place)
    answers = read_table("responses", place)
    rows = rows[rows.edition == place.edition].merge(answers, "left", "comment_id").fillna("")
    return rows.assign(organisation=_names(rows.organisation, place))


def disputed(items: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the ratings that the validation round disputes: not accepted, or open.

    Columns: item_id, item, status (ours, "" where the comment is on no item), comment_id, role,
    organisation (by name), proposed, decision ("" while it is open), why.
    """
    rows = comments(place).rename(columns={"about": "item_id"})
    rows = rows[(rows.kind == "rating") & (rows.decision != "accepted")]
    rows = rows.merge(items[["item_id", "item", "status"]], "left", "item_id")
    rows = rows.assign(item=rows["item"].fillna(rows.around), status=rows.status.fillna(""))
    return rows[list(cop.data.titles("disputed_ratings", place.data))[1:]]


def validation_round(comments: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the comments on this edition by kind of body, in the contract's order.

    Columns: role, comments, accepted, partly, not_accepted, open, first, last (days received).
    """
    counts = pd.crosstab(comments.role, comments.decision).reindex(columns=DECISIONS, fill_value=0)
    counts = counts.rename(columns=DECISIONS)
    counts.insert(0, "comments", counts.sum(axis=1))
    days = comments.groupby("role").received.agg(first="min", last="max")
    order = [role for role in cop.data.labels("comments", "role", place.data) if role in days.index]
    return counts.join(days).loc[order].rename_axis("role").reset_index()


def about_absence(field_work: pd.DataFrame, place: Country) -> Html:
    """Render how answers are reported, or what it means that there are none."""
    threshold = cop.data.contents(place.data)["cop:threshold"]
    return render("about_absence", len(field_work), threshold, SMALLEST, FLAGGED)


def _names(bodies, place):
    return bodies.replace(countries.bodies(place))


def _read_desk(items, areas):
    """Return {section: (reading, basis)} of the adjudicated items for policy-makers."""
    rated = items[(items.framework == alignment.POLICY) & items.status.isin(WEIGHTS)]
    section = rated.area.str.lstrip("0123456789 ").map({v: k for k, v in areas.items()})
    readings = {}
    for code, statuses in rated.status.groupby(section):
        reading = _grade(statuses.map(WEIGHTS).mean(), 1 / 3, 2 / 3)
        readings[code] = reading, render_english("desk_on", statuses.value_counts(), WEIGHTS)
    return readings


def _read_survey(scales):
    """Return the same of the questions with a scale, by the end that holds half of the answers."""
    shown = scales.dropna(subset=["upper_share", "lower_share"])
    leaning = (shown.lower_share >= 0.5).map({True: "gap", False: "both"})
    leaning = leaning.mask(shown.upper_share >= 0.5, "strength")
    return _read_leaning(shown.assign(leaning=leaning), "section", "survey_on")


def _read_leaning(frame, by, macro):
    """Return the same of rows that each lean one way; `both` where they differ."""
    return {
        section: (
            rows.leaning.iloc[0] if rows.leaning.nunique() == 1 else "both",
            render_english(macro, rows),
        )
        for section, rows in frame.groupby(by)
    }


def _read_statistics(gci):
    """Return the same of the index, from the latest edition that has all pillars."""
    complete = gci.dropna(subset=cybersecurity.PILLARS).sort_values("edition").tail(1)
    return {
        section: (_grade(last[pillar], LOW, HIGH), render_english("statistics_on", last, pillar))
        for last in complete.to_dict("records")
        for section, pillar in PILLARS.items()
    }


def _grade(value, low, high):
    return "strength" if value >= high else "gap" if value <= low else "both"
