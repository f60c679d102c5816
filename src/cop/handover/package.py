"""The package of a report: pages, Word, PDF, tables and notebooks in one signed zip."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import html
from markupsafe import Markup

import cop.data
from cop.data import Refused, writing
from cop.data.machine import secret_key, today
from cop.handover import notebooks, reports, tables, verify
from cop.report import covers, filenames, sheet, words
from cop.report.languages import SOURCE

KEY_VARIABLE, KEY_FILE = "COP_SIGNING_KEY_FILE", "~/.config/cop-assessment/signing-key"
START, METADATA = "index.html", "ro-crate-metadata.json"
INSTALL = (
    "a package needs cryptography and rocrate, which are not installed; run "
    "`python -m pip install 'cryptography>=44' 'rocrate>=0.16,<0.17'`"
)
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True)
class Package:
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
    no report, where the signing key is not kept apart from the repository, where a needed package
    is not installed, and where a file names a folder of this computer.
    """
    results, day = outputs / iso3, today()
    page = filenames.report_of(outputs, iso3).read_text(encoding="utf-8")
    title = html.document_fromstring(page).findtext(".//title")
    commit = current_commit(repository)
    about = {**covers.facts(page), "title": title, "day": day.isoformat(), "commit": commit}
    key = _signing_key(data)
    signer = verify.fingerprint(key.public_key().public_bytes_raw())
    folders = {SOURCE: outputs, **(translations or {})}
    versions = [reports.Report(language, folder, iso3) for language, folder in folders.items()]
    files, missing = reports.collect(versions, day)
    files |= _notebooks_and_tables(results, data, about)
    titles = _titles(files)
    files[START] = _start_page(about, files, titles, missing, signer, versions[1:])
    languages = {version.folder: version.language for version in versions}
    licence = cop.data.contents(data)["licenses"][0]["path"]
    files[METADATA] = describe(about, licence, files, titles | _titles(files), languages)
    refuse_local_paths(files, (outputs, data, repository, Path.home()))
    writing.whole(path, sign(files, key, day))
    shutil.copyfile(verify.__file__, path.parent / "verify.py")
    return Package(signer, len(files), missing)


def sign(files: Mapping[str, bytes], key: "Ed25519PrivateKey", day: date) -> bytes:  # noqa: F821
    """Return a zip of files, their SHA-256 sums, and the signature of these sums.

    After unpacking, `sha256sum -c SHA256SUMS` checks the files with any system's own tools.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    checksums = "".join(lines).encode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = {verify.SIGNATURE: key.sign(checksums), verify.PUBLIC_KEY: public}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = verify.COMMENT
        for name, body in {verify.CHECKSUMS: checksums, **signed, **files}.items():
            about = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(about, body)
    return content.getvalue()


def current_commit(repository: Path) -> str:
    """Return the checked-out commit, with "+" if files differ from it; "" without git."""
    try:
        commit = _git(repository, "rev-parse", "HEAD")
        changes = _git(repository, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit + ("+" if changes else "")


def describe(
    about: Mapping,
    licence: str,
    paths: Mapping[str, bytes],
    titles: Mapping[str, str],
    languages: Mapping[str, str],
) -> bytes:
    """Return the RO-Crate metadata of a package; `languages` are by the folder of their files."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.2")
    crate.name, crate.description = about["title"], words.text("hand-over", "description", about)
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
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1) + "\n").encode()


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
    """Return this computer's signing key, which is made on first use."""
    try:
        import rocrate.rocrate  # noqa: F401
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as error:
        raise Refused(INSTALL) from error
    seed = secret_key(KEY_VARIABLE, KEY_FILE, data)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    except ValueError:
        raise Refused(
            "the signing key is not 64 hexadecimal digits; remove its file to get a new one"
        ) from None


def _git(repository, *arguments):
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _notebooks_and_tables(results, data, about):
    unverified = tables.unverified_ids(results / "tables", data)
    executed = sorted(results.glob("*.ipynb"))
    files = {f"notebooks/{path.name}": notebooks.clean(path, unverified) for path in executed}
    package = tables.collect(results / "tables", data, about)
    return files | {f"tables/{name}": content for name, content in package.items()}


def _start_page(about, files, titles, missing, signer, translations):
    annexes = sorted(path for path in files if path.startswith("report/cop-annex-"))
    csv_files = sorted(path for path in files if path.endswith(".csv"))
    paths = sorted(files)
    others = [
        (version.language, reports.show_translation(version, paths, titles))
        for version in translations
    ]
    style = Markup(sheet.text(translated=bool(others)))
    page = words.show(
        "hand-over", "start", about, titles, paths, annexes, csv_files, missing, signer,
        style, others,
    )  # fmt: skip
    return f"{page}\n".encode()


def _titles(files):
    """Return the titles of the HTML pages among files."""
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    return {
        path: html.document_fromstring(text.decode()).findtext(".//title") or path
        for path, text in pages.items()
    }
