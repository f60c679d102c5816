"""Stage 3, field work: whom a form was sent, who answered, and the rules for small numbers that all of the stage obeys.

Outcome rates follow AAPOR's Standard Definitions: an organisation that was not reached counts as eligible. A count that
was suppressed before publication is written out as such, never as zero; no percentage is given under 30 answers.
"""

import numpy as np
import pandas as pd

import contract
from report import page

SMALLEST = 30  # answers below which no percentage is given
FLAGGED = 60  # below which a percentage is marked as resting on few answers
SUPPRESSED = page.Shown('<span class="suppressed">suppressed</span>')
CATEGORIES = {
    "government": "Government bodies",
    "industry": "Industry",
    "ngo": "NGOs",
    "parents": "Parents",
    "children": "Children",
    "international": "International organisations",
    "education": "Educational institutions",
}
GROUPS = {**CATEGORIES, "other": "Other categories together"}
NBSP = "\N{NO-BREAK SPACE}"
FORM = "mapping_form"  # counted like a survey, and not a survey
SHORT = {
    FORM: "Mapping form",
    "stakeholder_survey": "Stakeholders",
    "parents_survey": "Parents",
    "educators_survey": "Educators",
    "industry_survey": "Industry",
}
RATES = {  # name, what is counted, among whom
    "RR1": ("Response rate 1", ["complete"], ["complete", "partial", "refused", "not reached"]),
    "RR2": ("Response rate 2", ["answered"], ["eligible"]),
    "COOP1": ("Cooperation rate 1", ["complete"], ["complete", "partial", "refused"]),
    "REF1": ("Refusal rate 1", ["refused"], ["eligible"]),
    "CON1": ("Contact rate 1", ["answered", "refused"], ["eligible"]),
}
MEANS = {
    "RR1": "Complete forms among all eligible organisations",
    "RR2": "Complete and partial forms among all eligible organisations",
    "COOP1": "Complete forms among organisations that were reached",
    "REF1": "Refusals among all eligible organisations",
    "CON1": "Organisations that answered or refused among all eligible",
}


def forms(place):
    """Give the outcomes of the stakeholder mapping forms, of all and by category; a count is NA where it is suppressed."""
    return contract.read("forms", place.data, place.iso3)


def rates(place):
    """Give AAPOR's outcome rates of the forms: rate, numerator, denominator, value; NA where a count is suppressed.

    No rows where no form was sent; value is NA under 30 eligible organisations.
    """
    frame = forms(place)
    total = frame[frame.category == "all"].set_index("outcome")["count"]
    if total.empty:
        return pd.DataFrame(columns=["rate", "numerator", "denominator", "value"])
    rows = [
        [rate, _sum(total, over), _sum(total, under)] for rate, (_, over, under) in RATES.items()
    ]
    out = pd.DataFrame(rows, columns=["rate", "numerator", "denominator"]).astype(
        {"numerator": "Int64", "denominator": "Int64"}
    )
    return out.assign(value=_share(out.numerator, out.denominator))


def response(place):
    """Give eligible organisations, those that answered and those that did not, by category; small ones are one row."""
    frame = forms(place).query("category != 'all'")
    wide = frame.pivot(index="category", columns="outcome", values="count")
    wide = wide.reindex(columns=["eligible", "answered", "not answered"]).astype("Int64")
    wide = wide.loc[[c for c in GROUPS if c in wide.index]].rename(
        columns={"not answered": "not_answered"}
    )
    return (
        wide.assign(share=_share(wide.answered, wide.eligible))
        .rename_axis("category")
        .reset_index()
    )


def anything(place):
    """Say whether anything came back: a form, a survey or an interview."""
    return any(
        len(contract.read(name, place.data, place.iso3))
        for name in ("forms", "survey", "interviews")
    )


def wilson(count, n, z=1.96):
    """Give the 95% Wilson score interval of count out of n (Wilson 1927): (low, high), NA where n is 0."""
    n = n.where(n > 0)
    middle, half = (
        (count + z**2 / 2) / (n + z**2),
        z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4),
    )
    return (middle - half).clip(lower=0), (middle + half).clip(upper=1)


def share(count, n):
    """Say how many of n: '62% (53 to 70)', '12 of 20' under 30 answers, 'suppressed' where the count is."""
    if pd.isna(count) or pd.isna(n):
        return SUPPRESSED
    if n < SMALLEST:
        return f"{count} of {n}"
    low, high = (
        float(end.iloc[0]) for end in wilson(pd.Series([float(count)]), pd.Series([float(n)]))
    )
    few = ", few answers" if n < FLAGGED else ""
    return f"{count / n:.0%} ({100 * low:.0f} to {100 * high:.0f}{few})".replace(" ", NBSP)


