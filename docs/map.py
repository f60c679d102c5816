"""Draws docs/map.svg (`make map`): the rooms of src/, how large, and who imports whom."""

import ast
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
# Where each room stands: who is imported stands below, as a house rests on its ground floor.
PLACES = {
    "contract": (2, 0), "report": (3, 1), "fieldwork": (0, 1), "research": (1, 1),
    "batch": (4.2, 2), "helpers": (2.2, 2), "explore": (1.6, 3), "cop": (3, 4),
    "notebooks": (0.2, 3), "handover": (4.4, 3),
}  # fmt: skip
INK, BLUE = "#1D1D1D", "#12436D"


def imports() -> dict[tuple[str, str], int]:
    """Give {(room, room it imports): modules that do}, and the rooms that notebooks import."""
    found = {}
    for path in [*SRC.rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]:
        room = path.relative_to(SRC).parts[0] if path.suffix == ".py" else "notebooks"
        for other in _rooms(path) - {room}:
            found[room, other] = found.get((room, other), 0) + 1
    return found


def _rooms(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return {
            room for room in PLACES if f"from {room} import" in text or f"import {room}" in text
        }
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
    return names & set(PLACES)


def draw() -> Figure:
    """Give the map as a figure."""
    figure = Figure(figsize=(8, 6))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.6, 5), ylim=(-0.5, 4.5))
    axes.set_axis_off()
    for (one, other), n in imports().items():
        line = {"arrowstyle": "-|>", "color": BLUE, "lw": 0.5 + 0.06 * min(n, 30), "alpha": 0.55}
        line |= {"shrinkA": 22, "shrinkB": 22, "connectionstyle": "arc3,rad=0.06"}
        axes.annotate("", PLACES[other], PLACES[one], arrowprops=line)
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": INK}
    for room, (x, y) in PLACES.items():
        axes.text(x, y, f"{room}\n{_size(room)}", ha="center", va="center", bbox=box, fontsize=10)
    return figure


def _size(room):
    if room == "notebooks":
        return f"{len(list((ROOT / room).glob('*.ipynb')))} notebooks"
    files = list((SRC / room).rglob("*.py"))
    return f"{len([p for p in files if p.stem != '__init__'])} modules"


if __name__ == "__main__":
    matplotlib.rcParams |= {"svg.hashsalt": "cop", "svg.fonttype": "none"}
    draw().savefig(ROOT / "docs" / "map.svg", metadata={"Date": None})
