"""Whether rows belong to their country: its folder holds ids of no other one."""

import re
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from cop.data.checks.rules import Check, foreign
from cop.data.csvfiles import split
from cop.data.errors import DataError
from cop.data.package import resource

FEW = 5  # ids of another country that are named one by one
PUT_BACK = "Was a table or folder copied, renamed or swapped? Put it back where it belongs"


def of_ids(table: pd.DataFrame, check: Check) -> Iterator[DataError]:
    """Yield ids of other countries in a table of one country; many in a column are one error."""
    for column in resource(check.name, check.data)["own"] if check.iso3 else ():
        ids = table[column].map(split).explode().dropna().rename(column)
        others = ids.map(lambda name: foreign(name, check.iso3))
        for other in filter(None, others.unique()):
            theirs = ids[others == other]
            more = f", as are {len(theirs) - 1} more in this column" if len(theirs) > FEW else ""
            rule = f"is of {other} in the folder of {check.iso3}{more}"
            yield from check.errors(theirs[:1] if more else theirs, rule, PUT_BACK)


def finder(names: Iterable[str], text: str) -> Callable[[str], list[str]]:
    """Return a function that finds the names of countries in any part of a text."""
    # The longest is found first, as Guinea is part of others.
    present = sorted((name for name in names if name in text), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, present)) or '(?!)'})\b").findall
