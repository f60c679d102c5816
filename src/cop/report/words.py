"""Render the templates words/<stage>.j2, with one macro per part of a page.

A macro takes frames and plain values and returns HTML; all values are escaped. Sentences are
complete between {% trans %} and {% endtrans %}, with their plural forms.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup, escape

import cop.data
from cop.data.places import Country, Region
from cop.report import formats, languages, page
from cop.report.languages import N_, SOURCE, gettext, translate
from cop.report.page import Html

FOLDER = Path(__file__).with_name("words")
COMPILED = FOLDER / "__pycache__"  # compiled templates; Jinja's default folder is shared
STRIP_TITLES = {  # of the data under strips of dots, in their order
    "label": N_("Indicator"), "country": N_("Country"), "year": N_("Year"), "value": N_("Value"),
    "median": N_("Median"), "lowest": N_("Lowest"), "highest": N_("Highest"),
    "n": N_("Countries"), "region_year": N_("Year of the median"),
}  # fmt: skip
TILES = pd.read_csv(Path(__file__).with_name("tiles.csv"), index_col="iso3")  # of Europe
COLUMNS = 4  # columns of a map


def render(stage: str, macro: str, *values, **named) -> Html:
    """Return the HTML of a macro of words/<stage>.j2."""
    return Html(getattr(_module(stage), macro)(*values, **named).strip())


def render_text(stage: str, macro: str, *values, **named) -> str:
    """Return the text of a macro as one line of plain text."""
    return one_line(render(stage, macro, *values, **named)).unescape()


def render_english(stage: str, macro: str, *values, **named) -> str:
    """Return the text of a macro in English, to be saved in a table and translated later."""
    with languages.using_language(SOURCE):
        english = render_text(stage, macro, *values, **named)
    if languages.translated():
        languages.remember({english: render_text(stage, macro, *values, **named)})
    return english


def translate_columns(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a frame with the values of some columns translated, for a figure."""
    translations = {name: frame[name].map(translate, na_action="ignore") for name in columns}
    return frame.assign(**translations)


def notice() -> Html | str:
    """Return the notice on a translated page: draft or reviewed, and the authentic text."""
    return render("page", "notice", languages.reviewed()) if languages.translated() else ""


def _english() -> Markup:
    """Return the attribute that marks text as English; "" on an English page."""
    return Markup(' lang="en"' if languages.translated() else "")


def preload() -> None:
    """Load the templates of all stages, for processes that are forked afterwards."""
    for path in FOLDER.glob("*.j2"):
        _module(path.stem)


def table(
    frame: pd.DataFrame,
    caption: str,
    columns: dict,
    note: str = "",
    kind: str = "",
    anchor: str = "",
    silent: bool = False,
) -> Html:
    """Return a frame as an HTML table with caption, header scopes and labels for missing values.

    `columns` is {column: heading} in order, or {column: (heading, macro of the row)}. The first
    column identifies the row. Text other than HTML is escaped. A frame without rows is rendered as
    a sentence, or left out of the page if `silent`.
    """
    caption = one_line(caption)
    if frame.empty:
        return render("figures", "nothing", caption, anchor, silent)
    heads, cells, numbers = [], [], []
    for number, (name, column) in enumerate(columns.items()):
        heading, macro = column if isinstance(column, tuple) else (column, None)
        heads.append(one_line(heading))
        values = map(macro, page.rows(frame)) if macro else frame[name]
        cells.append([page.cell(value) for value in values])
        if not macro and pd.api.types.is_numeric_dtype(frame[name]):
            numbers.append(number)
    rows = list(zip(*cells, strict=True))
    anchors = frame["anchor"].tolist() if "anchor" in frame else []
    note = one_line(note)
    return render("figures", "table", caption, heads, rows, note, kind, anchor, numbers, anchors)


def columns(place: Country | Region, name: str, order: str, /, **others) -> dict:
    """Return the columns of `table` in order, with headings from datapackage.json (table `name`).

    `others` overrides a column: a heading, or a function that renders its cells (a macro of the
    row, a function of the value, {value: text}), or both as a pair.
    """
    headings = titles(name, place.data) if name else {}
    return {c: _column(others.get(c), headings.get(c, ""), c) for c in order.split()}


def titles(table: str, data: str | Path) -> dict[str, str]:
    """Return {column: heading} of a table in the page's language."""
    return {name: gettext(title) for name, title in cop.data.titles(table, data).items()}


def labels(table: str, column: str, data: str | Path) -> dict[str, str]:
    """Return {code: label} of a column with categories, in the page's language."""
    return {w: gettext(label) for w, label in cop.data.labels(table, column, data).items()}


def across(frame: pd.DataFrame, down: str, over: str, make: Callable) -> pd.DataFrame:
    """Return a long frame in wide form, with cells rendered by the macro `make`."""
    cells = pd.Series([make(row) for row in page.rows(frame)], frame.index, "object")
    wide = frame.assign(cell=cells).pivot(index=down, columns=over, values="cell")
    return wide.loc[frame[down].unique(), frame[over].unique()].reset_index()


