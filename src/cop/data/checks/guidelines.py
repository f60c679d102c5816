"""Rules of guidelines and mappings, and what is still to be coded."""

from pathlib import Path

from cop.data.checks import tables
from cop.data.checks.rules import rule
from cop.data.checks.tables import Unreadable
from cop.data.faults import count
from cop.data.package import countries, fields, paths, words

NOT_ITU = (
    "is not a document of ITU, so this is a cross-check",
    "Set kind to cross-check, or correct the document",
)
IS_ITU = ("is a document of ITU, so this is no cross-check", "Set kind to item")


@rule("item-document", "guidelines")
def _item_of_another_document(table, check):
    known = {field["name"]: field for field in fields("guidelines", check.data)}
    itu = table.document.str.startswith(tuple(words(known["audience"])))  # named by its audience
    yield from check.errors(table.document[~itu & (table.kind == "item")], *NOT_ITU)
    yield from check.errors(table.document[itu & (table.kind == "cross-check")], *IS_ITU)


@rule("item-mapped", "mappings")
def _item_without_mapping(table, check):
    items = check.table("guidelines")
    asked = [*items.item_id[items.kind != "document fact"]]
    asked += [*check.table("capabilities").capability_id]
    known, fix = {*table.served_by}, "Add a row that names what it serves, and why"
    wrong = "has no row: it serves no framework"
    yield from (check.error("", "served_by", i, wrong, fix) for i in asked if i not in known)


def waiting(data: str | Path) -> list[str]:
    """Return a sentence for each country with codings still to be compared: work, and no error."""
    return [line for iso3 in countries(data) for line in _waiting(iso3, data)]


def _waiting(iso3, data):
    path = paths("alignment", data, iso3)[0]
    try:
        rows = tables.table("alignment", path, data)
    except Unreadable:
        return
    open_ = rows[~rows.item_id.isin(rows.item_id[rows.coder == "adjudicated"])]
    words = open_.groupby("item_id").status.agg(["size", "nunique"])
    if alone := (words["size"] == 1).sum():
        yield f"{path}: {count(alone, 'item')} judged by one coder alone; a second is missing."
    if differ := (words["nunique"] > 1).sum():
        yield f"{path}: {count(differ, 'item')} on which two coders differ, still to be settled."
