"""Find the complete results in an outputs folder, grouped by language."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cop.data import package
from cop.report import filenames, languages
from cop.run import fingerprints, plan
from cop.run.publish import swap

BASELINES, DOWNLOADS = "baselines/", "downloads"


@dataclass(frozen=True)
class Result:
    """Complete result: pages and tables of a country, a group or a desk baseline."""

    name: str  # path of `folder`, relative to the folder of its language
    folder: Path
    cover: Mapping[str, str]  # data on the cover of its report (see `read_cover`)
    pages: Mapping[str, str]  # {file name: hash when created}, the report last
    time: str  # time of creation, ISO 8601
    latest: bool = True  # whether its pages also have URLs without an edition

    @property
    def key(self) -> str:
        """Return the ISO3 code of the country, or the group."""
        return self.folder.name

    @property
    def report(self) -> str:
        """Return the file name of the report. All other pages are annexes."""
        return list(self.pages)[-1]

    @property
    def is_baseline(self) -> bool:
        """Return whether the result is a desk baseline."""
        return self.name.startswith(BASELINES)

    def text(self, page: str) -> str:
        """Return the HTML of a page."""
        return (self.folder / "pages" / page).read_bytes().decode()

    @cached_property
    def tables(self) -> dict[str, bytes]:
        """Return {name: content} for the saved tables, which are the same in all languages."""
        return {path.stem: path.read_bytes() for path in self.folder.glob("tables/*.csv")}

    @property
    def downloads(self) -> dict[str, Path]:
        """Return {URL relative to `Part.path`: file} for the files created by `cop downloads`."""
        folder = f"editions/{self.cover['edition']}/"
        return {folder + p.name: p for p in sorted(self.folder.glob(f"{DOWNLOADS}/*"))}

    def put_downloads(self, files: Mapping[str, bytes]) -> None:
        """Replace the downloads of the report with new files, {name: content}."""
        aside = self.folder / f".making-{DOWNLOADS}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for name, content in files.items():
            (aside / name).write_bytes(content)
        swap(aside, self.folder / DOWNLOADS)

    def site_folders(self) -> list[str]:
        """Return the site folders that contain the pages, such as ["", "editions/2026/"]."""
        edition = f"editions/{self.cover['edition']}/"
        return [BASELINES] if self.is_baseline else [""] * self.latest + [edition]


@dataclass(frozen=True)
class Part:
    """Version of the site in one language, with the results that it contains."""

    language: str
    results: tuple[Result, ...]

    @property
    def path(self) -> str:
        """Return the folder of this version in the site (see `site_path`)."""
        return site_path(self.language)

    @cached_property
    def places(self) -> dict[str, tuple[Result, str]]:
        """Return {URL relative to `path`: (result, file name)} for the pages of all results."""
        return {
            folder + page: (result, page)
            for result in self.results
            for folder in result.site_folders()
            for page in result.pages
        }


def site_path(language: str) -> str:
    """Return a language's folder in the site: "" for English, otherwise its tag and "/" (uk/)."""
    return "" if language == languages.SOURCE else f"{language}/"


def find_parts(outputs: Path, data: Path) -> list[Part]:
    """Return a Part for each language with an outputs folder, even if it has no results."""
    return [
        Part(language, tuple(_find_results(home, data)))
        for language in languages.available()
        if (home := plan.in_language(outputs, language)).is_dir()
    ]


def result_folders(outputs: Path) -> list[Path]:
    """Return all folders that may contain results, for all languages, baselines and editions."""
    homes = [outputs, *(p for p in outputs.glob("languages/*") if p.is_dir())]
    return [f for home in homes for f in (home, home / "baselines", *home.glob("editions/*"))]


def _find_results(home, data) -> Iterator[Result]:
    rank = {word: n for n, word in enumerate(package.labels("editions", "status", data))}
    counts = data / "counts.json"
    text = counts.read_text(encoding="utf-8") if counts.exists() else ""
    counted = {folder.name for folder in home.iterdir() if f'"research/{folder.name}/' in text}
    for iso3 in sorted(counted.union(package.begun(data))):
        pages = {filenames.of_stage(stage, iso3) for stage in plan.STAGES}
        # A country without rows keeps its report until its baseline is complete.
        if package.assessed(data, iso3) or not load_result(home / "baselines" / iso3, home):
            yield from editions_of(iso3, home, rank, package.editions(data, iso3) or None, pages)
    for group in plan.groups(data):
        yield from editions_of(group, home, rank)
    codes = package.codes(data)
    for folder in sorted(home.glob("baselines/[A-Z]*")):
        if folder.name in codes and (result := load_result(folder, home)):
            yield result


def editions_of(key, home, rank, wanted=None, pages=None):
    """Return one result for each edition of a country or group that is in `wanted` (None: all).

    A result in `home` precedes an archived one. `latest` is True for the newest of the editions
    whose status has the highest `rank` ({status: number}). For `pages`, see `load_result`.
    """
    results = {}
    for folder in (home, *sorted(home.glob("editions/*"))):
        result = load_result(folder / key, home, pages)
        if result and (wanted is None or result.cover["edition"] in wanted):
            results.setdefault(result.cover["edition"], result)
    by_status = lambda r: (rank.get(r.cover["status"], -1), r.cover["edition"])  # noqa: E731
    latest = max(results.values(), key=by_status, default=None)
    return [replace(result, latest=result is latest) for result in results.values()]


def load_result(folder, home, pages=None):
    """Return the complete result in a folder below `home`, with only `pages` if set, or None."""
    about = fingerprints.load(folder).get(fingerprints.PAGES, {})
    if "pages" not in about:
        return None
    kept = {n: state for n, state in about["pages"].items() if pages is None or n in pages}
    name = folder.relative_to(home).as_posix()
    return Result(name, folder, about["cover"], kept, about["time"])
