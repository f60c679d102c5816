"""Two analysts on one country: ids that cannot collide, and branches merged row by row."""

import csv
import io
import os
import random
import re
import subprocess
import sys

import pytest
from conftest import DATA, ROOT, call, copy_of_zedland

import cop.data
from cop.data import Broken, Refused, checks
from cop.research import adding, merging, together

KEY, PATH = ["id"], "data/research/ZZZ/evidence.csv"
BASE = b"id,what,verified\nE1,one,no\nE2,two,no\nE3,three,no\n"


def merged(ours, theirs, base=BASE):
    return merging.merged_rows(base, ours, theirs, KEY, PATH)


def test_rows_added_at_the_same_place_are_both_kept():
    both = merged(BASE + b"E5,five,no\n", BASE + b"E4,four,no\n")
    assert both.content == BASE + b"E5,five,no\nE4,four,no\n" and not both.left


def test_cells_of_one_row_changed_by_each_are_both_kept():
    both = merged(BASE.replace(b"two", b"2"), BASE.replace(b"two,no", b"two,yes"))
    assert b"E2,2,yes\n" in both.content and not both.left


def test_a_row_removed_by_one_and_left_alone_by_the_other_is_gone():
    for sides in ((BASE.replace(b"E2,two,no\n", b""), BASE),) * 2:
        assert b"E2" not in merged(*sides).content and b"E2" not in merged(*sides[::-1]).content


def test_a_row_in_the_middle_keeps_its_place():
    theirs = BASE.replace(b"E2,", b"E9,nine,no\nE2,")
    assert merged(BASE + b"E4,four,no\n", theirs).content == theirs + b"E4,four,no\n"


def test_columns_are_those_of_both():
    ours = BASE.replace(b"verified", b"verified,page").replace(b",no", b",no,7")
    theirs = BASE.replace(b"id,", b"id,year,").replace(b"E1,", b"E1,2026,")
    theirs = theirs.replace(b"E2,", b"E2,,").replace(b"E3,", b"E3,,") + b"E4,,four,no\n"
    both = merged(ours, theirs)
    assert both.content.decode().splitlines() == [
        "id,year,what,verified,page",
        "E1,2026,one,no,7",
        "E2,,two,no,7",
        "E3,,three,no,7",
        "E4,,four,no,",
    ]


def test_a_column_that_one_removed_goes_unless_the_other_wrote_into_it():
    without = b"id,what\nE1,one\nE2,two\nE3,three\n"
    assert merged(without, BASE).content == merged(BASE, without).content == without
    assert b"E2,two,yes" in merged(without, BASE.replace(b"two,no", b"two,yes")).content


def test_a_cell_changed_differently_is_left_with_both_rows_and_a_sentence():
    both = merged(BASE.replace(b"two", b"deux"), BASE.replace(b"two,no", b"zwei,yes"))
    assert (
        b"<<<<<<< ours\nE2,deux,yes\n=======\nE2,zwei,yes\n>>>>>>> theirs\nE3,three" in both.content
    )
    assert both.left == [
        f"{PATH}, E2, column what: 'deux' here, 'zwei' there, 'two' before: keep the row that is "
        "right"
    ]


def test_one_id_for_two_rows_is_left_with_both_rows_and_a_sentence():
    both = merged(BASE + b"E4,vier,no\n", BASE + b"E4,quatre,no\n")
    assert b"E4,vier,no\n=======\nE4,quatre,no\n" in both.content
    assert "both sides added a row of this id, and they differ" in both.left[0]
    assert "E4, vier, no | E4, quatre, no" in both.left[0]


def test_a_row_removed_here_and_changed_there_is_left_to_a_person():
    both = merged(BASE.replace(b"E2,two,no\n", b""), BASE.replace(b"two", b"2"))
    assert b"<<<<<<< ours\n=======\nE2,2,no\n>>>>>>> theirs" in both.content
    assert "removed here and changed there: keep it or remove it (E2, 2, no)" in both.left[0]


def test_rows_that_nobody_changed_keep_their_bytes():
    base = b'\xef\xbb\xbfid;what;verified\r\n"E1";"one, more";no\r\nE2;"a";no\r\n'
    both = merged(base + b"E4;four;no\r\n", base.replace(b"\r\n", b"\n") + b"E5;five;no\n", base)
    assert both.content.startswith(base[:-2]) and b"E4;four;no\r\nE5;five;no\r\n" in both.content


@pytest.mark.parametrize(
    "raw, said",
    [
        (BASE + b"E1,again,no\n", "row 5 has the key of another row: E1"),
        (BASE + b"E4\n", "row 5 has 1 cells instead of 3"),
        (b"what,verified\none,no\n", "its heading has not each column once, with id"),
        (BASE + "E4,č,no\n".encode("cp1250"), "it is not in the UTF-8 encoding"),
    ],
)
def test_what_is_no_table_of_rows_says_why(raw, said):
    with pytest.raises(Broken, match=said):
        merged(BASE, raw)


