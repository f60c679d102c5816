"""The report as a Word document: each place with its id, tables as tables, pictures drawn again."""

import io
import runpy
import struct
import sys
import zipfile
from pathlib import Path

import pagetext
import pandas as pd
import pytest
from cases import by_rule
from conftest import ROOT
from lxml import etree

from cop.data import UserError
from cop.data.machine import today
from cop.report import anchors, figure, filenames, formats, word
from helpers import charts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")


def drawing():
    frame = pd.DataFrame({"label": ["a", "b"], "value": [1.0, 2.0]})
    return figure.svg(charts.bars(frame), "It grows", "bars " * 5)


def make(folder, text=PAGE):
    """Return the files in the document of a page."""
    page = folder / "page.html"
    page.write_text(text.replace("{svg}", drawing()), encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO(word.from_page(page, "2026-12-31"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def body(made):
    return etree.fromstring(made["word/document.xml"])


def text(element):
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def by_bookmark(body):
    """Return {bookmark: text of its paragraph}."""
    marks = body.iter(f"{W}bookmarkStart")
    return {mark.get(f"{W}name"): text(mark.getparent()) for mark in marks}


def lines(body):
    """Yield a line for each paragraph: its bookmarks, its text and the places it leads to."""
    for paragraph in body.iter(f"{W}p"):
        names = [mark.get(f"{W}name") for mark in paragraph.iter(f"{W}bookmarkStart")]
        links = [link.get(f"{W}anchor") or "away" for link in paragraph.iter(f"{W}hyperlink")]
        yield " | ".join([" ".join(names), text(paragraph), " ".join(links)])


def test_a_document_has_the_places_texts_and_links_that_were_agreed(request, made, body, tmp_path):
    names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len({name.lower() for name in names}) and max(map(len, names)) <= 40
    assert b'Target="https://example.org/x"' in made["word/_rels/document.xml.rels"]
    repeated = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in body.iter(f"{W}tr")]
    assert repeated == [True, False, False, False]
    validated = make(tmp_path, PAGE.replace('data-status="draft"', 'data-status="validated"'))
    texts = {}
    for status, parts in (("draft", made), ("validated", validated)):
        shown = lines(etree.fromstring(parts["word/document.xml"]))
        texts[status] = "".join(f"{line}\n" for line in shown)
        is_tracked = b"<w:trackRevisions/>" in parts["word/settings.xml"]
        assert is_tracked == (status == "draft")
    pagetext.compare(request, ROOT / "tests/expected/word", texts)


def test_in_another_language_a_place_bears_the_id_of_the_one_before_it(tmp_path):
    made = make(tmp_path, PAGE.replace('lang="en"', 'lang="uk"'))
    places = by_bookmark(etree.fromstring(made["word/document.xml"]))
    assert anchors.document(next(iter(places))) == ("ZZZ", "2026", "uk")
    assert places["cop_summary__2"].startswith("One strong") and "cop_summary__3" in places
    assert places["cop_ZZZ_R01__3"].startswith("Figure 1.")
    assert not places["cop_how_to_comment"].isascii()
    assert f'w:val="{formats.tag("uk")}"' in made["word/styles.xml"].decode()


def test_header_footer_language_day_and_that_no_person_made_it(made):
    head = next(v for k, v in made.items() if "header" in k)
    foot = next(v for k, v in made.items() if "footer" in k)
    assert b"Assessment: Zedland (2026, draft)" in head and b"NUMPAGES" in foot
    assert b'w:val="en-GB"' in made["word/styles.xml"]
    about = made["docProps/core.xml"].decode()
    assert "python-docx" not in about and "<dc:creator/>" in about
    assert about.count(f"{today()}T00:00:00Z") == 2


def test_a_drawing_is_a_picture_with_its_alternative_text(made):
    [image] = [v for k, v in made.items() if k.endswith(".png")]
    wide, high = struct.unpack(">II", image[16:24])
    assert image[:8] == b"\x89PNG\r\n\x1a\n" and wide > 900 and high > 100
    assert b'descr="bars bars' in made["word/document.xml"]
    blank = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 302.4 60"><title/></svg>'
    assert len(image) > 2 * len(figure.png(blank))


def test_no_column_is_narrower_than_its_words_and_a_wide_table_is_in_landscape(tmp_path):
    """Words of 9 columns do not fit on an upright page; those of 3 do."""
    word_of = {3: "Communications", 9: "telecommunications"}
    tables = "<table><caption>{}</caption><tr>{}</tr></table>"
    page = "".join(tables.format(f"Table of {n}", f"<td>{word_of[n]} it</td>" * n) for n in word_of)
    made = make(tmp_path, PAGE.replace("</main>", f"{page}<p>The end</p></main>"))
    body = etree.fromstring(made["word/document.xml"]).find(f"{W}body")
    landscape = [size.get(f"{W}orient") == "landscape" for size in body.iter(f"{W}pgSz")]
    assert landscape[-3:] == [False, True, False]
    for table in body.iter(f"{W}tbl"):
        for cell in table.iter(f"{W}tc"):
            letters = max(map(len, text(cell).split()), default=0)
            width = int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) / 567
            assert width > letters * 0.15


@pytest.mark.parametrize(("columns", "width"), [(2, word.WIDTH), (12, word.LANDSCAPE)])
def test_a_table_is_as_wide_as_its_page_however_many_columns_it_has(columns, width, tmp_path):
    cells = "<td>telecommunications</td>" * columns
    made = make(tmp_path, PAGE.replace("</main>", f"<table><tr>{cells}</tr></table></main>"))
    [*_, table] = etree.fromstring(made["word/document.xml"]).iter(f"{W}tbl")
    widths = [int(cell.get(f"{W}w")) / 567 for cell in table.iter(f"{W}tcW")]
    assert sum(widths) == pytest.approx(width, abs=0.1)


def test_words_to_unfold_scripts_and_styles_are_left_out(tmp_path):
    more = "<details><summary>Unfold</summary><p>Seen</p></details><style>s</style>"
    made = make(tmp_path, PAGE.replace("</main>", f"{more}<script>Run</script></main>"))
    shown = text(etree.fromstring(made["word/document.xml"]))
    assert shown.endswith("Seen") and "Unfold" not in shown


def test_a_page_without_a_cover_is_refused(tmp_path):
    with pytest.raises(UserError, match="page.html is not a report: it has no cover"):
        make(tmp_path, "<p>x</p>")


def test_without_a_library_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UserError, match="requires python-docx and resvg-py; install them with"):
        runpy.run_path(word.__file__)


