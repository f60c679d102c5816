"""What is taken from the machine and not from the data."""
