"""Stage 3, surveys: what was answered, how sure one can be, by whom, and how each survey was made.

Shares are of those who answered a question (of all who were asked, where several answers could be given), with a Wilson
interval. Nobody was drawn at random unless a survey says so: the interval speaks of spread, not of all parents or teachers.
"""

import pandas as pd

import contract
from helpers import responses
from helpers.evidence import SECTIONS
from report import charts, page

FLOOR, TENTATIVE = 0.8, 0.667  # Krippendorff 2018: to be relied on; for tentative conclusions only
SAID = {
    "population": "Who answered",
    "consent": "Consent",
    "data protection": "Data protection",
    "ethics approval": "Ethics approval",
    "testing": "Development and testing",
    "open or closed": "Open or closed",
    "recruitment": "Recruitment",
    "incentives": "Incentives",
    "dates": "Time in the field",
    "languages": "Languages",
    "version": "Version",
    "items": "Questions",
    "required items": "Required questions",
    "adaptive questions": "Adaptive questions",
    "participation": "Participation",
    "view rate": "View rate",
    "completion": "Completion rate",
    "multiple entries": "Multiple entries",
    "incomplete answers": "Incomplete answers",
    "weighting": "Weighting",
}


def read(place):
    """Give every answer with kind, section, n, share and Wilson interval.

    `count` is NA where it is suppressed; share, low and high are NA there and under 30 answers.
    """
    frame = contract.read("survey", place.data, place.iso3)
    items = contract.read("survey_items", place.data, place.iso3)
    frame = frame.merge(items, on=["survey", "item"], how="left").fillna(
        {"kind": "one", "section": "", "question": ""}
    )
    frame["n"] = frame.n.fillna(
        frame.groupby(["survey", "item"])["count"].transform(lambda c: c.sum(skipna=False))
    )
    low, high = responses.wilson(frame["count"].astype("Float64"), frame.n.astype("Float64"))
    shown = (frame.n >= responses.SMALLEST) & frame["count"].notna()
    share = (frame["count"] / frame.n).astype("Float64")
    return frame.assign(share=share.where(shown), low=low.where(shown), high=high.where(shown))


def by_group(place):
    """Give the cross-tables by category: survey, item, group, answer, order, count, n of the group; NA is suppressed."""
    frame = contract.read("survey_groups", place.data, place.iso3)
    totals = (
        frame[frame.answer == "all"].set_index(["survey", "item", "group"])["count"].rename("n")
    )
    return (
        frame[frame.answer != "all"]
        .join(totals, on=["survey", "item", "group"])
        .reset_index(drop=True)
    )


def scales(place):
    """Give one row per question with a scale: how many chose the upper two steps and the lower two, of how many.

    Where only those two steps are suppressed, they are what the others leave; NA where that cannot be said.
    """
    frame = read(place).query("kind == 'scale'")
    about = frame.groupby(["survey", "item"], sort=False).agg(
        population=("population", "first"),
        section=("section", "first"),
        n=("n", "first"),
        least=("answer", "first"),
        most=("answer", "last"),
        hidden=("count", lambda c: bool(c.isna().any())),
    )
    return about.assign(
        upper=_ends(frame, _is_upper(frame)), lower=_ends(frame, _is_lower(frame))
    ).reset_index()


def short(row):
    """Give the short name of a row's survey: 'Parents', or who was asked in a survey that others published."""
    return responses.SHORT.get(row.survey, row.population[:1].upper() + row.population[1:])


def scale_charts(place):
    """Draw the questions with a scale, one chart a survey and scale; what is suppressed or rests on few is not drawn."""
    frame = read(place).query("kind == 'scale'")
    if frame.empty:
        return page.silent("No question with a scale was asked.")
    steps = frame.groupby(["survey", "item"]).answer.transform("|".join)
    parts = [part for _, part in frame.groupby([frame.survey, steps], sort=False)]
    return page.join([chart for part in parts if (chart := _scale_chart(part, place))], "\n")


def about_undrawn(place):
    """Say which questions with a scale are not drawn, and why."""
    frame = scales(place)
    left = frame[frame.hidden | (frame.n < responses.SMALLEST)]
    if left.empty:
        return page.silent("Every question with a scale is drawn.")
    return page.say(
        "Not drawn are {} of which an answer is suppressed or that fewer than {} people answered; they stand in the table.",
        page.count(len(left), "question"),
        responses.SMALLEST,
    )


def scale_table(place):
    """Show each question with a scale: the upper two steps and the lower two together, with Wilson intervals."""
    frame = scales(place)
    if frame.empty:
        return page.silent("No question with a scale was asked.")
    return page.table(
        frame.assign(
            up=[responses.share(r.upper, r.n) for r in frame.itertuples()],
            down=[responses.share(r.lower, r.n) for r in frame.itertuples()],
            survey=[short(r) for r in frame.itertuples()],
            scale=frame.least + " to " + frame.most.str.lower(),
        ),
        "Questions with a scale",
        {
            "item": "Question",
            "survey": "Survey",
            "scale": "Scale",
            "n": "Answers",
            "up": "Upper two steps",
            "down": "Lower two steps",
        },
        "In brackets the 95% interval in percent.",
    )


