"""Two editions side by side: what changed, what stayed, and what must not be compared.

An edition is the present research folder, an earlier one kept whole under editions/, or the study published in 2020,
of which the six cells of its table are held.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import contract
from helpers import alignment, countries, cybersecurity, indicators, stakeholders
from helpers.assessment import ROWS
from helpers.countries import Country
from report import page

PUBLISHED = "2020"  # the edition that table_25_2020 is of
PARTS = {
    "table_25": "Table 25",
    "gci": "Global Cybersecurity Index",
    "alignment": "Alignment, item by item",
    "figures": "Figures",
    "challenges": "Primary challenges",
}
COLUMNS = ["part", "what", "then", "now", "change", "note"]
SAME = {"same", "no newer figure"}
COUNTED = {"newer figure": "with a newer figure", "no value then": "without a value then", "no value now": "without a value now",
           "not comparable": "not to be compared", "same": "the same"}  # fmt: skip
RULE = "not comparable: the table of 2020 did not publish its rules"
METHOD = "not comparable: editions differ in method"
TREATY_CELLS = {"lanzarote": "party", "weprotect": "member"}


@dataclass(frozen=True)
class Side:
    """One edition of one country: where its data lies, and whether it is the study of 2020, with its cells only."""

    place: Country
    published: bool

    @property
    def year(self):
        """Give the year that the edition is named after."""
        return int(self.place.edition)


def held(iso3, data):
    """Give the editions of a country that can be compared, oldest first: {edition: data folder}."""
    known, here = contract.read("table_25_2020", data), Path(data)
    out = {PUBLISHED: data} if iso3 in set(known.iso3) else {}
    roots = [here / "editions"] + ([here.parent] if here.parent.name == "editions" else [])
    for folder in (f for root in roots for f in sorted(root.glob("*")) if f != here):
        out |= (
            {folder.name: str(folder)}
            if (folder / "research" / iso3 / "editions.csv").exists()
            else {}
        )
    begun = (here / "research" / iso3 / "editions.csv").exists()
    own = max(contract.read("editions", data, iso3).edition) if begun else None
    earlier = {edition: folder for edition, folder in out.items() if own is None or edition < own}
    return dict(sorted(earlier.items())) | ({own: data} if own else {})


def side(iso3, data, edition):
    """Give one edition of a country; raises LookupError naming those that are held."""
    known = held(iso3, data)
    if edition not in known:
        raise LookupError(
            f"no edition {edition!r} of {iso3} is held; there is: {', '.join(known) or 'none'}"
        )
    name = countries.names(data).get(iso3, iso3)
    begun = (Path(known[edition]) / "research" / iso3 / "editions.csv").exists()
    published = edition == PUBLISHED and (
        not begun or edition not in set(_stated(known[edition], iso3))
    )
    return Side(Country(iso3, name, known[edition], "", edition), published)


def before(place):
    """Give the edition before this one, or None where it is the first."""
    return max((e for e in held(place.iso3, place.data) if e < place.edition), default=None)


def changes(iso3, data, old, new):
    """Give what stands in one edition beside another: part, what, then, now, change, note; a part not held has no row.

    Raises LookupError for an edition that is not held, or for two in the wrong order.
    """
    if old >= new:
        raise LookupError(f"name the earlier edition first: {old} is not before {new}")
    then, now = side(iso3, data, old), side(iso3, data, new)
    parts = {"table_25": _cells, "gci": _gci, "figures": _figures}
    parts |= {} if then.published else {"alignment": _alignment, "challenges": _challenges}
    rows = [(part, *row) for part in PARTS if part in parts for row in parts[part](then, now)]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def cells(one):
    """Give the six cells of Table 25 of an edition, as words, by row."""
    if one.published:
        frame = contract.read("table_25_2020", one.place.data).query("iso3 == @one.place.iso3")
        return frame.set_index("row").value.reindex(ROWS).fillna("not in the table")
    judged = contract.read("table_25", one.place.data, one.place.iso3).set_index("row").value
    treaties = cybersecurity.treaties(one.place).set_index("instrument").status
    reckoned = {
        "lanzarote": treaties["LANZAROTE_CETS201"],
        "weprotect": treaties["WEPROTECT"],
        "active_organisations": str(
            (stakeholders.organisations(one.place).state == "active").sum()
        ),
    }
    return (
        judged[judged != ""].combine_first(pd.Series(reckoned)).reindex(ROWS).fillna("not assessed")
    )


def not_held(iso3, data, old):
    """Say which parts the earlier edition does not have, so that their absence is not taken for no change."""
    if not side(iso3, data, old).published:
        return ""
    return (
        f"Of the study published in {old} the six cells of its table are held, and no judgement item by item, no list of "
        "challenges of the country; what changed in these cannot be said."
    )


def about_changes(place):
    """Say what this edition is compared with, and how much changed."""
    old = before(place)
    if old is None:
        return page.say(
            "This is the first edition: there is nothing to compare it with.", kind="none"
        )
    frame = changes(place.iso3, place.data, old, place.edition)
    counts = [
        f"{PARTS[part].lower()}: {_counted(rows)}"
        for part, rows in frame.groupby("part", sort=False)
    ]
    said = page.join(counts, "; ").replace(
        "global cybersecurity index", "Global Cybersecurity Index"
    )
    told = page.say(
        "Beside the edition of {}: {}. {}",
        old,
        said.replace("table 25", "Table 25"),
        not_held(place.iso3, place.data, old),
    )
    return told


def change_table(place):
    """Show what changed since the edition before, row by row; the table of 2020 stands in a chapter of its own."""
    old = before(place)
    if old is None:
        return page.say("No earlier edition is held.", kind="none")
    frame = changes(place.iso3, place.data, old, place.edition)
    frame = frame[~frame.change.isin(SAME)]
    frame = (
        frame[frame.part != "table_25"] if side(place.iso3, place.data, old).published else frame
    )
    return page.table(
        frame.assign(part=frame.part.map(PARTS), change=_explained(frame)),
        f"What changed since the edition of {old}",
        {"what": "What", "part": "Part", "then": "Then", "now": "Now", "change": "Change"},
        "A newer figure is not in itself a change in the country: surveys and methods change too.",
        kind="wide",
    )


def _stated(data, iso3):
    return contract.read("editions", data, iso3).edition


def _cells(then, now):
    """Yield the six cells; what the table of 2020 called yes is compared only where it is a matter of record."""
    old, new = cells(then), cells(now)
    why = contract.read("table_25", now.place.data, now.place.iso3).set_index("row").difference
    for row, label in ROWS.items():
        if not then.published:
            change = "same" if old[row] == new[row] else "changed"
        elif row in TREATY_CELLS and old[row] in ("yes", "no"):
            change = "same" if (old[row] == "yes") == (new[row] == TREATY_CELLS[row]) else "changed"
        else:
            change = RULE
        yield label, old[row], new[row], change, why.get(row, "") if then.published else ""


def _gci(then, now):
    """Yield the steps from the index that the earlier edition could know to the one that the later could."""
    old, new = (cybersecurity.gci(one.place).set_index("edition") for one in (then, now))
    first, last = _last_before(old, then), _last_before(new, now)
    if first is None or last is None:
        return
    if first == last:
        same = _score(old.loc[first]) == _score(new.loc[last])
        yield (
            f"GCI {first}",
            _score(old.loc[first]),
            _score(new.loc[last]),
            "same" if same else "revised",
            "",
        )
    steps = [e for e in new.index if first <= e <= last]
    for one, other in zip(steps, steps[1:], strict=False):
        earlier = old.loc[one] if one in old.index else new.loc[one]
        yield f"GCI {one} to GCI {other}", _score(earlier), _score(new.loc[other]), METHOD, ""


def _alignment(then, now):
    old, new = (alignment.adjudicated(one.place).set_index("item_id") for one in (then, now))
    for item in new.index.union(old.index, sort=False):
        was, now_is = (f.status.get(item, "not an item of this edition") for f in (old, new))
        title = (new if item in new.index else old)["item"][item]
        yield f"{item} {title}", was, now_is, "same" if was == now_is else "changed", ""


def _figures(then, now):
    """Yield the chapter's figures: the latest that each edition could hold, by the vintage that it holds."""
    old, new = _latest(then), _latest(now)
    titles = [
        contract.read("indicator_catalogue", s.place.data).set_index("indicator_code")
        for s in (then, now)
    ]
    for code, title in indicators.names(now.place.data).items():
        one, other = (frame.loc[code] if code in frame.index else None for frame in (old, new))
        if one is None and other is None:
            continue
        redefined = any(
            titles[0].get(c, {}).get(code) != titles[1].get(c, {}).get(code)
            for c in ("unit", "definition")
        )
        name = f"{title} ({titles[1].unit[code]})"
        yield name, _valued(one), _valued(other), _moved(one, other, redefined), ""


