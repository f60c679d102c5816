"""Rules of the method at their boundaries: each test names a rule and fails when it is bent."""

import numpy as np
import pandas as pd
import pytest
from pagetext import said

import cop.data
from cop.data import agreement
from helpers import (
    assessment,
    countries,
    cybersecurity,
    editions,
    followup,
    indicators,
    region,
    show,
    stakeholders,
)

SHARE, CHILDREN = "IT.NET.USER.ZS", indicators.CHILDREN
SCALE = agreement.SCALE


def values(*rows, code=SHARE):
    """Return values of countries: (iso3, year, value)."""
    frame = pd.DataFrame(rows, columns=["iso3", "year", "value"])
    return frame.assign(indicator_code=code, source_id="ZED_STAT")


def test_the_latest_value_is_that_of_the_latest_year():
    frame = values(("A", 2020, 1.0), ("A", 2023, 3.0), ("A", 2021, 2.0))
    assert indicators.latest(frame).year.tolist() == [2023]


def test_the_median_is_of_the_year_that_most_countries_have(place, monkeypatch):
    monkeypatch.setattr(indicators, "oldest_year", lambda place: 2023)
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: list("ABCDEF"))
    rows = [(iso3, 2025, 4.0) for iso3 in "ABCD"] + [(iso3, 2026, 3.0) for iso3 in "ABC"]
    [figure] = indicators.region_figures(values(*rows), place).itertuples()
    assert (figure.region_year, figure.n) == (2025, 4)


def test_a_figure_is_old_after_three_years_and_not_at_three(place, monkeypatch):
    assert indicators.oldest_year(place) == 2026 - 3  # the cut-off is 2026-06-30
    figure = indicators.key_figures(place).dropna(subset="value").iloc[0]
    for limit, old in ((figure.year, ""), (figure.year + 1, "yes")):
        monkeypatch.setattr(indicators, "oldest_year", lambda place, limit=limit: limit)
        frame = indicators.key_figures(place).set_index("indicator_code")
        assert frame.old[figure.indicator_code] == old, limit


def test_a_figure_is_a_projection_from_the_first_projected_year_on(place, monkeypatch):
    read, figures = cop.data.read, indicators.key_figures(place).set_index("indicator_code")
    year = figures.year[CHILDREN]
    for first, mark in ((year, "projection"), (year + 1, "")):

        def changed(name, *words, first=first):
            frame = read(name, *words)
            named = name == "statistics_sources"
            return frame.assign(projected_from=first, nature="") if named else frame

        monkeypatch.setattr(cop.data, "read", changed)
        frame = indicators.key_figures(place).set_index("indicator_code")
        assert frame.mark[CHILDREN] == mark, first


def test_scores_of_the_index_are_of_a_hundred_from_2020_on(place, monkeypatch):
    rows = pd.DataFrame({"iso3": "ZZZ", "edition": [2018, 2020], "score": [0.5, 0.9]})
    rows = rows.assign(global_rank=1, regional_rank=1)
    monkeypatch.setattr(cybersecurity, "read_table", lambda table, place: rows)
    assert cybersecurity.gci(place).score.tolist() == [50.0, 0.9]


@pytest.mark.parametrize(
    ("as_of", "status"), [("2026-11-24", "party"), ("2026-11-25", "signatory")]
)
def test_a_national_status_counts_only_if_it_is_later_than_the_register(as_of, status):
    empty = dict.fromkeys(["signed", "ratified", "in_force", "note"], "")
    register = empty | {"status": "party", "source_id": "OFFICE", "as_of": ""}
    national = empty | {"status": "signatory", "source_id": "S1", "as_of": as_of}
    row = cybersecurity._status_of_office(register, national, {"OFFICE": "2026-11-24"})
    assert row["status"] == status


def table_25(*rows):
    frame = pd.DataFrame(rows, columns=["row", "value", "confidence"])
    return frame.assign(published_2020="yes")


