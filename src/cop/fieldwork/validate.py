"""Each answer as a code, number or day, or the rule that it breaks; each response as a whole.

Every distinct value of a question is checked once.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from cop.fieldwork import limesurvey
from cop.fieldwork.books import Book
from cop.fieldwork.exports import Responses
from cop.fieldwork.incoming import plain
from cop.fieldwork.questionnaires import CONSENT, FREE, wording

PROBLEM = ["n", "sheet", "row", "column", "question", "value", "weight", "rule", "fix"]
REJECTED, REMARK = "rejected", "remark"
PARTIAL = "partial"  # begins the remark on a response that was not completed; AAPOR counts these
LONGEST = 32_767  # characters of a spreadsheet's cell
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d+)?", re.ASCII)
DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})([ T].*)?", re.ASCII)
DAY_FIRST = re.compile(
    r"(?P<d>\d{1,2})(?P<sep>[./-])(?P<m>\d{1,2})[./-](?P<y>\d{4})\.?( 0?0:00(:00)?)?", re.ASCII
)
SHAPES = {  # type of an open question: (what it must look like, how that is called)
    "url": (re.compile(r"https?://\S+\.\S+", re.I), "a full address such as https://example.org"),
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an e-mail address"),
    "phone": (re.compile(r"\+?[\d\s()./-]{5,25}", re.ASCII), "a number"),
}
TWO_WAYS = "can be read in two ways"
FORMULA = (REMARK, "is a formula; it was kept as text and not run", "Check the text")
RESULT = (REMARK, "is the last result of a formula, which was not run", "Check the value")
TWICE = (REJECTED, "is answered twice, differently", "Keep one answer")
ALONE = (REJECTED, "excludes all other choices, and others are chosen too",
         "Keep this one, or the others")  # fmt: skip
UNASKED = (REMARK, "is answered although the question does not apply",
           "Check the answer that it depends on; both were kept")  # fmt: skip
DECLINED = (REJECTED, "says that the person does not take part",
            "Use nothing of it; note the refusal among the contacts")  # fmt: skip
SLOT = ["n", "entry", "question"]


def validate(
    book: Book, responses: Responses, iso3: str, countries: set[str], today: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (answers with a code or value in `answer`, problems as PROBLEM).

    Fills in the country of the call, `iso3`, where a response states none; `countries` are the
    codes there are.
    """
    coded, problems = _answers(responses, today)
    declined = coded[(coded["question"] == CONSENT) & (coded["answer"] == "no")]
    rows = [*_country(responses, iso3, countries), *_version(responses), *_tool(responses)]
    rows += _merged(book, responses)
    problems = combine([
        pd.DataFrame(rows, columns=PROBLEM), problems, _missing(responses, coded),
        _formulas(book, responses), _problems(declined, DECLINED),
    ])  # fmt: skip
    problems = problems.drop_duplicates(["n", "sheet", "row", "column", "rule"])
    # Nothing else is reported of a person who does not take part.
    kept = ~problems["n"].isin(declined["n"]) | (problems["rule"] == DECLINED[1])
    return coded, problems[kept].reset_index(drop=True)


