"""The register of sources: who said it, where, when; citations and the bibliography."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol
from urllib.parse import unquote, urlsplit

import mistune
import pandas as pd
from markupsafe import escape

import cop.data
from cop.report import languages, page
from cop.report.filenames import home_of
from cop.report.languages import gettext

ADDRESS = re.compile(r"https?://[^\s<]+")
REPOSITORY = re.compile(r"\bgithub:([\w.-]+/[\w.-]+)(?: (?:@|commit )([0-9a-f]{7,40}))?")
QUOTED = ("dataset", "news")  # the titles of all other types of source stand in italics
LINKED = {
    "sources": "source_id",
    "evidence": "evidence_id",
    "instruments": "instrument_id",
    "stakeholders": "stakeholder_id",
    "services": "service_id",
    "exercises": "exercise_id",
}


class Narrative(mistune.HTMLRenderer):
    """What a narrative may be in a page: a part of its chapter, that asks the network for nothing.

    The check names headings and pictures with their mend; here none gets through.
    """

    def heading(self, text: str, level: int, **attributes: object) -> str:
        """Return a heading below that of the chapter: ## and ### are both the third level."""
        return super().heading(text, max(level, 3), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return what is written for those who do not see the picture, in its place."""
        return text


class Place(Protocol):
    """A country in one of its editions."""

    data: str
    iso3: str
    key: str  # what its ids begin with


def register(place: Place) -> pd.DataFrame:
    """Return the verified sources that citations of a page of the country may name."""
    frame = cop.data.read("sources", place.data, place.iso3)
    return frame[frame.verified == "yes"].drop(columns="verified")


def refs(cell: str, place: Place) -> page.Shown:
    """Return ids as short citations, each a link: 'UKR-E01; UKR-S02' => [E01] [S02].

    Another country's keeps its code.
    """
    return page.join(_ref(source_id, place.key) for source_id in cop.data.split(cell))


def linked(text: str, place: Place) -> page.Shown:
    """Return text, escaped, with the country's verified rows named in it as links.

    'see UKR-E05' => see [E05]. On a page in another language it is marked as English, unless it has
    a translation.
    """
    translation = languages.said(text)
    parts = re.split(r"\b([A-Z]{3}-[SELOVX]\d{2,3})\b", translation)
    if len(parts) > 1:
        stamps = tuple(cop.data.stamp(name, place.data, place.key) for name in LINKED)
        ids = _linkable(place.data, place.key, stamps)
        parts = [refs(part, place) if part in ids else part for part in parts]
    shown = page.join(parts, "")
    if translation == text and text and languages.translated():
        return page.Shown('<span lang="en">{}</span>').format(shown)
    return shown


class Leading(int):
    """A number that is a link to what it counts."""

    to: str

    def __html__(self) -> str:
        """Return the number as a link."""
        at = self.to if ".html" in self.to else f"#{self.to}"
        return f'<a href="{escape(at)}">{int(self)}</a>'


def leading(number: int, to: str) -> Leading:
    """Return a number that leads to what has the id `to` on the page, or to a page."""
    linked_number = Leading(number)
    linked_number.to = to
    return linked_number


def sourced(cell: str, place: Place) -> page.Shown:
    """Return sources as short citations, as `refs` does, each with its named address."""
    stamp = cop.data.stamp("sources", place.data, place.iso3)
    addresses, parts = _addresses(place.data, place.iso3, stamp), []
    for source_id in cop.data.split(cell):
        url, host = addresses.get(source_id, ("", ""))
        site = page.Shown(' <a class="site" href="{}">{}</a>')
        at = site.format(url, copy_at(host) or _site(url)) if url else ""
        parts.append(refs(source_id, place) + at)
    return page.join(parts)


def in_report(text: str) -> page.Shown:
    """Return text, escaped, whose citations of rows are links to the pages that show them."""
    parts = re.split(r"\b([A-Z]{3}-(?:[SELOVX]\d{2,3}|organisations))\b", text)
    link = page.Shown('<a class="ref" href="{}#{}">[{}]</a>')
    shown = (link.format(home_of(p), p, p[4:]) if i % 2 else p for i, p in enumerate(parts))
    return page.join(shown, "")


def data_ref(source_id: str, place: Place) -> page.Shown | str:
    """Return the link that cites a data set: 'ITU_DATAHUB' => [ITU DataHub]; "" for an empty id.

    A dagger marks one that was read in a copy, and says at whose address.
    """
    if not source_id:
        return ""
    row = _data_sets(place.data)[source_id]
    link = page.Shown('<a class="ref" href="#{}">[{}]</a>').format(source_id, row.short)
    if row.hand != "copy":
        return link
    return link + page.Shown(' <abbr title="{}">†</abbr>').format(copy_at(copy_host(row)))


def copy_host(row: tuple) -> str:
    """Return the third party at whose address a data set was read: the host of its address, or the
    registry of packages; "" where the publisher's own page was read.
    """
    if row.hand != "copy":
        return ""
    if REPOSITORY.search(row.address):
        return "GitHub"
    address = ADDRESS.search(row.address)
    return _site(address[0]) if address else row.address.split(" ")[0]  # npm, PyPI


def copy_at(host: str) -> str:
    """Return 'copy at GitHub' in the language spoken; "" without a host."""
    return gettext("copy at %(host)s") % {"host": host} if host else ""


def with_citations(text: str, place: Place) -> page.Shown:
    """Return an analyst's Markdown as HTML, escaped, with [@UKR-S01] as links to the bibliography.

    Raises LookupError for a citation that is not a verified source.
    """
    verified = set(register(place).source_id)
    cited = re.findall(r"@([\w-]+)", " ".join(re.findall(r"\[(@[^\]]*)\]", text)))
    if unknown := ", ".join(sorted(set(cited) - verified)):
        raise LookupError(
            f"{place.iso3}: citations without a verified source in sources.csv: {unknown}"
        )
    html = mistune.create_markdown(renderer=Narrative())(text)
    linked = re.sub(r"\[(@[^\]]*)\]", lambda m: refs(m[1].replace("@", ""), place), html)
    return page.Shown(f'<div lang="en">{linked}</div>' if languages.translated() else linked)


def bibliography(place: Place, others: Iterable[str] = (), kind: str = "sources") -> page.Shown:
    """Return the register as a bibliography, with `others`: ids of further sources.

    A shared page keeps only what it cites, itself or by the rows that each entry names in
    `data-rows`; with `kind="sources register"` the whole register.
    """
    frame = register(place)
    if ids := sorted(set(others)):
        frame = pd.concat([frame, _of_others(ids, place)]).drop_duplicates("source_id")
    links = page.rows(cop.data.read("links", place.data))
    copies = {row.url: row for row in links if row.archived}
    entries = (_entry(row, copies.get(row.url)) for row in page.rows(frame))
    return _list(frame.source_id, entries, kind, rows=_rows_by_source(place))


def _rows_by_source(place):
    """Return the ids of the rows that rest on each source, with spaces between."""
    tables = {n: cop.data.read(n, place.data, place.iso3) for n in LINKED if n != "sources"}
    rows = pd.concat(t.set_index("source_id")[LINKED[n]] for n, t in tables.items())
    return rows.groupby(level=0).agg(" ".join).to_dict()


def of_statistics(place: Place, source_ids: Iterable[str], full: bool = False) -> page.Shown:
    """Return the data sets behind the figures as a list, each with the address where it was read.

    With `full`, also the very file, the licence and what is to be known of it.
    """
    frame = cop.data.read("statistics_sources", place.data)
    frame = frame[frame.source_id.isin(set(source_ids))]
    frame = frame.assign(licence=licences(frame, place.data))
    entries = [_data_set(row, full) for row in frame.itertuples()]
    return _list(frame.source_id, entries, labels=frame.short)


def _data_set(row, full):
    copy = _sentence(copy_at(copy_host(row)))
    return page.Shown("{}. <i>{}</i>.{} {}{}{}").format(
        row.publisher.rstrip("."), row.title, _licence(row) if full else "", copy,
        _available(row.address), gettext("Seen on %(day)s.") % {"day": row.accessed},
    )  # fmt: skip


def _licence(row):
    licence = page.Shown(gettext("Licence: %(licence)s.")) % {"licence": page.text(row.licence)}
    note = page.quoted(row.note)
    return page.Shown(" {}. {} {}.").format(page.text(row.address), licence, note)


def licences(frame: pd.DataFrame, data: str) -> pd.Series:
    """Cite the licence or the terms of data sets; where none was seen, the contract's word for it.

    `frame` has the columns terms and licence of the register; NA where there is no data set.
    """
    words = frame.terms.map(cop.data.labels("statistics_sources", "terms", data))
    return frame.licence.mask(frame.licence == "", words)


def publishers(place: Place, source_ids: Iterable[str]) -> str:
    """Return the publishers that a page cites for its data sets, a copy named as one: 'ITU (copy
    at GitHub); World Bank'.
    """
    data_sets, names = _data_sets(place.data), {}
    for row in (data_sets[source_id] for source_id in dict.fromkeys(source_ids)):
        name, copy = row.publisher.split(" (")[0], copy_at(copy_host(row))
        names[f"{name} ({copy})" if copy else name] = row
    return "; ".join(names)


@lru_cache(maxsize=8)
def _linkable(data, iso3, stamps):
    """Return the ids of the country's verified rows that can be linked to."""
    frames = [(cop.data.read(name, data, iso3), column) for name, column in LINKED.items()]
    return {row_id for frame, column in frames for row_id in frame[column][frame.verified == "yes"]}


