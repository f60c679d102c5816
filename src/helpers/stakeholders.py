"""Stage 2, stakeholder mapping: who is active, in which role, with whom, and where nobody is."""

from functools import partial

import pandas as pd

import contract
from contract.places import Country
from helpers import confidence, countries
from helpers.confidence import SURE
from report import page, words
from report.charts import grids
from report.page import Shown

say = partial(words.show, "2-stakeholder-mapping")

LINES = ["helpline", "hotline"]  # services that a child or a witness turns to
BEHIND = ["service_id", "shown_by_ids", "figure_evidence_id"]  # what the marks of one rest on
PLANS = ["strategy", "action plan"]  # kinds of instruments that are to work, as services do


def read(place: Country) -> pd.DataFrame:
    """Give a notebook the verified organisations of the register, with the columns of the table."""
    return countries.verified("stakeholders", place).drop(columns="verified")


def organisations(place: Country) -> pd.DataFrame:
    """Give a notebook all organisations on record, of the register and of returned forms, each
    once.

    Columns: stakeholder_id, name, name_local, category, role, roles (with those that a form adds,
    and those of the helplines and hotlines that it runs), description, source_id, state: `active`
    with activity in the 24 months before the cut-off, `earlier` with an older one, else
    `not shown`. What only a form names has no role and no source.
    """
    forms = contract.read("returned", place.data, place.iso3)
    ids = forms.stakeholder_id.where(forms.stakeholder_id != "", forms.returned_id)
    both = pd.concat([_dated(read(place), place), forms.assign(stakeholder_id=ids)])
    frame = both.groupby("stakeholder_id", sort=False).first().fillna("").reset_index()
    offered = frame.stakeholder_id.map(_offered(place)).fillna("")
    roles = (frame.role + "; " + frame.roles + "; " + offered).map(contract.split)
    last, first = frame[["shown", "latest"]].max(axis=1), since(place)
    frame["roles"] = ["; ".join(dict.fromkeys(each)) for each in roles]
    frame["state"] = ["active" if d >= first else "earlier" if d else "not shown" for d in last]
    order = frame.category.map(list(_labels(place, "category")).index)
    frame = frame.assign(order=order).sort_values(["order", "name"], ignore_index=True)
    return frame[list(contract.titles("organisations", place.data))[1:]]


def since(place: Country) -> str:
    """Give the first day of the 24 months before the cut-off of this edition."""
    day = countries.edition(place).cut_off
    return f"{int(day[:4]) - 2}{day[4:]}"


def services(place: Country) -> pd.DataFrame:
    """Give a notebook the verified helplines, hotlines and portals, apart from the organisations.

    Columns: those of the table, operators ("" where no source read says who runs it) and operates:
    `yes` where something dated shows it at work in the 24 months before the cut-off, `no` where a
    source says that it ended, else `not known`. Whether one is at work is reckoned here alone.
    """
    frame = countries.verified("services", place)
    names = contract.read("stakeholders", place.data, place.iso3).set_index("stakeholder_id").name
    operators = ["; ".join(names[contract.split(ids)]) for ids in frame.operator_ids]
    frame = frame.assign(operators=operators, operates=_operates(frame, place))
    return frame[list(contract.titles("services_on_record", place.data))[1:]].reset_index(drop=True)


def chosen(place: Country, category: str = "", role: str = "") -> pd.DataFrame:
    """Give a notebook the verified organisations of one category and main role, or of any."""
    frame, known = read(place), _labels(place, "category")
    for column, value in {"category": category, "role": role}.items():
        frame = frame[frame[column] == value] if value else frame
    return frame.assign(category=frame.category.map(known)).reset_index(drop=True)


