"""Stage 3: outcome rates, small numbers, answers and the agreement of sources, on invented rows."""

import numpy as np
import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland
from hypothesis import given, settings
from hypothesis import strategies as st
from pagetext import said

import cop.data
from cop.cli import main
from cop.data.csvfiles import csv_text
from cop.data.places import Country
from helpers import fieldwork, show
from helpers.cybersecurity import PILLARS

INTERVIEWS, VALIDATION = show.Templates("3-surveys-and-interviews"), show.Templates("validation")
FORM = fieldwork.FORM
IN_PLACE, PARTLY, NOT = fieldwork.WEIGHTS
STATUSES = list(cop.data.labels("alignment", "status", DATA))


@pytest.fixture
def forms():
    """Return the outcomes of forty mapping forms, in all and of two categories."""
    total = {"eligible": 40, "answered": 30, "complete": 24, "partial": 6, "refused": 4}
    total["not reached"] = 6
    rows = [("all", outcome, count) for outcome, count in total.items()]
    for category, (eligible, answered) in {"ngo": (8, 7), "government": (32, 23)}.items():
        counts = {"eligible": eligible, "answered": answered, "not answered": eligible - answered}
        rows += [(category, outcome, count) for outcome, count in counts.items()]
    frame = pd.DataFrame(rows, columns=["category", "outcome", "count"])
    return frame.astype({"count": "Int64"})


def without(forms, *outcomes):
    hidden = (forms.category == "all") & forms.outcome.isin(outcomes)
    return forms.assign(count=forms["count"].mask(hidden))


class TestSmallNumbers:
    @pytest.mark.parametrize(
        ("count", "n", "text", "narrow"),
        [
            (12, 20, "12 of 20", "12 of 20"),
            (0, 20, "0 of 20", "0 of 20"),
            (10, 29, "10 of 29", "10 of 29"),
            (15, 30, "50% (33 to 67, few answers)", "50% (33 to 67; few)"),
            (30, 59, "51% (38 to 63, few answers)", "51% (38 to 63; few)"),
            (30, 60, "50% (38 to 62)", "50% (38 to 62)"),
            (pd.NA, 100, "suppressed", "suppressed"),
            (3, pd.NA, "suppressed", "suppressed"),
        ],
    )
    def test_no_percentage_under_thirty_a_mark_under_sixty_and_none_that_is_hidden(
        self, count, n, text, narrow
    ):
        frame = pd.DataFrame({"count": [count], "n": [n]}, dtype="Int64")
        [row] = frame.join(fieldwork.interval(frame["count"], frame.n)).itertuples()
        share = INTERVIEWS.share(row, fieldwork.FLAGGED)
        assert said(share) == text
        assert said(INTERVIEWS.narrow_share(row, fieldwork.FLAGGED)) == narrow
        assert "%" not in text or " " not in share  # a share stands on one line

    def test_wilson_interval_of_a_published_example_and_at_its_ends(self):
        low, high = fieldwork.wilson(pd.Series([15.0]), pd.Series([148.0]))
        assert (round(low[0], 4), round(high[0], 4)) == (0.0624, 0.1605)  # Newcombe 1998, Table I
        low, high = fieldwork.wilson(pd.Series([0.0, 0.0]), pd.Series([0.0, 20.0]))
        assert np.isnan(low[0]) and low[1] == 0 and 0.1 < high[1] < 0.2


