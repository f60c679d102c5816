"""The desk baseline: what statistics say of a country that nobody has assessed yet, and what to
collect.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import words
from cop.report.page import Shown
from helpers import countries, indicators

say = partial(words.show, "0-desk-baseline")

INDICES = ["ITU.IDI", "NRI.SCORE", "ISOC.RESILIENCE", "NCSI.SCORE", "DQ.COSI"]


def indices(place: Country) -> pd.DataFrame:
    """Return the published indices beside the region.

    Columns: indicator_code, name, unit, year, value, source_id, median, n (countries of the region
    with a value). NA where there is no value.
    """
    newest = indicators.latest(indicators.read(place, tuple(INDICES)))
    own = newest[newest.iso3 == place.iso3].set_index("indicator_code")
    region = newest.groupby("indicator_code").value.agg(median="median", n="size")
    known = cop.data.read("indicator_catalogue", place.data).set_index("indicator_code")
    order = pd.Index(INDICES, name="indicator_code")
    frames = [known[["name", "unit"]], own[["year", "value", "source_id"]], region]
    out = pd.DataFrame(index=order).join(frames).reset_index()
    return out.fillna({"source_id": "", "n": 0}).astype({"year": "Int64", "n": int})


def checklist(place: Country) -> pd.DataFrame:
    """Return what is to be collected: check_id, area, what, usually_in, ask, section, item_ids."""
    return cop.data.read("checklist", place.data)


def about_region(place: Country) -> Shown:
    """Say in a notebook which countries the figures stand beside."""
    name, members = countries.beside(place)
    return say("about_region", name, len(members), place)


def index_table(indices: pd.DataFrame, place: Country) -> Shown:
    """Show the published indices beside the region's median; each measures what its publisher
    says.
    """
    return say("index_table", indices, place)


def checklist_table(checklist: pd.DataFrame, place: Country) -> Shown:
    """Show what is to be collected, where it usually is and whom to ask, in the order of an
    assessment.
    """
    return say("checklist_table", checklist, place)
