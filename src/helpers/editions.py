"""Two editions side by side: what changed, what stayed, and what must not be compared.

An edition is the present research folder, an earlier one kept whole under editions/, or the study
published in 2020, of which the six cells of its table are held.
"""

from functools import partial

import numpy as np
import pandas as pd

import contract
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
from report import page, words
from report.page import Shown

say, text = partial(words.show, "changes"), partial(words.recorded, "changes")

STUDY = "2020"  # the edition that table_25_2020 is of
JUDGED = ["alignment", "challenges", "recommendations"]  # parts of which the study holds nothing
RECORDED = {"lanzarote": "party", "weprotect": "member"}  # its cells that are a matter of record
SAME = ["same", "no newer figure"]
COLUMNS = ["since", "part", "what", "then", "now", "change", "note", "source_id"]


def held(iso3: str, data: str) -> dict[str, str]:
    """Give the editions of a country that can be compared, oldest first: {edition: data folder}."""
    studied = iso3 in set(contract.read("table_25_2020", data).iso3)
    folders = {STUDY: data} if studied else {}
    folders |= contract.editions_kept(data, iso3)
    own = max(contract.editions(data, iso3), default="")
    earlier = {one: folders[one] for one in sorted(folders) if not own or one < own}
    return earlier | ({own: data} if own else {})


