"""What no recommendation answers: each gap that is sure enough has one, or a row says why not."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.cells import split
from contract.checks import beside
from contract.checks.recommendations import begun
from contract.checks.values import each
from contract.faults import Fault

MISSING = ["not in place", "no public evidence"]
LEFT = (
    "is a gap that no recommendation answers",
    "Name it in item_ids or capability_ids of a recommendation, or say why not in open_gaps.csv",
)
NO_GAP = (
    "is no gap: it is not missing with more than low confidence",
    "Remove the row, or correct the alignment",
)
SERVED = ("is answered by a recommendation", "Remove the row, or the item from the recommendation")


def left_without_a_word(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield gaps in the alignment that no recommendation answers and no row explains.

    A country whose recommendations are still to be begun has none: all of them are work.
    """
    if len(begun(beside.table("recommendations", path, data))):
        told = _served(path, data) | {*beside.table("open_gaps", path, data).item_id}
        items = _gaps(frame, path, data)
        yield from each(items[~items.isin(told)], "item_id", path, *LEFT)


def said_for_nothing(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield reasons for what is no gap, and for gaps that a recommendation answers by now."""
    served = frame.item_id.isin(_served(path, data))
    gaps = _gaps(beside.table("alignment", path, data), path, data)
    yield from each(frame.item_id[served], "item_id", path, *SERVED)
    yield from each(frame.item_id[~served & ~frame.item_id.isin(gaps)], "item_id", path, *NO_GAP)


def _served(path, data):
    """Give the items and capabilities that recommendations of the country serve."""
    rows = beside.table("recommendations", path, data)
    return {one for cell in [*rows.item_ids, *rows.capability_ids] for one in split(cell)}


def _gaps(rows, path, data):
    """Give the ids of ITU's items for policy-makers, and of capabilities, that are missing.

    By the coding that is reported: the adjudicated one, else what coders say alike. None of low
    confidence.
    """
    differ = rows.groupby("item_id").status.transform("nunique") > 1
    settled = rows[(rows.coder == "adjudicated") | ~differ]
    order = (settled.coder != "adjudicated").sort_values(kind="stable").index
    reported = settled.loc[order].drop_duplicates("item_id").sort_index()
    missing = reported.status.isin(MISSING) & (reported.confidence != "low")
    return reported.item_id[missing & reported.item_id.isin(_asked(path, data))]


def _asked(path, data):
    guidelines = beside.table("guidelines", path, data)
    of_itu = (guidelines.audience == "policy-makers") & (guidelines.kind == "item")
    capabilities = beside.table("capabilities", path, data).capability_id
    return {*guidelines.item_id[of_itu], *capabilities}


OF_ALIGNMENT = [left_without_a_word]
OF_OPEN_GAPS = [said_for_nothing]
