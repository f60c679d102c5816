"""Finish a page: number its headings, figures and tables, set its links, and add a content hash."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from importlib import metadata
from itertools import product

from lxml import etree, html

import cop.data
from cop.data import package
from cop.data.reads import StrPath
from cop.report import filenames, glossary, languages, sheet, words
from cop.report.figure import SHORTEST
from cop.report.languages import gettext

IDS = etree.XPath("//@id", smart_strings=False)
BLOCKS = etree.XPath("body/main/*[contains(concat(' ', @class, ' '), concat(' ', $kind, ' '))]")
PARSER = html.HTMLParser()  # a single class for all elements is faster
PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(html.HtmlElement, html.HtmlComment))
COVER = re.compile(r'<\w+ [^>]*class="cover[ "][^>]*>')
DISPUTE = re.compile(r'<li class="dispute">.*?</li>', re.DOTALL)
ID = re.compile(r' id="([^"<>]+)"')  # allowed targets of links
PAGE_HEADING = re.compile(r'<(h[23])[^>]* id="([^"]+)"[^>]*>(.*?)</\1>', re.DOTALL)
NUMBER = re.compile(r'<span class="number-of-heading">[^<]*</span>')
TAG = re.compile(r"<[^>]+>")
# Tables with unverified rows, and the columns of their texts; for groups only the first is used.
TEXTS = [
    ("evidence", "statement"),
    ("instruments", "title"),
    ("instruments", "detail"),
    ("stakeholders", "name"),
    ("stakeholders", "description"),
    ("sources", "title"),
    ("services", "description"),
    ("exercises", "name"),
]
OF_IMAGES = "(in Markdown, with `show.figure`, or in the last sentence before its cell)"
START = 40  # characters that identify a longer text, which a page may contain only in part


class InvalidFile(Exception):
    """Raised if a page must not be published. The message lists the errors."""


def finish(content: str, name: str, date: str) -> str:
    """Convert HTML from nbconvert to the finished page with the file name `name`, and return it.

    Removes h1 headings other than the cover's, empty results and chapters, uncited sources, and
    glossary entries and notes on territories that the page does not need. Adds the title, a notice
    on translations, numbers, the table of contents, explanations of abbreviations, and a footer
    with `date`, version and content hash. Raises InvalidFile without a cover, and like `set_links`.
    """
    tree = html.document_fromstring(content, PARSER)
    _name(tree, name)
    _leave_out_silent(tree)
    _keep_cited(tree)
    _note_names(tree)
    glossary.explain(tree)
    _number(tree)
    set_links(tree, name)
    _sign(tree, date)
    return "<!DOCTYPE html>\n" + html.tostring(tree, encoding="unicode")


def _name(tree, name):
    """Set the title, print header, figure font and translation notice; remove other h1 headings."""
    if not (covers := BLOCKS(tree, kind="cover")):
        raise InvalidFile(f"{name} has no cover: end a cell with `countries.cover(place)`")
    cover = covers[0]
    heading, style = cover.find("h1"), tree.find("head/style")
    for other in [h1 for h1 in tree.iter("h1") if h1 is not heading]:
        other.drop_tree()
    about = cover.get("data-edition"), gettext(cover.get("data-status"))
    title = f"{heading.text_content()} ({', '.join(about)})"
    tree.find("head/title").text = title
    if tree.find(".//svg[@class='drawn']") is not None:
        style.text = sheet.font() + style.text
    style.text += sheet.running_header(title)
    if languages.translated():
        cover.addnext(html.fragment_fromstring(words.notice()))


def _leave_out_silent(tree):
    """Remove empty results with their introductions, empty chapters, and texts used as captions."""
    for text in tree.xpath("//p[following-sibling::*[1][@class='unlabelled']]"):
        if text.text_content().strip() == f"{text.getnext().findtext('.//caption')}:":
            text.drop_tree()
    for silent in tree.xpath("//p[@class='silent']"):
        for lead_in in silent.xpath("preceding-sibling::*[1][self::p]"):
            if lead_in.text_content().strip().endswith(":"):
                lead_in.drop_tree()
        silent.drop_tree()
    for heading in tree.xpath("//h2[not(following-sibling::*[1][not(self::h2)])]"):
        heading.drop_tree()


def _keep_cited(tree):
    """Remove bibliography entries that the page does not cite; add cited row ids to the others."""
    cited = {a.get("href")[1:] for a in _references(tree)}
    for entry in tree.xpath("//ul[@class='sources']/li"):
        rows = [row for row in entry.attrib.pop("data-rows", "").split() if row in cited]
        if rows:
            numbers = ", ".join(row[4:] for row in rows)
            etree.SubElement(entry, "span", {"class": "local"}).text = f" [{numbers}]"
        elif entry.get("id") not in cited:
            entry.drop_tree()


def _note_names(tree):
    """Remove notes on territories that the page does not mention or explains elsewhere."""
    if not (notes := BLOCKS(tree, kind="names")):
        return
    main = tree.find("body/main")
    text = main.text_content()
    for note in notes:
        text = text.replace(note.text_content(), "")
    fuller = {p.get("data-iso3") for p in main.find_class("territory") if p not in notes}
    for note in notes:
        used = mentions(text, note.attrib.pop("data-listed"))
        if not used or note.get("data-iso3") in fuller:
            note.drop_tree()


def _number(tree):
    chapters, chapter, section, taken = [], 0, 0, set(IDS(tree))
    for heading in list(tree.iter("h2", "h3")):
        for anchor in heading.find_class("anchor-link"):
            anchor.drop_tree()
        is_chapter = heading.tag == "h2"
        chapter, section = (chapter + 1, 0) if is_chapter else (chapter, section + 1)
        number = f"{chapter}" if is_chapter else f"{chapter}.{section}"
        text = heading.text_content().strip()
        source = heading.attrib.pop("data-source", "")  # in English, as the id is derived from it
        heading.set("id", _address(source or text, number, taken))
        heading.text = f" {heading.text or ''}"
        _prefix(heading, number, "number-of-heading")
        if is_chapter:
            chapters.append((heading.get("id"), f"{number} {text}"))
    _place_contents(tree, html.fragment_fromstring(words.render("page", "contents", chapters)))
    for i, caption in enumerate(tree.xpath("//figcaption[not(../../@class='card')]"), 1):
        _prefix(caption, gettext("Figure %(n)s.") % {"n": i} + " ")
        _anchor(caption.getparent(), f"figure-{i}", taken)
    for i, caption in enumerate(tree.xpath("//caption[not(ancestor::figure)]"), 1):
        _prefix(caption, gettext("Table %(n)s.") % {"n": i} + " ")
        _anchor(caption.getparent(), f"table-{i}", taken)


def _anchor(element, address, taken):
    if not element.get("id") and address not in taken:
        element.set("id", address)


def _place_contents(tree, contents):
    chapters = [*tree.iter("h2")]
    if routes := BLOCKS(tree, kind="routes"):
        routes[-1].addnext(contents)
        del contents[0].attrib["open"]  # collapsed, because each link is a tab stop
    elif BLOCKS(tree, kind="bottom-line") and len(chapters) > 1:
        chapters[1].addprevious(contents)
    else:
        start = "@class='cover' or @class='synthetic' or contains(@class, 'language')"
        tree.xpath(f"//main/*[{start}]")[-1].addnext(contents)


def _address(text, number, taken):
    """Return an id derived from a heading's text, if possible, so that links survive reordering."""
    address = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not address or address in taken:
        address = f"{address or 's'}-{number.replace('.', '-')}"
    taken.add(address)
    return address


