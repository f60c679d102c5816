"""Stage 2, stakeholder mapping: who is active, in which role, with whom, and where nobody is."""

import pandas as pd

from helpers import charts, contract, page, sources

CATEGORIES = {
    "government": "Government bodies",
    "industry": "Industry",
    "ngo": "NGOs",
    "parents": "Parents",
    "children": "Children",
    "international": "International organisations",
    "education": "Educational institutions",
}
ROLES = [
    "policy",
    "regulation",
    "law enforcement",
    "education",
    "awareness",
    "hotline",
    "helpline",
    "victim support",
    "technical",
    "research",
    "funding",
]


def read(place):
    """Give the verified organisations; `active` is yes where a source shows activity, else unknown."""
    return contract.read("stakeholders", place.data, place.iso3).query("verified == 'yes'").drop(columns="verified")


def chosen(place, category=None, role=None):
    """Give the verified organisations of one category and one main role; None is any."""
    frame = read(place)
    for column, value in {"category": category, "role": role}.items():
        frame = frame if value is None else frame[frame[column] == value]
    return frame.assign(category=frame.category.map(CATEGORIES)).reset_index(drop=True)


def by_category(place):
    """Give the seven categories, empty ones included: verified organisations, those active, those unverified."""
    everyone, frame = contract.read("stakeholders", place.data, place.iso3), read(place)
    counts = {
        "organisations": frame.category.value_counts(),
        "active": frame[frame.active == "yes"].category.value_counts(),
        "unverified": everyone[everyone.verified == "no"].category.value_counts(),
    }
    return pd.DataFrame(counts).reindex(CATEGORIES).fillna(0).astype(int).rename_axis("category").reset_index()


def by_role(place):
    """Give how many verified organisations each category has in each role, zeros included: category, role, organisations."""
    frame = read(place)
    counts = pd.crosstab(frame.category, frame.role).reindex(index=CATEGORIES, columns=ROLES, fill_value=0)
    return counts.rename_axis("category").reset_index().melt("category", var_name="role", value_name="organisations")


def active(place):
    """Give the number of verified organisations of which a source shows activity."""
    return int(by_category(place).active.sum())


def published_2020(place):
    """Give the number of active organisations in the published Table 25, or None where it has none."""
    table = contract.read("table_25_2020", place.data)
    cell = table[(table.iso3 == place.iso3) & (table.row == "active_organisations")].value
    return int(cell.iloc[0]) if len(cell) else None


def empty_roles(place):
    """Give the roles in which no verified organisation was found."""
    return [role for role, n in by_role(place).groupby("role", sort=False).organisations.sum().items() if n == 0]


def links(place, category=None, role=None):
    """Give the recorded partnerships between organisations, with their names: a, b, link, evidence_id.

    With `category` or `role`, those in which at least one side is of it.
    """
    names = contract.read("stakeholders", place.data, place.iso3).set_index("stakeholder_id").name
    frame = contract.read("partnerships", place.data, place.iso3)
    if category or role:
        meant = chosen(place, category, role).stakeholder_id
        frame = frame[frame.stakeholder_id.isin(meant) | frame.partner_id.isin(meant)]
    return frame.assign(a=frame.stakeholder_id.map(names), b=frame.partner_id.map(names))


def bottom_line(place):
    """Say how many organisations were found, how many are active and which categories have none."""
    frame = by_category(place)
    none = [CATEGORIES[c].lower() for c in frame.category[frame.organisations == 0]]
    return page.say(
        "{} are recorded in {}, {} of them with activity that a source shows. {}",
        page.count(int(frame.organisations.sum()), "verified organisation"),
        place.name,
        active(place),
        f"None was found among {page.listed(none)}." if none else "All seven categories are represented.",
        kind="bottom-line",
    )


def about_2020(place):
    """Say how the number of active organisations stands beside the one published in 2020."""
    then = published_2020(place)
    if then is None:
        return page.say("The published study of 2020 has no number for {}.", place.name)
    return page.say(
        "The study of 2020 counted {} active organisations; this register holds {}. The rule of the earlier "
        "count was not published, so the two numbers stand side by side and do not measure a change.",
        then,
        active(place),
    )


