"""Render figures with title, image, notes and data, and convert drawings to SVG and PNG."""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import matplotlib
import pandas as pd
from lxml import etree
from markupsafe import Markup
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from cop.report import languages, palette, words
from cop.report.languages import gettext
from cop.report.page import Html, csv, download

YEAR = re.compile(r"\b(19|20)[0-9]{2}\b")
NAME = 48  # maximum length of a file name
SHORTEST = 20  # minimum length of an alternative text
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
STYLE = "stroke-linejoin: round; max-width: 30rem; background: #ffffff"
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)
UNWANTED = (
    "/*//comment() | /*//processing-instruction() | /*//*[local-name()='metadata'"
    " or local-name()='style' or local-name()='script' or local-name()='foreignObject']"
)
SIZE = re.compile('width="[^"]*" height="[^"]*" viewBox="[^"]*"')  # of an SVG file
UNDATED = {"Date": None}  # so that equal drawings result in equal files
DOTS = 150  # per inch of images in an SVG file
ZOOM = 3.0  # pixels per point of images in Word documents


@dataclass(frozen=True)
class Caption:
    """The texts of a figure. All except `at` are required, unless `check` allows an omission."""

    title: str  # finding, as a sentence
    subtitle: str  # measure, place, period
    n: str  # number and kind of observations
    source: str  # publisher and year
    definition: str  # definition of the measure, or how to read it
    alt: str  # description of the image
    at: Markup = Markup()  # links to the source on the page; may be empty

    def check(self, optional: Sequence[str] = ()) -> None:
        """Raise ValueError if a text that is not `optional`, or the source's year, is missing.

        A non-empty alternative text must have at least SHORTEST characters, even if optional.
        """
        needed = [text.name for text in fields(self) if text.name not in ("at", *optional)]
        missing = [name for name in needed if not str(getattr(self, name)).strip()]
        if self.source.strip() and not YEAR.search(self.source):
            missing.append(f"a year in source ({self.source})")
        if 0 < len(self.alt.strip()) < SHORTEST:
            missing.append(f"an alt text of {SHORTEST} or more characters ({self.alt})")
        if missing:
            raise ValueError(f"figure {self.title!r} lacks {', '.join(missing)}; add each of these")


def draw(
    picture: Axes | Markup | dict | None, data: pd.DataFrame, kind: str = "", **texts: str
) -> Html:
    """Render a figure with its texts and data, for use in templates.

    `texts` are the fields of a Caption. If `picture` is a dictionary, texts and data are added to
    it without checks, and the result is empty. Otherwise, raises ValueError if a text is missing
    (see `Caption.check`). If `picture` is None or `data` has no rows, a note replaces the figure.
    `kind` is a CSS class; with "close", the notes are collapsed like the data.
    """
    at = texts.pop("at", "")
    caption = Caption(**{k: _plain(v) for k, v in texts.items()}, at=words.one_line(Markup(at)))
    if isinstance(picture, dict):
        picture.update(vars(caption), data=data)
        return Html()
    caption.check()
    if picture is None or data.empty:
        return words.render("figures", "nothing", caption.subtitle)
    if isinstance(picture, str):
        picture = Markup('<span class="unseen">{}</span> {}').format(caption.alt, Markup(picture))
    else:
        picture = svg(picture, caption.title, caption.alt)
    return show(picture, caption, data, kind)


def show(picture: Markup, caption: Caption, data: pd.DataFrame | None, kind: str = "") -> Html:
    """Render an image with its texts and, if given, its data as a table and a CSV download.

    Texts are not checked. `kind` is a CSS class, as in `draw`.
    """
    table = "" if data is None else _data(data, caption)
    return words.render("figures", "layout", picture, caption, kind, table)


def _plain(text):
    """Convert a text of a template to plain text, so that it is not escaped twice."""
    return words.one_line(text).unescape() if isinstance(text, Markup) else text


def _data(data, caption):
    headings = {column: languages.translate_heading(str(column)) for column in data.columns}
    name = gettext("Data: %(title)s") % {"title": caption.title}
    stem = re.sub(r"[\W_]+", "-", caption.subtitle.lower()).strip("-")
    stem = stem[:NAME].rpartition("-")[0] if len(stem) > NAME else stem
    file = csv(data.assign(measure=caption.subtitle, source=caption.source))
    link = download(gettext("Save as CSV"), f"{stem}.csv", "text/csv", file)
    return words.table(data.apply(years_as_text), name, headings) + Html("<p>{}</p>").format(link)


