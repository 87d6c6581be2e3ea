"""Who may ask what."""

from __future__ import annotations

import socket
from collections.abc import Callable

import httpx
import pytest

from pump_desktop.api.server import Listener
from tests.api.samples import TOKEN, bet, exchange, request_text

ORIGINS = ["null", "file://", "app://antebot", "https://stake.com", "http://127.0.0.1:1"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "10.0.0.1", ""])
def test_a_foreign_host_is_refused_before_everything(shared: Listener, host: str) -> None:
    for method, path in (("GET", "/healthz"), ("OPTIONS", "/live/ingest"), ("GET", "/nothing")):
        with socket.create_connection(("127.0.0.1", shared.port)) as connection:
            request = request_text(method, path, shared.port, headers={"Host": host})
            status, _, body = exchange(connection, request)
        assert (status, b"Host must be" in body) == (403, True)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "x" * 3000}])
def test_a_refused_ingest_still_tells_the_rate(shared: Listener, headers: dict[str, str]) -> None:
    refused = httpx.post(f"{shared.url}/live/ingest", headers=headers)
    assert refused.status_code == 403
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(refused.headers)
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("seed", ["%ff%fe", "%ED%A0%80", "a%C3"])
def test_a_seed_that_is_not_text_is_never_replaced_by_another(shared_client: httpx.Client, seed: str) -> None:
    asked = f"/verify?client_seed=c&nonce=1&difficulty=easy&server_seed={seed}"
    refused = shared_client.get(asked)
    assert (refused.status_code, refused.json()) == (400, {"detail": "The query is not valid UTF-8"})
    assert shared_client.get(asked.replace(seed, "%F0%9F%8E%88")).status_code == 200


def test_two_hosts_are_refused(shared: Listener) -> None:
    with socket.create_connection(("127.0.0.1", shared.port)) as connection:
        request = request_text("GET", "/healthz", shared.port)
        request = request.replace(b"\r\n\r\n", b"\r\nHost: evil.example\r\n\r\n")
        assert exchange(connection, request)[0] in {400, 403}


@pytest.mark.parametrize("host", ["127.0.0.1", "LocalHost:9", "[::1]:17888", "[::1]"])
def test_names_of_this_machine_are_welcome(shared: Listener, host: str) -> None:
    assert httpx.get(f"{shared.url}/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN.upper(), "ünïcode"])
def test_without_the_token_nothing_opens(shared: Listener, token: str | None) -> None:
    headers = {} if token is None else {b"X-Ingest-Token": token.encode("latin-1")}
    asked = [
        ("GET", "/runs"),
        ("POST", "/runs/"),
        ("GET", "/verify"),
        ("POST", "/live/ingest"),
        ("POST", "/live/ingest/batch"),
        ("GET", "/live/streams"),
        ("GET", "/nothing"),
        ("OPTIONS", "/runs"),
        ("GET", "/docsx"),
    ]
    for method, path in asked:
        answered = httpx.request(method, shared.url + path, headers=headers)
        assert (answered.status_code, answered.json()) == (401, {"detail": "Invalid ingest token"})


def test_health_and_pages_need_no_token(listener: Listener) -> None:
    for path in ("/healthz", "/healthz/", "/docs", "/docs/", "/openapi.json", "/docs/swagger-ui.css"):
        assert httpx.get(listener.url + path).status_code == 200


def test_the_token_can_be_off_for_ingest_alone(listen: Callable[..., Listener]) -> None:
    url = listen(ingest_token_required=False).url
    assert httpx.post(f"{url}/live/ingest", json=bet()).status_code == 200
    assert httpx.get(f"{url}/live/streams").status_code == 401


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", ["/live/ingest", "/live/ingest/", "/live/ingest/batch"])
def test_a_preflight_is_answered_without_a_token(shared: Listener, path: str, origin: str) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-ingest-token",
        "Access-Control-Request-Private-Network": "true",
    }
    answered = httpx.options(shared.url + path, headers=headers)
    assert answered.status_code == 204
    assert answered.headers["access-control-allow-origin"] == origin
    assert "POST" in answered.headers["access-control-allow-methods"]
    assert answered.headers["access-control-allow-headers"] == "content-type, x-ingest-token"
    assert answered.headers["access-control-allow-private-network"] == "true"
    assert answered.headers["vary"] == "Origin"
    del headers["Access-Control-Request-Private-Network"]
    again = httpx.options(shared.url + path, headers=headers)
    assert "access-control-allow-private-network" not in again.headers


