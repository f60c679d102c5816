"""What commands print and write, typed one after the other on a copy of Zedland."""

import shlex
from datetime import date
from difflib import unified_diff
from pathlib import Path

import pagetext
import yaml
from conftest import ROOT, call, copy_of_zedland
from planting import contents

from cop.research import bibliography, editions, rows, verification

FILES = Path(__file__).parent / "files"
SESSIONS = yaml.safe_load(Path(__file__).with_name("sessions.yml").read_text(encoding="utf-8"))


class Then(date):
    """A date whose today is the day on which all of this is typed."""

    @classmethod
    def today(cls):
        return cls(2026, 11, 25)


def changes(before, after):
    """Yield the lines of {path: bytes} that are new or gone."""
    for path in sorted(before.keys() | after.keys()):
        sides = [side.get(path, b"").decode().splitlines() for side in (before, after)]
        yield from unified_diff(*sides, path, path, n=0, lineterm="")


def test_what_is_typed_prints_and_writes_what_was_agreed(tmp_path, capsys, monkeypatch, request):
    for module in (bibliography, editions, rows, verification):
        monkeypatch.setattr(module, "date", Then)
    texts = {}
    for number, (name, lines) in enumerate(SESSIONS.items()):
        data = copy_of_zedland(tmp_path / str(number))
        before, shown = contents(data), []
        for line in lines:
            command, *words = shlex.split(line)
            if command == "rm":
                (data / words[0]).unlink()
                before = contents(data)
                continue
            words = [word.replace("FILES", str(FILES)) for word in words]
            status, out, error = call(capsys, *words, "--data", data)
            shown.append(f"$ {line}\n{out}{error}[{status}]")
        shown += changes(before, contents(data))
        text = "".join(f"{line}\n" for line in shown)
        texts[name] = text.replace(str(data), "DATA").replace(str(FILES), "FILES")
    pagetext.compare(request, ROOT / "tests/expected/sessions", texts)
