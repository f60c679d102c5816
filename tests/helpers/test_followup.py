"""Following up: states and shares reckoned on a few invented rows, and said in sentences."""

from datetime import date

import icalendar
import pandas as pd
import pytest
from conftest import ZEDLAND, call, copy_of_zedland
from helpers.followup.states import Progress
from pagetext import said

import cop.data
from cop.data.places import Country, Region
from cop.research import editions as begun
from helpers import editions, followup

ON = "2026-06-30"
MEASURED = {
    "indicator": "schools with a rule",
    "unit": "schools",
    "better": "higher",
    "baseline": 10.0,
    "target": 20.0,
    "target_day": "2026-12-31",
}
PAST = {"target_day": "2026-06-29"}
BARE = dict.fromkeys(("indicator", "unit", "better", "target_day", "dropped"), "") | {
    "baseline": float("nan"),
    "target": float("nan"),
}


def progress(steps=(), readings=(), **cells):
    """Return what is on record: steps as (day, done), readings as (day, value)."""
    row = pd.DataFrame([BARE | cells])
    return Progress(
        next(row.itertuples(index=False)),
        pd.DataFrame(list(steps), columns=["day", "done"], dtype="str"),
        pd.DataFrame(list(readings), columns=["day", "value"]).astype({"value": float}),
    )


class TestTheState:
    @pytest.mark.parametrize(
        ("word", "one"),
        [
            ("not begun", progress([("2026-07-01", "")])),
            ("not begun", progress([(ON, "")])),  # on its day nothing is late
            ("late", progress([("2026-06-29", "")])),
            ("on the way", progress([("2026-06-29", "2026-06-01"), ("2027-01-01", "")])),
            ("late", progress([("2026-06-29", ""), ("2026-06-30", "2026-06-01")])),
            ("reached", progress([("2026-06-29", "2026-06-29")])),
            ("not begun", progress(**MEASURED)),
            ("not begun", progress(readings=[("2026-01-01", 10)], **MEASURED)),
            ("not begun", progress(readings=[("2026-01-01", 9)], **MEASURED)),
            ("on the way", progress(readings=[("2026-01-01", 11)], **MEASURED)),
            ("reached", progress(readings=[("2026-01-01", 20)], **MEASURED)),
            ("on the way", progress(readings=[("2026-01-01", 21), ("2026-02-01", 19)], **MEASURED)),
            ("late", progress(readings=[("2026-01-01", 19)], **MEASURED | PAST)),
            ("reached", progress([("2026-01-01", "")], [("2026-01-01", 25)], **MEASURED)),
            ("on the way", progress([("2026-01-01", "2026-01-01")], **MEASURED)),
            ("dropped", progress(dropped=ON, **MEASURED)),
            ("not begun", progress(dropped="2026-07-01", **MEASURED)),
        ],
    )  # fmt: skip
    def test_it_follows_from_days_and_readings(self, word, one):
        assert followup.state(one, ON) == word

    def test_where_lower_is_better_the_way_goes_down(self):
        fewer = MEASURED | {"better": "lower", "baseline": 40.0, "target": 30.0}
        for value, word in (
            (41, "not begun"),
            (38, "on the way"),
            (30, "reached"),
            (29, "reached"),
        ):
            assert followup.state(progress(readings=[("2026-01-01", value)], **fewer), ON) == word

    def test_without_a_baseline_one_reading_is_a_start_and_no_step(self):
        unknown = MEASURED | {"baseline": float("nan")}
        first = [("2026-01-01", 12)]
        assert followup.state(progress(readings=first, **unknown), ON) == "not begun"
        assert followup.state(progress(readings=[*first, ("2026-02-01", 13)], **unknown), ON) == (
            "on the way"
        )
        there = progress(readings=[("2026-01-01", 20), ("2026-02-01", 18)], **unknown)
        assert followup.state(there, ON) == "not begun"  # fell back below where it started
        assert followup.state(progress(readings=[("2026-01-01", 22)], **unknown), ON) == "reached"


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland's data that may be changed."""
    return copy_of_zedland(tmp_path)


