"""A package holds the report, nothing of this computer, nothing restricted, and shows changes."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import frictionless
import invented
import pikepdf
import pytest
from cases import by_rule, cases
from conftest import ROOT, ZEDLAND, beside_its_base, call, chromium, laid_out
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import html
from planting import edit

import cop.data
from cop.cli import main
from cop.data import UserError
from cop.handover import package, pdf, verify
from cop.report import filenames
from cop.run import fingerprints, results, site

FILES = {"report/a.html": b"<p>one</p>" * 90, "index.html": b"<p>start</p>", "tables/é.csv": b"a\r"}
KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 8))


def fingerprint(key):
    return verify.fingerprint(key.public_key().public_bytes_raw())


@pytest.fixture(scope="module", autouse=True)
def signing_key(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(package.KEY_VARIABLE, str(tmp_path_factory.mktemp("key") / "signing-key"))
        yield


@pytest.fixture
def without_printing(monkeypatch):
    def render(*_):
        raise UserError("it is not installed here")

    monkeypatch.setattr(pdf, "render", render)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "z.zip").write_bytes(package.sign(FILES, KEY))
    return tmp_path / "z.zip"


def zipped_again(path, change=lambda files: files, compression=zipfile.ZIP_STORED):
    """Zip the files of a package again, as [(name, content)] that `change` returns."""
    files = change([*files_of(path).items()])
    with zipfile.ZipFile(path, "w", compression) as written:
        for name, content in files:
            written.writestr(name, content)
    return path


def files_of(package):
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_an_untouched_package_is_intact_also_zipped_again_and_names_its_signer(path, capsys):
    words = ("verify-package", path, "--signer")
    status, printed, _ = call(capsys, *words, fingerprint(KEY))
    assert status == 0 and "all 3 files match their signed checksums" in printed
    assert "zipped again" not in printed
    zipped_again(path)
    status, printed, _ = call(capsys, *words, fingerprint(KEY))
    assert status == 0 and "zipped again; their contents are unchanged" in printed
    path.write_bytes(package.sign(FILES, OTHER_KEY))
    for signer, sentence in (("", "sent to you separately"), ("0" * 32, "NOT the expected key")):
        status, printed, _ = call(capsys, *words, signer)
        assert status == 1 and sentence in printed and fingerprint(OTHER_KEY) in printed


def replaced(name, content):
    return lambda files: [(n, content if n == name else c) for n, c in files]


@by_rule(
    "change, changed, added, missing",
    ("another content is changed", replaced("index.html", b"other"), ["index.html"], [], []),
    ("an empty one is", replaced("tables/é.csv", b""), ["tables/é.csv"], [], []),
    ("a new file is added", lambda files: [*files, ("more.html", b"new")], [], ["more.html"], []),
    ("a file twice is added", lambda files: [*files, ("index.html", b"2")], ["index.html"],
     ["index.html"], []),
    ("one that is gone is missing", lambda files: [f for f in files if f[0] != "index.html"], [],
     [], ["index.html"]),
    ("changed files are in alphabetical order", lambda files: [
        (name, content if name in verify.SIGNED else b"other") for name, content in files],
     sorted(FILES), [], []),
    ("so are added files", lambda files: [*files, *((name, b"") for name in "dbac")], [],
     [*"abcd"], []),
    ("and missing files", lambda files: [f for f in files if f[0] in verify.SIGNED], [], [],
     sorted(FILES)),
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_changed_added_and_missing_file_is_named(
    path, change, changed, added, missing, capsys
):
    verdict = verify.verify(zipped_again(path, change))
    assert (verdict.changed, verdict.added, verdict.missing) == (changed, added, missing)
    assert not verdict.intact
    assert verify.report(path) == 1, "a package that is not intact has the status 1"
    named = [f"{kind}: {name}" for kind in ("changed", "added", "missing")
             for name in getattr(verdict, kind)]  # fmt: skip
    assert capsys.readouterr().out.splitlines()[:-1] == named, "each file is named"


@pytest.mark.parametrize("name", verify.SIGNED)
def test_a_change_of_list_signature_or_key_is_no_signature(path, name):
    assert not verify.Verdict().intact, "without a signature it is not intact"
    change = lambda files: replaced(name, dict(files)[name][:-2] + b"x\n")(files)  # noqa: E731
    verdict = verify.verify(zipped_again(path, change))
    assert not verdict.signer and not verdict.intact and name in verdict.changed


def test_every_flipped_bit_that_changes_a_file_is_found(path):
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        try:
            verdict = verify.verify(path)
        except ValueError as error:
            assert verify.NOT_A_PACKAGE in str(error)
            continue
        if verdict.intact:  # the bit was in a date or another field that is no file's content
            assert FILES.items() <= files_of(path).items()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_refused_in_a_sentence(path, capsys, content):
    path.write_bytes(content)
    status, printed, _ = call(capsys, "verify-package", path)
    assert status == 2 and f"{path} {verify.NOT_A_PACKAGE}" in printed
    path.unlink()
    status, _, error = call(capsys, "verify-package", path)
    assert status == 2 and f"package {path} not found; correct the path" in error


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path, monkeypatch, capsys):
    monkeypatch.setattr(verify, "MAX_BYTES", 1_000_000)
    bomb = lambda files: [*files, ("bomb.csv", bytes(2_000_000))]  # noqa: E731
    assert zipped_again(path, bomb, zipfile.ZIP_DEFLATED).stat().st_size < 10_000
    status, printed, _ = call(capsys, "verify-package", path)
    assert status == 2 and "unpacks to over 10,000 files or 1,000,000 bytes" in printed


def test_as_many_files_and_bytes_as_the_limits_are_read_and_no_more(path, monkeypatch):
    with zipfile.ZipFile(path) as content:
        sizes = [file.file_size for file in content.infolist()]
    limits = {"MAX_FILES": len(sizes), "MAX_BYTES": sum(sizes)}
    for name, most in limits.items():
        monkeypatch.setattr(verify, name, most)
    assert verify.verify(path).intact
    for name, most in limits.items():
        with monkeypatch.context() as patch, pytest.raises(ValueError, match="unpacks to over"):
            patch.setattr(verify, name, most - 1)
            verify.verify(path)


def test_without_cryptography_the_script_says_what_to_install(path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert verify.report(path) == 2, "the package could not be verified"
    assert "run `python -m pip install cryptography`" in capsys.readouterr().out


def test_the_script_runs_without_the_workspace(path, tmp_path):
    script = tmp_path / "verify.py"
    script.write_bytes(Path(verify.__file__).read_bytes())
    command = [sys.executable, "-I", str(script), str(path), "--signer", fingerprint(KEY)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_links_to_pages_of_the_site_become_plain_text():
    kept = '<a href="cop-annex-ZZZ-1-x.html#a">Annex</a><a href="#below">Below</a>'
    page = f'<a href="index.html">All</a> <a class="x" href="items/a.html#t">Item</a>{kept}'
    names = {"cop-annex-ZZZ-1-x.html"}
    assert package.unlink_site(page.encode(), names).decode() == f"All Item{kept}"


def test_a_file_that_names_a_folder_of_this_computer_is_not_packed(tmp_path):
    files = {"index.html": b"fine", "tables/a.csv": f"see {tmp_path}/x".encode()}
    with pytest.raises(UserError, match="tables/a.csv contains the path"):
        package.refuse_local_paths(files, (tmp_path,))
    package.refuse_local_paths({"a": f"{tmp_path}er".encode()}, (tmp_path,))
    package.refuse_local_paths({"a": b"a / b"}, (Path("/"),))  # the root is in every path


@pytest.fixture
def build(tmp_path, monkeypatch, without_printing):
    """Return a function that builds the package of a small report from a folder without git."""
    results, repository = tmp_path / "results", tmp_path / "repository"
    heading = ",".join(cop.data.columns("key_figures", ZEDLAND))
    texts = {
        "results/ZZZ/pages/cop-assessment-ZZZ.html": "<title>Report</title>",
        "results/ZZZ/tables/key_figures.csv": f"{heading}\n",
        "results/ZZZ/1-a.ipynb": "outputs", "repository/notebooks/1-a.ipynb": "source",
        "repository/notebooks/2-b.ipynb": "not run", "repository/requirements.lock": "lock",
    }  # fmt: skip
    cover = {"iso3": "ZZZ", "edition": "2026", "country": "Zedland", "status": "draft"}
    cover["cut-off"] = "2026-06-30"
    monkeypatch.setattr(package.render, "read_cover", lambda page: cover)
    monkeypatch.setattr(package.word, "from_page", lambda page: b"Word")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def build(source="source"):
        for name, text in (texts | {"repository/notebooks/1-a.ipynb": source}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return package.build(results, ZEDLAND, "ZZZ", repository, "en")

    return build


def test_what_a_package_is_built_of(build, monkeypatch):
    content, files, signer, no_pdf = build()
    described = json.loads(files[package.METADATA])["@graph"]
    entities = {entity["@id"]: entity for entity in described}
    root, tables = entities["./"], json.loads(files["tables/datapackage.json"])
    names = files_of(io.BytesIO(content))
    rules = {
        "it has the versions of the packages": files["requirements.lock"] == b"lock",
        "of the notebooks only those of the report": "notebooks/2-b.ipynb" not in files,
        "notebooks have no outputs": files["notebooks/1-a.ipynb"] == b"source",
        "without git there is no workspace": "workspace.zip" not in files,
        "the saved tables are in it": "tables/key_figures.csv" in files,
        "why there is no PDF is said": no_pdf == "it is not installed here",
        "tables are described with their number of rows": tables["resources"][0]["rows"] == 0,
        "a missing value is an empty cell":
            tables["resources"][0]["schema"]["missingValues"] == [""],
        "tables are named by country and edition": tables["name"] == "cop-assessment-zzz-2026",
        "tables have the licence of the data":
            tables["licenses"] == cop.data.contents(ZEDLAND)["licenses"],
        "it is dated on the day": root["datePublished"] == package.today().isoformat(),
        "without a commit the version is unknown": root["version"] == "unknown",
        "it states its language": root["inLanguage"] == "en",
        "it states its licence": "license" in root,
        "a page is described by its title":
            entities["report/cop-assessment-ZZZ.html"]["name"] == "Report",
        "a page states that it is HTML":
            entities["report/cop-assessment-ZZZ.html"]["encodingFormat"] == "text/html",
        "the signature comes first": tuple(names)[:3] == verify.SIGNED,
        "checksums are sorted by file":
            [line[66:] for line in names["SHA256SUMS"].decode().splitlines()] == sorted(files),
        "a fingerprint has 32 digits in groups of four":
            bool(re.fullmatch("([0-9a-f]{4} ){7}[0-9a-f]{4}", signer)),
    }  # fmt: skip
    assert [rule for rule, holds in rules.items() if not holds] == []
    monkeypatch.setattr(package, "git", lambda *_: b"0a1b+\n")
    version = json.loads(build()[1][package.METADATA])["@graph"]
    assert "0a1b+" in [entity.get("version") for entity in version], "the version is the commit"
    assert package.page_title(b"<p>x</p>") == "", "a page without a title has none"


@by_rule(
    "folder",
    ("the path of the results is not packed", "results"),
    ("nor that of the repository", "repository"),
    ("nor that of the home folder", "home"),
    ("nor that of the data", str(ZEDLAND)),
)
def test_a_path_of_this_computer_stops_the_package(folder, build, tmp_path):
    with pytest.raises(UserError, match="notebooks/1-a.ipynb contains the path"):
        build(f"{tmp_path / folder}/x")


def test_the_workspace_holds_committed_code_and_tables_and_nothing_restricted(tmp_path):
    repository, outside = tmp_path / "repository", tmp_path / "outside"
    data, who = repository / "data", ("-c", "user.name=a", "-c", "user.email=a@example.org")
    files = {"src/cop/a.py", "notebooks/1.ipynb", "data/reference/a.csv", "data/research/ZZZ/b.csv"}
    files |= {name for name in package.CODE.split() if "." in name or name[0].isupper()}
    restricted = {"data/restricted/answers.csv", "data/research/restricted/c.csv"}
    for name in files | restricted | {"tests/zedland/d.csv", "docs/e.md"}:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(name)
    for words in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "as it was"]):
        subprocess.run(["git", *who, "-C", repository, *words], check=True)
    (data / "not-in-git.csv").write_text("untracked")
    (data / "reference" / "a.csv").write_text("changed since")
    archive = files_of(io.BytesIO(package.archive(repository, data)))
    held = {name: content for name, content in archive.items() if not name.endswith("/")}
    assert held == {f"workspace/{name}": name.encode() for name in files}
    assert package.archive(repository, outside) == package.archive(tmp_path, data) == b""


@pytest.mark.slow
def test_an_outdated_report_is_not_packed(zedland, tmp_path, capsys, without_printing, monkeypatch):
    data, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs, "ZZZ")
    monkeypatch.setattr(package.word, "from_page", lambda page: b"Word")
    where = ("--data", data, "--outputs", outputs)
    status, printed, _ = call(capsys, "pack", "ZZZ", *where)
    assert status == 0 and "The package contains no PDF: it is not installed here" in printed
    [packed] = outputs.glob("packed/*.zip")
    start = files_of(packed)["index.html"].decode()  # tables that are not in git
    assert "workspace.zip" not in start and "git does not keep these tables" in start
    assert not [name for name in files_of(packed) if name.endswith(".pdf")]
    monkeypatch.setattr(pdf, "render", lambda *_: b"%PDF")
    assert call(capsys, "downloads", *where)[0] == 0
    offered = outputs / "site" / "editions" / "2026"
    made = sorted(path.suffix for path in offered.glob("*assessment-ZZZ-2026.*"))
    assert made == [".docx", ".pdf", ".signer", ".zip"] and (offered / "verify.py").is_file()
    annexes = sorted(path.suffix for path in offered.glob("cop-annex-ZZZ-*-2026.*"))
    assert annexes == [".docx"] * 5 + [".pdf"] * 5
    signer = (offered / "cop-assessment-ZZZ-2026.signer").read_text()
    assert signer in printed and signer in (outputs / "site" / "data.html").read_text()
    assert "annexes as PDF: <a" in (outputs / "site" / "countries.html").read_text()
    shutil.rmtree(outputs / "ZZZ" / "downloads")
    edit(data / "research" / "ZZZ" / "evidence.csv", "Zedland", "Zedia")
    for command, ends in (("pack ZZZ", 2), ("downloads", 1)):
        status, _, error = call(capsys, *command.split(), *where)
        assert status == ends and "the report is out of date" in error
        assert f"update it with `cop run ZZZ --data {data} --outputs {outputs}`" in error
    assert not [*outputs.glob("site/editions/2026/*-ZZZ-2026.docx")]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", pytest.param("uk", marks=pytest.mark.long)])
def test_it_holds_described_files_that_link_to_each_other(
    zedland, request, tmp_path, without_printing, language
):
    results, option = zedland, ""
    if language != "en":
        results = request.getfixturevalue("translated") / "languages" / language
        option = f" --language {language}"
    content, *_ = package.build(results, ZEDLAND, "ZZZ", ROOT, language)
    contents = files_of(io.BytesIO(content))
    names, report = set(contents), "report/cop-assessment-ZZZ"
    for kind in ("html", "docx"):
        assert len([n for n in names if re.fullmatch(rf"report/cop-annex-ZZZ-.*\.{kind}", n)]) == 5
    kinds = Counter(Path(name).suffix for name in names if not name.startswith("tables/"))
    assert (kinds[".html"], kinds[".docx"], kinds[".ipynb"]) == (7, 6, 6)
    assert contents["requirements.lock"] == (ROOT / "requirements.lock").read_bytes()
    way = f"workspace/.venv/bin/cop run ZZZ{option}" if option else "report COUNTRY=ZZZ"
    assert b"<pre>unzip workspace.zip" in contents["index.html"]
    assert f"{way}</pre>".encode() in contents["index.html"]
    code = set(files_of(io.BytesIO(contents["workspace.zip"])))
    for name in ("Makefile", "src/cop/cli/main.py", "tests/zedland/datapackage.json"):
        assert f"workspace/{name}" in code
    assert {"index.html", f"{report}.html", f"{report}.docx", "tables/key_figures.csv"} < names
    assert "tables/to_verify.csv" not in names
    assert f'<html lang="{language}"'.encode() in contents[f"{report}.html"]
    entities = {e["@id"]: e for e in json.loads(contents[package.METADATA])["@graph"]}
    assert names - {*verify.SIGNED, package.METADATA} <= entities.keys()
    assert entities["./"]["inLanguage"] == language
    for name in (name for name in names if name.endswith(".html")):
        for link in html.document_fromstring(contents[name].decode()).xpath("//a/@href"):
            if not re.match(r"[a-z]+:|#", link):
                path = os.path.normpath(os.path.join(os.path.dirname(name), link.split("#")[0]))
                assert path in names, f"{name} leads to {link}"
    waiting = (results / "ZZZ" / "tables" / "to_verify.csv").read_text("utf-8").splitlines()[1:]
    ids = {line.split(",")[2] for line in waiting if line.split(",")[2].startswith("ZZZ-")}
    texts = {n: c for n, c in contents.items() if not n.endswith((".docx", ".pdf"))}
    unverified = re.compile(rf"\b({'|'.join(ids)})\b".encode())
    assert ids and not [n for n, c in texts.items() if unverified.search(c)]
    folders = [str(folder).encode() for folder in (ROOT, results, Path.home())]
    assert not [n for n, c in texts.items() for f in folders if len(f) > 5 and f in c]
    for name in (name for name in names if name.startswith("tables/")):
        (tmp_path / name.removeprefix("tables/")).write_bytes(contents[name])
    result = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert len(result.tasks) > 25 and result.flatten(["name", "rowNumber", "message"]) == []


def test_what_is_collected_for_a_package(tmp_path, monkeypatch):
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text('<title>T</title><a href="b.html">b</a><a href="c.html">c</a>')
    monkeypatch.setattr(package.word, "from_page", lambda page: b"Word")
    monkeypatch.setattr(pdf, "render", lambda page: b"%PDF")
    files, _ = package.collect_report(tmp_path / "a.html")
    names = {"report/a.html", "report/b.html", "report/a.docx", "report/b.docx", "report/a.pdf"}
    assert {*files} == names, "all pages in HTML and Word, and only the report as a PDF"
    links = b'<a href="b.html">b</a>c'
    assert files["report/a.html"].endswith(links), "no link leads to a page outside the package"
    for name in ("key_figures", "to_verify"):
        heading = ",".join(cop.data.columns(name, ZEDLAND))
        (tmp_path / f"{name}.csv").write_text(f"{heading}\n", encoding="utf-8")
    about = {"iso3": "ZZZ", "edition": "2026", "title": "T", "country": "Zedland"}
    tables = package.collect_tables(tmp_path, ZEDLAND, about)
    assert "tables/to_verify.csv" not in tables, "rows to be verified are not handed over"
    [table] = json.loads(tables["tables/datapackage.json"])["resources"]
    assert table["path"] == "key_figures.csv", "tables without a file are not described"


def test_a_signing_key_that_is_not_hexadecimal_is_refused(tmp_path, monkeypatch):
    key, pages = tmp_path / "key", tmp_path / "ZZZ" / "pages"
    key.write_text("k" * 64)
    key.chmod(0o600)
    pages.mkdir(parents=True)
    (pages / "cop-assessment-ZZZ.html").write_text("<title>T</title>")
    monkeypatch.setenv(package.KEY_VARIABLE, str(key))
    monkeypatch.setattr(package.render, "read_cover", lambda page: {})
    with pytest.raises(UserError, match="does not have 64 hexadecimal digits; restore it"):
        package.build(tmp_path, ZEDLAND, "ZZZ", ROOT, "en")


def test_a_region_without_reports_on_its_countries_is_not_packed(tmp_path, capsys):
    pages = tmp_path / "ZED" / "pages"
    pages.mkdir(parents=True)
    (pages / "cop-regional-synthesis.html").write_text("<html></html>")
    status, _, error = call(capsys, "pack", "ZED", "--data", ZEDLAND, "--outputs", tmp_path)
    assert status == 2 and len(error.splitlines()) == 1
    assert f"no report on a country of the group ZED in {tmp_path}; create reports with" in error


@pytest.mark.slow
def test_the_package_of_a_region_has_its_report_tables_and_notebook(zedland, without_printing):
    content, *_ = package.build(zedland, ZEDLAND, "ZED", ROOT, "en")
    contents = files_of(io.BytesIO(content))
    report = "report/cop-regional-synthesis"
    others = {"notebooks/7-regional-synthesis.ipynb", "tables/table_25_compared.csv"}
    assert {f"{report}.html", f"{report}.docx", *others} < set(contents)
    assert b"make -C workspace reports</pre>" in contents["index.html"]


@by_rule("name, no_pdf, change, status, made", *cases("handover/downloads.csv"))
def test_files_offered_with(name, no_pdf, change, status, made, tmp_path, capsys, monkeypatch):
    (tmp_path / name).mkdir(parents=True)
    pages = {"cop-assessment-ZZZ.html": ""}
    result = results.Result(name, tmp_path / name, {"edition": "2026"}, pages, "")
    files = dict.fromkeys(("report/cop-annex-ZZZ-1.html", "report/a.docx", "tables/a.csv"), b"")
    changes = {"1": [change]} if change else {}
    monkeypatch.setattr(results, "find_parts", lambda *_: [results.Part("en", (result,))])
    monkeypatch.setattr(site.Site, "update", lambda *_: None)
    monkeypatch.setattr(filenames, "page_of", lambda *_, **__: None)
    monkeypatch.setattr(fingerprints, "reasons", lambda job: changes)
    monkeypatch.setattr(package, "build", lambda *_: (b"", files, "5f34", no_pdf))
    monkeypatch.setattr(pdf, "render", lambda page: b"")
    where = ("--data", ZEDLAND, "--outputs", tmp_path)
    assert call(capsys, "downloads", *where)[0] == int(status)
    assert " ".join(sorted(path.name for path in (tmp_path / name).rglob("*.*"))) == made


@pytest.mark.slow
def test_nothing_restricted_is_in_the_file(
    come_and_gone_out, tmp_path, capsys, monkeypatch, without_printing
):
    """The store of Zedland is full of canaries; none is in what is handed over.

    The PDF is of the page that is looked through, and packed so that no word of it can be found.
    """
    monkeypatch.setenv("COP_KEY_FILE", str(come_and_gone_out / "key"))
    data, outputs = come_and_gone_out / "zedland", come_and_gone_out / "outputs"
    canaries = invented.canaries(data)
    assert len(canaries) > 900
    where = ["--data", str(data), "--outputs", str(outputs), "--out", str(tmp_path / "z.zip")]
    assert main.main(["pack", "ZZZ", *where]) == 0
    texts = dict(texts_of(tmp_path / "z.zip"))
    texts["printed"] = "".join(capsys.readouterr())
    assert len([name for name in texts if name.endswith(".ipynb")]) == 6
    assert invented.leaked(canaries, texts) == {}


def texts_of(package):
    """Yield the name and text of each file in a zip, and of those within Word documents."""
    for name, content in files_of(package).items():
        yield name, content.decode("utf-8", "replace")
        if name.endswith((".docx", ".zip")):
            yield from texts_of(io.BytesIO(content))


PAGE = Path(__file__).with_name("page.html").read_bytes()


def links(document):
    return [link for page in document.pages for link in page.get("/Annots", [])]


@pytest.mark.browser
def test_it_is_tagged_with_outline_language_title_structure_and_links():
    chromium()
    printed = pdf.render(PAGE, "../site/")
    document = pikepdf.open(io.BytesIO(printed))
    root = document.Root
    assert len(document.pages) == 2 and root.Lang == "en" and root.MarkInfo.Marked
    assert document.docinfo.Title == "A report" and root.ViewerPreferences.DisplayDocTitle
    with document.open_outline() as outline:
        [heading] = outline.root
        assert heading.title == "A report" and [h.title for h in heading.children] == ["Below"]
    elements = pdf.structure_elements(document)
    kinds = Counter(str(element.S) for element in elements)
    wanted = {"/H1": 1, "/H2": 1, "/L": 1, "/LI": 1, "/Table": 1, "/TH": 1, "/TD": 1, "/Link": 4}
    assert {kind: kinds[kind] for kind in wanted} == wanted
    [heading] = [element for element in elements if element.S == "/TH"]
    assert any("/Scope" in attributes for attributes in heading.A)
    assert [str(e.Alt) for e in elements if e.S == "/Figure"] == ["A line that rises"]
    addresses = {str(link.A.URI) for link in links(document) if "/A" in link}
    pages = {"../site/cop-annex.html#x", "../site/../index.html"}
    assert addresses == pages | {"https://example.org/"} and b"file:" not in printed
    assert [str(link.Dest) for link in links(document) if "/Dest" in link] == ["/b"]


@pytest.mark.browser
def test_the_contents_state_the_page_of_each_chapter(monkeypatch):
    chromium()
    sources, run = [], subprocess.run

    def printed(command, **options):
        sources.append(Path(command[-1].removeprefix("file://")).read_text())
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", printed)
    chapter = '1 Below<span data-page="b">{}</span>'
    contents = f'<nav class="contents"><a href="#b">{chapter.format("")}</a></nav>'
    pdf.render(PAGE.replace(b"<main>", f"<main>{contents}".encode()))
    assert len(sources) == 2 and chapter.format(" …\N{NO-BREAK SPACE}2") in sources[1]
    assert sources[1].count("…") == 1


def test_no_other_browser_is_used_if_the_one_that_is_set_is_not_there(monkeypatch, tmp_path):
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.find_chromium() == str(tmp_path / "chromium")
    monkeypatch.setenv(pdf.VARIABLE, str(tmp_path / "chrome"))
    with pytest.raises(UserError, match="or set COP_CHROMIUM to the full path"):
        pdf.find_chromium()


def test_without_chromium_the_message_names_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    with pytest.raises(UserError, match="install Chromium, Chrome or Edge, or set COP_CHROMIUM"):
        pdf.find_chromium()
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    browser.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(browser))
    assert pdf.find_chromium() == str(browser)
    with pytest.raises(UserError, match="Chromium failed: no display"):
        pdf.render(PAGE)


BROWSER = """#!{}
import shutil, sys, urllib.request
from pikepdf import Array, Dictionary, Name, Pdf, String
page, document = sys.argv[-1], Pdf.new()
shutil.copy(urllib.request.url2pathname(page.removeprefix("file://")), "{}")
links = page.replace("page.html", "b.html"), page.replace("site/page.html", "c"), "https://d.e"
_, sheet = [document.add_blank_page().obj for _ in range(2)]
sheet.Annots = Array([Dictionary(A=Dictionary(URI=String(link))) for link in links])
figures = [Dictionary(Type=Name.StructElem, S=Name.Figure, **alt) for alt in (dict(Alt="x"), {{}})]
document.Root.StructTreeRoot = Dictionary(K=Array([*map(document.make_indirect, figures)]))
document.Root.Dests = Dictionary(end=Array([sheet, Name.Fit]))
document.save([word for word in sys.argv if "--print-to-pdf=" in word][0].partition("=")[2])
"""  # prints two pages, whatever the page is


def test_links_are_of_the_site_chapters_numbered_and_groups_no_figures(tmp_path, monkeypatch):
    browser, seen = tmp_path / "browser", tmp_path / "seen.html"
    browser.write_text(BROWSER.format(sys.executable, seen))
    browser.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(browser))
    document = pikepdf.open(io.BytesIO(pdf.render(b'<a data-page="end"></a>', "../site/")))
    links = [str(link.A.URI) for link in document.pages[1].Annots]
    assert links == ["../site/b.html", "../site/../c", "https://d.e"], "links are of the site"
    kinds = {"/Alt" in element: element.S for element in pdf.structure_elements(document)}
    assert kinds == {True: "/Figure", False: "/Div"}, "a figure without description is a group"
    assert "\u2026\u00a02</a>" in seen.read_text(encoding="utf-8"), "a chapter has its page"


def test_the_report_is_printed_in_a_language(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda page, beside: page + b" " + beside.encode())
    for folder in ("", "languages/uk/"):
        page = tmp_path / f"{folder}ZZZ/pages/cop-assessment-ZZZ.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"Page of {folder}")
    words = ("pdf", "ZZZ", "--outputs", tmp_path)
    assert call(capsys, *words)[0] == call(capsys, *words, "--language", "uk")[0] == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "pdf").iterdir()} == {
        "cop-assessment-ZZZ.pdf": b"Page of  ../site/",
        "cop-assessment-ZZZ-uk.pdf": b"Page of languages/uk/ ../site/uk/",
    }
    page.unlink()
    for tag, message in (("xx", "unknown language 'xx'"), ("uk", "cop run ZZZ --language uk")):
        status, _, error = call(capsys, *words, "--language", tag)
        assert status == 2 and message in error
