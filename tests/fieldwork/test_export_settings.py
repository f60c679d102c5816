"""Every setting of the tools' exports: as many answers come out as went in, or the file is refused
with the setting named.
"""

import itertools
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import one_in

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import maker
import place

from cop.data import Refused
from cop.fieldwork.returns import intake, judging, times
from cop.fieldwork.returns.files import formats, workbooks
from cop.fieldwork.returns.files.headings import Candidates

pytestmark = pytest.mark.xdist_group("returns")
TODAY = date(2026, 11, 24)
SEPARATORS = ["/", ".", ":", "-", "_", " / ", "__", "|", " > ", "::", " ", "→"]
MANY, GROUPS, LANGUAGES = ("both", "split", "joined"), (True, False), ("", "en", "uk")
SETTINGS = list(itertools.product(LANGUAGES, MANY, GROUPS))


@pytest.fixture(scope="module")
def place_of(tmp_path_factory):
    """Give (folder, form, candidates), which no test here changes."""
    data = place.made(tmp_path_factory.mktemp("settings"))
    return data, place.form(data), Candidates(data)


@pytest.fixture(scope="module")
def people(place_of):
    return maker.people(place_of[1], 6, seed=5, entries=(1, 3))


def answers(place_of, *files):
    """Give the sorted answers of each return of some files, as `maker.expected` has them."""
    data, form, candidates = place_of
    paths = [data.parent / name for name, _ in files]
    for path, (_, content) in zip(paths, files, strict=True):
        path.write_bytes(content)
    book, *others = [workbooks.opened(path) for path in paths]
    book.sheets += [sheet for other in others for sheet in other.sheets]
    longform = formats.longform(book, candidates)
    longform.returns, _ = times.stamped(longform.returns, times.now())
    coded, problems = judging.judged(book, longform, "", {"ZZZ"}, TODAY)
    assert not judging.refused(problems) and not longform.faults, problems
    repeats = {block.id for block in form.blocks if block.repeat}
    rows = zip(
        coded["n"], coded["block"], coded["entry"], coded["question"], coded["answer"], strict=True
    )
    out = {n: set() for n in longform.returns.index}
    for n, block, entry, question, answer in rows:
        out[n].add((block if block in repeats else "", int(entry), question, answer))
    return sorted(map(sorted, out.values()))


def went_in(people):
    return sorted(map(sorted, map(maker.expected, people)))


def assert_kobo_comes_whole(place_of, people, separator, settings):
    for language, many, groups in settings:
        asked = maker.Kobo(place_of[1], language, many, groups, separator=separator)
        came = answers(place_of, ("k.xlsx", asked.xlsx(people)))
        assert came == went_in(people), f"{language!r}, {many}, groups {groups}"


@pytest.mark.parametrize(("number", "separator"), enumerate(SEPARATORS))
def test_kobo_with_any_separator(place_of, people, number, separator):
    """Each separator with one or two of the other settings, each of these with some separator."""
    assert_kobo_comes_whole(place_of, people, separator, SETTINGS[number :: len(SEPARATORS)])


# With all settings the usual separator, one that ids hold too, and a space, at which cells split.
FIRST = ("/", "_", " ")
LATER = [pytest.param(x, marks=pytest.mark.simulation) for x in SEPARATORS if x not in FIRST]


@pytest.mark.slow
@pytest.mark.parametrize("separator", [*FIRST, *LATER])
def test_kobo_with_any_separator_and_all_other_settings(place_of, people, separator):
    assert_kobo_comes_whole(place_of, people, separator, SETTINGS)


@pytest.mark.parametrize("many", MANY)
def test_kobo_with_several_versions_in_one_export(place_of, people, many):
    versions = {p["uuid"]: "2026-1" if i % 2 else "2026-2" for i, p in enumerate(people)}
    asked = maker.Kobo(place_of[1], many=many, version=lambda p: versions[p["uuid"]], separator=".")
    rows = asked._main(people)
    rows = [["who.fax", *rows[0]], *(["", *row] for row in rows[1:])]  # of the older version only
    entries = {b.id: asked._entries(b, people, "main") for b in place_of[1].blocks if b.repeat}
    book = maker.workbook({"main": rows, **entries})
    assert answers(place_of, ("k.xlsx", book)) == went_in(people)


@pytest.mark.parametrize(
    "split, groups, zipped",
    one_in(3, itertools.product((True, False), (True, False), (True, False))),
)
def test_odk_with_any_setting(place_of, people, split, groups, zipped):
    files = maker.odk(place_of[1], people, split, groups)
    made = [("o.zip", maker.packed(files))] if zipped else list(files.items())
    assert answers(place_of, *made) == went_in(people)


