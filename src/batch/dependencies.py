"""What the result of a notebook depends on in the code: the functions that its cells call, and what these call in turn.

A definition is followed by the names that stand in it, so that a comment, or a helper of another stage, leaves a
result valid. What cannot be followed by name (a package asked for as a whole) counts with all its modules.
"""

import ast
import hashlib
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
WORDS = SOURCE / "report" / "words"


def state(cells):
    """Give the state of all code that a notebook's cells lead to: of two equal states the results are the same.

    A cell that is no Python (one with a magic of IPython) leads nowhere; its text is part of the notebook's own state.
    """
    trees, seen = [tree for cell in cells if (tree := _parsed(cell))], {}
    names = {name: found for tree in trees for name, found in _imported(tree).items()}
    todo = [reference for tree in trees for reference in _references(tree, names, {})]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen[one], further = _definition(*one)
            todo += further
    told = "".join(f"{module}.{name}{text}" for (module, name), text in sorted(seen.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _parsed(cell):
    try:
        return ast.parse(cell)
    except SyntaxError:
        return None


@lru_cache(maxsize=4096)
def _definition(module, name):
    """Give the text of one definition, as its syntax tree, and the definitions that it refers to."""
    if module.endswith(".j2"):
        return (WORDS / module).read_text(encoding="utf-8"), ()
    path = _file(module)
    if path.name == "__init__.py":
        return _whole(path.parent), ()
    names, definitions = _module(path)
    nodes = definitions.get(name)
    if nodes is None:  # a module used as a whole, or a name that another module lends it
        nodes = () if name in names else tuple(n for found in definitions.values() for n in found)
    further = [r for n in nodes for r in _references(n, names, definitions)]
    further = [(module if m == "" else m, n) for m, n in further] + (
        [names[name]] if name in names else []
    )
    return "".join(ast.dump(n) for n in nodes), tuple(further)


@lru_cache(maxsize=128)
def _module(path):
    """Give what a module imports of ours, by its name there, and its own definitions by name."""
    tree, definitions = ast.parse(path.read_text(encoding="utf-8")), {}
    for node in tree.body:
        for name in _defined(node):
            definitions.setdefault(name, []).append(node)
    return _imported(tree), definitions


def _defined(node):
    """Give the names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]


def _imported(tree):
    """Give what is imported of ours: {name in this code: (module, name in it, "" for the module itself)}."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.asname or a.name: (a.name, "") for a in node.names if _file(a.name)}
        elif isinstance(node, ast.ImportFrom) and node.module and _file(node.module):
            for a in node.names:
                whole = _file(f"{node.module}.{a.name}")
                found[a.asname or a.name] = (
                    (f"{node.module}.{a.name}", "") if whole else (node.module, a.name)
                )
    return found


def _references(node, names, definitions):
    """Yield (module, name) for all that a piece of code names; the module "" is its own, a .j2 a file of words."""
    taken = set()
    for one in ast.walk(node):
        if (
            isinstance(one, ast.Attribute)
            and isinstance(one.value, ast.Name)
            and one.value.id in names
        ):
            module, inside = names[one.value.id]
            taken.add(one.value)
            yield (module, one.attr) if not inside else (module, inside)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and _words(one.value):
            yield f"{one.value}.j2", ""
        elif isinstance(one, ast.Name) and one not in taken:
            if one.id in names:
                yield names[one.id]
            elif one.id in definitions:
                yield "", one.id


@lru_cache(maxsize=1024)
def _file(module):
    """Give the file of one of our modules or packages; None for all others."""
    path = SOURCE.joinpath(*module.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


def _words(text):
    return text.replace("-", "").isalnum() and (WORDS / f"{text}.j2").is_file()


@lru_cache(maxsize=8)
def _whole(folder):
    return "".join(
        ast.dump(ast.parse(p.read_text(encoding="utf-8"))) for p in sorted(folder.glob("*.py"))
    )
