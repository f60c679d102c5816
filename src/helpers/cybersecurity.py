"""Read the Global Cybersecurity Index and the status of treaties (stage 4)."""

from contextlib import suppress

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import words
from helpers import countries
from helpers.countries import read_table

PILLARS = ["legal", "technical", "organizational", "capacity", "cooperation"]
STEPS = ["signed", "ratified", "in_force"]  # steps of a treaty, in order
STEP_OF_DATE = {"signature": "signed", "entry into force": "in_force"}  # other dates: ratified
GROUNDS = ["as_of", "source_id", "step_source_id", "instrument_id", "note"]
SILENT = ["no public evidence", "not assessed"]


def gci(place: Country) -> pd.DataFrame:
    """Return the scores of a country in each edition of the Global Cybersecurity Index.

    The columns are those of the table `gci`; missing scores are NA. Scores of editions before 2020,
    which are from 0 to 1, are multiplied by 100, because later scores are from 0 to 100.
    """
    frame = read_table("gci", place).query("iso3 == @place.iso3")
    return frame.assign(score=frame.score.where(frame.edition >= 2020, frame.score * 100))


def pillar_scores(gci: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the pillar scores of the only row of `gci`, in the columns label and value.

    Missing scores are omitted. Labels are in the language of the page.
    """
    titles = words.titles("gci_editions", place.data)
    return gci[PILLARS].rename(columns=titles).melt(var_name="label").dropna()


def treaties(place: Country) -> pd.DataFrame:
    """Return the status of a country under each treaty and network, with dates.

    A verified row of the country's table `treaties` replaces that of `treaty_register`, except if
    its status is `not looked up`. If the register is the publisher's own (`hand` is "first") and
    has another source, the row gets its status, as_of, source_id and missing dates, unless the
    statuses differ and the row is dated after the register was accessed. step_source_id is then the
    source of the row's own dates or note. Without a verified row, the status is `not looked up`.

    The columns are instrument, title, status, signed, ratified, in_force, as_of (the date to which
    the status refers), source_id, step_source_id, instrument_id (a related row of instruments.csv)
    and note. Missing values are empty strings.
    """
    national = []
    with suppress(FileNotFoundError):  # country without an assessment
        national = countries.verified("treaties", place).to_dict("records")
    empty = dict.fromkeys([*STEPS, "status", *GROUNDS], "") | {"status": "not looked up"}
    register = countries.verified("treaty_register", place).query("iso3 == @place.iso3")
    acts = {}
    for row in register.to_dict("records"):
        step = STEP_OF_DATE.get(row["date_type"], "ratified")
        acts[row["instrument"]] = empty | row | {step: row["date"]}
    sources = read_table("statistics_sources", place).query("hand == 'first'")
    offices = sources.set_index("source_id").accessed.to_dict()
    for row in national:
        act = acts.get(row["instrument"])
        acts[row["instrument"]] = _status_of_office(act, empty | row, offices)
    titles = cop.data.labels("treaties", "instrument", place.data)
    rows = [empty | acts.get(name, {}) | {"instrument": name, "title": title}
            for name, title in titles.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["instrument", "title", *empty])


def _status_of_office(act, national, offices):
    if act and national["status"] == "not looked up":
        return act
    if not act or act["source_id"] not in offices or act["source_id"] == national["source_id"]:
        return national
    if act["status"] != national["status"] and national["as_of"] > offices[act["source_id"]]:
        return national
    days = {step: national[step] or act[step] for step in STEPS}
    has_details = any(national[step] for step in STEPS) or national["note"]
    source = national["source_id"] if has_details else ""
    official = {name: act[name] for name in ("status", "as_of", "source_id")}
    return national | days | official | {"step_source_id": source}
