"""From a child who seeks help to support: what is known of each link of the chain."""

from collections.abc import Iterable

import pandas as pd

from report import figure, page
from report.charts.signs import signed, unseen
from report.figure import Caption
from report.languages import said
from report.page import Shown


def chain(frame: pd.DataFrame, caption: Caption, refs: Iterable[str] = ()) -> Shown:
    """Show links in their order, each with sign, word and what is known of it.

    Columns: link, status (a word with a sign), known (a sentence; "" says that nothing is known);
    others stand in its data alone. `refs` are the links of each into the page, as HTML.
    """
    if frame.empty:
        return figure.nothing(caption)
    links = page.join(
        Shown("<li><b>{}</b> {} <span>{} {}</span></li>").format(
            said(row.link), signed(row.status), said(row.known) or page.missing(), ref
        )
        for row, ref in zip(frame.itertuples(), refs or [""] * len(frame), strict=True)
    )
    picture = Shown('{}<ol class="chain">{}</ol>').format(unseen(caption.alt), links)
    return figure.shown(picture, caption, frame, "grid wide")
