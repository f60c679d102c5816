"""Summarise organisations, services, measures and partnerships, and their activity (stage 2)."""

from collections.abc import Collection
from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import words
from cop.report.page import Html
from helpers import confidence, countries
from helpers.confidence import SURE
from helpers.countries import read_table

render = partial(words.render, "2-stakeholder-mapping")

LINES = ["helpline", "hotline"]  # kinds of services that children or witnesses contact
OTHERS = "adults"  # kind of helplines for parents or other adults only
RANK = {"helpline": 0, "hotline": 1, OTHERS: 2, "yes": 0, "not known": 1}  # sort order of helplines
PLANS = ["strategy", "action plan"]  # kinds of instruments listed as measures
ADOPTED = ["in force", "adopted", "signed", "ratified"]  # statuses of existing plans


def since(place: Country) -> str:
    """Return the date two years before the data cut-off, as text such as "2024-06-30"."""
    day = countries.edition(place).cut_off
    return f"{int(day[:4]) - 2}{day[4:]}"


def recent(ids: str, place: Country) -> bool:
    """Return whether `ids` contain a recent source, verified statement or verified instrument.

    `ids` are separated by semicolons; unknown ids and those of other tables are ignored. A row is
    recent if its year overlaps the 24 months before the cut-off.
    """
    years = _years(place).reindex(cop.data.split(ids))
    return bool((years >= int(since(place)[:4])).any())


def organisations(place: Country) -> pd.DataFrame:
    """Return the verified organisations and those in the table `returned`, without duplicates.

    The columns are:

    - stakeholder_id, name, name_local, category, description, source_id
    - role: the role in the register
    - roles: role, roles in a form, and kinds of services operated (not portals or ended services)
    - state: `active` (activity within the 24 months before the cut-off; a year counts until its
      last day), `earlier` or `not shown`. Of ended organisations, only returned forms count

    Missing values are empty strings, such as role and source of organisations that have no verified
    row in the register. Rows are sorted by category and name.
    """
    register = countries.verified("stakeholders", place).set_index("stakeholder_id")
    forms = read_table("returned", place)
    forms.stakeholder_id = forms.stakeholder_id.where(forms.stakeholder_id != "", forms.returned_id)
    forms = forms.drop_duplicates("stakeholder_id").set_index("stakeholder_id")
    services = _services(place)
    services["stakeholder_id"] = services.operator_ids.map(cop.data.split)
    services = services.explode("stakeholder_id").set_index("stakeholder_id")

    frame = register.combine_first(forms)  # the register takes precedence
    operated = services.kind[(services.kind != "portal") & (services.active != "no")]
    operated = operated.groupby(level=0).agg("; ".join).reindex(frame.index)
    years = _last_years(register, services, place).reindex(frame.index).fillna(0).astype(int)
    days = years.astype(str).add("-12-31").where(years > 0, "")  # a year counts until its last day
    frame = frame.assign(shown=days, operated=operated).fillna("")
    latest = frame[["shown", "latest"]].max(axis=1)
    roles = frame.role + "; " + frame.roles + "; " + frame.operated
    categories = list(countries.labels("stakeholders", "category", place))
    frame = frame.assign(
        state=np.select([latest >= since(place), latest != ""], ["active", "earlier"], "not shown"),
        roles=["; ".join(dict.fromkeys(cop.data.split(cell))) for cell in roles],
        category=pd.Categorical(frame.category, categories),
    )
    frame = frame.sort_values(["category", "name"]).reset_index()
    return frame[cop.data.columns("organisations", place.data)[1:]].astype(str)


def services(place: Country) -> pd.DataFrame:
    """Return the verified services.

    The columns are those of the saved table `services_on_record` except iso3, and missing values
    are as in `helpers.read`. `operators` contains names. `operates` is `no` if the service ended,
    `yes` if it is active and the year of a source or of its latest figure overlaps the 24 months
    before the cut-off, and otherwise `not known`.
    """
    return _services(place)[cop.data.columns("services_on_record", place.data)[1:]]


