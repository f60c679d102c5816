"""Stage 6, country assessment: the synthesis that becomes the report, of what stages 1 to 5
handed on.
"""

from functools import partial

import pandas as pd

import contract
from contract.places import Country
from helpers import alignment, countries
from report import citations, words
from report.page import Shown

say = partial(words.show, "6-country-assessment")

POLICY = alignment.POLICY
LEADING = ["IT.NET.USER.ZS", "ITU.xHH6", "WPP.POP.0014", "NCMEC.RATE"]  # the panel, in its order
TREATIES = {"lanzarote": "LANZAROTE_CETS201", "weprotect": "WEPROTECT"}  # rows of Table 25
JUDGED = ["national_strategy", "national_agency", "cyber_regulation"]
TABLES = {"E": "evidence", "L": "instruments", "O": "stakeholders", "V": "services"}


def challenges(place: Country) -> pd.DataFrame:
    """Give the primary challenges of the country, as its table holds them."""
    return contract.read("challenges", place.data, place.iso3)


def recommendations(place: Country, challenges: pd.DataFrame) -> pd.DataFrame:
    """Give the recommendations of the country with the challenges that they answer.

    Columns: those of the table, organisations by name (lead, supporting, cost_by); theme,
    challenge, evidence_ids and positive action of the challenges answered. "" or NA in a cell is
    work still to be done.
    """
    rows = contract.read("recommendations", place.data, place.iso3)
    names = contract.read("stakeholders", place.data, place.iso3).set_index("stakeholder_id").name
    answered = challenges.set_index("challenge_id")
    of = [answered.loc[contract.split(cell)] for cell in rows.challenge_ids]
    return rows.assign(
        lead=rows.lead_id.map(names).fillna(""),
        cost_by=rows.cost_by_id.map(names).fillna(""),
        supporting=["; ".join(names[contract.split(ids)]) for ids in rows.supporting_ids],
        theme=[them.theme.iloc[0] for them in of],
        challenge=[" ".join(them.challenge) for them in of],
        evidence_ids=["; ".join(them.evidence_ids) for them in of],
        action=["; ".join(them.action) for them in of],
        action_evidence_id=["; ".join(them.action_evidence_id) for them in of],
    )[list(contract.titles("action_plan", place.data))[1:]]