class TestWhoAnswered:
    def test_rates_are_those_of_aapor(self, forms):
        rates = fieldwork.rates(forms).set_index("rate")
        numerators = {"RR1": 24, "RR2": 30, "COOP1": 24, "REF1": 4, "CON1": 34}
        assert rates.numerator.to_dict() == numerators
        among = {"RR1": 40, "RR2": 40, "COOP1": 34, "REF1": 40, "CON1": 40}
        assert rates.denominator.to_dict() == among
        assert rates.value.RR1 == 24 / 40 and rates.value.COOP1 == 24 / 34
        assert fieldwork.rates(forms.head(0)).empty

    @pytest.mark.parametrize(("eligible", "given"), [(29, False), (30, True)])
    def test_no_rate_is_given_among_fewer_than_thirty(self, eligible, given, forms):
        counts = {"eligible": eligible, "answered": 20, "refused": 4}
        few = forms.assign(count=forms.outcome.map(counts).astype("Int64"))
        value = fieldwork.rates(few).set_index("rate").value
        assert value[["RR2", "REF1"]].notna().tolist() == [given, given]

    def test_a_suppressed_count_makes_the_rate_suppressed_and_never_zero(self, forms, place):
        rates = fieldwork.rates(without(forms, "complete"))
        assert rates.set_index("rate").loc["RR1", ["numerator", "value"]].isna().all()
        shown = said(INTERVIEWS.rate_table(rates, place))
        assert "suppressed" in shown and " 0 of" not in shown

    @pytest.mark.parametrize(
        ("hidden", "published", "small", "state"),
        [
            ((), ["parents", FORM], [], "counted"),
            (("answered", "eligible"), ["parents", FORM], [], "back"),
            (("answered", "eligible"), ["parents"], [FORM], "few"),
            (("answered", "eligible"), ["parents"], [], "sent"),
            (None, ["parents"], [FORM], "few"),
            (None, ["parents"], ["educators"], ""),
            (None, [], [FORM], "few"),
        ],
    )
    def test_what_came_of_the_forms_is_told_without_a_suppressed_number(
        self, hidden, published, small, state, forms, place
    ):
        rates = fieldwork.rates(forms.head(0) if hidden is None else without(forms, *hidden))
        about = pd.DataFrame({"survey": [*published, *small, "pupils"]})
        about["by"] = about.survey.map({"pupils": "analyst"}).fillna("data")
        people = pd.DataFrame({"interview_id": ["P-1", "P-1", "P-2"]})
        frame = fieldwork.field_work(rates, pd.DataFrame({"survey": published}), people, about)
        [row] = frame.itertuples(index=False)
        assert row.forms == state and row.people == 2
        assert (row.surveys, row.small) == (published != [] and 1, "educators" in small)
        assert row.answered is pd.NA if hidden else row.answered == (0 if hidden is None else 30)
        line = said(INTERVIEWS.bottom_line(frame, place))
        assert ("30 of 40" in line) == (state == "counted")


def scale(counts, n, item="Q"):
    """Return the answers to a question with four steps, as `survey_answers` does."""
    steps = {"answer": ["Never", "Seldom", "Often", "Always"], "order": range(1, 5)}
    frame = pd.DataFrame(steps | {"count": pd.array(counts, "Int64")})
    about = {"survey": "parents_survey", "name": "Parents", "section": "", "kind": "scale"}
    return frame.assign(item=item, n=n, **about).astype({"n": "Int64"})


