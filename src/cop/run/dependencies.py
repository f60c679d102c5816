"""What a notebook's result depends on: what its cells call, and what this calls in turn.

A definition is followed by the names that stand in it, so that a comment, or a helper of another
stage, leaves a result valid. Where names do not tell (a module handed about, `globals`, a cell that
is no Python), whole modules count: rather run once too often than keep a result that no longer
holds.
"""

import ast
import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
WORDS = "cop/report/words/"
WHOLE, ACTS = "", "*"  # in place of a name: all of a module; what it does when it is imported
OUTSIDE = "="  # before the name of a module that is not ours
LOOKS_AROUND = {"globals", "locals", "vars", "eval", "exec", "__name__"}  # may name anything here
# Python's parser keeps count of its depth for all threads at once, and fails when two are at work.
LOCK = threading.Lock()

Reference = tuple[str, str]  # a module (or the path of a file) and a name in it
Import = ast.Import | ast.ImportFrom
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Module:
    """The statements of a module, by the names they define; what imported names stand for."""

    folder: str
    name: str = ""
    body: list[ast.stmt] = field(default_factory=list)
    acting: list[ast.stmt] = field(default_factory=list)
    defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imported: dict[str, set[Reference]] = field(default_factory=dict)
    _read: dict[ast.stmt, tuple[str, list[ast.AST]]] = field(default_factory=dict)

    def text(self, statements: Iterable[ast.stmt]) -> str:
        """Give the syntax trees of statements as text, without where they stand."""
        return "".join(self._of(one)[0] for one in statements)

    def inside(self, statements: Iterable[ast.stmt]) -> Iterator[ast.AST]:
        """Yield statements and all that is in them, what is around before what is inside."""
        return (node for one in statements for node in self._of(one)[1])

    def _of(self, statement):
        if statement not in self._read:
            self._read[statement] = _text_and_nodes(statement)
        return self._read[statement]


