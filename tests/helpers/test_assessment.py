"""Stage 6: the rules of the synthesis, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pagetext import said

import cop.data
from cop.data.places import Country
from helpers import assessment, charts, show, stakeholders

REPORT = show.Templates("6-country-assessment")
NO_CHAIN = pd.DataFrame({"link": [""], "item_ids": [""]})
NO_TREATY = pd.DataFrame(columns=["instrument"])
WHY = "1 source of at least moderate confidence"


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
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(confidence_reason="said so", rationale="Nothing was found.")


@pytest.fixture
def strategy():
    """Return the row of Table 25 on the strategy."""
    row = {"row": "national_strategy", "label": "Strategy", "value": "in force",
           "detail": "Law 5. It covers v. much of it", "refs": "ZZZ-L01; ZZZ-E01",
           "confidence": "moderate", "confidence_reason": "two papers"}  # fmt: skip
    return pd.DataFrame([row])


@pytest.fixture
def plan(place):
    """Return one recommendation that can be followed up and one that is still work."""
    columns = list(cop.data.titles("action_plan", place.data))[1:]
    blank = dict.fromkeys(columns, "") | {"baseline_year": pd.NA, "is_proposal": "yes"}
    full = {
        "recommendation_id": "ZZZ-R01", "challenge_ids": "ZZZ-C01; ZZZ-C02",
        "what": "The ministry puts a plan to the government.", "lead": "Ministry",
        "supporting": "Police; Hotline", "due": "2027-06-30", "baseline": "no plan",
        "baseline_year": 2024, "baseline_evidence_id": "ZZZ-L05", "target": "1 plan",
        "target_due": "2027-12-31", "seen_in": "gazette", "first_step": "A meeting.",
        "cost": "to be estimated", "cost_by": "Treasury", "effort": "high", "priority": "first",
        "priority_reason": "others wait for it", "item_ids": "PM-STR-01",
        "capability_ids": "MNR-01", "sdg_target": "16.2",
    }  # fmt: skip
    work = {"recommendation_id": "ZZZ-R02", "challenge_ids": "ZZZ-C02", "what": "A procedure."}
    return pd.DataFrame([blank | full, blank | work]).astype({"baseline_year": "Int64"})


def lines(helpline="yes", hotline="yes", confidence="moderate"):
    """Return a helpline and a hotline with what shows their work; "" leaves one out."""
    rows = [("ZZZ-V01", "Line", "helpline", helpline), ("ZZZ-V02", "Web form", "hotline", hotline)]
    frame = pd.DataFrame(rows, columns=["service_id", "name", "kind", "operates"])
    frame = frame.assign(confidence=confidence, confidence_reason=WHY)
    return frame.assign(name_local="", phone="", hours="")[frame.operates != ""]


def message(place, at_work=None, value="draft", sure="moderate", items=(), links=()):
    """Return the finding as text, with links of these words."""
    at_work = lines() if at_work is None else at_work
    rows = pd.DataFrame({"row": ["national_strategy"], "value": [value], "confidence": [sure],
                         "confidence_reason": "two papers"})  # fmt: skip
    items = pd.DataFrame(items, columns=["item_id", "status", *assessment.SURE])
    chain = pd.DataFrame({"label": list("ABCDE"[: len(links)]), "status": links, "confidence": "",
                          "confidence_reason": "", "unsure": "", "item_ids": "MNR-04"})  # fmt: skip
    by_word = {word: list(part.itertuples()) for word, part in chain.groupby("status")}
    named, word = assessment.named_lines(at_work, items), assessment.strategy_status(rows)
    return said(REPORT.message(named, word, by_word, (3, 1), place))


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


def test_the_chain_runs_from_the_child_to_support(items, place):
    links = assessment.chain(items, lines(), place)
    assert links.link.tolist() == ["child", "report", "police", "removal", "support"]
    assert links.status.tolist() == [
        "partly in place", "in place", "not assessed", "not assessed", "not sure enough"
    ]  # fmt: skip
    assert links.confidence.tolist() == ["high", "moderate", "", "", "low"]
    assert (links.confidence_reason != "").tolist() == [True, True, False, False, True]
    assert links.unsure.tolist() == ["", "", "", "", "PM-CHP-01"]


@pytest.mark.parametrize(
    ("at_work", "silent"),
    [
        (lines(hotline="not known"), "hotline"),
        (lines(confidence="low"), "helpline; hotline"),
        (lines("", ""), "helpline; hotline"),
    ],
)
def test_a_link_is_not_in_place_while_no_source_shows_its_service_at_work(
    items, place, at_work, silent
):
    links = assessment.chain(items, at_work, place).set_index("link")
    assert links.status["report"] == "partly in place" and links.silent["report"] == silent
    assert links.silent["child"] == ""


@pytest.mark.parametrize(
    ("status", "sure", "sentence", "why"),
    [
        ("not in place", "moderate", "No hotline for abuse material is on record. The reg", True),
        ("no public evidence", "low", "Whether there is a hotline for abuse material cannot", True),
        ("partly in place", "low", "No hotline for abuse material is on record.", False),
    ],
)
def test_how_sure_it_is_that_there_is_no_line_follows_from_its_item(
    place, status, sure, sentence, why
):
    rows = [("MNR-12", status, sure, "the register is silent"), ("MNR-11", "in place", "high", "")]
    shown = message(place, lines().head(0), items=rows)
    assert sentence in shown and "No helpline for children is on record in Zedland." in shown
    assert (f"hotline {sure} (the register is silent)" in shown) == why


@pytest.mark.parametrize(
    ("at_work", "sentences"),
    [
        (lines(), ["A child in Zedland can turn to a helpline: Line.", "to a hotline: Web form."]),
        (
            lines("not known", "not known"),
            ["A helpline for children is on record in Zedland: Line. No source", "Web form. No so"],
        ),
        (
            pd.concat([lines(), lines("not known", "").assign(name="Old line")]),
            ["to a helpline: Line.", "shown at work in the last 24 months: Old line."],
        ),
        (
            lines(confidence="low"),
            ["Whether a child in Zedland has a helpline", "Whether there is a hotline for abuse"],
        ),
    ],
)
def test_the_finding_names_whom_a_child_can_turn_to(at_work, sentences, place):
    shown = message(place, at_work)
    assert [sentence for sentence in sentences if sentence not in shown] == []
    assert "The national strategy for child online protection is a draft." in shown


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
    without = message(place, lines(*sure, confidence=confidence), "not assessed")
    shown = message(place, both, word, "low")
    silent = word == "no public evidence"  # that nothing was found claims nothing
    sentence = "No national strategy" if silent else "Whether there is a national strategy"
    assert "WEAK" not in shown and sentence in shown
    for kind, state in zip(("helpline", "hotline"), sure, strict=True):
        assert (f"{kind} {confidence} ({WHY})" in shown) == bool(state)
    assert [name in shown for name in ("Line", "Web form")] == [
        name in without for name in ("Line", "Web form")
    ]


@pytest.mark.parametrize("word", [*WORDS, "unheard of"])
def test_every_state_of_the_strategy_has_a_sentence(word, place):
    assert "national strategy for child online protection" in message(place, value=word)


def test_strengths_are_sure_and_gaps_known_before_silent(items, strategy, plan):
    strong = assessment.strengths(items, lines(), NO_CHAIN)
    assert strong.item_id.tolist() == ["MNR-11", "PM-RIC-01", "PM-EDU-01"]
    idle = assessment.strengths(items, lines("not known", ""), NO_CHAIN)
    assert idle.item_id.tolist() == ["PM-EDU-01"]
    chain = pd.DataFrame(
        {"link": ["child", "report"], "item_ids": ["PM-EDU-01", "MNR-11; PM-RIC-01"]}
    )
    strong = assessment.strengths(items, lines(), chain)  # of each link only the surest
    assert strong.item_id.tolist() == ["MNR-11", "PM-EDU-01"]
    missing = assessment.gaps(items, strategy, plan, NO_CHAIN)
    assert missing.item_id.tolist() == ["PM-AWA-01"]  # PM-RES-01 is of low confidence
    assert assessment.gaps(items.head(0), strategy, plan, NO_CHAIN).empty
    assert assessment.strengths(items.head(0), lines(), NO_CHAIN).empty


def test_a_strategy_that_is_not_in_force_is_the_first_gap_with_what_answers_it(
    items, strategy, plan, place
):
    missing = assessment.gaps(items, strategy.assign(value="expired"), plan, NO_CHAIN)
    assert missing["item"].tolist() == ["Strategy", "Campaigns"]
    assert missing.item_id.tolist() == ["", "PM-AWA-01"]
    assert missing.evidence_ids.tolist() == ["ZZZ-L01; ZZZ-E01", ""]
    shown = said(REPORT.strengths_and_gaps(items.head(0), missing, place))
    assert "Strategy × expired confidence moderate Law 5. [L01] [E01] [R01]" in shown
    assert "PM-AWA-01 (ITU guidelines) no recommendation yet" in shown
    for cells in ({"value": "expired", "confidence": "low"}, {"value": "not assessed"}):
        assert len(assessment.gaps(items, strategy.assign(**cells), plan, NO_CHAIN)) == 1


def test_of_equal_gaps_those_come_first_that_a_recommendation_serves(strategy, plan):
    rows = {"item_id": ["PM-AWA-01", "PM-STR-01"], "item": ["One", "Two"], "rationale": "",
            "framework": "policy-makers", "status": "not in place", "confidence": "high",
            "confidence_reason": "why"}  # fmt: skip
    missing = assessment.gaps(pd.DataFrame(rows), strategy, plan, NO_CHAIN)
    assert missing.answers.tolist() == ["ZZZ-R01", ""]


def test_what_no_recommendation_serves_yet_says_why_and_what_comes_first(items, plan, place):
    left = assessment.unanswered(items, plan, place)
    assert left.item_id.tolist() == ["PM-AWA-01"]
    assert assessment.unanswered(items, plan.assign(item_ids="PM-AWA-01"), place).empty
    row = items[items.item_id == "PM-AWA-01"].assign(item_id="MNR-21")
    left = assessment.unanswered(row, plan, place)
    assert left.after_id.tolist() == ["ZZZ-R02"]
    shown = said(REPORT.about_unanswered(left))
    assert "Campaigns MNR-21: The written procedure comes first (invented). [R02]" in shown


def test_gaps_in_the_chain_from_the_child_to_support_come_before_all_others(strategy, plan):
    ids = ["PM-AWA-01", "MNR-17", "PM-RES-01", "MNR-21"]
    rows = pd.DataFrame({"item_id": ids, "item": ids, "framework": "policy-makers"}).assign(
        status="not in place", confidence="high", confidence_reason="", rationale="Said.",
    )  # fmt: skip
    chain = pd.DataFrame({"item_ids": ["PM-EDU-01", "MNR-16; MNR-17"]})
    missing = assessment.gaps(rows, strategy.assign(value="expired"), plan, chain)
    assert missing.item_id.tolist() == ["MNR-17", "", "PM-AWA-01"]


def test_a_recommendation_takes_the_facts_of_its_challenges(place):
    challenges = cop.data.read("challenges", place.data, place.iso3)
    rows = assessment.recommendations(place, challenges).set_index("recommendation_id")
    first = challenges.set_index("challenge_id").loc["ZZZ-C01"]
    columns = ["theme", "challenge", "action_evidence_id", "evidence_ids"]
    assert rows.loc["ZZZ-R01", columns].tolist() == first[columns].tolist()


def recommended(plan, place):
    """Return one recommendation as text."""
    titles = cop.data.titles("action_plan", place.data)
    return said(REPORT.recommendation(next(plan.itertuples()), titles, place))


def test_what_nobody_has_worked_out_is_said_and_not_left_blank(plan, place):
    shown = [recommended(plan.iloc[[i]], place) for i in (0, 1)]
    assert [text.count("to be worked out") for text in shown] == [0, 9]
    assert "1 plan (to be reached by 2027-12-31) (our proposal, to be validated)" in shown[0]
    assert "Baseline no plan (2024) [L05]" in shown[0] and "by Treasury" in shown[0]
    row = plan.head(1).assign(is_proposal="no", baseline="no plan since 2024", cost_by="",
                              cost="running budget")  # fmt: skip
    text = recommended(row, place)
    assert "our proposal" not in text and "(2024)" not in text
    assert "within the lead's running budget (our estimate)" in text


@pytest.mark.parametrize(
    ("basis", "ids", "line"),
    [
        ("rows", "ZZZ-E16; ZZZ-L05; ZZZ-E01", "Rests on 2 statements and 1 law, strategy or plan."),
        ("rows", "ZZZ-O06", "Rests on 1 organisation or service."),
        ("silence", "ZZZ-E16", "No public evidence was found for PM-RUC-01, PM-RES-01;"),
        ("rows and silence", "ZZZ-E16", "Rests on 1 statement; no public evidence was found for"),
    ],
)
def test_a_finding_says_in_one_line_what_it_rests_on(basis, ids, line, plan):
    row = plan.head(1).assign(rests_on=basis, item_ids="PM-RUC-01; PM-RES-01; PM-LEG-01")
    row["silent"] = "PM-RUC-01; PM-RES-01"
    shown = said(REPORT.basis(next(row.itertuples()), ids.split("; ")))
    assert line in shown
    assert ("Rests on" in shown) == ("rows" in basis)
    assert ("PM-RUC-01, PM-RES-01" in shown) == ("silence" in basis)


def test_table_25_takes_counts_and_treaties_from_what_was_saved(place):
    treaties = pd.DataFrame({"instrument": ["WEPROTECT"], "status": ["member"],
                             "as_of": ["2022-08"], "source_id": ["UNKNOWN"]})  # fmt: skip
    rows = assessment.table_25(place, treaties, 7)
    rows = rows.set_index("row")
    assert rows["value"][["lanzarote", "weprotect", "active_organisations"]].tolist() == [
        "not looked up", "member", "7"]  # fmt: skip
    assert rows.as_of["weprotect"] == "2022-08"
    assert list(rows.index) == list(cop.data.labels("table_25", "row", place.data))
    assert {*rows.source_id} == {"ZED_STUDY"}  # where the cells of 2020 were read
    assert rows.confidence["active_organisations"] == ""  # a count is no judgement


def test_a_country_that_was_not_in_the_study_of_2020_is_not_compared(place, monkeypatch):
    read = cop.data.read
    monkeypatch.setattr(cop.data, "read", lambda name, *where: (
        read(name, *where).head(0) if name == "table_25_2020" else read(name, *where)))  # fmt: skip
    rows = assessment.table_25(place, NO_TREATY, 3)
    assert {*rows.published_2020} == {"not in the table"} and {*rows.comparison} == {""}
    shown = said(REPORT.table_25_table(rows, {}, place))
    assert "Compared with 2020, of" not in shown and "Source of 2020" not in shown


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


@pytest.mark.parametrize(
    ("recent", "value"), [(True, "draft"), (False, "no public evidence")]
)  # fmt: skip
def test_a_draft_of_which_nothing_newer_is_known_is_no_public_evidence(
    place, monkeypatch, recent, value
):
    monkeypatch.setattr(stakeholders, "recent", lambda ids, place: recent and ids == "ZZZ-L07")
    rows = assessment.table_25(place, NO_TREATY, 3).set_index("row")
    assert rows["value"]["cyber_regulation"] == value
    assert (rows.comparison["cyber_regulation"] == "not comparable") != recent


@pytest.fixture
def figures():
    """Return the figures of the panel and three others."""
    codes = [*assessment.LEADING, "IT.CEL.SETS.P2", "ITU.i992b", "ITU.i271GA"]
    row = {"median": 1.0, "lowest": 0.5, "highest": 2.0, "n": 3, "region_year": 2023, "name": "One",
           "source_id": "", "mark": "", "old": "", "value": 5, "year": 2024, "base_year": None,
           "base_mark": "", "own_then": None, "unit": "persons"}  # fmt: skip
    return pd.DataFrame([row | {"indicator_code": code} for code in codes])


def test_a_figure_of_the_panel_has_the_first_value_of_the_years_before(figures, place):
    panel = assessment.key_figures(figures.assign(year=2024), place)
    assert panel.indicator_code.tolist() == assessment.LEADING
    rows = panel.set_index("indicator_code")
    assert rows.loc["NCMEC.REPORTS", ["then_year", "then"]].tolist() == [2019, 310]
    assert pd.isna(rows.then["WPP.POP.0014"])  # whose territory may have changed
    late = assessment.key_figures(figures.assign(year=2025), place).set_index("indicator_code")
    assert late.then["NCMEC.REPORTS"] == 455


def cards(figures, among, place):
    """Return the cards of the panel, in their order, as elements."""
    panel = assessment.key_figures(figures, place).assign(label="One", definition="What it is")
    rows = {row.indicator_code: row for row in panel.itertuples()}
    shares = {count: rows.pop(share, None) for count, share in assessment.COMPARED.items()}
    shown = REPORT.key_figures(charts, rows.values(), shares, pd.DataFrame(), among, place)
    return html.fromstring(str(shown)).xpath("//div[@class='card']")


def among(*values, code="ITU.xHH6"):
    """Return values of a region, the last of which is Zedland's."""
    row = {"indicator_code": code, "label": "One", "country": "A", "year": 2023, "median": 61.0,
           "lowest": 60.0, "highest": 64.0, "n": 3, "region_year": 2023,
           "source_id": "ZED_STAT"}  # fmt: skip
    rows = [row | {"value": value, "own": False} for value in values]
    rows = pd.DataFrame(rows, columns=[*row, "value", "own"])
    rows.loc[len(rows) - 1 :, "own"] = True
    return rows.astype({"own": bool})


