"""Two editions compared: what changed, what stayed, and what must not be compared.

An edition is the present research folder, an earlier one kept under editions/, or the study
published in 2020, of which the six cells of its table are held.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.report import words
from helpers import (
    alignment,
    assessment,
    countries,
    cybersecurity,
    followup,
    indicators,
    stakeholders,
)
from helpers.countries import Country, read_table

text = partial(words.render_english, "changes")

STUDY = "2020"  # the edition that table_25_2020 is of
JUDGED = ["alignment", "challenges", "recommendations"]  # parts of which the study holds nothing
RECORDED = {"lanzarote": "party", "weprotect": "member"}  # its cells that are a matter of record
SAME = ["same", "no newer figure"]
CELLS = ["what", "then", "now", "change"]
COLUMNS = ["since", "part", *CELLS, "note", "source_id"]


def held(iso3: str, data: str) -> dict[str, str]:
    """Return the editions of a country that can be compared, oldest first: {edition: data
    folder}.
    """
    studied = iso3 in set(cop.data.read("table_25_2020", data).iso3)
    folders = ({STUDY: data} if studied else {}) | cop.data.editions_kept(data, iso3)
    present = max(cop.data.editions(data, iso3), default="")
    earlier = {name: folders[name] for name in sorted(folders) if not present or name < present}
    return earlier | ({present: data} if present else {})


def changes(
    iso3: str, data: str, old: str, new: str, table_25: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one edition compared with another; a part that is not held has no row.

    Columns: since (the earlier edition), part, what, then, now, change, note, source_id (the data
    sets of a figure, else ""). `table_25` are the rows of the later edition, where they are
    computed already. Raises LookupError for an edition that is not held, or for two in the wrong
    order.
    """
    if old >= new:
        raise LookupError(f"name the earlier edition first: {old} is not before {new}")
    folders, name = held(iso3, data), countries.names(data).get(iso3, iso3)
    for edition in (old, new):
        if edition not in folders:
            there = ", ".join(folders) or "none"
            raise LookupError(f"no edition {edition!r} of {iso3} is held; there is: {there}")
    then, now = (Country(iso3, name, folders[edition], "", edition) for edition in (old, new))
    parts = {
        "table_25": partial(_cells, rows=table_25), "alignment": _alignment, "figures": _figures,
        "challenges": _challenges, "recommendations": _recommendations,
    }  # fmt: skip
    frames = [
        compare(then, now).assign(part=part)
        for part, compare in parts.items()
        if not (_is_study(then) and part in JUDGED)
    ]
    frame = pd.concat([frame for frame in frames if len(frame)] or frames)
    return frame.assign(since=old).reindex(columns=COLUMNS).fillna("").reset_index(drop=True)


