"""A report handed over: as a tagged PDF, and as a signed package."""
