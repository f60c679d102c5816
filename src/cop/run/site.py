"""Write the site: the pages of all results, and other pages such as the home page."""

import json
import os
import posixpath
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from cop.data import UserError
from cop.data.machine import today
from cop.report import languages
from cop.run import fingerprints, plan
from cop.run.plan import Job
from cop.run.publish import recover, swap
from cop.run.results import BASELINES, Part, find_parts, result_folders
from cop.run.workers import Workers

CONTENTS = "contents.json"  # inputs, so that an up-to-date site is not written again
GONE = "its folder in research/, or editions.csv in it, is missing; restore it and repeat `cop run`"
OURS = re.compile(r"(cop-.*|index)\.html|contents\.json")
LINK = re.compile(r'href="([^"#?:]+\.html)')
SECONDS = 3600  # timeout for writing all pages of the site
# {language: {folder of a result: [country or group, edition, stage or cause], or None for success}}
Failures = Mapping[str, Mapping[str, list[str] | None]]


class Site:
    """Site in an outputs folder, created from the results for a data folder."""

    def __init__(self, outputs: Path, data: Path) -> None:
        """Initialise the site in `outputs`/site, and hash the code and the shared tables."""
        self.outputs, self.data, self.folder = outputs, data, outputs / "site"
        self.source = Path(os.path.relpath(data, outputs)).as_posix()
        self.shared = [fingerprints.shared_state(data), fingerprints.code()]

    def recover(self) -> None:
        """Clean up after a killed run. Raises UserError if the site is for another data folder."""
        for folder in result_folders(self.outputs):
            recover(folder)
        if (other := self._contents().get("data", self.source)) != self.source:
            raise UserError(
                f"{self.outputs} contains results for {os.path.normpath(self.outputs / other)}, "
                f"not for {self.data}; use another folder with --outputs, or delete the results"
            )

    def name(self, job: Job) -> str:
        """Return the path of a job's result, relative to the folder of its language."""
        return job.ready.relative_to(plan.in_language(self.outputs, job.language)).as_posix()

    def make_room(self, job: Job) -> None:
        """Move a result of another edition from a job's folder to `editions`."""
        present, wanted = fingerprints.edition(job.ready), job.parameters.get("edition")
        if present and wanted and present != wanted:
            swap(job.ready, job.ready.parent / "editions" / present / job.key)

    def shared_changed(self) -> bool:
        """Return True if shared tables or code changed since the last site, or there is no site."""
        return self._contents().get("shared") != self.shared

    def update(self, ended: Failures) -> None:
        """Write the site if its inputs, failures or pages have changed.

        `ended` contains the failures and successes of this run, which replace earlier ones.
        Files that others added are kept, unless their names match OURS. A first site is not written
        without results or failures. Raises Failed if the pages cannot be created, or OSError.
        """
        before, parts = self._contents(), find_parts(self.outputs, self.data)
        keys = {*plan.package.begun(self.data), *plan.groups(self.data)}
        failures = {}
        for part in parts:
            earlier = before.get("failures", {}).get(part.language, {})
            every = earlier | ended.get(part.language, {})
            failures[part.language] = displayed_failures(part.results, every, keys)
        parts = [p for p in parts if p.results or failures[p.language]] or parts[:1]
        results = [[p.path + r.name, r.latest, r.time] for p in parts for r in p.results]
        spoken = [languages.state(part.language) for part in parts]
        offered = [file for p in parts for r in p.results for file in r.downloads.values()]
        files = [[file.name, fingerprints.file_state(file)] for file in offered]
        contents = {"data": self.source, "shared": self.shared, "failures": failures}
        contents["inputs"] = [results, spoken, files]
        pages = before.get("pages", {})
        same = all(before.get(name) == value for name, value in contents.items())
        complete = all(fingerprints.file_state(self.folder / at) == s for at, s in pages.items())
        if same and complete or not (before or results or any(failures.values())):
            return
        making = self.outputs / ".making-site"
        shutil.rmtree(making, ignore_errors=True)
        Workers(1).run(write_pages, making, parts, self.data, failures, timeout=SECONDS)
        contents["pages"] = {at: fingerprints.file_state(p) for at, p in _files(making).items()}
        for at, path in _files(self.folder).items():  # files that others added are kept
            if not OURS.fullmatch(path.name) and at not in pages:
                _write(making / at, path.read_bytes())
        _write(making / CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1).encode())
        swap(making, self.folder)

    def _contents(self):
        try:
            return json.loads((self.folder / CONTENTS).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}


