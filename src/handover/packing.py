"""What one report hands over: collected from its results, cleaned, described and sealed."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lxml import html
from markupsafe import Markup

import contract
from contract import Refused
from contract.machine import secret
from contract.machine.day import today
from handover import crate, notebooks, pdf, sealing, tables
from report import names, sheet, words
from report.covers import facts

VARIABLE, USUAL = "COP_SIGNING_KEY_FILE", "~/.config/cop-assessment/signing-key"
START = "index.html"
# Where links of a page to pages of the site lead in the sealed file; the others that are not in it
# are taken out.
LED = {b"index.html": b"../index.html", b"data.html": b"../tables/codebook.html"}
LINK = re.compile(
    rb'<a (?:class="[a-z ]*" )?href="((?:items/)?[a-zA-Z0-9][A-Za-z0-9-]*\.html)'
    rb'(#[^"]*)?">(.*?)</a>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Handed:
    """A sealed file: its bytes, the fingerprint of its key, what is not in it, and why."""

    content: bytes
    fingerprint: str
    files: int
    missing: dict[str, str]


def packed(outputs: Path, data: Path, iso3: str, repository: Path) -> Handed:
    """Give the report of a country as one sealed file.

    Raises Refused where there is no report, where the key is not kept apart, where what is needed
    is not installed, and where a file names a folder of this machine.
    """
    results, day = outputs / iso3, today()
    seed = secret.kept(VARIABLE, USUAL, data)
    signer = sealing.fingerprint(sealing.public_key(seed))
    about = _about(results, iso3, day, commit(repository))
    files, missing = _collected(results, data, about, day)
    titles = _titles(files)
    files[START] = _start(about, files, titles, missing, signer)
    titles |= _titles({START: files[START]})
    files[crate.NAME] = crate.described(_of_whole(about, data), files, titles)
    _refuse_paths(files, (outputs, data, repository, Path.home()))
    stated = {name: about[name] for name in ("title", "iso3", "edition", "status", "commit")}
    sealed = sealing.sealed(files, stated, seed, day)
    return Handed(sealed, signer, len(files), missing)


def commit(repository: Path) -> str:
    """Give the commit of a repository, with "+" where files were changed since; "" without git."""
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
    text = names.report_of(results.parent, iso3).read_text(encoding="utf-8")
    title = html.document_fromstring(text).findtext(".//title")
    return {**facts(text), "title": title, "day": day.isoformat(), "commit": commit}


def _collected(results, data, about, day):
    """Give the files by their paths, and why those are missing that could not be made."""
    files = {
        f"report/{page.name}": _led(page) for page in sorted((results / "pages").glob("*.html"))
    }
    waiting = tables.waiting(results / "tables", data)
    for path in sorted(results.glob("*.ipynb")):
        files[f"notebooks/{path.name}"] = notebooks.clean(path, waiting)
    for name, content in tables.packaged(results / "tables", data, about, about["day"]).items():
        files[f"tables/{name}"] = content
    missing = {}
    page = names.report_of(results.parent, about["iso3"])
    for kind, make in (("docx", _word), ("pdf", _pdf)):
        path = f"report/{page.stem}.{kind}"
        try:
            files[path] = make(page, files, day)
        except Refused as refused:
            missing[kind] = str(refused)
    return files, missing


def _word(page, files, day):
    """Give the report as a Word document, with the times of a day."""
    from report.word import document

    return sealing.rezipped(document.made(page, day=day), day)


def _pdf(page, files, day):
    return pdf.printed(files[f"report/{page.name}"], day)


def _led(page: Path) -> bytes:
    """Give a page with its links to the site led to what is in the sealed file, or taken out."""
    beside = {one.name.encode() for one in page.parent.glob("*.html")}

    def lead(link):
        target, place, label = link[1], link[2] or b"", link[3]
        if target in beside:
            return link[0]
        return b'<a href="%s%s">%s</a>' % (LED[target], place, label) if target in LED else label

    return LINK.sub(lead, page.read_bytes())


def _start(about, files, titles, missing, signer):
    """Give the page to begin with."""
    annexes = [path for path in files if path.startswith("report/cop-annex-")]
    csvs = [path for path in files if path.endswith(".csv")]
    shown = titles, sorted(files), sorted(annexes), sorted(csvs), missing, signer
    return f"{words.show('hand-over', 'start', about, *shown, Markup(sheet.text()))}\n".encode()


def _titles(files):
    """Give the titles of the pages among files, as their heads say them."""
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    return {
        path: html.document_fromstring(text.decode()).findtext(".//title") or path
        for path, text in pages.items()
    }


def _of_whole(about, data):
    licence = contract.contents(data)["licenses"][0]["path"]
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
