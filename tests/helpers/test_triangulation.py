"""Stage 3, triangulation: four sources read and set side by side, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland
from hypothesis import given, settings
from hypothesis import strategies as st
from pagetext import said

import cop.data
from cop.cli import main
from cop.data.places import Country
from helpers import responses, triangulation
from helpers.cybersecurity import PILLARS

WHOLE, PARTLY, NOT = triangulation.WEIGHTS
SECTIONS = ["legal_framework", "research", "education"]


def items(*statuses, area="2 Legal framework"):
    return pd.DataFrame({"framework": "policy-makers", "area": area, "status": list(statuses)})


def scales(*ends, section="research"):
    frame = pd.DataFrame(ends, columns=["upper", "lower"], dtype="Int64")
    frame = frame.assign(section=section, name="Parents", item="Q", n=100).astype({"n": "Int64"})
    for end in ("upper", "lower"):
        frame = frame.join(responses.interval(frame[end], frame.n, f"{end}_"))
    return frame


def findings(*leanings):
    rows = [(f"P-{n // 2}", "education", leaning) for n, leaning in enumerate(leanings)]
    return pd.DataFrame(rows, columns=["interview_id", "theme", "leaning"])


def gci(points, edition=2024):
    return pd.DataFrame([{"edition": edition} | dict.fromkeys(PILLARS, points)])


@pytest.fixture
def read(place):
    def of(items_=items(), scales_=scales(), findings_=findings(), gci_=gci(None)):  # noqa: B008
        frame = triangulation.read(items_, scales_, findings_, gci_, place.data)
        return frame.set_index("section")

    return of


@pytest.fixture
def torn(tmp_path):
    """Return a copy of Zedland in which an interview praises what the desk calls a gap."""
    data = copy_of_zedland(tmp_path)
    path = data / "research" / "ZZZ" / "interviews.csv"
    text = path.read_text(encoding="utf-8")
    assert "need a procedure before they need training.,gap" in text
    path.write_text(
        text.replace("they need training.,gap", "they need training.,strength"), "utf-8"
    )
    return Country("ZZZ", "Zedland", str(data), str(tmp_path / "tables"), "2026")


def explain(place, text):
    path = f"{place.data}/research/ZZZ/differences.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write("section,explanation\n" + text)


def test_a_conflict_without_an_explanation_is_refused_with_its_row_and_mend(torn, capsys):
    areas = triangulation.of_country(torn)
    assert areas.set_index("section").verdict["child_protection"] == "differ"
    with pytest.raises(
        cop.data.Broken, match="differences.csv, column section: 'child_protection'"
    ):
        triangulation.explained(areas, torn)
    assert main.main(["check", "--data", torn.data]) == 2
    told = capsys.readouterr().out
    assert "is an area on which the sources contradict each other" in told


@pytest.mark.slow
def test_a_conflict_that_is_explained_passes_and_the_page_says_why(torn, capsys):
    explain(torn, "child_protection,The officer speaks of the procedure and the desk of its use.\n")
    areas = triangulation.explained(triangulation.of_country(torn), torn)
    why = areas.set_index("section").explanation
    assert why["child_protection"].startswith("The officer") and set(
        why.drop("child_protection")
    ) == {""}
    assert main.main(["check", "--data", torn.data]) == 0
    assert "Why: The officer speaks of the procedure" in said(triangulation.chart(areas, torn))
    table = said(triangulation.table(areas, pd.DataFrame({"n": [1]}), torn))
    assert (
        "differ / The officer speaks of the procedure and the desk of its use. / Speaking" in table
    )


def test_every_area_names_the_kinds_of_source_that_speak(torn):
    explain(torn, "child_protection,Why.\n")
    areas = triangulation.explained(triangulation.of_country(torn), torn)
    table = said(triangulation.table(areas, pd.DataFrame({"n": [1]}), torn))
    assert table.count("Speaking: ") + table.count("No source speaks.") == len(areas)
    assert "Speaking: desk, surveys, interviews and statistics." in table


def test_an_explanation_of_what_is_no_conflict_is_a_fault_of_its_row(torn):
    explain(torn, "child_protection,Why.\nresearch,Why not.\n")
    faults = triangulation.faults(triangulation.of_country(torn), torn)
    assert [(f.row, f.value) for f in faults] == [(3, "research")]
    assert "do not contradict each other" in str(faults[0])


@pytest.mark.parametrize(
    ("statuses", "reading", "on"),
    [
        ([WHOLE, WHOLE, NOT], "strength", "items: 2 in place, 1 not in place"),
        ([PARTLY, NOT, PARTLY], "gap", "items: 2 partly in place, 1 not in place"),
        ([PARTLY], "both", "items: 1 partly in place"),
        ([WHOLE, "no public evidence", "not assessed"], "strength", "items: 1 in place"),
        (["no public evidence"], "", ""),
    ],
)
def test_items_are_a_strength_from_two_thirds_on_and_a_gap_up_to_one(statuses, reading, on, read):
    row = read(items(*statuses)).loc["legal_framework"]
    assert (row.desk, row.desk_on) == (reading, on)


@pytest.mark.parametrize(
    ("upper", "lower", "reading"),
    [(50, 50, "strength"), (49, 50, "gap"), (49, 49, "both"), (50, pd.NA, ""), (pd.NA, 60, "")],
)
def test_a_scale_speaks_by_the_end_that_holds_half_of_the_answers(upper, lower, reading, read):
    row = read(scales_=scales((upper, lower))).loc["research"]
    assert row.survey == reading
    line = f"Parents, “Q”: upper {upper}%, lower {lower}%, n = 100" if reading else ""
    assert row.survey_on == line


def test_questions_that_differ_are_both_and_each_is_named(read):
    row = read(scales_=scales((60, 10), (10, 60))).loc["research"]
    assert row.survey == "both"
    assert row.survey_on.endswith("lower 10%, n = 100; Parents, “Q”: upper 10%, lower 60%, n = 100")


@pytest.mark.parametrize(
    ("leanings", "reading", "on"),
    [
        (["gap"], "gap", "1 finding of 1 person"),
        (["gap", "gap", "gap", ""], "gap", "3 findings of 2 people"),
        (["gap", "strength"], "both", "2 findings of 1 person"),
        ([""], "", ""),
    ],
)
def test_interviews_speak_as_they_were_noted(leanings, reading, on, read):
    row = read(findings_=findings(*leanings)).loc["education"]
    assert (row.interviews, row.interviews_on) == (reading, on)


@pytest.mark.parametrize(
    ("points", "reading"), [(15.0, "strength"), (14.9, "both"), (10.1, "both"), (10.0, "gap")]
)
def test_a_pillar_is_a_strength_from_15_points_on_and_a_gap_up_to_10(points, reading, read):
    older = gci(19.0, 2020)
    row = read(gci_=pd.concat([gci(points), older, gci(None, 2026)])).loc["education"]
    assert row.statistics == reading
    assert row.statistics_on == f"GCI 2024, capacity pillar: {points} of 20"


STATUSES = list(cop.data.labels("alignment", "status", DATA))


@given(
    st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6),
    st.lists(st.sampled_from([s for s in STATUSES if s not in triangulation.WEIGHTS]), max_size=4),
)
@settings(deadline=None, max_examples=40)
def test_no_state_but_not_in_place_counts_as_zero(known, silent):
    """What nobody knows or looked at changes no mean, whatever the vocabulary: it is not zero."""
    assert [w for w, weight in triangulation.WEIGHTS.items() if weight == 0] == ["not in place"]
    areas = cop.data.labels("triangulation", "section", DATA)
    alone = triangulation._desk(items(*known), areas)
    assert triangulation._desk(items(*known, *silent), areas) == alone


@pytest.mark.parametrize(
    ("readings", "verdict"),
    [
        ([], "no source"),
        (["gap"], "only one source"),
        (["gap", "", "gap"], "agree"),
        (["gap", "both"], "agree in part"),
        (["gap", "strength", "both"], "differ"),
    ],
)
def test_sources_agree_or_differ_by_their_readings(readings, verdict):
    assert triangulation._verdict(readings) == verdict


def test_areas_are_those_of_the_guidelines_for_policy_makers(place):
    guidelines = cop.data.read("guidelines", place.data)
    asked = guidelines.query("audience == 'policy-makers' and kind != 'document fact'").area
    areas = cop.data.labels("triangulation", "section", place.data)
    names = set(asked.str.replace(r"^\d+ ", "", regex=True))
    assert names == {*areas.values(), "National strategy process"}


@pytest.fixture
def areas():
    frame = pd.DataFrame({"section": SECTIONS, "verdict": ["agree", "differ", "only one source"]})
    frame[["desk", "desk_on", "survey", "survey_on"]] = ["gap", "items: 1 not in place", "", ""]
    frame = frame.assign(interviews="", interviews_on="", statistics="", statistics_on="")
    return frame.assign(explanation="")


def test_the_bottom_line_counts_areas_by_verdict(areas, place):
    came = pd.DataFrame({"people": [1]})
    assert said(triangulation.bottom_line(areas, came, place)) == (
        "Of 3 areas, what was found at the desk and what people say agrees on 1 and "
        "agrees in part on 0; on 1 only one source speaks. They differ on: research."
    )
    alike = areas.assign(verdict="agree in part")
    told = said(triangulation.bottom_line(alike, came, place))
    assert "agrees in part on 3" in told and told.endswith("On none do they differ.")


def test_the_table_shows_a_reading_with_what_it_rests_on_and_silence_in_words(areas, place):
    told = said(triangulation.table(areas, pd.DataFrame({"people": [1]}), place))
    assert (
        "Legal framework | Gap / items: 1 not in place | silent | silent | silent | agree" in told
    )


def test_the_rules_are_said_with_the_bounds_that_hold(place):
    told = said(triangulation.about_rules(pd.DataFrame({"people": [1]})))
    assert "a strength from 15 of 20 points, a gap up to 10" in told


def test_desk_research_alone_is_compared_with_nothing(areas, place):
    none = pd.DataFrame({"people": []})
    for shown in (
        triangulation.bottom_line(areas, none, place),
        triangulation.table(areas, none, place),
        triangulation.about_rules(none),
    ):
        assert shown.startswith('<p class="silent">')


def test_the_report_draws_all_areas_and_tells_what_differs(read, place):
    asked = scales((60, 10), section="legal_framework")
    areas = read(items("not in place"), asked, gci_=gci(20)).reset_index()
    areas = areas.assign(explanation="The law is new.")
    shown = said(triangulation.chart(areas, place))
    assert shown.startswith(
        f"Two sources or more speak on 1 of {len(areas)} areas; they agree, wholly or in part, on 0"
    )
    assert "Legal framework, where they differ: Desk: items: 1 not in place;" in shown
    assert shown.endswith("Why: The law is new.")


def test_an_index_of_cybersecurity_confirms_nothing_of_children(read, place):
    areas = read(items("not in place"), gci_=gci(5))
    assert areas.statistics["legal_framework"] == "gap"
    assert areas.verdict["legal_framework"] == "only one source"
    shown = said(triangulation.chart(areas.reset_index(), place))
    assert shown.startswith(f"On none of the {len(areas)} areas does a second source speak, so")
    assert "none is confirmed; statistics stand beside them and do not count" in shown
    assert "agree, wholly" not in shown and "are not counted" in shown
