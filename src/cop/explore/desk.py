"""Provide a list of countries, and results that are updated when a control changes."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, display
from markupsafe import Markup
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from traitlets import Bunch

import cop.data
from cop.data.places import Country
from cop.explore import exports, tables
from helpers import countries, editions, show

STYLE = Path(__file__).parent / "page" / "desk.css"
ERRORS = (cop.data.InvalidTable, FileNotFoundError, LookupError)


class CountryPicker(widgets.VBox):
    """Dropdown list of countries and their editions. `value` is the selected Country."""

    value = traitlets.Any()

    def __init__(self, data: str, outputs: str, iso3: str = "", edition: str = "") -> None:
        """Initialise the list, and select the country `iso3` and its edition `edition`.

        By default, these are the country selected last, as saved in `outputs` (except on the site),
        and the latest edition. If they are not in the list, the first entry is selected.
        """
        self.data, self._outputs = data, outputs
        self._saved_choice = Path(outputs) / "explore" / "country.txt"
        self._folders = edition_folders(data)
        names = countries.names(data)
        choices = [*self._folders, *((code, "") for code in sorted(names, key=names.get))]
        begun = {code for code, _ in self._folders}
        options = [
            (f"{names[code]} ({code}), edition {year}".removesuffix(", edition "), (code, year))
            for code, year in choices
            if year or code not in begun
        ]
        wanted = iso3 or self._last_country()
        fitting = (key for _, key in options if key[0] == wanted and edition in ("", key[1]))
        first = next(fitting, None)
        self.list, self._cover = choose("Country", options, first, "24rem"), widgets.HTML()
        super().__init__([self.list, self._cover])
        self.add_class("cop-desk")
        self.list.observe(self._on_choice, "value")
        self._set_country()

    @property
    def is_latest(self) -> bool:
        """Return whether the country's latest edition is selected; others cannot be edited."""
        return bool(self.value.edition) and self.value.data == self.data

    def refresh(self) -> None:
        """Call the observers of `value`, which then display the changed data."""
        change = {"name": "value", "type": "change", "owner": self, "old": None, "new": self.value}
        self.notify_change(Bunch(change))

    def _ipython_display_(self):
        display(HTML(f"<style>{STYLE.read_text(encoding='utf-8')}</style>"))
        tables.load_scripts()
        display(widgets.VBox([self]))

    def _set_country(self):
        iso3, edition = self.list.value
        if edition:
            folder = f"{self._outputs}/{iso3}/tables"
            country = countries.find(iso3, self._folders[iso3, edition], folder, edition)
        else:
            country = countries.economy(iso3, self.data)
        self._cover.value = _cover(country)
        self.value = country

    def _on_choice(self, _):
        self._set_country()
        if not read_only():
            self._saved_choice.parent.mkdir(parents=True, exist_ok=True)
            self._saved_choice.write_text(self.value.iso3, encoding="utf-8")

    def _last_country(self):
        if read_only() or not self._saved_choice.exists():
            return ""
        return self._saved_choice.read_text(encoding="utf-8").strip()


class Answer:
    """Table or figure, with a button to export it. Figures include their data."""

    def __init__(
        self,
        place: Country,
        title: str,
        frame: pd.DataFrame,
        codes: Sequence[str] = (),
        ax: Axes | None = None,
        columns: Sequence[str] = (),
    ) -> None:
        """Initialise the table `frame`, or the figure with the axes `ax` and the data `frame`.

        `codes` are the indicators in `frame`, and `columns` the displayed columns (default: all).
        """
        self.place, self.title, self.frame, self.codes, self.ax = place, title, frame, codes, ax
        names = columns or [str(name) for name in frame]
        self.headings = {name: name.replace("_", " ").capitalize() for name in names}

    def html(self) -> str:
        """Render the figure with its texts and data, or the table, as HTML."""
        if self.ax is None:
            return tables.to_html(self.frame, self.title, self.headings)
        about = exports.about(self.place, self.title, self.frame, self.codes)
        data = self.frame[[*self.headings]].rename(columns=self.headings)
        subtitle = f"{about['measure']}, {self.place.name}"
        source, alt = about["data_source"], f"{self.title}, {subtitle}"
        return str(show.figure(self.ax, self.title, subtitle, source, alt, data=data))

    def widget(self) -> widgets.VBox:
        """Return a widget with the table or figure and an export button."""
        button, links = widgets.Button(description="Export"), widgets.HTML()
        figure = self.ax.figure if self.ax else None
        saved = self.place, self.title, self.frame, self.codes, figure
        button.on_click(lambda _: links.set_trait("value", exports.links(*saved)))
        shown = _output({"text/html": self.html()})
        return widgets.VBox([shown, _row([button, links], "cop-foot")])

    def _ipython_display_(self):
        display(self.widget())


