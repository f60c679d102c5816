"""Compare the ratings of two coders, and list gaps and unverified rows, for analysts."""

import pandas as pd

import cop.data
from cop.data.places import Country
from helpers import alignment, assessment, countries, evidence, indicators

GAP = ["kind", "id", "what", "so"]


def compare_coders(place: Country, framework: str = "") -> pd.DataFrame:
    """Return the items (optionally only those of one framework) that both coders rated.

    Columns: item_id, framework, area, item, coder_a and coder_b (statuses), status (as reported),
    note (how a difference was resolved), rationale_a, rationale_b, evidence_ids_a, evidence_ids_b.
    """
    items = alignment.adjudicated(place)
    items = items[(items[alignment.CODERS] != "").all(axis=1)]
    items = items[items.framework == framework] if framework else items
    rows = cop.data.read("alignment", place.data, place.iso3)
    reasons = rows.pivot(index="item_id", columns="coder", values=["rationale", "evidence_ids"])
    reasons.columns = [f"{name}_{coder.lower()}" for name, coder in reasons.columns]
    columns = ["item_id", "framework", "area", "item", *alignment.CODERS, "status", "note"]
    columns += ["rationale_a", "rationale_b", "evidence_ids_a", "evidence_ids_b"]
    items = items.join(reasons, on="item_id").reindex(columns=columns)
    return items.fillna("").reset_index(drop=True)


def gaps(place: Country) -> pd.DataFrame:
    """List missing and unverified data, in the columns kind, id, what and so.

    `so` is the next step, a note or a status. The rows are key figures without a value and, for an
    edition, sections without a verified statement, undetermined policy-makers' items, gaps that no
    recommendation addresses, and unverified rows.
    """
    frames = [_figures(place)]
    if place.edition:
        frames += [_sections(place), _items(place), _unserved(place), _unverified(place)]
    return pd.concat(frames, ignore_index=True)[GAP].astype(str)


def _sections(place):
    titles = pd.Series(cop.data.labels("evidence", "section", place.data))
    titles = titles.drop(countries.verified("evidence", place).section.unique())
    todo = "look for a source, or record where you looked"
    return _gaps("Section without a verified statement", titles.index, titles, todo)


def _figures(place):
    figures = indicators.key_figures(place)
    codes = figures.indicator_code[figures.value.isna()]
    names = codes.map(indicators.names(place.data))
    return _gaps("Figure without a value", codes, names, "a gap in the sources, not a zero")


def _items(place):
    items = alignment.adjudicated(place).query("framework == @alignment.POLICY")
    items = items[items.status.isin(["no public evidence", "not assessed"])]
    return _gaps("Undetermined policy-makers' item", items.item_id, items["item"], items.status)


def _unserved(place):
    plan = assessment.recommendations(place, cop.data.read("challenges", place.data, place.iso3))
    items = assessment.unanswered(alignment.adjudicated(place), plan, place)
    todo = items.why.mask(items.why == "", "write a recommendation, or add the item to one")
    return _gaps("Gap that no recommendation addresses", items.item_id, items["item"], todo)


def _unverified(place):
    rows = evidence.to_verify(place)
    return _gaps("Row to verify", rows.id, rows.text, "verify this row of " + rows.table)


def _gaps(kind, ids, what, todo):
    return pd.DataFrame({"kind": kind, "id": ids, "what": what, "so": todo}, columns=GAP)