def _challenges(then, now):
    old, new = (
        contract.read("challenges", s.place.data, s.place.iso3).set_index("challenge_id")
        for s in (then, now)
    )
    for one in new.index.union(old.index, sort=False):
        was, now_is = (f.challenge.get(one, "not named") for f in (old, new))
        words = (
            "new"
            if one not in old.index
            else "no longer named"
            if one not in new.index
            else "reworded"
        )
        theme = (new if one in new.index else old).theme[one].capitalize()
        yield f"{one} {theme}", was, now_is, "same" if was == now_is else words, ""


def _latest(one):
    """Give the latest values up to the year of an edition; for the study of 2020 up to the year before, as first held here."""
    frame = indicators.read(one.place)
    frame = frame[(frame.iso3 == one.place.iso3) & (frame.year <= one.year - one.published)]
    frame = _as_first_held(frame, one.place.data) if one.published else frame
    return indicators.latest(frame).set_index("indicator_code")


def _as_first_held(frame, data):
    """Undo what later refreshes replaced, so that an old edition is not shown with new figures."""
    first = contract.read("vintages", data).query("table == 'indicators'").sort_values("order")
    first = first.drop_duplicates(["iso3", "code", "year"]).rename(
        columns={"code": "indicator_code", "value": "first"}
    )
    out = frame.merge(first[["iso3", "indicator_code", "year", "first"]], how="left")
    kept = out.assign(
        value=out.value.where(out["first"].isna(), pd.to_numeric(out["first"], errors="coerce"))
    )
    return kept.dropna(subset=["value"]).drop(columns="first")


