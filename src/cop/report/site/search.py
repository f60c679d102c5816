"""The search: an index of titles, headings, items, sources and organisations, made here and read by
MiniSearch in the browser (see minisearch/README.md).

How a text is cut into words stands twice, here and in search.js, and a test holds the two together.
"""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cop.report.languages import said
from cop.report.site.items import Item
from cop.report.site.told import Told

HERE = Path(__file__).parent
FIELDS = ("title", "about")
WORD = re.compile(r"[^\W_]+")
VERSION = 2  # of MiniSearch's own form of an index
FOUND = {  # by table handed on: columns of id and title, the kind, column of what it is about
    "sources_on_record": ("source_id", "title", "source", "publisher"),
    "organisations": ("stakeholder_id", "name", "organisation", "name_local"),
    "services_on_record": ("service_id", "name", "service", "name_local"),
    "action_plan": ("recommendation_id", "what", "recommendation", "lead"),
}
NAMED = ("organisation", "service")  # kinds that may have a name of their own in a language


class Entry(NamedTuple):
    """What can be found: where it stands, what it is called, what it is, and what it is about."""

    address: str
    title: str
    kind: str  # a word that the template says in full
    place: str = ""  # the country
    about: str = ""


def entries(told: Told, items: Iterable[Item], pages: Iterable[tuple[str, str]]) -> list[Entry]:
    """Give, for the search of the site, all that can be found, the site's own pages (address,
    title) first.
    """
    found = [Entry(at, title, "page") for at, title in pages]
    found += [Entry(i.address, said(i.item), "item", "", f"{i.id} {i.asks}") for i in items]
    for row in told.shared("glossary"):
        at = f"glossary.html#{anchor(row['term'])}"
        found.append(Entry(at, said(row["term"]), "term", "", row["abbreviation"]))
    for report in told.reports:
        kind = "synthesis" if report.regional else "report"
        found.append(Entry(report.file, report.name, kind, report.name))
        found += [Entry(at, words, "chapter", report.name) for at, words in report.headings]
        found += _of_tables(told, report)
    return found


def anchor(term: str) -> str:
    """Give, for the site's search, the id of a term on the site's page with the glossary."""
    return "-".join(words(term))


def words(text: str) -> list[str]:
    """Give, for the site's search, the words of a text in small letters, without marks."""
    return WORD.findall(_folded(text))


def index(entries: list[Entry]) -> str:
    """Give, for the site's search, its index in MiniSearch's own form, safe within a page."""
    cut = [[words(f"{e.title}"), words(f"{e.about} {e.place}")] for e in entries]
    terms = {}
    for number, texts in enumerate(cut):
        for field, found in enumerate(texts):
            for term in found:
                times = terms.setdefault(term, {}).setdefault(field, {})
                times[number] = times.get(number, 0) + 1
    lengths = [[len(set(found)) for found in texts] for texts in cut]
    made = {
        "documentCount": len(entries),
        "nextId": len(entries),
        "documentIds": dict(enumerate(range(len(entries)))),
        "fieldIds": {name: i for i, name in enumerate(FIELDS)},
        "fieldLength": dict(enumerate(lengths)),
        "averageFieldLength": [sum(one) / max(len(one), 1) for one in zip(*lengths, strict=True)],
        "storedFields": {i: [e.title, e.address, e.kind, e.place] for i, e in enumerate(entries)},
        "dirtCount": 0,
        "index": list(terms.items()),
        "serializationVersion": VERSION,
    }
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")


@lru_cache(maxsize=1)
def script() -> str:
    """Return the one script of the site: MiniSearch, and what asks it."""
    library = (HERE / "minisearch" / "minisearch.js").read_text(encoding="utf-8")
    return f"{library}\n{(HERE / 'search.js').read_text(encoding='utf-8')}"


def permitted() -> str:
    """Return what the policy of the site names its script by: no other runs."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return f"script-src 'sha256-{digest}'; "


@lru_cache(maxsize=1 << 14)
def _folded(text):
    """Return a text in small letters; of a letter with marks the letter."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if unicodedata.category(c)[0] != "M").lower()


def _of_tables(told, report):
    """Yield the sources, organisations, services and recommendations of a country."""
    for table, (key, title, kind, about) in FOUND.items():
        for row in report.rows(table):
            name, of = row[title], row[about]
            if kind in NAMED and (own := told.called(report, name)) != name:
                name, of = own, f"{name} {of}"  # found by both names
            yield Entry(report.at(row[key]), name, kind, report.name, of)