def _data_sets(data):
    """Return the row of each data set by its id, kept until its table changes: each figure asks."""
    return _rows_by_id(data, cop.data.stamp("statistics_sources", data))


@lru_cache(maxsize=8)
def _rows_by_id(data, stamp):
    return {row.source_id: row for row in cop.data.read("statistics_sources", data).itertuples()}


@lru_cache(maxsize=8)
def _addresses(data, iso3, stamp):
    """Return address and copy_host of each source of a country by its id."""
    frame = cop.data.read("sources", data, iso3)
    return {row.source_id: (row.url, row.copy_host) for row in page.rows(frame)}


def _site(url):
    return urlsplit(url).netloc.removeprefix("www.")


def _ref(row_id, home):
    short = languages.said(row_id.removeprefix(f"{home}-"))
    return page.Shown('<a class="ref" href="#{}">[{}]</a>').format(row_id, short)


def _of_others(ids, place):
    rows = (cop.data.row("sources", place.data, "source_id", source_id) for source_id in ids)
    fields = cop.data.fields("sources", place.data)
    there = [row for row in rows if row is not None]
    return cop.data.typed({f["name"]: [row[f["name"]] for row in there] for f in fields}, fields)


def _entry(row, copy):
    """Return 'Publisher (2024) Title. Available at: https://… (Accessed: 3 May 2026).'"""
    year = gettext("no date") if pd.isna(row.year) else int(row.year)
    title = ("‘{}’" if row.type in QUOTED else "<i>{}</i>").format(escape(row.title))
    at = gettext("Available at: %(address)s") % {"address": f"{row.url} "} if row.url else ""
    at = _sentence(copy_at(row.copy_host)) + at
    read = gettext("(Accessed: %(day)s).") % {"day": page.day(date.fromisoformat(row.accessed))}
    if copy:
        about = {"day": copy.archived_on, "address": copy.archived}
        read += f" {gettext('Archived copy of %(day)s: %(address)s') % about} "
    text = f"{escape(row.publisher)} ({escape(year)}) {title}. {escape(at + read)}"
    return page.Shown(ADDRESS.sub(_link, text))


