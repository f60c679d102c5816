"""Stage 4, ICT statistics: the latest figures, their trend, and the region beside them.

A regional figure is a median with range and number of countries with data, each at its own latest year;
countries are never ranked.
"""

from functools import lru_cache

import pandas as pd

import contract
from contract import vintages
from helpers import countries
from report import charts, citations, page

# The figures of the chapter, in the order of the page, with short names for charts.
FIGURES = {
    "IT.NET.USER.ZS": "People using the internet",
    "ITU.xHH6": "Households with internet",
    "ITU.i992b": "Fixed broadband subscriptions",
    "ITU.i911mw": "Mobile broadband subscriptions",
    "IT.CEL.SETS.P2": "Mobile phone subscriptions",
    "ITU.i271GA": "Covered by 4G",
    "ITU.i271G5": "Covered by 5G",
    "ITU.i154_FBB5_GNI": "Price of fixed broadband",
    "ITU.i271mb_5GB_GNI": "Price of mobile data",
    "WPP.POP.0014": "Children aged 0 to 14",
    "WPP.POP.0014.ZS": "Children aged 0 to 14, share",
    "SE_ACS_INTNT.PRI": "Primary schools online",
    "SE_ACS_INTNT.LSEC": "Lower secondary schools online",
    "SE_ACS_INTNT.USEC": "Upper secondary schools online",
    "NCMEC.REPORTS": "CyberTipline reports",
}
COUNTS = ["persons", "reports per year"]  # units of which there are no parts
NONE = page.Shown(
    '<span class="missing">none</span>'
)  # the year and source of a value that is missing
PRICES = ["ITU.i154_FBB5_GNI", "ITU.i154_FBB5_USD", "ITU.i271mb_5GB_GNI", "ITU.i271mb_5GB_USD"]
SHARES = ["IT.NET.USER.ZS", "ITU.xHH6", "ITU.i271GA", "ITU.i271G5", "SE_ACS_INTNT.PRI"]


def read(place, codes=tuple(FIGURES)):
    """Give the values of the region's countries, with name and unit of each indicator."""
    tables = ("indicators", "vintages", "groups", "countries", "indicator_catalogue")
    changed = (
        *(contract.stamp(name, place.data) for name in tables),
        contract.stamp("editions", place.data, place.iso3),
    )
    frame = _of_region(place, changed)
    return frame[frame.indicator_code.isin(codes)].reset_index(drop=True)


def latest(frame):
    """Give each country's latest value of each indicator."""
    return frame.sort_values("year").groupby(["indicator_code", "iso3"], as_index=False).last()


def key_figures(place):
    """Give the chapter's indicators at the country's latest year beside the region; NA where there is no value."""
    newest = latest(read(place))
    region = newest.groupby("indicator_code").agg(
        median=("value", "median"),
        lowest=("value", "min"),
        highest=("value", "max"),
        n=("iso3", "nunique"),
        first_year=("year", "min"),
        last_year=("year", "max"),
    )
    own = newest[newest.iso3 == place.iso3].set_index("indicator_code")[
        ["year", "value", "source_id"]
    ]
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code")[
        ["name", "unit"]
    ]
    out = (
        pd.DataFrame(index=pd.Index(FIGURES, name="indicator_code"))
        .join([known, own, region])
        .reset_index()
    )
    return out.assign(source_id=out.source_id.fillna(""), n=out.n.fillna(0).astype(int))


def over_years(place, code, since=2005, beside=()):
    """Give one indicator by year: the country's series, and the median where at least half the region has a value.

    `beside` names other countries by ISO3, in any region, whose series follow. A country alone has no median.
    """
    frame = read(place, (code,)).query("year >= @since")
    own = frame[frame.iso3 == place.iso3].assign(series=place.name)[["year", "series", "value"]]
    by_year = frame.groupby("year").value.agg(["median", "size"])
    half = (
        by_year[by_year["size"] * 2 >= len(_members(place))]["median"].rename("value").reset_index()
    )
    several = len(half) > 1 and len(_members(place)) > 1
    median = [half.assign(series="Regional median")] if several else []
    return pd.concat([own.sort_values("year"), *median, *_of_others(place, code, since, beside)])


