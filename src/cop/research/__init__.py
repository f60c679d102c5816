"""Research at the desk: rows, editions, references, links, verification and figures."""

KINDS = {  # what `cop add` and `cop edit` call a row: its table
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
