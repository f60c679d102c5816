"""The documented export of each tool, our Excel form, or a table with a mapping, as responses.

KoboToolbox: XLSX with XML values and headers. ODK Central: all data as a zip of CSV files.
LimeSurvey: CSV with question codes and answer codes. Other settings are refused in a sentence that
names the setting to change.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml
from openpyxl.utils import coordinate_to_tuple, get_column_letter

import cop.data
from cop.data import Fault, Refused
from cop.fieldwork import limesurvey, questionnaires
from cop.fieldwork.books import Book
from cop.fieldwork.incoming import plain
from cop.fieldwork.questionnaires import Questionnaire, wording

# One row a response: its place, what identifies it, and what its tool reports (`verdict`; one that
# begins with ? is a remark only).
RESPONSE = [
    "sheet", "row", "identity", "questionnaire", "version", "iso3", "language", "form_id",
    "submitted", "changed", "partial", "verdict",
]  # fmt: skip
# One row a filled cell: `n` is the response's position, `chosen` the code of a choice's own column.
ANSWER = ["n", "block", "entry", "question", "value", "sheet", "row", "column", "at", "chosen"]
CARRIED = {
    "questionnaire": "questionnaire", "form_version": "version", "formversion": "version",
    "form_id": "form_id", "formid": "form_id", "iso3": "iso3", "startlanguage": "language",
}  # fmt: skip
YES, NO = {"1", "1.0", "y", "yes", "true", "x", "✓"}, {"0", "0.0", "n", "no", "false", "n/a"}
TOOLS = {  # tool: columns of its own by which an export is recognised
    "kobo": {"_uuid", "_submission_time"},
    "odk": {"key", "submissiondate"},
    "limesurvey": {"submitdate", "startlanguage"},
}
PARENT = {"kobo": ("_submission__uuid", "_uuid"), "odk": ("parent_key", "key")}
OWN = re.compile(  # other columns that the tools add
    r"_.*|(.*[/-])?(start|end|today|username|deviceid|audit)|meta[/-].*|formhub/uuid|key|parent_key"
    r"|submissiondate|instance(id|name)|submitter(id|name)|attachments(present|expected)|status"
    r"|reviewstate|edits|set-of-.*|id|submitdate|lastpage|seed|startdate|datestamp|token|ipaddr"
    r"|refurl|interviewtime|\w*time(\d+)?"
)
VERDICTS = {
    "validation_status_not_approved": "was marked as not approved in the tool that it comes from",
    "validation_status_on_hold": "?was put on hold in the tool that it comes from",
    "not decrypted": "is encrypted: export it again with the passphrase",
    "missing encrypted form data": "is encrypted: export it again with the passphrase",
}
for same, verdict in {"not approved": "not_approved", "rejected": "not_approved"}.items():
    VERDICTS[same] = VERDICTS[f"validation_status_{verdict}"]
for same in ("on hold", "hasissues", "has issues"):
    VERDICTS[same] = VERDICTS["validation_status_on_hold"]
AGAIN = {  # the setting to change, by what is wrong
    "labels": "Export again with 'XML values and headers' as value and header format",
    "split": "Export again with select-many questions as a single column",
    "separator": "Export again with '/' as the group separator",
    "csv": "Export again as XLSX (CSV holds no repeated entries)",
    "kobo": "Export again as XLSX, with all questions and 'Include data from all versions'",
    "odk": "Export 'All data and attachments' as a zip, with the form's groups and all fields",
    "limesurvey": "Export again with all columns and headings as 'Question code'",
    "answers": "Export again with responses as 'Answer codes'",
}
FORMS = {
    "questionnaire": (str, "`questionnaire: id`"),
    "columns": (dict, "`columns:` with `heading: question id`"),
    "values": (dict, "`values:` with a question id, and under it `value: code`"),
    "notes": (dict, "`notes:` with `key: heading`"),
    "sheet": (str, "`sheet: name`"),
    "heading_row": (int, "`heading_row: number`"),
}


@dataclass
class Responses:
    """What was read of a file; `errors` belong to no response, `remarks` are for the person."""

    source: str
    questionnaire: Questionnaire
    responses: pd.DataFrame
    answers: pd.DataFrame
    errors: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    # Where each question of an Excel form is answered, by (entry, question).
    places: pd.DataFrame | None = None


@dataclass
class Table:
    """A sheet under its heading; `cells` by position of the column and spreadsheet row."""

    name: str
    header: list[str]
    cells: pd.DataFrame
    uneven: dict[int, str]

    def column(self, *names: str) -> pd.Series | None:
        """Return the column that is called so, row by row the first that is filled; or None."""
        first, headings = None, [plain(h) for h in self.header]
        for name in (n for n in names if n in headings):
            column = self.cells[headings.index(name)]
            first = column if first is None else first.where(first != "", column)
        return first


class Definitions:
    """The questionnaires that may be answered, each loaded once and only when a file needs it."""

    def __init__(self, data: Path, wanted: str = ""):
        """Take all of a data folder that are answered in writing, or the one that is wanted."""
        self.data, self.loaded = data, {}
        there = questionnaires.ids(data)
        if wanted and wanted not in there:
            raise Refused(f"there is no questionnaire {wanted!r}; known: {', '.join(there)}")
        self.ids = [wanted] if wanted else [i for i in there if not i.startswith("guide_")]

    def digest(self) -> str:
        """Return a hash of the definitions: with another one a file is read anew."""
        folder = cop.data.locate(self.data, questionnaires.FOLDER)
        texts = [path.read_bytes() for path in sorted(folder.rglob("*.yml"))]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()

    def load(self, name: str, where: str) -> Questionnaire:
        """Return one questionnaire; raises Refused where it is not one of those that may be."""
        if name not in self.ids:
            raise Refused(f"{where} {str(name)[:40]!r}, which is not one of: {', '.join(self.ids)}")
        if name not in self.loaded:
            self.loaded[name] = questionnaires.load(name, self.data)
        return self.loaded[name]


def read(book: Book, definitions: Definitions, mapping: dict | None = None) -> Responses:
    """Return the responses of a file; raises Refused where it is not a documented export."""
    if {"_form", "_map"} <= {sheet.name for sheet in book.sheets}:
        return _excel_form(book, definitions)
    if mapping:
        return _mapped(book, definitions, mapping)
    tables = [_table(s) for s in book.sheets if s.rows and not s.name.startswith("_")]
    tool, main = _recognise(book, tables)
    if not len(main.cells):
        raise Refused(f"{book.name} has a heading row and no responses below it")
    stated = set(_carried(main).get("questionnaire", ())) - {""}
    if len(stated) > 1:
        shown = ", ".join(repr(name[:40]) for name in sorted(stated)[:3])
        raise Refused(f"{book.name} mixes questionnaires: {shown}. Split it")
    if not stated and len(definitions.ids) > 1:
        missing = "has no column `questionnaire`. Say which one with --questionnaire ID"
        raise Refused(f"{book.name} {missing}")
    name = stated.pop() if stated else definitions.ids[0]
    form = definitions.load(name, f"{book.name} answers the questionnaire")
    return _of_export(book, form, tool, main, [t for t in tables if t is not main])


def _table(sheet, heading=None):
    numbers = [number for number, _ in sheet.rows]
    if heading is not None and heading not in numbers:
        why = "where the mapping says that the heading is"
        raise Refused(f"sheet {sheet.name} has no text in row {heading}, {why}")
    at = 0 if heading is None else numbers.index(heading)
    (_, header), *rows = sheet.rows[at:]
    uneven = {
        number: f"has {cop.data.count(len(row), 'cell')} instead of {len(header)}"
        for number, row in rows
        if len(row) != len(header)
    }
    width = max(len(header), *(len(row) for _, row in rows)) if rows else len(header)
    filled = [row + [""] * (width - len(row)) for _, row in rows]
    cells = pd.DataFrame(filled, numbers[at + 1 :], range(width), dtype=object)
    return Table(sheet.name, header + [""] * (width - len(header)), cells, uneven)


def _recognise(book, tables):
    """Return (tool, main table); Refused where no documented export is recognised."""
    for tool, own in TOOLS.items():
        link = PARENT.get(tool, ("",))[0]
        ours = [(t, {plain(h) for h in t.header}) for t in tables]
        mains = [t for t, names in ours if own <= names and link not in names]
        if mains:
            return tool, mains[0]
        if any(link and link in names for _, names in ours):
            fix = "import it together with its main file"
            raise Refused(f"{book.name} holds entries of a repeated block only: {fix}")
    first = {plain(h).partition(".")[0] for t in tables for h in t.header}
    if {"date submitted", "start language"} & first or TOOLS["limesurvey"] <= first:
        raise Refused(f"{book.name} has texts as headings. {AGAIN['limesurvey']}")
    raise Refused(
        f"{book.name} is no form of ours and no export of KoboToolbox, ODK Central or LimeSurvey "
        "that is known: their own columns (_uuid, KEY, submitdate) are missing. For a plain table, "
        "say with --mapping FILE.yml which column answers which question"
    )


def _carried(table):
    """Return {field: column} of what a form carries beside its questions."""
    names = {}
    for name in table.header:
        last = re.split("[/-]", plain(name))[-1]
        if last in CARRIED:
            names.setdefault(CARRIED[last], table.column(plain(name)))
    return names


def _of_export(book, form, tool, main, others):
    responses = _responses(main, tool)
    answers, found, out = [], set(), Responses(tool, form, responses, None)
    n = pd.Series(range(len(responses)), main.cells.index)
    unread = []
    for table in [main, *others]:
        targets = _targets(form, table, tool, main)
        found |= {t for t in targets if t}
        if table is not main and not any(targets):
            unread.append(table)
            continue
        rows, entry = n, None
        if table is not main:
            rows = _parents(book, table, main, tool, out.errors)
            entry = rows.groupby(rows).cumcount() + 1
            for row, flaw in table.uneven.items():
                if row in rows.index:
                    responses.loc[rows[row], "verdict"] = f"{flaw} in row {row} of {table.name}"
        answers.append(_melt(form, table, targets, rows, entry))
        out.remarks += _unknown(table, targets)
    for table in unread:
        left = f"{len(table.cells)} rows were left alone"
        out.remarks.append(f"sheet {table.name} holds no repeated block; {left}")
    _refuse_incomplete(book, out, tool, main, found, any(len(t.cells) for t in unread))
    out.answers = pd.concat(answers, ignore_index=True)
    _refuse_labels(book, out)
    return out


def _responses(main, tool):
    """Return one row a response: its place, what identifies it, and what its tool reports."""
    out = pd.DataFrame("", range(len(main.cells)), RESPONSE, dtype=object)
    out["sheet"], out["row"], out["partial"] = main.name, main.cells.index, False
    columns = _carried(main)
    if tool == "kobo":  # the first id stays when a submission is edited
        columns["identity"] = main.column("meta/rootuuid", "_uuid").str.removeprefix("uuid:")
        columns |= {"submitted": main.column("_submission_time"), "changed": main.column("end")}
        columns["verdict"] = main.column("_validation_status")
    elif tool == "odk":
        columns["identity"] = main.column("key").str.removeprefix("uuid:")
        columns |= {"submitted": main.column("submissiondate"), "changed": main.column("edits")}
        columns["verdict"] = main.column("status", "reviewstate")
    else:
        columns |= _of_limesurvey(main)
    for name, column in columns.items():
        if column is not None:
            out[name] = column.to_numpy()
    out["verdict"] = out["verdict"].map(lambda text: VERDICTS.get(plain(text), ""))
    out["verdict"] = out["row"].map(main.uneven).fillna(out["verdict"])
    out["language"] = out["language"].str.partition("-")[0]  # LimeSurvey writes sr-Latn
    return out


def _of_limesurvey(main):
    """Return what LimeSurvey reports; a response without `submitdate` was not completed."""
    submitted, changed = main.column("submitdate"), main.column("datestamp")
    keys = [c for c in map(main.column, ("id", "seed", "startdate")) if c is not None]
    last = submitted if changed is None else changed
    # 1980 stands where the survey keeps no time.
    unknown = (submitted == "") | submitted.str.startswith("1980-01-01")
    sent = submitted.mask(unknown, last.mask(last.str.startswith("1980"), ""))
    fields = {"partial": submitted == "", "submitted": sent, "changed": changed}
    if main.column("id") is not None:
        fields["identity"] = "limesurvey " + keys[0].str.cat(keys[1:], sep=" ")
    return fields


def _targets(form, table, tool, main):
    """Return (question, entry, choice) of each column, None where it answers no question."""
    if tool == "limesurvey":
        names = {plain(name): target for name, target in _limesurvey_names(form)}
        return [names.get(plain(heading)) for heading in table.header]
    blocks = {q.id: b for b, q in form.questions()}
    within = [b for q, b in blocks.items() if any(_last(h, tool) == q for h in table.header)]
    repeated = {b.id: within.count(b) for b in within if b.repeat}
    wanted = "" if table is main else max(repeated, key=repeated.get, default=None)
    targets = []
    for heading in table.header:
        block = blocks.get(_last(heading, tool))
        fits = block and (block.id if block.repeat else "") == wanted
        targets.append((_last(heading, tool), 0, "") if fits else None)
    return targets


def _last(heading, tool):
    """Return the question's id of a heading: what follows its groups, not a choice's column."""
    return plain(heading).rpartition("/" if tool == "kobo" else "-")[2]


def _limesurvey_names(form):
    for block, question in form.questions():
        for entry in block.entries:
            name = limesurvey.question_code(question.id, entry)
            if question.type != "many":
                yield name, (question.id, entry, "")
                continue
            for choice in form.choices_of(question):
                code = limesurvey.answer_code(question.choices, choice.code)
                yield f"{name}[{code}]", (question.id, entry, choice.code)


def _parents(book, table, main, tool, errors):
    """Return the position of the response of each entry; others become errors."""
    child, own = PARENT.get(tool, ("", ""))
    keys, links = main.column(own), table.column(child)
    if keys is None or links is None:
        raise Refused(f"{book.name}: sheet {table.name} has no column {child}. {AGAIN[tool]}")
    position = {key: i for i, key in enumerate(keys) if key and (keys == key).sum() == 1}
    parents = links.map(position)
    fix = "Export again with all sheets, or correct the id of its parent"
    for row in parents.index[parents.isna()]:
        errors.append(Fault(book.name, row, "", "", "belongs to no response of this file", fix))
    return parents.dropna().astype(int)


def _melt(form, table, targets, n, entry):
    """Return the answers of a table in long form; `n` and `entry` are by spreadsheet row."""
    blocks, parts = {q.id: b.id for b, q in form.questions()}, []
    yes, no = _yes_and_no(form)
    for j, target in enumerate(targets):
        if target is None:
            continue
        cells = table.cells.loc[n.index, j]
        cells = cells[cells != ""]
        question, number, choice = target
        chosen = ""
        if choice:
            low = cells.map({v: plain(v) for v in cells.unique()})
            cells = cells[~low.isin(no)]
            chosen = low[~low.isin(no)].isin(yes).map({True: choice, False: ""}).to_numpy()
        rows = cells.index
        part = {
            "n": n.reindex(rows).to_numpy(), "block": blocks[question],
            "entry": number if entry is None else entry.reindex(rows).to_numpy(),
            "question": question, "value": cells.to_numpy(), "sheet": table.name,
            "row": rows.to_numpy(), "column": table.header[j], "at": j + 1, "chosen": chosen,
        }  # fmt: skip
        parts += [pd.DataFrame(part)] if len(cells) else []
    return pd.concat(parts, ignore_index=True)[ANSWER] if parts else pd.DataFrame(columns=ANSWER)


def _yes_and_no(form):
    """Return (words for yes, words for no) in a choice's own column, in every language."""
    words = {
        choice.code: {plain(wording(choice.label, language)) for language in form.languages}
        for choice in form.choices.get("yes_no", ())
    }
    return YES | words.get("yes", set()), NO | words.get("no", set())


