"""Rules of a run without a run: which jobs, which edition, what is the latest and what failed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import DATA, ZEDLAND

from cop.data import UserError
from cop.run import identity, plan, results, scheduler
from cop.run.plan import Choice, Job
from cop.run.results import Result
from cop.run.steps import CHECK, PAGES, Outcome


@pytest.mark.parametrize(
    ("rule", "own", "other", "is_named"),
    [
        ("ten mentions of another country are too many", 0, 10, True),
        ("nine are comparisons", 0, 9, False),
        ("ten are not where the own one has twenty", 20, 10, False),
        ("but eleven are", 20, 11, True),
    ],
)
def test_another_country_is_named_ten_times_and_over_half_as_often(rule, own, other, is_named):
    job = SimpleNamespace(data=DATA, key="UKR")
    text = "Ukraine. " * own + "Moldova. " * other
    assert bool([*identity._foreign_names(job, text)]) == is_named, rule


def test_baselines_are_of_the_latest_index(monkeypatch):
    rows = [("UKR", "2020"), ("MDA", "2024"), ("ALB", "2024")]
    rows = [{"iso3": iso3, "edition": edition} for iso3, edition in rows]
    monkeypatch.setattr(plan, "records", lambda *_: rows)
    assert plan.members_of_gci(DATA) == ["ALB", "MDA"]


@pytest.mark.parametrize(("editions", "edition"), [(["2024", "2026"], "2026"), ([], "none")])
def test_the_latest_edition_is_run(editions, edition, monkeypatch):
    monkeypatch.setattr(plan.package, "editions", lambda data, iso3: editions)
    assert plan.edition(DATA, "ZZZ") == edition


def test_earlier_editions_that_are_kept_are_run_too(tmp_path, monkeypatch):
    for year in ("2024", "2026"):
        folder = tmp_path / "editions" / year / "research/ZZZ"
        folder.mkdir(parents=True)
        (folder / "editions.csv").write_text("")
    monkeypatch.setattr(plan.package, "editions", lambda *_: ["2024", "2025", "2026"])
    monkeypatch.setattr(plan, "of_country", lambda iso3, choice, folder: (iso3, folder.name))
    jobs = [Job("ZZZ", tuple(plan.STAGES), tmp_path, {}), Job("YYY", ("baseline",), tmp_path, {})]
    assert [*plan.of_earlier_editions(Choice(data=tmp_path), jobs)] == [("ZZZ", "2024")]


@pytest.mark.parametrize(
    ("rule", "editions", "expected"),
    [
        ("of the latest edition; others are left out", {"A": "2024", "B": "2026"},
         [("G", "2026", ["C"])]),
        ("without a complete country there is none", {}, []),
    ],
)  # fmt: skip
def test_a_synthesis_is_of_the_complete_countries_of_its_group(
    rule, editions, expected, monkeypatch
):
    monkeypatch.setattr(plan, "groups", lambda *_: {"G": ("A", "B", "C"), "H": ("A",)})
    monkeypatch.setattr(plan, "of_region", lambda group, choice, *about: (group, *about))
    assert [*plan.of_regions(Choice(group="G"), editions)] == expected, rule


@pytest.mark.parametrize("choice", [{}, {"every": True, "countries": ("ZZZ",)}])
def test_one_selection_is_run_and_no_two(choice):
    with pytest.raises(UserError, match="exactly one selection is required"):
        plan.jobs(Choice(data=ZEDLAND, **choice))


@pytest.mark.parametrize(
    ("rule", "statuses", "latest"),
    [
        ("of equal status the newest", ["draft", "draft"], "2026"),
        ("a draft does not replace a validated edition", ["validated", "draft"], "2024"),
        ("a newer validated one does", ["validated", "validated"], "2026"),
    ],
)
def test_the_newest_edition_of_the_most_advanced_status_is_shown(
    rule, statuses, latest, tmp_path, monkeypatch
):
    states = dict(zip(("2024", "2026"), statuses, strict=True))
    for year in states:
        (tmp_path / "editions" / year).mkdir(parents=True)

    def result(folder, home, pages):
        year = folder.parent.name if folder.parent.name in states else "2026"
        return Result("ZZZ", folder, {"edition": year, "status": states[year]}, {}, "")

    monkeypatch.setattr(results, "_result", result)
    rank = {"draft": 0, "under validation": 1, "validated": 2}
    found = results._editions("ZZZ", tmp_path, rank)
    assert {one.cover["edition"] for one in found} == {"2024", "2026"}
    assert [one.cover["edition"] for one in found if one.latest] == [latest], rule


def test_the_last_stage_follows_the_check_and_all_others_and_then_the_pages():
    job = Job("ZZZ", ("1", "2", "3"), Path("."), {})
    graph = scheduler.dependencies([job])
    assert graph[job, "1"] == graph[job, "2"] == {(job, CHECK)}
    assert graph[job, "3"] == {(job, CHECK), (job, "1"), (job, "2")}
    assert graph[job, PAGES] == {(job, "3")}


def test_a_job_has_failed_if_one_of_its_steps_has_and_its_first_failure_is_told():
    steps = [Outcome("1", "ok"), Outcome("2", "failed", "First.\nMore.", 4, "NameError"),
             Outcome("3", "failed", "Second."), Outcome("4", "skipped")]  # fmt: skip
    assert scheduler.state(steps) == "failed"
    assert scheduler.failure(steps).startswith("2, cell 4: NameError: First. (and 1 more line")
    assert (scheduler.state(steps[:1]), scheduler.failure(steps[:1])) == ("ok", "")


def test_a_synthesis_is_made_of_the_countries_that_did_not_fail(monkeypatch):
    jobs = [Job(key, tuple(plan.STAGES), Path("."), {"edition": "2026"}) for key in ("AAA", "BBB")]
    outcomes = {jobs[0]: [Outcome("1", "ok")], jobs[1]: [Outcome("1", "failed")]}
    monkeypatch.setattr(plan, "of_regions", lambda choice, editions: [editions])
    ran = []
    run = SimpleNamespace(run_jobs=ran.append, outcomes=outcomes)
    scheduler.Run.run_choice(run, Choice(group="G"), jobs)
    assert ran == [jobs, [{"AAA": "2026"}]]


def test_steps_after_a_failed_or_skipped_one_are_skipped():
    job = Job("ZZZ", ("1", "2", "3"), Path("."), {})
    graph = {(job, "1"): set(), (job, "2"): {(job, "1")}, (job, "3"): {(job, "2")}}
    run = SimpleNamespace(outcomes={}, _run_step=lambda job, step: Outcome(
        step, "failed" if step == "1" else "ok"))  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        scheduler.Run._follow(run, graph, pool, pool)
    assert [outcome.status for outcome in run.outcomes[job]] == ["failed", "skipped", "skipped"]