def years_as_text(column: pd.Series) -> pd.Series:
    """Convert a column of years (1900 to 2100, or NA) to text, and return others unchanged."""
    is_year = column.dtype.kind in "iuf" and column.dropna().isin(range(1900, 2101)).all()
    return column.astype("Int64").astype("string") if is_year else column


def svg(drawing: Axes | Figure, title: str, alt: str) -> Markup:
    """Convert a figure, or the figure of Axes, to inline SVG (see `cropped` and `from_svg`).

    Text is not converted to paths, and equal drawings result in equal SVG.
    """
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cop"}):
        return from_svg(cropped(drawing.figure), title, alt)


def cropped(figure: Figure) -> str:
    """Return a figure as the text of an SVG file that is cropped to its content.

    Content outside the figure, such as a long legend, is included. Sets the resolution to 72 dpi.
    """
    figure.set_dpi(72)  # as in an SVG file
    content, size = io.StringIO(), figure.bbox.size
    vector = RendererSVG(*size, content, image_dpi=DOTS, metadata=UNDATED)
    renderer = MixedModeRenderer(figure, *size, DOTS, vector)
    figure.draw(renderer)
    renderer.finalize()
    box = figure.get_tightbbox(renderer)
    if figure.bbox_inches.count_contains(box.corners()) < len(box.corners()):
        content = io.StringIO()
        figure.savefig(content, format="svg", bbox_inches="tight", metadata=UNDATED)
        return content.getvalue()
    box = box.padded(matplotlib.rcParams["savefig.pad_inches"])
    left, _, _, top = (box.extents * figure.dpi).round(2)
    wide, high = (box.size * figure.dpi).round(2)
    view = f'width="{wide}pt" height="{high}pt" viewBox="{left} {size[1] - top:.2f} {wide} {high}"'
    return SIZE.sub(view, content.getvalue(), count=1)


def from_svg(source: str | bytes, title: str, alt: str) -> Markup:
    """Convert an SVG file to inline SVG, without scripts, style elements, HTML and external links.

    `title` and `alt` become the name and the description of the image. If all texts have colours of
    the palette, its colours are replaced by CSS variables. Width and height are removed, as the
    page scales the image. Raises `etree.XMLSyntaxError` if `source` is not XML.
    """
    source = source if isinstance(source, bytes) else source.encode()
    prefix = "f" + hashlib.sha256(source + f"{title}{alt}".encode()).hexdigest()[:8]
    root = etree.fromstring(source, SAFE)
    for unwanted in root.xpath(UNWANTED):
        unwanted.getparent().remove(unwanted)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            outside = name in (LINK, "href") and not value.startswith(("#", "data:image/"))
            if outside or name.startswith("on"):
                del element.attrib[name]
    wide, high = (re.match("[0-9.]*", root.get(n, ""))[0] or "300" for n in ("width", "height"))
    viewbox = root.get("viewBox", f"0 0 {wide} {high}")
    root.attrib.clear()
    root.attrib.update({"class": "drawn", "viewBox": viewbox, "role": "img", "style": STYLE})
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    for name, text in (("desc", alt), ("title", title)):
        root.insert(0, etree.Element(f"{SVG}{name}", id=name))
        root[0].text = text
    plain = etree.tostring(root, encoding="unicode").replace("xlink:href=", "href=")
    plain = re.sub(r'( id="|href="#|url\(#)', rf"\1{prefix}-", plain)
    mapped = palette.as_variables(plain)
    ours = all("var(" in letters for letters in re.findall("<text[^>]*>", mapped))
    return Markup(mapped if ours else plain)


def png(svg_text: str) -> bytes:
    """Convert inline SVG to a PNG image in light colours. Raises ImportError without resvg-py."""
    import resvg_py

    text = palette.as_colours(svg_text)
    for name in ("viewBox", "clipPath", "patternUnits", "patternTransform", "textLength"):
        text = re.sub(rf"\b{name.lower()}\b", name, text)  # HTML parsers lower the case of names
    font = font_manager.findfont("DejaVu Sans")
    fonts = {"skip_system_fonts": True, "font_files": [font], "font_family": "DejaVu Sans"}
    return bytes(resvg_py.svg_to_bytes(text, zoom=ZOOM, background="#ffffff", **fonts))