def _unknown(table, targets):
    """Return a remark on filled columns that answer no question."""
    many = {h for h, target in zip(table.header, targets, strict=True) if target}
    stray = []
    for name, target, j in zip(table.header, targets, table.cells, strict=True):
        known = target or OWN.fullmatch(plain(name)) or name.rpartition("/")[0] in many
        filled = int((table.cells[j] != "").sum())
        if not known and re.split("[/-]", plain(name))[-1] not in CARRIED and filled:
            stray.append(f"{_shown(name)} ({filled})")
    if not stray:
        return []
    shown = ", ".join(stray[:8]) + (f" and {len(stray) - 8} more" if len(stray) > 8 else "")
    where = f"columns of {table.name} that answer no question, kept in the raw file only"
    return [f"{where} (filled cells): {shown}"]


def _shown(heading):
    """Return a heading as it may be shown: one that could be somebody's answer is not."""
    if not heading:
        return "without a heading"
    short = re.fullmatch(r"[^@]{1,40}", heading) and heading.isprintable()
    if short and not re.search(r"\d[\d ()./-]{4,}", heading):
        return heading
    return f"a heading of {len(heading)} characters"


def _refuse_incomplete(book, out, tool, main, found, unread):
    """Refuse an export that lacks a question's column: that is no question without answers."""
    if book.kind == "json":  # the server sends only what was answered
        return
    absent, form = [], out.questionnaire
    asked = {question for question, _, _ in found}
    for block, question in form.questions():
        unfilled = block.repeat and not asked & {q.id for q in block.questions}
        # KoboToolbox makes no sheet for a repeated block that nobody filled in.
        if unfilled and tool == "kobo" and book.kind == "workbook" and not unread:
            continue
        if tool != "limesurvey":
            absent += [(block, question, question.id)] * (question.id not in asked)
            continue
        codes = [c.code for c in form.choices_of(question)] if question.type == "many" else [""]
        lost = {c for e in block.entries for c in codes if (question.id, e, c) not in found}
        absent += [(block, question, f"{question.id} ({c})" if c else question.id) for c in lost]
    if not absent:
        return
    names = sorted({name for *_, name in absent})
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    if set(out.responses["version"]) <= set(form.earlier):
        why = "which an earlier version of the form may not have asked"
        out.remarks.append(f"no column for {shown}, {why}")
        return
    setting = AGAIN[_setting(form, book, tool, main, absent)]
    raise Refused(f"{book.name} has no column for {shown}. {setting}")