@by_rule(
    "part, shown",
    ("what only screens need is left out, with all in it", '<div class="skip"><p>2</p></div>', ""),
    ("blanks on both sides of a tag are one", "<p>2 <b> 3</b></p>", "2 3"),
    ("a row may have fewer cells than its table",
     "<table><tr><td>2</td><td>3</td></tr><tr><td>4</td></tr></table>", "234"),
    ("a link to download is left out", '<p>2<a download="x" href="data:,">3</a></p>', "2"),
    ("a row that shows its id has it once",
     '<table><tr id="ZZZ-E01"><td>E01</td><td>2</td></tr></table>', "E012"),
    ("a row that shows it elsewhere has it first, too",
     '<table><tr id="ZZZ-E01"><td>2</td><td>E01</td></tr></table>', "ZZZ-E01 2E01"),
    ("a square with a link shows the item's id",
     '<p><a class="square" href="#A-1">●</a>2</p>', "● A-1 2"),
    ("a square without one does not", '<p><a class="square">●</a>2</p>', "●2"),
    ("nor does another link", '<p><a href="#A-1">One</a> 2</p>', "One 2"),
    ("blocks of a cell are apart", "<table><tr><td><p>2</p><div>3</div><dl><dt>4</dt><dd>5</dd>"
     "<dt>6</dt></dl><ul><li>7</li><li>8</li></ul></td></tr></table>", "2 3 4: 5 6: 7 8"),
    ("a picture may have no text", '<svg viewBox="0 0 9 9"></svg>', ""),
)  # fmt: skip
def test_what_a_part_of_a_page_becomes(part, shown, tmp_path):
    made = make(tmp_path, PAGE.replace("</main>", f"<p>One.</p>{part}</main>"))
    assert text(etree.fromstring(made["word/document.xml"])).endswith(f"One.{shown}")


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        ("Strong", ["b", "strong", "th", "dt", "span id", "span figure"]),
        ("Emphasis", ["i", "em"]),
        ("Superscript", ["sup"]),
        ("Small", ["small", "span local", "span note", "span beside"]),
    ],
)
def test_the_character_style_of_a_tag_or_class(style, parts, tmp_path):
    for part in parts:
        tag, _, name = part.partition(" ")
        shown = f'<{tag} class="{name}">2</{tag}>'
        within = {"th": f"<table><tr>{shown}</tr></table>", "dt": f"<dl>{shown}</dl>"}
        block = within.get(tag, f"<p>{shown}</p>")
        made = make(tmp_path, PAGE.replace("</main>", f"{block}</main>"))
        runs = etree.fromstring(made["word/document.xml"]).iter(f"{W}r")
        *_, run = [run for run in runs if text(run) == "2"]
        [found] = run.iter(f"{W}rStyle")
        assert found.get(f"{W}val") == style, part


