"""A document that came back becomes rows of comments.csv: each remark once, none lost, no name."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cop.data
from cop.data import Refused, writing
from cop.data.checks.damage import ERROR, HIDDEN, IN_A_CELL, read_twice
from cop.data.checks.rules import foreign
from cop.fieldwork import pii as personal
from cop.fieldwork.incoming import Unfit
from cop.fieldwork.validation import naming, opening, remarks, rows
from cop.fieldwork.validation.remarks import Remark

TABLE = "comments"
MOST, LONGEST = 5000, 30_000  # remarks of a document; letters of one, as a spreadsheet's cell takes
ORIGIN = 16  # digits of the SHA-256 that are kept
PREFIX = re.compile(r"\s*(\w+)\s*[:.–—-]\s*(?=\S)")
SIGNS = re.compile(r"[●◐→○?–/■\s]+")
NOT_READABLE = "[not readable]"


@dataclass(frozen=True)
class Speaker:
    """Who speaks, as a body: what kind, and its id or name ("" where it is not to be named)."""

    role: str
    organisation: str = ""


def take_in(
    file: Path, data: Path, speaker: Speaker, iso3: str = "", edition: str = "",
    sent: Callable[[str, str], Path | None] = lambda iso3, language: None,
    spoken: Callable[[str], Mapping[str, str]] = lambda language: {},
) -> list[str]:  # fmt: skip
    """Take a commented document in and say what came of it; nothing is written twice.

    Of a country and a language, "" for English, `sent` gives the document as it was sent, by which
    places are found that lost their bookmark; `spoken` gives {rating as it is said: our word}.
    Raises Refused for a file that is not opened, or whose report nobody knows.
    """
    found = opening.read(file, remarks.found, iso3)[1]
    iso3, edition = _report(file, found.of, iso3, edition, data)
    language = found.of[2] if found.of else ""
    before = sent(iso3, language)
    borne = opening.read(before, remarks.found, iso3)[1].ids if before else {}
    words = {word: word for word in cop.data.labels("alignment", "status", data)}
    words |= spoken(language)
    vocabulary = _judged(data), words, list(cop.data.labels(TABLE, "kind", data))
    told = personal.known(data), speaker, *vocabulary
    sha, (ours, cut) = opening.read(file, _ready, iso3, borne, *told)
    _refuse_foreign(file, {row["about"] for row in ours} - set(borne), iso3)
    with writing.alone(data):
        path = cop.data.paths(TABLE, data, iso3)[0]
        there = cop.data.present(TABLE, data, iso3)
        known = set(there.origin_id)
        # The very file of the same body holds nothing new, wherever its remarks are placed now.
        again = (sha[:ORIGIN], speaker.role) in zip(there.origin, there.role, strict=True)
        new = [row for row in ours if not again and row["origin_id"] not in known]
        taken = _rows(new, there, speaker, iso3, edition, sha)
        if taken:
            rows.add(TABLE, iso3, taken, data)
    return [*_lines(file, taken, len(ours) - len(taken), cut, found.formats, path)]


def _report(file, of, iso3, edition, data):
    """Return country and edition: what the document says, else what was said, else its latest."""
    if of and iso3 and of[0] != iso3:
        raise Refused(f"{file.name} is on the report of {of[0]}, not of {iso3}")
    iso3 = of[0] if of else iso3
    if not iso3:
        raise Refused(f"{file.name} does not say of which country it is: say --country ISO3")
    if not (known := cop.data.editions(data, iso3)):
        raise Refused(f"{iso3} has no edition in {Path(data).name}/; `cop new {iso3}` begins one")
    edition = edition or (of[1] if of else max(known))
    if edition not in known:
        raise Refused(f"{iso3} has no edition {edition}; it has: {', '.join(known)}")
    return iso3, edition


def _refuse_foreign(file, abouts, iso3):
    """Raise Refused where a remark is on another country's id that the report does not show."""
    if wrong := [f"{one} belongs to {foreign(one, iso3)}" for one in abouts if foreign(one, iso3)]:
        raise Refused(
            f"{file.name}: {', '.join(sorted(wrong))}, this is {iso3}'s report; nothing was "
            "written. Delete these bookmarks in Word, or name the document as sent with --sent"
        )


def _key(remark, speaker):
    """Return what tells a remark from others; without its time, whose it is counts too."""
    if remark.when:
        return remark.key
    told = f"{speaker.role}\0{speaker.organisation}\0{remark.key}"
    return hashlib.sha256(told.encode()).hexdigest()[:ORIGIN]


def _ready(trees, iso3, borne, known, speaker, judged, words, kinds):
    """Return (what rows say of the remarks of a document, from how many of them names were cut).

    It is done under the ceiling with the rest: a document may be made so that it takes for ever.
    """
    found = remarks.found(trees, iso3, borne)
    _refuse_too_much(found.remarks)
    ours, cut = naming.without_names(found, known)
    return [_row(one, speaker, judged, words, kinds) for one in ours], cut


