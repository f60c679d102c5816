"""Stage 6: the synthesis and its sentences, on a few invented rows."""

from collections import Counter

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report.palette import STATUSES
from helpers import assessment, indicators, stakeholders


@pytest.fixture
def items():
    """Return five items of ITU, one of the Model National Response and one nobody looked at."""
    rows = [
        ("PM-RIC-01", "policy-makers", "2 Reporting", "Reporting", "in place", "moderate"),
        ("PM-CHP-01", "policy-makers", "2 Reporting", "Workforce", "partly in place", "low"),
        ("PM-EDU-01", "policy-makers", "1 Law", "Curriculum", "partly in place", "high"),
        ("PM-AWA-01", "policy-makers", "1 Law", "Campaigns", "not in place", "moderate"),
        ("PM-RES-01", "policy-makers", "1 Law", "Studies", "no public evidence", "low"),
        ("MNR-11", "Model National Response", "Victim", "Helpline", "in place", "high"),
        ("IN-ENV-03", "industry", "Safety", "Notice", "not assessed", ""),
    ]
    columns = ["item_id", "framework", "area", "item", "status", "confidence"]
    return pd.DataFrame(rows, columns=columns).assign(confidence_reason="said so")


@pytest.fixture
def handed_on():
    return {
        "rows": pd.DataFrame(
            {
                "row": assessment.JUDGED,
                "value": ["none", "dedicated", "partly"],
                "confidence": ["moderate", "low", ""],
                "confidence_reason": "why",
            }
        ),
        "categories": pd.DataFrame(
            {"category": ["government", "ngo"], "organisations": [20, 8], "active": [16, 0]}
        ),
        "areas": pd.DataFrame(
            {
                "section": ["research", "education", "awareness"],
                "survey": ["gap", "", ""],
                "interviews": "",
                "verdict": ["agree", "agree in part", "differ"],
            }
        ),
    }


def test_the_summary_counts_each_thing_in_its_own_place(handed_on, place):
    shown = said(assessment.summary(place, **handed_on))
    for sentence in (
        "National strategy for child online protection: none (confidence moderate: why). National "
        "agency for it: dedicated (confidence low: why). Cybersecurity regulation that covers "
        "child online protection: partly.",
        "16 of 28 organisations on record are known to have been active in the last 24 months. "
        "None is known to have been active among: NGOs.",
        "agrees, wholly or in part, on 2 of 3 areas. It differs on: national awareness.",
    ):
        assert sentence in shown
    areas = handed_on["areas"].assign(survey="")
    assert "agrees" not in said(assessment.summary(place, **handed_on | {"areas": areas}))


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        (["in place", "in place"], "in place"),
        (["in place", "no public evidence"], "partly in place"),
        (["partly in place", "not in place"], "partly in place"),
        (["not in place", "no public evidence"], "not in place"),
        (["no public evidence", "not assessed"], "no public evidence"),
        (["planned", "no public evidence"], "planned"),
        (["planned", "not in place"], "not in place"),
        (["in place", "not applicable"], "in place"),
        (["not applicable"], "not applicable"),
        (["withheld", "not assessed"], "withheld"),
        (["not assessed"], "not assessed"),
        ([], "not assessed"),
        (["in place", "in place low"], "partly in place"),
        (["in place", "not in place low"], "partly in place"),
        (["partly in place low", "no public evidence"], "not sure enough"),
        (["partly in place low"], "not sure enough"),
        (["not in place low"], "not sure enough"),
        (["no public evidence", "no public evidence low"], "no public evidence"),
    ],
)
def test_a_link_holds_where_all_its_items_do_and_rests_on_none_of_low_confidence(statuses, word):
    sure = pd.Series(["low" if s.endswith(" low") else "high" for s in statuses], dtype=str)
    words = pd.Series(statuses, dtype=str).str.removesuffix(" low")
    assert assessment.link_status(words, sure) == word


def lines(helpline="yes", hotline="yes", confidence="moderate"):
    """Return a helpline and a hotline with what is known of their work; "" leaves one out."""
    rows = [("ZZZ-V01", "Line", "helpline", helpline), ("ZZZ-V02", "Web form", "hotline", hotline)]
    frame = pd.DataFrame(rows, columns=["service_id", "name", "kind", "operates"])
    why = "1 source of at least moderate confidence"
    frame = frame.assign(confidence=confidence, confidence_reason=why)
    return frame.assign(name_local="", phone="", hours="")[frame.operates != ""]


def test_the_chain_runs_from_the_child_to_support(items, place):
    links = assessment.chain(items, lines(), place)
    assert links.link.tolist() == ["child", "report", "police", "removal", "support"]
    assert links.status.tolist() == [
        "partly in place", "in place", "not assessed", "not assessed", "not sure enough"
    ]  # fmt: skip
    assert links.confidence.tolist() == ["high", "moderate", "", "", "low"]
    assert (links.confidence_reason != "").tolist() == [True, True, False, False, True]
    assert links.unsure.tolist() == ["", "", "", "", "PM-CHP-01"]
    weak = assessment.chain(items, lines(confidence="low"), place).set_index("link")
    assert weak.status["report"] == "partly in place" and weak.silent["report"] != ""


