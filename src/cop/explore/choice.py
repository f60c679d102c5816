"""The country looked at: a picker that stands wherever a helper asks for a place.

It has the views drawn again when it changes.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import ipywidgets as widgets
from IPython.display import HTML, display

import cop.data
from cop.explore import tables
from cop.report import page
from helpers import countries, editions

HERE = Path(__file__).parent / "page"


class Choice:
    """A country of countries.csv in one of its editions; what a Country knows, it knows of that."""

    def __init__(self, data: str, outputs: str, iso3: str = "", edition: str = "") -> None:
        """Begin with `iso3`, else the country of the address, the last one, or the first."""
        self._data, self._outputs, self._drawn, self._busy = data, outputs, [], False
        self._looked = 0
        self._begun = countries.begun(data)
        first = iso3 or _of_address() or self._remembered() or next(iter(self._begun), "")
        lines = self._all()
        first = first if first in dict(lines).values() else lines[0][1]
        self._countries = widgets.Dropdown(
            description="Country", options=lines, value=first, layout={"width": "24rem"}
        )
        self._editions = widgets.Dropdown(description="Edition", layout={"width": "12rem"})
        self._cover = widgets.HTML()
        self._take_editions(edition)
        self._countries.observe(self._on_country, "value")
        self._editions.observe(self._on_edition, "value")

    def __getattr__(self, name: str) -> Any:
        """Return what the chosen country has: iso3, name, data, tables, edition, key."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.country, name)

    @property
    def state(self) -> tuple[str, str, int]:
        """Return what an answer is for: country, edition, how often the data were looked at
        anew.
        """
        return self.iso3, self.edition, self._looked

    @property
    def present(self) -> bool:
        """Tell whether the edition is the one worked on; an earlier one is kept as it was."""
        return bool(self.edition) and self.data == self._data

    def look_again(self) -> None:
        """Have every view drawn from the data as they are now, for a row was added."""
        self._looked += 1
        self._settle()

    def when_changed(self, draw: Callable[[], None]) -> None:
        """Have `draw` called after each change of country or edition."""
        self._drawn.append(draw)

    def _ipython_display_(self):
        display(HTML(f"<style>{_text('desk.css')}</style><script>{_text('desk.js')}</script>"))
        tables.ready()
        row = widgets.HBox([self._countries, self._editions], layout={"flex_flow": "row wrap"})
        box = widgets.VBox([row, self._cover])
        box.add_class("cop-desk")
        display(box)

    def _all(self):
        """Return every country, those with an edition first."""
        known = sorted(countries.names(self._data).items(), key=lambda pair: pair[1])
        last = {iso3: max(held, default="none") for iso3, held in self._begun.items()}
        lines = [
            (f"{name} ({iso3})" + (f", edition {last[iso3]}" if iso3 in last else ""), iso3)
            for iso3, name in known
        ]
        return sorted(lines, key=lambda line: line[1] not in last)

    def _take_editions(self, edition=""):
        """Offer the editions of the chosen country, the latest first, and settle on one."""
        self._held = self._editions_of(self._countries.value)
        self._busy = True  # they change with the country: one change for the views, not two
        self._editions.options = list(self._held) or [("none", "")]
        self._editions.value = edition if edition in self._held else next(iter(self._held), "")
        self._editions.disabled = len(self._held) < 2
        self._busy = False
        self._settle()

    def _editions_of(self, iso3):
        """Return {edition: data folder} of those with research of their own, the latest first."""
        known = editions.held(iso3, self._data) if iso3 in self._begun else {}
        return {
            e: folder
            for e, folder in reversed(known.items())
            if e in countries.begun(folder).get(iso3, [])
        }

    def _settle(self):
        """Take the country, show its cover, and tell the views."""
        iso3, edition = self._countries.value, self._editions.value
        place = f"{self._outputs}/{iso3}/tables"
        self.country = (
            countries.find(iso3, self._held[edition], place, edition)
            if edition
            else countries.economy(iso3, self._data)
        )
        self._cover.value = _cover(self.country)
        for draw in self._drawn:
            draw()

    def _on_country(self, change):
        self._take_editions()
        if not read_only():
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.write_text(change.new, encoding="utf-8")

    def _on_edition(self, change):
        if not self._busy:
            self._settle()

    @property
    def _note(self):
        return Path(self._outputs) / "explore" / "country.txt"

    def _remembered(self):
        kept = self._note.exists() and not read_only()
        return self._note.read_text(encoding="utf-8").strip() if kept else ""


def read_only() -> bool:
    """Tell whether explore.ipynb is served as a site, where nothing may be written."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


def _of_address():
    """Return the country that the address of the site names: explore.ipynb?iso3=UKR."""
    return parse_qs(os.environ.get("QUERY_STRING", "")).get("iso3", [""])[0]


def _cover(country):
    try:
        if country.edition:
            return countries.cover(country)
    except (cop.data.Broken, FileNotFoundError, KeyError) as fault:
        return page.say("{}", fault, kind="none")
    return page.say(
        "{}: statistics, the Global Cybersecurity Index and treaties only."
        " An assessment has not begun; cop new {} begins one.",
        country.name,
        country.iso3,
        kind="none",
    )


def _text(name):
    return (HERE / name).read_text(encoding="utf-8")
