"""Compare two editions of a country.

An edition is the current research folder, an earlier copy of it in editions/, or the study of 2020,
of which only the six rows of Table 25 are available. A comparison uses the figures of each edition
up to its year (for the study of 2020, up to the year before).
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

STUDY = "2020"  # edition of table_25_2020
JUDGED = ["alignment", "challenges", "recommendations"]  # parts that the study lacks
SAME = ["same", "no newer figure"]
ADDRESSED = {  # {result of `followup.how_addressed`: change}
    "fully": "addressed fully", "partly": "addressed partly", "not": "not addressed",
    "dropped": "dropped with a reason",
}  # fmt: skip
CELLS = ["what", "then", "now", "change"]
COLUMNS = ["since", "part", *CELLS, "note", "source_id"]


def held(iso3: str, data: str) -> dict[str, str]:
    """Return {edition: data folder} of a country, oldest first, up to the latest in `data`.

    STUDY comes first, with the folder `data`, if the country was part of that study.
    """
    studied = iso3 in set(cop.data.read("table_25_2020", data).iso3)
    folders = ({STUDY: data} if studied else {}) | cop.data.editions_kept(data, iso3)
    present = max(cop.data.editions(data, iso3), default="")
    earlier = {name: folders[name] for name in sorted(folders) if not present or name < present}
    return earlier | ({present: data} if present else {})


def changes(
    iso3: str, data: str, old: str, new: str, table_25: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Compare the editions `old` and `new` of a country, including what has not changed (see SAME).

    The columns are since (the earlier edition), part, what (the item compared), then, now, change
    (a code of the table `what_changed`), note and source_id (data sets of a figure). Missing
    values are empty strings. The parts are `table_25`, `alignment`, `figures`, `challenges` and
    `recommendations`, in this order; a comparison with the study of 2020 contains only `table_25`
    and `figures`. The argument `table_25` is the table of the later edition (computed by default).
    Raises LookupError if the country or an edition is unknown, or if `old` is not before `new`.
    """
    folders, name = held(iso3, data), countries.economy(iso3, data).name
    there = ", ".join(folders) or "none"
    for edition in (old, new):
        if edition not in folders:
            raise LookupError(f"unknown edition {edition!r} of {iso3}; available: {there}")
    if old >= new:
        fix = f"specify an earlier edition, then a later one (available: {there})"
        raise LookupError(f"{old} is not earlier than {new}; {fix}")
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
    frame = pd.concat(frames, ignore_index=True).assign(since=old)
    return frame.reindex(columns=COLUMNS).fillna("")


def since_last(place: Country, table_25: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `changes` since the previous edition or the study, or no rows if there is neither."""
    folders = held(place.iso3, place.data)
    old = max((edition for edition in folders if edition < place.edition), default=None)
    if not old:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    return changes(place.iso3, place.data, old, place.edition, table_25)


def since_study(changes: pd.DataFrame) -> bool:
    """Return whether `changes` is a comparison with the study of 2020 (False if it is empty)."""
    return not (changes.empty or changes.part.isin(JUDGED).any())


def not_held(changes: pd.DataFrame) -> str:
    """Return a note on what the study of 2020 lacks, or "" if `changes` does not use the study."""
    if not since_study(changes):
        return ""
    return words.render_text("changes", "not_held", changes.since.iloc[0])


def _compare(old, new, column, absent=""):
    rows = pd.concat([new, old[~old.index.isin(new.index)]])
    then, now = (frame[column].reindex(rows.index).fillna(absent) for frame in (old, new))
    change = (then == now).map({True: "same", False: "changed"})
    return rows.assign(then=then, now=now, change=change)


def _cells(then, now, rows=None):
    rows = _table_25(now) if rows is None else rows
    if not _is_study(then):
        old, new = _table_25(then).set_index("row"), rows.set_index("row")
        return _compare(old, new, "value").rename(columns={"label": "what"})[CELLS]
    change = rows.comparison.replace(["not comparable", "other words"], "other rule")
    return pd.DataFrame({
        "what": rows.label, "then": rows.published_2020, "now": rows["value"],
        "change": change, "note": rows.difference,
    })  # fmt: skip


def _table_25(place):
    active = (stakeholders.organisations(place).state == "active").sum()
    return assessment.table_25(place, cybersecurity.treaties(place), active)


def _numbered(rows, names):
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
    render = followup.render_english
    recommended = render("is_recommended")
    old = followup.addressed(followup.actions(now), now, then.edition)
    new = read_table("recommendations", now)
    new = new[~new.recommendation_id.isin(old.recommendation_id)]
    rows = pd.concat([old, new], ignore_index=True)
    reached = [render("reached_of", row) for row in old.itertuples()]
    return pd.DataFrame({
        "what": [render("recommended", row) for row in rows.itertuples()],
        "then": [recommended] * len(old) + [render("not_recommended")] * len(new),
        "now": reached + [recommended] * len(new),
        "change": rows.addressed.map(ADDRESSED).fillna("new"),
    })  # fmt: skip


def _figures(then, now):
    old, new = (_latest(place).to_dict("index") for place in (then, now))
    rows = []
    for code, name in indicators.names(now.data).items():
        pair = was, latest = old.get(code), new.get(code)
        if facts := latest or was:
            values = [text("value", row or {"value": None}) for row in pair]
            sources = "; ".join(sorted({row["source_id"] for row in pair if row}))
            change = _change_of_figure(was, latest)
            rows.append((text("figure", name, facts["unit"]), *values, change, sources))
    return pd.DataFrame(rows, columns=[*CELLS, "source_id"])


def _change_of_figure(was, latest):
    if not (was and latest):
        return "no value now" if was else "no value then"
    other = {column for column, cell in latest.items() if was[column] != cell}
    kinds = {
        "other definition": {"unit", "definition"} & other,
        "other source": "address" in other,  # data sets of one address differ only in nature
        "other age": "year" in other and (was["old"] or latest["old"]),
        "newer figure": "year" in other,
        "revised": "value" in other,
    }
    return next((kind for kind, holds in kinds.items() if holds), "no newer figure")


def _latest(place):
    study = _is_study(place)
    last = int(place.edition) - 1 if study else countries.edition(place).last_year
    oldest = last + 1 - indicators.MAX_AGE if study else indicators.oldest_year(place, last)
    values = indicators.read(place).query("iso3 == @place.iso3 and year <= @last")
    newest = indicators.latest(values).set_index("indicator_code")
    facts = indicators.catalogue(place.data)[["unit", "definition"]]
    newest["mark"] = indicators.marks(newest.source_id, newest.year, place)
    newest = newest.join(facts).join(indicators.data_sets(place).address, "source_id")
    return newest.assign(old=newest.year < oldest)


def _is_study(place):
    return place.edition == STUDY and STUDY not in cop.data.editions(place.data, place.iso3)
