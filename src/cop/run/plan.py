"""What a run consists of: which notebooks for which country, with which parameters."""

import ast
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cop.data import Refused, package, writing
from cop.data.cells import records
from cop.report import filenames, languages
from cop.report.filenames import BASELINE, REGION, SYNTHESIS

SOURCE = Path(__file__).resolve().parents[2]  # the folder of all packages
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
    """One country (or the region) to run: its stages in order, and where they write."""

    key: str  # ISO3, or the group of the region
    stages: tuple[str, ...]
    making: Path  # folder written aside
    ready: Path  # folder it is moved to when whole
    parameters: dict = field(hash=False)
    site: Path | None = None
    timeout: int = 600
    edited: Path | None = None  # folder of notebooks that take the place of those of the same name
    page: str = ""  # file name of the one page, where it is not named after stage and key

    @property
    def language(self) -> str:
        """Give the tag of the language that its pages speak."""
        return self.parameters.get("language", languages.SOURCE)

    @property
    def data(self) -> Path:
        """Return the data folder, which the parameters name as the notebooks see it."""
        return NOTEBOOKS / self.parameters["data"]

    def notebook(self, stage: str) -> Path:
        """Return the notebook of a stage."""
        edited = self.edited and self.edited / f"{stage}.ipynb"
        return edited if edited and edited.exists() else NOTEBOOKS / f"{stage}.ipynb"

    def pages(self) -> dict[str, str]:
        """Give the pages this job makes: file name by stage."""
        return {stage: self.page or filenames.of_stage(stage, self.key) for stage in self.stages}


@dataclass(frozen=True)
class Choice:
    """Which countries are run, and where; countries and a group go together, nothing else does."""

    countries: tuple[str, ...] = ()
    every: bool = False  # every country of the data folder, and the region
    group: str | None = None  # the members of a group of groups.csv, and its synthesis
    baselines: tuple[str, ...] = ()  # desk baselines; "all" is every member of the GCI
    data: Path = NOTEBOOKS.parent / "data"
    outputs: Path = NOTEBOOKS.parent / "outputs"
    edition: str = ""  # the latest of each country otherwise
    timeout: int = 600  # seconds, of one cell
    language: str = languages.SOURCE  # of all pages of this run
    notebooks: Path | None = None  # folder of edited notebooks, which are run instead
    home: Path | None = None  # the folders of all data and of all results, where `data` and
    source: Path | None = None  # `outputs` are those of an edition

    def of_group(self) -> "Choice":
        """Give the choice with a group that was named among the countries as its group."""
        if not (self.data / "datapackage.json").is_file():
            return self  # `jobs` says so
        known = set(groups(self.data)) - set(package.codes(self.data))
        named = [one for one in dict.fromkeys(self.countries) if one in known]
        if len(named) + bool(self.group) > 1:
            raise Refused(
                f"one group at a time: {', '.join([*named, *filter(None, [self.group])])}"
            )
        others = tuple(one for one in self.countries if one not in named)
        return replace(self, countries=others, group=next(iter(named), self.group))

    def of_edition(self) -> "Choice":
        """Give the choice with the folders of its language, and of its edition where an earlier
        one is kept.
        """
        data, outputs = self.data.resolve(), in_language(self.outputs.resolve(), self.language)
        data, outputs = of_edition(data, outputs, self.edition, self.countries)
        whole = {"home": self.outputs.resolve(), "source": self.data.resolve()}
        return replace(self, data=data, outputs=outputs, **whole)


def jobs(choice: Choice) -> list[Job]:
    """Return the jobs of the countries chosen; raises Refused for a wrong call."""
    stages = (*STAGES, BASELINE, REGION)
    if choice.notebooks and not any((choice.notebooks / f"{s}.ipynb").exists() for s in stages):
        raise Refused(f"{choice.notebooks} holds no notebook of a stage, such as {STAGES[0]}.ipynb")
    return [replace(job, edited=choice.notebooks) for job in _jobs(choice)]


def _jobs(choice):
    data = data_folder(choice.data)
    languages.checked(choice.language)
    named = choice.countries or choice.group
    if sum(map(bool, (named, choice.every, choice.baselines))) != 1:
        raise Refused("say which countries to run, such as `cop run UKR GEO`, or `cop run --all`")
    if choice.baselines:
        every = choice.baselines == ("all",)
        codes = members_of_gci(data) if every else dict.fromkeys(choice.baselines)
        return [_baseline(_known(iso3, data), choice) for iso3 in codes]
    if choice.every:
        codes = package.begun(data)
    else:
        members = _assessed_members(choice.group, data) if choice.group else ()
        codes = dict.fromkeys([*choice.countries, *members])
    _refuse_misnamed(codes, data)
    _refuse_edition(choice, codes)
    return [_assessment(_known(iso3, data), choice) for iso3 in codes]