def test_a_link_is_not_in_place_while_no_source_shows_its_service_at_work(items, place):
    links = assessment.chain(items, lines(hotline="not known"), place).set_index("link")
    assert links.status["report"] == "partly in place" and links.silent["report"] == "hotline"
    shown = said(assessment.chain_chart(links.reset_index(), place))
    assert "Not shown at work in the last 24 months: hotline." in shown
    none = assessment.chain(items, lines("", ""), place).set_index("link")
    assert none.silent["report"] == "helpline; hotline" and none.silent["child"] == ""


def test_a_link_of_the_chain_leads_to_its_items_and_its_data_to_a_file(place):
    links = pd.DataFrame({"link": ["child", "report"], "label": ["Child", "Report"], "silent": "",
                          "unsure": ["", "PM-AWA-01"],
                          "question": "Does it hold?", "status": ["in place", "not assessed"],
                          "confidence": ["high", ""], "confidence_reason": ["two laws", ""],
                          "item_ids": ["PM-AWA-01; PM-EDU-01", "PM-AWA-01"]})  # fmt: skip
    shown = assessment.chain_chart(links, place)
    assert said(shown).startswith("1 of 2 links in place, 0 in part")
    assert "Does it hold? Confidence high: two laws." in said(shown)
    assert "Does it hold? Of low confidence, and not counted: PM-AWA-01." in said(shown)
    assert "Based on the 2 items named in the links" in said(shown) and "2026" in said(shown)
    assert str(shown).count('<a class="ref" href="#PM-AWA-01">') == 2 and "download=" in str(shown)


def finding(place, words=("in place",), strategy="draft", at_work=None, sure="moderate", items=(),
            tree=False, **link):  # fmt: skip
    link = {"confidence": "", "confidence_reason": "", "unsure": "", "item_ids": "MNR-04"} | link
    links = pd.DataFrame({"label": list("ABCDE"[: len(words)]), "status": words, **link})
    rows = pd.DataFrame(
        {
            "row": ["national_strategy"],
            "value": [strategy],
            "confidence": [sure],
            "confidence_reason": "2 sources, 1 of at least moderate confidence",
        }
    )
    statements = cop.data.read("evidence", place.data, place.iso3)
    found = lines() if at_work is None else at_work
    items = pd.DataFrame(items, columns=["item_id", "status", *assessment.SURE])
    shown = assessment.message(
        place, links=links, lines=found, rows=rows, statements=statements, items=items
    )
    return html.fragment_fromstring(str(shown), create_parent=True) if tree else said(shown)


@pytest.mark.parametrize(
    ("status", "sure", "sentence", "why"),
    [
        (
            "not in place",
            "moderate",
            "No hotline for abuse material is on record. The register is silent.",
            True,
        ),
        (
            "no public evidence",
            "low",
            "Whether there is a hotline for abuse material cannot be",
            True,
        ),
        ("partly in place", "low", "No hotline for abuse material is on record.", False),
    ],
)
def test_how_sure_it_is_that_there_is_no_line_follows_from_its_item(
    place, status, sure, sentence, why
):
    items = [("MNR-12", status, sure, "the register is silent"), ("MNR-11", "in place", "high", "")]
    shown = finding(place, at_work=lines().head(0), items=items)
    assert sentence in shown and "No helpline for children is on record in Zedland." in shown
    assert (f"hotline {sure} (the register is silent)" in shown) == why


@pytest.mark.parametrize(
    ("at_work", "sentence"),
    [
        (
            lines(),
            "A child in Zedland can turn to a helpline: Line. Child sexual abuse material can be "
            "reported to a hotline: Web form.",
        ),
        (
            lines("not known", "not known"),
            "A helpline for children is on record in Zedland: Line. No source of the last 24 "
            "months shows it at work. A hotline for abuse material is on record: Web form. No "
            "source of the last 24 months shows it at work.",
        ),
        (
            lines("", ""),
            "No helpline for children is on record in Zedland. No hotline for abuse material is on "
            "record.",
        ),
    ],
)
def test_the_finding_names_whom_a_child_can_turn_to(at_work, sentence, place):
    shown = finding(place, at_work=at_work)
    assert shown.startswith(sentence)
    assert "The national strategy for child online protection is a draft." in shown
    assert "strategy moderate (2 sources, 1 of at least moderate confidence)." in shown


WORDS = [*cop.data.labels("table_25", "value", DATA), "not assessed"]
LOW = st.tuples(*[st.sampled_from(["yes", "not known", ""])] * 2)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(WORDS), LOW, LOW, st.sampled_from(["high", "moderate"]))
def test_nothing_of_low_confidence_feeds_the_headline(word, sure, low, confidence):
    """Of rows of low confidence no name, state or word is in the first sentences, however sure the
    others are; and every rating there has its confidence and reason.
    """
    place = Country("ZZZ", "Zedland", str(ZEDLAND), "", "2026")
    weak = lines(*low, confidence="low").assign(name="WEAK")
    both = pd.concat([lines(*sure, confidence=confidence), weak], ignore_index=True)
    alone = finding(place, strategy="not assessed", at_work=lines(*sure, confidence=confidence))
    shown = finding(place, strategy=word, at_work=both, sure="low")
    silent = word == "no public evidence"  # that nothing was found claims nothing
    told = "No national strategy" if silent else "Whether there is a national strategy"
    assert "WEAK" not in shown and told in shown
    for kind, state in zip(("helpline", "hotline"), sure, strict=True):
        assert (f"{kind} {confidence} (1 source of at least moderate confidence)" in shown) == bool(
            state
        )
    named = [one for one in ("Line", "Web form") if one in alone]
    assert [one for one in ("Line", "Web form") if one in shown] == named