class TestAnswers:
    @pytest.mark.parametrize(
        ("counts", "upper", "lower"),
        [
            ([10, 20, 30, 40], 70, 30),
            ([10, 20, None, None], 70, 30),  # both suppressed: what the others leave
            ([10, 20, None, 40], 70, 30),
            ([10, None, None, 40], None, None),
        ],
    )
    def test_both_ends_of_a_scale_are_what_the_published_steps_leave(self, counts, upper, lower):
        frame = fieldwork.scales(pd.concat([scale(counts, 100), scale([1, 2, 3, 4], 10, "R")]))
        row = frame.set_index("item").loc["Q"]
        ends = [None if pd.isna(end) else end for end in (row.upper, row.lower)]
        assert ends == [upper, lower] and row.hidden == (None in counts)
        assert (row.least, row.most) == ("Never", "Always")
        assert frame.set_index("item").loc["R", ["upper", "lower"]].tolist() == [7, 3]

    def test_every_answer_has_the_name_of_its_survey_and_a_hidden_one_no_share(self, place):
        answers = fieldwork.survey_answers(place)
        names = answers.groupby("survey").name.first()
        assert names["parents_survey"] == "Parents" and names[FORM] == "Mapping form"
        assert names["pupils2024"] == "Pupils aged 9 to 17 (published study, SYNTHETIC)"
        hidden = answers[answers["count"].isna()]
        assert len(hidden) > 20 and hidden[["share", "low", "high"]].isna().all(axis=None)

    def test_rows_without_a_code_come_last(self, place):
        sections = list(cop.data.labels("quotes", "section", place.data))
        quotes = fieldwork.sorted_table("quotes", place, "section")
        order = [sections.index(section) if section else 99 for section in quotes.section]
        assert order == sorted(order) and len(set(order)) > 3

    @pytest.mark.parametrize(
        ("both", "alpha", "cell"),
        [
            (pd.NA, pd.NA, "sorted by one person"),
            (12, pd.NA, "too few for a figure (12 answers sorted by both)"),
            (50, 0.8, "0.80 (0.61 to 0.95), reliable"),
            (50, 0.79, "0.79 (0.61 to 0.95), tentative"),
            (50, 0.667, "0.67 (0.61 to 0.95), tentative"),
            (50, 0.66, "0.66 (0.61 to 0.95), not reliable"),
        ],
    )
    def test_agreement_of_two_coders_is_judged_by_its_bounds(self, both, alpha, cell, place):
        row = {"survey": "p", "name": "Parents", "item": "Q", "answer": "education", "count": 40,
               "n": 100, "low": pd.NA, "both": both, "alpha": alpha, "alpha_low": 0.61,
               "alpha_high": 0.95}  # fmt: skip
        themes = pd.DataFrame([row])
        bounds = fieldwork.FLAGGED, fieldwork.FLOOR, fieldwork.TENTATIVE
        shown = said(INTERVIEWS.theme_table(themes, {("p", "Q"): themes}, *bounds, place))
        assert f"Education 40 of 100 | {cell}" in shown

    def test_a_study_of_children_without_safeguards_is_left_out(self, place):
        rows = [("pupils", "population", "Pupils", "analyst"),
                ("pupils", "ethics approval", "Board", "analyst"),
                ("pupils", "consent", "Of both", "analyst"),
                ("clicks", "population", "Children", "analyst"),
                ("parents_survey", "population", "Who answered", "data")]  # fmt: skip
        about = pd.DataFrame(rows, columns=["survey", "item", "stated", "by"])
        studies = fieldwork.studies_of_children(about)
        assert studies.T.to_dict("list") == {
            "clicks": ["Children", "", ""], "pupils": ["Pupils", "Board", "Of both"],
        }  # fmt: skip


def items(*statuses):
    return pd.DataFrame(
        {"framework": "policy-makers", "area": "2 Legal framework", "status": list(statuses)}
    )


def ends(*pairs):
    """Return scales with these counts at their upper and lower end, of a hundred answers."""
    frame = pd.DataFrame(pairs, columns=["upper", "lower"], dtype="Int64")
    frame = frame.assign(section="research", name="Parents", item="Q", n=100).astype({"n": "Int64"})
    for end in ("upper", "lower"):
        frame = frame.join(fieldwork.interval(frame[end], frame.n, f"{end}_"))
    return frame


def findings(*leanings):
    rows = [(f"P-{n // 2}", "education", leaning) for n, leaning in enumerate(leanings)]
    return pd.DataFrame(rows, columns=["interview_id", "theme", "leaning"])


def gci(points, edition=2024):
    return pd.DataFrame([{"edition": edition} | dict.fromkeys(PILLARS, points)])


def triangulated(section, items=items(), scales=ends(), findings=findings(), gci=gci(None)):  # noqa: B008
    frame = fieldwork.triangulate(items, scales, findings, gci, str(DATA))
    return frame.set_index("section").loc[section]


