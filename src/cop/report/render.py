"""From an executed notebook to a page: nbconvert with our template, then one pass that numbers and
links.

The pass fails on a broken link and on a picture without its own alternative text, so such a page is
never shared.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import metadata
from itertools import takewhile
from pathlib import Path

from lxml import etree, html
from markupsafe import escape
from nbconvert import TemplateExporter
from nbformat import NotebookNode, v4
from traitlets.config import Config

from cop.report import filenames, glossary, languages, outputs, sheet
from cop.report.covers import of_class
from cop.report.languages import gettext
from cop.report.page import headed, minutes

SOURCE = Path(__file__).resolve().parents[2]
# tags of cells that stay in the notebook
REPORT = "report"  # the tag of cells of stages 1 to 5 that the assessment shows too
HIDDEN = {"parameters", "injected-parameters", "analyst", "check", "hand-on", "method"}
ADDED = re.compile(r'<div data-added="([^"]*)"></div>')  # as `show.added` leaves it in notebook 6
CELL = re.compile(r'<div data-stage="([^"]*)" data-cell="([^"]*)">.*?</div>')  # `show.stage_cells`
HEADINGS = re.compile(r"<h[1-6]\b.*?</h[1-6]>", re.DOTALL)
INJECTED = "injected-parameters"  # the tag of the cell that papermill adds
IDS = etree.XPath("//@id", smart_strings=False)
PARSER = html.HTMLParser()  # of elements of one class, which need not be looked up by their names
PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(html.HtmlElement, html.HtmlComment))
# What stands in a country's report, also where another page of the country names it: a row, a table
ELSEWHERE = re.compile(
    r"#([A-Z]{3})-(?:[ELOVX]\d+|evidence|instruments|organisations|services|figures"
    r"|items-policy-makers)$"
)


class Unfit(Exception):
    """Raised when a page must not be shared; the text says what is wrong with it."""


def page(
    notebook: NotebookNode, name: str, date: str, stages: Mapping[str, NotebookNode] | None = None
) -> str:
    """Return the finished HTML of an executed notebook that will be saved under `name`; the
    notebook stays as it is. Of `stages`, the executed notebooks before it, the page shows what is
    tagged `report`.
    """
    stages = {stage: _spoken(each, stage) for stage, each in (stages or {}).items()}
    spoken = _spoken(notebook, filenames.stage_of(name))
    tree = html.document_fromstring(body(spoken, sheet.text(), stages), PARSER)
    _give_font(tree)
    _entitle(tree)
    _say_which_language(tree)
    _head_each_page(tree)
    _leave_out_silent(tree)
    _keep_cited(tree)
    _note_names(tree)
    glossary.explain(tree)
    _number(tree)
    _time_routes(tree)
    _link(tree, name)
    _sign(tree, date)
    return "<!DOCTYPE html>\n" + html.tostring(tree, encoding="unicode")


def body(
    notebook: NotebookNode, stylesheet: str = "", stages: Mapping[str, NotebookNode] | None = None
) -> str:
    """Return what a page shows of an executed notebook, as its template has it; nbconvert itself
    would copy the notebook before, and pass over the finished page: ours asks for more.
    """
    spoken = {"language": languages.current(), "skip": gettext("Skip to the content")}
    parts = "\n".join(part for _, part in _parts(notebook))
    shown = {stage: list(_parts(each)) for stage, each in (stages or {}).items()}
    parts = CELL.sub(lambda slot: _stage_cell(*slot.groups(), shown), parts)
    parts = ADDED.sub(lambda slot: _added(slot[1].split(), shown, parts), parts)
    resources = {"stylesheet": stylesheet, **spoken}
    return _template().render(nb=notebook, resources=resources, parts=parts)


def _parts(notebook) -> Iterator[tuple[NotebookNode, str]]:
    """Yield each cell that a page shows and its HTML."""
    lead_in, number = "", 0
    for cell in notebook.cells:
        number += INJECTED not in cell.metadata.get("tags", [])
        if is_hidden(cell):
            continue
        if cell.cell_type == "markdown":
            lead_in = cell.source
            yield cell, outputs.markdown(cell.source, cell.get("attachments"))
        elif cell.cell_type == "code" and cell.outputs:
            bare = any(map(outputs.is_unlabelled, cell.outputs))
            sentence = outputs.last_sentence(lead_in) if bare else ""
            yield cell, "\n".join(outputs.parts(cell, sentence, number))


def _stage_cell(stage, cell_id, shown):
    """Return what a cell of an earlier stage shows, without headings.

    Raises Unfit where the stage shows no such cell.
    """
    parts = {cell.get("id"): part for cell, part in shown.get(stage, ())}
    if stage in shown and cell_id not in parts:
        raise Unfit(f"notebook 6 shows cell {cell_id} of {stage}, which shows no such cell")
    return HEADINGS.sub("", parts.get(cell_id, ""))


def _added(names, shown, page_parts):
    """Return the section with what cells tagged `report` show in these stages; "" without any.

    What the page shows anyway is not repeated.
    """
    parts = [
        part
        for name in names
        for cell, part in shown.get(name, ())
        if REPORT in cell.metadata.get("tags", []) and part.strip() and part not in page_parts
    ]
    heading = f"<h3>{escape(gettext('Added by the analyst'))}</h3>"
    return "\n".join([heading, *parts]) if parts else ""


def _spoken(notebook, stage):
    """Return with its own text in the language spoken: itself where that is English."""
    if not languages.translated():
        return notebook
    from cop.report.tongue import markdown  # seldom needed

    return markdown.spoken(notebook, stage)


def unlabelled(notebook: NotebookNode) -> list[int]:
    """Return the cells, as JupyterLab numbers them from the top, with an unlabelled output.

    That is a frame or a figure in a page without caption or title, source and description.
    """
    cells = [c for c in notebook.cells if INJECTED not in c.metadata.get("tags", [])]
    return [
        number
        for number, cell in enumerate(cells, 1)
        if cell.cell_type == "code" and not is_hidden(cell)
        if any(map(outputs.is_unlabelled, cell.outputs))
    ]


def is_hidden(cell: NotebookNode) -> bool:
    """Say whether a cell stays in the notebook."""
    return not HIDDEN.isdisjoint(cell.metadata.get("tags", []))


@lru_cache(maxsize=1)
def _template():
    """Return the template of a page as nbconvert reads it, made once."""
    where = {"template_file": "cop/report/index.html.j2", "extra_template_basedirs": [str(SOURCE)]}
    return TemplateExporter(Config({"TemplateExporter": where})).template


def rehearse() -> None:
    """Render a small page beforehand, so that what it needs is there, and compiled."""
    output = v4.new_output(
        "display_data", data={"text/html": "<p>x</p>", "text/plain": "<8 characters of HTML>"}
    )
    cells = [v4.new_markdown_cell("# x"), v4.new_code_cell("x", outputs=[output])]
    notebook = v4.new_notebook(cells=cells)
    body(notebook)
    version()


def _give_font(tree):
    """Let a page that holds drawn figures hold the font that they were measured with."""
    if tree.find(".//svg[@class='drawn']") is not None:
        style = tree.find("head/style")
        style.text = sheet.font() + style.text


def _entitle(tree):
    """Let title and first heading name the country."""
    [cover] = of_class(tree.find("body/main"), "cover")
    [kicker], [country] = (of_class(cover, name) for name in ("kicker", "country"))
    title = headed(kicker.text_content(), country.text_content())
    about = cover.get("data-edition"), gettext(cover.get("data-status"))
    tree.find("head/title").text = f"{title} ({', '.join(about)})"
    for old in [*tree.iter("h1")]:
        old.drop_tree()
    heading = html.Element("h1")
    heading.text = title
    cover.insert(0, heading)
    kicker.drop_tree(), country.drop_tree()


def _say_which_language(tree):
    """Say below the cover what a translation is worth, and which text is the authentic one."""
    if languages.translated():
        from cop.report import words  # with all that draws: seldom needed here

        said = html.fragment_fromstring(words.notice())
        of_class(tree.find("body/main"), "cover")[0].addnext(said)


def _head_each_page(tree):
    """Let each printed page say which report it is of, its edition and its status."""
    words = tree.find("head/title").text.replace("\\", "").replace('"', "'")
    tree.find("head/style").text += sheet.running_header(words)


def _leave_out_silent(tree):
    """Drop results that say there is nothing, each with its lead-in (it ends with a colon), and
    headings left empty.
    """
    for silent in _of(tree, "p", "silent"):
        lead_in = silent.getprevious()
        led_in = lead_in is not None and lead_in.tag == "p"
        if led_in and lead_in.text_content().strip().endswith(":"):
            lead_in.drop_tree()
        silent.drop_tree()
    for heading in [*tree.iter("h2")]:
        following = heading.getnext()
        if following is None or following.tag == "h2":
            heading.drop_tree()


def _note_names(tree):
    """Keep of the notes on names those that the page needs: one of their names stands on it, and no
    fuller note on the country does.
    """
    main = tree.find("body/main")
    if not (notes := of_class(main, "names")):
        return
    text = main.text_content()
    for note in notes:
        text = text.replace(note.text_content(), "")
    told = [one for one in main.iter("p") if "territory" in one.get("class", "")]
    fuller = {one.get("data-iso3") for one in told if one not in notes}
    for note in notes:
        listed = note.attrib.pop("data-listed").split("; ")
        there = [re.escape(name) for name in listed if name in text]
        used = any(re.search(rf"{name}(?<!\w{name})\b", text) for name in there)
        if not used or note.get("data-iso3") in fuller:
            note.drop_tree()


def _number(tree):
    """Number headings, tables and figures, and list the headings."""
    contents, chapter, section = _contents(), 0, 0
    taken = set(IDS(tree))
    for heading in [*tree.iter("h2", "h3")]:
        for anchor in heading.find_class("anchor-link"):
            anchor.drop_tree()
        chapter, section = (chapter + 1, 0) if heading.tag == "h2" else (chapter, section + 1)
        number = f"{chapter}" if heading.tag == "h2" else f"{chapter}.{section}"
        words = heading.text_content().strip()
        heading.set("id", _address(_in_english(heading) or words, number, taken))
        heading.text = f" {heading.text or ''}"
        _prefix(heading, number, "number-of-heading")
        if heading.tag == "h2":
            entry = etree.SubElement(contents.find(".//ol"), "li")
            etree.SubElement(entry, "a", href=f"#{heading.get('id')}").text = f"{number} {words}"
    _after_the_message(tree, contents)
    for i, caption in enumerate(tree.xpath("//figcaption[not(../../@class='card')]"), 1):
        _prefix(caption, gettext("Figure %(n)s.") % {"n": i} + " ")
    for i, caption in enumerate(tree.xpath("//caption[not(ancestor::figure)]"), 1):
        _prefix(caption, gettext("Table %(n)s.") % {"n": i} + " ")


def _after_the_message(tree, contents):
    """Put the list of headings after what a hurried reader reads: the readers' routes, else the
    chapter of the bottom line; where a page has neither, it comes first.
    """
    main, chapters = tree.find("body/main"), [*tree.iter("h2")]
    routes = of_class(main, "routes")
    if of_class(main, "bottom-line") and not routes and len(chapters) > 1:
        chapters[1].addprevious(contents)
        return
    before = ("routes", "synthetic", "language", "cover")
    place = next(found for name in before if (found := of_class(main, name)))[-1]
    place.addnext(contents)
    if routes:  # they lead on; by keyboard each link is a stop
        del contents[0].attrib["open"]


def _time_routes(tree):
    """Say how many minutes each step of a reader's route takes, by what is seen when it is opened:
    the first steps together, then each that follows; one that leads elsewhere brings its own.
    """
    lists, seen = _of(tree, "ul", "routes"), cache(_seen)
    at = {part.get("id"): part for part in tree.xpath("//@id/..")} if lists else {}
    for route in (one for each in lists for one in each.iterchildren("li")):
        parts = []
        for step in route.xpath("a | span[@class='minutes']"):
            if step.tag == "a":
                parts += _led_to(at.get(step.get("href").removeprefix("#")))
            else:
                texts = " ".join(map(seen, parts))
                pictures = sum(1 for part in parts for _ in part.iter("figure"))
                step.text, parts = step.text.format(minutes(texts, pictures)), []


def _led_to(start):
    """Return what an address leads to: a chapter or section as far as the next, else a block."""
    if start is None or start.tag not in ("h2", "h3"):
        return [] if start is None else [start]
    ends = "h2", start.tag
    return [start, *takewhile(lambda part: part.tag not in ends, start.itersiblings())]


def _seen(part):
    """Return the texts of a part that are neither folded, drawn, nor for those who hear alone."""
    texts = [part.text or ""]
    for child in part:
        folded = part.tag == "details" and child.tag != "summary"
        if not folded and child.tag not in ("svg", "nav") and child.get("class") != "unseen":
            texts.append(_seen(child))
        texts.append(child.tail or "")
    return " ".join(texts)


def _contents():
    """Return the list of headings, still empty."""
    word = escape(gettext("Contents"))
    return html.fragment_fromstring(
        f'<nav class="contents" aria-label="{word}"><details open="">'
        f"<summary>{word}</summary><ol></ol></details></nav>"
    )


def _in_english(heading):
    """Return what a heading says in English, "" where it says that itself; nothing of it is shown.

    An id is made of it, so that it is the same in all languages.
    """
    marks = heading.xpath("descendant-or-self::*[@data-source]")
    said = [mark.attrib.pop("data-source") for mark in marks]
    for mark in marks:
        if mark is not heading:
            mark.drop_tag()
    return "".join(said[:1])


def _address(words, number, taken):
    """Return the id of a chapter: its words, so that a link stays good when chapters move."""
    address = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    if not address or address in taken:
        address = f"{address or 's'}-{number.replace('.', '-')}"
    taken.add(address)
    return address


def _keep_cited(tree):
    """Drop from a bibliography what the page does not cite; a register keeps everything."""
    cited = {a.get("href")[1:] for a in _references(tree)}
    evidence = {row.get("id"): row for row in tree.iter("tr")}
    for row in cited & evidence.keys():
        cited |= {a.get("href")[1:] for a in _references(evidence[row])}
    for entry in [one for each in _of(tree, "ul", "sources") for one in each.iterchildren("li")]:
        if entry.get("id") not in cited:
            entry.drop_tree()


def _of(tree, tag, name):
    """Return the elements of a page of a tag whose class is no other than this."""
    return [one for one in tree.iter(tag) if one.get("class") == name]


def _references(part):
    """Return the links in a part of a page that lead to a place in it."""
    return [a for a in part.iter("a") if a.get("href", "").startswith("#")]


def _link(tree, name):
    """Send references without a target here to the country's report; raise Unfit for any that
    lead nowhere.
    """
    targets, report = Counter(IDS(tree)), "cop-assessment-"
    broken = [f"{i} stands twice" for i, times in targets.items() if times > 1]
    for link in _references(tree):
        at = link.get("href")
        if at[1:] in targets:
            continue
        if not name.startswith(report) and (found := ELSEWHERE.match(at)):
            link.set("href", f"{report}{found[1]}.html{at}")
        else:
            broken.append(f"link {at} leads nowhere")
    broken += [
        f"a picture is not part of the page: {img.get('src')}"
        for img in tree.iter("img")
        if not img.get("src", "").startswith("data:")
    ]
    broken += [
        f"a picture has no alternative text of its own: {img.get('alt')!r}"
        for img in tree.iter("img")
        if len(img.get("alt", "")) < 20 or "No description" in img.get("alt")
    ]
    broken += [
        f"a figure has no alternative text of its own: {desc.text!r}"
        for desc in tree.xpath("//figure//desc")
        if len(desc.text or "") < 20
    ]
    if broken:
        raise Unfit(f"{name}: " + "; ".join(sorted(set(broken))[:10]))


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version of the workspace, looked for once among all that is installed."""
    return metadata.version("cop-assessment")


def _sign(tree, date):
    """Say in the footer when and by which version the page was made, and which content it holds."""
    content = hashlib.sha256(tree.find("body/main").text_content().encode()).hexdigest()[:12]
    number = version()
    for cited in _of(tree, "span", "signed"):
        named = {"number": number, "content": content}
        cited.text = gettext("Version %(number)s, content %(content)s.") % named
    tree.find("body/footer/p").text = gettext(
        "Made on %(date)s with version %(number)s of the COP assessment workspace. Content"
        " %(content)s. This file holds everything it shows and asks the network for nothing."
    ) % {"date": date, "number": number, "content": content}


def _prefix(element, text, kind="numbered"):
    mark = html.Element("span", {"class": kind})
    mark.text, mark.tail, element.text = text, element.text, None
    element.insert(0, mark)
