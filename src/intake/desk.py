"""The commands of the analyst's desk: research added, countries begun, figures refreshed, editions compared."""


def add_to(commands):
    """Add the commands to the parser of `cop`."""
