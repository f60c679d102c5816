"""A Word document as it comes back: comments and tracked changes put into its XML, as programs
write them. Invented people, whose names must not be found again.
"""

import copy
import io
import itertools

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn as q
from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
AUTHOR, OTHER = "Canaria Vogelsang", "Zeno Kanarek"


class Document:
    """A document whose body is changed and that is saved again."""

    def __init__(self, raw):
        self.docx = docx.Document(io.BytesIO(raw))
        self.body = self.docx.element.body
        assert not len(self.docx.comments)  # the part is made where there is none
        self.comments = self.docx.part.part_related_by(RELATIONSHIP_TYPE.COMMENTS).element
        self.numbers, self.seconds = itertools.count(10_000), itertools.count(0)

    def marks(self, author):
        second = next(self.seconds)
        when = f"2026-11-20T10:{second // 60:02}:{second % 60:02}Z"
        return {q("w:id"): str(next(self.numbers)), q("w:author"): author, q("w:date"): when}

    def paragraphs(self):
        """Return [(id of the place, paragraph)] of what has words, rows by their first cell."""
        pairs = [(self.bookmark_of(p), p) for p in self.body.iter(q("w:p"))]
        return [(name, p) for name, p in pairs if name and words_of(p).strip()]

    def bookmark_of(self, p):
        """Return the name of the bookmark of a paragraph, or of its row."""
        first = p.find(q("w:bookmarkStart"))
        if first is None and p.getparent().tag == q("w:tc"):
            first = p.getparent().getparent().find(f".//{q('w:bookmarkStart')}")
        return None if first is None else first.get(q("w:name"))

    def comment(self, p, text, author=AUTHOR):
        """Comment on all words of a paragraph."""
        note = etree.SubElement(self.comments, q("w:comment"), self.marks(author))
        note.set(q("w:initials"), "CV")
        for line in text.split("\n"):
            add_run(etree.SubElement(note, q("w:p")), line)
        number = {q("w:id"): note.get(q("w:id"))}
        start = etree.Element(q("w:commentRangeStart"), number)
        p.insert(1 if len(p) and p[0].tag == q("w:pPr") else 0, start)
        etree.SubElement(p, q("w:commentRangeEnd"), number)
        etree.SubElement(etree.SubElement(p, q("w:r")), q("w:commentReference"), number)

    def insert(self, p, text, author=AUTHOR):
        """Insert words at the end of a paragraph."""
        change, end = etree.Element(q("w:ins"), self.marks(author)), p.find(q("w:bookmarkEnd"))
        add_run(change, text)
        p.append(change) if end is None else end.addprevious(change)

    def delete(self, p, new="", author=AUTHOR):
        """Delete the first words of a paragraph, or put others in their place; return the old."""
        run, change = first_run(p), etree.Element(q("w:del"), self.marks(author))
        old = run.findtext(q("w:t"))
        run.addprevious(change)
        change.append(run)
        for t in run.iter(q("w:t")):
            t.tag = q("w:delText")
        if new:
            put = etree.Element(q("w:ins"), self.marks(author))
            add_run(put, new)
            change.addnext(put)
        return old

    def move(self, p, to, author=AUTHOR):
        """Move the first words of a paragraph to the end of another."""
        run = first_run(p)
        gone = etree.Element(q("w:moveFrom"), self.marks(author))
        come = etree.SubElement(to, q("w:moveTo"), self.marks(author))
        run.addprevious(gone)
        gone.append(copy.deepcopy(run))
        come.append(run)

    def saved(self):
        """Return the bytes of the document with its comments."""
        written = io.BytesIO()
        self.docx.save(written)
        return written.getvalue()


def words_of(p):
    """Return the words of a paragraph."""
    return "".join(t.text or "" for t in p.iter(q("w:t")))


def first_run(p):
    """Return the first run of a paragraph that has words."""
    return next(r for r in p.iter(q("w:r")) if (r.findtext(q("w:t")) or "").strip())


def add_run(parent, text):
    words = etree.SubElement(etree.SubElement(parent, q("w:r")), q("w:t"))
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def blank(body):
    """Return a document with a body of XML."""
    written = io.BytesIO()
    docx.Document().save(written)
    document = Document(written.getvalue())
    document.body[:] = etree.fromstring(f'<w:body xmlns:w="{W}">{body}</w:body>')[:]
    return document
