"""Render the pages of the site, which link to the reports and combine their data."""
