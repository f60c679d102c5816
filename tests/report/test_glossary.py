"""A page explains what it abbreviates: once, where it comes first, and nothing else."""

import pytest
from cases import cases
from conftest import DATA
from lxml import html
from pagetext import lines

from cop.report import formats, glossary, languages
from helpers import countries, evidence

ENTRIES = {
    "MNR": "Model National Response",
    "CSEA": "Child sexual exploitation and abuse",
    "NGO": "Non-governmental organisation",
    "ICT": "Information and communication technology",
    "ECPAT": "ECPAT",
    "EU": "European Union",
    "Ark": "A box",
    "": "Grooming",
}


def page(body):
    """Return the text of a page with a glossary at its end, once it is explained."""
    entries = "".join(
        f'<div data-abbreviation="{a}" data-term="{t}"><dt>{a or t}</dt><dd>MNR and all.</dd></div>'
        for a, t in ENTRIES.items()
    )
    tree = html.document_fromstring(
        f'<body><main><h1>MNR</h1>{body}<dl class="glossary">{entries}</dl></main></body>'
    )
    glossary.explain(tree)
    *told, _ = html.tostring(tree, encoding="unicode").split('<dl class="glossary">')
    kept = [dt.text for dt in tree.xpath("//dl[@class='glossary']//dt")]
    return " ".join(lines(html.fragment_fromstring(told[0] + "</main></body>"))), kept


def test_only_an_abbreviation_of_two_capitals_or_more_is_written_out():
    assert page("<p>EU.</p>")[0].endswith("EU (European Union).")
    assert page("<p>Ark.</p>")[0].endswith("Ark.")


@pytest.mark.parametrize(("body", "words"), cases("report/abbreviations.csv"))
def test_an_abbreviation_is_written_out_where_it_comes_first(body, words):
    assert page(body)[0].endswith(words)


@pytest.mark.parametrize(
    "tag", ["a", "h1", "h2", "h3", "nav", "summary", "thead", "figcaption", "caption"]
)
def test_a_link_heading_or_caption_stays_short(tag):
    within = {"thead": "<tr><th>MNR</th></tr>"}.get(tag, "MNR")
    part = f"<{tag}>{within}</{tag}>"
    if tag in ("thead", "caption"):
        part = f"<table>{part}</table>"
    told = page(f"{part}<p>The MNR.</p>")[0]
    assert told.endswith("The MNR (Model National Response)."), f"nothing is written out in {tag}"


@pytest.mark.parametrize(
    "kind", ["sources", "source", "data-source", "unseen", "letters", "id", "cover"]
)
def test_a_register_a_source_or_a_cover_stays_short(kind):
    told = page(f'<div class="wide {kind}">MNR</div><p>The MNR.</p>')[0]
    assert told.endswith("The MNR (Model National Response)."), f"nothing is written out in {kind}"


def test_in_another_language_names_keep_their_capital_and_english_texts_are_left(monkeypatch):
    terms = {
        "Non-governmental organisation": "Громадська організація",
        "Model National Response": "Модель національного реагування",
        "Information and communication technology": "ІКТ-технології",
        "Grooming": "Грумінг",
    }
    monkeypatch.setattr(glossary, "translate", lambda words: terms.get(words, words))
    with languages.using_language("uk"):
        told = page('<p><span lang="en">One NGO.</span> Одна NGO.</p>')[0]
        assert told.endswith("One NGO. Одна NGO (громадська організація).")
        assert page("<p>За MNR.</p>")[0].endswith("MNR (Модель національного реагування).")
        assert page("<p>ICT.</p>")[0].endswith("ICT (ІКТ-технології).")
        assert "Grooming" in page("<p>Про грумінг.</p>")[1], "a term is looked for in translation"


def test_in_another_language_terms_are_in_its_order_and_show_what_letters_are_short_for():
    with languages.using_language("uk"):
        place = countries.find("UKR", str(DATA), str(DATA / "none"), "2026")
        shown = html.fragment_fromstring(evidence.glossary(place))
        terms = [dt.text_content() for dt in shown.iter("dt")]
        assert terms == sorted(terms, key=formats.sort_key) != sorted(terms)
    marked = {dt.getparent().get("data-abbreviation"): dt for dt in shown.iter("dt")}
    mark = marked["CSAM"].find("span")
    assert marked["CSAM"].text.startswith("CSAM: ")
    assert "child" not in marked["CSAM"].text.lower()
    assert (mark.text, mark.get("lang")) == ("Child sexual abuse material", "en")
    assert marked[""].find("span") is None  # a word, no abbreviation


def test_the_glossary_keeps_what_the_page_uses_and_a_page_without_one_stays_as_it_is():
    assert page("<p>grooming by ECPAT</p>")[1] == ["MNR", "ECPAT", "Grooming"]
    assert page("<p>NGO</p>")[1] == ["MNR", "NGO"]
    tree = html.document_fromstring("<body><main><p>MNR</p></main></body>")
    glossary.explain(tree)
    assert tree.find(".//p").text == "MNR"
