"""A figure and a table of one's own: with their texts, else refused in one sentence."""

import pandas as pd
import pytest
from lxml import html
from matplotlib import pyplot as plt

from helpers import show

TEXTS = {
    "title": "Use <b>grew</b>", "subtitle": "% of people, Zedland", "source": "ITU, 2024",
    "alt": "A line that rises from year to year",
}  # fmt: skip


def axes():
    return plt.subplots()[1]


@pytest.mark.parametrize("missing", TEXTS)
def test_a_figure_without_a_text_is_refused_and_the_text_is_named(missing):
    with pytest.raises(ValueError, match=f"a figure needs a {missing}"):
        show.figure(axes(), **TEXTS | {missing: " "})


def test_a_figure_has_its_texts_escaped_and_is_not_shown_again_by_pyplot():
    shown = show.figure(axes(), **TEXTS, data=pd.DataFrame({"year": [2020], "value": [1]}))
    tree = html.fragment_fromstring(shown)
    assert "Use <b>grew</b>" in tree.find("figcaption").text_content() and tree.find(".//b") is None
    assert tree.xpath("string(.//svg/desc)") == TEXTS["alt"]
    assert not tree.find_class("basis") and tree.xpath(".//a[@download]")
    assert not plt.get_fignums()


def test_nothing_is_drawn_where_there_is_nothing():
    assert show.figure(axes(), nothing="no row") == "no row"


def test_a_table_has_a_caption_its_named_index_and_years_without_a_mark():
    counts = pd.Series([105117, 2020], pd.Index([2019, 2020], name="year"), name="reports")
    tree = html.fragment_fromstring(show.table(counts, "Reports", "A note.", "NCMEC, 2024"),
                                    create_parent="div")  # fmt: skip
    assert [cell.text_content() for cell in tree.xpath(".//tbody//*[@scope or @role='cell']")] == [
        "2019", "105,117", "2020", "2,020",
    ]  # fmt: skip
    assert tree.xpath("string(.//p[@class='note'])") == "A note. Source: NCMEC, 2024."
    with pytest.raises(ValueError, match="a table needs a caption"):
        show.table(counts, " ")
