"""Exports of the tools that forms come back from, read into one shape: returns, and answers in long form.

KoboToolbox (CSV, XLSX), ODK Central (CSV, zip), LimeSurvey (CSV, XLSX), plain tables with a mapping, and our own file of
refused rows. Each answer keeps the sheet, row and column it came from, as a spreadsheet shows them.
"""

import re
from dataclasses import dataclass, field

import pandas as pd

from helpers.contract import Fault
from intake import Refused, excelreturn
from intake.headings import Target, note
from intake.readings import ANSWER, RETURN, Reading, yes_and_no
from intake.workbooks import plain

OURS = ["refused_because", "refused_from", "source", "identity", "submitted", "partial", "language"]
# What the tools add of their own; nothing of it is an answer.
SYSTEM = re.compile(
    r"_\w*|(.*[/-])?(start|end|today|username|deviceid|audit|subscriberid|simserial|phonenumber)|(_submission_)?meta[/-].*"
    r"|formhub/uuid|key|parent_key|submissiondate|instance(id|name)|submitter(id|name)|attachments(present|expected)|status"
    r"|reviewstate|deviceid|edits|formversion|isvalidated|set-of-.*|(generated_)?table_list.*"
    r"|id|response id|submitdate|date submitted|lastpage|last page|seed|startdate|date started|datestamp|date last action"
    r"|token|access code|ipaddr|ip address|refurl|referrer url|interviewtime|total time|\w*time(\d+)?",
    re.IGNORECASE,
)
REJECTED = {"validation_status_not_approved", "not approved", "rejected"}
DOUBTED = {"validation_status_on_hold", "on hold", "hasissues", "has issues"}
SEALED = {"not decrypted", "missing encrypted form data"}


@dataclass
class Table:
    """A sheet under its heading: `header` as shown, `cells` with one column a position and the spreadsheet row as index."""

    name: str
    header: list
    cells: pd.DataFrame
    at: int
    sheet: object
    places: dict = field(default_factory=dict)

    def column(self, *wanted):
        """Give the first column of these names (groups in front do not matter) as a Series of text, or None."""
        for name in wanted:
            if name in self.places:
                return self.cells[self.places[name]]
        return None


def read(book, known, mapping=None):
    """Give the Reading of a Book; `known` are the questionnaires that may be meant.

    Raises Refused when the file is no export that is known, or is one of another questionnaire.
    """
    if excelreturn.is_form(book):
        return excelreturn.read(book, known)
    if mapping:
        return _of_mapping(book, known, mapping)
    tables = [_table(sheet) for sheet in book.sheets if len(sheet.rows) and not sheet.name.startswith("_")]
    source, main, children = _recognised(book, tables)
    if len(main.cells) == 0:
        raise Refused(f"{book.name} has a heading row and no returns below it")
    names = _meant(book, main, known)
    return _tabular(book, names, source, main, children)


def is_child(book):
    """Say whether a CSV file holds entries of a repeated block and belongs to another file (ODK Central)."""
    return any("parent_key" in _table(s).places and len(book.sheets) == 1 for s in book.sheets if s.rows)


def refused_columns(header):
    """Say whether a heading is that of our own file of refused rows."""
    return "refused_because" in header and "refused_from" in header


def _table(sheet, heading=None):
    """Give a Table of a Sheet; its heading is the first row with text, or the row that a mapping names."""
    at = next((i for i, (number, _) in enumerate(sheet.rows) if heading is None or number == heading), None)
    if at is None:
        raise Refused(f"sheet {sheet.name} has no text in row {heading}, where the mapping says that the heading is")
    number, header = sheet.rows[at]
    width = max(len(r) for _, r in sheet.rows[at:])
    rows = [r if len(r) == width else r + [""] * (width - len(r)) for _, r in sheet.rows[at + 1 :]]
    cells = pd.DataFrame(rows, index=[i for i, _ in sheet.rows[at + 1 :]], columns=range(width), dtype=object)
    header = header + [""] * (width - len(header))
    places = {}
    for j, cell in enumerate(header):
        places.setdefault(plain(cell), j)
    return Table(sheet.name, header, cells, number, sheet, places)


