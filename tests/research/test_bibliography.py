"""A library of references comes in: what is new is written, what is there known again."""

import csv
import json
import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOT, ZEDLAND

import cop.data
from cop.cli import main
from cop.data import Refused, checks
from cop.report import citations
from cop.research import bibliography, libraries
from helpers import countries

REGISTER = "research/ZZZ/sources.csv"


@pytest.fixture
def zed(tmp_path):
    """Give a copy of Zedland that stands on the real shared tables."""
    copy = tmp_path / "zedland"
    shutil.copytree(ZEDLAND, copy)
    own = json.loads((copy / "datapackage.json").read_text())
    (copy / "datapackage.json").write_text(json.dumps(own | {"cop:base": str(ROOT / "data")}))
    return copy


def library(folder, items, name="library.json"):
    path = Path(folder) / name
    path.write_text(items if isinstance(items, str) else json.dumps(items), encoding="utf-8")
    return path


def csl(number, **more):
    return {
        "id": f"http://zotero.org/users/1/items/{number}",
        "type": "webpage",
        "title": f"Invented page {number} on children online",
        "publisher": "Zedland Press",
        "issued": {"date-parts": [["2024", 5, 1]]},
        "accessed": {"date-parts": [["2026", 11, 3]]},
        "language": "en-GB",
        "URL": f"https://example.org/pages/{number}",
    } | more


def rows(zed):
    with (zed / REGISTER).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def run(zed, path, *more):
    return main.main(["import-sources", str(path), "ZZZ", "--data", str(zed), *more])


def test_a_library_of_300_comes_in_and_a_second_import_changes_nothing(zed, tmp_path, capsys):
    before, path = (zed / REGISTER).read_bytes(), library(tmp_path, [csl(n) for n in range(300)])
    started = time.monotonic()
    assert run(zed, path, "--yes") == 0
    assert time.monotonic() - started < 5
    after = (zed / REGISTER).read_bytes()
    assert after.startswith(before) and len(rows(zed)) == len(before.splitlines()) - 1 + 300
    assert not checks.of_file("sources", REGISTER, zed)
    assert "Written: 300 new sources (ZZZ-S" in capsys.readouterr().out
    assert run(zed, path, "--yes") == 0
    assert (zed / REGISTER).read_bytes() == after
    assert "0 new, 300 already here, 0 conflicting" in capsys.readouterr().out


def test_what_is_written_follows_the_register(zed, tmp_path):
    last = max(int(r["source_id"][-2:]) for r in rows(zed))
    run(zed, library(tmp_path, [csl(1)]), "--yes")
    assert rows(zed)[-1] == {
        "source_id": f"ZZZ-S{last + 1:02d}",
        "title": "Invented page 1 on children online",
        "publisher": "Zedland Press",
        "year": "2024",
        "language": "en",
        "type": "website",
        "kind": "other web page",
        "hand": "second",
        "url": "https://example.org/pages/1",
        "copy_host": "",
        "accessed": "2026-11-03",
        "verified": "no",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"URL": "http://www.example.org/pages/1/?utm_source=mail#top"},
        {"URL": "", "title": "INVENTED page 1, on children online"},
        {"title": "Invented <i>page</i> 1 on&#32;children\nonline"},
    ],
    ids=["address", "title and year", "mark-up"],
)
def test_the_same_source_is_known_again(zed, tmp_path, change):
    run(zed, library(tmp_path, [csl(1)]), "--yes")
    found = bibliography.compare(library(tmp_path, [csl(1, **change)]), "ZZZ", zed)
    assert (len(found.new), len(found.same), found.conflicts) == (0, 1, [])


def test_a_doi_is_the_same_source_whatever_the_address(zed, tmp_path):
    run(zed, library(tmp_path, [csl(1, DOI="10.1000/ABC", URL="")]), "--yes")
    assert rows(zed)[-1]["url"] == "https://doi.org/10.1000/ABC"
    other = csl(1, DOI="https://doi.org/10.1000/abc", URL="")
    assert len(bibliography.compare(library(tmp_path, [other]), "ZZZ", zed).same) == 1


