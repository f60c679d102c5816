"""Replace the execution of notebooks, so that runs end at once; all else of a run is real.

A page contains the hash of its country's evidence, which identifies the run that wrote it.
"""

import contextlib
import io
import json
import shutil
import time
from pathlib import Path

from cop.cli import main
from cop.report import languages
from cop.report.filenames import REGION
from cop.report.site.data import SiteData
from cop.run import fingerprints, scheduler, steps, workers

PAGE = """<main><section class="cover" data-iso3="{key}" data-country="{key}"
 data-edition="{edition}" data-status="{status}" data-cut-off="2026-01-01"><dl></dl></section>{text}
<a href="cop-assessment-YYY.html#YYY-E01">Y</a><a href="cop-assessment-ZZZ.html">Z</a></main>"""
SPOKEN = ("fr", "uk")


def stubbed(patch, pause=0.0):
    """Replace each stage by a pause that ends with a stub notebook, a table and a page."""
    patch.setattr(workers.Workers, "run", lambda self, *task, **_: _run(pause, *task))
    patch.setattr(steps, "check_country", lambda job: ([], []))
    patch.setattr(scheduler, "start_server", lambda: None)


def small(patch, most=9):
    """Limit sites to pages of the first `most` items, since all others are created alike."""
    every = SiteData.items.func
    patch.setattr(SiteData, "items", property(lambda site: every(site)[:most]))


def spoken(patch, folder):
    """Copy two short catalogues to a folder, use them instead of the project's and return it."""
    shutil.copytree(Path(__file__).with_name("locale"), folder)
    patch.setattr(languages, "FOLDER", folder)
    return folder


def _run(pause, work, *arguments):
    if work is steps.run_notebook:
        job, stage, *_ = arguments
        time.sleep(pause)
        state = evidence_state(job)
        (job.making / f"{stage}.ipynb").write_text(json.dumps({"of": state}))
        (job.making / "tables" / "key_figures.csv").write_text(f"iso3,state\n{job.key},{state}\n")
        (job.making / "pages" / job.pages()[stage]).write_text(page(job, stage))
        read = json.dumps(("file", f"research/{job.key}/evidence.csv"))
        return {} if stage == REGION else {read: state}, ""
    if work is steps.check_pages:
        return cover(arguments[0])
    return work(*arguments, None)


def cover(job):
    about = {"edition": "2026", "status": "draft"}
    table = job.data / f"research/{job.key}/editions.csv"
    for row in table.read_text().splitlines()[1:] if table.exists() else ():
        if row.split(",")[0] == job.parameters.get("edition"):
            about = dict(zip(("edition", "cut-off", "status"), row.split(","), strict=False))
    return {"iso3": job.key, "country": job.key, **about, "cut-off": "2026-01-01"}


def evidence_state(job):
    return fingerprints.file_state(job.data / f"research/{job.key}/evidence.csv")


def page(job, stage):
    about = {name: cover(job)[name] for name in ("edition", "status")}
    return PAGE.format(key=job.key, text=f"{stage} {evidence_state(job)}", **about)


def edit(data, iso3="ZZZ"):
    """Change the bytes of a country's evidence.csv by adding an empty line."""
    path = data / "research" / iso3 / "evidence.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def run(data, outputs, *words):
    """Run `cop run` and return (exit status, standard output followed by standard error)."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main.main(["run", *words, "--data", str(data), "--outputs", str(outputs)])
    return status, out.getvalue() + err.getvalue()


def complete(data, outputs, *words):
    """Run everything, or the selection in `words`, and return the text printed on success."""
    status, text = run(data, outputs, *(words or ["--all"]))
    assert status == 0, text
    return text
