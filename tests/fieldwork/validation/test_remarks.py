"""Comments and tracked changes come back each on its id, also from files that people have changed."""

import itertools

import pytest
from commented import AUTHOR, COMMENTS, OTHER, Document, packed, q
from conftest import call, copy_of_zedland
from lxml import etree

import cop.data
from cop.data import Refused, anchors
from cop.fieldwork.validation import opening, remarks, taking
from cop.fieldwork.validation.taking import Speaker

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "</Relationships>"
)
NUMBERS = itertools.count(1)


def paragraph(text, name=""):
    start, end = "", ""
    if name:
        number = next(NUMBERS)
        start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
        end = f'<w:bookmarkEnd w:id="{number}"/>'
    return f"<w:p>{start}<w:r><w:t>{text}</w:t></w:r>{end}</w:p>"


def row(*cells, name=""):
    first, *others = cells
    made = [paragraph(first, name), *map(paragraph, others)]
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in made)}</w:tr>"


LAW = "The law of 2019 covers children."
TABLE = "Table 1. Items"
BODY = (
    paragraph("", "copdoc_ZZZ_2026")
    + paragraph("1 Summary", "cop_summary")
    + paragraph(LAW, anchors.bookmark(anchors.of_words(LAW)))
    + paragraph("R01 Adopt a strategy.", "cop_ZZZ_R01")
    + paragraph(TABLE, anchors.bookmark(anchors.of_words(TABLE, "T")))
    + "<w:tbl>"
    + row("PM-LEG-01 Review", "partly in place", name="cop_PM_LEG_01")
    + row("E01", "A fact", name="cop_ZZZ_E01")
    + "</w:tbl>"
)


def document(body=BODY):
    xml = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return Document(packed({
        "[Content_Types].xml": TYPES, "word/_rels/document.xml.rels": RELS,
        "word/document.xml": xml,
    }))  # fmt: skip


def found(one, tmp_path, known=None, iso3=""):
    path = tmp_path / "back.docx"
    path.write_bytes(one.saved() if isinstance(one, Document) else one)
    return opening.read(path, remarks.found, iso3, known or {})[1]


def said(one, tmp_path, **more):
    return [(r.about, r.text) for r in found(one, tmp_path, **more).remarks]


def p(one, start):
    return next(
        x for x in one.body.iter(q("p"))
        if "".join(t.text or "" for t in x.iter(q("t"))).startswith(start)
    )  # fmt: skip


def test_a_comment_and_each_kind_of_change_have_the_id_of_their_place(tmp_path):
    one = document()
    one.comment(p(one, LAW), "In force\nsince 2020")
    one.comment(p(one, "partly"), "It is in place")
    one.insert(p(one, TABLE), " of ITU")
    one.delete(p(one, "A fact"))
    one.delete(p(one, "R01"), "R01 Adopt a law.")
    assert said(one, tmp_path) == [
        (anchors.of_words(LAW), "In force since 2020"),
        ("PM-LEG-01", "It is in place"),
        ("ZZZ-R01", "[replace] R01 Adopt a strategy. [by] R01 Adopt a law."),
        (anchors.of_words(TABLE, "T"), "[insert] of ITU"),
        ("ZZZ-E01", "[delete] A fact"),
    ]


def test_a_move_is_one_change_on_the_place_that_it_leaves(tmp_path):
    one = document()
    one.move(p(one, LAW), p(one, "R01"))
    assert said(one, tmp_path) == [(anchors.of_words(LAW), f"[move] {LAW}")]


