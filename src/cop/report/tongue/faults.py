"""What is wrong with a translation, beside its words: such a one is named, and never spoken.

A catalogue comes from somebody else's hands. What its message has not, a tag, an address, a place
to be filled in, must not come into a page by way of it, nor stop the page.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from gettext import c2py

from babel.messages.catalog import Catalog, Message

PLACE = re.compile(r"%\(\w+\)")
TAG = re.compile(r"<[a-zA-Z/!?][^>]*>?")  # as browsers see one, whole or cut off
LEADS = re.compile(
    r"\]\s*[(\[:][^)\]]*|https?:\S+|www\.\S+|(?:java|vb)script:|data:", re.IGNORECASE
)
MARK = re.compile(r"^#{1,6}(?= )", re.MULTILINE)  # of a heading in the text of a notebook
STRAY = re.compile(r"%(?!\(\w+\)s)")  # once each %% is out


def of(message: Message, several: Collection[int]) -> Iterator[str]:
    """Yield what a translation lost of its message, or added: places to be filled in, tags,
    marks of headings, and where links lead.

    A form that serves `several` numbers needs each place; another may do without its number.
    """
    ids, forms = ids_of(message), forms_of(message)
    begins = f"{ids[0][:60]!r}"
    asked = [set(PLACE.findall(one)) for one in ids]
    for number, form in enumerate(forms):
        places = set(PLACE.findall(form))
        wanted = asked[-1] if number in several else set.intersection(*asked)
        for lost in sorted(wanted - places):
            yield f"{begins}: a translation lacks {lost}"
        for more in sorted(places.difference(*asked)):
            yield f"{begins}: a translation has {more}, which its message has not"
        if sorted(TAG.findall(form)) != sorted(TAG.findall(ids[-1])):
            yield f"{begins}: the tags of HTML are not the same"
        if MARK.findall(form) != MARK.findall(ids[-1]):
            yield f"{begins}: the marks of headings, such as ##, are not the same"
        if set(LEADS.findall(form)) - {one for text in ids for one in LEADS.findall(text)}:
            yield f"{begins}: a translation leads to where its message does not"
        if _stray(form) > max(map(_stray, ids)):
            yield f"{begins}: a % is neither %% nor a place such as %(n)s"


def several(catalogue: Catalog) -> set[int]:
    """Return the forms of a translation that serve several numbers: 1, 21, 31 in Ukrainian."""
    form = c2py(catalogue.plural_expr)
    times = Counter(form(n) for n in range(1, 200))
    return {number for number, n in times.items() if n > 1}


def ids_of(message: Message) -> tuple[str, ...]:
    """Return the words of a message in English, one form or two."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the forms of a translation, "" where one is empty."""
    string = message.string or ""  # Babel's own for what an update has brought in
    return (string,) if isinstance(string, str) else tuple(string)


def _stray(text):
    return len(STRAY.findall(text.replace("%%", "")))
