"""The batch tells the truth: exit status, cause and cell; one country's failure touches no
other.
"""

import json

import pytest
from conftest import ROOT, ZEDLAND, laid_out, with_countries
from lxml import html

from cop.cli import main
from cop.report import render
from cop.run import plan


def said(capsys, *call):
    """Return (exit status, what was said on the error channel) of a call."""
    status = main.main(list(call))
    return status, capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["run", "UKRR"], ["UKRR is not a country code", "did you mean UKR?"]),
        (["run", "Germany"], ["Germany is not a country code", "did you mean DEU?"]),
        (["run", "ukr"], ["ukr is not a country code", "did you mean UKR?"]),
        (["run", "--baseline", "DEUU"], ["DEUU is not a country code", "did you mean DEU?"]),
        (["run"], ["say which countries to run"]),
        (["run", "UKR", "--all"], ["say which countries to run"]),
        (["run", "SEE-2020", "EAP"], ["one group at a time: SEE-2020, EAP"]),
        (["run", "UKR", "EAP", "--group", "SEE-2020"], ["one group at a time: EAP, SEE-2020"]),
        (["run", "UKR", "--wrong"], ["--wrong"]),
        (["run", "UKR", "--edition", "2019"], ["UKR has no edition '2019'", "it has: 2026"]),
        (["run", "--all", "--edition", "26"], ["ALB has no edition '26'"]),
        (["why", "UKR", "--edition", "2019"], ["UKR has no edition '2019'"]),
        (["run", "UKR", "--notebooks", "/no/such/folder"], ["holds no notebook of a stage"]),
        (["run", "UKR", "--jobs", "0"], ["'0' is not a whole number above zero"]),
        (
            ["run", "UKR", "--data", "/no/such/folder"],
            ["there is no data folder at /no/such/folder"],
        ),
        (["check", "--data", "/no/such/folder"], ["there is no data folder at /no/such/folder"]),
        (["fly"], ["fly"]),
        ([], ["required"]),
    ],
)
def test_a_wrong_call_gives_one_clear_sentence_and_status_2(capsys, call, words):
    status, text = said(capsys, *call)
    assert status == 2 and len(text.splitlines()) == 1 and "Traceback" not in text
    assert all(w in text for w in words)


def test_a_group_named_beside_countries_is_run_with_them():
    named = plan.Choice(("DEU", "SEE-2020", "UKR")).of_group()
    assert (named.countries, named.group) == (("DEU", "UKR"), "SEE-2020")
    of_group = [job.key for job in plan.jobs(plan.Choice(group="SEE-2020"))]
    assert [job.key for job in plan.jobs(named)] == list(dict.fromkeys(["DEU", "UKR", *of_group]))
    assert plan.Choice(("UKR",)).of_group() == plan.Choice(("UKR",))


@pytest.mark.slow
def test_a_fault_in_a_shared_table_stops_the_run_before_it_starts(tmp_path, capsys):
    data = with_countries(tmp_path, "UKR")
    gci = data / "statistics" / "gci.csv"
    gci.write_text(gci.read_text().replace("UKR,2024,", "UKR,20x4,", 1))
    status, text = said(
        capsys, "run", "UKR", "--data", str(data), "--outputs", str(tmp_path / "out")
    )
    assert (
        status == 2
        and "statistics/gci.csv, row" in text
        and "'20x4'" in text
        and not (tmp_path / "out").exists()
    )


