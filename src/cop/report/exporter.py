"""Export executed notebooks as pages, with nbconvert.

`jupyter nbconvert --to cop outputs/UKR/4-ict-statistics.ipynb` exports a page as `cop run` does.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import escape
from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from cop.data import UserError
from cop.data.machine import today
from cop.report import filenames, languages, outputs, render, sheet
from cop.report.languages import gettext

Stages = Mapping[str, NotebookNode]  # {stage: executed notebook}
REPORT = "report"  # tag of cells of stages 1 to 5 that the assessment includes
CELL = re.compile(r'<div data-stage="([^"]*)" data-cell="([^"]*)">.*?</div>')  # `show.stage_cells`
ADDED = re.compile(r'<div data-added="([^"]*)"></div>')  # from `show.added` in notebook 6
HEADINGS = re.compile(r"<h[1-6]\b.*?</h[1-6]>", re.DOTALL)
HEADING = re.compile(r'<(h[23]) id="([^"]*)"')
USE_SHOW = "use `show.figure` or `show.table`, or tag the cell `analyst` to omit it from pages"
INJECTED = "injected-parameters"  # the tag of the cell that papermill adds
HIDDEN = {"parameters", INJECTED, "analyst", "check", "hand-on", "method"}  # omitted from pages


class VisibleCells(Preprocessor):
    """Keep Markdown cells and code cells with output unless they have a tag in HIDDEN.

    Adds metadata to each cell: `number`, its position in the notebook (the cell that papermill adds
    does not count), and `lead_in`, the translated text of a Markdown cell. The first kept code cell
    below the Markdown cell has the same `lead_in`; that of other code cells is empty.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Change the cells of `nb` in place (see the class); return `nb` and the resources.

        The stage, which translations require, is `resources["metadata"]["name"]`.
        """
        stage, lead_in, cells = resources["metadata"]["name"], "", []
        for number, cell in _visible(nb):
            if cell.cell_type == "markdown":
                lead_in = languages.pgettext(f"{stage}/{cell.get('id', '')}", cell.source)
            elif not cell.get("outputs"):
                continue
            cell.metadata |= {"number": number, "lead_in": lead_in}
            cells.append(cell)
            if cell.cell_type == "code":
                lead_in = ""
        nb.cells = cells
        return nb, resources


class PageExporter(TemplateExporter):
    """Export an executed notebook as a page in the language of its parameters."""

    output_mimetype = "text/html"

    def __init__(self, config: Any = None, **options: Any) -> None:
        """Set the exporter's template, preprocessor and filter; `options` take precedence."""
        ours = {
            "file_extension": ".html",
            "template_name": "page",
            "extra_template_basedirs": [str(Path(__file__).with_name("nbconvert"))],
            "default_preprocessors": [],
            "preprocessors": [VisibleCells],
            "filters": {"cell_html": cell_html},
        }
        super().__init__(config, **ours | options)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **options: Any
    ) -> tuple[str, dict]:
        """Return the HTML page and the resources.

        The resources must contain `metadata` with `name`, the stage (the notebook's file name
        without suffix), and, for stage 6, `path`, the folder with the notebooks of earlier stages.
        The optional entries `file` and `date` replace the page's file name and today's date. The
        notebook's language (default: English) is selected with `languages.use` and stays selected.
        Raises UserError if papermill did not execute the notebook or its language is unknown, and
        InvalidFile if the page is invalid, for example without a cover or with a broken link.
        """
        resources = dict(resources or {}, output_extension=self.file_extension)
        stage, stages = resources["metadata"]["name"], {}
        if "papermill" not in nb.metadata:
            fix = "execute it with papermill, or export the copy that `cop run` executed"
            raise UserError(f"{stage}.ipynb was not executed by papermill: {fix}")
        parameters = nb.metadata.papermill.parameters
        languages.use(parameters.get("language", languages.SOURCE))
        if stage == filenames.ASSESSMENT:
            paths = Path(resources["metadata"]["path"]).glob("[1-5]-*.ipynb")
            stages = {path.stem: nbformat.read(path, 4) for path in paths}
        file = resources.get("file") or filenames.of_stage(stage, parameters.get("iso3", ""))
        date = resources.get("date", today().isoformat())
        return render.finish(self.content(nb, stage, stages), file, date), resources

    def content(self, nb: NotebookNode, stage: str, stages: Stages | None = None) -> str:
        """Return the HTML of a notebook for `render.finish`, including cells of earlier stages.

        `stages` is {name: executed notebook}. Raises InvalidFile if the notebook includes a cell
        that is not visible in its stage, or whose stage is missing.
        """
        page = {"language": languages.current(), "stylesheet": sheet.text()}
        page["skip"] = gettext("Skip to the content")
        text, _ = super().from_notebook_node(nb, {"metadata": {"name": stage}, "page": page})
        shown = {name: _shown(each, name) for name, each in (stages or {}).items()}
        text = CELL.sub(lambda slot: _stage_cell(*slot.groups(), shown), text)
        return ADDED.sub(lambda slot: _added(slot[1].split(), shown, text), text)


