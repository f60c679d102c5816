"""`cop pdf` prints the report in the language asked for, with links into that part of the site."""

import pytest
from conftest import call

from cop.handover import pdf
from cop.report import languages

FACTS = pdf.Facts(1, "Report", "uk", True, 1, 1)
PAGE = "languages/uk/ZZZ/pages/cop-assessment-ZZZ.html"


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    """A folder with an English and a Ukrainian report, and no Chromium: what is printed is kept."""
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "uk.po").touch()
    monkeypatch.setattr(languages, "FOLDER", tmp_path / "locale")
    monkeypatch.setattr(pdf, "render", lambda page, beside: page + b" " + beside.encode())
    monkeypatch.setattr(pdf, "facts", lambda content: FACTS)
    outputs = tmp_path / "outputs"
    for at, text in ((PAGE, "Ukrainian"), (PAGE.removeprefix("languages/uk/"), "English")):
        (outputs / at).parent.mkdir(parents=True)
        (outputs / at).write_text(text)
    return outputs


@pytest.mark.parametrize(
    ("words", "name", "printed"),
    [
        ([], "cop-assessment-ZZZ.pdf", b"English ../site/"),
        (["--language", "uk"], "cop-assessment-ZZZ-uk.pdf", b"Ukrainian ../site/uk/"),
    ],
)
def test_it_is_of_that_language(capsys, outputs, words, name, printed):
    assert call(capsys, "pdf", "ZZZ", "--outputs", outputs, *words)[0] == 0
    assert (outputs / "pdf" / name).read_bytes() == printed


def test_a_language_without_a_catalogue_is_refused(capsys, outputs):
    status, _, said = call(capsys, "pdf", "ZZZ", "--outputs", outputs, "--language", "xx")
    assert status == 2 and "there is no language 'xx'; there are: en, uk" in said


def test_where_the_report_was_not_made_in_it_what_makes_it_is_said(capsys, outputs):
    (outputs / PAGE).unlink()
    status, _, said = call(capsys, "pdf", "ZZZ", "--outputs", outputs, "--language", "uk")
    assert status == 2 and "`cop run ZZZ --language uk` makes it" in said