def of_all(place, code):
    """Give every economy's latest value of one indicator: iso3, country, year, value, unit; those without are left out."""
    frame = vintages.indicators(place)
    newest = latest(frame[frame.indicator_code == code])
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code").unit
    out = newest.assign(country=newest.iso3.map(countries.names(place.data)), unit=known[code])
    return out[["iso3", "country", "year", "value", "unit"]].sort_values(
        "country", ignore_index=True
    )


def titles(data):
    """Give the name of every indicator of the catalogue by its code, those of the chapter first."""
    known = contract.read("indicator_catalogue", data).set_index("indicator_code").name.to_dict()
    return {
        **{code: title for code, title in FIGURES.items() if code in known},
        **_without(known, FIGURES),
    }


def bottom_line(place):
    """Say the four figures a reader asks for first, each with its year."""
    frame = key_figures(place).set_index("indicator_code")
    users, children, reports = (
        frame.loc[c] for c in ("IT.NET.USER.ZS", "WPP.POP.0014", "NCMEC.REPORTS")
    )
    parts = [
        f"{page.number(users.value)}% of people used the internet ({users.year})"
        if pd.notna(users.value)
        else None,
        f"{page.count(int(children.value), 'child was', 'children were')} under 15 ({children.year})"
        if pd.notna(children.value)
        else None,
        f"{page.count(int(reports.value), 'report')} to the CyberTipline of NCMEC {'was' if reports.value == 1 else 'were'} "
        f"resolved to the country ({reports.year}), which counts reports and not offences or victims"
        if pd.notna(reports.value)
        else None,
    ]
    known = [p for p in parts if p]
    return page.say(
        "In {}, {}.",
        place.called,
        page.listed(known) if known else "none of the leading figures is available",
        kind="bottom-line",
    )


def figure_table(place):
    """Show the figures with year, source and the region's median, range and number of countries."""
    frame = key_figures(place)
    shown = frame.assign(
        now=[_valued(r) for r in frame.itertuples()],
        year=frame.year.map(lambda y: NONE if pd.isna(y) else str(int(y))),
        region=[_region(r) for r in frame.itertuples()],
        years=[_years(r) for r in frame.itertuples()],
        source=frame.source_id.map(lambda s: citations.data_ref(s, place) or NONE),
    )
    return page.table(
        shown,
        f"ICT statistics of {place.called} and the region",
        {
            "name": "Indicator",
            "unit": "Unit",
            "now": place.name,
            "year": "Year",
            "region": "Region: median (range; countries)",
            "years": "Years",
            "source": "Source",
        },
        f"Region: {countries.beside(place)[0]}. The regional figure takes each country at its own latest year.",
        kind="wide",
    )


def about_missing(place):
    """Say which of the chapter's figures have no value for the country: missing, not zero."""
    frame = key_figures(place)
    none = [FIGURES[c] for c in frame.indicator_code[frame.value.isna()]]
    return (
        page.say(
            "No value was found for: {}. That is a gap in the sources, not a zero.",
            page.listed(map(page.inside, none)),
        )
        if none
        else page.say("Every figure of the chapter has a value.")
    )


def range_chart(place):
    """Draw where the country lies in the region's range, for the figures that are shares of a whole."""
    frame = (
        key_figures(place)
        .set_index("indicator_code")
        .loc[SHARES]
        .dropna(subset=["value"])
        .reset_index()
    )
    if frame.empty:
        return page.say("None of these figures has a value for {}.", place.called, kind="none")
    users = frame.iloc[0]
    return charts.ranges(
        frame.assign(label=frame.indicator_code.map(FIGURES))[
            ["label", "value", "lowest", "median", "highest"]
        ],
        f"{FIGURES[users.indicator_code]}: {users.value:.1f}% in {place.called} ({users.year}); regional median {users['median']:.1f}%",
        f"Range chart for {place.called}. "
        + "; ".join(
            f"{FIGURES[r.indicator_code]} {r.value:.1f}% in {r.year} (region {r.lowest:.1f} to {r.highest:.1f}, "
            f"median {r['median']:.1f}, {r.n} countries)"
            for _, r in frame.iterrows()
        ),
        _sources(place, frame.source_id),
    )