def choice_tables(place):
    """Show each other closed question in one row: its answers, the most frequent first, and those suppressed."""
    frame = read(place).query("kind in ('one', 'many')")
    if frame.empty:
        return page.silent("No other question was asked.")
    return page.join((_choice_table(part) for _, part in frame.groupby("survey", sort=False)), "\n")


def group_table(place):
    """Show the upper two steps of scales, and plain yes, by category; counts and no percentages under 30 answers."""
    frame = by_group(place)
    kind = frame.merge(
        contract.read("survey_items", place.data, place.iso3), on=["survey", "item"], how="left"
    ).kind
    frame = frame[((kind == "scale") & _is_upper(frame)) | (frame.answer == "Yes")]
    if frame.empty:
        return page.silent("No answers can be told apart by category.")
    cells = frame.groupby(["survey", "item", "group"], sort=False).agg(
        count=("count", lambda c: c.sum(skipna=False)), n=("n", "first")
    )
    cells = cells[cells["count"].notna().groupby(["survey", "item"]).transform("any")]
    shown = cells.apply(lambda r: _narrow(responses.share(r["count"], r["n"])), axis=1).unstack(
        "group"
    )
    shown = shown[[g for g in responses.GROUPS if g in shown]]
    shown = shown.where(
        shown.notna(), page.Shown('<span class="missing">in other categories</span>')
    ).reset_index()
    shown = shown.assign(asked=shown.survey.map(_names(place)) + ": " + shown["item"]).sort_values(
        "survey", kind="stable"
    )
    return page.table(
        shown,
        "Upper two steps of a scale, or “yes”, by category",
        {"asked": "Question", **{g: name for g, name in responses.GROUPS.items() if g in shown}},
        "“few”: under 60 answers. “Other categories together” are those not named in the row. A question of which nothing can be told safely is left out.",
        kind="matrix",
    )


def theme_table(place):
    """Show open answers by theme; a theme that few or nearly all named is suppressed."""
    frame = read(place).query("kind == 'theme'")
    if frame.empty:
        return page.silent("No open answers were sorted by theme.")
    frame = frame.sort_values(
        ["survey", "item", "count"], ascending=[True, True, False], na_position="last"
    )
    coded = contract.read("coding", place.data, place.iso3).set_index(["survey", "item"])
    rows = [_theme_row(part, coded) for _, part in frame.groupby(["survey", "item"], sort=False)]
    return page.table(
        pd.DataFrame(rows),
        "Open answers by theme",
        {
            "item": "Question",
            "survey": "Survey",
            "n": "Answers sorted",
            "themes": "Themes, most frequent first",
            "coders": "Agreement of two coders",
        },
        "An answer can hold several themes. Agreement is Krippendorff's alpha over answers times themes with its 95% interval; "
        f"from {FLOOR} on it can be relied on, from {TENTATIVE} for tentative conclusions only.",
    )


def made_table(place):
    """Show how each survey was made, by the CHERRIES checklist; what is the same for several stands once."""
    frame = contract.read("survey_about", place.data, place.iso3)
    if frame.empty:
        return page.silent("No survey was made.")
    names = _names(place)
    frame = frame.assign(of=frame.survey.map(names).fillna(frame.survey))
    rows = [
        {"item": SAID[item], "stated": _stated(frame[frame["item"] == item], set(names.values()))}
        for item in SAID
        if item in set(frame["item"])
    ]
    return page.table(
        pd.DataFrame(rows),
        "How the surveys were made (CHERRIES)",
        {"item": "Item", "stated": "What is stated"},
    )


def about_unstated(place):
    """Say which items of the checklist are stated nowhere for a survey."""
    frame, names = contract.read("survey_about", place.data, place.iso3), _names(place)
    missing = {
        n: [w for i, w in SAID.items() if i not in set(frame["item"][frame.survey == s])]
        for s, n in names.items()
    }
    lines = [
        f"{name}: {page.listed([w.lower() for w in words])}"
        for name, words in missing.items()
        if words
    ]
    if not names:
        return page.silent("No survey was made.")
    if not lines:
        return page.say("Every item of the checklist is stated for every survey.")
    return page.join([page.say("Not stated so far:"), page.bullets(lines)], "")


def about_likelihood(place):
    """Say for whom the surveys speak."""
    frame = contract.read("survey", place.data, place.iso3)
    if frame.empty:
        return page.silent("No survey was made.")
    open_ = frame[frame["mode"] == "open link"].population.unique()
    return page.say(
        "{} {} through an open link: whoever had it could answer, so there is no response rate, and the shares speak of those "
        "who answered.",
        page.count(len(open_), "survey"),
        "was made" if len(open_) == 1 else "were made",
    )


