"""What a run consists of: which notebooks for which country, with which parameters, checked before anything starts."""

import ast
import csv
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

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
        asked = _asked(job.notebooks / f"{stage}.ipynb")
        unknown, missing = set(job.parameters) - asked, asked - set(job.parameters)
        if unknown or missing:
            raise Refused(
                f"notebooks/{stage}.ipynb does not ask for {sorted(unknown)} and would not be told {sorted(missing)}: "
                "its parameters cell and the batch must name the same parameters"
            )


def countries_in(data):
    """Give the ISO3 codes of the countries that have an edition to run, that is research/<ISO3>/editions.csv."""
    return sorted(p.parent.name for p in (Path(data) / "research").glob("*/editions.csv"))


def edition(data, iso3):
    """Give the latest edition of a country; where its table cannot be read, the notebook will tell."""
    return max(_column(Path(data) / "research" / iso3 / "editions.csv", "edition"), default="none")


def groups(data):
    """Give the members of each group of countries, in the order of reference/groups.csv."""
    from batch.keys import located

    path, found = located(data, "reference/groups.csv"), {}
    for group, iso3 in zip(_column(path, "group_id"), _column(path, "iso3"), strict=True):
        found.setdefault(group, []).append(iso3)
    return found


def _column(path, name):
    """Give one column of a small table, however it was saved; nothing where it has none (the check tells why)."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as handle:
        lines = handle.read().splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    return [row[name].strip() for row in csv.DictReader(lines, delimiter=separator) if row.get(name)]


def _asked(notebook):
    """Give the names that a notebook's parameters cell sets."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    told = "\n".join("".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", []))
    return {target.id for node in ast.parse(told).body if isinstance(node, ast.Assign) for target in node.targets}


def page_name(stage, key):
    """Give the file name of a stage's page."""
    if stage == REGION:
        return SYNTHESIS
    return f"cop-assessment-{key}.html" if stage == STAGES[-1] else f"cop-annex-{key}-{stage}.html"


def _seen_from_notebooks(path):
    """Give a path as the notebooks see it, so that no machine's folders are written into what they hand on."""
    return Path(os.path.relpath(path, NOTEBOOKS)).as_posix()
