"""What an ordinary cell shows is in the page: escaped, and marked where it has no texts."""

import shutil
import subprocess
import sys
from contextlib import nullcontext
from html import escape

import pagetext
import pandas as pd
import pytest
from cases import by_rule
from conftest import ROOT, ZEDLAND
from invented import copy_of_zedland
from lxml import html
from nbformat import v4

import cop.data
from cop.data import UserError
from cop.report import exporter, outputs, page, render
from cop.report.render import InvalidFile
from cop.run import plan
from cop.run.scheduler import Run, Settings
from cop.run.site import Site
from cop.run.steps import Outcome

EXPORTER = "cop.report.exporter.PageExporter"  # also `cop`, once the project is installed
SHOWN = page.Html("<p>In the house style.</p>")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
NOTE = '<p class="note names" data-iso3="ZZZ" data-listed="Outer Isles">Kept.</p>'
COVER = '<section class="cover" data-edition="1" data-status="draft"><h1>A</h1></section>'
SOURCES = '<ul class="sources"><li id="ZZZ-S01">Kept.</li></ul>'
PICTURE = {"image/png": "iVBORw0KGgo="}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5" onload="alert(1)">'
    "<script>alert(1)</script><text>in the picture</text></svg>"
)


def cell(*tags, **data):
    output = v4.new_output("execute_result", data={"text/plain": "x"} | data, execution_count=1)
    return v4.new_code_cell("x", outputs=[output], metadata={"tags": [*tags]})


def frame(value, *tags):
    return cell(*tags, **{"text/html": value._repr_html_()})


def ours(shown=SHOWN):
    return cell(**{"text/html": str(shown), "text/plain": repr(shown)})


def body(*cells, **more):
    notebook = v4.new_notebook(cells=[*cells])
    return html.document_fromstring(exporter.exporter().content(notebook, "", **more)).find("body")


def exported(*cells):
    """Return the page of a notebook with these cells."""
    notebook = v4.new_notebook(cells=[*cells])
    notebook.metadata["papermill"] = {"parameters": {"iso3": "ZZZ", "language": "en"}}
    about = {"metadata": {"name": "1-desktop-research"}, "date": "2026-11-30"}
    text, _ = exporter.exporter().from_notebook_node(notebook, about)
    return html.document_fromstring(text)


def texts(tree, path):
    return [" ".join(part.text_content().split()) for part in tree.xpath(path)]


def test_ordinary_cells_are_shown_as_agreed(request):
    text = "# x\n\nOne sentence. Shares of *all* (in %), by **year**:"
    shares = pd.DataFrame({"year": [2019, 2020], "share": [1.5, None], "text": ["a", ""]})
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 2)], names=["k", "l"])
    streams = [v4.new_output("stream", name=n, text=f"<{n}>") for n in ("stdout", "stderr")]
    pages = [
        body(v4.new_markdown_cell(text), frame(shares)),  # the sentence is the caption
        body(frame(pd.DataFrame({("a", "b"): [1.0, 2.0]}, index=index))),
        body(frame(pd.DataFrame({"a": range(100)}))),  # which pandas shortens
        body(v4.new_code_cell("x", outputs=streams)),  # errors go to the log
    ]
    assert texts(pages[0], "//td[@class='number']/@data-label/..") == ["1.5", "no data"]
    printed = pages[-1].text_content()
    assert "<stdout>" in printed and "<stderr>" not in printed, "what goes to stderr is not shown"
    shown = "".join(f"{line}\n" for page in pages for line in pagetext.lines(page))
    pagetext.compare(request, ROOT / "tests/expected/cells", {"ordinary": shown})


def test_progress_in_a_single_line_ends_as_in_a_terminal():
    steps = v4.new_output("stream", name="stdout", text="".join(f"{n} of 5\r" for n in range(6)))
    assert texts(body(v4.new_code_cell("x", outputs=[steps])), "//pre") == ["5 of 5"]


@pytest.mark.parametrize("value", [pd.DataFrame({HOSTILE: [HOSTILE]}), pd.DataFrame()])
def test_text_in_a_frame_is_escaped(value):
    tree = body(frame(value))
    assert not tree.xpath("//script | //img | //@onerror")
    assert (HOSTILE in tree.text_content()) is not value.empty


