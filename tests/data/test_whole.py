"""One file written whole: stopped at any step, or written by two at once, it is old or new."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from cop.data import writing
from cop.data.machine import secret


class Stop(BaseException):
    """What no code catches, as a kill."""


def stopped(*_):
    raise Stop


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_stop_leaves_the_old_and_the_next_call_leaves_nothing_beside(tmp_path, monkeypatch, step):
    file = tmp_path / "deep" / "report.docx"
    writing.whole(file, b"old")
    with monkeypatch.context() as patch, pytest.raises(Stop):
        patch.setattr(os, step, stopped)
        writing.whole(file, b"new and longer")
    assert file.read_bytes() == b"old" and len(list(file.parent.iterdir())) == 2
    writing.whole(file, b"new")
    assert file.read_bytes() == b"new" and list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_and_nothing_beside(tmp_path, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "file"
    writing.whole(file, b"old")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, step, full)
        writing.whole(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_a_link_that_somebody_laid_beside_is_not_followed(tmp_path):
    mine, file = tmp_path / "mine", tmp_path / "file"
    mine.write_bytes(b"mine")
    (tmp_path / ".file.part").symlink_to(mine)
    with pytest.raises(OSError):
        writing.whole(file, b"new")
    assert mine.read_bytes() == b"mine" and not file.exists()


def test_two_at_once_leave_one_of_both(tmp_path):
    file, kinds = tmp_path / "file", [bytes([n]) * 300_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: writing.whole(file, content), kinds * 6))
    assert file.read_bytes() in kinds and list(tmp_path.iterdir()) == [file]


def test_what_is_no_file_is_written_to_and_a_link_is_followed(tmp_path):
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    writing.whole(link, b"a")
    assert link.is_symlink() and file.read_bytes() == b"a"
    reading, sending = os.pipe()
    writing.whole(f"/dev/fd/{sending}", b"piped")
    os.close(sending)
    with open(reading, "rb") as pipe:
        assert pipe.read() == b"piped"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_stop_while_a_key_is_made_leaves_no_key_that_is_refused(tmp_path, monkeypatch, step):
    place = tmp_path / "kept" / "key"
    monkeypatch.setenv("KEY_HERE", str(place))
    with monkeypatch.context() as patch, pytest.raises(Stop):
        patch.setattr(os, step, stopped)
        secret.kept("KEY_HERE", "", tmp_path / "data")
    held = secret.kept("KEY_HERE", "", tmp_path / "data")
    assert len(held) == 64 and secret.kept("KEY_HERE", "", tmp_path / "data") == held
    assert place.stat().st_mode & 0o777 == 0o600 and list(place.parent.iterdir()) == [place]


def test_all_who_make_a_key_at_once_use_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY_HERE", str(tmp_path / "key"))
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: secret.kept("KEY_HERE", "", tmp_path / "data"), range(24)))
    assert len(set(keys)) == 1
