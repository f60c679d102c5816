"""Prepare the tables, figures and texts of the notebooks.

Most modules belong to a stage of an assessment: evidence (1), stakeholders (2), fieldwork (3),
indicators and cybersecurity (4), alignment (5), assessment, editions and followup (6), and region
(7). Several stages use `countries` (selects a country and reads its tables), `confidence` (rates
values), `charts` (draws figures) and `show` (displays figures and tables on the page). Importing
the package changes how a notebook displays figures and tables (see `show.register_formatters`).
"""

from pathlib import Path

import pandas as pd

import cop.data
from cop.data import hand_on as save
from cop.data import handed_on as load
from cop.data import places
from cop.report.languages import gettext as _
from helpers import show

__all__ = ["_", "load", "read", "save", "show"]
show.register_formatters()


def read(name: str, data: str | Path = "../data", iso3: str | None = None) -> pd.DataFrame:
    """Read a table in the folder `data`, without unverified rows (see `evidence.to_verify`).

    `data` is relative to notebooks/. A country table is read for the country `iso3` (default: all).
    Missing values are NA in number columns and otherwise empty strings. Raises UserError for an
    unknown table, InvalidTable for errors in it, and FileNotFoundError for a missing required file.
    """
    frame = cop.data.read(name, places.from_root(data), iso3)
    return frame[frame.verified == "yes"] if "verified" in frame else frame
