"""A sealed file holds the report in every language that was made and holds, and says of each what
it is worth.
"""

import io
import json
import os
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from conftest import ZEDLAND, call
from lxml import html

from cop.data import Refused, anchors
from cop.handover import crate, editions, packing, pdf, verifying
from cop.report import languages, words
from cop.report.languages import PSEUDO

DAY = date(2026, 11, 25)
PAGES = ("cop-annex-ZZZ-1-x.html", "cop-assessment-ZZZ.html")


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    """Pages in English and in the pseudo-language, and neither Chromium nor Word: what would be
    made is told.
    """
    for folder in (tmp_path, tmp_path / "languages" / PSEUDO):
        (folder / "ZZZ" / "pages").mkdir(parents=True)
        for page in PAGES:
            made = f'<title>{folder.name}</title><a href="index.html">All</a>'
            (folder / "ZZZ" / "pages" / page).write_text(made)
    without_printing(monkeypatch)
    return tmp_path


def without_printing(monkeypatch):
    """Let what Chromium and Word would make be told."""
    monkeypatch.setattr(pdf, "printed", lambda page, day: b"printed " + page)
    monkeypatch.setattr(editions, "_word", told)


def told(edition, english, files, day):
    return f"{edition.language} by {english.language}".encode()


def spoken(outputs):
    return editions.every(outputs, "ZZZ", {PSEUDO: outputs / "languages" / PSEUDO})


def test_each_language_stands_in_a_folder_of_its_own_with_pdf_and_word(outputs):
    files, missing = editions.collected(spoken(outputs), DAY)
    kinds = [*PAGES, "cop-assessment-ZZZ.docx", "cop-assessment-ZZZ.pdf"]
    ways = ("report/", f"report/{PSEUDO}/")
    assert missing == {} and set(files) == {way + one for way in ways for one in kinds}
    other = files[f"report/{PSEUDO}/cop-assessment-ZZZ.html"]
    assert b'href="../../index.html"' in other
    assert files[f"report/{PSEUDO}/cop-assessment-ZZZ.pdf"] == b"printed " + other
    assert files[f"report/{PSEUDO}/cop-assessment-ZZZ.docx"] == f"{PSEUDO} by en".encode()


def test_what_cannot_be_made_is_missing_in_all(outputs, monkeypatch):
    def refused(*_):
        raise Refused("no Chromium here")

    monkeypatch.setattr(pdf, "printed", refused)
    files, missing = editions.collected(spoken(outputs), DAY)
    assert missing == {"pdf": "no Chromium here"}
    assert not [path for path in files if path.endswith(".pdf")]


def test_the_start_page_leads_to_a_language_says_that_it_is_a_draft_and_which_text_counts(outputs):
    files, _ = editions.collected(spoken(outputs), DAY)
    titles, about = packing._titles(files), dict.fromkeys(("edition", "status", "cut-off"), "x")
    about |= {"title": "A", "iso3": "ZZZ", "day": "2026-11-25", "commit": "ab" * 20}
    start = packing._start(about, files, titles, {}, "5f34", spoken(outputs)[1:]).decode()
    page = html.document_fromstring(start)
    [section] = page.xpath(f"//section[@lang='{PSEUDO}']")
    there = [path for path in files if path.startswith(f"report/{PSEUDO}/")]
    assert set(section.xpath(".//a/@href")) == set(there)
    assert "Machine draft, not reviewed." in section.text_content()
    with languages.speaking(PSEUDO):
        authentic = html.fromstring(words.notice()).xpath("./p[last()]")[0].text_content()
    assert authentic in section.text_content() and not authentic.isascii()
    assert "Where one says something else, the English report counts." in page.text_content()
    assert f"cop run ZZZ --force --language en {PSEUDO}\ncop pack" in page.xpath("//pre/text()")[0]


def test_without_other_languages_it_speaks_of_none():
    about = dict.fromkeys(("title", "iso3", "edition", "status", "cut-off", "day", "commit"), "x")
    start = words.show("hand-over", "start", about, {}, [], [], [], {}, "5f34", "")
    assert "other languages" not in start and "--language" not in start


@pytest.fixture(scope="module")
def in_two(zedland_in_two, tmp_path_factory):
    """Give a copy of the results of Zedland in English and in Ukrainian: tests change them."""
    return shutil.copytree(zedland_in_two, tmp_path_factory.mktemp("two") / "outputs")


