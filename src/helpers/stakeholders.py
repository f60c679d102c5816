"""Stage 2, stakeholder mapping: who is active, in which role, with whom, and where nobody is."""

from collections import Counter
from functools import partial
from itertools import product

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.data.reads import kept
from cop.report import page, words
from cop.report.page import Shown
from helpers import confidence, countries
from helpers.confidence import SURE

say = partial(words.show, "2-stakeholder-mapping")

LINES = ["helpline", "hotline"]  # services that a child or a witness turns to
OTHERS = "adults"  # of a helpline that serves parents or other adults alone
ORDER = [*LINES, OTHERS]
PLANS = ["strategy", "action plan"]  # kinds of instruments that are to work, as services do
ADOPTED = ["in force", "adopted", "signed", "ratified"]  # of one that exists


def read(place: Country) -> pd.DataFrame:
    """Return the verified organisations of the register, with the columns of the table."""
    return countries.verified("stakeholders", place)


def organisations(place: Country) -> pd.DataFrame:
    """Return all organisations on record, of the register and of returned forms, each
    once.

    Columns: stakeholder_id, name, name_local, category, role, roles (with those that a form adds,
    and those of the helplines and hotlines that it runs), description, source_id, state: `active`
    with activity in the 24 months before the cut-off, `earlier` with an older one, else
    `not shown`. What only a form names has no role and no source.
    """
    services = countries.verified_rows("services", place)
    run = [(one, row) for row in services for one in cop.data.split(row.operator_ids)]
    forms = page.rows(cop.data.read("returned", place.data, place.iso3))
    known: dict[str, dict] = {}
    for row in [*_dated(place, run), *(form._asdict() for form in forms)]:  # the register first
        one = row["stakeholder_id"] or row["returned_id"]
        known[one] = row | known.get(one, {"stakeholder_id": one})
    first = since(place)
    told = [_told(row, run, first) for row in known.values()]
    order = list(_labels(place, "category")).index
    told.sort(key=lambda row: (order(row["category"]), row["name"]))
    columns = list(cop.data.titles("organisations", place.data))[1:]
    return pd.DataFrame(told, columns=columns, dtype=str).fillna("")


def since(place: Country) -> str:
    """Return the first day of the 24 months before the cut-off of this edition."""
    day = countries.edition(place).cut_off
    return f"{int(day[:4]) - 2}{day[4:]}"


def recent(ids: str, place: Country) -> bool:
    """Return whether a row of the country that is named is of the 24 months before the cut-off."""
    years, first = _years(place), int(since(place)[:4])
    return any(years[one] >= first for one in cop.data.split(ids))


def services(place: Country) -> pd.DataFrame:
    """Return the verified helplines, hotlines and portals, apart from the organisations.

    Columns: those of the table, operators ("" where no source read says who runs it) and operates:
    `yes` where something dated shows it at work in the 24 months before the cut-off, `no` where a
    source says that it ended, else `not known`. Whether one is at work is reckoned here alone.
    """
    columns = list(cop.data.titles("services_on_record", place.data))[1:]
    return _services(place)[columns].reset_index(drop=True)


def chosen(place: Country, category: str = "", role: str = "") -> pd.DataFrame:
    """Return the verified organisations of one category and main role, or of any."""
    frame, known = read(place), _labels(place, "category")
    for column, value in {"category": category, "role": role}.items():
        frame = frame[frame[column] == value] if value else frame
    return frame.assign(category=frame.category.map(known)).reset_index(drop=True)


