"""What the check refuses is in no page, and no desk baseline replaces a lost assessment."""

import shutil

import pytest
from conftest import beside_its_base, call, copy_of_zedland, laid_out

from cop.data.checks import losses
from cop.report.filenames import BASELINE
from cop.run import plan, steps

GONE = "research/ZZZ: is listed in counts.json but no longer exists"


def emptied(place):
    for table in {*place.glob("*.csv")} - {place / "editions.csv"}:
        heading = table.read_text(encoding="utf-8").splitlines()[0]
        table.write_text(f"{heading}\n", encoding="utf-8")


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
    errors = steps.check_country(gone)[0]
    assert any("research/ZZZ/evidence.csv: has lost" in e for e in errors)
    assert steps.check_country(begun)[0] == []
    (data / "research" / "ZZZ").rename(data / "research" / "ZZZ copy")
    gone, _ = plan.jobs(choice)
    assert gone.stages == (BASELINE,)
    errors = steps.check_country(gone)[0]
    assert [GONE in error and "--meant" in error for error in errors] == [True], (
        "a baseline is held back if the folder of its country is lost"
    )


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_the_report_of_a_country_that_was_emptied_or_renamed_stays(zedland, tmp_path, capsys):
    data, outputs = beside_its_base(tmp_path), tmp_path / "out"
    laid_out(zedland, outputs, "ZZZ")
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    where, site = ["--data", data, "--outputs", outputs], outputs / "site"
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    report, folder = (site / "cop-assessment-ZZZ.html").read_bytes(), data / "research" / "ZZZ"
    folder.rename(data / "research" / "ZZZ copy")
    status, text, _ = call(capsys, "run", "ZZZ", *where)
    assert status == 1 and GONE in text
    missing = "its folder in research/, or editions.csv in it, is missing"
    assert missing in (site / "index.html").read_text()
    (data / "research" / "ZZZ copy").rename(folder)
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    assert missing not in (site / "index.html").read_text()
    emptied(folder)
    status, text, _ = call(capsys, "run", "ZZZ", *where)
    assert status == 1 and "held back" in text and "has lost" in text
    assert not list(site.glob("baselines/*ZZZ*"))
    assert (site / "cop-assessment-ZZZ.html").read_bytes() == report


def test_a_folder_that_is_no_country_is_named_and_nothing_is_run(zed, tmp_path, capsys):
    (zed / "research" / "ZZZ").rename(zed / "research" / "Zed")
    status, _, text = call(capsys, "run", "--all", "--data", zed, "--outputs", tmp_path / "out")
    assert status == 2 and "folder research/Zed: unknown country code 'Zed'" in text