def replace(folder, table, old, new):
    path = folder / "research" / "ZZZ" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestThePlan:
    def test_zedland_has_an_action_of_each_state_and_each_is_in_one(self, place):
        plan = followup.actions(place)
        assert dict(zip(plan.action_id.str[4:], plan.state, strict=True)) == {
            "A01": "on the way",
            "A02": "reached",
            "A03": "late",
            "A04": "on the way",
            "A05": "not begun",
            "A06": "dropped",
            "A07": "not begun",
        }
        assert set(plan.state) == set(cop.data.labels("follow_up", "state", place.data))
        first = plan.iloc[0]
        assert (first.milestones, first.done, first.evidence_ids) == (3, 1, "ZZZ-E17")

    def test_what_happened_after_the_cut_off_is_not_known_at_it(self, zed):
        place = Country("ZZZ", "Zedland", str(zed), "", "2026")
        before = followup.actions(place)
        replace(zed, "milestones", "2026-03-31,,", "2026-03-31,2026-07-02,ZZZ-E16")
        replace(zed, "readings", "ZZZ-A07,2025-09-01,4,", "ZZZ-A07,2026-07-01,7,")
        replace(zed, "actions", "2029-06-30,,", "2029-06-30,2026-07-01,No longer wanted.")
        after = followup.actions(place)
        assert after.state.tolist() == before.state.tolist()
        assert after.dropped_reason[4] == "" and pd.isna(after.reading[6])

    def test_days_are_late_due_in_six_months_or_later(self, zed):
        replace(zed, "milestones", "2026-11-30,,", "2026-12-30,,")  # the last day of the six months
        replace(zed, "milestones", "2026-12-15,,", "2026-12-31,,")
        place = Country("ZZZ", "Zedland", str(zed), "", "2026")
        days = followup.open_days(followup.actions(place), place)
        assert days.day.is_monotonic_increasing
        known = days[days.kind == "milestone"].set_index("day")
        assert known.when.to_dict() == {
            "2026-03-31": "late",
            "2026-09-01": "due",
            "2026-10-31": "due",
            "2026-12-30": "due",
            "2026-12-31": "later",
            "2027-03-31": "later",
            "2027-06-30": "later",
        }
        assert known.days_late["2026-03-31"] == 91 and known.days_late.sum() == 91
        assert not days.action_id.isin(["ZZZ-A02", "ZZZ-A06"]).any()  # reached, dropped

    def test_each_action_is_counted_once_at_its_body(self, place):
        plan = followup.actions(place)
        counts = followup.by_body(plan, place)
        assert counts.actions.sum() == len(plan) == 7
        ministry = counts.set_index("body").loc["Zedland Ministry of Digital Affairs"]
        assert (ministry.actions, ministry.reached, ministry["on the way"]) == (2, 1, 1)

    def test_a_reading_is_shown_as_its_part_of_the_way(self, place):
        way = followup.way(place).set_index("action_id")
        assert way.way.round(1).to_dict() == {
            "ZZZ-A02": 100.0,
            "ZZZ-A03": 0.0,
            "ZZZ-A04": 46.7,  # 38 on the way from 45 down to 30
            "ZZZ-A07": 0.0,
        }


def shown(place):
    """Return the text of all that the chapter shows, thing by thing."""
    plan, way = followup.actions(place), followup.way(place)
    then, days = followup.addressed(plan, place), followup.open_days(plan, place)
    return {
        "line": said(followup.bottom_line(plan, then, place)),
        "addressed": said(followup.addressed_table(then, place)),
        "late": said(followup.late_table(days, plan, place)),
        "due": said(followup.due_table(days, plan, place)),
        "bodies": said(followup.body_table(plan, place)),
        "chart": said(followup.target_chart(way, plan, place)),
        "actions": said(followup.action_table(plan, place)),
        "calendar": said(followup.calendar_link(days, place)),
    }


