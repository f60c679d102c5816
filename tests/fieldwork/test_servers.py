"""Returns fetched from servers on this machine that speak as the tools': what comes of it is what
comes of the tool's own export, cell by cell, and a server that errs changes nothing.
"""

import itertools
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, call, one_in

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import maker
import place
import tool_servers as servers

from cop.data import Refused
from cop.fieldwork import fetch, intake, questionnaires, restricted, xlsform

pytestmark = pytest.mark.xdist_group("returns")
TOOLS = {
    "kobo": (servers.kobo, "aXyz", servers.TOKEN),
    "odk": (servers.odk, "3/visit", f"{servers.USER}@example.org:{servers.PASSWORD}"),
    "limesurvey": (servers.limesurvey, "123456", f"{servers.USER}:{servers.PASSWORD}"),
}
EXPORTS = {
    "kobo": lambda t: ("k.xlsx", maker.Kobo(t.form, many="joined").xlsx(t.people, t.title)),
    "odk": lambda t: ("visit.zip", maker.packed(maker.odk(t.form, t.people))),
    "limesurvey": lambda t: ("results-survey123456.csv", maker.lime(t.form, t.people)),
}
SERVERS = fetch.SERVERS
QUICK = replace(SERVERS, pause=0.0, backoff=0.01, longest_wait=2.0, timeout=(2, 2))
EVERY = pytest.mark.parametrize("name", TOOLS)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(fetch, "SERVERS", QUICK)
    for name, (_, _, token) in TOOLS.items():
        monkeypatch.setenv(fetch.TOOLS[name][0], token)


@pytest.fixture
def data(tmp_path):
    return place.made(tmp_path / "fetched")


@pytest.fixture
def tool(data):
    form = place.form(data)
    words = {code: questionnaires.phrases(code, data) for code in form.languages}
    survey = servers.survey_of(xlsform.workbook(form, words))
    return servers.Tool(form, maker.people(form, 8), survey)


def fetched(capsys, name, tool, data, **instead):
    """Fetch by the command; give (exit status, what was said, on either channel)."""
    speaks, form, _ = TOOLS[name]
    with servers.running(tool, speaks) as address:
        asked = {"--server": address, "--form": form} | instead
        words = [word for option in asked.items() for word in option]
        status, out, err = call(capsys, "intake", "--from", name, *words, "--data", data)
    return status, out + err


def store(data):
    """Return the tables of returns and answers, without which file they came in."""
    returns, answers = (restricted.read(table, data) for table in ("returns", "answers"))
    names = {one: str(n) for n, one in enumerate(returns["return_id"])}
    returns = returns.drop(columns=["file", "sheet"])
    answers = answers.sort_values([*answers], ignore_index=True)
    return [f.assign(return_id=f["return_id"].map(names)) for f in (returns, answers)]


@pytest.mark.parametrize("name", one_in(3, TOOLS))
def test_what_is_fetched_is_what_the_export_brings_cell_by_cell(name, tool, data, tmp_path, capsys):
    status, said = fetched(capsys, name, tool, data)
    assert status == 0 and "8 responses: 8 accepted" in said, said
    other = place.made(tmp_path / "by-file")
    file, content = EXPORTS[name](tool)
    (tmp_path / file).write_bytes(content)
    assert intake.take_in([tmp_path / file], other) == 0
    for ours, theirs in zip(store(data), store(other), strict=True):
        assert len(ours) > 7 and ours.equals(theirs)
    came = sorted(map(sorted, place.answers(data, tool.form).values()))
    assert came == sorted(map(sorted, map(maker.expected, tool.people)))


@pytest.mark.parametrize("name", one_in(3, TOOLS))
def test_only_what_is_new_changes_the_store(name, tool, data, capsys):
    fetched(capsys, name, tool, data)
    before = place.state(data)
    _, said = fetched(capsys, name, tool, data)
    assert "was imported already" in said and place.state(data) == before
    old = [*tool.people]
    tool.people = [*maker.people(tool.form, 10)]
    assert tool.people[:8] == old
    status, said = fetched(capsys, name, tool, data)
    assert status == 0 and "10 responses: 2 accepted, 8 here already and unchanged" in said
    assert len(place.live(data)) == 10


def test_pages_are_read_to_the_end_also_while_somebody_answers(tool, data, capsys):
    more = maker.people(tool.form, 9)
    tool.grows = more[8:]
    status, said = fetched(capsys, "kobo", tool, data)
    assert status == 0 and "9 responses: 9 accepted" in said
    pages = [path for _, path, _, _ in tool.asked if "data.json" in path]
    assert len(pages) == 3 and all("limit=1000" in path for path in pages)


