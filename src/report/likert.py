"""Answers on a scale, as bars that part in the middle."""

import matplotlib
import matplotlib.colors
import matplotlib.ticker
import pandas as pd
import seaborn

from report import figure
from report.page import Shown


def likert(frame: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw answers on a scale as bars that part in the middle. Columns: item, answer, order, count,
    n.

    The two ends part left and right of the line, and every bar of some width says its percent, so
    that no colour is needed; each question stands above its bar, so that the whole is read on a
    telephone.
    """
    with figure.style():
        share = _shares(frame)
        middle = (len(share.columns) - 1) / 2
        axes = figure.axes(0.95 + 0.62 * len(share), width=5)
        left = -share.iloc[:, : int(middle + 0.5)].sum(axis=1)
        left = left - (share.iloc[:, int(middle)] / 2 if middle == int(middle) else 0)
        reach = 1.04 * max(-left.min(), (left + share.sum(axis=1)).max())
        axes.axvline(0, color="#4A4A4A", linewidth=0.8, zorder=0)
        for i, (item, n) in enumerate(frame.groupby("item", sort=False).n.first().items()):
            axes.text(-reach, i - 0.33, f"{item} (n = {n:,})", va="bottom", fontsize=8.5)
        for (answer, part), shade in zip(share.items(), _parting(len(share.columns)), strict=True):
            _segment(axes, left, part, answer, shade)
            left = left + part
        _finish_likert(axes, reach, len(share))
    return figure.shown(axes.figure, title, alt, source, frame, kind="narrow")


def _shares(frame):
    """Give percent of answers, items in rows in the order given, answers in columns in the order
    of the scale.
    """
    wide = frame.assign(share=100 * frame["count"] / frame.n).pivot(
        index="item", columns="order", values="share"
    )
    names = frame.drop_duplicates("order").set_index("order").answer
    return wide.loc[list(dict.fromkeys(frame["item"]))].astype(float).rename(columns=names)


def _finish_likert(axes, reach, items):
    axes.set(
        xlim=(-reach, reach),
        ylim=(items - 0.6, -0.75),
        xlabel="% of answers to each side of the middle",
        yticks=[],
    )
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):.0f}")
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=6))
    axes.spines["left"].set_visible(False)
    height = axes.figure.get_figheight()
    marks = {"frameon": False, "fontsize": 8, "columnspacing": 1, "handlelength": 1.2}
    axes.figure.legend(
        *axes.get_legend_handles_labels(), loc="upper left", ncols=3, borderaxespad=0.2, **marks
    )
    axes.figure.subplots_adjust(left=0.02, right=0.98, bottom=0.42 / height, top=1 - 0.42 / height)


def _parting(n):
    """Give n fills that part from light in the middle to dark at both ends."""
    return seaborn.diverging_palette(35, 245, s=75, l=45, n=n, center="light").as_hex()


def _segment(axes, left, share, answer, shade):
    """Draw one answer's part of every bar, its percent in white where the fill is dark."""
    at = range(len(share))
    axes.barh(
        at,
        share,
        left=left,
        color=shade,
        edgecolor="#4A4A4A",
        linewidth=0.5,
        label=answer,
        height=0.5,
    )
    ink = "white" if sum(matplotlib.colors.to_rgb(shade)) < 1.6 else figure.INK
    for i, (start, value) in enumerate(zip(left, share, strict=True)):
        if value >= 6:
            axes.text(
                start + value / 2,
                i,
                f"{value:.0f}",
                ha="center",
                va="center",
                fontsize=8.5,
                color=ink,
            )
