"""Stage 3, voices: what people said in interviews and wrote in open answers, by function or category and never by name."""

import contract
from helpers.evidence import SECTIONS
from helpers.responses import CATEGORIES, SHORT
from report import page

LEANINGS = {"strength": "strength", "gap": "gap", "both": "strength and gap", "": "neither"}


def interviews(place):
    """Give the interview findings, by function and never by name; a pseudonym stands for each person."""
    return contract.read("interviews", place.data, place.iso3)


def quotes(place):
    """Give the sentences that may be quoted: consent was given and a person has read them."""
    return contract.read("quotes", place.data, place.iso3)


def about_interviews(place):
    """Say how many people of which categories were interviewed, and who was not."""
    frame = interviews(place)
    if frame.empty:
        return page.silent("No interview was held.")
    people = frame.drop_duplicates("interview_id").category.value_counts()
    none = [CATEGORIES[c] for c in CATEGORIES if c not in people.index]
    return page.say(
        "{} were interviewed between {} and {}. {}",
        page.count(int(people.sum()), "person", "people"),
        frame.held.min(),
        frame.held.max(),
        f"Nobody was interviewed from: {page.listed(page.inside(n) for n in none)}."
        if none
        else "Every category was heard.",
    )


def interview_table(place):
    """Show the findings of the interviews by theme, with whether they speak of a strength or a gap."""
    frame = interviews(place)
    if frame.empty:
        return page.silent("No interview was held.")
    ordered = frame.iloc[frame.theme.map(list(SECTIONS).index).argsort(kind="stable")]
    return page.table(
        ordered.assign(
            theme=ordered.theme.map(SECTIONS),
            category=ordered.category.map(CATEGORIES),
            leaning=ordered.leaning.map(LEANINGS),
        ),
        "Interview findings by theme",
        {
            "theme": "Theme",
            "finding": "What was said, in our words",
            "leaning": "Speaks of",
            "function": "Function",
            "category": "Category",
        },
    )


def quote_table(place):
    """Show the quotations by section, each with function or category; words changed in the review are marked."""
    frame = quotes(place)
    if frame.empty:
        return page.silent("No sentence may be quoted.")
    frame = frame.assign(
        theme=frame.section.map(SECTIONS).fillna("Other"),
        words=[
            f"“{r.quote}”{' (shortened in the review)' if r.edited == 'yes' else ''}"
            for r in frame.itertuples()
        ],
        who=[
            r.function or CATEGORIES.get(r.category, "Category not stated")
            for r in frame.itertuples()
        ],
        where=frame.survey.map({**SHORT, "interviews": "Interview"}),
    )
    order = frame.section.map(lambda s: list(SECTIONS).index(s) if s in SECTIONS else len(SECTIONS))
    return page.table(
        frame.iloc[order.argsort(kind="stable")],
        "In their own words",
        {"theme": "Theme", "words": "Quotation", "who": "Said by", "where": "Survey"},
        "Quoted with consent and after review. The choice is not representative and says nothing about how many think so.",
    )
