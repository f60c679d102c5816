"""What is wrong with the data: every fault at once, each with the way to mend it."""

from cop.data.checks.folder import of_country, of_file, of_folder, of_shared, of_table

__all__ = ["of_country", "of_file", "of_folder", "of_shared", "of_table"]