def _moved(one, other, redefined):
    """Give in words how a figure moved."""
    if one is None or other is None:
        return "no value then" if one is None else "no value now"
    if redefined or one.source_id != other.source_id:
        return "not comparable: " + ("the definition changed" if redefined else "another source")
    if one.year != other.year:
        return "newer figure"
    return "no newer figure" if one.value == other.value else "revised"


def _last_before(frame, one):
    """Give the latest edition of the index that was out: it comes out in the year after the one it is named for, or later."""
    out = [edition for edition in frame.index if edition < one.year]
    return max(out, default=None)


def _score(row):
    rank = "" if pd.isna(row.global_rank) else f", publisher's rank {int(row.global_rank)}"
    tier = f", tier {row.tier[1:]}" if row.tier else ""
    return f"{row.score:.1f} of 100{rank}{tier}"


def _valued(row):
    return page.MISSING if row is None else f"{page.counted(row.value, row.unit)} ({int(row.year)})"


def _explained(frame):
    return [f"{r.change}. {r.note}" if r.note else r.change for r in frame.itertuples()]


def _counted(rows):
    """Give how many rows of a part changed, stayed, or cannot be compared."""
    words = rows.change.str.split(":").str[0].replace(dict.fromkeys(SAME, "same"))
    return ", ".join(
        f"{n} {COUNTED.get(word, word)}" for word, n in words.value_counts(sort=False).items()
    )
