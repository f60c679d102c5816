"""What items must be: each from its own document, its wording settled by somebody on a day."""

from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.checks.values import alone, each
from cop.data.faults import Fault, count
from cop.data.package import countries, fields, paths, words

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


def item_of_another_document(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield items that are said to be ITU's and are from elsewhere, and the other way round."""
    known = {field["name"]: field for field in fields("guidelines", data)}
    # A document of ITU is named by the audience that it speaks to.
    audiences = tuple(words(known["audience"]))
    for row, document, kind in lines(table, "document", "kind"):
        of_itu = document.startswith(audiences)
        if kind == "item" and not of_itu or kind == "cross-check" and of_itu:
            yield Fault(path, row, "document", document[:80], *(IS_ITU if of_itu else NOT_ITU))


def page_without_day(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield pages of the printed text without the day on which somebody read them."""
    yield from each(alone("page", "verified_on", table), "page", path, *NO_DAY)


def settled_paraphrase(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield rows that are still said to be from memory although somebody settled them."""
    there = lines(table, "wording", "verified_on")
    both = [(row, how) for row, how, day in there if how == "paraphrase" and day]
    yield from each(both, "wording", path, *STILL_MEMORY)


def item_without_mapping(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield items and capabilities that no row maps; a fact about a document asks for nothing.

    They are faults of mappings.csv, where they are mended: an item can be added before.
    """
    items = lines(beside.table("guidelines", path, data), "item_id", "kind")
    asked = [one for _, one, kind in items if kind != "document fact"]
    asked += beside.table("capabilities", path, data)["capability_id"]
    known = set(table["served_by"])
    yield from (Fault(path, "", "served_by", i, *UNMAPPED) for i in asked if i not in known)


def waiting(data: str | Path) -> list[str]:
    """Give a sentence for each country with codings that nobody checked: no fault, but work."""
    return [line for iso3 in countries(data) for line in _of_codings(iso3, data)]


def _of_codings(iso3, data):
    path = paths("alignment", data, iso3)[0]
    rows = [*lines(beside.table("alignment", path, data), "item_id", "coder", "status")]
    settled, said = {item for _, item, coder, _ in rows if coder == "adjudicated"}, {}
    for _, item, _, status in rows:
        if item not in settled:
            said.setdefault(item, []).append(status)
    alone = [item for item, words in said.items() if len(words) == 1]
    differ = [item for item, words in said.items() if len(set(words)) > 1]
    if alone:
        yield f"{path}: {count(len(alone), 'item')} judged by one coder alone; a second is missing."
    if differ:
        yield f"{path}: {count(len(differ), 'item')} on which two coders differ; nobody settled it."


OF_GUIDELINES = [item_of_another_document, page_without_day, settled_paraphrase]
OF_MAPPINGS = [item_without_mapping]
