"""The end of a page: how it is cited, reused and corrected, on the contract's own words."""

import json
import tomllib
from copy import deepcopy
from dataclasses import replace

import pandas as pd
import pytest
import yaml
from conftest import DATA, ROOT, call, copy_of_zedland
from pagetext import said

import cop.data
from cop.data.places import Region
from cop.report.filenames import ASSESSMENT, of_stage
from cop.run import plan
from helpers import countries


def test_corrections_are_those_of_this_country_and_none_is_said(place, monkeypatch):
    assert "Corrections of this report: none so far." in said(countries.imprint(place))
    mended = {
        "day": "2026-12-01",
        "iso3": ["ZZZ", "YYY"],
        "page": "Observations",
        "wrong": ["41%", "12%"],
    }
    mended = pd.DataFrame(mended | {"now": "14%", "edition": "2026", "version": "0.2.0"})
    read = cop.data.read
    monkeypatch.setattr(
        cop.data, "read", lambda name, *a: mended if name == "corrections" else read(name, *a)
    )
    shown = said(countries.imprint(place))
    assert "2026-12-01 | Observations | 41% | 14% | 2026 | 0.2.0" in shown and "12%" not in shown


def test_an_identifier_and_an_address_are_shown_where_the_contract_has_them(place, monkeypatch):
    package = deepcopy(cop.data.contents(place.data)) | {"id": "https://doi.org/10.5281/zenodo.0"}
    package["contributors"][0] |= {"email": "cop@example.org"}
    monkeypatch.setattr(cop.data, "contents", lambda data: package)
    shown = countries.imprint(place)
    assert "10.5281/zenodo.0" in said(shown) and "none yet" not in said(shown)
    assert 'href="mailto:cop@example.org"' in str(shown)
    for cover in (countries.cover(place), countries.cover(replace(place, edition=""))):
        assert 'href="mailto:comments@zedland.example"' in str(cover)
    unset = countries.cover(replace(place, iso3="UKR", data=str(DATA)))
    assert "Corrections and comments" not in said(unset)


@pytest.mark.parametrize(
    ("maker", "error"),
    [
        ({"path": "https://example.org/comments"}, ""),
        ({}, ": no address for corrections and comments is set. Write the `email` of an office"),
    ],
)
def test_before_publishing_the_check_demands_an_address_for_comments(
    tmp_path, capsys, maker, error
):
    data = copy_of_zedland(tmp_path)
    package = json.loads((data / "datapackage.json").read_text())
    package["contributors"] = [{"title": "The COP assessment project"} | maker]
    (data / "datapackage.json").write_text(json.dumps(package))
    assert call(capsys, "check", "--data", data)[0] == 0
    words = "check", "--strict", "--data", data, "--outputs", tmp_path / "outputs"
    status, out, _ = call(capsys, *words)
    assert status == (2 if error else 0)
    assert f"datapackage.json, column contributors{error}" in out or not error


@pytest.mark.parametrize("name", ["version", "title of makers", "licence of the code"])
def test_the_citation_file_the_contract_and_the_package_agree(name):
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = cop.data.contents(DATA)
    same = {
        "version": {cited["version"], project["version"], package["version"]},
        "title of makers": {cited["authors"][0]["name"], package["contributors"][0]["title"]},
        "licence of the code": {cited["license"], project["license"]},
    }
    assert len(same[name]) == 1


def test_a_report_leads_to_its_annexes_and_to_the_site(place):
    shown = str(countries.further(place))
    names = [of_stage(stage, "ZZZ") for stage in plan.STAGES if stage != ASSESSMENT]
    assert all(f'href="{name}"' in shown for name in [*names, "index.html", "data.html"])
    assert "Annex 4: ICT statistics" in said(shown)
    region = Region("ZED", "Zed", ("ZZZ",), (), place.data, "", "", "2026")
    assert "Annex" not in said(countries.further(region))
