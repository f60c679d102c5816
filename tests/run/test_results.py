"""Rules of pages, results and the site without a run: what is refused, and what is shown."""

import json
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from cases import by_rule
from conftest import ZEDLAND

from cop.report.render import InvalidFile
from cop.run import engine, fingerprints, identity, plan, results, site
from cop.run.plan import Job
from cop.run.results import Part, Result
from cop.run.steps import PAGES

STAGE = "6-country-assessment"
ABOUT = {"cover": "ZZZ", "parameters": {"iso3": "ZZZ"}, "lang": "en", "text": "", "stage": STAGE}


def job_of(folder, stage=STAGE, **parameters):
    where = {"data": plan.seen_from_notebooks(ZEDLAND), "language": "en"}
    return Job("ZZZ", (stage,), folder / "ZZZ", where | parameters)


@by_rule(
    "change, reason",
    ("a page has the country and the language of the job", {}, ""),
    ("the cover is of another country", {"cover": "YYY"}, "the cover states 'YYY'"),
    ("the notebook ran with another country", {"parameters": {"iso3": "YYY"}}, "iso3 or group is"),
    ("a synthesis is of its group", {"parameters": {"group": "ZZZ"}, "stage": plan.REGION}, ""),
    ("the page is in another language", {"lang": "uk"}, "the language is uk, but must be en"),
    ("a figure does not name the country", {"text": "<figure></figure>"}, "does not mention"),
    ("an id of another country is not cited", {"text": "YYY-E01"}, "contains ids of other"),
    ("a synthesis shows ids of all countries", {"text": "YYY-E01", "stage": plan.REGION}, ""),
    ("another country is named often", {"text": "Yonderland " * 10}, "mention YYY 10 times"),
    ("a synthesis names all countries", {"text": "Yonderland " * 10, "stage": plan.REGION}, ""),
    ("an unverified row is on no page", {"text": "ZZZ-E18"}, "ZZZ-E18, an unverified row"),
)
def test_what_is_checked_of_a_page(change, reason, tmp_path):
    about = ABOUT | change
    job = job_of(tmp_path, about["stage"])
    job.making.mkdir()
    notebook = {"cells": [], "nbformat": 4, "nbformat_minor": 5}
    notebook["metadata"] = {"papermill": {"parameters": about["parameters"]}}
    (job.making / f"{about['stage']}.ipynb").write_text(json.dumps(notebook))
    page = '<html lang="{lang}"><body><p class="cover" data-iso3="{cover}" data-country="Zedland">'
    pages = {name: f"{page}</p>{{text}}".format(**about) for name in job.pages().values()}
    try:
        identity.check(job, pages)
        message = ""
    except InvalidFile as refused:
        message = str(refused)
    assert reason in message and bool(reason) == bool(message), message or "nothing was refused"


OWN, OTHER = "cop-assessment-ZZZ.html", "cop-baseline-ZZZ.html"


@by_rule(
    "name, edition, pages, shown",
    ("a country of the data, with the pages of its stages", "ZZZ", "2026", [OWN, OTHER], [OWN]),
    ("a group of the data, with all pages", "ZED", "2026", [OWN, OTHER], [OWN, OTHER]),
    ("a desk baseline of a country", "baselines/YYY", "", [OTHER], [OTHER]),
    ("no desk baseline of a code that is no country", "baselines/QQQ", "", [OTHER], None),
    ("no country that the data lack", "QQQ", "2026", [OWN], None),
    ("a lost country that counts.json lists", "XXX", "2026", [], []),
    ("no edition that the country does not state", "editions/2020/ZZZ", "2020", [OWN], None),
    ("no result that is not complete", "ZZZ", "2026", None, None),
)
def test_the_site_shows(name, edition, pages, shown, zed, tmp_path):
    (zed / "counts.json").write_text('{"research/XXX/evidence.csv": {}}')
    folder = tmp_path / "out" / name
    folder.mkdir(parents=True)
    about = {"cover": {"edition": edition, "status": "draft"}, "time": ""}
    about |= {} if pages is None else {"pages": dict.fromkeys(pages, "hash")}
    (folder / fingerprints.FILE).write_text(json.dumps({PAGES: about}))
    [part] = results.find_parts(tmp_path / "out", zed)
    names = {result.name: [*result.pages] for result in part.results}
    assert names == ({} if shown is None else {name: shown})


