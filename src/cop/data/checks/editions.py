"""Rules of editions: cut-off, validation round, sign-off, and the versions of corrections."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cop.data.cells import records
from cop.data.checks.rules import rule
from cop.data.checks.schema import CHECK_DAY
from cop.data.checks.tables import Check
from cop.data.faults import Broken, Fault, count
from cop.data.package import contents, locate, paths

AHEAD = 2  # years that an edition may be named ahead of its data cut-off
ORGANISATION = "[A-Z]{3}-O[0-9]+"
NAMED = 5  # open comments that are named, the others counted
NUMBER = r"\d+\.\d+\.\d+"
RAISE = (
    "Raise version and created in datapackage.json, and the version in CITATION.cff and "
    "pyproject.toml"
)
NO_CONTACT = (
    "datapackage.json: no contact is set, so that readers cannot report a mistake; the "
    'coordinator sets "email" (of an office) or "path" (a page) in a row of contributors.'
)


@rule("edition-cut-off", "editions")
def _edition_without_its_cut_off(table, check):
    valid = table[table.edition.str.fullmatch("[0-9]{4}") & (table.cut_off.str.len() == 10)]
    for row, edition, cut_off in valid[["edition", "cut_off"]].itertuples():
        if not 0 <= int(edition) - int(cut_off[:4]) <= AHEAD:
            fix = f"An edition is named by the year of its cut-off, or up to {AHEAD} years later"
            wrong = f"does not go with the data cut-off {cut_off}"
            yield check.error(row, "edition", edition, wrong, fix)
    latest = ""
    for row, cut_off in valid.sort_values("edition").cut_off.items():
        if cut_off < latest:
            wrong = "is before the cut-off of an earlier edition"
            yield check.error(row, "cut_off", cut_off, wrong, CHECK_DAY)
        latest = max(latest, cut_off)


def of_cut_off(data: str | Path, iso3: str) -> Iterator[Fault]:
    """Yield the latest data cut-off if a verified source was seen after it."""
    editions, sources = (paths(name, data, iso3)[0] for name in ("editions", "sources"))
    try:
        cut_offs = records(locate(data, editions), "cut_off")
        seen = records(locate(data, sources), "accessed", "verified")
        days = [source["accessed"] for source in seen if source["verified"] == "yes"]
        row, cut_off = max(enumerate((e["cut_off"] for e in cut_offs), 2), key=lambda c: c[1])
        late = sorted(day for day in days if date.fromisoformat(day) > date.fromisoformat(cut_off))
    except (Broken, FileNotFoundError, ValueError):
        return  # none yet, or an error of its own
    if late:
        wrong = f"is before {count(len(late), 'source')} {'was' if len(late) == 1 else 'were'} seen"
        fix = f"Move it to {late[-1]}, or leave what was seen later to the next edition"
        yield Fault(editions, row, "cut_off", cut_off, wrong, fix)


@rule("known-body", "comments sign_offs")
def _unknown_organisation(table, check):
    bodies = table["body" if "body" in table else "organisation"]
    known = bodies.isin(check.table("stakeholders").stakeholder_id)
    fix = "Add the organisation to stakeholders.csv, or write its name"
    unknown = bodies[bodies.str.fullmatch(ORGANISATION) & ~known]
    yield from check.errors(unknown, "is not an id of stakeholders", fix)


@rule("comment-of-country", "comments")
def _about_another_country(table, check):
    """Find comments on ids of other countries, but for sources, which a bibliography may cite."""
    foreign = table.about.map(check.foreign) != ""
    cited = table.about.str.match("[A-Z]{3}-S[0-9]+") & (table.kind != "rating")
    wrong = f"belongs to another country, and this is a comment on the report of {check.iso3}"
    fix = f"Write an id of {check.iso3}'s report, or empty it"
    yield from check.errors(table.about[foreign & ~cited], wrong, fix)


@rule("answer-after-comment", "responses", "day", "is earlier than the comment was received",
      "Check the day of the answer and that of the comment")  # fmt: skip
def _answered_too_early(table, check):
    received = table.comment_id.map(check.column("comments", "comment_id", "received")).fillna("")
    return (table.day != "") & (table.day < received)


@rule("validated", "editions")
def _not_yet_validated(table, check):
    for row, edition in table.edition[table.status == "validated"].items():
        for wrong, fix in missing(edition, check.path, check.data):
            yield check.error(row, "status", "validated", wrong, fix)


def missing(edition: str, path: str, data: str | Path) -> Iterator[tuple[str, str]]:
    """Yield (what an edition lacks to be validated, fix); `path` is in its country's folder."""
    check = Check("editions", path, data)
    otherwise = "or set the status to under validation"
    if edition not in [*check.table("sign_offs").edition]:
        fix = f"Add a row to {paths('sign_offs', data, check.iso3)[0]}, {otherwise}"
        yield "needs a sign-off of this edition, and none is on record", fix
    if left := open_comments(edition, path, data):
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        wrong = f"has {count(len(left), 'comment')} without an answer: {', '.join(left[:NAMED])}"
        yield wrong + more, f"Answer each in {paths('responses', data, check.iso3)[0]}, {otherwise}"


def open_comments(edition: str, path: str, data: str | Path) -> list[str]:
    """Return the ids of the comments on an edition that are not answered."""
    check = Check("comments", path, data)
    comments, answered = check.table("comments"), check.table("responses").comment_id
    open_ = (comments.edition == edition) & ~comments.comment_id.isin(answered)
    return comments.comment_id[open_].tolist()


@rule("correction-version", "corrections")
def _correction_of_another_version(table, check):
    own, made = contents(check.data)["version"], contents(check.data)["created"][:10]
    late = table.day[(table.day.str.len() == 10) & (table.day > made)]
    wrong = f"is later than this version, which was made on {made}"
    yield from check.errors(late, wrong, f"{RAISE}: a page that was corrected is another one")
    known, highest = table[table.version.str.fullmatch(NUMBER)], ()
    ahead = known.version[[_parts(version) > _parts(own) for version in known.version]]
    wrong = f"is not out yet: this is version {own}"
    yield from check.errors(ahead, wrong, f"{RAISE}, or write the version that is out")
    for row, version in known.sort_values("day", kind="stable").version.items():
        if _parts(version) < highest:
            wrong = "is earlier than the version of a correction before it"
            yield check.error(row, "version", version, wrong, "Check the day and the version")
        highest = max(highest, _parts(version))


def _parts(version):
    return tuple(int(part) for part in version.split("."))


def waiting(data: str | Path) -> list[str]:
    """Return a sentence if no contributor has an address: work, and no error."""
    known = [one for one in contents(data)["contributors"] if one.get("email") or one.get("path")]
    return [] if known else [NO_CONTACT]
