"""Stage 3, surveys and interviews: what was answered, how sure one can be, how it was asked.

Shares are of those who answered a question (of all who were asked, where several answers could be
given), with a Wilson interval. Nobody was drawn at random unless a survey says so: the interval
speaks of spread, not of all parents or teachers. People stand by function or category, never name.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Shown
from helpers import charts, responses
from helpers.responses import FLAGGED, SMALLEST, interval

say = partial(words.show, "3-surveys-and-interviews")

FLOOR, TENTATIVE = 0.8, 0.667  # Krippendorff 2018: to be relied on; for tentative conclusions only
QUESTION = ["survey", "item"]
SAFEGUARDS = ["population", "ethics approval", "consent"]


def read(place: Country) -> pd.DataFrame:
    """Return every answer to every question, with n, share, low and high (0 to 1).

    The n is that of the question.

    Columns: survey and its short name, population, mode, item, answer, order, count, kind, section,
    question. `count` is NA where it is suppressed; share, low and high there and under 30.
    """
    frame = responses.read("survey", place)
    items = {row[:2]: row[2:] for row in page.rows(responses.read("survey_items", place))}
    names, told = _names(frame), {}
    for key, rows in sheets.grouped(page.rows(frame), *QUESTION).items():
        # of a survey that others published there may be no row about a question
        *about, n = items.get(key, ("", "one", "", pd.NA))
        told[key] = (*about, sum(r.count for r in rows) if n is pd.NA else n, names[key[0]])
    rows = [told[key] for key in zip(frame.survey, frame["item"], strict=True)]
    types = {"question kind section": "str", "n": "Int64", "name": "str"}
    frame = frame.join(sheets.of_rows(rows, types))
    return frame.join(interval(frame["count"], frame.n))


def by_group(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the tables of surveys by category: how many of each category gave an answer.

    Columns: survey, item, group, answer (of a scale its upper two steps), order, count, n (who
    answered in the group), kind, name, share, low, high (NA under 30). Categories are added up to
    `other` until no count is small, for each answer anew.
    """
    frame = responses.read("survey_groups", place)
    about = answers.drop_duplicates(QUESTION)[[*QUESTION, "kind", "name"]]
    frame = frame.merge(about, on=QUESTION, how="left")
    return frame.join(interval(frame["count"], frame.n))


def scales(answers: pd.DataFrame) -> pd.DataFrame:
    """Return each question with a scale: survey, item, name, section, n, least, most, hidden.

    `upper` and `lower` count who chose the upper and the lower two steps, with upper_share,
    upper_low ...; where only those two are suppressed they are what the others leave, else NA.
    """
    rows, ends = [], ["upper", "lower"]
    scaled = (row for row in page.rows(answers) if row.kind == "scale")
    for key, steps in sheets.grouped(scaled, *QUESTION).items():
        first, hidden = steps[0], any(step.count is pd.NA for step in steps)
        about = (first.name, first.section, first.n, hidden, first.answer, steps[-1].answer)
        rows.append((*key, *about, *_ends(steps)))
    types = {"survey item name section": "str", "n": "Int64", "hidden": "boolean"}
    frame = sheets.of_rows(rows, types | {"least most": "str", "upper lower": "Int64"})
    parts = [frame[[end]].join(interval(frame[end], frame.n, f"{end}_")) for end in ends]
    return frame.drop(columns=ends).join(parts)


