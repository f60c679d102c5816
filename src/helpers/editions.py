"""Two editions side by side: what changed, what stayed, and what must not be compared.

An edition is the present research folder, an earlier one kept whole under editions/, or the study
published in 2020, of which the six cells of its table are held.
"""

from collections import Counter
from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.report import page, words
from cop.report.page import Shown
from helpers import (
    alignment,
    assessment,
    countries,
    cybersecurity,
    followup,
    indicators,
    stakeholders,
)
from helpers.countries import Country

say, text = partial(words.show, "changes"), partial(words.recorded, "changes")

STUDY = "2020"  # the edition that table_25_2020 is of
JUDGED = ["alignment", "challenges", "recommendations"]  # parts of which the study holds nothing
RECORDED = {"lanzarote": "party", "weprotect": "member"}  # its cells that are a matter of record
SAME = ["same", "no newer figure"]
COLUMNS = ["since", "part", "what", "then", "now", "change", "note", "source_id"]


def held(iso3: str, data: str) -> dict[str, str]:
    """Return the editions of a country that can be compared, oldest first: {edition: data
    folder}.
    """
    studied = iso3 in set(cop.data.read("table_25_2020", data).iso3)
    folders = {STUDY: data} if studied else {}
    folders |= cop.data.editions_kept(data, iso3)
    own = max(cop.data.editions(data, iso3), default="")
    earlier = {one: folders[one] for one in sorted(folders) if not own or one < own}
    return earlier | ({own: data} if own else {})