def test_numbers_of_two_analysts_are_never_the_same():
    for of in (2, 3):
        analysts = [together.understood(f"{letter}/{of}") for letter in "ABC"[:of]]
        for last in range(7):
            taken = [together.numbers(last, 4, one) for one in analysts]
            assert all(min(one) > last for one in taken)
            assert len({n for one in taken for n in one}) == 4 * of
    assert together.numbers(60, 3, together.understood("B/2")) == [62, 64, 66]
    assert together.numbers(60, 2, None) == [61, 62]


@pytest.mark.parametrize("stated", ["B", "b/2", "C/2", "Anna/2", "A/27", "A/0"])
def test_what_is_no_analyst_is_refused_in_a_sentence(stated):
    with pytest.raises(Refused, match="write a letter and how many you are, such as B/2"):
        together.understood(stated)


def git(folder, *words, status=0):
    told = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, env=CLEAN
    )
    assert told.returncode == status, told.stdout + told.stderr
    return told.stdout + told.stderr


CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COP_"))} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


@pytest.fixture
def zed(tmp_path):
    """Give Zedland in a repository of its own, with the attributes of this one, set up."""
    zed = copy_of_zedland(tmp_path)
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    (zed / ".gitattributes").write_text(attributes.replace("tests/zedland/**/", ""))
    (zed / ".gitignore").write_text(".lock\n.pending/\n")
    git(zed, "init", "-q", "-b", "main")
    together.set_up(zed)
    git(zed, "add", ".")
    git(zed, "commit", "-qm", "as it was")
    return zed


def rows(text, kind):
    key = {"evidence": "evidence_id", "source": "source_id"}[kind]
    read = [*csv.DictReader(io.StringIO(text))]
    assert len({row[key] for row in read}) == len(read), "an id stands twice"
    return {row[key]: row for row in read}


def standing(zed, branch, kind):
    return rows(git(zed, "show", f"{branch}:{adding.path_of(kind, 'ZZZ', zed)}"), kind)


def day_of_work(zed, letter, chance, mine):
    """Add, edit and verify rows as one analyst: of what was there, those in `mine` alone."""
    os.environ["COP_ANALYST"] = f"{letter}/2"
    for kind in ("source", "evidence"):
        path = zed / adding.path_of(kind, "ZZZ", zed)
        new = [new_row(kind, letter, n) for n in range(chance.randint(1, 3))]
        adding.add_rows(kind, "ZZZ", new, zed)
        edited = chance.sample(mine[kind], min(2, len(mine[kind])))
        column = "statement" if kind == "evidence" else "title"
        changes = {key: {column: f"Edited by {letter}, {chance.random()}"} for key in edited}
        for key in chance.sample(mine[kind], 2):
            changes.setdefault(key, {})["verified"] = "yes"
        key = "evidence_id" if kind == "evidence" else "source_id"
        path.write_bytes(cop.data.replaced(path.read_bytes(), changes, key))


def new_row(kind, letter, n):
    if kind == "source":
        address = f"https://example.org/{letter}{n}"
        row = {"title": f"Page {letter}{n}", "publisher": "Zed Press", "url": address}
        return row | {"language": "en", "type": "website", "hand": "second"}
    return {
        "section": "research",
        "statement": f"Said by {letter}, {n}",
        "source_id": "ZZZ-S01",
        "confidence": "low",
    }


def both_days(zed, chance, number):
    """Give two branches with a day's work each, on different rows of what was there."""
    names = []
    shared = {kind: [*standing(zed, "main", kind)] for kind in ("source", "evidence")}
    for ids in shared.values():
        chance.shuffle(ids)
    for turn, letter in enumerate("AB"):
        names.append(f"{letter}{number}")
        git(zed, "checkout", "-q", "-b", names[-1], "main")
        day_of_work(zed, letter, chance, {kind: ids[turn::2] for kind, ids in shared.items()})
        git(zed, "commit", "-qam", names[-1])
    return names


MANY = pytest.param(20, marks=[pytest.mark.slow, pytest.mark.simulation])


@pytest.mark.parametrize("pairs", [2, MANY])
def test_pairs_of_branches_merge_without_a_lost_row_or_a_double_id(zed, monkeypatch, pairs):
    """Two analysts add, edit and verify rows on branches of their own, which git merges."""
    monkeypatch.setenv("COP_ANALYST", "A/2")
    chance = random.Random(15)
    for number in range(pairs):
        a, b = both_days(zed, chance, number)
        git(zed, "checkout", "-q", "-b", f"both{number}", a)
        git(zed, "merge", "-q", "--no-edit", b)
        for kind in ("source", "evidence"):
            old, one, two, now = (standing(zed, name, kind) for name in ("main", a, b, "HEAD"))
            assert set(now) == set(one) | set(two) and len(now) > len(one) > len(old)
            for key, row in now.items():
                sides = [side[key] for side in (one, two) if key in side]
                changed = [side for side in sides if side != old.get(key)]
                assert row == (changed or sides)[0] and len(changed) < 2
        git(zed, "checkout", "-q", "main")
        git(zed, "merge", "-q", "--ff-only", f"both{number}")
    faults = checks.of_file("evidence", "research/ZZZ/evidence.csv", zed)
    assert not [f for f in faults if f.column.endswith("_id")]