def themes(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return open answers by theme, most frequent first, with how far two coders agree.

    Columns: those of `read`, both (answers that both sorted), alpha (Krippendorff's), alpha_low,
    alpha_high: NA where one person sorted them.
    """
    coded = responses.read("coding", place).drop(columns="judgements")
    coded = coded.rename(columns={"answers": "both", "low": "alpha_low", "high": "alpha_high"})
    frame = answers[answers.kind == "theme"]
    frame = frame.sort_values([*QUESTION, "count"], ascending=[True, True, False])
    return frame.merge(coded, on=QUESTION, how="left")


def of_children(made: pd.DataFrame) -> pd.DataFrame:
    """Return the studies of children that others published, with their safeguards.

    Columns: survey, population, ethics approval, consent, "" where none is recorded. Our own forms
    ask no child; who was asked in a published study is written down by an analyst.
    """
    stated = {(row.survey, row.item): row.stated for row in page.rows(made)}
    typed = {r.survey for r in page.rows(made) if r.item == "population" and r.by == "analyst"}
    told = [(one, *(stated.get((one, what), "") for what in SAFEGUARDS)) for one in sorted(typed)]
    return pd.DataFrame(told, columns=["survey", *SAFEGUARDS], dtype="str")


def about_children(studies: pd.DataFrame, statements: pd.DataFrame, place: Country) -> Shown:
    """Say whether children were asked, how safeguarded, and which sources speak of them.

    A study without ethics approval and consent on record is named as left out, and not shown.
    Sources of the studies in `said_by_children` stand there.
    """
    sources = cop.data.read("sources", place.data, place.iso3).set_index("source_id")
    asked = cop.data.read("child_studies", place.data, place.iso3).evidence_ids
    named = {one for cell in asked for one in cop.data.split(cell)}
    told = statements[(statements.section == "research") & ~statements.evidence_id.isin(named)]
    by = told.groupby("source_id", sort=False).evidence_id.agg("; ".join)
    about = sources.loc[by.index, ["publisher", "year", "hand"]].assign(refs=by)
    sound = (studies[SAFEGUARDS] != "").all(axis=1)
    return say("about_children", studies[sound], int((~sound).sum()), about.reset_index(), place)


def said_by_children(statements: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the published studies in which children were asked, latest first, undated ones last.

    Columns: those of the table, and said, the statements (of those handed on) that tell what they
    said: a list of (statement, evidence_id). Approval and consent are "" where not read.
    """
    rows = cop.data.read("child_studies", place.data, place.iso3)
    known = dict(zip(statements.evidence_id, statements.statement, strict=True))
    ids = rows.evidence_ids.map(cop.data.split)
    said = [[(known[one], one) for one in each if one in known] for each in ids]
    return rows.assign(said=said).sort_values("year", ascending=False, kind="stable")


def child_study_table(studies: pd.DataFrame, place: Country) -> Shown:
    """Show what children said in published studies, who was asked, and how safeguarded."""
    return say("child_study_table", studies, place)


def about_likelihood(answers: pd.DataFrame) -> Shown:
    """Say in a notebook for whom the surveys speak."""
    return say("about_likelihood", answers)


def scale_charts(answers: pd.DataFrame, scales: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the questions with a scale, drawn by survey and scale; says what is not."""
    drawn = (row for row in page.rows(scales) if not row.hidden and row.n >= SMALLEST)
    top, parts = {(row.survey, row.item): row.upper_share for row in drawn}, {}
    told = (row for row in page.rows(answers) if (row.survey, row.item) in top)
    for key, steps in sheets.grouped(told, *QUESTION).items():
        part = parts.setdefault((key[0], *(step.answer for step in steps)), [])
        part += [(*step, top[key]) for step in steps]
    ranked = (sorted(rows, key=lambda row: row[-1], reverse=True) for rows in parts.values())
    shown = [sheets.of_rows(rows, {**answers.dtypes, "upper_share": "Float64"}) for rows in ranked]
    return say("scale_charts", charts, shown, scales, len(scales) - len(top), SMALLEST, place)


def scale_table(scales: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook each scale question: the upper two steps, the lower two, with intervals."""
    return say("scale_table", scales, FLAGGED, place)


def choice_tables(answers: pd.DataFrame, place: Country) -> Shown:
    """Show each other closed question: its answers, the most frequent first, then suppressed."""
    frame = answers[answers.kind.isin(["one", "many"])]
    ranked = frame.sort_values("count", ascending=False, kind="stable")
    questions, by = frame.drop_duplicates(QUESTION), sheets.grouped(page.rows(ranked), *QUESTION)
    return say("choice_tables", questions, by, FLAGGED, place)


def group_table(groups: pd.DataFrame, place: Country) -> Shown:
    """Show who gave an answer by category, a table for each survey."""
    parts, elsewhere = [], say("elsewhere")
    for _, frame in groups.groupby("survey", sort=False):
        over, rows = frame.group.unique(), []
        for key, cells in frame.groupby(["item", "answer", "kind"], sort=False):
            shares = {row.group: say("narrow_share", row, FLAGGED) for row in page.rows(cells)}
            rows.append((*key, *(shares.get(group, elsewhere) for group in over)))
        columns = ["item", "answer", "kind", *over]
        parts.append((frame.iloc[0]["name"], pd.DataFrame(rows, columns=columns)))
    return say("group_table", parts, FLAGGED, place)


def theme_table(themes: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook open answers by theme; one that few or nearly all named is suppressed."""
    answers = sheets.grouped(page.rows(themes), *QUESTION)
    return say("theme_table", themes, answers, FLAGGED, FLOOR, TENTATIVE, place)


def made_table(made: pd.DataFrame, answers: pd.DataFrame, place: Country) -> Shown:
    """Show how each survey was made, by the items of CHERRIES and of AAPOR's 11 that it lacks.

    An item that is recorded of no survey says so, also in a country where none was made.
    """
    every = pd.DataFrame({"item": list(cop.data.labels("survey_about", "item", place.data))})
    by = sheets.grouped(page.rows(made), "item")
    told = {one: sheets.grouped(by.get(one, []), "stated") for one in every["item"]}
    return say("made_table", told, len(made), every, answers, place)


def about_interviews(interviews: pd.DataFrame, place: Country) -> Shown:
    """Say how many people of which categories were interviewed, and who was not."""
    return say("about_interviews", interviews, place)


def interview_table(interviews: pd.DataFrame, place: Country) -> Shown:
    """Show the findings of the interviews, and whether they speak of a strength or a gap."""
    return say("interview_table", interviews, place)


def quote_table(quotes: pd.DataFrame, place: Country) -> Shown:
    """Show the quotations, each with function or category; words changed in review are marked."""
    return say("quote_table", quotes, place)


def _names(answers):
    """Return each survey's short name, or who answered where others published it."""
    populations = dict(zip(answers.survey[::-1], answers.population[::-1], strict=True))
    text = partial(words.recorded, "3-surveys-and-interviews", "survey_name")
    return {survey: text(survey, who) for survey, who in populations.items()}


def _ends(steps):
    """Return who is at the upper and the lower end of a scale: added up, or what is left where both
    are suppressed.
    """
    top, bottom = (end(step.order for step in steps) for end in (max, min))
    for end in ((top, top - 1), (bottom, bottom + 1)):
        added = sum(step.count for step in steps if step.order in end)
        others = sum(step.count for step in steps if step.order not in end)
        yield steps[0].n - others if added is pd.NA else added