class TestTriangulation:
    @pytest.mark.parametrize(
        ("statuses", "reading", "basis"),
        [
            ([IN_PLACE, IN_PLACE, NOT], "strength", "items: 2 in place, 1 not in place"),
            ([PARTLY, NOT, PARTLY], "gap", "items: 2 partly in place, 1 not in place"),
            ([PARTLY], "both", "items: 1 partly in place"),
            ([IN_PLACE, "no public evidence", "not assessed"], "strength", "items: 1 in place"),
            (["no public evidence"], "", ""),
        ],
    )
    def test_items_are_a_strength_from_two_thirds_on_and_a_gap_up_to_one(
        self, statuses, reading, basis
    ):
        row = triangulated("legal_framework", items(*statuses))
        assert (row.desk, row.desk_on) == (reading, basis)

    @given(
        st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6),
        st.lists(st.sampled_from([s for s in STATUSES if s not in fieldwork.WEIGHTS]), max_size=4),
    )
    @settings(deadline=None, max_examples=40)
    def test_no_state_but_not_in_place_counts_as_zero(self, rated, silent):
        assert [word for word, weight in fieldwork.WEIGHTS.items() if weight == 0] == [NOT]
        more = triangulated("legal_framework", items(*rated, *silent))
        assert triangulated("legal_framework", items(*rated)).equals(more)

    @pytest.mark.parametrize(
        ("pairs", "reading"),
        [([(50, 50)], "strength"), ([(49, 50)], "gap"), ([(49, 49)], "both"), ([(50, pd.NA)], ""),
         ([(pd.NA, 60)], ""), ([(60, 10), (10, 60)], "both")],
    )  # fmt: skip
    def test_a_scale_speaks_by_the_end_that_holds_half_of_the_answers(self, pairs, reading):
        row = triangulated("research", scales=ends(*pairs))
        lines = [f"Parents, “Q”: upper {a}%, lower {b}%, n = 100" for a, b in pairs if reading]
        assert (row.survey, row.survey_on) == (reading, "; ".join(lines))

    @pytest.mark.parametrize(
        ("leanings", "reading", "basis"),
        [
            (["gap"], "gap", "1 finding of 1 person"),
            (["gap", "gap", "gap", ""], "gap", "3 findings of 2 people"),
            (["gap", "strength"], "both", "2 findings of 1 person"),
            ([""], "", ""),
        ],
    )
    def test_interviews_speak_as_they_were_noted(self, leanings, reading, basis):
        row = triangulated("education", findings=findings(*leanings))
        assert (row.interviews, row.interviews_on) == (reading, basis)

    @pytest.mark.parametrize(
        ("points", "reading"), [(15.0, "strength"), (14.9, "both"), (10.1, "both"), (10.0, "gap")]
    )
    def test_a_pillar_of_the_latest_complete_edition_is_read_by_its_points(self, points, reading):
        editions = pd.concat([gci(points), gci(19.0, 2020), gci(None, 2026)])
        row = triangulated("education", gci=editions)
        assert row.statistics == reading
        assert row.statistics_on == f"GCI 2024, capacity pillar: {points} of 20"

    def test_an_index_of_cybersecurity_confirms_nothing_of_children(self):
        row = triangulated("legal_framework", items(NOT), gci=gci(5))
        assert (row.desk, row.statistics, row.verdict) == ("gap", "gap", "only one source")

    @pytest.mark.parametrize(
        ("readings", "verdict"),
        [
            ([], "no source"),
            (["gap"], "only one source"),
            (["gap", "", "gap"], "agree"),
            (["gap", "both"], "agree in part"),
            (["both", "strength"], "agree in part"),
            (["gap", "strength"], "differ"),
            (["gap", "strength", "both"], "differ"),
        ],
    )
    def test_sources_agree_or_differ_by_their_readings(self, readings, verdict):
        assert fieldwork.verdict(readings) == verdict

    def test_areas_are_those_of_the_guidelines_for_policy_makers(self, place):
        guidelines = cop.data.read("guidelines", place.data)
        stated = guidelines.query("audience == 'policy-makers' and kind != 'document fact'").area
        areas = cop.data.labels("triangulation", "section", place.data)
        names = set(stated.str.replace(r"^\d+ ", "", regex=True))
        assert names == {*areas.values(), "National strategy process"}

    @pytest.mark.slow
    def test_a_difference_needs_an_explanation_and_nothing_else_has_one(self, tmp_path, capsys):
        data = copy_of_zedland(tmp_path)
        folder = data / "research" / "ZZZ"
        text = (folder / "interviews.csv").read_text(encoding="utf-8")
        changed = text.replace("they need training.,gap", "they need training.,strength")
        (folder / "interviews.csv").write_text(changed, encoding="utf-8")
        place = Country("ZZZ", "Zedland", str(data), str(tmp_path / "tables"), "2026")
        areas = fieldwork.areas_of_country(place)
        assert areas.set_index("section").verdict["child_protection"] == "differ"
        [error] = fieldwork.unexplained(areas, place)
        assert (error.column, error.value) == ("section", "child_protection")
        assert main.main(["check", "--data", str(data)]) == 2
        assert "on which the sources contradict each other" in capsys.readouterr().out
        rows = "section,explanation\nchild_protection,The officer speaks of the procedure.\n"
        (folder / "differences.csv").write_text(rows, encoding="utf-8")
        assert fieldwork.unexplained(areas, place) == []
        assert main.main(["check", "--data", str(data)]) == 0
        (folder / "differences.csv").write_text(f"{rows}research,Why not.\n", encoding="utf-8")
        [error] = fieldwork.unexplained(areas, place)
        assert (error.row, error.value) == (3, "research")


