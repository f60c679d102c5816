"""Every return judged as a whole: consent, country, version, tool, merged cells, gaps."""

from datetime import date

import pandas as pd
from openpyxl.utils import get_column_letter

from cop.fieldwork.questionnaires import CONSENT, FREE
from cop.fieldwork.returns import answers
from cop.fieldwork.returns.answers import PROBLEM, REFUSED, REMARK, problem_rows, together
from cop.fieldwork.returns.files.longform import LongForm
from cop.fieldwork.returns.files.workbooks import Book, plain

# How the remark on a response that was not completed begins; AAPOR counts these apart.
PARTIAL = "partial"
NO = (
    REFUSED,
    "says that the person does not take part",
    "Use nothing of it; note the refusal among the contacts",
)
FORMULA = (REMARK, "is a formula; it was kept as text and not run", "Check the text")
ALONE = "Correct it where it comes from"


def judged(
    book: Book, longform: LongForm, iso3: str, countries: set[str], today: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give (answers by code, problems as answers.PROBLEM) of the returns in a LongForm.

    Fills in the country of the call, `iso3`, where a return states none; `countries` are the codes
    there are.
    """
    coded, problems = answers.judged(longform, today)
    lacking = _eased(answers.gaps(longform, coded), longform)
    no = coded[(coded["question"] == CONSENT) & (coded["answer"] == "no")]
    of_rows = [*_of_country(longform, iso3, countries), *_of_version(longform), *_of_tool(longform)]
    of_cells = [_of_formulas(book, longform), _of_merged(book, longform)]
    of_consent = problem_rows(no, [NO] * len(no))
    problems = together([_frame(of_rows), problems, lacking, *of_cells, of_consent])
    problems = problems.drop_duplicates(["n", "sheet", "row", "column", "rule"])
    # Of who does not take part nothing else is said.
    kept = ~problems["n"].isin(no["n"]) | (problems["rule"] == NO[1])
    return coded, problems[kept].reset_index(drop=True)


def declined(problems: pd.DataFrame) -> set[int]:
    """Give the returns judged to be of a person who does not take part: none is used or copied."""
    return set(problems["n"][problems["rule"] == NO[1]])


def _frame(rows):
    return pd.DataFrame(rows, columns=PROBLEM)


def _at(longform, n, column, value, *flaw):
    """Give one problem of a whole return; `flaw` is weight, rule and mend."""
    sheet, row = longform.returns.loc[n, ["sheet", "row"]]
    return (n, sheet, row, column, "", value, *flaw)


def _of_country(longform, asked_for, countries):
    stated = longform.returns["iso3"].str.upper().str.strip()
    longform.returns["iso3"] = stated.where(stated != "", asked_for)
    for n, iso3 in longform.returns["iso3"].items():
        if not iso3:
            rule, mend = "says no country", "Say it with --country ISO3, or fill in iso3"
        elif iso3 not in countries:
            rule = "is not a country code (ISO 3166-1 alpha-3)"
            mend = "Correct it, such as UKR"
        elif asked_for and iso3 != asked_for:
            rule = f"is not the country of this call, {asked_for}"
            mend = "Take it in with its own country"
        else:
            continue
        yield _at(longform, n, "iso3", iso3, REFUSED, rule, mend)


def _of_version(longform):
    questionnaire = longform.names.questionnaire
    known = {questionnaire.version, *questionnaire.earlier}
    versions = longform.returns["version"]
    for n, version in versions[~versions.isin(known | {""})].items():
        mend = (
            f"Known are {', '.join(sorted(known))}; one that may still be used is listed in "
            "`earlier` of the definition"
        )
        rule = "is a version that is not known"
        yield _at(longform, n, "version", version, REFUSED, rule, mend)
    if (versions == "").all() and len(versions):
        version = questionnaire.version
        longform.remarks.append(
            f"it does not say its version; it was checked against version {version}"
        )
        longform.returns["version"] = version


def _of_tool(longform):
    returns, answered = longform.returns, longform.answers["n"]
    for n, verdict in returns["verdict"][returns["verdict"] != ""].items():
        weight = REMARK if verdict.startswith("?") else REFUSED
        yield _at(longform, n, "", "", weight, verdict.removeprefix("?"), ALONE)
    empty = ~returns.index.isin(answered) & ~returns["partial"].astype(bool)
    for n in returns.index[empty & (returns["verdict"] == "")]:
        mend = "Fill it in, or remove the row"
        yield _at(longform, n, "", "", REFUSED, "holds no answer at all", mend)


def _eased(lacking, longform):
    """Give the gaps, of a partial response as one remark; consent stays required."""
    returns = longform.returns
    partial = returns.index[returns["partial"].astype(bool)]
    empty = returns.index[~returns.index.isin(longform.answers["n"])]
    of_partial = lacking["n"].isin(partial)
    eased = of_partial & (lacking["n"].isin(empty) | (lacking["question"] != CONSENT))
    count = lacking[eased].groupby("n").size()
    rule = PARTIAL + ": it was not completed, {} required answers are missing"
    mend = "Keep it as a partial response"
    remarks = [
        _at(longform, n, "", "", REMARK, rule.format(count.get(n, 0)), mend) for n in partial
    ]
    # Of a row without any answer that is all there is to say.
    return together([lacking[~eased & ~lacking["n"].isin(empty)], _frame(remarks)])


def _of_formulas(book, longform):
    """Give a remark for each text answer that is a formula: its text is kept, it was never run."""
    formulas = {(s.name, row, column) for s in book.sheets for row, column in s.formulas}
    rows, questions = longform.answers, longform.names.questions
    cells = zip(rows["sheet"], rows["row"], rows["at"], rows["question"], strict=True)
    free = [cell[:3] in formulas and questions[cell[3]].type in FREE for cell in cells]
    rows = rows.loc[free]
    return problem_rows(rows, [FORMULA] * len(rows))


def _of_merged(book, longform):
    """Give the returns with merged cells: nobody can tell which row or question they answer."""
    if longform.source == "excel":
        return _frame([])
    returns = longform.returns.assign(n=longform.returns.index)
    rows = pd.concat([part[["n", "sheet", "row"]] for part in (returns, longform.answers)])
    rows, problems = rows.drop_duplicates(), []
    for sheet, (top, left, bottom, right) in _merged_below_heading(book):
        inside = (rows["sheet"] == sheet) & rows["row"].between(top, bottom)
        within, rows = rows[inside], rows[~inside]  # one merged area says enough of a row
        first = get_column_letter(left)
        rule = f"has merged cells ({first}{top}:{get_column_letter(right)}{bottom})"
        flaw = (REFUSED, rule, "Unmerge them and fill in each cell")
        problems += [(*row, first, "", "", *flaw) for row in within.itertuples(index=False)]
    return _frame(problems)


def _merged_below_heading(book):
    for sheet in book.sheets:
        heading = sheet.rows[0][0] if sheet.rows else 0
        yield from ((sheet.name, area) for area in sheet.merged if area[2] > heading)


def refused(problems: pd.DataFrame) -> set[int]:
    """Give the positions of the returns that are refused."""
    return set(problems["n"][problems["weight"] == REFUSED])


def organisation(coded: pd.DataFrame) -> dict[int, str]:
    """Give {position of a return: name of its organisation, for comparing} from the answers."""
    rows = coded[coded["question"] == "organisation"]
    return {n: plain(name) for n, name in zip(rows["n"], rows["answer"], strict=True)}
