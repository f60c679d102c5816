"""What a macro of report/words rests on: its own text, and that of every macro it leads to.

So that of a page whose sentences are edited only the cells are run again that say the one.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from cop.data.reads import of_bytes
from cop.report import words

Part = tuple[str, str]  # a file, and a macro in it, or what stands outside of macros, or the whole
OUTSIDE, WHOLE = "", "*"
MARK = re.compile(r"\{%[-+]?\s*(?:macro\s+(\w+)|(endmacro)\b)")
IMPORT = re.compile(r"\{%[-+]?\s*import\s+\"([\w-]+\.j2)\"\s+as\s+(\w+)[^%]*%\}")


class Words:
    """All words as they stood when they were looked at, and the state of each macro."""

    def __init__(self) -> None:
        """Read every file."""
        paths = words.FOLDER.glob("*.j2")
        self._texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
        self._states: dict[Part, str] = {}

    def state(self, stage: str, macro: str) -> str:
        """Give the state of a macro with all that it leads to; the same where nothing changed."""
        one = f"{stage}.j2", macro
        if one not in self._states:
            self._states[one] = state(self._texts, one)
        return self._states[one]


def state(texts: Mapping[str, str], one: Part) -> str:
    """Give, for a watched save, the state of a part of the words, {file: text}, with all that it
    leads to.
    """
    seen, todo = {}, [one]
    while todo:
        if (part := todo.pop()) not in seen:
            seen[part] = _text(texts, part)
            todo += _leads_to(texts, part)
    return of_bytes("".join(f"{part}{text}" for part, text in sorted(seen.items())).encode())


def _text(texts, part):
    name, inside = part
    text = texts.get(name, "")
    return text if inside == WHOLE else parts(text).get(inside, text)


@lru_cache(maxsize=64)
def parts(text: str) -> dict[str, str]:
    """Split, for a watched save, a file of words into {macro: text}, under "" what stands outside
    of any.
    """
    text = re.sub(r"(?s)\{#.*?#\}", "{##}", text)
    found, depth, last, name, outside = {}, 0, 0, "", []
    for mark in MARK.finditer(text):
        if mark[1] and not depth:
            outside.append(text[last : mark.start()])
            name, last = mark[1], mark.start()
        depth += 1 if mark[1] else -1
        if not depth:
            found[name] = found.get(name, "") + text[last : mark.end()]
            last = mark.end()
    return found | {OUTSIDE: "".join([*outside, text[last:]])}


def _leads_to(texts, part) -> Iterator[Part]:
    """Yield what a part names: macros beside it, those of words imported, a file as a whole."""
    name, inside = part
    text, beside = _text(texts, part), parts(texts.get(name, ""))
    yield name, OUTSIDE
    named = set(re.findall(r"\w+", text))
    yield from ((name, macro) for macro in beside.keys() & named)
    imported = {alias: file for file, alias in IMPORT.findall(beside[OUTSIDE])}
    for alias in imported.keys() & named:
        for macro in re.findall(rf"\b{alias}\b(?:\s*\.\s*(\w+))?", IMPORT.sub("", text)):
            known = parts(texts.get(imported[alias], "")).keys() - {OUTSIDE}
            yield imported[alias], macro if macro in known else WHOLE
    yield from ((file, WHOLE) for file in re.findall(r"[\w-]+\.j2", IMPORT.sub("", text)))
