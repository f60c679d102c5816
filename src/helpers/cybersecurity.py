"""Stage 4, trust and confidence: the Global Cybersecurity Index, treaties, and the ITU Regional
Initiative.
"""

from collections.abc import Iterable
from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets, vintages
from cop.data.places import Country
from cop.report import page, words
from cop.report.languages import said
from cop.report.page import Shown, headed
from helpers import charts, confidence, countries

say = partial(words.show, "4-ict-statistics")

PILLARS = ["legal", "technical", "organizational", "capacity", "cooperation"]
STEPS = ["signed", "ratified", "in_force"]  # of a treaty, in their order
GROUNDS = ["as_of", "source_id", "step_source_id", "instrument_id", "note"]
SILENT = ["no public evidence", "not assessed"]


def gci(place: Country) -> pd.DataFrame:
    """Return the editions of the Global Cybersecurity Index; scores of 2014 to 2018 (0 to 1) are
    put on 0 to 100. The publisher's ranks are left out: countries are not ranked here.
    """
    frame = vintages.gci_as_of(place)
    frame = frame[frame.iso3 == place.iso3].drop(columns=["global_rank", "regional_rank"])
    return frame.assign(score=frame.score * [1 if one >= 2020 else 100 for one in frame.edition])


def pillars(
    place: Country, beside: Iterable[str] = (), edition: str | int | None = None
) -> pd.DataFrame:
    """Return score (0 to 100) and pillars (0 to 20) of the country and others, edition by edition.

    `beside` names others by ISO3, in this order; `edition` keeps one. Columns: country, edition,
    score, the five pillars, tier, source_id.
    """
    known, order = countries.names(place.data), list(dict.fromkeys([place.iso3, *beside]))
    frame = pd.concat([gci(countries.economy(one, place.data)) for one in order])
    frame = frame if edition is None else frame[frame.edition == int(edition)]
    columns = ["country", "edition", "score", *PILLARS, "tier", "source_id"]
    return frame.assign(country=frame.iso3.map(known))[columns].reset_index(drop=True)


def editions(data: str) -> dict[int, str]:
    """Return the editions of the index that are in the data, the latest first: {2024:
    '2024', ...}.
    """
    return {int(e): str(e) for e in sorted(cop.data.read("gci", data).edition.unique())[::-1]}


def treaties(place: Country) -> pd.DataFrame:
    """Return every treaty and network, with what the country did and when.

    The status is that of the treaty register where its source is the office of the treaty itself
    (first hand), else that of the country's own table, else that of a copy of the register; without
    a verified row it is `not looked up`. A row of the country's own that differs and shows a later
    state than the register stands. Days and notes of the country's own table stay beside the
    status, with their source in step_source_id. Columns: instrument, title, status, signed,
    ratified, in_force, as_of, source_id, step_source_id, instrument_id, note; "" where the source
    shows none.
    """
    there = cop.data.locate(place.data, cop.data.paths("treaties", place.data, place.iso3)[0])
    own = countries.verified_rows("treaties", place) if there.exists() else []
    none = dict.fromkeys([*STEPS, "status", *GROUNDS], "") | {"status": "not looked up"}
    acts = {act["instrument"]: none | act for act in _registered(place)}
    offices = {row.source_id: row.accessed
               for row in page.rows(cop.data.read("statistics_sources", place.data))
               if row.hand == "first"}  # fmt: skip
    for row in own:
        act = none | row._asdict()
        acts[row.instrument] = _registered_first(acts.get(row.instrument), act, offices)
    known = cop.data.labels("treaties", "instrument", place.data).items()
    rows = [none | acts.get(one, {}) | {"instrument": one, "title": title} for one, title in known]
    return pd.DataFrame(rows, columns=["instrument", "title", *none])


def _registered_first(act, own, offices):
    """Return the country's own row of a treaty with the status of the register, where that is of
    the treaty's office; its source is then that of the register, and the days keep their own.
    """
    if not act or act["source_id"] not in offices or act["source_id"] == own["source_id"]:
        return own
    seen = offices[act["source_id"]]
    if own["status"] == "not looked up":
        return act
    if act["status"] != own["status"] and own["as_of"] > seen:
        return own
    days = {step: own[step] or act[step] for step in STEPS}
    at = own["source_id"] if any(own[step] for step in STEPS) or own["note"] else ""
    return own | days | {k: act[k] for k in ("status", "as_of", "source_id")} | {
        "step_source_id": at}  # fmt: skip


