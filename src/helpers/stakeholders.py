"""Stage 2, stakeholder mapping: who is active, in which role, with whom, and where nobody is."""

import pandas as pd

import contract
from report import charts, citations, page

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


STATES = {"active": "yes", "earlier": "earlier", "not shown": "not shown"}


def read(place):
    """Give the verified organisations of the register; `active` is yes where a source shows activity, else unknown or no."""
    return (
        contract.read("stakeholders", place.data, place.iso3)
        .query("verified == 'yes'")
        .drop(columns="verified")
    )


def returned(place):
    """Give the organisations that returned a form and agreed to be named: roles and latest activity as they say."""
    return contract.read("returned", place.data, place.iso3)


def everyone(place):
    """Give all organisations on record, of the register and of returned forms, each once: id, name, category, roles, state.

    The state is `active` with activity in the 24 months before the edition's cut-off, `earlier` with an older one, else
    `not shown`. A source without a date tells of the day it was read; of a year counts its last day.
    """
    desk, forms = read(place), returned(place)
    ours = desk.merge(
        forms[["stakeholder_id", "roles", "latest"]].query("stakeholder_id != ''"),
        on="stakeholder_id",
        how="left",
    )
    ours = ours.rename(columns={"stakeholder_id": "id"}).fillna({"roles": "", "latest": ""})
    ours["roles"] = [
        list(dict.fromkeys([r.role, *contract.split(r.roles)])) for r in ours.itertuples()
    ]
    ours["shown"] = (
        _day_of(desk, place)
        .reindex(ours.id)
        .where((ours.active == "yes").to_numpy(), "")
        .to_numpy()
    )
    new = forms[forms.stakeholder_id == ""].rename(columns={"returned_id": "id"})
    new = new.assign(roles=new.roles.map(contract.split), shown="")
    frame = pd.concat([ours, new], ignore_index=True)[
        ["id", "name", "category", "roles", "shown", "latest"]
    ]
    last, first = frame[["shown", "latest"]].max(axis=1), since(place)
    state = ["active" if day >= first else "earlier" if day else "not shown" for day in last]
    return frame.assign(state=state).drop(columns=["shown", "latest"])


def since(place):
    """Give the first day of the 24 months before the cut-off of this edition."""
    editions = contract.read("editions", place.data, place.iso3).set_index("edition")
    day = editions.cut_off[place.edition]
    return f"{int(day[:4]) - 2}{day[4:]}"


def chosen(place, category=None, role=None):
    """Give the verified organisations of one category and one main role; None is any."""
    frame = read(place)
    for column, value in {"category": category, "role": role}.items():
        frame = frame if value is None else frame[frame[column] == value]
    return frame.assign(category=frame.category.map(CATEGORIES)).reset_index(drop=True)


def by_category(place):
    """Give the seven categories, empty ones included: organisations, active, active earlier, forms returned, unverified."""
    register, frame = contract.read("stakeholders", place.data, place.iso3), everyone(place)
    counts = {
        "organisations": frame.category.value_counts(),
        "active": frame[frame.state == "active"].category.value_counts(),
        "earlier": frame[frame.state == "earlier"].category.value_counts(),
        "returned": returned(place).category.value_counts(),
        "unverified": register[register.verified == "no"].category.value_counts(),
    }
    return (
        pd.DataFrame(counts)
        .reindex(CATEGORIES)
        .fillna(0)
        .astype(int)
        .rename_axis("category")
        .reset_index()
    )


def by_role(place):
    """Give how many organisations each category has in each role, zeros included: category, role, organisations.

    In the register an organisation has its main role; a returned form can add others.
    """
    frame = everyone(place).explode("roles")
    counts = pd.crosstab(frame.category, frame.roles).reindex(
        index=CATEGORIES, columns=ROLES, fill_value=0
    )
    return (
        counts.rename_axis("category")
        .reset_index()
        .melt("category", var_name="role", value_name="organisations")
    )


def active(place):
    """Give the number of organisations that were active in the 24 months before the cut-off."""
    return int(by_category(place).active.sum())


def published_2020(place):
    """Give the number of active organisations in the published Table 25, or None where it has none."""
    table = contract.read("table_25_2020", place.data)
    cell = table[(table.iso3 == place.iso3) & (table.row == "active_organisations")].value
    return int(cell.iloc[0]) if len(cell) else None


def empty_roles(place):
    """Give the roles in which no organisation was found."""
    return [
        role
        for role, n in by_role(place).groupby("role", sort=False).organisations.sum().items()
        if n == 0
    ]


