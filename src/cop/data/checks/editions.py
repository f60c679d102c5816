"""Check editions: cut-off, validation, comments, due dates and continuity with earlier ones."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cop.data import reads
from cop.data.checks.rules import Check, check_of, foreign, rule
from cop.data.checks.schema import CHECK_DAY
from cop.data.errors import count, first_of
from cop.data.package import columns, editions, editions_kept, resource, tables
from cop.data.places import Country
from cop.data.reads import StrPath

AHEAD = 2  # maximum number of years from the cut-off to the year of an edition
AFTER_SIGNING = "editions sign_offs corrections actions milestones readings"
DAY = r"\d{4}-\d\d-\d\d"
ANSWER = "Record each answer with `cop answer COMMENT DECISION --why TEXT --changed TEXT`"
# Changes that an answer reports, in the form: evidence.statement ZZZ-E01: old -> new
CHANGE = re.compile(r"(\w+)\.(\w+) (\S+): .* -> (.*)")


@rule("edition-cut-off")
def _edition_without_its_cut_off(table, check):
    valid = table[table.edition.str.fullmatch("[0-9]{4}") & table.cut_off.str.fullmatch(DAY)]
    ahead = valid.edition.astype(int) - valid.cut_off.str[:4].astype(int)
    wrong = f"must be the year of `cut_off`, or at most {AHEAD} years later"
    astray = valid.edition[~ahead.between(0, AHEAD)]
    yield from check.errors(astray, wrong, "Correct `edition` or `cut_off`")
    cut_offs = valid.sort_values("edition").cut_off
    falling = cut_offs[cut_offs < cut_offs.shift(fill_value="")]
    yield from check.errors(falling, "is earlier than `cut_off` of a previous edition", CHECK_DAY)
    sources = check.table("sources")
    days = sources.accessed[(sources.verified == "yes") & sources.accessed.str.fullmatch(DAY)]
    for row, day in cut_offs[-1:].items():
        if len(late := days[days > day]):
            names = first_of(sources.source_id[late.index].tolist())
            wrong = f"is earlier than `accessed` of verified sources: {names}"
            fix = f"Enter {late.max()} or later, or correct `accessed` in sources.csv"
            yield check.error(row, "cut_off", day, wrong, fix)


@rule("comment-of-country")
def _about_another_country(table, check):
    others = table.about.map(lambda name: foreign(name, check.iso3)) != ""
    cited = table.about.str.match("[A-Z]{3}-S[0-9]+") & (table.kind != "rating")
    return others & ~cited


@rule("validated")
def _not_yet_validated(table, check):
    for row, edition in table.edition[table.status == "validated"].items():
        for wrong, fix in missing(edition, check.path, check.data):
            yield check.error(row, "status", "validated", wrong, fix)


def missing(edition: str, path: str, data: StrPath) -> Iterator[tuple[str, str]]:
    """Yield (error, fix) for each requirement of validation that an edition does not meet.

    `path` is any path in the country's folder. Raises Unreadable like `Check.table`.
    """
    check = Check("editions", path, data)
    otherwise = "or set `status` to 'under validation'"
    fix = (
        f"Answer all comments, then record the sign-off with `cop sign-off {check.iso3} --body ID "
        f"--scope TEXT --edition {edition}`, {otherwise}"
    )
    if check.table("sign_offs").query("edition == @edition").empty:
        yield "requires a sign-off of this edition", fix
    elif changed_after_sign_off(edition, check):
        yield "requires a new sign-off, since the edition was changed after the last sign-off", fix
    if left := open_comments(edition, path, data):
        wrong = f"requires an answer to {count(len(left), 'comment')}: {first_of(left)}"
        yield wrong, f"{ANSWER} (DECISION: accepted, partly or not), {otherwise}"


def changed_after_sign_off(edition: str, place: Check | Country) -> bool:
    """Return whether the data of an edition differ from the data at each of its sign-offs.

    Returns False for an earlier edition, if there are no sign-offs, or if one contains no hash.
    """
    check = check_of("sign_offs", place.data, place.iso3)
    signed = check.table("sign_offs").query("edition == @edition").text
    if signed.empty or edition != max(check.table("editions").edition):
        return False
    return not signed.isin(["", signed_text(place.data, place.iso3)]).any()


def signed_text(data: StrPath, iso3: str) -> str:
    """Hash a country's CSV and Markdown files except AFTER_SIGNING, and record the reads."""
    digest = hashlib.sha256()
    for path in sorted((Path(data) / "research" / iso3).rglob("*.*")):
        if path.suffix in (".csv", ".md") and path.stem not in AFTER_SIGNING.split():
            reads.note_files(("file", str(path.relative_to(data)), str(data)), [path])
            digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def open_comments(edition: str, path: str, data: StrPath) -> list[str]:
    """Return the ids of an edition's unanswered comments. For the arguments, see `missing`."""
    check = Check("comments", path, data)
    comments, answered = check.table("comments"), check.table("responses").comment_id
    is_open = (comments.edition == edition) & ~comments.comment_id.isin(answered)
    return comments.comment_id[is_open].tolist()