@pytest.mark.long
@pytest.mark.slow
def test_zedland_is_sealed_in_two_languages_and_links_lead_to_what_is_in_it(
    in_two, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv(packing.VARIABLE, str(tmp_path / "key"))
    where = "--data", ZEDLAND, "--outputs", in_two
    assert call(capsys, "pack", "ZZZ", *where, "--out", tmp_path / "z.zip")[0] == 0
    content = (tmp_path / "z.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    assert len([n for n in files if re.fullmatch(r"report/uk/cop-.*\.html", n)]) == 6
    for name in (n for n in files if n.endswith(".html")):
        for link in html.document_fromstring(files[name].decode()).xpath("//a/@href"):
            if not re.match(r"[a-z]+:|#", link):
                led = os.path.normpath(Path(name).parent / link.split("#")[0])
                assert led in files, f"{name} leads to {link}"
    listed = json.loads(files[crate.NAME])["@graph"]
    spoken = {one["@id"]: one.get("inLanguage") for one in listed}
    assert spoken["report/uk/cop-assessment-ZZZ.html"] == "uk" and spoken["./"] == ["en", "uk"]
    assert verifying.of_bytes(content, "z.zip").whole


@pytest.mark.slow
def test_a_language_that_no_longer_holds_is_left_out_and_told(
    in_two, tmp_path, monkeypatch, capsys
):
    without_printing(monkeypatch)
    monkeypatch.setenv(packing.VARIABLE, str(tmp_path / "key"))
    page = in_two / "languages/uk/ZZZ/pages/cop-assessment-ZZZ.html"
    made = page.read_bytes()
    page.write_bytes(made + b" ")
    where = "--data", ZEDLAND, "--outputs", in_two, "--out", tmp_path / "z.zip"
    status, out, _ = call(capsys, "pack", "ZZZ", *where)
    page.write_bytes(made)
    with zipfile.ZipFile(tmp_path / "z.zip") as opened:
        assert status == 0 and not [n for n in opened.namelist() if "/uk/" in n]
    assert "Without uk: what was made in it no longer holds" in out
    again = f"cop run ZZZ --language uk --data {ZEDLAND} --outputs {in_two}"
    assert f"`{again}` makes it anew" in out


@pytest.mark.slow
def test_the_document_of_zedland_in_ukrainian_bears_the_ids_of_the_english_one(
    in_two, tmp_path, capsys
):
    ids = {}
    for language in ("en", "uk"):
        out = tmp_path / f"{language}.docx"
        told = "docx", "ZZZ", "--language", language, "--outputs", in_two, "--out", out
        assert call(capsys, *told)[0] == 0
        with zipfile.ZipFile(out) as opened:
            names = re.findall(rb'w:name="(cop_[^"]+)"', opened.read("word/document.xml"))
        ids[language] = [anchors.place(name.decode()) for name in names]
    own = [one for one in ids["uk"] if one not in set(ids["en"])]
    assert len(ids["uk"]) > 500 and len(own) < 10  # the notice of a draft
    assert len(set(ids["en"]) - set(ids["uk"])) < 40


@pytest.mark.slow
def test_a_document_whose_english_page_is_of_other_data_is_refused(in_two, tmp_path, capsys):
    keys = in_two / "ZZZ" / "fingerprints.json"
    kept = keys.read_text("utf-8")
    keys.write_text(re.sub(r'("code": ")\w', r"\1-", kept, count=1), "utf-8")
    told = "docx", "ZZZ", "--language", "uk", "--outputs", in_two
    status, _, said = call(capsys, *told, "--out", tmp_path / "x.docx")
    keys.write_text(kept, "utf-8")
    assert status == 2 and "not of the same data and code" in said
    again = f"`cop run ZZZ --language en uk --outputs {in_two}` makes both"
    assert again in said and not (tmp_path / "x.docx").exists()


def test_without_the_english_page_or_the_language_what_makes_it_is_said(tmp_path, capsys):
    told = "docx", "ZZZ", "--language", "uk", "--outputs", tmp_path
    status, _, said = call(capsys, *told)
    assert status == 2 and f"`cop run ZZZ --language uk --outputs {tmp_path}`" in said
    page = tmp_path / "languages" / "uk" / "ZZZ" / "pages" / "cop-assessment-ZZZ.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert f"`cop run ZZZ --outputs {tmp_path}` makes it" in call(capsys, *told)[2]
    assert "there is no language 'xx'" in call(capsys, "docx", "ZZZ", "--language", "xx")[2]
