"""Prepare Child Online Protection assessments: check data, run notebooks, hand over reports."""
