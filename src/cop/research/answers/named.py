"""What a column may name: the rows of other tables, each with its id and what it says."""

from pathlib import Path

import pandas as pd

import cop.data

JUDGED = ("item", "cross-check")  # kinds of guidelines.csv; the others are facts
# Columns that say what a row is, the first that a table has; else its second column.
TELLS = (
    "statement", "title", "name", "name_en", "challenge", "what", "item", "capability", "indicator",
)  # fmt: skip


def of(table: str, column: str, iso3: str, data: Path) -> dict[str, str]:
    """Give {id: what it says} of the rows of research that an answer may name.

    None where its column names none. They are the country's own rows, and those of shared tables.
    What is judged comes as `judged` gives it, then the items of other audiences. Raises Refused
    where a table is broken.
    """
    known = {}
    for other, key in _places(table, column, data):
        rows = _rows(other, iso3, data)
        if table == "alignment" and other == "guidelines":
            rows = rows[rows.kind.isin(JUDGED)]
        known |= dict(zip(rows[key], said(rows), strict=True))
    return judged(iso3, data) | known if table == "alignment" and column == "item_id" else known


def judged(iso3: str, data: Path) -> dict[str, str]:
    """Give {id: what it is} of the items an answer may name that coders judge in every country.

    Both coders judge them (docs/coding-guide.md). Those are the policy-makers' items and
    cross-checks, and the capabilities.
    """
    items, more = _rows("guidelines", iso3, data), _rows("capabilities", iso3, data)
    items = items[(items.audience == "policy-makers") & items.kind.isin(JUDGED)]
    first = dict(zip(items.item_id, said(items), strict=True))
    return first | dict(zip(more.capability_id, said(more), strict=True))


def several(table: str, column: str, data: Path) -> bool:
    """Say whether the answer for a column may name several rows, separated by semicolons."""
    return "cop:list" in _field(table, column, data)


def _places(table, column, data):
    """Give (table, key) of each table whose rows a column may name."""
    schema = cop.data.resource(table, data)["schema"]
    keys = [
        (one["reference"]["resource"], one["reference"]["fields"])
        for one in schema.get("foreignKeys", [])
        if one["fields"] in (column, [column])
    ]
    if column == "iso3":
        return []
    whole = [(name, key[0] if isinstance(key, list) else key) for name, key in keys]
    stated = _field(table, column, data).get("cop:refersTo", [])
    return whole + [tuple(one.split(".", 1)) for one in stated]


def _rows(table, iso3, data):
    """Give the rows of a table: the country's, or those of a shared one wherever it stands."""
    path = cop.data.resource(table, data)["path"]
    if not isinstance(path, str):
        return cop.data.present(table, data, iso3)
    file = cop.data.locate(data, path)
    return cop.data.text_frame(file, cop.data.columns(table, data))


def said(rows: pd.DataFrame) -> pd.Series:
    """Give what each row that an answer may name says, in a line."""
    tells = next((name for name in TELLS if name in rows.columns), rows.columns[1])
    return rows[tells]


def _field(table, column, data):
    return next(f for f in cop.data.fields(table, data) if f["name"] == column)
