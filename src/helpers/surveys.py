"""Stage 3, surveys and interviews: what was answered and said, how sure one can be, by whom, and how each survey was made.

Shares are of those who answered a question (of all who were asked, where several answers could be given), with a Wilson
interval. Nobody was drawn at random unless a survey says so: the interval speaks of spread, not of all parents or teachers.
People are shown by function or category and never by name.
"""

from functools import partial

import pandas as pd

import contract
from helpers.countries import Country
from helpers.responses import FLAGGED, SMALLEST, interval
from report import words
from report.page import Shown

say = partial(words.show, "3-surveys-and-interviews")
text = partial(words.text, "3-surveys-and-interviews")

FLOOR, TENTATIVE = 0.8, 0.667  # Krippendorff 2018: to be relied on; for tentative conclusions only
QUESTION = ["survey", "item"]


def read(place: Country) -> pd.DataFrame:
    """Give every answer: survey and its short name, population, mode, item, answer, order, count, kind, section, question, n, share, low, high.

    n is of the question. `count` is NA where it is suppressed; share, low and high (0 to 1) are NA there and under 30.
    """
    frame = contract.read("survey", place.data, place.iso3)
    items = contract.read("survey_items", place.data, place.iso3)
    # a survey that others published may have no row for a question, and no n
    frame = frame.merge(items, on=QUESTION, how="left")
    frame = frame.fillna({"kind": "one", "section": "", "question": ""})
    added = frame.groupby(QUESTION)["count"].transform(lambda c: c.sum(skipna=False))
    frame = frame.assign(n=frame.n.fillna(added), name=_names(frame))
    return frame.join(interval(frame["count"], frame.n))