def since_last(place: Country, table_25: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the changes since the edition before this one; no row where it is the first.

    `table_25` are the rows of this edition, where they are computed already.
    """
    folders = held(place.iso3, place.data)
    old = max((edition for edition in folders if edition < place.edition), default=None)
    if not old:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    rows = table_25 if folders.get(place.edition) == place.data else None
    return changes(place.iso3, place.data, old, place.edition, rows)


def since_study(changes: pd.DataFrame) -> bool:
    """Return whether changes are since the study of 2020, which holds no judged parts."""
    return bool(len(changes)) and not changes.part.isin(JUDGED).any()


def not_held(changes: pd.DataFrame) -> str:
    """State which parts the study does not have, so that their absence is not taken for no change.

    Returns "" where the earlier edition is another one.
    """
    if not since_study(changes):
        return ""
    return words.render_text("changes", "not_held", changes.since.iloc[0])


def _compare(old, new, column, absent=""):
    """Return the rows of both frames, by their index, those of the later first, with then, now and
    change (`same` or `changed`).
    """
    rows = pd.concat([new, old[~old.index.isin(new.index)]])
    then, now = (frame[column].reindex(rows.index).fillna(absent) for frame in (old, new))
    change = (then == now).map({True: "same", False: "changed"})
    return rows.assign(then=then, now=now, change=change)


def _cells(then, now, rows=None):
    """Return the six cells; the study's rules are unknown, so only matters of record are
    compared.
    """
    rows = _table_25(now) if rows is None else rows
    if not _is_study(then):
        old, new = _table_25(then).set_index("row"), rows.set_index("row")
        return _compare(old, new, "value").rename(columns={"label": "what"})[CELLS]
    same = (rows.published_2020 == "yes") == (rows["value"] == rows.row.map(RECORDED))
    change = same.map({True: "same", False: "changed"})
    comparable = rows.row.isin(RECORDED) & rows.published_2020.isin(["yes", "no"])
    return pd.DataFrame({
        "what": rows.label, "then": rows.published_2020, "now": rows["value"],
        "change": change.where(comparable, "other rule"), "note": rows.difference,
    })  # fmt: skip


def _table_25(place):
    active = (stakeholders.organisations(place).state == "active").sum()
    return assessment.table_25(place, cybersecurity.treaties(place), active)


def _numbered(rows, names):
    """Return rows with `what`: the id of each, which is its index, and its name."""
    what = [text("numbered", *pair) for pair in zip(rows.index, names, strict=True)]
    return rows.assign(what=what)[CELLS]


def _alignment(then, now):
    old, new = (alignment.adjudicated(place).set_index("item_id") for place in (then, now))
    rows = _compare(old, new, "status", text("no_item"))
    return _numbered(rows, rows["item"])


def _challenges(then, now):
    old, new = (read_table("challenges", place).set_index("challenge_id")
                for place in (then, now))  # fmt: skip
    absent = text("not_named")
    rows = _compare(old, new, "challenge", absent)
    rows["change"] = rows.change.replace("changed", "reworded").mask(rows.then == absent, "new")
    rows["change"] = rows.change.mask(rows.now == absent, "no longer named")
    return _numbered(rows, rows.theme.str.capitalize())


def _recommendations(then, now):
    """Return what became of each recommendation by the actions of the later edition, and new
    ones.
    """
    frame, render = (
        followup.changes(followup.actions(now), now, then.edition),
        followup.render_english,
    )
    new, recommended = frame.change == "new", render("is_recommended")
    reached = pd.Series([render("reached_of", row) for row in frame.itertuples()], frame.index)
    return pd.DataFrame({
        "what": [render("recommended", row) for row in frame.itertuples()],
        "then": new.map({True: render("not_recommended"), False: recommended}),
        "now": reached.mask(new, recommended), "change": frame.change,
    })  # fmt: skip


def _figures(then, now):
    """Return the chapter's figures: the latest that each edition could hold."""
    old, new = (_latest(place).to_dict("index") for place in (then, now))
    rows = []
    for code, name in indicators.names(now.data).items():
        was, latest = old.get(code), new.get(code)
        if facts := latest or was:
            values = [text("value", row or {"value": None}) for row in (was, latest)]
            change = _change_of_figure(was, latest)
            rows.append((text("figure", name, facts["unit"]), *values, change, facts["source_id"]))
    return pd.DataFrame(rows, columns=[*CELLS, "source_id"])


def _change_of_figure(was, latest):
    """Return what became of a figure, in the first of the words that hold."""
    if not (was and latest):
        return "no value now" if was else "no value then"
    other = {column for column, cell in latest.items() if was[column] != cell}
    kinds = {
        "other definition": {"unit", "definition"} & other,
        "other source": "source_id" in other,
        "other age": "year" in other and "yes" in (was["old"], latest["old"]),
        "newer figure": "year" in other,
        "revised": "value" in other,
    }
    return next((kind for kind, holds in kinds.items() if holds), "no newer figure")


def _latest(place):
    """Return the figures up to an edition's year; for the study to the year before.

    One that was older than indicators.MAX_AGE years by then has `old` "yes".
    """
    study, values = _is_study(place), indicators.read(place)
    values = values[values.iso3 == place.iso3]
    oldest = int(place.edition) - indicators.MAX_AGE if study else indicators.oldest_year(place)
    values = values[values.year <= int(place.edition) - study].dropna(subset=["value"])
    newest = indicators.latest(values).set_index("indicator_code")
    facts = indicators.catalogue(place.data)[["unit", "definition"]]
    return newest.join(facts).assign(old=(newest.year < oldest).map({True: "yes", False: ""}))


def _is_study(place):
    return place.edition == STUDY and STUDY not in cop.data.editions(place.data, place.iso3)
