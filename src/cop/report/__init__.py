"""Render results as pages: charts, tables, citations, Word documents and the site."""
