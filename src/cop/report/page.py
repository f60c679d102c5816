"""Results as HTML: all external text is escaped here, and missing values get their words."""

import re
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import ceil
from numbers import Integral
from types import MappingProxyType

import pandas as pd
from markupsafe import Markup, escape

from cop.data import count as count
from cop.report import formats, languages
from cop.report.languages import N_, gettext
from cop.report.palette import STATUSES

SIGNS = {word: look.sign for word, look in STATUSES.items()}
MISSING = N_("no data")
COUNTS = ["persons", "reports per year"]  # units of which there are no parts
WORDS_A_MINUTE, A_FIGURE = 200, 0.25  # that a reader takes in; minutes that a figure takes
SENTENCE = 4  # words from which on a text is one and no name
# A day, and the number of an item or capability, each by the class that a page knows it by.
SHORT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?P<code>[A-Z]{2,3}-(?:[A-Z]{3,4}-)?[0-9]{2})"
)


def rows(frame: pd.DataFrame) -> Iterator[tuple]:
    """Return the rows of a frame, each with its cells by the names of the columns."""
    return frame.itertuples(index=False, name="Row")


class Shown(Markup):
    """HTML that a notebook displays; anything formatted into it is escaped."""

    def _repr_html_(self):
        return str(self)

    def __repr__(self):
        """Return its length, so that the notebook does not hold everything twice."""
        return f"<{len(self)} characters of HTML>"


def say(text: str, *args, kind: str = "say", **named) -> Shown:
    """Return a paragraph of a page; the placeholders `{}` of the text hold escaped values."""
    return Shown('<p class="{}">{}</p>').format(kind, Shown(text).format(*args, **named))


def join(parts: Iterable, between: str = " ") -> Shown:
    """Return several parts shown on a page as one."""
    return Shown(between.join(map(escape, parts)))


def status(word: str) -> Shown:
    """Return a status as sign and word: never colour alone, never a blank."""
    return Shown('<span class="status {}"><span aria-hidden="true">{}</span> {}</span>').format(
        str(word).replace(" ", "-"), SIGNS.get(word, ""), languages.said(word)
    )


def occurring(counts: Mapping) -> list[str]:
    """Return the statuses that a list or key shows, in their order: those that always stand there,
    and of the others those of which `counts` has some.
    """
    return [word for word, look in STATUSES.items() if counts.get(word) or not look.seldom]


def number(value: float, unit: str = "") -> str:
    """Return a number as a page has it: 105117 => '105,117', 91.0 => '91.0', 0.53 => '0.53'."""
    if pd.isna(value):
        return missing()
    is_round = isinstance(value, Integral) or abs(value) >= 1000 or value == 0
    digits = 0 if is_round else 1 if abs(value) >= 1 else 2
    return f"{written(f'{value:,.{digits}f}')}{f' {unit}' if unit else ''}"


def written(number: str) -> str:
    """Return a page's number as the language spoken writes it, from how English does: '1,234.5'."""
    return formats.number(number) if languages.translated() else number


def missing() -> str:
    """Return the word for a figure that nobody has."""
    return gettext(MISSING)


def fixed(value: float, digits: int = 1) -> str:
    """Return a page's number with so many decimals, no mark between thousands: a score, a rate."""
    return written(f"{value:.{digits}f}")


def percent(value: float) -> str:
    """Return a share of a hundred as a page has it, in whole per cent: '12%'."""
    return written(f"{value:.0f}") + _sign_of_percent()


def _sign_of_percent():
    """Return the sign of per cent as it follows a number, with a space where the language has
    one.
    """
    return formats.sign_of_percent() if languages.translated() else "%"


def plain(value: float) -> str:
    """Return a number on a page as somebody wrote it, without decimals that are not there: 62.0 =>
    '62'.
    """
    return written(f"{value:,.12g}")


def day(value: date) -> str:
    """Return a day in a page's words: '3 May 2026'."""
    if languages.translated():
        return formats.day(value)
    return f"{value.day} {month_name[value.month]} {value.year}"


def counted(value: float, unit: str) -> str:
    """Return a value as it is read; what is counted, persons or reports, has no decimals."""
    return number(round(value) if unit in COUNTS and pd.notna(value) else value)


def measured(value: float, unit: str) -> str:
    """Return a value as a page has it, with the sign of per cent where it is a share: '62.5%'."""
    return counted(value, unit) + (_sign_of_percent() if unit.startswith("%") else "")


def of(n: float | str, word: str) -> str:
    """Return a number and the word of what it counts as they stand together: '4 in place'."""
    form = gettext("%(n)s %(word)s")
    return (Shown(form) if hasattr(n, "__html__") else form) % {"n": n, "word": word}


def phone(numbers: str) -> Shown:
    """Return telephone numbers, separated by ; or ",", each as a link that dials it."""
    link = Shown('<a class="phone" href="tel:{}">{}</a>')
    parts = [part.strip() for part in re.split("[;,]", numbers) if part.strip()]
    return join([link.format(re.sub(r"[^0-9+*#]", "", part), part) for part in parts], ", ")


