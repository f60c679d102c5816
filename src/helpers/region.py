"""Compare the countries of a region without ranking them (stage 7).

Only tables saved by the countries' own stages are read; a country without them is left out.
"""

from collections.abc import Iterable

import pandas as pd

import cop.data
from cop.data.places import Region
from cop.report import formats
from cop.report.languages import N_, translate
from helpers import alignment, countries

STANDS = {  # values of a row of Table 25 that count as in place
    "lanzarote": ["party"],
    "weprotect": ["member"],
    "national_strategy": ["in force", "adopted"],
    "national_agency": ["dedicated", "shared mandate"],
}
COMPARED = [  # rates that are compared between countries
    "IT.NET.USER.ZS", "ITU.xHH6", "ITU.i271GA", "WPP.POP.0014.ZS", "ITU.i992b", "ITU.i911mw",
    "ITU.i154_FBB5_GNI", "NCMEC.RATE",
]  # fmt: skip
ABSENT = ["not in place", "no action", "signatory"]  # values where a source states the absence
UNJUDGED = ["not assessed", "withheld", "not looked up"]
LEFT_OUT, NOT_RUN = N_("left out of this run"), N_("not run")
UNPUBLISHED = N_("not in the table")


def gather(place: Region, name: str) -> pd.DataFrame:
    """Return one saved table for all countries that take part, ordered by country name."""
    folders = [f"{place.outputs}/{iso3}/tables" for iso3 in by_name(place.assessed, place)]
    return cop.data.handed_on(name, place, folders)


def by_name(members: Iterable[str], place: Region) -> list[str]:
    """Return ISO3 codes in the alphabetical order of the names in the page language."""
    names = countries.names(place.data)
    return sorted(members, key=lambda iso3: formats.sort_key(translate(names[iso3])))


def names(members: Iterable[str], place: Region) -> dict[str, str]:
    """Return {ISO3: name} of countries in the order and language of the page."""
    english = countries.names(place.data)
    return {iso3: translate(english[iso3]) for iso3 in by_name(members, place)}


def table_25(place: Region) -> pd.DataFrame:
    """Return Table 25 cell by cell for all members, as published in 2020 and as of today.

    Columns: row, iso3, label, published_2020, source_id (of 2020), value, as_of, comparison,
    difference, refs, confidence and confidence_reason. Cells of a country left out of the run, or
    of the table of 2020, hold LEFT_OUT, NOT_RUN or UNPUBLISHED.
    """
    keys, labels = ["row", "iso3"], cop.data.labels("table_25", "row", place.data)
    today = gather(place, "table_25_today").astype(str).set_index(keys)
    cells = pd.MultiIndex.from_product([list(labels), by_name(place.members, place)], names=keys)
    then = cop.data.read("table_25_2020", place.data).set_index(keys).reindex(cells)
    frame = today.drop(columns=["detail"]).reindex(cells).assign(label=cells.get_level_values(0))
    frame = frame.assign(published_2020=then.value, source_id=then.source_id)
    absent = {"value": LEFT_OUT, "as_of": NOT_RUN, "published_2020": UNPUBLISHED}
    return frame.fillna(absent).fillna("").replace({"label": labels}).reset_index()


def count_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Count the participating countries by their value in each row of Table 25.

    Columns: row, then (yes in 2020), today (in place), low (of these with low confidence), shared
    (of these a mandate of several bodies); countries with other values: planned (a draft), expired,
    absent (a source states it), silent (no public evidence), silent_low (of these with low
    confidence), unjudged. Confidence does not affect the other counts.
    """
    frame = table[(table.value != LEFT_OUT) & table.row.isin(STANDS)]
    low, silent = frame.confidence == "low", frame.value == alignment.SILENT
    today = pd.Series([r.value in STANDS[r.row] for r in frame.itertuples()], frame.index)
    counts = {
        "then": frame.published_2020 == "yes",
        "today": today,
        "low": today & low,
        "shared": frame.value == "shared mandate",
        "planned": frame.value == "draft",
        "expired": frame.value == "expired",
        "absent": frame.value.isin(ABSENT),
        "silent": silent,
        "silent_low": silent & low,
        "unjudged": frame.value.isin(UNJUDGED),
    }
    return frame.assign(**counts).groupby("row", sort=False)[[*counts]].sum().reset_index()
