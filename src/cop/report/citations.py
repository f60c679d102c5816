"""Render citations, sources and bibliographies."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import mistune
import pandas as pd
from markupsafe import escape

import cop.data
from cop.data.places import Country
from cop.report import languages, page, words
from cop.report.filenames import home_of
from cop.report.languages import gettext
from cop.report.page import Html

LINKED = {  # {letter in the ids: table}
    "S": "sources", "E": "evidence", "L": "instruments", "O": "stakeholders", "V": "services",
    "X": "exercises",
}  # fmt: skip
CITATION = re.compile(r"\[(@[^\]]*)\]")
ROW_ID = re.compile(r"\b([A-Z]{3}-(?:[SELOVX]\d{2,3}|organisations))\b")


class LinkedNumber(int):
    """A number with a link to the counted items."""

    to: str  # id on the page, or address of another page

    def __html__(self) -> str:
        """Return the number as an HTML link to an id on the page, or to another page."""
        at = self.to if ".html" in self.to else f"#{self.to}"
        return f'<a href="{escape(at)}">{int(self)}</a>'


def link_number(number: int, to: str) -> LinkedNumber:
    """Return a number that is rendered as a link to `to`, which is an id or a page's address."""
    linked_number = LinkedNumber(number)
    linked_number.to = to
    return linked_number


def register(place: Country) -> pd.DataFrame:
    """Return the verified rows of a country's sources.csv, without the column `verified`."""
    frame = cop.data.read("sources", place.data, place.iso3)
    return frame[frame.verified == "yes"].drop(columns="verified")


def refs(cell: str, place: Country) -> Html:
    """Render ids as links: 'UKR-E01; MDA-S02' becomes [E01] [MDA-S02] on a page of Ukraine.

    The ids are separated by semicolons and are not checked here (see `render.set_links`).
    """
    return Html(" ").join(_ref(row_id, place) for row_id in cop.data.split(cell))


def _ref(row_id, place):
    short = languages.translate(row_id.removeprefix(f"{place.key}-"))
    return Html('<a class="ref" href="#{}">[{}]</a>').format(row_id, short)


def linked(text: str, place: Country) -> Html:
    """Translate and escape a text, and link the ids in it: UKR-E05 becomes [E05].

    Only ids of verified rows of the country `place` are linked (for the tables, see LINKED). On a
    translated page, a text without a translation is marked as English, however short it is.
    """
    translation = languages.translate(text)

    def link(match):
        row_id, letter = match[1], match[1][4]
        row = letter in LINKED and _rows(LINKED[letter], place.data, place.key).get(row_id)
        return _ref(row_id, place) if row and row.verified == "yes" else row_id

    shown = Html(ROW_ID.sub(link, escape(translation)))
    if translation == text and text and languages.translated():
        return Html('<span lang="en">{}</span>').format(shown)
    return shown


def sourced(cell: str, place: Country) -> Html:
    """Render ids of sources as in `refs`, each followed by a link to the URL of the source.

    The text of the link is the host in the URL, or 'copy at …' if a copy was read. The link is
    missing if the source has no URL or is not in the country's sources.csv.
    """
    rows, parts = _rows("sources", place.data, place.iso3), []
    for source_id in cop.data.split(cell):
        parts.append(_ref(source_id, place))
        if (row := rows.get(source_id)) and row.url:
            host = urlsplit(row.url).netloc.removeprefix("www.")
            site = escape(copy_at(row.copy_host) or host).replace(".", Html("<wbr>."))
            parts.append(Html('<a class="site" href="{}">{}</a>').format(row.url, site))
    return Html(" ").join(parts)


def in_report(text: str) -> Html:
    """Escape a text, and link each row id in it to the page of the row, which may not exist."""
    link = Html('<a class="ref" href="{}#{}">[{}]</a>')
    return Html(ROW_ID.sub(lambda m: link.format(home_of(m[1]), m[1], m[1][4:]), escape(text)))


def data_ref(source_id: str, place: Country) -> Html | str:
    """Render the citation of a data set: ITU_DATAHUB becomes [ITU DataHub].

    A dagger follows if the data set was read from a copy. Returns "" if `source_id` is empty, and
    raises LookupError if it is unknown.
    """
    if not source_id:
        return ""
    if not (row := _rows("statistics_sources", place.data).get(source_id)):
        raise LookupError(f"unknown source_id {source_id!r}; see statistics/sources.csv for ids")
    link = Html('<a class="ref" href="#{}">[{}]</a>').format(source_id, row.short)
    copy = copy_at(row.copy_host)
    return link + Html(' <abbr title="{}">†</abbr>').format(copy) if copy else link


