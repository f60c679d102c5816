"""The promise page says how often what it promises was tried: counted here from the tests."""

import importlib
import itertools
import re
import sys

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| ([\d,]+) \| (.+) \|$", PAGE, re.MULTILINE)


def module(path):
    """Give a module of the tests by its path."""
    folder, _, name = f"{ROOT}/tests/{path}".rpartition("/")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


def cases(test):
    """Give all cases of a test, as the values of its parameters."""
    marks = [m for m in test.pytestmark if m.name == "parametrize"]
    values = [[getattr(one, "values", one) for one in mark.args[1]] for mark in marks]
    return list(itertools.product(*values))


def span(ranges):
    """Give how many numbers lie in ranges that follow on each other without a gap."""
    first, last = zip(*sorted(ranges), strict=True)
    assert first[1:] == last[:-1]
    return last[-1] - first[0]


def publications():
    """Give how many surveys were published, once and twice."""
    test = module("fieldwork/test_disclosure")
    every = cases(test.test_no_suppressed_cell_of_a_simulated_survey_is_narrowed)
    again = {one[0] if isinstance(one, tuple) else one for one, _ in every}
    return [
        span(r for a, r in every if (a[0] if isinstance(a, tuple) else a) == n)
        for n in sorted(again)
    ]


def exports():
    test = module("fieldwork/test_export_settings")
    others = (
        test.test_kobo_with_several_versions_in_one_export,
        test.test_odk_with_any_setting,
        test.test_limesurvey_with_any_setting,
    )
    kobo = len(cases(test.test_kobo_with_any_separator_and_all_other_settings))
    return kobo * len(test.SETTINGS) + sum(len(cases(one)) for one in others)


def counted():
    """Give the numbers, in the order of the page."""
    attacker = module("fieldwork/test_attacker")
    kinds = cases(attacker.test_who_runs_the_program_on_all_tables_that_agree_excludes_nothing)
    runs, writes = module("batch/results/test_kills"), module("cop/test_writing_kills")
    lock, fuzz = module("batch/results/test_lock"), module("cop/test_fuzz")
    awkward = module("fieldwork/returns/awkward")
    of_runs = cases(lock.test_of_runs_at_once_each_is_whole_or_refused)
    of_words = cases(fuzz.test_whatever_is_called_on_whatever_data_it_ends_in_a_sentence)
    return [
        *publications(),
        len({str(one[0]) for one in kinds}) * span({r for _, r in kinds}),
        len(module("contract/test_breaks").BREAKS),
        len(runs.CHANGES) * runs.LEAST,
        sum(writes.LEAST.get(name, writes.FEW) for name in writes.COMMANDS),
        max(one[0] if isinstance(one, tuple) else one for (one,) in of_runs),
        len(awkward.KINDS) * len(awkward.SIZES),
        exports(),
        len(of_words) * fuzz.CALLS,
    ]


def test_each_number_of_the_page_is_that_of_the_tests():
    assert [int(times.replace(",", "")) for _, times, _ in ROWS] == counted()


@pytest.mark.parametrize("least", [[1000, 1000, 1000, 200, 300, 100, 500, 96, 300]])
def test_none_is_less_than_was_asked_for(least):
    once, twice, tables, breaks, runs, writes, *others = counted()
    numbers = [once, twice, tables, breaks, runs + writes, *others]
    assert all(number >= wanted for number, wanted in zip(numbers, least, strict=True))
