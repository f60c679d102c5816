"""One figure: the house style, and how a drawing becomes HTML with title, alternative text, source
and data table.

Each is drawn once, as SVG with outlined text (it looks the same everywhere), and is refused without
a title that states the finding, an alternative text and a source.
"""

import base64
import io
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager

import matplotlib
import pandas as pd
import seaborn
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report import page
from report.page import Shown

# Colours keep a contrast of 3:1 on white and never carry the meaning alone.
BLUE, TEAL, PLUM, ORANGE, GREY = "#12436D", "#1E7F76", "#801650", "#B8510D", "#6B6B6B"
INK = "#1D1D1D"
IDS = re.compile(r'(id="|url\(#|href="#)([a-zA-Z][0-9a-f]{10})\b')
# inches; read at 100 % on a desktop and printed across an A4 page
WIDTH = 6.6  # inches; read at 100 % on a desktop and printed across an A4 page
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8A8A8A",
    "grid.color": "#E3E3E3",
    "axes.labelcolor": "#333333",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "text.color": "#1D1D1D",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.axisbelow": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "cop",
    "figure.dpi": 100,
}


def shown(
    drawing: Figure,
    title: str,
    alt: str,
    source: str,
    data: pd.DataFrame,
    note: str = "",
    kind: str = "",
) -> Shown:
    """Give a drawing as HTML with the table of its data; refuses one without title, alternative
    text or source.
    """
    words = {"title": title, "alt": alt, "source": source}
    if missing := [name for name, text in words.items() if not str(text).strip()]:
        raise ValueError(
            f"a figure needs a {page.listed(missing)}: say what it shows, to whom it is told, "
            "where it is from"
        )
    image = base64.b64encode(_drawn(drawing).encode()).decode()
    headings = {column: str(column) for column in data.columns if column != "anchor"}
    table = page.table(data, f"Data: {title}", headings, note)
    return Shown(
        '<figure class="{}" tabindex="0"><figcaption>{}</figcaption>'
        '<img src="data:image/svg+xml;base64,{}" alt="{}"><p class="source">Source: {}.</p>'
        "<details><summary>Data of this figure</summary>{}</details></figure>"
    ).format(f"chart {kind}".strip(), title, Markup(image), alt, source, table)


def style() -> AbstractContextManager:
    """Give the house style as a context in which a figure is drawn."""
    return matplotlib.rc_context({**seaborn.axes_style("whitegrid"), **STYLE})


def axes(height: float, width: float = WIDTH) -> Axes:
    """Give the axes of a new figure, its height and width in inches."""
    return Figure(figsize=(width, height)).add_subplot()


def room(labels: Iterable) -> float:
    """Give the share of the width that the longest label needs."""
    return min(0.55, 0.03 + 0.0125 * max(len(str(label)) for label in labels))


def wrapped(text: str, width: int = 34) -> str:
    """Give a text broken into lines of at most so many letters, where a word ends."""
    lines = [""]
    for word in text.split(" "):
        lines[-1:] = (
            [f"{lines[-1]} {word}".strip()]
            if len(lines[-1]) + len(word) < width
            else [lines[-1], word]
        )
    return "\n".join(lines)


def label_ends(axes: Axes, ends: list) -> None:
    """Write each line's name at its end, moved apart where two ends lie close together."""
    reach = axes.get_ylim()[1]
    above = max(range(len(ends)), key=lambda i: ends[i][0].value)
    close = len(ends) > 1 and abs(ends[0][0].value - ends[1][0].value) < 0.07 * reach
    apart = _apart([last.value / reach for last, _, _ in ends]) if len(ends) > 2 else None
    last_year = max(last.year for last, _, _ in ends)  # several names stand in one column
    for i, (last, name, colour) in enumerate(ends):
        shift = apart[i] if apart else (6 if i == above else -6) if close else 0
        axes.annotate(
            name,
            (last_year if apart else last.year, last.value),
            xytext=(6, shift),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )


def _apart(heights, least=13, room=208):
    """Give, for each of several ends (shares of the height), by how many points its name moves to
    stand clear of the others.

    Names that would stand above the top of the figure come down, and those below them with them.
    """
    order, at = sorted(range(len(heights)), key=lambda i: heights[i]), [h * room for h in heights]
    for below, above in zip(order, order[1:], strict=False):
        at[above] = max(at[above], at[below] + least)
    limit = room
    for i in reversed(order):
        at[i] = min(at[i], limit)
        limit = at[i] - least
    return [a - h * room for a, h in zip(at, heights, strict=True)]


def _drawn(drawing):
    """Give a figure as SVG, the same to the byte each time: matplotlib's ids, made from
    addresses, are numbered.
    """
    drawn, seen = io.StringIO(), {}
    drawing.savefig(drawn, format="svg", metadata={"Date": None})
    return IDS.sub(lambda m: f"{m[1]}i{seen.setdefault(m[2], len(seen))}", drawn.getvalue())
