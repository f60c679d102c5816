"""Years and days that cannot be, and an edition that does not go with its data cut-off."""

from datetime import date

import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland

from cop.data.checks import editions, schema
from cop.data.checks.rules import RULES
from cop.data.checks.tables import Check

NOW = schema.this_day(DATA)


def beyond(limit, *cells):
    column = pd.Series(cells, range(2, len(cells) + 2), dtype="str", name="when")
    latest = schema.latest_times(DATA)[limit]
    errors = schema.check_time(column, limit, latest, Check("evidence", "a.csv", DATA))
    return [(e.row, e.value) for e in errors]


def test_a_day_to_come_is_told_and_today_is_not():
    later = f"{NOW.year + 1}-01-01"
    assert beyond("today", NOW.isoformat(), later, "") == [(3, later)]


def test_a_year_may_be_this_one_or_the_next_as_the_contract_says():
    years = [str(NOW.year + n) for n in range(3)]
    assert [v for _, v in beyond("this year", *years)][-1] == years[2]
    assert beyond("next year", *years) == [(4, years[2])]
    assert beyond("next year", f"{years[1]}-12-31", f"{years[2]}-01") == [(3, f"{years[2]}-01")]


@pytest.mark.parametrize("text", ["soon", "2062-13-45", "99999", "24.11.2062", "2199"])
def test_what_is_no_year_and_no_day_has_a_fault_of_its_own(text):
    assert beyond("today", text) == []


def test_a_clock_set_before_the_contract_was_made_is_not_believed(monkeypatch):
    class Early(date):
        @classmethod
        def today(cls):
            return cls(1970, 1, 1)

    monkeypatch.setattr(schema, "date", Early)
    assert schema.this_day(DATA).year > 2025


def of_editions(frame):
    return [*RULES["edition-cut-off"].find(frame, Check("editions", "editions.csv", DATA))]


@pytest.mark.parametrize(
    ("edition", "cut_off", "says"),
    [
        ("2026", "2026-06-30", None),
        ("2028", "2026-06-30", None),
        ("2025", "2026-06-30", "does not go with the data cut-off 2026-06-30"),
        ("2029", "2026-06-30", "does not go with"),
        ("2026", "2062-06-30", "does not go with"),
        ("2026", "soon", None),
    ],
)
def test_an_edition_goes_with_its_cut_off(edition, cut_off, says):
    frame = pd.DataFrame({"edition": [edition], "cut_off": [cut_off]}, index=[2], dtype="str")
    told = [e.rule for e in of_editions(frame)]
    assert bool(told) == bool(says) and all(says in rule for rule in told)


def test_a_later_edition_has_a_later_cut_off():
    rows = {"edition": ["2026", "2028"], "cut_off": ["2026-11-24", "2026-06-30"]}
    [fault] = of_editions(pd.DataFrame(rows, index=[2, 3], dtype="str"))
    assert (fault.row, fault.value) == (3, "2026-06-30")


@pytest.mark.parametrize(
    ("cut_off", "verified", "says"),
    [
        ("2026-06-15", "yes", None),
        ("2026-06-14", "yes", "is before 13 sources were seen. Move it to 2026-06-15"),
        ("2026-06-14", "no", None),
        ("2024-06-30", "yes", "or leave what was seen later to the next edition"),
    ],
)
def test_no_source_was_seen_after_the_cut_off(tmp_path, cut_off, verified, says):
    data = copy_of_zedland(tmp_path)
    table, sources = (data / f"research/ZZZ/{name}.csv" for name in ("editions", "sources"))
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("2026-06-30", cut_off), encoding="utf-8")
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace(",yes\n", f",{verified}\n"), encoding="utf-8")
    told = [str(fault) for fault in editions.of_cut_off(data, "ZZZ")]
    assert bool(told) == bool(says) and all(says in fault for fault in told)
