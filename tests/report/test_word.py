"""The report as a Word document: each place with its id, tables as tables, pictures drawn again."""

import io
import re
import struct
import zipfile
from datetime import date

import pandas as pd
import pytest
from lxml import etree, html

from cop.data import Refused, anchors
from cop.report import figures, filenames
from cop.report.word import blocks, document
from helpers import charts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE = """<!DOCTYPE html><html><head><title>Assessment: Zedland (2026, draft)</title></head><body>
<main id="content"><section class="cover" data-iso3="ZZZ" data-edition="2026"
data-status="draft"><h1>Assessment: Zedland</h1><dl><div><dt>Edition</dt><dd>2026</dd></div></dl>
</section><h2 id="summary"><span class="number-of-heading">1</span> Summary</h2>
<p>One <b>strong</b> sentence, see <a class="ref" href="#ZZZ-E01">[E01]</a>.</p><p>Said twice.</p>
<p>Said twice.</p><article class="challenge" id="ZZZ-R01"><p><span class="id">R01</span> Do it.</p>
<dl><div><dt>By</dt><dd>2027-01-01</dd></div></dl></article>
<figure class="chart"><figcaption><span class="numbered">Figure 1. </span>
<span class="message">It grows</span></figcaption><div class="picture">{svg}</div>
<div class="notes"><p>Source: nobody, 2026.</p></div>
<details><summary>Data of this figure</summary></details></figure>
<div class="table"><table><caption><span class="numbered">Table 1. </span>Evidence</caption><thead>
<tr><th>No.</th><th>Says</th></tr></thead><tbody><tr id="ZZZ-E01"><th>E01</th><td>a fact</td></tr>
<tr id="ZZZ-O01"><th>Ministry</th><td>leads</td></tr><tr><th>none</th><td>of it</td></tr></tbody>
</table></div><a href="https://example.org/x">away</a></main></body></html>"""


