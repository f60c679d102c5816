"""Stage 3, triangulation: what the desk, the surveys, the interviews and the statistics say of each area, side by side.

Each speaks of a strength, a gap or both. Desk: items in place count one, partly one half; from two thirds on it is a
strength, up to one third a gap. Surveys: the upper two steps against the lower two, where one of them holds half of the
answers. Statistics: a pillar of the Global Cybersecurity Index, from 15 of 20 points a strength, up to 10 a gap.
"""

import re

import pandas as pd

from helpers import alignment, cybersecurity, responses, surveys, voices
from report import page

AREAS = {  # section of the assessment: area of the guidelines for policy-makers
    "legal_framework": "Legal framework",
    "regulatory_framework": "Regulatory framework",
    "reporting_illegal_content": "Reporting: illegal content",
    "reporting_user_concerns": "Reporting: user concerns",
    "stakeholders": "Actors and stakeholders",
    "research": "Research",
    "education": "Education: digital literacy and competency",
    "educational_resources": "Educational resources",
    "child_protection": "Child protection",
    "awareness": "National awareness",
    "tools_services_settings": "Tools, services and settings",
}
PILLARS = {
    "legal_framework": "legal",
    "regulatory_framework": "organizational",
    "stakeholders": "cooperation",
    "education": "capacity",
}
WEIGHTS = {"in place": 1, "partly in place": 0.5, "not in place": 0}
LOW, HIGH = 10, 15  # points of a pillar, of 20
SOURCES = ["desk", "survey", "interviews", "statistics"]
WORDS = {"strength": "Strength", "gap": "Gap", "both": "Strength and gap", "": "Silent"}


def read(place):
    """Give one row per area: for each of the four sources its reading and what it rests on, and the verdict.

    A reading is strength, gap or both, "" where the source is silent. The verdict is agree, agree in part, differ,
    only one source or no source.
    """
    parts = [_desk(place), _survey(place), _interviews(place), _statistics(place)]
    rows = [[section, *(part.get(section, ("", "")) for part in parts)] for section in AREAS]
    frame = pd.DataFrame(
        [[s, *(x for pair in pairs for x in pair)] for s, *pairs in rows], columns=_columns()
    )
    return frame.assign(
        verdict=[_verdict([r for r in row if r]) for row in frame[SOURCES].to_numpy()]
    )


def bottom_line(place):
    """Say on how many areas the sources agree, and on which they differ."""
    if not responses.anything(place):
        return page.silent("Desk research stands alone, so there is nothing to compare.")
    frame = read(place)
    counts = frame.verdict.value_counts()
    differ = [page.inside(AREAS[s]) for s in frame.section[frame.verdict == "differ"]]
    return page.say(
        "Of {} areas, what was found at the desk and what people and figures say agrees on {} and agrees in part on {}; on {} "
        "only one source speaks. {}",
        len(frame),
        counts.get("agree", 0),
        counts.get("agree in part", 0),
        counts.get("only one source", 0),
        f"They differ on: {'; '.join(differ)}." if differ else "On none do they differ.",
    )


def table(place):
    """Show the four sources side by side for each area, and whether they agree."""
    if not responses.anything(place):
        return page.silent("Desk research stands alone, so there is nothing to compare.")
    frame = read(place)
    cells = {
        s: [_cell(r, on) for r, on in zip(frame[s], frame[f"{s}_on"], strict=True)] for s in SOURCES
    }
    return page.table(
        frame.assign(
            area=frame.section.map(AREAS),
            verdict=[page.Shown("<strong>{}</strong>").format(v) for v in frame.verdict],
            **cells,
        ),
        "Desk, surveys, interviews and statistics by area",
        {
            "area": "Area",
            "desk": "Desk",
            "survey": "Surveys",
            "interviews": "Interviews",
            "statistics": "Statistics",
            "verdict": "Together",
        },
        "A difference is a finding, not a fault: a law can be in force while those who should use it see no effect. How a "
        "source is read as a strength or a gap is said at the end of this annex.",
    )


