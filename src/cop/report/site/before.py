"""The site before: a page that would be drawn the same stays as it stands."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cop.data.reads import of_bytes


@dataclass(frozen=True)
class Before:
    """The site before, by the state of all that each page which stands there was made of, and where
    the site stands.
    """

    folder: Path = Path()
    states: Mapping[str, str] = field(default_factory=dict)  # {address: state}
    common: Sequence = ()  # what every page is made of besides, as code and shared tables are
    address: str = ""  # of the site, with a slash at its end; "" where nobody said so
    way: str = ""  # how the addresses of a part begin
    now: dict[str, str] = field(default_factory=dict)  # the states of the site that is made
    drawn: dict[tuple, str] = field(default_factory=dict)  # {(address, state): text}, for next time

    def page(self, at: str, made_of: object, draw: Callable[[], str | Path]) -> str | Path:
        """Give the text of a page, or the file where it stands as it would be drawn."""
        at = self.way + at
        now = self.now[at] = state([self.common, made_of])
        if self.states.get(at) == now:
            return self.folder / at
        if (at, now) not in self.drawn:
            self.drawn[at, now] = draw()
        return self.drawn[at, now]


class Stated:
    """What stands on several pages of the site, by a state that is made once."""

    @cached_property
    def state(self) -> str:
        """Give the state of all that it holds."""
        return state(vars(self))


def state(made_of: object) -> str:
    """Give the state of what a page of the site is made of: the same for what says the same."""
    return of_bytes(json.dumps(made_of, default=_plain).encode())


def _plain(one):
    """Give a thing that JSON does not know as one that it does."""
    if isinstance(one, Stated):
        return one.state
    return one.to_dict("list") if hasattr(one, "to_dict") else sorted(one)  # a frame, a set
