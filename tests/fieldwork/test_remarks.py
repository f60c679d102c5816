"""Comments and changes come back each on its id, without names; hostile files end in a sentence."""

import copy
import itertools
import os
import random
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, cases
from commented import AUTHOR, OTHER, Document, W, blank, q, words_of
from conftest import DATA, ZEDLAND, beside_its_base, call, laid_out
from lxml import etree, html
from maker import packed, parts
from planting import edit

import cop.data
from cop.data import UserError, checks
from cop.data.places import Country
from cop.fieldwork import comments, docx_reader, incoming, pii, restricted
from cop.report import anchors
from cop.research import editions as new_editions
from helpers import countries, show

NUMBERS = itertools.count(1)
REACHED = "+380 44 123 45 67 or b.k@example.org"


def paragraph(text, name=""):
    start, end = "", ""
    if name:
        number = next(NUMBERS)
        start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
        end = f'<w:bookmarkEnd w:id="{number}"/>'
    return f"<w:p>{start}<w:r><w:t>{text}</w:t></w:r>{end}</w:p>"


def row(*cells, name=""):
    made = [paragraph(cells[0], name), *map(paragraph, cells[1:])]
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in made)}</w:tr>"


LAW = "The law of 2019 covers children."
TABLE = "Table 1. Items"
REPORT = (
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


def document(*remarks, body=REPORT):
    """Return the report with comments, each as the first words of its place, text and author."""
    one = blank(body)
    for start, *comment in remarks:
        one.comment(p(one, start), *comment)
    return one


def read(one, tmp_path):
    path = tmp_path / "back.docx"
    path.write_bytes(one.saved() if isinstance(one, Document) else one)
    return docx_reader.read(path)


def said(one, tmp_path, sent=None, iso3=""):
    remarks = docx_reader.find_remarks(read(one, tmp_path), iso3, sent)
    return [*zip(remarks.about, remarks.text, strict=True)]


def p(one, start):
    return next(x for x in one.body.iter(q("w:p")) if words_of(x).startswith(start))


def test_comments_and_changes_have_the_id_of_their_place_and_a_move_is_also_an_insertion(tmp_path):
    one = document((LAW, "In force\nsince 2020"), ("partly", "It is in place"))
    one.insert(p(one, TABLE), " of ITU")
    one.delete(p(one, "A fact"))
    one.delete(p(one, "R01"), "R01 Adopt a law.")
    one.move(p(one, "1 Summary"), p(one, LAW))
    assert said(one, tmp_path) == [
        (anchors.of_words(LAW), "In force since 2020"),
        ("PM-LEG-01", "It is in place"),
        ("summary", "[delete] 1 Summary"),
        (anchors.of_words(LAW), "[insert] 1 Summary"),
        ("ZZZ-R01", "[replace] R01 Adopt a strategy. [by] R01 Adopt a law."),
        (anchors.of_words(TABLE, "T"), "[insert] of ITU"),
        ("ZZZ-E01", "[delete] A fact"),
    ]


def test_a_change_of_looks_or_spaces_is_no_remark(tmp_path):
    changes = (
        '<w:r><w:rPr><w:b/><w:rPrChange w:id="9" w:author="x"/></w:rPr><w:t>a</w:t></w:r>',
        '<w:ins w:id="6" w:author="x"><w:del w:id="7" w:author="y"><w:r>'
        "<w:delText>b</w:delText></w:r></w:del></w:ins>",
        '<w:del w:id="8" w:author="x"><w:r><w:delText> </w:delText></w:r></w:del>'
        '<w:del w:id="5" w:author="x" w:date="2026-11-20T10:00:00Z"><w:r>'
        "<w:delText>c</w:delText></w:r></w:del>",
    )
    body = REPORT + "".join(f"<w:p>{change}</w:p>" for change in changes)
    assert [text for _, text in said(document(body=body), tmp_path)] == ["[delete] c"]


def test_edits_made_without_track_changes_are_found_in_what_was_sent(tmp_path):
    one, sent = document(), read(document(), tmp_path)
    p(one, LAW).find(f".//{q('w:t')}").text = "The law of 2024 covers children."
    p(one, "A fact").find(f".//{q('w:t')}").text = "Another fact"
    more = etree.fromstring(paragraph("More.").replace("<w:p>", f'<w:p xmlns:w="{W}">'))
    p(one, "The law of 2024").addnext(more)
    p(one, "R01").getparent().remove(p(one, "R01"))
    one.insert(p(one, TABLE), " of ITU")
    tracked, *edits = said(one, tmp_path, sent=sent)
    assert edits == [
        (anchors.of_words(LAW), f"[replace] {LAW} [by] The law of 2024 covers children."),
        ("", "[replace] R01 Adopt a strategy. [by] More."),
        ("ZZZ-E01", "[replace] E01 A fact [by] E01 Another fact"),
    ]
    sent.created = None
    found = said(one, tmp_path, sent=sent)
    assert found == [tracked], "untracked edits are found only beside the document that was sent"


def test_a_file_without_bookmarks_is_placed_by_numbers_and_by_the_words_that_were_sent(tmp_path):
    """In another language too; of the same words in two places, each is found in order."""
    twice = paragraph("Тут.", "cop_ZZZ_R05") + paragraph("Тут.", "cop_ZZZ_R06")
    law = paragraph("Закон.", "cop_ZZZ_R07")
    one = document(body=REPORT + law + twice)
    sent = read(one, tmp_path)
    for mark in list(one.body.iter(q("w:bookmarkStart"), q("w:bookmarkEnd"))):
        mark.getparent().remove(mark)
    for start in (LAW, "Закон", "R01", "A fact", "Тут"):
        one.comment(p(one, start), start)
    assert said(one, tmp_path, sent=sent, iso3="ZZZ") == [
        (anchors.of_words(LAW), LAW),
        ("ZZZ-R07", "Закон"),
        ("ZZZ-R01", "R01"),  # by its number
        ("ZZZ-E01", "A fact"),  # by that of its row
        ("ZZZ-R05", "Тут"),
    ]
    places = dict(map(reversed, said(one, tmp_path, iso3="ZZZ")))
    numbers = {"R01": "ZZZ-R01", "A fact": "ZZZ-E01"}
    assert places.items() >= numbers.items(), "a passage has the id at the start of its text"


@by_rule(
    "body, passages",
    ("a row is one passage, as is a paragraph", row("A", "B") + paragraph("C"), ["A B", "C"]),
    ("a row within a cell belongs to the outer row",
     f"<w:tr><w:tc>{paragraph('A')}<w:tbl>{row('B')}</w:tbl></w:tc></w:tr>", ["A B"]),
    ("a text box belongs to its paragraph",
     f"<w:p><w:r><w:t>A</w:t><w:txbxContent>{paragraph('B')}</w:txbxContent></w:r></w:p>", ["A B"]),
)  # fmt: skip
def test_what_is_one_passage(body, passages, tmp_path):
    assert [one.sent for one in read(blank(body), tmp_path).passages] == passages


def test_a_comment_whose_place_was_deleted_is_kept(tmp_path):
    one = document((LAW, "gone"))
    p(one, LAW).getparent().remove(p(one, LAW))
    assert said(one, tmp_path) == [("", "gone")]


UNREADABLE = "is not a readable Word document. .* or request a new copy"
ENTITIES = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
HOSTILE = {
    "no zip": (b"%PDF-1.7", "is damaged, truncated or has a password"),
    "empty": (b" ", "is empty"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "is damaged, truncated or has a password"),
    "cut": (b"PK\x03\x04 cut", "is damaged, truncated"),
    "other": ({"a.txt": "x"}, UNREADABLE),
    "bomb": ({"word/document.xml": b" " * 60_000_000}, "times its size"),
    "entities": ({"word/document.xml": ENTITIES}, UNREADABLE),
    "broken": ({"word/document.xml": "<a><b></a>"}, UNREADABLE),
    "deep": ({"word/document.xml": "<a>" * 200_000 + "</a>" * 200_000}, "back.docx "),
    "large": ({"word/a.xml": random.Random(1).randbytes(1 << 20).hex() * 21}, "of XML"),
}


def test_a_document_that_defines_entities_is_not_opened(tmp_path):
    files = parts(document().saved())
    text = files["word/document.xml"].replace(b"?>", b'?><!DOCTYPE w [<!ENTITY b "c">]>', 1)
    with pytest.raises(UserError, match=UNREADABLE):
        read(packed(files | {"word/document.xml": text}), tmp_path)


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.slow) if kind == "large" else kind for kind in HOSTILE],
)
def test_a_hostile_file_is_refused_in_a_sentence(kind, tmp_path):
    raw, sentence = HOSTILE[kind]
    with pytest.raises(UserError, match=sentence) as told:
        read(raw if isinstance(raw, bytes) else packed(raw), tmp_path)
    assert str(told.value).startswith("back.docx ") and "\n" not in str(told.value)


