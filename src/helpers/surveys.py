"""Stage 3, surveys and interviews: what was answered, how sure one can be, how it was asked.

Shares are of those who answered a question (of all who were asked, where several answers could be
given), with a Wilson interval. Nobody was drawn at random unless a survey says so: the interval
speaks of spread, not of all parents or teachers. People stand by function or category, never name.
"""

from functools import partial

import pandas as pd

import contract
from contract.places import Country
from helpers import responses
from helpers.responses import FLAGGED, SMALLEST, interval
from report import words
from report.page import Shown

say = partial(words.show, "3-surveys-and-interviews")

FLOOR, TENTATIVE = 0.8, 0.667  # Krippendorff 2018: to be relied on; for tentative conclusions only
QUESTION = ["survey", "item"]
SAFEGUARDS = ["population", "ethics approval", "consent"]


def read(place: Country) -> pd.DataFrame:
    """Give a notebook every answer to every question, with n, share, low and high (0 to 1).

    The n is that of the question.

    Columns: survey and its short name, population, mode, item, answer, order, count, kind, section,
    question. `count` is NA where it is suppressed; share, low and high there and under 30.
    """
    items = responses.read("survey_items", place)
    frame = responses.read("survey", place).merge(items, on=QUESTION, how="left")
    # of a survey that others published there may be no row about a question
    frame = frame.fillna({"kind": "one", "section": "", "question": ""})
    added = frame.groupby(QUESTION)["count"].transform(lambda c: c.sum(skipna=False))
    frame = frame.assign(n=frame.n.fillna(added), name=_names(frame))
    return frame.join(interval(frame["count"], frame.n))


