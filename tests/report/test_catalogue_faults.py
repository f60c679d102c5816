"""What a catalogue from other hands may not bring into a page: it is named, and English is said."""

import pytest

from cop.data import Refused
from cop.report import languages
from cop.report.tongue import upkeep
from cop.report.tongue.messages import Message

ENGLISH = {
    "Text of a <b>cell</b> on %(place)s": "Текст <b>комірки</b>: %(place)s",
    "Read [the guide](guide.html).": "Читайте [довідник](guide.html).",
    "%% of people": "%% людей",
    "Source": "Джерело",
}
CELL, LINK, SHARE, SOURCE = ENGLISH
HARMFUL = {
    "a script": (SOURCE, "<script>alert(1)</script>"),
    "in capitals": (SOURCE, "<IMG SRC=x ONERROR=alert(1)>"),
    "cut off": (SOURCE, "Джерело <svg/onload=alert(1) "),
    "a comment": (SOURCE, "Джерело <!-- "),
    "leads away": (SOURCE, '<meta http-equiv="refresh" content="0;url=https://example.org">'),
    "another tag": (CELL, "<b onclick='x'>%(place)s</b>"),
    "another link": (LINK, "[довідник](https://example.org)"),
    "a link of its own": (LINK, "[довідник](guide.html)\n\n[x]: javascript:alert(1)"),
    "an address": (SOURCE, "Див. https://example.org"),
    "a place too wide": (CELL, "<b>%(place)999999999s</b> %(place)s"),
    "another kind": (CELL, "<b>%(place)d</b> %(place)s"),
    "a place of no message": (SOURCE, "%(place)s"),
    "a percent sign": (SHARE, "50 % людей"),
}


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Return a function that lets a Ukrainian catalogue say something else of a message."""
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    every = [Message((one,), "", "here") for one in ENGLISH]
    upkeep.renew(every, "uk")

    def _put(changed):
        made = upkeep._read("uk")
        for english, told in (ENGLISH | changed).items():
            made.get(english).string = told
        upkeep._write({"uk": made})
        languages.look_again()
        return upkeep.standings(every)[0].faults

    languages.look_again()
    yield _put
    languages.look_again()


def test_what_has_no_fault_is_spoken(put):
    assert put({}) == ()
    with languages.speaking("uk"):
        assert {one: languages.gettext(one) for one in ENGLISH} == ENGLISH


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_translation_is_named_and_not_spoken(put, kind):
    english, told = HARMFUL[kind]
    faults = put({english: told})
    assert faults and all(english[:20] in fault for fault in faults)
    with languages.speaking("uk"):
        assert languages.gettext(english) == english
        others = [one for one in ENGLISH if one != english]
        assert [languages.gettext(one) for one in others] == [ENGLISH[one] for one in others]
    with pytest.raises(Refused, match="`cop words status` names them"):
        upkeep.sign_off("uk", "editor", [Message((one,), "", "here") for one in ENGLISH])


def test_what_is_not_spoken_leaves_the_signature_as_it_was(put):
    put({})
    upkeep.sign_off("uk", "editor", [Message((one,), "", "here") for one in ENGLISH])
    languages.look_again()
    with languages.speaking("uk"):
        languages.gettext(SOURCE)
        assert languages.reviewed().startswith("editor")


@pytest.mark.parametrize(
    "tag", ["../uk", "uk/../uk", "/etc/passwd", "uk.po", "", "UK", "uk\n", "*"]
)
def test_a_language_that_is_none_reaches_no_file(put, tag):
    put({})
    with pytest.raises(Refused, match="there is no language"):
        languages.use(tag)
