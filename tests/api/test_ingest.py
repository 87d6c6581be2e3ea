"""What scripts post."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pump_desktop.api.server import Listener
from pump_desktop.domain.errors import DiskFullError
from pump_desktop.domain.live import Accepted, StreamQuery
from pump_desktop.services.backend import Backend
from tests.api.samples import TOKEN, bet


def test_the_contracts_messages_are_taken_once_or_refused(
    client: httpx.Client, backend: Backend, messages: dict[str, Any]
) -> None:
    streams = set()
    for one in messages["accepted"]:
        first = client.post("/live/ingest", json=one["body"])
        again = client.post("/live/ingest/", json=one["body"])
        assert (first.status_code, again.status_code) == (200, 200), one["name"]
        assert first.json()["accepted"] is True, one["name"]
        assert again.json() == first.json() | {"accepted": False}, one["name"]
        assert first.json()["type"] == one["body"].get("type", "bet")
        streams.add(first.json()["streamId"])
    assert len(streams) == 1
    before = client.get("/live/streams").json()
    for one in messages["refused"]:
        refused = client.post("/live/ingest", content=json.dumps(one["body"]))
        assert refused.status_code == 422, one["name"]
        assert isinstance(refused.json()["detail"], str)
    assert len(backend.live.rejected()) == len(messages["refused"])
    assert client.get("/live/streams").json() == before


def test_a_batch_answers_for_each(client: httpx.Client, backend: Backend, messages: dict[str, Any]) -> None:
    bodies = [
        one["body"] for pair in zip(messages["accepted"], messages["refused"], strict=False) for one in pair
    ]
    answered = client.post("/live/ingest/batch", json=bodies)
    results = answered.json()["results"]
    assert answered.status_code == 200
    assert [set(result) for result in results] == [{"streamId", "accepted", "type"}, {"detail"}] * (
        len(bodies) // 2
    )
    assert len(backend.live.rejected()) == len(bodies) // 2
    again = client.post("/live/ingest/batch", json=bodies[::2]).json()["results"]
    assert {result["accepted"] for result in again} == {False}


@pytest.mark.parametrize("count", [0, 1000])
def test_a_batch_may_be_empty_or_hold_a_thousand(client: httpx.Client, count: int) -> None:
    answered = client.post("/live/ingest/batch", json=[bet(number + 1) for number in range(count)])
    assert (answered.status_code, len(answered.json()["results"])) == (200, count)


def test_what_is_no_batch_is_refused_in_a_sentence(shared_client: httpx.Client) -> None:
    for body in ({}, bet(), None, 7, [bet(n + 1) for n in range(1001)]):
        answered = shared_client.post("/live/ingest/batch", content=json.dumps(body))
        assert answered.status_code == 422
        assert isinstance(answered.json()["detail"], str)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"{" * 100_000, 400),
        (b"[" * 100_000, 400),
        (b'{"id": "\xff"}', 400),
        (json.dumps(bet()).encode("utf-16"), 400),
        (rb'{"id": "\udcff"}', 400),
        (b"", 422),
        (b'"text"', 422),
        (json.dumps(bet(amount=float("nan"))).encode(), 422),
        (json.dumps(bet(payout=float("inf"))).encode(), 422),
        (json.dumps(bet(roundResult=1)).replace(": 1,", ": 1e999,").encode(), 422),
        (json.dumps(bet(nonce=10**400)).encode(), 422),
        (b'{"nonce": ' + b"9" * 100_000 + b"}", 400),
    ],
)
def test_what_is_no_message_is_kept_as_rejected_and_stores_nothing(
    shared_client: httpx.Client, shared: Listener, content: bytes, status: int
) -> None:
    backend = shared._backend
    kept = len(backend.live.rejected(1000))
    answered = shared_client.post("/live/ingest", content=content)
    assert answered.status_code == status
    assert isinstance(answered.json()["detail"], str)
    assert len(backend.live.rejected(1000)) == kept + 1
    assert backend.live.streams(StreamQuery()).total == 0


def test_json_and_plain_text_are_read_and_other_types_refused(client: httpx.Client) -> None:
    kinds = [
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/json; charset=utf-8",
        "application/vnd.x+json",
    ]
    for number, kind in enumerate(kinds, 1):
        answered = client.post(
            "/live/ingest", content=json.dumps(bet(number)), headers={"Content-Type": kind}
        )
        assert (answered.status_code, answered.json()["accepted"]) == (200, True)
    bare = client.build_request("POST", "/live/ingest", content=json.dumps(bet(9)))
    assert "content-type" not in bare.headers
    assert client.send(bare).status_code == 200
    for kind in ("application/x-www-form-urlencoded", "text/html", "application/octet-stream"):
        answered = client.post("/live/ingest", content=json.dumps(bet(10)), headers={"Content-Type": kind})
        assert answered.status_code == 422
        assert answered.json() == {"detail": "The content type must be application/json or text/plain"}


def test_ingest_takes_nothing_but_posts(shared_client: httpx.Client) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        for path in ("/live/ingest", "/live/ingest/batch"):
            answered = shared_client.request(method, path)
            assert (answered.status_code, answered.json()) == (405, {"detail": "Method Not Allowed"})


def test_a_new_stream_from_everywhere_is_one(listener: Listener, backend: Backend) -> None:
    def post(number: int) -> str:
        own = {"X-Ingest-Token": TOKEN}
        with httpx.Client(base_url=listener.url, headers=own, timeout=20) as client:
            found = {
                client.post("/live/ingest", json=bet(number * 10 + n)).json()["streamId"] for n in range(1, 6)
            }
        assert len(found) == 1
        return str(found.pop())

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(post, range(16)))) == 1
    page = backend.live.streams(StreamQuery())
    assert (page.total, page.items[0].total_bets) == (1, 80)
    assert listener.traffic().messages_last_minute == 80
    assert listener.traffic().last_message_at is not None


@pytest.mark.expects_warning
def test_a_full_disk_is_said(client: httpx.Client, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    def ingest(_messages: object) -> Future[list[Accepted]]:
        future: Future[list[Accepted]] = Future()
        future.set_exception(DiskFullError("The disk is full."))
        return future

    def reject(_reason: str, _body: str) -> Future[None]:
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(backend.live, "ingest", ingest)
    monkeypatch.setattr(backend.live, "reject", reject)
    for path, body in (("", bet()), ("/batch", [bet()])):
        answered = client.post(f"/live/ingest{path}", json=body)
        assert (answered.status_code, answered.json()) == (503, {"detail": "The disk is full."})
    # That a refused message cannot be kept changes nothing for who sent it.
    assert client.post("/live/ingest", json=bet(0)).status_code == 422


def test_after_the_store_closed(client: httpx.Client, backend: Backend) -> None:
    backend.close()
    answers = [
        client.post("/live/ingest", json=bet()),
        client.get("/live/streams"),
        client.get("/healthz"),
        client.get("/runs"),
    ]
    for answered in answers:
        assert answered.status_code == 503
        assert "closing" in answered.json()["detail"]


@pytest.mark.expects_warning
def test_a_bug_in_one_message_does_not_sink_the_others(
    listen: Callable[..., Listener], backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = backend.live.ingest

    def breaks_on_7(messages: Any) -> Future[list[Accepted]]:
        if any(message.nonce == 7 for message in messages):
            raise ZeroDivisionError
        return ingest(messages)

    monkeypatch.setattr(backend.live, "ingest", breaks_on_7)
    url = listen().url

    def post(number: int) -> tuple[int, dict[str, Any]]:
        headers = {"X-Ingest-Token": TOKEN, "Origin": "null"}
        answered = httpx.post(f"{url}/live/ingest", json=bet(number), headers=headers, timeout=20)
        assert answered.headers["access-control-allow-origin"] == "null"
        return answered.status_code, answered.json()

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(post, range(1, 13)))
    assert [status for status, _ in answers] == [500 if number == 7 else 200 for number in range(1, 13)]
    assert answers[6][1] == {"detail": "Internal server error"}
