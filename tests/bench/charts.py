"""What charts and pages of one country cost, drawn as they are, and the same rows with the defaults
of seaborn, the inline backend and nbconvert.

Called as `python tests/bench/charts.py [ISO3]`: prints CPU seconds, and writes each chart both ways
to outputs/bench/charts/.
"""

import base64
import os
import shutil
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import nbformat
import seaborn
import ways
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure
from nbconvert import HTMLExporter

from cop.report import charts, page, render, words
from cop.report.charts import drawing
from cop.run import plan

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "outputs" / "bench" / "charts"
OURS = drawing.svg
WORDS = ("matrix", "links", "triangulation", "reach", "chain", "tiles")  # drawn by nobody
SPENT, PICTURES = {}, {}


def main(iso3="UKR"):
    """Draw and render a country's stages in turn, both ways, five times; print medians and their
    ratio.
    """
    job = _job(iso3)
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    seconds = {"ours": [], "defaults": []}
    for _ in range(6):
        for way in seconds:
            seconds[way].append(_once(job, way))
    middle = {way: statistics.median(times[1:]) for way, times in seconds.items()}
    share, place = middle["ours"] / middle["defaults"], PLACE.relative_to(ROOT)
    print({way: round(value, 2) for way, value in middle.items()}, "CPU seconds of charts, pages;")
    print(f"ours are {share:.2f} of the defaults; pictures in {place}")
    for (way, number), picture in PICTURES.items():
        (PLACE / f"{number:02}-{way}.{'svg' if way == 'ours' else 'png'}").write_bytes(picture)


def _job(iso3):
    outputs = PLACE.parent / "run"
    shutil.rmtree(outputs, ignore_errors=True)
    job = plan.of_country(iso3, plan.Choice(outputs=outputs))
    (job.making / "tables").mkdir(parents=True)
    os.chdir(job.notebooks)
    return job


def _once(job, way):
    """Give the CPU seconds that drawing and rendering took, the reckoning between them left out."""
    SPENT[way] = 0.0
    numbers = iter(range(1, 1000))
    kept = {name: getattr(charts, name) for name in (*charts.KINDS, "strip")}
    drawing.svg = lambda drawn, caption: _kept(OURS(drawn, caption), way, next(numbers))
    for name, ours in kept.items():
        draw = ours if way == "ours" or name in WORDS else partial(_default, numbers)
        setattr(charts, name, _clocked(draw, way))
    words._environment.cache_clear(), words._module.cache_clear()  # they hold the charts
    try:
        for stage in job.stages:
            notebook = nbformat.read(job.notebooks / f"{stage}.ipynb", 4)
            ways._run_cells(notebook, job.parameters)
            _clocked(_page, way)(job, stage, notebook, way)
    finally:
        drawing.svg = OURS
        for name in kept:
            setattr(charts, name, kept[name])
    return SPENT[way]


def _clocked(work, way):
    def clocked(*args, **more):
        began = time.process_time()
        try:
            return work(*args, **more)
        finally:
            SPENT[way] += time.process_time() - began

    return clocked


def _kept(svg, way, number):
    PICTURES[way, number] = drawing.alone(svg)
    return svg


def _default(numbers, frame, caption, *_, **__):
    """Draw the numbers of a frame as seaborn does by itself, and as the inline backend does: as PNG
    fitted tightly, which lays it out twice.
    """
    drawn = Figure()
    values = frame.select_dtypes("number").columns
    names = [column for column in frame if column not in values] or [frame.columns[0]]
    with seaborn.axes_style("whitegrid"):
        axes = drawn.subplots()
        if "series" in frame:
            seaborn.lineplot(frame, x="year", y="value", hue="series", errorbar=None, ax=axes)
        else:
            seaborn.barplot(frame, x=values[-1], y=names[0], orient="h", errorbar=None, ax=axes)
    picture = print_figure(drawn, fmt="png", bbox_inches="tight", base64=False)
    PICTURES["defaults", next(numbers)] = picture
    coded = base64.b64encode(picture).decode()
    return page.Shown('<img alt="{}" src="data:image/png;base64,{}">').format(caption.alt, coded)


def _page(job, stage, notebook, way):
    if way == "ours":
        return render.page(notebook, job.pages()[stage], ways.DATE)
    return HTMLExporter().from_notebook_node(notebook)


if __name__ == "__main__":
    main(*sys.argv[1:])