def interact(
    function: Callable[..., object], picker: CountryPicker, **controls: widgets.Widget
) -> widgets.VBox:
    """Return a box with `controls` and the result of `function(country, **values)`.

    The function is called now and after each change of `picker` or a control. It returns an Answer,
    a sentence, None, any object that a notebook can display, or a tuple of such results. ERRORS are
    displayed as a sentence. All figures are closed before each call. Text that the function prints
    after a change goes to the log, since ipywidgets' `interactive_output` could hang.
    """
    answers = widgets.VBox()

    def draw(change=None):
        plt.close("all")
        place, values = picker.value, {name: each.value for name, each in controls.items()}
        try:
            answer = function(place, **values)
        except ERRORS as error:
            absent = isinstance(error, FileNotFoundError) and place.iso3 in str(error)
            answer = no_edition(place) if absent and not place.edition else str(error)
        before = answers.children
        parts = answer if isinstance(answer, tuple) else (answer,)
        answers.children = [_widget_of(part) for part in parts if part is not None]
        for child in before:
            child.close()

    for control in (picker, *controls.values()):
        control.observe(draw, "value")
    draw()
    box = widgets.VBox([_row(controls.values()), answers])
    box.add_class("cop-desk")
    return box


def _widget_of(part):
    if isinstance(part, Answer):
        return part.widget()
    if type(part) is str:
        return widgets.HTML(message(part))
    return _output(InteractiveShell.instance().display_formatter.format(part)[0])


def _output(data):
    return widgets.Output(outputs=[{"output_type": "display_data", "data": data, "metadata": {}}])


def choose(
    label: str, options: Mapping | Sequence, value: object = None, width: str = "24rem"
) -> widgets.Dropdown:
    """Return a dropdown list for values, (label, value) pairs or {value: label}.

    `value` (default: the first entry) must be an option and is selected. `width` is a CSS length.
    """
    if isinstance(options, Mapping):
        options = [(title, key) for key, title in options.items()]
    selected = {} if value is None else {"value": value}
    return widgets.Dropdown(description=label, options=options, layout={"width": width}, **selected)


def choose_countries(data: str) -> widgets.SelectMultiple:
    """Return a list to select several countries, whose value is a tuple of ISO3 codes."""
    options = sorted((name, iso3) for iso3, name in countries.names(data).items())
    return widgets.SelectMultiple(description="Beside", options=options, rows=5)


def begun(data: str) -> dict[str, list[str]]:
    """Return {ISO3: editions} for the countries with an editions.csv, sorted by ISO3 code.

    Countries that are not in countries.csv or have errors in editions.csv are left out.
    """
    held = {}
    for iso3 in filter(countries.names(data).__contains__, cop.data.begun(data)):
        with suppress(cop.data.InvalidTable):
            held[iso3] = list(cop.data.read("editions", data, iso3).edition)
    return held


def edition_folders(data: str) -> dict[tuple[str, str], str]:
    """Return {(ISO3, edition): data folder} for the editions of all countries in `begun`.

    They are sorted by ISO3 code, the latest edition first. The study of 2020, and archives with
    errors in editions.csv, are left out.
    """
    return {
        (iso3, edition): folder
        for iso3 in begun(data)
        for edition, folder in reversed(editions.held(iso3, data).items())
        if edition in begun(folder).get(iso3, [])
    }


def no_edition(place: Country) -> str:
    """Return a message on what to do for a country without an edition."""
    fix = f"{place.name} has no assessment; create one with `cop new {place.iso3}`"
    if place.iso3 in cop.data.countries(place.data):
        fix = f"research/{place.iso3}/editions.csv has no valid edition; correct it (`cop check`)"
    return f"{fix}, then run all cells again."


def message(text: object, kind: str = "say") -> str:
    """Return a text, escaped, as an HTML paragraph; `kind` is its CSS class."""
    return Markup('<p class="{}" role="status">{}</p>').format(kind, text)


def read_only() -> bool:
    """Return whether explore.ipynb runs as a site, which must not write files."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


def _row(children, name="cop-row"):
    row = widgets.HBox([*children], layout={"flex_flow": "row wrap"})
    row.add_class(name)
    return row


def _cover(country):
    try:
        return str(countries.cover(country))
    except ERRORS as error:
        return message(error)