def by_category(organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give a notebook the organisations counted by category, empty categories included.

    Columns: category, organisations, active, earlier, returned (forms), unverified (only there).
    """
    register = contract.read("stakeholders", place.data, place.iso3)
    counted = {
        "organisations": organisations,
        "active": organisations[organisations.state == "active"],
        "earlier": organisations[organisations.state == "earlier"],
        "returned": contract.read("returned", place.data, place.iso3),
        "unverified": register[register.verified == "no"],
    }
    counts = pd.DataFrame({name: rows.category.value_counts() for name, rows in counted.items()})
    counts = counts.reindex(list(_labels(place, "category"))).fillna(0).astype(int)
    return counts.rename_axis("category").reset_index()


def by_role(organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give how many organisations each category has in each role, zeros included.

    Columns: category, role, organisations. An organisation counts once in each of its roles.
    """
    frame = organisations.assign(role=organisations.roles.map(contract.split)).explode("role")
    return _crossed(frame[["role", "category"]], "role", "category", place, "organisations")


def empty_roles(roles: pd.DataFrame, services: pd.DataFrame) -> list[str]:
    """Give the roles in which no organisation was found, of organisations counted by role.

    A role is not empty where a service of its kind is on record, also one of which no source says
    who runs it.
    """
    counts = roles.groupby("role", sort=False).organisations.sum()
    offered = set(services.kind[services.operates != "no"])
    return [role for role in counts.index[counts == 0] if role not in offered]


def lines(services: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Give a notebook the helplines, then the hotlines, that have not ended, those at work first.

    Columns: service_id, name, name_local, kind, operates (`yes` or `not known`, as `services`
    reckons it), website ("" where none is on record), confidence and confidence_reason of its
    marks, as `measures` reckons them.
    """
    known = measures[["measure_id", *SURE]]
    frame = services[services.kind.isin(LINES) & (services.operates != "no")]
    frame = frame.merge(known.rename(columns={"measure_id": "service_id"}), on="service_id")
    frame = frame.assign(idle=frame.operates != "yes").sort_values(["kind", "idle"], kind="stable")
    columns = ["service_id", "name", "name_local", "kind", "operates", "website", *SURE]
    return frame[columns].reset_index(drop=True)


def links(place: Country, category: str = "", role: str = "") -> pd.DataFrame:
    """Give the links between organisations that the evidence or a returned form records, each once.

    Columns: one, other (ids), link, evidence_id ("" where only a form names it), a, b (names).
    With `category` or `role`, those in which at least one side is of it.
    """
    tables = [contract.read(t, place.data, place.iso3) for t in ("partnerships", "returned_links")]
    ends = [table.set_axis(["one", "other", *table.columns[2:]], axis=1) for table in tables]
    frame = pd.concat(ends, ignore_index=True).fillna({"evidence_id": ""})
    frame = frame[~frame[["one", "other"]].apply(frozenset, axis=1).duplicated()]
    if category or role:
        meant = chosen(place, category, role).stakeholder_id
        frame = frame[frame.one.isin(meant) | frame.other.isin(meant)]
    register = contract.read("stakeholders", place.data, place.iso3).set_index("stakeholder_id")
    forms = contract.read("returned", place.data, place.iso3).set_index("returned_id")
    names = {**register.name, **forms.name}
    return frame.assign(a=frame.one.map(names), b=frame.other.map(names)).reset_index(drop=True)


def groups(links: pd.DataFrame) -> int:
    """Give in how many groups the organisations stand that no link joins. Columns used: a, b."""
    found: list[set] = []
    for pair in zip(links.a, links.b, strict=True):
        met = [group for group in found if group & {*pair}]
        found = [group for group in found if group not in met] + [{*pair}.union(*met)]
    return len(found)


def between(links: pd.DataFrame, organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give how many links join each two categories, from either side, zeros included.

    Columns: category, partner (a category), links.
    """
    known = organisations.set_index("stakeholder_id").category
    ends = pd.DataFrame({"category": links.one.map(known), "partner": links.other.map(known)})
    across = ends[ends.category != ends.partner].set_axis(["partner", "category"], axis=1)
    return _crossed(pd.concat([ends, across]), "category", "category", place, "links")


def measures(instruments: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give a notebook what is known of each service, strategy and plan: exists, operates, reaches.

    Columns: measure_id, measure, exists, operates, reaches, shown_in, confidence,
    confidence_reason. Three things apart: on record or in force; shown at work in the 24 months
    before the cut-off; a count of its use that is not older than three years. How sure they are
    follows from the sources behind. Nobody assessed whether strategies and plans operate or reach.
    """
    rows, first = services(place), int(since(place)[:4])
    recent = ((rows.figure != "") & (rows.figure_year >= first - 1)).map({True: "yes"})
    at_work = pd.DataFrame(
        {
            "measure_id": rows.service_id,
            "measure": rows.name,
            "exists": "yes",
            "operates": rows.operates,
            "reaches": recent.fillna("not known"),
            "shown_in": rows.figure,
            "evidence_ids": _behind(place).loc[rows.service_id].to_numpy(),
        }
    )
    frame = pd.concat([at_work, _plans(instruments)], ignore_index=True)
    sure = confidence.of(frame.exists, frame.evidence_ids, place)
    return frame.drop(columns="evidence_ids").join(sure)


def _behind(place):
    """Give what the marks of each service rest on: its own source, and what shows it."""
    rows = contract.read("services", place.data, place.iso3)
    told = ["; ".join(row) for row in rows[BEHIND].itertuples(index=False)]
    return pd.Series(told, rows.service_id, dtype=str)


def bottom_line(categories: pd.DataFrame, place: Country) -> Shown:
    """Say how many organisations are on record, how many active, and which categories have none."""
    empty = categories.category[categories.organisations == 0].map(_labels(place, "category"))
    cut_off = countries.edition(place).cut_off
    return say("bottom_line", categories.sum(numeric_only=True), list(empty), cut_off, place)


def about_rule() -> Shown:
    """Say when an organisation is active: the one rule, reckoned in `organisations`."""
    return say("about_rule")


def about_activity(categories: pd.DataFrame) -> Shown:
    """Say of how many organisations activity is older or not shown, and how many sent a form."""
    return say("about_activity", categories.sum(numeric_only=True))


def about_2020(categories: pd.DataFrame, place: Country) -> Shown:
    """Say how the number of active organisations stands beside the one published in 2020."""
    then = contract.read("table_25_2020", place.data).set_index(["iso3", "row"]).value
    then = then.get((place.iso3, "active_organisations"))
    return say("about_2020", then and int(then), categories.active.sum(), place)


def about_gaps(roles: pd.DataFrame, services: pd.DataFrame, categories: pd.DataFrame) -> Shown:
    """Say which roles nobody was found in: an absence from the register, not from the country."""
    unnamed = services[(services.operators == "") & (services.operates != "no")]
    empty = empty_roles(roles, services)
    return say("about_gaps", empty, list(page.rows(unnamed)), bool(categories.returned.sum()))


def matrix(roles: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook the categories by role; an empty cell says so."""
    return say("matrix", roles, place)


def link_matrix(between: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook how many links join each two categories; an empty cell says so."""
    return say("link_matrix", between, place)


def returned_table(forms: pd.DataFrame, place: Country) -> Shown:
    """Show the organisations that returned a form, with what they say of themselves."""
    frame = forms.assign(category=forms.category.map(_labels(place, "category")))
    return say("returned_table", frame.sort_values(["category", "name"]), place)


def organisation_table(organisations: pd.DataFrame, place: Country) -> Shown:
    """Show the organisations of the register: role, what each does, whether active, the source."""
    frame = organisations[organisations.role != ""]
    return say("organisation_table", frame.assign(anchor=frame.stakeholder_id), place)


def service_table(services: pd.DataFrame, place: Country) -> Shown:
    """Show helplines, hotlines and portals: who runs each, since when, its last figure."""
    return say("service_table", services.assign(anchor=services.service_id), place)


def help_box(lines: pd.DataFrame, place: Country) -> Shown:
    """Show whom a child can turn to (`lines`), before anything else is said of children: those
    that are shown at work, then those on record of which nothing dated shows it.
    """
    return say("help_box", lines, place)


def category_chart(categories: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook active organisations by category, drawn; says so where there is none."""
    label = categories.category.map(_labels(place, "category"))
    return say("category_chart", categories.assign(label=label, value=categories.active), place)


def role_grid(organisations: pd.DataFrame, services: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook which organisation has which role; a role of nobody is seen to be empty.

    A helpline or hotline of which no source says who runs it stands under its own name.
    """
    labels = _labels(place, "role")
    unnamed = services[(services.operators == "") & (services.operates != "no")]
    own = unnamed.assign(roles=unnamed.kind, stakeholder_id=unnamed.service_id)
    shown = pd.concat([organisations, own[["stakeholder_id", "name", "roles"]]])
    pairs = shown.assign(word=shown.roles.map(contract.split)).explode("word")
    pairs = pairs.assign(word=pairs.word.map(labels)).dropna(subset="word")
    return say("role_grid", pairs, list(labels.values()), place)


def reach_chart(measures: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook whether each measure exists, operates and reaches children, apart."""
    return say("reach_chart", measures, place)


def network(links: pd.DataFrame, place: Country, category: str = "", role: str = "") -> Shown:
    """Show a notebook the links of organisations, as a matrix and, where its numbers have room, as
    a ring; says so where there is none.
    """
    partners = pd.concat([links.a, links.b]).value_counts()
    roomy = grids.fits(len(partners))
    return say("network", links, partners, bool(category or role), groups(links), roomy, place)


def link_table(links: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook each link of organisations and what it stands on."""
    return say("link_table", links, place)


def _labels(place, column):
    return words.labels("stakeholders", column, place.data)


def _crossed(pairs, down, over, place, name):
    """Give how often two words stand together, zeros included: the columns of pairs, and `name`."""
    order = pd.MultiIndex.from_product([list(_labels(place, c)) for c in (down, over)])
    counts = pairs.value_counts().reindex(order, fill_value=0)
    return counts.rename_axis(list(pairs)).rename(name).reset_index()


def _dated(register, place):
    """Give the register with `shown`: the last day on which something dated shows each at work.

    That is the end of a year: of its source where the register calls it active, of a statement that
    records one of its links, of a service that it runs. A page without a date shows no day.
    """
    years = pd.concat([_by_source(register, place), _by_link(place), _by_service(place)])
    last = years.dropna().groupby("stakeholder_id").year.max().astype("string") + "-12-31"
    shown = register.stakeholder_id.map(last).fillna("").mask(register.active == "no", "")
    return register.assign(shown=shown)


def _by_source(register, place):
    """Give the year of the source behind each row of the register that it calls active."""
    rows = register[register.active == "yes"]
    sources = contract.read("sources", place.data, place.iso3).set_index("source_id").year
    return pd.DataFrame(
        {"stakeholder_id": rows.stakeholder_id, "year": rows.source_id.map(sources)}
    )


def _by_link(place):
    """Give for both ends of a partnership the year of the statement that records it."""
    links = contract.read("partnerships", place.data, place.iso3)
    said = countries.verified("evidence", place, "evidence_id", "year", "verified")
    year = links.evidence_id.map(said.set_index("evidence_id").year)
    ends = [links.stakeholder_id, links.partner_id]
    return pd.concat([pd.DataFrame({"stakeholder_id": end, "year": year}) for end in ends])


def _offered(place):
    """Give {organisation: the roles of the services that it runs and that have not ended}."""
    rows = countries.verified("services", place)
    rows = rows[(rows.active != "no") & rows.kind.isin(LINES)]
    ends = rows.assign(stakeholder_id=rows.operator_ids.map(contract.split))
    return ends.explode("stakeholder_id").groupby("stakeholder_id").kind.agg("; ".join)


def _by_service(place):
    """Give for who runs a service the year of its last figure or of its source."""
    rows = countries.verified("services", place)
    rows = rows[rows.active == "yes"]
    year = rows.service_id.map(_years_of_services(rows, place))
    ends = rows.operator_ids.map(contract.split)
    return pd.DataFrame({"stakeholder_id": ends, "year": year}).explode("stakeholder_id")


def _operates(rows, place):
    """Give whether each service is at work, by the year of what last shows it."""
    last = rows.service_id.map(_years_of_services(rows, place))
    shown = (last >= int(since(place)[:4])) & (rows.active == "yes")
    return shown.map({True: "yes"}).fillna("not known").mask(rows.active == "no", "no")


def _years_of_services(rows, place):
    """Give {service: the latest year of its figure, its source and what shows it at work}."""
    sources = contract.read("sources", place.data, place.iso3).set_index("source_id").year
    said = countries.verified("evidence", place, "evidence_id", "year", "verified")
    said = said.set_index("evidence_id").year
    shown = rows.shown_by_ids.map(contract.split).explode().map(said).groupby(level=0).max()
    year = pd.concat([rows.figure_year, rows.source_id.map(sources), shown], axis=1).max(axis=1)
    return year.set_axis(rows.service_id)


def _plans(instruments):
    """Give strategies and plans as measures: only whether they exist is on record."""
    rows = instruments[instruments.kind.isin(PLANS) & (instruments.status != "absent")]
    exists = rows.status.map(dict.fromkeys(["in force", "adopted", "signed", "ratified"], "yes"))
    words = {"measure_id": rows.instrument_id, "measure": rows.title}
    words["evidence_ids"] = rows.instrument_id
    words |= {"exists": exists.fillna(rows.status.replace("", "not known")), "shown_in": ""}
    return pd.DataFrame(words | {"operates": "not assessed", "reaches": "not assessed"})