def test_a_frame_without_rows_says_nothing_about_the_text_above_it():
    text = v4.new_markdown_cell("Fixed broadband subscriptions:")
    empty = pd.DataFrame({"a": [1]}).query("a > 1")
    shown = body(text, frame(empty)).text_content()
    assert "A table without rows (cell 2)." in shown and "nothing is recorded" not in shown


@by_rule(
    "value, cells",
    ("a series without a name has a heading", pd.Series([1.5]), "value 1.5"),
    ("headings of two levels are one", pd.DataFrame({("a", "b"): [1.5]}), "a b 1.5"),
    ("an index of texts has no heading", pd.Series([1.5], ["x"]), " value x 1.5"),
    ("a series has its name as heading", pd.Series([1.5], name="s"), "s 1.5"),
    ("an index has its name as heading", pd.Series([1.5], pd.Index(["x"], name="n")),
     "n value x 1.5"),
    ("true is a word", pd.Series([True]), "value True"),
)  # fmt: skip
def test_a_frame_is_a_table(value, cells):
    tree = html.fragment_fromstring(str(outputs.table(value, "T")), create_parent=True)
    assert " ".join(texts(tree, "//th | //td")) == cells


@by_rule(
    "value, cells",
    ("an index of numbers is left out", pd.DataFrame({"a": ["x"]}, [7]), "a x"),
    ("an index of texts stays", pd.DataFrame({"a": ["x"]}, ["k"]), " a k x"),
    ("a named index of numbers stays",
     pd.DataFrame({"a": ["x"]}, pd.Index([7], name="n")), "n a 7 x"),
)  # fmt: skip
def test_the_index_of_a_shown_frame(value, cells):
    assert " ".join(texts(body(frame(value)), "//th | //td")) == cells


def test_the_text_above_is_the_caption_of_the_first_output_only():
    text, rows = v4.new_markdown_cell("Shares by year:"), pd.DataFrame({"a": [1]})
    captions = body(text, frame(rows), frame(rows)).xpath("//caption/text()")
    assert captions == ["Shares by year", "Table without a caption (cell 3)"]


@pytest.mark.parametrize(("text", "stays"), [("My own note.", True), ("Shares by year:", False)])
def test_a_text_stays_above_its_frame_unless_it_ends_in_a_colon(text, stays):
    cover = ours(page.Html('<section class="cover" data-edition="1" data-status="x"><h1>A</h1>'))
    page_of = exported(cover, v4.new_markdown_cell(text), frame(pd.DataFrame({"a": [1]})))
    assert (text in page_of.xpath("//main//p/text()")) is stays


@pytest.mark.parametrize("kind", ["text/markdown", "text/html", "text/plain"])
def test_what_is_displayed_runs_no_script(kind):
    text = v4.new_markdown_cell(HOSTILE + " [x](javascript:alert(1))")
    link = '<a href="javascript:alert(1)" onclick="x">y</a>'
    tree = body(text, cell(**{kind: HOSTILE + link}))
    assert not tree.xpath("//script | //img | //@onerror | //@onclick")
    assert not tree.xpath("//@href[contains(., 'javascript')]")


def test_a_picture_is_in_the_page_once_without_scripts_and_the_value_of_its_call_is_not():
    picture = cell(**{"image/svg+xml": SVG})
    picture.outputs += [picture.outputs[0], *cell(**{"text/plain": "<Axes: >"}).outputs]
    tree = body(picture)
    assert texts(tree, "//svg/text") == ["in the picture"]
    assert not tree.xpath("//script | //@onload") and "Axes" not in tree.text_content()
    assert texts(body(cell(**{"text/plain": "5"})), "//pre") == ["5"], "without one it is"
    note = "Not labelled yet: show.figure adds title, source and description."
    assert note in tree.text_content()
    assert body(cell(**PICTURE)).xpath("//img[starts-with(@src, 'data:image/png')]/@alt")


def test_the_last_sentence_above_a_picture_describes_it_otherwise_its_cell_is_named():
    text = v4.new_markdown_cell("A first sentence. Users by year:")
    [above] = body(text, cell(**PICTURE)).xpath("//img/@alt")
    [alone] = body(cell(**PICTURE)).xpath("//img/@alt")
    assert (above, alone) == ("Users by year", "A figure without a description yet (cell 1)")


