"""The desk's work on data/: rows added, countries begun, libraries, links, figures."""
