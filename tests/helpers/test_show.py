"""A figure and a table with their texts, else refused in one sentence; cells of earlier stages."""

import json
import re

import pandas as pd
import pytest
from conftest import ROOT
from lxml import html
from matplotlib import pyplot as plt
from nbformat import v4

from cop.report import page, render
from helpers import show

TEXTS = {
    "title": "Use <b>grew</b>", "subtitle": "% of people, Zedland", "source": "ITU, 2024",
    "alt": "A line that rises from year to year",
}  # fmt: skip
STAGE = "4-ict-statistics"


def axes():
    return plt.subplots()[1]


@pytest.mark.parametrize("missing", TEXTS)
def test_a_figure_without_a_text_is_refused_and_the_text_is_named(missing):
    with pytest.raises(ValueError, match=f"a figure needs a {missing}"):
        show.figure(axes(), **TEXTS | {missing: " "})


def test_a_figure_has_its_texts_escaped_and_is_not_shown_again_by_pyplot():
    plt.close("all")  # those of other tests
    shown = show.figure(axes(), **TEXTS, data=pd.DataFrame({"year": [2020], "value": [1]}))
    tree = html.fragment_fromstring(shown)
    assert "Use <b>grew</b>" in tree.find("figcaption").text_content() and tree.find(".//b") is None
    assert tree.xpath("string(.//svg/desc)") == TEXTS["alt"]
    assert not tree.find_class("basis") and tree.xpath(".//a[@download]")
    assert not plt.get_fignums()
    assert show.figure(axes(), nothing="no row") == "no row"


def test_a_table_has_a_caption_its_named_index_and_years_without_a_mark():
    counts = pd.Series([105117, 2020], pd.Index([2019, 2020], name="year"), name="reports")
    tree = html.fragment_fromstring(show.table(counts, "Reports", "A note.", "NCMEC, 2024"),
                                    create_parent="div")  # fmt: skip
    assert [cell.text_content() for cell in tree.xpath(".//tbody//*[@scope or @role='cell']")] == [
        "2019", "105,117", "2020", "2,020",
    ]  # fmt: skip
    assert tree.xpath("string(.//p[@class='note'])") == "A note. Source: NCMEC, 2024."
    with pytest.raises(ValueError, match="a table needs a caption"):
        show.table(counts, " ")


def shows(value, cell_id):
    data = {"text/html": str(value), "text/plain": repr(page.Html(value))}
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell("x", outputs=[output], id=cell_id)


def test_the_assessment_shows_cells_of_earlier_stages_by_their_ids_without_headings():
    stage = v4.new_notebook(cells=[
        v4.new_markdown_cell("## A heading\n\nWhat comes:", id="lead"),
        shows(page.Html("Once computed."), "text"), shows(page.Html("Not asked for."), "other"),
    ])  # fmt: skip
    slots = shows(show.stage_cells(STAGE, "lead", "text"), "slots")
    body = render.body(v4.new_notebook(cells=[slots]), stages={STAGE: stage})
    main = html.document_fromstring(body).find("body/main")
    assert " ".join(main.text_content().split()) == "What comes: Once computed."
    unknown = v4.new_notebook(cells=[shows(show.stage_cells(STAGE, "gone"), "slots")])
    with pytest.raises(render.InvalidFile, match=f"cell gone of {STAGE}"):
        render.body(unknown, stages={STAGE: stage})


def test_every_cell_that_the_assessment_includes_is_shown_by_its_stage():
    books = {path.stem: json.loads(path.read_text(encoding="utf-8"))["cells"]
             for path in (ROOT / "notebooks").glob("[1-6]-*.ipynb")}  # fmt: skip
    cells = ("".join(cell["source"]) for cell in books.pop("6-country-assessment"))
    included = re.findall('"([0-9a-f]{8})"', "".join(c for c in cells if "show.stage_cells(" in c))
    shown = {cell["id"] for cells in books.values() for cell in cells
             if render.HIDDEN.isdisjoint(cell["metadata"].get("tags", []))}  # fmt: skip
    assert len(included) > 20 and set(included) <= shown