def displayed_failures(results, failures, keys):
    """Return {folder of a result: failure} for the failures that the site shows.

    Failures of baselines, and of the countries and groups in `keys`, are kept. A result of another
    country or group has the failure GONE.
    """
    shown = {}
    for name, failure in failures.items():
        is_held = name.startswith(BASELINES) or name.split("/")[-1] in keys
        if is_held and failure and failure[2] != GONE:
            shown[name] = failure
    for result in results:
        if not result.is_baseline and result.key not in keys:
            shown[result.name] = [result.key, "", GONE]
    return shown


def _files(folder):
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_pages(
    folder: Path, parts: list[Part], data: Path, failures: Failures, _: Callable
) -> None:
    """Write the pages and downloads of the site in all languages (`parts`) to a new folder.

    Pages show `failures` and link to translations. The last language stays selected; `_` is unused.
    """
    from cop.report.site.pages import link_languages

    pages = {}
    for part in parts:
        languages.use(part.language)
        site_pages = _site_pages(part, parts, data, failures[part.language])
        present = {*part.places, *site_pages}
        pages[part.language] = {at: page_text(part, at, present) for at in part.places} | site_pages
    for part in parts:
        languages.use(part.language)
        for at, page in pages[part.language].items():
            if at.endswith(".html"):
                others, is_older = _other_languages(part, at, parts, pages)
                page = link_languages(page, part.path + at, part.language, others, is_older)
            _write(folder / part.path / at, page.encode())
        for at, file in (pair for result in part.results for pair in result.downloads.items()):
            _write(folder / part.path / at, file.read_bytes())


def page_text(part, at, present):
    """Add links to downloads to the page at `at`; in editions/, adapt links to `present` pages."""
    from cop.report.site.pages import offer

    result, name = part.places[at]
    folder = posixpath.dirname(at)
    text = offer(result.text(name), at, result.downloads, result.report)
    if not folder.startswith("editions/"):
        return text
    outside = {page for page in present if f"{folder}/{page}" not in part.places}
    return LINK.sub(lambda m: f'href="../../{m[1]}' if m[1] in outside else m[0], text)


def _other_languages(part, at, parts, pages):
    others, is_older = {}, False
    for other in (other for other in parts if other is not part):
        if there := same_page(part, at, other, pages[other.language]):
            others[other.language] = other.path + there
            if at in part.places and not other.path:
                is_older = part.places[at][0].tables != other.places[there][0].tables
    return others, is_older


def same_page(part, at, other, pages):
    """Return the URL of the same page and edition in `other`, which has `pages`, or "" if none."""
    if at not in part.places:
        return at if at in pages and at not in other.places else ""
    edition, name = part.places[at][0].cover["edition"], at.rpartition("/")[2]
    for address in (at, f"editions/{edition}/{name}"):
        if address in other.places and other.places[address][0].cover["edition"] == edition:
            return address
    return ""


def _site_pages(part, parts, data, failures):
    from cop.report.site import pages
    from cop.report.site.data import Report, SiteData, about, report_of

    site_pages = {}
    baselines = [r for r in part.results if r.is_baseline]
    assessments = [r for r in part.results if not r.is_baseline]
    lost = failed_without_page(part.results, failures)
    lost_baselines = {n.removeprefix(BASELINES): lost.pop(n) for n in [*lost] if BASELINES in n}
    if baselines or lost_baselines:
        rows = [about(result, failures) for result in baselines]
        site_pages["baselines/index.html"] = pages.of_baselines(rows, lost_baselines, today())
    reports = [report_of(r, assessments, failures) for r in assessments if r.latest]
    for report in reports:
        there = _other_languages(part, report.file, parts, {p.language: () for p in parts})[0]
        for tag, address in there.items():
            report.translations[tag] = posixpath.relpath(address, part.path or ".")
    number = len(baselines) if site_pages else None
    reports.sort(key=Report.order)
    return site_pages | pages.pages(SiteData(reports, lost, number, today(), data))


def failed_without_page(results, failures):
    """Return {name: reason} for the failures that have no result, and therefore no page.

    Names are such as "baselines/NOR", UKR or, if another edition has a result, "UKR 2026".
    """
    present = {result.name for result in results}
    keys, lost = {result.key for result in results if not result.is_baseline}, {}
    for name, (key, edition, why) in failures.items():
        label = name if name.startswith(BASELINES) else f"{key} {edition}" if key in keys else key
        lost |= {label: why} if name not in present else {}
    return lost
