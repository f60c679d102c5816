"""Each answer as a code, number or day, or the rule that it breaks; each response as a whole."""

import re
from datetime import date
from decimal import Decimal

from cop.fieldwork.exports import Cell, Export
from cop.fieldwork.incoming import plain
from cop.fieldwork.questionnaires import CONSENT, FIRST_YEAR, FREE, answer_code, wording

PARTIAL = "partial"  # begins the remark on a response that was not completed; AAPOR counts these
LONGEST = 32_767  # characters of a spreadsheet's cell
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
# A number with three digits after its mark could be read in two ways: 1.200 or 1,200.
NUMBER = re.compile(r"[+-]?\d{1,15}([.,](\d{1,2}|\d{4,}))?", re.ASCII)
DAY = re.compile(r"(\d{4}-\d\d-\d\d)([ T].*)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})( 0?0:00(:00)?)?", re.ASCII)
E_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TWICE = "is answered twice, differently", "Keep one answer", True
EXCLUSIVE = (
    "excludes all other choices, and others are chosen",
    "Keep this one, or the others",
    True,
)
UNASKED = "is answered although the question does not apply", "Check it; both were kept", False
NO_CHOICE = "is not one of the choices", "Use one of those that the form offers"
DECLINED = "says that the person does not take part", "Note the refusal among the contacts", True
NOT_APPROVED = "was marked as not approved in the tool that it comes from", True
ENCRYPTED = "is encrypted: export it again with the passphrase", True
ON_HOLD = "was put on hold in the tool that it comes from", False
VERDICTS = {  # words of the tools -> (rule, whether it rejects)
    "validation_status_not_approved": NOT_APPROVED, "not approved": NOT_APPROVED,
    "rejected": NOT_APPROVED, "not decrypted": ENCRYPTED,
    "missing encrypted form data": ENCRYPTED, "validation_status_on_hold": ON_HOLD,
    "on hold": ON_HOLD, "hasissues": ON_HOLD, "has issues": ON_HOLD,
}  # fmt: skip


class Invalid(Exception):
    """Raised for an answer that cannot be stored, with the rule that it breaks and the fix."""


def validate(export: Export, iso3: str, countries: set[str], today: date) -> None:
    """Add to each response of a file its coded answers and its problems.

    Fills in the country of the call, `iso3`, and the current version where a response states none;
    `countries` are the codes there are. Every distinct value of a question is read once.
    """
    pairs = {question.id: (block, question) for block, question in export.form.questions()}
    decoders = {name: _decoder(question, export) for name, (_, question) in pairs.items()}
    cache = {}
    for response in export.responses:
        coded = {}  # (question, entry) -> answers
        _check_response(response, export.form, iso3, countries)
        for cell in response.cells:
            question, key = pairs[cell.question][1], (cell.question, cell.value)
            if key not in cache:
                cache[key] = _read(question, cell.value, decoders[question.id], today)
            answers, flaw = cache[key]
            if flaw:
                response.add(*flaw, _shown(cell, question))
            together = coded.setdefault((question.id, cell.entry), [])
            together += [answer for answer in answers if answer not in together]
            choices = export.form.choices_of(question) if len(together) > 1 else ()
            if len(together) > 1 and question.type != "many":
                response.add(*TWICE, _shown(cell, question))
            elif any(choice.exclusive and choice.code in together for choice in choices):
                response.add(*EXCLUSIVE, _shown(cell, question))
        for (name, entry), answers in coded.items():
            block = pairs[name][0].id
            response.answers += [(block, entry, name, answer) for answer in answers]
        _check_required(response, export.form, coded)
        if coded.get((CONSENT, 0)) == ["no"]:  # nothing else is reported of who does not take part
            response.problems = []
            response.add(*DECLINED)


def _shown(cell, question):
    """Return a cell with its value as a message may show it: of a restricted one the length."""
    value = f"({len(cell.value)} characters)"
    if not question.restricted:
        value = repr(cell.value) if len(cell.value) <= 40 else f"{cell.value[:40]!r}…"
    return cell._replace(value=value)


def _check_response(response, form, iso3, countries):
    """Check what a response states about itself and what its tool reports."""
    response.iso3 = response.iso3.upper() or iso3
    response.version = response.version or form.version
    about = Cell("", 0, repr(response.iso3), response.sheet, response.row, "iso3")
    if not response.iso3:
        response.add("says no country", "State it with --country ISO3", True, about)
    elif response.iso3 not in countries:
        response.add("is not a country code (ISO 3166-1 alpha-3)", "Write UKR", True, about)
    elif iso3 and response.iso3 != iso3:
        rule = f"is not the country of this call, {iso3}"
        response.add(rule, "Import it with its own country", True, about)
    if response.version not in (form.version, *form.earlier):
        about = about._replace(value=repr(response.version), column="version")
        fix = "List it in `earlier` of the definition if it may still be used"
        response.add("is a version that is not known", fix, True, about)
    if verdict := VERDICTS.get(plain(response.verdict)):
        rule, rejects = verdict
        response.add(rule, "Correct it where it comes from", rejects)


