"""The site: what is shared of the results that the data speaks of, made aside and switched in.

Whatever moment a run is stopped at, the site is the one before or the one after. `contents.json`
in it says what it was made of, so that the next run sees what is missing and completes it.
"""

import contextlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from cop.data import Refused
from cop.report.languages import look_again, state
from cop.report.site.before import Before
from cop.run import keys, plan
from cop.run.plan import Job
from cop.run.process import FORKS, Failed, Machine
from cop.run.results import ledger, pages
from cop.run.results.parts import homes, parts, way
from cop.run.results.switch import link, settle, switch

CONTENTS = "contents.json"
OURS = re.compile(r"(cop-.*|index)\.html|contents\.json")
DAMAGED = "a page is not as it was made"
LONGEST = 3600  # seconds that all pages of the site may take


Failure = list[str]  # country or group, edition, sentence


@dataclass
class Run:
    """What a run did: what it renewed, what it could not renew and why, what the ledger says."""

    renewed: list[str] = field(default_factory=list)  # folders of results, seen from that of all
    failures: dict[str, Failure] = field(default_factory=dict)  # by folder
    lines: list[str] = field(default_factory=list)  # of what failed; the others keep their own


class Site:
    """The site of a folder of results and of a data folder."""

    def __init__(self, outputs: Path, data: Path, address: str = "") -> None:
        """Take the folder of all results, that of all data, and where the site will stand.

        Without an address the one of the contract counts (`cop:baseAddress`), if there is one.
        """
        self.outputs, self.data, self.folder = outputs, data, outputs / "site"
        self.machine: Machine | None = None  # whose template is warm, if this run has one
        self._asking, self._ask = ThreadPoolExecutor(1), None  # of the process that puts pages
        self._address = address
        self._way = Path(os.path.relpath(data, outputs)).as_posix()

    def settle(self) -> None:
        """Bring to its end what a run left that was killed.

        Raises Refused where the results are of other data.
        """
        for home in homes(self.outputs):
            for folder in (home, home / "baselines", *home.glob("editions/*")):
                settle(folder)
        shutil.rmtree(self.outputs / ".making-site", ignore_errors=True)
        known = self._known()
        if known.get("data", self._way) != self._way:
            raise Refused(
                f"{self.outputs} holds results of {os.path.normpath(self.outputs / known['data'])},"
                f" not of {self.data}: name another folder with --outputs, or delete that one"
            )
        ledger.complete(self.outputs, known.get("start", 0), known.get("lines", ()))

    def name(self, job: Job) -> str:
        """Give the folder of a job's result, seen from that of all results."""
        return job.ready.relative_to(self.outputs).as_posix()

    def first_page(self, language: str) -> Path:
        """Give the first page of the part that speaks a language."""
        return self.folder / way(language) / "index.html"

    def make_room(self, job: Job) -> None:
        """Put a result of another edition, that stands where a job's will, among the editions."""
        held, wanted = keys.edition(job.ready), job.parameters.get("edition")
        home = plan.in_language(self.outputs, job.language)
        if held and wanted and held != wanted and job.ready.parent == home:
            switch(job.ready, home / "editions" / held / job.key)

    def draw_ahead(self) -> None:
        """Let pages of what stands be drawn as the last notebooks run: most come out the same."""
        if self.machine and FORKS:
            self._asking.submit(lambda: self._asked(None, *self._now(Run())))

    def renew(self, run: Run) -> None:
        """Let the site show what stands by now, if it does not yet; the ledger with it."""
        known, shown, about = self._now(run)
        if not run.lines and not self._differs(known, about):
            return
        self._refuse_unsound(known.get("shared"), about["shared"])
        self._make(about, shown, self._not_yet_told(shown, run), known)

    def _now(self, run):
        """Give what the site was made of, its parts, and what it is made of by now."""
        known, found = self._known(), parts(self.outputs, self.data)
        failures = {k: v for k, v in known.get("failures", {}).items() if k not in run.renewed}
        damaged = ((part, one) for part in found for one in part.damaged)
        failures |= {p.folder + r.name: [r.key, r.cover["edition"], DAMAGED] for p, r in damaged}
        failures = self._still_spoken_of(failures | run.failures, found)
        shown = [part for part in found if part.sound or part.own(failures)] or found[:1]
        about = {
            "data": self._way,
            "pages": {p.way + at: file[1][0] for p in shown for at, file in p.places.items()},
            "runs": {part.folder + r.name: r.run for part in shown for r in part.sound},
            "failures": failures,
            "code": [keys.code(), keys.lock(), {p.language: state(p.language) for p in shown}],
            "shared": keys.of_shared(self.data),
            "address": self._address or plan.package.own(self.data).get("cop:baseAddress", ""),
        }
        return known, shown, about

    def _refuse_unsound(self, known, now):
        """Raise Refused where shared tables have changed and have faults: the site shows them.

        The state that a run found sound is kept beside the results (see batch.schedule).
        """
        sound = self.outputs / ".sound"
        if now == known or sound.exists() and sound.read_text(encoding="utf-8") == now:
            return
        from cop.data import checks

        if faults := checks.of_shared(self.data):
            raise Refused(f"the site shows the shared tables, and they have errors: {faults[0]}")

    def _known(self):
        """Give what the site was made of; {} where there is none, or it does not say so."""
        try:
            return json.loads((self.folder / CONTENTS).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}

    def _differs(self, known, about):
        """Say whether the site is not what it should be; where there is nothing, it need not be."""
        if not known and not about["pages"] and not about["failures"]:
            return False
        stands = (pages.stands(self.folder / at, p) for at, p in known.get("made", {}).items())
        return any(known.get(k) != about[k] for k in about) or not all(stands)

    def _still_spoken_of(self, failures, found):
        """Give the failures of what the data still holds, in languages that are still there."""
        here = {*plan.package.begun(self.data), *plan.groups(self.data)}
        return {
            part.folder + name: why
            for part in found
            for name, why in part.own(failures).items()
            if name.startswith("baselines/") or name.split("/")[-1] in here
        }

    def _not_yet_told(self, shown, run):
        there = set(ledger.read(self.outputs))
        results = [r for part in shown for r in part.sound]
        lines = [line for r in results for line in r.lines if line not in there]
        return sorted(lines, key=ledger.time) + run.lines

    def _make(self, about, shown, lines, known):
        """Make the whole site aside, switch it in, and let the ledger go on.

        What the site before was made of is ours, and not kept.
        """
        making = self.outputs / ".making-site"
        states, before = self._put(making, known, shown, about), known.get("made", {})
        self._keep_what_others_put(making, {*states, *before})
        start = ledger.size(self.outputs)
        results = {p.way + at: file[1] for p in shown for at, file in p.places.items()}
        of = lambda at: (one[at] for one in (before, results) if at in one)  # noqa: E731
        made = {at: pages.made(path, *of(at)) for at, path in _files(making).items()}
        about |= {"made": made, "states": states, "start": start, "lines": lines}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (making / CONTENTS).write_text(text, encoding="utf-8")
        switch(making, self.folder)
        ledger.complete(self.outputs, start, lines)

    def _told(self, making, known, shown, about):
        """Give what the pages are put of; of the site before what stands there as it was made."""
        made, states = known.get("made", {}), known.get("states", {})
        there = {at: states[at] for at in states if pages.stands(self.folder / at, made[at])}
        common = about["code"], about["shared"], about["address"]
        before = Before(self.folder, there, common, about["address"])
        return making, shown, self.data, about["failures"], before

    def _asked(self, *told):
        """Give what the process answers that puts pages, and keeps those that it drew."""
        told = self._told(*told)
        ask = self._ask or self.machine.keep(put_pages, ({},))
        self._ask = ask if told[0] is None else None  # it ends when it has put them
        return ask(told, LONGEST)

    def _put(self, *told):
        """Put all pages into a new folder; give the states of those that could stay there next.

        A process of the warm template does it, as it has imported what makes pages, and drew them
        ahead. Where it fails this one does it, and fails as itself.
        """
        if self.machine and FORKS:
            with contextlib.suppress(Failed):
                return self._asking.submit(self._asked, *told).result()
            self.machine.stop()  # it writes no more
        return put_pages({}, self._told(*told))

    def _keep_what_others_put(self, making, ours):
        for at, path in _files(self.folder).items():
            if not OURS.fullmatch(path.name) and at not in ours:
                link(path, making / at)


def put_pages(drawn: dict[tuple, str], told: tuple) -> dict[str, str]:
    """Put the pages of the site into a folder that is made anew; give the states of its own.

    Where none is told they are only drawn: of those that are `drawn` none is drawn again.
    """
    from cop.run.results.put import put  # with what makes pages, seldom needed

    making, *what, before = told
    look_again()
    if making:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
    return put(making, *what, replace(before, drawn=drawn))


def _files(folder):
    """Give the files of a site by their addresses."""
    found = (os.path.join(top, name) for top, _, names in os.walk(folder) for name in names)
    start = len(f"{folder}/")
    return {f[start:].replace(os.sep, "/"): Path(f) for f in sorted(found) if os.path.isfile(f)}
