"""What a server sent, whichever it was."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fetched:
    """All returns of a form, as the file that the tool's export would be."""

    name: str
    content: bytes
