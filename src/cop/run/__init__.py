"""Run the notebooks of countries and groups, render their pages, and write results and the site."""