COMMENTS = [
    ("ZZZ-M001", "2026", "2026-09-01", "ministry", "ZZZ-O01", "PM-LEG-01", "rating", "in place"),
    ("ZZZ-M002", "2026", "2026-09-03", "ngo", "", "PM-LEG-02", "rating", ""),
    ("ZZZ-M003", "2026", "2026-09-04", "ngo", "Help", "PM-LEG-03", "rating", "in place"),
    ("ZZZ-M004", "2026", "2026-09-04", "ministry", "", "P-0", "wording", ""),
    ("ZZZ-M005", "2024", "2024-09-04", "ministry", "", "PM-LEG-01", "rating", "in place"),
]
COLUMNS = ["comment_id", "edition", "received", "role", "organisation", "about", "kind", "proposed"]
ANSWERS = [
    ("ZZZ-M001", "not", "No text was shown", "", "2026-09-10"),
    ("ZZZ-M003", "accepted", "", "done", "2026-09-10"),
    ("ZZZ-M004", "partly", "half", "half", "2026-09-10"),
]


class TestTheValidationRound:
    @pytest.fixture
    def zed(self, tmp_path):
        """Return Zedland with comments on two editions."""
        data = copy_of_zedland(tmp_path)
        place = Country("ZZZ", "Zedland", str(data), str(tmp_path / "tables"), "2026")
        path = data / "research/ZZZ/editions.csv"
        rows = path.read_text("utf-8").splitlines()
        rows.insert(1, "2024,2024-06-30,draft,SYNTHETIC data for testing; not about a real country")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        comments = pd.DataFrame(COMMENTS, columns=COLUMNS).assign(
            iso3="ZZZ", text="x", around="Review", origin="0" * 16,
            origin_id=[f"{i:016x}" for i in range(len(COMMENTS))],
        )  # fmt: skip
        answers = pd.DataFrame(ANSWERS, columns=cop.data.columns("responses", data))
        for name, frame in {"comments": comments, "responses": answers}.items():
            frame = frame[cop.data.columns(name, data)]
            lines = csv_text([frame.columns, *frame.itertuples(index=False)])
            (data / cop.data.paths(name, data, "ZZZ")[0]).write_text(lines, encoding="utf-8")
        return place

    def test_each_comment_has_its_answer_and_not_its_text(self, zed):
        comments = fieldwork.comments(zed)
        assert list(comments.comment_id) == ["ZZZ-M001", "ZZZ-M002", "ZZZ-M003", "ZZZ-M004"]
        assert comments.why.tolist() == ["No text was shown", "", "", "half"]
        assert "Review" not in said(VALIDATION.answer_table(comments, zed))
