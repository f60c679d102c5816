"""What an answer must be: text as it came turned into codes, numbers and days, or told why it
cannot be.

Every distinct value of a question is judged once, so ten thousand returns cost little more than
ten.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache, partial
from itertools import chain

import numpy as np
import pandas as pd

from cop.fieldwork import limesurvey
from cop.fieldwork.questionnaires import FREE, wording
from cop.fieldwork.returns.files.longform import LongForm
from cop.fieldwork.returns.files.workbooks import plain

PROBLEM = ["n", "sheet", "row", "column", "question", "value", "weight", "rule", "mend"]
REFUSED, REMARK = "refused", "remark"
LONGEST = 32_767  # characters: no spreadsheet cell holds more
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d+)?", re.ASCII)
DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})([ T].*)?", re.ASCII)
DAY_FIRST = re.compile(
    r"(?P<d>\d{1,2})(?P<sep>[./-])(?P<m>\d{1,2})[./-](?P<y>\d{4})\.?( 0?0:00(:00)?)?", re.ASCII
)
SHAPES = {  # of free text: what it must look like, and how that is called
    "url": (
        re.compile(r"https?://\S+\.\S+", re.IGNORECASE),
        "a full address such as https://example.org",
    ),
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an e-mail address"),
    "phone": (re.compile(r"\+?[\d\s()./-]{5,25}", re.ASCII), "a number"),
}
NO_CHOICE = "stands in the column of a choice that the question does not have"
UNASKED = (
    REMARK,
    "is answered although the question does not apply",
    "Check the answer that it depends on; both were kept",
)
TWICE = (REFUSED, "is answered twice, differently", "Keep one answer")
LONELY = (
    REFUSED,
    "excludes all other choices, and others are chosen too",
    "Keep this one, or the others",
)
SLOT = ["n", "entry", "question"]  # where a question is answered
ENTRIES = 2**20  # more than a return can have: no file has as many rows


def judged(longform: LongForm, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give (returned answers with a code or value in `answer`, problems as PROBLEM).

    An answer that is refused is not among the answers; in the long form, `understood` says so.
    """
    rows = longform.answers
    keys = list(zip(*(rows[c].tolist() for c in ("question", "value", "chosen")), strict=True))
    verdicts = _verdicts(set(keys), longform, today)
    flawed = {i: verdicts[key][1] for i, key in enumerate(keys) if verdicts[key][1]}
    problems = problem_rows(rows.iloc[list(flawed)], flawed.values())
    coded = _repeated(rows, [verdicts[key][0] for key in keys])
    differ = _differing(coded, longform.names)
    coded = coded[~coded.index.isin(differ)]
    rows["understood"] = rows.index.isin(coded.index)
    # Tools may state a choice in a column of its own and in a joined one.
    coded = coded.drop_duplicates([*SLOT, "answer"]).reset_index(drop=True)
    several = problem_rows(rows.loc[differ], [TWICE] * len(differ))
    return coded, together([problems, several, _of_lonely(coded, longform.names)])


