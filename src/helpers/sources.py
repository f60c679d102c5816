"""The register of sources: who said it, where, when; citations and the bibliography."""

import re
from functools import lru_cache
from pathlib import Path

import mistune
import pandas as pd
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from markupsafe import escape

from helpers import charts, contract, page

STYLE = Path(__file__).with_suffix(".csl")
ADDRESS = re.compile(r"https?://[^\s<]+")
KINDS = {
    "law": "legislation",
    "strategy": "report",
    "report": "report",
    "dataset": "dataset",
    "website": "webpage",
    "news": "article-newspaper",
}
# How an address was found, for one and for several.
FOUND = {
    "works": ("answers", "answer"),
    "moved": ("answers from another place", "answer from another place"),
    "refused": ("lets no machine read it", "let no machine read them"),
    "gone": ("is gone", "are gone"),
    "no answer": ("gave no answer", "gave no answer"),
}
LINKED = {
    "sources": "source_id",
    "evidence": "evidence_id",
    "instruments": "instrument_id",
    "stakeholders": "stakeholder_id",
}


def register(place):
    """Give the verified sources of the country."""
    frame = contract.read("sources", place.data, place.iso3)
    return frame[frame.verified == "yes"].drop(columns="verified")


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
    years = [page.MISSING if pd.isna(r.earliest) else f"{r.earliest} to {r.latest}" for r in frame.itertuples()]
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
    top, recent = (frame.loc[frame.sources.idxmax()], int(frame.sources[frame.year >= int(place.edition) - 3].sum()))
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


def refs(cell, place):
    """Give ids as short links: 'UKR-E01; UKR-S02' => [E01] [S02]; another country's keeps its code."""
    return page.join(_ref(one, place.key) for one in contract.split(cell))


def linked(text, place):
    """Give text, escaped, with the verified rows of the country named in it as links: 'see UKR-E05' => see [E05]."""
    known = _linkable(place.data, place.key, tuple(contract.stamp(name, place.data, place.key) for name in LINKED))
    parts = re.split(r"\b([A-Z]{3}-[SELO]\d{2,3})\b", text)
    return page.join((refs(part, place) if part in known else part for part in parts), "")


def data_ref(source_id, place):
    """Give a data set as a short link: 'ITU_DATAHUB' => [ITU DataHub]; nothing for an empty id."""
    if not source_id:
        return ""
    short = contract.read("statistics_sources", place.data).set_index("source_id").short[source_id]
    return page.Shown('<a class="ref" href="#{}">[{}]</a>').format(source_id, short)


def with_citations(text, place):
    """Give an analyst's Markdown as HTML: escaped, with [@UKR-S01] as links into the bibliography.

    Raises LookupError for a citation that is not a verified source.
    """
    known = set(register(place).source_id)
    cited = [one for inside in re.findall(r"\[(@[^\]]*)\]", text) for one in re.findall(r"@([\w-]+)", inside)]
    unknown = sorted(set(cited) - known)
    if unknown:
        raise LookupError(f"{place.iso3}: citations without a verified source in sources.csv: {', '.join(unknown)}")
    html = mistune.create_markdown(escape=True)(text)
    return page.Shown(re.sub(r"\[(@[^\]]*)\]", lambda m: refs(m[1].replace("@", ""), place), html))


def bibliography(place, others=(), kind="sources"):
    """Give the register as a bibliography (CSL through citeproc), with `others`: ids of further sources.

    A shared page keeps only what it cites; with `kind="sources register"` it keeps the whole register.
    """
    frames = [register(place), *(_of_other(one, place) for one in sorted(set(others)))]
    frame = pd.concat(frames).drop_duplicates("source_id")
    return _list(frame.source_id, _formatted([_csl(row) for row in frame.itertuples()]), kind)


def of_statistics(place, source_ids, full=False):
    """Give the data sets behind the figures as a list; with `full`, also the address of the very file that was read."""
    frame = contract.read("statistics_sources", place.data)
    frame = frame[frame.source_id.isin(set(source_ids))]
    entries = [
        page.Shown("{} <i>{}</i>.{} Seen on {}.").format(
            f"{r.publisher.rstrip('.')}.",
            r.title,
            f" {r.address}. Licence: {r.licence}. {r.note}." if full else "",
            r.accessed,
        )
        for r in frame.itertuples()
    ]
    return _list(frame.source_id, entries, labels=frame.short)


def titles(place, source_ids):
    """Give the publisher of each data set, for the line under a chart: 'ITU; World Bank'."""
    frame = contract.read("statistics_sources", place.data).set_index("source_id").publisher
    return "; ".join(dict.fromkeys(frame[s].split(" (")[0] for s in source_ids))


@lru_cache(maxsize=8)
def _linkable(data, iso3, stamps):
    """Give the ids of the country's verified sources, evidence, instruments and stakeholders."""
    frames = ((contract.read(name, data, iso3), column) for name, column in LINKED.items())
    return {one for frame, column in frames for one in frame[column][frame.verified == "yes"]}


def _ref(one, home):
    short = one.split("-", 1)[1] if one.startswith(f"{home}-") else one
    return page.Shown('<a class="ref" href="#{}">[{}]</a>').format(one, short)


def _of_other(source_id, place):
    row = contract.row("sources", place.data, "source_id", source_id)
    frame = pd.DataFrame(
        [] if row is None else [row], columns=[f["name"] for f in contract.fields("sources", place.data)]
    )
    return contract.convert(frame, contract.fields("sources", place.data))


def _csl(row):
    """Give one source as CSL-JSON; citeproc does not escape, so its text is escaped here."""
    item = {
        "id": row.source_id,
        "type": KINDS[row.type],
        "title": str(escape(row.title)),
        "author": [{"literal": str(escape(row.publisher))}],
        "URL": str(escape(row.url)),
        "accessed": {"date-parts": [[int(part) for part in row.accessed.split("-")]]},
    }
    return item | ({} if pd.isna(row.year) else {"issued": {"date-parts": [[int(row.year)]]}})


def _formatted(items):
    style = CitationStylesStyle(str(STYLE), locale="en-GB", validate=False)
    made = CitationStylesBibliography(style, CiteProcJSON(items), formatter.html)
    for item in items:
        made.register(Citation([CitationItem(item["id"])]))
    texts = dict(zip(made.keys, made.bibliography(), strict=True))
    return [page.Shown(ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', str(texts[item["id"].lower()]))) for item in items]


def _list(ids, entries, kind="sources", labels=None):
    lines = (
        page.Shown('<li id="{}"><span class="id">{}</span> {}</li>').format(i, label, e)
        for i, label, e in zip(ids, ids if labels is None else labels, entries, strict=True)
    )
    return page.Shown('<ul class="{}">{}</ul>').format(kind, page.join(lines, ""))
