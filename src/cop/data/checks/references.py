"""Which ids rows may refer to: those of verified rows of the tables that a column names."""

from collections.abc import Iterable
from pathlib import Path

from cop.data.cells import cells
from cop.data.faults import Broken
from cop.data.package import COUNTRY, columns, locate, paths
from cop.data.reads import kept


def known_ids(
    targets: list[str], path: str, data: str | Path, ids: Iterable[str]
) -> tuple[set[str], set[str], set[str]]:
    """Give the check ids that rows may refer to, ids not verified, and countries not readable.

    Looked at are the `targets` ("table.column") of the countries that path and ids name: an id
    begins with its country's code. A table that cannot be read reports its own faults; the rows
    that refer to it are not blamed for them.
    """
    codes = dict.fromkeys([path.split("/")[1], *(one[:3] for one in ids)])
    named = [code for code in codes if COUNTRY.fullmatch(code)] or [None]
    good, unverified, unread = set(), set(), set()
    for name, column in (target.split(".") for target in targets):
        for one in dict.fromkeys(p for iso3 in named for p in paths(name, data, iso3)):
            file = locate(data, one)
            if not file.exists():
                continue
            try:
                sound, others = _ids(file, name, column, data, file.stat().st_mtime_ns)
            except Broken:
                unread.add(one.split("/")[1])
                continue
            good |= sound
            unverified |= others
    return good, unverified, unread


@kept(256)
def _ids(file, name, column, data, changed):
    """Give the ids in one file: of all rows but those that say they are not verified; of these.

    A row whose `verified` holds no word of the contract has a fault of its own, and those that
    refer to it have none.
    """
    table = cells(file, columns(name, data))
    if "verified" not in table:
        return frozenset(table[column]), frozenset()
    said = [*zip(table[column], table["verified"], strict=True)]
    unverified = frozenset(one for one, verified in said if verified == "no")
    return frozenset(one for one, verified in said if verified != "no"), unverified
