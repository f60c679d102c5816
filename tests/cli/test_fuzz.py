"""Calls as they should never be made, on data as it should never be: none ends in a traceback.

What may be wrong around a call (words, files, folders, rights and disks) is chosen by a seed.
"""

import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import DATA, ZEDLAND, copy_of_zedland

from cop.cli import main

CALLS = 15  # of each seed
HOSTILE = json.loads(Path(__file__).with_name("hostile.json").read_text(encoding="utf-8"))
WORDS = [*HOSTILE["words"], "9" * 400]
BROKEN_JSON = [*map(os.fsencode, HOSTILE["broken_json"]), b"[" * 100_000]
MAPPINGS = [*map(os.fsencode, HOSTILE["mappings"])]
FILES = {name: os.fsencode(text) for name, text in HOSTILE["files"].items()} | {
    "wide.csv": b"title\n" + b"a," * 50_000,
    "zeros.csv": b"\x00" * 4000,
    "deep.json": b"[" * 50_000,
}


@pytest.fixture
def place():
    """Return a folder that another user may enter, and which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cop-fuzz-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+rwx", folder], capture_output=True)
    shutil.rmtree(folder)


def prepared(folder, rng):
    """Return a data folder that stands on a base of its own, and a field-work store."""
    data, left_out = copy_of_zedland(folder), shutil.ignore_patterns("research", "restricted")
    shutil.copytree(DATA, folder / "base", ignore=left_out)
    own = json.loads((data / "datapackage.json").read_text())
    (data / "datapackage.json").write_text(json.dumps(own | {"cop:base": "../base"}))
    if rng.random() < 0.7:
        (data / "restricted").mkdir()
        for name, text in HOSTILE["store"].items():
            (data / "restricted" / f"{name}.csv").write_text(text)
    return data


def hostile_files(folder, rng):
    """Put files of all kinds into a folder, one of 1970 among them; return their paths."""
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    mappings = rng.sample(MAPPINGS, 4)
    for number, content in enumerate(mappings):
        (folder / f"mapping{number}.yml").write_bytes(content)
    (folder / "a folder.csv").mkdir()
    (folder / "dangling.csv").symlink_to("nowhere")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / os.fsdecode(b"\xcf\xf0\xee.csv")).write_bytes(b"title\nx\n")
    for path in folder.glob("r*.csv"):
        os.utime(path, (0, -1))
    return [*folder.iterdir(), folder / "nowhere.csv", folder / ("x" * 300), folder / "a.csv" / "b"]


def damage(data, rng):
    """Do something to files of a data folder; return what was done."""
    chosen = rng.sample(sorted(p for p in data.rglob("*") if p.is_file()), rng.choice([0, 0, 1, 2]))
    return [f"{path.relative_to(data)}: {_damage_file(path, rng)}" for path in chosen]


def _damage_file(path, rng):
    raw = path.read_bytes()
    if path.name == "datapackage.json" and rng.random() < 0.7:
        path.write_bytes(content := rng.choice(BROKEN_JSON))
        return repr(content[:40])
    contents = {
        "cut": raw[: rng.randrange(len(raw) + 1)],
        "empty": b"",
        "utf-16": raw.decode("utf-8", "replace").encode("utf-16"),
        "latin-1": raw.decode("utf-8", "replace").encode("latin-1", "replace") + b"\xe9",
        "signs": raw.replace(b",", b",\x1b[2J\x00", 3),
        "conflict": b"<<<<<<< HEAD\n" + raw + b"=======\n" + raw,
        "noise": rng.randbytes(200),
    }
    targets = {"dangling": "nowhere", "loop": path.name}
    kind = rng.choice(["gone", "folder", "1970", "no rights", *targets, *contents])
    if kind in contents:
        path.write_bytes(contents[kind])
    elif kind == "1970":
        os.utime(path, (0, rng.choice([0, -86_400])))
    elif kind == "no rights":
        path.chmod(0)
    else:
        path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind in targets:
        path.symlink_to(targets[kind])
    return kind


@contextlib.contextmanager
def small_disk(rng):
    """Let no file grow beyond some bytes while the body lasts, sometimes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if rng.random() < 0.15:
        resource.setrlimit(resource.RLIMIT_FSIZE, (rng.choice([0, 100, 5000]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def as_nobody(rng, folder):
    """Be another user while the body lasts, sometimes, whose folder some of it is not."""
    if os.geteuid() != 0 or rng.random() >= 0.25:
        yield
        return
    for path in [folder, *folder.rglob("*")]:
        if rng.random() < 0.7:
            os.chown(path, 65534, 65534, follow_symlinks=False)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def words_of_call(rng, data, files, outputs):
    """Return the words of one call: mostly as they are meant, some of them replaced."""
    values = {
        "file": rng.choice(files), "other": rng.choice(files), "outputs": outputs,
        "mapping": rng.choice([file for file in files if file.suffix == ".yml"]),
        "rows": files[0].parent / "rows.csv",
        "kind": rng.choice(["source", "evidence", "stakeholder", "instrument"]),
    }  # fmt: skip
    call = [word.format(**values) for word in rng.choice(HOSTILE["calls"]).split()]
    if call and call[0] != "--version":
        call += ["--data", str(data if rng.random() < 0.95 else rng.choice(files))]
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        call.insert(rng.randrange(len(call) + 1), rng.choice(WORDS))
    return call


def state(data):
    """Return the bytes of what is published of a data folder, by path."""
    public = (p for p in data.rglob("*.csv") if p.is_file() and "restricted" not in p.parts)
    return {p.name: hashlib.sha256(p.read_bytes()).digest() for p in public}


SEEDS = [0, 1, *(pytest.param(n, marks=pytest.mark.simulation) for n in range(2, 20))]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_called_on_whatever_data_it_ends_in_a_sentence(
    place, seed, capsys, monkeypatch
):
    rng, log = random.Random(seed), place / "outputs"
    monkeypatch.setattr("cop.cli.options.ROOT", place)
    monkeypatch.setattr("builtins.input", lambda prompt="": _typed(rng))
    for number in range(CALLS):
        folder = place / str(number)
        data = prepared(folder, rng)
        files = hostile_files(folder / "files", rng)
        done, call = damage(folder, rng), words_of_call(rng, data, files, log)
        before = state(data)
        with as_nobody(rng, folder), small_disk(rng):
            try:
                status = main.main(call)
            except SystemExit as ended:
                status = ended.code or 0
        printed, said = capsys.readouterr()
        about = f"seed {seed}, call {number}: {call}\n{done}\n{printed}\n{said}"
        assert status in (0, 1, 2), about
        assert not (logs := [p.read_text() for p in log.rglob("cop-*.log")]), about + "".join(logs)
        assert "Traceback" not in printed + said and "\x1b[2J" not in printed + said, about
        assert status != 2 or said.startswith("cop: ") or call[0] in ("check", "intake"), about
        assert status != 2 or state(data) == before, about


def _typed(rng):
    """Return what a person types at a question: mostly nothing for long."""
    if rng.random() < 0.2:
        raise EOFError
    return rng.choice(["", "?", "y", "1", "99", "x\x1b[2J"])


CALLED = [
    (["check", "--data", os.fsdecode(b"\xcf\xf0")], "utf-8"),
    (["run", os.fsdecode(b"\xcf"), "--data", ZEDLAND, "--outputs", "o"], "cp1252"),
    (["why", "Дія", "--data", ZEDLAND, "--outputs", "o"], "ascii"),
    (["run", "--all", "--data", ZEDLAND, "--outputs", "/proc/nowhere"], "utf-8"),
    (["intake", "Дія\x1b[2J.csv", "--data", ZEDLAND], "cp1252"),
]


@pytest.mark.slow
@pytest.mark.parametrize("call, encoding", CALLED)
def test_real_processes_end_the_same_way(tmp_path, call, encoding):
    line = [sys.executable, "-m", "cop", *map(str, call)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(line, capture_output=True, timeout=120, cwd=tmp_path, env=environment)
    assert done.returncode in (0, 1, 2), done
    assert b"Traceback" not in done.stdout + done.stderr and b"\x1b[2J" not in done.stderr