def taken(one, zed, role="ministry", name="back.docx", **options):
    path = zed.parent / name
    path.write_bytes(one.saved())
    return comments.import_comments(path, zed, role, **options)


def rows(zed):
    return cop.data.read("comments", zed, "ZZZ")


def everything(one, zed):
    """Import a document; return the rows, and all that is printed and kept of it."""
    printed = "\n".join(taken(one, zed))
    return rows(zed), (zed / "research/ZZZ/comments.csv").read_text("utf-8") + printed


def test_what_the_writer_calls_it_is_its_kind_and_else_what_it_looks_like(zed):
    kinds = cases("fieldwork/kinds_of_remarks.csv")
    one = document(*[("partly", text) for text, *_ in kinds])
    one.comment(p(one, LAW), "it is in place, or partly in place")
    one.delete(p(one, "partly"), "● in place")
    taken(one, zed)
    expected = [(kind, proposed) for _, kind, proposed in kinds]
    expected += [("fact", ""), ("rating", "in place")]
    came = [*zip(rows(zed).kind, rows(zed).proposed, strict=True)]
    assert came == expected, "a comment is of the kind that it states, or else a rating or a fact"
    assert rows(zed).text[0] == "no"
    taken(document((LAW, "in place")), zed, name="law.docx")
    last = rows(zed).iloc[-1]
    assert (last.kind, last.proposed) == ("fact", ""), "of what has no rating none is proposed"