@pytest.mark.slow
def test_a_country_with_an_error_fails_alone_and_is_named(tmp_path):
    """Georgia's narrative cites a source that does not exist; Albania's data has a wrong word."""
    data, outputs = with_countries(tmp_path, "ALB", "GEO", "UKR"), tmp_path / "out"
    narrative = data / "research" / "GEO" / "narrative" / "analysis.md"
    narrative.write_text(narrative.read_text().replace("[@GEO-S", "[@GEO-S9", 1))
    evidence = data / "research" / "ALB" / "evidence.csv"
    evidence.write_text(evidence.read_text().replace(",high,,yes,", ",hgih,,yes,", 1))
    assert main.main(["run", "--all", "--data", str(data), "--outputs", str(outputs)]) == 1
    assert (outputs / "site" / "cop-assessment-UKR.html").exists()
    rows = [json.loads(line) for line in (outputs / "ledger.jsonl").read_text().splitlines()]
    failed = {row["country"]: row for row in rows if row["status"] == "failed"}
    assert set(failed) == {"GEO", "ALB"}
    assert {(r["stage"], r["cause"]) for r in failed.values()} == {("data", "held back")}
    assert "GEO/narrative/analysis.md, row" in failed["GEO"]["message"]
    assert "research/ALB/evidence.csv, row" in failed["ALB"]["message"]
    assert not list((outputs / "site").glob("*GEO*")) and not (outputs / "GEO").exists()
    page = html.parse(str(outputs / "site" / "cop-regional-synthesis.html")).getroot()
    text = page.text_content()
    assert "Left out, because their assessment is not complete" in text and "Georgia" in text
    assert "the last run failed" in (outputs / "site" / "index.html").read_text()


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
class TestZedland:
    def test_every_page_says_synthetic(self, zedland):
        pages = {p: p.read_text("utf-8") for p in (zedland / "site").glob("cop-*.html")}
        assert len(pages) == 7 and all("SYNTHETIC" in text for text in pages.values())

    def test_hostile_text_arrives_as_text(self, zedland):
        texts = [p.read_text(encoding="utf-8") for p in (zedland / "site").glob("cop-*.html")]
        assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in text for text in texts)
        assert not any("<script" in text for text in texts)

    def test_unverified_rows_are_in_no_page(self, zedland):
        table = (zedland / "ZZZ" / "tables" / "to_verify.csv").read_text(encoding="utf-8")
        waiting = [line.split(",")[2] for line in table.splitlines()[1:]]
        pages = (zedland / "site").glob("cop-*.html")
        shown = " ".join(page.read_text(encoding="utf-8") for page in pages)
        assert waiting
        assert not [i for i in waiting if f'id="{i}"' in shown or f">[{i[4:]}]<" in shown]

    def test_no_folder_of_this_machine_is_in_what_was_made(self, zedland):
        made = [p for p in zedland.rglob("*") if p.suffix in (".ipynb", ".html", ".csv", ".jsonl")]
        assert made and not [p.name for p in made if str(ROOT) in p.read_text(encoding="utf-8")]


def test_a_broken_link_or_a_picture_without_words_makes_a_page_unfit():
    link = html.document_fromstring('<main><a href="#nowhere">x</a></main>')
    picture = html.document_fromstring(
        '<main><img alt="No description has been provided for this image"></main>'
    )
    for tree, words in ((link, "leads nowhere"), (picture, "no alternative text")):
        with pytest.raises(render.Unfit, match=words):
            render._link(tree, "cop-assessment-ZZZ.html")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('iso3 = \\"ZZZ\\"', 'country = \\"ZZZ\\"', "sets ['country'], which a run does not"),
        ('"cells": [', '"cells": ', "cannot be read as a notebook"),
    ],
)
def test_an_unreadable_notebook_or_one_with_other_parameters_is_refused(
    tmp_path, capsys, old, new, words
):
    text = (plan.NOTEBOOKS / "4-ict-statistics.ipynb").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "4-ict-statistics.ipynb").write_text(text.replace(old, new, 1), encoding="utf-8")
    call = ["run", "UKR", "--notebooks", str(tmp_path), "--outputs", str(tmp_path / "out")]
    status, text = said(capsys, *call)
    assert status == 2 and words in text and len(text.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_an_edited_copy_of_a_notebook_is_run_and_shown(zedland, tmp_path, capsys):
    laid_out(zedland, tmp_path / "out")
    text = (plan.NOTEBOOKS / "4-ict-statistics.ipynb").read_text(encoding="utf-8")
    (tmp_path / "4-ict-statistics.ipynb").write_text(text.replace("## ", "## Tried: "), "utf-8")
    call = ["run", "ZZZ", "--data", str(ZEDLAND), "--outputs", str(tmp_path / "out")]
    assert main.main([*call, "--notebooks", str(tmp_path)]) == 0
    page = tmp_path / "out" / "site" / "cop-annex-ZZZ-4-ict-statistics.html"
    assert "Tried: " in page.read_text(encoding="utf-8")
    assert main.main(call) == 0
    assert "Tried: " not in page.read_text(encoding="utf-8")
