"""Select the country or region of a notebook, read its tables, and render cover and imprint."""

import pandas as pd

import cop.data
from cop.data import places
from cop.data.checks import editions as sign_offs
from cop.data.places import Country, Region
from cop.report import formats, languages, words
from cop.report.filenames import of_stage
from cop.report.page import Html


def find(iso3: str, data: str, tables: str, edition: str, language: str = "") -> Country:
    """Return a country in one edition, and select the language of its page.

    `data` and `tables`, the folder of saved tables, are relative to notebooks/. If `tables` belongs
    to another country, because a user changed `iso3` in the notebook, data folder and edition are
    adapted (see `places.follow`), and tables are saved in the country's folder `desk`. `language`
    is a tag (default: no change). Raises LookupError if the country or edition is unknown,
    UserError if the language or editions.csv is invalid, FileNotFoundError if the file is missing.
    """
    place = economy(iso3, data, tables, str(edition), language)
    if iso3 not in cop.data.countries(place.data):
        raise FileNotFoundError(f"{place.name} has no assessment; run `cop new {iso3}`")
    editions = read_table("editions", place).edition.tolist()
    if place.edition not in editions:
        there = ", ".join(editions) or "none (add a row to editions.csv)"
        raise LookupError(f"unknown edition {edition!r} of {iso3}; available: {there}")
    _remember_own_names(place)
    return place


def economy(
    iso3: str, data: str, tables: str = "", edition: str = "", language: str = ""
) -> Country:
    """Return any country or economy in countries.csv, and select the language of its page.

    The arguments are those of `find`, but `edition` is not checked and may be empty. Raises
    LookupError if the country is unknown, and UserError if the language is unknown.
    """
    languages.use(language or languages.current())
    data, tables = places.from_root(data), places.from_root(tables)
    data, tables, edition = places.follow(iso3, data, tables, edition)
    name = names(data).get(iso3)
    if name is None:
        raise LookupError(cop.data.no_country(iso3, data))
    return Country(iso3, name, data, tables, edition, _translated(name, data))


def region(
    group: str,
    data: str,
    outputs: str,
    tables: str,
    edition: str,
    left_out: str = "",
    language: str = "",
) -> Region:
    """Return a group in groups.csv as a region with its member countries.

    `outputs` contains the results of the countries, `tables` those of the group. `left_out` lists
    the ISO3 codes of members that are not assessed, separated by spaces. Raises LookupError if the
    group is unknown, or if `tables` belongs to another group or to a country and is not a folder
    `desk`, and UserError if the language is unknown. The parameter `edition` is not checked.
    """
    languages.use(language or languages.current())
    data, outputs, tables = map(places.from_root, (data, outputs, tables))
    groups = cop.data.read("groups", data)
    if (other := places.other_place(tables, group)) and not places.is_desk(tables):
        fix = f"set `tables` to {outputs}/{group}/desk, and `data` to the data folder of {group}"
        raise LookupError(f"{tables} belongs to {other}, not to {group}: {fix}")
    rows = groups[groups.group_id == group]
    if rows.empty:
        there = ", ".join(groups.group_id.unique())
        raise LookupError(f"unknown group {group!r}; available in groups.csv: {there}")
    out = tuple(iso3 for iso3 in rows.iso3 if iso3 in left_out.split())
    title = rows.title.iloc[0]
    where = data, outputs, tables, str(edition)
    return Region(group, title, tuple(rows.iso3), out, *where, _translated(title, data))


def comparison_region(place: Country) -> tuple[str, list[str]]:
    """Return the translated name and the ISO3 codes of a country's comparison region.

    The region is the first group in groups.csv that includes the country, with the role `study` if
    possible, otherwise `region`. Without such a group, the region is the subregion in
    countries.csv or, if this is empty, the country alone. The codes include the country itself.
    """
    groups = read_table("groups", place)
    holding = groups[(groups.iso3 == place.iso3) & (groups.role != "grouping")]
    if len(holding):
        first = holding.loc[(holding.role == "study").idxmax()]
        members = groups.iso3[groups.group_id == first.group_id]
        return languages.translate(first.title), members.tolist()
    regions = read_table("countries", place).set_index("iso3").un_subregion
    subregion = regions.get(place.iso3)
    if not subregion:
        return place.titled, [place.iso3]
    name = words.render_text("cover", "subregion", subregion)
    return name, regions.index[regions == subregion].tolist()


def neighbours(place: Country) -> list[str]:
    """Return the ISO3 codes of countries in the comparison region, including `place` itself."""
    return comparison_region(place)[1]


