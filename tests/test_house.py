"""The house: who may import whom, and that what is written about it is true."""

import ast
import re
import subprocess
import tomllib

import nbformat
import pytest
import yaml
from conftest import ROOT

SRC = ROOT / "src"
MODULES = sorted(p for p in SRC.rglob("*.py") if p.name != "__init__.py")
# Who may import whom: the table of the design, with one line a room. Nobody imports cop.
MAY = {
    "contract": set(),
    "report": {"contract"},
    "helpers": {"contract", "report"},
    "fieldwork": {
        "contract",
        "helpers.agreement",
    },  # alpha is reckoned before the coders' words are left behind
    "research": {"contract"},
    "batch": {"contract", "report"},
    "explore": {"contract", "helpers", "report", "research"},
    "cop": {"contract", "report", "helpers", "fieldwork", "research", "batch", "explore"},
}


def imports(path):
    """Give the full names of the project's own modules that a file imports, those in strings of
    code included.
    """
    text = path.read_text(encoding="utf-8")
    found = [
        name for code in [text, *_code_in_strings(text)] for name in _imported(ast.parse(code))
    ]
    return [name for name in found if name.split(".")[0] in MAY]


def _code_in_strings(text):
    """Yield the strings of a file that are imports of ours: code that another process, or a
    template, will run.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"(from [a-z.]+ import [\w, ]+|import [a-z.]+)", node.value):
                yield node.value
            elif re.fullmatch(r"[a-z]+(\.[a-z]+)+", node.value) and module_of(node.value):
                yield f"import {node.value}"


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{a.name}" for a in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names)


def module_of(name):
    """Give the file of a module or of what is in it; None where it is a package as a whole."""
    parts = name.split(".")
    for n in range(len(parts), 1, -1):
        if (file := SRC.joinpath(*parts[:n]).with_suffix(".py")).is_file():
            return file
    return None


def functions(path):
    return [
        n
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.FunctionDef)
    ]


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda p: p.relative_to(SRC).with_suffix("").as_posix()
)
def test_rooms_import_only_what_they_may(path):
    room = path.relative_to(SRC).parts[0]
    may = MAY[room] | {room}
    wrong = [
        n
        for n in imports(path)
        if n.split(".")[0] not in may and ".".join(n.split(".")[:2]) not in may
    ]
    assert not wrong, f"{path.relative_to(SRC)} imports {wrong}"


def test_only_the_contract_reads_and_writes_tables_of_text():
    way = re.compile(
        r"^import csv\b|\bcsv\.(reader|writer|Dict)|Dict(Reader|Writer)|read_csv", re.M
    )
    others = [p for p in MODULES if p.relative_to(SRC).parts[0] != "contract"]
    found = {p.name: m[0] for p in others if (m := way.search(p.read_text(encoding="utf-8")))}
    assert not found


def test_no_module_imports_itself_by_way_of_others():
    graph = {p: {m for name in imports(p) if (m := module_of(name)) and m != p} for p in MODULES}
    done, circles = set(), []

    def walk(path, way):
        if path in way:
            circles.append(" > ".join(p.stem for p in (*way[way.index(path) :], path)))
        elif path not in done:
            for other in sorted(graph.get(path, ())):
                walk(other, [*way, path])
            done.add(path)

    for path in MODULES:
        walk(path, [])
    assert not circles


def test_no_folder_holds_more_than_fourteen_modules():
    folders = {
        p.parent: len([q for q in p.parent.glob("*.py") if q.stem != "__init__"]) for p in MODULES
    }
    assert not {str(f): n for f, n in folders.items() if n > 14}


def test_public_functions_say_what_comes_back():
    bare = [
        f"{p.stem}.{f.name}"
        for p in MODULES
        for f in functions(p)
        if not f.name.startswith("_") and not ast.get_docstring(f)
    ]
    assert not bare


def test_every_helper_that_shows_something_is_used():
    texts = [p.read_text(encoding="utf-8") for p in MODULES]
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        texts += [c.source for c in nbformat.read(notebook, 4).cells if c.cell_type == "code"]
    unused = [
        f"{p.stem}.{f.name}"
        for p in (SRC / "helpers").glob("*.py")
        for f in functions(p)
        if not f.name.startswith("_")
        and sum(len(re.findall(rf"\b{f.name}\b", t)) for t in texts) < 2
    ]
    assert not unused


def test_environment_yml_states_the_versions_of_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    direct = {
        re.match(r"[\w-]+", d)[0]
        for d in project["dependencies"] + extras["test"] + extras["cluster"]
    }
    lock = dict(
        re.findall(
            r"^([\w.-]+)==([\w.]+)",
            (ROOT / "requirements.lock").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    stated = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    flat = [d for d in stated if isinstance(d, str)] + next(
        d["pip"] for d in stated if isinstance(d, dict)
    )
    versions = {d.split("==")[0].strip(): d.split("==")[1] for d in flat if "==" in d}
    assert versions == {name: lock[name] for name in direct}


def test_every_make_target_is_in_the_readme_and_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*?(## .*)?$", makefile, re.MULTILINE)
    assert all(text for name, text in targets), "a target without a ## comment"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name, _ in targets if f"make {name}" not in readme and name != "help"]


def test_make_help_lists_the_targets():
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert all(f"make {name}" in shown for name in ("reports", "report", "check", "test", "lab"))


def test_readme_is_short_and_its_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    links = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert links and not [link for link in links if not (ROOT / link).exists()]


def test_every_file_of_data_has_an_entry_in_its_readme():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    names = {p.name for p in (ROOT / "data").rglob("*.csv")} | {"observations.md", "analysis.md"}
    assert not [n for n in sorted(names) if f"`{n}`" not in text]


def test_nothing_restricted_is_in_git():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    ).stdout.splitlines()
    assert not [
        f
        for f in tracked
        if "restricted/" in f or (f.startswith("outputs/") and f != "outputs/README.md")
    ]
