"""Stage 1, desktop research: what is published about the country, which sections speak, which are silent."""

import pandas as pd

import contract
from report import citations, page

SECTIONS = {
    "observations": "Observations",
    "ict_statistics": "ICT statistics",
    "research": "Research on children online",
    "legal_framework": "Legal framework",
    "regulatory_framework": "Policy and regulation",
    "reporting_illegal_content": "Reporting illegal content",
    "reporting_user_concerns": "Helplines and user concerns",
    "stakeholders": "Stakeholders",
    "education": "Education",
    "educational_resources": "Educational resources",
    "child_protection": "Child protection and justice",
    "awareness": "Awareness campaigns",
    "tools_services_settings": "Tools, services and settings",
    "challenges": "Challenges",
    "positive_actions": "Positive actions",
}
CONFIDENCE = ["high", "moderate", "low"]
KEYS = {
    "evidence": ("evidence_id", "statement"),
    "instruments": ("instrument_id", "title"),
    "stakeholders": ("stakeholder_id", "name"),
    "sources": ("source_id", "title"),
}


def read(place):
    """Give the verified evidence of the country; statements that are not verified are never content."""
    return (
        contract.read("evidence", place.data, place.iso3)
        .query("verified == 'yes'")
        .drop(columns="verified")
    )


def instruments(place):
    """Give the verified legal and policy instruments."""
    return (
        contract.read("instruments", place.data, place.iso3)
        .query("verified == 'yes'")
        .drop(columns="verified")
    )


def chosen(place, section=None, source_type=None, confidence=None, words=""):
    """Give the verified statements that match all that is named, with type and title of their source; None is any.

    `words` are looked for in the statement, its remark and the source's title, whatever their case, all of them.
    """
    known = contract.read("sources", place.data, place.iso3)[["source_id", "type", "title", "url"]]
    frame = read(place).merge(known, on="source_id", how="left")
    asked = {"section": section, "type": source_type, "confidence": confidence}
    for column, value in asked.items():
        frame = frame if value is None else frame[frame[column] == value]
    spoken = (frame.statement + " " + frame.remark + " " + frame.title).str.casefold()
    for word in words.casefold().split():
        frame = frame[spoken.loc[frame.index].str.contains(word, regex=False)]
    return frame.assign(section=frame.section.map(SECTIONS)).reset_index(drop=True)


def by_section(place):
    """Give one row per section of the assessment, silent ones included: statements by confidence, latest year."""
    frame = read(place)
    counts = pd.crosstab(frame.section, frame.confidence).reindex(
        index=SECTIONS, columns=CONFIDENCE, fill_value=0
    )
    return counts.assign(
        statements=counts.sum(axis=1), latest=frame.groupby("section").year.max()
    ).reset_index()


def silent(place):
    """Give the titles of the sections on which no verified source speaks."""
    frame = by_section(place)
    return [SECTIONS[s] for s in frame.section[frame.statements == 0]]


def to_verify(place):
    """Give every row that must be checked before it may be used: the analyst's list, never content of a report."""
    parts = [contract.read(name, place.data, place.iso3).assign(table=name) for name in KEYS]
    parts = [
        p.rename(columns=dict(zip(KEYS[p.table.iloc[0]], ("id", "text"), strict=True)))
        for p in parts
        if len(p)
    ]
    rows = [
        p.assign(year=p.get("year", pd.Series(pd.NA, index=p.index)))[p.verified == "no"]
        for p in parts
    ]
    treaties = contract.read("treaties", place.data).query(
        "iso3 == @place.iso3 and verified == 'no'"
    )
    rows.append(
        treaties.assign(table="treaties", text=treaties.note, year=pd.NA).rename(
            columns={"instrument": "id"}
        )
    )
    return pd.concat(
        [r[["table", "id", "text", "year"]].astype(object) for r in rows], ignore_index=True
    )


