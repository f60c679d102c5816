"""The day that pages and packages bear."""

import time
from datetime import date

import pytest

from cop.data import Refused
from cop.data.machine import day


def test_the_day_is_that_of_source_date_epoch_wherever_the_clock_stands(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795600000")
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert day.today() == date(2026, 11, 25)
    monkeypatch.delenv("TZ")
    time.tzset()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert day.today() == date.today()


def test_a_day_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(Refused, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        day.today()