def about_gaps(place):
    """Say which roles nobody was found in: an absence from the register, not from the country."""
    none = empty_roles(place)
    return (
        page.say(
            "No organisation was found in the role of {}. This is what public sources show; a mapping form may "
            "bring others to light.",
            page.listed(none),
        )
        if none
        else page.say("Every role has at least one organisation.")
    )


def matrix(place):
    """Show the categories by role; an empty cell says so."""
    frame = by_role(place).pivot(index="category", columns="role", values="organisations").loc[list(CATEGORIES), ROLES]
    shown = frame.map(lambda n: str(n) if n else page.Shown('<span class="missing">none</span>')).reset_index()
    return page.table(
        shown.assign(category=shown.category.map(CATEGORIES)),
        "Verified organisations by category and main role",
        {"category": "Category", **{r: r.capitalize() for r in ROLES}},
        kind="matrix",
    )


def organisation_table(place):
    """Show every verified organisation with role, what it does, whether a source shows activity, and the source."""
    frame = read(place).sort_values(
        ["category", "name"], key=lambda s: s.map(list(CATEGORIES).index) if s.name == "category" else s
    )
    frame = frame.assign(
        anchor=frame.stakeholder_id,
        id=frame.stakeholder_id.str[4:],
        category=frame.category.map(CATEGORIES),
        name=[_named(r) for r in frame.itertuples()],
        source=frame.source_id.map(lambda s: sources.refs(s, place)),
        active=frame.active.map({"yes": "yes", "no": "no", "unknown": "not shown"}),
    )
    return page.table(
        frame,
        "Organisations",
        {
            "id": "No.",
            "name": "Organisation",
            "category": "Category",
            "role": "Main role",
            "description": "What it does",
            "active": "Activity shown by a source",
            "source": "Source",
        },
        kind="wide",
        anchor=f"{place.iso3}-organisations",
    )


def category_chart(place):
    """Draw active organisations by category; says so where there is none."""
    frame = by_category(place)
    if not frame.active.sum():
        return page.say(
            "No organisation with activity that a source shows is recorded yet, so nothing is drawn.", kind="none"
        )
    most = frame.sort_values("active", ascending=False).iloc[0]
    return charts.bars(
        frame.assign(label=frame.category.map(CATEGORIES), value=frame.active)[["label", "value"]],
        f"{CATEGORIES[most.category]} are the largest group of active organisations in {place.name} "
        f"({most.active} of {frame.active.sum()})",
        f"Bar chart of active organisations by category in {place.name}: "
        + ", ".join(f"{CATEGORIES[r.category].lower()} {r.active}" for r in frame.itertuples()),
        f"register of stakeholders, edition {place.edition}",
        "active organisations",
    )


def network(place, category=None, role=None):
    """Draw the recorded partnerships, of one category or role where it is named; says so where none is recorded."""
    frame, of = links(place, category, role), " of this choice" if category or role else ""
    if frame.empty:
        return page.say(
            "No link between two organisations{} is recorded in the evidence, so no network is drawn.", of, kind="none"
        )
    degree = pd.concat([frame.a, frame.b]).value_counts()
    return charts.network(
        frame[["a", "b"]],
        f"{degree.index[0]} has the most recorded partners{of} in {place.name} ({degree.iloc[0]})",
        f"Network of {len(degree)} organisations and {len(frame)} recorded links in {place.name}; every "
        f"link is listed in the data of this figure",
        f"register of partnerships, edition {place.edition}",
    )


def link_table(place):
    """Show each recorded link and what it stands on."""
    frame = links(place)
    return page.table(
        frame.assign(on=frame.evidence_id.map(lambda e: sources.refs(e, place))),
        "Recorded partnerships",
        {"a": "Organisation", "b": "Partner", "link": "What links them", "on": "Stands on"},
    )


def _named(row):
    local = row.name_local if row.name_local and row.name_local != row.name else ""
    return page.Shown("{}{}").format(
        row.name, page.Shown('<br><span class="local">{}</span>').format(local) if local else ""
    )