def links(place, category=None, role=None):
    """Give the links between organisations from evidence and forms, with names: one, other, a, b, link, evidence_id.

    A link that a form names has no evidence_id; one that both sides or the evidence name as well stands once.
    With `category` or `role`, those in which at least one side is of it.
    """
    names = {
        **contract.read("stakeholders", place.data, place.iso3)
        .set_index("stakeholder_id")
        .name.to_dict()
    }
    names |= returned(place).set_index("returned_id").name.to_dict()
    desk = contract.read("partnerships", place.data, place.iso3).rename(
        columns={"stakeholder_id": "one", "partner_id": "other"}
    )
    said = contract.read("returned_links", place.data, place.iso3)
    said = said.rename(columns={"organisation": "one", "partner": "other"}).assign(evidence_id="")
    frame = pd.concat([desk, said], ignore_index=True)
    pair = pd.Series(
        [tuple(sorted(p)) for p in zip(frame.one, frame.other, strict=True)],
        index=frame.index,
        dtype=object,
    )
    frame = frame[~pair.duplicated()].reset_index(drop=True)
    if category or role:
        meant = chosen(place, category, role).stakeholder_id
        frame = frame[frame.one.isin(meant) | frame.other.isin(meant)]
    return frame.assign(a=frame.one.map(names), b=frame.other.map(names))


def between_categories(place):
    """Give how many links join each two categories, zeros included, as a square frame."""
    category = everyone(place).set_index("id").category
    frame = links(place)
    ends = pd.concat(
        [frame[["one", "other"]], frame[["other", "one"]].set_axis(["one", "other"], axis=1)]
    )
    counts = pd.crosstab(ends.one.map(category), ends.other.map(category)).reindex(
        index=CATEGORIES, columns=CATEGORIES, fill_value=0
    )
    for c in CATEGORIES:
        counts.loc[c, c] //= 2  # seen from both ends
    return counts


def bottom_line(place):
    """Say how many organisations are on record, how many were active and which categories have none."""
    frame = by_category(place)
    none = [page.inside(CATEGORIES[c]) for c in frame.category[frame.organisations == 0]]
    return page.say(
        "{} {} on record in {}, {} of them active in the 24 months before {}. {}",
        page.count(int(frame.organisations.sum()), "organisation"),
        "is" if frame.organisations.sum() == 1 else "are",
        place.called,
        frame.active.sum(),
        _cut_off(place),
        f"None was found among {page.listed(none)}."
        if none
        else "All seven categories are represented.",
        kind="bottom-line",
    )


def about_activity(place):
    """Say of how many organisations activity is older or not shown, and how many answered a form."""
    frame = by_category(place).sum(numeric_only=True)
    return page.say(
        "Of {} the latest activity that a source shows is older, and of {} none is shown, which is not the same as inactive. {}",
        frame.earlier,
        frame.organisations - frame.active - frame.earlier,
        f"{page.count(frame.returned, 'organisation')} returned a mapping form and agreed to be named."
        if frame.returned
        else "No mapping form has been returned so far.",
    )


def about_2020(place):
    """Say how the number of active organisations stands beside the one published in 2020."""
    then = published_2020(place)
    if then is None:
        return page.say("The published study of 2020 has no number for {}.", place.called)
    return page.say(
        "The study of 2020 counted {} active organisations; this register holds {} that were active in the last 24 months. The rule of the earlier "
        "count was not published, so the two numbers stand side by side and do not measure a change.",
        then,
        active(place),
    )


def about_gaps(place):
    """Say which roles nobody was found in: an absence from the register, not from the country."""
    none = empty_roles(place)
    return (
        page.say(
            "No organisation was found in the role of {}. This is what public sources{} show; a mapping form may "
            "bring others to light.",
            page.listed(none),
            " and returned forms" if len(returned(place)) else "",
        )
        if none
        else page.say("Every role has at least one organisation.")
    )


def matrix(place):
    """Show the categories by role; an empty cell says so."""
    frame = (
        by_role(place)
        .pivot(index="category", columns="role", values="organisations")
        .loc[list(CATEGORIES), ROLES]
    )
    shown = frame.map(
        lambda n: str(n) if n else page.Shown('<span class="missing">none</span>')
    ).reset_index()
    return page.table(
        shown.assign(category=shown.category.map(CATEGORIES)),
        "Organisations by category and role",
        {"category": "Category", **{r: r.capitalize() for r in ROLES}},
        kind="matrix",
    )


def link_matrix(place):
    """Show how many links join each two categories; an empty cell says so."""
    frame = between_categories(place)
    if not frame.to_numpy().any():
        return page.silent("No link is recorded.")
    shown = frame.map(
        lambda n: str(n) if n else page.Shown('<span class="missing">none</span>')
    ).reset_index(names="category")
    return page.table(
        shown.assign(category=shown.category.map(CATEGORIES)),
        "Recorded links between categories",
        {"category": "Category", **CATEGORIES},
        "Each link is counted once in the row of either side.",
        kind="matrix",
    )


