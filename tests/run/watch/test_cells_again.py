"""Which cells of a watched notebook are run again: what changed, and what rests on it."""

import pandas as pd
import pytest

from cop.report import words
from cop.run.watch import spoken
from cop.run.watch.cells import Cells, Given, counted, names, run_again, state_of


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


def test_a_macro_is_another_where_one_that_it_leads_to_is_and_in_no_other_case():
    on = '{% import "in.j2" as i %}{% macro m() %}{{ n() }}{{ i.m() }}{% endmacro %}'
    on += (
        "{% macro n() %}old{% endmacro %}{% macro apart() %}{{ none }}{# a remark #}{% endmacro %}"
    )
    texts = {"on.j2": on, "in.j2": "{% macro m() %}old{% endmacro %}{% macro o() %}x{% endmacro %}"}

    def after(file, old, new):
        changed = texts | {file: texts[file].replace(old, new, 1)}
        assert changed != texts
        both = (spoken.state(some, ("on.j2", "m")) for some in (texts, changed))
        return len(set(both)) == 2

    assert after("on.j2", "old", "new") and after("in.j2", "old", "new")
    assert after("in.j2", "{% macro", "{% set a = 1 %}{% macro")  # stands outside of all macros
    assert not after("in.j2", "x", "y") and not after("on.j2", "none", "a")
    assert not after("on.j2", "a remark", "another")


def test_words_that_are_handed_about_as_a_whole_count_whole():
    on = '{% import "in.j2" as i %}{% macro m() %}{{ go(i) }}{% endmacro %}'
    states = {
        spoken.state({"on.j2": on, "in.j2": f"{{% macro a() %}}{text}{{% endmacro %}}"}, where)
        for text in ("old", "new")
        for where in [("on.j2", "m")]
    }
    assert len(states) == 2


@pytest.mark.parametrize("path", sorted(words.FOLDER.glob("*.j2")), ids=lambda path: path.stem)
def test_every_macro_of_the_pages_is_found_as_the_pages_find_it(path):
    found = spoken.parts(path.read_text(encoding="utf-8")).keys() - {spoken.OUTSIDE}
    module = words._module(path.stem)
    assert found == {name for name in dir(module) if hasattr(getattr(module, name), "arguments")}


def test_a_macro_that_was_saved_is_seen_at_the_next_look_and_not_before(monkeypatch, tmp_path):
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    (tmp_path / "on.j2").write_text("{% macro m() %}old{% endmacro %}")
    cells = Cells("data", lambda reads: {})
    cells.look([])
    cells.given = {("show()", 0): Given([], 1, {}, {("on", "m"): cells._words.state("on", "m")})}
    (tmp_path / "on.j2").write_text("{% macro m() %}new{% endmacro %}")  # saved while cells run
    assert cells._words.state("on", "m") == cells.given["show()", 0].spoken["on", "m"]
    assert cells.hold() == {("show()", 0): False}


# What a cell makes


class Notebook:
    """Run cells as a watched notebook does, and note which were run."""

    def __init__(self):
        self.held, self.read = {}, {}
        self.cells = Cells("data", lambda reads: {one: self.read[one] for one in reads})

    def run(self, *sources):
        self.cells.look(sources)
        ran = []
        for cell in counted(sources):
            if cell not in self.cells.given:
                self.cells.run(cell, self.held, lambda source=cell[0]: exec(source, self.held))
                reads = {one: self.read[one] for one in self.read if one in cell[0]}
                self.cells.given[cell] = Given([], len(ran), reads)
                ran.append(cell[0])
        return ran


def test_what_rests_on_a_value_that_is_made_again_the_same_holds():
    book, made = Notebook(), "import pandas as pd\na = pd.DataFrame({'n': [file // 10, None]})"
    sources = [made, "b = a.n.sum()", "c = b + 1"]
    book.read["file"], book.held["file"] = "1", 10
    assert book.run(*sources) == sources and book.run(*sources) == []
    first = book.held["a"]
    book.read["file"], book.held["file"] = "2", 11  # other bytes, the same figure
    assert book.run(*sources) == [made] and book.held["a"] is first
    book.read["file"], book.held["file"] = "3", 29
    assert book.run(*sources) == sources and book.held["c"] == 3
    book.read["file"], book.held["file"] = "4", 25
    assert book.run(*sources) == [made] and book.held["c"] == 3


def test_what_changed_a_value_in_its_place_is_not_undone():
    book, sources = Notebook(), ["a = [file // 10]", "b = a; b.append(7)", "len(a)"]
    book.read["file"], book.held["file"] = "1", 10
    book.run(*sources)
    book.read["file"], book.held["file"] = "2", 11
    assert book.run(*sources) == sources[:1] and book.held["a"] == [1, 7]


def test_a_name_that_several_cells_make_is_made_again_by_each():
    book, sources = Notebook(), ["a = file // 10", "b = a", "a = 5", "c = a"]
    book.read["file"], book.held["file"] = "1", 10
    book.run(*sources)
    book.read["file"], book.held["file"] = "2", 11
    assert book.run(*sources) == sources and (book.held["b"], book.held["c"]) == (1, 5)
    assert book.run("a = file // 10", "b = a", "c = a") == ["a = file // 10", "b = a", "c = a"]
    assert (book.held["b"], book.held["c"]) == (1, 1)  # nothing is left of the cell that is gone


def test_a_cell_that_failed_leaves_nothing_that_is_taken_to_hold():
    book, sources = Notebook(), ["a = file; assert file != 2", "b = a"]
    book.read["file"], book.held["file"] = "1", 1
    book.run(*sources)
    book.read["file"], book.held["file"] = "2", 2
    with pytest.raises(AssertionError):
        book.run(*sources)
    book.read["file"], book.held["file"] = "1", 1
    assert book.run(*sources) == sources


@pytest.mark.parametrize("value", [pytest, lambda: 1, (n for n in [1])])
def test_of_what_cannot_be_written_down_nobody_says_that_it_is_the_same(value):
    assert state_of(value) == b""


def test_equal_values_have_one_state_whatever_of_them_is_one_object():
    text = "".join(["a", "bc"])
    one, other = pd.DataFrame({"n": [text, text]}), pd.DataFrame({"n": ["abc", "".join("abc")]})
    assert state_of(one) == state_of(other) != state_of(one.iloc[:1])
    assert state_of(one) != state_of(one.rename(columns={"n": "m"}))
    assert state_of(pd.DataFrame({"n": [1]})) != state_of(pd.DataFrame({"n": [1.0]}))