def resaved(one):
    """Return a document as another program saves it: the same words in other bytes."""
    one.docx.core_properties.comments = "by another program"
    return one


@pytest.mark.slow
def test_the_same_file_twice_and_the_same_comment_of_another_file_change_nothing(zed):
    one = document((LAW, "a"), (LAW, "a"))
    taken(one, zed)
    before = (zed / "research/ZZZ/comments.csv").read_bytes()
    assert len(rows(zed)) == 2
    assert "Imported 0 comments from back.docx. Already present: 2" in taken(one, zed)[0]
    assert "Imported 0 comments from back.docx" in taken(resaved(one), zed, role="ngo")[0]
    assert (zed / "research/ZZZ/comments.csv").read_bytes() == before
    one.comment(p(one, "A fact"), "b")
    assert "Imported 1 comment from back.docx. Already present: 2" in taken(one, zed)[0]
    ids = rows(zed).comment_id.tolist()
    assert ids == ["ZZZ-M001", "ZZZ-M002", "ZZZ-M003"], "comments are numbered from 001"
    for comment in one.comments:
        del comment.attrib[q("w:date")]
    for role in ("ministry", "ministry", "ngo"):  # without a time, those of two bodies are two
        taken(one, zed, role)
    assert list(rows(zed).role[3:]) == ["ministry"] * 3 + ["ngo"] * 3, "those of two bodies are two"


def at(one, minute):
    """Return a document all of whose comments were written in one minute, as Word keeps it."""
    for comment in one.comments:
        comment.set(q("w:date"), f"2026-11-20T10:{minute:02}:00Z")
    return one


@pytest.mark.parametrize("other", [pytest.param(LAW, marks=pytest.mark.slow), "A fact"])
def test_the_same_words_of_two_people_in_one_minute_are_two_comments(zed, other):
    """In one file, or in two on different places."""
    both = document((LAW, "Agreed", AUTHOR), (other, "Agreed", OTHER))
    taken(at(both, 7), zed)
    taken(at(both, 7), zed)
    assert len(rows(zed)) == 2
    one = document((LAW, "Disagreed", AUTHOR))
    two = document(("A fact", "Disagreed", OTHER))
    files = {"one.docx": at(one, 8), "two.docx": at(two, 8)}
    for name, file in files.items():
        taken(file, zed, name=name)
    texts = list(rows(zed).text)
    assert texts == ["Agreed", "Agreed", "Disagreed", "Disagreed"], "one at each of two passages"
    for name, file in files.items():
        assert "Imported 0 comments from" in taken(resaved(file), zed, name=name)[0]


def test_the_same_file_adds_nothing_though_places_and_names_are_known_by_then(zed):
    start = paragraph("x", "copdoc_ZZZ_2026")
    one = document((LAW, "Ask Olena Zabrutska"), body=start + paragraph(LAW))
    sent = zed.parent / "sent.docx"
    sent.write_bytes(document(body=start + paragraph(LAW, "cop_ZZZ_R01")).saved())
    assert comments.NOT_COMPARED in taken(one, zed), "without the document that was sent"
    contact = dict.fromkeys(restricted.COLUMNS["contacts"], "") | {"person": "Olena Zabrutska"}
    with restricted.locked(zed):
        restricted.write(zed, restricted.change({"contacts": pd.DataFrame([contact])}))
    path, sent_as = zed.parent / "back.docx", lambda iso3, language: sent
    told = comments.import_comments(path, zed, "ministry", sent=sent_as)
    assert "Imported 0 comments from back.docx" in told[0] and list(rows(zed).about) == [""]
    assert comments.NOT_COMPARED not in told, "it was compared with the document that was sent"
    assert list(rows(zed).comment_id) == ["ZZZ-M001"], "the first comment has number 001"


@pytest.mark.parametrize("comment", ["nonsense", "zzz-M001"])
def test_a_decision_on_what_is_no_id_of_a_comment_is_refused(comment, zed):
    with pytest.raises(UserError, match=f"unknown comment '{comment}'"):
        comments.answer(comment, "accepted", "", "A row.", zed)


