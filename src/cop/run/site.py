"""The site: the pages of all results that the data holds, with its own pages around them.

It is written aside and swapped in complete. `contents.json` in it records what it was made from, so
that the next run sees whether it is up to date.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from cop.data import Refused
from cop.data.machine.day import today
from cop.report import languages
from cop.run import fingerprints, plan
from cop.run.plan import Job
from cop.run.publish import link, recover, swap
from cop.run.results import BASELINES, Part, find_parts, result_folders, site_path
from cop.run.workers import Workers

CONTENTS = "contents.json"
OURS = re.compile(r"(cop-.*|index)\.html|contents\.json")
DAMAGED = "a page is not as it was made"
LINK = re.compile(r'href="([^"#?:]+\.html)')
SECONDS = 3600  # that all pages of the site may take
Failures = Mapping[str, list[str]]  # {folder of a result: [country or group, edition, sentence]}


class Site:
    """The site in an outputs folder, of the results of a data folder."""

    def __init__(self, outputs: Path, data: Path, address: str = "") -> None:
        """Take the folders, and the address on the web where the site will be (see `--help`)."""
        self.outputs, self.data, self.folder = outputs, data, outputs / "site"
        self.address = address or plan.package.own(data).get("cop:baseAddress", "")

    def recover(self) -> None:
        """Clear up after a run that was killed; raise Refused for results of other data."""
        for folder in result_folders(self.outputs):
            recover(folder)
        here = Path(os.path.relpath(self.data, self.outputs)).as_posix()
        if (other := self._contents().get("data", here)) != here:
            raise Refused(
                f"{self.outputs} holds results of {os.path.normpath(self.outputs / other)}, not of "
                f"{self.data}: name another folder with --outputs, or delete that one"
            )

    def name(self, job: Job) -> str:
        """Return the folder of a job's result, relative to that of all results."""
        return job.ready.relative_to(self.outputs).as_posix()

    def make_room(self, job: Job) -> None:
        """Move a result of another edition, where a job's result will be, to the editions."""
        present, wanted = fingerprints.edition(job.ready), job.parameters.get("edition")
        home = plan.in_language(self.outputs, job.language)
        if present and wanted and present != wanted and job.ready.parent == home:
            swap(job.ready, home / "editions" / present / job.key)

    def shared_changed(self) -> bool:
        """Return whether tables that the site shows changed since it was made."""
        before = self._contents().get("shared")
        return before is not None and before != fingerprints.shared_state(self.data)

    def first_page(self, language: str) -> Path:
        """Return the first page of the part in a language."""
        return self.folder / site_path(language) / "index.html"

    def update(self, renewed: Collection[str], failures: Failures) -> None:
        """Write the site again unless it shows what is there; `renewed` names the new results."""
        before, parts = self._contents(), find_parts(self.outputs, self.data)
        failures = self._all_failures(before, parts, renewed, failures)
        parts = [part for part in parts if part.sound or part.own_failures(failures)] or parts[:1]
        contents = {
            "data": Path(os.path.relpath(self.data, self.outputs)).as_posix(),
            "results": {p.path + at: r.pages[n] for p in parts for at, (r, n) in p.places.items()},
            "times": {part.name + r.name: r.time for part in parts for r in part.sound},
            "failures": failures,
            "code": [fingerprints.code(), {p.language: languages.state(p.language) for p in parts}],
            "shared": fingerprints.shared_state(self.data),
            "address": self.address,
        }
        if not before and not contents["results"] and not failures:
            return
        same = all(before.get(name) == value for name, value in contents.items())
        if same and not any(self._damaged(before["pages"])):
            return
        making = self.outputs / ".making-site"
        shutil.rmtree(making, ignore_errors=True)
        task = making, parts, self.data, failures, self.address
        Workers(1).run(write_pages, *task, timeout=SECONDS)
        self._keep_foreign_files(making, before.get("pages", {}))
        contents["pages"] = {at: fingerprints.file_state(p) for at, p in _files(making).items()}
        text = json.dumps(contents, ensure_ascii=False, indent=1)
        (making / CONTENTS).write_text(text, encoding="utf-8")
        swap(making, self.folder)

    def _contents(self):
        """Return what the present site was made from; {} without one."""
        try:
            return json.loads((self.folder / CONTENTS).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}

    def _damaged(self, pages):
        return (fingerprints.file_state(self.folder / at) != state for at, state in pages.items())

    def _all_failures(self, before, parts, renewed, failures):
        """Return earlier failures that nothing renewed, damaged results, and the new failures."""
        found = {n: why for n, why in before.get("failures", {}).items() if n not in renewed}
        for part in parts:
            for result in part.damaged:
                why = [result.key, result.cover["edition"], DAMAGED]
                found[part.name + result.name] = why
        keys = {*plan.package.begun(self.data), *plan.groups(self.data)}
        return {
            part.name + name: why
            for part in parts
            for name, why in part.own_failures(found | failures).items()
            if name.startswith(BASELINES) or name.split("/")[-1] in keys
        }

    def _keep_foreign_files(self, making, ours):
        """Keep what somebody else put into the site."""
        for at, path in _files(self.folder).items():
            if not OURS.fullmatch(path.name) and at not in ours:
                link(path, making / at)


