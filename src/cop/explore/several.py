"""Several countries chosen: added from a list, taken away again, or the whole region at once."""

import ipywidgets as widgets
import traitlets

from cop.explore.choice import Choice
from cop.explore.economies import MOST
from cop.report import words
from helpers import countries


class Several(widgets.HBox):
    """Countries to stand beside the one looked at; `value` is their ISO3 codes, in order."""

    value = traitlets.Tuple()

    def __init__(self, place: Choice, label: str = "Beside") -> None:
        """Begin with nobody; the region follows the country looked at."""
        self._place, self._picked, self._named = place, [], countries.names(place.data)
        named = sorted(self._named.items(), key=lambda pair: pair[1])
        lines = [("add a country", ""), *((name, iso3) for iso3, name in named)]
        self._add = widgets.Dropdown(description=label, options=lines, layout={"width": "17rem"})
        self._region = widgets.ToggleButton(description="My region", tooltip="All of its region")
        self._chips, self._said = widgets.HBox(), widgets.HTML()
        self._chips.layout.flex_flow = "row wrap"
        super().__init__([self._add, self._region, self._chips, self._said])
        self.layout.flex_flow = "row wrap"
        self.add_class("cop-several")
        self._add.observe(self._on_add, "value")
        self._region.observe(self._settle, "value")
        place.when_changed(self._settle)
        self._settle()

    def choose(self, *iso3: str) -> None:
        """Choose these countries and no others."""
        self._picked, self._region.value = list(iso3), False
        self._settle()

    def _on_add(self, change):
        if change.new:
            if len(self._wanted()) < MOST - 1:
                self._picked = [*dict.fromkeys([*self._picked, change.new])]
                self._settle()
            else:
                self._tell(full=True)
            self._add.value = ""

    def _without(self, iso3):
        self._picked.remove(iso3)
        self._settle()

    def _settle(self, _=None):
        """Take the countries chosen, as many as there is room for; the others wait."""
        wanted, whole = self._wanted(), self._whole()
        taken = wanted[: MOST - 1]
        self._chips.children = [self._chip(one) for one in taken if one not in whole]
        self._tell(full=len(wanted) >= MOST)
        self.value = tuple(taken)

    def _tell(self, full):
        region = len(countries.neighbours(self._place))
        self._region.description = f"My region ({region})"
        too_large = self._region.value and region > MOST
        self._said.value = words.text("explore", "no_room", region, too_large, full, MOST)

    def _whole(self):
        """Return the region where it is chosen and there is room for it."""
        region = countries.neighbours(self._place) if self._region.value else []
        return region if len(region) <= MOST else []

    def _wanted(self):
        both = dict.fromkeys([*self._whole(), *self._picked])
        return [one for one in both if one != self._place.iso3]

    def _chip(self, iso3):
        chip = widgets.Button(description=f"{self._named[iso3]} ×", tooltip="Take it away")
        chip.add_class("cop-chip")
        chip.on_click(lambda _: self._without(iso3))
        return chip
