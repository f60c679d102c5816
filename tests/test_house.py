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
ORDER = [
    "contract",
    "faults",
    "countries",
    "vintages",
    "page",
    "charts",
    "sources",
    "evidence",
    "stakeholders",
    "fieldwork",
    "surveys",
    "voices",
    "indicators",
    "cybersecurity",
    "agreement",
    "alignment",
    "triangulation",
    "gaps",
    "baseline",
    "assessment",
    "editions",
    "region",
]
MODULES = sorted(p for p in SRC.rglob("*.py") if p.name != "__init__.py")
MAY = {
    "helpers": {"helpers"},
    "batch": {"batch", "helpers.contract", "helpers.faults"},
    # alpha is reckoned before the coders' words are left behind
    "intake": {"intake", "helpers.contract", "helpers.faults", "helpers.agreement"},
    "desk": {"desk", "helpers", "intake.adding", "intake.Refused"},  # the form writes as `cop add` does
}


def imports(path):
    """Give the full names of the project's own modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in MAY:
            yield from ([f"{node.module}.{a.name}" for a in node.names] if "." not in node.module else [node.module])
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] in MAY)


def functions(path):
    return [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_rooms_import_only_what_they_may(path):
    room = path.relative_to(SRC).parts[0]
    may = MAY[room] | ({"intake"} if path.name == "cli.py" else set())  # the one command has all rooms' commands
    may |= {"helpers.editions"} if (room, path.name) == ("intake", "desk.py") else set()  # `cop diff` only shows
    wrong = [
        name for name in imports(path) if name.split(".")[0] not in may and ".".join(name.split(".")[:2]) not in may
    ]
    assert not wrong, f"{path.name} imports {wrong}"


def test_helpers_import_only_from_modules_before_them():
    known = {p.stem for p in (SRC / "helpers").glob("*.py")} - {"__init__"}
    assert known == set(ORDER)
    late = {"contract": {"faults"}}  # read() asks the checks, inside the function
    wrong = [
        (m, name)
        for m in ORDER
        for name in imports(SRC / "helpers" / f"{m}.py")
        if ORDER.index(name.split(".")[1]) >= ORDER.index(m) and name.split(".")[1] not in late.get(m, set())
    ]
    assert not wrong


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
        if not f.name.startswith("_") and sum(len(re.findall(rf"\b{f.name}\b", t)) for t in texts) < 2
    ]
    assert not unused


def test_environment_yml_states_the_versions_of_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    direct = {re.match(r"[\w-]+", d)[0] for d in project["dependencies"] + extras["test"] + extras["cluster"]}
    lock = dict(
        re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    stated = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    flat = [d for d in stated if isinstance(d, str)] + next(d["pip"] for d in stated if isinstance(d, dict))
    versions = {d.split("==")[0].strip(): d.split("==")[1] for d in flat if "==" in d}
    assert versions == {name: lock[name] for name in direct}


def test_every_make_target_is_in_the_readme_and_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*?(## .*)?$", makefile, re.MULTILINE)
    assert all(text for name, text in targets), "a target without a ## comment"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name, _ in targets if f"make {name}" not in readme and name != "help"]


def test_make_help_lists_the_targets():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
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
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    assert not [f for f in tracked if "restricted/" in f or (f.startswith("outputs/") and f != "outputs/README.md")]
