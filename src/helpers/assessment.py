"""Stage 6, country assessment: the synthesis that becomes the report."""

import pandas as pd

import contract
from helpers import alignment
from helpers.alignment import POLICY
from helpers.evidence import SECTIONS
from helpers.responses import FORM
from helpers.stakeholders import CATEGORIES
from helpers.triangulation import AREAS
from report import citations, page

WORDS = {
    "draft": "Draft",
    "under validation": "Under validation by national authorities",
    "validated": "Validated by national authorities",
}
ROWS = {
    "lanzarote": "Lanzarote Convention",
    "weprotect": "Signed We Protect",
    "active_organisations": "Number of active organisations",
    "national_strategy": "National Strategy for Child Online Protection",
    "cyber_regulation": "Cybersecurity regulation for COP",
    "national_agency": "National COP agency",
}
CARDS = {
    "IT.NET.USER.ZS": "of people use the internet",
    "ITU.xHH6": "of households have internet at home",
    "WPP.POP.0014": "children are under 15",
    "NCMEC.REPORTS": "CyberTipline reports",
}


def edition(place):
    """Give the row of this edition: cut_off, status, basis."""
    frame = contract.read("editions", place.data, place.iso3).set_index("edition")
    return frame.loc[place.edition]


def cover(place, title="Child Online Protection assessment"):
    """Show what the report is, how old it is, and how far it has come. SYNTHETIC data say so."""
    about = edition(place)
    facts = {
        "Edition": place.edition,
        "Data cut-off": about.cut_off,
        "Status": f"{WORDS[about.status]}: {about.basis}",
    }
    lines = page.join(
        (page.Shown("<div><dt>{}</dt><dd>{}</dd></div>").format(k, v) for k, v in facts.items()), ""
    )
    banner = page.Shown(
        '<p class="synthetic">SYNTHETIC: {} is an invented country; nothing here is about a real one.</p>'
    ).format(place.name)
    return page.Shown(
        '<section class="cover" data-iso3="{}" data-country="{}" data-edition="{}" data-status="{}" data-cut-off="{}">'
        '<p class="kicker">{}</p><p class="country">{}</p><dl>{}</dl></section>{}'
    ).format(
        place.iso3,
        place.name,
        place.edition,
        about.status,
        about.cut_off,
        title,
        place.name,
        lines,
        banner if place.iso3 == "ZZZ" else "",
    )


def challenges(place):
    """Give the primary challenges of the country."""
    return contract.read("challenges", place.data, place.iso3)


def recommendations(place):
    """Give one recommendation per challenge: what, who, by when, for which guideline items, on what evidence."""
    frame = challenges(place)
    return frame.assign(recommendation_id=frame.challenge_id.str.replace("-C", "-R")).drop(
        columns="challenge_id"
    )


def table_25(place):
    """Give the six rows of Table 25 from today's data: value, as-of date, the published value, why they differ."""
    then = (
        contract.read("table_25_2020", place.data)
        .query("iso3 == @place.iso3")
        .set_index("row")
        .value
    )
    words = (
        contract.read("table_25", place.data, place.iso3).set_index("row").reindex(ROWS).fillna("")
    )
    cells = pd.DataFrame(
        [_computed(row, place) for row in ROWS],
        index=list(ROWS),
        columns=["value", "as_of", "refs"],
    )
    judged = words.value != ""
    cells.loc[judged, "value"], cells.loc[judged, "as_of"] = (
        words.value[judged],
        edition(place).cut_off,
    )
    cells.loc[judged, "refs"] = words.evidence_ids[judged]
    return (
        cells.assign(
            label=ROWS,
            published_2020=then.reindex(list(ROWS)).fillna("not in the table"),
            detail=words.detail,
            difference=words.difference,
        )
        .rename_axis("row")
        .reset_index()
    )


def summary(place):
    """Give the findings a reader needs first, each drawn from a handed-on table, never typed."""
    return page.bullets(
        line
        for line in (
            _on_alignment(place),
            _on_law(place),
            _on_people(place),
            _on_figures(place),
            _on_fieldwork(place),
            _on_sources(place),
            _on_gaps(place),
        )
        if line
    )


def first_challenges(place):
    """Give the primary challenges in brief, each linked to its improvement and positive action."""
    if challenges(place).empty:
        return page.say("No challenge is recorded yet.", kind="none")
    return page.bullets(
        page.Shown('<a href="#{}">{}</a>. {}').format(
            r.challenge_id, r.theme.capitalize(), r.challenge
        )
        for r in challenges(place).itertuples()
    )


def key_figures(place):
    """Show the leading figures as a panel, each with year, region and source."""
    frame = contract.handed_on("key_figures", place).set_index("indicator_code")
    cards = page.join((_card(frame.loc[code], text, place) for code, text in CARDS.items()), "")
    return page.Shown('<div class="cards">{}</div>').format(cards)


