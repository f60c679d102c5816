"""The same page in other languages: the switch before its content, and what search engines are
told of it.
"""

import posixpath
from collections.abc import Mapping

from cop.report import languages, words


def spoken(
    page: str,
    at: str,
    language: str,
    others: Mapping[str, str],
    address: str = "",
    behind: bool = False,
) -> str:
    """Return a page of the site, at an address in it, with the ways to the same page in others.

    `others` are {language: address in the site}; without one the page stays as it is. What is said
    is said in the language that is spoken now. `address` is where the site stands, if it is known:
    search engines want whole addresses. `behind` says that the English page rests on other data.
    """
    if not others:
        return page
    every = {one: {**others, language: at}[one] for one in _order({*others, language})}
    whole = {one: _whole(there, at, address) for one, there in every.items()}
    head = words.show("site/speaking", "head", whole, languages.SOURCE)
    here = [(one, own_name(one), _way(there, at)) for one, there in every.items()]
    switch = words.show("site/speaking", "switch", here, language, languages.SOURCE, behind)
    return _before("<main", _before("</head>", page, head), switch)


def own_name(language: str) -> str:
    """Give, for the site, what a language is called by those who speak it: 'Українська'."""
    if language == languages.PSEUDO:
        return language
    from babel import Locale  # seldom needed, and slow to come

    name = Locale.parse(language, sep="-").get_display_name()
    return name[:1].upper() + name[1:]


def _order(tags):
    """Return the source language first, the others by their tags."""
    return sorted(tags, key=lambda tag: (tag != languages.SOURCE, tag))


def _whole(there, at, address):
    return address + there if address else _way(there, at)


def _way(there, at):
    """Return the way from one page of the site to another."""
    return posixpath.relpath(there, posixpath.dirname(at) or ".")


def _before(mark, page, put):
    """Return a page with something before the first place where a mark stands, if there is one."""
    before, found, after = page.partition(mark)
    return f"{before}{put!s}\n{found}{after}" if found else page