def test_two_annual_reports_of_one_year_are_two_sources(zed, tmp_path):
    two = [
        csl(1, title="Annual report", publisher="A"),
        csl(2, title="Annual report", publisher="B"),
    ]
    assert len(bibliography.compare(library(tmp_path, two), "ZZZ", zed).new) == 2


def test_conflicts_are_told_by_field_and_ours_stays_unless_asked(zed, tmp_path, capsys):
    run(zed, library(tmp_path, [csl(1), csl(2)]), "--yes")
    before, key = rows(zed), rows(zed)[-2]["source_id"]
    changed = library(
        tmp_path, [csl(1, publisher="Other Press", issued={"date-parts": [[2023]]}), csl(2)]
    )
    capsys.readouterr()
    assert run(zed, changed, "--yes") == 0 and rows(zed) == before
    out = capsys.readouterr().out
    assert f"{key} publisher: ours 'Zedland Press', theirs 'Other Press'" in out
    assert f"{key} year: ours '2024', theirs '2023'" in out
    assert run(zed, changed, "--yes", "--take-theirs") == 0
    assert rows(zed)[-2] == before[-2] | {"publisher": "Other Press", "year": "2023"}
    assert rows(zed)[:-2] + rows(zed)[-1:] == before[:-2] + before[-1:]


def test_nobody_is_named(zed, tmp_path):
    named = csl(
        1,
        publisher="",
        title="What Quillfeather said of Quillfeatherstown",
        author=[
            {"family": "Quillfeather", "given": "Ann"},
            {"literal": "Zedland Office for Children"},
        ],
    )
    found = bibliography.compare(library(tmp_path, [named]), "ZZZ", zed)
    assert found.new[0]["title"] == "What [author] said of Quillfeatherstown"
    assert found.new[0]["publisher"] == "Zedland Office for Children"
    assert "please read it" in found.notes[0]
    run(zed, library(tmp_path, [named]), "--yes")
    assert b"Ann" not in (zed / REGISTER).read_bytes().split(b"\n")[-2]
    assert len(bibliography.compare(library(tmp_path, [named]), "ZZZ", zed).same) == 1


def test_without_a_publisher_the_site_is_named(zed, tmp_path):
    found = bibliography.compare(library(tmp_path, [csl(1, publisher="")]), "ZZZ", zed)
    assert found.new[0]["publisher"] == "example.org"


def test_what_lacks_something_is_told_and_the_others_come_in(zed, tmp_path, capsys):
    odd = [csl(1), csl(2, title=""), csl(3, language=""), {"type": "webpage"}, csl(4)]
    assert run(zed, library(tmp_path, odd), "--yes") == 1
    out = capsys.readouterr().out
    assert "2 new" in out and "3 that cannot be taken" in out
    assert "item 2 (no title): title must not be empty" in out
    assert "item 3 (Invented page 3 on children online): states no language" in out
    ids = [r["source_id"] for r in rows(zed)]
    assert ids == sorted(ids) and rows(zed)[-1]["title"] == "Invented page 4 on children online"
    assert len(bibliography.compare(library(tmp_path, odd), "ZZZ", zed, language="en").new) == 1


def test_missing_dates_are_empty_or_today_and_said(zed, tmp_path):
    found = bibliography.compare(
        library(tmp_path, [csl(1, issued=None, accessed={"raw": "soon"})]), "ZZZ", zed
    )
    assert found.new[0]["year"] == ""
    assert found.notes == ["1 item does not say the day it was seen on; today is written"]


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2021]]}, "2021"),
        ({"raw": "12 May 2019"}, "2019"),
        ({"literal": "n.d."}, ""),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": "2020"}, ""),
        ("2018-03", "2018"),
        ({"date-parts": [[202]]}, ""),
    ],
)
def test_years_as_programs_write_them(tmp_path, issued, year):
    items, _ = libraries.read(library(tmp_path, [csl(1, issued=issued)]))
    assert items[0].year == year