@lru_cache(maxsize=1)
def exporter() -> PageExporter:
    """Return the exporter of this process, which is created at the first call."""
    return PageExporter()


def preload() -> None:
    """Export a small page, so that all modules are imported before processes are forked."""
    exporter().content(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# x")]), "")
    render.version()


def cell_html(cell: NotebookNode) -> str:
    """Convert a cell of `VisibleCells` to HTML.

    For `render.finish`, translated headings (h2, h3) have the English id in `data-source`.
    """
    about = cell.metadata
    if cell.cell_type == "code":
        return "\n".join(outputs.parts(cell, about.lead_in, about.number))
    attachments = cell.get("attachments")
    text = outputs.markdown(about.lead_in, attachments)
    if about.lead_in == cell.source:
        return text
    ids = iter(HEADING.findall(outputs.markdown(cell.source, attachments)))
    return HEADING.sub(lambda m: f'{m[0]} data-source="{next(ids, ("", ""))[1]}"', text)


def unlabelled(notebook: NotebookNode) -> list[str]:
    """Return a text such as '7 (`ax`)' for each visible cell with unlabelled output.

    The text contains the position and first line of the cell (see `outputs.is_unlabelled`).
    """
    return [
        f"{number} (`" + cell.source.partition("\n")[0] + "`)"
        for number, cell in _visible(notebook)
        if any(map(outputs.is_unlabelled, cell.get("outputs", ())))
    ]


def unlabelled_warning(notebook: NotebookNode) -> str:
    """Return a warning that lists the cells of `unlabelled`, or "" if there are none."""
    cells = unlabelled(notebook)
    return f"unlabelled output in cell {', '.join(cells)}: {USE_SHOW}" if cells else ""


def unverified(pages: dict[str, str], folder: Path, data: Path, key: str) -> list[str]:
    """Return messages about unverified rows in the pages of a result, without duplicates.

    The messages name the cells of the executed notebooks in `folder` with unverified rows or, if no
    cell contains any, the pages. For the other arguments, see `render.unverified`.
    """
    messages, cells = [*dict.fromkeys(render.unverified(pages, data, key))], {}
    for path in sorted(folder.glob("*.ipynb")) if messages else ():
        notebook, about = nbformat.read(path, 4), {"metadata": {"name": path.stem}}
        for cell in VisibleCells().preprocess(notebook, about)[0].cells:
            cells[f"cell {cell.metadata.number} of {path.name}"] = cell_html(cell)
    return [*dict.fromkeys(render.unverified(cells, data, key))] or messages


def _visible(notebook) -> Iterator[tuple[int, NotebookNode]]:
    """Yield (position, cell) for each cell without a tag in HIDDEN. INJECTED cells do not count."""
    cells = [cell for cell in notebook.cells if not _has_tag(cell, {INJECTED})]
    return ((n, cell) for n, cell in enumerate(cells, 1) if not _has_tag(cell, HIDDEN))


def _has_tag(cell, tags):
    return not tags.isdisjoint(cell.metadata.get("tags", []))


def _shown(notebook, stage):
    return VisibleCells().preprocess(notebook, {"metadata": {"name": stage}})[0].cells


def _stage_cell(stage, cell_id, shown):
    cells = {cell.get("id"): cell for cell in shown.get(stage, ())}
    if cell_id not in cells:
        raise render.InvalidFile(
            f"{stage}.ipynb has no visible output of cell {cell_id!r}, which notebook 6 includes: "
            "restore the cell and its output, remove a tag that hides the cell, or remove its id "
            "from notebook 6. For nbconvert, keep the notebooks' names and put 1 to 5, executed, "
            f"beside {filenames.ASSESSMENT}.ipynb"
        )
    return HEADINGS.sub("", cell_html(cells[cell_id]))


def _introduced(cell, part):
    """Return the HTML of a cell, with its introductory sentence before an unlabelled figure."""
    sentence = outputs.last_sentence(cell.metadata.lead_in) if cell.cell_type == "code" else ""
    has_picture = '<div class="unlabelled"><div class="picture">' in part
    return f"<p>{escape(sentence)}.</p>\n{part}" if sentence and has_picture else part


def _added(names, shown, page):
    cells = [cell for name in names for cell in shown.get(name, ()) if _has_tag(cell, {REPORT})]
    parts = [
        _introduced(cell, part)
        for cell, part in zip(cells, map(cell_html, cells), strict=True)
        if part.strip() and part not in page
    ]
    heading = f"<h3>{escape(gettext('Added by the analyst'))}</h3>"
    return "\n".join([heading, *parts]) if parts else ""
