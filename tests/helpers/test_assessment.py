"""Stage 6: the rules of the synthesis, on a few invented rows."""

from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import words
from helpers import alignment, assessment, show, stakeholders

REPORT = show.Templates("6-country-assessment")
NO_CHAIN = pd.DataFrame({"link": [""], "item_ids": [""]})
WHY = "1 source of at least moderate confidence"


def rated(*rows, **others):
    """Return items PM-0, PM-1 ... of the ITU guidelines: (status, confidence)."""
    frame = pd.DataFrame(rows, columns=["status", "confidence"])
    numbers = [f"PM-{n}" for n in range(len(frame))]
    frame = frame.assign(item_id=numbers, item=numbers, framework=alignment.POLICY)
    return frame.assign(**{"confidence_reason": "said so", "rationale": "Said."} | others)


def strategy(value="in force", confidence="moderate"):
    """Return the row of Table 25 on the strategy."""
    row = {"row": "national_strategy", "label": "Strategy", "value": value,
           "detail": "Law 5. It covers v. much of it", "refs": "ZZZ-L01; ZZZ-E01",
           "confidence": confidence, "confidence_reason": "two papers"}  # fmt: skip
    return pd.DataFrame([row])


# A recommendation that serves an item, and one that serves none.
PLAN = pd.DataFrame(
    {"recommendation_id": ["ZZZ-R01", "ZZZ-R02"], "item_ids": ["PM-1", ""], "capability_ids": ""}
)


def lines(helpline="yes", hotline="yes", confidence="moderate"):
    """Return a helpline and a hotline that operate or may do so; "" leaves one out."""
    rows = [("ZZZ-V01", "Line", "helpline", helpline), ("ZZZ-V02", "Web form", "hotline", hotline)]
    frame = pd.DataFrame(rows, columns=["service_id", "name", "kind", "operates"])
    frame = frame.assign(confidence=confidence, confidence_reason=WHY)
    return frame.assign(name_local="", phone="", hours="")[frame.operates != ""]


# The chain of protection


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
        (["withheld", "no public evidence"], "no public evidence"),
        (["not assessed"], "not assessed"),
        ([], "not assessed"),
        (["in place", "in place moderate"], "in place"),
        (["not in place moderate"], "not in place"),
        (["in place", "in place low"], "partly in place"),
        (["in place", "not in place low"], "partly in place"),
        (["partly in place low", "no public evidence"], "insufficient evidence"),
        (["partly in place low"], "insufficient evidence"),
        (["not in place low"], "insufficient evidence"),
        (["no public evidence", "no public evidence low"], "no public evidence"),
    ],
    ids=lambda cell: cell if isinstance(cell, str) else " and ".join(cell) or "no item",
)
def test_a_link_holds_where_all_its_items_do_and_rests_on_none_of_low_confidence(statuses, word):
    cells = pd.Series(statuses, dtype=str).str.extract("(.*?)(?: (low|moderate))?$")
    words, sure = cells[0], cells[1].fillna("high")
    assert assessment.link_status(words, sure) == word


