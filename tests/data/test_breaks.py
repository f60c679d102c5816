"""Two hundred breaks of the data: none comes silently into a report (breaks.py plants them)."""

import os
import shutil

import pytest
from breaks import ISO3, breaks
from conftest import with_countries

from cop.data import Refused, checks
from cop.run import plan
from cop.run.plan import Choice

QUICK, TEST = 24, 8  # one in so many is tried by `make quick`, by `make test`; `make simulate`: all
BREAKS = breaks()
SILENT = {  # a narrative that is still to be written is a state of the work, and said in the report
    "narrative emptied"
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a copy of the data with all countries, and without git beside it."""
    return with_countries(tmp_path_factory.mktemp("whole"), ISO3, "MDA", "GEO")


@pytest.fixture
def data(whole, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(whole, copy, copy_function=os.link)
    return copy


def refusals(data, whole):
    """Return what `cop run` says before it makes a page: of the call, shared tables, the
    country.
    """
    shared = [p for place in ("reference", "statistics") for p in (whole / place).glob("*.csv")]
    touched = any(not p.samefile(data / p.relative_to(whole)) for p in shared)
    try:
        jobs = plan.jobs(Choice((ISO3,), data=data))
    except Refused as refused:
        return [str(refused)]
    faults = checks.of_shared(data) if touched else []
    return faults or [fault for job in jobs for fault in checks.of_country(data, job.key)]


def test_there_are_two_hundred():
    assert len(BREAKS) >= 200


def test_without_a_break_nothing_is_refused(data, whole):
    assert refusals(data, whole) == []


def marks(number):
    long = [pytest.mark.simulation] if number % TEST else []
    return [pytest.mark.slow, *long] if number % QUICK else []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=marks(n)) for n, name in enumerate(BREAKS)]
)
def test_a_break_is_told_with_its_mend(data, whole, name):
    BREAKS[name](data)
    told = refusals(data, whole)
    assert bool(told) == (name not in SILENT)
    assert all(str(one).isprintable() and len(str(one)) > 40 for one in told)
