"""The plain text of finished pages: one line for each block, row of a table and picture."""

import re
from difflib import unified_diff

from lxml import html

BREAK = "\0"  # stands in no page
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
UNSEEN = {"script", "style"}
# What another day, version or commit changes: in the last line of a page, and where it is cited.
CITED = re.compile(r"Version \S+, content [0-9a-f]+\.")
SIGNED = re.compile(r"^Made on \S+ with version \S+ of (.*) Content [0-9a-f]+\.")
MOST = 10  # lines of a difference that are shown for one page


def lines(element):
    """Return the text below an element as lines, in the order of the page; none is empty."""
    parts = (" ".join(part.split()) for part in "".join(_pieces(element)).split(BREAK))
    return [part for part in parts if part]


def _pieces(element):
    """Return the text below an element piece by piece, with a break wherever a line ends."""
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


def steady(line):
    """Return a line without what changes from run to run: day, version and hash of the content."""
    line = CITED.sub("Version <version>, content <hash>.", line)
    return SIGNED.sub(r"Made on <day> with version <version> of \1 Content <hash>.", line)


def of_page(path):
    """Return the text of a page that another day does not change, each line ended."""
    tree = html.parse(path, html.HTMLParser(encoding="utf-8")).getroot()
    return "".join(f"{steady(line)}\n" for line in lines(tree))


def of_site(site, iso3, group):
    """Return the texts of a country's pages and of the synthesis of its group: {name: text}.

    Every first group's synthesis has the same file name, so that its text is named after the group.
    """
    paths = {path.stem: path for path in site.glob(f"cop-*-{iso3}*.html")}
    paths[f"cop-regional-synthesis-{group}"] = site / "cop-regional-synthesis.html"
    return {name: of_page(path) for name, path in sorted(paths.items())}


def held(folder, iso3, group):
    """Return the texts that were agreed for a country and its group: {name: text}."""
    paths = [path for key in (iso3, group) for path in folder.glob(f"cop-*-{key}*.txt")]
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(paths)}


def renew(folder, texts, iso3, group):
    """Write the texts in place of those that were agreed for a country and its group."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in held(folder, iso3, group):
        (folder / f"{name}.txt").unlink()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


def differences(agreed, made):
    """Return in a few lines where texts differ, page by page; nothing where they are the same."""
    return "\n".join(
        difference(name, agreed.get(name, ""), made.get(name, ""))
        for name in sorted(agreed.keys() | made.keys())
        if agreed.get(name) != made.get(name)
    )


def difference(name, agreed, made):
    """Return the first lines in which two texts of a page differ, and how many more there are."""
    sides = f"{name}, agreed", f"{name}, made now"
    found = list(unified_diff(agreed.splitlines(), made.splitlines(), *sides, n=0, lineterm=""))
    more = len(found) - 2 - MOST
    return "\n".join(found[: MOST + 2] + ([f"... and {more} more such lines"] if more > 0 else []))


def said(shown):
    """Return the text of what a helper shows as one line."""
    return " ".join(lines(html.fragment_fromstring(str(shown), create_parent=True)))