def _references(part):
    return [a for a in part.iter("a") if a.get("href", "").startswith("#")]


def set_links(tree: html.HtmlElement, name: str) -> None:
    """Point each link whose target is not on the page `name` to the page that contains the target.

    Raises InvalidFile, listing ten errors, for repeated ids, links for which `home_of` knows no
    other page, and images that are not embedded or not described in SHORTEST characters.
    """
    targets = Counter(IDS(tree))
    broken = {
        f"the id {anchor!r} occurs {n} times: make it unique, or remove the duplicate figure"
        for anchor, n in targets.items()
        if n > 1
    }
    for link in _references(tree):
        at = link.get("href")
        if at[1:] not in targets:
            link.set("href", filenames.home_of(at[1:], name) + at)
            if link.get("href") == at:
                or_verify = "verify the row, " if filenames.home_of(at[1:]) else ""
                fix = f"correct the id, {or_verify}or remove the link"
                broken.add(f"the link {at} has no target: {fix}")
    for source in tree.xpath("//img/@src[not(starts-with(., 'data:'))]"):
        broken.add(f"the image {source} is outside the page: attach it to the cell")
    for picture in tree.xpath("//img | //figure//desc"):
        text = picture.get("alt") or picture.text or ""
        if len(text) < SHORTEST or "No description" in text:  # nbconvert's default text
            fix = f"describe the image in at least {SHORTEST} characters {OF_IMAGES}"
            place = picture.xpath("string(preceding::*[self::h1 or self::h2 or self::h3][1])")
            broken.add(f"an image below {place.strip()!r} has the alternative text {text!r}: {fix}")
    if broken:
        more = f"; and {len(broken) - 10} more" if len(broken) > 10 else ""
        raise InvalidFile(f"{name}: " + "; ".join(sorted(broken)[:10]) + more)


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version of the installed package cop-assessment."""
    return metadata.version("cop-assessment")


def _sign(tree, date):
    content = hashlib.sha256(tree.find("body/main").text_content().encode()).hexdigest()[:12]
    about = {"number": version(), "content": content, "date": date}
    for cited in tree.xpath("//span[@class='signed']"):
        cited.text = gettext("Version %(number)s, content %(content)s.") % about
    tree.find("body/footer/p").text = (
        gettext(
            "Made on %(date)s with version %(number)s of the COP assessment workspace. Content"
            " %(content)s. This file is complete and loads nothing from the network."
        )
        % about
    )


def _prefix(element, text, kind="numbered"):
    mark = html.Element("span", {"class": kind})
    mark.text, mark.tail, element.text = text, element.text, None
    element.insert(0, mark)


def read_cover(text: str) -> dict[str, str]:
    """Return the data on the cover of a page as a dictionary, which is empty without a cover.

    The keys are `iso3`, `country`, `edition`, `status` and `cut-off`. For a synthesis, `iso3` is
    the group and `country` its name. Disputed ratings on the page are in `disputes`, one per line.
    """
    cover = COVER.search(text)
    attributes = html.fragment_fromstring(cover[0]).attrib if cover else {}
    facts = {name[5:]: value for name, value in attributes.items() if name.startswith("data-")}
    lines = [html.fragment_fromstring(li).text_content() for li in DISPUTE.findall(text)]
    return facts | ({"disputes": "\n".join(lines)} if lines else {})


def unverified(pages: dict[str, str], data: StrPath, key: str) -> Iterator[str]:
    """Yield a message for each page and each unverified row whose id or text it contains.

    `pages` is {name: HTML}, and `key` a country or group. TEXTS lists the columns with texts. A
    statement is found anywhere on a page, another text only if it is the whole content of an
    element, such as a cell. For a text longer than START, its first START characters at the
    beginning of an element or line are sufficient. Texts in capitals are found, too. A text, or its
    start, is ignored if a verified row of the country has it in the same column. For a group, or a
    country without an editions.csv, only evidence is searched for, but that of all countries.
    """
    countries = package.begun(data)
    texts = TEXTS if key in countries else TEXTS[:1]
    for iso3, (table, column) in product([key] if key in countries else countries, texts):
        path = package.locate(data, package.paths(table, data, iso3)[0])
        rows = cop.data.records(path) if path.exists() else ()
        verified = {row[column] for row in rows if row["verified"] == "yes"}
        waiting = {next(iter(row.values())): row[column] for row in rows if row["verified"] == "no"}
        ids = re.compile(rf"(?:{'|'.join(map(re.escape, waiting))})\b")
        shared_starts = set()  # ids of rows whose text begins like that of a verified row
        for row_id, text in waiting.items():
            if any(other.startswith(text[:START]) for other in verified):
                shared_starts.add(row_id)
        for name, page in pages.items() if waiting else ():
            shown_ids = {*ids.findall(page)}
            for row_id, text in waiting.items():
                forms = () if text in verified or not text else (text, text.upper())
                is_statement, is_shared = table == "evidence", row_id in shared_starts
                shown = (_contains(page, form, is_statement, is_shared) for form in forms)
                if row_id in shown_ids or any(shown):
                    how = f"verify the row with `cop verify {row_id} --quotation PASSAGE`"
                    if table == "exercises":  # no command verifies these rows
                        how = "verify the row, and set its column `verified` to 'yes'"
                    fix = f"{how}, or leave it out (`helpers.read` omits such rows)"
                    found = f"the id or text of {row_id}, an unverified row of {table}.csv"
                    yield f"{name} contains {found}: {fix}"


def _contains(page, text, is_statement, is_shared):
    """Return whether a page contains a text or, unless a verified text shares it, its start."""
    start, full = (escape(part, quote=False) for part in (text[:START], text))
    if start not in page:
        return False
    if len(text) > START and not is_shared and (f">{start}" in page or f"\n{start}" in page):
        return True
    return (full if is_statement else f">{full}<") in page


def headings(text: str) -> list[tuple[str, str]]:
    """Return (id, text) of a page's chapter and section headings in order, without numbers."""
    return [
        (anchor, " ".join(unescape(TAG.sub("", NUMBER.sub("", words))).split()))
        for _, anchor, words in PAGE_HEADING.findall(text)
    ]


def mentions(text: str, names: str) -> bool:
    """Return whether a text contains one of the names in `names` ('A; B') as whole words."""
    names = [re.escape(name) for name in cop.data.split(names) if name in text]
    return any(re.search(rf"(?<!\w){name}\b", text) for name in names)
