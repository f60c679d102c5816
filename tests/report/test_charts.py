"""Charts: every kind is drawn, says what it must, and is refused without title, text or source."""

import pandas as pd
import pytest
from pagetext import said

from report import charts, figure

YEARS = pd.DataFrame({"year": [2020, 2021], "series": "Zedland", "value": [1.0, 2.0]})
BARS = pd.DataFrame({"label": ["a", "b"], "value": [1.0, 2.0]})
FRAMES = {
    "trend": (YEARS, "%"),
    "bars": (BARS,),
    "columns": (pd.DataFrame({"label": [2020, 2021], "value": [3, 4]}), "sources"),
    "ranges": (BARS.assign(lowest=0.0, median=1.0, highest=3.0),),
    "stacked": (pd.DataFrame({"label": ["a"]} | {word: [1] for word in charts.STATUS_FILL}),),
    "pillars": (pd.DataFrame({"edition": [2020, 2024], "pillar": "Legal", "value": [9.0, 8.0]}),),
    "timeline": (pd.DataFrame({"year": [2003, 2011], "label": ["a", "b"]}),),
    "network": (pd.DataFrame({"a": ["x", "x"], "b": ["y", "z"]}),),
    "likert": (
        pd.DataFrame(
            {"item": "q", "answer": ["no", "yes"], "order": [0, 1], "count": [4, 6], "n": 10}
        ),
    ),
}


@pytest.mark.parametrize("kind", charts.KINDS)
def test_every_kind_is_drawn_with_title_text_source_and_data(kind):
    frame, *others = FRAMES[kind]
    shown = getattr(charts, kind)(frame, "A finding", "What the picture shows", "nobody", *others)
    told = said(shown)
    assert told.startswith(
        "A finding [alt] What the picture shows Source: nobody. Data of this figure"
    )
    assert "data:image/svg+xml;base64," in shown and "<script" not in shown


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_figure_without_title_text_or_source_is_refused(missing):
    words = ["A finding", "What the picture shows", "nobody"]
    words[missing] = " "
    with pytest.raises(ValueError, match="a figure needs a"):
        charts.bars(BARS, *words)


@pytest.mark.parametrize("name", ["$x^{", "costs $5 and $6", r"$\frac{1}{2}$", "a_b^c"])
def test_a_dollar_sign_in_a_name_is_a_dollar_sign(name):
    """A name is text: what matplotlib would take for mathematics is drawn as it stands."""
    frame = BARS.assign(**{c: name for c in BARS.columns if BARS[c].dtype == "str"})
    assert "data:image/svg+xml" in charts.bars(frame, "t", "alternative text", "s")
    with figure.style():
        axes = figure.axes(2)
        assert axes.text(0, 0, name).get_parse_math() is False


def test_pillars_of_one_edition_and_a_missing_score_are_drawn():
    frame = pd.DataFrame({"edition": [2024, 2024], "pillar": ["a", "b"], "value": [1.0, None]})
    assert "no data" in said(charts.pillars(frame, "t", "alternative text", "s"))


def test_the_same_frame_makes_the_same_bytes():
    one, other = (charts.bars(BARS, "t", "alternative text", "s") for _ in range(2))
    assert one == other


def test_names_at_the_ends_of_lines_stand_apart_and_none_above_the_top():
    moved = [
        h * 208 + by
        for h, by in zip([0.99, 1.0, 0.98], figure._apart([0.99, 1.0, 0.98]), strict=True)
    ]
    ends = sorted(moved)
    assert max(ends) <= 208 and min(b - a for a, b in zip(ends, ends[1:], strict=False)) >= 12.9
