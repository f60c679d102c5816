"""Charts: a frame becomes a figure in the house style; see `figure`."""

import matplotlib.ticker
import networkx
import pandas as pd
import seaborn

from report import figure, page
from report.figure import BLUE, GREY, INK, ORANGE, PLUM, TEAL
from report.likert import likert as likert
from report.page import Shown

KINDS = (
    "trend",
    "bars",
    "columns",
    "ranges",
    "stacked",
    "pillars",
    "timeline",
    "network",
    "likert",
)
STATUS_FILL = {
    "in place": "#12436D",
    "partly in place": "#7FA8CF",
    "not in place": "#F3C9A5",
    "no public evidence": "#F2F2F2",
    "not assessed": "#FFFFFF",
}
LINES = [
    {"color": BLUE, "linewidth": 2.4},
    {"color": GREY, "linewidth": 1.6, "linestyle": "--"},
    {"color": ORANGE, "linewidth": 1.6},
    {"color": TEAL, "linewidth": 1.6, "linestyle": (0, (6, 1.5))},
    {"color": PLUM, "linewidth": 1.6, "linestyle": (0, (1.5, 1.2))},
]


def trend(frame: pd.DataFrame, title: str, alt: str, source: str, unit: str) -> Shown:
    """Draw lines over years. Columns: year, series, value; the first series is the country, drawn
    strongest.

    The second is dashed grey, the others have each a colour and a dash of their own.
    """
    with figure.style():
        axes, ends = figure.axes(3.1), []
        for i, (name, line) in enumerate(frame.groupby("series", sort=False)):
            strong = LINES[min(i, len(LINES) - 1)]
            seaborn.lineplot(
                line,
                x="year",
                y="value",
                ax=axes,
                marker="o" if i == 0 else "",
                markersize=4,
                estimator=None,
                **strong,
            )
            ends.append((line.iloc[-1], name, strong["color"]))
        figure.label_ends(axes, ends)
        axes.set(xlabel="", ylabel=unit, ylim=(0, None))
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=7))
        axes.margins(x=0.02)
        large = frame.value.max() >= 10_000
        if large:
            axes.yaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,.0f}"))
        axes.figure.subplots_adjust(left=0.14 if large else 0.1, right=0.8, bottom=0.1, top=0.97)
        wide = (
            frame.pivot_table(index="year", columns="series", values="value", sort=False)
            .reset_index()
            .sort_values("year")
        )
        wide["year"] = wide.year.astype(int).astype(str)
    return figure.shown(axes.figure, title, alt, source, wide, f"Figures in {unit}")


def bars(frame: pd.DataFrame, title: str, alt: str, source: str, unit: str = "") -> Shown:
    """Draw horizontal bars. Columns: label, value, and optionally `beside` (an outlined
    comparison bar).
    """
    with figure.style():
        axes = figure.axes(0.55 + 0.33 * len(frame))
        seaborn.barplot(frame, x="value", y="label", ax=axes, color=BLUE, width=0.62, errorbar=None)
        if "beside" in frame:
            axes.scatter(frame.beside, range(len(frame)), marker="D", color=ORANGE, zorder=3, s=28)
        for i, value in enumerate(frame.value):
            axes.text(value, i, f" {page.number(value)}", va="center", fontsize=9)
        axes.set(xlabel=unit, ylabel="", xlim=(0, float(frame.value.max() or 1) * 1.12))
        axes.grid(axis="y", visible=False)
        axes.figure.subplots_adjust(
            left=figure.room(frame.label),
            right=0.97,
            bottom=0.42 / axes.figure.get_figheight(),
            top=0.98,
        )
    return figure.shown(
        axes.figure,
        title,
        alt,
        source,
        frame.rename(columns={"label": "Category", "value": unit or "number"}),
    )