def changes(
    iso3: str, data: str, old: str, new: str, table_25: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give what stands in one edition beside another; a part that is not held has no row.

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
    frame = pd.concat([ways[part](then, now).assign(part=part, since=old) for part in parts])
    return frame.reindex(columns=COLUMNS).fillna("").reset_index(drop=True)


def since_last(place: Country, table_25: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give a notebook the changes since the edition before this one; no row where it is the first.

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
    kinds = changes.change.str.replace("^other .*", "not comparable", regex=True)
    kinds = kinds.replace(dict.fromkeys(SAME, "same")).groupby(changes.part, sort=False)
    counts = {part: rows.value_counts(sort=False).to_dict() for part, rows in kinds}
    return say("about_changes", counts, changes.since.max(), _since_study(changes), place)


def change_table(changes: pd.DataFrame, place: Country) -> Shown:
    """Show what changed, row by row; the table of 2020 stands in a chapter of its own."""
    elsewhere = (changes.part == "table_25") & _since_study(changes)
    shown = changes[~changes.change.isin(SAME) & ~elsewhere]
    return say("change_table", shown, changes.since.max(), indicators.AGE, place)


def _cells(then, now, rows=None):
    """Give the six cells; the study's rules are unknown, so only matters of record are compared."""
    today = _table_25(now) if rows is None else rows.set_index("row")
    if not _is_study(then):
        return _beside(_table_25(then).value, today.value).assign(what=today.label)
    frame = _beside(today.published_2020, today.value)
    record = today.index.to_series().map(RECORDED)
    agrees = ((frame.then == "yes") == (frame.now == record)).map({True: "same", False: "changed"})
    change = agrees.where(record.notna() & frame.then.isin(["yes", "no"]), "other rule")
    return frame.assign(what=today.label, change=change, note=today.difference)


def _table_25(place):
    categories = stakeholders.by_category(stakeholders.organisations(place), place)
    treaties = cybersecurity.treaties(place)
    return assessment.table_25(place, treaties, categories).set_index("row")


def _gci(then, now):
    """Give the steps from the index that was out before the earlier edition to that of the later.

    An index comes out in the year after the one that it is named for, or later.
    """
    old, new = (cybersecurity.gci(one).set_index("edition") for one in (then, now))
    first, last = (f.index[f.index < int(p.edition)].max() for f, p in ((old, then), (new, now)))
    out = [edition for edition in new.index if first <= edition <= last]  # none beside NaN
    steps = [(one, one) for one in out] if first == last else zip(out, out[1:], strict=False)
    was = {one: text("score", (old if one in old.index else new).loc[one]) for one in out}
    rows = [
        (text("step", *s), was[s[0]], text("score", new.loc[s[1]]), _read_in(new, s)) for s in steps
    ]
    frame = pd.DataFrame(rows, columns=["what", "then", "now", "source_id"])
    alike = np.where(frame.then == frame.now, "same", "revised")
    return frame.assign(change=alike if first == last else "other method")


def _read_in(index, step):
    """Give the data sets of both ends of a step, each once."""
    return "; ".join(dict.fromkeys(index.source_id.reindex(list(step)).dropna()))


def _alignment(then, now):
    old, new = (alignment.adjudicated(one).set_index("item_id") for one in (then, now))
    frame = _beside(old.status, new.status, text("no_item"))
    names = new["item"].combine_first(old["item"])
    return frame.assign(what=_numbered(names[frame.index]))


def _challenges(then, now):
    tables = (contract.read("challenges", one.data, one.iso3) for one in (then, now))
    old, new = (table.set_index("challenge_id") for table in tables)
    frame = _beside(old.challenge, new.challenge, text("not_named"))
    words = {"new": ~frame.index.isin(old.index), "no longer named": ~frame.index.isin(new.index)}
    words["reworded"] = frame.change == "changed"
    change = np.select(list(words.values()), list(words), "same")
    themes = new.theme.combine_first(old.theme).str.capitalize()
    return frame.assign(change=change, what=_numbered(themes[frame.index]))


def _recommendations(then, now):
    """Give what became of each recommendation by the actions of the later edition, and new ones."""
    frame = followup.carried(followup.actions(now), now, then.edition)
    yes, no = followup.recorded("is_recommended"), followup.recorded("not_recommended")
    what, told = (
        [followup.recorded(macro, row) for row in frame.itertuples()]
        for macro in ("recommended", "reached_of")
    )
    new = frame.change == "new"
    then, today = np.where(new, no, yes), np.where(new, yes, told)
    return pd.DataFrame({"what": what, "then": then, "now": today, "change": frame.change})


def _numbered(names):
    """Give {id: name} as each is written in the table, 'PM-GOV-01 Lead agency'."""
    return [text("numbered", one, name) for one, name in names.items()]


def _beside(old, new, absent=""):
    """Give two columns of cells as then and now, with `same` or `changed`."""
    order = new.index.union(old.index, sort=False)
    frame = pd.DataFrame({"then": old.reindex(order), "now": new.reindex(order)}).fillna(absent)
    return frame.assign(change=np.where(frame.then == frame.now, "same", "changed"))


def _figures(then, now):
    """Give the chapter's figures: the latest that each edition could hold, by its own vintage."""
    old, new, names = _latest(then), _latest(now), indicators.names(now.data)
    codes = [code for code in names if code in old.index or code in new.index]
    old, new = old.reindex(codes), new.reindex(codes)
    moves = {
        "no value then": old.value.isna(),
        "no value now": new.value.isna(),
        "other definition": (old.unit != new.unit) | (old.definition != new.definition),
        "other source": old.source_id != new.source_id,
        "other age": (old.year != new.year) & (old.old.eq("yes") | new.old.eq("yes")),
        "newer figure": old.year != new.year,
        "revised": old.value != new.value,
    }
    units = new.unit.fillna(old.unit)
    what = [text("figure", names[code], units[code]) for code in codes]
    was, now_is = ([text("value", row) for row in page.rows(f)] for f in (old, new))
    change = np.select(list(moves.values()), list(moves), "no newer figure")
    source = new.source_id.fillna(old.source_id).to_numpy()
    frame = {"what": what, "then": was, "now": now_is, "change": change, "source_id": source}
    return pd.DataFrame(frame)


def _latest(place):
    """Give the figures up to an edition's year; for the study to the year before, as first held.

    One that was older than indicators.AGE years by then has `old` "yes".
    """
    frame, study = indicators.read(place), _is_study(place)
    frame = frame[(frame.iso3 == place.iso3) & (frame.year <= int(place.edition) - study)]
    frame = _as_first_held(frame, place.data) if study else frame
    newest = indicators.latest(frame.astype({"year": int})).set_index("indicator_code")
    oldest = int(place.edition) - indicators.AGE if study else indicators.oldest(place)
    return newest.assign(old=(newest.year < oldest).map({True: "yes", False: ""}))


def _as_first_held(frame, data):
    """Undo what later refreshes replaced, so that an old edition is not shown with new figures."""
    key = ["iso3", "indicator_code", "year"]
    first = contract.read("vintages", data)
    first = first[first.table == "indicators"].sort_values("order")
    first = first.rename(columns={"code": "indicator_code", "value": "was"}).drop_duplicates(key)
    both = frame.merge(first[[*key, "was"]], "left", key)
    was = pd.to_numeric(both.was, errors="coerce").where(both.was.notna(), both.value)
    return both.assign(value=was).dropna(subset=["value"])


def _is_study(place):
    return place.edition == STUDY and STUDY not in contract.editions(place.data, place.iso3)


def _since_study(changes):
    return bool(len(changes)) and not changes.part.isin(JUDGED).any()


PARTS = {
    "table_25": _cells,
    "gci": _gci,
    "alignment": _alignment,
    "figures": _figures,
    "challenges": _challenges,
    "recommendations": _recommendations,
}
