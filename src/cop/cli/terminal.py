"""Escape control characters, such as those from web pages, in output, and show progress bars."""

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

# Control characters (ESC, C1), direction marks and lone surrogates.
CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Terminal:
    """Text stream that escapes CONTROLS, and characters that the wrapped stream cannot encode."""

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream."""
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the wrapped stream."""
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write text with unsafe characters escaped, and return the length of the original text."""
        encoding = self.stream.encoding or "utf-8"
        self.stream.write(escape(text).encode(encoding, "backslashreplace").decode(encoding))
        return len(text)


def escape(text: str) -> str:
    """Escape the characters in CONTROLS, such as ESC as \\x1b. CRLF becomes LF."""
    text = text.replace("\r\n", "\n")
    return CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


@contextlib.contextmanager
def escaped() -> Iterator[None]:
    """Escape the characters in CONTROLS that a `with` block prints to stdout or stderr."""
    out, errors = (stream and Terminal(stream) for stream in (sys.stdout, sys.stderr))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        yield


def track(items: Iterable) -> Iterable:
    """Return an iterator over items with a progress bar, which is displayed only in a terminal."""
    from tqdm import tqdm

    stream = getattr(sys.stderr, "stream", sys.stderr)  # the progress bar uses control characters
    return tqdm(items, file=stream, disable=None, leave=False)
