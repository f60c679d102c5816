"""Every research table has a hand: rows are added to it and changed in it by command, as people
write them.
"""

import csv
import io
from datetime import date

import pytest
from conftest import DATA, ROOT, copy_of_zedland
from newrows import FULL, NEW

import cop.data
from cop.cli import main
from cop.cli.research import KINDS
from cop.data import Refused, checks
from cop.research import adding, asking, spoken

NAMED = {  # rows that Zedland has, one a table
    "alignment": ["PM-LEG-02", "A"],
    "result": ["human capacity"],
    "open-gap": ["PM-RES-01"],
    "challenge": ["ZZZ-C01"],
    "recommendation": ["ZZZ-R01"],
    "partnership": ["ZZZ-O06", "ZZZ-O02"],
    "action": ["ZZZ-A01"],
    "evidence": ["ZZZ-E05"],
    "service": ["ZZZ-V01"],
    "treaty": ["LANZAROTE_CETS201"],
    "exercise": ["ZZZ-X01"],
    "study": ["ZZZ-K01"],
    "reading": ["ZZZ-A02", "2026-05-20"],
    "table-25": ["weprotect"],
    "survey-answer": ["pupils2024", "In the past year something online upset me", "Yes"],
    "territory-note": ["ZZZ"],
    "edition": ["2026"],
}
WRITTEN = {
    "alignment": {"note": "Looked at again."},
    "result": {"finding": "Teachers can take a course."},
    "open-gap": {"why": "The survey comes first."},
    "challenge": {"theme": "industry"},
    "recommendation": {"due": "30.9.2027"},
    "partnership": {"link": "They pass reports on."},
    "action": {"dropped": "11/25/2026", "dropped_reason": "merged with another"},
    "evidence": {"confidence": "Low"},
    "service": {"since": "2021"},
    "treaty": {"note": "looked at again"},
    "exercise": {"place": "Zed Town"},
    "study": {"made_by": "Zed University"},
    "reading": {"value": "22"},
    "table-25": {"difference": "None."},
    "survey-answer": {"count": "459"},
    "territory-note": {"coverage": "All of it (invented)."},
    "edition": {"cut_off": "1.7.2026"},
}
# Tables that a command of their own writes, from what is elsewhere: no person fills them.
OF_A_COMMAND = {
    "responses": "cop answer", "sign_offs": "cop sign-off", "verifications": "cop verify",
    "forms": "cop publish", "interviews": "cop publish", "coding": "cop publish",
    "quotes": "cop publish", "returned": "cop publish", "returned_links": "cop publish",
}  # fmt: skip


@pytest.fixture
def zed(tmp_path):
    """Give a copy of Zedland that stands on the real shared tables."""
    return copy_of_zedland(tmp_path)


def rows(folder, path):
    text = (folder / path).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_command_knows_every_table_that_can_be_added_to():
    assert list(adding.KINDS) == KINDS


def test_every_table_of_a_country_has_a_hand():
    own = {one["name"] for one in cop.data.contents(DATA)["resources"] if _is_own(one)}
    assert len(own) > 25
    assert own - set(adding.KINDS.values()) == set(OF_A_COMMAND)
    assert set(adding.KINDS) == {*NEW, *FULL}
    assert set(adding.BEGUN) == {"edition"}


def _is_own(resource):
    return isinstance(resource["path"], list) and resource.get("type") == "table"


def test_a_command_that_writes_a_table_is_there(capsys):
    for words in OF_A_COMMAND.values():
        with pytest.raises(SystemExit):
            main.main([words.split()[1], "--help"])
    with pytest.raises(Refused, match="cop new ZZZ --edition YEAR` begins one"):
        adding.add("edition", "ZZZ", {"edition": "2027"}, DATA)


@pytest.mark.parametrize("kind", NEW)
def test_a_row_is_added_to_each_table_and_keeps_the_contract(zed, kind):
    path = adding.path_of(kind, "ZZZ", zed)
    before = (zed / path).read_bytes() if (zed / path).exists() else b""
    written = adding.add(kind, "ZZZ", NEW[kind], zed)
    assert rows(zed, path)[-1] == written and (zed / path).read_bytes().startswith(before)
    faults = checks.of_file(adding.KINDS[kind], path, zed)
    assert [f.rule for f in faults] == ([adding.LATER[0]] if kind == "challenge" else [])


def test_a_challenge_is_written_before_its_recommendation_and_what_is_left_is_said(zed, capsys):
    cells = [f"{name}={text}" for name, text in NEW["challenge"].items()]
    assert main.main(["add", "challenge", "ZZZ", "--data", str(zed), "--set", *cells]) == 0
    told = capsys.readouterr().out
    assert "Still to do: ZZZ-C04 is a challenge that no recommendation answers" in told
    edit = ["edit", "challenge", "ZZZ", "ZZZ-C04", "--data", str(zed), "--set"]
    assert main.main([*edit, "improvement=A code is agreed."]) == 0  # before it is answered
    assert "Still to do: ZZZ-C04 is a challenge" in capsys.readouterr().out
    row = NEW["recommendation"] | {"challenge_ids": "ZZZ-C04"}
    adding.add("recommendation", "ZZZ", row, zed)
    assert not checks.of_file("challenges", "research/ZZZ/challenges.csv", zed)


