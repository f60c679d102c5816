"""What an answer must be: text as it came turned into codes, numbers and days, or told why it cannot be.

Every distinct value of a question is judged once, so ten thousand returns cost little more than ten.
"""

import re
from datetime import date
from functools import lru_cache
from itertools import chain

import numpy as np
import pandas as pd

from fieldwork.forms.questionnaires import wording
from fieldwork.returns.files.headings import choices
from fieldwork.returns.files.workbooks import plain

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
EMAIL, PHONE = (
    re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    re.compile(r"\+?[\d\s()./-]{5,25}", re.ASCII),
)
URL = re.compile(r"https?://\S+\.\S+", re.IGNORECASE)
NO_CHOICE = (
    REFUSED,
    "stands in the column of a choice that the question does not have",
    "Correct the code of the choice",
)
UNASKED = (
    REMARK,
    "is answered although the question does not apply",
    "Check the answer that it depends on; both were kept",
)
FREE = {"text", "note_text", "url", "email", "phone"}


def judged(reading, today):
    """Give (answers with a code or value in `answer`, problems); an answer that is refused is not among the answers."""
    rows = reading.answers
    keys = list(zip(*(rows[c].tolist() for c in ("question", "value", "chosen")), strict=True))
    verdicts = _verdicts(set(keys), reading, today)
    told = {i: said_of for i, key in enumerate(keys) if (said_of := verdicts[key][1])}
    problems = _problems(rows.iloc[list(told)], told.values())
    listed = {
        key: one if isinstance(one, list) else [one] * (one is not None)
        for key, (one, _) in verdicts.items()
    }
    made = _repeated(rows, [listed[key] for key in keys])
    twice = _twice(made, reading.names)
    made = made[~twice.reindex(made.index, fill_value=False)] if twice.any() else made
    several = rows.loc[twice.index[twice]] if twice.any() else rows.iloc[:0]
    said_of = (REFUSED, "is answered twice, differently", "Keep one answer")
    rows["understood"] = rows.index.isin(made.index)
    made = _distinct(made)
    return made, together(
        [problems, _problems(several, [said_of] * len(several)), _of_lonely(made, reading.names)]
    )


def _repeated(rows, found):
    """Give the rows, each as often as it has answers in `found`, with them."""
    places = np.repeat(np.arange(len(rows)), list(map(len, found)))
    return rows.iloc[places].assign(answer=list(chain.from_iterable(found)))


def _twice(made, names):
    """Say, by index, which answers to questions with one answer differ from another to the same question."""
    many = {q.id for q in names.questions.values() if q.type == "many"}
    one = made[~made["question"].isin(many)]
    slot = ["n", "entry", "question"]
    twice = one.duplicated(slot, keep=False)
    same = one[twice].duplicated([*slot, "answer"], keep=False)
    return twice.mask(twice, ~same) if len(same) else twice


def _distinct(answers):
    """Give each answer once: tools may state a choice in a column of its own and in a joined one."""
    return answers.drop_duplicates(["n", "question", "entry", "answer"]).reset_index(drop=True)


def together(problems):
    """Give one frame of problems from several."""
    found = [p for p in problems if len(p)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=PROBLEM)


def _verdicts(keys, reading, today):
    """Give {(question, value, chosen): (answer, or None, or (weight, rule, mend))} for every distinct cell."""
    names, codes = reading.names, _tool_codes(reading.names, reading.source)
    values, out = {}, {}
    for question_id, value, chosen in sorted(keys):
        if chosen:
            known = chosen in {
                c.code for c in choices(names.questionnaire, names.questions[question_id])
            }
            out[question_id, value, chosen] = ([chosen], None) if known else (None, NO_CHOICE)
        else:
            values.setdefault(question_id, []).append(value)
    for question_id, listed in values.items():
        judge = _judge(
            names.questions[question_id],
            listed,
            names.questionnaire,
            codes,
            reading.language,
            today,
        )
        out |= {(question_id, value, ""): judge(value) for value in listed}
    return out


def _judge(question, values, questionnaire, codes, language, today):
    """Give the function that judges one cell of a question: (answer or None, None or (weight, rule, mend))."""
    if question.choices:
        words = _words(values, questionnaire, question, language, codes)
        return _judge_of_choices(question, questionnaire, words)
    judge = {"integer": _whole, "number": _number, "year": _year, "date": _day}.get(
        question.type, _free
    )
    return _with(judge, question, today)


def _problems(rows, told):
    """Give one problem a row of answers; `told` is (weight, rule, mend) for each."""
    if not len(rows):
        return pd.DataFrame(columns=PROBLEM)
    weights, rules, mends = zip(*told, strict=True)
    kept = rows[["n", "sheet", "row", "column", "question", "value"]]
    return kept.assign(weight=list(weights), rule=list(rules), mend=list(mends))[PROBLEM]