def together(problems: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Give one frame of the problems of returns from several."""
    filled = [part for part in problems if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=PROBLEM)


def problem_rows(rows: pd.DataFrame, flaws: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Give one problem a row of returned answers; `flaws` has (weight, rule, mend) for each."""
    if not len(rows):
        return pd.DataFrame(columns=PROBLEM)
    weights, rules, mends = zip(*flaws, strict=True)
    kept = rows[["n", "sheet", "row", "column", "question", "value"]]
    return kept.assign(weight=list(weights), rule=list(rules), mend=list(mends))[PROBLEM]


def _repeated(rows, answers):
    """Give the rows, each as often as it has `answers`, with them."""
    places = np.repeat(np.arange(len(rows)), list(map(len, answers)))
    return rows.iloc[places].assign(answer=list(chain.from_iterable(answers)))


def _differing(coded, names):
    """Give the index of answers that differ from another where only one can be given."""
    many = {q.id for q in names.questions.values() if q.type == "many"}
    one = coded[~coded["question"].isin(many)]
    repeated = one[one.duplicated(SLOT, keep=False)]
    return repeated.index[~repeated.duplicated([*SLOT, "answer"], keep=False)]


def _of_lonely(coded, names):
    """Give a problem where 'none of these' stands beside other choices."""
    form = names.questionnaire
    many = [q for q in names.questions.values() if q.type == "many"]
    alone = {(q.id, c.code) for q in many for c in form.choices_of(q) if c.alone}
    pairs = zip(coded["question"], coded["answer"], strict=True)
    beside = coded.groupby(SLOT)["answer"].transform("size") > 1
    rows = coded[beside & pd.Series([pair in alone for pair in pairs], coded.index, dtype=bool)]
    return problem_rows(rows, [LONELY] * len(rows))


def _verdicts(keys, longform, today):
    """Give {(question, value, chosen): (answers, None or (weight, rule, mend))} of all cells."""
    names, values, verdicts = longform.names, {}, {}
    for question, value, chosen in sorted(keys):
        if chosen:
            listed = names.questionnaire.choices_of(names.questions[question])
            known = chosen in {choice.code for choice in listed}
            refused = _refused(NO_CHOICE, "Correct the code of the choice")
            verdicts[question, value, chosen] = ([chosen], None) if known else refused
        else:
            values.setdefault(question, []).append(value)
    own = _tool_codes(names.questionnaire, longform.source)
    for question, listed in values.items():
        judge = _judge(names.questions[question], listed, longform, own, today)
        verdicts |= {(question, value, ""): judge(value) for value in listed}
    return verdicts


def _judge(question, values, longform, own, today):
    """Give the function that judges a cell of a question; `values` are all of its column."""
    if question.choices:
        form = longform.names.questionnaire
        return partial(_choice, question, form, _words(values, form, question, longform, own))
    kinds = {"integer": _whole, "number": _number, "year": _year, "date": _day}
    return partial(_typed, kinds.get(question.type, _free), question, today)


def _refused(rule, mend):
    """Give the verdict on a cell of which nothing is kept."""
    return [], (REFUSED, rule, mend)


def _choice(question, form, words, value):
    """Judge a cell of a closed question: the code, or the codes, that it stands for."""
    if codes := _codes(value, question, words):
        return codes, None
    labels = [wording(choice.label, "en") for choice in form.choices_of(question)]
    shown = "; ".join(labels[:8]) + ("; …" if len(labels) > 8 else "")
    return _refused("is not one of the choices", f"Use one of: {shown}")


def _codes(value, question, words):
    """Give the codes that a cell stands for, none where it is not understood."""
    if question.type == "many":
        return _segments(_tokens(value), words) or []
    code = words.get(_tokens(value))
    return [code] if code else []


@lru_cache(maxsize=200_000)
def _tokens(text):
    """Give a label or a cell as words, so that any separator between choices reads the same."""
    return tuple(re.sub(r"[;|,\n]+", " ", plain(text)).split())


def _words(values, form, question, longform, own):
    """Give {words: code} by which a column is read: the first vocabulary that explains all of it,
    else all together.

    A label may be another choice's code, so codes and labels of each language are tried one by one,
    those of the language of the headings first.
    """
    listed = form.choices_of(question)
    coded = [own.get(question.choices, {}), {_tokens(c.code): c.code for c in listed}]
    languages = dict.fromkeys([longform.language or "en", *form.languages])
    spoken = [{_tokens(wording(c.label, lang)): c.code for c in listed} for lang in languages]
    order = [spoken[0], *coded, *spoken[1:]] if longform.language else coded + spoken
    tried = list(filter(None, order))
    for words in tried:
        if all(_codes(value, question, words) for value in values):
            return words
    return {key: code for words in reversed(tried) for key, code in words.items()}


def _tool_codes(form, source):
    """Give {list: {words: code}} for tools that have codes of their own for answers."""
    if source != "limesurvey":
        return {}
    own = {"yes_no": {("y",): "yes", ("n",): "no"}}
    for name, listed in form.choices.items():
        coded = {_tokens(limesurvey.answer_code(name, c.code)): c.code for c in listed}
        own[name] = own.get(name, {}) | coded
    return own


def _segments(tokens, words):
    """Give the codes of choices one after another, longest label first; None if a word is left."""
    longest = max(map(len, words), default=0)
    dead = set()

    def _after(i):
        if i == len(tokens):
            return []
        for j in range(min(len(tokens), i + longest), i, -1) if i not in dead else ():
            code = words.get(tokens[i:j])
            rest = _after(j) if code else None
            if rest is not None:
                return [code, *rest]
        dead.add(i)
        return None

    return _after(0) if 0 < len(tokens) <= 400 else None


def _typed(judge, question, today, value):
    """Judge a cell of an open question, after what is wrong in any of them."""
    if value in ERRORS:
        mend = "Write the value itself, or leave the cell empty"
        return _refused("is an error of the spreadsheet", mend)
    if value.startswith("=") and question.type not in FREE:
        return _refused("is a formula, and formulas are not run", "Write the value itself")
    return judge(value, question, today)


def _free(value, question, today):
    if len(value) > LONGEST:
        rule = f"has {len(value)} characters; at most {LONGEST} are kept"
        return _refused(rule, "Shorten the text")
    if CONTROL.search(value):
        mend = "Check the text; it was kept as it is"
        return [value], (REMARK, "holds characters that cannot be seen", mend)
    shape, called = SHAPES.get(question.type, (None, ""))
    if shape and not shape.fullmatch(value):
        mend = "Check it; it was kept as it is"
        return [value], (REMARK, f"does not look like {called}", mend)
    return [value], None


def _number(value, question, today, mend="Write digits only, such as 12.5"):
    text = value.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        return _refused("is not a number", mend)
    text = text.replace(",", ".").removeprefix("+")
    # 1,200 may be twelve hundred or one and a fifth.
    if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text):
        mend = "Write it without a mark for thousands, such as 1200 or 1.2"
        return _refused("can be read in two ways", mend)
    text = text.rstrip("0").rstrip(".") if "." in text else text  # LimeSurvey writes 5.0000000000
    return _within(text, float(text), question)


