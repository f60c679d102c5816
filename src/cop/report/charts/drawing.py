"""How a figure is drawn: the house style, how wide a text is, and its SVG as HTML.

Drawn once, narrow: 4.2 inches are read at 288 px of a telephone and at 30 rem of a desktop. Text
stays text, in the font that it was measured with (report/fonts).
"""

import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from itertools import pairwise, starmap
from typing import Protocol
from urllib.parse import quote, unquote

from markupsafe import Markup, escape
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags

from cop.report import figure, palette, sheet
from cop.report.page import Shown
from cop.report.palette import GROUND, INK, SOFT

WIDTH = 302.4  # points
SIZE = 9.6  # points: 9 px or more where the figure is 288 px wide
LARGE = 100  # points: at which heights of letters are measured, as a font counts in whole parts
LINE = 12.5  # points from one line of text to the next
MARGIN = 5  # points round the texts of a drawing that stands alone
BOLD = 1.18  # how much wider a strong text is
RISE, DROP, LEADING = (n * SIZE / 2048 for n in (1556, 492, 410))  # of a line, above and below
# the feet of its letters, and between two: what DejaVu Sans says in its table OS/2
FONT = "font: 9.6px 'DejaVu Sans', Verdana, sans-serif"
OPENING = re.compile(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>')
LEFT_OUT = re.compile(r"(?<=\d\.\d)\d{4}(?=\D)")  # of a number, what is not seen
IDS = re.compile(r'(id="|url\(#|href="#)(\w+)')
POINTED_AT = re.compile(r'<a xlink:href="value:([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


class Drawn(Protocol):
    """What can be written as SVG."""

    def svg(self) -> str:
        """Give it as it is written (see `report.charts.written`)."""


def chart(draw: Callable) -> Callable:
    """Let a function draw a chart in the house style, and say so where its frame has no row."""

    @wraps(draw)
    def drawn(frame, caption, *values, **named) -> Shown:
        """Give the figure, or the sentence that stands in its place."""
        empty = frame.empty
        return figure.nothing(caption) if empty else draw(frame, caption, *values, **named)

    return drawn


def saying(text: str) -> str:
    """Give the address by which a drawn chart knows what a mark says where it is pointed at."""
    return f"value:{quote(text)}"


def svg(drawing: Drawn, caption: figure.Caption) -> Markup:
    """Give a drawn chart as SVG that stands in a page: named and described, colours as variables.

    The same drawing gives the same bytes; its ids are its own.
    """
    text = POINTED_AT.sub(_told, LEFT_OUT.sub("", drawing.svg()))
    own, seen = figure.mark(caption.title, caption.alt, text), {}
    text = IDS.sub(lambda m: f"{m[1]}{own}-{seen.setdefault(m[2], len(seen))}", text)
    return Markup(OPENING.sub(lambda m: _opening(m[1], own, caption), palette.as_variables(text)))


def alone(svg: str, above: Iterable[str] = (), below: Iterable[str] = ()) -> bytes:
    """Give a drawn chart as a file of its own: light, with its font, as large as on a page.

    Texts stand above it, the first strong, and below it: what a page says round a figure.
    """
    x, y, wide, high = (float(n) for n in OPENING.search(svg)[1].split())
    heads = [
        in_lines(text, (wide - 2 * MARGIN) / (1 if i else BOLD)) for i, text in enumerate(above)
    ]
    feet = [line for text in below for line in in_lines(text, wide - 2 * MARGIN)]
    first, lines = heads[:1] and heads[0], sum(map(len, heads))
    top, end = (LINE * n + MARGIN if n else 0 for n in (lines, len(feet)))
    texts = _written([line for one in heads for line in one], x, y - top, len(first))
    texts += _written(feet, x, y + high)
    whole = f"{x:g} {y - top:g} {wide:g} {high + top + end:g}"
    ground = f'<rect x="{x:g}" y="{y - top:g}" width="100%" height="100%" fill="{GROUND}"/>'
    size = f'<svg width="{wide * 1.5:.0f}" height="{(high + top + end) * 1.5:.0f}" '
    style = f"<style>{sheet.font()}</style><title"
    light = palette.as_colours(svg).replace("<svg ", size, 1).replace("<title", style, 1)
    light = re.sub(r'viewBox="[^"]+"', f'viewBox="{whole}"', light, count=1)
    light = light.replace("</desc>", f"</desc>{ground}{texts}", 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{light}'.encode()


def _written(lines, x, y, strong=0):
    """Give lines of text as SVG, from a height downwards, so many of them strong."""
    looks = [(INK, "bold") if i < strong else (SOFT, "normal") for i in range(len(lines))]
    return "".join(
        f'<text x="{x + MARGIN:g}" y="{y + LINE * (i + 0.9):g}" fill="{colour}" '
        f'font-weight="{weight}">{escape(line)}</text>'
        for i, (line, (colour, weight)) in enumerate(zip(lines, looks, strict=True))
    )


def _told(mark):
    text = escape(unquote(mark[1]))
    return f'<g class="value" style="pointer-events: all"><title>{text}</title>{mark[2]}</g>'


def _opening(box, own, caption):
    """Give the start of an SVG with title and description, which are what it is read as."""
    return (
        f'<svg class="drawn" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box}" role="img" '
        f'aria-labelledby="{own}-title {own}-desc" style="{FONT}; stroke-linejoin: round; '
        f'max-width: 30rem; background: var(--fig-ground, #ffffff)">'
        f'<title id="{own}-title">{escape(caption.title)}</title>'
        f'<desc id="{own}-desc">{escape(caption.alt)}</desc>'
    )


@lru_cache(maxsize=4096)
def width_of(text: str) -> float:
    """Give how wide a line of text in a chart is, in points, letters moved together by the font.

    Where three letters are drawn as one sign ("ffi") it is narrower by a seventh of a point.
    """
    letters = [_index(letter) for letter in str(text)]
    return sum(map(_advance, letters)) + sum(starmap(_kerning, pairwise(letters)))


def widest(texts: Iterable[str]) -> float:
    """Give how wide the widest of some lines in a chart is, in points."""
    return max(map(width_of, texts))


def rise_of(text: str) -> float:
    """Give how high a line of text in a chart rises above the feet of its letters, in points."""
    return max([RISE, *(_rise(_index(letter)) for letter in text)])


def in_lines(text: str, room: float) -> list[str]:
    """Give a text of a chart in lines at most so many points wide, broken between words.

    A word that is wider than the room is broken too: nothing runs out of its figure.
    """
    lines = [""]
    for word in _short_enough(str(text).split(" "), room):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _short_enough(words, room):
    for word in words:
        while width_of(word) > room and len(word) > 1:
            most = max(n for n in range(1, len(word)) if n == 1 or width_of(word[:n]) <= room)
            yield word[:most]
            word = word[most:]
        yield word


@lru_cache(maxsize=4096)
def _index(letter):
    """Give which sign of the font a letter is, 0 where it has none."""
    return _font().get_char_index(ord(letter))


@lru_cache(maxsize=4096)
def _advance(sign):
    """Give how far a sign by itself leads on, in points."""
    return _font().load_glyph(sign, flags=LoadFlags.NO_HINTING).horiAdvance / 64


@lru_cache(maxsize=65536)
def _kerning(sign, following):
    """Give how much farther than by itself the following sign stands, in points."""
    return _font().get_kerning(sign, following, Kerning.UNFITTED) / 64


@lru_cache(maxsize=4096)
def _rise(sign):
    return _font(LARGE).load_glyph(sign, flags=LoadFlags.NO_HINTING).bbox[3] / 64 * SIZE / LARGE


@lru_cache(maxsize=2)  # for this process: a font reads its file as it needs it
def _font(size=SIZE):
    """Give a font of our own: matplotlib changes the size of those it keeps."""
    font = FT2Font(font_manager.findfont("DejaVu Sans"))
    font.set_size(size, 72)
    return font


os.register_at_fork(after_in_child=_font.cache_clear)
