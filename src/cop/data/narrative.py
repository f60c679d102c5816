"""The narrative of a country: the analyst's Markdown, read as text."""

import re
from pathlib import Path

from cop.data.cells import decoded
from cop.data.package import files, locate


def text(data: str | Path, path: str) -> str:
    """Return a narrative or other text of the data folder; raises FileNotFoundError naming it."""
    files(data, path)
    file = locate(data, path)
    if not file.exists():
        raise FileNotFoundError(f"{path} is not in {Path(data).name}/; the contract asks for it")
    return decoded(file)


def without_notes(text: str) -> str:
    """Return a narrative without its comments (<!-- -->), which are notes to the writer.

    Lines keep their numbers.
    """
    return re.sub(r"<!--.*?(-->|\Z)", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
