"""Import responses into the restricted store.

Each response is accepted, accepted with a remark, or rejected with a reason. The accepted responses
of a file are stored together or not at all; those already in the store are not added again. Of
several responses by the same sender only the latest counts, but all are stored.
"""

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError
from cop.fieldwork import contacts, counted, exports, incoming, restricted
from cop.fieldwork.exports import Cell, Export
from cop.fieldwork.incoming import Book, plain
from cop.fieldwork.questionnaires import CONSENT, FIRST_YEAR, FREE, GATE, answer_code, wording

TOOLS = {
    "kobo": "a KoboToolbox export", "odk": "an ODK Central export",
    "limesurvey": "a LimeSurvey export", "excel": "a completed Excel form",
    "plain": "a plain table",
}  # fmt: skip
ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"
MOST = 40  # problems in a report
TIMES = ["submitted", "changed"]
PARTIAL = "partial"  # begins the remark on a response that was not completed; AAPOR counts these
LONGEST = 32_767  # characters in a cell of a spreadsheet
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
# Three digits after a point or comma are ambiguous: 1.200 or 1,200.
NUMBER = re.compile(r"[+-]?\d{1,15}([.,](\d{1,2}|\d{4,}))?", re.ASCII)
DAY = re.compile(r"(\d{4}-\d\d-\d\d)([ T].*)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})( 0?0:00(:00)?)?", re.ASCII)
REJECTING = ("validation_status_not_approved", "not approved", "rejected")  # words of the tools


class Invalid(Exception):
    """Raised for an answer that cannot be stored, with the rule and the fix."""


