"""The desk baseline: what statistics say of a country that nobody has assessed yet, and what is to be collected."""

from dataclasses import replace

import pandas as pd

import contract
from helpers import countries, indicators
from helpers.evidence import SECTIONS
from report import citations, page

NONE = page.Shown(
    '<span class="missing">none</span>'
)  # the year and source of a value that is missing
STATUS = "desk baseline"
INDICES = ["ITU.IDI", "NRI.SCORE", "ISOC.RESILIENCE", "NCSI.SCORE", "DQ.COSI"]


def find(iso3, data, tables):
    """Give the Country of a code, of no edition, so that its figures are the newest; LookupError for an unknown code."""
    return replace(countries.economy(iso3, data), tables=tables)


def cut_off(data):
    """Give the day on which the youngest data set of the statistics was read."""
    return contract.read("statistics_sources", data).accessed.max()


def about_region(place):
    """Say which countries the figures stand beside."""
    name, members = countries.beside(place)
    if len(members) == 1:
        return page.say(
            "The reference tables put {} in no region, so nothing is shown beside it.", place.called
        )
    return page.say(
        "The region is {}, {} with {} among them; for most figures only some of them have a value.",
        name,
        page.count(len(members), "economy", "economies"),
        place.called,
    )


def indices(place):
    """Give the published indices: name, unit, value, year, source, and the region's median; NA where there is no value."""
    newest = indicators.latest(indicators.read(place, tuple(INDICES)))
    own = newest[newest.iso3 == place.iso3].set_index("indicator_code")[
        ["value", "year", "source_id"]
    ]
    region = newest.groupby("indicator_code").value.agg(["median", "size"])
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code")[
        ["name", "unit"]
    ]
    out = (
        pd.DataFrame(index=pd.Index(INDICES, name="indicator_code"))
        .join([known, own, region])
        .reset_index()
    )
    return out.assign(source_id=out.source_id.fillna(""), size=out["size"].fillna(0).astype(int))


def index_table(place):
    """Show the published indices beside the region's median; each measures what its publisher says and nothing else."""
    frame = indices(place)
    shown = frame.assign(
        year=frame.year.map(lambda y: NONE if pd.isna(y) else str(int(y))),
        value=frame.value.map(page.number),
        region=[
            f"{page.number(r.median)} ({r.size})" if r.size else page.MISSING
            for r in frame.itertuples(name="Row")
        ],
        source=frame.source_id.map(lambda s: citations.data_ref(s, place) or NONE),
    )
    return page.table(
        shown,
        f"Published indices, {place.name}",
        {
            "name": "Index",
            "unit": "Scale",
            "value": place.name,
            "year": "Year",
            "region": "Region: median (countries)",
            "source": "Source",
        },
        "No rank is shown. An index that does not list a country says nothing about it.",
        kind="wide",
    )


def checklist(place):
    """Give what is to be collected: check_id, area, what, usually_in, ask, section, item_ids."""
    return contract.read("checklist", place.data)


def checklist_table(place):
    """Show what is to be collected, where it usually is and whom to ask, in the order of an assessment."""
    frame = checklist(place)
    return page.table(
        frame.assign(section=frame.section.map(SECTIONS), serves=frame.item_ids.map(_items)),
        f"What to collect for an assessment of {place.called}",
        {
            "what": "What",
            "area": "Area",
            "usually_in": "Where it usually is",
            "ask": "Whom to ask",
            "serves": "Serves items",
        },
        "Method, not a finding: the places are where such evidence usually is, not where it was found.",
        kind="wide",
    )


def _items(cell):
    """Give ids of items, none of them broken over two lines."""
    ids = (page.Shown('<span class="date">{}</span>').format(one) for one in contract.split(cell))
    return page.join(ids) or "figures only"