class TestTheChapter:
    def test_a_country_without_a_plan_says_so_in_one_sentence_and_shows_nothing_else(self, zed):
        for table in ("actions", "milestones", "readings"):
            (zed / "research" / "ZZZ" / f"{table}.csv").unlink()
        texts = shown(Country("ZZZ", "Zedland", str(zed), "", "2026"))
        assert texts.pop("line") == (
            "No action plan is on record for Zedland, and no recommendations of an earlier edition "
            "are held: what became of recommendations cannot be said yet."
        )
        assert not any(texts.values())

    def test_a_first_edition_says_states_and_that_no_share_can_be_given(self, place):
        line = shown(place)["line"]
        assert "no share of them can be given" in line
        assert (
            "7 actions are on record. Their states on 2026-06-30: reached 1 of 7, on the way 2 of "
            "7, late 1 of 7, not begun 2 of 7 and dropped with a reason 1 of 7."
        ) in line

    def test_it_shows_what_is_late_due_measured_and_by_whom(self, place):
        texts = shown(place)
        assert (
            "2026-03-31 | A03 [R02] | The written procedure is signed | milestone" in texts["late"]
        )
        assert texts["late"].endswith("Zedland National Police, Cyber Unit | 91")
        assert "2026-10-31 | A01 [R01] | The draft plan is out for comment" in texts["due"]
        assert "2027" not in texts["due"]
        assert "1 of 4 measured targets reached, 1 nearer than at the start" in texts["chart"]
        assert texts["chart"].endswith("No reading is on record for the target of A05.")
        assert (
            "from 45 in 2021 [E04], 38 on 2024-05-31, target 30 by 2027-09-01" in texts["actions"]
        )
        assert "dropped with a reason (2026-05-15): The operators found" in texts["actions"]
        assert "not that nothing was done" in texts["actions"]

    def test_nothing_late_and_nothing_due_is_said(self, zed):
        replace(zed, "milestones", "2026-03-31,,", "2026-03-31,2026-03-30,ZZZ-E16")
        folder = zed / "research" / "ZZZ"
        text = (folder / "milestones.csv").read_text(encoding="utf-8")
        for day in ("2026-09-01", "2026-10-31", "2026-11-30", "2026-12-15"):
            text = text.replace(f"{day},,", "2027-01-31,,")
        (folder / "milestones.csv").write_text(text, encoding="utf-8")
        texts = shown(Country("ZZZ", "Zedland", str(zed), "", "2026"))
        assert texts["late"] == "Nothing is late at the data cut-off."
        assert texts["due"] == "Nothing is due in the six months after the data cut-off."


FOURTH = (
    "ZZZ-R04,ZZZ-C03,The regulator checks each year how operators keep the act.,ZZZ-O03,ZZZ-O04,"
    "2028-06-30,none published,,,one yearly check,2028-12-31,yearly report of the regulator,"
    "The regulator names a lead in March 2027.,running budget,,low,next,the act obliges operators,"
    "PM-REG-01,,16.2,yes,rows and silence\n"
)


@pytest.fixture
def two(zed):
    """Return Zedland with a next edition: R01 is done, R02 has begun, R03 was dropped, R04 is
    new.
    """
    begun.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    for day, done in (("2026-10-31", "2026-10-20"), ("2027-06-30", "2026-11-01")):
        replace(zed, "milestones", f"{day},,", f"{day},{done},ZZZ-L05")
    replace(zed, "actions", "2029-06-30,,", "2029-06-30,2026-10-01,The act obliges operators.")
    path = zed / "research" / "ZZZ" / "recommendations.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("ZZZ-R03")]
    path.write_text("".join([*kept, FOURTH]), encoding="utf-8")
    return zed


