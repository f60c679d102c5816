"""The report as a Word document that comes back: each place in it bears its id."""