def _of_lonely(made, names):
    """Give a problem where 'none of these' stands beside other choices."""
    listed = {
        q.id: choices(names.questionnaire, q) for q in names.questions.values() if q.type == "many"
    }
    alone = {(question, c.code) for question, of_it in listed.items() for c in of_it if c.alone}
    near = made[made["answer"].isin([code for _, code in alone])]
    none = near.loc[[pair in alone for pair in zip(near["question"], near["answer"], strict=True)]]
    slot = ["n", "entry", "question"]
    count = made[made["n"].isin(none["n"])].groupby(slot).size()
    rows = none.loc[
        [
            i
            for i, key in zip(none.index, none[slot].itertuples(index=False), strict=True)
            if count[key] > 1
        ]
    ]
    told = (
        REFUSED,
        "excludes all other choices, and others are chosen too",
        "Keep this one, or the others",
    )
    return _problems(rows, [told] * len(rows))


def _judge_of_choices(question, questionnaire, words):
    """Give a judge of one cell: the code, or the codes, that it stands for."""
    listed = [wording(c.label, "en") for c in choices(questionnaire, question)]
    shown = "; ".join(listed[:8]) + ("; …" if len(listed) > 8 else "")
    wrong = (None, (REFUSED, "is not one of the choices", f"Use one of: {shown}"))

    def _one(value):
        found = _read(value, question, words)
        return (found, None) if found else wrong

    return _one


def _read(value, question, words):
    return (
        _segments(_tokens(value), words) if question.type == "many" else words.get(_tokens(value))
    )


@lru_cache(maxsize=200_000)
def _tokens(text):
    """Give a label or a cell as a tuple of words, so that any separator between choices reads the same."""
    return tuple(re.sub(r"[;|,\n]+", " ", plain(text)).split())


def _words(values, questionnaire, question, language, codes):
    """Give {words: code} by which a column is read: the first vocabulary that explains all of it, else all together.

    A label may be another choice's code, so codes and labels of each language are tried one by one, those of the
    language of the headings first.
    """
    listed = choices(questionnaire, question)
    coded = [codes.get(question.choices, {}), {_tokens(c.code): c.code for c in listed}]
    languages = dict.fromkeys([language or "en", *questionnaire.languages])
    spoken = [{_tokens(wording(c.label, lang)): c.code for c in listed} for lang in languages]
    tried = [v for v in (coded + spoken if not language else [spoken[0], *coded, *spoken[1:]]) if v]
    for words in tried:
        if all(_read(value, question, words) for value in values):
            return words
    return {key: code for words in reversed(tried) for key, code in words.items()}


def _tool_codes(names, source):
    """Give {list: {words: code}} for tools that have codes of their own for answers."""
    if source != "limesurvey":
        return {}
    from fieldwork.forms import limesurvey

    questionnaire, own = names.questionnaire, {"yes_no": {("y",): "yes", ("n",): "no"}}
    for name, listed in questionnaire.choices.items():
        coded = {_tokens(limesurvey.answer_code(name, c.code)): c.code for c in listed}
        own[name] = own.get(name, {}) | coded
    return own


def _segments(tokens, words):
    """Give the codes of choices that stand one after another, the longest label first; None when a word is left over."""
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


def _with(judge, question, today):
    def _one(value):
        if value in ERRORS:
            return None, (
                REFUSED,
                "is an error of the spreadsheet",
                "Write the value itself, or leave the cell empty",
            )
        if value.startswith("=") and question.type not in FREE:
            return None, (
                REFUSED,
                "is a formula, and formulas are not run",
                "Write the value itself",
            )
        return judge(value, question, today)

    return _one


def _free(value, question, today):
    if len(value) > LONGEST:
        return None, (
            REFUSED,
            f"has {len(value)} characters; at most {LONGEST} are kept",
            "Shorten the text",
        )
    if CONTROL.search(value):
        return value, (
            REMARK,
            "holds characters that cannot be seen",
            "Check the text; it was kept as it is",
        )
    shape = {"url": URL, "email": EMAIL, "phone": PHONE}.get(question.type)
    if shape and not shape.fullmatch(value):
        form = {
            "url": "a full address such as https://example.org",
            "email": "an e-mail address",
            "phone": "a number",
        }
        return value, (
            REMARK,
            f"does not look like {form[question.type]}",
            "Check it; it was kept as it is",
        )
    return value, None


