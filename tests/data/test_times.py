"""Years and days that cannot be, and an edition that does not go with its data cut-off."""

from datetime import date, timedelta

import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland

from cop.data.checks import editions, schema
from cop.data.checks.rules import RULES, Check

FIELDS = {  # one of each limit of cop:notAfter
    "today": {"type": "date", "cop:notAfter": "today"},
    "next year": {"type": "integer", "cop:notAfter": "next year"},
}


def beyond(limit, *cells):
    """Return (row, what is wrong) of cells whose field has this limit."""
    column = pd.Series(cells, range(2, len(cells) + 2), dtype="str", name="when")
    check, latest = Check("evidence", "a.csv", DATA), schema.latest_times(DATA)
    errors = schema._column_errors(column, FIELDS[limit], latest, check)
    return [(error.row, error.rule.split(" (")[0]) for error in errors]


def test_a_day_to_come_is_an_error_and_tomorrow_elsewhere_is_not():
    days = [(date.today() + timedelta(days=n)).isoformat() for n in (0, 1, 2)]
    assert beyond("today", *days, "") == [(4, "is later than today")]
    assert beyond("today", "2062-13-45") == [(2, "is not a date")]


def test_a_year_may_be_the_next_one_and_no_later():
    years = [str(date.today().year + n) for n in range(3)]
    assert beyond("next year", *years) == [(4, "is later than next year")]
    assert beyond("next year", "soon") == [(2, "is not a whole number")]


def test_a_clock_set_before_the_contract_was_made_is_not_believed(monkeypatch):
    class Early(date):
        @classmethod
        def today(cls):
            return cls(1970, 1, 1)

    monkeypatch.setattr(schema, "date", Early)
    assert schema.latest_times(DATA)["today"] > "2025"


def of_editions(frame):
    return [*RULES["edition-cut-off"].find(frame, Check("editions", "editions.csv", DATA))]


@pytest.mark.parametrize(
    ("edition", "cut_off", "says"),
    [
        ("2026", "2026-06-30", None),
        ("2028", "2026-06-30", None),
        ("2025", "2026-06-30", "does not go with the data cut-off 2026-06-30"),
        ("2029", "2026-06-30", "does not go with"),
        ("2026", "soon", None),
    ],
)
def test_edition_cut_off_is_in_its_year_or_two_before(edition, cut_off, says):
    frame = pd.DataFrame({"edition": [edition], "cut_off": [cut_off]}, index=[2], dtype="str")
    rules = [e.rule for e in of_editions(frame)]
    assert bool(rules) == bool(says) and all(says in rule for rule in rules)


def test_edition_cut_off_is_not_before_that_of_an_earlier_edition():
    rows = {"edition": ["2026", "2028"], "cut_off": ["2026-11-24", "2026-06-30"]}
    [error] = of_editions(pd.DataFrame(rows, index=[2, 3], dtype="str"))
    assert (error.row, error.value) == (3, "2026-06-30")


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
    errors = [str(error) for error in editions.of_cut_off(data, "ZZZ")]
    assert bool(errors) == bool(says) and all(says in error for error in errors)
