"""The parts of the site, one a language: which results stand in each, and at which addresses.

English stands at the top, every other language in a folder of its own. What a page of one part is
in another is told by edition and file name, so that no language leads to another edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cop.report import languages
from cop.run import keys, plan
from cop.run.results import pages
from cop.run.results.standing import Result, results

OTHERS = "languages/"  # how the names of results begin that do not speak English


@dataclass(frozen=True)
class Part:
    """The results that speak one language."""

    language: str
    folder: str  # of its results, seen from that of all results: a beginning of names
    home: Path  # the same folder
    sound: tuple[Result, ...]  # those whose pages stand as they were made
    damaged: tuple[Result, ...]

    @property
    def way(self) -> str:
        """Give the beginning of the addresses of its pages in the site."""
        return way(self.language)

    def own(self, failures: Mapping[str, list]) -> dict[str, list]:
        """Give, of the failures of all, those of this part, by the names that it knows."""
        return {
            name.removeprefix(self.folder): why
            for name, why in failures.items()
            if name.startswith(self.folder) and bool(self.folder) == name.startswith(OTHERS)
        }

    @cached_property
    def places(self) -> dict[str, tuple]:
        """Give where each page stands in the part: {place: (file, as it was made, edition)}."""
        return {
            at + file.name: (file, made, result.cover["edition"])
            for result in self.sound
            for at in result.places()
            for file, made in result.files(self.home)
        }

    @cached_property
    def bases(self) -> dict[Path, dict]:
        """Give, by the folder of each result, what it was made of."""
        folders = [self.home / result.name for result in self.sound]
        return {folder: keys.basis(folder) for folder in folders}

    def differs(self, at: str, other: "Part", there: str) -> bool:
        """Say whether a page of this part and one of another were made of different data or code.

        What was read for one of them alone, as names of countries are, says nothing.
        """
        if at not in self.places:
            return False  # the site's own pages are made together
        one, two = (p.bases[p.places[a][0].parents[1]] for p, a in ((self, at), (other, there)))
        return _differ(one, two)


def made_alike(one: Path, other: Path) -> bool:
    """Say whether two results, by their folders, were made of the same data and code."""
    return not _differ(keys.basis(one), keys.basis(other))


def _differ(one, other):
    return any(one[what] != other[what] for what in one.keys() & other.keys())


def way(language: str) -> str:
    """Give where the results of a language stand, as addresses of the site begin."""
    return "" if language == languages.SOURCE else f"{language}/"


def parts(outputs: Path, data: Path) -> list[Part]:
    """Give the parts of a folder of results: English first, then each language that has a folder
    there and a catalogue, and the pseudo-language that pages are tried with.
    """
    english, *others = (*languages.known(), languages.PSEUDO)
    there = [tag for tag in others if plan.in_language(outputs, tag).is_dir()]
    return [_part(tag, outputs, data) for tag in (english, *there)]


def homes(outputs: Path) -> list[Path]:
    """Give the folders of results of all languages, those without a catalogue too."""
    return [outputs, *sorted(p for p in outputs.glob("languages/*") if p.is_dir())]


def _part(language, outputs, data):
    home, sound, damaged = plan.in_language(outputs, language), [], []
    for one in results(home, data):
        stands = all(pages.stands(*page) for page in one.files(home))
        (sound if stands else damaged).append(one)
    folder = "" if home == outputs else f"{home.relative_to(outputs).as_posix()}/"
    return Part(language, folder, home, tuple(sound), tuple(damaged))