def import_responses(
    files: Sequence[Path | Book],
    data: Path,
    iso3: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Import files into the store, and print the result of each.

    Returns 0 if all responses were accepted, 2 if no file was imported, and 1 if some responses or
    files were rejected. Raises UserError for an unknown country or an invalid mapping.
    """
    today, statuses = today or date.today(), []
    countries = set(cop.data.read("countries", data).iso3)
    if iso3 and iso3 not in countries:
        raise UserError(cop.data.no_country(iso3, data))
    columns = exports.read_mapping(mapping) if mapping else None
    for file in files:
        try:
            book = file if isinstance(file, Book) else incoming.read(file)
            export = exports.read(book, data, columns)
            validate(export, iso3, countries, today)
            with restricted.locked(data):
                numbers = _store(book, export, data)
            print("\n".join(_report(book, export, numbers)))
            statuses.append(int(numbers["refused"] > 0))
        except UserError as error:
            print(f"{error}. Nothing was imported from {file.name}.")
            statuses.append(2)
    return 2 if min(statuses) == 2 else min(max(statuses), 1)


def undo(files: Sequence[Path], data: Path) -> str:
    """Remove the responses of imported files from the store, and return a message.

    Responses of people who withdrew consent stay, so that they are not counted if the file is
    imported again. Reviews, codes and steps of contacts stay, too.
    """
    names = {incoming.read(file).sha: file.name for file in files}
    with restricted.locked(data):
        returns, answers, imports = (
            restricted.read(name, data) for name in ("returns", "answers", "imports")
        )
        gone, mine = imports.file.isin(names), returns.file.isin(names)
        kept = mine & counted.withdrawn(returns, answers, data)
        left = returns[~mine | kept]
        answers = answers[answers.return_id.isin(left.return_id)]
        store = _with_status(left, data)
        tables = {"returns": store, "answers": answers, "imports": imports[~gone]}
        raw = {_raw_path(row.file, row.name): None for row in imports[gone].itertuples()}
        restricted.write(data, restricted.change(tables) | raw)
    lines = [f"{cop.data.count(len(returns) - len(left), 'response')} removed from the store."]
    if unknown := sorted(names[sha] for sha in names.keys() - {*imports.file}):
        lines.append(f"Never imported, or changed since: {', '.join(unknown)}.")
    if kept.any():
        lines.append(f"Kept, as consent was withdrawn: {cop.data.count(kept.sum(), 'response')}.")
    if answered := contacts.answered(data, {*returns.form_id} - {"", *left.form_id}):
        fix = f"if this is wrong, remove the step in {contacts.PATH}"
        lines.append(f"Still recorded as answered: {', '.join(answered)}; {fix}.")
    return "\n".join(lines)


def _raw_path(sha, name):
    return f"{restricted.RAW}/{sha}{Path(name).suffix.lower()}"


def validate(export: Export, iso3: str, countries: set[str], today: date) -> None:
    """Add the coded answers and the problems to each response of a file.

    A response without a country or version gets `iso3` and the current version; with `iso3`,
    responses from other countries are rejected. `countries` are the valid codes.
    """
    form, parsers = export.form, {}
    for block, question in form.questions():
        parse = partial(_read, question, _decoder(question, export), today)
        parsers[question.id] = block, question, lru_cache(maxsize=None)(parse)
    for response in export.responses:
        coded = {}  # (question, entry) -> answers
        _check_response(response, form, iso3, countries)
        for cell in response.cells:
            block, question, parse = parsers[cell.question]
            answers, error = parse(cell.value)
            shown = cell._replace(value="") if question.restricted else cell
            together = coded.setdefault((block.id, cell.entry, question.id), [])
            together += [answer for answer in answers if answer not in together]
            several = answers and len(together) > 1
            if several and question.type != "many":
                error = "is a second, different answer", "Keep one"
            elif several and {*form.exclusive_choices(question)}.intersection(together):
                fix = "Keep either this choice or the others"
                error = "cannot be combined with the other choices", fix
            if error:
                response.errors.append(response.problem(*error, shown))
        response.answers = [(*key, answer) for key, answers in coded.items() for answer in answers]
        _check_required(response, form)
        if (GATE, 0, CONSENT, "no") in response.answers:
            # Nothing else is reported about a person who does not take part.
            fix = "Record a contact's refusal with `cop contacts --record CONTACT refused`"
            error = response.problem("the person does not take part (no consent)", fix)
            response.errors, response.remarks = [error], []


def _check_response(response, form, iso3, countries):
    """Complete and check the metadata of a response."""
    response.iso3 = response.iso3.upper() or iso3
    response.version = response.version or form.version
    about, errors = Cell("", 0, response.iso3, response.sheet, response.row, "iso3"), []
    if not response.iso3:
        errors.append(("is missing", "Add --country ISO3", about))
    elif response.iso3 not in countries:
        errors.append(("is not a country code", "Use a code such as UKR", about))
    elif iso3 and response.iso3 != iso3:
        fix = f"Import the file again with --country {response.iso3}"
        errors.append((f"is not the country given by --country, {iso3}", fix, about))
    if response.version not in (form.version, *form.earlier):
        about = about._replace(value=response.version, column="version")
        fix = "If it may still be used, list it in `earlier` of the questionnaire"
        errors.append(("is an unknown version", fix, about))
    if plain(response.verdict) in REJECTING:
        errors.append(
            ("is marked as not approved in the survey tool", "Correct and approve it there")
        )
    response.errors += [response.problem(*error) for error in errors]


def _check_required(response, form):
    """Add an error for each required question that applies and is not answered.

    In a partial response the gaps are a single remark, except a missing consent to any answers.
    """
    missing, filled = [], {(cell.question, cell.entry) for cell in response.cells}
    given = {(question, entry, answer) for _, entry, question, answer in response.answers}
    for block, question in form.questions():
        ids, entries, when = {each.id for each in block.questions}, {0}, question.when
        if block.repeat:
            entries = {entry for name, entry in filled if name in ids}
        for entry in entries if question.required else ():
            # A condition is on the same entry or on a question outside repeated blocks.
            codes = itertools.product((entry, 0), when.codes) if when else ()
            opening = [(when.question, *pair) for pair in codes]
            if (not when or given.intersection(opening)) and (question.id, entry) not in filled:
                missing.append((question, entry))
    if response.partial:
        needed = [gap for gap in missing if gap[0].id == CONSENT and filled]
        left = len(missing) - len(needed)
        rule = f"{PARTIAL}: it was not completed; missing required answers: {left}"
        response.remarks.append(response.problem(rule, "It counts for the answered questions"))
        missing = needed
    for question, entry in missing:
        position = response.sheet, response.row, question.id
        position = response.positions.get((question.id, entry), position)
        fix, cell = f"Fill in: {wording(question.label, 'en')}", Cell("", 0, "", *position)
        response.errors.append(response.problem("must not be empty", fix, cell))


def _decoder(question, export):
    """Return a function that maps the text of a cell to the code of a choice, or to None.

    Exports of tools contain codes; Excel forms and plain tables may contain labels, too.
    """
    choices, labels = export.form.choices_of(question), {}
    codes = {choice.code: choice.code for choice in choices}
    if export.tool == "limesurvey" and question.type != "many":
        codes = {answer_code(question, choice.code): choice.code for choice in choices}
    if export.tool in ("excel", "plain"):
        for language in [*reversed(export.form.spoken), export.responses[0].language]:
            labels |= {plain(wording(choice.label, language)): choice.code for choice in choices}
    return lambda text: codes.get(text) or labels.get(plain(text))


def _read(question, decode, today, value):
    """Return the answers in a cell, and the error in it as (rule, fix) or None."""
    try:
        if value in ERRORS:
            raise Invalid("is an error of the spreadsheet", "Type the value")
        if question.type in FREE:
            if len(value) > LONGEST:
                raise Invalid(f"has more than {LONGEST} characters", "Shorten it")
            return [value], None
        if question.choices:
            return _read_choices(question, value, decode), None
        if question.type == "date":
            return [_read_day(question, value, today)], None
        return [_read_number(question, value, today)], None
    except Invalid as invalid:
        return [], invalid.args


def _read_choices(question, value, decode):
    """Return the codes in a cell, with spaces, line breaks, `;`, `|` or `,` between several."""
    parts = [value]
    for separator in r"\s+", r"\s*[;|\n]\s*", r"\s*[;|,\n]\s*":
        if question.type == "many" and not all(map(decode, parts)):
            parts = [part for part in re.split(separator, value) if part]
    answers = list(map(decode, parts))
    if not answers or not all(answers):
        raise Invalid("is not one of the choices", "Use a choice of the form")
    return answers


def _read_number(question, value, today):
    """Return a number in its shortest form; raises Invalid, also for one beyond the limits."""
    text = value.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        fix = "Write no thousands separator and not exactly three decimals, such as 1200 or 12.5"
        raise Invalid("is not a number or is ambiguous", fix)
    number = Decimal(text.replace(",", "."))
    if question.type != "number" and number % 1:
        raise Invalid("is not a whole number", "Write digits only, such as 1200")
    low, high = question.minimum, question.maximum
    if question.type == "year":
        high = today.year if high is None else high
    if low is not None and number < low:
        raise Invalid(f"is below {low:g}", "Correct the value")
    if high is not None and number > high:
        raise Invalid(f"is above {high:g}", "Correct the value")
    return f"{number.normalize():f}"


def _read_day(question, value, today):
    """Return the ISO date of YYYY-MM-DD or DD.MM.YYYY; raises Invalid for any other format."""
    day_first, iso = DAY_FIRST.fullmatch(value), DAY.fullmatch(value)
    text = iso[1] if iso else ""
    if day_first:
        text = f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        fix = "Write the date as YYYY-MM-DD, such as 2026-11-24"
        raise Invalid("is not a date, or its format is ambiguous", fix) from error
    last = date(int(question.maximum), 12, 31) if question.maximum else today
    if not day.year >= FIRST_YEAR or day > last:
        raise Invalid(f"does not lie between {FIRST_YEAR} and {last}", "Correct the date")
    return day.isoformat()


def _store(book, export, data):
    """Store the new accepted responses with their file, and return {result: number}."""
    old, imports = restricted.read("returns", data), restricted.read("imports", data)
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    accepted, stored = _with_ids(export), set(old.return_id)
    new = {i: response for i, response in accepted.items() if i not in stored}
    rows = [_row(i, response, book, export, now) for i, response in new.items()]
    rows = pd.DataFrame(rows, columns=old.columns, dtype=object)
    answers = _answers(new, restricted.read("answers", data))
    store = _with_status(pd.concat([old, rows]), data)
    _add_remarks(new, store, answers, export.form, data)
    remarks = {return_id: _join_remarks(response) for return_id, response in new.items()}
    store["remark"] = store.return_id.map(remarks).fillna(store.remark)
    store = _with_status(store, data)
    remarked = sum(map(bool, remarks.values()))
    numbers = {
        "rows": len(export.responses), "accepted": len(new) - remarked, "remarked": remarked,
        "refused": len(export.responses) - len(accepted), "unchanged": len(accepted) - len(new),
    }  # fmt: skip
    if book.sha not in set(imports.file) or not store.equals(old):
        entry = {"file": book.sha, "name": book.name, "when": now, "source": export.tool}
        entry |= {"questionnaire": export.form.id, **numbers}
        tables = {"returns": store, "answers": answers} | contacts.mark_returned(data, store)
        tables["imports"] = pd.concat([imports, pd.DataFrame([entry])], ignore_index=True)
        raw = _raw_path(book.sha, book.name)
        kept = (restricted.folder(data) / raw).exists()
        restricted.write(data, restricted.change(tables) | ({} if kept else {raw: book.content}))
    for return_id in accepted.keys() - new.keys():  # reported at their first import
        accepted[return_id].remarks = []
    return numbers


def _with_ids(export):
    """Return {return_id: accepted response}; the id is a hash of identity, times and answers.

    Identical responses in one file without an identity or form id belong to different people.
    """
    ids, times = {}, Counter()
    for response in [response for response in export.responses if not response.errors]:
        name = response.identity or response.form_id
        about = f"{export.form.id} {response.iso3} {name} {response.submitted} {response.changed}"
        content = f"{about} {sorted(response.answers)}"
        times[content] += 1
        content += "" if name else f" {times[content]}"
        ids[hashlib.sha256(content.encode()).hexdigest()[:16]] = response
    return ids


def _row(return_id, response, book, export, now):
    """Return a response as a row of the store; an invalid or future time becomes that of import."""
    submitted = _time(response.submitted)
    times = {"submitted": submitted if "2000" < submitted <= now else now}
    # ODK counts the edits of a submission; the other tools record a time.
    edits = re.fullmatch(r"\d{1,6}", response.changed)
    times["changed"] = response.changed.zfill(6) if edits else _time(response.changed)
    fields = ("iso3", "version", "language", "form_id", "sheet", "identity")
    row = {name: getattr(response, name) for name in fields} | times
    row |= {"return_id": return_id, "questionnaire": export.form.id, "row": str(response.row)}
    row |= {"received": times["submitted"][:10], "source": export.tool, "file": book.sha}
    return row | {"status": "", "remark": ""}


def _time(text):
    """Return a time in UTC that sorts as text, or "" if it is invalid. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


def _with_status(store, data):
    """Return the responses with their status; all but the latest of a sender are superseded."""
    store = store.reset_index(drop=True)
    latest_last = store.sort_values(TIMES, kind="stable")
    older = counted.senders(latest_last, data).duplicated(keep="last").sort_index()
    status = store.remark.map(lambda remark: REMARKED if remark else ACCEPTED)
    return store.assign(status=status.mask(older, SUPERSEDED)).astype(object)


def _answers(new, old):
    """Return the stored answers, followed by those of new responses."""
    rows = [
        (return_id, *answer, response.language)
        for return_id, response in new.items()
        for answer in response.answers
    ]
    frame = pd.DataFrame(rows, columns=old.columns, dtype=object).astype({"entry": str})
    return pd.concat([old, frame], ignore_index=True)


def _add_remarks(new, store, answers, form, data):
    """Add remarks to the new responses that a person should check."""
    issued, withdrawn = contacts.issued(data), counted.withdrawn(store, answers, data)
    names = answers[answers.question == "organisation"].set_index("return_id").answer
    valid = store[store.status != SUPERSEDED]
    pairs = (valid.iso3 + " " + valid.return_id.map(names.map(plain))).dropna()
    same = valid.return_id[pairs.index[pairs.duplicated(keep=False)]]
    same = set(same if form.kind == "form" else ())
    forged = {i for i, response in new.items() if response.form_id not in {"", *issued}}
    again = "If the person takes part again, set `consent` of the earlier response to yes"
    remarks = [
        (same, "names the same organisation as another response", "Check which is right"),
        (forged, "has a form id that `cop invite` did not issue", "Check who sent it"),
        (set(store.return_id[withdrawn]),
         "comes from a person who withdrew consent, so it does not count",
         f"{again} in answers.csv"),
    ]  # fmt: skip
    for return_ids, rule, fix in remarks:
        for return_id in new.keys() & return_ids:
            new[return_id].remarks.append(new[return_id].problem(rule, fix))


def _join_remarks(response):
    """Return the remarks on a response as text; `partial` comes first."""
    return "; ".join(sorted((r.rule for r in response.remarks), key=lambda r: r[:7] != PARTIAL))


def _report(book, export, numbers):
    """Return lines that report an import, with at most MOST of the errors and remarks."""
    words = ("accepted", "accepted with a remark", "rejected", "already present and unchanged")
    kinds = zip(list(numbers.values())[1:], words, strict=True)
    parts = ", ".join(f"{number:,} {word}" for number, word in kinds if number)
    rows = cop.data.count(numbers["rows"], "response")
    lines = [f"{book.name}: {TOOLS[export.tool]} of {export.form.id}, {rows}: {parts}."]
    lines += [f"  note: {remark}." for remark in export.remarks]
    problems = [
        f"  rejected: {error}" for response in export.responses for error in response.errors
    ]
    problems += [f"  remark: {each}" for response in export.responses for each in response.remarks]
    lines += problems[:MOST]
    if len(problems) > MOST:
        lines.append(f"  … and {len(problems) - MOST:,} more of these.")
    if numbers["refused"]:
        lines.append("  Correct the rejected responses in the tool or form, and import them again.")
    return lines