def test_an_id_comes_back_from_its_bookmark():
    names = {"ZZZ-R03": "cop_ZZZ_R03", "PM-LEG-01": "cop_PM_LEG_01", "P-1a": "cop_P_1a"}
    for anchor, name in names.items():
        assert anchors.bookmark(anchor) == name
        assert anchors.place(anchors.bookmark(anchor, 3)) == anchor
    assert anchors.place("_GoBack") == anchors.place("Heading1") == ""


def test_numbers_of_tables_and_chapters_are_no_part_of_an_id_and_a_document_names_its_report():
    assert anchors.of_words("Table 3. Evidence", "T") == anchors.of_words("Table 4.  Evidence", "T")
    assert anchors.of_words("2.1 Law") == anchors.of_words("3 Law") != anchors.of_words("Laws")
    texts = "2 Law 3 Act", "2 Law Act"
    assert len({*map(anchors.of_words, texts)}) == 2, "only the first number is left out"
    for about in (("SRB", "2026", "sr-Latn"), ("UKR", "2026", "")):
        assert anchors.document(anchors.of_document(*about)) == about
    assert anchors.document("copdoc_UKR") is None and anchors.document("cop_UKR_R01") is None


def test_annexes_and_the_region_have_a_page_and_a_wrong_number_is_refused(tmp_path):
    pages, group = tmp_path / "ZZZ" / "pages", tmp_path / "ZED" / "pages"
    pages.mkdir(parents=True), group.mkdir(parents=True)
    files = [pages / "cop-assessment-ZZZ.html", pages / "cop-annex-ZZZ-5-guideline-alignment.html"]
    for file in (*files, group / "cop-regional-synthesis.html"):
        file.touch()
    assert [filenames.page_of(tmp_path, "ZZZ", annex) for annex in ("", "5")] == files
    assert filenames.page_of(tmp_path, "ZED").name == "cop-regional-synthesis.html"
    for annex, reason in (
        ("7", "there is no annex '7': use a number from 1 to 5"),
        ("4", "annex 4 of ZZZ not found in .*: run `cop run ZZZ`; groups have no annexes. A c"),
    ):
        with pytest.raises(UserError, match=reason):
            filenames.page_of(tmp_path, "ZZZ", annex)
    with pytest.raises(UserError, match="report of NOR .* `cop run --group NOR --language uk` if"):
        filenames.page_of(tmp_path, "NOR", words=" --language uk")


def test_a_second_part_has_a_number_and_a_bookmark_has_less_than_forty_letters():
    assert [anchors.bookmark("A", number) for number in (1, 2)] == ["cop_A", "cop_A__2"]
    assert anchors.fits("A" * 31), "with a number it has 39 letters"
    assert not anchors.fits("A" * 32)


@by_rule(
    "text, anchor",
    ("a number without a country is of the country of the document", "R03 Adopt", "ZZZ-R03"),
    ("an id with a country keeps it", "[UKR-R03] Adopt", "UKR-R03"),
)
def test_the_id_at_the_start_of_a_text(text, anchor):
    assert anchors.shown(text, "ZZZ") == anchor
