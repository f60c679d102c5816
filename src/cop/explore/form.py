"""The form in explore.ipynb that adds a row of research, changes one, and notes what was seen.

It asks what the contract asks, and loses nothing typed in.
"""

from contextlib import suppress

import ipywidgets as widgets

import cop.data
from cop.data import Refused
from cop.explore import questions
from cop.explore.choice import Choice
from cop.explore.view import choose
from cop.report import page
from cop.research import KINDS as TABLES
from cop.research import rows, verification

KINDS = {
    "evidence": "a statement",
    "source": "a source",
    "stakeholder": "an organisation",
    "service": "a helpline, hotline or portal",
    "partnership": "a link between two organisations",
    "instrument": "an instrument",
    "treaty": "a treaty or network",
    "exercise": "an exercise",
    "study": "a published study of children",
    "difference": "why sources differ on an area",
    "open-gap": "why a gap has no recommendation",
    "other-figure": "another source's figure",
    "alignment": "a judgement of an item",
    "challenge": "a challenge",
    "recommendation": "a recommendation",
    "action": "an action",
    "milestone": "a milestone",
    "reading": "a reading of an indicator",
    "result": "an expected result",
    "table-25": "a row of Table 25",
    "comment": "a comment",
    "survey-question": "a question of a published survey",
    "survey-answer": "an answer in a published survey",
    "survey-group": "an answer by group in a published survey",
    "survey-about": "how a survey was made",
    "territory-note": "the note on what figures cover",
    "edition": "the edition",
}
NEW = "a new row"


