"""A Word document as it comes back: comments and tracked changes put into its XML, as programs
write them. Invented people, whose names must not be found again.
"""

import copy
import io
import itertools
import zipfile

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
AUTHOR, OTHER = "Canaria Vogelsang", "Zeno Kanarek"
BODY, COMMENTS = "word/document.xml", "word/comments.xml"
TYPES, LINKS = "[Content_Types].xml", "word/_rels/document.xml.rels"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def q(name):
    return f"{{{W}}}{name}"


class Document:
    """A document whose body is changed and that is saved again."""

    def __init__(self, raw):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.body = etree.fromstring(self.parts[BODY])[0]
        self.comments = etree.Element(q("comments"), nsmap={"w": W})
        self.numbers, self.seconds = itertools.count(10_000), itertools.count(0)

    def marks(self, author):
        second = next(self.seconds)
        when = f"2026-11-20T10:{second // 60:02}:{second % 60:02}Z"
        return {q("id"): str(next(self.numbers)), q("author"): author, q("date"): when}

    def paragraphs(self):
        """Return [(id of the place, paragraph)] of what says something, rows by their first cell."""
        pairs = [(self.bookmark_of(p), p) for p in self.body.iter(q("p"))]
        return [(n, p) for n, p in pairs if n and "".join(t.text or "" for t in p.iter(q("t"))).strip()]  # fmt: skip

    def bookmark_of(self, p):
        """Return the name of the bookmark of a paragraph, or of its row."""
        first = p.find(q("bookmarkStart"))
        if first is None and p.getparent().tag == q("tc"):
            first = p.getparent().getparent().find(f".//{q('bookmarkStart')}")
        return None if first is None else first.get(q("name"))

    def comment(self, p, text, author=AUTHOR):
        """Comment on all words of a paragraph."""
        note = etree.SubElement(self.comments, q("comment"), self.marks(author))
        note.set(q("initials"), "CV")
        for line in text.split("\n"):
            self.run(etree.SubElement(note, q("p")), line)
        number = {q("id"): note.get(q("id"))}
        start = etree.Element(q("commentRangeStart"), number)
        p.insert(1 if len(p) and p[0].tag == q("pPr") else 0, start)
        etree.SubElement(p, q("commentRangeEnd"), number)
        etree.SubElement(etree.SubElement(p, q("r")), q("commentReference"), number)

    def run(self, parent, text):
        words = etree.SubElement(etree.SubElement(parent, q("r")), q("t"))
        words.text = text
        words.set(SPACE, "preserve")

    def insert(self, p, text, author=AUTHOR):
        """Insert words at the end of a paragraph."""
        change, end = etree.Element(q("ins"), self.marks(author)), p.find(q("bookmarkEnd"))
        self.run(change, text)
        p.append(change) if end is None else end.addprevious(change)

    def delete(self, p, new="", author=AUTHOR):
        """Delete the first words of a paragraph, or put others in their place; return the old."""
        run = next(r for r in p.iter(q("r")) if (r.findtext(q("t")) or "").strip())
        change, old = etree.Element(q("del"), self.marks(author)), run.findtext(q("t"))
        run.addprevious(change)
        change.append(run)
        for t in run.iter(q("t")):
            t.tag = q("delText")
        if new:
            put = etree.Element(q("ins"), self.marks(author))
            self.run(put, new)
            change.addnext(put)
        return old

    def move(self, p, to, author=AUTHOR):
        """Move the first words of a paragraph to the end of another."""
        run = next(r for r in p.iter(q("r")) if (r.findtext(q("t")) or "").strip())
        gone, come = (etree.Element(q(kind), self.marks(author)) for kind in ("moveFrom", "moveTo"))
        run.addprevious(gone)
        gone.append(copy.deepcopy(run))
        come.append(run)
        to.append(come)

    def add_part(self, name, content, kind):
        """Add a part to which the document leads."""
        self.parts[name] = content
        part = (
            f'<Override PartName="/{name}" ContentType="{getattr(CONTENT_TYPE, f"WML_{kind}")}"/>'
        )
        link = getattr(RELATIONSHIP_TYPE, kind)
        link = f'<Relationship Id="r{kind}" Type="{link}" Target="{name.removeprefix("word/")}"/>'
        for file, end, more in ((TYPES, b"</Types>", part), (LINKS, b"</Relationships>", link)):
            self.parts[file] = self.parts[file].replace(end, more.encode() + end)

    def saved(self):
        """Return the bytes of the document with its comments."""
        if COMMENTS not in self.parts:
            self.add_part(COMMENTS, b"", "COMMENTS")
        trees = {BODY: self.body.getparent(), COMMENTS: self.comments}
        raw = {n: etree.tostring(t, xml_declaration=True, encoding="UTF-8") for n, t in trees.items()}  # fmt: skip
        return packed(self.parts | raw)


def blank(body):
    """Return a document with a body of XML."""
    written = io.BytesIO()
    docx.Document().save(written)
    document = Document(written.getvalue())
    xml = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    document.body = etree.fromstring(xml)[0]
    return document


def packed(parts):
    """Return a zip of {name: bytes}."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()