def test_a_styled_frame_is_a_table_like_any_other_and_unlabelled():
    shares = pd.DataFrame({"iso3": ["UKR", "MDA"], "share": [1.5, None]})
    plain, styled = body(frame(shares)), body(frame(shares.style.format(precision=1)))
    assert html.tostring(plain) == html.tostring(styled)
    assert exporter.unlabelled(v4.new_notebook(cells=[frame(shares.style)])) == ["1 (`x`)"]


def test_each_figure_and_table_has_an_address_and_keeps_its_own():
    figure = "<figure%s><figcaption>A figure</figcaption></figure>"
    table, taken = "<table><caption>A table</caption></table>", '<p id="table-2">Taken</p>'
    shown = [COVER, figure % "", figure % ' id="own"', table, taken, table]
    ids = exported(ours(page.Html("".join(shown)))).xpath("//figure/@id | //table/@id")
    assert ids == ["figure-1", "own", "table-1"]


def test_chapters_are_numbered_and_sections_within_their_chapter():
    text = v4.new_markdown_cell("# X\n\n## A\n\n### B\n\n### C\n\n## D\n\n### E")
    tree = exported(ours(page.Html(COVER)), text)
    numbers = texts(tree, "//span[@class='number-of-heading']")
    assert numbers == ["1", "1.1", "1.2", "2", "2.1"]
    assert texts(tree, "//h1") == ["A"], "the title is that of the cover, and no other"


@by_rule(
    "chapters, before",
    ("before the second chapter of a page that begins with a bottom line",
     "## A\n\nOne.\n\n## B\n\nTwo.", "b"),
    ("before the first if there is only one", "## A\n\nOne.", "a"),
)  # fmt: skip
def test_the_list_of_contents_stands(chapters, before):
    line = ours(page.Html('<p class="bottom-line">In short.</p>'))
    tree = exported(ours(page.Html(COVER)), line, v4.new_markdown_cell(chapters))
    [contents] = tree.xpath("//main/*[contains(@class, 'contents')]")
    assert contents.xpath("string(following::h2[1]/@id)") == before


def test_the_id_of_a_heading_is_of_its_words_and_its_number_if_it_has_none_of_its_own():
    text = v4.new_markdown_cell("## A plan\n\n### A plan\n\n## Ї\n\n### Law")
    ids = exported(ours(page.Html(COVER)), text).xpath("//h2/@id | //h3/@id")
    assert ids == ["a-plan", "a-plan-1-1", "s-2", "law"]


def test_cells_that_stay_in_the_notebook_are_in_no_page_and_others_are_numbered_as_in_jupyterlab():
    secret = pd.DataFrame({"a": ["secret"]})
    cells = [frame(secret, tag) for tag in ("analyst", "check", "parameters")]
    assert "secret" not in body(*cells).text_content()
    assert exporter.unlabelled(v4.new_notebook(cells=[*cells, ours(), cell()])) == []
    cells = [cell("injected-parameters"), ours(), frame(secret), cell(**PICTURE)]
    assert exporter.unlabelled(v4.new_notebook(cells=cells)) == ["2 (`x`)", "3 (`x`)"]


def test_the_assessment_shows_what_is_tagged_report_where_its_slot_is():
    slot = ours(page.Html('<div data-added="4-ict-statistics"></div>'))
    text = v4.new_markdown_cell("Words.", metadata={"tags": ["report"]})
    kept = frame(pd.DataFrame({"a": ["kept"]}), "report")
    stage = v4.new_notebook(cells=[text, kept, frame(pd.DataFrame({"a": ["left"]}))])
    shown = body(slot, stages={"4-ict-statistics": stage})
    assert texts(shown, "//h3") == ["Added by the analyst"]
    assert "Words." in shown.text_content() and "kept" in shown.text_content()
    assert "left" not in shown.text_content()
    first, second = cell(**{"text/plain": "One"}), cell(**{"text/plain": "Two"})
    form = '<div data-stage="4-ict" data-cell="{}">A cell.</div>'
    selected = ours(page.Html(form.format(first.id) + form.format(second.id)))
    found = body(selected, stages={"4-ict": v4.new_notebook(cells=[first, second])})
    assert texts(found, "//pre") == ["One", "Two"], "cells that a notebook selects are there"
    cells = [v4.new_markdown_cell("Shares by year:"), cell("report", **PICTURE)]
    drawn = body(slot, stages={"4-ict-statistics": v4.new_notebook(cells=cells)})
    assert "Shares by year." in texts(drawn, "//p"), "the sentence before a figure introduces it"
    tabled = body(slot, stages={"4-ict-statistics": v4.new_notebook(cells=[cells[0], kept])})
    assert "Shares by year." not in texts(tabled, "//p"), "it is the caption of a table"
    empty = body(slot, stages={"4-ict-statistics": v4.new_notebook()})
    assert "Added by the analyst" not in empty.text_content()


