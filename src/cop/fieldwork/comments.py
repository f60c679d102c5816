"""Import the comments in a Word document, record answers to them, and record sign-offs.

Each comment or change becomes one row of comments.csv, without the name of its author.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, checks, writing
from cop.data.checks import editions
from cop.data.checks.damage import ERROR, HIDDEN, IN_A_CELL, read_twice
from cop.fieldwork import docx_reader, pii
from cop.fieldwork.docx_reader import Document, Remark, find_remarks
from cop.report import languages

TABLE = "comments"
# The most that is imported from a document; a cell in a spreadsheet holds 32,767 characters.
LIMITS = {"remarks": 5000, "letters in a remark": 30_000, "letters": 1_000_000, "authors": 300}
ORIGIN = 16  # first digits of the SHA-256 that are stored
PREFIX = re.compile(r"\s*(\w+)\s*[:.–—-]\s*(?=\S)")
NOT_COMPARED = "Not searched for untracked edits: add --sent with exactly the file that was sent."
NOT_READABLE = "[not readable]"


def import_comments(
    file: Path, data: Path, role: str, organisation: str = "", iso3: str = "",
    sent: Callable[[str, str], Path | None] = lambda iso3, language: None,
) -> list[str]:  # fmt: skip
    """Import the comments and changes in a Word document, and return lines to print.

    `role` is the kind of body that comments, `organisation` its id or name if it may be named.
    `sent(iso3, language)` returns the path of the document as it was sent, or None. A comparison
    with that document finds untracked edits and the passages of comments without a bookmark.
    Importing a document again adds nothing. Raises UserError if the file is unreadable or too
    large, its report is unknown, or a new row has errors.
    """
    sha, document = docx_reader.read(file)
    iso3, edition = _report(file, document.report, iso3, data)
    language = document.report[2] if document.report else ""
    before = sent(iso3, language)
    original = docx_reader.read(before)[1] if before else None
    remarks = find_remarks(document, iso3, original)
    _refuse_too_much(file, remarks)
    clean, redacted = _without_names(remarks, document, data)
    body, vocabulary = f"{role}\0{organisation}", _vocabulary(data, language)
    rows = [_row(remark, body, *vocabulary) for remark in clean]
    with writing.alone(data):
        present = cop.data.present(TABLE, data, iso3)
        # The same file from the same body adds nothing, even if the store has more names by now.
        again = (sha[:ORIGIN], role) in zip(present.origin, present.role, strict=True)
        new = [row for row in rows if not again and row["origin_id"] not in set(present.origin_id)]
        last = max((int(key.split("-M")[1]) for key in present.comment_id), default=0)
        about = {"iso3": iso3, "edition": edition, "received": date.today().isoformat()}
        about |= {"origin": sha[:ORIGIN], "role": role, "organisation": organisation}
        for number, row in enumerate(new, last + 1):
            row |= about | {"comment_id": f"{iso3}-M{number:03d}"}
        path = add_rows(TABLE, iso3, new, data) if new else ""
    lines = [*_lines(file.name, new, len(rows) - len(new), redacted, path)]
    is_compared = original is not None and original.created == document.created
    return lines if is_compared else [*lines, NOT_COMPARED]


def _report(file, stated, iso3, data):
    """Return the country and edition of a document, or `iso3` and its latest; raises UserError."""
    if stated and iso3 and stated[0] != iso3:
        raise UserError(f"{file.name} is about {stated[0]}: leave out --country {iso3}")
    iso3 = stated[0] if stated else iso3
    if not iso3:
        raise UserError(f"{file.name} does not record its country: add --country ISO3")
    if not (present := cop.data.editions(data, iso3)):
        raise UserError(f"{iso3} has no edition in {data.name}/: run `cop new {iso3}` first")
    edition = stated[1] if stated else max(present)
    if edition not in present:
        known = f"available: {', '.join(present)}"
        raise UserError(f"{file.name} is about unknown edition {edition} of {iso3}; {known}")
    return iso3, edition


def _refuse_too_much(file, remarks):
    """Raise UserError if a document exceeds one of the LIMITS."""
    lengths, authors = [len(remark.text) for remark in remarks], {r.author for r in remarks}
    numbers = len(remarks), max(lengths, default=0), sum(lengths), len(authors)
    for (what, most), number in zip(LIMITS.items(), numbers, strict=True):
        if number > most:
            limit = f"at most {most:,} are imported. Split the file"
            raise UserError(f"{file.name} has {number:,} {what}; {limit}")


def _without_names(remarks, document: Document, data) -> tuple[list[Remark], int]:
    """Return the remarks after `pii.redact`, and the number of remarks that it changed.

    The names of authors and of persons in the restricted store are replaced. Words in the report
    itself are kept, unless they form the full name of an author, contact or interviewee.
    """
    names = pii.stored_names(data).with_people({remark.author for remark in remarks})
    words = frozenset(re.findall(r"\w+", " ".join(p.sent for p in document.passages).casefold()))
    clean = [
        replace(remark, author="", **{
            field: pii.redact(getattr(remark, field), names, words)
            for field in ("text", "new", "around")
        })
        for remark in remarks
    ]  # fmt: skip
    pairs = zip(remarks, clean, strict=True)
    return clean, sum((a.text, a.around) != (b.text, b.around) for a, b in pairs)


def _vocabulary(data, language) -> tuple[set[str], dict[str, str], list[str]]:
    """Return the ids of rated items, {label of a status: code}, and the kinds of comments."""
    rated = {*cop.data.read("guidelines", data).item_id}
    rated |= {*cop.data.read("capabilities", data).capability_id}
    statuses = {word: word for word in cop.data.labels("alignment", "status", data)}
    if language in languages.available():
        with languages.using_language(language):
            statuses |= {languages.translate(word).casefold(): word for word in [*statuses]}
    return rated, statuses, list(cop.data.labels(TABLE, "kind", data))


def _row(remark, body, *vocabulary):
    kind, text, proposed = classify(remark, *vocabulary)
    cells = {"about": remark.about, "kind": kind, "text": as_cell(text), "proposed": proposed}
    return cells | {"around": as_cell(remark.around), "origin_id": remark.key(body)}


def classify(remark: Remark, rated, statuses, kinds) -> tuple[str, str, str]:
    """Return the kind of a remark, its text, and the code of the status that it proposes, or "".

    A comment may begin with its kind, such as "Rating:"; otherwise the kind is a guess.
    """
    stated = PREFIX.match(remark.text)
    proposed = rating_in(remark.new, statuses)
    if remark.is_comment and stated and stated[1].casefold() in kinds:
        kind, text = stated[1].casefold(), remark.text[stated.end() :]
        return kind, text, proposed if kind == "rating" else ""
    if remark.about in rated and proposed:
        return "rating", remark.text, proposed
    return "fact" if remark.is_comment else "wording", remark.text, ""


def rating_in(text: str, statuses: Mapping[str, str]) -> str:
    """Return the code of the status in a text; "" if the text has none or several."""
    rest, named = " ".join(text.casefold().split()), set()
    for word in sorted(statuses, key=len, reverse=True):
        rest, times = re.subn(rf"\b{re.escape(word)}\b", " ", rest)
        named |= {statuses[word]} if times else set()
    return named.pop() if len(named) == 1 else ""


def as_cell(text: str) -> str:
    """Return text changed so that it is valid in a data cell: no formula, no damaged characters."""
    words = HIDDEN.sub("", " ".join(text.split())).split()
    text = " ".join(NOT_READABLE if read_twice(word) else word for word in words)
    text = re.sub(r"\?{2,}|(?:\?\W?){3,}|\ufffd", "?", text)
    text = re.sub(r"(?<=\d)E\+(?=\d)", " E+", text)
    text = re.sub(r"^(?=[<>|=]{7})", "'", ERROR.sub(lambda m: f"# {m[0][1:]}", text))
    return f"'{text}" if any(wrong(text) for wrong, *_ in IN_A_CELL) else text


def _lines(name, new, present, redacted, path):
    """Yield lines that report new rows, remarks without an id in `about`, and removed names."""
    count = cop.data.count
    if not new:
        yield f"{name}: nothing new ({count(present, 'remark')} imported before)."
        return
    keys = " to ".join(dict.fromkeys([new[0]["comment_id"], new[-1]["comment_id"]]))
    before = f", {present:,} imported before" if present else ""
    yield f"{name}: {count(len(new), 'remark')} imported as {keys} into {path}{before}."
    if unplaced := [row for row in new if not row["about"]]:
        yield f"Fill in `about` for {count(len(unplaced), 'remark')} that could not be placed:"
        yield from (f"  {r['comment_id']}  {r['text']}  (at: {r['around']})" for r in unplaced)
    if redacted:
        yield f"Names or addresses were removed from {count(redacted, 'remark')}."
    yield "Next: check `kind` and `proposed`, then run `cop answer COMMENT DECISION` for each."


def answer(comment: str, decision: str, why: str, changed: str, data: Path) -> list[str]:
    """Record the decision on a comment, and return lines to print.

    Raises UserError if the comment is unknown or already answered, or the answer is incomplete.
    """
    iso3 = comment.partition("-")[0]
    row = {"comment_id": comment, "decision": decision, "why": why, "changed": changed}
    if iso3 not in cop.data.countries(data):
        raise UserError(f"{comment!r} is not the id of a comment, such as UKR-M001")
    with writing.alone(data):
        present = cop.data.present("responses", data, iso3).set_index("comment_id").decision
        if comment in present.index:
            fix = f"To correct it, change its row in {cop.data.paths('responses', data, iso3)[0]}"
            raise UserError(f"{comment} is already answered: {present[comment]}. {fix}")
        path = add_rows("responses", iso3, [row | {"day": date.today().isoformat()}], data)
    edition = cop.data.present("comments", data, iso3).set_index("comment_id").edition[comment]
    left = cop.data.count(len(editions.open_comments(edition, path, data)), "comment")
    return [f"{comment}: {decision}, recorded in {path}", f"{left} left without an answer"]


def sign_off(iso3: str, body: str, scope: str, day: str, edition: str, data: Path) -> list[str]:
    """Record the sign-off of an edition, and return two lines to print.

    The second line lists unmet requirements of validation, or the next step if there are none.
    Raises UserError if the row has errors, for example an unknown edition or organisation.
    """
    edition = edition or max(cop.data.editions(data, iso3), default="")
    row = {"body": body, "day": day or date.today().isoformat(), "scope": scope, "edition": edition}
    row["text"] = editions.signed_text(data, iso3)
    with writing.alone(data):
        path = add_rows("sign_offs", iso3, [row], data)
    missing = "; ".join(rule for rule, _ in editions.missing(edition, path, data))
    then = f"Next: set the status of {edition} to validated in research/{iso3}/editions.csv."
    if missing:
        later = "After a change, such as an answer, the text must be signed off again."
        then = f"Edition {edition} {missing}. {later}"
    return [f"{body} signed off edition {edition} ({scope}), recorded in {path}", then]


def add_rows(table: str, iso3: str, rows: list[dict[str, str]], data: Path) -> str:
    """Add rows to a table of a country, and return its path in the data folder.

    The caller must hold the lock `writing.alone(data)`. Raises UserError, and writes nothing, if a
    new row has errors.
    """
    path, present = cop.data.paths(table, data, iso3)[0], cop.data.present(table, data, iso3)
    first = max(present.index, default=1) + 1
    new = pd.DataFrame(rows, index=range(first, first + len(rows)))
    frame = pd.concat([present, new])[present.columns].fillna("")
    errors = [e for e in checks.of_table(table, frame, path, data) if int(e.row or 0) >= first]
    if errors:
        more = [f"… and {len(errors) - 10} more"] if len(errors) > 10 else []
        lines = [f"nothing was written; {cop.data.count(len(errors), 'error')}:"]
        raise UserError("\n".join([*lines, *map(str, errors[:10]), *more]))
    writing.write(data, {path: cop.data.longer(table, rows, data, iso3)})
    return path
