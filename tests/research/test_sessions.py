"""What commands print and write, typed on a copy of Zedland; of wrong calls nothing is written."""

import re
import shlex
from datetime import date
from pathlib import Path

import pagetext
import pytest
import yaml
from cases import by_rule, cases
from conftest import DATA, ROOT, call, copy_of_zedland, one_in
from planting import contents, edit

from cop.research import bibliography, editions, refresh, rows, verification

FILES = Path(__file__).parent / "files"
BY_HAND = {"rm": Path.unlink, "edit": edit}
SESSIONS = yaml.safe_load(Path(__file__).with_name("sessions.yml").read_text(encoding="utf-8"))


class Then(date):
    """A date whose today is the day on which all of this is typed."""

    @classmethod
    def today(cls):
        return cls(2026, 11, 25)


def changes(before, after):
    """Yield the lines of {path: bytes} that are gone (-) and new (+)."""
    for path in sorted(before.keys() | after.keys()):
        old, new = (side.get(path, b"").decode().splitlines() for side in (before, after))
        if old != new:
            yield f"{path}:"
            yield from (f"- {line}" for line in old if line not in new)
            yield from (f"+ {line}" for line in new if line not in old)


@pytest.mark.parametrize("name", one_in(3, SESSIONS))
def test_what_is_typed_does_what_was_agreed(tmp_path, capsys, monkeypatch, request, name):
    for module in (bibliography, editions, refresh, rows, verification):
        monkeypatch.setattr(module, "date", Then)
    data = copy_of_zedland(tmp_path)
    before, shown = contents(data), []
    for line in SESSIONS[name]:
        command, *words = shlex.split(line)
        if command in BY_HAND:
            BY_HAND[command](data / words[0], *words[1:])
            shown.append(f"$ {line}")
            before = contents(data)
            continue
        words = [word.replace("FILES", str(FILES)) for word in words]
        status, out, error = call(capsys, *words, "--data", data)
        shown.append(f"$ {line}\n{out}{error}[{status}]")
    shown += changes(before, contents(data))
    text = "".join(f"{line}\n" for line in shown)
    text = text.replace(str(data), "DATA").replace(str(FILES), "FILES")
    pagetext.compare(request, ROOT / "tests/expected/sessions", {name: text}, name)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """Return a copy of Zedland, which tests must not change."""
    return copy_of_zedland(tmp_path_factory.mktemp("calls"))


@pytest.mark.parametrize(("words", "message"), cases("research/wrong_calls.csv"))
def test_a_wrong_call_is_explained_and_nothing_is_written(unchanged, capsys, words, message):
    before, words = contents(unchanged), shlex.split(words)
    where = [] if "--data" in words else ["--data", unchanged]
    status, out, error = call(capsys, *words, *where)
    assert status == 2 and message in error and "Traceback" not in out + error
    assert contents(unchanged) == before and not Path("nowhere").exists()


@by_rule("calls, typed, status, says, unsaid", *cases("research/right_calls.csv"))
def test_what_a_call_says(calls, typed, status, says, unsaid, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: typed)
    data = copy_of_zedland(tmp_path)
    for line in calls.replace("FILES", str(FILES)).replace("DATA", str(DATA)).split(" && "):
        where = [] if "--data" in line else ["--data", data]
        ended, *texts = call(capsys, *shlex.split(line), *where)
    text = "".join(texts)
    assert str(ended) == status and re.search(says, text, re.DOTALL), text
    assert not (unsaid and re.search(unsaid, text)), text
