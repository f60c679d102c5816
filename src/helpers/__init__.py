"""Prepare tables, figures and texts for the notebooks, with one module per part of the method.

Stages: evidence (1), stakeholders (2), fieldwork (3), indicators and cybersecurity (4), alignment
and confidence (5), assessment, editions and followup (6), region (7). `countries` finds a country
and its tables, `charts` draws in the house style, `show` places results on a page.
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
    """Read one table of the data folder, without unverified rows.

    With `iso3`, read only that country's file. `cop.data.read` lists the errors raised.
    """
    frame = cop.data.read(name, places.from_root(data), iso3)
    return frame[frame.verified == "yes"] if "verified" in frame else frame
