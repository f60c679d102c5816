"""Invented rows for each kind of figure, with names as long as the caller wishes."""

from dataclasses import asdict

import pandas as pd

from cop.report import figure, words
from cop.report.figure import Caption
from cop.report.palette import STATUSES
from helpers import charts

LONG = 60
CAPTION = Caption(
    title="A finding about Zedland",
    subtitle="Measure of something, Zedland, 2020 to 2026",
    n="three rows",
    source="the office of statistics, 2026",
    definition="What the measure counts, and how it is read.",
    alt="What the picture shows, in words",
)
GRIDS = ("matrix", "links", "triangulation", "chain", "tiles")


def name(start: str, letters: int = 0) -> str:
    """Return a name of so many letters that begins with `start`."""
    filled = f"{start} Inter-Ministerial Coordination Centre for Children and Online Safety {start}"
    return filled[:letters].strip() if letters else start


def frames(letters: int = 0) -> dict[str, tuple]:
    """Return {kind: (frame, further values)} with three or more rows each."""
    names = [name(one, letters) for one in ("North", "Middle", "South")]
    bars = pd.DataFrame({"label": names, "value": [1.5, 105_117.0, None]})
    return {
        "lines": (_years(names),),
        "bars": (bars, names[1]),
        "rates": (_rates(names), f"reports per 1,000 children {names[0] if letters else ''}"),
        "dots": (_dots(names),),
        "stacked": (_statuses(names), "items"),
        "diverging": (_answers(names),),
        "laws": (_laws(names), 2026),
        "matrix": (pd.DataFrame({"name": names, "word": [*names[:2], names[0]]}), names,
                   ["Name", "Word"]),
        "links": (pd.DataFrame({"a": [names[0]] * 2, "b": names[1:]}),),
        "triangulation": (pd.DataFrame({"Area": names, "Desk research": ["strength", "gap", ""],
                                        "Surveys": "both", "Interviews": "", "Statistics": "gap",
                                        "Verdict": ["agree", "agree in part", "differ"]}),),
        "chain": (pd.DataFrame({"link": [*names, "Removal", "Support"], "status": "not known",
                                "known": [names[0], "", names[2], "", "It is known."]}),),
        "tiles": (pd.DataFrame({"iso3": ["SRB", "UKR", "ZZZ"], "country": names,
                                "word": ["in place", "no public evidence", "partly in place"],
                                "confidence": ["low", "high", "low"]}),),
    }  # fmt: skip


def show(kind: str, frame: pd.DataFrame, *values, caption: Caption = CAPTION) -> str:
    """Return a kind of figure of a frame: drawn, or of signs and words."""
    if kind in GRIDS:
        return words.render("figures", kind, frame, *values, **asdict(caption))
    draw = charts.bars if kind == "rates" else getattr(charts, kind)
    return figure.draw(draw(frame, *values), frame, **asdict(caption))


def _years(names):
    one = pd.DataFrame({"year": [2005, 2015, 2025], "value": [0.0, 15_408.0, 105_117.0]})
    parts = [one.assign(series=n, value=one.value * (i + 1)) for i, n in enumerate(names)]
    return pd.concat(parts, ignore_index=True)


def _rates(names):
    names = {"country": names, "label": names, "own": [True, False, False]}
    values = {"year": [2023, 2021, 2020], "value": [19.7, 75.0, None], "median": 47.4}
    return pd.DataFrame(names | values)


def _dots(names):
    one = pd.DataFrame({"country": ["A", "B", "C"], "value": [0.0, 55.0, 100.0]})
    one = one.assign(own=[False, True, False], median=55.0, lowest=0.0, highest=100.0, n=3)
    return pd.concat([one.assign(label=n) for n in names], ignore_index=True)


def _statuses(names):
    counts = {word: [i, 10 - i, 0] for i, word in enumerate(STATUSES)}
    return pd.DataFrame({"label": names, **counts})


def _answers(names):
    answers = ["no", "rather no", "neither", "rather yes", "yes"]
    one = pd.DataFrame({"answer": answers, "order": range(5), "count": [1, 2, 3, 40, 4], "n": 50})
    return pd.concat([one.assign(item=n) for n in names], ignore_index=True)


def _laws(names):
    states = [("draft", 2019, 2021), ("in force", 2021, None), ("in force", 2001, 2012)]
    frame = pd.DataFrame(states, columns=["state", "since", "until"]).assign(label=names)
    later = {"label": names[2], "state": "lapsed", "since": 2012, "until": None}
    return pd.concat([frame, pd.DataFrame([later])], ignore_index=True)
