"""What the check refuses is in no page, and no desk baseline replaces a lost assessment."""

import shutil

import pytest
from conftest import beside_its_base, call, copy_of_zedland, laid_out

from cop.data.checks import losses
from cop.report.filenames import BASELINE
from cop.run import plan, steps


def check(job):
    return steps.check_country(job)[0]


@pytest.mark.slow
def test_what_the_check_refuses_is_in_no_page(tmp_path, capsys):
    """`cop run` names the errors, holds the country back and exits with 1; no page is made."""
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    file = data / "research" / "ZZZ" / "narrative" / "analysis.md"
    words = "word " * 23 + "end"  # a sentence of 24 words without a source
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{words}.\n", encoding="utf-8")
    status, text, _ = call(capsys, "run", "ZZZ", "--data", data, "--outputs", outputs)
    assert status == 1 and "ZZZ  failed" in text
    assert "data: held back: research/ZZZ/narrative/analysis.md: 'word word" in text
    assert "is a paragraph without a citation. Add a citation" in text
    pages = list(outputs.rglob("*.html"))
    assert pages and not [p.name for p in pages if p.name.startswith("cop-")]
    assert not [p for p in pages if "word word" in p.read_text(encoding="utf-8")]


def test_an_assessment_emptied_to_its_headings_becomes_no_desk_baseline(tmp_path):
    """It would be run as a country that was only begun, and its report be replaced in silence."""
    data = copy_of_zedland(tmp_path)
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")
    emptied(data / "research" / "YYY")  # this one was only begun
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    emptied(data / "research" / "ZZZ")
    choice = plan.Choice(countries=("ZZZ", "YYY"), data=data, outputs=tmp_path / "out")
    gone, begun = plan.jobs(choice)
    assert gone.stages == begun.stages == (BASELINE,)
    errors = check(gone)
    assert any("research/ZZZ/evidence.csv: has lost" in e for e in errors)
    assert check(begun) == []
    (data / "research" / "ZZZ").rename(data / "research" / "ZZZ copy")
    gone, _ = plan.jobs(choice)
    assert gone.stages == (BASELINE,)
    [error] = check(gone)
    assert (
        "research/ZZZ: is listed in counts.json but no longer exists" in error
        and "--meant" in error
    )


def emptied(place):
    for table in place.glob("*.csv"):
        if table.name != "editions.csv":
            heading = table.read_text(encoding="utf-8").splitlines()[0]
            table.write_text(f"{heading}\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_an_emptied_assessment_is_held_back_and_its_report_stays(zedland, tmp_path, capsys):
    data, outputs = beside_its_base(tmp_path), tmp_path / "out"
    laid_out(zedland, outputs, "ZZZ")
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    where = ["--data", data, "--outputs", outputs]
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    report = (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes()
    emptied(data / "research" / "ZZZ")
    status, text, _ = call(capsys, "run", "ZZZ", *where)
    assert status == 1 and "held back" in text and "has lost" in text
    assert not list((outputs / "site").glob("baselines/*ZZZ*"))
    assert (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes() == report


@pytest.mark.slow
def test_the_report_of_a_country_whose_folder_was_renamed_stays_and_says_so(tmp_path, capsys):
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    where = ["--data", data, "--outputs", outputs]
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    report = (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes()
    (data / "research" / "ZZZ").rename(data / "research" / "ZZZ copy")
    status, text, _ = call(capsys, "run", "ZZZ", *where)
    assert status == 1 and "research/ZZZ: is listed in counts.json but no longer exists" in text
    assert (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes() == report
    assert "its folder is not in the data any more" in (outputs / "site" / "index.html").read_text()
    (data / "research" / "ZZZ copy").rename(data / "research" / "ZZZ")
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    assert "is not in the data any more" not in (outputs / "site" / "index.html").read_text()