def test_every_ingest_answer_can_be_read_by_the_page(listener: Listener) -> None:
    url = f"{listener.url}/live/ingest"
    own = {"Origin": "app://antebot", "X-Ingest-Token": TOKEN}
    answers = [
        httpx.post(url, json=bet(), headers=own),
        httpx.post(url, json=bet(nonce=0), headers=own),
        httpx.post(url, content=b"{", headers=own),
        httpx.post(url, content=b"x" * (1024 * 1024 + 1), headers=own),
        httpx.get(url, headers=own),
        httpx.post(f"{url}/nothing", headers=own),
        httpx.post(url, json=bet(), headers={"Origin": "app://antebot"}),
    ]
    assert [one.status_code for one in answers] == [200, 422, 400, 413, 405, 404, 401]
    for one in answers:
        assert one.headers["access-control-allow-origin"] == "app://antebot"
        assert "X-RateLimit-Remaining" in one.headers["access-control-expose-headers"]
        assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(one.headers)
        assert "detail" in one.json() or one.status_code == 200


@pytest.mark.parametrize("origin", [*ORIGINS, "http://localhost", "http://127.0.0.1"])
def test_a_foreign_page_reads_nothing(shared_client: httpx.Client, origin: str) -> None:
    asked = [("GET", "/runs"), ("GET", "/healthz"), ("GET", "/openapi.json"), ("OPTIONS", "/runs")]
    for method, path in asked:
        answered = shared_client.request(method, path, headers={"Origin": origin})
        assert answered.status_code == 403
        assert not [name for name in answered.headers if name.startswith("access-control")]


def test_the_listeners_own_page_may_ask(shared_client: httpx.Client, shared: Listener) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        origin = f"http://{host}:{shared.port}"
        assert shared_client.get("/runs", headers={"Origin": origin}).status_code == 200


def test_the_rate_limit_counts_requests_of_an_address(listen: Callable[..., Listener]) -> None:
    listener = listen(ingest_rate_limit=3)
    own = {"X-Ingest-Token": TOKEN, "Origin": "null"}
    with httpx.Client(base_url=listener.url, headers=own) as client:
        batch = client.post("/live/ingest/batch", json=[bet(n) for n in range(1, 11)])
        assert (batch.status_code, batch.headers["x-ratelimit-remaining"]) == (200, "2")
        # Neither a wrong token nor a preflight uses anything up.
        assert client.post("/live/ingest", headers={"X-Ingest-Token": "no"}).status_code == 401
        assert client.options("/live/ingest").headers["x-ratelimit-remaining"] == "2"
        assert client.post("/live/ingest", json=bet(0)).headers["x-ratelimit-remaining"] == "1"
        # Nor does a header make it somebody else.
        other = {"X-Forwarded-For": "10.0.0.9", "Forwarded": "for=10.0.0.9"}
        assert client.post("/live/ingest", json=bet(12), headers=other).status_code == 200
        refused = client.post("/live/ingest", json=bet(13), headers=other)
        assert (refused.status_code, refused.json()) == (429, {"detail": "Rate limit exceeded"})
        assert refused.headers["x-ratelimit-limit"] == "3"
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["access-control-allow-origin"] == "null"
        assert httpx.get(f"{listener.url}/runs", headers={"X-Ingest-Token": TOKEN}).status_code == 200


def test_no_server_name_is_told(client: httpx.Client) -> None:
    assert "server" not in client.get("/healthz").headers