def bottom_line(place):
    """Say what came back, or in one sentence that nothing did."""
    if not anything(place):
        return page.say(
            "No mapping form was sent, no survey was made and no interview was held for this edition: "
            "the assessment of {} rests on desk research alone.",
            place.called,
            kind="bottom-line",
        )
    asked = contract.read("survey", place.data, place.iso3).query("survey != @FORM")
    held = contract.read("interviews", place.data, place.iso3)
    return page.say(
        "{}{} reported here, and {} interviewed.",
        _on_forms(place),
        page.count(asked.survey.nunique(), "survey is", "surveys are"),
        page.count(held.interview_id.nunique(), "person was", "people were"),
        kind="bottom-line",
    )


def about_absence(place):
    """Say how what people said is reported, or what the silence means for the reader."""
    if anything(place):
        return page.say(
            "What people said is reported by category and function, never by name. A count under {} is suppressed, and "
            "with it as many others as it takes that nobody can reckon it back: “suppressed” is never zero. Under {} answers "
            "counts are given and no percentages; under {} a percentage is marked as resting on few answers.",
            contract.contents(place.data)["cop:threshold"],
            SMALLEST,
            FLAGGED,
        )
    return page.say(
        "This is no finding about the country. What organisations, parents, educators and companies would say is not part "
        "of this edition; forms and surveys are ready, and what comes back will stand here."
    )


def rate_table(place):
    """Show the outcome rates with their definitions and the numbers behind them."""
    frame = rates(place)
    if frame.empty:
        return page.silent("No mapping form was sent.")
    return page.table(
        frame.assign(
            name=[f"{RATES[r][0]} ({r})" for r in frame.rate],
            means=frame.rate.map(MEANS),
            of=[_of(r.numerator, r.denominator) for r in frame.itertuples()],
            value=[
                SUPPRESSED if pd.isna(r.numerator) else _percent(r.value)
                for r in frame.itertuples()
            ],
        ),
        "Outcome of the mapping forms, by the rates of AAPOR",
        {"name": "Rate", "means": "Definition", "of": "Organisations", "value": "Rate"},
        "An organisation that was not reached counts as eligible, so RR1 is the least favourable rate.",
    )


def response_table(place):
    """Show who answered and who did not, by category."""
    frame = response(place)
    if frame.empty:
        return page.silent("The forms are too few to be told apart by category.")
    return page.table(
        frame.assign(
            category=frame.category.map(GROUPS),
            shown=[share(r.answered, r.eligible) for r in frame.itertuples()],
        ),
        "Mapping forms answered, by category",
        {
            "category": "Category",
            "eligible": "Eligible",
            "answered": "Answered",
            "not_answered": "Not answered",
            "shown": "Share answered",
        },
        "Categories with few forms are added up, so that nobody can tell who did not answer.",
    )


def about_response(place):
    """Say which categories answered most and least often."""
    frame = response(place)
    if len(frame) < 2:
        return page.silent("Nothing can be said by category.")
    ordered = frame.assign(part=frame.answered / frame.eligible).sort_values(
        "part", ascending=False
    )
    most, least = ordered.iloc[0], ordered.iloc[-1]
    return page.say(
        "{} answered most often ({} of {}), {} least often ({} of {}); what the second group would have said is missing here.",
        GROUPS[most.category],
        most.answered,
        most.eligible,
        page.inside(GROUPS[least.category]),
        least.answered,
        least.eligible,
    )


def _on_forms(place):
    answered = rates(place).set_index("rate").reindex(["RR2"]).iloc[0]
    if pd.isna(answered.numerator):
        return (
            "Few mapping forms came back, if any; "
            if len(forms(place))
            else "No mapping form was sent; "
        )
    return f"{int(answered.numerator)} of {int(answered.denominator)} organisations that were sent a mapping form answered; "


def _sum(total, outcomes):
    """Give the sum of counts, NA where one of them is suppressed or not there."""
    return total.reindex(outcomes).sum(skipna=False)


def _share(count, n):
    return (count / n.where(n >= SMALLEST)).astype("Float64")


def _of(count, n):
    return SUPPRESSED if pd.isna(count) or pd.isna(n) else f"{count} of {n}"


def _percent(value):
    return "too few for a rate" if pd.isna(value) else f"{value:.0%}"