def _setting(form, book, tool, main, absent):
    """Return which setting of an export explains that questions have no column."""
    if tool != "kobo":
        return tool
    ids = {q.id for _, q in form.questions()}
    headings = [plain(h) for h in main.header if _last(h, tool) not in ids]
    labels = {plain(wording(q.label, code)) for _, q, _ in absent for code in form.languages}
    if any(h == label or h.endswith(f"/{label}") for h in headings for label in labels):
        return "labels"
    if book.kind == "csv" and all(block.repeat for block, *_ in absent):
        return "csv"
    if any(h.startswith(b.id) and h.endswith(q.id) for h in headings for b, q, _ in absent):
        return "separator"
    return "split" if any(f"{q.id}/" in h for h in headings for _, q, _ in absent) else "kobo"


def _refuse_labels(book, out):
    """Refuse an export with labels as answers; which code a label stands for may be unclear."""
    form, again = out.questionnaire, AGAIN["answers" if out.source == "limesurvey" else "labels"]
    for question in (q for _, q in form.questions() if q.choices):
        choices = form.choices_of(question)
        labels = {plain(wording(c.label, lang)) for c in choices for lang in form.languages}
        values = set(out.answers["value"][out.answers["question"] == question.id])
        if question.type == "many" and out.source == "limesurvey":
            labels = {plain(word) for word in _yes_and_no(form)[0]} - {"y", "1", "x"}
        codes = {c.code for c in choices}
        if any(value not in codes and plain(value) in labels for value in values):
            raise Refused(f"{book.name} has labels as answers to {question.id}. {again}")


