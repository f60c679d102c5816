"""The narrative of a country: the analyst's Markdown, and what may be wrong with it."""

import re
from pathlib import Path

from contract.cells import decoded
from contract.faults import Broken, Fault
from contract.package import locate
from contract.reads import files
from contract.references import known_ids

WORDS = (200, 500)  # length of a narrative text  # length of a narrative text
UNCITED = (
    "is a paragraph without a source",
    "End the statement with a citation such as [@UKR-S01]",
)
NO_SOURCE = (
    "is not a verified source of the register",
    "Correct the citation or add the source to sources.csv",
)
UNCLOSED = (
    "is a citation without an end or without an id",
    "Write it as [@UKR-S01], or [@UKR-S01; @UKR-S02]",
)
CITATION = re.compile(r"@([A-Za-z0-9_-]+)")


def text(data, path):
    """Give a text of the data folder; raises FileNotFoundError naming it."""
    files(path)
    file = locate(data, path)
    if not file.exists():
        raise FileNotFoundError(f"{path} is not in {Path(data).name}/; the contract asks for it")
    return decoded(file)


def without_notes(text):
    """Give a text without its comments (<!-- -->), which are notes to the writer; lines keep their numbers."""
    return re.sub(
        r"<!--.*?(-->|\Z)", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL
    )


def of_narrative(data, iso3):
    """Give the faults of a country's narrative: length, paragraphs without a source, unknown citations.

    One that is still to be written, that is one with nothing but notes to the writer, has none.
    """
    found = []
    for part in ("observations", "analysis"):
        name = f"research/{iso3}/narrative/{part}.md"
        path = locate(data, name)
        if not path.exists():
            found.append(
                Fault(name, "", "", "", "is not there", f"Write it: {WORDS[0]} to {WORDS[1]} words")
            )
            continue
        try:
            text = without_notes(decoded(path))
        except Broken as broken:
            found += broken.faults
            continue
        if text.strip():  # one that holds only notes to the writer is work, not a fault
            found += [
                *_of_length(name, text),
                *_of_citations(name, text, data),
                *_of_paragraphs(name, text),
            ]
    return found


def _of_length(name, text):
    words = len(re.findall(r"\w[\w'’.,-]*", re.sub(r"\[@[^\]]*\]", "", text)))
    if not WORDS[0] <= words <= WORDS[1]:
        yield Fault(
            name,
            "",
            "",
            "",
            f"has {words} words",
            f"Keep it between {WORDS[0]} and {WORDS[1]} words",
        )


def _of_citations(name, text, data):
    """Yield citations without a verified source, and those that do not end or name nothing."""
    known, _, unread = known_ids(["sources.source_id"], name, data, CITATION.findall(text))
    for found in re.finditer(r"\[@([^\]\[]*)(\]?)", text):
        line, ids = text.count("\n", 0, found.start()) + 1, CITATION.findall("@" + found[1])
        if not found[2] or not ids:
            yield Fault(name, line, "", found[0][:30], *UNCLOSED)
            continue
        for one in sorted(set(ids) - known) if name.split("/")[1] not in unread else []:
            yield Fault(name, line, "", one, *NO_SOURCE)


def _of_paragraphs(name, text):
    for block in re.split(r"\n\s*\n", text.strip()):
        paragraph = "\n".join(
            line for line in block.splitlines() if not line.startswith("#")
        ).strip()
        if paragraph and "[@" not in paragraph:
            yield Fault(name, "", "", paragraph[:40] + "…", *UNCITED)
