"""The report as a PDF: tagged, with outline, language, title, page numbers and its links."""

import io
from collections import Counter

import pikepdf
import pytest
from conftest import call, chromium

from cop.data import UserError
from cop.handover import pdf

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
def printed():
    chromium()
    return pdf.render(PAGE, "../site/")


@pytest.fixture
def document(printed):
    with pikepdf.open(io.BytesIO(printed)) as document:
        yield document


def elements(document):
    """Return every element of the structure tree."""
    result = pdf.children(document.Root.StructTreeRoot)
    for element in result:
        result += pdf.children(element)
    return result


def addresses(document):
    links = [a for page in document.pages for a in page.get("/Annots", [])]
    return [str(a.A.URI) for a in links if "/A" in a]


@pytest.mark.browser
def test_it_is_tagged_with_outline_language_title_and_structure(document):
    root = document.Root
    assert len(document.pages) == 2 and root.Lang == "en" and root.MarkInfo.Marked
    assert document.docinfo.Title == "A report" and root.ViewerPreferences.DisplayDocTitle
    with document.open_outline() as outline:
        [heading] = outline.root
        assert heading.title == "A report" and [h.title for h in heading.children] == ["Below"]
    kinds = Counter(str(element.S) for element in elements(document))
    wanted = {"/H1": 1, "/H2": 1, "/L": 1, "/LI": 1, "/Table": 1, "/TH": 1, "/TD": 1, "/Link": 4}
    assert {kind: kinds[kind] for kind in wanted} == wanted
    figures = [element for element in elements(document) if element.S == "/Figure"]
    assert [str(figure.Alt) for figure in figures] == ["A line that rises"]


@pytest.mark.browser
def test_links_lead_where_those_of_the_page_lead(printed, document):
    assert set(addresses(document)) == {
        "../site/cop-annex.html#x", "../site/../index.html", "https://example.org/"
    }  # fmt: skip
    links = [a for page in document.pages for a in page.get("/Annots", [])]
    assert [str(a.Dest) for a in links if "/Dest" in a] == ["/b"] and b"file:" not in printed


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_of_zedland_is_printed(zedland, tmp_path, capsys):
    chromium()
    out = tmp_path / "report.pdf"
    assert call(capsys, "pdf", "ZZZ", "--outputs", zedland, "--out", out)[0] == 0
    with pikepdf.open(out) as document:
        tags = elements(document)
        kinds = Counter(str(element.S) for element in tags)
        assert kinds["/H1"] == 1 and kinds["/H2"] >= 10 and kinds["/Table"] >= 10
        figures = [element for element in tags if element.S == "/Figure"]
        assert figures and all(len(str(figure.Alt)) > 20 for figure in figures)
        headers = [element for element in tags if element.S == "/TH"]
        assert all(any("/Scope" in a for a in element.get("/A", [])) for element in headers)
        assert not [a for a in addresses(document) if a.startswith("file:")]


def test_without_chromium_the_message_names_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    with pytest.raises(UserError, match="install Chromium, Chrome or Edge, or set COP_CHROMIUM"):
        pdf.find_chromium()
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    browser.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(browser))
    with pytest.raises(UserError, match="did not print the page: no display"):
        pdf.render(PAGE)


def test_the_report_is_printed_in_a_language(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda page, beside: page + b" " + beside.encode())
    for folder, text in (("", "English"), ("languages/uk/", "Ukrainian")):
        page = tmp_path / f"{folder}ZZZ/pages/cop-assessment-ZZZ.html"
        page.parent.mkdir(parents=True)
        page.write_text(text)
    words = ("pdf", "ZZZ", "--outputs", tmp_path)
    assert call(capsys, *words)[0] == call(capsys, *words, "--language", "uk")[0] == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "pdf").iterdir()} == {
        "cop-assessment-ZZZ.pdf": b"English ../site/",
        "cop-assessment-ZZZ-uk.pdf": b"Ukrainian ../site/uk/",
    }
    status, _, error = call(capsys, *words, "--language", "xx")
    assert status == 2 and "there is no language 'xx'" in error
    page.unlink()
    status, _, error = call(capsys, *words, "--language", "uk")
    assert status == 2 and "run `cop run ZZZ --language uk`" in error
