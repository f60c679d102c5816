"""Prepare statements, sources, instruments, figures on children and the glossary (stage 1)."""

import re
from functools import partial

import pandas as pd

from cop.data.places import Country, Region
from cop.report import formats, words
from cop.report.citations import bibliography as bibliography
from cop.report.citations import register as register
from cop.report.languages import translate
from cop.report.page import Html
from helpers.countries import read_table

render = partial(words.render, "1-desktop-research")

WEAK = ["news", "other web page"]  # kinds of sources that are weak if second hand
RECENT = 3  # maximum age of recent evidence, in years before the edition
SHARES = ["risk", "silence"]  # kinds of figures that are shares of children
BODIES = ["agency", "alliance"]  # kinds of organisations in the register of instruments
NUMBER = r"\d+(?:[-.]\d+|-?[a-z]\b)?(?:\([\da-z]+\))*"  # article number: 301-1, 185b, 18(1)(a)
PLACE = r"\b(?:Articles?|Sections?|Chapters?) "
ARTICLE = re.compile(rf"(?:\b[Pp]arts? \d+ of )?{PLACE}{NUMBER}(?:(?:, | and ){NUMBER})*")
KEY_AND_TEXT = {  # key and text column of the tables with verified rows
    "evidence": ("evidence_id", "statement"),
    "instruments": ("instrument_id", "title"),
    "stakeholders": ("stakeholder_id", "name"),
    "services": ("service_id", "name"),
    "exercises": ("exercise_id", "name"),
    "sources": ("source_id", "title"),
    "treaty_register": ("instrument", "note"),
}


def distinct_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """Select the statements that do not repeat a fact from another source (`same_as` is empty)."""
    return statements.query("same_as == ''")


def to_verify(place: Country) -> pd.DataFrame:
    """Return a country's unverified rows, which reports omit, from the tables in KEY_AND_TEXT.

    The columns are table, id, text and year (NA if missing). Rows are in the order of the tables.
    """
    frames = []
    for name, (key, text) in KEY_AND_TEXT.items():
        frame = read_table(name, place).rename(columns={key: "id", text: "text"})
        frame = frame.query("verified == 'no'")
        frame = frame[frame.iso3 == place.iso3] if "iso3" in frame else frame
        frames.append(frame.reindex(columns=["table", "id", "text", "year"]).assign(table=name))
    return pd.concat(frames, ignore_index=True).astype({"year": "Int64"})


def articles(title: str, detail: str) -> str:
    """Return the articles, sections or chapters named in a title or, if none, in the detail.

    References match ARTICLE, such as "Article 5" or "Sections 2 and 3" (not "Chapter IV"), and are
    separated by commas. Each is included once, even if it is mentioned only for comparison.
    """
    return ", ".join(dict.fromkeys(ARTICLE.findall(title) or ARTICLE.findall(detail)))


def with_texts(instruments: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Add the URLs of the legal text and of its translation to instruments.

    The column text_id contains the id of the source of the legal text or, if this is missing, of
    the source of the row. The columns language (ISO 639-1), url, is_text (the source is a law, not
    a report on it) and official (a law on an official page) describe this source. The columns
    translation_url and translation_official describe the translation. Without a verified source,
    all columns except text_id are NA.
    """
    sources = register(place).set_index("source_id")
    law = sources.kind == "law"
    sources = sources.assign(is_text=law, official=law & (sources.hand == "first"))
    sources = sources[["language", "url", "is_text", "official"]]
    text_id = instruments.text_source_id
    text_id = text_id.mask(text_id == "", instruments.source_id)
    frame = instruments.assign(text_id=text_id).join(sources, on="text_id")
    translations = sources[["url", "official"]].add_prefix("translation_")
    return frame.join(translations, on="translation_source_id")


def last_seen(place: Country) -> dict[str, tuple[str, str]]:
    """Return {row id: (page or section, date)} of the last passage that `cop verify` recorded."""
    frame = read_table("verifications", place).sort_values("seen_on", kind="stable")
    passages = zip(frame.page, frame.seen_on, strict=True)
    return dict(zip(frame.row_id, passages, strict=True))


def instrument_table(instruments: pd.DataFrame, place: Country, kinds: tuple = ()) -> Html:
    """Render instruments with status, articles, text, source and (if rated) confidence.

    If `kinds` is not empty, only instruments of these kinds are included. A second table contains
    agencies and alliances, without status, articles and text.
    """
    frame = instruments[instruments.kind.isin(kinds)] if kinds else instruments
    named = [*map(articles, frame.title, frame.detail)]
    frame = frame.assign(anchor=frame.instrument_id, article=named)
    frame, bodies = with_texts(frame, place), frame.kind.isin(BODIES)
    return render("instrument_table", frame[~bodies], frame[bodies], kinds, last_seen(place), place)


def shares_of_children(figures: pd.DataFrame, since: int) -> pd.DataFrame:
    """Select figures whose kind is in SHARES, and sort them by kind, with the largest share first.

    `figures` contains rows of the table `child_figures`. The result also has the columns title
    (label, year and number of respondents) and old (True if the year is missing or before `since`).
    """
    shares = figures[figures.kind.isin(SHARES)]
    shares = shares.sort_values(["kind", "value"], ascending=[True, False])
    titles = [words.render_text("cells", "share_title", row) for row in shares.itertuples()]
    old = (shares.year < since).fillna(True)
    return shares.assign(title=pd.Series(titles, shares.index, "str"), old=old)


def glossary(place: Country | Region) -> Html:
    """Render the glossary, sorted by abbreviation, or by term if there is no abbreviation."""
    frame = read_table("glossary", place)
    frame = frame.assign(key=frame.abbreviation.where(frame.abbreviation != "", frame.term))
    frame["order"] = frame.key.map(translate).map(formats.sort_key)
    return render("glossary", frame.sort_values("order", kind="stable"))
