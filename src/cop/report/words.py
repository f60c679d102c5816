"""The templates of what pages say: words/<stage>.j2, one macro for each thing shown.

A macro takes frames and plain values and returns HTML; all values are escaped. Sentences are whole
between {% trans %} and {% endtrans %}, with their plurals.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import cop.data
from cop.data.places import Country, Region
from cop.report import downloads, formats, grids, languages, page
from cop.report.languages import N_, SOURCE, gettext, translate
from cop.report.page import Html
from cop.report.palette import STATUSES

FOLDER = Path(__file__).with_name("words")
COMPILED = FOLDER / "__pycache__"  # templates compiled by Jinja
STRIP_TITLES = {  # of the data under strips of dots, in their order
    "label": N_("Indicator"), "country": N_("Country"), "year": N_("Year"), "value": N_("Value"),
    "median": N_("Median"), "lowest": N_("Lowest"), "highest": N_("Highest"),
    "n": N_("Countries"), "region_year": N_("Year of the median"),
}  # fmt: skip


def render(stage: str, macro: str, *values, **named) -> Html:
    """Return what a macro of words/<stage>.j2 makes of frames and values."""
    return Html(getattr(_module(stage), macro)(*values, **named).strip())


def render_text(stage: str, macro: str, *values, **named) -> str:
    """Return what a macro says as one line of plain text, for a place that holds no HTML."""
    return one_line(render(stage, macro, *values, **named)).unescape()


def render_english(stage: str, macro: str, *values, **named) -> str:
    """Return what a macro says, as `text` does, for a table that is handed on: in English.

    Where it is shown, `translate` knows it in the language spoken.
    """
    with languages.using_language(SOURCE):
        english = render_text(stage, macro, *values, **named)
    if languages.translated():
        languages.remember({english: render_text(stage, macro, *values, **named)})
    return english


def translate_columns(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a frame with words and names of its columns in the language spoken, for a figure."""
    return frame.assign(**{c: [translate(v) if isinstance(v, str) else v for v in frame[c]]
                           for c in columns})  # fmt: skip


def notice() -> Html | str:
    """Return the notice of a translated page: draft or reviewed, and which text is authentic."""
    return render("language", "notice", languages.reviewed()) if languages.translated() else ""


def _english() -> Markup:
    """Return the mark of what stays as somebody wrote it, in English; none on an English page."""
    return Markup(' lang="en"' if languages.translated() else "")


def preload() -> None:
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
) -> Html:
    """Return a frame as a table with caption, header scopes and a word for each missing value.

    `columns` maps the columns shown, in order, to their headings, or to (heading, macro of the
    row). The first column names the row. A cell that is HTML passes; all other text is escaped. A
    frame without rows is a sentence.
    """
    caption, note = one_line(caption), one_line(note)
    if frame.empty:
        return render("figures", "nothing", caption, anchor)
    heads, cells, numbers = [], [], []
    for number, (name, column) in enumerate(columns.items()):
        heading, macro = column if isinstance(column, tuple) else (column, None)
        heads.append(one_line(heading))
        cells.append([_cell(macro(row)) for row in page.rows(frame)] if macro else frame[name])
        if not macro and pd.api.types.is_numeric_dtype(frame[name]):
            numbers.append(number)
    rows = [[page.cell(value) for value in row] for row in zip(*cells, strict=True)]
    anchors = frame["anchor"].tolist() if "anchor" in frame else []
    return render("figures", "table", caption, heads, rows, note, kind, anchor, numbers, anchors)


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


class Format:
    """A filter of the templates that makes the cells of a column from its values."""

    def __init__(self, function: Callable, args: tuple) -> None:
        """Take the filter and what it takes after the value."""
        self.function, self.args = function, args

    def __getitem__(self, value: object) -> object:
        """Return the cell of a value, as if it were looked up."""
        return self.function(value, *self.args)


def _column(other, title, name):
    """Return the heading of a column, or (heading, what makes the cell of a row)."""
    title, other = other if isinstance(other, tuple) else (title, other)
    if other is None or isinstance(other, str):
        return other or title
    return title, other if callable(other) else lambda row: other[getattr(row, name)]


def _cell(value) -> Markup:
    """Return a cell as a macro made it, without the line ends round it."""
    return Markup(str(value).strip()) if isinstance(value, Markup) else value


def one_line(text: str) -> str:
    """Return a text without line ends; HTML stays HTML."""
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
    instead = render(stage, macro, texts, *values, **named)
    return dict(texts) or {"nothing": instead}


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
    from cop.report import citations, figure  # which are made of templates themselves

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
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.tests["missing"] = lambda value: value is None or pd.isna(value)
    environment.filters |= {
        "number": page.number, "listed": formats.join_words, "inside": page.lower_first,
        "in_words": lambda word, names: page.lower_first(names[word]),
        "status": page.status, "refs": citations.refs,
        "data_ref": citations.data_ref, "linked": citations.linked,
        "in_report": citations.in_report, "sourced": citations.sourced,
        "leading": citations.leading,
        "across": across,
        "publishers": lambda ids, place: citations.publishers(place, filter(None, ids)),
        "counted": page.counted, "of": page.format_count,
        "plain": page.plain, "rows": page.rows, "fixed": page.fixed, "percent": page.percent,
        "headed": page.label_value, "phone": page.phone, "measured": page.measured,
        "said": translate, "written": page.text, "quoted": page.quoted,
        "saying": translate_columns,
        "by_year": by_year, "status_mix": status_mix, "status_data": status_data,
        "strip_data": strip_data, "day": lambda day: formats.day(date.fromisoformat(day)),
        "language_name": formats.language_name, "native_name": formats.native_name,
        "unquote": unquote, "tile_places": grids.tile_places,
        "linked_pairs": grids.linked_pairs,
        "parts": cop.data.split, "row_kind": lambda text: text[4:5],
        "first_upper": lambda text: text[:1].upper() + text[1:],
    }  # fmt: skip
    environment.globals |= {
        "figure": figure.draw,
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
        "LOOKS": page.LOOKS,
        "occurring": page.occurring,
    }
    environment.globals["charts"] = environment.get_template("figures.j2").module
    return environment
