"""Stage 4, trust and confidence: the Global Cybersecurity Index, treaties, and the ITU Regional
Initiative.
"""

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import words
from helpers import countries
from helpers.countries import read_table

PILLARS = ["legal", "technical", "organizational", "capacity", "cooperation"]
STEPS = ["signed", "ratified", "in_force"]  # of a treaty, in their order
STEP_OF_DATE = {"signature": "signed", "entry into force": "in_force"}  # else ratified
GROUNDS = ["as_of", "source_id", "step_source_id", "instrument_id", "note"]
SILENT = ["no public evidence", "not assessed"]


def gci(place: Country) -> pd.DataFrame:
    """Return the editions of the Global Cybersecurity Index; scores of 2014 to 2018 (0 to 1) are
    put on 0 to 100. The publisher's ranks are left out: countries are not ranked here.
    """
    frame = read_table("gci", place)
    frame = frame[frame.iso3 == place.iso3].drop(columns=["global_rank", "regional_rank"])
    return frame.assign(score=frame.score.where(frame.edition >= 2020, frame.score * 100))


def pillar_scores(gci: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the pillars of one edition, of at most one row, by their titles: label, value."""
    titles = words.titles("gci_editions", place.data)
    return gci[PILLARS].rename(columns=titles).melt(var_name="label").dropna()


def treaties(place: Country) -> pd.DataFrame:
    """Return every treaty and network, with what the country did and when.

    The status is that of the treaty register where its source is the office of the treaty itself
    (first hand), else that of the country's own table, else that of a copy of the register; without
    a verified row it is `not looked up`. A row of the country's own that differs and shows a later
    state than the register counts. Days and notes of the country's own table stay beside the
    status, with their source in step_source_id. Columns: instrument, title, status, signed,
    ratified, in_force, as_of, source_id, step_source_id, instrument_id, note; "" where the source
    shows none.
    """
    path = cop.data.locate(place.data, cop.data.paths("treaties", place.data, place.iso3)[0])
    national = countries.verified("treaties", place).to_dict("records") if path.exists() else []
    empty = dict.fromkeys([*STEPS, "status", *GROUNDS], "") | {"status": "not looked up"}
    register = read_table("treaty_register", place)
    register = register[(register.iso3 == place.iso3) & (register.verified == "yes")]
    acts = {}
    for row in register.to_dict("records"):
        step = STEP_OF_DATE.get(row["date_type"], "ratified")
        acts[row["instrument"]] = empty | row | {step: row["date"]}
    sources = read_table("statistics_sources", place).query("hand == 'first'")
    offices = dict(zip(sources.source_id, sources.accessed, strict=True))
    for row in national:
        acts[row["instrument"]] = _status_of_office(
            acts.get(row["instrument"]), empty | row, offices
        )
    titles = cop.data.labels("treaties", "instrument", place.data)
    rows = [empty | acts.get(name, {}) | {"instrument": name, "title": title}
            for name, title in titles.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["instrument", "title", *empty])


def _status_of_office(act, national, offices):
    """Return the country's own row of a treaty with the status of the register, where that is of
    the treaty's office; its source is then that of the register, and the days keep their own.
    """
    if not act or act["source_id"] not in offices or act["source_id"] == national["source_id"]:
        return national
    if national["status"] == "not looked up":
        return act
    if act["status"] != national["status"] and national["as_of"] > offices[act["source_id"]]:
        return national
    days = {step: national[step] or act[step] for step in STEPS}
    source = (
        national["source_id"] if any(national[step] for step in STEPS) or national["note"] else ""
    )
    official = {name: act[name] for name in ("status", "as_of", "source_id")}
    return national | days | official | {"step_source_id": source}
