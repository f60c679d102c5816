"""A number means the same finding in every edition, and a correction makes another version."""

from datetime import date

import pytest
from conftest import call, copy_of_zedland
from test_rules_of_method import plant, rows_of

import cop.data
from cop.data import checks
from cop.data.checks import editions
from cop.research import editions as begun

HEAD = "day,iso3,page,wrong,now,edition,version\n"
ROW = "{day},ZZZ,Observations,41%,14%,2026,{version}\n"


@pytest.fixture
def later(tmp_path):
    """Return Zedland in a next edition, in which nothing changed yet."""
    zed = copy_of_zedland(tmp_path)
    begun.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    return zed


def told(data):
    return [(f.file, f.row, f.column, f.value, f.rule) for f in checks.of_country(data, "ZZZ")]


def test_where_no_contact_is_set_the_check_says_who_sets_it_and_finds_no_fault(
    tmp_path, monkeypatch, capsys
):
    zed = copy_of_zedland(tmp_path)
    makers = [{"title": "The office"}]
    whole = cop.data.contents(zed)
    monkeypatch.setattr(editions, "contents", lambda data: whole | {"contributors": makers})
    status, out, _ = call(capsys, "check", "--data", zed)
    assert status == 0 and "To be done: datapackage.json: no contact is set" in out
    assert 'the coordinator sets "email" (of an office) or "path" (a page)' in out
    for address in ({"email": "cop@example.org"}, {"path": "https://example.org/contact"}):
        makers[0] = {"title": "The office"} | address
        assert editions.waiting(zed) == []


def test_a_finding_reworded_under_its_number_is_the_same(later):
    plant(later, "challenges", "ZZZ-C02", challenge="No procedure for abuse online is written.")
    assert told(later) == []


def test_a_number_that_meant_another_finding_is_refused_with_edition_and_mend(later):
    cells = {"challenge": "Schools have no rules.", "theme": "awareness and education"}
    row = plant(later, "challenges", "ZZZ-C02", **cells)
    [fault] = checks.of_country(later, "ZZZ")
    assert (fault.row, fault.column, fault.value) == (row, "challenge_id", "ZZZ-C02")
    assert (
        fault.rule == "is another finding in the edition of 2026, on reporting and victim support"
    )
    assert "give the new finding a number that no edition has" in fault.fix


def test_findings_that_were_renumbered_are_refused_each_by_the_number_it_had(later):
    _, rows = rows_of(later, "challenges")
    first, second = ({k: v for k, v in row.items() if k != "challenge_id"} for row in rows[:2])
    plant(later, "challenges", "ZZZ-C01", **second)
    plant(later, "challenges", "ZZZ-C02", **first)
    assert [(value, rule) for *_, value, rule in told(later) if "word for word" in rule] == [
        ("ZZZ-C01", "is ZZZ-C02 in the edition of 2026, word for word"),
        ("ZZZ-C02", "is ZZZ-C01 in the edition of 2026, word for word"),
    ]


@pytest.fixture
def corrected(tmp_path):
    """Return a function: Zedland with corrections, each (day, version), and what is told of
    them.
    """
    zed = copy_of_zedland(tmp_path)

    def write(*rows):
        text = HEAD + "".join(ROW.format(day=day, version=version) for day, version in rows)
        (zed / "reference" / "corrections.csv").write_text(text, encoding="utf-8")
        faults = checks.of_shared(zed)
        return [(f.row, f.column, f.value, f.rule) for f in faults], [f.fix for f in faults]

    return write


def test_a_correction_of_a_version_that_is_out_is_in_order(corrected):
    assert corrected(("2026-11-20", "0.1.0"), ("2026-11-24", "0.1.0")) == ([], [])


def test_a_correction_later_than_this_version_asks_for_another(corrected):
    [fault], [mend] = corrected(("2026-11-25", "0.1.0"))
    rule = "is later than this version, which was made on 2026-11-24"
    assert fault == (2, "day", "2026-11-25", rule)
    assert mend.startswith("Raise version and created in datapackage.json")


def test_a_correction_without_version_or_with_one_that_is_not_out_is_refused(corrected):
    [fault], _ = corrected(("2026-11-20", "0.2.0"))
    assert fault == (2, "version", "0.2.0", "is not out yet: this is version 0.1.0")
    [empty], _ = corrected(("2026-11-20", ""))
    assert empty[1] == "version" and "empty" in empty[3]


def test_versions_do_not_fall_back_from_one_day_to_the_next(corrected):
    [fault], _ = corrected(("2026-11-20", "0.1.0"), ("2026-11-21", "0.0.9"))
    assert fault[:3] == (3, "version", "0.0.9")