def drawing():
    frame = pd.DataFrame({"label": ["a", "b"], "value": [1.0, 2.0]})
    return figures.svg(charts.bars(frame), "It grows", "bars " * 5)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    page = tmp_path_factory.mktemp("page") / "page.html"
    page.write_text(PAGE.replace("{svg}", drawing()), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def made(page):
    with zipfile.ZipFile(io.BytesIO(document.made(page, "2026-12-31"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def body(made):
    return etree.fromstring(made["word/document.xml"])


def text(element):
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def by_bookmark(body):
    """Return {bookmark: text of the paragraph that it stands in}."""
    marks = body.iter(f"{W}bookmarkStart")
    return {one.get(f"{W}name"): text(one.getparent()) for one in marks}


def test_each_place_bears_its_id_once(body):
    found = [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")]
    assert len(found) == len({name.lower() for name in found}) and all(len(n) <= 40 for n in found)
    places = by_bookmark(body)
    assert places["cop_summary"] == "1 Summary"
    assert places["cop_ZZZ_E01"] == "E01"
    assert places["cop_ZZZ_O01"].startswith("ZZZ-O01 Ministry")  # shown where no cell shows it
    assert places["cop_ZZZ_R01"] == "R01 Do it." and places["cop_ZZZ_R01__2"] == "By: 2027-01-01"
    twice = anchors.bookmark(anchors.of_words("Said twice."))
    assert {twice, f"{twice}__2"} <= places.keys()
    assert anchors.bookmark(anchors.of_words("Figure 9. It grows", "F")) in places
    assert "copdoc_ZZZ_2026" in places


def test_it_says_what_is_asked_and_by_when(body):
    said = text(body)
    assert "How to comment on this draft" in said
    assert "Please send this file back by 2026-12-31, to the office that sent it to you." in said
    assert "To send nothing back is not taken for consent." in said
    assert "“Rating:” where you hold another rating to be right" in said
    assert "It names no person" in said


def test_tables_are_tables_whose_first_row_comes_again(body):
    [table] = body.iter(f"{W}tbl")
    rows = table.findall(f"{W}tr")
    assert [text(row) for row in rows][1:] == ["E01a fact", "ZZZ-O01 Ministryleads", "noneof it"]
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert rows[1].find(f"{W}trPr/{W}tblHeader") is None


def test_a_reference_leads_to_its_row_and_an_address_out(body, made):
    links = [one.get(f"{W}anchor") for one in body.iter(f"{W}hyperlink")]
    assert "cop_ZZZ_E01" in links
    assert b'Target="https://example.org/x"' in made["word/_rels/document.xml.rels"]


def test_header_footer_language_and_that_no_person_made_it(made):
    head = next(v for k, v in made.items() if "header" in k)
    foot = next(v for k, v in made.items() if "footer" in k)
    assert b"Assessment: Zedland (2026, draft)" in head and b"NUMPAGES" in foot
    assert b'w:val="en-GB"' in made["word/styles.xml"]
    about = made["docProps/core.xml"].decode()
    assert "python-docx" not in about and "<dc:creator></dc:creator>" in about


def test_it_says_the_day_on_which_it_was_made(page):
    content = document.made(page, day=date(2026, 11, 25))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = archive.read("docProps/core.xml").decode()
    assert re.findall(r">([^<]*)</dcterms:(created|modified)>", about) == [
        ("2026-11-25T00:00:00Z", "created"),
        ("2026-11-25T00:00:00Z", "modified"),
    ]


def test_a_drawing_is_a_picture_with_its_alternative_text(made, body):
    [image] = [v for k, v in made.items() if k.endswith(".png")]
    wide, high = struct.unpack(">II", image[16:24])
    assert image[:8] == b"\x89PNG\r\n\x1a\n" and wide > 900 and high > 100
    assert b'descr="bars bars' in made["word/document.xml"]


def test_a_picture_holds_more_than_its_ground():
    image = figures.png(drawing().replace("viewBox", "viewbox"))
    blank = figures.png(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 302.4 60"><title/></svg>'
    )
    assert len(image) > 2 * len(blank)


def test_a_square_names_its_item_and_the_mark_of_a_legend_names_none():
    square = '<a class="square low" href="#PM-LEG-01">✓</a><span class="square low"></span> low'
    runs = blocks._runs(html.fragment_fromstring(f"<p>{square}</p>"))
    assert "".join(run[0] for run in runs).split() == ["✓", "PM-LEG-01", "low"]


SMALL = """<div class="card"><p>82%</p><figure class="close"><figcaption>hidden</figcaption>
<details><summary>Data and source</summary><p>data</p></details><div class="picture"></div></figure>
<p>Higher is better.</p></div><figure class="close"><figcaption><span class="message">1 of 2</span>
</figcaption><details><summary>Data and source</summary><div class="notes"><p>Based on 2.</p></div>
<table><tr><td>of its data</td></tr></table></details><div class="picture"><dl class="strip"><div>
<dt>1 Law</dt><dd><a class="square" href="#PM-LEG-01">●</a></dd></div></dl></div></figure>
<figure class="chart"><figcaption>A ring</figcaption><div class="picture">{svg}
<ul class="letters"><li><b>1</b> Police</li></ul></div><div class="notes"></div></figure>"""


def test_small_figures_are_what_they_show_and_a_drawing_keeps_its_key(tmp_path):
    """A card is a line without its data; squares are terms, not the table of their data."""
    page = tmp_path / "page.html"
    before, _, after = PAGE.replace("{svg}", drawing()).partition("<p>Said twice.</p>")
    page.write_text(before + SMALL.replace("{svg}", drawing()) + after, encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO(document.made(page, "2026-12-31"))) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    told = [text(one).strip() for one in body.iter(f"{W}p")]
    assert "82% Higher is better." in told and "1 Law: ● PM-LEG-01" in told
    assert "1 Police" in told and "Based on 2." in told
    assert not {"hidden", "data", "of its data", "Data and source"} & {*told}


def test_what_is_no_report_is_refused(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(Refused, match="index.html is no report: it has no cover"):
        document.made(page)


@pytest.mark.parametrize(
    "one, name", [("ZZZ-R03", "cop_ZZZ_R03"), ("PM-LEG-01", "cop_PM_LEG_01"), ("P-1a", "cop_P_1a")]
)
def test_an_id_comes_back_from_its_bookmark(one, name):
    assert anchors.bookmark(one) == name
    assert anchors.place(anchors.bookmark(one, 3)) == one
    assert anchors.place("_GoBack") == ""


@pytest.mark.parametrize(
    "words, one",
    [
        ("R03 Adopt one law", "ZZZ-R03"), ("[E12] A fact", "ZZZ-E12"), ("UKR-E12 a", "UKR-E12"),
        ("PM-LEG-01 Review", "PM-LEG-01"), ("MNR-11", "MNR-11"), ("G20 countries", ""),
        ("In 2025", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_id_is_read_where_it_is_shown(words, one):
    assert anchors.shown(words, "ZZZ") == one


def test_numbers_of_tables_and_chapters_are_no_part_of_an_id():
    assert anchors.of_words("Table 3. Evidence", "T") == anchors.of_words("Table 4.  Evidence", "T")
    assert anchors.of_words("2.1 Law") == anchors.of_words("3 Law") != anchors.of_words("Laws")


def test_annexes_and_the_region_have_a_page_for_word_too_and_a_wrong_number_is_refused(tmp_path):
    pages = tmp_path / "ZZZ" / "pages"
    group = tmp_path / "ZED" / "pages"
    pages.mkdir(parents=True), group.mkdir(parents=True)
    files = [pages / "cop-assessment-ZZZ.html", pages / "cop-annex-ZZZ-5-guideline-alignment.html"]
    for file in (*files, group / "cop-regional-synthesis.html"):
        file.touch()
    assert [filenames.page_of(tmp_path, "ZZZ", annex) for annex in ("", "5")] == files
    assert filenames.page_of(tmp_path, "ZED").name == "cop-regional-synthesis.html"
    with pytest.raises(Refused, match="ZZZ has no annex 7; there is: 5"):
        filenames.page_of(tmp_path, "ZZZ", "7")
