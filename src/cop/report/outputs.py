"""Convert outputs of cells to HTML: data frames, figures, Markdown and printed text.

External text is escaped, and HTML of cells that is not `page.Html` is sanitised. Data frames (with
rows) and figures are marked as not labelled if no function of `helpers` created them.
"""

import io
import re
from collections.abc import Iterator
from functools import lru_cache

import pandas as pd
from lxml import html
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

from cop.report import figure, languages, words
from cop.report.languages import gettext
from cop.report.page import Html

OURS = re.compile(r"<\d+ characters of HTML>")  # repr of page.Html
MISSING = ["NaN", "nan", "<NA>", "None", "NaT"]  # missing values as pandas writes them
FRAME = re.compile('<table [^>]*(class="dataframe"|id="T_)')  # of a data frame, plain or styled
CUT = re.compile("<p>([^<]*)</p>")  # size of a truncated data frame
SENTENCE = re.compile(r"(?<=[.:!?])\s+")  # between sentences, unless a lower-case letter follows
# HTML tags and attributes allowed in the outputs of cells
TAGS = (
    "a abbr b blockquote br caption code dd div dl dt em h3 h4 hr i li ol p pre span strong sub sup"
    " table tbody td tfoot th thead tr ul"
)
ATTRIBUTES = {"a": ["href"], "th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


def parts(cell: NotebookNode, lead_in: str, number: int) -> Iterator[Html]:
    """Yield the outputs of a code cell as HTML.

    The last sentence of `lead_in`, the Markdown before the cell, becomes the caption of data frames
    and the name of SVG or the alternative text of other images. `number` is the position of the
    cell. Repeated images, text printed to stderr, error messages and, in a cell with an image,
    plain-text results such as `<Axes: >` are omitted.
    """
    seen, plotted = set(), any(_picture(output) for output in cell.outputs)
    for output in cell.outputs:
        if output.output_type == "stream":
            yield _printed(output.text if output.name == "stdout" else "")
        elif is_ours(output):
            yield Html(_text(output, "text/html"))
        elif picture := _picture(output):
            if picture not in seen:
                yield _figure(*picture, lead_in, number)
            seen.add(picture)
        elif frame := _frame_html(output):
            yield _frame(frame, lead_in, number)
        elif source := _text(output, "text/markdown"):
            yield Html(markdown(source))
        elif source := _text(output, "text/html"):
            yield Html(_sanitizer().sanitize_html_tags(source))
        elif not (plotted and output.output_type == "execute_result"):
            yield _printed(_text(output, "text/plain"))


def is_ours(output: NotebookNode) -> bool:
    """Return whether an output is `page.Html`, which the functions of `helpers` return."""
    return bool(OURS.fullmatch(_text(output, "text/plain")))


def is_unlabelled(output: NotebookNode) -> bool:
    """Return whether an output is a data frame or an image, and not `page.Html` (see `is_ours`)."""
    return bool(_picture(output) or _frame_html(output))


def markdown(source: str, attachments: dict | None = None) -> str:
    """Convert Markdown with a cell's attachments to HTML; escape HTML and disable script links."""
    renderer = _markdown()
    renderer.renderer.attachments = attachments or {}
    return renderer.render(source)


def last_sentence(source: str) -> str:
    """Return the last sentence of the last paragraph or heading of Markdown as plain text.

    Sentences end with a full stop, colon, "!" or "?", unless a lower-case letter follows. A final
    colon or full stop is removed. Other blocks, such as lists, code and headings below level 4, are
    ignored. Returns "" without a paragraph or heading, or if the last one has no text.
    """
    blocks = html.fragment_fromstring(markdown(source), create_parent="div")
    blocks = [block for block in blocks if block.tag in ("p", "h1", "h2", "h3", "h4")]
    texts = [" ".join(block.text_content().split()) for block in blocks]
    text = texts[-1] if texts else ""
    starts = [gap.end() for gap in SENTENCE.finditer(text) if not text[gap.end()].islower()]
    return text[max(starts, default=0) :].rstrip(":. ¶")  # headings end with ¶, a link


def table(frame: pd.DataFrame | pd.Series, caption: str, note: str = "") -> Html:
    """Convert a DataFrame or Series to an accessible HTML table.

    Headings and texts are translated, and missing values are labelled. Columns of whole numbers
    from 1900 to 2100 have no thousands separators. An unnamed index of integers is omitted. A
    DataFrame without rows becomes a sentence.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("value" if frame.name is None else frame.name)
    index = frame.index
    if index.nlevels > 1 or index.name is not None or not pd.api.types.is_integer_dtype(index):
        names = ["" if name is None else name for name in index.names]
        frame = frame.reset_index(names=names, allow_duplicates=True)
    names = [" ".join(map(str, c)) if isinstance(c, tuple) else str(c) for c in frame.columns]
    headings = {str(i): languages.translate_heading(name.strip()) for i, name in enumerate(names)}
    frame = frame.set_axis([*headings], axis=1)
    return words.table(frame.apply(_plain), caption, headings, note)


def _plain(column):
    column = figure.years_as_text(column)
    text = column.astype("object").map(str, na_action="ignore")
    return column if column.dtype.kind in "iuf" else text


@lru_cache(maxsize=1)
def _markdown():
    safe = {"escape": True, "allow_harmful_protocols": False}
    return MarkdownWithMath(renderer=IPythonRenderer(embed_images=True, **safe))


@lru_cache(maxsize=1)
def _sanitizer():
    return SanitizeHTML(tags=TAGS.split(), attributes=ATTRIBUTES, styles=[], strip=True)


def _text(output, kind):
    return output.get("data", {}).get(kind, "")


def _printed(text):
    text = OVERWRITTEN.sub("", text)  # as in a terminal, a carriage return overwrites text
    return Html('<pre class="printed">{}</pre>').format(text) if text.strip() else Html()


def _picture(output):
    pictures = ((kind, _text(output, kind)) for kind in PICTURES if not is_ours(output))
    return next((picture for picture in pictures if picture[1]), None)


def _figure(kind, content, lead_in, number):
    undescribed = gettext("A figure without a description yet (cell %(n)s)") % {"n": number}
    alt = last_sentence(lead_in) or undescribed
    drawn = Markup('<img src="data:{};base64,{}" alt="{}">')
    drawn = drawn.format(kind, "".join(content.split()), alt)
    if kind == "image/svg+xml":
        drawn = figure.from_svg(content, alt, undescribed)
    note = gettext("Not labelled yet: show.figure adds title, source and description.")
    # This is not a `figure` element, so that `identity.check` reads the texts in the image.
    form = '<div class="unlabelled"><div class="picture">{}</div><p class="note">{}</p></div>'
    return Html(form).format(drawn, note)


def _frame_html(output):
    source = _text(output, "text/html")
    return source if FRAME.search(source) and not is_ours(output) else ""


def _frame(source, lead_in, number):
    options = {"keep_default_na": False, "na_values": MISSING, "thousands": None}
    options["dtype_backend"] = "numpy_nullable"
    try:
        [frame] = pd.read_html(io.StringIO(source), **options)
    except ValueError:  # there is no row
        frame = pd.DataFrame()
    if frame.empty:
        empty = gettext("A table without rows (cell %(n)s).") % {"n": number}
        return Html('<p class="none">{}</p>').format(empty)
    names = (c if isinstance(c, tuple) else (c,) for c in frame.columns)
    names = [[n for n in map(str, c) if not n.startswith("Unnamed: ")] for c in names]
    frame.columns = [" ".join(dict.fromkeys(c)) for c in names]
    if len(names) and not frame.columns[0] and pd.api.types.is_integer_dtype(frame.iloc[:, 0]):
        frame = frame.iloc[:, 1:]
    missing = gettext("Not labelled yet: show.table adds the source.")
    if not (caption := last_sentence(lead_in)):
        caption = gettext("Table without a caption (cell %(n)s)") % {"n": number}
        missing = gettext("Not labelled yet: show.table adds caption and source.")
    note = Html('<p class="note">{}</p>').format(" ".join([missing, *CUT.findall(source)]))
    return Html('<div class="unlabelled">{}{}</div>').format(table(frame, caption), note)