def combine(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the problems of several frames in one."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=PROBLEM)


def _problems(rows, flaws):
    """Return a problem for each row of answers; `flaws` is (weight, rule, fix) of all or each."""
    flaws = [flaws] * len(rows) if isinstance(flaws, tuple) else list(flaws)
    found = pd.DataFrame(flaws, index=rows.index, columns=PROBLEM[6:])
    return rows[PROBLEM[:6]].join(found)


def _answers(responses, today):
    rows, form = responses.answers, responses.questionnaire
    keys = list(zip(rows["question"], rows["value"], rows["chosen"], strict=True))
    judges = {q.id: _judge(q, responses, today) for _, q in form.questions()}
    verdicts = {key: judges[key[0]](*key[1:]) for key in set(keys)}
    flawed = np.array([bool(verdicts[key][1]) for key in keys], bool)
    problems = _problems(rows[flawed], [verdicts[k][1] for k in keys if verdicts[k][1]])
    coded = rows.assign(answer=[verdicts[key][0] for key in keys]).explode("answer")
    coded = coded[coded["answer"].notna()]
    many = [q.id for _, q in form.questions() if q.type == "many"]
    single = coded[~coded["question"].isin(many)]
    repeated = single[single.duplicated(SLOT, keep=False)]
    differ = repeated[~repeated.duplicated([*SLOT, "answer"], keep=False)]
    coded = coded[~coded.index.isin(differ.index)].drop_duplicates([*SLOT, "answer"])
    alone = {(q.id, c.code) for _, q in form.questions() for c in form.choices_of(q) if c.alone}
    beside = coded[coded.groupby(SLOT)["answer"].transform("size") > 1]
    pairs = zip(beside["question"], beside["answer"], strict=True)
    lonely = beside[np.array([pair in alone for pair in pairs], bool)]
    found = [problems, _problems(differ, TWICE), _problems(lonely, ALONE)]
    return coded.reset_index(drop=True), combine(found)


def _judge(question, responses, today):
    """Return the function that checks a cell: (value, chosen) => (answers, None or a flaw)."""
    if question.choices:
        return partial(_choice, question, responses.questionnaire, _reader(question, responses))
    kinds = {"integer": _whole, "number": _number, "year": _year, "date": _day}
    return partial(_typed, kinds.get(question.type, _free), question, today)


def _reader(question, responses):
    """Return the function that gives the code of a closed question's cell, None where it has none.

    The tools' exports hold codes. Excel forms hold labels, plain tables codes or labels.
    """
    form, source = responses.questionnaire, responses.source
    listed = form.choices_of(question)
    codes = {choice.code: choice.code for choice in listed}
    if source == "limesurvey":
        codes = {limesurvey.answer_code(question.choices, c.code): c.code for c in listed}
    if source in ("kobo", "odk", "limesurvey"):
        return codes.get
    own, labels = responses.responses["language"].iloc[0], {}
    for language in [*form.languages[::-1], *[own] * (own in form.languages)]:
        labels |= {plain(wording(choice.label, language)): choice.code for choice in listed}
    if source == "excel":  # a label may be another choice's code
        return lambda text: labels.get(plain(text)) or codes.get(text)
    return lambda text: codes.get(text) or labels.get(plain(text)) or codes.get(plain(text))


def _choice(question, form, read, value, chosen):
    listed = form.choices_of(question)
    if chosen:
        rule = "stands in the column of a choice that the question does not have"
        known = chosen in {choice.code for choice in listed}
        return ([chosen], None) if known else _reject(rule, "Correct the code of the choice")
    parts = [value]
    for separator in r"\s+", r"\s*[;|\n]\s*", r"\s*[;|,\n]\s*", r"[\s;|,]+":
        if question.type != "many" or all(map(read, parts)):
            break
        parts = [part for part in re.split(separator, value) if part]
    if parts and all(map(read, parts)):
        return list(map(read, parts)), None
    labels = [wording(choice.label, "en") for choice in listed]
    shown = "; ".join(labels[:8]) + ("; …" if len(labels) > 8 else "")
    return _reject("is not one of the choices", f"Use one of: {shown}")


def _reject(rule, fix):
    return [], (REJECTED, rule, fix)


def _typed(check, question, today, value, chosen):
    if value in ERRORS:
        fix = "Write the value itself, or leave the cell empty"
        return _reject("is an error of the spreadsheet", fix)
    if value.startswith("=") and question.type not in FREE:
        return _reject("is a formula, and formulas are not run", "Write the value itself")
    return check(value, question, today)


def _free(value, question, today):
    if len(value) > LONGEST:
        return _reject(f"has {len(value)} characters; at most {LONGEST} are kept", "Shorten it")
    shape, called = SHAPES.get(question.type, (None, ""))
    flaw = None
    if CONTROL.search(value):
        flaw = (REMARK, "holds characters that cannot be seen", "Check it; it was kept as it is")
    elif shape and not shape.fullmatch(value):
        flaw = (REMARK, f"does not look like {called}", "Check it; it was kept as it is")
    return [value], flaw


def _number(value, question, today, fix="Write digits only, such as 12.5"):
    text = value.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        return _reject("is not a number", fix)
    text = text.replace(",", ".").removeprefix("+")
    if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text):  # twelve hundred, or one and a fifth
        return _reject(TWO_WAYS, "Write it without a mark for thousands, such as 1200 or 1.2")
    text = text.rstrip("0").rstrip(".") if "." in text else text  # LimeSurvey writes 5.0000000000
    return _within(text, float(text), question)