@pytest.mark.parametrize("stages", [{"4-ict-statistics": v4.new_notebook()}, {}])
def test_a_cell_of_a_stage_that_does_not_exist_is_refused(stages):
    slot = ours(
        page.Html('<div data-stage="4-ict" data-cell="a">In the page: cell a of 4-ict.</div>')
    )
    with pytest.raises(InvalidFile, match="4-ict.ipynb has no visible output of cell 'a'"):
        body(slot, stages=stages)


def test_the_run_prints_it_below_the_line_of_the_country(capsys, tmp_path):
    assert exporter.unlabelled_warning(v4.new_notebook()) == ""
    cells = [frame(pd.DataFrame({"a": ["b"]})), ours(), cell(**PICTURE)]
    message = exporter.unlabelled_warning(v4.new_notebook(cells=cells))
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path))
    run = Run(Settings(1), Site(tmp_path, ZEDLAND))
    run.outcomes[job] = [Outcome("1-desktop-research", "ok", message)]
    run.print_summary("en")
    printed = capsys.readouterr().out
    assert "1-desktop-research.ipynb: unlabelled output in cell 1 (`x`), 3 (`x`)" in printed


@pytest.mark.slow
def test_jupyter_nbconvert_makes_the_page_of_a_run(zedland, tmp_path):
    stage = zedland / "ZZZ" / "6-country-assessment.ipynb"
    line = [sys.executable, "-m", "jupyter", "nbconvert", "--to", EXPORTER, stage]
    subprocess.run([*line, "--output-dir", tmp_path], check=True, capture_output=True)
    made = (tmp_path / "6-country-assessment.html").read_text(encoding="utf-8")
    assert made == (zedland / "ZZZ" / "pages" / "cop-assessment-ZZZ.html").read_text("utf-8")


def test_a_notebook_without_a_cover_is_not_exported():
    notebook = v4.new_notebook(metadata={"papermill": {"parameters": {"language": "en"}}})
    with pytest.raises(InvalidFile, match=r"no cover: end a cell with `countries.cover\(place\)`"):
        exporter.exporter().from_notebook_node(notebook, {"metadata": {"name": "x"}})


def test_a_notebook_without_parameters_is_not_exported():
    with pytest.raises(UserError, match="x.ipynb was not executed by papermill: execute it"):
        exporter.exporter().from_notebook_node(v4.new_notebook(), {"metadata": {"name": "x"}})


@pytest.mark.parametrize(
    ("rule", "body", "is_refused"),
    [
        ("each id is of one part", '<p id="a">A</p><p id="b">B</p>', False),
        ("and of no second one", '<p id="a">A</p><p id="a">B</p>', True),
        ("a link leads to an id", '<p id="a"><a href="#a">A</a></p>', False),
        ("and not nowhere", '<p><a href="#a">A</a></p>', True),
        ("a place without an address is no link", '<p id="a"><a>A</a></p>', False),
        ("twenty letters describe an image", f'<img src="data:x" alt="{"x" * 20}">', False),
        ("nineteen do not", f'<img src="data:x" alt="{"x" * 19}">', True),
        ("an image without a text is not described", '<img src="data:x">', True),
        ("a drawing has its own text", f"<figure><desc>{'x' * 20}</desc></figure>", False),
    ],
)
def test_ids_links_and_images_of_a_page(rule, body, is_refused):
    tree = html.document_fromstring(f"<body><main>{body}</main></body>")
    with pytest.raises(InvalidFile) if is_refused else nullcontext():
        render.set_links(tree, "cop-assessment-ZZZ.html")


