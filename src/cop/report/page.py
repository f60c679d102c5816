"""Format values as HTML or CSV, with external text escaped and missing values labelled."""

import base64
import re
from collections.abc import Iterator, Mapping
from numbers import Integral

import pandas as pd
from markupsafe import Markup, escape

import cop.data
from cop.data import count as count
from cop.report import formats, languages
from cop.report.formats import localise
from cop.report.languages import N_, gettext
from cop.report.palette import STATUSES

SIGNS = {word: look.sign for word, look in STATUSES.items()}
WORDS = {  # other words with a sign, which stand on the ground of a status in report.css
    "● in-place": (N_("in force"), N_("adopted"), N_("validated"), N_("yes"), N_("agree")),
    "◐ partly-in-place": (N_("draft"), N_("partly"), N_("agree in part")),
    "◆ partly-in-place": (N_("under validation"), N_("both")),
    "× not-in-place": (N_("expired"),),
    "○ not-in-place": (N_("no"),),
    "≠ not-in-place": (N_("differ"),),
    "? no-public-evidence": (N_("not known"), N_("not sure enough")),
    "○ no-public-evidence": (N_("only one source"),),
    "– not-assessed": (N_("no source"), N_("silent")),
    "▲ in-place": (N_("strength"),),
    "▼ not-in-place": (N_("gap"),),
}
LOOKS = {word: look.split() for look, words in WORDS.items() for word in words}
LOOKS |= {word: [sign, word.replace(" ", "-")] for word, sign in SIGNS.items()}
MISSING = N_("no data")
COUNTS = ["persons", "reports per year"]  # units without decimals
SENTENCE = 4  # minimum number of words of a text that is not a name
# A day, and the number of an item or capability, each by the class that a page knows it by.
SHORT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?P<code>[A-Z]{2,3}-(?:[A-Z]{3,4}-)?[0-9]{2})"
)


def rows(frame: pd.DataFrame) -> Iterator[tuple]:
    """Return the rows of a frame, with cells accessible by column name."""
    return frame.itertuples(index=False, name="Row")


class Html(Markup):
    """HTML that a notebook displays; values formatted into it are escaped."""

    def _repr_html_(self):
        return str(self)

    def __repr__(self):
        """Return only the length, so that the notebook does not store the content twice."""
        return f"<{len(self)} characters of HTML>"


def status(word: str) -> Html:
    """Return a status with a sign, so that its meaning does not depend on colour only."""
    sign, ground = LOOKS.get(word, ("", "not-assessed"))
    return Html('<span class="status {}"><span aria-hidden="true">{}</span> {}</span>').format(
        ground, sign, languages.translate(word)
    )


def occurring(counts: Mapping) -> list[str]:
    """Return statuses in display order; `seldom` ones only if their count is not zero."""
    return [word for word, look in STATUSES.items() if counts.get(word) or not look.seldom]


def number(value: float, unit: str = "") -> str:
    """Return a number in display format: 105117 => '105,117', 91.0 => '91.0', 0.53 => '0.53'."""
    if pd.isna(value):
        return missing()
    is_round = isinstance(value, Integral) or abs(value) >= 1000 or value == 0
    digits = 0 if is_round else 1 if abs(value) >= 1 else 2
    return f"{localise(f'{value:,.{digits}f}')}{f' {unit}' if unit else ''}"


def missing() -> str:
    """Return the label of a missing figure."""
    return gettext(MISSING)


def fixed(value: float, digits: int = 1) -> str:
    """Return a number with `digits` decimals and without thousands separators, such as a score."""
    return localise(f"{value:.{digits}f}")


def percent(value: float) -> str:
    """Return a percentage in display format, rounded to a whole number: '12%'."""
    return localise(f"{value:.0f}") + formats.percent_sign()


def plain(value: float) -> str:
    """Return a number without empty decimals: 62.0 => '62'."""
    return localise(f"{value:,.12g}")


def counted(value: float, unit: str) -> str:
    """Return a value as it is displayed; counts of persons or reports have no decimals."""
    return number(round(value) if unit in COUNTS and pd.notna(value) else value)


def measured(value: float, unit: str) -> str:
    """Return a value as it is displayed, with a per cent sign if it is a share: '62.5%'."""
    return counted(value, unit) + (formats.percent_sign() if unit.startswith("%") else "")


def format_count(n: float | str, word: str) -> str:
    """Return a number with the noun or status that it counts: '4 in place'."""
    return _fill(gettext("%(n)s %(word)s"), n=n, word=word)


def phone(numbers: str) -> Html:
    """Return telephone numbers, separated by ; or ",", as links that dial them.

    Parts that begin with a word, such as "then 3", are text without a link.
    """
    link = Html('<a class="phone" href="tel:{}">{}</a>')
    parts = []
    for part in filter(None, map(str.strip, re.split("[;,]", numbers))):
        digits = re.sub(r"[^0-9+*#]", "", part)
        parts.append(part if part[0].isalpha() else link.format(digits, part))
    return Html(", ").join(parts)


def label_value(heading: str, text: str) -> str:
    """Return a heading and its text as 'a: b'; escaped HTML if one of them is HTML."""
    return _fill(gettext("%(heading)s: %(text)s"), heading=heading, text=text)


def _fill(form, **values):
    """Return a text with its placeholders filled; escaped HTML if one of the values is HTML."""
    is_html = any(hasattr(value, "__html__") for value in values.values())
    return (Markup(form) if is_html else form) % values


def period(first: int, last: int) -> str:
    """Return the years of a figure: '2021 to 2023', or '2023' if they are equal."""
    if first == last:
        return str(first)
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def cell(value: object) -> Markup:
    """Return the content of a cell, escaped; each kind of missing value has its own label."""
    if isinstance(value, str) and (match := SHORT.fullmatch(value)):
        return Markup('<span class="{}">{}</span>').format(match.lastgroup, value)
    if isinstance(value, Markup):
        word, shown = gettext("none found"), value.strip()
    elif isinstance(value, str):
        word, shown = gettext("not stated"), text(value)
    else:
        word, shown = missing(), "" if pd.isna(value) else number(value)
    return escape(shown) or Markup('<span class="missing">{}</span>').format(word)


def text(value: object, least: int = SENTENCE) -> object:
    """Return an author's text, escaped; other values are returned unchanged.

    A term of the method is translated; other text is marked as English from `least` words on.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    translation = languages.translate(value)
    is_left = languages.translated() and translation == value
    if is_left and len(value.split()) >= least and _is_latin(value):
        return Markup('<span lang="en">{}</span>').format(value)
    return escape(translation)


def _is_latin(value):
    """Return whether a text has letters, all of them Latin."""
    letters = [character for character in value if character.isalpha()]
    return bool(letters) and max(letters) < "\u0250"


def quoted(value: object) -> object:
    """Return text as `text` does, but marked as English at any length, since it is not a name."""
    return text(value, 1)


def download(label: str, name: str, kind: str, content: bytes) -> Html:
    """Return a link that saves bytes of a media type as a file, embedded in the page."""
    data = base64.b64encode(content).decode()
    return Html('<a download="{}" href="data:{};base64,{}">{}</a> ').format(name, kind, data, label)


def csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as CSV with a UTF-8 mark; missing cells are empty, formulas are disabled."""
    cells = frame.astype(object).where(frame.notna(), "")
    cells = cells.map(lambda value: cop.data.neutralise(value) if isinstance(value, str) else value)
    rows = cells.itertuples(index=False, name=None)
    return cop.data.csv_text([map(str, frame.columns), *rows], end="\r\n").encode("utf-8-sig")