def copy_at(host: str) -> str:
    """Return a text such as 'copy at GitHub' in the language of the page, or "" without a host."""
    return gettext("copy at %(host)s") % {"host": host} if host else ""


def with_citations(text: str, place: Country) -> Html:
    """Convert an analyst's Markdown to HTML, with links for citations such as [@UKR-S01].

    HTML is escaped, and on a translated page the result is marked as English. The text is not
    checked here: `cop check` rejects unverified sources, images and headings of chapters.
    """
    html = mistune.create_markdown()(text)
    linked = CITATION.sub(lambda match: refs(match[1].replace("@", ""), place), html)
    return Html(f'<div lang="en">{linked}</div>' if languages.translated() else linked)


def bibliography(place: Country, others: Iterable[str] = (), kind: str = "sources") -> Html:
    """Render the verified sources of a country, and sources of any country with the ids `others`.

    The country's sources come first; the others, even unverified ones, follow in the order of ids.
    Unknown ids are ignored. `kind` is the CSS class of the list. If it is "sources", the attribute
    `data-rows` lists the country's verified rows based on each source, and `render.finish` removes
    a source if the page links neither to it nor to one of these rows.
    """
    rows = (cop.data.row("sources", place.data, "source_id", i) for i in sorted({*others}))
    fields = cop.data.fields("sources", place.data)
    further = pd.DataFrame(filter(None, rows), columns=[field["name"] for field in fields])
    frame = pd.concat([register(place), cop.data.typed(further, fields)])
    links = page.rows(cop.data.read("links", place.data))
    copies, resting = {row.url: row for row in links if row.archived}, {}
    for name in [*LINKED.values()][1:]:
        table = cop.data.read(name, place.data, place.iso3)
        table = table[table.verified == "yes"]
        for source_id, row_id in zip(table.source_id, table.iloc[:, 0], strict=True):
            resting.setdefault(source_id, []).append(row_id)
    return words.render(
        "sources", "bibliography", frame.drop_duplicates("source_id"), copies, kind, resting
    )


def of_statistics(place: Country, source_ids: Iterable[str], full: bool = False) -> Html:
    """Render a list of the data sets `source_ids`, in the order of the table `statistics_sources`.

    If `full` is True, the URL of the file, licence and notes are added. Unknown ids are ignored.
    """
    frame = cop.data.read("statistics_sources", place.data)
    frame = frame[frame.source_id.isin(set(source_ids))]
    frame = frame.assign(licence=licences(frame, place.data))
    return words.render("sources", "data_sets", frame, full)


def licences(frame: pd.DataFrame, data: str) -> pd.Series:
    """Return the licences of data sets, or the English label of the terms of use if there is none.

    `frame` contains rows of the table `statistics_sources`; the result has the index of `frame`.
    """
    labels = frame.terms.map(cop.data.labels("statistics_sources", "terms", data))
    return frame.licence.mask(frame.licence == "", labels)


def publishers(source_ids: Iterable[str], place: Country) -> str:
    """Return the publishers of data sets as text: 'ITU (copy at GitHub); World Bank'.

    A publisher is listed once, or once for each host if copies of its data were read. A name ends
    before the first bracket. Empty ids are ignored. Raises KeyError for unknown ids.
    """
    rows, names = _rows("statistics_sources", place.data), []
    for row in (rows[source_id] for source_id in source_ids if source_id):
        name, copy = row.publisher.split(" (")[0], copy_at(row.copy_host)
        names.append(f"{name} ({copy})" if copy else name)
    return "; ".join(dict.fromkeys(names))


def _rows(name, data, iso3=None):
    """Return {id: row} of a table, from a cache that is renewed when the file changes."""
    return _kept_rows(name, data, iso3, cop.data.stamp(name, data, iso3))


@lru_cache(maxsize=32)
def _kept_rows(name, data, iso3, stamp):
    key = cop.data.fields(name, data)[0]["name"]
    return {getattr(row, key): row for row in page.rows(cop.data.read(name, data, iso3))}