def read_table(name: str, place: Country | Region) -> pd.DataFrame:
    """Read a country's rows of a table or, for a region, all rows (see `cop.data.read`)."""
    return cop.data.read(name, place.data, getattr(place, "iso3", None))


def labels(table: str, column: str, place: Country | Region) -> dict[str, str]:
    """Return {code: label} of a column with categories, in the language of the page."""
    return words.labels(table, column, place.data)


def names(data: str) -> dict[str, str]:
    """Return {ISO3: English name} of all countries and economies in countries.csv."""
    return cop.data.read("countries", data).set_index("iso3").name_en.to_dict()


def bodies(place: Country) -> dict[str, str]:
    """Return {stakeholder_id: name} of all organisations in the register, verified or not."""
    return read_table("stakeholders", place).set_index("stakeholder_id")["name"].to_dict()


def verified(name: str, place: Country) -> pd.DataFrame:
    """Return the verified rows of a table that has a column `verified`, without this column."""
    frame = read_table(name, place)
    return frame[frame.verified == "yes"].drop(columns="verified").reset_index(drop=True)


def edition(place: Country) -> tuple:
    """Return the row of `place.edition` as a named tuple; `last_year` defaults to the edition."""
    rows = read_table("editions", place).fillna({"last_year": int(place.edition)})
    return next(rows[rows.edition == place.edition].itertuples())


def cover(place: Country | Region, title: str = "") -> Html:
    """Render the cover of a page, with date, status and notes on the names of territories.

    `title` is the title of an annex. A country without an edition has the cover of a desk baseline,
    dated by the last access to a data set. In interactive work, a note names the folders in use.
    """
    synthetic, members = cop.data.synthetic(place.data), [getattr(place, "iso3", "")]
    if isinstance(place, Region):
        members, english = place.assessed, names(place.data)
        groups = (
            sorted((languages.translate(english[iso3]) for iso3 in group), key=formats.sort_key)
            for group in (place.assessed, place.left_out)
        )
        shown = words.render("cover", "region", place, *groups, _editions(place), synthetic)
    elif not place.edition:  # a baseline is dated by its latest data set
        cut_off = read_table("statistics_sources", place).accessed.max()
        shown = words.render("cover", "baseline", place, cut_off, synthetic)
    else:
        row = edition(place)
        status = labels("editions", "status", place)[row.status]
        signed = read_table("sign_offs", place)
        changed = len(signed) and sign_offs.changed_after_sign_off(place.edition, place)
        shown = words.render("cover", "country", place, row, status, title, synthetic, changed)
    notes = read_table("territory_notes", place)
    notes = list(notes[(notes.listed != "") & notes.iso3.isin(members)].itertuples())
    by_hand = words.render("cover", "desk", place, places.is_desk(place.tables))
    return shown + words.render("cover", "names", notes) + by_hand


def imprint(place: Country | Region) -> Html:
    """Render the suggested citation, the licence and the corrections of a page.

    A country must have an edition. For a region, the edition with the latest cut-off is cited.
    """
    cop.data.files(place.data, "datapackage.json")
    regional = isinstance(place, Region)
    row = _editions(place).sort_values("cut_off").iloc[-1] if regional else edition(place)
    status = labels("editions", "status", place)[row.status].lower()
    corrections = read_table("corrections", place)
    corrections = corrections[corrections.iso3 == ("" if regional else place.iso3)]
    about = place, place.titled, row.cut_off, status, corrections, cop.data.contents(place.data)
    return words.render("cover", "imprint", *about)


def further(place: Country | Region) -> Html:
    """Render links to the annexes, if `place` is a country, and to the pages of the site."""
    stages = sorted(path.stem for path in words.FOLDER.glob("[1-5]-*.j2"))
    iso3 = getattr(place, "iso3", "")
    annexes = {of_stage(stage, iso3): stage for stage in stages if iso3}
    return words.render("cover", "further", annexes)


def _editions(region):
    frame = pd.concat(cop.data.read("editions", region.data, iso3) for iso3 in region.assessed)
    return frame.query("edition == @region.edition")


def _remember_own_names(place):
    if not languages.translated():
        return
    country = cop.data.row("countries", place.data, "iso3", place.iso3)
    if languages.current() in formats.catalogues_of(cop.data.split(country["languages"])):
        rows = pd.concat(read_table(table, place) for table in ("stakeholders", "services"))
        languages.remember(formats.local_names(rows[["name", "name_local"]].to_numpy()))


def _translated(name, data):
    if not languages.translated():
        return ""
    formats.remember_countries(cop.data.read("countries", data).to_dict("records"))
    return languages.translate(name)
