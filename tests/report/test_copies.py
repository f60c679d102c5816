"""A copy is named as a copy wherever a source is shown."""

import pandas as pd
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import citations, words

PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")


def test_every_copy_of_a_data_set_names_its_host_and_no_original_does():
    frame = cop.data.read("statistics_sources", str(DATA))
    assert (frame.hand == "copy").equals(frame.copy_host != "")


def test_a_data_set_says_at_whose_address_its_copy_was_read():
    link = str(citations.data_ref("ITU_DATAHUB", PLACE))
    assert '<abbr title="copy at GitHub">' in link
    assert "†" not in str(citations.data_ref("COE_LANZAROTE", PLACE))
    listed = said(citations.of_statistics(PLACE, ["ITU_DATAHUB", "COE_LANZAROTE"]))
    assert listed.count("Copy at GitHub. Available at:") == 1 and "third party" not in listed
    names = citations.publishers(["ITU_DATAHUB", "COE_LANZAROTE", "ITU_IDI2024"], PLACE)
    assert names == "ITU (copy at GitHub); Council of Europe"


def test_a_source_of_a_country_says_at_whose_address_its_copy_was_read():
    about = {"publisher": "Parliament", "year": 2020, "title": "Law", "type": "law"}
    about |= {"url": "https://docs.example/1", "accessed": "2026-06-01", "copy_host": ""}
    shown = [
        said(words.render("sources", "source", row, None))
        for row in pd.DataFrame([about, about | {"copy_host": "docs.example"}]).itertuples()
    ]
    assert "Law. Available at: https://docs.example/1" in shown[0] and "Copy" not in shown[0]
    assert "Law. Copy at docs.example. Available at: https://docs.example/1" in shown[1]