def returned_table(place):
    """Show the organisations that returned a form and agreed to be named, with what they say of themselves."""
    frame = returned(place)
    if frame.empty:
        return page.silent("No form was returned by an organisation that agreed to be named.")
    return page.table(
        frame.assign(
            category=frame.category.map(CATEGORIES),
            roles=[page.listed(contract.split(r)) or "not published" for r in frame.roles],
            latest=frame.latest.where(frame.latest != "", "not stated"),
            register=[
                citations.refs(s, place) if s else "not in the register"
                for s in frame.stakeholder_id
            ],
        ).sort_values(["category", "name"]),
        "Organisations that returned a form",
        {
            "name": "Organisation",
            "category": "Category",
            "roles": "Roles it states",
            "latest": "Latest activity",
            "register": "Register",
        },
        "Named with their consent. Roles and dates are what the organisation says and were not checked.",
    )


def organisation_table(place):
    """Show every verified organisation with role, what it does, whether a source shows activity, and the source."""
    frame = read(place).sort_values(
        ["category", "name"],
        key=lambda s: s.map(list(CATEGORIES).index) if s.name == "category" else s,
    )
    frame = frame.assign(
        anchor=frame.stakeholder_id,
        id=frame.stakeholder_id.str[4:],
        category=frame.category.map(CATEGORIES),
        name=[_named(r) for r in frame.itertuples()],
        source=frame.source_id.map(lambda s: citations.refs(s, place)),
        active=frame.stakeholder_id.map(everyone(place).set_index("id").state).map(STATES),
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
            "active": "Active in the last 24 months",
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
            "No organisation with activity that a source shows is recorded yet, so nothing is drawn.",
            kind="none",
        )
    most = frame.sort_values("active", ascending=False).iloc[0]
    return charts.bars(
        frame.assign(label=frame.category.map(CATEGORIES), value=frame.active)[["label", "value"]],
        f"{CATEGORIES[most.category]} are the largest group of active organisations in {place.called} "
        f"({most.active} of {frame.active.sum()})",
        f"Bar chart of active organisations by category in {place.called}: "
        + ", ".join(
            f"{page.inside(CATEGORIES[r.category])} {r.active}" for r in frame.itertuples()
        ),
        f"register of stakeholders, edition {place.edition}",
        "active organisations",
    )


def network(place, category=None, role=None):
    """Draw the recorded partnerships, of one category or role where it is named; says so where none is recorded."""
    frame, of = links(place, category, role), " of this choice" if category or role else ""
    if frame.empty:
        return page.say(
            "No link between two organisations{} is recorded in the evidence, so no network is drawn.",
            of,
            kind="none",
        )
    degree = pd.concat([frame.a, frame.b]).value_counts()
    return charts.network(
        frame[["a", "b"]],
        f"{degree.index[0]} has the most recorded partners{of} in {place.called} ({degree.iloc[0]})",
        f"Network of {len(degree)} organisations and {len(frame)} recorded links in {place.called}; every "
        f"link is listed in the data of this figure",
        f"register of partnerships{' and returned forms' if (frame.evidence_id == '').any() else ''}, edition {place.edition}",
    )


def link_table(place):
    """Show each recorded link and what it stands on."""
    frame = links(place)
    return page.table(
        frame.assign(
            on=[citations.refs(e, place) if e else "a returned form" for e in frame.evidence_id]
        ),
        "Recorded partnerships",
        {"a": "Organisation", "b": "Partner", "link": "What links them", "on": "Stands on"},
    )


def _cut_off(place):
    return (
        contract.read("editions", place.data, place.iso3)
        .set_index("edition")
        .cut_off[place.edition]
    )


def _day_of(frame, place):
    """Give the day that the source of each organisation tells of, by stakeholder_id: the end of its year, or the day it was read."""
    register = contract.read("sources", place.data, place.iso3).set_index("source_id")
    last = [
        accessed if pd.isna(year) else f"{year}-12-31"
        for year, accessed in zip(register.year, register.accessed, strict=True)
    ]
    days = pd.Series(last, index=register.index, dtype=object)
    return pd.Series(
        frame.source_id.map(days).fillna("").to_numpy(), index=frame.stakeholder_id.to_numpy()
    )


def _named(row):
    local = row.name_local if row.name_local and row.name_local != row.name else ""
    return page.Shown("{}{}").format(
        row.name, page.Shown('<br><span class="local">{}</span>').format(local) if local else ""
    )
