"""Several analysts on one country: who of how many this is, and git told how to merge tables.

Both stand in git's own settings of this copy (`git config`), which are never committed.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cop.data import Refused

SETTING, DRIVER = "cop.analyst", "cop-rows"
SHAPE = re.compile(r"([A-Z])/(\d{1,2})")


@dataclass(frozen=True)
class Analyst:
    """One of several: the letter by which rows say who verified them, and how many there are."""

    letter: str
    of: int

    @property
    def place(self) -> int:
        """Give 1 for A, 2 for B."""
        return ord(self.letter) - ord("A") + 1

    def __str__(self) -> str:
        """Give the analyst as the setting holds it: B/2."""
        return f"{self.letter}/{self.of}"


def analyst(data: str | Path) -> Analyst | None:
    """Give the analyst who works on this copy of the data, None where nobody said.

    COP_ANALYST says it, else `git config cop.analyst` of the repository that the data lies in.
    Raises Refused for a setting that is none.
    """
    stated = os.environ.get("COP_ANALYST") or _git(data, "config", "--get", SETTING)
    return understood(stated) if stated else None


def understood(stated: str) -> Analyst:
    """Give the analyst that a text such as B/2 names; Refused for anything else."""
    if parts := SHAPE.fullmatch(stated.strip()):
        one = Analyst(parts[1], int(parts[2]))
        if one.place <= one.of <= 26:
            return one
    raise Refused(
        f"{stated!r} is not an analyst: write a letter and how many you are, such as B/2 for the"
        " second of two"
    )


def numbers(last: int, count: int, one: Analyst | None) -> list[int]:
    """Give the next numbers of rows added after `last`: of the second of two analysts, 62, 64, 66.

    So two who add rows apart never take the same number, and none is left over.
    """
    if one is None:
        return list(range(last + 1, last + count + 1))
    first = last + 1 + (one.place - last - 1) % one.of
    return [first + n * one.of for n in range(count)]


def set_up(data: str | Path, stated: str = "") -> list[str]:
    """Tell git how to merge the tables, and keep who works here; give what was done.

    Raises Refused where the data lies in no git repository, or `stated` is no analyst.
    """
    one = understood(stated) if stated else analyst(data)
    if not _git(data, "rev-parse", "--git-dir"):
        raise Refused(f"{data} lies in no git repository; there is nothing to set up")
    python, root = Path(sys.executable).as_posix(), Path(__file__).parents[2].as_posix()
    call = f"PYTHONPATH='{root}' '{python}' -m cop merge-rows %O %A %B %P"
    _git(data, "config", f"merge.{DRIVER}.name", "tables merged row by row", refuse=True)
    _git(data, "config", f"merge.{DRIVER}.driver", call, refuse=True)
    lines = ["git merges the tables of data/ row by row from now on."]
    if stated:
        _git(data, "config", SETTING, str(one), refuse=True)
    return lines + ([_said(one)] if one else [])


def _said(one):
    few = ", ".join(map(str, numbers(0, 3, one)))
    return f"This copy is analyst {one.letter}'s, of {one.of}: new rows get the numbers {few} …"


def _git(data, *words, refuse=False):
    """Give what git says of the repository of a folder, nothing where there is none, or no git.

    With `refuse`, raise Refused where git does not do it.
    """
    call = ["git", "-C", str(data), *words]
    try:
        told = subprocess.run(call, capture_output=True, text=True)
    except OSError:
        return ""
    if told.returncode and refuse:
        raise Refused(f"git does not take the setting {words[1]}: {told.stderr.strip()}")
    return told.stdout.strip()
