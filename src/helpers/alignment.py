"""Stage 5, alignment: item by item against the ITU guidelines, the Model National Response beside.

Each framework is counted by itself: an item of ITU is never added to a cross-check. Two coders work
apart; the adjudicated coding is reported, else that of the only coder. Status and confidence are
never mixed. See docs/method.md.
"""

from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data import agreement
from cop.data.places import Country
from cop.report import page, words
from cop.report.page import Html
from helpers import charts, countries
from helpers.countries import read_table

STAGE = "5-guideline-alignment"
render = partial(words.render, STAGE)

POLICY, RESPONSE, CHECKS = "policy-makers", "Model National Response", "cross-check"
REGISTERS = ["evidence", "instruments", "stakeholders", "services"]
SILENT = "no public evidence"
AT_LEAST = ["in place", "partly in place"]  # at least in part
ITEM = ["item_id", "framework", "document", "area", "item", "guidance", "wording"]
CODERS = ["coder_a", "coder_b"]
BOUNDS = 0.8, 0.667  # from which agreement is good, and enough for tentative conclusions
DRAWS = agreement.DRAWS  # of the bootstrap behind the interval of alpha


def adjudicated(place: Country) -> pd.DataFrame:
    """Return every item with the coding that is reported; an item without one is `not assessed`.

    Reported is the adjudicated coding, else that of the only coder, else what both agree on. Where
    two coders differ and no adjudication is recorded, the item is not assessed. Columns: those of
    ITEM and of the coding; judged_by (`adjudicated`, `one`, `alike`, `unsettled`); coder_a and
    coder_b, the status by each coder. "" where there is none.
    """
    codings = read_table("alignment", place)
    coders = ["adjudicated", "A", "B"]
    status = codings.pivot(index="item_id", columns="coder", values="status")
    status = status.reindex(columns=coders).fillna("")
    settled, first, second = (status[coder] for coder in coders)
    states = [(first == "") | (second == ""), settled != "", first == second]
    judged_by = np.select(states, ["one", "adjudicated", "alike"], "unsettled")

    order = codings.coder.map(coders.index).sort_values(kind="stable").index
    reported = codings.loc[order].drop_duplicates("item_id").set_index("item_id")
    reported = reported.drop(columns="coder").reindex(status.index)
    reported[judged_by == "unsettled"] = ""
    reported = reported.assign(judged_by=judged_by, coder_a=first, coder_b=second)
    frame = _items(place.data).join(reported, on="item_id").fillna("")
    return frame.assign(status=frame.status.replace("", "not assessed"))


def agreement_of_coders(items: pd.DataFrame) -> pd.DataFrame:
    """Return how far the coders agree on the items that both judged, one row per framework.

    Columns: framework, items, same (word, of all words), ac1 (Gwet's, over all words), compared
    (both on the scale), alpha (Krippendorff's, ordinal), low, high (its 95% interval), no_alpha
    (why there is no alpha). NaN where there is no figure.
    """
    rows = []
    for name, pair in (
        items[(items[CODERS] != "").all(axis=1)]
        .sort_values("item_id")
        .groupby("framework", sort=False)[CODERS]
    ):
        reason = agreement.says_nothing(pair)
        alpha = [np.nan] * 3
        if not reason:
            alpha = [agreement.ordinal_alpha(pair), *agreement.bootstrap(pair)]
        same = int((pair.coder_a == pair.coder_b).sum())
        counts = [len(pair), same, agreement.ac1(pair), agreement.compared(pair)]
        rows.append([name, *counts, *alpha, reason])
    columns = ["framework", "items", "same", "ac1", "compared", "alpha", "low", "high", "no_alpha"]
    return pd.DataFrame(rows, columns=columns)


def searches(items: pd.DataFrame, place: Country) -> dict[str, list[tuple[str, str]]]:
    """Return who looked for each item without public evidence, and what they read.

    {item_id: [(coder, or "adjudicated"; reason for the confidence), ...]}: the reason says what was
    searched (see docs/method.md).
    """
    silent = items.item_id[items.status == SILENT]
    codings = read_table("alignment", place)
    codings = codings[(codings.status == SILENT) & codings.item_id.isin(silent)]
    return {
        item: list(zip(rows.coder, rows.confidence_reason, strict=True))
        for item, rows in codings.groupby("item_id")
    }


def record(place: Country) -> dict[str, int | str]:
    """Return the size of the record that coders searched: verified rows of each register.

    `first` and `last` are the days on which its sources were read ("" where there is none).
    """
    tables = {name: countries.verified(name, place) for name in [*REGISTERS, "sources"]}
    days = sorted(tables["sources"].accessed) or [""]
    return {name: len(table) for name, table in tables.items()} | {
        "first": days[0], "last": days[-1]}  # fmt: skip


def item_table(
    items: pd.DataFrame, place: Country, framework: str, disputed: pd.DataFrame | None = None
) -> Html:
    """Render the items of one framework with status, confidence, rationale and evidence.

    A `disputed` rating is shown both ways; an item without public evidence shows what was searched.
    """
    frame = items[items.framework == framework]
    frame, searched = frame.assign(anchor=frame.item_id), searches(frame, place)
    others = {}
    if disputed is not None:
        others = {item: list(page.rows(rows)) for item, rows in disputed.groupby("item_id")}
    size = record(place) if searched else {}
    return render("item_table", frame, framework, place, others, searched, size)


def area_chart(by_area: pd.DataFrame, place: Country, framework: str, items: pd.DataFrame) -> Html:
    """Render the mix of statuses by area."""
    frame = by_area[by_area.framework == framework].loc[:, "area":]
    frame = frame.rename(columns={"area": "label"})
    low = (items[items.framework == framework].confidence == "low").sum()
    return render("area_chart", charts, frame, framework, place, low)


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