def columns(frame: pd.DataFrame, title: str, alt: str, source: str, unit: str) -> Shown:
    """Draw vertical bars over years, the gaps between them kept. Columns: label (the year),
    value.
    """
    with figure.style():
        axes = figure.axes(2.1)
        axes.bar(frame.label, frame.value, color=BLUE, width=0.7)
        axes.set(xlabel="", ylabel=unit)
        axes.grid(axis="x", visible=False)
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=9))
        axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=5))
        axes.figure.subplots_adjust(left=0.08, right=0.98, bottom=0.13, top=0.95)
    return figure.shown(
        axes.figure,
        title,
        alt,
        source,
        frame.assign(label=frame.label.astype(str)).rename(
            columns={"label": "year", "value": unit}
        ),
    )


def ranges(frame: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw where a country lies in its region's range. Columns: label, value, lowest, median,
    highest (0 to 100).
    """
    with figure.style():
        axes = figure.axes(0.75 + 0.36 * len(frame))
        at = range(len(frame))
        axes.hlines(at, frame.lowest, frame.highest, color="#B9C6D3", linewidth=7)
        axes.scatter(
            frame["median"],
            at,
            marker="|",
            s=170,
            color=GREY,
            linewidths=2,
            zorder=3,
            label="median of the region",
        )
        axes.scatter(frame.value, at, color=BLUE, s=46, zorder=4, label="this country")
        axes.set_yticks(list(at), frame.label)
        axes.set(xlim=(-2, 104), ylim=(len(frame) - 0.5, -0.6), xlabel="")
        axes.grid(axis="y", visible=False)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=3,
            frameon=False,
            fontsize=9,
            borderaxespad=0,
        )
        height = axes.figure.get_figheight()
        axes.figure.subplots_adjust(
            left=figure.room(frame.label), right=0.97, bottom=0.3 / height, top=1 - 0.35 / height
        )
    return figure.shown(axes.figure, title, alt, source, frame)


def stacked(frame: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw the mix of statuses per row. Columns: label, then one per status in the fixed order."""
    with figure.style():
        axes, left = figure.axes(0.8 + 0.33 * len(frame)), pd.Series(0, index=frame.index)
        for word in page.SIGNS:
            hatch = "///" if word == "no public evidence" else ""
            axes.barh(
                frame.label,
                frame[word],
                left=left,
                color=STATUS_FILL[word],
                edgecolor="#4A4A4A",
                linewidth=0.6,
                hatch=hatch,
                height=0.66,
                label=f"{page.SIGNS[word]} {word}",
            )
            for i, (start, value) in enumerate(zip(left, frame[word], strict=True)):
                if value:
                    ink = "white" if word == "in place" else INK
                    box = {"facecolor": "white", "edgecolor": "none", "pad": 1} if hatch else None
                    axes.text(
                        start + value / 2,
                        i,
                        f"{value:.0f}",
                        ha="center",
                        va="center",
                        color=ink,
                        fontsize=8.5,
                        bbox=box,
                    )
            left = left + frame[word]
        axes.invert_yaxis()
        axes.set(xlabel="items", ylabel="")
        axes.grid(axis="y", visible=False)
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=3,
            frameon=False,
            fontsize=8.5,
            borderaxespad=0.2,
        )
        height = axes.figure.get_figheight()
        axes.figure.subplots_adjust(
            left=figure.room(frame.label), right=0.98, bottom=0.45 / height, top=1 - 0.5 / height
        )
    return figure.shown(axes.figure, title, alt, source, frame)


