"""Stage 3, field work: whom a form was sent, who answered, and the rules for small numbers.

All of the stage obeys these. Outcome rates follow AAPOR's Standard Definitions: an organisation
that was not reached counts as eligible. A count that was suppressed before publication is written
out as such, never as zero; no percentage is given under 30 answers.
"""

from functools import partial

import numpy as np
import pandas as pd

import contract
from contract.places import Country
from report import page, words
from report.page import Shown

say = partial(words.show, "3-surveys-and-interviews")

SMALLEST = 30  # answers below which no percentage is given
FLAGGED = 60  # below which a percentage is marked as resting on few answers
FORM = "mapping_form"  # counted like a survey, and not a survey
REACHED = ["complete", "partial", "refused"]
RATES = {  # the outcomes that are counted, and those among which
    "RR1": (["complete"], [*REACHED, "not reached"]),
    "RR2": (["answered"], ["eligible"]),
    "COOP1": (["complete"], REACHED),
    "REF1": (["refused"], ["eligible"]),
    "CON1": (["answered", "refused"], ["eligible"]),
}


def read(name: str, place: Country, by: str = "") -> pd.DataFrame:
    """Give a table of the field work, in the order of the words of `by`; rows without come last."""
    frame = contract.read(name, place.data, place.iso3).drop(columns="iso3")  # it is the place's
    words = contract.labels(name, by, place.data) if by else {}
    order = {word: i for i, word in enumerate(words)}
    return frame.sort_values(by, key=lambda c: c.map(order), kind="stable") if by else frame


def rates(forms: pd.DataFrame) -> pd.DataFrame:
    """Give a notebook AAPOR's outcome rates of the forms: rate, numerator, denominator, value (0 to
    1).

    No rows where no form was sent. Counts are NA where one is suppressed; value also under 30.
    """
    total = forms[forms.category == "all"].set_index("outcome")["count"]
    sums = {r: [total.reindex(p).sum(skipna=False) for p in parts] for r, parts in RATES.items()}
    columns = ["numerator", "denominator"]
    frame = pd.DataFrame.from_dict(sums if len(total) else {}, "index", "Int64", columns)
    frame = frame.reset_index(names="rate")
    return frame.assign(value=interval(frame.numerator, frame.denominator).share)


def response(forms: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give who answered by category: category, eligible, answered, not_answered, share (0 to 1).

    Small categories are one row. Counts are NA where they are suppressed; share also under 30.
    """
    parts = forms[forms.category != "all"]
    wide = parts.pivot(index="category", columns="outcome", values="count")
    order = [c for c in contract.labels("response", "category", place.data) if c in wide.index]
    wide = wide.reindex(index=order, columns=["eligible", "answered", "not answered"])
    wide = wide.astype("Int64").set_axis(["eligible", "answered", "not_answered"], axis=1)
    share = interval(wide.answered, wide.eligible).share
    return wide.assign(share=share).reset_index(names="category")


def field_work(
    rates: pd.DataFrame, answers: pd.DataFrame, findings: pd.DataFrame, made: pd.DataFrame
) -> pd.DataFrame:
    """Give what came back in one row: organisations, answered, forms, surveys, small, people.

    `answered` is of `organisations`, those that were sent a form: 0 where none was, NA: suppressed.
    `forms` says what came of them, and `small` counts surveys that too few answered for a result:
    `made` has their rows and `answers` none. No row: nothing came back and nothing was sent.
    """
    sent = rates.loc[rates.rate == "RR2", ["denominator", "numerator"]]
    organisations, answered = sent.iloc[0] if len(sent) else (0, 0)
    told = set(answers.survey)
    few = set(made.survey[made.by == "data"]) - told
    word = {
        FORM in few: "few",
        FORM in told: "back",
        bool(answered is not pd.NA and answered): "counted",
    }
    forms = word.get(True, "sent" if len(sent) else "")
    counts = [organisations, answered, len(told - {FORM}), len(few - {FORM})]
    names = ["organisations", "answered", "surveys", "small", "people"]
    frame = pd.DataFrame([[*counts, findings.interview_id.nunique()]], columns=names, dtype="Int64")
    frame = frame[(frame.fillna(1) > 0).any(axis=1) | bool(forms)]
    return frame.assign(forms=forms)


def wilson(count: pd.Series, n: pd.Series, z: float = 1.96) -> tuple[pd.Series, pd.Series]:
    """Give helpers the 95% score interval of count out of n (Wilson 1927): (low, high), NA where n
    is 0.
    """
    n = n.where(n > 0)
    middle = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4)
    return (middle - half).clip(lower=0), (middle + half).clip(upper=1)


def interval(count: pd.Series, n: pd.Series, prefix: str = "") -> pd.DataFrame:
    """Give share, low and high (0 to 1, by Wilson) of counts; NA where suppressed and under 30."""
    count, n = count.astype("Float64").astype(float), n.astype("Float64").astype(float)
    low, high = wilson(count, n)
    frame = pd.DataFrame({"share": count / n, "low": low, "high": high}).add_prefix(prefix)
    return frame.where((n >= SMALLEST) & count.notna()).astype("Float64")


def bottom_line(field_work: pd.DataFrame, place: Country) -> Shown:
    """Say what came back, or in one sentence that nothing did."""
    return say("bottom_line", next(page.rows(field_work), None), place)


def about_absence(field_work: pd.DataFrame, place: Country) -> Shown:
    """Say how what people said is reported, or what the silence means for the reader."""
    threshold = contract.contents(place.data)["cop:threshold"]
    return say("about_absence", len(field_work), threshold, SMALLEST, FLAGGED)


def rate_table(rates: pd.DataFrame, place: Country) -> Shown:
    """Show the outcome rates with their definitions and the numbers behind them."""
    return say("rate_table", rates, place)


def response_table(response: pd.DataFrame, place: Country) -> Shown:
    """Show who answered and who did not by category, and say which did most and least often."""
    ends = interval(response.answered, response.eligible)[["low", "high"]]
    often = (response.answered / response.eligible).sort_values(ascending=False)
    return say("response_table", response.join(ends), response.loc[often.index], FLAGGED, place)
