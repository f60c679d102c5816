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
        "bars": (bars, f"reports per 1,000 children {names[0] if letters else ''}"),
        "dots": (_dots(names),),
        "stacked": (_statuses(names), "items"),
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
    return figure.draw(getattr(charts, kind)(frame, *values), frame, **asdict(caption))


def _dots(names):
    one = pd.DataFrame({"country": ["A", "B", "C"], "value": [0.0, 55.0, 100.0]})
    one = one.assign(own=[False, True, False], median=55.0, lowest=0.0, highest=100.0, n=3)
    return pd.concat([one.assign(label=n) for n in names], ignore_index=True)


def _statuses(names):
    counts = {word: [i, 10 - i, 0] for i, word in enumerate(STATUSES)}
    return pd.DataFrame({"label": names, **counts})
