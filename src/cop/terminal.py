"""What the terminal is given: text, never an instruction to it, in signs that it can show."""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from typing import TextIO

# What a terminal acts on (ESC, C1), what turns the direction of a line, halves of signs.
ACTED_ON = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Terminal(io.TextIOBase):
    """A stream on which everything is shown and nothing acted on; it takes any text."""

    errors = "backslashreplace"

    def __init__(self, beneath: TextIO) -> None:
        """Take the stream to write on."""
        self.beneath = beneath

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
        self.beneath.write(shown(text).encode(self.encoding, self.errors).decode(self.encoding))
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
