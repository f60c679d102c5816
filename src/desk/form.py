"""The form in explore.ipynb that adds one row of research: it asks what the contract asks, and loses nothing typed in."""

import ipywidgets as widgets

from desk.view import choose
from helpers import contract, page
from intake import Refused, adding

KINDS = {
    "evidence": "a statement",
    "source": "a source",
    "stakeholder": "an organisation",
    "instrument": "an instrument",
}
LONG = ("statement", "description", "detail", "remark", "title")


class Form(widgets.VBox):
    """Questions for one kind of row of the chosen country, what is wrong with the answers, and the row as it is written."""

    def __init__(self, place):
        """Begin with a statement; what was typed is kept for each country and kind."""
        self._place, self._typed, self._fields = place, {}, {}
        self._kind = choose("Add", KINDS, every=None)
        self._questions, self._said = widgets.VBox(), widgets.HTML()
        look, add = widgets.Button(description="Check"), widgets.Button(description="Check and add")
        add.add_class("cop-primary")
        self._buttons = widgets.HBox([look, add])
        super().__init__([self._kind, self._questions, self._buttons, self._said])
        self.add_class("cop-desk")
        look.on_click(lambda _: self.check())
        add.on_click(lambda _: self.add())
        self._kind.observe(lambda _: self.draw(), "value")
        place.when_changed(self.draw)
        self.draw()

    def draw(self):
        """Show the questions, filled with what was typed for this country and kind, else with the next free id and today."""
        begun = bool(self._place.edition)
        self._said.value, self._buttons.layout.display = "", "" if begun else "none"
        self._fields = {}
        if not begun:
            self._say(f"{self._place.name} has no register yet: cop new {self._place.iso3} begins one.")
        else:
            asked = adding.fields(self._kind.value, self._place.data)
            start = self._typed.get(self._key()) or adding.blank(self._kind.value, self._place.iso3, self._place.data)
            self._fields = {field.name: self._question(field, start[field.name]) for field in asked}
        self._questions.children = list(self._fields.values())

    def row(self):
        """Give what is typed in, by column."""
        return {name: field.value.strip() for name, field in self._fields.items()}

    def check(self):
        """Say every fault of the row at once, or show the row that would be written."""
        try:
            faults = adding.faults_of(self._kind.value, self._place.iso3, self.row(), self._place.data)
        except (Refused, contract.Broken) as told:
            return self._say(str(told), refused=True)
        if faults:
            return self._say("\n".join(f"{f.column}: {f.rule}. {f.mend}" for f in faults), refused=True)
        return self._say(f"This row may be written:\n{_lines(self.row())}")

    def add(self):
        """Write the row and show it; when it is refused, everything stays as typed and nothing is written."""
        try:
            row = adding.add(self._kind.value, self._place.iso3, self.row(), self._place.data)
        except (Refused, contract.Broken) as told:
            return self._say(str(told), refused=True)
        self._typed.pop(self._key(), None)
        self._place.look_again()
        return self._say(f"Added to research/{self._place.iso3}/:\n{_lines(row)}")

    def _question(self, field, value):
        """Give one question as a widget: a list where the words are fixed or the sources known, else a line or a box."""
        look = {"description": f"{field.label}{' *' if field.required else ''}", "tooltip": field.help}
        options = self._sources() if field.name == "source_id" and self._kind.value != "source" else field.options
        if options is not None:
            lines = options if isinstance(options, dict) else {word: word for word in options}
            lines = {"": "choose one"} | lines | ({value: value} if value not in lines else {})
            made = widgets.Dropdown(options=[(title, word) for word, title in lines.items()], value=value, **look)
        else:
            made = (widgets.Textarea if field.name in LONG else widgets.Text)(
                value=value, placeholder=field.help, **look
            )
        made.layout.width = "46rem" if field.name in LONG or field.name == "source_id" else "24rem"
        made.observe(lambda _: self._typed.update({self._key(): self.row()}), "value")
        return made

    def _sources(self):
        frame = contract.read("sources", self._place.data, self._place.iso3)
        return {r.source_id: f"{r.source_id}  {r.title}" for r in frame.itertuples()}

    def _key(self):
        return self._place.iso3, self._kind.value

    def _say(self, text, refused=False):
        kind = "refused" if refused else "well"
        self._said.value = str(page.Shown('<p class="cop-said {}" role="status">{}</p>').format(kind, text))


def _lines(row):
    return "\n".join(f"{name}: {value or 'empty'}" for name, value in row.items())
