"""A document made to do harm: it names nobody, reaches no other country or file, and neither stops
the program nor takes the machine.
"""

import copy
import random
import time

import pytest
from commented import OTHER, q
from conftest import copy_of_zedland
from test_remarks import LAW, document, p, paragraph

import cop.data
from cop.data import Refused, anchors
from cop.fieldwork import incoming
from cop.fieldwork import pii as personal
from cop.fieldwork.validation import confined, naming, remarks, taking
from cop.fieldwork.validation.taking import Speaker

REACHED = "+380 44 123 45 67 or b.k@example.org"


@pytest.fixture
def zed(tmp_path):
    return copy_of_zedland(tmp_path)


def taken(one, zed):
    """Take a document in; give the rows, and all that is said and kept of it."""
    path = zed.parent / "back.docx"
    path.write_bytes(one.saved())
    told = "\n".join(taking.take_in(path, zed, Speaker("ministry")))
    raw = (zed / "research/ZZZ/comments.csv").read_text("utf-8")
    return cop.data.read("comments", zed, "ZZZ"), raw + told


def put_in(one, text):
    """Put a new paragraph after that on the law, as Word does; give it."""
    new = copy.deepcopy(p(one, LAW))
    for child in [c for c in new if c.tag != q("pPr")]:
        new.remove(child)
    p(one, LAW).addnext(new)
    one.insert(new, text)
    return new


def test_the_words_around_a_remark_name_nobody_either(zed):
    """Around a change of a new paragraph, and around a comment on it, stand its own words."""
    one = document()
    one.comment(put_in(one, f"Write to {REACHED}."), "See there.", OTHER)
    rows, said = taken(one, zed)
    assert len(rows) == 2 and "123 45 67" not in said and "b.k@" not in said
    assert "Names or addresses were left out of 2 remarks." in said


def test_who_is_in_the_store_is_named_neither_in_a_remark_nor_around_it():
    known = personal.Known(frozenset({"berta kanarek"}), frozenset())
    one = remarks.Remark("comment", "", "Ask Berta Kanarek", "", "Berta Kanarek said", "X", "")
    (left,), cut = naming.without_names(
        remarks.Found([one], None, 0, frozenset(), frozenset()), known
    )
    assert cut == 1 and "anarek" not in left.text + left.around


@pytest.mark.parametrize(
    "name",
    [
        "cop_=1+1",
        "cop_../../etc",
        "cop_Berta Kanarek",
        "cop_" + "A" * 300,
        "cop_\u202ecod",
        "cop_-x",
    ],
)
def test_a_bookmark_that_is_no_id_is_no_place(zed, name):
    one = document(paragraph("x", "copdoc_ZZZ_2026") + paragraph("Words", name))
    one.comment(p(one, "Words"), "Better.")
    rows, _ = taken(one, zed)
    assert rows.about.tolist() == [""] and rows.text.tolist() == ["Better."]


@pytest.mark.parametrize("of", ["../ZZZ_2026", "ZZZ/../ZZZ_2026", "zzz_2026", "ZZZ_2026/..", "_"])
def test_a_bookmark_that_names_no_country_is_no_report(zed, of):
    assert anchors.document(f"copdoc_{of}") is None
    path = zed.parent / "back.docx"
    path.write_bytes(document(paragraph("x", f"copdoc_{of}")).saved())
    with pytest.raises(Refused, match="say --country ISO3"):
        taking.take_in(path, zed, Speaker("ngo"))


def flooded(number, text, author="A. Body"):
    """Return a document with so many comments."""
    one = document()
    for n in range(number):
        one.comment(p(one, LAW), text.format(n=n), author.format(n=n))
    return one


TOO_MUCH = {
    "remarks": (21, "Word {n}", "holds 21 remarks; at most 20"),
    "letters": (1, "word " * 7_000, "holds a remark of 34,999 letters"),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_too_many_remarks_or_letters_are_refused_and_nothing_is_written(zed, kind, monkeypatch):
    monkeypatch.setattr(taking, "MOST", 20)
    number, text, sentence = TOO_MUCH[kind]
    with pytest.raises(Refused, match=sentence) as told:
        taken(flooded(number, text), zed)
    assert str(told.value).startswith("back.docx ") and "\n" not in str(told.value)
    assert not (zed / "research/ZZZ/comments.csv").exists()


def drawn(signs, number):
    """Return signs drawn at random, which no zip makes small."""
    return "".join(random.Random(number).choices(signs, k=number))


SLOW = {
    "everyone another author": (400, "Word {n} of a remark " * 60, "Author{n} Name{n} Other{n}"),
    "all damaged": (100, drawn(["Ð\x90", "Ñ\x81", "РњС–РЅ", "Ã©", " ", "x"], 9_000), "A. Body"),
    "signs": (100, drawn("?? !+1,.-", 25_000), "A. Body"),
    "addresses": (100, drawn("a@.-b", 25_000), "A. Body"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SLOW)
def test_what_is_made_to_take_long_ends_at_the_ceiling(zed, kind, monkeypatch):
    """The work on names and cells is done where the file is read, under the same ceiling."""
    monkeypatch.setattr(confined, "SECONDS", 2)
    monkeypatch.setattr(incoming, "MOST_RATIO", 1_000_000)  # what gets by that limit
    one, began = flooded(*SLOW[kind]), time.process_time()
    try:
        taken(one, zed)
    except Refused as refused:
        assert "needs more than 2 seconds of computing" in str(refused)
    assert time.process_time() - began < 5
