"""What charts and pages of one country cost, drawn as they are and with the defaults of seaborn,
the inline backend and nbconvert.

Called as `python tests/bench/charts.py [ISO3]`: prints CPU seconds, and writes each chart both ways
to outputs/bench/charts/.
"""

import base64
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

import nbformat
import seaborn
import ways
from IPython.core.pylabtools import print_figure
from nbconvert import HTMLExporter

from batch import plan
from report import charts, page, render, words
from report.charts import drawing

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "outputs" / "bench" / "charts"
OURS, STYLE = drawing.svg, drawing._style
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
    job = plan.of_country(iso3, ROOT / "data", outputs, plan.edition(ROOT / "data", iso3), 600)
    (job.making / "tables").mkdir(parents=True)
    os.chdir(job.notebooks)
    return job


def _once(job, way):
    """Give the CPU seconds that drawing and rendering took, the reckoning between them left out."""
    SPENT[way] = 0.0
    numbers = iter(range(1, 1000))
    kept = {name: getattr(charts, name) for name in charts.KINDS}
    drawing.svg = lambda drawn, caption: _picture(drawn, caption, way, next(numbers))
    drawing._style = STYLE if way == "ours" else lambda: seaborn.axes_style("whitegrid")
    for name in kept:
        setattr(charts, name, _clocked(kept[name], way))
    words._environment.cache_clear(), words._module.cache_clear()  # they hold the charts
    try:
        for stage in job.stages:
            notebook = nbformat.read(job.notebooks / f"{stage}.ipynb", 4)
            ways._run_cells(notebook, job.parameters)
            _clocked(_page, way)(job, stage, notebook, way)
    finally:
        drawing.svg, drawing._style = OURS, STYLE
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


def _picture(drawn, caption, way, number):
    """Draw a figure: once, as SVG; or as the inline backend does, as PNG fitted tightly, which
    lays it out twice.
    """
    if way == "ours":
        svg = OURS(drawn, caption)
        PICTURES[way, number] = drawing.alone(svg)
        return svg
    picture = print_figure(drawn, fmt="png", bbox_inches="tight", base64=False)
    PICTURES[way, number] = picture
    coded = base64.b64encode(picture).decode()
    return page.Shown('<img alt="{}" src="data:image/png;base64,{}">').format(caption.alt, coded)


def _page(job, stage, notebook, way):
    if way == "ours":
        return render.page(notebook, job.pages()[stage], ways.DATE)
    return HTMLExporter().from_notebook_node(notebook)


if __name__ == "__main__":
    main(*sys.argv[1:])
