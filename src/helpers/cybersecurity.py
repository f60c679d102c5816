"""Stage 4, trust and confidence: the Global Cybersecurity Index, treaties, and the ITU Regional Initiative."""

import pandas as pd

import contract
from contract import vintages
from helpers import countries
from report import charts, citations, page

PILLARS = {
    "legal": "Legal",
    "technical": "Technical",
    "organizational": "Organizational",
    "capacity": "Capacity",
    "cooperation": "Cooperation",
}
TREATIES = {
    "LANZAROTE_CETS201": "Lanzarote Convention (CETS 201)",
    "BUDAPEST_ETS185": "Budapest Convention on Cybercrime (ETS 185)",
    "CRC": "Convention on the Rights of the Child",
    "CRC_OPSC": "Optional Protocol on the sale of children (OPSC)",
    "CRC_OPAC": "Optional Protocol on armed conflict (OPAC)",
    "CRC_OPIC": "Optional Protocol on communications (OPIC)",
    "WEPROTECT": "WeProtect Global Alliance",
    "UN_CYBERCRIME_CONVENTION_2024": "UN Convention against Cybercrime (2024)",
}
WHAT = {
    "human capacity": "Building human capacity",
    "best practice and surveys": "Sharing best practice, surveys",
    "national strategies": "National strategies",
    "CSIRTs and their networks": "CSIRTs and their networks",
    "simulation exercises": "Simulation exercises",
}


def gci(place):
    """Give the editions of the Global Cybersecurity Index; scores of 2014 to 2018 (0 to 1) are put on 0 to 100."""
    frame = vintages.gci(place).query("iso3 == @place.iso3").drop(columns="regional_rank")
    return frame.assign(score=frame.score.where(frame.edition >= 2020, frame.score * 100))


def pillars(place, beside=(), edition=None):
    """Give score and pillars of the country and others named by ISO3, edition by edition; with `edition`, that one.

    Countries stand in the order in which they are named; scores of all editions on 0 to 100, pillars 0 to 20.
    """
    known, order = countries.names(place.data), list(dict.fromkeys([place.iso3, *beside]))
    frame = pd.concat([gci(countries.economy(one, place.data)) for one in order], ignore_index=True)
    frame = frame if edition is None else frame[frame.edition == int(edition)]
    columns = ["country", "edition", "score", *PILLARS, "tier", "source_id"]
    return frame.assign(country=frame.iso3.map(known))[columns].reset_index(drop=True)


def editions(data):
    """Give the editions of the index that are in the data, the latest first: {2024: '2024', ...}."""
    return {
        int(e): str(e) for e in sorted(contract.read("gci", data).edition.unique(), reverse=True)
    }


def treaties(place):
    """Give the verified treaty statuses, one row per treaty; a treaty without a row has no source either way."""
    frame = contract.read("treaties", place.data).query("iso3 == @place.iso3 and verified == 'yes'")
    frame = pd.DataFrame({"instrument": TREATIES.keys(), "title": TREATIES.values()}).merge(
        frame[["instrument", "status", "date", "date_type", "source_id"]],
        on="instrument",
        how="left",
    )
    return frame.fillna(
        {"status": "no public evidence", "date": "", "date_type": "", "source_id": ""}
    )


def initiative(place):
    """Give the five expected results of the Regional Initiative; one without a row was not assessed."""
    frame = contract.read("expected_results", place.data, place.iso3)
    frame = (
        pd.DataFrame({"result": WHAT})
        .rename_axis("result0")
        .reset_index()[["result0"]]
        .rename(columns={"result0": "result"})
        .merge(frame, on="result", how="left")
    )
    return frame.fillna({"status": "not assessed", "finding": "", "evidence_ids": ""})


def gci_line(place):
    """Say the latest score, its tier, and where the pillars are strong or low."""
    frame = gci(place)
    if frame.empty:
        return page.say("The Global Cybersecurity Index has no row for {}.", place.called)
    last = frame.iloc[-1]
    scores = last[list(PILLARS)].dropna().astype(float)
    pillar = (
        f" The highest pillar is {PILLARS[scores.idxmax()].lower()} ({scores.max():.1f} of 20) and the lowest "
        f"{PILLARS[scores.idxmin()].lower()} ({scores.min():.1f})."
        if len(scores)
        else ""
    )
    tier = f", which falls in tier {last.tier[1]} of 5 by the published bounds" if last.tier else ""
    return page.say(
        "In the edition of {} the index gives {} a score of {} of 100{}.{} It measures the existence of structures, "
        "not how well they work or whether they serve children.",
        last.edition,
        place.called,
        f"{last.score:.1f}",
        tier,
        pillar,
    )


