"""Stage 5, alignment: item by item against the ITU guidelines, with the Model National Response beside them.

Two coders work apart; the adjudicated coding is the one reported. Status and confidence are two things and are
never mixed. See docs/coding-guide.md.
"""

import pandas as pd

import contract
from helpers import agreement
from report import charts, citations, page

POLICY, RESPONSE = "policy-makers", "Model National Response"
FRAMEWORKS = {
    POLICY: "Guidelines for policy-makers",
    RESPONSE: "Model National Response",
    "industry": "Guidelines for industry",
    "parents and educators": "Guidelines for parents and educators",
    "children": "Guidelines for children",
}
STATUSES = list(page.SIGNS)


def items(place):
    """Give every item that can be coded: item_id, framework, area, item, guidance, wording_checked."""
    guide = (
        contract.read("guidelines", place.data)
        .query("kind != 'document fact'")
        .rename(columns={"audience": "framework"})
    )
    mnr = (
        contract.read("capabilities", place.data)
        .assign(framework=RESPONSE)
        .rename(
            columns={"capability_id": "item_id", "capability": "item", "definition": "guidance"}
        )
    )
    return pd.concat([guide, mnr])[
        ["item_id", "framework", "area", "item", "guidance", "wording_checked"]
    ].reset_index(drop=True)


def codings(place):
    """Give all codings of the country, by both coders and the adjudicator."""
    return contract.read("alignment", place.data, place.iso3)


def adjudicated(place):
    """Give every item with its adjudicated status; an item without a row is `not assessed`."""
    rows = codings(place).query("coder == 'adjudicated'").drop(columns="coder")
    out = items(place).merge(rows, on="item_id", how="left")
    out["status"] = out.status.fillna("not assessed")
    texts = ["confidence", "confidence_reason", "evidence_ids", "rationale", "note"]
    return out.assign(**{c: out[c].fillna("") for c in texts}).drop(columns="guidance")


def chosen(place, framework=POLICY, status=None):
    """Give the items of one framework with one adjudicated status; None is any."""
    frame = adjudicated(place).query("framework == @framework")
    return (frame if status is None else frame[frame.status == status]).reset_index(drop=True)


def item_evidence(place, item_id):
    """Give each row that the judgement of an item stands on: id, what it says, year, confidence, source and address.

    Raises LookupError for an item that is not known; no row where nothing is named.
    """
    frame = adjudicated(place).set_index("item_id")
    if item_id not in frame.index:
        raise LookupError(
            f"no item {item_id!r} in guidelines.csv or capabilities.csv; ids look like PM-LEG-01"
        )
    rows = pd.concat([_said(name, place) for name in ("evidence", "instruments", "stakeholders")])
    rows = rows.set_index("id").reindex(contract.split(frame.evidence_ids[item_id])).reset_index()
    known = contract.read("sources", place.data, place.iso3)[["source_id", "title", "url"]]
    return rows.merge(known.rename(columns={"title": "source"}), on="source_id", how="left")


def about_item(place, item_id):
    """Show one item: what it asks, how it was judged, why, and what the two coders said."""
    row = adjudicated(place).set_index("item_id").loc[item_id]
    guidance = items(place).set_index("item_id").guidance[item_id]
    coders = codings(place).query("item_id == @item_id and coder != 'adjudicated'")
    said = "; ".join(f"coder {r.coder}: {r.status}" for r in coders.itertuples())
    return page.join(
        [
            page.Shown(
                '<p class="item"><span class="id">{}</span> <strong>{}</strong> {}</p>'
            ).format(item_id, row["item"], page.status(row.status)),
            page.say("{}", guidance, kind="note") if guidance else "",
            page.say(
                "{}{}",
                _why(row),
                f" Confidence {row.confidence}: {row.confidence_reason}." if row.confidence else "",
            ),
            page.say("{}", f"{said}. {row.note}".strip(), kind="note") if said else "",
        ],
        "",
    )


def by_area(frame):
    """Give the number of items by framework, area and status; areas keep the order of the guidelines."""
    counts = frame.groupby(["framework", "area", "status"], sort=False).size().unstack(fill_value=0)
    order = frame[["framework", "area"]].drop_duplicates()
    return (
        counts.reindex(columns=STATUSES, fill_value=0)
        .loc[list(order.itertuples(index=False, name=None))]
        .reset_index()
    )


