"""Select the notebooks, countries and parameters of a run."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cop.data
from cop.data import UserError, package, writing
from cop.data.csvfiles import records
from cop.report import filenames, languages
from cop.report.filenames import BASELINE, REGION, SYNTHESIS

SOURCE = Path(__file__).resolve().parents[2]  # folder that contains the packages
NOTEBOOKS = SOURCE.parent / "notebooks"
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
    """Country or group to run, with its stages, parameters and results folder."""

    key: str  # ISO3 code of the country, or id of the group
    stages: tuple[str, ...]
    ready: Path  # the folder of the complete result
    parameters: dict = field(hash=False)
    timeout: int = 600  # seconds per cell
    edited: Path | None = None  # folder of notebooks to run instead of those of the same name
    page: str = ""  # file name of the page, if it is not named after stage and key

    @property
    def making(self) -> Path:
        """Return the working folder, in which the result is created."""
        return self.ready.with_name(f".making-{self.key}")

    @property
    def language(self) -> str:
        """Return the language tag of the pages, such as uk."""
        return self.parameters["language"]

    @property
    def data(self) -> Path:
        """Return the absolute path of the data folder."""
        return Path(os.path.normpath(NOTEBOOKS / self.parameters["data"]))

    def notebook(self, stage: str) -> Path:
        """Return the path of a stage's notebook in `edited` or, if missing, in NOTEBOOKS."""
        edited = (self.edited or NOTEBOOKS) / f"{stage}.ipynb"
        return edited if edited.is_file() else NOTEBOOKS / edited.name

    def pages(self) -> dict[str, str]:
        """Return {stage: file name of its page}, with the report last."""
        return {stage: self.page or filenames.of_stage(stage, self.key) for stage in self.stages}


@dataclass(frozen=True)
class Choice:
    """Selection of the countries, group or desk baselines to run, in one language."""

    countries: tuple[str, ...] = ()
    every: bool = False  # every country of the data folder, and the regional synthesis
    group: str | None = None  # the members of a group of groups.csv, and its synthesis
    baselines: tuple[str, ...] = ()  # ISO3 codes, or only "all" (see `members_of_gci`)
    data: Path = NOTEBOOKS.parent / "data"
    outputs: Path = NOTEBOOKS.parent / "outputs"
    timeout: int = 600  # seconds per cell
    language: str = languages.SOURCE
    notebooks: Path | None = None  # folder of edited notebooks

    @property
    def results(self) -> Path:
        """Return the folder of results in the selected language."""
        return in_language(self.outputs, self.language)


def jobs(choice: Choice) -> list[Job]:
    """Return a job for each selected country, in order, without the syntheses.

    Countries in `choice.baselines` or without rows get a baseline, but group members without rows
    are left out. Interrupted writes in the data folder are completed first. Raises UserError unless
    there is one selection (countries and a group count as one), or for an unknown country, group
    or language, a group whose members have no rows, or a notebooks folder without stage notebooks.
    """
    data, edited = choice.data, choice.notebooks
    writing.settle(data)
    languages.validate_tag(choice.language)
    if edited and {p.stem for p in edited.glob("*.ipynb")}.isdisjoint([*STAGES, BASELINE, REGION]):
        missing = f"no stage notebook, such as {STAGES[0]}.ipynb"
        raise UserError(f"{edited} does not exist or contains {missing}; correct --notebooks")
    if sum(map(bool, (choice.countries or choice.group, choice.every, choice.baselines))) != 1:
        either = "`--all`, `--baseline`, or country codes and/or `--group`"
        raise UserError(f"exactly one selection is required: {either}")
    if choice.baselines:
        every = choice.baselines == ("all",)
        codes = members_of_gci(data) if every else dict.fromkeys(choice.baselines)
    elif choice.every:
        codes = package.begun(data)
    else:
        members = _assessed_members(choice.group, data) if choice.group else ()
        codes = dict.fromkeys([*choice.countries, *members])
    for iso3 in codes:
        if iso3 not in package.codes(data):
            place = f"folder research/{iso3}: " if choice.every else ""
            raise UserError(place + cop.data.no_country(iso3, data))
    begun = {i for i in codes if not choice.baselines and package.assessed(data, i)}
    return [of_country(i, choice) if i in begun else of_baseline(i, choice) for i in codes]