def _refuse_too_much(every):
    """Raise Unfit where there are more remarks, or longer ones, than anybody would answer."""
    longest = max((len(one.text) for one in every), default=0)
    if len(every) > MOST:
        raise Unfit(f"holds {len(every):,} remarks; at most {MOST:,} are taken in. Split it")
    if longest > LONGEST:
        fits = f"a cell of a table takes {LONGEST:,}"
        raise Unfit(f"holds a remark of {longest:,} letters; {fits}. Split the remark")


def _row(one, speaker, judged, words, kinds):
    """Return what the row of a remark says, whatever its number, day and file."""
    kind, text, proposed = _sorted(one, judged, words, kinds)
    return {
        "about": one.about,
        "kind": kind,
        "text": as_cell(text),
        "around": as_cell(one.around),
        "proposed": proposed,
        "origin_id": _key(one, speaker),
    }


def _rows(new, there, speaker, iso3, edition, sha):
    """Return the rows of new remarks, with the next free ids."""
    last = max((int(one.split("-M")[1]) for one in there.comment_id), default=0)
    said = {"iso3": iso3, "edition": edition, "received": date.today().isoformat()}
    said |= {"role": speaker.role, "organisation": speaker.organisation, "origin": sha[:ORIGIN]}
    return [
        {"comment_id": f"{iso3}-M{number:03d}"} | said | row
        for number, row in enumerate(new, last + 1)
    ]


def _judged(data):
    """Return the ids that have a rating."""
    return {*cop.data.read("guidelines", data).item_id,
            *cop.data.read("capabilities", data).capability_id}  # fmt: skip


def _sorted(remark: Remark, judged, words, kinds):
    """Return (kind, text, rating proposed): what the writer says it is, else what it looks like."""
    stated = PREFIX.match(remark.text)
    proposed = rating_in(remark.new, words)
    if remark.mark == "comment" and stated and stated[1].casefold() in kinds:
        kind, text = stated[1].casefold(), remark.text[stated.end() :]
        return kind, text, proposed if kind == "rating" else ""
    if remark.about in judged and proposed:
        alone = words.get(SIGNS.sub(" ", remark.new).strip().casefold()) == proposed
        if remark.mark == "comment" or alone:
            return "rating", remark.text, proposed
    if remark.mark == "comment":
        return "fact", remark.text, ""
    return ("addition" if remark.of_new else "wording"), remark.text, ""


def rating_in(text: str, words: Mapping[str, str]) -> str:
    """Return the rating that a comment names by one of the words for it; "" for none, or several.

    The words are in small letters.
    """
    rest, named = " ".join(text.casefold().split()), set()
    for word in sorted(words, key=len, reverse=True):
        if re.search(rf"\b{re.escape(word)}\b", rest):
            named.add(words[word])
            rest = rest.replace(word, " ")
    return named.pop() if len(named) == 1 else ""


def as_cell(text: str) -> str:
    """Return the text of a comment as a cell may hold it: nothing that a spreadsheet reckons or
    that looks damaged.

    What cannot be read says so; all else keeps its words.
    """
    text = HIDDEN.sub("", " ".join(text.split()))
    text = re.sub(r"\?{2,}|(?:\?\W?){3,}|\ufffd", "?", text)
    text = re.sub(r"(?<=\d)E\+(?=\d)", " E+", text)
    text = re.sub(r"^(?=[<>|=]{7})", "'", ERROR.sub(lambda m: f"# {m[0][1:]}", text))
    while broken := read_twice(text):
        text = text.replace(broken, NOT_READABLE)
    return f"'{text}" if any(wrong(text) for wrong, *_ in IN_A_CELL) else text


def _lines(file, taken, known, cut, formats, path):
    """Return what was taken in, what could not be placed, and what was left out."""
    if not taken:
        before = f"; {cop.data.count(known, 'remark')} in it, all known" if known else ""
        yield f"{file.name}: nothing new{before}. Nothing was changed."
    else:
        comments = sum(not row["text"].startswith("[") for row in taken)
        first, last = taken[0]["comment_id"], taken[-1]["comment_id"]
        yield (
            f"{file.name}: {cop.data.count(len(taken), 'remark')} taken in as {first} to {last}"
            f" ({cop.data.count(comments, 'comment')},"
            f" {cop.data.count(len(taken) - comments, 'tracked change')}); {path}"
        )
    if taken and known:
        yield f"{cop.data.count(known, 'remark')} known already; nothing was changed there."
    unplaced = [row for row in taken if not row["about"]]
    if unplaced:
        yield f"{cop.data.count(len(unplaced), 'remark')} could not be placed; fill in about:"
        yield from (f"  {r['comment_id']}  {r['text']}  (at: {r['around']})" for r in unplaced)
    if formats:
        yield f"{cop.data.count(formats, 'change')} of looks alone left out."
    if taken and cut:
        yield f"Names or addresses were left out of {cop.data.count(cut, 'remark')}."
    if taken:
        yield "Next: look at kind and proposed, then `cop answer COMMENT DECISION` for each."