def by_group(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the cross-tables by category: survey, item, group, answer, order, count, n of the group, kind, name.

    `count` is NA where it is suppressed.
    """
    frame = contract.read("survey_groups", place.data, place.iso3)
    cell = [*QUESTION, "group"]
    totals = frame[frame.answer == "all"].set_index(cell)["count"].rename("n")
    questions = answers.drop_duplicates(QUESTION).set_index(QUESTION)[["kind", "name"]]
    frame = frame[frame.answer != "all"].join(totals, on=cell)
    return frame.join(questions, on=QUESTION).reset_index(drop=True)


def scales(answers: pd.DataFrame) -> pd.DataFrame:
    """Give one row per question with a scale: survey, item, name, section, n, least, most, hidden, upper, lower.

    `upper` and `lower` count those who chose the upper and the lower two steps, each with share, low and high as
    upper_share ...; where only those two are suppressed, they are what the others leave; NA where that cannot be said.
    """
    frame = answers[answers.kind == "scale"]
    ends = frame.groupby(QUESTION, sort=False).agg(
        name=("name", "first"),
        section=("section", "first"),
        n=("n", "first"),
        least=("answer", "first"),
        most=("answer", "last"),
        hidden=("count", lambda c: bool(c.isna().any())),
    )
    for end, inside in (("upper", _is_upper(frame)), ("lower", _is_lower(frame))):
        ends = ends.assign(**{end: _ends(frame, inside)})
        ends = ends.join(interval(ends[end], ends.n, f"{end}_"))
    return ends.reset_index()


def themes(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the open answers by theme, most frequent first: the columns of `read`, and how far two coders agreed.

    both (answers that both sorted), alpha (Krippendorff's), alpha_low, alpha_high: NA where one person sorted them.
    """
    coded = contract.read("coding", place.data, place.iso3).drop(columns="judgements")
    coded = coded.rename(columns={"answers": "both", "low": "alpha_low", "high": "alpha_high"})
    order = {"by": [*QUESTION, "count"], "ascending": [True, True, False], "na_position": "last"}
    frame = answers[answers.kind == "theme"].sort_values(**order)
    return frame.merge(coded, on=QUESTION, how="left")


def made(place: Country) -> pd.DataFrame:
    """Give how each survey was made, by the CHERRIES checklist: survey, item, stated, by; no row: not stated."""
    return contract.read("survey_about", place.data, place.iso3)


def interviews(place: Country) -> pd.DataFrame:
    """Give the interview findings: interview_id (a pseudonym), category, function, held, theme, finding, leaning."""
    return contract.read("interviews", place.data, place.iso3)


def quotes(place: Country) -> pd.DataFrame:
    """Give the sentences that may be quoted, with survey, category, function and section; all consented and were reviewed."""
    return contract.read("quotes", place.data, place.iso3)


def about_likelihood(answers: pd.DataFrame) -> Shown:
    """Say for whom the surveys speak."""
    linked = answers.population[answers["mode"] == "open link"].nunique()
    return say("about_likelihood", len(answers), linked)


def scale_charts(answers: pd.DataFrame, place: Country) -> Shown:
    """Draw the questions with a scale, one chart a survey and scale; what is suppressed or rests on few is not drawn."""
    frame = answers[answers.kind == "scale"]
    steps = frame.groupby(QUESTION).answer.transform("|".join)
    parts = [_drawable(part) for _, part in frame.groupby([frame.survey, steps], sort=False)]
    several = [(part, top) for part, top in parts if len(top) > 1]
    return say("scale_charts", several, len(frame), place)


def about_undrawn(scales: pd.DataFrame) -> Shown:
    """Say which questions with a scale are not drawn, and why."""
    return say("about_undrawn", int((scales.hidden | (scales.n < SMALLEST)).sum()), SMALLEST)


def scale_table(scales: pd.DataFrame, place: Country) -> Shown:
    """Show each question with a scale: the upper two steps and the lower two together, with Wilson intervals."""
    return say("scale_table", scales, FLAGGED, place)


def choice_tables(answers: pd.DataFrame, place: Country) -> Shown:
    """Show each other closed question in one row: its answers, the most frequent first, and those suppressed."""
    frame = answers[answers.kind.isin(["one", "many"])]
    ranked = frame.sort_values("count", ascending=False, kind="stable")
    return say("choice_tables", frame.drop_duplicates(QUESTION), ranked, FLAGGED, place)


def group_table(groups: pd.DataFrame, place: Country) -> Shown:
    """Show the upper two steps of scales, and plain yes, by category; counts and no percentages under 30 answers."""
    ends = _ends_by_group(groups)
    cells = [say("narrow_share", row, FLAGGED) for row in ends.itertuples()]
    wide = pd.Series(cells, ends.index, "object").unstack("group", fill_value=say("elsewhere"))
    rows = wide.reset_index().sort_values("survey", kind="stable")
    labels = contract.labels("survey_groups", "group", place.data)
    return say("group_table", rows, labels, FLAGGED)


def theme_table(themes: pd.DataFrame, place: Country) -> Shown:
    """Show open answers by theme; a theme that few or nearly all named is suppressed."""
    labels = contract.labels("evidence", "section", place.data)
    return say("theme_table", themes, labels, FLAGGED, (FLOOR, TENTATIVE), place)


def made_table(made: pd.DataFrame, answers: pd.DataFrame, place: Country) -> Shown:
    """Show how each survey was made, by the CHERRIES checklist; what is the same for several stands once."""
    return say("made_table", *_checklist(made, answers, place), place)


def about_unstated(made: pd.DataFrame, answers: pd.DataFrame, place: Country) -> Shown:
    """Say which items of the checklist are stated nowhere for a survey."""
    rows, labels, names = _checklist(made, answers, place)
    stated = {name: set(made["item"][made.survey == survey]) for survey, name in names.items()}
    missing = {name: [labels[i] for i in labels if i not in stated[name]] for name in stated}
    return say("about_unstated", missing)


def about_interviews(interviews: pd.DataFrame, place: Country) -> Shown:
    """Say how many people of which categories were interviewed, and who was not."""
    labels = contract.labels("interviews", "category", place.data)
    unheard = [labels[c] for c in labels if c not in set(interviews.category)]
    return say("about_interviews", interviews, interviews.interview_id.nunique(), unheard)


def interview_table(interviews: pd.DataFrame, place: Country) -> Shown:
    """Show the findings of the interviews by theme, with whether they speak of a strength or a gap."""
    columns = ["theme", "category", "leaning"]
    labels = {c: contract.labels("interviews", c, place.data) for c in columns}
    return say("interview_table", _in_order(interviews, "theme", labels["theme"]), labels, place)


def quote_table(quotes: pd.DataFrame, place: Country) -> Shown:
    """Show the quotations by section, each with function or category; words changed in the review are marked."""
    labels = {c: contract.labels("quotes", c, place.data) for c in ("section", "category")}
    return say("quote_table", _in_order(quotes, "section", labels["section"]), labels, place)


def _names(answers):
    """Give each answer's survey by its short name, or by who answered where others published it."""
    populations = answers.drop_duplicates("survey").set_index("survey").population
    return answers.survey.map({s: text("survey_name", s, p) for s, p in populations.items()})


def _is_upper(frame):
    return frame["order"] > frame.groupby(QUESTION)["order"].transform("max") - 2


def _is_lower(frame):
    return frame["order"] < frame.groupby(QUESTION)["order"].transform("min") + 2


def _ends(frame, inside):
    """Give how many are at one end of each scale, by adding up or, where both steps are suppressed, by what is left."""
    keys = [frame.survey, frame["item"]]
    added, others = (
        frame["count"].where(part, 0).groupby(keys, sort=False).sum(skipna=False)
        for part in (inside, ~inside)
    )
    return added.fillna(frame.n.groupby(keys, sort=False).first() - others)


def _drawable(part):
    """Give one scale's answers that can be drawn, and the share of the upper two steps by question, highest first."""
    known = part.groupby("item")["count"].transform(lambda c: c.notna().all())
    part = part[known & (part.n >= SMALLEST)]
    upper = part[_is_upper(part)].groupby("item")["count"].sum()
    top = upper / part.groupby("item").n.first()
    return part.iloc[part["item"].map(-top).argsort(kind="stable")], top


def _ends_by_group(groups):
    """Give how many chose the upper two steps or yes in each category; a question of which nothing can be told is left out."""
    chosen = groups[(groups.kind == "scale") & _is_upper(groups) | (groups.answer == "Yes")]
    cells = chosen.groupby([*QUESTION, "name", "group"], sort=False).agg(
        count=("count", lambda c: c.sum(skipna=False)), n=("n", "first")
    )
    cells = cells[cells["count"].notna().groupby(QUESTION).transform("any")]
    return cells.join(interval(cells["count"], cells.n))


def _checklist(made, answers, place):
    """Give what is stated with each survey's name, the items of the checklist, and the names of all surveys."""
    names = dict(zip(answers.survey, answers.name, strict=True))
    labels = contract.labels("survey_about", "item", place.data)
    rows = made.assign(name=made.survey.map(names).fillna(made.survey))
    return _in_order(rows, "item", labels), labels, names


def _in_order(frame, column, labels):
    """Give rows in the order of a column's words; those without one come last."""
    order = dict(zip(labels, range(len(labels)), strict=True))
    return frame.sort_values(column, key=lambda words: words.map(order), kind="stable")
