"""A new row of Zedland for each kind of row that a person adds, as people write them: invented."""

NEW = {
    "challenge": {
        "theme": "industry", "challenge": "No code binds operators.", "evidence_ids": "ZZZ-E16",
        "improvement": "A code could be agreed.", "action": "Operators meet.",
        "action_evidence_id": "ZZZ-E17", "rests_on": "rows",
    },
    "recommendation": {
        "challenge_ids": "ZZZ-C01", "what": "Agree a code.", "is_proposal": "yes",
        "lead_id": "ZZZ-O01", "due": "30.6.2027", "baseline": "no code", "baseline_year": "2024",
        "baseline_evidence_id": "ZZZ-L05", "target": "a code is in force",
        "target_due": "31.12.2027", "seen_in": "official gazette", "first_step": "A meeting.",
        "cost": "own budget line", "effort": "medium", "priority": "next",
        "priority_reason": "needs the plan", "supporting_ids": "ZZZ-O06",
        "item_ids": "PM-STR-01", "sdg_target": "16.2", "rests_on": "rows",
    },
    "partnership": {
        "stakeholder_id": "ZZZ-O01", "partner_id": "ZZZ-O06", "link": "They meet.",
        "evidence_id": "ZZZ-E11",
    },
    "comment": {"role": "ngo", "kind": "fact", "text": "The line opened in 2019."},
    "action": {
        "recommendation_id": "ZZZ-R01", "body_id": "ZZZ-O01", "what": "Write a draft.",
        "budget": "running budget", "indicator": "drafts", "unit": "drafts", "better": "higher",
        "target": "1", "target_day": "31.12.2027",
    },
    "source": {
        "title": "A yearly report", "publisher": "Zed Press", "language": "en", "type": "report",
        "kind": "report of a body", "hand": "first", "url": "https://example.org/new",
        "accessed": "30.6.2026", "verified": "yes",
    },
    "evidence": {
        "section": "education", "statement": "A course began.", "source_id": "ZZZ-S01",
        "confidence": "low",
    },
    "stakeholder": {
        "name": "Zed Club", "category": "ngo", "role": "awareness", "description": "Plays games.",
        "active": "yes", "source_id": "ZZZ-S01",
    },
    "instrument": {
        "title": "A code", "kind": "national law", "status": "in force", "year": "2025",
        "detail": "A code.", "source_id": "ZZZ-S01",
    },
    "service": {
        "name": "Zed Line", "kind": "helpline", "operator_ids": "ZZZ-O06; ZZZ-O01",
        "description": "Answers.", "active": "yes", "source_id": "ZZZ-S01",
    },
    "treaty": {
        "instrument": "ILO_C182", "status": "party", "ratified": "2001-03-04",
        "as_of": "2026-05-01", "source_id": "ZZZ-S01", "verified": "yes",
    },
    "exercise": {
        "name": "Zed Drill", "kind": "cyberdrill", "year": "2025", "children": "yes",
        "source_id": "ZZZ-S01",
    },
    "other-figure": {
        "indicator_code": "IT.NET.USER.ZS", "value": "38", "year": "2024", "counts": "households",
        "evidence_id": "ZZZ-E01",
    },
    "child-figure": {
        "kind": "report", "label": "Reports to the hotline", "value": "1930", "unit": "number",
        "year": "2025", "evidence_id": "ZZZ-E09",
    },
    "reading": {
        "action_id": "ZZZ-A02", "day": "1.6.2026", "value": "21", "evidence_id": "ZZZ-E17",
    },
    "survey-question": {
        "survey": "pupils2030", "item": "Who helps?", "kind": "one", "n": "900",
    },
    "survey-answer": {
        "survey": "pupils2030", "population": "pupils (invented)", "mode": "face to face",
        "item": "Who helps?", "answer": "A friend", "order": "1", "count": "450",
    },
    "survey-group": {
        "survey": "pupils2030", "item": "Who helps?", "group": "other", "answer": "A friend",
        "order": "1", "count": "200", "n": "300",
    },
    "study": {
        "title": "Poll of pupils", "asked": "200 pupils",
        "ethics": "not stated in what was read", "evidence_ids": "ZZZ-E04",
    },
    "difference": {"section": "awareness", "explanation": "The campaign ran in the capital."},
    "survey-about": {
        "survey": "pupils2030", "item": "population", "stated": "Pupils (invented).",
        "by": "analyst",
    },
}  # fmt: skip
NEW["milestone"] = {"action_id": "ZZZ-A01", "what": "A draft is read.", "day": "1.3.2027"}
# Kinds whose rows all have their place by name: Zedland has each, so that none can be added.
FULL = ("alignment", "open-gap", "result", "table-25", "territory-note", "edition")