def bottom_line(place):
    """Say how much was found and where nothing was."""
    frame, quiet = read(place), silent(place)
    text = page.say(
        "{} from {} speak about child online protection in {}; {} of the statements are of high confidence. {}",
        page.count(len(frame), "verified statement"),
        page.count(len(citations.register(place)), "source"),
        place.called,
        f"{(frame.confidence == 'high').sum()} of {len(frame)}",
        f"No source was found on: {page.listed(map(page.inside, quiet))}."
        if quiet
        else "Every section of the assessment has at least one.",
        kind="bottom-line",
    )
    return text


def about_age(place):
    """Say how old the evidence is, since an old statement may no longer hold."""
    years = read(place).year.dropna()
    recent = int((years >= int(place.edition) - 3).sum())
    return page.say(
        "{} of the {} dated statements are from {} or later; {} carry no year.",
        recent,
        len(years),
        int(place.edition) - 3,
        len(read(place)) - len(years),
    )


def about_verifying(place):
    """Say how many rows wait to be verified; they are used nowhere."""
    return page.say(
        "{} still to be checked against a source and used nowhere in this assessment.",
        "1 row of the register is"
        if (n := len(to_verify(place))) == 1
        else f"{n} rows of the register are",
    )


def section_table(place):
    """Show the sections with their number of statements by confidence."""
    frame = by_section(place)
    frame = frame.assign(section=frame.section.map(SECTIONS), latest=frame.latest.map(_year))
    return page.table(
        frame,
        "Verified statements by section and confidence",
        {
            "section": "Section",
            "statements": "Statements",
            "high": "High",
            "moderate": "Moderate",
            "low": "Low",
            "latest": "Latest year",
        },
    )


def evidence_table(place, section=None):
    """Show the statements, each with year, confidence and source; with `section`, only those."""
    frame = read(place)
    frame = frame[frame.section == section] if section else frame
    frame = frame.assign(
        anchor=frame.evidence_id,
        id=frame.evidence_id.str[4:],
        year=frame.year.map(_year),
        section=frame.section.map(SECTIONS),
        source=frame.source_id.map(lambda s: citations.refs(s, place)),
        statement=[_remarked(r.statement, r.remark, place) for r in frame.itertuples()],
    )
    return page.table(
        frame,
        "Evidence, statement by statement",
        {
            "id": "No.",
            "section": "Section",
            "statement": "What the source says, in our words",
            "year": "Year",
            "confidence": "Confidence",
            "source": "Source",
        },
        kind="wide",
    )


def instrument_table(place, kinds=None):
    """Show laws, treaties, strategies and mandates with status, year and source."""
    frame = instruments(place)
    frame = frame[frame.kind.isin(kinds)] if kinds else frame
    frame = frame.assign(
        anchor=frame.instrument_id,
        id=frame.instrument_id.str[4:],
        year=frame.year.map(_year),
        status=frame.status.replace({"absent": "not found", "": "not stated"}),
        source=frame.source_id.map(lambda s: citations.refs(s, place)),
        detail=[_remarked(r.detail, r.remark, place) for r in frame.itertuples()],
    )
    return page.table(
        frame,
        "Legal and policy instruments" if not kinds else f"Instruments: {page.listed(kinds)}",
        {
            "id": "No.",
            "title": "Instrument",
            "kind": "Kind",
            "status": "Status",
            "year": "Year",
            "detail": "What the source says, in our words",
            "source": "Source",
        },
        kind="wide",
    )


def verify_table(place):
    """Show the analyst's list of rows to verify (left out of what is shared)."""
    frame = to_verify(place)
    return page.table(
        frame.assign(year=frame.year.map(_year)),
        "To verify before use",
        {"table": "Table", "id": "Row", "text": "What it says", "year": "Year"},
    )


def _remarked(text, remark, place):
    note = (
        page.Shown(' <span class="local">Remark: {}</span>').format(citations.linked(remark, place))
        if remark
        else ""
    )
    return page.Shown("{}{}").format(citations.linked(text, place), note)


def _year(year):
    return "no year" if pd.isna(year) or year == "" else str(int(year))