def table_25(place: Country, treaties: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """Give the six rows of Table 25 from today's data, of the tables of treaties and categories
    handed on.

    Columns: row, label, value, as_of, refs (an id, or that of a data set), published_2020, detail,
    difference. A row that nobody has judged is `not assessed`.
    """
    labels = contract.labels("table_25", "row", place.data)
    then = contract.read("table_25_2020", place.data).query("iso3 == @place.iso3")
    judged = contract.read("table_25", place.data, place.iso3).set_index("row")
    judged = judged.reindex(list(labels)).fillna("")
    cut_off = countries.edition(place).cut_off
    rows = [_reckoned(row, place, treaties, categories, cut_off) for row in labels]
    frame = pd.DataFrame(
        rows, index=pd.Index(labels, name="row"), columns=["value", "as_of", "refs"]
    )
    settled = judged.value != ""
    frame.loc[settled, "value"] = judged.value[settled]
    frame.loc[settled, "as_of"] = cut_off
    frame.loc[settled, "refs"] = judged.evidence_ids[settled]
    then = then.set_index("row").value.reindex(list(labels)).fillna("not in the table")
    others = {"label": labels, "published_2020": then}
    return frame.assign(**others, **judged[["detail", "difference"]]).reset_index()


def summary(
    place: Country,
    *,
    items: pd.DataFrame,
    rows: pd.DataFrame,
    categories: pd.DataFrame,
    figures: pd.DataFrame,
    field_work: pd.DataFrame,
    areas: pd.DataFrame,
    sections: pd.DataFrame,
) -> Shown:
    """Give the findings a reader needs first, each drawn from a table handed on, never typed."""
    policy = items[items.framework == POLICY]
    strong = policy.area[policy.status == "in place"].str.replace(r"^\d+ ", "", regex=True)
    idle = _labels(place, "stakeholders", "category", categories.category[categories.active == 0])
    internet = figures.set_index("indicator_code").loc["IT.NET.USER.ZS"]
    differ = _labels(place, "triangulation", "section", areas.section[areas.verdict == "differ"])
    silent = _labels(place, "evidence", "section", sections.section[sections.statements == 0])
    spoken = (areas[["survey", "interviews"]] != "").any(axis=None)
    return say(
        "summary",
        place=place,
        alignment=(*alignment.standing(items, POLICY), list(strong.unique())),
        judged=rows.set_index("row").value[JUDGED].tolist(),
        people=(int(categories.active.sum()), int(categories.organisations.sum()), idle),
        internet=internet,
        field_work=next(field_work.itertuples(), None),
        triangulation=(areas.verdict.tolist(), differ) if spoken else None,
        silent=silent,
    )


def first_challenges(challenges: pd.DataFrame) -> Shown:
    """Give the primary challenges in brief, each linked to its improvement and positive action."""
    return say("first_challenges", challenges)


def key_figures(figures: pd.DataFrame, place: Country) -> Shown:
    """Show the leading figures as a panel, each with year, region and source."""
    return say("key_figures", figures.set_index("indicator_code").loc[LEADING], place)


def narrative(place: Country, part: str) -> Shown:
    """Show the analyst's text with its citations, or that it is still to be written.

    Raises LookupError for a citation without a source.
    """
    path = f"research/{place.iso3}/narrative/{part}.md"
    text = contract.without_notes(contract.text(place.data, path))
    return say("narrative", citations.with_citations(text, place) if text.strip() else "")


def challenge_blocks(
    challenges: pd.DataFrame, recommendations: pd.DataFrame, place: Country
) -> Shown:
    """Show each primary challenge with its improvement, the recommendations that answer it, and a
    positive action as example.
    """
    sources = {i: source_of(i, place) for i in challenges.action_evidence_id}
    pairs = recommendations.assign(challenge_id=recommendations.challenge_ids.map(contract.split))
    answers = pairs.explode("challenge_id").groupby("challenge_id").recommendation_id.agg("; ".join)
    frame = challenges.assign(answers=challenges.challenge_id.map(answers).fillna(""))
    return say("challenge_blocks", frame, sources, countries.names(place.data), place)


def recommendation_table(recommendations: pd.DataFrame, place: Country) -> Shown:
    """Show the recommendations in brief: what, who leads, by when, to which target, how urgent."""
    return say("recommendation_table", recommendations, place)


def recommendation_blocks(recommendations: pd.DataFrame, place: Country) -> Shown:
    """Show each recommendation with all that is needed to follow it up."""
    return say("recommendation_blocks", recommendations, place)


def item_list(recommendations: pd.DataFrame, items: pd.DataFrame, place: Country) -> Shown:
    """Show the items beyond the policy-makers' guidelines that the recommendations serve."""
    cells = [*recommendations.item_ids, *recommendations.capability_ids]
    served = {item for cell in cells for item in contract.split(cell)}
    shown = items.framework.isin([POLICY, alignment.CHECKS])  # in tables of their own
    frame = items[~shown & items.item_id.isin(served)]
    names = contract.labels("alignment_by_item", "framework", place.data)
    return say("item_list", frame.assign(anchor=frame.item_id), names, place)


def table_25_table(rows: pd.DataFrame, place: Country) -> Shown:
    """Show Table 25 today beside the published one."""
    return say("table_25_table", rows, place)


def foreign_sources(challenges: pd.DataFrame, place: Country) -> list[str]:
    """Give the ids of sources of examples that come from other countries, for the bibliography."""
    ids = [i for i in challenges.action_evidence_id if i[:3] != place.iso3]
    return [source for source in (source_of(i, place) for i in ids) if source]


def source_of(row_id: str, place: Country) -> str:
    """Give the source behind a row of evidence, instruments or stakeholders of any country.

    Gives "" where its table cannot be read.
    """
    name = TABLES[row_id[4]]
    row = contract.row(name, place.data, contract.fields(name, place.data)[0]["name"], row_id)
    return "" if row is None else row.source_id


def _reckoned(row, place, treaties, categories, cut_off):
    """Give (value, as of, refs) of a row that follows from data: a treaty, a membership, a
    count.
    """
    if row == "active_organisations":
        return str(int(categories.active.sum())), cut_off, f"{place.iso3}-organisations"
    if row not in TREATIES:  # a row that is judged, and nobody has judged it
        return "not assessed", cut_off, ""
    status = treaties[treaties.instrument == TREATIES[row]]
    if status.empty:
        return "not looked up", cut_off, ""
    one = status.iloc[0]
    return one.status, one.as_of or "no date shown", one.source_id


def _labels(place, table, column, words):
    known = contract.labels(table, column, place.data)
    return [known[word] for word in words]