def test_a_helpline_of_low_confidence_is_not_said_to_be_there_nor_to_be_missing(place):
    shown = finding(place, at_work=lines(confidence="low"))
    assert shown.startswith("Whether a child in Zedland has a helpline to turn to cannot be said")
    assert (
        "Whether there is a hotline for abuse material cannot be said with enough certainty"
        in shown
    )


@pytest.mark.parametrize("word", [*cop.data.labels("table_25", "value", DATA), "unheard of"])
def test_every_state_of_the_strategy_has_a_sentence(word, place):
    assert "national strategy for child online protection" in finding(place, strategy=word)


def test_under_the_finding_stands_one_line_and_the_reasons_are_folded(place):
    """The line has how sure each sentence is, every link once, by its word, and its basis."""
    made = finding(place, ["partly in place", "partly in place", "not sure enough"], tree=True)
    line, folded = made.xpath("//p[@class='say'][not(ancestor::details)]"), made.xpath("//details")
    assert " ".join(line[0].text_content().split()) == (
        "Confidence: moderate (helpline, hotline, strategy). Chain of protection, 3 links: 0 in "
        "place; 2 partly in place; 1 not sure enough."
    )
    assert "at first hand)" in folded[0][0].text_content()
    assert (
        "at least moderate confidence" in folded[0].text_content() and len(line) == len(folded) == 1
    )


def test_of_what_nothing_is_said_no_confidence_is_given_in_the_line(place):
    made = finding(place, strategy="not assessed", at_work=lines("", ""), sure="", tree=True)
    assert "Confidence" not in made.xpath("string(//p[@class='say'])")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["in place", "partly in place", "no public evidence", "not sure enough"],
            "Of the 4 links from a child in need to support (confidence in brackets) 1 is in "
            "place: a. In part: b. Could not be established, since no rating of more than low "
            "confidence shows it: d. No source read shows it, wholly or in part: c.",
        ),
        (
            ["in place", "in place", "partly in place"],
            "Of the 3 links from a child in need to support (confidence in brackets) 2 are in "
            "place: a; b. In part: c.",
        ),
        (
            ["not in place"] * 3,
            "Of the 3 links from a child in need to support (confidence in brackets) none is "
            "wholly in place. No source read shows it, wholly or in part: a; b; c.",
        ),
    ],
)
def test_the_links_of_the_chain_are_told_in_one_place_each(words, sentence, place):
    assert sentence in finding(place, words)


def test_a_link_says_why_it_is_so_sure_and_does_not_hide_what_is_weaker(place):
    shown = finding(
        place,
        ["partly in place"],
        confidence="moderate",
        confidence_reason="one line; no counts",
        unsure="PM-RIC-01; MNR-12",
    )
    assert "In part: a (moderate: one line; no counts; low on PM-RIC-01, MNR-12)." in shown


@pytest.fixture
def known(items, plan):
    """Return what gaps are made of: items with a reason, the row on the strategy, a plan."""
    rows = pd.DataFrame(
        {
            "row": ["national_strategy"],
            "label": ["Strategy"],
            "value": ["in force"],
            "detail": ["Law 5. It covers v. much of it"],
            "confidence": "moderate",
            "refs": ["ZZZ-L01; ZZZ-E01"],
            "confidence_reason": "two papers",
        }
    )
    return items.assign(rationale="Nothing was found."), rows, plan


def test_strengths_are_sure_and_gaps_known_before_silent_and_never_of_low_confidence(known):
    items, rows, plan = known
    strong = assessment.strengths(items, lines())
    assert strong.item_id.tolist() == ["MNR-11", "PM-RIC-01", "PM-EDU-01"]
    idle = assessment.strengths(items, lines("not known", ""))
    assert idle.item_id.tolist() == ["PM-EDU-01"]
    missing = assessment.gaps(items, rows, plan)
    assert missing.item_id.tolist() == ["PM-AWA-01"]  # PM-RES-01 is of low confidence


def test_each_strength_names_the_framework_that_it_is_of(known, place):
    items, _, _ = known
    shown = said(assessment.strengths_and_gaps(
        assessment.strengths(items, lines()), items.head(0), place
    ))  # fmt: skip
    assert "MNR-11 (Model National Response)" in shown
    assert "PM-RIC-01 (ITU guidelines)" in shown


def test_nothing_that_stands_and_nothing_that_is_missing_is_said(known, place):
    items, rows, plan = known
    none = items.head(0)
    strong, missing = assessment.strengths(none, lines()), assessment.gaps(none, rows, plan)
    shown = said(assessment.strengths_and_gaps(strong, missing, place))
    assert "No item is in place or partly in place with more than low confidence." in shown
    assert "No item is known to be missing, and none is without public evidence" in shown


