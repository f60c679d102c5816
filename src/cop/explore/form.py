"""Provide the form of explore.ipynb that adds, changes and verifies rows of research tables.

The fields are the columns of a table in datapackage.json. Unsaved text is kept in memory.
"""

import ipywidgets as widgets

import cop.data
from cop.data import UserError
from cop.explore.desk import CountryPicker, choose, message, no_edition
from cop.research import rows, verification

NEW_ROW = "a new row"


class Form(widgets.VBox):
    """Form for one row of a research table of the country selected in a CountryPicker."""

    def __init__(self, picker: CountryPicker) -> None:
        """Initialise the form for a new row of evidence. It is hidden unless `picker.is_latest`."""
        self._picker, self._typed, self._fields = picker, {}, {}
        tables = rows.tables(picker.data)
        titles = {kind: cop.data.resource(tables[kind], picker.data)["title"] for kind in tables}
        self.kind = choose("Table", titles, "evidence", "30rem")
        self.row = choose("Row", {"": NEW_ROW}, width="40rem")
        self.questions, self.answer = widgets.VBox(), widgets.HTML()
        self.write = _button("Check and write", self.save)
        self.write.add_class("cop-primary")
        self.page = widgets.Text(description="Page")
        self.passage = widgets.Textarea(description="Passage", placeholder="copied word for word")
        seen = _button("Verify with this passage", self.verify)
        self.verification = widgets.VBox([self.page, self.passage, seen])
        self._body = widgets.VBox([self.row, self.questions, self.write, self.verification])
        super().__init__([self.kind, self._body, self.answer])
        self.add_class("cop-desk")
        self.row.observe(lambda _: self._show(), "value")
        for control in (self.kind, picker):
            control.observe(lambda _: self._choose_kind(), "value")
        self._choose_kind()

    def values(self) -> dict[str, str]:
        """Return {column: text} for all fields, with whitespace stripped."""
        return {name: field.value.strip() for name, field in self._fields.items()}

    def save(self) -> None:
        """Write the new or changed row, or display its errors and keep the entered text."""
        try:
            row = self._change() if self.row.value else rows.add(*self._table([self.values()]))[0]
        except UserError as error:
            return self._say(error, refused=True)
        self._typed.pop(self._key(), None)
        kind, iso3, data = self._table()
        cells = [f"{name}: {value or 'empty'}" for name, value in row.items()]
        self._picker.refresh()
        return self._say("\n".join([f"Written to {rows.path_of(kind, iso3, data)}:", *cells]))

    def verify(self) -> None:
        """Verify the saved row with the entered passage and page, or display an error."""
        (row_id,) = self.row.value
        try:
            if self.values() != self._saved():
                raise UserError("the row has unsaved changes; first write them, or undo them")
            seen = verification.verify_row(
                row_id, self._picker.value.data, self.passage.value, self.page.value
            )
        except UserError as error:
            return self._say(error, refused=True)
        self._typed.pop(self._key(), None)
        self.page.value = self.passage.value = ""
        self._picker.refresh()
        return self._say(f"{row_id}: verified on {seen['seen_on']} in source {seen['source_id']}.")

    def _choose_kind(self):
        place = self._picker.value
        self._body.layout.display = "" if self._picker.is_latest else "none"
        if not self._picker.is_latest:
            kept = "Earlier editions cannot be changed. Select the latest edition."
            return self._say(kept if place.edition else no_edition(place))
        try:
            self._list_rows()
            return self._show()
        except UserError as error:
            self._body.layout.display = "none"
            return self._say(error, refused=True)

    def _list_rows(self):
        kind, iso3, data = self._table()
        keys, frame = rows.keys(kind, data), rows.present(kind, iso3, data)
        frame = frame[frame.iso3 == iso3] if "iso3" in frame.columns else frame
        ids = list(frame[keys].itertuples(index=False, name=None))
        labels = [f"{' '.join(row)}  {text[:80]}"
                  for row, text in zip(ids, rows.row_labels(frame), strict=True)]  # fmt: skip
        first = [] if kind in rows.BEGUN else [(NEW_ROW, "")]
        previous = self.row.value
        self.row.options = first + list(zip(labels, ids, strict=True))
        self.row.value = previous if previous in ids else self.row.options[0][1]

    def _show(self):
        kind, iso3, data = self._table()
        can_verify = self.row.value and kind in verification.KINDS.values()
        self.verification.layout.display = "" if can_verify else "none"
        texts = self._typed.get(self._key()) or self._saved()
        keys = rows.keys(kind, data) if self.row.value else ()
        self._fields = {}
        for field in cop.data.fields(rows.table_of(kind, data), data):
            name = field["name"]
            widget = self._fields[name] = question(field, texts[name])
            widget.disabled = name in keys
            widget.observe(lambda _: self._typed.update({self._key(): self.values()}), "value")
        self.questions.children = list(self._fields.values())
        self.answer.value = ""

    def _saved(self):
        kind, iso3, data = self._table()
        if self.row.value:
            return rows.row_of(kind, iso3, list(self.row.value), data)
        return rows.blank(kind, iso3, data)

    def _change(self):
        old = self._saved()
        new = {name: text for name, text in self.values().items() if text != old[name]}
        if not new:
            raise UserError("no cell was changed, so nothing was written; first change a field")
        kind, iso3, data = self._table()
        return rows.edit(kind, iso3, list(self.row.value), new, data)

    def _table(self, *new_rows):
        place = self._picker.value
        return self.kind.value, place.iso3, *new_rows, place.data

    def _key(self):
        return self._picker.value.iso3, self.kind.value, self.row.value

    def _say(self, text, refused=False):
        self.answer.value = message(text, "cop-said refused" if refused else "cop-said")


def question(field: dict, text: str) -> widgets.Widget:
    """Return an input widget for a column, described by `field`, with `text` filled in."""
    constraints = field.get("constraints", {})
    name = field["title"] + (" *" if constraints.get("required") else "")
    look = {"description": name, "tooltip": field["description"], "layout": {"width": "46rem"}}
    titles = cop.data.labelled(field)
    if titles and "cop:list" not in field:
        titles = {"": "choose one"} | titles
        lines = [(titles.get(value, value), value) for value in dict.fromkeys([*titles, text])]
        return widgets.Dropdown(options=lines, value=text, **look)
    long = field["type"] == "string" and "pattern" not in constraints
    kind = widgets.Textarea if long else widgets.Text
    return kind(value=text, placeholder=field["description"], **look)


def _button(title, on_click):
    button = widgets.Button(description=title, layout={"width": "auto"})
    button.on_click(lambda _: on_click())
    return button
