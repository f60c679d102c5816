"""The templates of what pages say: words/<stage>.j2, one macro for each thing shown.

A macro takes frames and plain values and returns HTML; all values are escaped. Sentences are whole
between {% trans %} and {% endtrans %}, with their plurals.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import cop.data
from cop.data.places import Country, Region
from cop.report import charts, citations, downloads, figure, figures, languages, page
from cop.report.languages import N_, SOURCE, gettext, said
from cop.report.page import Shown
from cop.report.palette import STATUSES

FOLDER = Path(__file__).with_name("words")
COMPILED = FOLDER / "__pycache__"  # templates compiled by Jinja
STRIP_TITLES = {  # of the data under strips of dots, in their order
    "label": N_("Indicator"), "country": N_("Country"), "year": N_("Year"), "value": N_("Value"),
    "median": N_("Median"), "lowest": N_("Lowest"), "highest": N_("Highest"),
    "n": N_("Countries"), "region_year": N_("Year of the median"),
}  # fmt: skip


def show(stage: str, macro: str, *values, **named) -> Shown:
    """Return what a macro of words/<stage>.j2 makes of frames and values."""
    return Shown(getattr(_module(stage), macro)(*values, **named).strip())


def text(stage: str, macro: str, *values, **named) -> str:
    """Return what a macro says as one line of plain text, for a place that holds no HTML."""
    return _one_line(show(stage, macro, *values, **named)).unescape()


def recorded(stage: str, macro: str, *values, **named) -> str:
    """Return what a macro says, as `text` does, for a table that is handed on: in English.

    Where it is shown, `said` knows it in the language spoken.
    """
    with languages.speaking(SOURCE):
        english = text(stage, macro, *values, **named)
    if languages.translated():
        languages.remember({english: text(stage, macro, *values, **named)})
    return english


def saying(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a frame with words and names of its columns in the language spoken, for a figure."""
    if not languages.translated():
        return frame
    return frame.assign(**{c: [said(v) if isinstance(v, str) else v for v in frame[c]]
                           for c in columns})  # fmt: skip


def notice() -> Shown | str:
    """Return the notice of a translated page: draft or reviewed, and which text is authentic."""
    return show("language", "notice", languages.reviewed()) if languages.translated() else ""


def _english() -> Markup:
    """Return the mark of what stays as somebody wrote it, in English; none on an English page."""
    return Markup(' lang="en"' if languages.translated() else "")


def rehearse() -> None:
    """Preload the templates of every stage for processes forked afterwards."""
    for path in FOLDER.glob("*.j2"):
        _module(path.stem)


def table(
    frame: pd.DataFrame,
    caption: str,
    columns: dict,
    note: str = "",
    kind: str = "",
    anchor: str = "",
) -> Shown:
    """Return a frame as a table, with `columns` as `columns()` gives them: a heading, or (heading,
    macro of the row).
    """
    macros = {name: column[1] for name, column in columns.items() if isinstance(column, tuple)}
    rows = list(page.rows(frame)) if macros else []
    cells = {name: [_cell(macro(row)) for row in rows] for name, macro in macros.items()}
    headings = {n: _one_line(column[0] if n in macros else column) for n, column in columns.items()}
    return page.table(frame, _one_line(caption), headings, _one_line(note), kind, anchor, cells)


def columns(place: Country | Region, name: str, order: str, /, **others) -> dict:
    """Return the columns of a table on a page in order, headed by their titles in the contract, for
    the table `name`.

    `others` say it otherwise for a column: a heading, a macro that makes the cell of a row, or
    (heading, macro).
    """
    headings = titles(name, place.data) if name else {}
    return {c: _column(others.get(c), headings.get(c, ""), c) for c in order.split()}


def titles(table: str, data: str | Path) -> dict[str, str]:
    """Return {column: heading} of a table as words in the language spoken."""
    return {name: gettext(title) for name, title in cop.data.titles(table, data).items()}


