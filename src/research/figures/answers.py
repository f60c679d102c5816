"""What a service says of one series, in the one form in which all of them are compared."""

import re
from dataclasses import dataclass

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Answer:
    """What a service says of one series."""

    values: dict  # (iso3, year) -> the value as it was written there
    name: str
    unit: str
    definition: str
    notes: tuple = ()  # sentences on what was passed over
