"""Check the data and return every error with its location, value and fix."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from cop.data import package, tables
from cop.data.checks import editions, evidence, losses, narrative  # noqa: F401  (these add rules)
from cop.data.checks.rules import Check
from cop.data.checks.schema import id_errors, rule_errors, schema_errors
from cop.data.errors import DataError, InvalidTable
from cop.data.reads import StrPath
from cop.data.tables import text_of

ABSENT = ("file not found", "Restore the file, or create it with its header row")
BY_CODE = "Rename the folder to a country code such as UKR, or move it out of research/"
UNLISTED = ("the folder's name is not a country code in reference/countries.csv", BY_CODE)
STRAY = ("is not described in datapackage.json", "Rename it, or move it out of the data folder")


def of_folder(data: StrPath) -> list[DataError]:
    """Return all errors in a data folder and its archived editions.

    If a country's folder is missing, references to its ids in other folders are not reported.
    """
    gone = losses.of_gone_countries(data)
    errors = [*of_shared(data), *_unlisted(data), *gone]
    lost_ids = tuple(f"{error.file[-3:]}-" for error in gone)  # how the lost ids begin
    for iso3 in package.countries(data):
        errors += [e for e in of_country(data, iso3) if not e.value.startswith(lost_ids)]
    for kept in sorted(Path(data).glob("editions/*/datapackage.json")):
        for error in of_folder(kept.parent):
            errors.append(replace(error, file=f"editions/{kept.parent.name}/{error.file}"))
    return errors


def of_shared(data: StrPath) -> list[DataError]:
    """Return all errors in shared tables, including lost rows and ids, and edited figures."""
    return _of_tables(data) + losses.of_tables(data, "")


def of_country(data: StrPath, iso3: str) -> list[DataError]:
    """Return all errors in a country's code, tables and narratives, including lost rows and ids."""
    errors, codes = _of_tables(data, iso3), package.codes(data)
    if codes and iso3 not in codes:
        errors.insert(0, DataError(f"research/{iso3}", "", "", "", *UNLISTED))
    return errors + narrative.of_narrative(data, iso3) + losses.of_country(data, iso3)


def _of_tables(data, iso3=None):
    errors = []
    for name in package.tables(data, shared=iso3 is None):
        if iso3 or package.state(name, data) not in tables.CHECKED:
            for path in package.paths(name, data, iso3):
                errors += of_file(name, path, data)
    return errors


def of_file(name: str, path: str, data: StrPath) -> list[DataError]:
    """Return the errors in one file of a table; a missing file is an error if it is required."""
    try:
        table = text_of(name, data, path=path)
    except FileNotFoundError:
        return [DataError(path, "", "", "", *ABSENT)]
    except InvalidTable as broken:
        return broken.errors
    return of_table(name, table, path, data)


def of_table(name: str, table: pd.DataFrame, path: str, data: StrPath) -> list[DataError]:
    """Return the errors in a table that `text_frame` read from `path`, sorted by row and column.

    Cells with an error in format, references or country are not reported again for violating
    `cop:rules`. A table without rows has no errors.
    """
    if table.empty:
        return []
    check = Check(name, path, data)
    errors = [*id_errors(table, check), *schema_errors(table, check)]
    causes = {(error.row, error.column) for error in errors}
    errors += [e for e in rule_errors(table, check) if (e.row, e.column) not in causes]
    return sorted(errors, key=lambda error: (int(error.row or 0), error.column))


def _unlisted(data):
    countries, stated = package.countries(data), package.by_path(data)
    folders = sorted((Path(data) / "research").glob("[!.]*"))
    strange = [p for p in folders if p.is_dir() and p.name not in countries]
    yield from (DataError(f"research/{p.name}", "", "", "", *UNLISTED) for p in strange)
    for file in sorted(Path(data).rglob("*.csv")):
        path = file.relative_to(data).as_posix()
        elsewhere = "/." in path or path.startswith(("restricted/", "editions/"))
        if not (elsewhere or path in stated or {*file.parents} & {*strange}):
            yield DataError(path, "", "", "", *STRAY)