def labels(table: str, column: str, data: str | Path) -> dict[str, str]:
    """Return {word: how it is shown} of a column with categories, in the language spoken."""
    return {w: gettext(label) for w, label in cop.data.labels(table, column, data).items()}


def across(frame: pd.DataFrame, down: str, over: str, make: Callable) -> pd.DataFrame:
    """Return a long frame as a wide one, in its order, each cell by a macro of the words."""
    cells = [_cell(make(row)) for row in page.rows(frame)]
    cells = frame.assign(cell=pd.Series(cells, frame.index, "object"))
    wide = cells.pivot(index=down, columns=over, values="cell")
    return wide.loc[frame[down].unique(), frame[over].unique()].reset_index()


class Format(NamedTuple):
    """A filter of the templates that makes the cells of a column from its values."""

    function: Callable
    args: tuple


def _column(other, title, name):
    """Return the heading of a column, or (heading, what makes the cell of a row)."""
    if isinstance(other, tuple) and not isinstance(other, Format):
        title, other = other
    if isinstance(other, Mapping):
        return title, lambda row: other[getattr(row, name)]
    if isinstance(other, Format):
        return title, lambda row: other.function(getattr(row, name), *other.args)
    return (title, other) if callable(other) else other or title


def _cell(value) -> Markup:
    """Return a cell as a macro made it, without the line ends round it."""
    return Markup(str(value).strip()) if isinstance(value, Markup) else value


def _one_line(text: str) -> Markup:
    line = " ".join(str.split(text))
    return Markup(line) if isinstance(text, Markup) else line


class Texts(dict):
    """In place of a chart in a macro: takes the texts and data of its figure, and draws nothing."""

    def __getattr__(self, kind: str) -> Callable:
        """Return what stands for the function that draws a kind of chart."""
        return lambda *_, **__: self


def texts(stage: str, macro: str, *values, **named) -> dict:
    """Return the texts and data of the figure that a macro shows, for `show.figure`.

    Where it shows none, only what it says instead, as `nothing`.
    """
    texts = Texts()
    instead = show(stage, macro, texts, *values, **named)
    return dict(texts) or {"nothing": instead}


def draw_figure(ax, data, *, title, subtitle, n, source, definition, alt, at="", kind="") -> Shown:
    """Return a figure with its texts and the table of its data; `ax` are matplotlib Axes or None.

    A figure of `kind` close has its texts folded. None stands for a chart without rows.
    """
    caption = _caption(title, subtitle, n, source, definition, alt, at)
    if isinstance(ax, Texts):
        ax.update(vars(caption), data=data)
        return Shown()
    if ax is None:
        return figure.nothing(caption)
    show_figure = figure.close if kind == "close" else figure.shown
    return show_figure(figures.svg(ax, caption.title, caption.alt), caption, data)