@pytest.mark.parametrize(
    "title",
    [
        "Діти в інтернеті",
        "ბავშვები ონლაინ",
        "أطفال على الإنترنت",
        "<script>alert(1)</script>",
        "=1+1 children",
        'A, "b"; c',
    ],
)
def test_titles_of_any_kind_come_in_as_text_or_are_told(zed, tmp_path, title):
    found = bibliography.compare(library(tmp_path, [csl(1, title=title)]), "ZZZ", zed)
    if found.unfit:
        assert title.startswith("=")
    else:
        bibliography.write(found, "ZZZ", zed)
        assert rows(zed)[-1]["title"] == title


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "a\\u0000b\\ud800c", "language": "en", "publisher": "p"}]',
        '[{"title": 5, "language": 7, "URL": ["x"], "author": "Doe",'
        ' "issued": {"date-parts": [["x"]]}}]',
        '{"items": null}',
        '[NaN, null, 1e999, "words"]',
        '{"items": 7}',
        '[{"title": "first", "title": "abc", "language": "en", "publisher": "p"}]',
    ],
)
def test_odd_json_gives_sound_rows_or_none(zed, tmp_path, text):
    known = len(rows(zed))
    bibliography.write(bibliography.compare(library(tmp_path, text), "ZZZ", zed), "ZZZ", zed)
    assert not checks.of_file("sources", REGISTER, zed)
    assert [r["title"] for r in rows(zed)[known:]] in ([], ["abc"])


@pytest.mark.slow
def test_10_000_items_are_refused_in_one_sentence(zed, tmp_path, capsys):
    before, path = (zed / REGISTER).read_bytes(), library(tmp_path, [csl(n) for n in range(10_000)])
    started = time.monotonic()
    assert run(zed, path, "--yes") == 2
    assert time.monotonic() - started < 10
    assert "ids end at 999" in capsys.readouterr().err
    assert (zed / REGISTER).read_bytes() == before


def test_the_same_item_twice_in_the_library_comes_in_once(zed, tmp_path):
    found = bibliography.compare(
        library(tmp_path, [csl(1), csl(1, title="Other words")]), "ZZZ", zed
    )
    assert len(found.new) == 1 and "stands in the library already as item 1" in found.repeated[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.json", '[{"title": "x"'),
        ("deep.json", "[" * 100_000),
        ("words.txt", "only words"),
        ("empty.ris", ""),
        ("broken.bib", "@article{a, title={never closed"),
    ],
)
def test_what_is_no_library_is_refused_and_nothing_is_written(zed, tmp_path, capsys, name, text):
    before, path = (zed / REGISTER).read_bytes(), library(tmp_path, text, name)
    status = run(zed, path, "--yes")
    said = capsys.readouterr()
    assert (status, (zed / REGISTER).read_bytes()) in ((2, before), (0, before))
    assert name in said.err or "could not be read" in said.out


def test_other_encodings_are_refused(tmp_path):
    path = tmp_path / "old.bib"
    path.write_bytes("@misc{a, title={Ç}}".encode("cp1252"))
    with pytest.raises(Refused, match="UTF-8"):
        libraries.read(path)


BIBTEX = r"""
@comment{from a reference manager}
@report{one, title = {Safety of {\'E}l{\`e}ves \& {COP}},
  author = {M{\"u}ller, Anna and {{Zedland Office}}}, date = {2021-05-06},
  url = {https://example.org/a\_b%20c}, urldate = {2026-11-01}, langid = {english}}
@misc{one, title = {Second with the same key}, year = 2020,
  howpublished = {\url{https://example.org/2}}, language = {en}}
@article{two, title = {Of M{\"u}ller and others}, author = {M{\"u}ller, Anna},
  journal = {Journal of Zed}, year = {in press},
  doi = {10.1000/z}, language = {en}}
"""


