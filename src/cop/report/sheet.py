"""Build the CSS of pages, including the font of figures (see fonts/README.md)."""

import base64
import re
from functools import lru_cache
from pathlib import Path

from cop.report import languages

HERE = Path(__file__).parent


def text(translated: bool = False) -> str:
    """Return the style sheet, with `translated.css` if `translated` or the page is translated."""
    names = ["report.css"] + ["translated.css"] * (translated or languages.translated())
    return "".join((HERE / name).read_text(encoding="utf-8") for name in names)


def of_site() -> str:
    """Return the style sheet for pages of the site."""
    return text() + (HERE / "site" / "site.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def font() -> str:
    """Return the CSS rule that embeds the font of figures; pages must allow `font-src data:`."""
    letters = base64.b64encode((HERE / "fonts" / "dejavu-sans-subset.woff").read_bytes()).decode()
    return (
        '@font-face { font-family: "DejaVu Sans"; font-display: block; '
        f'src: url(data:font/woff;base64,{letters}) format("woff"); }}\n'
    )


def running_header(words: str) -> str:
    """Return the CSS rule that prints a title at the top and the page number at the bottom."""
    look = "font: 8pt sans-serif; color: #555;"
    title = re.sub(r'["\\<]', "'", words)
    return (
        f'@page {{ @top-left {{ content: "{title}"; {look} }} '
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {look} }} }}'
    )
