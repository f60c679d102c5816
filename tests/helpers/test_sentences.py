"""Sentences of the templates for a few invented rows are as agreed: no stronger than their rows."""

from pathlib import Path
from types import SimpleNamespace

import pagetext
import pandas as pd
import yaml
from conftest import DATA, ROOT

from cop.data.places import Region
from cop.report import words

CASES = yaml.safe_load(Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8"))


def value(stated, places):
    """Return a value as a macro takes it: a place, a frame, a series, a row, or as it is stated."""
    if not isinstance(stated, dict):
        return places.get(stated, stated) if isinstance(stated, str) else stated
    if "columns" in stated:
        return pd.DataFrame(stated["rows"], columns=stated["columns"])
    if "series" in stated:
        return pd.Series(stated["series"])
    if "row" in stated:
        return SimpleNamespace(**stated["row"])
    return {name: value(part, places) for name, part in stated.items()}


def test_sentences_say_what_was_agreed(request, place):
    region = Region("TRY", "Three", ("UKR", "MDA", "GEO"), (), str(DATA), "", "", "2026")
    places, texts = {"ZEDLAND": place, "REGION": region}, {}
    for template, cases in CASES.items():
        lines = []
        for rule, macro, stated in cases:
            shown = words.render(template, macro, *(value(part, places) for part in stated))
            lines.append(f"{rule}: {pagetext.said(shown)}\n")
        texts[template] = "".join(lines)
    pagetext.compare(request, ROOT / "tests/expected/sentences", texts)
