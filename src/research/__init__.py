"""The desk's work on data/: rows added, countries begun, libraries of references, links, figures."""
