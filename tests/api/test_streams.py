"""Live streams over HTTP."""

from __future__ import annotations

import json
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pump_desktop.api.server import Listener
from tests.api.samples import TOKEN, bet

EXPORT_HEADER = (
    "nonce,antebot_bet_id,date_time,received_at,amount,payout,difficulty,round_target,round_result,verdict"
)


@pytest.fixture
def stream(client: httpx.Client, messages: dict[str, Any]) -> str:
    """Give the path of the stream that the contract's messages make, before anybody revealed it."""
    bodies = [one["body"] for one in messages["accepted"] if "serverSeed" not in one["body"]]
    results = client.post("/live/ingest/batch", json=bodies).json()["results"]
    return f"/live/streams/{results[0]['streamId']}"


def test_the_list_and_the_detail_of_a_stream_agree(client: httpx.Client, stream: str) -> None:
    client.post("/live/ingest", json=bet(1, clientSeed="other", roundResult=2.8))
    page = client.get("/live/streams/").json()
    assert [item["client_seed"] for item in page["items"]] == ["other", "sample-client"]
    assert (page["total"], page["limit"], page["offset"]) == (2, 50, 0)
    item = page["items"][1]
    assert (item["last_nonce"], item["total_bets"], item["total_rounds"]) == (18, 16, 18)
    assert (item["highest_multiplier"], item["notes"], item["revealed"]) == (1066.73, "", False)
    detail = client.get(stream).json()
    assert {name: detail[name] for name in item} == item
    assert detail["lowest_multiplier"] == 1.0
    assert detail["bets_by_difficulty"]["expert"] == 16
    assert len(detail["recent_bets"]) == 10
    assert detail["recent_bets"][0]["antebot_bet_id"] == "raw-18"
    assert detail["audit"] == {"checked": 0, "matches": 0, "mismatches": 0}
    assert client.get("/live/streams?limit=1&offset=1").json()["items"] == [item]
    assert client.get("/live/streams?offset=7").json()["items"] == []


def test_bets_are_ordered_filtered_and_told_with_their_distance(client: httpx.Client, stream: str) -> None:
    def nonces(**query: Any) -> list[int]:
        return [item["nonce"] for item in client.get(f"{stream}/bets", params=query).json()["items"]]

    everything = [*range(1, 16), 18]
    assert nonces() == everything
    assert nonces(order="nonce_desc", limit=3, offset=1) == [15, 14, 13]
    assert nonces(order="id_desc")[0] == 18
    assert nonces(min_multiplier=4.95) == [4, 9, 14, 15]
    assert nonces(difficulty="EASY") == []
    far = client.get(f"{stream}/bets", params={"include_distance": True}).json()["items"]
    assert {item["nonce"]: item["distance_prev"] for item in far}[10] == 3
    assert far[0]["distance_prev"] is None
    assert [item["off_table"] for item in far if item["nonce"] in {14, 15}] == [True, False]
    wrong = [
        "limit=0",
        "limit=1001",
        "order=up",
        "min_multiplier=nan",
        "min_multiplier=-1",
        "difficulty=x",
        "offset=-1",
    ]
    for query in wrong:
        assert client.get(f"{stream}/bets?{query}").status_code == 422


def test_the_tail_gives_each_bet_once_and_in_order(client: httpx.Client, stream: str) -> None:
    first = client.get(f"{stream}/tail?limit=10").json()
    assert (len(first["bets"]), first["has_more"]) == (10, True)
    rest = client.get(f"{stream}/tail/", params={"since_id": first["last_id"]}).json()
    ids = [one["id"] for one in [*first["bets"], *rest["bets"]]]
    assert (ids, rest["has_more"], rest["last_id"]) == (sorted(set(ids)), False, ids[-1])
    assert len(ids) == 16
    ahead = client.get(f"{stream}/tail", params={"since_id": 10**12}).json()
    assert ahead == {"bets": [], "last_id": 10**12, "has_more": False}
    for query in ("since_id=-1", "since_id=x", f"since_id={2**63}", "limit=1001"):
        assert client.get(f"{stream}/tail?{query}").status_code == 422