def _link(address):
    """Return a link of an escaped address, which is shown with its letters instead of codes."""
    shown = escape(unquote(page.Shown(address[0]).unescape()))
    return f'<a href="{address[0]}">{shown}</a>'


def _sentence(words):
    return f"{words[:1].upper()}{words[1:]}. " if words else ""


def _available(address):
    """Return 'Available at: …; …. ' with the addresses in a text as links; nothing without one.

    'github:owner/name @1234567' is the address of that state of the repository.
    """
    named = REPOSITORY.sub(_of_repository, address)
    addresses = dict.fromkeys(address.rstrip(".,;") for address in ADDRESS.findall(named))
    links = [page.Shown('<a href="{0}">{0}</a>').format(address) for address in addresses]
    form = escape(gettext("Available at: %(address)s"))
    return page.Shown("{}. ").format(form % {"address": page.join(links, "; ")}) if links else ""


def _of_repository(name):
    state = f"/tree/{name[2]}" if name[2] else ""
    return f"https://github.com/{name[1]}{state}"


def _list(ids, entries, kind="sources", labels=None, rows=MappingProxyType({})):
    line = page.Shown('<li id="{}" data-rows="{}"><span class="id">{}</span> {}</li>')
    lines = (
        line.format(i, rows.get(i, ""), label, entry)
        for i, label, entry in zip(ids, ids if labels is None else labels, entries, strict=True)
    )
    return page.Shown(f'<ul class="{kind}">{"".join(lines)}</ul>')
