"""What may be wrong around a call: words, files, folders, rights and disks, chosen by a seed."""

import contextlib
import errno
import os
import resource
import shutil
from pathlib import Path

WORDS = [
    "ZZZ", "zzz", "ABC", "UKR", "", " ", "-", "--", "--nope", "0", "-1", "2026", "20x6", "9" * 400,
    "=1+1", "a=b", "title=\x1b[2J", "Дія", "\u202etxt", "ZZZ-S01", "ZZZ-C01", "ZZZ;rm", "*", "[",
    "stakeholder_survey", "mapping_form", "invited", "2026-11-24", "31.11.2026",
    os.fsdecode(b"\xcf"),
]  # fmt: skip
BROKEN_JSON = [
    b"", b"[]", b"null", b'"text"', b"{", b"{}", b'{"cop:base": 5}', b'{"cop:base": "."}',
    b'{"cop:base": "nowhere"}', b'{"resources": 1}', b'{"resources": [1], "cop:handedOn": []}',
    b'{"resources": [{"name": "a"}], "cop:handedOn": []}', b"[" * 100_000, b"\xff\xfe{\x00}\x00",
    b'{"resources": [], "cop:handedOn": []}',
]  # fmt: skip
MAPPINGS = [
    b"questionnaire: [", b"- a\n- b", b"questionnaire: 5\ncolumns: {A: category}",
    b"questionnaire: stakeholder_survey\ncolumns: {A: [1, 2]}",
    b"questionnaire: stakeholder_survey\ncolumns: {A: {question: {a: b}}}",
    b"questionnaire: stakeholder_survey\ncolumns: {1: category}\nvalues: [a]",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nvalues: {category: word}",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nnotes: word",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nnotes: {key: [A]}",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nnotes: {nobody: A}",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nheading_row: word",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nheading_row: 2000000",
    b"questionnaire: stakeholder_survey\ncolumns: {A: category}\nsheet: [1]",
    b"questionnaire: [stakeholder_survey]\ncolumns: {A: category}",
    b"questionnaire: stakeholder_survey\ncolumns: {}", b"a: &a [*a]", b"\xff\xfe\x00",
    b"a: !!python/x 1",
    b"questionnaire: stakeholder_survey\ncolumns: {null: category, true: role}",
]  # fmt: skip
FILES = {
    "empty.csv": b"",
    "rows.csv": b"A,B\ngovernment,yes\nngo,no\n",
    "cut.csv": b'title,year\n"a,2024',
    "wide.csv": b"title\n" + b"a," * 50_000,
    "western.csv": "title,publisher\nBehörde,Zed\n".encode("latin-1"),
    "utf16.csv": "title,publisher\nДія,Zed\n".encode("utf-16"),
    "zeros.csv": b"\x00" * 4000,
    "escape.csv": b"title,publisher\n\x1b[2J,\x1b]0;x\x07\n",
    "cut.xlsx": b"PK\x03\x04" + b"\x00" * 200,
    "text.xlsx": b"A,B\n",
    "library.json": b'[{"title": 5, "issued": {"date-parts": "x"}, "author": [1]}]',
    "cut.json": b'[{"title": "a"',
    "deep.json": b"[" * 50_000,
    "Дія.csv": b"title\nx\n",
}


def files(folder, rng):
    """Put files of all kinds into a folder, one of 1970 among them; give their paths."""
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


def tree(data, rng):
    """Do something to files of a data folder; gives what was done."""
    chosen = rng.sample(sorted(p for p in data.rglob("*") if p.is_file()), rng.choice([0, 0, 1, 2]))
    return [f"{path.relative_to(data)}: {_to_file(path, rng)}" for path in chosen]


def _to_file(path, rng):
    raw = path.read_bytes()
    if path.name == "datapackage.json" and rng.random() < 0.7:
        path.write_bytes(content := rng.choice(BROKEN_JSON))
        return repr(content[:40])
    ways = {
        "cut": lambda: raw[: rng.randrange(len(raw) + 1)],
        "empty": lambda: b"",
        "utf-16": lambda: raw.decode("utf-8", "replace").encode("utf-16"),
        "latin-1": lambda: raw.decode("utf-8", "replace").encode("latin-1", "replace") + b"\xe9",
        "signs": lambda: raw.replace(b",", b",\x1b[2J\x00", 3),
        "conflict": lambda: b"<<<<<<< HEAD\n" + raw + b"=======\n" + raw,
        "noise": lambda: rng.randbytes(200),
    }
    kinds = ["gone", "folder", "dangling", "loop", "1970", "no rights", *ways]
    kind = rng.choice(kinds)
    if kind in ways:
        path.write_bytes(ways[kind]())
    elif kind == "1970":
        os.utime(path, (0, rng.choice([0, -86_400])))
    elif kind == "no rights":
        path.chmod(0)
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind != "gone":
            path.symlink_to(path.name if kind == "loop" else "nowhere")
    return kind


@contextlib.contextmanager
def small_disk(rng, often=0.15):
    """Let no file grow beyond some bytes while the body lasts, sometimes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if rng.random() < often:
        resource.setrlimit(resource.RLIMIT_FSIZE, (rng.choice([0, 100, 5000]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def as_nobody(rng, folder, often=0.25):
    """Be another user while the body lasts, sometimes, whose folder some of it is not."""
    if os.geteuid() != 0 or rng.random() >= often:
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


def remove(folder):
    """Remove a folder whatever it holds."""

    def again(work, path, error):
        if not isinstance(error, OSError) or error.errno != errno.ENOENT:
            os.chmod(Path(path).parent, 0o700)
            work(path)

    shutil.rmtree(folder, onerror=lambda work, path, info: again(work, path, info[1]))