def test_rounds_come_latest_first_and_metrics_count_them(client: httpx.Client, stream: str) -> None:
    rounds = client.get(f"{stream}/rounds", params={"since_nonce": 15}).json()["items"]
    assert [(one["nonce"], one["round_result"]) for one in rounds] == [(18, 1.0), (17, 17.34), (16, 1.0)]
    assert client.get(f"{stream}/rounds?limit=10000").json()["total"] == 18
    assert client.get(f"{stream}/rounds?limit=10001").status_code == 422
    body = client.get(f"{stream}/metrics?multipliers=1.63,73.21&multipliers=2.8&bucket_size=10&top=3").json()
    by_multiplier = {one["multiplier"]: one for one in body["multipliers"]}
    assert by_multiplier[73.21]["streak"] == 9
    assert 0 < by_multiplier[73.21]["streak_probability"] < 1
    assert (by_multiplier[2.8]["count"], by_multiplier[2.8]["last_nonce"]) == (3, 10)
    assert by_multiplier[2.8]["gaps"]["max"] == 4
    assert [one["nonce"] for one in body["top"]] == [15, 9, 17]
    assert body["match"] == "exact"
    least = client.get(f"{stream}/metrics?multipliers=17.34&match=at_least").json()
    assert (least["match"], least["multipliers"][0]["count"]) == ("at_least", 3)
    assert client.get(f"{stream}/metrics?match=near").status_code == 422
    assert [one["rounds"] for one in body["density"]] == [10, 8]
    assert client.get(f"{stream}/metrics").json()["multipliers"] == []
    for query in ("multipliers=nan", "multipliers=x", "multipliers=0", "bucket_size=0", "top=-1"):
        assert client.get(f"{stream}/metrics?{query}").status_code == 422


def test_notes_are_replaced_and_a_deleted_stream_is_gone(client: httpx.Client, stream: str) -> None:
    assert client.put(stream, json={"notes": "x" * 1000}).json()["notes"] == "x" * 1000
    assert client.put(stream, json={"notes": "x" * 1001}).status_code == 422
    assert client.put(stream, json={"notes": 7}).status_code == 422
    assert client.put(stream, json={}).json() == {"detail": "notes is missing"}
    assert client.put(stream, content=b"{").status_code == 400
    for empty in ("", None):
        client.put(stream, json={"notes": "something"})
        assert client.put(stream, json={"notes": empty}).json()["notes"] == ""
    gone = client.delete(stream)
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(stream).status_code == 404
    assert client.delete(stream).status_code == 404


def test_the_export_holds_every_bet_and_no_formula(client: httpx.Client, stream: str) -> None:
    client.post("/live/ingest", json=bet(40, id="=1+1"))
    answered = client.get(f"{stream}/export.csv")
    lines = answered.text.splitlines()
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines[0] == EXPORT_HEADER
    assert len(lines) == 18
    assert "'=1+1" in answered.text


def test_a_revealed_seed_judges_what_came_and_what_comes(
    client: httpx.Client, stream: str, messages: dict[str, Any]
) -> None:
    wrong = client.post(f"{stream}/reveal", json={"server_seed": "no"})
    assert (wrong.status_code, type(wrong.json()["detail"])) == (422, str)
    assert client.post(f"{stream}/reveal", json={}).json() == {"detail": "server_seed is missing"}
    assert client.post(f"{stream}/reveal", json={"server_seed": None}).status_code == 422
    body = client.post(f"{stream}/reveal", json={"server_seed": messages["server_seed"]}).json()
    assert (body["checked"], body["matches"]) == (18, 16)
    assert [one["nonce"] for one in body["mismatches"]] == [14, 15]
    detail = client.get(stream).json()
    assert detail["revealed"] is True
    assert detail["audit"] == {"checked": 18, "matches": 16, "mismatches": 2}
    late = client.post("/live/ingest", json=bet(19, roundResult=17.34))
    assert late.status_code == 200
    assert client.get(f"{stream}/bets?order=id_desc&limit=1").json()["items"][0]["verdict"] == "match"


def test_a_bookmark_is_made_once_changed_and_deleted(client: httpx.Client, stream: str) -> None:
    bet_id = client.get(f"{stream}/tail").json()["bets"][0]["id"]
    made = client.post(f"{stream}/bookmarks", json={"bet_id": bet_id, "note": "look"})
    assert (made.status_code, made.json()["bet_id"], made.json()["note"]) == (201, bet_id, "look")
    assert client.post(f"{stream}/bookmarks", json={"bet_id": bet_id}).status_code == 409
    assert client.post(f"{stream}/bookmarks", json={"bet_id": 10**9}).status_code == 404
    for wrong in ({}, {"bet_id": True}, {"bet_id": "1"}, {"bet_id": 2**63}, {"bet_id": bet_id, "note": 7}):
        assert client.post(f"{stream}/bookmarks", json=wrong).status_code == 422
    page = client.get(f"{stream}/bookmarks").json()
    assert (page["items"], page["total"]) == ([made.json()], 1)
    path = f"{stream}/bookmarks/{made.json()['id']}"
    assert client.put(path, json={"note": "seen"}).json()["note"] == "seen"
    assert client.put(path, json={}).status_code == 422
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert client.put(path, json={"note": ""}).status_code == 404


