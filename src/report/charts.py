"""Charts: a frame becomes a figure in the house style, with title, alternative text, source and data table.

Each figure is drawn once, as SVG with outlined text (it looks the same everywhere), and refuses to be shown
without a title that states the finding, an alternative text and a source. Colours keep a contrast of 3:1
on white and never carry the meaning alone.
"""

import base64
import io
import re

import matplotlib
import matplotlib.colors
import matplotlib.ticker
import networkx
import pandas as pd
import seaborn
from markupsafe import Markup
from matplotlib.figure import Figure

from report import page

BLUE, TEAL, PLUM, ORANGE, GREY = "#12436D", "#1E7F76", "#801650", "#B8510D", "#6B6B6B"
IDS = re.compile(r'(id="|url\(#|href="#)([a-zA-Z][0-9a-f]{10})\b')
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
WIDTH = 6.6  # inches; read at 100 % on a desktop and printed across an A4 page
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
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8A8A8A",
    "grid.color": "#E3E3E3",
    "axes.labelcolor": "#333333",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "text.color": "#1D1D1D",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.axisbelow": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "cop",
    "figure.dpi": 100,
}


def trend(frame, title, alt, source, unit):
    """Draw lines over years. Columns: year, series, value; the first series is the country, drawn strongest.

    The second is dashed grey, the others have each a colour and a dash of their own.
    """
    with _style():
        axes, ends = _axes(3.1), []
        for i, (name, line) in enumerate(frame.groupby("series", sort=False)):
            strong = LINES[min(i, len(LINES) - 1)]
            seaborn.lineplot(
                line,
                x="year",
                y="value",
                ax=axes,
                marker="o" if i == 0 else "",
                markersize=4,
                **strong,
            )
            ends.append((line.iloc[-1], name, strong["color"]))
        _label_ends(axes, ends)
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
    return _figure(axes.figure, title, alt, source, wide, f"Figures in {unit}")


def bars(frame, title, alt, source, unit=""):
    """Draw horizontal bars. Columns: label, value, and optionally `beside` (an outlined comparison bar)."""
    with _style():
        axes = _axes(0.55 + 0.33 * len(frame))
        seaborn.barplot(frame, x="value", y="label", ax=axes, color=BLUE, width=0.62)
        if "beside" in frame:
            axes.scatter(frame.beside, range(len(frame)), marker="D", color=ORANGE, zorder=3, s=28)
        for i, value in enumerate(frame.value):
            axes.annotate(f" {page.number(value)}", (value, i), va="center", fontsize=9)
        axes.set(xlabel=unit, ylabel="", xlim=(0, float(frame.value.max() or 1) * 1.12))
        axes.grid(axis="y", visible=False)
        axes.figure.subplots_adjust(
            left=_room(frame.label), right=0.97, bottom=0.42 / axes.figure.get_figheight(), top=0.98
        )
    return _figure(
        axes.figure,
        title,
        alt,
        source,
        frame.rename(columns={"label": "Category", "value": unit or "number"}),
    )


def columns(frame, title, alt, source, unit):
    """Draw vertical bars over years, the gaps between them kept. Columns: label (the year), value."""
    with _style():
        axes = _axes(2.1)
        axes.bar(frame.label, frame.value, color=BLUE, width=0.7)
        axes.set(xlabel="", ylabel=unit)
        axes.grid(axis="x", visible=False)
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=9))
        axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, nbins=5))
        axes.figure.subplots_adjust(left=0.08, right=0.98, bottom=0.13, top=0.95)
    return _figure(
        axes.figure,
        title,
        alt,
        source,
        frame.assign(label=frame.label.astype(str)).rename(
            columns={"label": "year", "value": unit}
        ),
    )


def ranges(frame, title, alt, source):
    """Draw where a country lies in its region's range. Columns: label, value, lowest, median, highest (0 to 100)."""
    with _style():
        axes = _axes(0.75 + 0.36 * len(frame))
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
            left=_room(frame.label), right=0.97, bottom=0.3 / height, top=1 - 0.35 / height
        )
    return _figure(axes.figure, title, alt, source, frame)


