"""Returns fetched from the servers of the tools, as the files that their exports are."""
