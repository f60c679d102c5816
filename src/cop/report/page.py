"""Format values as text, HTML or CSV; HTML escapes external text and labels missing values."""

import base64
import re
from collections.abc import Iterator, Mapping
from numbers import Integral
from types import SimpleNamespace

import pandas as pd
from markupsafe import Markup, escape

import cop.data
from cop.data import count as count
from cop.report import formats, languages
from cop.report.formats import localise
from cop.report.languages import N_, gettext
from cop.report.palette import STATUSES

SIGNS = {word: look.sign for word, look in STATUSES.items()}
WORDS = {  # other words, by the sign and the CSS class of the status with the same colours
    "● in-place": (N_("in force"), N_("adopted"), N_("validated"), N_("yes"), N_("agree")),
    "◐ partly-in-place": (N_("draft"), N_("partly"), N_("agree in part")),
    "◆ partly-in-place": (N_("under validation"), N_("both")),
    "× not-in-place": (N_("expired"),),
    "○ not-in-place": (N_("no"),),
    "≠ not-in-place": (N_("differ"),),
    "? no-public-evidence": (N_("not known"), N_("insufficient evidence")),
    "○ no-public-evidence": (N_("only one source"),),
    "– not-assessed": (N_("no source"), N_("silent")),
    "▲ in-place": (N_("strength"),),
    "▼ not-in-place": (N_("gap"),),
}
LOOKS = {word: look.split() for look, words in WORDS.items() for word in words}
LOOKS |= {word: [sign, word.replace(" ", "-")] for word, sign in SIGNS.items()}
MISSING = N_("no data")
COUNTS = ["persons", "reports per year"]  # units without decimals
SENTENCE = 4  # minimum number of words; shorter untranslated texts are regarded as names
# A date, and the id of an item or capability; the name of the group is the CSS class.
SHORT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?P<code>[A-Z]{2,3}-(?:[A-Z]{3,4}-)?[0-9]{2})"
)


def rows(frame: pd.DataFrame) -> Iterator[SimpleNamespace]:
    """Yield the rows of a DataFrame as objects with an attribute for each column."""
    names = [str(column) for column in frame.columns]
    for values in frame.to_numpy(dtype=object).tolist():
        yield SimpleNamespace(**dict(zip(names, values, strict=True)))


class Html(Markup):
    """HTML that a notebook displays. Values inserted with `format` are escaped."""

    def _repr_html_(self):
        return str(self)

    def __repr__(self):
        """Return only the length, so that the notebook does not store the content twice."""
        return f"<{len(self)} characters of HTML>"


def status(word: str) -> Html:
    """Render a translated status with its symbol, so that colour alone conveys no meaning.

    `word` may be any word in LOOKS. Other words look like `not assessed` and have no symbol.
    """
    sign, ground = LOOKS.get(word, ("", "not-assessed"))
    return Html('<span class="status {}"><span aria-hidden="true">{}</span> {}</span>').format(
        ground, sign, languages.translate(word)
    )


def occurring(counts: Mapping) -> list[str]:
    """Return all statuses in display order, but `seldom` statuses only with a count above 0."""
    return [word for word, look in STATUSES.items() if counts.get(word) or not look.seldom]


def number(value: float, unit: str = "") -> str:
    """Format a number in the page's language, or return the label for a missing number.

    Zero, integers, and values of 1,000 or more have no decimals ('105,117'), values below 1 have
    two ('0.53'), and others one ('91.0'), whatever the sign. A space and `unit`, if any, follow.
    """
    if pd.isna(value):
        return missing()
    is_round = isinstance(value, Integral) or abs(value) >= 1000 or value == 0
    digits = 0 if is_round else 1 if abs(value) >= 1 else 2
    return f"{localise(f'{value:,.{digits}f}')}{f' {unit}' if unit else ''}"


def missing() -> str:
    """Return the label for a missing number."""
    return gettext(MISSING)


def fixed(value: float, digits: int = 1) -> str:
    """Format a non-missing number with `digits` decimals and without thousands separators."""
    return localise(f"{value:.{digits}f}")


