"""Stage 1, desktop research: what is published, from which sources; which sections are silent."""

import re
from collections import Counter
from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.places import Country, Region
from cop.report import formats, page, words
from cop.report.citations import bibliography as bibliography
from cop.report.citations import register as register
from cop.report.languages import said
from cop.report.page import Shown
from helpers import charts, countries

say = partial(words.show, "1-desktop-research")

WEAK = ("news", "other web page")  # kinds of source that are weak at second hand
RECENT = 3  # years before the edition whose evidence is recent
NUMBER = r"\d+(?:[-.]\d+|-?[a-z]\b)?(?:\([\da-z]+\))*"  # of an article: 301-1, 185b, 18(1)(a)
PLACE = r"\b(?:Articles?|Sections?|Chapters?) "
ARTICLE = re.compile(rf"(?:\b[Pp]arts? \d+ of )?{PLACE}{NUMBER}(?:(?:, | and ){NUMBER})*")
KNOWN_BY = {  # the id and the text by which a row of each table is known
    "evidence": {"evidence_id": "id", "statement": "text"},
    "instruments": {"instrument_id": "id", "title": "text"},
    "stakeholders": {"stakeholder_id": "id", "name": "text"},
    "services": {"service_id": "id", "name": "text"},
    "exercises": {"exercise_id": "id", "name": "text"},
    "sources": {"source_id": "id", "title": "text"},
    "treaty_register": {"instrument": "id", "note": "text"},
}


def statements(place: Country) -> pd.DataFrame:
    """Return the verified evidence, as its table holds it; all else is never content."""
    return countries.verified("evidence", place)


