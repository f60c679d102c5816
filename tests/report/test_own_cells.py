"""What a cell of one's own shows: in no page as it is, and the run says so."""

import pandas as pd
import pytest
from conftest import ZEDLAND
from IPython.core.formatters import DisplayFormatter
from nbformat import v4

from cop.report import page, render
from cop.run import plan, steps
from cop.run.scheduler import Run, Settings
from cop.run.site import Site
from cop.run.steps import Outcome

SHOWN = page.say("In the house style.")


def cell(html=None, tags=(), **data):
    data = {"text/html": html} if html else data
    output = v4.new_output("display_data", data={"text/plain": "x"} | data)
    made = v4.new_code_cell("x", outputs=[output])
    made.metadata["tags"] = [*tags]
    return made


def ours():
    return cell(**{"text/html": str(SHOWN), "text/plain": repr(SHOWN)})


FRAME = "<table class='dataframe'><tr><td>&lt;NA&gt;</td></tr></table>"
PICTURE = {"image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize("own", [cell(FRAME), cell(**PICTURE), cell(**{"image/svg+xml": "<svg/>"})])
def test_what_was_not_shown_by_the_house_is_in_no_page_and_is_named(own):
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# x"), ours(), own])
    body = render.body(notebook)
    assert "In the house style." in body
    assert not any(sign in body for sign in ("dataframe", "<img", "<svg"))
    assert render.left_out(notebook) == [3]


def test_cells_that_stay_in_the_notebook_are_not_named():
    assert render.left_out(v4.new_notebook(cells=[cell(FRAME, ["analyst"]), ours()])) == []


def test_a_notebook_holds_the_frames_that_it_shows_once(monkeypatch):
    """As HTML; a shell in a terminal, which shows text alone, goes on writing them out."""
    told = {}
    names = {"notebook": "NotebookShell", "terminal": "TerminalInteractiveShell"}
    for kind, name in names.items():
        shell = type(name, (), {"display_formatter": DisplayFormatter()})()
        monkeypatch.setattr("IPython.get_ipython", lambda shell=shell: shell)
        page.hold_frames_once()
        told[kind], _ = shell.display_formatter.format(pd.DataFrame({"a": [1, 2], "b": "word"}))
    assert told["notebook"]["text/plain"] == "<2 rows x 2 columns>"
    assert "word" in told["terminal"]["text/plain"]
    assert told["notebook"]["text/html"] == told["terminal"]["text/html"]
    assert "word" in told["notebook"]["text/html"]


LONG = ["x\ty\r\n  z&<>\"'  " + "w" * 60, None, "", " a  b ", "\u00e9" * 49, "e" * 50, "\t" * 30]
FRAMES = {
    "unusual text": pd.DataFrame({"a": LONG, "b": range(7)}),
    "numbers and none": pd.DataFrame({"a": pd.array([1, None, -5], "Int64"), "b": [10**12, -3, 0]}),
    "floats": pd.DataFrame({"a": [1.5, None], "b": pd.array([1e9, 0.25], "Float64")}),
    "other kinds": pd.DataFrame({"a": [[1, "<"], None], "b": [True, False], "c": [b"x", 2.5]}),
    "days": pd.DataFrame({"a": pd.to_datetime(["2026-11-26", None]), "b": ["x", "y"]}),
    "kinds": pd.DataFrame(
        {"a": pd.Categorical(["x", None]), "b": pd.array([True, None], "boolean")}
    ),
    "no float": pd.DataFrame({"a": pd.Series([], dtype="float64")}),
    "long": pd.DataFrame({"a": [i / 7 for i in range(99)], "b": LONG[3]}, index=range(99, 0, -1)),
    "long, of some": pd.DataFrame({"a": range(200), "b": "x"}).query("a % 3 == 0"),
    "no row": pd.DataFrame({"a": pd.Series([], dtype="str"), "b": pd.Series([], dtype="Int64")}),
    "nothing": pd.DataFrame(),
    "no column": pd.DataFrame(index=range(3)),
    "sixty rows": pd.DataFrame({"a": range(60)}),
    "more rows": pd.DataFrame({"a": range(61)}),
    "twenty columns": pd.DataFrame({f"c{i}": ["x"] for i in range(20)}),
    "more columns": pd.DataFrame({f"c{i}": ["x"] for i in range(21)}),
    "rows left out": pd.DataFrame({"a": ["x", "y", "z"]}).iloc[::-2],
    "another index": pd.DataFrame({"a": ["x", "y", "z"]}, index=["k", "l", "m"]),
    "a named index": pd.DataFrame({"a": ["x"]}).rename_axis("k"),
    "named columns": pd.DataFrame({"a": ["x"]}).rename_axis(columns="k"),
    "words for names": pd.DataFrame({"a  b\t": ["x"], 0: ["y"], "<b>": ["z"]}),
    "one name twice": pd.DataFrame([["x", "y"]], columns=["a", "a"]),
    "levels": pd.DataFrame({("a", "b"): ["x"], ("a", "c"): [1]}),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_notebook_holds_a_frame_as_pandas_writes_it(name):
    with pd.option_context("display.max_columns", 20):  # as it is in a kernel
        assert page.in_html(FRAMES[name]) == FRAMES[name]._repr_html_()


def test_a_notebook_holds_a_frame_as_its_analyst_has_set_it(monkeypatch):
    frame = FRAMES["unusual text"]
    with pd.option_context("display.max_columns", 20, "display.max_colwidth", 8):
        assert page.in_html(frame) == frame._repr_html_()
    with pd.option_context("display.max_columns", 20, "display.html.border", 0):
        assert page.in_html(frame) == frame._repr_html_()
    monkeypatch.setattr(pd.DataFrame, "_repr_html_", lambda frame: "<p>otherwise</p>")
    with pd.option_context("display.max_columns", 20):
        assert page.in_html(frame) == "<p>otherwise</p>"


def test_the_run_prints_it_below_the_line_of_the_country(capsys, tmp_path):
    """Cells are counted as JupyterLab shows them: without the one that papermill adds."""
    assert steps.left_out_warning([]) == ""
    message = steps.left_out_warning([4, 8])
    assert message.startswith("what cells 3, 7 show is not in the page")
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path, edition="2026"))
    run = Run(Settings(1), Site(tmp_path, ZEDLAND))
    run.outcomes[job] = [Outcome("ZZZ", "1-desktop-research", "ok", 0.1, message=message)]
    run.print_summary("en")
    assert f"1-desktop-research: {message}" in capsys.readouterr().out
