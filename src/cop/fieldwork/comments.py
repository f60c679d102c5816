"""Import comments and changes from Word documents, and record decisions on them and sign-offs.

Each comment or change becomes one row of comments.csv, without the name of its author.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import cop.data
from cop.data import UserError, writing
from cop.data.checks import damage, editions
from cop.fieldwork import docx_reader, pii
from cop.fieldwork.publish import refuse_errors
from cop.report import languages

LIMITS = {  # of an imported document; a cell in a spreadsheet holds 32,767 characters
    "comments and changes": 5000, "characters in a comment or change": 30_000,
    "characters in all comments and changes": 1_000_000, "authors": 300,
}  # fmt: skip
NOT_COMPARED = (
    "Edits made without Track Changes were not searched for: the document that was sent was not "
    "found. To find them, delete the rows added now and import again with `--sent FILE.docx`."
)


def import_comments(
    file: Path, data: Path, role: str, organisation: str = "", iso3: str = "",
    sent: Callable[[str, str], Path | None] = lambda iso3, language: None,
) -> list[str]:  # fmt: skip
    """Add the comments and changes in a Word document to comments.csv, and return messages.

    `role` is the kind of body that comments, and `organisation` its id or name, if it may be named.
    `iso3` is required if the document does not state its country. `sent(iso3, language)` returns
    the path of the document as it was sent, or None. Comparing the two restores lost ids of
    passages and, if both have the same creation time, finds untracked edits. Personal data are
    redacted. Comments that are already present are not added again. Raises UserError, without
    writing, if the file is unreadable or too large, or for a wrong country or an invalid row.
    """
    document = docx_reader.read(file)
    country, edition, language = document.report or (iso3, "", "")
    if iso3 not in ("", country):
        raise UserError(f"{file.name} is about {country}, not {iso3}: correct --country or FILE")
    if not country:
        raise UserError(f"{file.name} does not state its country: add --country ISO3")
    if country not in cop.data.countries(data):
        fix = "correct --country or --data"
        raise UserError(f"{file.name}: {data} has no country {country!r}; {fix}")
    sent_file = sent(country, language)
    original = docx_reader.read(sent_file) if sent_file else None
    remarks = docx_reader.find_remarks(document, country, original)
    _refuse_too_much(file, remarks, document)
    remarks, redacted = _without_names(remarks, document, data)
    origin = document.sha[:16]
    rows = _classified(remarks, data, country, language).assign(
        iso3=country,
        edition=edition or max(cop.data.editions(data, country), default=""),
        received=date.today().isoformat(),
        role=role,
        organisation=organisation,
        origin=origin,
        origin_id=_keys(remarks, f"{role}\0{organisation}"),
    )
    with writing.alone(data):
        present = cop.data.present("comments", data, country)
        # The same file from the same body adds nothing, even if more names are redacted by now.
        is_first = present.query("origin == @origin and role == @role").empty
        new = rows[~rows.origin_id.isin(present.origin_id) & is_first]
        last = max(map(int, present.comment_id.str[5:]), default=0)
        ids = [f"{country}-M{number:03d}" for number, _ in enumerate(new.index, last + 1)]
        if ids:
            new = new.assign(comment_id=ids).to_dict("records")
            _add_rows("comments", country, new, data)
    lines = [
        f"Imported {cop.data.count(len(ids), 'comment')} from {file.name}. Already present: "
        f"{len(rows) - len(ids)}.",
        f"Personal data were removed from {cop.data.count(redacted, 'comment')}.",
        f"Next, in research/{country}/comments.csv: check `kind` and `proposed`, and fill in",
        "`about` where it is empty. Then run `cop answer COMMENT DECISION` for each comment.",
    ]
    is_compared = original is not None and original.created == document.created
    return lines if is_compared else [*lines, NOT_COMPARED]


def _refuse_too_much(file, remarks, document):
    lengths = remarks.text.str.len()
    numbers = len(remarks), lengths.max(), lengths.sum(), len(document.authors)
    for (what, most), number in zip(LIMITS.items(), numbers, strict=True):
        if number > most:
            fix = f"the limit is {most:,}. Shorten or split the file"
            raise UserError(f"{file.name} has {number:,} {what}; {fix}")


def _without_names(remarks, document, data):
    # Words in the report are kept, unless they form the full name of a person.
    names = pii.stored_names(data, document.authors)
    words = frozenset(re.findall(r"\w+", " ".join(p.sent for p in document.passages).casefold()))
    texts = remarks[["text", "new", "around"]]
    clean = texts.map(lambda text: pii.redact(text, names, words))
    return remarks.assign(**clean), (clean != texts).any(axis=1).sum()


def _keys(remarks, body):
    """Return a hash of each remark, which does not change if another program saves the file."""
    # The author is left out, since guesses could be tested against the hash.
    times = remarks.when.where(remarks.when != "", body)
    parts = times + "\0" + remarks.text + "\0" + remarks.around
    parts += "\0" + (parts.groupby(parts).cumcount() + 1).astype(str)
    return [hashlib.sha256(part.encode()).hexdigest()[:16] for part in parts]


def _classified(remarks, data, iso3, language):
    # A comment may begin with its kind, such as "Rating:"; otherwise the kind is a guess.
    statuses, is_comment = _statuses(data, language), remarks.is_comment
    proposed = remarks.new.map(lambda text: _rating_in(text, statuses))
    is_rated = remarks.about.isin(cop.data.read("alignment", data, iso3).item_id)
    guess = is_comment.map({True: "fact", False: "wording"})
    guess = guess.mask(is_rated & (proposed != ""), "rating")
    kinds = "|".join(cop.data.labels("comments", "kind", data))
    stated = remarks.text.where(is_comment, "").str.extract(rf"(?i)^({kinds})\s*[:.–—-]\s*(\S.*)")
    kind = stated[0].str.lower().fillna(guess)
    return remarks.assign(
        kind=kind,
        text=stated[1].fillna(remarks.text).map(_as_cell),
        proposed=proposed.where(kind == "rating", ""),
        around=remarks.around.map(_as_cell),
    )


def _statuses(data, language):
    statuses = {word: word for word in cop.data.labels("alignment", "status", data)}
    if language in languages.available():
        with languages.using_language(language):
            statuses |= {languages.translate(word).casefold(): word for word in [*statuses]}
    return statuses


def _rating_in(text, statuses):
    words = "|".join(map(re.escape, sorted(statuses, key=len, reverse=True)))
    matches = re.findall(rf"\b(?:{words})\b", " ".join(text.casefold().split()))
    named = {statuses[word] for word in matches}
    return named.pop() if len(named) == 1 else ""


def _as_cell(text):
    """Return a text, changed if necessary to pass the checks on data cells in `checks.damage`."""
    words = re.sub(r"\?+|\ufffd", "?", damage.HIDDEN.sub("", " ".join(text.split()))).split()
    text = " ".join(" ".join(word) if any(damage.of_text("", word)) else word for word in words)
    return f"'{text}" if damage.rules_of(text) else text


def answer(comment: str, decision: str, why: str, changed: str, data: Path) -> str:
    """Add the decision on a comment to responses.csv, with today's date, and return a message.

    `why` is the reason, and `changed` describes the change in the report. Raises UserError if the
    comment is unknown or already answered, or the row is invalid (e.g. rejected without a reason).
    """
    iso3, day = comment.partition("-")[0], date.today().isoformat()
    if iso3 not in cop.data.countries(data):
        raise UserError(f"unknown comment {comment!r}; enter an id in comments.csv of a country")
    row = {"comment_id": comment, "decision": decision, "why": why, "changed": changed, "day": day}
    with writing.alone(data):
        path = _add_rows("responses", iso3, [row], data)
    return f"{comment}: {decision}, recorded in {path}"


def sign_off(iso3: str, body: str, scope: str, day: str, edition: str, data: Path) -> str:
    """Record in sign_offs.csv that `body` signed off an edition, and return a message.

    An empty `day` means today, and an empty `edition` the latest. The row contains a hash of the
    country's data. Raises UserError if the row has errors, such as an unknown edition or body.
    """
    edition = edition or max(cop.data.editions(data, iso3), default="")
    row = {"body": body, "day": day or date.today().isoformat(), "scope": scope, "edition": edition}
    row["text"] = editions.signed_text(data, iso3)
    with writing.alone(data):
        path = _add_rows("sign_offs", iso3, [row], data)
    return (
        f"{body} signed off edition {edition} ({scope}), recorded in {path}\n"
        f"Next: set `status` of {edition} to 'validated' in research/{iso3}/editions.csv, and run "
        "`cop check`, which lists comments without an answer."
    )


def _add_rows(table, iso3, rows, data):
    # The caller must hold the lock `writing.alone(data)`.
    path = cop.data.paths(table, data, iso3)[0]
    files = {path: cop.data.longer(table, rows, data, iso3)}
    refuse_errors(files, data, iso3)
    writing.write(data, files)
    return path
