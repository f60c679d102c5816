"""Runs countries: executes notebooks, renders pages, publishes results."""