def test_a_true_conflict_stays_with_git_and_names_both_rows(zed):
    path = zed / "research" / "ZZZ" / "evidence.csv"
    for branch in ("one", "two"):
        git(zed, "checkout", "-q", "-b", branch, "main")
        change = {"ZZZ-E01": {"statement": f"As {branch} says."}}
        path.write_bytes(cop.data.replaced(path.read_bytes(), change, "evidence_id"))
        git(zed, "commit", "-qam", branch)
    told = git(zed, "merge", "one", status=1)
    assert "research/ZZZ/evidence.csv, ZZZ-E01, column statement: 'As two says.' here" in told
    assert "CONFLICT" in told and git(zed, "diff", "--name-only", "--diff-filter=U").split() == [
        "research/ZZZ/evidence.csv"
    ]
    text = path.read_text(encoding="utf-8")
    assert text.count("ZZZ-E01,") == 2 and text.count("<<<<<<<") == 1
    assert "stand between" in "\n".join(map(str, checks.of_folder(zed)))


def test_a_table_that_cannot_be_read_by_rows_is_merged_by_lines(zed):
    path = zed / "research" / "ZZZ" / "evidence.csv"
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[1]
    for branch, new in (("one", text + first + "\n"), ("two", text.replace(first, first + "x"))):
        git(zed, "checkout", "-q", "-b", branch, "main")
        path.write_text(new, encoding="utf-8")
        git(zed, "commit", "-qam", branch)
    git(zed, "merge", "-q", "--no-edit", "one")
    assert path.read_text(encoding="utf-8").endswith(f"x\n{first}\n") or first in path.read_text()


def test_setting_up_says_which_numbers_come_and_commits_nothing(zed, capsys):
    status, out, _ = call(capsys, "setup-git", "--analyst", "B/2", "--data", zed)
    assert status == 0 and "analyst B's, of 2: new rows get the numbers 2, 4, 6 …" in out
    assert adding.next_ids("evidence", "ZZZ", zed, 2) == ["ZZZ-E20", "ZZZ-E22"]
    assert not git(zed, "status", "--porcelain")


def test_without_a_repository_there_is_nothing_to_set_up(tmp_path):
    with pytest.raises(Refused, match="lies in no git repository"):
        together.set_up(copy_of_zedland(tmp_path))


def test_every_table_of_the_contract_has_a_key_and_the_driver():
    tables = [r for r in cop.data.contents(DATA)["resources"] if r.get("type") == "table"]
    paths = [f"data/{p}" for r in tables for p in cop.data.paths(r["name"], DATA)]
    assert len(paths) > 100 and all(merging.key_of(str(ROOT / p)) for p in paths)
    told = git(ROOT, "check-attr", "merge", "--", *paths)
    assert told.count("merge: cop-rows") == len(paths)


PAGE = (ROOT / "docs" / "working-together.md").read_text(encoding="utf-8")
BOXES = re.findall(r"^```sh ?(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def typed(folder, commands):
    """Run a box of the page as a person types it."""
    cop = folder / "bin" / "cop"
    if not cop.exists():
        cop.parent.mkdir()
        cop.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cop "$@"\n')
        cop.chmod(0o755)
    paths = {"PATH": f"{cop.parent}:{CLEAN['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    call = ["sh", "-ec", commands]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, env=CLEAN | paths)


@pytest.mark.long
@pytest.mark.slow
def test_the_page_on_working_together_is_followed_to_the_letter(zed, tmp_path):
    git(zed, "config", "--unset-all", "merge.cop-rows.driver")
    for letter in "ab":
        (tmp_path / letter).mkdir()
        git(tmp_path, "clone", "-q", "zedland", f"{letter}/zedland")
    for kind, commands in BOXES:
        told = typed(tmp_path, commands)
        assert told.returncode == (1 if kind == "conflict" else 0), told.stdout + told.stderr
        if kind == "conflict":
            assert "ZZZ-E19, column statement: 'A reads two reports.' here" in told.stderr
            assert "'A reads three reports.' there, 'A reads one report.' before" in told.stderr
            assert "stand between" in typed(tmp_path, "cop check --data a/zedland || true").stdout
    rows = standing(tmp_path / "a" / "zedland", "HEAD", "evidence")
    assert rows["ZZZ-E19"]["statement"] == "A reads two reports."
    assert rows["ZZZ-E20"]["statement"] == "B reads another."
    looks = (tmp_path / "a/zedland/research/ZZZ/verifications.csv").read_text(encoding="utf-8")
    assert "ZZZ-E02,ZZZ-S" in looks and looks.endswith(",B\n")


def test_the_set_up_of_make_tells_git_too_and_does_not_fail_without_a_repository():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    assert sum("cop setup-git >/dev/null 2>&1 || true" in line for line in lines) == 2