class Code:
    """The code as it is now: all read at once, so that states are of the same bytes."""

    def __init__(self, source: Path = SOURCE) -> None:
        """Read all files below `source`, the folder that holds the packages."""
        self._files = dict(sorted(_files(source)))
        everything = hashlib.sha256()
        for name, content in self._files.items():
            everything.update(f"{name} {len(content)} ".encode() + content)
        self.digest = everything.hexdigest()[:20]  # equal where no byte of the code changed
        self._modules, self._definitions, self._states = {}, {}, {}

    def take_over(self, before: "Code") -> None:
        """Take what was parsed of the code before, where no module changed and no file came."""
        same = self._files.keys() == before._files.keys()
        modules = (name for name in self._files if name.endswith(".py"))
        if same and all(self._files[name] == before._files[name] for name in modules):
            self._modules = before._modules
            known = before._definitions.items()
            self._definitions = {key: made for key, made in known if "/" not in key[0]}

    def state(self, cells: Iterable[str] = (), also: Iterable[Reference] = ()) -> str:
        """Give the state of all code that cells, and what is named besides, lead to.

        Of two equal states the results are the same. It is found once, as each country asks.
        """
        asked = (*cells,), (*also,)
        with LOCK:
            if asked not in self._states:
                self._states[asked] = self._state(*asked)
            return self._states[asked]

    def _state(self, cells, also):
        todo, seen = [*also, *self._of_cells(cells)], {}
        while todo:
            one = todo.pop()
            if one not in seen:
                seen[one], further = self._definition(*one)
                todo += further
        text = "".join(f"{module}.{name}{text}" for (module, name), text in sorted(seen.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def _of_cells(self, cells: Iterable[str]) -> Iterator[Reference]:
        """Yield what cells refer to; everything, for one that is no Python even without magics."""
        try:
            trees = [ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", cell)) for cell in cells]
        except SyntaxError:
            yield from {(_dotted(p).split(".")[0], WHOLE) for p in self._files if p.endswith(".py")}
            return
        one = Module("", body=[node for tree in trees for node in tree.body])
        one.imported = self._imports(one, "")
        yield from self._acts_of_imported(one)
        yield from self._references(one.body, one)

    def _definition(self, module: str, name: str) -> tuple[str, list[Reference]]:
        """Give the text of one definition, as its syntax tree, and what it refers to."""
        key = module, name
        if key not in self._definitions:
            self._definitions[key] = self._of_file(module) if "/" in module else self._of(*key)
        return self._definitions[key]

    def _of_file(self, path: str) -> tuple[str, list[Reference]]:
        """Give the text of a file; words lead to the words they name.

        Translations are no part of it: which catalogue a result speaks by stands in its key.
        """
        text = self._files[path].decode("utf-8", "replace")
        if not path.startswith(WORDS):
            return text, []
        named = {WORDS + name for name in re.findall(r"[\w-]+\.j2", text)} & self._files.keys()
        return re.sub(r"(?s)\{#.*?#\}", "{##}", text), [(name, WHOLE) for name in named]

    def _of(self, module: str, name: str) -> tuple[str, list[Reference]]:
        if module.startswith(OUTSIDE) or not (one := self._module(module)):
            return "", []
        if name == ACTS:
            further = [*self._references(one.acting, one), *self._acts_of_imported(one)]
            return one.text(one.acting), further + self._acts_of_parent(module)
        if name in one.defined or name in one.imported:
            nodes, further = one.defined.get(name, []), one.imported.get(name, set())
        elif lent := self._lent(name, self._below(module)):  # by a package that looks it up
            return one.text(one.body), [(module, ACTS), *lent]
        else:  # the whole, or a name that is made in a way not seen here
            lends = set().union(*one.imported.values())
            nodes, further = one.body, self._below(module) | {r for r in lends if name or r[1]}
        return one.text(nodes), [(module, ACTS), *further, *self._references(nodes, one)]

    def _below(self, package: str) -> set[Reference]:
        """Give the modules of a package, each as a whole."""
        if not self._is_package(package):
            return set()
        folder = package.replace(".", "/") + "/"
        paths = (p for p in self._files if p.startswith(folder) and p.endswith(".py"))
        return {(_dotted(p), WHOLE) for p in paths} - {(package, WHOLE)}

    def _lent(self, name: str, below: set[Reference]) -> set[Reference]:
        """Give where a name is defined that a package lends by importing modules when asked."""
        return {(m, name) for m, _ in below if name and name in self._module(m).defined}

    def _acts_of_imported(self, one: Module) -> list[Reference]:
        """Give what the modules do that are imported here."""
        modules = {module for refs in one.imported.values() for module, _ in refs}
        return [(m, ACTS) for m in modules if self._path(m)] + list(one.imported.get("*", ()))

    def _acts_of_parent(self, module: str) -> list[Reference]:
        parent = module.rpartition(".")[0]
        return [(parent, ACTS)] if self._path(parent) else []

    def _module(self, name: str) -> Module | None:
        """Give a module of ours, parsed once; None where there is none."""
        if name not in self._modules:
            path = self._path(name)
            self._modules[name] = path and self._parsed(name, path)
        return self._modules[name]

    def _parsed(self, name: str, path: str) -> Module:
        one = Module(path.rpartition("/")[0] + "/", name, ast.parse(self._files[path]).body)
        one.imported = self._imports(one, name if self._is_package(name) else _above(name))
        for node in one.body:
            for bound in _bound(node, [*one.inside([node])]):
                one.defined.setdefault(bound, []).append(node)
        lent = {n for n, refs in one.imported.items() if any(self._path(m) for m, _ in refs)}
        ours = one.defined.keys() | lent
        one.acting = [node for node in one.body if _acts(node, ours)]
        return one

    def _imports(self, one: Module, package: str) -> dict[str, set[Reference]]:
        """Give what the names that are imported anywhere in a module may stand for."""
        found = {}
        for node in (n for n in one.inside(one.body) if isinstance(n, Import)):
            for name, reference in self._imported(node, package):
                found.setdefault(name, set()).add(reference)
        return found

    def _imported(self, node: ast.AST, package: str) -> Iterator[tuple[str, Reference]]:
        if isinstance(node, ast.Import):
            for a in node.names:
                yield a.asname or a.name.split(".")[0], (self._named(a.name), WHOLE)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                parts = package.split(".")
                module = ".".join([*parts[: len(parts) - node.level + 1], *module.split(".")])
                module = module.strip(".")
            for a in node.names:
                whole = self._path(f"{module}.{a.name}")
                inside = WHOLE if a.name == "*" else a.name
                reference = (f"{module}.{a.name}", WHOLE) if whole else (module, inside)
                yield a.asname or a.name, (self._named(reference[0]), reference[1])

    def _references(self, nodes: Iterable[ast.AST], one: Module) -> list[Reference]:
        """Give all that pieces of a module's code name: definitions, and files beside the code."""
        found, taken = [], set()
        for node in one.inside(nodes):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id in one.imported:
                    taken.add(node.value)
                    for module, name in one.imported[node.value.id]:
                        found.append((module, name or node.attr))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += self._named_by(node.value, one)
            elif isinstance(node, ast.Name) and node not in taken:
                found += one.imported.get(node.id, ())
                if node.id in LOOKS_AROUND and one.name:
                    found.append((one.name, WHOLE))
                elif node.id in one.defined:
                    found.append((one.name, node.id))
        return found

    def _named_by(self, text: str, one: Module) -> Iterator[Reference]:
        """Yield what a string names: words, a file beside the module, a module."""
        for path in (f"{WORDS}{text}.j2", one.folder + text):
            if path in self._files and "/" in path:
                yield path, WHOLE
        if "." in text and self._path(text):
            yield text, WHOLE

    def _named(self, module: str) -> str:
        return module if self._path(module) else OUTSIDE + module

    def _path(self, module: str) -> str | None:
        """Give the file of one of our modules or packages; None for all others."""
        path = module.replace(".", "/")
        return next((p for p in (f"{path}.py", f"{path}/__init__.py") if p in self._files), None)

    def _is_package(self, module: str) -> bool:
        return (self._path(module) or "").endswith("/__init__.py")


def _files(folder: str | Path, within: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the code's own files: not what is compiled, hidden, or left by an installation."""
    for one in os.scandir(folder):
        if one.is_dir() and not re.match(r"\.|__pycache__$|.*\.egg-info$", one.name):
            yield from _files(one.path, f"{within}{one.name}/")
        elif one.is_file() and re.match(r"[^.].*\.(?!pyc$)[^.]*$", one.name):
            with open(one.path, "rb", 0) as file:
                yield within + one.name, file.read()


def _text_and_nodes(statement: ast.stmt) -> tuple[str, list[ast.AST]]:
    """Give a statement's syntax tree as text, and its nodes, those around before those inside.

    What `ast.dump` and `ast.walk` do, in one pass: that is most of what a key takes. Two texts are
    equal where the trees are: each node is told by its kind and fields, in the order of the nodes.
    """
    nodes, text = [statement], []
    for node in nodes:  # it grows as they are gone through
        text.append(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            values = value if isinstance(value, list) else [value]
            text.append(str(len(values)))
            for one in values:
                if isinstance(one, ast.AST) and one._fields:
                    nodes.append(one)
                    text.append(".")
                else:
                    text.append(type(one).__name__ if isinstance(one, ast.AST) else repr(one))
    return " ".join(text), nodes


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _above(module: str) -> str:
    return module.rpartition(".")[0]


def _bound(node: ast.stmt, inside: list[ast.AST]) -> set[str]:
    """Give the names that a statement defines; a function also what it calls global."""
    declared = {name for n in inside if isinstance(n, ast.Global) for name in n.names}
    if isinstance(node, Function):
        return declared | {node.name}
    stored = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return declared | stored | {n.name for n in inside if isinstance(n, Function)}


def _acts(node: ast.stmt, ours: Iterable[str]) -> bool:
    """Say whether a statement may do more than define names: then its whole module rests on it.

    A decorator of ours may enter what it decorates in a list that others go through.
    """
    if isinstance(node, Function):
        inside = (n for decorator in node.decorator_list for n in ast.walk(decorator))
        return any(isinstance(n, ast.Name) and n.id in ours for n in inside)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(n, ast.Attribute | ast.Subscript) for t in targets for n in ast.walk(t)
        )
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not (is_text or isinstance(node, ast.Import | ast.ImportFrom))
