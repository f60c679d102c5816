"""What items must be: each from its own document, its wording settled by somebody on a day."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks.values import each
from contract.faults import Fault

ITU = ("policy-makers", "industry", "parents and educators", "children")  # how its documents begin
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


def item_of_another_document(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield items that are said to be ITU's and are from elsewhere, and the other way round."""
    of_itu = frame.document.str.startswith(ITU)
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


OF_GUIDELINES = [item_of_another_document, page_without_day, settled_paraphrase]
