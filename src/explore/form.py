"""The form in explore.ipynb that adds one row of research.

It asks what the contract asks, and loses nothing typed in.
"""

import ipywidgets as widgets

import contract
from contract import Refused
from explore.choice import Choice
from explore.view import choose
from report import page
from research import adding

KINDS = {
    "evidence": "a statement",
    "source": "a source",
    "stakeholder": "an organisation",
    "instrument": "an instrument",
}
LONG = ("statement", "description", "detail", "remark", "title")


class Form(widgets.VBox):
    """Questions for one kind of row of a country, what is wrong with it, and what is written."""

    def __init__(self, place: Choice) -> None:
        """Begin with a statement; what was typed is kept for each country and kind."""
        self._place, self._typed, self._fields = place, {}, {}
        self._shown, self._filling = None, False
        self._kind = choose("Add", KINDS, every=None)
        self._questions, self._answer = widgets.VBox(), widgets.HTML()
        look, add = widgets.Button(description="Check"), widgets.Button(description="Check and add")
        add.add_class("cop-primary")
        self._buttons = widgets.HBox([look, add])
        super().__init__([self._kind, self._questions, self._buttons, self._answer])
        self.add_class("cop-desk")
        look.on_click(lambda _: self.check())
        add.on_click(lambda _: self.add())
        self._kind.observe(lambda _: self.draw(), "value")
        place.when_changed(self.draw)
        self.draw()

    def draw(self) -> None:
        """Show the questions, with what was typed for this country and kind.

        Else with the next free id and today.
        """
        self._answer.value = ""
        display = "" if self._place.present else "none"
        self._questions.layout.display = self._buttons.layout.display = display
        if not self._place.present:
            return self._say(self._why_not())
        if self._shown != self._kind.value:
            self._ask()
        return self._fill(self._typed.get(self._key()) or adding.blank(*self._table()))

    def _why_not(self):
        if self._place.edition:
            return "An earlier edition is kept as it was: choose the latest one to add to it."
        begins = f"cop new {self._place.iso3} begins one"
        return f"There is no register of {self._place.called} yet: {begins}."

    def row(self) -> dict[str, str]:
        """Give what is typed in, by column."""
        return {name: field.value.strip() for name, field in self._fields.items()}

    def check(self) -> None:
        """Say every fault of the row at once, or show the row that would be written."""
        try:
            faults = adding.faults_of(*self._table(self.row()))
        except Refused as refused:
            return self._say(str(refused), refused=True)
        if faults:
            lines = (f"{self._label(f.column)}: {f.rule}. {f.mend}" for f in faults)
            return self._say("\n".join(lines), refused=True)
        return self._say(f"This row may be written:\n{_lines(self.row())}")

    def add(self) -> None:
        """Write the row and show it; one that is refused stays as typed and is not written."""
        try:
            row = adding.add(*self._table(self.row()))
        except Refused as refused:
            return self._say(str(refused), refused=True)
        self._typed.pop(self._key(), None)
        self._place.look_again()
        left = [f"Still to do: {one}" for one in adding.still_to_do(*self._table([row]))]
        added = f"Added to research/{self._place.iso3}/:\n{_lines(row)}"
        return self._say("\n".join([added, *left]))

    def _ask(self):
        """Make one widget per question of the kind."""
        self._shown = self._kind.value
        fields = adding.fields(self._shown, self._place.data)
        self._fields = {field.name: self._question(field) for field in fields}
        self._questions.children = list(self._fields.values())

    def _fill(self, values):
        """Put values into the questions; sources are those of the country."""
        self._filling = True
        for name, field in self._fields.items():
            if self._cites(name):
                field.options = [("choose one", ""), *self._sources()]
            known = [word for _, word in getattr(field, "options", [])]
            field.value = values[name] if not known or values[name] in known else ""
        self._filling = False

    def _question(self, field):
        """Give one question as a widget: a list of known answers, else a line or a box."""
        star = " *" if field.required else ""
        look = {"description": f"{field.label}{star}", "tooltip": field.help}
        if field.options is not None or self._cites(field.name):
            lines = [("choose one", ""), *((word, word) for word in field.options or [])]
            made = widgets.Dropdown(options=lines, value="", **look)
        else:
            kind = widgets.Textarea if field.name in LONG else widgets.Text
            made = kind(placeholder=field.help, **look)
        made.layout.width = "46rem" if field.name in LONG or field.name == "source_id" else "24rem"
        made.observe(lambda _: self._keep(), "value")
        return made

    def _keep(self):
        if not self._filling:
            self._typed[self._key()] = self.row()

    def _label(self, column):
        field = self._fields.get(column)
        return field.description.removesuffix(" *") if field else "The row"

    def _sources(self):
        frame = contract.read("sources", self._place.data, self._place.iso3)
        return [(f"{r.source_id}  {r.title}", r.source_id) for r in frame.itertuples()]

    def _cites(self, column):
        """Tell whether a column names a source of the country."""
        return column == "source_id" and self._kind.value != "source"

    def _table(self, *row):
        """Give where a row belongs, as `adding` asks for it."""
        return self._kind.value, self._place.iso3, *row, self._place.data

    def _key(self):
        return self._place.iso3, self._kind.value

    def _say(self, text, refused=False):
        kind = "refused" if refused else "well"
        said = page.Shown('<p class="cop-said {}" role="status">{}</p>')
        self._answer.value = str(said.format(kind, text))


def _lines(row):
    return "\n".join(f"{name}: {value or 'empty'}" for name, value in row.items())
