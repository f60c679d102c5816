"""Which cells of a watched notebook are run again: what changed, and what rests on it."""

import pytest

from batch.watch.cells import Cells, Given, counted, names, run_again, words_of
from report import words


@pytest.mark.parametrize(
    ("source", "makes", "uses"),
    [
        ("a = f(b)", {"a"}, {"f", "b"}),
        ("import contract\nfrom helpers import region as r", {"contract", "r"}, set()),
        ('frame["x"] = 1', {"frame"}, {"frame"}),
        ("place.tables = there", {"place"}, {"place", "there"}),
        ("a, (b, c) = 1, (2, 3)", {"a", "b", "c"}, set()),
        ("%matplotlib inline\nshow(a)", set(), {"show", "a"}),
    ],
)
def test_a_cell_makes_and_uses_names(source, makes, uses):
    assert names(source) == (makes, uses)


def again(sources, changed, gone=()):
    return run_again(sources, [at != changed for at in range(len(sources))], gone)


def test_what_uses_a_name_that_is_made_again_is_run_again_and_nothing_else():
    sources = ["a = 1", "b = 2", "c = a + 1", "show(c)", "show(b)"]
    assert again(sources, 0) == {0, 2, 3}
    assert again(sources, 3) == {3}
    assert again(sources, None) == set()


def test_a_name_that_several_cells_make_is_made_by_all_of_them_again():
    sources = ["a = 1", "show(a)", "a = 2", "show(b)"]
    assert again(sources, 2) == {0, 1, 2}
    assert again(sources, 1) == {0, 1, 2}  # `a` is by now what the last cell made it


def test_a_cell_that_is_no_more_leaves_its_names_to_nobody():
    assert again(["show(a)", "show(b)"], None, gone=["a = 1"]) == {0}


def test_cells_of_the_same_source_are_told_apart():
    assert list(counted(["a", "b", "a"])) == [("a", 0), ("b", 0), ("a", 1)]


def test_a_cell_is_forgotten_where_what_it_read_is_another_by_now():
    state = {("file", "evidence.csv"): "old"}
    cells = Cells("data", lambda reads: {read: state[read] for read in reads})
    reads = dict(state)
    cells.given = {("a = read()", 0): Given([], 1, reads), ("show(b)", 0): Given([], 2)}
    cells.look(["a = read()", "show(b)"])
    assert len(cells.given) == 2
    state["file", "evidence.csv"] = "new"
    assert cells.hold() == {("a = read()", 0): False, ("show(b)", 0): True}
    cells.look(["a = read()", "show(b)"])
    assert [source for source, _ in cells.given] == ["show(b)"]


def test_words_are_others_where_words_that_they_import_are(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    (tmp_path / "on.j2").write_text('{% import "in.j2" as i %}')
    (tmp_path / "in.j2").write_text("old")
    (tmp_path / "apart.j2").write_text("old")
    before = words_of("on"), words_of("apart")
    (tmp_path / "in.j2").write_text("new")
    assert words_of("on") != before[0] and words_of("apart") == before[1]


def test_words_are_looked_at_once_a_run_and_a_look_takes_what_was_seen_to_hold(monkeypatch):
    looked, state = [], {"1-desktop-research": "old"}
    monkeypatch.setattr(
        "batch.watch.cells.words_of", lambda stage: looked.append(stage) or state[stage]
    )
    cells = Cells("data", lambda reads: {})
    spoken = {"1-desktop-research": "old"}
    cells.given = {(f"show({n})", 0): Given([], n, {}, spoken) for n in range(40)}
    sources = [source for source, _ in cells.given]
    assert all(cells.hold().values()) and looked == ["1-desktop-research"]
    state["1-desktop-research"] = "new"  # saved while the cells run: the next look sees it
    cells.look(sources)
    assert len(cells.given) == 40 and len(looked) == 1
    cells.look(sources)
    assert not cells.given and len(looked) == 2
