"""Compare a country with the ITU guidelines, item by item (stage 5).

Each coder rates the status and the confidence of each item independently. Results are computed
separately for each framework: ratings of cross-checks and of the Model National Response are not
added to those of the ITU guidelines. See docs/method.md.
"""

from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data import agreement
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Html
from helpers import countries
from helpers.countries import read_table

render = partial(words.render, "5-guideline-alignment")

POLICY, RESPONSE, CHECKS = "policy-makers", "Model National Response", "cross-check"
REGISTERS = ["evidence", "instruments", "stakeholders", "services"]
SILENT = "no public evidence"
AT_LEAST = ["in place", "partly in place"]  # statuses of items that are at least partly in place
ITEM = ["item_id", "framework", "document", "area", "item", "guidance", "wording"]
CODERS = ["coder_a", "coder_b"]
BOUNDS = 0.8, 0.667  # minimum alpha: good; enough for tentative conclusions
DRAWS = agreement.DRAWS  # bootstrap samples for the interval of alpha


def adjudicated(place: Country) -> pd.DataFrame:
    """Return the final rating of every guideline item and capability, one per row.

    The final rating is the adjudicated rating, otherwise that of the only coder, or of coder A if
    both coders chose the same status. If nobody rated the item, or if the coders differ and nobody
    adjudicated, the status is `not assessed` and the rest of the rating is missing.

    The columns are those in ITEM, those of the table `alignment` except coder, and:

    - judged_by: `one` (at most one coder), `changed` (adjudication replaced the status that both
      coders chose), `adjudicated`, `alike` (the coders agree) or `unsettled`; missing if unrated
    - coder_a, coder_b: the status according to each coder

    Missing values are empty strings. Items of the kind `document fact` are omitted. Rows are in the
    order of the tables `guidelines` and `capabilities`.
    """
    codings = read_table("alignment", place)
    coders = ["adjudicated", "A", "B"]
    status = codings.pivot(index="item_id", columns="coder", values="status")
    status = status.reindex(columns=coders).fillna("")
    settled, first, second = (status[coder] for coder in coders)
    agreed, changed = first == second, (settled != "") & (settled != first)
    states = [(first == "") | (second == ""), agreed & changed, settled != "", agreed]
    judged_by = np.select(states, ["one", "changed", "adjudicated", "alike"], "unsettled")

    reported = codings.assign(order=codings.coder.map(coders.index)).sort_values("order")
    reported = reported.drop_duplicates("item_id").set_index("item_id")
    reported = reported.drop(columns=["coder", "order"]).reindex(status.index)
    reported[judged_by == "unsettled"] = ""
    reported = reported.assign(judged_by=judged_by, coder_a=first, coder_b=second)
    frame = _items(place.data).join(reported, on="item_id").fillna("")
    return frame.assign(status=frame.status.replace("", "not assessed"))


def agreement_of_coders(items: pd.DataFrame) -> pd.DataFrame:
    """Compute the agreement of the two coders, one row per framework.

    `items` is the result of `adjudicated`. Only items that both coders rated are counted, and
    frameworks without such items are omitted. Frameworks are in the order of their first item_id.
    The columns are framework and:

    - items, same: number of items, and number of items with the same status
    - ac1: Gwet's AC1, computed from all statuses
    - compared: number of items that both coders rated on the ordinal scale
    - alpha, low, high: Krippendorff's ordinal alpha with its 95% bootstrap interval
    - no_alpha: empty, or why alpha is not reported and alpha, low and high are NaN: `few` (too few
      items on the scale) or `alike` (nearly all ratings are equal)
    """
    columns = ["items", "same", "ac1", "compared", "alpha", "low", "high", "no_alpha"]
    twice = items[(items[CODERS] != "").all(axis=1)].sort_values("item_id")
    rows = {}
    for name, pair in twice.groupby("framework", sort=False)[CODERS]:
        reason, alpha = agreement.says_nothing(pair), [np.nan] * 3
        if not reason:
            alpha = [agreement.ordinal_alpha(pair), *agreement.bootstrap(pair)]
        same = (pair.coder_a == pair.coder_b).sum()
        counts = [len(pair), same, agreement.ac1(pair), agreement.compared(pair)]
        rows[name] = [*counts, *alpha, reason]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.rename_axis("framework").reset_index()


def searches(items: pd.DataFrame, place: Country) -> dict[str, list[list[str]]]:
    """Return the searches recorded for items whose final status is `no public evidence`.

    `items` is the result of `adjudicated`. The result is {item_id: [[coder, confidence_reason],
    ...]} for ratings with this status; the reason describes the search (see docs/method.md).
    """
    silent = items.item_id[items.status == SILENT]
    codings = read_table("alignment", place)
    codings = codings[(codings.status == SILENT) & codings.item_id.isin(silent)]
    return {
        item: rows[["coder", "confidence_reason"]].to_numpy().tolist()
        for item, rows in codings.groupby("item_id")
    }


def record(place: Country) -> dict[str, int | str]:
    """Return {table: number of verified rows} for the tables in REGISTERS and for `sources`.

    The keys `first` and `last` contain the earliest and latest date on which a verified source was
    accessed, or empty strings if there is none.
    """
    tables = {name: countries.verified(name, place) for name in [*REGISTERS, "sources"]}
    days = sorted(tables["sources"].accessed) or [""]
    return {name: len(table) for name, table in tables.items()} | {
        "first": days[0], "last": days[-1]}  # fmt: skip


def item_table(items: pd.DataFrame, place: Country, framework: str, disputed: pd.DataFrame) -> Html:
    """Render the items of a framework with status, confidence, rationale and evidence.

    `items` is the result of `adjudicated`, and `disputed` is the saved table `disputed_ratings`.
    Disputed ratings are shown with the proposed rating. Items without public evidence are shown
    with the recorded searches, and items in the table `checklist` with its column `usually_in`.
    """
    frame = items[items.framework == framework]
    frame, searched = frame.assign(anchor=frame.item_id), searches(frame, place)
    others = {item: list(page.rows(rows)) for item, rows in disputed.groupby("item_id")}
    proofs = cop.data.read("checklist", place.data)
    return render("item_table", frame, framework, place, others, searched, record(place), proofs)


def _items(data):
    items = cop.data.read("guidelines", data)
    items = items[items.kind != "document fact"]
    items = items.assign(framework=items.audience.mask(items.kind == CHECKS, CHECKS))
    capabilities = cop.data.read("capabilities", data).rename(
        columns={"capability_id": "item_id", "capability": "item", "definition": "guidance"}
    )
    capabilities = capabilities.assign(
        framework=RESPONSE,
        document=RESPONSE,
        wording=capabilities.wording_checked.map({"yes": "printed", "no": "paraphrase"}),
    )
    return pd.concat([items[ITEM], capabilities[ITEM]], ignore_index=True).fillna("")
