"""A change tried before it is written: the changed files beside the folder as it is, checked as `cop check` would."""

import json
import tempfile
from pathlib import Path

from helpers import contract, faults
from intake import Refused


def refuse_faults(files, data, said):
    """Raise Refused with every fault that {path: bytes} would bring into the data folder; `said` begins the text."""
    tables = {p: r["name"] for r in contract.package(data)["resources"] for p in _paths(r, files)}
    with tempfile.TemporaryDirectory() as aside:
        base = {"name": "trial", "cop:base": str(Path(data).resolve())}
        (Path(aside) / "datapackage.json").write_text(json.dumps(base), encoding="utf-8")
        for path, raw in files.items():
            (Path(aside) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(aside) / path).write_bytes(raw)
        found = [f for path in files for f in faults.of_file(tables[path], path, aside)]
    if found:
        more = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
        raise Refused(f"{said}, nothing was written:\n" + "\n".join(map(str, found[:20])) + more)


def _paths(resource, files):
    """Give the files that are of this table, a country's own included."""
    stated = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
    ends = {p.split("/", 2)[-1] for p in stated if p.startswith("research/")}
    return [p for p in files if p in stated or (p.startswith("research/") and p.split("/", 2)[-1] in ends)]
