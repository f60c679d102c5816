"""Import responses into the restricted store.

Each response is accepted, accepted with a remark, or rejected with a reason. The accepted responses
of a file are stored together or not at all; those already in the store are not added again. Of
several responses by the same sender only the latest counts, but all are stored.
"""

import contextlib
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import DataError, UserError
from cop.fieldwork import contacts, counted, exports, incoming, restricted
from cop.fieldwork.incoming import Book, plain
from cop.fieldwork.questionnaires import (
    CONSENT,
    FIRST_YEAR,
    FREE,
    Choice,
    Question,
    Questionnaire,
    answer_code,
)

ACCEPTED, REMARKED = counted.ACCEPTED
REJECTED, SUPERSEDED = "rejected", "superseded"
MOST = 40  # maximum number of problems in a report
LONGEST = 32_767  # maximum number of characters in a cell of a spreadsheet
DECLINED = (
    "the person does not take part (no consent). Record a contact's refusal with "
    "`cop contacts --record CONTACT refused`"
)
UNKNOWN = "is an unknown version of the form. To accept it, add it to `earlier` in the form's YAML"
SIGNS = {"1": "yes", "x": "yes", "y": "yes", "yes": "yes", "0": "no", "n": "no", "no": "no"}
EXPECTED = {  # format of an answer; exactly three digits after a point or comma may be thousands
    "integer": "a whole number such as 1200", "year": "a year",
    "number": "a number such as 1200 or 12.5 (for 12.345, write 12345 or 12.3450)",
    "date": "a date such as 2026-11-24 or 24.11.2026",
}  # fmt: skip
EXCLUSIVE = "', which cannot be combined with other choices. Remove this choice or the others"
LARGEST = 10**15
CONTENT = ["iso3", "identity", "form_id", "submitted", "changed"]  # in the hash of a return_id
NUMBER = re.compile(r"[+-]?\d{1,15}([.,](\d{1,2}|\d{4,}))?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,15}([.,]0|[.,]00)?", re.ASCII)
DAY_FIRST = re.compile(r"^(\d\d)\.(\d\d)\.(\d{4})$", re.ASCII)
REJECTING = ("validation_status_not_approved", "not approved", "rejected")  # verdicts of the tools


