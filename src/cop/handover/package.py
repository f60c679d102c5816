"""The package of a report: pages, Word, PDF, tables and notebooks in one signed zip."""

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import html
from markupsafe import Markup
from rocrate.rocrate import ROCrate

import cop.data
from cop.data import Refused, writing
from cop.data.machine import secret_key, today
from cop.handover import notebooks, reports, tables, verify
from cop.report import covers, filenames, sheet, words
from cop.report.languages import SOURCE

KEY_VARIABLE, KEY_FILE = "COP_SIGNING_KEY_FILE", "~/.config/cop-assessment/signing-key"
START, METADATA = "index.html", "ro-crate-metadata.json"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
}


class Package(NamedTuple):
    """What was written: the fingerprint of the key, the files, and what is missing and why."""

    signer: str
    files: int
    missing: dict[str, str]


def write(
    path: Path,
    outputs: Path,
    data: Path,
    iso3: str,
    repository: Path,
    translations: Mapping[str, Path] | None = None,
) -> Package:
    """Write the package of a country's report and, beside it, the script that verifies it.

    `translations` maps languages to the folder of results in them. Raises Refused where there is
    no report, where the signing key is not kept apart from the repository, and where a file names
    a folder of this computer.
    """
    page = filenames.page_of(outputs, iso3).read_text(encoding="utf-8")
    title, day = html.document_fromstring(page).findtext(".//title"), today()
    about = {**covers.read_cover(page), "title": title, "day": day.isoformat()}
    about["commit"] = current_commit(repository)
    key = _signing_key(data)
    signer = verify.fingerprint(key.public_key().public_bytes_raw())
    folders = {SOURCE: outputs, **(translations or {})}
    versions = [reports.Report(language, folder, iso3) for language, folder in folders.items()]
    files, missing = reports.collect(versions, day)
    results = outputs / iso3
    unverified = tables.unverified_ids(results / "tables", data)
    for notebook in sorted(results.glob("*.ipynb")):
        files[f"notebooks/{notebook.name}"] = notebooks.clean(notebook, unverified)
    for name, content in tables.collect(results / "tables", data, about).items():
        files[f"tables/{name}"] = content
    titles = _titles(files)
    files[START] = _start_page(about, sorted(files), titles, missing, signer, versions[1:])
    languages = {version.folder: version.language for version in versions}
    licence = cop.data.contents(data)["licenses"][0]["path"]
    files[METADATA] = describe(about, licence, files, titles | _titles(files), languages)
    refuse_local_paths(files, (outputs, data, repository, Path.home()))
    writing.whole(path, sign(files, key, day))
    shutil.copyfile(verify.__file__, path.parent / "verify.py")
    return Package(signer, len(files), missing)


def sign(files: Mapping[str, bytes], key: Ed25519PrivateKey, day: date) -> bytes:
    """Return a zip of files, their SHA-256 sums, and the signature of these sums.

    After unpacking, `sha256sum -c SHA256SUMS` checks the files with any system's own tools.
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    checksums = "".join(lines).encode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = {verify.CHECKSUMS: checksums, verify.SIGNATURE: key.sign(checksums)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.comment = verify.COMMENT
        for name, body in {**signed, verify.PUBLIC_KEY: public, **files}.items():
            about = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            about.external_attr = 0o644 << 16
            package.writestr(about, body, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def current_commit(repository: Path) -> str:
    """Return the checked-out commit, with "+" if files differ from it; "" without git."""
    git = ["git", "-C", str(repository), "describe", "--always", "--abbrev=40", "--dirty=+"]
    try:
        return subprocess.run([*git, "--exclude=*"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def describe(
    about: Mapping,
    licence: str,
    paths: Mapping[str, bytes],
    titles: Mapping[str, str],
    languages: Mapping[str, str],
) -> bytes:
    """Return the RO-Crate metadata of a package; `languages` are by the folder of their files."""
    crate = ROCrate(version="1.2")
    crate.name = about["title"]
    crate.description = words.render_text("hand-over", "description", about)
    crate.license, crate.datePublished = licence, about["day"]
    crate.root_dataset["inLanguage"] = list(languages.values())
    if about["commit"]:
        crate.root_dataset["version"] = about["commit"]
    for path in sorted(paths):
        properties = {
            "name": titles.get(path, path),
            "encodingFormat": MEDIA_TYPES[Path(path).suffix],
            "inLanguage": languages.get(path.rpartition("/")[0] + "/", SOURCE),
        }
        crate.add_file(dest_path=path, properties=properties)
    return tables.json_text(crate.metadata.generate()).encode()


def refuse_local_paths(files: Mapping[str, bytes], folders: tuple[Path, ...]) -> None:
    """Raise Refused where a file names a folder of this computer."""
    for folder in (str(Path(folder).resolve()) for folder in folders):
        pattern = re.compile(re.escape(folder.encode()) + rb"(?![A-Za-z0-9])")
        for name, content in files.items():
            if len(folder) > 1 and pattern.search(content):
                raise Refused(
                    f"{name} names the folder {folder} of this computer, so nothing was packed; "
                    "remove it from the notebook or table and run the country again"
                )


def _signing_key(data):
    """Return this computer's signing key, which is created on first use."""
    seed = secret_key(KEY_VARIABLE, KEY_FILE, data)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    except ValueError:
        raise Refused(
            "the signing key is not 64 hexadecimal digits; remove its file to get a new one"
        ) from None


def _start_page(about, paths, titles, missing, signer, translations):
    annexes = [path for path in paths if path.startswith("report/cop-annex-")]
    csv_files = [path for path in paths if path.endswith(".csv")]
    others = [(v.language, reports.show_translation(v, paths, titles)) for v in translations]
    style = Markup(sheet.text(translated=bool(others)))
    page = words.render(
        "hand-over", "start", about, titles, paths, annexes, csv_files, missing, signer,
        style, others,
    )  # fmt: skip
    return f"{page}\n".encode()


def _titles(files):
    """Return the titles of the HTML pages among files."""
    pages = {path: text.decode() for path, text in files.items() if path.endswith(".html")}
    return {p: html.document_fromstring(t).findtext(".//title") or p for p, t in pages.items()}
