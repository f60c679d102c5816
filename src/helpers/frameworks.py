"""The frameworks above the guidelines: what recommendations serve, and expected results by country.

That an item serves an element is our judgement (mappings.csv); what a recommendation serves follows
from its items, its capabilities and its own SDG target. Countries are never ranked.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data.places import Country, Region
from cop.report import words
from cop.report.languages import said
from cop.report.page import Shown
from helpers import alignment, countries, region

render = partial(words.show, "serves")

TEAMS, EXERCISES = "CSIRTs and their networks", "simulation exercises"
JOINT = ["name", "year", "first_day", "place"]  # the same for all records of one exercise


def recommended(
    recommendations: pd.DataFrame, elements: pd.DataFrame, place: Country
) -> pd.DataFrame:
    """Return which recommendation serves which element of the frameworks.

    It serves what its items and capabilities serve, and its own SDG target. What serves an element
    also serves the element that measures it. Columns: element_id, recommendation_id, through (ids
    of items and capabilities, or the target).
    """
    mappings = cop.data.read("mappings", place.data)[["served_by", "element_id"]]
    measuring = elements[elements.measures != ""][["element_id", "measures"]]
    measuring = mappings.rename(columns={"element_id": "measures"}).merge(measuring)
    targets = elements[elements.framework == "SDG"].rename(columns={"code": "served_by"})
    pairs = pd.concat([mappings, measuring, targets])[["served_by", "element_id"]]
    pairs = pairs[pairs.element_id.isin(elements.element_id)]
    ids = recommendations[["item_ids", "capability_ids", "sdg_target"]].agg("; ".join, axis=1)
    frame = recommendations[["recommendation_id"]].assign(served_by=ids.map(cop.data.split))
    frame = frame.explode("served_by").merge(pairs.astype(object))
    through = frame.groupby(["element_id", "recommendation_id"]).served_by.agg("; ".join)
    return through.rename("through").reset_index()


def small_table(elements: pd.DataFrame, recommended: pd.DataFrame, place: Country) -> Shown:
    """Render the elements that recommendations serve, and name those that none serves.

    Elements that measure others are left out: a note names the index.
    """
    answers = recommended.groupby("element_id").recommendation_id.agg("; ".join)
    rows = elements.assign(
        anchor=elements.element_id, recommendations=elements.element_id.map(answers).fillna("")
    )
    rows = rows[rows.measures == ""]
    answered = rows.recommendations != ""
    return render("small_table", rows[answered], rows[~answered], place)


def by_country(place: Region) -> pd.DataFrame:
    """Return each result that the Regional Initiative expects, country by country.

    Columns: iso3, result, status, finding, evidence_ids, confidence, confidence_reason; teams
    (names of the organisations in the evidence, where response teams are in place at least in
    part); exercises and latest (of the result on exercises: how many are on record, and the latest
    year; NA where none).
    """
    rows = region.gather(place, "results_of_initiative")
    names = region.gather(place, "organisations").set_index("stakeholder_id").name
    ids = rows.evidence_ids.map(cop.data.split)
    teams = ids.map(lambda cited: "; ".join(names.reindex(cited).dropna()))
    teams = teams.where((rows.result == TEAMS) & rows.status.isin(alignment.AT_LEAST), "")
    years = region.gather(place, "exercises_on_record").groupby("iso3").year
    counts = years.agg(exercises="size", latest="max").reset_index().assign(result=EXERCISES)
    frame = rows.assign(teams=teams).merge(counts, "left", ["iso3", "result"])
    return frame.astype({"exercises": "Int64", "latest": "Int64"})


def result_line(results: pd.DataFrame, place: Region) -> Shown:
    """Render in how many countries each result is in place, at least in part."""
    reached = results.status.isin(alignment.AT_LEAST)
    frame = results.assign(countries=reached, low=reached & (results.confidence == "low"))
    frame = frame.groupby("result", sort=False)[["countries", "low"]].sum().reset_index()
    frame["label"] = frame.result.map(_labels(place))
    return render("result_line", frame, len(place.assessed))


def result_table(results: pd.DataFrame, place: Region) -> Shown:
    """Render each expected result by country, with response teams and exercises."""
    elements = cop.data.read("frameworks", place.data)
    cycle = elements.cycle[elements.code.isin(list(_labels(place)))].iloc[0]
    return render("result_table", results, _labels(place), _names(place), cycle, place)


def exercise_table(exercises: pd.DataFrame, place: Region) -> Shown:
    """Render the exercises on record by country; a joint exercise counts once."""
    distinct = len(exercises.drop_duplicates(JOINT))
    return render("exercise_table", exercises, distinct, _names(place), place)


def _labels(place):
    return cop.data.labels("expected_results", "result", place.data)


def _names(place):
    names = countries.names(place.data)
    return {iso3: said(names[iso3]) for iso3 in region.by_name(place.assessed, place)}
