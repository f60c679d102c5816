"""What a sealed file holds: the report whole, nothing of this machine, nothing restricted."""

import io
import json
import os
import random
import re
import subprocess
import sys
import time
import zipfile
from datetime import date

import nbformat
import pytest
from conftest import ROOT, ZEDLAND, beside_its_base, call, laid_out
from lxml import html

import cop.data

sys.path.insert(0, str(ROOT / "tests"))
import invented

from cop.cli import main
from cop.data import Refused
from cop.handover import crate, editions, notebooks, packing, pdf, sealing, tables, verifying
from cop.report import words

pytest.importorskip("cryptography")
ABOUT = {
    "title": "Assessment: Zedland (2026, draft)",
    "iso3": "ZZZ",
    "edition": "2026",
    "status": "draft",
    "cut-off": "2026-11-01",
    "day": "2026-11-25",
    "commit": "ab" * 20,
}
WHY = "it is not installed here"


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return tmp_path_factory.mktemp("key") / "signing-key"


@pytest.fixture(autouse=True)
def settings(monkeypatch, key):
    monkeypatch.setenv(packing.VARIABLE, str(key))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795600000")


@pytest.fixture(scope="module")
def sealed(zedland, key):
    """Give the sealed file of Zedland, without Word and PDF where what makes them is missing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(packing.VARIABLE, str(key))
        return packing.packed(zedland, ZEDLAND, "ZZZ", ROOT).content


@pytest.fixture(scope="module")
def unpacked(sealed):
    with zipfile.ZipFile(io.BytesIO(sealed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# Notebooks


def executed(path):
    given = 'iso3 = "ZZZ"\ndata = "../data"\ntables = "../../home/me/.making-ZZZ/tables"\n'
    notebook = nbformat.v4.new_notebook()
    shown = [nbformat.v4.new_output("stream", text=text) for text in ("ZZZ-E1 waits", "ZZZ-E12")]
    notebook.cells = [
        nbformat.v4.new_code_cell(given, metadata={"tags": ["injected-parameters"]}),
        nbformat.v4.new_code_cell("waiting", outputs=shown, metadata={"papermill": {"a": 1}}),
    ]
    paths = {"iso3": "ZZZ", "data": "../data", "tables": "../../home/me/.making-ZZZ/tables"}
    notebook.metadata["papermill"] = {"parameters": paths, "start_time": "2026-11-25T19:43:47"}
    nbformat.write(notebook, path)
    return path


def test_a_notebook_names_no_folder_and_no_time_of_this_machine(tmp_path):
    made = notebooks.clean(executed(tmp_path / "n.ipynb")).decode()
    assert "home/me" not in made and "19:43" not in made
    read = nbformat.reads(made, 4)
    assert read.cells[0].source == 'iso3 = "ZZZ"\ndata = "../data"\ntables = "../tables"\n'
    assert read.metadata.papermill.parameters.tables == "../tables"
    assert "papermill" not in read.cells[1].metadata


def test_the_same_notebook_run_twice_is_the_same(tmp_path):
    first, second = (notebooks.clean(executed(tmp_path / name)) for name in ("a", "b"))
    ids = re.compile(rb'"id": "[0-9a-f]{8}"')  # of the cell that this test makes
    assert ids.sub(b"", first) == ids.sub(b"", second) and b"injected-parameters" in first


def test_an_output_that_names_an_unverified_row_is_taken_out(tmp_path):
    made = nbformat.reads(notebooks.clean(executed(tmp_path / "n.ipynb"), ["ZZZ-E1"]).decode(), 4)
    assert [one.text for one in made.cells[1].outputs] == ["ZZZ-E12"]


def test_the_cell_that_asks_what_waits_shows_nothing(tmp_path):
    path = executed(tmp_path / "n.ipynb")
    path.write_text(path.read_text("utf-8").replace('"waiting"', '"evidence.to_verify(place)"'))
    assert nbformat.reads(notebooks.clean(path).decode(), 4).cells[1].outputs == []


def test_a_treaty_that_waits_does_not_take_every_table_of_treaties_out(tmp_path):
    rows = "iso3,table,id,text,year\nZZZ,evidence,ZZZ-E18,A poster,2020\nZZZ,treaties,budapest,B,\n"
    assert tables.waiting(folder_of(tmp_path, to_verify=rows), ZEDLAND) == ["ZZZ-E18"]


# Tables


def folder_of(path, **contents):
    for name, text in contents.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def test_tables_are_a_data_package_with_a_codebook(tmp_path):
    folder = folder_of(tmp_path, response="iso3,category,sent,returned,rate\n", to_verify="id\nX\n")
    columns = [f["name"] for f in cop.data.fields("response", ZEDLAND)]
    folder_of(folder, response=",".join(columns) + "\n" + ",".join("=1" for _ in columns) + "\n")
    made = tables.packaged(folder, ZEDLAND, ABOUT, "2026-11-25")
    assert set(made) == {"response.csv", "codebook.html", "datapackage.json"}
    package = json.loads(made["datapackage.json"])
    assert package["created"] == "2026-11-25T00:00:00Z" and "cop:" not in str(package)
    assert [f["name"] for f in package["resources"][0]["schema"]["fields"]] == columns
    assert b"1 row (CSV)" in made["codebook.html"] and columns[-1].encode() in made["codebook.html"]
    assert "'=1" in made["response.csv"].decode("utf-8-sig")  # no text begins a formula


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_frictionless_takes_the_tables_of_zedland(unpacked, tmp_path):
    import frictionless

    for name, content in unpacked.items():
        if name.startswith("tables/"):
            (tmp_path / name.removeprefix("tables/")).write_bytes(content)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert len(report.tasks) > 25 and report.flatten(["name", "rowNumber", "message"]) == []


# The start page, the crate, the links


def start(missing=(), commit="ab" * 20):
    paths = ["report/cop-assessment-ZZZ.html", "report/cop-annex-ZZZ-1-x.html", "tables/a.csv"]
    paths += [
        f"report/cop-assessment-ZZZ.{kind}" for kind in ("pdf", "docx") if kind not in missing
    ]
    shown = {}, paths, paths[1:2], paths[2:3], dict.fromkeys(missing, WHY), "5f34 9476", ""
    page = words.show("hand-over", "start", ABOUT | {"commit": commit}, *shown)
    return html.document_fromstring(page), paths


def test_the_start_page_leads_to_every_part_and_says_how_to_see_that_it_is_whole():
    page, paths = start()
    led = page.xpath("//a/@href")
    assert set(paths) <= set(led) and "tables/codebook.html" in led
    text = " ".join(page.text_content().split())
    assert "Start here: Assessment: Zedland (2026, draft)" in text and "1 table" in text
    assert "5f34 9476" in text and "names every file in which a byte was changed" in text
    assert "There is no" not in text and "not committed" not in text


def test_the_start_page_says_how_the_same_bytes_are_made_again():
    page, _ = start()
    lines = page.xpath("//pre/text()")[0].splitlines()
    assert lines[0] == f"git checkout {'ab' * 6}"
    assert f"date -u -d {ABOUT['day']}" in lines[2] and lines[3:5] == [
        "cop run ZZZ --force", "cop pack ZZZ --out again.zip"]  # fmt: skip
    assert "cannot be made again" not in page.text_content()
    assert "cannot be made again" in start(commit="ab" * 20 + "+")[0].text_content()


@pytest.mark.parametrize("kind, said", [("pdf", "There is no PDF"), ("docx", "There is no Word")])
def test_the_start_page_says_what_is_not_in_the_file(kind, said):
    page, paths = start([kind], commit="ab" * 20 + "+")
    text = " ".join(page.text_content().split())
    assert said in text and WHY not in text and "and changes that are not committed" in text
    assert f"report/cop-assessment-ZZZ.{kind}" not in page.xpath("//a/@href")


def test_links_to_the_site_lead_into_the_file_or_are_taken_out(tmp_path):
    (tmp_path / "cop-annex-ZZZ-1-x.html").touch()
    page = tmp_path / "cop-assessment-ZZZ.html"
    page.write_text(
        '<a href="index.html">All</a><a href="data.html#t">Data</a><a href="method.html">How</a>'
        '<a href="cop-annex-ZZZ-1-x.html#a">Annex</a><a href="#here">Here</a>'
    )
    for above in ("../", "../../"):
        assert editions._led(page, above).decode() == (
            f'<a href="{above}index.html">All</a><a href="{above}tables/codebook.html#t">Data</a>'
            'How<a href="cop-annex-ZZZ-1-x.html#a">Annex</a><a href="#here">Here</a>'
        )


def test_the_crate_lists_every_file_with_its_kind_and_the_licence():
    pytest.importorskip("rocrate")
    about = ABOUT | {"description": "All of it.", "licence": "https://example.org/by"}
    files, spoken = ["a/b.csv", "index.html", "report/uk/a.html"], {"report/uk/": "uk"}
    made = json.loads(crate.described(about, files, {"index.html": "Start"}, spoken))
    known = {one["@id"]: one for one in made["@graph"]}
    assert (
        known["a/b.csv"]["encodingFormat"] == "text/csv" and known["index.html"]["name"] == "Start"
    )
    root = known["./"]
    assert root["datePublished"] == "2026-11-25" and root["license"].endswith("/by")
    assert root["version"] == ABOUT["commit"] and len(root["hasPart"]) == 3
    assert (known["report/uk/a.html"]["inLanguage"], root["inLanguage"]) == ("uk", ["uk"])
    assert known["a/b.csv"]["inLanguage"] == "en"


@pytest.mark.parametrize(
    "module, call, extra",
    [
        ("rocrate.rocrate", lambda: crate.described(ABOUT, [], {}, {}), "rocrate>=0.16,<0.17"),
        ("cryptography.hazmat.primitives.asymmetric", lambda: sealing.public_key("07" * 32),
         "cryptography>=44"),
        ("pikepdf", lambda: pdf.printed(b"", date(2026, 1, 1)), "pikepdf>=9"),
    ],
)  # fmt: skip
def test_what_is_not_installed_is_named_with_how_to_bring_it_in(monkeypatch, module, call, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Refused, match=re.escape(f"`python -m pip install '{extra}'`")):
        call()


def test_a_file_that_names_a_folder_of_this_machine_is_not_sealed(tmp_path):
    files = {"index.html": b"fine", "tables/a.csv": f"see {tmp_path}/x".encode()}
    with pytest.raises(Refused, match="tables/a.csv names the folder"):
        packing._refuse_paths(files, [tmp_path])
    packing._refuse_paths({"a": f"{tmp_path}er".encode()}, [tmp_path])


def test_without_a_report_the_sentence_says_what_makes_it(tmp_path, capsys):
    for command in ("pack", "pdf", "docx"):
        status, _, said = call(capsys, command, "ZZZ", "--outputs", tmp_path)
        assert status == 2 and f"`cop run ZZZ --outputs {tmp_path}` makes it" in said


@pytest.mark.slow
def test_a_report_that_the_data_has_outrun_is_not_sealed(zedland, tmp_path, capsys, monkeypatch):
    without_printing(monkeypatch)
    own, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    table = own / "research" / "ZZZ" / "evidence.csv"
    assert call(capsys, "pack", "ZZZ", "--data", own, "--outputs", outputs)[0] == 0
    table.write_text(table.read_text("utf-8").replace("Zedland", "Zedia", 1), "utf-8")
    status, _, said = call(capsys, "pack", "ZZZ", "--data", own, "--outputs", outputs)
    again = f"`cop run ZZZ --data {own} --outputs {outputs}`"
    assert status == 2 and "the report no longer holds" in said and again in said


def without_printing(monkeypatch):
    """Let Chromium and Word be missing: what is looked at here is in no file that they make."""
    monkeypatch.setattr(pdf, "printed", missing)
    monkeypatch.setattr(editions, "_word", missing)


def missing(*_):
    """Stand for what is not installed."""
    raise Refused(WHY)


# The whole of it


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_the_file_holds_pages_tables_notebooks_and_what_describes_them(unpacked):
    names = set(unpacked)
    assert {"index.html", "ro-crate-metadata.json", "manifest.json", "signature.json"} < names
    assert len([n for n in names if re.fullmatch(r"report/cop-annex-ZZZ-.*\.html", n)]) == 5
    assert len([n for n in names if n.endswith(".ipynb")]) == 6
    assert {"report/cop-assessment-ZZZ.html", "report/cop-assessment-ZZZ.docx"} < names
    assert "tables/to_verify.csv" not in names and "tables/key_figures.csv" in names
    listed = {one["@id"] for one in json.loads(unpacked[crate.NAME])["@graph"]}
    assert names - {"manifest.json", "signature.json"} <= listed | {crate.NAME}


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_every_link_of_the_file_leads_to_something_in_it(unpacked):
    for name, content in unpacked.items():
        if name.endswith(".html"):
            for link in html.document_fromstring(content.decode()).xpath("//a/@href"):
                if not re.match(r"[a-z]+:|#", link):
                    led = os.path.normpath(os.path.join(os.path.dirname(name), link.split("#")[0]))
                    assert led in unpacked, f"{name} leads to {link}"


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_no_unverified_row_and_no_folder_of_this_machine_is_in_it(zedland, unpacked):
    waiting = tables.waiting(zedland / "ZZZ" / "tables", ZEDLAND)
    assert waiting
    shown = re.compile(rf"\b({'|'.join(waiting)})\b".encode())
    texts = {n: c for n, c in unpacked.items() if not n.endswith((".docx", ".pdf"))}
    assert not [n for n, c in texts.items() if shown.search(c)]
    here = [str(folder).encode() for folder in (ROOT, zedland, packing.Path.home())]
    assert not [n for n, c in texts.items() for h in here if len(h) > 5 and h in c]


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_a_hundred_of_a_hundred_flipped_bytes_are_named_by_the_command(sealed, tmp_path, capsys):
    rng, path = random.Random(16), tmp_path / "z.zip"
    from test_sealing import owner_of

    owners = owner_of(sealed)
    for _ in range(100):
        place, flipped = rng.randrange(len(sealed)), bytearray(sealed)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        began = time.perf_counter()
        status, said, _ = call(capsys, "verify", path)
        assert status == 1 and time.perf_counter() - began < 2
        assert said.splitlines() == [
            f"Changed: {owners[place]}",
            "z.zip is NOT as it was sealed. Ask for it again.",
        ]


@pytest.mark.slow
@pytest.mark.xdist_group("sealed")
def test_a_file_that_is_whole_says_by_which_key_and_refuses_another(sealed, tmp_path, capsys):
    path = tmp_path / "z.zip"
    path.write_bytes(sealed)
    key = sealing.fingerprint(verifying.of_file(path).key)
    status, said, _ = call(capsys, "verify", path)
    assert status == 0 and f"sealed with the key {key}" in said and "--signer KEY" in said
    status, said, _ = call(capsys, "verify", path, "--signer", key)
    assert status == 0 and "--signer" not in said
    status, _, said = call(capsys, "verify", path, "--signer", "0" * 32)
    assert status == 2 and f"was sealed with the key {key}, not with {'0' * 32}" in said


@pytest.mark.slow
def test_nothing_restricted_is_in_the_file(come_and_gone_out, tmp_path, capsys, monkeypatch):
    """The store of Zedland is full of canaries; none is in what is handed over.

    The PDF is of the page that is looked through, and packed so that no word of it can be found.
    """
    monkeypatch.setattr(pdf, "printed", missing)
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


BUILD = """
cop() {{ "{python}" -m cop "$@" --data tests/zedland --outputs outputs; }}
cop run ZZZ && cop pack ZZZ
"""


def built(folder, key, **surroundings):
    """Give the sealed file of a clone that is made in a folder, with other surroundings."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    env = os.environ | {"PYTHONPATH": str(folder / "src"), packing.VARIABLE: str(key)}
    env |= {"SOURCE_DATE_EPOCH": "1795600000"} | surroundings
    build = BUILD.format(python=sys.executable)
    subprocess.run(["sh", "-ec", build], cwd=folder, env=env, check=True, capture_output=True)
    return (folder / "outputs" / "packed" / "cop-assessment-ZZZ.zip").read_bytes()


@pytest.mark.slow
@pytest.mark.simulation
def test_two_builds_in_two_folders_zones_and_locales_are_the_same_bytes(tmp_path, key):
    """PDF and Word document are in the claim, on one computer with one Chromium and its fonts.

    In one folder it is tried with the page on handing over (tests/test_handover_page.py).
    """
    ahead = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"}
    behind = {"TZ": "America/Los_Angeles", "LC_ALL": "C", "LANG": "uk_UA.UTF-8"}
    first = built(tmp_path / "one", key, **ahead)
    second = built(tmp_path / "another folder" / "deep", key, **behind)
    assert verifying.of_bytes(first, "z.zip").whole and first == second