def test_a_link_has_the_least_sure_of_its_items_and_its_services_must_be_at_work(
    place, replace_table
):
    replace_table("chain", lambda chain: chain[::-1])
    ids = ["PM-RIC-01", "PM-CHP-01", "PM-EDU-01", "PM-AWA-01", "PM-RES-01", "MNR-11", "IN-ENV-03",
           "MNR-08"]  # fmt: skip
    items = rated(
        ("in place", "moderate"), ("partly in place", "low"), ("partly in place", "high"),
        ("not in place", "moderate"), ("no public evidence", "low"), ("in place", "high"),
        ("not assessed", ""), ("partly in place", "low"), item_id=ids,
    )  # fmt: skip
    links = assessment.chain(items, lines(), place)
    assert not links.isna().any(axis=None), "each column has its values"
    assert links.link.tolist() == ["child", "report", "police", "removal", "support"], (
        "links stand by their order, not by that of the file"
    )
    unsure = ["", "", "", "", "PM-CHP-01; MNR-08"]
    assert links.unsure.tolist() == unsure, "only items of low confidence are unsure"
    assert not links.silent.any(), "a kind of service that operates is not silent"
    assert links[["status", "confidence"]].values.tolist() == [
        ["partly in place", "high"], ["in place", "moderate"], ["not assessed", ""],
        ["not assessed", ""], ["insufficient evidence", "low"],
    ], "a link in place needs its services, and is as sure as its least sure item"  # fmt: skip
    reasons = (links.confidence_reason != "").tolist()
    assert reasons == [True, True, False, False, True], "a link that is assessed has a reason"
    for at_work, silent in (
        (lines(hotline="not known"), "hotline"),
        (lines(confidence="low"), "helpline; hotline"),
        (lines("", ""), "helpline; hotline"),
    ):
        links = assessment.chain(items, at_work, place).set_index("link")
        found = links.loc["report", ["status", "silent"]].tolist()
        assert found == ["partly in place", silent], "each kind of service must be at work"
    missing = rated(
        ("not in place", "moderate"), ("not in place", "low"), item_id=["MNR-16", "MNR-17"]
    )
    removal = assessment.chain(missing, lines(), place).set_index("link").loc["removal"]
    sure = removal.status, removal.confidence
    assert sure == ("not in place", "moderate"), "not as unsure as the item of low confidence"


@pytest.mark.parametrize(
    ("rule", "rows", "kinds", "status", "sure"),
    [
        ("in part: the least sure of the items at least partly in place",
         [("in place", "moderate"), ("partly in place", "high")], "", "partly in place",
         "moderate"),
        ("in part: a missing item makes it no less sure",
         [("partly in place", "high"), ("not in place", "moderate")], "", "partly in place",
         "high"),
        ("in part: an item of low confidence makes it no less sure",
         [("partly in place", "high"), ("in place", "low")], "", "partly in place", "high"),
        ("in place: as its service, if that is less sure",
         [("in place", "high")], "hotline", "in place", "moderate"),
        ("not in place: as the items that are not, others do not matter",
         [("not in place", "high"), ("planned", "moderate")], "", "not in place", "high"),
        ("not in place: no service that is missing makes it so in part",
         [("not in place", "high")], "victim support", "not in place", "high"),
        ("not in place: a service at work makes it no less sure",
         [("not in place", "high")], "hotline", "not in place", "high"),
        ("not applicable: as its items, even those of low confidence",
         [("not applicable", "low")], "", "not applicable", "low"),
        ("insufficient evidence is of low confidence",
         [("in place", "low")], "", "insufficient evidence", "low"),
    ],
)  # fmt: skip
def test_a_link_is_as_sure_as_what_its_status_rests_on(
    rule, rows, kinds, status, sure, place, replace_table
):
    items = rated(*rows)
    cells = {"item_ids": "; ".join(items.item_id), "service_kinds": kinds}
    replace_table("chain", lambda chain: chain.head(1).assign(**cells))
    [link] = assessment.chain(items, lines(), place).itertuples()
    assert (link.status, link.confidence) == (status, sure), rule


# The headline


@pytest.mark.parametrize(
    ("rule", "operates", "sure", "named"),
    [
        ("a line that operates is at work", ["yes"], ["moderate"], ("V0", "", "moderate")),
        ("one that may operate is another", ["not known"], ["high"], ("", "V0", "high")),
        ("one of low confidence is left out", ["yes"], ["low"], ("", "", "")),
        ("and no other", ["yes", "yes"], ["high", "low"], ("V0", "", "high")),
        ("the least sure decides", ["yes", "yes"], ["high", "moderate"], ("V0 V1", "", "moderate")),
        ("others do not", ["yes", "not known"], ["high", "moderate"], ("V0", "V1", "high")),
    ],
)
def test_a_line_is_named_as_at_work_or_not_and_none_of_low_confidence(rule, operates, sure, named):
    rows = pd.DataFrame({"operates": operates, "confidence": sure, "confidence_reason": sure})
    rows = rows.assign(kind="hotline", name=[f"V{n}" for n in rows.index])
    lines = assessment.named_lines(rows, rated())
    at_work, others, (word, _), is_incomplete = lines["hotline"]
    names = [" ".join(line.name for line in part) for part in (at_work, others)]
    assert (*names, word) == named and is_incomplete == ("low" in sure), rule
    assert lines["helpline"] == ([], [], ("", ""), False), "a helpline is another kind"


