"""What one report hands over: collected from its results, cleaned, described and sealed."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lxml import html
from markupsafe import Markup

import cop.data
from cop.data import Refused
from cop.data.machine import secret
from cop.data.machine.day import today
from cop.handover import crate, editions, notebooks, sealing, tables
from cop.report import filenames, sheet, words
from cop.report.covers import facts

VARIABLE, USUAL = "COP_SIGNING_KEY_FILE", "~/.config/cop-assessment/signing-key"
START, NONE = "index.html", MappingProxyType({})


@dataclass(frozen=True)
class Handed:
    """A sealed file: its bytes, the fingerprint of its key, what is not in it, and why."""

    content: bytes
    fingerprint: str
    files: int
    missing: dict[str, str]


def packed(
    outputs: Path, data: Path, iso3: str, repository: Path, others: Mapping[str, Path] = NONE
) -> Handed:
    """Give the report of a country as one sealed file, in English and in other languages, given as
    {language: folder of results}.

    Raises Refused where there is no report, where the key is not kept apart, where what is needed
    is not installed, and where a file names a folder of this machine.
    """
    results, day = outputs / iso3, today()
    seed = secret.kept(VARIABLE, USUAL, data)
    signer = sealing.fingerprint(sealing.public_key(seed))
    about = _about(results, iso3, day, commit(repository))
    spoken = editions.every(outputs, iso3, others)
    files, missing = editions.collected(spoken, day)
    files |= _made_of(results, data, about)
    titles = _titles(files)
    files[START] = _start(about, files, titles, missing, signer, spoken[1:])
    titles |= _titles({START: files[START]})
    ways = {one.way: one.language for one in spoken}
    files[crate.NAME] = crate.described(_of_whole(about, data), files, titles, ways)
    _refuse_paths(files, (outputs, data, repository, Path.home()))
    stated = {name: about[name] for name in ("title", "iso3", "edition", "status", "commit")}
    sealed = sealing.sealed(files, stated, seed, day)
    return Handed(sealed, signer, len(files), missing)


def commit(repository: Path) -> str:
    """Give the commit that a sealed file states, "+" where files changed since; "" without git."""
    try:
        last = _git(repository, "rev-parse", "HEAD")
        changed = _git(repository, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return last + ("+" if changed else "")


def _git(repository, *words):
    call = ["git", "-C", str(repository), *words]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()


def _about(results, iso3, day, commit):
    text = filenames.report_of(results.parent, iso3).read_text(encoding="utf-8")
    title = html.document_fromstring(text).findtext(".//title")
    return {**facts(text), "title": title, "day": day.isoformat(), "commit": commit}


def _made_of(results, data, about):
    """Give the notebooks that made the report and the tables behind it, by their paths."""
    waiting = tables.waiting(results / "tables", data)
    files = {f"notebooks/{path.name}": notebooks.clean(path, waiting)
             for path in sorted(results.glob("*.ipynb"))}  # fmt: skip
    made = tables.packaged(results / "tables", data, about, about["day"])
    return files | {f"tables/{name}": content for name, content in made.items()}


def _start(about, files, titles, missing, signer, spoken):
    """Give the page to begin with."""
    annexes = [path for path in files if path.startswith("report/cop-annex-")]
    csvs = [path for path in files if path.endswith(".csv")]
    shown = titles, sorted(files), sorted(annexes), sorted(csvs), missing, signer
    others = [(one.language, editions.shown(one, files, titles)) for one in spoken]
    style = Markup(sheet.text(translated=bool(others)))
    return f"{words.show('hand-over', 'start', about, *shown, style, others)}\n".encode()


def _titles(files):
    """Give the titles of the pages among files, as their heads say them."""
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    return {
        path: html.document_fromstring(text.decode()).findtext(".//title") or path
        for path, text in pages.items()
    }


def _of_whole(about, data):
    licence = cop.data.contents(data)["licenses"][0]["path"]
    said = words.text("hand-over", "description", about)
    return {**about, "licence": licence, "description": said}


def _refuse_paths(files, folders):
    """Raise Refused where a file names a folder of this machine."""
    wanted = [str(Path(f).resolve()).encode() for f in folders]
    for path, content in files.items():
        for folder in wanted:
            if len(folder) > 1 and re.search(re.escape(folder) + rb"(?![A-Za-z0-9])", content):
                raise Refused(
                    f"{path} names the folder {folder.decode()} of this computer and was not "
                    "sealed; take it out of the notebook or table that says it, and run it again"
                )