def test_no_name_of_a_person_is_kept(zed):
    one, (first, last) = document(), AUTHOR.split()
    one.comment(p(one, LAW), f"{AUTHOR} and {last.upper()}: ask {OTHER} or x.y@example.org")
    one.comment(p(one, "R01"), f"As {first} said, the law", OTHER)
    one.insert(p(one, LAW), f" ({OTHER})")
    _, text = everything(one, zed)
    for part in (*AUTHOR.split(), *OTHER.split(), "example.org", "CV"):
        assert part.casefold() not in text.casefold().replace("csv", "")
    assert "As [name] said, the law" in text
    assert "Personal data were removed from 3 comments" in text


def test_the_words_around_a_remark_name_nobody_either(zed):
    """Around a change of a new paragraph, and around a comment on it, stand its own words."""
    one = document()
    new = copy.deepcopy(p(one, LAW))
    for child in [c for c in new if c.tag != q("w:pPr")]:
        new.remove(child)
    p(one, LAW).addnext(new)
    one.insert(new, f"Write to {REACHED}.")
    one.comment(new, "See there.", OTHER)
    frame, text = everything(one, zed)
    before = "a new paragraph, and a comment on it, belong to the paragraph before"
    assert set(frame.about) == {anchors.of_words(LAW)}, before
    assert len(frame) == 2 and "123 45 67" not in text and "b.k@" not in text
    assert "Personal data were removed from 2 comments." in text


@by_rule("text, public, left", *cases("fieldwork/redacted.csv"))
def test_names_and_addresses_are_redacted_and_words_of_the_report_stay(text, public, left):
    people, written = {"berta kanarek", "wu li", "covers"}, {"ann zedova"}
    names = pii.Names(frozenset(people), frozenset(), frozenset(written))
    assert pii.redact(text, names, frozenset(public.split())) == left


def test_the_name_of_an_author_that_is_a_word_of_the_report_takes_no_word_away(zed):
    capital = ("R01", "We adopt it", "Adopt Zed")
    taken(document((LAW, "The law covers children", "Law Children"), capital), zed)
    words = "in capitals or not"
    assert rows(zed).text.tolist() == ["The law covers children", "We adopt it"], words


def test_a_remark_in_a_file_without_an_edition_is_on_the_latest_and_follows_the_last(
    zed, monkeypatch
):
    monkeypatch.setattr(cop.data, "editions", lambda *_: ["2024", "2026", "2025"])
    taken(document((LAW, "a"), body=paragraph(LAW)), zed, iso3="ZZZ")
    assert rows(zed).edition.tolist() == ["2026"], "on the latest edition"
    edit(zed / "research" / "ZZZ" / "comments.csv", "ZZZ-M001", "ZZZ-M120")
    taken(document((LAW, "b")), zed, name="next.docx")
    assert rows(zed).comment_id.tolist() == ["ZZZ-M120", "ZZZ-M121"], "after the highest number"


def test_what_a_spreadsheet_would_reckon_or_take_for_damage_is_kept_as_text(zed):
    became = cases("fieldwork/cells.csv")
    taken(document(*[(LAW, text) for text, _ in became]), zed)
    assert list(rows(zed).text) == [cell for _, cell in became]


def test_a_rating_is_known_by_its_word_in_the_language_of_the_document(zed):
    """The document says which language it is in; what was sent is asked for in it."""
    ratings = ("partly", "Rating: запроваджено з 2024 року"), ("E01", "Rating: in place")
    body, asked = REPORT.replace("copdoc_ZZZ_2026", "copdoc_ZZZ_2026_uk"), []
    taken(document(*ratings, body=body), zed, sent=lambda *a: asked.append(a))
    assert list(rows(zed).proposed) == ["in place", "in place"] and asked == [("ZZZ", "uk")]


NO_IDS = ["=1+1", "../../etc", "Berta Kanarek", "A" * 300, "\u202ecod", "-x"]


def test_a_bookmark_that_is_no_id_is_no_place(zed):
    places = [paragraph(f"Words {n}", f"cop_{name}") for n, name in enumerate(NO_IDS)]
    better = [(f"Words {n}", f"Better {n}.") for n, _ in enumerate(NO_IDS)]
    one = document(*better, body="".join([paragraph("x", "copdoc_ZZZ_2026"), *places]))
    assert "`about` where it is empty" in taken(one, zed)[3]
    assert rows(zed).text.tolist() == [text for _, text in better]
    assert set(rows(zed).about) == {""}


