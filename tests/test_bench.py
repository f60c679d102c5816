"""What `make bench` computes: ratios within pairs, and the one row that it changes."""

import sys

import pandas as pd
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))
import bench


def test_a_ratio_is_of_pairs_and_not_of_medians():
    pairs = [("loop", 100, 10.0, 55), ("loop", 240, 12.0, 55), ("loop", 80, 16.0, 55)]
    frame = pd.DataFrame(pairs, columns=["way", "seconds", "ratio", "pages"])
    table = bench.ratios(frame)
    assert table.loc[0, ["seconds", "times ours", "lowest ratio"]].tolist() == [100, 12, 10]
    assert "| loop | 100.0 | 12.0 | 10.0 | 16.0 | 55 |" in bench.markdown(table)


def test_one_word_of_one_statement_is_changed(tmp_path):
    path = tmp_path / "research" / "QMA" / "evidence.csv"
    path.parent.mkdir(parents=True)
    path.with_name("editions.csv").touch()
    path.write_text("id,statement\nQMA-E01,It is a law.\nQMA-E02,It is a plan.\n", "utf-8")
    for words in ("one law", "a law"):
        bench.change_row(tmp_path)
        text = path.read_text("utf-8")
        assert words in text and "a plan" in text
