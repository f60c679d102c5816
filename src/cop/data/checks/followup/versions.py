"""A correction makes another version: who cited the page before can tell the two apart.

And it needs somebody to whom it is written.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks.values import each
from cop.data.faults import Fault
from cop.data.package import contents

NUMBER = re.compile(r"\d+\.\d+\.\d+")
RAISE = (
    "Raise version and created in datapackage.json, and the version in CITATION.cff and "
    "pyproject.toml"
)


NO_CONTACT = (
    "datapackage.json: no contact is set: whoever finds a mistake has nowhere to write; the "
    'coordinator sets "email" (of an office) or "path" (a page) in a row of contributors.'
)


def waiting(data: str | Path) -> list[str]:
    """Give a sentence where no contributor has an address: no fault, but work."""
    known = [one for one in contents(data)["contributors"] if one.get("email") or one.get("path")]
    return [] if known else [NO_CONTACT]


def before_its_version(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections later than the day on which this version was made: of which no version
    is out, though the page says something else now.
    """
    made = contents(data)["created"][:10]
    days = [cell for cell in lines(table, "day") if len(cell[1]) == 10 and cell[1] > made]
    rule = f"is later than this version, which was made on {made}"
    yield from each(days, "day", path, rule, f"{RAISE}: a page that was corrected is another one")


def of_no_version(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections that name a version later than this one."""
    own = contents(data)["version"]
    known = [cell for cell in lines(table, "version") if NUMBER.fullmatch(cell[1])]
    ahead = [cell for cell in known if _parts(cell[1]) > _parts(own)]
    rule = f"is not out yet: this is version {own}"
    yield from each(ahead, "version", path, rule, f"{RAISE}, or write the version that is out")


def fallen_back(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections that name an earlier version than a correction of a day before."""
    known = [one for one in lines(table, "version", "day") if NUMBER.fullmatch(one[1])]
    highest = (0, 0, 0)
    for row, version, _ in sorted(known, key=lambda one: one[2]):
        if _parts(version) < highest:
            rule = "is earlier than the version of a correction before it"
            yield Fault(path, row, "version", version, rule, "Check the day and the version")
        highest = max(highest, _parts(version))


def _parts(version):
    return tuple(int(part) for part in version.split("."))


OF_CORRECTIONS = [before_its_version, of_no_version, fallen_back]