def agreement_of_coders(place):
    """Give, per framework that both coded, the share of same words and Krippendorff's alpha with its interval."""
    wide = (
        codings(place)
        .pivot(index="item_id", columns="coder", values="status")
        .reindex(columns=["A", "B"])
        .dropna()
    )
    wide = wide.join(items(place).set_index("item_id").framework)
    return pd.DataFrame(
        [
            _agreement(name, part[["A", "B"]])
            for name, part in wide.groupby("framework", sort=False)
        ],
        columns=["framework", "items", "same", "compared", "alpha", "low", "high"],
    )


def bottom_line(place):
    """Say how the policy-makers' items stand, in the four different words."""
    counts = (
        adjudicated(place)
        .query("framework == @POLICY")
        .status.value_counts()
        .reindex(STATUSES, fill_value=0)
    )
    return page.say(
        "Of the {} items of the guidelines for policy-makers, {} {} in place in {}, {} partly in place and {} not in place; "
        "on {} no public evidence was found, and {} {} not assessed.",
        counts.sum(),
        counts["in place"],
        "is" if counts["in place"] == 1 else "are",
        place.called,
        counts["partly in place"],
        counts["not in place"],
        counts["no public evidence"],
        counts["not assessed"],
        "was" if counts["not assessed"] == 1 else "were",
        kind="bottom-line",
    )


def about_confidence(place, framework=POLICY):
    """Say how sure the coding is."""
    frame = adjudicated(place).query("framework == @framework and confidence != ''")
    n = frame.confidence.value_counts().reindex(["high", "moderate", "low"], fill_value=0)
    return page.say(
        "Confidence is high for {} of these codings, moderate for {} and low for {}.",
        n["high"],
        n["moderate"],
        n["low"],
    )


def about_others(place):
    """Say on how many items of the other guidelines the evidence speaks at all."""
    frame = adjudicated(place)
    frame = frame[~frame.framework.isin([POLICY, RESPONSE])]
    spoken = int((frame.status != "not assessed").sum())
    return page.say(
        "The evidence speaks on {} of the {} items for industry, parents, educators and children; the others "
        "were not assessed, which says nothing about the country.",
        spoken,
        len(frame),
    )


def about_agreement(place):
    """Say what the agreement of the coders means, in the usual bounds (0.80, and 0.667 for tentative use)."""
    frame = agreement_of_coders(place)
    if frame.empty or frame.alpha.isna().all():
        return page.say(
            "Agreement of two coders cannot be computed: fewer than two put items on the scale."
        )
    worst = frame.loc[frame.alpha.idxmin()]
    word = (
        "good"
        if worst.low >= 0.8
        else "enough for tentative conclusions"
        if worst.low >= 0.667
        else "not secured"
    )
    return page.say(
        "Two coders judged the items apart; their agreement before adjudication is {} (lowest for the {}: Krippendorff's alpha {}, 95% interval {} to {}). Both read "
        "the same record, so agreement does not show that the record is complete.",
        word,
        FRAMEWORKS[worst.framework],
        f"{worst.alpha:.2f}",
        f"{worst.low:.2f}",
        f"{worst.high:.2f}",
    )


def item_table(place, framework, assessed_only=False):
    """Show the items of one framework with status, confidence, rationale and evidence."""
    frame = adjudicated(place).query("framework == @framework")
    frame = frame[frame.status != "not assessed"] if assessed_only else frame
    shown = frame.assign(
        anchor=frame.item_id,
        status=frame.status.map(page.status),
        on=[citations.refs(e, place) for e in frame.evidence_ids],
        item=[_item(r) for r in frame.itertuples()],
        rationale=[citations.linked(_why(r), place) for r in frame.itertuples()],
        sure=[_sure(r) for r in frame.itertuples()],
    )
    return page.table(
        shown,
        f"{FRAMEWORKS[framework]}, item by item",
        {
            "item": "Item",
            "status": "Status",
            "sure": "Confidence",
            "rationale": "Why",
            "on": "Evidence",
        },
        kind="wide items",
    )


