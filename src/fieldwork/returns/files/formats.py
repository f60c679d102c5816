"""Exports of the tools that forms come back from, read into one shape: returns, and answers in long form.

KoboToolbox (CSV, XLSX), ODK Central (CSV, zip), LimeSurvey (CSV, XLSX), plain tables with a mapping, and our own file of
refused rows. Each answer keeps the sheet, row and column it came from, as a spreadsheet shows them.
"""

from dataclasses import replace

import pandas as pd

from contract import Refused
from fieldwork import restricted
from fieldwork.returns.files import excelreturn, mappings
from fieldwork.returns.files.longform import RETURN, LongForm
from fieldwork.returns.files.sheets import laid, melted, noted, ragged, unknown
from fieldwork.returns.files.tools import entries, missing_repeats, recognised, said_by_tool


def read(book, known, mapping=None):
    """Give the LongForm of a Book; `known` are the questionnaires that may be meant.

    Raises Refused when the file is no export that is known, or is one of another questionnaire.
    """
    if excelreturn.is_form(book):
        return excelreturn.read(book, known)
    if mapping:
        return mappings.read(book, known, mapping)
    tables = [
        laid(sheet) for sheet in book.sheets if len(sheet.rows) and not sheet.name.startswith("_")
    ]
    source, main, children = recognised(book, tables)
    if len(main.cells) == 0:
        raise Refused(f"{book.name} has a heading row and no returns below it")
    if source == "refused":
        main = replace(main, cells=main.cells.map(restricted.unguarded))
    names = _meant(book, main, known)
    return _tabular(book, names, source, main, children)


def _meant(book, main, known):
    """Give the ColumnNames of the questionnaire that a table answers: stated in it, else the one whose names its heading has."""
    stated = noted(main).get("questionnaire")
    stated = set(stated[stated != ""]) if stated is not None else set()
    if len(stated) > 1:
        shown = ", ".join(repr(one[:40]) for one in sorted(stated)[:3])
        raise Refused(f"{book.name} mixes questionnaires: {shown}. Split it")
    if stated:
        return known.named(stated.pop(), f"{book.name} answers the questionnaire")
    scores = [
        (sum(t is not None for t in names.targets(main.header)), names) for names in known.every()
    ]
    best = max((score for score, _ in scores), default=0)
    first = [names for score, names in scores if score == best]
    if best < 2 or len(first) > 1:
        raise Refused(
            f"{book.name}: its headings are those of {'no' if best < 2 else 'more than one'} questionnaire. "
            "Say which one with --questionnaire ID"
        )
    return first[0]


def _tabular(book, names, source, main, children):
    returns = _returns(main, source, names)
    language = names.spoken(main.header)
    returns["language"] = returns["language"].str.partition("-")[0]  # LimeSurvey says sr-Latn
    if language:
        returns["language"] = returns["language"].where(returns["language"] != "", language)
    n = pd.Series(range(len(returns)), index=main.cells.index)
    targets = names.targets(main.header, numbered=source == "limesurvey")
    parts, faults, remarks = (
        [melted(main, targets, n, None, names)],
        [],
        list(unknown(main, targets)),
    )
    for table in children:
        part, lost, told, spoilt = entries(book, names, main, table, source)
        parts.append(part)
        faults += lost
        remarks += told
        returns["verdict"] = (
            pd.Series(spoilt, dtype=object).reindex(returns.index).fillna(returns["verdict"])
        )
    remarks += missing_repeats(names, parts, source, book)
    headings = {t.question: main.header[j] for j, t in enumerate(targets) if t and not t.code}
    answers = pd.concat(parts, ignore_index=True)
    if source == "limesurvey":
        answers = _asked_only(answers, names)
    return LongForm(source, names, returns, answers, faults, remarks, language, headings)


def _asked_only(answers, names):
    """Give the answers without LimeSurvey's word for closed questions that were not shown."""
    closed = {q.id for q in names.questions.values() if q.choices}
    return answers[~(answers["question"].isin(closed) & (answers["value"] == "N/A"))].reset_index(
        drop=True
    )


def _returns(main, source, names):
    """Give one row a return: where it stands, what names it, and what its tool says of it."""
    out = pd.DataFrame("", index=range(len(main.cells)), columns=RETURN, dtype=object)
    out["sheet"], out["row"], out["partial"] = main.name, main.cells.index, False
    for what, column in noted(main).items():
        out[what] = column.to_numpy()
    for what, column in said_by_tool(main, source).items():
        out[what] = column.to_numpy()
    out["verdict"] = out["row"].map(ragged(main)).fillna(out["verdict"])
    return out