def data_folder(data: Path) -> Path:
    """Give the data folder that jobs are planned from, changes that were stopped midway finished.

    Raises Refused where it is none.
    """
    if not (Path(data) / "datapackage.json").is_file():
        raise Refused(
            f"there is no data folder at {data}: a folder with datapackage.json is expected"
        )
    writing.settle(data)
    return Path(data)


def _refuse_misnamed(codes, data):
    """Raise Refused where a country's folder is there under its code in other letters.

    It would not be found, and a desk baseline be made instead of its assessment.
    """
    folders = {p.name for p in (data / "research").glob("*") if p.is_dir()} - set(codes)
    if wrong := sorted(name for name in folders if name.upper() in codes):
        right = ", ".join(f"research/{name} to research/{name.upper()}" for name in wrong)
        raise Refused(f"a country's folder is named by its code in capitals: rename {right}")


def _refuse_edition(choice, codes):
    """Raise Refused where a country has not the edition asked for; nothing is run or renewed."""
    if not choice.edition:
        return
    known = {iso3: package.editions(choice.data, iso3) for iso3 in codes}
    lacking = [
        f"{iso3} has no edition {choice.edition!r} in editions.csv; it has: {', '.join(held)}"
        for iso3, held in known.items()
        if held and choice.edition not in held
    ]
    if lacking:
        raise Refused("; ".join(lacking))


def _assessment(iso3, choice):
    """Give the job of a country: a desk baseline where no research is recorded."""
    if not package.assessed(choice.data, iso3):
        return _baseline(iso3, choice)
    wanted = choice.edition or edition(choice.data, iso3)
    where = choice.data, choice.outputs
    return of_country(iso3, *where, wanted, choice.timeout, choice.language)


def _baseline(iso3, choice):
    return of_baseline(iso3, choice.data, choice.outputs, choice.timeout, choice.language)


def _assessed_members(group, data):
    """Give the members of a group that have an assessment.

    Raises Refused where there is no such group or member.
    """
    known = groups(data)
    if group not in known:
        raise Refused(
            f"there is no group {group} in reference/groups.csv; it has: {', '.join(known)}"
        )
    present = package.begun(data)
    members = [i for i in known[group] if i in present and package.assessed(data, i)]
    if not members:
        raise Refused(
            f"no country of {group} has an assessment in {data.name}/; `cop new ISO3` begins one"
        )
    return members


def _known(iso3, data):
    """Give a country code as it is; raises Refused for one that is not in countries.csv."""
    if iso3 in package.codes(data):
        return iso3
    import cop.data

    raise Refused(cop.data.no_country(iso3, data))


def of_country(
    iso3: str,
    data: Path,
    outputs: Path,
    edition: str,
    timeout: int,
    language: str = languages.SOURCE,
) -> Job:
    """Give the job of one country."""
    making = outputs / f".making-{iso3}"
    parameters = {"iso3": iso3, "edition": edition, "language": language}
    parameters |= _folders(data, making)
    stages = tuple(STAGES)
    return Job(iso3, stages, making, outputs / iso3, parameters, outputs / "site", timeout)


def of_baseline(
    iso3: str, data: Path, outputs: Path, timeout: int, language: str = languages.SOURCE
) -> Job:
    """Give the job of a country without an assessment, whose page is its own."""
    place, site = outputs / "baselines", outputs / "site" / "baselines"
    making = place / f".making-{iso3}"
    parameters = {"iso3": iso3, "language": language} | _folders(data, making)
    return Job(iso3, (BASELINE,), making, place / iso3, parameters, site, timeout)


def of_earlier_editions(choice: Choice, present: Iterable[Job]) -> Iterator[Job]:
    """Yield the job of each earlier edition that is kept of the countries of these jobs."""
    for iso3 in (job.key for job in present if job.stages == tuple(STAGES)):
        for earlier in sorted(package.editions(choice.data, iso3))[:-1]:
            kept = choice.data / "editions" / earlier
            if (kept / "research" / iso3 / "editions.csv").exists():
                place = choice.outputs / "editions" / earlier
                yield of_country(iso3, kept, place, earlier, choice.timeout, choice.language)


