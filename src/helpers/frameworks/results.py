"""The expected results of the Regional Initiative, country by country, with the response teams and
exercises on record; never ranked.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data.places import Region
from cop.report import words
from cop.report.languages import said
from cop.report.page import Shown
from helpers import alignment, countries, region
from helpers.frameworks import serving

say = partial(words.show, "serves")

TEAMS, EXERCISES = "CSIRTs and their networks", "simulation exercises"


def by_country(place: Region) -> pd.DataFrame:
    """Return each result that the framework expects of each country that takes part.

    Columns: iso3, result, status, finding, evidence_ids, confidence, confidence_reason; teams
    (where the result on response teams stands: names of the organisations that its evidence names);
    exercises and latest (of the result on exercises: how many are on record, and the latest year;
    NA where none).
    """
    rows, drills = region.gather(place, "results_of_initiative"), exercises(place)
    names = region.gather(place, "organisations").set_index("stakeholder_id").name
    teams = [
        "; ".join(names[i] for i in cop.data.split(row.evidence_ids) if i in names.index)
        if row.result == TEAMS and row.status in alignment.AT_LEAST
        else ""
        for row in rows.itertuples()
    ]
    known = drills.groupby("iso3").year.agg(exercises="size", latest="max")
    known = known.assign(result=EXERCISES).reset_index()
    frame = rows.assign(teams=teams).merge(known, "left", ["iso3", "result"])
    return frame.astype({"exercises": "Int64", "latest": "Int64"})


def exercises(place: Region) -> pd.DataFrame:
    """Give, beside the results that the framework expects, the exercises of all that take part.

    They are as stage 4 handed them on, by country and the latest first; see `distinct` too.
    """
    frame = region.gather(place, "exercises_on_record")
    frame = frame.assign(order=frame.iso3.map(region.by_name(place.assessed, place).index))
    frame = frame.sort_values(["order", "year"], ascending=[True, False], kind="stable")
    return frame.drop(columns="order").reset_index(drop=True)


def distinct(exercises: pd.DataFrame) -> int:
    """Count the exercises, a joint one once: those of one name, year, first day and place are one,
    whichever countries recorded it.
    """
    return len(exercises.drop_duplicates(["name", "year", "first_day", "place"]))


def standing(results: pd.DataFrame) -> pd.DataFrame:
    """Count the countries in which each result that the framework expects stands at least in part.

    Columns: result, countries, low (of these with low confidence).
    """
    stands = region.stands(results)
    counts = {"countries": stands, "low": stands & (results.confidence == "low")}
    return results[["result"]].assign(**counts).groupby("result", sort=False).sum().reset_index()


def result_line(standing: pd.DataFrame, place: Region) -> Shown:
    """Say in how many countries each result that the framework expects stands, at least in part."""
    rows = standing.assign(label=standing.result.map(_labels(place)))
    return say("result_line", rows, len(place.assessed))


def result_table(results: pd.DataFrame, place: Region) -> Shown:
    """Show each result that the framework expects by country, with the teams and the exercises."""
    return say("result_table", results, _labels(place), _names(place), _cycle(place), place)


def exercise_table(exercises: pd.DataFrame, place: Region) -> Shown:
    """Show, beside the results that the framework expects, the exercises on record by country."""
    return say("exercise_table", exercises, distinct(exercises), _names(place), place)


def _cycle(place):
    """Return the years of the initiative whose results the countries are held against."""
    known = serving.elements(place.data)
    return known.cycle[known.code.isin(list(_labels(place)))].iloc[0]


def _labels(place):
    return cop.data.labels("expected_results", "result", place.data)


def _names(place):
    known = countries.names(place.data)
    return {iso3: said(known[iso3]) for iso3 in region.by_name(place.assessed, place)}