def _number(value, question, today):
    text = value.replace("\u00a0", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        return None, (REFUSED, "is not a number", "Write digits only, such as 12.5")
    text = text.replace(",", ".").removeprefix("+")
    if re.fullmatch(
        r"-?[1-9]\d{0,2}\.\d{3}", text
    ):  # 1,200 may be twelve hundred or one and a fifth
        return None, (
            REFUSED,
            "can be read in two ways",
            "Write it without a mark for thousands, such as 1200 or 1.2",
        )
    text = text.rstrip("0").rstrip(".") if "." in text else text  # LimeSurvey writes 5.0000000000
    return _within(text, float(text), question)


def _whole(value, question, today):
    answer, told = _number(value, question, today)
    if answer is None:
        return answer, (*told[:2], "Write digits only, such as 1200") if told[1].startswith(
            "is not"
        ) else told
    if not float(answer).is_integer():
        return None, (REFUSED, "is not a whole number", "Write digits only, such as 1200")
    return str(int(float(answer))), told


def _year(value, question, today):
    text = re.sub(r"\.0*$", "", value)
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        return None, (REFUSED, "is not a year", "Write four digits, such as 2024")
    if question.maximum is None and int(text) > today.year:
        return None, (REFUSED, "lies in the future", "Correct the year")
    return _within(text, int(text), question)


def _within(text, number, question):
    low, high = question.minimum, question.maximum
    if low is not None and number < low:
        return None, (REFUSED, f"is below {low:g}", "Correct the value")
    if high is not None and number > high:
        return None, (REFUSED, f"is above {high:g}", "Correct the value")
    return text, None


def _day(value, question, today):
    found = DAY.fullmatch(value) or DAY_FIRST.fullmatch(value)
    if (
        found
        and found.groupdict().get("sep", ".") != "."
        and int(found["d"]) <= 12
        and found["d"] != found["m"]
    ):
        return None, (
            REFUSED,
            "can be read in two ways",
            "Write the date as year-month-day, such as 2026-11-24",
        )
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except (TypeError, ValueError):
        return None, (REFUSED, "is not a date", "Write it as year-month-day, such as 2026-11-24")
    if (
        not date(1900, 1, 1)
        <= day
        <= (date(int(question.maximum), 12, 31) if question.maximum else today)
    ):
        return None, (
            REFUSED,
            "lies in the future" if day > today else "lies before 1900",
            "Correct the date",
        )
    return day.isoformat(), None


def gaps(reading, answers):
    """Give the problems of what is missing or answered without being asked, by the definition's `required` and `when`."""
    out, given = [], {q: part for q, part in answers.groupby("question", sort=False)}
    tried = {q: _keys(part) for q, part in reading.answers.groupby("question", sort=False)}
    nobody = _keys(reading.answers.iloc[:0])
    for block, question in reading.names.questionnaire.questions():
        if not (question.required or question.when):
            continue
        slots = _slots(reading, answers, block)
        asked = (
            slots
            if question.when is None
            else _asked(slots, given.get(question.when.question), question.when)
        )
        if question.required:  # what was refused is told as that, not as missing
            out.append(
                _missing(
                    asked[~asked.index.isin(tried.get(question.id, nobody))], question, reading
                )
            )
        if question.when and question.id in given:
            have = given[question.id]
            rows = have[~_keys(have).isin(asked.index)].drop_duplicates(["n", "entry"])
            out.append(_problems(rows, [UNASKED] * len(rows)))
    return together(out)


def _keys(rows):
    return pd.MultiIndex.from_frame(rows[["n", "entry"]])


def _slots(reading, answers, block):
    """Give where a block's questions could be answered: one a return, or one an entry; index (n, entry), sheet and row."""
    if block.repeat:
        rows = answers[answers["block"] == block.id].drop_duplicates(["n", "entry"])
        return rows.set_index(["n", "entry"])[["sheet", "row"]]
    rows = reading.returns[["sheet", "row"]].assign(n=reading.returns.index, entry=0)
    return rows.set_index(["n", "entry"])


def _asked(slots, condition, when):
    """Give the slots in which the question that it depends on was answered so that it is asked."""
    if condition is None:
        return slots.iloc[:0]
    met = condition[condition["answer"].isin(when.codes)]
    same = slots.index.isin(pd.MultiIndex.from_frame(met[["n", "entry"]]))
    return slots[same | slots.index.get_level_values("n").isin(met["n"][met["entry"] == 0])]


def _missing(slots, question, reading):
    """Give a problem for each slot in which a required answer is missing, where a person would write it."""
    label = wording(question.label, "en")
    rule, mend = (
        "must not be empty",
        f"Fill in: {label}" if len(label) < 80 else f"Fill in {question.id}",
    )
    out = slots.reset_index().assign(
        column=reading.headings.get(question.id, question.id), question=question.id
    )
    if reading.places is not None:
        out = out[["n", "entry", "question"]].join(reading.places, on=["entry", "question"])
    return out.assign(value="", weight=REFUSED, rule=rule, mend=mend)[PROBLEM]