def _recognised(book, tables):
    """Give (tool, main table, tables of repeated blocks); raises Refused naming what is known."""
    for source, mark, parent in (
        ("refused", _is_refused, ()),
        ("kobo", _is_kobo, ("_parent_index", "_submission__id", "_submission__uuid")),
        ("odk", _is_odk, ("parent_key",)),
        ("limesurvey", _is_limesurvey, ()),
    ):
        ours = [t for t in tables if mark(t)]
        mains = [t for t in ours if not any(p in t.places for p in parent)]
        if mains:
            return source, mains[0], [t for t in tables if t is not mains[0]]
        if ours:
            raise Refused(f"{book.name} holds entries of a repeated block only: give it together with its main file")
    raise Refused(
        f"{book.name} is no form of ours and no export of KoboToolbox, ODK Central or LimeSurvey that is known: "
        "their own columns (_uuid, KEY, submitdate) are missing. For a plain table, say with --mapping FILE.yml which "
        "column answers which question"
    )


def _is_refused(table):
    return refused_columns(table.header)


def _is_kobo(table):
    return (
        len({"_id", "_uuid", "_submission_time", "_index", "_parent_index", "meta/rootuuid"} & set(table.places)) >= 2
    )


def _is_odk(table):
    return "key" in table.places and bool({"submissiondate", "parent_key", "meta-instanceid"} & set(table.places))


def _is_limesurvey(table):
    bare = {re.sub(r"\..*", "", name) for name in table.places}
    return len({"submitdate", "lastpage", "startlanguage"} & bare) >= 2 or (
        len({"date submitted", "last page", "start language", "response id"} & bare) >= 3
    )


def _meant(book, main, known):
    """Give the Names of the questionnaire that a table answers: stated in it, else the one whose names its heading has."""
    stated = _noted(main).get("questionnaire")
    stated = set(stated[stated != ""]) if stated is not None else set()
    if len(stated) > 1:
        shown = ", ".join(repr(one[:40]) for one in sorted(stated)[:3])
        raise Refused(f"{book.name} mixes questionnaires: {shown}. Split it")
    if stated:
        return known.named(stated.pop(), f"{book.name} answers the questionnaire")
    scores = [(sum(t is not None for t in names.targets(main.header)), names) for names in known.every()]
    best = max((score for score, _ in scores), default=0)
    first = [names for score, names in scores if score == best]
    if best < 2 or len(first) > 1:
        raise Refused(
            f"{book.name}: its headings are those of {'no' if best < 2 else 'more than one'} questionnaire. "
            "Say which one with --questionnaire ID"
        )
    return first[0]


def _noted(table):
    """Give {what: column} of what a form carries beside its questions."""
    found = {}
    for j, cell in enumerate(table.header):
        if note(cell):
            found.setdefault(note(cell), table.cells[j])
    return found


def _tabular(book, names, source, main, children):
    returns = _returns(main, source, names)
    language = names.spoken(main.header)
    returns["language"] = returns["language"].str.partition("-")[0]  # LimeSurvey says sr-Latn
    if language:
        returns["language"] = returns["language"].where(returns["language"] != "", language)
    n = pd.Series(range(len(returns)), index=main.cells.index)
    targets = names.targets(main.header, numbered=source == "limesurvey")
    parts, faults, remarks = [_melted(main, targets, n, None, names)], [], list(_unknown(main, targets))
    for table in children:
        part, lost, said_of = _entries(book, names, main, table, source)
        parts.append(part)
        faults += lost
        remarks += said_of
    remarks += _missing_repeats(names, parts, source, book)
    headings = {t.question: main.header[j] for j, t in enumerate(targets) if t and not t.code}
    return Reading(source, names, returns, pd.concat(parts, ignore_index=True), faults, remarks, language, headings)


