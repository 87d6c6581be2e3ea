"""Runs over HTTP."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import pairwise
from sqlite3 import connect
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from pump_desktop.api.schemas.runs import run_detail, run_list
from pump_desktop.api.server import Listener
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import RunQuery
from pump_desktop.engine import reference
from pump_desktop.services.backend import Backend
from tests.api.samples import SCAN, TOKEN
from tests.store.damage import bend_outcome


@cache
def safe_pumps() -> tuple[int, ...]:
    """Give the k of every nonce of SCAN as the reference has it."""
    seeds = SCAN["server_seed"], SCAN["client_seed"]
    return tuple(reference.replay(*seeds, nonce, Difficulty.EXPERT) for nonce in range(1, 6001))


def hits(*, exactly: float | None = None, least: float = math.inf) -> list[int]:
    """Give the nonces with a multiplier, or with so much at least."""
    table = PAYOUTS[Difficulty.EXPERT]
    return [n for n, k in enumerate(safe_pumps(), 1) if table[k] == exactly or table[k] >= least]


def gaps(nonces: list[int]) -> list[int]:
    return [later - before for before, later in pairwise(nonces)]


@pytest.fixture
def run(client: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/runs", json=SCAN).json()
    return made


def test_a_scan_is_stored_and_given_back(client: httpx.Client, backend: Backend) -> None:
    answered = client.post("/runs/", json=SCAN)
    run = answered.json()
    assert answered.status_code == 201
    assert answered.headers["location"] == f"/runs/{run['id']}"
    assert run["targets"] == [1066.73, 11200.65]
    assert run["server_seed_sha256"] == hashlib.sha256(SCAN["server_seed"].encode()).hexdigest()
    assert run["summary"]["count"] == 6000
    assert run["summary"]["max_multiplier"] == 11200.65
    assert run["summary"]["top_max"] == [5663]
    assert run["created_at"].endswith("Z")
    got = client.get(f"/runs/{run['id']}")
    stored = backend.runs.get(UUID(run["id"]))
    assert got.text == answered.text == run_detail(stored).model_dump_json()


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({"difficulty": "insane"}, 422, "difficulty must be one of: easy, medium, hard, expert"),
        ({"difficulty": None}, 422, "difficulty must be one of: easy, medium, hard, expert"),
        ({"targets": []}, 422, "targets cannot be empty"),
        ({"targets": [1, -2]}, 422, "all targets must be positive"),
        ({"targets": [0]}, 422, "all targets must be positive"),
        ({"targets": ["1.63"]}, 422, "all targets must be numbers"),
        ({"targets": [True]}, 422, "all targets must be numbers"),
        ({"targets": "1.63"}, 422, "targets must be a list of numbers"),
        ({"targets": None}, 422, "targets must be a list of numbers"),
        ({"targets": [10**400]}, 422, "all targets must be finite numbers"),
        ({"start": 10, "end": 9}, 422, "end must be >= start"),
        ({"start": "5"}, 422, "start must be a whole number"),
        ({"start": True}, 422, "start must be a whole number"),
        ({"end": 5.0}, 422, "end must be a whole number"),
        ({"start": 0}, 422, "start must be between 1 and 9007199254740991"),
        ({"end": 2**53}, 422, "end must be between 1 and 9007199254740991"),
        ({"server_seed": ""}, 422, "server_seed cannot be empty"),
        ({"server_seed": 7}, 422, "server_seed must be text"),
        ({"client_seed": "x" * 257}, 422, "client_seed must be at most 256 characters (this one has 257)"),
        ({"name": 7}, 422, "name must be text"),
        ({"end": 20_001}, 413, "Nonce range 20001 exceeds maximum of 20000"),
    ],
)
def test_what_is_wrong_is_said(
    shared_client: httpx.Client, changes: dict[str, Any], status: int, detail: str
) -> None:
    answered = shared_client.post("/runs", json=SCAN | changes)
    assert (answered.status_code, answered.json()) == (status, {"detail": detail})
    assert shared_client.get("/runs").json()["total"] == 0


@pytest.mark.expects_warning
def test_too_little_memory_is_a_sentence_and_stores_nothing(
    listen: Callable[..., Listener], backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_run_id: UUID) -> None:
        raise MemoryError

    listener = listen(max_nonces=2**53)
    with httpx.Client(base_url=listener.url, headers={"X-Ingest-Token": TOKEN}, timeout=20) as client:
        answered = client.post("/runs", json=SCAN | {"start": 1, "end": 2**53 - 1})
        assert answered.status_code == 503
        assert answered.json()["detail"] == (
            "There is not enough memory for 9,007,199,254,740,991 nonces. "
            "Choose a smaller range, or close other programs and try again."
        )
        assert client.get("/runs").json()["total"] == 0
        assert client.post("/runs", json=SCAN).status_code == 201
        # Whatever else asks for too much.
        monkeypatch.setattr(backend.runs, "detail", fail)
        answered = client.get(f"/runs/{uuid4()}")
        assert (answered.status_code, answered.json()["detail"]) == (
            503,
            "There is not enough memory for this. Close other programs and try again.",
        )


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1" * 4000])
def test_no_number_is_too_odd(shared_client: httpx.Client, number: bytes) -> None:
    body = b'{"server_seed":"a","client_seed":"b","start":1,"end":2,"difficulty":"easy","targets":[%b]}'
    answered = shared_client.post("/runs", content=body % number)
    assert answered.status_code == 422
    assert isinstance(answered.json()["detail"], str)


def test_exactly_the_maximum_passes(client: httpx.Client) -> None:
    assert client.post("/runs", json=SCAN | {"start": 11, "end": 20_010}).status_code == 201


@pytest.mark.parametrize("field", list(SCAN))
def test_a_missing_field_is_named(shared_client: httpx.Client, field: str) -> None:
    answered = shared_client.post(
        "/runs", json={name: value for name, value in SCAN.items() if name != field}
    )
    assert (answered.status_code, answered.json()) == (422, {"detail": f"{field} is missing"})


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        ('{"server_seed": "ä"}'.encode("latin-1"), 400),
        ('{"server_seed": "a"}'.encode("utf-16"), 400),
        (rb'{"server_seed": "\ud800"}', 400),
        (b"\xff\x00", 400),
        (b"", 422),
        (b"[]", 422),
        (b"null", 422),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
def test_a_body_that_is_no_object(shared_client: httpx.Client, content: bytes, status: int) -> None:
    for method, path in (("POST", "/runs"), ("PATCH", f"/runs/{uuid4()}")):
        answered = shared_client.request(method, path, content=content)
        assert answered.status_code == status
        assert isinstance(answered.json()["detail"], str)


def test_another_content_type_is_refused(shared_client: httpx.Client) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answered = shared_client.post("/runs", content=b"{}", headers={"Content-Type": kind})
        assert (answered.status_code, answered.json()["detail"]) == (
            422,
            "The content type must be application/json",
        )


def test_the_list_is_searched_filtered_and_paged(client: httpx.Client, backend: Backend) -> None:
    for number, name in enumerate(["100% sure", "under_score", "plain"]):
        body = SCAN | {"end": 10, "client_seed": f"client {number}", "name": name}
        client.post("/runs", json=body)
    body = client.get("/runs/").json()
    assert [item["name"] for item in body["items"]] == ["plain", "under_score", "100% sure"]
    assert (body["total"], body["limit"], body["offset"]) == (3, 50, 0)
    assert not {"server_seed", "summary"} & set(body["items"][0])
    assert client.get("/runs").text == run_list(backend.runs.list(RunQuery())).model_dump_json()

    def found(**query: Any) -> list[str]:
        return [item["name"] for item in client.get("/runs", params=query).json()["items"]]

    assert found(search="%") == ["100% sure"]
    assert found(search="_") == ["under_score"]
    assert found(search="CLIENT 2") == ["plain"]
    assert found(search="\0") == []
    assert found(difficulty="Expert", limit=1, offset=1) == ["under_score"]
    assert found(difficulty="easy") == []
    past = client.get("/runs", params={"offset": 10**18}).json()
    assert (past["items"], past["total"]) == ([], 3)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1e1",
        f"limit={10**30}",
        "offset=-1",
        f"offset={10**30}",
        "difficulty=none",
    ],
)
def test_pages_out_of_range_are_refused(shared_client: httpx.Client, query: str) -> None:
    assert shared_client.get(f"/runs?{query}").status_code == 422


def test_an_etag_saves_the_body(client: httpx.Client, run: dict[str, Any]) -> None:
    path = f"/runs/{run['id']}"
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    client.patch(path, json={"name": "renamed"})
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_name_and_notes_change_and_a_deleted_run_is_gone(client: httpx.Client, run: dict[str, Any]) -> None:
    path = f"/runs/{run['id']}"
    changed = client.patch(path, json={"name": " A  name ", "notes": "line\nline"})
    assert (changed.status_code, changed.json()["name"], changed.json()["notes"]) == (
        200,
        "A name",
        "line\nline",
    )
    assert client.patch(path, json={"notes": None}).json()["notes"] == ""
    assert client.patch(path, json={}).json()["name"] == "A name"
    wrong = client.patch(path, json={"name": "other", "notes": "x" * 10_001})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "notes must be at most 10000 characters")
    assert client.get(path).json()["name"] == "A name"
    gone = client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.delete(path).status_code == 404


def test_a_run_that_is_not_there_is_a_404_at_every_path(shared_client: httpx.Client) -> None:
    unknown = uuid4()
    paths = ["", "/hits", "/distances?multiplier=2", "/distribution", "/export/hits.csv", "/export/full.csv"]
    for path in paths:
        answered = shared_client.get(f"/runs/{unknown}{path}")
        assert (answered.status_code, answered.json()) == (
            404,
            {"detail": f"Run with id {unknown} not found"},
        )
        wrong = shared_client.get(f"/runs/no-uuid{path}")
        assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["path", "run_id"])
    assert shared_client.patch(f"/runs/{unknown}", json={"name": "x"}).status_code == 404
    assert shared_client.delete(f"/runs/{unknown}").status_code == 404
    assert shared_client.get(f"/runs/{unknown}/nothing").status_code == 404
    refused = shared_client.put("/runs")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
    assert shared_client.post(f"/runs/{uuid4()}").headers["allow"] == "DELETE, GET, PATCH"
    assert shared_client.put("/runs").json() == {"detail": "Method Not Allowed"}


def test_hits_are_those_of_the_reference_under_every_filter(
    client: httpx.Client, run: dict[str, Any]
) -> None:
    path = f"/runs/{run['id']}/hits"
    plain = client.get(path).json()
    assert [item["nonce"] for item in plain["items"]] == sorted(
        hits(exactly=1066.73) + hits(exactly=11200.65)
    )
    assert plain["total"] == len(plain["items"])
    assert {"nonce": 5663, "max_pumps": 12, "max_multiplier": 11200.65, "distance_prev": None} in plain[
        "items"
    ]
    least = client.get(path, params={"min_multiplier": 164.72, "include_distance": "filtered"}).json()
    assert [item["nonce"] for item in least["items"]] == hits(least=164.72)
    assert [item["distance_prev"] for item in least["items"]] == [None, *gaps(hits(least=164.72))]
    exact = client.get(path, params={"multiplier": 1.63, "limit": 2, "offset": 1}).json()
    assert [item["nonce"] for item in exact["items"]] == hits(exactly=1.63)[1:3]
    assert exact["total"] == len(hits(exactly=1.63)) == run["summary"]["counts_by_multiplier"]["1.63"]
    apart = client.get(path, params={"min_multiplier": 164.72, "include_distance": "per_multiplier"}).json()
    seen: dict[float, int] = {}
    for item in apart["items"]:
        before = seen.get(item["max_multiplier"])
        assert item["distance_prev"] == (None if before is None else item["nonce"] - before)
        seen[item["max_multiplier"]] = item["nonce"]
    wrong = [
        "multiplier=nan",
        "multiplier=0",
        "multiplier=inf",
        "limit=10001",
        "include_distance=x",
        "offset=-1",
    ]
    for query in [*wrong, "multiplier=2&min_multiplier=2"]:
        assert client.get(f"{path}?{query}").status_code == 422


def test_distances_and_distribution_are_those_of_the_reference(
    client: httpx.Client, run: dict[str, Any]
) -> None:
    base = f"/runs/{run['id']}"
    body = client.get(f"{base}/distances", params={"multiplier": 164.72, "match": "at_least"}).json()
    assert (body["multiplier"], body["match"]) == (164.72, "at_least")
    found = hits(least=164.72)
    assert (body["count"], body["nonces"], body["distances"]) == (len(found), found, gaps(found))
    assert (body["stats"]["min"], body["stats"]["max"]) == (min(gaps(found)), max(gaps(found)))
    single = client.get(f"{base}/distances", params={"multiplier": 11200.65}).json()
    assert (single["count"], single["distances"], single["stats"]) == (1, [], {})
    none = client.get(f"{base}/distances", params={"multiplier": 5}).json()
    assert (none["count"], none["nonces"], none["stats"]) == (0, [], {})
    assert client.get(f"{base}/distances").status_code == 422
    assert client.get(f"{base}/distances?multiplier=2&match=near").status_code == 422
    told = client.get(f"{base}/distribution").json()
    assert [item["observed"] for item in told["items"]] == [safe_pumps().count(k) for k in range(16)]
    first = told["items"][0]
    assert first["expected"] == pytest.approx(6000 * 10 / 25)
    assert first["interval"][0] < first["observed"] < first["interval"][1]
    assert 0 < told["chi_square"]["p_value"] <= 1


def test_exports_hold_every_nonce_hit_and_gap(client: httpx.Client, run: dict[str, Any]) -> None:
    base = f"/runs/{run['id']}/export"
    targets = sorted(hits(exactly=1066.73) + hits(exactly=11200.65))
    full = client.get(f"{base}/full.csv")
    assert full.headers["content-type"] == "text/csv; charset=utf-8"
    assert full.headers["content-disposition"].startswith("attachment; filename=")
    lines = full.text.splitlines()
    assert lines[0] == "nonce,max_pumps,max_multiplier,pop_point"
    assert lines[5663] == "5663,12,11200.65,13"
    assert [int(line.split(",")[1]) for line in lines[1:]] == list(safe_pumps())
    assert client.get(f"{base}/hits.csv").text.splitlines() == [
        "nonce,max_multiplier",
        *(f"{nonce},{11200.65 if nonce in hits(exactly=11200.65) else 1066.73}" for nonce in targets),
    ]
    apart = client.get(f"{base}/distances.csv/", params={"min_multiplier": 164.72}).text.splitlines()
    found = hits(least=164.72)
    told = [f"{nonce},{distance}" for nonce, distance in zip(found, gaps(found), strict=False)]
    assert apart == ["from_nonce,distance", *told]
    named = client.get(f"{base}/distances.csv", params={"multiplier": 164.72, "match": "at_least"})
    assert named.text.splitlines() == apart
    exactly = client.get(f"{base}/distances.csv", params={"multiplier": 164.72}).text.splitlines()
    assert len(exactly) == len(hits(exactly=164.72))
    assert client.get(f"{base}/distances.csv?match=at_least").json() == {
        "detail": "match says how multiplier is meant; give both or neither"
    }
    assert client.get(f"{base}/distances.csv?multiplier=2&match=near").status_code == 422
    assert client.get(f"{base}/other.csv").status_code == 404


@pytest.mark.expects_warning
def test_a_run_that_was_changed_says_so_and_tells_no_figures(
    client: httpx.Client, backend: Backend, run: dict[str, Any]
) -> None:
    bend_outcome(backend.database_path)
    backend.runs.start_over()
    told = (
        f"Run {run['id']} was damaged or changed since it was scanned: its outcomes do not give its digest. "
        "Scan its range again with the same seeds; the other runs are not affected."
    )
    questions = ("hits", "distances?multiplier=1066.73", "export/full.csv", "export/hits.csv")
    for question in questions:
        answer = client.get(f"/runs/{run['id']}/{question}")
        assert (answer.status_code, answer.json()) == (503, {"detail": told})
    with closing(connect(backend.database_path)) as connection, connection:
        connection.execute("UPDATE runs SET summary = json_set(summary, '$.mean_multiplier', 2.5)")
    for question in ("", "/distribution"):
        answer = client.get(f"/runs/{run['id']}{question}")
        assert answer.status_code == 503
        assert "its figures contradict each other" in answer.json()["detail"]
    assert client.get("/runs").json()["total"] == 1
    assert client.delete(f"/runs/{run['id']}").status_code == 204
