"""Manage research data: rows, editions, references, web copies, verification and statistics."""