@pytest.mark.parametrize(
    ("rule", "status", "confidence", "sure"),
    [
        ("a missing hotline is as sure as its item", "not in place", "moderate", "moderate"),
        ("also if that is of low confidence", "no public evidence", "low", "low"),
        ("a hotline in part is none that is missing", "partly in place", "low", ""),
    ],
)
def test_without_a_line_its_item_says_how_sure_that_is(rule, status, confidence, sure):
    items = rated((status, confidence), ("not in place", "high"), item_id=["MNR-12", "PM-1"])
    reason = "said so" if sure else ""
    found = assessment.named_lines(lines("", ""), items)["hotline"]
    assert found == ([], [], (sure, reason), sure == "low"), rule


@pytest.mark.parametrize(
    ("value", "sure", "status"),
    [
        ("adopted", "moderate", "adopted"),
        ("adopted", "low", "insufficient evidence"),
        ("no public evidence", "low", "no public evidence"),
    ],
)
def test_a_strategy_of_low_confidence_is_left_open_but_no_public_evidence_of_one_is_not(
    value, sure, status
):
    assert assessment.strategy_status(strategy(value, sure)) == (status, sure, "two papers")
    assert assessment.strategy_status(strategy().head(0)) == ("not assessed", "", "")


def test_the_status_of_the_strategy_is_that_of_its_row_in_table_25_and_not_of_the_first():
    rows = pd.concat([strategy("party").assign(row="lanzarote"), strategy("draft")])
    assert assessment.strategy_status(rows)[0] == "draft"


def test_every_state_of_the_strategy_has_a_sentence():
    for word in [*cop.data.labels("table_25", "value", DATA), "not assessed", "unheard of"]:
        sentence = words.render("6-country-assessment", "on_strategy", word)
        assert "national strategy for child online protection" in said(sentence), word


# Strengths, gaps and recommendations


@pytest.mark.parametrize(
    ("rule", "rows", "order"),
    [
        ("missing, planned, not known",
         [("no public evidence", "high"), ("planned", "high"), ("not in place", "high")], "2 1 0"),
        ("surest first", [("not in place", "moderate"), ("not in place", "high")], "1 0"),
        ("served before unserved", [("not in place", "high"), ("not in place", "high")], "1 0"),
        ("by status before confidence", [("planned", "high"), ("not in place", "moderate")], "1 0"),
        ("surest before served", [("not in place", "high"), ("not in place", "moderate")], "0 1"),
        ("none of low confidence", [("not in place", "low"), ("planned", "high")], "1"),
        ("a gap of the chain is named once",
         [*[("planned", "low")] * 3, ("no public evidence", "moderate")], "3"),
        ("the chain of protection before all others; the first three",
         [*[("not in place", "high")] * 3, ("no public evidence", "moderate")], "3 1 0"),
    ],
)  # fmt: skip
def test_gaps_stand_in_the_order_of_the_rule(rule, rows, order):
    links = pd.DataFrame({"item_ids": ["PM-3; PM-9"]})  # of the chain of protection
    gaps = assessment.gaps(rated(*rows), strategy(), PLAN, links)
    assert gaps.item_id.tolist() == [f"PM-{n}" for n in order.split()], rule


@pytest.mark.parametrize(
    ("rule", "rows", "order"),
    [
        ("in place before in part", [("partly in place", "high"), ("in place", "moderate")], "1 0"),
        ("surest first", [("in place", "moderate"), ("in place", "high")], "1 0"),
        ("none of low confidence", [("in place", "low"), ("in place", "high")], "1"),
        ("the first three", [("in place", "high")] * 4, "0 1 2"),
    ],
)
def test_strengths_stand_in_the_order_of_the_rule(rule, rows, order):
    strengths = assessment.strengths(rated(*rows), lines("", ""), NO_CHAIN)
    assert strengths.item_id.tolist() == [f"PM-{n}" for n in order.split()], rule