def of_regions(choice: Choice, editions: dict[str, str]) -> Iterator[Job]:
    """Yield the job of the group chosen, or of each study, where `editions` names a member.

    `editions` holds the edition of each country whose assessment is whole.
    """
    every = groups(choice.data, None if choice.group else "study")
    for group in [choice.group] if choice.group else every:
        here = [editions[iso3] for iso3 in every[group] if iso3 in editions]
        left_out = [iso3 for iso3 in every[group] if iso3 not in editions]
        if here:
            where = choice.data, choice.outputs, max(here)
            job = of_region(group, *where, left_out, choice.timeout, choice.language)
            yield replace(job, edited=choice.notebooks)


def of_region(
    group: str,
    data: Path,
    outputs: Path,
    edition: str,
    left_out: list[str],
    timeout: int,
    language: str = languages.SOURCE,
) -> Job:
    """Give the job of the region; `left_out` are the countries whose assessment is not complete."""
    making = outputs / f".making-{group}"
    parameters = {"group": group, "edition": edition, "left_out": " ".join(left_out)}
    parameters |= {"language": language, "outputs": seen_from_notebooks(outputs)}
    parameters |= _folders(data, making)
    page = SYNTHESIS if group == main_group(data) else SYNTHESIS.replace(".html", f"-{group}.html")
    where = making, outputs / group, parameters, outputs / "site"
    return Job(group, (REGION,), *where, timeout, page=page)


def in_language(outputs: Path, language: str) -> Path:
    """Give, to plan a job in a language, the folder of the results of runs that speak it."""
    return outputs if language == languages.SOURCE else outputs / "languages" / language


def _folders(data, making):
    return {"data": seen_from_notebooks(data), "tables": seen_from_notebooks(making / "tables")}


def check_parameters(job: Job) -> None:
    """Raise Refused unless a notebook has exactly the parameters it gets (papermill warns)."""
    for stage in job.stages:
        path = job.notebook(stage)
        wanted = _parameters(path)
        unknown, missing = set(job.parameters) - wanted, wanted - set(job.parameters)
        if unknown or missing:
            raise Refused(
                f"the cell tagged `parameters` of {path.parent.name}/{path.name} does not set "
                f"{sorted(unknown)}, or sets {sorted(missing)}, which a run does not: set exactly "
                f"{sorted(job.parameters)}"
            )


def members_of_gci(data: Path) -> list[str]:
    """Give the countries of a run of all baselines: ISO3 codes of the economies in the latest
    Global Cybersecurity Index of the data.
    """
    rows = records(package.locate(data, "statistics/gci.csv"), "iso3", "edition")
    latest = max((row["edition"] for row in rows), default="")
    return sorted(row["iso3"] for row in rows if row["edition"] == latest)


def edition(data: Path, iso3: str) -> str:
    """Give the edition of a country that a run is for, the latest; "none" where its table cannot be
    read.
    """
    return max(package.editions(data, iso3), default="none")


def of_edition(
    data: Path, outputs: Path, wanted: str, countries: Iterable[str] = ()
) -> tuple[Path, Path]:
    """Give the data and outputs with which a run of an edition is planned.

    They are folders of its own where an earlier edition is kept, else those given. Countries that
    are named and whose present edition it is are run from the present data.
    """
    kept = data / "editions" / wanted
    if not wanted or not (kept / "datapackage.json").exists():
        return data, outputs
    if countries and all(
        edition(data, iso3) == wanted for iso3 in countries if iso3 in package.begun(data)
    ):
        return data, outputs
    return kept, outputs / "editions" / wanted


def groups(data: Path, role: str | None = None) -> dict[str, list[str]]:
    """Give what groups a batch can be planned for, {group: members}, in the order of groups.csv.

    With a `role` those of that role alone.
    """
    path, members = package.locate(data, "reference/groups.csv"), {}
    for row in records(path, "group_id", "iso3", "role") if path.exists() else ():
        if role in (None, row["role"]):
            members.setdefault(row["group_id"], []).append(row["iso3"])
    return members


def main_group(data: Path) -> str:
    """Give the group whose synthesis a run is planned with without one named: the first study."""
    return next(iter(groups(data, "study")), "")


def _parameters(notebook):
    """Return the names that a notebook's parameters cell sets; raise Refused for no notebook."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        cells = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
        body = ast.parse("\n".join("".join(c["source"]) for c in cells)).body
    except (ValueError, KeyError, TypeError, SyntaxError) as error:  # also no JSON, no UTF-8
        why = f"{notebook} cannot be read as a notebook ({type(error).__name__}: {error})"
        raise Refused(f"{why}; restore it, for example with `git checkout`") from None
    return {t.id for node in body if isinstance(node, ast.Assign) for t in node.targets}


def seen_from_notebooks(path: Path) -> str:
    """Give a path as the notebooks of a batch see it: no machine's folders come into results."""
    return Path(os.path.relpath(path, NOTEBOOKS)).as_posix()