def stacked(frame, title, alt, source):
    """Draw the mix of statuses per row. Columns: label, then one per status in the fixed order."""
    with _style():
        axes, left = _axes(0.8 + 0.33 * len(frame)), pd.Series(0, index=frame.index)
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
                    ink = "white" if word == "in place" else "#1D1D1D"
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
            left=_room(frame.label), right=0.98, bottom=0.45 / height, top=1 - 0.5 / height
        )
    return _figure(axes.figure, title, alt, source, frame)


def pillars(frame, title, alt, source):
    """Draw small multiples of pillar scores by edition. Columns: edition, pillar, value (0 to 20)."""
    with _style():
        names = list(dict.fromkeys(frame.pillar))
        figure = Figure(figsize=(WIDTH, 2.1))
        for i, name in enumerate(names):
            axes, part = figure.add_subplot(1, len(names), i + 1), frame[frame.pillar == name]
            axes.bar(
                part.edition.astype(str), part.value, color=[GREY, BLUE][-len(part) :], width=0.6
            )
            axes.set(
                ylim=(0, 23),
                title=name,
                yticks=[0, 10, 20],
                yticklabels=["0", "10", "20"] if i == 0 else [],
            )
            axes.title.set_fontsize(9)
            axes.grid(axis="x", visible=False)
            for x, value in enumerate(part.value):
                axes.annotate(f"{value:.1f}", (x, value), ha="center", va="bottom", fontsize=8.5)
        figure.subplots_adjust(left=0.05, right=0.99, bottom=0.13, top=0.88, wspace=0.14)
        wide = frame.assign(edition=frame.edition.astype(str)).pivot(
            index="edition", columns="pillar", values="value"
        )
    return _figure(figure, title, alt, source, wide[names].reset_index())


def timeline(frame, title, alt, source):
    """Draw events on a line of years. Columns: year, label."""
    with _style():
        axes = _axes(0.5 + 0.3 * len(frame))
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
            left=_room(frame.label), right=0.97, bottom=0.3 / axes.figure.get_figheight(), top=0.98
        )
    return _figure(axes.figure, title, alt, source, frame.assign(year=frame.year.astype(str)))


def network(edges, title, alt, source):
    """Draw organisations round a circle, partners side by side, with their recorded links. Columns: a, b."""
    with _style():
        graph = networkx.from_pandas_edgelist(edges, "a", "b")
        order = [
            n
            for part in sorted(networkx.connected_components(graph), key=len, reverse=True)
            for n in networkx.dfs_preorder_nodes(
                graph, max(part, key=lambda n: (graph.degree[n], n)), sort_neighbors=sorted
            )
        ]
        at = networkx.circular_layout(order)
        axes = _axes(max(3.2, 0.3 * len(order)))
        axes.set_axis_off()
        networkx.draw_networkx_edges(graph, at, ax=axes, edge_color="#7C93AA", width=1.3)
        networkx.draw_networkx_nodes(
            graph, at, ax=axes, node_color=BLUE, node_size=[40 + 30 * d for _, d in graph.degree]
        )
        for name, (x, y) in at.items():
            axes.annotate(
                _wrapped(name, 30),
                (x, y),
                xytext=(11 if x >= -0.01 else -11, 9 * y),
                textcoords="offset points",
                ha="left" if x >= -0.01 else "right",
                va="center",
                fontsize=8.5,
            )
        axes.set(xlim=(-1.15, 1.15), ylim=(-1.12, 1.12))
        axes.figure.subplots_adjust(left=0.3, right=0.7, bottom=0.02, top=0.98)
    return _figure(axes.figure, title, alt, source, edges)