def _returns(main, source, names):
    """Give one row a return: where it stands, what names it, and what its tool says of it."""
    out = pd.DataFrame("", index=range(len(main.cells)), columns=RETURN, dtype=object)
    out["sheet"], out["row"], out["partial"] = main.name, main.cells.index, False
    for what, column in _noted(main).items():
        out[what] = column.to_numpy()
    for what, column in _of_tool(main, source).items():
        out[what] = column.to_numpy()
    ragged = [len(r) for _, r in main.sheet.rows if _ > main.at]
    wrong = pd.Series(ragged) != len(main.sheet.rows[0][1]) if main.sheet.rows[0][0] == main.at else None
    if wrong is not None and wrong.any():
        stated = [f"has {k} cells instead of {len(main.header)}" for k in ragged]
        out.loc[wrong, "verdict"] = pd.Series(stated)[wrong]
    return out


def _of_tool(main, source):
    """Give {field: column} of what the tool itself says: identity, time, validation."""
    if source == "refused":
        return {k: main.column(k) for k in ("identity", "submitted") if main.column(k) is not None} | {
            "origin": main.column("refused_from"),
            "tool": main.column("source"),
            "partial": main.column("partial") == "yes",
        }
    if source == "kobo":
        found = {
            "identity": _first(main, "meta/rootuuid", "_uuid", "_id"),
            "submitted": main.column("_submission_time"),
        }
        verdict = main.column("_validation_status")
    elif source == "odk":
        found = {"identity": main.column("key"), "submitted": main.column("submissiondate")}
        verdict = _first(main, "status", "reviewstate")
    else:
        return _of_limesurvey(main)
    found["identity"] = found["identity"].str.removeprefix("uuid:")
    if verdict is not None:
        found["verdict"] = verdict.map(_verdict)
    return {k: v for k, v in found.items() if v is not None}


def _of_limesurvey(main):
    """Give what LimeSurvey says; a response without `submitdate` was not completed."""
    named = {re.sub(r"\..*", "", name): j for name, j in main.places.items()}
    column = {k: main.cells[named[w]] for k, w in _LIME.items() if w in named}
    column |= {k: main.cells[named[w]] for k, w in _LIME_LONG.items() if w in named}
    found = {k: column[k] for k in ("submitted", "language") if k in column}
    if "submitted" in column:
        found["submitted"] = column["submitted"].mask(column["submitted"].str.startswith("1980-01-01"), "")
        found["partial"] = column["submitted"] == ""
    if "id" in column:
        keys = [column[k] for k in ("id", "seed", "started") if k in column]
        found["identity"] = "limesurvey " + keys[0].str.cat(keys[1:], sep=" ")
    return found


_LIME = {"id": "id", "submitted": "submitdate", "language": "startlanguage", "seed": "seed", "started": "startdate"}
_LIME_LONG = {
    "id": "response id",
    "submitted": "date submitted",
    "language": "start language",
    "started": "date started",
}


def _verdict(text):
    text = plain(text)
    if text in REJECTED:
        return "was marked as not approved in the tool that it comes from"
    if text in SEALED:
        return "is encrypted: export it again with the passphrase"
    return "?was put on hold in the tool that it comes from" if text in DOUBTED else ""


def _first(table, *wanted):
    """Give, row by row, the first of these columns that is filled; None when there is none of them."""
    columns = [c for c in (table.column(w) for w in wanted) if c is not None]
    out = columns[0].copy() if columns else None
    for column in columns[1:]:
        out = out.where(out != "", column)
    return out


