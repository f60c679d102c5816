"""What serves what: items, capabilities and recommendations, and the frameworks above them.

That an item serves an element is our judgement (mappings.csv); what a recommendation serves is
reckoned from its items, its capabilities and its own SDG target.
"""

from functools import partial

import pandas as pd

import contract
from contract.places import Country
from report import words
from report.page import Shown

say = partial(words.show, "serves")


def elements(data: str) -> pd.DataFrame:
    """Give the elements of the frameworks that were seen, in their order.

    Columns: those of frameworks.csv.
    """
    frame = contract.read("frameworks", data)
    return frame[frame.verified == "yes"].reset_index(drop=True)


def serving(data: str) -> pd.DataFrame:
    """Give which item or capability serves which element of the frameworks, and why.

    What serves an element serves what measures it too. Columns: served_by, name, audience (that of
    the item; "" of a capability), element_id, basis, why; in the order of elements.
    """
    pairs, known = contract.read("mappings", data), elements(data)
    through = known[known.measures != ""][["element_id", "measures"]]
    more = pairs.merge(through.set_axis(["by", "element_id"], axis=1))
    more = more.assign(element_id=more.by).drop(columns="by")
    order = dict(zip(known.element_id, known.index, strict=True))
    frame = pd.concat([pairs, more])
    frame = frame[frame.element_id.isin(order)].merge(_names(data))
    frame = frame.sort_values("element_id", key=lambda ids: ids.map(order), kind="stable")
    return frame[["served_by", "name", "audience", "element_id", "basis", "why"]].reset_index(
        drop=True
    )


def recommended(
    recommendations: pd.DataFrame, pairs: pd.DataFrame, elements: pd.DataFrame
) -> pd.DataFrame:
    """Give which recommendation serves which element of the frameworks.

    It does through its items and capabilities, and by its own SDG target. Columns: element_id,
    recommendation_id, through (ids of items and capabilities, or the target).
    """
    ids = recommendations.item_ids + "; " + recommendations.capability_ids
    rows = recommendations[["recommendation_id"]].assign(served_by=ids.map(contract.split))
    by_item = rows.explode("served_by").merge(pairs[["served_by", "element_id"]])
    targets = elements[elements.framework == "SDG"].set_index("code").element_id
    own = recommendations[["recommendation_id"]].assign(
        served_by=recommendations.sdg_target, element_id=recommendations.sdg_target.map(targets)
    )
    frame = pd.concat([by_item, own.dropna(subset="element_id")])
    keys = ["element_id", "recommendation_id"]
    return frame.groupby(keys).served_by.agg("; ".join).rename("through").reset_index()


def by_element(
    elements: pd.DataFrame, pairs: pd.DataFrame, recommended: pd.DataFrame
) -> pd.DataFrame:
    """Give each element of the frameworks with what serves it, also those that nothing serves.

    Columns: those of elements; served_by (ids of items and capabilities) and recommendations, ""
    where none.
    """
    served = pairs.groupby("element_id").served_by.agg("; ".join)
    wanted = recommended.groupby("element_id").recommendation_id.agg("; ".join)
    frame = elements.join(served, "element_id")
    frame = frame.join(wanted.rename("recommendations"), "element_id")
    return frame.fillna({"served_by": "", "recommendations": ""})


def small_table(served: pd.DataFrame, place: Country) -> Shown:
    """Show the elements that a country's recommendations serve, and name those that none serves."""
    rows = served.assign(anchor=served.element_id)
    rows = rows[rows.measures == ""]  # the index measures the agenda: it is said in a note
    wanted = rows.recommendations != ""
    return say("small_table", rows[wanted], rows[~wanted], place)


def _names(data):
    """Give served_by, name and audience of all items and capabilities."""
    items = contract.read("guidelines", data)[["item_id", "item", "audience"]]
    others = contract.read("capabilities", data)[["capability_id", "capability"]]
    columns = ["served_by", "name", "audience"]
    frames = [items.set_axis(columns, axis=1), others.set_axis(columns[:2], axis=1)]
    return pd.concat(frames, ignore_index=True).fillna({"audience": ""})