def percent(value: float) -> str:
    """Format a non-missing percentage (0 to 100) as a whole number, such as '12%'."""
    return fixed(value, 0) + formats.percent_sign()


def plain(value: float) -> str:
    """Format a non-missing number with up to 12 significant digits: 1062.0 becomes '1,062'."""
    return localise(f"{value:,.12g}")


def counted(value: float, unit: str) -> str:
    """Format a number without its unit, and without decimals if the unit is in COUNTS."""
    return number(round(value) if unit in COUNTS and pd.notna(value) else value)


def measured(value: float, unit: str) -> str:
    """Format a number as in `counted`, with a percent sign if `unit` begins with '%'."""
    sign = formats.percent_sign() if unit.startswith("%") and pd.notna(value) else ""
    return counted(value, unit) + sign


def format_count(n: float | str, word: str) -> str:
    """Join a number and a translated word in the order of the page's language: '4 in place'."""
    return _fill(gettext("%(n)s %(word)s"), n=n, word=word)


def phone(numbers: str) -> Html:
    """Render telephone numbers, separated by semicolons or commas, as links joined with commas.

    Parts that begin with a letter are not linked; those of the form "then 3" are translated.
    """
    link = Html('<a class="phone" href="tel:{}">{}</a>')
    parts = []
    for part in filter(None, map(str.strip, re.split("[;,]", numbers))):
        digits = re.sub(r"[^0-9+*#]", "", part)
        if part == f"then {digits}":
            part = gettext("then press %(number)s") % {"number": digits}
        parts.append(part if part[0].isalpha() else link.format(digits, part))
    return Html(", ").join(parts)


def label_value(heading: str, text: str) -> str:
    """Join a heading and its text as 'heading: text'."""
    return _fill(gettext("%(heading)s: %(text)s"), heading=heading, text=text)


def _fill(form, **values):
    is_html = any(hasattr(value, "__html__") for value in values.values())
    return (Markup(form) if is_html else form) % values


def period(first: int, last: int) -> str:
    """Return a translated period such as '2021 to 2023', or '2023' if both years are equal."""
    if first == last:
        return str(first)
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def cell(value: object) -> Markup:
    """Render the content of a table cell, and label missing values and empty texts.

    Texts are formatted with `text` and numbers with `number`; HTML only loses outer whitespace. A
    cell that contains only a date or the id of an item has a CSS class (see SHORT).
    """
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
    """Translate and escape a text; HTML and other values are returned unchanged.

    On a translated page, untranslated Latin texts of at least `least` words are marked as English.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    translation = languages.translate(value)
    is_left = languages.translated() and translation == value
    if is_left and len(value.split()) >= least and _is_latin(value):
        return Markup('<span lang="en">{}</span>').format(value)
    return escape(translation)


def _is_latin(value):
    letters = [character for character in value if character.isalpha()]
    return bool(letters) and max(letters) < "\u0250"


def quoted(value: object) -> object:
    """Format a text as in `text`, but mark an untranslated Latin text even if it is short."""
    return text(value, 1)


def download(label: str, name: str, kind: str, content: bytes) -> Html:
    """Render a link that saves embedded content as the file `name` of the media type `kind`."""
    data = base64.b64encode(content).decode()
    return Html('<a download="{}" href="data:{};base64,{}">{}</a> ').format(name, kind, data, label)


def csv(frame: pd.DataFrame) -> bytes:
    """Convert a DataFrame to CSV in UTF-8 with a byte order mark and CRLF line ends.

    The index is omitted, and missing values are empty. Cells that a spreadsheet would read as
    formulas are neutralised, except headings. Raises UserError if a cell cannot be stored in CSV.
    """
    cells = frame.astype(object).fillna("")
    rows = (map(_inert, row) for row in cells.to_numpy().tolist())
    return cop.data.csv_text([map(str, frame.columns), *rows], end="\r\n").encode("utf-8-sig")


def _inert(value):
    return cop.data.neutralise(value) if isinstance(value, str) else value
