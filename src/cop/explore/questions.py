"""The questions of the form as widgets: a list of what may be answered, else a line or a box."""

from collections.abc import Mapping

import ipywidgets as widgets

import cop.data

NOTHING = ("choose one", "")
LONG = (  # columns that hold a sentence
    "statement", "description", "detail", "remark", "title", "challenge", "improvement", "action",
    "what", "rationale", "finding", "text", "difference", "coverage", "names",
)  # fmt: skip


class Rows(widgets.Dropdown):
    """A list of rows, one of which is named; the table may name another, which is then offered."""


def asked(field: dict, named: Mapping[str, str]) -> widgets.Widget:
    """Return the control for a column; `named` are {id: label} of the rows it may name."""
    name, help = field["name"], field["description"]
    required = " *" if field.get("constraints", {}).get("required") else ""
    look = {"description": f"{field['title']}{required}", "tooltip": help}
    lines = [(f"{row_id}  {text[:90]}", row_id) for row_id, text in named.items()]
    if named and "cop:list" in field:
        made = widgets.SelectMultiple(options=lines, rows=4, **look)
    elif named:
        made = Rows(options=[NOTHING, *lines], value="", **look)
    elif words := cop.data.labelled(field):
        options = [NOTHING, *((label, word) for word, label in words.items())]
        made = widgets.Dropdown(options=options, value="", **look)
    else:
        kind = widgets.Textarea if name in LONG else widgets.Text
        made = kind(placeholder=help, **look)
    made.layout.width = "46rem" if named or name in LONG else "24rem"
    return made


def text_of(asked: widgets.Widget) -> str:
    """Return what was entered in a control of the form as the table holds it."""
    if isinstance(asked, widgets.SelectMultiple):
        return "; ".join(asked.value)
    return asked.value.strip()


def put(asked: widgets.Widget, text: str) -> None:
    """Put a text into the control that asks a question.

    Of several rows those named come first, in their order. A row that is not offered is offered
    then; a word that is not allowed is left out.
    """
    if isinstance(asked, widgets.SelectMultiple):
        words = [word for word in map(str.strip, text.split(";")) if word]
        offered = {word: title for title, word in asked.options}
        first = [(offered.get(word, word), word) for word in words]
        asked.options = first + [one for one in asked.options if one[1] not in words]
        asked.value = words
    elif isinstance(asked, widgets.Dropdown):
        known = [word for _, word in asked.options]
        if isinstance(asked, Rows) and text not in known:
            asked.options, known = [*asked.options, (text, text)], [*known, text]
        asked.value = text if text in known else ""
    else:
        asked.value = text
