"""Copies of sources that are kept elsewhere."""

import pandas as pd
import pytest

import cop.data
from cop.report import citations


@pytest.mark.parametrize("known", [True, False])
def test_a_source_with_an_archived_copy_says_so_with_day_and_address(place, monkeypatch, known):
    url = "https://example.org/zedland/act" if known else "https://example.org/other"
    copy = {"url": url, "archived": "https://example.org/copy", "archived_on": "2026-01-02"}
    read = cop.data.read
    monkeypatch.setattr(
        cop.data,
        "read",
        lambda name, *a: pd.DataFrame([copy]) if name == "links" else read(name, *a),
    )
    shown = str(citations.bibliography(place))
    link = 'Archived copy of 2026-01-02: <a href="https://example.org/copy">'
    assert shown.count(link) == known
