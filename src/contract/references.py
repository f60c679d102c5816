"""Which ids rows may refer to: those of verified rows of the tables that a column names, country by country."""

import re
from functools import lru_cache

import pandas as pd

from contract.faults import Broken
from contract.package import fields, locate, paths
from contract.sheets import text_frame

CODE = re.compile("[A-Z]{3}")


def known_ids(targets, path, data, ids):
    """Give (ids that rows may refer to, ids of rows not verified, countries whose tables cannot be read), of the countries that ids name.

    An id begins with its country's code. A table that cannot be read reports its own faults; the rows that refer to it
    are not blamed for them.
    """
    named = [
        c
        for c in dict.fromkeys([path.split("/")[1], *(one[:3] for one in ids)])
        if CODE.fullmatch(c)
    ] or [None]
    good, unverified, unread = set(), set(), set()
    for name, column in (target.split(".") for target in targets):
        for one in dict.fromkeys(p for iso3 in named for p in paths(name, data, iso3)):
            file = locate(data, one)
            if file.exists():
                try:
                    sound, others = _ids(file, name, column, data, file.stat().st_mtime_ns)
                except Broken:
                    unread.add(one.split("/")[1])
                    continue
                good |= sound
                unverified |= others
    return good, unverified, unread


@lru_cache(maxsize=256)
def _ids(file, name, column, data, changed):
    """Give the ids in one file: those of rows that say they are not verified, last; those of all others, first.

    A row whose `verified` holds no word of the contract has a fault of its own, and those that refer to it have none.
    """
    frame = text_frame(file, [f["name"] for f in fields(name, data)])
    unverified = (
        frame["verified"] == "no" if "verified" in frame else pd.Series(False, index=frame.index)
    )
    return frozenset(frame[column][~unverified]), frozenset(frame[column][unverified])