def test_a_strategy_that_is_not_in_force_is_the_first_gap_with_what_answers_it(known, place):
    items, rows, plan = known
    missing = assessment.gaps(items, rows.assign(value="expired"), plan)
    assert missing["item"].tolist() == ["Strategy", "Campaigns"]
    assert missing.item_id.tolist() == ["", "PM-AWA-01"]
    assert missing.evidence_ids.tolist() == ["ZZZ-L01; ZZZ-E01", ""]
    shown = said(assessment.strengths_and_gaps(items.head(0), missing, place))
    assert "Strategy × expired confidence moderate Law 5. [L01] [E01] [R01]" in shown
    assert len(assessment.gaps(items, rows.assign(value="expired", confidence="low"), plan)) == 1
    assert (
        "Campaigns ○ not in place confidence moderate Nothing was found. PM-AWA-01 "
        "(ITU guidelines) no recommendation yet"
    ) in shown
    assert len(assessment.gaps(items, rows.assign(value="not assessed"), plan)) == 1


def test_of_equal_gaps_those_come_first_that_a_recommendation_serves(known):
    items, rows, plan = known
    missing = {"framework": "policy-makers", "status": "not in place", "confidence": "high"}
    ids = {
        "item_id": ["PM-AWA-01", "PM-STR-01"],
        "item": ["One", "Two"],
        "rationale": "",
        "confidence_reason": "why",
    }
    assert assessment.gaps(pd.DataFrame(ids).assign(**missing), rows, plan).answers.tolist() == [
        "ZZZ-R01", ""
    ]  # fmt: skip


def test_what_no_recommendation_serves_yet_is_listed_below_the_register(known, place):
    items, _, plan = known
    left = assessment.unanswered(items, plan, place)
    assert left.item_id.tolist() == ["PM-AWA-01"]
    shown = said(assessment.about_unanswered(left))
    assert shown.startswith("1 item is missing") and shown.endswith("Campaigns PM-AWA-01")
    served = assessment.unanswered(items, plan.assign(item_ids="PM-AWA-01"), place)
    assert served.empty and said(assessment.about_unanswered(served)) == ""


def test_a_gap_that_is_left_open_says_why_and_what_comes_first(known, place):
    items, _, plan = known
    row = items[items.item_id == "PM-AWA-01"].assign(item_id="MNR-21")
    left = assessment.unanswered(row, plan, place)
    assert left.after_id.tolist() == ["ZZZ-R02"]
    shown = said(assessment.about_unanswered(left))
    assert "Campaigns MNR-21: The written procedure comes first (invented). [R02]" in shown


def test_two_items_on_one_subject_are_one_line_with_both_links(known, place):
    items, none, plan = known
    missing = {"framework": "policy-makers", "status": "not in place", "confidence": "high"}
    missing |= {"rationale": "Said."}
    names = {"PM-LEG-04": "Terminology", "PM-EDU-09": "Logy", "MNR-21": "Universal Terminology"}
    rows = pd.DataFrame([missing | {"item_id": one, "item": name} for one, name in names.items()])
    rows.loc[2, "framework"] = "Model National Response"
    plan = plan.assign(item_ids=["PM-LEG-04", "MNR-21"])
    both = assessment.gaps(rows, none, plan)
    assert both.item_id.tolist() == ["PM-LEG-04; MNR-21", "PM-EDU-09"]
    assert both.answers.tolist() == ["ZZZ-R01; ZZZ-R02", ""]
    other = rows.assign(status=["not in place", "not in place", "no public evidence"])
    assert len(assessment.gaps(other, none, plan)) == 3
    shown = str(assessment.strengths_and_gaps(items.head(0), both, place))
    assert 'href="#PM-LEG-04"' in shown and 'href="#MNR-21"' in shown
    assert "(ITU guidelines; Model National Response)" in shown


def test_each_item_is_a_square_in_its_area_with_sign_and_words(items, place):
    shown = str(assessment.item_strip(items, place))
    told = said(assessment.item_strip(items, place))
    assert told.startswith(
        "1 of 5 items in place, 2 partly; low confidence: 2 of 5 ITU "
        "guidelines for policy-makers, Zedland, 2026 Data and source Based on 5 items."
    )
    assert "partly in place 2 (1 low) ○ not in place 1" in told
    assert "; 2 of them of low confidence." in told
    always = [word for word, look in STATUSES.items() if not look.seldom]
    assert [shown.count(f"</span> {word}</span>") for word in STATUSES] == [
        word in always for word in STATUSES
    ]
    assert 'aria-label="PM-AWA-01, Campaigns: not in place">○</a>' in shown
    assert 'aria-label="PM-CHP-01, Workforce: partly in place, confidence low">◐</a>' in shown
    assert "confidence low 2" in told and "Workforce | partly in place | low" in told
    assert "IN-ENV-03" not in shown and shown.index("2 Reporting") < shown.index("1 Law")


def test_first_actions_are_those_that_come_first_a_line_each(plan, place):
    both = plan.iloc[[1, 0]]
    shown = said(assessment.first_actions(both, place))
    assert shown.startswith(
        "The ministry puts a plan to the government. Ministry, by 2027-06-30 [R01] A procedure."
    )
    assert "to be worked out [R02]" in shown and "more" not in shown
    long = both.assign(what="Adopt a plan: the ministry writes it.")
    assert said(assessment.first_actions(long, place)).startswith("Adopt a plan Ministry, by")
    one = said(assessment.first_actions(both, place, most=1))
    assert "[R02]" not in one and "1 more, with baseline and target of each" in one


