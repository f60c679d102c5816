"""English in disguise, for tests: every letter has an accent and every text is two fifths longer.

Plain English on a page in it bypassed the catalogue.
"""

import gettext
import re

PLAIN = "AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz"
MARKED = "ÅåÇçĎďÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŘřŠšŢţÛûŴŵÝýŽž"
KEPT = re.compile(  # placeholders, tags, entities, code, addresses of links
    r"(%\(\w+\)[.\d]*[sdf]|%%|\{\w*\}|</?[a-z][^>]*>|&#?\w+;|`[^`]*`|\]\([^)]*\)|https?://\S+)"
)
LETTERS, DISGUISE = str.maketrans(PLAIN, MARKED), set(MARKED)
DOUBLED = re.compile(r"[aeiouAEIOUt]")


class Pseudo(gettext.NullTranslations):
    """A catalogue that has every message."""

    def gettext(self, message: str) -> str:
        """Return a message in disguise."""
        return disguised(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the English form for a number in disguise."""
        return disguised(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        """Return a message in disguise."""
        return disguised(message)


def disguised(words: str) -> str:
    """Return a message with accents and longer, unless it is disguised already."""
    if not DISGUISE.isdisjoint(words):
        return words
    parts = KEPT.split(words)
    return "".join(part if i % 2 else _longer(part) for i, part in enumerate(parts))


def _longer(text):
    return DOUBLED.sub(lambda m: m[0] + m[0].lower(), text).translate(LETTERS)
