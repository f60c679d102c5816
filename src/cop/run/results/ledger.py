"""The ledger: a JSON line for each stage that was run, added in the step that renews the site."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

FILE = "ledger.jsonl"


def lines(rows: Iterable[Mapping]) -> list[str]:
    """Give a line of the ledger for each row that a run tells of, with the time of now."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [json.dumps({"time": now, **row}, ensure_ascii=False) + "\n" for row in rows]


def size(outputs: Path) -> int:
    """Give how long the ledger of runs is, in bytes."""
    path = outputs / FILE
    return path.stat().st_size if path.exists() else 0


def read(outputs: Path) -> list[str]:
    """Give the lines of the ledger of runs."""
    path = outputs / FILE
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def time(line: str) -> str:
    """Give the time with which a line of the ledger of runs begins."""
    return json.loads(line)["time"]


def complete(outputs: Path, start: int, lines: Iterable[str]) -> None:
    """Let the ledger of runs go on with these lines where it was `start` bytes long, however left.

    One that goes on otherwise was changed by somebody, and stays as it is.
    """
    wanted = "".join(lines).encode()
    if not wanted or size(outputs) < start:
        return
    with (outputs / FILE).open("ab+") as ledger:
        ledger.seek(start)
        there = ledger.read()
        if wanted.startswith(there):
            ledger.write(wanted[len(there) :])