def test_each_word_of_table_25_is_counted_in_one_column():
    rows = region.count_rows(table_25(
        ("lanzarote", "party", "high"), ("lanzarote", "signatory", "high"),
        ("lanzarote", "no action", "low"), ("weprotect", "member", "low"),
        ("weprotect", "no public evidence", "low"), ("weprotect", "no public evidence", "moderate"),
        ("national_strategy", "in force", "high"), ("national_strategy", "adopted", "low"),
        ("national_strategy", "draft", "high"), ("national_strategy", "draft", "low"),
        ("national_strategy", "expired", "high"),
        ("national_strategy", "withheld", ""), ("national_strategy", region.LEFT_OUT, ""),
        ("national_agency", "dedicated", "high"), ("national_agency", "shared mandate", "high"),
        ("national_agency", "not in place", "high"), ("national_agency", "not looked up", ""),
    )).set_index("row")  # fmt: skip
    expected = {  # today, low, shared, planned, expired, absent, silent, silent_low, unjudged
        "lanzarote": [1, 0, 0, 0, 0, 2, 0, 0, 0],
        "weprotect": [1, 1, 0, 0, 0, 0, 2, 1, 0],
        "national_strategy": [2, 1, 0, 2, 1, 0, 0, 0, 1],
        "national_agency": [2, 0, 1, 0, 0, 1, 0, 0, 1],
    }
    assert rows.drop(columns="then").T.to_dict("list") == expected


@pytest.mark.parametrize(
    ("row", "published", "value", "word"),
    [
        *[("national_strategy", "yes", word, "same") for word in assessment.YES],
        ("national_strategy", "no", "not in place", "same"),
        ("national_strategy", "no", "adopted", "different"),
        ("national_strategy", "yes", "expired", "different"),
        ("lanzarote", "no", "no action", "same"),
        ("lanzarote", "no", "not looked up", "not comparable"),
        ("lanzarote", "no", "no public evidence", "not comparable"),
        ("active_organisations", "5", "5", "not comparable"),
    ],
)
def test_a_cell_of_table_25_is_compared_by_its_yes_or_no(row, published, value, word):
    assert {"adopted", "in force", "member"} <= {*assessment.YES}
    assert assessment.compare(row, published, value) == word


def rated(*rows):
    """Return items of the ITU guidelines: (status, confidence)."""
    frame = pd.DataFrame(rows, columns=["status", "confidence"])
    frame = frame.assign(framework=assessment.POLICY, confidence_reason="", rationale="")
    return frame.assign(item_id=[f"PM-{n}" for n in range(len(frame))],
                        item=[f"Item {n}" for n in range(len(frame))])  # fmt: skip


PLAN = pd.DataFrame({"recommendation_id": ["R1"], "item_ids": ["PM-1"], "capability_ids": [""]})
NO_LINKS = pd.DataFrame({"item_ids": [""]})
NO_ROWS = pd.DataFrame(columns=["row", "label", "value", "detail", "refs", *assessment.SURE])


@pytest.mark.parametrize(
    ("rule", "rows", "order"),
    [
        ("missing, planned, not known",
         [("no public evidence", "high"), ("planned", "high"), ("not in place", "high")], "2 1 0"),
        ("surest first", [("not in place", "moderate"), ("not in place", "high")], "1 0"),
        ("served before unserved", [("not in place", "high"), ("not in place", "high")], "1 0"),
        ("none of low confidence", [("not in place", "low"), ("planned", "high")], "1"),
        ("the chain of protection before all others; the first three",
         [*[("not in place", "high")] * 3, ("no public evidence", "moderate")], "3 1 0"),
    ],
)  # fmt: skip
def test_gaps_stand_in_the_order_of_the_rule(rule, rows, order):
    links = pd.DataFrame({"item_ids": ["PM-3; PM-9"]})  # of the chain of protection
    gaps = assessment.gaps(rated(*rows), NO_ROWS, PLAN, links)
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
    lines = pd.DataFrame(columns=["kind", "operates", "confidence"])
    strengths = assessment.strengths(rated(*rows), lines)
    assert strengths.item_id.tolist() == [f"PM-{n}" for n in order.split()], rule


def test_recommendations_are_those_of_the_edition_before(place, monkeypatch):
    kept = {"2024": place.data, "2026": place.data, "2028": place.data}
    monkeypatch.setattr(cop.data, "editions_kept", lambda data, iso3: kept)
    rows = followup.addressed(followup.actions(place), place)
    assert set(rows.since) == {"2024"}


@pytest.mark.parametrize("status", ["in force", "adopted", "signed", "ratified", "draft", "absent"])
def test_a_plan_exists_once_it_is_adopted_signed_or_in_force(status, place):
    plan = {"instrument_id": "ZZZ-L09", "title": "Plan", "kind": "strategy", "status": status}
    measures = stakeholders.measures(pd.DataFrame([plan]), place)
    word = measures.exists[measures.measure_id == "ZZZ-L09"].tolist()
    assert word == ([] if status == "absent" else ["draft" if status == "draft" else "yes"])


