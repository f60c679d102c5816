"""Stages that stand ready: a process each, in which the names of a notebook's cells are kept.

What they make is for the eyes of whoever watches: the result that stands is made by an ordinary
run, when nothing was saved for a while.
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from cop.data import Refused
from cop.data.machine.day import today
from cop.run import execute, keys, plan
from cop.run.plan import Job
from cop.run.process import Failed, Machine
from cop.run.schedule import sentence
from cop.run.watch import gate

FOLDER = ".watched"
NEXT = "next"  # pages that are shown once the check has let them pass
RUN, PAGE, FORGET = "run", "page", "forget"
LOST = ("Ended", "Killed", "Timeout")  # causes after which a process is asked nothing more
NOBODY = lambda index: None  # noqa: E731  # who is told of each cell that begins
_HERE: dict = {}  # of the process of one stage: its cells, its notebook, what its page is made of


class Standing:
    """The stages of a country, each in a process that waits for what is saved."""

    def __init__(self, job: Job, machine: Machine) -> None:
        """Take the job as it is run, and the machine."""
        making = job.ready.parent / f"{FOLDER}-{job.key}"
        self.pages, self._making, self.machine = making / "pages", making, machine
        self._of, self._asked, self._check, self._one = None, {}, None, Lock()
        self._lost = False  # a process that was at work for this
        self._held = True  # what was saved last, until the check lets it pass

    def stop(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._making, ignore_errors=True)

    def again(self, job: Job, of_country: bool = True, of_all: bool = False) -> None:
        """Make again what rests on what was saved; raises Refused with why it cannot be made.

        `of_country` says that data were saved, which are checked meanwhile; `of_all` that what
        other countries share was: then nothing is taken to hold.
        """
        with self._one, ThreadPoolExecutor(2 * len(job.stages)) as pool:
            if job != self._of or self._lost:
                self._begin(job)
            *first, last = job.stages
            self._held |= of_country
            checked = [pool.submit(self._faults)] if self._held else []
            orders = [*[FORGET] * of_all, RUN]
            try:
                list(pool.map(lambda stage: self._ask(stage, *orders), first))
                rest = pool.map(lambda stage: self._ask(stage, PAGE), first)
                self._ask(last, *orders, PAGE)
                list(rest)
            finally:  # what the check names with its mend, rather than where a cell stumbled on it
                faults = [fault for one in checked for fault in one.result()]
                self._held = bool(faults)
                if faults:
                    raise Refused("\n".join(faults))
            self._show()

    def pages_again(self, job: Job) -> None:
        """Make all pages again, of what stands: nothing but their style was saved."""
        if job != self._of or self._lost or self._held:
            return self.again(job, of_country=False)
        with self._one, ThreadPoolExecutor(len(job.stages)) as pool:
            list(pool.map(lambda stage: self._ask(stage, PAGE), job.stages))
            self._show()

    def _show(self):
        """Let all pages that were made take the place of those before, each at once."""
        for page in (self._making / NEXT).iterdir():
            page.replace(self.pages / page.name)

    def _begin(self, job):
        """Let a process begin for each stage, with nothing run."""
        self.stop()
        (self._making / "tables").mkdir(parents=True)
        self.pages.mkdir(), (self._making / NEXT).mkdir()
        tables = plan.seen_from_notebooks(self._making / "tables")
        self._check = self.machine.keep(gate.faults, (job,))
        own = replace(job, making=self._making, parameters=job.parameters | {"tables": tables})
        ask = lambda stage: self.machine.keep(again, (own, stage, today().isoformat()))  # noqa: E731
        self._lost = False
        self._of, self._asked = job, {stage: ask(stage) for stage in job.stages}

    def _faults(self):
        return self._told(execute.GATE, self._check, "")

    def _ask(self, stage, *orders):
        for order in orders:
            self._told(stage, self._asked[stage], order)

    def _told(self, stage, ask, order):
        """Give what a process answers; raises Refused with why it could not do what was asked."""
        try:
            return ask(order, self._of.timeout)
        except Failed as failed:
            self._lost |= failed.cause in LOST  # then all begins anew with the next save
            about = failed.cell, failed.cause, failed.message
            outcome = execute.Outcome(self._of.key, stage, "failed", 0.0, *about)
            raise Refused(sentence(outcome)) from failed


def again(job: Job, stage: str, date: str, order: str) -> None:
    """Do what the watch asks in one stage's process: run what changed, make its page, or forget."""
    if not _HERE:
        _begin(job)
    if order == FORGET:
        _HERE["cells"].given.clear()
    elif order == RUN:
        _run(job, stage)
    else:
        _page(job, stage, date)


def _begin(job):
    from cop.run.watch.cells import Cells

    now = lambda reads: keys.present(job, job.making, reads)  # noqa: E731
    _HERE.update(cells=Cells(job.parameters["data"], now), source=None, notebook=None, page=None)


def _run(job, stage):
    """Run the cells that do not hold; nothing where all do and the notebook is the same."""
    from cop.report import words

    cells, source = _HERE["cells"], (job.notebooks / f"{stage}.ipynb").read_bytes()
    holds = cells.hold()  # before words are read again: what is saved meanwhile is seen next time
    words.look_again()
    if source == _HERE["source"] and cells.given and all(holds.values()):
        return
    _HERE.update(source=None, page=None)  # until it is run to its end
    _HERE["notebook"] = execute.by_template(job, stage, None, NOBODY, client=cells.client)
    _HERE["source"] = source


def _page(job, stage, date):
    """Make the page, where its notebook or the style changed; run first what was not to its end."""
    from cop.report import render, sheet

    if _HERE["source"] is None:
        _run(job, stage)
    if _HERE["page"] != (style := sheet.text()):
        page = job.pages()[stage]
        text = render.page(_HERE["notebook"], page, date)
        (job.making / NEXT / page).write_text(text, encoding="utf-8")
        _HERE["page"] = style
