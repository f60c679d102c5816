"""What this process read since it was last cleared: what the batch says a result depends on.

Entries: ("file", path), ("row", path, column, value) of another country's table, and
("table", name) handed on.
"""

READS: set[tuple[str, ...]] = set()


def files(*paths: str) -> None:
    """Note files of the data folder that a result depends on, by their paths in the contract."""
    READS.update(("file", path) for path in paths)
