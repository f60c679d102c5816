"""Stage 1, desktop research: what is published about the country, which sections speak, which are silent."""

from functools import partial

import pandas as pd

import contract
from helpers.countries import Country
from report import words
from report.page import Shown

say = partial(words.show, "1-desktop-research")

RECENT = 3  # years before the edition whose evidence is recent
IDS = {  # the id and the text by which a row of each register is known
    "evidence": ("evidence_id", "statement"),
    "instruments": ("instrument_id", "title"),
    "stakeholders": ("stakeholder_id", "name"),
    "sources": ("source_id", "title"),
}


def statements(place: Country) -> pd.DataFrame:
    """Give the verified evidence, as its table holds it; what is not verified is never content."""
    return _verified("evidence", place)


def instruments(place: Country) -> pd.DataFrame:
    """Give the verified legal and policy instruments, as their table holds them."""
    return _verified("instruments", place)


def chosen(
    place: Country,
    section: str | None = None,
    source_type: str | None = None,
    confidence: str | None = None,
    words: str = "",
) -> pd.DataFrame:
    """Give the verified statements that match all that is named; None is any.

    `words` are looked for in the statement, its remark and the source's title, whatever their case,
    all of them. Adds type, title and url of the source; sections have their labels.
    """
    known = contract.read("sources", place.data, place.iso3)[["source_id", "type", "title", "url"]]
    frame = statements(place).merge(known, on="source_id", how="left")
    wanted = {"section": section, "type": source_type, "confidence": confidence}
    for column, value in wanted.items():
        frame = frame if value is None else frame[frame[column] == value]
    texts = (frame.statement + " " + frame.remark + " " + frame.title).str.casefold()
    for word in words.casefold().split():
        frame = frame[texts.loc[frame.index].str.contains(word, regex=False)]
    return frame.assign(section=frame.section.map(sections(place))).reset_index(drop=True)


def sections(place: Country) -> dict[str, str]:
    """Give the sections of the assessment in order, each with its label."""
    return contract.labels("evidence", "section", place.data)


def by_section(statements: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give one row per section, silent ones included.

    Columns: section, high, moderate, low, statements, latest (a year, NA where none is dated).
    """
    order, levels = sections(place), contract.labels("evidence", "confidence", place.data)
    counts = pd.crosstab(statements.section, statements.confidence)
    counts = counts.reindex(index=list(order), columns=list(levels), fill_value=0)
    latest = statements.groupby("section").year.max()
    return counts.assign(statements=counts.sum(axis=1), latest=latest).reset_index()


def silent(sections_: pd.DataFrame, place: Country) -> list[str]:
    """Give the labels of the sections on which no verified source speaks."""
    names = sections(place)
    return [names[s] for s in sections_.section[sections_.statements == 0]]


def to_verify(place: Country) -> pd.DataFrame:
    """Give every row to be checked before it may be used: the analyst's list, never content of a report.

    Columns: table, id, text, year.
    """
    rows = [_unverified(name, *columns, place) for name, columns in IDS.items()]
    treaties = contract.read("treaties", place.data).query("iso3 == @place.iso3")
    rows.append(_unverified("treaties", "instrument", "note", place, treaties))
    return pd.concat(rows, ignore_index=True)


def bottom_line(statements: pd.DataFrame, silent: list[str], sources: int, place: Country) -> Shown:
    """Say how much was found, from how many sources, and where nothing was."""
    high = int((statements.confidence == "high").sum())
    return say("bottom_line", len(statements), high, sources, silent, place)


def about_age(statements: pd.DataFrame, place: Country) -> Shown:
    """Say how old the evidence is, since an old statement may no longer hold."""
    dated, since = statements.year.dropna(), int(place.edition) - RECENT
    undated = len(statements) - len(dated)
    return say("about_age", int((dated >= since).sum()), len(dated), since, undated)


def about_verifying(waiting: pd.DataFrame) -> Shown:
    """Say how many rows wait to be verified; they are used nowhere."""
    return say("about_verifying", len(waiting))


def section_table(by_section: pd.DataFrame, place: Country) -> Shown:
    """Show the sections with their number of statements by confidence."""
    return say("section_table", by_section, sections(place), place)


def evidence_table(statements: pd.DataFrame, place: Country) -> Shown:
    """Show the statements, each with year, confidence and source."""
    shown = statements.assign(anchor=statements.evidence_id)
    return say("evidence_table", shown, sections(place), place)


def instrument_table(instruments: pd.DataFrame, place: Country, kinds: list[str] = ()) -> Shown:
    """Show laws, treaties, strategies and mandates with status, year and source; with `kinds`, only those."""
    frame = instruments[instruments.kind.isin(kinds)] if kinds else instruments
    status = contract.labels("instruments", "status", place.data)
    shown = frame.assign(anchor=frame.instrument_id, status=frame.status.map(status))
    return say("instrument_table", shown, kinds, place)


def verify_table(waiting: pd.DataFrame, place: Country) -> Shown:
    """Show the analyst's list of rows to verify (left out of what is shared)."""
    return say("verify_table", waiting, place)


def _verified(name, place):
    frame = contract.read(name, place.data, place.iso3)
    return frame[frame.verified == "yes"].drop(columns="verified").reset_index(drop=True)


def _unverified(name, key, text, place, frame=None):
    """Give the unverified rows of a register as table, id, text and year."""
    frame = contract.read(name, place.data, place.iso3) if frame is None else frame
    frame = frame[frame.verified == "no"].rename(columns={key: "id", text: "text"})
    frame = frame.assign(table=name, year=frame.get("year", pd.NA))
    return frame[["table", "id", "text", "year"]].astype(object)
