"""The frameworks above the guidelines: what recommendations serve, and expected results by country.

That an item serves an element is our judgement (mappings.csv); what a recommendation serves follows
from its items, its capabilities and its own SDG target. Countries are never ranked.
"""

import pandas as pd

import cop.data
from cop.data.places import Country
from helpers.countries import read_table


def recommended(
    recommendations: pd.DataFrame, elements: pd.DataFrame, place: Country
) -> pd.DataFrame:
    """Return which recommendation serves which element of the frameworks.

    It serves what its items and capabilities serve, and its own SDG target. What serves an element
    also serves the element that measures it. Columns: element_id, recommendation_id, through (ids
    of items and capabilities, or the target).
    """
    mappings = read_table("mappings", place)[["served_by", "element_id"]]
    measuring = elements[elements.measures != ""][["element_id", "measures"]]
    measuring = mappings.rename(columns={"element_id": "measures"}).merge(measuring)
    targets = elements[elements.framework == "SDG"].rename(columns={"code": "served_by"})
    pairs = pd.concat([mappings, measuring, targets])[["served_by", "element_id"]]
    pairs = pairs[pairs.element_id.isin(elements.element_id)]
    rows = recommendations
    ids = rows.item_ids + "; " + rows.capability_ids + "; " + rows.sdg_target
    frame = rows[["recommendation_id"]].assign(served_by=ids.map(cop.data.split))
    frame = frame.explode("served_by").merge(pairs.astype(object))
    through = frame.groupby(["element_id", "recommendation_id"]).served_by.agg("; ".join)
    return through.rename("through").reset_index()
