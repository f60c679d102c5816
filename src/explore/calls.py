"""The helper call behind a view: what is shown and what can be copied come from the same three parts."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """A public function of a helper module, the place it is asked about, and its arguments by name.

    A function that shows a frame is given it first, by the call that makes it.
    """

    function: Callable
    place: object
    arguments: dict
    frame: "Call | None" = None

    @property
    def name(self):
        """Give the name as it is written: 'evidence.chosen'."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def text(self):
        """Give the call in one line, to be pasted where `place` is a country: in explore.ipynb and in every stage."""
        named = (f"{name}={_written(value)}" for name, value in self.arguments.items())
        first = [self.frame.text] if self.frame else []
        return f"{self.name}({', '.join([*first, 'place', *named])})"

    def result(self):
        """Give what the helper gives: a frame, or something shown."""
        first = [self.frame.result()] if self.frame else []
        return self.function(*first, self.place, **self.arguments)


def call(function, place, frame=None, **arguments):
    """Give the call of a helper about a place, or about a frame that another call makes; what a control leaves open is not said."""
    known = {name: value for name, value in arguments.items() if value not in (None, "", ())}
    return Call(function, place, known, frame)


def _written(value):
    """Give a text, number or series of texts as Python writes them, in double quotes as the house does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