@pytest.mark.parametrize(("value", "held"), [(0.0, False), (0.1, True)])
def test_a_price_of_zero_is_a_gap(value, held, place, monkeypatch):
    frame = values(("ZZZ", 2024, value), code=indicators.PRICES[0])
    empty = values(code=indicators.REPORTS)
    rows = pd.concat([frame, empty]).astype({"year": "Int64", "value": float})
    monkeypatch.setattr(cop.data, "read", lambda table, data: rows)
    monkeypatch.setattr(cop.data, "stamp", lambda *_: object())  # nothing kept is of these
    assert bool(len(indicators.all_values(place, indicators.PRICES[0]))) == held


@pytest.mark.parametrize(
    ("what", "step"),
    [("signature", "signed"), ("ratification", "ratified"), ("accession", "ratified"),
     ("entry into force", "in_force")],
)  # fmt: skip
def test_a_date_of_the_treaty_register_is_of_its_own_step(what, step, place, monkeypatch):
    read, path = cop.data.read, "treaty_register"
    act = {"iso3": "ZZZ", "instrument": "CRC_OPSC", "date_type": what, "date": "2001-02-03"}

    def changed(name, *words):
        frame = read(name, *words)
        return frame.head(1).assign(**act, verified="yes") if name == path else frame

    monkeypatch.setattr(cop.data, "read", changed)
    row = cybersecurity.treaties(place).set_index("instrument").loc["CRC_OPSC"]
    assert [name for name in cybersecurity.STEPS if row[name] == "2001-02-03"] == [step]


@pytest.mark.parametrize(
    ("rule", "years", "expected"),
    [
        ("lines begin in 2005", [2004, 2005, 2006], {"Zedland": 2005, indicators.MEDIAN: 2005}),
        ("a median of one year is no line", [2004, 2005], {"Zedland": 2005}),
    ],
)
def test_lines_over_years_begin_by_rule(rule, years, expected, place, monkeypatch):
    frame = values(*[(iso3, year, 1.0) for iso3 in ("ZZZ", "B", "C") for year in years])
    monkeypatch.setattr(indicators, "read", lambda place, codes: frame)
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: ["ZZZ", "B", "C"])
    lines = indicators.over_years(place, SHARE)
    assert lines.groupby("series").year.min().to_dict() == expected, rule


@pytest.mark.parametrize(
    ("word", "is_gap"),
    [("in force", False), ("adopted", False), ("not assessed", False), ("draft", True),
     ("expired", True), ("no public evidence", True)],
)  # fmt: skip
def test_a_strategy_is_a_gap_unless_it_is_in_force_adopted_or_unjudged(word, is_gap):
    rows = pd.DataFrame([{"row": "national_strategy", "label": "Strategy", "value": word,
                          "detail": "It says so.", "refs": "", "confidence": "moderate",
                          "confidence_reason": ""}])  # fmt: skip
    gaps = assessment.gaps(rated(), rows, PLAN, pd.DataFrame({"item_ids": [""]}))
    assert gaps.status.tolist() == [word] * is_gap


def test_answers_are_listed_in_the_order_of_their_ids():
    ids = [f"R{n}" for n in (5, 3, 1, 4, 2, 6)]
    plan = pd.DataFrame({"recommendation_id": ids, "item_ids": "PM-0", "capability_ids": ""})
    answers = assessment.answered(rated(("planned", "high")), plan).answers
    assert answers.item() == "R1; R2; R3; R4; R5; R6"


def test_the_earlier_edition_comes_first(place):
    for old, new in (("2026", "2026"), ("2026", "2020")):
        with pytest.raises(LookupError, match="name the earlier edition first"):
            editions.changes("ZZZ", place.data, old, new)


def test_a_country_is_compared_with_its_study_before_other_groups(place, monkeypatch):
    rows = [("ZZZ", "A", "Area", "itu region"), ("YYY", "A", "Area", "itu region"),
            ("ZZZ", "B", "Study", "study"), ("XXX", "B", "Study", "study")]  # fmt: skip
    groups = pd.DataFrame(rows, columns=["iso3", "group_id", "title", "role"])
    read = cop.data.read
    monkeypatch.setattr(
        cop.data, "read", lambda name, *w: groups if name == "groups" else read(name, *w)
    )
    assert countries.comparison_region(place) == ("Study", ["ZZZ", "XXX"])


