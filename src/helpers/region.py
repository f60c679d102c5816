"""Stage 7, regional synthesis: all countries side by side, never ranked.

It reads only what the countries' stages handed on, so a country whose run failed is named as left out.
"""

import re

import pandas as pd

import contract
from helpers import countries
from helpers.alignment import POLICY
from helpers.assessment import ROWS
from helpers.indicators import names as short_names
from report import citations, page

COMPARED = [
    "IT.NET.USER.ZS",
    "ITU.xHH6",
    "ITU.i992b",
    "ITU.i911mw",
    "ITU.i271GA",
    "ITU.i154_FBB5_GNI",
    "WPP.POP.0014.ZS",
    "NCMEC.REPORTS",
]


def gather(region, name):
    """Give one handed-on table of all countries that take part."""
    parts = [
        contract.handed_on(name, region, f"{region.outputs}/{iso3}/tables")
        for iso3 in region.assessed
    ]
    return pd.concat(parts, ignore_index=True)


def names(region):
    """Give the members' English names by ISO3, in the region's order."""
    known = countries.names(region.data)
    return {iso3: known[iso3] for iso3 in region.members}


def table_25(region):
    """Give Table 25, cell by cell: the published value, today's, as of when, why they differ."""
    then = contract.read("table_25_2020", region.data)
    now = gather(region, "table_25_today").drop(columns=["published_2020", "label", "detail"])
    grid = pd.MultiIndex.from_product([ROWS, region.members], names=["row", "iso3"]).to_frame(
        index=False
    )
    out = grid.merge(
        then.rename(columns={"value": "published_2020"})[["iso3", "row", "published_2020"]],
        on=["iso3", "row"],
        how="left",
    )
    out = out.merge(now.astype(str), on=["iso3", "row"], how="left").assign(
        label=lambda f: f.row.map(ROWS)
    )
    left = {
        "value": "left out of this run",
        "as_of": "not run",
        "difference": "",
        "refs": "",
        "published_2020": "not in the table",
    }
    return out.fillna(left)


def shown(region):
    """Give the members with a column of their own: those that take part, and those of the table of 2020."""
    published = set(contract.read("table_25_2020", region.data).iso3)
    return [m for m in region.members if m in region.assessed or m in published]


def bottom_line(region):
    """Say how the rows of the table stand today beside 2020, and what limits the comparison."""
    frame = table_25(region).query("value != 'left out of this run'").set_index("row")
    now = {
        "lanzarote": ["party"],
        "weprotect": ["member"],
        "national_strategy": ["in force", "adopted"],
        "national_agency": ["dedicated", "shared mandate"],
    }
    then = {row: int((frame.published_2020.loc[[row]] == "yes").sum()) for row in now}
    today = {row: int(frame.value.loc[[row]].isin(words).sum()) for row, words in now.items()}
    return page.say(
        "Of {n} countries, {l} are party to the Lanzarote Convention ({l0} in 2020) and {w} are members of the WeProtect Global Alliance "
        "({w0} in 2020). A national strategy for child online protection is in force or adopted in {s} by the evidence found; the table of 2020 said yes for {s0}. "
        "A dedicated agency or a shared mandate is on record in {a}; the table of 2020 said yes for {a0}. The table of 2020 did not publish its rules, so a different cell is not in itself a change.",
        n=len(region.assessed),
        l=today["lanzarote"],
        l0=then["lanzarote"],
        w=today["weprotect"],
        w0=then["weprotect"],
        s=today["national_strategy"],
        s0=then["national_strategy"],
        a=today["national_agency"],
        a0=then["national_agency"],
        kind="bottom-line",
    )


def published_table(region):
    """Show Table 25 as published in 2020."""
    wide = (
        table_25(region)
        .pivot(index="row", columns="iso3", values="published_2020")
        .loc[list(ROWS), shown(region)]
        .reset_index()
    )
    return page.table(
        wide.assign(row=wide.row.map(ROWS)),
        "Table 25 as published in 2020",
        {"row": "Row", **{m: names(region)[m] for m in shown(region)}},
        kind="matrix",
    )


def today_table(region):
    """Show Table 25 rebuilt from today's data, each cell with its date and source."""
    frame = table_25(region)
    frame["cell"] = [
        page.Shown('{}<br><span class="local">{}</span> {}').format(
            r.value, r.as_of, _refs(r.refs, region)
        )
        for r in frame.itertuples()
    ]
    wide = (
        frame.pivot(index="row", columns="iso3", values="cell")
        .loc[list(ROWS), shown(region)]
        .reset_index()
    )
    return page.table(
        wide.assign(row=wide.row.map(ROWS)),
        "Table 25 rebuilt from today's data: value, as-of date, source",
        {"row": "Row", **{m: names(region)[m] for m in shown(region)}},
        "“not in place” needs a source that says so; “no public evidence” means that none was found.",
        kind="matrix",
    )


