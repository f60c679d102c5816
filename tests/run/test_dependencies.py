"""What a notebook's result depends on: no comment, every definition that its cells lead to, and
no other stage's.
"""

import ast
import re
import shutil
import threading
import time

import nbformat
import pytest
from conftest import one_in

from cop.run import dependencies, keys, plan
from cop.run.dependencies import Code


@pytest.fixture
def code(tmp_path):
    """Write modules below a folder; gives a function that does so and gives the state of cells."""

    def state(files, cells=("from room import one", "one.table()")):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Code(tmp_path).state(cells)

    return state


ROOM = {
    "room/__init__.py": "",
    "room/one.py": "from room import tools\n\n\ndef table():\n    return tools.rows()\n\n\ndef "
    "other():\n    return 1\n",
    "room/tools.py": "LIMIT = 5\n\n\ndef rows():\n    return _few(LIMIT)\n\n\ndef _few(n):\n    "
    "return n\n\n\ndef unused():\n    return 0\n",
    "room/three.py": "def table():\n    return 3\n",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{**a, k: a}", "{k: a, **a}"),
        ("1", "1.0"),
        ("a[1:]", "a[:1]"),
        ("'1 2'", "'1', '2'"),
        ("a + b", "a - b"),
        ("lambda *, a=1, b: a", "lambda *, a, b=1: a"),
    ],
)
def test_trees_that_differ_are_told_apart_and_places_do_not_count(code, one, other):
    def _of(value):
        text = f"def table():\n    return {value}\n"
        return code({"room/__init__.py": "", "room/one.py": text})

    assert _of(one) != _of(other) and _of(one) == _of(f"(\n    {one})  # a comment")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("room/one.py", "def table():", "# a word on it\ndef table():  # here too"),
        ("room/tools.py", "LIMIT = 5", "LIMIT = 5  # as the manual says\n\n\n"),
        ("room/tools.py", "return 0", "return 1"),
        ("room/one.py", "return 1", "return 2"),
        ("room/three.py", "return 3", "return 4"),
    ],
)
def test_a_comment_and_what_is_not_called_leave_a_result_valid(code, name, old, new):
    before = code(ROOM)
    assert old in ROOM[name] and code({name: ROOM[name].replace(old, new)}) == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("room/one.py", "tools.rows()", "tools.rows() + 1"),
        ("room/tools.py", "LIMIT = 5", "LIMIT = 6"),
        ("room/tools.py", "return n", "return n * 2"),
        ("room/tools.py", "def _few(n):", "def _few(n=1):"),
    ],
)
def test_a_function_or_a_constant_called_by_way_of_others_ends_a_result(code, name, old, new):
    before = code(ROOM)
    assert old in ROOM[name] and code({name: ROOM[name].replace(old, new)}) != before


def test_each_stage_has_its_own_helpers(code):
    first, third = (
        ["from room import one", "one.table()"],
        ["from room import three\nthree.table()"],
    )
    before = code(ROOM, first), code(ROOM, third)
    changed = {"room/three.py": ROOM["room/three.py"].replace("3", "4")}
    assert code(changed, first) == before[0] and code({}, third) != before[1]