def changes(
    iso3: str, data: str, old: str, new: str, table_25: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what stands in one edition beside another; a part that is not held has no row.

    Columns: since (the earlier edition), part, what, then, now, change, note, source_id (the data
    sets of a figure, else ""). `table_25` are the rows of the later edition, where they are known
    already. Raises LookupError for an edition that is not held, or for two in the wrong order.
    """
    if old >= new:
        raise LookupError(f"name the earlier edition first: {old} is not before {new}")
    known, name = held(iso3, data), countries.names(data).get(iso3, iso3)
    for edition in (one for one in (old, new) if one not in known):
        there = ", ".join(known) or "none"
        raise LookupError(f"no edition {edition!r} of {iso3} is held; there is: {there}")
    then, now = (Country(iso3, name, known[one], "", one) for one in (old, new))
    ways = PARTS | {"table_25": partial(_cells, rows=table_25)}
    parts = [part for part in ways if not (_is_study(then) and part in JUDGED)]
    told = ({"since": old, "part": part} | row for part in parts for row in ways[part](then, now))
    rows = ([row.get(column, "") for column in COLUMNS] for row in told)
    return sheets.of_rows(rows, dict.fromkeys(COLUMNS, "str")).fillna("")


def since_last(place: Country, table_25: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the changes since the edition before this one; no row where it is the first.

    `table_25` are the rows of this edition, where they are reckoned already.
    """
    known, here = held(place.iso3, place.data), place.edition
    old = max((edition for edition in known if edition < here), default=None)
    first = pd.DataFrame(columns=COLUMNS, dtype="str")
    rows = table_25 if known.get(here) == place.data else None
    return changes(place.iso3, place.data, old, here, rows) if old else first


def not_held(changes: pd.DataFrame) -> str:
    """Say which parts the study does not have, so that their absence is not taken for no change."""
    return words.text("changes", "not_held", changes.since.iloc[0]) if _since_study(changes) else ""


def about_changes(changes: pd.DataFrame, place: Country) -> Shown:
    """Say what this edition is compared with, and how much changed in each part."""
    counts, kinds = {}, dict.fromkeys(SAME, "same")
    for row in page.rows(changes):
        kind = "not comparable" if row.change.startswith("other ") else row.change
        counts.setdefault(row.part, Counter())[kinds.get(kind, kind)] += 1
    return say("about_changes", counts, changes.since.max(), _since_study(changes), place)


def change_table(changes: pd.DataFrame, place: Country) -> Shown:
    """Show what changed, row by row; the table of 2020 stands in a chapter of its own."""
    elsewhere = (changes.part == "table_25") & _since_study(changes)
    shown = changes[~changes.change.isin(SAME) & ~elsewhere]
    return say("change_table", shown, changes.since.max(), indicators.AGE, place)


def _cells(then, now, rows=None):
    """Return the six cells; the study's rules are unknown, so only matters of record are
    compared.
    """
    rows = page.rows(_table_25(now) if rows is None else rows)
    if _is_study(then):
        return [_cell(row) | {"what": row.label, "now": row.value} for row in rows]
    old = {row.row: row for row in page.rows(_table_25(then))}
    return _beside(old, {row.row: row for row in rows}, "value", lambda row: row.label)


def _cell(row):
    record, was = RECORDED.get(row.row), row.published_2020
    same = "same" if (was == "yes") == (row.value == record) else "changed"
    change = same if record and was in ("yes", "no") else "other rule"
    return {"then": was, "change": change, "note": row.difference}


def _table_25(place):
    categories = stakeholders.by_category(stakeholders.organisations(place), place)
    return assessment.table_25(place, cybersecurity.treaties(place), categories)


def _gci(then, now):
    """Return the steps from the index that was out before the earlier edition to that of the later.

    An index comes out in the year after the one that it is named for, or later.
    """
    old, new = ({r.edition: r for r in page.rows(cybersecurity.gci(one))} for one in (then, now))
    ends = ((old, then), (new, now))
    first, last = (max((e for e in index if e < int(p.edition)), default=None) for index, p in ends)
    out = [edition for edition in new if first and last and first <= edition <= last]
    steps = [(one, one) for one in out] if first == last else zip(out, out[1:], strict=False)
    for one, other in steps:
        was, told = text("score", old.get(one, new[one])), text("score", new[other])
        change = "other method" if first != last else "same" if was == told else "revised"
        sources = "; ".join(dict.fromkeys((new[one].source_id, new[other].source_id)))
        row = {"then": was, "now": told, "change": change, "source_id": sources}
        yield row | {"what": text("step", one, other)}


def _alignment(then, now):
    tables = (page.rows(alignment.adjudicated(one)) for one in (then, now))
    old, new = ({row.item_id: row for row in table} for table in tables)
    name, absent = lambda row: text("numbered", row.item_id, row.item), text("no_item")
    return _beside(old, new, "status", name, absent)


def _challenges(then, now):
    tables = (page.rows(cop.data.read("challenges", one.data, one.iso3)) for one in (then, now))
    old, new = ({row.challenge_id: row for row in table} for table in tables)
    name = lambda row: text("numbered", row.challenge_id, row.theme.capitalize())  # noqa: E731
    absent = text("not_named")
    for row in _beside(old, new, "challenge", name, absent):
        missing = {row["then"]: "new", row["now"]: "no longer named"}
        yield row | {"change": missing.get(absent, row["change"].replace("changed", "reworded"))}


def _recommendations(then, now):
    """Return what became of each recommendation by the actions of the later edition, and new
    ones.
    """
    yes, no = followup.render_english("is_recommended"), followup.render_english("not_recommended")
    for row in page.rows(followup.changes(followup.actions(now), now, then.edition)):
        what, told = (followup.render_english(macro, row) for macro in ("recommended", "reached_of"))
        was, today = (no, yes) if row.change == "new" else (yes, told)
        yield {"what": what, "then": was, "now": today, "change": row.change}


def _beside(old, new, column, name, absent=""):
    """Return two cells of each row of {id: row} as then and now, with `same` or `changed`."""
    for key, row in (new | old | new).items():
        was, told = (getattr(rows.get(key), column, absent) for rows in (old, new))
        change = "same" if was == told else "changed"
        yield {"what": name(row), "then": was, "now": told, "change": change}


def _figures(then, now):
    """Return the chapter's figures: the latest that each edition could hold, by its own vintage."""
    old, new = _latest(then), _latest(now)
    for code, name in indicators.names(now.data).items():
        if one := new.get(code) or old.get(code):
            was, told = old.get(code), new.get(code)
            row = {"what": text("figure", name, one["unit"]), "source_id": one["source_id"]}
            row |= {"then": text("value", was or {"value": None}), "change": _moved(was, told)}
            yield row | {"now": text("value", told or {"value": None})}


def _moved(was, told):
    """Return what became of a figure, in the first of the words that hold."""
    if not (was and told):
        return "no value now" if was else "no value then"
    other = {column for column, cell in told.items() if was[column] != cell}
    moves = {
        "other definition": {"unit", "definition"} & other,
        "other source": "source_id" in other,
        "other age": "year" in other and "yes" in (was["old"], told["old"]),
        "newer figure": "year" in other,
        "revised": "value" in other,
    }
    return next((word for word, holds in moves.items() if holds), "no newer figure")


def _latest(place):
    """Return the figures up to an edition's year; for the study to the year before, as first held.

    One that was older than indicators.AGE years by then has `old` "yes".
    """
    study, known, newest = _is_study(place), indicators.catalogue(place.data), {}
    first = _first_held(place) if study else {}
    oldest = int(place.edition) - indicators.AGE if study else indicators.oldest(place)
    values = indicators.rows(place, indicators.names(place.data))
    own = (row for row in values if row.iso3 == place.iso3)
    for row in sorted(own, key=lambda row: row.year):
        value = first.get((row.indicator_code, row.year), row.value)
        if row.year <= int(place.edition) - study and pd.notna(value):
            more = {"value": value, "old": "yes" if row.year < oldest else ""}
            newest[row.indicator_code] = known[row.indicator_code]._asdict() | row._asdict() | more
    return newest


def _first_held(place):
    """Return what later refreshes replaced, so that an old edition is not shown with new
    figures.
    """
    rows = sorted(page.rows(cop.data.read("vintages", place.data)), key=lambda row: -row.order)
    ours = (row for row in rows if row.table == "indicators" and row.iso3 == place.iso3)
    return {(row.code, row.year): pd.to_numeric(row.value, errors="coerce") for row in ours}


def _is_study(place):
    return place.edition == STUDY and STUDY not in cop.data.editions(place.data, place.iso3)


def _since_study(changes):
    return bool(len(changes)) and not changes.part.isin(JUDGED).any()


PARTS = {"table_25": _cells, "gci": _gci, "alignment": _alignment, "figures": _figures}
PARTS |= {"challenges": _challenges, "recommendations": _recommendations}
