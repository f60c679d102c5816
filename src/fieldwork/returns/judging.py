"""Every return judged as a whole: consent, country, version, what its tool says of it, merged cells, formulas, gaps."""

import pandas as pd
from openpyxl.utils import get_column_letter

from fieldwork.returns import answers
from fieldwork.returns.answers import FREE, PROBLEM, REFUSED, REMARK, together
from fieldwork.returns.files.workbooks import plain

CONSENT = "consent"
PARTIAL = "partial"  # how the remark on a response that was not completed begins; AAPOR counts these apart
NO = (
    REFUSED,
    "says that the person does not take part",
    "Use nothing of it; note the refusal among the contacts",
)
ALONE = "Correct it where it comes from"


def judged(book, longform, asked):
    """Give (answers by code, problems) of a LongForm; fills in the country of the call where a return states none."""
    made, found = answers.judged(longform, asked.today)
    lacking = answers.gaps(longform, made)
    of_rows = [*_of_country(longform, asked), *_of_version(longform), *_of_tool(longform)]
    of_cells = [_of_formulas(book, longform), _of_merged(book, longform)]
    problems = together(
        [_frame(of_rows), found, _eased(lacking, longform), *of_cells, _of_consent(made)]
    )
    problems = problems.drop_duplicates(["n", "sheet", "row", "column", "rule"])
    declined = set(made["n"][(made["question"] == CONSENT) & (made["answer"] == "no")])
    return made, problems[~problems["n"].isin(declined) | (problems["rule"] == NO[1])].reset_index(
        drop=True
    )


def declined(problems):
    """Give the positions of returns whose person does not take part: nothing of their answers is used or copied."""
    return set(problems["n"][problems["rule"] == NO[1]])


def _frame(rows):
    return pd.DataFrame(rows, columns=PROBLEM)


def _at(longform, n, column, value, said):
    """Give one problem of a whole return."""
    sheet, row = longform.returns.loc[n, ["sheet", "row"]]
    return (n, sheet, row, column, "", value, *said)


def _of_country(longform, asked):
    stated = longform.returns["iso3"].str.upper().str.strip()
    if asked.iso3:
        longform.returns["iso3"] = stated.where(stated != "", asked.iso3)
    else:
        longform.returns["iso3"] = stated
    for n, iso3 in longform.returns["iso3"].items():
        if not iso3:
            yield _at(
                longform,
                n,
                "iso3",
                "",
                (REFUSED, "says no country", "Say it with --country ISO3, or fill in iso3"),
            )
        elif iso3 not in asked.countries:
            said = (
                REFUSED,
                "is not a country code (ISO 3166-1 alpha-3)",
                "Correct it, such as UKR",
            )
            yield _at(longform, n, "iso3", iso3, said)
        elif asked.iso3 and iso3 != asked.iso3:
            said = (
                REFUSED,
                f"is not the country of this call, {asked.iso3}",
                "Take it in with its own country",
            )
            yield _at(longform, n, "iso3", iso3, said)


def _of_version(longform):
    questionnaire = longform.names.questionnaire
    known = {questionnaire.version, *questionnaire.earlier}
    versions = longform.returns["version"]
    for n, version in versions[~versions.isin(known | {""})].items():
        mend = f"Known are {', '.join(sorted(known))}; one that may still be used is listed in `earlier` of the definition"
        yield _at(
            longform, n, "version", version, (REFUSED, "is a version that is not known", mend)
        )
    if (versions == "").all() and len(versions):
        longform.remarks.append(
            f"it does not say its version; it was checked against version {questionnaire.version}"
        )
        longform.returns["version"] = questionnaire.version


def _of_tool(longform):
    verdicts = longform.returns["verdict"]
    for n, verdict in verdicts[verdicts != ""].items():
        weight = REMARK if verdict.startswith("?") else REFUSED
        yield _at(longform, n, "", "", (weight, verdict.removeprefix("?"), ALONE))
    empty = ~longform.returns.index.isin(longform.answers["n"]) & ~longform.returns[
        "partial"
    ].astype(bool)
    for n in longform.returns.index[empty & (verdicts == "")]:
        yield _at(
            longform,
            n,
            "",
            "",
            (REFUSED, "holds no answer at all", "Fill it in, or remove the row"),
        )


def _eased(lacking, longform):
    """Give the gaps, with those of responses that were not completed turned into one remark each; consent stays required."""
    partial = longform.returns.index[longform.returns["partial"].astype(bool)]
    blank = partial[~partial.isin(longform.answers["n"])]
    eased = lacking["n"].isin(blank) | (
        lacking["n"].isin(partial) & (lacking["question"] != CONSENT)
    )
    count = lacking[eased].groupby("n").size()
    said = {
        n: f"{PARTIAL}: it was not completed, {count.get(n, 0)} required answers are missing"
        for n in partial
    }
    remarks = _frame(
        [
            _at(longform, n, "", "", (REMARK, said[n], "Keep it as a partial response"))
            for n in partial
        ]
    )
    empty = longform.returns.index[~longform.returns.index.isin(longform.answers["n"])]
    rest = lacking[
        ~eased & ~lacking["n"].isin(empty)
    ]  # of a row without any answer that is all there is to say
    return together([rest, remarks])


def _of_consent(made):
    rows = made[(made["question"] == CONSENT) & (made["answer"] == "no")]
    return rows.assign(weight=NO[0], rule=NO[1], mend=NO[2])[PROBLEM]


def _of_formulas(book, longform):
    """Give a remark for each text answer that is a formula: its text is kept, it was never run."""
    places = {(s.name, row, column) for s in book.sheets for row, column in s.formulas}
    if not places or not len(longform.answers):
        return _frame([])
    rows = longform.answers
    here = pd.Series(
        [p in places for p in zip(rows["sheet"], rows["row"], rows["at"], strict=True)],
        index=rows.index,
    )
    kind = rows["question"].map({q.id: q.type for q in longform.names.questions.values()})
    rows = rows[here & kind.isin(FREE)]
    told = (REMARK, "is a formula; it was kept as text and not run", "Check the text")
    return rows.assign(weight=told[0], rule=told[1], mend=told[2])[PROBLEM]


def _of_merged(book, longform):
    """Give the returns that have an answer in merged cells, where nobody can tell which row or question it belongs to."""
    if longform.source == "excel":
        return _frame([])
    found = []
    heads = {s.name: s.rows[0][0] for s in book.sheets if s.rows}
    rows = pd.concat(
        [
            longform.returns.assign(n=longform.returns.index)[["n", "sheet", "row"]],
            longform.answers[["n", "sheet", "row"]],
        ]
    )
    rows = rows.drop_duplicates()
    for sheet in book.sheets:
        for top, left, bottom, right in sheet.merged:
            if bottom <= heads.get(sheet.name, 0):
                continue
            within = rows[(rows["sheet"] == sheet.name) & rows["row"].between(top, bottom)]
            area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
            told = (REFUSED, f"has merged cells ({area})", "Unmerge them and fill in each cell")
            found += [
                (n, s, r, get_column_letter(left), "", "", *told)
                for n, s, r in within.itertuples(index=False)
            ]
    return _frame(found)


def weights(problems):
    """Give {position of a return: refused or remark}."""
    refused = set(problems["n"][problems["weight"] == REFUSED])
    return {n: REFUSED if n in refused else REMARK for n in problems["n"].unique()}


def organisation(made):
    """Give {position: name of the organisation, for comparing} from the answers."""
    rows = made[made["question"] == "organisation"]
    return {n: plain(name) for n, name in zip(rows["n"], rows["answer"], strict=True)}