def by_year(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return lines over years as a table: a row for each year, a column for each series."""
    wide = frame.pivot(index="year", columns="series", values="value")[frame.series.unique()]
    wide = wide.rename(columns=lambda name: f"{name}, {unit}").rename_axis(columns=None)
    return wide.reset_index().astype({"year": "int"}).astype({"year": "str"})


def status_mix(frame: pd.DataFrame) -> pd.DataFrame:
    """Return counts by country and status (country, status, items) as a row for each country."""
    wide = frame.pivot(index="country", columns="status", values="items")
    wide = wide.reindex(index=frame.country.unique(), columns=list(STATUSES), fill_value=0)
    return wide.rename_axis("label").rename_axis(columns=None).fillna(0).reset_index()


def status_data(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a mix of statuses that occur, headed for the data of a figure."""
    words = page.occurring(frame[list(STATUSES)].sum())
    return frame[["label", *words]].rename(columns={"label": N_("Area")})


def strip_data(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a strip of dots that the data of its figure show, with headings."""
    shown = [name for name in STRIP_TITLES if name in frame]
    return frame[shown].rename(columns=STRIP_TITLES)


def _grid(draw, frame, *, title, subtitle, n, source, definition, alt, at="", **others) -> Shown:
    """Return a chart of signs and words (see `charts`) with its texts."""
    caption = _caption(title, subtitle, n, source, definition, alt, at)
    return draw(frame, caption, **{k: _plain(v) for k, v in others.items()})


def _framed(picture, data, *, title, subtitle, n, source, definition, alt, at="", kind="") -> Shown:
    """Return a picture that a macro has made, as a figure with its texts and the frame of its data:
    of `kind` close one whose texts are folded.
    """
    caption = _caption(title, subtitle, n, source, definition, alt, at)
    picture = page.join([charts.unseen(caption.alt), Markup(picture)])
    if kind == "close":
        return figure.close(picture, caption, data)
    return figure.shown(picture, caption, data, kind)


def _caption(title, subtitle, n, source, definition, alt, at):
    """Return the texts of a figure as plain text, which it escapes where it stands: text escaped
    twice is unreadable. `at` alone is links, to where the source stands on the page.
    """
    plain = [_plain(text) for text in (title, subtitle, n, source, definition, alt)]
    return figure.Caption(*plain, _one_line(Markup(at)))


def _plain(value):
    return _one_line(value).unescape() if isinstance(value, Markup) else value


def _publishers(ids, place) -> str:
    return citations.publishers(place, dict.fromkeys(filter(None, ids)))


def _cut_off(place) -> str:
    rows = cop.data.read("editions", place.data, place.iso3)
    return rows.cut_off[rows.edition == place.edition].max()


@lru_cache(maxsize=32)
def _module(stage: str):
    return _environment().get_template(f"{stage}.j2").module


def _bytecode_cache():
    """Return the cache of compiled templates, or None where its folder cannot be made."""
    with suppress(OSError):
        COMPILED.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(COMPILED))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        bytecode_cache=_bytecode_cache(),
    )
    environment.install_gettext_callables(
        languages.gettext, languages.ngettext, newstyle=True, pgettext=languages.pgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.tests["missing"] = lambda value: value is None or pd.isna(value)
    environment.filters |= {
        "number": page.number, "listed": page.listed, "inside": page.inside, "status": page.status,
        "in_words": lambda word, names: page.inside(names[word]),
        "signed": charts.signed,
        "refs": citations.refs, "data_ref": citations.data_ref, "linked": citations.linked,
        "in_report": citations.in_report, "sourced": citations.sourced,
        "leading": citations.leading,
        "across": across, "publishers": _publishers, "counted": page.counted, "of": page.of,
        "plain": page.plain, "rows": page.rows, "fixed": page.fixed, "percent": page.percent,
        "headed": page.headed, "phone": page.phone, "measured": page.measured,
        "said": said, "written": page.text, "quoted": page.quoted, "saying": saying,
        "by_year": by_year, "status_mix": status_mix, "status_data": status_data,
        "strip_data": strip_data,
        "short_id": lambda text: text[4:], "last_part": lambda text: text.rpartition("-")[2],
        "parts": cop.data.split, "row_kind": lambda text: text[4:5],
        "first_upper": lambda text: text[:1].upper() + text[1:],
    }  # fmt: skip
    grids = {name: partial(_grid, getattr(charts, name)) for name in charts.KINDS}
    environment.globals |= {
        "charts": SimpleNamespace(**grids),
        "figure": draw_figure,
        "framed": _framed,
        "table": table,
        "download": downloads.link,
        "columns": columns,
        "cell": lambda name, *args: Format(environment.filters[name], args),
        "period": page.period,
        "labels": labels,
        "no_data": page.missing,
        "copy_at": citations.copy_at,
        "cut_off": _cut_off,
        "page_language": languages.current,
        "english": _english,
        "notice": notice,
        "SIGNS": page.SIGNS,
        "occurring": page.occurring,
    }
    return environment
