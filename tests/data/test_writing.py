"""Files are written all or nothing: stopped at any step, or in use, they are the old or the new."""

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from cases import by_rule
from conftest import call
from planting import contents

from cop.data import UserError, machine, writing

ROW = ("section=research", "statement=New", "source_id=ZZZ-S01", "confidence=low", "verified=yes")
STILL_OPEN = "or allow writing to it and its folder, and run the command again"
OLD = {"a.csv": b"old a", "b.csv": b"old b", "gone.csv": b"old"}
NEW = {"new/deep/n.csv": b"n", "a.csv": b"a", "gone.csv": None, "b.csv": b"b"}


class Stop(BaseException):
    """Exception that no code catches, which stands for a kill."""


def stopped(*_):
    raise Stop


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def in_use(monkeypatch):
    """Return a set of paths, empty at first, which `os.replace` cannot replace."""
    paths, replace = set(), os.replace

    def _replace(source, target):
        if Path(target) in paths:
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", _replace)
    return paths


def write(root, files):
    with writing.alone(root):
        writing.write(root, files)


def test_a_row_for_a_table_in_use_is_refused_and_added_once_when_added_again(zed, in_use, capsys):
    table = zed / "research/ZZZ/evidence.csv"
    add = ("add", "evidence", "ZZZ", "--data", zed, "--set", *ROW)
    before = table.read_bytes()
    in_use.add(table)
    status, _, err = call(capsys, *add)
    assert status == 2 and str(table) in err and STILL_OPEN in err and "Traceback" not in err
    assert table.read_bytes() == before and not (zed / writing.PENDING).exists()
    assert call(capsys, "new", "YYY", "--data", zed)[0] == 0  # another country is written meanwhile
    in_use.clear()
    assert call(capsys, "check", "--data", zed)[0] == 0 and table.read_bytes() == before
    assert call(capsys, *add)[0] == 0
    assert table.read_bytes().count(b"\n") == before.count(b"\n") + 1


def test_of_several_files_all_are_written_or_none(tmp_path, in_use):
    write(tmp_path, OLD)
    before = contents(tmp_path)
    in_use.add(tmp_path / "b.csv")
    with pytest.raises(UserError, match=f"{tmp_path / 'b.csv'}: .*{STILL_OPEN}"):
        write(tmp_path, NEW)
    assert contents(tmp_path) == before and not (tmp_path / "new").exists()
    with pytest.raises(UserError, match=f"{tmp_path / 'b.csv'}: .*{STILL_OPEN}"):
        writing.whole(tmp_path / "b.csv", b"new")
    assert contents(tmp_path) == before
    in_use.clear()
    write(tmp_path, NEW)
    assert (tmp_path / "b.csv").read_bytes() == b"b" and not (tmp_path / "gone.csv").exists()


@pytest.mark.parametrize("step", range(1, 12))
def test_a_stop_while_a_change_is_taken_back_leaves_the_old(tmp_path, in_use, monkeypatch, step):
    write(tmp_path, OLD)
    before, steps, replace, unlink = contents(tmp_path), iter(range(1, 99)), os.replace, os.unlink

    def _stopping(real):
        def _step(*arguments, **named):
            if next(steps) == step:
                raise Stop
            return real(*arguments, **named)

        return _step

    in_use.add(tmp_path / "b.csv")
    with monkeypatch.context() as patch, pytest.raises((Stop, UserError)):
        patch.setattr(os, "replace", _stopping(replace))
        patch.setattr(os, "unlink", _stopping(unlink))
        write(tmp_path, NEW)
    try:
        with writing.alone(tmp_path):
            pass
    except UserError:  # the stop came before the change was taken back: that is done now
        pass
    assert contents(tmp_path) == before and not (tmp_path / writing.PENDING).exists()


