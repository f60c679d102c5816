"""One figure: a message, what is measured, a picture, what it rests on, and its data.

A figure is refused where one of its texts is missing, so that no picture stands alone in a report.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from cop.report import downloads, figures, formats, languages, words
from cop.report.languages import gettext
from cop.report.page import Html

YEAR = re.compile(r"\b(19|20)[0-9]{2}\b")
NAME = 48  # letters of a file's name


@dataclass(frozen=True)
class Caption:
    """The texts of a figure; each is needed."""

    title: str  # the finding, as a sentence
    subtitle: str  # measure, place, period
    n: str  # what the figure is based on, counted
    source: str  # who says so, with a year
    definition: str  # what the measure is, or how it is to be read
    alt: str  # the picture in words
    at: Markup = Markup()  # links to where the source stands on the page; may be empty

    def check(self, optional: Sequence[str] = ()) -> None:
        """Raise ValueError that names every text that is missing, and a source without a year."""
        needed = [text.name for text in fields(self) if text.name not in ("at", *optional)]
        faults = [name for name in needed if not str(getattr(self, name)).strip()]
        if self.source.strip() and not YEAR.search(self.source):
            faults.append(f"year in its source ({self.source})")
        if faults:
            raise ValueError(
                f"a figure needs a {formats.join_words(faults)}: say what it shows, where, when, "
                "on how much it rests, who says so and what the measure means"
            )


def draw(
    picture: Axes | Markup | words.Texts | None, data: pd.DataFrame, kind: str = "", **texts: str
) -> Html:
    """Return a figure as templates show it, with the table of its data: of a chart or of HTML.

    A figure of `kind` close has its texts folded. None stands for a chart without rows.
    """
    at = texts.pop("at", "")
    caption = Caption(**{k: _plain(v) for k, v in texts.items()}, at=words.one_line(Markup(at)))
    if isinstance(picture, words.Texts):
        picture.update(vars(caption), data=data)
        return Html()
    if picture is None or data.empty:
        caption.check()
        return words.render("figures", "nothing", caption.subtitle)
    if isinstance(picture, str):
        picture = Markup('<span class="unseen">{}</span> {}').format(caption.alt, Markup(picture))
    else:
        picture = figures.svg(picture, caption.title, caption.alt)
    return show(picture, caption, data, kind)


def show(
    picture: Markup,
    caption: Caption,
    data: pd.DataFrame | None,
    kind: str = "",
    optional: Sequence[str] = (),
) -> Html:
    """Return a figure's block on a page: picture, texts, table of its data, a link that saves it.

    Without data the latter two are left out. Raises ValueError where a text is missing that is not
    optional (see `Caption.check`).
    """
    caption.check(optional)
    table = "" if data is None else _data(data, caption)
    return words.render("figures", "layout", picture, caption, kind, table)


def _plain(text):
    """Return a text of a template as plain text: escaped twice, it would be unreadable."""
    return words.one_line(text).unescape() if isinstance(text, Markup) else text


def _data(data, caption):
    """Return the data of a figure as a table and as a file, in which each row has measure and
    source: it travels alone.
    """
    headings = {column: languages.translate_heading(str(column)) for column in data.columns}
    name = gettext("Data: %(title)s") % {"title": caption.title}
    apart = r"[\W_]+" if languages.translated() else r"[^a-z0-9]+"
    stem = re.sub(apart, "-", caption.subtitle.lower()).strip("-")
    stem = stem[:NAME].rpartition("-")[0] if len(stem) > NAME else stem
    file = downloads.csv(data, measure=caption.subtitle, source=caption.source)
    link = downloads.link(gettext("Save as CSV"), f"{stem}.csv", "text/csv", file)
    return words.table(data, name, headings) + Html("<p>{}</p>").format(link)
