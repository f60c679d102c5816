"""What is drawn once a run, and texts that are measured only where their letters leave it open."""

from dataclasses import replace

import pandas as pd
import pytest
from report_rows import CAPTION

from report import figure
from report.charts import drawing
from report.page import Shown

ROWS = pd.DataFrame({"label": ["a", "b"], "value": [1, 2]})


@pytest.fixture
def times(tmp_path, monkeypatch):
    """Figures kept in a folder, and how often one was drawn."""
    monkeypatch.setattr(figure, "_KEPT", [tmp_path])
    return []


def drawn(times, frame=ROWS, caption=CAPTION, **others):
    def draw(frame, caption, **others):
        times.append(1)
        return Shown(f"<figure>{len(times)}</figure>")

    return figure.drawn(draw, frame, caption, **others)


def test_the_very_same_figure_is_drawn_once(times):
    first = drawn(times)
    assert drawn(times, ROWS.copy()) == first and isinstance(first, Shown)
    # a table that was handed on may have another type of number, with the same numbers
    assert drawn(times, ROWS.astype({"value": "Int64"})) == first and len(times) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"frame": ROWS.assign(value=[1, 3])},
        {"frame": ROWS.assign(value=["1", "2"])},
        {"frame": ROWS.rename(columns={"value": "items"})},
        {"frame": ROWS[::-1]},
        {"caption": replace(CAPTION, title="Another")},
        {"unit": "%"},
        {"beside": ROWS},
    ],
)
def test_another_figure_is_drawn(times, other):
    assert drawn(times) != drawn(times, **other)


def test_without_a_folder_each_figure_is_drawn(times, monkeypatch):
    monkeypatch.setattr(figure, "_KEPT", [])
    assert drawn(times) != drawn(times)


TEXTS = ["", "a", "W", "fi", "AVAVA To Yo", "Telefonul Copilului", "Національна поліція", "Ten",
         "WWWWWWWWWWW", "iiiiiiiiiiiii", "Providers of services (12)"]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_fits_where_it_is_measured_to_fit(text):
    wide = drawing.width_of(text)
    for room in (1, wide * 0.5, wide * 0.8, wide * 0.99, wide, wide * 1.2, wide * 3, 300):
        assert drawing._fits(text, room) == (wide <= room)


def test_the_widest_is_the_widest_of_all_that_are_measured():
    assert drawing.widest(TEXTS) == max(map(drawing.width_of, TEXTS))
    assert drawing.widest([""]) == 0
