"""What a run consists of: which notebooks for which country, with which parameters, checked before anything starts."""

import ast
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from contract import Refused, package
from contract.cells import records
from report import names
from report.names import BASELINE, REGION, SYNTHESIS

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STAGES = [
    "1-desktop-research",
    "2-stakeholder-mapping",
    "3-surveys-and-interviews",
    "4-ict-statistics",
    "5-guideline-alignment",
    "6-country-assessment",
]


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
    page: str = ""  # file name of the one page, where it is not named after stage and key

    def pages(self):
        """Give the pages this job makes: file name by stage."""
        return {stage: self.page or names.of_stage(stage, self.key) for stage in self.stages}


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


def of_baseline(iso3, data, outputs, timeout):
    """Give the job of a country without an assessment: statistics and what is to be collected, on pages of their own."""
    place = outputs / "baselines"
    making = place / f".making-{iso3}"
    told = {
        "iso3": iso3,
        "data": _seen_from_notebooks(data),
        "tables": _seen_from_notebooks(making / "tables"),
    }
    return Job(
        iso3, (BASELINE,), making, place / iso3, told, outputs / "site" / "baselines", timeout
    )


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
    page = SYNTHESIS if group == main_group(data) else SYNTHESIS.replace(".html", f"-{group}.html")
    return Job(
        group, (REGION,), making, outputs / group, told, outputs / "site", timeout, page=page
    )


def check_parameters(job):
    """Raise Refused when what a notebook asks for is not exactly what it will be told (papermill only warns)."""
    for stage in job.stages:
        asked = _asked(job.notebooks / f"{stage}.ipynb")
        unknown, missing = set(job.parameters) - asked, asked - set(job.parameters)
        if unknown or missing:
            raise Refused(
                f"notebooks/{stage}.ipynb does not ask for {sorted(unknown)} and would not be told {sorted(missing)}: "
                "its parameters cell and the batch must name the same parameters"
            )


def members_of_gci(data):
    """Give the ISO3 codes of the economies that the latest Global Cybersecurity Index of the data has a row for."""
    rows = records(package.locate(data, "statistics/gci.csv"), "iso3", "edition")
    latest = max((row["edition"] for row in rows), default="")
    return sorted(row["iso3"] for row in rows if row["edition"] == latest)


def edition(data, iso3):
    """Give the latest edition of a country; where its table cannot be read, the notebook will tell."""
    return max(package.editions(data, iso3), default="none")


def of_edition(data, outputs, wanted, countries=()):
    """Give data and outputs of an edition: folders of its own where an earlier one is kept, else those given.

    Countries that are named and whose present edition it is are run from the present data.
    """
    kept = data / "editions" / wanted
    if not wanted or not (kept / "datapackage.json").exists():
        return data, outputs
    if countries and all(
        edition(data, iso3) == wanted for iso3 in countries if iso3 in package.begun(data)
    ):
        return data, outputs
    return kept, outputs / "editions" / wanted


def groups(data, role=None):
    """Give the members of each group of countries, or of those of one role, in the order of reference/groups.csv."""
    path, found = package.locate(data, "reference/groups.csv"), {}
    for row in records(path, "group_id", "iso3", "role") if path.exists() else ():
        if role in (None, row["role"]):
            found.setdefault(row["group_id"], []).append(row["iso3"])
    return found


def main_group(data):
    """Give the group whose synthesis has the name without a group in it: the first study of reference/groups.csv."""
    return next(iter(groups(data, "study")), "")


def _asked(notebook):
    """Give the names that a notebook's parameters cell sets."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    told = "\n".join(
        "".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", [])
    )
    return {
        target.id
        for node in ast.parse(told).body
        if isinstance(node, ast.Assign)
        for target in node.targets
    }


def _seen_from_notebooks(path):
    """Give a path as the notebooks see it, so that no machine's folders are written into what they hand on."""
    return Path(os.path.relpath(path, NOTEBOOKS)).as_posix()
