"""Every picture of every page is a figure with its seven parts: none stands alone."""

import re
from base64 import b64decode

import pandas as pd
import pytest
from lxml import html
from markupsafe import Markup
from report_rows import CAPTION

from cop.report import figure
from cop.report.figure import YEAR

# The seven parts, as a person finds them: message, measure, base, source, text description, table
# and file. What a picture says to those who hear the page is a title in its SVG or unseen text.
PARTS = {
    "message": ".//figcaption/*[@class='message']",
    "subtitle": ".//figcaption/*[@class='measure']",
    "base n": ".//p[@class='basis']",
    "source": ".//p[@class='source']",
    "text description": ".//svg/desc | .//*[@class='picture']//*[@class='unseen']",
    "data table": ".//details//table",
    "file of its data": ".//a[@download and starts-with(@href, 'data:text/csv')]",
}
# What shows by place, sign or colour. A pictogram, whose role says that it shows nothing of its
# own, is none; nor is a sign that stands in a line with its word.
PICTURES = (
    "//svg[not(@role='presentation' or @aria-hidden='true')] | //img | //canvas | //object"
    " | //dl[@class='strip'] | //ol[@class='chain'] | //ul[starts-with(@class, 'tiles')]"
    " | //table[@class='marks' or @class='signs'] | //div[contains(@class, 'heat')]"
)


def faults(tree):
    """Return what is wrong with the pictures of a page: those outside a figure, and missing
    parts.
    """
    alone = [p for p in tree.xpath(PICTURES) if not p.xpath("ancestor::figure")]
    found = [f"{p.tag} {p.get('class')} stands outside a figure" for p in alone]
    for one in tree.xpath("//figure"):
        name = " ".join(one.xpath("string(figcaption)").split())[:60]
        texts = {part: " ".join(e.text_content() for e in one.xpath(at))
                 for part, at in PARTS.items()}  # fmt: skip
        found += [f"{name}: no {part}" for part, text in texts.items() if not text.strip()]
        if not YEAR.search(texts["source"]):
            found.append(f"{name}: no year in its source")
        if not re.search(r"[0-9]|\b(two|three)\b", texts["base n"]):
            found.append(f"{name}: nothing counted in its base")
    return found


ROWS = pd.DataFrame({"label": ["a"], "value": [1.0]})
PICTURE = Markup('<svg role="img"><title>t</title><desc>d</desc></svg>')
WHOLE = figure.show(PICTURE, CAPTION, ROWS, "close")


def test_a_small_figure_has_all_parts_and_its_data_as_a_file():
    tree = html.fragment_fromstring(str(WHOLE), create_parent=True)
    assert faults(tree) == []
    saved = tree.xpath("string(//a[@download]/@href)").partition("base64,")[2]
    told = b64decode(saved).decode("utf-8-sig") if saved else ""
    assert CAPTION.source in told and "label" in told
    folded = tree.xpath("//details")[0].text_content()
    assert CAPTION.definition in folded and CAPTION.n in folded


@pytest.mark.slow
@pytest.mark.xdist_group("region")
def test_no_picture_of_any_page_stands_alone_or_lacks_a_part(site):
    pages = sorted(path for path in site.rglob("*.html") if path.name != "search.html")
    trees = {path: html.parse(str(path)).getroot() for path in pages}
    found = [f"{path.relative_to(site)}: {one}" for path, tree in trees.items()
             for one in faults(tree)]  # fmt: skip
    assert found == []
    assert sum(len(tree.xpath("//figure")) for tree in trees.values()) > len(pages)
