"""What the listener remembers of the last requests."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from pump_desktop.api.server import Listener
from pump_desktop.services.connect.doctor import SeenRequest
from tests.api.samples import TOKEN, bet


def seen(listener: Listener) -> tuple[SeenRequest | None, SeenRequest | None]:
    traffic = listener.traffic()
    return traffic.last_request, traffic.last_refusal


def test_the_last_request_and_the_last_refusal_are_remembered(
    listener: Listener, client: httpx.Client
) -> None:
    assert seen(listener) == (None, None)
    client.post("/live/ingest?token=secret", json=bet(), headers={"Origin": "app://antebot"})
    good, refused = seen(listener)
    assert good is not None
    assert (good.method, good.path, good.status, good.origin) == (
        "POST",
        "/live/ingest",
        200,
        "app://antebot",
    )
    assert (good.reason, good.refused, refused) == ("", False, None)

    client.post("/live/ingest/batch", json=[], headers={"X-Ingest-Token": "wrong"})
    last, refused = seen(listener)
    assert last == refused
    assert refused is not None
    assert (refused.path, refused.status, refused.reason) == (
        "/live/ingest/batch",
        401,
        "Invalid ingest token",
    )

    client.post("/live/ingest", json=bet(2))
    last, still = seen(listener)
    assert last is not None
    assert (last.status, still) == (200, refused)
    assert "wrong" not in repr(still)
    assert TOKEN not in repr(last)


def test_every_kind_of_refusal_says_its_reason(listener: Listener, client: httpx.Client) -> None:
    def refusal(**request: object) -> tuple[int, str]:
        client.request(**({"method": "POST", "url": "/live/ingest"} | request))  # type: ignore[arg-type]  # keywords of request()
        _, refused = seen(listener)
        assert refused is not None
        return refused.status, refused.reason

    assert refusal(json=bet(nonce=None)) == (422, "nonce is missing")
    assert refusal(content=b"{")[0] == 400
    assert refusal(url="/runs", headers={"Origin": "app://antebot"}, json={}) == (
        403,
        "Pages of another origin may only post to /live/ingest",
    )
    assert refusal(headers={"Host": "example.org"}) == (403, "Host must be 127.0.0.1, localhost or [::1]")
    assert refusal(url="/ingest", json={}) == (404, "Not Found")
    assert refusal(url="/" + "x" * 1000, json={})[0] == 404
    last = seen(listener)[1]
    assert last is not None
    assert len(last.path) == 200


def test_a_preflight_counts_and_a_look_does_not(listener: Listener, client: httpx.Client) -> None:
    client.get("/healthz")
    client.get("/nowhere")
    assert seen(listener) == (None, None)
    client.options("/live/ingest", headers={"Origin": "null"})
    last, _ = seen(listener)
    assert last is not None
    assert (last.method, last.status, last.origin) == ("OPTIONS", 204, "null")


def test_a_new_start_begins_anew(listen: Callable[..., Listener]) -> None:
    listener = listen()
    httpx.post(f"{listener.url}/live/ingest", timeout=20)
    assert seen(listener)[1] is not None
    listener.stop()
    listener.start(0)
    assert seen(listener) == (None, None)