def test_a_strength_that_asks_for_a_service_needs_one_at_work_and_a_link_has_its_surest():
    items = rated(("in place", "moderate"), ("in place", "high"), ("partly in place", "high"),
                  item_id=["PM-RIC-01", "MNR-11", "PM-EDU-01"])  # fmt: skip

    def order(at_work, links=NO_CHAIN, items=items):
        return assessment.strengths(items, at_work, links).item_id.tolist()

    assert order(lines()) == ["MNR-11", "PM-RIC-01", "PM-EDU-01"], "both lines are at work"
    assert order(lines("not known", "")) == ["PM-EDU-01"], "no line is known to be at work"
    assert order(lines(hotline="")) == ["MNR-11", "PM-EDU-01"], "PM-RIC-01 asks for a hotline"
    assert order(lines("")) == ["PM-RIC-01", "PM-EDU-01"], "MNR-11 asks for a helpline"
    other = items.replace("PM-RIC-01", "MNR-12")
    assert order(lines(hotline=""), items=other) == ["MNR-11", "PM-EDU-01"], (
        "MNR-12 asks for a hotline"
    )
    ids = {"link": ["child", "report"], "item_ids": ["PM-EDU-01", "MNR-11; PM-RIC-01"]}
    assert order(lines(), pd.DataFrame(ids)) == ["MNR-11", "PM-EDU-01"], "one item for each link"


@pytest.mark.parametrize(
    ("word", "confidence", "is_gap"),
    [("in force", "high", False), ("adopted", "high", False), ("not assessed", "", False),
     ("draft", "moderate", True), ("expired", "high", True),
     ("no public evidence", "moderate", True), ("expired", "low", False)],
)  # fmt: skip
def test_a_strategy_is_a_gap_unless_it_is_in_force_adopted_or_unjudged(
    word, confidence, is_gap, place
):
    items = rated(("not in place", "high"), ("planned", "high"), item_id=["PM-STR-01", "PM-AWA-01"])
    others = strategy("no action").assign(row="lanzarote")  # of the table, no row is a gap but one
    row, answering = strategy(word, confidence), PLAN.assign(item_ids="PM-STR-01")
    row = pd.concat([row, others], ignore_index=True)
    gaps = assessment.gaps(items, row, answering, NO_CHAIN)
    rule = (
        f"a strategy {word!r} of {confidence or 'no'} confidence is {'a' if is_gap else 'no'} gap"
    )
    assert gaps.status.tolist() == [word if is_gap else "not in place", "planned"], rule
    assert gaps.item_id.tolist() == ["" if is_gap else "PM-STR-01", "PM-AWA-01"]
    linked = assessment.gaps(items, row, answering, pd.DataFrame({"item_ids": ["PM-AWA-01"]}))
    assert linked.item_id[0] == "PM-AWA-01", "the chain comes before the strategy"
    assert not is_gap or gaps.rationale[0] == "Law 5.", "it is told by its first sentence"
    shown = said(REPORT.strengths_and_gaps(items.head(0), gaps, place))
    assert "PM-AWA-01 (ITU guidelines) no recommendation yet" in shown


def test_items_of_other_guidelines_are_neither_gaps_nor_strengths(place):
    items = rated(("not in place", "high"), ("in place", "high"), framework="industry")
    assert assessment.gaps(items, strategy(), PLAN, NO_CHAIN).empty
    assert assessment.strengths(items, lines(), NO_CHAIN).empty
    assert assessment.unanswered(items, PLAN.head(0), place).empty


def test_of_the_gaps_only_the_strategy_cites_rows():
    items = rated(("planned", "high"), evidence_ids="ZZZ-E09")
    gaps = assessment.gaps(items, strategy("expired"), PLAN, NO_CHAIN)
    assert gaps.evidence_ids.tolist() == ["ZZZ-L01; ZZZ-E01", ""], "an item cites none here"