def difference_table(region):
    """Show, cell by cell, the published value, today's, and why they differ."""
    frame = table_25(region).query("iso3 in @members", local_dict={"members": shown(region)})
    frame = frame.assign(country=frame.iso3.map(names(region)))
    return page.table(
        frame.assign(
            on=[_refs(r, region) for r in frame.refs],
            difference=[_linked(d, region) for d in frame.difference],
        ),
        "Table 25 cell by cell",
        {
            "label": "Row",
            "country": "Country",
            "published_2020": "2020",
            "value": "Today",
            "as_of": "As of",
            "difference": "Explained",
            "on": "Source",
        },
        kind="wide",
    )


def indicators(region):
    """Give the compared indicators by country, in the region's order; NA where a country has no value."""
    frame = gather(region, "key_figures").query("indicator_code in @COMPARED")
    frame = frame.assign(order=frame.iso3.map(list(region.members).index)).sort_values(
        "order", kind="stable"
    )
    return frame[["iso3", "indicator_code", "name", "unit", "year", "value", "source_id"]]


def indicator_table(region):
    """Show the indicators side by side, each with its year, beside median and range; no ranks."""
    frame = indicators(region)
    frame["cell"] = [
        page.MISSING
        if pd.isna(r.value)
        else page.Shown('{}<br><span class="local">{}</span>').format(
            page.number(r.value), int(r.year)
        )
        for r in frame.itertuples()
    ]
    wide = (
        frame.pivot(index="indicator_code", columns="iso3", values="cell")
        .loc[COMPARED, region.assessed]
        .reset_index()
    )
    about = frame.groupby("indicator_code").agg(
        name=("name", "first"),
        unit=("unit", "first"),
        middle=("value", "median"),
        low=("value", "min"),
        high=("value", "max"),
        n=("value", "count"),
        source=("source_id", lambda s: next((x for x in s if x), "")),
    )
    wide = wide.join(about, on="indicator_code")
    short = short_names(region.data)
    wide["name"] = [f"{short[r.indicator_code]} ({r.unit})" for r in wide.itertuples()]
    wide["region"] = [
        f"{page.number(r.middle)} ({page.number(r.low)} to {page.number(r.high)}; {r.n})"
        for r in wide.itertuples()
    ]
    return page.table(
        wide.assign(source=wide.source.map(lambda s: citations.data_ref(s, region))),
        "Indicators side by side",
        {
            "name": "Indicator",
            **{m: names(region)[m] for m in region.assessed},
            "region": "Median (range; countries)",
            "source": "Source",
        },
        kind="matrix",
    )


def heat_map(region):
    """Show the policy-makers' areas by country: in each cell sign, word and count of the items."""
    frame = _of_policy_makers(region, "alignment_by_area")
    frame["cell"] = [
        _mix(r._asdict())
        for r in frame.rename(columns=lambda c: c.replace(" ", "_")).itertuples(index=False)
    ]
    order = list(dict.fromkeys(frame.area))
    wide = (
        frame.pivot(index="area", columns="iso3", values="cell")
        .loc[order, region.assessed]
        .reset_index()
    )
    return page.table(
        wide,
        "Alignment with the guidelines for policy-makers, by area and country",
        {"area": "Area", **{m: names(region)[m] for m in region.assessed}},
        "Each cell shows the word that most items of the area have (the lower one where two tie) and how many of the area's items have it.",
        kind="matrix heat",
    )


def themes(region):
    """Give the themes of the primary challenges: in how many countries, and which."""
    frame = gather(region, "recommendations").drop_duplicates(["iso3", "theme"])
    out = frame.groupby("theme").agg(
        countries=("iso3", "size"),
        named=("iso3", lambda s: "; ".join(m for m in region.members if m in set(s))),
    )
    return out.reset_index().sort_values(
        ["countries", "theme"], ascending=[False, True], ignore_index=True
    )


