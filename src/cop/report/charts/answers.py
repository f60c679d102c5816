"""Answers on a scale, as bars that part in the middle."""

import pandas as pd

from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import chart, width_of
from cop.report.charts.plane import Pen, Scale
from cop.report.charts.rows import Entry, rows, steps
from cop.report.figure import Caption
from cop.report.languages import N_, gettext
from cop.report.page import Shown
from cop.report.palette import EDGE, INK, LEFTS, MIDDLE, ON_BLUE, RIGHTS

SCALE = N_("% of answers to each side of the middle")


@chart
def likert(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw answers on a scale. Columns: item, answer, order, count, n.

    The two ends part left and right of the line, and every bar of some width says its percent, so
    that no colour is needed.
    """
    share = _shares(frame)
    n = frame.groupby("item", sort=False).n.first()
    shades = _parting(len(share.columns))
    key = [Entry(name, shade) for name, shade in zip(share.columns, shades, strict=True)]
    names = [f"{item} (n\u00a0=\u00a0{page.number(of)})" for item, of in n.items()]
    field, at = rows(names, key, gettext(SCALE))
    left = _starts(share)
    reach = 1.04 * max(-left.min(), (left + share.sum(axis=1)).max())
    field.across = -reach, reach
    field.below = Scale(steps(5), lambda x: f"{abs(x):.0f}")
    for (_, part), shade in zip(share.items(), shades, strict=True):
        _segment(field, at, left, part, shade)
        left = left + part
    field.upright(0, Pen(INK, cap="round"), z=0.5)
    return figure.shown(drawing.svg(field, caption), caption, frame)


def ink_on(shade: str) -> str:
    """Give the ink of a number on a fill in a chart of answers: light on each side's darkest."""
    return ON_BLUE if shade in (LEFTS[0], RIGHTS[0]) else INK


def _shares(frame):
    """Give percent of answers, items down as given, answers across in the order of the scale."""
    shares = frame.assign(share=100 * frame["count"] / frame.n)
    wide = shares.pivot(index="item", columns="order", values="share")
    names = frame.drop_duplicates("order").set_index("order").answer
    return wide.loc[list(dict.fromkeys(frame["item"]))].astype(float).rename(columns=names)


def _starts(share):
    """Give where each bar begins, so that the middle of the scale stands at zero."""
    middle = (len(share.columns) - 1) / 2
    left = -share.iloc[:, : int(middle + 0.5)].sum(axis=1)
    return left - (share.iloc[:, int(middle)] / 2 if middle == int(middle) else 0)


def _parting(n):
    """Give n fills that part from light in the middle to dark at both ends."""
    ends = {0: [], 1: [0], 2: [0, 1]}.get(n // 2, [0, 1, *[2] * (n // 2 - 2)])
    left, right = [LEFTS[i] for i in ends], [RIGHTS[i] for i in reversed(ends)]
    return [*left, *[MIDDLE] * (n % 2), *right]


def _segment(field, at, left, share, shade):
    """Draw one answer's part of every bar, its percent where there is room for it."""
    field.bars(at, share, left, 13, shade, Pen(EDGE, 0.8))
    low, high = field.across
    point = field.wide / (high - low)
    ink = ink_on(shade)
    for start, y, value in zip(left, at, share, strict=True):
        if value * point > width_of(f"{value:.0f}") + 3:
            field.write(start + value / 2, y, f"{value:.0f}", colour=ink, align="middle")
