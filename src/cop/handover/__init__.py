"""A report handed over: as a tagged PDF, and sealed in one file that shows what was changed."""