def pillars(frame: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw pillar scores by edition, a group of bars a pillar. Columns: edition, pillar, value
    (0 to 20).
    """
    wide = frame.assign(edition=frame.edition.astype(str)).pivot(
        index="edition", columns="pillar", values="value"
    )[list(dict.fromkeys(frame.pillar))]
    editions, step = (
        len(wide),
        len(wide) + 0.8,
    )  # one axes for all groups: five take five times as long
    with figure.style():
        axes = figure.axes(2.1)
        for i, (edition, scores) in enumerate(wide.iterrows()):
            at = [i + step * group for group in range(len(scores))]
            axes.bar(at, scores, color=[GREY, BLUE][-editions:][min(i, 1)], width=0.62)
            for x, value in zip(at, scores, strict=True):
                if pd.notna(value):
                    axes.text(x, value, f"{value:.1f}", ha="center", va="bottom", fontsize=8.5)
                axes.text(x, -1.2, edition, ha="center", va="top", fontsize=9.5)
        for group, name in enumerate(wide.columns):
            axes.text((editions - 1) / 2 + step * group, 24, name, ha="center", fontsize=9)
        axes.set(ylim=(0, 23), yticks=[0, 10, 20], xticks=[])
        axes.grid(axis="x", visible=False)
        axes.figure.subplots_adjust(left=0.05, right=0.99, bottom=0.13, top=0.88)
    return figure.shown(axes.figure, title, alt, source, wide.reset_index())


def timeline(frame: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw events on a line of years. Columns: year, label."""
    with figure.style():
        axes = figure.axes(0.5 + 0.3 * len(frame))
        axes.hlines(
            range(len(frame)), frame.year.min() - 1, frame.year, color="#C9D3DD", linewidth=1
        )
        axes.scatter(frame.year, range(len(frame)), color=BLUE, s=36, zorder=3)
        for i, row in enumerate(frame.itertuples()):
            axes.annotate(
                f"{row.year}",
                (row.year, i),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        axes.set_yticks(range(len(frame)), frame.label)
        axes.set(
            xlim=(frame.year.min() - 1, frame.year.max() + 3),
            ylim=(len(frame) - 0.5, -0.5),
            xlabel="",
        )
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=8))
        axes.grid(axis="y", visible=False)
        axes.figure.subplots_adjust(
            left=figure.room(frame.label),
            right=0.97,
            bottom=0.3 / axes.figure.get_figheight(),
            top=0.98,
        )
    return figure.shown(axes.figure, title, alt, source, frame.assign(year=frame.year.astype(str)))


def network(edges: pd.DataFrame, title: str, alt: str, source: str) -> Shown:
    """Draw organisations round a circle, partners side by side, with their recorded links.
    Columns: a, b.
    """
    with figure.style():
        graph = networkx.from_pandas_edgelist(edges, "a", "b")
        order = [
            n
            for part in sorted(networkx.connected_components(graph), key=len, reverse=True)
            for n in networkx.dfs_preorder_nodes(
                graph, max(part, key=lambda n: (graph.degree[n], n)), sort_neighbors=sorted
            )
        ]
        at = networkx.circular_layout(order)
        axes = figure.axes(max(3.2, 0.3 * len(order)))
        axes.set_axis_off()
        networkx.draw_networkx_edges(graph, at, ax=axes, edge_color="#7C93AA", width=1.3)
        networkx.draw_networkx_nodes(
            graph, at, ax=axes, node_color=BLUE, node_size=[40 + 30 * d for _, d in graph.degree]
        )
        for name, (x, y) in at.items():
            axes.annotate(
                figure.wrapped(name, 30),
                (x, y),
                xytext=(11 if x >= -0.01 else -11, 9 * y),
                textcoords="offset points",
                ha="left" if x >= -0.01 else "right",
                va="center",
                fontsize=8.5,
            )
        axes.set(xlim=(-1.15, 1.15), ylim=(-1.12, 1.12))
        axes.figure.subplots_adjust(left=0.3, right=0.7, bottom=0.02, top=0.98)
    return figure.shown(axes.figure, title, alt, source, edges)


def rehearse() -> None:
    """Draw two small charts and forget them, so that processes forked afterwards find fonts and
    style at hand.
    """
    lines = pd.DataFrame(
        {"year": [2000, 2001] * 2, "series": ["a", "a", "b", "b"], "value": [1.0, 2.0, 3.0, 4.0]}
    )
    trend(lines, "a rehearsal", "two lines", "nobody", "%")
    bars(
        pd.DataFrame({"label": ["a", "b"], "value": [1.0, 2.0]}),
        "a rehearsal",
        "two bars",
        "nobody",
    )