def _check_required(response, form, coded):
    """Check the answers that are missing or not asked for.

    In a response that was not completed, gaps are one remark; consent stays required.
    """
    missing = []
    cells = {(cell.question, cell.entry): cell for cell in response.cells}
    if not cells and not response.partial:
        response.add("holds no answer at all", "Fill it in, or remove the row", True)
        return
    for block, question in form.questions():
        ids, when = {each.id for each in block.questions}, question.when
        for entry in {entry for name, entry in cells if name in ids} if block.repeat else [0]:
            slot, applies = (question.id, entry), True
            if when:  # a question asked once opens others in every entry
                leading = coded.get((when.question, entry)) or coded.get((when.question, 0), [])
                applies = bool(set(when.codes) & set(leading))
            if slot in cells and not applies:
                response.add(*UNASKED, _shown(cells[slot], question))
            if slot not in cells and applies and question.required:
                missing.append(_gap(response, question, entry, ids))
    if response.partial:
        eased = [cell for cell in missing if cell.question != CONSENT or not cells]
        missing = [cell for cell in missing if cell not in eased]
        rule = f"{PARTIAL}: it was not completed, {len(eased)} required answers are missing"
        response.add(rule, "Keep it as partial", False)
    for cell in missing:
        label = wording(form.question(cell.question).label, "en")
        response.add("must not be empty", f"Fill in: {label}", True, cell)


def _gap(response, question, entry, ids):
    """Return the empty cell of a question: of an Excel form, or in the row of its entry."""
    beside = [c for c in response.cells if c.entry == entry and c.question in ids]
    row = (beside or [response])[0]
    empty = Cell(question.id, entry, "", row.sheet, row.row, question.id)
    return response.places.get((question.id, entry), empty)._replace(value="")


def _decoder(question, export):
    """Return the function that gives the code of a closed question's cell, None where it has none.

    The tools' exports hold codes; Excel forms and plain tables hold labels too.
    """
    choices, labels = export.form.choices_of(question), {}
    codes = {choice.code: choice.code for choice in choices}
    if export.tool == "limesurvey" and question.type != "many":
        codes = {answer_code(question, choice.code): choice.code for choice in choices}
    if export.tool in ("excel", "plain"):
        for language in [*reversed(export.form.languages), export.responses[0].language]:
            labels |= {plain(wording(choice.label, language)): choice.code for choice in choices}
    return lambda text: codes.get(text) or labels.get(plain(text))


def _read(question, value, decode, today):
    """Return (answers in a cell, what is wrong with it as (rule, fix, whether it rejects))."""
    try:
        if value in ERRORS:
            raise Invalid("is an error of the spreadsheet", "Write the value itself")
        if question.type in FREE:
            return [value], _remark(question, value)
        if value.startswith("="):
            raise Invalid("is a formula, and formulas are not run", "Write the value itself")
        if question.choices:
            return _read_choices(question, value, decode), None
        if question.type == "date":
            return [_read_day(question, value, today)], None
        return [_read_number(question, value, today)], None
    except Invalid as invalid:
        return [], (*invalid.args, True)


def _remark(question, value):
    """Return the remark on an open answer, which is kept as it is; None where it looks right."""
    if len(value) > LONGEST:
        raise Invalid(f"has {len(value)} characters; at most {LONGEST} are kept", "Shorten it")
    if question.type == "email" and not E_MAIL.fullmatch(value):
        return "does not look like an e-mail address", "Check it; it was kept as it is", False
    if value.startswith("="):
        return "is a formula; it was kept as text and not run", "Check the text", False
    return None


def _read_choices(question, value, decode):
    """Return the codes in a cell; several are set apart by a space, or by any separator."""
    parts = [value]
    for separator in r"\s+", r"\s*[;|\n]\s*", r"\s*[;|,\n]\s*", r"[\s;|,]+":
        if question.type != "many" or all(map(decode, parts)):
            break
        parts = [part for part in re.split(separator, value) if part]
    answers = list(map(decode, parts))
    if not answers or not all(answers):
        raise Invalid(*NO_CHOICE)
    return answers


def _read_number(question, value, today):
    """Return a number as text without needless digits, within the limits of its question."""
    text = value.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        raise Invalid("is not a number", "Write digits without a mark for thousands, such as 12.5")
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
    """Return a date as year-month-day; with slashes some write the day first and some the month."""
    fix = "Write it as year-month-day, such as 2026-11-24"
    day_first, iso = DAY_FIRST.fullmatch(value), DAY.fullmatch(value)
    text = iso[1] if iso else ""
    if day_first:
        text = f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("is not a date that can be read in one way", fix) from error
    last = date(int(question.maximum), 12, 31) if question.maximum else today
    if not day.year >= FIRST_YEAR or day > last:
        raise Invalid(f"does not lie between {FIRST_YEAR} and {last}", "Correct the date")
    return day.isoformat()
