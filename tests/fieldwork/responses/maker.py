"""Invented responses, written as each tool exports them by its documented format.

KoboToolbox: repeats as further sheets. ODK Central: a zip of CSV files. LimeSurvey: one CSV with a
column for each choice. Other settings than the documented one are written too, to be refused.
"""

import csv
import io
import random
import uuid
import zipfile
from datetime import date

import openpyxl

from cop.fieldwork import excel_form, questionnaires
from cop.fieldwork.questionnaires import wording

SENT = "2026-05-01T10:00:00"
WORDS = [
    "Agency", "центр", "shkollë", "кућа", "ხელი", "Ministria", "أمان", "🙂", "child", "line\nbreak",
]  # fmt: skip
KOBO_COLUMNS = ["_id", "_uuid", "_submission_time", "_validation_status", "_tags", "_index"]


def people(form, count, seed=1, entries=(0, 3)):
    """Return invented responses: uuid, id, answers {question: text or list} and entries {block: …}."""
    rng = random.Random(seed)
    return [_person(form, number, rng, entries) for number in range(1, count + 1)]


def _person(form, number, rng, entries):
    person = {"uuid": str(uuid.UUID(int=rng.getrandbits(128))), "id": str(1000 + number)}
    person |= {"answers": {}, "entries": {}}
    for block in form.blocks:
        if block.repeat:
            rows = [_fill(form, block, {}, rng, number) for _ in range(rng.randint(*entries))]
            person["entries"][block.id] = rows
        else:
            _fill(form, block, person["answers"], rng, number)
    return person


def _fill(form, block, answers, rng, number):
    for question in block.questions:
        when = question.when
        if when and not set(when.codes) & set(listed(answers.get(when.question, []))):
            continue
        if question.required or rng.random() < 0.8:
            answers[question.id] = _answer(form, question, rng, number)
    return answers


def listed(answer):
    return answer if isinstance(answer, list) else [answer]


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


def expected(person):
    """Return what must be in the store: (block of repeats or "", entry, question, answer)."""
    rows = [("", 0, person["answers"])]
    rows += [
        (b, i, row) for b, entries in person["entries"].items() for i, row in enumerate(entries, 1)
    ]
    return sorted((b, i, q, a) for b, i, row in rows for q, v in row.items() for a in listed(v))


def once(form):
    return [(b, q) for b in form.blocks for q in b.questions if not b.repeat]


def kobo(form, persons, language="", many="joined", separator="/", groups=True, version=""):
    """Return {sheet: rows} of KoboToolbox; `language` "" is the setting of XML values and headers."""

    def name(block, question):
        group = wording(block.title, language) if language else block.id
        group = f"{group}{separator}" if groups and block.id != "taking_part" else ""
        return group + (wording(question.label, language) if language else question.id)

    def headings(block, question):
        if question.type != "many" or many == "joined":
            return [name(block, question)]
        choices = [f"{name(block, question)}/{c.code}" for c in form.choices_of(question)]
        return [name(block, question), *choices] if many == "both" else choices

    def cells(question, answers):
        value, choices = answers.get(question.id), form.choices_of(question)
        if question.type != "many":
            labels = {c.code: wording(c.label, language) for c in choices if language}
            return ["" if value is None else labels.get(value, value)]
        chosen = ["" if value is None else str(int(c.code in value)) for c in choices]
        joined = " ".join(value or [])
        return {"joined": [joined], "split": chosen, "both": [joined, *chosen]}[many]

    carried = ["questionnaire", "form_version", "form_id", "iso3"]
    heading = [h for b, q in once(form) for h in headings(b, q)]
    main = [["start", "end", *heading, *carried, *KOBO_COLUMNS]]
    for number, person in enumerate(persons, 1):
        answers = [cell for _, q in once(form) for cell in cells(q, person["answers"])]
        facts = [form.id, person.get("version", version or form.version)]
        facts += [person.get("form_id", ""), person.get("iso3", "ZZZ"), person["id"]]
        facts += [person["uuid"], person.get("sent", SENT), person.get("verdict", ""), "", number]
        main.append([SENT, person.get("changed", SENT), *answers, *facts])
    tables = {"main": main}
    for block in [block for block in form.blocks if block.repeat]:
        heading = [h for q in block.questions for h in headings(block, q)]
        rows = [[*heading, "_parent_index", "_submission__uuid"]]
        for number, person in enumerate(persons, 1):
            for entry in person["entries"].get(block.id, []):
                answers = [cell for q in block.questions for cell in cells(q, entry)]
                rows.append([*answers, number, person["uuid"]])
        tables[block.id] = rows
    return tables


