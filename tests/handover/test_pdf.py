"""The report as a PDF: tagged, with outline, language, title, page numbers and its links."""

import io
import re
import tempfile
from collections import Counter
from datetime import date

import pytest
from conftest import ROOT, call, chromium

from cop.data import Refused
from cop.handover import pdf

pikepdf = pytest.importorskip("pikepdf")
DAY = date(2026, 11, 25)
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
    return pdf.printed(PAGE, DAY, "../site/")


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
def test_it_is_the_same_each_time_and_names_no_folder_and_no_clock(made, opened, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with tempfile.TemporaryDirectory() as other:  # a short one: Chromium has a socket in it
        monkeypatch.setenv("TMPDIR", other)
        assert pdf.printed(PAGE, DAY, "../site/") == made
    assert str(opened.docinfo.CreationDate) == str(opened.docinfo.ModDate) == "D:20261125000000Z"
    assert b"file:" not in made and "Mozilla" not in str(opened.docinfo.Creator)


def test_named_cells_are_numbered_whatever_chromium_counted_before():
    """Its names differ from print to print; those who name a header still find it."""

    def tree(first):
        made = pikepdf.new()
        names = [pikepdf.String(f"node{first + n:08d}") for n in (0, 7)]
        cells = [made.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.TH, ID=n)) for n in names]
        headers = pikepdf.Dictionary(O=pikepdf.Name.Table, Headers=pikepdf.Array(names[1:]))
        cells.append(pikepdf.Dictionary(S=pikepdf.Name.TD, A=pikepdf.Array([headers])))
        held = pikepdf.Array([names[0], cells[0], names[1], cells[1]])
        kid = pikepdf.Dictionary(Limits=pikepdf.Array(names), Names=held)
        root = pikepdf.Dictionary(K=pikepdf.Array(cells))
        ids = pikepdf.Dictionary(Kids=pikepdf.Array([kid]))
        pdf._group(root, pdf._named_anew(ids, {}))
        return [str(c.get("/ID", "")) for c in root.K], str(root.K[2].A[0].Headers[0]), [
            str(name) for name in ids.Kids[0].Limits]  # fmt: skip

    numbered = ["cell000000", "cell000001"]
    assert tree(747) == tree(748) == ([*numbered, ""], "cell000001", numbered)


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


@pytest.mark.browser
def test_what_chromium_does_not_mark_is_what_the_page_says(opened):
    """Each line of docs/handover.md on what is missing: it goes when Chromium mends it."""
    told = (ROOT / "docs" / "handover.md").read_text(encoding="utf-8")
    found = kinds(opened)
    missing = {
        "The header and the page number": b"/Artifact" not in opened.pages[0].Contents.read_bytes(),
        "Links have no description": not any(
            "/Contents" in a for page in opened.pages for a in page.get("/Annots", [])
        ),
        "Head and body of a table": not found["/THead"] and not found["/TBody"],
        "The text of a list's item": not found["/LBody"],
        "What only groups": found["/NonStruct"] > 0,
        "It does not claim PDF/UA": b"pdfuaid" not in opened.Root.Metadata.read_bytes(),
    }
    assert missing == dict.fromkeys(missing, True)
    assert [line for line in missing if f"- **{line}" not in told] == []


def test_without_chromium_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    with pytest.raises(Refused, match="install Chromium, Chrome or Edge, or set COP_CHROMIUM"):
        pdf.program()


def test_a_program_of_ones_own_is_taken(monkeypatch, tmp_path):
    own = tmp_path / "browser"
    own.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    own.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(own))
    assert pdf.program() == str(own)
    with pytest.raises(Refused, match="did not print the page: no display"):
        pdf.printed(PAGE, DAY)
