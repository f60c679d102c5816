"""A Word document in another language: its places bear the ids of the English edition."""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree, html

from cop.data import anchors
from cop.report import formats
from cop.report.languages import PSEUDO
from cop.report.word import document, original

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE = """<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title></head><body><main>
<section class="cover" data-iso3="ZZZ" data-edition="2026"><h1>{title}</h1></section>{aside}
<h2 id="summary">{summary}</h2><p>{law}</p><p>{none}</p>
<table><caption>Table 1. {caption}</caption><tr><th>{head}</th></tr>{rows}</table>
<h2 id="glossary">{head}</h2><dl class="glossary">{terms}</dl></main></body></html>"""
ENGLISH = {
    "lang": "en", "title": "Assessment", "aside": "", "summary": "1 Summary",
    "law": "Of 12 laws 3 hold.", "none": "Nothing is known.", "caption": "Laws", "head": "Law",
    "rows": "<tr><td>Act</td><td>2019</td></tr><tr><td>Code</td><td>2020</td></tr>",
    "terms": "<div><dt>Act</dt><dd>A law.</dd></div><div><dt>Law</dt><dd>A rule.</dd></div>",
}  # fmt: skip
OTHER = {
    "lang": PSEUDO, "title": "Āssessment", "aside": "<aside><p>Dräft.</p></aside>",
    "summary": "1 Sümmary", "law": "3 hold, öf 12 laws.", "none": "Nöthing.", "caption": "Läws",
    "head": "Läw",
    "rows": "<tr><td>Äct</td><td>2019</td></tr><tr><td>Cöde</td><td>2020</td></tr>",
    "terms": "<div><dt>Läw</dt><dd>A rüle.</dd></div><div><dt>Äct</dt><dd>A läw.</dd></div>",
}  # fmt: skip


def page(words, **others):
    return html.document_fromstring(PAGE.format(**{**words, **others}))


def ids(ours, english):
    """Return the ids of the places of a page, "" for none."""
    return original.ids(ours, english, lambda writer, one: writer.write(one.find(".//main")))


def by_words(text, kind="P"):
    return anchors.of_words(text, kind)


def test_places_have_the_ids_of_the_english_words():
    found = ids(page(OTHER), page(ENGLISH))
    assert found[2:8] == [
        "summary", by_words("Of 12 laws 3 hold."), by_words("Nothing is known."),
        by_words("Table 1. Laws", "T"), by_words("Table 1. LawsLaw", "W"),
        by_words("Table 1. LawsAct2019", "W"),
    ]  # fmt: skip


def test_what_stands_in_no_english_page_has_no_id_and_a_term_has_that_of_its_english_word():
    """The notice of a draft is of the other page alone; its glossary is in another order."""
    found = ids(page(OTHER), page(ENGLISH))
    assert found[1] == "" and set(found[-2:]) <= set(ids(page(ENGLISH), page(ENGLISH)))


def test_rows_in_another_order_are_not_taken_for_each_other():
    rows = "<tr><td>Cöde</td><td>2020</td></tr><tr><td>Äct</td><td>2019</td></tr>"
    assert ids(page(OTHER, rows=rows), page(ENGLISH))[7:9] == ["", ""]


def test_a_paragraph_more_takes_no_id_of_its_neighbour():
    """Beside what was put in, one without numbers could be any."""
    found = ids(page(OTHER, none="Nöthing.</p><p>Ör not."), page(ENGLISH))
    assert found[3] == by_words("Of 12 laws 3 hold.") and found[4:6] == ["", ""]
    assert found[6] == by_words("Table 1. Laws", "T")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, words in (("en", ENGLISH), ("other", OTHER)):
        (folder / f"{name}.html").write_text(PAGE.format(**words), encoding="utf-8")
    content = document.made(folder / "other.html", "2026-12-31", english=folder / "en.html")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def marks(made) -> Iterator[tuple[str, str]]:
    """Yield each bookmark, and the text of its paragraph."""
    for one in etree.fromstring(made["word/document.xml"]).iter(f"{W}bookmarkStart"):
        yield one.get(f"{W}name"), "".join(t.text or "" for t in one.getparent().iter(f"{W}t"))


def test_the_document_bears_them_and_says_its_language(made):
    found = dict(marks(made))
    assert found[anchors.bookmark(by_words("Of 12 laws 3 hold."))] == "3 hold, öf 12 laws."
    assert anchors.document(next(iter(found))) == ("ZZZ", "2026", PSEUDO)
    styles = made["word/styles.xml"].decode()
    assert f'w:val="{formats.tag(PSEUDO)}"' in styles


def test_what_is_asked_is_asked_in_the_language_and_bears_english_ids_too(made):
    """One is commented on as well: its id does not depend on the language it was read in."""
    found = dict(marks(made))
    asked = found["cop_how_to_comment"]
    assert asked != "How to comment on this draft" and asked.isascii() is False
    words = "in place, partly in place, planned, not in place, no public evidence, not assessed, "
    words += "not applicable, withheld"
    ratings = anchors.bookmark(by_words(f"The ratings are: {words}."))
    assert found[ratings] and "in place" not in found[ratings]
    foot = next(v for k, v in made.items() if "footer" in k).decode()
    assert not re.search(">Page <", foot)


@pytest.mark.parametrize(
    "language, tag",
    [("en", "en-GB"), ("uk", "uk-UA"), ("sr-Latn", "sr-Latn-RS"), ("fr", "fr-FR"), ("sq", "sq-AL")],
)
def test_a_word_processor_is_told_language_and_land(language, tag):
    assert formats.tag(language) == tag


@pytest.mark.parametrize(
    "name, of",
    [
        ("copdoc_UKR_2026", ("UKR", "2026", "")),
        (anchors.of_document("UKR", "2026", "uk"), ("UKR", "2026", "uk")),
        (anchors.of_document("SRB", "2026", "sr-Latn"), ("SRB", "2026", "sr-Latn")),
        ("copdoc_UKR", None), ("cop_UKR_R01", None),
    ],
)  # fmt: skip
def test_a_document_says_of_which_report_it_is_and_in_which_language(name, of):
    assert anchors.document(name) == of
