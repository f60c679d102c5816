"""The register of sources: which kinds, which years, which languages, and whether their addresses still answer."""

import pandas as pd

import contract
from report import charts, page
from report.citations import bibliography as bibliography
from report.citations import register

# How an address was found, for one and for several.
FOUND = {
    "works": ("answers", "answer"),
    "moved": ("answers from another place", "answer from another place"),
    "refused": ("lets no machine read it", "let no machine read them"),
    "gone": ("is gone", "are gone"),
    "no answer": ("gave no answer", "gave no answer"),
}


def by_type(place):
    """Give one row per type of source: how many, in which languages, from when to when."""
    return (
        register(place)
        .groupby("type")
        .agg(
            sources=("source_id", "size"),
            languages=("language", lambda s: ", ".join(sorted(set(s)))),
            earliest=("year", "min"),
            latest=("year", "max"),
            undated=("year", lambda s: int(s.isna().sum())),
        )
        .reset_index()
        .sort_values("sources", ascending=False, ignore_index=True)
    )


def by_year(place):
    """Give the number of sources by year of publication; those without a year are not in it."""
    years = register(place).year.dropna().astype(int)
    return years.value_counts().sort_index().rename_axis("year").reset_index(name="sources")


def table_of_types(place):
    """Show the types of source with number, languages and years."""
    frame = by_type(place).assign(type=lambda f: f.type.str.capitalize())
    years = [
        page.MISSING if pd.isna(r.earliest) else f"{r.earliest} to {r.latest}"
        for r in frame.itertuples()
    ]
    return page.table(
        frame.assign(years=years),
        "Sources by type",
        {
            "type": "Type",
            "sources": "Sources",
            "languages": "Languages (ISO 639-1)",
            "years": "Years",
            "undated": "Without a year",
        },
    )


def year_chart(place):
    """Draw the number of sources by year of publication."""
    frame = by_year(place)
    if frame.empty:
        return page.say("No source carries a year.", kind="none")
    top, recent = (
        frame.loc[frame.sources.idxmax()],
        int(frame.sources[frame.year >= int(place.edition) - 3].sum()),
    )
    return charts.columns(
        frame.rename(columns={"year": "label", "sources": "value"}),
        f"{recent} of {frame.sources.sum()} dated sources on {place.called} are from {int(place.edition) - 3} or later",
        f"Columns of sources by year of publication, {frame.year.min()} to {frame.year.max()}; most in "
        f"{top.year} ({top.sources})",
        f"register of sources, edition {place.edition}",
        "sources",
    )


def about_years(place):
    """Say how many sources carry no year, and in how many languages they were read."""
    frame = register(place)
    return page.say(
        "{} of {} carry no year. They were read in {}.",
        int(frame.year.isna().sum()),
        page.count(len(frame), "source"),
        page.count(frame.language.nunique(), "language"),
    )


def links(place):
    """Give what the last test found of the addresses of the country's sources; no row of one that was not tested."""
    tested = contract.read("links", place.data)
    return tested[tested.url.isin(register(place).url)]


def about_links(place):
    """Say how many addresses of the sources still answer, as last tested; silent where none was."""
    frame, cited = links(place), register(place).url
    if frame.empty:
        return page.silent("No address was tested yet.")
    return page.say(
        "Of {} {} tested {}: {}.{}",
        page.count(cited[cited != ""].nunique(), "address", "addresses"),
        page.count(len(frame), "was", "were"),
        _days(frame.checked),
        page.listed(page.count(n, *FOUND[word]) for word, n in _in_order(frame.result)),
        _archived(frame[frame.result.isin(["gone", "no answer"])]),
    )


def _days(column):
    first, last = column.min(), column.max()
    return f"on {last}" if first == last else f"between {first} and {last}"


def _in_order(results):
    counts = results.value_counts()
    return [(word, int(counts[word])) for word in FOUND if word in counts]


def _archived(dead):
    """Say for how many of the addresses that are gone or silent an archived copy is known."""
    kept = int((dead.archived != "").sum())
    return (
        f" An archived copy is known of {kept or 'none'} of the {len(dead)} that are gone or silent."
        if len(dead)
        else ""
    )