PAGE = ["title=New page", "publisher=Zed Press", "language=en", "type=website", "hand=first"]
PAGE += ["kind=other web page", "url=https://example.org/new"]


def _cut_off_left(capsys):
    """Give what is said to be still to do of Zedland's data cut-off."""
    lines = [x for x in capsys.readouterr().out.splitlines() if x.startswith("Still to do: ")]
    return [line for line in lines if "editions.csv, row 2, column cut_off: '2026-06-30'" in line]


@pytest.mark.parametrize(
    ("accessed", "verified", "told"),
    [("2026-07-01", "yes", 1), ("2026-06-30", "yes", 0), ("2026-07-01", "no", 0)],
)
def test_a_source_seen_after_the_cut_off_says_at_once_what_moves_it(
    zed, capsys, accessed, verified, told
):
    cells = [*PAGE, f"accessed={accessed}", f"verified={verified}"]
    assert main.main(["add", "source", "ZZZ", "--data", str(zed), "--set", *cells]) == 0
    left = _cut_off_left(capsys)
    assert len(left) == told and all("Move it to 2026-07-01, or leave" in one for one in left)
    assert [f.fix[:21] for f in checks.of_country(zed, "ZZZ")] == ["Move it to 2026-07-01"] * told


def test_a_service_with_the_name_of_an_organisation_says_so_at_once(zed, capsys):
    body = cop.data.present("stakeholders", zed, "ZZZ").iloc[-1]["name"]
    for name, told in ((body, 1), ("Zed Line", 0)):
        cells = [f"{c}={t}" for c, t in (NEW["service"] | {"name": name}).items()]
        assert main.main(["add", "service", "ZZZ", "--data", str(zed), "--set", *cells]) == 0
        out = capsys.readouterr().out
        assert out.count("Still to do: research/ZZZ/stakeholders.csv, row") == told
        assert ("is a service and not an organisation" in out) == bool(told)


def test_a_source_that_is_verified_later_says_so_too(zed, capsys):
    cells = [*PAGE, "accessed=2026-07-01"]
    assert main.main(["add", "source", "ZZZ", "--data", str(zed), "--set", *cells]) == 0
    [source] = rows(zed, "research/ZZZ/sources.csv")[-1:]
    assert not _cut_off_left(capsys) and source["verified"] == "no"
    edit = ["edit", "source", "ZZZ", source["source_id"], "--data", str(zed), "--set"]
    assert main.main([*edit, "verified=yes"]) == 0 and len(_cut_off_left(capsys)) == 1
    assert main.main([*edit, "verified=no"]) == 0 and not _cut_off_left(capsys)
    said = ["section=research", "statement=Said so.", f"source_id={source['source_id']}"]
    said += ["confidence=low", "year=", "year_basis="]
    assert main.main(["add", "evidence", "ZZZ", "--data", str(zed), "--set", *said]) == 0
    last = rows(zed, "research/ZZZ/evidence.csv")[-1]["evidence_id"]
    seen = ["verify", last, "--quotation", "So it is.", "--data", str(zed)]
    assert main.main(seen) == 0 and len(_cut_off_left(capsys)) == 1


@pytest.mark.parametrize("kind", ["alignment", "result"])
def test_a_row_without_an_id_of_its_own_is_added_by_what_it_is_about(zed, kind):
    path = adding.path_of(kind, "ZZZ", zed)
    raw, row = (zed / path).read_bytes(), adding.row_of(kind, "ZZZ", NAMED[kind], zed)
    text = raw.decode().splitlines(keepends=True)
    del text[[n for n, line in enumerate(text) if line.startswith(",".join(NAMED[kind]))][0]]
    (zed / path).write_text("".join(text))
    assert adding.add(kind, "ZZZ", row, zed) == row == rows(zed, path)[-1]
    with pytest.raises(Refused, match="1 error|2 errors"):
        adding.add(kind, "ZZZ", row, zed)


def test_ids_go_on_and_a_comment_by_word_of_mouth_has_a_mark_of_its_own(zed):
    last = rows(zed, "research/ZZZ/challenges.csv")[-1]["challenge_id"]
    number = int(last.removeprefix("ZZZ-C")) + 1
    assert adding.next_ids("challenge", "ZZZ", zed) == [f"ZZZ-C{number:02d}"]
    one = adding.add("comment", "ZZZ", NEW["comment"], zed)
    other = adding.add("comment", "ZZZ", NEW["comment"] | {"text": "Another."}, zed)
    assert [one["comment_id"], other["comment_id"]] == ["ZZZ-M001", "ZZZ-M002"]
    assert one["role"] == "ngo" and one["received"] == date.today().isoformat()
    assert one["origin"] != other["origin"]


