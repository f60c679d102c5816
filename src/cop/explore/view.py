"""A view: controls in a row, and below them what the helpers answer, with calls and exports."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import ipywidgets as widgets
import pandas as pd

import cop.data
from cop.explore import economies, exports, tables
from cop.explore.calls import Call
from cop.explore.choice import Choice
from cop.report import page

ANY = "all"
DEAD = re.compile(r'<a class="ref" href="#[^"]*">(.*?)</a>')  # leads to a place of a report's page
_CALL = page.Shown(
    '<span class="call"><code>{}</code> <button type="button" data-call="{}"'
    ' onclick="copDesk.copy(this)">Copy the call</button></span>'
)
_FILES = page.Shown('<span class="exports" role="status">{}</span>')


@dataclass(frozen=True)
class Part:
    """One thing shown, and the call behind it."""

    call: Call
    title: str = ""
    columns: dict[str, str] = field(default_factory=dict)  # of a table, with their headings
    data: Call | None = None  # of a chart
    of_country: bool = True  # False where the answer is the same whichever country is chosen
    codes: tuple[str, ...] = ()  # the indicators it is of
    beside: tuple[str, ...] = ()  # the countries beside the one looked at
    named: str = ""  # what its file is called, where that is not its indicators or its title
    aside: bool = False  # stands beside the part before it where there is room


class View(widgets.VBox):
    """Controls and their answer."""

    def __init__(
        self,
        place: Choice,
        controls: dict[str, widgets.Widget],
        parts: Callable[..., list[Part]],
        needs_edition: bool = True,
        offers: dict[str, Callable[..., dict[str, str]]] | None = None,
    ) -> None:
        """Draw once, and again whenever a control or the country changes.

        `parts` gives the Parts for what the controls say. `offers` are of the controls whose
        choices depend on the others: functions of the values that give {value: title}.
        """
        self._place, self._controls, self._parts = place, controls, parts
        self._needs_edition, self._offers, self._still = needs_edition, offers or {}, False
        self._answer = widgets.VBox()
        self._answer.add_class("cop-answer")
        self._panels = []
        row = widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([row, self._answer])
        self.add_class("cop-desk")
        for control in controls.values():
            control.observe(self.draw, "value")
        place.when_changed(self.draw)
        self.draw()

    def draw(self, change: object = None) -> None:
        """Show the answer to what the controls say now."""
        if self._still:
            return
        if self._needs_edition and not self._place.edition:
            begun = "Nothing is recorded for {}: an assessment has not begun."
            none = page.say(begun, self._place.called, kind="none")
            self._answer.children = [widgets.HTML(str(none))]
            return
        for name, offer in self._offers.items():
            self._renew(self._controls[name], offer(**self._values()))
        parts = self._parts(**self._values())
        while len(self._panels) < len(parts):
            self._panels.append(Panel())
        for panel, part in zip(self._panels, parts, strict=False):
            panel.show(part, self._place)
            (panel.add_class if part.aside else panel.remove_class)("cop-aside")
        self._answer.children = self._panels[: len(parts)]

    def _values(self):
        return {name: control.value for name, control in self._controls.items()}

    def _renew(self, control, options):
        """Change what a control offers, and keep its value where it can; this draws nothing."""
        self._still, kept = True, control.value
        control.options = [(title, value) for value, title in options.items()] or [("none", "")]
        control.value = kept if kept in options else next(iter(options), "")
        self._still = False


class Panel(widgets.VBox):
    """One part as it is shown: the answer, below it the call and the exports."""

    def __init__(self) -> None:
        """Begin empty."""
        self._html, self._output, self._foot = widgets.HTML(), widgets.Output(), widgets.HTML()
        self._export, self._files = widgets.Button(description="Export"), widgets.HTML()
        self._part = self._answer = self._shown = None
        below = widgets.HBox([self._foot, self._export, self._files])
        below.layout.flex_flow = "row wrap"
        super().__init__([self._html, self._output, below])
        below.add_class("cop-foot")
        self.add_class("cop-panel")
        self._export.on_click(lambda _: self.export())

    def show(self, part: Part, place: Choice) -> None:
        """Show a part, unless it is what stands there.

        A fault in the data is shown in its own words, never as a traceback.
        """
        text = part.call.text
        shown = (text, part.title, place.state if part.of_country else place.state[-1])
        if shown == self._shown:
            return  # a table keeps what was searched for and the page it is on
        self._shown, self._part, self._place = shown, part, place
        try:
            self._answer, foot = part.call.result(), _CALL.format(part.call.lines, text)
        except (cop.data.Broken, FileNotFoundError, LookupError) as fault:
            self._answer, foot = page.say("{}", fault, kind="none"), ""
        self._foot.value, self._files.value = str(foot), ""
        self._export.layout.display = "" if part.data or self._is_table() else "none"
        self._fill()

    def export(self) -> None:
        """Return links that save a table as CSV and XLSX, a chart as SVG and PNG with its data,
        each with what it is.
        """
        part, drawn = self._part, not self._is_table()
        frame = part.data.result() if drawn else self._answer
        told = exports.about(self._place, part.title or part.named, frame, part.codes)
        iso3s = dict.fromkeys([self._place.iso3, *part.beside]) if part.of_country else ()
        years = economies.period(frame) or (self._place.edition if part.of_country else "")
        name = exports.named(list(iso3s), part.named or told.measure, years)
        chart = exports.of_chart(self._answer, name, told) if drawn else page.Shown("")
        table = exports.of_table(frame, name, told, part.columns)
        self._files.value = str(_FILES.format(chart + table))

    def _fill(self):
        """Put the answer where it belongs: a table with its script into an output, or HTML."""
        shown = (self._answer, self._part.title, self._part.columns)
        table = tables.shown(*shown) if self._is_table() else ""
        output = {"output_type": "display_data", "data": {"text/html": table}, "metadata": {}}
        self._output.outputs = [output] if table else []
        self._html.value = "" if table else DEAD.sub(r"\1", str(self._answer))

    def _is_table(self):
        return isinstance(self._answer, pd.DataFrame)


def choose(
    label: str, options: dict[str, str], every: str | None = ANY, width: str = "20rem"
) -> widgets.Dropdown:
    """Return a control of a view: a list to choose from, {value: title}; `every`, whose value is
    "", heads it.
    """
    lines = ([(every, "")] if every else []) + [(title, value) for value, title in options.items()]
    return widgets.Dropdown(description=label, options=lines, layout={"width": width})


def text_box(label: str, hint: str) -> widgets.Text:
    """Return a control of a view: a line to write in, which answers as one types."""
    return widgets.Text(description=label, placeholder=hint, layout={"width": "20rem"})