def test_bibtex_with_latex_and_a_repeated_key(tmp_path):
    items, lost = libraries.read(library(tmp_path, BIBTEX, "library.bib"))
    one, second, two = items
    assert (
        not lost
        and one.title == "Safety of Élèves & COP"
        and one.url == "https://example.org/a_b%20c"
    )
    assert (one.publisher, one.year, one.accessed, one.language) == (
        "Zedland Office",
        "2021",
        "2026-11-01",
        "en",
    )
    assert (second.title, second.url) == ("Second with the same key", "https://example.org/2")
    assert (two.publisher, two.year, two.url) == ("Journal of Zed", "", "https://doi.org/10.1000/z")


def test_a_name_written_in_latex_is_taken_out_too(zed, tmp_path):
    found = bibliography.compare(library(tmp_path, BIBTEX, "library.bib"), "ZZZ", zed)
    assert found.new[2]["title"] == "Of [author] and others"


def test_a_bibtex_entry_that_is_cut_is_told_with_its_line(tmp_path):
    items, lost = libraries.read(
        library(tmp_path, '@misc{b, title="No end\n' + BIBTEX, "library.bib")
    )
    assert len(items) == 3 and lost == ["line 1 could not be read and was passed over"]


RIS = """TY  - RPRT
TI  - Report of Zedland
AU  - Quillfeather, Ann
AU  - Zedland Office
PY  - 2022/03//
UR  - https://example.org/r
LA  - en
Y2  - 2026/11/02/
ER  -

TY  - NEWS
T1  - News of Zedland
PB  - Zed Times
LA  - en
ER  -

TY  - RPRT
TI  - Cut off
"""


def test_ris_and_a_reference_without_an_end(tmp_path):
    items, lost = libraries.read(library(tmp_path, RIS, "library.ris"))
    assert [(i.title, i.publisher, i.type, i.year) for i in items] == [
        ("Report of Zedland", "Zedland Office", "report", "2022"),
        ("News of Zedland", "Zed Times", "news", ""),
    ]
    assert items[0].accessed == "2026-11-02" and items[0].url == "https://example.org/r"
    assert lost == ["1 references have no end (ER  -) and were passed over"]


def shown(zed, **changes):
    """Give the entry of one source of Zedland in its bibliography, with some cells changed."""
    columns = [f["name"] for f in cop.data.fields("sources", zed)]
    row = dict(zip(columns, rows(zed)[0].values(), strict=True)) | changes
    table = zed / "research" / "ZZZ" / "sources.csv"
    with table.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([columns, row.values()])
    place = countries.find("ZZZ", str(zed), "", "2026")
    return str(citations.bibliography(place)).partition("</span> ")[2].removesuffix("</li></ul>")


SEEN = (
    '<a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a> (Accessed: 9 March 2026).'
)


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, f"Press (2024) <i>A title</i>. Available at: {SEEN}"),
        ({"type": "news"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"type": "dataset"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"year": ""}, f"Press (no date) <i>A title</i>. Available at: {SEEN}"),
        (
            {"title": 'On <b> & "it".', "publisher": "Press, Inc."},
            "Press, Inc. (2024) <i>On &lt;b&gt; &amp; &#34;it&#34;.</i>. Available at: " + SEEN,
        ),
    ],
    ids=["a report", "news", "a data set", "no year", "signs"],
)
def test_a_source_is_shown_with_author_year_title_address_and_day(zed, changes, entry):
    row = {"title": "A title", "publisher": "Press", "year": "2024", "type": "report"}
    row |= {"url": "https://x.org/?a=1&b=2", "accessed": "2026-03-09", "verified": "yes"}
    assert shown(zed, **(row | changes)) == entry


def test_no_answer_is_no(zed, tmp_path, capsys, monkeypatch):
    before = (zed / REGISTER).read_bytes()
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert run(zed, library(tmp_path, [csl(1)])) == 1
    assert (
        zed / REGISTER
    ).read_bytes() == before and "Nothing was written" in capsys.readouterr().out
