"""Services are asked politely; an answer that is not whole, or of another site, is refused."""

from dataclasses import replace

import pytest
import services
from cases import by_rule

from cop.data import UserError, http

SETTINGS = replace(http.SERVICES, pause=0.0, tries=3, backoff=0.01, timeout=(1, 0.8))


def fetcher(**settings):
    return http.Fetcher(replace(SETTINGS, **settings))


ELSEWHERE = services.status(302, Location="https://example.org/")


@by_rule(
    "answer, said",
    ("status 500", services.status(500), "HTTP status 500"),
    ("asks to wait", services.status(429, Retry_After="3600"), "HTTP status 429"),
    ("not found", services.status(404), "HTTP status 404"),
    ("leads elsewhere", ELSEWHERE, "HTTP status 302"),
    ("a page", services.page_of_words, "the response cannot be read"),
    ("a page called JSON", services.page_that_says_it_is_json, "the response cannot be read"),
    ("cut off", services.cut, "connection failed"),
    ("half a JSON", services.half_json, "the response cannot be read"),
    ("too slow", services.slow(0.5), "timed out"),
)
def test_an_answer_that_is_not_whole_is_refused_in_a_sentence(world, address, answer, said):
    world.breakage["/a"] = [answer]
    limit = {"timeout": (1, 0.2)} if said == "timed out" else {}
    with pytest.raises(UserError, match=said):
        fetcher(**limit).json(f"{address}/a")


def test_an_answer_that_is_too_large_is_refused(world, address, monkeypatch):
    monkeypatch.setattr(http, "LARGEST", len(b"[1]"))
    world.breakage["/a"] = [services.json_of([1, 2]), services.json_of([1])]
    with pytest.raises(UserError, match="larger than 3 bytes"):
        fetcher().json(f"{address}/a")
    assert fetcher().json(f"{address}/a") == [1]


def test_a_busy_service_is_asked_again_and_a_site_may_lead_on_within_itself(world, address):
    busy, moved = [services.status(429), services.status(503)], services.status(301, Location="/b")
    world.breakage["/a"] = [*busy, moved]
    world.breakage["/b"] = [services.json_of([1.50])]
    assert fetcher().json(f"{address}/a") == ["1.5"]


def test_an_address_is_asked_once(world, address):
    world.breakage["/a"] = [services.json_of([1])]
    client = fetcher()
    assert client.json(f"{address}/a") == [1]
    assert client.json(f"{address}/a") == [1], "from the cache"
    assert len(world.asked) == 1


def test_a_busy_service_is_asked_three_times_in_all(world, address):
    world.breakage["/a"] = [services.status(503)]
    with pytest.raises(UserError, match="HTTP status 503"):
        fetcher().json(f"{address}/a")
    assert len(world.asked) == SETTINGS.tries, "the tries include the first request"


def test_a_token_is_sent_and_netrc_is_not_asked(world, address, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    world.breakage["/a"] = [services.status(302, Location="/b")]
    world.breakage["/b"] = [services.json_of([])]
    with http.session(SETTINGS, http.SameSite) as session:
        session.get(f"{address}/a", headers={"Authorization": "Token t"})
    fetcher().json(f"{address}/a")
    sent = [headers.get("Authorization") for _, _, headers in world.asked]
    assert sent == ["Token t", "Token t", None, None]
    assert all("child online" in headers["User-Agent"] for _, _, headers in world.asked)
