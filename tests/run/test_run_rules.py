"""Rules of a run without a run: which jobs, which edition, what is the latest and what failed."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from cases import by_rule, cases
from conftest import DATA, ZEDLAND
from lxml import etree
from planting import edit

from cop.data import UserError
from cop.report import languages
from cop.report.site import pages
from cop.run import fingerprints, identity, plan, results, scheduler, site, steps, workers
from cop.run.plan import Choice, Job
from cop.run.results import Result
from cop.run.steps import CHECK, PAGES, Outcome


@by_rule(
    "own, other, is_named",
    ("ten mentions of another country are too many", 0, 10, True),
    ("nine are comparisons", 0, 9, False),
    ("ten are not where the own one has twenty", 20, 10, False),
    ("but eleven are", 20, 11, True),
)
def test_another_country_is_named_ten_times_and_over_half_as_often(own, other, is_named):
    job = SimpleNamespace(data=DATA, key="UKR")
    text = "Ukraine. " * own + "Moldova. " * other
    assert bool([*identity.foreign_names(job, text)]) == is_named


def test_another_country_is_named_by_its_name_in_the_language_of_the_page():
    with languages.using_language("uk"):
        [message] = identity.foreign_names(SimpleNamespace(data=DATA, key="UKR"), "Молдова. " * 10)
    assert "mention MDA 10 times" in message
    other = "Palestinian Territories. " * 10
    found = [*identity.foreign_names(SimpleNamespace(data=DATA, key="UKR"), other)]
    assert not found, "in English only by its name in countries.csv"


@pytest.mark.parametrize(("editions", "edition"), [(["2024", "2026"], "2026"), ([], "none")])
def test_the_latest_edition_is_run(editions, edition, monkeypatch):
    monkeypatch.setattr(plan.package, "editions", lambda data, iso3: editions)
    assert plan.edition(DATA, "ZZZ") == edition


def test_earlier_editions_that_are_kept_are_run_too(tmp_path, monkeypatch):
    for year, iso3 in product(("2024", "2025", "2026"), ("ZZZ", "YYY")):
        folder = tmp_path / "editions" / year / "research" / iso3
        folder.mkdir(parents=True)
        (folder / "editions.csv").write_text("")
    monkeypatch.setattr(plan.package, "editions", lambda *_: ["2026", "2024", "2023", "2025"])
    monkeypatch.setattr(plan, "of_country", lambda iso3, choice, folder: (iso3, folder.name))
    jobs = [Job("ZZZ", tuple(plan.STAGES), tmp_path, {}), Job("YYY", ("baseline",), tmp_path, {})]
    found = [*plan.of_earlier_editions(Choice(data=tmp_path), jobs)]
    assert found == [("ZZZ", "2024"), ("ZZZ", "2025")], (
        "archived earlier editions of assessed countries are run"
    )


@by_rule(
    "choice, expected",
    ("an assessed country", Choice(("ZZZ",)), {"ZZZ": plan.STAGES[0]}),
    ("a country without rows as a baseline", Choice(("YYY",)), {"YYY": plan.BASELINE}),
    ("an assessed country as a baseline", Choice(baselines=("ZZZ",)), {"ZZZ": plan.BASELINE}),
    ("the economies of the latest index as baselines", Choice(baselines=("all",)),
     {"YYY": plan.BASELINE, "ZZZ": plan.BASELINE}),
    ("all countries that were begun", Choice(every=True), {"ZZZ": plan.STAGES[0]}),
    ("of a group the members with rows", Choice(group="ZED"), {"ZZZ": plan.STAGES[0]}),
    ("countries before a group, each once", Choice(("YYY", "ZZZ"), group="ZED"),
     {"YYY": plan.BASELINE, "ZZZ": plan.STAGES[0]}),
)  # fmt: skip
def test_what_a_selection_runs(choice, expected, zed):
    (zed / "research/XXX").mkdir()  # a member that was begun, without rows
    (zed / "research/XXX/editions.csv").write_text("edition\n2026\n")
    edit(zed / "statistics/gci.csv", "XXX,2024,", "XXX,2014,")
    jobs = plan.jobs(replace(choice, data=zed))
    expected = expected | ({"XXX": plan.BASELINE} if choice.every else {})
    assert {job.key: job.stages[0] for job in jobs} == expected


@by_rule(
    "editions, expected",
    ("of the latest edition; others are left out", {"A": "2024", "B": "2026"},
     [("G", "2026", ["C"])]),
    ("without a complete country there is none", {}, []),
)  # fmt: skip
def test_a_synthesis_is_of_the_complete_countries_of_its_group(editions, expected, monkeypatch):
    every = {"G": ("A", "B", "C"), "H": ("A",)}
    monkeypatch.setattr(plan, "groups", lambda _, role: {"H": ("A",)} if role == "study" else every)
    monkeypatch.setattr(plan, "of_region", lambda group, choice, *about: (group, *about))
    assert [*plan.of_regions(Choice(group="G"), editions)] == expected
    of_all = [group for group, *_ in plan.of_regions(Choice(every=True), editions)]
    assert of_all == (["H"] if "A" in editions else []), "without a group those of the study"


def test_results_for_another_data_folder_are_not_mixed_with_these(tmp_path):
    shown = site.Site(tmp_path / "outputs", ZEDLAND)
    shown.folder.mkdir(parents=True)
    (shown.folder / "contents.json").write_text(json.dumps({"data": shown.source}), "utf-8")
    shown.recover()
    (shown.folder / "contents.json").write_text('{"data": "../other"}', "utf-8")
    with pytest.raises(UserError, match="contains results for .*other, not for"):
        shown.recover()


@by_rule(
    "statuses, wanted, latest",
    ("of equal status the newest", ["draft", "draft"], None, "2026"),
    ("a draft does not replace a validated edition", ["validated", "draft"], None, "2024"),
    ("a newer validated one does", ["validated", "validated"], None, "2026"),
    ("only of editions that the country still has", ["draft", "draft"], ["2024"], "2024"),
    ("an unknown status comes after all others", ["draft", "x"], None, "2024"),
)
def test_the_latest_edition_is_shown(statuses, wanted, latest, tmp_path, monkeypatch):
    states = dict(zip(("2024", "2026"), statuses, strict=True))
    folders = {"2024": tmp_path / "editions/2024/ZZZ", "2026": tmp_path / "ZZZ"}
    for year in states:
        (tmp_path / "editions" / year).mkdir(parents=True)

    def result(folder, home, pages):
        year = folder.parent.name if folder.parent.name in states else "2026"
        return Result("ZZZ", folder, {"edition": year, "status": states[year]}, {}, "")

    monkeypatch.setattr(results, "load_result", result)
    rank = {"draft": 0, "under validation": 1, "validated": 2}
    found = results.editions_of("ZZZ", tmp_path, rank, wanted)
    assert [one.cover["edition"] for one in found if one.latest] == [latest]
    shown = {one.cover["edition"]: one.folder for one in found}
    assert shown == {year: folders[year] for year in wanted or folders}, "no kept one twice"


def test_the_last_stage_follows_the_check_and_all_others_and_then_the_pages():
    job = Job("ZZZ", ("1", "2", "3"), Path("."), {})
    graph = scheduler.dependencies([job])
    assert graph[job, "1"] == graph[job, "2"] == {(job, CHECK)}
    assert graph[job, "3"] == {(job, CHECK), (job, "1"), (job, "2")}
    assert graph[job, PAGES] == {(job, "3")}


def test_a_job_has_failed_if_one_of_its_steps_has_and_its_first_failure_is_told():
    steps = [Outcome("1", "ok"), Outcome("2", "failed", "First.\nMore.", 4, "NameError"),
             Outcome("3", "failed", "Second.", cause="KeyError"),
             Outcome("4", "skipped")]  # fmt: skip
    assert scheduler.state(steps) == "failed"
    first = "2, cell 4 (counting Markdown cells): NameError: First. (and 1 more line"
    assert scheduler.failure(steps).startswith(first)
    assert (scheduler.state(steps[:1]), scheduler.failure(steps[:1])) == ("ok", "")
    only = "outside a cell none is named, and nothing more is in the log than one line"
    assert scheduler.failure(steps[2:]) == "3: KeyError: Second.", only


def test_a_synthesis_is_made_of_the_countries_that_did_not_fail(monkeypatch):
    jobs = [Job(key, tuple(plan.STAGES), Path("."), {"edition": "2026"}) for key in ("AAA", "BBB")]
    outcomes = {jobs[0]: [Outcome("1", "ok")], jobs[1]: [Outcome("1", "failed")]}
    monkeypatch.setattr(plan, "of_regions", lambda choice, editions: [editions])
    ran = []
    run = SimpleNamespace(run_jobs=ran.append, outcomes=outcomes)
    scheduler.Run.run_choice(run, Choice(group="G"), jobs)
    assert ran == [jobs, [{"AAA": "2026"}]]


def test_steps_after_a_failed_or_skipped_one_are_skipped():
    job, other = (Job(key, ("1", "2", "3"), Path("."), {}) for key in ("ZZZ", "YYY"))
    graph = {(job, "1"): set(), (job, "2"): {(job, "1")}, (job, "3"): {(job, "2")}}
    graph |= {(other, "2"): set(), (other, "3"): {(other, "2")}}
    run = SimpleNamespace(outcomes={}, run_step=lambda job, step: Outcome(
        step, "failed" if step == "1" else "ok"))  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        scheduler.Run.run_graph(run, graph, pool, pool)
    assert [outcome.status for outcome in run.outcomes[job]] == ["failed", "skipped", "skipped"]
    others = [outcome.status for outcome in run.outcomes[other]]
    assert others == ["ok", "ok"], "steps of another country are not skipped"


@by_rule(
    "text, wrong",
    ("rows of a country are its own", "iso3,value\nZZZ,1\nYYY,2\n", True),
    ("rows of a group are its own", "group_id,value\nYYY,1\n", True),
    ("its own rows are right", "iso3,value\nZZZ,1\n\n", False),
    ("a table without a country in its first column may name any", "name,iso3\nA,YYY\n", False),
    ("an empty table is right", "", False),
)
def test_a_saved_table_has_rows_of_its_country_only(text, wrong):
    tables = {Path("x.csv"): text}
    found = [*identity.foreign_rows(Job("ZZZ", (), Path("."), {}), tables)]
    assert bool(found) == wrong


@by_rule(
    "figure, wrong",
    ("a caption names the country", "<figcaption>Users in Zedland</figcaption>", False),
    ("the text in place of the picture does", '<img alt="Bars of Zedland"/>', False),
    ("the description of a drawing does", "<svg><desc>Zedland</desc></svg>", False),
    ("a word in the drawing is not enough", "<svg><text>Zedland</text></svg>", True),
)
def test_a_figure_names_its_country(figure, wrong):
    tree = etree.HTML(f"<body><figure>{figure}</figure></body>")
    assert bool([*identity.foreign_figures("6", tree, "Zedland")]) == wrong


def test_names_in_figures_references_and_sources_are_no_mentions():
    page = """<body>one<figure>two</figure>three<a class="ref">four</a>five
        <p class="sources">six</p>seven<!-- eight -->nine</body>"""
    found = " ".join("".join(identity.running_text(etree.HTML(page).find("body"))).split())
    assert found == "onethreefive sevennine"


@by_rule(
    "name, latest, folders",
    ("the latest stands at both addresses", "ZZZ", True, ["", "editions/2026/"]),
    ("an earlier one at that of its edition", "ZZZ", False, ["editions/2026/"]),
    ("a desk baseline apart", "baselines/ZZZ", True, ["baselines/"]),
)
def test_where_the_pages_of_a_result_stand(name, latest, folders):
    result = Result(name, Path(name), {"edition": "2026"}, {}, "", latest)
    assert result.site_folders() == folders


@by_rule(
    "folder, language, name",
    ("the latest in English is its country", "outputs", "en", "ZZZ"),
    ("an earlier edition is named", "outputs/editions/2024", "en", "ZZZ 2024"),
    ("another language is named", "outputs/languages/uk", "uk", "ZZZ uk"),
    ("a baseline has no edition", "outputs/baselines", "en", "ZZZ"),
)
def test_how_a_job_is_named(folder, language, name):
    job = Job("ZZZ", (), Path(folder) / "ZZZ", {"language": language})
    assert scheduler.job_name(job) == name


@by_rule(
    "stage, told",
    ("of a stage only its name is public", "4-ict-statistics", "4-ict-statistics"),
    ("data with errors hold a report back", CHECK, scheduler.HELD_BACK),
    ("a success ends an earlier failure", "", None),
)  # fmt: skip
def test_the_site_quotes_no_error(stage, told):
    job = Job("ZZZ", (), Path("."), {"language": "en", "edition": "2026"})
    ended, told_to = Outcome(stage, "failed" if stage else "ok", "Secret.", cell=7), []
    failed = [Outcome("1-desktop-research", "ok"), ended]
    known = SimpleNamespace(name=lambda job: "ZZZ", update=told_to.append)
    scheduler.Run.update_site(SimpleNamespace(outcomes={job: failed}, site=known))
    assert told_to == [{"en": {"ZZZ": ["ZZZ", "2026", told] if told else None}}]


@by_rule(
    "choice, ran",
    ("countries: and missing earlier editions", Choice(countries=("ZZZ",)), [["Z"], ["E"]]),
    ("a group: and its synthesis", Choice(group="G"), [["Z"], ["S"]]),
    ("all: and both", Choice(every=True), [["Z"], ["E"], ["S"]]),
    ("baselines: alone", Choice(baselines=("ZZZ",)), [["Z"]]),
)  # fmt: skip
def test_what_is_run_beside_the_countries(choice, ran, monkeypatch):
    def made(key):
        return Job(key, ("1",), Path(key), {"edition": "2026"})

    monkeypatch.setattr(plan, "of_earlier_editions", lambda *_: [made("E"), made("F")])
    monkeypatch.setattr(plan, "of_regions", lambda *_: [made("S")])
    monkeypatch.setattr(fingerprints, "load", lambda ready: {"F": {"made": 1}}.get(ready.name))
    keys = []
    run = SimpleNamespace(run_jobs=lambda jobs: keys.append([job.key for job in jobs]), outcomes={})
    scheduler.Run.run_choice(run, choice, [made("Z")])
    assert keys == ran


@by_rule(
    "name, failure, kept",
    ("of a country of the data", "ZZZ", ["ZZZ", "2026", "6"], True),
    ("of an earlier edition of it", "editions/2024/ZZZ", ["ZZZ", "2024", "6"], True),
    ("of a desk baseline of any country", "baselines/YYY", ["YYY", "", "0"], True),
    ("not of a country that is gone", "YYY", ["YYY", "2026", "6"], False),
    ("not of one that succeeded since", "ZZZ", None, False),
    ("not that its folder was missing, once it is back", "ZZZ", ["ZZZ", "", site.GONE], False),
)
def test_a_failure_is_shown(name, failure, kept):
    assert (site.displayed_failures([], {name: failure}, {"ZZZ"}) == {name: failure}) == kept


def test_a_report_whose_country_folder_is_missing_says_so_and_a_baseline_needs_none():
    shown = [Result(name, Path(name), {}, {}, "") for name in ("YYY", "baselines/XXX", "ZZZ")]
    assert site.displayed_failures(shown, {}, {"ZZZ"}) == {"YYY": ["YYY", "", site.GONE]}


@by_rule(
    "failed, results, lost",
    ("a country without any page", "ZZZ", [], {"ZZZ": "6"}),
    ("an edition, where another has pages", "ZZZ", ["editions/2024/ZZZ"], {"ZZZ 2026": "6"}),
    ("none whose earlier pages are kept", "ZZZ", ["ZZZ"], {}),
    ("a baseline is no page of the assessment", "ZZZ", ["baselines/ZZZ"], {"ZZZ": "6"}),
    ("a baseline, named apart", "baselines/ZZZ", [], {"baselines/ZZZ": "6"}),
)
def test_what_failed_without_earlier_pages_is_lost(failed, results, lost):
    shown = [Result(name, Path(name), {}, {}, "") for name in results]
    assert site.failed_without_page(shown, {failed: ["ZZZ", "2026", "6"]}) == lost


@by_rule(
    "present, wanted, moved",
    ("another edition", "2024", "2026", True),
    ("not the same edition", "2026", "2026", False),
    ("not without a result", "", "2026", False),
    ("not a baseline, which has no edition", "2024", None, False),
)
def test_a_result_makes_room_for(present, wanted, moved, tmp_path, monkeypatch):
    (tmp_path / "ZZZ").mkdir()
    monkeypatch.setattr(fingerprints, "edition", lambda ready: present)
    job = Job("ZZZ", (), tmp_path / "ZZZ", {"edition": wanted} if wanted else {})
    site.Site.make_room(None, job)
    assert (tmp_path / "editions/2024/ZZZ").exists() == moved


@by_rule(
    "stage, assessed, checked",
    ("an assessment: all its data", "1-desktop-research", True, "all"),
    ("a baseline of a country not assessed: what was lost", plan.BASELINE, False, "lost"),
    ("a baseline of an assessed country: nothing", plan.BASELINE, True, ""),
    ("a synthesis: nothing, its countries were", plan.REGION, False, ""),
)  # fmt: skip
def test_what_is_checked_before_a_job(stage, assessed, checked, monkeypatch):
    from cop.data import checks, package
    from cop.data.checks import losses

    monkeypatch.setattr(package, "assessed", lambda data, key: assessed)
    monkeypatch.setattr(checks, "of_country", lambda data, key: ["all"])
    monkeypatch.setattr(losses, "of_country", lambda data, key: ["lost"])
    job = Job("ZZZ", (stage,), Path("."), {"data": str(ZEDLAND)})
    assert "".join(steps.check_country(job)[0]) == checked


def test_a_synthesis_has_the_newest_edition_of_its_countries():
    made = plan.of_regions(Choice(data=ZEDLAND, group="ZED"), {"ZZZ": "2024", "YYY": "2026"})
    [parameters] = [job.parameters for job in made]
    assert (parameters["edition"], parameters["left_out"]) == ("2026", "XXX")


def test_english_results_stand_in_the_outputs_and_others_below_their_language():
    assert plan.in_language(Path("out"), "en") == Path("out")
    assert plan.in_language(Path("out"), "uk") == Path("out/languages/uk")
    assert (results.site_path("en"), results.site_path("uk")) == ("", "uk/")


@by_rule(
    "table, page, wrong",
    ("an id in a sentence of a table is a citation", "name\nSee YYY-E01.\n", "YYY-E01", []),
    ("so is one in a column for any country", "action_evidence_id\nYYY-E01\n", "YYY-E01", []),
    ("alone in another column it is not", "name\nYYY-E01\n", "", ["tables"]),
    ("nor are several", "name\nYYY-E01; YYY-E02\n", "", ["tables"]),
    ("a page shows what no table cites", "name\nA\n", "YYY-E01", ["page"]),
    ("the own ids of the country are right", "name\nZZZ-E01\n", "ZZZ-E01", []),
)
def test_ids_of_other_countries_are_citations_only(table, page, wrong, tmp_path):
    (tmp_path / "x.csv").write_text(table)
    job = Job("ZZZ", (), Path("."), {"data": plan.seen_from_notebooks(ZEDLAND)})
    found = [*identity.foreign_ids(job, {tmp_path / "x.csv": table}, {"page": page})]
    assert all("YYY-E01" in message for message in found), "the id is named"
    assert [message.partition("/")[0].split()[0] for message in found] == wrong


@by_rule(
    "at, first, second",
    ("of an earlier edition: out of it to what it does not hold", "editions/2024/a.html",
     "../../index.html", "b.html"),
    ("the latest stands beside the pages of the site", "a.html", "index.html", "b.html"),
)  # fmt: skip
def test_where_links_of_a_page_lead(at, first, second):
    page = '<a href="index.html">1</a><a href="b.html">2</a>'
    result = SimpleNamespace(text=lambda name: page, downloads={}, report="a.html")
    places = {folder + name: (result, name) for folder in ("", "editions/2024/")
              for name in ("a.html", "b.html")}  # fmt: skip
    shown = site.page_text(SimpleNamespace(places=places), at, {*places, "index.html"})
    assert shown == f'<a href="{first}">1</a><a href="{second}">2</a>'


@by_rule(
    "at, edition, places, there",
    ("the same address, if it shows the same edition", "a.html", "2026",
     {"a.html": "2026", "editions/2026/a.html": "2026"}, "a.html"),
    ("else the address of the edition", "a.html", "2024",
     {"a.html": "2026", "editions/2024/a.html": "2024"}, "editions/2024/a.html"),
    ("no page of another edition", "a.html", "2024", {"a.html": "2026"}, ""),
    ("a page of the site, if it is there", "index.html", "", {}, "index.html"),
    ("not one that is missing there", "items.html", "", {}, ""),
    ("a page of the site is no report", "b.html", "", {"b.html": "2026"}, ""),
)  # fmt: skip
def test_the_same_page_in_another_language(at, edition, places, there):
    def part(editions):
        covers = {address: {"edition": year} for address, year in editions.items()}
        made = {at: (SimpleNamespace(cover=cover), "a.html") for at, cover in covers.items()}
        return SimpleNamespace(places=made)

    own, other = part({at: edition} if edition else {}), part(places)
    assert site.same_page(own, at, other, {"index.html", "b.html", *places}) == there


@pytest.mark.parametrize("name", ["evidence", "instruments", "stakeholders", "services"])
def test_the_source_of_a_cited_row_of_another_country_may_be_shown(name, tmp_path, monkeypatch):
    (tmp_path / "rows.csv").write_text("id,source_id\nYYY-E01,YYY-S01\nYYY-E02,YYY-S02\n")
    found = lambda table, data, iso3: ["rows.csv"] if (table, iso3) == (name, "YYY") else []  # noqa: E731
    monkeypatch.setattr(identity.package, "paths", found)
    assert identity.sources_of({"YYY-E01"}, tmp_path) == {"YYY-S01"}


@by_rule(
    "force, ran",
    ("only what has changed", False, ["AAA"]),
    ("all if it is forced", True, ["AAA", "BBB"]),
)
def test_what_is_run_again(force, ran, tmp_path, monkeypatch):
    jobs = [Job(key, ("1",), tmp_path / key, {}) for key in ("AAA", "BBB")]
    monkeypatch.setattr(fingerprints, "reasons", lambda job: ["the code"] * (job.key == "AAA"))
    found = set()
    run = SimpleNamespace(
        settings=scheduler.Settings(1, force), site=SimpleNamespace(make_room=lambda job: None),
        outcomes={}, logs={}, workers=SimpleNamespace(slots=1),
        run_graph=lambda graph, *pools: found.update(job.key for job, _ in graph),
    )  # fmt: skip
    scheduler.Run.run_jobs(run, jobs)
    assert sorted(found) == ran
    assert [job.key for job in run.outcomes] == [key for key in ("AAA", "BBB") if key not in ran]


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """Return a function that runs a batch with invented outcomes: the run, or None if stopped."""

    def run_batch(keys, status="ok", is_written=True):
        def run_choice(run, choice, jobs):
            if status == "stopped":
                raise KeyboardInterrupt
            run.outcomes |= {job: [Outcome("1", status)] for job in jobs}

        def update_site(run):
            run_batch.updates.append(run)
            return is_written

        jobs = [Job(key, (), tmp_path, {}) for key in keys]
        monkeypatch.setattr(plan, "jobs", lambda choice: jobs)
        monkeypatch.setattr(scheduler.Run, "run_choice", run_choice)
        monkeypatch.setattr(scheduler.Run, "update_site", update_site)
        with suppress(KeyboardInterrupt):
            choice = Choice(data=ZEDLAND, outputs=tmp_path)
            return scheduler.run_batch([choice], scheduler.Settings(1))

    run_batch.updates = []
    monkeypatch.setattr(workers.os, "environ", {})
    monkeypatch.setattr(scheduler.Run, "check_shared", lambda run: None)
    return run_batch


@by_rule(
    "keys, status, updates",
    ("it has the countries that were run", ["ZZZ"], "ok", 1),
    ("without any country it is updated, too", [], "ok", 1),
    ("it stays if the run was stopped before the first country", ["ZZZ"], "stopped", 0),
)
def test_when_a_run_updates_the_site(keys, status, updates, batch):
    batch(keys, status)
    assert len(batch.updates) == updates


@by_rule(
    "status, is_written, succeeded",
    ("if no job failed and the site was written", "ok", True, True),
    ("not if a job failed", "failed", True, False),
    ("not if the site could not be written", "ok", False, False),
)
def test_when_a_run_has_succeeded(status, is_written, succeeded, batch):
    assert batch(["ZZZ"], status, is_written).succeeded == succeeded


def test_a_run_reads_the_code_again(batch, tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprints, "SOURCE", tmp_path)
    fingerprints.forget()
    before = fingerprints.code()
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "new.py").write_text("x = 1", "utf-8")
    batch(["ZZZ"])
    after = fingerprints.code()
    fingerprints.forget()  # other tests must not find this hash
    assert before != after, "a run forgets the hashes of the run before it"


def test_groups_are_those_of_a_role_in_the_order_of_the_file(tmp_path):
    package = {"name": "invented", "resources": []}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    assert plan.groups(tmp_path) == {}, "without groups.csv there are no groups"
    rows = "group_id,iso3,role\nSTUDY,BBB,study\nUNION,AAA,other\nSTUDY,AAA,study\n"
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "groups.csv").write_text(rows, "utf-8")
    assert plan.groups(tmp_path) == {"STUDY": ["BBB", "AAA"], "UNION": ["AAA"]}
    assert plan.groups(tmp_path, "other") == {"UNION": ["AAA"]}
    choice = Choice(data=tmp_path, outputs=tmp_path)
    pages = [plan.of_region(group, choice, "2026", []).page for group in ("STUDY", "UNION")]
    assert pages == ["cop-regional-synthesis.html", "cop-regional-synthesis-UNION.html"], (
        "the first study has the main page"
    )


def test_an_edited_notebook_replaces_that_of_the_repository(tmp_path):
    edited = tmp_path / "1-desktop-research.ipynb"
    edited.write_text("{}", "utf-8")
    job = Job("ZZZ", ("1-desktop-research",), tmp_path, {}, edited=tmp_path)
    assert job.notebook("1-desktop-research") == edited
    other = job.notebook("2-stakeholder-mapping")
    assert other == plan.NOTEBOOKS / "2-stakeholder-mapping.ipynb", "others are those of notebooks/"


def test_a_stopped_run_starts_no_further_process(monkeypatch):
    monkeypatch.setattr(workers.os, "environ", {})
    stopped = workers.Workers(1)
    stopped.stop()
    with pytest.raises(workers.Failed, match="the run was stopped"):
        stopped.run(print, timeout=1)


@by_rule(
    "code, message",
    ("one that was killed outright may have been out of memory", -9,
     "the process was killed by SIGKILL (possibly out of memory)"),
    ("one that was ended is not said to have been", -15, "the process was killed by SIGTERM"),
)  # fmt: skip
def test_how_a_process_that_was_killed_is_described(code, message):
    assert workers.describe_exit(code) == ("Killed", message)


def test_a_process_that_ended_without_a_result_was_not_killed():
    assert workers.describe_exit(0) == ("Ended", "the process exited with status 0")
    failed = workers.Failed(None, "Ended", "Words.")
    assert failed.details == "Ended: Words.", "the log has its cause and message if no details"


def test_countries_of_a_summary_stand_in_alphabetical_order_and_failures_are_counted(capsys):
    jobs = [Job(key, ("1",), Path(key), {"language": "en"}) for key in ("CCC", "BBB", "AAA")]
    failed = [Outcome("1", "failed", "It has errors.", cause="held back")]
    run = SimpleNamespace(outcomes={job: failed for job in jobs},
                          site=SimpleNamespace(folder=Path("site")))  # fmt: skip
    run.outcomes[jobs[0]] = [Outcome("1", "ok", seconds=1.5), Outcome("2", "ok", seconds=2.0)]
    scheduler.Run.print_summary(run, "en")
    *lines, totals = capsys.readouterr().out.splitlines()
    assert lines == [
        "AAA  failed       0.0 s of work  1: held back: It has errors.",
        "BBB  failed       0.0 s of work  1: held back: It has errors.",
        "CCC  ok           3.5 s of work",
    ], "the seconds of all steps of a country are added"
    assert totals.startswith("1 complete, 2 failed. Earlier reports of those that failed are kept.")


@by_rule("status, text, told", *cases("run/summary.csv"))
def test_what_a_summary_tells(status, text, told, capsys):
    job = Job("ZZZ", (plan.BASELINE,), Path("ZZZ"), {"language": "uk"})
    about = SimpleNamespace(folder=Path("site"), name=lambda job: "baselines/ZZZ")
    run = SimpleNamespace(outcomes={job: [Outcome("1", status, "Words.")]}, site=about)
    scheduler.Run.print_summary(run, "uk")
    assert (text in capsys.readouterr().out) == (told == "yes")


@pytest.fixture
def ended(tmp_path, monkeypatch):
    """Return a function that runs a step of a job: its outcome, and what is recorded of it."""

    def outcome_of(step, errors=(), changes=(), reads=None, raised=None):
        def work(*task, timeout, log):
            if raised:
                raise raised
            return (reads, "A warning.") if step == "1" else "cover"

        job, recorded = Job("ZZZ", ("1",), tmp_path / "ZZZ", {}), []
        monkeypatch.setattr(workers.os, "environ", {})
        monkeypatch.setattr(scheduler, "start_server", lambda: None)
        monkeypatch.setattr(steps, "check_country", lambda job: (errors, []))
        monkeypatch.setattr(steps, "publish", lambda job, cover: recorded.append(cover))
        monkeypatch.setattr(fingerprints, "changed", lambda *_: changes)
        monkeypatch.setattr(fingerprints, "inputs", lambda *_: {"code": "x"})
        monkeypatch.setattr(fingerprints, "record", lambda job, step, entry: recorded.append(entry))
        run = scheduler.Run(scheduler.Settings(1), site.Site(tmp_path, ZEDLAND))
        run.workers, run.logs[job], run.checked[job] = SimpleNamespace(run=work), Mock(), []
        return run.run_step(job, step), recorded

    return outcome_of


@by_rule(
    "step, given, status, message",
    ("errors of the data hold a country back", CHECK, {"errors": ["E"]}, "failed", "E"),
    ("data without errors hold none back", CHECK, {}, "ok", ""),
    ("a stage without changes does not run", "1", {}, "up to date", ""),
    ("a stage with a change runs and warns", "1", {"changes": ["code"]}, "ok", "A warning."),
    ("pages that pass their check are complete", PAGES, {}, "ok", ""),
)
def test_how_a_step_ends(step, given, status, message, ended):
    outcome, _ = ended(step, **given)
    assert (outcome.status, outcome.message) == (status, message)
    assert 0 <= outcome.seconds < 60


@by_rule(
    "step, given, entries",
    ("what a stage read is recorded with its inputs", "1",
     {"changes": ["code"], "reads": {"t": "h"}}, [{"code": "x", "reads": {"t": "h"}}]),
    ("what a kernel read is not recorded", "1", {"changes": ["code"]}, [None]),
    ("of a stage that did not run nothing is recorded", "1", {}, []),
    ("pages are published with their cover", PAGES, {}, ["cover"]),
)  # fmt: skip
def test_what_is_recorded_of_a_step(step, given, entries, ended):
    assert ended(step, **given)[1] == entries


@by_rule(
    "raised, cell, cause",
    ("a failed stage keeps its cell and its cause", workers.Failed(4, "NameError", "No x."), 4,
     "NameError"),
    ("any other error is named by its kind", OSError("Full."), None, "OSError"),
)  # fmt: skip
def test_why_a_step_failed(raised, cell, cause, ended):
    outcome, recorded = ended("1", changes=["code"], raised=raised)
    assert (outcome.status, outcome.cell, outcome.cause) == ("failed", cell, cause)
    assert not recorded


@pytest.mark.parametrize("every", [True, False])
def test_the_folder_of_an_unknown_code_is_named_if_all_countries_are_run(every, zed):
    (zed / "research/QQQ").mkdir()
    (zed / "research/QQQ/editions.csv").write_text("edition\n2026\n")
    place = "folder research/QQQ: " if every else ""
    with pytest.raises(UserError, match=f"^{place}unknown country code 'QQQ'"):
        plan.jobs(Choice(() if every else ("QQQ",), every, data=zed))


def test_what_a_site_in_two_languages_consists_of(tmp_path, monkeypatch):
    def result(language, name):
        folder, cover = tmp_path / language / name, {"edition": "2026", "country": "Zedland"}
        for part, text in (("pages/a.html", "<main>"), ("tables/t.csv", f"a\n{language}\n"),
                           ("downloads/a.docx", "Word")):  # fmt: skip
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (folder / part).write_text(text)
        return Result(name, folder, cover, {"a.html": ""}, "")

    shown = []
    monkeypatch.setattr(pages, "pages", lambda held: shown.append(held) or {"index.html": "<main"})
    parts = [results.Part("en", (result("en", "ZZZ"), result("en", "baselines/YYY"))),
             results.Part("uk", (result("uk", "ZZZ"),))]  # fmt: skip
    failures = {"en": {}, "uk": {}}
    with languages.using_language("en"):
        site.write_pages(tmp_path / "site", parts, ZEDLAND, failures, None)
    english, other = ((tmp_path / "site" / at).read_text() for at in ("a.html", "uk/a.html"))
    files = {p.relative_to(tmp_path / "site").as_posix() for p in (tmp_path / "site").rglob("*.*")}
    rules = {
        "pages of the site stand beside those of results": {"index.html", "uk/index.html"} <= files,
        "files of a report are offered": "uk/editions/2026/a.docx" in files,
        "desk baselines have a start page": "baselines/index.html" in files,
        "but not without any": "uk/baselines/index.html" not in files,
        "desk baselines are counted": [held.baselines for held in shown] == [1, None],
        "and are no reports": [len(held.reports) for held in shown] == [1, 1],
        "a page leads to the same in another language": 'href="uk/a.html"' in english,
        "and from it": 'href="../a.html"' in other,
        "a page made of other tables than the English one says so": "</ul><p>" in other,
        "the table of reports leads to other languages": [
            held.reports[0].translations for held in shown] == [{"uk": "uk/a.html"},
                                                                {"en": "../a.html"}],
    }  # fmt: skip
    assert [rule for rule, holds in rules.items() if not holds] == []


@by_rule(
    "failures, baselines, lost_reports, lost_baselines",
    ("what succeeded is not lost", {}, None, {}, None),
    ("a lost baseline has a page of its own", {"baselines/NOR": ["NOR", "", "0"]}, 0, {},
     {"NOR": "0"}),
    ("a lost report is on the page of countries", {"BBB": ["BBB", "2026", "4"]}, None,
     {"BBB": "4"}, None),
)  # fmt: skip
def test_which_results_and_failures_the_pages_of_a_site_have(
    failures, baselines, lost_reports, lost_baselines, tmp_path, monkeypatch
):
    kept = []
    for edition, latest in (("2026", True), ("2024", False)):
        folder = tmp_path / edition / "ZZZ"
        (folder / "pages").mkdir(parents=True)
        (folder / "pages" / "a.html").write_text("<main>")
        cover = {"edition": edition, "country": "Zedland"}
        kept.append(Result("ZZZ", folder, cover, {"a.html": ""}, "", latest))
    sites, starts = [], []

    def of_site(held):
        sites.append(held)
        return {}

    def of_baselines(rows, lost, today):
        starts.append(lost)
        return "<main>"

    monkeypatch.setattr(pages, "pages", of_site)
    monkeypatch.setattr(pages, "of_baselines", of_baselines)
    with languages.using_language("en"):
        part = results.Part("en", tuple(kept))
        site.write_pages(tmp_path / "site", [part], ZEDLAND, {"en": failures}, None)
    [held] = sites
    assert [report.cover["edition"] for report in held.reports] == ["2026"], "only latest reports"
    assert (held.baselines, held.lost) == (baselines, lost_reports)
    assert starts == ([lost_baselines] if lost_baselines else [])