@pytest.mark.parametrize("themes", [["industry", "industry"], []])
def test_each_reader_has_a_way_and_something_to_look_up_then(themes, items, place):
    """A step to a challenge stands where the country has one of its theme: the first."""
    ids = [f"ZZZ-C{number:02d}" for number, _ in enumerate(themes, 1)]
    found = pd.DataFrame({"challenge_id": ids, "theme": themes}, dtype=str)
    many = items.assign(
        framework="industry", status="in place", rationale="word " * 700, guidance=""
    )
    made = assessment.routes(place, found, many)
    shown, page = said(made), html.fromstring(str(made))
    assert (
        shown.count("; then ") == 6
        and shown.count("(about {} min)") == 6
        and shown.count("({} min)") == 10
    )
    annex = "cop-annex-ZZZ-5-guideline-alignment.html#"
    assert sum(at.startswith(annex) for at in page.xpath("//a/@href")) == 2
    n = -(-sum(len(" ".join(row).split()) for row in many[assessment.ANNEXED].values) // 200)
    assert f"Items for industry (annex 5) ({n} min)" in shown and n > 10
    assert "Items for educators (annex 5) (1 min)" in shown
    assert page.xpath("count(//a[@href='#ZZZ-C01'])") == len(ids[:1])
    assert not page.xpath("//a[@href='#ZZZ-C02']")


def test_what_could_not_be_assessed_is_said(items, place):
    handed_on = {
        "field_work": pd.DataFrame(
            [{"answered": 12, "organisations": 40, "forms": "counted", "surveys": 1, "people": 1}]
        ),
        "sections": pd.DataFrame({"section": ["education", "awareness"], "statements": [3, 0]}),
        "figures": pd.DataFrame({"name": ["Use of the internet", "Baskets"], "value": [1.0, None]}),
    }
    shown = said(assessment.not_assessed(place, items=items, **handed_on))
    for sentence in (
        "For 1 of ITU's items for policy-makers no public evidence was found, which does not say "
        "that nothing is there.",
        "Not assessed: 0 of ITU's items for policy-makers and 1 of all other items.",
        "12 of 40 organisations answered the mapping form, 1 survey is reported and 1 person was "
        "interviewed.",
        "No verified statement is on record about awareness campaigns.",
        "No figure was found for baskets.",
        "This report does not measure how many children a service reaches",
    ):
        assert sentence in shown
    none = handed_on | {"field_work": handed_on["field_work"].head(0)}
    assert "people were not heard" in said(assessment.not_assessed(place, items=items, **none))
    few = handed_on | {"field_work": handed_on["field_work"].assign(answered=pd.NA)}
    shown = said(assessment.not_assessed(place, items=items, **few))
    assert "organisations answered" not in shown and "1 survey is reported and 1 person" in shown


RATED = pd.DataFrame(
    {
        "item_id": ["PM-RUC-01", "PM-RES-01", "PM-LEG-01"],
        "status": ["no public evidence", "no public evidence", "in place"],
    }
)


@pytest.fixture
def plan(place):
    """Return one recommendation that can be followed up and one that is still work."""
    columns = list(cop.data.titles("action_plan", place.data))[1:]
    blank = dict.fromkeys(columns, "") | {"baseline_year": pd.NA, "is_proposal": "yes"}
    whole = {
        "recommendation_id": "ZZZ-R01",
        "challenge_ids": "ZZZ-C01; ZZZ-C02",
        "what": "The ministry puts a plan to the government.",
        "lead": "Ministry",
        "supporting": "Police; Hotline",
        "due": "2027-06-30",
        "baseline": "no plan",
        "baseline_year": 2024,
        "baseline_evidence_id": "ZZZ-L05",
        "target": "1 plan",
        "target_due": "2027-12-31",
        "seen_in": "gazette",
        "first_step": "A meeting in January 2027.",
        "cost": "to be estimated",
        "cost_by": "Treasury",
        "effort": "high",
        "priority": "first",
        "priority_reason": "others wait for it",
        "item_ids": "PM-STR-01",
        "capability_ids": "MNR-01",
        "sdg_target": "16.2",
    }
    work = {"recommendation_id": "ZZZ-R02", "challenge_ids": "ZZZ-C02", "what": "A procedure."}
    return pd.DataFrame([blank | whole, blank | work]).astype({"baseline_year": "Int64"})


def test_a_recommendation_answers_its_challenges_and_names_who_leads(place):
    challenges = assessment.challenges(place)
    rows = assessment.recommendations(place, challenges).set_index("recommendation_id")
    known = challenges.set_index("challenge_id")
    assert rows.theme["ZZZ-R01"] == known.theme["ZZZ-C01"]
    assert rows.challenge["ZZZ-R01"] == known.challenge["ZZZ-C01"]
    assert rows.action_evidence_id["ZZZ-R01"] == known.action_evidence_id["ZZZ-C01"]
    assert rows.evidence_ids["ZZZ-R01"] == known.evidence_ids["ZZZ-C01"]


def test_a_recommendation_says_all_that_is_needed_to_follow_it_up(plan, place):
    told = said(assessment.recommendation_blocks(plan.head(1), RATED, place))
    for words in (
        "R01 The ministry puts a plan to the government.",
        "Lead Ministry with Police and Hotline",
        "By 2027-06-30",
        "Baseline no plan (2024) [L05]",
        "Target 1 plan (to be reached by 2027-12-31) (our proposal, to be validated)",
        "Seen in gazette",
        "First step A meeting in January 2027.",
        "Cost to be estimated by Treasury",
        "Effort high (a law, or several budgets) (our estimate)",
        "Priority first: others wait for it",
        "Serves PM-STR-01 MNR-01 SDG target 16.2",
        "Challenges C01 C02",
    ):
        assert words in told
    assert "to be worked out" not in told
    published = plan.head(1).assign(is_proposal="no")
    assert "Our proposal" not in said(assessment.recommendation_blocks(published, RATED, place))


def test_the_year_of_a_baseline_is_said_once_and_each_of_its_sources_is_linked(plan, place):
    row = plan.head(1).assign(
        baseline="no plan since 2024", baseline_evidence_id="ZZZ-L05; ZZZ-E16"
    )
    told = said(assessment.recommendation_blocks(row, RATED, place))
    assert "Baseline no plan since 2024 [L05] [E16]" in told and "(2024)" not in told


def test_a_class_of_cost_is_said_to_be_our_estimate(plan, place):
    row = plan.head(1).assign(cost="running budget", cost_by="")
    told = said(assessment.recommendation_blocks(row, RATED, place))
    assert "Cost within the lead's running budget (our estimate)" in told
    estimated = said(assessment.recommendation_blocks(plan, RATED, place))
    assert "Cost to be estimated by Treasury Effort" in estimated


def test_what_nobody_has_worked_out_is_said_and_not_left_blank(plan, place):
    told = said(assessment.recommendation_blocks(plan.tail(1), RATED, place))
    assert told.count("to be worked out") == 9 and "Our proposal" not in told


def test_the_register_names_each_finding_and_what_answers_it_without_a_sentence(plan, place):
    names = ["ZZZ-C01", "ZZZ-C02", "ZZZ-C03"]
    challenges = pd.DataFrame({"challenge_id": names, "theme": ["law", "money", "schools"]})
    told = said(assessment.register(challenges, plan, place))
    assert "C01 Law | R01 | Ministry | 2027-06-30" in told and "C02 Money | R01 | Ministry" in told
    assert "2027-06-30 | first | high (a law, or several budgets)" in told
    assert "C02 Money | R02 | to be worked out" in told
    assert "C03 Schools | none answers it yet | to be worked out" in told
    assert "puts a plan" not in told


@pytest.mark.parametrize(
    ("basis", "ids", "line"),
    [
        ("rows", "ZZZ-E16; ZZZ-L05; ZZZ-E01", "Rests on 2 statements and 1 law, strategy or plan."),
        ("rows", "ZZZ-O06", "Rests on 1 organisation or service."),
        ("silence", "ZZZ-E16", "No public evidence was found for PM-RUC-01, PM-RES-01;"),
        ("rows and silence", "ZZZ-E16", "Rests on 1 statement; no public evidence was found for"),
    ],
)
def test_a_finding_says_in_one_line_what_it_rests_on(basis, ids, line, plan, place):
    cells = {"rests_on": basis, "evidence_ids": ids, "item_ids": "PM-RUC-01; PM-RES-01; PM-LEG-01"}
    rows = assessment.challenges(place).head(1).assign(**cells)
    shown = said(assessment.challenge_blocks(rows, plan, RATED, place))
    assert line in shown
    assert ("Rests on" in shown) == ("rows" in basis)
    assert ("PM-RUC-01, PM-RES-01" in shown) == ("silence" in basis)
    answer = plan.head(1).assign(**cells, baseline_evidence_id="", capability_ids="")
    told = said(assessment.recommendation_blocks(answer, RATED, place))
    assert line in told


def test_silence_without_an_item_of_which_nothing_is_public_names_none(plan, place):
    for basis, line in (
        ("silence", "What is in place could not be established."),
        ("rows and silence", "; no public evidence was found for the rest."),
    ):
        row = plan.head(1).assign(rests_on=basis)
        assert line in said(assessment.recommendation_blocks(row, RATED, place))


def test_a_challenge_links_to_each_recommendation_that_answers_it(plan, place):
    shown = assessment.challenge_blocks(assessment.challenges(place), plan, RATED, place)
    blocks = str(shown).split("<article")
    assert "[R01]" in blocks[1] and "[R02]" not in blocks[1]
    assert "[R01]" in blocks[2] and "[R02]" in blocks[2]
    assert "[R0" not in blocks[3]


def test_table_25_takes_counts_and_treaties_from_what_was_handed_on(place):
    treaties = pd.DataFrame(
        {
            "instrument": ["WEPROTECT"],
            "status": ["member"],
            "as_of": ["2022-08"],
            "source_id": ["UNKNOWN"],
        }
    )
    categories = pd.DataFrame({"active": [3, 4]})
    rows = assessment.table_25(place, treaties, categories).set_index("row")
    assert rows.value[["lanzarote", "weprotect", "active_organisations"]].tolist() == [
        "not looked up",
        "member",
        "7",
    ]
    assert rows.as_of["weprotect"] == "2022-08"
    assert list(rows.index) == list(cop.data.labels("table_25", "row", place.data))
    assert {*rows.source_id} == {"ZED_STUDY"}  # where the cells of 2020 were read


def test_a_country_that_was_not_in_the_study_of_2020_has_no_published_cells(place):
    none, categories = pd.DataFrame(columns=["instrument"]), pd.DataFrame({"active": [3]})
    rows = assessment.table_25(place, none, categories)
    shown = said(assessment.table_25_table(rows, place))
    assert shown.startswith(
        "Compared with 2020, of 6 cells: same answer 1, different answer 2, not comp"
    )
    assert shown.endswith("Source of 2020: [Zedland study]")
    outside = rows.assign(published_2020="not in the table", source_id="")
    shown = said(assessment.table_25_table(outside, place))
    assert "Compared with 2020, of" not in shown and "Source of 2020" not in shown
    assert "not in the table" in shown


@pytest.fixture
def figures():
    """Return the figures of the panel and two others, the first of them without a region."""
    row = {"median": 1.0, "lowest": 0.5, "highest": 2.0, "n": 3, "region_year": 2023, "name": "One"}
    row |= {"source_id": "", "mark": "", "old": "", "value": 5, "year": 2024}
    row |= {"base_year": None, "base_mark": "", "own_then": None}
    codes = [*assessment.LEADING, "IT.CEL.SETS.P2", "ITU.i992b", "ITU.i271GA"]
    units = ["%" if code.startswith(("IT.NET", "ITU.x")) else "persons" for code in codes]
    return pd.DataFrame(
        [
            row | {"indicator_code": code, "unit": unit}
            for code, unit in zip(codes, units, strict=True)
        ]
    )


def test_the_fifth_key_figure_is_the_next_with_a_region_of_which_more_or_less_is_better(
    figures, place
):
    def fifth(frame):
        return assessment.key_figures(frame, place).indicator_code.tolist()

    assert fifth(figures) == [*assessment.LEADING, "ITU.i992b"]  # of telephones neither is better
    without = figures.assign(n=figures.n.where(figures.indicator_code != "ITU.i992b", 0))
    assert fifth(without)[4] == "ITU.i271GA"
    aged = without.assign(old=without.indicator_code.map({"ITU.i271GA": "yes"}).fillna(""))
    assert fifth(aged)[4] == "IT.CEL.SETS.P2"  # none is whole: the first of the chapter
    assert fifth(figures[:4]) == assessment.LEADING


def test_a_panel_shows_percent_only_for_shares_and_no_region_of_counts(figures, place):
    figures.loc[2, ["n", "mark", "old"]] = [0, "projection", "yes"]
    panel, none = assessment.key_figures(figures, place), among().head(0)
    told = said(assessment.key_figure_panel(panel, none, place))
    region = "region in 2023: median 1.0, 0.50 to 2.0, 3 countries"
    assert f"5% of people use the internet (2024) {region} Higher is better." in told
    assert "5 children are under 15 (2024, projection, old) no figure of the region" in told
    assert "(2024) region in 2023: median 1.0, 0.50 to 2.0, 3 countries Neither way is" in told
    assert "a report is neither an offence nor a victim (2024)" in told
    assert "5 fixed broadband subscriptions, persons (2024)" in told


def test_a_number_of_children_is_compared_by_its_share_of_the_population(figures, place):
    share = figures.iloc[[2]].assign(
        indicator_code="WPP.POP.0014.ZS", unit="% of population", value=17.4
    )
    count = figures.assign(n=figures.n.where(figures.indicator_code != "WPP.POP.0014", 0))
    panel = assessment.key_figures(pd.concat([count, share]), place)
    codes = ["IT.NET.USER.ZS", "ITU.xHH6", "WPP.POP.0014", "WPP.POP.0014.ZS", "NCMEC.RATE"]
    assert panel.indicator_code.tolist() == [*codes, "ITU.i992b"]
    told = said(assessment.key_figure_panel(panel, among().head(0), place))
    region = "region in 2023: median 1.0, 0.50 to 2.0, 3 countries"
    assert (
        f"5 children are under 15 (2024) 17.4% of the population are under 15 (2024); {region}"
    ) in told
    page = html.fromstring(str(assessment.key_figure_panel(panel, among("WPP.POP.0014.ZS"), place)))
    cards = page.xpath("//div[@class='card']")
    assert [len(card.xpath(".//svg")) for card in cards] == [0, 0, 1, 0, 0]


def among(code="ITU.xHH6"):
    """Return the values of a region of three, in which Zedland is the strong one."""
    row = {"indicator_code": code, "label": "One", "country": "A", "year": 2023, "median": 61.0}
    row |= {"lowest": 60.0, "highest": 64.0, "n": 3, "region_year": 2023, "source_id": "ZED_STAT"}
    values = [(60.0, False), (64.0, False), (61.0, True)]
    return pd.DataFrame([row | {"value": value, "own": own} for value, own in values])


def test_a_card_has_a_dot_among_the_region_only_where_there_is_a_region(figures, place):
    panel = assessment.key_figures(figures, place)
    page = html.fromstring(str(assessment.key_figure_panel(panel, among(), place)))
    cards = page.xpath("//div[@class='card']")
    assert [len(card.xpath(".//svg")) for card in cards] == [0, 1, 0, 0, 0]
    assert cards[1].xpath("string(.//desc)") == (
        "One: Zedland 5 in 2024; 2 others in 2023, from 60.0 to 64.0; median 1.0."
    )
    assert cards[1].xpath(".//svg/@role") == ["img"]
    strip = said(html.tostring(cards[1].find("figure"), encoding="unicode"))
    assert strip.startswith("5% of households have internet at home (2024) One, Zedland beside")
    assert "Based on 3 countries with a value, median and range of 2023." in strip
    assert "Countries are not ranked." in strip and "Save as CSV" in strip


def test_a_card_says_where_the_region_s_figure_is_without_the_country(figures, place):
    panel, three = assessment.key_figures(figures, place), among()
    page = said(assessment.key_figure_panel(panel, three, place))
    assert "without Zedland" not in page
    fourth = three.head(1).assign(value=63.0)
    page = said(assessment.key_figure_panel(panel, pd.concat([three, fourth]), place))
    assert "region in 2023, without Zedland: median 1.0, 0.50 to 2.0, 3 countries" in page


def test_a_card_names_the_year_of_a_denominator_and_the_country_s_own_value_in_the_range(
    figures, place
):
    figures.loc[0, "own_then"] = 2.0
    rate = figures.indicator_code == "NCMEC.RATE"
    figures.loc[rate, ["base_year", "base_mark"]] = [2025, "projection"]
    panel = assessment.key_figures(figures, place)
    page = said(assessment.key_figure_panel(panel, among(), place))
    assert "region in 2023: median 1.0, 0.50 to 2.0, 3 countries, Zedland then 2.0" in page
    assert "nor a victim (2024; children of 2025, projected)" in page
    assert page.count("children of") == 1 and page.count("Zedland then") == 1


@pytest.mark.parametrize(
    ("row", "published", "value", "word"),
    [
        ("lanzarote", "yes", "party", "same"),
        ("lanzarote", "no", "party", "different"),
        ("national_agency", "yes", "shared mandate", "different"),
        ("national_agency", "no", "not in place", "same"),
        ("national_agency", "no", "no public evidence", "not comparable"),
        ("national_strategy", "no", "expired", "different"),
        ("cyber_regulation", "yes", "dedicated", "same"),
        ("active_organisations", "7", "7", "not comparable"),
    ],
)
def test_a_cell_is_compared_with_2020_by_one_rule(row, published, value, word):
    assert assessment.compare(row, published, value) == word


def test_a_draft_of_which_nothing_newer_is_known_is_no_public_evidence(place, monkeypatch):
    years = {"ZZZ-L07": 2024, "ZZZ-L08": 2023}  # the cut-off is in 2026
    monkeypatch.setattr(stakeholders, "_years", lambda place: Counter(years))
    assert stakeholders.recent("ZZZ-L08; ZZZ-L07", place)
    assert not stakeholders.recent("ZZZ-L08; ZZZ-L09", place)
    none, categories = pd.DataFrame(columns=["instrument"]), pd.DataFrame({"active": [3]})
    rows = assessment.table_25(place, none, categories).set_index("row")
    assert rows.value["cyber_regulation"] == "draft"  # rests on ZZZ-L07
    years.clear()
    rows = assessment.table_25(place, none, categories).set_index("row")
    assert rows.value["cyber_regulation"] == "no public evidence"
    assert rows.comparison["cyber_regulation"] == "not comparable"


def test_a_line_stands_with_its_number_own_name_and_hours(place):
    known = lines().assign(phone=["116 111; 0 800 500", ""], name_local=["Línea", ""])
    known = known.assign(hours=["weekdays (2025)", ""])
    made = finding(place, at_work=known, tree=True)
    assert made.xpath("//a[@class='phone']/@href") == ["tel:116111", "tel:0800500"]
    told = " ".join(made.text_content().split())
    assert "turn to a helpline: 116 111, 0 800 500 (Línea; weekdays (2025)). Child sexual" in told
    assert "hotline: Web form." in told


def test_a_line_not_shown_at_work_is_named_after_one_that_is(place):
    both = pd.concat([lines(), lines("not known", "").assign(name="Old line")])
    assert "shown at work in the last 24 months: Old line." in finding(place, at_work=both)


def test_where_fewer_than_three_gaps_stand_the_page_says_that_there_are_no_others(place):
    rows = pd.DataFrame([dict.fromkeys([*assessment.GAP], "")] * 3).assign(status="not in place")
    for number, there in [(0, False), (1, True), (2, True), (3, False)]:
        shown = said(assessment.strengths_and_gaps(rows.head(0), rows.head(number), place))
        assert ("No other item of ITU's guidelines" in shown) == there


def test_each_card_leads_to_what_its_figure_counts(figures, place):
    panel = assessment.key_figures(figures, place)
    page = html.fromstring(str(assessment.key_figure_panel(panel, among(), place)))
    told = indicators.definition_list(panel, place)
    there = html.fromstring(str(told)).xpath("//div/@id")
    assert page.xpath("//a[text()='Definition']/@href") == [f"#{one}" for one in there]
    assert len(there) == 5
    assert "Publisher: NCMEC and UN DESA. Neither way is better." in said(told)