def test_a_server_that_counts_more_than_it_sends_is_refused(tool, data, capsys, monkeypatch):
    whole = servers.submissions
    monkeypatch.setattr(servers, "submissions", lambda t: [*whole(t)[:4], *whole(t)[:1]])
    status, said = fetched(capsys, "kobo", tool, data)
    assert status == 2 and "counts 5 submissions and sends 4; nothing was changed" in said
    pages = [path for _, path, _, _ in tool.asked if "data.json" in path]
    assert len(pages) == 2 * fetch.TIMES


ONCE = {
    "429 with Retry-After": servers.status(429, Retry_After="0"),
    "502": servers.status(502),
    "503": servers.status(503, Retry_After="0"),
    "half of what was promised": servers.cut,
}


@pytest.mark.parametrize(("name", "what"), one_in(5, itertools.product(TOOLS, ONCE)))
def test_what_is_better_in_a_moment_is_asked_again(name, tool, data, capsys, what):
    tool.broken = [ONCE[what], servers.well, ONCE[what]]
    status, said = fetched(capsys, name, tool, data)
    assert status == 0 and "8 responses: 8 accepted" in said, said


def test_a_server_that_asks_to_wait_is_given_the_time(tool, data, capsys):
    tool.broken, begun = [servers.status(429, Retry_After="1")], time.monotonic()
    assert fetched(capsys, "kobo", tool, data)[0] == 0 and time.monotonic() - begun >= 1


FOR_LONG = {
    "502": (servers.status(502), "answers with status 502 after 4 tries"),
    "a long wait": (servers.status(429, Retry_After="3600"), "asks to wait 3600 s"),
    "half a page": (servers.half, "cut or broken"),
    "half of what was promised": (servers.cut, "does not answer"),
    "a page of words": (
        lambda *_: (200, {"Content-Type": "text/html"}, b"<html>Down"),
        "answers with text/html instead of",
    ),
    "not our form": (servers.status(403), "status 403"),
}


@pytest.mark.parametrize(("name", "what"), one_in(4, itertools.product(TOOLS, FOR_LONG)))
def test_a_server_that_errs_changes_nothing_and_is_told_in_a_sentence(
    name, tool, data, capsys, what
):
    breaks, sentence = FOR_LONG[what]
    tool.broken = [breaks] * 20
    status, said = fetched(capsys, name, tool, data)
    assert status == 2 and sentence in said and "Traceback" not in said, said
    assert not place.live(data) and servers.PASSWORD not in said and servers.TOKEN not in said


@EVERY
def test_a_token_that_is_not_accepted_is_told_with_its_variable(
    name, tool, data, capsys, monkeypatch
):
    variable = fetch.TOOLS[name][0]
    monkeypatch.setenv(variable, "wrong:token")
    status, said = fetched(capsys, name, tool, data)
    assert status == 2 and "wrong" not in said
    expected = "Invalid user name or password" if name == "limesurvey" else f"what {variable} holds"
    assert expected in said
    monkeypatch.delenv(variable)
    status, said = fetched(capsys, name, tool, data)
    assert status == 2 and f"{variable} is not set: put" in said


@pytest.mark.parametrize(
    "name, form, said",
    [
        ("kobo", "other", "status 404; nothing was changed: check --server and --form"),
        ("odk", "3/other", "status 404; nothing was changed: check --server and --form"),
        ("odk", "visit", "write project/form, as 3/visit"),
        ("limesurvey", "1", "Invalid survey ID"),
        ("limesurvey", "visit", "the survey's number"),
        ("kobo", "a b", "--form"),
    ],
)
def test_a_form_that_is_not_there_is_told(name, form, said, tool, data, capsys):
    status, told = fetched(capsys, name, tool, data, **{"--form": form})
    assert status == 2 and said in told, told


@pytest.mark.parametrize("name", ["kobo", "limesurvey"])
def test_a_form_that_nobody_answered_is_told(name, tool, data, capsys):
    tool.people = []
    status, said = fetched(capsys, name, tool, data)
    assert status == 2 and ("no submissions yet" in said or "No Data" in said)


def test_a_token_is_sent_over_https_only_or_to_this_machine():
    assert fetch.address_of("eu.kobotoolbox.org") == "https://eu.kobotoolbox.org"
    assert fetch.address_of("http://localhost:8383/") == "http://localhost:8383"
    for address in ("http://eu.kobotoolbox.org", "ftp://x", "http://127.0.0.1.example.org"):
        with pytest.raises(Refused, match="no https address"):
            fetch.address_of(address)


