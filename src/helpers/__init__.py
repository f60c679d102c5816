"""What the notebooks import: small modules named with the words of the method, in its order.

countries, then the stages: evidence (1), stakeholders (2), responses, surveys and
triangulation (3), indicators and cybersecurity (4), agreement and alignment (5), assessment and
editions (6), region (7); baseline is the page of a country that nobody has researched.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import hand_on as save
from cop.data import handed_on as load
from cop.report.languages import gettext as _
from helpers import show

__all__ = ["_", "load", "read", "save", "show"]
show.register_formatters()


def read(
    name: str, data: str | Path, iso3: str | None = None, only: Sequence[str] = ()
) -> pd.DataFrame:
    """Read one table, checked, without rows that are not verified: those are work, not content.

    With `iso3`, only that country's file; with `only`, these columns. See `cop.data.read`.
    """
    frame = cop.data.read(name, data, iso3)
    frame = frame[frame.verified == "yes"] if "verified" in frame else frame
    return frame[[*only]] if only else frame