def _narrow(shown):
    """Give a share as it fits into a narrow column."""
    return (
        shown
        if shown is responses.SUPPRESSED
        else shown.replace(responses.NBSP, " ").replace(", few answers", "; few")
    )


def _is_upper(frame):
    return frame["order"] > frame.groupby(["survey", "item"])["order"].transform("max") - 2


def _is_lower(frame):
    return frame["order"] < frame.groupby(["survey", "item"])["order"].transform("min") + 2


def _ends(frame, inside):
    """Give how many are at one end of each scale, by adding up or, where both steps are suppressed, by what is left."""
    keys = [frame.survey, frame["item"]]
    added, others = (
        frame["count"].where(part, 0).groupby(keys, sort=False).sum(skipna=False)
        for part in (inside, ~inside)
    )
    return added.fillna(frame.n.groupby(keys, sort=False).first() - others)


def _names(place):
    frame = contract.read("survey", place.data, place.iso3).drop_duplicates("survey")
    return {row.survey: short(row) for row in frame.itertuples()}


def _scale_chart(part, place):
    """Give the chart of one survey's questions with the same scale, "" where fewer than two can be drawn."""
    whole = part.groupby("item")["count"].transform(lambda c: c.notna().all()) & (
        part.n >= responses.SMALLEST
    )
    part = part[whole]
    if part["item"].nunique() < 2:
        return ""
    top = (
        part[part.order > part.order.max() - 2].groupby("item")["count"].sum()
        / part.groupby("item").n.first()
    )
    part = part.iloc[part["item"].map(-top).argsort(kind="stable")]
    labels = [a.lower() for a in part.drop_duplicates("order").sort_values("order").answer[-2:]]
    return charts.likert(
        part[["item", "answer", "order", "count", "n"]],
        f"“{top.idxmax()}” comes highest in {place.called}: {top.max():.0%} say “{labels[0]}” or “{labels[1]}”; "
        f"“{top.idxmin()}” lowest ({top.min():.0%})",
        f"Diverging bars of answers in {place.called}: "
        + "; ".join(f"{i}, {labels[0]} or {labels[1]}: {v:.0%}" for i, v in top.items()),
        f"{part.population.iloc[0]}, {part['mode'].iloc[0]}, {part.n.min()} to {part.n.max()} answers",
    )


def _stated(frame, everyone):
    """Give what is stated on one item of the checklist, with the surveys that it holds for."""
    lines = [(text, list(part.of)) for text, part in frame.groupby("stated", sort=False)]
    return page.bullets(
        [text if set(of) == everyone else f"{', '.join(of)}: {text}" for text, of in lines],
        kind="answers",
    )


def _choice_table(part):
    """Show the questions of one survey with one or several answers."""
    rows = [_choice_row(one) for _, one in part.groupby("item", sort=False)]
    return page.table(
        pd.DataFrame(rows),
        f"{short(part.iloc[0])}: questions with one or several answers",
        {"item": "Question", "n": "Answers", "answers": "Answers, most frequent first"},
        "In brackets the 95% interval in percent. Where several answers could be given, shares are of all who were asked.",
    )


def _choice_row(part):
    shown = part[part["count"].notna()].sort_values("count", ascending=False, kind="stable")
    lines = [f"{r.answer} {responses.share(r.count, r.n)}" for r in shown.itertuples()]
    several = " (several answers)" if part.kind.iloc[0] == "many" else ""
    about = _about(part)
    return {
        **about,
        "item": about["item"] + several,
        "answers": _lines(lines, part[part["count"].isna()].answer),
    }


def _theme_row(part, coded):
    shown = part[part["count"].notna()]
    lines = [
        f"{SECTIONS.get(r.answer, r.answer)} {responses.share(r.count, r.n)}"
        for r in shown.itertuples()
    ]
    few = part[part["count"].isna()].answer.map(lambda a: SECTIONS.get(a, a))
    return {
        **_about(part),
        "themes": _lines(lines, few),
        "coders": _agreement(coded, (part.survey.iloc[0], part["item"].iloc[0])),
    }


def _agreement(coded, question):
    """Say how far two coders agreed on a question's themes, and what that allows."""
    if question not in coded.index:
        return "sorted by one person"
    row = coded.loc[question]
    if pd.isna(row.alpha):
        return f"too few for a figure ({row.answers} answers sorted by both)"
    worth = (
        "reliable"
        if row.alpha >= FLOOR
        else "tentative"
        if row.alpha >= TENTATIVE
        else "not reliable"
    )
    return f"{row.alpha:.2f} ({row.low:.2f} to {row.high:.2f}), {worth}"


def _about(part):
    return {"item": part["item"].iloc[0], "survey": short(part.iloc[0]), "n": part.n.iloc[0]}


def _lines(lines, hidden):
    """Give answers one after the other, then those that are suppressed."""
    few = (
        [page.Shown("{}: {}").format(", ".join(hidden), responses.SUPPRESSED)]
        if len(hidden)
        else []
    )
    return page.join([*lines, *few], "; ")