def narrative(place, part):
    """Show the analyst's text with its citations, or that it is still to be written.

    Raises LookupError for a citation without a source.
    """
    text = contract.without_notes(
        contract.text(place.data, f"research/{place.iso3}/narrative/{part}.md")
    )
    if not text.strip():
        return page.say("This chapter is still to be written.", kind="none")
    return page.Shown('<div class="narrative">{}</div>').format(
        citations.with_citations(text, place)
    )


def challenge_blocks(place):
    """Show each primary challenge with its suggested improvement and a positive action as example."""
    if challenges(place).empty:
        return page.say("No challenge is recorded yet.", kind="none")
    return page.join((_block(row, place) for row in challenges(place).itertuples()), "")


def recommendation_table(place):
    """Show who does what by when, for which guideline item, on what evidence."""
    frame = recommendations(place)
    shown = frame.assign(
        anchor=frame.recommendation_id,
        id=frame.recommendation_id.str[4:],
        who=frame.addressed_to.map(_who),
        serves=[_items(r, place) for r in frame.item_ids],
        on=[citations.refs(e, place) for e in frame.evidence_ids],
    )
    return page.table(
        shown,
        "Recommendations",
        {
            "id": "No.",
            "improvement": "What",
            "who": "Who",
            "horizon": "By when, from the data cut-off",
            "serves": "Guideline item",
            "on": "Evidence",
        },
        kind="wide",
    )


def item_list(place):
    """Show the items beyond the policy-makers' guidelines that the recommendations serve, in our own words."""
    served = {item for cell in recommendations(place).item_ids for item in contract.split(cell)}
    frame = alignment.items(place)
    frame = frame[(frame.framework != alignment.POLICY) & frame.item_id.isin(served)]
    return page.table(
        frame.assign(anchor=frame.item_id, framework=frame.framework.map(alignment.FRAMEWORKS)),
        "Other items that the recommendations serve",
        {
            "item_id": "No.",
            "item": "Item",
            "framework": "From",
            "guidance": "What it asks, in our words",
        },
        kind="wide",
    )


def table_25_table(place):
    """Show Table 25 today beside the published one."""
    frame = table_25(place)
    return page.table(
        frame.assign(
            on=[_table_ref(r, place) for r in frame.refs],
            **{c: [citations.linked(t, place) for t in frame[c]] for c in ("detail", "difference")},
        ),
        "The six rows of Table 25, then and now",
        {
            "label": "Row",
            "published_2020": "Published 2020",
            "value": "Today",
            "as_of": "As of",
            "detail": "What it rests on",
            "difference": "Against 2020",
            "on": "Source",
        },
        kind="wide",
    )


def foreign_sources(place):
    """Give the sources of examples that come from other countries, for the bibliography."""
    ids = [i for i in challenges(place).action_evidence_id if i[:3] != place.iso3]
    return [s for s in (source_of(i, place) for i in ids) if s]


def source_of(row_id, place):
    """Give the source behind an evidence, instrument or stakeholder row of any country; "" where its table cannot be read."""
    name, column = {
        "E": ("evidence", "evidence_id"),
        "L": ("instruments", "instrument_id"),
        "O": ("stakeholders", "stakeholder_id"),
    }[row_id[4]]
    row = contract.row(name, place.data, column, row_id)
    return "" if row is None else row.source_id


def _computed(row, place):
    """Give (value, as of, refs) of a row that follows from data: a treaty, a membership, a count."""
    if row == "active_organisations":
        return (
            str(int(contract.handed_on("stakeholders_by_category", place).active.sum())),
            edition(place).cut_off,
            f"{place.iso3}-organisations",
        )
    instrument = {"lanzarote": "LANZAROTE_CETS201", "weprotect": "WEPROTECT"}.get(row)
    if not instrument:  # a row that is judged, and nobody has judged it
        return "not assessed", edition(place).cut_off, ""
    frame = contract.handed_on("treaty_status", place).set_index("instrument")
    if instrument not in frame.index:
        return "no public evidence", edition(place).cut_off, ""
    found = frame.loc[instrument]
    seen = contract.read("statistics_sources", place.data).set_index("source_id").accessed
    return found.status, seen.get(found.source_id, edition(place).cut_off), found.source_id


def _on_alignment(place):
    frame = contract.handed_on("alignment_by_item", place)
    counts = frame[frame.framework == POLICY].status.value_counts()
    strong = (
        frame[(frame.framework == POLICY) & (frame.status == "in place")]
        .area.str.replace(r"^\d+ ", "", regex=True)
        .unique()
    )
    return page.Shown(
        "Of {} items of the ITU guidelines for policy-makers, {} are in place, {} partly and {} not; on {} nothing public was "
        "found.{}"
    ).format(
        counts.sum(),
        counts.get("in place", 0),
        counts.get("partly in place", 0),
        counts.get("not in place", 0),
        counts.get("no public evidence", 0),
        f" In place are items on {page.listed(map(page.inside, strong))}." if len(strong) else "",
    )


