"""Run and render the notebooks, which import `helpers`, and manage their data."""