def _melted(table, targets, n, entry, names):
    """Give the answers of a table in long form, one row a filled cell; `n` and `entry` are by spreadsheet row."""
    parts, split = [], {t.question for t in targets if t and t.code}
    for j, target in enumerate(targets):
        if target is None or (
            target.question in split and not target.code and names.questions[target.question].type != "many"
        ):
            continue
        cells = table.cells[j]
        cells = cells[cells != ""]
        chosen = ""
        if target.code:
            cells, chosen = _chosen(cells, target, names)
        if not len(cells):
            continue
        part = {"n": n.reindex(cells.index).to_numpy(), "entry": target.entry}
        if entry is not None:
            part["entry"] = entry.reindex(cells.index).to_numpy()
        part |= {"block": names.blocks[target.question].id, "question": target.question, "value": cells.to_numpy()}
        part |= {
            "sheet": table.name,
            "row": cells.index.to_numpy(),
            "column": table.header[j],
            "at": j + 1,
            "chosen": chosen,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)[ANSWER] if parts else pd.DataFrame(columns=ANSWER)


def _chosen(cells, target, names):
    """Give the cells of a choice's own column that say yes, and its code; what is neither yes nor no stays as it is."""
    yes, no = yes_and_no(names)
    low = cells.map({v: plain(v) for v in cells.unique()})
    cells, low = cells[~low.isin(no)], low[~low.isin(no)]
    return cells, low.isin(yes).map({True: target.code, False: ""}).to_numpy()


def _entries(book, names, main, table, source):
    """Give (answers of a repeated block, faults of rows that belong to no return, remarks)."""
    block = _block(table, names)
    if block is None:
        filled = f"sheet {table.name} holds no repeated block of the questionnaire; its {len(table.cells)} rows were left alone"
        return pd.DataFrame(columns=ANSWER), [], [filled] if len(table.cells) else []
    parent = _parents(main, table, source)
    lost = [
        Fault(
            book.name,
            row,
            "",
            "",
            "belongs to no return of this file",
            "Export again with all sheets, or correct its parent",
        )
        for row in parent.index[parent.isna()]
    ]
    parent = parent.dropna().astype(int)
    entry = parent.groupby(parent).cumcount() + 1
    kept = Table(table.name, table.header, table.cells.loc[parent.index], table.at, table.sheet, table.places)
    targets = names.targets(table.header, block)
    return _melted(kept, targets, parent, entry, names), lost, list(_unknown(kept, targets))


def _block(table, names):
    """Give the repeated block that a sheet holds: by its name, else by its headings."""
    scores = {
        b.id: (
            plain(table.name) == b.id or plain(table.name).endswith("-" + b.id),
            sum(t is not None for t in names.targets(table.header, b.id)),
        )
        for b in names.questionnaire.blocks
        if b.repeat
    }
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best][1] else None


def _parents(main, table, source):
    """Give, by spreadsheet row of a repeated block's sheet, the position of the return it belongs to (NA: none)."""
    pairs = [("parent_key", "key")] if source == "odk" else [
        ("_submission__uuid", "_uuid"), ("_submission__id", "_id"), ("_parent_index", "_index"),
    ]  # fmt: skip
    out = pd.Series(pd.NA, index=table.cells.index, dtype=object)
    for child, own in pairs:
        if table.column(child) is None or main.column(own) is None:
            continue
        keys = main.column(own)
        position = {key: i for i, key in enumerate(keys) if key}
        if len(position) == len(keys):  # a key that stands twice leads nowhere
            out = out.where(out.notna(), table.column(child).map(position))
    return out


def _unknown(table, targets):
    """Yield a remark for columns that are filled and answer no question: their text stays in the raw file only."""
    stray = []
    for j, target in enumerate(targets):
        name = table.header[j]
        if target is None and not note(name) and not SYSTEM.fullmatch(name or "-") and name not in OURS:
            filled = int((table.cells[j] != "").sum())
            if filled:
                stray.append(f"{_named(name)} ({filled})")
    if stray:
        shown = ", ".join(stray[:8]) + (f" and {len(stray) - 8} more" if len(stray) > 8 else "")
        yield f"columns of {table.name} that answer no question, kept in the raw file only (filled cells): {shown}"


