"""The helper call behind a view: what is shown and what can be copied come from the same parts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import signature
from typing import Any


@dataclass(frozen=True)
class Call:
    """A public function of a helper module, the place it is asked about, and its arguments by name.

    A function that shows frames is given them first, each by the call that makes it.
    """

    function: Callable
    place: object
    arguments: dict
    frames: tuple["Call", ...] = ()

    @property
    def name(self) -> str:
        """Return the name as it is written: 'evidence.chosen'."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def text(self) -> str:
        """Return the lines to paste where `place` is a country: what is imported, then `lines`."""
        return "\n".join([*dict.fromkeys(self._imports), self.lines])

    @property
    def lines(self) -> str:
        """Return a line for each frame, then the call.

        Each frame has the name that the function which shows it gives it, so that it can be
        filtered first.
        """
        frames = [_variable(name) for name in self._parameters[: len(self.frames)]]
        steps = [_assigned(*pair) for pair in zip(frames, self.frames, strict=True)]
        named = [f"{name}={_written(value)}" for name, value in self.arguments.items()]
        place = ["place"] if "place" in self._parameters else []
        return "\n".join([*steps, f"{self.name}({', '.join([*frames, *place, *named])})"])

    def result(self) -> Any:
        """Return what the helper gives: a frame, or something shown."""
        frames = [frame.result() for frame in self.frames]
        place = [self.place] if "place" in self._parameters else []
        return self.function(*frames, *place, **self.arguments)

    @property
    def _imports(self):
        package, _, module = self.function.__module__.rpartition(".")
        own = f"from {package} import {module}" if package else f"import {module}"
        return [line for frame in self.frames for line in frame._imports] + [own]

    @property
    def _parameters(self):
        return list(signature(self.function).parameters)


def call(function: Callable, place: object, *frames: Call, **arguments: object) -> Call:
    """Return a view the call to be copied: of a helper about a place, with frames of other calls.

    What a control leaves open is not said.
    """
    known = {name: value for name, value in arguments.items() if value not in (None, "", ())}
    return Call(function, place, known, frames)


def _assigned(variable, frame):
    """Return the lines of a call, the last of which gives its frame a name."""
    *before, last = frame.lines.split("\n")
    return "\n".join([*before, f"{variable} = {last}"])


def _variable(parameter):
    """Return the name a frame is pasted under: never that of a helper module, which it would
    hide.
    """
    return f"{parameter}_frame" if find_spec(f"helpers.{parameter}") else parameter


def _written(value):
    """Return a text, number or series of texts as Python writes them, in double quotes."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