def _whole(value, question, today):
    fix = "Write digits only, such as 1200"
    answers, flaw = _number(value, question, today, fix)
    if answers and not float(answers[0]).is_integer():
        return _reject("is not a whole number", fix)
    return [str(int(float(answers[0])))] if answers else [], flaw


def _year(value, question, today):
    text = re.sub(r"\.0*$", "", value)
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        return _reject("is not a year", "Write four digits, such as 2024")
    if question.maximum is None and int(text) > today.year:
        return _reject("lies in the future", "Correct the year")
    return _within(text, int(text), question)


def _within(text, number, question):
    low, high = question.minimum, question.maximum
    if low is not None and number < low:
        return _reject(f"is below {low:g}", "Correct the value")
    if high is not None and number > high:
        return _reject(f"is above {high:g}", "Correct the value")
    return [text], None


def _day(value, question, today):
    parts = DAY.fullmatch(value) or DAY_FIRST.fullmatch(value)
    # With slashes or hyphens, some write the day first and some the month.
    slashed = parts and parts.groupdict().get("sep", ".") != "."
    if slashed and int(parts["d"]) <= 12 and parts["d"] != parts["m"]:
        return _reject(TWO_WAYS, "Write the date as year-month-day, such as 2026-11-24")
    try:
        day = date(*(int(parts[part]) for part in "ymd"))
    except (TypeError, ValueError):
        return _reject("is not a date", "Write it as year-month-day, such as 2026-11-24")
    last = date(int(question.maximum), 12, 31) if question.maximum else today
    if not date(1900, 1, 1) <= day <= last:
        rule = "lies in the future" if day > today else "lies before 1900"
        return _reject(rule, "Correct the date")
    return [day.isoformat()], None


def _missing(responses, coded):
    """Return the problems of required answers that are missing, and of answers not asked for.

    In a response that was not completed, gaps are one remark; consent stays required.
    """
    problems, rows = [], responses.responses
    for block, question in responses.questionnaire.questions():
        if not (question.required or question.when):
            continue
        slots = rows.assign(n=rows.index, entry=0)
        if block.repeat:
            slots = coded[coded["block"] == block.id].drop_duplicates(["n", "entry"])
        if question.when:
            met = coded[coded["question"] == question.when.question]
            met = met[met["answer"].isin(question.when.codes)]
            once = met["n"][met["entry"] == 0]  # asked once, it opens the question in every entry
            slots = slots[np.isin(_keys(slots), _keys(met)) | slots["n"].isin(once)]
            have = coded[coded["question"] == question.id].drop_duplicates(["n", "entry"])
            problems.append(_problems(have[~np.isin(_keys(have), _keys(slots))], UNASKED))
        if question.required:  # what was rejected is not missing
            tried = responses.answers[responses.answers["question"] == question.id]
            slots = slots[~np.isin(_keys(slots), _keys(tried))]
            problems.append(_gaps(slots, question, responses))
    return _ease(combine(problems), responses)


def _keys(rows):
    return rows["n"].to_numpy(float) * 2**20 + rows["entry"].to_numpy(float)


def _gaps(slots, question, responses):
    label = wording(question.label, "en")
    fix = f"Fill in: {label}" if len(label) < 80 else f"Fill in {question.id}"
    slots = slots[["n", "entry", "sheet", "row"]].reset_index(drop=True)
    slots = slots.assign(question=question.id, value="")
    columns = responses.answers.drop_duplicates("question").set_index("question")["column"]
    slots["column"] = columns.get(question.id, question.id)
    if responses.places is not None:
        slots = slots.drop(columns=["sheet", "row", "column"])
        slots = slots.join(responses.places, on=["entry", "question"])
    return _problems(slots, (REJECTED, "must not be empty", fix))


