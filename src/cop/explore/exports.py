"""Export a table as CSV, and a figure as SVG and PNG with its table.

The files are embedded in the page, so that no server stores a copy.
"""

import io
import re
import textwrap
from collections.abc import Sequence

import matplotlib
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

import cop.data
from cop.data.places import Country
from cop.explore import figures
from cop.report import citations
from cop.report.page import csv, download
from helpers import charts, countries

LONGEST = 48  # maximum length of a measure in a file name
LINE = 66  # characters per line above and below a figure


def about(
    place: Country, title: str, frame: pd.DataFrame, codes: Sequence[str] = ()
) -> dict[str, str]:
    """Return the texts in an exported file: measure, unit, data_source, cut_off and licence.

    `codes` are indicators; without them, the measure is `title`, without a unit. Source and licence
    are those of the data sets of the indicators or rows or, if there are none, of the country's
    research. Without an edition, the cut-off is the latest access date of a data set.
    """
    measures = pd.DataFrame([figures.about(place, code) for code in codes])
    register = cop.data.read("statistics_sources", place.data)
    ids = measures.source_ids.sum() if codes else frame.get("source_id", [])
    sets = register[register.source_id.isin(ids)]
    licence = cop.data.contents(place.data)["licenses"][0]["title"]
    source = f"Research on {place.called}, edition {place.edition}".removesuffix(", edition ")
    if len(sets):
        source = f"{citations.publishers(sets.source_id, place)}, read on {sets.accessed.max()}"
    return {
        "measure": "; ".join(measures.title) if codes else title,
        "unit": "; ".join(measures.unit.unique()) if codes else "",
        "data_source": source,
        "cut_off": countries.edition(place).cut_off if place.edition else register.accessed.max(),
        "licence": "; ".join(citations.licences(sets, place.data).unique()) or licence,
    }


def file_name(iso3: str, measure: str) -> str:
    """Return a file name without extension, such as 'UKR_price-of-mobile-data' (see LONGEST)."""
    slug = re.sub("[^a-z0-9]+", "-", measure.lower())
    return f"{iso3}_{slug[:LONGEST].strip('-')}"


def links(
    place: Country, title: str, frame: pd.DataFrame, codes: Sequence[str], figure: Figure | None
) -> str:
    """Return HTML links to download a table as CSV and, if there is a figure, as SVG and PNG.

    The first four arguments are those of `about`. For the names of the files, see `file_name`.
    """
    texts = about(place, title, frame, codes)
    columns = {name: text for name, text in texts.items() if name not in frame}
    files = {"csv": ("text/csv", csv(frame.assign(**columns)))}
    kinds = {} if figure is None else {"svg": "image/svg+xml", "png": "image/png"}
    files |= {kind: (media, picture(figure, title, texts, kind)) for kind, media in kinds.items()}
    name = file_name(place.iso3, texts["measure"])
    parts = [download(kind.upper(), f"{name}.{kind}", *file) for kind, file in files.items()]
    return str(Markup('<span class="exports" role="status">{}</span>').format(Markup().join(parts)))


def picture(figure: Figure, title: str, texts: dict[str, str], kind: str) -> bytes:
    """Return a figure as "svg" or "png" (`kind`), with its title above and source notes below."""
    notes = "Source: {data_source}. Data cut-off: {cut_off}. Licence of the data: {licence}."
    notes = textwrap.fill(notes.format(**texts), LINE)
    box, height = figure.get_tightbbox(), figure.get_figheight()
    content = io.BytesIO()
    with matplotlib.rc_context(charts.STYLE):
        above, below = box.y1 / height + 0.02, box.y0 / height - 0.02
        first = figure.text(0, above, textwrap.fill(title, LINE), va="bottom", weight="bold")
        last = figure.text(0, below, notes, va="top")
        figure.savefig(content, format=kind, bbox_inches="tight", dpi=200)
    first.remove()
    last.remove()
    return content.getvalue()
