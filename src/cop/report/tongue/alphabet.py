"""The order of the alphabet: names and terms as somebody who reads the language looks them up.

Python sorts by the numbers of characters, so that Ґ, Є, І and Ї would stand apart from the other
letters of Ukrainian and Č after Z; what the machine's own locale says differs by machine. A
language that is not in the table has the Latin alphabet, letters with marks beside those without,
as English and French have.
"""

import re
import unicodedata
from functools import lru_cache

from cop.report import languages

LATIN = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
ALPHABETS = {
    "ro": "a ă â b c d e f g h i î j k l m n o p q r s ș t ț u v w x y z",
    "sq": "a b c ç d dh e ë f g gj h i j k l ll m n nj o p q r rr s sh t th u v w x xh y z zh",
    "sr-Latn": "a b c č ć d dž đ e f g h i j k l lj m n nj o p q r s š t u v w x y z ž",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
}
SPACE, DIGIT, LETTER, FOREIGN = range(4)  # which stands before which


def placed(words: str) -> tuple:
    """Return what words are sorted by in the language spoken: a place for each letter, then the
    words as they are, so that two that differ in a mark alone have an order too.

    Letters of another alphabet come last; what is no letter, digit or space counts for nothing.
    """
    letters, places = _alphabet(languages.current())
    found = letters.findall(unicodedata.normalize("NFC", words).casefold())
    return [one for letter in found for one in _of(letter, places)], words


def _of(letter, places):
    """Return the place of a letter; of one with a mark that the alphabet has not, that without."""
    if letter in places:
        return [(LETTER, places[letter], "")]
    plain = [c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)]
    return [one for c in plain if (one := _bare(c, places))]


def _bare(char, places):
    if char in places:
        return LETTER, places[char], ""
    if char.isspace():
        return SPACE, 0, ""
    kind = DIGIT if char.isdigit() else FOREIGN if char.isalpha() else None
    return None if kind is None else (kind, 0, char)


@lru_cache(maxsize=8)
def _alphabet(language):
    """Return what finds the letters of a language, those of two signs first, and their places."""
    letters = ALPHABETS.get(language, LATIN).split()
    longest = sorted(letters, key=len, reverse=True)
    return re.compile(f"{'|'.join(longest)}|.", re.DOTALL), {c: i for i, c in enumerate(letters)}