def _named(heading):
    """Give a heading as it may be shown: one that could be somebody's answer is not."""
    fit = re.fullmatch(r"[^@]{1,40}", heading) and not re.search(r"\d[\d ()./-]{4,}", heading) and heading.isprintable()
    return heading if fit else f"a heading of {len(heading)} characters" if heading else "without a heading"


def _missing_repeats(names, parts, source, book):
    blocks = [b.id for b in names.questionnaire.blocks if b.repeat]
    if blocks and source in ("kobo", "odk") and len(parts) == 1 and not parts[0]["block"].isin(blocks).any():
        how = (
            "export as XLSX"
            if source == "kobo"
            else "export 'All data and attachments', or give the other CSV files too"
        )
        yield f"no entries of {', '.join(blocks)} are in this file: {how} to have them"


def _of_mapping(book, known, mapping):
    """Give the Reading of a plain table by a mapping: column => question, value => code."""
    names = known.named(mapping["questionnaire"], "the mapping names the questionnaire")
    sheet = next((s for s in book.sheets if s.name == mapping.get("sheet", s.name)), None)
    if sheet is None:
        raise Refused(f"{book.name} has no sheet {mapping['sheet']}; it has: {', '.join(s.name for s in book.sheets)}")
    table = _table(sheet, mapping.get("heading_row"))
    _check_mapping(mapping, names)
    columns = {plain(k): v for k, v in mapping["columns"].items()}
    absent = [k for k in mapping["columns"] if plain(k) not in table.places]
    if absent:
        raise Refused(f"{book.name} has no column {', '.join(map(repr, absent))}, which the mapping names")
    targets = [_mapped(columns.get(plain(cell))) for cell in table.header]
    table.cells = _translated(table, targets, mapping.get("values") or {})
    returns = _plain_returns(table, mapping)
    answers = _melted(table, targets, pd.Series(range(len(returns)), index=table.cells.index), None, names)
    stated = set(mapping.get("notes", {}).values())
    table.header = ["_" if cell in stated else cell for cell in table.header]
    return Reading("plain", names, returns, answers, [], list(_unknown(table, targets)))


def _check_mapping(mapping, names):
    """Raise Refused naming the questions of a mapping that the questionnaire does not have."""
    asked = {_mapped(w).question for w in mapping["columns"].values()} | set(mapping.get("values") or {})
    strange = sorted(str(q) for q in asked - set(names.questions))
    if strange:
        raise Refused(f"the mapping names questions that {names.questionnaire.id} does not have: {', '.join(strange)}")


def _mapped(wanted):
    """Give the Target that a mapping states as `question` or as {question, code, entry}."""
    if wanted is None:
        return None
    wanted = wanted if isinstance(wanted, dict) else {"question": str(wanted)}
    if not set(wanted) <= {"question", "code", "entry"} or not str(wanted.get("entry", 0)).isdigit():
        raise Refused("the mapping gives a column as `question id`, or as {question: id, code: choice, entry: number}")
    return Target(str(wanted.get("question", "")), str(wanted.get("code", "")), int(wanted.get("entry", 0)))


def _translated(table, targets, values):
    """Give the cells with the values that a mapping translates; others stay."""
    out = table.cells.copy()
    for j, target in enumerate(targets):
        if target and target.question in values:
            words = {plain(str(k)): str(v) for k, v in values[target.question].items()}
            out[j] = out[j].map(lambda v, words=words: words.get(plain(v), v))
    return out


def _plain_returns(table, mapping):
    out = pd.DataFrame("", index=range(len(table.cells)), columns=RETURN, dtype=object)
    out["sheet"], out["row"], out["partial"] = table.name, table.cells.index, False
    for what, column in mapping.get("notes", {}).items():
        out["identity" if what == "key" else what] = table.column(plain(column)).to_numpy()
    if "key" in mapping.get("notes", {}):
        out["identity"] = out["identity"].where(out["identity"] == "", "plain " + out["identity"])
    return out