def _assessed_members(group, data):
    members, present = groups(data), set(package.begun(data))
    assessed = [i for i in members.get(group, ()) if i in present and package.assessed(data, i)]
    if not assessed:
        why = f"does not exist; use one of: {', '.join(members)}"
        if group in members:
            why = "has no assessed country; first add rows for a member, or use another group"
        raise UserError(f"the group {group!r} {why}")
    return assessed


def of_country(iso3: str, choice: Choice, folder: Path | None = None) -> Job:
    """Return the job for a country's latest edition. `folder` replaces `choice.results`."""
    parameters = {"iso3": iso3, "edition": edition(choice.data, iso3)}
    return _job(iso3, STAGES, choice, parameters, folder)


def of_baseline(iso3: str, choice: Choice) -> Job:
    """Return the job for a country's desk baseline."""
    return _job(iso3, [BASELINE], choice, {"iso3": iso3}, choice.results / "baselines")


def of_region(group: str, choice: Choice, edition: str, left_out: list[str]) -> Job:
    """Return the job for the synthesis of a group in `edition`, without members in `left_out`."""
    parameters = {"group": group, "edition": edition, "left_out": " ".join(left_out)}
    parameters["outputs"] = seen_from_notebooks(choice.results)
    is_main = group == next(iter(groups(choice.data, "study")), "")
    page = SYNTHESIS if is_main else SYNTHESIS.replace(".html", f"-{group}.html")
    return replace(_job(group, [REGION], choice, parameters), page=page)


def _job(key, stages, choice, parameters, folder=None):
    ready = (folder or choice.results) / key
    job = Job(key, tuple(stages), ready, parameters, choice.timeout, choice.notebooks)
    parameters |= {"data": seen_from_notebooks(choice.data), "language": choice.language}
    parameters["tables"] = seen_from_notebooks(job.making / "tables")
    return job


def of_earlier_editions(choice: Choice, present: Iterable[Job]) -> Iterator[Job]:
    """Yield a job for each archived earlier edition of the assessed countries in `present`."""
    for iso3 in (job.key for job in present if job.stages == tuple(STAGES)):
        for earlier in sorted(package.editions(choice.data, iso3))[:-1]:
            kept = choice.data / "editions" / earlier
            if (kept / "research" / iso3 / "editions.csv").exists():
                folder = choice.results / "editions" / earlier
                yield of_country(iso3, replace(choice, data=kept, notebooks=None), folder)


def of_regions(choice: Choice, editions: dict[str, str]) -> Iterator[Job]:
    """Yield a job for the selected group, or for each group with the role `study`.

    `editions` is {ISO3: edition} of complete countries. Groups without such members are omitted.
    """
    every = groups(choice.data, None if choice.group else "study")
    for group in [choice.group] if choice.group else every:
        present = [editions[iso3] for iso3 in every[group] if iso3 in editions]
        left_out = [iso3 for iso3 in every[group] if iso3 not in editions]
        if present:
            yield of_region(group, choice, max(present), left_out)


def in_language(outputs: Path, language: str) -> Path:
    """Return the folder of results in a language: `outputs` for English, otherwise a subfolder."""
    return outputs if language == languages.SOURCE else outputs / "languages" / language


def members_of_gci(data: Path) -> list[str]:
    """Return the sorted ISO3 codes in the latest edition of the Global Cybersecurity Index."""
    rows = records(package.locate(data, "statistics/gci.csv"), "iso3", "edition")
    latest = max((row["edition"] for row in rows), default="")
    return sorted(row["iso3"] for row in rows if row["edition"] == latest)


def edition(data: Path, iso3: str) -> str:
    """Return a country's latest edition, or "none" if no edition can be read."""
    return max(package.editions(data, iso3), default="none")


def groups(data: Path, role: str | None = None) -> dict[str, list[str]]:
    """Return {group: ISO3 codes} in file order, for one role or all, or {} without groups.csv."""
    path, members = package.locate(data, "reference/groups.csv"), {}
    for row in records(path, "group_id", "iso3", "role") if path.exists() else ():
        if role in (None, row["role"]):
            members.setdefault(row["group_id"], []).append(row["iso3"])
    return members


def seen_from_notebooks(path: Path) -> str:
    """Return a path relative to notebooks/, so that results do not show where the repository is."""
    return Path(os.path.relpath(path, NOTEBOOKS)).as_posix()
