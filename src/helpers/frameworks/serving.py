"""What serves what: items, capabilities and recommendations, and the frameworks above them.

That an item serves an element is our judgement (mappings.csv); what a recommendation serves is
reckoned from its items, its capabilities and its own SDG target.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Shown

say = partial(words.show, "serves")


def elements(data: str) -> pd.DataFrame:
    """Return the elements of the frameworks that were seen, in their order.

    Columns: those of frameworks.csv.
    """
    frame = cop.data.read("frameworks", data)
    return frame[frame.verified == "yes"].reset_index(drop=True)


def serving(data: str) -> pd.DataFrame:
    """Return which item or capability serves which element of the frameworks, and why.

    What serves an element serves what measures it too. Columns: served_by, name, audience (that of
    the item; "" of a capability), element_id, basis, why; in the order of elements.
    """
    pairs, known, names = cop.data.read("mappings", data), elements(data), _names(data)
    of = sheets.listed(zip(pairs.element_id, page.rows(pairs), strict=True))
    rows = [
        (pair.served_by, *names[pair.served_by], one, pair.basis, pair.why)
        for one, measured in zip(known.element_id, known.measures, strict=True)
        for pair in (*of.get(one, []), *of.get(measured, []))
        if pair.served_by in names
    ]
    columns = ["served_by", "name", "audience", "element_id", "basis", "why"]
    return pd.DataFrame(rows, columns=columns)


def recommended(
    recommendations: pd.DataFrame, pairs: pd.DataFrame, elements: pd.DataFrame
) -> pd.DataFrame:
    """Return which recommendation serves which element of the frameworks.

    It does through its items and capabilities, and by its own SDG target. Columns: element_id,
    recommendation_id, through (ids of items and capabilities, or the target).
    """
    targets = elements[elements.framework == "SDG"]
    serves = sheets.listed(zip(pairs.served_by, pairs.element_id, strict=True))
    serves |= sheets.listed(zip(targets.code, targets.element_id, strict=True))
    found: dict[tuple, list[str]] = {}
    for row in page.rows(recommendations):
        ids = (row.item_ids, row.capability_ids, row.sdg_target)
        for by in (one for cell in ids for one in cop.data.split(cell)):
            for element in serves.get(by, []):
                found.setdefault((element, row.recommendation_id), []).append(by)
    rows = [(*key, "; ".join(through)) for key, through in sorted(found.items())]
    return pd.DataFrame(rows, columns=["element_id", "recommendation_id", "through"])


def by_element(
    elements: pd.DataFrame, pairs: pd.DataFrame, recommended: pd.DataFrame
) -> pd.DataFrame:
    """Return each element of the frameworks with what serves it, also those that nothing serves.

    Columns: those of elements; served_by (ids of items and capabilities) and recommendations, ""
    where none.
    """
    served = sheets.listed(zip(pairs.element_id, pairs.served_by, strict=True))
    wanted = sheets.listed(zip(recommended.element_id, recommended.recommendation_id, strict=True))
    return elements.assign(
        served_by=["; ".join(served.get(one, [])) for one in elements.element_id],
        recommendations=["; ".join(wanted.get(one, [])) for one in elements.element_id],
    )


def small_table(served: pd.DataFrame, place: Country) -> Shown:
    """Show the elements that a country's recommendations serve, and name those that none serves."""
    own = served[served.measures == ""]  # the index measures the agenda: it is said in a note
    rows = own.assign(anchor=own.element_id)
    wanted = rows.recommendations != ""
    return say("small_table", rows[wanted], rows[~wanted], place)


def _names(data):
    """Return name and audience of all items and capabilities by their ids."""
    items, others = (page.rows(cop.data.read(one, data)) for one in ("guidelines", "capabilities"))
    named = {row.item_id: (row.item, row.audience) for row in items}
    return named | {row.capability_id: (row.capability, "") for row in others}