def about_rules(place):
    """Say how each source is read as a strength or a gap, and whom it leaves out."""
    if not responses.anything(place):
        return page.silent("Nothing was read.")
    return page.say(
        "People who did not answer may differ from those who did. Each source is read by a fixed rule. Desk: an item in place "
        "counts one and one partly in place a half; a mean of two thirds or more is a strength, of one third or less a gap. "
        "Surveys: a strength where the upper two steps of a scale hold half of the answers, a gap where the lower two do. "
        "Interviews: as noted by the person who held them. Statistics: the pillar of the Global Cybersecurity Index nearest to "
        "the area, a strength from {} of 20 points, a gap up to {}; it is about cybersecurity as a whole.",
        HIGH,
        LOW,
    )


def _columns():
    return ["section", *(name for source in SOURCES for name in (source, f"{source}_on"))]


def _verdict(readings):
    if len(readings) < 2:
        return "only one source" if readings else "no source"
    return (
        "agree"
        if len(set(readings)) == 1
        else "differ"
        if {"strength", "gap"} <= set(readings)
        else "agree in part"
    )


def _desk(place):
    """Give {section: (reading, what it rests on)} of the adjudicated items."""
    frame = alignment.adjudicated(place).query(
        "framework == @alignment.POLICY and status in @WEIGHTS"
    )
    out = {}
    for area, part in frame.groupby(frame.area.map(lambda a: re.sub(r"^\d+ ", "", a))):
        counts = part.status.value_counts()
        rests = ", ".join(f"{counts[w]} {w}" for w in WEIGHTS if w in counts)
        out |= {
            s: (_grade(part.status.map(WEIGHTS).mean(), 1 / 3, 2 / 3), f"items: {rests}")
            for s, a in AREAS.items()
            if a == area
        }
    return out


def _survey(place):
    """Give the reading of the questions with a scale; suppressed ones and those with few answers are silent."""
    frame = surveys.scales(place)
    frame = frame[frame.upper.notna() & frame.lower.notna() & (frame.n >= responses.SMALLEST)]
    out = {}
    for section, part in frame.groupby("section"):
        read_ = [_leaning(r.upper / r.n, r.lower / r.n) for r in part.itertuples()]
        rests = [
            f"{surveys.short(r)}, “{r.item}”: upper {r.upper / r.n:.0%}, lower {r.lower / r.n:.0%}, n = {r.n}"
            for r in part.itertuples()
        ]
        out[section] = (_together(read_), "; ".join(rests))
    return out


def _interviews(place):
    frame = voices.interviews(place).query("leaning != ''")
    return {
        theme: (
            _together(list(part.leaning)),
            page.count(len(part), "finding")
            + f" of {page.count(part.interview_id.nunique(), 'person', 'people')}",
        )
        for theme, part in frame.groupby("theme")
    }


def _statistics(place):
    """Give the reading of the pillar of the index that is nearest to an area, from the latest edition that has it."""
    frame = cybersecurity.gci(place).sort_values("edition").dropna(subset=cybersecurity.PILLARS)
    if frame.empty:
        return {}
    last = frame.iloc[-1]
    return {
        section: (
            _grade(last[pillar], LOW, HIGH),
            f"GCI {last.edition}, {pillar} pillar: {page.number(last[pillar])} of 20",
        )
        for section, pillar in PILLARS.items()
    }


def _grade(value, low, high):
    return "strength" if value >= high else "gap" if value <= low else "both"


def _leaning(upper, lower):
    return "strength" if upper >= 0.5 else "gap" if lower >= 0.5 else "both"


def _together(readings):
    return readings[0] if len(set(readings)) == 1 else "both"


def _cell(reading, rests):
    if not reading:
        return page.Shown('<span class="missing">{}</span>').format(WORDS[""].lower())
    return page.Shown('{}<br><span class="note">{}</span>').format(WORDS[reading], rests)
