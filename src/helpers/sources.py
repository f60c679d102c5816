"""Stage 1, the register of sources: which kinds, which years, and whether their addresses still answer."""

from functools import partial

import pandas as pd

import contract
from helpers.countries import Country
from helpers.evidence import RECENT
from report import words
from report.citations import bibliography as bibliography
from report.citations import register as register
from report.page import Shown

say = partial(words.show, "1-desktop-research")

DEAD = ["gone", "no answer"]  # results of a test after which an archived copy is worth knowing


def by_type(register: pd.DataFrame) -> pd.DataFrame:
    """Give one row per type of source, the most frequent first.

    Columns: type, sources, languages (ISO 639-1, joined), earliest and latest year (NA where none
    is dated), undated.
    """
    about = {
        "sources": ("source_id", "size"),
        "languages": ("language", lambda s: ", ".join(sorted(set(s)))),
        "earliest": ("year", "min"),
        "latest": ("year", "max"),
        "undated": ("year", lambda s: int(s.isna().sum())),
    }
    frame = register.groupby("type").agg(**about).reset_index()
    return frame.sort_values("sources", ascending=False, ignore_index=True)


def by_year(register: pd.DataFrame) -> pd.DataFrame:
    """Give the number of sources by year of publication (year, sources); undated ones are not in it."""
    years = register.year.dropna().astype(int)
    return years.value_counts().sort_index().rename_axis("year").reset_index(name="sources")


def links(register: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give what the last test found of the sources' addresses; no row of one that was not tested."""
    tested = contract.read("links", place.data)
    return tested[tested.url.isin(register.url)]


def type_table(types: pd.DataFrame, place: Country) -> Shown:
    """Show the types of source with number, languages and years."""
    return say("type_table", types, contract.labels("sources", "type", place.data), place)


def year_chart(years: pd.DataFrame, place: Country) -> Shown:
    """Draw the number of sources by year of publication."""
    since = int(place.edition) - RECENT
    recent = int(years.sources[years.year >= since].sum())
    return say("year_chart", years, recent, since, place)


def about_years(register: pd.DataFrame) -> Shown:
    """Say how many sources carry no year, and in how many languages they were read."""
    undated = int(register.year.isna().sum())
    return say("about_years", undated, len(register), register.language.nunique())


def about_links(links: pd.DataFrame, register: pd.DataFrame) -> Shown:
    """Say how many addresses of the sources still answer, as last tested; silent where none was."""
    addresses = register.url[register.url != ""].nunique()
    dead = links[links.result.isin(DEAD)]
    counts = links.result.value_counts().to_dict()
    return say("about_links", links, addresses, counts, len(dead), int((dead.archived != "").sum()))
