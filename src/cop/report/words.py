"""Render the templates words/<stage>.j2, with one macro for each part of a page.

A macro takes DataFrames and plain values and returns HTML; text that is not HTML is escaped.
Sentences are marked for translation with {% trans %}, which allows plural forms, or with _("…").
The module also defines filters and functions for the templates, such as `table`.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Macro
from markupsafe import Markup, escape

import cop.data
from cop.data.places import Country, Region
from cop.report import formats, languages, page
from cop.report.languages import N_, SOURCE, gettext, translate
from cop.report.page import Html

FOLDER = Path(__file__).with_name("words")
COMPILED = FOLDER / "__pycache__"  # compiled templates; Jinja's default folder is shared
STRIP_TITLES = {  # headings of the data table of a strip chart, in order
    "label": N_("Indicator"), "country": N_("Country"), "year": N_("Year"), "value": N_("Value"),
    "median": N_("Median"), "lowest": N_("Lowest"), "highest": N_("Highest"),
    "n": N_("Countries"), "region_year": N_("Year of the median"),
}  # fmt: skip
TILES = pd.read_csv(Path(__file__).with_name("tiles.csv"), index_col="iso3")  # map of Europe
COLUMNS = 4  # minimum number of columns of a map


def render(stage: str, macro: str, *values, **named) -> Html:
    """Render a macro of words/<stage>.j2 as HTML; further arguments are passed to the macro."""
    return Html(getattr(_module(stage), macro)(*values, **named).strip())


def render_text(stage: str, macro: str, *values, **named) -> str:
    """Render a macro, which must not contain HTML tags, as a single line of plain text."""
    return one_line(render(stage, macro, *values, **named)).unescape()


def render_english(stage: str, macro: str, *values, **named) -> str:
    """Render a macro in English as in `render_text`, for a text that a table contains.

    On a translated page, the translation of the text is registered with `languages.remember`.
    """
    with languages.using_language(SOURCE):
        english = render_text(stage, macro, *values, **named)
    if languages.translated():
        languages.remember({english: render_text(stage, macro, *values, **named)})
    return english


def translate_columns(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a copy of a DataFrame with translated `columns`; missing values stay missing."""
    translations = {name: frame[name].map(translate, na_action="ignore") for name in columns}
    return frame.assign(**translations)


