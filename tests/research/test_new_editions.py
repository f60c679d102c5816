"""A country is begun with one command, and its next edition keeps the one before."""

from datetime import date

import pytest
from conftest import call, copy_of_zedland

import cop.data
from cop.data import writing
from cop.data.places import Country
from cop.research import editions
from helpers import assessment


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland's data that may be changed."""
    return copy_of_zedland(tmp_path)


def own_tables(data):
    every = (r for r in cop.data.contents(data)["resources"] if isinstance(r["path"], list))
    return [r for r in every if r.get("type") == "table"]


def test_every_table_has_its_heading_and_the_edition_is_filled_in(zed, capsys):
    status, out, _ = call(capsys, "new", "YYY", "--data", zed)
    assert status == 0 and "Created YYY, edition 20" in out and "`cop run YYY`" in out
    for table in own_tables(zed):
        file = zed / cop.data.paths(table["name"], zed, "YYY")[0]
        assert file.exists() != bool(table.get("cop:optional"))
        if file.exists():
            heading, *rows = file.read_text(encoding="utf-8").splitlines()
            assert heading.split(",") == [field["name"] for field in table["schema"]["fields"]]
            assert len(rows) == (table["name"] == "editions")
    row = cop.data.read("editions", zed, "YYY").iloc[0]
    assert row.status == "draft" and row.cut_off and row.basis
    place = Country("YYY", "Yonderland", str(zed), "", row.edition)
    for part in ("observations", "analysis"):
        note = (zed / "research/YYY/narrative" / f"{part}.md").read_text(encoding="utf-8")
        assert "still to be written" in note and "Yonderland" in note and "[@YYY-S01]" in note
        assert "This chapter is still to be written." in str(assessment.narrative(place, part))


def test_an_edition_follows_a_validated_one(zed):
    folder = zed / "research" / "ZZZ"
    table = folder / "editions.csv"
    table.write_text(table.read_text("utf-8").replace(",draft,", ",validated,"), "utf-8")
    (folder / "sign_offs.csv").write_text(
        "body,day,scope,edition,text\nMinistry,2026-07-01,the whole report,2026,\n", "utf-8"
    )
    editions.begin("ZZZ", zed, "2028", date(2026, 11, 20))
    assert cop.data.present("editions", zed, "ZZZ").status.tolist() == ["validated", "draft"]


def stopped(*anything):
    """Stop as Ctrl-C or a power cut would."""
    raise KeyboardInterrupt


def test_a_stop_before_the_decision_leaves_nothing_and_one_after_it_everything(zed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(writing.os, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            editions.begin("YYY", zed)
    with writing.alone(zed):
        assert not (zed / "research" / "YYY").exists() and not (zed / writing.PENDING).exists()
    with monkeypatch.context() as patch:
        patch.setattr(
            writing,
            "carry_through",
            lambda root: stopped() if (zed / writing.PENDING).exists() else None,
        )
        with pytest.raises(KeyboardInterrupt):
            editions.begin("YYY", zed)
    with writing.alone(zed):
        own = [table for table in own_tables(zed) if not table.get("cop:optional")]
        assert len(list((zed / "research" / "YYY").rglob("*.*"))) == len(own) + 2


@pytest.mark.slow
def test_a_new_country_is_checked_and_may_be_cited(zed, capsys):
    call(capsys, "new", "YYY", "--data", zed)
    folder, challenges = zed / "research" / "YYY", zed / "research" / "ZZZ" / "challenges.csv"
    with (folder / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("YYY-S01,Invented report,Invented office,2024,en,dataset,statistics,first,,,")
        file.write("2026-11-24,yes\n")
    with (folder / "evidence.csv").open("a", encoding="utf-8") as file:
        file.write("YYY-E01,research,An invented statement.,2024,source,YYY-S01,high,,yes,")
        file.write("2026-11-24,\n")
    text = challenges.read_text(encoding="utf-8").replace(",ZZZ-E17,", ",YYY-E01,", 1)
    challenges.write_text(text, encoding="utf-8")
    assert call(capsys, "check", "--data", zed)[0] == 0
    text = (folder / "evidence.csv").read_text(encoding="utf-8").replace(",high,", ",hgih,")
    (folder / "evidence.csv").write_text(text, encoding="utf-8")
    status, out, _ = call(capsys, "check", "--data", zed)
    assert status == 2 and "research/YYY/evidence.csv, row 2, column confidence: 'hgih'" in out