def challenge_table(region):
    """Show the challenges by theme, those common to most first, in the words of each country."""
    frame, order = gather(region, "recommendations"), list(themes(region).theme)
    frame = frame.assign(
        country=frame.iso3.map(names(region)),
        place=frame.theme.map(order.index),
        seat=frame.iso3.map(list(region.members).index),
    )
    return page.table(
        frame.sort_values(["place", "seat"]).assign(theme=frame.theme.str.capitalize()),
        "Primary challenges by theme",
        {
            "theme": "Theme",
            "country": "Country",
            "challenge": "Challenge",
            "improvement": "Suggested improvement",
        },
        kind="wide",
    )


def about_themes(region):
    """Say which challenges are common to all and which to some."""
    frame, n = themes(region), len(region.assessed)
    every, some = frame[frame.countries == n].theme, frame[frame.countries < n]
    text = (
        f"Common to all {n} countries: {page.listed(every)}. "
        if len(every)
        else f"No theme is named by all {n} countries. "
    )
    return page.say(
        "{}",
        text
        + "; ".join(f"{r.theme}: {r.countries} of {n}" for r in some.itertuples()).capitalize()
        + ("." if len(some) else ""),
    )


def conclusions(region):
    """Give the main conclusions, each counted from the tables above."""
    judged, n = table_25(region).set_index("row").value, len(region.assessed)
    strategy = int(judged[["national_strategy"]].isin(["in force", "adopted"]).sum())
    agency = int(judged[["national_agency"]].isin(["dedicated", "shared mandate"]).sum())
    said = "No stakeholder forms, surveys or interviews are part of this edition; every finding is open to correction."
    if len(field := gather(region, "outcome_rates")):
        said = f"Mapping forms came back from {page.count(field.iso3.nunique(), 'country', 'countries')}."
    return page.bullets(
        [
            *_on_items(region, n),
            f"A national strategy for child online protection is in force or adopted in {_of(strategy, n)}.",
            f"A dedicated agency or a shared mandate for child online protection is on record in {_of(agency, n)}.",
            said,
        ]
    )


def _on_items(region, n):
    """Give the sentences on the items most often in place and most often without evidence."""
    frame = _of_policy_makers(region, "alignment_by_item")
    counts = pd.crosstab(frame["item"], frame.status)
    if list(counts) == ["not assessed"]:
        yield "No item was assessed yet in any of the countries."
        return
    placed, silent = (
        counts.get(word, pd.Series(0, index=counts.index))
        for word in ("in place", "no public evidence")
    )
    strong, quiet = placed.index[placed == placed.max()], silent.index[silent * 2 >= n]
    if placed.max():
        yield f"Most often in place: {'; '.join(strong)} ({_of(placed.max(), n)})."
    else:
        yield "By the evidence found no item is in place in any of the countries."
    yield (
        f"On {len(quiet)} of {len(counts)} items at least half of the countries show no public evidence"
        f"{': ' + '; '.join(quiet) if len(quiet) else ''}. To publish what exists would be a first step."
    )


def _of(count, n):
    return f"{count if count else 'none'} of the {n} {'country' if n == 1 else 'countries'}"


def source_list(region):
    """Show the data sets behind the figures and the treaty rows."""
    cited = {
        one for cell in table_25(region).refs for one in contract.split(cell) if "-" not in one
    }
    return citations.of_statistics(region, (cited | {*indicators(region).source_id}) - {""})


def report_list(region):
    """Show the country reports that the cells come from."""
    return page.bullets(
        page.Shown('<a href="cop-assessment-{}.html">{}</a>').format(m, names(region)[m])
        for m in region.assessed
    )


def _of_policy_makers(region, name):
    frame = gather(region, name)
    return frame[frame.framework == POLICY]


def _refs(cell, region):
    """Link a country's evidence into its own report, a data set into the list below."""
    return page.join(
        page.Shown('<a class="ref" href="cop-assessment-{}.html#{}">[{}]</a>').format(
            one[:3], one, one.split("-", 1)[1]
        )
        if "-" in one
        else citations.data_ref(one, region)
        for one in contract.split(cell)
    )


def _linked(text, region):
    parts = re.split(r"\b([A-Z]{3}-[SELO]\d{2,3})\b", text or "Left out of this run.")
    return page.join((_refs(part, region) if i % 2 else part for i, part in enumerate(parts)), "")


def _mix(row):
    counts = {word: int(row[word.replace(" ", "_")]) for word in page.SIGNS}
    total, most = sum(counts.values()), max(counts.values())
    word = [w for w in reversed(page.SIGNS) if counts[w] == most][0]
    return page.Shown(
        '<span class="status {}"><span aria-hidden="true">{}</span> {}</span><br><span class="local">{} of {}</span>'
    ).format(word.replace(" ", "-"), page.SIGNS[word], word, most, total)