class TestTwoEditions:
    @pytest.fixture
    def later(self, two):
        return Country("ZZZ", "Zedland", str(two), "", "2027")

    @pytest.mark.slow
    def test_both_pass_the_check(self, two, capsys):
        assert call(capsys, "check", "--data", two)[0] == 0

    def test_the_shares_are_exact(self, later):
        then = followup.addressed(followup.actions(later), later)
        rows = then.set_index("recommendation_id")
        assert rows.addressed.to_dict() == {
            "ZZZ-R01": "fully",
            "ZZZ-R02": "partly",
            "ZZZ-R03": "dropped",
        }
        assert set(then.since) == {"2026"}
        assert rows.actions.tolist() == [2, 3, 2] and rows.reached.tolist() == [2, 0, 0]
        assert rows.carried_on.tolist() == ["yes", "yes", "no"]
        assert rows.reason["ZZZ-R03"].startswith("The act obliges operators. The operators found")

    def test_the_report_says_them_as_k_of_n(self, later):
        texts = shown(later)
        assert (
            "How the 3 recommendations of the edition of 2026 were addressed: fully 1 of 3, "
            "partly 1 of 3, not 0 of 3 and dropped with a reason 1 of 3."
        ) in texts["line"]
        assert "fully | 2 of 2 reached | yes | not dropped" in texts["addressed"]

    def test_a_recommendation_of_the_earlier_edition_alone_is_no_link(self, later):
        plan = followup.actions(later)
        for text in (
            followup.addressed_table(followup.addressed(plan, later), later),
            followup.action_table(plan, later),
        ):
            assert 'href="#ZZZ-R01"' in text and "#ZZZ-R03" not in text and "R03" in text

    @pytest.mark.slow
    def test_the_command_says_which_were_addressed(self, two, capsys):
        status, out, _ = call(capsys, "diff", "ZZZ", "2026", "2027", "--data", two)
        told = [line.strip() for line in out.splitlines() if line.startswith("  ZZZ-R")]
        assert status == 0 and [line[:7] + line.rpartition("  ")[2] for line in told] == [
            "ZZZ-R01[addressed fully]",
            "ZZZ-R02[addressed partly]",
            "ZZZ-R03[dropped with a reason]",
            "ZZZ-R04[new]",
        ]
        assert "recommended | 2 of 2 actions reached" in told[0]
        assert "not recommended | recommended" in told[3]

    @pytest.mark.slow
    def test_the_next_report_counts_them_among_what_changed(self, later):
        counts = editions.counts_of_changes(editions.since_last(later))
        assert counts["recommendations"] == {
            "addressed fully": 1, "addressed partly": 1, "dropped with a reason": 1, "new": 1
        }  # fmt: skip

    def test_the_earlier_edition_is_reckoned_by_what_it_knew(self, two):
        kept = Country("ZZZ", "Zedland", str(two / "editions" / "2026"), "", "2026")
        assert followup.addressed(followup.actions(kept), kept).empty
        here = Country("ZZZ", "Zedland", str(ZEDLAND), "", "2026")
        assert followup.actions(kept).equals(followup.actions(here))


def plan_of(*rows):
    return pd.DataFrame(rows, columns=["state", "begun"])


@pytest.mark.parametrize(
    ("word", "rows"),
    [
        ("not", []),
        ("not", [("not begun", "no"), ("late", "no")]),
        ("partly", [("late", "yes")]),
        ("partly", [("reached", "yes"), ("not begun", "no")]),
        ("fully", [("reached", "yes"), ("dropped", "no")]),
        ("partly", [("on the way", "yes"), ("dropped", "no")]),
        ("not", [("not begun", "no"), ("dropped", "yes")]),
        ("dropped", [("dropped", "yes"), ("dropped", "no")]),
    ],
)
def test_how_far_a_recommendation_was_addressed_follows_from_its_actions(word, rows):
    assert followup.how_addressed(plan_of(*rows)) == word


