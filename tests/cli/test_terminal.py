"""What the terminal is given: everything shown, nothing acted on."""

import io
import re
import shlex
import sys

import pytest
from conftest import call, copy_of_zedland

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
    assert terminal.shown(text) == shown


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Next: `cop run NOR`; `cop check`.", "Next: `cop run NOR {d} {o}`; `cop check {d}`."),
        ("`cop answer COMMENT DECISION`", "`cop answer COMMENT DECISION {d}`"),
        ("`cop pdf UKR --outputs there`", "`cop pdf UKR --outputs there`"),
        ("`cop words status`, `cop` and cop run", "`cop words status`, `cop` and cop run"),
    ],
)
def test_a_command_that_a_sentence_names_works_when_it_is_copied(text, whole):
    from cop.cli import main

    given = {"--data": "my data", "--outputs": "out"}
    d, o = "--data 'my data'", "--outputs out"
    assert terminal.whole(text, main._takes(main._parser()), given) == whole.format(d=d, o=o)
    assert terminal.whole(text, main._takes(main._parser()), {}) == text


def test_the_next_step_of_a_country_that_is_begun_is_one(tmp_path, capsys):
    """What is told after `cop new` is done as it stands, and finds the folders of that call."""
    data = copy_of_zedland(tmp_path)
    status, out, _ = call(capsys, "new", "YYY", "--edition", "2027", "--data", data)
    told = re.findall("`cop (check [^`]*)`", out)
    assert status == 0 and told == [f"check --data {shlex.quote(str(data))}"]
    (data / "research" / "YYY" / "sources.csv").write_text("other\n")
    assert "research/YYY/sources.csv" in call(capsys, *shlex.split(told[0]))[1]


def test_a_comment_that_was_taken_in_is_answered_by_what_comes_next(capsys, monkeypatch, tmp_path):
    """`cop comments` names the folder that it wrote to, where that was said."""
    from cop.fieldwork.validation import taking

    next_ = "Next: look at kind and proposed, then `cop answer COMMENT DECISION` for each."
    monkeypatch.setattr(taking, "take_in", lambda *_: [next_])
    data = copy_of_zedland(tmp_path)
    given = "--role", "ministry", "--data", data
    status, out, _ = call(capsys, "comments", tmp_path / "back.docx", *given)
    assert status == 0 and f"then `cop answer COMMENT DECISION --data {data}` for each." in out


def test_all_that_is_printed_goes_this_way_and_signs_that_are_not_there_are_written_out(
    monkeypatch,
):
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=e) for e in ("cp1252", "utf-8")]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with terminal.cleaned():
        print("Њego\x1b[2J")
        print("Њego\x1b[2J", file=sys.stderr, flush=True)
        sys.stdout.flush()
    assert [s.buffer.getvalue().decode(s.encoding) for s in streams] == [
        "\\u040aego\\x1b[2J\n", "Њego\\x1b[2J\n",
    ]  # fmt: skip
    assert sys.stdout is streams[0]


def test_what_goes_on_is_told_on_a_terminal_alone_and_its_words_are_cleaned(monkeypatch):
    for seen, expected in ((True, "\r\033[KIT.NET\\x1b[2J"), (False, "")):
        stream = io.StringIO()
        stream.isatty = lambda seen=seen: seen
        monkeypatch.setattr(sys, "stderr", terminal.Terminal(stream))
        terminal.meanwhile("IT.NET\x1b[2J")
        assert stream.getvalue() == expected
