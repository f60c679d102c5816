"""A file that is read-only or open elsewhere: the change is refused whole and never comes later."""

import os
from pathlib import Path

import pytest
from conftest import call, copy_of_zedland

from cop.data import Refused, writing

ROW = ("section=research", "statement=New", "source_id=ZZZ-S01", "confidence=low", "verified=yes")
STILL_OPEN = "close it in Excel or LibreOffice and run the command again"


class Stop(BaseException):
    """What no code catches, as a kill."""


@pytest.fixture
def in_use(monkeypatch):
    """Return the set of paths of files that nobody may replace."""
    paths, replace = set(), os.replace

    def _replace(source, target):
        if Path(target) in paths:
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", _replace)
    return paths


def contents(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def write(root, files):
    with writing.alone(root):
        writing.write(root, files)


def test_a_row_for_a_table_in_use_is_refused_and_added_once_when_added_again(
    tmp_path, in_use, capsys
):
    zed = copy_of_zedland(tmp_path)
    table = zed / "research/ZZZ/evidence.csv"
    add = ("add", "evidence", "ZZZ", "--data", zed, "--set", *ROW)
    before = table.read_bytes()
    in_use.add(table)
    status, _, err = call(capsys, *add)
    assert status == 2 and str(table) in err and STILL_OPEN in err and "Traceback" not in err
    assert table.read_bytes() == before and not (zed / writing.PENDING).exists()
    assert call(capsys, "check", "--data", zed)[0] == 0
    assert call(capsys, "new", "YYY", "--data", zed)[0] == 0  # another country is written meanwhile
    in_use.clear()
    assert call(capsys, "check", "--data", zed)[0] == 0 and table.read_bytes() == before
    assert call(capsys, *add)[0] == 0
    assert table.read_bytes().count(b"\n") == before.count(b"\n") + 1


def test_of_several_files_all_are_written_or_none(tmp_path, in_use):
    write(tmp_path, {"a.csv": b"old a", "b.csv": b"old b", "gone.csv": b"old"})
    before = contents(tmp_path)
    files = {"new/deep/n.csv": b"n", "a.csv": b"a", "gone.csv": None, "b.csv": b"b"}
    in_use.add(tmp_path / "b.csv")
    with pytest.raises(Refused, match=f"{tmp_path / 'b.csv'} .*{STILL_OPEN}"):
        write(tmp_path, files)
    assert contents(tmp_path) == before and not (tmp_path / "new").exists()
    in_use.clear()
    write(tmp_path, files)
    assert (tmp_path / "b.csv").read_bytes() == b"b" and not (tmp_path / "gone.csv").exists()


@pytest.mark.parametrize("step", range(1, 12))
def test_a_stop_while_a_refused_change_is_taken_back_leaves_the_old(
    tmp_path, in_use, monkeypatch, step
):
    write(tmp_path, {"a.csv": b"old a", "b.csv": b"old b", "gone.csv": b"old"})
    before, steps, replace, unlink = contents(tmp_path), iter(range(1, 99)), os.replace, os.unlink

    def _stopping(real):
        def _step(*arguments, **named):
            if next(steps) == step:
                raise Stop
            return real(*arguments, **named)

        return _step

    in_use.add(tmp_path / "b.csv")
    with monkeypatch.context() as patch, pytest.raises((Stop, Refused)):
        patch.setattr(os, "replace", _stopping(replace))
        patch.setattr(os, "unlink", _stopping(unlink))
        write(tmp_path, {"new.csv": b"n", "a.csv": b"a", "gone.csv": None, "b.csv": b"b"})
    try:
        with writing.alone(tmp_path):
            pass
    except Refused:  # the stop came before the change was taken back: that is done now
        pass
    assert contents(tmp_path) == before and not (tmp_path / writing.PENDING).exists()


def test_one_file_in_use_is_named_and_nothing_is_left_beside(tmp_path, in_use):
    file = tmp_path / "report.docx"
    writing.whole(file, b"old")
    in_use.add(file)
    with pytest.raises(Refused, match=f"{file} .*{STILL_OPEN}"):
        writing.whole(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_a_drive_that_cannot_synchronise_a_folder_is_written_to(tmp_path, monkeypatch):
    def _open(path, *arguments, **named):
        if os.path.isdir(path) and not named:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    opened = os.open
    monkeypatch.setattr(os, "open", _open)
    write(tmp_path, {"a.csv": b"a"})
    assert (tmp_path / "a.csv").read_bytes() == b"a" and not (tmp_path / writing.PENDING).exists()
