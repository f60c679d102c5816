"""The analyst's desk in a real browser: JupyterLab, every notebook run, the read-only site."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT

NOTEBOOKS = sorted(p.name for p in (ROOT / "notebooks").glob("[0-7]-*.ipynb"))
OPENED = Path(__file__).with_name("run_notebook.js").read_text(encoding="utf-8")
mark = pytest.mark
pytestmark = [mark.browser, mark.long, mark.slow, mark.xdist_group("lab")]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A copy of what an analyst works in, with a home of its own: nothing may be left in it."""
    root = tmp_path_factory.mktemp("workspace")
    ignored = shutil.ignore_patterns("restricted", ".ipynb_checkpoints")
    for name in ("notebooks", "data", "tests/zedland"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copytree(root / "notebooks", root / "committed")
    (root / "outputs").mkdir()
    (root / "home").mkdir()
    return root


@contextmanager
def served(workspace, module, *options):
    """Run one of the desk's servers on a free port, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"HOME": str(workspace / "home"), "PYTHONPATH": str(ROOT / "src")}
    others = ("JUPYTER", "IPYTHON")
    environment = {n: v for n, v in os.environ.items() if not n.startswith(others)} | own
    log = workspace / f"{module}.log"
    command = [sys.executable, "-m", module, "--no-browser", f"--port={port}", *options]
    with log.open("w") as out:
        pipes = {"stdout": out, "stderr": out, "start_new_session": True}
        process = subprocess.Popen(command, cwd=workspace, env=environment, **pipes)
    with socket.socket() as client:
        while client.connect_ex(("127.0.0.1", port)):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def lab(workspace):
    options = "--IdentityProvider.token=desk", "--LabApp.expose_app_in_browser=True"
    with served(workspace, "cop.explore.lab", *options) as address:
        yield address


@pytest.fixture(scope="module")
def desk(browser, lab):
    """JupyterLab as it opens, explore.ipynb run; requests and errors of the console are kept."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    page = context.new_page()
    page.requests, page.problems = [], []
    page.on("request", lambda r: page.requests.append(r.url))
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.goto(f"{lab}/?token=desk")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.opened_at = page.url
    page.cells = page.evaluate(OPENED, "desk/explore.ipynb")
    page.wait_for_selector(".cop-desk textarea")
    yield page
    context.close()


def test_lab_opens_explore_which_runs_without_an_error_and_asks_no_network(desk, lab, workspace):
    assert desk.opened_at.startswith(f"{lab}/lab/tree/desk/explore.ipynb")
    names = desk.locator(".jp-DirListing-itemText").all_text_contents()
    assert {*NOTEBOOKS, "explore.ipynb"} <= set(names)
    assert [c["errors"] for c in desk.cells if "error" in c["kinds"]] == []
    assert all(c["ran"] for c in desk.cells)
    assert desk.locator(".cop-desk .dt-container").count() >= 6
    assert desk.locator(".cop-desk figure.chart").count() >= 3
    log = (workspace / "cop.explore.lab.log").read_text()
    assert "DeprecationWarning" not in log and "[I " not in log
    local = (lab, lab.replace("http", "ws"), "data:", "blob:")
    assert [url[:100] for url in desk.requests if not url.startswith(local)] == []
    assert desk.problems == []


def test_the_launcher_has_an_entry_per_country_that_opens_it(desk, workspace):
    desk.evaluate("jupyterapp.commands.execute('launcher:create').then(() => null)")
    begun = {p.parent.name for p in (workspace / "data" / "research").glob("*/editions.csv")}
    cards = desk.locator(".jp-LauncherCard[data-category='Countries']")
    cards.first.wait_for()
    assert cards.count() == len(begun)
    cards.get_by_text("Georgia", exact=True).click()
    desk.wait_for_function(
        "document.querySelector('.cover h1')?.textContent.includes('Georgia')", timeout=30_000
    )
    assert (workspace / "outputs" / "explore" / "country.txt").read_text(encoding="utf-8") == "GEO"


def test_saving_leaves_the_notebook_and_own_settings_as_they_were(desk, workspace):
    desk.evaluate(OPENED, "desk/explore.ipynb")
    desk.evaluate("jupyterapp.shell.currentWidget.context.save()")
    saved = json.loads((workspace / "desk" / "explore.ipynb").read_text(encoding="utf-8"))
    assert any(cell.get("outputs") for cell in saved["cells"])
    before = (workspace / "committed" / "explore.ipynb").read_bytes()
    assert (workspace / "notebooks" / "explore.ipynb").read_bytes() == before
    names = [p.name for p in (workspace / "home").rglob("*")]
    assert not [name for name in names if "jupyter" in name or "ipython" in name]
    assert (workspace / "outputs" / ".lab").is_dir()
    git = ["git", "check-ignore", "-q"]
    assert subprocess.run([*git, "desk/explore.ipynb"], cwd=ROOT).returncode == 0
    assert subprocess.run([*git, "notebooks/explore.ipynb"], cwd=ROOT).returncode == 1


@pytest.fixture(scope="module")
def site(workspace):
    with served(workspace, "cop.explore.site") as address:
        yield address


@pytest.fixture(scope="module")
def reader(browser, site):
    """The site as a reader opens it, on Ukraine."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.requests = []
    page.on("request", lambda r: page.requests.append(r.url))
    page.goto(site)
    page.wait_for_selector(".cop-desk .dt-container", timeout=60_000)
    picker = page.locator(".cop-desk select").first
    picker.select_option(label="Ukraine (UKR), edition 2026")
    page.locator(".cop-desk .cover h1:has-text('Ukraine')").wait_for()
    page.wait_for_timeout(1500)
    yield page
    context.close()


def test_site_shows_the_views_of_the_country_and_neither_code_nor_form(reader, site, workspace):
    assert "Ukraine" in reader.locator(".cop-desk .cover h1").text_content()
    assert reader.locator(".cop-desk .dt-container").count() >= 6
    assert "desk.interact" not in reader.content()
    assert reader.locator("textarea").count() == 0 and "Add what you found" not in reader.content()
    assert [u for u in reader.requests if not u.startswith((site, "data:", "blob:"))] == []
    log = (workspace / "cop.explore.site.log").read_text()
    assert "http://127.0.0.1" in log and "DeprecationWarning" not in log
    picker = reader.locator(".cop-desk select").first
    picker.select_option(label="France (FRA)")
    reader.locator("text=France has no assessment").first.wait_for()
    picker.select_option(label="Ukraine (UKR), edition 2026")
    reader.locator(".cop-desk .cover h1:has-text('Ukraine')").wait_for()


def test_site_writes_nothing_and_serves_no_file(reader, site):
    for path in ("files/explore.ipynb", "files/country.txt", "render/1-desktop-research.ipynb"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{site}/voila/{path}")


def test_site_runs_no_code_of_a_reader(reader, workspace):
    """The same socket answers what a widget asks, so that it is the code that is refused."""
    script = Path(__file__).with_name("run_code.js").read_text(encoding="utf-8")
    answers = reader.evaluate(script, "open('../outputs/reader.txt', 'w').write('here')")
    assert "comm_info_reply" in answers
    assert "execute_reply" not in answers and not (workspace / "outputs" / "reader.txt").exists()


def test_axe_finds_no_serious_barrier_on_the_site_and_nothing_leaves_a_narrow_window(reader):
    for width in (1200, 390):
        reader.set_viewport_size({"width": width, "height": 900})
        reader.wait_for_timeout(300)
        found = Axe().run(reader, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"][:150]) for v in serious] == []
        boxes = reader.locator(".cop-desk svg.drawn").all()
        edges = [box.bounding_box() for box in boxes]
        outside = [edge for edge in edges if edge["x"] < 0 or edge["x"] + edge["width"] > width]
        assert len(edges) >= 4 and not outside
