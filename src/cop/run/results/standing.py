"""Which results stand in the site: those of countries, groups and editions that the data holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cop.data import package
from cop.data.reads import of_bytes
from cop.report import filenames
from cop.run import keys, plan


@dataclass(frozen=True)
class Result:
    """A whole result of a country, a group or a baseline, and what its cover says."""

    name: str  # its folder, seen from that of all results
    key: str
    cover: Mapping[str, str]
    made: Mapping[str, list]  # {page: as it was made}
    lines: tuple[str, ...]  # of the ledger, of the run that made it
    latest: bool = True  # whether it stands at the address without an edition

    @property
    def report(self) -> str:
        """Give the file name of its report; its other pages are annexes."""
        return list(self.made)[-1]

    @property
    def run(self) -> str:
        """Give what tells the run that made it from others."""
        return of_bytes("".join(self.lines).encode())

    def files(self, outputs: Path) -> list[tuple[Path, list]]:
        """Give each page as a file, and as it was made."""
        return [(outputs / self.name / "pages" / name, made) for name, made in self.made.items()]

    def places(self) -> list[str]:
        """Give the folders of the site in which its pages stand, as beginnings of addresses."""
        if self.name.startswith("baselines/"):
            return ["baselines/"]
        return [*([""] if self.latest else []), f"editions/{self.cover['edition']}/"]


def results(outputs: Path, data: Path) -> list[Result]:
    """Give every whole result that the data speaks of: countries, then groups, then baselines."""
    folders = [outputs, *sorted(outputs.glob("editions/*"))]
    order = package.words({f["name"]: f for f in package.fields("editions", data)}["status"])
    found = []
    for iso3 in package.begun(data):
        pages = {filenames.of_stage(stage, iso3) for stage in plan.STAGES}
        # An emptied folder, whose baseline is held back, takes no report away: it may be a loss.
        if package.assessed(data, iso3) or not _result(outputs / "baselines" / iso3, outputs):
            here = _editions(iso3, folders, outputs, pages)
            known = package.editions(data, iso3)
            found += _marked([r for r in here if r.cover["edition"] in known], order)
    for group in plan.groups(data):
        found += _marked(_editions(group, folders, outputs), order)
    return found + list(_baselines(outputs, data))


def _editions(key, folders, outputs, pages=None):
    """Give the results of a country or group, one an edition, the present one first."""
    found = {}
    for folder in folders:
        if result := _result(folder / key, outputs, pages):
            found.setdefault(result.cover["edition"], result)
    return list(found.values())


def _marked(found, order):
    """Mark the one that stands where no edition is named: the newest of those furthest along.

    So a draft takes no published edition's place, and the newest draft stands while all are drafts.
    """
    rank = {word: n for n, word in enumerate(order)}
    by = lambda r: (rank.get(r.cover["status"], -1), r.cover["edition"])  # noqa: E731
    latest = max(found, key=by, default=None)
    return [replace(result, latest=result is latest) for result in found]


def _baselines(outputs, data) -> Iterator[Result]:
    folders = sorted(p for p in (outputs / "baselines").glob("[A-Z]*") if p.is_dir())
    known = set(package.codes(data)) if folders else set()
    for folder in (f for f in folders if f.name in known):
        if result := _result(folder, outputs):
            yield result


def _result(folder, outputs, pages=None):
    """Give the whole result in a folder, with the pages that its stages make; None without one."""
    about = keys.load(folder).get("pages", {})
    if "made" not in about:
        return None
    made = {name: m for name, m in about["made"].items() if pages is None or name in pages}
    name = folder.relative_to(outputs).as_posix()
    return Result(name, folder.name, about["cover"], made, tuple(about["lines"]))
