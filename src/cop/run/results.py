"""The complete results in an outputs folder that the data still holds, a part for each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cop.data import package
from cop.report import filenames, languages
from cop.run import fingerprints, plan

BASELINES = "baselines/"


@dataclass(frozen=True)
class Result:
    """A complete result of a country, a group or a desk baseline."""

    name: str  # its folder, relative to that of its language
    folder: Path
    key: str  # ISO3, or a group
    cover: Mapping[str, str]  # what the cover of its report states
    pages: Mapping[str, str]  # {file name: hash as it was made}, the report last
    time: str  # when it was made, ISO 8601
    latest: bool = True  # whether it is shown at the address without an edition

    @property
    def report(self) -> str:
        """Return the file name of its report; its other pages are annexes."""
        return list(self.pages)[-1]

    def file(self, page: str) -> Path:
        """Return the file of a page."""
        return self.folder / "pages" / page

    def site_folders(self) -> list[str]:
        """Return the folders of the site that show its pages, as beginnings of addresses."""
        if self.name.startswith(BASELINES):
            return [BASELINES]
        return [""] * self.latest + [f"editions/{self.cover['edition']}/"]


@dataclass(frozen=True)
class Part:
    """The results in one language."""

    language: str
    name: str  # "" for English, such as "languages/uk/" for another: how names of results begin
    sound: tuple[Result, ...]  # those whose pages are as they were made
    damaged: tuple[Result, ...]

    @property
    def path(self) -> str:
        """Return how the addresses of its pages in the site begin."""
        return site_path(self.language)

    def own_failures(self, failures: Mapping[str, list]) -> dict[str, list]:
        """Return the failures of this part by the names of results in it."""
        return {
            name.removeprefix(self.name): why
            for name, why in failures.items()
            if name.startswith(self.name) and bool(self.name) == name.startswith("languages/")
        }

    @cached_property
    def places(self) -> dict[str, tuple[Result, str]]:
        """Return where each page is shown: {address in the part: (result, file name)}."""
        return {
            at + page: (result, page)
            for result in self.sound
            for at in result.site_folders()
            for page in result.pages
        }


def site_path(language: str) -> str:
    """Return how the addresses of the pages in a language begin."""
    return "" if language == languages.SOURCE else f"{language}/"


def find_parts(outputs: Path, data: Path) -> list[Part]:
    """Return the parts of an outputs folder: English, then each language with results there."""
    english, *others = (*languages.known(), languages.PSEUDO)
    present = [tag for tag in others if plan.in_language(outputs, tag).is_dir()]
    return [_part(tag, outputs, data) for tag in (english, *present)]


def result_folders(outputs: Path) -> list[Path]:
    """Return the folders in which results are put: of each language, baselines and editions."""
    homes = [outputs, *(p for p in outputs.glob("languages/*") if p.is_dir())]
    return [f for home in homes for f in (home, home / "baselines", *home.glob("editions/*"))]


def _part(language, outputs, data):
    home = plan.in_language(outputs, language)
    found = {True: [], False: []}
    for result in find_results(home, data):
        found[not fingerprints.damaged_pages(result.folder)].append(result)
    name = "" if home == outputs else f"{home.relative_to(outputs).as_posix()}/"
    return Part(language, name, tuple(found[True]), tuple(found[False]))


def find_results(home: Path, data: Path) -> list[Result]:
    """Return each result in a folder that the data holds: countries, groups, then baselines."""
    folders = [home, *sorted(home.glob("editions/*"))]
    status = {f["name"]: f for f in package.fields("editions", data)}["status"]
    order, found = package.words(status), []
    for iso3 in package.begun(data):
        pages = {filenames.of_stage(stage, iso3) for stage in plan.STAGES}
        # A country whose tables were emptied, and whose baseline is held back, keeps its report.
        if package.assessed(data, iso3) or not _result(home / "baselines" / iso3, home):
            editions = package.editions(data, iso3)
            results = _by_edition(iso3, folders, home, pages)
            found += _mark_latest([r for r in results if r.cover["edition"] in editions], order)
    for group in plan.groups(data):
        found += _mark_latest(_by_edition(group, folders, home), order)
    return found + list(_baselines(home, data))


def _by_edition(key, folders, home, pages=None):
    """Return the results of a country or group, one for each edition, the present one first."""
    found = {}
    for folder in folders:
        if result := _result(folder / key, home, pages):
            found.setdefault(result.cover["edition"], result)
    return list(found.values())


def _mark_latest(found, order):
    """Mark the result shown without an edition: the newest of those whose status is furthest.

    So a draft does not replace a published edition.
    """
    rank = {word: number for number, word in enumerate(order)}
    by_status = lambda r: (rank.get(r.cover["status"], -1), r.cover["edition"])  # noqa: E731
    latest = max(found, key=by_status, default=None)
    return [replace(result, latest=result is latest) for result in found]


def _baselines(home, data) -> Iterator[Result]:
    folders = sorted(p for p in (home / "baselines").glob("[A-Z]*") if p.is_dir())
    codes = set(package.codes(data)) if folders else ()
    found = (_result(folder, home) for folder in folders if folder.name in codes)
    yield from filter(None, found)


def _result(folder, home, pages=None):
    """Return the complete result in a folder, with the pages that its stages make, or None."""
    about = fingerprints.load(folder).get(fingerprints.PAGES, {})
    if "pages" not in about:
        return None
    made = {name: state for name, state in about["pages"].items() if pages is None or name in pages}
    name = folder.relative_to(home).as_posix()
    return Result(name, folder, folder.name, about["cover"], made, about["time"])