def by_group(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give a notebook the cross-tables of surveys by category, a row an answer of a group.

    Columns: survey, item, group, answer, order, count (NA where it is suppressed), n (of the
    group), kind, name.
    """
    frame = responses.read("survey_groups", place)
    totals = frame[frame.answer == "all"].set_index([*QUESTION, "group"])["count"].rename("n")
    questions = answers.drop_duplicates(QUESTION).set_index(QUESTION)[["kind", "name"]]
    frame = frame[frame.answer != "all"].join(totals, on=[*QUESTION, "group"])
    return frame.join(questions, on=QUESTION).reset_index(drop=True)


def scales(answers: pd.DataFrame) -> pd.DataFrame:
    """Give each question with a scale: survey, item, name, section, n, least, most, hidden.

    `upper` and `lower` count who chose the upper and the lower two steps, with upper_share,
    upper_low ...; where only those two are suppressed they are what the others leave, else NA.
    """
    frame = answers[answers.kind == "scale"]
    parts = frame.groupby(QUESTION, sort=False)
    hidden = parts["count"].count() < parts.size()
    ends = parts[["name", "section", "n"]].first().assign(hidden=hidden)
    ends = ends.assign(least=parts.answer.first(), most=parts.answer.last())
    for end, inside in (("upper", _is_upper(frame)), ("lower", _is_lower(frame))):
        ends = ends.assign(**{end: _ends(frame, inside)})
        ends = ends.join(interval(ends[end], ends.n, f"{end}_"))
    return ends.reset_index()


def themes(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give a notebook open answers by theme, most frequent first, with how far two coders agree.

    Columns: those of `read`, both (answers that both sorted), alpha (Krippendorff's), alpha_low,
    alpha_high: NA where one person sorted them.
    """
    coded = responses.read("coding", place).drop(columns="judgements")
    coded = coded.rename(columns={"answers": "both", "low": "alpha_low", "high": "alpha_high"})
    frame = answers[answers.kind == "theme"]
    frame = frame.sort_values([*QUESTION, "count"], ascending=[True, True, False])
    return frame.merge(coded, on=QUESTION, how="left")


def of_children(made: pd.DataFrame) -> pd.DataFrame:
    """Give a notebook the studies of children that others published, with their safeguards.

    Columns: survey, population, ethics approval, consent, "" where none is recorded. Our own forms
    ask no child; who was asked in a published study is written down by an analyst.
    """
    typed = made[(made["item"] == "population") & (made.by == "analyst")].survey
    rows = made[made.survey.isin(typed) & made["item"].isin(SAFEGUARDS)]
    wide = rows.pivot(index="survey", columns="item", values="stated")
    return wide.reindex(columns=SAFEGUARDS).fillna("").reset_index()


def about_children(studies: pd.DataFrame, statements: pd.DataFrame, place: Country) -> Shown:
    """Say whether children were asked, how safeguarded, and which sources speak of them.

    A study without ethics approval and consent on record is named as left out, and not shown.
    Sources of the studies in `said_by_children` stand there.
    """
    sources = contract.read("sources", place.data, place.iso3).set_index("source_id")
    asked = contract.read("child_studies", place.data, place.iso3).evidence_ids
    named = {one for cell in asked for one in contract.split(cell)}
    told = statements[(statements.section == "research") & ~statements.evidence_id.isin(named)]
    by = told.groupby("source_id", sort=False).evidence_id.agg("; ".join)
    about = sources.loc[by.index, ["publisher", "year", "hand"]].assign(refs=by)
    sound = (studies[SAFEGUARDS] != "").all(axis=1)
    return say("about_children", studies[sound], int((~sound).sum()), about.reset_index(), place)


def said_by_children(statements: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the published studies in which children were asked, latest first, undated ones last.

    Columns: those of the table, and said, the statements (of those handed on) that tell what they
    said: a list of (statement, evidence_id). Approval and consent are "" where not read.
    """
    rows = contract.read("child_studies", place.data, place.iso3)
    known = statements.set_index("evidence_id").statement
    ids = rows.evidence_ids.map(contract.split)
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
    left = scales.hidden | (scales.n < SMALLEST)
    drawn = answers.merge(scales.loc[~left, [*QUESTION, "upper_share"]], on=QUESTION)
    steps = drawn.groupby(QUESTION).answer.transform("|".join)
    parts = [part for _, part in drawn.groupby([drawn.survey, steps], sort=False)]
    ranked = [p.sort_values("upper_share", ascending=False, kind="stable") for p in parts]
    return say("scale_charts", ranked, scales, int(left.sum()), SMALLEST, place)


def scale_table(scales: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook each scale question: the upper two steps, the lower two, with intervals."""
    return say("scale_table", scales, FLAGGED, place)


def choice_tables(answers: pd.DataFrame, place: Country) -> Shown:
    """Show each other closed question: its answers, the most frequent first, then suppressed."""
    frame = answers[answers.kind.isin(["one", "many"])]
    ranked = frame.sort_values("count", ascending=False, kind="stable")
    return say("choice_tables", frame.drop_duplicates(QUESTION), ranked, FLAGGED, place)


def group_table(groups: pd.DataFrame, place: Country) -> Shown:
    """Show the upper two steps of scales, and plain yes, by category."""
    ends = _ends_by_group(groups)
    cells = [say("narrow_share", row, FLAGGED) for row in ends.itertuples()]
    wide = pd.Series(cells, ends.index, "object").unstack("group", fill_value=say("elsewhere"))
    rows = wide.reset_index().sort_values("survey", kind="stable")
    return say("group_table", rows, FLAGGED, place)


def theme_table(themes: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook open answers by theme; one that few or nearly all named is suppressed."""
    return say("theme_table", themes, FLAGGED, FLOOR, TENTATIVE, place)


def made_table(made: pd.DataFrame, answers: pd.DataFrame, place: Country) -> Shown:
    """Show how each survey was made, by the items of CHERRIES and of AAPOR's 11 that it lacks.

    An item that is recorded of no survey says so, also in a country where none was made.
    """
    every = pd.DataFrame({"item": list(contract.labels("survey_about", "item", place.data))})
    return say("made_table", made, every, answers, place)


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
    """Give each answer's survey by its short name, or by who answered where others published it."""
    populations = answers.drop_duplicates("survey").set_index("survey").population
    text = partial(words.recorded, "3-surveys-and-interviews", "survey_name")
    return answers.survey.map({survey: text(survey, who) for survey, who in populations.items()})


def _is_upper(frame):
    return frame["order"] > frame.groupby(QUESTION)["order"].transform("max") - 2


def _is_lower(frame):
    return frame["order"] < frame.groupby(QUESTION)["order"].transform("min") + 2


def _ends(frame, inside):
    """Give who is at one end of each scale: added up, or what is left where both are suppressed."""
    keys = [frame.survey, frame["item"]]
    parts = (frame["count"].where(part, 0).groupby(keys) for part in (inside, ~inside))
    added, others = (part.sum(skipna=False) for part in parts)
    return added.fillna(frame.n.groupby(keys).first() - others)


def _ends_by_group(groups):
    """Give who chose the upper two steps or yes in each category, of questions with any to tell."""
    chosen = groups[(groups.kind == "scale") & _is_upper(groups) | (groups.answer == "Yes")]
    parts = chosen.groupby([*QUESTION, "name", "group"], sort=False)
    ends = pd.DataFrame({"count": parts["count"].sum(skipna=False), "n": parts.n.first()})
    ends = ends[ends["count"].notna().groupby(QUESTION).transform("any")]
    return ends.join(interval(ends["count"], ends.n))
