"""Compare the countries of a region without ranking them (stage 7).

Current values are read from the tables that the stages of each assessed country saved.
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
ABSENT = ["not in place", "no action", "signatory", "not a member"]  # according to a source
UNJUDGED = ["not assessed", "withheld", "not looked up"]
LEFT_OUT, NOT_RUN = N_("left out of this run"), N_("not run")
UNPUBLISHED = N_("not in the table")


def gather(place: Region, name: str) -> pd.DataFrame:
    """Concatenate the tables `name` that the assessed countries saved, sorted by `by_name`."""
    folders = [f"{place.outputs}/{iso3}/tables" for iso3 in by_name(place.assessed, place)]
    return cop.data.handed_on(name, place, folders)


def by_name(members: Iterable[str], place: Region) -> list[str]:
    """Sort ISO3 codes by the name of the country in the language of the page."""
    names = countries.names(place.data)
    return sorted(members, key=lambda iso3: formats.sort_key(translate(names[iso3])))


def names(members: Iterable[str], place: Region) -> dict[str, str]:
    """Return {ISO3: name} in the language of the page, sorted by name."""
    english = countries.names(place.data)
    return {iso3: translate(english[iso3]) for iso3 in by_name(members, place)}


def table_25(place: Region) -> pd.DataFrame:
    """Return the cells of Table 25 for all member countries, with current values and those of 2020.

    The columns are row, iso3, label, published_2020, source_id (of the value of 2020), value,
    as_of, comparison, difference, refs, confidence and confidence_reason. If a country is not in
    the run, its value is LEFT_OUT and its as_of is NOT_RUN. If it is not in the table of 2020,
    published_2020 is UNPUBLISHED. Other missing values are empty strings. Rows are sorted by row of
    Table 25, then by name of the country.
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
    """Count the assessed countries by value, for each row of Table 25 that is in STANDS.

    The columns are row, then (in place in 2020), today (in place), low (in place with low
    confidence), shared (a mandate shared by several organisations), planned (a draft), expired,
    absent (not in place according to a source), silent (no public evidence), silent_low (no public
    evidence, with low confidence) and unjudged (no rating).
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
