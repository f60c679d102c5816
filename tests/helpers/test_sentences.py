"""Sentences of the templates for a few invented rows are as agreed: no stronger than their rows."""

from pathlib import Path

import pagetext
import yaml
from cases import value
from conftest import DATA, ROOT

from cop.data.places import Region
from cop.report import words

CASES = yaml.safe_load(Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8"))


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
