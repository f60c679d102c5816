"""Makes returns of invented people and writes them as each tool exports them, by its documented
format.

KoboToolbox: `;` between cells, XML values or labels, groups in front or not, select-multiple joined
(by a space), split (`question/choice`, 1 or 0) or both, repeats as further sheets with _index and
_parent_index, system columns at the end. ODK Central: a zip of CSV files, groups with `-`, KEY and
PARENT_KEY, split choices with `/`. LimeSurvey: codes or full texts as headings, codes or labels as
answers, `code[sub]` for multiple choice, submitdate empty for responses that were not completed.
"""

import csv
import io
import random
import uuid
import zipfile

from openpyxl import Workbook

from cop.fieldwork import limesurvey
from cop.fieldwork.questionnaires import wording

SYSTEM = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index"]  # fmt: skip
FLAT = {"visit": "call"}  # the same questionnaire without repeated blocks
SENT = "2026-05-01T10:00:00"
WORDS = [
    "Agency",
    "центр",
    "shkollë",
    "кућа",
    "ხელი",
    "Ministria",
    "дім",
    "أمان",
    "🙂",
    "child",
    "мережа",
    "line\nbreak",
]


def people(questionnaire, count, seed=1, entries=(0, 3)):
    """Return invented returns: {uuid, id, answers: {question: text or list}, entries: {block:
    [{question: ...}]}}.
    """
    chance = random.Random(seed)
    return [_person(questionnaire, i, chance, entries) for i in range(1, count + 1)]


def _person(questionnaire, number, chance, entries):
    made = {
        "uuid": str(uuid.UUID(int=chance.getrandbits(128))),
        "id": 1000 + number,
        "answers": {},
        "entries": {},
    }
    for block in questionnaire.blocks:
        if block.repeat:
            times = chance.randint(*entries)
            made["entries"][block.id] = [
                _filled(questionnaire, block, {}, chance, number) for _ in range(times)
            ]
        else:
            _filled(questionnaire, block, made["answers"], chance, number)
    return made


def _filled(questionnaire, block, out, chance, number):
    for question in block.questions:
        if question.when and not set(question.when.codes) & set(
            _listed(out.get(question.when.question, []))
        ):
            continue
        if question.required or chance.random() < 0.8:
            out[question.id] = _answer(questionnaire, question, chance, number)
    return out


def _listed(answer):
    return answer if isinstance(answer, list) else [answer]


def _answer(questionnaire, question, chance, number):
    codes = [c.code for c in questionnaire.choices.get(question.choices, ()) if not c.alone]
    made = {
        "integer": str(chance.randint(0, 500)),
        "number": f"{chance.randint(0, 40) / 2:g}",
        "year": str(chance.randint(1990, 2024)),
        "date": f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "url": "https://example.org/a",
        "email": f"a{number}@example.org",
        "phone": "+999 1 234 567",
    }
    if question.id == "consent":
        return "yes"
    if question.type == "many":
        return [c for c in codes if chance.random() < 0.4] or [chance.choice(codes)]
    if codes:
        return chance.choice(codes)
    text = " ".join(chance.choices(WORDS, k=3))
    return made.get(question.type, f"{text} {number}" if question.id == "organisation" else text)


def expected(person):
    """Return the set of (block of repeats or "", entry, question, answer) that must be in the
    store.
    """
    out = {("", 0, q, a) for q, v in person["answers"].items() for a in _listed(v)}
    for block, rows in person["entries"].items():
        out |= {
            (block, i, q, a)
            for i, row in enumerate(rows, 1)
            for q, v in row.items()
            for a in _listed(v)
        }
    return out