def test_a_card_has_its_year_its_region_and_a_dot_only_where_there_is_a_region(figures, place):
    figures.loc[2, ["n", "mark", "old"]] = [0, "projection", "yes"]
    figures.loc[0, "own_then"] = 2.0
    figures.loc[1, ["base_year", "base_mark"]] = [2025, "projection"]
    found = cards(figures, among(60.0, 64.0, 61.0), place)
    texts = [" ".join(card.text_content().split()) for card in found]
    assert [len(card.xpath(".//svg")) for card in found] == [0, 0, 0, 0, 1]
    region = "region in 2023: median 1.0, 0.50 to 2.0, 3 countries"
    assert f"(2024){region}, Zedland then 2.0; Zedland in 2019: 310" in texts[0]
    assert "(2024, projection, old)no figure of the region" in texts[2]
    assert "(2024; children of 2025, projected)" in texts[1]
    assert "without Zedland" not in texts[4]
    four = cards(figures, among(60.0, 64.0, 63.0, 61.0), place)
    assert "region in 2023, without Zedland: median" in four[4].text_content()


def test_a_number_of_children_is_compared_by_its_share_of_the_population(figures, place):
    share = figures.iloc[[2]].assign(
        indicator_code="WPP.POP.0014.ZS", unit="% of population", value=17.4
    )
    count = figures.assign(n=figures.n.where(figures.indicator_code != "WPP.POP.0014", 0))
    code = "WPP.POP.0014.ZS"
    found = cards(pd.concat([count, share]), among(60.0, 61.0, code=code), place)
    text = " ".join(found[2].text_content().split())
    assert "17.4% of the population are under 15 (2024); region in 2023: median 1.0" in text
    assert [len(card.xpath(".//svg")) for card in found] == [0, 0, 1, 0, 0]
