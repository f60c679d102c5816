"""What runs leave: one at a time in a folder; results put in place whole; the site, the ledger."""