def test_a_new_paragraph_is_on_what_stands_before_it_and_a_new_row_too(tmp_path):
    one = document()
    mark = f'<w:ins w:id="1" w:author="{AUTHOR}" w:date="2026-11-20T10:00:00Z"'
    new = f'<w:p xmlns:w="{W}"><w:pPr><w:rPr>{mark}/></w:rPr></w:pPr>{mark}><w:r><w:t>More</w:t></w:r></w:ins></w:p>'  # fmt: skip
    p(one, LAW).addnext(etree.fromstring(new))
    added = f'<w:tr xmlns:w="{W}"><w:trPr>{mark}/></w:trPr><w:tc>{paragraph("Z")}</w:tc></w:tr>'
    one.body.find(q("tbl")).append(etree.fromstring(added))
    [first, second] = found(one, tmp_path).remarks
    assert (first.about, first.text, first.of_new) == (anchors.of_words(LAW), "[insert] More", True)
    assert second.text == "[insert] Z"


def test_a_change_of_looks_alone_is_counted_and_not_taken_in(tmp_path):
    look = '<w:p><w:r><w:rPr><w:b/><w:rPrChange w:id="9" w:author="x"/></w:rPr><w:t>a</w:t></w:r></w:p>'  # fmt: skip
    seen = found(document(BODY + look), tmp_path)
    assert (seen.remarks, seen.formats) == ([], 1)


def test_a_space_a_split_and_a_join_are_kept(tmp_path):
    mark = '<w:{} w:id="7" w:author="x" w:date="2026-11-20T10:00:00Z"/>'
    ends = [
        f"<w:p><w:pPr><w:rPr>{mark.format(kind)}</w:rPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>"
        for kind in ("ins", "del")
    ]
    space = '<w:p><w:del w:id="8" w:author="x"><w:r><w:delText> </w:delText></w:r></w:del></w:p>'
    texts = [r.text for r in found(document(BODY + "".join(ends) + space), tmp_path).remarks]
    assert texts == [remarks.SPLIT, remarks.JOINED, "[delete] (space)"]


def test_a_file_whose_parts_changed_places_is_placed_all_the_same(tmp_path):
    one = document()
    one.body.insert(0, one.body.find(q("tbl")))
    one.body.append(p(one, LAW))
    one.comment(p(one, LAW), "a")
    one.comment(p(one, "A fact"), "b")
    assert said(one, tmp_path) == [(anchors.of_words(LAW), "a"), ("ZZZ-E01", "b")]


def test_a_file_without_bookmarks_is_placed_by_numbers_and_by_the_words_that_were_sent(tmp_path):
    sent = found(document(), tmp_path).ids
    one = document()
    for mark in list(one.body.iter(q("bookmarkStart"), q("bookmarkEnd"))):
        mark.getparent().remove(mark)
    one.comment(p(one, LAW), "by its words")
    one.comment(p(one, "R01"), "by its number")
    one.comment(p(one, "A fact"), "by that of its row")
    placed = said(one, tmp_path, known=sent, iso3="ZZZ")
    assert placed == [
        (anchors.of_words(LAW), "by its words"),
        ("ZZZ-R01", "by its number"),
        ("ZZZ-E01", "by that of its row"),
    ]


def test_a_file_in_another_language_is_placed_by_the_words_that_were_sent_in_it(tmp_path):
    """Its ids are those of the English words; the same words in two places say nothing."""
    own, ours = anchors.of_words(LAW), paragraph("Закон 2019 року.", "cop_P_1")
    twice = paragraph("Тут.", "cop_ZZZ_R01") + paragraph("Тут.", "cop_ZZZ_R02")
    body = ours.replace("cop_P_1", anchors.bookmark(own)) + twice
    sent = found(document(body), tmp_path).ids
    one = document(paragraph("Закон 2019 року.") + paragraph("Тут."))
    one.comment(p(one, "Закон"), "а")
    one.comment(p(one, "Тут"), "б")
    assert said(one, tmp_path, known=sent, iso3="ZZZ") == [(own, "а"), ("", "б")]


def test_a_translated_file_keeps_what_has_no_place_with_the_words_around(tmp_path):
    body = paragraph("Das Gesetz von 2019.") + f"<w:tbl>{row('PM-LEG-01 Prüfen', 'teils')}</w:tbl>"
    one = document(body)
    one.comment(p(one, "Das"), "Stimmt nicht")
    one.comment(p(one, "teils"), "Doch")
    lost, kept = found(one, tmp_path, iso3="ZZZ").remarks
    assert (lost.about, lost.around) == ("", "Das Gesetz von 2019.")
    assert kept.about == "PM-LEG-01"


