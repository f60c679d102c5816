"""Which country a notebook speaks of, its region, and the cover of its page."""

import contextlib

import pandas as pd

import cop.data
from cop.data import places
from cop.data.places import Country, Region
from cop.report import formats, languages, page, words
from cop.report.filenames import of_stage
from cop.report.page import Shown


def find(iso3: str, data: str, tables: str, edition: str, language: str = "") -> Country:
    """Return the Country of an ISO 3166-1 alpha-3 code; LookupError for an unknown code or
    edition.

    Where `tables` are another country's, only the code was changed in the notebook: data and
    edition follow it, and tables are written to a folder of its own, its desk. All that is shown
    from now on is said in `language`; in the one spoken already where none is named.
    """
    place = economy(iso3, data, tables, str(edition), language)
    edition, editions = place.edition, cop.data.read("editions", place.data, iso3).edition.tolist()
    if edition not in editions:
        known = ", ".join(editions)
        raise LookupError(f"{iso3} has no edition {edition!r} in editions.csv; it has: {known}")
    _remember_own_names(place)
    return place


def economy(
    iso3: str, data: str, tables: str = "", edition: str = "", language: str = ""
) -> Country:
    """Return the Country of any row of countries.csv; without an edition its figures are
    the newest.

    It follows the code, and speaks, as `find` says. Raises LookupError for an unknown code.
    """
    languages.use(language or languages.current())
    data, tables = places.from_root(data), places.from_root(tables)
    if other := places.other_country(tables, iso3):
        others = cop.data.editions(data, other)
        data, tables = places.data_of(iso3, data), places.tables_of(iso3, tables)
        edition = places.edition_of(iso3, data, edition, others)
    known = names(data)
    if iso3 not in known:
        raise LookupError(cop.data.no_country(iso3, data))
    return Country(iso3, known[iso3], data, tables, edition, _spoken(known[iso3], data))


def region(
    group: str,
    data: str,
    outputs: str,
    tables: str,
    edition: str,
    left_out: str = "",
    language: str = "",
) -> Region:
    """Return the Region of a group in groups.csv, `left_out` by ISO3 with spaces between.

    Where `tables` are another group's, only the group was changed: data, edition and who is left
    out follow it, and its tables go to its desk. It speaks `language` as `find` says. Raises
    LookupError naming the known groups.
    """
    languages.use(language or languages.current())
    data, outputs, tables = map(places.from_root, (data, outputs, tables))
    groups = cop.data.read("groups", data)
    if by_hand := places.holder(tables) in {*groups.group_id} - {group}:
        data = places.data_of_group(group, data)
        tables, groups = places.tables_of(group, tables), cop.data.read("groups", data)
    rows = groups[groups.group_id == group]
    if rows.empty:
        known = ", ".join(groups.group_id.unique())
        raise LookupError(f"no group {group!r} in reference/groups.csv; known: {known}")
    assessed = places.whole(rows.iso3, outputs) if by_hand else []
    if by_hand and not assessed:
        raise LookupError(f"{outputs} has no tables of a country of {group}; `cop run --all` first")
    left_out = " ".join({*rows.iso3} - {*assessed}) if by_hand else left_out
    out = tuple(m for m in rows.iso3 if m in left_out.split())
    title = rows.title.iloc[0]
    where = data, outputs, tables, str(edition), _spoken(title, data)
    return Region(group, title, tuple(rows.iso3), out, *where)


def beside(place: Country) -> tuple[str, list[str]]:
    """Return name and ISO3 codes of the region whose median stands beside a country, itself
    included.

    It is the first study of groups.csv that holds it, else its ITU region, else its subregion in
    countries.csv; else it is alone.
    """
    groups = [g for g in page.rows(cop.data.read("groups", place.data)) if g.role != "grouping"]
    mine = [group for group in groups if group.iso3 == place.iso3]
    if mine:
        first = min(mine, key=lambda group: group.role != "study")
        members = [group.iso3 for group in groups if group.group_id == first.group_id]
        return languages.said(first.title), members
    known = cop.data.read("countries", place.data).set_index("iso3").un_subregion
    if place.iso3 not in known or not known[place.iso3]:
        return place.titled, [place.iso3]
    alike = known.index[known == known[place.iso3]]
    return words.text("cover", "subregion", known[place.iso3]), list(alike)


def neighbours(place: Country) -> list[str]:
    """Return the ISO3 codes of the countries that a country is shown beside, itself included."""
    return beside(place)[1]


def begun(data: str) -> dict[str, list[str]]:
    """Return the editions of every country whose assessment has begun, in the order of the
    codes.

    A country whose editions.csv has faults is left out and does not stand in the others' way.
    """
    known, out = set(names(data)), {}
    for iso3 in filter(known.__contains__, cop.data.begun(data)):
        with contextlib.suppress(cop.data.Broken):
            out[iso3] = list(cop.data.read("editions", data, iso3).edition)
    return out


def names(data: str) -> dict[str, str]:
    """Return the English names of all countries, by ISO3."""
    frame = cop.data.read("countries", data)
    return dict(zip(frame.iso3.tolist(), frame.name_en.tolist(), strict=True))


