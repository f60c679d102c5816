"""What no recommendation answers: each gap that is sure enough has one, or a row says why not."""

from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines, split
from cop.data.checks import beside
from cop.data.checks.recommendations import begun
from cop.data.checks.values import each, holding
from cop.data.faults import Fault

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


def left_without_a_word(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield gaps in the alignment that no recommendation answers and no row explains.

    A country whose recommendations are still to be begun has none: all of them are work.
    """
    if begun(beside.table("recommendations", path, data)):
        told = _served(path, data) | {*beside.table("open_gaps", path, data)["item_id"]}
        left = [gap for gap in _gaps(table, path, data) if gap[1] not in told]
        yield from each(left, "item_id", path, *LEFT)


def said_for_nothing(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield reasons for what is no gap, and for gaps that a recommendation answers by now."""
    served, items = _served(path, data), set(table["item_id"])
    gaps = {one for _, one in _gaps(beside.table("alignment", path, data), path, data)}
    yield from each(holding(items & served, "item_id", table), "item_id", path, *SERVED)
    yield from each(holding(items - served - gaps, "item_id", table), "item_id", path, *NO_GAP)


def _served(path, data):
    """Give the items and capabilities that recommendations of the country serve."""
    rows = beside.table("recommendations", path, data)
    return {one for c in ("item_ids", "capability_ids") for cell in rows[c] for one in split(cell)}


def reported(alignment: Cells) -> dict[str, tuple[int, str, str]]:
    """Return {item: (row, status, confidence)} of the coding that is reported.

    That is the adjudicated one, else what coders rate alike; an item without either is left out.
    """
    there = lines(alignment, "item_id", "coder", "status", "confidence")
    rows = sorted(there, key=lambda row: row[2] != "adjudicated")
    ratings, result = {}, {}
    for _, item, _, status, _ in rows:
        ratings.setdefault(item, set()).add(status)
    for row, item, coder, status, confidence in rows:
        if coder == "adjudicated" or len(ratings[item]) == 1:
            result.setdefault(item, (row, status, confidence))
    return result


def _gaps(table, path, data):
    """Return (row, id) of ITU's items for policy-makers, and of capabilities, that are missing.

    None of low confidence.
    """
    asked = _asked(path, data)
    return sorted(
        (row, item)
        for item, (row, status, confidence) in reported(table).items()
        if status in MISSING and confidence != "low" and item in asked
    )


def _asked(path, data):
    items = lines(beside.table("guidelines", path, data), "item_id", "audience", "kind")
    of_itu = (item for _, item, *of in items if of == ["policy-makers", "item"])
    return {*of_itu, *beside.table("capabilities", path, data)["capability_id"]}


OF_ALIGNMENT = [left_without_a_word]
OF_OPEN_GAPS = [said_for_nothing]