def area_chart(place, framework):
    """Draw the mix of statuses by area; says so where no item was assessed."""
    frame = (
        by_area(adjudicated(place))
        .query("framework == @framework")
        .rename(columns={"area": "label"})
    )
    total = frame[STATUSES].sum()
    if total["not assessed"] == total.sum():
        return page.say(
            "{}: no item was assessed yet, so nothing is drawn.", FRAMEWORKS[framework], kind="none"
        )
    return charts.stacked(
        frame[["label", *STATUSES]].assign(label=frame.label.map(_short)),
        f"{place.name}: {total['in place']} of {total.sum()} items in place and {total['partly in place']} partly ({FRAMEWORKS[framework]})",
        "Stacked bars of items by area and status: "
        + "; ".join(
            f"{r.label}: "
            + ", ".join(f"{n} {s}" for s, n in zip(STATUSES, r[2:], strict=True) if n)
            for r in frame[["label", *STATUSES]].itertuples()
        ),
        f"adjudicated coding, edition {place.edition}",
    )


def agreement_table(place):
    """Show alpha with its interval for each framework, whatever it is."""
    frame = agreement_of_coders(place)
    shown = frame.assign(
        framework=frame.framework.map(FRAMEWORKS),
        alpha=frame.alpha.map(lambda a: "cannot be computed" if pd.isna(a) else f"{a:.2f}"),
        interval=[
            "cannot be computed" if pd.isna(r.low) else f"{r.low:.2f} to {r.high:.2f}"
            for r in frame.itertuples()
        ],
    )
    return page.table(
        shown,
        "Agreement of two coders before adjudication",
        {
            "framework": "Framework",
            "items": "Items",
            "same": "Same word",
            "compared": "Both on the scale",
            "alpha": "Alpha (ordinal)",
            "interval": "95% interval",
        },
        "Krippendorff's alpha: 1 is full agreement, 0 is what chance would give; bootstrap over items, 2,000 draws.",
    )


def difference_table(place):
    """Show the items on which the coders differed, and how it was settled."""
    wide = (
        codings(place)
        .pivot(index="item_id", columns="coder", values="status")
        .reindex(columns=["A", "B"])
    )
    frame = adjudicated(place).merge(wide.reset_index(), on="item_id")
    frame = frame[frame.A.notna() & frame.B.notna() & (frame.A != frame.B)]
    return page.table(
        frame.assign(
            note=[citations.linked(n, place) for n in frame.note],
            **{c: frame[c].map(page.status) for c in ("A", "B", "status")},
        ),
        "Where the two coders differed",
        {"item": "Item", "A": "Coder A", "B": "Coder B", "status": "Settled as", "note": "Why"},
    )


def _said(name, place):
    """Give one register's rows as id, says, year, confidence, source_id."""
    frame = contract.read(name, place.data, place.iso3)
    columns = {
        "evidence": {"id": "evidence_id", "says": "statement"},
        "instruments": {"id": "instrument_id", "says": "title"},
        "stakeholders": {"id": "stakeholder_id", "says": "name"},
    }[name]
    frame = frame.rename(columns={old: new for new, old in columns.items()})
    return frame.reindex(columns=["id", "says", "year", "confidence", "source_id"]).astype(object)


def _agreement(framework, wide):
    low, high = agreement.bootstrap(wide)
    return (
        framework,
        len(wide),
        int((wide.A == wide.B).sum()),
        agreement.compared(wide),
        agreement.ordinal_alpha(wide),
        low,
        high,
    )


def _item(row):
    flag = (
        ""
        if row.wording_checked == "yes"
        else page.Shown(
            ' <abbr title="a paraphrase, still to be checked against the printed text">*</abbr>'
        )
    )
    return page.Shown('<span class="id">{}</span> {}{}').format(row.item_id, row.item, flag)


def _why(row):
    return row.rationale or "Not looked at in this edition."


def _sure(row):
    return (
        page.Shown('{}<br><span class="local">{}</span>').format(
            row.confidence, row.confidence_reason
        )
        if row.confidence
        else "none given"
    )


def _short(area):
    return area if len(area) <= 44 else f"{area[:43].rsplit(' ', 1)[0]} …"