@pytest.mark.parametrize("of", ["../ZZZ_2026", "ZZZ/../ZZZ_2026", "zzz_2026", "ZZZ_2026/..", "_"])
def test_a_bookmark_that_names_no_country_is_no_report(zed, of):
    assert anchors.document(f"copdoc_{of}") is None
    with pytest.raises(UserError, match="does not state its country: add --country ISO3"):
        taken(document(body=paragraph("x", f"copdoc_{of}")), zed)
    with pytest.raises(UserError, match="has no country 'QQQ'; correct --country or --data"):
        taken(document(body=paragraph("x", f"copdoc_{of}")), zed, "ngo", iso3="QQQ")


def test_a_file_of_another_country_or_edition_is_refused(zed):
    with pytest.raises(UserError, match="is about ZZZ, not UKR: correct --country or FILE"):
        taken(document(), zed, "ngo", "x.docx", iso3="UKR")
    one = document(("x", "No"), body=paragraph("x", "copdoc_ZZZ_1999"))
    with pytest.raises(UserError, match="column edition: '1999' is not an id in editions"):
        taken(one, zed)


def test_a_remark_on_an_id_of_another_country_is_refused_by_name(zed, capsys):
    body = REPORT + paragraph("A source", "cop_MDA_S05") + paragraph("A row", "cop_MDA_E01")
    rule = "'MDA-E01' must not be an id of another country"
    with pytest.raises(UserError, match=rule):
        taken(document(("A row", "Rating: in place"), body=body), zed)
    assert not (zed / "research/ZZZ/comments.csv").exists()
    taken(document(("A source", "Out of date"), body=body), zed)  # the bibliography cites it
    assert list(rows(zed).about) == ["MDA-S05"]
    edit(zed / "research/ZZZ/comments.csv", "MDA-S05", "MDA-E01")
    status, out, err = call(capsys, "check", "--data", zed)
    wrong = f"research/ZZZ/comments.csv, row 2, column about: {rule}"
    assert status == 2 and wrong in out + err and "or clear the cell" in out + err


def drawn(signs, number):
    """Return signs drawn at random, which no zip makes small."""
    return "".join(random.Random(number).choices(signs, k=number))


DAMAGED = ["Ð\x90", "Ñ\x81", "РњС–РЅ", "Ã©", " ", "x"]
TOO_MUCH = {  # how many comments, of which text and author
    "comments": (21, "Word {n}", "A. Body", "has 21 comments and changes; the limit is 20"),
    "letters": (1, "word " * 7_000, "A. Body", "has 34,999 characters in a comment or change"),
    "authors": (19, "Word {n} of a remark " * 60, "Author{n} Name{n} Other{n}", "has 19 authors"),
    "all damaged": (19, drawn(DAMAGED, 9_000), "A", "characters"),
    "signs": (19, drawn("?? !+1,.-", 25_000), "A. Body", "characters"),
    "addresses": (19, drawn("a@.-b", 25_000), "A. Body", "characters"),
}


def flooded(number, text, author):
    return document(*[(LAW, text.format(n=n), author.format(n=n)) for n in range(number)])


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_too_many_remarks_or_letters_are_refused_and_nothing_is_written(zed, kind, monkeypatch):
    limits = dict(zip(comments.LIMITS, (20, 30_000, 40_000, 18), strict=True))
    monkeypatch.setattr(comments, "LIMITS", limits)
    *flood, sentence = TOO_MUCH[kind]
    with pytest.raises(UserError, match=sentence) as told:
        taken(flooded(*flood), zed)
    assert str(told.value).startswith("back.docx ") and "\n" not in str(told.value)
    assert not (zed / "research/ZZZ/comments.csv").exists()


def test_as_many_remarks_letters_and_authors_as_the_limits_are_allowed(monkeypatch):
    limits = dict(zip(comments.LIMITS, (2, 3, 5, 1), strict=True))
    monkeypatch.setattr(comments, "LIMITS", limits)
    remarks, file = pd.DataFrame({"text": ["abc", "de"]}), SimpleNamespace(name="x.docx")
    comments._refuse_too_much(file, remarks, SimpleNamespace(authors={"A. Body"}))
    with pytest.raises(UserError, match="has 4 characters in a comment"):  # in the longest
        longer = pd.DataFrame({"text": ["a", "abcd"]})
        comments._refuse_too_much(file, longer, SimpleNamespace(authors=set()))


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("kind", ["authors", "all damaged", "signs", "addresses"])
def test_what_is_made_to_take_long_ends_soon(zed, kind, which, monkeypatch):
    """Either the limits refuse it, or names and cells are dealt with in time."""
    monkeypatch.setattr(incoming, "MOST_RATIO", 1_000_000)  # what gets by that limit
    number = ((400, 250) if kind == "authors" else (100, 20))[which]
    one, began = flooded(number, *TOO_MUCH[kind][1:3]), time.process_time()
    try:
        taken(one, zed)
    except UserError as refused:
        assert re.search("the limit is|at most", str(refused))
    assert time.process_time() - began < 5