# What a change hides behind: a module `one` with `table`, which the cell calls, and OLD where the
# change is.
WAYS = {
    "a default argument": "def table(n=OLD):\n    return n",
    "a method": "class Table:\n    def rows(self):\n        return OLD\n\ndef table():\n    return "
    "Table().rows()",
    "a base class": "class Base:\n    size = OLD\n\nclass Table(Base):\n    pass\n\ndef table():\n "
    "   return Table.size",
    "a lambda": "rows = lambda: OLD\n\ndef table():\n    return rows()",
    "a decorator": "def twice(f):\n    return lambda: f() * OLD\n\n@twice\ndef table():\n    "
    "return 2",
    "a nested function": "def table():\n    def rows():\n        return OLD\n    return rows()",
    "an annotated constant": "LIMIT: int = OLD\n\ndef table():\n    return LIMIT",
    "an augmented constant": "LIMIT = 1\nLIMIT += OLD\n\ndef table():\n    return LIMIT",
    "a tuple of constants": "FIRST, (LIMIT, *REST) = 1, (OLD, 3)\n\ndef table():\n    return "
    "LIMIT, REST",
    "a constant of another": "FIRST = OLD\nLIMIT = FIRST + 1\n\ndef table():\n    return LIMIT",
    "a walrus": "FIRST = (LIMIT := OLD)\n\ndef table():\n    return LIMIT",
    "a dictionary of functions": "def rows():\n    return OLD\n\nWAYS = {'rows': rows}\n\ndef "
    "table():\n    return WAYS['rows']()",
    "an entry put in later": "WAYS = {}\nWAYS['rows'] = OLD\n\ndef table():\n    return "
    "WAYS['rows']",
    "an update": "WAYS = {}\nWAYS.update(rows=OLD)\n\ndef table():\n    return WAYS['rows']",
    "a loop": "WAYS = {}\nfor name in ('a', 'b'):\n    WAYS[name] = OLD\n\ndef table():\n    "
    "return WAYS",
    "a name in a loop": "def table():\n    return LIMIT\n\nfor LIMIT in (1, OLD):\n    pass",
    "a condition": "try:\n    import nowhere\nexcept ImportError:\n    def rows():\n        return "
    "OLD\n\ndef table():\n    return rows()",
    "a partial": "from functools import partial\n\ndef rows(n):\n    return n + OLD\n\nfew = "
    "partial(rows, 2)\n\ndef table():\n    return few()",
    "an f-string": "LIMIT = OLD\n\ndef table():\n    return f'{LIMIT:>{LIMIT}} rows'",
    "a list of what was decorated": "ALL = []\n\ndef kept(f):\n    ALL.append(f)\n    return "
    "f\n\n@kept\ndef rows():\n    return OLD\n\ndef table():\n    "
    "return [f() for f in ALL]",
    "a function for each kind": "from functools import singledispatch\n\n@singledispatch\ndef "
    "rows(x):\n    return 1\n\n@rows.register\ndef _(x: int):\n    "
    "return OLD\n\ndef table():\n    return rows(3)",
    "an attribute set later": "class Table:\n    size = 1\n\nTable.size = OLD\n\ndef table():\n    "
    "return Table.size",
    "a global": "LIMIT = None\n\ndef set_it():\n    global LIMIT\n    LIMIT = "
    "OLD\n\nset_it()\n\ndef table():\n    return LIMIT",
    "a global set by what is called": "LIMIT = None\n\ndef set_it():\n    global LIMIT\n    LIMIT "
    "= OLD\n\ndef table():\n    return LIMIT",
    "globals": "def rows():\n    return OLD\n\ndef table():\n    return globals()['ro' + 'ws']()",
    "its own module": "import sys\n\ndef rows():\n    return OLD\n\ndef table():\n    return "
    "getattr(sys.modules[__name__], 'ro' + 'ws')()",
    "a property": "class Table:\n    @property\n    def rows(self):\n        return OLD\n\ndef "
    "table():\n    return Table().rows",
    "a comprehension": "LIMIT = OLD\n\ndef table():\n    return [LIMIT for _ in range(3)]",
    "a default made once": "def size():\n    return OLD\n\ndef table(n=size()):\n    return n",
    "a data class": "from dataclasses import dataclass\n\n@dataclass\nclass Table:\n    rows: int "
    "= OLD\n\ndef table():\n    return Table().rows",
    "an assignment of two": "A = B = OLD\n\ndef table():\n    return B",
    "a second definition": "def rows():\n    return 1\n\ndef rows():\n    return OLD\n\ndef "
    "table():\n    return rows()",
    "an asynchronous function": "async def rows():\n    return OLD\n\ndef table():\n    return "
    "rows()",
    "a context": "import contextlib\nwith contextlib.suppress(Exception):\n    LIMIT = OLD\n\ndef "
    "table():\n    return LIMIT",
    "what elsewhere is called": "from statistics import OLD as rows\n\ndef table():\n    return "
    "rows([1])",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_change_is_seen_whatever_it_hides_behind(code, way):
    text = {"room/__init__.py": "", "room/one.py": WAYS[way].replace("OLD", "old1")}
    before = code(text)
    assert code({"room/one.py": WAYS[way].replace("OLD", "new2")}) != before


# The same by way of a second module `two`, which has a constant or a function that changes.
BETWEEN = {
    "import of a function": "from room.two import rows\n\ndef table():\n    return rows()",
    "import by another name": "from room.two import rows as few\n\ndef table():\n    return few()",
    "import in a function": "def table():\n    from room import two\n    return two.rows()",
    "the same name twice": "def table():\n    from room import two as x\n    return "
    "x.rows()\n\ndef other():\n    from room import four as x\n    return "
    "x.rows()",
    "an import or a definition": "try:\n    from room.two import rows\nexcept ImportError:\n    "
    "def rows():\n        return 1\n\ndef table():\n    return rows()",
    "a dotted import": "import room.two\n\ndef table():\n    return room.two.rows()",
    "a dotted import by another name": "import room.two as t\n\ndef table():\n    return t.rows()",
    "a relative import": "from . import two\n\ndef table():\n    return two.rows()",
    "a relative import of a name": "from .two import rows\n\ndef table():\n    return rows()",
    "all names": "from room.two import *\n\ndef table():\n    return rows()",
    "getattr": "from room import two\n\ndef table():\n    return getattr(two, 'ro' + 'ws')()",
    "an alias": "from room import two\nhere = two\n\ndef table():\n    return here.rows()",
    "a module in a list": "from room import two\n\ndef table():\n    return [m.rows() for m in "
    "(two,)]",
    "its name in a string": "from importlib import import_module\n\ndef table():\n    return "
    "import_module('room.two').rows()",
    "a name lent on": "from room import three\n\ndef table():\n    return three.rows()",
    "the package itself": "import room\n\ndef table():\n    return room.rows()",
    "what it does when imported": "from room import two\n\ndef table():\n    return 1",
}


@pytest.mark.parametrize("way", BETWEEN)
def test_a_change_in_another_module_is_seen_whatever_leads_to_it(code, way):
    acts = way == "what it does when imported"
    two = "import json\njson.limit = OLD\n" if acts else "def rows():\n    return OLD\n"
    files = {
        "room/__init__.py": "def __getattr__(name):\n    from importlib import import_module\n    "
        "return getattr(import_module('room.' + 'two'), name)\n",
        "room/one.py": BETWEEN[way],
        "room/two.py": two.replace("OLD", "1"),
        "room/three.py": "from room.two import rows\n",
        "room/four.py": "def rows():\n    return 4\n",
    }
    before = code(files)
    assert code({"room/two.py": two.replace("OLD", "2")}) != before


def test_a_name_that_a_package_lends_leads_to_its_module_only(code):
    lends = (
        "from importlib import import_module\n\ndef __getattr__(name):\n    globals()[name] = "
        "found = getattr(import_module(f'room.{_WHERE[name]}'), name)\n    return found\n"
    )
    files = {
        "room/__init__.py": lends,
        "room/two.py": "def rows():\n    return 2\n",
        "room/four.py": "def x():\n    return 4\n",
    }
    cells = ["import room\nroom.rows()"]
    before = code(files, cells)
    assert code({"room/four.py": "def x():\n    return 5\n"}, cells) == before
    assert code({"room/two.py": "def rows():\n    return 3\n"}, cells) != before


@pytest.mark.parametrize(
    "cell", ["%matplotlib inline\none.table()", "%%time\none.table()", "x = !ls\none.table()"]
)
def test_a_cell_with_a_magic_leads_where_its_python_leads(code, cell):
    cells = ["from room import one", cell]
    before = code(ROOM, cells)
    assert (
        code({"room/tools.py": ROOM["room/tools.py"].replace("return n", "return -n")}, cells)
        != before
    )


WORDS = {
    "report/__init__.py": "",
    "report/words.py": "def show(stage, block):\n    return stage, block\n",
    "report/words/ict-statistics.j2": "{% include 'common.j2' %}{# why #}one",
    "report/words/surveys.j2": "three",
    "report/words/common.j2": "all",
    "report/locale/uk.po": "msgid",
    "helpers/__init__.py": "",
    "helpers/figures.py": "from report import words\n\nSTAGE = 'ict-statistics'\n\ndef line():\n   "
    " return words.show(STAGE, 'line')\n\ndef other():\n    return "
    "words.show('surveys', 'line')\n",
}


@pytest.mark.parametrize(
    ("path", "new", "seen"),
    [
        ("report/words/ict-statistics.j2", "{% include 'common.j2' %}{# why #}two", True),
        ("report/words/ict-statistics.j2", "{% include 'common.j2' %}{# because #}one", False),
        ("report/words/common.j2", "everyone", True),
        ("report/words/surveys.j2", "four", False),
        ("report/locale/uk.po", "msgid2", False),  # the key has the catalogue of its language
        ("report/words.py", "def show(stage, block):\n    return block\n", True),
    ],
)
def test_words_count_for_those_that_show_them(code, path, new, seen):
    cells = ["from helpers import figures", "figures.line()"]
    before = code(WORDS, cells)
    assert (code({path: new}, cells) != before) is seen


def test_a_file_beside_a_module_counts_where_it_is_named(code):
    files = {
        "room/__init__.py": "",
        "room/one.py": "from pathlib import Path\nSTYLE = "
        "Path(__file__).with_name('house.csl')\n\ndef table():\n    return "
        "STYLE\n\ndef other():\n    return 1\n",
        "room/house.csl": "a",
    }
    other = ["from room import one\none.other()"]
    before = code(files), code(files, other)
    assert code({"room/house.csl": "b"}) != before[0] and code({}, other) == before[1]


def test_threads_never_parse_at_the_same_time(code, monkeypatch, tmp_path):
    code(ROOM)
    parse, at_work, most = ast.parse, [], []

    def slow(*args, **kwargs):
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.002)
        try:
            return parse(*args, **kwargs)
        finally:
            at_work.pop()

    monkeypatch.setattr(dependencies.ast, "parse", slow)
    states = []
    work = lambda: states.append(Code(tmp_path).state(["from room import one", "one.table()"]))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 16 and len(set(states)) == 1 and max(most) == 1