def _registered(place):
    """Yield what the registers of treaties hold of an economy, in the columns of its own table."""
    steps = {"signature": "signed", "entry into force": "in_force"}
    rows = cop.data.read("treaty_register", place.data)
    for row in page.rows(rows[rows.iso3 == place.iso3]):
        if row.verified == "yes":
            yield row._asdict() | {steps.get(row.date_type, "ratified"): row.date}


def initiative(place: Country) -> pd.DataFrame:
    """Give, beside cybersecurity, the results that the Regional Initiative expects of a country.

    One without a row was not assessed.

    Columns: result, status, finding, evidence_ids, confidence, confidence_reason (of the sources
    behind it; "" where nobody judged).
    """
    rows = cop.data.read("expected_results", place.data, place.iso3)
    known, labels = {row.result: row for row in page.rows(rows)}, _results(place)
    told = [known.get(one, (one, "not assessed", "", "")) for one in labels]
    frame = sheets.of_rows(told, {"result status finding evidence_ids": "str"})
    return frame.join(confidence.rate(frame.status, frame.evidence_ids, place))


def exercises(place: Country) -> pd.DataFrame:
    """Return the verified cyberdrills and exercises, the latest first.

    Columns: those of `exercises_on_record`; "" where the source does not say it.
    """
    frame = countries.verified("exercises", place)
    frame = frame.sort_values(["year", "exercise_id"], ascending=[False, True], ignore_index=True)
    return frame[list(cop.data.titles("exercises_on_record", place.data))[1:]]


def gci_line(editions: pd.DataFrame, place: Country) -> Shown:
    """Say the latest score, its tier, and where the pillars are strong or low."""
    last, titles = next(reversed([*page.rows(editions)]), None), _pillars(place)
    told = [(titles[one], getattr(last, one)) for one in PILLARS] if last else []
    scores = [one for one in told if pd.notna(one[1])]
    return say("gci_line", last, sorted(scores, key=lambda one: one[1], reverse=True), place)


def gci_table(editions: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook score, pillars and tier by edition."""
    return say("gci_table", editions, place, editions.dropna(subset=PILLARS).edition.tolist())


def gci_chart(editions: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the index's five pillars by edition, drawn."""
    whole = page.rows(editions.dropna(subset=PILLARS))
    last, titles = max(whole, key=lambda row: row.edition, default=None), _pillars(place)
    scores = [(titles[one], getattr(last, one)) for one in PILLARS] if last else []
    return say("gci_chart", charts, last, pd.DataFrame(scores, columns=["label", "value"]), place)


def treaty_table(treaties: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook treaties and memberships with status, date and source."""
    return say("treaty_table", treaties, place)


def treaty_chart(treaties: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the dated steps of the treaties, on a line of years."""
    titles = words.titles("treaties", place.data)
    dated = [
        (
            date,
            int(date[:4]),
            headed(said(row.title), titles[step].lower()),
            row.step_source_id or row.source_id,
        )
        for step in STEPS
        for row in page.rows(treaties)
        if (date := getattr(row, step))
    ]
    frame = pd.DataFrame(dated, columns=["date", "year", "label", "source_id"])
    sources = [one for one in frame.source_id if one and "-" not in one]  # data sets alone
    return say("treaty_chart", charts, frame.sort_values("date", ignore_index=True), sources, place)


def initiative_table(results: pd.DataFrame, place: Country) -> Shown:
    """Show, beside cybersecurity, what the evidence says of each result that is expected."""
    return say("initiative_table", results, _results(place), place)


def initiative_line(results: pd.DataFrame, place: Country) -> Shown:
    """Say, beside cybersecurity, on how many of the expected results the evidence speaks."""
    silent = results.result[results.status.isin(SILENT)]
    labels = _results(place)
    return say("initiative_line", len(results) - len(silent), [labels[r] for r in silent])


def exercise_table(exercises: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the exercises with year, kind, who held them and who took part."""
    return say("exercise_table", exercises.assign(anchor=exercises.exercise_id), place)


def _pillars(place):
    return words.titles("gci_editions", place.data)


def _results(place):
    return words.labels("expected_results", "result", place.data)