def _on_law(place):
    frame = table_25(place).set_index("row")
    return page.Shown(
        "National strategy for child online protection: {}. National agency: {}. Cybersecurity regulation that covers "
        "it: {}."
    ).format(
        *(frame.value[r] for r in ("national_strategy", "national_agency", "cyber_regulation"))
    )


def _on_people(place):
    frame = contract.handed_on("stakeholders_by_category", place)
    none = [page.inside(CATEGORIES[c]) for c in frame.category[frame.active == 0]]
    return page.Shown(
        "{} of {} organisations on record were active in the last 24 months.{}"
    ).format(
        int(frame.active.sum()),
        int(frame.organisations.sum()),
        f" No active one is on record among: {page.listed(none)}." if none else "",
    )


def _on_figures(place):
    row = contract.handed_on("key_figures", place).set_index("indicator_code").loc["IT.NET.USER.ZS"]
    if pd.isna(row.value):
        return ""
    return page.Shown(
        "{}% of people used the internet in {} (median of {} countries of the region: {}%)."
    ).format(page.number(row.value), int(row.year), int(row.n), page.number(row["median"]))


def _on_fieldwork(place):
    sent, said = (
        contract.handed_on("outcome_rates", place),
        contract.handed_on("survey_results", place),
    )
    held = contract.handed_on("interview_findings", place)
    if sent.empty and said.empty and held.empty:
        return page.Shown("No stakeholder form, survey or interview is part of this edition.")
    answered = sent.set_index("rate").reindex(["RR2"]).iloc[0]
    return page.Shown("{}{} and {} were interviewed.").format(
        f"{int(answered.numerator)} of {int(answered.denominator)} organisations answered the mapping form, "
        if pd.notna(answered.numerator)
        else "",
        page.count(
            said.survey[said.survey != FORM].nunique(), "survey is reported", "surveys are reported"
        ),
        page.count(held.interview_id.nunique(), "person", "people"),
    )


def _on_sources(place):
    frame = contract.handed_on("triangulation", place)
    if (frame[["survey", "interviews"]] == "").all(axis=None):
        return ""
    differ = [page.inside(AREAS[s]) for s in frame.section[frame.verdict == "differ"]]
    return page.Shown(
        "What the desk, people and figures say agrees, wholly or in part, on {} of {} areas.{}"
    ).format(
        int(frame.verdict.isin(["agree", "agree in part"]).sum()),
        len(frame),
        f" It differs on: {'; '.join(differ)}." if differ else "",
    )


def _on_gaps(place):
    frame = contract.handed_on("evidence_by_section", place)
    silent = [page.inside(SECTIONS[s]) for s in frame.section[frame.statements == 0]]
    return page.Shown("No source was found on {}.").format(page.listed(silent)) if silent else ""


def _card(row, text, place):
    if pd.isna(row.value):
        return page.Shown(
            '<div class="card"><p class="figure missing">{}</p><p>{}</p></div>'
        ).format(page.MISSING, text)
    value = page.number(row.value) + ("%" if row.unit.startswith("%") else "")
    return page.Shown(
        '<div class="card"><p class="figure">{}</p><p>{} ({})</p><p class="beside">region: median {}, {} to {}, {} countries '
        "{}</p></div>"
    ).format(
        value,
        text,
        int(row.year),
        page.number(row["median"]),
        page.number(row.lowest),
        page.number(row.highest),
        int(row.n),
        citations.data_ref(row.source_id, place),
    )


def _block(row, place):
    where = (
        ""
        if row.action_evidence_id[:3] == place.iso3
        else f" ({_country(row.action_evidence_id, place)})"
    )
    shown = row.action_evidence_id if not where else source_of(row.action_evidence_id, place)
    return page.Shown(
        '<article class="challenge" id="{}"><h3>{}</h3><p><span class="id">{}</span> {} {}</p><dl><div><dt>Suggested improvement</dt><dd>{} '
        '<a class="ref" href="#{}">[{}]</a></dd></div><div><dt>Positive action{}</dt><dd>{} {}</dd></div></dl></article>'
    ).format(
        row.challenge_id,
        row.theme.capitalize(),
        row.challenge_id[4:],
        row.challenge,
        citations.refs(row.evidence_ids, place),
        row.improvement,
        row.challenge_id.replace("-C", "-R"),
        row.challenge_id[4:].replace("C", "R"),
        where,
        row.action,
        citations.refs(shown, place)
        or page.Shown('<span class="missing">(its register could not be read in this run)</span>'),
    )


def _table_ref(cell, place):
    return citations.refs(cell, place) if "-" in cell else citations.data_ref(cell, place)


def _country(row_id, place):
    return contract.read("countries", place.data).set_index("iso3").name_en[row_id[:3]]


def _who(cell):
    who = page.listed(page.inside(CATEGORIES[c]) for c in contract.split(cell))
    return who[:1].upper() + who[1:]


def _items(cell, place):
    return page.join(
        page.Shown('<a class="ref" href="#{}">{}</a>').format(i, i) for i in contract.split(cell)
    )