def test_the_command_asks_for_a_role(zed, tmp_path, capsys):
    path = tmp_path / "x.docx"
    path.write_bytes(document().saved())
    status, _, err = call(capsys, "comments", path, "--role", "king", "--data", zed)
    wrong = "'king' is not a kind of organisation; set --role to one of: ministry, regulator"
    assert status == 2 and wrong in err
    status, out, _ = call(capsys, "comments", path, "--role", "ngo", "--data", zed)
    assert status == 0 and "Imported 0 comments from x.docx" in out
    assert not (zed / "research/ZZZ/comments.csv").exists()


@pytest.mark.slow
def test_answers_and_sign_offs_are_tried_before_they_are_written(zed, capsys):
    taken(document((LAW, "a"), ("A fact", "b")), zed)
    evidence = cop.data.read("evidence", zed, "ZZZ").set_index("evidence_id")
    for typed, status, expected in cases("fieldwork/answers.csv"):
        typed = typed.replace("STATEMENT", evidence.statement["ZZZ-E01"])
        got, out, err = call(capsys, *shlex.split(typed), "--data", zed)
        assert got == int(status) and expected in out + err, typed
    with_status(zed, "draft", "validated")
    assert "no errors found" in "".join(map(str, call(capsys, "check", "--data", zed)))
    text = zed / "research/ZZZ/narrative/analysis.md"
    text.write_text(text.read_text("utf-8") + "More.\n", "utf-8")
    assert "requires a new sign-off" in "".join(map(str, call(capsys, "check", "--data", zed)))
    with_status(zed, "validated", "draft")
    cover = countries.cover(Country("ZZZ", "Zedland", str(zed), str(zed / "tables"), "2026"))
    assert "The text was changed after it was signed off." in cover


@by_rule(
    "stated, day, edition",
    ("unless stated, of today and the latest edition", ("", ""), date.today().isoformat(), "2026"),
    ("as stated", ("2026-10-01", "2025"), "2026-10-01", "2025"),
)
def test_a_sign_off_has_its_day_edition_and_text(stated, day, edition, monkeypatch):
    added = []
    monkeypatch.setattr(comments, "_add_rows", lambda table, iso3, rows, data: added.extend(rows))
    monkeypatch.setattr(comments.editions, "signed_text", lambda data, iso3: "of the text")
    monkeypatch.setattr(comments.writing, "alone", lambda data: nullcontext())
    monkeypatch.setattr(cop.data, "editions", lambda data, iso3: ["2024", "2026", "2025"])
    comments.sign_off("ZZZ", "Ministry", "whole report", *stated, Path())
    [row] = added
    assert (row["day"], row["edition"], row["text"]) == (day, edition, "of the text")
    comments.answer("UKR-M001", "not", "None shown", "", DATA)
    assert added[-1]["day"] == date.today().isoformat(), "an answer is of today"


def test_an_edition_carries_an_overdue_recommendation_with_its_day(zed):
    rows = cop.data.read("recommendations", zed, "ZZZ").assign(lead="A body")
    days = sorted(filter(None, rows.due))
    new_editions.begin("ZZZ", zed, "2028", date(2028, 1, 15))

    def wrong():
        table = "research/ZZZ/recommendations.csv"
        return [str(error) for error in checks.of_file("recommendations", table, zed)]

    assert days[0] < "2028-01-15" and wrong() == []
    place = Country("ZZZ", "Zedland", str(zed), str(zed / "tables"), "2028")
    page = show.Templates("6-country-assessment").first_actions(rows, 0, place)
    overdue = rows.due[(rows.due != "") & (rows.due <= "2028-01-15")]
    assert len(overdue) and page.count("was due by") == len(overdue)
    edit(zed / "research/ZZZ/recommendations.csv", days[0], "2027-11-30")
    assert "'2027-11-30' must be later than the data cut-off" in wrong()[0]


# Zedland's validation round with 400 remarks, saved by LibreOffice on the way back.

RATED = "PM-LEG-01"
MANY = 200


def by_libreoffice(path, folder):
    """Return the document as LibreOffice Writer saves it; skipped where there is none."""
    office = os.environ.get("COP_SOFFICE") or shutil.which("soffice")
    if not office:
        pytest.skip("There is no LibreOffice on this computer.")
    profile = f"-env:UserInstallation=file://{tempfile.gettempdir()}/cop-writer-{os.getpid()}"
    how = [office, profile, "--headless", "--convert-to", "docx", "--outdir", str(folder)]
    told = subprocess.run([*how, str(path)], capture_output=True, text=True, timeout=300)
    if not (folder / path.name).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Writer here: {told.stderr}")
    return folder / path.name


