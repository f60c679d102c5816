"""Hostile and broken files: each ends in a clear report, never in a traceback, and the store is
unchanged or whole.
"""

import contextlib
import functools
import sys
import tracemalloc
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import mutants
import place

from contract import Refused
from cop import main
from fieldwork import restricted
from fieldwork.forms import questionnaires
from fieldwork.returns.files import workbooks

pytestmark = pytest.mark.xdist_group("returns")


def written(path, content):
    """Write a file; a number makes a file of so many bytes that takes no room."""
    with path.open("wb") as handle:
        handle.truncate(content) if isinstance(content, int) else handle.write(content)
    return path


def assert_changed_whole(data, before, content):
    """What the file brought is all there: its raw copy, its line in the audit trail, as many
    rows as that line says.
    """
    sha = workbooks.digest(content)
    imports, returns, answers = (
        restricted.read(t, data) for t in ("imports", "returns", "answers")
    )
    line = imports[imports["file"] == sha].iloc[-1]
    counts = [int(line[c]) for c in ("accepted", "remarked", "refused", "unchanged")]
    assert sum(counts) == int(line["rows"])
    assert (returns["file"] == sha).sum() == counts[0] + counts[1]
    assert set(answers["return_id"]) <= set(returns["return_id"]) and returns["return_id"].is_unique
    assert [p.read_bytes() for p in (restricted.folder(data) / "raw").glob(f"{sha}.*")] == [content]
    kept = [
        restricted.table(p.read_bytes())
        for p in (restricted.folder(data) / "refused").glob("*.csv")
    ]
    named = sum(int(t["refused_from"].str.startswith(sha).sum()) for t in kept)
    assert named == counts[2] or line["source"] == "refused"
    assert {n: c for n, c in place.state(data).items() if n.startswith("raw/") and n in before} == {
        n: c for n, c in before.items() if n.startswith("raw/")
    }


@pytest.mark.slow
def test_two_hundred_mutated_files(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        questionnaires, "load", functools.lru_cache(questionnaires.load)
    )  # it does not change here
    data = place.made(tmp_path)
    form, kinds, seen = place.form(data), [], set()
    for kind, name, content, allowed in mutants.every(form, data):
        path, before = written(tmp_path / name, content), place.state(data)
        try:
            status = main.main(["intake", str(path), "--country", "ZZZ", "--data", str(data)])
        except BaseException as error:
            raise AssertionError(f"{kind}: {name} ended in {error!r}") from error
        said = "".join(capsys.readouterr())
        assert status in allowed, f"{kind}: {name} ended with {status}:\n{said}"
        assert name in said and "Traceback" not in said and len(said) < 20_000, (
            f"{kind}: {name}:\n{said}"
        )
        assert mutants.CANARY not in said.lower(), (
            f"{kind}: {name} shows what is restricted:\n{said}"
        )
        assert not [c for c in said if ord(c) < 32 and c != "\n"], (
            f"{kind}: {name} moves the cursor:\n{said!r}"
        )
        if status == 2 or "was taken in already" in said:
            assert place.state(data) == before, f"{kind}: {name} was refused and changed the store"
        else:
            assert_changed_whole(data, before, content)
        path.unlink()
        kinds.append(kind)
        seen.add(status)
    assert {p.name for p in tmp_path.iterdir()} == {"data"} and not list(tmp_path.rglob("*evil*"))
    assert {p.name for p in data.iterdir()} == {"datapackage.json", "reference", "restricted"}
    assert len(kinds) >= 200 and len(set(kinds)) >= 30 and seen == {0, 1, 2}


@pytest.mark.parametrize("kind", ["bombs", "big", "wide", "entities"])
def test_limits_hold_before_anything_is_expanded(tmp_path, kind):
    data = place.made(tmp_path)
    for _, name, content, _ in mutants.every(place.form(data), data, [getattr(mutants, kind)]):
        path = written(tmp_path / name, content)
        tracemalloc.start()
        with contextlib.suppress(Refused):
            workbooks.opened(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 60 * 2**20, f"{name} took {most // 2**20} MB"
