"""A country watched while it is worked on: what is saved is run at once, the open page follows."""
