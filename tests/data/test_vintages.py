"""An edition keeps the figures of its data cut-off when newer ones come in."""

import csv
import json
import shutil

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND

import cop.data
from cop.data import vintages
from cop.data.places import Country
from helpers import indicators

HEADING = "table,iso3,code,year,value,source_id,replaced_on,order"
USERS = "IT.NET.USER.ZS"


@pytest.fixture
def data(tmp_path):
    """Return a copy of Zedland, whose edition 2026 has its cut-off on 30 June 2026."""
    copy = tmp_path / "zedland"
    shutil.copytree(ZEDLAND, copy)
    (copy / "datapackage.json").write_text(json.dumps({"name": "zedland", "cop:base": str(DATA)}))
    with (copy / "statistics" / "indicators.csv").open(newline="") as handle:
        rows = [
            r for r in csv.DictReader(handle) if r["indicator_code"] == USERS and r["iso3"] == "ZZZ"
        ]
    return copy, rows[-1]


def replaced(folder, *lines):
    (folder / "statistics" / "vintages.csv").write_text("\n".join([HEADING, *lines]) + "\n")


def place(folder, edition="2026"):
    return Country("ZZZ", "Zedland", str(folder), "", edition)


def value(frame, year):
    found = frame[
        (frame.iso3 == "ZZZ") & (frame.indicator_code == USERS) & (frame.year == int(year))
    ].value
    return None if found.empty else float(found.iloc[0])


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        (["{year},1.5,ZED_STAT,2026-07-01,1"], 1.5),  # the day after the cut-off
        (["{year},1.5,ZED_STAT,2026-06-30,1"], "newest"),  # on the cut-off
        (["{year},,,2026-07-01,1"], None),  # added later
        (
            [
                "{year},3.5,ZED_STAT,2026-08-01,3",
                "{year},1.5,ZED_STAT,2026-05-01,1",
                "{year},2.5,ZED_STAT,2026-07-01,2",
            ],
            2.5,
        ),
    ],
)
def test_a_figure_is_as_it_was_at_the_cut_off(data, replacements, expected):
    folder, row = data
    year, newest = row["year"], float(row["value"])
    replaced(folder, *(f"indicators,ZZZ,{USERS},{r.format(year=year)}" for r in replacements))
    frame = vintages.as_of("indicators", place(folder))
    assert value(frame, year) == (newest if expected == "newest" else expected)
    assert value(vintages.as_of("indicators", place(folder, "")), year) == newest
    shown = indicators.read(place(folder), (USERS,))
    assert value(shown.assign(indicator_code=USERS), year) == value(frame, year)


def test_a_figure_removed_after_the_cut_off_is_there(data):
    folder, _ = data
    replaced(folder, f"indicators,ZZZ,{USERS},1999,0.5,ZED_STAT,2026-07-01,1")
    frame = vintages.as_of("indicators", place(folder))
    assert value(frame, 1999) == 0.5
    assert not frame.duplicated(["iso3", "indicator_code", "year"]).any()


def test_an_edition_of_the_gci_that_came_later_is_not_there(data):
    folder, _ = data
    before = vintages.as_of("gci", place(folder))
    replaced(
        folder, "gci,ZZZ,score,2020,60,ZED_GCI,2026-07-01,1", "gci,ZZZ,score,2018,,,2026-07-01,1"
    )
    now = vintages.as_of("gci", place(folder)).set_index(["iso3", "edition"])
    assert ("ZZZ", 2018) not in now.index and now.score["ZZZ", 2020] == 60
    assert len(now) == len(before) - 1 and now.legal["ZZZ", 2020] == 14.2
    assert now.dtypes.drop("score").equals(
        before.set_index(["iso3", "edition"]).dtypes.drop("score")
    )


def test_with_nothing_replaced_the_tables_are_the_newest(data):
    folder, _ = data
    pd.testing.assert_frame_equal(
        vintages.as_of("indicators", place(folder)), cop.data.read("indicators", str(folder))
    )