def bodies(place: Country) -> dict[str, str]:
    """Return the names of the organisations of a country's register, by their ids."""
    rows = cop.data.read("stakeholders", place.data, place.iso3)
    return dict(zip(rows.stakeholder_id.tolist(), rows["name"].tolist(), strict=True))


def _remember_own_names(place):
    """Let bodies and services be said by the names that they have in the language spoken, where it
    is one of the country's own.
    """
    if not languages.translated():
        return

    country = cop.data.row("countries", place.data, "iso3", place.iso3)
    if formats.is_own(cop.data.split(country["languages"])):
        tables = ("stakeholders", "services")
        rows = pd.concat(cop.data.read(one, place.data, place.iso3) for one in tables)
        languages.remember(formats.own_names(page.rows(rows[["name", "name_local"]])))


def _spoken(name, data):
    """Return the name of a place in the language spoken, "" in English; from then on it is
    known.
    """
    if not languages.translated():
        return ""

    formats.remember_countries(cop.data.read("countries", data).to_dict("records"))
    return languages.said(name)


def verified(name: str, place: Country) -> pd.DataFrame:
    """Return the rows of a country's table that were verified, without the column that says
    so: what is not is never content.
    """
    frame = cop.data.read(name, place.data, place.iso3)
    return frame[frame.verified == "yes"].drop(columns="verified").reset_index(drop=True)


def verified_rows(name: str, place: Country, *only: str) -> list[tuple]:
    """Return the same as rows, which take less, each with what says so.

    With `only`, these columns, `verified` among them, and a page depends on no other.
    """
    rows = page.rows(cop.data.read(name, place.data, place.iso3, only))
    return [row for row in rows if row.verified == "yes"]


def edition(place: Country) -> tuple:
    """Return the row of its country's edition: cut_off, status, basis."""
    rows = page.rows(cop.data.read("editions", place.data, place.iso3))
    return {row.edition: row for row in rows}[place.edition]


def cover(place: Country | Region, title: str = "") -> Shown:
    """Let a notebook begin with what its page is, how old, and how far it has come.

    A place without edition is a baseline.
    """
    synthetic = cop.data.synthetic(place.data)
    if isinstance(place, Region):
        return _cover_of_region(place, synthetic) + _names_of(place, place.assessed)
    if not place.edition:  # a desk baseline is as old as the youngest data set of the statistics
        cut_off = cop.data.read("statistics_sources", place.data).accessed.max()
        shown = words.show("cover", "baseline", place, cut_off, synthetic)
    else:
        about = edition(place)
        status = words.labels("editions", "status", place.data)[about.status]
        shown = words.show("cover", "country", place, about, status, title, synthetic)
    return shown + _names_of(place, [place.iso3]) + _desk(place)


def imprint(place: Country | Region) -> Shown:
    """Let a notebook end with how its page is cited, reused and corrected, as the contract states
    it.
    """
    cop.data.files(place.data, "datapackage.json")
    package = cop.data.contents(place.data)
    regional = isinstance(place, Region)
    about = _editions(place).sort_values("cut_off").iloc[-1] if regional else edition(place)
    status = words.labels("editions", "status", place.data)[about.status].lower()
    mended = cop.data.read("corrections", place.data)
    mended = mended[mended.iso3 == ("" if regional else place.iso3)]
    about = (place, place.titled, about.cut_off, status, mended, package)
    return words.show("cover", "imprint", *about)


def further(place: Country | Region) -> Shown:
    """Let a notebook end with the pages that belong to it: a country's annexes, and those of the
    site.
    """
    stages = sorted(path.stem for path in words.FOLDER.glob("[1-5]-*.j2"))
    annexes = {} if isinstance(place, Region) else {of_stage(s, place.iso3): s for s in stages}
    return words.show("cover", "further", annexes)


def emergency(place: Country) -> dict:
    """Return number and reaches of a country's emergency number; {} where none is on record."""
    rows = page.rows(cop.data.read("emergency_numbers", place.data))
    return next((row._asdict() for row in rows if row.iso3 == place.iso3), {})


def _editions(region):
    """Return the rows of this edition of the countries that take part."""
    frame = pd.concat(cop.data.read("editions", region.data, m) for m in region.assessed)
    return frame[frame.edition == region.edition]


def _cover_of_region(region, synthetic):
    known, editions = names(region.data), _editions(region)
    assessed, left_out = (
        sorted((languages.said(known[m]) for m in group), key=formats.placed)
        for group in (region.assessed, region.left_out)
    )
    shown = words.show("cover", "region", region, assessed, left_out, editions, synthetic)
    return shown + _desk(region)


def _names_of(place, members):
    """Say how names of countries are used, for the pages on which one of them stands."""
    notes = page.rows(cop.data.read("territory_notes", place.data))
    return words.show("cover", "names", [r for r in notes if r.iso3 in members and r.listed])


def _desk(place):
    """Say from where a notebook that follows its country alone reads, and where it writes."""
    return words.show("cover", "desk", place, places.is_desk(place.tables))
