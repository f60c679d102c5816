"""Stage 4, trust and confidence: the Global Cybersecurity Index, treaties, and the ITU Regional
Initiative.
"""

from collections.abc import Iterable

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import words
from cop.report.page import Html
from helpers import charts, confidence, countries

PILLARS = ["legal", "technical", "organizational", "capacity", "cooperation"]
STEPS = ["signed", "ratified", "in_force"]  # of a treaty, in their order
STEP_OF_DATE = {"signature": "signed", "entry into force": "in_force"}  # else ratified
GROUNDS = ["as_of", "source_id", "step_source_id", "instrument_id", "note"]
SILENT = ["no public evidence", "not assessed"]


def gci(place: Country) -> pd.DataFrame:
    """Return the editions of the Global Cybersecurity Index; scores of 2014 to 2018 (0 to 1) are
    put on 0 to 100. The publisher's ranks are left out: countries are not ranked here.
    """
    frame = cop.data.read("gci", place.data)
    frame = frame[frame.iso3 == place.iso3].drop(columns=["global_rank", "regional_rank"])
    return frame.assign(score=frame.score.where(frame.edition >= 2020, frame.score * 100))


def pillars(
    place: Country, beside: Iterable[str] = (), edition: str | int | None = None
) -> pd.DataFrame:
    """Return score (0 to 100) and pillars (0 to 20) of the country and others, edition by edition.

    `beside` names others by ISO3, in this order; `edition` keeps one. Columns: country, edition,
    score, the five pillars, tier, source_id.
    """
    order = dict.fromkeys([place.iso3, *beside])
    frame = pd.concat([gci(countries.economy(iso3, place.data)) for iso3 in order])
    frame = frame if edition is None else frame[frame.edition == int(edition)]
    columns = ["country", "edition", "score", *PILLARS, "tier", "source_id"]
    names = countries.names(place.data)
    return frame.assign(country=frame.iso3.map(names))[columns].reset_index(drop=True)


def editions(data: str) -> dict[int, str]:
    """Return the editions of the index, the latest first: {2024: '2024', ...}."""
    return {int(e): str(e) for e in sorted(cop.data.read("gci", data).edition.unique())[::-1]}


def pillar_scores(gci: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the pillars of one edition, of at most one row, by their titles: label, value."""
    titles = words.titles("gci_editions", place.data)
    return gci[PILLARS].rename(columns=titles).melt(var_name="label").dropna()


def gci_line(gci: pd.DataFrame, place: Country) -> Html:
    """State the latest score, its tier, and which pillars are strong or low."""
    last = gci.tail(1)
    scores = pillar_scores(last, place).sort_values("value", ascending=False, kind="stable")
    row = next(last.itertuples(), None)
    return words.render("4-ict-statistics", "gci_line", row, scores.to_numpy().tolist(), place)


def gci_chart(gci: pd.DataFrame, place: Country) -> Html:
    """Draw the five pillars of the newest edition that has them all."""
    last = gci.dropna(subset=PILLARS).sort_values("edition").tail(1)
    row, scores = next(last.itertuples(), None), pillar_scores(last, place)
    return words.render("4-ict-statistics", "gci_chart", charts, row, scores, place)


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
    register = cop.data.read("treaty_register", place.data)
    register = register[(register.iso3 == place.iso3) & (register.verified == "yes")]
    acts = {}
    for row in register.to_dict("records"):
        step = STEP_OF_DATE.get(row["date_type"], "ratified")
        acts[row["instrument"]] = empty | row | {step: row["date"]}
    sources = cop.data.read("statistics_sources", place.data).query("hand == 'first'")
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


def initiative(place: Country) -> pd.DataFrame:
    """Return the results that ITU's Regional Initiative expects of a country.

    A result without a row is `not assessed`. Columns: result, status, finding, evidence_ids,
    confidence, confidence_reason (of the sources behind it; "" where nobody judged).
    """
    rows = cop.data.read("expected_results", place.data, place.iso3).set_index("result")
    order = pd.Index(cop.data.labels("expected_results", "result", place.data), name="result")
    frame = rows.reindex(order)[["status", "finding", "evidence_ids"]].reset_index()
    frame = frame.fillna({"status": "not assessed"}).fillna("")
    return frame.join(confidence.rate(frame.status, frame.evidence_ids, place))
