"""Define the country or region of a notebook, with the folders that it reads and writes."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cop.data.package import COUNTRY, begun, editions, standing_on
from cop.data.reads import StrPath

ROOT = Path(__file__).resolve().parents[3]  # folder of the repository
DESK = "desk"  # subfolder of a country's results for interactive work

# Names of countries.csv that take "the" in a sentence: short names that ISO 3166-1 writes with
# "(the)", and those formed in the same way (BES, IMN, PCN, VGB, VIR).
WITH_ARTICLE = re.compile(
    "ARE|ATF|BES|BHS|CAF|CCK|COD|COG|COK|COM|CYM|DOM|FLK|FRO|GBR|GMB|IMN|IOT|MHL|MNP|NER|NLD|PCN"
    "|PHL|SDN|TCA|UMI|USA|VGB|VIR"
)


class _Named:
    @property
    def titled(self) -> str:
        """Return the name for a title in the page's language, or in English if there is none."""
        return self.spoken or self.name


@dataclass(frozen=True)
class Country(_Named):
    """Country in one edition, with the folders that its notebooks read and write."""

    iso3: str
    name: str  # in English
    data: str  # data folder
    tables: str  # folder of the tables that its notebooks save
    edition: str  # year
    spoken: str = ""  # its name in the language of the page, if not English

    @property
    def called(self) -> str:
        """Return the name for a sentence; in English, with 'the' for countries in WITH_ARTICLE."""
        article = not self.spoken and WITH_ARTICLE.fullmatch(self.iso3)
        return f"the {self.name}" if article else self.titled

    @property
    def key(self) -> str:
        """Return the value that identifies the country in saved tables."""
        return self.iso3


@dataclass(frozen=True)
class Region(_Named):
    """Group of countries in one run, with its folders and the members that are left out."""

    key: str  # group_id in groups.csv
    name: str  # in English
    members: tuple[str, ...]  # ISO3 codes in the order of groups.csv
    left_out: tuple[str, ...]  # members whose assessment failed or does not exist
    data: str
    outputs: str  # folder with the results of each country
    tables: str  # folder of the region's tables
    edition: str
    spoken: str = ""  # its name in the language of the page, if not English

    @property
    def assessed(self) -> list[str]:
        """Return the members that are included in the run, in the order of `members`."""
        return [m for m in self.members if m not in self.left_out]


def from_root(folder: StrPath) -> StrPath:
    """Convert a folder parameter of a notebook to a path relative to the working directory.

    Parameters are relative to notebooks/. If the working directory is the root of the repository,
    as in `papermill notebooks/7-regional-synthesis.ipynb out.ipynb`, a leading `../` is removed;
    otherwise the folder is returned unchanged.
    """
    return str(folder).removeprefix("../") if Path.cwd() == ROOT else folder


def other_place(tables: str, key: str) -> str:
    """Return the country or group to which the folder `tables` belongs, or "" if it is `key`."""
    holder = Path(tables).parent.name.removeprefix(".making-")
    return holder if holder != key else ""


def is_desk(tables: str) -> bool:
    """Return whether a tables folder is used for interactive work."""
    return Path(tables).name == DESK


def follow(iso3: str, data: str, tables: str, edition: str) -> tuple[str, str, str]:
    """Return the data folder, tables folder and edition of a country selected in a notebook.

    The arguments are returned unchanged unless `tables` belongs to another country, because only
    `iso3` was changed in JupyterLab. The data folder is then the first of `data` and its bases with
    an editions.csv of `iso3`, or the last base. The tables folder is the DESK folder of `iso3`. The
    edition is `edition`, or the latest of `iso3` if `edition` exists only for the other country.
    """
    other = other_place(tables, iso3)
    if not COUNTRY.fullmatch(other):
        return data, tables, edition
    others = editions(data, other)
    folders = [Path(os.path.normpath(folder)).as_posix() for folder in standing_on(data)]
    data = next((folder for folder in folders if iso3 in begun(folder)), folders[-1])
    theirs = editions(data, iso3)
    if theirs and edition not in theirs and edition in others:
        edition = max(theirs)
    return data, (Path(tables).parents[1] / iso3 / DESK).as_posix(), edition


def newest(name: str, tables: str) -> Path:
    """Return the path of a table in `tables` or, for interactive work, in the last run if newer."""
    run = Path(tables).parent / "tables" if is_desk(tables) else Path(tables)
    paths = Path(tables) / f"{name}.csv", run / f"{name}.csv"  # copies keep their mtime
    return max(paths, key=lambda path: path.stat().st_mtime if path.exists() else 0)
