"""Compare a country with the ITU guidelines, item by item (stage 5).

Each framework is counted separately: cross-checks and the Model National Response are never added
to ITU's items. Two coders work independently. Status and confidence are reported separately. See
docs/method.md.
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

STAGE = "5-guideline-alignment"
render = partial(words.render, STAGE)

POLICY, RESPONSE, CHECKS = "policy-makers", "Model National Response", "cross-check"
REGISTERS = ["evidence", "instruments", "stakeholders", "services"]
SILENT = "no public evidence"
AT_LEAST = ["in place", "partly in place"]  # statuses at least partly in place
ITEM = ["item_id", "framework", "document", "area", "item", "guidance", "wording"]
CODERS = ["coder_a", "coder_b"]
BOUNDS = 0.8, 0.667  # minimum alpha: good; enough for tentative conclusions
DRAWS = agreement.DRAWS  # bootstrap samples for the interval of alpha


def adjudicated(place: Country) -> pd.DataFrame:
    """Return the reported coding of every item, one row per item.

    The adjudicated coding is reported; without one, that of the only coder, or the coding on which
    both coders agree. Items without a coding are `not assessed`, as are items on which the coders
    differ without an adjudication. Columns: those of ITEM and of the coding; judged_by
    (`adjudicated`, `changed` after both coders agreed, `one`, `alike`, `unsettled`); coder_a and
    coder_b, each coder's status. Missing cells are "".
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
    """Return the agreement of the coders on the items that both rated, one row per framework.

    Columns: framework, items (rated by both), same (with the same status), ac1 (Gwet's AC1, all
    statuses), compared (both on the ordinal scale), alpha (Krippendorff's, ordinal), low and high
    (its 95% bootstrap interval), no_alpha (why there is no alpha). NaN where a figure is missing.
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


def searches(items: pd.DataFrame, place: Country) -> dict[str, list[tuple[str, str]]]:
    """Return the searches behind each item rated `no public evidence`.

    {item_id: [(coder, reason for the confidence), ...]}: the coder is A, B or adjudicated; the
    reason states what was searched (see docs/method.md).
    """
    silent = items.item_id[items.status == SILENT]
    codings = read_table("alignment", place)
    codings = codings[(codings.status == SILENT) & codings.item_id.isin(silent)]
    return {
        item: rows[["coder", "confidence_reason"]].to_numpy().tolist()
        for item, rows in codings.groupby("item_id")
    }


def record(place: Country) -> dict[str, int | str]:
    """Count the verified rows of each register that the coders could search.

    `first` and `last` are the first and last date on which its sources were read, or "".
    """
    tables = {name: countries.verified(name, place) for name in [*REGISTERS, "sources"]}
    days = sorted(tables["sources"].accessed) or [""]
    return {name: len(table) for name, table in tables.items()} | {
        "first": days[0], "last": days[-1]}  # fmt: skip


def item_table(items: pd.DataFrame, place: Country, framework: str, disputed: pd.DataFrame) -> Html:
    """Render the items of one framework with status, confidence, rationale and evidence.

    `disputed` holds disputed ratings, which are shown with the rating proposed instead. Items
    without public evidence show what was searched.
    """
    frame = items[items.framework == framework]
    frame, searched = frame.assign(anchor=frame.item_id), searches(frame, place)
    others = {item: list(page.rows(rows)) for item, rows in disputed.groupby("item_id")}
    return render("item_table", frame, framework, place, others, searched, record(place))


def _items(data):
    """Return the items of the guidelines, then the capabilities, with the columns of ITEM."""
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
