"""Detect formulas, and text damaged by a spreadsheet, a program, a wrong encoding or a merge."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cop.data.csvfiles import FORMULA
from cop.data.errors import DataError

Rule = tuple[Callable[[str], object], str, str]  # test for invalid text, message, fix

RETYPE = "Enter the original value again; in a spreadsheet, format the column as text first"
EARLIER = "Copy the text from an earlier version; save the file in UTF-8 (in Excel, as 'CSV UTF-8')"
# Error values of spreadsheets (without the number sign) and names of months, in English and in the
# languages of the countries studied and their neighbours, as Excel translates them.
WORDS = json.loads(Path(__file__).with_name("spreadsheet.json").read_text(encoding="utf-8"))


def _any_of(words):
    return "|".join(map(re.escape, sorted({*words}, key=len, reverse=True)))


def _bytes_of(encoding):
    letters = {ord(bytes([n]).decode(encoding, "ignore") or chr(n)): n for n in range(256)}
    return letters | {n: n for n in range(0x80, 0xA0)}


ERROR = re.compile(rf"#[¿¡]?(?:{_any_of(WORDS['errors'])})(?!\w)|E(?<=\bE)rr:[0-9]{{3}}\b")
MONTH = rf"(?:{_any_of(WORDS['months'])})\.?"
# Patterns for whole cells match whole lines too, since a column is searched as one text.
DATE_MADE = re.compile(
    r"^(?:[0-9]{1,2}[/.][0-9]{1,2}[/.]([0-9]{2}){1,2}"
    rf"|[0-9]{{1,2}}[-. ]+{MONTH}|{MONTH}[- ][0-9]{{2}}"
    r"|[0-9]{1,2}:[0-9]{2}:[0-9]{2}( [AP]M)?|[0-9]+[.,]00%)$",
    re.IGNORECASE | re.MULTILINE,
)
SHORTENED = re.compile(r"[0-9](?<![\w.,].)(?:[.,][0-9]+)?E\+[0-9]{2,3}(?!\w)")
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
# Encodings with which UTF-8 is often misread, and characters that the original may contain.
LATIN = ("cp1252", "cp1250")
READ_IN = {encoding: _bytes_of(encoding) for encoding in (*LATIN, "cp1251", "cp866")}
WAS = re.compile(
    "[\xa0-\u017f\u0218-\u021b\u0400-\u045f\u0490\u0491\u10d0-\u10ff\u2010-\u2030\u20ac]+"
)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")


def read_twice(text: str) -> str:
    """Return the first sequence of non-ASCII characters that seems to be wrongly decoded UTF-8.

    'РњС–РЅ', for example, was 'Мін'. Returns an empty string if there is none. For Cyrillic
    encodings, a single misread letter outside of a word is ignored, since it may be intended.
    """
    for run in BEYOND_ASCII.finditer(text):
        for encoding, letters in READ_IN.items():
            was = _as_utf8(run[0], letters)
            if WAS.fullmatch(was) and (encoding in LATIN or len(was) > 1 or _within(text, run)):
                return run[0]
    return ""


# fmt: off
ANYWHERE: list[Rule] = [  # in a cell or in a narrative
    (read_twice, "seems to have been decoded with the wrong encoding",
     "Open an earlier version as UTF-8 and save it in UTF-8 (in Excel, as 'CSV UTF-8')"),
    (re.compile(r"(?m)^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$").search,
     "contains a git conflict marker", "Keep one version and delete the markers"),
    (HIDDEN.search, "contains an invisible control character",
     "Type the text again, since copied text may contain control characters"),
    (ERROR.search, "contains a spreadsheet error value", RETYPE),
    (SHORTENED.search, "contains a number that a spreadsheet may have shortened", RETYPE),
    (re.compile(r"\?\?(?:\?|\W\?\?)|\ufffd").search,
     "contains question marks that may replace lost letters", EARLIER),
]
IN_A_CELL: list[Rule] = [  # in a cell, not in a narrative
    (FORMULA.match, "would be evaluated as a formula by a spreadsheet",
     "Begin the cell with a word"),
    (DATE_MADE.fullmatch,
     "looks like a date, time or percentage that a spreadsheet converted from text", RETYPE),
    (re.compile("(?m)^#+$").fullmatch,
     "is the placeholder of a spreadsheet for a value that does not fit its column", RETYPE),
    (re.compile(r"(?m)^(?:nan|NaN|NaT|<NA>|undefined|\[object Object\])$").fullmatch,
     "is a program's placeholder for a missing value", "Enter the value or clear an optional cell"),
]
# fmt: on


def rules_of(text: str) -> list[Rule]:
    """Return the rules that cells of a column may violate; `text` has all cells, one per line."""
    of_cells = [rule for rule in IN_A_CELL if rule[0].__self__.search(text)]
    return of_cells + [rule for rule in ANYWHERE if rule[0](text)]


def of_text(name: str, text: str) -> Iterator[DataError]:
    """Yield an error in the file `name` for each rule in ANYWHERE that a line of `text` breaks."""
    for number, line in enumerate(text.split("\n"), 1):
        for broken, rule, fix in ANYWHERE:
            if broken(line.rstrip("\r")):
                yield DataError(name, number, "", line.strip()[:80], rule, fix)


def _within(text, run):
    beside = text[max(0, run.start() - 1) : run.start()] + text[run.end() : run.end() + 1]
    return any(map(str.isalpha, beside))


def _as_utf8(run, letters):
    if letters.get(ord(run[0]), 0) < 0xC2 or letters.get(ord(run[1]), 0xC0) > 0xBF:
        return ""  # not the first two bytes of a UTF-8 character
    try:
        return codecs.charmap_encode(run, "strict", letters)[0].decode("utf-8")
    except UnicodeError:
        return ""