def test_files_and_a_server_are_not_named_together(data, capsys):
    for words in (["intake"], ["intake", "x.csv", "--from", "kobo"]):
        status, _, err = call(capsys, *words, "--data", data)
        assert status == 2 and "name completed forms, or a server" in err


@EVERY
def test_nothing_is_left_beside_the_store(name, tool, data, capsys):
    fetched(capsys, name, tool, data)
    left = [p.name for p in restricted.folder(data).iterdir() if p.name.startswith(".fetched")]
    assert not left
    raw = restricted.folder(data) / restricted.RAW
    assert len([*raw.iterdir()]) == 1


def test_what_a_kobo_server_sent_can_be_given_as_a_file_too(tool, data, tmp_path, capsys):
    file = tmp_path / "kobo.json"
    sent = json.dumps({"kobo": servers.submissions(tool)}).replace(": ", ":", 1)
    file.write_text(sent)
    assert intake.take_in([file], data) == 0 and len(place.live(data)) == 8
    file.write_text(sent[:3000])
    assert intake.take_in([file], data) == 2
    assert "no data of KoboToolbox, or cut off" in capsys.readouterr().out


# What a server may send that is no answer: each ends in a sentence, and nothing is changed.


def answer(body, kind="application/json"):
    return lambda *_: (200, {"Content-Type": kind}, body)


ODD = {
    "kobo": [
        b"[]", b"{}", b"null", b'{"count": 1, "results": [1]}', b'{"count": "x", "results": []}',
        b'{"count": 1, "results": [{}]}', b'{"count": null, "results": null}',
    ],
    "odk": [b"[]", b'{"token": 3}', b"{}"],
    "limesurvey": [b"[]", b"null", b'{"result": 3}', b'{"result": "a"}'],
}  # fmt: skip


@pytest.mark.parametrize(("name", "body"), [(n, b) for n, bodies in ODD.items() for b in bodies])
def test_an_answer_of_another_form_ends_in_a_sentence(name, body, tool, data, capsys):
    tool.broken = [answer(body)] * 20
    status, said = fetched(capsys, name, tool, data)
    assert status == 2 and "nothing was changed" in said and "Traceback" not in said
    assert not place.live(data)


@pytest.mark.parametrize("body", [b"x", b"PK\x03\x04", maker.packed({"a.txt": b"x"})])
def test_a_zip_that_is_none_ends_in_a_sentence(body, tool, data, capsys):
    login = answer(json.dumps({"token": servers.TOKEN}).encode())
    tool.broken = [login, answer(body, "application/zip")] * 3
    assert fetched(capsys, "odk", tool, data)[0] == 2 and not place.live(data)


def test_a_zip_that_unpacks_too_far_is_refused_unread(tool, data, capsys):
    login = answer(json.dumps({"token": servers.TOKEN}).encode())
    bomb = maker.packed({"visit.csv": bytes(250 * 2**20)})
    tool.broken = [login, answer(bomb, "application/zip")]
    status, said = fetched(capsys, "odk", tool, data)
    assert status == 2 and "would unpack to 250 MB; at most 200 MB" in said


@pytest.mark.parametrize("count", [10**9, 900])
def test_pages_without_end_are_not_read(count, tool, data, capsys, monkeypatch):
    monkeypatch.setattr(fetch, "MOST_PAGES", 5)
    page = json.dumps({"count": count, "results": [{"_id": 1}]}).encode()
    tool.broken = [answer(page)] * 100
    status, said = fetched(capsys, "kobo", tool, data)
    assert status == 2 and "nothing was changed" in said and len(tool.asked) <= 15


def test_a_token_is_not_replaced_by_netrc(tool, data, capsys, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert fetched(capsys, "kobo", tool, data)[0] == 0
    assert {headers["Authorization"] for *_, headers, _ in tool.asked} == {f"Token {servers.TOKEN}"}


def test_field_work_tells_how_to_fetch_from_each_tool():
    page = " ".join((ROOT / "docs/field-work.md").read_text(encoding="utf-8").split())
    assert all(f"--from {name}" in page and fetch.TOOLS[name][0] in page for name in TOOLS)
    assert "four times and two minutes at most" in page
    assert (SERVERS.tries, SERVERS.longest_wait) == (4, 120.0)
