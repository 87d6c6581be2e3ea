"""Connections that ask nothing must not keep those out that do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from pump_desktop.api import connections, events
from pump_desktop.api.server import Listener
from tests.api.samples import TOKEN, answer, bet, exchange, request_text


@contextmanager
def idle(listener: Listener, count: int) -> Iterator[list[socket.socket]]:
    """Open connections that ask nothing."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", listener.port), timeout=20))
            for _ in range(count)
        ]


def test_past_the_limit_the_longest_idle_goes_and_scripts_still_get_in(
    listener: Listener, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 10)
    with idle(listener, 30) as opened:
        assert client.post("/live/ingest", json=bet()).json()["accepted"] is True
        # The first 21 had to go: 20 for those behind them, one for the client.
        assert [one.recv(1) for one in opened[:21]] == [b""] * 21
        assert exchange(opened[-1], request_text("GET", "/healthz", listener.port))[0] == 200


def test_a_connection_that_works_is_not_the_one_to_go(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    request = request_text("GET", "/healthz", listener.port)
    with idle(listener, 1) as (busy,):
        for _ in range(5):
            assert exchange(busy, request)[0] == 200
            with idle(listener, 2) as others:
                assert exchange(others[-1], request)[0] == 200
        assert exchange(busy, request)[0] == 200


def test_when_all_are_busy_a_new_one_is_told_so(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"Expect": "100-continue", "Content-Length": "2"}
    head = request_text("POST", "/live/ingest", listener.port, headers=wanted)
    with idle(listener, 2) as busy:
        for one in busy:
            one.sendall(head)
            # The server asks for the body: the request is under way.
            assert one.recv(100).startswith(b"HTTP/1.1 100 ")
        monkeypatch.setattr(connections, "MAX_CONNECTIONS", 2)
        with idle(listener, 1) as (refused,):
            said = refused.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 503 ")
    assert json.loads(said.partition(b"\r\n\r\n")[2]) == {"detail": connections.TOO_MANY}


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT"])
def test_a_head_that_never_comes_whole_is_given_up(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.05)
    with idle(listener, 1) as (slow,):
        slow.sendall(sent)
        said = slow.makefile("rb").read()
    assert said == b"" if not sent else said.startswith(b"HTTP/1.1 408 ")


def test_few_open_files_mean_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource", reason="limits on open files are POSIX")
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 256))
    assert connections.most_connections() == 128


