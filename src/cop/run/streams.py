"""Standard output and error of the cells in this process, C code and subprocesses included."""

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jupyter_client.session import Session


class Stream(io.TextIOBase):
    """Standard output or error of the cells: gathered, sent when flushed, as ipykernel does."""

    encoding, errors = "UTF-8", None

    def __init__(self, name: str, session: Session, parent: Callable) -> None:
        """Take the stream's name and where it goes."""
        self.name, self._session, self._parent = name, session, parent
        self._text, self._lock, self._file, self._read = [], threading.RLock(), None, 0

    def write(self, text: str) -> int:
        """Gather text; gives its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        with self._lock:
            self._text.append(text)
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    @contextmanager
    def descriptor(self, number: int) -> Iterator[None]:
        """Take in, at each flush, what C code and subprocesses write to a descriptor."""
        kept = os.dup(number)
        with tempfile.TemporaryFile() as self._file:
            os.dup2(self._file.fileno(), number)
            try:
                yield
            finally:
                os.dup2(kept, number)
                os.close(kept)
                self._file = None

    def flush(self) -> None:
        """Send what was gathered, and what came by the descriptor."""
        with self._lock:
            text, self._text = "".join(self._text) + self._by_descriptor(), []
        if text:
            self._session.send(None, "stream", {"name": self.name, "text": text}, self._parent())

    def _by_descriptor(self):
        size = os.fstat(self._file.fileno()).st_size if self._file else 0
        at, more = self._read, size - self._read
        new = os.pread(self._file.fileno(), more, at) if more > 0 else b""
        self._read += len(new)
        return new.decode("utf-8", "replace")
