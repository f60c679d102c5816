"""One figure: a message, what is measured, a picture, what it rests on, and its data.

A figure is refused where one of its texts is missing, so that no picture stands alone in a report.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import pandas as pd
from markupsafe import Markup, escape

from cop.report import downloads, languages, page
from cop.report.languages import N_, gettext
from cop.report.page import Shown

COLUMNS = [  # of the data under a figure, which a chart or a macro gives as they are
    N_("action_id"), N_("answer"), N_("area"), N_("count"), N_("country"), N_("day"),
    N_("highest"), N_("indicator"), N_("item"), N_("items"), N_("known"), N_("label"), N_("link"),
    N_("lowest"), N_("median"), N_("n"), N_("order"), N_("region_year"), N_("since"), N_("start"),
    N_("state"), N_("status"), N_("target"), N_("unit"), N_("until"), N_("value"), N_("word"),
    N_("Area"), N_("Confidence"), N_("Country"), N_("Item"), N_("Number"), N_("Status"),
]  # fmt: skip
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
                f"a figure needs a {page.listed(faults)}: say what it shows, where and when, on "
                "how much it rests, who says so and what the measure means"
            )


def shown(
    picture: Markup,
    caption: Caption,
    data: pd.DataFrame | None,
    kind: str = "",
    optional: Sequence[str] = (),
) -> Shown:
    """Return a figure's block on a page: picture, texts, table of its data, a link that saves it.

    Without data the latter two are left out. Raises ValueError where a text is missing that is not
    optional (see `Caption.check`).
    """
    caption.check(optional)
    word, kind = escape(gettext("Data of this figure")), escape(f"chart {kind}".strip())
    details = f"<details><summary>{word}</summary>{{}}</details>"
    details = "" if data is None else details.format(_data(data, caption))
    return Shown(
        f'<figure class="{kind}">{_message(caption)}<div class="picture">{escape(picture)}</div>'
        f"{_notes(caption)}{details}</figure>"
    )


def close(picture: Markup, caption: Caption, data: pd.DataFrame) -> Shown:
    """Return the same for a small picture among others: what it rests on is folded with its
    data.
    """
    caption.check()
    word = escape(gettext("Data and source"))
    return Shown(
        f'<figure class="close">{_message(caption)}<details><summary>{word}</summary>'
        f'{_notes(caption)}{_data(data, caption)}</details><div class="picture">{escape(picture)}'
        "</div></figure>"
    )


def _message(caption):
    return Shown(
        '<figcaption><span class="message">{}</span> <span class="measure">{}</span></figcaption>'
    ).format(caption.title, caption.subtitle)


def _notes(caption):
    """Return on how much a figure rests, what its measure is, and who says so."""
    based = gettext("Based on %(n)s.") % {"n": caption.n} if caption.n else ""
    source = gettext("Source: %(source)s.") % {"source": caption.source}
    texts = (("basis", based), ("definition", caption.definition))
    notes = [Shown('<p class="{}">{}</p>').format(*text) for text in texts if text[1]]
    return Shown('<div class="notes">{}<p class="source">{}{}</p></div>').format(
        page.join(notes, ""), source, Markup(" " * bool(caption.at)) + caption.at
    )


def _data(data, caption):
    """Return the data of a figure as a table and as a file."""
    headings = {column: languages.titled(str(column)) for column in data.columns}
    name = gettext("Data: %(title)s") % {"title": caption.title}
    return Shown("{}<p>{}</p>").format(page.table(data, name, headings), _csv(data, caption))


def nothing(caption: Caption) -> Shown:
    """Return what stands on a page in place of a figure that has no row to show."""
    caption.check()
    return page.say("{}", page.nothing(caption.subtitle), kind="none")


def _csv(data, caption):
    """Return a link that saves the data, each row with measure and source: it travels alone."""
    apart = r"[\W_]+" if languages.translated() else r"[^a-z0-9]+"
    words = re.sub(apart, "-", caption.subtitle.lower()).strip("-")
    name = words[:NAME].rpartition("-")[0] if len(words) > NAME else words
    file = downloads.csv(data, measure=caption.subtitle, source=caption.source)
    return downloads.link(gettext("Save as CSV"), f"{name}.csv", "text/csv", file)