def coded(*pairs):
    return pd.DataFrame(pairs, columns=["coder_a", "coder_b"])


@pytest.mark.parametrize(
    ("rule", "alike", "others", "reason"),
    [
        ("19 items are few", 12, 7, "few"),
        ("20 items are enough", 13, 7, ""),
        ("4 items off the most frequent word vary too little", 20, 4, "alike"),
        ("5 items off the most frequent word are enough", 20, 5, ""),
    ],
)
def test_alpha_needs_enough_items_that_vary(rule, alike, others, reason):
    pairs = [(SCALE[2], SCALE[2])] * alike + [(SCALE[0], SCALE[2])] * others
    assert agreement.says_nothing(coded(*pairs)) == reason, rule


def test_ac1_is_corrected_by_the_number_of_words_less_one():
    pairs = coded((SCALE[2], SCALE[2]), (SCALE[2], SCALE[0]))
    chance = (3 / 4 * 1 / 4 + 1 / 4 * 3 / 4) / (5 - 1)  # Gwet 2014, of five words
    assert agreement.ac1(pairs) == pytest.approx((1 / 2 - chance) / (1 - chance))


def test_the_interval_of_alpha_holds_95_per_cent_of_the_draws():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 3, 40)
    second = np.clip(first + rng.integers(-1, 2, 40), 0, 2)
    frame = coded(*zip(np.array(SCALE)[first], np.array(SCALE)[second], strict=True))
    assert np.round(agreement.bootstrap(frame), 2).tolist() == [0.47, 0.78]


def test_statements_at_first_and_at_second_hand_stand_below_their_headings(place):
    kinds = pd.DataFrame({"kind": ["law"], "sources": [2], "first": [3], "second": [1]})
    shown = said(show.Templates("1-desktop-research").kind_table(kinds, place))
    assert "Sources | Statements at first hand | Statements at second hand" in shown
    assert shown.endswith("| 2 | 3 | 1")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((1, 2, 3), "1 of 2 sources carries no year. They were read in 3 languages."),
        ((2, 1, 1), "2 of 1 source carry no year. They were read in 1 language."),
    ],
)
def test_sources_and_languages_have_their_own_plurals(numbers, text):
    assert said(show.Templates("1-desktop-research").about_years(*numbers)) == text


@pytest.mark.parametrize(
    ("total", "active", "text"),
    [(1, 2, "1 organisation is on record"), (2, 1, "2 organisations are on record")],
)
def test_the_plural_of_organisations_is_that_of_all_and_not_of_the_active(
    total, active, text, place
):
    counts = pd.DataFrame({"category": ["ngo"], "organisations": [total], "active": [active]})
    line = said(show.Templates("2-stakeholder-mapping").bottom_line(counts, "2026-06-30", place))
    assert line.startswith(text)


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (["ab", "ac"], "a has the most recorded partners in Zedland (2)"),
        (["ab"], "a and b have the most recorded partners in Zedland (1 each)"),
    ],
)
def test_the_plural_of_who_has_most_partners_is_that_of_names(pairs, text, place):
    links = pd.DataFrame(list(map(list, pairs)), columns=["a", "b"]).assign(evidence_id="")
    assert text in said(stakeholders.network(links, place))


@pytest.mark.parametrize(
    ("low", "text"), [(1, "1 of the 3 ratings is of low"), (2, "2 of the 3 ratings are of low")]
)
def test_the_plural_of_ratings_of_low_confidence_is_theirs(low, text, place):
    guidelines = show.Templates("5-guideline-alignment")
    assert text in said(guidelines.bottom_line({"in place": 3}, low, 0, place, "PM-00"))


@pytest.mark.parametrize(
    ("basis", "text"),
    [((1, 2), "Based on 1 statement, 2 at"), ((2, 1), "Based on 2 statements, 1 at")],
)
def test_the_plural_of_statements_is_that_of_all_and_not_of_those_at_first_hand(basis, text, place):
    lines = pd.DataFrame(columns=["kind", "operates", *assessment.SURE])
    named = assessment.named_lines(lines, rated())
    strategy = assessment.strategy_status(NO_ROWS)
    report = show.Templates("6-country-assessment")
    assert text in said(report.message(named, strategy, {}, basis, place))
