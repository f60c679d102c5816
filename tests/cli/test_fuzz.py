"""Calls as they should never be made, on data as it should never be: none ends in a traceback."""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import damage
import pytest
from conftest import DATA, ZEDLAND, copy_of_zedland, one_in

from cop.cli import main

CALLS = 15  # of each seed
STORE = {
    "contacts": "contact_id,iso3,organisation,category,function,person,email,phone,channel,"
    "language,consent,step,date,form_id,note\n"
    "ZZZ-C01,ZZZ,Zed Line,ngo,director,Ana Zed,a@zed.example,,e-mail,en,,due,,,\n",
    "interviews": "interview_id,iso3,category,function,person,held,theme,finding,quote,"
    "consent_to_quote,coder,leaning\n"
    "ZZZ-I01,ZZZ,ngo,director,Ana Zed,2026-03-01,reporting,slow,It is slow.,yes,A,\n",
}


@pytest.fixture
def place():
    """Return a folder that another user may enter, and which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cop-fuzz-"))
    folder.chmod(0o755)
    yield folder
    damage.remove(folder)


def prepared(folder, rng):
    """Return a data folder that stands on a base of its own, and a field-work store."""
    data = copy_of_zedland(folder)
    base = folder / "base"
    for path in filter(Path.is_file, DATA.rglob("*")):
        here = base / path.relative_to(DATA)
        if "research" not in here.parts and "restricted" not in here.parts:
            here.parent.mkdir(parents=True, exist_ok=True)
            here.write_bytes(path.read_bytes())
    own = json.loads((data / "datapackage.json").read_text())
    (data / "datapackage.json").write_text(json.dumps(own | {"cop:base": "../base"}))
    if rng.random() < 0.7:
        (data / "restricted").mkdir()
        for name, text in STORE.items():
            (data / "restricted" / f"{name}.csv").write_text(text)
    return data


def words(rng, data, files, outputs):
    """Return the words of one call: mostly as they are meant, some of them replaced."""
    file = lambda: str(rng.choice(files))  # noqa: E731
    mapping = lambda: str(rng.choice([f for f in files if f.suffix == ".yml"]))  # noqa: E731
    kind = rng.choice(["source", "evidence", "stakeholder", "instrument"])
    call = rng.choice(
        [
            ["check"],
            ["why", "ZZZ", "--outputs", str(outputs)],
            ["why", "--all", "--outputs", str(outputs)],
            ["why", "--baseline", "ZZZ", "--outputs", str(outputs)],
            ["run", "ABC", "--outputs", str(outputs)],
            ["run", "ZZZ", "--outputs", str(outputs), "--jobs", "x"],
            ["add", kind, "ZZZ", "--set", "title=x", "publisher=y", "language=en", "type=report"],
            ["add", kind, "ZZZ", "--from", file()],
            ["add", kind, "ZZZ"],
            ["import-sources", file(), "ZZZ", "--yes"],
            ["import-sources", file(), "ZZZ", "--language", "en"],
            ["refresh", "--from", file(), "--yes"],
            ["refresh", "NCMEC.REPORTS"],
            ["new", "ZZZ", "--edition", "2028"],
            ["new", "ABC"],
            ["diff", "ZZZ", "2020", "2026"],
            ["forms", "stakeholder_survey", "--out", str(outputs / "forms")],
            ["contacts", "ZZZ"],
            ["contacts", "--record", "ZZZ-C01", "invited"],
            ["contacts", "--date", "2026-11-01"],
            ["invite", "ZZZ", "--sender", "A"],
            ["invite", "ZZZ", "--sender", file()],
            ["intake", file(), file(), "--country", "ZZZ"],
            ["intake", str(files[0].parent / "rows.csv"), "--mapping", mapping()],
            ["intake", file(), "--questionnaire", "stakeholder_survey"],
            ["review", "ZZZ"],
            ["review", "ZZZ", "--decisions", file()],
            ["publish", "ZZZ", "--dry-run"],
            ["publish", "ZZZ"],
            ["--version"],
            [],
        ]
    )
    if call and call[0] != "--version":
        call += ["--data", str(data) if rng.random() < 0.95 else file()]
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        call.insert(rng.randrange(len(call) + 1), rng.choice(damage.WORDS))
    return call


def state(data):
    """Return the bytes of what is published of a data folder, by path."""
    public = (p for p in data.rglob("*.csv") if p.is_file() and "restricted" not in p.parts)
    return {p.name: hashlib.sha256(p.read_bytes()).digest() for p in public}


def status_of(call):
    """Return the exit status of a call made in this process."""
    try:
        return main.main(call)
    except SystemExit as ended:
        return ended.code or 0


SEEDS = [*range(2), *(pytest.param(n, marks=pytest.mark.simulation) for n in range(2, 20))]


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
        files = damage.files(folder / "files", rng)
        done, call = damage.tree(folder, rng), words(rng, data, files, log)
        before = state(data)
        with damage.as_nobody(rng, folder), damage.small_disk(rng):
            status = status_of(call)
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


@pytest.mark.parametrize(
    "call, encoding",
    one_in(
        2,
        [
            (["check", "--data", os.fsdecode(b"\xcf\xf0")], "utf-8"),
            (["check", "--data", ZEDLAND], "cp1252"),
            (["run", os.fsdecode(b"\xcf"), "--data", ZEDLAND, "--outputs", "o"], "cp1252"),
            (["why", "Дія", "--data", ZEDLAND, "--outputs", "o"], "ascii"),
            (["run", "--all", "--data", ZEDLAND, "--outputs", "/proc/nowhere"], "utf-8"),
            (["intake", "Дія\x1b[2J.csv", "--data", ZEDLAND], "cp1252"),
        ],
    ),
)
def test_real_processes_end_the_same_way(tmp_path, call, encoding):
    line = [sys.executable, "-m", "cop", *map(str, call)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(line, capture_output=True, timeout=120, cwd=tmp_path, env=environment)
    assert done.returncode in (0, 1, 2), done
    assert b"Traceback" not in done.stdout + done.stderr and b"\x1b[2J" not in done.stderr