def test_ratings_of_another_country_that_cannot_be_read_or_that_nobody_settled_are_left_out(zed):
    place = Country("ZZZ", "Zedland", str(zed), str(zed / "tables"), "2026")
    (zed / "research/YYY").mkdir(exist_ok=True)
    (zed / "research/YYY/alignment.csv").write_text("nonsense\n", "utf-8")
    items = alignment.adjudicated(place)
    rows = words.final_ratings(["YYY", "ZZZ"], place, items.item_id)
    assert {*rows.iso3} == {"ZZZ"} and rows.item_id.is_unique
    rated = items.item_id[~items.judged_by.isin(["", "unsettled"])]
    assert {*rows.item_id} == {*rated}


def test_answers_are_listed_in_the_order_of_their_ids():
    ids = [f"R{n}" for n in (5, 3, 1, 4, 2, 6)]
    plan = pd.DataFrame({"recommendation_id": ids, "item_ids": "PM-0", "capability_ids": ""})
    answers = assessment.answered(rated(("planned", "high")), plan).answers
    assert answers.item() == "R1; R2; R3; R4; R5; R6"


@pytest.mark.parametrize("column", ["item_ids", "capability_ids"])
def test_a_recommendation_answers_the_items_and_the_capabilities_that_it_names(column):
    plan = pd.DataFrame({"recommendation_id": ["R1"], "item_ids": "PM-9", "capability_ids": ""})
    rows = assessment.answered(rated(("planned", "high")), plan.assign(**{column: "X; PM-0"}))
    assert rows.answers.item() == "R1"


def test_a_gap_is_unanswered_if_missing_and_sure_and_says_what_comes_first(place):
    rows = ("not in place", "high"), ("not in place", "high"), ("no public evidence", "low")
    items = rated(*rows, ("planned", "high"), ("no public evidence", "high"))
    left = assessment.unanswered(items, PLAN, place)
    rule = "PM-1 is served by a recommendation, PM-2 of low confidence, PM-3 planned"
    assert left.item_id.tolist() == ["PM-0", "PM-4"], rule
    [row] = assessment.unanswered(rated(rows[0], item_id="MNR-21"), PLAN, place).itertuples()
    assert (row.why, row.after_id) == ("The written procedure comes first (invented).", "ZZZ-R02")


def test_a_gap_of_which_no_reason_is_recorded_has_an_empty_one(place):
    [row] = assessment.unanswered(rated(("not in place", "high")), PLAN, place).itertuples()
    assert (row.why, row.after_id) == ("", "")


# Table 25 and the panel


@pytest.fixture
def rate_all(monkeypatch):
    """Return a function that gives every rating of Table 25 one confidence."""

    def rate(word):
        about = {"confidence": word, "confidence_reason": ""}
        monkeypatch.setattr(
            assessment.confidence, "rate", lambda rated, *_: pd.DataFrame(about, rated.index)
        )

    return rate


def test_a_draft_without_a_newer_row_is_silence_and_a_row_not_of_2020_is_not_compared(
    place, monkeypatch, replace_table, rate_all
):
    rate_all("moderate")
    treaties = pd.DataFrame(columns=["instrument", "status", "as_of", "source_id"])
    for recent, word in ((True, "draft"), (False, "no public evidence")):
        monkeypatch.setattr(stakeholders, "recent", lambda ids, place, recent=recent: recent)
        rows = assessment.table_25(place, treaties, 7).set_index("row")
        assert rows["value"]["cyber_regulation"] == word, "a draft is one with a recent row only"
        assert (rows.comparison["cyber_regulation"] == "not comparable") != recent
        assert rows["value"]["national_strategy"] == "in force", "only a draft becomes silence"
    assert rows["value"]["weprotect"] == "not looked up", "a treaty without a row"
    replace_table("table_25_2020", lambda rows: rows.head(0))
    rows = assessment.table_25(place, treaties, 7)
    assert {*rows.published_2020} == {"not in the table"} and {*rows.comparison} == {""}