def import_responses(
    files: Sequence[Path | Book],
    data: Path,
    iso3: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Import files into the store, and print the result of each.

    With `iso3`, responses without a country get it, and those from other countries are rejected.
    `mapping` is a mapping file for plain tables. `today` (default: the current date) limits dates
    and years for which the form has no maximum. Copies of the files, and a step for each contact
    whose form was returned, are stored too. An invalid file is reported and skipped. Returns 0 if
    all responses were accepted, 2 if no file was imported, and 1 otherwise. Raises UserError
    for an unknown country or an invalid mapping file, before anything is imported.
    """
    countries, statuses = set(cop.data.read("countries", data).iso3), []
    if iso3 and iso3 not in countries:
        raise UserError(cop.data.no_country(iso3, data))
    columns = exports.read_mapping(mapping) if mapping else None
    for file in files:
        try:
            book = file if isinstance(file, Book) else incoming.read(file)
            export = exports.read(book, data, columns)
            answers, problems = _validate(export, iso3, countries, today or date.today())
            with restricted.locked(data):
                numbers, rows = _store(book, export, answers, problems, data)
            print(_report(book, export, numbers, problems, rows))
            statuses.append(int(numbers[REJECTED] > 0))
        except UserError as error:
            print(f"{error}. Nothing was imported from {file.name}.")
            statuses.append(2)
    return 2 if set(statuses) == {2} else int(any(statuses))


def undo(files: Sequence[Path], data: Path) -> str:
    """Remove the responses and raw copies of imported files, and return a message.

    Files are recognised by content; those that were not imported are ignored. Responses of people
    who withdrew consent are kept, so that a new import does not count them. Reviews, codes and
    steps of contacts are kept, too. Raises UserError if a file or the store is unreadable.
    """
    names = {incoming.read(file).sha for file in files}
    with restricted.locked(data):
        returns, answers = restricted.read("returns", data), restricted.read("answers", data)
        imported, withdrawn = returns.file.isin(names), counted.withdrawn(returns, answers, data)
        left = with_status(returns[~imported | withdrawn], data)
        tables = {"returns": left, "answers": answers[answers.return_id.isin(left.return_id)]}
        raw = (restricted.folder(data) / restricted.RAW).glob("*")
        gone = {f"{restricted.RAW}/{path.name}": None for path in raw if path.stem in names}
        restricted.write(data, restricted.change(tables) | gone)
    removed = cop.data.count(len(returns) - len(left), "response")
    kept = cop.data.count((imported & withdrawn).sum(), "response")
    return f"{removed} removed from the store. Kept, as consent was withdrawn: {kept}."


def _validate(export, iso3, countries, today):
    """Return the coded answers, and the errors that cause responses to be rejected.

    Updates `export.facts`: drops responses without answers, replaces a missing country by `iso3`
    and a missing version by the current one, and adds a `remark` if required answers are missing.
    """
    form, cells, parts = export.form, export.cells[export.cells.value != ""], []
    facts = export.facts[export.facts.index.isin(cells.response)]
    facts = export.facts = facts.assign(response=facts.index)
    if facts.empty:
        raise UserError("the file has no answers. Request a completed form or table")
    for (name, code), part in cells.groupby(["question", "code"], sort=False):
        question = form.question(name)
        if question.choices:
            choices = form.choices["yes_no"] if code else form.choices_of(question)
            known = answers_by_text(question, code, choices, export.words.get(name, {}))
            read = partial(read_choices, question, choices, known)
        else:
            read = partial(read_value, question, today)
        results = part.value.map(cache(read))
        part = part.assign(answer=results.str[0], rule=results.str[1], kind=question.type)
        parts.append(part.assign(value="") if question.restricted else part)
    cells = pd.concat(parts, ignore_index=True).astype({"entry": str})
    key = ["response", "entry", "question"]
    answers = cells.explode("answer").dropna(subset="answer")
    answers = answers.drop_duplicates([*key, "answer"], ignore_index=True)
    answers["block"] = answers.question.map({q.id: block.id for block, q in form.questions()})
    facts["remark"] = _missing(facts, form, cells)
    second = answers.duplicated(key) & (answers.kind != "many")
    exclusive = [(q.id, code) for _, q in form.questions() for code in form.exclusive_choices(q)]
    exclusive = pd.DataFrame(exclusive, columns=["question", "answer"])
    combined = answers[answers.duplicated(key, keep=False)].merge(exclusive)
    consent = answers[answers.question == CONSENT].set_index("response").answer
    declined = consent.index[consent == "no"]
    problems = [
        check_facts(facts, form, iso3, countries),
        cells[cells.rule != ""],
        answers[second].assign(rule="is a second, different answer to the question. Keep one"),
        combined.assign(rule="selects '" + combined.answer + EXCLUSIVE),
        facts.drop(consent.index).assign(column=CONSENT, rule="must not be empty. Ask the sender"),
        facts.loc[declined].assign(rule=DECLINED),
    ]
    problems = pd.concat(problems).fillna("").sort_values("response", kind="stable")
    # Nothing else is reported about a person who does not take part.
    return answers, problems[(problems.rule == DECLINED) | ~problems.response.isin(declined)]


def check_facts(
    facts: pd.DataFrame, form: Questionnaire, iso3: str, countries: set[str]
) -> pd.DataFrame:
    """Return the errors in the country, version and verdict of responses.

    Fills in `facts`: a missing country becomes `iso3`, which then is the only one accepted, and a
    missing version the current one.
    """
    facts["iso3"] = facts.iso3.str.upper().replace("", iso3)
    facts["version"] = facts.version.replace("", form.version)
    others, versions = countries - {iso3} if iso3 else (), (form.version, *form.earlier)
    foreign = f"differs from {iso3} in --country. Import the response without this option"
    rejected = facts.verdict.map(plain).isin(REJECTING)
    rules = [
        ("iso3", facts.iso3 == "", "is missing. Add --country ISO3"),
        ("iso3", ~facts.iso3.isin({"", *countries}), "is not a country code. Use one such as UKR"),
        ("iso3", facts.iso3.isin(others), foreign),
        ("version", ~facts.version.isin(versions), UNKNOWN),
        ("verdict", rejected, "means not approved. Approve the response in the survey tool"),
    ]
    parts = [facts.assign(column=c, value=facts[c], rule=rule)[wrong] for c, wrong, rule in rules]
    return pd.concat(parts)


def _missing(facts, form, cells):
    pairs = form.questions()
    required = [q.id for block, q in pairs if q.required and not (q.when or block.repeat)]
    answered = cells.groupby("response").question.agg(set)
    names = answered.map(lambda ids: ", ".join(name for name in required if name not in ids))
    is_open = (names == "") & facts.partial.astype(bool)
    remarks = ("partial: no answer to " + names).where(names != "", "")
    return remarks.mask(is_open, "partial: not submitted, so answers may be missing")


def answers_by_text(
    question: Question, code: str, choices: list[Choice], words: dict[str, str]
) -> dict[str, str]:
    """Return {text: code of a choice} for codes, labels in any language and the mapped `words`.

    Texts are normalised by `plain`. In a column for a single choice, yes means `code`, and no "".
    """
    answers = {plain(label): c.code for c in choices for label in c.label.values()}
    if code:
        answers |= SIGNS
        return {text: code if answer == "yes" else "" for text, answer in answers.items()}
    answers |= {plain(word): answer for word, answer in words.items()}
    return answers | {
        plain(name): c.code for c in choices for name in (c.code, answer_code(question, c.code))
    }


def read_choices(
    question: Question, choices: list[Choice], answers: dict[str, str], value: str
) -> tuple[list[str], str]:
    """Return (codes, "") for valid choices, otherwise ([], error message).

    `answers` is the result of `answers_by_text`. A question of type many may have several choices,
    separated by semicolons, lines or blanks.
    """
    parts = [value]
    for separator in (r"\s+", r"\s*[;\n]\s*") if question.type == "many" else ():
        if not answers.keys() >= set(map(plain, parts)):
            parts = re.split(separator, value)
    codes = [answers.get(plain(part)) for part in parts if part]
    if None in codes:
        allowed = ", ".join(choice.code for choice in choices)
        number = "one or more, separated by ';'" if question.type == "many" else "one of them"
        return [], f"is not one of the choices ({allowed}). Enter {number}"
    return [code for code in codes if code], ""


def read_value(question: Question, today: date, value: str) -> tuple[list[str], str]:
    """Return ([answer], "") for a valid value, otherwise ([], error message).

    Numbers are in their shortest form, and dates in ISO format.
    """
    if question.type in FREE:
        is_long = len(value) > LONGEST
        return ([], f"has more than {LONGEST} characters. Shorten it") if is_long else ([value], "")
    low, high = _limits(question, today)
    with contextlib.suppress(ValueError, TypeError):
        if question.type == "date":
            answer = date.fromisoformat(DAY_FIRST.sub(r"\3-\2-\1", re.split("[ T]", value)[0]))
            text = answer.isoformat()
        else:
            pattern = NUMBER if question.type == "number" else WHOLE
            answer = Decimal(pattern.fullmatch("".join(value.split()))[0].replace(",", "."))
            text = f"{answer.normalize():f}"
        if low <= answer <= high:
            return [text], ""
    limits = f", from {low} to {high}"
    if high == LARGEST:
        limits = "" if low == -LARGEST else f", at least {low}"
    return [], f"must be {EXPECTED[question.type]}{limits}. Correct it"


def _limits(question, today):
    low, high = question.minimum, question.maximum
    if question.type == "date":
        return date(FIRST_YEAR, 1, 1), date(high, 12, 31) if high else today
    latest = today.year if question.type == "year" else LARGEST
    return -LARGEST if low is None else low, latest if high is None else high


def _store(book, export, answers, problems, data):
    returns, stored, imports = (
        restricted.read(name, data) for name in ("returns", "answers", "imports")
    )
    accepted = export.facts.drop(problems.response.unique())
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    rows = store_rows(accepted, answers, export, now).assign(file=book.sha)
    new = rows[~rows.return_id.isin(returns.return_id)].drop_duplicates("return_id")
    answers = answers.merge(new[["response", "return_id", "language"]])
    answers = pd.concat([stored, answers[stored.columns]], ignore_index=True)
    store = with_status(pd.concat([returns, new[returns.columns]]), data)
    is_new = store.index >= len(returns)
    for remark, applies in remarks(store, answers, export.form, data).items():
        store.loc[is_new & applies, "remark"] += f"; {remark}"
    store["remark"] = store.remark.str.removeprefix("; ")
    store = with_status(store, data)
    new = store[is_new]
    remarked = int((new.remark != "").sum())
    numbers = {
        ACCEPTED: len(new) - remarked,
        REMARKED: remarked,
        REJECTED: len(export.facts) - len(accepted),
        "already present and unchanged": len(accepted) - len(new),
    }
    entry = [book.sha, book.name, now, export.form.id, export.tool, len(export.facts)]
    imports.loc[len(imports)] = [*entry, *numbers.values()]
    tables = {"returns": store, "answers": answers, "imports": imports}
    tables |= contacts.mark_returned(data, store)
    raw = f"{restricted.RAW}/{book.sha}{Path(book.name).suffix.lower()}"
    restricted.write(data, restricted.change(tables) | {raw: book.content})
    return numbers, new


def store_rows(
    facts: pd.DataFrame, answers: pd.DataFrame, export: exports.Export, now: str
) -> pd.DataFrame:
    """Return responses as rows of the store, with return_ids and times in UTC.

    `submitted` becomes `now` if it is not between 2000 and `now`. A return_id is a hash of answers,
    questionnaire and CONTENT. Equal responses without identity and form id get different ones.
    """
    facts = facts.assign(questionnaire=export.form.id, source=export.tool, status="")
    lines = answers.block.str.cat(answers[["entry", "question", "answer"]], sep=" ")
    content = lines.sort_values().groupby(answers.response).agg("\n".join).reindex(facts.index)
    content += facts.questionnaire.str.cat(facts[CONTENT], sep=" ")
    times = content.groupby(content).cumcount().astype(str)
    content = content.mask(facts.identity + facts.form_id == "", content + " " + times)
    ids = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in content]
    submitted = _utc(facts.submitted)
    submitted = submitted.where(submitted.between("2000", now), now)
    # ODK counts the edits of a submission; the other tools record a time.
    changed = facts.changed.str.zfill(6) if export.tool == "odk" else _utc(facts.changed)
    times = {"submitted": submitted, "changed": changed, "received": submitted.str[:10]}
    return facts.assign(return_id=ids, **times)


def _utc(texts):
    """Convert times to sortable UTC texts; without a zone, UTC is assumed. Invalid ones are ""."""
    times = pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601")
    return times.dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("")


def with_status(store: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Return the responses with their status; only the last response of each sender counts."""
    store = store.reset_index(drop=True)
    latest_last = store.sort_values(["submitted", "changed"], kind="stable")
    older = counted.senders(latest_last, data).duplicated(keep="last")
    status = store.remark.ne("").map({True: REMARKED, False: ACCEPTED})
    return store.assign(status=status.mask(older, SUPERSEDED))


def remarks(
    store: pd.DataFrame, answers: pd.DataFrame, form: Questionnaire, data: Path
) -> dict[str, pd.Series]:
    """Return {remark: mask of the rows of `store` to which it applies}, for review by a person."""
    names = answers[answers.question == "organisation"].set_index("return_id").answer
    pairs = store.iso3 + " " + store.return_id.map(names.map(plain))
    pairs = pairs.where((store.status != SUPERSEDED) & (form.kind == "form"))
    return {
        "names the same organisation as another response. Ask the organisation which one to keep": (
            pairs.notna() & pairs.duplicated(keep=False)
        ),
        "has a form id that `cop invite` did not issue. Check who sent it": (
            ~store.form_id.isin({"", *contacts.issued(data)})
        ),
        "comes from a person who withdrew consent, so it does not count. If the person takes part "
        "again, set the earlier answer to `consent` to 'yes' in data/restricted/answers.csv": (
            counted.withdrawn(store, answers, data)
        ),
    }


def _report(book, export, numbers, problems, new):
    parts = ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number)
    responses = cop.data.count(len(export.facts), "response")
    lines = [f"{book.name}: {export.tool}, {export.form.id}, {responses}: {parts}."]
    if export.note:
        lines.append(f"  note: {export.note}.")
    details = []
    for row in problems.itertuples():
        place = f"sheet {row.sheet}", row.row, row.column
        error = DataError(*place, row.value[:40], row.rule, fix="")
        details.append(f"  rejected: {error}".rstrip())
    for row in new[new.remark != ""].itertuples():
        place = f"sheet {row.sheet}, row {row.row}, response {row.return_id!r}"
        details.append(f"  remark: {place} {row.remark}.")
    lines += details[:MOST]
    if len(details) > MOST:
        lines.append(f"  … and {len(details) - MOST:,} more rejections or remarks.")
    if numbers[REJECTED]:
        fix = "Correct the rejected responses, except refusals, and import the file again"
        lines.append(f"  {fix}. Accepted responses are not added twice.")
    return "\n".join(lines)
