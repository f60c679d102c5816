"""What items must be: each from its own document, its wording settled by somebody on a day."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks import beside
from contract.checks.values import each
from contract.faults import Fault, count
from contract.package import countries, fields, paths, words

NOT_ITU = (
    "is not a document of ITU, so this is a cross-check",
    "Set kind to cross-check, or correct the document",
)
IS_ITU = ("is a document of ITU, so this is no cross-check", "Set kind to item")
NO_DAY = ("is a page that nobody says when they read", "Fill in verified_on, or empty the page")
STILL_MEMORY = (
    "is a paraphrase from memory with a day on which it was settled",
    "Set wording to printed, or empty verified_on",
)

UNMAPPED = ("has no row: it serves no framework", "Add a row that names what it serves, and why")


def item_of_another_document(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield items that are said to be ITU's and are from elsewhere, and the other way round."""
    known = {field["name"]: field for field in fields("guidelines", data)}
    # A document of ITU is named by the audience that it speaks to.
    of_itu = frame.document.str.startswith(tuple(words(known["audience"])))
    item, check = frame.kind == "item", frame.kind == "cross-check"
    yield from each(frame.document[item & ~of_itu], "document", path, *NOT_ITU)
    yield from each(frame.document[check & of_itu], "document", path, *IS_ITU)


def page_without_day(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield pages of the printed text without the day on which somebody read them."""
    bare = (frame.page != "") & (frame.verified_on == "")
    yield from each(frame.page[bare], "page", path, *NO_DAY)


def settled_paraphrase(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that are still said to be from memory although somebody settled them."""
    both = (frame.wording == "paraphrase") & (frame.verified_on != "")
    yield from each(frame.wording[both], "wording", path, *STILL_MEMORY)


def item_without_mapping(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield items and capabilities that no row maps; a fact about a document asks for nothing.

    They are faults of mappings.csv, where they are mended: an item can be added before.
    """
    items = beside.table("guidelines", path, data)
    asked = items.item_id[items.kind != "document fact"].tolist()
    asked += beside.table("capabilities", path, data).capability_id.tolist()
    known = set(frame.served_by)
    yield from (Fault(path, "", "served_by", i, *UNMAPPED) for i in asked if i not in known)


def waiting(data: str | Path) -> list[str]:
    """Give a sentence for each country with codings that nobody checked: no fault, but work."""
    return [line for iso3 in countries(data) for line in _of_codings(iso3, data)]


def _of_codings(iso3, data):
    path = paths("alignment", data, iso3)[0]
    rows = beside.table("alignment", path, data)
    coders = rows[rows.coder != "adjudicated"].groupby("item_id")
    settled = set(rows.item_id[rows.coder == "adjudicated"])
    number, words = coders.size(), coders.status.nunique()
    alone = [item for item in number.index[number == 1] if item not in settled]
    differ = [item for item in words.index[words > 1] if item not in settled]
    if alone:
        yield f"{path}: {count(len(alone), 'item')} judged by one coder alone; a second is missing."
    if differ:
        yield f"{path}: {count(len(differ), 'item')} on which two coders differ; nobody settled it."


OF_GUIDELINES = [item_of_another_document, page_without_day, settled_paraphrase]
OF_MAPPINGS = [item_without_mapping]