def test_when_a_site_is_written_and_which_files_are_kept(tmp_path, monkeypatch):
    present, written = [], []

    def write(self, function, making, parts, *arguments, timeout):
        making.mkdir()
        (making / "index.html").write_text("Home")
        written.append(parts)

    monkeypatch.setattr(site, "find_parts", lambda *_: [Part("uk", ()), Part("en", (*present,))])
    monkeypatch.setattr(site.Workers, "run", write)
    created = site.Site(tmp_path, ZEDLAND)
    created.update({})
    assert not written, "a first site is not written without results or failures"
    present.append(Result("ZZZ", tmp_path / "ZZZ", {"edition": "2026"}, {}, "first"))
    created.update({})
    assert written == [[Part("en", (*present,))]], "languages without results are left out"
    for name in ("letter.pdf", "cop-old.html"):
        (created.folder / name).write_text("x")
    created.update({})
    assert len(written) == 1, "a site that is up to date is not written again"
    created.update({"en": {"ZZZ": ["ZZZ", "2026", STAGE]}})
    assert len(written) == 2, "a new failure is shown"
    names = {path.name for path in created.folder.iterdir()}
    assert "letter.pdf" in names, "a file that others added is kept"
    assert "cop-old.html" not in names, "a page of other data is deleted"
    created.update({})
    assert len(written) == 2, "a failure is remembered"
    present[0] = replace(present[0], time="second")
    created.update({})
    assert len(written) == 3, "a report that was made again is shown"
    (tmp_path / "ZZZ" / "downloads").mkdir(parents=True)
    for number, content in enumerate(("first", "second"), 4):
        (tmp_path / "ZZZ" / "downloads" / "a.pdf").write_text(content)
        created.update({})
        assert len(written) == number, "a new or changed file of a report is offered"
    created.shared = ["other shared tables", "code"]
    created.update({})
    assert len(written) == 6, "shared tables that changed are shown"
    monkeypatch.setattr(site.languages, "state", lambda language: "changed")
    created.update({})
    assert len(written) == 7, "translations that changed are shown"


def cell(kind="code", source="1", tags=()):
    return SimpleNamespace(cell_type=kind, source=source, metadata={"tags": tags})


@by_rule(
    "cells, ran",
    ("all cells are counted, Markdown too", [cell("markdown"), cell()], [2]),
    ("the cell that papermill adds is not", [cell(tags=[engine.INJECTED]), cell()], [0, 1]),
    ("an empty cell does not run", [cell(source=" \n"), cell()], [2]),
    ("no cell runs after an error", [cell(), cell(source="error"), cell()], [1, 2]),
)
def test_which_cells_run(cells, ran, monkeypatch):
    shell = SimpleNamespace(run=lambda cell: cell.source != "error")
    monkeypatch.setattr(engine.NotebookShell, "instance", lambda config: shell)
    steps = dict.fromkeys(("cell_start", "cell_exception", "cell_complete"), lambda *_, **__: None)
    about = SimpleNamespace(papermill={})
    managed = SimpleNamespace(nb=SimpleNamespace(cells=cells, metadata=about), **steps)
    numbers = []
    engine.InProcessEngine.execute_managed_notebook(managed, "", numbers.append)
    assert numbers == ran


class Displayed:
    """The outputs of a cell that calls the methods of the publisher and prints."""

    def __init__(self, monkeypatch):
        self.shell = SimpleNamespace(displays={}, outputs=[], clear_before_next=False)
        self.shell.add_output = partial(engine.NotebookShell.add_output, self.shell)
        monkeypatch.setattr(engine.NotebookShell, "instance", lambda: self.shell)
        self.print = engine.CellStream().write

    def show(self, text, display_id="", update=False):
        place = {"display_id": display_id} if display_id else None
        data = {"text/plain": text}
        engine.CellPublisher.publish(self, data, transient=place, update=update)

    def clear(self, wait=False):
        engine.CellPublisher.clear_output(self, wait=wait)

    def texts(self):
        return [shown.get("text") or shown.data["text/plain"] for shown in self.shell.outputs]


@pytest.fixture
def displayed(monkeypatch):
    return Displayed(monkeypatch)


def test_an_object_that_is_shown_again_by_its_id_replaces_what_was_shown(displayed):
    displayed.show("one", "a")
    displayed.show("other", "b")
    displayed.show("two", "a")
    assert displayed.texts() == ["two", "other", "two"]
    displayed.show("three", "a", update=True)
    assert displayed.texts() == ["three", "other", "three"], "an update is no further output"


def test_objects_without_an_id_are_not_the_same(displayed):
    displayed.show("one")
    displayed.show("two")
    assert displayed.texts() == ["one", "two"]


def test_texts_that_are_printed_one_after_the_other_are_one_output(displayed):
    displayed.print("a")
    displayed.print("b")
    displayed.print("")
    displayed.show("one")
    displayed.print("")
    displayed.print("c")
    assert displayed.texts() == ["ab", "one", "c"], "an object divides them, an empty text is none"


def test_what_was_shown_is_cleared_at_once(displayed):
    displayed.show("one")
    displayed.clear()
    assert displayed.texts() == []


def test_what_was_shown_is_cleared_with_the_next_output_if_that_is_asked_for(displayed):
    displayed.print("a")
    displayed.clear(wait=True)
    assert displayed.texts() == ["a"]
    displayed.print("b")
    assert displayed.texts() == ["b"], "what is printed next replaces it"
