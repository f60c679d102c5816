"""A run reports exit status, cause and cell; one country's failure touches no other."""

import shutil

import pytest
from cases import cases
from conftest import ROOT, ZEDLAND, call, laid_out, with_countries
from lxml import html
from planting import edit

from cop.report import render
from cop.run import plan


@pytest.mark.parametrize(("words", "parts"), cases("run/wrong_calls.csv"))
def test_a_wrong_call_gives_one_clear_sentence_and_status_2(capsys, words, parts):
    status, _, error = call(capsys, *words.split())
    assert status == 2 and len(error.splitlines()) == 1 and "Traceback" not in error
    assert all(part in error for part in parts.split("; "))


@pytest.mark.slow
def test_a_country_with_an_error_fails_alone_and_is_named(tmp_path, capsys):
    """A sentence on Georgia has no source; a statement on Albania has an unknown word."""
    data, outputs = with_countries(tmp_path, "ALB", "GEO", "UKR"), tmp_path / "out"
    narrative = data / "research" / "GEO" / "narrative" / "analysis.md"
    with narrative.open("a", encoding="utf-8") as file:
        file.write(f"\n\n{'word ' * 23}end.\n")
    edit(data / "research" / "ALB" / "evidence.csv", ",high,,yes,", ",hgih,,yes,")
    status, out, _ = call(capsys, "run", "--all", "--data", data, "--outputs", outputs)
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert status == 1 and "2 complete, 2 failed." in out
    assert "data: held back: research/ALB/evidence.csv, row" in lines["ALB"]
    assert "data: held back: research/GEO/narrative/analysis.md: 'word word" in lines["GEO"]
    assert "is a paragraph without a citation. Add a citation" in lines["GEO"]
    assert " ok " in lines["UKR"] and (outputs / "site" / "cop-assessment-UKR.html").exists()
    assert not list((outputs / "site").glob("*GEO*")) and not (outputs / "GEO").exists()
    assert not [p for p in outputs.rglob("*.html") if "word word" in p.read_text("utf-8")]
    text = html.parse(outputs / "site" / "cop-regional-synthesis.html").getroot().text_content()
    assert "Left out, because their assessment is not complete" in text and "Georgia" in text
    assert "the last run failed" in (outputs / "site" / "index.html").read_text()


@pytest.fixture(scope="module")
def pages(zedland):
    return {p.name: p.read_text("utf-8") for p in (zedland / "site").glob("cop-*.html")}


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_hostile_text_arrives_as_text(pages):
    assert len(pages) == 7 and all("SYNTHETIC" in text for text in pages.values())
    text = pages["cop-annex-ZZZ-1-desktop-research.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "<script" not in text


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_unverified_rows_are_in_no_page(zedland, pages):
    table = (zedland / "ZZZ" / "tables" / "to_verify.csv").read_text(encoding="utf-8")
    waiting = [line.split(",")[2] for line in table.splitlines()[1:]]
    shown = " ".join(pages.values())
    assert waiting
    assert not [i for i in waiting if f'id="{i}"' in shown or f">[{i[4:]}]<" in shown]


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_no_folder_of_this_machine_is_in_the_results(zedland):
    paths = [p for p in zedland.rglob("*") if p.suffix in (".ipynb", ".html", ".csv")]
    assert paths and not [p.name for p in paths if str(ROOT) in p.read_text(encoding="utf-8")]


def test_a_broken_link_or_a_picture_without_words_makes_a_page_unfit():
    link = '<main><a href="#nowhere">x</a></main>'
    picture = '<main><img alt="No description has been provided for this image"></main>'
    for text, words in ((link, "has no target"), (picture, "text 'No .*': describe the image in")):
        with pytest.raises(render.InvalidFile, match=words):
            render.set_links(html.document_fromstring(text), "cop-assessment-ZZZ.html")


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
@pytest.mark.parametrize(
    ("old", "new", "ended", "words"),
    [
        ('iso3 = \\"ZZZ\\"', 'country = \\"ZZZ\\"', 1, "(missing: iso3; unexpected: country)"),
        ('"cells": [', '"cells": ', 2, "is missing or not a valid notebook"),
    ],
)
def test_a_notebook_with_errors_is_refused(zedland, tmp_path, capsys, old, new, ended, words):
    shutil.copy(plan.NOTEBOOKS / "4-ict-statistics.ipynb", tmp_path)
    edit(tmp_path / "4-ict-statistics.ipynb", old, new)
    laid_out(zedland, tmp_path / "out", "ZZZ")
    where = ["--data", ZEDLAND, "--notebooks", tmp_path, "--outputs", tmp_path / "out"]
    status, out, error = call(capsys, "run", "ZZZ", *where)
    assert status == ended and words in out + error and "Traceback" not in out + error
    page = tmp_path / "out" / "site" / "cop-annex-ZZZ-4-ict-statistics.html"
    assert not page.exists() or page.read_bytes() == (zedland / "site" / page.name).read_bytes()