def trend_chart(place, code, beside=()):
    """Draw one indicator over the years with the regional median beside it, and other countries where they are named."""
    frame, about = over_years(place, code, beside=beside), _about(place, code)
    own = frame[frame.series == place.name]
    if len(own) < 2:
        return page.say(
            "{}: fewer than two years with a value, so no line is drawn.", about.title, kind="none"
        )
    first, last = own.iloc[0], own.iloc[-1]
    name = f"{about.title} ({about.unit})"
    return charts.trend(
        frame,
        f"{name}: {page.number(first.value)} in {first.year}, {page.number(last.value)} in {last.year}",
        f"Line chart of {page.inside(name)} in {place.called} from {first.year} ({page.number(first.value)}) to "
        f"{last.year} ({page.number(last.value)}), {len(own)} years with a value{_other_lines(frame, place)}",
        _sources(place, about.source_ids),
        about.unit,
    )


def source_list(place, full=False, others=()):
    """Show the data sets behind the figures, and `others`; with `full`, the file read, its licence and what to know."""
    return citations.of_statistics(
        place, {*key_figures(place).source_id, *_used_elsewhere(place), *others} - {""}, full
    )


@lru_cache(maxsize=8)
def _of_region(place, changed):
    """Give all values of the region's countries, kept until a table changes: each chart asks for some of them."""
    frame = vintages.indicators(place)
    frame = frame[frame.iso3.isin(_members(place))]
    gap = frame.indicator_code.isin(PRICES) & (
        frame.value == 0
    )  # a price of nothing is a gap in the source
    return frame[~gap].merge(
        contract.read("indicator_catalogue", place.data).drop(columns="source_id"),
        on="indicator_code",
    )


def _of_others(place, code, since, beside):
    """Give the series of other countries, each under its name; one without a value gives no row."""
    if not beside:
        return
    frame, known = vintages.indicators(place), countries.names(place.data)
    frame = frame[(frame.indicator_code == code) & (frame.year >= since)].sort_values("year")
    for iso3 in dict.fromkeys(one for one in beside if one != place.iso3):
        yield frame[frame.iso3 == iso3].assign(series=known[iso3])[["year", "series", "value"]]


def _other_lines(frame, place):
    """Say which the other lines are; nothing where the country's is the only one."""
    others = [s for s in dict.fromkeys(frame.series) if s not in (place.name, "Regional median")]
    median = (
        "; the regional median is the second line" if "Regional median" in set(frame.series) else ""
    )
    return median + (f"; beside it {page.listed(others)}" if others else "")


def _about(place, code):
    """Give title, unit and sources of one indicator of the catalogue for the country; no source where it has no value."""
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code").loc[code]
    newest = latest(read(place, (code,)))
    used = list(newest[newest.iso3 == place.iso3].source_id)
    return pd.Series(
        {"title": FIGURES.get(code, known["name"]), "unit": known.unit, "source_ids": used}
    )


def _without(mapping, keys):
    return {key: value for key, value in mapping.items() if key not in keys}


def _members(place):
    return countries.neighbours(place)


def _used_elsewhere(place):
    gci, treaties = vintages.gci(place), contract.read("treaties", place.data)
    return {
        *gci[gci.iso3 == place.iso3].source_id,
        *treaties[(treaties.iso3 == place.iso3) & (treaties.verified == "yes")].source_id,
    }


def _sources(place, ids):
    return citations.titles(place, dict.fromkeys(i for i in ids if i))


def _valued(row):
    return counted(row.value, row.unit)


def _region(row):
    if not row.n:
        return page.MISSING
    middle, low, high = (counted(v, row.unit) for v in (row.median, row.lowest, row.highest))
    return f"{middle} ({low} to {high}; {row.n})"


def counted(value, unit):
    """Give a value as it is read; what is counted, persons or reports, has no decimals."""
    return page.number(round(value) if unit in COUNTS and pd.notna(value) else value)


def _years(row):
    if not row.n:
        return NONE
    return (
        str(row.first_year)
        if row.first_year == row.last_year
        else f"{row.first_year} to {row.last_year}"
    )
