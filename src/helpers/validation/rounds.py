"""The comments on one edition: what became of each, and which ratings stay disputed."""

from functools import partial

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Shown
from helpers import countries

say = partial(words.show, "validation")

BECAME = {"accepted": "accepted", "partly": "partly", "not_accepted": "not", "open": ""}


def comments(place: Country) -> pd.DataFrame:
    """Return each comment on this edition with its answer, as taken in.

    Columns: those of comments, the organisation by name, and of responses, "" while it is open.
    """
    read = partial(cop.data.read, data=place.data, iso3=place.iso3)
    rows = read("comments")
    rows = rows[rows.edition == place.edition].merge(read("responses"), "left", "comment_id")
    return rows.fillna("").assign(organisation=_named(rows.organisation, place))


def disputed(items: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the ratings that the validation round disputes: not accepted, or open.

    Columns: item_id, item, status (ours, "" where the place is no item), comment_id, role,
    organisation (by name), proposed, decision ("" while it is open), why.
    """
    rows = comments(place)
    rows = rows[(rows.kind == "rating") & (rows.decision != "accepted")].reset_index(drop=True)
    ours = items[["item_id", "item", "status"]].set_index("item_id")
    named = {"item_id": rows.about, "item": rows.about.map(ours["item"]).fillna(rows.around)}
    frame = rows.assign(**named, status=rows.about.map(ours.status).fillna(""))
    return frame[list(cop.data.titles("disputed_ratings", place.data))[1:]]


def answers(place: Country) -> pd.DataFrame:
    """Return each comment on this edition with its answer, and without its text.

    Columns: comment_id, received (day), role, organisation (by name), about, kind, proposed,
    decision ("" while it is open), why, changed.
    """
    return comments(place).drop(columns=["text", "around", "origin", "origin_id", "day"])


def validation_round(answers: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the comments on this edition by kind of body, in the contract's order.

    Columns: role, comments, accepted, partly, not_accepted, open, first, last (days received).
    """
    rows, told = [], list(page.rows(answers))
    for role in cop.data.labels("comments", "role", place.data):
        theirs = [row for row in told if row.role == role]
        days, became = [row.received for row in theirs], [row.decision for row in theirs]
        if days:
            counts = map(became.count, BECAME.values())
            rows.append((role, len(theirs), *counts, min(days), max(days)))
    columns = ["role", "comments", *BECAME, "first", "last"]
    kinds = dict.fromkeys(columns, "str") | dict.fromkeys(["comments", *BECAME], "int64")
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def about_validation(rounds: pd.DataFrame, place: Country) -> Shown:
    """Say how far the edition has come, who signed, how many comments and what became of them."""
    signed = cop.data.read("sign_offs", place.data, place.iso3)
    signed = signed[signed.edition == place.edition]
    signed = signed.assign(name=_named(signed.body, place))
    said = [words.text("validation", "signed", row) for row in page.rows(signed)]
    return say("note", countries.edition(place), signed.assign(said=said), rounds)


def round_table(rounds: pd.DataFrame, place: Country) -> Shown:
    """Show the comments of a validation round by kind of body, and what became of them."""
    return say("round_table", rounds, place)


def answer_table(answers: pd.DataFrame, place: Country) -> Shown:
    """Show what became of each comment of a validation round, and why."""
    return say("answer_table", answers, place)


def dispute_list(disputed: pd.DataFrame, place: Country) -> Shown:
    """Show each rating that a validation round disputes, both ways."""
    return say("dispute_list", disputed, place)


def _named(bodies, place):
    """Return bodies by their names: an id becomes the name that it stands for."""
    names = countries.bodies(place)
    return pd.Series([names.get(body, body) for body in bodies], bodies.index, "str")
