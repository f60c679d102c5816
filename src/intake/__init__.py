"""Forms out, returns in: the only code that will write into data/."""
