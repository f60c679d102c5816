"""What an analyst adds to a notebook reaches the pages, by `cop run --notebooks`."""

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT, ZEDLAND, call, laid_out
from lxml import html
from nbformat import v4

from cop.cli import main
from cop.run import fingerprints, plan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]
EDITED = ("4-ict-statistics", "6-country-assessment")
CELLS = yaml.safe_load(Path(__file__).with_name("cells.yml").read_text(encoding="utf-8"))
FIGURE = "from matplotlib import pyplot as plt\nfigure, ax = plt.subplots()\nfigure"
FOUR_LINES, TITLED = CELLS["analyst"]["four lines"], CELLS["analyst"]["titled"]


def edited(folder, stage, *cells):
    """Write a copy of a stage's notebook with cells before its last chapter that begins "What"."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{stage}.ipynb", 4)
    at = max(n for n, c in enumerate(notebook.cells) if c.source.startswith("## What"))
    notebook.cells[at:at] = [v4.new_code_cell("from helpers import read, show"), *cells]
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / f"{stage}.ipynb")


def code(source, *tags):
    return v4.new_code_cell(source, metadata={"tags": [*tags]})


@pytest.fixture(scope="module")
def run(zedland):
    """Return a function that runs Zedland's edited stages and returns (status, {page: tree})."""

    def run(folder, notebooks, *more):
        laid_out(zedland, folder, "ZZZ")
        call = ["run", "ZZZ", "--data", str(ZEDLAND), "--outputs", str(folder)]
        status = main.main([*call, "--notebooks", str(notebooks), *more])
        paths = (folder / "ZZZ" / "pages").glob("*.html")
        return status, {path.stem: html.parse(path).getroot() for path in paths}

    return run


@pytest.fixture(scope="module")
def shown(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("show")
    lines = [code(FOUR_LINES, "report"), code("recent[['year', 'value']]")]
    lines += [code("recent", "analyst"), code(TITLED, "report"), code(FIGURE, "analyst")]
    edited(folder / "nb", EDITED[0], v4.new_markdown_cell("My own look, as a line:"), *lines)
    row = 'read("evidence", data, iso3)[["evidence_id", "statement"]].tail(60)'
    text = v4.new_markdown_cell("A word of mine <script>alert(1)</script>, all evidence:")
    edited(folder / "nb", EDITED[1], text, code(row))
    return folder, *run(folder / "out", folder / "nb")


def test_what_is_tagged_report_is_in_the_assessment_and_the_rest_in_the_annex(shown):
    _, status, pages = shown
    assert status == 0
    for name in ("cop-annex-ZZZ-4-ict-statistics", "cop-assessment-ZZZ"):
        [drawn] = pages[name].xpath("//div[@class='unlabelled']//svg")
        assert "own <line>" in drawn.text_content()
        assert "Not labelled yet" in drawn.getparent().getparent().text_content()
        [titled] = pages[name].xpath("//figure[contains(., 'use <b>grew</b>')]")
        assert titled.xpath(".//svg") and titled.xpath(".//a[@download]")
        visible = "".join(pages[name].xpath("//text()[not(ancestor::svg)]"))
        # It stands above the figure, also in the report, and is no later caption.
        assert visible.count("My own look, as a line") == 1
        assert drawn.findtext("{*}title") == "My own look, as a line"
    assert "Added by the analyst" in pages["cop-assessment-ZZZ"].text_content()


def test_a_figure_at_the_end_of_a_cell_is_displayed_once(shown):
    notebook = nbformat.read(shown[0] / "out/ZZZ/4-ict-statistics.ipynb", 4)
    [cell] = [cell for cell in notebook.cells if cell.source == FIGURE]
    assert len(cell.outputs) == 1


def test_the_saved_notebook_has_parameters_with_which_it_runs_again(shown):
    notebook = nbformat.read(shown[0] / "out/ZZZ/4-ict-statistics.ipynb", 4)
    [added] = [c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])]
    tables = Path(notebook.metadata.papermill.parameters.tables)
    assert tables.name == "desk" and f'tables = "{tables}"' in added.source
    assert (ROOT / "notebooks" / tables).resolve() == shown[0] / "out/ZZZ/desk"


def test_a_sentence_and_a_frame_of_verified_rows_are_in_the_report(shown):
    page = shown[2]["cop-assessment-ZZZ"]
    [caption] = [c for c in page.iter("caption") if "all evidence" in c.text_content()]
    assert page.text_content().count("all evidence") == 1
    assert max(len(td.text_content()) for td in caption.getparent().iter("td")) > 50  # uncut
    ids = {th.text_content() for th in caption.getparent().xpath(".//th[@scope='row']")}
    with (ZEDLAND / "research/ZZZ/evidence.csv").open(encoding="utf-8") as file:
        verified = {r["evidence_id"]: r["verified"] for r in csv.DictReader(file)}
    assert "no" in verified.values() and {verified[i] for i in ids} == {"yes"}
    assert not page.xpath("//script")


def test_strict_check_names_them_until_they_are_labelled(shown, capsys):
    words = ("check", "--data", ZEDLAND, "--outputs", shown[0] / "out")
    assert call(capsys, *words)[0] == 0
    status, out, _ = call(capsys, *words, "--strict")
    assert status == 2 and "ZZZ/4-ict-statistics.ipynb: unlabelled output in cell " in out


def test_another_countrys_ids_and_figures_are_refused_in_one_message(tmp_path, capsys, run):
    table = 'import pandas as pd\npd.DataFrame({"x": ["MDA-E04"]})'
    figure = TITLED.replace("{place.name}", "Moldova")
    sources = FOUR_LINES.rpartition("\n")[0], "print('as in MDA-E03')", table, figure
    edited(tmp_path / "nb", EDITED[0], *map(code, sources))
    assert run(tmp_path / "out", tmp_path / "nb")[0] == 1
    printed = capsys.readouterr().out
    assert "contains ids of other countries (MDA-E03, MDA-E04), which" in printed
    assert "does not mention Zedland" in printed


@pytest.mark.long
def test_a_kernel_makes_the_same_and_nothing_of_it_counts_as_up_to_date(tmp_path, run, shown):
    status, pages = run(tmp_path / "out", shown[0] / "nb", "--kernel")
    assert status == 0
    for name in ("cop-annex-ZZZ-4-ict-statistics", "cop-assessment-ZZZ"):
        text, ours = (page[name].find("body/main").text_content() for page in (pages, shown[2]))
        assert text == ours
    for table in (shown[0] / "out/ZZZ/tables").glob("*.csv"):
        assert (tmp_path / "out/ZZZ/tables" / table.name).read_bytes() == table.read_bytes()
    where = {"data": ZEDLAND, "outputs": tmp_path / "out", "notebooks": shown[0] / "nb"}
    job = plan.of_country("ZZZ", plan.Choice(**where))
    assert set(EDITED) <= set(fingerprints.reasons(job))


def test_without_the_copies_the_pages_are_as_before(tmp_path, capsys, shown):
    shutil.copytree(shown[0] / "out", tmp_path / "out")
    assert call(capsys, "run", "ZZZ", "--data", ZEDLAND, "--outputs", tmp_path / "out")[0] == 0
    page = tmp_path / "out" / "site" / "cop-annex-ZZZ-4-ict-statistics.html"
    assert "My own look" not in page.read_text(encoding="utf-8")