@pytest.mark.parametrize(
    "headings, kind, language",
    one_in(5, itertools.product(("code", "full", "both"), ("code", "label"), ("en", "uk"))),
)
def test_limesurvey_with_any_setting(place_of, people, headings, kind, language):
    made = maker.lime(place_of[1], people, headings, kind, language)
    assert answers(place_of, ("l.csv", made)) == went_in(people)


def without(rows, *headings):
    """Give the rows of a table without some columns."""
    kept = [j for j, name in enumerate(rows[0]) if name not in headings]
    return [[row[j] for j in kept] for row in rows]


def book_of(form, people, drop=(), **how):
    asked = maker.Kobo(form, **how)
    entries = {b.id: asked._entries(b, people, "main") for b in form.blocks if b.repeat}
    tables = {"main": asked._main(people), **entries}
    return maker.workbook({name: without(rows, *drop) for name, rows in tables.items()})


CUT = {
    "a question that was not selected": (
        lambda form, people: ("k.xlsx", book_of(form, people, ["who/began"])),
        "no column for began. Export again as XLSX",
    ),
    "one choice of a question": (
        lambda form, people: ("k.xlsx", book_of(form, people, ["who/areas/aid"], many="split")),
        "no column for areas (aid). Export again",
    ),
    "all choices of a question": (
        lambda form, people: ("k.xlsx", maker.workbook({
            "main": [[c.replace("who/areas/", "who~") for c in row] for row in
                     maker.Kobo(form, many="split")._main(people)]})),
        "no column for areas. Export again",
    ),
    "a question of an entry": (
        lambda form, people: ("k.xlsx", book_of(form, people, ["friends/friend_size"])),
        "no column for friend_size",
    ),
    "no entries, as in CSV": (
        lambda form, people: ("k.csv", maker.text(maker.Kobo(form)._main(people), ";")),
        "Export again as XLSX (CSV holds no repeated entries)",
    ),
    "ODK's main file alone": (
        lambda form, people: ("visit.csv", maker.odk(form, people)["visit.csv"]),
        "Export 'All data and attachments'",
    ),
    "LimeSurvey's abbreviated headings": (
        lambda form, people: ("l.csv", maker.lime(form, people, "abbreviated", "label")),
        "not abbreviated",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CUT)
def test_a_question_without_a_column_stops_the_file_and_the_setting_is_named(
    place_of, people, what
):
    make, sentence = CUT[what]
    with pytest.raises(Refused, match="has no column for") as refused:
        answers(place_of, make(place_of[1], people))
    assert sentence in str(refused.value)


def test_a_question_that_an_earlier_version_did_not_ask_is_remarked(place_of, people):
    data, form, candidates = place_of
    content = book_of(form, people, ["who/began"], version=lambda person: "2026-1")
    (data.parent / "old.xlsx").write_bytes(content)
    longform = formats.longform(workbooks.opened(data.parent / "old.xlsx"), candidates)
    assert any("no column for began" in remark for remark in longform.remarks)


def test_a_block_that_nobody_filled_in_is_no_missing_column(place_of, people):
    nobody = [person | {"entries": {}} for person in people]
    asked = maker.Kobo(place_of[1])
    assert answers(place_of, ("k.xlsx", maker.workbook({"main": asked._main(nobody)}))) == went_in(
        nobody
    )


# Two columns for one question.

TWICE = {"same": lambda value: value, "empty": lambda value: "", "odd": lambda value: "odd"}


ALL_TWICE = [pytest.param(kind, 0, 1, marks=pytest.mark.simulation) for kind in TWICE]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "first", "each"), [*((kind, n, 3) for n, kind in enumerate(TWICE)), *ALL_TWICE]
)
def test_two_columns_for_one_question_end_in_a_sentence(
    tmp_path, people, kind, first, each, capsys
):
    """Each question in one of three ways; under `simulation` each in every way."""
    data = place.made(tmp_path)
    form, change = place.form(data), TWICE[kind]
    asked, blocks = maker.Kobo(form), [b for b in form.blocks if not b.repeat]
    entries = {b.id: asked._entries(b, people, "main") for b in form.blocks if b.repeat}
    for question in [q for block in blocks for q in block.questions][first::each]:
        rows = asked._main(people)
        at = next(j for j, name in enumerate(rows[0]) if name.endswith(question.id))
        rows = [[*row, question.id if not i else change(row[at])] for i, row in enumerate(rows)]
        path = tmp_path / f"{question.id}.xlsx"
        path.write_bytes(maker.workbook({"main": rows, **entries}))
        status = intake.take_in([path], data, today=TODAY)
        said = capsys.readouterr().out
        assert status == 0 or (kind == "odd" and status == 1), said
        if status:
            assert f"column {question.id}" in said or "answered twice" in said
