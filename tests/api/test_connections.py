"""Connections that ask nothing must not keep those out that do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from pump_desktop.api import connections
from pump_desktop.api.server import Listener
from tests.api.samples import bet, exchange, request_text


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
