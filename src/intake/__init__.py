"""Forms out, returns in, research and figures added: the only code that writes into data/."""


class Refused(Exception):
    """Raised when a call or what it brings is wrong and nothing was written; the text is for the person who called."""