def likert(frame, title, alt, source):
    """Draw answers on a scale as bars that part in the middle. Columns: item, answer, order, count, n.

    The two ends part left and right of the line, and every bar of some width says its percent, so that no colour is
    needed; each question stands above its bar, so that the whole is read on a telephone.
    """
    with _style():
        share = _shares(frame)
        middle = (len(share.columns) - 1) / 2
        axes = Figure(figsize=(5, 0.95 + 0.62 * len(share))).add_subplot()
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
    return _figure(axes.figure, title, alt, source, frame, kind="narrow")


def _shares(frame):
    """Give percent of answers, items in rows in the order given, answers in columns in the order of the scale."""
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


def rehearse():
    """Draw two small charts and forget them, so that processes forked afterwards find fonts and style at hand."""
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
    ink = "white" if sum(matplotlib.colors.to_rgb(shade)) < 1.6 else "#1D1D1D"
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


def _figure(figure, title, alt, source, data, note="", kind=""):
    """Give the figure as HTML; refuses one without a title, an alternative text or a source."""
    missing = [
        n
        for n, text in {"title": title, "alt": alt, "source": source}.items()
        if not str(text).strip()
    ]
    if missing:
        raise ValueError(
            f"a figure needs a {page.listed(missing)}: say what it shows, to whom it is told, where it is from"
        )
    image = base64.b64encode(_drawn(figure).encode()).decode()
    shown = page.table(
        data, f"Data: {title}", {c: str(c) for c in data.columns if c != "anchor"}, note
    )
    return page.Shown(
        '<figure class="{}" tabindex="0"><figcaption>{}</figcaption><img src="data:image/svg+xml;base64,{}" alt="{}">'
        '<p class="source">Source: {}.</p><details><summary>Data of this figure</summary>{}</details>'
        "</figure>"
    ).format(f"chart {kind}".strip(), title, Markup(image), alt, source, shown)


def _label_ends(axes, ends):
    """Write each line's name at its end, moved apart where two ends lie close together."""
    reach = axes.get_ylim()[1]
    above = max(range(len(ends)), key=lambda i: ends[i][0].value)
    close = len(ends) > 1 and abs(ends[0][0].value - ends[1][0].value) < 0.07 * reach
    apart = _apart([last.value / reach for last, _, _ in ends]) if len(ends) > 2 else None
    last_year = max(last.year for last, _, _ in ends)  # several names stand in one column
    for i, (last, name, colour) in enumerate(ends):
        shift = apart[i] if apart else (6 if i == above else -6) if close else 0
        axes.annotate(
            name,
            (last_year if apart else last.year, last.value),
            xytext=(6, shift),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )


def _apart(heights, least=13, room=208):
    """Give, for each of several ends (shares of the height), by how many points its name moves to stand clear of the others.

    Names that would stand above the top of the figure come down, and those below them with them.
    """
    order, at = sorted(range(len(heights)), key=lambda i: heights[i]), [h * room for h in heights]
    for below, above in zip(order, order[1:], strict=False):
        at[above] = max(at[above], at[below] + least)
    limit = room
    for i in reversed(order):
        at[i] = min(at[i], limit)
        limit = at[i] - least
    return [a - h * room for a, h in zip(at, heights, strict=True)]


def _drawn(figure):
    """Give a figure as SVG, the same to the byte each time: matplotlib's ids, made from addresses, are numbered."""
    drawn, seen = io.StringIO(), {}
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return IDS.sub(lambda m: f"{m[1]}i{seen.setdefault(m[2], len(seen))}", drawn.getvalue())


def _axes(height):
    return Figure(figsize=(WIDTH, height)).add_subplot()


def _style():
    return matplotlib.rc_context({**seaborn.axes_style("whitegrid"), **STYLE})


def _room(labels):
    """Give the share of the width that the longest label needs."""
    return min(0.55, 0.03 + 0.0125 * max(len(str(label)) for label in labels))


def _wrapped(text, width=34):
    lines = [""]
    for word in text.split(" "):
        lines[-1:] = (
            [f"{lines[-1]} {word}".strip()]
            if len(lines[-1]) + len(word) < width
            else [lines[-1], word]
        )
    return "\n".join(lines)
