"""Collect and check data of assessments, run the notebooks, and render and hand over reports."""