def odk(form, persons, choices=False, groups=True):
    """Return {file name: bytes} of the CSV files of ODK Central."""

    def headings(block, question):
        group = f"{block.id}-" if groups and not block.repeat and block.id != "taking_part" else ""
        more = [c.code for c in form.choices_of(question)] if many(question) else []
        return [group + question.id, *(f"{group}{question.id}/{code}" for code in more)]

    def many(question):
        return choices and question.type == "many"

    def cells(question, answers):
        value = answers.get(question.id, "")
        more = form.choices_of(question) if many(question) else []
        return [" ".join(listed(value)) if question.type == "many" else value,
                *(str(int(c.code in value)) for c in more)]  # fmt: skip

    heading = [h for b, q in once(form) for h in headings(b, q)]
    carried = ["SubmissionDate", "questionnaire", "form_version", "form_id", "iso3"]
    state = ["meta-instanceID", "KEY", "Status", "ReviewState", "Edits", "FormVersion"]
    rows = [[*carried, *heading, *state]]
    for person in persons:
        key = f"uuid:{person['uuid']}"
        facts = [f"{person.get('sent', SENT)}.000Z", form.id, form.version]
        facts += [person.get("form_id", ""), person.get("iso3", "ZZZ")]
        answers = [cell for _, q in once(form) for cell in cells(q, person["answers"])]
        state = ["", person.get("verdict", ""), person.get("changed", "0"), form.version]
        rows.append([*facts, *answers, key, key, *state])
    files = {f"{form.id}.csv": text(rows)}
    for block in [block for block in form.blocks if block.repeat]:
        rows = [[*(h for q in block.questions for h in headings(block, q)), "PARENT_KEY", "KEY"]]
        for person in persons:
            for entry in person["entries"].get(block.id, []):
                answers = [cell for q in block.questions for cell in cells(q, entry)]
                key = f"uuid:{person['uuid']}"
                rows.append([*answers, key, f"{key}/{block.id}[{len(rows)}]"])
        files[f"{form.id}-{block.id}.csv"] = text(rows)
    return files


def limesurvey(form, persons):
    """Return the bytes of LimeSurvey's CSV; persons with `partial` were not completed."""
    places = [(b, q, entry) for b in form.blocks for entry in b.entries for q in b.questions]
    names = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
    names += ["questionnaire", "formversion", "formid", "iso3"]
    for _, question, entry in places:
        code = questionnaires.question_code(question.id, entry)
        choices = form.choices_of(question) if question.type == "many" else ()
        codes = [questionnaires.answer_code(question, choice.code) for choice in choices]
        names += [f"{code}[{choice}]" for choice in codes] or [code]
    rows = [names]
    for person in persons:
        sent = person.get("sent", SENT).replace("T", " ")
        facts = [person["id"], "" if person.get("partial") else sent, "3", "en", person["id"] * 2]
        facts += ["2026-05-01 09:00:00", person.get("changed", sent), form.id, form.version, ""]
        cells = []
        for block, question, entry in places:
            given = person["entries"].get(block.id, [])[entry - 1 : entry] or [{}]
            row = given[0] if entry else person["answers"]
            cells += _lime_cells(form, question, row.get(question.id))
        rows.append([*facts, person.get("iso3", "ZZZ"), *cells])
    return b"\xef\xbb\xbf" + text(rows, quoting=csv.QUOTE_ALL)


def _lime_cells(form, question, value):
    choices = form.choices_of(question)
    if question.type == "many":
        return ["Y" if value and choice.code in value else "" for choice in choices]
    if value is None:
        return [""]
    if question.type == "number":
        return [f"{float(value):.10f}"]
    if question.type == "date":
        return [f"{value} 00:00:00"]
    return [questionnaires.answer_code(question, value) if choices else value]


def plain(form, persons):
    """Return (rows, mapping) of a table in somebody's own words; repeats as numbered columns."""
    places = [(b, q, entry) for b in form.blocks for entry in b.entries for q in b.questions]
    columns = {}
    for number, (_, question, entry) in enumerate(places, 1):
        target = {"question": question.id, "entry": entry} if entry else question.id
        columns[f"Column {number}"] = target
    single = {
        q.id: form.choices_of(q) for _, q in form.questions() if q.choices and q.type != "many"
    }
    values = {name: {f"Word {c.code}": c.code for c in choices} for name, choices in single.items()}
    rows = [["Country", "Number", *columns]]
    for person in persons:
        cells = [person.get("iso3", "ZZZ"), person["id"]]
        for block, question, entry in places:
            given = person["entries"].get(block.id, [])[entry - 1 : entry] or [{}]
            value = (given[0] if entry else person["answers"]).get(question.id, "")
            word = f"Word {value}" if value and question.id in single else value
            cells.append("; ".join(word) if isinstance(word, list) else word)
        rows.append(cells)
    columns |= {"Country": "iso3", "Number": "identity"}
    return rows, {"questionnaire": form.id, "columns": columns, "values": values}


def filled(data, form, person, language="en", form_id="", change=None):
    """Return our Excel form as somebody fills it in: labels from the drop-downs, days as such."""
    words = questionnaires.phrases(language, data)
    content = excel_form.workbook(form, language, words, form_id, "ZZZ")
    book = openpyxl.load_workbook(io.BytesIO(content))
    _, *places = book["_map"].iter_rows(values_only=True)
    for sheet, cell, block, entry, name, code in places:
        given = person["entries"].get(block, [])[int(entry) - 1 : int(entry)] or [{}]
        value = (given[0] if int(entry) else person["answers"]).get(name)
        if value is not None and (not code or code in value):
            book[sheet][cell] = "x" if code else _typed(form, name, value, language)
    if change:
        change(book)
    return saved(book)


def _typed(form, name, value, language):
    question = form.question(name)
    labels = {choice.code: wording(choice.label, language) for choice in form.choices_of(question)}
    kinds = {"integer": int, "year": int, "number": float, "date": date.fromisoformat}
    return labels.get(value) or kinds.get(question.type, str)(value)


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