def events(statements: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that count: one told by several sources is one, by its first row."""
    return statements[statements.same_as == ""]


def instruments(place: Country) -> pd.DataFrame:
    """Return the verified legal and policy instruments, as their table holds them."""
    return countries.verified("instruments", place)


def glossary(place: Country | Region) -> Shown:
    """Let a notebook end with what terms and abbreviations mean; a page keeps those it uses."""
    frame = cop.data.read("glossary", place.data)
    shown = frame.assign(key=frame.abbreviation.where(frame.abbreviation != "", frame.term))
    order = shown.key.map(said).map(formats.placed).sort_values(kind="stable").index
    return say("glossary", shown.loc[order])


BODIES = ["agency", "alliance"]  # kinds that the register of instruments holds, and that are none


def laws(instruments: pd.DataFrame) -> pd.DataFrame:
    """Return dated laws, strategies and plans that are drafts, adopted or in force, oldest first.

    Columns: instrument_id, label, state, since, until (none ends). An expired one is left out,
    because the year on record is that of its end and not of its start; so are treaties, which have
    a line of their own.
    """
    kinds, states = ("national law", "strategy", "action plan"), ("draft", "adopted", "in force")
    ours = [r for r in page.rows(instruments) if r.kind in kinds and r.status in states]
    dated = [(r.instrument_id, r.title, r.status, r.year, pd.NA) for r in ours if pd.notna(r.year)]
    rows = sorted(dated, key=lambda row: (row[3], row[1]))
    types = {"instrument_id label state": "str", "since": "Int64", "until": "object"}
    return sheets.of_rows(rows, types)


def chosen(
    place: Country, section: str = "", source_type: str = "", confidence: str = "", words: str = ""
) -> pd.DataFrame:
    """Return the verified statements that match all that is named; what is empty is any.

    `words` are all looked for, whatever their case, in statement, remark and the source's title.
    Adds type, title and url of the source; sections have their labels.
    """
    known = cop.data.read("sources", place.data, place.iso3)[["source_id", "type", "title", "url"]]
    frame = statements(place).merge(known, on="source_id", how="left")
    labels = cop.data.labels("evidence", "section", place.data)
    wanted = {"section": section, "type": source_type, "confidence": confidence}
    for column, value in wanted.items():
        frame = frame[frame[column] == value] if value else frame
    texts = (frame.statement + " " + frame.remark + " " + frame.title).str.casefold()
    for word in words.casefold().split():
        frame = frame[texts.loc[frame.index].str.contains(word, regex=False)]
    return frame.assign(section=frame.section.map(labels)).reset_index(drop=True)


def by_section(statements: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return one row per section, silent ones included.

    Columns: section, high, moderate, low, statements, latest (a year, NA where none is dated). An
    event that several sources tell counts once.
    """
    told = [row for row in page.rows(statements) if row.same_as == ""]
    levels = cop.data.labels("evidence", "confidence", place.data)
    counts, rows = Counter((row.section, row.confidence) for row in told), []
    for section in cop.data.labels("evidence", "section", place.data):
        by = [counts[section, level] for level in levels]
        years = [r.year for r in told if r.section == section and pd.notna(r.year)]
        rows.append((section, *by, sum(by), max(years, default=pd.NA)))
    types = {"section": "str", " ".join(levels): "int64", "statements": "int64", "latest": "Int64"}
    return sheets.of_rows(rows, types)


def silent(by_section: pd.DataFrame, place: Country) -> list[str]:
    """Return the labels of the sections on which no verified source speaks."""
    labels = words.labels("evidence", "section", place.data)
    return [labels[section] for section in by_section.section[by_section.statements == 0]]


def by_type(register: pd.DataFrame) -> pd.DataFrame:
    """Return one row per type of source, the most frequent first.

    Columns: type, sources, languages (ISO 639-1, joined), earliest, latest (NA: no year), undated.
    """
    rows = []
    for kind, sources in sorted(sheets.grouped(page.rows(register), "type").items()):
        years = [row.year for row in sources if pd.notna(row.year)]
        languages = ", ".join(sorted({row.language for row in sources}))
        ends = (end(years, default=pd.NA) for end in (min, max))
        rows.append((kind, len(sources), *ends, languages, len(sources) - len(years)))
    types = {"type": "str", "sources": "int64", "earliest latest": "Int64", "languages": "str"}
    frame = sheets.of_rows(rows, types | {"undated": "Int64"})
    return frame.sort_values("sources", ascending=False, kind="stable", ignore_index=True)


def by_year(register: pd.DataFrame) -> pd.DataFrame:
    """Return the number of sources by year of publication (year, sources), without the undated."""
    years = Counter(year for year in register.year.tolist() if pd.notna(year))
    return sheets.of_rows(sorted(years.items()), {"year sources": "int64"})


def links(register: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give, for a notebook, what the last test found of the addresses that its sources have."""
    frame = cop.data.read("links", place.data)
    return frame[frame.url.isin(register.url)]


def to_verify(place: Country) -> pd.DataFrame:
    """Return every row that is to be checked before it is evidence: work, never content.

    Columns: table, id, text, year (NA where the row, or its table, has none).
    """
    rows = (
        (name, *(getattr(row, column) for column in known), getattr(row, "year", pd.NA))
        for name, known in KNOWN_BY.items()
        for row in page.rows(cop.data.read(name, place.data, place.iso3))
        if row.verified == "no" and getattr(row, "iso3", place.iso3) == place.iso3
    )
    return sheets.of_rows(rows, {"table id text": "str", "year": "Int64"})


def bottom_line(statements: pd.DataFrame, silent: list[str], sources: int, place: Country) -> Shown:
    """Say how much desk research found, from how many sources, and where nothing was."""
    counted = events(statements)
    high, again = int((counted.confidence == "high").sum()), len(statements) - len(counted)
    return say("bottom_line", len(counted), high, again, sources, silent, place)


def by_kind(statements: pd.DataFrame, register: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return what the statements rest on: kind, first, second (statements by hand), sources.

    One row a kind of source, in the order of the contract, without those on which none rests.
    """
    known = {row.source_id: row for row in page.rows(register)}
    told = [known[one] for one in statements.source_id.tolist() if one in known]
    counts, sources = Counter((r.kind, r.hand) for r in told), Counter(r.kind for r in {*told})
    order = [kind for kind in cop.data.labels("sources", "kind", place.data) if kind in sources]
    rows = [(one, counts[one, "first"], counts[one, "second"], sources[one]) for one in order]
    return sheets.of_rows(rows, {"kind": "str", "first second sources": "int64"})


def weak(statements: pd.DataFrame, register: pd.DataFrame) -> list[str]:
    """Return the ids of weak sources behind the evidence: news and pages at second hand."""
    told, rows = set(statements.source_id.tolist()), page.rows(register)
    poor = (row.source_id for row in rows if row.kind in WEAK and row.hand == "second")
    return [one for one in poor if one in told]


def about_hands(statements: pd.DataFrame, register: pd.DataFrame, place: Country) -> Shown:
    """Say how many statements rest on a first hand, and which sources are weak, by name."""
    poor, cited = weak(statements, register), Counter(statements.source_id.tolist())
    first = {row.source_id for row in page.rows(register) if row.hand == "first"}
    counts = [sum(cited[one] for one in ids) for ids in (first, poor)]
    return say("about_hands", *counts, len(statements), "; ".join(poor), place)


def kind_table(kinds: pd.DataFrame, place: Country) -> Shown:
    """Show what the statements rest on, by kind of source and hand."""
    return say("kind_table", kinds, place)


def about_age(statements: pd.DataFrame, place: Country) -> Shown:
    """Say how old the evidence is, since an old statement may no longer hold."""
    counted, since = events(statements), int(place.edition) - RECENT
    dated = counted.year.dropna()
    recent, undated = (dated >= since).sum(), len(counted) - len(dated)
    return say("about_age", recent, len(dated), since, undated, place)


def about_verifying(waiting: pd.DataFrame, place: Country) -> Shown:
    """Say how many rows wait to be verified; they are used nowhere."""
    return say("about_verifying", len(waiting), place)


def about_years(register: pd.DataFrame) -> Shown:
    """Say how many sources carry no year, and in how many languages they were read."""
    undated, languages = register.year.isna().sum(), register.language.nunique()
    return say("about_years", undated, len(register), languages)


def about_links(links: pd.DataFrame, register: pd.DataFrame) -> Shown:
    """Say how many addresses of the sources still answer, as last tested; silent where none was."""
    addresses = register.url[register.url != ""].nunique()
    dead = links[links.result.isin(["gone", "no answer"])]  # an archived copy is worth knowing
    return say("about_links", links, addresses, len(dead), (dead.archived != "").sum())


def about_copies(statements: pd.DataFrame, instruments: pd.DataFrame, place: Country) -> Shown:
    """Say of how many of the country's sources a copy is archived, and for how many of its
    statements and instruments the page or article is on record; 0 of either is said.
    """
    known, seen = register(place), last_seen(place)
    kept = links(known, place)
    ids = [*statements.evidence_id, *instruments.instrument_id]
    pages = sum(seen.get(one, ("", ""))[0] != "" for one in ids)
    archived = known.url.isin(kept.url[kept.archived != ""]).sum()
    return say("about_copies", len(known), int(archived), len(ids), pages, place)


def section_table(by_section: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the sections with their number of statements by confidence."""
    return say("section_table", by_section, place)


def type_table(types: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the types of source with number, languages and years."""
    return say("type_table", types, place)


def year_texts(years: pd.DataFrame, place: Country) -> dict:
    """Return the texts of a figure of the number of sources by year of publication."""
    since = int(place.edition) - RECENT
    recent = int(years.sources[years.year >= since].sum())
    return words.texts("1-desktop-research", "year_chart", years, recent, since, place)


def evidence_table(statements: pd.DataFrame, place: Country) -> Shown:
    """Show the statements, each with year, confidence and source, and with the page and the day on
    which a passage was seen, where `cop verify` recorded one.
    """
    frame = statements.assign(anchor=statements.evidence_id)
    return say("evidence_table", frame, last_seen(place), place)


def last_seen(place: Country) -> dict[str, tuple[str, str]]:
    """Give, for the table of evidence, {row: (page or article, day)} of passages seen last."""
    seen = page.rows(cop.data.read("verifications", place.data, place.iso3))
    return {r.row_id: (r.page, r.seen_on) for r in sorted(seen, key=lambda r: r.seen_on)}


def instrument_table(instruments: pd.DataFrame, place: Country, kinds: tuple = ()) -> Shown:
    """Show instruments with status, since when each is in force, article, the text that was seen,
    its translation and source; with `kinds`, only those. Bodies and alliances are none, and stand
    in a table of their own.
    """
    frame = instruments[instruments.kind.isin(kinds)] if kinds else instruments
    named = zip(frame.title, frame.detail, strict=True)
    frame = frame.assign(article=[articles(*row) for row in named])
    seen = texts(frame, place).assign(anchor=frame.instrument_id)
    bodies = seen.kind.isin(BODIES)
    return say("instrument_table", seen[~bodies], seen[bodies], kinds, last_seen(place), place)


def articles(title: str, detail: str) -> str:
    """Return the articles or sections that a title names, else those that the detail names, in
    their words and each once; "" where neither names one.

    The title comes first: a detail also names articles of which it only tells something apart.
    """
    named = ARTICLE.findall(title) or ARTICLE.findall(detail)
    return ", ".join(dict.fromkeys(named))


def texts(instruments: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the instruments with the text that was seen of each, and its translation.

    Adds language (ISO 639-1), official (it is an official page at first hand), url and text_id of
    the text, which is the source of the row where no other is named (`is_text`: it is a law's text,
    and not what another tells of it); translation_url and translated (`official` or not). NA where
    there is none.
    """
    known = {
        r.source_id: (r.language, r.url, r.kind == "law", r.kind == "law" and r.hand == "first")
        for r in page.rows(register(place))
    }
    ids = [row.text_source_id or row.source_id for row in page.rows(instruments)]
    none, pairs = (None,) * 4, zip(ids, instruments.translation_source_id, strict=True)
    rows = [(one, *known.get(one, none), *known.get(other, none)[1::2]) for one, other in pairs]
    added = ["text_id", "language", "url", "is_text", "official", "translation_url", "translated"]
    return instruments.join(pd.DataFrame(rows, instruments.index, added))


def law_chart(laws: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook laws, strategies and plans on a line from 2010 to the edition."""
    return say("law_chart", charts, laws, place)
