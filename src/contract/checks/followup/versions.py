"""A correction makes another version: who cited the page before can tell the two apart.

And it needs somebody to whom it is written.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks.values import each
from contract.faults import Fault
from contract.package import contents

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


def before_its_version(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections later than the day on which this version was made: of which no version
    is out, though the page says something else now.
    """
    made = contents(data)["created"][:10]
    days = frame.day[(frame.day.str.len() == 10) & (frame.day > made)]
    rule = f"is later than this version, which was made on {made}"
    yield from each(days, "day", path, rule, f"{RAISE}: a page that was corrected is another one")


def of_no_version(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections that name a version later than this one."""
    own = contents(data)["version"]
    known = frame.version[frame.version.str.fullmatch(NUMBER)]
    ahead = known[[_parts(one) > _parts(own) for one in known]]
    rule = f"is not out yet: this is version {own}"
    yield from each(ahead, "version", path, rule, f"{RAISE}, or write the version that is out")


def fallen_back(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield corrections that name an earlier version than a correction of a day before."""
    known = frame[frame.version.str.fullmatch(NUMBER)].sort_values("day", kind="stable")
    highest = (0, 0, 0)
    for row, version in known.version.items():
        if _parts(version) < highest:
            rule = "is earlier than the version of a correction before it"
            yield Fault(path, row, "version", version, rule, "Check the day and the version")
        highest = max(highest, _parts(version))


def _parts(version):
    return tuple(int(part) for part in version.split("."))


OF_CORRECTIONS = [before_its_version, of_no_version, fallen_back]