def test_a_snapshot_shows_what_was_there_under_its_filter(client: httpx.Client, stream: str) -> None:
    made = client.post(f"{stream}/snapshots", json={"name": "before", "filter": {"min_multiplier": 2.8}})
    assert made.status_code == 201
    snapshot = made.json()
    bets = client.get(f"{stream}/tail").json()["bets"]
    assert snapshot["last_bet_id"] == bets[-1]["id"]
    client.post("/live/ingest", json=bet(50, roundResult=400.02))
    path = f"{stream}/snapshots/{snapshot['id']}"
    replayed = client.get(f"{path}/bets").json()
    assert [one["nonce"] for one in replayed["items"]] == [3, 4, 7, 9, 10, 14, 15]
    early = client.post(f"{stream}/snapshots", json={"name": "early", "last_bet_id": bets[2]["id"]}).json()
    assert client.get(f"{stream}/snapshots/{early['id']}/bets").json()["total"] == 3
    assert client.get(f"{stream}/snapshots").json()["total"] == 2
    assert client.put(path, json={"name": "renamed"}).json()["name"] == "renamed"
    wrong: list[dict[str, Any]] = [
        {},
        {"name": ""},
        {"name": "x", "filter": 7},
        {"name": "x", "last_bet_id": "1"},
    ]
    for body in wrong:
        assert client.post(f"{stream}/snapshots", json=body).status_code == 422
    assert client.delete(path).status_code == 204
    assert client.get(f"{path}/bets").status_code == 404


def test_a_stream_that_is_not_there_is_a_404_at_every_path(shared_client: httpx.Client) -> None:
    unknown = uuid4()
    paths = [
        "",
        "/bets",
        "/tail",
        "/rounds",
        "/events",
        "/metrics",
        "/export.csv",
        "/bookmarks",
        "/snapshots",
    ]
    for path in paths:
        answered = shared_client.get(f"/live/streams/{unknown}{path}")
        assert (answered.status_code, answered.json()) == (
            404,
            {"detail": f"Stream with ID {unknown} not found"},
        )
        wrong = shared_client.get(f"/live/streams/no-uuid{path}")
        assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["path", "stream_id"])
    posted = [
        ("PUT", "", {"notes": "x"}),
        ("DELETE", "", None),
        ("POST", "/reveal", {"server_seed": "x"}),
        ("POST", "/bookmarks", {"bet_id": 1}),
        ("POST", "/snapshots", {"name": "x"}),
    ]
    for method, path, body in posted:
        url = f"/live/streams/{unknown}{path}"
        assert shared_client.request(method, url, json=body).status_code == 404, (method, path)


def test_each_commit_is_an_event_of_its_stream_until_that_is_deleted(
    listener: Listener, client: httpx.Client, stream: str
) -> None:
    events: list[dict[str, Any]] = []
    with httpx.stream(
        "GET", f"{listener.url}{stream}/events", headers={"X-Ingest-Token": TOKEN}, timeout=20
    ) as answered:
        assert answered.headers["content-type"].startswith("text/event-stream")
        lines = answered.iter_lines()
        assert next(lines).startswith("retry")
        client.post("/live/ingest/batch", json=[bet(30), bet(31)])
        client.post("/live/ingest", json=bet(32, clientSeed="another stream"))
        client.post("/live/ingest", json=bet(33))
        while len(events) < 2:
            name, value = next(lines).partition(": ")[::2]
            if name == "data":
                events.append(json.loads(value))
        # Deleting the stream ends its events.
        deleting = Thread(target=client.delete, args=(stream,))
        deleting.start()
        assert not [line for line in lines if line.startswith("data")]
        deleting.join()
    assert [(one["bets"], one["rounds"]) for one in events] == [(2, 2), (1, 1)]
    assert events[0]["last_id"] < events[1]["last_id"]
