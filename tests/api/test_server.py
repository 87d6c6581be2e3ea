"""The listener on a real socket."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from pump_desktop.api import requests as bodies
from pump_desktop.api.server import Listener, bind
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import RunPage, RunQuery
from pump_desktop.services.backend import Backend
from pump_desktop.system.settings import Settings
from tests.api.samples import SCAN, TOKEN, answer, bet, exchange, request_text

MIB = 1024 * 1024


def connect(listener: Listener) -> socket.socket:
    return socket.create_connection(("127.0.0.1", listener.port), timeout=20)


def test_a_connection_serves_many_requests_quickly(listener: Listener) -> None:
    with connect(listener) as connection:
        request = request_text("GET", "/healthz", listener.port)
        exchange(connection, request)
        took = []
        for _ in range(20):
            started = time.perf_counter()
            status, headers, _ = exchange(connection, request)
            assert status == 200
            took.append(time.perf_counter() - started)
            assert headers.get("connection") != "close"
        # With Nagle's delay each would take 44 ms, on the quietest machine too.
        assert min(took) < 0.03


def test_bodies_up_to_a_mebibyte(listener: Listener) -> None:
    body = b" " * (MIB - 2) + b"{}"
    for extra, expected in ((b"", 422), (b" ", 413)):
        with connect(listener) as connection:
            request = request_text("POST", "/live/ingest", listener.port, body=extra + body)
            assert exchange(connection, request)[0] == expected
            # The connection goes on, whatever was wrong.
            assert exchange(connection, request_text("GET", "/healthz", listener.port))[0] == 200


def test_a_body_that_does_not_say_its_length_is_counted(listener: Listener) -> None:
    for path in ("/live/ingest", "/runs"):
        request = request_text("POST", path, listener.port).replace(
            b"Content-Length: 0", b"Transfer-Encoding: chunked"
        )
        piece = b"%x\r\n%b\r\n" % (MIB // 2, b" " * (MIB // 2))
        with connect(listener) as connection:
            connection.sendall(request + piece * 2)
            connection.sendall(b"1\r\n \r\n0\r\n\r\n")
            status, _, body = answer(connection.makefile("rb"))
        assert (status, body) == (413, b'{"detail":"The body exceeds the maximum of 1048576 bytes"}')


def test_what_is_no_http_gets_the_error_shape_and_no_line_in_the_log(listener: Listener) -> None:
    with connect(listener) as connection:
        status, _, body = exchange(connection, b"\x16\x03\x01 hello\r\n\r\n")
    assert (status, body) == (400, b'{"detail": "Invalid HTTP request received."}')


def test_somebody_who_hangs_up_half_way_costs_nothing(listener: Listener, client: httpx.Client) -> None:
    for path in ("/live/ingest", "/runs", "/live/ingest/batch"):
        request = request_text("POST", path, listener.port, headers={"Content-Length": "100"}, body=b"{")
        with connect(listener) as connection:
            connection.sendall(request)
            assert client.get("/healthz").status_code == 200
    assert client.get("/live/streams").json()["total"] == 0


def test_the_rest_of_a_body_is_not_awaited_for_ever(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_PATIENCE_S", 0.05)
    request = request_text("POST", "/runs", listener.port, headers={"Content-Length": "100"}, body=b"{")
    with connect(listener) as connection:
        status, _, body = exchange(connection, request)
    assert (status, body) == (400, b'{"detail":"The rest of the body did not arrive"}')


def test_a_taken_port_is_a_sentence(listener: Listener, backend: Backend) -> None:
    other = Listener(backend, settings=Settings(), token=TOKEN)
    with pytest.raises(KnownError, match=f"Port {listener.port} is in use"):
        other.start(listener.port)
    with pytest.raises(KnownError, match="Port 70000 does not exist"):
        bind(70_000)
    other.stop()
    other.start(0)
    assert httpx.get(f"{other.url}/healthz").status_code == 200
    other.stop()


def test_only_loopback_is_bound(listener: Listener) -> None:
    assert listener._server is not None
    addresses = {one.getsockname()[0] for server in listener._server.servers for one in server.sockets}
    assert addresses == {"127.0.0.1"}


def test_start_and_stop_follow_each_other(backend: Backend) -> None:
    listener = Listener(backend, settings=Settings(), token=TOKEN)
    listener.start(0)
    port = listener.port
    listener.stop()
    listener.stop()
    assert listener.port == 0
    listener.start(port)
    assert listener.port == port
    listener.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")


def test_other_settings_hold_from_the_next_request_on(listener: Listener) -> None:
    posted = request_text("POST", "/live/ingest", listener.port, body=json.dumps(bet()).encode())
    other = posted.replace(TOKEN.encode(), b"another-token-now!")
    with connect(listener) as connection:
        assert [exchange(connection, one)[0] for one in (posted, other)] == [200, 401]
        listener.change(Settings(ingest_rate_limit=3, max_nonces=10), "another-token-now!")
        status, headers, _ = exchange(connection, other)
        # On the same connection; the minute begins anew with the new limit.
        assert (status, headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == (200, "3", "2")
        assert exchange(connection, posted)[0] == 401
        listener.change(Settings(ingest_rate_limit=3, ingest_token_required=False), "another-token-now!")
        # Who may ask has changed, and what was counted is counted.
        assert exchange(connection, posted)[1]["x-ratelimit-remaining"] == "1"
    answered = httpx.post(f"{listener.url}/runs", json=SCAN, headers={"X-Ingest-Token": TOKEN})
    assert answered.status_code == 401


def test_stop_answers_what_is_under_way(
    listener: Listener, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()
    answer_list = backend.runs.list

    def slow(query: RunQuery) -> RunPage:
        begun.set()
        go_on.wait(10)
        return answer_list(query)

    monkeypatch.setattr(backend.runs, "list", slow)
    with ThreadPoolExecutor(2) as threads:
        asked = threads.submit(
            httpx.get, f"{listener.url}/runs", headers={"X-Ingest-Token": TOKEN}, timeout=20
        )
        assert begun.wait(10)
        stopping = threads.submit(listener.stop)
        go_on.set()
        assert asked.result(20).status_code == 200
        stopping.result(20)


def test_stop_does_not_wait_for_ever(listener: Listener, client: httpx.Client) -> None:
    stream = client.post("/live/ingest", json=bet()).json()["streamId"]
    half = request_text("POST", "/runs", listener.port, headers={"Content-Length": "100"}, body=b"{")
    long_scan = SCAN | {"end": 20_000}
    with connect(listener) as idle, connect(listener) as waiting, connect(listener) as events:
        exchange(idle, request_text("GET", "/healthz", listener.port))
        waiting.sendall(half)
        events.sendall(request_text("GET", f"/live/streams/{stream}/events", listener.port))
        assert events.recv(12) == b"HTTP/1.1 200"
        client.post("/runs", json=long_scan)
        started = time.perf_counter()
        listener.stop()
        # Requests under way would be waited for during 4 s of grace.
        assert time.perf_counter() - started < 3.5
        rest = b""
        while piece := events.recv(65_536):
            rest += piece
        # Ended properly, not cut: the last chunk is there.
        assert rest.endswith(b"0\r\n\r\n")
        assert waiting.recv(1) == b""


def test_a_scan_ends_with_the_listener(listen: Callable[..., Listener], backend: Backend) -> None:
    listener = listen()
    body = SCAN | {"end": 100_000_000, "targets": [3203384.8]}
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(
            httpx.post, f"{listener.url}/runs", json=body, headers={"X-Ingest-Token": TOKEN}, timeout=60
        )
        while listener._server is not None and not listener._server.server_state.tasks:
            assert not asked.done()
            os.sched_yield()
        listener.stop()
        answered = asked.result(20)
    assert answered.status_code == 503
    assert "nothing was stored" in answered.json()["detail"]
    assert backend.runs.list(RunQuery()).total == 0


@pytest.mark.expects_warning
def test_a_bug_is_logged_and_not_told(
    client: httpx.Client, backend: Backend, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_query: RunQuery) -> RunPage:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(backend.runs, "list", broken)
    answered = client.get("/runs")
    assert (answered.status_code, answered.json()) == (500, {"detail": "Internal server error"})
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert (record.getMessage(), record.exc_info is not None) == ("GET /runs failed", True)
