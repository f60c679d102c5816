"""What a run consists of: which notebooks for which country, with which parameters, checked before anything starts."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from papermill.inspection import inspect_notebook

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STAGES = [
    "1-desktop-research",
    "2-stakeholder-mapping",
    "3-surveys-and-interviews",
    "4-ict-statistics",
    "5-guideline-alignment",
    "6-country-assessment",
]
REGION = "7-regional-synthesis"
SYNTHESIS = "cop-regional-synthesis.html"


class Refused(Exception):
    """Raised when the call or the data is wrong and nothing is run; the text is for the person at the keyboard."""


@dataclass(frozen=True)
class Job:
    """One country (or the region) to run: its stages in order, where they write, and what they are told."""

    key: str  # ISO3, or the group of the region
    stages: tuple
    making: Path  # folder written aside
    ready: Path  # folder it is moved to when whole
    parameters: dict = field(hash=False)
    site: Path = None
    timeout: int = 600
    notebooks: Path = NOTEBOOKS

    def pages(self):
        """Give the pages this job makes: file name by stage."""
        return {stage: page_name(stage, self.key) for stage in self.stages}


def of_country(iso3, data, outputs, edition, timeout):
    """Give the job of one country."""
    making = outputs / f".making-{iso3}"
    told = {
        "iso3": iso3,
        "edition": edition,
        "data": _seen_from_notebooks(data),
        "tables": _seen_from_notebooks(making / "tables"),
    }
    return Job(iso3, tuple(STAGES), making, outputs / iso3, told, outputs / "site", timeout)


def of_region(group, data, outputs, edition, left_out, timeout):
    """Give the job of the region; `left_out` are the countries whose assessment is not complete."""
    making = outputs / f".making-{group}"
    told = {
        "group": group,
        "edition": edition,
        "data": _seen_from_notebooks(data),
        "outputs": _seen_from_notebooks(outputs),
        "tables": _seen_from_notebooks(making / "tables"),
        "left_out": " ".join(left_out),
    }
    return Job(group, (REGION,), making, outputs / group, told, outputs / "site", timeout)


def check_parameters(job):
    """Raise Refused when what a notebook asks for is not exactly what it will be told (papermill only warns)."""
    for stage in job.stages:
        asked = set(inspect_notebook(str(NOTEBOOKS / f"{stage}.ipynb")))
        unknown, missing = set(job.parameters) - asked, asked - set(job.parameters)
        if unknown or missing:
            raise Refused(
                f"notebooks/{stage}.ipynb does not ask for {sorted(unknown)} and would not be told {sorted(missing)}: "
                "its parameters cell and the batch must name the same parameters"
            )


def page_name(stage, key):
    """Give the file name of a stage's page."""
    if stage == REGION:
        return SYNTHESIS
    return f"cop-assessment-{key}.html" if stage == STAGES[-1] else f"cop-annex-{key}-{stage}.html"


def _seen_from_notebooks(path):
    """Give a path as the notebooks see it, so that no machine's folders are written into what they hand on."""
    return Path(os.path.relpath(path, NOTEBOOKS)).as_posix()