@pytest.mark.parametrize("kind", NAMED)
def test_cells_of_a_row_are_changed_and_all_else_keeps_its_bytes(zed, kind):
    path = adding.path_of(kind, "ZZZ", zed)
    before = (zed / path).read_bytes().splitlines()
    row = adding.edit(kind, "ZZZ", NAMED[kind], WRITTEN[kind], zed)
    after = (zed / path).read_bytes().splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1
    assert row == adding.row_of(kind, "ZZZ", NAMED[kind], zed)
    assert not checks.of_file(adding.KINDS[kind], path, zed)


def test_a_change_that_breaks_a_rule_writes_nothing(zed):
    path = zed / "research/ZZZ/alignment.csv"
    before = path.read_bytes()
    for changes, told in (
        ({"status": "in spirit"}, "in spirit"),
        ({"item_id": "PM-LEG-03"}, "item_id cannot be changed"),
        ({"colour": "red"}, "colour cannot be changed"),
    ):
        with pytest.raises(Refused, match=told):
            adding.edit("alignment", "ZZZ", ["PM-LEG-02", "A"], changes, zed)
    with pytest.raises(Refused, match="named by item_id and coder"):
        adding.edit("alignment", "ZZZ", ["PM-LEG-02"], {"note": "x"}, zed)
    with pytest.raises(Refused, match="has no row PM-XXX-99 A"):
        adding.edit("alignment", "ZZZ", ["PM-XXX-99", "A"], {"note": "x"}, zed)
    assert path.read_bytes() == before


@pytest.mark.slow
def test_cop_edit_by_question_keeps_what_enter_keeps(zed, capsys):
    answers = iter(["4", *[""] * 7, "y"])
    changed = asking.changes("challenge", "ZZZ", ["ZZZ-C01"], zed, lambda _: next(answers))
    assert changed == {"theme": "industry"}
    nothing = iter([""] * 8)
    assert not asking.changes("challenge", "ZZZ", ["ZZZ-C01"], zed, lambda _: next(nothing))


def test_what_is_answered_to_cop_edit_is_written(zed, monkeypatch, capsys):
    answers = iter(["4", *[""] * 7, "y"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert main.main(["edit", "challenge", "ZZZ", "ZZZ-C01", "--data", str(zed)]) == 0
    [row] = [r for r in rows(zed, "research/ZZZ/challenges.csv") if r["challenge_id"] == "ZZZ-C01"]
    assert row["theme"] == "industry" and "changed in" in capsys.readouterr().out


def test_a_change_that_was_refused_is_not_taken_for_what_is_there(zed):
    before = adding.row_of("evidence", "ZZZ", ["ZZZ-E05"], zed)
    with pytest.raises(Refused, match="nonsense"):
        adding.edit("evidence", "ZZZ", ["ZZZ-E05"], {"confidence": "nonsense"}, zed)
    assert adding.row_of("evidence", "ZZZ", ["ZZZ-E05"], zed) == before


def test_choices_are_shown_with_what_a_page_calls_them(zed, capsys):
    question = next(q for q in adding.fields("evidence", zed) if q.name == "section")
    word, label = question.options[0], question.labels[0]
    assert word != label
    assert asking._choices(question)[0] == f"  1 {word} ({label})"


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("25.11.2026", ["2026-11-25"]),
        ("5.6.2026", ["2026-06-05"]),
        ("11/25/2026", ["2026-11-25"]),
        ("25/11/2026", ["2026-11-25"]),
        ("6/6/2026", ["2026-06-06"]),
        ("2026/11/25", ["2026-11-25"]),
        ("05/06/2026", ["2026-06-05", "2026-05-06"]),
        ("31.2.2026", []),
        ("25.11.26", []),
        ("soon", []),
    ],
)
def test_days_are_understood_where_they_mean_one(said, days):
    assert [day.isoformat() for day in spoken.days_of(said)] == days


@pytest.mark.parametrize(
    ("said", "held"), [("Yes", "yes"), ("TRUE", "yes"), ("false", "no"), ("N", "no"), ("1", "1")]
)
def test_yes_and_no_are_understood(said, held):
    field = {f["name"]: f for f in cop.data.fields("evidence", DATA)}["verified"]
    assert spoken.cell(field, said) == held


def test_a_day_that_may_be_either_is_told(zed, capsys):
    told = ["recommendation", "ZZZ", "ZZZ-R01", "--set", "due=05/06/2026", "--data"]
    assert main.main(["edit", *told, str(zed)]) == 2
    assert "write 2026-06-05 or 2026-05-06" in capsys.readouterr().err


@pytest.mark.slow
def test_what_the_page_says_of_changing_a_row_runs(zed, capsys):
    text = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    calls = [line for line in text.splitlines() if line.startswith(("cop edit", "cop add"))]
    assert len(calls) == 3
    assert [main.main([*_words(call), "--data", str(zed)]) for call in calls] == [0, 0, 0]
    assert "changed in research/ZZZ/" in capsys.readouterr().out


def _words(call):
    import shlex

    return shlex.split(call)[1:]
