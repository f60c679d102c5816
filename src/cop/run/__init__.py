"""Run countries: execute notebooks, render pages and publish results."""
