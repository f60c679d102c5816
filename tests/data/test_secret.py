"""Keys outside the repository: made whole, and one that was left empty is made anew."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from cop.data import Refused
from cop.data.machine import secret


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("COP_TRIED", str(tmp_path / "keys" / "key"))
    return tmp_path / "keys" / "key"


def kept(tmp_path):
    return secret.kept("COP_TRIED", "~/never", tmp_path / "data")


def test_a_key_is_made_once_for_its_owner_alone(place, tmp_path):
    first = kept(tmp_path)
    assert len(first) == 2 * secret.LEAST and kept(tmp_path) == first
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    assert [p.name for p in place.parent.iterdir()] == ["key"]


def test_one_that_was_left_empty_is_made_anew_and_a_short_one_is_refused(place, tmp_path):
    place.parent.mkdir()
    place.touch(mode=0o600)
    assert len(kept(tmp_path)) == 2 * secret.LEAST
    place.write_text("short")
    with pytest.raises(Refused, match="has 5 bytes"):
        kept(tmp_path)


def test_of_two_who_make_it_at_once_both_have_the_same(place, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: kept(tmp_path), range(8)))) == 1


def test_whoever_is_stopped_leaves_no_empty_key(place, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(secret.writing.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path)
    assert not place.exists()
