"""The commands of the field work: forms out, contacts, returns in, review, publishing. Each imports its work when run."""


def add_to(commands):
    """Add the commands to the parser of `cop`."""
