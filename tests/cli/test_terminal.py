"""What the terminal is given: everything shown, nothing acted on."""

import io
import sys

import pytest

from cop.cli import terminal


@pytest.mark.parametrize(
    "text, shown",
    [
        ("Zed\x1b[2J\x1b]0;title\x07", "Zed\\x1b[2J\\x1b]0;title\\x07"),
        ("one\r\ntwo\tthree\n", "one\ntwo\tthree\n"),
        ("good\rbad", "good\\rbad"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("\udccf.csv", "\\udccf.csv"),
        ("Безпека, ქართული, naïve 👍", "Безпека, ქართული, naïve 👍"),
    ],
)
def test_what_a_terminal_would_act_on_is_written_out(text, shown):
    assert terminal.escape(text) == shown


def test_a_sign_that_an_encoding_lacks_is_written_out(monkeypatch):
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=e) for e in ("cp1252", "utf-8")]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with terminal.escaped():
        print("Њego\x1b[2J")
        print("Њego\x1b[2J", file=sys.stderr, flush=True)
        sys.stdout.flush()
    shown = [stream.buffer.getvalue().decode(stream.encoding) for stream in streams]
    assert shown == ["\\u040aego\\x1b[2J\n", "Њego\\x1b[2J\n"], "escaped in results and in errors"
    assert sys.stdout is streams[0]


def test_progress_is_shown_on_a_terminal_only(monkeypatch):
    for is_terminal in (True, False):
        stream = io.StringIO()
        stream.isatty = lambda seen=is_terminal: seen
        monkeypatch.setattr(sys, "stderr", terminal.Terminal(stream))
        assert [*terminal.track([1, 2])] == [1, 2]
        assert bool(stream.getvalue()) == is_terminal