def minutes(text: str, figures: int = 0) -> int:
    """Return the minutes that a reader needs for a text and so many figures: 200 words a minute
    and a quarter of a minute a figure, to the next minute, at least one.
    """
    return max(1, ceil(len(text.split()) / WORDS_A_MINUTE + figures * A_FIGURE))


def headed(heading: str, text: str) -> str:
    """Return a heading and what it says on one line, parted as the language spoken does: 'a: b'.

    HTML where one of them is; what is none is escaped in it.
    """
    form = gettext("%(heading)s: %(text)s")
    html = isinstance(heading, Markup) or isinstance(text, Markup)
    return (Markup(form) if html else form) % {"heading": heading, "text": text}


def period(first: int, last: int) -> str:
    """Return the years of a figure on a page: '2021 to 2023', or '2023' where they are one."""
    if first == last:
        return str(first)
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def listed(words: Iterable) -> str:
    """Return words as a page's series: 'a', 'a and b', 'a, b and c'."""
    words = list(words)
    kind = Shown if any(isinstance(w, Markup) for w in words) else str
    words = [str(escape(w) if kind is Shown else w) for w in words]
    if languages.translated():
        return kind(formats.listed(words))
    return kind(" and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words))


def inside(name: str) -> str:
    """Return a name as it stands within a sentence: 'Legal framework' => 'legal framework'; 'NGOs'
    stays as it is.
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def table(
    frame: pd.DataFrame,
    caption: str,
    headings: dict,
    note: str = "",
    kind: str = "",
    anchor: str = "",
    cells: Mapping[str, list] = MappingProxyType({}),
) -> Shown:
    """Return a frame as a table with caption, header scopes and a word for each missing value.

    `headings` maps the columns shown, in order, to their headings. The first column names the row.
    `cells` replace a column's values. A cell that is HTML passes; all other text is escaped. A
    frame without rows is a sentence.
    """
    at = f' id="{escape(anchor)}"' if anchor else ""
    caption = escape(caption)
    if frame.empty:
        return Shown(f'<p class="none"{at}>{nothing(caption)}</p>')
    numeric = {n for n in headings if n not in cells and pd.api.types.is_numeric_dtype(frame[n])}
    number_class = {name: ' class="number"' if name in numeric else "" for name in headings}
    labels = {name: escape(heading) for name, heading in headings.items()}
    head = "".join(
        f'<th scope="col" role="columnheader"{number_class[name]}>{label}</th>'
        for name, label in labels.items()
    )
    first, *others = headings
    columns = [cells[name] if name in cells else frame[name].tolist() for name in headings]
    anchors = frame["anchor"] if "anchor" in frame else [""] * len(frame)
    body = ""
    for anchor, (name, *values) in zip(anchors, zip(*columns, strict=True), strict=True):
        row_id = f' id="{escape(anchor)}"' if anchor else ""
        body += f'<tr role="row"{row_id}><th scope="row" role="rowheader">{_cell(name)}</th>'
        for column, value in zip(others, values, strict=True):
            label = f'{number_class[column]} data-label="{labels[column]}"'
            body += f'<td role="cell"{label}>{_cell(value)}</td>'
        body += "</tr>"
    foot = f'<p class="note">{escape(note)}</p>' if note else ""
    return Shown(
        f'<div class="table {escape(kind)}"{at} role="region" tabindex="0" aria-label="{caption}">'
        f'<table role="table"><caption>{caption}</caption><thead><tr role="row">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{foot}"
    )


def nothing(caption: str) -> Markup:
    """Return the sentence of a page that a caption has no row."""
    return escape(gettext("%(caption)s: nothing is recorded.")) % {"caption": caption}


def _cell(value):
    """Return a cell's content, escaped; what is missing is a word, each kind its own."""
    if isinstance(value, str) and (match := SHORT.fullmatch(value)):
        return f'<span class="{match.lastgroup}">{value}</span>'
    if isinstance(value, Markup):
        return value or f'<span class="missing">{gettext("none found")}</span>'
    if isinstance(value, str):
        return text(value) or f'<span class="missing">{gettext("not stated")}</span>'
    return f'<span class="missing">{missing()}</span>' if pd.isna(value) else number(value)


def text(value: object, least: int = SENTENCE) -> object:
    """Return text that somebody wrote, escaped: translated where it is a word of the method; else
    marked as English from `least` words on. What is no text stays.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if not languages.translated():
        return escape(value)
    translation = languages.said(value)
    latin = all(c < "\u0250" for c in value if c.isalpha()) and any(map(str.isalpha, value))
    if translation == value and len(value.split()) >= least and latin:
        return Markup('<span lang="en">{}</span>').format(value)
    return escape(translation)


def quoted(value: object) -> object:
    """Return text as `text` does, marked as English however short: it is no name."""
    return text(value, 1)
