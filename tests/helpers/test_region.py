"""Stage 7: countries side by side and what is concluded of them, on a few invented rows."""

import pandas as pd

from helpers import region


def test_each_word_of_table_25_is_counted_in_one_column():
    frame = pd.DataFrame([
        ("lanzarote", "party", "high"), ("lanzarote", "signatory", "high"),
        ("lanzarote", "no action", "low"), ("weprotect", "member", "low"),
        ("weprotect", "no public evidence", "low"), ("weprotect", "no public evidence", "moderate"),
        ("national_strategy", "in force", "high"), ("national_strategy", "adopted", "low"),
        ("national_strategy", "draft", "high"), ("national_strategy", "draft", "low"),
        ("national_strategy", "expired", "high"),
        ("national_strategy", "withheld", ""), ("national_strategy", region.LEFT_OUT, ""),
        ("national_agency", "dedicated", "high"), ("national_agency", "shared mandate", "high"),
        ("national_agency", "not in place", "high"), ("national_agency", "not looked up", ""),
    ], columns=["row", "value", "confidence"]).assign(published_2020="yes")  # fmt: skip
    frame.loc[0, "published_2020"] = "no"
    rows = region.count_rows(frame).set_index("row")
    expected = {  # then, today, low, shared, planned, expired, absent, silent, silent_low, unjudged
        "lanzarote": [2, 1, 0, 0, 0, 0, 2, 0, 0, 0],
        "weprotect": [3, 1, 1, 0, 0, 0, 0, 2, 1, 0],
        "national_strategy": [6, 2, 1, 0, 2, 1, 0, 0, 0, 1],
        "national_agency": [4, 2, 0, 1, 0, 0, 1, 0, 0, 1],
    }
    assert rows.T.to_dict("list") == expected and rows.index.tolist() == [*expected]
