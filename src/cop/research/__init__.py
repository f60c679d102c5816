"""Manage research data: rows, editions, references, web copies, verification and statistics."""

KINDS = {  # kind of row in `cop add` and `cop edit`: its table
    "evidence": "evidence", "source": "sources", "stakeholder": "stakeholders",
    "instrument": "instruments", "alignment": "alignment", "challenge": "challenges",
    "recommendation": "recommendations", "partnership": "partnerships",
    "result": "expected_results", "comment": "comments", "action": "actions",
    "milestone": "milestones", "reading": "readings", "service": "services",
    "treaty": "treaties", "exercise": "exercises", "study": "child_studies",
    "difference": "differences", "open-gap": "open_gaps", "other-figure": "other_figures",
    "child-figure": "child_figures",
    "table-25": "table_25", "survey-question": "survey_items", "survey-answer": "survey",
    "survey-group": "survey_groups", "survey-about": "survey_about",
    "territory-note": "territory_notes", "edition": "editions",
}  # fmt: skip