def _whole(value, question, today):
    mend = "Write digits only, such as 1200"
    answers, flaw = _number(value, question, today, mend)
    if not answers:
        return answers, flaw
    if not float(answers[0]).is_integer():
        return _refused("is not a whole number", mend)
    return [str(int(float(answers[0])))], flaw


def _year(value, question, today):
    text = re.sub(r"\.0*$", "", value)
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        return _refused("is not a year", "Write four digits, such as 2024")
    if question.maximum is None and int(text) > today.year:
        return _refused("lies in the future", "Correct the year")
    return _within(text, int(text), question)


def _within(text, number, question):
    low, high = question.minimum, question.maximum
    if low is not None and number < low:
        return _refused(f"is below {low:g}", "Correct the value")
    if high is not None and number > high:
        return _refused(f"is above {high:g}", "Correct the value")
    return [text], None


def _day(value, question, today):
    parts = DAY.fullmatch(value) or DAY_FIRST.fullmatch(value)
    # With slashes or hyphens, some write the day first and some the month.
    slashed = parts and parts.groupdict().get("sep", ".") != "."
    if slashed and int(parts["d"]) <= 12 and parts["d"] != parts["m"]:
        mend = "Write the date as year-month-day, such as 2026-11-24"
        return _refused("can be read in two ways", mend)
    try:
        day = date(*(int(parts[part]) for part in "ymd"))
    except (TypeError, ValueError):
        return _refused("is not a date", "Write it as year-month-day, such as 2026-11-24")
    last = date(int(question.maximum), 12, 31) if question.maximum else today
    if not date(1900, 1, 1) <= day <= last:
        rule = "lies in the future" if day > today else "lies before 1900"
        return _refused(rule, "Correct the date")
    return [day.isoformat()], None


def gaps(longform: LongForm, answers: pd.DataFrame) -> pd.DataFrame:
    """Give the problems of returned answers: missing (`required`), or not to be asked (`when`)."""
    problems, given = [], {q: part for q, part in answers.groupby("question", sort=False)}
    tried = {q: _keys(part) for q, part in longform.answers.groupby("question", sort=False)}
    for block, question in longform.names.questionnaire.questions():
        if not (question.required or question.when):
            continue
        slots = _slots(longform, answers, block)
        if question.when:
            slots = _applying(slots, given.get(question.when.question), question.when)
        if question.required:  # what was refused is told as that, not as missing
            missing = slots[~np.isin(_keys(slots), tried.get(question.id, []))]
            problems.append(_missing(missing, question, longform))
        if question.when and question.id in given:
            have = given[question.id]
            rows = have[~np.isin(_keys(have), _keys(slots))].drop_duplicates(["n", "entry"])
            problems.append(problem_rows(rows, [UNASKED] * len(rows)))
    return together(problems)


def _keys(rows):
    """Give a number for each return and entry: quicker to look up than both together."""
    return rows["n"].to_numpy(float) * ENTRIES + rows["entry"].to_numpy(float)


def _slots(longform, answers, block):
    """Give where a block could be answered, a return or an entry: n, entry, sheet, row."""
    if block.repeat:
        rows = answers[answers["block"] == block.id].drop_duplicates(["n", "entry"])
    else:
        rows = longform.returns.assign(n=longform.returns.index, entry=0)
    return rows[["n", "entry", "sheet", "row"]]


def _applying(slots, condition, when):
    """Give the slots in which the question that it depends on was answered so that it is asked."""
    if condition is None:
        return slots.iloc[:0]
    met = condition[condition["answer"].isin(when.codes)]
    of_return = met["n"][met["entry"] == 0]  # asked once, it opens the question in every entry
    same = np.isin(_keys(slots), _keys(met))
    return slots[same | slots["n"].isin(of_return)]


def _missing(slots, question, longform):
    """Give a problem for each slot without the required answer, where a person would write it."""
    label = wording(question.label, "en")
    mend = f"Fill in: {label}" if len(label) < 80 else f"Fill in {question.id}"
    column = longform.headings.get(question.id, question.id)
    rows = slots.reset_index(drop=True).assign(column=column, question=question.id, value="")
    if longform.places is not None:
        rows = rows[SLOT].join(longform.places, on=["entry", "question"]).assign(value="")
    return problem_rows(rows, [(REFUSED, "must not be empty", mend)] * len(rows))
