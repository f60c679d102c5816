"""Invented responses, written as each tool exports them by its documented format.

KoboToolbox: repeats as further sheets. ODK Central: a zip of CSV files. LimeSurvey: one CSV with a
column for each choice. Other settings than the documented one are written too, to be refused.
"""

import csv
import io
import random
import uuid
import zipfile
from collections import defaultdict
from datetime import date

import openpyxl

from cop.fieldwork import excel_form, questionnaires
from cop.fieldwork.questionnaires import wording

SENT = "2026-05-01T10:00:00"
WORDS = ("Agency", "центр", "shkollë", "кућа", "ხელი", "أمان", "🙂", "child", "line\nbreak")


def people(form, count, seed=1, entries=(0, 3)):
    """Return invented responses: uuid, id, answers {question: text or list}, entries {block: …}."""
    rng, result = random.Random(seed), []
    for number in range(1, count + 1):
        person = {"uuid": str(uuid.UUID(int=rng.getrandbits(128))), "id": str(1000 + number)}
        person |= {"answers": {}, "entries": {}}
        for block in form.blocks:
            if block.repeat:
                rows = [_fill(form, block, {}, rng, number) for _ in range(rng.randint(*entries))]
                person["entries"][block.id] = rows
            else:
                _fill(form, block, person["answers"], rng, number)
        result.append(person)
    return result


def _fill(form, block, answers, rng, number):
    for question in block.questions:
        when = question.when
        if when and not set(when.codes) & set(listed(answers.get(when.question, []))):
            continue
        if question.required or rng.random() < 0.8:
            answers[question.id] = _answer(form, question, rng, number)
    return answers


def _answer(form, question, rng, number):
    codes = [choice.code for choice in form.choices_of(question) if not choice.exclusive]
    day = date(2010, 1, 1).toordinal() + rng.randint(0, 5000)
    typed = {
        "integer": str(rng.randint(0, 500)), "number": f"{rng.randint(0, 40) / 2:g}",
        "year": str(rng.randint(1990, 2024)), "date": date.fromordinal(day).isoformat(),
        "url": "https://example.org/a", "email": f"a{number}@example.org",
        "phone": "+999 1 234 567",
    }  # fmt: skip
    if question.id == "consent":
        return "yes"
    if question.type == "many":
        return [code for code in codes if rng.random() < 0.4] or [rng.choice(codes)]
    if codes:
        return rng.choice(codes)
    text = " ".join(rng.choices(WORDS, k=3))
    return typed.get(question.type, f"{text} {number}" if question.id == "organisation" else text)


def listed(answer):
    return answer if isinstance(answer, list) else [answer]


def expected(person):
    """Return what must be in the store: (block of repeats or "", entry, question, answer)."""
    rows = [("", 0, person["answers"])]
    for block, entries in person["entries"].items():
        rows += [(block, number, row) for number, row in enumerate(entries, 1)]
    return sorted((b, n, q, a) for b, n, row in rows for q, v in row.items() for a in listed(v))


NOBODY = {"uuid": "", "id": "", "answers": {}, "entries": {}}


def _cells(form, block, answers, separator, many="joined", language="", unanswered="0"):
    """Return {heading: cell} of a block; `many` are joined in one column, split, or both.

    A column of a choice holds `unanswered` where its whole question was left out.
    """

    def shown(words, code):
        return wording(words, language) if language else code

    is_grouped = separator and block.id != "taking_part"
    group = shown(block.title, block.id) + separator if is_grouped else ""
    cells = {}
    for question in block.questions:
        heading, given = group + shown(question.label, question.id), answers.get(question.id, [])
        choices = form.choices_of(question)
        labels = {choice.code: shown(choice.label, choice.code) for choice in choices}
        if question.type != "many" or many != "split":
            cells[heading] = " ".join(labels.get(value, value) for value in listed(given))
        if question.type == "many" and many != "joined":
            no = "0" if given else unanswered
            cells |= {f"{heading}/{c.code}": "1" if c.code in given else no for c in choices}
    return cells


def _responses(form, persons, separator, entry_separator, **how):
    """Yield (number, person, {heading: cell}, [(repeated block, {heading: cell} of an entry)]).

    The first is nobody, of whom the headings are used.
    """
    for number, person in enumerate([NOBODY, *persons]):
        main, entries = {"questionnaire": form.id, "iso3": person.get("iso3", "ZZZ")}, []
        main |= {"form_version": person.get("version", form.version)}
        main |= {"form_id": person.get("form_id", "")}
        for block in form.blocks:
            if not block.repeat:
                main |= _cells(form, block, person["answers"], separator, **how)
                continue
            for entry in person["entries"].get(block.id, []) if number else [{}]:
                entries.append((block.id, _cells(form, block, entry, entry_separator, **how)))
        yield number, person, main, entries


def _table(records):
    """Return the rows of a table; its heading is that of the first record, which is left out."""
    return [list(records[0]), *(list(record.values()) for record in records[1:])]


def kobo(form, persons, separator="/", **how):
    """Return {sheet: rows} of KoboToolbox; without a `language`, with XML values and headers."""
    tables = defaultdict(list)
    how["unanswered"] = ""
    for number, person, main, entries in _responses(form, persons, separator, separator, **how):
        main |= {"start": SENT, "end": person.get("changed", SENT), "_tags": "", "_index": number}
        main |= {"_id": person["id"], "_uuid": person["uuid"]}
        main |= {"_submission_time": person.get("sent", SENT)}
        main |= {"_validation_status": person.get("verdict", "")}
        tables["main"].append(main)
        for name, cells in entries:
            link = {"_parent_index": number, "_submission__uuid": person["uuid"]}
            tables[name].append(cells | link)
    return {name: _table(records) for name, records in tables.items()}