def weak_as_unknown(frame: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """Return a copy of a DataFrame with the status "insufficient evidence" for weak ratings.

    A rating is weak if its `word` is in `words` and its `confidence` is "low".
    """
    is_weak = (frame.confidence == "low") & frame.word.isin(words)
    return frame.assign(word=frame.word.mask(is_weak, "insufficient evidence"))


def final_ratings(members: Sequence[str], place: Country, item_ids: pd.Series) -> pd.DataFrame:
    """Return the final ratings of items by country, from the tables that can be read.

    `members` are ISO3 codes, and `place` provides the data folder. Items on which the coders differ
    are omitted unless adjudicated. An error in the data of another country must not stop a report,
    so nothing is checked. The columns are iso3, item_id, coder ("adjudicated", "A" also if both
    agree, "B" if only B rated the item), status and confidence; rows are sorted by coder in this
    order. See `helpers.alignment.adjudicated`.
    """
    found, items, order = [], set(item_ids), {"adjudicated": 0, "A": 1, "B": 2}
    for iso3 in members:
        [(path, _)] = cop.data.stamp("alignment", place.data, iso3)  # records the file as read
        with suppress(cop.data.InvalidTable, FileNotFoundError):
            rows = cop.data.records(cop.data.locate(place.data, path), "item_id", "coder", "status")
            found += [row | {"iso3": iso3} for row in rows if row["item_id"] in items]
    columns = ["iso3", "item_id", "coder", "status", "confidence"]
    rows = pd.DataFrame(found, columns=columns)
    rows = rows.sort_values("coder", key=lambda coders: coders.map(order))
    by_item = rows.groupby(["iso3", "item_id"], sort=False)
    open_to_both = (rows.coder == "A") & (by_item.status.transform("nunique") > 1)
    return rows[~by_item.cumcount().astype(bool) & ~open_to_both]


def notice() -> Html | str:
    """Render a notice on the translation and its review, or return "" for an English page."""
    return render("page", "notice", languages.reviewed()) if languages.translated() else ""


def _english() -> Markup:
    return Markup(' lang="en"' if languages.translated() else "")


def preload() -> None:
    """Load all templates except those of the site before processes are forked."""
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
    """Render a DataFrame as an HTML table with caption, header scopes and labelled missing values.

    `columns` is {column: heading}, or {column: (heading, macro)} if a macro renders the cells from
    the row. The first column identifies the row. `note` follows the table, `kind` is a CSS class,
    and `anchor` the table's id; a column `anchor` of the DataFrame has the ids of rows. A DataFrame
    without rows is rendered as a sentence, which pages omit if `silent` is True.
    """
    caption = one_line(caption)
    if frame.empty:
        return render("figures", "nothing", caption, anchor, silent)
    heads, cells, numbers, records = [], [], [], list(page.rows(frame))
    for number, (name, column) in enumerate(columns.items()):
        heading, macro = column if isinstance(column, tuple) else (column, None)
        heads.append(one_line(heading))
        values = map(macro, records) if macro else frame[name]
        cells.append([page.cell(value) for value in values])
        if not macro and pd.api.types.is_numeric_dtype(frame[name]):
            numbers.append(number)
    rows = list(zip(*cells, strict=True))
    anchors = frame["anchor"].tolist() if "anchor" in frame else []
    note = one_line(note)
    return render("figures", "table", caption, heads, rows, note, kind, anchor, numbers, anchors)


def columns(place: Country | Region, name: str, order: str, /, **others) -> dict:
    """Return the argument `columns` of `table`, with the headings of a table in datapackage.json.

    `name` is the table ("" for none), and `order` contains the columns, separated by spaces.
    `others` is {column: heading}, {column: cells} or {column: (heading, cells)}, where cells are a
    macro that takes the row, a function of the value, or {value: text} for all values.
    """
    headings = titles(name, place.data) if name else {}
    return {c: _column(others.get(c), headings.get(c, ""), c) for c in order.split()}


def titles(table: str, data: str | Path) -> dict[str, str]:
    """Return {column: translated heading} of a table in datapackage.json."""
    return {name: gettext(title) for name, title in cop.data.titles(table, data).items()}


def labels(table: str, column: str, data: str | Path) -> dict[str, str]:
    """Return {code: translated label} of a column with categories in datapackage.json."""
    return {w: gettext(label) for w, label in cop.data.labels(table, column, data).items()}


def across(frame: pd.DataFrame, down: str, over: str, make: Callable) -> pd.DataFrame:
    """Pivot a DataFrame; the macro `make` renders a cell from each row.

    The rows are the values of `down` and the columns the values of `over`, both in the order of the
    DataFrame. A missing combination is NaN. Raises ValueError if a combination occurs twice.
    """
    cells = pd.Series([make(row) for row in page.rows(frame)], frame.index, "object")
    wide = frame.assign(cell=cells).pivot(index=down, columns=over, values="cell")
    return wide.loc[frame[down].unique(), frame[over].unique()].reset_index()


def _column(other, title, name):
    title, other = other if isinstance(other, tuple) else (title, other)
    if other is None or isinstance(other, str):
        return other or title
    if isinstance(other, Macro):
        return title, other
    make = other if callable(other) else lambda value: escape(other[value])
    return title, lambda row: make(getattr(row, name))


def one_line(text: str) -> str:
    """Strip a text and collapse whitespace to single spaces. Markup is returned as Markup."""
    line = " ".join(str.split(text))
    return Markup(line) if isinstance(text, Markup) else line


def texts(stage: str, macro: str, *values, **named) -> dict:
    """Return the texts and data of a macro's figure as keyword arguments for `show.figure`.

    If the macro renders no figure, the result is {"nothing": HTML of the macro}.
    """
    texts: dict = {}
    instead = render(stage, macro, texts, *values, **named)
    return texts or {"nothing": instead}


def by_year(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Pivot year, series and value to a row per year and a column "series, unit" per series."""
    wide = frame.pivot(index="year", columns="series", values="value")[frame.series.unique()]
    return wide.add_suffix(f", {unit}").rename_axis(columns=None).reset_index()


def strip_data(frame: pd.DataFrame) -> pd.DataFrame:
    """Select and rename the columns for the data table of a strip chart (see STRIP_TITLES)."""
    shown = [name for name in STRIP_TITLES if name in frame]
    return frame[shown].rename(columns=STRIP_TITLES)


def tile_places(codes: list[str]) -> tuple[dict[str, tuple[int, int]], int]:
    """Return {iso3: (column, row)} for the tiles of a map, and the map's number of columns.

    Columns and rows start at 1. Empty columns and rows of the map are left out, but there are at
    least COLUMNS columns. Countries without a position in tiles.csv follow in further rows.
    """
    tiles = TILES.reindex(codes).rank(method="dense")
    columns, rows = tiles.max().fillna(0).astype(int)
    columns = max(int(columns), COLUMNS)
    for i, iso3 in enumerate(tiles.index[tiles.x.isna()]):
        tiles.loc[iso3] = i % columns + 1, rows + i // columns + 1
    places = tiles.astype(int).itertuples(index=False, name=None)
    return dict(zip(codes, places, strict=True)), columns


def linked_pairs(links: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the links of hubs as a DataFrame with the columns name and word, and a list of hubs.

    `links` has the columns a and b. Each hub is the organisation with the most links that do not
    include an earlier hub, until no link is left. A row links the organisation `name` to the hub
    `word`; a link between two hubs has two rows.
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
    """Return the tag of the first language of a country in countries.csv, or "" if unknown."""
    row = cop.data.row("countries", place.data, "iso3", place.iso3) or {}
    first, *_ = cop.data.split(row.get("languages", "")) or [""]
    return formats.language_tag(first)


@lru_cache(maxsize=32)
def _module(stage: str):
    return _environment().get_template(f"{stage}.j2").module


def _bytecode_cache():
    with suppress(OSError):
        COMPILED.mkdir(exist_ok=True)
    # Change this name if a filter gets or loses the context: compiled templates depend on it
    files = "words-2-%s.cache"
    return FileSystemBytecodeCache(str(COMPILED), files) if os.access(COMPILED, os.W_OK) else None


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from cop.report import citations, figure  # not earlier, as they import this module

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
        formats: "day in_language join_words lang_attribute language_name native_name recent_hours",
        languages: "lower_first upper_first",
    }
    for module, names in filters.items():
        environment.filters |= {name: getattr(module, name) for name in names.split()}
    environment.filters |= {
        "across": across,
        "by_year": by_year,
        "final_ratings": final_ratings,
        "linked_pairs": linked_pairs,
        "split": cop.data.split,
        "strip_data": strip_data,
        "tile_places": tile_places,
        # Without the context, Jinja would evaluate `"text" | translate` when it compiles a template
        "translate": pass_context(lambda _context, words: translate(words)),
        "translate_columns": translate_columns,
        "unquote": unquote,
        "weak_as_unknown": weak_as_unknown,
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