@pytest.fixture(scope="module")
def stages():
    """Give the code cells of each stage's notebook."""
    notebooks = sorted(plan.NOTEBOOKS.glob("[0-7]-*.ipynb"))
    return {
        path.stem[0]: [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        for path in notebooks
    }


@pytest.fixture(scope="module")
def before():
    """Give the code of the house as it is: wherever it stands, its state is the same."""
    return Code(dependencies.SOURCE)


@pytest.fixture
def house(tmp_path):
    """Give a copy of the code of the house, to be changed."""
    shutil.copytree(
        dependencies.SOURCE, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path / "src"


def test_what_was_compiled_is_no_code(house):
    before = Code(house)
    assert before.digest == Code(dependencies.SOURCE).digest
    (house / "report" / "words" / "__pycache__").mkdir()
    (house / "report" / "words" / "__pycache__" / "1.compiled").write_bytes(b"compiled")
    assert Code(house).digest == before.digest


@pytest.mark.slow
def test_a_comment_in_every_file_of_the_house_ends_no_result(house, stages, before):
    for path in house.rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8") + "\n\n# a word\n", encoding="utf-8")
    code = Code(house)
    assert code.digest != before.digest and len(stages) == 8
    for cells in stages.values():
        assert code.state(cells, keys.ENGINE) == before.state(cells, keys.ENGINE)
    assert code.state(also=keys.RENDERS) == before.state(also=keys.RENDERS)


@pytest.mark.slow
def test_a_helper_of_stage_3_ends_the_results_of_stage_3_and_not_of_stage_1(house, stages, before):
    path = house / "helpers" / "surveys.py"
    text = re.sub(r"(?m)^    return ", "    1\n    return ", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    code = Code(house)
    ended = {n for n, cells in stages.items() if code.state(cells) != before.state(cells)}
    assert "3" in ended and not ended & {"0", "1", "2", "4", "5"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    one_in(
        5,
        [
            ("report/render.py", "def _sign(tree, date):", "def _sign(tree, date=None):"),
            ("report/filenames.py", "7-regional", "8-regional"),
            ("report/report.css", "{", " {"),
            ("report/index.html.j2", "{", " {"),
            ("batch/identity.py", "identity check: ", "check: "),
        ],
    ),
)
def test_what_renders_and_checks_a_page_ends_the_pages(house, before, name, old, new):
    text = (house / name).read_text(encoding="utf-8")
    assert old in text
    (house / name).write_text(text.replace(old, new), encoding="utf-8")
    assert Code(house).state(also=keys.RENDERS) != before.state(also=keys.RENDERS)
