"""The check of the data: every error at once, each with its file, row, column, value and fix."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from cop.data import package
from cop.data.checks import (  # noqa: F401  (they fill the table of rules)
    basis,
    belonging,
    bodies,
    editions,
    evidence,
    figures,
    followup,
    guidelines,
    losses,
    narrative,
    recommendations,
)  # fmt: skip
from cop.data.checks.rules import check_rules
from cop.data.checks.schema import check_table
from cop.data.checks.tables import Check, country_of
from cop.data.faults import Broken, Fault
from cop.data.sheets import text_frame

ABSENT = ("is not there", "Restore the file, or start it with its heading row")
BY_CODE = "Name the folder by the code of the country in capitals, such as UKR"
UNLISTED = ("is not a country of reference/countries.csv", BY_CODE)
NO_COUNTRY = ("is not the code of a country", BY_CODE)
STRAY = (
    "is not a table of the data package",
    "Describe it in datapackage.json or move it out of the folder",
)


def of_folder(data: str | Path) -> list[Fault]:
    """Return all errors of a data folder: tables, texts, and the editions kept in it."""
    errors = _of_shared(data) + figures.of_shared(data)
    for iso3 in package.countries(data):
        errors += _of_country(data, iso3)
    errors += [*_missing(data), *_unlisted(data), *losses.of_folder(data)]
    for kept in sorted(Path(data).glob("editions/*/datapackage.json")):
        errors += [
            dataclasses.replace(error, file=f"editions/{kept.parent.name}/{error.file}")
            for error in of_folder(kept.parent)
        ]
    return errors


def of_shared(data: str | Path) -> list[Fault]:
    """Return the errors of the tables that all countries share: any of them stops a run."""
    return _of_shared(data) + losses.of_shared(data) + figures.of_shared(data)


def of_country(data: str | Path, iso3: str, of_file: Callable | None = None) -> list[Fault]:
    """Return the errors of one country's folder, perhaps by another `of_file`, with a memory."""
    return _of_country(data, iso3, of_file) + losses.of_country(data, iso3)


def of_file(name: str, path: str, data: str | Path) -> list[Fault]:
    """Return the errors of one file of a table, those of its shape included."""
    try:
        table = text_frame(package.locate(data, path), package.columns(name, data))
    except Broken as broken:
        return broken.faults
    return of_table(name, table, path, data)


def of_table(name: str, table: pd.DataFrame, path: str, data: str | Path) -> list[Fault]:
    """Return the errors of a table as text, indexed by the spreadsheet's rows, in their order."""
    check = Check(name, path, data)
    errors = [*belonging.of_ids(table, check), *check_table(table, check)]
    errors += check_rules(table, check)
    return sorted(errors, key=lambda error: (int(error.row or 0), error.column))


def _of_shared(data):
    names = package.tables(data, shared=True)
    return [f for name in names for f in _of_files(name, package.paths(name, data), data, of_file)]


def _of_country(data, iso3, faults_of=None):
    errors = []
    if (known := package.codes(data)) and iso3 not in known:
        errors.append(Fault(f"research/{iso3}", "", "", "", *UNLISTED))
    for name in package.tables(data, shared=False):
        theirs = filter(country_of, package.paths(name, data, iso3))  # in its own folder
        errors += _of_files(name, theirs, data, faults_of or of_file)
    errors += [*narrative.of_narrative(data, iso3), *editions.of_cut_off(data, iso3)]
    # Whose texts they are is asked only if the ids do not say it already.
    return errors or [*belonging.of_names(data, iso3)]


def _of_files(name, wanted, data, faults_of):
    """Yield the errors of a table's files, and of each that is missing unless it is optional."""
    for path in wanted:
        if package.locate(data, path).exists():
            yield from faults_of(name, path, data)
        elif not (country_of(path) and package.optional(name, data)):
            yield Fault(path, "", "", "", *ABSENT)


def _missing(data):
    """Yield the stated tables of countries without a folder, unless the folder rests on another."""
    here = package.countries(data)
    if here and "cop:base" in package.own(data):
        return
    for name in package.tables(data, shared=False):
        for path in () if package.optional(name, data) else package.paths(name, data):
            if country_of(path) not in here:
                yield Fault(path, "", "", "", *ABSENT)


def _unlisted(data) -> Iterator[Fault]:
    """Yield folders that are named after no country, and files that no table describes."""
    known, stated = package.countries(data), package.by_path(data)
    folders = [p for p in sorted((Path(data) / "research").glob("[!.]*")) if p.is_dir()]
    strange = [p for p in folders if p.name not in known]
    yield from (Fault(f"research/{p.name}", "", "", "", *NO_COUNTRY) for p in strange)
    for file in sorted(Path(data).rglob("*.csv")):
        path = file.relative_to(data).as_posix()
        elsewhere = path.startswith(("restricted/", "editions/")) or {*file.parents} & {*strange}
        if not elsewhere and package.general(path) not in stated:
            yield Fault(path, "", "", "", *STRAY)