def _column(other, title, name):
    """Return the heading of a column, or (heading, function that renders its cells)."""
    title, other = other if isinstance(other, tuple) else (title, other)
    if other is None or isinstance(other, str):
        return other or title
    if isinstance(other, Macro):
        return title, other
    make = other if callable(other) else lambda value: escape(other[value])
    return title, lambda row: make(getattr(row, name))


def one_line(text: str) -> str:
    """Return a text without line breaks; HTML remains HTML."""
    line = " ".join(str.split(text))
    return Markup(line) if isinstance(text, Markup) else line


def texts(stage: str, macro: str, *values, **named) -> dict:
    """Return the texts and data of a macro's figure for `show.figure`, or `nothing`, a sentence.

    The macro has a dictionary in place of its chart, which takes them.
    """
    texts: dict = {}
    instead = render(stage, macro, texts, *values, **named)
    return texts or {"nothing": instead}


def by_year(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return a line chart's data as a table, with one row per year and one column per series."""
    wide = frame.pivot(index="year", columns="series", values="value")[frame.series.unique()]
    wide = wide.add_suffix(f", {unit}").rename_axis(columns=None).reset_index()
    return wide.astype({"year": "int"}).astype({"year": "str"})


def strip_data(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a strip of dots for its table of data, with headings."""
    shown = [name for name in STRIP_TITLES if name in frame]
    return frame[shown].rename(columns=STRIP_TITLES)


def tile_places(codes: list[str]) -> tuple[dict[str, tuple[int, int]], int]:
    """Return column and row of each country's tile, counted from 1, and the number of columns.

    Empty columns and rows are left out; countries without a position come last.
    """
    tiles = TILES.reindex(codes).rank(method="dense")
    columns, rows = tiles.max().fillna(0).astype(int)
    columns = max(int(columns), COLUMNS)
    for i, iso3 in enumerate(tiles.index[tiles.x.isna()]):
        tiles.loc[iso3] = i % columns + 1, rows + i // columns + 1
    places = tiles.astype(int).itertuples(index=False, name=None)
    return dict(zip(codes, places, strict=True)), columns


def linked_pairs(links: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return links (a, b) as pairs (name, word) in which the word is a hub, and the hubs.

    Hubs are the organisations with the most links, until every link has a hub.
    """
    hubs, pairs = [], list(zip(links.a, links.b, strict=True))
    while pairs:
        counts = Counter(name for pair in pairs for name in pair)
        hubs.append(max(counts, key=counts.get))
        pairs = [pair for pair in pairs if hubs[-1] not in pair]
    frame = links[["a", "b"]].set_axis(["name", "word"], axis=1)
    both = pd.concat([frame, frame.set_axis(["word", "name"], axis=1)])
    return both[both.word.isin(hubs)], hubs


def _cut_off(place) -> str:
    rows = cop.data.read("editions", place.data, place.iso3)
    return rows.cut_off[rows.edition == place.edition].max()


def national(place: Country) -> str:
    """Return the tag of the first language of a country, "" if unknown."""
    rows = cop.data.read("countries", place.data).query("iso3 == @place.iso3").languages
    return formats.language_tag(rows.iloc[0].split("; ")[0]) if len(rows) else ""


@lru_cache(maxsize=32)
def _module(stage: str):
    return _environment().get_template(f"{stage}.j2").module


def _bytecode_cache():
    """Return the cache of compiled templates, or None where its folder cannot be written."""
    with suppress(OSError):
        COMPILED.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(COMPILED)) if os.access(COMPILED, os.W_OK) else None


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
    filters = {
        page: "counted fixed format_count label_value measured number percent phone plain quoted"
        " rows status text",
        citations: "data_ref in_report link_number linked publishers refs sourced",
        formats: "day in_language join_words language_name native_name recent_hours",
        languages: "lower_first translate upper_first",
    }
    for module, names in filters.items():
        environment.filters |= {name: getattr(module, name) for name in names.split()}
    environment.filters |= {
        "across": across,
        "by_year": by_year,
        "linked_pairs": linked_pairs,
        "split": cop.data.split,
        "strip_data": strip_data,
        "tile_places": tile_places,
        "translate_columns": translate_columns,
        "unquote": unquote,
    }
    environment.globals |= {
        "figure": figure.draw,
        "table": table,
        "columns": columns,
        "cell": lambda name, *args: lambda value: environment.filters[name](value, *args),
        "period": page.period,
        "labels": labels,
        "contract": cop.data.contents,
        "titles": titles,
        "no_data": page.missing,
        "copy_at": citations.copy_at,
        "cut_off": _cut_off,
        "national": national,
        "page_language": languages.current,
        "english": _english,
        "notice": notice,
        "SIGNS": page.SIGNS,
        "LOOKS": page.LOOKS,
        "occurring": page.occurring,
    }
    environment.globals["charts"] = environment.get_template("figures.j2").module
    return environment
