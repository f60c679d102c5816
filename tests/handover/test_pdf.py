"""The report as a PDF: tagged, with outline, language, title, page numbers and its links."""

import io
import re
from collections import Counter

import pytest
from conftest import call, chromium

from cop.data import Refused
from cop.handover import pdf

pikepdf = pytest.importorskip("pikepdf")
PAGE = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A report</title><style>
@page { @bottom-right { content: counter(page) " of " counter(pages); } } h2 { break-before: page }
</style></head><body><main><h1>A report</h1><p>See <a href="#b">below</a>,
<a href="cop-annex.html#x">an annex</a>, <a href="../index.html">the start</a> and
<a href="https://example.org/">more</a>.</p><h2 id="b">Below</h2><ul><li>one</li></ul>
<table><caption>Words</caption><thead><tr><th scope="col">Word</th></tr></thead><tbody><tr>
<td>yes</td></tr></tbody></table><figure><figcaption>A line</figcaption><div><svg role="img"
aria-label="A line that rises" width="90" height="30"><path d="M0 30L90 0" stroke="red"/></svg>
</div></figure></main></body></html>"""


@pytest.fixture(scope="module")
def made():
    chromium()
    return pdf.render(PAGE, "../site/")


@pytest.fixture
def opened(made):
    with pikepdf.open(io.BytesIO(made)) as read:
        yield read


def elements(read):
    """Yield every element of the structure tree."""
    waiting = pdf.children(read.Root.StructTreeRoot)
    while waiting:
        element = waiting.pop()
        yield element
        waiting += pdf.children(element)


def kinds(read):
    return Counter(str(element.S) for element in elements(read))


@pytest.mark.browser
def test_it_is_tagged_with_outline_language_and_title(made, opened):
    found = pdf.facts(made)
    assert found == pdf.Facts(2, "A report", "en", True, 2, 4)
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    with opened.open_outline() as outline:
        assert [one.title for one in outline.root] == ["A report"]
        assert [one.title for one in outline.root[0].children] == ["Below"]


@pytest.mark.browser
def test_headings_lists_tables_and_links_are_in_the_structure_tree(opened):
    found = kinds(opened)
    wanted = {"/H1": 1, "/H2": 1, "/L": 1, "/LI": 1, "/Table": 1, "/TH": 1, "/TD": 1, "/Link": 4}
    assert {kind: found[kind] for kind in wanted} == wanted


@pytest.mark.browser
def test_only_a_picture_is_a_figure_and_says_what_it_shows(opened):
    figures = [element for element in elements(opened) if element.S == "/Figure"]
    assert [str(one.Alt) for one in figures] == ["A line that rises"]


@pytest.mark.browser
def test_links_lead_where_those_of_the_page_lead(opened):
    links = [a for page in opened.pages for a in page.get("/Annots", [])]
    addresses = {str(a.A.URI) for a in links if "/A" in a}
    assert addresses == {
        "../site/cop-annex.html#x", "../site/../index.html", "https://example.org/"
    }  # fmt: skip
    assert [str(a.Dest) for a in links if "/Dest" in a] == ["/b"]


@pytest.mark.browser
def test_it_names_no_folder_of_this_computer(made):
    assert b"file:" not in made


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_of_zedland_is_printed_whole(zedland, tmp_path, capsys):
    chromium()
    status, said, _ = call(
        capsys, "pdf", "ZZZ", "--outputs", zedland, "--out", tmp_path / "report.pdf"
    )
    assert status == 0 and re.search(r"\d+ pages, tagged, \d+ headings in its outline", said)
    with pikepdf.open(tmp_path / "report.pdf") as read:
        found = kinds(read)
        assert found["/H1"] == 1 and found["/H2"] >= 10 and found["/Table"] >= 10
        figures = [element for element in elements(read) if element.S == "/Figure"]
        assert figures and all(len(str(one.Alt)) > 20 for one in figures)
        headers = [e for e in elements(read) if e.S == "/TH" and not _scoped(e)]
        assert not headers
        assert not [a for a in _addresses(read) if a.startswith("file:")]


def _scoped(element):
    return any("/Scope" in one for one in element.get("/A", []))


def _addresses(read):
    links = [a for page in read.pages for a in page.get("/Annots", [])]
    return [str(a.A.URI) for a in links if "/A" in a]


def test_without_chromium_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    with pytest.raises(Refused, match="install Chromium, Chrome or Edge, or set COP_CHROMIUM"):
        pdf.find_chromium()


def test_a_program_of_ones_own_is_taken(monkeypatch, tmp_path):
    own = tmp_path / "browser"
    own.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    own.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(own))
    assert pdf.find_chromium() == str(own)
    with pytest.raises(Refused, match="did not print the page: no display"):
        pdf.render(PAGE)
