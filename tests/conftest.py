"""Define fixtures and functions for several tests, such as runs of Zedland and eight countries."""

import warcio.capture_http  # noqa: F401, I001  it records only if it comes before requests

import gc
import os
import shutil
from collections import Counter
from pathlib import Path

import invented
import pytest
import services
from filelock import FileLock
from hypothesis import settings
from invented import copy_of_zedland

import cop.data
from cop.cli import main
from cop.data.places import Country
from cop.fieldwork import publish
from cop.report import catalogues

settings.register_profile("cop", deadline=None)  # time says how busy a machine is
settings.load_profile("cop")


ROOT = Path(__file__).resolve().parents[1]
DATA, ZEDLAND = ROOT / "data", ROOT / "tests" / "zedland"
EIGHT = ("ALB", "BIH", "GEO", "MDA", "MKD", "MNE", "SRB", "UKR")  # those of the study of 2020


def once(tmp_path_factory, name, make):
    """Return a folder that `make` fills once for all test processes, while the others wait.

    `make(folder)` returns 0 on success. Tests must not change the folder.
    """
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, status = root / f"once-{name}", root / f"once-{name}.status"
    with FileLock(root / f"once-{name}.lock"):
        if not status.exists():
            folder.mkdir()
            status.write_text("failed")
            status.write_text(str(make(folder)))
    assert status.read_text() == "0", f"{name} could not be made: {status.read_text()}"
    return folder


@pytest.fixture(scope="session")
def zedland(tmp_path_factory):
    """Return the outputs of a complete run of Zedland and its region."""
    words = ["run", "--all", "--data", str(ZEDLAND), "--outputs"]
    return once(tmp_path_factory, "zedland", lambda made: main.main([*words, str(made)]))


@pytest.fixture(scope="session")
def region(tmp_path_factory):
    """Return the outputs of a run of the eight real countries and their region."""

    def run(made):
        data = with_countries(tmp_path_factory.mktemp("data"), *EIGHT)
        return main.main(["run", "--all", "--data", str(data), "--outputs", str(made)])

    return once(tmp_path_factory, "region", run)


@pytest.fixture(scope="session")
def three(tmp_path_factory):
    """Return the outputs of a run of Albania, Georgia and Ukraine."""
    words = ["run", "ALB", "GEO", "UKR", "--data", str(DATA), "--outputs"]
    return once(tmp_path_factory, "three", lambda made: main.main([*words, str(made)]))


@pytest.fixture(scope="session")
def site(region):
    """Return the site of the eight real countries and their region."""
    return region / "site"


@pytest.fixture(scope="session")
def translated(zedland, tmp_path_factory):
    """Return the outputs of Zedland and its region in English and Ukrainian."""
    words = ["run", "--all", "--data", str(ZEDLAND), "--language", "en", "uk", "--outputs"]

    def run(made):
        laid_out(zedland, made)
        return main.main([*words, str(made)])

    return once(tmp_path_factory, "translated", run)


@pytest.fixture(scope="session")
def messages():
    """Return the template catalogue of all messages on pages."""
    return catalogues.template()


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """Return a copy of Zedland with an invented restricted store. Tests must not change it."""
    return invented.folder(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def come_and_gone_out(tmp_path_factory):
    """Return the folder of `invented.come_and_gone_out`. Tests must not change it."""
    return once(tmp_path_factory, "come-and-gone-out", invented.come_and_gone_out)


@pytest.fixture(scope="session")
def standing(filled):
    """Return the tables that can be published from that store. Tests must not change them."""
    return publish.publishable(filled, "ZZZ")


def laid_out(results, outputs, *keys):
    """Copy results, all or those in `keys`, to another outputs folder, without the site.

    A run of the same data then reuses the results that are up to date.
    """
    for key in keys or [path.parent.name for path in Path(results).glob("*/fingerprints.json")]:
        shutil.copytree(Path(results) / key, Path(outputs) / key)


def beside_its_base(folder):
    """Copy Zedland unchanged, with a symbolic link to data/ as its base, and return the copy.

    Results of Zedland are up to date for the copy until it is changed.
    """
    (Path(folder) / "data").symlink_to(DATA, target_is_directory=True)
    return shutil.copytree(ZEDLAND, Path(folder) / "tests" / "zedland")


@pytest.fixture
def world():
    """Return an invented World of figures and pages."""
    return services.World()


@pytest.fixture
def address(world):
    """Run the services of the World, and yield their address."""
    with services.running(world) as base:
        yield base


@pytest.fixture
def place(tmp_path):
    """Return the Country of Zedland, with a tables folder that does not exist yet."""
    return Country("ZZZ", "Zedland", str(ZEDLAND), str(tmp_path / "tables"), "2026")


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland's data, without errors, that tests may change."""
    return copy_of_zedland(tmp_path)


@pytest.fixture
def replace_table(monkeypatch):
    """Return a function that replaces a table for `cop.data.read` by a frame, or changes it."""

    def replace(table, rows):
        read = cop.data.read

        def changed(name, *where):
            if name != table:
                return read(name, *where)
            return rows(read(name, *where)) if callable(rows) else rows

        monkeypatch.setattr(cop.data, "read", changed)

    return replace


def with_countries(folder, *iso3):
    """Copy data/ to a folder, with editions.csv only for these countries, and return the copy."""
    copy = Path(folder) / "data"
    shutil.copytree(DATA, copy, ignore=shutil.ignore_patterns("restricted"))
    for edition in (copy / "research").glob("*/editions.csv"):
        if edition.parent.name not in iso3:
            edition.unlink()
    return copy


def one_in(number, cases):
    """Return the cases of a test as parameters; all but one in `number` are marked `slow`."""
    cases = (case if isinstance(case, tuple) else (case,) for case in cases)
    slow = [pytest.mark.slow]
    return [pytest.param(*case, marks=slow if n % number else []) for n, case in enumerate(cases)]


def call(capsys, *words):
    """Run a `cop` command and return (exit status, standard output, standard error)."""
    status = main.main([str(w) for w in words])
    return status, *capsys.readouterr()


def chromium():
    """Return the path of Chromium. Without it, the test is skipped, or fails if CI is set."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    missing("There is no Chromium on this computer.")


@pytest.fixture(scope="module")
def browser():
    """Yield a browser for one module, since its event loop would disturb notebooks in others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.hookimpl(tryfirst=True)  # pytest-xdist writes the groups into the names afterwards
def pytest_collection_modifyitems(items):
    """Put the tests of a file without a group in one group, and run slow groups first."""
    slow = Counter()
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
        slow[group(item)] += bool(item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[group(item)])  # otherwise, processes wait for one at the end


def group(item):
    """Return the group of a test; its tests run one after the other in the same process."""
    return item.get_closest_marker("xdist_group").args[0]


def pytest_collection_finish():
    """Let Python look for garbage only in what the tests make, not in thousands of tests."""
    gc.freeze()


def pytest_addoption(parser):
    parser.addoption("--renew", action="store_true", help="write expected tables and texts anew")