def annotated(raw):
    """Return a document with 200 comments and 200 tracked changes, and [(text, its place)]."""
    document, expected = Document(raw), []
    places = [(anchors.place(name), p) for name, p in document.paragraphs()]
    rated = [p for one, p in places if one == RATED][1]  # the cell of its status
    document.comment(rated, "Rating: the law is in place since 2024")
    expected.append(("the law is in place since 2024", RATED))
    others = [(one, p) for one, p in places if one != RATED]
    random.Random(14).shuffle(others)
    for number, (one, p) in enumerate(others[: MANY - 1]):
        document.comment(p, f"Remark {number} of {AUTHOR}", OTHER)
        expected.append((f"Remark {number} of [name]", one))
    for number, (one, p) in enumerate(others[MANY : 2 * MANY]):
        if number % 3 == 0:
            document.insert(p, f" put in {number}")
            expected.append((f"[insert] put in {number}", one))
        else:
            new = f"put there {number}" if number % 3 == 1 else ""
            old = " ".join(document.delete(p, new).split())
            text = f"[replace] {old} [by] {new}" if new else f"[delete] {old}"
            expected.append((text, one))
    return document.saved(), expected, {p.getparent().tag for _, p in others[MANY : 2 * MANY]}


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.xdist_group("validation")
def test_a_round_from_draft_to_validated(zedland, tmp_path, capsys):
    zed, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    sent, back = tmp_path / "sent.docx", tmp_path / "back.docx"
    words = ("docx", "ZZZ", "--outputs", outputs, "--by", "2026-12-31", "--out", sent)
    status, out, _ = call(capsys, *words)
    assert status == 0 and "cop comments FILE.docx" in out
    raw, expected, within = annotated(sent.read_bytes())
    assert len(within) == 2  # in the text and in cells of tables
    back.write_bytes(raw)
    saved = by_libreoffice(back, Path(tempfile.mkdtemp(dir=tmp_path)))

    words = ("--role", "ministry", "--organisation", "ZZZ-O01", "--data", zed, "--outputs", outputs)
    status, out, err = call(capsys, "comments", saved, *words)
    assert status == 0, err
    assert "Imported 400 comments from back.docx" in out
    comments = cop.data.read("comments", zed, "ZZZ")
    came = Counter(zip(comments.text, comments.about, strict=True))
    assert not came - Counter(expected) and not Counter(expected) - came
    assert list(comments.comment_id[comments.about == ""]) == []
    for again in (saved, back):  # the same, and the same before another program saved it
        status, out, _ = call(capsys, "comments", again, *words)
        assert status == 0 and "Imported 0 comments from back.docx. Already present: 400" in out
    assert len(cop.data.read("comments", zed, "ZZZ")) == 400

    with_status(zed, "draft", "under validation")
    status, out, err = call(capsys, "run", "ZZZ", "--data", zed, "--outputs", outputs)
    assert status == 0, out + err
    page = text(outputs / "site" / "cop-assessment-ZZZ.html")
    assert "400 comments came in on" in page and "400 not answered yet" in page
    annex = (outputs / "site" / "cop-annex-ZZZ-5-guideline-alignment.html").read_text("utf-8")
    disputed = html.document_fromstring(annex).get_element_by_id(RATED).text_content()
    assert "Disputed:" in disputed and "proposes in place" in disputed
    index = text(outputs / "site" / "index.html")
    assert "1 rating disputed" in index and "in place by" in index
    with_status(zed, "under validation", "validated")
    status, out, err = call(capsys, "check", "--data", zed)
    assert status == 2 and "requires a sign-off of this edition" in out + err
    assert "requires an answer to 400 comments: ZZZ-M001" in out + err

    answers = pd.DataFrame({"comment_id": comments.comment_id, "day": comments.received})
    answers = answers.reindex(columns=cop.data.columns("responses", zed), fill_value="")
    answers[["decision", "changed"]] = "accepted", "As proposed"
    rating = comments.kind == "rating"
    answers.loc[rating, ["decision", "changed", "why"]] = "not", "", "The text was not shown"
    for answered in (399, 400):
        answers[:answered].to_csv(zed / "research/ZZZ/responses.csv", index=False)
        sign_off = ("--body", "ZZZ-O01", "--scope", "the whole report", "--data", zed)
        assert call(capsys, "sign-off", "ZZZ", *sign_off)[0] == 0
        status, out, err = call(capsys, "run", "ZZZ", "--data", zed, "--outputs", outputs)
        unanswered = "requires an answer to 1 comment: ZZZ-M400" in out + err
        assert (status, unanswered) == ((1, True) if answered == 399 else (0, False)), out + err
    page = text(outputs / "site" / "cop-assessment-ZZZ.html")
    assert "This edition is validated: it is signed off by" in page
    assert "399 accepted, 0 accepted in part, 1 not accepted, 0 not answered yet" in page
    assert "not accepted: The text was not shown" in page
    nobody_is_named(zed, outputs)


