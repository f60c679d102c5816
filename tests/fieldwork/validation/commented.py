"""A Word document as it comes back: comments and tracked changes put into its XML, as programs
write them. Invented people, whose names must not be found again.
"""

import copy
import io
import itertools
import zipfile

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
AUTHOR, OTHER = "Canaria Vogelsang", "Zeno Kanarek"
DAY = "2026-11-20T10:{:02d}:{:02d}Z"
COMMENTS = "word/comments.xml"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"


def q(name):
    return f"{{{W}}}{name}"


class Document:
    """A document whose body is changed and that is saved again."""

    def __init__(self, raw):
        self.parts = {}
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.parts["word/document.xml"])
        self.body = self.root[0]
        self.comments = etree.Element(q("comments"), nsmap={"w": W})
        self.numbers = itertools.count(10_000)
        self.seconds = itertools.count(0)

    def when(self):
        second = next(self.seconds)
        return DAY.format(second // 60, second % 60)

    def paragraphs(self):
        """Return [(id of the place, paragraph)] of what says something, rows by their first cell."""
        found = []
        for p in self.body.iter(q("p")):
            name = self.bookmark_of(p)
            if name and any(t.text and t.text.strip() for t in p.iter(q("t"))):
                found.append((name, p))
        return found

    def bookmark_of(self, p):
        """Return the name of the bookmark of a paragraph, or of its row."""
        own = p.find(q("bookmarkStart"))
        if own is not None:
            return own.get(q("name"))
        cell = p.getparent()
        if cell.tag == q("tc"):
            first = cell.getparent().find(f".//{q('bookmarkStart')}")
            return None if first is None else first.get(q("name"))
        return None

    def comment(self, p, text, author=AUTHOR):
        """Comment on all words of a paragraph."""
        number = str(next(self.numbers))
        one = etree.SubElement(
            self.comments, q("comment"),
            {q("id"): number, q("author"): author, q("date"): self.when(), q("initials"): "CV"},
        )  # fmt: skip
        for line in text.split("\n"):
            self.run(etree.SubElement(one, q("p")), line)
        start = etree.Element(q("commentRangeStart"), {q("id"): number})
        p.insert(1 if len(p) and p[0].tag == q("pPr") else 0, start)
        etree.SubElement(p, q("commentRangeEnd"), {q("id"): number})
        reference = etree.SubElement(etree.SubElement(p, q("r")), q("commentReference"))
        reference.set(q("id"), number)

    def run(self, parent, text, tag="t"):
        words = etree.SubElement(etree.SubElement(parent, q("r")), q(tag))
        words.text = text
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def tracked(self, name, author=AUTHOR):
        marks = {q("id"): str(next(self.numbers)), q("author"): author, q("date"): self.when()}
        return etree.Element(q(name), marks)

    def insert(self, p, text, author=AUTHOR):
        """Insert words at the end of a paragraph."""
        change = self.tracked("ins", author)
        self.run(change, text)
        end = p.find(q("bookmarkEnd"))
        p.append(change) if end is None else end.addprevious(change)

    def delete(self, p, new="", author=AUTHOR):
        """Delete the first words of a paragraph, or put others in their place; give the old."""
        run = next(r for r in p.iter(q("r")) if (r.findtext(q("t")) or "").strip())
        change, old = self.tracked("del", author), run.findtext(q("t"))
        gone = copy.deepcopy(run)
        for t in gone.iter(q("t")):
            t.tag = q("delText")
        run.addprevious(change)
        change.append(gone)
        run.getparent().remove(run)
        if new:
            put = self.tracked("ins", author)
            self.run(put, new)
            change.addnext(put)
        return old

    def move(self, p, to, author=AUTHOR):
        """Move the first words of a paragraph to the end of another."""
        run = next(r for r in p.iter(q("r")) if (r.findtext(q("t")) or "").strip())
        gone, come = self.tracked("moveFrom", author), self.tracked("moveTo", author)
        run.addprevious(gone)
        gone.append(copy.deepcopy(run))
        come.append(run)
        to.append(come)

    def saved(self):
        """Return the bytes of the document with its comments."""
        parts = dict(self.parts)
        parts["word/document.xml"] = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")  # fmt: skip
        if len(self.comments):
            parts[COMMENTS] = etree.tostring(self.comments, xml_declaration=True, encoding="UTF-8")
            types, relations = "[Content_Types].xml", "word/_rels/document.xml.rels"
            if b"comments+xml" not in parts[types]:
                one = f'<Override PartName="/{COMMENTS}" ContentType="{TYPE}"/></Types>'
                parts[types] = parts[types].replace(b"</Types>", one.encode())
                one = (
                    f'<Relationship Id="rIdC" Type="{KIND}" Target="comments.xml"/></Relationships>'
                )
                parts[relations] = parts[relations].replace(b"</Relationships>", one.encode())
        return packed(parts)


def packed(parts):
    """Return a zip of {name: bytes}."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()
