"""A view: controls in a row, and below them what the helpers answer, each with its call and its exports."""

from dataclasses import dataclass, field

import ipywidgets as widgets
import pandas as pd

import contract
from explore import exports, tables
from explore.calls import Call
from report import page

ANY = "all"
_CALL = page.Shown(
    '<span class="call"><code>{0}</code> '
    '<button type="button" data-call="{0}" onclick="copDesk.copy(this)">Copy the call</button></span>'
)
_FILES = page.Shown('<span class="exports" role="status">{}</span>')


@dataclass(frozen=True)
class Part:
    """One thing shown: the call behind it, its title; for a table the columns shown, for a chart the call of its data."""

    call: Call
    title: str = ""
    columns: dict = field(default_factory=dict)
    data: Call = None
    of_country: bool = True  # False where the answer is the same whichever country is chosen


class View(widgets.VBox):
    """Controls and their answer. `parts(**values)` gives the Parts for what the controls say.

    `offers` names the controls whose choices depend on the others: {name: function of the values giving {value: title}}.
    """

    def __init__(self, place, controls, parts, needs_edition=True, offers=None):
        """Draw once, and again whenever a control or the country changes."""
        self._place, self._controls, self._parts = place, controls, parts
        self._needs_edition, self._offers, self._still = needs_edition, offers or {}, False
        self._answer = widgets.VBox()
        self._panels = []
        row = widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([row, self._answer])
        self.add_class("cop-desk")
        for control in controls.values():
            control.observe(self.draw, "value")
        place.when_changed(self.draw)
        self.draw()

    def draw(self, change=None):
        """Show the answer to what the controls say now."""
        if self._still:
            return
        if self._needs_edition and not self._place.edition:
            self._answer.children = [
                _said(f"Nothing is recorded for {self._place.called}: an assessment has not begun.")
            ]
            return
        for name, offer in self._offers.items():
            self._renew(self._controls[name], offer(**self._values()))
        asked = self._parts(**self._values())
        while len(self._panels) < len(asked):
            self._panels.append(Panel())
        for panel, part in zip(self._panels, asked, strict=False):
            panel.show(part, self._place)
        self._answer.children = self._panels[: len(asked)]

    def _values(self):
        return {name: control.value for name, control in self._controls.items()}

    def _renew(self, control, options):
        """Change what a control offers, keeping its value where it still can; the change itself draws nothing."""
        self._still, kept = True, control.value
        control.options = [(title, value) for value, title in options.items()] or [("none", "")]
        control.value = kept if kept in options else next(iter(options), "")
        self._still = False


class Panel(widgets.VBox):
    """One part as it is shown: the answer, below it the call and the exports."""

    def __init__(self):
        """Begin empty."""
        self._html, self._output, self._foot = widgets.HTML(), widgets.Output(), widgets.HTML()
        self._export, self._files = widgets.Button(description="Export"), widgets.HTML()
        self._part = self._answer = self._shown = None
        below = widgets.HBox(
            [self._foot, self._export, self._files], layout={"flex_flow": "row wrap"}
        )
        super().__init__([self._html, self._output, below])
        below.add_class("cop-foot")
        self.add_class("cop-panel")
        self._export.on_click(lambda _: self.export())

    def show(self, part, place):
        """Show a part, unless it is what stands there; a fault in the data is told in its own words, never as a traceback."""
        asked = (part.call.text, part.title, place.state if part.of_country else place.state[-1])
        if asked == self._shown:
            return  # a table keeps what was searched for and the page it is on
        self._shown, self._part, self._name = (
            asked,
            part,
            f"{place.iso3}-{part.call.name.replace('.', '-')}",
        )
        try:
            self._answer, said = part.call.result(), _CALL.format(part.call.text)
        except (contract.Broken, FileNotFoundError, LookupError) as told:
            self._answer, said = page.say("{}", told, kind="none"), ""
        self._foot.value, self._files.value = str(said), ""
        self._export.layout.display = "" if part.data or self._is_table() else "none"
        self._fill()

    def export(self):
        """Give links that save what stands there: a table as CSV and XLSX, a chart as SVG and PNG with its data."""
        drawn = not self._is_table()
        frame = self._part.data.result() if drawn else self._answer
        chart = exports.of_chart(self._answer, self._name) if drawn else page.Shown("")
        self._files.value = str(_FILES.format(chart + exports.of_table(frame, self._name)))

    def _fill(self):
        """Put the answer where it belongs: a table with its script into an output, all else as it is."""
        table = (
            tables.shown(self._answer, self._part.title, self._part.columns)
            if self._is_table()
            else ""
        )
        self._output.outputs = (
            [{"output_type": "display_data", "data": {"text/html": table}, "metadata": {}}]
            if table
            else []
        )
        self._html.value = "" if table else str(self._answer)

    def _is_table(self):
        return isinstance(self._answer, pd.DataFrame)


def choose(label, options, every=ANY, width="20rem"):
    """Give a list to choose from: {value: title}; with `every`, a first line for all of them, whose value is ""."""
    lines = ([(every, "")] if every else []) + [(title, value) for value, title in options.items()]
    return widgets.Dropdown(description=label, options=lines, layout={"width": width})


def write(label, hint):
    """Give a line to write in; it answers as one types."""
    return widgets.Text(description=label, placeholder=hint, layout={"width": "20rem"})


def _said(text):
    return widgets.HTML(str(page.say("{}", text, kind="none")))
