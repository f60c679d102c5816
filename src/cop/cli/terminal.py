"""What the terminal is given: text, never an instruction to it, in signs that it can show."""

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TextIO

# What a terminal acts on (ESC, C1), what turns the direction of a line, halves of signs.
ACTED_ON = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Terminal(io.TextIOBase):
    """A stream on which everything is shown and nothing acted on; it takes any text."""

    errors = "backslashreplace"

    def __init__(self, beneath: TextIO, whole: Callable[[str], str] = str) -> None:
        """Take the stream to write on, and what makes the commands whole that a text names."""
        self.beneath, self.whole = beneath, whole

    def __eq__(self, other: object) -> bool:
        """Say whether both end on one terminal: the progress line makes way for what does."""
        return other is self or other is self.beneath

    __hash__ = None

    @property
    def encoding(self) -> str:
        """Give the encoding of the stream."""
        return getattr(self.beneath, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write a text as `shown` gives it."""
        told = shown(self.whole(text))
        self.beneath.write(told.encode(self.encoding, self.errors).decode(self.encoding))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, unless whoever had the stream has closed it."""
        if not getattr(self.beneath, "closed", False):
            self.beneath.flush()

    def isatty(self) -> bool:
        """Say whether a person reads it at once."""
        return self.beneath.isatty()

    def fileno(self) -> int:
        """Give the number of the stream, where it has one."""
        return self.beneath.fileno()

    def writable(self) -> bool:
        """Say yes."""
        return True


def shown(text: str) -> str:
    """Give a text with what a terminal would act on written out: ESC becomes \\x1b."""
    text = text.replace("\r\n", "\n")
    return ACTED_ON.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def whole(text: str, takes: Mapping[str, Iterable[str]], given: Mapping[str, str]) -> str:
    """Give a text whose commands of cop work when they are copied: with the folders `given`.

    That is {option: value} of this call; `takes` are the options of each command. A command is
    what stands as `cop …` between backticks; what it says itself stays.
    """

    def _with_folders(named):
        said, command = named[1], named[2]
        more = [one for one in takes.get(command, ()) if one in given and one not in said.split()]
        return f"`{' '.join([said, *(f'{one} {shlex.quote(given[one])}' for one in more)])}`"

    return re.sub(r"`(cop ([\w-]+)[^`]*)`", _with_folders, text)


def complete(whole: Callable[[str], str]) -> None:
    """Let the commands be made whole in all that is printed from now on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Terminal):
            stream.whole = whole


def completed(text: str) -> str:
    """Give a text as the command line would print it now, for who shows it elsewhere."""
    return shown(getattr(sys.stdout, "whole", str)(text))


@contextlib.contextmanager
def cleaned() -> Iterator[None]:
    """Let all that is printed in the body go through `Terminal`; closed streams stay closed."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and Terminal(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def meanwhile(sentence: str) -> None:
    """Say on a command's terminal what is going on; nothing where the output goes elsewhere."""
    if sys.stderr and sys.stderr.isatty():
        stream = getattr(sys.stderr, "beneath", sys.stderr)
        print(f"\r\033[K{shown(sentence)}", end="", file=stream, flush=True)
