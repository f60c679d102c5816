"""Stage 3, field work: whom a form was sent, who answered, and the rules for small numbers.

All of the stage obeys these. Outcome rates follow AAPOR's Standard Definitions: an organisation
that was not reached counts as eligible. A count that was suppressed before publication is written
out as such, never as zero; no percentage is given under 30 answers.
"""

from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Shown

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
    """Return a table of the field work, in the order of the words of `by`; rows without come
    last.
    """
    frame = cop.data.read(name, place.data, place.iso3).drop(columns="iso3")  # it is the place's
    words = cop.data.labels(name, by, place.data) if by else {}
    order = {word: i for i, word in enumerate(words)}
    places = [order.get(word, len(order)) for word in frame[by]] if by else []
    return frame.iloc[sorted(range(len(frame)), key=places.__getitem__)] if by else frame


def rates(forms: pd.DataFrame) -> pd.DataFrame:
    """Return AAPOR's outcome rates of the forms: rate, numerator, denominator, value (0 to
    1).

    No rows where no form was sent. Counts are NA where one is suppressed; value also under 30.
    """
    total = {row.outcome: row.count for row in page.rows(forms) if row.category == "all"}
    rows = [
        (rate, *(sum(total.get(outcome, pd.NA) for outcome in part) for part in parts))
        for rate, parts in (RATES if total else {}).items()
    ]
    frame = sheets.of_rows(rows, {"rate": "str", "numerator denominator": "Int64"})
    return frame.assign(value=interval(frame.numerator, frame.denominator).share)


def response(forms: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return who answered by category: category, eligible, answered, not_answered, share (0 to 1).

    Small categories are one row. Counts are NA where they are suppressed; share also under 30.
    """
    by = sheets.grouped(page.rows(forms), "category")
    words = "eligible", "answered", "not answered"
    counts = {one: {row.outcome: row.count for row in rows} for one, rows in by.items()}
    order = [c for c in cop.data.labels("response", "category", place.data) if c in counts]
    rows = [(c, *(counts[c].get(word) for word in words)) for c in order if c != "all"]
    frame = sheets.of_rows(rows, {"category": "str", "eligible answered not_answered": "Int64"})
    return frame.assign(share=interval(frame.answered, frame.eligible).share)


def field_work(
    rates: pd.DataFrame, answers: pd.DataFrame, findings: pd.DataFrame, made: pd.DataFrame
) -> pd.DataFrame:
    """Return what came back in one row: organisations, answered, forms, surveys, small, people.

    `answered` is of `organisations`, those that were sent a form: 0 where none was, NA: suppressed.
    `forms` says what came of them, and `small` counts surveys that too few answered for a result:
    `made` has their rows and `answers` none. No row: nothing came back and nothing was sent.
    """
    sent = [(r.denominator, r.numerator) for r in page.rows(rates) if r.rate == "RR2"]
    [(organisations, answered)] = sent or [(0, 0)]
    told = set(answers.survey.tolist())
    few = {row.survey for row in page.rows(made) if row.by == "data"} - told
    counted = bool(answered is not pd.NA and answered)
    word = {FORM in few: "few", FORM in told: "back", counted: "counted"}
    forms = word.get(True, "sent" if sent else "")
    counts = [organisations, answered, len(told - {FORM}), len(few - {FORM})]
    row = [*counts, findings.interview_id.nunique(), forms]
    came = any(one is pd.NA or one for one in row)
    types = {"organisations answered surveys small people": "Int64", "forms": "str"}
    return sheets.of_rows([row] if came else [], types)


def wilson(count: pd.Series, n: pd.Series, z: float = 1.96) -> tuple[pd.Series, pd.Series]:
    """Return the 95% score interval of count out of n (Wilson 1927): (low, high), NA where n
    is 0.
    """
    n = np.where(n > 0, n, np.nan)
    middle = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def interval(count: pd.Series, n: pd.Series, prefix: str = "") -> pd.DataFrame:
    """Return share, low and high (0 to 1, by Wilson) of counts; NA where suppressed and under
    30.
    """
    some, of = (one.to_numpy(float, na_value=np.nan) for one in (count, n))
    of = np.where((of >= SMALLEST) & ~np.isnan(some), of, np.nan)
    parts = zip(("share", "low", "high"), (some / of, *wilson(some, of)), strict=True)
    return pd.DataFrame({f"{prefix}{k}": pd.array(v, "Float64") for k, v in parts}, count.index)


def bottom_line(field_work: pd.DataFrame, place: Country) -> Shown:
    """Say what came back, or in one sentence that nothing did."""
    return say("bottom_line", next(page.rows(field_work), None), place)


def about_absence(field_work: pd.DataFrame, place: Country) -> Shown:
    """Say how what people said is reported, or what the silence means for the reader."""
    threshold = cop.data.contents(place.data)["cop:threshold"]
    return say("about_absence", len(field_work), threshold, SMALLEST, FLAGGED)


def rate_table(rates: pd.DataFrame, place: Country) -> Shown:
    """Show the outcome rates with their definitions and the numbers behind them."""
    return say("rate_table", rates, place)


def response_table(response: pd.DataFrame, place: Country) -> Shown:
    """Show who answered and who did not by category, and say which did most and least often."""
    ends = interval(response.answered, response.eligible)[["low", "high"]]
    often = (response.answered / response.eligible).sort_values(ascending=False, kind="stable")
    return say("response_table", response.join(ends), response.loc[often.index], FLAGGED, place)
