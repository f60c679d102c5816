"""What the validation round must be: bodies and never people, each comment answered, and what an
edition needs before it may be called validated.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.checks.belonging import country_of, foreign
from cop.data.checks.values import each
from cop.data.faults import Fault, count
from cop.data.package import paths

VALIDATED = "validated"
ORGANISATION = re.compile(r"[A-Z]{3}-O[0-9]+")
CITED = re.compile(r"[A-Z]{3}-S[0-9]+")
NAMED = 5  # open comments that are named, the others counted
UNKNOWN = (
    "is not an id of stakeholders",
    "Add the organisation to stakeholders.csv, or write its name",
)
OF_ANOTHER = (
    "is earlier than the comment was received",
    "Check the day of the answer and that of the comment",
)
UNSIGNED = (
    "needs a sign-off of this edition, and none is on record",
    "Add a row to {path}, or set the status to under validation",
)
ANSWER = "Answer each in {path}, or set the status to under validation"


def unknown_organisation(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield bodies of comments and sign-offs by ids nobody recorded; a name in words may be any."""
    column = "body" if "body" in table else "organisation"
    known = set(beside.table("stakeholders", path, data)["stakeholder_id"])
    ids = [cell for cell in lines(table, column) if ORGANISATION.fullmatch(cell[1])]
    yield from each([cell for cell in ids if cell[1] not in known], column, path, *UNKNOWN)


def about_another_country(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield comments on ids of other countries, but for sources, which a bibliography may cite."""
    iso3 = country_of(path)
    there = [cell for cell in lines(table, "about", "kind") if foreign(cell[1], iso3)]
    wrong = [(row, one) for row, one, kind in there if kind == "rating" or not CITED.match(one)]
    rule = f"belongs to another country, and this is a comment on the report of {iso3}"
    yield from each(wrong, "about", path, rule, f"Write an id of {iso3}'s report, or empty it")


def answered_too_early(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield answers of a day before the comment came in."""
    received = beside.by_key("comments", "comment_id", "received", path, data)
    there = lines(table, "day", "comment_id")
    early = [(row, day) for row, day, one in there if "" < day < received.get(one, "")]
    yield from each(early, "day", path, *OF_ANOTHER)


def not_yet_validated(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield editions that are called validated without a sign-off, or with an open comment."""
    there = lines(table, "edition", "status")
    for row, edition in [(row, one) for row, one, status in there if status == VALIDATED]:
        for rule, mend in missing(edition, path, data):
            yield Fault(path, row, "status", VALIDATED, rule, mend)


def missing(edition: str, path: str, data: str | Path) -> Iterator[tuple[str, str]]:
    """Yield (what an edition lacks to be validated, how to mend it); `path` is in its folder."""
    iso3 = path.split("/")[1]
    if edition not in beside.table("sign_offs", path, data)["edition"]:
        rule, mend = UNSIGNED
        yield rule, mend.format(path=paths("sign_offs", data, iso3)[0])
    if left := open_comments(edition, path, data):
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        rule = f"has {count(len(left), 'comment')} without an answer: {', '.join(left[:NAMED])}"
        yield rule + more, ANSWER.format(path=paths("responses", data, iso3)[0])


def open_comments(edition: str, path: str, data: str | Path) -> list[str]:
    """Give, for the check, the ids of the comments on an edition that nobody has answered."""
    comments, answers = (beside.table(name, path, data) for name in ("comments", "responses"))
    of_edition = [one for _, one, of in lines(comments, "comment_id", "edition") if of == edition]
    return [one for one in of_edition if one not in answers["comment_id"]]


OF_EDITIONS = [not_yet_validated]
OF_COMMENTS = [unknown_organisation, about_another_country]
OF_RESPONSES = [answered_too_early]
OF_SIGN_OFFS = [unknown_organisation]