@pytest.mark.parametrize(
    ("row", "published", "value", "word"),
    [
        *[("national_strategy", "yes", word, "same") for word in assessment.YES],
        ("lanzarote", "yes", "party", "same"),
        ("weprotect", "yes", "member", "same"),
        ("national_strategy", "yes", "in force", "same"),
        ("national_strategy", "yes", "adopted", "same"),
        ("national_agency", "yes", "dedicated", "same"),
        ("lanzarote", "no", "party", "different"),
        ("national_agency", "yes", "shared mandate", "different"),
        ("national_agency", "no", "not in place", "same"),
        ("national_strategy", "no", "draft", "different"),
        ("national_strategy", "no", "expired", "different"),
        ("national_strategy", "yes", "expired", "different"),
        ("lanzarote", "no", "no action", "same"),
        ("weprotect", "no", "not a member", "same"),
        ("lanzarote", "no", "not looked up", "not comparable"),
        ("lanzarote", "no", "no public evidence", "not comparable"),
        ("active_organisations", "5", "5", "not comparable"),
    ],
)
def test_a_cell_of_table_25_is_compared_by_its_yes_or_no(row, published, value, word):
    assert assessment.compare(row, published, value, "") == word
    other = {"different": "other words"}.get(word, word)
    assert assessment.compare(row, published, value, "yes") == other


@pytest.mark.parametrize(
    ("days", "day"),
    [(("2024", "2011", "2010"), "2024"), (("", "2011-03-01", "2010"), "2011-03-01"),
     (("", "", "2010"), "2010"), (("", "", ""), "no date shown")],
)  # fmt: skip
def test_a_treaty_has_the_day_of_its_status_of_entry_into_force_or_of_ratification(
    days, day, place, replace_table
):
    replace_table("table_25", lambda rows: rows.assign(value=rows["value"].replace("party", "")))
    columns = ["instrument", "status", "source_id", "as_of", "in_force", "ratified"]
    treaties = pd.DataFrame([["LANZAROTE_CETS201", "party", "X", *days]], columns=columns)
    assert assessment.table_25(place, treaties, 7).set_index("row").as_of["lanzarote"] == day


def test_a_row_of_table_25_that_nobody_entered_is_computed_or_not_assessed(place, replace_table):
    replace_table("table_25", lambda rows: rows.head(0))
    columns = ["instrument", "status", "source_id", "as_of", "in_force", "ratified"]
    treaties = pd.DataFrame([["WEPROTECT", "member", "WPGA", "2025", "", ""]], columns=columns)
    rows = assessment.table_25(place, treaties, 7).set_index("row")[["value", "as_of", "refs"]]
    count, member = (rows.loc[row].tolist() for row in ("active_organisations", "weprotect"))
    assert count == ["7", "2026-06-30", "ZZZ-organisations"], "a count is of the cut-off"
    assert member == ["member", "2025", "WPGA"], "a treaty has the day and source of its status"
    assert rows["value"]["lanzarote"] == "not looked up", "a treaty without a row"
    others = rows["value"].drop(["active_organisations", "weprotect", "lanzarote"])
    assert set(others) == {"not assessed"}, "what is neither treaty nor count is not assessed"


@pytest.mark.parametrize(
    ("confidence", "value", "shown"),
    [("low", "adopted", "insufficient evidence (the source says: adopted)"),
     ("low", "no public evidence", "no public evidence"), ("moderate", "adopted", "adopted")],
)  # fmt: skip
def test_a_cell_of_low_confidence_is_undetermined_and_not_compared(
    confidence, value, shown, place, rate_all
):
    cell = SimpleNamespace(confidence=confidence, value=value)
    assert said(words.render("cells", "stated", cell)) == shown
    rate_all(confidence)
    rows = assessment.table_25(place, pd.DataFrame(columns=["instrument"]), 7).set_index("row")
    is_low = confidence == "low"
    rule = "a value of low confidence is not compared, another is"
    assert (rows.comparison["national_strategy"] == "not comparable") == is_low, rule


