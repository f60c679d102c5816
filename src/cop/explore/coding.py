"""Coder A against coder B at the desk: which items, by number, and why each judged as they did."""

from functools import partial

import pandas as pd

import cop.data
from cop.explore.choice import Choice
from cop.report import words
from cop.report.page import Shown
from helpers import alignment

say = partial(words.show, "explore")

WHICH = {"differ": "those they see differently", "both": "all that both judged"}
SHOWN = {"rationale": "why", "evidence_ids": "stands_on"}  # of each coder's row


def compared(place: Choice, framework: str | None = None, which: str = "differ") -> pd.DataFrame:
    """Return the items that two coders judged, `which` a key of WHICH.

    Columns: item_id, framework, area, item, coder_a, coder_b (their words), status (the one that
    is reported), why_a, why_b, stands_on_a, stands_on_b, note (how it was settled).
    """
    items = alignment.by_both(alignment.adjudicated(place))
    items = items if framework is None else items[items.framework == framework]
    items = items if which == "both" else items[items.coder_a != items.coder_b]
    rows = cop.data.read("alignment", place.data, place.iso3)
    for coder in "AB":
        own = rows[rows.coder == coder].set_index("item_id")[list(SHOWN)].rename(columns=SHOWN)
        items = items.join(own.add_suffix(f"_{coder.lower()}"), on="item_id")
    return items[COLUMNS].fillna("").reset_index(drop=True)


def about(items: pd.DataFrame, place: Choice) -> Shown:
    """Say, in a view of explore.ipynb, how many items that both judged they see differently."""
    differ = items.item_id[items.coder_a != items.coder_b]
    return say("about_coders", len(items), list(differ), place)


def grid(items: pd.DataFrame, place: Choice) -> pd.DataFrame:
    """Return a view of explore.ipynb item numbers by coders' words: a row a word of A, columns B's.

    Columns: coder_a, and the words that B can say; "" where no item is.
    """
    known = words.labels("alignment", "status", place.data)
    cells = items.groupby(["coder_a", "coder_b"]).item_id.agg("; ".join)
    used = [word for word in known if word in {*items.coder_a, *items.coder_b}]
    wide = cells.unstack().reindex(index=used, columns=used).fillna("")
    return wide.rename_axis("coder_a").reset_index().rename_axis(None, axis=1)


def grid_table(grid: pd.DataFrame, place: Choice) -> Shown:
    """Show, in a view of explore.ipynb, the item numbers by the words of both coders."""
    known = words.labels("alignment", "status", place.data)
    headings = {column: known.get(column, "") for column in grid}
    shown = grid.replace("", words.text("explore", "no_item")).assign(
        coder_a=grid.coder_a.map(known)
    )
    return say("coder_grid", shown, headings | {"coder_a": "A, B"}, place)


COLUMNS = ["item_id", "framework", "area", "item", "coder_a", "coder_b", "status"]
COLUMNS += ["why_a", "why_b", "stands_on_a", "stands_on_b", "note"]
