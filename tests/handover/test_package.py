"""A package holds the whole report, nothing of this computer, nothing restricted, and shows
every change.
"""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, ZEDLAND, beside_its_base, call, laid_out
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import html

sys.path.insert(0, str(ROOT / "tests"))
import invented

from cop.cli import main
from cop.data import Refused
from cop.data.machine import secret_key
from cop.handover import notebooks, package, pdf, reports, tables, verify

DAY = date(2026, 11, 25)
FILES = {"report/a.html": b"<p>one</p>" * 90, "index.html": b"<p>start</p>", "tables/é.csv": b"a\r"}
KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (7, 8))


def fingerprint(key):
    return verify.fingerprint(key.public_key().public_bytes_raw())


@pytest.fixture(scope="module", autouse=True)
def signing_key(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(package.KEY_VARIABLE, str(tmp_path_factory.mktemp("key") / "signing-key"))
        yield


@pytest.fixture(scope="module")
def zedland_package(zedland, tmp_path_factory):
    path = tmp_path_factory.mktemp("packed") / "z.zip"
    package.write(path, zedland, ZEDLAND, "ZZZ", ROOT)
    return path


@pytest.fixture(scope="module")
def contents(zedland_package):
    with zipfile.ZipFile(zedland_package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# Verification


def write(path, files, compression=zipfile.ZIP_STORED, comment=b""):
    with zipfile.ZipFile(path, "w", compression) as written:
        written.comment = comment
        for name, content in files:
            written.writestr(name, content)
    return path


@pytest.fixture
def signed(tmp_path):
    """Return the files of a signed package as [(name, content)]."""
    with zipfile.ZipFile(io.BytesIO(package.sign(FILES, KEY, DAY))) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def test_an_untouched_package_is_intact_and_names_its_signer(tmp_path, capsys):
    path = tmp_path / "z.zip"
    path.write_bytes(package.sign(FILES, KEY, DAY))
    verdict = verify.verify(path)
    assert verdict.intact and not verdict.zipped_again and verdict.files == len(FILES)
    status, printed, _ = call(capsys, "verify-package", path, "--signer", fingerprint(KEY))
    assert status == 0 and "all 3 files are as they were signed" in printed


def test_without_the_expected_signer_the_status_is_1(tmp_path, capsys):
    path = tmp_path / "z.zip"
    path.write_bytes(package.sign(FILES, OTHER_KEY, DAY))
    for signer, sentence in (("", "--signer KEY"), ("0" * 32, "NOT the key that you expect")):
        status, printed, _ = call(capsys, "verify-package", path, "--signer", signer)
        assert status == 1 and sentence in printed and fingerprint(OTHER_KEY) in printed


def without(name):
    return lambda files: [pair for pair in files if pair[0] != name]


def replaced(name, content):
    return lambda files: [(n, content if n == name else c) for n, c in files]


@pytest.mark.parametrize(
    "change, changed, added, missing",
    [
        (replaced("index.html", b"other"), ["index.html"], [], []),
        (replaced("tables/é.csv", b""), ["tables/é.csv"], [], []),
        (lambda files: [*files, ("more.html", b"new")], [], ["more.html"], []),
        (lambda files: [*files, ("index.html", b"two")], ["index.html"], ["index.html"], []),
        (without("index.html"), [], [], ["index.html"]),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_changed_added_and_missing_file_is_named(
    signed, tmp_path, change, changed, added, missing
):
    verdict = verify.verify(write(tmp_path / "z.zip", change(signed)))
    assert (verdict.changed, verdict.added, verdict.missing) == (changed, added, missing)
    assert not verdict.intact


@pytest.mark.parametrize("name", [verify.CHECKSUMS, verify.SIGNATURE, verify.PUBLIC_KEY])
def test_a_change_of_list_signature_or_key_is_no_signature(signed, tmp_path, name):
    changed = replaced(name, dict(signed)[name][:-2] + b"x\n")(signed)
    verdict = verify.verify(write(tmp_path / "z.zip", changed))
    assert not verdict.signer and not verdict.intact and name in verdict.changed


def test_zipping_the_same_files_again_is_no_change(signed, tmp_path, capsys):
    path = write(tmp_path / "z.zip", signed)
    assert verify.verify(path).intact
    status, printed, _ = call(capsys, "verify-package", path, "--signer", fingerprint(KEY))
    assert status == 0 and "zipped again since; their contents are unchanged" in printed


def test_every_flipped_bit_that_changes_a_file_is_found(tmp_path):
    content, path = package.sign(FILES, KEY, DAY), tmp_path / "z.zip"
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
            with zipfile.ZipFile(path) as opened:
                assert {name: opened.read(name) for name in FILES} == FILES


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_refused_in_a_sentence(tmp_path, capsys, content):
    (tmp_path / "z.zip").write_bytes(content)
    status, printed, _ = call(capsys, "verify-package", tmp_path / "z.zip")
    assert status == 2 and verify.NOT_A_PACKAGE in printed
    status, printed, _ = call(capsys, "verify-package", tmp_path / "nowhere.zip")
    assert status == 2 and "cannot be read" in printed


def test_a_zip_bomb_is_refused_before_it_is_unpacked(signed, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(verify, "MAX_BYTES", 1_000_000)
    bomb = [*signed, ("bomb.csv", bytes(2_000_000))]
    path = write(tmp_path / "z.zip", bomb, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    status, printed, _ = call(capsys, "verify-package", path)
    assert status == 2 and "holds more than" in printed


def test_the_script_runs_without_the_workspace(tmp_path):
    path = tmp_path / "z.zip"
    path.write_bytes(package.sign(FILES, KEY, DAY))
    script = tmp_path / "verify.py"
    script.write_bytes(Path(verify.__file__).read_bytes())
    command = [sys.executable, "-I", str(script), str(path), "--signer", fingerprint(KEY)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_key_stays_outside_the_repository(monkeypatch, tmp_path):
    inside = Path(package.__file__).with_name("key")
    monkeypatch.setenv(package.KEY_VARIABLE, str(inside))
    with pytest.raises(Refused, match=f"set {package.KEY_VARIABLE} to a file outside"):
        secret_key(package.KEY_VARIABLE, package.KEY_FILE, tmp_path)
    assert not inside.exists()


# Notebooks and tables


def executed(path, source="waiting"):
    parameters = 'iso3 = "ZZZ"\ndata = "../data"\ntables = "../../home/me/.making-ZZZ/tables"\n'
    notebook = nbformat.v4.new_notebook()
    shown = [nbformat.v4.new_output("stream", text=text) for text in ("ZZZ-E1 waits", "ZZZ-E12")]
    notebook.cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["injected-parameters"]}),
        nbformat.v4.new_code_cell(source, outputs=shown, metadata={"papermill": {"a": 1}}),
    ]
    paths = {"iso3": "ZZZ", "data": "../data", "tables": "../../home/me/.making-ZZZ/tables"}
    notebook.metadata["papermill"] = {"parameters": paths, "start_time": "2026-11-25T19:43:47"}
    nbformat.write(notebook, path)
    return path


def test_a_notebook_names_no_folder_and_no_time_of_this_computer(tmp_path):
    text = notebooks.clean(executed(tmp_path / "n.ipynb")).decode()
    assert "home/me" not in text and "19:43" not in text
    notebook = nbformat.reads(text, 4)
    assert notebook.cells[0].source == 'iso3 = "ZZZ"\ndata = "../data"\ntables = "../tables"\n'
    assert notebook.metadata.papermill.parameters.tables == "../tables"
    assert "papermill" not in notebook.cells[1].metadata


def test_outputs_on_unverified_rows_are_removed(tmp_path):
    path = executed(tmp_path / "n.ipynb")
    outputs = nbformat.reads(notebooks.clean(path, ["ZZZ-E1"]).decode(), 4).cells[1].outputs
    assert [output.text for output in outputs] == ["ZZZ-E12"]
    path = executed(tmp_path / "n.ipynb", "evidence.to_verify(place)")
    assert nbformat.reads(notebooks.clean(path).decode(), 4).cells[1].outputs == []


def test_an_unverified_treaty_does_not_remove_every_table_of_treaties(tmp_path):
    rows = "iso3,table,id,text,year\nZZZ,evidence,ZZZ-E18,A poster,2020\nZZZ,treaties,budapest,B,\n"
    (tmp_path / "to_verify.csv").write_text(rows, encoding="utf-8")
    assert tables.unverified_ids(tmp_path, ZEDLAND) == ["ZZZ-E18"]


# Reports and links


def test_links_to_the_site_lead_into_the_file_or_are_taken_out(tmp_path):
    (tmp_path / "cop-annex-ZZZ-1-x.html").touch()
    page = tmp_path / "cop-assessment-ZZZ.html"
    page.write_text(
        '<a href="index.html">All</a><a href="data.html#t">Data</a><a href="method.html">How</a>'
        '<a href="cop-annex-ZZZ-1-x.html#a">Annex</a><a href="#here">Here</a>'
    )
    for folder, above in (("report/", "../"), ("report/uk/", "../../")):
        assert reports.redirect_links(page, folder).decode() == (
            f'<a href="{above}index.html">All</a><a href="{above}tables/codebook.html#t">Data</a>'
            'How<a href="cop-annex-ZZZ-1-x.html#a">Annex</a><a href="#here">Here</a>'
        )


def not_installed(*_):
    raise Refused("it is not installed here")


@pytest.fixture
def without_printing(monkeypatch):
    """Leave Word and PDF out: what is looked at here is in no file that they make."""
    monkeypatch.setattr(pdf, "render", not_installed)
    monkeypatch.setattr(reports, "word_document", not_installed)


def test_each_language_has_a_folder_and_missing_kinds_are_named(tmp_path, without_printing):
    for folder in (tmp_path, tmp_path / "uk"):
        (folder / "ZZZ" / "pages").mkdir(parents=True)
        (folder / "ZZZ" / "pages" / "cop-assessment-ZZZ.html").write_text("<title>A</title>")
    versions = [reports.Report(*pair, "ZZZ") for pair in (("en", tmp_path), ("uk", tmp_path))]
    files, missing = reports.collect(versions, DAY)
    name = "cop-assessment-ZZZ.html"
    assert set(files) == {f"report/{name}", f"report/uk/{name}"}
    assert missing == dict.fromkeys(("docx", "pdf"), "it is not installed here")


def test_a_file_that_names_a_folder_of_this_computer_is_not_packed(tmp_path):
    files = {"index.html": b"fine", "tables/a.csv": f"see {tmp_path}/x".encode()}
    with pytest.raises(Refused, match="tables/a.csv names the folder"):
        package.refuse_local_paths(files, (tmp_path,))
    package.refuse_local_paths({"a": f"{tmp_path}er".encode()}, (tmp_path,))


def test_without_a_report_the_message_names_the_command(tmp_path, capsys):
    for command in ("pack", "pdf", "docx"):
        status, _, said = call(capsys, command, "ZZZ", "--outputs", tmp_path)
        assert status == 2 and "`cop run ZZZ` makes it" in said


@pytest.mark.slow
def test_an_outdated_report_is_not_packed(zedland, tmp_path, capsys, without_printing):
    own, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    table = own / "research" / "ZZZ" / "evidence.csv"
    assert call(capsys, "pack", "ZZZ", "--data", own, "--outputs", outputs)[0] == 0
    table.write_text(table.read_text("utf-8").replace("Zedland", "Zedia", 1), "utf-8")
    status, _, said = call(capsys, "pack", "ZZZ", "--data", own, "--outputs", outputs)
    again = "`cop run ZZZ`"
    assert status == 2 and "the report is out of date" in said and again in said


# The package of Zedland


@pytest.mark.slow
@pytest.mark.xdist_group("packed")
def test_it_holds_described_files_whose_links_lead_to_files_in_it(contents, tmp_path):
    names = set(contents)
    assert len([n for n in names if re.fullmatch(r"report/cop-annex-ZZZ-.*\.html", n)]) == 5
    assert len([n for n in names if n.endswith(".ipynb")]) == 6
    report = "report/cop-assessment-ZZZ"
    assert {"index.html", f"{report}.html", f"{report}.docx", "tables/key_figures.csv"} < names
    assert "tables/to_verify.csv" not in names
    listed = {entity["@id"] for entity in json.loads(contents[package.METADATA])["@graph"]}
    assert names - {*verify.SIGNED, package.METADATA} <= listed
    for name in (name for name in names if name.endswith(".html")):
        for link in html.document_fromstring(contents[name].decode()).xpath("//a/@href"):
            if not re.match(r"[a-z]+:|#", link):
                path = os.path.normpath(os.path.join(os.path.dirname(name), link.split("#")[0]))
                assert path in names, f"{name} leads to {link}"
    import frictionless

    for name in (name for name in names if name.startswith("tables/")):
        (tmp_path / name.removeprefix("tables/")).write_bytes(contents[name])
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert len(report.tasks) > 25 and report.flatten(["name", "rowNumber", "message"]) == []


@pytest.mark.slow
@pytest.mark.xdist_group("packed")
def test_no_unverified_row_and_no_folder_of_this_computer_is_in_it(zedland, contents):
    unverified = tables.unverified_ids(zedland / "ZZZ" / "tables", ZEDLAND)
    assert unverified
    ids = re.compile(rf"\b({'|'.join(unverified)})\b".encode())
    texts = {n: c for n, c in contents.items() if not n.endswith((".docx", ".pdf"))}
    assert not [n for n, c in texts.items() if ids.search(c)]
    folders = [str(folder).encode() for folder in (ROOT, zedland, Path.home())]
    assert not [n for n, c in texts.items() for f in folders if len(f) > 5 and f in c]


@pytest.mark.slow
def test_nothing_restricted_is_in_the_file(come_and_gone_out, tmp_path, capsys, monkeypatch):
    """The store of Zedland is full of canaries; none is in what is handed over.

    The PDF is of the page that is looked through, and packed so that no word of it can be found.
    """
    monkeypatch.setattr(pdf, "render", not_installed)
    monkeypatch.setenv("COP_KEY_FILE", str(come_and_gone_out / "key"))
    own, outputs = come_and_gone_out / "zedland", come_and_gone_out / "outputs"
    canaries = invented.canaries(own)
    assert len(canaries) > 900
    where = ["--data", str(own), "--outputs", str(outputs), "--out", str(tmp_path / "z.zip")]
    assert main.main(["pack", "ZZZ", *where]) == 0
    with zipfile.ZipFile(tmp_path / "z.zip") as opened:
        texts = dict(_texts({name: opened.read(name) for name in opened.namelist()}))
    texts["printed"] = "".join(capsys.readouterr())
    assert len([name for name in texts if name.endswith(".ipynb")]) == 6
    assert {
        name: sorted(found)[:3]
        for name, text in texts.items()
        if (
            found := canaries & set(re.findall(r"[\w@.+-]+", text))
            | {w for w in canaries if " " in w and w in text}
        )
    } == {}


def _texts(files):
    """Yield the text of each file, and of those that are within one."""
    for name, content in files.items():
        yield name, content.decode("utf-8", "replace")
        if name.endswith(".docx"):
            with zipfile.ZipFile(io.BytesIO(content)) as opened:
                yield from (
                    (n, opened.read(n).decode("utf-8", "replace")) for n in opened.namelist()
                )