@pytest.mark.parametrize(("number", "more"), [(10, ""), (12, "; and 2 more")])
def test_ten_errors_of_a_page_are_listed_and_the_others_counted(number, more):
    links = "".join(f'<a href="#{at}">A</a>' for at in range(number))
    tree = html.document_fromstring(f"<main>{links}</main>")
    with pytest.raises(InvalidFile, match=f"or remove the link{more}$") as refused:
        render.set_links(tree, "cop-assessment-ZZZ.html")
    assert str(refused.value).count("has no target") == 10


@pytest.mark.parametrize(("anchor", "fix"), [("ZZZ-S99", "verify the row, "), ("a", "")])
def test_a_link_to_a_row_that_is_not_shown_may_need_its_verification(anchor, fix):
    tree = html.document_fromstring(f'<main><a href="#{anchor}">A</a></main>')
    error = f"the link #{anchor} has no target: correct the id, {fix}or remove the link"
    with pytest.raises(InvalidFile, match=error):
        render.set_links(tree, "cop-assessment-ZZZ.html")


@by_rule(
    "text, is_shown",
    ("a note on a name, where the page has the name", "<p>The Outer Isles.</p>" + NOTE, True),
    ("not below a longer note on the country",
     f'<p>The Outer Isles.</p><p class="territory" data-iso3="ZZZ">Longer.</p>{NOTE}', False),
    ("a source that the page cites", f'<p><a href="#ZZZ-S01">S01</a></p>{SOURCES}', True),
    ("not one that it does not cite", SOURCES, False),
)  # fmt: skip
def test_what_a_page_needs_stays(text, is_shown):
    tree = exported(ours(page.Html(COVER + text)))
    assert ("Kept." in tree.text_content()) == is_shown


def test_a_source_stays_with_the_numbers_of_its_rows_that_the_page_cites():
    sources = '<ul class="sources"><li id="ZZZ-S01" data-rows="ZZZ-E01 ZZZ-E02">Kept.</li></ul>'
    tree = exported(
        ours(page.Html(f'{COVER}<p id="ZZZ-E02"><a href="#ZZZ-E02">A</a></p>{sources}'))
    )
    assert "Kept. [E02]" in tree.text_content()


def test_a_row_with_two_texts_is_named_once(tmp_path):
    row = {"instrument_id": "ZZZ-L99", "title": "A title", "detail": "A detail", "verified": "no"}
    data = copy_of_zedland(tmp_path)
    path = data / cop.data.paths("instruments", data, "ZZZ")[0]
    path.write_bytes(cop.data.longer("instruments", [row], data, "ZZZ"))
    pages = {"x.html": "<td>A title</td><td>A detail</td>"}
    [message] = exporter.unverified(pages, tmp_path, data, "ZZZ")
    assert message.endswith(
        "with `cop verify ZZZ-L99 --quotation PASSAGE`, or leave it out (`helpers.read` omits such "
        "rows)"
    )


LONG = "A title of more than forty letters that is not verified"


@by_rule(
    "shown, key, is_named",
    ("the whole text of a cell", f"<td>{LONG}</td>", "ZZZ", True),
    ("the start of a cell", f"<td>{LONG[:44]}</td>", "ZZZ", True),
    ("the start of a line", f"<pre>First\n{LONG[:44]}</pre>", "ZZZ", True),
    ("a text in capitals", f"<td>{LONG.upper()}</td>", "ZZZ", True),
    ("not a text that is empty", "<td></td>", "ZZZ", False),
    ("in a synthesis only statements", f"<td>{LONG}</td>", "ZED", False),
    ("not a text of another country", f"<td>{LONG}</td>", "YYY", False),
    (
        "of a country that is not begun: statements of all countries",
        "<td>ZZZ-E18</td>",
        "XXX",
        True,
    ),
)
def test_a_row_that_is_not_verified_is_named(shown, key, is_named, tmp_path):
    row = {"instrument_id": "ZZZ-L99", "title": LONG, "detail": "", "verified": "no"}
    data = copy_of_zedland(tmp_path)
    path = data / cop.data.paths("instruments", data, "ZZZ")[0]
    path.write_bytes(cop.data.longer("instruments", [row], data, "ZZZ"))
    for iso3 in ("XXX", "YYY"):
        (data / "research" / iso3).mkdir(exist_ok=True)
    shutil.copy(path.with_name("editions.csv"), data / "research/YYY")
    assert bool([*render.unverified({"x.html": shown}, data, key)]) == is_named