@by_rule("text, proposed", *cases("fieldwork/statuses.csv"))
def test_a_comment_that_names_several_statuses_proposes_none(text, proposed):
    words = ("in place", "partly in place", "not assessed", "planned", "planned in part")
    assert comments._rating_in(text, {word: word for word in words}) == proposed


def nobody_is_named(zed, outputs):
    """The canaries: who commented is in no file of data, results or site."""
    files = [p for root in (zed, outputs) for p in root.rglob("*") if p.is_file()]
    assert len(files) > 50
    canaries = [part.encode() for name in (AUTHOR, OTHER) for part in name.split()]
    assert not [p for p in files for one in canaries if one in p.read_bytes()]


def with_status(zed, old, new):
    edit(zed / "research/ZZZ/editions.csv", f",{old},", f",{new},")


def text(page):
    return " ".join(html.document_fromstring(page.read_text("utf-8")).text_content().split())


@by_rule(
    "text, is_comment, about, expected",
    ("a comment without a kind is a fact", "No.", True, "summary", ("fact", "No.", "")),
    ("a change is one of wording", "[insert] x", False, "summary", ("wording", "[insert] x", "")),
    ("a comment may begin with its kind, which is left out", "ADDITION: more", True, "summary",
     ("addition", "more", "")),
    ("a kind without a text is none", "Wording: ", True, "summary", ("fact", "Wording:", "")),
    ("a change does not begin with a kind", "Addition: x", False, "summary",
     ("wording", "Addition: x", "")),
    ("a status on what has a rating is proposed", "in place", True, "PM-LEG-02",
     ("rating", "in place", "in place")),
    ("without a status none is", "No.", True, "PM-LEG-02", ("fact", "No.", "")),
    ("a status on anything else is not", "in place", True, "summary", ("fact", "in place", "")),
    ("nor in a comment of another kind", "Fact: in place", True, "PM-LEG-02",
     ("fact", "in place", "")),
)  # fmt: skip
def test_a_remark_has_a_kind_a_text_and_what_it_proposes(text, is_comment, about, expected):
    cells = {"text": text, "new": text, "is_comment": is_comment, "about": about, "around": ""}
    row = comments._classified(pd.DataFrame([cells]), ZEDLAND, "ZZZ", "").iloc[0]
    assert (row.kind, row.text, row.proposed) == expected


@by_rule(
    "text, cell",
    ("a formula is written behind an apostrophe", "=1+1", "'=1+1"),
    ("several question marks become one", "What???", "What?"),
    ("blanks and lines become one blank", "a\n  b", "a b"),
    ("an invisible control character is left out", "a\x07b", "ab"),
    ("an error value of a spreadsheet is spelled", "#REF!", "# R E F !"),
)
def test_a_remark_is_written_so_that_the_check_accepts_it(text, cell):
    assert comments._as_cell(text) == cell


@by_rule(
    "cells, body, is_same",
    ("the same remark is known again", {}, "a", True),
    ("a remark with a time is that of any body", {}, "b", True),
    ("one without a time is that of one body", {"when": ""}, "b", False),
    ("the same words on another passage are another remark", {"around": "B"}, "a", False),
    ("other words are another remark", {"text": "No"}, "a", False),
    ("at another time it is another remark", {"when": "2026-11-21"}, "a", False),
)
def test_which_remarks_are_the_same(cells, body, is_same):
    usual = {"when": "2026-11-20", "text": "Yes", "around": "A"}
    first = usual | {"when": cells.get("when", "x") and usual["when"]}
    [key], [other] = (comments._keys(pd.DataFrame([row]), name)
                      for row, name in ((first, "a"), (usual | cells, body)))  # fmt: skip
    assert (key == other) == is_same
    assert len({*comments._keys(pd.DataFrame([usual] * 2), body)}) == 2, "said twice it is two"


PLACED, ELSEWHERE = (docx_reader.Passage(name, name, []) for name in ("one", "two"))
EMPTY = docx_reader.Passage("three", "", [])


@by_rule(
    "sent, came, found",
    ("a passage that is deleted has the place that it had", [PLACED, ELSEWHERE], [ELSEWHERE],
     [("one", "[delete] one")]),
    ("one that is inserted has its own", [ELSEWHERE], [PLACED, ELSEWHERE],
     [("one", "[insert] one")]),
    ("one that is replaced has its new one", [PLACED], [ELSEWHERE],
     [("two", "[replace] one [by] two")]),
    ("passages without a text are not compared", [PLACED], [EMPTY, PLACED], []),
)  # fmt: skip
def test_where_an_untracked_edit_is(sent, came, found):
    sent, came = (SimpleNamespace(passages=rows, created=1) for rows in (sent, came))
    edits = [(about, text) for about, _, text, *_ in docx_reader._untracked(came, sent)]
    assert edits == found
    sent.created = 2
    assert [*docx_reader._untracked(came, sent)] == [], "only of a document as it was sent"
