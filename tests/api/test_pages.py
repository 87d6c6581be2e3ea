"""Health, single bets, and the pages that describe it all."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from pump_desktop import __version__
from pump_desktop.api.openapi import as_3_0
from pump_desktop.api.schemas.verify import outcome_body, traced_body
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.services.verify import derivation_of
from tests.api.samples import SCAN

BET = {"server_seed": SCAN["server_seed"], "client_seed": "zXv1upuFns", "nonce": 5663, "difficulty": "expert"}


def test_health_tells_the_version_and_that_the_database_answers(client: httpx.Client) -> None:
    body = client.get("/healthz").json()
    assert (body["status"], body["version"], body["database"]) == ("ok", __version__, "ok")
    assert body["uptime_s"] >= 0


def test_verify_prints_what_the_command_line_prints(shared_client: httpx.Client) -> None:
    request = VerifyRequest.parse(**BET)
    short = shared_client.get("/verify", params=BET)
    assert short.json() == {"max_pumps": 12, "max_multiplier": 11200.65, "pop_point": 13}
    assert short.text == outcome_body(request, derivation_of(request)).model_dump_json()
    traced = shared_client.get("/verify/", params=BET | {"trace": "true"})
    assert traced.text == traced_body(request, derivation_of(request)).model_dump_json()
    assert traced.json()["picks"][:3] == [16, 25, 20]


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"nonce": 0}, "nonce must be between 1 and 9007199254740991"),
        ({"nonce": 2**53}, "nonce must be between 1 and 9007199254740991"),
        ({"nonce": "9" * 5000}, "nonce must be between 1 and 9007199254740991"),
        ({"nonce": "1.5"}, "nonce must be a whole number"),
        ({"nonce": ""}, "nonce must be a whole number"),
        ({"difficulty": "x"}, "difficulty must be one of: easy, medium, hard, expert"),
        ({"server_seed": ""}, "server_seed cannot be empty"),
        ({"client_seed": "x" * 257}, "client_seed must be at most 256 characters (this one has 257)"),
    ],
)
def test_verify_says_what_is_wrong(shared_client: httpx.Client, changes: dict[str, Any], detail: str) -> None:
    answered = shared_client.get("/verify", params=BET | changes)
    assert (answered.status_code, answered.json()) == (422, {"detail": detail})


def test_verify_wants_all_of_them(shared_client: httpx.Client) -> None:
    for name in BET:
        answered = shared_client.get("/verify", params={k: v for k, v in BET.items() if k != name})
        assert answered.status_code == 422
        assert answered.json()["detail"][0]["loc"] == ["query", name]
        # The list says where and why, never what: it may be a seed.
        assert SCAN["server_seed"] not in answered.text
    assert shared_client.get("/verify", params=BET | {"trace": "perhaps"}).status_code == 422


def test_the_page_needs_nothing_from_outside(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 4
    for link in links:
        assert link.startswith("/docs/")
        assert client.get(link).status_code == 200
    assert "/openapi.json" in client.get("/docs/start.js").text
    for path in ("/docs/index.html", "/docs/..%2f..%2f__init__.py", "/docs/../../pyproject.toml"):
        assert client.get(path).status_code == 404


def test_the_description_is_whole(shared_client: httpx.Client) -> None:
    document = shared_client.get("/openapi.json").json()
    assert document["openapi"] == "3.0.3"
    assert document["components"]["securitySchemes"]["token"]["name"] == "X-Ingest-Token"
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) == 33
    assert operations["get", "/healthz"]["security"] == []
    for (method, path), operation in operations.items():
        assert operation["description"], path
        assert operation["tags"], path
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content.get("example") or content.get("examples") or content["schema"]["type"] == "string"
        assert method in {"get", "delete"} or "requestBody" in operation, path
    # Words of 3.1 that 3.0 does not know.
    assert not re.search(r'"type":\s*"null"|"const":|"prefixItems"', shared_client.get("/openapi.json").text)


def test_words_of_3_1_become_words_of_3_0() -> None:
    assert as_3_0({"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "N"}) == {
        "type": "integer",
        "nullable": True,
        "title": "N",
    }
    assert as_3_0({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}) == {
        "allOf": [{"$ref": "#/x"}],
        "nullable": True,
    }
    three = {"anyOf": [{"type": "string"}, {"type": "array"}, {"type": "null"}]}
    assert as_3_0(three) == {"anyOf": three["anyOf"][:2], "nullable": True}
    assert as_3_0({"exclusiveMinimum": 0, "const": "ok", "examples": [1, 2]}) == {
        "minimum": 0,
        "exclusiveMinimum": True,
        "enum": ["ok"],
        "example": 1,
    }
    assert as_3_0({"example": {"const": 1}, "minimum": 1}) == {"example": {"const": 1}, "minimum": 1}