def by_category(organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the organisations counted by category, empty categories included.

    Columns: category, organisations, active, earlier, returned (forms), unverified (only there).
    """
    register = cop.data.read("stakeholders", place.data, place.iso3)
    counted = {
        "organisations": organisations,
        "active": organisations[organisations.state == "active"],
        "earlier": organisations[organisations.state == "earlier"],
        "returned": cop.data.read("returned", place.data, place.iso3),
        "unverified": register[register.verified == "no"],
    }
    words = list(_labels(place, "category"))
    counts = {name: Counter(rows.category) for name, rows in counted.items()}
    return pd.DataFrame({"category": words} | {n: [c[w] for w in words] for n, c in counts.items()})


def by_role(organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return how many organisations each category has in each role, zeros included.

    Columns: category, role, organisations. An organisation counts once in each of its roles.
    """
    told = zip(organisations.category, organisations.roles, strict=True)
    pairs = [(role, category) for category, roles in told for role in cop.data.split(roles)]
    return _crossed(pairs, "role", place, ["role", "category", "organisations"])


def empty_roles(roles: pd.DataFrame, services: pd.DataFrame) -> list[str]:
    """Return the roles in which no organisation was found, of organisations counted by role.

    A role is not empty where a service of its kind is on record, also one of which no source says
    who runs it.
    """
    held = {*roles.role[roles.organisations > 0], *services.kind[services.operates != "no"]}
    return [role for role in dict.fromkeys(roles.role) if role not in held]


def lines(services: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return the helplines for children, then the hotlines, then helplines for others (kind
    `adults`), that have not ended, those at work first.

    Columns: service_id, name, name_local, kind, operates (`yes` or `not known`, as `services`
    reckons it), website, phone and hours ("" where none is on record), confidence and
    confidence_reason of its marks, as `measures` reckons them.
    """
    known = {row.measure_id: row._asdict() for row in page.rows(measures)}
    rows = [row for row in page.rows(services) if row.kind in LINES and row.operates != "no"]
    told = [known[row.service_id] | row._asdict() | {"kind": _line_kind(row)}
            for row in rows if row.service_id in known]  # fmt: skip
    told.sort(key=lambda row: (ORDER.index(row["kind"]), row["operates"] != "yes"))
    columns = ["service_id", "name", "name_local", "kind", "operates", "website", "phone", "hours"]
    columns += SURE
    return pd.DataFrame(told, columns=columns, dtype=str)


def for_children(serves: str) -> bool:
    """Return whether a helpline counts as one for children: its source names no others alone."""
    return not serves or "child" in serves or "young" in serves


def _line_kind(service):
    return service.kind if service.kind != LINES[0] or for_children(service.serves) else OTHERS


def links(place: Country, category: str = "", role: str = "") -> pd.DataFrame:
    """Return the links between organisations that the evidence or a returned form records, each
    once.

    Columns: one, other (ids), link, evidence_id ("" where only a form names it), a, b (names).
    With `category` or `role`, those in which at least one side is of it.
    """
    told = cop.data.read("partnerships", place.data, place.iso3)
    formed = cop.data.read("returned_links", place.data, place.iso3).assign(evidence_id="")
    found: dict[frozenset, tuple] = {}
    for row in [*page.rows(told), *page.rows(formed)]:
        found.setdefault(frozenset(row[:2]), row)
    if category or role:
        meant = {*chosen(place, category, role).stakeholder_id}
        found = {ends: row for ends, row in found.items() if ends & meant}
    names = _names(place)
    rows = [(*row, names.get(row[0]), names.get(row[1])) for row in found.values()]
    return pd.DataFrame(rows, columns=["one", "other", "link", "evidence_id", "a", "b"], dtype=str)


def groups(links: pd.DataFrame) -> int:
    """Return in how many groups the organisations stand that no link joins. Columns used: a, b."""
    found: list[set] = []
    for pair in zip(links.a, links.b, strict=True):
        met = [group for group in found if group & {*pair}]
        found = [group for group in found if group not in met] + [{*pair}.union(*met)]
    return len(found)


def between(links: pd.DataFrame, organisations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return how many links join each two categories, from either side, zeros included.

    Columns: category, partner (a category), links.
    """
    known = dict(zip(organisations.stakeholder_id, organisations.category, strict=True))
    ends = [(known.get(a), known.get(b)) for a, b in zip(links.one, links.other, strict=True)]
    across = [(b, a) for a, b in ends if a != b]
    return _crossed(ends + across, "category", place, ["category", "partner", "links"])


def measures(instruments: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return what is known of each service, strategy and plan: exists, operates, reaches.

    Columns: measure_id, measure, exists, operates, reaches, shown_in, confidence,
    confidence_reason. Three things apart: on record or in force; shown at work in the 24 months
    before the cut-off; a count of its use that is not older than three years. How sure they are
    follows from the sources behind. Nobody assessed whether strategies and plans operate or reach.
    """
    columns = ["measure_id", "measure", "exists", "operates", "reaches", "shown_in", "on"]
    told = [*_at_work(place), *_plans(instruments)]
    frame = pd.DataFrame(told, columns=columns, dtype=str)
    return frame[columns[:-1]].join(confidence.of(frame.exists, frame.on, place))


def bottom_line(categories: pd.DataFrame, place: Country) -> Shown:
    """Say how many organisations are on record, how many active, and which categories have none."""
    known, cut_off = _labels(place, "category"), countries.edition(place).cut_off
    empty = [known[row.category] for row in page.rows(categories) if row.organisations == 0]
    return say("bottom_line", categories.sum(numeric_only=True), empty, cut_off, place)


def about_rule() -> Shown:
    """Say when an organisation is active: the one rule, reckoned in `organisations`."""
    return say("about_rule")


def about_activity(categories: pd.DataFrame) -> Shown:
    """Say of how many organisations activity is older or not shown, and how many sent a form."""
    return say("about_activity", categories.sum(numeric_only=True))


def about_2020(categories: pd.DataFrame, place: Country) -> Shown:
    """Say how the number of active organisations stands beside the one published in 2020."""
    rows = page.rows(cop.data.read("table_25_2020", place.data))
    known = {row.row: row.value for row in rows if row.iso3 == place.iso3}
    then = known.get("active_organisations")
    return say("about_2020", then and int(then), categories.active.sum(), place)


def about_gaps(roles: pd.DataFrame, services: pd.DataFrame, categories: pd.DataFrame) -> Shown:
    """Say which roles nobody was found in: an absence from the register, not from the country."""
    empty = empty_roles(roles, services)
    return say("about_gaps", empty, _of_nobody(services), bool(categories.returned.sum()))


def _of_nobody(services):
    """Return the services on record of which no source says who runs them."""
    return [row for row in page.rows(services) if row.operators == "" and row.operates != "no"]


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
    return say("help_box", lines, countries.emergency(place), place)


def category_texts(categories: pd.DataFrame, place: Country) -> dict:
    """Return the texts of a figure of active organisations by category."""
    label = categories.category.map(_labels(place, "category"))
    frame = categories.assign(label=label, value=categories.active)
    return words.texts("2-stakeholder-mapping", "category_chart", frame, place)


def role_grid(organisations: pd.DataFrame, services: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook which organisation has which role; a role of nobody is seen to be empty.

    A helpline or hotline of which no source says who runs it stands under its own name.
    """
    labels = _labels(place, "role")
    shown = [(row.stakeholder_id, row.name, row.roles) for row in page.rows(organisations)]
    shown += [(row.service_id, row.name, row.kind) for row in _of_nobody(services)]
    pairs = [(*row, labels.get(role)) for *row, roles in shown for role in cop.data.split(roles)]
    pairs = pd.DataFrame(pairs, columns=["stakeholder_id", "name", "word"]).dropna()
    return say("role_grid", pairs, list(labels.values()), place)


def reach_chart(measures: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook whether each measure exists, operates and reaches children, apart."""
    return say("reach_chart", measures, place)


def network(links: pd.DataFrame, place: Country, category: str = "", role: str = "") -> Shown:
    """Show the links of organisations as a matrix, or say that there are none."""
    partners = Counter([*links.a, *links.b])
    return say("network", links, partners, bool(category or role), groups(links), place)


def link_table(links: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook each link of organisations and what it stands on."""
    return say("link_table", links, place)


def _labels(place, column):
    return words.labels("stakeholders", column, place.data)


def _crossed(pairs, down, place, columns):
    """Return how often a word of `down` and a category stand together, zeros included."""
    counts = Counter(pairs)
    every = product(_labels(place, down), _labels(place, "category"))
    return pd.DataFrame([(*pair, counts[pair]) for pair in every], columns=columns)


def _told(row, run, first):
    """Return a row of the register or a form with its state and all roles, of what it runs too."""
    own = [service for one, service in run if one == row["stakeholder_id"]]
    roles = cop.data.split(f"{row.get('role', '')}; {row.get('roles', '')}")
    roles += [line.kind for line in own if line.kind in LINES and line.active != "no"]
    last = max(row.get("shown", ""), row.get("latest", ""))
    state = "active" if last >= first else "earlier" if last else "not shown"
    return row | {"roles": "; ".join(dict.fromkeys(roles)), "state": state}


def _dated(place, run):
    """Return the rows of the register with `shown`: the last day on which something dated shows
    each at work.

    That is the end of a year: of its source where the register calls it active, of a statement that
    records one of its links, of a service that it runs. A page without a date shows no day.
    """
    years = _years(place)
    rows = [row._asdict() for row in countries.verified_rows("stakeholders", place)]
    links = page.rows(cop.data.read("partnerships", place.data, place.iso3))
    told = [(r["stakeholder_id"], years[r["source_id"]]) for r in rows if r["active"] == "yes"]
    told += [(end, years[link.evidence_id]) for link in links for end in link[:2]]
    told += [(one, _last(service, years)) for one, service in run]
    last = {one: f"{year}-12-31" for one, year in sorted(told) if year}  # the latest stays
    for row in rows:
        row["shown"] = "" if row["active"] == "no" else last.get(row["stakeholder_id"], "")
    return rows


def _names(place):
    """Return {id: name} of the organisations of the register and of the forms."""
    forms = cop.data.read("returned", place.data, place.iso3)
    return countries.bodies(place) | dict(zip(forms.returned_id, forms.name, strict=True))


def _services(place):
    """Return the verified services with the columns of their table, operators and operates."""
    frame = countries.verified("services", place)
    names, years, first = _names(place), _years(place), int(since(place)[:4])
    operators = ["; ".join(names[i] for i in cop.data.split(ids)) for ids in frame.operator_ids]
    operates = [
        "no" if row.active == "no" else "yes" if _last(row, years) >= first else "not known"
        for row in page.rows(frame)
    ]
    return frame.assign(operators=operators, operates=pd.array(operates, dtype="str"))


def _last(service, years):
    """Return the latest year in which something dated shows a service at work, 0 where nothing
    does.

    That is of its figure, of its source and of what shows it; one that is not called active has
    none.
    """
    if service.active != "yes":
        return 0
    behind = [service.source_id, *cop.data.split(service.shown_by_ids)]
    of_figure = 0 if pd.isna(service.figure_year) else service.figure_year
    return max(of_figure, *(years[one] for one in behind))


def _years(place):
    """Return {id: year} of sources, verified statements and instruments, 0 where there is none."""
    names = "sources", "evidence", "instruments"
    states = (cop.data.state(name, place.data, place.iso3) for name in names)
    return _years_kept(place, *states)


@kept(8)
def _years_kept(place, *states):
    sources = cop.data.read("sources", place.data, place.iso3)
    said = countries.verified_rows("evidence", place, "evidence_id", "year", "verified")
    names = "instrument_id", "year", "verified"
    acts = countries.verified_rows("instruments", place, *names)
    years = zip(sources.source_id.tolist(), sources.year.tolist(), strict=True)
    return Counter({i: year for i, year, *_ in (*years, *said, *acts) if not pd.isna(year)})


def _at_work(place):
    """Return the services as measures, each with what its marks rest on."""
    last = int(since(place)[:4]) - 1
    for row in page.rows(_services(place)):
        known = row.figure and not pd.isna(row.figure_year)
        reaches = "yes" if known and row.figure_year >= last else "not known"
        behind = "; ".join([row.service_id, row.shown_by_ids, row.figure_evidence_id])
        yield row.service_id, row.name, "yes", row.operates, reaches, row.figure, behind


def _plans(instruments):
    """Return strategies and plans as measures: only whether they exist is on record."""
    rows = [row for row in page.rows(instruments) if row.kind in PLANS and row.status != "absent"]
    for row in rows:
        exists = "yes" if row.status in ADOPTED else row.status or "not known"
        yield row.instrument_id, row.title, exists, *["not assessed"] * 2, "", row.instrument_id
