"""Compare pages and tables with those agreed, pages as one line per block, row and image."""

import re
from difflib import unified_diff

import pytest
from lxml import html

BREAK = "\0"  # occurs in no page
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "wbr"}
UNSEEN = {"script", "style"}
# Texts that depend on the date, version or commit: the last line of a page, and its citation.
CITED = re.compile(r"Version \S+, content [0-9a-f]+\.")
SIGNED = re.compile(r"^Made on \S+ with version \S+ of (.*) Content [0-9a-f]+\.", re.MULTILINE)
MOST = 40  # lines of differences to show


def lines(element):
    """Return the non-empty lines of text in an element, in the order of the page."""
    parts = (" ".join(part.split()) for part in "".join(_pieces(element)).split(BREAK))
    return [part for part in parts if part]


def _pieces(element):
    """Yield the pieces of text in an element, with BREAK at the start and end of each block."""
    if not isinstance(element.tag, str) or element.tag in UNSEEN:
        return
    edge = "" if element.tag in INLINE else BREAK
    yield edge
    if element.tag == "tr":
        yield " | ".join(" / ".join(lines(cell)) for cell in element)
    elif element.tag == "img":
        yield f"[alt] {element.get('alt', '')}"
    elif element.tag == "svg":
        yield f"[alt] {element.findtext('desc', '')}"
    else:
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""
    yield edge


def of_page(path):
    """Return the text of a page, with placeholders for date, version and hash."""
    tree = html.parse(path, html.HTMLParser(encoding="utf-8")).getroot()
    text = "".join(f"{line}\n" for line in lines(tree))
    text = CITED.sub("Version <version>, content <hash>.", text)
    return SIGNED.sub(r"Made on <day> with version <version> of \1 Content <hash>.", text)


def of_site(site, iso3, group):
    """Return {name: text} for the pages of a country and the synthesis of its group.

    The name of the synthesis includes the group, since its file name does not.
    """
    paths = {path.stem: path for path in site.glob(f"cop-*-{iso3}*.html")}
    paths[f"cop-regional-synthesis-{group}"] = site / "cop-regional-synthesis.html"
    return {name: of_page(path) for name, path in sorted(paths.items())}


def compare(request, folder, texts, *keys, kind="txt"):
    """Fail with the first differences between {name: text} and the expected texts in a folder.

    `keys` limits the expected texts to names that contain one of them, and `kind` is the ending of
    their files. `--renew` replaces these files instead.
    """
    paths = sorted(folder.glob(f"*.{kind}"))
    paths = [path for path in paths if not keys or any(key in path.stem for key in keys)]
    agreed = {path.stem: path.read_text(encoding="utf-8") for path in paths}
    if request.config.getoption("--renew"):
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.unlink()
        for name, text in texts.items():
            (folder / f"{name}.{kind}").write_text(text, encoding="utf-8", newline="\n")
        return
    changed = []
    for name in sorted(agreed.keys() | texts.keys()):
        sides = [side.get(name, "").splitlines() for side in (agreed, texts)]
        changed += unified_diff(*sides, f"{name}, agreed", f"{name}, made now", n=0, lineterm="")
    if changed:
        first = "\n".join(changed[:MOST])
        pytest.fail(f"Texts changed; if that is meant: make expected.\n{first}", pytrace=False)


def said(shown):
    """Return the text of a displayed object on one line."""
    return " ".join(lines(html.fragment_fromstring(str(shown), create_parent=True)))
