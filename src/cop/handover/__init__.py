"""Hand over a report as a tagged PDF or as a signed package."""