@by_rule(
    "table, key, column",
    ("the statement of evidence", "evidence", "evidence_id", "statement"),
    ("the title of an instrument", "instruments", "instrument_id", "title"),
    ("the detail of an instrument", "instruments", "instrument_id", "detail"),
    ("the name of an organisation", "stakeholders", "stakeholder_id", "name"),
    ("the description of an organisation", "stakeholders", "stakeholder_id", "description"),
    ("the title of a source", "sources", "source_id", "title"),
    ("the description of a service", "services", "service_id", "description"),
    ("the name of an exercise", "exercises", "exercise_id", "name"),
)
def test_a_text_of_a_row_that_is_not_verified_is_found(table, key, column, tmp_path):
    row = dict.fromkeys(("statement", "title", "detail", "name", "description"), "")
    row |= {key: "ZZZ-X99", "verified": "no", column: LONG}
    data = copy_of_zedland(tmp_path)
    path = data / cop.data.paths(table, data, "ZZZ")[0]
    names = cop.data.columns(table, data)
    path.write_bytes(cop.data.longer(table, [{n: row.get(n, "") for n in names}], data, "ZZZ"))
    [found] = render.unverified({"x.html": f"<td>{LONG}</td>"}, data, "ZZZ")
    assert "ZZZ-X99" in found


@by_rule(
    "text, facts",
    ("what is on the cover", COVER, {"edition": "1", "status": "draft"}),
    ("ratings in dispute, one a line",
     '<li class="dispute">PM-1: a &amp; b</li><li>C</li><li class="dispute">PM-2: d</li>',
     {"disputes": "PM-1: a & b\nPM-2: d"}),
)  # fmt: skip
def test_the_cover_of_a_page_says(text, facts):
    assert render.read_cover(text) == facts


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("One. Two:", "Two"),
        ("Shares, e.g. those of 2024", "Shares, e.g. those of 2024"),
        ("Дані за 2024 р. показують це.", "Дані за 2024 р. показують це"),
        ("One.\n\n- Two. Three", "One"),
        ("One.\n\n#### A heading of level four", "A heading of level four"),
        ("One.\n\n##### A heading of level five", "One"),
        ("![An image](data:image/png;base64,AA)", ""),
    ],
)
def test_the_last_sentence_begins_after_an_end_of_sentence_without_lower_case(text, last):
    assert outputs.last_sentence(text) == last


def test_only_statements_that_are_not_verified_are_named_as_unverified():
    rows = cop.data.read("evidence", ZEDLAND, "ZZZ")
    texts = {row.evidence_id: escape(row.statement, quote=False) for row in rows.itertuples()}
    named = " ".join(render.unverified(texts, ZEDLAND, "ZZZ"))
    assert "ZZZ-E18" in named and "ZZZ-E01" not in named


@pytest.mark.parametrize(
    ("rule", "made", "is_shown"),
    [
        ("a cell without a tag", cell(), True),
        ("a cell that the assessment includes", cell("report"), True),
        ("not parameters", cell("parameters"), False),
        ("not the parameters of a run", cell("injected-parameters"), False),
        ("not a cell of an analyst", cell("analyst"), False),
        ("not a check", cell("check"), False),
        ("not what is handed on", cell("hand-on"), False),
        ("not a method", cell("method"), False),
        ("not code without output", v4.new_code_cell("x"), False),
        ("a text", v4.new_markdown_cell("A text."), True),
    ],
)
def test_a_page_shows(rule, made, is_shown):
    notebook = v4.new_notebook(cells=[made])
    about = {"metadata": {"name": "1-desktop-research"}}
    shown, _ = exporter.VisibleCells().preprocess(notebook, about)
    assert bool(shown.cells) == is_shown, rule