def odk(form, persons, separator="-", **how):
    """Return {file name: bytes} of the CSV files of ODK Central."""
    tables = defaultdict(list)
    for number, person, main, entries in _responses(form, persons, separator, "", **how):
        key = f"uuid:{person['uuid']}"
        main |= {"SubmissionDate": f"{person.get('sent', SENT)}.000Z", "meta-instanceID": key}
        main |= {"KEY": key, "Status": person.get("status", ""), "FormVersion": form.version}
        main |= {"ReviewState": person.get("verdict", ""), "Edits": person.get("changed", "0")}
        tables[f"{form.id}.csv"].append(main)
        for name, cells in entries:
            link = {"PARENT_KEY": key, "KEY": f"{key}/{name}[{number}]"}
            tables[f"{form.id}-{name}.csv"].append(cells | link)
    return {name: text(_table(records)) for name, records in tables.items()}


def _places(form):
    """Return (block, question, entry) of every answer that a form has room for."""
    return [(b, q, entry) for b in form.blocks for entry in b.entries for q in b.questions]


def _at(person, block, question, entry):
    """Return what a person answered in one place, None for nothing."""
    entries = person["entries"].get(block.id, [])
    answers = person["answers"] if not entry else {}
    return (entries[entry - 1] if 0 < entry <= len(entries) else answers).get(question.id)


def limesurvey(form, persons):
    """Return the bytes of LimeSurvey's CSV; persons with `partial` were not completed."""
    records = []
    for person in [NOBODY, *persons]:
        sent = person.get("sent", SENT).replace("T", " ")
        record = {"id": person["id"], "submitdate": "" if person.get("partial") else sent}
        record |= {"lastpage": "3", "startlanguage": "en", "seed": person["id"] * 2}
        record |= {"startdate": "2026-05-01 09:00:00", "datestamp": person.get("changed", sent)}
        record |= {"questionnaire": form.id, "formversion": form.version, "formid": ""}
        record["iso3"] = person.get("iso3", "ZZZ")
        for block, question, entry in _places(form):
            name = questionnaires.question_code(question.id, entry)
            record |= _lime_cells(form, question, name, _at(person, block, question, entry))
        records.append(record)
    return b"\xef\xbb\xbf" + text(_table(records), quoting=csv.QUOTE_ALL)


def _lime_cells(form, question, name, value):
    choices = form.choices_of(question)
    if question.type == "many":
        codes = {c.code: questionnaires.answer_code(question, c.code) for c in choices}
        return {f"{name}[{codes[code]}]": "Y" if code in (value or []) else "" for code in codes}
    if value is None:
        return {name: ""}
    if question.type == "number":
        return {name: f"{float(value):.10f}"}
    if question.type == "date":
        return {name: f"{value} 00:00:00"}
    return {name: questionnaires.answer_code(question, value) if choices else value}


def plain(form, persons):
    """Return (rows, mapping) of a table in somebody's own words; repeats as numbered columns."""
    columns, values, rows = {}, {}, []
    for number, (_, question, entry) in enumerate(_places(form), 1):
        target = {"question": question.id, "entry": entry} if entry else question.id
        columns[f"Column {number}"] = target
        if question.choices and question.type != "many":
            codes = [choice.code for choice in form.choices_of(question)]
            values[question.id] = {f"Word {code}": code for code in codes}
    for person in persons:
        cells = [person.get("iso3", "ZZZ"), person["id"]]
        for place in _places(form):
            value = _at(person, *place) or ""
            word = f"Word {value}" if value and place[1].id in values else value
            cells.append("; ".join(word) if isinstance(word, list) else word)
        rows.append(cells)
    rows = [["Country", "Number", *columns], *rows]
    columns |= {"Country": "iso3", "Number": "identity"}
    return rows, {"questionnaire": form.id, "columns": columns, "values": values}


def filled(data, form, person, language="en", form_id="", change=None):
    """Return our Excel form as somebody fills it in: labels from the drop-downs, days as such."""
    content = excel_form.workbook(form, language, form_id, "ZZZ")
    book = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {"integer": int, "year": int, "number": float, "date": date.fromisoformat}
    blocks = {block.id: block for block in form.blocks}
    _, *places = book["_map"].iter_rows(values_only=True)
    for sheet, cell, block, entry, name, code in places:
        question = form.question(name)
        value = _at(person, blocks[block], question, int(entry))
        if value is not None and (not code or code in value):
            labels = {c.code: wording(c.label, language) for c in form.choices_of(question)}
            typed = "x" if code else labels.get(value)
            book[sheet][cell] = typed or kinds.get(question.type, str)(value)
    if change:
        change(book)
    return saved(book)


def text(rows, separator=",", **how):
    """Return rows as the bytes of a CSV file in UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, **how).writerows(rows)
    return out.getvalue().encode()


def packed(files, **how):
    """Return {name: bytes} as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(content):
    """Return {name: bytes} of a zip."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def workbook(tables):
    """Return {sheet: rows} as the bytes of a workbook."""
    book = openpyxl.Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


EXPORTS = {  # the documented export of each tool
    "kobo.xlsx": lambda form, persons: workbook(kobo(form, persons)),
    "odk.zip": lambda form, persons: packed(odk(form, persons)),
    "limesurvey.csv": limesurvey,
}