def test_a_comment_whose_place_was_deleted_is_kept(tmp_path):
    one = document()
    one.comment(p(one, LAW), "gone")
    p(one, LAW).getparent().remove(p(one, LAW))
    assert said(one, tmp_path) == [("", "gone")]


HOSTILE = {
    "no zip": (b"%PDF-1.7", "is no Word document, whatever it is called"),
    "empty": (b" ", "is empty"),
    "old": (opening.OLE + b"x", "is in the old Word format"),
    "cut": (b"PK\x03\x04 cut", "is damaged or cut off"),
    "other": (packed({"a.txt": "x"}), "is a zip file and no Word document"),
    "bomb": (packed({"word/document.xml": b" " * 60_000_000}), "times its size"),
    "entities": (
        packed({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "defines entities in word/document.xml",
    ),
    "broken": (packed({"word/document.xml": "<a><b></a>"}), "is damaged or cut off"),
    "broken comments": (
        packed({"word/document.xml": "<a/>", COMMENTS: "<!DOCTYPE x><a/>"}),
        "defines entities in word/comments.xml",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(kind, tmp_path):
    raw, sentence = HOSTILE[kind]
    with pytest.raises(Refused, match=sentence) as told:
        found(raw, tmp_path)
    assert str(told.value).startswith("back.docx ") and "\n" not in str(told.value)


def test_a_deep_tree_ends_in_a_sentence(tmp_path):
    deep = "<a>" * 200_000 + "</a>" * 200_000
    with pytest.raises(Refused, match="back.docx "):
        found(packed({"word/document.xml": deep}), tmp_path)


@pytest.fixture
def zed(tmp_path):
    return copy_of_zedland(tmp_path)


def taken(one, zed, role="ministry", name="back.docx"):
    path = zed.parent / name
    path.write_bytes(one.saved())
    return taking.take_in(path, zed, Speaker(role))


def rows(zed):
    return cop.data.read("comments", zed, "ZZZ")


def test_what_the_writer_calls_it_is_its_kind_and_else_what_it_looks_like(zed):
    one = document()
    for text in (
        "Fact: no",
        "Wording – so",
        "ADDITION: more",
        "Rating: in place",
        "in place",
        "no",
    ):
        one.comment(p(one, "partly"), text)
    one.delete(p(one, "partly"), "● in place")
    one.comment(p(one, LAW), "it is in place, or partly in place")
    taken(one, zed)
    assert list(rows(zed).kind) == [
        "fact", "wording", "addition", "rating", "rating", "fact", "fact", "rating",
    ]  # fmt: skip
    assert list(rows(zed).proposed) == ["", "", "", "in place", "in place", "", "", "in place"]
    assert rows(zed).text[0] == "no"


@pytest.mark.parametrize(
    "text, word",
    [
        ("it is NOT in place", "not in place"), ("partly in place", "partly in place"),
        ("in place or not assessed", ""), ("replaced", ""), ("no public evidence?", "no public evidence"),
    ],
)  # fmt: skip
def test_a_rating_is_read_from_words(text, word):
    words = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
    assert taking.rating_in(text, {one: one for one in words}) == word


@pytest.mark.slow
def test_the_same_file_twice_and_the_same_comment_of_another_file_change_nothing(zed):
    one = document()
    one.comment(p(one, LAW), "a")
    one.comment(p(one, LAW), "a")
    taken(one, zed)
    before = (zed / "research/ZZZ/comments.csv").read_bytes()
    assert len(rows(zed)) == 2
    assert "nothing new; 2 remarks in it, all known" in taken(one, zed)[0]
    one.parts["docProps/app.xml"] = b"saved by another program"
    assert "nothing new" in taken(one, zed, role="ngo")[0]
    assert (zed / "research/ZZZ/comments.csv").read_bytes() == before
    one.comment(p(one, "A fact"), "b")
    told = taken(one, zed)
    assert "1 remark taken in as ZZZ-M003 to ZZZ-M003" in told[0] and "2 remarks known" in told[1]


def test_comments_without_a_time_of_two_bodies_are_two(zed):
    one = document()
    one.comment(p(one, LAW), "agreed")
    for comment in one.comments:
        del comment.attrib[q("date")]
    taken(one, zed)
    taken(one, zed)
    taken(one, zed, role="ngo")
    assert list(rows(zed).role) == ["ministry", "ngo"]


def test_no_name_of_a_person_is_kept(zed):
    one = document()
    first, last = AUTHOR.split()
    one.comment(p(one, LAW), f"{AUTHOR} and {last.upper()}: ask {OTHER} or x.y@example.org")
    one.comment(p(one, "R01"), f"As {first} said, the law", OTHER)
    one.insert(p(one, LAW), f" ({OTHER})")
    told = "\n".join(taken(one, zed))
    raw = (zed / "research/ZZZ/comments.csv").read_text("utf-8")
    for part in (*AUTHOR.split(), *OTHER.split(), "example.org", "CV"):
        assert part.casefold() not in (raw + told).casefold().replace("csv", "")
    assert "As [name] said, the law" in raw
    assert "Names or addresses were left out of 3 remarks" in told


def test_the_name_of_an_author_that_is_a_word_of_the_report_takes_no_word_away(zed):
    one = document()
    one.comment(p(one, LAW), "The law covers children", "Law Children")
    taken(one, zed)
    assert rows(zed).text[0] == "The law covers children"


def test_what_a_spreadsheet_would_reckon_or_take_for_damage_is_kept_as_text(zed):
    became = {
        "=1+1": "'=1+1", "@a": "'@a", "What???": "What?", "1/2/2024": "'1/2/2024", "12:30:00": "'12:30:00",
        "#REF!": "# REF!", "1.5E+11": "1.5 E+11", "<<<<<<< HEAD": "'<<<<<<< HEAD", "РњС–РЅ": "[not readable]",
        "nan": "'nan",
    }  # fmt: skip
    one = document()
    for text in became:
        one.comment(p(one, LAW), text)
    taken(one, zed)
    assert list(rows(zed).text) == list(became.values())


def test_a_rating_is_known_by_its_word_in_the_language_of_the_document(zed):
    """The document says which language it is in; what was sent is asked for in it."""
    one, asked = document(BODY.replace("copdoc_ZZZ_2026", "copdoc_ZZZ_2026_uk")), []
    one.comment(p(one, "partly"), "Rating: запроваджено з 2024 року")
    one.comment(p(one, "E01"), "Rating: in place")
    path = zed.parent / "back.docx"
    path.write_bytes(one.saved())

    def sent(iso3, language):
        asked.append((iso3, language))

    taking.take_in(path, zed, Speaker("ministry"), sent=sent,
                   spoken=lambda language: {"запроваджено": "in place"} if language == "uk" else {})  # fmt: skip
    assert list(rows(zed).proposed) == ["in place", "in place"] and asked == [("ZZZ", "uk")]


def test_what_cannot_be_placed_is_listed(zed):
    one = document(paragraph("Das Gesetz", "copdoc_ZZZ_2026"))
    one.comment(p(one, "Das"), "Nein")
    told = taken(one, zed)
    assert "1 remark could not be placed; fill in about:" in told
    assert "  ZZZ-M001  Nein  (at: Das Gesetz)" in told
    assert rows(zed).about[0] == "" and rows(zed).around[0] == "Das Gesetz"


def test_a_file_of_another_country_or_of_none_is_refused(zed):
    path = zed.parent / "x.docx"
    path.write_bytes(document().saved())
    with pytest.raises(Refused, match="is on the report of ZZZ, not of UKR"):
        taking.take_in(path, zed, Speaker("ngo"), "UKR")
    path.write_bytes(document(paragraph("x")).saved())
    with pytest.raises(Refused, match="say --country ISO3"):
        taking.take_in(path, zed, Speaker("ngo"))
    with pytest.raises(Refused, match="no edition 1999"):
        taking.take_in(path, zed, Speaker("ngo"), "ZZZ", "1999")


def test_the_commands_ask_for_a_role_and_a_report(zed, tmp_path, capsys):
    path = tmp_path / "x.docx"
    path.write_bytes(document().saved())
    status, _, err = call(capsys, "comments", path, "--role", "king", "--data", zed)
    assert status == 2 and "--role names the kind of body that comments: ministry, regulator" in err
    status, _, err = call(capsys, "docx", "ZZZ", "--outputs", tmp_path / "none")
    assert status == 2 and "`cop run ZZZ` makes it" in err
    status, out, _ = call(capsys, "comments", path, "--role", "ngo", "--data", zed)
    assert status == 0 and "nothing new" in out
    assert not (zed / "research/ZZZ/comments.csv").exists()


def test_footnotes_are_read_too(tmp_path):
    one = document()
    note = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote>{paragraph("A note")}</w:footnote></w:footnotes>'
    )
    change = '<w:ins w:id="1" w:author="x"><w:r><w:t>new</w:t></w:r></w:ins></w:p>'
    one.parts["word/footnotes.xml"] = note.replace("</w:p>", change).encode()
    assert [r.text for r in found(one, tmp_path).remarks] == ["[insert] new"]


@pytest.mark.slow
def test_answers_and_sign_offs_are_tried_before_they_are_written(zed, capsys):
    one = document()
    one.comment(p(one, LAW), "a")
    one.comment(p(one, "A fact"), "b")
    taken(one, zed)
    status, _, err = call(capsys, "answer", "ZZZ-M001", "not", "--data", zed)
    assert status == 2 and "column why" in err and "nothing was written" in err
    status, _, err = call(capsys, "answer", "ZZZ-M009", "not", "--why", "x", "--data", zed)
    assert status == 2 and "is not an id of comments" in err
    status, _, err = call(capsys, "answer", "nonsense", "not", "--data", zed)
    assert status == 2 and "write its id, such as UKR-M001" in err
    said = ("--changed", "done", "--data", zed)
    status, out, _ = call(capsys, "answer", "ZZZ-M001", "accepted", *said)
    assert status == 0 and "1 comment left without an answer: ZZZ-M002" in out
    body = ("--body", "ZZZ-O01", "--scope", "all", "--data", zed)
    status, out, _ = call(capsys, "sign-off", "ZZZ", *body)
    assert status == 0 and "Edition 2026 has 1 comment without an answer: ZZZ-M002." in out
    status, out, _ = call(capsys, "answer", "ZZZ-M002", "accepted", *said)
    assert status == 0 and "Every comment is answered." in out
    status, _, err = call(capsys, "answer", "ZZZ-M002", "accepted", *said)
    assert status == 2 and "occurs twice" in err


def at(one, minute):
    """Return a document all of whose comments were written in one minute, as Word keeps it."""
    for comment in one.comments:
        comment.set(q("date"), f"2026-11-20T10:{minute:02}:00Z")
    return one


@pytest.mark.parametrize("other", [LAW, "A fact"])
def test_the_same_words_of_two_people_in_one_minute_are_two_comments(zed, other):
    """In one file or in two, on different places or in different positions of one."""
    one, two, both = document(), document(), document()
    both.comment(p(both, LAW), "Agreed", AUTHOR)
    both.comment(p(both, other), "Agreed", OTHER)
    taken(at(both, 7), zed)
    taken(at(both, 7), zed)
    assert len(rows(zed)) == 2
    one.comment(p(one, LAW), "Disagreed", AUTHOR)
    two.comment(p(two, other), "Disagreed", OTHER)
    start = p(two, other).find(q("commentRangeStart"))
    p(two, other).find(q("r")).addnext(start)  # after the first words
    taken(at(one, 8), zed, name="one.docx")
    taken(at(two, 8), zed, name="two.docx")
    assert list(rows(zed).text) == ["Agreed", "Agreed", "Disagreed", "Disagreed"]
    for name, file in {"one.docx": one, "two.docx": two}.items():
        file.parts["docProps/app.xml"] = b"saved by another program"
        assert "nothing new; 1 remark in it, all known" in taken(file, zed, name=name)[0]


def test_the_same_file_adds_nothing_though_its_remarks_are_placed_otherwise_by_then(zed):
    one = document(paragraph("x", "copdoc_ZZZ_2026") + paragraph(LAW))
    one.comment(p(one, LAW), "a")
    sent = zed.parent / "sent.docx"
    sent.write_bytes(document().saved())
    taken(one, zed)
    path = zed.parent / "back.docx"
    told = taking.take_in(path, zed, Speaker("ministry"), sent=lambda iso3, language: sent)
    assert "nothing new" in told[0] and list(rows(zed).about) == [""]


@pytest.mark.parametrize("part, other", [
    ("word/comments.xml", "word/comments1.xml"), ("word/document.xml", "word/document2.xml"),
    ("word/document.xml", "other/text.xml"),
])  # fmt: skip
def test_parts_are_found_by_their_relationships_whatever_they_are_called(zed, part, other):
    one = document()
    one.comment(p(one, LAW), "a")
    parts = Document(one.saved()).parts
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    target = '<Relationship Id="r" Type="{}" Target="/word/document.xml"/></Relationships>'
    parts["_rels/.rels"] = RELS.replace("</Relationships>", target.format(kind)).encode()
    links = "word/_rels/document.xml.rels"
    parts[other] = parts.pop(part)
    if part == "word/comments.xml":
        parts[links] = parts[links].replace(b"comments.xml", b"comments1.xml")
    else:
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(part.encode(), other.encode())
        folder, name = other.split("/")
        moved = parts.pop(links).replace(b'Target="', b'Target="/word/')
        parts[f"{folder}/_rels/{name}.rels"] = moved
    path = zed.parent / "back.docx"
    path.write_bytes(packed(parts))
    assert "1 remark taken in" in taking.take_in(path, zed, Speaker("ngo"))[0]
    assert list(rows(zed).text) == ["a"]


def test_a_remark_on_an_id_of_another_country_is_refused_by_name(zed):
    body = BODY + paragraph("A source", "cop_MDA_S05") + paragraph("A row", "cop_MDA_E01")
    one = document(body)
    one.comment(p(one, "A row"), "Rating: in place")
    with pytest.raises(Refused, match="back.docx: MDA-E01 belongs to MDA, this is ZZZ's report"):
        taken(one, zed)
    assert not (zed / "research/ZZZ/comments.csv").exists()
    two, sent = document(body), zed.parent / "sent.docx"
    two.comment(p(two, "A source"), "Out of date")
    with pytest.raises(Refused, match="MDA-S05 belongs to MDA"):
        taken(two, zed)
    sent.write_bytes(document(body).saved())  # the bibliography cites it
    path = zed.parent / "back.docx"
    taking.take_in(path, zed, Speaker("ngo"), sent=lambda iso3, language: sent)
    assert list(rows(zed).about) == ["MDA-S05"]


def test_check_names_a_comment_on_an_id_of_another_country(zed, capsys):
    one = document()
    one.comment(p(one, LAW), "a")
    taken(one, zed)
    table = zed / "research/ZZZ/comments.csv"
    before = table.read_text("utf-8")
    table.write_text(before.replace(anchors.of_words(LAW), "MDA-E01"), "utf-8")
    status, out, err = call(capsys, "check", "--data", zed)
    said = "research/ZZZ/comments.csv, row 2, column about: 'MDA-E01' belongs to another country"
    assert status == 2 and said in out + err and "Write an id of ZZZ's report" in out + err
