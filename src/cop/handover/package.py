"""Build a signed zip file of a report: pages, documents, tables, notebooks, code and metadata."""

import hashlib
import io
import json
import mimetypes
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import html
from markupsafe import Markup
from rocrate.rocrate import ROCrate

import cop.data
from cop.data import UserError
from cop.data.checks.losses import git
from cop.data.machine import secret_key, today
from cop.handover import pdf, verify
from cop.report import filenames, languages, page, render, sheet, word, words

KEY_VARIABLE, KEY_FILE = "COP_SIGNING_KEY_FILE", "~/.config/cop-assessment/signing-key"
START, METADATA, LOCK = "index.html", "ro-crate-metadata.json", "requirements.lock"
NOT_A_KEY = "does not have 64 hexadecimal digits; restore it, or delete it to create another key"
CODE = "src notebooks docs/method.md pyproject.toml requirements.lock Makefile README.md LICENSE"
LINK = re.compile(r'<a (?:class="[a-z ]*" )?href="([\w/-]+\.html)(?:#[^"]*)?">(.*?)</a>', re.DOTALL)


def build(
    results: Path, data: Path, key: str, repository: Path, language: str
) -> tuple[bytes, dict[str, bytes], str, str]:
    """Build the signed package of the report on a country or group.

    `results` has the results in `language`; `key` is an ISO3 code or a group, `repository` the root
    of the code. Returns the zip file, its files ({path: content}), the fingerprint of the key, and
    why there is no PDF, or "". Raises UserError for a missing report, invalid key or local path.
    """
    page = filenames.page_of(results, key)
    about = {"report": page.stem, "homepage": cop.data.contents(data).get("homepage")}
    about |= render.read_cover(page.read_text(encoding="utf-8"))
    # Ends with "+" if tracked files have changes; empty without git or a commit.
    commit = git(repository, "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*")
    about |= {
        "title": page_title(page.read_bytes()), "day": today().isoformat(),
        "commit": commit.decode().strip(), "language": language,
    }  # fmt: skip
    try:
        private = Ed25519PrivateKey.from_private_bytes(
            bytes.fromhex(secret_key(KEY_VARIABLE, KEY_FILE, data))
        )
    except ValueError:
        raise UserError(f"the signing key (${KEY_VARIABLE} or {KEY_FILE}) {NOT_A_KEY}") from None
    signer = verify.fingerprint(private.public_key().public_bytes_raw())
    files, no_pdf = collect_report(page)
    files[LOCK] = (repository / LOCK).read_bytes()
    for notebook in sorted((results / key).glob("*.ipynb")):
        source = repository / "notebooks" / notebook.name  # notebook without outputs
        files[f"notebooks/{notebook.name}"] = source.read_bytes()
    if workspace := archive(repository, data):
        files["workspace.zip"] = workspace
    files |= collect_tables(results / key / "tables", data, about)
    with languages.using_language(language):
        style = Markup(sheet.text(translated=language != languages.SOURCE))
        titles = {n: page_title(content) for n, content in files.items() if n.endswith(".html")}
        start = words.render("hand-over", "start", about, titles, sorted(files), signer, style)
    files[START] = f"{start}\n".encode()
    files[METADATA] = describe(about, cop.data.contents(data)["licenses"][0]["path"], files)
    refuse_local_paths(files, (results, data, repository, Path.home()))
    return sign(files, private), files, signer, no_pdf


def collect_report(page: Path) -> tuple[dict[str, bytes], str]:
    """Return {path: content} of a report as HTML, Word and PDF, and why it has no PDF, or ""."""
    pages = {path.name: path for path in sorted(page.parent.glob("*.html"))}
    files = {f"report/{n}": unlink_site(pages[n].read_bytes(), {*pages}) for n in pages}
    files |= {f"report/{path.stem}.docx": word.from_page(path) for path in pages.values()}
    try:
        files[f"report/{page.stem}.pdf"] = pdf.render(files[f"report/{page.name}"])
    except UserError as refused:
        return files, str(refused)
    return files, ""