class TestTheCalendar:
    def test_each_day_to_be_met_is_an_event_of_a_whole_day(self, place):
        days = followup.open_days(followup.actions(place), place)
        raw = followup.calendar(days, place)
        events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
        assert [e.decoded("dtstart").isoformat() for e in events] == days.day.tolist()
        assert len({str(e["uid"]) for e in events}) == len(events) == 11
        assert str(events[0]["summary"]) == "ZZZ-A03: The written procedure is signed"
        assert str(events[0]["description"]).startswith("Zedland National Police, Cyber Unit.")
        assert all(len(line) <= 75 for line in raw.split(b"\r\n"))

    def test_an_event_keeps_its_name_when_its_day_is_moved_and_bytes_do_not_change_alone(self, zed):
        place = Country("ZZZ", "Zedland", str(zed), "", "2026")

        def made():
            return followup.calendar(followup.open_days(followup.actions(place), place), place)

        before = made()
        assert made() == before
        replace(zed, "milestones", "2026-10-31,,", "2026-11-15,,")
        one, other = (
            {str(e["uid"]) for e in icalendar.Calendar.from_ical(raw).walk("VEVENT")}
            for raw in (before, made())
        )
        assert one == other

    def test_the_command_writes_it(self, zed, capsys, tmp_path):
        status, out, _ = call(capsys, "calendar", "ZZZ", "--data", zed, "--out", tmp_path / "ics")
        file = tmp_path / "ics" / "cop-milestones-ZZZ.ics"
        assert status == 0 and out == f"11 days written to {file}.\n"
        assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")

    def test_without_a_plan_it_says_so_and_without_an_edition_it_refuses(
        self, zed, capsys, tmp_path
    ):
        (zed / "research" / "ZZZ" / "actions.csv").unlink()
        for table in ("milestones", "readings"):
            (zed / "research" / "ZZZ" / f"{table}.csv").unlink()
        status, out, _ = call(capsys, "calendar", "ZZZ", "--data", zed, "--out", tmp_path / "ics")
        assert status == 0 and "nothing was written" in out and not (tmp_path / "ics").exists()
        status, _, error = call(capsys, "calendar", "YYY", "--data", zed)
        assert status == 2 and "`cop new YYY` begins one" in error


class TestTheRegion:
    @pytest.fixture
    def place(self, tmp_path):
        folder = str(tmp_path / "ZED")
        return Region("ZED", "Try", ("ZZZ", "YYY"), (), str(ZEDLAND), str(tmp_path), folder, "2026")

    @pytest.fixture
    def handed_on(self, tmp_path, two):
        """Hand on Zedland's follow-up of two editions, and a neighbour that has none."""

        def empty(name):
            return pd.DataFrame(columns=cop.data.columns(name, str(ZEDLAND))[1:])

        tables = {name: str(tmp_path / name / "tables") for name in ("ZZZ", "YYY")}
        zed = Country("ZZZ", "Zedland", str(two), tables["ZZZ"], "2027")
        other = Country("YYY", "Yonderland", str(two), tables["YYY"], "2027")
        plan = followup.actions(zed)
        frames = {
            "follow_up": plan,
            "open_days": followup.open_days(plan, zed),
            "addressed": followup.addressed(plan, zed),
        }
        for name, frame in frames.items():
            cop.data.hand_on(frame, name, zed)
            cop.data.hand_on(empty(name), name, other)
        return other

    def test_it_is_counted_by_country_and_missing_is_not_none(self, place, handed_on):
        rows = followup.by_country(place).set_index("iso3")
        states = ["reached", "on the way", "late", "not begun", "dropped"]
        assert rows.loc["ZZZ", ["actions", *states]].tolist() == [7, 2, 0, 2, 1, 2]
        assert rows.loc["ZZZ", "due"] == 2
        shares = ["recommended", "fully", "partly", "not", "given_up"]
        assert rows.loc["ZZZ", shares].tolist() == [3, 1, 1, 0, 1]
        assert rows.loc["YYY"].isna().all()
        text = said(followup.country_table(rows.reset_index(), place))
        assert text.startswith("An action plan is on record in 1 of 2 countries; ")
        assert "Zedland | 7 | 2 | 0 | 2 | 1 | 2 | 2" in text and "Yonderland" not in text

    def test_where_no_country_has_anything_on_record_one_sentence_says_so(self, place):
        columns = cop.data.columns("followed_up", place.data)[1:]
        rows = pd.DataFrame([{"iso3": "ZZZ"}, {"iso3": "YYY"}], columns=columns)
        text = said(followup.country_table(rows, place))
        assert text.startswith("No country has an action plan on record, and ")