def gci_table(place):
    """Show score, pillars, the publisher's rank and tier by edition."""
    frame = gci(place)
    scored = frame.dropna(subset=list(PILLARS)).edition
    shown = frame.assign(
        edition=frame.edition.astype(str),
        tier=frame.tier.map(lambda t: t or "none in this edition"),
        rank=frame.global_rank.map(lambda r: "none published" if pd.isna(r) else str(r)),
        source=frame.source_id.map(lambda s: citations.data_ref(s, place)),
    )
    return page.table(
        shown,
        "Global Cybersecurity Index by edition",
        {
            "edition": "Edition",
            "score": "Score (0 to 100)",
            **PILLARS,
            "rank": "Publisher's rank",
            "tier": "Tier",
            "source": "Source",
        },
        f"Pillars run from 0 to 20; they were found for {page.listed(scored) or 'no edition'}. Editions differ in method, so a change of score "
        "is not a change in the country alone. The tier of 2024 is derived from the score.",
        kind="wide",
    )


def gci_chart(place):
    """Draw the five pillars by edition."""
    frame = gci(place).dropna(subset=list(PILLARS))
    if frame.empty:
        return page.say("No pillar scores were found.", kind="none")
    last = frame.iloc[-1]
    long = frame.melt("edition", list(PILLARS), "pillar", "value").replace({"pillar": PILLARS})
    low = last[list(PILLARS)].astype(float).idxmin()
    return charts.pillars(
        long[["edition", "pillar", "value"]],
        f"Lowest pillar of {place.called} in the GCI {last.edition}: {PILLARS[low].lower()} ({last[low]:.1f} of 20)",
        f"Small bar charts of five pillars of the Global Cybersecurity Index, 0 to 20, for {place.called}: "
        + "; ".join(f"{r.pillar} {r.edition}: {r.value:.1f}" for r in long.itertuples()),
        f"ITU, Global Cybersecurity Index, {page.listed(frame.edition)}",
    )


def treaty_table(place):
    """Show treaties and memberships with status, date and source."""
    frame = treaties(place)
    shown = frame.assign(
        when=[
            f"{r.date} ({r.date_type})"
            if r.date and r.date_type
            else r.date or "not in this data set"
            for r in frame.itertuples()
        ],
        source=frame.source_id.map(lambda s: citations.data_ref(s, place)),
    )
    return page.table(
        shown,
        "Treaties and memberships",
        {"title": "Instrument", "status": "Status", "when": "Date", "source": "Source"},
    )


def treaty_chart(place):
    """Draw the dated treaties on a line of years."""
    frame = (
        treaties(place)
        .query("date != ''")
        .assign(year=lambda f: f.date.str[:4].astype(int))
        .sort_values("year")
    )
    if frame.empty:
        return page.say("No dated treaty action is recorded.", kind="none")
    shown = frame.assign(label=frame.title.str.replace("Optional Protocol", "Protocol"))[
        ["year", "label"]
    ]
    return charts.timeline(
        shown,
        f"Dated treaty actions of {place.called}, {frame.year.min()} to {frame.year.max()}",
        f"Timeline of treaties, {place.name}: "
        + "; ".join(f"{r.title}, {r.date_type or r.status}: {r.date}" for r in frame.itertuples()),
        citations.titles(place, dict.fromkeys(frame.source_id)),
    )


def initiative_table(place):
    """Show what the evidence says of each expected result of the Regional Initiative."""
    frame = initiative(place)
    return page.table(
        frame.assign(
            result=frame.result.map(WHAT),
            status=frame.status.map(page.status),
            on=[citations.refs(e, place) for e in frame.evidence_ids],
            finding=frame.finding.map(lambda f: f or "Not looked at in this edition."),
        ),
        "Expected results of the ITU Regional Initiative for Europe on trust and confidence",
        {
            "result": "Expected result",
            "status": "Status",
            "finding": "What the evidence says",
            "on": "Evidence",
        },
    )


def initiative_line(place):
    """Say on how many of the five expected results the evidence speaks."""
    frame = initiative(place)
    silent = [
        WHAT[r].lower()
        for r in frame.result[frame.status.isin(["no public evidence", "not assessed"])]
    ]
    return page.say(
        "The evidence speaks on {} of the five expected results{}.",
        5 - len(silent),
        f"; it is silent on {page.listed(silent)}" if silent else "",
    )