def helplines(services: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return helplines for children, hotlines, and helplines for other people (`adults`).

    Services that ended are excluded. Within each kind, operating services come first. A helpline is
    of the kind `adults` if `serves` is filled in and mentions neither children nor young people.

    The columns are service_id, name, name_local, kind, operates, website, phone, hours, and, from
    the result of `measures`, confidence and confidence_reason. Missing values are empty strings.
    """
    frame = services[services.kind.isin(LINES) & (services.operates != "no")]
    others = (frame.serves != "") & ~frame.serves.str.contains("child|young", case=False)
    frame = frame.assign(kind=frame.kind.mask(others & (frame.kind == LINES[0]), OTHERS))
    frame = frame.merge(measures, left_on="service_id", right_on="measure_id", suffixes=("", "_"))
    frame = frame.sort_values(["kind", "operates"], key=lambda column: column.map(RANK))
    columns = ["service_id", "name", "name_local", "kind", "operates", "website", "phone", "hours"]
    return frame[columns + SURE].reset_index(drop=True)


def partnerships(place: Country) -> pd.DataFrame:
    """Return the recorded partnerships and those in returned forms, each pair once.

    The columns are one and other (ids of the partners), a and b (their names), link (the
    form of cooperation) and evidence_id, empty if only a form mentions the partnership.
    """
    columns = ["one", "other", "link", "evidence_id"]
    evidence = read_table("partnerships", place).set_axis(columns, axis=1)
    forms = read_table("returned_links", place).set_axis(columns[:3], axis=1)
    frame = pd.concat([evidence, forms], ignore_index=True).fillna("")
    pairs = pd.DataFrame(np.sort(frame[["one", "other"]], axis=1))
    frame = frame[~pairs.duplicated()]
    names = _names(place)
    return frame.assign(a=frame.one.map(names), b=frame.other.map(names)).reset_index(drop=True)


def connected(links: pd.DataFrame) -> list[set[str]]:
    """Return the groups of organisations that `links` (columns a and b) connect, as sets."""
    groups: list[set] = []
    for pair in zip(links.a, links.b, strict=True):
        joined = [group for group in groups if group & {*pair}]
        groups = [group for group in groups if group not in joined] + [{*pair}.union(*joined)]
    return groups


def measures(instruments: pd.DataFrame, place: Country, laws: Collection = ()) -> pd.DataFrame:
    """Return whether services, plans, strategies and laws exist, operate and reach people.

    The result contains verified services, and those of `instruments` that are strategies, action
    plans or in `laws`, unless their status is `absent`. Whether instruments operate or reach people
    is not assessed. The columns are:

    - measure_id, measure
    - exists: `yes` (services, and statuses in ADOPTED), another status, or `not known`
    - operates: see `services`
    - reaches: `yes` if the latest count of its use is from the year of the cut-off or the three
      years before, otherwise `not known`
    - shown_in: the latest count of its use
    - confidence, confidence_reason: computed from the sources
    """
    lines = _services(place).rename(columns={"service_id": "measure_id", "name": "measure"})
    counted = (lines.figure != "") & (lines.figure_year >= int(since(place)[:4]) - 1)
    lines = lines.assign(
        exists="yes",
        reaches=counted.fillna(False).map({True: "yes", False: "not known"}),
        shown_in=lines.figure,
        sources=lines.measure_id + ";" + lines.shown_by_ids + ";" + lines.figure_evidence_id,
    )
    chosen = instruments.kind.isin(PLANS) | instruments.instrument_id.isin(laws)
    plans = instruments[chosen & (instruments.status != "absent")]
    plans = plans.rename(columns={"instrument_id": "measure_id", "title": "measure"})
    status = plans.status.mask(plans.status.isin(ADOPTED), "yes").replace("", "not known")
    plans = plans.assign(exists=status, operates="not assessed", reaches="not assessed")
    plans = plans.assign(shown_in="", sources=plans.measure_id)
    columns = ["measure_id", "measure", "exists", "operates", "reaches", "shown_in"]
    frame = pd.concat([lines, plans], ignore_index=True)
    return frame[columns].astype(str).join(confidence.rate(frame.exists, frame.sources, place))


def network(links: pd.DataFrame, place: Country) -> Html:
    """Render `links` (see `partnerships`) as a matrix, or a note if there are none."""
    partners = pd.concat([links.a, links.b]).value_counts().to_dict()
    return render("network", links, partners, len(connected(links)), place)


def _names(place):
    forms = read_table("returned", place)
    return countries.bodies(place) | forms.set_index("returned_id")["name"].to_dict()


def _years(place):
    sources = read_table("sources", place)
    tables = sources, *(countries.verified(name, place) for name in ("evidence", "instruments"))
    return pd.concat(table.set_index(table.columns[0]).year for table in tables).dropna()


def _last_years(register, services, place):
    """Return the last year in which sources show each organisation active, unless it has ended."""
    years, links = _years(place), read_table("partnerships", place)
    ends = [links.set_index(column).evidence_id.map(years) for column in links.columns[:2]]
    of_source = register.source_id[register.active == "yes"].map(years)
    last = pd.concat([of_source, *ends, services.last_year]).groupby(level=0).max()
    return last.drop(register.index[register.active == "no"], errors="ignore")


def _services(place):
    """Return the verified services with operators (names), last_year (of activity) and operates."""
    frame, names, years = countries.verified("services", place), _names(place), _years(place)
    sources = (frame.source_id + ";" + frame.shown_by_ids).map(cop.data.split).explode()
    last = pd.concat([sources.map(years).groupby(level=0).max(), frame.figure_year], axis=1)
    last = last.max(axis=1).where(frame.active == "yes")
    at_work = (last >= int(since(place)[:4])).fillna(False)
    operates = at_work.map({True: "yes", False: "not known"})
    operators = ["; ".join(names[i] for i in cop.data.split(ids)) for ids in frame.operator_ids]
    return frame.assign(
        operators=pd.Series(operators, frame.index, "str"),
        operates=operates.mask(frame.active == "no", "no"),
        last_year=last,
    )