def test_a_drive_that_cannot_open_a_folder_is_written_to(tmp_path, monkeypatch):
    def _open(path, *arguments, **named):
        if os.path.isdir(path) and not named:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    opened = os.open
    monkeypatch.setattr(os, "open", _open)
    write(tmp_path, {"a.csv": b"a"})
    assert (tmp_path / "a.csv").read_bytes() == b"a" and not (tmp_path / writing.PENDING).exists()
    writing.whole(tmp_path / "a.docx", b"b")
    assert (tmp_path / "a.docx").read_bytes() == b"b"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@by_rule("how, error, left", ("stop", stopped, Stop, 2), ("full disk", full, OSError, 1))
def test_a_stop_leaves_the_old_and_the_next_call_leaves_nothing_beside(
    tmp_path, monkeypatch, step, how, error, left
):
    file = tmp_path / "deep" / "report.docx"
    writing.whole(file, b"old")
    with monkeypatch.context() as patch, pytest.raises(error):
        patch.setattr(os, step, how)
        writing.whole(file, b"new and longer")
    assert file.read_bytes() == b"old" and len(list(file.parent.iterdir())) == left
    writing.whole(file, b"new")
    assert file.read_bytes() == b"new" and list(file.parent.iterdir()) == [file]


def test_two_at_once_leave_one_of_both(tmp_path):
    file, kinds = tmp_path / "file", [bytes([n]) * 300_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: writing.whole(file, content), kinds * 6))
    assert file.read_bytes() in kinds and list(tmp_path.iterdir()) == [file]


def test_a_link_is_followed_but_none_that_somebody_laid_beside_and_a_pipe_is_written_to(tmp_path):
    mine, file, link = (tmp_path / name for name in ("mine", "file", "link"))
    mine.write_bytes(b"mine")
    (tmp_path / ".file.part").symlink_to(mine)
    link.symlink_to(file)
    writing.whole(link, b"a")
    assert link.is_symlink() and (mine.read_bytes(), file.read_bytes()) == (b"mine", b"a")
    reading, sending = os.pipe()
    writing.whole(f"/dev/fd/{sending}", b"piped")
    os.close(sending)
    with open(reading, "rb") as pipe:
        assert pipe.read() == b"piped"


@pytest.fixture
def key(tmp_path, monkeypatch):
    """Return the path of a key that does not exist yet, and a function that creates or reads it."""
    place = tmp_path / "keys" / "key"
    monkeypatch.setenv("COP_TRIED", str(place))
    return place, lambda: machine.secret_key("COP_TRIED", "~/never", tmp_path / "data")


def test_a_key_is_made_once_for_its_owner_and_the_same_for_all_who_ask_at_once(key):
    place, read = key
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read(), range(24)))
    assert keys == {read()} and len(read()) == 2 * machine.LEAST
    assert place.stat().st_mode & 0o777 == 0o600 and list(place.parent.iterdir()) == [place]


def test_an_empty_key_is_made_anew_and_a_short_open_or_versioned_one_is_refused(key, monkeypatch):
    place, read = key
    with monkeypatch.context() as patch, pytest.raises(Stop):
        patch.setattr(os, "fsync", stopped)
        read()
    place.write_bytes(b"")
    assert len(read()) == 2 * machine.LEAST
    place.chmod(0o640)
    with pytest.raises(UserError, match="is open to other users; run `chmod 600"):
        read()
    place.chmod(0o600)
    place.write_text("k" * 32)
    assert read() == "k" * 32
    for short in ("short", "k" * 31):
        place.write_text(short)
        with pytest.raises(UserError, match="fewer than 32 characters"):
            read()
    (place.parents[1] / "pyproject.toml").touch()
    with pytest.raises(UserError, match="set COP_TRIED to a file outside any repository"):
        read()


def test_the_day_is_that_of_source_date_epoch_wherever_the_clock_stands(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795610000")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # where it is the next day
    time.tzset()
    assert machine.today() == date(2026, 11, 25)
    monkeypatch.delenv("TZ")
    time.tzset()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UserError, match="invalid SOURCE_DATE_EPOCH 'yesterday'"):
        machine.today()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert machine.today() == date.today()
