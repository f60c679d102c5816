"""The form in explore.ipynb that adds one row of research: it asks what the contract asks, and loses nothing typed in."""

import ipywidgets as widgets

import contract
from contract import Refused
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
    """Questions for one kind of row of the chosen country, what is wrong with the answers, and the row as it is written."""

    def __init__(self, place):
        """Begin with a statement; what was typed is kept for each country and kind."""
        self._place, self._typed, self._fields = place, {}, {}
        self._asked, self._filling = None, False
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
        self._said.value = ""
        self._questions.layout.display = self._buttons.layout.display = (
            "" if self._place.present else "none"
        )
        if self._place.edition and not self._place.present:
            return self._say(
                "An earlier edition is kept as it was: choose the latest one to add to it."
            )
        if not self._place.present:
            return self._say(
                f"There is no register of {self._place.called} yet: cop new {self._place.iso3} begins one."
            )
        if self._asked != self._kind.value:
            self._ask()
        return self._fill(
            self._typed.get(self._key())
            or adding.blank(self._kind.value, self._place.iso3, self._place.data)
        )

    def row(self):
        """Give what is typed in, by column."""
        return {name: field.value.strip() for name, field in self._fields.items()}

    def check(self):
        """Say every fault of the row at once, or show the row that would be written."""
        try:
            faults = adding.faults_of(
                self._kind.value, self._place.iso3, self.row(), self._place.data
            )
        except (Refused, contract.Broken) as told:
            return self._say(str(told), refused=True)
        if faults:
            return self._say(
                "\n".join(f"{self._label(f.column)}: {f.rule}. {f.mend}" for f in faults),
                refused=True,
            )
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

    def _ask(self):
        """Make one widget per question of the kind."""
        asked, self._asked = adding.fields(self._kind.value, self._place.data), self._kind.value
        self._fields = {field.name: self._question(field) for field in asked}
        self._questions.children = list(self._fields.values())

    def _fill(self, values):
        """Put values into the questions; sources are those of the country."""
        self._filling = True
        for name, field in self._fields.items():
            if name == "source_id" and self._kind.value != "source":
                field.options = [("choose one", ""), *self._sources()]
            known = [word for _, word in getattr(field, "options", [])]
            field.value = values[name] if not known or values[name] in known else ""
        self._filling = False

    def _question(self, field):
        """Give one question as a widget: a list where the words are fixed or the sources known, else a line or a box."""
        look = {
            "description": f"{field.label}{' *' if field.required else ''}",
            "tooltip": field.help,
        }
        if field.options is not None or (
            field.name == "source_id" and self._kind.value != "source"
        ):
            lines = [("choose one", ""), *((word, word) for word in field.options or [])]
            made = widgets.Dropdown(options=lines, value="", **look)
        else:
            made = (widgets.Textarea if field.name in LONG else widgets.Text)(
                placeholder=field.help, **look
            )
        made.layout.width = "46rem" if field.name in LONG or field.name == "source_id" else "24rem"
        made.observe(lambda _: self._keep(), "value")
        return made

    def _keep(self):
        if not self._filling:
            self._typed[self._key()] = self.row()

    def _label(self, column):
        return (
            self._fields[column].description.removesuffix(" *")
            if column in self._fields
            else "The row"
        )

    def _sources(self):
        frame = contract.read("sources", self._place.data, self._place.iso3)
        return [(f"{r.source_id}  {r.title}", r.source_id) for r in frame.itertuples()]

    def _key(self):
        return self._place.iso3, self._kind.value

    def _say(self, text, refused=False):
        kind = "refused" if refused else "well"
        self._said.value = str(
            page.Shown('<p class="cop-said {}" role="status">{}</p>').format(kind, text)
        )


def _lines(row):
    return "\n".join(f"{name}: {value or 'empty'}" for name, value in row.items())
