"""The numbers and word lists of the method: a change of one is a change of the method."""

from datetime import timedelta

import pytest

from cop.data import agreement
from cop.data.checks import editions as edition_rules
from cop.data.checks import evidence, narrative, schema
from cop.fieldwork import contacts, counted, disclosure, outcomes, tables
from cop.report import page
from cop.research import figures, refresh
from cop.run import identity
from helpers import (
    alignment,
    assessment,
    confidence,
    cybersecurity,
    editions,
    fieldwork,
    followup,
    indicators,
    region,
    stakeholders,
)
from helpers import evidence as statements

NUMBERS = {  # rule: (as the code has it, as the method states it)
    "a median is of half of the region": (indicators.MIN_SHARE_OF_COUNTRIES, 1 / 2),
    "a median is of three countries": (indicators.MIN_COUNTRIES, 3),
    "a figure is old after three years": (indicators.MAX_AGE, 3),
    "lines over years begin in 2005": (indicators.FIRST_YEAR, 2005),
    "evidence is recent for three years": (statements.RECENT, 3),
    "percentages from 30 answers, unmarked from 60": (
        (fieldwork.SMALLEST, fieldwork.FLAGGED), (30, 60)),
    "alpha of 0.8 is reliable, of 0.667 tentative": (
        (fieldwork.FLOOR, fieldwork.TENTATIVE), (0.8, 0.667)),
    "agreement of 0.8 is good, of 0.667 tentative": (alignment.BOUNDS, (0.8, 0.667)),
    "alpha needs 20 items, 5 of them off the most frequent word": (
        (agreement.ENOUGH, agreement.VARIED), (20, 5)),
    "the bootstrap has 2000 draws": (agreement.DRAWS, 2000),
    "a pillar is a gap up to 10 points, a strength from 15": (
        (fieldwork.LOW, fieldwork.HIGH), (10, 15)),
    "a day is due within six months": (followup.MONTHS, 6),
    "three strengths and three gaps": (assessment.MOST, 3),
    "an edition is named up to two years ahead": (edition_rules.AHEAD, 2),
    "an action serves two challenges at most": (evidence.OFTEN, 2),
    "a draft is silent after two years": (evidence.DRAFT_YEARS, 2),
    "a narrative has 200 to 500 words": ((narrative.LEAST, narrative.MOST), (200, 500)),
    "it may be tomorrow elsewhere": (schema.ZONES, timedelta(days=1)),
    "five ids of another country are named": (schema.FEW, 5),
    "counts under five are hidden": (disclosure.THRESHOLD, 5),
    "a count of its own needs twice the threshold": (disclosure.MIN_STANDALONE, 2),
    "agreement of coders is published from 30 answers": (tables.ENOUGH, 30),
    "remind after 14 days, twice; answer within 21": (
        (contacts.PATIENCE.days, contacts.REMINDERS, contacts.DEADLINE.days), (14, 2, 21)),
    "four words are a sentence": (page.SENTENCE, 4),
    "figures are read from 2000 on, the index from 2020": (
        (figures.FIRST_YEAR, figures.FIRST_EDITION), (2000, 2020)),
    "another series: a fifth lost, or twice the median": (
        (refresh.LOST, refresh.FACTOR), (0.2, 2.0)),
    "ten mentions may be another country": (identity.OFTEN, 10),
}  # fmt: skip
WORDS = {
    "the scale of ratings": (agreement.SCALE, "not in place, partly in place, in place"),
    "at least partly in place": (alignment.AT_LEAST, "in place, partly in place"),
    "missing": (assessment.MISSING, "not in place, no public evidence"),
    "missing, for the check": (evidence.MISSING, "not in place, no public evidence"),
    "silent": (evidence.SILENT, "no public evidence, not assessed"),
    "a yes of Table 25": (assessment.YES, "party, member, in force, adopted, dedicated"),
    "a no of Table 25": (assessment.NO, "not in place, no action"),
    "unjudged in Table 25": (assessment.UNJUDGED, "not assessed, not looked up, withheld"),
    "the panel": (
        assessment.LEADING, "NCMEC.REPORTS, NCMEC.RATE, WPP.POP.0014, IT.NET.USER.ZS, ITU.xHH6"),
    "items that ask for a service": (assessment.ASKS, "PM-RIC-01, MNR-11, MNR-12"),
    "strategies that stand": (region.STANDS["national_strategy"], "in force, adopted"),
    "agencies that stand": (region.STANDS["national_agency"], "dedicated, shared mandate"),
    "a source says that it is absent": (region.ABSENT, "not in place, no action, signatory"),
    "unjudged in the region": (region.UNJUDGED, "not assessed, withheld, not looked up"),
    "confidence, the least first": (confidence.ORDER, "low, moderate, high"),
    "weak at second hand": (statements.WEAK, "news, other web page"),
    "official texts": (evidence.OFFICIAL, "law, official register, statistics"),
    "services for a child or a witness": (stakeholders.LINES, "helpline, hotline"),
    "plans": (stakeholders.PLANS, "strategy, action plan"),
    "statuses of a plan that exists": (stakeholders.ADOPTED, "in force, adopted, signed, ratified"),
    "steps of a treaty": (cybersecurity.STEPS, "signed, ratified, in_force"),
    "parts that the study does not hold": (
        editions.JUDGED, "alignment, challenges, recommendations"),
    "matters of record in 2020": (editions.RECORDED, "lanzarote, weprotect"),
    "changes that are none": (editions.SAME, "same, no newer figure"),
    "states without open days": (followup.CLOSED, "reached, dropped"),
    "sources that confirm": (fieldwork.COUNTED, "desk, survey, interviews"),
    "organisations that were reached": (fieldwork.REACHED, "complete, partial, refused"),
    "safeguards of studies of children": (
        fieldwork.SAFEGUARDS, "population, ethics approval, consent"),
    "answered": (outcomes.BLOCKS[outcomes.ANSWERED], "complete, partial"),
    "not answered": (outcomes.BLOCKS[outcomes.NOT], "refused, not reached"),
    "responses that count": (counted.ACCEPTED, "accepted, accepted with a remark"),
    "units that have no parts": (page.COUNTS, "persons, reports per year"),
}  # fmt: skip


@pytest.mark.parametrize("rule", NUMBERS)
def test_a_number_of_the_method(rule):
    assert NUMBERS[rule][0] == NUMBERS[rule][1], rule


@pytest.mark.parametrize("rule", WORDS)
def test_a_word_list_of_the_method(rule):
    assert ", ".join(WORDS[rule][0]) == WORDS[rule][1], rule


def test_weights_and_rates_of_the_method():
    assert fieldwork.WEIGHTS == {"in place": 1, "partly in place": 0.5, "not in place": 0}
    reached = ["complete", "partial", "refused"]
    assert {  # AAPOR, Standard Definitions
        "RR1": (["complete"], [*reached, "not reached"]),
        "RR2": (["answered"], ["eligible"]),
        "COOP1": (["complete"], reached),
        "REF1": (["refused"], ["eligible"]),
        "CON1": (["answered", "refused"], ["eligible"]),
    } == fieldwork.RATES
