"""Manage research data: rows, editions, actions, web copies, verification and statistics."""