def _ease(gaps, responses):
    rows = responses.responses
    partly = rows.index[rows["partial"].astype(bool)]
    empty = rows.index[~rows.index.isin(responses.answers["n"])]
    missing = gaps["weight"] == REJECTED
    eased = missing & gaps["n"].isin(partly)
    eased &= gaps["n"].isin(empty) | (gaps["question"] != CONSENT)
    count = gaps[eased].groupby("n").size()
    rule = PARTIAL + ": it was not completed, {} required answers are missing"
    remarks = [
        _of(responses, n, "", "", REMARK, rule.format(count.get(n, 0)), "Keep it as partial")
        for n in partly
    ]
    # Of a row without any answer, _tool says all there is to say.
    return combine([gaps[~eased & ~gaps["n"].isin(empty)], pd.DataFrame(remarks, columns=PROBLEM)])


def _of(responses, n, column, value, *flaw):
    """Return one problem of a whole response; `flaw` is weight, rule and fix."""
    return (n, *responses.responses.loc[n, ["sheet", "row"]], column, "", value, *flaw)


def _country(responses, asked_for, countries):
    stated = responses.responses["iso3"].str.upper().str.strip()
    responses.responses["iso3"] = stated.where(stated != "", asked_for)
    for n, iso3 in responses.responses["iso3"].items():
        if not iso3:
            rule, fix = "says no country", "State it with --country ISO3, or fill in iso3"
        elif iso3 not in countries:
            rule, fix = "is not a country code (ISO 3166-1 alpha-3)", "Correct it, such as UKR"
        elif asked_for and iso3 != asked_for:
            rule = f"is not the country of this call, {asked_for}"
            fix = "Import it with its own country"
        else:
            continue
        yield _of(responses, n, "iso3", iso3, REJECTED, rule, fix)


def _version(responses):
    form, versions = responses.questionnaire, responses.responses["version"]
    known = {form.version, *form.earlier}
    if (versions == "").all():
        note = f"it does not say its version; it was checked against version {form.version}"
        responses.remarks.append(note)
        responses.responses["version"] = versions = versions.replace("", form.version)
    fix = (
        f"Known are {', '.join(sorted(known))}; one that may still be used is listed in "
        "`earlier` of the definition"
    )
    for n, version in versions[~versions.isin({*known, ""})].items():
        rule = "is a version that is not known"
        yield _of(responses, n, "version", version, REJECTED, rule, fix)


def _tool(responses):
    rows = responses.responses
    for n, verdict in rows["verdict"][rows["verdict"] != ""].items():
        weight = REMARK if verdict.startswith("?") else REJECTED
        fix = "Correct it where it comes from"
        yield _of(responses, n, "", "", weight, verdict.removeprefix("?"), fix)
    empty = ~rows.index.isin(responses.answers["n"]) & ~rows["partial"].astype(bool)
    for n in rows.index[empty & (rows["verdict"] == "")]:
        rule, fix = "holds no answer at all", "Fill it in, or remove the row"
        yield _of(responses, n, "", "", REJECTED, rule, fix)


def _formulas(book, responses):
    """Return a remark for each answer that is a formula's text, or the result it had last."""
    formulas = {(s.name, *cell): text for s in book.sheets for cell, text in s.formulas.items()}
    if not formulas:
        return pd.DataFrame(columns=PROBLEM)
    rows = responses.answers
    cells = list(zip(rows["sheet"], rows["row"], rows["at"], strict=True))
    there = rows[np.array([cell in formulas for cell in cells], bool)]
    texts = [formulas[cell] for cell in cells if cell in formulas]
    own = [text == value for text, value in zip(texts, there["value"], strict=True)]
    return _problems(there, [FORMULA if text else RESULT for text in own])


def _merged(book, responses):
    """Yield the responses with merged cells: no one can tell which row or question they answer."""
    rows = responses.responses.assign(n=responses.responses.index)
    rows = pd.concat([part[["n", "sheet", "row"]] for part in (rows, responses.answers)])
    rows = rows.drop_duplicates()
    areas = [(s, *area) for s in book.sheets for area in s.merged if area[3] > s.rows[0][0]]
    for sheet, left, top, right, bottom in areas if responses.source != "excel" else []:
        inside = (rows["sheet"] == sheet.name) & rows["row"].between(top, bottom)
        within, rows = rows[inside], rows[~inside]  # one merged area is enough for a row
        first = get_column_letter(left)
        rule = f"has merged cells ({first}{top}:{get_column_letter(right)}{bottom})"
        fix = "Unmerge them and fill in each cell"
        for row in within.itertuples(index=False):
            yield (*row, first, "", "", REJECTED, rule, fix)