class Kobo:
    """How a KoboToolbox export was asked for."""

    def __init__(
        self, questionnaire, language="", many="both", groups=True, version=None, separator="/"
    ):
        """`language` "" gives XML values and headers; `many` is both, split or joined."""
        self.form, self.language, self.many, self.groups = questionnaire, language, many, groups
        self.separator = separator
        self.version = version or (lambda person: questionnaire.version)

    def csv(self, persons):
        """Return the bytes of a CSV export of the questionnaire without its repeated blocks."""
        return text(self.table(persons), ";", quoting=csv.QUOTE_ALL)

    def table(self, persons):
        """Return the rows of the same."""
        return self._main(persons, FLAT.get(self.form.id, self.form.id))

    def xlsx(self, persons, title="Zedland form"):
        """Return the bytes of an XLSX export: the main table, and a sheet for each repeated block."""
        tables = {title[:31]: self._main(persons)}
        for block in [b for b in self.form.blocks if b.repeat]:
            tables[block.id] = self._entries(block, persons, title)
        return workbook(tables)

    def _main(self, persons, questionnaire=""):
        blocks = [b for b in self.form.blocks if not b.repeat]
        header = ["start", "end"] + [
            h for b in blocks for q in b.questions for h in self._heads(b, q)
        ]
        carried = ["questionnaire", "form_version", "form_id", "iso3"]
        rows = [header + carried + SYSTEM]
        for i, person in enumerate(persons, 1):
            cells = [
                c for b in blocks for q in b.questions for c in self._cells(q, person["answers"])
            ]
            stated = [
                questionnaire or self.form.id,
                self.version(person),
                person.get("form_id", ""),
                person.get("iso3", "ZZZ"),
            ]
            own = [str(person["id"]), person["uuid"], person.get("sent", SENT), person.get("verdict", ""), "", "submitted_via_web", "", "vKobo1", "", str(i)]  # fmt: skip
            began = "2026-05-01T09:00:00.000+02:00"
            rows.append([began, person.get("end", began)] + cells + stated + own)
        return rows

    def _entries(self, block, persons, title):
        header = [h for q in block.questions for h in self._heads(block, q)]
        system = ["_index", "_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid", "_submission__submission_time"]  # fmt: skip
        rows, index = [header + system], 0
        for i, person in enumerate(persons, 1):
            for entry in person["entries"].get(block.id, []):
                index += 1
                cells = [c for q in block.questions for c in self._cells(q, entry)]
                rows.append(
                    cells + [index, title, i, person["id"], person["uuid"], "2026-05-01T10:00:00"]
                )
        return rows

    def _heads(self, block, question):
        group = (
            f"{wording(block.title, self.language) if self.language else block.id}{self.separator}"
            if self.groups and block.id != "taking_part"
            else ""
        )
        name = group + (wording(question.label, self.language) if self.language else question.id)
        listed = self.form.choices.get(question.choices, ()) if question.type == "many" else ()
        split = [
            f"{name}{self.separator}{wording(c.label, self.language) if self.language else c.code}"
            for c in listed
        ]
        return ([name] if not split or self.many != "split" else []) + (
            split if self.many != "joined" else []
        )

    def _cells(self, question, answers):
        given = answers.get(question.id)
        listed = self.form.choices.get(question.choices, ())
        word = {
            c.code: wording(c.label, self.language) if self.language else c.code for c in listed
        }
        if question.type != "many":
            return ["" if given is None else word.get(given, given)]
        joined = " ".join(word[c] for c in given) if given else ""
        split = ["" if given is None else str(int(c.code in given)) for c in listed]
        return ([joined] if self.many != "split" else []) + (split if self.many != "joined" else [])


