"""A view: controls in a row, and below them what the helpers answer, each with its call and its exports."""

from dataclasses import dataclass, field

import ipywidgets as widgets
import pandas as pd

from desk import exports, tables
from desk.calls import Call
from helpers import contract, page

ANY = "all"


@dataclass(frozen=True)
class Part:
    """One thing shown: the call behind it, its title; for a table the columns shown, for a chart the call of its data."""

    call: Call
    title: str = ""
    columns: dict = field(default_factory=dict)
    data: Call = None


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
            self._answer.children = [_said(f"Nothing is recorded for {self._place.name}: an assessment has not begun.")]
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
        self._shown = None
        super().__init__()
        self.add_class("cop-panel")

    def show(self, part, place):
        """Show a part, unless it is what stands there; a fault in the data is told in its own words, never as a traceback."""
        asked = (part.call.text, part.title, place.state)
        if asked == self._shown:
            return  # a table keeps what was searched for and the page it is on
        self._shown = asked
        try:
            answer = part.call.result()
            foot = _foot(part, answer, f"{place.iso3}-{part.call.name.replace('.', '-')}")
        except (contract.Broken, FileNotFoundError, LookupError) as told:
            answer, foot = page.say("{}", told, kind="none"), ""
        if isinstance(answer, pd.DataFrame):
            made = tables.shown(answer, part.title, part.columns)
            self._output.outputs = [{"output_type": "display_data", "data": {"text/html": made}, "metadata": {}}]
            self.children = [self._output, self._foot]
        else:
            self._html.value = str(answer)
            self.children = [self._html, self._foot]
        self._foot.value = str(foot)


def choose(label, options, every=ANY, width="20rem"):
    """Give a list to choose from: {value: title}; with `every`, a first line for all of them, whose value is ""."""
    lines = ([(every, "")] if every else []) + [(title, value) for value, title in options.items()]
    return widgets.Dropdown(description=label, options=lines, layout={"width": width})


def write(label, hint):
    """Give a line to write in; it answers as one types."""
    return widgets.Text(description=label, placeholder=hint, layout={"width": "20rem"})


def _foot(part, answer, name):
    """Give the line below an answer: the call, what copies it, and what saves the answer as a file."""
    frame = answer if isinstance(answer, pd.DataFrame) else part.data.result() if part.data else None
    saved = page.Shown("") if frame is None else exports.of_table(frame, name)
    saved = saved if frame is answer else exports.of_chart(answer, name) + saved
    return page.Shown(
        '<div class="foot"><code>{0}</code><button type="button" data-call="{0}" onclick="copDesk.copy(this)">Copy the call</button>{1}</div>'
    ).format(part.call.text, page.Shown('<span class="exports">Export {}</span>').format(saved) if saved else "")


def _said(text):
    return widgets.HTML(str(page.say("{}", text, kind="none")))