def _files(folder):
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def write_pages(
    folder: Path,
    parts: list[Part],
    data: Path,
    failures: Failures,
    address: str,
    report_cell: Callable,
) -> None:
    """Write all pages of the site into a new folder."""
    own = {}
    try:
        for part in parts:
            languages.use(part.language)
            own[part.language] = _own_pages(part, data, failures, address)
        for part in parts:
            languages.use(part.language)
            _write_part(folder, part, parts, own, address)
    finally:
        languages.use(languages.SOURCE)


def _write_part(folder, part, parts, own, address):
    """Write the pages of one language, each with links to the same page in the others."""
    from cop.report.site.speaking import spoken

    for at, (result, name) in part.places.items():
        source, text = result.file(name), result.file(name).read_text(encoding="utf-8")
        linked = _lead_out(text, at, {*part.places, *own[part.language]}, part)
        page = spoken(linked, part.path + at, part.language, *_ways(part, at, parts, own, address))
        if page == text:
            link(source, folder / part.path / at)
        else:
            _write(folder / part.path / at, page)
    for at, page in own[part.language].items():
        if at.endswith(".html"):
            ways = _ways(part, at, parts, own, address)
            page = spoken(page, part.path + at, part.language, *ways)
        _write(folder / part.path / at, page)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _lead_out(text, at, present, part):
    """Let links of an edition's page lead to pages that the site has and that edition has not."""
    folder = at.rpartition("/")[0]
    if not folder.startswith("editions/"):
        return text
    outside = {page for page in present if f"{folder}/{page}" not in part.places}
    lead = lambda found: f'href="../../{found[1]}' if found[1] in outside else found[0]  # noqa: E731
    return LINK.sub(lead, text)


def _ways(part, at, parts, own, address):
    """Return {language: address} of a page in other languages, the address of the site, and
    whether the English page was made from other data.
    """
    found = [(o, _same_page(part, at, o, own[o.language])) for o in parts if o is not part]
    others = [(other, there) for other, there in found if there]
    older = any(_differ(part, at, other, there) for other, there in others if not other.path)
    return {other.language: other.path + there for other, there in others}, address, older


def _same_page(part, at, other, own_of_other):
    """Return where a page of one language, in the same edition, is in another; "" if nowhere."""
    if at not in part.places:
        return at if at in own_of_other else ""
    edition, name = part.places[at][0].cover["edition"], at.rpartition("/")[2]
    if at in other.places and other.places[at][0].cover["edition"] == edition:
        return at
    kept = f"editions/{edition}/{name}"
    return kept if kept in other.places else ""


def _differ(part, at, other, there):
    if at not in part.places:
        return False
    folders = part.places[at][0].folder, other.places[there][0].folder
    return not fingerprints.same_inputs(*folders)


def _own_pages(part, data, failures, address):
    """Return the site's own pages and files in one language, by address."""
    from cop.report.site import pages, table
    from cop.report.site.told import Told

    failures = part.own_failures(failures)
    baselines = [r for r in part.sound if r.name.startswith(BASELINES)]
    assessments = [r for r in part.sound if r not in baselines]
    lost = _without_page(part.sound, failures)
    lost_baselines = {n[len(BASELINES) :]: why for n, why in lost.items() if n[:10] == BASELINES}
    own = {}
    if baselines or lost_baselines:
        rows = [_about(result, failures) for result in baselines]
        own["baselines/index.html"] = table.of_baselines(rows, lost_baselines, today())
    reports = [_report(r, assessments, failures) for r in assessments if r.latest]
    lost = {name: why for name, why in lost.items() if not name.startswith(BASELINES)}
    number = len(baselines) if own else None
    address = address and address + part.path
    reports.sort(key=_order)
    return own | pages.pages(Told(reports, lost, number, today(), data, address))


def _without_page(sound, failures):
    """Return {what: why} where a run failed and no earlier page is there to be shown as stale."""
    present = {result.name for result in sound}
    keys = {result.key for result in sound if not result.name.startswith(BASELINES)}
    found = {}
    for name, (key, edition, why) in failures.items():
        label = name if name.startswith(BASELINES) else f"{key} {edition}" if key in keys else key
        found |= {label: why} if name not in present else {}
    return found


def _report(result, assessments, failures):
    """Return what the site's pages need to know of a report."""
    from cop.data.cells import records
    from cop.report import covers
    from cop.report.site.told import Report

    others = [r for r in assessments if r.key == result.key]
    others.sort(key=lambda r: r.cover["edition"], reverse=True)
    names = sorted(result.pages, key=lambda name: name == result.report)  # annexes first
    texts = {name: result.file(name).read_text(encoding="utf-8") for name in names}
    anchors = [(one, name) for name in names for one in covers.ID.findall(texts[name])]
    return Report(
        **_about(result, failures),
        made=result.time,
        annexes=[name for name in sorted(result.pages) if name != result.report],
        editions=[
            _about(r, failures) | {"file": f"editions/{r.cover['edition']}/{r.report}"}
            for r in others
        ],
        tables={path.stem: records(path) for path in (result.folder / "tables").glob("*.csv")},
        anchors=dict(reversed(anchors)),
        headings=[
            (f"{name}#{one}", words)
            for name in names
            for one, words in covers.headings(texts[name])
        ],
    )


def _about(result, failures):
    failure = failures.get(result.name, ["", "", ""])[2]
    return {"key": result.key, "cover": result.cover, "file": result.report, "failure": failure}


def _order(report):
    """Put syntheses first, the main one before all, then countries in alphabetical order."""
    from cop.report.tongue import alphabet

    name = "" if report.regional else report.cover["country"]
    return not report.regional, report.file if report.regional else "", alphabet.placed(name)