@rule("answer-change")
def _answered_without_the_change(table, check):
    changes = [CHANGE.fullmatch(text) for text in table.changed]
    is_missing = [bool(change) and not _is_made(*change.groups(), check) for change in changes]
    return (table.decision != "not") & pd.Series(is_missing, table.index, bool)


def _is_made(name, column, key, new, check):
    if name not in tables(check.data, shared=False) or column not in columns(name, check.data):
        return False
    rows = check.table(name)
    keys = resource(name, check.data)["schema"]["primaryKey"]
    return (rows[column][(rows[keys] == key).any(axis=1)] == new).any()


@rule("due-day")
def _due_before_the_cut_off(table, check):
    cut_off = max(check.table("editions").cut_off, default="")
    carried = {
        (row.recommendation_id, day)
        for _, rows in earlier_editions("recommendations", check)
        for row in rows.itertuples()
        for day in (row.due, row.target_due)
    }
    for column in ("due", "target_due"):
        days = zip(table.recommendation_id, table[column], strict=True)
        past = ["" < day <= cut_off and (key, day) not in carried for key, day in days]
        fix = "Enter a later date; a recommendation of an earlier edition may keep its date"
        rule = f"must be later than the data cut-off, {cut_off}"
        yield from check.errors(table[column][past], rule, fix)


def earlier_editions(name: str, check: Check) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield (edition, table `name`) for each archived edition before the latest, oldest first."""
    latest = max(editions(check.data, check.iso3), default="")
    for edition, folder in editions_kept(check.data, check.iso3).items():
        if edition < latest:
            yield edition, check_of(name, folder, check.iso3).table(name)


@rule("action-answers")
def _of_no_recommendation(table, check):
    answered = {"", *check.table("recommendations").recommendation_id}
    for _, rows in earlier_editions("recommendations", check):
        answered |= {*rows.recommendation_id}
    return ~table.recommendation_id.isin(answered)


@rule("recommendation-carried")
def _left_without_a_word(table, check):
    column = "recommendation_id"
    answered = {"", *table[column], *check.table("actions")[column]}
    for edition, rows in [*earlier_editions("recommendations", check)][-1:]:
        wrong = f"is a recommendation of the edition of {edition} without any follow-up"
        fix = "Repeat it with this id, or add an action on it to actions.csv, even a dropped one"
        left = rows[column][~rows[column].isin(answered)]
        yield from (check.error("", column, number, wrong, fix) for number in left)


@rule("challenge-number")
def _another_finding(table, check):
    now = dict(zip(table.challenge_id, _plain(table.challenge), strict=True))
    for edition, rows in earlier_editions("challenges", check):
        themes = dict(zip(rows.challenge_id, rows.theme, strict=True))
        numbers = dict(zip(_plain(rows.challenge), rows.challenge_id, strict=True))
        for row in table.itertuples():
            number = row.challenge_id
            earlier, theme = numbers.get(now[number], number), themes.get(number, row.theme)
            if earlier != number and now.get(earlier) != now[number]:
                wrong = f"has the same text as {earlier} in the edition of {edition}"
                fix = "Use the id of the earlier edition"
            elif theme != row.theme:
                wrong = f"is the id of a challenge on {theme!r} in the edition of {edition}"
                fix = "Use a new id, or restore the earlier `theme`"
            else:
                continue
            yield check.error(row.Index, "challenge_id", number, wrong, fix)


def _plain(texts):
    return [" ".join(text.lower().split()) for text in texts]
