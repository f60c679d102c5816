"""What is drawn once a run, and how wide its texts are."""

from dataclasses import replace

import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags
from report_rows import CAPTION

from cop.report import figure
from cop.report.charts import drawing
from cop.report.page import Shown

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
         "WWWWWWWWWWW", "iiiiiiiiiiiii", "Providers of services (12)", "საქართველო", "Čl. 3 – Š",
         "● in place", "? 7", "105,117 → 12.5"]  # fmt: skip


def laid_out(text):
    """Give how wide matplotlib lays out a text, letter by letter as it will be drawn."""
    font = FT2Font(font_manager.findfont("DejaVu Sans"))
    font.set_size(drawing.SIZE, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_as_wide_as_it_is_laid_out(text):
    assert drawing.width_of(text) == pytest.approx(laid_out(text), abs=1e-9)


def test_letters_drawn_as_one_sign_are_no_wider_than_was_measured():
    assert 0 <= drawing.width_of("efficient") - laid_out("efficient") < 0.2


def test_a_letter_that_the_font_has_not_takes_room_and_stops_no_chart():
    assert drawing.width_of("日本") > 5 and drawing.rise_of("日本") >= drawing.RISE


def test_the_widest_is_the_widest_of_all():
    assert drawing.widest(TEXTS) == max(map(laid_out, TEXTS))
    assert drawing.widest([""]) == 0
