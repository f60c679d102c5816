"""Rules of actions, milestones and readings, and of what is carried on from earlier editions."""

from collections.abc import Iterator

import pandas as pd

from cop.data.checks import tables
from cop.data.checks.rules import rule
from cop.data.checks.tables import Check
from cop.data.package import editions, editions_kept

BEFORE_BASELINE = ("is before the year of the baseline", "Check the day and baseline_year")


def earlier_editions(name: str, check: Check) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each earlier edition that is kept, oldest first, with its copy of a table."""
    own = max(editions(check.data, check.iso3), default="")
    for edition, folder in editions_kept(check.data, check.iso3).items():
        if edition < own:
            yield edition, tables.table(name, f"research/{check.iso3}/{name}.csv", folder)


@rule("action-answers", "actions", "recommendation_id",
      "is no recommendation of this edition or an earlier one",
      "Correct it by recommendations.csv; those of earlier editions are in editions/")  # fmt: skip
def _of_no_recommendation(table, check):
    known = {"", *check.table("recommendations").recommendation_id}
    for _, rows in earlier_editions("recommendations", check):
        known |= {*rows.recommendation_id}
    return ~table.recommendation_id.isin(known)


@rule("action-traced", "actions", "action_id", "has neither a milestone nor an indicator",
      "Add a row to milestones.csv, or an indicator with target and day")  # fmt: skip
def _nothing_to_see(table, check):
    stepped = table.action_id.isin(check.table("milestones").action_id)
    return ~stepped & (table.indicator == "") & (table.dropped == "")


@rule("action-target", "actions")
def _no_progress(table, check):
    target, baseline = (pd.to_numeric(table[c], errors="coerce") for c in ("target", "baseline"))
    higher = (table.better == "higher") & (target <= baseline)
    lower = (table.better == "lower") & (target >= baseline)
    fix = "Check baseline, target and whether higher or lower is better"
    yield from check.errors(table.target[higher | lower], "is no better than the baseline", fix)
    early = (table.target_day != "") & (table.target_day.str[:4] < table.baseline_year)
    yield from check.errors(table.target_day[early], *BEFORE_BASELINE)


@rule("milestone-before-target", "milestones", "day", "is after the day of the action's target",
      "Check it and target_day in actions.csv")  # fmt: skip
def _after_the_target(table, check):
    last = table.action_id.map(check.column("actions", "action_id", "target_day")).fillna("")
    return (last != "") & (table.day > last)


@rule("reading-measures", "readings")
def _unmeasured(table, check):
    indicator = table.action_id.map(check.column("actions", "action_id", "indicator"))
    wrong, fix = "is an action without an indicator", "Name the indicator in actions.csv"
    yield from check.errors(table.action_id[indicator == ""], wrong, fix)
    year = table.action_id.map(check.column("actions", "action_id", "baseline_year")).fillna("")
    early = (table.day != "") & (table.day.str[:4] < year)
    yield from check.errors(table.day[early], *BEFORE_BASELINE)


@rule("recommendation-carried", "recommendations")
def _left_without_a_word(table, check):
    column = "recommendation_id"
    answered = {"", *table[column], *check.table("actions")[column]}
    for edition, rows in [*earlier_editions("recommendations", check)][-1:]:
        wrong = (
            f"was recommended in the edition of {edition} and is neither here, nor answered by an "
            "action, nor dropped with a reason"
        )
        fix = "Carry it on under its number, or add a row to actions.csv: done, or dropped and why"
        left = rows[column][~rows[column].isin(answered)]
        yield from (check.error("", column, one, wrong, fix) for one in left)


@rule("challenge-number", "challenges")
def _another_finding(table, check):
    now = dict(zip(table.challenge_id, _plain(table.challenge), strict=True))
    for edition, rows in earlier_editions("challenges", check):
        themes = dict(zip(rows.challenge_id, rows.theme, strict=True))
        numbers = dict(zip(_plain(rows.challenge), rows.challenge_id, strict=True))
        for row, one, theme in table[["challenge_id", "theme"]].itertuples():
            had, then = numbers.get(now[one], one), themes.get(one, theme)
            if had != one and now.get(had) != now[one]:
                wrong = f"is {had} in the edition of {edition}, word for word"
                yield check.error(row, "challenge_id", one, wrong, "Give it the number that it had")
            elif then != theme:
                wrong = f"is another finding in the edition of {edition}, on {then}"
                fix = "Restore it, and give the new finding a number that no edition has"
                yield check.error(row, "challenge_id", one, wrong, fix)


def _plain(texts):
    return [" ".join(text.lower().split()) for text in texts]