@pytest.mark.parametrize(("year", "earliest"), [(2024, 310), (2025, 455)])
def test_a_figure_of_the_panel_has_the_first_value_of_the_five_years_before(year, earliest, place):
    figures = pd.DataFrame({"indicator_code": ["NCMEC.REPORTS", "WPP.POP.0014"], "year": year})
    rows = assessment.key_figures(figures, place)
    assert rows.then[0] == earliest, "five years before 2025 begin in 2020"
    why = "the number of children has no earlier value: its territory may differ"
    assert pd.isna(rows.then[1]), why


def test_an_example_has_the_sources_of_all_its_rows_that_exist(place):
    rows = "ZZZ-E01; ZZZ-E05; ZZZ-E01; ZZZ-E99; YYY-E01"
    assert assessment.source_of(rows, place) == "ZZZ-S03; ZZZ-S01", "each once, in their order"


def test_of_strengths_of_equal_status_those_of_the_chain_come_first():
    chain = pd.DataFrame({"link": ["report"], "item_ids": ["PM-1"]})
    items = rated(("in place", "high"), ("in place", "moderate"))
    strengths = assessment.strengths(items, lines("", ""), chain)
    assert strengths.item_id.tolist() == ["PM-1", "PM-0"], "the item of the chain first"


def test_gaps_of_the_itu_guidelines_come_before_those_of_the_model_national_response():
    both = rated(("planned", "high"), ("planned", "high"), framework=assessment.OURS[::-1])
    gaps = assessment.gaps(both, strategy(), PLAN.head(0), NO_CHAIN)
    assert gaps.framework.tolist() == ["policy-makers", "Model National Response"]


def test_a_count_of_table_25_has_no_confidence(place):
    rows = assessment.table_25(place, pd.DataFrame(columns=["instrument"]), 7).set_index("row")
    assert rows.loc["active_organisations", ["value", "confidence"]].tolist() == ["7", ""]


def test_a_recommendation_has_the_theme_of_its_first_challenge(place, replace_table):
    replace_table("recommendations", lambda rows: rows.head(1).assign(
        challenge_ids="ZZZ-C02; ZZZ-C01"))  # fmt: skip
    challenges = cop.data.read("challenges", place.data, place.iso3)
    theme = challenges.set_index("challenge_id").theme["ZZZ-C02"]
    assert assessment.recommendations(place, challenges).theme.tolist() == [theme]


def test_a_recommendation_has_the_words_and_rows_of_all_its_challenges_and_names_of_bodies(
    place, replace_table, monkeypatch
):
    cells = {"challenge_ids": "C2; C1", "lead_id": "O1", "cost_by_id": "O2"}
    cells |= {"supporting_ids": "O2; O1"}
    replace_table("recommendations", lambda rows: rows.head(1).assign(**cells))
    monkeypatch.setattr(assessment.countries, "bodies", lambda _: {"O1": "Police", "O2": "School"})
    challenges = pd.DataFrame(
        {"challenge_id": ["C1", "C2"], "theme": "law", "challenge": ["One.", "Two."],
         "evidence_ids": ["E1", "E2"], "action": "", "action_evidence_id": ["E3", "E4"]}
    )  # fmt: skip
    row = assessment.recommendations(place, challenges).iloc[0]
    joined = row[["challenge", "evidence_ids", "action_evidence_id"]].tolist()
    assert joined == ["Two. One.", "E2; E1", "E4; E3"], "of all challenges, in their order"
    bodies = row[["lead", "cost_by", "supporting"]].tolist()
    assert bodies == ["Police", "School", "School; Police"], "names of bodies, not ids"


def test_a_recommendation_whose_lead_payer_and_supporters_are_not_named_has_none(
    place, replace_table
):
    cells = {"lead_id": "", "cost_by_id": "", "supporting_ids": ""}
    replace_table("recommendations", lambda rows: rows.head(1).assign(**cells))
    challenges = cop.data.read("challenges", place.data, place.iso3)
    row = assessment.recommendations(place, challenges).iloc[0]
    assert row[["lead", "cost_by", "supporting"]].tolist() == ["", "", ""]


def test_supporters_that_the_register_lacks_are_left_out(place, replace_table):
    cells = {"supporting_ids": "ZZZ-O99; ZZZ-O07"}
    replace_table("recommendations", lambda rows: rows.head(1).assign(**cells))
    challenges = cop.data.read("challenges", place.data, place.iso3)
    [row] = assessment.recommendations(place, challenges).itertuples()
    assert row.supporting == "Zedland Helpline Association"


