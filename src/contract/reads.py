"""What was read in this process since it was last cleared, so that the batch can tell what a result depends on.

Entries: ("file", path), ("row", path, column, value) of another country's table, and ("table", name) handed on.
"""

READS = set()


def files(*paths):
    """Note files of the data folder that a result depends on, by their paths in the contract."""
    READS.update(("file", path) for path in paths)
