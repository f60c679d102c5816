"""Exports of the tools that forms come back from, read into one shape: returns, and answers in long
form.

KoboToolbox (CSV, XLSX), ODK Central (CSV, zip), LimeSurvey (CSV, XLSX), plain tables with a
mapping, and our own file of refused rows. Each answer keeps the sheet, row and column it came from,
as a spreadsheet shows them.
"""

from dataclasses import replace

import pandas as pd

from cop.data import Refused
from cop.fieldwork import restricted
from cop.fieldwork.returns.files import excelreturn, mappings
from cop.fieldwork.returns.files.headings import Candidates
from cop.fieldwork.returns.files.longform import LongForm, blank_returns
from cop.fieldwork.returns.files.sheets import laid, melted, noted, ragged, unknown
from cop.fieldwork.returns.files.tools import (
    entries,
    entry_targets,
    lacking,
    recognised,
    stated_by_tool,
)
from cop.fieldwork.returns.files.workbooks import Book


def longform(book: Book, candidates: Candidates, mapping: dict | None = None) -> LongForm:
    """Give the LongForm of a Book; `candidates` are the questionnaires that may be meant.

    Raises Refused when the file is no export that is known, or is one of another questionnaire.
    """
    if excelreturn.is_form(book):
        return excelreturn.longform(book, candidates)
    if mapping:
        return mappings.longform(book, candidates, mapping)
    tables = [laid(s) for s in book.sheets if s.rows and not s.name.startswith("_")]
    source, main, children = recognised(book, tables)
    if len(main.cells) == 0:
        raise Refused(f"{book.name} has a heading row and no returns below it")
    if source == "refused":
        main = replace(main, cells=main.cells.map(restricted.unguarded))
    names = _meant(book, main, candidates)
    return _of_export(book, names, source, main, children)


def _meant(book, main, candidates):
    """Give the ColumnNames of the questionnaire that a table states, else has the headings of."""
    stated = set(noted(main).get("questionnaire", ())) - {""}
    if len(stated) > 1:
        shown = ", ".join(repr(one[:40]) for one in sorted(stated)[:3])
        raise Refused(f"{book.name} mixes questionnaires: {shown}. Split it")
    if stated:
        return candidates.named(stated.pop(), f"{book.name} answers the questionnaire")
    scores = [(names.score(main.header), names) for names in candidates.every()]
    best = max((score for score, _ in scores), default=0)
    first = [names for score, names in scores if score == best]
    if best < 2 or len(first) > 1:
        which = "no" if best < 2 else "more than one"
        raise Refused(
            f"{book.name}: its headings are those of {which} questionnaire. "
            "Say which one with --questionnaire ID"
        )
    return first[0]


def _of_export(book, names, source, main, children):
    """Give the LongForm of a main table and the tables of its repeated blocks."""
    language = names.spoken(main.header)
    returns = _returns(main, source, language)
    n = pd.Series(range(len(returns)), index=main.cells.index)
    targets = names.targets(main.header, numbered=source == "limesurvey")
    every = [targets, *(t for table in children for t in entry_targets(names, table))]
    remarks = list(lacking(book, names, source, [t for part in every for t in part], returns))
    parts, faults = [melted(main, targets, n, None, names)], []
    remarks += unknown(main, targets)
    for table in children:
        part, lost, notes, spoilt = entries(book, names, main, table, source)
        parts.append(part)
        faults += lost
        remarks += notes
        spoilt = pd.Series(spoilt, dtype=object).reindex(returns.index)
        returns["verdict"] = spoilt.fillna(returns["verdict"])
    headings = {t.question: main.header[j] for j, t in enumerate(targets) if t and not t.code}
    answers = pd.concat(parts, ignore_index=True)
    if source == "limesurvey":
        answers = _shown_only(answers, names)
    return LongForm(source, names, returns, answers, faults, remarks, language, headings)


def _shown_only(answers, names):
    """Give the answers without LimeSurvey's word for closed questions that were not shown."""
    closed = {q.id for q in names.questions.values() if q.choices}
    hidden = answers["question"].isin(closed) & (answers["value"] == "N/A")
    return answers[~hidden].reset_index(drop=True)


def _returns(main, source, language):
    """Give one row a return: where it stands, what names it, and what its tool says of it."""
    out = blank_returns(main.name, main.cells.index)
    for what, column in (noted(main) | stated_by_tool(main, source)).items():
        out[what] = column.to_numpy()
    out["verdict"] = out["row"].map(ragged(main)).fillna(out["verdict"])
    stated = out["language"].str.partition("-")[0]  # LimeSurvey says sr-Latn
    out["language"] = stated.where(stated != "", language)
    return out