@pytest.mark.parametrize(
    ("rule", "year", "is_shown"),
    [
        ("a value of the same year is no earlier one", 2025, False),
        ("one of the year before is", 2024, True),
        ("one of five years before is", 2020, True),
        ("one of six years before is too old", 2019, False),
    ],
)
def test_the_earlier_value_of_a_card(rule, year, is_shown, place, monkeypatch):
    values = pd.DataFrame({"iso3": ["ZZZ"], "indicator_code": "NCMEC.REPORTS", "year": year})
    monkeypatch.setattr(assessment.indicators, "read", lambda *_: values.assign(value=9.0))
    figures = values[["indicator_code"]].assign(year=2025)
    assert assessment.key_figures(figures, place).then.notna().all() == is_shown, rule


def test_the_earlier_value_is_the_earliest_in_whatever_order_the_values_stand(place, monkeypatch):
    years = {"year": [2022, 2020, 2021], "value": [30.0, 10.0, 20.0]}
    values = pd.DataFrame(years).assign(iso3="ZZZ", indicator_code="NCMEC.REPORTS")
    monkeypatch.setattr(assessment.indicators, "read", lambda *_: values)
    figures = pd.DataFrame({"indicator_code": ["NCMEC.REPORTS"], "year": [2024]})
    row = assessment.key_figures(figures, place).iloc[0]
    assert (row.then_year, row.then) == (2020, 10.0)


def test_the_share_of_children_follows_their_number(place):
    codes = ["WPP.POP.0014", "WPP.POP.0014.ZS"]
    figures = pd.DataFrame({"indicator_code": codes[::-1], "year": 2025})
    assert assessment.key_figures(figures, place).indicator_code.tolist() == codes


def test_whether_more_of_a_key_figure_is_better_is_what_the_catalogue_says(place):
    figures = pd.DataFrame({"indicator_code": ["NCMEC.REPORTS", "IT.NET.USER.ZS"], "year": 2025})
    assert assessment.key_figures(figures, place).better.tolist() == ["none", "higher"]


def test_notes_in_a_narrative_are_not_shown_and_one_of_notes_only_is_empty(place, monkeypatch):
    unclosed = "Seen. <!-- Ask again"
    for text, shown in (
        ("Seen. <!-- Ask again -->", "Seen."), ("<!-- Ask again -->", ""), (unclosed, "Seen."),
    ):  # fmt: skip
        monkeypatch.setattr(cop.data, "text", lambda *_, text=text: text)
        monkeypatch.setattr(words, "render", lambda stage, macro, cited: cited)
        assert said(assessment.narrative(place, "analysis")) == shown, (
            "without the note, closed or not"
        )


@pytest.mark.parametrize(
    ("rule", "ratings", "shown"),
    [
        ("of two who differ none is final", {"B": "planned", "A": "in place"}, []),
        ("of two who agree that of A", {"B": "planned", "A": "planned"}, ["A"]),
        ("the adjudicated one comes first",
         {"B": "planned", "A": "in place", "adjudicated": "withheld"}, ["adjudicated"]),
        ("the only one is final", {"B": "planned"}, ["B"]),
    ],
)  # fmt: skip
def test_the_final_rating_of_another_country_is_adjudicated_or_agreed(
    rule, ratings, shown, place, monkeypatch
):
    rows = [{"item_id": "PM-1", "coder": coder, "status": status, "confidence": ""}
            for coder, status in ratings.items()]  # fmt: skip
    monkeypatch.setattr(words.cop.data, "records", lambda *_: rows)
    final = words.final_ratings(["ZZZ"], place, pd.Series(["PM-1"]))
    assert final.coder.tolist() == shown, rule


def test_silence_and_what_was_not_rated_are_not_comparable_with_2020():
    for word in (alignment.SILENT, *assessment.UNJUDGED):
        assert assessment.compare("lanzarote", "no", word, "") == "not comparable", word