def odk(questionnaire, persons, split=False, groups=True):
    """Return {file name: bytes} of the CSV files of an ODK Central export."""
    form, files = questionnaire, {}
    blocks = [b for b in form.blocks if not b.repeat]

    def heads(block, question):
        name = f"{block.id}-{question.id}" if groups and block.id != "taking_part" else question.id
        listed = form.choices.get(question.choices, ()) if question.type == "many" and split else ()
        return [name] + [f"{name}/{c.code}" for c in listed]

    def cells(question, answers):
        given = answers.get(question.id)
        listed = form.choices.get(question.choices, ()) if question.type == "many" and split else ()
        return [" ".join(_listed(given)) if given else ""] + [
            "" if given is None else str(int(c.code in given)) for c in listed
        ]

    header = [h for b in blocks for q in b.questions for h in heads(b, q)]
    own = ["meta-instanceID", "meta-instanceName", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    rows = [["SubmissionDate", "questionnaire", "form_version", "form_id", "iso3", *header, *own]]
    for p in persons:
        stated = [
            f"{p.get('sent', SENT)}.000Z",
            form.id,
            form.version,
            p.get("form_id", ""),
            p.get("iso3", "ZZZ"),
        ]
        key = f"uuid:{p['uuid']}"
        tail = [
            key,
            "",
            key,
            "5",
            "App user",
            "0",
            "0",
            "",
            p.get("verdict", ""),
            "collect:x",
            p.get("edits", "0"),
            form.version,
        ]
        rows.append(
            stated + [c for b in blocks for q in b.questions for c in cells(q, p["answers"])] + tail
        )
    files[f"{form.id}.csv"] = text(rows)
    for block in [b for b in form.blocks if b.repeat]:
        rows = [[h for q in block.questions for h in heads(block, q)][:] + ["PARENT_KEY", "KEY"]]
        rows[0] = [h.removeprefix(f"{block.id}-") for h in rows[0]]
        for p in persons:
            for i, entry in enumerate(p["entries"].get(block.id, []), 1):
                key = f"uuid:{p['uuid']}"
                rows.append(
                    [c for q in block.questions for c in cells(q, entry)]
                    + [key, f"{key}/{block.id}[{i}]"]
                )
        files[f"{form.id}-{block.id}.csv"] = text(rows)
    return files


def packed(files):
    """Return a zip of {name: bytes}, as ODK Central sends it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def lime(questionnaire, persons, headings="code", answers="code", language="en"):
    """Return the bytes of a LimeSurvey CSV export; persons with `partial` were not completed.

    `headings` are code, full (question text), both (code and text) or abbreviated (to 10 letters).
    """
    form = questionnaire
    names = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
    full = [
        "Response ID",
        "Date submitted",
        "Last page",
        "Start language",
        "Seed",
        "Date started",
        "Date last action",
    ]
    columns = [
        (b, q, e)
        for b in form.blocks
        for e in (range(1, b.most + 1) if b.repeat else [0])
        for q in b.questions
    ]
    carried = ["questionnaire", "formversion", "formid", "iso3"]
    header = [h for b, q, e in columns for h in _lime_heads(form, q, e, headings, language)]
    rows = [
        (
            names
            if headings == "code"
            else full
            if headings != "both"
            else [f"{n}. {f}" for n, f in zip(names, full, strict=True)]
        )
        + carried
        + header
        + ["interviewtime", "groupTime12"]
    ]
    for p in persons:
        sent = p.get("sent", SENT).replace("T", " ")
        done = "" if p.get("partial") else sent
        own = [
            str(p["id"]),
            done,
            "3",
            language,
            str(p["id"] * 7919),
            "2026-05-01 09:00:00",
            p.get("changed", sent),
        ]
        cells = []
        for b, q, e in columns:
            entry = (p["entries"].get(b.id, [])[e - 1 : e] or [{}])[0] if e else p["answers"]
            cells += _lime_cells(form, q, entry, answers, language)
        rows.append(
            own + [form.id, form.version, "", p.get("iso3", "ZZZ")] + cells + ["81.2", "10.1"]
        )
    return b"\xef\xbb\xbf" + text(rows, quoting=csv.QUOTE_ALL)


def _lime_heads(form, question, entry, headings, language):
    code = limesurvey.question_code(question.id, *([entry] if entry else []))
    label = wording(question.label, language)
    name = code if headings == "code" else label[:10] if headings == "abbreviated" else label
    if question.type != "many":
        return [f"{code}. {label}" if headings == "both" else name]
    listed = form.choices[question.choices]
    codes = [limesurvey.answer_code(question.choices, c.code) for c in listed]
    words = codes if headings == "code" else [wording(c.label, language) for c in listed]
    if headings == "both":
        return [f"{code}[{c}]. {label} [{w}]" for c, w in zip(codes, words, strict=True)]
    return [f"{name}[{w}]" if headings == "code" else f"{name} [{w}]" for w in words]


def _lime_cells(form, question, answers, kind, language):
    given, listed = answers.get(question.id), form.choices.get(question.choices, ())
    if question.type == "many":
        yes, no = ("Y", "") if kind == "code" else ("Yes", "No")
        return ["" if given is None else yes if c.code in given else no for c in listed]
    if given is None:
        return ["N/A" if question.type == "yes_no" and kind != "code" else ""]
    if question.type == "number":
        return [f"{float(given):.10f}"]
    if question.type == "date":
        return [f"{given} 00:00:00"]
    if question.type == "yes_no":
        return [
            {"yes": "Y", "no": "N"}[given] if kind == "code" else {"yes": "Yes", "no": "No"}[given]
        ]
    label = {c.code: wording(c.label, language) for c in listed}
    code = limesurvey.answer_code(question.choices, given) if listed else given
    return [label.get(given, given) if kind != "code" else code]


def plain(questionnaire, persons):
    """Return (rows, mapping) of a plain table in somebody's own words; repeats as numbered
    columns.
    """
    form, columns, header = questionnaire, {}, ["Country", "Number"]
    places = [
        (b, q, e)
        for b in form.blocks
        for e in (range(1, 4) if b.repeat else [0])
        for q in b.questions
    ]
    for i, (_, q, e) in enumerate(places, 1):
        header.append(f"Column {i}")
        columns[f"Column {i}"] = {"question": q.id, "entry": e} if e else q.id
    values = {q.id: {f"Word {c.code}": c.code for c in form.choices[q.choices]} for _, q in form.questions() if q.choices and q.type != "many"}  # fmt: skip
    rows = [header]
    for p in persons:
        cells = ["ZZZ", str(p["id"])]
        for b, q, e in places:
            given = ((p["entries"].get(b.id, [])[e - 1 : e] or [{}])[0] if e else p["answers"]).get(
                q.id
            )
            coded = f"Word {given}" if q.id in values and given is not None else given
            cells.append(
                "" if given is None else "; ".join(given) if isinstance(given, list) else coded
            )
        rows.append(cells)
    mapping = {"questionnaire": form.id, "columns": columns, "values": values}
    return rows, mapping | {"notes": {"iso3": "Country", "key": "Number"}}


def text(rows, separator=",", **how):
    """Return rows as the bytes of a CSV file in UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, **how).writerows(rows)
    return out.getvalue().encode()


def workbook(tables):
    """Return {sheet: rows} as the bytes of a workbook; text that begins with = stays text."""
    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