def _excel_form(book, definitions):
    """Return the one response of our Excel form; raises Refused where its maps were changed."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    stated = {row[0]: row[1] if len(row) > 1 else "" for _, row in sheets["_form"].rows}
    where = f"{book.name} is a form of the questionnaire"
    form = definitions.load(stated.get("questionnaire", ""), where)
    cells = _form_cells(book, sheets, form)
    lines = {name: dict(sheets[name].rows) for name in set(cells["sheet"])}
    rows = [
        lines[sheet].get(row, []) for sheet, row in zip(cells["sheet"], cells["row"], strict=True)
    ]
    values = [
        row[at - 1] if at <= len(row) else "" for row, at in zip(rows, cells["at"], strict=True)
    ]
    answers = cells.assign(n=0, value=values)
    no = answers["value"].map(plain).isin(_yes_and_no(form)[1])
    answers = answers[(answers["value"] != "") & ((answers["chosen"] == "") | ~no)]
    if not len(answers):
        raise Refused(f"{book.name} is a form without a single answer")
    response = pd.DataFrame("", [0], RESPONSE, dtype=object)
    for key in ("questionnaire", "version", "iso3", "form_id", "language"):
        response[key] = stated.get(key, "")
    response["sheet"], response["row"] = cells["sheet"].iloc[0], cells["row"].iloc[0]
    response["partial"], response["submitted"] = False, book.saved
    places = cells.drop_duplicates(["entry", "question"]).set_index(["entry", "question"])
    answers = answers[ANSWER].reset_index(drop=True)
    places = places[["sheet", "row", "column"]]
    return Responses("excel", form, response, answers, places=places)


def _form_cells(book, sheets, form):
    """Return the input cells with their places, by the hidden sheet _map."""
    (_, header), *rows = sheets["_map"].rows
    frame = pd.DataFrame([r for _, r in rows], columns=header, dtype=object)
    try:
        cells = [coordinate_to_tuple(cell) for cell in frame["cell"]]
        columns = ["sheet", "entry", "question", "choice"]
        frame = (
            frame[columns]
            .rename(columns={"choice": "chosen"})
            .assign(
                row=[r for r, _ in cells],
                at=[c for _, c in cells],
                entry=frame["entry"].astype(int),
            )
        )
        if frame["row"].min() < 1:
            raise ValueError("a row below 1")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        fix = "Copy the answers into a new form"
        raise Refused(f"{book.name}: its hidden sheet _map was changed. {fix}") from error
    blocks = {q.id: b.id for b, q in form.questions()}
    strange = sorted(set(frame["question"]) - set(blocks))
    if strange or not len(frame):
        which = ", ".join(strange[:3]) or "nothing"
        raise Refused(f"{book.name} asks what the questionnaire does not know: {which}")
    if absent := sorted(set(frame["sheet"]) - set(sheets)):
        fix = "Restore the sheet's name"
        raise Refused(f"{book.name} has no sheet {absent[0]!r} any more. {fix}")
    column = frame["at"].map(get_column_letter)
    return frame.assign(column=column, block=frame["question"].map(blocks))


def read_mapping(path: Path) -> dict:
    """Read a mapping file, all its names as text; raises Refused where it is not one."""
    name = Path(path).name
    try:
        mapping = _as_text(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise Refused(f"the mapping {name} cannot be read: {reason}") from error
    stated = mapping if isinstance(mapping, dict) else {}
    stated = {key: value for key, value in stated.items() if value not in (None, "")}
    needed = {"questionnaire", "columns"} | set(stated)
    wrong = [how for key, (kind, how) in FORMS.items()
             if key in needed and not isinstance(stated.get(key), kind)]  # fmt: skip
    values = stated.get("values")
    if isinstance(values, dict) and not all(isinstance(v, dict) for v in values.values()):
        wrong.append(FORMS["values"][1])
    if wrong:
        raise Refused(f"the mapping {name} needs {' and '.join(dict.fromkeys(wrong))}")
    return stated


def _as_text(stated):
    if not isinstance(stated, dict):
        return stated
    return {"" if key is None else str(key): _as_text(value) for key, value in stated.items()}


def _mapped(book, definitions, mapping):
    """Return the responses of a plain table: column => question, value => code."""
    name = mapping["questionnaire"]
    form = definitions.load(name, "the mapping names the questionnaire")
    sheet = next((s for s in book.sheets if s.name == mapping.get("sheet", s.name)), None)
    if sheet is None:
        there = ", ".join(s.name for s in book.sheets)
        raise Refused(f"{book.name} has no sheet {mapping['sheet']}; it has: {there}")
    table = _table(sheet, mapping.get("heading_row"))
    wanted = {plain(column): _stated_target(s) for column, s in mapping["columns"].items()}
    _check_questions(form, [t[0] for t in wanted.values()] + list(mapping.get("values", {})))
    absent = [c for c in mapping["columns"] if table.column(plain(c)) is None]
    if absent:
        which = ", ".join(map(repr, absent))
        raise Refused(f"{book.name} has no column {which}, which the mapping names")
    targets = [wanted.get(plain(heading)) for heading in table.header]
    for j, target in enumerate(targets):
        if target and target[0] in mapping.get("values", {}):
            codes = {plain(str(k)): str(v) for k, v in mapping["values"][target[0]].items()}
            table.cells[j] = [codes.get(plain(v), v) for v in table.cells[j]]
    responses = pd.DataFrame("", range(len(table.cells)), RESPONSE, dtype=object)
    responses["sheet"], responses["row"], responses["partial"] = (
        table.name,
        table.cells.index,
        False,
    )
    for what, heading in mapping.get("notes", {}).items():
        column = table.column(plain(str(heading)))
        if column is None:
            raise Refused(f"{book.name} has no column {heading!r}, which the mapping names")
        responses["identity" if what == "key" else what] = column.to_numpy()
    if "key" in mapping.get("notes", {}):
        key = responses["identity"]
        responses["identity"] = key.where(key == "", "plain " + key)
    n = pd.Series(range(len(responses)), table.cells.index)
    answers = _melt(form, table, targets, n, None)
    noted = set(mapping.get("notes", {}).values())
    table.header = ["_" if heading in noted else heading for heading in table.header]
    return Responses("plain", form, responses, answers, remarks=_unknown(table, targets))


def _stated_target(stated):
    """Return (question, entry, choice) that a mapping gives as `question` or in full."""
    stated = stated if isinstance(stated, dict) else {"question": str(stated)}
    entry = str(stated.get("entry", 0))
    if not set(stated) <= {"question", "code", "entry"} or not entry.isdigit():
        raise Refused(
            "the mapping gives a column as `question id`, or as "
            "{question: id, code: choice, entry: number}"
        )
    return str(stated.get("question", "")), int(entry), str(stated.get("code", ""))


def _check_questions(form, names: Iterable[str]):
    strange = sorted({str(n) for n in names} - {q.id for _, q in form.questions()})
    if strange:
        which = ", ".join(strange)
        raise Refused(f"the mapping names questions that {form.id} does not have: {which}")
