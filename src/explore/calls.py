"""The helper call behind a view: what is shown and what can be copied come from the same three parts."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """A public function of a helper module, the place it is asked about, and what it is told by name."""

    function: Callable
    place: object
    told: dict

    @property
    def name(self):
        """Give the name as it is written: 'evidence.chosen'."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def text(self):
        """Give the call in one line, to be pasted where `place` is a country: in explore.ipynb and in every stage."""
        return f"{self.name}({', '.join(['place', *(f'{n}={_written(v)}' for n, v in self.told.items())])})"

    def result(self):
        """Give what the helper gives: a frame, or something shown."""
        return self.function(self.place, **self.told)


def call(function, place, **told):
    """Give the call of a helper about a place; what a control leaves open is not said."""
    return Call(
        function,
        place,
        {name: value for name, value in told.items() if value not in (None, "", ())},
    )


def _written(value):
    """Give a text, number or series of texts as Python writes them, in double quotes as the house does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