def unlink_site(page: bytes, names: set[str]) -> bytes:
    """Replace links to pages of the site that are not in `names` with the link text."""
    return LINK.sub(lambda link: link[0] if link[1] in names else link[2], page.decode()).encode()


def collect_tables(folder: Path, data: Path, about: Mapping[str, str]) -> dict[str, bytes]:
    """Return {path: content} for a descriptor, a codebook and saved tables except `to_verify`."""
    files, resources, schema = {}, [], cop.data.contents(data)
    for table in schema["cop:handedOn"]:
        name = table["name"]
        path = folder / f"{name}.csv"
        if name != "to_verify" and path.is_file():
            frame = cop.data.text_frame(path, cop.data.columns(name, data))
            files[f"tables/{path.name}"] = page.csv(frame)
            resources.append({
                "name": name, "path": path.name, "rows": len(frame),
                "description": table["description"],
                "schema": {"fields": table["fields"], "missingValues": [""]},
            })  # fmt: skip
    codebook = words.render("hand-over", "codebook", about, resources, Markup(sheet.text()))
    files["tables/codebook.html"] = f"{codebook}\n".encode()
    package = {
        "$schema": schema["$schema"],
        "name": f"cop-assessment-{about['iso3'].lower()}-{about['edition']}",
        "title": about["title"], "licenses": schema["licenses"], "resources": resources,
    }  # fmt: skip
    return files | {"tables/datapackage.json": json_text(package)}


def describe(about: Mapping[str, str], licence: str, files: Mapping[str, bytes]) -> bytes:
    """Return RO-Crate metadata of `files` as JSON in UTF-8; `licence` is the URL of a licence."""
    crate = ROCrate(version="1.2")
    crate.description = words.render_text("hand-over", "description", about)
    crate.name, crate.license = about["title"], licence
    crate.datePublished = about["day"]
    crate.root_dataset["inLanguage"] = about["language"]
    crate.root_dataset["version"] = about["commit"] or "unknown"
    for path in sorted(files):
        name = page_title(files[path]) if path.endswith(".html") else path
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        crate.add_file(dest_path=path, properties={"name": name, "encodingFormat": kind})
    return json_text(crate.metadata.generate())


def sign(files: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a zip file of `files`, with checksums, a signature and the public key."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    checksums = "".join(lines).encode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = dict(zip(verify.SIGNED, (checksums, key.sign(checksums), public), strict=True))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in {**signed, **files}.items():
            package.writestr(name, body)
        package.comment = verify.COMMENT
    return content.getvalue()


def archive(repository: Path, data: Path) -> bytes:
    """Return a zip file of committed code and unrestricted data, or b"" if git cannot create it."""
    words = "archive", "--format=zip", "--prefix=workspace/", "HEAD", *CODE.split(), str(data)
    return git(repository, *words, ":(exclude,glob)**/restricted/**")  # even if added to git


def refuse_local_paths(files: Mapping[str, bytes], folders: tuple[Path, ...]) -> None:
    """Raise UserError if the bytes of a file contain the absolute path of one of `folders`."""
    for folder in map(Path.resolve, folders):
        pattern = re.compile(re.escape(bytes(folder)) + rb"(?![A-Za-z0-9])")
        for name, content in files.items():
            if folder.name and pattern.search(content):  # the root folder has no name
                raise UserError(
                    f"{name} contains the path {folder} of this computer, so nothing was packed; "
                    "remove it from the notebook or table, then repeat `cop run` and this command"
                )


def page_title(page: bytes) -> str:
    """Return the title of an HTML page, or "" if it has none."""
    return html.document_fromstring(page.decode()).findtext(".//title", "")


def json_text(value: dict) -> bytes:
    """Return a dictionary as indented JSON in UTF-8."""
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode()