def sent(listener: Listener, *pieces: bytes) -> tuple[int, dict[str, str], bytes, bytes]:
    """Send bytes as they are, and give the answer and what came behind it when the connection was closed."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        file = connection.makefile("rb")
        return *answer(file), file.read()


def head_of(size: int, port: int, *, headers: int = 0) -> bytes:
    """Give a GET of /healthz whose address and headers are so large, as the listener counts them."""
    more = {f"X-{number}": "a" for number in range(headers)}
    bare = request_text("GET", "/healthz?", port, headers=more)
    # The request line's method and protocol do not count, nor does the blank line.
    counted = len(bare) - len("GET  HTTP/1.1\r\n\r\n")
    return bare.replace(b"/healthz?", b"/healthz?" + b"a" * (size - counted))


@pytest.mark.parametrize(("size", "headers", "status"), [
    (connections.MAX_HEAD, 0, 200),
    (connections.MAX_HEAD + 1, 0, 431),
    (9_000, connections.MAX_HEADERS - 3, 200),
    (9_000, connections.MAX_HEADERS - 2, 431),
])  # fmt: skip
def test_a_head_is_read_up_to_its_limit(shared: Listener, size: int, headers: int, status: int) -> None:
    head = head_of(size, shared.port, headers=headers)
    with idle(shared, 1) as (connection,):
        said, _headers, body = exchange(connection, head)
    assert said == status, body
    assert ("detail" in json.loads(body)) is (status == 431)


ENDLESS = {
    "address": [b"GET /" + b"a" * 300_000],
    "address, in pieces": [b"GET /", *[b"a" * 9_000] * 9],
    "header": [b"GET / HTTP/1.1\r\nA: " + b"a" * 300_000],
    "header's name": [b"GET / HTTP/1.1\r\n" + b"a" * 300_000],
    "headers": [b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 50_000],
    "blank lines": [b"\r\n" * 150_000],
    "chunk's extension": [b"POST /live/ingest HTTP/1.1\r\nHost: localhost\r\nX-Ingest-Token: "
                          + TOKEN.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n1;a=" + b"a" * 300_000],
    "trailer": [b"POST /live/ingest HTTP/1.1\r\nHost: localhost\r\nX-Ingest-Token: " + TOKEN.encode()
                + b"\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nA: " + b"a" * 300_000],
}  # fmt: skip


@pytest.mark.parametrize("pieces", ENDLESS.values(), ids=ENDLESS)
def test_a_head_without_an_end_is_refused_in_time(shared: Listener, pieces: list[bytes]) -> None:
    status, headers, body, behind = sent(shared, *pieces)
    assert (status, headers["connection"], behind) == (431, "close", b"")
    assert json.loads(body)["detail"].startswith(
        "The request line and headers exceed the maximum of 65536 bytes"
    )


def test_what_stands_behind_a_body_is_read_and_is_nobodys(shared: Listener) -> None:
    head = request_text("POST", "/verify", shared.port, headers={"Transfer-Encoding": "chunked"})
    head = head.replace(b"Content-Length: 0\r\n", b"")
    with idle(shared, 1) as (connection,):
        assert exchange(connection, head + b"2;a=b\r\n{}\r\n0\r\nX-Ingest-Token: other\r\n\r\n")[0] == 405
        assert exchange(connection, request_text("GET", "/healthz", shared.port))[0] == 200


@pytest.mark.parametrize("token", [TOKEN, "wrong"])
def test_the_rest_of_a_body_that_was_refused_is_not_waited_for(
    shared: Listener, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(connections, "LINGER_S", 0.05)
    head = request_text("POST", "/live/ingest", shared.port, headers={"X-Ingest-Token": token})
    head = head.replace(b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n")
    status, _headers, _body, behind = sent(shared, head, b"200000\r\n", b"a" * 0x180000)
    assert (status, behind) == (413 if token == TOKEN else 401, b"")


def test_a_body_that_was_refused_may_still_come_to_its_end(shared: Listener) -> None:
    head = request_text("POST", "/live/ingest", shared.port, body=b"a" * 2_000_000)
    with idle(shared, 1) as (connection,):
        assert exchange(connection, head)[0] == 413
        assert exchange(connection, request_text("GET", "/healthz", shared.port))[0] == 200


def test_who_asks_for_another_protocol_is_answered_in_this_one(shared: Listener) -> None:
    wanted = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA",
    }
    status, headers, _body, behind = sent(
        shared, request_text("GET", "/healthz", shared.port, headers=wanted)
    )
    assert (status, headers["connection"], behind) == (200, "close", b"")


def test_event_streams_leave_room_for_bets(listener: Listener, client: httpx.Client) -> None:
    stream = client.post("/live/ingest", json=bet()).json()["streamId"]
    watch = request_text("GET", f"/live/streams/{stream}/events", listener.port)
    with idle(listener, events.MAX_EVENT_STREAMS) as watching, idle(listener, 1) as (late,):
        for one in watching:
            one.sendall(watch)
        assert {one.recv(12) for one in watching} == {b"HTTP/1.1 200"}
        status, headers, body = exchange(late, watch)
        assert (status, headers["retry-after"]) == (503, "5")
        assert json.loads(body) == {"detail": events.TOO_MANY}
        assert client.post("/live/ingest", json=bet(2)).json()["accepted"] is True
        watching[0].close()
        # When its end is noticed there is room for one more.
        asked = (exchange(late, watch)[0] for _ in range(1_000))
        assert next(status for status in asked if status != 503) == 200


def test_few_connections_mean_few_event_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 8)
    watchers = events.Watchers()
    assert not watchers.full
    watchers.open = 2
    assert watchers.full