class Form(widgets.VBox):
    """Questions for one row of a country, what is wrong with it, and what is written."""

    def __init__(self, place: Choice) -> None:
        """Begin with a statement; what was typed is kept for each country, kind and row."""
        self._place, self._typed, self._fields = place, {}, {}
        self._filling = False
        self._kind = choose("Table", KINDS, every=None, width="24rem")
        self._row = choose("Row", {}, every=NEW, width="40rem")
        self._questions, self._answer = widgets.VBox(), widgets.HTML()
        self._write = _button("Check and add", self.add)
        self._write.add_class("cop-primary")
        self._buttons = widgets.HBox([_button("Check", self.check), self._write])
        self._page, self._seen = (
            widgets.Text(description="Page"),
            widgets.Textarea(
                description="Passage", placeholder="the passage that says it, word for word"
            ),
        )
        noted = _button("Note what was seen", self.verify)
        self._look = widgets.VBox([self._page, self._seen, noted])
        chosen = widgets.HBox([self._kind, self._row], layout={"flex_flow": "row wrap"})
        super().__init__([chosen, self._questions, self._buttons, self._look, self._answer])
        self.add_class("cop-desk")
        self._kind.observe(lambda _: self._of_another_kind(), "value")
        self._row.observe(lambda _: self._filling or self._show(), "value")
        place.when_changed(self.draw)
        self.draw()

    def draw(self) -> None:
        """Show the rows there are, and the questions with what was typed for the one chosen.

        Else with what the row holds, or for a new one with the next free id and today.
        """
        try:
            if self._place.present:
                self._offer()
            self._show()
        except Refused as refused:
            self._hide(str(refused))

    def row(self) -> dict[str, str]:
        """Return what is typed in, by column."""
        return {name: questions.text_of(field) for name, field in self._fields.items()}

    def check(self) -> None:
        """Say every fault of the row at once, or show the row that would be written."""
        try:
            faults = rows.check(*self._table([self.row()]), change=bool(self._row.value))
        except Refused as refused:
            return self._say(str(refused), refused=True)
        if faults:
            lines = (f"{self._label(f.column)}: {f.rule}. {f.fix}" for f in faults)
            return self._say("\n".join(lines), refused=True)
        return self._say(f"This row may be written:\n{_lines(self.row())}")

    def add(self) -> None:
        """Write the row, new or changed, and show it; one that is refused stays as typed."""
        try:
            row = self._changed() if self._row.value else rows.add(*self._table([self.row()]))[0]
        except Refused as refused:
            return self._say(str(refused), refused=True)
        done = "Changed" if self._row.value else "Added"
        self._typed.pop(self._key(), None)
        self._place.look_again()
        left = [f"Still to do: {one}" for one in rows.still_to_do(*self._table([row])[1:])]
        written = f"{done} in {rows.path_of(*self._table())}:\n{_lines(row)}"
        return self._say("\n".join([written, *left]))

    def verify(self) -> None:
        """Note the passage that was seen to say what the row says; the row is verified then."""
        (row_id,) = self._row.value
        try:
            seen = verification.verify_row(
                row_id, self._place.data, self._seen.value, self._page.value
            )
        except Refused as refused:
            return self._say(str(refused), refused=True)
        self._typed.pop(self._key(), None)
        self._page.value = self._seen.value = ""
        self._place.look_again()
        return self._say(f"{row_id}: verified on {seen['seen_on']}, in {seen['source_id']}.")

    def _of_another_kind(self):
        self._filling, self._row.value = True, ""
        self._filling = False
        self.draw()

    def _offer(self):
        """Let the rows of the table be chosen, the one that was chosen again."""
        kind, iso3, data = self._kind.value, self._place.iso3, self._place.data
        keys, frame = rows.keys(kind, data), rows.present(*self._table())
        own = frame[frame.iso3 == iso3] if "iso3" in frame.columns else frame
        told = rows.row_labels(own)
        names = [tuple(row) for row in own[keys].values]
        lines = [
            (f"{' '.join(name)}  {text[:80]}", name) for name, text in zip(names, told, strict=True)
        ]
        kept = self._row.value if self._row.value in names else ""
        first = [] if kind in rows.BEGUN else [(NEW, "")]
        self._filling, self._row.options = True, first + lines
        self._row.value = kept if kept or first else names[-1]
        self._filling = False

    def _show(self):
        """Show the questions of the row that is chosen."""
        self._answer.value = ""
        if not self._place.present:
            return self._hide(self._why_not())
        for part in (self._row, self._questions, self._buttons):
            part.layout.display = ""
        verified = self._row.value and self._kind.value in verification.KINDS
        self._look.layout.display = "" if verified else "none"
        self._write.description = "Check and change" if self._row.value else "Check and add"
        self._ask()
        return self._fill(self._typed.get(self._key()) or self._held())

    def _hide(self, why):
        """Show nothing but why there is nothing to fill in."""
        for part in (self._row, self._questions, self._buttons, self._look):
            part.layout.display = "none"
        self._say(why)

    def _why_not(self):
        if self._place.edition:
            return "An earlier edition is kept as it was: choose the latest one to add to it."
        begins = f"cop new {self._place.iso3} begins one"
        return f"There is no register of {self._place.called} yet: {begins}."

    def _held(self):
        """Return the row that is chosen as the table holds it, else what a new one begins with."""
        if self._row.value:
            kind, iso3, data = self._table()
            return rows.row_of(kind, iso3, list(self._row.value), data)
        return rows.blank(*self._table())

    def _changed(self):
        """Change what differs from the table, and give the row."""
        held = self._held()
        new = {name: text for name, text in self.row().items() if text != held[name]}
        if not new:
            raise Refused("nothing differs from what the table holds")
        kind, iso3, data = self._table()
        return rows.edit(kind, iso3, list(self._row.value), new, data)

    def _ask(self):
        """Make one widget per question of the kind; what names a row that is there stays."""
        kind, data = self._kind.value, self._place.data
        keys = rows.keys(kind, data) if self._row.value else []
        fields = cop.data.fields(TABLES[kind], data)
        self._fields = {field["name"]: self._question(field) for field in fields}
        for name in keys:
            self._fields[name].disabled = True
        self._questions.children = list(self._fields.values())

    def _fill(self, values):
        """Put values into the questions."""
        self._filling = True
        for name, field in self._fields.items():
            questions.put(field, values[name])
        self._filling = False

    def _question(self, field):
        """Return one question, with the rows that it may name."""
        kind, place, known = self._kind.value, self._place, {}
        with suppress(Refused):  # a damaged table is reported when the row is checked
            known = rows.choices(kind, field["name"], place.iso3, place.data)
        made = questions.asked(field, known)
        made.observe(lambda _: self._keep(), "value")
        return made

    def _keep(self):
        if not self._filling:
            self._typed[self._key()] = self.row()

    def _label(self, column):
        field = self._fields.get(column)
        return field.description.removesuffix(" *") if field else "The row"

    def _table(self, *row):
        """Return where a row belongs, as `rows` asks for it."""
        return self._kind.value, self._place.iso3, *row, self._place.data

    def _key(self):
        return self._place.iso3, self._kind.value, self._row.value

    def _say(self, text, refused=False):
        kind = "refused" if refused else "well"
        said = page.Shown('<p class="cop-said {}" role="status">{}</p>')
        self._answer.value = str(said.format(kind, text))


def _button(title, does):
    made = widgets.Button(description=title, layout={"width": "auto"})
    made.on_click(lambda _: does())
    return made


def _lines(row):
    return "\n".join(f"{name}: {value or 'empty'}" for name, value in row.items())
