"""Check the data and list every error with its file, row, column, value and fix."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cop.data import package, tables
from cop.data.checks import editions, evidence, losses, narrative  # noqa: F401  (two fill RULES)
from cop.data.checks.rules import Check
from cop.data.checks.schema import id_errors, rule_errors, schema_errors
from cop.data.errors import DataError, InvalidTable
from cop.data.reads import StrPath
from cop.data.tables import text_of

ABSENT = ("is not there", "Restore the file, or start it with its heading row")
BY_CODE = "Name the folder by the code of the country in capitals, such as UKR"
UNLISTED = ("is not a country of reference/countries.csv", BY_CODE)
NO_COUNTRY = ("is not the code of a country", BY_CODE)
STRAY = (
    "is not a table of the data package",
    "Describe it in datapackage.json or move it out of the folder",
)


def of_folder(data: StrPath) -> list[DataError]:
    """Return all errors in a data folder: in tables, narratives and earlier editions."""
    errors = of_shared(data)
    for iso3 in package.countries(data):
        errors += of_country(data, iso3)
    errors += [*_unlisted(data), *losses.of_gone_countries(data)]
    for kept in sorted(Path(data).glob("editions/*/datapackage.json")):
        errors += [
            dataclasses.replace(error, file=f"editions/{kept.parent.name}/{error.file}")
            for error in of_folder(kept.parent)
        ]
    return errors


def of_shared(data: StrPath) -> list[DataError]:
    """Return the errors in the tables that all countries share; any error stops a run."""
    return _of_tables(data) + losses.of_tables(data, "")


def of_country(data: StrPath, iso3: str) -> list[DataError]:
    """Return the errors in the folder of one country."""
    errors, codes = _of_tables(data, iso3), package.codes(data)
    if codes and iso3 not in codes:
        errors.insert(0, DataError(f"research/{iso3}", "", "", "", *UNLISTED))
    return errors + narrative.of_narrative(data, iso3) + losses.of_country(data, iso3)


def _of_tables(data, iso3=None):
    """Return the errors in the tables of a country, or in the shared tables without `iso3`."""
    names = package.tables(data, shared=iso3 is None)
    if iso3 is None:
        names = [name for name in names if package.state(name, data) not in tables.CHECKED]
    files = [(name, path) for name in names for path in package.paths(name, data, iso3)]
    return [error for name, path in files for error in of_file(name, path, data)]


def of_file(name: str, path: str, data: StrPath) -> list[DataError]:
    """Return the errors in one file of a table, including errors in its layout."""
    try:
        table = text_of(name, data, path=path)
    except FileNotFoundError:
        return [DataError(path, "", "", "", *ABSENT)]
    except InvalidTable as broken:
        return broken.errors
    return of_table(name, table, path, data)


def of_table(name: str, table: pd.DataFrame, path: str, data: StrPath) -> list[DataError]:
    """Return the errors in a table of text whose index is the spreadsheet's row numbers.

    Sorted by row. A cell that breaks Table Schema is not reported again by the rules.
    """
    check = Check(name, path, data)
    errors = [*id_errors(table, check), *schema_errors(table, check)]
    causes = {(error.row, error.column) for error in errors}
    errors += [e for e in rule_errors(table, check) if (e.row, e.column) not in causes]
    return sorted(errors, key=lambda error: (int(error.row or 0), error.column))


def _unlisted(data) -> Iterator[DataError]:
    """Yield folders that are not named after a country, and files without a described table."""
    countries, stated = package.countries(data), package.by_path(data)
    folders = [p for p in sorted((Path(data) / "research").glob("[!.]*")) if p.is_dir()]
    strange = [p for p in folders if p.name not in countries]
    yield from (DataError(f"research/{p.name}", "", "", "", *NO_COUNTRY) for p in strange)
    for file in sorted(Path(data).rglob("*.csv")):
        path = file.relative_to(data).as_posix()
        elsewhere = path.startswith(("restricted/", "editions/")) or {*file.parents} & {*strange}
        if not elsewhere and path not in stated:
            yield DataError(path, "", "", "", *STRAY)
